/* SPDX-License-Identifier: MIT
 * msrp/msrp_window.c -- chunks of a message that await their responses. RFC 4975 7.1.1.
 *
 * A record a chunk, by its number; the oldest one that was not answered holds the timer. A full
 * window stops the message, not its connection. Where no responses are asked for, records are
 * passed over as their chunks end. */
#include "msrp_core.h"

static struct msrp_record *record_of(struct msrp_message *m, uint32_t number)
{
    return &m->window[number % MSRP_WINDOW];
}

static bool awaits_responses(const struct msrp_message *m)
{
    return m->failure_report == MSRP_FAILURE_YES;
}

/* The response to a chunk is awaited from the moment its last octet was handed over (7.1.1). */
void msrp_window_handed_over(struct msrp_agent *agent, struct msrp_message *m)
{
    uint64_t due_us = agent->now_us + (uint64_t)agent->limits.msrp_timeout_ms * 1000;

    if (m->state != MSRP_OUT_SENDING && m->state != MSRP_OUT_SENT)
        return;
    for (uint32_t n = m->chunker.number; n + 1 != m->oldest; n--) {
        struct msrp_record *record = record_of(m, n);

        if (record->due_us != 0)
            break;
        if (record->ended)
            record->due_us = due_us;
    }
    if (m->oldest <= m->chunker.number && !sp_timer_runs(&m->timer) &&
        record_of(m, m->oldest)->due_us != 0)
        sp_timer_start(&agent->timers, &m->timer, record_of(m, m->oldest)->due_us);
}

/* Forget the answered chunks at the window's start. */
static void slide(struct msrp_agent *agent, struct msrp_message *m)
{
    uint32_t was = m->oldest;

    while (m->oldest <= m->chunker.number) {
        struct msrp_record *record = record_of(m, m->oldest);

        if (!record->ended || (awaits_responses(m) && !record->answered))
            break;
        if (record->answered && record->to > m->progress) {
            m->progress = record->to;
            m->tell_progress = true;
            sp_list_add(&agent->ready_messages, &m->ready);
        }
        m->oldest++;
    }
    if (m->oldest == was)
        return;
    sp_timer_stop(&agent->timers, &m->timer);
    if (m->oldest <= m->chunker.number && record_of(m, m->oldest)->due_us != 0)
        sp_timer_start(&agent->timers, &m->timer, record_of(m, m->oldest)->due_us);
    msrp_out_queue(agent, m);
}

void msrp_window_judge(struct msrp_agent *agent, struct msrp_message *m)
{
    bool done;

    if (m->state != MSRP_OUT_SENT)
        return;
    if (m->success_report)
        done = m->reported && msrp_ranges_whole(&m->ranges) == m->total;
    else
        done = m->oldest >
               m->chunker.number; /* no responses asked for: nothing more will be known */
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
    msrp_message_end(agent, m, SP_TIMEOUT, 0);
}

bool msrp_window_full(const struct msrp_message *m)
{
    return m->chunker.number + 1 - m->oldest >= MSRP_WINDOW;
}

void msrp_window_begin(struct msrp_message *m)
{
    *record_of(m, m->chunker.number) = (struct msrp_record){ 0 };
}

void msrp_window_end(struct msrp_agent *agent, struct msrp_message *m)
{
    struct msrp_record *record = record_of(m, m->chunker.number);

    record->ended = true;
    record->to = m->chunker.at;
    slide(agent, m);
}
