/* SPDX-License-Identifier: MIT
 * msrp/msrp_out.c -- messages that go out: content in turns, chunk by chunk. RFC 4975 5.1, 7.1.1.
 *
 * A connection carries one piece of content at a time. Sessions of a connection and messages of a
 * session take turns, a chunk each; a chunk goes on only while nobody else waits, and is cut when
 * anything else is to be said. */
#include "msrp_core.h"

#include <assert.h>

static bool can_send(const struct msrp_agent *agent, const struct msrp_message *m)
{
    if (m->state != MSRP_OUT_SENDING || m->session->state != MSRP_SESSION_UP)
        return false;
    if (m->chunker.state == MSRP_CHUNK_BETWEEN)
        return !msrp_window_full(agent, m);
    return m->chunker.state == MSRP_CHUNK_WITHIN;
}

static void wake(struct msrp_agent *agent, struct msrp_conn *conn)
{
    if (conn->state == MSRP_CONN_OPEN &&
        (conn->turn == MSRP_TURN_FREE || conn->turn == MSRP_TURN_GIVEN))
        sp_list_add(&agent->talkers, &conn->talks);
}

void msrp_out_queue(struct msrp_agent *agent, struct msrp_message *m)
{
    struct msrp_session *s = m->session;

    if (!msrp_message_outgoing(m) || !can_send(agent, m))
        return;
    sp_list_add(&s->queue, &m->queued);
    sp_list_add(&s->conn->queue, &s->queued);
    wake(agent, s->conn);
}

void msrp_out_unqueue(struct msrp_agent *agent, struct msrp_message *m)
{
    (void)agent;
    sp_list_remove(&m->queued);
    if (sp_list_first(&m->session->queue) == NULL)
        sp_list_remove(&m->session->queued);
}

/* Behind the others that wait. */
static void rotate(struct msrp_agent *agent, struct msrp_message *m)
{
    msrp_out_unqueue(agent, m);
    sp_list_remove(&m->session->queued);
    msrp_out_queue(agent, m);
    if (sp_list_first(&m->session->queue) != NULL && m->session->conn != NULL)
        sp_list_add(&m->session->conn->queue, &m->session->queued);
}

static bool others_wait(const struct msrp_conn *conn, const struct msrp_message *m)
{
    const struct msrp_session *s = m->session;

    return sp_list_first(&conn->queue) != &s->queued ||
           sp_list_after(&conn->queue, &s->queued) != NULL ||
           sp_list_first(&s->queue) != &m->queued || sp_list_after(&s->queue, &m->queued) != NULL;
}

/* Its message goes behind the others that wait. */
static void chunk_ends(struct msrp_agent *agent, struct msrp_message *m)
{
    msrp_window_end(agent, m);
    rotate(agent, m);
}

/* ---- pieces -------------------------------------------------------------------------------------
 */

void msrp_out_cut(struct msrp_agent *agent, struct msrp_conn *conn, struct sp_buf *to)
{
    struct msrp_message *m = conn->sending;

    if (m == NULL || m->chunker.state != MSRP_CHUNK_WITHIN)
        return;
    msrp_chunker_end(&m->chunker, m->state == MSRP_OUT_ENDED ? '#' : '+', to);
    if (m->state == MSRP_OUT_ENDED)
        return;
    chunk_ends(agent, m);
    if (conn->turn != MSRP_TURN_BUSY)
        msrp_window_handed_over(agent, m);
}

void msrp_out_forget(struct msrp_agent *agent, struct msrp_message *m)
{
    struct msrp_conn *conn = m->session->conn;

    if (conn == NULL || conn->sending != m)
        return;
    conn->sending = NULL;
    if (conn->turn == MSRP_TURN_ASKED || conn->turn == MSRP_TURN_GIVEN)
        conn->turn = MSRP_TURN_FREE;
    wake(agent, conn);
}

