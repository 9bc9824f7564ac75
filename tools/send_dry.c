/* SPDX-License-Identifier: MIT
 * tools/send_dry.c -- `sipush send --dry-run`: the first request to each target, as it would leave.
 *
 * The agent runs as ever, so these are the octets, Via and Contact included, that the same command
 * with the same --seed and --listen sends. Names are asked for, as their answer decides the
 * transport. Never: performs what would send or connect. */
#include <stdio.h>

#include "../base/timers.h"
#include "send.h"

struct dry {
    struct sender      *s;
    struct send_target *target;
    bool                written; /* the request */
    enum sp_err         err;     /* why there is none */
};

/* The connection came about, as far as the agent can tell. */
static void connected(const struct dry *dry, const struct sp_io *io)
{
    struct sp_flow flow = {
        .id = UINT64_MAX,
        .transport = SP_TCP,
        .protocol = io->protocol,
        .remote = io->addr,
    };

    for (size_t i = 0; i < dry->s->host.bound_count; i++)
        if (dry->s->host.bound[i].local.family == io->addr.family)
            flow.local = dry->s->host.bound[i].local;
    push_sender_connected(dry->s->agent, sp_net_now_us(), io->cookie, &flow);
}

static void take(struct dry *dry, const struct sp_io *io)
{
    switch (io->kind) {
    case SP_IO_SEND:
        for (size_t i = 0; i < SP_IO_PARTS && !dry->written; i++)
            if (io->parts[i].len > 0)
                (void)fwrite(io->parts[i].at, 1, io->parts[i].len, stdout);
        dry->written = true;
        break;
    case SP_IO_CONNECT: connected(dry, io); break;
    case SP_IO_RESOLVE: host_perform(&dry->s->host, io); break;
    case SP_IO_NONE:
    case SP_IO_HOLD:
    case SP_IO_READ:
    case SP_IO_CLOSE: break;
    }
}

static void drain(struct dry *dry)
{
    struct push_sender_action action;

    while (push_sender_next(dry->s->agent, &action)) {
        if (action.kind == PUSH_SENDER_IO)
            take(dry, &action.io);
        else if (action.kind == PUSH_SENDER_CHOSEN)
            send_report_note(&dry->target->report, &dry->s->host, &action);
        else if (action.kind == PUSH_SENDER_CONTENT_ENDED && dry->err == SP_OK)
            dry->err = action.err;
    }
}

/* 0 or an exit code. */
static int dry_run(struct dry *dry)
{
    struct sender      *s = dry->s;
    struct sp_net_event event;

    drain(dry);
    while (!dry->written && dry->err == SP_OK && !host_interrupted() && !host_late(&s->host)) {
        host_wait(&s->host, push_sender_deadline(s->agent));
        push_sender_tick(s->agent, sp_net_now_us());
        drain(dry);
        while (host_event(&s->host, &event)) {
            push_sender_event(s->agent, sp_net_now_us(), &event);
            drain(dry);
        }
    }
    if (dry->written)
        return EXIT_DONE;
    if (host_interrupted())
        return EXIT_SIGNAL;
    if (dry->err == SP_OK)
        return EXIT_TIMEOUT;
    host_complain(&s->host, "%s: %s", dry->target->to, sp_err_words(dry->err));
    return EXIT_CONNECT;
}

int send_dry(struct sender *s, struct send_target *target)
{
    struct dry dry = { .s = s, .target = target };
    int        code;

    s->host.json = false; /* stdout has the octets */
    send_submit(s, target);
    if (target->code != 0)
        return target->code;
    code = dry_run(&dry);
    (void)!push_sender_abort(s->agent, sp_net_now_us(), target->order);
    dry.written = true;
    drain(&dry);
    return code;
}
