/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_conn.c -- SIP connections: shared, refused, idle, half received, lost. RFC
 * 3261 18; RFC 5626 4.4.1. */
#include "tx_unit.h"

#include <stdio.h>

/* 3261-18.1.1-14: one connection serves all requests to one address and port. */
START_TEST(one_for_all)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    tx_bench(&bench, &limits, SP_TCP, false);
    bench.connects = false;
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    unit_err(tx_request(&bench, "OPTIONS"), SP_OK);
    ck_assert_str_eq(bench.log, "0 CONNECT\n");
    sip_tx_connected(bench.layer, 0, bench.cookie, &bench.peer);
    tx_drain(&bench);
    ck_assert_str_eq(bench.log, "0 CONNECT\n0 > MESSAGE\n0 > OPTIONS\n");
    unit_err(tx_request(&bench, "INFO"), SP_OK);
    ck_assert_str_eq(bench.log, "0 CONNECT\n0 > MESSAGE\n0 > OPTIONS\n0 > INFO\n");
    ck_assert_uint_eq(bench.layer->conns.used, 1);
}
END_TEST

/* A connection that was accepted serves requests the other way. */
START_TEST(accepted_serves)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    tx_bench(&bench, &limits, SP_TCP, true);
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    ck_assert_str_eq(bench.log, "0 > MESSAGE\n");
}
END_TEST

/* It cannot be opened: each that waited is told, once. 3261-18.4-3 */
START_TEST(cannot_be_opened)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    tx_bench(&bench, &limits, SP_TCP, false);
    bench.connects = false;
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    unit_err(tx_request(&bench, "INVITE"), SP_OK);
    sip_tx_closed(bench.layer, 0, bench.cookie, NULL, SP_REFUSED);
    tx_drain(&bench);
    ck_assert_str_eq(bench.log, "0 CONNECT\n0 TRANSPORT\n0 TRANSPORT\n0 gone\n");
    ck_assert_uint_eq(bench.layer->conns.used, 0);
    sip_tx_closed(bench.layer, 0, bench.cookie, NULL, SP_REFUSED); /* a stale cookie */
    sip_tx_connected(bench.layer, 0, bench.cookie, &bench.peer);   /* too late: closed */
    tx_drain(&bench);
    ck_assert_str_eq(bench.log, "0 CONNECT\n0 TRANSPORT\n0 TRANSPORT\n0 gone\n0 CLOSE\n");
}
END_TEST

/* It never opens: given up after limits.stream_half_ms. */
START_TEST(never_opens)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    limits.stream_half_ms = 5000;
    tx_bench(&bench, &limits, SP_TCP, false);
    bench.connects = false;
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    tx_until(&bench, 40000);
    ck_assert_str_eq(bench.log, "0 CONNECT\n5000 TRANSPORT\n5000 gone\n");
    ck_assert_uint_eq(bench.layer->conns.used, 0);
}
END_TEST

/* Lost while a request waits: told. Lost while a response is to go: a new one is opened (18.2.2).
 */
START_TEST(lost)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    tx_bench(&bench, &limits, SP_TCP, true);
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    sip_tx_closed(bench.layer, 0, 0, &bench.peer, SP_CLOSED);
    tx_drain(&bench);
    ck_assert_str_eq(bench.log, "0 > MESSAGE\n0 TRANSPORT\n0 gone\n");

    tx_bench(&bench, &limits, SP_TCP, true);
    tx_receive(&bench, tx_request_text("MESSAGE", "m", "TCP"));
    sip_tx_closed(bench.layer, 0, 0, &bench.peer, SP_CLOSED);
    tx_drain(&bench);
    bench.peer.id = 11;
    unit_err(tx_answer(&bench, 200), SP_OK);
    ck_assert_ptr_nonnull(strstr(bench.log, "0 REQUEST\n0 CONNECT\n0 > 200\n"));
}
END_TEST

/* A request comes again by a new connection, and its answer goes by that: whether the old one's end
 * is known, and a new one to sent-by is being opened, or not yet asked for. But by the old one, as
 * long as it is open (18.2.2). */
static const struct again_row {
    bool        closed, answered_before;
    uint64_t    answer_by;
    const char *log;
} agains[] = {
    { true, false, 11, "0 REQUEST\n0 > 200\n" },
    { true, true, 11, "0 REQUEST\n0 CONNECT\n0 > 200\n" },
    { false, false, 10, "0 REQUEST\n0 > 200\n" },
};

