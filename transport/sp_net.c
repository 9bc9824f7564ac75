/* SPDX-License-Identifier: MIT
 * transport/sp_net.c -- the poll loop: rounds of wait, then events until none is left.
 *
 * A round gives every socket a bounded share: one read of a connection, SP_NET_TURN datagrams or
 * accepts, and SP_NET_SENT_ROUND notes of SENT together, so that nobody starves. Each round looks
 * at all slots; another loop (epoll) can stand behind the same header. */
#define _GNU_SOURCE
#include "sp_net.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/timers.h"
#include "sp_slot.h"
#include "sp_sock.h"

const struct sp_net_config sp_net_config_default = {
    .sockets = 128,
    .read_octets = 65536,
    .queue_octets = 262144,
    .idle_ms = 600000,
};

/* A queue has room for what is read from at the mark, answered at twice its length. */
static size_t queue_room(const struct sp_net_config *config)
{
    return 2 * (size_t)config->queue_octets + 2 * (size_t)config->read_octets;
}

static size_t read_room(const struct sp_net_config *config)
{
    return config->read_octets > SP_NET_DATAGRAM ? config->read_octets : SP_NET_DATAGRAM;
}

/* What must be zeroed; the octets of queues and the reading come behind it and are not touched
 * before they are used. */
static struct sp_net *lay_out(struct sp_arena *arena, const struct sp_net_config *config)
{
    struct sp_net *net = sp_arena_take(arena, 1, sizeof *net);
    void          *slots = sp_arena_take(arena, config->sockets, sizeof *net->slots);
    void          *polls = sp_arena_take(arena, config->sockets + 1, sizeof *net->polls);
    uint32_t       told_room = config->sockets + 16;
    void          *told = sp_arena_take(arena, told_room, sizeof *net->told);

    if (net == NULL)
        return NULL;
    net->config = *config;
    net->slots = slots;
    net->polls = polls;
    net->told = told;
    net->told_room = told_room;
    return net;
}

size_t sp_net_size(const struct sp_net_config *config)
{
    struct sp_arena arena = sp_arena(NULL);

    (void)lay_out(&arena, config);
    return arena.used + read_room(config) + config->sockets * queue_room(config);
}

struct sp_net *sp_net_init(void *memory, const struct sp_net_config *config)
{
    struct sp_arena arena = sp_arena(memory);
    struct sp_net  *net = lay_out(&arena, config);
    char           *rest = (char *)memory + arena.used;

    net->octets = rest;
    rest += read_room(config);
    for (uint32_t i = 0; i < config->sockets; i++) {
        net->slots[i].fd = -1;
        sp_queue_init(&net->slots[i].queue, rest, queue_room(config));
        rest += queue_room(config);
    }
    sp_list_init(&net->dirty);
    sp_list_init(&net->due);
    sp_resolve_init(&net->resolve, memory, sp_net_size(config));
    net->now_us = sp_net_now_us();
    return net;
}

void sp_net_trace(struct sp_net *net, struct sp_trace trace)
{
    net->trace = trace;
}

void sp_net_end(struct sp_net *net)
{
    for (uint32_t i = 0; i < net->config.sockets; i++)
        if (net->slots[i].state != SP_SLOT_FREE)
            sp_slot_free(net, &net->slots[i]);
    sp_resolve_end(&net->resolve);
}

/* Slots */

struct sp_slot *sp_slot_take(struct sp_net *net, int fd, enum sp_transport transport,
                             enum sp_protocol protocol)
{
    for (uint32_t i = 0; i < net->config.sockets; i++) {
        struct sp_slot *slot = &net->slots[i];

        if (slot->state != SP_SLOT_FREE)
            continue;
        slot->fd = fd;
        slot->flow = (struct sp_flow){
            .id = ++net->ids << SP_NET_SLOT_BITS | i,
            .transport = (uint8_t)transport,
            .protocol = (uint8_t)protocol,
        };
        slot->alive_us = net->now_us;
        net->polls[i].revents = 0;
        return slot;
    }
    return NULL;
}

void sp_slot_enter(struct sp_net *net, struct sp_slot *slot, enum sp_slot_state state)
{
    slot->state = state;
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
}

void sp_slot_free(struct sp_net *net, struct sp_slot *slot)
{
    struct sp_queue queue = slot->queue;

    if (slot->fd >= 0)
        (void)close(slot->fd);
    sp_list_remove(&slot->dirty);
    sp_list_remove(&slot->due);
    memset(slot, 0, sizeof *slot);
    slot->fd = -1;
    sp_queue_init(&slot->queue, queue.room, queue.capacity);
    sp_slot_enter(net, slot, SP_SLOT_FREE);
}

static struct sp_slot *slot_of(struct sp_net *net, uint64_t id)
{
    uint32_t i = (uint32_t)(id & ((1u << SP_NET_SLOT_BITS) - 1));

