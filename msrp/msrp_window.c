/* SPDX-License-Identifier: MIT
 * msrp/msrp_window.c -- chunks of a message that await their responses. RFC 4975 7.1.1.
 *
 * A record a chunk, by its number; the oldest one that was not answered holds the timer. A full
 * window stops the message, not its connection. Where no responses are asked for, records are
 * passed over as their chunks end. Through relays the octets that were not reported are bounded,
 * too: RFC 4976 6.4.1. */
#include "msrp_core.h"

static struct msrp_record *record_of(struct msrp_message *m, uint32_t number)
{
    return &m->window[number % MSRP_WINDOW];
}

static bool awaits_responses(const struct msrp_message *m)
{
    return m->failure_report == MSRP_FAILURE_YES;
}

/* Milliseconds are counted up, so that nothing is due too early. */
static uint32_t due_ms(const struct msrp_agent *agent)
{
    return (uint32_t)((agent->now_us + 999) / 1000) + agent->limits.msrp_timeout_ms;
}

/* Through relays a 200 proves nothing about the far end: what nobody reported yet is bounded, as
 * long as the far end reports before the end. */
static bool too_much_unreported(const struct msrp_agent *agent, const struct msrp_message *m)
{
    struct sp_slice path = m->session->remote_path;
    uint32_t        most = agent->limits.msrp_unreported_octets;

    return m->success_report && !m->unbounded && most > 0 && msrp_path_first(path).len < path.len &&
           m->chunker.at - msrp_ranges_whole(&m->ranges) >= most;
}

/* The timer is that of the oldest chunk, if it has been handed over. */
static void keep_time(struct msrp_agent *agent, struct msrp_message *m)
{
    const struct msrp_record *record = record_of(m, m->oldest);
    uint64_t                  now_ms = agent->now_us / 1000;
    uint32_t                  left_ms = record->due_ms - (uint32_t)now_ms;

    if (left_ms > INT32_MAX)
        left_ms = 0; /* overdue */
    if (m->oldest > m->chunker.number && m->state == MSRP_OUT_SENDING && !m->reported &&
        too_much_unreported(agent, m))
        sp_timer_start(&agent->timers, &m->timer,
                       agent->now_us + agent->limits.msrp_timeout_ms / 6 * UINT64_C(1000));
    else if (m->oldest > m->chunker.number || record->state != MSRP_RECORD_HANDED_OVER)
        sp_timer_stop(&agent->timers, &m->timer);
    else
        sp_timer_start(&agent->timers, &m->timer, (now_ms + left_ms) * 1000);
}

/* The response to a chunk is awaited from the moment its last octet was handed over (7.1.1). */
void msrp_window_handed_over(struct msrp_agent *agent, struct msrp_message *m)
{
    if (m->state != MSRP_OUT_SENDING && m->state != MSRP_OUT_SENT)
        return;
    for (uint32_t n = m->chunker.number; n + 1 != m->oldest; n--) {
        struct msrp_record *record = record_of(m, n);

        if (record->state == MSRP_RECORD_HANDED_OVER)
            break;
        if (record->state == MSRP_RECORD_OPEN)
            continue;
        record->state = MSRP_RECORD_HANDED_OVER;
        record->due_ms = due_ms(agent);
    }
    if (!sp_timer_runs(&m->timer))
        keep_time(agent, m);
}

/* Forget the chunks at the window's start that are done with. */
static void slide(struct msrp_agent *agent, struct msrp_message *m)
{
    uint32_t was = m->oldest;

    for (; m->oldest <= m->chunker.number; m->oldest++) {
        const struct msrp_record *record = record_of(m, m->oldest);

        if (record->state == MSRP_RECORD_OPEN || (awaits_responses(m) && !record->answered))
            break;
        m->answered += record->octets;
        if (!record->answered || m->answered <= m->progress)
            continue;
        m->progress = m->answered;
        m->tell_progress = true;
        sp_list_add(&agent->ready_messages, &m->ready);
    }
    if (m->oldest == was)
        return;
    keep_time(agent, m);
    msrp_out_queue(agent, m);
}

void msrp_window_judge(struct msrp_agent *agent, struct msrp_message *m)
{
    bool done;

    if (m->state != MSRP_OUT_SENT)
        return;
    if (m->success_report)
        done = m->reported && msrp_ranges_whole(&m->ranges) == m->total;
    else /* where no responses are asked for, nothing more will be known */
        done = m->oldest > m->chunker.number;
    if (done)
        msrp_message_end(agent, m, SP_OK, 200);
}

void msrp_window_answered(struct msrp_agent *agent, struct msrp_message *m, uint32_t number)
{
    if (!awaits_responses(m) || m->state == MSRP_OUT_ENDED || number < m->oldest)
        return;
    record_of(m, number)->answered = true;
    slide(agent, m);
    msrp_window_judge(agent, m);
}

void msrp_window_timeout(struct msrp_agent *agent, struct msrp_message *m)
{
    if (m->oldest > m->chunker.number) {
        /* All is answered, and no report came: the far end reports once, at the end (7.1.3). */
        if (m->reported)
            return;
        m->unbounded = true;
        msrp_out_queue(agent, m);
        return;
    }
    msrp_message_end(agent, m, SP_TIMEOUT, 0);
}

bool msrp_window_full(const struct msrp_agent *agent, const struct msrp_message *m)
{
    return m->chunker.number + 1 - m->oldest >= MSRP_WINDOW || too_much_unreported(agent, m);
}

void msrp_window_begin(struct msrp_message *m)
{
    *record_of(m, m->chunker.number) = (struct msrp_record){ 0 };
}

void msrp_window_end(struct msrp_agent *agent, struct msrp_message *m)
{
    struct msrp_record *record = record_of(m, m->chunker.number);

    record->state = MSRP_RECORD_ENDED;
    record->octets = (uint32_t)(m->chunker.at - m->chunker.from);
    slide(agent, m);
}
