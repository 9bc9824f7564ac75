/* SPDX-License-Identifier: MIT
 * transport/sp_conn.c -- connections: made, written, read, ended. RFC 3261 18, RFC 4975 5.4.
 *
 *   CONNECTING -> OPEN -> (peer's end) ENDED -> free
 *                  |  `-> (cannot write) BROKEN -> (nothing left to read) free
 *                  `-> (our close) CLOSING -> LINGER -> free
 *
 * Who closes first waits, for a bounded time, until the peer has read everything and closed too: a
 * close over unread octets would make the system reset the connection and lose what was sent
 * last. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../base/timers.h"
#include "sp_slot.h"
#include "sp_sock.h"

static void told_sent(struct sp_net *net, struct sp_slot *slot)
{
    if (slot->wants > 0 && slot->mark == 0)
        sp_list_add(&net->due, &slot->due);
}

/* Nothing more can be written: what waited is lost. While the connection is somebody's, what the
 * peer sent before is still read, for it may be the answer that says why. */
static void break_off(struct sp_net *net, struct sp_slot *slot, enum sp_err err)
{
    struct sp_slice runs[2];
    size_t          count = sp_queue_runs(&slot->queue, runs);

    for (size_t i = 0; i < count; i++)
        sp_trace_octets(&net->trace, SP_TRACE_DROPPED, sp_net_now_us(), &slot->flow, runs[i],
                        "the connection broke");
    if (slot->state != SP_SLOT_OPEN) {
        sp_slot_free(net, slot);
        return;
    }
    sp_queue_drop(&slot->queue, slot->queue.used);
    sp_list_remove(&slot->dirty);
    sp_list_remove(&slot->due);
    slot->wants = 0;
    slot->mark = 0;
    slot->err = err;
    sp_slot_enter(net, slot, SP_SLOT_BROKEN);
}

/* Hand what is queued and then `parts` to the system, as far as it takes them: `taken` octets of
 * `parts`. False: the connection broke. */
static bool transmit(struct sp_net *net, struct sp_slot *slot, const struct sp_slice *parts,
                     size_t count, size_t *taken)
{
    struct sp_slice runs[2 + SP_IO_PARTS];
    struct iovec    vectors[2 + SP_IO_PARTS];
    size_t          used = sp_queue_runs(&slot->queue, runs), queued = slot->queue.used, went;
    struct msghdr   header = { .msg_iov = vectors };
    ssize_t         n;

    *taken = 0;
    for (size_t i = 0; i < count; i++)
        if (parts[i].len > 0)
            runs[used++] = parts[i];
    for (size_t i = 0; i < used; i++) {
        memcpy(&vectors[i].iov_base, &runs[i].at, sizeof runs[i].at); /* it is only read */
        vectors[i].iov_len = runs[i].len;
    }
    header.msg_iovlen = used;
    do
        n = used > 0 ? sendmsg(slot->fd, &header, MSG_NOSIGNAL) : 0;
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS) {
        break_off(net, slot, sp_sock_err(errno));
        return false;
    }
    if (n <= 0)
        return true;
    went = (size_t)n < queued ? (size_t)n : queued;
    sp_queue_drop(&slot->queue, went);
    sp_slot_changed(net, slot);
    slot->mark -= went < slot->mark ? went : slot->mark;
    *taken = (size_t)n - went;
    slot->alive_us = net->now_us;
    return true;
}

/* The queue of a connection that is on its end is empty. */
static void went_out(struct sp_net *net, struct sp_slot *slot)
{
    if (slot->state == SP_SLOT_ENDED) {
        sp_slot_free(net, slot);
    } else if (slot->state == SP_SLOT_CLOSING) {
        if (shutdown(slot->fd, SHUT_WR) < 0)
            sp_slot_free(net, slot);
        else
            sp_slot_enter(net, slot, SP_SLOT_LINGER);
    }
}

