/* SPDX-License-Identifier: MIT
 * dialog/sip_target.c -- from a URI to where its request goes. RFC 3261 8.1.2, 19.1.1. */
#include "sip_target.h"

#include <string.h>

enum sp_err sip_target_of(const struct sip_uri *uri, struct sip_target *target,
                          struct sp_slice *name)
{
    struct sp_slice transport, host;

    memset(target, 0, sizeof(*target));
    *name = sp_slice(NULL, 0);
    if (uri->scheme != SIP_SCHEME_SIP)
        return SP_UNSUPPORTED;
    transport = sip_param_value(uri->params, "transport");
    if (transport.len == 0 || sp_eq_nocase(transport, SP_LIT("udp")))
        target->transport = SP_UDP;
    else if (sp_eq_nocase(transport, SP_LIT("tcp")))
        target->transport = SP_TCP;
    else
        return SP_UNSUPPORTED;
    host = sip_param_value(uri->params, "maddr");
    if (host.len == 0)
        host = uri->host;
    if (sp_addr_parse(host, &target->addr) != SP_OK) {
        memset(&target->addr, 0, sizeof(target->addr));
        *name = host;
    }
    target->addr.port = uri->port != 0 ? uri->port : SIP_PORT;
    return SP_OK;
}

enum sp_err sip_hop_find(struct sip_hop *hop, struct sp_slice uri, uint64_t cookie,
                         struct sp_list *asks)
{
    struct sip_uri  parsed;
    struct sp_where where;
    enum sp_err     err;

    sip_hop_drop(hop);
    err = sip_uri_parse(uri, &parsed, &where);
    if (err == SP_OK)
        err = sip_target_of(&parsed, &hop->target, &hop->name);
    if (err != SP_OK)
        return err;
    if (hop->name.len == 0) {
        hop->state = SIP_HOP_KNOWN;
        return SP_OK;
    }
    hop->state = SIP_HOP_ASKS;
    hop->cookie = cookie;
    sp_list_add(asks, &hop->link);
    return SP_OK;
}

enum sp_err sip_hop_resolved(struct sip_hop *hop, const struct sip_tx_layer *tx,
                             const struct sp_addr *addrs, size_t count)
{
    uint16_t port = hop->target.addr.port;

    for (size_t i = 0; i < count; i++) {
        struct sp_addr local;

        hop->target.addr = addrs[i];
        if (hop->target.addr.port == 0)
            hop->target.addr.port = port;
        if (sip_tx_local(tx, &hop->target, &local)) {
            hop->state = SIP_HOP_KNOWN;
            return SP_OK;
        }
    }
    sip_hop_drop(hop);
    return SP_RESOLVE;
}

void sip_hop_drop(struct sip_hop *hop)
{
    sp_list_remove(&hop->link);
    hop->state = SIP_HOP_NONE;
    hop->name = sp_slice(NULL, 0);
}

struct sp_io sip_hop_io(const struct sip_hop *hop)
{
    struct sp_io io;

    memset(&io, 0, sizeof(io));
    io.kind = SP_IO_RESOLVE;
    io.host = hop->name;
    io.port = hop->target.addr.port;
    io.cookie = hop->cookie;
    return io;
}
