/* SPDX-License-Identifier: MIT
 * tests/sim/sim_node.c -- agents: made, driven by the verbs of base/io.h, and lost in a crash. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#include "../../dialog/sip_core.h"
#include "../../push/push_in.h"
#include "../../push/push_out.h"

/* How often timers are looked after: each so many turns of a node. */
#define LOOK 16

const struct sp_limits sim_limits = {
    .t1_ms = 500,
    .t2_ms = 4000,
    .t4_ms = 5000,
    .timer_c_ms = 181000,
    .timer_d_ms = 32000,
    .message_octets = 16384,
    .fields = 64,
    .transactions = 64,
    .streams = 8,
    .stream_accepts = 6,
    .stream_buffers = 8,
    .stream_half_ms = 32000,
    .stream_idle_ms = 180000,
    .store_octets = 256 * 1024,
    .dialogs = 12,
    .source_dialogs = 12,
    .dialog_octets = 2048,
    .registrations = 2,
    .subscriptions = 4,
    .notifiers = 16,
    .source_notifiers = 16,
    .publications = 2,
    .event_states = 8,
    .aor_states = 8,
    .msrp_sessions = 32,
    .msrp_connections = 16,
    .msrp_messages = 32,
    .msrp_head_octets = 2048,
    .msrp_path_octets = 512,
    .msrp_chunk_octets = 16384,
    .msrp_ranges = 16,
    .msrp_timeout_ms = 30000,
    .pushes = 16,
    .push_idle_ms = 180000,
    .push_files = 12,
    .content_octets = 8192,
    .pager_octets = 1300,
    .msrp_leases = 8,
    .msrp_unreported_octets = 65536,
    .relay_users = 4,
    .relay_grants = 16,
    .relay_user_grants = 16,
    .relay_lanes = 32,
    .relay_lane_octets = 65536,
    .relay_transits = 256,
};

void sim_nodes(struct sim *sim, int count)
{
    sim->nodes = sim_room(sim, (size_t)count * sizeof *sim->nodes);
    sim->count = count;
    for (int i = 0; i < count; i++) {
        struct sim_node *node = &sim->nodes[i];
        size_t           last = sim->family == SP_IPV6 ? 15 : 3;

        node->sim = sim;
        node->index = i;
        node->limits = sim_limits;
        node->addr.family = sim->family;
        node->addr.octets[0] = sim->family == SP_IPV6 ? 0xFD : 10;
        node->addr.octets[last] = (uint8_t)(i + 1);
        node->addr.octets[last - 1] = (uint8_t)((i + 1) >> 8);
    }
}

/* ---- agents are made */

static size_t size_of(const struct sim_node *node)
{
    switch (node->kind) {
    case SIM_SENDER: return push_sender_size(&node->limits);
    case SIM_RECEIVER: return push_receiver_size(&node->limits);
    case SIM_UA: return sip_ua_size(&node->limits);
    case SIM_MSRP: return msrp_agent_size(&node->limits);
    case SIM_RELAY: return msrp_relay_size(&node->limits);
    default: return 1;
    }
}

static struct sp_flow bind(struct sim_node *node, enum sp_transport transport,
                           enum sp_protocol protocol)
{
    struct sp_flow flow = { .id = node->sim->next_id++, .local = node->addr };

    flow.transport = (uint8_t)transport;
    flow.protocol = (uint8_t)protocol;
    flow.local.port = protocol == SP_MSRP ? SIM_MSRP_PORT : SIM_SIP_PORT;
    switch (node->kind) {
    case SIM_SENDER: push_sender_bound(node->sender, &flow); break;
    case SIM_RECEIVER: push_receiver_bound(node->receiver, &flow); break;
    case SIM_UA: sip_ua_bound(node->ua, &flow); break;
    default: break;
    }
    return flow;
}

