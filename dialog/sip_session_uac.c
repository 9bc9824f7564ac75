/* SPDX-License-Identifier: MIT
 * dialog/sip_session_uac.c -- our INVITE, ACK, CANCEL and BYE. RFC 3261 13.2, 14.1, 15.1.1, 9.1. */
#include <assert.h>

#include "../parser/sip_write.h"
#include "sip_session.h"
#include "sip_texts.h"
#include "sip_uas.h"

/* 491s in a row to one re-INVITE until the user is told: the peer may still wait for an ACK that
 * was lost, and then the timer of 14.1 can be shorter than that of its 2xx. */
enum { GLARES = 4 };

static uint64_t cookie_of(const struct sip_ua *ua, enum sip_owner owner,
                          const struct sip_session *session)
{
    return sip_core_cookie(owner, sp_pool_handle(&ua->sessions, session));
}

enum sp_err sip_session_next_hop(const struct sip_session *session, struct sp_slice *uri)
{
    if (session->dialog.block != NULL)
        return sip_dialog_next_hop(&session->dialog, uri);
    return sip_draft_next_hop(&session->draft, uri);
}

/* The INVITE within the dialog. */
static void put_reinvite(struct sip_ua *ua, struct sp_buf *to, struct sip_session *session)
{
    session->draft.cseq = ++session->dialog.local_cseq;
    sip_put_dialog_head(to, &session->dialog, sip_method_name(SIP_INVITE), session->draft.cseq);
    sip_put_contact(ua, to, &session->hop.target);
    sip_put_allow(ua, to);
    sip_put_supported(ua, to);
    sip_put_user_agent(ua, to);
    (void)sip_put_login(ua, to, &session->challenges, session->draft.body);
    sip_put_body(to, session->draft.content_type, session->draft.body);
}

/* The lines of a message that answer challenges, for its ACK. SP_LIMIT. */
static enum sp_err keep_credentials(struct sip_ua *ua, struct sip_session *session,
                                    struct sp_slice message)
{
    char           *text = ua->text;
    struct sp_buf   to = sp_buf(text, ua->limits.dialog_octets);
    struct sp_slice head = sp_head(message, sp_find_slice(message, SP_LIT("\r\n\r\n")) + 2);

    sp_store_give(&ua->store, session->credentials.at);
    session->credentials = sp_slice(NULL, 0);
    if (session->challenges.block == NULL)
        return SP_OK;
    while (head.len > 0) {
        size_t          end = sp_find_slice(head, SP_LIT("\r\n")) + 2;
        struct sp_slice line = sp_head(head, end);

        if (sp_starts(line, SP_LIT("Authorization:")) ||
            sp_starts(line, SP_LIT("Proxy-Authorization:")))
            sp_put(&to, line);
        head = sp_from(head, end);
    }
    session->credentials = sp_store_copy(&ua->store, sp_written(&to));
    return session->credentials.at != NULL ? SP_OK : SP_LIMIT;
}

enum sp_err sip_session_send_invite(struct sip_ua *ua, struct sip_session *session)
{
    struct sp_buf to = sip_core_scratch(ua);
    enum sp_err   err;

    if (session->dialog.block == NULL)
        sip_put_draft(ua, &to, &session->draft, &session->hop.target, &session->challenges);
    else
        put_reinvite(ua, &to, session);
    err = to.err;
    if (err == SP_OK)
        err = keep_credentials(ua, session, sp_written(&to));
    if (err != SP_OK)
        return err;
    return sip_tx_request(ua->tx, ua->now_us, &session->hop.target, sp_written(&to),
                          cookie_of(ua, SIP_OWNER_INVITE, session), &session->invite);
}

enum sp_err sip_session_send_ack(struct sip_ua *ua, struct sip_session *session)
{
    struct sp_buf   to = sip_core_scratch(ua);
    struct sp_slice none = { NULL, 0 };

    sip_put_dialog_head(&to, &session->dialog, sip_method_name(SIP_ACK), session->ack_cseq);
    sip_put_user_agent(ua, &to);
    sp_put(&to, session->credentials);
    sip_put_body(&to, none, none);
    if (to.err != SP_OK)
        return to.err;
    return sip_tx_send(ua->tx, ua->now_us, &session->hop.target, sp_written(&to));
}

enum sp_err sip_session_send_bye(struct sip_ua *ua, struct sip_session *session)
{
    struct sp_buf    to = sip_core_scratch(ua);
    struct sp_slice  none = { NULL, 0 };
    struct sp_handle tx;

