/* SPDX-License-Identifier: MIT
 * tests/unit/push_unit.c -- the network of memory, and the clock. */
#include "push_unit.h"

#include <stdio.h>

#include "../../base/timers.h"
#include "../../push/push_in.h"
#include "../../push/push_out.h"
#include "unit.h"

enum kind { DATAGRAM, OCTETS, ACCEPTED, CONNECTED, REFUSED_, CLOSED_, SENT, RESOLVED };

struct push_unit_event {
    struct push_unit_event *next;
    uint64_t                at_us;
    enum kind               kind;
    int                     to;
    uint64_t                stream; /* 0: none */
    int                     side;
    struct sp_flow          flow;
    uint64_t                cookie;
    struct sp_addr          addr;
    size_t                  len;
    char                    octets[];
};

struct push_unit_stream {
    struct push_unit_stream *next;
    int                      ends[2]; /* who is at which side */
    struct sp_flow           flows[2];
    bool                     open[2];
};

struct sp_addr push_unit_addr(int end, uint16_t port)
{
    struct sp_addr addr = { .family = SP_IPV4, .octets = { 192, 0, 2, 0 }, .port = port };

    addr.octets[3] = (uint8_t)(end + 1);
    return addr;
}

static int end_of(const struct sp_addr *addr)
{
    return addr->octets[3] - 1;
}

struct sp_flow push_unit_udp(int end, const struct sp_addr *remote)
{
    struct sp_flow flow = { .id = (uint64_t)end + 1, .transport = SP_UDP, .protocol = SP_SIP };

    flow.local = push_unit_addr(end, 5060);
    if (remote != NULL)
        flow.remote = *remote;
    return flow;
}

/* Events in the order of their time, those of one moment as they came. */
static void put(struct push_unit *unit, const struct push_unit_event *like, struct sp_slice octets,
                uint64_t delay_us)
{
    struct push_unit_event **at = &unit->events;
    struct push_unit_event  *event = unit_room(sizeof(*event) + octets.len + 1);

    *event = *like;
    event->at_us = unit->now_us + delay_us;
    event->len = octets.len;
    if (octets.len > 0)
        memcpy(event->octets, octets.at, octets.len);
    while (*at != NULL && (*at)->at_us <= event->at_us)
        at = &(*at)->next;
    event->next = *at;
    *at = event;
}

static struct push_unit_stream *stream_of(struct push_unit *unit, uint64_t id, int *side)
{
    struct push_unit_stream *stream;

    for (stream = unit->streams; stream != NULL; stream = stream->next)
        for (*side = 0; *side < 2; ++*side)
            if (stream->flows[*side].id == id)
                return stream;
    return NULL;
}

/* ---- what agents want done -------------------------------------------------------------- */

static void wire_put(struct push_unit *unit, struct sp_slice octets)
{
    if (unit->wire_octets + octets.len < sizeof(unit->wire)) {
        memcpy(unit->wire + unit->wire_octets, octets.at, octets.len);
        unit->wire_octets += octets.len;
    }
}

static struct sp_slice joined(const struct sp_io *io)
{
    static char   room[2 * 1024 * 1024];
    struct sp_buf buf = sp_buf(room, sizeof(room));

    for (int i = 0; i < SP_IO_PARTS; i++)
        sp_put(&buf, io->parts[i]);
    ck_assert_int_eq(buf.err, SP_OK);
    return sp_written(&buf);
}

void push_unit_datagram(struct push_unit *unit, int from, const struct sp_flow *flow,
                        struct sp_slice octets)
{
    struct push_unit_event event = { .kind = DATAGRAM, .to = end_of(&flow->remote) };
    struct sp_addr         source = push_unit_addr(from, 5060);

    wire_put(unit, octets);
    unit->datagrams++;
    if (event.to < 0 || event.to >= PUSH_UNIT_ENDS || unit->deaf[event.to] ||
        (unit->lose_every > 0 && unit->datagrams % unit->lose_every == 0))
        return;
    event.flow = push_unit_udp(event.to, &source);
    put(unit, &event, octets, unit->delay_us);
}

/* A piece of an MSRP stream: who is named in it, and may it pass? */
static void msrp_passes(struct push_unit *unit, struct sp_slice octets)
{
    struct sp_slice id = sp_from(octets, sp_find_slice(octets, SP_LIT("Message-ID: ")) + 12);
    char           *last = unit->ids[unit->id_count > 0 ? unit->id_count - 1 : 0];
    bool            content = sp_find_slice(octets, SP_LIT("Content-Type: ")) < octets.len;

    if (unit->msrp_octets == 0)
        memcpy(unit->msrp, octets.at,
               octets.len < sizeof(unit->msrp) ? octets.len : sizeof(unit->msrp));
    unit->msrp_octets += octets.len;
    id = sp_head(id, sp_find(id, '\r'));
    if (content && !sp_eq(id, sp_str(last)) && unit->id_count < 8 && id.len < sizeof unit->ids[0])
        memcpy(unit->ids[unit->id_count++], id.at, id.len);
    if (unit->narrow > 0 && octets.len > unit->narrow)
        push_unit_cut(unit);
}

