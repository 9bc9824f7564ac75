/* SPDX-License-Identifier: MIT
 * push/push_in.c -- one content at the receiver: a machine from its offer to its end. RFC 3428 7,
 * RFC 5547 8.3.1.
 *
 * Promises: DELIVERED or FAILED is told once, after which the handle is stale. Never: talks to the
 * agents below. */
#include "push_in.h"

#include "../parser/sip_media.h"
#include "push_app.h"
#include "push_text.h"

#include "../parser/sip_address.h"

const char *push_in_state_name(enum push_in_state state)
{
    switch (state) {
    case PUSH_IN_OFFERING: return "OFFERING";
    case PUSH_IN_OFFERED: return "OFFERED";
    case PUSH_IN_READY: return "READY";
    case PUSH_IN_FLOWING: return "FLOWING";
    case PUSH_IN_FILLING: return "FILLING";
    case PUSH_IN_FILLED: return "FILLED";
    case PUSH_IN_CHECKING: return "CHECKING";
    case PUSH_IN_DELIVERED: return "DELIVERED";
    case PUSH_IN_FAILED: return "FAILED";
    }
    return "";
}

static bool speaks(enum push_in_state state)
{
    return state == PUSH_IN_OFFERING || state == PUSH_IN_FILLING || state == PUSH_IN_FILLED ||
           state == PUSH_IN_DELIVERED || state == PUSH_IN_FAILED;
}

void push_in_enter(struct push_receiver *receiver, struct push_in *in, enum push_in_state state,
                   const char *on)
{
    sp_trace_arrow(&receiver->link.trace, receiver->link.now_us, "push",
                   sp_pool_handle(&receiver->ins, in).slot, push_in_state_name(in->state), on,
                   push_in_state_name(state));
    in->state = state;
    sp_list_remove(&in->note);
    if (speaks(state)) {
        sp_list_add(&receiver->notes, &in->note);
    }
}

struct push_in *push_in_make(struct push_receiver *receiver, struct push_line *line)
{
    struct push_in *in = sp_pool_take(&receiver->ins);

    if (in == NULL) {
        return NULL;
    }
    in->octets = UINT64_MAX;
    in->line = line;
    if (line != NULL) {
        sp_list_add(&line->contents, &in->in_line);
    } else {
        receiver->pagers++;
    }
    return in;
}

static void leave_line(struct push_in *in)
{
    sp_list_remove(&in->in_line);
    in->line = NULL;
}

static void release(struct push_receiver *receiver, struct push_in *in)
{
    if (!sp_handle_none(in->request)) {
        receiver->pagers--;
    }
    sp_list_remove(&in->note);
    sp_list_remove(&in->in_line);
    sp_store_give(&receiver->store, in->block);
    sp_pool_give(&receiver->ins, in);
}

void push_in_fail(struct push_receiver *receiver, struct push_in *in, enum sp_err err,
                  uint16_t status)
{
    if (in->state == PUSH_IN_DELIVERED || in->state == PUSH_IN_FAILED) {
        return;
    }
    if (in->state == PUSH_IN_OFFERING) {
        release(receiver, in); /* its user never heard of it */
        return;
    }
    leave_line(in);
    in->err = err;
    in->status = status;
    push_in_enter(receiver, in, PUSH_IN_FAILED, sp_err_name(err));
}

void push_in_deliver(struct push_receiver *receiver, struct push_in *in)
{
    leave_line(in);
    push_seen_add(&receiver->seen, receiver->link.now_us, &in->key);
    push_in_enter(receiver, in, PUSH_IN_DELIVERED, "stored");
}

/* By the request, else by the type. */
static struct sp_slice app_of(struct sp_slice named, struct sp_slice type)
{
    return named.len > 0 ? named : push_app_of_type(type);
}

static void note_offered(struct push_receiver *receiver, struct push_in *in,
                         struct push_receiver_action *action)
{
    action->kind = PUSH_RECEIVER_OFFERED;
    action->expires_s = INT64_MAX;
    if (in->line != NULL) {
        action->mode = PUSH_SESSION;
        action->from = in->line->call->from;
        push_offer_content(receiver, in->line, &action->content);
        action->app = app_of(in->line->call->app, action->content.type);
    } else {
        action->mode = PUSH_PAGER;
        action->from = in->from;
        action->content.name = in->name;
        action->content.type = in->type;
        action->content.octets = in->octets;
        action->expires_s = in->expires_s;
        action->undated = in->undated;
        action->app = app_of(in->app, in->type);
    }
    push_in_enter(receiver, in, PUSH_IN_OFFERED, "told");
}

struct sp_slice push_from_of(const struct sip_ua_action *sip)
{
    struct sip_address from;
    struct sp_where    where;
    struct sp_slice    value = sip_msg_value(sip->msg, SIP_FIELD_FROM);

    if (sip->asserted.len > 0) {
        return sip->asserted;
    }
    return sip_address_parse(value, &from, &where) == SP_OK ? from.uri.octets : sp_slice(NULL, 0);
}

void push_in_note(struct push_receiver *receiver, struct push_in *in,
                  struct push_receiver_action *action)
{
    *action = (struct push_receiver_action){
        .push = sp_pool_handle(&receiver->ins, in),
        .user = in->user,
        .err = in->err,
        .status = in->status,
    };
    switch (in->state) {
    case PUSH_IN_OFFERING: note_offered(receiver, in, action); break;
    case PUSH_IN_FILLING:
        action->kind = PUSH_RECEIVER_CONTENT;
        action->octets = in->body;
        push_in_enter(receiver, in, PUSH_IN_FILLED, "told");
        break;
    case PUSH_IN_FILLED:
        action->kind = PUSH_RECEIVER_COMPLETE;
        action->total = in->body.len;
        push_in_enter(receiver, in, PUSH_IN_CHECKING, "told");
        break;
    case PUSH_IN_DELIVERED:
    case PUSH_IN_FAILED:
        action->kind = in->state == PUSH_IN_FAILED ? PUSH_RECEIVER_FAILED : PUSH_RECEIVER_DELIVERED;
        release(receiver, in);
        break;
    default: break;
    }
}

uint16_t push_receiver_judge(const struct push_receiver_config *config,
                             const struct push_content         *content)
{
    struct sp_slice type = content->type.len > 0 ? content->type
                                                 : SP_LIT("application/octet-stream");

    if (push_is_reference(type) && !config->references) {
        return 415;
    }
    if (config->accept_types.len > 0 && !push_is_reference(type) &&
        !(push_is_multipart(type) && config->multiparts) &&
        !sip_media_type_accepted(config->accept_types, push_bare_type(type))) {
        return 415;
    }
    if (config->max_size > 0 && content->octets != UINT64_MAX &&
        content->octets > config->max_size) {
        return 413;
    }
    return 200;
}

uint16_t push_msrp_status(uint16_t status)
{
    switch (status) {
    case 400:
    case 413:
    case 415: return status;
    case 488: return 415;
    case 513: return 413;
    default: return 403; /* not allowed: RFC 4975 10.3 */
    }
}

uint16_t push_status_of(const struct push_in *in, enum sp_err err)
{
    bool pager = !sp_handle_none(in->request);

    switch (err) {
    case SP_LIMIT: return pager ? 513 : 413;
    case SP_STORAGE: return pager ? 500 : 413;
    case SP_INTEGRITY: return 400;
    default: return pager ? 480 : 413;
    }
}
