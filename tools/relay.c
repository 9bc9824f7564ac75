/* SPDX-License-Identifier: MIT
 * tools/relay.c -- `sipush relay`: an MSRP relay. RFC 4976. */
#include <stdlib.h>

#include "../base/timers.h"
#include "../msrp/msrp_relay.h"
#include "host.h"
#include "limit.h"
#include "users.h"
#include "verbs.h"

#define RELAY_READ  32768u /* octets of one read */
#define RELAY_QUEUE 131072u

enum {
    RELAY_REALM = HOST_OPTIONS,
    RELAY_USERS,
    RELAY_NAME,
    RELAY_EXPIRES,
    RELAY_USER_SESSIONS,
    RELAY_CONNECTIONS,
    RELAY_PLAIN
};

static const struct opt_row rows[] = {
    { RELAY_REALM, 0, "realm", "NAME", false, "of the users", NULL },
    { RELAY_USERS, 0, "users", "FILE", false,
      "a line a user: NAME:PASSWORD, or NAME:REALM:HASH as htdigest writes it", NULL },
    { RELAY_NAME, 0, "name", "HOST", false, "our name in the URIs that are handed out",
      "the address of the listener" },
    { RELAY_EXPIRES, 0, "expires", "SECONDS", false, "how long a URI is good, at most", "1800" },
    { RELAY_USER_SESSIONS, 0, "user-sessions", "N", false, "URIs of one user at the same time",
      "64" },
    { RELAY_CONNECTIONS, 0, "connections", "N", false, "at the same time", "4096" },
    { RELAY_PLAIN, 0, "plain", NULL, false,
      "take passwords (hashed) over plain TCP from other hosts, too", NULL },
    HOST_ROWS("msrp on 127.0.0.1:2855"),
};

const struct opt_verb verb_relay_options = {
    .name = "relay",
    .synopses = (const char *const[]){ "[options] --realm NAME --users FILE", NULL },
    .words = "Relays MSRP for users who have a password: each session gets a URI, and what is sent "
             "to it or by its\nowner is handed on. TLS is put in front by another program; without "
             "it only this host may ask\nfor URIs, unless --plain.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
};

struct relay {
    struct host             host;
    struct msrp_relay      *agent;
    struct msrp_relay_rules rules;
    struct sp_limits        limits;
    const char             *users_path;
    struct users            users; /* names and hashes lie in it */
    struct msrp_relay_user *known;
};

static bool number(struct relay *r, const char *value, uint64_t least, uint64_t most, uint32_t *to)
{
    uint64_t n = 0;

    if (!opt_u64(value, most, &n) || n < least) {
        host_complain(&r->host, "a number from %llu to %llu is needed, not %s",
                      (unsigned long long)least, (unsigned long long)most, value);
        return false;
    }
    *to = (uint32_t)n;
    return true;
}

static int option(void *of, int id, const char *value)
{
    struct relay *r = of;
    bool          ok = true;

    switch (id) {
    case RELAY_REALM: r->rules.realm = sp_str(value); break;
    case RELAY_USERS: r->users_path = value; break;
    case RELAY_NAME: r->rules.host = sp_str(value); break;
    case RELAY_EXPIRES: ok = number(r, value, 1, 86400, &r->rules.expires_most_s); break;
    case RELAY_USER_SESSIONS: ok = number(r, value, 1, 100000, &r->limits.relay_user_grants); break;
    case RELAY_CONNECTIONS: ok = number(r, value, 2, 60000, &r->limits.msrp_connections); break;
    case RELAY_PLAIN: r->rules.anywhere = true; break;
    default: return -1;
    }
    return ok ? 0 : EXIT_USAGE;
}

/* -1: go on; else the exit code. */
static int options(struct relay *r, int argc, char **argv)
{
    int code = host_options(&r->host, &verb_relay_options, argc, argv, option, r);

    if (code >= 0 || (r->rules.realm.len > 0 && r->users_path != NULL))
        return code;
    return host_usage(&r->host, "--realm and --users are needed");
}

/* ---- users ---- */

/* Those of the realm that have an MD5 hash, which is what RFC 4976 9.1 asks with. */
static int read_users(struct relay *r)
{
    size_t count = 0;

    if (!users_read(&r->host, r->users_path, r->rules.realm, &r->users))
        return EXIT_USAGE;
    r->known = calloc(r->users.count + 1, sizeof *r->known);
    if (r->known == NULL)
        return EXIT_OWN;
    for (size_t i = 0; i < r->users.count; i++) {
        const struct sip_user *user = &r->users.list[i];

        if (user->ha1[SP_DIGEST_MD5].len == 0)
            continue;
        if (count == r->limits.relay_users) {
            host_complain(&r->host, "%s: more than %u users", r->users_path, r->limits.relay_users);
            return EXIT_USAGE;
        }
        r->known[count].name = user->username;
        r->known[count++].ha1 = user->ha1[SP_DIGEST_MD5];
    }
    r->rules.users = r->known;
    r->rules.count = count;
    return 0;
}

/* ---- the loop ---- */

static void report(struct relay *r, const struct msrp_relay_action *action)
{
    char          room[64];
    struct sp_buf address = sp_buf(room, sizeof room);
    bool          granted = action->kind == MSRP_RELAY_GRANTED;

    sp_put_host_port(&address, &action->flow.remote);
    if (r->host.json) {
        struct json line = json_begin(stdout, granted ? "granted" : "denied");

        json_text(&line, "user", action->user);
        json_text(&line, "from", sp_written(&address));
        if (granted)
            json_text(&line, "uri", action->uri);
        json_u64(&line, granted ? "expires" : "status",
                 granted ? action->expires_s : action->status);
        json_end(&line);
        (void)fflush(stdout);
    }
    if (!host_speaks(&r->host, 1))
        return;
    fprintf(stderr, "%s ", granted ? "granted" : "denied");
    term_put(stderr, action->user);
    fprintf(stderr, " %.*s", SP_ARG(sp_written(&address)));
    if (granted)
        fprintf(stderr, " %.*s for %u s\n", SP_ARG(action->uri), (unsigned)action->expires_s);
    else
        fprintf(stderr, " with %u\n", (unsigned)action->status);
}

