/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_tx.c -- the verbs of the transaction layer: what they refuse, what they keep,
 * and what 18.1.1 does with a request that is too large. RFC 3261 9.1, 17, 18; RFC 4320. */
#include "tx_unit.h"

#include <stdio.h>

static enum sp_err request(struct tx_bench *bench, const char *text, enum sp_transport transport)
{
    struct sip_target target = { (uint8_t)transport, bench->peer.remote };
    enum sp_err       err;

    err = sip_tx_request(bench->layer, bench->now_us, &target, unit_text(text), 1, &bench->tx);
    tx_drain(bench);
    return err;
}

START_TEST(what_is_no_request)
{
    static const char *const texts[] = { "",
                                         "MESSAGE",
                                         "MESSAGE sip:a SIP/2.0",
                                         "\r\n",
                                         " MESSAGE sip:a SIP/2.0\r\n\r\n",
                                         "SIP/2.0 200 OK\r\n\r\n" };
    struct sp_limits         limits = tx_limits();
    struct tx_bench          bench;

    tx_bench(&bench, &limits, SP_UDP, false);
    unit_err(request(&bench, texts[_i], SP_UDP), SP_SYNTAX);
    ck_assert_uint_eq(sip_tx_open(bench.layer), 0);
}
END_TEST

START_TEST(no_socket_for_it)
{
    struct sp_limits  limits = tx_limits();
    struct tx_bench   bench;
    struct sip_target target = { SP_UDP, { 0 } };
    struct sp_addr    local;

    tx_bench(&bench, &limits, SP_UDP, false);
    unit_err(sp_addr_parse(SP_LIT("2001:db8::2"), &target.addr), SP_OK);
    unit_err(sip_tx_request(bench.layer, 0, &target, SP_LIT("MESSAGE sip:a SIP/2.0\r\n\r\n"), 1,
                            &bench.tx),
             SP_UNSUPPORTED);
    ck_assert(!sip_tx_local(bench.layer, &target, &local));
    target.addr = bench.peer.remote;
    ck_assert(sip_tx_local(bench.layer, &target, &local));
    ck_assert_uint_eq(local.port, 5060);
}
END_TEST

/* Every capacity of the pool and of the store: refused, told, and nothing is left over. */
START_TEST(at_every_capacity)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    unsigned         made = 0;

    limits.transactions = (uint32_t)_i;
    limits.store_octets = 64 * (size_t)_i * 16;
    tx_bench(&bench, &limits, SP_UDP, false);
    while (tx_request(&bench, "MESSAGE") == SP_OK)
        made++;
    ck_assert_uint_le(made, limits.transactions);
    tx_receive(&bench, tx_request_text("MESSAGE", "c", "UDP"));
    if (made == limits.transactions) {
        ck_assert_ptr_null(strstr(bench.log, "REQUEST"));
        ck_assert_ptr_nonnull(strstr(bench.log, "> 503")); /* answered without a transaction */
        ck_assert_uint_ge(bench.layer->counters.overloaded, 1);
    }
    tx_until(&bench, 100000);
    if (sip_tx_open(bench.layer) > 0) { /* the request that had room waits for its user */
        unit_err(tx_answer(&bench, 200), SP_OK);
        tx_until(&bench, 200000);
    }
    ck_assert_uint_eq(sip_tx_open(bench.layer), 0);
    ck_assert_uint_eq(bench.layer->store.used, 0);
}
END_TEST

/* Over 1300 octets goes over TCP (3261-18-4), as Via says (3261-18.1.1-2); back to UDP if TCP fails
 * at once (3261-18.1.1-4). */
static const struct size_row {
    size_t      body;
    bool        tcp_fails;
    const char *log;
} sizes[] = {
    { 900, false, "0 > MESSAGE\n" },
    { 1300, false, "0 CONNECT\n0 > MESSAGE\n" },
    { 1300, true, "0 CONNECT\n0 > MESSAGE\n" },
};

