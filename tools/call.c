/* SPDX-License-Identifier: MIT
 * tools/call.c -- `sipush call`: one request of any method, and its final response; or a dialog,
 * and requests within it.
 *
 * What begins something (INVITE, SUBSCRIBE, REGISTER, and PUBLISH with --hold) is kept by the agent
 * until --hold and the script are over, then taken away again. INFO, UPDATE and BYE live in a
 * dialog only: for them one is opened by an INVITE and closed. */
#include <stdlib.h>
#include <string.h>

#include "../base/timers.h"
#include "call.h"
#include "secret.h"
#include "target.h"
#include "verbs.h"

#define CLOSE_US 2000000u /* for the answers to what takes things away, after a signal */

enum {
    CALL_HEADER = HOST_OPTIONS,
    CALL_BODY,
    CALL_TYPE,
    CALL_FROM,
    CALL_PROXY,
    CALL_USER,
    CALL_PASSWORD_FILE,
    CALL_EVENT,
    CALL_EXPIRES,
    CALL_QUERY,
    CALL_HOLD,
    CALL_OFFER,
    CALL_IN_DIALOG,
    CALL_DRY_RUN
};

static const struct opt_row rows[] = {
    { CALL_HEADER, 0, "header", "'N: V'", true, "a further header field", NULL },
    { CALL_BODY, 0, "body", "FILE", false, "the body; - is standard input", NULL },
    { CALL_TYPE, 0, "type", "MIME", false, "its media type", NULL },
    { CALL_FROM, 0, "from", "URI", false, "who asks", "anonymous" },
    { CALL_PROXY, 0, "proxy", "URI", false, "send everything there first", NULL },
    { CALL_USER, 0, "user", "NAME", false, "who to be when credentials are asked for", NULL },
    { CALL_PASSWORD_FILE, 0, "password-file", "FILE", false,
      "its first line is the password; else SIPUSH_PASSWORD", NULL },
    { CALL_EVENT, 0, "event", "PACKAGE", false, "SUBSCRIBE, PUBLISH: the event package",
      "presence" },
    { CALL_EXPIRES, 0, "expires", "SECONDS", false,
      "REGISTER, SUBSCRIBE, PUBLISH: for how long; 0 takes away", "3600" },
    { CALL_QUERY, 0, "query", NULL, false, "REGISTER: only ask what is registered", NULL },
    { CALL_HOLD, 0, "hold", "SECONDS", false, "keep what was made for so long, then end it", NULL },
    { CALL_OFFER, 0, "offer", "FILE", false,
      "INFO, UPDATE, BYE, CANCEL: the SDP of the INVITE before", NULL },
    { CALL_IN_DIALOG, 0, "in-dialog", "SCRIPT", false,
      "INVITE: requests within the dialog, a line each", NULL },
    { CALL_DRY_RUN, 0, "dry-run", NULL, false, "print the request, send nothing", NULL },
    HOST_ROWS("udp and tcp on the loopback, port 0"),
};

const struct opt_verb verb_call_options = {
    .name = "call",
    .synopses = (const char *const[]){ "[options] METHOD URI", NULL },
    .words =
        "Sends one request and prints the final response. INVITE opens a dialog, sends what the "
        "script has\nand ends it; INFO, UPDATE, BYE, CANCEL, PRACK and ACK get a dialog for "
        "themselves.\nEnds with 0 on a 2xx, 5 where credentials were refused, 6 on any other "
        "response.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
};

/* Options */

static int seconds(struct call *c, const char *name, const char *value, uint64_t *to)
{
    if (opt_u64(value, 31536000, to))
        return 0;
    host_complain(&c->host, "--%s needs seconds, not %s", name, value);
    return EXIT_USAGE;
}

