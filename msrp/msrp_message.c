/* SPDX-License-Identifier: MIT
 * msrp/msrp_message.c -- messages, both ways: found, ended, told of. RFC 4975 7.1.1, 7.3.1. */
#include "msrp_core.h"

#include <assert.h>
#include <string.h>

static const char *const names[] = { "NEW",      "SENDING",   "SENT",    "ENDED", "RECEIVING",
                                     "COMPLETE", "REPORTING", "ABORTED", "PAST" };

static void quieter(struct msrp_agent *agent, struct msrp_session *session)
{
    if (--session->live == 0)
        agent->silent++;
}

static void louder(struct msrp_agent *agent, struct msrp_session *session)
{
    if (session->live++ == 0)
        agent->silent--;
}

/* A slot is kept for each other session that has no message: none can take all. */
static bool may_take(const struct msrp_agent *agent, const struct msrp_session *session)
{
    uint32_t free = agent->messages.capacity - agent->messages.used + agent->past_count;

    return session->live == 0 || free > agent->silent;
}

/* Assigns the state; what a state needs at its start, it gets here. */
void msrp_message_enter(struct msrp_agent *agent, struct msrp_message *m,
                        enum msrp_message_state state, const char *on)
{
    sp_trace_arrow(&agent->trace, agent->now_us, "msrp-message",
                   sp_pool_handle(&agent->messages, m).slot, names[m->state], on, names[state]);
    m->state = state;
    switch (state) {
    case MSRP_OUT_ENDED: sp_timer_stop(&agent->timers, &m->timer); break;
    case MSRP_IN_PAST:
        sp_list_add(&agent->past, &m->past);
        agent->past_count++;
        quieter(agent, m->session);
        return;
    case MSRP_IN_REPORTING:
    case MSRP_IN_ENDED: break;
    case MSRP_MESSAGE_NEW:
    case MSRP_OUT_SENDING:
    case MSRP_OUT_SENT:
    case MSRP_IN_RECEIVING:
    case MSRP_IN_COMPLETE: return;
    }
    sp_list_add(&agent->ready_messages, &m->ready);
}

static uint64_t hash_of(const struct msrp_agent *agent, const struct msrp_session *session,
                        struct sp_slice id, bool incoming)
{
    struct sp_slice parts[] = { sp_slice(&session, sizeof session), id,
                                incoming ? SP_LIT("in") : SP_LIT("out") };

    return sp_table_hash(&agent->ids, parts, 3);
}

static struct sp_slice id_of(const struct msrp_message *m)
{
    return sp_slice(m->id, m->id_octets);
}

struct msrp_message *msrp_message_take(struct msrp_agent *agent, struct msrp_session *session,
                                       struct sp_slice id, bool incoming)
{
    struct msrp_message *m = may_take(agent, session) ? sp_pool_take(&agent->messages) : NULL;
    struct sp_link      *oldest = sp_list_first(&agent->past);

    if (m == NULL && oldest != NULL && may_take(agent, session)) {
        msrp_message_free(agent, SP_OF(oldest, struct msrp_message, past));
        m = sp_pool_take(&agent->messages);
    }
    if (m == NULL)
        return NULL;
    assert(id.len <= sizeof m->id);
    m->session = session;
    louder(agent, session);
    memcpy(m->id, id.at, id.len);
    m->id_octets = (uint8_t)id.len;
    m->timer.name = MSRP_TIMER_MESSAGE;
    m->timer.owner = m;
    m->oldest = 1;
    msrp_ranges_init(&m->ranges, (struct msrp_interval *)(m + 1), agent->limits.msrp_ranges);
    sp_list_add(&session->messages, &m->of_session);
    sp_table_add(&agent->ids, &m->by_id, hash_of(agent, session, id, incoming));
    return m;
}

void msrp_message_recall(struct msrp_agent *agent, struct msrp_message *m)
{
    sp_list_remove(&m->past);
    agent->past_count--;
    louder(agent, m->session);
    msrp_message_enter(agent, m, MSRP_IN_REPORTING, "repeated");
}

