/* SPDX-License-Identifier: MIT
 * push/push_sender.c -- the Push Sender Agent: its memory, its verbs, its notes.
 *
 * Promises: notes of one order come in order: CHOSEN, each content's STARTED and end, ENDED. Never:
 * decides; push_job.c does. */
#include "push_sender.h"

#include <assert.h>

#include "push_out.h"

/* Media of one description: as many as we may offer, and some that a peer adds. */
#define MORE_MEDIA       8
#define MEDIA_ATTRIBUTES 16
/* Of a content: its name and type, as a rule. */
#define TEXT_OCTETS 256

#define CONTACT_PARAMS ";+sip.message;methods=\"INVITE,ACK,CANCEL,BYE,OPTIONS\""

/* Room for one order of as many contents as there may be, with their texts, beside the rest. */
static size_t store_octets(const struct sp_limits *limits)
{
    size_t contents = limits->push_files * (sizeof(struct push_out) + TEXT_OCTETS);
    size_t block = SP_STORE_LEAST;

    while (block < contents) {
        block *= 2;
    }
    return limits->store_octets + block;
}

/* Everything but the agents below. */
static struct push_sender *lay_out(struct sp_arena *arena, const struct sp_limits *limits,
                                   struct push_sender *measured)
{
    struct push_sender *at = sp_arena_take(arena, 1, sizeof(*at));
    struct push_sender *sender = at != NULL ? at : measured;
    uint32_t            media = limits->push_files + MORE_MEDIA;

    sender->limits = *limits;
    sp_pool_init(&sender->jobs, arena, limits->pushes, sizeof(struct push_job));
    sp_store_init(&sender->store, arena, store_octets(limits));
    sp_timers_init(&sender->timers, arena, limits->pushes);
    sender->scratch = sp_arena_take(arena, limits->message_octets, 1);
    sender->text = sp_arena_take(arena, limits->message_octets, 1);
    sender->sdp_media = sp_arena_take(arena, media, sizeof(*sender->sdp_media));
    sender->sdp_attributes = sp_arena_take(arena, media * MEDIA_ATTRIBUTES,
                                           sizeof(*sender->sdp_attributes));
    sdp_init(&sender->sdp, sender->sdp_media, media, sender->sdp_attributes,
             media * MEDIA_ATTRIBUTES);
    return sender;
}

size_t push_sender_size(const struct sp_limits *limits)
{
    struct sp_arena    arena = sp_arena(NULL);
    struct push_sender measured = { 0 };

    (void)lay_out(&arena, limits, &measured);
    (void)push_link_init(&measured.link, &arena, limits, NULL);
    return arena.used;
}

struct push_sender *push_sender_init(void *memory, const struct sp_limits *limits,
                                     const uint8_t                    seed[SP_SEED_OCTETS],
                                     const struct push_sender_config *config)
{
    struct sp_arena      arena = sp_arena(memory);
    struct push_sender  *sender = lay_out(&arena, limits, NULL);
    struct sip_ua_config ua = {
        .from = config->from,
        .contact_params = SP_LIT(CONTACT_PARAMS),
        .user_agent = config->user_agent,
        .methods = 1u << SIP_INVITE | 1u << SIP_BYE,
        .accept = SP_LIT("application/sdp"),
    };

    sender->serves = config->serves;
    sp_list_init(&sender->chosen);
    sp_list_init(&sender->outs);
    sp_list_init(&sender->over);
    sp_ident_init(&sender->link.ident, seed);
    sender->link.relay.session_id_alone = config->session_id_alone;
    return push_link_init(&sender->link, &arena, limits, &ua) ? sender : NULL;
}

void push_sender_trace(struct push_sender *sender, struct sp_trace trace)
{
    push_link_trace(&sender->link, trace);
}

enum sp_err push_sender_login(struct push_sender *sender, struct sp_slice realm,
                              struct sp_slice username, struct sp_slice password)
{
    return sip_ua_login(sender->link.ua, realm, username, password);
}

void push_sender_bound(struct push_sender *sender, const struct sp_flow *local)
{
    push_link_bound(&sender->link, local);
}

enum sp_err push_sender_use_relays(struct push_sender *sender, uint64_t now_us,
                                   const struct push_relay_config *config)
{
    return push_relay_use(&sender->link, now_us, config);
}

