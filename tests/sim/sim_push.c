/* SPDX-License-Identifier: MIT
 * tests/sim/sim_push.c -- orders: how a plan becomes nodes, contents and times.
 *
 * A content carries its number in its media type, so that whoever is offered it knows which it
 * is. What users see of it is judged where they see it: sim_push_users.c. */
#include "sim.h"

#include <string.h>

static const uint16_t declines[] = { 603, 415, 413, 480, 486, 488, 606 };

static void give_order(struct sim *sim, struct sim_node *node, uint64_t arg);

/* ---- what is pushed */

static void make_push(struct sim *sim, struct sim_order *order, struct sim_push *push)
{
    const struct sim_plan *plan = &sim->scenario->plan;
    uint32_t               most = sim_chance(sim, 600) ? 700 : plan->octets;
    struct sp_sha1         sha;

    push->order = order;
    push->to = order->to;
    push->file = order->mode != PUSH_PAGER && sim_chance(sim, plan->files);
    push->octets = sim_pattern(sim, sim_between(sim, push->file ? 0 : 1, most),
                               sim->seed * 4096 + (uint64_t)(push - sim->pushes));
    sp_sha1_init(&sha);
    sp_sha1_add(&sha, push->octets);
    sp_sha1_end(&sha, push->sha1);
    if (sim_chance(sim, plan->declined))
        push->decline = declines[sim_below(sim, sizeof declines / sizeof declines[0])];
    order->declines = order->declines || push->decline != 0;
}

static void make_orders(struct sim *sim, int senders)
{
    const struct sim_plan *plan = &sim->scenario->plan;
    uint32_t               count = sim_between(sim, 1, plan->orders), contents = 0;

    if (plan->device) /* a fleet: each of its receivers gets some */
        count = (uint32_t)(sim->count - senders);
    sim->orders = sim_room(sim, count * sizeof *sim->orders);
    sim->pushes = sim_room(sim, (size_t)count * plan->contents * sizeof *sim->pushes);
    sim->order_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct sim_order *order = &sim->orders[i];
        uint32_t receiver = plan->device ? i : sim_below(sim, (uint32_t)(sim->count - senders));

        order->node = &sim->nodes[sim_below(sim, (uint32_t)senders)];
        order->to = &sim->nodes[(uint32_t)senders + receiver];
        order->mode = plan->mode;
        if (plan->mode == PUSH_AUTO)
            order->mode = sim_chance(sim, 500) ? PUSH_PAGER : PUSH_SESSION;
        if (order->to->kind == SIM_HAND)
            order->mode = PUSH_PAGER;
        order->first = contents;
        order->count = sim_between(sim, 1, plan->contents);
        for (uint32_t j = 0; j < order->count; j++)
            make_push(sim, order, &sim->pushes[contents++]);
        sim_at(order->node, sim_below(sim, plan->over_ms) * SIM_MS, give_order, i);
    }
    sim->push_count = contents;
}

/* ---- orders are given, and given up */

static void abort_order(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct sim_order *order = &sim->orders[arg];

    order->disturbed = true;
    if (sim_chance(sim, 500))
        (void)!push_sender_abort(node->sender, sim->now_us, order->handle);
    else
        (void)!push_sender_abort_content(node->sender, sim->now_us, order->handle,
                                         sim_below(sim, order->count));
}

static void contents_of(struct sim *sim, const struct sim_order *order,
                        struct push_content *contents)
{
    for (uint32_t i = 0; i < order->count; i++) {
        uint32_t         number = order->first + i;
        struct sim_push *push = &sim->pushes[number];

        contents[i] = (struct push_content){ .octets = push->octets.len, .has_sha1 = true };
        contents[i].type = sim_text(sim, "application/x-sim-%u", (unsigned)number);
        if (push->file)
            contents[i].name = sim_text(sim, "file %u.bin", (unsigned)number);
        if (push->file && sim_chance(sim, 200)) {
            push->icon = sim_pattern(sim, sim_between(sim, 1, 300), sim->seed + number);
            contents[i].icon = push->icon;
            contents[i].icon_type = SP_LIT("image/x-sim");
        }
        memcpy(contents[i].sha1, push->sha1, sizeof push->sha1);
        if (order->mode == PUSH_PAGER || sim_chance(sim, 300))
            contents[i].body = push->octets;
    }
}