START_TEST(request_comes_again_by_another)
{
    const struct again_row *row = &agains[_i];
    struct sp_limits        limits = tx_limits();
    struct tx_bench         bench;
    struct sp_flow          old;

    tx_bench(&bench, &limits, SP_TCP, true);
    bench.connects = false;
    old = bench.peer;
    tx_receive(&bench, tx_request_text("MESSAGE", "m", "TCP"));
    if (row->closed)
        sip_tx_closed(bench.layer, 0, 0, &old, SP_CLOSED);
    tx_drain(&bench);
    if (row->answered_before)
        unit_err(tx_answer(&bench, 200), SP_OK);
    bench.peer.id = 11;
    bench.peer.remote.port++;
    sip_tx_accepted(bench.layer, 0, &bench.peer);
    tx_receive(&bench, tx_request_text("MESSAGE", "m", "TCP"));
    if (!row->answered_before) {
        unit_err(sip_tx_request_flow(bench.layer, bench.tx, &old), SP_OK);
        ck_assert_uint_eq(old.id, row->answer_by);
        unit_err(tx_answer(&bench, 200), SP_OK);
    }
    ck_assert_str_eq(bench.log, row->log);
    ck_assert_uint_eq(bench.sent_by, row->answer_by);
}
END_TEST

/* What happens, a letter each: a request of ours (o: OPTIONS, i: INVITE), its answer (1: 100, 2:
 * 200), a request of the peer's (q), half a message of his (h), he closes the connection (x), ours
 * fails (f). */
static const struct crossed_row {
    const char *script;
    bool        accepted;
    const char *log;
} crossings[] = {
    { "o2ox2", false, "CONNECT > OPTIONS RESPONSE > OPTIONS CONNECT > OPTIONS RESPONSE" },
    { "o2ix2", false, "CONNECT > OPTIONS RESPONSE > INVITE CONNECT > INVITE RESPONSE" },
    { "o2oox", false,
      "CONNECT > OPTIONS RESPONSE > OPTIONS > OPTIONS CONNECT > OPTIONS > OPTIONS" },
    /* once; and only as long as it can be reached */
    { "o2oxx", false, "CONNECT > OPTIONS RESPONSE > OPTIONS CONNECT > OPTIONS TRANSPORT" },
    { "o2oxqx", false, "CONNECT > OPTIONS RESPONSE > OPTIONS CONNECT > OPTIONS REQUEST TRANSPORT" },
    { "o2oxf", false, "CONNECT > OPTIONS RESPONSE > OPTIONS CONNECT TRANSPORT" },
    /* a new connection, or one of the peer's: the request was refused, so to say */
    { "ox", false, "CONNECT > OPTIONS TRANSPORT" },
    { "qox", true, "REQUEST > OPTIONS TRANSPORT" },
    /* something came since: the peer was there */
    { "o2o1x", false, "CONNECT > OPTIONS RESPONSE > OPTIONS RESPONSE TRANSPORT" },
    { "o2oqx", false, "CONNECT > OPTIONS RESPONSE > OPTIONS REQUEST TRANSPORT" },
    { "o2ohx", false, "CONNECT > OPTIONS RESPONSE > OPTIONS TRANSPORT" },
};

static void cross(struct tx_bench *bench, char letter)
{
    switch (letter) {
    case 'o': unit_err(tx_request(bench, "OPTIONS"), SP_OK); break;
    case 'i': unit_err(tx_request(bench, "INVITE"), SP_OK); break;
    case '1': tx_receive(bench, tx_response_to(bench->sent, 100)); break;
    case '2': tx_receive(bench, tx_response_to(bench->sent, 200)); break;
    case 'q': tx_receive(bench, tx_request_text("MESSAGE", "m", "TCP")); break;
    case 'h': tx_receive(bench, "OPTIONS sip:a"); break;
    case 'f': sip_tx_closed(bench->layer, 0, bench->cookie, NULL, SP_REFUSED); break;
    default:
        sip_tx_closed(bench->layer, 0, 0, &bench->peer, SP_CLOSED);
        bench->peer.id++;
        break;
    }
    tx_drain(bench);
}

/* The peer closes a connection that rested while our request is on its way: it goes again by a new
 * one, the same octets, once. */
