/* SPDX-License-Identifier: MIT
 * base/trace.c -- what happened, as data: handed to the host that watches, if one does. */
#include "trace.h"

static void emit(const struct sp_trace *trace, const struct sp_trace_event *event)
{
    if (trace != NULL && trace->emit != NULL)
        trace->emit(trace->host, event);
}

void sp_trace_arrow(const struct sp_trace *trace, uint64_t now_us, const char *machine, uint64_t id,
                    const char *from, const char *on, const char *to)
{
    struct sp_trace_event event = { .kind = SP_TRACE_ARROW,
                                    .now_us = now_us,
                                    .machine = machine,
                                    .from = from,
                                    .on = on,
                                    .to = to,
                                    .id = id };

    emit(trace, &event);
}

void sp_trace_octets(const struct sp_trace *trace, enum sp_trace_kind kind, uint64_t now_us,
                     const struct sp_flow *flow, struct sp_slice octets, const char *why)
{
    struct sp_trace_event event = {
        .kind = kind, .now_us = now_us, .on = why, .flow = flow, .octets = octets
    };

    emit(trace, &event);
}