/* Octets of one chunk. Through relays fewer: some drop frames past 11,000 octets. */
static uint64_t chunk_octets(const struct msrp_message *m)
{
    struct sp_slice path = m->session->remote_path;
    uint64_t        most = m->chunk_octets;

    if (msrp_path_first(path).len < path.len && most > MSRP_RELAYED_OCTETS)
        return MSRP_RELAYED_OCTETS;
    return most;
}

/* What was given holds more chunks: they follow at once, and leave together. The last of them wants
 * to know that it was sent. */
static bool goes_on(const struct msrp_agent *agent, struct msrp_conn *conn,
                    const struct msrp_message *m, struct sp_slice rest)
{
    if (rest.len == 0 || m->state != MSRP_OUT_SENDING || others_wait(conn, m) ||
        !can_send(agent, m))
        return false;
    conn->given = rest;
    return true;
}

static enum msrp_step send_piece(struct msrp_agent *agent, struct msrp_conn *conn,
                                 struct sp_slice octets, struct msrp_action *action)
{
    struct msrp_message *m = conn->sending;
    struct sp_buf        to = sp_buf(agent->head_room, agent->head_octets);
    struct msrp_piece    piece;
    uint64_t so_far = m->chunker.state == MSRP_CHUNK_WITHIN ? m->chunker.at - m->chunker.from : 0;
    bool     cut = others_wait(conn, m) && so_far + octets.len >= MSRP_LARGE_OCTETS;

    if (m->chunker.state == MSRP_CHUNK_BETWEEN && !can_send(agent, m)) {
        /* Cut while it was asked, and the window is full: it is asked again. */
        conn->turn = MSRP_TURN_FREE;
        return MSRP_STEP_AGAIN;
    }
    msrp_chunker_piece(&m->chunker, octets, chunk_octets(m), cut, &to, &piece);
    assert(to.err == SP_OK);
    if (piece.begins)
        msrp_window_begin(m);
    conn->turn = MSRP_TURN_BUSY;
    if (piece.flag != '\0')
        chunk_ends(agent, m);
    if (piece.flag == '+' && goes_on(agent, conn, m, sp_from(octets, piece.body.len)))
        conn->turn = MSRP_TURN_GIVEN;
    action->io.kind = SP_IO_SEND;
    action->io.flow = conn->flow;
    action->io.parts[0] = piece.head;
    action->io.parts[1] = piece.body;
    action->io.parts[2] = piece.tail;
    action->io.want_sent = conn->turn == MSRP_TURN_BUSY;
    return MSRP_STEP_ACTION;
}

static enum msrp_step ask(struct msrp_agent *agent, struct msrp_conn *conn, struct msrp_message *m,
                          struct msrp_action *action)
{
    const struct msrp_chunker *c = &m->chunker;
    uint64_t                   octets = chunk_octets(m);

    if (octets < agent->limits.content_octets && !others_wait(conn, m))
        octets = agent->limits.content_octets; /* several chunks */
    else if (c->state == MSRP_CHUNK_WITHIN)
        octets -= c->at - c->from;
    if (octets > c->total - c->at)
        octets = c->total - c->at;
    if (octets > agent->limits.content_octets)
        octets = agent->limits.content_octets;
    conn->turn = MSRP_TURN_ASKED;
    msrp_message_note(agent, m, MSRP_WANT, action);
    action->offset = c->at;
    action->octets = octets;
    return MSRP_STEP_ACTION;
}

/* Whose turn is it? */
static enum msrp_step begin_turn(struct msrp_agent *agent, struct msrp_conn *conn,
                                 struct msrp_action *action)
{
    struct msrp_message *m = conn->sending;
    struct sp_link      *first;

