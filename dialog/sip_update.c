/* SPDX-License-Identifier: MIT
 * dialog/sip_update.c -- UPDATE: a session changed, or refreshed, without an INVITE. RFC 3311. */
#include "sip_update.h"

#include <string.h>

#include "../parser/sip_write.h"
#include "sip_info.h"
#include "sip_option.h"
#include "sip_session.h"
#include "sip_texts.h"
#include "sip_uas.h"

/* 491s in a row to one UPDATE until the user is told; as for re-INVITE. */
enum { GLARES = 4 };

static const char *name_of(enum sip_update_state state)
{
    static const char *const names[] = { "NONE", "DUE", "SENT", "WAITS" };

    return names[state];
}

static void enter(struct sip_ua *ua, struct sip_session *session, enum sip_update_state to,
                  const char *on)
{
    sp_trace_arrow(&ua->trace, ua->now_us, "update", sp_pool_handle(&ua->sessions, session).slot,
                   name_of(session->update.state), on, name_of(to));
    session->update.state = to;
    sp_timer_stop(&ua->timers, &session->timers[SIP_SESSION_UPDATE]);
    switch (to) {
    case SIP_UPDATE_NONE: sip_content_drop(ua, &session->update.body); break;
    case SIP_UPDATE_DUE: sip_session_due(ua, session, SIP_DUE_UPDATE); break;
    case SIP_UPDATE_WAITS: sip_session_start_glare(ua, session, SIP_SESSION_UPDATE); break;
    case SIP_UPDATE_SENT: break;
    }
}

void sip_update_drop(struct sip_ua *ua, struct sip_session *session)
{
    if (session->update.state != SIP_UPDATE_NONE)
        enter(ua, session, SIP_UPDATE_NONE, "over");
    if (!sp_handle_none(session->update.theirs)) /* 15.1.2: what waits is answered */
        sip_uas_owe(ua, session->update.theirs, 487, sp_slice(NULL, 0));
    memset(&session->update, 0, sizeof(session->update));
}

/* The peer has the dialog, and it is not about to end. */
static bool is_known(const struct sip_session *session)
{
    if (session->dialog.block == NULL)
        return false;
    switch (session->state) {
    case SIP_SESSION_PROCEEDING:
    case SIP_SESSION_FORKED:
    case SIP_SESSION_ANSWERED:
    case SIP_SESSION_CONFIRMED:
    case SIP_SESSION_REINVITING:
    case SIP_SESSION_REINVITED: return true;
    case SIP_SESSION_INVITED: return session->progress != 0;
    default: return false;
    }
}

/* 5.1: an offer, when the first one was answered reliably and nothing is open since; before the
 * INVITE is completed the callee's answer must be acknowledged too. */
static bool may_offer(const struct sip_session *session)
{
    if (session->reliable.state == SIP_RELIABLE_REPEATED && session->reliable.described)
        return false;
    /* An INVITE without an offer is under way: theirs waits for ours, ours for theirs. */
    if ((sip_session_is_asked(session) && session->owes_offer) ||
        (session->state == SIP_SESSION_REINVITING && session->draft.body.len == 0))
        return false;
    if (sip_session_is_early(session))
        return session->offer.state == SIP_OFFER_AGREED;
    return sip_offer_rests(&session->offer);
}

enum sp_err sip_update_start(struct sip_ua *ua, struct sip_session *session,
                             struct sp_slice content_type, struct sp_slice body, bool is_refresh)
{
    struct sip_update *update = &session->update;
    bool               offers = sip_offer_is(content_type, body);

    if (!is_known(session) || update->state != SIP_UPDATE_NONE || (offers && !may_offer(session)))
        return SP_STATE;
    if ((session->can & SIP_CANT_UPDATE) != 0)
        return SP_UNSUPPORTED;
    if (body.len > 0) {
        enum sp_err err = sip_content_keep(ua, &update->body, content_type, body);

        if (err != SP_OK)
            return err;
    }
    update->offers = offers;
    update->is_refresh = is_refresh;
    update->glares = 0;
    enter(ua, session, SIP_UPDATE_DUE, is_refresh ? "refresh" : "update");
    if (offers)
        sip_offer_sent(ua, &session->offer, content_type, body);
    return SP_OK;
}

