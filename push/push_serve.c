/* SPDX-License-Identifier: MIT
 * push/push_serve.c -- a peer asks for a file (a pull): its recvonly offer, and our answer. RFC
 * 5547 8.3.2.
 *
 * Promises: what is sent is what was asked for, or nothing; after the answer all goes as in an
 * order of one content. Never: serves what the user did not name. */
#include "push_out.h"

#include "../parser/sip_address.h"
#include "../sdp/sdp_exchange.h"
#include "../sdp/sdp_transfer.h"
#include "../sdp/sdp_types.h"

/* The first line of an offer that asks for a file, read. False: there is none. */
static bool pull_of(struct push_sender *sender, struct sp_slice offer, uint32_t *place,
                    struct sdp_msrp *block)
{
    const struct sdp *sdp = &sender->sdp;
    struct sp_where   where;

    if (offer.len == 0 || sdp_parse(offer, &sender->sdp, &where) != SP_OK) {
        return false;
    }
    for (*place = 0; *place < sdp->media_count; (*place)++) {
        if (sdp_is_msrp(&sdp->media[*place]) &&
            sdp_msrp_read(sdp, &sdp->media[*place], block, &where) == SP_OK && block->port != 0 &&
            block->has_selector && sdp_file_selector_selects(&block->selector) &&
            block->direction == SDP_RECVONLY && !block->tls && block->range_to == 0) {
            return true;
        }
    }
    return false;
}

static void refuse(struct push_sender *sender, struct sp_handle session, uint16_t status)
{
    /* Stale where it was cancelled. */
    (void)!sip_ua_refuse(sender->link.ua, sender->link.now_us, session, status, sp_slice(NULL, 0));
}

static struct sp_slice from_of(const struct sip_msg *msg)
{
    struct sip_address from;
    struct sp_where    where;
    struct sp_slice    value = sip_msg_value(msg, SIP_FIELD_FROM);

    return sip_address_parse(value, &from, &where) == SP_OK ? from.uri.octets : sp_slice(NULL, 0);
}

/* What is asked for; name and type are written to the sender's text. */
static void wanted_of(struct push_sender *sender, const struct sdp_msrp *block,
                      struct push_content *wanted)
{
    struct sp_buf text = sp_buf(sender->text, sender->limits.message_octets);
    size_t        name;
    uint32_t      i;

    if (block->selector.has_name) {
        sdp_put_file_name(&text, block->selector.name);
    }
    name = text.len;
    if (block->selector.type.len > 0) {
        sdp_put_file_type(&text, block->selector.type);
    }
    *wanted = (struct push_content){
        .name = sp_slice(sender->text, name),
        .type = sp_slice(sender->text + name, text.len - name),
        .octets = block->selector.has_size ? block->selector.size : UINT64_MAX,
        .offset = block->range_from > 0 ? block->range_from - 1 : 0,
        .has_sha1 = block->selector.has_sha1,
    };
    for (i = 0; i < SP_SHA1_OCTETS; i++) {
        wanted->sha1[i] = block->selector.sha1[i];
    }
}

/* A job for the session of a pull; NULL: there is no room. */
static struct push_job *make(struct push_sender *sender, const struct sip_ua_action *sip)
{
    struct push_job *job = sp_pool_take(&sender->jobs);

    if (job == NULL) {
        return NULL;
    }
    if (!push_link_media(&sender->link, sip->flow.remote.family, &job->media)) {
        sp_pool_give(&sender->jobs, job);
        return NULL;
    }
    job->timer.owner = job;
    job->mode = PUSH_SESSION;
    job->why = "the peer asked for it";
    job->sip = sip->session;
    push_offer_said(sender, job, sip->msg->body);
    sip_ua_set_user(sender->link.ua, sip->session,
                    push_user_of(sp_pool_handle(&sender->jobs, job)));
    return job;
}

bool push_serve_sip(struct push_sender *sender, const struct sip_ua_action *sip,
                    struct push_sender_action *action)
{
    struct push_job *job;
    struct sdp_msrp  block;
    uint32_t         place;

    if (!pull_of(sender, sip->msg->body, &place, &block)) {
        refuse(sender, sip->session, 488);
        return false;
    }
    job = make(sender, sip);
    if (job == NULL) {
        refuse(sender, sip->session, 486);
        return false;
    }
    push_job_enter(sender, job, PUSH_JOB_ASKED, "INVITE");
    *action = (struct push_sender_action){
        .kind = PUSH_SENDER_ASKED,
        .order = sp_pool_handle(&sender->jobs, job),
        .mode = PUSH_SESSION,
        .why = job->why,
        .from = from_of(sip->msg),
    };
    wanted_of(sender, &block, &action->wanted);
    action->offset = action->wanted.offset;
    return true;
}

