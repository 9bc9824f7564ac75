/* SPDX-License-Identifier: MIT
 * transport/sp_zone.h -- names answered from lines of a zone file, without any network. RFC 1035 5
 * (its lines), RFC 2782, RFC 3403 4, RFC 3596 2.
 *
 *     ; name            ttl  class type  data
 *     example.com.      3600 IN    NAPTR 10 50 "s" "SIP+D2U" "" _sip._udp.example.com.
 *     _sip._udp.example.com.       SRV   0 5 5060 a.example.com.
 *     a.example.com.               A     192.0.2.1
 *                                  AAAA  2001:db8::1
 *
 * Time and class may be left out, and the name where it is that of the line before. Every name is
 * whole, with its last dot or without. Of the types only these four; no directive, no parentheses.
 * The text is read anew for each question: nothing is kept, nothing is limited. */
#ifndef SIPUSH_TRANSPORT_SP_ZONE_H
#define SIPUSH_TRANSPORT_SP_ZONE_H

#include "../base/answer.h"

/* Where a line is wrong: both count from 1. */
struct sp_zone_where {
    size_t      line, column; /* column: octets */
    const char *rule;         /* what should stand there */
};

/* All lines can be read. SP_SYNTAX, SP_RANGE: the first that cannot. */
SP_MUST_USE enum sp_err sp_zone_check(struct sp_slice text, struct sp_zone_where *where);
/* The addresses of a name, or its records of SRV or NAPTR, in the order of their lines, at most
 * `room`; yields how many. Lines that cannot be read are passed over. */
size_t sp_zone_addrs(struct sp_slice text, struct sp_slice name, struct sp_addr *addrs,
                     size_t room);
size_t sp_zone_records(struct sp_slice text, enum sp_question question, struct sp_slice name,
                       struct sp_record *records, size_t room);

#endif