    sip_put_dialog_head(&to, &session->dialog, sip_method_name(SIP_BYE),
                        ++session->dialog.local_cseq);
    sip_put_user_agent(ua, &to);
    (void)sip_put_login(ua, &to, &session->challenges, none);
    sip_put_body(&to, none, none);
    if (to.err != SP_OK)
        return to.err;
    return sip_tx_request(ua->tx, ua->now_us, &session->hop.target, sp_written(&to),
                          cookie_of(ua, SIP_OWNER_SESSION, session), &tx);
}

enum sp_err sip_session_invite(struct sip_ua *ua, const struct sip_ua_request *request,
                               struct sp_handle *handle)
{
    struct sip_session *session = sip_session_take(ua, SIP_SESSION_RESOLVING);
    struct sp_slice     hop;
    enum sp_err         err;

    if (session == NULL)
        return SP_LIMIT;
    session->owner = true;
    session->user = request->user;
    *handle = sp_pool_handle(&ua->sessions, session);
    err = sip_draft_make(ua, request, &session->draft);
    if (err == SP_OK)
        err = sip_draft_next_hop(&session->draft, &hop);
    if (err == SP_OK)
        err = sip_hop_find(&session->hop, hop, cookie_of(ua, SIP_OWNER_SESSION, session),
                           &ua->hops);
    if (err == SP_OK && session->hop.state == SIP_HOP_KNOWN) {
        sip_session_on(ua, session, SIP_ON_RESOLVED);
        session->due = 0;
        err = sip_session_send_invite(ua, session);
    }
    if (err != SP_OK)
        sip_session_free(ua, session);
    return err;
}

enum sp_err sip_session_reinvite(struct sip_ua *ua, struct sip_session *session,
                                 struct sp_slice content_type, struct sp_slice body)
{
    struct sip_draft      *draft = &session->draft;
    struct sp_slice *const texts[] = { &draft->content_type, &draft->body };
    enum sp_err            err;

    if (session->state != SIP_SESSION_CONFIRMED || draft->block != NULL)
        return SP_STATE; /* 14.1: one INVITE at a time */
    draft->method = SIP_INVITE;
    draft->content_type = content_type;
    draft->body = body;
    err = sip_texts_move(&ua->store, ua->limits.message_octets, texts, 2, &draft->block);
    if (err != SP_OK)
        return err;
    session->glares = 0;
    sip_session_on(ua, session, SIP_ON_REINVITE);
    sip_session_due(ua, session, SIP_DUE_INVITE);
    sip_session_work(ua, session);
    return SP_OK;
}

void sip_session_resolved(struct sip_ua *ua, struct sip_session *session, enum sp_err err)
{
    if (err != SP_OK) {
        sip_session_cannot(ua, session, err);
    } else if (session->state == SIP_SESSION_RESOLVING) {
        sip_session_on(ua, session, SIP_ON_RESOLVED);
    } else if (session->due != 0) {
        sip_session_due(ua, session, session->due);
    }
}

/* A 2xx whose dialog we do not know, although its INVITE is answered or over: another branch of the
 * fork. It gets its ACK and is ended (13.2.2.4). Without room for it, the peer gives up by itself.
 */
static void take_fork(struct sip_ua *ua, const struct sip_session *session,
                      const struct sip_msg *msg, uint32_t cseq)
{
    struct sip_session    *fork = sip_session_take(ua, SIP_SESSION_LEAVING);
    struct sip_dialog_room room = sip_core_room(ua);
    struct sip_address     to;
    struct sp_where        where;

    if (fork == NULL)
        return;
    if (sip_address_parse(sip_msg_value(msg, SIP_FIELD_TO), &to, &where) != SP_OK ||
        sip_dialog_of_response(&fork->dialog, &room, msg, to.uri.octets) != SP_OK) {
        fork->dialog.block = NULL;
        sip_session_free(ua, fork);
        return;
    }
    sip_dialog_add(&ua->dialogs, &fork->dialog);
    fork->ack_cseq = cseq;
    if (session != NULL && session->credentials.len > 0)
        fork->credentials = sp_store_copy(&ua->store, session->credentials);
    sip_session_due(ua, fork, SIP_DUE_ACK | SIP_DUE_BYE);
}

static bool is_calling(const struct sip_session *session)
{
    return session->state <= SIP_SESSION_CANCELLING;
}