    if (m != NULL && m->chunker.state == MSRP_CHUNK_WITHIN && others_wait(conn, m) &&
        m->chunker.at - m->chunker.from >= MSRP_LARGE_OCTETS)
        return msrp_say(agent, conn) == NULL ? MSRP_STEP_FLUSH : MSRP_STEP_AGAIN;
    if (m == NULL || m->chunker.state != MSRP_CHUNK_WITHIN) {
        first = sp_list_first(&conn->queue);
        conn->sending = NULL;
        if (first == NULL)
            return MSRP_STEP_NONE;
        first = sp_list_first(&SP_OF(first, struct msrp_session, queued)->queue);
        m = conn->sending = SP_OF(first, struct msrp_message, queued);
    }
    if (m->total == 0)
        return send_piece(agent, conn, (struct sp_slice){ 0 }, action);
    return ask(agent, conn, m, action);
}

enum msrp_step msrp_out_step(struct msrp_agent *agent, struct msrp_conn *conn,
                             struct msrp_action *action)
{
    switch (conn->turn) {
    case MSRP_TURN_FREE: return begin_turn(agent, conn, action);
    case MSRP_TURN_GIVEN: return send_piece(agent, conn, conn->given, action);
    case MSRP_TURN_ASKED:
    case MSRP_TURN_BUSY: break;
    }
    return MSRP_STEP_NONE;
}

void msrp_out_sent(struct msrp_agent *agent, struct msrp_conn *conn)
{
    struct msrp_message *m = conn->sending;

    if (conn->turn != MSRP_TURN_BUSY)
        return;
    conn->turn = MSRP_TURN_FREE;
    wake(agent, conn);
    if (m == NULL)
        return;
    msrp_window_handed_over(agent, m);
    if (m->state == MSRP_OUT_SENDING && m->chunker.state == MSRP_CHUNK_ENDED) {
        msrp_message_enter(agent, m, MSRP_OUT_SENT, "last octet");
        m->tell_sent = true;
        sp_list_add(&agent->ready_messages, &m->ready);
        msrp_window_judge(agent, m);
    }
}

void msrp_content(struct msrp_agent *agent, uint64_t now_us, struct sp_handle message,
                  uint64_t offset, struct sp_slice octets)
{
    struct msrp_message *m = sp_pool_find(&agent->messages, message);
    struct msrp_conn    *conn = m != NULL ? m->session->conn : NULL;

    agent->now_us = now_us;
    if (conn == NULL || conn->sending != m || conn->turn != MSRP_TURN_ASKED ||
        m->state != MSRP_OUT_SENDING || offset != m->chunker.at)
        return;
    if (octets.len == 0) {
        conn->turn = MSRP_TURN_FREE;
        msrp_message_end(agent, m, SP_STORAGE, 0);
        return;
    }
    conn->turn = MSRP_TURN_GIVEN;
    conn->given = octets;
    wake(agent, conn);
}

/* ---- beginning and giving up --------------------------------------------------------------------
 */

/* The texts of the message in one block of the store; the head that its chunks share. */
static enum sp_err keep_texts(struct msrp_agent *agent, struct msrp_message *m,
                              const struct msrp_outgoing *outgoing)
{
    const struct msrp_session *s = m->session;
    size_t                     octets = outgoing->content_type.len + outgoing->disposition.len;
    struct sp_buf              text = sp_buf(sp_store_take(&agent->store, octets), octets);
    uint8_t                    random[8];
    char                       place[7];
    struct sp_buf              name = sp_buf(place, sizeof place);
    struct msrp_request        head = { .to_path = s->remote_path,
                                        .from_path = s->local.octets,
                                        .message_id = sp_slice(m->id, m->id_octets),
                                        .has_range = true,
                                        .success_report = m->success_report,
                                        .failure_report = outgoing->failure_report };

    if (text.at == NULL)
        return SP_LIMIT;
    m->text = text.at;
    sp_put_value(&text, outgoing->content_type);
    sp_put_value(&text, outgoing->disposition);
    head.content_type = sp_slice(text.at, outgoing->content_type.len);
    head.disposition = sp_slice(text.at + outgoing->content_type.len, outgoing->disposition.len);
    sp_ident_octets(&agent->ident, random, sizeof random);
    sp_put_char(&name, 'm');
    msrp_put_hex_number(&name, sp_pool_handle(&agent->messages, m).slot);
    msrp_chunker_init(&m->chunker, &head, outgoing->octets, random, sp_written(&name));
    return text.err;
}