uint32_t push_sender_relays(const struct push_sender *sender, enum sp_err *err, uint16_t *status)
{
    *err = sender->link.relay.err;
    *status = sender->link.relay.status;
    return sender->link.relay.ready;
}

enum sp_err push_sender_submit(struct push_sender *sender, uint64_t now_us,
                               const struct push_order *order, struct sp_handle *handle)
{
    struct push_job *job;
    enum sp_err      err;

    sender->link.now_us = now_us;
    err = push_job_make(sender, order, &job);
    if (err != SP_OK) {
        return err;
    }
    err = push_job_begin(sender, job);
    if (err != SP_OK) {
        push_job_free(sender, job);
        return err;
    }
    sp_list_add(&sender->chosen, &job->chosen);
    *handle = sp_pool_handle(&sender->jobs, job);
    return SP_OK;
}

void push_sender_preview(struct push_sender *sender, const struct push_order *order,
                         struct sp_buf *to)
{
    struct push_job      *job;
    struct sip_ua_request request;
    struct sp_buf         fields;
    struct sp_slice       sdp;
    enum sp_err           err = push_job_make(sender, order, &job);

    if (err != SP_OK) {
        sp_put_fail(to, err);
        return;
    }
    push_job_batch(job);
    if (job->mode == PUSH_PAGER) {
        push_ask_message(sender, job, &job->outs[job->first], &request, &fields);
        err = fields.err;
    } else {
        (void)!push_offer_draw(sender, job); /* of relays nothing is known yet */
        err = push_ask_invite(sender, job, &request, &sdp);
    }
    if (err == SP_OK) {
        sip_ua_preview(sender->link.ua, &request, to);
    }
    sp_put_fail(to, err);
    push_job_free(sender, job);
}

void push_sender_content(struct push_sender *sender, uint64_t now_us, struct sp_handle order,
                         uint32_t index, uint64_t offset, struct sp_slice octets)
{
    struct push_job *job = sp_pool_find(&sender->jobs, order);

    sender->link.now_us = now_us;
    if (job != NULL && index < job->count && push_out_busy(&job->outs[index])) {
        msrp_content(sender->link.msrp, now_us, job->outs[index].message,
                     offset - job->outs[index].content.offset, octets);
    }
}

enum sp_err push_sender_abort(struct push_sender *sender, uint64_t now_us, struct sp_handle order)
{
    struct push_job *job = sp_pool_find(&sender->jobs, order);

    sender->link.now_us = now_us;
    if (job == NULL) {
        return SP_STALE;
    }
    push_job_give_up(sender, job, SP_INTERRUPTED);
    return SP_OK;
}

enum sp_err push_sender_abort_content(struct push_sender *sender, uint64_t now_us,
                                      struct sp_handle order, uint32_t index)
{
    struct push_job *job = sp_pool_find(&sender->jobs, order);

    sender->link.now_us = now_us;
    if (job == NULL) {
        return SP_STALE;
    }
    if (index >= job->count ||
        (job->outs[index].state != PUSH_OUT_WAITING && !push_out_busy(&job->outs[index]))) {
        return SP_STATE;
    }
    push_job_drop(sender, job, &job->outs[index], SP_INTERRUPTED);
    return SP_OK;
}

void push_sender_receive(struct push_sender *sender, uint64_t now_us, const struct sp_flow *flow,
                         struct sp_slice octets)
{
    push_link_receive(&sender->link, now_us, flow, octets);
}

void push_sender_accepted(struct push_sender *sender, uint64_t now_us, const struct sp_flow *flow)
{
    push_link_accepted(&sender->link, now_us, flow);
}

void push_sender_connected(struct push_sender *sender, uint64_t now_us, uint64_t cookie,
                           const struct sp_flow *flow)
{
    push_link_connected(&sender->link, now_us, cookie, flow);
}

void push_sender_closed(struct push_sender *sender, uint64_t now_us, uint64_t cookie,
                        const struct sp_flow *flow, enum sp_err err)
{
    push_link_closed(&sender->link, now_us, cookie, flow, err);
}

void push_sender_resolved(struct push_sender *sender, uint64_t now_us, uint64_t cookie,
                          const struct sp_addr *addrs, size_t count)
{
    push_link_resolved(&sender->link, now_us, cookie, addrs, count);
}

void push_sender_found(struct push_sender *sender, uint64_t now_us, uint64_t cookie,
                       const struct sp_record *records, size_t count)
{
    push_link_found(&sender->link, now_us, cookie, records, count);
}