/* The first 2xx to our INVITE makes the dialog. */
static void take_first(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg,
                       uint32_t cseq)
{
    struct sip_dialog_room room = sip_core_room(ua);
    enum sp_err            err;

    err = sip_dialog_of_response(&session->dialog, &room, msg, session->draft.uri);
    if (err != SP_OK) {
        session->dialog.block = NULL;
        session->note.err = err;
        sip_session_on(ua, session, SIP_ON_FAILURE);
        return;
    }
    sip_dialog_add(&ua->dialogs, &session->dialog);
    sip_hop_drop(&session->hop);
    sip_draft_free(ua, &session->draft);
    session->ack_cseq = cseq;
    session->note.status = msg->status;
    session->challenges.tries = 0;
    sip_session_on(ua, session, SIP_ON_SUCCESS);
}

/* This transaction's final response is what the session waits for. */
static bool is_awaited(const struct sip_session *session, struct sp_handle tx)
{
    return session != NULL && sp_handle_eq(tx, session->invite) &&
           (is_calling(session) || session->state == SIP_SESSION_REINVITING);
}

/* The 2xx that is awaited cannot be read, or is of another dialog: no other will come. */
static void astray(struct sip_ua *ua, struct sip_session *session, enum sp_err err)
{
    session->note.err = err != SP_OK ? err : SP_MISMATCH;
    sip_session_on(ua, session, is_calling(session) ? SIP_ON_FAILURE : SIP_ON_LOST);
}

static void take_success(struct sip_ua *ua, struct sip_session *session,
                         const struct sip_tx_action *action)
{
    struct sip_dialog_room room = sip_core_room(ua);
    struct sip_dialog_id   id;
    struct sip_dialog     *dialog;
    struct sip_cseq        cseq;
    struct sp_where        where;
    bool                   moved;
    enum sp_err            err = sip_dialog_id_of(action->msg, &id);

    if (err == SP_OK)
        err = sip_cseq_parse(sip_msg_value(action->msg, SIP_FIELD_CSEQ), &cseq, &where);
    dialog = err == SP_OK ? sip_dialog_find(&ua->dialogs, &id) : NULL;
    if (is_awaited(session, action->tx) &&
        (err != SP_OK || dialog != (is_calling(session) ? NULL : &session->dialog))) {
        astray(ua, session, err);
        return;
    }
    if (err != SP_OK)
        return;
    if (dialog == NULL && session != NULL && is_calling(session)) {
        take_first(ua, session, action->msg, cseq.number);
        return;
    }
    if (dialog == NULL) {
        take_fork(ua, session, action->msg, cseq.number);
        return;
    }
    session = SP_OF(dialog, struct sip_session, dialog);
    session->ack_cseq = cseq.number;
    if (session->state != SIP_SESSION_REINVITING || !sp_handle_eq(action->tx, session->invite)) {
        sip_session_due(ua, session, SIP_DUE_ACK); /* it came again */
        return;
    }
    err = sip_dialog_refresh(&session->dialog, &room, action->msg, &moved);
    if (err == SP_OK && moved)
        sip_hop_drop(&session->hop);
    session->note.status = action->msg->status;
    session->challenges.tries = 0;
    sip_session_on(ua, session, SIP_ON_SUCCESS);
}

/* A final response that refuses, or the end without one. */
static void take_refusal(struct sip_ua *ua, struct sip_session *session, uint16_t status)
{
    session->note.status = status;
    if (session->state != SIP_SESSION_REINVITING) {
        sip_session_on(ua, session, session->note.err == SP_OK ? SIP_ON_REFUSAL : SIP_ON_FAILURE);
        return;
    }
    if (status == 491 && ++session->glares < GLARES) {
        sip_session_on(ua, session, SIP_ON_GLARE);
    } else if (status == 408 || status == 481) {
        if (session->note.err == SP_OK)
            session->note.err = status == 408 ? SP_TIMEOUT : SP_REFUSED;
        sip_session_on(ua, session, SIP_ON_LOST);
    } else {
        sip_session_on(ua, session, SIP_ON_REFUSAL);
    }
}

/* A 401 or 407 whose challenges we can answer. */
static bool can_answer(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg)
{
    return (msg->status == 401 || msg->status == 407) &&
           sip_core_challenged(ua, &session->challenges, msg) == SP_OK;
}

