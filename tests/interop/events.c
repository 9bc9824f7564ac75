/* SPDX-License-Identifier: MIT
 * tests/interop/events.c -- a registrar and presence server for real peers, with Digest.
 *
 *   events PORT    until a signal, on UDP of the loopback; prints a line a note
 *
 * REGISTER goes to a registrar, PUBLISH to a compositor; who subscribes to presence is told the
 * latest state of the address, and each change. Everybody is alice or bob of 127.0.0.1 and has the
 * password secret. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../../base/timers.h"
#include "../../dialog/sip_compositor.h"
#include "../../dialog/sip_registrar.h"
#include "../../dialog/sip_ua_event.h"
#include "../../transport/sp_net.h"

#define REALM SP_LIT("127.0.0.1")

enum { WATCHERS = 64, NAME = 128 };

/* Who subscribed, and to whom. */
struct watcher {
    struct sp_handle handle;
    char             uri[NAME];
};

static const struct sp_slice  none = { NULL, 0 };
static struct sp_net         *net;
static struct sip_ua         *ua;
static struct sip_registrar  *registrar;
static struct sip_compositor *compositor;
static struct sip_user        users[2];
static struct watcher         watchers[WATCHERS];
static int                    watcher_count;

static void *memory(size_t octets)
{
    void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        exit(1);
    return at;
}

/* The latest state of the address goes to one who watches it. */
static void tell(const struct watcher *watcher, uint64_t now_us)
{
    struct sip_ua_notification state = { .state = SIP_SUBSTATE_ACTIVE };
    struct sip_published       found;
    struct sp_handle           walk = { 0, 0 };
    struct sip_uri             uri;
    struct sp_where            where;

    if (sip_uri_parse(sp_str(watcher->uri), &uri, &where) == SP_OK &&
        sip_compositor_next(compositor, now_us, &uri, SP_LIT("presence"), &walk, &found)) {
        state.content_type = found.content_type;
        state.body = found.body;
    }
    if (sip_ua_notify(ua, now_us, watcher->handle, &state) != SP_OK)
        printf("a NOTIFY is not taken\n");
}

static void tend(uint64_t now_us)
{
    struct sip_published changed;
    struct sp_slice      aor;
    bool                 any = false;

    sip_compositor_tick(compositor, now_us);
    while (sip_registrar_tick(registrar, now_us, &aor))
        printf("expired %.*s\n", SP_ARG(aor));
    while (sip_compositor_changed(compositor, &changed))
        any = true;
    for (int i = 0; any && i < watcher_count; i++)
        tell(&watchers[i], now_us);
}

static void serve(const struct sip_ua_action *action, uint64_t now_us)
{
    struct sip_registrar_answer  binds = { .status = 0 };
    struct sip_compositor_answer publishes = { .status = 0 };
    enum sp_err                  err;

    if (action->msg->method == SIP_REGISTER) {
        sip_registrar_take(registrar, now_us, action->msg, &action->flow, action->who, &binds);
        publishes.status = binds.status != 0 ? binds.status : 404;
        publishes.fields = binds.fields;
    } else {
        sip_compositor_take(compositor, now_us, action->msg, action->who, &publishes);
    }
    printf("%.*s %u, %u bindings\n", SP_ARG(action->msg->method_name), publishes.status,
           sip_registrar_count(registrar));
    err = sip_ua_respond(ua, now_us, action->request, publishes.status, publishes.fields, none,
                         none);
    if (err != SP_OK)
        printf("the answer: %s\n", sp_err_name(err));
    tend(now_us);
}

static void watch(const struct sip_ua_action *action, uint64_t now_us)
{
    struct watcher *watcher = &watchers[watcher_count];

    if (watcher_count == WATCHERS || action->msg->request_uri.len >= NAME) {
        (void)!sip_ua_forbid(ua, now_us, action->request, 403, none);
        return;
    }
    watcher_count++;
    watcher->handle = action->request;
    snprintf(watcher->uri, sizeof watcher->uri, "%.*s", SP_ARG(action->msg->request_uri));
    printf("SUBSCRIBE %s\n", watcher->uri);
    tell(watcher, now_us);
}

