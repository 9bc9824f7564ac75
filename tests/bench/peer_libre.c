/* SPDX-License-Identifier: MIT
 * tests/bench/peer_libre.c -- libre. Its decoder indexes all fields and types Via, From, To, CSeq
 * and Content-Type while it does; the others are typed when asked for. */
/* As Debian builds it: addresses lie in struct sip_msg. */
#define HAVE_INTTYPES_H 1
#define HAVE_STDBOOL_H  1
#define HAVE_INET6      1
#include <re/re.h>

#include "bench_parser.h"

static struct sip_msg *decode(const char *octets, size_t len)
{
    struct mbuf    *mb = mbuf_alloc(len);
    struct sip_msg *msg = NULL;

    if (mb == NULL)
        return NULL;
    (void)mbuf_write_mem(mb, (const uint8_t *)octets, len);
    mb->pos = 0;
    if (sip_msg_decode(&msg, mb) != 0)
        msg = NULL;
    mem_deref(mb);
    return msg;
}

static int index_fields(const char *octets, size_t len)
{
    struct sip_msg *msg = decode(octets, len);
    int             body = msg != NULL ? (int)mbuf_get_left(msg->mb) : -1;

    mem_deref(msg);
    return body;
}

static bool see_via(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
    unsigned      *count = arg;
    struct sip_via via;

    (void)msg;
    if (sip_via_decode(&via, &hdr->val) == 0)
        ++*count;
    return false;
}

static bool see_address(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
    unsigned       *count = arg;
    struct sip_addr addr;

    (void)msg;
    if (sip_addr_decode(&addr, &hdr->val) == 0)
        ++*count;
    return false;
}

static int full(const char *octets, size_t len, struct bench_seen *seen)
{
    struct sip_msg *msg = decode(octets, len);

    if (msg == NULL)
        return -1;
    sip_msg_hdr_apply(msg, true, SIP_HDR_VIA, see_via, &seen->vias);
    sip_msg_hdr_apply(msg, true, SIP_HDR_CONTACT, see_address, &seen->contacts);
    sip_msg_hdr_apply(msg, true, SIP_HDR_ROUTE, see_address, &seen->routes);
    sip_msg_hdr_apply(msg, true, SIP_HDR_RECORD_ROUTE, see_address, &seen->record_routes);
    seen->cseq = msg->cseq.num;
    seen->content_length = pl_u32(&msg->clen);
    seen->max_forwards = pl_isset(&msg->maxfwd) ? pl_u32(&msg->maxfwd) : 0;
    seen->user_octets = (unsigned)(msg->from.uri.user.l + msg->to.uri.user.l);
    if (msg->req)
        seen->user_octets += (unsigned)msg->uri.user.l;
    seen->call_id_octets = (unsigned)msg->callid.l;
    seen->has_type = pl_isset(&msg->ctyp.subtype);
    mem_deref(msg);
    return 0;
}

const struct bench_parser bench_peer = { "libre", index_fields, full };