static int option(void *of, int id, const char *value)
{
    struct call      *c = of;
    struct call_step *step = &c->steps.steps[0];
    bool              good = true;
    int               code;

    switch (id) {
    case CALL_HEADER: good = call_step_header(step, value, c->words, CALL_WORDS_OCTETS); break;
    case CALL_BODY: good = call_step_body(step, value, c->words, CALL_WORDS_OCTETS); break;
    case CALL_OFFER: good = call_step_body(&c->invite, value, c->words, CALL_WORDS_OCTETS); break;
    case CALL_TYPE: step->type = value; break;
    case CALL_FROM: c->from = value; break;
    case CALL_PROXY: c->proxy = value; break;
    case CALL_USER: c->user = value; break;
    case CALL_PASSWORD_FILE: c->password_file = value; break;
    case CALL_EVENT: c->event = value; break;
    case CALL_QUERY: c->query = true; break;
    case CALL_IN_DIALOG: c->script = value; break;
    case CALL_DRY_RUN: c->dry_run = true; break;
    case CALL_EXPIRES: c->expires_set = true; return seconds(c, "expires", value, &c->expires_s);
    case CALL_HOLD:
        c->holds = true;
        code = seconds(c, "hold", value, &c->hold_ms);
        c->hold_ms *= 1000;
        return code;
    case OPT_OPERAND:
        if (c->operand_count < 2)
            c->operands[c->operand_count] = value;
        c->operand_count++;
        break;
    default: return -1;
    }
    return good ? 0 : host_usage(&c->host, c->words);
}

/* METHOD and URI. -1: go on. */
static int operands(struct call *c)
{
    struct call_step *step = &c->steps.steps[0];

    if (c->operand_count != 2)
        return host_usage(&c->host, "needs METHOD and URI");
    if (!call_step_method(step, c->operands[0], c->words, CALL_WORDS_OCTETS))
        return host_usage(&c->host, c->words);
    c->method = step->method;
    if (!target_complete(c->operands[1], c->uri, sizeof c->uri) ||
        (c->proxy != NULL && !target_proxy(c->proxy, c->route, sizeof c->route)))
        return host_usage(&c->host, "a target is a SIP URI, host:port or user@host");
    if (step->body.len > 0 && step->type == NULL) {
        if (c->method != SIP_INVITE && c->method != SIP_UPDATE)
            return host_usage(&c->host, "a body needs its --type");
        step->type = "application/sdp";
    }
    c->invite.method = SIP_INVITE;
    c->invite.type = "application/sdp";
    if (c->script != NULL && c->method != SIP_INVITE)
        return host_usage(&c->host, "--in-dialog goes with INVITE");
    if (c->script != NULL && !call_steps_read(&c->steps, c->script, c->words, CALL_WORDS_OCTETS))
        return host_usage(&c->host, c->words);
    return -1;
}

/* -1: go on; else the exit code. */
static int options(struct call *c, int argc, char **argv)
{
    int code = host_options(&c->host, &verb_call_options, argc, argv, option, c);

    return code < 0 ? operands(c) : code;
}

/* The agent */

static int login(struct call *c)
{
    char            room[SECRET_OCTETS];
    struct sp_slice password;
    enum sp_err     err;

    if (c->user == NULL)
        return 0;
    if (!secret_read(&c->host, c->password_file, room, &password))
        return EXIT_USAGE;
    err = sip_ua_login(c->agent, sp_slice(NULL, 0), sp_str(c->user), password);
    memset(room, 0, sizeof room);
    return err == SP_OK ? 0 : host_usage(&c->host, "--user: the name or the password is too long");
}

static int start(struct call *c)
{
    struct sp_limits     limits = host_limits(&c->host);
    struct sip_ua_config config = {
        .user_agent = SP_LIT("sipush/" SIPUSH_VERSION),
        .methods = 1u << SIP_INVITE | 1u << SIP_BYE | 1u << SIP_INFO | 1u << SIP_MESSAGE |
                   1u << SIP_UPDATE | 1u << SIP_PRACK | 1u << SIP_NOTIFY,
        .accept = SP_LIT("application/sdp"),
        .message_types = SP_LIT("*/*"),
    };
    void *memory;
    int   code;

    c->host.announces = c->host.listen_count > 0;
    code = host_start(&c->host);
    if (code != 0)
        return code;
    memory = host_memory(sip_ua_size(&limits));
    if (memory == NULL)
        return EXIT_OWN;
    config.from = c->from != NULL ? sp_str(c->from) : sp_slice(NULL, 0);
    c->agent = sip_ua_init(memory, &limits, c->host.seed, &config);
    if (c->agent == NULL)
        return host_usage(&c->host, "--from is too long");
    sip_ua_trace(c->agent, host_hook(&c->host));
    if (c->host.listen_count == 0)
        code = host_towards(&c->host, c->proxy != NULL ? c->route : c->uri);
    for (size_t i = 0; i < c->host.bound_count; i++)
        sip_ua_bound(c->agent, &c->host.bound[i]);
    return code == 0 ? login(c) : code;
}