static void init_push(struct sim_node *node, const uint8_t seed[SP_SEED_OCTETS])
{
    struct sp_trace             trace = sim_trace_hook(node);
    struct push_sender_config   sender = { .from = SP_LIT("sip:alice@a.example") };
    struct push_receiver_config receiver = { .uri = SP_LIT("sip:bob@b.example") };

    if (node->kind == SIM_SENDER) {
        node->sender = push_sender_init(node->memory, &node->limits, seed, &sender);
        node->ua = node->sender->link.ua;
        node->agent = node->sender->link.msrp;
        push_sender_trace(node->sender, trace);
    } else {
        node->receiver = push_receiver_init(node->memory, &node->limits, seed, &receiver);
        node->ua = node->receiver->link.ua;
        node->agent = node->receiver->link.msrp;
        push_receiver_trace(node->receiver, trace);
    }
}

static void init(struct sim_node *node, const uint8_t seed[SP_SEED_OCTETS])
{
    switch (node->kind) {
    case SIM_SENDER:
    case SIM_RECEIVER: init_push(node, seed); break;
    case SIM_UA:
        node->ua = sip_ua_init(node->memory, &node->limits, seed, &node->ua_config);
        sip_ua_trace(node->ua, sim_trace_hook(node));
        break;
    case SIM_MSRP:
        node->agent = msrp_agent_init(node->memory, &node->limits, seed);
        msrp_agent_trace(node->agent, sim_trace_hook(node));
        break;
    case SIM_RELAY:
        node->relay = msrp_relay_init(node->memory, &node->limits, seed, node->rules);
        msrp_relay_trace(node->relay, sim_trace_hook(node));
        break;
    case SIM_HAND: break;
    }
    if (node->kind != SIM_MSRP && node->kind != SIM_RELAY) {
        node->udp = bind(node, SP_UDP, SP_SIP);
        node->tcp = bind(node, SP_TCP, SP_SIP);
    }
    node->msrp = node->kind != SIM_UA ? bind(node, SP_TCP, SP_MSRP) : (struct sp_flow){ .id = 0 };
    node->kept = node->ua != NULL ? node->ua->store.used : 0;
}

void sim_begin(struct sim_node *node)
{
    size_t  octets = size_of(node);
    uint8_t seed[SP_SEED_OCTETS] = { 0 };

    node->memory = malloc(octets);
    if (node->memory == NULL)
        abort();
    memset(node->memory, 0xA5, octets); /* no agent may count on zeros */
    node->life++;
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)sim_below(node->sim, 256);
    node->ua = NULL;
    node->agent = NULL;
    node->tick_us = SP_NEVER;
    node->up = true;
    node->dark = false;
    init(node, seed);
    sim_trace_words(node, "begins");
}

void sim_crash(struct sim_node *node)
{
    sim_trace_words(node, "crashes");
    node->up = false;
    node->dark = sim_chance(node->sim, 500);
    sim_stream_orphan(node);
    sim_push_died(node);
    if (node->died != NULL)
        node->died(node->sim, node);
    free(node->memory);
    node->memory = NULL;
}

/* ---- agents are driven */

static void feed_sender(struct sim_node *node, const struct sim_event *event,
                        struct sp_slice octets, const struct sp_flow *flow)
{
    struct push_sender *sender = node->sender;
    uint64_t            now_us = node->sim->now_us;

    switch (event->kind) {
    case SIM_RECEIVED: push_sender_receive(sender, now_us, flow, octets); break;
    case SIM_ACCEPTED: push_sender_accepted(sender, now_us, flow); break;
    case SIM_CONNECTED: push_sender_connected(sender, now_us, event->cookie, flow); break;
    case SIM_CLOSED: push_sender_closed(sender, now_us, event->cookie, flow, event->err); break;
    case SIM_SENT: push_sender_sent(sender, now_us, flow); break;
    case SIM_RESOLVED:
        push_sender_resolved(sender, now_us, event->cookie, event->addrs, event->count);
        break;
    case SIM_FOUND:
        push_sender_found(sender, now_us, event->cookie, event->records, event->count);
        break;
    default: push_sender_tick(sender, now_us); break;
    }
}

static void feed_receiver(struct sim_node *node, const struct sim_event *event,
                          struct sp_slice octets, const struct sp_flow *flow)
{
    struct push_receiver *receiver = node->receiver;
    uint64_t              now_us = node->sim->now_us;

