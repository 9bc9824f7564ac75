/* SPDX-License-Identifier: MIT
 * tests/unit/msrp_unit.c -- an MSRP endpoint under test, and what it does as lines of text. */
#include "msrp_unit.h"

#include <stdarg.h>
#include <stdio.h>

const struct sp_limits msrp_side_limits = {
    .msrp_sessions = 4,
    .msrp_connections = 4,
    .msrp_messages = 6,
    .msrp_head_octets = 1024,
    .msrp_path_octets = 256,
    .msrp_chunk_octets = 16384,
    .msrp_ranges = 8,
    .msrp_timeout_ms = 30000,
    .msrp_leases = 2,
    .content_octets = 4096,
};

static void say(struct msrp_side *side, const char *format, ...)
{
    va_list args;
    int     wrote;

    va_start(args, format);
    wrote = vsnprintf(side->log + side->logged, sizeof side->log - side->logged, format, args);
    va_end(args);
    ck_assert_int_ge(wrote, 0);
    side->logged += (size_t)wrote;
    ck_assert_uint_lt(side->logged, sizeof side->log);
}

void msrp_side_init(struct msrp_side *side, const struct sp_limits *limits)
{
    static const uint8_t seed[SP_SEED_OCTETS] = { 7 };

    *side = (struct msrp_side){ .content = "", .judge = 200, .now_us = 1000 };
    side->agent = msrp_agent_init(unit_room(msrp_agent_size(limits)), limits, seed);
    for (int i = 0; i < MSRP_SIDE_FLOWS; i++)
        msrp_frame_init(&side->sent[i], side->sent_room[i], sizeof side->sent_room[i]);
}

struct sp_flow msrp_side_flow(unsigned n)
{
    return (struct sp_flow){ .id = n, .transport = SP_TCP, .protocol = SP_MSRP };
}

static void say_number(struct msrp_side *side, uint64_t number, char after)
{
    if (number == MSRP_UNKNOWN)
        say(side, "*%c", after);
    else
        say(side, "%lu%c", (unsigned long)number, after);
}

static void say_octets(struct msrp_side *side, struct sp_slice octets)
{
    if (octets.len > 40) {
        say(side, "(%lu)", (unsigned long)octets.len);
        return;
    }
    for (size_t i = 0; i < octets.len; i++) {
        unsigned char c = (unsigned char)octets.at[i];

        say(side, c >= ' ' && c < 127 ? "%c" : "\\%02x", c);
    }
}

static void say_head(struct msrp_side *side, unsigned n, const struct msrp_frame *frame)
{
    struct msrp_head head;
    struct sp_where  where;
    enum sp_err      err = msrp_head_parse(frame->octets, &head, &where);

    ck_assert_msg(err == SP_OK, "sent a bad head, octet %zu: %s", where.octet, where.rule);
    if (n != 1)
        say(side, "[%u] ", n);
    if (head.response) {
        say(side, "%u %.*s", head.status, SP_ARG(head.id));
        return;
    }
    snprintf(side->last_id[n - 1], sizeof side->last_id[n - 1], "%.*s", SP_ARG(head.id));
    say(side, "%.*s ", SP_ARG(head.method_name));
    if (head.method == MSRP_AUTH) {
        say(side, "%.*s%s ", SP_ARG(head.to_path), head.credentials.len > 0 ? " Digest" : "");
        if (head.expires != MSRP_UNKNOWN)
            say(side, "%lu ", (unsigned long)head.expires);
        return;
    }
    if (!frame->has_body && head.method == MSRP_SEND)
        return;
    say(side, "%.*s ", SP_ARG(head.message_id));
    say_number(side, head.range.from, '-');
    say_number(side, head.range.to, '/');
    say_number(side, head.range.total, ' ');
    if (head.method == MSRP_REPORT)
        say(side, "%u", head.report_status);
    if (head.success_report)
        say(side, "S ");
    if (head.failure_report != MSRP_FAILURE_YES)
        say(side, "%s ", head.failure_report == MSRP_FAILURE_NO ? "Fno" : "Fpartial");
}

/* A frame that goes out is a line of the log when its end-line has gone: until then the line is put
 * by. */
static void log_event(struct msrp_side *side, unsigned n, enum msrp_frame_event event)
{
    struct msrp_frame *frame = &side->sent[n - 1];
    size_t            *body = &side->body[n - 1], logged = side->logged;

    ck_assert_msg(event != MSRP_FRAME_BROKEN, "sent a bad frame: %s", frame->where.rule);
    if (event == MSRP_FRAME_HEAD) {
        say_head(side, n, frame);
        *body = 0;
    }
    if (event == MSRP_FRAME_BODY) {
        if (*body + frame->octets.len <= 40)
            say_octets(side, frame->octets);
        *body += frame->octets.len;
    }
    if (event != MSRP_FRAME_END) {
        ck_assert_uint_lt(side->lined[n - 1] + side->logged - logged, sizeof side->line[0]);
        memcpy(side->line[n - 1] + side->lined[n - 1], side->log + logged, side->logged - logged);
        side->lined[n - 1] += side->logged - logged;
        side->logged = logged;
        return;
    }
    say(side, "%.*s", (int)side->lined[n - 1], side->line[n - 1]);
    side->lined[n - 1] = 0;
    if (*body > 40)
        say(side, "(%lu)", (unsigned long)*body);
    say(side, *body > 0 ? " %c\n" : "%c\n", frame->flag);
    *body = 0;
}

