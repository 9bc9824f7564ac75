/* SPDX-License-Identifier: MIT
 * dialog/sip_target.c -- the next hop of an object's requests. RFC 3261 8.1.2; RFC 3263 4. */
#include "sip_target.h"

#include <string.h>

static void enter(struct sip_hop *hop, enum sip_hop_state state)
{
    hop->state = state;
    sp_list_remove(&hop->link);
    if (state != SIP_HOP_ASKS)
        return;
    hop->asked++;
    sp_list_add(&hop->hops->asks, &hop->link);
}

static void forget(struct sip_hop *hop)
{
    if (hop->locate != NULL)
        sp_store_give(hop->hops->store, hop->locate);
    hop->locate = NULL;
}

/* What we have sockets for. */
static uint8_t ways_of(const struct sip_tx_layer *tx)
{
    unsigned ways = 0;

    for (unsigned transport = SP_UDP; transport <= SP_TCP; transport++)
        for (unsigned family = SP_IPV4; family <= SP_IPV6; family++) {
            struct sip_target target = { .transport = (uint8_t)transport,
                                         .addr.family = (uint8_t)family };
            struct sp_addr    local;

            if (sip_tx_local(tx, &target, &local))
                ways |= SIP_LOCATE_WAY(transport, family);
        }
    return (uint8_t)ways;
}

/* As far as its locate has come. */
static void follow(struct sip_hop *hop)
{
    switch (hop->locate->state) {
    case SIP_LOCATE_NAPTR:
    case SIP_LOCATE_SRV:
    case SIP_LOCATE_ADDRS: enter(hop, SIP_HOP_ASKS); break;
    case SIP_LOCATE_TARGET:
        hop->target = hop->locate->target;
        if (!sip_locate_has_more(hop->locate))
            forget(hop);
        enter(hop, SIP_HOP_KNOWN);
        break;
    case SIP_LOCATE_END: sip_hop_drop(hop); break;
    }
}

enum sp_err sip_hop_find(struct sip_hop *hop, struct sp_slice uri, uint64_t cookie,
                         struct sip_hops *hops)
{
    struct sip_uri    parsed;
    struct sip_locate locate;
    struct sp_where   where;
    enum sp_err       err;

    sip_hop_drop(hop);
    err = sip_uri_parse(uri, &parsed, &where);
    if (err == SP_OK)
        err = sip_locate_start(&locate, &parsed, ways_of(hops->tx));
    if (err != SP_OK)
        return err;
    hop->cookie = cookie;
    hop->hops = hops;
    hop->why = SP_OK;
    if (locate.state == SIP_LOCATE_TARGET) {
        hop->target = locate.target;
        enter(hop, SIP_HOP_KNOWN);
        return SP_OK;
    }
    hop->locate = sp_store_take(hops->store, sizeof(*hop->locate));
    if (hop->locate == NULL)
        return SP_LIMIT;
    memcpy(hop->locate, &locate, sizeof(locate));
    follow(hop);
    return SP_OK;
}

static enum sp_err outcome(const struct sip_hop *hop)
{
    if (hop->state != SIP_HOP_NONE)
        return SP_OK;
    return hop->why != SP_OK ? hop->why : SP_RESOLVE;
}

enum sp_err sip_hop_resolved(struct sip_hop *hop, const struct sp_addr *addrs, size_t count)
{
    if (hop->state == SIP_HOP_ASKS) {
        sip_locate_resolved(hop->locate, addrs, count);
        follow(hop);
    }
    return outcome(hop);
}

enum sp_err sip_hop_found(struct sip_hop *hop, const struct sp_record *records, size_t count)
{
    if (hop->state == SIP_HOP_ASKS && hop->locate->state != SIP_LOCATE_ADDRS) {
        sip_locate_found(hop->locate, records, count, hop->hops->ident);
        follow(hop);
    }
    return outcome(hop);
}

bool sip_hop_next(struct sip_hop *hop, enum sp_err why)
{
    hop->why = why;
    if (hop->state != SIP_HOP_KNOWN || hop->locate == NULL) {
        sip_hop_drop(hop);
        return false;
    }
    sip_locate_next(hop->locate);
    follow(hop);
    return hop->state != SIP_HOP_NONE;
}

void sip_hop_drop(struct sip_hop *hop)
{
    forget(hop);
    enter(hop, SIP_HOP_NONE);
}

struct sp_io sip_hop_io(const struct sip_hop *hop)
{
    struct sp_io io = sip_locate_io(hop->locate);

    io.cookie = hop->cookie | (uint64_t)hop->asked << SIP_HOP_ASKED_BIT;
    return io;
}
