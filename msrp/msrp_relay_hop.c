/* SPDX-License-Identifier: MIT
 * msrp/msrp_relay_hop.c -- the relay's connections: accepted, opened, held, closed. RFC 4976
 * 6.1, 6.5. */
#include "msrp_relay_core.h"

#include <assert.h>
#include <string.h>

static const char *const names[] = { "NEW", "RESOLVING", "CONNECTING", "OPEN", "CLOSING", "GONE" };

static struct sp_slice id_of(const uint64_t *id)
{
    return sp_slice(id, sizeof *id);
}

/* Assigns the state; what a state needs at its start, it gets here. */
static void enter(struct msrp_relay *relay, struct msrp_hop *hop, enum msrp_hop_state state,
                  const char *on)
{
    struct sp_slice id = id_of(&hop->flow.id);

    sp_trace_arrow(&relay->trace, relay->now_us, "msrp-hop", sp_pool_handle(&relay->hops, hop).slot,
                   names[hop->state], on, names[state]);
    hop->state = state;
    hop->asked = false;
    sp_timer_stop(&relay->timers, &hop->timer);
    switch (state) {
    case MSRP_HOP_RESOLVING:
    case MSRP_HOP_CONNECTING:
        msrp_relay_timer(relay, &hop->timer, relay->limits.msrp_timeout_ms);
        break;
    case MSRP_HOP_OPEN:
        msrp_frame_init(&hop->frame, hop->room, relay->limits.msrp_head_octets);
        sp_table_add(&relay->flows, &hop->by_flow, sp_table_hash(&relay->flows, &id, 1));
        break;
    case MSRP_HOP_NEW:
    case MSRP_HOP_CLOSING:
    case MSRP_HOP_GONE: break;
    }
    sp_list_add(&relay->ready_hops, &hop->ready);
}

static struct msrp_hop *take(struct msrp_relay *relay)
{
    struct msrp_hop *hop = sp_pool_take(&relay->hops);
    size_t           place;

    if (hop == NULL)
        return NULL;
    place = sp_pool_handle(&relay->hops, hop).slot - 1;
    hop->room = relay->rooms + place * relay->limits.msrp_head_octets;
    hop->stash = relay->stashes + place * (relay->limits.content_octets + MSRP_MARK_OCTETS);
    sp_list_init(&hop->grants);
    sp_list_init(&hop->feeds);
    sp_list_init(&hop->lanes);
    sp_list_init(&hop->pieces);
    hop->timer.name = MSRP_TIMER_HOP;
    hop->stall.name = MSRP_TIMER_STALL;
    hop->timer.owner = hop->stall.owner = hop;
    return hop;
}

/* Nothing of the relay points to it any more. */
static void drop(struct msrp_relay *relay, struct msrp_hop *hop)
{
    sp_timer_stop(&relay->timers, &hop->timer);
    sp_timer_stop(&relay->timers, &hop->stall);
    sp_list_remove(&hop->ready);
    sp_list_remove(&hop->talks);
    sp_list_remove(&hop->idle);
    sp_list_remove(&hop->waits);
    sp_list_remove(&hop->resumes);
    sp_table_remove(&relay->flows, &hop->by_flow);
    if (relay->speaker == hop) {
        relay->speaker = NULL;
        relay->text.len = 0;
    }
    if (relay->input_hop == hop) {
        relay->input_hop = NULL;
        relay->input = (struct sp_slice){ 0 };
    }
    sp_pool_give(&relay->hops, hop);
}

/* What it was handed, what it was to hand on, what was handed out over it. */
static void leave(struct msrp_relay *relay, struct msrp_hop *hop)
{
    struct msrp_lane *lane = NULL;
    struct sp_link   *link;

    if (hop->into != NULL)
        msrp_lane_end(relay, hop->into, '#');
    hop->into = NULL;
    hop->incoming = MSRP_RELAY_SKIP;
    sp_list_remove(&hop->waits);
    while ((lane = sp_pool_next(&relay->lanes, lane)) != NULL)
        if (lane->out == hop)
            msrp_lane_fail(relay, lane, 408);
    while ((link = sp_list_first(&hop->feeds)) != NULL) {
        lane = SP_OF(link, struct msrp_lane, feeds);
        sp_list_remove(link);
        lane->from = NULL;
        msrp_lane_settle(relay, lane);
    }
    while ((link = sp_list_first(&hop->grants)) != NULL)
        msrp_grant_free(relay, SP_OF(link, struct msrp_grant, of_hop));
}

