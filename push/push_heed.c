/* SPDX-License-Identifier: MIT
 * push/push_heed.c -- what the user agent tells of an order's requests and session. RFC 3261 8.1.3,
 * 13.2.2, 14, 15; RFC 3428 4, 7.
 *
 * Promises: an answer means what push_verdict.h says; an order whose session ends, ends. Never:
 * counts a 202 as delivered. */
#include "../parser/sip_delta.h"
#include "../parser/sip_media.h"
#include "push_out.h"
#include "push_verdict.h"

static struct sp_slice reason_of(const struct sip_ua_action *sip)
{
    return sip->msg != NULL ? sip->msg->reason : sp_slice(NULL, 0);
}

static struct sp_slice body_of(const struct sip_ua_action *sip)
{
    return sip->msg != NULL ? sip->msg->body : sp_slice(NULL, 0);
}

/* No answer: the same may go better later, but a name that there is not stays so. */
static bool passing(enum sp_err err)
{
    return err == SP_TIMEOUT || err == SP_TRANSPORT || err == SP_CLOSED || err == SP_REFUSED;
}

static struct push_reply reply_of(const struct push_job *job, const struct sip_ua_action *sip)
{
    struct push_reply reply = {
        .mode = job->mode,
        .status = sip->status,
        .tries = job->tries,
        .retries = job->retries,
        .other_mode = job->other_mode && !sip->again,
    };
    struct sip_delta delta;
    struct sp_where  where;
    struct sp_slice  after;

    if (sip->kind == SIP_UA_FAILED) {
        reply.status = 0;
        reply.retries = passing(sip->err) ? job->retries : 0;
    }
    if (sip->msg != NULL) {
        after = sip_msg_value(sip->msg, SIP_FIELD_RETRY_AFTER);
        reply.has_retry_after = sip_delta_parse(after, &delta, &where) == SP_OK;
        reply.retry_after_s = reply.has_retry_after ? delta.seconds : 0;
    }
    return reply;
}

/* What was asked for is to be asked for again. */
static void wait_batch(struct push_sender *sender, struct push_job *job)
{
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        if (push_out_busy(&job->outs[i])) {
            push_out_wait(sender, &job->outs[i]);
        }
    }
}

/* Ask the same in the other mode. */
static void change_mode(struct push_sender *sender, struct push_job *job)
{
    bool pager = job->mode == PUSH_PAGER;

    wait_batch(sender, job);
    job->other_mode = false; /* once */
    job->tries = 0;
    job->mode = pager ? PUSH_SESSION : PUSH_PAGER;
    job->why = pager ? "the MESSAGE was not taken" : "the session was not taken";
    sp_list_add(&sender->chosen, &job->chosen);
    push_job_enter(sender, job, PUSH_JOB_NEW, "other mode");
}

/* Why no answer came. A system that has no such port open is not the peer who refuses. */
static enum sp_err silence_of(const struct sip_ua_action *sip)
{
    return sip->err == SP_REFUSED ? SP_TRANSPORT : sip->err;
}

/* A final answer to MESSAGE, a refusal of INVITE, or none at all. True: go on. */
static bool judged(struct push_sender *sender, struct push_job *job,
                   const struct sip_ua_action *sip)
{
    struct push_reply reply = reply_of(job, sip);
    bool              silent = sip->kind == SIP_UA_FAILED;
    uint64_t          after_ms;

    switch (push_verdict_of(&reply, &after_ms)) {
    case PUSH_VERDICT_DELIVERED:
        job->tries = 0;
        push_job_end_batch(sender, job, SP_OK, sip->status, reason_of(sip), NULL);
        break;
    case PUSH_VERDICT_PENDING:
        job->tries = 0;
        push_job_end_batch(sender, job, SP_PENDING, sip->status, reason_of(sip), NULL);
        break;
    case PUSH_VERDICT_REFUSED:
        job->tries = 0;
        push_job_end_batch(sender, job, SP_REFUSED, sip->status, reason_of(sip), NULL);
        if (job->query && job->mode == PUSH_SESSION) {
            /* It was OPTIONS, which spoke of no content. */
            push_job_end_all(sender, job, SP_REFUSED, sip->status, reason_of(sip), NULL);
        }
        break;
    case PUSH_VERDICT_HOPELESS:
        push_job_end_all(sender, job, silent ? silence_of(sip) : SP_REFUSED, reply.status,
                         reason_of(sip), silent ? sip->timer : NULL);
        push_job_over(sender, job);
        return false;
    case PUSH_VERDICT_LATER: push_job_pause(sender, job, after_ms); return false;
    case PUSH_VERDICT_MODE: change_mode(sender, job); break;
    }
    return true;
}

