/* SPDX-License-Identifier: MIT
 * dialog/sip_notifier.c -- a subscription of somebody to events of ours: the notifier. RFC
 * 6665 4.2. */
#include "sip_notifier.h"

#include <string.h>

#include "sip_package.h"
#include "sip_texts.h"
#include "sip_uas.h"

/* What is due. */
enum { DUE_ANSWER = 1, DUE_NOTIFY = 2 };

enum { TAG_CHARS = 11 };

static const char *name_of(enum sip_notifier_state state)
{
    static const char *const names[] = { "RESP_WAIT", "PENDING", "ACTIVE", "TERMINATED", "GONE" };

    return names[state];
}

static void enter(struct sip_ua *ua, struct sip_notifier *one, enum sip_notifier_state to,
                  const char *on)
{
    sp_trace_arrow(&ua->trace, ua->now_us, "notifier", sp_pool_handle(&ua->notifiers, one).slot,
                   name_of(one->state), on, name_of(to));
    one->state = to;
    if (to == SIP_NOTIFIER_TERMINATED || to == SIP_NOTIFIER_GONE)
        sp_timer_stop(&ua->timers, &one->timer);
    if (to == SIP_NOTIFIER_GONE)
        sp_table_remove(&ua->dialogs, &one->dialog.link);
}

static void be_due(struct sip_ua *ua, struct sip_notifier *one, uint32_t due)
{
    one->due |= due;
    if (!sp_list_has(&one->affair.note.link)) /* else when that is told */
        sip_affair_due(ua, &one->affair);
}

static void free_notifier(struct sip_ua *ua, struct sip_notifier *one)
{
    sp_timer_stop(&ua->timers, &one->timer);
    sp_list_remove(&one->affair.work);
    sp_list_remove(&one->affair.note.link);
    sp_table_remove(&ua->dialogs, &one->dialog.link);
    sip_share_give(ua, &one->share);
    sip_dialog_free(&one->dialog, &ua->store);
    sip_challenges_free(&one->challenges, &ua->store);
    sp_store_give(&ua->store, one->block);
    sp_store_give(&ua->store, one->body_block);
    sp_pool_give(&ua->notifiers, one);
}

/* It is over and nothing is under way; the user hears of it. */
static void gone(struct sip_ua *ua, struct sip_notifier *one, uint16_t status, enum sp_err err,
                 const char *on)
{
    one->due = 0;
    one->affair.note.status = status;
    one->affair.note.err = err;
    one->affair.note.by_peer = one->expires_s == 0;
    enter(ua, one, SIP_NOTIFIER_GONE, on);
    sip_core_note(ua, &one->affair.note, SIP_UA_SUBSCRIPTION_ENDED);
}

static void terminate(struct sip_ua *ua, struct sip_notifier *one, const char *reason,
                      const char *on)
{
    size_t len = strlen(reason);

    memcpy(one->reason, reason, len);
    one->reason_octets = (uint8_t)len;
    enter(ua, one, SIP_NOTIFIER_TERMINATED, on);
    be_due(ua, one, DUE_NOTIFY);
}

/* ---- SUBSCRIBE */

/* 4.2.1.1: how long it shall last. 0, or the status of the refusal. */
static uint16_t take_expires(const struct sip_package *package, const struct sip_msg *msg,
                             uint32_t *expires_s)
{
    enum sp_err err = sip_msg_expires(msg, expires_s);

    if (err == SP_MISSING)
        *expires_s = package->default_s;
    else if (err != SP_OK)
        return 400;
    if (*expires_s > 0 && *expires_s < package->least_s)
        return 423;
    if (*expires_s > package->default_s)
        *expires_s = package->default_s;
    return 0;
}

/* The fields that go with a refusal. */
static void put_refusal(const struct sip_ua *ua, struct sp_buf *to, uint16_t status,
                        const struct sip_package *package)
{
    if (status == 489)
        sip_put_field(to, SIP_FIELD_ALLOW_EVENTS, ua->config.events);
    else if (status == 423)
        sip_put_field_u64(to, SIP_FIELD_MIN_EXPIRES, package->least_s);
    else if (status == 503)
        sip_put_field_u64(to, SIP_FIELD_RETRY_AFTER, SIP_RETRY_AFTER_LIMIT);
}

