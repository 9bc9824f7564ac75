/* SPDX-License-Identifier: MIT
 * tools/recv.c -- `sipush recv`: receive pushes, decide by size and type, keep what came whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/timers.h"
#include "recv.h"
#include "verbs.h"

#define GRACE_US 2000000u /* for the peer's BYE, before ours */
#define CLOSE_US 2000000u /* for the answers to ours */

enum {
    RECV_DIR = HOST_OPTIONS,
    RECV_STDOUT,
    RECV_MAX_SIZE,
    RECV_ACCEPT_TYPES,
    RECV_COUNT,
    RECV_ONCE,
    RECV_REUSE_PORT
};

static const struct opt_row rows[] = {
    { RECV_DIR, 0, "dir", "DIR", false, "where files go; made if it is not there", "." },
    { RECV_STDOUT, 0, "stdout", NULL, false, "write each content to stdout, once it is whole",
      NULL },
    { RECV_MAX_SIZE, 0, "max-size", "N[K|M|G]", false, "decline what is larger", "no bound" },
    { RECV_ACCEPT_TYPES, 0, "accept-types", "LIST", false,
      "media types to accept, as text/plain,image/*", "all" },
    { RECV_COUNT, 0, "count", "N", false, "end after N delivered pushes", NULL },
    { RECV_ONCE, 0, "once", NULL, false, "as --count 1", NULL },
    { RECV_REUSE_PORT, 0, "reuse-port", NULL, false,
      "other processes may listen on the same ports; the system deals out what comes", NULL },
    HOST_ROWS("udp and tcp on 127.0.0.1:5060"),
};

static const struct opt_verb verb = {
    .name = "recv",
    .synopses = (const char *const[]){ "[options]", NULL },
    .words = "Receives pushes in both modes. A file with its final name is whole and checked; its "
             "path is\nprinted. Nothing is ever written over or outside of DIR.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
};

static int option(struct receiver *r, int id, const char *value)
{
    switch (id) {
    case RECV_DIR: r->dir = value; return 0;
    case RECV_STDOUT: r->to_stdout = true; return 0;
    case RECV_MAX_SIZE:
        if (opt_size(value, &r->config.max_size) && r->config.max_size > 0)
            return 0;
        host_complain(&r->host, "--max-size needs octets, as 20000 or 10M, not %s", value);
        return EXIT_USAGE;
    case RECV_ACCEPT_TYPES: r->config.accept_types = sp_str(value); return 0;
    case RECV_COUNT:
        if (opt_u64(value, UINT64_MAX, &r->count) && r->count > 0)
            return 0;
        host_complain(&r->host, "--count needs a number, 1 or more, not %s", value);
        return EXIT_USAGE;
    case RECV_ONCE: r->count = 1; return 0;
    case RECV_REUSE_PORT: r->host.reuse_port = true; return 0;
    default: return host_option(&r->host, id, value);
    }
}

/* -1: go on; else the exit code. */
static int options(struct receiver *r, int argc, char **argv)
{
    struct opt_args args = opt_args(&verb, argc, argv);

    for (;;) {
        int id = opt_next(&args), code = 0;

        if (id == OPT_END)
            return -1;
        if (id == HOST_HELP) {
            opt_help(stdout, &verb);
            return EXIT_DONE;
        }
        if (id == OPT_BAD)
            host_complain(&r->host, "%s; see sipush recv --help", args.complaint);
        else if (id == OPT_OPERAND)
            host_complain(&r->host, "no operand is needed: %s", args.value);
        else
            code = option(r, id, args.value);
        if (id < 0 || code != 0)
            return EXIT_USAGE;
    }
}

/* The loop */

/* One about which nothing was decided when it ended. */
static struct incoming *undecided(struct receiver *r, struct sp_handle push)
{
    for (struct incoming *in = r->all; in != NULL; in = in->next)
        if (sp_handle_eq(in->push, push))
            return in;
    return NULL;
}

static void drain(struct receiver *r)
{
    struct push_receiver_action action;

    while (push_receiver_next(r->agent, &action)) {
        struct incoming *in = (struct incoming *)(uintptr_t)action.user;

        switch (action.kind) {
        case PUSH_RECEIVER_IO: host_perform(&r->host, &action.io); break;
        case PUSH_RECEIVER_OFFERED: recv_offered(r, &action); break;
        case PUSH_RECEIVER_CONTENT:
            if (in != NULL)
                recv_content(r, in, &action);
            break;
        case PUSH_RECEIVER_COMPLETE:
            if (in != NULL)
                recv_complete(r, in, action.total);
            break;
        case PUSH_RECEIVER_DELIVERED:
            if (in != NULL)
                recv_delivered(r, in);
            break;
        case PUSH_RECEIVER_FAILED:
            in = in != NULL ? in : undecided(r, action.push);
            if (in != NULL) /* else it was declined, and that was said */
                recv_failed(r, in, &action);
            break;
        }
    }
}

