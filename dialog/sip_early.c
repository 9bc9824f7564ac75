/* SPDX-License-Identifier: MIT
 * dialog/sip_early.c -- the dialogs of our INVITE before its 2xx. RFC 3261 12.1.2, 13.2.2.1,
 * 13.2.2.4; RFC 3262 4. */
#include "sip_early.h"

#include <string.h>

#include "sip_info.h"
#include "sip_option.h"
#include "sip_share.h"

void sip_early_leave(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_session *parent = sp_pool_find(&ua->sessions, session->parent);

    if (parent != NULL)
        parent->forks--;
    memset(&session->parent, 0, sizeof(session->parent));
}

/* What is of its dialog alone. */
static void clear(struct sip_ua *ua, struct sip_session *session)
{
    sip_update_drop(ua, session);
    sip_prack_begin(ua, session);
    sip_offer_drop(ua, &session->offer);
    sip_info_drop(ua, session);
    session->can = 0;
    session->due &= ~(uint32_t)(SIP_DUE_PRACK | SIP_DUE_UPDATE);
    if (session->dialog.block == NULL)
        return;
    sip_hop_drop(&session->hop);
    sp_table_remove(&ua->dialogs, &session->dialog.link);
    sip_dialog_free(&session->dialog, &ua->store);
}

static void drop_forks(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_session *fork = NULL;
    struct sp_handle    self = sp_pool_handle(&ua->sessions, session);

    while (session->forks > 0) {
        fork = sp_pool_next(&ua->sessions, fork);
        if (sp_handle_eq(fork->parent, self))
            sip_session_free(ua, fork);
    }
}

void sip_early_drop(struct sip_ua *ua, struct sip_session *session)
{
    drop_forks(ua, session);
    clear(ua, session);
}

void sip_early_begin(struct sip_ua *ua, struct sip_session *session)
{
    /* The peer of the early dialog counted on: no number may be used again. */
    if (session->draft.cseq <= session->dialog.local_cseq)
        session->draft.cseq = session->dialog.local_cseq + 1;
    sip_early_drop(ua, session);
    sip_offer_sent(ua, &session->offer, session->draft.content_type, session->draft.body);
}

/* A dialog of this response. SP_SYNTAX, SP_LIMIT: none. */
static enum sp_err make_dialog(struct sip_ua *ua, struct sip_session *session,
                               const struct sip_msg *msg, struct sp_slice target)
{
    struct sip_dialog_room room = sip_core_room(ua);
    enum sp_err            err = sip_dialog_of_response(&session->dialog, &room, msg, target);

    if (err != SP_OK) {
        memset(&session->dialog, 0, sizeof(session->dialog));
        return err;
    }
    sip_dialog_add(&ua->dialogs, &session->dialog);
    return SP_OK;
}

/* A further early dialog, or NULL. */
static struct sip_session *make_fork(struct sip_ua *ua, struct sip_session *session,
                                     const struct sip_msg *msg)
{
    struct sip_session *fork;

    if (session->forks >= ua->limits.forks)
        return NULL;
    fork = sip_session_take(ua, SIP_SESSION_FORKED);
    if (fork == NULL)
        return NULL;
    if (make_dialog(ua, fork, msg, session->draft.uri) != SP_OK) {
        sip_session_free(ua, fork);
        return NULL;
    }
    fork->parent = sp_pool_handle(&ua->sessions, session);
    session->forks++;
    fork->owner = true;
    fork->user = session->user;
    fork->invite = session->invite;
    sip_offer_sent(ua, &fork->offer, session->draft.content_type, session->draft.body);
    return fork;
}

/* Whose early dialog a provisional response is of; NULL: there is no room for it, or none is meant.
 */
static struct sip_session *whose(struct sip_ua *ua, struct sip_session *session,
                                 const struct sip_msg *msg)
{
    struct sip_dialog_id id;
    struct sip_dialog   *dialog;
    struct sip_session  *other;

    if (sip_dialog_id_of(msg, &id) != SP_OK || id.remote_tag.len == 0)
        return NULL;
    dialog = sip_dialog_find(&ua->dialogs, &id);
    if (dialog != NULL) {
        if (dialog->usage != SIP_USAGE_SESSION)
            return NULL;
        other = SP_OF(dialog, struct sip_session, dialog);
        return other == session ||
                       sp_handle_eq(other->parent, sp_pool_handle(&ua->sessions, session))
                   ? other
                   : NULL;
    }
    if (!sip_session_is_calling(session))
        return NULL; /* a re-INVITE makes no dialog */
    if (session->dialog.block != NULL)
        return make_fork(ua, session, msg);
    if (make_dialog(ua, session, msg, session->draft.uri) != SP_OK)
        return NULL;
    sip_hop_drop(&session->hop);
    return session;
}

