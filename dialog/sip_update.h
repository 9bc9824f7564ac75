/* SPDX-License-Identifier: MIT
 * dialog/sip_update.h -- UPDATE: a session changed, or refreshed, without an INVITE. RFC 3311; RFC
 * 4028 7.4. Not for users.
 *
 *   NONE --update--> DUE --sent--> SENT --final--> NONE
 *   SENT --challenge, 422--> DUE           SENT --491--> WAITS --timer--> DUE
 *
 * One of ours at a time in a dialog. One of theirs with an offer is the user's to answer at once;
 * one without is answered here. */
#ifndef SIPUSH_DIALOG_SIP_UPDATE_H
#define SIPUSH_DIALOG_SIP_UPDATE_H

#include "sip_offer.h"

struct sip_session;

enum sip_update_state {
    SIP_UPDATE_NONE,
    SIP_UPDATE_DUE,   /* to be sent with the next work */
    SIP_UPDATE_SENT,  /* under way */
    SIP_UPDATE_WAITS, /* for the time of a glare to pass (5.3) */
};

struct sip_update {
    enum sip_update_state state;
    struct sip_content    body;
    bool                  offers;     /* `body` is an offer */
    bool                  is_refresh; /* none of the user's: of the session timer */
    uint32_t              glares;
    uint32_t              number; /* its CSeq */
    struct sp_handle      tx;
    struct sp_handle      theirs; /* their UPDATE that the user has yet to answer; zero: none */
};

/* The user's, or a refresh. SP_STATE: another is under way, or no offer may be made now, or the
 * peer does not know of the dialog yet; SP_UNSUPPORTED: its Allow has no UPDATE; SP_LIMIT. */
SP_MUST_USE enum sp_err sip_update_start(struct sip_ua *ua, struct sip_session *session,
                                         struct sp_slice content_type, struct sp_slice body,
                                         bool is_refresh);
void                    sip_update_send(struct sip_ua *ua, struct sip_session *session);
/* A response to it, or its end without one. */
void sip_update_take(struct sip_ua *ua, struct sip_session *session,
                     const struct sip_tx_action *action);
/* An offer of ours in one waits for its answer. */
bool sip_update_offers(const struct sip_session *session);
/* SIP_SESSION_UPDATE fired. */
void sip_update_timer(struct sip_ua *ua, struct sip_session *session);
void sip_update_drop(struct sip_ua *ua, struct sip_session *session);

/* Theirs came. */
void sip_update_came(struct sip_ua *ua, struct sip_session *session,
                     const struct sip_tx_action *action);
/* The user answers a request of theirs in which he was told an offer: an UPDATE, or a PRACK. False:
 * `request` is none of those, and nothing happened. Errors as sip_ua_respond. */
bool sip_update_answer(struct sip_ua *ua, struct sp_handle request, uint16_t status,
                       struct sp_slice fields, struct sp_slice content_type, struct sp_slice body,
                       enum sp_err *err);

#endif
