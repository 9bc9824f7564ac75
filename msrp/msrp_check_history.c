/* SPDX-License-Identifier: MIT
 * msrp/msrp_check_history.c -- does a frame agree with those before it: the chunks of a message,
 * the responses to a request. RFC 4975 7.1, 7.1.1, 7.1.2, 7.1.4. */
#include "msrp_check.h"

#include <string.h>

/* Sessions are told apart by it; that two have the same is as good as impossible in one stream. */
static uint32_t session_of(struct sp_slice path)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < path.len; i++)
        hash = (hash ^ (unsigned char)path.at[i]) * 16777619u;
    return hash;
}

static struct msrp_check_message *message_of(struct msrp_check *check, const struct msrp_head *head)
{
    uint32_t session = session_of(head->to_path);

    for (uint32_t i = 0; i < MSRP_CHECK_REMEMBERED; i++) {
        struct msrp_check_message *m = &check->messages[i];

        if (m->id_octets > 0 && m->session == session &&
            sp_eq(sp_slice(m->id, m->id_octets), head->message_id))
            return m;
    }
    return NULL;
}

/* A message that is new takes the place of the oldest. */
static struct msrp_check_message *remember(struct msrp_check *check, const struct msrp_head *head)
{
    struct msrp_check_message *m = &check->messages[check->next_message++ % MSRP_CHECK_REMEMBERED];

    *m = (struct msrp_check_message){ .session = session_of(head->to_path),
                                      .total = head->range.total,
                                      .success_report = head->success_report,
                                      .failure_report = head->failure_report };
    memcpy(m->id, head->message_id.at, head->message_id.len);
    m->id_octets = (uint8_t)head->message_id.len;
    return m;
}

/* A chunk of a message that is known. */
static void check_next(struct msrp_check *check, const struct msrp_head *head,
                       const struct msrp_check_message *m)
{
    size_t range = msrp_check_place(check, "Byte-Range");

    if (m->ended)
        msrp_check_say(check, msrp_check_place(check, "Message-ID"),
                       m->given_up ? MSRP_ERROR : MSRP_WARNING, "RFC 4975 7.1",
                       m->given_up ? "the message was given up with '#'"
                                   : "a message with this Message-ID ended before",
                       "");
    else if (!head->has_range)
        msrp_check_say(check, range, MSRP_ERROR, "RFC 4975 7.1.1",
                       "each chunk but the first must have a Byte-Range", "");
    else if (check->frame->body_octets > 0 && head->range.from - 1 != m->at)
        msrp_check_say(check, range, MSRP_ERROR, "RFC 4975 7.1.1",
                       head->range.from - 1 > m->at ? "octets before this range were not sent yet"
                                                    : "octets of this range were sent before",
                       "range-start");
    if (head->has_range && head->range.total != m->total && m->total != MSRP_UNKNOWN)
        msrp_check_say(check, range, MSRP_ERROR, "RFC 4975 7.1.1",
                       "the chunks of a message differ in its total", "total");
    if (head->success_report != m->success_report || head->failure_report != m->failure_report)
        msrp_check_say(
            check,
            msrp_check_place(check, head->success_report != m->success_report ? "Success-Report"
                                                                              : "Failure-Report"),
            MSRP_ERROR, "RFC 4975 7.1.1", "the chunks of a message want different reports", "");
}

static void check_chunk(struct msrp_check *check, const struct msrp_head *head)
{
    struct msrp_check_message *m = message_of(check, head);
    bool                       first = m == NULL;

    if (m != NULL)
        check_next(check, head, m);
    if (m == NULL || m->ended)
        m = remember(check, head);
    /* A stream that begins in the middle of a message is taken as it comes. */
    if (first && check->frame->body_octets > 0 && head->range.from > 1)
        msrp_check_say(check, msrp_check_place(check, "Byte-Range"), MSRP_NOTE, "RFC 4975 7.1.1",
                       "the chunks before this one are not here", "range-start");
    if (check->frame->body_octets > 0)
        m->at = head->range.from - 1 + check->frame->body_octets;
    if (m->total == MSRP_UNKNOWN)
        m->total = head->range.total;
    m->ended = check->frame->flag != '+';
    m->given_up = check->frame->flag == '#';
}

static struct msrp_check_request *request_of(struct msrp_check *check, struct sp_slice id)
{
    for (uint32_t i = 0; i < MSRP_CHECK_REMEMBERED; i++) {
        struct msrp_check_request *r = &check->requests[i];

        if (r->id_octets > 0 && sp_eq(sp_slice(r->id, r->id_octets), id))
            return r;
    }
    return NULL;
}

/* A response to a request of the same stream, where both directions stand in it. */
static void check_answer(struct msrp_check *check, const struct msrp_head *head)
{
    const struct msrp_check_request *r = request_of(check, head->id);

    if (r == NULL)
        return;
    if (r->method == MSRP_REPORT)
        msrp_check_say(check, 0, MSRP_ERROR, "RFC 4975 7.1.2", "a REPORT is not answered", "");
    else if (r->failure_report == MSRP_FAILURE_NO)
        msrp_check_say(check, 0, MSRP_ERROR, "RFC 4975 7.1.4",
                       "a request with Failure-Report: no is not answered", "");
    else if (r->failure_report == MSRP_FAILURE_PARTIAL && head->status == 200)
        msrp_check_say(check, 0, MSRP_ERROR, "RFC 4975 7.1.4",
                       "a request with Failure-Report: partial is not answered with 200", "");
}

void msrp_check_history(struct msrp_check *check, const struct msrp_head *head)
{
    struct msrp_check_request *r;

    if (head->response) {
        check_answer(check, head);
        return;
    }
    if (request_of(check, head->id) != NULL)
        msrp_check_say(check, 5, MSRP_WARNING, "RFC 4975 7.1", "the transaction id was used before",
                       "transact-id");
    r = &check->requests[check->next_request++ % MSRP_CHECK_REMEMBERED];
    *r = (struct msrp_check_request){ .id_octets = (uint8_t)head->id.len,
                                      .method = head->method,
                                      .failure_report = head->failure_report };
    memcpy(r->id, head->id.at, head->id.len);
    if (head->method == MSRP_SEND && check->frame->has_body && head->message_id.len > 0)
        check_chunk(check, head);
}

uint32_t msrp_check_unfinished(const struct msrp_check *check)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < MSRP_CHECK_REMEMBERED; i++)
        count += check->messages[i].id_octets > 0 && !check->messages[i].ended;
    return count;
}
