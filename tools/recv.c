/* SPDX-License-Identifier: MIT
 * tools/recv.c -- `sipush recv`: receive pushes, decide by size and type, keep what came whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/timers.h"
#include "../sdp/sdp_file.h"
#include "recv.h"
#include "secret.h"
#include "target.h"
#include "verbs.h"

#define GRACE_US     2000000u /* for the peer's BYE, before ours */
#define REGISTER_S   3600
#define POLL_US      50000u   /* for what tells nobody when it is ready */
#define CLOSE_US     2000000u /* for the answers to ours */
#define RELAYS_READY 8        /* URIs of relays for sessions to come */

/* The loop */

/* One about which nothing was decided when it ended. */
static struct incoming *undecided(struct receiver *r, struct sp_handle push)
{
    for (struct incoming *in = r->all; in != NULL; in = in->next)
        if (sp_handle_eq(in->push, push))
            return in;
    return NULL;
}

/* What became of --register; without a binding nobody finds us. */
static void registration(struct receiver *r, const struct push_receiver_action *action)
{
    if (r->host.json) {
        struct json json = json_begin(stdout, action->err == SP_OK ? "registered" : "unregistered");

        json_text(&json, "aor", sp_str(r->aor));
        json_u64(&json, "status", action->status);
        json_text(&json, "error", sp_str(sp_err_name(action->err)));
        json_end(&json);
    }
    if (action->err == SP_OK && host_speaks(&r->host, r->registered ? 1 : 0))
        fprintf(stderr, "registered %s\n", r->aor);
    r->registered = action->err == SP_OK;
    if (r->registered || r->end_us != SP_NEVER)
        return;
    if (action->status > 0)
        host_complain(&r->host, "not registered: %s, %u", sp_err_words(action->err),
                      (unsigned)action->status);
    else
        host_complain(&r->host, "not registered: %s", sp_err_words(action->err));
    r->code = action->status == 401 || action->status == 407    ? EXIT_AUTH
              : action->err == SP_TIMEOUT                       ? EXIT_TIMEOUT
              : action->err == SP_REFUSED && action->status > 0 ? EXIT_REFUSED
                                                                : EXIT_CONNECT;
    r->end_us = sp_net_now_us();
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
        case PUSH_RECEIVER_REGISTRATION: registration(r, &action); break;
        case PUSH_RECEIVER_PULL_FAILED: recv_pull_failed(r, &action); break;
        }
    }
}

static int relays(struct receiver *r)
{
    enum sp_err err = SP_OK;
    uint16_t    status = 0;
    uint32_t    ready = push_receiver_relays(r->agent, &err, &status);

    return relayed_verdict(&r->host, &r->relayed, ready, 1, err, status);
}

/* Is it time to leave, and how? First the peers may say BYE, then we do. */
static bool goes_on(struct receiver *r)
{
    uint64_t now_us = sp_net_now_us();
    bool     leaves = host_interrupted() || host_late(&r->host);
    int      relayed = relays(r);

    if (relayed > 0 && r->end_us == SP_NEVER) {
        r->code = relayed; /* nobody could reach us */
        r->end_us = now_us;
    }

    if (leaves && !r->closing) {
        r->code = host_interrupted() ? EXIT_SIGNAL : EXIT_TIMEOUT;
        r->end_us = now_us;
    } else if (r->count > 0 && r->delivered >= r->count && r->end_us == SP_NEVER) {
        r->end_us = now_us + GRACE_US;
        push_receiver_unregister(r->agent, now_us);
        drain(r);
    }
    if (r->end_us == SP_NEVER)
        return true;
    if ((hook_work(&r->hook) || recv_fetch_work(r)) && !leaves)
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
        if ((recv_fetch_work(r) || hook_work(&r->hook) || r->asked != NULL) &&
            deadline_us > sp_net_now_us() + POLL_US)
            deadline_us = sp_net_now_us() + POLL_US;
        drain(r);
        host_wait(&r->host, deadline_us < r->end_us ? deadline_us : r->end_us);
        push_receiver_tick(r->agent, sp_net_now_us());
        drain(r);
        while (host_event(&r->host, &event)) {
            push_receiver_event(r->agent, sp_net_now_us(), &event);
            drain(r);
        }
    }
}

/* Who asks by --pull is found by the answer where he stands, as who sends. */
static int listen_towards(struct receiver *r)
{
    char        uri[1024];
    const char *next = r->proxy != NULL ? r->proxy : r->pull_from;
    int         code = EXIT_USAGE;

    if (!target_complete(next, uri, sizeof uri)) {
        host_complain(&r->host, "--from and --proxy need SIP URIs");
        return code;
    }
    r->host.announces = false;
    code = host_towards(&r->host, uri);
    if (code == 0 && target_is_loopback(&r->host.bound[0].local))
        code = host_open_msrp(&r->host);
    return code;
}

