/* SPDX-License-Identifier: MIT
 * push/push_flow.c -- contents on their way over MSRP: what the endpoint tells of them. RFC 4975
 * 7.1, 7.3; RFC 5547 8.7.
 *
 * Promises: delivered is only what a success REPORT confirmed. Never: assigns the state of an order
 * (push_job.c) or of a content (push_out.c). */
#include "push_out.h"

#define AFTER_LOSS_MS 1000

/* The leader of the batch whose session this is; NULL: none. */
static struct push_out *leader_of(struct push_job *job, struct sp_handle session)
{
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        struct push_out *out = &job->outs[i];

        if (out->media != PUSH_MEDIA_NONE && sp_handle_eq(out->msrp, session)) {
            return out;
        }
    }
    return NULL;
}

static void media_up(struct push_sender *sender, struct push_job *job, struct push_out *leader)
{
    uint32_t i;

    leader->media = PUSH_MEDIA_UP;
    for (i = job->first; i < job->last; i++) {
        if (job->outs[i].media == PUSH_MEDIA_SETUP) {
            return;
        }
    }
    push_job_idle(sender, job);
}

static bool lost(const struct push_out *out)
{
    return out->state == PUSH_OUT_WAITING && out->lost != SP_OK;
}

/* A connection was lost, and what flowed over it is to be offered again: not before the other side
 * knows of it, too, and relays of ours may have been asked for other URIs. */
static void wait_after_loss(struct push_sender *sender, struct push_job *job)
{
    bool     relayed = sender->link.relay.config.relays.len > 0;
    uint64_t after_ms = AFTER_LOSS_MS + (relayed ? PUSH_RELAY_AGAIN_US / 1000 : 0);

    if (job->state == PUSH_JOB_TALKING && push_job_any(job, lost) &&
        !push_job_any(job, push_out_busy)) {
        push_job_pause(sender, job, after_ms);
    }
}

static void media_down(struct push_sender *sender, struct push_job *job, struct push_out *leader,
                       enum sp_err err)
{
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        if (job->outs[i].leader == leader->index && push_out_busy(&job->outs[i]) &&
            !push_out_again(sender, &job->outs[i], err)) {
            push_out_end(sender, &job->outs[i], err, 0, sp_slice(NULL, 0),
                         err == SP_TIMEOUT ? "MSRP set-up" : NULL);
        }
    }
}

/* WANT, SENT, PROGRESS, DELIVERED, FAILED of content `out`. */
static bool take_message(struct push_sender *sender, struct push_job *job, struct push_out *out,
                         const struct msrp_action *msrp, struct push_sender_action *action)
{
    if (job->timer.name == PUSH_TIMER_IDLE) {
        push_job_idle(sender, job);
    }
    if (msrp->kind == MSRP_WANT && out->content.body.len > 0) {
        msrp_content(
            sender->link.msrp, sender->link.now_us, msrp->message, msrp->offset,
            sp_head(sp_from(out->content.body, (size_t)(out->content.offset + msrp->offset)),
                    (size_t)msrp->octets));
        return false;
    }
    if (msrp->kind == MSRP_WANT || msrp->kind == MSRP_PROGRESS) {
        *action = (struct push_sender_action){
            .kind = msrp->kind == MSRP_WANT ? PUSH_SENDER_WANT : PUSH_SENDER_PROGRESS,
            .order = sp_pool_handle(&sender->jobs, job),
            .user = job->user,
            .index = out->index,
            .offset = out->content.offset + msrp->offset,
            .octets = msrp->octets,
        };
        return true;
    }
    if (msrp->kind == MSRP_DELIVERED) {
        push_out_end(sender, out, SP_OK, msrp->status, sp_slice(NULL, 0), NULL);
    } else if (msrp->kind == MSRP_FAILED && msrp->err == SP_STORAGE) {
        push_job_drop(sender, job, out, SP_STORAGE);
    } else if (msrp->kind == MSRP_FAILED && !push_out_again(sender, out, msrp->err)) {
        push_out_end(sender, out, msrp->err, msrp->status, sp_slice(NULL, 0),
                     msrp->err == SP_TIMEOUT ? "MSRP response" : NULL);
    }
    return false;
}

bool push_job_msrp(struct push_sender *sender, const struct msrp_action *msrp,
                   struct push_sender_action *action)
{
    struct push_job *job = sp_pool_find(&sender->jobs, push_handle_of(msrp->session_user));
    struct push_out *leader = job != NULL ? leader_of(job, msrp->session) : NULL;
    bool             told = false;

    if (msrp->kind == MSRP_MESSAGE) {
        /* Our session is one-way. */
        (void)!msrp_judge(sender->link.msrp, sender->link.now_us, msrp->message, 403);
        return false;
    }
    if (leader == NULL) {
        return false;
    }
    switch (msrp->kind) {
    case MSRP_UP: media_up(sender, job, leader); break;
    case MSRP_DOWN: media_down(sender, job, leader, msrp->err); break;
    case MSRP_WANT:
    case MSRP_SENT:
    case MSRP_PROGRESS:
    case MSRP_DELIVERED:
    case MSRP_FAILED:
        if (msrp->user < job->count && push_out_busy(&job->outs[msrp->user])) {
            told = take_message(sender, job, &job->outs[msrp->user], msrp, action);
        }
        break;
    default: break;
    }
    wait_after_loss(sender, job);
    push_job_go_on(sender, job);
    return told;
}

void push_job_timer(struct push_sender *sender, struct push_job *job)
{
    bool     setup = job->timer.name == PUSH_TIMER_SETUP;
    uint32_t i;

    if (job->timer.name == PUSH_TIMER_ANSWER || job->timer.name == PUSH_TIMER_TRYING) {
        push_job_end_all(sender, job, SP_TIMEOUT, 0, sp_slice(NULL, 0),
                         job->timer.name == PUSH_TIMER_ANSWER ? "C" : "TRYING");
        push_job_over(sender, job);
        return;
    }
    if (job->timer.name == PUSH_TIMER_AGAIN) {
        push_job_again(sender, job);
        return;
    }
    for (i = job->first; i < job->last; i++) {
        struct push_out *out = &job->outs[i];

        if (push_out_busy(out) && (!setup || job->outs[out->leader].media != PUSH_MEDIA_UP)) {
            push_out_end(sender, out, SP_TIMEOUT, 0, sp_slice(NULL, 0),
                         setup ? "MSRP set-up" : "MSRP report");
        }
    }
    push_job_idle(sender, job);
    push_job_go_on(sender, job);
}