static void send_stream(struct push_unit *unit, const struct sp_io *io)
{
    struct sp_slice          octets = joined(io);
    int                      side;
    struct push_unit_stream *stream = stream_of(unit, io->flow.id, &side);
    struct push_unit_event   event = { .kind = OCTETS, .stream = io->flow.id };

    if (stream == NULL || !stream->open[side])
        return;
    if (io->flow.protocol == SP_MSRP)
        msrp_passes(unit, octets);
    else
        wire_put(unit, octets);
    event.side = !side;
    event.to = stream->ends[!side];
    event.flow = stream->flows[!side];
    while (octets.len > 0) {
        put(unit, &event, sp_head(octets, unit->segment), unit->delay_us);
        octets = sp_from(octets, unit->segment);
    }
    if (io->want_sent) {
        event.kind = SENT;
        event.side = side;
        event.to = stream->ends[side];
        event.flow = stream->flows[side];
        put(unit, &event, sp_slice(NULL, 0), unit->delay_us);
    }
}

static void connect_to(struct push_unit *unit, int from, const struct sp_io *io)
{
    struct push_unit_event   event = { .kind = REFUSED_, .to = from, .cookie = io->cookie };
    struct push_unit_stream *stream;
    int                      to = end_of(&io->addr);
    bool                     listens = to >= 0 && to < PUSH_UNIT_HAND &&
                   io->addr.port == (io->protocol == SP_MSRP ? 2855 : 5060);

    if (!listens || (io->protocol == SP_MSRP && unit->refuse_msrp)) {
        put(unit, &event, sp_slice(NULL, 0), unit->delay_us);
        return;
    }
    stream = unit_room(sizeof(*stream));
    for (int side = 0; side < 2; side++) {
        stream->ends[side] = side == 0 ? from : to;
        stream->open[side] = true;
        stream->flows[side].id = unit->next_id++;
        stream->flows[side].transport = SP_TCP;
        stream->flows[side].protocol = io->protocol;
        stream->flows[side].local = side == 0 ? push_unit_addr(from, 40000) : io->addr;
        stream->flows[side].remote = side == 0 ? io->addr : push_unit_addr(from, 40000);
    }
    stream->next = unit->streams;
    unit->streams = stream;
    unit->connections += io->protocol == SP_MSRP;
    event.kind = CONNECTED;
    event.flow = stream->flows[0];
    put(unit, &event, sp_slice(NULL, 0), unit->delay_us);
    event.kind = ACCEPTED;
    event.to = to;
    event.flow = stream->flows[1];
    put(unit, &event, sp_slice(NULL, 0), unit->delay_us);
}

static void close_stream(struct push_unit *unit, const struct sp_io *io)
{
    int                      side;
    struct push_unit_stream *stream = stream_of(unit, io->flow.id, &side);
    struct push_unit_event   event = { .kind = CLOSED_ };

    if (stream == NULL || !stream->open[side])
        return;
    stream->open[side] = false;
    event.to = stream->ends[!side];
    event.flow = stream->flows[!side];
    put(unit, &event, sp_slice(NULL, 0), unit->delay_us);
}

void push_unit_perform(struct push_unit *unit, int from, const struct sp_io *io)
{
    struct push_unit_event event = { .kind = RESOLVED, .to = from, .cookie = io->cookie };

    switch (io->kind) {
    case SP_IO_HOLD:
    case SP_IO_READ:
    case SP_IO_NONE: break;
    case SP_IO_SEND:
        if (io->flow.transport == SP_UDP)
            push_unit_datagram(unit, from, &io->flow, joined(io));
        else
            send_stream(unit, io);
        break;
    case SP_IO_CONNECT: connect_to(unit, from, io); break;
    case SP_IO_CLOSE: close_stream(unit, io); break;
    case SP_IO_RESOLVE:
        event.addr = push_unit_addr(PUSH_UNIT_RECEIVER, io->port);
        event.len = sp_eq(io->host, SP_LIT("receiver.example.com"));
        put(unit, &event, sp_slice("x", event.len), unit->delay_us);
        break;
    }
}

void push_unit_cut(struct push_unit *unit)
{
    struct push_unit_stream *stream;

    for (stream = unit->streams; stream != NULL; stream = stream->next)
        for (int side = 0; side < 2; side++) {
            struct push_unit_event event = { .kind = CLOSED_, .to = stream->ends[side] };

            event.flow = stream->flows[side];
            if (stream->flows[side].protocol == SP_MSRP && stream->open[side])
                put(unit, &event, sp_slice(NULL, 0), 0);
        }
}

