/* SPDX-License-Identifier: MIT
 * parser/sip_address.h -- name-addr and addr-spec with parameters: From, To, Contact, Route,
 * Record-Route, Reply-To. RFC 3261 20.10, 20.20, 20.30, 20.34, 20.39, 25.1.
 *
 * Without angle brackets, parameters belong to the field, not to the URI, and the URI may hold no
 * comma, question mark or semicolon (20). */
#ifndef SIPUSH_PARSER_SIP_ADDRESS_H
#define SIPUSH_PARSER_SIP_ADDRESS_H

#include "sip_uri.h"

struct sip_address {
    struct sp_slice
        display; /* as it came: tokens, or a quoted string with its quotes; empty: none */
    struct sip_uri  uri;
    bool            brackets; /* it was a name-addr */
    struct sp_slice params;   /* of the field: ";tag=x" */
    struct sp_slice tag;      /* From, To: the value of the tag parameter; empty: none */
    bool            star;     /* Contact: "*" (RFC 3261 10.2.2); nothing else is set then */
};

/* One value (not a list). SP_SYNTAX, SP_RANGE with place and rule. */
SP_MUST_USE enum sp_err sip_address_parse(struct sp_slice value, struct sip_address *address,
                                          struct sp_where *where);
/* As name-addr, always with brackets, then params. */
void sip_address_write(struct sp_buf *to, const struct sip_address *address);

#endif
