/* SPDX-License-Identifier: MIT
 * tools/call_course.c -- the course of `sipush call`: what becomes of what was asked, and the steps
 * after it.
 *
 * An offer that the peer makes is answered with each medium refused (RFC 3264 6): nothing is heard
 * or seen here. */
#include <string.h>

#include "../base/timers.h"
#include "../sdp/sdp_exchange.h"
#include "call.h"

#define SDP_OCTETS 16384
#define SDP_MEDIA  32
#define SDP_LINES  256

static void enter(struct call *c, enum call_state state)
{
    c->state = state;
    c->wait_us = SP_NEVER;
}

/* What came of it */

static int code_of(uint16_t status)
{
    if (status / 100 == 2)
        return EXIT_DONE;
    return status == 401 || status == 407 ? EXIT_AUTH : EXIT_REFUSED;
}

/* The worst that happened counts; what was cut short stays so. */
static void judge(struct call *c, int code)
{
    if (c->code == EXIT_DONE)
        c->code = code;
}

/* The final response to what was asked. */
static void answered(struct call *c, const struct sip_ua_action *action)
{
    c->status = action->status;
    if (action->msg != NULL)
        call_say_message(&c->host, action->msg);
    judge(c, code_of(action->status));
}

static void failed(struct call *c, const struct sip_ua_action *action)
{
    size_t at = c->state == CALL_STEP ? c->at - 1 : 0;
    int    code = EXIT_CONNECT;

    call_say_failed(&c->host, c->steps.steps[at].name, action->err, action->timer);
    if (action->err == SP_TIMEOUT)
        code = EXIT_TIMEOUT;
    else if (action->err == SP_LIMIT)
        code = EXIT_OWN;
    judge(c, code);
}

/* A step's request is over: the next one, unless it was refused. */
static void step_over(struct call *c)
{
    if (c->state != CALL_STEP)
        return;
    if (c->code == EXIT_DONE)
        enter(c, CALL_OPEN);
    else
        call_end(c);
}

/* The answer to the peer's offer in `msg`: each medium with port 0. */
static struct sp_slice refusal(struct call *c, const struct sip_msg *msg, char room[SDP_OCTETS])
{
    struct sdp_media      media[SDP_MEDIA];
    struct sdp_attribute  attributes[SDP_LINES];
    char                  host[64];
    struct sp_buf         to = sp_buf(room, SDP_OCTETS), text = sp_buf(host, sizeof host);
    struct sdp_connection connection = { .nettype = SP_LIT("IN"), .addrtype = SP_LIT("IP4") };
    struct sdp_origin     origin = { .session_id = 1, .version = 1 };
    struct sdp_answerer   answerer = { .origin = &origin, .connection = &connection };
    struct sdp            offer;
    struct sp_where       where;
    uint32_t              accepted;

    sdp_init(&offer, media, SDP_MEDIA, attributes, SDP_LINES);
    if (sdp_parse(msg->body, &offer, &where) != SP_OK)
        return sp_slice(NULL, 0);
    sp_put_addr(&text, &c->host.bound[0].local);
    if (c->host.bound[0].local.family == SP_IPV6)
        connection.addrtype = SP_LIT("IP6");
    connection.address = sp_written(&text);
    origin.nettype = connection.nettype;
    origin.addrtype = connection.addrtype;
    origin.address = connection.address;
    sdp_answer_write(&to, &offer, &answerer, &accepted);
    return sp_written(&to);
}

/* An offer in a reliable 1xx or in the 2xx gets its answer; one that cannot be read ends it. */
static void answer_offer(struct call *c, const struct sip_ua_action *action)
{
    static char     room[SDP_OCTETS];
    struct sp_slice sdp = refusal(c, action->msg, room), type = SP_LIT("application/sdp");
    uint64_t        now_us = sp_net_now_us();
    enum sp_err     err;

    if (action->kind == SIP_UA_PROGRESS)
        err = sip_ua_prack(c->agent, now_us, action->session, type, sdp);
    else
        err = sip_ua_ack(c->agent, now_us, action->session, type, sdp);
    if (err != SP_OK) {
        host_complain(&c->host, "the peer's offer cannot be answered: %s", sp_err_words(err));
        judge(c, EXIT_REFUSED);
        call_end(c);
    }
}

