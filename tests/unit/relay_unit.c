/* SPDX-License-Identifier: MIT
 * tests/unit/relay_unit.c -- a world of MSRP endpoints and relays in one process, for tests. */
#include "relay_unit.h"

#include <stdio.h>

const struct sp_limits relay_limits = {
    .msrp_sessions = 4,
    .msrp_connections = 12,
    .msrp_messages = 16,
    .msrp_head_octets = 2048,
    .msrp_path_octets = 512,
    .msrp_chunk_octets = 20000,
    .msrp_ranges = 64,
    .msrp_timeout_ms = 30000,
    .msrp_leases = 2,
    .msrp_unreported_octets = 65536,
    .relay_users = 4,
    .relay_grants = 8,
    .relay_user_grants = 4,
    .relay_lanes = 8,
    .relay_lane_octets = 24576,
    .relay_transits = 128,
    .content_octets = 8192,
};

static uint32_t draw(struct relay_world *w, uint32_t below)
{
    w->random = w->random * 1664525u + 1013904223u;
    return (w->random >> 8) % below;
}

struct relay_world *relay_world(uint32_t seed)
{
    struct relay_world *w = unit_room(sizeof *w);

    memset(w, 0, sizeof *w);
    w->random = seed;
    w->now_us = 1000000;
    w->most = 8192;
    return w;
}

static struct sp_addr addr_of(int node)
{
    return (struct sp_addr){ .family = SP_IPV4,
                             .octets = { 127, 0, 0, (uint8_t)(node + 1) },
                             .port = 2855 };
}

const char *relay_uri(int node)
{
    static char text[RELAY_NODES][40];

    snprintf(text[node], sizeof text[node], "msrp://127.0.0.%d:2855;tcp", node + 1);
    return text[node];
}

int relay_add_relay(struct relay_world *w, const struct sp_limits *limits)
{
    static char                         ha1[SP_DIGEST_HEX];
    static const struct msrp_relay_user users[] = { { { "alice", 5 }, { ha1, 32 } } };
    struct msrp_relay_rules             rules = { .realm = SP_LIT("lab"),
                                                  .users = users,
                                                  .count = 1,
                                                  .expires_least_s = 10,
                                                  .expires_most_s = 600 };
    uint8_t                             seed[SP_SEED_OCTETS] = { (uint8_t)(w->count + 1) };

    (void)sp_digest_ha1(SP_DIGEST_MD5, SP_LIT("alice"), SP_LIT("lab"), SP_LIT("secret"), ha1);
    w->nodes[w->count].relay = msrp_relay_init(unit_room(msrp_relay_size(limits)), limits, seed,
                                               &rules);
    return w->count++;
}

int relay_add_end(struct relay_world *w, const struct sp_limits *limits)
{
    uint8_t            seed[SP_SEED_OCTETS] = { (uint8_t)(w->count + 1) };
    struct relay_node *node = &w->nodes[w->count];

    node->agent = msrp_agent_init(unit_room(msrp_agent_size(limits)), limits, seed);
    snprintf(node->own, sizeof node->own, "msrp://127.0.0.%d:2855/s%d;tcp", w->count + 1, w->count);
    memcpy(node->path, node->own, sizeof node->own);
    return w->count++;
}

/* ---- contents ---- */

static char octet_of(int message, uint64_t at)
{
    uint64_t x = at / 7 * 2654435761u + (uint64_t)message * 97;

    return at % 97 < 9 ? '-' : (char)(x >> 5 ^ at);
}

static struct relay_message *message_of(struct relay_world *w, struct sp_slice id)
{
    int n = id.at[3] - 'a';

    ck_assert(id.len == 4 && n >= 0 && n < w->message_count);
    return &w->messages[n];
}

static void check_content(struct relay_world *w, const struct msrp_action *action)
{
    struct relay_message *m = message_of(w, action->message_id);

    for (size_t i = 0; i < action->content.len; i++)
        if (action->content.at[i] != octet_of((int)(m - w->messages), action->offset + i))
            ck_abort_msg("octet %lu of message %d differs", (unsigned long)(action->offset + i),
                         (int)(m - w->messages));
    unit_err(msrp_ranges_add(&m->there, action->offset, action->offset + action->content.len),
             SP_OK);
}

