/* SPDX-License-Identifier: MIT
 * transport/sp_slot.h -- inside of sp_net: one socket, its state, and what the parts of the loop
 * share.
 *
 * A slot is a UDP socket, a listener or a connection. sp_slot_enter alone assigns its state. What
 * an action brings about at once (a refused connect, a full queue) is told by sp_net_tell and
 * handed out by the next sp_net_event. */
#ifndef SIPUSH_TRANSPORT_SP_SLOT_H
#define SIPUSH_TRANSPORT_SP_SLOT_H

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "../base/list.h"
#include "../base/timers.h"
#include "sp_batch.h"
#include "sp_net.h"
#include "sp_queue.h"
#include "sp_resolve.h"
#include "sp_watch.h"

#define SP_NET_CONNECT_US 32000000u /* to connect: 64*T1, as long as a request may wait */
#define SP_NET_CLOSING_US 4000000u  /* to send what is queued and see the peer's end */
#define SP_NET_DISCARD    16777216u /* octets of one that we closed: it has heard of it */
#define SP_NET_PAUSE_US   100000u   /* a listener's rest when descriptors have run out */
#define SP_NET_SIGNALS_US 10000u    /* a busy loop lets signals in so often */
#define SP_NET_DIRECT     16384u    /* octets: a SEND of so many is not gathered */
#define SP_NET_TURN       32u       /* accepts of a listener in one round */
#define SP_NET_DATAGRAMS  128u      /* of a socket in one round: many peers share it */
#define SP_NET_SENT_ROUND 8u        /* SENT events of one round: then all are looked at again */
#define SP_NET_SLOT_BITS  20        /* of a flow's id */

enum sp_slot_state {
    SP_SLOT_FREE,
    SP_SLOT_DATAGRAM,
    SP_SLOT_LISTENER,
    SP_SLOT_CONNECTING,
    SP_SLOT_OPEN,
    SP_SLOT_BROKEN,  /* it cannot be written; what lies there is still read */
    SP_SLOT_CLOSING, /* we closed: the queue goes out, what comes is thrown away */
    SP_SLOT_LINGER,  /* we closed and said so (FIN): until the peer does */
    SP_SLOT_ENDED,   /* the peer said its end: the queue goes out */
};

struct sp_slot {
    enum sp_slot_state state;
    int                fd; /* -1: none */
    struct sp_flow     flow;
    uint64_t           cookie; /* CONNECTING */
    struct sp_queue    queue;
    size_t             mark;     /* octets of the queue before the last want_sent is out */
    uint32_t           wants;    /* want_sent not told yet */
    uint32_t           turn;     /* what is left of this round's share */
    short              found;    /* what this round found of it */
    bool               wild;     /* DATAGRAM: bound to no single address */
    bool               held;     /* OPEN: nothing is read until the agent says READ */
    bool               came;     /* a connection that was accepted */
    enum sp_err        err;      /* BROKEN: why */
    uint32_t           thrown;   /* octets, since we closed it */
    uint64_t           alive_us; /* when octets last came or went */
    uint64_t           until_us; /* the end of a bounded state; LISTENER: not asked before */
    struct sp_link     place;    /* FREE: among those; else among those whose turn is to come */
    struct sp_link     busy;     /* DATAGRAM: among those that have more than their share */
    struct sp_link     changed;  /* among those that are to be watched for something else */
    struct sp_link     dirty;    /* among those with gathered octets that nobody tried to send */
    struct sp_link     due;      /* among those that owe a SENT */
    struct sp_link     linger;   /* LINGER: among those, the oldest first */
    struct sp_timer    timer;    /* no later than its deadline */
};

