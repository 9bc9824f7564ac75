/* SPDX-License-Identifier: MIT
 * transaction/sip_tx.c -- the verbs of the transaction layer. RFC 3261 17, 18; RFC 6026; RFC 4320.
 *
 * Memory, local sockets, requests and responses of the user, time. What a machine does is in
 * sip_run.c, what came is read in sip_receive.c. */
#include "sip_layer.h"

#include <assert.h>
#include <string.h>

#define MTU_SPARED 200 /* 18.1.1: for responses, which are larger */

static struct sip_tx_layer *lay_out(struct sp_arena *arena, const struct sp_limits *limits,
                                    const uint8_t        seed[SP_SEED_OCTETS],
                                    struct sip_tx_layer *measured)
{
    void                *at = sp_arena_take(arena, 1, sizeof(struct sip_tx_layer));
    struct sip_tx_layer *layer = at != NULL ? at : measured;
    uint8_t              key[16] = { 0 };

    if (seed != NULL) {
        sp_ident_init(&layer->ident, seed);
        sp_ident_octets(&layer->ident, key, sizeof key);
    }
    layer->answer_octets = limits->message_octets < SIP_ANSWER_OCTETS ? limits->message_octets
                                                                      : SIP_ANSWER_OCTETS;
    sp_pool_init(&layer->transactions, arena, limits->transactions, sizeof(struct sip_transaction));
    sp_pool_init(&layer->conns, arena, limits->streams, sizeof(struct sip_conn));
    sp_pool_init(&layer->buffers, arena, limits->stream_buffers, limits->message_octets);
    sp_store_init(&layer->store, arena, limits->store_octets);
    sp_timers_init(&layer->timers, arena, 2 * limits->transactions + limits->streams);
    sp_table_init(&layer->found, arena, limits->transactions, key);
    for (layer->going_mask = 0; layer->going_mask < limits->transactions / 16;)
        layer->going_mask = 2 * layer->going_mask + 1;
    layer->going = sp_arena_take(arena, layer->going_mask + UINT32_C(1), sizeof *layer->going);
    sp_table_init(&layer->by_flow, arena, limits->streams, key);
    sp_table_init(&layer->by_remote, arena, limits->streams, key);
    layer->fields = sp_arena_take(arena, limits->fields, sizeof *layer->fields);
    layer->own_fields = sp_arena_take(arena, limits->fields, sizeof *layer->own_fields);
    layer->answer = sp_arena_take(arena, layer->answer_octets, 1);
    return layer;
}

size_t sip_tx_size(const struct sp_limits *limits)
{
    struct sp_arena     arena = sp_arena(NULL);
    struct sip_tx_layer measured;

    (void)lay_out(&arena, limits, NULL, &measured);
    return arena.used;
}

struct sip_tx_layer *sip_tx_init(void *memory, const struct sp_limits *limits,
                                 const uint8_t seed[SP_SEED_OCTETS])
{
    struct sp_arena      arena = sp_arena(memory);
    struct sip_tx_layer *layer = lay_out(&arena, limits, seed, NULL);

    layer->limits = *limits;
    layer->machines = sip_machines;
    sp_list_init(&layer->ready);
    sp_list_init(&layer->conn_ready);
    for (uint32_t i = 0; i <= layer->going_mask; i++)
        sp_list_init(&layer->going[i]);
    return layer;
}

void sip_tx_trace(struct sip_tx_layer *layer, struct sp_trace trace)
{
    layer->trace = trace;
}

void sip_tx_bound(struct sip_tx_layer *layer, const struct sp_flow *local)
{
    if (local->protocol == SP_SIP && layer->local_count < SIP_TX_LOCALS)
        layer->locals[layer->local_count++] = *local;
}

/* What stands in Via towards a target: a listener, or, where we only connect, the UDP socket. */
static const struct sp_flow *sent_by_of(const struct sip_tx_layer *layer, uint8_t transport,
                                        uint8_t family)
{
    const struct sp_flow *local = sip_way_local(layer, transport, family);

    if (local == NULL && transport == SP_TCP)
        local = sip_way_local(layer, SP_UDP, family);
    return local;
}

bool sip_tx_local(const struct sip_tx_layer *layer, const struct sip_target *target,
                  struct sp_addr *local)
{
    const struct sp_flow *flow = sent_by_of(layer, target->transport, target->addr.family);

    if (flow != NULL)
        *local = flow->local;
    return flow != NULL;
}

static struct sip_transaction *find(const struct sip_tx_layer *layer, struct sp_handle handle)
{
    struct sip_transaction *tx = sp_pool_find(&layer->transactions, handle);

    return tx != NULL && tx->state != TERMINATED ? tx : NULL;
}

/* ---- client */

