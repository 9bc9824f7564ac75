/* SPDX-License-Identifier: MIT
 * tools/send.c -- `sipush send`: push files, standard input or texts to one target. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/timers.h"
#include "../push/push_sender.h"
#include "host.h"
#include "send_report.h"
#include "source.h"
#include "target.h"
#include "verbs.h"

#define CLOSE_US 1000000u /* for answers to our CANCEL or BYE, after a signal or a time-out */

enum {
    SEND_MODE = HOST_OPTIONS,
    SEND_FROM,
    SEND_TYPE,
    SEND_TEXT,
    SEND_PARALLEL,
    SEND_CHUNK,
    SEND_PROXY,
    SEND_DRY_RUN,
    SEND_NO_HASH,
    SEND_RESUME
};

static const struct opt_row rows[] = {
    { SEND_MODE, 0, "mode", "auto|pager|session", false,
      "one MESSAGE, or INVITE and MSRP; auto: by size", "auto" },
    { SEND_FROM, 0, "from", "URI", false, "who sends", "anonymous" },
    { SEND_TYPE, 0, "type", "MIME", false, "media type of the content", "by file ending" },
    { SEND_TEXT, 'm', "message", "TEXT", true, "push TEXT instead of files", NULL },
    { SEND_PARALLEL, 0, "parallel", NULL, false, "all in one offer, not one after the other",
      NULL },
    { SEND_CHUNK, 0, "chunk", "OCTETS", false, "octets of one MSRP chunk", NULL },
    { SEND_PROXY, 0, "proxy", "URI", false, "send everything there first", NULL },
    { SEND_DRY_RUN, 0, "dry-run", NULL, false, "print the request, send nothing", NULL },
    { SEND_NO_HASH, 0, "no-hash", NULL, false, "do not read files ahead for their SHA-1", NULL },
    { SEND_RESUME, 0, "resume", NULL, false, "go on where an earlier push of the file was cut",
      NULL },
    HOST_ROWS("udp and tcp on the loopback, port 0"),
};

static const struct opt_verb verb = {
    .name = "send",
    .synopses = (const char *const[]){ "[options] TO FILE...", "[options] TO -m TEXT", NULL },
    .words = "Pushes files (- is standard input) or a text to TO: a SIP URI, host:port or "
             "user@host.\nEnds with 0 when all of it was confirmed.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
};

struct buffers { /* octets that the agent was given must stay until it has nothing more to say */
    char **rooms;
    size_t count, used;
};

struct sender {
    struct host         host;
    struct push_sender *agent;
    struct sp_limits    limits;
    struct sp_handle    order;
    struct send_report  report;
    struct buffers      buffers;
    struct source      *sources;
    uint32_t            count;
    const char        **operands; /* TO, then files; then texts from `texts` on */
    size_t              operand_count;
    const char        **texts;
    size_t              text_count;
    char                to[1024], route[1024];
    const char         *from, *type, *proxy;
    enum push_mode      mode;
    uint64_t            chunk;
    bool                parallel, dry_run, no_hash, resume;
    bool                ended, closing;
    uint64_t            end_us;
};

/* Options */

static int option(struct sender *s, int id, const char *value)
{
    switch (id) {
    case SEND_MODE:
        for (int mode = PUSH_AUTO; mode <= PUSH_SESSION; mode++)
            if (strcmp(value, push_mode_name((enum push_mode)mode)) == 0) {
                s->mode = (enum push_mode)mode;
                return 0;
            }
        host_complain(&s->host, "--mode is auto, pager or session, not %s", value);
        return EXIT_USAGE;
    case SEND_FROM: s->from = value; return 0;
    case SEND_TYPE: s->type = value; return 0;
    case SEND_TEXT: s->texts[s->text_count++] = value; return 0;
    case SEND_PARALLEL: s->parallel = true; return 0;
    case SEND_CHUNK:
        if (opt_size(value, &s->chunk) && s->chunk > 0 && s->chunk <= UINT32_MAX)
            return 0;
        host_complain(&s->host, "--chunk needs octets, as 2048 or 64K, not %s", value);
        return EXIT_USAGE;
    case SEND_PROXY: s->proxy = value; return 0;
    case SEND_DRY_RUN: s->dry_run = true; return 0;
    case SEND_NO_HASH: s->no_hash = true; return 0;
    case SEND_RESUME: s->resume = true; return 0;
    default: return host_option(&s->host, id, value);
    }
}

