/* SPDX-License-Identifier: MIT
 * dialog/sip_subscription.c -- a subscription of ours: the machine of the subscriber. RFC
 * 6665 4.1.2. */
#include "sip_subscription.h"

#include <string.h>

/* What a row wants done. */
enum {
    SEND = 1,  /* SUBSCRIBE */
    TELL = 2,  /* NOTIFIED */
    GRANT = 4, /* SUBSCRIBED */
    OVER = 8,  /* UNSUBSCRIBED, after what else is told */
};

#define WAIT      SIP_SUBSCRIPTION_NOTIFY_WAIT
#define PENDING   SIP_SUBSCRIPTION_PENDING
#define ACTIVE    SIP_SUBSCRIPTION_ACTIVE
#define STOPPING  SIP_SUBSCRIPTION_STOPPING
#define LEAVING   SIP_SUBSCRIPTION_LEAVING
#define RETRY     SIP_SUBSCRIPTION_RETRY
#define TERMINATE SIP_SUBSCRIPTION_TERMINATED

/* The figure of 4.1.2, with what the user may want in between (STOPPING, LEAVING). What is in no
 * row changes nothing. */
static const struct row {
    enum sip_subscription_phase from;
    enum sip_subscription_event on;
    enum sip_subscription_phase to;
    int                         what;
} rows[] = {
    { WAIT, SIP_ON_NOTIFY_ACTIVE, ACTIVE, TELL },
    { WAIT, SIP_ON_NOTIFY_PENDING, PENDING, TELL },
    { WAIT, SIP_ON_NOTIFY_AGAIN, RETRY, TELL },
    { WAIT, SIP_ON_NOTIFY_ENDED, TERMINATE, TELL | OVER },
    { WAIT, SIP_ON_ACCEPTED, WAIT, GRANT },
    { WAIT, SIP_ON_BRIEF, WAIT, SEND },
    { WAIT, SIP_ON_REFUSED, TERMINATE, OVER },
    { WAIT, SIP_ON_TIMER_N, TERMINATE, OVER },
    { WAIT, SIP_ON_STOP, STOPPING, 0 },

    { PENDING, SIP_ON_NOTIFY_ACTIVE, ACTIVE, TELL },
    { PENDING, SIP_ON_NOTIFY_PENDING, PENDING, TELL },
    { PENDING, SIP_ON_NOTIFY_AGAIN, RETRY, TELL },
    { PENDING, SIP_ON_NOTIFY_ENDED, TERMINATE, TELL | OVER },
    { PENDING, SIP_ON_ACCEPTED, PENDING, GRANT },
    { PENDING, SIP_ON_BRIEF, PENDING, SEND },
    { PENDING, SIP_ON_TROUBLE, PENDING, 0 },
    { PENDING, SIP_ON_REFUSED, TERMINATE, OVER },
    { PENDING, SIP_ON_TIMER_N, TERMINATE, OVER },
    { PENDING, SIP_ON_TIMER_REFRESH, PENDING, SEND },
    { PENDING, SIP_ON_TIMER_LIFE, TERMINATE, OVER },
    { PENDING, SIP_ON_STOP, LEAVING, SEND },

    { ACTIVE, SIP_ON_NOTIFY_ACTIVE, ACTIVE, TELL },
    { ACTIVE, SIP_ON_NOTIFY_PENDING, PENDING, TELL }, /* the figure has no such arrow; 4.1.3 may */
    { ACTIVE, SIP_ON_NOTIFY_AGAIN, RETRY, TELL },
    { ACTIVE, SIP_ON_NOTIFY_ENDED, TERMINATE, TELL | OVER },
    { ACTIVE, SIP_ON_ACCEPTED, ACTIVE, GRANT },
    { ACTIVE, SIP_ON_BRIEF, ACTIVE, SEND },
    { ACTIVE, SIP_ON_TROUBLE, ACTIVE, 0 },
    { ACTIVE, SIP_ON_REFUSED, TERMINATE, OVER },
    { ACTIVE, SIP_ON_TIMER_N, TERMINATE, OVER },
    { ACTIVE, SIP_ON_TIMER_REFRESH, ACTIVE, SEND },
    { ACTIVE, SIP_ON_TIMER_LIFE, TERMINATE, OVER },
    { ACTIVE, SIP_ON_STOP, LEAVING, SEND },

    { STOPPING, SIP_ON_NOTIFY_ACTIVE, LEAVING, TELL | SEND },
    { STOPPING, SIP_ON_NOTIFY_PENDING, LEAVING, TELL | SEND },
    { STOPPING, SIP_ON_NOTIFY_AGAIN, TERMINATE, TELL | OVER },
    { STOPPING, SIP_ON_NOTIFY_ENDED, TERMINATE, TELL | OVER },
    { STOPPING, SIP_ON_BRIEF, TERMINATE, OVER },
    { STOPPING, SIP_ON_REFUSED, TERMINATE, OVER },
    { STOPPING, SIP_ON_TIMER_N, TERMINATE, OVER },

    { LEAVING, SIP_ON_NOTIFY_ACTIVE, LEAVING, TELL },
    { LEAVING, SIP_ON_NOTIFY_PENDING, LEAVING, TELL },
    { LEAVING, SIP_ON_NOTIFY_AGAIN, TERMINATE, TELL | OVER },
    { LEAVING, SIP_ON_NOTIFY_ENDED, TERMINATE, TELL | OVER },
    { LEAVING, SIP_ON_BRIEF, TERMINATE, OVER },
    { LEAVING, SIP_ON_TROUBLE, TERMINATE, OVER },
    { LEAVING, SIP_ON_REFUSED, TERMINATE, OVER },
    { LEAVING, SIP_ON_TIMER_N, TERMINATE, OVER },

    { RETRY, SIP_ON_TIMER_RETRY, WAIT, SEND },
    { RETRY, SIP_ON_STOP, TERMINATE, OVER },
};

