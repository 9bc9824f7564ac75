/* SPDX-License-Identifier: MIT
 * msrp/msrp_in.c -- requests that come: chunks into messages, and their responses. RFC
 * 4975 7.2, 7.3, 10. */
#include "msrp_core.h"

#include <assert.h>

#include "msrp_types.h"

/* The chunk under way gets this response, now. Further octets of it are nobody's. */
static void answer_now(struct msrp_agent *agent, struct msrp_conn *conn, uint16_t status)
{
    conn->answer = status;
    conn->answer_due = true;
    conn->incoming = MSRP_IN_SKIP;
    sp_list_add(&agent->ready_conns, &conn->ready);
}

static void refuse(struct msrp_agent *agent, struct msrp_conn *conn, uint16_t status)
{
    agent->counters.refused++;
    answer_now(agent, conn, status);
}

/* A REPORT is never answered (7.1.2); a SEND as its Failure-Report has it (7.1.4). */
static bool wants_answer(const struct msrp_head *head, uint16_t status)
{
    if (head->response || head->to_path.len == 0 || head->from_path.len == 0 ||
        head->method == MSRP_REPORT)
        return false;
    switch (head->failure_report) {
    case MSRP_FAILURE_YES: return true;
    case MSRP_FAILURE_PARTIAL: return status != 200;
    case MSRP_FAILURE_NO: break;
    }
    return false;
}

enum msrp_step msrp_in_answer(struct msrp_agent *agent, struct msrp_conn *conn)
{
    const struct msrp_head *head = &conn->head;

    if (wants_answer(head, conn->answer)) {
        struct sp_buf  *to = msrp_say(agent, conn);
        struct sp_slice back = head->from_path;

        if (to == NULL)
            return MSRP_STEP_FLUSH;
        if (head->method == MSRP_SEND)
            back = msrp_path_first(back);
        msrp_put_response(to, head->id, conn->answer, back, msrp_path_last(head->to_path));
    }
    conn->answer_due = false;
    conn->answer = 0;
    conn->into = NULL;
    return MSRP_STEP_AGAIN;
}

/* Of the sessions on a connection, the first: most have no other, and their requests all say the
 * same paths, which need not be read anew. */
static struct msrp_session *usual(const struct msrp_conn *conn)
{
    struct sp_link *link = sp_list_first(&conn->sessions);

    return link != NULL ? SP_OF(link, struct msrp_session, of_conn) : NULL;
}

/* The session that a request belongs to, bound to its connection by the first (5.4, 7.3); or the
 * refusal. Its From-Path is not compared: who knows the URI is the peer (14.1). */
static struct msrp_session *session_of(struct msrp_agent *agent, struct msrp_conn *conn)
{
    struct msrp_session *s = usual(conn);
    struct msrp_uri      uri;
    struct sp_where      where;

    if (s == NULL || !s->listed || !sp_eq(conn->head.to_path, s->local.octets))
        s = NULL;
    if (s == NULL && msrp_uri_parse(conn->head.to_path, &uri, &where) == SP_OK)
        s = msrp_session_find(agent, &uri);
    if (s == NULL) {
        agent->counters.unknown_session++;
        refuse(agent, conn, 481);
        return NULL;
    }
    /* A relay of the peer may open a connection of its own for a REPORT (RFC 4976 6.4.2): it tells
     * of messages that its sender knows, and binds nothing. */
    if (s->state == MSRP_SESSION_UP && s->conn != conn && conn->head.method == MSRP_REPORT)
        return s;
    if (s->state == MSRP_SESSION_UP && s->conn != conn && !msrp_session_yields(agent, s)) {
        refuse(agent, conn, 506);
        return NULL;
    }
    msrp_session_bind(agent, s, conn);
    if (s->hello == MSRP_HELLO_ASKED)
        msrp_session_answered(agent, s, 200); /* the peer knows us */
    return s;
}

/* The way back for reports: From-Path as it came, where it is not what our SDP peer said. */
static void keep_back_path(struct msrp_agent *agent, struct msrp_session *s, struct sp_slice path)
{
    struct sp_slice copy;

    if (sp_eq(path, s->back_path) || path.len > agent->limits.msrp_path_octets)
        return;
    copy = sp_store_copy(&agent->store, path);
    if (copy.at == NULL)
        return;
    sp_store_give(&agent->store, s->back_text);
    s->back_text = copy.at;
    s->back_path = copy;
}

