/* SPDX-License-Identifier: MIT
 * msrp/msrp_relay.c -- the relay's verbs: memory, time, and what comes next. RFC 4976 6. */
#include "msrp_relay_core.h"

#include <assert.h>

/* One response or report, or the head of a request that is handed on. */
static size_t say_octets(const struct sp_limits *limits)
{
    return (size_t)limits->msrp_head_octets + limits->msrp_path_octets * 2 + 1024;
}

static size_t stash_octets(const struct sp_limits *limits)
{
    return limits->content_octets + (size_t)MSRP_MARK_OCTETS;
}

/* The one description of the relay's memory: measured and laid out by the same lines. */
static void lay_out(struct msrp_relay *r, struct sp_arena *arena, const struct sp_limits *limits,
                    const uint8_t key[16])
{
    uint32_t hops = limits->msrp_connections, grants = limits->relay_grants;
    uint32_t lanes = limits->relay_lanes;
    size_t   say = say_octets(limits);

    sp_pool_init(&r->hops, arena, hops, sizeof(struct msrp_hop));
    sp_pool_init(&r->grants, arena, grants, sizeof(struct msrp_grant));
    sp_pool_init(&r->lanes, arena, lanes, sizeof(struct msrp_lane));
    sp_pool_init(&r->transits, arena, limits->relay_transits, sizeof(struct msrp_transit));
    sp_store_init(&r->store, arena, (size_t)(grants + lanes) * limits->msrp_path_octets);
    sp_timers_init(&r->timers, arena, hops * 2 + grants + lanes);
    sp_table_init(&r->flows, arena, hops, key);
    sp_table_init(&r->ids, arena, grants, key);
    r->user_grants = sp_arena_take(arena, limits->relay_users, sizeof *r->user_grants);
    r->used = sp_arena_take(arena, 1, MSRP_NONCES / 8);
    r->text = sp_buf(sp_arena_take(arena, 4, say), say * 4);
    r->head_octets = say;
    r->head_room = sp_arena_take(arena, 1, say);
    r->tail_room = sp_arena_take(arena, 1, MSRP_PIECE_OCTETS + MSRP_MARK_OCTETS);
    r->rooms = sp_arena_room(arena, hops, limits->msrp_head_octets);
    r->stashes = sp_arena_room(arena, hops, stash_octets(limits));
    r->rings = sp_arena_room(arena, lanes, limits->relay_lane_octets);
    r->fronts = sp_arena_room(arena, lanes, say);
}

size_t msrp_relay_size(const struct sp_limits *limits)
{
    static const uint8_t key[16];
    struct msrp_relay    relay;
    struct sp_arena      arena = sp_arena(NULL);

    (void)sp_arena_take(&arena, 1, sizeof relay);
    lay_out(&relay, &arena, limits, key);
    return arena.used;
}

struct msrp_relay *msrp_relay_init(void *memory, const struct sp_limits *limits,
                                   const uint8_t                  seed[SP_SEED_OCTETS],
                                   const struct msrp_relay_rules *rules)
{
    struct sp_arena    arena = sp_arena(memory);
    struct msrp_relay *r = sp_arena_take(&arena, 1, sizeof *r);
    uint8_t            key[16];

    assert(rules->count <= limits->relay_users);
    assert(limits->relay_lane_octets >= 2 * MSRP_PIECE_OCTETS + say_octets(limits));
    r->limits = *limits;
    r->rules = *rules;
    sp_ident_init(&r->ident, seed);
    sp_ident_octets(&r->ident, key, sizeof key);
    lay_out(r, &arena, limits, key);
    sp_list_init(&r->ready_hops);
    sp_list_init(&r->ready_lanes);
    sp_list_init(&r->talkers);
    sp_list_init(&r->resumed);
    sp_list_init(&r->idle);
    sp_list_init(&r->unused);
    return r;
}

void msrp_relay_trace(struct msrp_relay *relay, struct sp_trace trace)
{
    relay->trace = trace;
}

void msrp_relay_count(const struct msrp_relay *relay, struct msrp_relay_counters *counters)
{
    *counters = relay->counters;
    counters->connections = relay->hops.used;
    counters->grants = relay->grants.used;
    counters->lanes = relay->lanes.used;
}

void msrp_relay_timer(struct msrp_relay *relay, struct sp_timer *timer, uint64_t ms)
{
    sp_timer_start(&relay->timers, timer, relay->now_us + ms * 1000);
}

uint64_t msrp_relay_deadline(const struct msrp_relay *relay)
{
    return sp_timers_deadline(&relay->timers);
}

void msrp_relay_tick(struct msrp_relay *relay, uint64_t now_us)
{
    struct sp_timer *timer;

    relay->now_us = now_us;
    while ((timer = sp_timers_due(&relay->timers, now_us)) != NULL) {
        switch (timer->name) {
        case MSRP_TIMER_HOP: msrp_hop_timeout(relay, timer->owner); break;
        case MSRP_TIMER_STALL: msrp_hop_fail(relay, timer->owner, SP_TIMEOUT); break;
        case MSRP_TIMER_GRANT: msrp_grant_free(relay, timer->owner); break;
        case MSRP_TIMER_LANE: msrp_lane_timeout(relay, timer->owner); break;
        default: assert(false);
        }
    }
}

