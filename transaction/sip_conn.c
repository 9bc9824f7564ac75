/* SPDX-License-Identifier: MIT
 * transaction/sip_conn.c -- SIP connections: opened, accepted, shared, closed. RFC 3261 18, 18.1.1.
 *
 * A connection is found by its flow and by the address at its far end, whoever opened it. A
 * transaction is a member of the connection that it waits for or expects something from; one
 * without members that nothing used for limits.stream_idle_ms is closed, and so is one whose
 * message is half here for limits.stream_half_ms. One that is kept is pinged (RFC 5626 4.4.1)
 * instead, and closed when no pong comes. enter() alone assigns a connection's state. */
#include "sip_layer.h"

static void enter(struct sip_tx_layer *layer, struct sip_conn *conn, enum sip_conn_state state)
{
    conn->state = (uint8_t)state;
    if (state == CONN_WANTED || state == CONN_CLOSING || state == CONN_GONE)
        sp_list_add(&layer->conn_ready, &conn->ready);
    else
        sp_list_remove(&conn->ready);
}

static uint64_t hash_flow(const struct sip_tx_layer *layer, uint64_t id)
{
    struct sp_slice octets = sp_slice(&id, sizeof id);

    return sp_table_hash(&layer->by_flow, &octets, 1);
}

static uint64_t hash_remote(const struct sip_tx_layer *layer, const struct sp_addr *remote)
{
    struct sp_slice parts[] = { sp_slice(remote->octets, sizeof remote->octets),
                                sp_slice(&remote->port, sizeof remote->port) };

    return sp_table_hash(&layer->by_remote, parts, 2);
}

struct sip_conn *sip_conn_of(const struct sip_tx_layer *layer, uint64_t flow_id)
{
    struct sp_table_link *link = sp_table_first(&layer->by_flow, hash_flow(layer, flow_id));

    for (; link != NULL; link = sp_table_next(link)) {
        struct sip_conn *conn = SP_OF(link, struct sip_conn, by_flow);

        if (conn->flow.id == flow_id)
            return conn;
    }
    return NULL;
}

static struct sip_conn *make(struct sip_tx_layer *layer, const struct sp_addr *remote)
{
    struct sip_conn *conn = sp_pool_take(&layer->conns);

    if (conn == NULL)
        return NULL;
    sp_list_init(&conn->members);
    conn->flow.transport = SP_TCP;
    conn->flow.protocol = SP_SIP;
    conn->flow.remote = *remote;
    conn->used_us = layer->now_us;
    conn->half_us = conn->ping_us = conn->pong_us = SP_NEVER;
    conn->timer.owner = conn;
    conn->timer.name = SIP_TIMER_COUNT; /* no timer of a transaction */
    sp_table_add(&layer->by_remote, &conn->by_remote, hash_remote(layer, remote));
    return conn;
}

static uint64_t idle_us(const struct sip_tx_layer *layer)
{
    return (uint64_t)layer->limits.stream_idle_ms * 1000;
}

/* Since when it has waited: for a connection to open, for a message to get whole. SP_NEVER: for
 * neither. */
static uint64_t waits_since(const struct sip_conn *conn)
{
    return conn->state == CONN_OPEN ? conn->half_us : conn->used_us;
}

/* Too long? */
static bool waited(const struct sip_tx_layer *layer, const struct sip_conn *conn)
{
    uint64_t since = waits_since(conn);

    return since != SP_NEVER &&
           layer->now_us - since >= (uint64_t)layer->limits.stream_half_ms * 1000;
}

static bool idle(const struct sip_tx_layer *layer, const struct sip_conn *conn)
{
    return conn->state == CONN_OPEN && conn->keep_ms == 0 &&
           sp_list_first(&conn->members) == NULL && layer->now_us - conn->used_us >= idle_us(layer);
}