/* The status that refuses a new message by what its first chunk says; 200 if none does. */
static uint16_t acceptable(const struct msrp_session *s, const struct msrp_head *head)
{
    uint64_t least = head->range.total != MSRP_UNKNOWN ? head->range.total : head->range.from - 1;

    if (!msrp_types_take(s->accept_types, head->content_type))
        return 415;
    return s->max_size != 0 && least > s->max_size ? 413 : 200;
}

static enum msrp_step begin_message(struct msrp_agent *agent, struct msrp_session *s,
                                    struct msrp_conn *conn, struct msrp_action *action)
{
    const struct msrp_head *head = &conn->head;
    struct msrp_message    *m;
    uint16_t                status = acceptable(s, head);

    m = status == 200 ? msrp_message_take(agent, s, head->message_id, true) : NULL;
    if (m == NULL) {
        refuse(agent, conn, status == 200 ? 413 : status);
        return MSRP_STEP_AGAIN;
    }
    m->success_report = head->success_report;
    m->failure_report = (uint8_t)head->failure_report;
    m->announced = head->range.total;
    m->total = MSRP_UNKNOWN;
    msrp_message_enter(agent, m, MSRP_IN_RECEIVING, "SEND");
    conn->into = m;
    conn->incoming = MSRP_IN_CONTENT;
    msrp_message_note(agent, m, MSRP_MESSAGE, action);
    action->content_type = head->content_type;
    action->disposition = head->disposition;
    action->total = head->range.total;
    return MSRP_STEP_ACTION;
}

/* The message under way cannot go on: the chunk is refused, the owner told. */
static void refuse_message(struct msrp_agent *agent, struct msrp_conn *conn, struct msrp_message *m,
                           uint16_t status, enum sp_err err)
{
    refuse(agent, conn, status);
    msrp_message_end(agent, m, err, status);
}

/* A chunk of a message that we know. One that was complete is repeated: acknowledged, not shown
 * again (5.4). */
static void go_on(struct msrp_agent *agent, struct msrp_conn *conn, struct msrp_message *m)
{
    const struct msrp_head *head = &conn->head;

    conn->into = m;
    if (m->state != MSRP_IN_RECEIVING) {
        if (m->status >= 300)
            refuse(agent, conn, m->status);
        return;
    }
    /* Without Byte-Range nobody knows where a later chunk belongs (7.1.1). */
    if (!head->has_range ||
        (head->range.total != MSRP_UNKNOWN &&
         (head->range.total < msrp_ranges_end(&m->ranges) ||
          (m->announced != MSRP_UNKNOWN && head->range.total != m->announced)))) {
        refuse_message(agent, conn, m, 400, SP_MISMATCH);
        return;
    }
    if (m->announced == MSRP_UNKNOWN)
        m->announced = head->range.total;
    conn->incoming = MSRP_IN_CONTENT;
}

static enum msrp_step on_send(struct msrp_agent *agent, struct msrp_session *s,
                              struct msrp_conn *conn, struct msrp_action *action)
{
    const struct msrp_head *head = &conn->head;
    struct msrp_message    *m;

    conn->answer = 200; /* at its end */
    conn->offset = head->range.from - 1;
    if (!conn->frame.has_body || head->content_type.len == 0)
        return MSRP_STEP_AGAIN;
    if (head->message_id.len == 0) {
        refuse(agent, conn, 400);
        return MSRP_STEP_AGAIN;
    }
    keep_back_path(agent, s, head->from_path);
    m = msrp_message_find(agent, s, head->message_id, true);
    if (m == NULL)
        return begin_message(agent, s, conn, action);
    go_on(agent, conn, m);
    return MSRP_STEP_AGAIN;
}

static enum msrp_step on_request(struct msrp_agent *agent, struct msrp_session *s,
                                 struct msrp_conn *conn, struct msrp_action *action)
{
    conn->incoming = MSRP_IN_SKIP;
    switch (conn->head.method) {
    case MSRP_SEND: agent->counters.requests++; return on_send(agent, s, conn, action);
    case MSRP_REPORT:
        agent->counters.reports++;
        msrp_reply_report(agent, s, &conn->head);
        break;
    case MSRP_AUTH: /* of relays */
    case MSRP_OTHER_METHOD:
        agent->counters.requests++;
        refuse(agent, conn, 501);
        break;
    }
    return MSRP_STEP_AGAIN;
}

