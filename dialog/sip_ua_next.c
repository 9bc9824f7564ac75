/* SPDX-License-Identifier: MIT
 * dialog/sip_ua_next.c -- what a user agent does when it is asked for the next action. RFC
 * 3261 8.2, 12.2.2.
 *
 * First what the last note left to be done, then notes and questions of its own, then the
 * transaction layer's actions: octets go up as they are, what was received goes to whom it
 * concerns, and a note that arises is handed out while the message is valid. */
#include <assert.h>
#include <string.h>

#include "sip_info.h"
#include "sip_registration.h"
#include "sip_session.h"
#include "sip_trust.h"
#include "sip_ua.h"
#include "sip_uas.h"

void sip_core_work(struct sip_ua *ua)
{
    struct sp_link *link;

    while ((link = sp_list_first(&ua->work)) != NULL) {
        sp_list_remove(link);
        sip_session_work(ua, SP_OF(link, struct sip_session, work));
    }
    sip_affair_work(ua);
    while ((link = sp_list_first(&ua->retries)) != NULL)
        sip_client_retry(ua, SP_OF(link, struct sip_client, wait));
    if (ua->turn)
        sip_client_turn(ua);
    if (ua->owed_count > 0)
        sip_uas_pay(ua);
}

/* 22.1, 8.2: first of all, who sent it. False: it is answered. */
static bool is_let_in(struct sip_ua *ua, const struct sip_tx_action *action)
{
    struct sp_buf          to = sp_buf(ua->text, ua->limits.dialog_octets);
    enum sip_guard_verdict verdict = sip_guard_check(&ua->guard, ua->now_us, action->msg, &ua->who);

    if (verdict == SIP_GUARD_IN)
        return true;
    if (verdict == SIP_GUARD_WRONG) {
        sip_uas_say(ua, action, 400, sp_slice(NULL, 0));
        return false;
    }
    sip_put_challenges(&to, &ua->guard, ua->now_us, verdict == SIP_GUARD_STALE);
    sip_uas_say(ua, action, 401, sp_written(&to));
    return false;
}

/* The session has no ear for this method any more. */
static bool is_over(const struct sip_session *session, enum sip_method method)
{
    if (session->state == SIP_SESSION_LINGERS)
        return method != SIP_PRACK;
    return session->state >= SIP_SESSION_ENDING && method != SIP_BYE;
}

/* A request that is the user's to answer. */
static void hand_up(struct sip_ua *ua, const struct sip_session *session)
{
    memset(&ua->request_session, 0, sizeof(ua->request_session));
    if (session != NULL)
        ua->request_session = sp_pool_handle(&ua->sessions, session);
    sip_core_note(ua, &ua->request, SIP_UA_REQUEST);
}

/* A request that came. */
static void take_request(struct sip_ua *ua, const struct sip_tx_action *action)
{
    struct sip_dialog  *dialog;
    struct sip_session *session = NULL;
    uint16_t            status = sip_uas_check(ua, action, &dialog);
    uint32_t            cseq = sip_uas_cseq(action->msg);

    if (dialog != NULL && dialog->usage == SIP_USAGE_SESSION)
        session = SP_OF(dialog, struct sip_session, dialog);
    /* 12.2.2: out of order. Where the checks refuse a request, its number is taken all the same. */
    if (dialog != NULL && dialog->usage != SIP_USAGE_HALF && !sip_dialog_take_cseq(dialog, cseq) &&
        status == 0)
        status = 500;
    if (status != 0) {
        sip_uas_say(ua, action, status, sp_slice(NULL, 0));
        return;
    }
    if (sip_affair_request(ua, dialog, action))
        return;
    if (session != NULL && is_over(session, action->msg->method)) {
        sip_uas_say(ua, action, 481, sp_slice(NULL, 0));
        return;
    }
    switch (action->msg->method) {
    case SIP_INVITE:
        if (session != NULL)
            sip_session_reinvited(ua, session, action);
        else
            sip_session_invited(ua, action);
        break;
    case SIP_BYE:
        if (session != NULL)
            sip_session_bye(ua, session, action);
        else
            sip_uas_say(ua, action, 481, sp_slice(NULL, 0)); /* 15.1.2 */
        break;
    case SIP_OPTIONS: sip_uas_options(ua, action, session != NULL); break;
    case SIP_PRACK: sip_reliable_pracked(ua, session, action); break;
    case SIP_UPDATE:
        if (session != NULL)
            sip_update_came(ua, session, action);
        else
            sip_uas_say(ua, action, 481, sp_slice(NULL, 0));
        break;
    case SIP_INFO:
        if (sip_info_came(ua, session, action))
            hand_up(ua, session);
        break;
    default: hand_up(ua, session); break;
    }
}

