/* SPDX-License-Identifier: MIT
 * tests/sim/sim_stream.c -- connections: octets in order, in pieces, slowly, and only so far.
 *
 * A connection has two sides and two ways. Octets of a way are kept until they moved; how many move
 * at a time is drawn, so every boundary between two reads is met. A connection whose way is cut
 * breaks after exactly so many octets. The law of base/io.h is kept here: one `sent` for each
 * want_sent, nothing after a close. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

/* While so much waits in a side's host, for its system takes no more, that side is not read. */
#define QUEUE_OCTETS (1024 * 1024)

struct side {
    struct sim_node *node;
    uint32_t         life;
    struct sp_flow   flow;
    bool             open;   /* its agent has it, or will */
    bool             begun;  /* its agent knows of it */
    bool             doomed; /* it broke before that, and is told of right after */
    bool             orphan; /* its node crashed */
    bool             held;   /* it takes nothing for now */
};

/* When octets up to a place left. */
struct stamp {
    uint64_t at, us;
};

struct way {
    char    *octets;
    size_t   at, used, room; /* that wait to move */
    uint64_t sent, came;     /* ever */
    uint64_t mark;           /* want_sent up to here; 0: none */
    bool     told;           /* its `sent` stands in the heap */
    uint64_t cut_at;         /* breaks here; SP_NEVER: does not */
    uint64_t stuck_us;       /* since when nobody was reached; 0: not */
    bool     end;            /* the sender closed behind the last octet */
    bool     moving;         /* its next move stands in the heap */

    struct stamp *stamps; /* of what is on its way, the oldest first */
    size_t        first_stamp, stamps_used, stamps_room;
    uint64_t      lag_us; /* the longest that octets were under way */
};

struct sim_stream {
    struct sim_stream *next;
    struct side        sides[2];
    struct way         ways[2]; /* from this side */
    uint32_t           piece;   /* octets that move at a time, most */
    uint32_t           octets_s;
    uint64_t           buffer; /* octets that the system takes before they moved */
    uint64_t           patience_us;
    bool               broken;
};

static struct sim_stream *find(struct sim *sim, uint64_t id, int *side)
{
    struct sim_stream *stream;

    for (stream = sim->streams; stream != NULL; stream = stream->next)
        for (*side = 0; *side < 2; ++*side)
            if (stream->sides[*side].flow.id == id)
                return stream;
    return NULL;
}

static void tell(struct sim *sim, const struct sim_stream *stream, int side,
                 enum sim_event_kind kind, enum sp_err err, uint64_t delay_us)
{
    const struct side *to = &stream->sides[side];
    struct sim_event   event = { .kind = kind, .node = to->node, .life = to->life };

    event.flow = to->flow;
    event.err = err;
    sim_put(sim, &event, sp_slice(NULL, 0), delay_us);
}

/* Both ends hear of it, each in its time. */
static void break_off(struct sim *sim, struct sim_stream *stream, enum sp_err err)
{
    stream->broken = true;
    for (int side = 0; side < 2; side++) {
        stream->sides[side].doomed = !stream->sides[side].begun;
        if (stream->sides[side].open && stream->sides[side].begun)
            tell(sim, stream, side, SIM_CLOSED, err, sim_below(sim, 3) * sim_delay_us(sim));
    }
}

static void schedule(struct sim *sim, struct sim_stream *stream, int side, uint64_t delay_us)
{
    struct sim_event event = { .kind = SIM_MOVE, .stream = stream, .side = side };

    stream->ways[side].moving = true;
    sim_put(sim, &event, sp_slice(NULL, 0), delay_us);
}

static void kick(struct sim *sim, struct sim_stream *stream, int side)
{
    if (!stream->ways[side].moving && !stream->broken)
        schedule(sim, stream, side, sim_delay_us(sim));
}

/* ---- how long octets are under way */

static void stamp(struct sim *sim, struct way *way)
{
    if (way->stamps_used == way->stamps_room) {
        way->stamps_room = 2 * way->stamps_room + 64;
        way->stamps = realloc(way->stamps, way->stamps_room * sizeof *way->stamps);
        if (way->stamps == NULL)
            abort();
    }
    way->stamps[way->stamps_used++] = (struct stamp){ way->sent, sim->now_us };
}