static enum msrp_step on_head(struct msrp_agent *agent, struct msrp_conn *conn,
                              struct msrp_action *action)
{
    struct msrp_head    *head = &conn->head;
    struct msrp_session *s = usual(conn);
    struct sp_slice      known[2] = { { 0 } };
    struct sp_where      where;

    if (s != NULL) {
        known[0] = s->local.octets;
        known[1] = s->back_path;
    }
    conn->incoming = MSRP_IN_SKIP;
    conn->into = NULL;
    conn->answer = 0;
    if (msrp_head_parse_known(conn->frame.octets, known, head, &where) != SP_OK) {
        agent->counters.malformed++;
        answer_now(agent, conn, 400);
        return MSRP_STEP_AGAIN;
    }
    if (head->response) {
        agent->counters.responses++;
        msrp_reply_response(agent, conn, head);
        return MSRP_STEP_AGAIN;
    }
    s = session_of(agent, conn);
    if (s != NULL && s->tell_up)
        conn->incoming = MSRP_IN_HEAD;
    else if (s != NULL)
        return on_request(agent, s, conn, action);
    return MSRP_STEP_AGAIN;
}

static enum msrp_step on_body(struct msrp_agent *agent, struct msrp_conn *conn,
                              struct msrp_action *action)
{
    struct sp_slice      octets = conn->frame.octets;
    struct msrp_message *m = conn->into;
    uint64_t             end = conn->offset + octets.len;

    if (conn->incoming == MSRP_IN_SKIP) {
        /* Content needs a type (7.1); a blank line before an end-line is forgiven. */
        if (conn->answer == 200 && conn->head.content_type.len == 0)
            refuse(agent, conn, 400);
        return MSRP_STEP_AGAIN;
    }
    if (end > m->announced) /* more than its sender said */
        refuse_message(agent, conn, m, 413, SP_INTEGRITY);
    else if (end > m->total)
        refuse_message(agent, conn, m, 400, SP_MISMATCH);
    else if (m->session->max_size != 0 && end > m->session->max_size)
        refuse_message(agent, conn, m, 413, SP_LIMIT);
    else if (msrp_ranges_add(&m->ranges, conn->offset, end) != SP_OK)
        refuse_message(agent, conn, m, 413, SP_LIMIT);
    if (conn->incoming == MSRP_IN_SKIP)
        return MSRP_STEP_AGAIN;
    msrp_message_note(agent, m, MSRP_CONTENT, action);
    action->offset = conn->offset;
    action->content = octets;
    conn->offset = end;
    return MSRP_STEP_ACTION;
}

/* Through relays the sender learns of what arrived by reports alone, and bounds what was not
 * reported. */
static void report_so_far(struct msrp_agent *agent, struct msrp_message *m)
{
    struct sp_slice path = m->session->back_path;
    uint64_t        whole = msrp_ranges_whole(&m->ranges);

    if (!m->success_report || msrp_path_first(path).len == path.len ||
        whole - m->progress < MSRP_REPORT_OCTETS)
        return;
    m->progress = whole;
    m->report_due = true;
    sp_list_add(&agent->ready_messages, &m->ready);
}

/* The chunk ends where its end-line stands, whatever its Byte-Range said; '$' says that the message
 * ends there too (7.3.1). */
static enum msrp_step end_content(struct msrp_agent *agent, struct msrp_conn *conn, char flag,
                                  struct msrp_action *action)
{
    struct msrp_message *m = conn->into;

    conn->incoming = MSRP_IN_SKIP;
    if (flag == '#') {
        msrp_message_end(agent, m, SP_INTERRUPTED, 0);
        return MSRP_STEP_AGAIN;
    }
    if (flag == '$') {
        if (msrp_ranges_end(&m->ranges) > conn->offset ||
            (m->total != MSRP_UNKNOWN && m->total != conn->offset)) {
            refuse_message(agent, conn, m, 400, SP_MISMATCH);
            return MSRP_STEP_AGAIN;
        }
        m->total = conn->offset;
    }
    if (msrp_ranges_whole(&m->ranges) != m->total) {
        report_so_far(agent, m);
        return MSRP_STEP_AGAIN;
    }
    /* The owner may judge before the response is written. */
    msrp_message_enter(agent, m, MSRP_IN_COMPLETE, "last chunk");
    msrp_message_note(agent, m, MSRP_COMPLETE, action);
    return MSRP_STEP_ACTION;
}

