/* SPDX-License-Identifier: MIT
 * push/push_ask.c -- the requests of an order: MESSAGE (RFC 3428 4) and INVITE (RFC 3261 13).
 *
 * Promises: what is previewed is what is sent. Never: a Contact in a MESSAGE (RFC 3428 4). */
#include "push_app.h"
#include "push_icon.h"
#include "push_out.h"
#include "push_text.h"

#include "../parser/sip_date.h"
#include "../parser/sip_write.h"

/* How long it is of use, and from when (RFC 3428 4). */
static void put_expires(struct sp_buf *fields, const struct push_job *job)
{
    if (job->expires_s > 0) {
        sp_put_text(fields, "Date: ");
        sip_date_write(fields, job->date_s);
        sp_put_text(fields, "\r\nExpires: ");
        sp_put_u64(fields, job->expires_s);
        sp_put_text(fields, "\r\n");
    }
}

void push_ask_message(struct push_sender *sender, const struct push_job *job,
                      const struct push_out *out, struct sip_ua_request *request,
                      struct sp_buf *fields)
{
    /* The value first, the whole field behind it, both in the one room. */
    struct sp_buf value = sp_buf(sender->text, sender->limits.message_octets / 2);

    *fields = sp_buf(sender->text + value.room, sender->limits.message_octets - value.room);
    if (push_out_is_file(out)) {
        push_put_disposition(&value, out->content.name);
        sip_put_field(fields, SIP_FIELD_CONTENT_DISPOSITION, sp_written(&value));
        sp_put_fail(fields, value.err);
    }
    push_put_app_request(fields, job->apps, SIP_MESSAGE);
    put_expires(fields, job);
    /* Its name, by which a receiver knows it again: RFC 8262. Also where nobody asked for retries:
     * a 503 with Retry-After is heeded once, and one of its repetitions may have been taken. */
    sp_put_text(fields, "Content-ID: <");
    sp_put(fields, sp_slice(out->transfer_id, sizeof(out->transfer_id)));
    sp_put_text(fields, "@sipush.invalid>\r\n");
    *request = (struct sip_ua_request){
        .method = SIP_MESSAGE,
        .uri = job->to,
        .route = job->route,
        .fields = sp_written(fields),
        .content_type = out->content.type,
        .follow = PUSH_FOLLOW,
        .body = out->content.body,
        .user = push_user_of(sp_pool_handle(&sender->jobs, job)),
    };
}

bool push_ask_related(const struct push_job *job)
{
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        const struct push_out *out = &job->outs[i];

        if (out->leader == i && push_out_has_icon(out) && push_offer_live(job, out)) {
            return true;
        }
    }
    return false;
}

static struct sp_slice id_of(const struct push_out *out)
{
    return sp_slice(out->transfer_id, sizeof(out->transfer_id));
}

/* The description, and an icon for each file that has one (RFC 5547 8.8). */
static void put_related(struct push_sender *sender, const struct push_job *job, struct sp_buf *body,
                        struct sp_slice *sdp)
{
    struct sp_slice id = id_of(&job->outs[job->first]);
    size_t          from;
    uint32_t        i;

    push_put_related_root(body, id);
    from = body->len;
    push_offer_write(sender, job, body);
    *sdp = sp_slice(body->at + from, body->len - from);
    for (i = job->first; i < job->last; i++) {
        const struct push_out *out = &job->outs[i];

        if (out->leader == i && push_out_has_icon(out) && push_offer_live(job, out)) {
            push_put_icon(body, id, id_of(out), &out->content);
        }
    }
    push_put_related_end(body, id);
}

enum sp_err push_ask_invite(struct push_sender *sender, const struct push_job *job,
                            struct sip_ua_request *request, struct sp_slice *sdp)
{
    struct sp_buf   body = sp_buf(sender->scratch, sender->limits.message_octets);
    struct sp_buf   fields, type;
    bool            related = push_ask_related(job);
    struct sp_slice id = id_of(&job->outs[job->first]);

    if (related) {
        put_related(sender, job, &body, sdp);
    } else {
        push_offer_write(sender, job, &body);
        *sdp = sp_written(&body);
    }
    fields = sp_buf(sender->text, sender->limits.message_octets / 2);
    type = sp_buf(sender->text + fields.room, sender->limits.message_octets - fields.room);
    push_put_app_request(&fields, job->apps, SIP_INVITE);
    if (related) {
        push_put_related_type(&type, id);
    } else {
        sp_put_text(&type, "application/sdp");
    }
    *request = (struct sip_ua_request){
        .method = SIP_INVITE,
        .uri = job->to,
        .route = job->route,
        .fields = sp_written(&fields),
        .content_type = sp_written(&type),
        .follow = PUSH_FOLLOW,
        .body = sp_written(&body),
        .user = push_user_of(sp_pool_handle(&sender->jobs, job)),
    };
    return body.err != SP_OK ? body.err : fields.err != SP_OK ? fields.err : type.err;
}
