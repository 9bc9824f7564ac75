/* SPDX-License-Identifier: MIT
 * parser/sip_via.h -- Via: the way back. RFC 3261 8.1.1.7, 18.2, 20.42; rport: RFC 3581. */
#ifndef SIPUSH_PARSER_SIP_VIA_H
#define SIPUSH_PARSER_SIP_VIA_H

#include "sip_param.h"

#define SIP_BRANCH_COOKIE "z9hG4bK" /* RFC 3261 8.1.1.7 */

struct sip_via {
    struct sp_slice protocol, version; /* "SIP", "2.0" */
    struct sp_slice transport;         /* as it came: "UDP", "TCP", ... */
    struct sp_slice host;              /* sent-by, with brackets where it is an IPv6reference */
    uint16_t        port;              /* sent-by, 0: none given */
    struct sp_slice params;
    struct sp_slice branch, received,
        maddr; /* empty: none; received without brackets too (RFC 5118 4.5) */
    bool     has_rport, has_ttl;
    uint16_t rport; /* 0: asked for, not answered */
    uint16_t ttl;   /* has_ttl: 0 to 255 */
};

/* One value (not a list). */
SP_MUST_USE enum sp_err sip_via_parse(struct sp_slice value, struct sip_via *via,
                                      struct sp_where *where);
/* From the typed parts; of `params` those that have no typed part of their own follow. SP_INJECTION
 * sticks. */
void sip_via_write(struct sp_buf *to, const struct sip_via *via);
/* The branch was made by the rules of RFC 3261. */
bool sip_via_has_cookie(const struct sip_via *via);

#endif