void sp_conn_flush(struct sp_net *net, struct sp_slot *slot)
{
    size_t taken;

    sp_list_remove(&slot->dirty);
    if (!transmit(net, slot, NULL, 0, &taken))
        return;
    told_sent(net, slot);
    if (slot->queue.used == 0)
        went_out(net, slot);
}

/* Keep what the system did not take. Blocked: poll says when it goes on. */
static void keep(struct sp_net *net, struct sp_slot *slot, const struct sp_io *io, size_t taken)
{
    for (size_t i = 0; i < SP_IO_PARTS; i++) {
        size_t skip = taken < io->parts[i].len ? taken : io->parts[i].len;

        taken -= skip;
        sp_slot_changed(net, slot);
        if (sp_queue_put(&slot->queue, sp_from(io->parts[i], skip)) != SP_OK) {
            break_off(net, slot, SP_LIMIT);
            /* Half a message is on its way: the peer must not wait for the rest. */
            (void)shutdown(slot->fd, SHUT_RDWR);
            return;
        }
    }
    if (io->want_sent) {
        slot->wants++;
        slot->mark = sp_list_has(&slot->dirty) ? 0 : slot->queue.used;
        told_sent(net, slot);
    }
}

/* Small octets are gathered until the round ends; what is large goes at once and takes with it what
 * was gathered before. Gathered content counts as sent: nothing but the end of the round stands
 * between it and the system, and many small messages leave together. */
void sp_conn_send(struct sp_net *net, struct sp_slot *slot, const struct sp_io *io)
{
    bool   blocked = slot->queue.used > 0 && !sp_list_has(&slot->dirty);
    size_t octets = 0, taken = 0;

    for (size_t i = 0; i < SP_IO_PARTS; i++) {
        octets += io->parts[i].len;
        if (io->parts[i].len > 0)
            sp_trace_octets(&net->trace, SP_TRACE_SENT, sp_net_now_us(), &slot->flow, io->parts[i],
                            NULL);
    }
    if (!blocked && (octets >= SP_NET_DIRECT ||
                     (io->want_sent && slot->queue.used + octets >= SP_NET_DIRECT))) {
        sp_list_remove(&slot->dirty);
        if (!transmit(net, slot, io->parts, SP_IO_PARTS, &taken))
            return;
        told_sent(net, slot);
    } else if (!blocked && octets > 0) {
        sp_list_add(&net->dirty, &slot->dirty);
    }
    keep(net, slot, io, taken);
}

void sp_conn_close(struct sp_net *net, struct sp_slot *slot)
{
    if (slot->state == SP_SLOT_BROKEN) {
        sp_slot_free(net, slot);
        return;
    }
    sp_list_remove(&slot->due);
    slot->wants = 0;
    sp_slot_enter(net, slot, SP_SLOT_CLOSING);
    if (slot->queue.used == 0)
        went_out(net, slot);
}

void sp_conn_hold(struct sp_net *net, struct sp_slot *slot, bool held)
{
    slot->held = held;
    sp_slot_changed(net, slot);
}

void sp_conn_connect(struct sp_net *net, const struct sp_io *io)
{
    struct sockaddr_storage name;
    socklen_t               octets = sp_sock_name(&io->addr, &name);
    int                     fd = octets > 0 ? sp_sock_open(SP_TCP, io->addr.family) : -1;
    struct sp_slot         *slot;

    if (fd < 0) {
        sp_net_tell_failed(net, io->cookie, octets > 0 ? sp_sock_err(errno) : SP_TRANSPORT);
        return;
    }
    slot = sp_slot_take(net, fd, SP_TCP, io->protocol == SP_MSRP ? SP_MSRP : SP_SIP);
    if (slot == NULL) {
        (void)close(fd);
        sp_net_tell_failed(net, io->cookie, SP_LIMIT);
        return;
    }
    slot->cookie = io->cookie;
    slot->flow.remote = io->addr;
    sp_slot_enter(net, slot, SP_SLOT_CONNECTING);
    if (connect(fd, (struct sockaddr *)(void *)&name, octets) < 0 && errno != EINPROGRESS &&
        errno != EINTR) {
        sp_net_tell_failed(net, io->cookie, sp_sock_err(errno));
        sp_slot_free(net, slot);
    }
}

