/* SPDX-License-Identifier: MIT
 * parser/sip_private.h -- header fields of closed networks: Privacy (RFC 3323 4.2),
 * P-Asserted-Service and P-Preferred-Service (RFC 6050 4.4), P-Charging-Vector (RFC 7315 5.6).
 * P-Access-Network-Info (RFC 7315 5.4) is a struct sip_item; P-Asserted-Identity,
 * P-Preferred-Identity (RFC 3325 9) and P-Associated-URI (RFC 7315 5.1) are addresses. */
#ifndef SIPUSH_PARSER_SIP_PRIVATE_H
#define SIPUSH_PARSER_SIP_PRIVATE_H

#include "sip_item.h"

/* priv-value *( ";" priv-value ): SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_privacy_check(struct sp_slice value, struct sp_where *where);
/* True when `value` asks for this ("id", "none", ...; letters folded). */
bool sip_privacy_has(struct sp_slice value, const char *asked);

/* Service-ID = "urn:urn-7:" top-level *( "." sub-service-id ): what follows the prefix. SP_SYNTAX.
 */
SP_MUST_USE enum sp_err sip_service_parse(struct sp_slice value, struct sp_slice *service,
                                          struct sp_where *where);
void                    sip_service_write(struct sp_buf *to, struct sp_slice service);

struct sip_charging {
    struct sp_slice icid_value, icid_generated_at, orig_ioi,
        term_ioi;           /* quotes included; empty: none */
    struct sp_slice params; /* all of them */
};
/* icid-value and the others, with ";" between. SP_SYNTAX; SP_MISSING without icid-value. */
SP_MUST_USE enum sp_err sip_charging_parse(struct sp_slice value, struct sip_charging *charging,
                                           struct sp_where *where);
/* All of the params, as they are. */
void sip_charging_write(struct sp_buf *to, const struct sip_charging *charging);

#endif
