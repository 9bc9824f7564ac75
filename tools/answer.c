/* SPDX-License-Identifier: MIT
 * tools/answer.c -- `sipush answer`: the other end of `sipush call`: answers requests of every
 * method, for labs and tests. */
#include <stdlib.h>
#include <string.h>

#include "../base/timers.h"
#include "answer.h"
#include "verbs.h"

#define LIFETIME_S 300 /* of a nonce */

enum {
    ANSWER_STATUS = HOST_OPTIONS,
    ANSWER_RING,
    ANSWER_RELIABLE,
    ANSWER_COUNT,
    ANSWER_REALM,
    ANSWER_USERS,
    ANSWER_DOMAIN,
    ANSWER_EVENTS
};

static const struct opt_row rows[] = {
    { ANSWER_STATUS, 0, "status", "CODE", false, "the final response", "200" },
    { ANSWER_RING, 0, "ring", "MS", false, "INVITE: 180 first, and so long until the final one",
      "0" },
    { ANSWER_RELIABLE, 0, "reliable", NULL, false,
      "INVITE: 183 first, reliably where the caller can, with our SDP", NULL },
    { ANSWER_COUNT, 0, "count", "N", false, "end with 0 after N requests", NULL },
    { ANSWER_REALM, 0, "realm", "NAME", false, "ask for credentials of this realm", NULL },
    { ANSWER_USERS, 0, "users", "FILE", false, "lines NAME:REALM:H(A1) or NAME:PASSWORD", NULL },
    { ANSWER_DOMAIN, 0, "domain", "LIST", false, "whose registrar and event server it is", "all" },
    { ANSWER_EVENTS, 0, "events", "LIST", false, "event packages", "presence,reg,message-summary" },
    HOST_ROWS("udp and tcp on the loopback, port 5060"),
};

const struct opt_verb verb_answer_options = {
    .name = "answer",
    .synopses = (const char *const[]){ "[options]", NULL },
    .words = "Answers requests of every method, for labs: takes calls, keeps registrations and "
             "publications,\ntells subscribers what was published. A line a request on stdout.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
};

static int option(void *of, int id, const char *value)
{
    struct answer *a = of;

    switch (id) {
    case ANSWER_STATUS:
        if (opt_u64(value, 699, &a->status) && a->status >= 200)
            return 0;
        host_complain(&a->host, "--status is 200 to 699, not %s", value);
        return EXIT_USAGE;
    case ANSWER_RING:
        if (opt_u64(value, 3600000, &a->ring_ms))
            return 0;
        host_complain(&a->host, "--ring needs milliseconds, not %s", value);
        return EXIT_USAGE;
    case ANSWER_COUNT:
        if (opt_u64(value, UINT32_MAX, &a->count) && a->count > 0)
            return 0;
        host_complain(&a->host, "--count needs a number above 0, not %s", value);
        return EXIT_USAGE;
    case ANSWER_RELIABLE: a->reliable = true; return 0;
    case ANSWER_REALM: a->realm = value; return 0;
    case ANSWER_USERS: a->users_path = value; return 0;
    case ANSWER_DOMAIN: a->domains = value; return 0;
    case ANSWER_EVENTS: a->events = value; return 0;
    default: return -1;
    }
}

/* -1: go on; else the exit code. */
static int options(struct answer *a, int argc, char **argv)
{
    int code = host_options(&a->host, &verb_answer_options, argc, argv, option, a);

    if (code >= 0 || (a->realm == NULL) == (a->users_path == NULL))
        return code;
    host_complain(&a->host, "--realm and --users go together");
    return EXIT_USAGE;
}

static struct sip_ua_config config_of(const struct answer *a)
{
    return (struct sip_ua_config){
        .user_agent = SP_LIT("sipush/" SIPUSH_VERSION),
        .methods = 1u << SIP_INVITE | 1u << SIP_BYE | 1u << SIP_INFO | 1u << SIP_MESSAGE |
                   1u << SIP_UPDATE | 1u << SIP_PRACK | 1u << SIP_REGISTER | 1u << SIP_PUBLISH |
                   1u << SIP_SUBSCRIBE | 1u << SIP_NOTIFY,
        .accept = SP_LIT("application/sdp, */*"),
        .message_types = SP_LIT("*/*"),
        .supported = SP_LIT("path, outbound, gruu"),
        .events = sp_str(a->events),
        .min_se_s = 90,
    };
}

