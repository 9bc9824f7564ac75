/* SPDX-License-Identifier: MIT
 * dialog/sip_session.c -- the machine of a session: states, events, timers. RFC 3261 9, 13, 14, 15.
 */
#include "sip_session.h"
#include "sip_uas.h"

#include <assert.h>

static const char *state_name(enum sip_session_state state)
{
    static const char *const names[] = { "RESOLVING",  "CALLING",    "PROCEEDING", "CANCEL_WAITS",
                                         "CANCELLING", "INVITED",    "ANSWERED",   "HANGS_UP",
                                         "CONFIRMED",  "REINVITING", "REINVITED",  "ENDING",
                                         "LEAVING",    "GONE" };

    return names[state];
}

static const char *event_name(enum sip_session_event on)
{
    static const char *const names[] = { "resolved",   "1xx",      "2xx",    "challenge",
                                         "redirected", "3xx-6xx",  "491",    "lost",
                                         "failure",    "INVITE",   "CANCEL", "ACK",
                                         "BYE",        "BYE done", "accept", "refuse",
                                         "reinvite",   "end",      "64*T1",  "glare is over" };

    return names[on];
}

/* The timers that run on when a state is entered; those that it starts are started by enter(). */
static uint32_t alive(enum sip_session_state state)
{
    switch (state) {
    case SIP_SESSION_INVITED: return 1u << SIP_SESSION_LIMIT | 1u << SIP_SESSION_REPEAT;
    case SIP_SESSION_ANSWERED: return 1u << SIP_SESSION_GLARE;
    case SIP_SESSION_HANGS_UP: return 1u << SIP_SESSION_LIMIT | 1u << SIP_SESSION_REPEAT;
    case SIP_SESSION_CONFIRMED: return 1u << SIP_SESSION_GLARE;
    case SIP_SESSION_REINVITED: return 1u << SIP_SESSION_GLARE;
    default: return 0;
    }
}

void sip_session_start_timer(struct sip_ua *ua, struct sip_session *session,
                             enum sip_session_timer timer, uint64_t ms)
{
    sp_timer_start(&ua->timers, &session->timers[timer], ua->now_us + ms * 1000);
}

/* T of 14.1, in units of 10 ms: 2.1 to 4 s for the owner of the Call-ID, else 0 to 2 s. */
static void start_glare(struct sip_ua *ua, struct sip_session *session)
{
    uint32_t ms = session->owner ? 2100 + 10 * sp_ident_below(&ua->ident, 191)
                                 : 10 * sp_ident_below(&ua->ident, 201);

    sip_session_start_timer(ua, session, SIP_SESSION_GLARE, ms);
}

static void forget(struct sip_ua *ua, struct sip_session *session)
{
    for (int i = 0; i < SIP_SESSION_TIMERS; i++)
        sp_timer_stop(&ua->timers, &session->timers[i]);
    sip_hop_drop(&session->hop);
    sip_draft_free(ua, &session->draft);
    sp_store_give(&ua->store, session->answer.at);
    session->answer = sp_slice(NULL, 0);
    sp_store_give(&ua->store, session->credentials.at);
    session->credentials = sp_slice(NULL, 0);
    sip_challenges_free(&session->challenges, &ua->store);
    if (session->dialog.block != NULL) {
        sp_table_remove(&ua->dialogs, &session->dialog.link);
        sip_dialog_free(&session->dialog, &ua->store);
    }
    session->due = 0;
}

static void enter(struct sip_ua *ua, struct sip_session *session, enum sip_session_state to,
                  enum sip_session_event on)
{
    uint64_t limit_ms = 64 * (uint64_t)ua->limits.t1_ms;
    uint32_t keep = alive(to);

    sp_trace_arrow(&ua->trace, ua->now_us, "session", sp_pool_handle(&ua->sessions, session).slot,
                   state_name(session->state), event_name(on), state_name(to));
    session->state = to;
    for (int i = 0; i < SIP_SESSION_TIMERS; i++)
        if ((keep & 1u << i) == 0)
            sp_timer_stop(&ua->timers, &session->timers[i]);
    switch (to) {
    case SIP_SESSION_ANSWERED:
        session->interval_ms = ua->limits.t1_ms;
        sip_session_start_timer(ua, session, SIP_SESSION_REPEAT, session->interval_ms);
        sip_session_start_timer(ua, session, SIP_SESSION_LIMIT, limit_ms);
        break;
    case SIP_SESSION_CONFIRMED:
        sp_store_give(&ua->store, session->answer.at);
        session->answer = sp_slice(NULL, 0);
        session->progress = 0;
        break;
    case SIP_SESSION_GONE:
        forget(ua, session);
        sp_list_add(&ua->work, &session->work); /* who is given back there */
        break;
    default: break;
    }
}

static void go(struct sip_ua *ua, struct sip_session *session, enum sip_session_state to,
               enum sip_session_event on, uint32_t due)
{
    enter(ua, session, to, on);
    if (due != 0)
        sip_session_due(ua, session, due);
}

static void tell(struct sip_ua *ua, struct sip_session *session, enum sip_ua_action_kind kind)
{
    sip_core_note(ua, &session->note, kind);
}