START_TEST(too_large_for_udp)
{
    const struct size_row *row = &sizes[_i];
    struct sp_limits       limits = tx_limits();
    struct tx_bench        bench;
    char                   text[2048], body[1400];

    memset(body, 'x', sizeof body);
    snprintf(text, sizeof text,
             "MESSAGE sip:b@192.0.2.2 SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:a@a>;tag=a\r\nTo: "
             "<sip:b@b>\r\nCall-ID: c\r\nCSeq: 7 MESSAGE\r\nContent-Length: %zu\r\n\r\n%.*s",
             row->body, (int)row->body, body);
    tx_bench(&bench, &limits, SP_UDP, false);
    bench.connects = false;
    unit_err(request(&bench, text, SP_UDP), SP_OK);
    if (strstr(bench.log, "CONNECT") != NULL) {
        if (row->tcp_fails) {
            sip_tx_closed(bench.layer, 0, bench.cookie, NULL, SP_REFUSED);
        } else {
            bench.peer.transport = SP_TCP;
            bench.peer.id = 20;
            sip_tx_connected(bench.layer, 0, bench.cookie, &bench.peer);
        }
        tx_drain(&bench);
    }
    ck_assert_str_eq(bench.log, row->log);
    ck_assert_ptr_nonnull(strstr(bench.sent, row->body < 1300 || row->tcp_fails
                                                 ? "\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch="
                                                 : "\r\nVia: SIP/2.0/TCP 192.0.2.1:5060;branch="));
    tx_receive(&bench, tx_response_to(bench.sent, 200));
    ck_assert_ptr_nonnull(strstr(bench.log, "RESPONSE 200"));
    if (row->tcp_fails) { /* over UDP its timers are those of UDP */
        tx_until(&bench, 5000);
        ck_assert_ptr_nonnull(strstr(bench.log, "5000 gone"));
    }
}
END_TEST

START_TEST(stale_and_out_of_turn)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    struct sp_handle none = { 0, 0 }, cancel;
    struct sp_flow   flow;

    tx_bench(&bench, &limits, SP_UDP, false);
    unit_err(sip_tx_respond(bench.layer, 0, none, 200, SP_LIT("SIP/2.0 200 OK\r\n\r\n")), SP_STALE);
    unit_err(sip_tx_cancel(bench.layer, 0, none, 1, &cancel), SP_STALE);
    unit_err(sip_tx_request_flow(bench.layer, none, &flow), SP_STALE);
    ck_assert_uint_eq(sip_tx_request_octets(bench.layer, none).len, 0);
    sip_tx_set_user(bench.layer, none, 9);

    unit_err(tx_request(&bench, "INVITE"), SP_OK);
    unit_err(sip_tx_cancel(bench.layer, 0, bench.tx, 1, &cancel), SP_STATE); /* 9.1: no 1xx yet */
    tx_receive(&bench, tx_response_to(bench.first, 180));
    unit_err(sip_tx_cancel(bench.layer, 0, bench.tx, 1, &cancel), SP_OK);
    unit_err(sip_tx_cancel(bench.layer, 0, bench.tx, 1, &cancel), SP_STATE); /* twice */

    tx_receive(&bench, tx_request_text("MESSAGE", "m", "UDP"));
    unit_err(sip_tx_request_flow(bench.layer, bench.tx, &flow), SP_OK);
    ck_assert(sp_flow_eq(&flow, &bench.peer));
    unit_err(tx_answer(&bench, 180), SP_STATE); /* 4320-3-1 */
    unit_err(tx_answer(&bench, 100), SP_STATE); /* 4320-3-2: over UDP not so soon */
    unit_err(tx_answer(&bench, 408), SP_STATE); /* 4320-3-4 */
    unit_err(tx_answer(&bench, 200), SP_OK);
    unit_err(tx_answer(&bench, 404), SP_STATE); /* 3261-17.2.2-8: there is a final one */
    ck_assert_uint_eq(sip_tx_request_octets(bench.layer, bench.tx).len, 0);
}
END_TEST

