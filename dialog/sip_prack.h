/* SPDX-License-Identifier: MIT
 * dialog/sip_prack.h -- their reliable provisional responses, and the PRACK for each. RFC 3262 4,
 * 5. Not for users.
 *
 * Kept in each early dialog of an INVITE, since each numbers its responses itself. One that is out
 * of order, or comes again, is not told and not acknowledged. The PRACK leaves by itself after the
 * user was told, unless the response has an offer: then it waits for his answer. */
#ifndef SIPUSH_DIALOG_SIP_PRACK_H
#define SIPUSH_DIALOG_SIP_PRACK_H

#include "sip_offer.h"

struct sip_session;

enum sip_prack_state {
    SIP_PRACK_NONE,
    SIP_PRACK_ASKED, /* the response has an offer: the user's answer is awaited */
    SIP_PRACK_DUE,   /* to be sent with the next work */
    SIP_PRACK_SENT,  /* under way */
};

struct sip_prack {
    enum sip_prack_state state;
    uint32_t             rseq;    /* of the last response in order; 0: none of this INVITE */
    uint32_t             cseq;    /* of the INVITE, for RAck */
    uint32_t             number;  /* of ours */
    bool                 offered; /* ours has an offer */
    struct sip_content   body;    /* of ours */
    struct sp_handle     tx;
};

/* What a provisional response is to the dialog. */
enum sip_prack_verdict {
    SIP_PRACK_PLAIN, /* not reliable: told */
    SIP_PRACK_NEXT,  /* reliable and in order: told, and acknowledged */
    SIP_PRACK_AGAIN, /* reliable, and out of order or known already: neither */
};

/* A new INVITE: what comes next is the first. */
void sip_prack_begin(struct sip_ua *ua, struct sip_session *session);
/* Judges a 101 to 199, and takes note of it. */
enum sip_prack_verdict sip_prack_judge(struct sip_ua *ua, struct sip_session *session,
                                       const struct sip_msg *msg);
/* It is told: the PRACK becomes due, or waits for the answer to this offer. */
void sip_prack_want(struct sip_ua *ua, struct sip_session *session, enum sip_ua_sdp sdp);
/* The user's PRACK. SP_STATE: none is due, or a description has no place in it; SP_MISSING: the
 * answer; SP_LIMIT. */
SP_MUST_USE enum sp_err sip_prack_give(struct sip_ua *ua, struct sip_session *session,
                                       struct sp_slice content_type, struct sp_slice body);
/* Sends what is due. Without room it is sent when the response comes again. */
SP_MUST_USE enum sp_err sip_prack_send(struct sip_ua *ua, struct sip_session *session);
/* A response to it, or its end without one. */
void sip_prack_take(struct sip_ua *ua, struct sip_session *session,
                    const struct sip_tx_action *action);

#endif
