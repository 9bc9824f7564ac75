/* SPDX-License-Identifier: MIT
 * push/push_receiver.c -- the Push Receiver Agent: its memory, its verbs, its user's decisions.
 *
 * Promises: what the user decides or stores reaches the sender by the way the content came: a
 * response to its MESSAGE, the answer to its offer, a report. Never: decides for the user. */
#include "push_receiver.h"

#include "../parser/sip_media.h"
#include "../parser/sip_uri.h"
#include "../sdp/sdp_transfer.h"
#include "../sdp/sdp_types.h"
#include "push_app.h"
#include "push_in.h"
#include "push_text.h"

/* Media of one description: as many as we take, and some of other kinds. */
#define MORE_MEDIA       8
#define MEDIA_ATTRIBUTES 16
/* Delivered pushes that are kept in mind, for each that may be under way. */
#define SEEN 8

#define CONTACT_PARAMS ";+sip.message;methods=\"INVITE,ACK,CANCEL,BYE,OPTIONS,MESSAGE\""

/* The SDP of OPTIONS: what we could take (RFC 5547 8.5, RFC 3264 9). */
static void put_capabilities(struct sp_buf *to, struct sp_slice accept_types, uint64_t max_size,
                             uint64_t id)
{
    struct push_media_addr none = { .addr = { .family = SP_IPV4 } };
    struct sdp_msrp        ours = { .accept_types = accept_types, .max_size = max_size };
    struct push_lines      lines;

    push_lines_of(&lines, &none, id, 1);
    sdp_capability_write(to, &lines.origin, &lines.connection, &ours);
}

static struct sp_slice user_of(struct sp_slice text)
{
    struct sip_uri  uri;
    struct sp_where where;

    return text.len > 0 && sip_uri_parse(text, &uri, &where) == SP_OK ? uri.user
                                                                      : sp_slice(NULL, 0);
}

static void lay_out_room(struct push_room *room, struct sp_arena *arena,
                         const struct sp_limits *limits)
{
    uint32_t media = limits->push_files + MORE_MEDIA;

    room->media = sp_arena_take(arena, media, sizeof(*room->media));
    room->attributes = sp_arena_take(arena, media * MEDIA_ATTRIBUTES, sizeof(*room->attributes));
    sdp_init(&room->sdp, room->media, media, room->attributes, media * MEDIA_ATTRIBUTES);
}

/* Everything but the agents below, whose configuration needs the rest. */
static struct push_receiver *lay_out(struct sp_arena *arena, const struct sp_limits *limits,
                                     struct push_receiver *measured)
{
    struct push_receiver *at = sp_arena_take(arena, 1, sizeof(*at));
    struct push_receiver *receiver = at != NULL ? at : measured;
    uint32_t              lines = limits->pushes > 0 ? limits->pushes + limits->msrp_sessions : 0;
    uint32_t              ins = limits->pushes > 0 ? lines + limits->msrp_messages : 0;

    receiver->limits = *limits;
    sp_pool_init(&receiver->calls, arena, limits->pushes, sizeof(struct push_call));
    sp_pool_init(&receiver->lines, arena, lines, sizeof(struct push_line));
    sp_pool_init(&receiver->ins, arena, ins, sizeof(struct push_in));
    sp_store_init(&receiver->store, arena, limits->store_octets);
    push_seen_init(&receiver->seen, arena, limits->pushes * SEEN);
    sp_timers_init(&receiver->timers, arena, limits->pushes + lines);
    receiver->scratch = sp_arena_take(arena, limits->message_octets, 1);
    receiver->text = sp_arena_take(arena, limits->message_octets, 1);
    lay_out_room(&receiver->offered, arena, limits);
    lay_out_room(&receiver->before, arena, limits);
    return receiver;
}