    switch (event->kind) {
    case SIM_RECEIVED: push_receiver_receive(receiver, now_us, flow, octets); break;
    case SIM_ACCEPTED: push_receiver_accepted(receiver, now_us, flow); break;
    case SIM_CONNECTED: push_receiver_connected(receiver, now_us, event->cookie, flow); break;
    case SIM_CLOSED: push_receiver_closed(receiver, now_us, event->cookie, flow, event->err); break;
    case SIM_SENT: push_receiver_sent(receiver, now_us, flow); break;
    case SIM_RESOLVED:
        push_receiver_resolved(receiver, now_us, event->cookie, event->addrs, event->count);
        break;
    case SIM_FOUND:
        push_receiver_found(receiver, now_us, event->cookie, event->records, event->count);
        break;
    default: push_receiver_tick(receiver, now_us); break;
    }
}

static void feed_ua(struct sim_node *node, const struct sim_event *event, struct sp_slice octets,
                    const struct sp_flow *flow)
{
    uint64_t now_us = node->sim->now_us;

    switch (event->kind) {
    case SIM_RECEIVED: sip_ua_receive(node->ua, now_us, flow, octets); break;
    case SIM_ACCEPTED: sip_ua_accepted(node->ua, now_us, flow); break;
    case SIM_CONNECTED: sip_ua_connected(node->ua, now_us, event->cookie, flow); break;
    case SIM_CLOSED: sip_ua_closed(node->ua, now_us, event->cookie, flow, event->err); break;
    case SIM_SENT: break;
    case SIM_RESOLVED:
        sip_ua_resolved(node->ua, now_us, event->cookie, event->addrs, event->count);
        break;
    case SIM_FOUND:
        sip_ua_found(node->ua, now_us, event->cookie, event->records, event->count);
        break;
    default: sip_ua_tick(node->ua, now_us); break;
    }
}

static void feed_msrp(struct sim_node *node, const struct sim_event *event, struct sp_slice octets,
                      const struct sp_flow *flow)
{
    struct msrp_agent *agent = node->agent;
    uint64_t           now_us = node->sim->now_us;

    switch (event->kind) {
    case SIM_RECEIVED: msrp_receive(agent, now_us, flow, octets); break;
    case SIM_ACCEPTED: msrp_accepted(agent, now_us, flow); break;
    case SIM_CONNECTED: msrp_connected(agent, now_us, event->cookie, flow); break;
    case SIM_CLOSED: msrp_closed(agent, now_us, event->cookie, flow, event->err); break;
    case SIM_SENT: msrp_sent(agent, now_us, flow); break;
    case SIM_RESOLVED:
        msrp_resolved(agent, now_us, event->cookie, event->addrs, event->count);
        break;
    default: msrp_tick(agent, now_us); break;
    }
}

static void feed_relay(struct sim_node *node, const struct sim_event *event, struct sp_slice octets,
                       const struct sp_flow *flow)
{
    struct msrp_relay *relay = node->relay;
    uint64_t           now_us = node->sim->now_us;

    switch (event->kind) {
    case SIM_RECEIVED: msrp_relay_receive(relay, now_us, flow, octets); break;
    case SIM_ACCEPTED: msrp_relay_accepted(relay, now_us, flow); break;
    case SIM_CONNECTED: msrp_relay_connected(relay, now_us, event->cookie, flow); break;
    case SIM_CLOSED: msrp_relay_closed(relay, now_us, event->cookie, flow, event->err); break;
    case SIM_SENT: msrp_relay_sent(relay, now_us, flow); break;
    case SIM_RESOLVED:
        msrp_relay_resolved(relay, now_us, event->cookie, event->addrs, event->count);
        break;
    default: msrp_relay_tick(relay, now_us); break;
    }
}

