/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_conn.c -- connections over real loopback sockets, IPv4 and IPv6 (`_i`). */
#include <sys/socket.h>
#include <unistd.h>

#include "net_unit.h"

START_TEST(connect_and_accept)
{
    struct net_side a = net_side(8, 0, 0), b = net_side(8, 0, 0);
    struct sp_flow  to = net_listen(&b, SP_TCP, _i), gone, *there, *here;

    net_connect(&a, &to.local, 77);
    net_until(&a, &b, SP_NET_CONNECTED, 1);
    net_until(&b, &a, SP_NET_ACCEPTED, 1);
    here = &a.last[SP_NET_CONNECTED].flow;
    there = &b.last[SP_NET_ACCEPTED].flow;
    ck_assert_uint_eq(a.last[SP_NET_CONNECTED].cookie, 77);
    ck_assert_uint_eq(here->protocol, SP_MSRP);
    ck_assert_uint_eq(there->protocol, SP_SIP);
    ck_assert_uint_ne(there->id, to.id);
    ck_assert(sp_addr_eq(&here->local, &there->remote));
    ck_assert(sp_addr_eq(&here->remote, &there->local));

    net_send(&a, here, sp_str("ping"), false);
    net_until(&b, &a, SP_NET_RECEIVED, 1);
    unit_eq(sp_slice(b.text, b.octets), "ping");
    net_close(&a, here);
    net_until(&b, &a, SP_NET_CLOSED, 1);
    unit_err(b.last[SP_NET_CLOSED].err, SP_CLOSED);
    ck_assert_uint_eq(b.last[SP_NET_CLOSED].flow.id, there->id);
    net_send(&a, here, sp_str("nobody is here any more"), true); /* a stale flow: nothing */
    net_turn(&a, &b, 20);
    ck_assert_uint_eq(a.told[SP_NET_SENT] + a.told[SP_NET_CLOSED], 0);
    ck_assert_uint_eq(sp_net_closing(a.net) + sp_net_closing(b.net), 0);

    gone = *here;
    net_connect(&a, &to.local, 78); /* the slot is used again, its name is not */
    net_until(&a, &b, SP_NET_CONNECTED, 2);
    net_until(&b, &a, SP_NET_ACCEPTED, 2);
    ck_assert_uint_ne(a.last[SP_NET_CONNECTED].flow.id, gone.id);
    net_send(&a, &gone, sp_str("meant for the one before"), false);
    net_turn(&a, &b, 20);
    ck_assert_uint_eq(b.told[SP_NET_RECEIVED], 1);
}
END_TEST

START_TEST(a_refused_connect_is_told)
{
    struct net_side a = net_side(4, 0, 0), gone = net_side(4, 0, 0);
    struct sp_addr  nobody = net_listen(&gone, SP_TCP, _i).local, none = { 0 };

    sp_net_end(gone.net);
    net_connect(&a, &nobody, 5);
    net_until(&a, NULL, SP_NET_CLOSED, 1);
    unit_err(a.last[SP_NET_CLOSED].err, SP_REFUSED);
    ck_assert_uint_eq(a.last[SP_NET_CLOSED].cookie, 5);
    ck_assert_uint_eq(a.last[SP_NET_CLOSED].flow.id, 0);
    net_connect(&a, &none, 6);
    net_until(&a, NULL, SP_NET_CLOSED, 2);
    unit_err(a.last[SP_NET_CLOSED].err, SP_TRANSPORT);
}
END_TEST

START_TEST(sent_is_told_in_the_same_round)
{
    struct net_side     side = net_side(4, 0, 0);
    struct sp_net_event event;
    struct sp_flow      flow;
    int                 raw = net_raw(&side, _i, &flow);
    char                octets[64];

    net_send(&side, &flow, sp_str("gathered "), false);
    net_send(&side, &flow, sp_str("content"), true);
    ck_assert(sp_net_event(side.net, &event));
    ck_assert_int_eq(event.kind, SP_NET_SENT);
    ck_assert_uint_eq(event.flow.id, flow.id);
    ck_assert(!sp_net_event(side.net, &event));
    ck_assert_int_eq(recv(raw, octets, sizeof octets, 0), 16);
    ck_assert_mem_eq(octets, "gathered content", 16);
    net_turn(&side, NULL, 20);
    ck_assert_uint_eq(side.told[SP_NET_SENT], 0);
}
END_TEST

START_TEST(small_octets_of_a_round_leave_together)
{
    struct net_side     side = net_side(4, 0, 0);
    struct sp_net_event event;
    struct sp_flow      flow;
    int                 raw = net_raw(&side, _i, &flow);
    char                octets[64];

    for (int i = 0; i < 5; i++)
        net_send(&side, &flow, sp_str("12345"), false);
    ck_assert_uint_eq(sp_net_queued(side.net), 25);
    ck_assert(!sp_net_event(side.net, &event));
    ck_assert_uint_eq(sp_net_queued(side.net), 0);
    ck_assert_int_eq(recv(raw, octets, sizeof octets, 0), 25);
}
END_TEST

