/* SPDX-License-Identifier: MIT
 * dialog/sip_session.c -- the machine of a session: states, events, timers. RFC 3261 9, 13, 14, 15.
 */
#include "sip_session.h"
#include "sip_early.h"
#include "sip_uas.h"

static const char *state_name(enum sip_session_state state)
{
    static const char *const names[] = { "RESOLVING",  "CALLING",   "PROCEEDING", "CANCEL_WAITS",
                                         "CANCELLING", "FORKED",    "INVITED",    "ACCEPTS",
                                         "ANSWERED",   "HANGS_UP",  "CONFIRMED",  "REINVITING",
                                         "ACK_WAITS",  "REINVITED", "REACCEPTS",  "ENDING",
                                         "LEAVING",    "LINGERS",   "GONE" };

    return names[state];
}

static const char *event_name(enum sip_session_event on)
{
    static const char *const names[] = {
        "resolved",   "1xx",           "2xx",           "challenge", "422",
        "redirected", "3xx-6xx",       "491",           "lost",      "failure",
        "INVITE",     "CANCEL",        "ACK",           "BYE",       "BYE done",
        "accept",     "accept, later", "answer",        "refuse",    "reinvite",
        "end",        "64*T1",         "glare is over", "no PRACK",  "expired"
    };

    return names[on];
}

/* The timers that run on when a state is entered; those that it starts are started by enter(). */
static uint32_t alive(enum sip_session_state state)
{
    uint32_t early = 1u << SIP_SESSION_UPDATE | 1u << SIP_SESSION_RELIABLE;
    uint32_t stands = 1u << SIP_SESSION_UPDATE | 1u << SIP_SESSION_REFRESH;

    switch (state) {
    case SIP_SESSION_RESOLVING:
    case SIP_SESSION_CALLING: return 1u << SIP_SESSION_EXPIRES;
    case SIP_SESSION_PROCEEDING: return early | 1u << SIP_SESSION_LIMIT | 1u << SIP_SESSION_EXPIRES;
    case SIP_SESSION_FORKED: return early;
    case SIP_SESSION_INVITED: return early | 1u << SIP_SESSION_LIMIT | 1u << SIP_SESSION_REPEAT;
    case SIP_SESSION_ACCEPTS: return early | 1u << SIP_SESSION_LIMIT;
    case SIP_SESSION_ANSWERED: return stands | 1u << SIP_SESSION_GLARE;
    case SIP_SESSION_HANGS_UP: return 1u << SIP_SESSION_LIMIT | 1u << SIP_SESSION_REPEAT;
    case SIP_SESSION_CONFIRMED: return stands | 1u << SIP_SESSION_GLARE;
    case SIP_SESSION_REINVITING:
    case SIP_SESSION_ACK_WAITS: return stands;
    case SIP_SESSION_REINVITED:
        return stands | 1u << SIP_SESSION_GLARE | 1u << SIP_SESSION_RELIABLE |
               1u << SIP_SESSION_REPEAT;
    case SIP_SESSION_REACCEPTS:
        return stands | 1u << SIP_SESSION_GLARE | 1u << SIP_SESSION_RELIABLE;
    default: return 0;
    }
}

void sip_session_start_timer(struct sip_ua *ua, struct sip_session *session,
                             enum sip_session_timer timer, uint64_t ms)
{
    sp_timer_start(&ua->timers, &session->timers[timer], ua->now_us + ms * 1000);
}

/* T of 14.1, in units of 10 ms: 2.1 to 4 s for the owner of the Call-ID, else 0 to 2 s. */
void sip_session_start_glare(struct sip_ua *ua, struct sip_session *session,
                             enum sip_session_timer timer)
{
    uint32_t ms = session->owner ? 2100 + 10 * sp_ident_below(&ua->ident, 191)
                                 : 10 * sp_ident_below(&ua->ident, 201);

    sip_session_start_timer(ua, session, timer, ms);
}

/* Who rings and then says no more would hold it for ever; INVITE has no other end (17.1.1.2). */
void sip_session_start_ringing(struct sip_ua *ua, struct sip_session *session)
{
    sip_session_start_timer(ua, session, SIP_SESSION_LIMIT, ua->limits.timer_c_ms);
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
    sip_content_drop(ua, &session->ack);
    sip_reliable_drop(ua, session);
    sip_early_leave(ua, session);
    sip_early_drop(ua, session);
    session->due = 0;
}