bool msrp_message_outgoing(const struct msrp_message *m)
{
    return m->state >= MSRP_OUT_SENDING && m->state <= MSRP_OUT_ENDED;
}

struct msrp_message *msrp_message_find(struct msrp_agent *agent, struct msrp_session *session,
                                       struct sp_slice id, bool incoming)
{
    struct sp_table_link *link = sp_table_first(&agent->ids, hash_of(agent, session, id, incoming));

    for (; link != NULL; link = sp_table_next(link)) {
        struct msrp_message *m = SP_OF(link, struct msrp_message, by_id);

        if (m->session == session && msrp_message_outgoing(m) != incoming && sp_eq(id_of(m), id))
            return m;
    }
    return NULL;
}

/* The rest of its chunk, if one is under way, is dropped: so it is not answered with 200, for that
 * would say that the octets were taken (7.3.1). */
static void drop_rest(struct msrp_message *m)
{
    struct msrp_conn *conn = m->session->conn;

    if (conn == NULL || conn->into != m)
        return;
    if (conn->incoming == MSRP_IN_CONTENT && conn->answer == 200)
        conn->answer = 481;
    conn->incoming = MSRP_IN_SKIP;
}

void msrp_message_free(struct msrp_agent *agent, struct msrp_message *m)
{
    struct msrp_session *session = m->session;
    struct msrp_conn    *conn = session->conn;

    msrp_out_unqueue(agent, m);
    msrp_out_forget(agent, m);
    drop_rest(m);
    if (conn != NULL && conn->into == m)
        conn->into = NULL;
    if (m->state == MSRP_IN_PAST)
        agent->past_count--;
    else
        quieter(agent, session);
    sp_timer_stop(&agent->timers, &m->timer);
    sp_table_remove(&agent->ids, &m->by_id);
    sp_list_remove(&m->ready);
    sp_list_remove(&m->of_session);
    sp_list_remove(&m->past);
    sp_store_give(&agent->store, m->text);
    sp_pool_give(&agent->messages, m);
    msrp_session_released(agent, session);
}

void msrp_message_end(struct msrp_agent *agent, struct msrp_message *m, enum sp_err err,
                      uint16_t status)
{
    switch (m->state) {
    case MSRP_OUT_SENDING:
    case MSRP_OUT_SENT:
        msrp_out_unqueue(agent, m);
        m->err = err;
        m->status = status;
        msrp_message_enter(agent, m, MSRP_OUT_ENDED, sp_err_name(err));
        break;
    case MSRP_IN_RECEIVING:
    case MSRP_IN_COMPLETE:
        drop_rest(m);
        m->err = err;
        m->status = status;
        msrp_message_enter(agent, m, MSRP_IN_ENDED, sp_err_name(err));
        break;
    case MSRP_MESSAGE_NEW:
    case MSRP_OUT_ENDED:
    case MSRP_IN_REPORTING:
    case MSRP_IN_ENDED:
    case MSRP_IN_PAST: break;
    }
}

void msrp_message_note(struct msrp_agent *agent, const struct msrp_message *m,
                       enum msrp_action_kind kind, struct msrp_action *action)
{
    action->kind = kind;
    action->session = sp_pool_handle(&agent->sessions, m->session);
    action->session_user = m->session->user;
    action->message = sp_pool_handle(&agent->messages, m);
    action->user = m->user;
    action->message_id = id_of(m);
    action->total = m->total;
}

/* The last of an outgoing message: the peer is told that it is given up, then the owner. */
static enum msrp_step step_ended(struct msrp_agent *agent, struct msrp_message *m,
                                 struct msrp_action *action)
{
    struct msrp_conn *conn = m->session->conn;
    bool              within = m->chunker.state == MSRP_CHUNK_WITHIN;
    /* Between chunks the peer would wait for the next; one that refused does not. */
    bool tell = m->chunker.state == MSRP_CHUNK_BETWEEN && m->chunker.at > 0 && m->err != SP_OK &&
                m->err != SP_REFUSED;