/* Can it be said? The head of each chunk must fit. */
static enum sp_err check(const struct msrp_agent *agent, const struct msrp_session *s,
                         const struct msrp_outgoing *outgoing)
{
    size_t room = agent->limits.msrp_head_octets;
    size_t head = 256 + s->remote_path.len + s->local.octets.len;

    if (outgoing->content_type.len == 0)
        return SP_MISSING;
    if (!msrp_is_media_type(outgoing->content_type) ||
        (outgoing->message_id.len > 0 && !msrp_is_ident(outgoing->message_id)) ||
        outgoing->octets > INT64_MAX)
        return SP_SYNTAX;
    if (head + outgoing->content_type.len + outgoing->disposition.len > room)
        return SP_ROOM;
    return SP_OK;
}

enum sp_err msrp_send(struct msrp_agent *agent, uint64_t now_us, struct sp_handle session,
                      const struct msrp_outgoing *outgoing, struct sp_handle *message)
{
    struct msrp_session *s = sp_pool_find(&agent->sessions, session);
    struct sp_slice      id = outgoing->message_id;
    char                 drawn[16];
    struct msrp_message *m;
    enum sp_err          err;
    bool                 success_report;

    agent->now_us = now_us;
    if (s == NULL || s->state == MSRP_SESSION_CLOSING)
        return SP_STALE;
    if (s->state == MSRP_SESSION_DOWN)
        return SP_STATE;
    err = check(agent, s, outgoing);
    if (err == SP_OK && id.len > 0 && msrp_message_find(agent, s, id, false) != NULL)
        err = SP_REPEATED;
    if (err == SP_OK && msrp_session_refuses(agent, s, outgoing->content_type))
        err = SP_UNSUPPORTED; /* 10.6 */
    if (err != SP_OK)
        return err;
    if (id.len == 0) {
        sp_ident_token(&agent->ident, drawn, sizeof drawn);
        id = sp_slice(drawn, sizeof drawn);
    }
    m = msrp_message_take(agent, s, id, false);
    if (m == NULL)
        return SP_LIMIT;
    /* A relay's 200 says nothing about the far end. */
    success_report = outgoing->success_report ||
                     (outgoing->failure_report == MSRP_FAILURE_YES &&
                      msrp_path_first(s->remote_path).len < s->remote_path.len);
    m->user = outgoing->user;
    m->total = outgoing->octets;
    m->chunk_octets = outgoing->chunk_octets;
    if (m->chunk_octets == 0 || m->chunk_octets > agent->limits.msrp_chunk_octets)
        m->chunk_octets = agent->limits.msrp_chunk_octets;
    m->success_report = success_report;
    m->failure_report = (uint8_t)outgoing->failure_report;
    err = keep_texts(agent, m, outgoing);
    if (err != SP_OK) {
        msrp_message_free(agent, m);
        return err;
    }
    *message = sp_pool_handle(&agent->messages, m);
    msrp_message_enter(agent, m, MSRP_OUT_SENDING, "send");
    msrp_out_queue(agent, m);
    return SP_OK;
}

enum sp_err msrp_abort(struct msrp_agent *agent, uint64_t now_us, struct sp_handle message)
{
    struct msrp_message *m = sp_pool_find(&agent->messages, message);

    agent->now_us = now_us;
    if (m == NULL || !msrp_message_outgoing(m) || m->state == MSRP_OUT_ENDED)
        return SP_STALE;
    msrp_message_end(agent, m, SP_INTERRUPTED, 0);
    return SP_OK;
}
