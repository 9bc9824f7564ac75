/* SPDX-License-Identifier: MIT
 * dialog/sip_publication.c -- an event state of ours that somebody else keeps: the event
 * publication agent. RFC 3903 4, 5. */
#include "sip_publication.h"

#include <string.h>

#include "sip_texts.h"

enum { TARGETS = 4 /* that a redirection may lead to */ };

static const char *name_of(enum sip_publication_state state)
{
    static const char *const names[] = { "INITIAL", "PUBLISHED", "REFRESHING", "MODIFYING",
                                         "WAITING", "REMOVING",  "GONE" };

    return names[state];
}

static void enter(struct sip_ua *ua, struct sip_publication *one, enum sip_publication_state to,
                  const char *on)
{
    sp_trace_arrow(&ua->trace, ua->now_us, "publication",
                   sp_pool_handle(&ua->publications, one).slot, name_of(one->state), on,
                   name_of(to));
    one->state = to;
    sp_timer_stop(&ua->timers, &one->timer);
    if (to != SIP_PUBLICATION_PUBLISHED && to != SIP_PUBLICATION_WAITING)
        sip_affair_due(ua, &one->affair);
}

static void free_publication(struct sip_ua *ua, struct sip_publication *one)
{
    sp_timer_stop(&ua->timers, &one->timer);
    sp_list_remove(&one->affair.work);
    sp_list_remove(&one->affair.note.link);
    sip_challenges_free(&one->challenges, &ua->store);
    sp_store_give(&ua->store, one->block);
    sp_store_give(&ua->store, one->body_block);
    sp_store_give(&ua->store, one->etag.at);
    sp_pool_give(&ua->publications, one);
}

static void gone(struct sip_ua *ua, struct sip_publication *one, const char *on)
{
    enter(ua, one, SIP_PUBLICATION_GONE, on);
    sip_core_note(ua, &one->affair.note, SIP_UA_UNPUBLISHED);
}

static bool is_under_way(const struct sip_ua *ua, const struct sip_publication *one)
{
    return sp_pool_find(&ua->clients, one->client) != NULL;
}

static bool has_body(const struct sip_publication *one)
{
    return one->state == SIP_PUBLICATION_INITIAL || one->state == SIP_PUBLICATION_MODIFYING;
}

/* Table 1 of RFC 3903 4.1: what tells the four PUBLISH apart. */
static enum sp_err send(struct sip_ua *ua, struct sip_publication *one)
{
    struct sp_buf         to = sip_core_scratch(ua);
    struct sip_ua_request request = {
        .method = SIP_PUBLISH, .uri = one->uri, .route = one->route, .follow = TARGETS
    };
    struct sip_house house = { SIP_OWNER_PUBLICATION, sp_pool_handle(&ua->publications, one) };
    enum sp_err      err;

    sip_put_field(&to, SIP_FIELD_EVENT, one->event);
    sip_put_field_u64(&to, SIP_FIELD_EXPIRES,
                      one->state == SIP_PUBLICATION_REMOVING ? 0 : one->expires_s);
    if (one->state != SIP_PUBLICATION_INITIAL)
        sip_put_field(&to, SIP_FIELD_SIP_IF_MATCH, one->etag);
    sp_put(&to, one->fields);
    request.fields = sp_written(&to);
    if (has_body(one)) {
        request.content_type = one->content_type;
        request.body = one->body;
        one->changed = false;
    }
    if (to.err != SP_OK)
        return to.err;
    err = sip_client_serve(ua, &request, NULL, house, &one->challenges, &one->client);
    if (err != SP_OK)
        memset(&one->client, 0, sizeof(one->client));
    return err;
}

static enum sp_err keep_body(struct sip_ua *ua, struct sip_publication *one,
                             struct sp_slice content_type, struct sp_slice body)
{
    struct sp_slice *const texts[] = { &content_type, &body };
    void                  *block;
    enum sp_err            err;

    err = sip_texts_move(&ua->store, ua->limits.message_octets, texts, 2, &block);
    if (err != SP_OK)
        return err;
    sp_store_give(&ua->store, one->body_block);
    one->body_block = block;
    one->content_type = content_type;
    one->body = body;
    return SP_OK;
}

