/* SPDX-License-Identifier: MIT
 * transaction/sip_receive.c -- a message came: is it one, whose is it, what becomes of it?
 * RFC 3261 8.2.2 (as far as it is form), 17.1.3, 17.2.3, 18.1.2, 18.2.1, 18.3; RFC 4475 3.3.
 *
 * Reads the input one message at a time. A response that is not well-formed or matches nothing is
 * dropped; a request that is not well-formed is answered without a transaction if the sent-by of
 * its top Via can be read, an ACK never is. Whoever sends retransmissions is served before anything
 * else is looked at. What is handed up has passed the rules of parser/sip_check.h, the same that
 * lint applies. */
#include "sip_layer.h"

#include "../parser/sip_check.h"

#define PHRASE_OCTETS 96

static void dropped(struct sip_tx_layer *layer, const char *why)
{
    sp_trace_octets(&layer->trace, SP_TRACE_DROPPED, layer->now_us, &layer->in_flow,
                    layer->msg.octets, why);
}

/* Send octets of the layer's own where the response to this request would go. */
static bool send_back(struct sip_tx_layer *layer, const struct sip_via *via, struct sp_slice octets,
                      struct sip_tx_action *action)
{
    action->kind = SIP_TX_IO;
    action->io.kind = SP_IO_SEND;
    action->io.flow = layer->in_flow;
    if (!sp_flow_stream(&layer->in_flow))
        action->io.flow = sip_way_back(via, &layer->in_flow);
    action->io.parts[0] = octets;
    return octets.len > 0;
}

/* Answer without a transaction. False: there is nothing to send, it is dropped. */
static bool answer(struct sip_tx_layer *layer, const struct sip_top *top, uint16_t status,
                   struct sp_slice reason, struct sip_tx_action *action)
{
    if (status == 503)
        layer->counters.overloaded++;
    else if (status == 413 || status == 513)
        layer->counters.oversized++;
    else
        layer->counters.malformed++;
    if (layer->msg.method != SIP_ACK &&
        send_back(layer, &top->via, sip_write_answer(layer, top, status, reason), action))
        return true;
    dropped(layer, "cannot be answered");
    return false;
}

/* Octets that may stand in a Reason-Phrase: "CSeq: the value does not match the grammar". */
static struct sp_slice phrase(char room[PHRASE_OCTETS], const struct sip_finding *finding)
{
    struct sp_buf   to = sp_buf(room, PHRASE_OCTETS);
    struct sp_slice words = sp_str(finding->what);

    if (finding->answer != 400)
        return sp_slice(NULL, 0); /* the usual one says it */
    if (finding->field != SIP_FIELD_OTHER) {
        sp_put(&to, sip_field_name(finding->field));
        sp_put_text(&to, ": ");
    }
    for (size_t i = 0; i < words.len && to.len + 1 < PHRASE_OCTETS; i++)
        if (sp_is_alnum(words.at[i]) || sp_find(SP_LIT(" -_./:,"), words.at[i]) < 7)
            sp_put_char(&to, words.at[i]);
    return sp_written(&to);
}

/* What the parser and the rules of sip_check.h say to a message that came. */
static struct sip_check judged(const struct sip_tx_layer *layer, struct sp_slice given,
                               enum sp_err err, const struct sp_where *where)
{
    struct sip_check check = {
        .ua = true,
        .stream = sp_flow_stream(&layer->in_flow),
        .err = err,
        .where = *where,
        .given = given,
    };

    sip_check(&layer->msg, &check);
    return check;
}

/* What a request is found by; false where it is not well-formed. */
static bool key_of(struct sip_tx_layer *layer, const struct sip_top *top, struct sip_key *key)
{
    struct sip_cseq cseq;
    struct sp_where where;

    return sip_cseq_parse(sip_msg_value(&layer->msg, SIP_FIELD_CSEQ), &cseq, &where) == SP_OK &&
           sip_key_server(layer, key, &layer->msg, &top->via, &cseq) == SP_OK;
}

/* A copy of the request with a stamped Via, into the store and into layer->msg. */
static struct sp_slice keep_stamped(struct sip_tx_layer *layer, const struct sip_top *top)
{
    struct sip_msg *msg = &layer->msg;
    struct sp_slice via = msg->fields[msg->first[SIP_FIELD_VIA] - 1].value;
    size_t          before = (size_t)(via.at - msg->octets.at);
    size_t          room = msg->octets.len + SIP_STAMP_OCTETS;
    struct sp_buf   to = sp_buf(sp_store_take(&layer->store, room), room);
    struct sp_where where;
    struct sp_slice kept;
    enum sp_err     err;