static int preview(struct call *c)
{
    static char   room[262144];
    struct sp_buf text = sp_buf(room, sizeof room);

    call_preview(c, &text);
    if (text.err != SP_OK) {
        call_say_failed(&c->host, c->steps.steps[0].name, text.err, NULL);
        return EXIT_USAGE;
    }
    fwrite(room, 1, sp_written(&text).len, stdout);
    return EXIT_DONE;
}

/* The loop */

static void drain(struct call *c)
{
    struct sip_ua_action action;

    while (sip_ua_next(c->agent, &action)) {
        if (action.kind == SIP_UA_IO)
            host_perform(&c->host, &action.io);
        else
            call_note(c, &action);
    }
}

static void feed(struct call *c, const struct sp_net_event *event)
{
    uint64_t now_us = sp_net_now_us();

    switch (event->kind) {
    case SP_NET_RECEIVED: sip_ua_receive(c->agent, now_us, &event->flow, event->octets); break;
    case SP_NET_ACCEPTED: sip_ua_accepted(c->agent, now_us, &event->flow); break;
    case SP_NET_CONNECTED: sip_ua_connected(c->agent, now_us, event->cookie, &event->flow); break;
    case SP_NET_CLOSED:
        sip_ua_closed(c->agent, now_us, event->cookie, event->flow.id != 0 ? &event->flow : NULL,
                      event->err);
        break;
    case SP_NET_RESOLVED:
        sip_ua_resolved(c->agent, now_us, event->cookie, event->addrs, event->count);
        break;
    case SP_NET_FOUND:
        sip_ua_found(c->agent, now_us, event->cookie, event->records, event->count);
        break;
    case SP_NET_SENT: break;
    }
}

/* Until all is over; after a signal or --timeout only for the answers to what ends it. */
static bool goes_on(struct call *c)
{
    uint64_t now_us = sp_net_now_us();

    if (!c->cut && (host_interrupted() || host_late(&c->host))) {
        c->cut = true;
        c->end_us = now_us + CLOSE_US;
        c->code = host_interrupted() ? EXIT_SIGNAL : EXIT_TIMEOUT;
        c->host.end_us = SP_NEVER; /* bounded by end_us from here on */
        call_end(c);
    }
    call_proceed(c);
    drain(c);
    return c->state != CALL_OVER && now_us < c->end_us;
}

static void run(struct call *c)
{
    struct sp_net_event event;

    drain(c);
    while (goes_on(c)) {
        uint64_t until_us = sip_ua_deadline(c->agent);

        if (until_us > c->wait_us)
            until_us = c->wait_us;
        host_wait(&c->host, until_us < c->end_us ? until_us : c->end_us);
        sip_ua_tick(c->agent, sp_net_now_us());
        drain(c);
        while (host_event(&c->host, &event)) {
            feed(c, &event);
            drain(c);
        }
    }
}

static int call(struct call *c)
{
    struct sip_tx_counters sip = { 0 };
    struct msrp_counters   msrp = { 0 };
    enum sp_err            err = call_ask(c);

    if (err != SP_OK) {
        call_say_failed(&c->host, c->steps.steps[0].name, err, NULL);
        c->code = err == SP_LIMIT ? EXIT_OWN : EXIT_USAGE;
    } else {
        run(c);
    }
    sip_ua_count(c->agent, &sip);
    call_say_result(&c->host, c->steps.steps[0].name, c->status, c->code);
    host_count(&c->host, &sip, &msrp);
    return c->code;
}

int verb_call(int argc, char **argv)
{
    struct call c = {
        .event = "presence", .expires_s = 3600, .end_us = SP_NEVER, .wait_us = SP_NEVER
    };
    int code = EXIT_OWN;

    c.host.verb = "call";
    if (call_steps_add(&c.steps) != NULL)
        code = options(&c, argc, argv);
    if (code < 0) {
        code = start(&c);
        if (code == 0)
            code = c.dry_run ? preview(&c) : call(&c);
        code = host_end(&c.host, code);
    }
    call_steps_free(&c.steps);
    free(c.invite.body_room);
    return code;
}
