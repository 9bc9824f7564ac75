/* SPDX-License-Identifier: MIT
 * sdp/sdp_msrp.h -- an MSRP medium, typed, and its offer and answer: RFC 4975 8, RFC 6135 4,
 * RFC 5547 8, RFC 3264.
 *
 * One struct is a whole m= block. Reading takes it from a description, writing puts it into one,
 * and the answer to an offered block is a pure function of the offer and what this side is
 * willing to do. */
#ifndef SIPUSH_SDP_SDP_MSRP_H
#define SIPUSH_SDP_SDP_MSRP_H

#include "sdp_file.h"

enum sdp_direction { SDP_SENDRECV, SDP_SENDONLY, SDP_RECVONLY, SDP_INACTIVE };
enum sdp_setup {
    SDP_SETUP_NONE,
    SDP_SETUP_ACTIVE,
    SDP_SETUP_PASSIVE,
    SDP_SETUP_ACTPASS,
    SDP_SETUP_HOLDCONN
};

/* The whole block. Zeroed, it is a medium at port 0 without any attribute. */
struct sdp_msrp {
    uint16_t                 port;  /* 0: refused or ended */
    bool                     tls;   /* TCP/TLS/MSRP */
    struct sp_slice          title; /* i=; empty: none */
    struct sp_slice          path;  /* one or more MSRP URIs, split by SP */
    struct sp_slice          accept_types, accept_wrapped_types;
    enum sdp_setup           setup;
    enum sdp_direction       direction;
    uint64_t                 max_size; /* 0: none given */
    bool                     has_selector;
    struct sdp_file_selector selector;
    struct sp_slice          file_transfer_id;     /* empty: none */
    struct sp_slice          file_disposition;     /* empty: none, which means render (6) */
    struct sp_slice          file_date, file_icon; /* values as they came; empty: none */
    uint64_t range_from, range_to; /* file-range; 0, 0: none; to = 0 with from > 0: "*" */

    const struct sdp_attribute *fault; /* in which reading failed; NULL: in none */
};

/* True when the medium is MSRP: "message" over TCP/MSRP or TCP/TLS/MSRP. */
bool sdp_is_msrp(const struct sdp_media *media);

/* Read a medium. A direction at session level counts where the medium has none (RFC 8866 6.7).
 * Deviations of the field are read: a space after "accept-types:", no format. a=connection and
 * every other attribute are passed over. SP_SYNTAX, SP_RANGE, SP_REPEATED; SP_MISSING for no
 * path on a port that is not 0. `where->octet` counts from the start of the value of the
 * attribute that `where->rule` belongs to. */
SP_MUST_USE enum sp_err sdp_msrp_read(const struct sdp *sdp, const struct sdp_media *media,
                                      struct sdp_msrp *msrp, struct sp_where *where);
/* Write the block: m=, then its attributes. A sendrecv is not written, being the default
 * (RFC 8866 6.7), and no holdconn (RFC 6135 4.2.1). */
void sdp_msrp_write(struct sp_buf *to, const struct sdp_msrp *msrp);

/* What stands against taking an offered block, as far as the two descriptions tell, before anybody
 * asks who sends it and what the file is. SP_OK: nothing.
 *   SP_CLOSED       port 0: nothing is offered (RFC 3264 5.1, 8.2)
 *   SP_UNSUPPORTED  TLS here and none there; or nobody could connect: we do not listen and the
 *                   offerer is active
 *   SP_MISMATCH     no content type in common (RFC 4975 8.6: 488)
 *   SP_MISSING      accept-types (RFC 4975 8.6); a file without transfer id (RFC 5547 8.1),
 *                   without any selector (6), or pushed without type, size and hash (8.2.1) */
SP_MUST_USE enum sp_err sdp_msrp_acceptable(const struct sdp_msrp *offer,
                                            const struct sdp_msrp *ours, bool listens);

/* The answer to an offered block (RFC 5547 8.3.1, 8.3.2, RFC 6135 4.2.2, RFC 3264 6): direction
 * mirrored (as far as `ours` goes: SDP_SENDRECV means no bound), selector, transfer id and range
 * copied, setup chosen; `path`, `port`, `accept_types`, `accept_wrapped_types` and `max_size`
 * are ours. Where we send, the file is described by the selector, disposition, date and icon of
 * `ours`, if it has a selector. The offer must be one that sdp_msrp_acceptable let through.
 * `listens` is false for a side that can only connect. */
void sdp_msrp_answer(const struct sdp_msrp *offer, const struct sdp_msrp *ours, bool listens,
                     struct sdp_msrp *answer);
/* A refusal of it, or the answer to its end: port 0, selector and transfer id mirrored
 * (RFC 5547 8.3). */
void sdp_msrp_refuse(const struct sdp_msrp *offer, struct sdp_msrp *answer);
/* A refusal of a medium that is no MSRP at all: its m= line with port 0 (RFC 3264 6). */
void sdp_put_refused_media(struct sp_buf *to, const struct sdp_media *media);
/* A refusal of an MSRP medium that sdp_msrp_read could not read: its m= line with port 0, and what
 * it calls file-selector and file-transfer-id mirrored unread (RFC 5547 8.3). */
void sdp_put_refused_block(struct sp_buf *to, const struct sdp *sdp, const struct sdp_media *media);

/* The same octets of the file? None is "1-*" (RFC 5547 6). */
bool sdp_same_range(const struct sdp_msrp *a, const struct sdp_msrp *b);

/* What is left of `direction` for the other side: sendonly becomes recvonly (RFC 3264 6.1). */
enum sdp_direction sdp_mirrored(enum sdp_direction direction);
bool               sdp_sends(enum sdp_direction direction);
bool               sdp_receives(enum sdp_direction direction);

/* Does this side connect (active), given both sides' setup? RFC 6135 4.2; without a=setup the
 * offerer does (RFC 4975 8.5). Two active sides both connect. */
bool sdp_msrp_connects(enum sdp_setup offer, enum sdp_setup answer, bool we_offered);

#endif
