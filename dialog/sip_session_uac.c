/* SPDX-License-Identifier: MIT
 * dialog/sip_session_uac.c -- our INVITE, ACK, CANCEL and BYE. RFC 3261 13.2, 14.1, 15.1.1, 9.1. */
#include <assert.h>

#include "../parser/sip_write.h"
#include "sip_early.h"
#include "sip_info.h"
#include "sip_option.h"
#include "sip_session.h"
#include "sip_texts.h"
#include "sip_uas.h"

/* 491s in a row to one re-INVITE until the user is told: the peer may still wait for an ACK that
 * was lost, and then the timer of 14.1 can be shorter than that of its 2xx. */
enum { GLARES = 4 };
/* 2xx that come again in spite of our ACKs, until these go to another target. */
enum { UNHEARD = 2 };

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
    sip_put_recv_info(ua, to);
    sip_put_supported(ua, to);
    sip_refresh_put(ua, to, session);
    sip_put_user_agent(ua, to);
    (void)sip_put_login(ua, to, &session->challenges, session->draft.body);
    sip_put_body(to, session->draft.content_type, session->draft.body);
}

/* The INVITE that makes one. What an earlier one of its Call-ID made is over. */
static void put_invite(struct sip_ua *ua, struct sp_buf *to, struct sip_session *session)
{
    struct sp_buf more = sp_buf(ua->text, ua->limits.dialog_octets);

    sip_early_begin(ua, session);
    sip_refresh_put(ua, &more, session);
    if (more.err != SP_OK)
        sp_put_fail(to, more.err);
    session->draft.more = sp_written(&more);
    sip_put_draft(ua, to, &session->draft, &session->hop.target, &session->challenges);
    session->draft.more = sp_slice(NULL, 0);
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

    sip_prack_begin(ua, session);
    if (sip_session_is_calling(session))
        put_invite(ua, &to, session);
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
    struct sp_buf to = sip_core_scratch(ua);

    sip_put_dialog_head(&to, &session->dialog, sip_method_name(SIP_ACK), session->ack_cseq);
    sip_put_user_agent(ua, &to);
    sp_put(&to, session->credentials);
    sip_put_body(&to, session->ack.type, session->ack.body);
    if (to.err != SP_OK)
        return to.err;
    return sip_tx_send(ua->tx, ua->now_us, &session->hop.target, sp_written(&to));
}

enum sp_err sip_session_send_bye(struct sip_ua *ua, struct sip_session *session)
{
    struct sp_buf   to = sip_core_scratch(ua);
    struct sp_slice none = { NULL, 0 };

    sip_put_dialog_head(&to, &session->dialog, sip_method_name(SIP_BYE),
                        ++session->dialog.local_cseq);
    sip_put_supported(ua, &to);
    sip_put_user_agent(ua, &to);
    (void)sip_put_login(ua, &to, &session->challenges, none);
    sip_put_body(&to, none, none);
    if (to.err != SP_OK)
        return to.err;
    return sip_tx_request(ua->tx, ua->now_us, &session->hop.target, sp_written(&to),
                          cookie_of(ua, SIP_OWNER_SESSION, session), &session->bye);
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

enum sp_err sip_session_answer(struct sip_ua *ua, struct sip_session *session,
                               struct sp_slice content_type, struct sp_slice body)
{
    enum sp_err err;