/* The system took the marked octet only now: for who sent it its way begins here. */
static void stamp_mark(struct sim *sim, struct way *way)
{
    for (size_t i = way->stamps_used; i-- > way->first_stamp && way->stamps[i].at >= way->mark;)
        if (way->stamps[i].at == way->mark)
            way->stamps[i].us = sim->now_us;
}

static void arrived(struct sim *sim, struct way *way)
{
    while (way->first_stamp < way->stamps_used && way->stamps[way->first_stamp].at <= way->came) {
        uint64_t lag_us = sim->now_us - way->stamps[way->first_stamp++].us;

        way->lag_us = lag_us > way->lag_us ? lag_us : way->lag_us;
    }
    if (way->first_stamp == way->stamps_used)
        way->first_stamp = way->stamps_used = 0;
}

/* With what has not arrived yet. */
static uint64_t longest(const struct sim *sim, const struct way *way)
{
    uint64_t lag_us = way->first_stamp < way->stamps_used
                          ? sim->now_us - way->stamps[way->first_stamp].us
                          : 0;

    return lag_us > way->lag_us ? lag_us : way->lag_us;
}

uint64_t sim_stream_lag_us(const struct sim_node *node)
{
    uint64_t most_us = 0;

    for (struct sim_stream *stream = node->sim->streams; stream != NULL; stream = stream->next)
        if (stream->sides[0].node == node || stream->sides[1].node == node) {
            uint64_t lag_us = longest(node->sim, &stream->ways[0]) +
                              longest(node->sim, &stream->ways[1]);

            most_us = lag_us > most_us ? lag_us : most_us;
        }
    return most_us;
}

/* ---- what agents want */

static void keep(struct way *way, struct sp_slice octets)
{
    if (way->used + octets.len > way->room) {
        way->room = 2 * (way->used + octets.len);
        way->octets = realloc(way->octets, way->room);
        if (way->octets == NULL)
            abort();
    }
    if (octets.len > 0)
        memcpy(way->octets + way->used, octets.at, octets.len);
    way->used += octets.len;
    way->sent += octets.len;
}

/* The system took the marked octet, for what is before it moved or fits its buffer. */
static void told_sent(struct sim *sim, struct sim_stream *stream, int side)
{
    struct way *way = &stream->ways[side];

    if (way->mark == 0 || way->told || way->mark > way->came + stream->buffer)
        return;
    way->told = true;
    stamp_mark(sim, way);
    tell(sim, stream, side, SIM_SENT, SP_OK, 0);
}

void sim_stream_send(struct sim_node *node, const struct sp_io *io)
{
    struct sim        *sim = node->sim;
    struct sp_slice    octets = sim_joined(io);
    int                side;
    struct sim_stream *stream = find(sim, io->flow.id, &side);
    struct way        *way;

    sim_trace_line(node, "sends", &io->flow, octets);
    if (stream == NULL || !stream->sides[side].open || stream->sides[side].node != node) {
        sim_fail(sim, "node %d sends on a connection that is not", node->index);
        return;
    }
    way = &stream->ways[side];
    if (io->want_sent && way->mark > 0)
        sim_fail(sim, "node %d does not wait for `sent`", node->index);
    keep(way, octets);
    stamp(sim, way);
    if (io->want_sent) {
        way->mark = way->sent;
        told_sent(sim, stream, side);
    }
    kick(sim, stream, side);
}

void sim_stream_close(struct sim_node *node, const struct sp_flow *flow)
{
    int                side;
    struct sim_stream *stream = find(node->sim, flow->id, &side);

    if (stream == NULL || !stream->sides[side].open) {
        sim_fail(node->sim, "node %d closes a connection that is not", node->index);
        return;
    }
    stream->sides[side].open = false;
    stream->ways[side].end = true;
    kick(node->sim, stream, side);
}

void sim_stream_hold(struct sim_node *node, const struct sp_flow *flow, bool hold)
{
    int                side;
    struct sim_stream *stream = find(node->sim, flow->id, &side);

    if (stream == NULL || !stream->sides[side].open) {
        sim_fail(node->sim, "node %d holds a connection that is not", node->index);
        return;
    }
    stream->sides[side].held = hold;
    if (!hold)
        kick(node->sim, stream, !side);
}

