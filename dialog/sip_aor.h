/* SPDX-License-Identifier: MIT
 * dialog/sip_aor.h -- addresses-of-record as keys, and whose they are. RFC 3261 10.3 steps 1, 4, 5.
 *
 * Pure functions. Never: compares by RFC 3261 19.1.4; the canonical form is the comparison. */
#ifndef SIPUSH_DIALOG_SIP_AOR_H
#define SIPUSH_DIALOG_SIP_AOR_H

#include "../parser/sip_uri.h"

/* The canonical form (10.3 step 5): no parameters, no headers, nothing escaped in the user part,
 * the host in small letters. */
void sip_put_aor(struct sp_buf *to, const struct sip_uri *uri);
/* The host is one of a comma list, letters folded; an empty list has all of them. */
bool sip_aor_in_domains(const struct sip_uri *uri, struct sp_slice domains);
/* A user name is that of the address: its user part, or "user@host". */
bool sip_aor_is_of(const struct sip_uri *uri, struct sp_slice username);

#endif