/* Set when it is next to be looked at. */
static void watch(struct sip_tx_layer *layer, struct sip_conn *conn)
{
    uint64_t at_us = conn->used_us + idle_us(layer);
    uint64_t since = waits_since(conn);

    if (conn->keep_ms > 0)
        at_us = SP_NEVER;            /* it is never idle */
    else if (at_us <= layer->now_us) /* it has members: look again later */
        at_us = layer->now_us + idle_us(layer) + 1;
    if (since != SP_NEVER && since + (uint64_t)layer->limits.stream_half_ms * 1000 < at_us)
        at_us = since + (uint64_t)layer->limits.stream_half_ms * 1000;
    if (conn->ping_us < at_us)
        at_us = conn->ping_us;
    if (conn->pong_us < at_us)
        at_us = conn->pong_us;
    sp_timer_start(&layer->timers, &conn->timer, at_us);
}

struct sip_conn *sip_conn_to(struct sip_tx_layer *layer, const struct sp_addr *remote)
{
    struct sp_table_link *link = sp_table_first(&layer->by_remote, hash_remote(layer, remote));
    struct sip_conn      *conn;

    for (; link != NULL; link = sp_table_next(link)) {
        conn = SP_OF(link, struct sip_conn, by_remote);
        if (conn->state != CONN_CLOSING && sp_addr_eq(&conn->flow.remote, remote))
            return conn;
    }
    conn = make(layer, remote);
    if (conn == NULL)
        return NULL;
    conn->ours = true;
    enter(layer, conn, CONN_WANTED);
    watch(layer, conn);
    return conn;
}

static void opened(struct sip_tx_layer *layer, struct sip_conn *conn, const struct sp_flow *flow)
{
    conn->flow = *flow;
    sp_table_add(&layer->by_flow, &conn->by_flow, hash_flow(layer, flow->id));
    conn->used_us = layer->now_us;
    enter(layer, conn, CONN_OPEN);
    watch(layer, conn);
}

void sip_conn_accept(struct sip_tx_layer *layer, const struct sp_flow *flow)
{
    uint32_t         most = layer->limits.stream_accepts;
    struct sip_conn *conn = NULL;

    if (most == 0 || layer->accepted < most)
        conn = make(layer, &flow->remote);
    if (conn != NULL) {
        layer->accepted++;
        opened(layer, conn, flow);
        return;
    }
    layer->counters.overloaded++;
    layer->refused = *flow;
}

static struct sip_conn *by_cookie(const struct sip_tx_layer *layer, uint64_t cookie)
{
    struct sp_handle handle = { (uint32_t)(cookie >> 32), (uint32_t)cookie };

    return sp_pool_find(&layer->conns, handle);
}

void sip_conn_opened(struct sip_tx_layer *layer, uint64_t cookie, const struct sp_flow *flow)
{
    struct sip_conn *conn = by_cookie(layer, cookie);
    struct sp_link  *link;

    if (conn == NULL || conn->state != CONN_OPENING) { /* nobody waits for it any more */
        layer->refused = *flow;
        return;
    }

    struct sp_addr asked = conn->flow.remote;

    opened(layer, conn, flow);
    conn->flow.remote = asked; /* it stays found by the address that was asked for (18) */
    for (link = sp_list_first(&conn->members); link != NULL;
         link = sp_list_after(&conn->members, link))
        sip_run_say(layer, SP_OF(link, struct sip_transaction, member), 0);
}

/* Forget a connection that is gone at the host, too. Its members are told. */
static void drop(struct sip_tx_layer *layer, struct sip_conn *conn)
{
    layer->accepted -= !conn->ours;
    sp_list_remove(&conn->ready);
    sp_timer_stop(&layer->timers, &conn->timer);
    sp_table_remove(&layer->by_flow, &conn->by_flow);
    sp_table_remove(&layer->by_remote, &conn->by_remote);
    if (conn->stream.buffer != NULL)
        sp_pool_give(&layer->buffers, conn->stream.buffer);
    conn->stream.buffer = NULL;
    if (conn->keep_ms > 0)
        enter(layer, conn, CONN_GONE);
    else
        sp_pool_give(&layer->conns, conn);
}

/* A member learns that its connection could not be opened. */
static void failed_for(struct sip_tx_layer *layer, struct sip_transaction *tx, enum sp_err err)
{
    if (tx->udp_again && err != SP_TIMEOUT && sip_tx_to_udp(layer, tx))
        return;
    if (sip_way_elsewhere(tx)) {
        sip_run_say(layer, tx, 0);
        return;
    }
    sip_run_error(layer, tx, err);
}