/* It came to nothing, or has its answer: the user is told, and a refresh is his affair only when it
 * succeeded. */
static void finish(struct sip_ua *ua, struct sip_session *session, uint16_t status, enum sp_err err)
{
    bool is_refresh = session->update.is_refresh;

    if (status / 100 != 2 && sip_update_offers(session))
        sip_offer_void(ua, &session->offer);
    enter(ua, session, SIP_UPDATE_NONE, status / 100 == 2 ? "2xx" : "failed");
    if (session->state >= SIP_SESSION_LEAVING)
        return; /* the user knows of the end, or is about to: nothing follows it */
    session->note.status = status;
    session->note.err = err;
    session->note.method = SIP_UPDATE;
    if (!is_refresh)
        sip_core_note(ua, &session->note, SIP_UA_ANSWERED);
    else if (status / 100 == 2)
        sip_core_note(ua, &session->note, SIP_UA_REFRESHED);
    else
        sip_core_blank(&session->note);
}

void sip_update_send(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_update *update = &session->update;
    struct sp_buf      to = sip_core_scratch(ua);
    enum sp_err        err;

    if (update->state != SIP_UPDATE_DUE)
        return;
    update->number = ++session->dialog.local_cseq;
    sip_put_dialog_head(&to, &session->dialog, sip_method_name(SIP_UPDATE), update->number);
    sip_put_contact(ua, &to, &session->hop.target);
    sip_put_allow(ua, &to);
    sip_put_supported(ua, &to);
    sip_refresh_put(ua, &to, session);
    sip_put_user_agent(ua, &to);
    (void)sip_put_login(ua, &to, &session->challenges, update->body.body);
    sip_put_body(&to, update->body.type, update->body.body);
    err = to.err;
    if (err == SP_OK)
        err = sip_tx_request(
            ua->tx, ua->now_us, &session->hop.target, sp_written(&to),
            sip_core_cookie(SIP_OWNER_SESSION, sp_pool_handle(&ua->sessions, session)),
            &update->tx);
    if (err == SP_OK)
        enter(ua, session, SIP_UPDATE_SENT, "sent");
    else
        finish(ua, session, 503, err);
}

bool sip_update_offers(const struct sip_session *session)
{
    return session->update.offers &&
           (session->update.state == SIP_UPDATE_DUE || session->update.state == SIP_UPDATE_SENT);
}

void sip_update_timer(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_update *update = &session->update;

    if (update->offers && !may_offer(session)) {
        enter(ua, session, SIP_UPDATE_WAITS, "glare is over"); /* not for them */
        return;
    }
    if (update->offers)
        sip_offer_sent(ua, &session->offer, update->body.type, update->body.body);
    enter(ua, session, SIP_UPDATE_DUE, "glare is over");
}

/* 5.3 */
static void succeed(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg)
{
    struct sip_dialog_room room = sip_core_room(ua);
    bool                   moved;

    if (sip_dialog_refresh(&session->dialog, &room, msg, &moved) == SP_OK && moved)
        sip_hop_drop(&session->hop);
    session->can = sip_option_read(session->can, msg);
    sip_core_accepted(ua, &session->challenges, msg);
    sip_info_learn(ua, session, msg);
    if (!sip_session_is_early(session))
        sip_refresh_take(ua, session, msg);
    if (session->update.offers) {
        session->note.sdp = sip_offer_came(ua, &session->offer, msg, false);
        sip_offer_void(ua, &session->offer); /* a 2xx without the answer */
    }
    finish(ua, session, msg->status, SP_OK);
}