/* What goes out is read as the peer would. */
static void log_sent(struct msrp_side *side, const struct sp_io *io)
{
    unsigned              n = (unsigned)io->flow.id;
    enum msrp_frame_event event;

    ck_assert(n >= 1 && n <= MSRP_SIDE_FLOWS);
    for (int i = 0; i < SP_IO_PARTS; i++) {
        struct sp_slice input = io->parts[i];

        while ((event = msrp_frame_next(&side->sent[n - 1], &input)) != MSRP_FRAME_NONE)
            log_event(side, n, event);
    }
}

static void answer_want(struct msrp_side *side, const struct msrp_action *action)
{
    if (side->content == NULL) {
        say(side, "WANT %lu+%lu\n", (unsigned long)action->offset, (unsigned long)action->octets);
        side->asked = action->message;
        side->asked_at = action->offset;
        return;
    }
    {
        static char     filler[65536];
        size_t          given = strlen(side->content);
        struct sp_slice octets = { filler, action->octets };

        memset(filler, 'x', sizeof filler);
        if (action->offset < given)
            octets = sp_head(sp_slice(side->content + action->offset, given - action->offset),
                             action->octets);
        msrp_content(side->agent, side->now_us, action->message, action->offset, octets);
    }
}

static void do_io(struct msrp_side *side, const struct sp_io *io)
{
    char          room[64];
    struct sp_buf to = sp_buf(room, sizeof room);

    switch (io->kind) {
    case SP_IO_SEND:
        log_sent(side, io);
        if (io->want_sent && side->hold)
            side->held++;
        else if (io->want_sent)
            msrp_sent(side->agent, side->now_us, &io->flow);
        break;
    case SP_IO_CONNECT:
        sp_put_host_port(&to, &io->addr);
        say(side, "CONNECT %.*s\n", SP_ARG(sp_written(&to)));
        side->cookie = io->cookie;
        break;
    case SP_IO_RESOLVE:
        say(side, "RESOLVE %.*s:%u\n", SP_ARG(io->host), io->port);
        side->cookie = io->cookie;
        break;
    case SP_IO_CLOSE: say(side, "CLOSE %lu\n", (unsigned long)io->flow.id); break;
    case SP_IO_HOLD:
    case SP_IO_READ:
    case SP_IO_NONE: ck_abort(); break;
    }
}

static void judge(struct msrp_side *side, struct sp_handle message, uint16_t status)
{
    if (status != 0)
        unit_err(msrp_judge(side->agent, side->now_us, message, status), SP_OK);
}

static void do_note(struct msrp_side *side, const struct msrp_action *action)
{
    struct sp_slice id = action->message_id;

    switch (action->kind) {
    case MSRP_UP: say(side, "UP\n"); break;
    case MSRP_DOWN: say(side, "DOWN %s\n", sp_err_name(action->err)); break;
    case MSRP_RELAYED:
        say(side, "RELAYED %.*s\n", SP_ARG(action->content));
        side->relay = action->session;
        break;
    case MSRP_UNRELAYED:
        say(side, "UNRELAYED %s %u\n", sp_err_name(action->err), action->status);
        break;
    case MSRP_MESSAGE:
        say(side, "MESSAGE %.*s %.*s ", SP_ARG(id), SP_ARG(action->content_type));
        say_number(side, action->total, '\n');
        side->incoming = action->message;
        judge(side, action->message, side->judge_early);
        break;
    case MSRP_CONTENT:
        if (side->quiet)
            break;
        say(side, "CONTENT %.*s %lu ", SP_ARG(id), (unsigned long)action->offset);
        say_octets(side, action->content);
        say(side, "\n");
        break;
    case MSRP_COMPLETE:
        say(side, "COMPLETE %.*s %lu\n", SP_ARG(id), (unsigned long)action->total);
        judge(side, action->message, side->judge);
        break;
    case MSRP_ABORTED: say(side, "ABORTED %.*s %s\n", SP_ARG(id), sp_err_name(action->err)); break;
    case MSRP_SENT:
        if (!side->quiet)
            say(side, "SENT %.*s\n", SP_ARG(id));
        break;
    case MSRP_PROGRESS:
        if (!side->quiet)
            say(side, "PROGRESS %.*s %lu\n", SP_ARG(id), (unsigned long)action->offset);
        break;
    case MSRP_DELIVERED: say(side, "DELIVERED %.*s\n", SP_ARG(id)); break;
    case MSRP_FAILED:
        say(side, "FAILED %.*s %s %u\n", SP_ARG(id), sp_err_name(action->err), action->status);
        break;
    case MSRP_IO:
    case MSRP_WANT: ck_abort(); break;
    }
}

