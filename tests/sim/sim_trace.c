/* SPDX-License-Identifier: MIT
 * tests/sim/sim_trace.c -- everything that happens, as lines of text.
 *
 *   MICROSECONDS NODE.LIFE WHAT TRANSPORT LOCAL REMOTE #FLOW OCTETS "..."
 *
 * Two runs of one seed write the same octets. */
#include "sim.h"

#include <stdarg.h>

static void put_head(const struct sim_node *node)
{
    static const char *const kinds[] = { "sender", "receiver", "ua", "msrp", "relay", "hand" };

    fprintf(node->sim->trace, "%llu %s%d.%u ", (unsigned long long)node->sim->now_us,
            kinds[node->kind], node->index, (unsigned)node->life);
}

static void put_octets(FILE *to, struct sp_slice octets)
{
    fputc('"', to);
    for (size_t i = 0; i < octets.len; i++) {
        unsigned char c = (unsigned char)octets.at[i];

        if (c == '\n')
            fputs(i + 1 < octets.len ? "\\n\n    " : "\\n", to);
        else if (c == '\r')
            fputs("\\r", to);
        else if (c == '"' || c == '\\' || c < ' ' || c >= 127)
            fprintf(to, "\\x%02x", c);
        else
            fputc(c, to);
    }
    fputs("\"\n", to);
}

void sim_trace_line(const struct sim_node *node, const char *what, const struct sp_flow *flow,
                    struct sp_slice octets)
{
    FILE         *to = node->sim->trace;
    char          room[2][80];
    struct sp_buf local = sp_buf(room[0], sizeof room[0]), remote = sp_buf(room[1], sizeof room[1]);

    if (to == NULL)
        return;
    sp_put_host_port(&local, &flow->local);
    sp_put_host_port(&remote, &flow->remote);
    put_head(node);
    fprintf(to, "%s %s %.*s %.*s #%llu %zu ", what,
            flow->transport == SP_UDP   ? "udp"
            : flow->protocol == SP_MSRP ? "msrp"
                                        : "tcp",
            SP_ARG(sp_written(&local)), SP_ARG(sp_written(&remote)), (unsigned long long)flow->id,
            octets.len);
    put_octets(to, octets);
}

void sim_trace_words(const struct sim_node *node, const char *format, ...)
{
    va_list list;

    if (node->sim->trace == NULL)
        return;
    put_head(node);
    va_start(list, format);
    (void)vfprintf(node->sim->trace, format, list);
    va_end(list);
    fputc('\n', node->sim->trace);
}

static void emit(void *host, const struct sp_trace_event *event)
{
    if (event->kind == SP_TRACE_ARROW)
        sim_trace_words(host, "arrow %s %llx: %s %s -> %s", event->machine,
                        (unsigned long long)event->id, event->from, event->on, event->to);
    else if (event->kind == SP_TRACE_DROPPED && event->flow != NULL)
        sim_trace_line(host, event->on, event->flow, event->octets);
}

struct sp_trace sim_trace_hook(struct sim_node *node)
{
    struct sp_trace none = { NULL, NULL }, hook = { emit, node };

    return node->sim->trace != NULL ? hook : none;
}