/* The peer closed a connection of ours while a request was on its way to it: they crossed, and the
 * request was not read. It goes again by a new connection, on its branch: who has read it all the
 * same knows it again. Only where the connection worked before, and nothing came since the request
 * left: else the peer has refused it, or perhaps has it. That is once: nothing has come yet on the
 * new one as it leaves. No RFC has this; 18.1.1 goes over to UDP in the same way. */
static bool crossed(struct sip_tx_layer *layer, const struct sip_conn *conn,
                    struct sip_transaction *tx)
{
    if (!sip_is_client(tx) || (tx->state != CALLING && tx->state != TRYING) || !conn->ours ||
        conn->came == 0 || conn->came != tx->came)
        return false;
    layer->counters.retransmitted_out++;
    sip_run_say(layer, tx, SEND_REQUEST);
    return true;
}

/* A member learns that its open connection is gone. A response that waits goes over a new one
 * (18.2.2); a request that has no response will get none on this one, and whether it arrived,
 * nobody knows: its user is told (18.4). An INVITE that rings goes on: figure 5 has no arrow. */
static void lost_for(struct sip_tx_layer *layer, struct sip_transaction *tx, enum sp_err err)
{
    bool waits = tx->state == CALLING || tx->state == TRYING || tx->state == PROCEEDING;

    if (!sip_is_client(tx))
        sip_run_say(layer, tx, 0);
    else if (waits || tx->pending != 0)
        sip_run_error(layer, tx, err);
}

static void tell_members(struct sip_tx_layer *layer, struct sip_conn *conn, enum sp_err err,
                         bool by_peer)
{
    bool            open = conn->state == CONN_OPEN;
    struct sp_link *link;

    while ((link = sp_list_first(&conn->members)) != NULL) {
        struct sip_transaction *tx = SP_OF(link, struct sip_transaction, member);

        sip_conn_leave(tx);
        if (!open)
            failed_for(layer, tx, err);
        else if (!by_peer || !crossed(layer, conn, tx))
            lost_for(layer, tx, err);
    }
}

void sip_conn_failed(struct sip_tx_layer *layer, uint64_t cookie, enum sp_err err)
{
    struct sip_conn *conn = by_cookie(layer, cookie);

    if (conn != NULL)
        sip_conn_lost(layer, conn, err);
}

void sip_conn_lost(struct sip_tx_layer *layer, struct sip_conn *conn, enum sp_err err)
{
    tell_members(layer, conn, err, true);
    drop(layer, conn);
}

void sip_conn_close(struct sip_tx_layer *layer, struct sip_conn *conn, enum sp_err err)
{
    tell_members(layer, conn, err, false);
    if (conn->state == CONN_OPEN)
        enter(layer, conn, CONN_CLOSING);
    else if (conn->state != CONN_CLOSING)
        drop(layer, conn);
}

/* 80 to 100 of 100 of the time that is given: many that began together do not stay together. */
static void plan_ping(struct sip_tx_layer *layer, struct sip_conn *conn)
{
    uint64_t span_us = conn->keep_ms * 1000, fifth_us = span_us / 5;

    conn->ping_us = SP_NEVER;
    if (fifth_us >= UINT32_MAX)
        fifth_us = UINT32_MAX - 1;
    if (span_us > 0)
        conn->ping_us = layer->now_us + span_us -
                        sp_ident_below(&layer->ident, (uint32_t)fifth_us + 1);
}

static void ping(struct sip_tx_layer *layer, struct sip_conn *conn)
{
    conn->pong_us = layer->now_us + SIP_PONG_MS * UINT64_C(1000);
    conn->stream.crlf = 0; /* a lone CRLF of before is no half of a ping */
    sp_list_add(&layer->conn_ready, &conn->ready);
    plan_ping(layer, conn);
}

