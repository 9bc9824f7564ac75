/* SPDX-License-Identifier: MIT
 * transport/sp_net.c -- the loop: rounds of wait, then events until none is left.
 *
 * A round gives every socket of which something was found a bounded share: one read of a
 * connection, SP_NET_DATAGRAMS of a UDP socket, SP_NET_TURN accepts, and SP_NET_SENT_ROUND notes of
 * SENT together, so that nobody starves. Only sockets with something to do are looked at. */
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

#define OUT_OCTETS 262144u /* of datagrams that leave together */

const struct sp_net_config sp_net_config_default = {
    .sockets = 128,
    .accepts = 96,
    .datagrams = 32,
    .read_octets = 65536,
    .queue_octets = 262144,
    .idle_ms = 600000,
};

/* A queue has room for what is read from at the mark, answered at twice its length. */
static size_t queue_room(const struct sp_net_config *config)
{
    return 2 * (size_t)config->queue_octets + 2 * (size_t)config->read_octets;
}

static size_t in_room(const struct sp_net_config *config)
{
    return (size_t)config->datagrams * SP_NET_DATAGRAM;
}

/* What must be zeroed; the octets of queues and the reading come behind it and are not touched
 * before they are used. */
static struct sp_net *lay_out(struct sp_arena *arena, const struct sp_net_config *config,
                              struct sp_net *measured)
{
    void          *at = sp_arena_take(arena, 1, sizeof *measured);
    struct sp_net *net = at != NULL ? at : measured;

    net->config = *config;
    net->slots = sp_arena_take(arena, config->sockets, sizeof *net->slots);
    sp_watch_lay_out(&net->watch, arena, config->sockets + 1);
    sp_timers_init(&net->timers, arena, config->sockets);
    sp_batch_lay_out(&net->in, arena, config->datagrams);
    sp_batch_lay_out(&net->out, arena, config->datagrams);
    net->out_flows = sp_arena_take(arena, config->datagrams, sizeof *net->out_flows);
    net->told_room = config->sockets + config->datagrams + 16;
    net->told = sp_arena_take(arena, net->told_room, sizeof *net->told);
    return net;
}

size_t sp_net_size(const struct sp_net_config *config)
{
    struct sp_arena arena = sp_arena(NULL);
    struct sp_net   measured;

    (void)lay_out(&arena, config, &measured);
    return arena.used + config->read_octets + in_room(config) + OUT_OCTETS +
           config->sockets * queue_room(config);
}

struct sp_net *sp_net_init(void *memory, const struct sp_net_config *config)
{
    struct sp_arena arena = sp_arena(memory);
    struct sp_net  *net = lay_out(&arena, config, NULL);
    char           *rest = (char *)memory + arena.used;

    net->octets = rest;
    rest += config->read_octets;
    sp_batch_init(&net->in, rest, in_room(config), config->portable);
    rest += in_room(config);
    sp_batch_init(&net->out, rest, OUT_OCTETS, config->portable);
    rest += OUT_OCTETS;
    sp_list_init(&net->frees);
    sp_list_init(&net->turns);
    sp_list_init(&net->busy);
    sp_list_init(&net->changed);
    sp_list_init(&net->dirty);
    sp_list_init(&net->due);
    sp_list_init(&net->lingers);
    for (uint32_t i = 0; i < config->sockets; i++) {
        net->slots[i].fd = -1;
        sp_queue_init(&net->slots[i].queue, rest, queue_room(config));
        sp_list_add(&net->frees, &net->slots[i].place);
        rest += queue_room(config);
    }
    sp_watch_init(&net->watch, config->portable);
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
    sp_dgram_flush(net);
    for (uint32_t i = 0; i < net->config.sockets; i++)
        if (net->slots[i].state != SP_SLOT_FREE)
            sp_slot_free(net, &net->slots[i]);
    sp_resolve_end(&net->resolve);
    sp_watch_end(&net->watch);
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
        slot = sp_slot_of(net, io->flow.id);
        if (slot != NULL && slot->state == SP_SLOT_DATAGRAM)
            sp_dgram_send(net, slot, io);
        else if (slot != NULL && slot->state == SP_SLOT_OPEN)
            sp_conn_send(net, slot, io);
        break;
    case SP_IO_HOLD:
    case SP_IO_READ:
        slot = sp_slot_of(net, io->flow.id);
        if (slot != NULL && slot->state == SP_SLOT_OPEN)
            sp_conn_hold(net, slot, io->kind == SP_IO_HOLD);
        break;
    case SP_IO_CLOSE:
        slot = sp_slot_of(net, io->flow.id);
        if (slot != NULL && (slot->state == SP_SLOT_OPEN || slot->state == SP_SLOT_BROKEN))
            sp_conn_close(net, slot);
        break;
    }
}

/* Before it is bound. */
static enum sp_err prepare(const struct sp_net *net, int fd, enum sp_transport transport)
{
    int on = 1;

    if (transport == SP_TCP)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!net->config.reuse_port)
        return SP_OK;
#ifdef SO_REUSEPORT
    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 ? SP_OK : SP_TRANSPORT;
#else
    errno = ENOTSUP;
    return SP_TRANSPORT;
#endif
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
    int                     fd = sp_sock_open(transport, addr->family), saved;
    struct sp_slot         *slot;
    enum sp_err             err;

    if (fd < 0)
        return SP_TRANSPORT;
    slot = sp_slot_take(net, fd, transport, protocol);
    if (slot == NULL) {
        (void)close(fd);
        return SP_LIMIT;
    }
    sp_slot_enter(net, slot, transport == SP_TCP ? SP_SLOT_LISTENER : SP_SLOT_DATAGRAM);
    slot->wild = sp_addr_any(addr);
    err = prepare(net, fd, transport);
    if (err == SP_OK && bind(fd, (struct sockaddr *)(void *)&name, octets) != 0)
        err = SP_TRANSPORT;
    if (err == SP_OK)
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

