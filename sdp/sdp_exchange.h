/* SPDX-License-Identifier: MIT
 * sdp/sdp_exchange.h -- offer and answer of whole descriptions: RFC 3264 5, 6, 8.
 *
 * Pure functions of the descriptions: who keeps them, and when an offer may be made at all (4), is
 * the affair of dialog/ and push/. Media keep their place for the whole session: the i-th line of
 * an answer or of a later offer is about the i-th line of the one before. */
#ifndef SIPUSH_SDP_SDP_EXCHANGE_H
#define SIPUSH_SDP_SDP_EXCHANGE_H

#include "sdp_msrp.h"

/* What the answerer brings. */
struct sdp_answerer {
    const struct sdp_origin     *origin;
    const struct sdp_connection *connection;
    struct sp_slice              session_name; /* empty: "-" */
    /* What we would do with each medium of the offer, in its order: paths differ from medium to
     * medium. A port of 0 refuses it, and so does a place past the end. */
    const struct sdp_msrp *ours;
    uint32_t               count;
    bool                   listens; /* see sdp_msrp_answer */
};

/* Write the answer to `offer`: as many m= lines, in the same order; what is no MSRP, cannot be read
 * or cannot be taken is refused with port 0; times are the offer's. `accepted` is how many were
 * taken; when it is 0 the whole offer is better refused (RFC 3264 6.1, RFC 4975 8.6: 488) unless
 * each of its lines had ended anyway. Overflow sticks in `to`. */
void sdp_answer_write(struct sp_buf *to, const struct sdp *offer,
                      const struct sdp_answerer *answerer, uint32_t *accepted);

/* Does `answer` answer `offer`? SP_MISMATCH: the number of m= lines (rule "m=", octet 0), a media
 * type, a transport, or a port on a line that was offered with 0 (rules "media", "proto", "port";
 * the octet of that medium's block in the answer, counted from the answer's first). A t= that
 * differs is let pass: nothing depends on it here. */
SP_MUST_USE enum sp_err sdp_answer_check(const struct sdp *offer, const struct sdp *answer,
                                         struct sp_where *where);

/* Does one medium of an answer fit its offer, both read? SP_REFUSED: port 0. SP_MISSING: no
 * accept-types. SP_MISMATCH, with the attribute in `rule`: another transfer id, another file, or
 * another range than was offered (none is another one: part of a file would be taken for all of
 * it). An answer without any file attribute comes from a side that knows no RFC 5547; it is let
 * through, and has_selector tells. */
SP_MUST_USE enum sp_err sdp_msrp_answer_check(const struct sdp_msrp *offer,
                                              const struct sdp_msrp *answer,
                                              struct sp_where       *where);

/* What is left to the offerer: sendrecv answered to sendonly is sendonly. */
enum sdp_direction sdp_agreed(enum sdp_direction offer, enum sdp_direction answer);

/* What became of a medium from one description of a side to its next. */
enum sdp_change {
    SDP_KEPT,    /* octet for octet the same */
    SDP_CHANGED, /* RFC 3264 8.3 */
    SDP_ADDED,   /* a new line, or the reuse of one that had ended: 8.1 */
    SDP_REMOVED, /* its port is 0 now: 8.2 */
    SDP_ENDED    /* its port is 0 as it was */
};

/* `previous` is NULL for a line that was not there. */
enum sdp_change sdp_media_change(const struct sdp_media *previous, const struct sdp_media *next);

/* May `next` follow `previous`, both from the same side? SP_MISMATCH: another o= (but for the
 * version), a version that went down, fewer m= lines, or another description under the same version
 * (rules "o=", "sess-version", "m=", "session-description"; RFC 3264 8). `changed` is set in any
 * case, for who prefers to go on: false when all but o= is octet for octet the same. A version that
 * grew by more than one is let pass (8 wants one, RFC 8866 5.2 wants more). */
SP_MUST_USE enum sp_err sdp_reoffer_check(const struct sdp *previous, const struct sdp *next,
                                          bool *changed, struct sp_where *where);

/* The origin of our next description: the same when nothing changed (RFC 4975 8.4), else one
 * version on (RFC 3264 8). */
struct sdp_origin sdp_origin_next(const struct sdp_origin *origin, bool changed);

#endif