/* True: it goes again. */
static bool again(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg)
{
    if (msg->status == 491 && ++session->update.glares < GLARES) {
        if (session->update.offers)
            sip_offer_void(ua, &session->offer);
        enter(ua, session, SIP_UPDATE_WAITS, "491");
    } else if (msg->status == 422 && sip_refresh_refused(ua, session, msg))
        enter(ua, session, SIP_UPDATE_DUE, "422");
    else if ((msg->status == 401 || msg->status == 407) &&
             sip_core_challenged(ua, &session->challenges, msg) == SP_OK)
        enter(ua, session, SIP_UPDATE_DUE, "challenge");
    else
        return false;
    return true;
}

void sip_update_take(struct sip_ua *ua, struct sip_session *session,
                     const struct sip_tx_action *action)
{
    const struct sip_msg *msg = action->kind == SIP_TX_RESPONSE ? action->msg : NULL;
    uint16_t              status = msg != NULL ? msg->status : 408;
    enum sp_err           err = SP_OK;

    if (session->update.state != SIP_UPDATE_SENT || status < 200)
        return;
    if (status / 100 == 2) {
        succeed(ua, session, msg);
        return;
    }
    if (msg != NULL && again(ua, session, msg))
        return;
    if (sip_session_next_target(session, action, session->update.number)) {
        enter(ua, session, SIP_UPDATE_DUE, "next target");
        return;
    }
    if (action->kind == SIP_TX_TRANSPORT) {
        status = 503;
        err = action->err;
    } else if (action->kind == SIP_TX_TIMEOUT) {
        err = SP_TIMEOUT;
    }
    finish(ua, session, status, err);
    if (status == 408 || status == 481) /* 12.2.1.2 */
        sip_within_ended(ua, sp_pool_handle(&ua->sessions, session), status);
}

/* ---- theirs */

/* What the UPDATE gets before anything is done about it (5.2); 0: it is taken. */
static uint16_t judge(const struct sip_session *session, const struct sip_msg *msg)
{
    if (!sp_handle_none(session->update.theirs))
        return 500;
    if (!sip_offer_in(msg))
        return 0;
    if (session->offer.state == SIP_OFFER_THEIRS)
        return 500;
    return session->offer.state == SIP_OFFER_OURS ||
                   (sip_session_is_early(session) && session->offer.state == SIP_OFFER_NONE)
               ? 491
               : 0;
}

/* The 2xx, with all that a target refresh and a session timer say. */
static enum sp_err accept(struct sip_ua *ua, struct sip_session *session, struct sp_handle tx,
                          const struct sip_answer *given)
{
    struct sip_dialog_room room = sip_core_room(ua);
    struct sp_buf          to = sp_buf(ua->text, ua->limits.dialog_octets);
    struct sip_answer      answer = *given;
    struct sp_flow         flow;
    bool                   moved = false;
    enum sp_err            err = sip_uas_again(ua, tx, &flow);

    if (err == SP_OK)
        err = sip_dialog_refresh(&session->dialog, &room, &ua->again, &moved);
    if (err != SP_OK)
        return err;
    if (moved)
        sip_hop_drop(&session->hop);
    sp_put(&to, given->fields);
    if (!sip_session_is_early(session))
        sip_refresh_answer(ua, &to, session, &ua->again);
    answer.fields = sp_written(&to);
    answer.dialog = true;
    if (to.err != SP_OK)
        return to.err == SP_ROOM ? SP_LIMIT : to.err;
    sip_info_learn(ua, session, &ua->again);
    session->can = sip_option_read(session->can, &ua->again);
    return sip_uas_answer(ua, tx, &ua->again, &flow, &answer);
}

