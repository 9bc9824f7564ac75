/* SPDX-License-Identifier: MIT
 * push/push_link.c -- one SIP user agent and one MSRP endpoint behind the verbs of one agent.
 *
 * Promises: octets, events and cookies reach the agent that they belong to; a cookie that goes up
 * is unique over both. Never: decides anything. */
#include "push_link.h"

#include "../parser/sip_uri.h"

/* The cookies below are handles: sip/ has the slot above the generation, msrp/ has it below. No
 * slot comes near 2^29, so that bit of it tells whose the cookie is, and no generation is cut
 * short. */
#define OF_MSRP (UINT64_C(1) << 61)

static uint64_t swapped(uint64_t cookie)
{
    return cookie << 32 | cookie >> 32;
}

static uint64_t cookie_up(uint64_t msrp_cookie)
{
    return swapped(msrp_cookie) | OF_MSRP;
}

static uint64_t cookie_down(uint64_t cookie)
{
    return swapped(cookie & ~OF_MSRP);
}

bool push_link_init(struct push_link *link, struct sp_arena *arena, const struct sp_limits *limits,
                    const struct sip_ua_config *config)
{
    void   *ua = sp_arena_room(arena, 1, sip_ua_size(limits));
    void   *msrp = sp_arena_room(arena, 1, msrp_agent_size(limits));
    uint8_t seed[SP_SEED_OCTETS];

    push_relay_lay_out(&link->relay, arena, limits);
    if (ua == NULL) {
        return true; /* only measured */
    }
    sp_ident_split(&link->ident, seed);
    link->ua = sip_ua_init(ua, limits, seed, config);
    sp_ident_split(&link->ident, seed);
    link->msrp = msrp_agent_init(msrp, limits, seed);
    msrp_agent_match_session_id(link->msrp, link->relay.session_id_alone);
    return link->ua != NULL;
}

void push_link_trace(struct push_link *link, struct sp_trace trace)
{
    link->trace = trace;
    sip_ua_trace(link->ua, trace);
    msrp_agent_trace(link->msrp, trace);
}

void push_link_bound(struct push_link *link, const struct sp_flow *local)
{
    if (local->protocol == SP_SIP) {
        sip_ua_bound(link->ua, local);
    } else if (local->local.family == SP_IPV4 || local->local.family == SP_IPV6) {
        link->listeners[local->local.family == SP_IPV6] = *local;
    }
}

void push_link_receive(struct push_link *link, uint64_t now_us, const struct sp_flow *flow,
                       struct sp_slice octets)
{
    link->now_us = now_us;
    if (flow->protocol == SP_SIP) {
        sip_ua_receive(link->ua, now_us, flow, octets);
    } else {
        msrp_receive(link->msrp, now_us, flow, octets);
    }
}

void push_link_accepted(struct push_link *link, uint64_t now_us, const struct sp_flow *flow)
{
    link->now_us = now_us;
    if (flow->protocol == SP_SIP) {
        sip_ua_accepted(link->ua, now_us, flow);
    } else {
        msrp_accepted(link->msrp, now_us, flow);
    }
}

void push_link_connected(struct push_link *link, uint64_t now_us, uint64_t cookie,
                         const struct sp_flow *flow)
{
    link->now_us = now_us;
    if ((cookie & OF_MSRP) == 0) {
        sip_ua_connected(link->ua, now_us, cookie, flow);
    } else {
        msrp_connected(link->msrp, now_us, cookie_down(cookie), flow);
    }
}

void push_link_closed(struct push_link *link, uint64_t now_us, uint64_t cookie,
                      const struct sp_flow *flow, enum sp_err err)
{
    bool sip;

    if (flow != NULL && flow->id == 0) {
        flow = NULL;
    }
    sip = flow != NULL ? flow->protocol == SP_SIP : (cookie & OF_MSRP) == 0;
    link->now_us = now_us;
    if (sip) {
        sip_ua_closed(link->ua, now_us, cookie, flow, err);
    } else {
        msrp_closed(link->msrp, now_us, cookie_down(cookie), flow, err);
    }
}

void push_link_resolved(struct push_link *link, uint64_t now_us, uint64_t cookie,
                        const struct sp_addr *addrs, size_t count)
{
    link->now_us = now_us;
    if ((cookie & OF_MSRP) == 0) {
        sip_ua_resolved(link->ua, now_us, cookie, addrs, count);
    } else {
        msrp_resolved(link->msrp, now_us, cookie_down(cookie), addrs, count);
    }
}

void push_link_found(struct push_link *link, uint64_t now_us, uint64_t cookie,
                     const struct sp_record *records, size_t count)
{
    link->now_us = now_us;
    if ((cookie & OF_MSRP) == 0) { /* msrp/ asks for addresses alone */
        sip_ua_found(link->ua, now_us, cookie, records, count);
    }
}

void push_link_sent(struct push_link *link, uint64_t now_us, const struct sp_flow *flow)
{
    link->now_us = now_us;
    if (flow->protocol == SP_MSRP) {
        msrp_sent(link->msrp, now_us, flow);
    }
}

