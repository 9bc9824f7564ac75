/* SPDX-License-Identifier: MIT
 * msrp/msrp_conn.c -- connections: opened, accepted, shared, closed. RFC 4975 5.4, 6.2. */
#include "msrp_core.h"

#include <assert.h>
#include <string.h>

static const char *const names[] = { "NEW",     "RESOLVING", "CONNECTING", "OPEN",
                                     "CLOSING", "ABANDONED", "GONE" };

/* Assigns the state; what a state needs at its start, it gets here. */
static void enter(struct msrp_agent *agent, struct msrp_conn *conn, enum msrp_conn_state state,
                  const char *on)
{
    sp_trace_arrow(&agent->trace, agent->now_us, "msrp-connection",
                   sp_pool_handle(&agent->conns, conn).slot, names[conn->state], on, names[state]);
    conn->state = state;
    conn->asked = false;
    sp_timer_stop(&agent->timers, &conn->timer);
    sp_list_remove(&conn->idle);
    switch (state) {
    case MSRP_CONN_RESOLVING:
    case MSRP_CONN_CONNECTING: msrp_timer_start(agent, &conn->timer); break;
    case MSRP_CONN_OPEN:
        msrp_frame_init(&conn->frame, conn + 1, agent->limits.msrp_head_octets);
        sp_table_add(
            &agent->flows, &conn->by_flow,
            sp_table_hash(&agent->flows,
                          &(struct sp_slice){ (char *)&conn->flow.id, sizeof conn->flow.id }, 1));
        break;
    case MSRP_CONN_NEW:
    case MSRP_CONN_CLOSING:
    case MSRP_CONN_ABANDONED:
    case MSRP_CONN_GONE: break;
    }
    sp_list_add(&agent->ready_conns, &conn->ready);
}

static struct msrp_conn *take(struct msrp_agent *agent)
{
    struct msrp_conn *conn = sp_pool_take(&agent->conns);

    if (conn == NULL)
        return NULL;
    sp_list_init(&conn->sessions);
    sp_list_init(&conn->leases);
    sp_list_init(&conn->queue);
    conn->timer.name = MSRP_TIMER_CONN;
    conn->timer.owner = conn;
    return conn;
}

static void drop(struct msrp_agent *agent, struct msrp_conn *conn, const char *on)
{
    if (conn->state != MSRP_CONN_GONE)
        enter(agent, conn, MSRP_CONN_GONE, on);
    sp_list_remove(&conn->ready);
    sp_list_remove(&conn->talks);
    sp_table_remove(&agent->flows, &conn->by_flow);
    if (agent->speaker == conn) {
        agent->speaker = NULL;
        agent->text.len = 0;
    }
    if (agent->input_conn == conn) {
        agent->input_conn = NULL;
        agent->input = (struct sp_slice){ 0 };
    }
    sp_pool_give(&agent->conns, conn);
}

static void set_peer(struct msrp_conn *conn, const struct msrp_uri *peer)
{
    if (peer->host.len > sizeof conn->host)
        return;
    memcpy(conn->host, peer->host.at, peer->host.len);
    conn->peer = (struct msrp_uri){ .secure = peer->secure,
                                    .host = sp_slice(conn->host, peer->host.len),
                                    .port = peer->port };
}

static uint16_t port_of(const struct msrp_conn *conn)
{
    return conn->peer.port != 0 ? conn->peer.port : MSRP_DEFAULT_PORT;
}

/* One that leads there and is, or will be, open. */
static struct msrp_conn *known(const struct msrp_agent *agent, const struct msrp_uri *peer)
{
    struct msrp_conn *conn = NULL;

    while ((conn = sp_pool_next(&agent->conns, conn)) != NULL)
        if (conn->state <= MSRP_CONN_OPEN && conn->peer.host.len > 0 &&
            msrp_uri_eq_host(&conn->peer, peer))
            break;
    return conn;
}

/* One that the peer opened is the peer's to close, or to use for another session (5.4): its first
 * request of that one may be on its way. So it is kept for a while, and let go when the slot is
 * needed. */
