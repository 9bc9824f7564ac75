/* SPDX-License-Identifier: MIT
 * push/push_call.c -- a SIP session at the receiver: from its INVITE to its BYE. RFC 3261 13, 14,
 * 15; RFC 3264; RFC 5547 8.3.1.
 *
 * Promises: a 2xx leaves only after every file of the offer was decided and the MSRP sessions of
 * those that were taken are open; a session in which nothing is going on ends. Never: an answer to
 * an offer that it cannot keep. */
#include "push_app.h"
#include "push_icon.h"
#include "push_in.h"

#include <string.h>

#include "../parser/sip_write.h"

/* Whoever decides takes his time: so soon and so often he is said to be at it. */
#define FIRST_RINGING_US 1000000
#define RINGING_US       60000000

static const char *state_name(enum push_call_state state)
{
    switch (state) {
    case PUSH_CALL_PULLING: return "PULLING";
    case PUSH_CALL_PULLED: return "PULLED";
    case PUSH_CALL_INVITED: return "INVITED";
    case PUSH_CALL_TALKING: return "TALKING";
    case PUSH_CALL_REINVITED: return "REINVITED";
    }
    return "";
}

void push_call_enter(struct push_receiver *receiver, struct push_call *call,
                     enum push_call_state state, const char *on)
{
    sp_trace_arrow(&receiver->link.trace, receiver->link.now_us, "push-call",
                   sp_pool_handle(&receiver->calls, call).slot, state_name(call->state), on,
                   state_name(state));
    call->state = state;
    sp_timer_stop(&receiver->timers, &call->timer);
    if (state == PUSH_CALL_INVITED || state == PUSH_CALL_REINVITED) {
        sp_timer_start(&receiver->timers, &call->timer, receiver->link.now_us + FIRST_RINGING_US);
    }
}

void push_call_timer(struct push_receiver *receiver, struct push_call *call)
{
    if (call->state == PUSH_CALL_TALKING) {
        push_call_end(receiver, call, SP_TIMEOUT);
        return;
    }
    /* RFC 3261 13.3.1.1: nobody on the way gives up while we say so. Stale: it was cancelled. */
    (void)!sip_ua_progress(receiver->link.ua, receiver->link.now_us, call->sip, 180, false,
                           sp_slice(NULL, 0), sp_slice(NULL, 0));
    sp_timer_start(&receiver->timers, &call->timer, receiver->link.now_us + RINGING_US);
}

struct sp_slice push_call_offer(const struct push_call *call)
{
    return call->state == PUSH_CALL_REINVITED ? call->reoffer : call->offer;
}

/* Nothing is known of what there is of the files of an offer. */
static void let_go(struct push_receiver *receiver, struct push_call *call)
{
    sp_store_give(&receiver->store, call->held);
    call->held = NULL;
}

void push_call_forget(struct push_receiver *receiver, struct push_call *call, enum sp_err err)
{
    struct sp_link *link;

    while ((link = sp_list_first(&call->lines)) != NULL) {
        push_line_end(receiver, SP_OF(link, struct push_line, in_call), err, 0);
    }
    sp_timer_stop(&receiver->timers, &call->timer);
    sp_store_give(&receiver->store, call->from.at);
    sp_store_give(&receiver->store, call->offer.at);
    sp_store_give(&receiver->store, call->reoffer.at);
    sp_store_give(&receiver->store, call->related.at);
    sp_store_give(&receiver->store, call->answer.at);
    let_go(receiver, call);
    sp_pool_give(&receiver->calls, call);
}

void push_call_end(struct push_receiver *receiver, struct push_call *call, enum sp_err err)
{
    /* Stale where the dialog went first. */
    (void)!sip_ua_end(receiver->link.ua, receiver->link.now_us, call->sip);
    push_call_forget(receiver, call, err);
}

static void refuse_with(struct push_receiver *receiver, struct sp_handle sip, uint16_t status,
                        const char *warning, struct sp_slice body)
{
    struct sp_buf fields = sp_buf(receiver->text, receiver->limits.message_octets);

    if (warning != NULL) {
        sip_put_field(&fields, SIP_FIELD_WARNING, sp_str(warning));
    }
    (void)!sip_ua_refuse_with(receiver->link.ua, receiver->link.now_us, sip, status,
                              sp_written(&fields),
                              body.len > 0 ? SP_LIT("application/sdp") : sp_slice(NULL, 0), body);
}

