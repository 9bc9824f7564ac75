/* SPDX-License-Identifier: MIT
 * tests/unit/push_unit.c -- a sender and a receiver in one process, over a network of memory. */
#include "push_unit.h"

#include <stdio.h>

#include "../../base/timers.h"
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

static struct sp_addr addr_of(int end, uint16_t port)
{
    struct sp_addr addr = { .family = SP_IPV4, .octets = { 192, 0, 2, 0 }, .port = port };

    addr.octets[3] = (uint8_t)(end + 1);
    return addr;
}

static int end_of(const struct sp_addr *addr)
{
    return addr->octets[3] - 1;
}

static struct sp_flow udp_flow(int end, const struct sp_addr *remote)
{
    struct sp_flow flow = { .id = (uint64_t)end + 1, .transport = SP_UDP, .protocol = SP_SIP };

    flow.local = addr_of(end, 5060);
    if (remote != NULL)
        flow.remote = *remote;
    return flow;
}

/* Events in the order of their time, those of one moment as they came. */
static void put(struct push_unit *unit, const struct push_unit_event *like, struct sp_slice octets,
                uint64_t delay_us)
{
    struct push_unit_event **at = &unit->events;
    struct push_unit_event  *event = malloc(sizeof(*event) + octets.len + 1);

    ck_assert_ptr_nonnull(event);
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

static void word(struct push_unit *unit, const char *text, uint64_t number)
{
    size_t used = strlen(unit->words);

    if (used + 40 < sizeof(unit->words))
        snprintf(unit->words + used, sizeof(unit->words) - used, "%s%s %llu", used > 0 ? ", " : "",
                 text, (unsigned long long)number);
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

static void send_datagram(struct push_unit *unit, int from, const struct sp_flow *flow,
                          struct sp_slice octets)
{
    struct push_unit_event event = { .kind = DATAGRAM, .to = end_of(&flow->remote) };
    struct sp_addr         source = addr_of(from, 5060);

    wire_put(unit, octets);
    unit->datagrams++;
    if (event.to < 0 || event.to >= PUSH_UNIT_ENDS || unit->deaf[event.to] ||
        (unit->lose_every > 0 && unit->datagrams % unit->lose_every == 0))
        return;
    event.flow = udp_flow(event.to, &source);
    put(unit, &event, octets, unit->delay_us);
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
        unit->msrp_octets += octets.len;
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
    stream = calloc(1, sizeof(*stream));
    ck_assert_ptr_nonnull(stream);
    for (int side = 0; side < 2; side++) {
        stream->ends[side] = side == 0 ? from : to;
        stream->open[side] = true;
        stream->flows[side].id = unit->next_id++;
        stream->flows[side].transport = SP_TCP;
        stream->flows[side].protocol = io->protocol;
        stream->flows[side].local = side == 0 ? addr_of(from, 40000) : io->addr;
        stream->flows[side].remote = side == 0 ? io->addr : addr_of(from, 40000);
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

static void perform(struct push_unit *unit, int from, const struct sp_io *io)
{
    struct push_unit_event event = { .kind = RESOLVED, .to = from, .cookie = io->cookie };

    switch (io->kind) {
    case SP_IO_NONE: break;
    case SP_IO_SEND:
        if (io->flow.transport == SP_UDP)
            send_datagram(unit, from, &io->flow, joined(io));
        else
            send_stream(unit, io);
        break;
    case SP_IO_CONNECT: connect_to(unit, from, io); break;
    case SP_IO_CLOSE: close_stream(unit, io); break;
    case SP_IO_RESOLVE:
        event.addr = addr_of(PUSH_UNIT_RECEIVER, io->port);
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

/* ---- the users --------------------------------------------------------------------------- */

static void give(struct push_unit *unit, const struct push_sender_action *action)
{
    struct push_unit_out *out = &unit->outs[action->index];
    struct sp_slice       octets = sp_from(out->octets, (size_t)action->offset);
    size_t                most = (size_t)action->octets;

    out->wants++;
    if (unit->abort_after > 0 && action->offset >= unit->abort_after) {
        ck_assert_int_eq(push_sender_abort(unit->sender, unit->now_us, unit->order), SP_OK);
        unit->abort_after = 0;
        return;
    }
    ck_assert_uint_gt(octets.len, 0);
    if (unit->step > 0 && most > unit->step)
        most = unit->step;
    if (unit->unreadable)
        octets = sp_slice(NULL, 0);
    push_sender_content(unit->sender, unit->now_us, action->order, action->index, action->offset,
                        sp_head(octets, most));
}

static void sender_note(struct push_unit *unit, const struct push_sender_action *action)
{
    struct push_unit_out *out = &unit->outs[action->index];

    switch (action->kind) {
    case PUSH_SENDER_IO: perform(unit, PUSH_UNIT_SENDER, &action->io); break;
    case PUSH_SENDER_CHOSEN:
        unit->chosen++;
        unit->mode = action->mode;
        ck_assert_uint_gt(strlen(action->why), 0);
        break;
    case PUSH_SENDER_WANT: give(unit, action); break;
    case PUSH_SENDER_STARTED:
        word(unit, "STARTED", action->index);
        out->started++;
        break;
    case PUSH_SENDER_PROGRESS:
        ck_assert_uint_ge(action->offset, out->progress);
        out->progress = action->offset;
        break;
    case PUSH_SENDER_CONTENT_ENDED:
        word(unit, sp_err_name(action->err), action->index);
        out->ended++;
        out->err = action->err;
        out->status = action->status;
        snprintf(out->timer, sizeof(out->timer), "%s", action->timer != NULL ? action->timer : "");
        snprintf(out->reason, sizeof(out->reason), "%.*s", SP_ARG(action->reason));
        break;
    case PUSH_SENDER_ENDED:
        word(unit, "ENDED", action->user);
        unit->ended++;
        unit->rtt_us = action->rtt_us;
        break;
    }
}

static struct push_unit_in *in_of(struct push_unit *unit, struct sp_handle push)
{
    for (int i = 0; i < unit->offered; i++)
        if (sp_handle_eq(unit->ins[i].push, push))
            return &unit->ins[i];
    ck_abort_msg("a note about a push that was never offered");
    return NULL;
}

static void take_offer(struct push_unit *unit, const struct push_receiver_action *action)
{
    struct push_unit_in *in = &unit->ins[unit->offered];
    uint16_t             status = unit->decide[unit->offered];

    ck_assert_int_lt(unit->offered, PUSH_UNIT_CONTENTS);
    word(unit, "OFFERED", (uint64_t)unit->offered);
    unit->offered++;
    in->push = action->push;
    in->mode = action->mode;
    in->at_once = action->at_once;
    in->announced = action->content.octets;
    in->has_sha1 = action->content.has_sha1;
    snprintf(in->name, sizeof(in->name), "%.*s", SP_ARG(action->content.name));
    snprintf(in->type, sizeof(in->type), "%.*s", SP_ARG(action->content.type));
    snprintf(in->from, sizeof(in->from), "%.*s", SP_ARG(action->from));
    if (!unit->hold || in->at_once)
        unit_err(push_receiver_decide(unit->receiver, unit->now_us, action->push,
                                      status != 0 ? status : 200, 1000 + (uint64_t)unit->offered),
                 SP_OK);
}

static void take_content(struct push_unit *unit, const struct push_receiver_action *action)
{
    struct push_unit_in *in = in_of(unit, action->push);
    uint64_t             to = action->offset + action->octets.len;

    if (to > in->extent) {
        in->octets = realloc(in->octets, (size_t)to);
        ck_assert_ptr_nonnull(in->octets);
        in->extent = to;
    }
    memcpy(in->octets + action->offset, action->octets.at, action->octets.len);
    unit->came += action->octets.len;
    if (unit->cut_after > 0 && unit->came >= unit->cut_after) {
        unit->cut_after = 0;
        push_unit_cut(unit);
    }
    if (unit->close_after > 0 && unit->came >= unit->close_after) {
        unit->close_after = 0;
        push_receiver_close(unit->receiver, unit->now_us);
    }
    if (unit->give_up_after > 0 && unit->came >= unit->give_up_after) {
        unit->give_up_after = 0;
        unit_err(push_receiver_abort(unit->receiver, unit->now_us, action->push, SP_STORAGE),
                 SP_OK);
    }
}

static void receiver_note(struct push_unit *unit, const struct push_receiver_action *action)
{
    struct push_unit_in *in;

    switch (action->kind) {
    case PUSH_RECEIVER_IO: perform(unit, PUSH_UNIT_RECEIVER, &action->io); break;
    case PUSH_RECEIVER_OFFERED: take_offer(unit, action); break;
    case PUSH_RECEIVER_CONTENT: take_content(unit, action); break;
    case PUSH_RECEIVER_COMPLETE:
        in = in_of(unit, action->push);
        in->completes++;
        ck_assert_uint_eq(action->total, in->extent);
        if (!unit->hold_stored)
            unit_err(
                push_receiver_stored(unit->receiver, unit->now_us, action->push, unit->store_err),
                SP_OK);
        break;
    case PUSH_RECEIVER_DELIVERED:
        in = in_of(unit, action->push);
        in->delivered++;
        word(unit, "DELIVERED", (uint64_t)(in - unit->ins));
        unit_err(push_receiver_stored(unit->receiver, unit->now_us, action->push, SP_OK), SP_STALE);
        break;
    case PUSH_RECEIVER_FAILED:
        in = in_of(unit, action->push);
        in->failed++;
        in->err = action->err;
        in->status = action->status;
        word(unit, "FAILED", (uint64_t)(in - unit->ins));
        break;
    }
}

void push_unit_drain(struct push_unit *unit)
{
    struct push_sender_action   sent;
    struct push_receiver_action received;

    while (push_sender_next(unit->sender, &sent))
        sender_note(unit, &sent);
    while (push_receiver_next(unit->receiver, &received))
        receiver_note(unit, &received);
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
    free(event);
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

void push_unit_finish(struct push_unit *unit)
{
    uint64_t until_us = unit->now_us + UINT64_C(240000000);

    push_unit_drain(unit);
    while (unit->ended == 0 && step(unit, until_us)) {
    }
    ck_assert_int_eq(unit->ended, 1);
    push_unit_run(unit, 100000);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
}

/* ---- making ------------------------------------------------------------------------------ */

static struct sp_flow listener(int end, enum sp_protocol protocol)
{
    struct sp_flow flow = { .transport = SP_TCP, .protocol = (uint8_t)protocol };

    flow.id = 10 + (uint64_t)end * 2 + protocol;
    flow.local = addr_of(end, protocol == SP_MSRP ? 2855 : 5060);
    return flow;
}

struct push_unit *push_unit_new(const struct sp_limits *sender, const struct sp_limits *receiver,
                                const struct push_receiver_config *config)
{
    static const struct push_receiver_config takes_all = { .uri = { "sip:bob@192.0.2.2", 17 } };
    static const struct push_sender_config   alice = { .from = { "sip:alice@192.0.2.1", 19 } };
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
        struct sp_flow udp = udp_flow(end, NULL);
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

struct sp_slice push_unit_pattern(size_t octets, unsigned salt)
{
    char    *room = unit_room(octets > 0 ? octets : 1);
    uint32_t state = salt * 2654435761u + 1;

    for (size_t i = 0; i < octets; i++) {
        state = state * 1664525u + 1013904223u;
        room[i] = (char)(state >> 24);
    }
    return sp_slice(room, octets);
}

struct push_content push_unit_content(const char *name, const char *type, struct sp_slice octets,
                                      bool at_hand)
{
    struct push_content content = { .name = sp_str(name), .type = sp_str(type) };
    struct sp_sha1      sha;

    sp_sha1_init(&sha);
    sp_sha1_add(&sha, octets);
    sp_sha1_end(&sha, content.sha1);
    content.has_sha1 = true;
    content.octets = octets.len;
    content.body = at_hand ? octets : sp_slice(octets.at, 0);
    return content;
}

enum sp_err push_unit_order_to(struct push_unit *unit, const char *to, enum push_mode mode,
                               bool parallel, const struct push_content *contents, uint32_t count)
{
    struct push_order order = {
        .to = sp_str(to),
        .mode = mode,
        .contents = contents,
        .count = count,
        .parallel = parallel,
        .user = 7,
    };

    for (uint32_t i = 0; i < count && i < PUSH_UNIT_CONTENTS; i++)
        unit->outs[i].octets = sp_slice(contents[i].body.at, (size_t)contents[i].octets);
    return push_sender_submit(unit->sender, unit->now_us, &order, &unit->order);
}

enum sp_err push_unit_order(struct push_unit *unit, enum push_mode mode, bool parallel,
                            const struct push_content *contents, uint32_t count)
{
    return push_unit_order_to(unit, "sip:bob@192.0.2.2", mode, parallel, contents, count);
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

void push_unit_hand_octets(struct push_unit *unit, int to, struct sp_slice octets)
{
    struct sp_addr remote = addr_of(to, 5060);
    struct sp_flow flow = udp_flow(PUSH_UNIT_HAND, &remote);

    send_datagram(unit, PUSH_UNIT_HAND, &flow, octets);
}

void push_unit_hand_send(struct push_unit *unit, int to, const char *text)
{
    static char   room[65536];
    struct sp_buf buf = sp_buf(room, sizeof(room));

    for (; *text != '\0'; text++) {
        if (*text == '\n')
            sp_put_char(&buf, '\r');
        sp_put_char(&buf, *text);
    }
    push_unit_hand_octets(unit, to, sp_written(&buf));
}

struct sp_slice push_unit_hand_got(const struct push_unit *unit, const char *start)
{
    for (int i = unit->hand_count - 1; i >= 0 && i >= unit->hand_count - 8; i--) {
        struct sp_slice got = sp_slice(unit->hand[i % 8], unit->hand_octets[i % 8]);

        if (sp_starts(got, sp_str(start)))
            return got;
    }
    return sp_slice(NULL, 0);
}

struct sp_slice push_unit_attribute(struct sp_slice message, const char *name, int n)
{
    char            key[64];
    struct sp_slice rest = message;

    snprintf(key, sizeof(key), "\na=%s:", name);
    for (;; n--) {
        rest = sp_from(rest, sp_find_slice(rest, sp_str(key)));
        if (rest.len == 0)
            return rest;
        rest = sp_from(rest, strlen(key));
        if (n == 0)
            return sp_head(rest, sp_find(rest, '\r'));
    }
}

static struct sp_slice filled(struct sp_slice request, const char *body)
{
    static char   room[8192];
    struct sp_buf to = sp_buf(room, sizeof(room));

    for (; *body != '\0'; body++) {
        if (*body == '\n')
            sp_put_text(&to, "\r\n");
        else if (*body != '%')
            sp_put_char(&to, *body);
        else if (*++body == '%')
            sp_put_char(&to, '%');
        else if (*body == 'P')
            sp_put(&to, push_unit_attribute(request, "path", 0));
        else if (*body == 'T')
            sp_put(&to, push_unit_attribute(request, "file-transfer-id", 0));
        else if (*body == 'U')
            sp_put(&to, push_unit_attribute(request, "file-transfer-id", 1));
        else
            sp_put(&to, push_unit_attribute(request, "file-selector", 0));
    }
    ck_assert_int_eq(to.err, SP_OK);
    return sp_written(&to);
}

void push_unit_hand_answer(struct push_unit *unit, const char *method, const char *status,
                           const char *fields, const char *body)
{
    static char      room[16384];
    struct sp_slice  got = push_unit_hand_got(unit, method);
    struct sp_slice  text = filled(got, body);
    struct sip_field places[64];
    struct sip_msg   msg;
    struct sp_where  where;
    struct sp_slice  to;
    int              used;

    ck_assert_uint_gt(got.len, 0);
    sip_msg_init(&msg, places, 64);
    unit_err(sip_msg_parse(got, &msg, &where), SP_OK);
    to = sip_msg_value(&msg, SIP_FIELD_TO);
    used = snprintf(room, sizeof(room),
                    "SIP/2.0 %s\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s%s\r\n"
                    "Call-ID: %.*s\r\nCSeq: %.*s\r\nContact: <sip:carol@192.0.2.3>\r\n%s%s"
                    "Content-Length: %d\r\n\r\n%.*s",
                    status, SP_ARG(sip_msg_value(&msg, SIP_FIELD_VIA)),
                    SP_ARG(sip_msg_value(&msg, SIP_FIELD_FROM)), SP_ARG(to),
                    sp_find_slice(to, SP_LIT(";tag=")) == to.len ? ";tag=h" : "",
                    SP_ARG(sip_msg_value(&msg, SIP_FIELD_CALL_ID)),
                    SP_ARG(sip_msg_value(&msg, SIP_FIELD_CSEQ)), fields,
                    text.len > 0 ? "Content-Type: application/sdp\r\n" : "", (int)text.len,
                    SP_ARG(text));
    push_unit_hand_octets(unit, PUSH_UNIT_SENDER, sp_slice(room, (size_t)used));
}

/* A request of the dialog that hand_invite begins; the tag is that of the last answer. */
static void hand_request(struct push_unit *unit, const char *method, const char *branch, int cseq,
                         struct sp_slice body)
{
    static char     room[16384];
    struct sp_slice tag = push_unit_hand_got(unit, "SIP/2.0 ");
    int             used;

    tag = sp_from(tag, sp_find_slice(tag, SP_LIT("\r\nTo: ")));
    tag = sp_head(tag, sp_find_slice(sp_from(tag, 2), SP_LIT("\r\n")) + 2);
    tag = sp_from(tag, sp_find_slice(tag, SP_LIT(";tag=")));
    if (cseq == 1 && strcmp(method, "INVITE") == 0)
        tag = sp_slice(NULL, 0);
    used = snprintf(room, sizeof(room),
                    "%s sip:bob@192.0.2.2 SIP/2.0\r\n"
                    "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bK%s%d\r\nMax-Forwards: 70\r\n"
                    "From: <sip:carol@192.0.2.3>;tag=1\r\nTo: <sip:bob@192.0.2.2>%.*s\r\n"
                    "Call-ID: hand\r\nCSeq: %d %s\r\nContact: <sip:carol@192.0.2.3>\r\n%s"
                    "Content-Length: %d\r\n\r\n%.*s",
                    method, branch, cseq, SP_ARG(tag), cseq, method,
                    body.len > 0 ? "Content-Type: application/sdp\r\n" : "", (int)body.len,
                    SP_ARG(body));
    push_unit_hand_octets(unit, PUSH_UNIT_RECEIVER, sp_slice(room, (size_t)used));
}

void push_unit_hand_invite(struct push_unit *unit, int cseq, const char *body)
{
    hand_request(unit, "INVITE", "i", cseq, filled(sp_slice(NULL, 0), body));
}

void push_unit_hand_ack(struct push_unit *unit, int cseq)
{
    struct sp_slice answer = push_unit_hand_got(unit, "SIP/2.0 ");

    /* of a 2xx it is a request of its own, else of the INVITE's transaction */
    hand_request(unit, "ACK", sp_starts(answer, SP_LIT("SIP/2.0 2")) ? "a" : "i", cseq,
                 sp_slice(NULL, 0));
}

void push_unit_hand_bye(struct push_unit *unit, int cseq)
{
    hand_request(unit, "BYE", "b", cseq, sp_slice(NULL, 0));
}

void push_unit_hand_connect(struct push_unit *unit)
{
    struct sp_io io = { .kind = SP_IO_CONNECT, .protocol = SP_MSRP };

    io.addr = addr_of(PUSH_UNIT_RECEIVER, 2855);
    connect_to(unit, PUSH_UNIT_HAND, &io);
    push_unit_run(unit, 10);
    ck_assert_uint_ne(unit->hand_flow.id, 0);
}

void push_unit_hand_msrp(struct push_unit *unit, const char *text)
{
    struct sp_io io = { .kind = SP_IO_SEND, .flow = unit->hand_flow };

    io.parts[0] = filled(push_unit_hand_got(unit, "SIP/2.0 200"), text);
    send_stream(unit, &io);
    push_unit_run(unit, 10);
}