static const char *phase_name(enum sip_subscription_phase phase)
{
    static const char *const names[] = { "NOTIFY_WAIT", "PENDING", "ACTIVE",    "STOPPING",
                                         "LEAVING",     "RETRY",   "TERMINATED" };

    return names[phase];
}

static const char *event_name(enum sip_subscription_event on)
{
    static const char *const names[] = { "active",  "pending", "terminated, again", "terminated",
                                         "2xx",     "423",     "trouble",           "refused",
                                         "Timer N", "refresh", "expired",           "retry",
                                         "stop" };

    return names[on];
}

/* The timers that run on when a phase is entered. */
static uint32_t alive(enum sip_subscription_phase phase)
{
    switch (phase) {
    case WAIT:
    case STOPPING:
    case LEAVING: return 1u << SIP_SUBSCRIPTION_N | 1u << SIP_SUBSCRIPTION_FORKS;
    case PENDING:
    case ACTIVE: return (1u << SIP_SUBSCRIPTION_TIMERS) - 1;
    default: return 0;
    }
}

static void enter(struct sip_ua *ua, struct sip_subscription *one, enum sip_subscription_phase to,
                  enum sip_subscription_event on)
{
    uint32_t keep = alive(to);

    sp_trace_arrow(&ua->trace, ua->now_us, "subscription",
                   sp_pool_handle(&ua->subscriptions, one).slot, phase_name(one->phase),
                   event_name(on), phase_name(to));
    one->phase = to;
    for (int i = 0; i < SIP_SUBSCRIPTION_TIMERS; i++)
        if ((keep & 1u << i) == 0)
            sp_timer_stop(&ua->timers, &one->timers[i]);
    if (to == RETRY || to == TERMINATE)
        sip_subscription_forget(ua, one);
}

void sip_subscription_forget(struct sip_ua *ua, struct sip_subscription *one)
{
    sp_table_remove(&ua->dialogs, &one->half.link);
    memset(&one->half, 0, sizeof(one->half));
    sp_table_remove(&ua->dialogs, &one->dialog.link);
    sip_dialog_free(&one->dialog, &ua->store);
}

/* It is over: told now, while the message about it can be shown, or after what waits to be told. */
static void over(struct sip_ua *ua, struct sip_subscription *one)
{
    if (sp_list_has(&one->affair.note.link)) {
        one->due |= SIP_SUBSCRIPTION_DUE_OVER;
    } else {
        one->affair.note.by_peer = one->by_peer;
        sip_core_note(ua, &one->affair.note, SIP_UA_UNSUBSCRIBED);
    }
}

void sip_subscription_on(struct sip_ua *ua, struct sip_subscription *one,
                         enum sip_subscription_event on)
{
    const struct row *row = NULL;

    for (size_t i = 0; row == NULL && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].from == one->phase && rows[i].on == on)
            row = &rows[i];
    if (row == NULL)
        return;
    if (row->to != row->from)
        enter(ua, one, row->to, on);
    if ((row->what & SEND) != 0)
        one->due |= SIP_SUBSCRIPTION_DUE_SUBSCRIBE;
    if ((row->what & TELL) != 0)
        sip_core_note(ua, &one->affair.note, SIP_UA_NOTIFIED);
    if ((row->what & GRANT) != 0)
        sip_core_note(ua, &one->affair.note, SIP_UA_SUBSCRIBED);
    if ((row->what & OVER) != 0)
        over(ua, one);
    if (one->due != 0)
        sip_affair_due(ua, &one->affair);
}