static void watch_no_more(const struct sip_ua_action *action)
{
    for (int i = 0; i < watcher_count; i++)
        if (sp_handle_eq(watchers[i].handle, action->request)) {
            printf("ENDED %u %s\n", action->status, watchers[i].uri);
            watchers[i] = watchers[--watcher_count];
            return;
        }
}

static void drain(uint64_t now_us)
{
    struct sip_ua_action action;

    while (sip_ua_next(ua, &action)) {
        switch (action.kind) {
        case SIP_UA_IO: sp_net_perform(net, &action.io); continue;
        case SIP_UA_REQUEST: serve(&action, now_us); break;
        case SIP_UA_SUBSCRIPTION: watch(&action, now_us); break;
        case SIP_UA_SUBSCRIPTION_ENDED: watch_no_more(&action); break;
        default: break;
        }
        fflush(stdout);
    }
}

static uint64_t earliest(void)
{
    uint64_t at_us = sip_ua_deadline(ua);

    if (sip_registrar_deadline(registrar) < at_us)
        at_us = sip_registrar_deadline(registrar);
    return sip_compositor_deadline(compositor) < at_us ? sip_compositor_deadline(compositor)
                                                       : at_us;
}

static void run(void)
{
    struct sp_net_event event;

    for (;;) {
        sp_net_wait(net, earliest());
        sip_ua_tick(ua, sp_net_now_us());
        tend(sp_net_now_us());
        drain(sp_net_now_us());
        while (sp_net_event(net, &event)) {
            uint64_t now_us = sp_net_now_us();

            if (event.kind == SP_NET_RECEIVED)
                sip_ua_receive(ua, now_us, &event.flow, event.octets);
            else if (event.kind == SP_NET_CLOSED)
                sip_ua_closed(ua, now_us, event.cookie, &event.flow, event.err);
            drain(now_us);
        }
    }
}

/* MD5 alone: sipp knows no other, and answers the first challenge. */
static void make_users(void)
{
    static char ha1[2][SP_DIGEST_HEX];

    users[0].username = SP_LIT("alice");
    users[1].username = SP_LIT("bob");
    for (int i = 0; i < 2; i++)
        users[i].ha1[SP_DIGEST_MD5] = sp_digest_ha1(SP_DIGEST_MD5, users[i].username, REALM,
                                                    SP_LIT("secret"), ha1[i]);
}

int main(int argc, char **argv)
{
    struct sp_net_config         config = sp_net_config_default;
    struct sip_registrar_config  bindings = { .domains = REALM };
    struct sip_compositor_config states = { .domains = REALM, .events = SP_LIT("presence") };
    struct sip_ua_config         agent = { .from = SP_LIT("sip:events@127.0.0.1"),
                                           .methods = 1u << SIP_REGISTER | 1u << SIP_PUBLISH,
                                           .accept = SP_LIT("application/pidf+xml"),
                                           .supported = SP_LIT("path, outbound"),
                                           .events = SP_LIT("presence") };
    const struct sp_limits      *limits = &sp_limits_default;
    struct sp_addr               addr;
    struct sp_flow               flow;
    uint8_t                      seed[SP_SEED_OCTETS];

    if (argc != 2)
        return 2;
    net = sp_net_init(memory(sp_net_size(&config)), &config);
    if (sp_net_entropy(seed, sizeof seed) != SP_OK ||
        sp_addr_parse(SP_LIT("127.0.0.1"), &addr) != SP_OK)
        return 1;
    ua = sip_ua_init(memory(sip_ua_size(limits)), limits, seed, &agent);
    registrar = sip_registrar_init(memory(sip_registrar_size(limits)), limits, seed, &bindings);
    compositor = sip_compositor_init(memory(sip_compositor_size(limits)), limits, seed, &states);
    make_users();
    addr.port = (uint16_t)strtoul(argv[1], NULL, 10);
    if (sip_ua_guard(ua, REALM, users, 2, 300) != SP_OK ||
        sip_ua_login(ua, none, SP_LIT("events"), SP_LIT("x")) != SP_OK ||
        sp_net_listen(net, SP_UDP, SP_SIP, &addr, &flow) != SP_OK)
        return 1;
    sip_ua_bound(ua, &flow);
    printf("listening %u\n", flow.local.port);
    fflush(stdout);
    run();
}