    if (id == 0 || i >= net->config.sockets || net->slots[i].flow.id != id)
        return NULL;
    return &net->slots[i];
}

/* What actions bring about at once */

void sp_net_tell(struct sp_net *net, const struct sp_net_event *event)
{
    if (net->told_used == net->told_room)
        return;
    net->told[(net->told_from + net->told_used++) % net->told_room] = *event;
}

void sp_net_tell_failed(struct sp_net *net, uint64_t cookie, enum sp_err err)
{
    sp_net_tell(net, &(struct sp_net_event){ .kind = SP_NET_CLOSED, .cookie = cookie, .err = err });
}

/* An address is told at once, a name when the helper knows it. */
static void resolve(struct sp_net *net, const struct sp_io *io)
{
    struct sp_net_event event;

    if (sp_resolve_ask(&net->resolve, io, &event))
        sp_net_tell(net, &event);
}

/* A flow that is gone is no error: its end is told, or on the way to be. */
void sp_net_perform(struct sp_net *net, const struct sp_io *io)
{
    struct sp_slot *slot;

    switch (io->kind) {
    case SP_IO_NONE: break;
    case SP_IO_CONNECT: sp_conn_connect(net, io); break;
    case SP_IO_RESOLVE: resolve(net, io); break;
    case SP_IO_SEND:
        slot = slot_of(net, io->flow.id);
        if (slot != NULL && slot->state == SP_SLOT_DATAGRAM)
            sp_dgram_send(net, slot, io);
        else if (slot != NULL && slot->state == SP_SLOT_OPEN)
            sp_conn_send(net, slot, io);
        break;
    case SP_IO_CLOSE:
        slot = slot_of(net, io->flow.id);
        if (slot != NULL && (slot->state == SP_SLOT_OPEN || slot->state == SP_SLOT_BROKEN))
            sp_conn_close(net, slot);
        break;
    }
}

static enum sp_err heard(int fd)
{
    return listen(fd, SOMAXCONN) == 0 ? SP_OK : SP_TRANSPORT;
}

enum sp_err sp_net_listen(struct sp_net *net, enum sp_transport transport,
                          enum sp_protocol protocol, const struct sp_addr *addr,
                          struct sp_flow *flow)
{
    struct sockaddr_storage name;
    socklen_t               octets = sp_sock_name(addr, &name);
    int                     on = 1, saved;
    int                     fd = sp_sock_open(transport, addr->family);
    struct sp_slot         *slot;
    enum sp_err             err = SP_TRANSPORT;

    if (fd < 0)
        return SP_TRANSPORT;
    slot = sp_slot_take(net, fd, transport, protocol);
    if (slot == NULL) {
        (void)close(fd);
        return SP_LIMIT;
    }
    sp_slot_enter(net, slot, transport == SP_TCP ? SP_SLOT_LISTENER : SP_SLOT_DATAGRAM);
    slot->wild = sp_addr_any(addr);
    if (transport == SP_TCP)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)(void *)&name, octets) == 0)
        err = transport == SP_UDP ? sp_dgram_setup(slot) : heard(fd);
    if (err != SP_OK) {
        saved = errno;
        sp_slot_free(net, slot);
        errno = saved;
        return err;
    }
    slot->flow.local = sp_sock_local(fd);
    if (slot->wild) { /* 192.0.2.1 and 2001:db8:: stand for "anywhere" */
        struct sp_addr out = { .family = addr->family, .port = 9, .octets = { 192, 0, 2, 1 } };
        uint16_t       port = slot->flow.local.port;

        if (out.family == SP_IPV6)
            memcpy(out.octets, "\x20\x01\x0d\xb8", 4);
        slot->flow.local = sp_sock_towards(&out);
        slot->flow.local.port = port;
    }
    *flow = slot->flow;
    return SP_OK;
}

/* The round */

static void flush_dirty(struct sp_net *net)
{
    struct sp_link *link;

    while ((link = sp_list_first(&net->dirty)) != NULL)
        sp_conn_flush(net, SP_OF(link, struct sp_slot, dirty));
}

/* What to ask of poll for each slot and for names, and until when nothing is due. */
static uint64_t prepare(struct sp_net *net, uint64_t deadline_us)
{
    uint64_t names_us = sp_resolve_deadline(&net->resolve);

    net->polled = 0;
    for (uint32_t i = 0; i < net->config.sockets; i++) {
        struct sp_slot *slot = &net->slots[i];
        struct pollfd  *poll = &net->polls[i];
        uint64_t        due = SP_NEVER;

        *poll = (struct pollfd){ .fd = slot->fd, .events = POLLIN };
        if (slot->state != SP_SLOT_FREE)
            net->polled = i + 1;
        slot->turn = SP_NET_TURN;
        if (slot->state == SP_SLOT_LISTENER && slot->until_us > net->now_us) {
            poll->fd = -1;
            due = slot->until_us;
        } else if (slot->state > SP_SLOT_LISTENER) {
            poll->events = sp_conn_wants(net, slot);
            due = sp_conn_deadline(net, slot);
        }
        if (due < deadline_us)
            deadline_us = due;
    }
    net->polls[net->polled] = sp_resolve_poll(&net->resolve);
    return names_us < deadline_us ? names_us : deadline_us;
}

