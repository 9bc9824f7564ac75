/* SPDX-License-Identifier: MIT
 * dialog/sip_subscriber.c -- a subscription of ours: its SUBSCRIBE, what comes back, and the NOTIFY
 * that come. RFC 6665 4.1.2, 4.1.3, 4.4. */
#include <string.h>

#include "sip_package.h"
#include "sip_subscription.h"
#include "sip_texts.h"
#include "sip_uas.h"

enum {
    CALL_ID_CHARS = 22,
    TAG_CHARS = 11,
    TARGETS = 4 /* that a redirection may lead to */
};

/* ---- SUBSCRIBE */

static void put_fields(struct sp_buf *to, const struct sip_subscription *one)
{
    bool leaves = one->phase == SIP_SUBSCRIPTION_LEAVING;

    sip_put_field(to, SIP_FIELD_EVENT, one->event);
    if (one->accept.len > 0)
        sip_put_field(to, SIP_FIELD_ACCEPT, one->accept);
    sip_put_field_u64(to, SIP_FIELD_EXPIRES, leaves ? 0 : one->expires_s);
    sp_put(to, one->fields);
}

static enum sp_err send(struct sip_ua *ua, struct sip_subscription *one)
{
    struct sp_buf         to = sip_core_scratch(ua);
    struct sip_ua_request request = {
        .method = SIP_SUBSCRIBE, .uri = one->uri, .route = one->route, .follow = TARGETS
    };
    struct sip_identity identity = { .call_id = one->call_id,
                                     .tag = one->tag,
                                     .cseq = one->cseq + 1 };
    struct sip_house    house = { SIP_OWNER_SUBSCRIPTION, sp_pool_handle(&ua->subscriptions, one) };
    uint64_t            limit_ms = 64 * (uint64_t)ua->limits.t1_ms;
    enum sp_err         err;

    put_fields(&to, one);
    request.fields = sp_written(&to);
    if (to.err != SP_OK)
        return to.err;
    if (one->dialog.block != NULL)
        err = sip_client_serve_within(ua, &request, house, &one->challenges, &one->client);
    else
        err = sip_client_serve(ua, &request, &identity, house, &one->challenges, &one->client);
    if (err != SP_OK) {
        memset(&one->client, 0, sizeof(one->client));
        return err;
    }
    sip_subscription_start_timer(ua, one, SIP_SUBSCRIPTION_N, limit_ms);
    if (one->dialog.block == NULL) /* NOTIFY may come as long, of any fork (4.1.2.4) */
        sip_subscription_start_timer(ua, one, SIP_SUBSCRIPTION_FORKS, limit_ms);
    return SP_OK;
}

/* A name for its dialogs, under which NOTIFY may come from now on (4.1.2.4). */
static void name(struct sip_ua *ua, struct sip_subscription *one)
{
    sp_ident_token(&ua->ident, one->block, CALL_ID_CHARS + TAG_CHARS);
    one->cseq = 0;
    one->half.usage = SIP_USAGE_HALF;
    one->half.call_id = one->call_id;
    one->half.local_tag = one->tag;
    sip_dialog_add(&ua->dialogs, &one->half);
}

enum sp_err sip_subscription_start(struct sip_ua *ua, const struct sip_ua_subscription *from,
                                   struct sp_handle *handle)
{
    static const char        blank[CALL_ID_CHARS + TAG_CHARS];
    struct sip_subscription *one;
    struct sip_event         event;
    struct sp_where          where;
    enum sp_err              err;

    if (sip_event_parse(from->event, &event, &where) != SP_OK)
        return SP_SYNTAX;
    one = sip_subscription_make(ua);
    if (one == NULL)
        return SP_LIMIT;
    *handle = sp_pool_handle(&ua->subscriptions, one);
    one->call_id = sp_slice(blank, CALL_ID_CHARS);
    one->tag = sp_slice(blank + CALL_ID_CHARS, TAG_CHARS);
    one->uri = from->uri;
    one->event = from->event;
    one->accept = from->accept.len > 0 ? from->accept : sp_str(sip_package_of(event.type)->types);
    one->route = from->route;
    one->fields = from->fields;
    one->expires_s = from->expires_s;
    one->user = from->user;
    {
        struct sp_slice *const texts[] = { &one->call_id, &one->tag,    &one->uri,  &one->event,
                                           &one->accept,  &one->fields, &one->route };

        err = sip_texts_move(&ua->store, ua->limits.dialog_octets, texts, 7, &one->block);
    }
    if (err == SP_OK) {
        name(ua, one);
        err = send(ua, one);
    }
    if (err != SP_OK)
        sip_subscription_free(ua, one);
    else
        ua->allow |= 1u << SIP_NOTIFY;
    return err;
}