static void give_content(struct relay_world *w, struct relay_node *node,
                         const struct msrp_action *action)
{
    static char room[65536];
    int         n = (int)action->user;
    uint64_t    octets = action->octets < 8192 ? action->octets : 8192;

    for (uint64_t i = 0; i < octets; i++)
        room[i] = octet_of(n, action->offset + i);
    msrp_content(node->agent, w->now_us, action->message, action->offset, sp_slice(room, octets));
}

/* ---- actions ---- */

static struct sp_flow flow_of(const struct relay_world *w, int link, int side)
{
    return (struct sp_flow){ .id = (uint64_t)link * 2 + (uint64_t)side + 1,
                             .transport = SP_TCP,
                             .protocol = SP_MSRP,
                             .local = addr_of(w->links[link].node[side]),
                             .remote = addr_of(w->links[link].node[1 - side]) };
}

static void drain(struct relay_world *w, int n);

static void tell_accepted(struct relay_world *w, int n, const struct sp_flow *flow)
{
    if (w->nodes[n].relay != NULL)
        msrp_relay_accepted(w->nodes[n].relay, w->now_us, flow);
    else
        msrp_accepted(w->nodes[n].agent, w->now_us, flow);
}

static void tell_connected(struct relay_world *w, int n, uint64_t cookie,
                           const struct sp_flow *flow, bool there)
{
    struct relay_node *node = &w->nodes[n];

    if (node->relay != NULL && there)
        msrp_relay_connected(node->relay, w->now_us, cookie, flow);
    else if (node->relay != NULL)
        msrp_relay_closed(node->relay, w->now_us, cookie, NULL, SP_TRANSPORT);
    else if (there)
        msrp_connected(node->agent, w->now_us, cookie, flow);
    else
        msrp_closed(node->agent, w->now_us, cookie, NULL, SP_TRANSPORT);
}

static void connect_to(struct relay_world *w, int n, const struct sp_io *io)
{
    int            other = io->addr.octets[3] - 1, link = 0;
    struct sp_flow ours, theirs;

    if (other >= w->count || other < 0 || io->addr.port != 2855) {
        tell_connected(w, n, io->cookie, NULL, false);
        return;
    }
    while (w->links[link].used)
        ck_assert_int_lt(++link, RELAY_LINKS);
    w->links[link] =
        (struct relay_link){ .used = true, .node = { n, other }, .alive = { true, true } };
    ours = flow_of(w, link, 0);
    theirs = flow_of(w, link, 1);
    tell_accepted(w, other, &theirs);
    tell_connected(w, n, io->cookie, &ours, true);
    drain(w, other);
}

static void send_parts(struct relay_world *w, const struct sp_io *io)
{
    int                side = (int)(io->flow.id - 1) % 2;
    struct relay_link *link = &w->links[(io->flow.id - 1) / 2];
    struct relay_pipe *pipe = &link->to[1 - side];

    ck_assert(link->used && link->alive[side]);
    for (int i = 0; i < SP_IO_PARTS; i++) {
        size_t len = io->parts[i].len;

        ck_assert_msg(pipe->last + len <= RELAY_PIPE, "a stream overflows");
        if (len > 0)
            memcpy(pipe->octets + pipe->last, io->parts[i].at, len);
        pipe->last += len;
    }
    if (io->want_sent) {
        ck_assert(!pipe->owed);
        pipe->owed = true;
    }
}

static void perform(struct relay_world *w, int n, const struct sp_io *io)
{
    int                side = (int)(io->flow.id - 1) % 2;
    struct relay_link *link = &w->links[(io->flow.id - 1) / 2 % RELAY_LINKS];

    switch (io->kind) {
    case SP_IO_SEND: send_parts(w, io); break;
    case SP_IO_CONNECT: connect_to(w, n, io); break;
    case SP_IO_HOLD:
        ck_assert(!link->held[side]);
        link->held[side] = true;
        break;
    case SP_IO_READ:
        ck_assert(link->held[side]);
        link->held[side] = false;
        break;
    case SP_IO_CLOSE:
        ck_assert(link->alive[side]);
        link->alive[side] = false;
        link->to[1 - side].closed = true;
        break;
    case SP_IO_RESOLVE: ck_abort_msg("a name was asked for"); break;
    case SP_IO_NONE: ck_abort(); break;
    }
}

