/* SPDX-License-Identifier: MIT
 * parser/sip_body.h -- bodies of several parts: multipart/mixed, alternative, related. RFC
 * 2046 5.1, RFC 5621, RFC 3261 7.4.
 *
 * One walk hands out each part as slices of the body; it goes down into mixed, alternative and
 * related, four levels, and keeps any other multipart whole. A body that is no multipart is its own
 * only part. Nothing is decoded. Cost: the octets of the body once a level. */
#ifndef SIPUSH_PARSER_SIP_BODY_H
#define SIPUSH_PARSER_SIP_BODY_H

#include "sip_media.h"
#include "sip_mime.h"

#define SIP_BODY_DEPTH 4

struct sip_part {
    struct sip_media_type
                    media;  /* text/plain where a part of a multipart names none (RFC 2046 5.1) */
    struct sp_slice head;   /* its own header fields; empty for a body that is no multipart */
    struct sp_slice body;   /* its octets */
    struct sp_slice parent; /* subtype of the multipart it stands in ("alternative"); empty: none */
    unsigned        depth;  /* multiparts around it */
    unsigned group; /* counts the multiparts: parts with the same number are beside each other */
};

struct sip_body_level {
    struct sp_slice rest, boundary, subtype;
    unsigned        group;
};

struct sip_body {
    struct sip_part       whole;
    struct sip_body_level levels[SIP_BODY_DEPTH];
    unsigned              depth, groups;
    bool                  given;
    enum sp_err
        err; /* SP_PARTIAL: a closing delimiter was missing; SP_SYNTAX: a Content-Type is wrong */
};

/* Start a walk over a body of this Content-Type. SP_SYNTAX: it cannot be read, or a multipart
 * without a boundary. */
SP_MUST_USE enum sp_err sip_body_begin(struct sip_body *walk, struct sp_slice content_type,
                                       struct sp_slice body, struct sp_where *where);
/* The next part. False at the end; then `walk->err` says whether all of it was well-formed. */
bool sip_body_next(struct sip_body *walk, struct sip_part *part);

/* Write a delimiter line with the head of a part behind it, and the last one. Boundaries are 1 to
 * 70 characters that occur in no part; that is the caller's to choose. SP_INJECTION sticks. */
void sip_put_part(struct sp_buf *to, struct sp_slice boundary, struct sp_slice head);
void sip_put_parts_end(struct sp_buf *to, struct sp_slice boundary);

#endif