/* Read what lies there, at most `most`; count what is not of the pattern. */
static uint64_t read_pattern(int raw, uint64_t got, size_t most, uint64_t *wrong)
{
    static char octets[65536];
    ssize_t     n = recv(raw, octets, most < sizeof octets ? most : sizeof octets, MSG_DONTWAIT);

    for (ssize_t i = 0; i < n; i++)
        *wrong += octets[i] != net_pattern(got + (uint64_t)i);
    return n > 0 ? (uint64_t)n : 0;
}

/* Content flows while a peer reads nothing: it stops, in bounded memory; then all of it arrives. */
/* Small contents wait for the end of the round together, and each counts as sent at once: so the
 * next is offered before anything leaves. 16 KB of them do not wait. */
START_TEST(small_contents_leave_together)
{
    struct net_side side = net_side(4, 0, 0);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);
    struct sp_slice piece = sp_slice(unit_room(20000), 20000);
    unsigned        told = side.told[SP_NET_SENT];
    char            octets[65536];

    for (unsigned i = 1; i <= 40; i++) {
        struct sp_net_event event;

        net_send(&side, &flow, sp_head(piece, 300), true);
        ck_assert_uint_eq(sp_net_queued(side.net), 300u * i);
        ck_assert(sp_net_event(side.net, &event) && event.kind == SP_NET_SENT);
    }
    ck_assert_int_lt(recv(raw, octets, sizeof octets, MSG_DONTWAIT), 0);
    net_turn(&side, NULL, 20);
    ck_assert_int_eq(recv(raw, octets, sizeof octets, MSG_DONTWAIT), 40 * 300);
    ck_assert_uint_eq(side.told[SP_NET_SENT], told); /* each was told once */
    net_send(&side, &flow, sp_head(piece, 300), true);
    net_send(&side, &flow, sp_head(piece, 16200), true);
    ck_assert_uint_eq(sp_net_queued(side.net), 0);
    net_until(&side, NULL, SP_NET_SENT, told + 2);
    close(raw);
}
END_TEST

START_TEST(a_slow_reader_costs_a_bounded_queue)
{
    struct net_side side = net_side(4, 262144, 0);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);
    const size_t    piece = 65536, pieces = 160; /* more than loopback buffers take */
    char           *octets = unit_room(piece);
    uint64_t        got = 0, wrong = 0;
    unsigned        given = 0, stops = 0;

    while (given < pieces) {
        for (size_t i = 0; i < piece; i++)
            octets[i] = net_pattern(given * piece + i);
        net_send(&side, &flow, sp_slice(octets, piece), true);
        given++;
        for (int i = 0; i < 10 && side.told[SP_NET_SENT] < given; i++)
            net_turn(&side, NULL, 2);
        ck_assert_uint_le(sp_net_queued(side.net), piece);
        for (stops += side.told[SP_NET_SENT] < given; side.told[SP_NET_SENT] < given;) {
            for (int i = 0; i < 24; i++) /* and now it reads something */
                got += read_pattern(raw, got, piece, &wrong);
            net_turn(&side, NULL, 1);
        }
    }
    ck_assert_uint_gt(stops, 0);
    net_close(&side, &flow);
    while (got < piece * pieces) {
        got += read_pattern(raw, got, piece, &wrong);
        net_turn(&side, NULL, 1);
    }
    ck_assert_int_eq(recv(raw, octets, 1, 0), 0);
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_eq(side.told[SP_NET_SENT], pieces);
}
END_TEST

/* It asks and asks and reads no answer: reading stops above the mark, and goes on with its reading.
 */
START_TEST(who_does_not_read_is_not_read)
{
    struct net_side side = net_side(4, 20000, 0);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);
    char            octets[65536] = { 0 };
    uint64_t        asked = 0, answered = 0;

    side.echo = 2;
    for (int still = 0; still < 10;) {
        ssize_t n = send(raw, octets, sizeof octets, MSG_DONTWAIT);

        asked += n > 0 ? (uint64_t)n : 0;
        still = n > 0 ? 0 : still + 1;
        net_turn(&side, NULL, 1);
        ck_assert_uint_le(sp_net_queued(side.net), 20000 + 2 * 4096);
        ck_assert_uint_eq(side.told[SP_NET_CLOSED], 0);
    }
    ck_assert_uint_gt(asked, side.octets);
    side.rounds = 0;
    net_turn(&side, NULL, 50);
    ck_assert_uint_lt(side.rounds, 50); /* it does not spin on what it may not read */
    while (answered < asked * 2) {
        ssize_t n = recv(raw, octets, sizeof octets, MSG_DONTWAIT);

        answered += n > 0 ? (uint64_t)n : 0;
        if (n <= 0)
            net_turn(&side, NULL, 1);
    }
    ck_assert_uint_eq(side.octets, asked);
    ck_assert_uint_eq(answered, asked * 2);
}
END_TEST

