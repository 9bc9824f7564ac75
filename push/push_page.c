/* SPDX-License-Identifier: MIT
 * push/push_page.c -- pager mode at the receiver: one MESSAGE is one content. RFC 3428 7.
 *
 * Promises: the MESSAGE is answered once, after its content was stored; a 2xx has no body and no
 * Contact. Never: reads a body, whatever its type. */
#include "push_app.h"
#include "push_in.h"
#include "push_text.h"

#include "../parser/sip_date.h"
#include "../parser/sip_delta.h"
#include "../parser/sip_write.h"

/* All that there is but message/external-body, whose absence tells (RFC 4483 5.3). */
#define BUT_REFERENCES "text/*, image/*, audio/*, video/*, application/*, multipart/*, message/cpim"

static struct sp_slice empty(void)
{
    return sp_slice(NULL, 0);
}

/* Fields of the answer: what we would accept, where that was the trouble (RFC 3261 21.4.13). */
static struct sp_slice answer_fields(struct push_receiver *receiver, uint16_t status)
{
    struct sp_buf to = sp_buf(receiver->text, receiver->limits.message_octets);

    if (status == 415) {
        sip_put_field(&to, SIP_FIELD_ACCEPT,
                      receiver->accept.len > 0 ? receiver->accept
                      : receiver->references   ? SP_LIT("*/*")
                                               : SP_LIT(BUT_REFERENCES));
    }
    return sp_written(&to);
}

static void respond(struct push_receiver *receiver, struct sp_handle request, uint16_t status)
{
    struct sp_slice fields = answer_fields(receiver, status);

    /* Stale where the sender's transaction is over: there is nobody to tell. */
    (void)!sip_ua_respond(receiver->link.ua, receiver->link.now_us, request, status, fields,
                          empty(), empty());
}

void push_page_respond(struct push_receiver *receiver, struct push_in *in, uint16_t status)
{
    respond(receiver, in->request, status);
}

static struct sp_slice keep(struct sp_buf *block, struct sp_slice text)
{
    size_t from = block->len;

    sp_put(block, text);
    return sp_slice(block->at + from, text.len);
}

/* Expires counted from Date; without one (`undated`) from now on, which nobody here has a clock
 * for. */
static int64_t expires_of(const struct sip_msg *msg, bool *undated)
{
    struct sp_slice date = sip_msg_value(msg, SIP_FIELD_DATE);
    struct sp_slice expires = sip_msg_value(msg, SIP_FIELD_EXPIRES);
    struct sp_where where;
    uint32_t        after_s;
    int64_t         from_s = 0;

    *undated = false;
    if (sip_number_parse(expires, &after_s, &where) != SP_OK) {
        return INT64_MAX;
    }
    *undated = sip_date_parse(date, &from_s, &where) != SP_OK;
    if (*undated) {
        return after_s;
    }
    return from_s + after_s;
}

/* From, type, name and body in one block. */
static enum sp_err copy(struct push_receiver *receiver, const struct sip_ua_action *sip,
                        struct push_in *in)
{
    const struct sip_msg *msg = sip->msg;
    struct sp_slice       from = push_from_of(sip);
    struct sp_slice       type = sip_msg_value(msg, SIP_FIELD_CONTENT_TYPE);
    struct sp_buf         name = sp_buf(receiver->text, receiver->limits.message_octets);
    struct sp_buf         block;
    size_t                octets;

    push_put_disposition_name(&name, sip_msg_value(msg, SIP_FIELD_CONTENT_DISPOSITION));
    octets = from.len + type.len + name.len + msg->body.len;
    in->block = sp_store_take(&receiver->store, octets > 0 ? octets : 1);
    if (in->block == NULL) {
        return SP_LIMIT;
    }
    block = sp_buf(in->block, octets);
    in->from = keep(&block, from);
    in->type = keep(&block, type);
    in->name = keep(&block, sp_slice(receiver->text, name.len));
    in->body = keep(&block, msg->body);
    in->octets = msg->body.len;
    in->expires_s = expires_of(msg, &in->undated);
    return SP_OK;
}

/* The push that this one repeats, while that is decided or stored; NULL: none. */
static struct push_in *under_way(struct push_receiver *receiver, const struct push_key *key)
{
    struct push_in *in = NULL;

    while ((in = sp_pool_next(&receiver->ins, in)) != NULL) {
        if (push_key_eq(&in->key, key) && in->state != PUSH_IN_DELIVERED &&
            in->state != PUSH_IN_FAILED) {
            return in;
        }
    }
    return NULL;
}

/* One that comes again is not offered again: it was delivered, or its answer is still to come. */
static bool repeated(struct push_receiver *receiver, const struct sip_ua_action *sip,
                     struct push_key *key)
{
    struct push_in *in;

    push_key_of(key, sip->msg, push_from_of(sip));
    if (push_seen_has(&receiver->seen, receiver->link.now_us, key)) {
        respond(receiver, sip->request, 200);
        return true;
    }
    in = key->has ? under_way(receiver, key) : NULL;
    if (in == NULL) {
        return false;
    }
    respond(receiver, in->request, 480); /* nobody waits for that one any more */
    in->request = sip->request;
    return true;
}

void push_page_offer(struct push_receiver *receiver, const struct sip_ua_action *sip)
{
    bool            room = receiver->calls.used + receiver->pagers < receiver->limits.pushes;
    struct push_in *in;

    struct sp_slice app;
    struct push_key key;

    if (sip->msg->method != SIP_MESSAGE) {
        respond(receiver, sip->request, 501);
        return;
    }
    if (push_app_of(sip->msg, receiver->apps, &app) == PUSH_APP_OTHER) {
        respond(receiver, sip->request, 480);
        return;
    }
    if (push_is_reference(sip_msg_value(sip->msg, SIP_FIELD_CONTENT_TYPE)) &&
        !receiver->references) {
        respond(receiver, sip->request, 415);
        return;
    }
    if (repeated(receiver, sip, &key)) {
        return;
    }
    in = room && receiver->state == PUSH_RECEIVER_SERVING ? push_in_make(receiver, NULL) : NULL;
    if (in == NULL) {
        respond(receiver, sip->request, 480);
        return;
    }
    in->request = sip->request;
    in->app = app;
    in->key = key;
    if (copy(receiver, sip, in) != SP_OK) {
        respond(receiver, sip->request, 480);
        push_in_fail(receiver, in, SP_LIMIT, 480);
        return;
    }
    push_in_enter(receiver, in, PUSH_IN_OFFERING, "MESSAGE");
}