static void refuse(struct push_receiver *receiver, struct sp_handle sip, uint16_t status,
                   const char *warning)
{
    refuse_with(receiver, sip, status, warning, sp_slice(NULL, 0));
}

/* The words for an offer of which nothing is taken. */
static const char *warning_of(uint16_t status)
{
    return status == 488 ? "305 sipush \"no m= line of the offer is a push that can be taken\""
                         : NULL;
}

/* Nothing of the offer is taken. */
static void refuse_offer(struct push_receiver *receiver, struct push_call *call)
{
    uint16_t      status = call->decline != 0 ? call->decline : 488;
    struct sp_buf body = sp_buf(receiver->scratch, receiver->limits.message_octets);

    if (status == 488 && call->held != NULL) {
        push_refusal_write(receiver, call, &body);
    }
    refuse_with(receiver, call->sip, status, warning_of(status),
                body.err == SP_OK ? sp_written(&body) : sp_slice(NULL, 0));
    if (call->state == PUSH_CALL_INVITED) {
        push_call_forget(receiver, call, SP_REFUSED);
        return;
    }
    sp_store_give(&receiver->store, call->reoffer.at);
    call->reoffer = sp_slice(NULL, 0);
    push_call_enter(receiver, call, PUSH_CALL_TALKING, "refuse");
    push_call_settle(receiver, call);
}

static void keep(struct push_receiver *receiver, struct sp_slice *kept, struct sp_slice octets)
{
    sp_store_give(&receiver->store, kept->at);
    *kept = octets;
}

static void answer_offer(struct push_receiver *receiver, struct push_call *call)
{
    struct sp_buf   body = sp_buf(receiver->scratch, receiver->limits.message_octets);
    struct sp_slice answer;
    enum sp_err     err;

    if (!push_answer_write(receiver, call, &body)) {
        refuse_offer(receiver, call);
        return;
    }
    answer = sp_written(&body);
    err = body.err == SP_OK ? sip_ua_accept(receiver->link.ua, receiver->link.now_us, call->sip,
                                            SP_LIT("application/sdp"), answer)
                            : body.err;
    if (err != SP_OK) {
        refuse(receiver, call->sip, 500, NULL);
        push_call_end(receiver, call, err);
        return;
    }
    /* Without room for a copy every later answer counts as a change, which is allowed. */
    keep(receiver, &call->answer, sp_store_copy(&receiver->store, answer));
    if (call->state == PUSH_CALL_REINVITED) {
        keep(receiver, &call->offer, call->reoffer);
        call->reoffer = sp_slice(NULL, 0);
    }
    push_call_enter(receiver, call, PUSH_CALL_TALKING, "answer");
    push_call_settle(receiver, call);
}

void push_call_drop(struct push_receiver *receiver, struct push_call *call)
{
    struct sp_buf   body = sp_buf(receiver->scratch, receiver->limits.message_octets);
    struct sp_slice offer;

    if (call->state != PUSH_CALL_TALKING) {
        return; /* the answer to their offer says it */
    }
    call->sdp_version++;
    push_drop_write(receiver, call, &body);
    offer = sp_written(&body);
    /* Where their INVITE is under way, its answer says it; else the session ends when nothing goes
     * on. */
    if (body.err == SP_OK && sip_ua_reinvite(receiver->link.ua, receiver->link.now_us, call->sip,
                                             SP_LIT("application/sdp"), offer) == SP_OK) {
        keep(receiver, &call->answer, sp_store_copy(&receiver->store, offer));
    }
}

void push_call_hold(struct push_receiver *receiver, const struct push_line *line, uint64_t octets)
{
    struct push_call *call = line->call;
    struct sp_where   where;
    uint32_t          lines;

    if (push_offer_load(&receiver->offered, push_call_offer(call), &where) != SP_OK) {
        return; /* it was parsed when it came */
    }
    lines = receiver->offered.sdp.media_count;
    if (call->held == NULL) {
        /* Without room the refusal is one without a hint. */
        call->held = sp_store_take(&receiver->store, lines * sizeof(*call->held));
        if (call->held == NULL) {
            return;
        }
        memset(call->held, 0, lines * sizeof(*call->held));
    }
    call->held[line->index] = octets + 1;
}

