/* SPDX-License-Identifier: MIT
 * dialog/sip_reliable.c -- our provisional responses that the peer must acknowledge. RFC 3262 3, 5.
 */
#include "sip_reliable.h"

#include <string.h>

#include "../parser/sip_rack.h"
#include "../parser/sip_write.h"
#include "sip_option.h"
#include "sip_session.h"
#include "sip_uas.h"

static const char *name_of(enum sip_reliable_state state)
{
    static const char *const names[] = { "NONE", "REPEATED", "HELD" };

    return names[state];
}

static void enter(struct sip_ua *ua, struct sip_session *session, enum sip_reliable_state to,
                  const char *on)
{
    struct sip_reliable *one = &session->reliable;

    sp_trace_arrow(&ua->trace, ua->now_us, "reliable", sp_pool_handle(&ua->sessions, session).slot,
                   name_of(one->state), on, name_of(to));
    one->state = to;
    if (to == SIP_RELIABLE_REPEATED)
        return;
    sp_timer_stop(&ua->timers, &session->timers[SIP_SESSION_RELIABLE]);
    sp_store_give(&ua->store, one->octets.at);
    one->octets = sp_slice(NULL, 0);
}

void sip_reliable_drop(struct sip_ua *ua, struct sip_session *session)
{
    if (session->reliable.state != SIP_RELIABLE_NONE)
        enter(ua, session, SIP_RELIABLE_NONE, "over");
    if (!sp_handle_none(session->reliable.pracked)) /* whatever it is, it has its 2xx */
        sip_uas_owe(ua, session->reliable.pracked, 200, sp_slice(NULL, 0));
    memset(&session->reliable.pracked, 0, sizeof(session->reliable.pracked));
}

void sip_reliable_begin(struct sip_ua *ua, struct sip_session *session)
{
    sip_reliable_drop(ua, session);
    memset(&session->reliable, 0, sizeof(session->reliable));
}

void sip_reliable_hold(struct sip_ua *ua, struct sip_session *session)
{
    if (session->reliable.state == SIP_RELIABLE_REPEATED)
        enter(ua, session, SIP_RELIABLE_HELD, "final");
}

/* The response may be sent, with this body. */
static enum sp_err check(const struct sip_session *session, uint16_t status, bool described)
{
    if (status <= 100 || status >= 200)
        return SP_RANGE;
    if ((session->can & SIP_CAN_100REL) == 0)
        return SP_UNSUPPORTED;
    if (session->reliable.state != SIP_RELIABLE_NONE)
        return SP_STATE;
    if (session->owes_offer) /* 5: the first one has the offer that the INVITE had not */
        return !described ? SP_MISSING : sip_offer_rests(&session->offer) ? SP_OK : SP_STATE;
    /* Else it has the answer, or there was one, or another offer waits. */
    return described && session->offer.state != SIP_OFFER_THEIRS ? SP_STATE : SP_OK;
}

static void start(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_reliable *one = &session->reliable;

    one->interval_ms = ua->limits.t1_ms;
    one->end_us = ua->now_us + 64000 * (uint64_t)ua->limits.t1_ms;
    sip_session_start_timer(ua, session, SIP_SESSION_RELIABLE, one->interval_ms);
    enter(ua, session, SIP_RELIABLE_REPEATED, "send");
}

enum sp_err sip_reliable_send(struct sip_ua *ua, struct sip_session *session, uint16_t status,
                              struct sp_slice content_type, struct sp_slice body)
{
    struct sip_reliable *one = &session->reliable;
    bool                 described = sip_offer_is(content_type, body);
    enum sp_err          err = check(session, status, described);
    struct sip_answer    answer = {
           .status = status, .tag = session->dialog.local_tag, .body = body, .dialog = true
    };
    struct sp_buf   to = sip_core_scratch(ua);
    struct sp_slice octets;
    struct sp_flow  flow;

