/* SPDX-License-Identifier: MIT
 * push/push_reoffer.c -- offers that the receiver makes within the sender's session: refreshes, and
 * transfers that it gives up. RFC 3264 8; RFC 5547 8.1, 8.3.2, 8.4.
 *
 * Promises: port 0, or a line that does not take the content any more, ends a transfer with '#'
 * before the answer leaves; else the same transfer id changes nothing. Never: starts a transfer
 * that nobody ordered. */
#include "../sdp/sdp_transfer.h"
#include "../sdp/sdp_types.h"
#include "push_out.h"

/* The leader of the n-th m= line of the batch; NULL: there are fewer. */
static struct push_out *leader_at(struct push_job *job, uint32_t place)
{
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        if (job->outs[i].leader == i && place-- == 0) {
            return &job->outs[i];
        }
    }
    return NULL;
}

static uint32_t lines_of(const struct push_job *job)
{
    uint32_t count = 0, i;

    for (i = job->first; i < job->last; i++) {
        count += job->outs[i].leader == i;
    }
    return count;
}

/* Its contents end, a chunk under way with '#' (RFC 4975 7.1). */
static void end_line(struct push_sender *sender, struct push_job *job, struct push_out *leader,
                     enum sp_err err, const char *why)
{
    uint32_t i;

    push_offer_close(sender, leader);
    for (i = job->first; i < job->last; i++) {
        if (job->outs[i].leader == leader->index) {
            push_out_end(sender, &job->outs[i], err, 0, sp_str(why), NULL);
        }
    }
}

/* By the new parameters of its line, which count from now on (RFC 3264 8.3.4). */
static bool takes_still(const struct sdp_msrp *offer, const struct push_content *content)
{
    if (!sdp_receives(offer->direction)) {
        return false;
    }
    if (offer->accept_types.len > 0 && !sdp_types_allow(offer->accept_types, content->type)) {
        return false;
    }
    return offer->max_size == 0 || content->octets - content->offset <= offer->max_size;
}

static void answer_block(struct push_sender *sender, struct push_job *job, uint32_t place,
                         struct sp_buf *to)
{
    const struct sdp_media *media = &sender->sdp.media[place];
    struct push_out        *leader = leader_at(job, place);
    struct sp_buf           text = sp_buf(sender->text, sender->limits.message_octets);
    struct sdp_msrp         offer, ours, answer;
    struct sp_where         where;
    enum sdp_transfer       transfer;

    if (!sdp_is_msrp(media)) {
        sdp_put_refused_media(to, media);
        return;
    }
    if (sdp_msrp_read(&sender->sdp, media, &offer, &where) != SP_OK) {
        sdp_put_refused_block(to, &sender->sdp, media);
        return;
    }
    sdp_msrp_refuse(&offer, &answer);
    if (leader != NULL) {
        push_offer_block(sender, job, leader, &text, &ours);
        transfer = sdp_transfer(&ours, &offer);
        if (offer.port == 0) {
            end_line(sender, job, leader, SP_REFUSED, "the receiver ended it with port 0");
        } else if (transfer == SDP_TRANSFER_WRONG) {
            end_line(sender, job, leader, SP_MISMATCH, "the receiver asks for another file");
        } else if (ours.port == 0 || transfer == SDP_TRANSFER_NEW) {
            /* it has ended, or nobody ordered it: refused */
        } else if (!takes_still(&offer, &leader->content)) {
            end_line(sender, job, leader, SP_REFUSED, "the receiver takes no more of it");
        } else {
            /* Its path may be another (RFC 4975 8.4); one that cannot be gone fails by itself. */
            (void)!msrp_readdress(sender->link.msrp, sender->link.now_us, leader->msrp, offer.path);
            sdp_msrp_answer(&offer, &ours, job->media.listens, &answer);
        }
    }
    sdp_msrp_write(to, &answer);
}

static void write_answer(struct push_sender *sender, struct push_job *job, struct sp_buf *to)
{
    struct push_lines lines;
    uint32_t          i;

    push_lines_of(&lines, &job->media, job->sdp_id, job->sdp_version);
    sdp_put_answer_session(to, &sender->sdp, &lines.origin, SP_LIT("-"), &lines.connection);
    for (i = 0; i < sender->sdp.media_count; i++) {
        answer_block(sender, job, i, to);
    }
}

enum sp_err push_reoffer_answer(struct push_sender *sender, struct push_job *job,
                                struct sp_slice offer, struct sp_buf *to)
{
    struct sp_buf   empty = *to;
    struct sp_where where;
    enum sp_err     err;

    if (offer.len == 0) {
        /* RFC 3261 14.2: then the offer is ours, and nothing in it is new. */
        push_offer_write(sender, job, to);
        return to->err;
    }
    err = sdp_parse(offer, &sender->sdp, &where);
    if (err == SP_OK && sender->sdp.media_count < lines_of(job)) {
        err = SP_MISMATCH; /* RFC 3264 8: none may be missing */
    }
    if (err != SP_OK) {
        return err;
    }
    write_answer(sender, job, to);
    if (!sp_eq(job->said, sp_written(to))) {
        *to = empty; /* a change: RFC 3264 8 */
        job->sdp_version++;
        write_answer(sender, job, to);
    }
    push_offer_said(sender, job, sp_written(to));
    return to->err;
}
