/* SPDX-License-Identifier: MIT
 * tests/sim/sim_push_users.c -- the users of push agents: what they do, and whether what they are
 * told is true.
 *
 * Delivered means: its receiver's user stored it whole, octet for octet. Progress means: those
 * octets came. Refused with what the receiver's user says means: it was not stored. Each content
 * ends once at its sender's user, each offer once at its receiver's. A datagram that was corrupted
 * may say anything, so truth (not the rest) is waived for a run in which one was. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

static bool sure(const struct sim *sim)
{
    return sim->counters.corrupted == 0;
}

/* ---- the sender's user */

static unsigned number(const struct sim *sim, const struct sim_push *push)
{
    return (unsigned)(push - sim->pushes);
}

static void give(struct sim *sim, struct sim_node *node, const struct sim_push *push,
                 const struct push_sender_action *action)
{
    struct sp_slice octets = sp_from(push->octets, (size_t)action->offset);
    size_t          most = (size_t)action->octets;

    if (octets.len == 0 || most == 0) {
        sim_fail(sim, "push %u: octets are wanted that are not there", number(sim, push));
        return;
    }
    if (sim_chance(sim, 300))
        most = sim_between(sim, 1, (uint32_t)most);
    if (!sim->fair && sim_chance(sim, 1)) { /* they cannot be read any more */
        push->order->disturbed = true;
        octets = sp_slice(NULL, 0);
    }
    push_sender_content(node->sender, sim->now_us, action->order, action->index, action->offset,
                        sp_head(octets, most));
}

static void content_ended(struct sim *sim, struct sim_push *push,
                          const struct push_sender_action *action)
{
    push->ended++;
    push->err = action->err;
    push->status = action->status;
    if (push->ended > 1)
        sim_fail(sim, "push %u ends twice", number(sim, push));
    if (push->order->ended)
        sim_fail(sim, "push %u ends after its order", number(sim, push));
    sim->counters.delivered += action->err == SP_OK;
    sim->counters.refused += action->err == SP_REFUSED;
    sim->counters.pending += action->err == SP_PENDING;
    sim->counters.failed += action->err != SP_OK && action->err != SP_REFUSED &&
                            action->err != SP_PENDING;
    if (!sure(sim))
        return;
    if (action->err == SP_OK && push->arrived == 0)
        sim_fail(sim, "push %u is delivered, and did not arrive", number(sim, push));
    if (action->err == SP_OK && push->progress > push->octets.len)
        sim_fail(sim, "push %u: more octets than there are", number(sim, push));
    if (action->err == SP_PENDING && push->to->kind != SIM_HAND)
        sim_fail(sim, "push %u is pending, and nobody stands in between", number(sim, push));
    if (action->err == SP_REFUSED && action->status == 603 && push->arrived > 0)
        sim_fail(sim, "push %u is declined, and arrived", number(sim, push));
}

static void progress(struct sim *sim, struct sim_push *push,
                     const struct push_sender_action *action)
{
    if (action->offset < push->progress)
        sim_fail(sim, "push %u goes back", number(sim, push));
    push->progress = action->offset;
    if (sure(sim) && action->offset > push->prefix)
        sim_fail(sim, "push %u: %llu octets are told, %llu came", number(sim, push),
                 (unsigned long long)action->offset, (unsigned long long)push->prefix);
}

static void order_ended(struct sim *sim, struct sim_order *order)
{
    if (order->ended)
        sim_fail(sim, "order %u ends twice", (unsigned)(order - sim->orders));
    order->ended = true;
    for (uint32_t i = 0; i < order->count; i++)
        if (sim->pushes[order->first + i].ended != 1)
            sim_fail(sim, "order %u ends before its content %u", (unsigned)(order - sim->orders),
                     (unsigned)i);
}