void msrp_side_drain(struct msrp_side *side)
{
    struct msrp_action action;

    while (msrp_next(side->agent, &action)) {
        if (action.kind == MSRP_IO)
            do_io(side, &action.io);
        else if (action.kind == MSRP_WANT)
            answer_want(side, &action);
        else
            do_note(side, &action);
    }
}

enum sp_err msrp_side_open(struct msrp_side *side, const char *name, bool connects)
{
    char                       local[64], remote[64];
    struct msrp_session_config config = { .connects = connects, .accept_types = SP_LIT("text/*") };
    enum sp_err                err;

    snprintf(local, sizeof local, "msrp://b:1/%s;tcp", name);
    snprintf(remote, sizeof remote, "msrp://192.0.2.1:7/%s;tcp", name);
    config.local_path = sp_str(local);
    config.remote_path = sp_str(remote);
    config.relay = side->relay;
    err = msrp_open(side->agent, side->now_us, &config, &side->session);
    msrp_side_drain(side);
    return err;
}

void msrp_side_accept(struct msrp_side *side, unsigned n)
{
    struct sp_flow flow = msrp_side_flow(n);

    msrp_accepted(side->agent, side->now_us, &flow);
    msrp_side_drain(side);
}

void msrp_side_connected(struct msrp_side *side, unsigned n)
{
    struct sp_flow flow = msrp_side_flow(n);

    msrp_connected(side->agent, side->now_us, side->cookie, &flow);
    msrp_side_drain(side);
}

void msrp_side_sent(struct msrp_side *side, unsigned n)
{
    struct sp_flow flow = msrp_side_flow(n);

    ck_assert_uint_gt(side->held, 0);
    side->held--;
    msrp_sent(side->agent, side->now_us, &flow);
    msrp_side_drain(side);
}

void msrp_side_passive(struct msrp_side *side)
{
    unit_err(msrp_side_open(side, "t", false), SP_OK);
    msrp_side_accept(side, 1);
    ck_assert_uint_eq(side->logged, 0);
}

void msrp_side_active(struct msrp_side *side)
{
    unit_err(msrp_side_open(side, "t", true), SP_OK);
    msrp_side_log(side, "CONNECT 192.0.2.1:7\n");
    msrp_side_connected(side, 1);
    msrp_side_respond(side, 1, 200);
    msrp_side_log(side, "UP\nSEND $\n");
}

void msrp_side_octets(struct msrp_side *side, unsigned n, struct sp_slice octets)
{
    struct sp_flow flow = msrp_side_flow(n);

    msrp_receive(side->agent, side->now_us, &flow, unit_octets(octets.at, octets.len));
    msrp_side_drain(side);
}

void msrp_side_in(struct msrp_side *side, unsigned n, const char *text)
{
    msrp_side_octets(side, n, sp_str(text));
}

void msrp_side_respond(struct msrp_side *side, unsigned n, uint16_t status)
{
    char        text[512];
    const char *id = side->last_id[n - 1];

    snprintf(text, sizeof text,
             "MSRP %s %u\r\nTo-Path: msrp://b:1/t;tcp\r\nFrom-Path: msrp://192.0.2.1:7/t;tcp\r\n"
             "-------%s$\r\n",
             id, status, id);
    msrp_side_in(side, n, text);
}

void msrp_side_wait(struct msrp_side *side, uint64_t ms)
{
    side->now_us += ms * 1000;
    msrp_tick(side->agent, side->now_us);
    msrp_side_drain(side);
}

struct sp_handle msrp_side_send(struct msrp_side *side, const char *message_id, uint64_t octets,
                                bool success, enum msrp_failure_report failure)
{
    struct msrp_outgoing outgoing = { .message_id = sp_str(message_id),
                                      .content_type = SP_LIT("text/plain"),
                                      .octets = octets,
                                      .success_report = success,
                                      .failure_report = failure };
    struct sp_handle     message = { 0 };

    unit_err(msrp_send(side->agent, side->now_us, side->session, &outgoing, &message), SP_OK);
    msrp_side_drain(side);
    return message;
}

void msrp_side_same(struct msrp_side *side, const char *text, const char *file, int line)
{
    unit_same(sp_slice(side->log, side->logged), sp_str(text), file, line);
    side->logged = 0;
}

void msrp_side_empty(const struct msrp_side *side)
{
    const struct msrp_agent *agent = side->agent;

    ck_assert_uint_eq(agent->conns.used, 0);
    ck_assert_uint_eq(agent->sessions.used, 0);
    ck_assert_uint_eq(agent->leases.used, 0);
    ck_assert_uint_eq(agent->messages.used, 0);
    ck_assert_uint_eq(agent->store.used, 0);
    ck_assert_uint_eq(agent->timers.used, 0);
    ck_assert(msrp_deadline(agent) == SP_NEVER);
}