void push_call_decided(struct push_receiver *receiver, struct push_call *call)
{
    struct sp_link *link;

    for (link = sp_list_first(&call->lines); link != NULL;
         link = sp_list_after(&call->lines, link)) {
        if (SP_OF(link, struct push_line, in_call)->state == PUSH_LINE_OFFERED) {
            return;
        }
    }
    if (call->state != PUSH_CALL_PULLED) {
        answer_offer(receiver, call);
    } else if (push_answer_open(receiver, call)) {
        push_call_enter(receiver, call, PUSH_CALL_TALKING, "accept");
        push_call_settle(receiver, call);
    } else {
        push_call_end(receiver, call, SP_REFUSED);
    }
}

void push_call_settle(struct push_receiver *receiver, struct push_call *call)
{
    struct sp_link *link;

    if (call->state != PUSH_CALL_TALKING) {
        return;
    }
    for (link = sp_list_first(&call->lines); link != NULL;
         link = sp_list_after(&call->lines, link)) {
        if (!push_line_idle(SP_OF(link, struct push_line, in_call))) {
            sp_timer_stop(&receiver->timers, &call->timer);
            return;
        }
    }
    if (!sp_timer_runs(&call->timer)) {
        sp_timer_start(&receiver->timers, &call->timer,
                       receiver->link.now_us + receiver->limits.t1_ms * UINT64_C(64000));
    }
}

/* An offer that can be read: what is wrong with it, or NULL. */
static const char *against(struct push_receiver *receiver, struct sp_slice offer)
{
    struct sp_where where;
    enum sp_err     err;

    if (offer.len == 0) {
        return "399 sipush \"an INVITE without an offer cannot announce a push\"";
    }
    err = push_offer_load(&receiver->offered, offer, &where);
    if (err == SP_ROOM) {
        return "399 sipush \"the session description has too many parts\"";
    }
    if (err != SP_OK) {
        return "399 sipush \"the session description cannot be read\"";
    }
    return NULL;
}

/* The description in an INVITE; empty: none. */
static struct sp_slice offer_in(const struct sip_ua_action *sip)
{
    return push_related_root(sip_msg_value(sip->msg, SIP_FIELD_CONTENT_TYPE), sip->msg->body);
}

/* What stands beside the description is kept until the next offer. Without room, or without
 * anything, there are no icons. */
static void keep_related(struct push_receiver *receiver, struct push_call *call,
                         const struct sip_ua_action *sip)
{
    struct sp_slice type = sip_msg_value(sip->msg, SIP_FIELD_CONTENT_TYPE);
    struct sp_slice body = sip->msg->body;
    char           *block = NULL;

    sp_store_give(&receiver->store, call->related.at);
    if (offer_in(sip).len < body.len && type.len <= UINT16_MAX) {
        block = sp_store_take(&receiver->store, type.len + body.len);
    }
    call->related = sp_slice(block, block != NULL ? type.len + body.len : 0);
    call->related_type = (uint16_t)type.len;
    if (block != NULL) {
        memcpy(block, type.at, type.len);
        memcpy(block + type.len, body.at, body.len);
    }
}

void push_call_icon(const struct push_call *call, struct sp_slice file_icon,
                    struct push_content *content)
{
    (void)push_related_icon(sp_head(call->related, call->related_type),
                            sp_from(call->related, call->related_type), file_icon,
                            &content->icon_type, &content->icon);
}

static struct push_call *make_call(struct push_receiver *receiver, const struct sip_ua_action *sip)
{
    bool              room = receiver->calls.used + receiver->pagers < receiver->limits.pushes;
    struct push_call *call = room ? sp_pool_take(&receiver->calls) : NULL;
    struct sp_slice   from = push_from_of(sip);

    if (call == NULL) {
        return NULL;
    }
    sp_list_init(&call->lines);
    call->timer.owner = call;
    call->timer.name = PUSH_TIMER_CALL;
    call->sip = sip->session;
    call->sdp_id = 1 + sp_ident_below(&receiver->link.ident, UINT32_MAX - 1);
    call->sdp_version = 1;
    call->from = sp_store_copy(&receiver->store, from);
    call->offer = sp_store_copy(&receiver->store, offer_in(sip));
    keep_related(receiver, call, sip);
    if (call->from.len != from.len || call->offer.len != offer_in(sip).len ||
        !push_link_media(&receiver->link, sip->flow.remote.family, &call->media)) {
        push_call_forget(receiver, call, SP_LIMIT);
        return NULL;
    }
    return call;
}