    if (to.at == NULL)
        return sp_slice(NULL, 0);
    sp_put(&to, sp_head(msg->octets, before));
    sip_way_stamp(&to, via, top, &layer->in_flow.remote);
    sp_put(&to, sp_from(msg->octets, before + via.len));
    kept = sp_written(&to);
    err = sip_msg_parse(kept, msg, &where);
    if (kept.len == 0 || err != SP_OK) { /* a received longer than any is not ours */
        sp_store_give(&layer->store, to.at);
        return sp_slice(NULL, 0);
    }
    sp_store_shrink(&layer->store, to.at, kept.len);
    return kept;
}

/* A new server transaction, or NULL when there is no room for it. */
static struct sip_transaction *new_server(struct sip_tx_layer *layer, const struct sip_top *top,
                                          const struct sip_key *key)
{
    bool                    invite = layer->msg.method == SIP_INVITE;
    struct sip_transaction *tx = sip_run_take(layer, invite ? INVITE_SERVER : NON_INVITE_SERVER);
    struct sp_slice         came = layer->msg.octets;
    struct sip_conn        *conn;
    struct sp_where         where;

    if (tx == NULL)
        return NULL;
    tx->key = *key;
    tx->from = layer->in_flow;
    tx->to = sip_way_back(&top->via, &layer->in_flow);
    tx->sent_by = sip_way_sent_by(&top->via);
    tx->method = sip_method_key(layer, layer->msg.method_name);
    tx->request = keep_stamped(layer, top);
    if (tx->request.at != NULL && invite)
        tx->response = sip_write_100(layer, &layer->msg);
    if (tx->request.at == NULL || (invite && tx->response.at == NULL)) {
        sip_run_give(layer, tx);
        (void)!sip_msg_parse(came, &layer->msg, &where); /* what was kept is gone */
        return NULL;
    }
    if (sp_flow_stream(&layer->in_flow)) {
        conn = sip_conn_of(layer, layer->in_flow.id);
        if (conn != NULL)
            sip_conn_join(conn, tx);
    }
    sip_match_add(layer, tx);
    return tx;
}

static bool begin(struct sip_tx_layer *layer, const struct sip_top *top, const struct sip_key *key,
                  struct sip_tx_action *action)
{
    struct sip_transaction *tx = new_server(layer, top, key), *cancelled;
    uint16_t                actions;

    if (tx == NULL)
        return answer(layer, top, 503, sp_slice(NULL, 0), action);
    actions = sip_run(layer, tx, tx->machine == INVITE_SERVER ? RX_INVITE : RX_REQUEST, NULL);
    if ((actions & SEND_100) != 0)
        sip_run_say(layer, tx, SEND_RESPONSE);
    if ((actions & TELL_REQUEST) == 0)
        return false;
    action->kind = SIP_TX_REQUEST;
    if (layer->msg.method == SIP_CANCEL) {
        action->kind = SIP_TX_CANCEL;
        cancelled = sip_match_cancelled(layer, key);
        if (cancelled != NULL) {
            action->invite = sp_pool_handle(&layer->transactions, cancelled);
            action->user = cancelled->user;
        }
    }
    action->tx = sp_pool_handle(&layer->transactions, tx);
    action->msg = &layer->msg;
    action->flow = layer->in_flow;
    return true;
}

/* An ACK, for the transaction it matches or for the user. */
static bool acknowledge(struct sip_tx_layer *layer, struct sip_transaction *tx,
                        struct sip_tx_action *action)
{
    bool taken;

    if (tx != NULL && (sip_run(layer, tx, RX_ACK, &taken) & TELL_ACK) == 0) {
        if (!taken)
            layer->counters.retransmitted_in++;
        return false;
    }
    action->kind = SIP_TX_ACK;
    action->msg = &layer->msg;
    action->flow = layer->in_flow;
    return true;
}

/* A request came again by another connection than before. When that is gone (18.2.2), its sender
 * waits at this one. */