void msrp_hop_fail(struct msrp_relay *relay, struct msrp_hop *hop, enum sp_err err)
{
    if (hop->state == MSRP_HOP_CLOSING || hop->state == MSRP_HOP_GONE)
        return;
    sp_timer_stop(&relay->timers, &hop->stall);
    sp_list_remove(&hop->idle);
    sp_list_remove(&hop->talks);
    enter(relay, hop, hop->state == MSRP_HOP_OPEN ? MSRP_HOP_CLOSING : MSRP_HOP_GONE,
          sp_err_name(err));
    leave(relay, hop);
}

/* A connection that takes one session's octets no more holds those of all others: the session gives
 * way. One that serves this session alone waits for as long as its next hop lives. */
static void held_too_long(struct msrp_relay *relay, struct msrp_hop *hop)
{
    struct msrp_lane *lane = hop->into;

    sp_list_remove(&hop->waits);
    if (lane != NULL) {
        hop->into = NULL;
        msrp_lane_end(relay, lane, '#');
    }
    hop->body = (struct sp_slice){ 0 };
    msrp_relay_refuse(relay, hop, 408);
    msrp_hop_resume(relay, hop);
}

void msrp_hop_timeout(struct msrp_relay *relay, struct msrp_hop *hop)
{
    if (hop->held && hop->state == MSRP_HOP_OPEN)
        held_too_long(relay, hop);
    else
        msrp_hop_fail(relay, hop, SP_TIMEOUT);
}

/* One slot is kept free: who said nothing right for the longest time makes room, then who serves
 * nobody (6.5). */
static void make_room(struct msrp_relay *relay, const struct msrp_hop *but)
{
    struct sp_link *oldest = sp_list_first(&relay->idle);

    if (oldest == NULL || oldest == &but->idle)
        oldest = sp_list_first(&relay->unused);
    if (relay->hops.used < relay->hops.capacity || oldest == NULL || oldest == &but->idle)
        return;
    relay->counters.dropped++;
    msrp_hop_fail(relay, SP_OF(oldest, struct msrp_hop, idle), SP_LIMIT);
}

void msrp_hop_settle(struct msrp_relay *relay, struct msrp_hop *hop)
{
    bool serves = sp_list_first(&hop->grants) != NULL || sp_list_first(&hop->feeds) != NULL ||
                  sp_list_first(&hop->lanes) != NULL || hop->peers > 0 || hop->busy || hop->held;

    if (hop->state != MSRP_HOP_OPEN || (!hop->proven && !hop->ours))
        return; /* it has its time from the start */
    if (serves) {
        sp_list_remove(&hop->idle);
        if (!hop->held)
            sp_timer_stop(&relay->timers, &hop->timer);
    } else if (!sp_list_has(&hop->idle)) {
        sp_list_add(&relay->unused, &hop->idle);
        msrp_relay_timer(relay, &hop->timer, MSRP_UNUSED_MS);
    }
}

void msrp_hop_prove(struct msrp_relay *relay, struct msrp_hop *hop)
{
    if (hop->proven)
        return;
    hop->proven = true;
    sp_list_remove(&hop->idle);
    sp_timer_stop(&relay->timers, &hop->timer);
    msrp_hop_settle(relay, hop);
}

/* Many sessions may come over it. */
static bool shared(const struct msrp_hop *hop)
{
    struct sp_link *first = sp_list_first(&hop->grants);

    return first == NULL || sp_list_after(&hop->grants, first) != NULL;
}

void msrp_hop_hold(struct msrp_relay *relay, struct msrp_hop *hop)
{
    if (hop->held)
        return;
    hop->held = true;
    hop->tell_hold = true;
    sp_list_add(&relay->ready_hops, &hop->ready);
    msrp_hop_settle(relay, hop);
    if (shared(hop))
        msrp_relay_timer(relay, &hop->timer, MSRP_HELD_MS);
}

