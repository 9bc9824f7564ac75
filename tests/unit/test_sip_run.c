/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_run.c -- transactions run: two layers on a network that loses, doubles and
 * swaps datagrams, all from one seed. Every request ends in exactly one way at its user; afterwards
 * nothing is left. RFC 3261 17. */
#include "tx_unit.h"

#define REQUESTS 12
#define CROWD    64 /* datagrams under way */

struct datagram {
    uint64_t at_us;
    bool     to_b;
    size_t   len;
    char     octets[1024];
};

struct world {
    struct tx_bench a, b; /* a asks, b answers */
    struct datagram crowd[CROWD];
    struct sp_ident dice;
    uint64_t        now_us;
    unsigned        loss; /* percent */
    unsigned        ends[REQUESTS], requests_at_b;
};

static void post(struct world *world, bool to_b, struct sp_slice octets)
{
    unsigned copies = sp_ident_below(&world->dice, 10) == 0 ? 2 : 1;

    for (unsigned copy = 0; copy < copies; copy++) {
        if (sp_ident_below(&world->dice, 100) < world->loss)
            continue;
        for (size_t i = 0; i < CROWD; i++) {
            struct datagram *d = &world->crowd[i];

            if (d->len > 0)
                continue;
            ck_assert_uint_lt(octets.len, sizeof d->octets);
            d->at_us = world->now_us + 1000 + sp_ident_below(&world->dice, 300000);
            d->to_b = to_b;
            d->len = octets.len;
            memcpy(d->octets, octets.at, octets.len);
            break;
        }
    }
}

/* At `a`: each request ends once, with its final response or with a timeout. */
static void collect_a(struct world *world)
{
    struct sip_tx_action action;

    while (sip_tx_next(world->a.layer, &action)) {
        bool final = action.kind == SIP_TX_RESPONSE && action.msg->status >= 200;

        if (action.kind == SIP_TX_IO)
            post(world, true, action.io.parts[0]);
        /* INVITE: every 2xx goes up, as often as it comes (RFC 6026 8.4) */
        if ((final && (action.user % 2 == 0 || action.msg->status >= 300)) ||
            action.kind == SIP_TX_TIMEOUT)
            world->ends[action.user]++;
    }
}

/* At `b`: some requests are taken, some refused. */
static void collect_b(struct world *world)
{
    struct sip_tx_action action;
    char                 text[1024];

    while (sip_tx_next(world->b.layer, &action)) {
        if (action.kind == SIP_TX_IO) {
            post(world, false, action.io.parts[0]);
        } else if (action.kind == SIP_TX_REQUEST) {
            unsigned status = sp_ident_below(&world->dice, 2) == 0 ? 200 : 486;

            world->requests_at_b++;
            if (action.msg->method == SIP_INVITE)
                status = 486; /* a 2xx is the dialog's to repeat */
            ck_assert_uint_lt(action.msg->octets.len, sizeof text);
            memcpy(text, action.msg->octets.at, action.msg->octets.len);
            text[action.msg->octets.len] = '\0';
            unit_err(sip_tx_respond(world->b.layer, world->now_us, action.tx, (uint16_t)status,
                                    sp_str(tx_response_to(text, status))),
                     SP_OK);
        }
    }
}

static uint64_t next_us(const struct world *world)
{
    uint64_t a = sip_tx_deadline(world->a.layer), b = sip_tx_deadline(world->b.layer);
    uint64_t at = a < b ? a : b;

    for (size_t i = 0; i < CROWD; i++)
        if (world->crowd[i].len > 0 && world->crowd[i].at_us < at)
            at = world->crowd[i].at_us;
    return at;
}

static void deliver(struct world *world)
{
    for (size_t i = 0; i < CROWD; i++) {
        struct datagram *d = &world->crowd[i];
        struct sp_flow   flow = world->a.peer;

        if (d->len == 0 || d->at_us > world->now_us)
            continue;
        if (d->to_b) { /* seen from there, local and remote are the other way round */
            flow.local = world->a.peer.remote;
            flow.remote = world->a.peer.local;
        }
        sip_tx_receive(d->to_b ? world->b.layer : world->a.layer, world->now_us, &flow,
                       unit_octets(d->octets, d->len));
        d->len = 0;
        collect_a(world);
        collect_b(world);
    }
}

static void ask(struct world *world, unsigned i)
{
    char              text[512];
    struct sip_target target = { SP_UDP, world->a.peer.remote };
    struct sp_buf     to = sp_buf(text, sizeof text);
    struct sp_handle  tx;
    const char       *method = i % 2 == 0 ? "MESSAGE" : "INVITE";

    sp_put_text(&to, method);
    sp_put_text(&to, " sip:b@192.0.2.2 SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:a@a>;tag=a\r\n"
                     "To: <sip:b@b>\r\nCall-ID: c\r\nCSeq: ");
    sp_put_u64(&to, i + 1);
    sp_put_char(&to, ' ');
    sp_put_text(&to, method);
    sp_put_text(&to, "\r\nContent-Length: 0\r\n\r\n");
    unit_err(sip_tx_request(world->a.layer, world->now_us, &target, sp_written(&to), i, &tx),
             SP_OK);
}

START_TEST(on_a_bad_network)
{
    struct world    *world = unit_room(sizeof *world);
    struct sp_limits limits = tx_limits();
    uint8_t          seed[SP_SEED_OCTETS] = { (uint8_t)_i, (uint8_t)(_i >> 8) };
    uint64_t         at;

    limits.transactions = REQUESTS;
    limits.store_octets = 65536;
    tx_bench(&world->a, &limits, SP_UDP, false);
    tx_bench(&world->b, &limits, SP_UDP, false);
    sp_ident_init(&world->dice, seed);
    world->loss = (unsigned)_i % 5 * 10; /* 0 to 40 % */
    for (unsigned i = 0; i < REQUESTS; i++)
        ask(world, i);
    collect_a(world);
    while ((at = next_us(world)) < 400000000u) {
        world->now_us = at;
        sip_tx_tick(world->a.layer, at);
        sip_tx_tick(world->b.layer, at);
        collect_a(world);
        collect_b(world);
        deliver(world);
    }
    for (unsigned i = 0; i < REQUESTS; i++)
        ck_assert_msg(world->ends[i] == 1, "seed %d: request %u ended %u times", _i, i,
                      world->ends[i]);
    ck_assert_uint_le(world->requests_at_b, REQUESTS);
    ck_assert_uint_eq(sip_tx_open(world->a.layer) + sip_tx_open(world->b.layer), 0);
    ck_assert_uint_eq(world->a.layer->store.used + world->b.layer->store.used, 0);
    if (world->loss == 0)
        ck_assert_uint_eq(world->requests_at_b, REQUESTS);
}
END_TEST

/* A retransmission is counted where it is sent, and where it is absorbed. */
START_TEST(counted)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    tx_bench(&bench, &limits, SP_UDP, false);
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    tx_until(&bench, 1600);
    ck_assert_uint_eq(bench.layer->counters.retransmitted_out, 2);
    tx_receive(&bench, tx_response_to(bench.first, 200));
    tx_receive(&bench, tx_response_to(bench.first, 200));
    ck_assert_uint_eq(bench.layer->counters.retransmitted_in, 1);
    ck_assert_uint_eq(bench.layer->counters.responses, 2);
}
END_TEST

Suite *test_sip_run_suite(void)
{
    Suite *suite = suite_create("sip_run");
    TCase *tcase = unit_tcase(suite, "run");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, on_a_bad_network, 0, 100);
    tcase_add_test(tcase, counted);
    return suite;
}