void sim_sender_note(struct sim_node *node, const struct push_sender_action *action)
{
    struct sim       *sim = node->sim;
    struct sim_order *order;
    struct sim_push  *push;

    if (action->kind == PUSH_SENDER_IO) {
        sim_perform(node, &action->io);
        return;
    }
    if (action->user >= sim->order_count || sim->orders[action->user].node != node) {
        sim_fail(sim, "node %d tells of an order that is not", node->index);
        return;
    }
    order = &sim->orders[action->user];
    push = &sim->pushes[order->first + action->index];
    sim_trace_words(node, "tells %d of order %u content %u: %s %u offset %llu", (int)action->kind,
                    (unsigned)action->user, (unsigned)action->index, sp_err_name(action->err),
                    (unsigned)action->status, (unsigned long long)action->offset);
    switch (action->kind) {
    case PUSH_SENDER_IO:
    case PUSH_SENDER_CHOSEN: break;
    case PUSH_SENDER_WANT: give(sim, node, push, action); break;
    case PUSH_SENDER_STARTED:
        push->started++;
        push->progress = 0; /* its connection may have been lost */
        if (push->ended > 0)
            sim_fail(sim, "push %u starts after its end", number(sim, push));
        break;
    case PUSH_SENDER_PROGRESS: progress(sim, push, action); break;
    case PUSH_SENDER_CONTENT_ENDED: content_ended(sim, push, action); break;
    case PUSH_SENDER_ENDED: order_ended(sim, order); break;
    default: break;
    }
}

/* ---- the receiver's user */

static struct sim_item *item_of(struct sim_node *node, struct sp_handle handle)
{
    struct sim *sim = node->sim;

    for (uint32_t i = sim->item_count; i-- > 0;)
        if (sim->items[i].node == node && sim->items[i].life == node->life &&
            sp_handle_eq(sim->items[i].handle, handle))
            return &sim->items[i];
    sim_fail(sim, "node %d tells of a push that it did not offer", node->index);
    return NULL;
}

/* The number in a media type; a corrupted one may be anything. */
static struct sim_push *push_of(struct sim *sim, struct sp_slice type)
{
    struct sp_slice digits = sp_from(type, sizeof "application/x-sim-" - 1);
    uint64_t        at;

    if (sp_starts(type, SP_LIT("application/x-sim-")) &&
        sp_to_u64(digits, UINT32_MAX, &at) == SP_OK && at < sim->push_count)
        return &sim->pushes[at];
    if (sure(sim))
        sim_fail(sim, "a push is offered that nobody sent");
    return NULL;
}

static void decide(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct sim_item *item = &sim->items[arg];
    uint16_t         status = item->push != NULL ? item->push->decline : 603;

    sim_trace_words(node, "decides %u: %u", (unsigned)arg, (unsigned)status);
    (void)!push_receiver_decide(node->receiver, sim->now_us, item->handle,
                                status != 0 ? status : 200, arg);
}

static uint32_t slowness(struct sim *sim)
{
    uint32_t most = sim->scenario->plan.slow_ms;

    most = sim->fair && most > 5000 ? 5000 : most;
    return sim_chance(sim, 600) ? 0 : sim_below(sim, most);
}

static void offered(struct sim_node *node, const struct push_receiver_action *action)
{
    struct sim      *sim = node->sim;
    struct sim_item *item;
    uint32_t         late_ms = slowness(sim);

    if (sim->item_count == sim->item_room) {
        struct sim_item *more = sim_room(sim, (2 * sim->item_room + 64) * sizeof *more);

        if (sim->item_count > 0)
            memcpy(more, sim->items, sim->item_count * sizeof *more);
        sim->items = more;
        sim->item_room = 2 * sim->item_room + 64;
    }
    item = &sim->items[sim->item_count++];
    *item = (struct sim_item){ .node = node, .life = node->life, .handle = action->push };
    item->push = push_of(sim, action->content.type);
    if (item->push != NULL)
        item->there = sim_room(sim, item->push->octets.len + 1);
    if (item->push != NULL && sure(sim) &&
        (item->push->to != node || (action->content.octets != UINT64_MAX &&
                                    action->content.octets != item->push->octets.len)))
        sim_fail(sim, "push %u is offered as something else", number(sim, item->push));
    /* After a 415 it is offered without. */
    if (item->push != NULL && sure(sim) && action->content.icon.len > 0 &&
        !sp_eq(action->content.icon, item->push->icon))
        sim_fail(sim, "push %u has another icon", number(sim, item->push));
    if (action->at_once || late_ms == 0)
        decide(sim, node, sim->item_count - 1);
    else
        sim_at(node, late_ms * SIM_MS, decide, sim->item_count - 1);
}