short sp_conn_wants(const struct sp_net *net, const struct sp_slot *slot)
{
    short write = slot->queue.used > 0 ? POLLOUT : 0;

    switch (slot->state) {
    case SP_SLOT_CONNECTING: return POLLOUT;
    case SP_SLOT_OPEN:
        return (short)(write |
                       (!slot->held && slot->queue.used <= net->config.queue_octets ? POLLIN : 0));
    case SP_SLOT_CLOSING: return (short)(write | POLLIN);
    case SP_SLOT_ENDED: return write;
    default: return POLLIN;
    }
}

uint64_t sp_conn_deadline(const struct sp_net *net, const struct sp_slot *slot)
{
    if (slot->state == SP_SLOT_OPEN && net->config.idle_ms > 0)
        return slot->alive_us + (uint64_t)net->config.idle_ms * 1000;
    return slot->until_us;
}

/* Its end is told; the slot goes on only to send what is queued. */
static bool end(struct sp_net *net, struct sp_slot *slot, enum sp_err err, bool flush,
                struct sp_net_event *event)
{
    bool waits = slot->state == SP_SLOT_CONNECTING;

    *event = (struct sp_net_event){ .kind = SP_NET_CLOSED, .err = err };
    if (waits)
        event->cookie = slot->cookie;
    else
        event->flow = slot->flow;
    if (flush && slot->queue.used > 0) {
        sp_list_remove(&slot->due);
        slot->wants = 0;
        sp_slot_enter(net, slot, SP_SLOT_ENDED);
    } else {
        sp_slot_free(net, slot);
    }
    return true;
}

static bool connected(struct sp_net *net, struct sp_slot *slot, struct sp_net_event *event)
{
    int       number = 0;
    socklen_t octets = sizeof number;

    if (getsockopt(slot->fd, SOL_SOCKET, SO_ERROR, &number, &octets) < 0)
        number = errno;
    if (number != 0)
        return end(net, slot, sp_sock_err(number), false, event);
    slot->flow.local = sp_sock_local(slot->fd);
    slot->alive_us = net->now_us;
    sp_slot_enter(net, slot, SP_SLOT_OPEN);
    *event = (struct sp_net_event){ .kind = SP_NET_CONNECTED,
                                    .flow = slot->flow,
                                    .cookie = slot->cookie };
    return true;
}

/* One read of a connection that is somebody's. */
static bool receive(struct sp_net *net, struct sp_slot *slot, struct sp_net_event *event)
{
    ssize_t n = recv(slot->fd, net->octets, net->config.read_octets, 0);

    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return false;
    if (n <= 0 && slot->state == SP_SLOT_BROKEN)
        return end(net, slot, slot->err, false, event);
    if (n <= 0)
        return end(net, slot, n == 0 ? SP_CLOSED : sp_sock_err(errno), n == 0, event);
    slot->alive_us = net->now_us;
    *event = (struct sp_net_event){ .kind = SP_NET_RECEIVED,
                                    .flow = slot->flow,
                                    .octets = sp_slice(net->octets, (size_t)n) };
    sp_trace_octets(&net->trace, SP_TRACE_RECEIVED, sp_net_now_us(), &slot->flow, event->octets,
                    NULL);
    return true;
}

/* One read of a connection that we closed: thrown away. The octets of an event may still be in
 * use, hence a place of its own. Who goes on and on does not read what we said. */