/* The method of a request; empty when `message` does not begin like one. */
static struct sp_slice method_of(struct sp_slice message)
{
    struct sp_slice line = sp_head(message, sp_find_slice(message, SP_LIT("\r\n")));
    struct sp_slice method = sp_head(line, sp_find(line, ' '));

    if (line.len == message.len || method.len == line.len || sp_starts(line, SP_LIT("SIP/")))
        return sp_slice(NULL, 0);
    return method;
}

/* The way of a request over a transport: its local socket, and our sent-by. */
static bool set_way(const struct sip_tx_layer *layer, struct sip_transaction *tx, uint8_t transport,
                    const struct sp_addr *remote)
{
    const struct sp_flow *local = sent_by_of(layer, transport, remote->family);

    if (local == NULL)
        return false;
    tx->sent_by = local->local;
    tx->to = *local;
    tx->to.transport = transport;
    tx->to.protocol = SP_SIP;
    tx->to.remote = *remote;
    return true;
}

/* 18.1.1: within 200 octets of the path's MTU, or, where that is not known, above 1300. */
static bool too_large(const struct sip_tx_layer *layer, size_t octets)
{
    uint32_t mtu = layer->limits.path_mtu_octets;

    return mtu > 0 ? octets + MTU_SPARED > mtu : octets > layer->limits.pager_octets;
}

/* The request with its Via, for the transport that its size asks for. */
static enum sp_err make_request(struct sip_tx_layer *layer, struct sip_transaction *tx,
                                const struct sip_target *target, struct sp_slice message,
                                struct sp_slice branch)
{
    const struct sp_addr *remote = &target->addr;

    if (!set_way(layer, tx, target->transport, remote))
        return SP_UNSUPPORTED;
    tx->request = sip_write_via(layer, message, 0, target->transport, &tx->sent_by, branch);
    if (tx->request.at == NULL)
        return SP_LIMIT;
    if (target->transport == SP_TCP || !too_large(layer, tx->request.len))
        return SP_OK;
    sp_store_give(&layer->store, tx->request.at);
    tx->request = sp_slice(NULL, 0);
    if (!set_way(layer, tx, SP_TCP, remote))
        return SP_UNSUPPORTED;
    tx->udp_again = true;
    tx->request = sip_write_via(layer, message, 0, SP_TCP, &tx->sent_by, branch);
    return tx->request.at == NULL ? SP_LIMIT : SP_OK;
}

/* A transaction with a request that can leave, on a branch of its own; nobody knows of it yet. */
static enum sp_err new_client(struct sip_tx_layer *layer, const struct sip_target *target,
                              struct sp_slice message, struct sip_transaction **made)
{
    struct sp_slice         method = method_of(message);
    struct sip_transaction *tx;
    struct sip_conn        *conn = NULL;
    char                    branch[SIP_BRANCH_OCTETS] = SIP_BRANCH_COOKIE;
    enum sp_err             err;

    if (method.len == 0)
        return SP_SYNTAX;
    tx = sip_run_take(layer, sp_eq(method, SP_LIT("INVITE")) ? INVITE_CLIENT : NON_INVITE_CLIENT);
    if (tx == NULL)
        return SP_LIMIT;
    sp_ident_token(&layer->ident, branch + sizeof SIP_BRANCH_COOKIE - 1, SIP_BRANCH_CHARS);
    err = make_request(layer, tx, target, message, sp_slice(branch, sizeof branch));
    if (err == SP_OK && sp_flow_stream(&tx->to)) {
        conn = sip_conn_to(layer, &tx->to.remote);
        if (conn == NULL && !(tx->udp_again && sip_tx_to_udp(layer, tx)))
            err = SP_LIMIT;
    }
    if (err != SP_OK) {
        sip_run_give(layer, tx);
        return err;
    }
    if (conn != NULL)
        sip_conn_join(conn, tx);
    sip_key_client(&tx->key, sp_slice(branch, sizeof branch));
    tx->method = sip_method_key(layer, method);
    *made = tx;
    return SP_OK;
}

bool sip_tx_to_udp(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    struct sp_addr  remote = tx->to.remote;
    size_t          line = sp_find_slice(tx->request, SP_LIT("\r\n")) + 2;
    struct sp_slice rest = sp_from(tx->request, line);
    size_t          via = sp_find_slice(rest, SP_LIT("\r\n")) + 2;
    size_t          at = sp_find_slice(rest, SP_LIT(SIP_BRANCH_COOKIE));
    char            branch[SIP_BRANCH_OCTETS];
    struct sp_slice again;

    if (sip_way_local(layer, SP_UDP, remote.family) == NULL ||
        tx->request.len > SIP_DATAGRAM_OCTETS)
        return false;
    memcpy(branch, rest.at + at, sizeof branch);
    set_way(layer, tx, SP_UDP, &remote);
    again = sip_write_via(layer, tx->request, via, SP_UDP, &tx->sent_by,
                          sp_slice(branch, sizeof branch));
    if (again.at == NULL)
        return false;
    sp_store_give(&layer->store, tx->request.at);
    tx->request = again;
    tx->udp_again = false;
    if (tx->state != START)
        sip_run_again(layer, tx);
    return true;
}

