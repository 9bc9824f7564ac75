/* SPDX-License-Identifier: MIT
 * push/push_media.c -- an m= line at the receiver: its MSRP session, and the contents that come
 * over it. RFC 4975 5.4, 7.3; RFC 5547 8.4, 8.7.
 *
 * Promises: one file a line, and no octet more than was announced; a content that came whole is
 * confirmed only after its user stored it. Never: touches SIP, but to tell its call. */
#include "push_app.h"
#include "push_in.h"
#include "push_text.h"

static const char *state_name(enum push_line_state state)
{
    switch (state) {
    case PUSH_LINE_OFFERED: return "OFFERED";
    case PUSH_LINE_ACCEPTED: return "ACCEPTED";
    case PUSH_LINE_SETUP: return "SETUP";
    case PUSH_LINE_UP: return "UP";
    case PUSH_LINE_ABORTED: return "ABORTED";
    }
    return "";
}

/* Something came: from now on its peer may be silent for so long. */
static void restart_idle(struct push_receiver *receiver, struct push_line *line)
{
    sp_timer_start(&receiver->timers, &line->timer,
                   receiver->link.now_us + receiver->limits.push_idle_ms * UINT64_C(1000));
}

static void enter(struct push_receiver *receiver, struct push_line *line,
                  enum push_line_state state, const char *on)
{
    uint64_t now_us = receiver->link.now_us;

    sp_trace_arrow(&receiver->link.trace, now_us, "push-line",
                   sp_pool_handle(&receiver->lines, line).slot, state_name(line->state), on,
                   state_name(state));
    line->state = state;
    sp_timer_stop(&receiver->timers, &line->timer);
    if (state == PUSH_LINE_SETUP) {
        sp_timer_start(&receiver->timers, &line->timer,
                       now_us + receiver->limits.t1_ms * UINT64_C(64000));
    } else if (state == PUSH_LINE_UP) {
        restart_idle(receiver, line);
    } else if (state == PUSH_LINE_ABORTED) {
        /* Its sender learns of it by MSRP and mostly ends the line itself. */
        sp_timer_start(&receiver->timers, &line->timer,
                       now_us + receiver->limits.t1_ms * UINT64_C(2000));
    }
}

struct push_line *push_line_make(struct push_receiver *receiver, struct push_call *call,
                                 uint32_t index, bool file)
{
    struct push_line *line = sp_pool_take(&receiver->lines);

    if (line == NULL) {
        return NULL;
    }
    if (!push_relay_draw(&receiver->link, line->session_id)) {
        sp_pool_give(&receiver->lines, line);
        return NULL;
    }
    line->call = call;
    line->index = index;
    line->file = file;
    line->timer.owner = line;
    line->timer.name = PUSH_TIMER_LINE;
    sp_list_init(&line->contents);
    sp_list_add(&call->lines, &line->in_call);
    return line;
}

struct push_line *push_line_find(const struct push_call *call, uint32_t index)
{
    struct sp_link *link;

    for (link = sp_list_first(&call->lines); link != NULL;
         link = sp_list_after(&call->lines, link)) {
        struct push_line *line = SP_OF(link, struct push_line, in_call);

        if (line->index == index) {
            return line;
        }
    }
    return NULL;
}

void push_line_accept(struct push_receiver *receiver, struct push_line *line)
{
    enter(receiver, line, PUSH_LINE_ACCEPTED, "accept");
}

/* The first content of a line, NULL: none. For a file, the file. */
static struct push_in *first_of(const struct push_line *line)
{
    struct sp_link *link = sp_list_first(&line->contents);

    return link != NULL ? SP_OF(link, struct push_in, in_line) : NULL;
}

enum sp_err push_line_open(struct push_receiver *receiver, struct push_line *line,
                           const struct sdp_msrp *offer, const struct sdp_msrp *answer)
{
    struct msrp_session_config config = {
        .local_path = answer->path,
        .remote_path = offer->path,
        .connects = sdp_msrp_connects(offer->setup, answer->setup, false),
        .accept_types = receiver->accept_types,
        .max_size = receiver->max_size,
        .user = push_user_of(sp_pool_handle(&receiver->lines, line)),
    };
    const struct push_relay_entry *lent = push_relay_find(
        &receiver->link, sp_slice(line->session_id, sizeof(line->session_id)));
    struct push_in *file = first_of(line);
    enum sp_err     err;

    if (lent != NULL) {
        config.relay = lent->lease;
    }
    err = msrp_open(receiver->link.msrp, receiver->link.now_us, &config, &line->msrp);
    if (err != SP_OK) {
        line->msrp = (struct sp_handle){ 0 };
        return err;
    }
    if (file != NULL) {
        push_in_enter(receiver, file, PUSH_IN_FLOWING, "answer");
    }
    enter(receiver, line, PUSH_LINE_SETUP, "answer");
    return SP_OK;
}