size_t push_receiver_size(const struct sp_limits *limits)
{
    struct sp_arena      arena = sp_arena(NULL);
    struct push_receiver measured = { 0 };

    (void)lay_out(&arena, limits, &measured);
    (void)sp_arena_take(&arena, 3, limits->dialog_octets);
    (void)push_link_init(&measured.link, &arena, limits, NULL);
    return arena.used;
}

/* The list of types as SIP writes it, and as SDP and MSRP do; the ids of the applications. False:
 * one is no id, or there are too many. */
static bool keep_lists(struct push_receiver *receiver, struct sp_arena *arena,
                       struct sp_slice accept_types, struct sp_slice apps)
{
    size_t        octets = receiver->limits.dialog_octets;
    char         *room = sp_arena_take(arena, 3, octets);
    struct sp_buf ids = sp_buf(room + 2 * octets, octets);
    struct sp_buf comma = sp_buf(room, octets);
    struct sp_buf space = sp_buf(room + octets, octets);

    sp_put_value(&comma, accept_types);
    if (receiver->references && accept_types.len > 0) {
        sp_put_text(&comma, ", " PUSH_REFERENCE); /* RFC 4483 5.1 */
    }
    if (receiver->multiparts && accept_types.len > 0) {
        sp_put_text(&comma, ", multipart/*");
    }
    receiver->accept = sp_written(&comma);
    push_put_accept_types(&space, receiver->accept);
    receiver->accept_types = receiver->said_types = space.err == SP_OK ? sp_written(&space)
                                                                       : SP_LIT("*");
    if (!sdp_types_allow(receiver->accept_types, SP_LIT("message/cpim"))) {
        sp_put_text(&space, " message/cpim"); /* mandatory, and to be said: RFC 4975 8.6, 13 */
        receiver->said_types = space.err == SP_OK ? sp_written(&space) : receiver->said_types;
    }
    push_put_apps(&ids, apps);
    receiver->apps = sp_written(&ids);
    return ids.err == SP_OK;
}

struct push_receiver *push_receiver_init(void *memory, const struct sp_limits *limits,
                                         const uint8_t                      seed[SP_SEED_OCTETS],
                                         const struct push_receiver_config *config)
{
    struct sp_arena       arena = sp_arena(memory);
    struct push_receiver *receiver = lay_out(&arena, limits, NULL);
    struct sp_buf         sdp = sp_buf(receiver->scratch, limits->message_octets);
    struct sp_buf         contact = sp_buf(receiver->text, limits->message_octets);
    struct sip_ua_config  ua = {
         .from = config->uri,
         .contact_user = user_of(config->uri),
         .user_agent = config->user_agent,
         .methods = 1u << SIP_INVITE | 1u << SIP_BYE | 1u << SIP_MESSAGE,
         .accept = SP_LIT("application/sdp, multipart/related"), /* RFC 5547 8.8 */
    };

    sp_list_init(&receiver->notes);
    receiver->max_size = config->max_size;
    receiver->resumes = config->resumes;
    receiver->references = config->references;
    receiver->multiparts = config->multiparts;
    receiver->link.relay.session_id_alone = config->session_id_alone;
    if (!keep_lists(receiver, &arena, config->accept_types, config->apps)) {
        return NULL;
    }
    sp_put_text(&contact, CONTACT_PARAMS);
    push_put_app_contact(&contact, receiver->apps);
    ua.contact_params = sp_written(&contact);
    sp_ident_init(&receiver->link.ident, seed);
    put_capabilities(&sdp, receiver->said_types, config->max_size,
                     1 + sp_ident_below(&receiver->link.ident, UINT32_MAX - 1));
    ua.message_types = receiver->accept.len > 0 ? receiver->accept : SP_LIT("*/*");
    ua.capabilities = sp_written(&sdp);
    return push_link_init(&receiver->link, &arena, limits, &ua) ? receiver : NULL;
}

void push_receiver_trust(struct push_receiver *receiver, const struct sp_addr *neighbours,
                         size_t count)
{
    sip_ua_trust(receiver->link.ua, neighbours, count);
}

