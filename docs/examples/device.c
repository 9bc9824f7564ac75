/* SPDX-License-Identifier: MIT
 * docs/examples/device.c -- both agents without an operating system: no sockets, clock or heap.
 *
 *     cc device.c $(pkg-config --cflags --libs sipush)
 *
 * A link in memory carries what one agent sends to the other, a variable is the clock, all memory
 * is static. A file of 100,000 octets goes by INVITE and MSRP; a device would have its radio in the
 * place of `carry`, and leave the words away. */
#include <stdio.h>
#include <string.h>

#include <sipush.h>
#include <sipush/push/push_receiver.h>
#include <sipush/push/push_sender.h>

static _Alignas(64) char memory[2][102400]; /* all that the agents ever use */
static struct push_sender   *sender;
static struct push_receiver *receiver;
static uint64_t              now_us, connections = 1;
static char                  file[100000], stored[sizeof file];
static bool                  over, delivered;
static const struct sp_flow  radio = { .id = 1,
                                       .local = { SP_IPV4, { 192, 0, 2, 1 }, 5060 },
                                       .remote = { SP_IPV4, { 192, 0, 2, 2 }, 5060 } };

/* The link: what happened, and was not told yet, to the sender (0) or to the receiver (1). */
static struct happened {
    int                 to;
    struct sp_net_event event;
    char                octets[4096];
} ring[32];
static unsigned told, happened;

static struct sp_flow other_end(struct sp_flow flow)
{
    struct sp_addr local = flow.local;

    flow.local = flow.remote;
    flow.remote = local;
    return flow;
}

static void put(int to, enum sp_net_event_kind kind, struct sp_flow flow, const struct sp_io *io)
{
    struct happened *h = &ring[happened++ % 32];
    struct sp_buf    octets = sp_buf(h->octets, sizeof h->octets);

    for (int i = 0; i < SP_IO_PARTS; i++)
        sp_put(&octets, io->parts[i]); /* they are gone with the next call of the agent */
    h->to = to; /* no more than 32 at once: an agent sends on when what it sent is SENT */
    h->event = (struct sp_net_event){
        .kind = kind, .flow = flow, .cookie = io->cookie, .octets = sp_written(&octets)
    };
}

/* Do what the agent of one side wants. */
static void carry(int side, const struct sp_io *io)
{
    struct sp_flow flow = io->flow;

    if (io->kind == SP_IO_CONNECT) {
        flow = side == 0 ? radio : other_end(radio);
        flow.id = ++connections, flow.transport = SP_TCP, flow.protocol = io->protocol;
        put(side, SP_NET_CONNECTED, flow, io);
        put(!side, SP_NET_ACCEPTED, other_end(flow), io);
    } else if (io->kind == SP_IO_SEND) {
        put(!side, SP_NET_RECEIVED, other_end(flow), io);
        if (io->want_sent)
            put(side, SP_NET_SENT, flow, io);
    } else if (io->kind == SP_IO_CLOSE) {
        put(!side, SP_NET_CLOSED, other_end(flow), io);
    }
}

static void sender_drain(void)
{
    struct push_sender_action action;

    while (push_sender_next(sender, &action)) {
        if (action.kind == PUSH_SENDER_IO)
            carry(0, &action.io);
        else if (action.kind == PUSH_SENDER_CONTENT_ENDED)
            delivered = action.err == SP_OK;
        else if (action.kind == PUSH_SENDER_ENDED)
            over = true;
    }
}

static void receiver_drain(void)
{
    struct push_receiver_action action;
    bool                        fits, same;

    while (push_receiver_next(receiver, &action)) {
        if (action.kind == PUSH_RECEIVER_IO) {
            carry(1, &action.io);
        } else if (action.kind == PUSH_RECEIVER_OFFERED) {
            fits = action.content.octets == sizeof stored;
            over |= push_receiver_decide(receiver, now_us, action.push, fits ? 200 : 413, 0) != 0;
        } else if (action.kind == PUSH_RECEIVER_CONTENT) {
            memcpy(stored + action.offset, action.octets.at, action.octets.len);
        } else if (action.kind == PUSH_RECEIVER_COMPLETE) {
            same = memcmp(stored, file, sizeof file) == 0;
            over |= push_receiver_stored(receiver, now_us, action.push,
                                         same ? SP_OK : SP_INTEGRITY) != 0;
        }
    }
}

static bool start(void)
{
    struct push_sender_config   of_sender = { 0 };
    struct push_receiver_config of_receiver = { .max_size = sizeof stored };
    uint8_t        seeds[2][SP_SEED_OCTETS] = { { 1 }, { 2 } }; /* chance, on a device */
    struct sp_flow listener = other_end(radio);

    if (push_sender_size(&sp_limits_small) > sizeof memory[0] ||
        push_receiver_size(&sp_limits_small) > sizeof memory[1])
        return false;
    sender = push_sender_init(memory[0], &sp_limits_small, seeds[0], &of_sender);
    receiver = push_receiver_init(memory[1], &sp_limits_small, seeds[1], &of_receiver);
    push_sender_bound(sender, &radio);
    push_receiver_bound(receiver, &listener);
    listener.transport = SP_TCP, listener.protocol = SP_MSRP, listener.local.port = 2855;
    push_receiver_bound(receiver, &listener);
    return true;
}

int main(void)
{
    struct push_content content = { .name = SP_LIT("firmware"),
                                    .type = SP_LIT("application/octet-stream"),
                                    .octets = sizeof file,
                                    .body = { file, sizeof file } };
    struct push_order   order = { .to = SP_LIT("sip:192.0.2.2"), .contents = &content, .count = 1 };
    struct sp_handle    handle;

    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (char)(i * i >> 3);
    if (!start() || push_sender_submit(sender, now_us, &order, &handle) != SP_OK)
        return 2;
    while (!over || push_sender_open(sender) > 0 || push_receiver_open(receiver) > 0) {
        sender_drain();
        receiver_drain();
        if (told != happened && ring[told % 32].to == 0) {
            push_sender_event(sender, now_us, &ring[told++ % 32].event);
            sender_drain();
        } else if (told != happened) {
            push_receiver_event(receiver, now_us, &ring[told++ % 32].event);
            receiver_drain();
        } else { /* nothing comes any more before somebody's time is up: a device sleeps here */
            uint64_t a = push_sender_deadline(sender), b = push_receiver_deadline(receiver);

            now_us = a < b ? a : b;
            push_sender_tick(sender, now_us);
            push_receiver_tick(receiver, now_us);
        }
    }
    printf("%s after %u things that happened and %.1f s\n", delivered ? "delivered" : "failed",
           happened, (double)now_us / 1e6);
    return delivered ? 0 : 1;
}