struct sp_buf *msrp_relay_say(struct msrp_relay *relay, struct msrp_hop *hop)
{
    if (relay->speaker != NULL && relay->speaker != hop)
        return NULL;
    if (relay->text.room - relay->text.len < say_octets(&relay->limits))
        return NULL;
    relay->speaker = hop;
    return &relay->text;
}

static void flush(struct msrp_relay *relay, struct msrp_relay_action *action)
{
    assert(relay->text.err == SP_OK && relay->text.len > 0);
    action->kind = MSRP_RELAY_IO;
    action->io.kind = SP_IO_SEND;
    action->io.flow = relay->speaker->flow;
    action->io.parts[0] = sp_written(&relay->text);
    relay->text_given = true;
}

/* The stash was all taken: its hop is read again. */
static void stash_taken(struct msrp_relay *relay, struct msrp_hop *hop)
{
    hop->rest = (struct sp_slice){ 0 };
    if (!hop->held)
        return;
    hop->held = false;
    hop->tell_read = true;
    sp_list_add(&relay->ready_hops, &hop->ready);
}

/* Put aside what cannot be taken now. It lies in the stash already where it came from there. */
static void put_aside(struct msrp_relay *relay, struct msrp_hop *hop)
{
    struct sp_buf to = sp_buf(hop->stash, stash_octets(&relay->limits));

    if (relay->stashed) {
        hop->rest = relay->input;
        return;
    }
    if (hop->body.len > 0) {
        sp_put(&to, hop->body);
        hop->body = sp_slice(hop->stash, to.len);
    }
    sp_put(&to, relay->input);
    assert(to.err == SP_OK);
    hop->rest = sp_slice(hop->stash + hop->body.len, relay->input.len);
    msrp_hop_hold(relay, hop);
}

static enum msrp_step step_input(struct msrp_relay *relay, struct msrp_relay_action *action)
{
    struct msrp_hop *hop = relay->input_hop;
    enum msrp_step   step = msrp_relay_in_step(relay, action);

    if (step != MSRP_STEP_NONE)
        return step;
    if (relay->input_hop == NULL)
        return MSRP_STEP_AGAIN; /* it is gone */
    relay->input_hop = NULL;
    if (sp_list_has(&hop->waits))
        put_aside(relay, hop);
    else if (relay->stashed)
        stash_taken(relay, hop);
    relay->input = (struct sp_slice){ 0 };
    return MSRP_STEP_AGAIN;
}

static void take_stash(struct msrp_relay *relay, struct msrp_hop *hop)
{
    sp_list_remove(&hop->resumes);
    relay->input_hop = hop;
    relay->input = hop->rest;
    relay->stashed = true;
}

/* Answers come before reports, what is pending before new input, and content when all else is said.
 * A NONE of an object takes it off its list. */
static enum msrp_step step(struct msrp_relay *relay, struct msrp_relay_action *action)
{
    struct sp_link *link;
    enum msrp_step  result;

    if ((link = sp_list_first(&relay->ready_hops)) != NULL)
        result = msrp_hop_step(relay, SP_OF(link, struct msrp_hop, ready), action);
    else if ((link = sp_list_first(&relay->ready_lanes)) != NULL)
        result = msrp_lane_step(relay, SP_OF(link, struct msrp_lane, ready));
    else if (relay->input_hop != NULL)
        return step_input(relay, action);
    else if (relay->text.len > 0)
        return MSRP_STEP_FLUSH;
    else if ((link = sp_list_first(&relay->talkers)) != NULL)
        result = msrp_lane_send(relay, SP_OF(link, struct msrp_hop, talks), action);
    else if ((link = sp_list_first(&relay->resumed)) != NULL) {
        take_stash(relay, SP_OF(link, struct msrp_hop, resumes));
        return MSRP_STEP_AGAIN;
    } else
        return MSRP_STEP_NONE;
    if (result != MSRP_STEP_NONE)
        return result;
    sp_list_remove(link);
    return MSRP_STEP_AGAIN;
}

bool msrp_relay_next(struct msrp_relay *relay, struct msrp_relay_action *action)
{
    if (relay->text_given) {
        relay->text.len = 0;
        relay->speaker = NULL;
        relay->text_given = false;
    }
    *action = (struct msrp_relay_action){ .kind = MSRP_RELAY_IO };
    if (relay->reject.id != 0) {
        action->io.kind = SP_IO_CLOSE;
        action->io.flow = relay->reject;
        relay->reject.id = 0;
        return true;
    }
    for (;;) {
        switch (step(relay, action)) {
        case MSRP_STEP_NONE: return false;
        case MSRP_STEP_AGAIN: break;
        case MSRP_STEP_FLUSH: flush(relay, action); return true;
        case MSRP_STEP_ACTION: return true;
        }
    }
}
