/* SPDX-License-Identifier: MIT
 * tests/sim/sim_oracle.c -- what must hold of every agent, whatever happened to it.
 *
 * While it runs, no timer belongs to something that is gone. At rest, everything that was taken was
 * given back: objects, connections, octets of stores, timers, and places in lists. */
#include "sim.h"

#include "../../dialog/sip_session.h"
#include "../../msrp/msrp_core.h"
#include "../../push/push_in.h"
#include "../../push/push_out.h"
#include "../../transaction/sip_layer.h"

/* Is this place in a taken slot of the pool? */
static bool lives(const struct sp_pool *pool, const void *at)
{
    const char *place = at;
    size_t      slot;

    if (pool->capacity == 0 || place < pool->slots)
        return false;
    slot = (size_t)(place - pool->slots) / pool->slot_octets;
    return slot < pool->capacity && (pool->generations[slot] & 1) != 0;
}

static void look(struct sim_node *node, const char *whose, const struct sp_timers *timers,
                 const struct sp_pool *const pools[], size_t count)
{
    for (uint32_t i = 0; i < timers->used; i++) {
        const struct sp_timer *timer = timers->heap[i].timer;
        bool                   found = false;

        for (size_t j = 0; j < count; j++)
            found = found || lives(pools[j], timer);
        if (!found)
            sim_fail(node->sim, "node %d: timer %u of %s outlives its owner", node->index,
                     (unsigned)timer->name, whose);
    }
}

void sim_oracle_timers(struct sim_node *node)
{
    if (node->ua != NULL) {
        const struct sp_pool *tx[] = { &node->ua->tx->transactions, &node->ua->tx->conns };
        const struct sp_pool *ua[] = { &node->ua->sessions,  &node->ua->registrations,
                                       &node->ua->clients,   &node->ua->subscriptions,
                                       &node->ua->notifiers, &node->ua->publications };

        look(node, "a transaction", &node->ua->tx->timers, tx, 2);
        look(node, "a dialog", &node->ua->timers, ua, 6);
    }
    if (node->agent != NULL) {
        const struct sp_pool *msrp[] = { &node->agent->conns, &node->agent->sessions,
                                         &node->agent->messages, &node->agent->leases };

        look(node, "msrp", &node->agent->timers, msrp, 4);
    }
    if (node->kind == SIM_SENDER) {
        const struct sp_pool *jobs[] = { &node->sender->jobs };

        look(node, "an order", &node->sender->timers, jobs, 1);
    }
    if (node->kind == SIM_RECEIVER) {
        const struct sp_pool *calls[] = { &node->receiver->calls, &node->receiver->lines };

        look(node, "a call", &node->receiver->timers, calls, 2);
    }
}

static void none(struct sim_node *node, const char *what, uint64_t left)
{
    if (left > 0)
        sim_fail(node->sim, "node %d: %llu %s left at rest", node->index, (unsigned long long)left,
                 what);
}

static void empty_ua(struct sim_node *node)
{
    const struct sip_ua       *ua = node->ua;
    const struct sip_tx_layer *tx = ua->tx;

    none(node, "transactions", tx->transactions.used);
    none(node, "SIP connections", tx->conns.used);
    none(node, "SIP buffers", tx->buffers.used);
    none(node, "octets of the layer's store", tx->store.used);
    none(node, "timers of the layer", tx->timers.used);
    none(node, "requests", ua->clients.used);
    none(node, "sessions", ua->sessions.used);
    none(node, "registrations", ua->registrations.used);
    none(node, "timers of dialogs", ua->timers.used);
    none(node, "answers owed", ua->owed_count);
    none(node, "open things (sip_ua_open)", sip_ua_open(ua));
    none(node, "octets of the dialogs' store", ua->store.used - node->kept);
}

static void empty_msrp(struct sim_node *node)
{
    const struct msrp_agent *agent = node->agent;

    none(node, "MSRP connections", agent->conns.used);
    none(node, "MSRP sessions", agent->sessions.used);
    none(node, "MSRP messages", agent->messages.used);
    none(node, "URIs of relays", agent->leases.used);
    none(node, "octets of the MSRP store", agent->store.used);
    none(node, "MSRP timers", agent->timers.used);
}

static void empty_push(struct sim_node *node)
{
    const struct push_sender   *sender = node->sender;
    const struct push_receiver *receiver = node->receiver;

    if (node->kind == SIM_SENDER) {
        none(node, "orders", sender->jobs.used);
        none(node, "octets of the orders' store", sender->store.used);
        none(node, "timers of orders", sender->timers.used);
        none(node, "open things (push_sender_open)", push_sender_open(sender));
    }
    if (node->kind == SIM_RECEIVER) {
        none(node, "calls", receiver->calls.used);
        none(node, "lines", receiver->lines.used);
        none(node, "contents", receiver->ins.used);
        none(node, "pagers", receiver->pagers);
        none(node, "octets of the calls' store", receiver->store.used);
        none(node, "timers of calls", receiver->timers.used);
        none(node, "open things (push_receiver_open)", push_receiver_open(receiver));
    }
}

static void empty_relay(struct sim_node *node)
{
    struct msrp_relay_counters counters;

    msrp_relay_count(node->relay, &counters);
    none(node, "connections of the relay", counters.connections);
    none(node, "URIs of the relay", counters.grants);
    none(node, "lanes of the relay", counters.lanes);
}

void sim_oracle_empty(struct sim_node *node)
{
    if (node->kind == SIM_RELAY)
        empty_relay(node);
    if (node->ua != NULL)
        empty_ua(node);
    if (node->agent != NULL)
        empty_msrp(node);
    empty_push(node);
}
