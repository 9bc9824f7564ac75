/* SPDX-License-Identifier: MIT
 * transport/sp_slot.c -- slots: taken, named, watched, given back.
 *
 * All of it costs the same with ten sockets and with ten thousand: free slots and those with a turn
 * stand in lists, and what the system is to watch, and until when, is only looked at where
 * something changed. A connection's timer is not moved with every octet: when it fires, it is set
 * anew to what is left. */
#define _GNU_SOURCE
#include "sp_slot.h"

#include <string.h>
#include <unistd.h>

struct sp_slot *sp_slot_take(struct sp_net *net, int fd, enum sp_transport transport,
                             enum sp_protocol protocol)
{
    struct sp_link *link = sp_list_first(&net->frees);
    struct sp_slot *slot;

    if (link == NULL)
        return NULL;
    slot = SP_OF(link, struct sp_slot, place);
    sp_list_remove(link);
    slot->fd = fd;
    slot->flow = (struct sp_flow){
        .id = ++net->ids << SP_NET_SLOT_BITS | (uint64_t)(slot - net->slots),
        .transport = (uint8_t)transport,
        .protocol = (uint8_t)protocol,
    };
    slot->alive_us = net->now_us;
    return slot;
}

void sp_slot_enter(struct sp_net *net, struct sp_slot *slot, enum sp_slot_state state)
{
    slot->state = state;
    if (state == SP_SLOT_LINGER)
        sp_list_add(&net->lingers, &slot->linger);
    else
        sp_list_remove(&slot->linger);
    switch (state) {
    case SP_SLOT_CONNECTING: slot->until_us = net->now_us + SP_NET_CONNECT_US; break;
    case SP_SLOT_BROKEN:
    case SP_SLOT_CLOSING: slot->until_us = net->now_us + SP_NET_CLOSING_US; break;
    case SP_SLOT_ENDED:
    case SP_SLOT_LINGER: /* these share the time of CLOSING where they come from it */
        if (slot->until_us == SP_NEVER)
            slot->until_us = net->now_us + SP_NET_CLOSING_US;
        break;
    case SP_SLOT_LISTENER: slot->until_us = 0; break;
    case SP_SLOT_FREE:
    case SP_SLOT_DATAGRAM:
    case SP_SLOT_OPEN: slot->until_us = SP_NEVER; break;
    }
    sp_slot_changed(net, slot);
}

void sp_slot_free(struct sp_net *net, struct sp_slot *slot)
{
    struct sp_queue queue = slot->queue;

    sp_watch_set(&net->watch, (uint32_t)(slot - net->slots), -1, 0);
    if (slot->fd >= 0)
        (void)close(slot->fd);
    net->accepted -= slot->came;
    sp_timer_stop(&net->timers, &slot->timer);
    sp_list_remove(&slot->place);
    sp_list_remove(&slot->busy);
    sp_list_remove(&slot->dirty);
    sp_list_remove(&slot->due);
    sp_list_remove(&slot->linger);
    sp_list_remove(&slot->changed);
    memset(slot, 0, sizeof *slot);
    slot->fd = -1;
    sp_queue_init(&slot->queue, queue.room, queue.capacity);
    sp_slot_enter(net, slot, SP_SLOT_FREE);
    sp_list_add(&net->frees, &slot->place);
}

struct sp_slot *sp_slot_of(struct sp_net *net, uint64_t flow_id)
{
    uint64_t i = flow_id & ((1u << SP_NET_SLOT_BITS) - 1);

    if (flow_id == 0 || i >= net->config.sockets || net->slots[i].flow.id != flow_id)
        return NULL;
    return &net->slots[i];
}

void sp_slot_changed(struct sp_net *net, struct sp_slot *slot)
{
    sp_list_add(&net->changed, &slot->changed);
}

/* What to look for, and until when nothing is due. */
static short wants(const struct sp_net *net, const struct sp_slot *slot, uint64_t *due_us)
{
    *due_us = SP_NEVER;
    switch (slot->state) {
    case SP_SLOT_FREE: return 0;
    case SP_SLOT_DATAGRAM: return POLLIN;
    case SP_SLOT_LISTENER:
        if (slot->until_us <= net->now_us)
            return POLLIN;
        *due_us = slot->until_us;
        return 0;
    case SP_SLOT_CONNECTING:
    case SP_SLOT_OPEN:
    case SP_SLOT_BROKEN:
    case SP_SLOT_CLOSING:
    case SP_SLOT_LINGER:
    case SP_SLOT_ENDED: break;
    }
    *due_us = sp_conn_deadline(net, slot);
    return sp_conn_wants(net, slot);
}

static void settle(struct sp_net *net, struct sp_slot *slot)
{
    uint64_t due_us;
    short    wanted = wants(net, slot, &due_us);

    /* A listener at rest has no end that could be told. */
    sp_watch_set(&net->watch, (uint32_t)(slot - net->slots),
                 slot->state == SP_SLOT_LISTENER && wanted == 0 ? -1 : slot->fd, wanted);
    if (due_us == SP_NEVER) {
        sp_timer_stop(&net->timers, &slot->timer);
    } else if (!sp_timer_runs(&slot->timer) || due_us < slot->timer.at_us) {
        slot->timer.owner = slot;
        sp_timer_start(&net->timers, &slot->timer, due_us);
    }
}

void sp_slot_settle(struct sp_net *net)
{
    struct sp_link *link;

    while ((link = sp_list_first(&net->changed)) != NULL) {
        sp_list_remove(link);
        settle(net, SP_OF(link, struct sp_slot, changed));
    }
}

void sp_slot_turn(struct sp_net *net, struct sp_slot *slot, short found)
{
    if (slot->state == SP_SLOT_FREE)
        return;
    slot->found |= found;
    slot->turn = slot->state == SP_SLOT_DATAGRAM ? SP_NET_DATAGRAMS : SP_NET_TURN;
    sp_list_add(&net->turns, &slot->place);
}