/* What was gathered leaves. */
static void flush(struct sp_net *net)
{
    struct sp_link *link;

    sp_dgram_flush(net);
    while ((link = sp_list_first(&net->dirty)) != NULL)
        sp_conn_flush(net, SP_OF(link, struct sp_slot, dirty));
}

/* The helper that asks names comes and goes; a new one may have the descriptor of the last. */
static void watch_names(struct sp_net *net)
{
    struct pollfd names = sp_resolve_poll(&net->resolve);
    pid_t         helper = names.fd >= 0 ? net->resolve.child : 0;

    if (helper != net->named)
        sp_watch_set(&net->watch, net->config.sockets, -1, 0);
    net->named = helper;
    sp_watch_set(&net->watch, net->config.sockets, names.fd, names.events);
}

/* A wait that sleeps delivers a signal, a busy loop never does. So now and then by hand. */
static void let_signals_in(struct sp_net *net, const sigset_t *none)
{
    sigset_t blocked;

    if (net->now_us < net->signals_us)
        return;
    net->signals_us = net->now_us + SP_NET_SIGNALS_US;
    (void)sigprocmask(SIG_SETMASK, none, &blocked);
    (void)sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static uint64_t earlier(uint64_t a_us, uint64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}

/* How long nothing will be due. */
static uint64_t left(struct sp_net *net, uint64_t deadline_us)
{
    deadline_us = earlier(deadline_us, sp_timers_deadline(&net->timers));
    deadline_us = earlier(deadline_us, sp_resolve_deadline(&net->resolve));
    if (net->told_used > 0 || sp_list_first(&net->due) != NULL ||
        sp_list_first(&net->turns) != NULL || sp_list_first(&net->busy) != NULL ||
        deadline_us <= net->now_us)
        return 0;
    return deadline_us == SP_NEVER ? SP_NEVER : deadline_us - net->now_us;
}

/* Whose turn it is in this round. */
static void deal(struct sp_net *net)
{
    struct sp_timer *timer;
    struct sp_link  *link;
    uint32_t         place;
    short            found;

    /* A socket that serves many peers must not wait until each of a thousand connections had its
     * read. */
    while ((link = sp_list_first(&net->busy)) != NULL) {
        sp_list_remove(link);
        sp_slot_turn(net, SP_OF(link, struct sp_slot, busy), POLLIN);
    }
    while (sp_watch_next(&net->watch, &place, &found)) {
        if (place < net->config.sockets)
            sp_slot_turn(net, &net->slots[place], found);
        else
            net->resolve.ready = true;
    }
    while ((timer = sp_timers_due(&net->timers, net->now_us)) != NULL) {
        sp_slot_turn(net, timer->owner, 0);
        sp_slot_changed(net, timer->owner);
    }
}

void sp_net_wait(struct sp_net *net, uint64_t deadline_us)
{
    sigset_t none;
    bool     found;

    flush(net);
    net->now_us = sp_net_now_us();
    sp_slot_settle(net);
    watch_names(net);
    (void)sigemptyset(&none); /* a caller that blocks its signals meets them here only */
    found = sp_watch_wait(&net->watch, left(net, deadline_us), &none);
    net->now_us = sp_net_now_us();
    if (found)
        let_signals_in(net, &none);
    deal(net);
    net->sents = SP_NET_SENT_ROUND;
}

/* One step of the slot whose turn it is; false when there is nothing more of it in this round. */
static bool step(struct sp_net *net, struct sp_slot *slot, struct sp_net_event *event)
{
    short found = slot->found;

    switch (slot->state) {
    case SP_SLOT_FREE: return false;
    case SP_SLOT_DATAGRAM: return sp_dgram_step(net, slot, found, event);
    case SP_SLOT_LISTENER: return found != 0 && sp_listener_step(net, slot, event);
    case SP_SLOT_CONNECTING:
    case SP_SLOT_OPEN:
    case SP_SLOT_BROKEN:
    case SP_SLOT_CLOSING:
    case SP_SLOT_LINGER:
    case SP_SLOT_ENDED:
        slot->found = 0;
        sp_list_remove(&slot->place); /* it may be free afterwards */
        return sp_conn_step(net, slot, found, event);
    }
    return false;
}

/* The next event of those that have their turn. */
static bool turn(struct sp_net *net, struct sp_net_event *event)
{
    struct sp_link *link;

    while ((link = sp_list_first(&net->turns)) != NULL) {
        struct sp_slot *slot = SP_OF(link, struct sp_slot, place);

        if (step(net, slot, event))
            return true;
        if (slot->state == SP_SLOT_FREE)
            continue;
        slot->found = 0;
        sp_list_remove(&slot->place);
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
    if (!sp_list_has(&slot->dirty)) /* gathered octets are few */
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
        if (sent(net, event) || sp_resolve_step(&net->resolve, net->now_us, event) ||
            turn(net, event))
            return true;
        if (net->out.used == 0 && sp_list_first(&net->dirty) == NULL)
            return false;
        flush(net); /* the answers of this round leave together */
    }
}

void sp_net_zone(struct sp_net *net, struct sp_slice text)
{
    net->resolve.zone = text;
}

void sp_net_server(struct sp_net *net, const struct sp_addr *server)
{
    net->resolve.server = *server;
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