static void drain(struct relay *r)
{
    struct msrp_relay_action action;

    while (msrp_relay_next(r->agent, &action)) {
        if (action.kind == MSRP_RELAY_IO)
            host_perform(&r->host, &action.io);
        else
            report(r, &action);
    }
}

static void feed(struct relay *r, const struct sp_net_event *event)
{
    uint64_t now_us = sp_net_now_us();

    switch (event->kind) {
    case SP_NET_RECEIVED:
        if (event->flow.protocol == SP_MSRP)
            msrp_relay_receive(r->agent, now_us, &event->flow, event->octets);
        break;
    case SP_NET_ACCEPTED: msrp_relay_accepted(r->agent, now_us, &event->flow); break;
    case SP_NET_CONNECTED:
        msrp_relay_connected(r->agent, now_us, event->cookie, &event->flow);
        break;
    case SP_NET_CLOSED:
        msrp_relay_closed(r->agent, now_us, event->cookie,
                          event->flow.id != 0 ? &event->flow : NULL, event->err);
        break;
    case SP_NET_SENT: msrp_relay_sent(r->agent, now_us, &event->flow); break;
    case SP_NET_RESOLVED:
        msrp_relay_resolved(r->agent, now_us, event->cookie, event->addrs, event->count);
        break;
    case SP_NET_FOUND: break; /* no records were asked for */
    }
}

static int run(struct relay *r)
{
    struct sp_net_event event;

    drain(r);
    for (;;) {
        host_wait(&r->host, msrp_relay_deadline(r->agent));
        msrp_relay_tick(r->agent, sp_net_now_us());
        drain(r);
        while (host_event(&r->host, &event)) {
            feed(r, &event);
            drain(r);
        }
        if (host_interrupted())
            return EXIT_SIGNAL;
        if (host_late(&r->host))
            return EXIT_DONE;
    }
}

static void count(struct relay *r)
{
    struct msrp_relay_counters c;

    msrp_relay_count(r->agent, &c);
    if (!host_speaks(&r->host, 1))
        return;
    fprintf(stderr,
            "counted: %llu requests, %llu responses, %llu granted, %llu denied, %llu handed on "
            "with %llu octets, %llu reports, %llu refused, %llu dropped, %llu malformed\n",
            (unsigned long long)c.requests, (unsigned long long)c.responses,
            (unsigned long long)c.granted, (unsigned long long)c.denied,
            (unsigned long long)c.forwarded, (unsigned long long)c.octets,
            (unsigned long long)c.reports, (unsigned long long)c.refused,
            (unsigned long long)c.dropped, (unsigned long long)c.malformed);
}

/* --limit, and what the relay cannot do without. */
static void take_limits(struct relay *r)
{
    struct sp_net_config config = sp_net_config_default;
    struct sp_limits    *l = &r->limits;
    uint32_t             least;

    for (size_t i = 0; i < r->host.limit_count; i++)
        (void)limit_set(r->host.limits[i], l, &config);
    least = 32768 + l->msrp_head_octets + 2 * l->msrp_path_octets;
    if (l->relay_lane_octets < least)
        l->relay_lane_octets = least;
    if (l->content_octets < 1024)
        l->content_octets = 1024;
}

static int start(struct relay *r)
{
    void *memory;
    int   code = read_users(r);

    if (code != 0)
        return code;
    take_limits(r);
    if (r->rules.expires_least_s > r->rules.expires_most_s)
        r->rules.expires_least_s = r->rules.expires_most_s;
    /* So that the agent, which knows whom to let go, is never fuller than the sockets: those that
     * came may be three quarters of them. */
    r->host.sockets = (r->limits.msrp_connections + HOST_LISTENS + 2) * 4 / 3;
    r->host.read_octets = r->limits.content_octets;
    r->host.queue_octets = RELAY_QUEUE;
    code = host_start(&r->host);
    if (code == 0 && r->host.listen_count == 0)
        code = host_listen(&r->host, "msrp:127.0.0.1:2855");
    if (code != 0)
        return code;
    memory = host_memory(msrp_relay_size(&r->limits));
    if (memory == NULL)
        return EXIT_OWN;
    r->agent = msrp_relay_init(memory, &r->limits, r->host.seed, &r->rules);
    msrp_relay_trace(r->agent, host_hook(&r->host));
    if (r->rules.anywhere && !r->host.quiet)
        host_complain(&r->host, "AUTH is taken over plain TCP from everywhere: RFC 4976 8 has it "
                                "over TLS alone");
    return 0;
}

int verb_relay(int argc, char **argv)
{
    struct relay r = { .rules = { .expires_least_s = 30, .expires_most_s = 1800 } };
    int          code;

    r.limits = sp_limits_default;
    r.limits.msrp_connections = 4096;
    r.limits.content_octets = RELAY_READ;
    r.host.verb = "relay";
    r.host.announces = true;
    code = options(&r, argc, argv);
    if (code >= 0)
        return code;
    code = start(&r);
    if (code == 0) {
        code = run(&r);
        count(&r);
    }
    users_end(&r.users);
    free(r.known);
    return host_end(&r.host, code);
}
