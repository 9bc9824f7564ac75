/* SPDX-License-Identifier: MIT
 * parser/sip_reason.h -- Reason: why a request was sent. RFC 3326 2. */
#ifndef SIPUSH_PARSER_SIP_REASON_H
#define SIPUSH_PARSER_SIP_REASON_H

#include "sip_item.h"

struct sip_reason {
    struct sp_slice protocol; /* "SIP", "Q.850", ... */
    bool            has_cause;
    uint32_t        cause;
    struct sp_slice text;   /* with its quotes; empty: none */
    struct sp_slice params; /* all of them */
};

/* One value (not a list). SP_SYNTAX, SP_RANGE (cause). */
SP_MUST_USE enum sp_err sip_reason_parse(struct sp_slice value, struct sip_reason *reason,
                                         struct sp_where *where);
/* From protocol, cause and text; `params` is not looked at. */
void sip_reason_write(struct sp_buf *to, const struct sip_reason *reason);

#endif