void push_link_event(struct push_link *link, uint64_t now_us, const struct sp_net_event *event)
{
    const struct sp_flow *flow = &event->flow;

    switch (event->kind) {
    case SP_NET_RECEIVED: push_link_receive(link, now_us, flow, event->octets); break;
    case SP_NET_ACCEPTED: push_link_accepted(link, now_us, flow); break;
    case SP_NET_CONNECTED: push_link_connected(link, now_us, event->cookie, flow); break;
    case SP_NET_CLOSED:
        push_link_closed(link, now_us, event->cookie, flow->id != 0 ? flow : NULL, event->err);
        break;
    case SP_NET_SENT: push_link_sent(link, now_us, flow); break;
    case SP_NET_RESOLVED:
        push_link_resolved(link, now_us, event->cookie, event->addrs, event->count);
        break;
    case SP_NET_FOUND:
        push_link_found(link, now_us, event->cookie, event->records, event->count);
        break;
    }
}

void push_link_tick(struct push_link *link, uint64_t now_us)
{
    link->now_us = now_us;
    sip_ua_tick(link->ua, now_us);
    msrp_tick(link->msrp, now_us);
    push_relay_tick(link);
}

uint64_t push_link_deadline(const struct push_link *link)
{
    uint64_t sip = sip_ua_deadline(link->ua);
    uint64_t msrp = msrp_deadline(link->msrp);
    uint64_t relay = push_relay_deadline(link);

    msrp = relay < msrp ? relay : msrp;
    return sip < msrp ? sip : msrp;
}

bool push_link_next(struct push_link *link, struct push_link_action *action)
{
    if (sip_ua_next(link->ua, &action->sip)) {
        action->kind = PUSH_LINK_SIP;
        if (action->sip.kind == SIP_UA_IO) {
            action->kind = PUSH_LINK_IO;
            action->io = action->sip.io;
        }
        return true;
    }
    while (msrp_next(link->msrp, &action->msrp)) {
        if (action->msrp.kind == MSRP_RELAYED || action->msrp.kind == MSRP_UNRELAYED) {
            push_relay_note(link, &action->msrp);
            if (action->msrp.kind == MSRP_UNRELAYED) {
                continue;
            }
            action->kind = PUSH_LINK_MOVED;
            return true;
        }
        action->kind = PUSH_LINK_MSRP;
        if (action->msrp.kind == MSRP_IO) {
            action->kind = PUSH_LINK_IO;
            action->io = action->msrp.io;
            action->io.cookie = cookie_up(action->io.cookie);
        }
        return true;
    }
    return false;
}

/* Our address of exactly this family. */
static bool media_of(const struct push_link *link, uint8_t family, struct push_media_addr *media)
{
    const struct sp_flow *listener = &link->listeners[family == SP_IPV6];

    media->listens = listener->id != 0;
    if (media->listens && !sp_addr_any(&listener->local)) {
        media->addr = listener->local;
        return true;
    }
    if (!sip_ua_local(link->ua, family, &media->addr)) {
        return false;
    }
    media->addr.port = media->listens ? listener->local.port : PUSH_DISCARD_PORT;
    return true;
}

bool push_link_media(const struct push_link *link, enum sp_family family,
                     struct push_media_addr *media)
{
    uint8_t first = family == SP_IPV6 ? SP_IPV6 : SP_IPV4;
    uint8_t second = first == SP_IPV6 ? SP_IPV4 : SP_IPV6;

    return media_of(link, first, media) || media_of(link, second, media);
}

enum sp_family push_family_towards(struct sp_slice to, struct sp_slice route)
{
    struct sip_uri  uri;
    struct sp_where where;

    if (sip_uri_parse(route.len > 0 ? route : to, &uri, &where) != SP_OK ||
        !sp_starts(uri.host, SP_LIT("["))) {
        return SP_IPV4;
    }
    return SP_IPV6;
}

void push_put_own(struct sp_buf *to, const struct push_media_addr *media,
                  struct sp_slice session_id)
{
    sp_put_text(to, "msrp://");
    sp_put_host_port(to, &media->addr);
    sp_put_char(to, '/');
    sp_put(to, session_id);
    sp_put_text(to, ";tcp");
}

void push_put_path(const struct push_link *link, struct sp_buf *to,
                   const struct push_media_addr *media, struct sp_slice session_id)
{
    const struct push_relay_entry *lent = push_relay_find(link, session_id);

    if (lent != NULL) {
        sp_put(to, sp_slice(lent->path, lent->octets));
    } else {
        push_put_own(to, media, session_id);
    }
}

void push_lines_of(struct push_lines *lines, const struct push_media_addr *media, uint64_t id,
                   uint64_t version)
{
    struct sp_buf          address = sp_buf(lines->text, sizeof(lines->text));
    struct sdp_connection *connection = &lines->connection;
    struct sdp_origin     *origin = &lines->origin;

    sp_put_addr(&address, &media->addr);
    connection->nettype = SP_LIT("IN");
    connection->addrtype = media->addr.family == SP_IPV6 ? SP_LIT("IP6") : SP_LIT("IP4");
    connection->address = sp_written(&address);
    origin->username = SP_LIT("-");
    origin->session_id = id;
    origin->version = version;
    origin->nettype = connection->nettype;
    origin->addrtype = connection->addrtype;
    origin->address = connection->address;
}

uint64_t push_user_of(struct sp_handle handle)
{
    return (uint64_t)handle.generation << 32 | handle.slot;
}

struct sp_handle push_handle_of(uint64_t user)
{
    struct sp_handle handle = { .slot = (uint32_t)user, .generation = (uint32_t)(user >> 32) };

    return handle;
}
