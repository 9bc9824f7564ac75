/* SPDX-License-Identifier: MIT
 * push/push_job.c -- one order: a machine that asks for its contents, batch after batch. RFC 3428
 * 4, 8; RFC 3261 13, 14, 15; RFC 5547 8.2, 8.6, 8.7.
 *
 * Promises: every content ends once, whatever happens to the session; the session ends when no
 * content is left. A file's MSRP session is closed before the next one is offered on its m= line.
 * Never: two batches at a time. */
#include "push_out.h"

#define TRYING_T1 80

static const char *state_name(enum push_job_state state)
{
    switch (state) {
    case PUSH_JOB_NEW: return "NEW";
    case PUSH_JOB_ASKED: return "ASKED";
    case PUSH_JOB_MESSAGE: return "MESSAGE";
    case PUSH_JOB_QUERYING: return "QUERYING";
    case PUSH_JOB_INVITING: return "INVITING";
    case PUSH_JOB_TALKING: return "TALKING";
    case PUSH_JOB_REINVITING: return "REINVITING";
    case PUSH_JOB_DROPPING: return "DROPPING";
    case PUSH_JOB_REINVITED: return "REINVITED";
    case PUSH_JOB_PAUSED: return "PAUSED";
    case PUSH_JOB_OVER: return "OVER";
    }
    return "";
}

/* Contents are on their way. */
bool push_job_flows(enum push_job_state state)
{
    return state == PUSH_JOB_TALKING || state == PUSH_JOB_DROPPING || state == PUSH_JOB_REINVITED;
}

/* A request is under way, ours or theirs; or it is not time yet. */
static bool pending(enum push_job_state state)
{
    return state == PUSH_JOB_MESSAGE || state == PUSH_JOB_QUERYING || state == PUSH_JOB_INVITING ||
           state == PUSH_JOB_REINVITING || state == PUSH_JOB_DROPPING ||
           state == PUSH_JOB_REINVITED || state == PUSH_JOB_PAUSED;
}

void push_job_answer_by(struct push_sender *sender, struct push_job *job, uint16_t status)
{
    uint64_t after_ms = sender->limits.timer_c_ms;

    /* A proxy on the way would give up by its Timer C (RFC 3261 16.6); so do we without one. After
     * a 100 nothing is known of who it is for: no longer than its Timer B and then some. */
    job->timer.name = PUSH_TIMER_ANSWER;
    if (status == 100) {
        job->timer.name = PUSH_TIMER_TRYING;
        after_ms = TRYING_T1 * (uint64_t)sender->limits.t1_ms;
    }
    sp_timer_start(&sender->timers, &job->timer, sender->link.now_us + after_ms * 1000);
}

void push_job_enter(struct push_sender *sender, struct push_job *job, enum push_job_state state,
                    const char *on)
{
    sp_trace_arrow(&sender->link.trace, sender->link.now_us, "push-order",
                   sp_pool_handle(&sender->jobs, job).slot, state_name(job->state), on,
                   state_name(state));
    if (push_job_flows(job->state) && push_job_flows(state)) {
        job->state = state; /* their time runs on */
        return;
    }
    job->state = state;
    sp_timer_stop(&sender->timers, &job->timer);
    if (state == PUSH_JOB_TALKING) {
        job->timer.name = PUSH_TIMER_SETUP;
        sp_timer_start(&sender->timers, &job->timer,
                       sender->link.now_us + sender->limits.msrp_timeout_ms * UINT64_C(1000));
    } else if (state == PUSH_JOB_INVITING || state == PUSH_JOB_REINVITING) {
        push_job_answer_by(sender, job, 0);
    } else if (state == PUSH_JOB_OVER) {
        sp_list_add(&sender->over, &job->over);
    }
}

/* The octets flow, or a report is awaited: twice the time that a chunk's answer may take
 * (RFC 4975 7.1.1 bounds no report). */
void push_job_idle(struct push_sender *sender, struct push_job *job)
{
    if (push_job_flows(job->state)) {
        job->timer.name = PUSH_TIMER_IDLE;
        sp_timer_start(&sender->timers, &job->timer,
                       sender->link.now_us + sender->limits.msrp_timeout_ms * UINT64_C(2000));
    }
}

static struct sp_slice no_words(void)
{
    return sp_slice(NULL, 0);
}

/* End what is busy of the batch. */
void push_job_end_batch(struct push_sender *sender, struct push_job *job, enum sp_err err,
                        uint16_t status, struct sp_slice reason, const char *timer)
{
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        if (push_out_busy(&job->outs[i])) {
            push_out_end(sender, &job->outs[i], err, status, reason, timer);
        }
    }
}