void sip_update_came(struct sip_ua *ua, struct sip_session *session,
                     const struct sip_tx_action *action)
{
    struct sip_answer ok = { .status = 200 };
    uint16_t          status = judge(session, action->msg);
    bool              refreshed;
    char              retry[32];

    if (status != 0) {
        sip_uas_say(ua, action, status,
                    status == 500 ? sip_uas_retry_after(retry, sp_ident_below(&ua->ident, 11))
                                  : sp_slice(NULL, 0));
        return;
    }
    if (!sip_refresh_check(ua, action))
        return;
    if (sip_offer_in(action->msg)) {
        session->note.sdp = sip_offer_came(ua, &session->offer, action->msg, true);
        session->note.request = session->update.theirs = action->tx;
        sip_core_note(ua, &session->note, SIP_UA_UPDATED);
        return;
    }
    refreshed = session->refresh.by != SIP_REFRESH_NONE;
    if (accept(ua, session, action->tx, &ok) != SP_OK) {
        sip_uas_owe(ua, action->tx, 500, sp_slice(NULL, 0));
        return;
    }
    session->note.by_peer = true;
    sip_core_note(ua, &session->note, refreshed ? SIP_UA_REFRESHED : SIP_UA_UPDATED);
}

/* Whose open request this is; it is indexed again. */
static struct sip_session *owner_of(struct sip_ua *ua, struct sp_handle request)
{
    struct sip_dialog_id id;
    struct sip_dialog   *dialog;
    struct sip_session  *session;
    struct sp_flow       flow;

    if (sip_uas_again(ua, request, &flow) != SP_OK ||
        (ua->again.method != SIP_UPDATE && ua->again.method != SIP_PRACK) ||
        sip_dialog_id_of(&ua->again, &id) != SP_OK)
        return NULL;
    dialog = sip_dialog_find(&ua->dialogs, &id);
    if (dialog == NULL || dialog->usage != SIP_USAGE_SESSION)
        return NULL;
    session = SP_OF(dialog, struct sip_session, dialog);
    return sp_handle_eq(session->update.theirs, request) ||
                   sp_handle_eq(session->reliable.pracked, request)
               ? session
               : NULL;
}

static enum sp_err answer_update(struct sip_ua *ua, struct sip_session *session,
                                 const struct sip_answer *answer)
{
    struct sp_flow flow;
    enum sp_err    err;

    if (answer->status / 100 == 2) {
        if (!sip_offer_is(answer->content_type, answer->body))
            return SP_MISSING;
        return accept(ua, session, session->update.theirs, answer);
    }
    err = sip_uas_again(ua, session->update.theirs, &flow);
    return err == SP_OK ? sip_uas_answer(ua, session->update.theirs, &ua->again, &flow, answer)
                        : err;
}

static enum sp_err answer_prack(struct sip_ua *ua, struct sip_session *session,
                                const struct sip_answer *answer)
{
    struct sp_flow flow;
    enum sp_err    err;

    if (answer->status / 100 != 2)
        return SP_RANGE; /* RFC 3262 3: a PRACK that matches has its 2xx */
    if (!sip_offer_is(answer->content_type, answer->body))
        return SP_MISSING;
    err = sip_uas_again(ua, session->reliable.pracked, &flow);
    return err == SP_OK ? sip_uas_answer(ua, session->reliable.pracked, &ua->again, &flow, answer)
                        : err;
}

bool sip_update_answer(struct sip_ua *ua, struct sp_handle request, uint16_t status,
                       struct sp_slice fields, struct sp_slice content_type, struct sp_slice body,
                       enum sp_err *err)
{
    struct sip_session *session = owner_of(ua, request);
    struct sip_answer   answer = {
          .status = status, .fields = fields, .content_type = content_type, .body = body
    };
    struct sp_handle *open;

    if (session == NULL)
        return false;
    open = sp_handle_eq(session->update.theirs, request) ? &session->update.theirs
                                                         : &session->reliable.pracked;
    if (status < 200) {
        *err = SP_RANGE; /* RFC 4320 4.1 */
        return true;
    }
    *err = open == &session->update.theirs ? answer_update(ua, session, &answer)
                                           : answer_prack(ua, session, &answer);
    if (*err == SP_OK) {
        memset(open, 0, sizeof(*open));
        if (status / 100 == 2)
            sip_offer_sent(ua, &session->offer, content_type, body);
        else
            sip_offer_void(ua, &session->offer);
    }
    return true;
}
