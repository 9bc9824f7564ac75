/* SPDX-License-Identifier: MIT
 * tests/fuzz/fuzz_sip.c -- the law of a grammar on one value of a header field. RFC 3261 20 and the
 * RFCs of sip_field.h. */
#include "fuzz_sip.h"

#include "../../parser/sip_grammar.h"
#include "../../parser/sip_private.h"
#include "../../parser/sip_text.h"
#include "../unit/rewrite_unit.h"

/* The fields whose value is text. */
static enum sp_err text(enum sip_field_id id, struct sp_slice value)
{
    struct sp_where where = { 0, "" };

    switch (id) {
    case SIP_FIELD_ORGANIZATION:
    case SIP_FIELD_SUBJECT: return sip_text_check(value, &where);
    case SIP_FIELD_PRIVACY: return sip_privacy_check(value, &where);
    default: return sip_field_check(id, value, &where);
    }
}

enum sp_err fuzz_field(enum sip_field_id id, struct sp_slice value)
{
    sip_rewrite_fn *rewrite = sip_rewrite(id);

    return rewrite != NULL ? fuzz_stable(value, rewrite) : text(id, value);
}