static int usage(struct sender *s, const char *words)
{
    host_complain(&s->host, "%s; see sipush send --help", words);
    return EXIT_USAGE;
}

/* -1: go on; else the exit code. */
static int options(struct sender *s, int argc, char **argv)
{
    struct opt_args args = opt_args(&verb, argc, argv);
    int             id, code;

    while ((id = opt_next(&args)) != OPT_END) {
        if (id == HOST_HELP) {
            opt_help(stdout, &verb);
            return EXIT_DONE;
        }
        if (id == OPT_BAD)
            return usage(s, args.complaint);
        if (id == OPT_OPERAND) {
            s->operands[s->operand_count++] = args.value;
            continue;
        }
        code = option(s, id, args.value);
        if (code != 0)
            return code;
    }
    if (s->operand_count == 0)
        return usage(s, "whom to send to is missing");
    if (s->operand_count == 1 && s->text_count == 0)
        return usage(s, "what to send is missing: FILE... or -m TEXT");
    if (s->resume && s->no_hash)
        return usage(s, "--resume needs the hash, by which the receiver knows the file");
    if (s->operand_count > 1 && s->text_count > 0)
        return usage(s, "files and -m do not go together");
    if (!target_complete(s->operands[0], s->to, sizeof s->to) ||
        (s->proxy != NULL && !target_complete(s->proxy, s->route, sizeof s->route)))
        return usage(s, "a target is a SIP URI, host:port or user@host");
    return -1;
}

/* What to send */

static int open_sources(struct sender *s)
{
    s->count = (uint32_t)(s->text_count > 0 ? s->text_count : s->operand_count - 1);
    s->sources = calloc(s->count, sizeof *s->sources);
    if (s->sources == NULL)
        return EXIT_OWN;
    for (uint32_t i = 0; i < s->count; i++)
        s->sources[i].fd = -1;
    for (uint32_t i = 0; i < s->count; i++) {
        const char *path = s->text_count == 0 ? s->operands[i + 1] : NULL;

        if (path == NULL) {
            source_text(&s->sources[i], s->texts[i], s->type);
        } else if (source_open(&s->sources[i], path, s->type, !s->no_hash) != SP_OK) {
            host_complain(&s->host, "%s: %s", path, strerror(errno));
            return EXIT_USAGE;
        }
    }
    return 0;
}

/* Where we are found by: what --listen says, else beside the target. */
static int open_sockets(struct sender *s)
{
    int code = 0;

    if (s->host.listen_count == 0)
        code = host_towards(&s->host, s->proxy != NULL ? s->route : s->to);
    if (code == 0 && (s->host.listen_count > 0 || target_is_loopback(&s->host.bound[0].local)))
        code = host_open_msrp(&s->host);
    return code;
}

static int start(struct sender *s)
{
    struct push_sender_config config = { .user_agent = SP_LIT("sipush/" SIPUSH_VERSION) };
    void                     *memory;
    int                       code;

    s->host.announces = s->host.listen_count > 0;
    code = host_start(&s->host);
    if (code == 0)
        code = open_sources(s);
    if (code != 0)
        return code;
    s->limits = sp_limits_default;
    if (s->chunk > 0)
        s->limits.msrp_chunk_octets = (uint32_t)s->chunk;
    if (s->count > s->limits.push_files && s->count <= 4096)
        s->limits.push_files = s->count;
    memory = host_memory(push_sender_size(&s->limits));
    if (memory == NULL)
        return EXIT_OWN;
    config.from = s->from != NULL ? sp_str(s->from) : sp_slice(NULL, 0);
    s->agent = push_sender_init(memory, &s->limits, s->host.seed, &config);
    if (s->agent == NULL)
        return usage(s, "--from is too long");
    push_sender_trace(s->agent, host_hook(&s->host));
    code = open_sockets(s);
    for (size_t i = 0; i < s->host.bound_count; i++)
        push_sender_bound(s->agent, &s->host.bound[i]);
    return code;
}