void msrp_hop_resume(struct msrp_relay *relay, struct msrp_hop *hop)
{
    sp_list_remove(&hop->waits);
    if (!hop->held || hop->state != MSRP_HOP_OPEN)
        return;
    sp_timer_stop(&relay->timers, &hop->timer);
    sp_list_add(&relay->resumed, &hop->resumes);
}

static uint16_t port_of(const struct msrp_hop *hop)
{
    return hop->peer.port != 0 ? hop->peer.port : MSRP_DEFAULT_PORT;
}

struct msrp_hop *msrp_hop_to(struct msrp_relay *relay, const struct msrp_uri *uri)
{
    struct msrp_hop *hop = NULL;

    while ((hop = sp_pool_next(&relay->hops, hop)) != NULL)
        if (hop->ours && hop->state <= MSRP_HOP_OPEN && msrp_uri_eq_host(&hop->peer, uri))
            return hop;
    if (uri->secure || uri->host.len > sizeof hop->host ||
        !sp_eq_nocase(uri->transport, SP_LIT("tcp")))
        return NULL;
    hop = take(relay);
    if (hop == NULL)
        return NULL;
    hop->ours = true;
    memcpy(hop->host, uri->host.at, uri->host.len);
    hop->peer = (struct msrp_uri){ .host = sp_slice(hop->host, uri->host.len), .port = uri->port };
    if (sp_addr_parse(hop->peer.host, &hop->addrs[0]) == SP_OK) {
        hop->addrs[0].port = port_of(hop);
        hop->addr_count = 1;
        enter(relay, hop, MSRP_HOP_CONNECTING, "open");
    } else {
        enter(relay, hop, MSRP_HOP_RESOLVING, "open");
    }
    make_room(relay, hop);
    return hop;
}

static uint64_t cookie_of(const struct msrp_relay *relay, const struct msrp_hop *hop)
{
    struct sp_handle handle = sp_pool_handle(&relay->hops, hop);

    return (uint64_t)handle.generation << 32 | handle.slot;
}

static struct msrp_hop *of_cookie(const struct msrp_relay *relay, uint64_t cookie)
{
    return sp_pool_find(&relay->hops,
                        (struct sp_handle){ (uint32_t)cookie, (uint32_t)(cookie >> 32) });
}

static struct msrp_hop *of_flow(const struct msrp_relay *relay, const struct sp_flow *flow)
{
    struct sp_slice       id = id_of(&flow->id);
    struct sp_table_link *link = sp_table_first(&relay->flows,
                                                sp_table_hash(&relay->flows, &id, 1));

    for (; link != NULL; link = sp_table_next(link)) {
        struct msrp_hop *hop = SP_OF(link, struct msrp_hop, by_flow);

        if (hop->flow.id == flow->id)
            return hop;
    }
    return NULL;
}

static enum msrp_step step_open(struct msrp_hop *hop, struct msrp_relay_action *action)
{
    if (!hop->tell_hold && !hop->tell_read)
        return MSRP_STEP_NONE;
    /* Held and resumed before either was said: nothing is to be said. */
    if (hop->tell_hold && hop->tell_read) {
        hop->tell_hold = hop->tell_read = false;
        return MSRP_STEP_NONE;
    }
    action->io.kind = hop->tell_hold ? SP_IO_HOLD : SP_IO_READ;
    action->io.flow = hop->flow;
    hop->tell_hold = hop->tell_read = false;
    return MSRP_STEP_ACTION;
}

enum msrp_step msrp_hop_step(struct msrp_relay *relay, struct msrp_hop *hop,
                             struct msrp_relay_action *action)
{
    if (hop->answer_due)
        return msrp_relay_answer(relay, hop);
    switch (hop->state) {
    case MSRP_HOP_RESOLVING:
    case MSRP_HOP_CONNECTING:
        if (hop->asked)
            break;
        action->io.kind = hop->state == MSRP_HOP_RESOLVING ? SP_IO_RESOLVE : SP_IO_CONNECT;
        action->io.host = hop->peer.host;
        action->io.port = port_of(hop);
        action->io.addr = hop->addrs[hop->addr_at];
        action->io.protocol = SP_MSRP;
        action->io.cookie = cookie_of(relay, hop);
        hop->asked = true;
        return MSRP_STEP_ACTION;
    case MSRP_HOP_OPEN: return step_open(hop, action);
    case MSRP_HOP_CLOSING:
        if (relay->speaker == hop && relay->text.len > 0)
            return MSRP_STEP_FLUSH;
        action->io.kind = SP_IO_CLOSE;
        action->io.flow = hop->flow;
        drop(relay, hop);
        return MSRP_STEP_ACTION;
    case MSRP_HOP_GONE: drop(relay, hop); return MSRP_STEP_AGAIN;
    case MSRP_HOP_NEW: break;
    }
    return MSRP_STEP_NONE;
}

