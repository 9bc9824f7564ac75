/* SPDX-License-Identifier: MIT
 * tools/answer_do.c -- what `sipush answer` says to each request: REGISTER and PUBLISH to their
 * tables, SUBSCRIBE is granted and told what was published, INVITE rings and is taken, anything
 * else gets --status. */
#include <string.h>

#include "../base/timers.h"
#include "../dialog/sip_aor.h"
#include "answer.h"

static const struct sp_slice none = { NULL, 0 };

/* A request, on stdout; one that the agent has answered by itself is not at hand any more. */
static void say(struct answer *a, const struct sip_msg *msg)
{
    a->answered++;
    if (msg == NULL)
        return;
    if (a->host.json) {
        struct json json = json_begin(stdout, "request");

        json_text(&json, "method", msg->method_name);
        json_text(&json, "uri", msg->request_uri);
        json_text(&json, "head", msg->head);
        json_text(&json, "body", msg->body);
        json_end(&json);
        return;
    }
    if (a->host.verbose > 0) {
        term_put_lines(stdout, msg->head, "");
        term_put_lines(stdout, msg->body, "");
    } else {
        term_put(stdout, msg->method_name);
        fputc(' ', stdout);
        term_put(stdout, msg->request_uri);
        fputc('\n', stdout);
    }
    fflush(stdout);
}

/* Calls */

static struct answer_call *call_of(struct answer *a, struct sp_handle session)
{
    for (size_t i = 0; i < ANSWER_CALLS; i++)
        if (a->calls[i].used && sp_handle_eq(a->calls[i].session, session))
            return &a->calls[i];
    return NULL;
}

static struct answer_call *free_call(struct answer *a)
{
    for (size_t i = 0; i < ANSWER_CALLS; i++)
        if (!a->calls[i].used)
            return &a->calls[i];
    return NULL;
}

static void refuse(struct answer *a, struct sp_handle session, uint16_t status)
{
    (void)!sip_ua_refuse(a->agent, sp_net_now_us(), session, status, none);
}

static void take(struct answer *a, struct answer_call *call)
{
    struct sp_slice sdp = call->told ? none : call->sdp;

    call->used = false;
    if (sip_ua_accept(a->agent, sp_net_now_us(), call->session,
                      sdp.len > 0 ? SP_LIT("application/sdp") : none, sdp) != SP_OK)
        refuse(a, call->session, 500);
}

/* Reliably where that is wanted and the caller knows of it; else 180 as it is. */
static void ring(struct answer *a, struct answer_call *call)
{
    uint64_t now_us = sp_net_now_us();

    call->due_us = now_us + a->ring_ms * 1000;
    if (a->reliable && sip_ua_progress(a->agent, now_us, call->session, 183, true,
                                       SP_LIT("application/sdp"), call->sdp) == SP_OK) {
        call->told = true;
        call->due_us = SP_NEVER;
    } else if (a->ring_ms > 0) {
        (void)!sip_ua_progress(a->agent, now_us, call->session, 180, false, none, none);
    }
}

static void invited(struct answer *a, const struct sip_ua_action *action)
{
    struct answer_call *call = free_call(a);
    struct sp_slice     offer = action->msg->body;

    say(a, action->msg);
    if (a->status >= 300 || call == NULL) {
        refuse(a, action->session, call == NULL ? 486 : (uint16_t)a->status);
        return;
    }
    *call = (struct answer_call){ .used = true, .session = action->session };
    call->sdp = answer_sdp(a, offer, call->room);
    if (call->sdp.len == 0) {
        call->used = false;
        refuse(a, action->session, 488);
        return;
    }
    if (action->kind == SIP_UA_INVITED)
        ring(a, call);
    if (call->due_us <= sp_net_now_us())
        take(a, call);
}

/* Without an answer the request would stay for ever: where this one finds no room there is 500. */
static void respond(struct answer *a, struct sp_handle request, uint16_t status,
                    struct sp_slice fields, struct sp_slice sdp)
{
    uint64_t now_us = sp_net_now_us();

    if (sip_ua_respond(a->agent, now_us, request, status, fields,
                       sdp.len > 0 ? SP_LIT("application/sdp") : none, sdp) != SP_OK)
        (void)!sip_ua_respond(a->agent, now_us, request, 500, none, none, none);
}

static void acknowledged(struct answer *a, const struct sip_ua_action *action)
{
    struct answer_call *call = call_of(a, action->session);
    static char         room[ANSWER_SDP];
    struct sp_slice     sdp;

    say(a, action->msg);
    if (action->sdp == SIP_UA_SDP_OFFER) {
        sdp = answer_sdp(a, action->msg->body, room);
        respond(a, action->request, sdp.len > 0 ? 200 : 488, none, sdp);
    }
    if (action->kind == SIP_UA_PRACKED && call != NULL)
        call->due_us = sp_net_now_us() + a->ring_ms * 1000;
}

/* Events */

static void name_watcher(struct answer_watcher *watcher, const struct sip_msg *msg)
{
    struct sp_buf    aor = sp_buf(watcher->aor, sizeof watcher->aor - 1);
    struct sip_event event = { .type = none };
    struct sip_uri   uri;
    struct sp_where  where;

    if (sip_uri_parse(msg->request_uri, &uri, &where) == SP_OK)
        sip_put_aor(&aor, &uri);
    watcher->aor[aor.err == SP_OK ? aor.len : 0] = '\0';
    if (sip_event_parse(sip_msg_value(msg, SIP_FIELD_EVENT), &event, &where) == SP_OK)
        snprintf(watcher->event, sizeof watcher->event, "%.*s", SP_ARG(event.type));
}