void push_job_end_all(struct push_sender *sender, struct push_job *job, enum sp_err err,
                      uint16_t status, struct sp_slice reason, const char *timer)
{
    uint32_t i;

    for (i = 0; i < job->count; i++) {
        push_out_end(sender, &job->outs[i], err, status, reason, timer);
    }
}

static void close_media(struct push_sender *sender, struct push_job *job)
{
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        push_offer_close(sender, &job->outs[i]);
    }
}

static void end_session(struct push_sender *sender, struct push_job *job)
{
    if (!sp_handle_none(job->sip)) {
        (void)!sip_ua_end(sender->link.ua, sender->link.now_us, job->sip);
        job->sip = (struct sp_handle){ 0 };
    }
}

static bool waiting(const struct push_out *out)
{
    return out->state == PUSH_OUT_WAITING;
}

/* Lines that a session has keep their places (RFC 3264 8): those of the last batch, ended or not.
 * In sequence it is always the one line that serves again. */
static bool keeps_line(const struct push_job *job, uint32_t i)
{
    return job->parallel && !sp_handle_none(job->sip) && job->outs[i].leader == i;
}

void push_job_batch(struct push_job *job)
{
    uint32_t i, leader = PUSH_NO_LEADER; /* of the messages that are no files */

    job->first = job->last = job->count;
    for (i = 0; i < job->count; i++) {
        bool file = push_out_is_file(&job->outs[i]);

        if (!waiting(&job->outs[i]) && !keeps_line(job, i)) {
            job->outs[i].leader = PUSH_NO_LEADER;
            continue; /* ended before, or given up */
        }
        if (job->first == job->count) {
            job->first = i;
        } else if (!job->parallel && (file || push_out_is_file(&job->outs[job->first]))) {
            break; /* in sequence: one file, or a run of messages */
        }
        if (!file && leader == PUSH_NO_LEADER) {
            leader = i;
        }
        job->outs[i].leader = file ? i : leader;
        job->last = i + 1;
        if (job->mode == PUSH_PAGER) {
            break;
        }
    }
}

static enum sp_err send_message(struct push_sender *sender, struct push_job *job)
{
    struct sip_ua_request request;
    struct sp_buf         fields;
    struct sp_handle      handle;

    push_ask_message(sender, job, &job->outs[job->first], &request, &fields);
    if (fields.err != SP_OK) {
        return fields.err;
    }
    return sip_ua_send(sender->link.ua, sender->link.now_us, &request, &handle);
}

static enum sp_err send_offer(struct push_sender *sender, struct push_job *job)
{
    struct sip_ua_request request;
    struct sp_slice       sdp;
    enum sp_err           err;

    err = push_offer_draw(sender, job);
    if (err == SP_OK) {
        err = push_ask_invite(sender, job, &request, &sdp);
    }
    if (err != SP_OK) {
        return err;
    }
    push_offer_said(sender, job, sdp);
    if (sp_handle_none(job->sip)) {
        err = sip_ua_invite(sender->link.ua, sender->link.now_us, &request, &job->sip);
        if (err != SP_OK) {
            job->sip = (struct sp_handle){ 0 };
        }
        return err;
    }
    return sip_ua_reinvite(sender->link.ua, sender->link.now_us, job->sip, request.content_type,
                           request.body);
}

static void ask_batch(struct push_sender *sender, struct push_job *job)
{
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        if (waiting(&job->outs[i])) {
            push_out_ask(sender, &job->outs[i]);
        }
    }
}

/* OPTIONS, before the first offer. */
static enum sp_err query(struct push_sender *sender, struct push_job *job)
{
    struct sip_ua_request request;
    struct sp_buf         fields;
    struct sp_handle      handle;
    enum sp_err           err;

    push_ask_options(sender, job, &request, &fields);
    err = fields.err;
    if (err == SP_OK) {
        err = sip_ua_send(sender->link.ua, sender->link.now_us, &request, &handle);
    }
    if (err != SP_OK) {
        return err;
    }
    ask_batch(sender, job);
    job->query = false;
    job->asked_us = job->asked_us != 0 ? job->asked_us : sender->link.now_us;
    job->tries++;
    push_job_enter(sender, job, PUSH_JOB_QUERYING, "OPTIONS");
    return SP_OK;
}

enum sp_err push_job_begin(struct push_sender *sender, struct push_job *job)
{
    bool        again = !sp_handle_none(job->sip);
    enum sp_err err;