static void invited(struct push_receiver *receiver, const struct sip_ua_action *sip)
{
    const char       *wrong = against(receiver, offer_in(sip));
    struct push_call *call;
    struct sp_slice   app;

    if (push_app_of(sip->msg, receiver->apps, &app) == PUSH_APP_OTHER) {
        refuse(receiver, sip->session, 480, "399 sipush \"no such application here\"");
        return;
    }
    if (wrong != NULL) {
        refuse(receiver, sip->session, 488, wrong);
        return;
    }
    call = receiver->state == PUSH_RECEIVER_SERVING ? make_call(receiver, sip) : NULL;
    if (call == NULL) {
        refuse(receiver, sip->session, 486, NULL);
        return;
    }
    call->app = app;
    sip_ua_set_user(receiver->link.ua, sip->session,
                    push_user_of(sp_pool_handle(&receiver->calls, call)));
    push_call_enter(receiver, call, PUSH_CALL_INVITED, "INVITE");
    push_offer_take(receiver, call);
    push_call_decided(receiver, call);
}

/* A later offer has every m= line of the one before (RFC 3264 8). */
static const char *against_reoffer(struct push_receiver *receiver, const struct push_call *call,
                                   struct sp_slice offer)
{
    const char     *wrong = against(receiver, offer);
    struct sp_where where;

    if (wrong == NULL && push_offer_load(&receiver->before, call->offer, &where) == SP_OK &&
        receiver->offered.sdp.media_count < receiver->before.sdp.media_count) {
        return "399 sipush \"an m= line of the session is missing\"";
    }
    return wrong;
}

static void reinvited(struct push_receiver *receiver, struct push_call *call,
                      const struct sip_ua_action *sip)
{
    const char *wrong = against_reoffer(receiver, call, offer_in(sip));

    if (wrong != NULL) {
        refuse(receiver, sip->session, 488, wrong);
        return;
    }
    call->reoffer = sp_store_copy(&receiver->store, offer_in(sip));
    if (call->reoffer.at == NULL) {
        refuse(receiver, sip->session, 500, NULL);
        return;
    }
    keep_related(receiver, call, sip);
    push_call_enter(receiver, call, PUSH_CALL_REINVITED, "INVITE");
    call->decline = 0;
    let_go(receiver, call);
    call->irrevocable = false;
    push_offer_take(receiver, call);
    push_call_decided(receiver, call);
}

/* The re-offer that waits was taken back: the session goes on as before (RFC 3261 14.1), if that
 * can be. */
static void recall(struct push_receiver *receiver, struct push_call *call)
{
    struct sp_link *link = sp_list_first(&call->lines);

    while (link != NULL) {
        struct push_line *line = SP_OF(link, struct push_line, in_call);

        link = sp_list_after(&call->lines, link);
        if (line->state == PUSH_LINE_OFFERED || line->state == PUSH_LINE_ACCEPTED) {
            push_line_end(receiver, line, SP_INTERRUPTED, 0);
        }
    }
    keep(receiver, &call->reoffer, sp_slice(NULL, 0));
    push_call_enter(receiver, call, PUSH_CALL_TALKING, "CANCEL");
    if (call->irrevocable) {
        push_call_end(receiver, call, SP_INTERRUPTED);
    } else {
        push_call_settle(receiver, call);
    }
}

void push_call_sip(struct push_receiver *receiver, const struct sip_ua_action *sip)
{
    struct push_call *call = sp_pool_find(&receiver->calls, push_handle_of(sip->user));

    if (sip->kind == SIP_UA_INVITED) {
        invited(receiver, sip);
        return;
    }
    if (call == NULL) {
        if (sip->kind == SIP_UA_REINVITED) {
            refuse(receiver, sip->session, 488, NULL);
        }
        return;
    }
    switch (sip->kind) {
    case SIP_UA_REINVITED: reinvited(receiver, call, sip); break;
    case SIP_UA_CANCELLED:
        if (sip->again) {
            recall(receiver, call);
        } else {
            push_call_forget(receiver, call, SP_INTERRUPTED);
        }
        break;
    case SIP_UA_ENDED:
        push_call_forget(receiver, call, sip->err == SP_OK ? SP_INTERRUPTED : sip->err);
        break;
    default: break;
    }
}