static void follow(struct sip_tx_layer *layer, struct sip_transaction *tx,
                   const struct sip_top *top)
{
    struct sip_conn *conn;

    if (!sp_flow_stream(&layer->in_flow) || !sp_flow_stream(&tx->to) ||
        (tx->conn != NULL && tx->conn->state == CONN_OPEN))
        return;
    conn = sip_conn_of(layer, layer->in_flow.id);
    if (conn == NULL)
        return;
    if (tx->conn != NULL)
        sip_conn_leave(tx);
    sip_conn_join(conn, tx);
    tx->from = layer->in_flow;
    tx->to = sip_way_back(&top->via, &layer->in_flow);
    sip_run_say(layer, tx, 0); /* what waited for a connection goes */
}

static bool request(struct sip_tx_layer *layer, struct sp_slice given, enum sp_err err,
                    const struct sp_where *where, struct sip_tx_action *action)
{
    struct sip_msg         *msg = &layer->msg;
    struct sip_transaction *tx = NULL;
    struct sip_check        check;
    struct sip_top          top;
    struct sip_key          key;
    char                    room[PHRASE_OCTETS];
    enum sp_err             way = sip_way_top(msg, &top);

    if (way != SP_OK && top.via.host.len == 0) {
        layer->counters.malformed++;
        dropped(layer, "no way back");
        return false;
    }
    if (msg->octets.len > layer->limits.message_octets) /* of a datagram */
        return answer(layer, &top, 513, sp_slice(NULL, 0), action);
    if (err == SP_OK && way == SP_OK && key_of(layer, &top, &key))
        tx = sip_match_request(layer, &key, msg);
    if (tx != NULL && msg->method != SIP_ACK) {
        layer->counters.requests++;
        layer->counters.retransmitted_in++;
        follow(layer, tx, &top);
        sip_run(layer, tx, tx->machine == INVITE_SERVER ? RX_INVITE : RX_REQUEST, NULL);
        return false;
    }
    check = judged(layer, given, err, where);
    if (check.answer == 0 && !key_of(layer, &top, &key)) /* the rules see to it */
        check.answer = check.reason.answer = 400;
    if (check.answer != 0)
        return answer(layer, &top, check.answer, phrase(room, &check.reason), action);
    layer->counters.requests++;
    if (msg->method == SIP_ACK)
        return acknowledge(layer, tx, action);
    return begin(layer, &top, &key, action);
}

/* The ACK takes the place of its INVITE, which is not sent again. No room: the next retransmission
 * of the response tries again. */
static void make_ack(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    struct sp_slice ack;

    if (sp_starts(tx->request, SP_LIT("ACK ")))
        return;
    ack = sip_write_ack(layer, tx->request, &layer->msg);
    if (ack.at == NULL) {
        layer->counters.overloaded++;
        tx->pending &= (uint16_t)~SEND_ACK;
        return;
    }
    sp_store_give(&layer->store, tx->request.at);
    tx->request = ack;
}

/* 8.1.3.3: one that went astray has values of others below ours. What else is wrong in a response
 * that is ours to take, its user judges: it must not wait for what has come. */
static bool is_astray(const struct sip_msg *msg)
{
    struct sip_values walk = { NULL, { NULL, 0 } };
    struct sp_slice   value;

    return sip_values_next(msg, SIP_FIELD_VIA, &walk, &value) &&
           sip_values_next(msg, SIP_FIELD_VIA, &walk, &value);
}

static bool response(struct sip_tx_layer *layer, enum sp_err err, struct sip_tx_action *action)
{
    struct sip_msg         *msg = &layer->msg;
    struct sip_transaction *tx;
    struct sip_top          top;
    struct sip_cseq         cseq;
    struct sp_where         where;
    uint16_t                actions;
    bool                    taken;

    if (err != SP_OK || sip_way_top(msg, &top) != SP_OK || is_astray(msg) ||
        sip_cseq_parse(sip_msg_value(msg, SIP_FIELD_CSEQ), &cseq, &where) != SP_OK) {
        layer->counters.malformed++;
        dropped(layer, "malformed response");
        return false;
    }
    layer->counters.responses++;
    tx = sip_match_response(layer, &top.via, &cseq, &layer->in_flow);
    if (tx == NULL) {
        layer->counters.stray++;
        dropped(layer, "stray response");
        return false;
    }
    actions = sip_run(layer, tx,
                      sip_machine_status((enum sip_machine_kind)tx->machine, false, msg->status),
                      &taken);
    if ((actions & SEND_ACK) != 0)
        make_ack(layer, tx);
    if ((actions & TELL_RESPONSE) == 0) {
        layer->counters.retransmitted_in++;
        return false;
    }
    action->kind = SIP_TX_RESPONSE;
    action->tx = sp_pool_handle(&layer->transactions, tx);
    action->user = tx->user;
    action->msg = msg;
    action->flow = layer->in_flow;
    return true;
}

