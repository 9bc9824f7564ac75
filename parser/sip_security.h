/* SPDX-License-Identifier: MIT
 * parser/sip_security.h -- Security-Client, Security-Server, Security-Verify: mechanisms two hops
 * agree on. RFC 3329 2.2. */
#ifndef SIPUSH_PARSER_SIP_SECURITY_H
#define SIPUSH_PARSER_SIP_SECURITY_H

#include "sip_item.h"

struct sip_security {
    struct sp_slice mechanism; /* "digest", "tls", "ipsec-ike", "ipsec-man", ... */
    uint16_t        q;         /* thousandths; 1000 when there is none */
    struct sp_slice d_alg, d_qop, d_ver;
    struct sp_slice params; /* all of them */
};

/* One value (not a list). SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_security_parse(struct sp_slice value, struct sip_security *security,
                                           struct sp_where *where);
/* mechanism and params, as they are. */
void sip_security_write(struct sp_buf *to, const struct sip_security *security);

#endif