void push_line_end(struct push_receiver *receiver, struct push_line *line, enum sp_err err,
                   uint16_t status)
{
    struct push_in *in;

    while ((in = first_of(line)) != NULL) {
        push_in_fail(receiver, in, err, status);
    }
    if (!sp_handle_none(line->msrp)) {
        /* Stale where the endpoint gave it up before us. */
        (void)!msrp_close(receiver->link.msrp, receiver->link.now_us, line->msrp);
    }
    push_relay_return(&receiver->link, line->session_id);
    sp_timer_stop(&receiver->timers, &line->timer);
    sp_list_remove(&line->in_call);
    sp_pool_give(&receiver->lines, line);
}

/* Its session cannot go on. Where none of a call ever came up, there is nothing to wait for. */
static void down(struct push_receiver *receiver, struct push_line *line, enum sp_err err)
{
    struct push_call *call = line->call;
    bool              never_up = line->state == PUSH_LINE_SETUP;

    push_line_end(receiver, line, err, 0);
    if (never_up && sp_list_first(&call->lines) == NULL && call->state == PUSH_CALL_TALKING) {
        push_call_end(receiver, call, err);
    } else {
        push_call_settle(receiver, call);
    }
}

/* It is our user who decides or stores, and not the peer who is silent. */
static bool with_user(const struct push_line *line)
{
    struct sp_link *link;

    for (link = sp_list_first(&line->contents); link != NULL;
         link = sp_list_after(&line->contents, link)) {
        const struct push_in *in = SP_OF(link, struct push_in, in_line);

        if (in->state == PUSH_IN_OFFERED || in->state == PUSH_IN_CHECKING) {
            return true;
        }
    }
    return false;
}

void push_line_timer(struct push_receiver *receiver, struct push_line *line)
{
    struct push_call *call = line->call;

    if (line->state == PUSH_LINE_UP && with_user(line)) {
        restart_idle(receiver, line);
        return;
    }
    if (line->state != PUSH_LINE_ABORTED) {
        down(receiver, line, SP_TIMEOUT);
        return;
    }
    push_line_end(receiver, line, SP_INTERRUPTED, 0);
    push_call_drop(receiver, call);
    push_call_settle(receiver, call);
}

void push_line_moved(struct push_receiver *receiver)
{
    struct push_line *line = NULL;

    while ((line = sp_pool_next(&receiver->lines, line)) != NULL) {
        if (push_relay_moved(&receiver->link,
                             sp_slice(line->session_id, sizeof(line->session_id)))) {
            push_call_drop(receiver, line->call);
        }
    }
}

void push_line_abort(struct push_receiver *receiver, struct push_in *in, enum sp_err err,
                     uint16_t status)
{
    struct push_line *line = in->line;

    if (!sp_handle_none(in->message)) {
        /* Stale where its session went first. */
        (void)!msrp_judge(receiver->link.msrp, receiver->link.now_us, in->message, status);
    }
    push_in_fail(receiver, in, err, status);
    if (line->file) {
        enter(receiver, line, PUSH_LINE_ABORTED, "abort");
    }
}

bool push_line_idle(const struct push_line *line)
{
    return line->file && first_of(line) == NULL;
}

static struct push_in *find(const struct push_line *line, struct sp_handle message)
{
    struct sp_link *link;

    for (link = sp_list_first(&line->contents); link != NULL;
         link = sp_list_after(&line->contents, link)) {
        struct push_in *in = SP_OF(link, struct push_in, in_line);

        if (sp_handle_eq(in->message, message)) {
            return in;
        }
    }
    return NULL;
}

/* Judge a message that is no content of ours. */
static void judge(struct push_receiver *receiver, struct sp_handle message, uint16_t status)
{
    /* Stale where its session went first. */
    (void)!msrp_judge(receiver->link.msrp, receiver->link.now_us, message, status);
}

/* What it is known by when it comes again, its connection having been lost. */
static void key_of(struct push_receiver *receiver, const struct push_line *line,
                   const struct msrp_action *msrp, struct push_key *key)
{
    push_key_of_msrp(key, push_user_of(sp_pool_handle(&receiver->calls, line->call)),
                     msrp->message_id, msrp->content_type, msrp->total);
}

/* A message in a session without a file: a content, to be decided at once. */
static bool begin_message(struct push_receiver *receiver, struct push_line *line,
                          const struct msrp_action *msrp, struct push_receiver_action *action)
{
    bool            barred = push_is_reference(msrp->content_type) && !receiver->references;
    struct sp_buf   name = sp_buf(receiver->text, receiver->limits.message_octets);
    struct push_in *in;
    struct push_key key;

    key_of(receiver, line, msrp, &key);
    if (push_seen_has(&receiver->seen, receiver->link.now_us, &key)) {
        return false; /* again: taken, and not told */
    }
    in = barred ? NULL : push_in_make(receiver, line);
    if (in == NULL) {
        judge(receiver, msrp->message, barred ? 415 : 413);
        return false;
    }
    push_put_disposition_name(&name, msrp->disposition);
    in->message = msrp->message;
    in->octets = msrp->total;
    in->key = key;
    push_in_enter(receiver, in, PUSH_IN_OFFERED, "SEND");
    *action = (struct push_receiver_action){
        .kind = PUSH_RECEIVER_OFFERED,
        .push = sp_pool_handle(&receiver->ins, in),
        .mode = PUSH_SESSION,
        .from = line->call->from,
        .content = { .name = sp_written(&name), .type = msrp->content_type, .octets = msrp->total },
        .app = line->call->app.len > 0 ? line->call->app : push_app_of_type(msrp->content_type),
        .at_once = true,
        .expires_s = INT64_MAX,
    };
    receiver->at_once = action->push;
    return true;
}

