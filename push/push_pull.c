/* SPDX-License-Identifier: MIT
 * push/push_pull.c -- a file that the receiver asks for: a recvonly offer. RFC 5547 8.2.2, 8.3.2.
 *
 * Promises: the answer is treated as an offer of theirs would be: its file is told to the user, who
 * decides before an octet flows, for it is we who connect (RFC 6135 4.2.2, active). Never: hides
 * from the user what the peer says that it sends. */
#include "push_in.h"

#include "../sdp/sdp_transfer.h"

/* The selector of a pull, its values written to `text`. */
static void select_file(const struct push_pull *pull, struct sp_buf *text, struct sdp_msrp *block)
{
    size_t   from = text->len;
    uint32_t i;

    block->has_selector = true;
    block->selector.has_name = pull->name.len > 0;
    sdp_put_file_name_encoded(text, pull->name);
    block->selector.name = sp_slice(text->at + from, text->len - from);
    from = text->len;
    if (pull->type.len > 0) {
        sdp_put_file_type_encoded(text, pull->type);
        block->selector.type = sp_slice(text->at + from, text->len - from);
    }
    block->selector.has_size = pull->octets != UINT64_MAX && pull->octets > 0;
    block->selector.size = block->selector.has_size ? pull->octets : 0;
    block->selector.has_sha1 = pull->has_sha1;
    for (i = 0; i < SP_SHA1_OCTETS; i++) {
        block->selector.sha1[i] = pull->sha1[i];
    }
}

static void put_offer(struct push_receiver *receiver, const struct push_call *call,
                      const struct push_line *line, const struct push_pull *pull, struct sp_buf *to)
{
    struct sp_buf     text = sp_buf(receiver->text, receiver->limits.message_octets);
    char              id[PUSH_TRANSFER_ID_CHARS];
    struct push_lines lines;
    struct sdp_msrp   block = {
          .port = call->media.addr.port,
          .accept_types = receiver->said_types,
          .max_size = receiver->max_size,
          .setup = SDP_SETUP_ACTIVE,
          .direction = SDP_RECVONLY,
          .range_from = pull->offset > 0 ? pull->offset + 1 : 0,
    };

    push_put_path(&receiver->link, &text, &call->media,
                  sp_slice(line->session_id, sizeof(line->session_id)));
    block.path = sp_written(&text);
    select_file(pull, &text, &block);
    sp_ident_token(&receiver->link.ident, id, sizeof(id));
    block.file_transfer_id = sp_slice(id, sizeof(id));
    sp_put_fail(to, text.err);
    push_lines_of(&lines, &call->media, call->sdp_id, call->sdp_version);
    sdp_put_session(to, &lines.origin, SP_LIT("-"), &lines.connection);
    sdp_msrp_write(to, &block);
}

static struct push_call *make(struct push_receiver *receiver, const struct push_pull *pull)
{
    bool              room = receiver->calls.used + receiver->pagers < receiver->limits.pushes;
    struct push_call *call = room ? sp_pool_take(&receiver->calls) : NULL;

    if (call == NULL) {
        return NULL;
    }
    sp_list_init(&call->lines);
    call->timer.owner = call;
    call->timer.name = PUSH_TIMER_CALL;
    call->user = pull->user;
    call->sdp_id = 1 + sp_ident_below(&receiver->link.ident, UINT32_MAX - 1);
    call->sdp_version = 1;
    call->from = sp_store_copy(&receiver->store, pull->to);
    if (call->from.at == NULL || push_line_make(receiver, call, 0, true) == NULL) {
        push_call_forget(receiver, call, SP_LIMIT);
        return NULL;
    }
    return call;
}

static enum sp_err invite(struct push_receiver *receiver, struct push_call *call,
                          const struct push_pull *pull)
{
    struct sp_buf         body = sp_buf(receiver->scratch, receiver->limits.message_octets);
    struct sip_ua_request request = {
        .method = SIP_INVITE,
        .uri = pull->to,
        .route = pull->route,
        .content_type = SP_LIT("application/sdp"),
        .user = push_user_of(sp_pool_handle(&receiver->calls, call)),
    };

    put_offer(receiver, call, push_line_find(call, 0), pull, &body);
    request.body = sp_written(&body);
    if (body.err != SP_OK) {
        return body.err;
    }
    return sip_ua_invite(receiver->link.ua, receiver->link.now_us, &request, &call->sip);
}

enum sp_err push_receiver_pull(struct push_receiver *receiver, uint64_t now_us,
                               const struct push_pull *pull)
{
    struct push_call *call;
    enum sp_err       err;

    receiver->link.now_us = now_us;
    if (pull->offset > 0 &&
        (pull->octets == UINT64_MAX || pull->offset >= pull->octets || !pull->has_sha1)) {
        return SP_RANGE;
    }
    if (pull->name.len == 0 && pull->type.len == 0 && pull->octets == UINT64_MAX &&
        !pull->has_sha1) {
        return SP_MISSING;
    }
    call = make(receiver, pull);
    if (call == NULL) {
        return SP_LIMIT;
    }
    err = SP_UNSUPPORTED;
    if (push_link_media(&receiver->link, push_family_towards(pull->to, pull->route),
                        &call->media)) {
        err = invite(receiver, call, pull);
    }
    if (err != SP_OK) {
        push_call_forget(receiver, call, err);
        return err;
    }
    push_call_enter(receiver, call, PUSH_CALL_PULLING, "INVITE");
    return SP_OK;
}

static enum push_pulled failed(struct push_receiver *receiver, struct push_call *call,
                               enum sp_err err, uint16_t status,
                               struct push_receiver_action *action)
{
    *action = (struct push_receiver_action){
        .kind = PUSH_RECEIVER_PULL_FAILED,
        .user = call->user,
        .err = err,
        .status = status,
    };
    push_call_forget(receiver, call, err);
    return PUSH_PULL_TOLD;
}

static enum push_pulled answered(struct push_receiver *receiver, struct push_call *call,
                                 const struct sip_ua_action  *sip,
                                 struct push_receiver_action *action)
{
    struct sp_slice body = sip->msg != NULL ? sip->msg->body : sp_slice(NULL, 0);

    call->offer = sp_store_copy(&receiver->store, body);
    if (call->offer.at != NULL && push_answer_pulled(receiver, call)) {
        push_call_enter(receiver, call, PUSH_CALL_PULLED, "2xx");
        return PUSH_PULL_DONE;
    }
    /* Stale where the dialog went first. */
    (void)!sip_ua_end(receiver->link.ua, receiver->link.now_us, call->sip);
    return failed(receiver, call, SP_MISMATCH, 0, action);
}

enum push_pulled push_pull_sip(struct push_receiver *receiver, const struct sip_ua_action *sip,
                               struct push_receiver_action *action)
{
    struct push_call *call = sp_pool_find(&receiver->calls, push_handle_of(sip->user));

    if (call == NULL || call->state != PUSH_CALL_PULLING) {
        return PUSH_PULL_NONE;
    }
    switch (sip->kind) {
    case SIP_UA_ACCEPTED: return answered(receiver, call, sip, action);
    case SIP_UA_REFUSED: return failed(receiver, call, SP_REFUSED, sip->status, action);
    case SIP_UA_FAILED:
    case SIP_UA_ENDED:
        return failed(receiver, call, sip->err == SP_OK ? SP_CLOSED : sip->err, 0, action);
    default: return PUSH_PULL_DONE;
    }
}