void sip_subscription_start_timer(struct sip_ua *ua, struct sip_subscription *one,
                                  enum sip_subscription_timer timer, uint64_t ms)
{
    sp_timer_start(&ua->timers, &one->timers[timer], ua->now_us + ms * 1000);
}

void sip_subscription_live(struct sip_ua *ua, struct sip_subscription *one, uint32_t seconds)
{
    if (one->phase != PENDING && one->phase != ACTIVE)
        return;
    one->until_us = ua->now_us + (uint64_t)seconds * 1000000;
    sip_subscription_start_timer(ua, one, SIP_SUBSCRIPTION_LIFE, (uint64_t)seconds * 1000);
    if (one->expires_s > 0)
        sip_subscription_start_timer(ua, one, SIP_SUBSCRIPTION_REFRESH,
                                     (uint64_t)sip_affair_refresh_s(seconds) * 1000);
}

void sip_subscription_timer(struct sip_ua *ua, struct sp_timer *timer)
{
    struct sip_subscription *one = timer->owner;

    switch (timer->name - SIP_CORE_SUBSCRIPTION_TIMER) {
    case SIP_SUBSCRIPTION_N:
        one->affair.note.err = SP_TIMEOUT;
        one->affair.note.status = 408;
        one->affair.note.timer = "N";
        sip_subscription_on(ua, one, SIP_ON_TIMER_N);
        break;
    case SIP_SUBSCRIPTION_FORKS:
        sp_table_remove(&ua->dialogs, &one->half.link);
        memset(&one->half, 0, sizeof(one->half));
        break;
    case SIP_SUBSCRIPTION_REFRESH:
        sip_subscription_on(ua, one,
                            one->phase == RETRY ? SIP_ON_TIMER_RETRY : SIP_ON_TIMER_REFRESH);
        break;
    default:
        if (one->expires_s > 0)
            one->affair.note.err = SP_TIMEOUT;
        sip_subscription_on(ua, one, SIP_ON_TIMER_LIFE);
        break;
    }
}

enum sp_err sip_subscription_stop(struct sip_ua *ua, struct sp_handle handle)
{
    struct sip_subscription *one = sp_pool_find(&ua->subscriptions, handle);

    if (one == NULL || one->phase == TERMINATE)
        return SP_STALE;
    sip_subscription_on(ua, one, SIP_ON_STOP);
    return SP_OK;
}

struct sip_subscription *sip_subscription_make(struct sip_ua *ua)
{
    struct sip_subscription *one = sp_pool_take(&ua->subscriptions);

    if (one == NULL)
        return NULL;
    one->affair.note.owner = SIP_OWNER_SUBSCRIPTION;
    for (int i = 0; i < SIP_SUBSCRIPTION_TIMERS; i++) {
        one->timers[i].owner = one;
        one->timers[i].name = (uint16_t)(SIP_CORE_SUBSCRIPTION_TIMER + i);
    }
    return one;
}

void sip_subscription_free(struct sip_ua *ua, struct sip_subscription *one)
{
    for (int i = 0; i < SIP_SUBSCRIPTION_TIMERS; i++)
        sp_timer_stop(&ua->timers, &one->timers[i]);
    sp_list_remove(&one->affair.work);
    sp_list_remove(&one->affair.note.link);
    sip_subscription_forget(ua, one);
    sip_challenges_free(&one->challenges, &ua->store);
    sp_store_give(&ua->store, one->block);
    sp_pool_give(&ua->subscriptions, one);
}

void sip_subscription_told(struct sip_ua *ua, struct sip_subscription *one,
                           struct sip_ua_action *action)
{
    action->request = sp_pool_handle(&ua->subscriptions, one);
    action->user = one->user;
    sip_core_blank(&one->affair.note);
    if (one->due != 0)
        sip_affair_due(ua, &one->affair);
    if (action->kind == SIP_UA_UNSUBSCRIBED)
        sip_subscription_free(ua, one);
}

void sip_subscription_work(struct sip_ua *ua, struct sip_subscription *one)
{
    uint32_t due = one->due;

    one->due = 0;
    if ((due & SIP_SUBSCRIPTION_DUE_ANSWER) != 0)
        sip_subscription_answer(ua, one);
    if ((due & SIP_SUBSCRIPTION_DUE_SUBSCRIBE) != 0 && one->phase != TERMINATE)
        sip_subscription_subscribe(ua, one);
    if ((due & SIP_SUBSCRIPTION_DUE_OVER) != 0)
        over(ua, one);
}
