/* SPDX-License-Identifier: MIT
 * tests/bench/peer_sofia-sip.c -- Sofia-SIP. It has no index without typed values. */
#include <sofia-sip/msg.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>
#include <string.h>

#include "bench_parser.h"

static unsigned user_octets(const url_t *url)
{
    return url->url_user != NULL ? (unsigned)strlen(url->url_user) : 0;
}

static void see(const sip_t *sip, struct bench_seen *seen)
{
    for (const sip_via_t *via = sip->sip_via; via != NULL; via = via->v_next)
        seen->vias++;
    for (const sip_contact_t *contact = sip->sip_contact; contact != NULL;
         contact = contact->m_next)
        seen->contacts++;
    for (const sip_route_t *route = sip->sip_route; route != NULL; route = route->r_next)
        seen->routes++;
    for (const sip_record_route_t *route = sip->sip_record_route; route != NULL;
         route = route->r_next)
        seen->record_routes++;
    seen->cseq = sip->sip_cseq->cs_seq;
    seen->content_length = (unsigned)sip->sip_content_length->l_length;
    seen->max_forwards = sip->sip_max_forwards != NULL ? (unsigned)sip->sip_max_forwards->mf_count
                                                       : 0;
    seen->user_octets = user_octets(sip->sip_from->a_url) + user_octets(sip->sip_to->a_url);
    if (sip->sip_request != NULL)
        seen->user_octets += user_octets(sip->sip_request->rq_url);
    seen->call_id_octets = (unsigned)strlen(sip->sip_call_id->i_id);
    seen->has_type = sip->sip_content_type != NULL && sip->sip_content_type->c_subtype != NULL;
}

static int full(const char *octets, size_t len, struct bench_seen *seen)
{
    msg_t *msg = msg_make(sip_default_mclass(), 0, octets, (issize_t)len);
    sip_t *sip = msg != NULL ? sip_object(msg) : NULL;
    int    status = sip != NULL && sip->sip_error == NULL ? 0 : -1;

    if (status == 0)
        see(sip, seen);
    if (msg != NULL)
        msg_destroy(msg);
    return status;
}

const struct bench_parser bench_peer = { "sofia-sip", NULL, full };
