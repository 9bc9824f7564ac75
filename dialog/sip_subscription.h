/* SPDX-License-Identifier: MIT
 * dialog/sip_subscription.h -- a subscription of ours: the subscriber. RFC 6665 4.1, 4.4. Not for
 * users.
 *
 * sip_subscription.c is the machine, sip_subscriber.c reads and writes its messages. A table of
 * arrows, as the figure of 4.1.2; the dialog is made by the first NOTIFY, and until Timer N fires
 * each NOTIFY of another fork makes a subscription of its own beside it. Each NOTIFY is answered at
 * once. Never: shares a dialog with another usage (4.5.2), knows what a body means. */
#ifndef SIPUSH_DIALOG_SIP_SUBSCRIPTION_H
#define SIPUSH_DIALOG_SIP_SUBSCRIPTION_H

#include "sip_affair.h"
#include "sip_ua_event.h"

enum sip_subscription_phase {
    SIP_SUBSCRIPTION_NOTIFY_WAIT, /* SUBSCRIBE is sent, no NOTIFY came */
    SIP_SUBSCRIPTION_PENDING,
    SIP_SUBSCRIPTION_ACTIVE,
    SIP_SUBSCRIPTION_STOPPING, /* no NOTIFY came; to be ended as soon as one does */
    SIP_SUBSCRIPTION_LEAVING,  /* SUBSCRIBE with Expires 0; the last NOTIFY is awaited */
    SIP_SUBSCRIPTION_RETRY,    /* ended by the notifier, to be made anew */
    SIP_SUBSCRIPTION_TERMINATED,
    SIP_SUBSCRIPTION_PHASES
};

enum sip_subscription_event {
    SIP_ON_NOTIFY_ACTIVE,
    SIP_ON_NOTIFY_PENDING,
    SIP_ON_NOTIFY_AGAIN, /* terminated, for a reason that allows to subscribe anew */
    SIP_ON_NOTIFY_ENDED, /* terminated for good */
    SIP_ON_ACCEPTED,     /* 2xx to SUBSCRIBE */
    SIP_ON_BRIEF,        /* 423, and a longer time is known */
    SIP_ON_TROUBLE,      /* a refresh failed, the subscription stands (4.1.2.2) */
    SIP_ON_REFUSED,      /* SUBSCRIBE failed, and with it the subscription */
    SIP_ON_TIMER_N,
    SIP_ON_TIMER_REFRESH,
    SIP_ON_TIMER_LIFE,
    SIP_ON_TIMER_RETRY,
    SIP_ON_STOP, /* the user */
};

enum sip_subscription_due {
    SIP_SUBSCRIPTION_DUE_ANSWER = 1,    /* 200 to NOTIFY */
    SIP_SUBSCRIPTION_DUE_SUBSCRIBE = 2, /* in its dialog, or outside where there is none */
    SIP_SUBSCRIPTION_DUE_OVER = 4,      /* UNSUBSCRIBED */
};

enum sip_subscription_timer {
    SIP_SUBSCRIPTION_N,       /* 64*T1 after a SUBSCRIBE, until a NOTIFY comes */
    SIP_SUBSCRIPTION_FORKS,   /* 64*T1 after the first: no further dialogs (4.1.2.4) */
    SIP_SUBSCRIPTION_REFRESH, /* and when it is made anew */
    SIP_SUBSCRIPTION_LIFE,
    SIP_SUBSCRIPTION_TIMERS
};

struct sip_subscription {
    struct sip_affair           affair;
    enum sip_subscription_phase phase;
    uint32_t                    due;   /* enum sip_subscription_due, or-ed */
    void                       *block; /* of its texts */
    struct sp_slice             uri, event, accept, route, fields, call_id, tag;
    bool                        fork;      /* it was made by a NOTIFY; not made anew */
    bool                        by_peer;   /* the last NOTIFY ended it unasked */
    struct sip_dialog           half;      /* in ua->dialogs until Timer N fires */
    struct sip_dialog           dialog;    /* of the first NOTIFY */
    struct sp_handle            client;    /* its SUBSCRIBE under way; stale: none */
    struct sp_handle            notify;    /* the NOTIFY to be answered */
    uint32_t                    cseq;      /* of the last SUBSCRIBE outside of the dialog */
    uint32_t                    expires_s; /* that is asked for */
    uint32_t                    granted_s; /* by the last 2xx */
    uint32_t                    failures;  /* in a row */
    uint64_t                    until_us;  /* it lives */
    struct sip_challenges       challenges;
    struct sp_timer             timers[SIP_SUBSCRIPTION_TIMERS];
    uint64_t                    user;
};

/* sip_subscription.c: the machine */
void sip_subscription_on(struct sip_ua *ua, struct sip_subscription *one,
                         enum sip_subscription_event on);
/* A new one with its timers ready; NULL: no room. */
struct sip_subscription *sip_subscription_make(struct sip_ua *ua);
void                     sip_subscription_free(struct sip_ua *ua, struct sip_subscription *one);
/* Its dialog, whole and half. */
void sip_subscription_forget(struct sip_ua *ua, struct sip_subscription *one);
void sip_subscription_start_timer(struct sip_ua *ua, struct sip_subscription *one,
                                  enum sip_subscription_timer timer, uint64_t ms);
/* It lives so long from now on, where it lives. */
void sip_subscription_live(struct sip_ua *ua, struct sip_subscription *one, uint32_t seconds);
/* The user wants it to end. SP_STALE. */
SP_MUST_USE enum sp_err sip_subscription_stop(struct sip_ua *ua, struct sp_handle handle);
void                    sip_subscription_work(struct sip_ua *ua, struct sip_subscription *one);
void                    sip_subscription_timer(struct sip_ua *ua, struct sp_timer *timer);
void                    sip_subscription_told(struct sip_ua *ua, struct sip_subscription *one,
                                              struct sip_ua_action *action);

/* sip_subscriber.c: its messages */
SP_MUST_USE enum sp_err sip_subscription_start(struct sip_ua                    *ua,
                                               const struct sip_ua_subscription *from,
                                               struct sp_handle                 *handle);
/* SUBSCRIBE, or as soon as the one under way is through. */
void sip_subscription_subscribe(struct sip_ua *ua, struct sip_subscription *one);
/* 200 to the NOTIFY that was told. */
void sip_subscription_answer(struct sip_ua *ua, struct sip_subscription *one);
/* The half dialog that a NOTIFY would make whole; NULL: none. */
struct sip_dialog *sip_subscription_half(struct sip_ua *ua, const struct sip_dialog_id *id);
/* A NOTIFY within its dialog, or its half. */
void sip_subscription_notify(struct sip_ua *ua, struct sip_dialog *dialog,
                             const struct sip_tx_action *action);
/* Its SUBSCRIBE has come to something: a final response (in hand), or none. */
void sip_subscription_take(struct sip_ua *ua, struct sip_client *client);

#endif