/* It was not taken: its sender's user knows that, and that is its end. */
static void not_taken(struct sim *sim, struct sim_order *order, enum sp_err err)
{
    sim_trace_words(order->node, "does not take order %u: %s", (unsigned)(order - sim->orders),
                    sp_err_name(err));
    if ((err != SP_LIMIT && !(err == SP_ROOM && sim->scenario->plan.tight)) ||
        (sim->fair && !sim->scenario->plan.tight && order->mode != PUSH_PAGER))
        sim_fail(sim, "order %u is not taken: %s", (unsigned)(order - sim->orders),
                 sp_err_name(err));
    order->ended = true;
    order->disturbed = true;
    for (uint32_t i = 0; i < order->count; i++)
        sim->pushes[order->first + i].ended = 1;
}

static void give_order(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    static struct push_content contents[64];
    const struct sim_plan     *plan = &sim->scenario->plan;
    struct sim_order          *order = &sim->orders[arg];
    bool                       between = order->to->kind == SIM_HAND;
    bool                       named = !between && sim_chance(sim, plan->named);
    struct push_order          like = { .mode = order->mode, .user = arg };
    enum sp_err                err;

    contents_of(sim, order, contents);
    like.to = sim_uri(sim, "bob", order->to, named,
                      !between && sim_chance(sim, plan->tcp) ? ";transport=tcp" : "");
    like.contents = contents;
    like.count = order->count;
    like.parallel = sim_chance(sim, plan->parallel);
    like.query = sim_chance(sim, plan->query);
    like.retries = sim_between(sim, 0, plan->retries);
    order->given = true;
    sim_trace_words(node, "is given order %u: mode %d, %u contents to node %d", (unsigned)arg,
                    (int)order->mode, (unsigned)order->count, order->to->index);
    err = push_sender_submit(node->sender, sim->now_us, &like, &order->handle);
    if (err != SP_OK) {
        not_taken(sim, order, err);
        return;
    }
    if (sim_chance(sim, plan->aborted))
        sim_at(node, sim_below(sim, sim_chance(sim, 500) ? 500 : 40000) * SIM_MS, abort_order, arg);
}

static void close_node(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    (void)arg;
    for (uint32_t i = 0; i < sim->order_count; i++)
        if (sim->orders[i].node == node || sim->orders[i].to == node)
            sim->orders[i].disturbed = true;
    sim_close(node);
}

/* ---- crashes */

void sim_push_died(struct sim_node *node)
{
    struct sim *sim = node->sim;

    for (uint32_t i = 0; i < sim->order_count; i++) {
        struct sim_order *order = &sim->orders[i];

        if (order->node == node && order->given && !order->ended)
            order->lost = true;
        if (order->node == node || order->to == node)
            order->disturbed = true;
    }
    for (uint32_t i = 0; i < sim->item_count; i++)
        if (sim->items[i].node == node)
            sim->items[i].ended = true;
}

/* What it was not given yet, it is given now. */
static void born_again(struct sim *sim, struct sim_node *node)
{
    for (uint32_t i = 0; i < sim->order_count; i++)
        if (sim->orders[i].node == node && !sim->orders[i].given)
            sim_at(node, sim_below(sim, 20000) * SIM_MS, give_order, i);
}

/* ---- a plan becomes nodes */

/* Some of the limits come down to very few, or to none. */
static void tighten(struct sim *sim, struct sp_limits *limits)
{
    uint32_t *const few[] = {
        &limits->transactions,  &limits->streams,       &limits->stream_buffers,
        &limits->dialogs,       &limits->msrp_sessions, &limits->msrp_connections,
        &limits->msrp_messages, &limits->msrp_ranges,   &limits->pushes,
        &limits->push_files,
    };

    for (size_t i = 0; i < sizeof few / sizeof few[0]; i++)
        if (sim_chance(sim, 250))
            *few[i] = sim_below(sim, 5);
    if (sim_chance(sim, 250))
        limits->store_octets = sim_below(sim, 16384);
    if (sim_chance(sim, 100))
        limits->message_octets = sim_between(sim, 1300, 3000);
    if (sim_chance(sim, 100))
        limits->msrp_chunk_octets = sim_between(sim, 1, 100);
}