static void begin(struct side *side, struct sim_node *node, uint8_t protocol,
                  const struct sp_addr *local, const struct sp_addr *remote)
{
    side->node = node;
    side->life = node->life;
    side->open = true;
    side->flow.id = node->sim->next_id++;
    side->flow.transport = SP_TCP;
    side->flow.protocol = protocol;
    side->flow.local = *local;
    side->flow.remote = *remote;
}

/* Those that nobody has any more. */
static void sweep(struct sim *sim)
{
    struct sim_stream **at = &sim->streams;

    while (*at != NULL) {
        struct sim_stream *stream = *at;

        if (stream->sides[0].open || stream->sides[1].open || stream->ways[0].moving ||
            stream->ways[1].moving) {
            at = &stream->next;
            continue;
        }
        *at = stream->next;
        for (int side = 0; side < 2; side++) {
            free(stream->ways[side].octets);
            free(stream->ways[side].stamps);
        }
        free(stream);
    }
}

static struct sim_stream *make(struct sim *sim)
{
    const struct sim_weather *w = &sim->weather;
    struct sim_stream        *stream = calloc(1, sizeof *stream);

    if (stream == NULL)
        abort();
    sweep(sim);
    stream->next = sim->streams;
    sim->streams = stream;
    stream->piece = sim_chance(sim, 100) ? sim_between(sim, 1, 40) : sim_between(sim, 40, 20000);
    stream->buffer = sim_chance(sim, 500) ? sim_below(sim, 100000) : UINT32_MAX;
    stream->patience_us = sim_between(sim, 10, 120) * SIM_S;
    if (sim_chance(sim, w->slow))
        stream->octets_s = sim_between(sim, w->octets_s / 20, w->octets_s);
    stream->ways[0].cut_at = stream->ways[1].cut_at = SP_NEVER;
    if (sim_chance(sim, w->cut))
        stream->ways[sim_below(sim, 2)].cut_at = sim_below(
            sim, w->cut_octets >> sim_below(sim, 12)); /* early, as a rule */
    return stream;
}

static void refuse(struct sim_node *node, uint64_t cookie, enum sp_err err, uint64_t delay_us)
{
    struct sim_event event = { .kind = SIM_CLOSED, .node = node, .life = node->life };

    event.cookie = cookie;
    event.err = err;
    sim_put(node->sim, &event, sp_slice(NULL, 0), delay_us);
}

void sim_connect(struct sim_node *node, const struct sp_io *io)
{
    struct sim           *sim = node->sim;
    struct sim_node      *to = sim_host(sim, &io->addr);
    const struct sp_flow *bound = to == NULL                ? NULL
                                  : io->protocol == SP_MSRP ? &to->msrp
                                                            : &to->tcp;
    struct sp_addr        local = node->addr;
    struct sim_stream    *stream;
    uint64_t              way_us = sim_delay_us(sim);
    int                   first = (int)sim_below(sim, 2);

    if (to == NULL || sim_apart(node, to) || to->dark || sim_chance(sim, sim->weather.silent)) {
        refuse(node, io->cookie, SP_TIMEOUT, sim_between(sim, 3, 130) * SIM_S);
        return;
    }
    if (!to->up || bound->id == 0 || bound->local.port != io->addr.port ||
        sim_chance(sim, sim->weather.refused)) {
        refuse(node, io->cookie, SP_REFUSED, 2 * way_us);
        return;
    }
    sim->counters.connects++;
    stream = make(sim);
    local.port = (uint16_t)sim_between(sim, 32768, 60999);
    begin(&stream->sides[0], node, io->protocol, &local, &io->addr);
    begin(&stream->sides[1], to, io->protocol, &io->addr, &local);
    for (int i = 0; i < 2; i++) {
        int              side = i == 0 ? first : !first;
        struct sim_event event = { .kind = side == 0 ? SIM_CONNECTED : SIM_ACCEPTED };

        event.node = stream->sides[side].node;
        event.life = stream->sides[side].life;
        event.flow = stream->sides[side].flow;
        event.cookie = side == 0 ? io->cookie : 0;
        sim_put(sim, &event, sp_slice(NULL, 0), 2 * way_us);
    }
}

