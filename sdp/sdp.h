/* SPDX-License-Identifier: MIT
 * sdp/sdp.h -- a session description, indexed: RFC 8866 5, 9.
 *
 * Parsing checks the order and the form of the lines and indexes them in room of the caller's:
 * slices point into the octets that were given. Unknown attributes are kept. Writing is by
 * lines, in order; a value that holds CR, LF or NUL sticks as SP_INJECTION. Lines that end in a
 * bare LF are read (RFC 8866 5), never written. */
#ifndef SIPUSH_SDP_SDP_H
#define SIPUSH_SDP_SDP_H

#include "../base/buf.h"
#include "../base/scan.h"

struct sdp_attribute {
    struct sp_slice name;
    struct sp_slice value;     /* empty without a colon, and may be so behind one */
    bool            has_value; /* there was a colon */
};

struct sdp_origin { /* o= */
    struct sp_slice username;
    uint64_t        session_id, version;
    struct sp_slice nettype, addrtype, address;
};

struct sdp_connection { /* c=; empty slices: none */
    struct sp_slice nettype, addrtype, address;
};

struct sdp_media {                               /* m= and what follows it */
    struct sp_slice       media, proto, formats; /* "message", "TCP/MSRP", "*" */
    uint16_t              port;
    uint32_t              port_count;     /* 1 unless "/n" was given */
    struct sp_slice       title;          /* i= */
    struct sdp_connection connection;     /* the first c= */
    uint32_t attributes, attribute_count; /* place and number in the description's attributes */
    struct sp_slice octets;               /* the whole block */
};

/* What a description that is read may do against RFC 8866 9; `sdp_write` mends all of it. */
enum sdp_deviation {
    SDP_BARE_LF = 1,         /* a line ends in LF alone (tolerated by RFC 8866 5) */
    SDP_EMPTY_NAME = 2,      /* "s=" without a name (RFC 5547 9 and RFC 3264 10 print it so) */
    SDP_NO_TIME = 4,         /* no t= line, read as "0 0" (RFC 7701 prints it so) */
    SDP_LATE_CONNECTION = 8, /* the session's c= stands after t= (RFC 3264 figure 1) */
    SDP_NO_FORMAT = 16,      /* MSRP without its "*" */
    SDP_EMPTY_VALUE = 32,    /* "a=name:" with nothing behind the colon */
    SDP_BLANK_LINES = 64     /* after the last line */
};

struct sdp {
    struct sdp_origin     origin;
    struct sp_slice       session_name; /* s= */
    struct sp_slice       title;        /* i= */
    struct sdp_connection connection;
    uint64_t              start, stop;     /* the first t= */
    uint32_t              attribute_count; /* of the session: places 0 .. attribute_count - 1 */
    struct sp_slice       times;           /* all lines of the time descriptions: t=, r=, z= */
    struct sp_slice       session_octets;  /* everything before the first m= */
    unsigned              deviations;      /* of enum sdp_deviation */

    struct sdp_attribute *attributes; /* room of the caller's, session's first, then each media's */
    uint32_t              attributes_used, attribute_room;
    struct sdp_media     *media; /* room of the caller's */
    uint32_t              media_count, media_room;
};

void sdp_init(struct sdp *sdp, struct sdp_media *media, uint32_t media_room,
              struct sdp_attribute *attributes, uint32_t attribute_room);

/* SP_SYNTAX, SP_RANGE, SP_UNSUPPORTED (a version that is not 0), SP_MISSING (v=, o=, s=, or any
 * c= for a medium), SP_ROOM; with place and rule. A type letter that RFC 8866 does not know
 * makes the whole description SP_SYNTAX (5); an attribute that nobody knows is kept (5.13). k=
 * is read and dropped (5.12). */
SP_MUST_USE enum sp_err sdp_parse(struct sp_slice octets, struct sdp *sdp, struct sp_where *where);

/* The first attribute of a name in a medium, or (media NULL) in the session; NULL when there is
 * none. Then the next one of the same name in the same block. */
const struct sdp_attribute *sdp_find(const struct sdp *sdp, const struct sdp_media *media,
                                     const char *name);
const struct sdp_attribute *sdp_find_next(const struct sdp *sdp, const struct sdp_media *media,
                                          const struct sdp_attribute *after);

/* One line of `octets` (a whole description, the session's part or a medium's): its letter and
 * its value without CRLF. Start with `rest` as those octets; false at the end. For the lines
 * that have no place in struct sdp (u=, e=, p=, b=, r=, z=). Only for octets that sdp_parse let
 * through. */
bool sdp_line_next(struct sp_slice *rest, char *letter, struct sp_slice *value);

/* The whole description as it was read, every line kept but k=, in the form that RFC 8866 9
 * wants: what `deviations` names is mended, nothing else changes. */
void sdp_write(struct sp_buf *to, const struct sdp *sdp);

/* Writing, in the order of RFC 8866 5. An empty `session_name` is written as "-" (5.3); t= is
 * "0 0" (RFC 3264 5). */
void sdp_put_session(struct sp_buf *to, const struct sdp_origin *origin,
                     struct sp_slice session_name, const struct sdp_connection *connection);
/* The session's part of an answer: t= (with its r= and z=) is the offer's, for it cannot be
 * negotiated (RFC 3264 6). */
void sdp_put_answer_session(struct sp_buf *to, const struct sdp *offer,
                            const struct sdp_origin *origin, struct sp_slice session_name,
                            const struct sdp_connection *connection);
/* Its lines one by one. An empty username is written as "-" (5.2). SP_SYNTAX sticks for a space in
 * a field or an empty one, SP_RANGE for numbers of 2^63 and more (RFC 3264 5). */
void sdp_put_origin(struct sp_buf *to, const struct sdp_origin *origin);
void sdp_put_connection(struct sp_buf *to, const struct sdp_connection *connection);
void sdp_put_times(struct sp_buf *to, const struct sdp *like);
/* m=. An empty `formats` is written as "*". */
void sdp_put_media(struct sp_buf *to, struct sp_slice media, uint16_t port, struct sp_slice proto,
                   struct sp_slice formats);
void sdp_put_attribute(struct sp_buf *to, const char *name, struct sp_slice value);
void sdp_put_flag(struct sp_buf *to, const char *name);

#endif