static void await(struct msrp_agent *agent, struct msrp_conn *conn)
{
    conn->peer = (struct msrp_uri){ 0 };
    msrp_timer_start(agent, &conn->timer);
    sp_list_add(&agent->idle, &conn->idle);
}

/* One slot is kept free, as long as the oldest connection that serves nobody can be let go for it:
 * who opens many and says nothing shuts out nobody else. */
static void make_room(struct msrp_agent *agent, const struct msrp_conn *newest)
{
    struct sp_link *oldest = sp_list_first(&agent->idle);

    if (agent->conns.used < agent->conns.capacity || oldest == NULL || oldest == &newest->idle)
        return;
    agent->counters.dropped++;
    msrp_conn_fail(agent, SP_OF(oldest, struct msrp_conn, idle), SP_LIMIT);
}

struct msrp_conn *msrp_conn_to(struct msrp_agent *agent, const struct msrp_uri *peer)
{
    struct msrp_conn *conn = known(agent, peer);

    if (conn != NULL || peer->host.len > sizeof conn->host)
        return conn;
    conn = take(agent);
    if (conn == NULL)
        return NULL;
    set_peer(conn, peer);
    if (sp_addr_parse(conn->peer.host, &conn->addrs[0]) == SP_OK) {
        conn->addrs[0].port = port_of(conn);
        conn->addr_count = 1;
        enter(agent, conn, MSRP_CONN_CONNECTING, "open");
    } else {
        enter(agent, conn, MSRP_CONN_RESOLVING, "open");
    }
    make_room(agent, conn);
    return conn;
}

void msrp_conn_attach(struct msrp_agent *agent, struct msrp_conn *conn,
                      struct msrp_session *session)
{
    struct msrp_uri first;
    struct sp_where where;

    if (session->conn == conn)
        return;
    if (session->conn != NULL)
        msrp_conn_detach(agent, session);
    session->conn = conn;
    sp_list_add(&conn->sessions, &session->of_conn);
    if (conn->state != MSRP_CONN_OPEN)
        return;
    sp_timer_stop(&agent->timers, &conn->timer);
    sp_list_remove(&conn->idle);
    if (conn->peer.host.len == 0 &&
        msrp_uri_parse(msrp_path_first(session->remote_path), &first, &where) == SP_OK)
        set_peer(conn, &first);
}

/* Does nobody use it any more? */
static void unused(struct msrp_agent *agent, struct msrp_conn *conn)
{
    if (sp_list_first(&conn->sessions) != NULL || sp_list_first(&conn->leases) != NULL)
        return;
    switch (conn->state) {
    case MSRP_CONN_RESOLVING:
    case MSRP_CONN_CONNECTING:
        enter(agent, conn, conn->asked ? MSRP_CONN_ABANDONED : MSRP_CONN_GONE, "unused");
        break;
    case MSRP_CONN_OPEN:
        if (conn->addr_count > 0 || agent->conns.used == agent->conns.capacity)
            enter(agent, conn, MSRP_CONN_CLOSING, "unused");
        else
            await(agent, conn);
        break;
    case MSRP_CONN_NEW:
    case MSRP_CONN_CLOSING:
    case MSRP_CONN_ABANDONED:
    case MSRP_CONN_GONE: break;
    }
}

void msrp_conn_detach(struct msrp_agent *agent, struct msrp_session *session)
{
    struct msrp_conn *conn = session->conn;

    if (conn == NULL)
        return;
    session->conn = NULL;
    sp_list_remove(&session->of_conn);
    sp_list_remove(&session->queued);
    unused(agent, conn);
}

void msrp_conn_attach_lease(struct msrp_agent *agent, struct msrp_conn *conn,
                            struct msrp_lease *lease)
{
    lease->conn = conn;
    sp_list_add(&conn->leases, &lease->of_conn);
    if (conn->state != MSRP_CONN_OPEN)
        return;
    sp_timer_stop(&agent->timers, &conn->timer);
    sp_list_remove(&conn->idle);
}

void msrp_conn_detach_lease(struct msrp_agent *agent, struct msrp_lease *lease)
{
    struct msrp_conn *conn = lease->conn;

    if (conn == NULL)
        return;
    lease->conn = NULL;
    sp_list_remove(&lease->of_conn);
    unused(agent, conn);
}

