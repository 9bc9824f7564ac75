/* SPDX-License-Identifier: MIT
 * dialog/sip_session_uas.c -- their INVITE, ACK, CANCEL and BYE. RFC
 * 3261 9.2, 12.2.2, 13.3, 14.2, 15.1.2; RFC 6026 7.1. */
#include "../parser/sip_write.h"
#include "sip_session.h"
#include "sip_texts.h"
#include "sip_uas.h"

enum { TAG_CHARS = 11, MINUTE_MS = 60000 };

static bool is_waiting(const struct sip_session *session)
{
    return session->state == SIP_SESSION_INVITED || session->state == SIP_SESSION_REINVITED;
}

/* The INVITE transaction in hand becomes the one that waits for the user. */
static void attach(struct sip_ua *ua, struct sip_session *session,
                   const struct sip_tx_action *action)
{
    struct sp_handle self = sp_pool_handle(&ua->sessions, session);
    uint32_t         seconds;

    session->invite = action->tx;
    session->answer_cseq = sip_uas_cseq(action->msg);
    session->progress = 0;
    sip_tx_set_user(ua->tx, action->tx, sip_core_cookie(SIP_OWNER_INVITE, self));
    if (session->state == SIP_SESSION_INVITED && sip_msg_expires(action->msg, &seconds) == SP_OK)
        sip_session_start_timer(ua, session, SIP_SESSION_LIMIT, (uint64_t)seconds * 1000);
}

void sip_session_invited(struct sip_ua *ua, const struct sip_tx_action *action)
{
    struct sip_session    *session = sip_session_take(ua, SIP_SESSION_INVITED);
    struct sip_dialog_room room = sip_core_room(ua);
    char                   tag[TAG_CHARS], retry[32];
    enum sp_err            err;

    if (session == NULL) { /* 13.3.1.3: no further call at this end system */
        sip_uas_say(ua, action, 486, sip_uas_retry_after(retry, SIP_RETRY_AFTER_LIMIT));
        return;
    }
    sp_ident_token(&ua->ident, tag, sizeof(tag));
    err = sip_dialog_of_request(&session->dialog, &room, action->msg, sp_slice(tag, sizeof(tag)));
    if (err != SP_OK) {
        session->dialog.block = NULL;
        sip_session_free(ua, session);
        if (err == SP_LIMIT)
            sip_uas_say(ua, action, 503, sip_uas_retry_after(retry, SIP_RETRY_AFTER_LIMIT));
        else
            sip_uas_say(ua, action, 400,
                        sp_slice(NULL, 0)); /* 8.1.1.8: no Contact, or none to use */
        return;
    }
    sip_dialog_add(&ua->dialogs, &session->dialog);
    attach(ua, session, action);
    sip_core_note(ua, &session->note, SIP_UA_INVITED);
}

void sip_session_reinvited(struct sip_ua *ua, struct sip_session *session,
                           const struct sip_tx_action *action)
{
    char retry[32];

    switch (session->state) {
    case SIP_SESSION_CONFIRMED:
        sip_session_on(ua, session, SIP_ON_INVITE);
        attach(ua, session, action);
        break;
    case SIP_SESSION_INVITED:
    case SIP_SESSION_REINVITED: /* 14.2: one at a time */
        sip_uas_say(ua, action, 500, sip_uas_retry_after(retry, sp_ident_below(&ua->ident, 11)));
        break;
    case SIP_SESSION_REINVITING:
    case SIP_SESSION_ANSWERED:
    case SIP_SESSION_HANGS_UP: /* 14.2: ours is under way; and a 2xx of ours lacks its ACK */
        sip_uas_say(ua, action, 491, sp_slice(NULL, 0));
        break;
    default: sip_uas_say(ua, action, 481, sp_slice(NULL, 0)); break;
    }
}

/* An answer to the INVITE that waits, from its own octets. */
static enum sp_err answer_invite(struct sip_ua *ua, struct sip_session *session,
                                 struct sip_answer *answer)
{
    struct sp_flow flow;
    enum sp_err    err = sip_uas_again(ua, session->invite, &flow);

    answer->tag = session->dialog.local_tag;
    if (err == SP_OK)
        err = sip_uas_answer(ua, session->invite, &ua->again, &flow, answer);
    return err;
}

void sip_session_terminate(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_answer answer = { .status = 487 };

    if (answer_invite(ua, session, &answer) == SP_LIMIT)
        sip_uas_owe(ua, session->invite, answer.status, session->dialog.local_tag);
}

enum sp_err sip_session_progress(struct sip_ua *ua, struct sip_session *session, uint16_t status)
{
    struct sip_answer answer = { .status = status, .dialog = true };
    enum sp_err       err;

    if (!is_waiting(session))
        return SP_STATE;
    if (status <= 100 || status >= 200)
        return SP_RANGE;
    err = answer_invite(ua, session, &answer);
    if (err != SP_OK)
        return err;
    session->progress = status;
    sip_session_start_timer(ua, session, SIP_SESSION_REPEAT, MINUTE_MS);
    return SP_OK;
}

