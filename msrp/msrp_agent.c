/* SPDX-License-Identifier: MIT
 * msrp/msrp_agent.c -- the endpoint's verbs: memory, time, and what comes next. RFC 4975. */
#include "msrp_core.h"

#include <assert.h>

/* What one request or response without a body may need, an end-line before it included. */
static size_t say_octets(const struct sp_limits *limits)
{
    size_t paths = (size_t)limits->msrp_path_octets * 2;

    paths += MSRP_AUTH_OCTETS;
    return (limits->msrp_head_octets > paths ? limits->msrp_head_octets : paths) + 512;
}

static size_t message_octets(const struct sp_limits *limits)
{
    return sizeof(struct msrp_message) + limits->msrp_ranges * sizeof(struct msrp_interval);
}

/* The one description of the agent's memory: measured and laid out by the same lines. */
static void lay_out(struct msrp_agent *agent, struct sp_arena *arena,
                    const struct sp_limits *limits, const uint8_t key[16])
{
    uint32_t conns = limits->msrp_connections, sessions = limits->msrp_sessions;
    uint32_t messages = limits->msrp_messages, leases = limits->msrp_leases;
    size_t   text = say_octets(limits) * 4;

    sp_pool_init(&agent->conns, arena, conns, sizeof(struct msrp_conn) + limits->msrp_head_octets);
    sp_pool_init(&agent->sessions, arena, sessions, sizeof(struct msrp_session));
    sp_pool_init(&agent->leases, arena, leases, sizeof(struct msrp_lease));
    sp_pool_init(&agent->messages, arena, messages, message_octets(limits));
    sp_store_init(&agent->store, arena,
                  (size_t)sessions * limits->msrp_path_octets * 2 + (size_t)messages * 256 +
                      (size_t)leases * (limits->msrp_path_octets * 4 + MSRP_AUTH_OCTETS));
    sp_timers_init(&agent->timers, arena, conns + sessions + leases + messages);
    sp_table_init(&agent->flows, arena, conns, key);
    sp_table_init(&agent->uris, arena, sessions, key);
    sp_table_init(&agent->ids, arena, messages, key);
    agent->text = sp_buf(sp_arena_take(arena, 1, text), text);
    agent->head_octets = say_octets(limits);
    agent->head_room = sp_arena_take(arena, 1, agent->head_octets);
}

size_t msrp_agent_size(const struct sp_limits *limits)
{
    static const uint8_t key[16];
    struct msrp_agent    agent;
    struct sp_arena      arena = sp_arena(NULL);

    (void)sp_arena_take(&arena, 1, sizeof agent);
    lay_out(&agent, &arena, limits, key);
    return arena.used;
}

struct msrp_agent *msrp_agent_init(void *memory, const struct sp_limits *limits,
                                   const uint8_t seed[SP_SEED_OCTETS])
{
    struct sp_arena    arena = sp_arena(memory);
    struct msrp_agent *agent = sp_arena_take(&arena, 1, sizeof *agent);
    uint8_t            key[16];

    agent->limits = *limits;
    sp_ident_init(&agent->ident, seed);
    sp_ident_octets(&agent->ident, key, sizeof key);
    lay_out(agent, &arena, limits, key);
    sp_list_init(&agent->ready_conns);
    sp_list_init(&agent->ready_sessions);
    sp_list_init(&agent->ready_leases);
    sp_list_init(&agent->ready_messages);
    sp_list_init(&agent->talkers);
    sp_list_init(&agent->past);
    sp_list_init(&agent->idle);
    return agent;
}

void msrp_agent_trace(struct msrp_agent *agent, struct sp_trace trace)
{
    agent->trace = trace;
}

void msrp_agent_match_session_id(struct msrp_agent *agent, bool alone)
{
    agent->by_session_id = alone;
}

void msrp_count(const struct msrp_agent *agent, struct msrp_counters *counters)
{
    *counters = agent->counters;
}

void msrp_timer_start(struct msrp_agent *agent, struct sp_timer *timer)
{
    sp_timer_start(&agent->timers, timer,
                   agent->now_us + (uint64_t)agent->limits.msrp_timeout_ms * 1000);
}