/* An action of the layer that is ours to deal with. */
static void take(struct sip_ua *ua, const struct sip_tx_action *action)
{
    struct sp_handle handle = sip_core_handle(action->user);
    enum sip_owner   owner = sip_core_owner(action->user);

    ua->who = NULL;
    switch (action->kind) {
    case SIP_TX_REQUEST:
        if (is_let_in(ua, action))
            take_request(ua, action);
        return;
    case SIP_TX_CANCEL: sip_session_cancel(ua, action); return;
    case SIP_TX_ACK: sip_session_ack(ua, action); return;
    case SIP_TX_UNSENT: return; /* what is lost is asked for again */
    case SIP_TX_LOST: sip_registration_lost(ua, action->flow.id); return;
    case SIP_TX_IO: assert(false); return;
    case SIP_TX_RESPONSE:
    case SIP_TX_TIMEOUT:
    case SIP_TX_TRANSPORT: break;
    }
    if (owner == SIP_OWNER_CLIENT) {
        struct sip_client *client = sp_pool_find(&ua->clients, handle);

        if (client != NULL)
            sip_client_take(ua, client, action);
    } else if (owner == SIP_OWNER_INVITE) {
        sip_session_take_invite(ua, sp_pool_find(&ua->sessions, handle), action);
    } else if (owner == SIP_OWNER_SESSION) {
        sip_session_take_other(ua, sp_pool_find(&ua->sessions, handle), action);
    }
}

/* Fills the action from a note. */
static void hand_out(struct sip_ua *ua, struct sip_note *note, struct sip_ua_action *action)
{
    action->kind = note->kind;
    action->status = note->status;
    action->again = note->again;
    action->by_peer = note->by_peer;
    action->reliable = note->reliable;
    action->sdp = note->sdp;
    action->method = note->method;
    action->invite = note->invite;
    action->err = note->err;
    action->timer = note->timer;
    if (ua->in_hand != NULL) {
        action->msg = ua->in_hand->msg;
        action->flow = ua->in_hand->flow;
        action->who = ua->who;
        action->asserted = sip_trust_asserted(ua, &action->flow, action->msg);
    }
    if (note->owner == SIP_OWNER_NONE) {
        struct sip_session *session = sp_pool_find(&ua->sessions, ua->request_session);

        action->request = ua->in_hand->tx;
        action->session = ua->request_session;
        action->user = session != NULL ? session->user : 0;
    } else if (note->owner >= SIP_OWNER_REGISTRATION) {
        sip_affair_told(ua, note, action);
    } else if (note->owner == SIP_OWNER_CLIENT) {
        struct sip_client *client = (struct sip_client *)note;

        action->request = sp_pool_handle(&ua->clients, client);
        action->user = client->user;
        if (client->state == SIP_CLIENT_ENDED)
            sip_client_free(ua, client);
    } else {
        struct sip_session *session = (struct sip_session *)note;

        action->session = sp_pool_handle(&ua->sessions, session);
        action->request = note->request;
        action->user = session->user;
        sip_core_blank(note);
        if (session->state == SIP_SESSION_GONE)
            sip_session_free(ua, session);
    }
}

/* A note or a question of our own; false when there is none. */
static bool own_next(struct sip_ua *ua, struct sip_ua_action *action)
{
    struct sp_link *link;

    while ((link = sp_list_first(&ua->notes)) != NULL) {
        struct sip_note *note = SP_OF(link, struct sip_note, link);

        sp_list_remove(link);
        if (note->owner == SIP_OWNER_CLIENT && sip_affair_take(ua, (struct sip_client *)note))
            continue;
        hand_out(ua, note, action);
        return true;
    }
    link = sp_list_first(&ua->hops.asks);
    if (link == NULL)
        return false;
    sp_list_remove(link);
    action->kind = SIP_UA_IO;
    action->io = sip_hop_io(SP_OF(link, struct sip_hop, link));
    return true;
}

static bool has_work(const struct sip_ua *ua)
{
    return sp_list_first(&ua->work) != NULL || sp_list_first(&ua->registering) != NULL ||
           sp_list_first(&ua->eventful) != NULL || sp_list_first(&ua->retries) != NULL;
}

bool sip_ua_next(struct sip_ua *ua, struct sip_ua_action *action)
{
    ua->in_hand = NULL;
    for (;;) {
        memset(action, 0, sizeof(*action));
        if (ua->in_hand == NULL)
            sip_core_work(ua);
        if (own_next(ua, action))
            return true;
        if (has_work(ua)) { /* of a note that stayed within the house */
            ua->in_hand = NULL;
            continue;
        }
        if (!sip_tx_next(ua->tx, &ua->action))
            return false;
        if (ua->action.kind == SIP_TX_IO) {
            action->kind = SIP_UA_IO;
            action->io = ua->action.io;
            return true;
        }
        ua->in_hand = &ua->action;
        take(ua, &ua->action);
        if (sp_list_first(&ua->notes) == NULL)
            ua->in_hand = NULL;
    }
}
