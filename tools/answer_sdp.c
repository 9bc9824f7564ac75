/* SPDX-License-Identifier: MIT
 * tools/answer_sdp.c -- answers and offers of `sipush answer`: RFC 3264 6. */
#include "../sdp/sdp.h"
#include "answer.h"

#define MEDIA      32
#define ATTRIBUTES 256
#define PORT       9 /* discard */

static void put_session(struct answer *a, struct sp_buf *to, const struct sdp *offer)
{
    const struct sp_addr *ours = &a->host.bound[0].local;
    struct sdp_connection connection = { .nettype = SP_LIT("IN") };
    struct sdp_origin     origin = { .session_id = 1, .version = ++a->version };
    char                  host[64];
    struct sp_buf         text = sp_buf(host, sizeof host);

    sp_put_addr(&text, ours);
    connection.addrtype = ours->family == SP_IPV6 ? SP_LIT("IP6") : SP_LIT("IP4");
    connection.address = sp_written(&text);
    origin.nettype = connection.nettype;
    origin.addrtype = connection.addrtype;
    origin.address = connection.address;
    if (offer != NULL)
        sdp_put_answer_session(to, offer, &origin, sp_slice(NULL, 0), &connection);
    else
        sdp_put_session(to, &origin, sp_slice(NULL, 0), &connection);
}

struct sp_slice answer_sdp(struct answer *a, struct sp_slice offer, char room[ANSWER_SDP])
{
    struct sdp_media     media[MEDIA];
    struct sdp_attribute attributes[ATTRIBUTES];
    struct sp_buf        to = sp_buf(room, ANSWER_SDP);
    struct sdp           sdp;
    struct sp_where      where;

    if (offer.len == 0) {
        put_session(a, &to, NULL);
        sdp_put_media(&to, SP_LIT("audio"), PORT, SP_LIT("RTP/AVP"), SP_LIT("0"));
        sdp_put_flag(&to, "inactive");
        return sp_written(&to);
    }
    sdp_init(&sdp, media, MEDIA, attributes, ATTRIBUTES);
    if (sdp_parse(offer, &sdp, &where) != SP_OK)
        return sp_slice(NULL, 0);
    put_session(a, &to, &sdp);
    for (uint32_t i = 0; i < sdp.media_count; i++) {
        sdp_put_media(&to, media[i].media, media[i].port == 0 ? 0 : PORT, media[i].proto,
                      media[i].formats);
        if (media[i].port != 0)
            sdp_put_flag(&to, "inactive");
    }
    return sp_written(&to);
}