static void first_answer(struct push_sender *sender, struct push_job *job)
{
    if (job->rtt_us == 0) {
        job->rtt_us = sender->link.now_us - job->asked_us;
    }
}

/* The answer to OPTIONS. One that says nothing of sessions leaves it to the offer to ask. True: go
 * on. */
static bool query_answered(struct push_sender *sender, struct push_job *job,
                           const struct sip_ua_action *sip)
{
    bool told = sip->status < 300 && sip->msg != NULL;

    push_job_enter(sender, job, PUSH_JOB_NEW, "capabilities");
    if (sip->status >= 300 && sip->status != 405 && sip->status != 406 && sip->status != 501) {
        job->query = true; /* when it is asked again */
        return judged(sender, job, sip);
    }
    job->tries = 0;
    wait_batch(sender, job);
    if (told && !push_query_answered(sender, job, sip->msg->body)) {
        change_mode(sender, job);
    }
    return true;
}

static void offer_answered(struct push_sender *sender, struct push_job *job,
                           const struct sip_ua_action *sip)
{
    bool left = push_offer_answered(sender, job, body_of(sip));

    job->tries = 0;
    push_job_enter(sender, job, PUSH_JOB_TALKING, "2xx");
    if (left && push_job_any(job, push_out_busy) && push_job_send_drop(sender, job) == SP_OK) {
        push_job_enter(sender, job, PUSH_JOB_DROPPING, "drop");
    }
}

static void their_offer(struct push_sender *sender, struct push_job *job,
                        const struct sip_ua_action *sip)
{
    struct sp_buf answer = sp_buf(sender->scratch, sender->limits.message_octets);
    uint64_t      now_us = sender->link.now_us;
    bool          now = push_job_flows(job->state) && sip->msg != NULL;
    enum sp_err   err = now ? push_reoffer_answer(sender, job, sip->msg->body, &answer) : SP_STATE;

    if (err == SP_OK) {
        err = sip_ua_accept(sender->link.ua, now_us, sip->session, SP_LIT("application/sdp"),
                            sp_written(&answer));
    }
    if (err == SP_OK) {
        push_job_enter(sender, job, PUSH_JOB_REINVITED, "their offer");
    } else {
        (void)!sip_ua_refuse(sender->link.ua, now_us, sip->session, 488, sp_slice(NULL, 0));
    }
}

/* A 415 whose Accept has multipart/related is about something else (RFC 3261 21.4.13). */
static bool takes_related(const struct sip_msg *msg)
{
    const struct sip_field *accept = msg != NULL ? sip_msg_find(msg, SIP_FIELD_ACCEPT) : NULL;

    for (; accept != NULL; accept = sip_msg_find_next(msg, accept)) {
        if (sip_media_type_accepted(accept->value, SP_LIT("multipart/related"))) {
            return true;
        }
    }
    return false;
}

/* A refusal that tells what would be taken: the batch is asked for again, so. */
static bool corrected(struct push_sender *sender, struct push_job *job,
                      const struct sip_ua_action *sip)
{
    if (sip->status == 415 && push_ask_related(job) && !takes_related(sip->msg)) {
        job->plain = true; /* without icons: RFC 5547 8.8 */
    } else if (sip->status != 488 || !push_offer_corrected(sender, job, body_of(sip))) {
        return false;
    }
    wait_batch(sender, job); /* the others were not asked about by themselves */
    return true;
}

