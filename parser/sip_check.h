/* SPDX-License-Identifier: MIT
 * parser/sip_check.h -- is a message right, beyond its grammar: which fields must, may and must not
 * stand in it, what must agree with what, and what to answer. RFC 3261
 * 7, 8.1.1, 8.2, 9.1, 10.2, 18.3, 19.1.1, 20 and its tables 2 and 3; RFC 3262, 3311, 3428, 3515,
 * 3903, 6086, 6665.
 *
 * One list of rules for the stack and for `sipush lint`. Each finding names its clause and the
 * octets meant. Never allocates, never changes a message; a finding's texts are static. */
#ifndef SIPUSH_PARSER_SIP_CHECK_H
#define SIPUSH_PARSER_SIP_CHECK_H

#include "sip_msg.h"

enum sip_severity { SIP_NOTE, SIP_WARNING, SIP_ERROR }; /* leniency used; SHOULD; MUST */

struct sip_finding {
    enum sip_severity severity;
    uint16_t
        answer; /* status for a request (a response is dropped instead); 0: go on in spite of it */
    const char       *clause; /* "RFC 3261 8.1.1.5" */
    const char       *what;   /* words */
    const char       *rule;   /* the ABNF rule that failed; "" when it is no matter of grammar */
    enum sip_field_id field;  /* SIP_FIELD_OTHER when it is not about one known field */
    struct sp_slice octets; /* of the message, what is meant; where something is missing, the head's
                               end, empty */
};

struct sip_check {
    /* how it came; the caller sets these */
    bool all; /* every rule and every field (lint); else those that decide whether it can be handled
               */
    bool            stream; /* over a stream; else it was a datagram */
    bool            ua;     /* it was sent to this user agent: a response has one Via (8.1.3.3) */
    enum sp_err     err;    /* what sip_msg_parse said, */
    struct sp_where where;  /* and where, counted from the first of */
    struct sp_slice given;  /* the octets that were given to it */

    /* room for findings; the counts go on past it */
    struct sip_finding *findings;
    uint32_t            room;

    /* what came out */
    uint32_t count, errors, warnings;
    uint16_t
        answer; /* to a request: 0 handle it, 400, 505; to a response: 0 handle it, else drop it */
    struct sip_finding reason; /* the finding that made the answer */
};

/* Apply the rules to a message that sip_msg_parse has filled, well-formed or not. */
void sip_check(const struct sip_msg *msg, struct sip_check *check);

/* For the rules' own files. */
void sip_check_add(struct sip_check *check, const struct sip_finding *finding);
/* Tables 2 and 3 of RFC 3261 and those of other methods (sip_presence_table.c). */
void sip_check_presence(const struct sip_msg *msg, struct sip_check *check);
/* The method of a request, or of the CSeq of a response. */
enum sip_method sip_check_method(const struct sip_msg *msg);
/* The clause that defines a field. */
const char *sip_field_clause(enum sip_field_id id);

#endif