    if (body.len > 0)
        answer.content_type = content_type;
    if (err == SP_OK)
        err = sip_uas_again(ua, session->invite, &flow);
    if (err != SP_OK)
        return err;
    /* 3: between 1 and 2^31 - 1, then each one more. */
    answer.rseq = one->rseq > 0 ? one->rseq + 1 : 1 + sp_ident_below(&ua->ident, 0x7fffffff);
    sip_put_answer(ua, &to, &ua->again, &flow, &answer);
    if (to.err != SP_OK)
        return to.err;
    octets = sp_store_copy(&ua->store, sp_written(&to));
    if (octets.at == NULL)
        return SP_LIMIT;
    ua->in_hand = NULL;
    err = sip_tx_respond(ua->tx, ua->now_us, session->invite, status, octets);
    if (err != SP_OK) {
        sp_store_give(&ua->store, octets.at);
        return err;
    }
    one->rseq = answer.rseq;
    one->octets = octets;
    one->status = status;
    one->described = described;
    session->owes_offer = false;
    sip_offer_sent(ua, &session->offer, content_type, body);
    start(ua, session);
    return SP_OK;
}

/* 3: again at twice the time, until 64*T1 have passed; then the INVITE is refused. */
void sip_reliable_timer(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_reliable *one = &session->reliable;
    uint64_t             left_ms;
    enum sp_err          err;

    if (one->state != SIP_RELIABLE_REPEATED) {
        sip_session_send_answer(ua, session);
        return;
    }
    if (ua->now_us >= one->end_us) {
        sip_session_terminate(ua, session, 504);
        sip_session_on(ua, session, SIP_ON_UNACKED);
        return;
    }
    err = sip_tx_respond(ua->tx, ua->now_us, session->invite, one->status, one->octets);
    (void)err; /* there is a next time */
    one->interval_ms *= 2;
    left_ms = (one->end_us - ua->now_us + 999) / 1000; /* never 0: time stands still here */
    sip_session_start_timer(ua, session, SIP_SESSION_RELIABLE,
                            one->interval_ms < left_ms ? one->interval_ms : left_ms);
}

/* What a PRACK does to the description that we sent, or brings of its own. */
static enum sip_ua_sdp take_description(struct sip_ua *ua, struct sip_session *session,
                                        const struct sip_msg *msg)
{
    bool            owed = session->offer.state == SIP_OFFER_OURS && session->reliable.described;
    enum sip_ua_sdp sdp = SIP_UA_SDP_NONE;

    if (owed || session->offer.state == SIP_OFFER_AGREED)
        sdp = sip_offer_came(ua, &session->offer, msg, true);
    if (owed && sdp == SIP_UA_SDP_NONE) { /* against 5: no answer; the 2xx offers again */
        sip_offer_void(ua, &session->offer);
        session->owes_offer = true;
    }
    return sdp;
}

void sip_reliable_pracked(struct sip_ua *ua, struct sip_session *session,
                          const struct sip_tx_action *action)
{
    struct sp_slice none = { NULL, 0 };
    struct sip_rack rack;
    struct sp_where where;
    enum sip_ua_sdp sdp;

    if (sip_rack_parse(sip_msg_value(action->msg, SIP_FIELD_RACK), &rack, &where) != SP_OK) {
        sip_uas_say(ua, action, 400, none);
        return;
    }
    if (session == NULL || session->reliable.state == SIP_RELIABLE_NONE ||
        rack.rseq != session->reliable.rseq || rack.cseq != session->answer_cseq ||
        !sp_eq(rack.method, sip_method_name(SIP_INVITE))) {
        sip_uas_say(ua, action, 481, none);
        return;
    }
    enter(ua, session, SIP_RELIABLE_NONE, "PRACK");
    if (session->state >= SIP_SESSION_LEAVING) {
        sip_uas_say(ua, action, 200, none);
        sip_session_on(ua, session, SIP_ON_ACK);
        return;
    }
    sdp = take_description(ua, session, action->msg);
    if (sdp == SIP_UA_SDP_OFFER)
        session->reliable.pracked = session->note.request = action->tx;
    else /* after the note, which has the message */
        sip_uas_owe(ua, action->tx, 200, none);
    session->note.sdp = sdp;
    sip_core_note(ua, &session->note, SIP_UA_PRACKED);
    if (session->state == SIP_SESSION_ACCEPTS || session->state == SIP_SESSION_REACCEPTS)
        sip_session_due(ua, session, SIP_DUE_ANSWER);
}
