/* SPDX-License-Identifier: MIT
 * sdp/sdp_exchange.c -- see sdp_exchange.h. RFC 3264 6 (answer), 8 (later offers). */
#include "sdp_exchange.h"

/* One line of the answer. True when the medium is taken. */
static bool answer_media(struct sp_buf *to, const struct sdp *offer, uint32_t place,
                         const struct sdp_answerer *answerer)
{
    const struct sdp_media *media = &offer->media[place];
    struct sdp_msrp         offered, answer;
    struct sp_where         where;

    if (!sdp_is_msrp(media)) {
        sdp_put_refused_media(to, media);
        return false;
    }
    if (sdp_msrp_read(offer, media, &offered, &where) != SP_OK) {
        sdp_put_refused_block(to, offer, media);
        return false;
    }
    const struct sdp_msrp *ours = place < answerer->count ? &answerer->ours[place] : NULL;
    bool                   taken = ours != NULL && ours->port != 0 &&
                 sdp_msrp_acceptable(&offered, ours, answerer->listens) == SP_OK;
    if (taken)
        sdp_msrp_answer(&offered, ours, answerer->listens, &answer);
    else
        sdp_msrp_refuse(&offered, &answer);
    sdp_msrp_write(to, &answer);
    return taken;
}

void sdp_answer_write(struct sp_buf *to, const struct sdp *offer,
                      const struct sdp_answerer *answerer, uint32_t *accepted)
{
    *accepted = 0;
    sdp_put_answer_session(to, offer, answerer->origin, answerer->session_name,
                           answerer->connection);
    for (uint32_t place = 0; place < offer->media_count; place++) {
        if (answer_media(to, offer, place, answerer))
            (*accepted)++;
    }
}

static enum sp_err mismatch(struct sp_where *where, size_t octet, const char *rule)
{
    *where = (struct sp_where){ .octet = octet, .rule = rule };
    return SP_MISMATCH;
}

enum sp_err sdp_answer_check(const struct sdp *offer, const struct sdp *answer,
                             struct sp_where *where)
{
    if (offer->media_count != answer->media_count)
        return mismatch(where, 0, "m=");
    for (uint32_t i = 0; i < offer->media_count; i++) {
        const struct sdp_media *offered = &offer->media[i], *answered = &answer->media[i];
        size_t                  octet = (size_t)(answered->octets.at - answer->session_octets.at);

        if (!sp_eq_nocase(offered->media, answered->media))
            return mismatch(where, octet, "media");
        if (!sp_eq_nocase(offered->proto, answered->proto))
            return mismatch(where, octet, "proto");
        if (offered->port == 0 && answered->port != 0)
            return mismatch(where, octet, "port");
    }
    return SP_OK;
}

enum sp_err sdp_msrp_answer_check(const struct sdp_msrp *offer, const struct sdp_msrp *answer,
                                  struct sp_where *where)
{
    *where = (struct sp_where){ .octet = 0, .rule = "" };
    if (answer->port == 0)
        return SP_REFUSED;
    if (answer->accept_types.len == 0) {
        where->rule = "accept-types";
        return SP_MISSING;
    }
    if (answer->file_transfer_id.len > 0 &&
        !sp_eq(answer->file_transfer_id, offer->file_transfer_id))
        return mismatch(where, 0, "file-transfer-id");
    if (answer->has_selector && !sdp_file_selector_agrees(&offer->selector, &answer->selector))
        return mismatch(where, 0, "file-selector");
    if (!sdp_same_range(offer, answer))
        return mismatch(where, 0, "file-range");
    return SP_OK;
}

enum sdp_direction sdp_agreed(enum sdp_direction offer, enum sdp_direction answer)
{
    bool sends = sdp_sends(offer) && sdp_receives(answer);
    bool receives = sdp_receives(offer) && sdp_sends(answer);

    if (sends)
        return receives ? SDP_SENDRECV : SDP_SENDONLY;
    return receives ? SDP_RECVONLY : SDP_INACTIVE;
}

enum sdp_change sdp_media_change(const struct sdp_media *previous, const struct sdp_media *next)
{
    bool was_open = previous != NULL && previous->port != 0;

    if (next->port == 0)
        return was_open ? SDP_REMOVED : SDP_ENDED;
    if (!was_open)
        return SDP_ADDED;
    return sp_eq(previous->octets, next->octets) ? SDP_KEPT : SDP_CHANGED;
}

/* The o= lines name the same session, whatever their versions. */
static bool same_session(const struct sdp_origin *a, const struct sdp_origin *b)
{
    return sp_eq(a->username, b->username) && a->session_id == b->session_id &&
           sp_eq(a->nettype, b->nettype) && sp_eq(a->addrtype, b->addrtype) &&
           sp_eq(a->address, b->address);
}

/* Every line but o= is octet for octet the same, line ends aside. */
static bool same_lines(const struct sdp *a, const struct sdp *b)
{
    struct sp_slice rest_a = a->session_octets, rest_b = b->session_octets, value_a, value_b;
    char            letter_a, letter_b;

    while (sdp_line_next(&rest_a, &letter_a, &value_a)) {
        if (!sdp_line_next(&rest_b, &letter_b, &value_b) || letter_a != letter_b)
            return false;
        if (letter_a != 'o' && !sp_eq(value_a, value_b))
            return false;
    }
    if (rest_b.len > 0 || a->media_count != b->media_count)
        return false;
    for (uint32_t i = 0; i < a->media_count; i++) {
        if (!sp_eq(a->media[i].octets, b->media[i].octets))
            return false;
    }
    return true;
}

enum sp_err sdp_reoffer_check(const struct sdp *previous, const struct sdp *next, bool *changed,
                              struct sp_where *where)
{
    *changed = !same_lines(previous, next);
    if (!same_session(&previous->origin, &next->origin))
        return mismatch(where, 0, "o=");
    if (next->origin.version < previous->origin.version)
        return mismatch(where, 0, "sess-version");
    if (next->media_count < previous->media_count)
        return mismatch(where, 0, "m=");
    if (*changed && next->origin.version == previous->origin.version)
        return mismatch(where, 0, "session-description");
    return SP_OK;
}

struct sdp_origin sdp_origin_next(const struct sdp_origin *origin, bool changed)
{
    struct sdp_origin next = *origin;

    if (changed)
        next.version++;
    return next;
}