enum sp_err sip_session_refuse(struct sip_ua *ua, struct sip_session *session, uint16_t status,
                               struct sp_slice fields, struct sp_slice content_type,
                               struct sp_slice body)
{
    struct sip_answer answer = {
        .status = status, .fields = fields, .content_type = content_type, .body = body
    };

    if (!is_waiting(session))
        return SP_STATE;
    if (status < 300 || status > 699)
        return SP_RANGE;
    if (!sip_texts_are_lines(fields))
        return SP_INJECTION;
    return answer_invite(ua, session, &answer);
}

enum sp_err sip_session_accept(struct sip_ua *ua, struct sip_session *session,
                               struct sp_slice content_type, struct sp_slice body)
{
    struct sip_answer      answer = { .status = 200, .dialog = true };
    struct sip_dialog_room room = sip_core_room(ua);
    struct sp_buf          to = sip_core_scratch(ua);
    struct sp_slice        octets;
    struct sp_flow         flow;
    bool                   moved = false;
    enum sp_err            err;

    if (!is_waiting(session))
        return SP_STATE;
    err = sip_uas_again(ua, session->invite, &flow);
    if (err == SP_OK && session->state == SIP_SESSION_REINVITED)
        err = sip_dialog_refresh(&session->dialog, &room, &ua->again, &moved);
    if (moved)
        sip_hop_drop(&session->hop);
    if (err != SP_OK)
        return err;
    answer.tag = session->dialog.local_tag;
    answer.content_type = content_type;
    answer.body = body;
    sip_put_answer(ua, &to, &ua->again, &flow, &answer);
    if (to.err != SP_OK)
        return to.err;
    octets = sp_store_copy(&ua->store, sp_written(&to));
    if (octets.at == NULL)
        return SP_LIMIT;
    ua->in_hand = NULL;
    err = sip_tx_respond(ua->tx, ua->now_us, session->invite, answer.status, octets);
    if (err != SP_OK) {
        sp_store_give(&ua->store, octets.at);
        return err;
    }
    session->answer = octets;
    sip_session_on(ua, session, SIP_ON_ACCEPT);
    return SP_OK;
}

void sip_session_repeat(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_answer answer = { .status = session->progress, .dialog = true };
    enum sp_err       err;

    if (is_waiting(session)) {
        err = answer_invite(ua, session, &answer);
        sip_session_start_timer(ua, session, SIP_SESSION_REPEAT, MINUTE_MS);
    } else {
        err = sip_tx_respond(ua->tx, ua->now_us, session->invite, 200, session->answer);
        session->interval_ms *= 2;
        if (session->interval_ms > ua->limits.t2_ms)
            session->interval_ms = ua->limits.t2_ms;
        sip_session_start_timer(ua, session, SIP_SESSION_REPEAT, session->interval_ms);
    }
    (void)err; /* there is a next time */
}

void sip_session_expire(struct sip_ua *ua, struct sip_session *session)
{
    sip_session_terminate(ua, session);
    sip_session_on(ua, session, SIP_ON_CANCEL);
}

void sip_session_ack(struct sip_ua *ua, const struct sip_tx_action *action)
{
    struct sip_dialog_id id;
    struct sip_dialog   *dialog;
    struct sip_session  *session;

    if (sip_dialog_id_of(action->msg, &id) != SP_OK)
        return;
    dialog = sip_dialog_find(&ua->dialogs, &id);
    if (dialog == NULL)
        return;
    session = SP_OF(dialog, struct sip_session, dialog);
    if (sip_uas_cseq(action->msg) == session->answer_cseq)
        sip_session_on(ua, session, SIP_ON_ACK);
}

void sip_session_cancel(struct sip_ua *ua, const struct sip_tx_action *action)
{
    struct sip_answer   answer = { .status = 200 };
    struct sip_session *session = NULL;

    if (sp_handle_none(action->invite)) {
        sip_uas_say(ua, action, 481, sp_slice(NULL, 0));
        return;
    }
    if (sip_core_owner(action->user) == SIP_OWNER_INVITE)
        session = sp_pool_find(&ua->sessions, sip_core_handle(action->user));
    if (session != NULL && session->dialog.block != NULL)
        answer.tag = session->dialog.local_tag; /* 9.2: that of the answer to the INVITE */
    if (sip_uas_answer(ua, action->tx, action->msg, &action->flow, &answer) == SP_LIMIT)
        sip_uas_owe(ua, action->tx, answer.status, answer.tag);
    if (session == NULL || !is_waiting(session) || !sp_handle_eq(session->invite, action->invite))
        return;
    sip_session_terminate(ua, session);
    sip_session_on(ua, session, SIP_ON_CANCEL);
}

void sip_session_bye(struct sip_ua *ua, struct sip_session *session,
                     const struct sip_tx_action *action)
{
    sip_uas_say(ua, action, 200, sp_slice(NULL, 0));
    if (is_waiting(session)) /* 15.1.2: what waits is answered */
        sip_session_terminate(ua, session);
    if (session->state == SIP_SESSION_REINVITING)
        sip_uas_cancel(ua, session->invite);
    session->note.err = SP_OK;
    sip_session_on(ua, session, SIP_ON_BYE);
}