static void progress(struct call *c, const struct sip_ua_action *action)
{
    call_say_passing(&c->host, action->msg);
    if (action->sdp == SIP_UA_SDP_OFFER)
        answer_offer(c, action);
    if (c->method == SIP_CANCEL && c->state == CALL_ASKED)
        call_end(c);
}

static void accepted(struct call *c, const struct sip_ua_action *action)
{
    bool first_one = c->state == CALL_ASKED;

    c->handle = action->session;
    if (!first_one && c->state != CALL_STEP) { /* it crossed our CANCEL */
        call_say_message(&c->host, action->msg);
    } else if (first_one && c->at == 0) { /* the dialog for what is asked */
        call_say_passing(&c->host, action->msg);
    } else {
        answered(c, action);
    }
    if (action->sdp == SIP_UA_SDP_OFFER)
        answer_offer(c, action);
    if (first_one && c->state == CALL_ASKED)
        enter(c, CALL_OPEN);
    else
        step_over(c);
}

static void refused(struct call *c, const struct sip_ua_action *action)
{
    bool cancelled = c->method == SIP_CANCEL && c->state == CALL_ENDING && action->status == 487;

    answered(c, action);
    if (cancelled && !c->cut)
        c->code = EXIT_DONE; /* as it should end */
    if (action->again)
        step_over(c);
    else
        enter(c, CALL_OVER);
}

static void ended(struct call *c, const struct sip_ua_action *action)
{
    bool asked = c->state == CALL_STEP && c->steps.steps[c->at - 1].method == SIP_BYE;

    if (asked && action->msg != NULL && !action->by_peer)
        answered(c, action);
    else if (action->err != SP_OK && action->kind != SIP_UA_ENDED)
        failed(c, action);
    else if (action->by_peer && (c->state != CALL_ENDING || c->at < c->steps.count)) {
        host_complain(&c->host, "the peer ended it");
        judge(c, c->at < c->steps.count || c->state == CALL_STEP ? EXIT_REFUSED : EXIT_DONE);
    } else if (action->err != SP_OK) {
        failed(c, action);
    } else if (action->msg != NULL) {
        call_say_passing(&c->host, action->msg);
    }
    enter(c, CALL_OVER);
}

/* 2xx to what is kept: a registration, a subscription, a publication. */
static void stands(struct call *c, const struct sip_ua_action *action)
{
    if (action->again || c->state != CALL_ASKED) {
        call_say_passing(&c->host, action->msg);
        return;
    }
    answered(c, action);
    if (c->kind == CALL_REGISTRATION && !c->holds)
        enter(c, CALL_OVER); /* the binding is left to live */
    else if (c->kind != CALL_SUBSCRIPTION)
        enter(c, CALL_OPEN);
}

/* What was kept is gone. */
static void gone(struct call *c, const struct sip_ua_action *action)
{
    if (action->err != SP_OK) /* its status is only how that counts (RFC 3261 8.1.3.1) */
        failed(c, action);
    else if (action->status >= 300)
        answered(c, action);
    else if (action->by_peer && c->state != CALL_ENDING)
        host_complain(&c->host, "the notifier ended it");
    else if (action->msg != NULL)
        call_say_passing(&c->host, action->msg);
    enter(c, CALL_OVER);
}

/* Something comes from the peer. */
static void asked(struct call *c, const struct sip_ua_action *action)
{
    struct sp_slice none = { NULL, 0 };
    uint64_t        now_us = sp_net_now_us();

    call_say_passing(&c->host, action->msg);
    switch (action->kind) {
    case SIP_UA_INVITED: (void)!sip_ua_refuse(c->agent, now_us, action->session, 486, none); return;
    case SIP_UA_REINVITED:
        (void)!sip_ua_refuse(c->agent, now_us, action->session, 488, none);
        return;
    case SIP_UA_UPDATED:
    case SIP_UA_PRACKED:
        if (action->sdp == SIP_UA_SDP_OFFER)
            (void)!sip_ua_respond(c->agent, now_us, action->request, 488, none, none, none);
        return;
    default: break;
    }
    (void)!sip_ua_respond(c->agent, now_us, action->request, 200, none, none, none);
}