/* ppoll delivers a signal only where it sleeps; a busy loop never does. So now and then by hand. */
static void let_signals_in(struct sp_net *net, const sigset_t *none)
{
    sigset_t blocked;

    if (net->now_us < net->signals_us)
        return;
    net->signals_us = net->now_us + SP_NET_SIGNALS_US;
    (void)sigprocmask(SIG_SETMASK, none, &blocked);
    (void)sigprocmask(SIG_SETMASK, &blocked, NULL);
}

void sp_net_wait(struct sp_net *net, uint64_t deadline_us)
{
    struct timespec span;
    sigset_t        none;
    uint64_t        left;
    int             found;

    flush_dirty(net);
    net->now_us = sp_net_now_us();
    deadline_us = prepare(net, deadline_us);
    if (net->told_used > 0 || sp_list_first(&net->due) != NULL)
        deadline_us = 0;
    left = deadline_us > net->now_us ? deadline_us - net->now_us : 0;
    span.tv_sec = (time_t)(left / 1000000);
    span.tv_nsec = (long)(left % 1000000) * 1000;
    (void)sigemptyset(&none); /* a caller that blocks its signals meets them here only */
    /* No more than are in use: poll fails for more than there may be descriptors. */
    found = ppoll(net->polls, net->polled + (net->resolve.fd >= 0),
                  deadline_us == SP_NEVER ? NULL : &span, &none);
    net->resolve.ready = found > 0 && net->polls[net->polled].revents != 0;
    if (found < 0)
        for (uint32_t i = 0; i < net->config.sockets; i++)
            net->polls[i].revents = 0;
    net->now_us = sp_net_now_us();
    if (found > 0)
        let_signals_in(net, &none);
    net->at = 0;
    net->sents = SP_NET_SENT_ROUND;
}

/* One step of the slot whose turn it is; false when there is nothing more in this round. */
static bool step(struct sp_net *net, struct sp_net_event *event)
{
    struct sp_slot *slot = &net->slots[net->at];
    short           found = net->polls[net->at].revents;

    switch (slot->state) {
    case SP_SLOT_FREE: return false;
    case SP_SLOT_DATAGRAM: return found != 0 && sp_dgram_step(net, slot, found, event);
    case SP_SLOT_LISTENER: return found != 0 && sp_listener_step(net, slot, event);
    case SP_SLOT_CONNECTING:
    case SP_SLOT_OPEN:
    case SP_SLOT_BROKEN:
    case SP_SLOT_CLOSING:
    case SP_SLOT_LINGER:
    case SP_SLOT_ENDED:
        net->polls[net->at].revents = 0;
        return sp_conn_step(net, slot, found, event);
    }
    return false;
}

static bool sent(struct sp_net *net, struct sp_net_event *event)
{
    struct sp_link *link = sp_list_first(&net->due);
    struct sp_slot *slot;

    if (link == NULL || net->sents == 0)
        return false;
    slot = SP_OF(link, struct sp_slot, due);
    if (--slot->wants == 0)
        sp_list_remove(link);
    net->sents--;
    *event = (struct sp_net_event){ .kind = SP_NET_SENT, .flow = slot->flow };
    return true;
}

bool sp_net_event(struct sp_net *net, struct sp_net_event *event)
{
    for (;;) {
        if (net->told_used > 0) {
            *event = net->told[net->told_from];
            net->told_from = (net->told_from + 1) % net->told_room;
            net->told_used--;
            return true;
        }
        if (sent(net, event) || sp_resolve_step(&net->resolve, net->now_us, event))
            return true;
        if (net->at < net->config.sockets) {
            if (step(net, event))
                return true;
            net->at++;
        } else if (sp_list_first(&net->dirty) != NULL) {
            flush_dirty(net); /* the answers of this round leave together */
        } else {
            return false;
        }
    }
}

size_t sp_net_queued(const struct sp_net *net)
{
    size_t octets = 0;

    for (uint32_t i = 0; i < net->config.sockets; i++)
        octets += net->slots[i].queue.used;
    return octets;
}

uint32_t sp_net_closing(const struct sp_net *net)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < net->config.sockets; i++)
        count += net->slots[i].state >= SP_SLOT_CLOSING;
    return count;
}