/* A device of a fleet takes few things at a time. */
static void shrink(struct sp_limits *limits)
{
    *limits = sp_limits_small;
    limits->message_octets = 4096;
    limits->fields = 64;
    limits->store_octets = 16384;
    limits->push_files = 4;
    limits->msrp_sessions = limits->msrp_connections = 4;
}

/* The agent that serves a fleet. */
static void grow(struct sp_limits *limits, uint32_t fleet)
{
    limits->transactions = 16 + 4 * fleet;
    limits->store_octets = 65536 + 8192 * fleet;
    limits->pushes = limits->dialogs = 4 + fleet;
    limits->msrp_sessions = limits->msrp_connections = limits->msrp_messages = 4 + fleet;
    limits->streams = 4 + fleet;
    limits->stream_accepts = 0;
}

/* As many as may be now and then; as a rule a handful. */
static int fleet_of(struct sim *sim, uint32_t most)
{
    bool all = sim->scenario->plan.all || sim_chance(sim, 20);

    return (int)(all ? most : sim_between(sim, 1, most < 12 ? most : 12));
}

void sim_push_start(struct sim *sim)
{
    const struct sim_plan *plan = &sim->scenario->plan;
    int                    receivers = fleet_of(sim, plan->receivers);

    sim_nodes(sim, 1 + receivers);
    for (int i = 0; i < sim->count; i++) {
        struct sim_node *node = &sim->nodes[i];

        node->kind = i == 0 ? SIM_SENDER : SIM_RECEIVER;
        if (i > 0 && sim_chance(sim, plan->between)) {
            node->kind = SIM_HAND;
            node->note = sim_push_between;
        }
        node->born = born_again;
        if (plan->device && i > 0)
            shrink(&node->limits);
        if (plan->device && i == 0)
            grow(&node->limits, (uint32_t)receivers);
        if (plan->tight)
            tighten(sim, &node->limits);
        sim_begin(node);
        if (!sim->fair && sim_chance(sim, plan->closed))
            sim_at(node, sim_below(sim, plan->over_ms + 20000) * SIM_MS, close_node, 0);
    }
    make_orders(sim, 1);
}

/* ---- at rest */

static void judge(struct sim *sim, const struct sim_order *order, const struct sim_push *push)
{
    bool        between = order->to->kind == SIM_HAND;
    enum sp_err due = between ? SP_PENDING : push->decline != 0 ? SP_REFUSED : SP_OK;
    bool        calm = sim->fair && !order->disturbed && !sim->scenario->plan.tight;

    if (push->ended != 1)
        sim_fail(sim, "push %u has %u ends", (unsigned)(push - sim->pushes), (unsigned)push->ended);
    /* one that is declined may end a session, and so the others */
    if (calm && push->err != due && !(order->declines && push->err == SP_REFUSED))
        sim_fail(sim, "push %u in fair weather: %s %u, not %s", (unsigned)(push - sim->pushes),
                 sp_err_name(push->err), (unsigned)push->status, sp_err_name(due));
}

void sim_push_end(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->order_count; i++) {
        const struct sim_order *order = &sim->orders[i];

        if (!order->given || order->lost)
            continue;
        if (!order->ended)
            sim_fail(sim, "order %u did not end", (unsigned)i);
        for (uint32_t j = 0; j < order->count; j++)
            judge(sim, order, &sim->pushes[order->first + j]);
    }
    for (uint32_t i = 0; i < sim->item_count; i++)
        if (!sim->items[i].ended)
            sim_fail(sim, "what node %d was offered (%u) has no end", sim->items[i].node->index,
                     (unsigned)i);
}