static void tell(struct answer *a, const struct answer_watcher *watcher,
                 const struct sip_published *state)
{
    struct sip_ua_notification notification = { .state = SIP_SUBSTATE_ACTIVE };

    if (state != NULL && state->body.len > 0) {
        notification.content_type = state->content_type;
        notification.body = state->body;
    }
    if (sip_ua_notify(a->agent, sp_net_now_us(), watcher->handle, &notification) ==
        SP_UNSUPPORTED) {
        notification.content_type = notification.body = none;
        (void)!sip_ua_notify(a->agent, sp_net_now_us(), watcher->handle, &notification);
    }
}

/* What is published now, if anything is. */
static void tell_now(struct answer *a, const struct answer_watcher *watcher)
{
    struct sp_handle     walk = { 0 };
    struct sip_published state;
    struct sip_uri       uri;
    struct sp_where      where;

    if (sip_uri_parse(sp_str(watcher->aor), &uri, &where) == SP_OK &&
        sip_compositor_next(a->compositor, sp_net_now_us(), &uri, sp_str(watcher->event), &walk,
                            &state))
        tell(a, watcher, &state);
    else
        tell(a, watcher, NULL);
}

static void subscribed(struct answer *a, const struct sip_ua_action *action)
{
    struct answer_watcher *watcher = NULL;

    for (size_t i = 0; i < ANSWER_WATCHERS; i++)
        if (!a->watchers[i].used || sp_handle_eq(a->watchers[i].handle, action->request)) {
            watcher = &a->watchers[i];
            if (watcher->used)
                break;
        }
    say(a, action->msg);
    if (watcher == NULL || a->status >= 300) {
        (void)!sip_ua_forbid(a->agent, sp_net_now_us(), action->request,
                             a->status >= 300 ? (uint16_t)a->status : 503, none);
        return;
    }
    watcher->used = true;
    watcher->handle = action->request;
    name_watcher(watcher, action->msg);
    tell_now(a, watcher);
}

static void unsubscribed(struct answer *a, struct sp_handle handle)
{
    for (size_t i = 0; i < ANSWER_WATCHERS; i++)
        if (a->watchers[i].used && sp_handle_eq(a->watchers[i].handle, handle))
            a->watchers[i].used = false;
}

/* Requests */

static void answer(struct answer *a, const struct sip_ua_action *action)
{
    struct sip_registrar_answer  registrar = { .status = 404 };
    struct sip_compositor_answer compositor = { .status = 404 };
    uint64_t                     now_us = sp_net_now_us();
    uint16_t                     status = (uint16_t)a->status;
    struct sp_slice              fields = none;

    say(a, action->msg);
    if (status < 300 && action->msg->method == SIP_REGISTER) {
        sip_registrar_take(a->registrar, now_us, action->msg, &action->flow, action->who,
                           &registrar);
        status = registrar.status != 0 ? registrar.status : 404;
        fields = registrar.fields;
    } else if (status < 300 && action->msg->method == SIP_PUBLISH) {
        sip_compositor_take(a->compositor, now_us, action->msg, action->who, &compositor);
        status = compositor.status;
        fields = compositor.fields;
    }
    respond(a, action->request, status, fields, none);
}

void answer_note(struct answer *a, const struct sip_ua_action *action)
{
    struct answer_call *call = call_of(a, action->session);

    switch (action->kind) {
    case SIP_UA_REQUEST: answer(a, action); return;
    case SIP_UA_INVITED:
    case SIP_UA_REINVITED: invited(a, action); return;
    case SIP_UA_PRACKED:
    case SIP_UA_UPDATED: acknowledged(a, action); return;
    case SIP_UA_SUBSCRIPTION: subscribed(a, action); return;
    case SIP_UA_SUBSCRIPTION_ENDED: unsubscribed(a, action->request); return;
    case SIP_UA_CONFIRMED:
        if (action->msg != NULL)
            say(a, action->msg);
        return;
    case SIP_UA_CANCELLED:
    case SIP_UA_ENDED:
        if (action->msg != NULL && action->msg->request)
            say(a, action->msg);
        if (call != NULL)
            call->used = false;
        return;
    default: return;
    }
}

void answer_tick(struct answer *a)
{
    uint64_t             now_us = sp_net_now_us();
    struct sip_published state;
    struct sp_slice      aor;

    for (size_t i = 0; i < ANSWER_CALLS; i++)
        if (a->calls[i].used && a->calls[i].due_us <= now_us)
            take(a, &a->calls[i]);
    while (sip_registrar_tick(a->registrar, now_us, &aor))
        continue;
    sip_compositor_tick(a->compositor, now_us);
    while (sip_compositor_changed(a->compositor, &state))
        for (size_t i = 0; i < ANSWER_WATCHERS; i++)
            if (a->watchers[i].used && sp_eq(sp_str(a->watchers[i].aor), state.aor) &&
                sp_eq_nocase(sp_str(a->watchers[i].event), state.event))
                tell_now(a, &a->watchers[i]); /* of several the latest that is left */
}

uint64_t answer_deadline(const struct answer *a)
{
    uint64_t due_us = sip_registrar_deadline(a->registrar);

    if (sip_compositor_deadline(a->compositor) < due_us)
        due_us = sip_compositor_deadline(a->compositor);
    for (size_t i = 0; i < ANSWER_CALLS; i++)
        if (a->calls[i].used && a->calls[i].due_us < due_us)
            due_us = a->calls[i].due_us;
    return due_us;
}