static void refuse(struct sip_ua *ua, const struct sip_tx_action *action, uint16_t status,
                   const struct sip_package *package)
{
    char          room[512];
    struct sp_buf to = sp_buf(room, sizeof(room));

    put_refusal(ua, &to, status, package);
    sip_uas_say(ua, action, status, sp_written(&to));
}

/* The texts that stay: Event, and the Accept fields as one list. */
static enum sp_err keep_texts(struct sip_ua *ua, struct sip_notifier *one,
                              const struct sip_msg *msg)
{
    struct sp_buf          to = sp_buf(ua->text, ua->limits.dialog_octets);
    struct sip_values      walk = { 0 };
    struct sp_slice        type;
    struct sp_slice *const texts[] = { &one->event, &one->accept };

    while (sip_values_next(msg, SIP_FIELD_ACCEPT, &walk, &type)) {
        if (to.len > 0)
            sp_put_text(&to, ", ");
        sip_put_unfolded(&to, type);
    }
    one->accept = sp_written(&to);
    sip_put_unfolded(&to, sip_msg_value(msg, SIP_FIELD_EVENT));
    if (to.err != SP_OK)
        return SP_LIMIT;
    one->event = sp_slice(to.at + one->accept.len, to.len - one->accept.len);
    return sip_texts_move(&ua->store, ua->limits.dialog_octets, texts, 2, &one->block);
}

/* A new subscription; 0, or the status of its refusal. */
static uint16_t subscribe(struct sip_ua *ua, const struct sip_tx_action *action,
                          const struct sip_package *package, uint32_t expires_s)
{
    const struct sp_addr  *source = &action->flow.remote;
    struct sip_notifier   *one = NULL;
    struct sip_dialog_room room = sip_core_room(ua);
    char                   tag[TAG_CHARS];
    enum sp_err            err;

    if (!sip_share_is_full(ua, &ua->notifiers, source))
        one = sp_pool_take(&ua->notifiers);
    if (one == NULL)
        return 503;
    sip_share_take(ua, &one->share, &ua->notifiers, source);
    one->affair.note.owner = SIP_OWNER_NOTIFIER;
    one->timer.owner = one;
    one->timer.name = SIP_CORE_NOTIFIER_TIMER;
    one->package = package;
    one->expires_s = expires_s;
    one->subscribe = action->tx;
    /* Never the same: a SUBSCRIBE whose 200 was lost may come again by another way, with its number
     * (RFC 3263 4.3), and makes a dialog beside the first. */
    sp_ident_token(&ua->ident, tag, sizeof(tag));
    err = sip_dialog_of_request(&one->dialog, &room, action->msg, sp_slice(tag, sizeof(tag)));
    if (err == SP_OK)
        err = keep_texts(ua, one, action->msg);
    else
        memset(&one->dialog, 0, sizeof(one->dialog));
    if (err != SP_OK) {
        free_notifier(ua, one);
        return err == SP_LIMIT ? 503 : 400;
    }
    one->dialog.usage = SIP_USAGE_NOTIFIER;
    sip_dialog_add(&ua->dialogs, &one->dialog);
    one->due = DUE_ANSWER | DUE_NOTIFY;
    sip_core_note(ua, &one->affair.note, SIP_UA_SUBSCRIPTION);
    return 0;
}

/* 4.2.1.4 */
static void refresh(struct sip_ua *ua, struct sip_notifier *one, const struct sip_tx_action *action,
                    uint32_t expires_s)
{
    struct sip_dialog_room room = sip_core_room(ua);
    bool                   moved;

    (void)!sip_dialog_refresh(&one->dialog, &room, action->msg, &moved);
    one->expires_s = expires_s;
    one->subscribe = action->tx;
    be_due(ua, one, DUE_ANSWER | DUE_NOTIFY);
}