/* ---- what happens ------------------------------------------------------------------------ */

static void hand_event(struct push_unit *unit, const struct push_unit_event *event)
{
    int at;

    if (event->kind == CONNECTED)
        unit->hand_flow = event->flow;
    if (event->kind == OCTETS) {
        memcpy(unit->hand_stream + unit->hand_stream_octets, event->octets, event->len);
        unit->hand_stream_octets += event->len;
    }
    if (event->kind != DATAGRAM)
        return;
    at = unit->hand_count++ % 8;
    memcpy(unit->hand[at], event->octets, event->len);
    unit->hand_octets[at] = event->len;
}

static void sender_event(struct push_sender *sender, uint64_t now_us,
                         const struct push_unit_event *event, struct sp_slice octets)
{
    switch (event->kind) {
    case DATAGRAM:
    case OCTETS: push_sender_receive(sender, now_us, &event->flow, octets); break;
    case ACCEPTED: push_sender_accepted(sender, now_us, &event->flow); break;
    case CONNECTED: push_sender_connected(sender, now_us, event->cookie, &event->flow); break;
    case REFUSED_: push_sender_closed(sender, now_us, event->cookie, NULL, SP_TRANSPORT); break;
    case CLOSED_: push_sender_closed(sender, now_us, 0, &event->flow, SP_CLOSED); break;
    case SENT: push_sender_sent(sender, now_us, &event->flow); break;
    case RESOLVED:
        push_sender_resolved(sender, now_us, event->cookie, &event->addr, event->len);
        break;
    }
}

static void receiver_event(struct push_receiver *receiver, uint64_t now_us,
                           const struct push_unit_event *event, struct sp_slice octets)
{
    switch (event->kind) {
    case DATAGRAM:
    case OCTETS: push_receiver_receive(receiver, now_us, &event->flow, octets); break;
    case ACCEPTED: push_receiver_accepted(receiver, now_us, &event->flow); break;
    case CONNECTED: push_receiver_connected(receiver, now_us, event->cookie, &event->flow); break;
    case REFUSED_: push_receiver_closed(receiver, now_us, event->cookie, NULL, SP_TRANSPORT); break;
    case CLOSED_: push_receiver_closed(receiver, now_us, 0, &event->flow, SP_CLOSED); break;
    case SENT: push_receiver_sent(receiver, now_us, &event->flow); break;
    case RESOLVED:
        push_receiver_resolved(receiver, now_us, event->cookie, &event->addr, event->len);
        break;
    }
}

/* False: the stream's end that this is for is closed. */
static bool still_open(struct push_unit *unit, const struct push_unit_event *event)
{
    int                      side;
    struct push_unit_stream *stream;

    if (event->kind != OCTETS && event->kind != CLOSED_ && event->kind != SENT)
        return true;
    stream = stream_of(unit, event->flow.id, &side);
    if (stream == NULL || !stream->open[side])
        return false;
    if (event->kind == CLOSED_)
        stream->open[side] = false;
    return true;
}

static void happen(struct push_unit *unit)
{
    struct push_unit_event *event = unit->events;
    struct sp_slice         octets;

    ck_assert_uint_gt(unit->events_left--, 0);
    unit->events = event->next;
    unit->now_us = event->at_us;
    octets = unit_octets(event->octets, event->len);
    if (still_open(unit, event)) {
        if (event->to == PUSH_UNIT_SENDER)
            sender_event(unit->sender, unit->now_us, event, octets);
        else if (event->to == PUSH_UNIT_RECEIVER)
            receiver_event(unit->receiver, unit->now_us, event, octets);
        else
            hand_event(unit, event);
    }
    push_unit_drain(unit);
}

/* The next moment at which something happens. */
static uint64_t next_us(const struct push_unit *unit)
{
    uint64_t sender = push_sender_deadline(unit->sender);
    uint64_t receiver = push_receiver_deadline(unit->receiver);
    uint64_t event = unit->events != NULL ? unit->events->at_us : SP_NEVER;
    uint64_t agents = sender < receiver ? sender : receiver;

    return event < agents ? event : agents;
}

static bool step(struct push_unit *unit, uint64_t until_us)
{
    uint64_t at_us = next_us(unit);

    if (at_us == SP_NEVER || at_us > until_us)
        return false;
    if (unit->events != NULL && unit->events->at_us <= at_us) {
        happen(unit);
        return true;
    }
    ck_assert_uint_gt(unit->events_left--, 0);
    unit->now_us = at_us > unit->now_us ? at_us : unit->now_us;
    push_sender_tick(unit->sender, unit->now_us);
    push_receiver_tick(unit->receiver, unit->now_us);
    push_unit_drain(unit);
    return true;
}