/* Another target may be tried: only for the first INVITE, and not when it was to be cancelled. */
static bool can_go_on(const struct sip_session *session)
{
    return session->state == SIP_SESSION_CALLING || session->state == SIP_SESSION_PROCEEDING;
}

void sip_session_detour(struct sip_ua *ua, struct sip_session *session)
{
    /* What was shown to one server is none of another's affair. */
    sip_challenges_free(&session->challenges, &ua->store);
    sip_hop_drop(&session->hop);
    session->note.err = SP_OK;
    sip_session_on(ua, session, SIP_ON_DETOUR);
}

/* RFC 3263 4.3: the request of this number goes to the next target of its name, if there is one. */
static bool fail_over(struct sip_ua *ua, struct sip_session *session,
                      const struct sip_tx_action *action, uint32_t cseq)
{
    if (!sip_core_is_down(action) || !sip_hop_next(&session->hop))
        return false;
    if (session->dialog.block != NULL)
        sip_dialog_again(&session->dialog, cseq);
    session->note.err = SP_OK;
    sip_session_on(ua, session, SIP_ON_DETOUR);
    return true;
}

static void take_silence(struct sip_ua *ua, struct sip_session *session, uint16_t status)
{
    if (can_go_on(session) && sip_draft_detour(ua, &session->draft, NULL))
        sip_session_detour(ua, session);
    else
        take_refusal(ua, session, status);
}

static void challenged(struct sip_ua *ua, struct sip_session *session)
{
    if (session->dialog.block == NULL)
        session->draft.cseq++; /* 22.2; within the dialog the number rises by itself */
    sip_session_on(ua, session, SIP_ON_CHALLENGE);
}

void sip_session_take_invite(struct sip_ua *ua, struct sip_session *session,
                             const struct sip_tx_action *action)
{
    if (action->kind == SIP_TX_RESPONSE && action->msg->status / 100 == 2) {
        take_success(ua, session, action);
        return;
    }
    if (session == NULL || !sp_handle_eq(action->tx, session->invite) ||
        (!is_calling(session) && session->state != SIP_SESSION_REINVITING)) {
        /* Of an INVITE that is nobody's any more. Its final response may never come, for who would
         * send it thinks that all is over; after CANCEL it is not waited for without end (9.1). */
        if (action->kind == SIP_TX_RESPONSE && action->msg->status < 200)
            sip_uas_cancel(ua, action->tx);
        return;
    }
    if ((can_go_on(session) || session->state == SIP_SESSION_REINVITING) &&
        fail_over(ua, session, action, session->draft.cseq))
        return;
    session->note.err = SP_OK;
    if (action->kind == SIP_TX_RESPONSE) {
        session->note.status = action->msg->status;
        if (action->msg->status < 200)
            sip_session_on(ua, session, SIP_ON_PROVISIONAL);
        else if (can_answer(ua, session, action->msg))
            challenged(ua, session);
        else if (can_go_on(session) && sip_draft_detour(ua, &session->draft, action->msg))
            sip_session_detour(ua, session);
        else
            take_refusal(ua, session, action->msg->status);
    } else if (action->kind == SIP_TX_TIMEOUT) {
        session->note.err = SP_TIMEOUT; /* counts as 408 (8.1.3.1) */
        session->note.timer = action->timer;
        take_silence(ua, session, 408);
    } else if (action->kind == SIP_TX_TRANSPORT) {
        session->note.err = action->err;
        take_silence(ua, session, 503);
    }
}

void sip_session_take_other(struct sip_ua *ua, struct sip_session *session,
                            const struct sip_tx_action *action)
{
    if (session == NULL ||
        (session->state != SIP_SESSION_ENDING && session->state != SIP_SESSION_LEAVING))
        return;
    if (action->kind == SIP_TX_RESPONSE && action->msg->status < 200)
        return;
    if (action->kind == SIP_TX_RESPONSE && can_answer(ua, session, action->msg)) {
        sip_session_on(ua, session, SIP_ON_CHALLENGE);
        return;
    }
    if (fail_over(ua, session, action, session->dialog.local_cseq))
        return;
    session->note.err = SP_OK;
    if (action->kind == SIP_TX_RESPONSE)
        session->note.status = action->msg->status;
    else if (action->kind == SIP_TX_TIMEOUT)
        session->note.err = SP_TIMEOUT;
    else
        session->note.err = action->err;
    session->note.timer = action->timer;
    sip_session_on(ua, session, SIP_ON_BYE_DONE);
}
