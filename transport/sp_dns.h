/* SPDX-License-Identifier: MIT
 * transport/sp_dns.h -- DNS messages: a question is written, an answer is read. RFC 1035 4; RFC
 * 2782; RFC 3403 4; RFC 3596 2.
 *
 * Pure functions over octets that anybody may have sent. Names are compressed as far as pointers
 * point back only, so reading ends. Of the answer section the records of the name that was asked
 * count, and of those it is an alias of (CNAME). Never: believes the additional section, caches. */
#ifndef SIPUSH_TRANSPORT_SP_DNS_H
#define SIPUSH_TRANSPORT_SP_DNS_H

#include "../base/answer.h"

enum sp_dns_type {
    SP_DNS_A = 1,
    SP_DNS_CNAME = 5,
    SP_DNS_AAAA = 28,
    SP_DNS_SRV = 33,
    SP_DNS_NAPTR = 35,
};

#define SP_DNS_QUESTION 271 /* octets of the longest question: head, name, type and class */
#define SP_DNS_ADDRS    SP_RECORDS

struct sp_dns_answer {
    bool             truncated; /* there is more than the datagram could hold: ask over TCP */
    size_t           count;     /* of `addrs` (A, AAAA; without port) or `records` (SRV, NAPTR) */
    struct sp_addr   addrs[SP_DNS_ADDRS];
    struct sp_record records[SP_RECORDS];
};

/* A question for the records of a name, with recursion. SP_SYNTAX sticks: it is no name. */
void sp_put_dns_question(struct sp_buf *to, uint16_t id, struct sp_slice name,
                         enum sp_dns_type type);

/* Read the answer to that question; no such name and no such records are an answer with none.
 * SP_MISMATCH: it answers something else; SP_REFUSED: the server could not answer (its code is
 * neither 0 nor 3); SP_SYNTAX. On an error `where` tells the octet and what stands there. */
SP_MUST_USE enum sp_err sp_dns_parse(struct sp_slice message, uint16_t id, struct sp_slice name,
                                     enum sp_dns_type type, struct sp_dns_answer *answer,
                                     struct sp_where *where);

#endif
