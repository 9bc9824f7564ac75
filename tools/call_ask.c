/* SPDX-License-Identifier: MIT
 * tools/call_ask.c -- what `sipush call` asks first: the request of the command line, or the INVITE
 * that it needs a dialog of. */
#include "call.h"

static struct sp_slice text_or_none(const char *text)
{
    return text != NULL ? sp_str(text) : sp_slice(NULL, 0);
}

struct sip_ua_request call_request(const struct call *c, const struct call_step *step)
{
    return (struct sip_ua_request){
        .method = step->method,
        .extension = step->method == SIP_METHOD_OTHER ? step->name : sp_slice(NULL, 0),
        .uri = sp_str(c->uri),
        .route = sp_str(c->route),
        .fields = sp_slice(step->fields, step->fields_octets),
        .content_type = step->body.len > 0 ? text_or_none(step->type) : sp_slice(NULL, 0),
        .body = step->body,
        .follow = 5,
    };
}

static enum call_kind kind_of(const struct call *c)
{
    switch (c->method) {
    case SIP_INVITE:
    case SIP_ACK:
    case SIP_BYE:
    case SIP_CANCEL:
    case SIP_INFO:
    case SIP_UPDATE:
    case SIP_PRACK: return CALL_SESSION;
    case SIP_SUBSCRIBE: return CALL_SUBSCRIPTION;
    case SIP_REGISTER:
        return c->query || (c->expires_set && c->expires_s == 0) ? CALL_REQUEST : CALL_REGISTRATION;
    case SIP_PUBLISH: return c->holds ? CALL_PUBLICATION : CALL_REQUEST;
    default: return CALL_REQUEST;
    }
}

/* The first request of a session is the command line's own, or the INVITE before it, after which
 * that is the first step. */
static struct sip_ua_request invite_of(struct call *c)
{
    struct call_step *step = &c->steps.steps[0];

    switch (c->method) {
    case SIP_BYE:
    case SIP_INFO:
    case SIP_UPDATE: c->at = 0; return call_request(c, &c->invite);
    case SIP_ACK:
    case SIP_CANCEL:
    case SIP_PRACK:
        c->invite.fields = step->fields;
        c->invite.fields_octets = step->fields_octets;
        return call_request(c, &c->invite);
    default: return call_request(c, step);
    }
}

/* What requests outside of dialogs need and have an option for. */
static bool complete(struct call *c)
{
    struct call_step *step = &c->steps.steps[0];
    bool              takes_away = c->method == SIP_REGISTER && !c->query;
    char              line[160];
    bool              good = true;

    if (c->method == SIP_PRACK)
        return call_step_header(step, "Require: 100rel", c->words, CALL_WORDS_OCTETS);
    if (c->method == SIP_PUBLISH) {
        good = snprintf(line, sizeof line, "Event: %s", c->event) < (int)sizeof line &&
               call_step_header(step, line, c->words, CALL_WORDS_OCTETS);
    }
    if (good && (c->method == SIP_PUBLISH || takes_away)) {
        snprintf(line, sizeof line, "Expires: %llu", (unsigned long long)c->expires_s);
        good = call_step_header(step, line, c->words, CALL_WORDS_OCTETS);
    }
    if (good && takes_away) /* RFC 3261 10.2.2: all that there are */
        good = call_step_header(step, "Contact: *", c->words, CALL_WORDS_OCTETS);
    return good;
}

static enum sp_err ask_event(struct call *c, const struct sip_ua_request *request)
{
    struct sip_ua_subscription subscription = {
        .uri = request->uri,
        .event = sp_str(c->event),
        .route = request->route,
        .fields = request->fields,
        .expires_s = (uint32_t)c->expires_s,
    };
    struct sip_ua_publication publication = {
        .uri = request->uri,
        .event = sp_str(c->event),
        .route = request->route,
        .fields = request->fields,
        .content_type = request->content_type,
        .body = request->body,
        .expires_s = (uint32_t)c->expires_s,
    };

    if (c->kind == CALL_SUBSCRIPTION)
        return sip_ua_subscribe(c->agent, sp_net_now_us(), &subscription, &c->handle);
    return sip_ua_publish(c->agent, sp_net_now_us(), &publication, &c->handle);
}

static enum sp_err ask_registration(struct call *c, const struct sip_ua_request *request)
{
    struct sip_ua_registration registration = {
        .aor = request->uri,
        .route = request->route,
        .fields = request->fields,
        .expires_s = (uint32_t)c->expires_s,
    };

    return sip_ua_register(c->agent, sp_net_now_us(), &registration, &c->handle);
}

/* The first request, with all that it needs. */
static bool first(struct call *c, struct sip_ua_request *request)
{
    c->kind = kind_of(c);
    c->at = 1;
    if ((c->kind == CALL_REQUEST || c->method == SIP_PRACK) && !complete(c))
        return false;
    *request = c->kind == CALL_SESSION ? invite_of(c) : call_request(c, &c->steps.steps[0]);
    return true;
}

enum sp_err call_ask(struct call *c)
{
    struct sip_ua_request request;

    if (!first(c, &request))
        return SP_ROOM;
    switch (c->kind) {
    case CALL_SESSION: return sip_ua_invite(c->agent, sp_net_now_us(), &request, &c->handle);
    case CALL_SUBSCRIPTION:
    case CALL_PUBLICATION: return ask_event(c, &request);
    case CALL_REGISTRATION: return ask_registration(c, &request);
    case CALL_REQUEST: break;
    }
    return sip_ua_send(c->agent, sp_net_now_us(), &request, &c->handle);
}

void call_preview(struct call *c, struct sp_buf *to)
{
    struct sip_ua_request request;

    if (first(c, &request))
        sip_ua_preview(c->agent, &request, to);
    else
        sp_put_fail(to, SP_ROOM);
}
