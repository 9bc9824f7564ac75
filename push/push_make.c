/* SPDX-License-Identifier: MIT
 * push/push_make.c -- from what the user ordered to an order of ours. RFC 3428 8.
 *
 * Promises: all texts are copied, in one block of the store with the contents; the mode is chosen
 * before anything is sent. Never: keeps anything of an order that it did not take. */
#include "push_app.h"
#include "push_out.h"

#include <assert.h>
#include <string.h>

#include "../parser/sip_uri.h"

/* A Via is put on top later: "Via: SIP/2.0/UDP [39 characters]:65535;branch=...;rport". */
#define VIA_OCTETS 128

static struct sp_slice type_of(const struct push_content *content)
{
    if (content->type.len > 0) {
        return content->type;
    }
    return content->name.len > 0 ? SP_LIT("application/octet-stream") : SP_LIT("text/plain");
}

static enum sp_err check(const struct push_sender *sender, const struct push_order *order)
{
    struct sip_uri  uri;
    struct sp_where where;
    struct sp_buf   apps;
    enum sp_err     err = sip_uri_parse(order->to, &uri, &where);
    uint32_t        i;

    if (err != SP_OK) {
        return SP_SYNTAX;
    }
    apps = sp_buf(sender->text, sender->limits.message_octets);
    push_put_apps(&apps, order->apps);
    if (apps.err != SP_OK) {
        return apps.err;
    }
    if (order->count > sender->limits.push_files) {
        return SP_LIMIT;
    }
    for (i = 0; i < order->count; i++) {
        const struct push_content *content = &order->contents[i];
        uint64_t octets = content->body.len > 0 ? content->body.len : content->octets;

        if (octets == UINT64_MAX || (content->icon.len > 0 && content->icon_type.len == 0)) {
            return SP_MISSING;
        }
        if (content->icon.len > PUSH_ICON_OCTETS) {
            return SP_LIMIT;
        }
        if (content->offset > 0 && (content->offset >= octets || content->name.len == 0)) {
            return SP_RANGE; /* nothing would be left to send, or it is no file */
        }
    }
    return order->count > 0 ? SP_OK : SP_MISSING;
}

/* Is it to be asked where this content goes on? */
static bool asks(const struct push_content *content)
{
    return content->resume && content->name.len > 0 && content->octets > 1 && content->offset == 0;
}

static struct sp_slice keep(struct sp_buf *texts, struct sp_slice text)
{
    size_t from = texts->len;

    sp_put(texts, text);
    assert(texts->err == SP_OK);
    return sp_slice(texts->at + from, text.len);
}

/* The block: contents, then texts. */
enum sp_err push_job_copy(struct push_sender *sender, const struct push_order *order,
                          struct push_job *job)
{
    size_t        contents = order->count * sizeof(struct push_out);
    size_t        texts = order->to.len + order->route.len + order->apps.len;
    char         *block;
    struct sp_buf buf;
    uint32_t      i;

    for (i = 0; i < order->count; i++) {
        texts += order->contents[i].name.len + type_of(&order->contents[i]).len;
    }
    block = sp_store_take(&sender->store, contents + texts);
    if (block == NULL) {
        return SP_LIMIT;
    }
    memset(block, 0, contents);
    buf = sp_buf(block + contents, texts);
    job->outs = (struct push_out *)(void *)block;
    job->to = keep(&buf, order->to);
    job->route = keep(&buf, order->route);
    job->apps = keep(&buf, order->apps);
    for (i = 0; i < order->count; i++) {
        struct push_out *out = &job->outs[i];

        out->job = job;
        out->index = i;
        out->content = order->contents[i];
        out->content.name = keep(&buf, order->contents[i].name);
        out->content.type = keep(&buf, type_of(&order->contents[i]));
        sp_ident_token(&sender->link.ident, out->transfer_id, sizeof(out->transfer_id));
        sp_ident_token(&sender->link.ident, out->message_id, sizeof(out->message_id));
        if (out->content.body.len > 0) {
            out->content.octets = out->content.body.len;
        }
        if (asks(&out->content)) {
            out->guessed = true;
            out->content.offset = out->content.octets - 1;
        }
    }
    return SP_OK;
}

/* Octets of the MESSAGE with this content; 0: it cannot be written. */
static size_t message_octets(struct push_sender *sender, const struct push_job *job,
                             const struct push_out *out)
{
    struct sip_ua_request request;
    struct sp_buf         fields, message;

    message = sp_buf(sender->scratch, sender->limits.message_octets);
    push_ask_message(sender, job, out, &request, &fields);
    sip_ua_preview(sender->link.ua, &request, &message);
    return fields.err == SP_OK && message.err == SP_OK ? message.len + VIA_OCTETS : 0;
}

static enum sp_err choose(struct push_sender *sender, const struct push_order *order,
                          struct push_job *job)
{
    struct push_choice choice = {
        .wanted = order->mode,
        .contents = order->count,
        .body_at_hand = true,
        .pager_octets = sender->limits.pager_octets,
    };
    uint32_t i;

    for (i = 0; i < job->count && choice.body_at_hand && !choice.part; i++) {
        const struct push_out *out = &job->outs[i];
        size_t                 octets;

        choice.part = out->content.offset > 0;
        choice.body_at_hand = out->content.body.len == out->content.octets;
        octets = message_octets(sender, job, out);
        if (octets == 0) {
            choice.request_octets = 0;
            break;
        }
        if (octets > choice.request_octets) {
            choice.request_octets = octets;
        }
    }
    /* What one mode did not take, the other may, where the choice is ours. */
    if (order->mode == PUSH_AUTO) {
        job->other_mode = choice.body_at_hand && !choice.part && choice.request_octets > 0 &&
                          choice.request_octets <= choice.pager_octets;
    }
    return push_choose(&choice, &job->mode, &job->why);
}

enum sp_err push_job_make(struct push_sender *sender, const struct push_order *order,
                          struct push_job **made)
{
    enum sp_err      err = check(sender, order);
    struct push_job *job = err == SP_OK ? sp_pool_take(&sender->jobs) : NULL;

    if (err != SP_OK) {
        return err;
    }
    if (job == NULL) {
        return SP_LIMIT;
    }
    job->timer.owner = job;
    job->user = order->user;
    job->parallel = order->parallel;
    job->retries = order->retries;
    job->query = order->query;
    job->expires_s = order->expires_s;
    job->date_s = order->date_s;
    job->count = order->count;
    err = push_job_copy(sender, order, job);
    if (err == SP_OK) {
        err = choose(sender, order, job);
    }
    if (err == SP_OK &&
        !push_link_media(&sender->link, push_family_towards(order->to, order->route),
                         &job->media)) {
        job->other_mode = false; /* no session */
        err = job->mode == PUSH_SESSION ? SP_UNSUPPORTED : SP_OK;
    }
    if (err != SP_OK) {
        push_job_free(sender, job);
        return err;
    }
    *made = job;
    return SP_OK;
}

void push_job_free(struct push_sender *sender, struct push_job *job)
{
    uint32_t i;

    for (i = 0; job->outs != NULL && i < job->count; i++) {
        sp_list_remove(&job->outs[i].note);
    }
    sp_list_remove(&job->chosen);
    sp_list_remove(&job->over);
    sp_timer_stop(&sender->timers, &job->timer);
    sp_store_give(&sender->store, job->said.at);
    sp_store_give(&sender->store, job->outs);
    sp_pool_give(&sender->jobs, job);
}
