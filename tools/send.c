/* SPDX-License-Identifier: MIT
 * tools/send.c -- `sipush send`: push files, standard input or texts to one target or several. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../base/timers.h"
#include "secret.h"
#include "send.h"
#include "target.h"
#include "verbs.h"

#define CLOSE_US 1000000u /* for answers to our CANCEL or BYE, after a signal or a time-out */

/* Where we are found by: what --listen says, else beside the target. */
static int open_sockets(struct sender *s)
{
    int code = 0;

    if (s->host.listen_count == 0)
        code = host_towards(&s->host, s->proxy != NULL ? s->route : s->targets[0].to);
    if (code == 0 && (s->host.listen_count > 0 || target_is_loopback(&s->host.bound[0].local)))
        code = host_open_msrp(&s->host);
    return code;
}

/* Room for so many orders at once. */
static void grow(struct sp_limits *limits, uint32_t orders)
{
    uint32_t times = orders / limits->pushes + 1;

    limits->pushes = orders;
    limits->dialogs *= times;
    limits->msrp_sessions *= times;
    limits->msrp_connections *= times;
    limits->msrp_messages *= times;
    limits->store_octets *= times;
}

static int login(struct sender *s)
{
    char            room[SECRET_OCTETS];
    struct sp_slice password;

    if (!secret_read(&s->host, s->password_file, room, &password))
        return EXIT_USAGE;
    if (push_sender_login(s->agent, sp_slice(NULL, 0), sp_str(s->user), password) == SP_OK)
        return 0;
    host_complain(&s->host, "--user and its password are too long");
    return EXIT_USAGE;
}

/* URIs that must be ready before an order begins: one an m= line, and one ahead. */
static uint32_t relays_wanted(const struct sender *s)
{
    uint64_t lines = s->parallel ? s->count : 1;

    return lines < s->limits.msrp_leases ? (uint32_t)lines : s->limits.msrp_leases;
}

static int use_relays(struct sender *s)
{
    struct push_relay_config config;
    uint32_t                 wanted = relays_wanted(s);
    int                      code = relayed_config(&s->host, &s->relayed, s->user, s->password_file,
                              wanted < s->limits.msrp_leases ? wanted + 1 : wanted, &config);

    if (code == 0 && push_sender_use_relays(s->agent, sp_net_now_us(), &config) != SP_OK) {
        host_complain(&s->host, "--relay cannot be used");
        code = EXIT_USAGE;
    }
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
        code = send_sources(s);
    if (code != 0)
        return code;
    s->limits = host_limits(&s->host);
    if (s->chunk > 0)
        s->limits.msrp_chunk_octets = (uint32_t)s->chunk;
    if (s->count > s->limits.push_files && s->count <= 4096)
        s->limits.push_files = s->count;
    if (s->jobs > s->target_count)
        s->jobs = s->target_count;
    if (s->jobs > s->limits.pushes)
        grow(&s->limits, (uint32_t)s->jobs);
    memory = host_memory(push_sender_size(&s->limits));
    if (memory == NULL)
        return EXIT_OWN;
    config.session_id_alone = s->session_id_alone;
    config.from = s->from != NULL ? sp_str(s->from) : sp_slice(NULL, 0);
    s->agent = push_sender_init(memory, &s->limits, s->host.seed, &config);
    if (s->agent == NULL) {
        host_complain(&s->host, "--from is too long");
        return EXIT_USAGE;
    }
    push_sender_trace(s->agent, host_hook(&s->host));
    code = s->user != NULL ? login(s) : 0;
    if (code == 0)
        code = open_sockets(s);
    for (size_t i = 0; i < s->host.bound_count; i++)
        push_sender_bound(s->agent, &s->host.bound[i]);
    return code == 0 && s->relayed.text[0] != '\0' && !s->dry_run ? use_relays(s) : code;
}

/* The order */

static struct push_content *contents_of(const struct sender *s, const struct send_target *target)
{
    struct push_content *contents = calloc(s->count, sizeof *contents);

    for (uint32_t i = 0; contents != NULL && i < s->count; i++) {
        contents[i] = s->sources[target->first + i].content;
        /* What fits a MESSAGE goes in one. */
        contents[i].resume = s->resume && contents[i].body.len == 0;
    }
    return contents;
}

static struct push_order order_of(const struct sender *s, const struct send_target *target,
                                  const struct push_content *contents)
{
    bool reference = s->reference != NULL && !s->multipart && target->first == 0;

    return (struct push_order){
        .to = sp_str(target->to),
        .route = s->proxy != NULL ? sp_str(s->route) : sp_slice(NULL, 0),
        .apps = sp_str(s->apps),
        .mode = reference && s->mode == PUSH_AUTO ? PUSH_PAGER : s->mode,
        .contents = contents,
        .count = s->count,
        .parallel = s->parallel,
        .query = s->query,
        .retries = (uint32_t)s->retries,
        .expires_s = (uint32_t)s->expires_s,
        .date_s = (int64_t)time(NULL),
        .user = (uint64_t)(target - s->targets),
    };
}