uint64_t msrp_deadline(const struct msrp_agent *agent)
{
    return sp_timers_deadline(&agent->timers);
}

void msrp_tick(struct msrp_agent *agent, uint64_t now_us)
{
    struct sp_timer *timer;

    agent->now_us = now_us;
    while ((timer = sp_timers_due(&agent->timers, now_us)) != NULL) {
        switch (timer->name) {
        case MSRP_TIMER_CONN: msrp_conn_timeout(agent, timer->owner); break;
        case MSRP_TIMER_SESSION: msrp_session_timeout(agent, timer->owner); break;
        case MSRP_TIMER_LEASE: msrp_lease_timeout(agent, timer->owner); break;
        case MSRP_TIMER_MESSAGE: msrp_window_timeout(agent, timer->owner); break;
        default: assert(false);
        }
    }
}

struct sp_buf *msrp_say(struct msrp_agent *agent, struct msrp_conn *conn)
{
    if (agent->speaker != NULL && agent->speaker != conn)
        return NULL;
    if (agent->text.room - agent->text.len < say_octets(&agent->limits))
        return NULL;
    agent->speaker = conn;
    msrp_out_cut(agent, conn, &agent->text);
    return &agent->text;
}

static void flush(struct msrp_agent *agent, struct msrp_action *action)
{
    assert(agent->text.err == SP_OK && agent->text.len > 0);
    action->kind = MSRP_IO;
    action->io.kind = SP_IO_SEND;
    action->io.flow = agent->speaker->flow;
    action->io.parts[0] = sp_written(&agent->text);
    agent->text_given = true;
}

static enum msrp_step step_input(struct msrp_agent *agent, struct msrp_action *action)
{
    enum msrp_step step;

    if (agent->input_conn == NULL)
        return MSRP_STEP_NONE;
    step = msrp_in_step(agent, action);
    if (step != MSRP_STEP_NONE)
        return step;
    agent->input_conn = NULL;
    return MSRP_STEP_AGAIN;
}

/* Answers come before reports, what is pending before new input, and content when all else is said.
 * A NONE of an object takes it off its list. */
static enum msrp_step step(struct msrp_agent *agent, struct msrp_action *action)
{
    struct sp_link *link;
    enum msrp_step  result;

    if ((link = sp_list_first(&agent->ready_conns)) != NULL)
        result = msrp_conn_step(agent, SP_OF(link, struct msrp_conn, ready), action);
    else if ((link = sp_list_first(&agent->ready_messages)) != NULL)
        result = msrp_message_step(agent, SP_OF(link, struct msrp_message, ready), action);
    else if ((link = sp_list_first(&agent->ready_sessions)) != NULL)
        result = msrp_session_step(agent, SP_OF(link, struct msrp_session, ready), action);
    else if ((link = sp_list_first(&agent->ready_leases)) != NULL)
        result = msrp_lease_step(agent, SP_OF(link, struct msrp_lease, ready), action);
    else if (agent->input_conn != NULL)
        return step_input(agent, action);
    else if (agent->text.len > 0)
        return MSRP_STEP_FLUSH;
    else if ((link = sp_list_first(&agent->talkers)) != NULL)
        result = msrp_out_step(agent, SP_OF(link, struct msrp_conn, talks), action);
    else
        return MSRP_STEP_NONE;
    if (result != MSRP_STEP_NONE)
        return result;
    sp_list_remove(link);
    return MSRP_STEP_AGAIN;
}

bool msrp_next(struct msrp_agent *agent, struct msrp_action *action)
{
    if (agent->text_given) {
        agent->text.len = 0;
        agent->speaker = NULL;
        agent->text_given = false;
    }
    *action = (struct msrp_action){ .kind = MSRP_IO };
    if (agent->reject.id != 0) {
        action->io.kind = SP_IO_CLOSE;
        action->io.flow = agent->reject;
        agent->reject.id = 0;
        return true;
    }
    for (;;) {
        switch (step(agent, action)) {
        case MSRP_STEP_NONE: return false;
        case MSRP_STEP_AGAIN: break;
        case MSRP_STEP_FLUSH: flush(agent, action); return true;
        case MSRP_STEP_ACTION: return true;
        }
    }
}
