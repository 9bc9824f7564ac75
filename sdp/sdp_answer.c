/* SPDX-License-Identifier: MIT
 * sdp/sdp_answer.c -- the answer to one offered medium, as a pure function: RFC 3264 6, RFC 5547
 * 8.3, RFC 6135 4.2.2. */
#include "sdp_msrp.h"
#include "sdp_types.h"

bool sdp_sends(enum sdp_direction direction)
{
    return direction == SDP_SENDRECV || direction == SDP_SENDONLY;
}

bool sdp_receives(enum sdp_direction direction)
{
    return direction == SDP_SENDRECV || direction == SDP_RECVONLY;
}

static enum sdp_direction direction_of(bool sends, bool receives)
{
    if (sends)
        return receives ? SDP_SENDRECV : SDP_SENDONLY;
    return receives ? SDP_RECVONLY : SDP_INACTIVE;
}

enum sdp_direction sdp_mirrored(enum sdp_direction direction)
{
    return direction_of(sdp_receives(direction), sdp_sends(direction));
}

/* "holdconn" is read as no a=setup at all: RFC 6135 4.2.1. No a=setup in an offer means active:
 * RFC 4975 8.5. */
static enum sdp_setup offered_setup(enum sdp_setup setup)
{
    return setup == SDP_SETUP_NONE || setup == SDP_SETUP_HOLDCONN ? SDP_SETUP_ACTIVE : setup;
}

static enum sdp_setup answered_setup(enum sdp_setup setup)
{
    return setup == SDP_SETUP_ACTIVE ? SDP_SETUP_ACTIVE : SDP_SETUP_PASSIVE;
}

bool sdp_msrp_connects(enum sdp_setup offer, enum sdp_setup answer, bool we_offered)
{
    enum sdp_setup offered = offered_setup(offer), answered = answered_setup(answer);

    if (we_offered)
        return offered == SDP_SETUP_ACTIVE || answered == SDP_SETUP_PASSIVE;
    return answered == SDP_SETUP_ACTIVE;
}

/* A file must be told apart from others, and a pushed one by more than its name. */
static enum sp_err file_acceptable(const struct sdp_msrp *offer)
{
    const struct sdp_file_selector *file = &offer->selector;

    if (offer->file_transfer_id.len == 0 || !sdp_file_selector_selects(file))
        return SP_MISSING;
    if (offer->direction == SDP_SENDONLY && file->type.len == 0 && !file->has_size &&
        !file->has_sha1 && !file->other_hash)
        return SP_MISSING;
    return SP_OK;
}

enum sp_err sdp_msrp_acceptable(const struct sdp_msrp *offer, const struct sdp_msrp *ours,
                                bool listens)
{
    if (offer->port == 0)
        return SP_CLOSED;
    if (offer->tls != ours->tls)
        return SP_UNSUPPORTED;
    if (!listens && offered_setup(offer->setup) == SDP_SETUP_ACTIVE)
        return SP_UNSUPPORTED;
    if (offer->accept_types.len == 0)
        return SP_MISSING;
    if (!sdp_types_meet(offer->accept_types, ours->accept_types))
        return SP_MISMATCH;
    return offer->has_selector ? file_acceptable(offer) : SP_OK;
}

/* Who sends describes the file: RFC 5547 8.3.2. Who receives adds nothing of its own: 8.3.1. */
static void answer_file(const struct sdp_msrp *offer, const struct sdp_msrp *ours,
                        struct sdp_msrp *answer)
{
    answer->has_selector = offer->has_selector;
    answer->selector = offer->selector;
    answer->file_transfer_id = offer->file_transfer_id;
    answer->range_from = offer->range_from;
    answer->range_to = offer->range_to;
    if (offer->has_selector && ours->has_selector && answer->direction == SDP_SENDONLY) {
        answer->selector = ours->selector;
        answer->file_disposition = ours->file_disposition;
        answer->file_date = ours->file_date;
        answer->file_icon = ours->file_icon;
    }
}

void sdp_msrp_answer(const struct sdp_msrp *offer, const struct sdp_msrp *ours, bool listens,
                     struct sdp_msrp *answer)
{
    enum sdp_direction left = sdp_mirrored(offer->direction);
    enum sdp_setup     offered = offered_setup(offer->setup);

    if (offer->port == 0) {
        sdp_msrp_refuse(offer, answer);
        return;
    }
    *answer = (struct sdp_msrp){ .port = ours->port, .tls = offer->tls };
    answer->title = ours->title;
    answer->path = ours->path;
    answer->accept_types = ours->accept_types;
    answer->accept_wrapped_types = ours->accept_wrapped_types;
    answer->max_size = ours->max_size;
    answer->direction = direction_of(sdp_sends(left) && sdp_sends(ours->direction),
                                     sdp_receives(left) && sdp_receives(ours->direction));
    if (offered == SDP_SETUP_PASSIVE || (offered == SDP_SETUP_ACTPASS && !listens))
        answer->setup = SDP_SETUP_ACTIVE;
    else
        answer->setup = SDP_SETUP_PASSIVE;
    answer_file(offer, ours, answer);
}

void sdp_msrp_refuse(const struct sdp_msrp *offer, struct sdp_msrp *answer)
{
    *answer = (struct sdp_msrp){ .port = 0, .tls = offer->tls };
    answer->direction = sdp_mirrored(offer->direction);
    answer->has_selector = offer->has_selector;
    answer->selector = offer->selector;
    answer->file_transfer_id = offer->file_transfer_id;
}

void sdp_put_refused_media(struct sp_buf *to, const struct sdp_media *media)
{
    sdp_put_media(to, media->media, 0, media->proto, media->formats);
}

/* Each attribute of this name as it came: the offerer finds its own words again. */
static void mirror(struct sp_buf *to, const struct sdp *sdp, const struct sdp_media *media,
                   const char *name)
{
    const struct sdp_attribute *attribute = sdp_find(sdp, media, name);

    for (; attribute != NULL; attribute = sdp_find_next(sdp, media, attribute)) {
        if (attribute->value.len > 0)
            sdp_put_attribute(to, name, attribute->value);
        else
            sdp_put_flag(to, name);
    }
}

void sdp_put_refused_block(struct sp_buf *to, const struct sdp *sdp, const struct sdp_media *media)
{
    sdp_put_refused_media(to, media);
    mirror(to, sdp, media, "file-selector");
    mirror(to, sdp, media, "file-transfer-id");
}