void push_unit_run(struct push_unit *unit, uint64_t ms)
{
    uint64_t until_us = unit->now_us + ms * 1000;

    push_unit_drain(unit);
    while (step(unit, until_us)) {
    }
    unit->now_us = until_us;
}

void push_unit_nothing_left(const struct push_unit *unit)
{
    ck_assert_uint_eq(unit->sender->store.used, 0);
    ck_assert_uint_eq(unit->sender->jobs.used, 0);
    ck_assert_uint_eq(unit->sender->timers.used, 0);
    ck_assert_uint_eq(unit->receiver->store.used, 0);
    ck_assert_uint_eq(unit->receiver->calls.used, 0);
    ck_assert_uint_eq(unit->receiver->lines.used, 0);
    ck_assert_uint_eq(unit->receiver->ins.used, 0);
    ck_assert_uint_eq(unit->receiver->timers.used, 0);
    ck_assert_uint_eq(unit->receiver->pagers, 0);
}

void push_unit_finish(struct push_unit *unit)
{
    uint64_t until_us = unit->now_us + UINT64_C(240000000);

    push_unit_drain(unit);
    while (unit->ended == 0 && step(unit, until_us)) {
    }
    ck_assert_int_eq(unit->ended, 1);
    push_unit_run(unit, 100000);
    push_unit_nothing_left(unit);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
}

/* ---- making ------------------------------------------------------------------------------ */

static struct sp_flow listener(int end, enum sp_protocol protocol)
{
    struct sp_flow flow = { .transport = SP_TCP, .protocol = (uint8_t)protocol };

    flow.id = 10 + (uint64_t)end * 2 + protocol;
    flow.local = push_unit_addr(end, protocol == SP_MSRP ? 2855 : 5060);
    return flow;
}

bool push_unit_serves;

struct push_unit *push_unit_new(const struct sp_limits *sender, const struct sp_limits *receiver,
                                const struct push_receiver_config *config)
{
    static const struct push_receiver_config takes_all = { .uri = { "sip:bob@192.0.2.2", 17 } };
    struct push_sender_config                alice = { .from = { "sip:alice@192.0.2.1", 19 },
                                                       .serves = push_unit_serves };
    struct push_unit                        *unit = unit_room(sizeof(*unit));
    uint8_t                                  seed[SP_SEED_OCTETS] = { 1 };

    unit->limits[0] = sender != NULL ? *sender : sp_limits_default;
    unit->limits[1] = receiver != NULL ? *receiver : sp_limits_default;
    unit->delay_us = 1000;
    unit->segment = 1460;
    unit->next_id = 1000;
    unit->events_left = 4000000;
    unit->now_us = 1000000;
    unit->sender = push_sender_init(unit_room(push_sender_size(&unit->limits[0])), &unit->limits[0],
                                    seed, &alice);
    seed[0] = 2;
    unit->receiver = push_receiver_init(unit_room(push_receiver_size(&unit->limits[1])),
                                        &unit->limits[1], seed,
                                        config != NULL ? config : &takes_all);
    ck_assert_ptr_nonnull(unit->sender);
    ck_assert_ptr_nonnull(unit->receiver);
    for (int end = 0; end < 2; end++) {
        struct sp_flow udp = push_unit_udp(end, NULL);
        struct sp_flow tcp = listener(end, SP_SIP);
        struct sp_flow msrp = listener(end, SP_MSRP);

        if (end == PUSH_UNIT_SENDER) {
            push_sender_bound(unit->sender, &udp);
            push_sender_bound(unit->sender, &tcp);
            push_sender_bound(unit->sender, &msrp);
        } else {
            push_receiver_bound(unit->receiver, &udp);
            push_receiver_bound(unit->receiver, &tcp);
            push_receiver_bound(unit->receiver, &msrp);
        }
    }
    return unit;
}

/* ---- looking ------------------------------------------------------------------------------ */

void push_unit_delivered(const struct push_unit *unit, int out, int in)
{
    const struct push_unit_out *sent = &unit->outs[out];
    const struct push_unit_in  *received = &unit->ins[in];

    unit_err(sent->err, SP_OK);
    ck_assert_int_eq(sent->ended, 1);
    ck_assert_int_eq(received->completes, 1);
    ck_assert_int_eq(received->delivered, 1);
    ck_assert_int_eq(received->failed, 0);
    ck_assert_uint_eq(received->extent, sent->octets.len);
    if (sent->octets.len > 0)
        ck_assert_int_eq(memcmp(received->octets, sent->octets.at, sent->octets.len), 0);
}

int push_unit_count(const struct push_unit *unit, const char *text)
{
    struct sp_slice rest = sp_slice(unit->wire, unit->wire_octets);
    int             count = 0;

    for (;;) {
        size_t at = sp_find_slice(rest, sp_str(text));

        if (at == rest.len)
            return count;
        rest = sp_from(rest, at + 1);
        count++;
    }
}
