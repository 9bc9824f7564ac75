/* SPDX-License-Identifier: MIT
 * docs/examples/recv.c -- receive pushes with the installed library: recv PORT COUNT.
 *
 *     cc recv.c $(pkg-config --cflags --libs sipush)
 *
 * Takes COUNT pushes of at most 1 MiB on 127.0.0.1 (PORT of UDP for SIP, of TCP for MSRP) into
 * files push-1, push-2, ... A sender hears "delivered" only after its content was checked and
 * stored. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipush.h>
#include <sipush/push/push_receiver.h>
#include <sipush/transport/sp_net.h>

#define MOST 1048576 /* octets of one push */

struct in { /* a push under way; the agent's `user` points to it */
    struct push_content told;
    char                octets[MOST];
};

static struct push_receiver             *agent;
static struct sp_net                    *net;
static int                               count, late;
static const struct push_receiver_config config = { .max_size = MOST };

static void offered(const struct push_receiver_action *a)
{
    uint16_t   status = push_receiver_judge(&config, &a->content); /* 200, 413 or 415 */
    struct in *in = calloc(1, sizeof *in);

    if (in != NULL)
        in->told = a->content; /* size and hash: its slices are gone with the next call */
    printf("%s: %u\n", push_mode_name(a->mode), status);
    if (push_receiver_decide(agent, sp_net_now_us(), a->push, in ? status : 480, (uintptr_t)in))
        free(in); /* its sender has taken it back */
}

static enum sp_err store(const struct in *in, size_t total)
{
    enum sp_err err = push_content_check(&in->told, sp_slice(in->octets, total));
    char        name[32];
    snprintf(name, sizeof name, "push-%d", ++count);
    FILE *file = err == SP_OK ? fopen(name, "wbx") : NULL;
    bool  good = file != NULL && fwrite(in->octets, 1, total, file) == total;
    good = file != NULL && fclose(file) == 0 && good;
    return err != SP_OK || good ? err : SP_STORAGE;
}

static void drain(void)
{
    struct push_receiver_action a;

    while (push_receiver_next(agent, &a)) {
        struct in *in = (void *)(uintptr_t)a.user;
        if (a.kind == PUSH_RECEIVER_IO)
            sp_net_perform(net, &a.io);
        else if (a.kind == PUSH_RECEIVER_OFFERED)
            offered(&a);
        else if (a.kind == PUSH_RECEIVER_CONTENT) /* never past max_size */
            memcpy(in->octets + a.offset, a.octets.at, a.octets.len);
        else if (a.kind == PUSH_RECEIVER_COMPLETE)
            late += push_receiver_stored(agent, sp_net_now_us(), a.push, store(in, a.total)) != 0;
        else if (a.kind == PUSH_RECEIVER_DELIVERED || a.kind == PUSH_RECEIVER_FAILED)
            free(in);
    }
}

int main(int argc, char **argv)
{
    struct sp_addr      here = { .family = SP_IPV4, .octets = { 127, 0, 0, 1 } };
    struct sp_flow      local;
    struct sp_net_event event;
    uint8_t             seed[SP_SEED_OCTETS];

    if (argc != 3 || sp_net_entropy(seed, sizeof seed) != SP_OK)
        return 2;
    net = sp_net_init(calloc(1, sp_net_size(&sp_net_config_default)), &sp_net_config_default);
    agent = push_receiver_init(calloc(1, push_receiver_size(&sp_limits_default)),
                               &sp_limits_default, seed, &config);
    for (int i = 0; i < 3;
         i++) { /* SIP over UDP and TCP; MSRP: the answer to an INVITE says where */
        here.port = (uint16_t)(i < 2 ? atoi(argv[1]) : 0);
        if (sp_net_listen(net, i == 0 ? SP_UDP : SP_TCP, i < 2 ? SP_SIP : SP_MSRP, &here, &local) !=
            SP_OK)
            return 3;
        push_receiver_bound(agent, &local);
    }
    for (drain(); count < atoi(argv[2]) || push_receiver_open(agent) > 0; drain()) {
        sp_net_wait(net, push_receiver_deadline(agent));
        push_receiver_tick(agent, sp_net_now_us());
        for (drain(); sp_net_event(net, &event); drain())
            push_receiver_event(agent, sp_net_now_us(), &event);
    }
    sp_net_end(net);
    return late > 0;
}