static void gone(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on,
                 enum sip_ua_action_kind kind)
{
    enter(ua, session, SIP_SESSION_GONE, on);
    tell(ua, session, kind);
}

/* Our INVITE until its final response: 13.2.2, 9.1. */
static void on_calling(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    bool ended = session->state == SIP_SESSION_CANCEL_WAITS ||
                 session->state == SIP_SESSION_CANCELLING;

    switch (on) {
    case SIP_ON_RESOLVED: go(ua, session, SIP_SESSION_CALLING, on, SIP_DUE_INVITE); break;
    case SIP_ON_PROVISIONAL:
        if (session->state == SIP_SESSION_CANCEL_WAITS) {
            go(ua, session, SIP_SESSION_CANCELLING, on, SIP_DUE_CANCEL);
        } else if (!ended) {
            if (session->state == SIP_SESSION_CALLING)
                enter(ua, session, SIP_SESSION_PROCEEDING, on);
            tell(ua, session, SIP_UA_PROGRESS);
        }
        break;
    case SIP_ON_SUCCESS:
        if (ended) {
            go(ua, session, SIP_SESSION_ENDING, on, SIP_DUE_ACK | SIP_DUE_BYE);
        } else {
            go(ua, session, SIP_SESSION_CONFIRMED, on, SIP_DUE_ACK);
            tell(ua, session, SIP_UA_ACCEPTED);
        }
        break;
    case SIP_ON_CHALLENGE:
        if (ended)
            gone(ua, session, on, SIP_UA_REFUSED);
        else
            go(ua, session, SIP_SESSION_CALLING, on, SIP_DUE_INVITE);
        break;
    case SIP_ON_DETOUR: go(ua, session, SIP_SESSION_RESOLVING, on, SIP_DUE_HOP); break;
    case SIP_ON_REFUSAL: gone(ua, session, on, SIP_UA_REFUSED); break;
    case SIP_ON_FAILURE: gone(ua, session, on, SIP_UA_FAILED); break;
    case SIP_ON_END:
        if (session->state == SIP_SESSION_RESOLVING)
            gone(ua, session, on, SIP_UA_ENDED);
        else if (session->state == SIP_SESSION_CALLING)
            enter(ua, session, SIP_SESSION_CANCEL_WAITS, on);
        else if (session->state == SIP_SESSION_PROCEEDING)
            go(ua, session, SIP_SESSION_CANCELLING, on, SIP_DUE_CANCEL);
        break;
    default: break;
    }
}

/* BYE goes out and the user is told now: it is over, whatever becomes of the BYE. */
static void lost(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    go(ua, session, SIP_SESSION_LEAVING, on, SIP_DUE_CANCEL | SIP_DUE_BYE);
    tell(ua, session, SIP_UA_ENDED);
}

/* Their INVITE until the ACK for our final response: 13.3, 14.2. */
static void on_answering(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    bool invited = session->state == SIP_SESSION_INVITED;

    switch (on) {
    case SIP_ON_ACCEPT: enter(ua, session, SIP_SESSION_ANSWERED, on); break;
    case SIP_ON_REFUSE: enter(ua, session, SIP_SESSION_GONE, on); break;
    case SIP_ON_CANCEL: gone(ua, session, on, SIP_UA_CANCELLED); break;
    case SIP_ON_BYE:
        session->note.by_peer = true;
        gone(ua, session, on, SIP_UA_ENDED);
        break;
    case SIP_ON_ACK:
        if (session->state == SIP_SESSION_HANGS_UP) {
            go(ua, session, SIP_SESSION_ENDING, on, SIP_DUE_BYE);
        } else if (session->state == SIP_SESSION_ANSWERED) {
            enter(ua, session, SIP_SESSION_CONFIRMED, on);
            tell(ua, session, SIP_UA_CONFIRMED);
        }
        break;
    case SIP_ON_TIMER_LIMIT: /* 13.3.1.4: no ACK */
        session->note.err = SP_TIMEOUT;
        lost(ua, session, on);
        break;
    case SIP_ON_TIMER_GLARE: start_glare(ua, session); break;
    case SIP_ON_END: /* 15: no BYE before the ACK */
        if (invited)
            gone(ua, session, on, SIP_UA_ENDED);
        else
            enter(ua, session, SIP_SESSION_HANGS_UP, on);
        break;
    case SIP_ON_FAILURE: gone(ua, session, on, SIP_UA_ENDED); break;
    case SIP_ON_LOST:
        if (invited) /* 15: the callee of an early dialog has no BYE */
            sip_core_blank(&session->note);
        else
            lost(ua, session, on);
        break;
    default: break;
    }
}