void push_sender_sent(struct push_sender *sender, uint64_t now_us, const struct sp_flow *flow)
{
    push_link_sent(&sender->link, now_us, flow);
}

void push_sender_event(struct push_sender *sender, uint64_t now_us,
                       const struct sp_net_event *event)
{
    push_link_event(&sender->link, now_us, event);
}

void push_sender_tick(struct push_sender *sender, uint64_t now_us)
{
    struct sp_timer *due;

    push_link_tick(&sender->link, now_us);
    while ((due = sp_timers_due(&sender->timers, now_us)) != NULL) {
        push_job_timer(sender, due->owner);
    }
}

uint64_t push_sender_deadline(const struct push_sender *sender)
{
    uint64_t link = push_link_deadline(&sender->link);
    uint64_t ours = sp_timers_deadline(&sender->timers);

    return link < ours ? link : ours;
}

static void note(struct push_sender *sender, const struct push_job *job,
                 enum push_sender_action_kind kind, struct push_sender_action *action)
{
    *action = (struct push_sender_action){
        .kind = kind,
        .order = sp_pool_handle(&sender->jobs, job),
        .user = job->user,
        .mode = job->mode,
        .why = job->why,
        .rtt_us = job->rtt_us,
    };
}

/* STARTED, or how it ended. */
static void note_content(struct push_sender *sender, struct push_out *out,
                         struct push_sender_action *action)
{
    bool ended = out->state == PUSH_OUT_ENDED;

    note(sender, out->job, ended ? PUSH_SENDER_CONTENT_ENDED : PUSH_SENDER_STARTED, action);
    action->index = out->index;
    if (!ended) {
        action->offset = out->content.offset;
        push_out_move(sender, out);
        return;
    }
    action->err = out->err;
    action->status = out->status;
    action->timer = out->timer;
    action->reason = sp_slice(out->reason, out->reason_octets);
    push_out_told(sender, out);
}

/* A note that waits. */
static bool next_note(struct push_sender *sender, struct push_sender_action *action)
{
    struct sp_link *link = sp_list_first(&sender->chosen);

    if (link != NULL) {
        sp_list_remove(link);
        note(sender, SP_OF(link, struct push_job, chosen), PUSH_SENDER_CHOSEN, action);
        return true;
    }
    link = sp_list_first(&sender->outs);
    if (link != NULL) {
        note_content(sender, SP_OF(link, struct push_out, note), action);
        return true;
    }
    link = sp_list_first(&sender->over);
    if (link != NULL) {
        struct push_job *job = SP_OF(link, struct push_job, over);

        note(sender, job, PUSH_SENDER_ENDED, action);
        push_job_free(sender, job);
        return true;
    }
    return false;
}

bool push_sender_next(struct push_sender *sender, struct push_sender_action *action)
{
    struct push_link_action below;

    for (;;) {
        if (next_note(sender, action)) {
            return true;
        }
        if (!push_link_next(&sender->link, &below)) {
            return false;
        }
        if (below.kind == PUSH_LINK_IO) {
            *action = (struct push_sender_action){ .kind = PUSH_SENDER_IO, .io = below.io };
            return true;
        }
        if (below.kind == PUSH_LINK_MOVED) {
            continue; /* From-Path tells the receiver, who answers by nothing but reports */
        }
        if (below.kind == PUSH_LINK_SIP && below.sip.kind == SIP_UA_INVITED && sender->serves) {
            if (push_serve_sip(sender, &below.sip, action)) {
                return true;
            }
        } else if (below.kind == PUSH_LINK_SIP) {
            push_job_sip(sender, &below.sip);
        } else if (push_job_msrp(sender, &below.msrp, action)) {
            return true;
        }
    }
}

void push_sender_close(struct push_sender *sender, uint64_t now_us)
{
    struct push_job *job = NULL;

    sender->link.now_us = now_us;
    while ((job = sp_pool_next(&sender->jobs, job)) != NULL) {
        push_job_give_up(sender, job, SP_INTERRUPTED);
    }
}

uint32_t push_sender_open(const struct push_sender *sender)
{
    return sender->jobs.used + sip_ua_open(sender->link.ua);
}

void push_sender_count(const struct push_sender *sender, struct sip_tx_counters *sip,
                       struct msrp_counters *msrp)
{
    sip_ua_count(sender->link.ua, sip);
    msrp_count(sender->link.msrp, msrp);
}
