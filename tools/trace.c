/* SPDX-License-Identifier: MIT
 * tools/trace.c -- traces made into files: which there are, and who is told what. */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "term.h"

#define FILES 8

enum kind { LADDER, JSON, PCAP };

struct file {
    enum kind            kind;
    FILE                *to;
    struct trace_ladder *ladder;
    struct trace_pcap   *pcap;
};

struct trace {
    struct file  files[FILES];
    size_t       count;
    FILE        *words;
    uint64_t     start_us;
    struct wire *wire;
};

static void on_message(void *host, const struct wire_message *message)
{
    struct trace *trace = host;

    for (size_t i = 0; i < trace->count; i++) {
        if (trace->files[i].kind == LADDER)
            trace_ladder_message(trace->files[i].ladder, message);
        else if (trace->files[i].kind == JSON)
            trace_json_message(trace->files[i].to, trace->start_us, message);
    }
    if (trace->words != NULL)
        trace_words_message(trace->words, message);
}

static void on_octets(void *host, const struct sp_flow *flow, bool sent, uint64_t now_us,
                      struct sp_slice run, bool ends)
{
    struct trace *trace = host;

    for (size_t i = 0; i < trace->count; i++)
        if (trace->files[i].kind == PCAP)
            trace_pcap_octets(trace->files[i].pcap, flow, sent, now_us, run, ends);
}

static void on_event(void *host, const struct sp_trace_event *event)
{
    struct trace *trace = host;

    if (event->kind == SP_TRACE_SENT || event->kind == SP_TRACE_RECEIVED) {
        wire_event(trace->wire, event);
        return;
    }
    for (size_t i = 0; i < trace->count; i++) {
        if (trace->files[i].kind == LADDER)
            trace_ladder_note(trace->files[i].ladder, event);
        else if (trace->files[i].kind == JSON)
            trace_json_event(trace->files[i].to, trace->start_us, event);
    }
}

struct trace *trace_new(FILE *words, uint64_t now_us)
{
    struct trace *trace = calloc(1, sizeof *trace);

    if (trace == NULL)
        return NULL;
    trace->words = words;
    trace->start_us = now_us;
    trace->wire = wire_new(
        (struct wire_user){ .host = trace, .message = on_message, .octets = on_octets });
    if (trace->wire == NULL) {
        free(trace);
        return NULL;
    }
    return trace;
}

static bool ends_with(const char *path, const char *ending)
{
    size_t a = strlen(path), b = strlen(ending);

    return a > b && strcmp(path + a - b, ending) == 0;
}

bool trace_add(struct trace *trace, const char *path)
{
    struct file *file = &trace->files[trace->count];
    int          fd;

    errno = 0;
    if (trace->count == FILES)
        return false;
    if (ends_with(path, ".txt"))
        file->kind = LADDER;
    else if (ends_with(path, ".json"))
        file->kind = JSON;
    else if (ends_with(path, ".pcap"))
        file->kind = PCAP;
    else
        return false;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    file->to = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file->to == NULL)
        return false;
    if (file->kind == LADDER)
        file->ladder = trace_ladder_new(file->to, trace->start_us);
    else if (file->kind == PCAP)
        file->pcap = trace_pcap_new(file->to, trace->start_us);
    if (file->kind != JSON && file->ladder == NULL && file->pcap == NULL) {
        (void)fclose(file->to);
        errno = ENOMEM;
        return false;
    }
    trace->count++;
    return true;
}

struct sp_trace trace_hook(struct trace *trace)
{
    return (struct sp_trace){ .emit = on_event, .host = trace };
}

void trace_closed(struct trace *trace, const struct sp_flow *flow)
{
    if (!sp_flow_stream(flow))
        return;
    wire_closed(trace->wire, flow);
    for (size_t i = 0; i < trace->count; i++)
        if (trace->files[i].kind == PCAP)
            trace_pcap_closed(trace->files[i].pcap, flow);
}

bool trace_end(struct trace *trace)
{
    bool whole = true;

    for (size_t i = 0; i < trace->count; i++) {
        struct file *file = &trace->files[i];

        if (file->kind == LADDER)
            trace_ladder_end(file->ladder);
        else if (file->kind == PCAP)
            trace_pcap_end(file->pcap);
        whole = ferror(file->to) == 0 && whole;
        whole = fclose(file->to) == 0 && whole;
    }
    wire_free(trace->wire);
    free(trace);
    return whole;
}

/* Whole messages on a terminal: -vv. */
void trace_words_message(FILE *to, const struct wire_message *message)
{
    char          room[128];
    struct sp_buf local = sp_buf(room, 60), remote = sp_buf(room + 60, 60);

    sp_put_host_port(&local, &message->flow->local);
    sp_put_host_port(&remote, &message->flow->remote);
    fprintf(to, "%.*s %s %.*s%s\n", SP_ARG(sp_written(&local)), message->sent ? "-->" : "<--",
            SP_ARG(sp_written(&remote)), message->broken ? " (no message)" : "");
    term_put_lines(to, message->head, "    ");
    if (!message->has_body)
        return;
    fputs("    \n", to);
    if (message->body.len == message->body_octets)
        term_put_lines(to, message->body, "    ");
    else
        fprintf(to, "    (%llu octets)\n", (unsigned long long)message->body_octets);
}