static void content(struct sim_node *node, struct sim_item *item,
                    const struct push_receiver_action *action)
{
    struct sim      *sim = node->sim;
    struct sim_push *push = item->push;
    uint64_t         to = action->offset + action->octets.len;

    if (push == NULL)
        return;
    if (to > push->octets.len) {
        if (sure(sim))
            sim_fail(sim, "push %u: octets come that are not there", number(sim, push));
        return;
    }
    if (sure(sim) && !sp_eq(action->octets, sp_head(sp_from(push->octets, (size_t)action->offset),
                                                    action->octets.len)))
        sim_fail(sim, "push %u: octets at %llu differ", number(sim, push),
                 (unsigned long long)action->offset);
    memset(item->there + action->offset, 1, action->octets.len);
    while (push->prefix < push->octets.len && item->there[push->prefix] != 0)
        push->prefix++;
    if (!sim->fair && sim_chance(sim, sim->scenario->plan.dropped)) {
        push->order->disturbed = true;
        (void)!push_receiver_abort(node->receiver, sim->now_us, item->handle, SP_STORAGE);
    }
}

static void stored(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct sim_item *item = &sim->items[arg];
    enum sp_err      err = SP_OK;

    if (!sim->fair && sim_chance(sim, sim->scenario->plan.dropped)) {
        err = sim_chance(sim, 500) ? SP_STORAGE : SP_INTEGRITY;
        if (item->push != NULL)
            item->push->order->disturbed = true;
    }
    sim_trace_words(node, "stores %u: %s", (unsigned)arg, sp_err_name(err));
    (void)!push_receiver_stored(node->receiver, sim->now_us, item->handle, err);
}

static void complete(struct sim_node *node, struct sim_item *item,
                     const struct push_receiver_action *action)
{
    struct sim *sim = node->sim;
    uint32_t    late_ms = slowness(sim), at = (uint32_t)(item - sim->items);

    if (item->push != NULL && sure(sim)) {
        size_t whole = item->push->octets.len;

        if (action->total != whole || memchr(item->there, 0, whole) != NULL)
            sim_fail(sim, "push %u is complete, and is not", number(sim, item->push));
    }
    if (late_ms == 0)
        stored(sim, node, at);
    else
        sim_at(node, late_ms * SIM_MS, stored, at);
}

static void arrived(struct sim_node *node, struct sim_item *item)
{
    struct sim      *sim = node->sim;
    struct sim_push *push = item->push;

    item->ended = true;
    if (push == NULL)
        return;
    push->life_arrived = push->life == node->life ? push->life_arrived + 1 : 1;
    push->life = node->life;
    push->arrived++;
    if (push->life_arrived > 1 && sure(sim))
        sim_fail(sim, "push %u is handed over twice", number(sim, push));
    if (push->decline != 0 && sure(sim))
        sim_fail(sim, "push %u was declined and is handed over", number(sim, push));
}

void sim_receiver_note(struct sim_node *node, const struct push_receiver_action *action)
{
    struct sim_item *item = NULL;

    if (action->kind == PUSH_RECEIVER_IO) {
        sim_perform(node, &action->io);
        return;
    }
    sim_trace_words(node, "tells %d of %u.%u: %s %u offset %llu octets %zu", (int)action->kind,
                    (unsigned)action->push.slot, (unsigned)action->push.generation,
                    sp_err_name(action->err), (unsigned)action->status,
                    (unsigned long long)action->offset, action->octets.len);
    if (action->kind > PUSH_RECEIVER_FAILED)
        return; /* of no offer: registrations, contents fetched */
    if (action->kind != PUSH_RECEIVER_OFFERED) {
        item = item_of(node, action->push);
        if (item == NULL)
            return;
        if (item->ended)
            sim_fail(node->sim, "node %d tells of a push after its end", node->index);
    }
    switch (action->kind) {
    case PUSH_RECEIVER_IO: break;
    case PUSH_RECEIVER_OFFERED: offered(node, action); break;
    case PUSH_RECEIVER_CONTENT: content(node, item, action); break;
    case PUSH_RECEIVER_COMPLETE: complete(node, item, action); break;
    case PUSH_RECEIVER_DELIVERED: arrived(node, item); break;
    case PUSH_RECEIVER_FAILED: item->ended = true; break;
    default: break;
    }
}