static void enter(struct sip_ua *ua, struct sip_session *session, enum sip_session_state to,
                  enum sip_session_event on)
{
    uint64_t limit_ms = 64 * (uint64_t)ua->limits.t1_ms;
    uint32_t keep = alive(to);

    sp_trace_arrow(&ua->trace, ua->now_us, "session", sp_pool_handle(&ua->sessions, session).slot,
                   state_name(session->state), event_name(on), state_name(to));
    if (session->state == SIP_SESSION_FORKED && to != SIP_SESSION_FORKED)
        sip_early_leave(ua, session);
    session->state = to;
    for (int i = 0; i < SIP_SESSION_TIMERS; i++)
        if ((keep & 1u << i) == 0)
            sp_timer_stop(&ua->timers, &session->timers[i]);
    switch (to) {
    case SIP_SESSION_CALLING:
        if (session->draft.expires_s > 0 && !sp_timer_runs(&session->timers[SIP_SESSION_EXPIRES]))
            sip_session_start_timer(ua, session, SIP_SESSION_EXPIRES,
                                    session->draft.expires_s * UINT64_C(1000));
        break;
    case SIP_SESSION_PROCEEDING:
        if (!sp_timer_runs(&session->timers[SIP_SESSION_LIMIT]))
            sip_session_start_ringing(ua, session);
        break;
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
    case SIP_SESSION_LINGERS:
        session->due = 0;
        sip_session_start_timer(ua, session, SIP_SESSION_LIMIT, limit_ms);
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

/* It is over, but for a PRACK that may still come. */
static void leave(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    sip_reliable_hold(ua, session);
    enter(ua, session,
          session->reliable.state != SIP_RELIABLE_NONE ? SIP_SESSION_LINGERS : SIP_SESSION_GONE,
          on);
}

static void gone(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on,
                 enum sip_ua_action_kind kind)
{
    leave(ua, session, on);
    tell(ua, session, kind);
}

/* Their 2xx with an offer has its ACK when the user answered. */
static void succeed(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    if (session->offer.state == SIP_OFFER_THEIRS)
        go(ua, session, SIP_SESSION_ACK_WAITS, on, 0);
    else
        go(ua, session, SIP_SESSION_CONFIRMED, on, SIP_DUE_ACK);
}

/* 9.1: as soon as a provisional response came. */
static void cancel(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    if (session->state == SIP_SESSION_CALLING)
        enter(ua, session, SIP_SESSION_CANCEL_WAITS, on);
    else if (session->state == SIP_SESSION_PROCEEDING)
        go(ua, session, SIP_SESSION_CANCELLING, on, SIP_DUE_CANCEL);
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
            enter(ua, session, SIP_SESSION_PROCEEDING, on);
            tell(ua, session, SIP_UA_PROGRESS);
        }
        break;
    case SIP_ON_SUCCESS:
        if (ended) {
            go(ua, session, SIP_SESSION_ENDING, on, SIP_DUE_ACK | SIP_DUE_BYE);
        } else {
            succeed(ua, session, on);
            tell(ua, session, SIP_UA_ACCEPTED);
        }
        break;
    case SIP_ON_CHALLENGE:
    case SIP_ON_INTERVAL:
        if (ended)
            gone(ua, session, on, SIP_UA_REFUSED);
        else
            go(ua, session, SIP_SESSION_CALLING, on, SIP_DUE_INVITE);
        break;
    case SIP_ON_DETOUR: go(ua, session, SIP_SESSION_RESOLVING, on, SIP_DUE_HOP); break;
    case SIP_ON_REFUSAL: gone(ua, session, on, SIP_UA_REFUSED); break;
    case SIP_ON_FAILURE: gone(ua, session, on, SIP_UA_FAILED); break;
    case SIP_ON_BYE: /* none is allowed here (15), and yet it is the end: our ACK may be missed */
        sip_uas_cancel(ua, session->invite);
        session->note.by_peer = true;
        gone(ua, session, on, SIP_UA_ENDED);
        break;
    case SIP_ON_LOST:        /* of the early dialog: 12.2.1.2 */
    case SIP_ON_TIMER_LIMIT: /* it rang too long, or expired (13.2.1) */
        session->note.err = SP_TIMEOUT;
        if (session->state == SIP_SESSION_RESOLVING)
            gone(ua, session, on, SIP_UA_FAILED);
        else
            cancel(ua, session, on);
        break;
    case SIP_ON_END:
        if (session->state == SIP_SESSION_RESOLVING)
            gone(ua, session, on, SIP_UA_ENDED);
        else
            cancel(ua, session, on);
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

/* A further early dialog of our INVITE: 12.1.2. What becomes of the INVITE is its parent's. */
static void on_forked(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    switch (on) {
    case SIP_ON_PROVISIONAL: tell(ua, session, SIP_UA_PROGRESS); break;
    case SIP_ON_SUCCESS:
        succeed(ua, session, on);
        tell(ua, session, SIP_UA_ACCEPTED);
        break;
    case SIP_ON_BYE:
        session->note.by_peer = true;
        gone(ua, session, on, SIP_UA_ENDED);
        break;
    case SIP_ON_END: go(ua, session, SIP_SESSION_ENDING, on, SIP_DUE_BYE); break; /* 15 */
    case SIP_ON_FAILURE: gone(ua, session, on, SIP_UA_ENDED); break;
    case SIP_ON_LOST: /* the INVITE itself goes on */
        go(ua, session, SIP_SESSION_LEAVING, on, SIP_DUE_BYE);
        tell(ua, session, SIP_UA_ENDED);
        break;
    default: break;
    }
}

/* Their INVITE until the ACK for our final response: 13.3, 14.2. */
static void on_answering(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    bool invited = session->state == SIP_SESSION_INVITED || session->state == SIP_SESSION_ACCEPTS;

    switch (on) {
    case SIP_ON_ACCEPT:
        sip_reliable_hold(ua, session);
        enter(ua, session, SIP_SESSION_ANSWERED, on);
        break;
    case SIP_ON_HOLD: enter(ua, session, SIP_SESSION_ACCEPTS, on); break;
    case SIP_ON_REFUSE: leave(ua, session, on); break;
    case SIP_ON_CANCEL: gone(ua, session, on, SIP_UA_CANCELLED); break;
    case SIP_ON_UNACKED:
        session->note.err = SP_TIMEOUT;
        session->note.timer = "PRACK";
        gone(ua, session, on, SIP_UA_ENDED);
        break;
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
    case SIP_ON_TIMER_GLARE: sip_session_start_glare(ua, session, SIP_SESSION_GLARE); break;
    case SIP_ON_END: /* 15: no BYE before the ACK */
        if (invited)
            gone(ua, session, on, SIP_UA_ENDED);
        else
            enter(ua, session, SIP_SESSION_HANGS_UP, on);
        break;
    case SIP_ON_FAILURE: gone(ua, session, on, SIP_UA_ENDED); break;
    case SIP_ON_EXPIRED: break; /* as long as the ACK can be missing, its timer runs */
    default: break;
    }
}

/* The response to our re-INVITE: 14.1. */
static void on_reinviting(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    switch (on) {
    case SIP_ON_PROVISIONAL:
        session->note.again = true;
        tell(ua, session, SIP_UA_PROGRESS);
        break;
    case SIP_ON_CHALLENGE:
    case SIP_ON_INTERVAL:
    case SIP_ON_DETOUR: go(ua, session, SIP_SESSION_REINVITING, on, SIP_DUE_INVITE); break;
    case SIP_ON_SUCCESS:
        sip_draft_free(ua, &session->draft);
        session->note.again = !session->is_refresh;
        succeed(ua, session, on);
        tell(ua, session, session->is_refresh ? SIP_UA_REFRESHED : SIP_UA_ACCEPTED);
        break;
    case SIP_ON_GLARE:
        enter(ua, session, SIP_SESSION_CONFIRMED, on);
        sip_session_start_glare(ua, session, SIP_SESSION_GLARE);
        break;
    case SIP_ON_REFUSAL:
        sip_draft_free(ua, &session->draft);
        session->note.again = true;
        enter(ua, session, SIP_SESSION_CONFIRMED, on);
        if (!session->is_refresh)
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
        if (session->state == SIP_SESSION_CONFIRMED && sip_offer_rests(&session->offer)) {
            sip_offer_sent(ua, &session->offer, session->draft.content_type, session->draft.body);
            go(ua, session, SIP_SESSION_REINVITING, on, SIP_DUE_INVITE);
        } else
            sip_session_start_glare(ua, session, SIP_SESSION_GLARE);
        break;
    case SIP_ON_INVITE:
        enter(ua, session, SIP_SESSION_REINVITED, on);
        tell(ua, session, SIP_UA_REINVITED);
        break;
    case SIP_ON_ACCEPT:
        sip_reliable_hold(ua, session);
        enter(ua, session, SIP_SESSION_ANSWERED, on);
        break;
    case SIP_ON_HOLD: enter(ua, session, SIP_SESSION_REACCEPTS, on); break;
    case SIP_ON_ANSWER: go(ua, session, SIP_SESSION_CONFIRMED, on, SIP_DUE_ACK); break;
    case SIP_ON_REFUSE:
        sip_reliable_hold(ua, session);
        enter(ua, session, SIP_SESSION_CONFIRMED, on);
        break;
    case SIP_ON_UNACKED:
    case SIP_ON_CANCEL:
        if (on == SIP_ON_UNACKED) {
            session->note.err = SP_TIMEOUT;
            session->note.timer = "PRACK";
        }
        sip_reliable_hold(ua, session);
        session->note.again = true;
        enter(ua, session, SIP_SESSION_CONFIRMED, on);
        tell(ua, session, SIP_UA_CANCELLED);
        break;
    case SIP_ON_END:
        if (session->state == SIP_SESSION_ACK_WAITS)
            sip_session_due(ua, session, SIP_DUE_ACK);
        go(ua, session, SIP_SESSION_ENDING, on, SIP_DUE_CANCEL | SIP_DUE_BYE);
        break;
    case SIP_ON_EXPIRED:
        if (session->state == SIP_SESSION_ACK_WAITS)
            sip_session_due(ua, session, SIP_DUE_ACK);
        session->note.err = SP_TIMEOUT;
        session->note.timer = "session";
        lost(ua, session, on);
        break;
    case SIP_ON_BYE:
        session->note.by_peer = true;
        gone(ua, session, on, SIP_UA_ENDED);
        break;
    case SIP_ON_FAILURE: gone(ua, session, on, SIP_UA_ENDED); break;
    default: on_reinviting(ua, session, on); break;
    }
}

/* Only a PRACK is waited for. */
static void on_lingering(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    if (on == SIP_ON_TIMER_LIMIT || on == SIP_ON_ACK)
        enter(ua, session, SIP_SESSION_GONE, on);
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
    case SIP_SESSION_FORKED: on_forked(ua, session, on); break;
    case SIP_SESSION_INVITED:
    case SIP_SESSION_ACCEPTS:
    case SIP_SESSION_ANSWERED:
    case SIP_SESSION_HANGS_UP: on_answering(ua, session, on); break;
    case SIP_SESSION_CONFIRMED:
    case SIP_SESSION_REINVITING:
    case SIP_SESSION_ACK_WAITS:
    case SIP_SESSION_REINVITED:
    case SIP_SESSION_REACCEPTS: on_confirmed(ua, session, on); break;
    case SIP_SESSION_ENDING:
    case SIP_SESSION_LEAVING: on_ending(ua, session, on); break;
    case SIP_SESSION_LINGERS: on_lingering(ua, session, on); break;
    case SIP_SESSION_GONE: break;
    }
    if (!sp_list_has(&session->note.link))
        sip_core_blank(&session->note); /* what was written of it is not told */
}

void sip_session_free(struct sip_ua *ua, struct sip_session *session)
{
    forget(ua, session);
    sip_share_give(ua, &session->share);
    sp_list_remove(&session->work);
    sp_list_remove(&session->note.link);
    sp_pool_give(&ua->sessions, session);
}
