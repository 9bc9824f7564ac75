/* SPDX-License-Identifier: MIT
 * msrp/msrp_reply.c -- responses and reports to what we sent. RFC 4975 7.1.1, 7.3.2, 10. */
#include "msrp_core.h"

/* What the peer's status means for an outgoing message, and for its session. A status of 408 is a
 * time-out (10.4); 413 stops this message alone (10.5); 481 and 506 end the session (10.8, 10.10).
 */
static void failed(struct msrp_agent *agent, struct msrp_message *m, uint16_t status)
{
    struct msrp_session *session = m->session;

    if (status == 415)
        msrp_session_refuse(agent, session, m->chunker.head.content_type);
    msrp_message_end(agent, m, status == 408 ? SP_TIMEOUT : SP_REFUSED, status);
    if (status == 481 || status == 506)
        msrp_session_fail(agent, session, SP_REFUSED);
}

/* The object in a place of a pool, whatever its generation. */
static void *in_place(const struct sp_pool *pool, uint32_t slot)
{
    if (slot == 0 || slot > pool->capacity)
        return NULL;
    return sp_pool_find(pool, (struct sp_handle){ slot, pool->generations[slot - 1] });
}

/* 16 hexadecimal digits, a letter, the place in hexadecimal, '.': what a transaction id of ours
 * begins with. */
static uint32_t place_of(struct sp_slice stem)
{
    uint32_t place = 0;

    for (size_t i = 17; i + 1 < stem.len; i++) {
        int digit = sp_hex_value(stem.at[i]);

        if (digit < 0 || place > UINT32_MAX >> 4)
            return 0;
        place = place << 4 | (uint32_t)digit;
    }
    return place;
}

static void on_message_response(struct msrp_agent *agent, struct msrp_conn *conn,
                                struct sp_slice stem, uint32_t number, uint16_t status)
{
    struct msrp_message *m = in_place(&agent->messages, place_of(stem));

    if (m == NULL || !msrp_message_outgoing(m) || m->session->conn != conn ||
        !sp_eq(stem, sp_slice(m->chunker.id, m->chunker.stem_octets)) ||
        m->chunker.number - number >= MSRP_WINDOW) {
        agent->counters.dropped++;
        return;
    }
    if (m->session->hello == MSRP_HELLO_ASKED)
        msrp_session_answered(agent, m->session, 200); /* the peer knows us */
    if (status < 300)
        msrp_window_answered(agent, m, number);
    else
        failed(agent, m, status);
}

static void on_hello_response(struct msrp_agent *agent, struct msrp_conn *conn,
                              struct sp_slice stem, uint16_t status)
{
    struct msrp_session *s = in_place(&agent->sessions, place_of(stem));
    char                 random[16];
    struct sp_buf        to = sp_buf(random, sizeof random);

    if (s == NULL || s->hello != MSRP_HELLO_ASKED || s->conn != conn) {
        agent->counters.dropped++;
        return;
    }
    sp_put_hex(&to, sp_slice(s->hello_random, sizeof s->hello_random), false, '\0');
    if (sp_starts(stem, sp_written(&to)))
        msrp_session_answered(agent, s, status);
}

void msrp_reply_response(struct msrp_agent *agent, struct msrp_conn *conn,
                         const struct msrp_head *head)
{
    struct sp_slice stem;
    uint32_t        number;

    if (!msrp_chunk_id_read(head->id, &stem, &number) || stem.len < 18)
        agent->counters.dropped++;
    else if (stem.at[16] == 'm')
        on_message_response(agent, conn, stem, number, head->status);
    else if (stem.at[16] == 'r')
        msrp_lease_response(agent, conn, place_of(stem), stem, number, head);
    else
        on_hello_response(agent, conn, stem, head->status);
}

/* Only octets that went out can have arrived, whatever the peer says. */
static void on_success(struct msrp_agent *agent, struct msrp_message *m,
                       const struct msrp_byte_range *range)
{
    uint64_t from = range->from - 1, to = range->to;

    if (!m->success_report)
        return;
    if (to > m->chunker.at)
        to = m->chunker.at;
    if (from < to && msrp_ranges_add(&m->ranges, from, to) != SP_OK) {
        agent->counters.dropped++;
        return;
    }
    m->reported = true;
    msrp_out_queue(agent, m); /* the window of octets may be open again */
    if (msrp_ranges_whole(&m->ranges) > m->progress) {
        m->progress = msrp_ranges_whole(&m->ranges);
        m->tell_progress = true;
        sp_list_add(&agent->ready_messages, &m->ready);
    }
    msrp_window_judge(agent, m);
}

void msrp_reply_report(struct msrp_agent *agent, struct msrp_session *session,
                       const struct msrp_head *head)
{
    struct msrp_message *m = msrp_message_find(agent, session, head->message_id, false);

    if (m == NULL || !head->has_status || head->report_namespace != 0) {
        agent->counters.dropped++;
        return;
    }
    if (head->report_status < 300) {
        on_success(agent, m, &head->range);
        return;
    }
    failed(agent, m, head->report_status);
    /* A range that did not arrive fails the session (7.3.2); a 413 is the wish to stop one message
     * (10.5). */
    if (head->has_range && head->report_status != 413)
        msrp_session_fail(agent, session, head->report_status == 408 ? SP_TIMEOUT : SP_REFUSED);
}