void push_receiver_trace(struct push_receiver *receiver, struct sp_trace trace)
{
    push_link_trace(&receiver->link, trace);
}

void push_receiver_bound(struct push_receiver *receiver, const struct sp_flow *local)
{
    push_link_bound(&receiver->link, local);
}

enum sp_err push_receiver_use_relays(struct push_receiver *receiver, uint64_t now_us,
                                     const struct push_relay_config *config)
{
    return push_relay_use(&receiver->link, now_us, config);
}

uint32_t push_receiver_relays(const struct push_receiver *receiver, enum sp_err *err,
                              uint16_t *status)
{
    *err = receiver->link.relay.err;
    *status = receiver->link.relay.status;
    return receiver->link.relay.ready;
}

enum sp_err push_receiver_refuse(struct push_receiver *receiver, uint64_t now_us,
                                 struct sp_handle push, uint16_t status)
{
    struct push_in   *in = sp_pool_find(&receiver->ins, push);
    struct push_call *call = in != NULL && in->line != NULL ? in->line->call : NULL;

    receiver->link.now_us = now_us;
    if (in == NULL) {
        return SP_STALE;
    }
    if (in->state != PUSH_IN_CHECKING) {
        return SP_STATE;
    }
    if (call == NULL) {
        push_page_respond(receiver, in, status);
        push_in_fail(receiver, in, SP_REFUSED, status);
        return SP_OK;
    }
    push_line_abort(receiver, in, SP_REFUSED, push_msrp_status(status));
    push_call_settle(receiver, call);
    return SP_OK;
}

static void accept(struct push_receiver *receiver, struct push_in *in)
{
    struct push_line *line = in->line;

    if (line == NULL) {
        push_in_enter(receiver, in, in->body.len > 0 ? PUSH_IN_FILLING : PUSH_IN_FILLED, "accept");
    } else if (!line->file) {
        push_in_enter(receiver, in, PUSH_IN_FLOWING, "accept");
    } else {
        push_in_enter(receiver, in, PUSH_IN_READY, "accept");
        push_line_accept(receiver, line);
        push_call_decided(receiver, line->call);
    }
}

static void decline(struct push_receiver *receiver, struct push_in *in, uint16_t status,
                    enum sp_err err)
{
    struct push_line *line = in->line;
    struct push_call *call = line != NULL ? line->call : NULL;

    if (line == NULL) {
        push_page_respond(receiver, in, status);
        push_in_fail(receiver, in, err, status);
    } else if (!line->file) {
        /* Stale where its session went first. */
        (void)!msrp_judge(receiver->link.msrp, receiver->link.now_us, in->message,
                          push_msrp_status(status));
        push_in_fail(receiver, in, err, status);
    } else {
        call->decline = call->decline != 0 ? call->decline : status;
        push_line_end(receiver, line, err, status);
        push_call_decided(receiver, call);
    }
}

enum sp_err push_receiver_decide(struct push_receiver *receiver, uint64_t now_us,
                                 struct sp_handle push, uint16_t status, uint64_t user)
{
    struct push_in *in = sp_pool_find(&receiver->ins, push);

    receiver->link.now_us = now_us;
    if (in == NULL) {
        return SP_STALE;
    }
    if (in->state != PUSH_IN_OFFERED) {
        return SP_STATE;
    }
    in->user = user;
    if (status >= 200 && status < 300) {
        accept(receiver, in);
    } else {
        decline(receiver, in, status >= 300 && status < 700 ? status : 480, SP_REFUSED);
    }
    return SP_OK;
}

enum sp_err push_receiver_decide_part(struct push_receiver *receiver, uint64_t now_us,
                                      struct sp_handle push, uint64_t have)
{
    struct push_in *in = sp_pool_find(&receiver->ins, push);

    if (in != NULL && in->state == PUSH_IN_OFFERED && in->line != NULL && in->line->file) {
        push_call_hold(receiver, in->line, have);
    }
    return push_receiver_decide(receiver, now_us, push, 488, 0);
}

