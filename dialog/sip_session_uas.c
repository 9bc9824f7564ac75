/* SPDX-License-Identifier: MIT
 * dialog/sip_session_uas.c -- their INVITE, ACK, CANCEL and BYE. RFC
 * 3261 9.2, 12.2.2, 13.3, 14.2, 15.1.2; RFC 6026 7.1. */
#include "../parser/sip_write.h"
#include "sip_info.h"
#include "sip_option.h"
#include "sip_session.h"
#include "sip_texts.h"
#include "sip_uas.h"

enum { TAG_CHARS = 11, MINUTE_MS = 60000, RELIABLE_MS = 150000 /* RFC 3262 3 */ };

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
    sip_reliable_begin(ua, session);
    session->can = sip_option_read(session->can, action->msg);
    session->note.sdp = sip_offer_came(ua, &session->offer, action->msg, true);
    session->owes_offer = session->note.sdp == SIP_UA_SDP_NONE;
    sip_tx_set_user(ua->tx, action->tx, sip_core_cookie(SIP_OWNER_INVITE, self));
    if (session->state == SIP_SESSION_INVITED && sip_msg_expires(action->msg, &seconds) == SP_OK)
        sip_session_start_timer(ua, session, SIP_SESSION_LIMIT, (uint64_t)seconds * 1000);
}

void sip_session_invited(struct sip_ua *ua, const struct sip_tx_action *action)
{
    const struct sp_addr  *source = &action->flow.remote;
    struct sip_session    *session = NULL;
    struct sip_dialog_room room = sip_core_room(ua);
    char                   tag[TAG_CHARS], retry[32];
    enum sp_err            err;

    if (!sip_share_is_full(ua, &ua->sessions, source))
        session = sip_session_take(ua, SIP_SESSION_INVITED);
    if (session != NULL && !sip_refresh_check(ua, action)) {
        sip_session_free(ua, session);
        return;
    }
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
    sip_share_take(ua, &session->share, &ua->sessions, source);
    attach(ua, session, action);
    sip_core_note(ua, &session->note, SIP_UA_INVITED);
}

void sip_session_reinvited(struct sip_ua *ua, struct sip_session *session,
                           const struct sip_tx_action *action)
{
    char     retry[32];
    uint16_t status = 491; /* 14.2: ours is under way; or a 2xx of ours lacks its ACK */

    if (session->state >= SIP_SESSION_ENDING)
        status = 481;
    else if (sip_session_is_asked(session) ||
             (session->state == SIP_SESSION_CONFIRMED && session->offer.state == SIP_OFFER_THEIRS))
        status = 500; /* 14.2: one at a time; an UPDATE of theirs is one (RFC 3311 5.2) */
    else if (session->state == SIP_SESSION_CONFIRMED && sip_offer_rests(&session->offer))
        status = 0;
    if (status == 500)
        sip_uas_say(ua, action, 500, sip_uas_retry_after(retry, sp_ident_below(&ua->ident, 11)));
    else if (status != 0)
        sip_uas_say(ua, action, status, sp_slice(NULL, 0));
    else if (sip_refresh_check(ua, action)) {
        attach(ua, session, action);
        sip_session_on(ua, session, SIP_ON_INVITE);
    }
}

enum sp_err sip_session_answer_invite(struct sip_ua *ua, struct sip_session *session,
                                      struct sip_answer *answer)
{
    struct sp_flow flow;
    enum sp_err    err = sip_uas_again(ua, session->invite, &flow);

    answer->tag = session->dialog.local_tag;
    if (err == SP_OK)
        err = sip_uas_answer(ua, session->invite, &ua->again, &flow, answer);
    return err;
}

/* What their INVITE offered, or we to it, came to nothing with it. */
static void forget_offer(struct sip_ua *ua, struct sip_session *session)
{
    if (!sip_update_offers(session) && sp_handle_none(session->update.theirs))
        sip_offer_void(ua, &session->offer);
}

void sip_session_terminate(struct sip_ua *ua, struct sip_session *session, uint16_t status)
{
    struct sip_answer answer = { .status = status };

    (void)!sip_session_answer_invite(ua, session, &answer);
    forget_offer(ua, session);
}

enum sp_err sip_session_progress(struct sip_ua *ua, struct sip_session *session, uint16_t status,
                                 bool reliable, struct sp_slice content_type, struct sp_slice body)
{
    struct sip_answer answer = { .status = status, .dialog = true, .body = body };
    enum sp_err       err;

    if (body.len > 0)
        answer.content_type = content_type;
    if (!is_waiting(session))
        return SP_STATE;
    if (status <= 100 || status >= 200)
        return SP_RANGE;
    reliable = reliable || (session->can & SIP_NEEDS_100REL) != 0; /* RFC 3262 3 */
    err = reliable ? sip_reliable_send(ua, session, status, content_type, body)
                   : sip_session_answer_invite(ua, session, &answer);
    if (err != SP_OK)
        return err;
    session->progress = status;
    sip_session_start_timer(ua, session, SIP_SESSION_REPEAT, reliable ? RELIABLE_MS : MINUTE_MS);
    return SP_OK;
}

enum sp_err sip_session_refuse(struct sip_ua *ua, struct sip_session *session, uint16_t status,
                               struct sp_slice fields, struct sp_slice content_type,
                               struct sp_slice body)
{
    struct sip_answer answer = {
        .status = status, .fields = fields, .content_type = content_type, .body = body
    };
    enum sp_err err;

    if (!is_waiting(session))
        return SP_STATE;
    if (status < 300 || status > 699)
        return SP_RANGE;
    if (!sip_texts_are_lines(fields))
        return SP_INJECTION;
    err = sip_session_answer_invite(ua, session, &answer);
    if (err == SP_OK)
        forget_offer(ua, session);
    return err;
}