    push_job_batch(job);
    if (job->query && job->mode == PUSH_SESSION) {
        return query(sender, job);
    }
    err = job->mode == PUSH_PAGER ? send_message(sender, job) : send_offer(sender, job);
    if (err != SP_OK) {
        return err;
    }
    if (job->asked_us == 0) {
        job->asked_us = sender->link.now_us;
    }
    job->tries++;
    ask_batch(sender, job);
    if (job->mode == PUSH_PAGER) {
        push_job_enter(sender, job, PUSH_JOB_MESSAGE, "MESSAGE");
    } else {
        push_job_enter(sender, job, again ? PUSH_JOB_REINVITING : PUSH_JOB_INVITING, "INVITE");
    }
    return SP_OK;
}

bool push_job_any(const struct push_job *job, bool (*is)(const struct push_out *out))
{
    uint32_t i;

    for (i = 0; i < job->count; i++) {
        if (is(&job->outs[i])) {
            return true;
        }
    }
    return false;
}

/* Nothing is left to be done. */
void push_job_over(struct push_sender *sender, struct push_job *job)
{
    if (job->state != PUSH_JOB_OVER) {
        close_media(sender, job);
        end_session(sender, job);
        push_job_enter(sender, job, PUSH_JOB_OVER, "all ended");
    }
}

void push_job_go_on(struct push_sender *sender, struct push_job *job)
{
    if (job->state == PUSH_JOB_OVER || push_job_any(job, push_out_busy)) {
        return;
    }
    if (!push_job_any(job, waiting)) {
        push_job_over(sender, job);
        return;
    }
    if (pending(job->state)) {
        return; /* one at a time: its end goes on */
    }
    close_media(sender, job);
    while (push_job_any(job, waiting)) {
        uint32_t    i;
        enum sp_err err = push_job_begin(sender, job);

        if (err == SP_OK) {
            return;
        }
        for (i = job->first; i < job->last; i++) {
            if (waiting(&job->outs[i])) {
                push_out_end(sender, &job->outs[i], err, 0, no_words(), NULL);
            }
        }
    }
    push_job_over(sender, job);
}

/* An offer in which the lines of ended contents have port 0. */
enum sp_err push_job_send_drop(struct push_sender *sender, struct push_job *job)
{
    struct sip_ua_request request;
    struct sp_slice       sdp;
    enum sp_err           err;

    job->sdp_version++;
    err = push_ask_invite(sender, job, &request, &sdp);
    if (err != SP_OK) {
        return err;
    }
    push_offer_said(sender, job, sdp);
    return sip_ua_reinvite(sender->link.ua, sender->link.now_us, job->sip, request.content_type,
                           request.body);
}

void push_job_drop(struct push_sender *sender, struct push_job *job, struct push_out *out,
                   enum sp_err err)
{
    bool busy = push_out_busy(out);

    push_out_end(sender, out, err, 0, no_words(), NULL);
    if (busy && push_job_flows(job->state)) {
        if (push_out_is_file(out)) {
            push_offer_close(sender, out);
        } else {
            /* Stale where it ended by itself. */
            (void)!msrp_abort(sender->link.msrp, sender->link.now_us, out->message);
        }
    }
    /* Where nothing else flows, the next offer or BYE says it. */
    if (busy && job->state == PUSH_JOB_TALKING && push_job_any(job, push_out_busy) &&
        push_out_is_file(out) && push_job_send_drop(sender, job) == SP_OK) {
        push_job_enter(sender, job, PUSH_JOB_DROPPING, "drop");
    }
    push_job_go_on(sender, job);
}

void push_job_pause(struct push_sender *sender, struct push_job *job, uint64_t after_ms)
{
    /* Not all who were told to come again come at the same moment. */
    uint64_t more_ms = sp_ident_below(&sender->link.ident, (uint32_t)(after_ms / 4 + 1));
    uint32_t i;

    for (i = job->first; i < job->last; i++) {
        if (push_out_busy(&job->outs[i])) {
            push_out_wait(sender, &job->outs[i]);
        }
    }
    push_job_enter(sender, job, PUSH_JOB_PAUSED, "later");
    job->timer.name = PUSH_TIMER_AGAIN;
    sp_timer_start(&sender->timers, &job->timer, sender->link.now_us + (after_ms + more_ms) * 1000);
}

void push_job_again(struct push_sender *sender, struct push_job *job)
{
    push_job_enter(sender, job, PUSH_JOB_NEW, "again");
    push_job_go_on(sender, job);
}

void push_job_give_up(struct push_sender *sender, struct push_job *job, enum sp_err err)
{
    push_job_end_all(sender, job, err, 0, no_words(), NULL);
    push_job_over(sender, job);
}