/* The answer: the line that asks is taken, all others are refused. */
static void put_answer(struct push_sender *sender, struct push_job *job, uint32_t place,
                       const struct sdp_msrp *answer, struct sp_buf *to)
{
    struct push_lines lines;
    uint32_t          i;

    push_lines_of(&lines, &job->media, job->sdp_id, job->sdp_version);
    sdp_put_answer_session(to, &sender->sdp, &lines.origin, SP_LIT("-"), &lines.connection);
    for (i = 0; i < sender->sdp.media_count; i++) {
        if (i == place) {
            sdp_msrp_write(to, answer);
        } else if (sdp_is_msrp(&sender->sdp.media[i])) {
            sdp_put_refused_block(to, &sender->sdp, &sender->sdp.media[i]);
        } else {
            sdp_put_refused_media(to, &sender->sdp.media[i]);
        }
    }
}

/* Answer, open the session, and have the content sent. */
static enum sp_err serve(struct push_sender *sender, struct push_job *job, uint32_t place,
                         const struct sdp_msrp *block)
{
    struct sp_buf    text = sp_buf(sender->text, sender->limits.message_octets);
    struct sp_buf    body = sp_buf(sender->scratch, sender->limits.message_octets);
    struct push_out *out = &job->outs[0];
    struct sdp_msrp  ours, answer;
    enum sp_err      err;

    err = push_offer_draw(sender, job);
    if (err != SP_OK) {
        return err;
    }
    push_offer_whole(sender, job, out, &text, &ours);
    if (!sdp_types_allow(block->accept_types, out->content.type)) {
        return SP_MISMATCH; /* not even though other types are had in common: RFC 4975 8.6 */
    }
    if (text.err != SP_OK || !sdp_file_selector_agrees(&block->selector, &ours.selector)) {
        return SP_MISMATCH;
    }
    err = sdp_msrp_acceptable(block, &ours, job->media.listens);
    if (err != SP_OK) {
        return err;
    }
    sdp_msrp_answer(block, &ours, job->media.listens, &answer);
    put_answer(sender, job, place, &answer, &body);
    err = body.err;
    if (err == SP_OK) {
        err = push_offer_open(sender, job, out, block->path,
                              sdp_msrp_connects(block->setup, answer.setup, false));
    }
    if (err == SP_OK) {
        err = push_offer_send(sender, job, out);
    }
    if (err == SP_OK) {
        err = sip_ua_accept(sender->link.ua, sender->link.now_us, job->sip,
                            SP_LIT("application/sdp"), sp_written(&body));
    }
    return err;
}

/* It came to nothing: the peer is refused, and the job is gone without a note. */
static enum sp_err drop(struct push_sender *sender, struct push_job *job, uint16_t status,
                        enum sp_err err)
{
    refuse(sender, job->sip, status);
    if (job->outs != NULL) {
        push_offer_close(sender, &job->outs[0]);
    }
    push_job_free(sender, job);
    return err;
}

enum sp_err push_sender_serve(struct push_sender *sender, uint64_t now_us, struct sp_handle order,
                              const struct push_content *content, uint16_t status, uint64_t user)
{
    struct push_job    *job = sp_pool_find(&sender->jobs, order);
    struct push_content one;
    struct push_order   copied = { .contents = &one, .count = 1 };
    struct sdp_msrp     block;
    uint32_t            place;
    enum sp_err         err;

    sender->link.now_us = now_us;
    if (job == NULL || job->state != PUSH_JOB_ASKED) {
        return SP_STALE;
    }
    if (content == NULL) {
        return drop(sender, job, status >= 400 && status < 700 ? status : 404, SP_OK);
    }
    if (!pull_of(sender, job->said, &place, &block)) {
        return drop(sender, job, 500, SP_LIMIT); /* there was no room to keep it */
    }
    one = *content;
    one.offset = block.range_from > 0 ? block.range_from - 1 : 0;
    if (one.offset > 0 && one.offset >= one.octets) {
        return drop(sender, job, 488, SP_MISMATCH);
    }
    err = push_job_copy(sender, &copied, job);
    if (err != SP_OK) {
        return drop(sender, job, 486, err);
    }
    job->count = job->last = 1;
    job->user = user;
    job->served = true;
    err = serve(sender, job, place, &block);
    if (err != SP_OK) {
        return drop(sender, job, 488, err);
    }
    push_out_ask(sender, &job->outs[0]);
    push_out_take(sender, &job->outs[0]);
    push_job_enter(sender, job, PUSH_JOB_TALKING, "accept");
    return SP_OK;
}