START_TEST(a_queue_that_overflows_ends_its_connection)
{
    struct net_side side = net_side(4, 20000, 0);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);
    struct sp_slice much = sp_slice(unit_room(40000), 40000);

    for (int i = 0; i < 1000 && side.told[SP_NET_CLOSED] == 0; i++) {
        net_send(&side, &flow, much, false);
        net_turn(&side, NULL, 1);
    }
    ck_assert_uint_eq(side.told[SP_NET_CLOSED], 1);
    unit_err(side.last[SP_NET_CLOSED].err, SP_LIMIT);
    ck_assert_uint_eq(sp_net_queued(side.net), 0);
    close(raw);
}
END_TEST

/* Ends */

/* The queue goes out, the peer reads it all although it sent what nobody read. */
START_TEST(a_close_loses_nothing)
{
    struct net_side side = net_side(4, 0, 0);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);
    struct sp_slice piece = sp_slice(unit_room(200000), 200000);
    uint64_t        given = 0, got = 0;
    char            octets[65536] = { 0 };

    while (sp_net_queued(side.net) == 0) {
        net_send(&side, &flow, piece, false);
        given += piece.len;
        ck_assert_uint_lt(given, 100000000);
    }
    ck_assert_int_eq(send(raw, octets, 3000, 0), 3000);
    net_close(&side, &flow);
    for (ssize_t n = 1; n != 0;) {
        n = recv(raw, octets, sizeof octets, MSG_DONTWAIT);
        ck_assert(n >= 0 || sp_net_closing(side.net) == 1);
        got += n > 0 ? (uint64_t)n : 0;
        if (n < 0)
            net_turn(&side, NULL, 1);
    }
    ck_assert_uint_eq(got, given);
    close(raw);
    net_turn(&side, NULL, 20);
    ck_assert_uint_eq(sp_net_closing(side.net), 0);
    ck_assert_uint_eq(side.told[SP_NET_CLOSED], 0); /* who closes is not told */
}
END_TEST

/* Who was let go and talks on is not listened to for long. */
START_TEST(who_talks_on_is_cut)
{
    struct net_side side = net_side(4, 0, 0);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);
    static char     octets[65536];
    uint64_t        sent = 0;

    net_close(&side, &flow);
    while (sp_net_closing(side.net) == 1) {
        ssize_t n = send(raw, octets, sizeof octets, MSG_DONTWAIT | MSG_NOSIGNAL);

        sent += n > 0 ? (uint64_t)n : 0;
        ck_assert_uint_lt(sent, 60000000);
        net_turn(&side, NULL, 1);
    }
    ck_assert_uint_ge(sent, 16777216);
    close(raw);
}
END_TEST

START_TEST(who_ends_first_still_gets_its_answer)
{
    struct net_side side = net_side(4, 0, 0);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);
    char            octets[64];

    side.echo = 3;
    ck_assert_int_eq(send(raw, "ask", 3, 0), 3);
    ck_assert_int_eq(shutdown(raw, SHUT_WR), 0);
    net_until(&side, NULL, SP_NET_CLOSED, 1);
    unit_err(side.last[SP_NET_CLOSED].err, SP_CLOSED);
    ck_assert_int_eq(recv(raw, octets, sizeof octets, MSG_WAITALL), 9);
}
END_TEST

/* The peer says its end while much is queued for it. */
START_TEST(who_ends_first_still_gets_what_waits)
{
    struct net_side side = net_side(4, 0, 0);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);
    struct sp_slice piece = sp_slice(unit_room(200000), 200000);
    uint64_t        given = 0, got = 0;
    char            octets[65536];

    for (; sp_net_queued(side.net) == 0; given += piece.len)
        net_send(&side, &flow, piece, false);
    ck_assert_int_eq(shutdown(raw, SHUT_WR), 0);
    net_until(&side, NULL, SP_NET_CLOSED, 1);
    ck_assert_uint_eq(sp_net_closing(side.net), 1);
    for (ssize_t n = 1; n != 0;) {
        n = recv(raw, octets, sizeof octets, MSG_DONTWAIT);
        got += n > 0 ? (uint64_t)n : 0;
        if (n < 0)
            net_turn(&side, NULL, 1);
    }
    ck_assert_uint_eq(got, given);
    ck_assert_uint_eq(sp_net_closing(side.net), 0);
}
END_TEST

