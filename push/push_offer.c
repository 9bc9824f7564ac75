/* SPDX-License-Identifier: MIT
 * push/push_offer.c -- the sender's offers, and the answers to them. RFC 3264 5, 8; RFC 4975 8;
 * RFC 5547 8.2.1, 8.2.3, 8.6, 8.7; RFC 6135 4.2.
 *
 * Promises: a leader of the batch is one m= line, in order; a content whose answer does not hold
 * ends, the others go on. Never: sends what the answer's accept-types or max-size do not allow
 * (RFC 4975 8.6, RFC 5547 8.7). */
#include "push_icon.h"
#include "push_out.h"
#include "push_text.h"

#include "../sdp/sdp_exchange.h"
#include "../sdp/sdp_file_date.h"
#include "../sdp/sdp_transfer.h"
#include "../sdp/sdp_types.h"

#define YEAR_10000_S INT64_C(253402300800) /* date-time has four digits (RFC 5322 3.3) */

bool push_offer_live(const struct push_job *job, const struct push_out *leader)
{
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        const struct push_out *out = &job->outs[i];

        if (out->leader == leader->index &&
            (out->state == PUSH_OUT_WAITING || push_out_busy(out))) {
            return true;
        }
    }
    return false;
}

/* Identifiers of the batch's leaders: new ones for each offer (RFC 5547 8.1, RFC 4975 8.2). */
enum sp_err push_offer_draw(struct push_sender *sender, struct push_job *job)
{
    uint32_t i;

    if (job->sdp_id == 0) {
        job->sdp_id = 1 + sp_ident_below(&sender->link.ident, UINT32_MAX - 1);
    }
    job->sdp_version++;
    for (i = job->first; i < job->last; i++) {
        struct push_out *out = &job->outs[i];

        if (out->leader == i && push_offer_live(job, out)) {
            if (!push_relay_draw(&sender->link, out->session_id)) {
                return SP_LIMIT; /* no URI of a relay is ready */
            }
            sp_ident_token(&sender->link.ident, out->transfer_id, sizeof(out->transfer_id));
        }
    }
    return SP_OK;
}

/* What was written to `buf` since it held `from` octets. */
static struct sp_slice since(const struct sp_buf *buf, size_t from)
{
    return buf->err == SP_OK ? sp_slice(buf->at + from, buf->len - from) : sp_slice(NULL, 0);
}

/* The path of a leader's session, written to `text`. */
static struct sp_slice local_path(const struct push_sender *sender, const struct push_job *job,
                                  const struct push_out *out, struct sp_buf *text)
{
    size_t from = text->len;

    push_put_path(&sender->link, text, &job->media,
                  sp_slice(out->session_id, sizeof(out->session_id)));
    return since(text, from);
}

/* What we take in return, were the session not one-way: our own type, and message/cpim, which
 * every endpoint must name (RFC 4975 8.6, 13). */
static struct sp_slice local_types(const struct push_out *out, struct sp_buf *text)
{
    size_t from = text->len;

    sp_put_value(text, push_bare_type(out->content.type));
    sp_put_text(text, " message/cpim");
    return since(text, from);
}

static enum sdp_setup local_setup(const struct push_job *job)
{
    return job->media.listens ? SDP_SETUP_ACTPASS : SDP_SETUP_ACTIVE;
}

static void describe_file(const struct push_out *out, struct sp_buf *text, struct sdp_msrp *block)
{
    size_t from = text->len;

    block->has_selector = true;
    block->selector.has_name = true;
    sdp_put_file_name_encoded(text, out->content.name);
    block->selector.name = since(text, from);
    from = text->len;
    sdp_put_file_type_encoded(text, out->content.type);
    block->selector.type = since(text, from);
    block->selector.size = out->content.octets;
    block->selector.has_size = out->content.octets > 0; /* size:0 cannot be said */
    block->selector.has_sha1 = out->content.has_sha1;
    if (out->content.has_sha1) {
        uint32_t i;

        for (i = 0; i < SP_SHA1_OCTETS; i++) {
            block->selector.sha1[i] = out->content.sha1[i];
        }
    }
    block->file_transfer_id = sp_slice(out->transfer_id, sizeof(out->transfer_id));
    if (push_out_has_icon(out)) {
        from = text->len;
        push_put_file_icon(text, block->file_transfer_id);
        block->file_icon = since(text, from);
    }
    if (out->content.modified_s > 0 && out->content.modified_s < YEAR_10000_S) {
        struct sdp_file_date date = { .has_modification = true };

        date.modification_s = out->content.modified_s;
        from = text->len;
        sdp_file_date_write(text, &date);
        block->file_date = since(text, from);
    }
    block->file_disposition = SP_LIT("attachment"); /* the default would be render: 6 */
    if (out->content.offset > 0) {
        block->range_from = out->content.offset + 1; /* to the end: 6 */
    }
}