void sim_stream_orphan(struct sim_node *node)
{
    struct sim_stream *stream;

    for (stream = node->sim->streams; stream != NULL; stream = stream->next)
        for (int side = 0; side < 2; side++) {
            struct side *at = &stream->sides[side], *other = &stream->sides[!side];

            if (at->node != node || !at->open)
                continue;
            at->open = false;
            at->orphan = true;
            stream->ways[side].used = stream->ways[side].at = 0;
            other->doomed = !other->begun;
            if (other->open && other->begun && !node->dark)
                tell(node->sim, stream, !side, SIM_CLOSED, SP_CLOSED, sim_delay_us(node->sim));
        }
}

/* ---- octets move */

/* Nobody takes octets at the other side now: later perhaps. */
static void wait_on(struct sim *sim, struct sim_stream *stream, int side)
{
    struct way *way = &stream->ways[side];

    if (way->stuck_us == 0)
        way->stuck_us = sim->now_us;
    if (sim->now_us - way->stuck_us > stream->patience_us)
        break_off(sim, stream, SP_TIMEOUT);
    else
        schedule(sim, stream, side, sim_between(sim, 200, 3000) * SIM_MS);
}

/* The next piece goes to the other side's agent. */
static void deliver(struct sim *sim, struct sim_stream *stream, int side)
{
    struct way      *way = &stream->ways[side];
    struct side     *to = &stream->sides[!side];
    struct sim_event event = { .kind = SIM_RECEIVED, .node = to->node, .life = to->life };
    size_t           n = sim_between(sim, 1, stream->piece), left = way->used - way->at;

    n = n < left ? n : left;
    if (to->node->kind == SIM_RELAY && n > to->node->limits.content_octets)
        n = to->node->limits.content_octets;
    if (way->cut_at != SP_NEVER && way->cut_at - way->came < n)
        n = (size_t)(way->cut_at - way->came);
    event.flow = to->flow;
    if (n > 0 && to->open)
        sim_put(sim, &event, sp_slice(way->octets + way->at, n), 0);
    way->at += n;
    way->came += n;
    if (way->at == way->used)
        way->at = way->used = 0;
    told_sent(sim, stream, side);
    arrived(sim, way);
}

void sim_stream_move(struct sim *sim, struct sim_stream *stream, int side)
{
    struct way  *way = &stream->ways[side], *back = &stream->ways[!side];
    struct side *to = &stream->sides[!side];

    way->moving = false;
    if (stream->broken)
        return;
    if (to->orphan && to->node->up) { /* its machine knows no such connection */
        break_off(sim, stream, SP_CLOSED);
        return;
    }
    if (to->open && to->held)
        return; /* READ, or its end, goes on */
    if (to->orphan || sim_apart(stream->sides[side].node, to->node) ||
        (to->open && back->used - back->at > stream->buffer + QUEUE_OCTETS)) {
        wait_on(sim, stream, side);
        return;
    }
    way->stuck_us = 0;
    deliver(sim, stream, side);
    if (way->cut_at <= way->came) {
        sim->counters.cuts++;
        break_off(sim, stream, SP_CLOSED);
    } else if (way->at < way->used) {
        schedule(sim, stream, side,
                 stream->octets_s > 0 ? 1 + (uint64_t)stream->piece * SIM_S / stream->octets_s / 2
                                      : 1 + sim_below(sim, 50));
    } else if (way->end && to->open && to->begun) {
        tell(sim, stream, !side, SIM_CLOSED, SP_CLOSED, 1);
    }
}

bool sim_stream_takes(struct sim *sim, const struct sim_event *event)
{
    int                side;
    struct sim_stream *stream;

    if (event->flow.id == 0 || event->flow.transport == SP_UDP)
        return true;
    stream = find(sim, event->flow.id, &side);
    if (stream == NULL || !stream->sides[side].open)
        return false;
    if (event->kind == SIM_CLOSED)
        stream->sides[side].open = false;
    if (event->kind == SIM_ACCEPTED || event->kind == SIM_CONNECTED) {
        stream->sides[side].begun = true;
        if (stream->sides[side].doomed)
            tell(sim, stream, side, SIM_CLOSED, SP_CLOSED, sim_delay_us(sim));
    }
    if (event->kind == SIM_SENT)
        stream->ways[side].mark = stream->ways[side].told = 0;
    return true;
}

void sim_stream_free(struct sim *sim)
{
    struct sim_stream *stream;

    for (stream = sim->streams; stream != NULL; stream = stream->next) {
        stream->sides[0].open = stream->sides[1].open = false;
        stream->ways[0].moving = stream->ways[1].moving = false;
    }
    sweep(sim);
}
