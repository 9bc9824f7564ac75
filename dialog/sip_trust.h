/* SPDX-License-Identifier: MIT
 * dialog/sip_trust.h -- identity between those who trust each other: P-Preferred-Identity and
 * Privacy sent, P-Asserted-Identity believed. RFC 3323, RFC 3325. Not for users.
 *
 * Only what comes from a configured neighbour is believed; from anybody else the field is as if it
 * were not there (RFC 3325 5, 8). Never: asserts an identity itself. */
#ifndef SIPUSH_DIALOG_SIP_TRUST_H
#define SIPUSH_DIALOG_SIP_TRUST_H

#include "sip_core.h"

/* P-Preferred-Identity and Privacy of a request outside of dialogs, as they are configured. */
void sip_put_preferred(const struct sip_ua *ua, struct sp_buf *to, enum sip_method method);
/* A configured neighbour has this address. */
bool sip_trust_is(const struct sip_ua *ua, const struct sp_addr *addr);
/* The sip, sips or tel URI that a neighbour asserts in this message; empty: none that counts. */
struct sp_slice sip_trust_asserted(const struct sip_ua *ua, const struct sp_flow *flow,
                                   const struct sip_msg *msg);

#endif