/* Its order, now that there is room for it. */
void send_submit(struct sender *s, struct send_target *target)
{
    struct push_content *contents = contents_of(s, target);
    struct push_order    order = order_of(s, target, contents);
    enum sp_err          err;

    target->begun = true;
    if (contents == NULL) {
        target->code = EXIT_OWN;
    } else {
        err = push_sender_submit(s->agent, sp_net_now_us(), &order, &target->order);
        if (err != SP_OK)
            target->code = send_report_rejected(&target->report, &s->host, err);
    }
    target->ended = target->code != 0;
    free(contents);
}

/* -1: not yet; 0: go; else why it comes to nothing. */
static int relays(struct sender *s)
{
    enum sp_err err = SP_OK;
    uint16_t    status = 0;
    uint32_t    ready = push_sender_relays(s->agent, &err, &status);

    return relayed_verdict(&s->host, &s->relayed, ready, relays_wanted(s), err, status);
}

/* As many as may be under way at once. */
static void begin(struct sender *s)
{
    int    relayed = relays(s);
    size_t busy = 0;

    if (relayed < 0)
        return;
    for (; relayed > 0 && s->begun < s->target_count; s->begun++) {
        s->targets[s->begun].begun = s->targets[s->begun].ended = true;
        s->targets[s->begun].code = relayed;
    }

    for (size_t i = 0; i < s->begun; i++)
        busy += !s->targets[i].ended;
    while (s->begun < s->target_count && busy < s->jobs && !s->closing) {
        send_submit(s, &s->targets[s->begun]);
        busy += !s->targets[s->begun++].ended;
    }
}

static bool all_ended(const struct sender *s)
{
    for (size_t i = 0; i < s->begun; i++)
        if (!s->targets[i].ended)
            return false;
    return s->begun == s->target_count || s->closing;
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

void send_want(struct sender *s, const struct source *source,
               const struct push_sender_action *action)
{
    char           *room = room_of(s);
    struct sp_slice octets = { NULL, 0 };

    if (room != NULL)
        octets = source_read(source, action->offset, room, (size_t)action->octets);
    if (octets.at == NULL)
        host_complain(&s->host, "%.*s cannot be read as far as it was",
                      SP_ARG(source->content.name));
    push_sender_content(s->agent, sp_net_now_us(), action->order, action->index, action->offset,
                        octets);
}

/* What failed because its file changed meanwhile is neither the peer's fault nor the disk's. */
static void blame(const struct source *source, struct sender *s, struct push_sender_action *action)
{
    if (action->kind != PUSH_SENDER_CONTENT_ENDED || !source_changed(source) ||
        !(action->err == SP_STORAGE || (action->err == SP_REFUSED && action->status == 400)))
        return;
    host_complain(&s->host, "%.*s changed while it was sent", SP_ARG(source->content.name));
    action->err = SP_INTEGRITY;
}

/* What SIP goes over; a connection that does not come about tells too. */
static void note_transport(struct sender *s, const struct sp_io *io)
{
    if (io->kind == SP_IO_SEND && io->flow.protocol == SP_SIP)
        s->transport = io->flow.transport;
    else if (io->kind == SP_IO_CONNECT && io->protocol == SP_SIP)
        s->transport = SP_TCP;
}

/* A reference that is refused for its type: the FILE itself goes, where the mode is ours to choose.
 * False: it is not so. */
static bool go_directly(struct sender *s, struct send_target *target)
{
    struct send_report *report = &target->report;
    const char         *to = report->to;

    if (s->reference == NULL || s->multipart || s->operand_count == 0 || target->first > 0 ||
        s->mode != PUSH_AUTO || s->closing || report->count == 0 ||
        report->ends[0].err != SP_REFUSED || report->ends[0].status != 415)
        return false;
    if (host_speaks(&s->host, 0))
        fputs("references are not taken there: the content itself goes\n", stderr);
    target->first = 1;
    send_report_end(report);
    *report = (struct send_report){ .to = to };
    send_report_init(report, &s->sources[1], 1);
    send_submit(s, target);
    return !target->ended;
}

static void drain_once(struct sender *s)
{
    struct push_sender_action action;

    s->buffers.used = 0;
    begin(s);
    while (push_sender_next(s->agent, &action)) {
        struct send_target *target = &s->targets[action.user];

        switch (action.kind) {
        case PUSH_SENDER_IO:
            note_transport(s, &action.io);
            host_perform(&s->host, &action.io);
            break;
        case PUSH_SENDER_WANT:
            send_want(s, &s->sources[target->first + action.index], &action);
            break;
        case PUSH_SENDER_ASKED: break; /* only with --serve */
        case PUSH_SENDER_ENDED:
            target->ended = !go_directly(s, target);
            target->report.rtt_us = action.rtt_us;
            begin(s);
            break;
        case PUSH_SENDER_CHOSEN:
        case PUSH_SENDER_STARTED:
        case PUSH_SENDER_PROGRESS:
        case PUSH_SENDER_CONTENT_ENDED:
            blame(&s->sources[target->first + action.index], s, &action);
            send_report_note(&target->report, &s->host, &action);
            break;
        }
    }
}

/* What came of it may let orders begin: the URI of a relay was waited for. */
static void drain(struct sender *s)
{
    size_t begun;

    do {
        begun = s->begun;
        drain_once(s);
        begin(s);
    } while (s->begun != begun);
}

/* Until the order ended and its BYE was answered; after a signal or --timeout only so long. */
static bool goes_on(struct sender *s)
{
    uint64_t now_us = sp_net_now_us();

    if (!s->closing && (host_interrupted() || host_late(&s->host))) {
        s->closing = true;
        s->end_us = now_us + CLOSE_US;
        for (size_t i = 0; i < s->target_count; i++)
            s->targets[i].report.cut = host_interrupted() ? EXIT_SIGNAL : EXIT_TIMEOUT;
        s->host.end_us = SP_NEVER; /* bounded by end_us from here on */
        push_sender_close(s->agent, now_us);
        drain(s);
    }
    if (all_ended(s) && push_sender_open(s->agent) == 0)
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
            push_sender_event(s->agent, sp_net_now_us(), &event);
            drain(s);
        }
    }
}