static int listen_default(struct receiver *r)
{
    int code = 0;

    if (r->host.listen_count == 0 && r->pull != NULL)
        return listen_towards(r);
    if (r->host.listen_count == 0) {
        code = host_listen(&r->host, "udp:127.0.0.1:5060");
        if (code == 0)
            code = host_listen(&r->host, "tcp:127.0.0.1:5060");
    }
    return code == 0 ? host_open_msrp(&r->host) : code;
}

static int login(struct receiver *r)
{
    char            room[SECRET_OCTETS];
    struct sp_slice password;

    if (!secret_read(&r->host, r->password_file, room, &password))
        return EXIT_USAGE;
    if (push_receiver_login(r->agent, sp_slice(NULL, 0), sp_str(r->user), password) == SP_OK)
        return 0;
    host_complain(&r->host, "--user and its password are too long");
    return EXIT_USAGE;
}

static int register_us(struct receiver *r)
{
    static char                aor[1024], registrar[1024], route[1024];
    struct sip_ua_registration registration = { .expires_s = REGISTER_S };
    enum sp_err                err;

    if (!target_complete(r->aor, aor, sizeof aor) ||
        (r->registrar != NULL && !target_complete(r->registrar, registrar, sizeof registrar)) ||
        (r->proxy != NULL && !target_proxy(r->proxy, route, sizeof route))) {
        host_complain(&r->host, "--register, --registrar and --proxy need SIP URIs");
        return EXIT_USAGE;
    }
    registration.aor = sp_str(aor);
    registration.registrar = sp_str(registrar);
    registration.route = sp_str(route);
    err = push_receiver_register(r->agent, sp_net_now_us(), &registration);
    if (err == SP_OK)
        return 0;
    host_complain(&r->host, "--register %s: %s", r->aor, sp_err_words(err));
    return EXIT_USAGE;
}

static int use_relays(struct receiver *r)
{
    struct push_relay_config config;
    int code = relayed_config(&r->host, &r->relayed, r->user, r->password_file, RELAYS_READY,
                              &config);

    if (code == 0 && push_receiver_use_relays(r->agent, sp_net_now_us(), &config) != SP_OK) {
        host_complain(&r->host, "--relay cannot be used");
        code = EXIT_USAGE;
    }
    return code;
}

static int start(struct receiver *r)
{
    struct sp_limits limits = host_limits(&r->host);
    size_t           octets = push_receiver_size(&limits);
    void            *memory;
    int              code = host_start(&r->host);

    if (code == 0 && r->rules_path != NULL)
        code = recv_read_rules(r, r->rules_path);
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
    r->config.uri = sp_str(r->aor != NULL ? r->aor : "");
    r->config.apps = sp_str(r->apps);
    r->config.references = r->fetch.count > 0;
    r->config.multiparts = true;
    r->config.user_agent = SP_LIT("sipush/" SIPUSH_VERSION);
    r->agent = push_receiver_init(memory, &limits, r->host.seed, &r->config);
    if (r->agent == NULL) {
        host_complain(&r->host, "--accept-types is too long, or an --app-id is none");
        return EXIT_USAGE;
    }
    push_receiver_trace(r->agent, host_hook(&r->host));
    if (host_speaks(&r->host, 1))
        fprintf(stderr, "limits: %zu octets of memory, %zu of them for sockets\n",
                octets + r->host.memory_octets, r->host.memory_octets);
    push_receiver_trust(r->agent, r->trusted, r->trusted_count);
    code = listen_default(r);
    for (size_t i = 0; i < r->host.bound_count; i++)
        push_receiver_bound(r->agent, &r->host.bound[i]);
    if (code == 0 && r->user != NULL)
        code = login(r);
    if (code == 0 && r->relayed.text[0] != '\0')
        code = use_relays(r);
    if (code == 0 && r->aor != NULL)
        code = register_us(r);
    return code == 0 && r->pull != NULL ? recv_pull(r) : code;
}

int verb_recv(int argc, char **argv)
{
    struct receiver        r = { .dir = ".", .folder = -1, .end_us = SP_NEVER, .tty = -1 };
    struct sip_tx_counters sip = { 0 };
    struct msrp_counters   msrp = { 0 };
    int                    code;

    r.host.verb = "recv";
    r.host.announces = true;
    code = recv_options(&r, argc, argv);
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
    hook_end(&r.hook);
    free(r.rules.rules);
    free(r.rules_text);
    part_list_end(&r.parts);
    if (r.folder >= 0)
        (void)close(r.folder);
    return host_end(&r.host, code);
}
