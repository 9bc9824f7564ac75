/* SPDX-License-Identifier: MIT
 * tests/unit/rewrite_unit.h -- the typed values of SIP's header fields, each read and written; for
 * unit tests and fuzz targets. */
#ifndef SIPUSH_TESTS_UNIT_REWRITE_UNIT_H
#define SIPUSH_TESTS_UNIT_REWRITE_UNIT_H

#include "../../base/buf.h"
#include "../../parser/sip_field.h"

/* Reads `in`, one value of a field, and when that went well writes it to `to`. */
typedef enum sp_err sip_rewrite_fn(struct sp_slice in, struct sp_buf *to, struct sp_where *where);

/* The one of a field; NULL: its value is text without a struct. */
sip_rewrite_fn *sip_rewrite(enum sip_field_id id);

#endif