    if (conn != NULL && conn->state == MSRP_CONN_OPEN && (within || tell)) {
        struct sp_buf *to = msrp_say(agent, conn); /* ends the chunk under way */

        if (to == NULL)
            return MSRP_STEP_FLUSH;
        if (tell)
            msrp_chunker_end(&m->chunker, '#', to);
    }
    msrp_message_note(agent, m, m->err == SP_OK ? MSRP_DELIVERED : MSRP_FAILED, action);
    action->err = m->err;
    action->status = m->status;
    msrp_message_free(agent, m);
    return MSRP_STEP_ACTION;
}

static enum msrp_step step_out(struct msrp_agent *agent, struct msrp_message *m,
                               struct msrp_action *action)
{
    if (m->tell_sent) {
        m->tell_sent = false;
        msrp_message_note(agent, m, MSRP_SENT, action);
        return MSRP_STEP_ACTION;
    }
    if (m->tell_progress) {
        m->tell_progress = false;
        msrp_message_note(agent, m, MSRP_PROGRESS, action);
        action->offset = m->progress;
        return MSRP_STEP_ACTION;
    }
    return m->state == MSRP_OUT_ENDED ? step_ended(agent, m, action) : MSRP_STEP_NONE;
}

void msrp_message_put_aside(struct msrp_agent *agent, struct msrp_message *m)
{
    sp_list_remove(&m->ready);
    if (m->session->state == MSRP_SESSION_UP)
        msrp_message_enter(agent, m, MSRP_IN_PAST, "told");
    else
        msrp_message_free(agent, m);
}

/* What came whole from the start. That it is all, its owner says: so the last octet is kept back
 * where it may be. */
static uint64_t so_far(const struct msrp_message *m)
{
    uint64_t whole = msrp_ranges_whole(&m->ranges);
    bool     all = m->announced == MSRP_UNKNOWN || whole >= m->announced;

    return whole - (all && whole > 0);
}

/* The report on a message that came, or on what came of it so far: 7.1.3, 7.1.4. */
static enum msrp_step step_report(struct msrp_agent *agent, struct msrp_message *m)
{
    struct msrp_session *s = m->session;
    char                 id[16];
    struct msrp_request  report = { .id = { id, sizeof id },
                                    .to_path = s->back_path,
                                    .from_path = s->local.octets,
                                    .message_id = id_of(m),
                                    .has_range = true,
                                    .status = m->status != 0 ? m->status : 200 };

    if (s->conn != NULL && s->conn->state == MSRP_CONN_OPEN) {
        struct sp_buf *to = msrp_say(agent, s->conn);

        if (to == NULL)
            return MSRP_STEP_FLUSH;
        sp_ident_token(&agent->ident, id, sizeof id);
        report.range.from = 1;
        report.range.to = m->report_due ? so_far(m) : msrp_ranges_end(&m->ranges);
        report.range.total = m->total != MSRP_UNKNOWN ? m->total : m->announced;
        msrp_put_report(to, &report);
    }
    if (m->state == MSRP_IN_RECEIVING) {
        m->report_due = false;
        return MSRP_STEP_NONE;
    }
    msrp_message_put_aside(agent, m);
    return MSRP_STEP_AGAIN;
}

enum msrp_step msrp_message_step(struct msrp_agent *agent, struct msrp_message *m,
                                 struct msrp_action *action)
{
    switch (m->state) {
    case MSRP_OUT_SENDING:
    case MSRP_OUT_SENT:
    case MSRP_OUT_ENDED: return step_out(agent, m, action);
    case MSRP_IN_REPORTING: m->report_due = false; return step_report(agent, m);
    case MSRP_IN_RECEIVING: return m->report_due ? step_report(agent, m) : MSRP_STEP_NONE;
    case MSRP_IN_ENDED:
        msrp_message_note(agent, m, MSRP_ABORTED, action);
        action->err = m->err;
        msrp_message_put_aside(agent, m);
        return MSRP_STEP_ACTION;
    case MSRP_MESSAGE_NEW:
    case MSRP_IN_COMPLETE:
    case MSRP_IN_PAST: break;
    }
    return MSRP_STEP_NONE;
}