enum sp_err sip_publication_start(struct sip_ua *ua, const struct sip_ua_publication *from,
                                  struct sp_handle *handle)
{
    struct sip_publication *one;
    struct sip_event        event;
    struct sp_where         where;
    enum sp_err             err;

    if (sip_event_parse(from->event, &event, &where) != SP_OK)
        return SP_SYNTAX;
    if (from->body.len == 0)
        return SP_MISSING; /* 4.2 */
    one = sp_pool_take(&ua->publications);
    if (one == NULL)
        return SP_LIMIT;
    *handle = sp_pool_handle(&ua->publications, one);
    one->affair.note.owner = SIP_OWNER_PUBLICATION;
    one->timer.owner = one;
    one->timer.name = SIP_CORE_PUBLICATION_TIMER;
    one->uri = from->uri;
    one->event = from->event;
    one->route = from->route;
    one->fields = from->fields;
    one->expires_s = from->expires_s;
    one->user = from->user;
    {
        struct sp_slice *const texts[] = { &one->uri, &one->event, &one->route, &one->fields };

        err = sip_texts_move(&ua->store, ua->limits.dialog_octets, texts, 4, &one->block);
    }
    if (err == SP_OK)
        err = keep_body(ua, one, from->content_type, from->body);
    if (err == SP_OK)
        err = send(ua, one);
    if (err != SP_OK)
        free_publication(ua, one);
    return err;
}

/* Nothing is under way: what was asked for meanwhile is done. */
static void go_on(struct sip_ua *ua, struct sip_publication *one, const char *on)
{
    if (one->stop && one->etag.len > 0)
        enter(ua, one, SIP_PUBLICATION_REMOVING, on);
    else if (one->stop)
        gone(ua, one, on);
    else if (one->changed)
        enter(ua, one, one->etag.len > 0 ? SIP_PUBLICATION_MODIFYING : SIP_PUBLICATION_INITIAL, on);
}

enum sp_err sip_publication_change(struct sip_ua *ua, struct sp_handle handle,
                                   struct sp_slice content_type, struct sp_slice body)
{
    struct sip_publication *one = sp_pool_find(&ua->publications, handle);
    enum sp_err             err;

    if (one == NULL || one->stop || one->state >= SIP_PUBLICATION_REMOVING)
        return SP_STALE;
    if (body.len == 0)
        return SP_MISSING; /* 4.4 */
    err = keep_body(ua, one, content_type, body);
    if (err != SP_OK)
        return err;
    one->changed = true;
    if (one->state == SIP_PUBLICATION_PUBLISHED && !sp_list_has(&one->affair.work))
        go_on(ua, one, "republish");
    return SP_OK;
}

enum sp_err sip_publication_stop(struct sip_ua *ua, struct sp_handle handle)
{
    struct sip_publication *one = sp_pool_find(&ua->publications, handle);

    if (one == NULL || one->state == SIP_PUBLICATION_GONE)
        return SP_STALE;
    one->stop = true;
    if (!is_under_way(ua, one) && one->state != SIP_PUBLICATION_REMOVING)
        go_on(ua, one, "unpublish");
    return SP_OK;
}

static void take_success(struct sip_ua *ua, struct sip_publication *one,
                         const struct sip_msg *response)
{
    struct sp_slice etag = sip_msg_value(response, SIP_FIELD_SIP_ETAG);
    uint32_t        seconds = one->expires_s, told;

    one->failures = 0;
    one->affair.note.status = response->status;
    if (one->state == SIP_PUBLICATION_REMOVING) {
        gone(ua, one, "2xx");
        return;
    }
    one->affair.note.again = one->state != SIP_PUBLICATION_INITIAL;
    sp_store_give(&ua->store, one->etag.at); /* 4.3: the new one in its place */
    one->etag = etag.len > 0 ? sp_store_copy(&ua->store, etag) : etag;
    if (sip_msg_expires(response, &told) == SP_OK)
        seconds = told;
    one->until_us = ua->now_us + (uint64_t)seconds * 1000000;
    enter(ua, one, SIP_PUBLICATION_PUBLISHED, "2xx");
    sp_timer_start(&ua->timers, &one->timer,
                   ua->now_us + (uint64_t)sip_affair_refresh_s(seconds) * 1000000);
    sip_core_note(ua, &one->affair.note, SIP_UA_PUBLISHED);
    if (one->stop || one->changed)
        sip_affair_due(ua, &one->affair);
}

