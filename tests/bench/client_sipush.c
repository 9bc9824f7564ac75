/* SPDX-License-Identifier: MIT
 * tests/bench/client_sipush.c PORT COUNT WINDOW -- the client transactions of sipush over sp_net:
 * COUNT MESSAGEs, WINDOW under way. Says: messages a second, CPU us a message, those that timed
 * out, those sent again. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "../../base/buf.h"
#include "../../transaction/sip_tx.h"
#include "../../transport/sp_net.h"

static struct sp_net       *net;
static struct sip_tx_layer *layer;
static struct sip_target    target;
static unsigned             given, done, lost;

static void *memory(size_t octets)
{
    void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        exit(1);
    return at;
}

static double cpu_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static void ask(uint64_t now_us)
{
    char             octets[1024];
    struct sp_buf    to = sp_buf(octets, sizeof octets);
    struct sp_handle tx;

    given++;
    sp_put_text(&to, "MESSAGE sip:push@127.0.0.1:");
    sp_put_u64(&to, target.addr.port);
    sp_put_text(&to, " SIP/2.0\r\nMax-Forwards: 70\r\n"
                     "From: \"Dr. Watson\" <sip:watson@client.example.com>;tag=");
    sp_put_u64(&to, 1000000000u + given);
    sp_put_text(&to, "\r\nTo: \"Push Receiver\" <sip:push@server.example.com>\r\nCall-ID: bench-");
    sp_put_u64(&to, 1000000000u + given);
    sp_put_text(&to, "@client.example.com\r\nCSeq: 1 MESSAGE\r\nUser-Agent: bench\r\n"
                     "Content-Type: text/plain\r\nContent-Length: 18\r\n\r\nWatson, come here.");
    if (sip_tx_request(layer, now_us, &target, sp_written(&to), 0, &tx) != SP_OK)
        exit(1);
}

static void drain(uint64_t now_us, unsigned count)
{
    struct sip_tx_action action;

    while (sip_tx_next(layer, &action)) {
        if (action.kind == SIP_TX_IO) {
            sp_net_perform(net, &action.io);
            continue;
        }
        done++;
        lost += action.kind != SIP_TX_RESPONSE;
        if (given < count)
            ask(now_us);
    }
}

int main(int argc, char **argv)
{
    struct sp_net_config   config = sp_net_config_default;
    struct sp_limits       limits = sp_limits_default;
    struct sip_tx_counters counters;
    struct sp_net_event    event;
    struct sp_flow         flow;
    uint8_t                seed[SP_SEED_OCTETS];
    unsigned               count, window;
    uint64_t               start_us;
    double                 cpu;

    if (argc < 4 || sp_net_entropy(seed, sizeof seed) != SP_OK ||
        sp_addr_parse(SP_LIT("127.0.0.1"), &target.addr) != SP_OK)
        return 1;
    count = (unsigned)strtoul(argv[2], NULL, 10);
    window = (unsigned)strtoul(argv[3], NULL, 10);
    limits.transactions = count + 16;
    limits.store_octets = limits.transactions * UINT32_C(1024);
    net = sp_net_init(memory(sp_net_size(&config)), &config);
    layer = sip_tx_init(memory(sip_tx_size(&limits)), &limits, seed);
    if (sp_net_listen(net, SP_UDP, SP_SIP, &target.addr, &flow) != SP_OK)
        return 1;
    sip_tx_bound(layer, &flow);
    target.addr.port = (uint16_t)strtoul(argv[1], NULL, 10);
    start_us = sp_net_now_us();
    cpu = cpu_us();
    while (given < window && given < count)
        ask(start_us);
    drain(start_us, count);
    while (done < count) {
        sp_net_wait(net, sip_tx_deadline(layer));
        sip_tx_tick(layer, sp_net_now_us());
        drain(sp_net_now_us(), count);
        while (sp_net_event(net, &event)) {
            if (event.kind == SP_NET_RECEIVED)
                sip_tx_receive(layer, sp_net_now_us(), &event.flow, event.octets);
            drain(sp_net_now_us(), count);
        }
    }
    sip_tx_count(layer, &counters);
    printf("%.0f %.2f %u %u\n", count * 1e6 / (double)(sp_net_now_us() - start_us),
           (cpu_us() - cpu) / count, lost, (unsigned)counters.retransmitted_out);
    return 0;
}
