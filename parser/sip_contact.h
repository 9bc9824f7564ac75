/* SPDX-License-Identifier: MIT
 * parser/sip_contact.h -- what the parameters of a Contact say: q and expires (RFC 3261 20.10),
 * reg-id and +sip.instance (RFC 5626 10); and of Call-Info, Alert-Info, Error-Info that they are an
 * address in brackets. */
#ifndef SIPUSH_PARSER_SIP_CONTACT_H
#define SIPUSH_PARSER_SIP_CONTACT_H

#include "sip_address.h"

struct sip_contact {
    struct sip_address address;
    uint16_t           q;           /* thousandths; 1000 when there is none */
    bool               has_expires; /* an unreadable value counts as 3600 (RFC 3261 20.10, 10.3) */
    uint32_t           expires;     /* seconds */
    uint32_t           reg_id;      /* 0: none */
    struct sp_slice    instance;    /* +sip.instance, with its quotes and brackets; empty: none */
};

/* One value (not a list). SP_SYNTAX, SP_RANGE (reg-id, or a port). */
SP_MUST_USE enum sp_err sip_contact_parse(struct sp_slice value, struct sip_contact *contact,
                                          struct sp_where *where);
/* The address with its parameters as they are: change them there. */
void sip_contact_write(struct sp_buf *to, const struct sip_contact *contact);

#endif