static bool may_pass(uint16_t status)
{
    return status == 408 || status == 480 || status / 100 == 5;
}

static void take_failure(struct sip_ua *ua, struct sip_publication *one,
                         const struct sip_client *client, const struct sip_msg *response)
{
    uint32_t longer_s = sip_affair_longer_s(one->expires_s, response);
    uint64_t wait_s;

    one->failures++;
    wait_s = sip_affair_wait_s(one->failures, response);
    if (client->note.status == 412 && one->state != SIP_PUBLICATION_INITIAL) {
        /* 5: the state is not known any more; it is removed then, or published anew. */
        sp_store_give(&ua->store, one->etag.at);
        one->etag = sp_slice(NULL, 0);
        one->affair.note.status = one->state == SIP_PUBLICATION_REMOVING ? 412 : 0;
        if (one->state == SIP_PUBLICATION_REMOVING || one->stop)
            gone(ua, one, "412");
        else
            enter(ua, one, SIP_PUBLICATION_INITIAL, "412");
    } else if (longer_s > 0 && one->state != SIP_PUBLICATION_REMOVING && !one->stop) {
        one->expires_s = longer_s;
        enter(ua, one, one->state, "423");
    } else if (one->etag.len > 0 && may_pass(client->note.status) && !one->stop &&
               one->state != SIP_PUBLICATION_REMOVING &&
               ua->now_us + wait_s * 1000000 < one->until_us) {
        if (one->state == SIP_PUBLICATION_MODIFYING)
            one->changed = true;
        enter(ua, one, SIP_PUBLICATION_WAITING, "failure");
        sp_timer_start(&ua->timers, &one->timer, ua->now_us + wait_s * 1000000);
    } else if (one->stop && one->etag.len > 0 && one->state != SIP_PUBLICATION_REMOVING) {
        enter(ua, one, SIP_PUBLICATION_REMOVING, "failure");
    } else {
        one->affair.note.status = client->note.status;
        one->affair.note.err = client->note.err;
        one->affair.note.timer = client->note.timer;
        gone(ua, one, "failure");
    }
}

void sip_publication_take(struct sip_ua *ua, struct sip_client *client)
{
    struct sip_publication *one = sp_pool_find(&ua->publications, client->house.object);
    const struct sip_msg   *response = NULL;

    if (one == NULL || one->state == SIP_PUBLICATION_GONE)
        return;
    memset(&one->client, 0, sizeof(one->client));
    sip_challenges_keep(&one->challenges, &client->challenges, &ua->store);
    if (client->note.kind == SIP_UA_RESPONSE && ua->in_hand != NULL)
        response = ua->in_hand->msg;
    if (response != NULL && response->status / 100 == 2)
        take_success(ua, one, response);
    else
        take_failure(ua, one, client, response);
}

void sip_publication_work(struct sip_ua *ua, struct sip_publication *one)
{
    enum sp_err err;

    if (one->state == SIP_PUBLICATION_GONE) {
        if (!sp_list_has(&one->affair.note.link))
            free_publication(ua, one);
        return;
    }
    if (one->state == SIP_PUBLICATION_PUBLISHED) {
        go_on(ua, one, "asked for");
        return; /* and again, if it went on */
    }
    if (one->state == SIP_PUBLICATION_WAITING || is_under_way(ua, one))
        return;
    err = send(ua, one);
    if (err != SP_OK) {
        one->affair.note.err = err;
        one->affair.note.status = 503; /* RFC 3261 8.1.3.1 */
        gone(ua, one, "cannot");
    }
}

void sip_publication_timer(struct sip_ua *ua, struct sip_publication *one)
{
    enum sip_publication_state to = SIP_PUBLICATION_REFRESHING;

    if (one->changed)
        to = SIP_PUBLICATION_MODIFYING;
    if (one->etag.len == 0)
        to = SIP_PUBLICATION_INITIAL; /* it was not given, or could not be kept */
    enter(ua, one, to, "timer");
}

void sip_publication_told(struct sip_ua *ua, struct sip_publication *one,
                          struct sip_ua_action *action)
{
    action->request = sp_pool_handle(&ua->publications, one);
    action->user = one->user;
    sip_core_blank(&one->affair.note);
    if (one->state == SIP_PUBLICATION_GONE)
        free_publication(ua, one);
}