/* The order */

static struct push_content *contents_of(const struct sender *s)
{
    struct push_content *contents = calloc(s->count, sizeof *contents);

    for (uint32_t i = 0; contents != NULL && i < s->count; i++) {
        contents[i] = s->sources[i].content;
        /* What fits a MESSAGE goes in one. */
        contents[i].resume = s->resume && contents[i].body.len == 0;
    }
    return contents;
}

static struct push_order order_of(const struct sender *s, const struct push_content *contents)
{
    return (struct push_order){
        .to = sp_str(s->to),
        .route = s->proxy != NULL ? sp_str(s->route) : sp_slice(NULL, 0),
        .mode = s->mode,
        .contents = contents,
        .count = s->count,
        .parallel = s->parallel,
    };
}

static int preview(struct sender *s)
{
    static char          room[262144];
    struct sp_buf        text = sp_buf(room, sizeof room);
    struct push_content *contents = contents_of(s);
    struct push_order    order = order_of(s, contents);
    int                  code = EXIT_DONE;

    if (contents == NULL)
        return EXIT_OWN;
    push_sender_preview(s->agent, &order, &text);
    if (text.err == SP_OK)
        fwrite(room, 1, sp_written(&text).len, stdout);
    else
        code = send_report_rejected(&s->report, &s->host, text.err);
    free(contents);
    return code;
}

static int submit(struct sender *s)
{
    struct push_content *contents = contents_of(s);
    struct push_order    order = order_of(s, contents);
    enum sp_err          err;

    if (contents == NULL)
        return EXIT_OWN;
    err = push_sender_submit(s->agent, sp_net_now_us(), &order, &s->order);
    free(contents);
    return err == SP_OK ? 0 : send_report_rejected(&s->report, &s->host, err);
}

/* The loop */

/* Room that nobody uses before `next` has yielded false. */
static char *room_of(struct sender *s)
{
    struct buffers *b = &s->buffers;

    if (b->used == b->count) {
        char **more = realloc(b->rooms, (b->count + 1) * sizeof *more);

        if (more == NULL)
            return NULL;
        b->rooms = more;
        b->rooms[b->count] = malloc(s->limits.content_octets);
        if (b->rooms[b->count] == NULL)
            return NULL;
        b->count++;
    }
    return b->rooms[b->used++];
}

static void want(struct sender *s, const struct push_sender_action *action)
{
    char           *room = room_of(s);
    struct sp_slice octets = { NULL, 0 };

    if (room != NULL)
        octets = source_read(&s->sources[action->index], action->offset, room,
                             (size_t)action->octets);
    if (octets.at == NULL)
        host_complain(&s->host, "%.*s cannot be read as far as it was",
                      SP_ARG(s->sources[action->index].content.name));
    push_sender_content(s->agent, sp_net_now_us(), action->order, action->index, action->offset,
                        octets);
}

/* What failed because its file changed meanwhile is neither the peer's fault nor the disk's. */
static void blame(struct sender *s, struct push_sender_action *action)
{
    const struct source *source = &s->sources[action->index];

    if (action->kind != PUSH_SENDER_CONTENT_ENDED || !source_changed(source) ||
        !(action->err == SP_STORAGE || (action->err == SP_REFUSED && action->status == 400)))
        return;
    host_complain(&s->host, "%.*s changed while it was sent", SP_ARG(source->content.name));
    action->err = SP_INTEGRITY;
}

static void drain(struct sender *s)
{
    struct push_sender_action action;

    s->buffers.used = 0;
    while (push_sender_next(s->agent, &action)) {
        switch (action.kind) {
        case PUSH_SENDER_IO:
            if (action.io.kind == SP_IO_SEND && action.io.flow.protocol == SP_SIP)
                s->report.transport = action.io.flow.transport;
            host_perform(&s->host, &action.io);
            break;
        case PUSH_SENDER_WANT: want(s, &action); break;
        case PUSH_SENDER_ENDED:
            s->ended = true;
            s->report.rtt_us = action.rtt_us;
            break;
        case PUSH_SENDER_CHOSEN:
        case PUSH_SENDER_STARTED:
        case PUSH_SENDER_PROGRESS:
        case PUSH_SENDER_CONTENT_ENDED:
            blame(s, &action);
            send_report_note(&s->report, &s->host, &action);
            break;
        }
    }
}