/* All of its sessions fail with it (5.4), and what relays gave (RFC 4976 6.3). */
static void fail_sessions(struct msrp_agent *agent, struct msrp_conn *conn, enum sp_err err)
{
    struct sp_link *link;

    conn->turn = MSRP_TURN_FREE;
    while ((link = sp_list_first(&conn->sessions)) != NULL) {
        struct msrp_session *session = SP_OF(link, struct msrp_session, of_conn);

        msrp_conn_detach(agent, session);
        msrp_session_fail(agent, session, err);
    }
    while ((link = sp_list_first(&conn->leases)) != NULL)
        msrp_lease_lose(agent, SP_OF(link, struct msrp_lease, of_conn), err, 0);
}

void msrp_conn_fail(struct msrp_agent *agent, struct msrp_conn *conn, enum sp_err err)
{
    bool open = conn->state == MSRP_CONN_OPEN;
    bool owed = conn->asked && !open; /* an answer of the host */

    enter(agent, conn,
          open   ? MSRP_CONN_CLOSING
          : owed ? MSRP_CONN_ABANDONED
                 : MSRP_CONN_GONE,
          sp_err_name(err));
    fail_sessions(agent, conn, err);
}

void msrp_conn_timeout(struct msrp_agent *agent, struct msrp_conn *conn)
{
    msrp_conn_fail(agent, conn, SP_TIMEOUT);
}

static uint64_t cookie_of(const struct msrp_agent *agent, const struct msrp_conn *conn)
{
    struct sp_handle handle = sp_pool_handle(&agent->conns, conn);

    return (uint64_t)handle.generation << 32 | handle.slot;
}

static struct msrp_conn *of_cookie(const struct msrp_agent *agent, uint64_t cookie)
{
    return sp_pool_find(&agent->conns,
                        (struct sp_handle){ (uint32_t)cookie, (uint32_t)(cookie >> 32) });
}

static struct msrp_conn *of_flow(const struct msrp_agent *agent, const struct sp_flow *flow)
{
    struct sp_slice       id = { (const char *)&flow->id, sizeof flow->id };
    struct sp_table_link *link = sp_table_first(&agent->flows,
                                                sp_table_hash(&agent->flows, &id, 1));

    for (; link != NULL; link = sp_table_next(link)) {
        struct msrp_conn *conn = SP_OF(link, struct msrp_conn, by_flow);

        if (conn->flow.id == flow->id)
            return conn;
    }
    return NULL;
}

enum msrp_step msrp_conn_step(struct msrp_agent *agent, struct msrp_conn *conn,
                              struct msrp_action *action)
{
    if (conn->answer_due)
        return msrp_in_answer(agent, conn);
    switch (conn->state) {
    case MSRP_CONN_RESOLVING:
        if (conn->asked)
            break;
        action->io.kind = SP_IO_RESOLVE;
        action->io.host = conn->peer.host;
        action->io.port = port_of(conn);
        action->io.cookie = cookie_of(agent, conn);
        conn->asked = true;
        return MSRP_STEP_ACTION;
    case MSRP_CONN_CONNECTING:
        if (conn->asked)
            break;
        action->io.kind = SP_IO_CONNECT;
        action->io.addr = conn->addrs[conn->addr_at];
        action->io.protocol = SP_MSRP;
        action->io.cookie = cookie_of(agent, conn);
        conn->asked = true;
        return MSRP_STEP_ACTION;
    case MSRP_CONN_CLOSING:
        if (agent->speaker == conn && agent->text.len > 0)
            return MSRP_STEP_FLUSH;
        action->io.kind = SP_IO_CLOSE;
        action->io.flow = conn->flow;
        drop(agent, conn, "close");
        return MSRP_STEP_ACTION;
    case MSRP_CONN_GONE: drop(agent, conn, "forget"); return MSRP_STEP_AGAIN;
    case MSRP_CONN_NEW:
    case MSRP_CONN_OPEN:
    case MSRP_CONN_ABANDONED: break;
    }
    return MSRP_STEP_NONE;
}

/* ---- what the host tells -----------------------------------------------------------------------
 */

