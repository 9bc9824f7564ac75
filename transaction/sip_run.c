/* SPDX-License-Identifier: MIT
 * transaction/sip_run.c -- transactions run: arrows are taken, timers follow states, and what a
 * transaction has to say is said. RFC 3261 17, RFC 6026.
 *
 * enter() alone assigns a state. A transaction stays in the list `ready` until it has said all and
 * has given back the octets that its state does not need; one that is TERMINATED is then gone.
 * So what was handed out stays valid until `next` is asked again. */
#include "sip_layer.h"

#include <assert.h>
#include <string.h>

#define SENDS (SEND_REQUEST | SEND_ACK | SEND_RESPONSE)
#define LATER                                                                                      \
    (SENDS | TELL_TIMEOUT | TELL_TRANSPORT) /* the others are said while a message is read */

bool sip_is_client(const struct sip_transaction *tx)
{
    return tx->machine == INVITE_CLIENT || tx->machine == NON_INVITE_CLIENT;
}

struct sip_transaction *sip_run_take(struct sip_tx_layer *layer, enum sip_machine_kind machine)
{
    struct sip_transaction *tx = sp_pool_take(&layer->transactions);

    if (tx != NULL)
        tx->machine = (uint8_t)machine;
    return tx;
}

void sip_run_give(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    sp_timer_stop(&layer->timers, &tx->again);
    sp_timer_stop(&layer->timers, &tx->life);
    sp_list_remove(&tx->ready);
    sip_conn_leave(tx);
    sip_match_remove(layer, tx);
    sp_store_give(&layer->store, tx->request.at);
    sp_store_give(&layer->store, tx->response.at);
    sp_pool_give(&layer->transactions, tx);
}

static bool repeats(uint8_t timer)
{
    return timer == TIMER_A || timer == TIMER_E || timer == TIMER_G;
}

static void start(struct sip_tx_layer *layer, struct sip_transaction *tx, uint8_t timer)
{
    struct sp_timer *slot = repeats(timer) ? &tx->again : &tx->life;
    bool             reliable = sp_flow_stream(&tx->to);
    uint64_t         ms;

    if (sp_timer_runs(slot) && slot->name == timer)
        return;
    if (timer == TIMER_CANCEL && !tx->unwanted)
        return;
    ms = sip_timer_ms(&layer->limits, timer, tx->state, reliable, tx->again_ms);
    if (ms == SIP_NEVER_MS)
        return;
    if (repeats(timer))
        tx->again_ms = (uint32_t)ms; /* A goes no further than 32 bits, the others not that far */
    slot->name = timer;
    slot->owner = tx;
    sp_timer_start(&layer->timers, slot, layer->now_us + ms * 1000);
}

/* Timers belong to states: those alive in this one run, no other does. */
static void follow(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    uint32_t alive = layer->machines[tx->machine].alive[tx->state];

    if (sp_timer_runs(&tx->again) && (alive >> tx->again.name & 1) == 0)
        sp_timer_stop(&layer->timers, &tx->again);
    if (sp_timer_runs(&tx->life) && (alive >> tx->life.name & 1) == 0)
        sp_timer_stop(&layer->timers, &tx->life);
    for (uint8_t timer = 0; timer < SIP_TIMER_COUNT; timer++)
        if ((alive >> timer & 1) != 0)
            start(layer, tx, timer);
}

static void enter(struct sip_tx_layer *layer, struct sip_transaction *tx, uint8_t state)
{
    if (state != tx->state && state != CALLING && state != TRYING && state != PROCEEDING)
        tx->pending &= (uint16_t)~SEND_REQUEST;
    tx->state = state;
    follow(layer, tx);
    if (state == TERMINATED)
        sip_match_remove(layer, tx);
    sp_list_add(&layer->ready, &tx->ready);
}

uint16_t sip_run(struct sip_tx_layer *layer, struct sip_transaction *tx, uint8_t event, bool *taken)
{
    const struct sip_machine *machine = &layer->machines[tx->machine];
    const struct sip_arrow   *arrow = sip_machine_step(machine, tx->state, event);

    if (taken != NULL)
        *taken = arrow != NULL;
    if (arrow == NULL)
        return 0;
    sp_trace_arrow(&layer->trace, layer->now_us, machine->name,
                   sp_pool_handle(&layer->transactions, tx).slot, sip_state_name(tx->state),
                   sip_event_name(event), sip_state_name(arrow->to));
    tx->last = event;
    tx->heard = tx->heard || event == RX_1XX;
    tx->pending |= arrow->actions & LATER;
    enter(layer, tx, arrow->to);
    return arrow->actions;
}

void sip_run_again(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    enter(layer, tx, tx->state);
}

void sip_run_once(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    enter(layer, tx, TERMINATED);
    sip_run_say(layer, tx, SEND_REQUEST);
}

void sip_run_error(struct sip_tx_layer *layer, struct sip_transaction *tx, enum sp_err err)
{
    tx->pending &= (uint16_t)~SENDS;
    tx->err = (uint8_t)err;
    sp_list_add(&layer->ready, &tx->ready);
    (void)sip_run(layer, tx, TRANSPORT_ERROR, NULL);
}

/* 18.4: a host that cannot be reached. Whoever has octets under way there is told, once for what it
 * sent: the host may send many requests and hear no answer. */