/* 9.1: an INVITE that is to be cancelled has 64*T1 from the CANCEL; from the wish where
 * there is never room for one. */
START_TEST(no_room_for_a_cancel)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    struct sp_handle cancel;

    limits.transactions = 2;
    tx_bench(&bench, &limits, SP_UDP, false);
    unit_err(tx_request(&bench, "INVITE"), SP_OK);
    cancel = bench.tx;
    tx_receive(&bench, tx_response_to(bench.first, 180));
    tx_receive(&bench, tx_request_text("MESSAGE", "m", "UDP"));
    tx_until(&bench, 1000);
    unit_err(sip_tx_cancel(bench.layer, 1000000, cancel, 1, &bench.tx), SP_LIMIT);
    tx_until(&bench, 2000);
    bench.log[0] = '\0';
    tx_until(&bench, 33000);
    ck_assert_ptr_nonnull(strstr(bench.log, "33000 TIMEOUT CANCEL\n"));
}
END_TEST

/* Notes tell the user's number; a server transaction's can be set. */
START_TEST(users)
{
    struct sp_limits     limits = tx_limits();
    struct tx_bench      bench;
    struct sip_tx_action action;

    tx_bench(&bench, &limits, SP_UDP, false);
    tx_receive(&bench, tx_request_text("INVITE", "i", "UDP"));
    sip_tx_set_user(bench.layer, bench.tx, 77);
    unit_err(tx_answer(&bench, 486), SP_OK);
    while (sip_tx_deadline(bench.layer) <= 32000000) {
        bench.now_us = sip_tx_deadline(bench.layer);
        sip_tx_tick(bench.layer, bench.now_us);
        while (sip_tx_next(bench.layer, &action))
            if (action.kind == SIP_TX_TIMEOUT) {
                ck_assert_uint_eq(action.user, 77);
                bench.cookie = 1;
            }
    }
    ck_assert_uint_eq(bench.cookie, 1);
}
END_TEST

/* An ACK for a 2xx goes once, with a Via of its own, and leaves nothing behind. 13.2.2.4 */
START_TEST(ack_of_a_2xx)
{
    struct sp_limits  limits = tx_limits();
    struct tx_bench   bench;
    struct sip_target target = { SP_UDP, { 0 } };

    tx_bench(&bench, &limits, SP_UDP, false);
    target.addr = bench.peer.remote;
    unit_err(sip_tx_send(bench.layer, 0, &target,
                         SP_LIT("ACK sip:b SIP/2.0\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n")),
             SP_OK);
    tx_drain(&bench);
    ck_assert_str_eq(bench.log, "0 > ACK\n");
    ck_assert(sp_starts(sp_str(bench.sent),
                        SP_LIT("ACK sip:b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch="
                               "z9hG4bK")));
    ck_assert_uint_eq(sip_tx_open(bench.layer), 0);
    ck_assert_uint_eq(bench.layer->store.used, 0);
}
END_TEST

/* Two requests never have one branch. 3261-8.1.1.7-2 */
START_TEST(branches_differ)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    char             first[4096];

    tx_bench(&bench, &limits, SP_UDP, false);
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    memcpy(first, bench.sent, sizeof first);
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    ck_assert_str_ne(strstr(first, "z9hG4bK"), strstr(bench.sent, "z9hG4bK"));
}
END_TEST

Suite *test_sip_tx_suite(void)
{
    Suite *suite = suite_create("sip_tx");
    TCase *tcase = unit_tcase(suite, "tx");

    tcase_add_loop_test(tcase, what_is_no_request, 0, 6);
    tcase_add_test(tcase, no_socket_for_it);
    tcase_add_loop_test(tcase, at_every_capacity, 0, 6);
    unit_loop(tcase, too_large_for_udp, sizes);
    tcase_add_test(tcase, stale_and_out_of_turn);
    tcase_add_test(tcase, no_room_for_a_cancel);
    tcase_add_test(tcase, users);
    tcase_add_test(tcase, ack_of_a_2xx);
    tcase_add_test(tcase, branches_differ);
    return suite;
}