void msrp_receive(struct msrp_agent *agent, uint64_t now_us, const struct sp_flow *flow,
                  struct sp_slice octets)
{
    struct msrp_conn *conn = of_flow(agent, flow);

    assert(agent->input_conn == NULL);
    agent->now_us = now_us;
    if (conn == NULL || conn->state != MSRP_CONN_OPEN) {
        agent->counters.dropped++;
        return;
    }
    agent->input = octets;
    agent->input_conn = conn;
}

void msrp_accepted(struct msrp_agent *agent, uint64_t now_us, const struct sp_flow *flow)
{
    struct msrp_conn *conn = take(agent);

    agent->now_us = now_us;
    if (conn == NULL) {
        agent->counters.dropped++;
        agent->reject = *flow;
        return;
    }
    conn->flow = *flow;
    enter(agent, conn, MSRP_CONN_OPEN, "accepted");
    await(agent, conn);
    make_room(agent, conn);
}

void msrp_connected(struct msrp_agent *agent, uint64_t now_us, uint64_t cookie,
                    const struct sp_flow *flow)
{
    struct msrp_conn *conn = of_cookie(agent, cookie);
    struct sp_link   *link;

    agent->now_us = now_us;
    if (conn == NULL || conn->state < MSRP_CONN_CONNECTING ||
        (conn->state != MSRP_CONN_CONNECTING && conn->state != MSRP_CONN_ABANDONED)) {
        agent->reject = *flow;
        return;
    }
    conn->flow = *flow;
    if (conn->state == MSRP_CONN_ABANDONED) {
        enter(agent, conn, MSRP_CONN_CLOSING, "connected");
        return;
    }
    enter(agent, conn, MSRP_CONN_OPEN, "connected");
    for (link = sp_list_first(&conn->sessions); link != NULL;
         link = sp_list_after(&conn->sessions, link))
        msrp_session_bind(agent, SP_OF(link, struct msrp_session, of_conn), conn);
    for (link = sp_list_first(&conn->leases); link != NULL;
         link = sp_list_after(&conn->leases, link))
        msrp_lease_connected(agent, SP_OF(link, struct msrp_lease, of_conn));
}

void msrp_closed(struct msrp_agent *agent, uint64_t now_us, uint64_t cookie,
                 const struct sp_flow *flow, enum sp_err err)
{
    struct msrp_conn *conn = flow != NULL ? of_flow(agent, flow) : of_cookie(agent, cookie);

    agent->now_us = now_us;
    if (conn == NULL)
        return;
    if (conn->state == MSRP_CONN_CONNECTING && conn->addr_at + 1 < conn->addr_count) {
        conn->addr_at++;
        enter(agent, conn, MSRP_CONN_CONNECTING, "next address");
        return;
    }
    conn->answer_due = false;
    enter(agent, conn, MSRP_CONN_GONE, "closed");
    fail_sessions(agent, conn, err != SP_OK ? err : SP_CLOSED);
    drop(agent, conn, "forget");
}

void msrp_resolved(struct msrp_agent *agent, uint64_t now_us, uint64_t cookie,
                   const struct sp_addr *addrs, size_t count)
{
    struct msrp_conn *conn = of_cookie(agent, cookie);

    agent->now_us = now_us;
    if (conn == NULL)
        return;
    if (conn->state == MSRP_CONN_ABANDONED) {
        drop(agent, conn, "resolved");
        return;
    }
    if (conn->state != MSRP_CONN_RESOLVING)
        return;
    if (count == 0) {
        conn->asked = false;
        msrp_conn_fail(agent, conn, SP_RESOLVE);
        return;
    }
    conn->addr_count = (uint8_t)(count < MSRP_ADDRESSES ? count : MSRP_ADDRESSES);
    for (size_t i = 0; i < conn->addr_count; i++) {
        conn->addrs[i] = addrs[i];
        conn->addrs[i].port = port_of(conn);
    }
    enter(agent, conn, MSRP_CONN_CONNECTING, "resolved");
}

void msrp_sent(struct msrp_agent *agent, uint64_t now_us, const struct sp_flow *flow)
{
    struct msrp_conn *conn = of_flow(agent, flow);

    agent->now_us = now_us;
    if (conn != NULL)
        msrp_out_sent(agent, conn);
}
