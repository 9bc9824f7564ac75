/* SPDX-License-Identifier: MIT
 * tests/interop/session.c -- a user agent for real peers: PRACK, UPDATE, INFO and session timers.
 *
 *   session answer PORT    until a signal: a reliable 183 has the answer, then 200; UPDATE and
 *                          re-INVITE are answered, INFO has its 200
 *   session call URI       INVITE, PRACK; then UPDATE, INFO of package foo, a re-INVITE and BYE
 *
 * Prints a line a note; `call` ends with 0 when all of this had its 2xx. UDP on the loopback. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../dialog/sip_ua.h"
#include "../../transport/sp_net.h"

#define SDP(version)                                                                               \
    SP_LIT("v=0\r\no=- 1 " version " IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"   \
           "m=audio 40000 RTP/AVP 0\r\n")
#define IS_SDP SP_LIT("application/sdp")

static const struct sp_slice none = { NULL, 0 };
static struct sp_net        *net;
static struct sip_ua        *ua;
static bool                  calls;
static int                   code = -1; /* of the exit; -1: it goes on */

static void *memory(size_t octets)
{
    void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        exit(1);
    return at;
}

static const char *name_of(enum sip_ua_action_kind kind)
{
    switch (kind) {
    case SIP_UA_REQUEST: return "REQUEST";
    case SIP_UA_RESPONSE: return "RESPONSE";
    case SIP_UA_FAILED: return "FAILED";
    case SIP_UA_INVITED: return "INVITED";
    case SIP_UA_PROGRESS: return "PROGRESS";
    case SIP_UA_ACCEPTED: return "ACCEPTED";
    case SIP_UA_REFUSED: return "REFUSED";
    case SIP_UA_CANCELLED: return "CANCELLED";
    case SIP_UA_CONFIRMED: return "CONFIRMED";
    case SIP_UA_REINVITED: return "REINVITED";
    case SIP_UA_PRACKED: return "PRACKED";
    case SIP_UA_UPDATED: return "UPDATED";
    case SIP_UA_ANSWERED: return "ANSWERED";
    case SIP_UA_REFRESHED: return "REFRESHED";
    case SIP_UA_ENDED: return "ENDED";
    default: return "OTHER";
    }
}

/* What we refuse to go on with. */
static void must(enum sp_err err, const char *what)
{
    if (err == SP_OK)
        return;
    printf("%s: %s\n", what, sp_err_name(err));
    code = 1;
}

static void answer(const struct sip_ua_action *action, uint64_t now_us)
{
    switch (action->kind) {
    case SIP_UA_INVITED:
        must(sip_ua_progress(ua, now_us, action->session, 183, true, IS_SDP, SDP("1")), "183");
        break;
    case SIP_UA_PRACKED:
        if (action->sdp == SIP_UA_SDP_OFFER)
            must(sip_ua_respond(ua, now_us, action->request, 200, none, IS_SDP, SDP("2")), "200");
        must(sip_ua_accept(ua, now_us, action->session, none, none), "accept");
        break;
    case SIP_UA_REINVITED:
        must(sip_ua_accept(ua, now_us, action->session, IS_SDP, SDP("3")), "accept");
        break;
    case SIP_UA_UPDATED:
        if (action->sdp == SIP_UA_SDP_OFFER)
            must(sip_ua_respond(ua, now_us, action->request, 200, none, IS_SDP, SDP("4")), "200");
        break;
    case SIP_UA_REQUEST:
        must(sip_ua_respond(ua, now_us, action->request, 200, none, none, none), "200");
        break;
    default: break;
    }
    code = -1; /* a peer that is gone is no end of ours */
}

static void call(const struct sip_ua_action *action, uint64_t now_us)
{
    struct sp_handle request;

    if (action->status >= 300 || action->kind == SIP_UA_FAILED)
        code = 1;
    switch (action->kind) {
    case SIP_UA_ACCEPTED:
        if (action->again)
            must(sip_ua_end(ua, now_us, action->session), "end");
        else
            must(sip_ua_update(ua, now_us, action->session, IS_SDP, SDP("2")), "UPDATE");
        break;
    case SIP_UA_ANSWERED:
        must(sip_ua_info(ua, now_us, action->session, SP_LIT("foo"), SP_LIT("text/plain"),
                         SP_LIT("tone"), &request),
             "INFO");
        break;
    case SIP_UA_RESPONSE:
        /* An INFO has the user that its session has: the handle, here. */
        request.slot = (uint32_t)(action->user >> 32);
        request.generation = (uint32_t)action->user;
        must(sip_ua_reinvite(ua, now_us, request, IS_SDP, SDP("3")), "re-INVITE");
        break;
    case SIP_UA_ENDED: code = action->err == SP_OK && action->status / 100 == 2 ? 0 : 1; break;
    default: break;
    }
}

static void drain(uint64_t now_us)
{
    static const char *const sdps[] = { "", " offer", " answer" };
    struct sip_ua_action     action;

    while (sip_ua_next(ua, &action)) {
        if (action.kind == SIP_UA_IO) {
            sp_net_perform(net, &action.io);
            continue;
        }
        printf("%s %u%s%s\n", name_of(action.kind), action.status, sdps[action.sdp],
               action.reliable ? " reliable" : "");
        fflush(stdout);
        if (calls)
            call(&action, now_us);
        else
            answer(&action, now_us);
    }
}

static void run(void)
{
    struct sp_net_event event;

    while (code < 0) {
        sp_net_wait(net, sip_ua_deadline(ua));
        sip_ua_tick(ua, sp_net_now_us());
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

static void start(uint16_t port)
{
    struct sp_net_config config = sp_net_config_default;
    struct sip_ua_config agent = {
        .from = SP_LIT("sip:session@127.0.0.1"),
        .methods = 1u << SIP_INVITE | 1u << SIP_PRACK | 1u << SIP_UPDATE | 1u << SIP_INFO,
        .accept = SP_LIT("application/sdp, text/plain"),
        .recv_info = SP_LIT("foo"),
        .min_se_s = 90,
        .session_expires_s = 1800,
    };
    struct sp_addr addr;
    struct sp_flow flow;
    uint8_t        seed[SP_SEED_OCTETS];

    net = sp_net_init(memory(sp_net_size(&config)), &config);
    if (sp_net_entropy(seed, sizeof seed) != SP_OK ||
        sp_addr_parse(SP_LIT("127.0.0.1"), &addr) != SP_OK)
        exit(1);
    ua = sip_ua_init(memory(sip_ua_size(&sp_limits_default)), &sp_limits_default, seed, &agent);
    addr.port = port;
    if (sp_net_listen(net, SP_UDP, SP_SIP, &addr, &flow) != SP_OK)
        exit(1);
    sip_ua_bound(ua, &flow);
    printf("listening %u\n", flow.local.port);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct sip_ua_request invite = { .method = SIP_INVITE, .content_type = IS_SDP };
    struct sp_handle      session;

    if (argc != 3)
        return 2;
    calls = strcmp(argv[1], "call") == 0;
    start(calls ? 0 : (uint16_t)strtoul(argv[2], NULL, 10));
    if (calls) {
        invite.uri = sp_str(argv[2]);
        invite.body = SDP("1");
        must(sip_ua_invite(ua, sp_net_now_us(), &invite, &session), "INVITE");
        sip_ua_set_user(ua, session, (uint64_t)session.slot << 32 | session.generation);
    }
    run();
    return code;
}