/* The same package and id (8.2.1). */
static bool is_same(const struct sip_notifier *one, const struct sip_event *event)
{
    struct sip_event ours;
    struct sp_where  where;

    return sip_event_parse(one->event, &ours, &where) == SP_OK && sip_event_eq(&ours, event);
}

bool sip_notifier_subscribe(struct sip_ua *ua, struct sip_dialog *dialog,
                            const struct sip_tx_action *action)
{
    struct sip_notifier      *one = NULL;
    const struct sip_package *package;
    struct sip_event          event;
    struct sp_where           where;
    struct sip_answer sharing = { .status = 403, .reason = SP_LIT("Dialog Sharing Not Supported") };
    uint16_t          status = 489;
    uint32_t          expires_s = 0;

    if (ua->config.events.len == 0)
        return false;
    if (dialog != NULL && dialog->usage == SIP_USAGE_NOTIFIER)
        one = SP_OF(dialog, struct sip_notifier, dialog);
    if (sip_event_parse(sip_msg_value(action->msg, SIP_FIELD_EVENT), &event, &where) != SP_OK)
        event.type = sp_slice(NULL, 0);
    package = sip_package_of(event.type);
    if (sip_package_listed(ua->config.events, event.type))
        status = take_expires(package, action->msg, &expires_s);
    if (dialog != NULL && (one == NULL || (status == 0 && !is_same(one, &event)))) {
        (void)!sip_uas_answer(ua, action->tx, action->msg, &action->flow, &sharing); /* 4.5.2 */
        return true;
    }
    if (one != NULL && one->state >= SIP_NOTIFIER_TERMINATED)
        status = 481;
    if (status == 0 && one != NULL)
        refresh(ua, one, action, expires_s);
    else if (status == 0)
        status = subscribe(ua, action, package, expires_s);
    if (status != 0)
        refuse(ua, action, status, package);
    return true;
}

/* The 200 that makes or refreshes it. False: it cannot be given, and the subscription is over. */
static bool answer(struct sip_ua *ua, struct sip_notifier *one)
{
    char              room[64];
    struct sp_buf     to = sp_buf(room, sizeof(room));
    struct sip_answer answer = { .status = 200, .dialog = true, .tag = one->dialog.local_tag };
    struct sp_flow    flow;
    enum sp_err       err = sip_uas_again(ua, one->subscribe, &flow);

    sip_put_field_u64(&to, SIP_FIELD_EXPIRES, one->expires_s);
    answer.fields = sp_written(&to);
    if (err == SP_OK)
        err = sip_uas_answer(ua, one->subscribe, &ua->again, &flow, &answer);
    if (err != SP_OK) {
        if (err != SP_STALE)
            sip_uas_owe(ua, one->subscribe, 503, one->dialog.local_tag);
        gone(ua, one, 503, err, "no answer");
        return false;
    }
    if (one->state == SIP_NOTIFIER_TERMINATED)
        return true;
    one->until_us = ua->now_us + (uint64_t)one->expires_s * 1000000;
    sp_timer_start(&ua->timers, &one->timer, one->until_us);
    if (one->state == SIP_NOTIFIER_RESP_WAIT)
        enter(ua, one, SIP_NOTIFIER_PENDING, "nothing said");
    if (one->expires_s == 0)
        terminate(ua, one, "timeout", "Expires: 0"); /* a fetch, or the end (4.2.1.4, 4.4.3) */
    return true;
}

/* ---- NOTIFY */

/* Subscription-State (4.2.2). */
static void put_state(struct sp_buf *to, const struct sip_ua *ua, const struct sip_notifier *one)
{
    struct sip_subscription_state state = { .state = SIP_SUBSTATE_ACTIVE };

    if (one->state == SIP_NOTIFIER_TERMINATED) {
        state.state = SIP_SUBSTATE_TERMINATED;
        state.reason = sp_slice(one->reason, one->reason_octets);
        state.has_retry_after = one->retry_after_s > 0;
        state.retry_after = one->retry_after_s;
    } else {
        if (one->state == SIP_NOTIFIER_PENDING)
            state.state = SIP_SUBSTATE_PENDING;
        state.has_expires = true;
        state.expires = one->until_us > ua->now_us
                            ? (uint32_t)((one->until_us - ua->now_us) / 1000000)
                            : 0;
    }
    sp_put_text(to, "Subscription-State: ");
    sip_subscription_state_write(to, &state);
    sp_put_text(to, "\r\n");
}