static bool message(struct sip_tx_layer *layer, struct sp_slice octets,
                    struct sip_tx_action *action)
{
    struct sp_where where;
    enum sp_err     err;

    sip_msg_init(&layer->msg, layer->fields, layer->limits.fields);
    err = sip_msg_parse(octets, &layer->msg, &where);
    if (layer->msg.request)
        return request(layer, octets, err, &where, action);
    return response(layer, err, action);
}

/* A connection whose messages cannot be told apart any more: say so, if that can be said, and
 * close. */
static bool broken(struct sip_tx_layer *layer, struct sip_conn *conn, struct sp_slice head,
                   enum sp_err why, struct sip_tx_action *action)
{
    struct sip_top  top;
    struct sp_where where;
    uint16_t        status = 400;
    bool            said = false;

    if (why == SP_ROOM) /* too large is the body, or already the head */
        status = sp_find_slice(head, SP_LIT("\r\n\r\n")) < head.len ? 413 : 513;
    sip_msg_init(&layer->msg, layer->fields, layer->limits.fields);
    (void)!sip_msg_parse(head, &layer->msg, &where);
    if (layer->msg.request && sip_way_top(&layer->msg, &top) == SP_OK)
        said = answer(layer, &top, status,
                      status == 400 ? SP_LIT("Malformed Content-Length") : sp_slice(NULL, 0),
                      action);
    else if (why == SP_ROOM)
        layer->counters.oversized++;
    else
        layer->counters.malformed++;
    sip_conn_close(layer, conn, SP_CLOSED);
    return said;
}

static bool read_stream(struct sip_tx_layer *layer, struct sip_tx_action *action)
{
    struct sip_conn *conn = sip_conn_of(layer, layer->in_flow.id);
    struct sp_slice  frame;
    enum sp_err      err;

    if (conn == NULL || conn->state != CONN_OPEN) { /* closed in the meantime */
        layer->in = sp_slice(NULL, 0);
        return false;
    }
    switch (
        sip_stream_next(&conn->stream, &layer->in, layer->limits.message_octets, &frame, &err)) {
    case SIP_FRAME_NONE:
        layer->in = sp_slice(NULL, 0);
        sip_conn_heard(layer, conn);
        sip_conn_rest(layer, conn);
        return false;
    case SIP_FRAME_MESSAGE:
        sip_conn_heard(layer, conn);
        conn->half_us = SP_NEVER;
        conn->came++;
        sip_conn_used(layer, conn);
        return message(layer, frame, action);
    case SIP_FRAME_PING: /* RFC 5626 4.4.1: the pong */
        sip_conn_used(layer, conn);
        action->kind = SIP_TX_IO;
        action->io.kind = SP_IO_SEND;
        action->io.flow = conn->flow;
        action->io.parts[0] = SP_LIT("\r\n");
        return true;
    case SIP_FRAME_BUFFER:
        if (!sip_conn_lend(layer, conn)) {
            layer->counters.overloaded++;
            sip_conn_close(layer, conn, SP_LIMIT);
        }
        return false;
    case SIP_FRAME_BROKEN: break;
    }
    return broken(layer, conn, frame, err, action);
}

/* CRLFs alone keep a way through a NAT open; they are no message (RFC 3261 7.5, RFC 5626 4.4.1). */
static bool is_keep_alive(struct sp_slice datagram)
{
    return sp_trim(datagram).len == 0;
}

bool sip_receive_next(struct sip_tx_layer *layer, struct sip_tx_action *action)
{
    struct sp_slice datagram = layer->in;

    if (sp_flow_stream(&layer->in_flow))
        return read_stream(layer, action);
    layer->in = sp_slice(NULL, 0);
    return !is_keep_alive(datagram) && message(layer, datagram, action);
}