struct sp_net {
    struct sp_net_config config;
    struct sp_slot      *slots;
    struct sp_watch      watch;      /* a place a slot, and one for the names behind them */
    pid_t                named;      /* the helper that is watched there; 0: none */
    struct sp_timers     timers;     /* one a slot */
    char                *octets;     /* of streams, read into */
    struct sp_batch      in, out;    /* datagrams */
    struct sp_slot      *in_slot;    /* whose datagrams came */
    struct sp_slot      *out_slot;   /* whose are to go */
    struct sp_flow      *out_flows;  /* a datagram each */
    uint32_t             in_at;      /* the next of those that came */
    uint64_t             ids;        /* flows named so far */
    uint64_t             now_us;     /* of this round */
    uint64_t             signals_us; /* when a busy loop lets signals in again */
    uint32_t             accepted;   /* connections that came and are still there */
    uint32_t             sents;      /* SENT events left in this round */
    struct sp_list       frees, turns, busy, changed, dirty, due, lingers;
    struct sp_net_event *told; /* a ring */
    uint32_t             told_from, told_used, told_room;
    struct sp_trace      trace;
    struct sp_resolve    resolve;
};

/* Slots (sp_slot.c). A new one has a fresh flow id; NULL: the limit is reached. */
struct sp_slot *sp_slot_take(struct sp_net *net, int fd, enum sp_transport transport,
                             enum sp_protocol protocol);
void            sp_slot_enter(struct sp_net *net, struct sp_slot *slot, enum sp_slot_state state);
/* Close the socket and forget everything. */
void            sp_slot_free(struct sp_net *net, struct sp_slot *slot);
struct sp_slot *sp_slot_of(struct sp_net *net, uint64_t flow_id);
/* What it waits for may have changed: before the next wait it is looked at. */
void sp_slot_changed(struct sp_net *net, struct sp_slot *slot);
/* Watch each slot that changed for what it waits for now, until it is due. */
void sp_slot_settle(struct sp_net *net);
/* Something was found of it, or (0) its time may be up: in this round it has its turn. */
void sp_slot_turn(struct sp_net *net, struct sp_slot *slot, short found);

/* An event that is not tied to what poll said. When there is no room it is lost, and who waits for
 * it has its own timer. */
void sp_net_tell(struct sp_net *net, const struct sp_net_event *event);
/* The same for a connect or resolve that came to nothing. */
void sp_net_tell_failed(struct sp_net *net, uint64_t cookie, enum sp_err err);

/* Connections (sp_conn.c). */
void sp_conn_connect(struct sp_net *net, const struct sp_io *io);
void sp_conn_send(struct sp_net *net, struct sp_slot *slot, const struct sp_io *io);
void sp_conn_close(struct sp_net *net, struct sp_slot *slot);
/* Hand up nothing of it, or go on. */
void sp_conn_hold(struct sp_net *net, struct sp_slot *slot, bool held);
/* Try to send what is queued. */
void sp_conn_flush(struct sp_net *net, struct sp_slot *slot);
/* What poll should look for; 0: nothing. */
short sp_conn_wants(const struct sp_net *net, const struct sp_slot *slot);
/* Poll said `found` of a connection, or its time is up: true when `event` holds something. */
bool sp_conn_step(struct sp_net *net, struct sp_slot *slot, short found,
                  struct sp_net_event *event);
/* Until when the connection can be left alone. */
uint64_t sp_conn_deadline(const struct sp_net *net, const struct sp_slot *slot);
/* Take one connection that came: true when `event` holds it. Uses up `turn`. */
bool sp_listener_step(struct sp_net *net, struct sp_slot *slot, struct sp_net_event *event);

/* Datagrams (sp_dgram.c). */
SP_MUST_USE enum sp_err sp_dgram_setup(struct sp_slot *slot);
/* Datagrams are gathered until the round ends, or there is no room for more. */
void sp_dgram_send(struct sp_net *net, struct sp_slot *slot, const struct sp_io *io);
void sp_dgram_flush(struct sp_net *net);
/* Read one datagram or one bounce: true when `event` holds it. Uses up `turn`. */
bool sp_dgram_step(struct sp_net *net, struct sp_slot *slot, short found,
                   struct sp_net_event *event);

#endif