/* The response to our re-INVITE: 14.1. */
static void on_reinviting(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    switch (on) {
    case SIP_ON_PROVISIONAL: break;
    case SIP_ON_CHALLENGE:
    case SIP_ON_DETOUR: go(ua, session, SIP_SESSION_REINVITING, on, SIP_DUE_INVITE); break;
    case SIP_ON_SUCCESS:
        sip_draft_free(ua, &session->draft);
        session->note.again = true;
        go(ua, session, SIP_SESSION_CONFIRMED, on, SIP_DUE_ACK);
        tell(ua, session, SIP_UA_ACCEPTED);
        break;
    case SIP_ON_GLARE:
        enter(ua, session, SIP_SESSION_CONFIRMED, on);
        start_glare(ua, session);
        break;
    case SIP_ON_REFUSAL:
        sip_draft_free(ua, &session->draft);
        session->note.again = true;
        enter(ua, session, SIP_SESSION_CONFIRMED, on);
        tell(ua, session, SIP_UA_REFUSED);
        break;
    case SIP_ON_LOST: lost(ua, session, on); break;
    default: break;
    }
}

/* A session that stands: 14, 15. */
static void on_confirmed(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    switch (on) {
    case SIP_ON_REINVITE: go(ua, session, SIP_SESSION_REINVITING, on, 0); break;
    case SIP_ON_TIMER_GLARE:
        if (session->state == SIP_SESSION_CONFIRMED)
            go(ua, session, SIP_SESSION_REINVITING, on, SIP_DUE_INVITE);
        else
            start_glare(ua, session);
        break;
    case SIP_ON_INVITE:
        enter(ua, session, SIP_SESSION_REINVITED, on);
        tell(ua, session, SIP_UA_REINVITED);
        break;
    case SIP_ON_ACCEPT: enter(ua, session, SIP_SESSION_ANSWERED, on); break;
    case SIP_ON_REFUSE: enter(ua, session, SIP_SESSION_CONFIRMED, on); break;
    case SIP_ON_CANCEL:
        session->note.again = true;
        enter(ua, session, SIP_SESSION_CONFIRMED, on);
        tell(ua, session, SIP_UA_CANCELLED);
        break;
    case SIP_ON_END: go(ua, session, SIP_SESSION_ENDING, on, SIP_DUE_CANCEL | SIP_DUE_BYE); break;
    case SIP_ON_BYE:
        session->note.by_peer = true;
        gone(ua, session, on, SIP_UA_ENDED);
        break;
    case SIP_ON_FAILURE: gone(ua, session, on, SIP_UA_ENDED); break;
    default: on_reinviting(ua, session, on); break;
    }
}

/* Our BYE: 15.1.1. */
static void on_ending(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    switch (on) {
    case SIP_ON_CHALLENGE:
    case SIP_ON_DETOUR: go(ua, session, session->state, on, SIP_DUE_BYE); break;
    case SIP_ON_BYE_DONE:
    case SIP_ON_FAILURE:
        if (session->state == SIP_SESSION_ENDING)
            gone(ua, session, on, SIP_UA_ENDED);
        else
            enter(ua, session, SIP_SESSION_GONE, on);
        break;
    default: break;
    }
}

void sip_session_on(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    switch (session->state) {
    case SIP_SESSION_RESOLVING:
    case SIP_SESSION_CALLING:
    case SIP_SESSION_PROCEEDING:
    case SIP_SESSION_CANCEL_WAITS:
    case SIP_SESSION_CANCELLING: on_calling(ua, session, on); break;
    case SIP_SESSION_INVITED:
    case SIP_SESSION_ANSWERED:
    case SIP_SESSION_HANGS_UP: on_answering(ua, session, on); break;
    case SIP_SESSION_CONFIRMED:
    case SIP_SESSION_REINVITING:
    case SIP_SESSION_REINVITED: on_confirmed(ua, session, on); break;
    case SIP_SESSION_ENDING:
    case SIP_SESSION_LEAVING: on_ending(ua, session, on); break;
    case SIP_SESSION_GONE: break;
    }
    if (!sp_list_has(&session->note.link))
        sip_core_blank(&session->note); /* what was written of it is not told */
}

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
    session->note.status = 503; /* 8.1.3.1 */
    sip_session_on(ua, session, SIP_ON_FAILURE);
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
    if (err == SP_OK && (due & SIP_DUE_INVITE) != 0)
        err = sip_session_send_invite(ua, session);
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
        if (session->state == SIP_SESSION_INVITED)
            sip_session_expire(ua, session);
        else
            sip_session_on(ua, session, SIP_ON_TIMER_LIMIT);
        break;
    case SIP_SESSION_GLARE: sip_session_on(ua, session, SIP_ON_TIMER_GLARE); break;
    case SIP_SESSION_TIMERS: assert(false);
    }
}

struct sip_session *sip_session_take(struct sip_ua *ua, enum sip_session_state state)
{
    struct sip_session *session = sp_pool_take(&ua->sessions);

    if (session == NULL)
        return NULL;
    session->note.owner = SIP_OWNER_SESSION;
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

    if (session == NULL || session->state == SIP_SESSION_LEAVING ||
        session->state == SIP_SESSION_GONE)
        return NULL;
    return session;
}

void sip_session_free(struct sip_ua *ua, struct sip_session *session)
{
    forget(ua, session);
    sp_list_remove(&session->work);
    sp_list_remove(&session->note.link);
    sp_pool_give(&ua->sessions, session);
}