static void feed(struct sender *s, const struct sp_net_event *event)
{
    uint64_t now_us = sp_net_now_us();

    switch (event->kind) {
    case SP_NET_RECEIVED: push_sender_receive(s->agent, now_us, &event->flow, event->octets); break;
    case SP_NET_ACCEPTED: push_sender_accepted(s->agent, now_us, &event->flow); break;
    case SP_NET_CONNECTED:
        push_sender_connected(s->agent, now_us, event->cookie, &event->flow);
        break;
    case SP_NET_CLOSED:
        push_sender_closed(s->agent, now_us, event->cookie,
                           event->flow.id != 0 ? &event->flow : NULL, event->err);
        break;
    case SP_NET_SENT: push_sender_sent(s->agent, now_us, &event->flow); break;
    case SP_NET_RESOLVED:
        push_sender_resolved(s->agent, now_us, event->cookie, event->addrs, event->count);
        break;
    case SP_NET_FOUND:
        push_sender_found(s->agent, now_us, event->cookie, event->records, event->count);
        break;
    }
}

/* Until the order ended and its BYE was answered; after a signal or --timeout only so long. */
static bool goes_on(struct sender *s)
{
    uint64_t now_us = sp_net_now_us();

    if (!s->closing && (host_interrupted() || host_late(&s->host))) {
        s->closing = true;
        s->end_us = now_us + CLOSE_US;
        s->report.cut = host_interrupted() ? EXIT_SIGNAL : EXIT_TIMEOUT;
        s->host.end_us = SP_NEVER; /* bounded by end_us from here on */
        push_sender_close(s->agent, now_us);
        drain(s);
    }
    if (s->ended && push_sender_open(s->agent) == 0)
        return false;
    return now_us < s->end_us;
}

static void run(struct sender *s)
{
    struct sp_net_event event;

    drain(s);
    while (goes_on(s)) {
        uint64_t deadline_us = push_sender_deadline(s->agent);

        host_wait(&s->host, deadline_us < s->end_us ? deadline_us : s->end_us);
        push_sender_tick(s->agent, sp_net_now_us());
        drain(s);
        while (host_event(&s->host, &event)) {
            feed(s, &event);
            drain(s);
        }
    }
}

static int push(struct sender *s)
{
    struct sip_tx_counters sip = { 0 };
    struct msrp_counters   msrp = { 0 };
    int                    code = submit(s);

    if (code == 0)
        run(s);
    push_sender_count(s->agent, &sip, &msrp);
    s->report.retransmissions = sip.retransmitted_out;
    code = send_report_result(&s->report, &s->host, code);
    host_count(&s->host, &sip, &msrp);
    return code;
}

static void forget(struct sender *s)
{
    for (uint32_t i = 0; s->sources != NULL && i < s->count; i++)
        source_close(&s->sources[i]);
    for (size_t i = 0; i < s->buffers.count; i++)
        free(s->buffers.rooms[i]);
    free(s->buffers.rooms);
    free(s->sources);
    free(s->operands);
    free(s->texts);
}

int verb_send(int argc, char **argv)
{
    struct sender s = { .end_us = SP_NEVER };
    int           code = EXIT_OWN;

    s.host.verb = "send";
    s.operands = calloc((size_t)argc + 1, sizeof *s.operands);
    s.texts = calloc((size_t)argc + 1, sizeof *s.texts);
    if (s.operands != NULL && s.texts != NULL)
        code = options(&s, argc, argv);
    if (code < 0) {
        code = start(&s);
        send_report_init(&s.report, s.sources, s.sources != NULL ? s.count : 0);
        if (code == 0)
            code = s.dry_run ? preview(&s) : push(&s);
        else if (s.host.json)
            code = send_report_result(&s.report, &s.host, code);
        send_report_end(&s.report);
        code = host_end(&s.host, code);
    }
    forget(&s);
    return code;
}
