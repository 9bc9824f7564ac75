/* SPDX-License-Identifier: MIT
 * tests/fuzz/fuzz_sip.h -- the typed values of SIP's header fields, each read and written. */
#ifndef SIPUSH_TESTS_FUZZ_FUZZ_SIP_H
#define SIPUSH_TESTS_FUZZ_FUZZ_SIP_H

#include "../../parser/sip_field.h"
#include "fuzz.h"

/* fuzz_stable on one value of a field, as its struct reads and writes it. A field that is text
 * without a struct is only checked. */
enum sp_err fuzz_field(enum sip_field_id id, struct sp_slice value);

#endif
