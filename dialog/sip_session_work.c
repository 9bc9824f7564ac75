/* SPDX-License-Identifier: MIT
 * dialog/sip_session_work.c -- what a session has to send, its timers, its coming and going. RFC
 * 3261 13, 14, 15. */
#include <assert.h>

#include "sip_session.h"
#include "sip_uas.h"

void sip_session_due(struct sip_ua *ua, struct sip_session *session, uint32_t due)
{
    session->due |= due;
    sp_list_add(&ua->work, &session->work);
}

void sip_session_cannot(struct sip_ua *ua, struct sip_session *session, enum sp_err err)
{
    session->due = 0;
    if (session->state == SIP_SESSION_RESOLVING && sip_draft_detour(ua, &session->draft, NULL)) {
        sip_session_detour(ua, session);
        return;
    }
    session->note.err = err;
    session->note.status = err == SP_TIMEOUT ? 408 : 503; /* 8.1.3.1 */
    sip_session_on(ua, session, SIP_ON_FAILURE);
}

bool sip_session_next_target(struct sip_session *session, const struct sip_tx_action *action,
                             uint32_t cseq)
{
    enum sp_err why = sip_core_down(action);

    if (why == SP_OK || !sip_hop_next(&session->hop, why))
        return false;
    if (session->dialog.block != NULL)
        sip_dialog_again(&session->dialog, cseq);
    return true;
}

static enum sp_err send_due(struct sip_ua *ua, struct sip_session *session)
{
    uint32_t    due = session->due;
    enum sp_err err = SP_OK;

    session->due = 0;
    if ((due & SIP_DUE_ACK) != 0) {
        /* Lost or not sent for want of room, it is asked for by the next 2xx. */
        err = sip_session_send_ack(ua, session);
        err = err == SP_LIMIT ? SP_OK : err;
    }
    if (err == SP_OK && (due & SIP_DUE_PRACK) != 0)
        err = sip_prack_send(ua, session);
    if (err == SP_OK && (due & SIP_DUE_INVITE) != 0)
        err = sip_session_send_invite(ua, session);
    if (err == SP_OK && (due & SIP_DUE_UPDATE) != 0)
        sip_update_send(ua, session);
    if (err == SP_OK && (due & SIP_DUE_BYE) != 0)
        err = sip_session_send_bye(ua, session);
    return err;
}

/* The next hop of an INVITE that was redirected is known. */
static enum sp_err find_done(struct sip_ua *ua, struct sip_session *session)
{
    session->due = 0;
    sip_session_on(ua, session, SIP_ON_RESOLVED);
    return SP_OK;
}

void sip_session_work(struct sip_ua *ua, struct sip_session *session)
{
    struct sp_slice uri;
    enum sp_err     err = SP_OK;

    if (session->state == SIP_SESSION_GONE) {
        if (!sp_list_has(&session->note.link))
            sip_session_free(ua, session);
        return;
    }
    if ((session->due & SIP_DUE_CANCEL) != 0) {
        sip_uas_cancel(ua, session->invite);
        session->due &= ~(uint32_t)SIP_DUE_CANCEL;
    }
    if ((session->due & SIP_DUE_ANSWER) != 0) {
        session->due &= ~(uint32_t)SIP_DUE_ANSWER;
        sip_uas_pay(ua); /* the PRACK is answered before */
        sip_session_send_answer(ua, session);
    }
    if (session->due == 0)
        return;
    if (session->hop.state == SIP_HOP_NONE) {
        err = sip_session_next_hop(session, &uri);
        if (err == SP_OK)
            err = sip_hop_find(
                &session->hop, uri,
                sip_core_cookie(SIP_OWNER_SESSION, sp_pool_handle(&ua->sessions, session)),
                &ua->hops);
    }
    if (err == SP_OK && session->hop.state == SIP_HOP_KNOWN)
        err = session->state == SIP_SESSION_RESOLVING ? find_done(ua, session)
                                                      : send_due(ua, session);
    if (err != SP_OK)
        sip_session_cannot(ua, session, err);
}

void sip_session_timer(struct sip_ua *ua, struct sp_timer *timer)
{
    struct sip_session *session = timer->owner;

    switch ((enum sip_session_timer)timer->name) {
    case SIP_SESSION_REPEAT: sip_session_repeat(ua, session); break;
    case SIP_SESSION_LIMIT:
        if (session->state == SIP_SESSION_INVITED || session->state == SIP_SESSION_ACCEPTS)
            sip_session_expire(ua, session);
        else
            sip_session_on(ua, session, SIP_ON_TIMER_LIMIT);
        break;
    case SIP_SESSION_EXPIRES: sip_session_on(ua, session, SIP_ON_TIMER_LIMIT); break;
    case SIP_SESSION_GLARE: sip_session_on(ua, session, SIP_ON_TIMER_GLARE); break;
    case SIP_SESSION_RELIABLE: sip_reliable_timer(ua, session); break;
    case SIP_SESSION_UPDATE: sip_update_timer(ua, session); break;
    case SIP_SESSION_REFRESH: sip_refresh_timer(ua, session); break;
    case SIP_SESSION_TIMERS: assert(false);
    }
}

struct sip_session *sip_session_take(struct sip_ua *ua, enum sip_session_state state)
{
    struct sip_session *session = sp_pool_take(&ua->sessions);

    if (session == NULL)
        return NULL;
    session->note.owner = SIP_OWNER_SESSION;
    session->offer.id = sp_pool_handle(&ua->sessions, session).slot;
    session->state = state;
    for (int i = 0; i < SIP_SESSION_TIMERS; i++) {
        session->timers[i].owner = session;
        session->timers[i].name = (uint16_t)i;
    }
    return session;
}

struct sip_session *sip_session_find(struct sip_ua *ua, struct sp_handle handle)
{
    struct sip_session *session = sp_pool_find(&ua->sessions, handle);

    if (session == NULL || session->state >= SIP_SESSION_LEAVING)
        return NULL;
    return session;
}

bool sip_session_is_calling(const struct sip_session *session)
{
    return session->state <= SIP_SESSION_CANCELLING;
}

bool sip_session_is_asked(const struct sip_session *session)
{
    return session->state == SIP_SESSION_INVITED || session->state == SIP_SESSION_ACCEPTS ||
           session->state == SIP_SESSION_REINVITED || session->state == SIP_SESSION_REACCEPTS;
}

bool sip_session_is_early(const struct sip_session *session)
{
    return session->state <= SIP_SESSION_ACCEPTS;
}