void sip_subscription_subscribe(struct sip_ua *ua, struct sip_subscription *one)
{
    enum sp_err err;

    if (sp_pool_find(&ua->clients, one->client) != NULL) {
        one->due |= SIP_SUBSCRIPTION_DUE_SUBSCRIBE; /* one at a time */
        return;
    }
    if (one->dialog.block == NULL && one->half.call_id.len == 0)
        name(ua, one);
    if (one->dialog.local_cseq < one->cseq)
        one->dialog.local_cseq = one->cseq;
    err = send(ua, one);
    if (err == SP_OK)
        return;
    one->affair.note.err = err;
    one->affair.note.status = 503; /* RFC 3261 8.1.3.1 */
    sip_subscription_on(ua, one, SIP_ON_REFUSED);
}

/* 4.1.2.2: the subscription is over with these answers to a refresh; with silence too. */
static bool is_fatal(uint16_t status, enum sp_err err)
{
    return err != SP_OK || sip_affair_is_fatal(status);
}

/* A refresh failed and the subscription stands: later, if it lives until then. */
static void trouble(struct sip_ua *ua, struct sip_subscription *one, const struct sip_msg *response)
{
    uint64_t wait_s;

    one->failures++;
    wait_s = sip_affair_wait_s(one->failures, response);
    sp_timer_stop(&ua->timers, &one->timers[SIP_SUBSCRIPTION_N]);
    if (ua->now_us + wait_s * 1000000 < one->until_us)
        sip_subscription_start_timer(ua, one, SIP_SUBSCRIPTION_REFRESH, wait_s * 1000);
    sip_subscription_on(ua, one, SIP_ON_TROUBLE);
}

static void take_success(struct sip_ua *ua, struct sip_subscription *one,
                         const struct sip_msg *response, bool refresh)
{
    uint32_t seconds = one->expires_s, told;

    if (sip_msg_expires(response, &told) == SP_OK && told < seconds)
        seconds = told;
    one->granted_s = seconds;
    if (refresh)
        one->failures = 0;
    one->affair.note.status = response->status;
    one->affair.note.again = refresh;
    if (response->status == 204 && refresh && one->phase != SIP_SUBSCRIPTION_LEAVING)
        sp_timer_stop(&ua->timers, &one->timers[SIP_SUBSCRIPTION_N]);
    if (one->dialog.block != NULL)
        sip_subscription_live(ua, one, seconds);
    sip_subscription_on(ua, one, SIP_ON_ACCEPTED);
    if (!sp_list_has(&one->affair.note.link))
        sip_core_blank(&one->affair.note); /* nobody is told */
}

static void take_failure(struct sip_ua *ua, struct sip_subscription *one,
                         const struct sip_client *client, const struct sip_msg *response)
{
    uint32_t longer_s = sip_affair_longer_s(one->expires_s, response);

    if (longer_s > 0 && one->phase != SIP_SUBSCRIPTION_LEAVING && one->expires_s > 0) {
        one->expires_s = longer_s;
        sip_subscription_on(ua, one, SIP_ON_BRIEF);
        return;
    }
    one->affair.note.status = client->note.status;
    one->affair.note.err = client->note.err;
    one->affair.note.timer = client->note.timer;
    if (client->within && !is_fatal(client->note.status, client->note.err)) {
        trouble(ua, one, response);
        if (!sp_list_has(&one->affair.note.link))
            sip_core_blank(&one->affair.note);
    } else {
        sip_subscription_on(ua, one, SIP_ON_REFUSED);
    }
}

void sip_subscription_take(struct sip_ua *ua, struct sip_client *client)
{
    struct sip_subscription *one = sp_pool_find(&ua->subscriptions, client->house.object);
    const struct sip_msg    *response = NULL;

    if (one == NULL || one->phase == SIP_SUBSCRIPTION_TERMINATED ||
        one->phase == SIP_SUBSCRIPTION_RETRY)
        return;
    memset(&one->client, 0, sizeof(one->client));
    if (!client->within)
        one->cseq = client->draft.cseq;
    sip_challenges_keep(&one->challenges, &client->challenges, &ua->store);
    if (client->note.kind == SIP_UA_RESPONSE && ua->in_hand != NULL)
        response = ua->in_hand->msg;
    if (response != NULL && response->status / 100 == 2)
        take_success(ua, one, response, client->within);
    else
        take_failure(ua, one, client, response);
    if (one->due != 0)
        sip_affair_due(ua, &one->affair);
}