static void discard(struct sp_net *net, struct sp_slot *slot)
{
    char    octets[4096];
    ssize_t n = recv(slot->fd, octets, sizeof octets, 0);

    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (n > 0 && slot->state == SP_SLOT_LINGER)
        slot->thrown += (uint32_t)n;
    if (n > 0 && slot->thrown <= SP_NET_DISCARD)
        return;
    if (n == 0 && slot->state == SP_SLOT_CLOSING)
        sp_slot_enter(net, slot, SP_SLOT_ENDED);
    else
        sp_slot_free(net, slot);
}

bool sp_conn_step(struct sp_net *net, struct sp_slot *slot, short found, struct sp_net_event *event)
{
    bool writes = (found & (POLLOUT | POLLERR | POLLHUP)) != 0;
    bool reads = (found & (POLLIN | POLLERR | POLLHUP)) != 0;
    bool late = net->now_us >= sp_conn_deadline(net, slot);

    if (slot->state == SP_SLOT_CONNECTING)
        return found != 0 ? connected(net, slot, event)
                          : late && end(net, slot, SP_TIMEOUT, false, event);
    if (writes && slot->queue.used > 0)
        sp_conn_flush(net, slot);
    switch (slot->state) {
    case SP_SLOT_OPEN:
        if (slot->held && (found & (POLLERR | POLLHUP)) != 0)
            return end(net, slot, SP_CLOSED, false, event); /* reset: nothing more can be read */
        if (reads && !slot->held && slot->queue.used <= net->config.queue_octets)
            return receive(net, slot, event);
        return late && end(net, slot, SP_TIMEOUT, false, event);
    case SP_SLOT_BROKEN:
        if (reads)
            return receive(net, slot, event);
        return late && end(net, slot, slot->err, false, event);
    case SP_SLOT_CLOSING:
    case SP_SLOT_LINGER:
        if (late)
            sp_slot_free(net, slot);
        else if (reads)
            discard(net, slot);
        return false;
    case SP_SLOT_ENDED:
        if (late)
            sp_slot_free(net, slot);
        return false;
    default: return false;
    }
}

/* Who was let go already, and only waits for the peer's end, gives way to who comes. */
static bool has_room(struct sp_net *net)
{
    uint32_t        most = net->config.accepts > 0 ? net->config.accepts : net->config.sockets;
    struct sp_link *oldest = sp_list_first(&net->lingers);

    if (oldest != NULL && (net->accepted >= most || sp_list_first(&net->frees) == NULL))
        sp_slot_free(net, SP_OF(oldest, struct sp_slot, linger));
    return net->accepted < most;
}

/* Nobody has a slot for it: it is told so at once, rather than left waiting. */
static bool adopt(struct sp_net *net, const struct sp_slot *listener, int fd,
                  struct sp_net_event *event)
{
    struct sp_slot *slot = NULL;

    if (has_room(net) && sp_sock_adopt(fd) == 0)
        slot = sp_slot_take(net, fd, SP_TCP, listener->flow.protocol == SP_MSRP ? SP_MSRP : SP_SIP);
    if (slot == NULL) {
        (void)close(fd);
        return false;
    }
    slot->flow.local = sp_sock_local(fd);
    slot->flow.remote = sp_sock_remote(fd);
    slot->came = true;
    net->accepted++;
    sp_slot_enter(net, slot, SP_SLOT_OPEN);
    *event = (struct sp_net_event){ .kind = SP_NET_ACCEPTED, .flow = slot->flow };
    return true;
}

bool sp_listener_step(struct sp_net *net, struct sp_slot *slot, struct sp_net_event *event)
{
    while (slot->turn > 0) {
        int fd = accept(slot->fd, NULL, NULL);

        slot->turn--;
        if (fd >= 0) {
            if (adopt(net, slot, fd, event))
                return true;
        } else if (sp_sock_err(errno) == SP_LIMIT) {
            /* No descriptor left: the connection stays where it is, and poll would say so again
             * and again. */
            slot->until_us = net->now_us + SP_NET_PAUSE_US;
            slot->turn = 0;
            sp_slot_changed(net, slot);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            slot->turn = 0;
        }
    }
    return false;
}