/* What a note of the user agent means to an order in this state; false: nothing. */
static bool take_sip(struct push_sender *sender, struct push_job *job,
                     const struct sip_ua_action *sip)
{
    bool asking = job->state == PUSH_JOB_INVITING || job->state == PUSH_JOB_REINVITING;

    switch (sip->kind) {
    case SIP_UA_RESPONSE:
        if (job->state == PUSH_JOB_QUERYING && sip->status >= 200) {
            first_answer(sender, job);
            return query_answered(sender, job, sip);
        }
        if (job->state != PUSH_JOB_MESSAGE || sip->status < 200) {
            return false;
        }
        first_answer(sender, job);
        push_job_enter(sender, job, PUSH_JOB_NEW, "answer");
        return judged(sender, job, sip);
    case SIP_UA_PROGRESS:
        if (asking) {
            push_job_answer_by(sender, job, sip->status);
        }
        return false;
    case SIP_UA_ACCEPTED:
        if (job->state == PUSH_JOB_DROPPING) {
            push_job_enter(sender, job, PUSH_JOB_TALKING, "2xx");
            return true;
        }
        if (!asking) {
            return false;
        }
        first_answer(sender, job);
        job->sip = sip->session; /* another branch than the first that rang may have answered */
        offer_answered(sender, job, sip);
        return true;
    case SIP_UA_REFUSED:
        if (job->state == PUSH_JOB_DROPPING) {
            push_job_enter(sender, job, PUSH_JOB_TALKING, "3xx-6xx");
            return true;
        }
        if (!asking) {
            return false;
        }
        first_answer(sender, job);
        if (!sip->again) {
            job->sip = (struct sp_handle){ 0 };
        }
        push_job_enter(sender, job, sip->again ? PUSH_JOB_TALKING : PUSH_JOB_NEW, "3xx-6xx");
        return corrected(sender, job, sip) || judged(sender, job, sip);
    case SIP_UA_FAILED: job->sip = (struct sp_handle){ 0 }; return judged(sender, job, sip);
    case SIP_UA_ENDED:
        job->sip = (struct sp_handle){ 0 };
        push_job_end_all(sender, job, sip->err == SP_OK ? SP_INTERRUPTED : sip->err, 0,
                         sp_slice(NULL, 0), sip->timer);
        push_job_over(sender, job);
        return false;
    case SIP_UA_REINVITED: their_offer(sender, job, sip); return false;
    case SIP_UA_CONFIRMED:
        if (job->state != PUSH_JOB_REINVITED) {
            return false;
        }
        push_job_enter(sender, job, PUSH_JOB_TALKING, "ACK");
        return true;
    default: return false;
    }
}

void push_job_sip(struct push_sender *sender, const struct sip_ua_action *sip)
{
    struct push_job *job = sp_pool_find(&sender->jobs, push_handle_of(sip->user));
    uint64_t         now_us = sender->link.now_us;

    /* We receive nothing: what is asked of us has no answer but this. Stale is as good. */
    if (sip->kind == SIP_UA_REQUEST) {
        (void)!sip_ua_respond(sender->link.ua, now_us, sip->request, 480, sp_slice(NULL, 0),
                              sp_slice(NULL, 0), sp_slice(NULL, 0));
    } else if (sip->kind == SIP_UA_INVITED) {
        (void)!sip_ua_refuse(sender->link.ua, now_us, sip->session, 480, sp_slice(NULL, 0));
    } else if (sip->kind == SIP_UA_REINVITED && job == NULL) {
        (void)!sip_ua_refuse(sender->link.ua, now_us, sip->session, 488, sp_slice(NULL, 0));
    } else if (job != NULL && take_sip(sender, job, sip)) {
        push_job_go_on(sender, job);
    }
}
