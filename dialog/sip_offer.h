/* SPDX-License-Identifier: MIT
 * dialog/sip_offer.h -- whose turn it is to describe the session. RFC 3264 4; RFC 3261 13.2.1;
 * RFC 3262 5; RFC 3311 5. Not for users.
 *
 * One machine a dialog: an offer, then its answer, then perhaps another offer by either side, never
 * two at once. Knows nothing of messages: who sends or receives one says whether a description may
 * stand in it. When session timers are configured it keeps what we said last, so that a refresh can
 * repeat it (RFC 4028 7.4). Never: reads a description. */
#ifndef SIPUSH_DIALOG_SIP_OFFER_H
#define SIPUSH_DIALOG_SIP_OFFER_H

#include "sip_core.h"

enum sip_offer_state {
    SIP_OFFER_NONE,   /* nobody offered anything yet */
    SIP_OFFER_OURS,   /* our offer waits for their answer */
    SIP_OFFER_THEIRS, /* their offer waits for our answer */
    SIP_OFFER_AGREED, /* the last offer was answered */
};

/* A body and its type, in a block of the store. */
struct sip_content {
    void           *block; /* NULL: none */
    struct sp_slice type, body;
};

/* SP_LIMIT: it is as it was. */
SP_MUST_USE enum sp_err sip_content_keep(struct sip_ua *ua, struct sip_content *content,
                                         struct sp_slice type, struct sp_slice body);
void                    sip_content_drop(struct sip_ua *ua, struct sip_content *content);

struct sip_offer {
    enum sip_offer_state state;
    enum sip_offer_state before; /* OURS, THEIRS: where a refusal leads back to: NONE or AGREED */
    struct sip_content   tried;  /* our offer that waits; only for session timers, as is the next */
    struct sip_content   agreed; /* our side of the last exchange */
    uint32_t             id;     /* of the session, for traces */
};

/* A body of this type is a description, in the message of either side. */
bool sip_offer_is(struct sp_slice content_type, struct sp_slice body);
/* The message has one: of such a type, and its disposition is none other than session. */
bool sip_offer_in(const struct sip_msg *msg);

/* We send this: an answer where they offered, else an offer. Nothing happens for what is no
 * description. `offer` may be of an INVITE that has no dialog yet. */
void sip_offer_sent(struct sip_ua *ua, struct sip_offer *offer, struct sp_slice content_type,
                    struct sp_slice body);
/* A message came in which a description counts; what that is, if there is one. `may_offer` false:
 * an answer or nothing. */
enum sip_ua_sdp sip_offer_came(struct sip_ua *ua, struct sip_offer *offer,
                               const struct sip_msg *msg, bool may_offer);
/* The offer that waits came to nothing: as if there had been none. */
void sip_offer_void(struct sip_ua *ua, struct sip_offer *offer);
/* Back to the beginning, and all is given back. */
void sip_offer_drop(struct sip_ua *ua, struct sip_offer *offer);

/* Neither side waits for an answer. */
bool sip_offer_rests(const struct sip_offer *offer);

#endif
