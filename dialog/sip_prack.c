/* SPDX-License-Identifier: MIT
 * dialog/sip_prack.c -- their reliable provisional responses, and the PRACK for each. RFC 3262 4,
 * 5. */
#include "sip_prack.h"

#include <string.h>

#include "../parser/sip_delta.h"
#include "../parser/sip_rack.h"
#include "../parser/sip_write.h"
#include "sip_option.h"
#include "sip_session.h"
#include "sip_uas.h"

static const char *name_of(enum sip_prack_state state)
{
    static const char *const names[] = { "NONE", "ASKED", "DUE", "SENT" };

    return names[state];
}

static void enter(struct sip_ua *ua, struct sip_session *session, enum sip_prack_state to,
                  const char *on)
{
    sp_trace_arrow(&ua->trace, ua->now_us, "prack", sp_pool_handle(&ua->sessions, session).slot,
                   name_of(session->prack.state), on, name_of(to));
    session->prack.state = to;
    if (to == SIP_PRACK_NONE) {
        sip_content_drop(ua, &session->prack.body);
        session->prack.offered = false;
    }
    if (to == SIP_PRACK_DUE)
        sip_session_due(ua, session, SIP_DUE_PRACK);
}

void sip_prack_begin(struct sip_ua *ua, struct sip_session *session)
{
    if (session->prack.state != SIP_PRACK_NONE)
        enter(ua, session, SIP_PRACK_NONE, "over");
    memset(&session->prack, 0, sizeof(session->prack));
}

enum sip_prack_verdict sip_prack_judge(struct sip_ua *ua, struct sip_session *session,
                                       const struct sip_msg *msg)
{
    struct sip_prack *prack = &session->prack;
    struct sp_where   where;
    uint32_t          rseq;

    if (!sip_option_in(msg, SIP_FIELD_REQUIRE, "100rel"))
        return SIP_PRACK_PLAIN;
    if (!sip_option_100rel(ua) ||
        sip_number_parse(sip_msg_value(msg, SIP_FIELD_RSEQ), &rseq, &where) != SP_OK || rseq == 0)
        return SIP_PRACK_PLAIN; /* we never said that we know it, or it has no number */
    if (prack->rseq == 0 || rseq == prack->rseq + 1) {
        /* The one before is still to be acknowledged, or its offer answered: this one comes again.
         */
        if (prack->state == SIP_PRACK_ASKED || prack->state == SIP_PRACK_DUE ||
            (prack->state == SIP_PRACK_SENT && prack->offered))
            return SIP_PRACK_AGAIN;
        prack->rseq = rseq;
        prack->cseq = sip_uas_cseq(msg);
        return SIP_PRACK_NEXT;
    }
    if (rseq == prack->rseq && prack->state == SIP_PRACK_DUE)
        sip_session_due(ua, session, SIP_DUE_PRACK); /* there was no room for it */
    return SIP_PRACK_AGAIN;
}

void sip_prack_want(struct sip_ua *ua, struct sip_session *session, enum sip_ua_sdp sdp)
{
    if (session->prack.state != SIP_PRACK_NONE)
        enter(ua, session, SIP_PRACK_NONE, "1xx");
    if (sdp == SIP_UA_SDP_OFFER)
        enter(ua, session, SIP_PRACK_ASKED, "1xx with an offer");
    else
        enter(ua, session, SIP_PRACK_DUE, "1xx");
}

enum sp_err sip_prack_give(struct sip_ua *ua, struct sip_session *session,
                           struct sp_slice content_type, struct sp_slice body)
{
    struct sip_prack *prack = &session->prack;
    bool              described = sip_offer_is(content_type, body);
    enum sp_err       err;

    if (prack->state != SIP_PRACK_ASKED && prack->state != SIP_PRACK_DUE)
        return SP_STATE;
    if (prack->state == SIP_PRACK_ASKED && !described)
        return SP_MISSING;
    /* 5: an offer only where the one of the INVITE is answered. */
    if (prack->state == SIP_PRACK_DUE && described && session->offer.state != SIP_OFFER_AGREED)
        return SP_STATE;
    err = sip_content_keep(ua, &prack->body, content_type, body);
    if (err != SP_OK)
        return err;
    prack->offered = described && prack->state == SIP_PRACK_DUE;
    sip_offer_sent(ua, &session->offer, content_type, body);
    enter(ua, session, SIP_PRACK_DUE, "user");
    return SP_OK;
}

