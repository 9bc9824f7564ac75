/* SPDX-License-Identifier: MIT
 * dialog/sip_notifier.h -- a subscription of somebody to events of ours: the notifier. RFC
 * 6665 4.2. Not for users.
 *
 * A SUBSCRIBE is answered at once and followed by a NOTIFY at once (4.2.1.1, 4.2.2); one NOTIFY is
 * under way at a time, and what changes meanwhile is told after it. The state that was told last is
 * kept for refreshes. Never: lengthens what was asked for, shares a dialog (403), sends 202. */
#ifndef SIPUSH_DIALOG_SIP_NOTIFIER_H
#define SIPUSH_DIALOG_SIP_NOTIFIER_H

#include "sip_affair.h"
#include "sip_package.h"
#include "sip_share.h"
#include "sip_ua_event.h"

enum sip_notifier_state {
    SIP_NOTIFIER_RESP_WAIT, /* the user hears of it; not answered yet */
    SIP_NOTIFIER_PENDING,
    SIP_NOTIFIER_ACTIVE,
    SIP_NOTIFIER_TERMINATED, /* until the last NOTIFY is through */
    SIP_NOTIFIER_GONE,
};

/* The longest reason of a Subscription-State. */
enum { SIP_NOTIFIER_REASON = 32 };

struct sip_notifier {
    struct sip_affair         affair;
    enum sip_notifier_state   state;
    uint32_t                  due;    /* what sip_notifier_work does */
    struct sp_table_link      share;  /* of who subscribed */
    struct sip_dialog         dialog; /* in ua->dialogs */
    void                     *block;
    struct sp_slice           event, accept; /* of its SUBSCRIBE; in `block` */
    const struct sip_package *package;
    void                     *body_block;
    struct sp_slice           content_type, body;          /* the state that was told last */
    char                      reason[SIP_NOTIFIER_REASON]; /* TERMINATED */
    uint8_t                   reason_octets;
    uint8_t                   failures; /* of NOTIFY, one after the other */
    uint32_t                  retry_after_s;
    struct sp_handle          subscribe; /* the SUBSCRIBE to be answered */
    struct sp_handle          client;    /* its NOTIFY under way; stale: none */
    uint64_t                  until_us;
    uint32_t                  expires_s; /* granted */
    struct sip_challenges     challenges;
    struct sp_timer           timer; /* its end, or before that a NOTIFY that failed, again */
};

/* A SUBSCRIBE, within a dialog or not. False: it is none for us to answer, no events are
 * configured. */
bool                    sip_notifier_subscribe(struct sip_ua *ua, struct sip_dialog *dialog,
                                               const struct sip_tx_action *action);
SP_MUST_USE enum sp_err sip_notifier_notify(struct sip_ua *ua, struct sp_handle handle,
                                            const struct sip_ua_notification *notification);
SP_MUST_USE enum sp_err sip_notifier_forbid(struct sip_ua *ua, struct sp_handle handle,
                                            uint16_t status, struct sp_slice fields);
/* Its NOTIFY has come to something: a final response (in hand), or none. */
void sip_notifier_take(struct sip_ua *ua, struct sip_client *client);
void sip_notifier_work(struct sip_ua *ua, struct sip_notifier *one);
void sip_notifier_timer(struct sip_ua *ua, struct sip_notifier *one);
void sip_notifier_told(struct sip_ua *ua, struct sip_notifier *one, struct sip_ua_action *action);

#endif
