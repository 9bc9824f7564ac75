/* SPDX-License-Identifier: MIT
 * transaction/sip_way.c -- the way there and back: which local socket a request leaves by, what its
 * receiver adds to the top Via, and where the response goes. RFC 3261 18.1.1, 18.2; RFC 3581; RFC
 * 3263 5.
 *
 * Pure functions over values. Multicast is not supported: a multicast maddr is not followed. */
#include "sip_layer.h"

#include <string.h>

const struct sp_flow *sip_way_local(const struct sip_tx_layer *layer, uint8_t transport,
                                    uint8_t family)
{
    for (uint32_t i = 0; i < layer->local_count; i++) {
        const struct sp_flow *local = &layer->locals[i];

        if (local->transport == transport && local->local.family == family)
            return local;
    }
    return NULL;
}

struct sp_addr sip_way_sent_by(const struct sip_via *via)
{
    struct sp_addr addr;

    if (sp_addr_parse(via->host, &addr) != SP_OK)
        memset(&addr, 0, sizeof addr);
    addr.port = via->port == 0 ? SIP_PORT : via->port;
    return addr;
}

static bool is_unicast(const struct sp_addr *addr)
{
    if (sp_addr_any(addr))
        return false;
    return addr->family == SP_IPV4 ? addr->octets[0] < 224 : addr->octets[0] != 0xff;
}

struct sp_flow sip_way_back(const struct sip_via *via, const struct sp_flow *flow)
{
    struct sp_flow back = *flow;
    struct sp_addr maddr;

    if (!sp_flow_stream(flow) && sp_addr_parse(via->maddr, &maddr) == SP_OK &&
        maddr.family == flow->remote.family && is_unicast(&maddr)) {
        back.remote = maddr;
    } else if (!sp_flow_stream(flow) && via->has_rport) {
        return back; /* RFC 3581 4: to the port it came from */
    }
    /* The address it came from is in `received`, or is sent-by itself (18.2.1). */
    back.remote.port = via->port == 0 ? SIP_PORT : via->port;
    return back;
}

bool sip_way_elsewhere(struct sip_transaction *tx)
{
    struct sp_addr sent_by = tx->sent_by;

    if (sip_is_client(tx))
        return false;
    tx->sent_by.family = SP_NO_ADDRESS;
    if (sent_by.family != tx->to.remote.family || !is_unicast(&sent_by) ||
        sp_addr_eq(&sent_by, &tx->to.remote))
        return false;
    tx->to.remote = sent_by;
    return true;
}

/* A place in the value of a Via where octets give way to others. */
struct edit {
    const char *at;
    size_t      len;
};

/* Behind the name of a parameter that has no value; NULL when there is none such. */
static const char *bare_param(struct sp_slice params, struct sp_slice name)
{
    struct sip_param param;

    if (!sip_param_find(params, name, &param) || param.has_value)
        return NULL;
    return param.name.at + param.name.len;
}

static void put_edited(struct sp_buf *to, const char **from, const char *until)
{
    sp_put(to, sp_slice(*from, (size_t)(until - *from)));
    *from = until;
}

static void put_received(struct sp_buf *to, const char **from, const struct edit *received,
                         const struct sp_addr *source)
{
    put_edited(to, from, received->at);
    if (received->len == 0)
        sp_put_text(to, ";received=");
    sp_put_addr(to, source);
    *from += received->len;
}

void sip_way_stamp(struct sp_buf *to, struct sp_slice field, const struct sip_top *top,
                   const struct sp_addr *source)
{
    const struct sip_via *via = &top->via;
    const char           *from = field.at;
    const char           *rport = bare_param(via->params, SP_LIT("rport"));
    struct edit           received = { via->received.at, via->received.len };
    struct sp_addr        host = sip_way_sent_by(via);
    bool                  tell, first;

    /* What a client says of itself in `received` is no news: it gives way. */
    tell = via->has_rport || received.len > 0 || !sp_addr_eq_host(&host, source);
    if (received.len == 0)
        received.at = top->octets.at + top->octets.len;
    first = tell && (rport == NULL || received.at < rport);
    if (first)
        put_received(to, &from, &received, source);
    if (rport != NULL) {
        put_edited(to, &from, rport);
        sp_put_char(to, '=');
        sp_put_u64(to, source->port);
    }
    if (tell && !first)
        put_received(to, &from, &received, source);
    put_edited(to, &from, field.at + field.len);
}

enum sp_err sip_way_top(const struct sip_msg *msg, struct sip_top *top)
{
    struct sip_values walk = { NULL, { NULL, 0 } };
    struct sp_where   where;

    memset(top, 0, sizeof *top);
    if (!sip_values_next(msg, SIP_FIELD_VIA, &walk, &top->octets))
        return SP_MISSING;
    top->octets = sp_trim(top->octets);
    return sip_via_parse(top->octets, &top->via, &where);
}