enum sp_err sip_prack_send(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_prack *prack = &session->prack;
    struct sip_rack   rack = { prack->rseq, prack->cseq, sip_method_name(SIP_INVITE) };
    struct sp_buf     to = sip_core_scratch(ua);
    enum sp_err       err;

    if (prack->state != SIP_PRACK_DUE)
        return SP_OK;
    prack->number = ++session->dialog.local_cseq;
    sip_put_dialog_head(&to, &session->dialog, sip_method_name(SIP_PRACK), prack->number);
    sp_put_text(&to, "RAck: ");
    sip_rack_write(&to, &rack);
    sp_put_text(&to, "\r\n");
    sip_put_supported(ua, &to);
    sip_put_user_agent(ua, &to);
    (void)sip_put_login(ua, &to, &session->challenges, prack->body.body);
    sip_put_body(&to, prack->body.type, prack->body.body);
    err = to.err;
    if (err == SP_OK)
        err = sip_tx_request(
            ua->tx, ua->now_us, &session->hop.target, sp_written(&to),
            sip_core_cookie(SIP_OWNER_SESSION, sp_pool_handle(&ua->sessions, session)), &prack->tx);
    if (err == SP_LIMIT)
        return SP_OK; /* when the response comes again */
    if (err == SP_OK)
        enter(ua, session, SIP_PRACK_SENT, "sent");
    return err;
}

/* The final response, or none: what the user is told of it is the answer to his offer alone. */
static void finish(struct sip_ua *ua, struct sip_session *session,
                   const struct sip_tx_action *action, uint16_t status)
{
    bool offered = session->prack.offered;

    if (session->state >= SIP_SESSION_LEAVING) { /* nothing follows an end */
        enter(ua, session, SIP_PRACK_NONE, "final");
        return;
    }
    session->note.status = status;
    session->note.method = SIP_PRACK;
    session->note.err = action->kind == SIP_TX_TIMEOUT ? SP_TIMEOUT : action->err;
    if (action->kind == SIP_TX_RESPONSE && action->msg->status / 100 == 2)
        session->note.sdp = sip_offer_came(ua, &session->offer, action->msg, false);
    if (offered)
        sip_offer_void(ua, &session->offer); /* where no answer came */
    enter(ua, session, SIP_PRACK_NONE, "final");
    if (offered)
        sip_core_note(ua, &session->note, SIP_UA_ANSWERED);
    else
        sip_core_blank(&session->note);
}

void sip_prack_take(struct sip_ua *ua, struct sip_session *session,
                    const struct sip_tx_action *action)
{
    bool     heard = action->kind == SIP_TX_RESPONSE;
    uint16_t status = action->kind == SIP_TX_TIMEOUT ? 408 : 503; /* 8.1.3.1 */

    if (heard)
        status = action->msg->status;
    if (session->prack.state != SIP_PRACK_SENT || status < 200)
        return;
    if (heard && (status == 401 || status == 407) &&
        sip_core_challenged(ua, &session->challenges, action->msg) == SP_OK) {
        enter(ua, session, SIP_PRACK_DUE, "challenge");
        return;
    }
    if (heard && status == 500 && session->dialog.local_cseq > session->prack.number) {
        enter(ua, session, SIP_PRACK_DUE, "overtaken"); /* 12.2.2: a later one came first */
        return;
    }
    if (sip_session_next_target(session, action, session->prack.number)) {
        enter(ua, session, SIP_PRACK_DUE, "next target");
        return;
    }
    if (status / 100 == 2)
        sip_core_accepted(ua, &session->challenges, action->msg);
    finish(ua, session, action, status);
    if (status == 408 || status == 481) /* 12.2.1.2 */
        sip_within_ended(ua, sp_pool_handle(&ua->sessions, session), status);
}