/* ---- NOTIFY */

struct sip_dialog *sip_subscription_half(struct sip_ua *ua, const struct sip_dialog_id *id)
{
    struct sip_dialog_id half = { id->call_id, id->local_tag, { NULL, 0 } };
    struct sip_dialog   *dialog = sip_dialog_find(&ua->dialogs, &half);

    return dialog != NULL && dialog->usage == SIP_USAGE_HALF && id->remote_tag.len > 0 ? dialog
                                                                                       : NULL;
}

/* 4.1.3, 4.1.2.4: what it says, and whether it is for this subscription. 0, or the status of its
 * refusal. */
static uint16_t check(const struct sip_subscription *one, const struct sip_msg *msg,
                      struct sip_subscription_state *state)
{
    struct sip_event ours, theirs;
    struct sp_where  where;

    if (sip_event_parse(sip_msg_value(msg, SIP_FIELD_EVENT), &theirs, &where) != SP_OK)
        return 489;
    if (sip_event_parse(one->event, &ours, &where) != SP_OK || !sip_event_eq(&ours, &theirs))
        return 481;
    if (sip_subscription_state_parse(sip_msg_value(msg, SIP_FIELD_SUBSCRIPTION_STATE), state,
                                     &where) != SP_OK)
        return 400;
    if (msg->body.len > 0 && !sip_package_accepts(sip_package_of(ours.type), one->accept,
                                                  sip_msg_value(msg, SIP_FIELD_CONTENT_TYPE)))
        return 415;
    return 0;
}

/* Dialogs of the same SUBSCRIBE beside the first; a notifier that knows its name could make them
 * without end. */
static uint32_t forks_of(const struct sip_ua *ua, const struct sip_subscription *head)
{
    struct sip_subscription *one = NULL;
    uint32_t                 count = 0;

    while ((one = sp_pool_next(&ua->subscriptions, one)) != NULL)
        count += one->fork && sp_eq(one->call_id, head->call_id) && sp_eq(one->tag, head->tag);
    return count;
}

/* Another fork of the same SUBSCRIBE (4.1.4); NULL: no room. */
static struct sip_subscription *fork_of(struct sip_ua *ua, const struct sip_subscription *head)
{
    struct sip_subscription *one = NULL;
    enum sp_err              err;

    if (forks_of(ua, head) < ua->limits.forks)
        one = sip_subscription_make(ua);
    if (one == NULL)
        return NULL;
    one->call_id = head->call_id;
    one->tag = head->tag;
    one->uri = head->uri;
    one->event = head->event;
    one->accept = head->accept;
    one->fields = head->fields;
    one->route = head->route;
    {
        struct sp_slice *const texts[] = { &one->call_id, &one->tag,    &one->uri,  &one->event,
                                           &one->accept,  &one->fields, &one->route };

        err = sip_texts_move(&ua->store, ua->limits.dialog_octets, texts, 7, &one->block);
    }
    one->expires_s = head->expires_s;
    one->granted_s = head->granted_s;
    one->cseq = head->cseq;
    one->user = head->user;
    one->fork = true;
    if (err == SP_OK)
        return one;
    sip_subscription_free(ua, one);
    return NULL;
}

/* The subscription whose dialog the NOTIFY makes. NULL, and `status` is the answer: none. */
static struct sip_subscription *make_whole(struct sip_ua *ua, struct sip_subscription *head,
                                           const struct sip_msg *msg, uint16_t *status)
{
    struct sip_subscription *one = head;
    struct sip_client       *client = sp_pool_find(&ua->clients, head->client);
    struct sip_dialog_room   room = sip_core_room(ua);
    enum sp_err              err;

    if (head->dialog.block != NULL)
        one = fork_of(ua, head);
    if (one == NULL) {
        *status = 481; /* none of ours for want of room, so the notifier forgets it */
        return NULL;
    }
    err = sip_dialog_of_request(&one->dialog, &room, msg, one->tag);
    if (err != SP_OK) {
        *status = err == SP_LIMIT ? 500 : 400;
        memset(&one->dialog, 0, sizeof(one->dialog));
        if (one != head)
            sip_subscription_free(ua, one);
        return NULL;
    }
    one->dialog.usage = SIP_USAGE_SUBSCRIPTION;
    one->dialog.local_cseq = client != NULL ? client->draft.cseq : head->cseq;
    sip_dialog_add(&ua->dialogs, &one->dialog);
    return one;
}