    if (session->state != SIP_SESSION_ACK_WAITS)
        return SP_STATE;
    if (!sip_offer_is(content_type, body))
        return SP_MISSING;
    err = sip_content_keep(ua, &session->ack, content_type, body);
    if (err != SP_OK)
        return err;
    sip_offer_sent(ua, &session->offer, content_type, body);
    sip_session_on(ua, session, SIP_ON_ANSWER);
    sip_session_work(ua, session);
    return SP_OK;
}

enum sp_err sip_session_reinvite(struct sip_ua *ua, struct sip_session *session,
                                 struct sp_slice content_type, struct sp_slice body,
                                 bool is_refresh)
{
    struct sip_draft      *draft = &session->draft;
    struct sp_slice *const texts[] = { &draft->content_type, &draft->body };
    enum sp_err            err;

    /* 14.1: one INVITE at a time; RFC 3264 4: one offer. */
    if (session->state != SIP_SESSION_CONFIRMED || draft->block != NULL ||
        !sip_offer_rests(&session->offer))
        return SP_STATE;
    draft->method = SIP_INVITE;
    draft->content_type = content_type;
    draft->body = body;
    err = sip_texts_move(&ua->store, ua->limits.message_octets, texts, 2, &draft->block);
    if (err != SP_OK)
        return err;
    session->glares = 0;
    session->is_refresh = is_refresh;
    sip_content_drop(ua, &session->ack);
    sip_offer_sent(ua, &session->offer, content_type, body);
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

/* What a 2xx to our INVITE says beside its dialog. */
static void learn(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg,
                  bool may_offer)
{
    session->can = sip_option_read(session->can, msg);
    sip_info_learn(ua, session, msg);
    sip_refresh_take(ua, session, msg);
    if (!sip_update_offers(session) && !session->prack.offered) { /* their answers come elsewhere */
        session->note.sdp = sip_offer_came(ua, &session->offer, msg, may_offer);
        if (session->note.sdp == SIP_UA_SDP_NONE)
            sip_offer_void(ua, &session->offer); /* a 2xx without the answer */
    }
    session->note.status = msg->status;
    sip_core_accepted(ua, &session->challenges, msg);
}

/* The first 2xx to our INVITE confirms a dialog, or makes it. */
static void take_first(struct sip_ua *ua, struct sip_session *session, struct sip_dialog *dialog,
                       const struct sip_msg *msg, uint32_t cseq)
{
    struct sip_session *one = sip_early_adopt(ua, session, dialog);
    enum sp_err         err = SP_MISMATCH; /* the only answer was of a branch that was ended */

    if (one != NULL)
        err = sip_early_confirm(ua, one, msg);
    else
        sip_session_due(ua, SP_OF(dialog, struct sip_session, dialog), SIP_DUE_ACK);
    if (err != SP_OK) {
        one = one != NULL ? one : session;
        one->note.err = err;
        sip_session_on(ua, one, SIP_ON_FAILURE);
        return;
    }
    one->refresh.min_se_s = 0; /* RFC 4028 7.4: from here on what the dialog says counts */
    one->ack_cseq = cseq;
    learn(ua, one, msg, one->offer.state == SIP_OFFER_NONE);
    sip_draft_free(ua, &one->draft);
    sip_session_on(ua, one, SIP_ON_SUCCESS);
}

/* This transaction's final response is what the session waits for. */
static bool is_awaited(const struct sip_session *session, struct sp_handle tx)
{
    return session != NULL && sp_handle_eq(tx, session->invite) &&
           (sip_session_is_calling(session) || session->state == SIP_SESSION_REINVITING);
}

/* A 2xx may be of any dialog of our INVITE, or of none yet; to a re-INVITE only of its own. */
static bool is_expected(const struct sip_session *session, struct sip_dialog *dialog)
{
    const struct sip_session *of;

    if (session->state == SIP_SESSION_REINVITING)
        return dialog == &session->dialog;
    if (dialog == NULL || dialog == &session->dialog)
        return true;
    if (dialog->usage != SIP_USAGE_SESSION)
        return false;
    of = SP_OF(dialog, struct sip_session, dialog);
    return of->owner && sp_handle_eq(of->invite, session->invite);
}

/* The 2xx that is awaited cannot be read, or is of another dialog: no other will come. */
static void astray(struct sip_ua *ua, struct sip_session *session, enum sp_err err)
{
    session->note.err = err != SP_OK ? err : SP_MISMATCH;
    sip_session_on(ua, session, sip_session_is_calling(session) ? SIP_ON_FAILURE : SIP_ON_LOST);
}

/* An ACK has no answer: a 2xx that keeps coming tells that the target of our ACKs may be down. It
 * is a transaction of its own, and the next one may go to the next target (RFC 3263 4, 4.3). */
static void ack_again(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_hop *hop = &session->hop;

    if (++session->unheard >= UNHEARD && hop->state == SIP_HOP_KNOWN && hop->locate != NULL) {
        (void)sip_hop_next(hop, SP_TIMEOUT);
        session->unheard = 0;
    }
    sip_session_due(ua, session, SIP_DUE_ACK);
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
    if (is_awaited(session, action->tx) && (err != SP_OK || !is_expected(session, dialog))) {
        astray(ua, session, err);
        return;
    }
    if (err != SP_OK || (dialog != NULL && dialog->usage != SIP_USAGE_SESSION))
        return;
    if (session != NULL && sip_session_is_calling(session)) {
        take_first(ua, session, dialog, action->msg, cseq.number);
        return;
    }
    if (dialog == NULL) {
        sip_early_astray(ua, session, action, cseq.number);
        return;
    }
    session = SP_OF(dialog, struct sip_session, dialog);
    if (session->ack_cseq != cseq.number)
        session->unheard = 0;
    session->ack_cseq = cseq.number;
    if (session->state == SIP_SESSION_ACK_WAITS)
        return; /* it came again, and the user has not answered yet */
    if (session->state != SIP_SESSION_REINVITING || !sp_handle_eq(action->tx, session->invite)) {
        ack_again(ua, session);
        return;
    }
    err = sip_dialog_refresh(&session->dialog, &room, action->msg, &moved);
    if (err == SP_OK && moved)
        sip_hop_drop(&session->hop);
    learn(ua, session, action->msg, session->draft.body.len == 0);
    sip_session_on(ua, session, SIP_ON_SUCCESS);
}

/* A final response that refuses, or the end without one. */
static void take_refusal(struct sip_ua *ua, struct sip_session *session, uint16_t status)
{
    session->note.status = status;
    if (session->state == SIP_SESSION_REINVITING)
        sip_offer_void(ua, &session->offer);
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
    sip_early_begin(ua, session);
    sip_hop_drop(&session->hop);
    session->note.err = SP_OK;
    sip_session_on(ua, session, SIP_ON_DETOUR);
}

/* RFC 3263 4.3: the request of this number goes to the next target of its name, if there is one. */
static bool fail_over(struct sip_ua *ua, struct sip_session *session,
                      const struct sip_tx_action *action, uint32_t cseq)
{
    if (!sip_session_next_target(session, action, cseq))
        return false;
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

/* The INVITE goes again, to the same target. */
static void again(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on)
{
    if (sip_session_is_calling(session)) {
        session->draft.cseq++; /* 22.2; within the dialog the number rises by itself */
        sip_early_begin(ua, session);
    }
    sip_session_on(ua, session, on);
}

void sip_session_take_invite(struct sip_ua *ua, struct sip_session *session,
                             const struct sip_tx_action *action)
{
    if (action->kind == SIP_TX_RESPONSE && action->msg->status / 100 == 2) {
        take_success(ua, session, action);
        return;
    }
    if (session == NULL || !sp_handle_eq(action->tx, session->invite) ||
        (!sip_session_is_calling(session) && session->state != SIP_SESSION_REINVITING)) {
        /* Of an INVITE that is nobody's any more. Its final response may never come, for who would
         * send it thinks that all is over; after CANCEL it is not waited for without end (9.1). */
        if (action->kind == SIP_TX_RESPONSE && action->msg->status < 200)
            sip_uas_cancel(ua, action->tx);
        return;
    }
    /* With an early dialog it was heard, and the hop is the dialog's. */
    if (((can_go_on(session) && session->dialog.block == NULL) ||
         session->state == SIP_SESSION_REINVITING) &&
        fail_over(ua, session, action, session->draft.cseq))
        return;
    if (action->kind == SIP_TX_RESPONSE && action->msg->status < 200) {
        sip_early_take(ua, session, action->msg);
        return;
    }
    session->note.err = SP_OK;
    if (action->kind == SIP_TX_RESPONSE) {
        session->note.status = action->msg->status;
        if (action->msg->status == 422 && sip_refresh_refused(ua, session, action->msg))
            again(ua, session, SIP_ON_INTERVAL);
        else if (can_answer(ua, session, action->msg))
            again(ua, session, SIP_ON_CHALLENGE);
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
    if (session == NULL)
        return;
    if (sp_handle_eq(action->tx, session->prack.tx)) {
        sip_prack_take(ua, session, action);
        return;
    }
    if (sp_handle_eq(action->tx, session->update.tx)) {
        sip_update_take(ua, session, action);
        return;
    }
    if (!sp_handle_eq(action->tx, session->bye) ||
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
