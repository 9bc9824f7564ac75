/* SPDX-License-Identifier: MIT
 * docs/examples/send.c -- push a text with the installed library: send URI TEXT.
 *
 *     cc send.c $(pkg-config --cflags --libs sipush)
 *
 * The loop of every host: drive the agent, perform what it wants until it wants nothing more, sleep
 * until its deadline. */
#include <stdio.h>
#include <stdlib.h>

#include <sipush.h>
#include <sipush/push/push_sender.h>
#include <sipush/transport/sp_net.h>

static struct push_sender *agent;
static struct sp_net      *net;
static int                 code = 1, over;

static void drain(void)
{
    struct push_sender_action action;

    while (push_sender_next(agent, &action)) {
        if (action.kind == PUSH_SENDER_IO)
            sp_net_perform(net, &action.io);
        else if (action.kind == PUSH_SENDER_CONTENT_ENDED) {
            printf("%s %u\n", sp_err_name(action.err), (unsigned)action.status);
            code = action.err != SP_OK;
        } else if (action.kind == PUSH_SENDER_ENDED)
            over = 1;
    }
}

static void feed(const struct sp_net_event *event)
{
    uint64_t now_us = sp_net_now_us();

    if (event->kind == SP_NET_RECEIVED)
        push_sender_receive(agent, now_us, &event->flow, event->octets);
    else if (event->kind == SP_NET_CONNECTED)
        push_sender_connected(agent, now_us, event->cookie, &event->flow);
    else if (event->kind == SP_NET_CLOSED)
        push_sender_closed(agent, now_us, event->cookie,
                           event->flow.id != 0 ? &event->flow : NULL, event->err);
    else if (event->kind == SP_NET_SENT)
        push_sender_sent(agent, now_us, &event->flow);
    else if (event->kind == SP_NET_RESOLVED)
        push_sender_resolved(agent, now_us, event->cookie, event->addrs, event->count);
}

int main(int argc, char **argv)
{
    struct push_sender_config config = { 0 };
    struct sp_addr            here = { .family = SP_IPV4, .octets = { 127, 0, 0, 1 } };
    struct sp_flow            local;
    struct sp_handle          handle;
    uint8_t                   seed[SP_SEED_OCTETS];
    struct sp_net_event       event;

    if (argc != 3 || sp_net_entropy(seed, sizeof seed) != SP_OK)
        return 2;
    struct push_content text = { .type = SP_LIT("text/plain"), .body = sp_str(argv[2]) };
    struct push_order   order = { .to = sp_str(argv[1]), .contents = &text, .count = 1 };

    net = sp_net_init(calloc(1, sp_net_size(&sp_net_config_default)), &sp_net_config_default);
    agent = push_sender_init(calloc(1, push_sender_size(&sp_limits_default)), &sp_limits_default,
                             seed, &config);
    if (sp_net_listen(net, SP_UDP, SP_SIP, &here, &local) != SP_OK)
        return 3;
    push_sender_bound(agent, &local);
    if (push_sender_submit(agent, sp_net_now_us(), &order, &handle) != SP_OK)
        return 2;
    for (drain(); !over || push_sender_open(agent) > 0; drain()) {
        sp_net_wait(net, push_sender_deadline(agent));
        push_sender_tick(agent, sp_net_now_us());
        for (drain(); sp_net_event(net, &event); drain())
            feed(&event);
    }
    sp_net_end(net);
    return code;
}