/* Tell the sender of a content of MSRP; SP_STALE: its session went first. */
static enum sp_err judge(struct push_receiver *receiver, const struct push_in *in, uint16_t status)
{
    return msrp_judge(receiver->link.msrp, receiver->link.now_us, in->message, status);
}

enum sp_err push_receiver_stored(struct push_receiver *receiver, uint64_t now_us,
                                 struct sp_handle push, enum sp_err err)
{
    struct push_in   *in = sp_pool_find(&receiver->ins, push);
    struct push_call *call;

    receiver->link.now_us = now_us;
    if (in == NULL) {
        return SP_STALE;
    }
    if (in->state != PUSH_IN_CHECKING) {
        return SP_STATE;
    }
    if (err != SP_OK) {
        return push_receiver_abort(receiver, now_us, push, err);
    }
    call = in->line != NULL ? in->line->call : NULL;
    if (call == NULL) {
        push_page_respond(receiver, in, 200);
    } else if (judge(receiver, in, 200) != SP_OK) {
        push_in_fail(receiver, in, SP_INTERRUPTED, 0);
        push_call_settle(receiver, call);
        return SP_OK;
    }
    push_in_deliver(receiver, in);
    if (call != NULL) {
        push_call_settle(receiver, call);
    }
    return SP_OK;
}

enum sp_err push_receiver_abort(struct push_receiver *receiver, uint64_t now_us,
                                struct sp_handle push, enum sp_err err)
{
    struct push_in   *in = sp_pool_find(&receiver->ins, push);
    struct push_call *call;
    uint16_t          status;

    receiver->link.now_us = now_us;
    if (in == NULL) {
        return SP_STALE;
    }
    status = push_status_of(in, err);
    call = in->line != NULL ? in->line->call : NULL;
    switch (in->state) {
    case PUSH_IN_OFFERING:
    case PUSH_IN_OFFERED:
    case PUSH_IN_READY: decline(receiver, in, status, err); return SP_OK;
    case PUSH_IN_DELIVERED:
    case PUSH_IN_FAILED: return SP_STALE;
    default: break;
    }
    if (call == NULL) {
        push_page_respond(receiver, in, status);
        push_in_fail(receiver, in, err, status);
        return SP_OK;
    }
    push_line_abort(receiver, in, err, status);
    push_call_settle(receiver, call);
    return SP_OK;
}

void push_receiver_receive(struct push_receiver *receiver, uint64_t now_us,
                           const struct sp_flow *flow, struct sp_slice octets)
{
    push_link_receive(&receiver->link, now_us, flow, octets);
}

void push_receiver_accepted(struct push_receiver *receiver, uint64_t now_us,
                            const struct sp_flow *flow)
{
    push_link_accepted(&receiver->link, now_us, flow);
}

void push_receiver_connected(struct push_receiver *receiver, uint64_t now_us, uint64_t cookie,
                             const struct sp_flow *flow)
{
    push_link_connected(&receiver->link, now_us, cookie, flow);
}

void push_receiver_closed(struct push_receiver *receiver, uint64_t now_us, uint64_t cookie,
                          const struct sp_flow *flow, enum sp_err err)
{
    push_link_closed(&receiver->link, now_us, cookie, flow, err);
}

void push_receiver_resolved(struct push_receiver *receiver, uint64_t now_us, uint64_t cookie,
                            const struct sp_addr *addrs, size_t count)
{
    push_link_resolved(&receiver->link, now_us, cookie, addrs, count);
}

void push_receiver_found(struct push_receiver *receiver, uint64_t now_us, uint64_t cookie,
                         const struct sp_record *records, size_t count)
{
    push_link_found(&receiver->link, now_us, cookie, records, count);
}

void push_receiver_sent(struct push_receiver *receiver, uint64_t now_us, const struct sp_flow *flow)
{
    push_link_sent(&receiver->link, now_us, flow);
}