static enum sp_err send(struct sip_ua *ua, struct sip_notifier *one)
{
    struct sp_buf         to = sp_buf(ua->text, ua->limits.dialog_octets);
    struct sip_ua_request request = { .method = SIP_NOTIFY,
                                      .content_type = one->content_type,
                                      .body = one->body };
    struct sip_house      house = { SIP_OWNER_NOTIFIER, sp_pool_handle(&ua->notifiers, one) };

    sip_put_field(&to, SIP_FIELD_EVENT, one->event);
    put_state(&to, ua, one);
    request.fields = sp_written(&to);
    if (to.err != SP_OK)
        return to.err;
    return sip_client_serve_within(ua, &request, house, &one->challenges, &one->client);
}

void sip_notifier_work(struct sip_ua *ua, struct sip_notifier *one)
{
    enum sp_err err;

    if (sp_list_has(&one->affair.note.link))
        return; /* first that is told */
    if ((one->due & DUE_ANSWER) != 0 && !answer(ua, one))
        return;
    one->due &= ~(uint32_t)DUE_ANSWER;
    if ((one->due & DUE_NOTIFY) == 0 || sp_pool_find(&ua->clients, one->client) != NULL)
        return;
    one->due = 0;
    if (sp_timer_runs(&one->timer)) /* what it would have said again is said now */
        sp_timer_start(&ua->timers, &one->timer, one->until_us);
    err = send(ua, one);
    if (err != SP_OK)
        gone(ua, one, 503, err, "cannot"); /* RFC 3261 8.1.3.1 */
}

/* A NOTIFY drew a passing failure: the same state is told again after a while, if the subscription
 * lasts so long. The text says nothing of it; without, the state would stay untold until the next
 * change. */
static void later(struct sip_ua *ua, struct sip_notifier *one)
{
    const struct sip_msg *response = ua->in_hand != NULL ? ua->in_hand->msg : NULL;
    uint64_t              at_us;

    one->failures += one->failures < UINT8_MAX;
    at_us = ua->now_us + sip_affair_wait_s(one->failures, response) * UINT64_C(1000000);
    if (at_us < one->until_us)
        sp_timer_start(&ua->timers, &one->timer, at_us);
}

void sip_notifier_take(struct sip_ua *ua, struct sip_client *client)
{
    struct sip_notifier *one = sp_pool_find(&ua->notifiers, client->house.object);
    uint16_t             status = client->note.status;

    if (one == NULL || one->state == SIP_NOTIFIER_GONE)
        return;
    memset(&one->client, 0, sizeof(one->client));
    sip_challenges_keep(&one->challenges, &client->challenges, &ua->store);
    if (status / 100 == 2)
        one->failures = 0;
    /* 4.2.2: Timer F, these responses, and, by our policy, a NOTIFY that nothing carries (RFC 3261
     * 8.1.3.1): else what was to be said would stay unsaid until the next change. */
    if (status == 408 || client->note.err != SP_OK || sip_affair_is_fatal(status)) {
        enum sp_err err = client->note.err != SP_OK ? client->note.err : SP_REFUSED;

        one->affair.note.timer = client->note.timer;
        gone(ua, one, status, err, "NOTIFY failed");
    } else if ((one->due & DUE_NOTIFY) != 0) {
        be_due(ua, one, 0);
    } else if (one->state == SIP_NOTIFIER_TERMINATED) {
        gone(ua, one, 0, SP_OK, "NOTIFY done");
    } else if (status / 100 == 5) {
        later(ua, one);
    }
}