START_TEST(crossed)
{
    const struct crossed_row *row = &crossings[_i];
    struct sp_limits          limits = tx_limits();
    struct tx_bench           bench;
    char                      told[4096] = "", sent[sizeof bench.sent] = "";

    tx_bench(&bench, &limits, SP_TCP, row->accepted);
    for (const char *at = row->script; *at != '\0'; at++) {
        bench.connects = at[0] != 'x' || at[1] != 'f';
        memcpy(sent, bench.sent, sizeof sent);
        cross(&bench, *at);
        if (at[0] == 'x' && at[1] == '2')
            ck_assert_str_eq(bench.sent, sent);
    }
    for (const char *line = bench.log; *line != '\0'; line = strchr(line, '\n') + 1) {
        size_t at = strlen(told), len = (size_t)(strchr(line, '\n') - line);

        if (strncmp(line, "0 RESPONSE", 10) == 0) /* whatever its status */
            len = 10;
        if (strncmp(line, "0 gone", 6) != 0)
            snprintf(told + at, sizeof told - at, "%s%.*s", at > 0 ? " " : "", (int)len - 2,
                     line + 2);
    }
    ck_assert_str_eq(told, row->log);
}
END_TEST

/* Connections beyond limits.streams are closed at once, and counted. */
START_TEST(at_every_capacity)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    limits.streams = (uint32_t)_i;
    tx_bench(&bench, &limits, SP_TCP, false);
    for (int i = 0; i < 4; i++) {
        bench.peer.id = 100 + (uint64_t)i;
        sip_tx_accepted(bench.layer, 0, &bench.peer);
        tx_drain(&bench);
    }
    ck_assert_uint_eq(bench.layer->conns.used, (unsigned)_i);
    ck_assert_uint_eq(bench.layer->counters.overloaded, (unsigned)(4 - _i));
    if (_i == 0)
        unit_err(tx_request(&bench, "MESSAGE"), SP_LIMIT);
}
END_TEST

/* Those that came leave room for those that we open: as many as limits.stream_accepts, and anew
 * when one has gone. */
START_TEST(accepts)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    limits.streams = 4;
    limits.stream_accepts = 3;
    tx_bench(&bench, &limits, SP_TCP, false);
    for (int i = 0; i < 5; i++) {
        bench.peer.id = 100 + (uint64_t)i;
        bench.peer.remote.port++;
        sip_tx_accepted(bench.layer, 0, &bench.peer);
        tx_drain(&bench);
        ck_assert_uint_eq(bench.layer->conns.used, i < 3 ? (unsigned)i + 1 : 3);
    }
    ck_assert_str_eq(bench.log, "0 CLOSE\n0 CLOSE\n");
    bench.peer.id = 100;
    sip_tx_closed(bench.layer, 0, 0, &bench.peer, SP_CLOSED);
    tx_drain(&bench);
    bench.peer.id = 110;
    sip_tx_accepted(bench.layer, 0, &bench.peer);
    ck_assert_uint_eq(bench.layer->conns.used, 3);
    bench.peer.remote.port++;
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    ck_assert_uint_eq(bench.layer->conns.used, 4);
}
END_TEST

/* Idle: closed after limits.stream_idle_ms (3261-18-1), but not while a transaction expects
 * something; by default that is longer than any transaction lasts (3261-18-2). */
START_TEST(idle)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    ck_assert_uint_ge(limits.stream_idle_ms, 64 * limits.t1_ms + limits.timer_d_ms);
    limits.stream_idle_ms = 60000;
    tx_bench(&bench, &limits, SP_TCP, true);
    tx_until(&bench, 30000);
    tx_receive(&bench, "\r\n\r\n"); /* RFC 5626 4.4.1: a ping, and it counts as use */
    ck_assert_ptr_nonnull(strstr(bench.log, "30000 > "));
    tx_until(&bench, 89000);
    ck_assert_ptr_null(strstr(bench.log, "CLOSE"));
    tx_until(&bench, 91000);
    ck_assert_ptr_nonnull(strstr(bench.log, "90000 CLOSE"));
    ck_assert_uint_eq(bench.layer->conns.used, 0);

    tx_bench(&bench, &limits, SP_TCP, true);
    unit_err(tx_request(&bench, "INVITE"), SP_OK);
    tx_receive(&bench, tx_response_to(bench.first, 180));
    tx_until(&bench, 300000); /* it rings */
    ck_assert_ptr_null(strstr(bench.log, "CLOSE"));
}
END_TEST

/* How long the layer sleeps until it pings: 80 to 100 of 100 of what was given. */
static uint64_t ping_at(struct tx_bench *bench, uint64_t keep_ms)
{
    uint64_t at_us = sip_tx_deadline(bench->layer), span_us = at_us - bench->now_us;

    ck_assert_uint_le(span_us, keep_ms * 1000);
    bench->log[0] = '\0';
    tx_until(bench, at_us / 1000 + 1);
    ck_assert_msg(strstr(bench->log, " > PING\n") != NULL, "%llu: %s", (unsigned long long)at_us,
                  bench->log);
    return at_us / 1000 + 1;
}

