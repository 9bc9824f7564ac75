/* SPDX-License-Identifier: MIT
 * push/push_out.c -- one content of an order: a machine that ends exactly once. RFC 5547 8.
 *
 * Promises: whatever comes twice (a report and a BYE, a refusal and a time-out), the first end
 * counts and is told once. Never: talks to the agents below. */
#include "push_out.h"

#include <string.h>

const char *push_out_state_name(enum push_out_state state)
{
    switch (state) {
    case PUSH_OUT_WAITING: return "WAITING";
    case PUSH_OUT_ASKED: return "ASKED";
    case PUSH_OUT_TAKEN: return "TAKEN";
    case PUSH_OUT_MOVING: return "MOVING";
    case PUSH_OUT_ENDED: return "ENDED";
    case PUSH_OUT_TOLD: return "TOLD";
    }
    return "";
}

static void enter(struct push_sender *sender, struct push_out *out, enum push_out_state state,
                  const char *on)
{
    uint64_t id = (uint64_t)sp_pool_handle(&sender->jobs, out->job).slot << 32 | out->index;

    sp_trace_arrow(&sender->link.trace, sender->link.now_us, "push-content", id,
                   push_out_state_name(out->state), on, push_out_state_name(state));
    out->state = state;
    sp_list_remove(&out->note);
    if (state == PUSH_OUT_TAKEN || state == PUSH_OUT_ENDED) {
        sp_list_add(&sender->outs, &out->note);
    }
}

void push_out_ask(struct push_sender *sender, struct push_out *out)
{
    enter(sender, out, PUSH_OUT_ASKED, "ask");
}

void push_out_wait(struct push_sender *sender, struct push_out *out)
{
    enter(sender, out, PUSH_OUT_WAITING, "later");
}

/* Does any content of the batch need more than one small chunk? They may share a connection. */
static bool has_large(const struct push_job *job)
{
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        if (job->outs[i].content.octets - job->outs[i].content.offset > PUSH_SMALL_OCTETS) {
            return true;
        }
    }
    return false;
}

/* Some relays and middleboxes drop a connection under a large chunk, and let small ones pass. That
 * is tried once, where there was a large one: its session was up, so its octets flowed. */
bool push_out_again(struct push_sender *sender, struct push_out *out, enum sp_err err)
{
    const struct push_job *job = out->job;
    bool                   flows = out->state == PUSH_OUT_TAKEN || out->state == PUSH_OUT_MOVING;

    if ((err != SP_CLOSED && err != SP_TRANSPORT) || out->lost != SP_OK || job->served || !flows ||
        job->outs[out->leader].media != PUSH_MEDIA_UP || !has_large(job)) {
        return false;
    }
    out->lost = err;
    enter(sender, out, PUSH_OUT_WAITING, "connection lost");
    return true;
}

void push_out_take(struct push_sender *sender, struct push_out *out)
{
    enter(sender, out, PUSH_OUT_TAKEN, "answer");
}

void push_out_move(struct push_sender *sender, struct push_out *out)
{
    enter(sender, out, PUSH_OUT_MOVING, "told");
}

void push_out_end(struct push_sender *sender, struct push_out *out, enum sp_err err,
                  uint16_t status, struct sp_slice reason, const char *timer)
{
    if (out->state == PUSH_OUT_ENDED || out->state == PUSH_OUT_TOLD) {
        return;
    }
    if (out->lost != SP_OK && err != SP_OK && err != SP_INTERRUPTED &&
        (out->state == PUSH_OUT_WAITING || out->state == PUSH_OUT_ASKED)) {
        /* It was not taken again: what it ended by is the loss. */
        err = out->lost;
        status = 0;
        timer = NULL;
    }
    reason = sp_head(reason, sizeof(out->reason));
    if (reason.len > 0) {
        memcpy(out->reason, reason.at, reason.len);
    }
    out->reason_octets = (uint32_t)reason.len;
    out->err = err;
    out->status = status;
    out->timer = timer;
    enter(sender, out, PUSH_OUT_ENDED, sp_err_name(err));
}

void push_out_told(struct push_sender *sender, struct push_out *out)
{
    enter(sender, out, PUSH_OUT_TOLD, "told");
}

bool push_out_busy(const struct push_out *out)
{
    return out->state == PUSH_OUT_ASKED || out->state == PUSH_OUT_TAKEN ||
           out->state == PUSH_OUT_MOVING;
}

bool push_out_is_file(const struct push_out *out)
{
    return out->content.name.len > 0;
}

bool push_out_has_icon(const struct push_out *out)
{
    return push_out_is_file(out) && out->content.icon.len > 0 && !out->job->plain;
}