void sip_notifier_timer(struct sip_ua *ua, struct sip_notifier *one)
{
    if (ua->now_us < one->until_us) {
        sp_timer_start(&ua->timers, &one->timer, one->until_us);
        be_due(ua, one, DUE_NOTIFY);
        return;
    }
    terminate(ua, one, "timeout", "expired");
}

void sip_notifier_told(struct sip_ua *ua, struct sip_notifier *one, struct sip_ua_action *action)
{
    action->request = sp_pool_handle(&ua->notifiers, one);
    sip_core_blank(&one->affair.note);
    if (one->due != 0)
        sip_affair_due(ua, &one->affair);
    if (one->state == SIP_NOTIFIER_GONE)
        free_notifier(ua, one);
}

/* ---- the user */

static enum sp_err keep_body(struct sip_ua *ua, struct sip_notifier *one,
                             const struct sip_ua_notification *notification)
{
    struct sp_slice        type = notification->content_type, body = notification->body;
    struct sp_slice *const texts[] = { &type, &body };
    void                  *block;
    enum sp_err            err;

    err = sip_texts_move(&ua->store, ua->limits.message_octets, texts, 2, &block);
    if (err != SP_OK)
        return err;
    sp_store_give(&ua->store, one->body_block);
    one->body_block = block;
    one->content_type = type;
    one->body = body;
    return SP_OK;
}

enum sp_err sip_notifier_notify(struct sip_ua *ua, struct sp_handle handle,
                                const struct sip_ua_notification *notification)
{
    struct sip_notifier *one = sp_pool_find(&ua->notifiers, handle);
    bool                 ends = notification->state == SIP_SUBSTATE_TERMINATED;
    enum sp_err          err;

    if (one == NULL || one->state == SIP_NOTIFIER_GONE)
        return SP_STALE;
    if (one->state == SIP_NOTIFIER_TERMINATED || notification->state == SIP_SUBSTATE_OTHER ||
        (one->state == SIP_NOTIFIER_ACTIVE && notification->state == SIP_SUBSTATE_PENDING))
        return SP_STATE;
    if (ends && notification->reason.len > 0 && !sip_is_token(notification->reason))
        return SP_SYNTAX;
    if (notification->reason.len > sizeof(one->reason))
        return SP_LIMIT;
    if (notification->body.len > 0 &&
        !sip_package_accepts(one->package, one->accept, notification->content_type))
        return SP_UNSUPPORTED; /* 3.2.1 */
    err = keep_body(ua, one, notification);
    if (err != SP_OK)
        return err;
    if (ends) {
        one->retry_after_s = notification->retry_after_s;
        one->reason_octets = (uint8_t)notification->reason.len;
        if (one->reason_octets > 0)
            memcpy(one->reason, notification->reason.at, one->reason_octets);
        enter(ua, one, SIP_NOTIFIER_TERMINATED, "notify");
    } else {
        enter(ua, one,
              notification->state == SIP_SUBSTATE_ACTIVE ? SIP_NOTIFIER_ACTIVE
                                                         : SIP_NOTIFIER_PENDING,
              "notify");
    }
    be_due(ua, one, DUE_NOTIFY);
    return SP_OK;
}

enum sp_err sip_notifier_forbid(struct sip_ua *ua, struct sp_handle handle, uint16_t status,
                                struct sp_slice fields)
{
    struct sip_notifier *one = sp_pool_find(&ua->notifiers, handle);
    struct sip_answer    answer = { .status = status, .fields = fields };
    struct sp_flow       flow;
    enum sp_err          err;

    if (one == NULL)
        return SP_STALE;
    if (one->state != SIP_NOTIFIER_RESP_WAIT)
        return SP_STATE;
    if (status < 300 || status > 699)
        return SP_RANGE;
    if (!sip_texts_are_lines(fields))
        return SP_INJECTION;
    answer.tag = one->dialog.local_tag;
    err = sip_uas_again(ua, one->subscribe, &flow);
    if (err == SP_OK)
        err = sip_uas_answer(ua, one->subscribe, &ua->again, &flow, &answer);
    free_notifier(ua, one);
    return err == SP_STALE ? SP_OK : err;
}
