/* SPDX-License-Identifier: MIT
 * tests/bench/server_sipush.c PORT [TRANSACTIONS] -- sp_net and the transaction layer: a MESSAGE is
 * answered 200 by a server transaction, which stays until its Timer J. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../../parser/sip_write.h"
#include "../../transaction/sip_tx.h"
#include "../../transport/sp_net.h"

static struct sp_net       *net;
static struct sip_tx_layer *layer;

static void *memory(size_t octets)
{
    void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        exit(1);
    return at;
}

static void answer(const struct sip_tx_action *action, uint64_t now_us)
{
    char          octets[1024];
    struct sp_buf to = sp_buf(octets, sizeof octets);

    sip_put_response_head(&to, action->msg, 200, SP_LIT("OK"), SP_LIT("bench200"));
    sip_put_field_name(&to, SP_LIT("Server"), SP_LIT("sipush bench"));
    sip_put_body(&to, SP_LIT(""), SP_LIT(""));
    (void)!sip_tx_respond(layer, now_us, action->tx, 200, sp_written(&to));
}

static void drain(uint64_t now_us)
{
    struct sip_tx_action action;

    while (sip_tx_next(layer, &action))
        if (action.kind == SIP_TX_IO)
            sp_net_perform(net, &action.io);
        else if (action.kind == SIP_TX_REQUEST)
            answer(&action, now_us);
}

int main(int argc, char **argv)
{
    struct sp_net_config config = sp_net_config_default;
    struct sp_limits     limits = sp_limits_default;
    struct sp_addr       addr;
    struct sp_flow       flow;
    struct sp_net_event  event;
    uint8_t              seed[SP_SEED_OCTETS];

    limits.transactions = (uint32_t)strtoul(argc > 2 ? argv[2] : "400000", NULL, 10);
    limits.store_octets = limits.transactions * UINT32_C(1024);
    net = sp_net_init(memory(sp_net_size(&config)), &config);
    if (sp_net_entropy(seed, sizeof seed) != SP_OK ||
        sp_addr_parse(SP_LIT("127.0.0.1"), &addr) != SP_OK)
        return 1;
    layer = sip_tx_init(memory(sip_tx_size(&limits)), &limits, seed);
    addr.port = (uint16_t)strtoul(argc > 1 ? argv[1] : "0", NULL, 10);
    if (sp_net_listen(net, SP_UDP, SP_SIP, &addr, &flow) != SP_OK)
        return 1;
    sip_tx_bound(layer, &flow);
    for (;;) {
        sp_net_wait(net, sip_tx_deadline(layer));
        sip_tx_tick(layer, sp_net_now_us());
        drain(sp_net_now_us());
        while (sp_net_event(net, &event)) {
            uint64_t now_us = sp_net_now_us();

            if (event.kind == SP_NET_RECEIVED)
                sip_tx_receive(layer, now_us, &event.flow, event.octets);
            else if (event.kind == SP_NET_CLOSED)
                sip_tx_closed(layer, now_us, event.cookie, &event.flow, event.err);
            drain(now_us);
        }
    }
}