/* 5626-4.4.1-2, 5626-4.4.1-3, 5626-4.4.1-4: kept by pings. Pongs keep it, whole or cut, alone or
 * before a message, and are never answered; it is not idle. Without a pong it ends, and that is
 * told. */
START_TEST(kept_by_pings)
{
    static const char *const pongs[][2] = { { "\r\n", "" }, { "\r", "\n" } };
    struct sp_limits         limits = tx_limits();
    struct tx_bench          bench;
    uint64_t                 ms = 0, before = 0;

    limits.stream_idle_ms = 1000000;
    tx_bench(&bench, &limits, SP_TCP, true);
    unit_err(sip_tx_keep(bench.layer, 0, &bench.peer, 120000), SP_OK);
    for (int i = 0; i < 20; i++, before = ms) {
        ms = ping_at(&bench, 120000);
        ck_assert_uint_ge(ms - before, 96000);
        for (int k = 0; k < 2 && pongs[i % 2][k][0] != '\0'; k++) {
            tx_until(&bench, ms + 4000 * (uint64_t)k + 100);
            tx_receive(&bench, pongs[i % 2][k]);
        }
        ck_assert_ptr_null(strstr(bench.log, "PONG"));
        ck_assert_ptr_null(strstr(bench.log, "CLOSE"));
    }
    ms = ping_at(&bench, 120000);
    tx_until(&bench, ms + 500);
    tx_receive(&bench, tx_request_text("MESSAGE", "late", "TCP")); /* it works, too */
    ck_assert_ptr_nonnull(strstr(bench.log, "REQUEST"));
    unit_err(tx_answer(&bench, 200), SP_OK);
    tx_receive(&bench, "\r\n\r\n"); /* and the peer may ping as well */
    ck_assert_ptr_nonnull(strstr(bench.log, "> PONG"));
    tx_until(&bench, ms + 50000);
    ms = ping_at(&bench, 120000);
    tx_until(&bench, ms + SIP_PONG_MS - 1000);
    ck_assert_ptr_null(strstr(bench.log, "CLOSE"));
    tx_until(&bench, ms + SIP_PONG_MS);
    ck_assert_ptr_nonnull(strstr(bench.log, " CLOSE\n"));
    ck_assert_ptr_nonnull(strstr(bench.log, " LOST\n"));
    ck_assert_uint_eq(bench.layer->conns.used, 0);
    unit_err(sip_tx_keep(bench.layer, ms * 1000, &bench.peer, 1000), SP_STALE);
}
END_TEST

/* Its end is told however it comes about, if it is kept still; UDP has no connection to keep:
 * 5626-4.4.1-1. */
START_TEST(the_end_of_a_kept_one_is_told)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    limits.stream_idle_ms = 60000;
    for (int kept = 0; kept < 2; kept++) {
        tx_bench(&bench, &limits, SP_TCP, true);
        unit_err(sip_tx_keep(bench.layer, 0, &bench.peer, 50000), SP_OK);
        if (!kept)
            unit_err(sip_tx_keep(bench.layer, 0, &bench.peer, 0), SP_OK);
        sip_tx_closed(bench.layer, 0, 0, &bench.peer, SP_CLOSED);
        tx_drain(&bench);
        ck_assert_ptr_null(strstr(bench.log, "CLOSE"));
        ck_assert_int_eq(strstr(bench.log, "LOST") != NULL, kept);
        ck_assert_uint_eq(bench.layer->conns.used, 0);
    }
    tx_bench(&bench, &limits, SP_TCP, true);
    unit_err(sip_tx_keep(bench.layer, 0, &bench.peer, 100), SP_OK);
    unit_err(sip_tx_keep(bench.layer, 0, &bench.peer, 0), SP_OK);
    tx_until(&bench, 61000); /* no ping: idle again */
    ck_assert_ptr_null(strstr(bench.log, "PING"));
    ck_assert_ptr_nonnull(strstr(bench.log, "60000 CLOSE\n"));
    tx_bench(&bench, &limits, SP_UDP, false);
    unit_err(sip_tx_keep(bench.layer, 0, &bench.peer, 100), SP_STALE);
}
END_TEST