START_TEST(a_reset_is_told_once)
{
    struct net_side side = net_side(4, 0, 0);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);

    net_raw_reset(raw);
    net_until(&side, NULL, SP_NET_CLOSED, 1);
    unit_err(side.last[SP_NET_CLOSED].err, SP_CLOSED);
    ck_assert_uint_eq(side.last[SP_NET_CLOSED].flow.id, flow.id);
    net_turn(&side, NULL, 20);
    ck_assert_uint_eq(side.told[SP_NET_CLOSED], 1);
}
END_TEST

/* A peer says why and closes over unread octets: what we send fails, what it said is still read. */
START_TEST(last_words_are_read)
{
    struct net_side side = net_side(4, 0, 0);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);

    net_send(&side, &flow, sp_str("unread"), true);
    ck_assert_int_eq(send(raw, "bye", 3, 0), 3);
    close(raw);
    net_send(&side, &flow, sp_str("into the void"), true);
    net_send(&side, &flow, sp_str("into the void"), true);
    net_until(&side, NULL, SP_NET_CLOSED, 1);
    unit_eq(sp_slice(side.text, side.octets), "bye");
    unit_err(side.last[SP_NET_CLOSED].err, SP_CLOSED);
}
END_TEST

/* What an agent holds is not read; when it is read again nothing is missing. One that is reset
 * meanwhile ends. */
START_TEST(held_is_not_read)
{
    struct net_side side = net_side(8, 0, 0);
    struct sp_flow  flow;
    struct sp_io    io = { .kind = SP_IO_HOLD };
    int             fd = net_raw(&side, 0, &flow);

    io.flow = flow;
    sp_net_perform(side.net, &io);
    ck_assert_int_eq(send(fd, "hello", 5, 0), 5);
    net_turn(&side, NULL, 60);
    ck_assert_uint_eq(side.told[SP_NET_RECEIVED], 0);
    if (_i == 0) {
        io.kind = SP_IO_READ;
        sp_net_perform(side.net, &io);
        net_until(&side, NULL, SP_NET_RECEIVED, 1);
        ck_assert_uint_eq(side.octets, 5);
        close(fd);
    } else {
        net_raw_reset(fd);
        net_until(&side, NULL, SP_NET_CLOSED, 1);
    }
    sp_net_end(side.net);
}
END_TEST

START_TEST(an_idle_connection_is_closed)
{
    struct net_side side = net_side(4, 0, 60);
    struct sp_flow  flow;
    int             raw = net_raw(&side, _i, &flow);

    for (int i = 0; i < 5; i++) { /* who says something is not idle */
        ck_assert_int_eq(send(raw, ".", 1, 0), 1);
        net_turn(&side, NULL, 20);
    }
    ck_assert_uint_eq(side.told[SP_NET_CLOSED], 0);
    net_until(&side, NULL, SP_NET_CLOSED, 1);
    unit_err(side.last[SP_NET_CLOSED].err, SP_TIMEOUT);
    ck_assert_int_eq(recv(raw, &flow, 1, 0), 0);
}
END_TEST

static TCase *loopback(Suite *suite, const char *name)
{
    TCase *tcase = unit_tcase(suite, name);

    tcase_set_timeout(tcase, 20);
    tcase_add_loop_test(tcase, connect_and_accept, 0, 2);
    tcase_add_loop_test(tcase, a_refused_connect_is_told, 0, 2);
    tcase_add_loop_test(tcase, sent_is_told_in_the_same_round, 0, 2);
    tcase_add_loop_test(tcase, small_octets_of_a_round_leave_together, 0, 2);
    tcase_add_loop_test(tcase, small_contents_leave_together, 0, 2);
    tcase_add_loop_test(tcase, a_slow_reader_costs_a_bounded_queue, 0, 2);
    tcase_add_loop_test(tcase, who_does_not_read_is_not_read, 0, 2);
    tcase_add_loop_test(tcase, a_queue_that_overflows_ends_its_connection, 0, 2);
    tcase_add_loop_test(tcase, a_close_loses_nothing, 0, 2);
    tcase_add_loop_test(tcase, who_talks_on_is_cut, 0, 2);
    tcase_add_loop_test(tcase, who_ends_first_still_gets_its_answer, 0, 2);
    tcase_add_loop_test(tcase, who_ends_first_still_gets_what_waits, 0, 2);
    tcase_add_loop_test(tcase, a_reset_is_told_once, 0, 2);
    tcase_add_loop_test(tcase, held_is_not_read, 0, 2);
    tcase_add_loop_test(tcase, last_words_are_read, 0, 2);
    tcase_add_loop_test(tcase, an_idle_connection_is_closed, 0, 2);
    return tcase;
}

Suite *test_sp_conn_suite(void)
{
    Suite *suite = suite_create("sp_conn");
    TCase *portable;

    (void)loopback(suite, "loopback");
    portable = loopback(suite, "loopback, portable");
    tcase_add_checked_fixture(portable, net_portable, net_native);
    return suite;
}