/* 4.1.3: the reasons after which a new subscription may do. */
static bool may_again(const struct sip_subscription *one, struct sp_slice reason)
{
    static const char *const final[] = { "rejected", "noresource", "invariant" };

    for (size_t i = 0; i < sizeof(final) / sizeof(final[0]); i++)
        if (sp_eq_nocase(reason, sp_str(final[i])))
            return false;
    return !one->fork && one->expires_s > 0;
}

/* At once after these, where the subscription before it was not lost in the same way. */
static uint32_t wait_again_s(const struct sip_subscription       *one,
                             const struct sip_subscription_state *state)
{
    if (state->has_retry_after)
        return state->retry_after > 0 || one->failures == 1 ? state->retry_after : 1;
    if (one->failures == 1 && (sp_eq_nocase(state->reason, SP_LIT("deactivated")) ||
                               sp_eq_nocase(state->reason, SP_LIT("timeout"))))
        return 0;
    return sip_affair_wait_s(one->failures, NULL);
}

static void terminated(struct sip_ua *ua, struct sip_subscription *one,
                       const struct sip_subscription_state *state)
{
    one->by_peer = one->phase != SIP_SUBSCRIPTION_LEAVING;
    if (!may_again(one, state->reason)) {
        sip_subscription_on(ua, one, SIP_ON_NOTIFY_ENDED);
        return;
    }
    one->failures++;
    sip_subscription_on(ua, one, SIP_ON_NOTIFY_AGAIN);
    if (one->phase == SIP_SUBSCRIPTION_RETRY)
        sip_subscription_start_timer(ua, one, SIP_SUBSCRIPTION_REFRESH,
                                     (uint64_t)wait_again_s(one, state) * 1000);
}

void sip_subscription_notify(struct sip_ua *ua, struct sip_dialog *dialog,
                             const struct sip_tx_action *action)
{
    struct sip_subscription      *one = dialog->usage == SIP_USAGE_HALF
                                            ? SP_OF(dialog, struct sip_subscription, half)
                                            : SP_OF(dialog, struct sip_subscription, dialog);
    struct sip_subscription_state state;
    struct sip_dialog_room        room = sip_core_room(ua);
    uint16_t                      status = check(one, action->msg, &state);
    struct sp_buf                 to = sp_buf(ua->text, ua->limits.dialog_octets);
    bool                          moved;

    if (status == 415)
        sip_put_field(&to, SIP_FIELD_ACCEPT, one->accept);
    if (status == 0 && dialog->usage == SIP_USAGE_HALF)
        one = make_whole(ua, one, action->msg, &status);
    if (status != 0) {
        sip_uas_say(ua, action, status, sp_written(&to));
        return;
    }
    (void)!sip_dialog_refresh(&one->dialog, &room, action->msg, &moved);
    one->notify = action->tx;
    one->due |= SIP_SUBSCRIPTION_DUE_ANSWER;
    if (one->phase != SIP_SUBSCRIPTION_LEAVING)
        sp_timer_stop(&ua->timers, &one->timers[SIP_SUBSCRIPTION_N]);
    switch (state.state) {
    case SIP_SUBSTATE_ACTIVE: sip_subscription_on(ua, one, SIP_ON_NOTIFY_ACTIVE); break;
    case SIP_SUBSTATE_TERMINATED: terminated(ua, one, &state); break;
    default: sip_subscription_on(ua, one, SIP_ON_NOTIFY_PENDING); break;
    }
    if (state.has_expires)
        sip_subscription_live(ua, one, state.expires);
    else if (!sp_timer_runs(&one->timers[SIP_SUBSCRIPTION_LIFE]))
        sip_subscription_live(ua, one, one->granted_s > 0 ? one->granted_s : one->expires_s);
    sip_affair_due(ua, &one->affair);
}

void sip_subscription_answer(struct sip_ua *ua, struct sip_subscription *one)
{
    struct sip_answer answer = { .status = 200 };
    struct sp_flow    flow;

    if (sip_uas_again(ua, one->notify, &flow) == SP_OK)
        (void)!sip_uas_answer(ua, one->notify, &ua->again, &flow, &answer);
}
