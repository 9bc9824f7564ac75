/* SPDX-License-Identifier: MIT
 * dialog/sip_session_timer.h -- a session that is refreshed, or ends. RFC 4028. Not for users.
 *
 * The interval and the refresher are those of the last 2xx to an INVITE or UPDATE. The refresher
 * sends an UPDATE, or a re-INVITE with its last description where the peer's Allow has no UPDATE,
 * after half the interval. Whoever sees no refresh sends BYE shortly before the end. Nothing of
 * this happens unless config.min_se_s is set. */
#ifndef SIPUSH_DIALOG_SIP_SESSION_TIMER_H
#define SIPUSH_DIALOG_SIP_SESSION_TIMER_H

#include "sip_core.h"

struct sip_session;

#define SIP_MIN_SE_S 90 /* RFC 4028 4 */

enum sip_refresh_by {
    SIP_REFRESH_NONE, /* the session has no timer */
    SIP_REFRESH_OURS,
    SIP_REFRESH_THEIRS,
};

struct sip_refresh {
    enum sip_refresh_by by;
    uint32_t            interval_s;
    uint32_t            min_se_s; /* the greatest that was asked of us; 0: none */
    uint32_t            asked_s;  /* in our request that is under way; 0: nothing */
    uint64_t            end_us;   /* when the BYE goes */
};

/* Session-Expires and Min-SE of our INVITE or UPDATE (7.1, 7.4). */
void sip_refresh_put(struct sip_ua *ua, struct sp_buf *to, struct sip_session *session);
/* The 2xx to it (7.2). */
void sip_refresh_take(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg);
/* A 422 to it (7.3): true, and it may go again with a longer interval. */
bool sip_refresh_refused(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg);
/* Their INVITE or UPDATE (9): false, and 422 is sent, when it asks for too short an interval. */
bool sip_refresh_check(struct sip_ua *ua, const struct sip_tx_action *action);
/* Session-Expires and Require of our 2xx to it, and the timer starts. */
void sip_refresh_answer(struct sip_ua *ua, struct sp_buf *to, struct sip_session *session,
                        const struct sip_msg *request);
/* SIP_SESSION_REFRESH fired. */
void sip_refresh_timer(struct sip_ua *ua, struct sip_session *session);

#endif