void push_offer_whole(const struct push_sender *sender, const struct push_job *job,
                      const struct push_out *out, struct sp_buf *text, struct sdp_msrp *block)
{
    *block = (struct sdp_msrp){
        .port = job->media.addr.port,
        .path = local_path(sender, job, out, text),
        .accept_types = local_types(out, text),
        .setup = local_setup(job),
        .direction = SDP_SENDONLY,
    };
    if (push_out_is_file(out)) {
        describe_file(out, text, block);
    }
}

void push_offer_block(const struct push_sender *sender, const struct push_job *job,
                      const struct push_out *out, struct sp_buf *text, struct sdp_msrp *block)
{
    struct sdp_msrp whole;

    push_offer_whole(sender, job, out, text, &whole);
    *block = whole;
    if (!push_offer_live(job, out)) {
        sdp_msrp_end(&whole, block); /* RFC 5547 8.1, 8.4 */
    }
}

void push_offer_said(struct push_sender *sender, struct push_job *job, struct sp_slice octets)
{
    sp_store_give(&sender->store, job->said.at);
    /* Without room for a copy every later description counts as a change, which is allowed. */
    job->said = sp_store_copy(&sender->store, octets);
}

void push_offer_close(struct push_sender *sender, struct push_out *leader)
{
    if (leader->media != PUSH_MEDIA_NONE) {
        leader->media = PUSH_MEDIA_NONE;
        /* Stale where the endpoint gave it up before us. */
        (void)!msrp_close(sender->link.msrp, sender->link.now_us, leader->msrp);
    }
    push_relay_return(&sender->link, leader->session_id);
}

void push_offer_write(struct push_sender *sender, const struct push_job *job, struct sp_buf *to)
{
    struct push_lines lines;
    uint32_t          i;

    push_lines_of(&lines, &job->media, job->sdp_id, job->sdp_version);
    sdp_put_session(to, &lines.origin, SP_LIT("-"), &lines.connection);
    for (i = job->first; i < job->last; i++) {
        struct sp_buf   text = sp_buf(sender->text, sender->limits.message_octets);
        struct sdp_msrp block;

        if (job->outs[i].leader == i) {
            push_offer_block(sender, job, &job->outs[i], &text, &block);
            sp_put_fail(to, text.err);
            sdp_msrp_write(to, &block);
        }
    }
}

/* The answer to a leader's block, checked. On an error `why` says what is wrong with it. */
static enum sp_err read_block(const struct push_sender *sender, const struct push_job *job,
                              const struct push_out *out, uint32_t place, struct sdp_msrp *answer,
                              const char **why)
{
    struct sp_buf     text = sp_buf(sender->text, sender->limits.message_octets);
    const struct sdp *sdp = &sender->sdp;
    struct sdp_msrp   offer;
    struct sp_where   where;
    enum sp_err       err;

    if (place >= sdp->media_count || !sdp_is_msrp(&sdp->media[place])) {
        *why = "the answer has no MSRP in this place";
        return SP_MISMATCH;
    }
    if (sdp->media[place].port == 0) {
        *why = "refused with port 0";
        return SP_REFUSED;
    }
    err = sdp_msrp_read(sdp, &sdp->media[place], answer, &where);
    if (err != SP_OK) {
        *why = "the answer cannot be read";
        return err;
    }
    push_offer_block(sender, job, out, &text, &offer);
    *why = "the answer does not fit the offer";
    return sdp_msrp_answer_check(&offer, answer, &where);
}

/* May this content go into a session that was answered so? */
static enum sp_err allowed(const struct push_out *out, const struct sdp_msrp *answer,
                           const char **why)
{
    if (!sdp_receives(answer->direction)) {
        *why = "the answer takes no content";
        return SP_REFUSED;
    }
    if (!sdp_types_allow(answer->accept_types, out->content.type)) {
        *why = "the answer does not accept the type";
        return SP_REFUSED;
    }
    if (out->content.offset > 0 && answer->range_from != out->content.offset + 1) {
        *why = "the answer does not take a part of a file";
        return SP_MISMATCH;
    }
    if (answer->max_size > 0 && out->content.octets - out->content.offset > answer->max_size) {
        *why = "too large for the answer's max-size";
        return SP_REFUSED;
    }
    return SP_OK;
}

enum sp_err push_offer_open(struct push_sender *sender, struct push_job *job,
                            struct push_out *leader, struct sp_slice remote_path, bool connects)
{
    struct sp_buf              text = sp_buf(sender->text, sender->limits.message_octets);
    struct msrp_session_config config = {
        .local_path = local_path(sender, job, leader, &text),
        .remote_path = remote_path,
        .connects = connects,
        .accept_types = local_types(leader, &text),
        .user = push_user_of(sp_pool_handle(&sender->jobs, job)),
    };
    const struct push_relay_entry *lent = push_relay_find(
        &sender->link, sp_slice(leader->session_id, sizeof(leader->session_id)));
    enum sp_err err;