/* The tables that registrations and publications go to. */
static bool make_tables(struct answer *a, const struct sp_limits *limits)
{
    struct sip_registrar_config  registrar = { .domains = sp_str(a->domains) };
    struct sip_compositor_config compositor = { .domains = sp_str(a->domains),
                                                .events = sp_str(a->events) };
    void                        *memory[2] = { host_memory(sip_registrar_size(limits)),
                                               host_memory(sip_compositor_size(limits)) };

    if (memory[0] == NULL || memory[1] == NULL)
        return false;
    a->registrar = sip_registrar_init(memory[0], limits, a->host.seed, &registrar);
    a->compositor = sip_compositor_init(memory[1], limits, a->host.seed, &compositor);
    return a->registrar != NULL && a->compositor != NULL;
}

static int start(struct answer *a)
{
    struct sp_limits     limits = host_limits(&a->host);
    struct sip_ua_config config = config_of(a);
    void                *memory;
    int                  code;

    a->host.announces = true;
    code = host_start(&a->host);
    if (code != 0)
        return code;
    if (a->realm != NULL && !users_read(&a->host, a->users_path, sp_str(a->realm), &a->users))
        return EXIT_USAGE;
    memory = host_memory(sip_ua_size(&limits));
    if (memory == NULL || !make_tables(a, &limits))
        return EXIT_OWN;
    a->agent = sip_ua_init(memory, &limits, a->host.seed, &config);
    if (a->agent == NULL)
        return EXIT_OWN;
    sip_ua_trace(a->agent, host_hook(&a->host));
    if (a->realm != NULL && sip_ua_guard(a->agent, sp_str(a->realm), a->users.list, a->users.count,
                                         LIFETIME_S) != SP_OK)
        return EXIT_OWN;
    if (a->host.listen_count == 0)
        code = host_listen(&a->host, "udp:127.0.0.1:5060");
    if (a->host.listen_count == 0 && code == 0)
        code = host_listen(&a->host, "tcp:127.0.0.1:5060");
    for (size_t i = 0; i < a->host.bound_count; i++)
        sip_ua_bound(a->agent, &a->host.bound[i]);
    return code;
}

static void drain(struct answer *a)
{
    struct sip_ua_action action;

    while (sip_ua_next(a->agent, &action)) {
        if (action.kind == SIP_UA_IO)
            host_perform(&a->host, &action.io);
        else
            answer_note(a, &action);
    }
}

static void feed(struct answer *a, const struct sp_net_event *event)
{
    uint64_t        now_us = sp_net_now_us();
    struct sp_slice aor;

    switch (event->kind) {
    case SP_NET_RECEIVED: sip_ua_receive(a->agent, now_us, &event->flow, event->octets); break;
    case SP_NET_ACCEPTED: sip_ua_accepted(a->agent, now_us, &event->flow); break;
    case SP_NET_CONNECTED: sip_ua_connected(a->agent, now_us, event->cookie, &event->flow); break;
    case SP_NET_CLOSED:
        sip_ua_closed(a->agent, now_us, event->cookie, event->flow.id != 0 ? &event->flow : NULL,
                      event->err);
        while (event->flow.id != 0 && sip_registrar_closed(a->registrar, &event->flow, &aor))
            continue;
        break;
    case SP_NET_RESOLVED:
        sip_ua_resolved(a->agent, now_us, event->cookie, event->addrs, event->count);
        break;
    case SP_NET_FOUND:
        sip_ua_found(a->agent, now_us, event->cookie, event->records, event->count);
        break;
    case SP_NET_SENT: break;
    }
}

static int run(struct answer *a)
{
    struct sp_net_event event;

    while (!host_interrupted() && !host_late(&a->host)) {
        uint64_t until_us = sip_ua_deadline(a->agent);

        answer_tick(a);
        drain(a);
        if (a->count > 0 && a->answered >= a->count && sip_ua_open(a->agent) == 0)
            return EXIT_DONE;
        if (answer_deadline(a) < until_us)
            until_us = answer_deadline(a);
        host_wait(&a->host, until_us);
        sip_ua_tick(a->agent, sp_net_now_us());
        drain(a);
        while (host_event(&a->host, &event)) {
            feed(a, &event);
            drain(a);
        }
    }
    return host_interrupted() ? EXIT_SIGNAL : EXIT_TIMEOUT;
}

int verb_answer(int argc, char **argv)
{
    struct answer *a = calloc(1, sizeof *a);
    int            code;

    if (a == NULL)
        return EXIT_OWN;
    a->host.verb = "answer";
    a->status = 200;
    a->domains = "";
    a->events = "presence,reg,message-summary";
    code = options(a, argc, argv);
    if (code < 0) {
        code = start(a);
        if (code == 0)
            code = run(a);
        code = host_end(&a->host, code);
    }
    users_end(&a->users);
    free(a);
    return code;
}