static void end_note(struct relay_world *w, struct relay_node *node,
                     const struct msrp_action *action)
{
    struct relay_message *m;

    switch (action->kind) {
    case MSRP_RELAYED:
        node->relayed = true;
        node->lease = action->session;
        snprintf(node->path, sizeof node->path, "%.*s", SP_ARG(action->content));
        break;
    case MSRP_UP: node->up = true; break;
    case MSRP_UNRELAYED:
    case MSRP_DOWN:
        node->down = true;
        node->err = action->err;
        node->status = action->status;
        break;
    case MSRP_WANT: give_content(w, node, action); break;
    case MSRP_CONTENT: check_content(w, action); break;
    case MSRP_COMPLETE:
        message_of(w, action->message_id)->complete = true;
        unit_err(msrp_judge(node->agent, w->now_us, action->message, 200), SP_OK);
        break;
    case MSRP_ABORTED: message_of(w, action->message_id)->aborted = true; break;
    case MSRP_DELIVERED: message_of(w, action->message_id)->delivered = true; break;
    case MSRP_FAILED:
        m = message_of(w, action->message_id);
        m->failed = true;
        m->err = action->err;
        m->status = action->status;
        break;
    case MSRP_IO:
    case MSRP_MESSAGE:
    case MSRP_SENT:
    case MSRP_PROGRESS: break;
    }
}

static void drain(struct relay_world *w, int n)
{
    struct relay_node       *node = &w->nodes[n];
    struct msrp_relay_action relayed;
    struct msrp_action       action;

    while (node->relay != NULL && msrp_relay_next(node->relay, &relayed))
        if (relayed.kind == MSRP_RELAY_IO)
            perform(w, n, &relayed.io);
    while (node->agent != NULL && msrp_next(node->agent, &action)) {
        if (action.kind == MSRP_IO)
            perform(w, n, &action.io);
        else
            end_note(w, node, &action);
    }
}

/* ---- the streams ---- */

static void receive(struct relay_world *w, int n, const struct sp_flow *flow,
                    struct sp_slice octets)
{
    if (w->nodes[n].relay != NULL)
        msrp_relay_receive(w->nodes[n].relay, w->now_us, flow, octets);
    else
        msrp_receive(w->nodes[n].agent, w->now_us, flow, octets);
    drain(w, n);
}

static void tell_sent(struct relay_world *w, int n, const struct sp_flow *flow)
{
    if (w->nodes[n].relay != NULL)
        msrp_relay_sent(w->nodes[n].relay, w->now_us, flow);
    else
        msrp_sent(w->nodes[n].agent, w->now_us, flow);
    drain(w, n);
}

static void tell_closed(struct relay_world *w, int n, const struct sp_flow *flow)
{
    if (w->nodes[n].relay != NULL)
        msrp_relay_closed(w->nodes[n].relay, w->now_us, 0, flow, SP_CLOSED);
    else
        msrp_closed(w->nodes[n].agent, w->now_us, 0, flow, SP_CLOSED);
    drain(w, n);
}

/* Move something towards `side` of a link. */
static bool move(struct relay_world *w, int number, int side)
{
    struct relay_link *link = &w->links[number];
    struct relay_pipe *pipe = &link->to[side];
    struct sp_flow     here = flow_of(w, number, side), there = flow_of(w, number, 1 - side);
    size_t             octets = pipe->last - pipe->first;
    char               piece[RELAY_PIPE];

    if (!link->alive[side])
        pipe->first = pipe->last = 0; /* nobody reads it */
    else if (link->held[side] || w->nodes[link->node[side]].stopped)
        return false;
    octets = pipe->last - pipe->first;
    if (octets > 0) {
        if (octets > w->most)
            octets = w->most;
        octets = 1 + draw(w, (uint32_t)octets);
        memcpy(piece, pipe->octets + pipe->first, octets);
        pipe->first += octets;
        if (pipe->first == pipe->last)
            pipe->first = pipe->last = 0;
        receive(w, link->node[side], &here, unit_octets(piece, octets));
        return true;
    }
    if (pipe->owed && link->alive[1 - side]) {
        pipe->owed = false;
        tell_sent(w, link->node[1 - side], &there);
        return true;
    }
    if (pipe->closed && link->alive[side]) {
        link->alive[side] = false;
        link->to[1 - side].closed = true;
        tell_closed(w, link->node[side], &here);
        return true;
    }
    return false;
}