/* Each receiver's result, the first that is not well is the command's. */
static int push(struct sender *s)
{
    struct sip_tx_counters sip = { 0 };
    struct msrp_counters   msrp = { 0 };
    int                    code = EXIT_DONE;

    run(s);
    push_sender_count(s->agent, &sip, &msrp);
    for (size_t i = 0; i < s->target_count; i++) {
        struct send_target *target = &s->targets[i];
        int                 one;

        target->report.transport = s->transport;
        target->report.retransmissions = sip.retransmitted_out;
        one = send_report_result(&target->report, &s->host, target->code);
        code = code == EXIT_DONE ? one : code;
    }
    if (s->target_count > 1)
        send_report_total(&s->host, s->targets, s->target_count, code);
    host_count(&s->host, &sip, &msrp);
    return code;
}

static void forget(struct sender *s)
{
    for (uint32_t i = 0; s->sources != NULL && i <= s->count; i++)
        source_close(&s->sources[i]);
    for (size_t i = 0; i < s->buffers.count; i++)
        free(s->buffers.rooms[i]);
    for (size_t i = 0; s->icon_sources != NULL && i < s->icon_count; i++)
        source_close(&s->icon_sources[i]);
    free(s->icon_sources);
    free(s->icons);
    free(s->buffers.rooms);
    free(s->sources);
    for (size_t i = 0; s->targets != NULL && i < s->target_count; i++)
        send_report_end(&s->targets[i].report);
    free(s->targets);
    free(s->to);
    free(s->words);
    free(s->texts);
}

static int send_all(struct sender *s)
{
    int code = start(s);

    for (size_t i = 0; i < s->target_count; i++) {
        struct send_report *report = &s->targets[i].report;

        send_report_init(report, s->sources, s->sources != NULL ? s->count : 0);
        report->to = s->target_count > 1 ? s->targets[i].to : NULL;
    }
    for (size_t i = 0; code == 0 && s->dry_run && i < s->target_count; i++)
        code = send_dry(s, &s->targets[i]);
    if (s->dry_run)
        return code;
    if (code == 0)
        return push(s);
    if (s->host.json)
        code = send_report_result(&s->targets[0].report, &s->host, code);
    return code;
}

int verb_send(int argc, char **argv)
{
    struct sender s = { .end_us = SP_NEVER };
    int           code = EXIT_OWN;

    s.host.verb = "send";
    s.words = s.operands = calloc((size_t)argc + 1, sizeof *s.operands);
    s.texts = calloc((size_t)argc + 1, sizeof *s.texts);
    s.to = calloc((size_t)argc + 1, sizeof *s.to);
    s.icons = calloc((size_t)argc + 1, sizeof *s.icons);
    if (s.operands != NULL && s.texts != NULL && s.to != NULL && s.icons != NULL)
        code = send_options(&s, argc, argv);
    if (code < 0) {
        code = s.serve != NULL ? send_serve(&s) : send_all(&s);
        code = host_end(&s.host, code);
    }
    forget(&s);
    return code;
}