/* Half a message: closed after limits.stream_half_ms; its buffer is lent and comes back. */
START_TEST(half_a_message)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    struct sp_flow   other;

    limits.stream_half_ms = 5000;
    tx_bench(&bench, &limits, SP_TCP, true);
    other = bench.peer;
    other.id = 12;
    tx_receive(&bench, "MESSAGE sip:a SIP/2.0\r\nVia: ");
    ck_assert_uint_eq(bench.layer->buffers.used, 1);

    /* there is one buffer: a second half message has none, and its connection ends */
    sip_tx_accepted(bench.layer, 0, &other);
    tx_drain(&bench);
    sip_tx_receive(bench.layer, 0, &other, UNIT_LIT("OPTIONS sip:a SIP/2.0\r\nVia: "));
    tx_drain(&bench);
    ck_assert_str_eq(bench.log, "0 CLOSE\n");
    ck_assert_uint_eq(bench.layer->counters.overloaded, 1);

    tx_until(&bench, 4999);
    ck_assert_uint_eq(bench.layer->conns.used, 1);
    tx_until(&bench, 5001);
    ck_assert_str_eq(bench.log, "0 CLOSE\n5000 CLOSE\n");
    ck_assert_uint_eq(bench.layer->conns.used, 0);
    ck_assert_uint_eq(bench.layer->buffers.used, 0);
}
END_TEST

/* A message that comes in two pieces, cut anywhere, is one; the buffer comes back. */
START_TEST(cut_anywhere)
{
    const char      *text = tx_request_text("MESSAGE", "m", "TCP");
    size_t           len = strlen(text);
    struct sp_limits limits = tx_limits();

    for (size_t cut = 1; cut < len; cut++) {
        struct tx_bench bench;
        char            head[1024];

        tx_bench(&bench, &limits, SP_TCP, true);
        memcpy(head, text, cut);
        head[cut] = '\0';
        tx_receive(&bench, head);
        ck_assert_str_eq(bench.log, "");
        tx_receive(&bench, text + cut);
        ck_assert_str_eq(bench.log, "0 REQUEST\n");
        ck_assert_uint_eq(bench.layer->buffers.used, 0);
    }
}
END_TEST

/* What cannot be framed any more is answered, if it can be, and the connection closed;
 * 3261-18.3-4: as is a message without Content-Length. */
static const struct broken_row {
    const char *text, *log;
} broken_rows[] = {
    { "MESSAGE sip:a SIP/2.0\r\nVia: SIP/2.0/TCP b.example;branch=z9hG4bKb\r\nFrom: <sip:b@b>;tag=b"
      "\r\nTo: <sip:a@a>\r\nCall-ID: c\r\nCSeq: 1 MESSAGE\r\n\r\n",
      "0 > 400\n0 CLOSE\n" },
    { "MESSAGE sip:a SIP/2.0\r\nVia: SIP/2.0/TCP b.example;branch=z9hG4bKb\r\nFrom: <sip:b@b>;tag=b"
      "\r\nTo: <sip:a@a>\r\nCall-ID: c\r\nCSeq: 1 MESSAGE\r\nContent-Length: 999999\r\n\r\n",
      "0 > 413\n0 CLOSE\n" },
    { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "0 CLOSE\n" },
};

START_TEST(broken)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    tx_bench(&bench, &limits, SP_TCP, true);
    tx_receive(&bench, broken_rows[_i].text);
    ck_assert_str_eq(bench.log, broken_rows[_i].log);
    ck_assert_uint_eq(bench.layer->conns.used, 0);
    tx_receive(&bench, "more"); /* octets that were on their way */
    ck_assert_str_eq(bench.log, broken_rows[_i].log);
}
END_TEST

Suite *test_sip_conn_suite(void)
{
    Suite *suite = suite_create("sip_conn");
    TCase *tcase = unit_tcase(suite, "conn");

    tcase_add_test(tcase, one_for_all);
    tcase_add_test(tcase, accepted_serves);
    tcase_add_test(tcase, cannot_be_opened);
    tcase_add_test(tcase, never_opens);
    tcase_add_test(tcase, lost);
    unit_loop(tcase, request_comes_again_by_another, agains);
    tcase_add_loop_test(tcase, crossed, 0, UNIT_ROWS(crossings));
    tcase_add_loop_test(tcase, at_every_capacity, 0, 4);
    tcase_add_test(tcase, accepts);
    tcase_add_test(tcase, idle);
    tcase_add_test(tcase, kept_by_pings);
    tcase_add_test(tcase, the_end_of_a_kept_one_is_told);
    tcase_add_test(tcase, half_a_message);
    tcase_add_test(tcase, cut_anywhere);
    unit_loop(tcase, broken, broken_rows);
    return suite;
}