void relay_run(struct relay_world *w)
{
    bool moved = true;

    for (int i = 0; i < w->count; i++)
        drain(w, i);
    while (moved) {
        moved = false;
        for (int i = 0; i < RELAY_LINKS; i++)
            for (int side = 0; side < 2 && w->links[i].used; side++)
                moved = move(w, i, side) || moved;
        for (int i = 0; i < RELAY_LINKS; i++)
            if (!w->links[i].alive[0] && !w->links[i].alive[1])
                w->links[i].used = false;
    }
}

static uint64_t deadline(const struct relay_world *w)
{
    uint64_t least = SP_NEVER;

    for (int i = 0; i < w->count; i++) {
        uint64_t one = w->nodes[i].relay != NULL ? msrp_relay_deadline(w->nodes[i].relay)
                                                 : msrp_deadline(w->nodes[i].agent);

        least = one < least ? one : least;
    }
    return least;
}

void relay_wait(struct relay_world *w, uint64_t ms)
{
    uint64_t end_us = w->now_us + ms * 1000;

    relay_run(w);
    while (w->now_us < end_us) {
        uint64_t next_us = deadline(w);

        w->now_us = next_us < end_us ? next_us : end_us;
        for (int i = 0; i < w->count; i++) {
            if (w->nodes[i].relay != NULL)
                msrp_relay_tick(w->nodes[i].relay, w->now_us);
            else
                msrp_tick(w->nodes[i].agent, w->now_us);
            drain(w, i);
        }
        relay_run(w);
    }
}

void relay_cut(struct relay_world *w, int node)
{
    for (int i = 0; i < RELAY_LINKS; i++)
        for (int side = 0; side < 2 && w->links[i].used; side++)
            if (w->links[i].node[side] == node && w->links[i].alive[side]) {
                struct sp_flow flow = flow_of(w, i, side);

                w->links[i].alive[side] = false;
                w->links[i].to[1 - side].closed = true;
                w->links[i].to[1 - side].first = w->links[i].to[1 - side].last = 0;
                tell_closed(w, node, &flow);
            }
}

/* ---- what users do ---- */

void relay_use(struct relay_world *w, int end, const char *relays)
{
    struct relay_node       *node = &w->nodes[end];
    struct msrp_relay_config config = { .own = sp_str(node->own),
                                        .username = SP_LIT("alice"),
                                        .password = SP_LIT("secret") };

    if (relays == NULL)
        return;
    config.relays = sp_str(relays);
    unit_err(msrp_use_relay(node->agent, w->now_us, &config, &node->lease), SP_OK);
    relay_run(w);
}

void relay_open(struct relay_world *w, int from, int to)
{
    int ends[2] = { from, to };

    for (int i = 1; i >= 0; i--) {
        struct relay_node         *node = &w->nodes[ends[i]], *other = &w->nodes[ends[1 - i]];
        struct msrp_session_config config = { .local_path = sp_str(node->path),
                                              .remote_path = sp_str(other->path),
                                              .connects = i == 0,
                                              .relay = node->relayed ? node->lease
                                                                     : (struct sp_handle){ 0 } };

        unit_err(msrp_open(node->agent, w->now_us, &config, &node->session), SP_OK);
    }
    relay_run(w);
}

int relay_send(struct relay_world *w, int from, uint64_t octets, bool success,
               enum msrp_failure_report failure)
{
    char                  id[5] = { 'm', 's', 'g', (char)('a' + w->message_count), '\0' };
    struct relay_message *m = &w->messages[w->message_count];
    struct msrp_outgoing  outgoing = { .message_id = sp_str(id),
                                       .content_type = SP_LIT("application/octet-stream"),
                                       .octets = octets,
                                       .success_report = success,
                                       .failure_report = failure,
                                       .user = (uint64_t)w->message_count };
    struct sp_handle      handle;

    ck_assert_int_lt(w->message_count, RELAY_MESSAGES);
    m->octets = octets;
    msrp_ranges_init(&m->there, m->room, 64);
    unit_err(msrp_send(w->nodes[from].agent, w->now_us, w->nodes[from].session, &outgoing, &handle),
             SP_OK);
    return w->message_count++;
}