void sip_early_take(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg)
{
    bool                   calling = sip_session_is_calling(session);
    struct sip_session    *one = msg->status > 100 ? whose(ua, session, msg) : NULL;
    enum sip_prack_verdict verdict = SIP_PRACK_PLAIN;
    enum sip_ua_sdp        sdp = SIP_UA_SDP_NONE;

    if (calling && session->state >= SIP_SESSION_CANCEL_WAITS) {
        sip_session_on(ua, session, SIP_ON_PROVISIONAL);
        return;
    }
    if (one != NULL)
        verdict = sip_prack_judge(ua, one, msg);
    else if (msg->status > 100 && sip_option_in(msg, SIP_FIELD_REQUIRE, "100rel"))
        verdict = SIP_PRACK_AGAIN; /* no room for its dialog: it comes again */
    if (one != NULL && verdict != SIP_PRACK_AGAIN)
        one->can = sip_option_read(one->can, msg);
    if (verdict == SIP_PRACK_NEXT) {
        sdp = sip_offer_came(ua, &one->offer, msg, one->offer.state == SIP_OFFER_NONE);
        sip_info_learn(ua, one, msg);
    }
    if (verdict != SIP_PRACK_AGAIN && (calling || verdict == SIP_PRACK_NEXT)) {
        if (one == NULL)
            one = session;
        one->note.status = msg->status;
        one->note.sdp = sdp;
        one->note.invite = one->parent;
        one->note.reliable = verdict == SIP_PRACK_NEXT;
        sip_session_on(ua, one, SIP_ON_PROVISIONAL);
    }
    /* It answers, and so has as much time again (13.3.1.1; Timer C of 16.6 is no other). */
    if (session->state == SIP_SESSION_PROCEEDING && msg->status > 100)
        sip_session_start_ringing(ua, session);
    if (verdict == SIP_PRACK_NEXT)
        sip_prack_want(ua, one, sdp);
}

/* The session has this fork's dialog now, and the fork is gone. */
static void take_dialog(struct sip_ua *ua, struct sip_session *session, struct sip_session *fork)
{
    clear(ua, session);
    sp_table_remove(&ua->dialogs, &fork->dialog.link);
    session->dialog = fork->dialog;
    memset(&fork->dialog, 0, sizeof(fork->dialog));
    sip_dialog_add(&ua->dialogs, &session->dialog);
    sip_session_free(ua, fork);
}

struct sip_session *sip_early_adopt(struct sip_ua *ua, struct sip_session *session,
                                    struct sip_dialog *dialog)
{
    struct sip_session *fork;

    if (dialog == NULL || dialog == &session->dialog)
        return session;
    fork = SP_OF(dialog, struct sip_session, dialog);
    if (!sp_handle_eq(fork->parent, sp_pool_handle(&ua->sessions, session)))
        return NULL;
    if (session->state >= SIP_SESSION_CANCEL_WAITS) {
        take_dialog(ua, session, fork); /* to be ended under the handle that the user knows */
        return session;
    }
    sip_early_leave(ua, fork);
    fork->note.invite = sp_pool_handle(&ua->sessions, session);
    fork->user = session->user;
    fork->draft = session->draft;
    fork->credentials = session->credentials;
    fork->refresh = session->refresh;
    sip_challenges_free(&fork->challenges, &ua->store);
    fork->challenges = session->challenges;
    memset(&session->draft, 0, sizeof(session->draft));
    memset(&session->challenges, 0, sizeof(session->challenges));
    session->credentials = sp_slice(NULL, 0);
    sip_session_free(ua, session);
    return fork;
}

enum sp_err sip_early_confirm(struct sip_ua *ua, struct sip_session *session,
                              const struct sip_msg *msg)
{
    struct sip_dialog_room room = sip_core_room(ua);
    struct sip_dialog      made;
    struct sip_dialog_id   id;
    enum sp_err            err = sip_dialog_id_of(msg, &id);

    drop_forks(ua, session);
    if (err == SP_OK && session->dialog.block != NULL &&
        sp_eq(session->dialog.remote_tag, id.remote_tag)) {
        err = sip_dialog_of_response(&made, &room, msg, session->dialog.target);
        if (err != SP_OK)
            return err == SP_LIMIT ? SP_OK : err; /* it stands as it was */
        /* 13.2.2.4: target and route set are those of the 2xx, the numbers go on. */
        made.local_cseq = session->dialog.local_cseq;
        made.remote_cseq = session->dialog.remote_cseq;
        made.remote_seen = session->dialog.remote_seen;
        sp_table_remove(&ua->dialogs, &session->dialog.link);
        sip_dialog_free(&session->dialog, &ua->store);
        session->dialog = made;
        sip_dialog_add(&ua->dialogs, &session->dialog);
    } else {
        sip_early_begin(ua, session);
        err = make_dialog(ua, session, msg, session->draft.uri);
    }
    sip_hop_drop(&session->hop);
    return err;
}

/* A 2xx whose dialog we do not know, although its INVITE is answered or over: another branch of the
 * fork. It gets its ACK and is ended (13.2.2.4). Without room for it, the peer gives up by itself.
 */
void sip_early_astray(struct sip_ua *ua, const struct sip_session *session,
                      const struct sip_tx_action *action, uint32_t cseq)
{
    const struct sp_addr  *source = &action->flow.remote;
    const struct sip_msg  *msg = action->msg;
    struct sip_session    *fork = NULL;
    struct sip_dialog_room room = sip_core_room(ua);
    struct sip_address     to;
    struct sp_where        where;

    if (!sip_share_is_full(ua, &ua->sessions, source))
        fork = sip_session_take(ua, SIP_SESSION_LEAVING);
    if (fork == NULL)
        return;
    if (sip_address_parse(sip_msg_value(msg, SIP_FIELD_TO), &to, &where) != SP_OK ||
        sip_dialog_of_response(&fork->dialog, &room, msg, to.uri.octets) != SP_OK) {
        fork->dialog.block = NULL;
        sip_session_free(ua, fork);
        return;
    }
    sip_dialog_add(&ua->dialogs, &fork->dialog);
    sip_share_take(ua, &fork->share, &ua->sessions, source);
    fork->ack_cseq = cseq;
    if (session != NULL && session->credentials.len > 0)
        fork->credentials = sp_store_copy(&ua->store, session->credentials);
    sip_session_due(ua, fork, SIP_DUE_ACK | SIP_DUE_BYE);
}