static void begin(struct sip_tx_layer *layer, struct sip_transaction *tx, uint64_t user,
                  struct sp_handle *handle)
{
    tx->user = user;
    sip_match_add(layer, tx);
    *handle = sp_pool_handle(&layer->transactions, tx);
    (void)sip_run(layer, tx, TU_REQUEST, NULL);
}

enum sp_err sip_tx_request(struct sip_tx_layer *layer, uint64_t now_us,
                           const struct sip_target *target, struct sp_slice message, uint64_t user,
                           struct sp_handle *handle)
{
    struct sip_transaction *tx = NULL;
    enum sp_err             err;

    layer->now_us = now_us;
    err = new_client(layer, target, message, &tx);
    if (err == SP_OK)
        begin(layer, tx, user, handle);
    return err;
}

enum sp_err sip_tx_send(struct sip_tx_layer *layer, uint64_t now_us,
                        const struct sip_target *target, struct sp_slice message)
{
    struct sip_transaction *tx = NULL;
    enum sp_err             err;

    layer->now_us = now_us;
    err = new_client(layer, target, message, &tx);
    if (err == SP_OK)
        sip_run_once(layer, tx);
    return err;
}

enum sp_err sip_tx_cancel(struct sip_tx_layer *layer, uint64_t now_us, struct sp_handle invite,
                          uint64_t user, struct sp_handle *handle)
{
    struct sip_transaction *of = find(layer, invite), *tx;

    layer->now_us = now_us;
    if (of == NULL)
        return SP_STALE;
    if (of->machine != INVITE_CLIENT || of->state != PROCEEDING || of->cancelled)
        return SP_STATE;
    if (!of->unwanted) { /* though there may never be room for it: the INVITE ends */
        of->unwanted = true;
        sip_run_again(layer, of);
    }
    tx = sip_run_take(layer, NON_INVITE_CLIENT);
    if (tx == NULL)
        return SP_LIMIT;
    tx->request = sip_write_cancel(layer, of->request);
    if (tx->request.at == NULL) {
        sip_run_give(layer, tx);
        return SP_LIMIT;
    }
    tx->to = of->to;
    tx->sent_by = of->sent_by;
    tx->key = of->key;
    tx->method = sip_method_key(layer, SP_LIT("CANCEL"));
    if (of->conn != NULL)
        sip_conn_join(of->conn, tx);
    begin(layer, tx, user, handle);
    of->cancelled = true;
    sp_timer_stop(&layer->timers, &of->life);
    sip_run_again(layer, of); /* 9.1: it has 64*T1 from now */
    return SP_OK;
}

/* ---- server */

/* RFC 4320 4.1, 4.2: what a non-INVITE request is not answered with. */
static bool is_forbidden(const struct sip_transaction *tx, uint16_t status)
{
    if (tx->machine == INVITE_SERVER)
        return false;
    if (status == 408 || (status > 100 && status < 200))
        return true;
    return status == 100 && tx->state == TRYING && !sp_flow_stream(&tx->to);
}

/* RFC 2543 clients: by the To tag of our response its ACK is known. */
static void note_tag(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    struct sp_where where;
    struct sp_slice tag;

    sip_msg_init(&layer->own, layer->own_fields, layer->limits.fields);
    if (sip_msg_parse(tx->response, &layer->own, &where) == SP_OK &&
        sip_tag_of(&layer->own, SIP_FIELD_TO, &tag) == SP_OK)
        tx->answer_tag = sip_tag_key(layer, tag);
}

/* Keep the response in the place of the one before; a `last` one, where there is no other room, in
 * that of the request, which nobody needs any more. */
static bool keep_response(struct sip_tx_layer *layer, struct sip_transaction *tx,
                          struct sp_slice message, bool last)
{
    struct sp_slice kept;

    if (sp_eq(message, tx->response))
        return true;
    kept = sp_store_copy(&layer->store, message);
    sp_store_give(&layer->store, tx->response.at);
    if (kept.at == NULL) /* perhaps there is room now */
        kept = sp_store_copy(&layer->store, message);
    if (kept.at == NULL && last && tx->request.at != NULL &&
        sp_store_fits(&layer->store, tx->request.at, message.len)) {
        sp_store_give(&layer->store, tx->request.at);
        tx->request = sp_slice(NULL, 0);
        kept = sp_store_copy(&layer->store, message);
    }
    tx->response = kept;
    if (kept.at == NULL)
        return false;
    if (tx->key.rfc2543)
        note_tag(layer, tx);
    return true;
}

