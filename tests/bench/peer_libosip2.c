/* SPDX-License-Identifier: MIT
 * tests/bench/peer_libosip2.c -- GNU oSIP. It has no index without typed values. */
#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
#include <stdlib.h>
#include <string.h>

#include "bench_parser.h"

static unsigned user_octets(const osip_uri_t *uri)
{
    return uri != NULL && uri->username != NULL ? (unsigned)strlen(uri->username) : 0;
}

static void see(osip_message_t *msg, struct bench_seen *seen)
{
    osip_header_t *hops = NULL;

    seen->vias = (unsigned)osip_list_size(&msg->vias);
    seen->contacts = (unsigned)osip_list_size(&msg->contacts);
    seen->routes = (unsigned)osip_list_size(&msg->routes);
    seen->record_routes = (unsigned)osip_list_size(&msg->record_routes);
    seen->cseq = (unsigned)strtoul(msg->cseq->number, NULL, 10);
    seen->content_length = (unsigned)strtoul(msg->content_length->value, NULL, 10);
    osip_message_get_max_forwards(msg, 0, &hops);
    seen->max_forwards = hops != NULL ? (unsigned)strtoul(hops->hvalue, NULL, 10) : 0;
    seen->user_octets = user_octets(msg->req_uri) + user_octets(msg->from->url) +
                        user_octets(msg->to->url);
    seen->call_id_octets = (unsigned)(strlen(msg->call_id->number) +
                                      (msg->call_id->host != NULL ? 1 + strlen(msg->call_id->host)
                                                                  : 0));
    seen->has_type = msg->content_type != NULL && msg->content_type->subtype != NULL;
}

static int full(const char *octets, size_t len, struct bench_seen *seen)
{
    static int      ready;
    osip_message_t *msg;
    int             status;

    if (!ready)
        ready = parser_init() == 0;
    if (osip_message_init(&msg) != 0)
        return -1;
    status = osip_message_parse(msg, octets, len);
    if (status == 0)
        see(msg, seen);
    osip_message_free(msg);
    return status == 0 ? 0 : -1;
}

const struct bench_parser bench_peer = { "libosip2", NULL, full };