void call_note(struct call *c, const struct sip_ua_action *action)
{
    switch (action->kind) {
    case SIP_UA_RESPONSE:
        if (action->status < 200) {
            call_say_passing(&c->host, action->msg);
            return;
        }
        answered(c, action);
        if (c->kind == CALL_REQUEST)
            enter(c, CALL_OVER);
        step_over(c);
        return;
    case SIP_UA_FAILED:
        failed(c, action);
        if (c->state == CALL_STEP)
            step_over(c);
        else
            enter(c, CALL_OVER);
        return;
    case SIP_UA_PROGRESS: progress(c, action); return;
    case SIP_UA_ACCEPTED: accepted(c, action); return;
    case SIP_UA_REFUSED: refused(c, action); return;
    case SIP_UA_ANSWERED:
        if (action->method == SIP_UPDATE) {
            answered(c, action);
            step_over(c);
        }
        return;
    case SIP_UA_ENDED: ended(c, action); return;
    case SIP_UA_REGISTERED:
    case SIP_UA_SUBSCRIBED:
    case SIP_UA_PUBLISHED: stands(c, action); return;
    case SIP_UA_UNREGISTERED:
    case SIP_UA_UNSUBSCRIBED:
    case SIP_UA_UNPUBLISHED: gone(c, action); return;
    case SIP_UA_NOTIFIED:
        call_say_message(&c->host, action->msg);
        if (c->state == CALL_ASKED)
            enter(c, CALL_OPEN);
        return;
    case SIP_UA_INVITED:
    case SIP_UA_REINVITED:
    case SIP_UA_UPDATED:
    case SIP_UA_PRACKED:
    case SIP_UA_REQUEST: asked(c, action); return;
    default: return;
    }
}

/* What follows */

/* A request within the session. */
static enum sp_err send_step(struct call *c, const struct call_step *step)
{
    struct sip_ua_request request = call_request(c, step);
    uint64_t              now_us = sp_net_now_us();
    struct sp_handle      handle;

    switch (step->method) {
    case SIP_INVITE:
        return sip_ua_reinvite(c->agent, now_us, c->handle, request.content_type, request.body);
    case SIP_UPDATE:
        return sip_ua_update(c->agent, now_us, c->handle, request.content_type, request.body);
    case SIP_BYE: return sip_ua_end(c->agent, now_us, c->handle);
    default: return sip_ua_send_within(c->agent, now_us, c->handle, &request, &handle);
    }
}

static void rest(struct call *c, uint64_t ms)
{
    enter(c, CALL_PAUSE);
    c->wait_us = sp_net_now_us() + ms * 1000;
}

void call_proceed(struct call *c)
{
    const struct call_step *step;
    enum sp_err             err;

    if (c->state == CALL_PAUSE && sp_net_now_us() >= c->wait_us)
        enter(c, CALL_OPEN);
    if (c->state != CALL_OPEN)
        return;
    if (c->at == c->steps.count) {
        uint64_t ms = c->hold_ms;

        c->hold_ms = 0;
        if (ms > 0)
            rest(c, ms);
        else
            call_end(c);
        return;
    }
    step = &c->steps.steps[c->at++];
    if (step->pause) {
        rest(c, step->wait_ms);
        return;
    }
    enter(c, CALL_STEP);
    err = send_step(c, step);
    if (err != SP_OK) {
        call_say_failed(&c->host, step->name, err, NULL);
        judge(c, EXIT_OWN);
        call_end(c);
    }
}

void call_end(struct call *c)
{
    uint64_t    now_us = sp_net_now_us();
    enum sp_err err = SP_STALE;

    if (c->state == CALL_ENDING || c->state == CALL_OVER)
        return;
    enter(c, CALL_ENDING);
    switch (c->kind) {
    case CALL_SESSION: err = sip_ua_end(c->agent, now_us, c->handle); break;
    case CALL_SUBSCRIPTION: err = sip_ua_unsubscribe(c->agent, now_us, c->handle); break;
    case CALL_REGISTRATION: err = sip_ua_unregister(c->agent, now_us, c->handle); break;
    case CALL_PUBLICATION: err = sip_ua_unpublish(c->agent, now_us, c->handle); break;
    case CALL_REQUEST: break;
    }
    if (err != SP_OK)
        enter(c, CALL_OVER);
}