void sip_run_unreachable(struct sip_tx_layer *layer, const struct sp_addr *remote, enum sp_err err)
{
    struct sp_list *going = sip_match_going(layer, remote);
    struct sp_link *link = sp_list_first(going), *after;

    for (; link != NULL; link = after) {
        struct sip_transaction *tx = SP_OF(link, struct sip_transaction, going);

        after = sp_list_after(going, link);
        if (sp_flow_stream(&tx->to) || !sp_addr_eq(&tx->to.remote, remote))
            continue;
        sp_list_remove(link);
        if (sip_way_elsewhere(tx))
            sip_run_say(layer, tx, SEND_RESPONSE);
        else
            sip_run_error(layer, tx, err);
    }
}

void sip_run_say(struct sip_tx_layer *layer, struct sip_transaction *tx, uint16_t pending)
{
    tx->pending |= pending & LATER;
    sp_list_add(&layer->ready, &tx->ready);
}

/* RFC 4320 4.1: the 100 that the layer itself sends for a request that is not answered in time. */
static void make_100(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    struct sp_where where;

    sip_msg_init(&layer->own, layer->own_fields, layer->limits.fields);
    if (sip_msg_parse(tx->request, &layer->own, &where) != SP_OK)
        return;
    tx->response = sip_write_100(layer, &layer->own);
    if (tx->response.at != NULL)
        sip_run_say(layer, tx, SEND_RESPONSE);
}

void sip_run_timer(struct sip_tx_layer *layer, struct sip_transaction *tx, uint8_t timer)
{
    uint16_t actions = sip_run(layer, tx, timer, NULL);

    if (repeats(timer) && (actions & SENDS) != 0)
        layer->counters.retransmitted_out++;
    if ((actions & SEND_100) != 0)
        make_100(layer, tx);
}

/* Give back the octets that a transaction needs no more: nobody holds what was handed out. */
static void settle(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    bool request = tx->state == CALLING || tx->state == TRYING || tx->state == PROCEEDING ||
                   (tx->machine == INVITE_CLIENT && tx->state == COMPLETED);
    bool response = tx->state == PROCEEDING || tx->state == COMPLETED;

    if (!request) {
        sp_store_give(&layer->store, tx->request.at);
        tx->request = sp_slice(NULL, 0);
    }
    if (!response) {
        sp_store_give(&layer->store, tx->response.at);
        tx->response = sp_slice(NULL, 0);
    }
}

/* The connection that its octets leave by; NULL while it is being opened, and when there can be
 * none: then the transaction knows its error. */
static struct sip_conn *way_of(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    struct sip_conn *conn = tx->conn;

    if (conn == NULL) {
        conn = sip_conn_to(layer, &tx->to.remote);
        if (conn == NULL) {
            sip_run_error(layer, tx, SP_LIMIT);
            return NULL;
        }
        sip_conn_join(conn, tx);
    }
    return conn->state == CONN_OPEN ? conn : NULL;
}

static bool send_octets(struct sip_tx_layer *layer, struct sip_transaction *tx, uint16_t bit,
                        struct sip_tx_action *action)
{
    struct sp_slice  octets = bit == SEND_RESPONSE ? tx->response : tx->request;
    struct sip_conn *conn;

    if (octets.len == 0) { /* there was no room for it */
        tx->pending &= (uint16_t)~bit;
        return false;
    }
    action->kind = SIP_TX_IO;
    action->io.kind = SP_IO_SEND;
    action->io.flow = tx->to;
    action->io.parts[0] = octets;
    if (sp_flow_stream(&tx->to)) {
        conn = way_of(layer, tx);
        if (conn == NULL)
            return false;
        sip_conn_used(layer, conn);
        action->io.flow = conn->flow;
        tx->came = conn->came;
    } else if (tx->state != TERMINATED && !sp_list_has(&tx->going)) {
        sp_list_add(sip_match_going(layer, &tx->to.remote), &tx->going);
    }
    tx->pending &= (uint16_t)~bit;
    return true;
}

static void tell(struct sip_tx_layer *layer, struct sip_transaction *tx, uint16_t bit,
                 struct sip_tx_action *action)
{
    tx->pending &= (uint16_t)~bit;
    action->tx = sp_pool_handle(&layer->transactions, tx);
    action->user = tx->user;
    if (bit == TELL_TIMEOUT) {
        action->kind = SIP_TX_TIMEOUT;
        action->err = SP_TIMEOUT;
        action->timer = sip_timer_letter(tx->last);
        action->heard = tx->heard;
    } else {
        action->kind = sip_is_client(tx) ? SIP_TX_TRANSPORT : SIP_TX_UNSENT;
        action->err = (enum sp_err)tx->err;
    }
}

/* One thing that a transaction says; false when it has nothing to say, or waits for its connection.
 */
static bool say(struct sip_tx_layer *layer, struct sip_transaction *tx,
                struct sip_tx_action *action)
{
    static const uint16_t order[] = { SEND_ACK, SEND_REQUEST, SEND_RESPONSE };

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if ((tx->pending & order[i]) != 0 && send_octets(layer, tx, order[i], action))
            return true;
    memset(action, 0, sizeof *action);
    for (uint16_t bit = TELL_TIMEOUT; bit <= TELL_TRANSPORT; bit *= 2)
        if ((tx->pending & bit) != 0) {
            tell(layer, tx, bit, action);
            return true;
        }
    return false;
}

bool sip_run_next(struct sip_tx_layer *layer, struct sip_tx_action *action)
{
    struct sp_link *link;

    while ((link = sp_list_first(&layer->ready)) != NULL) {
        struct sip_transaction *tx = SP_OF(link, struct sip_transaction, ready);

        if (say(layer, tx, action))
            return true;
        sp_list_remove(&tx->ready);
        if ((tx->pending & SENDS) != 0)
            continue; /* until its connection opens or fails */
        settle(layer, tx);
        if (tx->state == TERMINATED)
            sip_run_give(layer, tx);
    }
    return false;
}
