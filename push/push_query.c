/* SPDX-License-Identifier: MIT
 * push/push_query.c -- what a receiver says that it can take, asked before a session is offered.
 * RFC 3261 11, RFC 3264 9, RFC 5547 8.5.
 *
 * Promises: a content that the answer rules out is not offered. Never: takes silence about MSRP for
 * a refusal: without a description in the answer, the offer itself is the question. */
#include "../parser/sip_write.h"
#include "../sdp/sdp_transfer.h"
#include "../sdp/sdp_types.h"
#include "push_app.h"
#include "push_out.h"

void push_ask_options(struct push_sender *sender, const struct push_job *job,
                      struct sip_ua_request *request, struct sp_buf *fields)
{
    *fields = sp_buf(sender->text, sender->limits.message_octets);
    sip_put_field(fields, SIP_FIELD_ACCEPT, SP_LIT("application/sdp"));
    push_put_app_request(fields, job->apps, SIP_OPTIONS);
    *request = (struct sip_ua_request){
        .method = SIP_OPTIONS,
        .uri = job->to,
        .route = job->route,
        .fields = sp_written(fields),
        .follow = PUSH_FOLLOW,
        .user = push_user_of(sp_pool_handle(&sender->jobs, job)),
    };
}

/* The block that tells of MSRP; false: there is none. Its port is 0, so no path is missed. */
static bool capability_of(const struct sdp *sdp, struct sdp_msrp *block)
{
    struct sp_where where;
    uint32_t        i;

    for (i = 0; i < sdp->media_count; i++) {
        if (sdp_is_msrp(&sdp->media[i]) &&
            sdp_msrp_read(sdp, &sdp->media[i], block, &where) == SP_OK && !block->tls) {
            return true;
        }
    }
    return false;
}

/* What is told against a content, or NULL. */
static const char *against(const struct sdp *sdp, const struct sdp_msrp *block,
                           const struct push_out *out)
{
    if (push_out_is_file(out) && !sdp_tells_files(sdp)) {
        return "the receiver tells of no files";
    }
    if (block->accept_types.len > 0 && !sdp_types_allow(block->accept_types, out->content.type)) {
        return "the receiver tells that it does not take the type";
    }
    if (block->max_size > 0 && out->content.octets - out->content.offset > block->max_size) {
        return "the receiver tells that it takes nothing so large";
    }
    return NULL;
}

bool push_query_answered(struct push_sender *sender, struct push_job *job, struct sp_slice body)
{
    struct sdp_msrp block;
    struct sp_where where;
    bool            sessions;
    uint32_t        i;

    if (body.len == 0 || sdp_parse(body, &sender->sdp, &where) != SP_OK) {
        return true;
    }
    sessions = capability_of(&sender->sdp, &block);
    if (!sessions && job->other_mode) {
        return false;
    }
    for (i = 0; i < job->count; i++) {
        const char *why = sessions ? against(&sender->sdp, &block, &job->outs[i])
                                   : "the receiver tells of no sessions";

        if (why != NULL) {
            push_out_end(sender, &job->outs[i], SP_REFUSED, 0, sp_str(why), NULL);
        }
    }
    return true;
}