static void feed(struct receiver *r, const struct sp_net_event *event)
{
    uint64_t now_us = sp_net_now_us();

    switch (event->kind) {
    case SP_NET_RECEIVED:
        push_receiver_receive(r->agent, now_us, &event->flow, event->octets);
        break;
    case SP_NET_ACCEPTED: push_receiver_accepted(r->agent, now_us, &event->flow); break;
    case SP_NET_CONNECTED:
        push_receiver_connected(r->agent, now_us, event->cookie, &event->flow);
        break;
    case SP_NET_CLOSED:
        push_receiver_closed(r->agent, now_us, event->cookie,
                             event->flow.id != 0 ? &event->flow : NULL, event->err);
        break;
    case SP_NET_SENT: push_receiver_sent(r->agent, now_us, &event->flow); break;
    case SP_NET_RESOLVED:
        push_receiver_resolved(r->agent, now_us, event->cookie, event->addrs, event->count);
        break;
    case SP_NET_FOUND:
        push_receiver_found(r->agent, now_us, event->cookie, event->records, event->count);
        break;
    }
}

/* Is it time to leave, and how? First the peers may say BYE, then we do. */
static bool goes_on(struct receiver *r)
{
    uint64_t now_us = sp_net_now_us();
    bool     leaves = host_interrupted() || host_late(&r->host);

    if (leaves && !r->closing) {
        r->code = host_interrupted() ? EXIT_SIGNAL : EXIT_TIMEOUT;
        r->end_us = now_us;
    } else if (r->count > 0 && r->delivered >= r->count && r->end_us == SP_NEVER) {
        r->end_us = now_us + GRACE_US;
    }
    if (r->end_us == SP_NEVER)
        return true;
    if (push_receiver_open(r->agent) == 0)
        return false;
    if (now_us < r->end_us)
        return true;
    if (r->closing)
        return false;
    r->closing = true;
    r->end_us = now_us + CLOSE_US;
    r->host.end_us = SP_NEVER; /* bounded by end_us from here on */
    push_receiver_close(r->agent, now_us);
    drain(r);
    return push_receiver_open(r->agent) > 0;
}

static void run(struct receiver *r)
{
    struct sp_net_event event;

    drain(r);
    while (goes_on(r)) {
        uint64_t deadline_us = push_receiver_deadline(r->agent);

        if (recv_work(r))
            deadline_us = 0;
        drain(r);
        host_wait(&r->host, deadline_us < r->end_us ? deadline_us : r->end_us);
        push_receiver_tick(r->agent, sp_net_now_us());
        drain(r);
        while (host_event(&r->host, &event)) {
            feed(r, &event);
            drain(r);
        }
    }
}

static int listen_default(struct receiver *r)
{
    int code = 0;

    if (r->host.listen_count == 0) {
        code = host_listen(&r->host, "udp:127.0.0.1:5060");
        if (code == 0)
            code = host_listen(&r->host, "tcp:127.0.0.1:5060");
    }
    return code == 0 ? host_open_msrp(&r->host) : code;
}

static int start(struct receiver *r)
{
    size_t octets = push_receiver_size(&sp_limits_default);
    void  *memory;
    int    code = host_start(&r->host);

    if (code != 0)
        return code;
    r->folder = r->to_stdout ? -1 : store_folder(r->dir);
    if (!r->to_stdout && r->folder < 0) {
        host_complain(&r->host, "%s: %s", r->dir, strerror(errno));
        return EXIT_OWN;
    }
    memory = host_memory(octets);
    if (memory == NULL)
        return EXIT_OWN;
    part_list_scan(&r->parts, r->folder);
    r->config.resumes = r->folder >= 0;
    r->config.user_agent = SP_LIT("sipush/" SIPUSH_VERSION);
    r->agent = push_receiver_init(memory, &sp_limits_default, r->host.seed, &r->config);
    if (r->agent == NULL) {
        host_complain(&r->host, "--accept-types is too long");
        return EXIT_USAGE;
    }
    push_receiver_trace(r->agent, host_hook(&r->host));
    code = listen_default(r);
    for (size_t i = 0; i < r->host.bound_count; i++)
        push_receiver_bound(r->agent, &r->host.bound[i]);
    return code;
}

int verb_recv(int argc, char **argv)
{
    struct receiver        r = { .dir = ".", .folder = -1, .end_us = SP_NEVER };
    struct sip_tx_counters sip = { 0 };
    struct msrp_counters   msrp = { 0 };
    int                    code;

    r.host.verb = "recv";
    r.host.announces = true;
    code = options(&r, argc, argv);
    if (code >= 0)
        return code;
    code = start(&r);
    if (code == 0) {
        run(&r);
        code = r.code;
        push_receiver_count(r.agent, &sip, &msrp);
        host_count(&r.host, &sip, &msrp);
    }
    while (r.all != NULL)
        recv_forget(&r, r.all);
    part_list_end(&r.parts);
    if (r.folder >= 0)
        (void)close(r.folder);
    return host_end(&r.host, code);
}