/* ---- what the host tells ---- */

void msrp_relay_receive(struct msrp_relay *relay, uint64_t now_us, const struct sp_flow *flow,
                        struct sp_slice octets)
{
    struct msrp_hop *hop = of_flow(relay, flow);

    assert(relay->input_hop == NULL && octets.len <= relay->limits.content_octets);
    relay->now_us = now_us;
    if (hop == NULL || hop->state != MSRP_HOP_OPEN || hop->held) {
        relay->counters.dropped++;
        return;
    }
    relay->input = octets;
    relay->input_hop = hop;
    relay->stashed = false;
}

void msrp_relay_accepted(struct msrp_relay *relay, uint64_t now_us, const struct sp_flow *flow)
{
    struct msrp_hop *hop = take(relay);

    relay->now_us = now_us;
    if (hop == NULL) {
        relay->counters.dropped++;
        relay->reject = *flow;
        return;
    }
    hop->flow = *flow;
    enter(relay, hop, MSRP_HOP_OPEN, "accepted");
    msrp_relay_timer(relay, &hop->timer, relay->limits.msrp_timeout_ms);
    sp_list_add(&relay->idle, &hop->idle);
    make_room(relay, hop);
}

void msrp_relay_connected(struct msrp_relay *relay, uint64_t now_us, uint64_t cookie,
                          const struct sp_flow *flow)
{
    struct msrp_hop *hop = of_cookie(relay, cookie);

    relay->now_us = now_us;
    if (hop == NULL || hop->state != MSRP_HOP_CONNECTING) {
        relay->reject = *flow;
        return;
    }
    hop->flow = *flow;
    enter(relay, hop, MSRP_HOP_OPEN, "connected");
    if (sp_list_first(&hop->lanes) != NULL)
        sp_list_add(&relay->talkers, &hop->talks);
    msrp_hop_settle(relay, hop);
}

void msrp_relay_closed(struct msrp_relay *relay, uint64_t now_us, uint64_t cookie,
                       const struct sp_flow *flow, enum sp_err err)
{
    struct msrp_hop *hop = flow != NULL ? of_flow(relay, flow) : of_cookie(relay, cookie);

    relay->now_us = now_us;
    if (hop == NULL)
        return;
    if (hop->state == MSRP_HOP_CONNECTING && hop->addr_at + 1 < hop->addr_count) {
        hop->addr_at++;
        enter(relay, hop, MSRP_HOP_CONNECTING, "next address");
        return;
    }
    hop->answer_due = false;
    sp_list_remove(&hop->talks);
    enter(relay, hop, MSRP_HOP_GONE, sp_err_name(err));
    leave(relay, hop);
    drop(relay, hop);
}

void msrp_relay_resolved(struct msrp_relay *relay, uint64_t now_us, uint64_t cookie,
                         const struct sp_addr *addrs, size_t count)
{
    struct msrp_hop *hop = of_cookie(relay, cookie);

    relay->now_us = now_us;
    if (hop == NULL || hop->state != MSRP_HOP_RESOLVING)
        return;
    if (count == 0) {
        msrp_hop_fail(relay, hop, SP_RESOLVE);
        return;
    }
    hop->addr_count = (uint8_t)(count < MSRP_ADDRESSES ? count : MSRP_ADDRESSES);
    for (size_t i = 0; i < hop->addr_count; i++) {
        hop->addrs[i] = addrs[i];
        hop->addrs[i].port = port_of(hop);
    }
    enter(relay, hop, MSRP_HOP_CONNECTING, "resolved");
}

void msrp_relay_sent(struct msrp_relay *relay, uint64_t now_us, const struct sp_flow *flow)
{
    struct msrp_hop *hop = of_flow(relay, flow);

    relay->now_us = now_us;
    if (hop != NULL)
        msrp_lane_sent(relay, hop);
}