    if (lent != NULL) {
        config.relay = lent->lease;
    }
    err = msrp_open(sender->link.msrp, sender->link.now_us, &config, &leader->msrp);

    if (err == SP_OK) {
        leader->media = PUSH_MEDIA_SETUP;
    }
    return err;
}

enum sp_err push_offer_send(struct push_sender *sender, struct push_job *job, struct push_out *out)
{
    struct msrp_outgoing outgoing = {
        .message_id = sp_slice(out->message_id, sizeof(out->message_id)),
        .chunk_octets = out->lost != SP_OK ? PUSH_SMALL_OCTETS : 0,
        .content_type = out->content.type,
        .disposition = push_out_is_file(out) ? SP_LIT("attachment") : SP_LIT(""),
        .octets = out->content.octets - out->content.offset, /* numbered from 1 again: 8.7 */
        .success_report = true,
        .failure_report = MSRP_FAILURE_YES,
        .user = out->index,
    };

    return msrp_send(sender->link.msrp, sender->link.now_us, job->outs[out->leader].msrp, &outgoing,
                     &out->message);
}

/* One content of the batch, the answer to whose line is `answer`. */
static void take(struct push_sender *sender, struct push_job *job, struct push_out *out,
                 const struct sdp_msrp *answer)
{
    struct push_out *leader = &job->outs[out->leader];
    const char      *why = "";
    enum sp_err      err = allowed(out, answer, &why);

    if (err == SP_OK && leader->media == PUSH_MEDIA_NONE) {
        err = push_offer_open(sender, job, leader, answer->path,
                              sdp_msrp_connects(local_setup(job), answer->setup, true));
    }
    if (err == SP_OK) {
        err = push_offer_send(sender, job, out);
    }
    if (err == SP_OK) {
        push_out_take(sender, out);
    } else {
        push_out_end(sender, out, err, 0, sp_str(why), NULL);
    }
}

/* The octets of a leader's file that the receiver has, as its refusal in this place tells; 0: it
 * does not. */
static uint64_t told_of(const struct push_sender *sender, const struct push_out *out,
                        uint32_t place)
{
    const struct sdp *sdp = &sender->sdp;
    struct sdp_msrp   block;
    struct sp_where   where;

    if (place >= sdp->media_count || !sdp_is_msrp(&sdp->media[place]) ||
        sdp_msrp_read(sdp, &sdp->media[place], &block, &where) != SP_OK || block.range_from == 0 ||
        block.range_from > out->content.octets || block.range_to != 0) {
        return 0;
    }
    return block.range_from - 1;
}

/* An offer that was a question had its answer, or one that was none is told that a part of its file
 * is there: ask for this content from there on. */
static bool corrected(struct push_sender *sender, struct push_out *out, uint32_t place)
{
    uint64_t told = told_of(sender, out, place);
    bool     knows = out->content.offset == 0 && out->content.has_sha1 && told > 0;

    if (!push_out_busy(out) || !(out->guessed || knows)) {
        return false;
    }
    out->guessed = false;
    out->content.offset = told;
    sp_ident_token(&sender->link.ident, out->message_id, sizeof(out->message_id)); /* another */
    push_out_wait(sender, out);
    return true;
}

bool push_offer_corrected(struct push_sender *sender, struct push_job *job, struct sp_slice body)
{
    struct sp_where where;
    bool            any = false;
    uint32_t        place = 0, i;

    if (body.len == 0 || sdp_parse(body, &sender->sdp, &where) != SP_OK) {
        sender->sdp.media_count = 0; /* it tells nothing */
    }
    for (i = job->first; i < job->last; i++) {
        if (job->outs[i].leader == i) {
            any = corrected(sender, &job->outs[i], place) || any;
            place++;
        }
    }
    return any;
}

bool push_offer_answered(struct push_sender *sender, struct push_job *job, struct sp_slice body)
{
    struct sp_where where;
    enum sp_err     err = body.len > 0 ? sdp_parse(body, &sender->sdp, &where) : SP_MISSING;
    uint32_t        place = 0, i, k;
    bool            left = false;

    for (i = job->first; i < job->last; i++) {
        struct push_out *leader = &job->outs[i];
        struct sdp_msrp  answer;
        enum sp_err      held = err;
        const char      *why = "the answer is no description";

        if (leader->leader != i) {
            continue;
        }
        if (held == SP_OK) {
            held = read_block(sender, job, leader, place, &answer, &why);
        }
        if ((held == SP_REFUSED || held == SP_MISMATCH) && corrected(sender, leader, place)) {
            place++;
            continue;
        }
        place++;
        for (k = i; k < job->last; k++) {
            struct push_out *out = &job->outs[k];

            if (out->leader != i || !push_out_busy(out)) {
                continue;
            }
            if (held == SP_OK) {
                take(sender, job, out, &answer);
            } else {
                push_out_end(sender, out, held, 0, sp_str(why), NULL);
            }
        }
        left = left || (held == SP_OK && !push_offer_live(job, leader));
    }
    return left;
}
