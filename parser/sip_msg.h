/* SPDX-License-Identifier: MIT
 * parser/sip_msg.h -- a SIP message, indexed: RFC 3261 7, 25.1.
 *
 * One pass finds the start line, each header field and the body. Nothing is copied: every slice
 * points into the octets that were given, which must outlive the message. Fields of any name are
 * kept, in their order, with their octets as they came (folds included). Typed values are parsed
 * when they are asked for (sip_via.h, ...). Never allocates, never changes an octet. */
#ifndef SIPUSH_PARSER_SIP_MSG_H
#define SIPUSH_PARSER_SIP_MSG_H

#include "sip_field.h"
#include "sip_method.h"

struct sip_field {
    enum sip_field_id id;
    bool              single; /* no comma stands in the value: it is one; false: not known */
    struct sp_slice   name;   /* as it came, long or compact */
    struct sp_slice   value;  /* without white space around it; folds inside are kept */
};

struct sip_msg {
    /* the start line */
    bool            request;
    enum sip_method method;      /* request: the method */
    struct sp_slice method_name; /* request: its octets */
    struct sp_slice request_uri; /* request: its octets; sip_uri_parse reads them */
    uint16_t        status;      /* response: 100 to 699 */
    struct sp_slice reason;      /* response: the reason phrase, may be empty */
    struct sp_slice version;     /* "SIP/2.0", any case; empty: the start line is none of SIP's */

    /* the fields, in room of the caller's */
    struct sip_field *fields;
    uint32_t          field_count, field_room;
    uint32_t first[SIP_FIELD_COUNT]; /* 1 + the place of the first field of an id; 0: none */
    uint32_t repeated[(SIP_FIELD_COUNT + 31) / 32]; /* a bit an id: it stands more than once */

    struct sp_slice head;   /* start line to the empty line, that line included */
    struct sp_slice body;   /* per Content-Length, or all that follows in a datagram */
    struct sp_slice octets; /* head and body */
};

/* Give the message its room for fields, before parsing. */
void sip_msg_init(struct sip_msg *msg, struct sip_field *fields, uint32_t room);

/* Index one message that came as a datagram (RFC 3261 18.3: octets beyond Content-Length are
 * dropped; without Content-Length the body is the rest). Leading CRLFs are skipped (7.5).
 * SP_SYNTAX, SP_RANGE, SP_REPEATED (two Content-Lengths that differ): `where` says what and where.
 * SP_PARTIAL: the head does not end, or the body is shorter than Content-Length says. SP_ROOM: more
 * fields than room. SP_UNSUPPORTED: all is well but the version, which is not 2.0 (505). The first
 * error is told, and indexing goes on past it: what could be read can be, so that a 400 can be
 * sent. When `version` is empty there was no start line of SIP's, and nobody to answer to. */
SP_MUST_USE enum sp_err sip_msg_parse(struct sp_slice octets, struct sip_msg *msg,
                                      struct sp_where *where);

/* message/sipfrag (RFC 3420): a message without its start line, any of its fields or its body.
 * Without a start line `version` is empty; without an empty line the body is. Else as
 * sip_msg_parse. */
SP_MUST_USE enum sp_err sip_frag_parse(struct sp_slice octets, struct sip_msg *msg,
                                       struct sp_where *where);

/* The first field of an id; NULL when there is none. Then the next of the same id after `field`. */
const struct sip_field *sip_msg_find(const struct sip_msg *msg, enum sip_field_id id);
const struct sip_field *sip_msg_find_next(const struct sip_msg *msg, const struct sip_field *field);
/* The first field of this name (letters folded), known or not. */
const struct sip_field *sip_msg_find_name(const struct sip_msg *msg, struct sp_slice name);
/* The value of the first field of an id; empty when there is none. */
struct sp_slice sip_msg_value(const struct sip_msg *msg, enum sip_field_id id);

/* Walk the values of a list field, across all fields of its id and the commas within (not those in
 * quotes or angle brackets). Start with a zeroed walk; false at the end. An empty element is
 * skipped; of a field that is no list (sip_field_is_list) each value is whole. */
struct sip_values {
    const struct sip_field *field;
    struct sp_slice         rest;
};
bool sip_values_next(const struct sip_msg *msg, enum sip_field_id id, struct sip_values *walk,
                     struct sp_slice *value);
/* True when one of the values of a list field of tokens is `token` (letters folded). */
bool sip_values_have(const struct sip_msg *msg, enum sip_field_id id, struct sp_slice token);

/* The numeric fields. SP_MISSING when the field is absent, SP_SYNTAX, SP_RANGE (above 2^32 - 1;
 * Max-Forwards above 255), SP_REPEATED when it stands twice with different values (Content-Length)
 * or at all (the others). */
SP_MUST_USE enum sp_err sip_msg_content_length(const struct sip_msg *msg, uint32_t *octets);
SP_MUST_USE enum sp_err sip_msg_max_forwards(const struct sip_msg *msg, uint32_t *hops);
SP_MUST_USE enum sp_err sip_msg_expires(const struct sip_msg *msg, uint32_t *seconds);

#endif