/* The octets of the event stay valid until the node was drained. */
void sim_feed(struct sim_node *node, const struct sim_event *event)
{
    static const char *const words[] = { "receives", "accepted", "connected", "closed",
                                         "sent",     "resolved", "found",     "ticks" };
    struct sp_slice          octets = sp_slice(event->octets, event->len);
    const struct sp_flow    *flow = event->flow.id != 0 ? &event->flow : NULL;
    struct sim_note          note = { .hand = event };

    if (flow != NULL)
        sim_trace_line(node, words[event->kind], flow, octets);
    else
        sim_trace_words(node, "%s %llx %s", words[event->kind], (unsigned long long)event->cookie,
                        sp_err_name(event->err));
    switch (node->kind) {
    case SIM_SENDER: feed_sender(node, event, octets, flow); break;
    case SIM_RECEIVER: feed_receiver(node, event, octets, flow); break;
    case SIM_UA: feed_ua(node, event, octets, flow); break;
    case SIM_MSRP: feed_msrp(node, event, octets, flow); break;
    case SIM_RELAY: feed_relay(node, event, octets, flow); break;
    case SIM_HAND: node->note(node->sim, node, &note); break;
    }
}

static uint64_t deadline_of(const struct sim_node *node)
{
    switch (node->kind) {
    case SIM_SENDER: return push_sender_deadline(node->sender);
    case SIM_RECEIVER: return push_receiver_deadline(node->receiver);
    case SIM_UA: return sip_ua_deadline(node->ua);
    case SIM_MSRP: return msrp_deadline(node->agent);
    case SIM_RELAY: return msrp_relay_deadline(node->relay);
    default: return SP_NEVER;
    }
}

static void drain_ua(struct sim_node *node)
{
    struct sip_ua_action action;
    struct sim_note      note = { .ua = &action };

    while (!node->sim->failed && sip_ua_next(node->ua, &action)) {
        if (action.kind == SIP_UA_IO)
            sim_perform(node, &action.io);
        else
            node->note(node->sim, node, &note);
    }
}

static void drain_msrp(struct sim_node *node)
{
    struct msrp_action action;
    struct sim_note    note = { .msrp = &action };

    while (!node->sim->failed && msrp_next(node->agent, &action)) {
        if (action.kind == MSRP_IO)
            sim_perform(node, &action.io);
        else
            node->note(node->sim, node, &note);
    }
}

static void drain_relay(struct sim_node *node)
{
    struct msrp_relay_action action;

    while (!node->sim->failed && msrp_relay_next(node->relay, &action))
        if (action.kind == MSRP_RELAY_IO)
            sim_perform(node, &action.io);
}

static void drain_push(struct sim_node *node)
{
    struct push_sender_action   sent;
    struct push_receiver_action received;

    if (node->kind == SIM_SENDER) {
        while (!node->sim->failed && push_sender_next(node->sender, &sent))
            sim_sender_note(node, &sent);
    } else {
        while (!node->sim->failed && push_receiver_next(node->receiver, &received))
            sim_receiver_note(node, &received);
    }
}

void sim_drain(struct sim_node *node)
{
    struct sim_event event = { .kind = SIM_TICK, .node = node, .life = node->life };
    uint64_t         at_us;

    switch (node->kind) {
    case SIM_SENDER:
    case SIM_RECEIVER: drain_push(node); break;
    case SIM_UA: drain_ua(node); break;
    case SIM_MSRP: drain_msrp(node); break;
    case SIM_RELAY: drain_relay(node); break;
    case SIM_HAND: return;
    }
    if (node->sim->steps % LOOK == 0)
        sim_oracle_timers(node);
    at_us = deadline_of(node);
    at_us = at_us > node->sim->now_us ? at_us : node->sim->now_us;
    if (at_us == SP_NEVER || at_us == node->tick_us)
        return;
    node->tick_us = at_us;
    sim_put(node->sim, &event, sp_slice(NULL, 0), at_us - node->sim->now_us);
}

void sim_close(struct sim_node *node)
{
    sim_trace_words(node, "is told to close");
    if (node->kind == SIM_SENDER)
        push_sender_close(node->sender, node->sim->now_us);
    else if (node->kind == SIM_RECEIVER)
        push_receiver_close(node->receiver, node->sim->now_us);
}
