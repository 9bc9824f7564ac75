/* SPDX-License-Identifier: MIT
 * dialog/sip_offer.c -- whose turn it is to describe the session. RFC 3264 4; RFC 3261 13.2.1. */
#include "sip_offer.h"

#include <string.h>

#include "../parser/sip_media.h"
#include "sip_option.h"
#include "sip_texts.h"

enum sp_err sip_content_keep(struct sip_ua *ua, struct sip_content *content, struct sp_slice type,
                             struct sp_slice body)
{
    struct sip_content     kept = { NULL, type, body };
    struct sp_slice *const texts[] = { &kept.type, &kept.body };
    enum sp_err            err;

    err = sip_texts_move(&ua->store, ua->limits.message_octets, texts, 2, &kept.block);
    if (err != SP_OK)
        return err;
    sip_content_drop(ua, content);
    *content = kept;
    return SP_OK;
}

void sip_content_drop(struct sip_ua *ua, struct sip_content *content)
{
    sp_store_give(&ua->store, content->block);
    memset(content, 0, sizeof(*content));
}

static const char *name_of(enum sip_offer_state state)
{
    static const char *const names[] = { "NONE", "OURS", "THEIRS", "AGREED" };

    return names[state];
}

static void enter(struct sip_ua *ua, struct sip_offer *offer, enum sip_offer_state to,
                  const char *on)
{
    sp_trace_arrow(&ua->trace, ua->now_us, "offer", offer->id, name_of(offer->state), on,
                   name_of(to));
    if (offer->state == SIP_OFFER_NONE || offer->state == SIP_OFFER_AGREED)
        offer->before = offer->state;
    offer->state = to;
}

/* application/sdp, or a multipart that may hold it (RFC 3261 13.2.1). */
bool sip_offer_is(struct sp_slice content_type, struct sp_slice body)
{
    struct sip_media_type media;
    struct sp_where       where;

    if (body.len == 0 || sip_media_type_parse(content_type, &media, &where) != SP_OK)
        return false;
    return sp_eq_nocase(media.type, SP_LIT("multipart")) ||
           (sp_eq_nocase(media.type, SP_LIT("application")) &&
            sp_eq_nocase(media.subtype, SP_LIT("sdp")));
}

bool sip_offer_in(const struct sip_msg *msg)
{
    struct sp_slice how = sip_msg_value(msg, SIP_FIELD_CONTENT_DISPOSITION);

    how = sp_trim(sp_head(how, sp_find(how, ';')));
    return (how.len == 0 || sp_eq_nocase(how, SP_LIT("session"))) &&
           sip_offer_is(sip_msg_value(msg, SIP_FIELD_CONTENT_TYPE), msg->body);
}

/* Without room for it a refresh has nothing to repeat. */
static void keep(struct sip_ua *ua, struct sip_content *content, struct sp_slice type,
                 struct sp_slice body)
{
    if (sip_option_timer(ua) && sip_content_keep(ua, content, type, body) != SP_OK)
        sip_content_drop(ua, content);
}

void sip_offer_sent(struct sip_ua *ua, struct sip_offer *offer, struct sp_slice content_type,
                    struct sp_slice body)
{
    if (!sip_offer_is(content_type, body))
        return;
    if (offer->state == SIP_OFFER_THEIRS) {
        enter(ua, offer, SIP_OFFER_AGREED, "our answer");
        keep(ua, &offer->agreed, content_type, body);
    } else {
        enter(ua, offer, SIP_OFFER_OURS, "our offer");
        keep(ua, &offer->tried, content_type, body);
    }
}

enum sip_ua_sdp sip_offer_came(struct sip_ua *ua, struct sip_offer *offer,
                               const struct sip_msg *msg, bool may_offer)
{
    if (!sip_offer_in(msg))
        return SIP_UA_SDP_NONE;
    if (offer->state == SIP_OFFER_OURS) {
        enter(ua, offer, SIP_OFFER_AGREED, "their answer");
        sip_content_drop(ua, &offer->agreed);
        offer->agreed = offer->tried;
        memset(&offer->tried, 0, sizeof(offer->tried));
        return SIP_UA_SDP_ANSWER;
    }
    if (!may_offer || offer->state == SIP_OFFER_THEIRS)
        return SIP_UA_SDP_NONE;
    enter(ua, offer, SIP_OFFER_THEIRS, "their offer");
    return SIP_UA_SDP_OFFER;
}

void sip_offer_void(struct sip_ua *ua, struct sip_offer *offer)
{
    if (sip_offer_rests(offer))
        return;
    sip_content_drop(ua, &offer->tried);
    enter(ua, offer, offer->before, "refused");
}

void sip_offer_drop(struct sip_ua *ua, struct sip_offer *offer)
{
    sip_content_drop(ua, &offer->tried);
    sip_content_drop(ua, &offer->agreed);
    offer->state = offer->before = SIP_OFFER_NONE;
}

bool sip_offer_rests(const struct sip_offer *offer)
{
    return offer->state == SIP_OFFER_NONE || offer->state == SIP_OFFER_AGREED;
}