enum sp_err sip_tx_keep(struct sip_tx_layer *layer, uint64_t now_us, const struct sp_flow *flow,
                        uint64_t keep_ms)
{
    struct sip_conn *conn = sp_flow_stream(flow) ? sip_conn_of(layer, flow->id) : NULL;

    layer->now_us = now_us;
    if (conn == NULL || conn->state != CONN_OPEN)
        return SP_STALE;
    if (keep_ms != conn->keep_ms) {
        conn->keep_ms = keep_ms;
        conn->pong_us = SP_NEVER;
        plan_ping(layer, conn);
        watch(layer, conn);
    }
    return SP_OK;
}

void sip_conn_heard(struct sip_tx_layer *layer, struct sip_conn *conn)
{
    if (conn->pong_us == SP_NEVER)
        return;
    if (conn->stream.crlf == 2) /* the pong: two of them in a row would be a ping */
        conn->stream.crlf = 0;
    if (conn->stream.crlf == 1) /* half of it */
        return;
    conn->pong_us = SP_NEVER;
    watch(layer, conn);
}

void sip_conn_timer(struct sip_tx_layer *layer, struct sip_conn *conn)
{
    if (conn->state == CONN_CLOSING)
        return;
    if (waited(layer, conn) || idle(layer, conn) || conn->pong_us <= layer->now_us) {
        sip_conn_close(layer, conn, SP_TIMEOUT);
        return;
    }
    if (conn->ping_us <= layer->now_us)
        ping(layer, conn);
    watch(layer, conn);
}

void sip_conn_join(struct sip_conn *conn, struct sip_transaction *tx)
{
    sp_list_add(&conn->members, &tx->member);
    tx->conn = conn;
}

void sip_conn_leave(struct sip_transaction *tx)
{
    sp_list_remove(&tx->member);
    tx->conn = NULL;
}

void sip_conn_used(struct sip_tx_layer *layer, struct sip_conn *conn)
{
    conn->used_us = layer->now_us;
}

void sip_conn_rest(struct sip_tx_layer *layer, struct sip_conn *conn)
{
    if (sip_stream_idle(&conn->stream)) {
        if (conn->stream.buffer != NULL)
            sp_pool_give(&layer->buffers, conn->stream.buffer);
        conn->stream.buffer = NULL;
        conn->stream.room = 0;
        conn->half_us = SP_NEVER;
        return;
    }
    conn->came++;
    if (conn->half_us == SP_NEVER) {
        conn->half_us = layer->now_us;
        watch(layer, conn);
    }
}

bool sip_conn_lend(struct sip_tx_layer *layer, struct sip_conn *conn)
{
    conn->stream.buffer = sp_pool_take(&layer->buffers);
    if (conn->stream.buffer == NULL)
        return false;
    conn->stream.room = layer->limits.message_octets;
    return true;
}

bool sip_conn_next(struct sip_tx_layer *layer, struct sip_tx_action *action)
{
    struct sp_link  *link = sp_list_first(&layer->conn_ready);
    struct sip_conn *conn;
    struct sp_handle handle;

    if (link == NULL)
        return false;
    conn = SP_OF(link, struct sip_conn, ready);
    action->kind = SIP_TX_IO;
    if (conn->state == CONN_CLOSING) {
        action->io.kind = SP_IO_CLOSE;
        action->io.flow = conn->flow;
        drop(layer, conn);
        return true;
    }
    if (conn->state == CONN_GONE) {
        action->kind = SIP_TX_LOST;
        action->flow = conn->flow;
        sp_list_remove(&conn->ready);
        sp_pool_give(&layer->conns, conn);
        return true;
    }
    if (conn->state == CONN_OPEN) {
        action->io.kind = SP_IO_SEND;
        action->io.flow = conn->flow;
        action->io.parts[0] = SP_LIT("\r\n\r\n");
        sp_list_remove(&conn->ready);
        return true;
    }
    handle = sp_pool_handle(&layer->conns, conn);
    action->io.kind = SP_IO_CONNECT;
    action->io.addr = conn->flow.remote;
    action->io.protocol = SP_SIP;
    action->io.cookie = (uint64_t)handle.slot << 32 | handle.generation;
    enter(layer, conn, CONN_OPENING);
    return true;
}
