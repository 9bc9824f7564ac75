/* SPDX-License-Identifier: MIT
 * base/trace.h -- what happened, as data.
 *
 * The only call upward of the house, and it can change nothing: a host that wants to watch sets
 * `emit`. Machines tell their arrows, hosts tell octets on the wire. Pictures are made by tools/
 * alone. */
#ifndef SIPUSH_BASE_TRACE_H
#define SIPUSH_BASE_TRACE_H

#include "flow.h"

enum sp_trace_kind {
    SP_TRACE_ARROW,    /* a machine went from one state to another */
    SP_TRACE_SENT,     /* octets left on a flow */
    SP_TRACE_RECEIVED, /* octets came on a flow */
    SP_TRACE_DROPPED,  /* octets were dropped: `on` says why */
};

struct sp_trace_event {
    enum sp_trace_kind    kind;
    uint64_t              now_us;
    const char           *machine, *from, *on, *to; /* ARROW: static text, else NULL */
    uint64_t              id;                       /* ARROW: which machine of its kind */
    const struct sp_flow *flow;                     /* octets, else NULL */
    struct sp_slice       octets;                   /* a run of them; valid during the call */
};

struct sp_trace {
    void (*emit)(void *host, const struct sp_trace_event *event); /* NULL: nobody watches */
    void *host;
};

void sp_trace_arrow(const struct sp_trace *trace, uint64_t now_us, const char *machine, uint64_t id,
                    const char *from, const char *on, const char *to);
void sp_trace_octets(const struct sp_trace *trace, enum sp_trace_kind kind, uint64_t now_us,
                     const struct sp_flow *flow, struct sp_slice octets, const char *why);

#endif