/* The 2xx may be given, with this body: 13.3.1.4, RFC 3262 5. */
static enum sp_err check_accept(const struct sip_session *session, bool described)
{
    if (!is_waiting(session) || sip_update_offers(session) ||
        !sp_handle_none(session->update.theirs) || !sp_handle_none(session->reliable.pracked))
        return SP_STATE;
    if (session->owes_offer || session->offer.state == SIP_OFFER_THEIRS)
        return described ? SP_OK : SP_MISSING;
    return described ? SP_STATE : SP_OK; /* all is said, or the PRACK will say it */
}

/* Our 2xx, in the store. */
static enum sp_err write_answer(struct sip_ua *ua, struct sip_session *session,
                                struct sp_slice content_type, struct sp_slice body,
                                struct sp_slice *octets)
{
    struct sp_buf          fields = sp_buf(ua->text, ua->limits.dialog_octets);
    struct sp_buf          to = sip_core_scratch(ua);
    struct sip_dialog_room room = sip_core_room(ua);
    struct sip_answer      answer = {
             .status = 200, .dialog = true, .tag = session->dialog.local_tag, .body = body
    };
    struct sp_flow flow;
    bool           moved = false;
    enum sp_err    err = sip_uas_again(ua, session->invite, &flow);

    if (err == SP_OK && session->state == SIP_SESSION_REINVITED)
        err = sip_dialog_refresh(&session->dialog, &room, &ua->again, &moved);
    if (moved)
        sip_hop_drop(&session->hop);
    if (err != SP_OK)
        return err;
    if (body.len > 0)
        answer.content_type = content_type;
    sip_refresh_answer(ua, &fields, session, &ua->again);
    answer.fields = sp_written(&fields);
    answer.tag = session->dialog.local_tag;
    sip_put_answer(ua, &to, &ua->again, &flow, &answer);
    if (fields.err != SP_OK || to.err != SP_OK)
        return fields.err != SP_OK ? SP_LIMIT : to.err;
    sip_info_learn(ua, session, &ua->again);
    *octets = sp_store_copy(&ua->store, sp_written(&to));
    return octets->at != NULL ? SP_OK : SP_LIMIT;
}

enum sp_err sip_session_accept(struct sip_ua *ua, struct sip_session *session,
                               struct sp_slice content_type, struct sp_slice body)
{
    bool            waits;
    struct sp_slice octets;
    enum sp_err     err = check_accept(session, sip_offer_is(content_type, body));

    if (err == SP_OK)
        err = write_answer(ua, session, content_type, body, &octets);
    if (err != SP_OK)
        return err;
    ua->in_hand = NULL;
    waits = session->reliable.state == SIP_RELIABLE_REPEATED && session->reliable.described;
    if (!waits)
        err = sip_tx_respond(ua->tx, ua->now_us, session->invite, 200, octets);
    if (err != SP_OK) {
        sp_store_give(&ua->store, octets.at);
        return err;
    }
    session->answer = octets;
    session->owes_offer = false;
    sip_offer_sent(ua, &session->offer, content_type, body);
    sip_session_on(ua, session, waits ? SIP_ON_HOLD : SIP_ON_ACCEPT);
    return SP_OK;
}

void sip_session_send_answer(struct sip_ua *ua, struct sip_session *session)
{
    if (session->state != SIP_SESSION_ACCEPTS && session->state != SIP_SESSION_REACCEPTS)
        return;
    if (sip_tx_respond(ua->tx, ua->now_us, session->invite, 200, session->answer) == SP_OK)
        sip_session_on(ua, session, SIP_ON_ACCEPT);
    else
        sip_session_start_timer(ua, session, SIP_SESSION_RELIABLE, ua->limits.t1_ms);
}

void sip_session_repeat(struct sip_ua *ua, struct sip_session *session)
{
    struct sp_slice none = { NULL, 0 };
    enum sp_err     err;

    if (is_waiting(session)) {
        err = sip_session_progress(ua, session, session->progress, session->reliable.rseq > 0, none,
                                   none);
        if (err != SP_OK)
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
    sip_session_terminate(ua, session, 487);
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
    if (dialog == NULL || dialog->usage != SIP_USAGE_SESSION)
        return;
    session = SP_OF(dialog, struct sip_session, dialog);
    if (sip_uas_cseq(action->msg) != session->answer_cseq ||
        (session->state != SIP_SESSION_ANSWERED && session->state != SIP_SESSION_HANGS_UP))
        return;
    if (!sip_update_offers(session)) {
        session->note.sdp = sip_offer_came(ua, &session->offer, action->msg, false);
        if (session->offer.state == SIP_OFFER_OURS)
            sip_offer_void(ua, &session->offer); /* against 13.2.1, without the answer */
    }
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
    (void)!sip_uas_answer(ua, action->tx, action->msg, &action->flow, &answer);
    if (session == NULL || !sip_session_is_asked(session) ||
        !sp_handle_eq(session->invite, action->invite))
        return;
    sip_session_terminate(ua, session, 487);
    sip_session_on(ua, session, SIP_ON_CANCEL);
}

void sip_session_bye(struct sip_ua *ua, struct sip_session *session,
                     const struct sip_tx_action *action)
{
    sip_uas_say(ua, action, 200, sp_slice(NULL, 0));
    if (sip_session_is_asked(session)) /* 15.1.2: what waits is answered */
        sip_session_terminate(ua, session, 487);
    if (session->state == SIP_SESSION_REINVITING)
        sip_uas_cancel(ua, session->invite);
    session->note.err = SP_OK;
    sip_session_on(ua, session, SIP_ON_BYE);
}