/* The message that holds a line's file. */
static void begin_file(struct push_receiver *receiver, struct push_line *line,
                       const struct msrp_action *msrp)
{
    struct push_in *file = first_of(line);

    if (file == NULL || !sp_handle_none(file->message)) {
        judge(receiver, msrp->message, 403); /* a second one: RFC 5547 8.7 */
        return;
    }
    file->message = msrp->message;
    key_of(receiver, line, msrp, &file->key);
    file->repeated = push_seen_has(&receiver->seen, receiver->link.now_us, &file->key);
    if (msrp->total != UINT64_MAX && file->octets != UINT64_MAX && msrp->total != file->octets) {
        push_line_abort(receiver, file, SP_INTEGRITY, 413);
    }
}

static bool content(struct push_receiver *receiver, struct push_in *in,
                    const struct msrp_action *msrp, struct push_receiver_action *action)
{
    if (in->line->file && in->octets != UINT64_MAX &&
        (msrp->offset > in->octets || msrp->content.len > in->octets - msrp->offset)) {
        push_line_abort(receiver, in, SP_INTEGRITY, 413);
        return false;
    }
    if (in->repeated) {
        return false;
    }
    *action = (struct push_receiver_action){
        .kind = PUSH_RECEIVER_CONTENT,
        .push = sp_pool_handle(&receiver->ins, in),
        .user = in->user,
        .offset = in->offset + msrp->offset,
        .octets = msrp->content,
    };
    return true;
}

static bool complete(struct push_receiver *receiver, struct push_in *in,
                     const struct msrp_action *msrp, struct push_receiver_action *action)
{
    if (in->line->file && in->octets != UINT64_MAX && msrp->total != in->octets) {
        push_line_abort(receiver, in, SP_INTEGRITY, 400);
        return false;
    }
    if (in->repeated) {
        judge(receiver, msrp->message, 200);
        push_in_fail(receiver, in, SP_REPEATED, 0);
        return false;
    }
    push_in_enter(receiver, in, PUSH_IN_CHECKING, "all octets");
    *action = (struct push_receiver_action){
        .kind = PUSH_RECEIVER_COMPLETE,
        .push = sp_pool_handle(&receiver->ins, in),
        .user = in->user,
        .total = in->offset + msrp->total,
    };
    return true;
}

/* CONTENT, COMPLETE, ABORTED of a content that flows. */
static bool take_message(struct push_receiver *receiver, struct push_line *line,
                         const struct msrp_action *msrp, struct push_receiver_action *action)
{
    struct push_in *in = find(line, msrp->message);

    if (in == NULL && msrp->kind == MSRP_COMPLETE && !line->file) {
        judge(receiver, msrp->message, 200); /* it was delivered before its session was lost */
    }
    if (in == NULL) {
        return false;
    }
    if (msrp->kind == MSRP_ABORTED) {
        push_in_fail(receiver, in, msrp->err == SP_OK ? SP_INTERRUPTED : msrp->err, msrp->status);
        return false;
    }
    if (in->state != PUSH_IN_FLOWING) {
        return false;
    }
    return msrp->kind == MSRP_CONTENT ? content(receiver, in, msrp, action)
                                      : complete(receiver, in, msrp, action);
}

bool push_line_msrp(struct push_receiver *receiver, const struct msrp_action *msrp,
                    struct push_receiver_action *action)
{
    struct push_line *line = sp_pool_find(&receiver->lines, push_handle_of(msrp->session_user));
    struct push_call *call = line != NULL ? line->call : NULL;
    bool              told = false;

    if (line == NULL) {
        return false;
    }
    if (line->state == PUSH_LINE_UP) {
        restart_idle(receiver, line);
    }
    switch (msrp->kind) {
    case MSRP_UP:
        if (line->state == PUSH_LINE_SETUP) {
            enter(receiver, line, PUSH_LINE_UP, "SEND");
        }
        break;
    case MSRP_DOWN: down(receiver, line, msrp->err); return false;
    case MSRP_MESSAGE:
        if (!line->file) {
            return begin_message(receiver, line, msrp, action);
        }
        begin_file(receiver, line, msrp);
        break;
    case MSRP_CONTENT:
    case MSRP_COMPLETE:
    case MSRP_ABORTED: told = take_message(receiver, line, msrp, action); break;
    default: break;
    }
    push_call_settle(receiver, call);
    return told;
}