/* The message was whole already, and came again: so does its report (5.4). */
static void report_again(struct msrp_agent *agent, const struct msrp_conn *conn,
                         struct msrp_message *m)
{
    if (m->state != MSRP_IN_PAST || m->status != 200 || !conn->head.success_report)
        return;
    msrp_message_recall(agent, m);
}

static enum msrp_step on_end(struct msrp_agent *agent, struct msrp_conn *conn,
                             struct msrp_action *action)
{
    enum msrp_step step = MSRP_STEP_AGAIN;

    if (conn->incoming == MSRP_IN_CONTENT)
        step = end_content(agent, conn, conn->frame.flag, action);
    else if (conn->into != NULL && conn->answer == 200 && conn->frame.flag == '$')
        report_again(agent, conn, conn->into);
    if (conn->answer != 0)
        answer_now(agent, conn, conn->answer);
    return step;
}

/* There is no finding the next frame: say so if it is known to whom, and close. */
static enum msrp_step on_broken(struct msrp_agent *agent, struct msrp_conn *conn)
{
    struct sp_where where;
    enum sp_err     err;

    agent->counters.malformed++;
    agent->input = (struct sp_slice){ 0 };
    conn->into = NULL;
    conn->answer = 0;
    err = msrp_head_parse(conn->frame.octets, &conn->head, &where);
    if (conn->head.id.len > 0 && (err == SP_OK || conn->head.from_path.len > 0))
        answer_now(agent, conn, 400);
    msrp_conn_fail(agent, conn, SP_SYNTAX);
    return MSRP_STEP_AGAIN;
}

enum msrp_step msrp_in_step(struct msrp_agent *agent, struct msrp_action *action)
{
    struct msrp_conn *conn = agent->input_conn;

    if (conn->state != MSRP_CONN_OPEN) {
        agent->input = (struct sp_slice){ 0 };
        return MSRP_STEP_NONE;
    }
    if (conn->incoming == MSRP_IN_HEAD) {
        struct msrp_session *s = session_of(agent, conn); /* it may have ended meanwhile */

        return s != NULL ? on_request(agent, s, conn, action) : MSRP_STEP_AGAIN;
    }
    switch (msrp_frame_next(&conn->frame, &agent->input)) {
    case MSRP_FRAME_NONE: break;
    case MSRP_FRAME_HEAD: return on_head(agent, conn, action);
    case MSRP_FRAME_BODY: return on_body(agent, conn, action);
    case MSRP_FRAME_END: return on_end(agent, conn, action);
    case MSRP_FRAME_BROKEN: return on_broken(agent, conn);
    }
    return MSRP_STEP_NONE;
}

enum sp_err msrp_judge(struct msrp_agent *agent, uint64_t now_us, struct sp_handle message,
                       uint16_t status)
{
    struct msrp_message *m = sp_pool_find(&agent->messages, message);
    struct msrp_conn    *conn;

    agent->now_us = now_us;
    if (m == NULL || (m->state != MSRP_IN_RECEIVING && m->state != MSRP_IN_COMPLETE))
        return SP_STALE;
    if (status == 200 && m->state != MSRP_IN_COMPLETE)
        return SP_STATE;
    conn = m->session->conn;
    m->status = status;
    if (status != 200 && conn != NULL && conn->into == m && conn->answer != 0 &&
        m->failure_report != MSRP_FAILURE_NO) {
        refuse(agent, conn, status);
        msrp_message_put_aside(agent, m);
        return SP_OK;
    }
    if (conn != NULL && conn->into == m)
        conn->incoming = MSRP_IN_SKIP;
    if (status != 200)
        agent->counters.refused++;
    if (status == 200 ? m->success_report : m->failure_report != MSRP_FAILURE_NO)
        msrp_message_enter(agent, m, MSRP_IN_REPORTING, "judged");
    else
        msrp_message_put_aside(agent, m);
    return SP_OK;
}
