/* SPDX-License-Identifier: MIT
 * base/event.h -- what happened on the network, as a host tells an agent: the other half of
 * base/io.h.
 *
 * transport/sp_net yields these; a host of another kind makes them itself. An agent of push/ takes
 * one whole (push_sender_event, push_receiver_event); the agents below have a verb a kind. */
#ifndef SIPUSH_BASE_EVENT_H
#define SIPUSH_BASE_EVENT_H

#include "answer.h"
#include "err.h"
#include "flow.h"
#include "slice.h"

enum sp_net_event_kind {
    SP_NET_RECEIVED,  /* `octets` on `flow`; valid until the next call of sp_net_event */
    SP_NET_ACCEPTED,  /* a connection came: `flow` */
    SP_NET_CONNECTED, /* the connection asked for with `cookie` stands: `flow` */
    SP_NET_CLOSED,    /* `flow` ended: `err`; or what was asked for with `cookie` did not come about
                         (`flow.id` 0); or a datagram bounced (`flow` of UDP with its remote) */
    SP_NET_SENT,      /* what was sent with want_sent on `flow` went out whole */
    SP_NET_RESOLVED,  /* `addrs`, `count` for `cookie`; count 0: no such name, or not in time */
    SP_NET_FOUND,     /* `records`, `count` for `cookie`, of a question for SRV or NAPTR; valid
                         until the next call of sp_net_event; count 0: none, or not in time */
};

struct sp_net_event {
    enum sp_net_event_kind kind;
    struct sp_flow         flow;
    uint64_t               cookie;
    struct sp_slice        octets;
    enum sp_err            err;
    struct sp_addr         addrs[8];
    size_t                 count;

    const struct sp_record *records;
};

#endif