void push_receiver_event(struct push_receiver *receiver, uint64_t now_us,
                         const struct sp_net_event *event)
{
    push_link_event(&receiver->link, now_us, event);
}

void push_receiver_tick(struct push_receiver *receiver, uint64_t now_us)
{
    struct sp_timer *due;

    push_link_tick(&receiver->link, now_us);
    while ((due = sp_timers_due(&receiver->timers, now_us)) != NULL) {
        if (due->name == PUSH_TIMER_LINE) {
            push_line_timer(receiver, due->owner);
        } else {
            push_call_timer(receiver, due->owner);
        }
    }
}

uint64_t push_receiver_deadline(const struct push_receiver *receiver)
{
    uint64_t link = push_link_deadline(&receiver->link);
    uint64_t ours = sp_timers_deadline(&receiver->timers);

    return link < ours ? link : ours;
}

/* What had to be decided before this call, and was not. */
static void settle_at_once(struct push_receiver *receiver)
{
    struct push_in *in = sp_pool_find(&receiver->ins, receiver->at_once);

    receiver->at_once = (struct sp_handle){ 0 };
    if (in != NULL && in->state == PUSH_IN_OFFERED) {
        decline(receiver, in, 480, SP_REFUSED);
    }
}

bool push_receiver_next(struct push_receiver *receiver, struct push_receiver_action *action)
{
    struct push_link_action below;

    settle_at_once(receiver);
    for (;;) {
        struct sp_link *link = sp_list_first(&receiver->notes);

        if (link != NULL) {
            push_in_note(receiver, SP_OF(link, struct push_in, note), action);
            return true;
        }
        if (!push_link_next(&receiver->link, &below)) {
            return false;
        }
        if (below.kind == PUSH_LINK_IO) {
            *action = (struct push_receiver_action){ .kind = PUSH_RECEIVER_IO, .io = below.io };
            return true;
        }
        if (below.kind == PUSH_LINK_MOVED) {
            push_line_moved(receiver);
        } else if (below.kind == PUSH_LINK_MSRP) {
            if (push_line_msrp(receiver, &below.msrp, action)) {
                return true;
            }
        } else if (below.sip.kind == SIP_UA_REQUEST) {
            push_page_offer(receiver, &below.sip);
        } else if (below.sip.kind == SIP_UA_REGISTERED || below.sip.kind == SIP_UA_UNREGISTERED) {
            if (push_register_sip(receiver, &below.sip, action)) {
                return true;
            }
        } else {
            enum push_pulled pulled = push_pull_sip(receiver, &below.sip, action);

            if (pulled == PUSH_PULL_TOLD) {
                return true;
            }
            if (pulled == PUSH_PULL_NONE) {
                push_call_sip(receiver, &below.sip);
            }
        }
    }
}

void push_receiver_close(struct push_receiver *receiver, uint64_t now_us)
{
    struct push_call *call;
    struct push_in   *in = NULL;

    receiver->link.now_us = now_us;
    receiver->state = PUSH_RECEIVER_CLOSING;
    push_register_end(receiver);
    while ((call = sp_pool_next(&receiver->calls, NULL)) != NULL) {
        push_call_end(receiver, call, SP_INTERRUPTED);
    }
    while ((in = sp_pool_next(&receiver->ins, in)) != NULL) {
        if (!sp_handle_none(in->request) && in->state != PUSH_IN_DELIVERED &&
            in->state != PUSH_IN_FAILED) {
            push_page_respond(receiver, in, 480);
            push_in_fail(receiver, in, SP_INTERRUPTED, 480);
        }
    }
}

uint32_t push_receiver_open(const struct push_receiver *receiver)
{
    return receiver->calls.used + receiver->ins.used + sip_ua_open(receiver->link.ua);
}

void push_receiver_count(const struct push_receiver *receiver, struct sip_tx_counters *sip,
                         struct msrp_counters *msrp)
{
    sip_ua_count(receiver->link.ua, sip);
    msrp_count(receiver->link.msrp, msrp);
}
