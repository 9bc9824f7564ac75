/* SPDX-License-Identifier: MIT
 * tools/recv.c -- `sipush recv`: receive pushes, decide by size and type, keep what came whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/timers.h"
#include "../push/push_receiver.h"
#include "host.h"
#include "media.h"
#include "recv_report.h"
#include "store.h"
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

struct receiver {
    struct host                 host;
    struct push_receiver       *agent;
    struct push_receiver_config config;
    const char                 *dir;
    bool                        to_stdout;
    int                         folder; /* -1: stdout */
    uint64_t                    count;  /* 0: no end */
    uint64_t                    delivered;
    uint64_t                    end_us; /* when to stop to wait, once it is ending; else SP_NEVER */
    bool                        closing;
    int                         code;
    struct incoming            *all;
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

/* Offers */

/* A plain message has no name: one by its type. */
static struct sp_slice name_of(const struct push_content *content, char room[64])
{
    if (content->name.len > 0)
        return content->name;
    (void)snprintf(room, 64, "message%s", media_ending(content->type));
    return sp_str(room);
}

static char *copy(struct sp_slice text)
{
    char *to = malloc(text.len + 1);

    if (to != NULL) {
        if (text.len > 0)
            memcpy(to, text.at, text.len);
        to[text.len] = '\0';
    }
    return to;
}

static void forget(struct incoming *in)
{
    *in->link = in->next;
    if (in->next != NULL)
        in->next->link = in->link;
    store_drop(&in->file);
    free(in->from);
    free(in->type);
    free(in);
}

/* A place for what is offered; NULL: none, with the status that says why. */
static struct incoming *prepare(struct receiver *r, const struct push_receiver_action *action,
                                uint16_t *status)
{
    struct incoming *in = calloc(1, sizeof *in);
    char             room[64];

    *status = 500;
    if (in == NULL)
        return NULL;
    in->next = r->all;
    in->link = &r->all;
    if (r->all != NULL)
        r->all->link = &in->next;
    r->all = in;
    in->file.fd = -1;
    in->push = action->push;
    in->mode = action->mode;
    in->told = action->content.octets;
    in->has_sha1 = action->content.has_sha1;
    memcpy(in->sha1, action->content.sha1, sizeof in->sha1);
    in->from = copy(action->from);
    in->type = copy(action->content.type);
    if (in->from != NULL && in->type != NULL &&
        store_open(&in->file, r->folder, name_of(&action->content, room)) == SP_OK) {
        *status = 200;
        return in;
    }
    host_complain(&r->host, "cannot store what is offered: %s", strerror(errno));
    forget(in);
    return NULL;
}

static void offered(struct receiver *r, const struct push_receiver_action *action)
{
    uint16_t         status = push_receiver_judge(&r->config, &action->content);
    struct incoming *in = NULL;

    if (r->end_us != SP_NEVER)
        status = 480; /* as many came as were wanted, or we are leaving */
    else if (status < 300)
        in = prepare(r, action, &status);
    recv_report_offered(&r->host, action, status);
    if (push_receiver_decide(r->agent, sp_net_now_us(), action->push, status,
                             (uint64_t)(uintptr_t)in) != SP_OK &&
        in != NULL)
        forget(in);
}

/* Contents */

static void content(struct receiver *r, struct incoming *in,
                    const struct push_receiver_action *action)
{
    if (store_write(&in->file, action->offset, action->octets) != SP_OK) {
        host_complain(&r->host, "cannot write %s: %s", in->file.name, strerror(errno));
        (void)!push_receiver_abort(r->agent, sp_net_now_us(), in->push, SP_STORAGE);
        return;
    }
    in->came += action->octets.len;
    if (in->told != UINT64_MAX && in->told > 0)
        term_progress_show(&r->host.bar, sp_str(in->file.base), in->came, in->told,
                           sp_net_now_us());
}

static void complete(struct receiver *r, struct incoming *in, uint64_t total)
{
    enum sp_err err = in->told != UINT64_MAX && in->told != total
                          ? SP_INTEGRITY
                          : store_finish(&in->file, total, in->has_sha1 ? in->sha1 : NULL,
                                         in->digest);

    in->total = total;
    if (err == SP_OK && r->host.json && r->folder < 0 && !in->file.line)
        fputc('\n', stdout); /* so that the next object begins a line */
    if (err == SP_STORAGE)
        host_complain(&r->host, "cannot keep %s: %s", in->file.name, strerror(errno));
    (void)!push_receiver_stored(r->agent, sp_net_now_us(), in->push, err);
}

/* The loop */

static void drain(struct receiver *r)
{
    struct push_receiver_action action;

    while (push_receiver_next(r->agent, &action)) {
        struct incoming *in = (struct incoming *)(uintptr_t)action.user;

        switch (action.kind) {
        case PUSH_RECEIVER_IO: host_perform(&r->host, &action.io); break;
        case PUSH_RECEIVER_OFFERED: offered(r, &action); break;
        case PUSH_RECEIVER_CONTENT:
            if (in != NULL)
                content(r, in, &action);
            break;
        case PUSH_RECEIVER_COMPLETE:
            if (in != NULL)
                complete(r, in, action.total);
            break;
        case PUSH_RECEIVER_DELIVERED:
            if (in != NULL) {
                r->delivered++;
                recv_report_delivered(&r->host, in, r->folder >= 0 ? r->dir : NULL);
                forget(in);
            }
            break;
        case PUSH_RECEIVER_FAILED:
            if (in != NULL) { /* else it was declined, and that was said */
                recv_report_failed(&r->host, in, &action);
                forget(in);
            }
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
        forget(r.all);
    if (r.folder >= 0)
        (void)close(r.folder);
    return host_end(&r.host, code);
}