enum sp_err sip_tx_respond(struct sip_tx_layer *layer, uint64_t now_us, struct sp_handle handle,
                           uint16_t status, struct sp_slice message)
{
    struct sip_transaction *tx = find(layer, handle);
    enum sip_event          event;

    layer->now_us = now_us;
    if (tx == NULL)
        return SP_STALE;
    event = sip_machine_status((enum sip_machine_kind)tx->machine, true, status);
    if (sip_is_client(tx) || is_forbidden(tx, status) ||
        sip_machine_step(&layer->machines[tx->machine], tx->state, event) == NULL)
        return SP_STATE;
    if (!keep_response(layer, tx, message, status >= 200))
        return SP_LIMIT;
    (void)sip_run(layer, tx, event, NULL);
    return SP_OK;
}

struct sp_slice sip_tx_request_octets(const struct sip_tx_layer *layer, struct sp_handle handle)
{
    const struct sip_transaction *tx = find(layer, handle);

    if (tx == NULL || sip_is_client(tx) || (tx->state != TRYING && tx->state != PROCEEDING))
        return sp_slice(NULL, 0);
    return tx->request;
}

enum sp_err sip_tx_request_flow(const struct sip_tx_layer *layer, struct sp_handle handle,
                                struct sp_flow *flow)
{
    const struct sip_transaction *tx = find(layer, handle);

    if (tx == NULL || sip_is_client(tx))
        return SP_STALE;
    *flow = tx->from;
    return SP_OK;
}

void sip_tx_set_user(struct sip_tx_layer *layer, struct sp_handle handle, uint64_t user)
{
    struct sip_transaction *tx = find(layer, handle);

    if (tx != NULL)
        tx->user = user;
}

/* ---- the verbs of base/io.h */

void sip_tx_receive(struct sip_tx_layer *layer, uint64_t now_us, const struct sp_flow *flow,
                    struct sp_slice octets)
{
    assert(layer->in.at == NULL); /* base/io.h: next until empty comes before */
    layer->now_us = now_us;
    layer->in = octets;
    layer->in_flow = *flow;
}

void sip_tx_accepted(struct sip_tx_layer *layer, uint64_t now_us, const struct sp_flow *flow)
{
    layer->now_us = now_us;
    sip_conn_accept(layer, flow);
}

void sip_tx_connected(struct sip_tx_layer *layer, uint64_t now_us, uint64_t cookie,
                      const struct sp_flow *flow)
{
    layer->now_us = now_us;
    sip_conn_opened(layer, cookie, flow);
}

void sip_tx_closed(struct sip_tx_layer *layer, uint64_t now_us, uint64_t cookie,
                   const struct sp_flow *flow, enum sp_err err)
{
    struct sip_conn *conn;

    layer->now_us = now_us;
    if (flow == NULL) {
        sip_conn_failed(layer, cookie, err);
    } else if (!sp_flow_stream(flow)) {
        sip_run_unreachable(layer, &flow->remote, err);
    } else {
        conn = sip_conn_of(layer, flow->id);
        if (conn != NULL)
            sip_conn_lost(layer, conn, err);
    }
}

void sip_tx_tick(struct sip_tx_layer *layer, uint64_t now_us)
{
    struct sp_timer *timer;

    layer->now_us = now_us;
    while ((timer = sp_timers_due(&layer->timers, now_us)) != NULL) {
        if (timer->name < SIP_TIMER_COUNT)
            sip_run_timer(layer, timer->owner, (uint8_t)timer->name);
        else
            sip_conn_timer(layer, timer->owner);
    }
}

uint64_t sip_tx_deadline(const struct sip_tx_layer *layer)
{
    return sp_timers_deadline(&layer->timers);
}

/* A connection for which there was no room. */
static bool refuse(struct sip_tx_layer *layer, struct sip_tx_action *action)
{
    if (layer->refused.id == 0)
        return false;
    action->kind = SIP_TX_IO;
    action->io.kind = SP_IO_CLOSE;
    action->io.flow = layer->refused;
    layer->refused.id = 0;
    return true;
}

bool sip_tx_next(struct sip_tx_layer *layer, struct sip_tx_action *action)
{
    do {
        memset(action, 0, sizeof *action);
        if (sip_run_next(layer, action) || sip_conn_next(layer, action) || refuse(layer, action))
            return true;
        if (layer->in.at != NULL && sip_receive_next(layer, action))
            return true;
    } while (layer->in.at != NULL || sp_list_first(&layer->ready) != NULL ||
             sp_list_first(&layer->conn_ready) != NULL);
    return false;
}

void sip_tx_count(const struct sip_tx_layer *layer, struct sip_tx_counters *counters)
{
    *counters = layer->counters;
}

uint32_t sip_tx_open(const struct sip_tx_layer *layer)
{
    return layer->transactions.used;
}
