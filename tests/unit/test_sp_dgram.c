/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_dgram.c -- datagrams over real loopback sockets, IPv4 and IPv6 (`_i`). */
#include "net_unit.h"

START_TEST(datagrams_there_and_back)
{
    struct net_side a = net_side(4, 0, 0), b = net_side(4, 0, 0);
    struct sp_flow  from = net_listen(&a, SP_UDP, _i), to = net_listen(&b, SP_UDP, _i);
    struct sp_io    io = { .kind = SP_IO_SEND, .flow = from };

    ck_assert_uint_eq(from.transport, SP_UDP);
    io.flow.remote = to.local;
    io.parts[0] = sp_str("head ");
    io.parts[1] = sp_str("body ");
    io.parts[2] = sp_str("tail");
    sp_net_perform(a.net, &io);
    net_until(&b, &a, SP_NET_RECEIVED, 1);
    unit_eq(sp_slice(b.text, b.octets), "head body tail");
    ck_assert(sp_addr_eq(&b.last[SP_NET_RECEIVED].flow.remote, &from.local));
    ck_assert(sp_addr_eq(&b.last[SP_NET_RECEIVED].flow.local, &to.local));
    ck_assert_uint_eq(b.last[SP_NET_RECEIVED].flow.id, to.id);

    net_send(&b, &b.last[SP_NET_RECEIVED].flow, sp_str("answer"), false);
    net_until(&a, &b, SP_NET_RECEIVED, 1);
    unit_eq(sp_slice(a.text, a.octets), "answer");
}
END_TEST

/* 3261-18.1.1-3: the largest, the empty one, and one that no datagram can hold. */
START_TEST(datagrams_of_any_size)
{
    struct net_side a = net_side(4, 0, 0), b = net_side(4, 0, 0);
    struct sp_flow  from = net_listen(&a, SP_UDP, _i), to = net_listen(&b, SP_UDP, _i);
    struct sp_slice most = sp_slice(unit_room(70000), _i ? 65527 : 65507);

    from.remote = to.local;
    net_send(&a, &from, most, false);
    net_until(&b, &a, SP_NET_RECEIVED, 1);
    ck_assert_uint_eq(b.octets, most.len);
    net_send(&a, &from, sp_slice(NULL, 0), false);
    net_until(&b, &a, SP_NET_RECEIVED, 2);
    ck_assert_uint_eq(b.octets, most.len);
    net_send(&a, &from, sp_slice(most.at, 70000), false);
    net_until(&a, NULL, SP_NET_CLOSED, 1);
    ck_assert(sp_addr_eq(&a.last[SP_NET_CLOSED].flow.remote, &to.local));
}
END_TEST

START_TEST(a_dead_peer_is_told_and_costs_nobody_else)
{
    struct net_side a = net_side(4, 0, 0), b = net_side(4, 0, 0), gone = net_side(4, 0, 0);
    struct sp_flow  from = net_listen(&a, SP_UDP, _i), to = net_listen(&b, SP_UDP, _i);
    struct sp_addr  nobody = net_listen(&gone, SP_UDP, _i).local;

    sp_net_end(gone.net);
    for (unsigned i = 1; i <= 3; i++) {
        from.remote = nobody;
        net_send(&a, &from, sp_str("is anybody there"), false);
        from.remote = to.local;
        net_send(&a, &from, sp_str("hello"), false);
        net_until(&b, &a, SP_NET_RECEIVED, i);
        net_until(&a, &b, SP_NET_CLOSED, i);
        unit_err(a.last[SP_NET_CLOSED].err, SP_REFUSED);
        ck_assert_uint_eq(a.last[SP_NET_CLOSED].flow.id, from.id);
        ck_assert(sp_addr_eq(&a.last[SP_NET_CLOSED].flow.remote, &nobody));
    }
    a.rounds = 0;
    net_turn(&a, NULL, 100);
    ck_assert_uint_lt(a.rounds, 60); /* it does not spin on the error */
}
END_TEST

START_TEST(a_wildcard_answers_from_where_it_was_asked)
{
    struct net_side a = net_side(4, 0, 0), b = net_side(4, 0, 0);
    struct sp_addr  any = { .family = _i ? SP_IPV6 : SP_IPV4 }, asked = net_loopback(_i);
    struct sp_flow  from = net_listen(&a, SP_UDP, _i), wild;

    if (!_i)
        asked.octets[3] = 7; /* all of 127/8 is here */
    unit_err(sp_net_listen(b.net, SP_UDP, SP_SIP, &any, &wild), SP_OK);
    ck_assert(!sp_addr_any(&wild.local));
    asked.port = wild.local.port;
    from.remote = asked;
    net_send(&a, &from, sp_str("?"), false);
    net_until(&b, &a, SP_NET_RECEIVED, 1);
    ck_assert(sp_addr_eq(&b.last[SP_NET_RECEIVED].flow.local, &asked));
    net_send(&b, &b.last[SP_NET_RECEIVED].flow, sp_str("!"), false);
    net_until(&a, &b, SP_NET_RECEIVED, 1);
    ck_assert(sp_addr_eq(&a.last[SP_NET_RECEIVED].flow.remote, &asked));
}
END_TEST

/* More than one call of the system takes, through two sockets; each arrives once and whole. */
START_TEST(many_datagrams_in_one_round)
{
    struct net_side a = net_side(4, 0, 0), b = net_side(4, 0, 0);
    struct sp_flow  from[2] = { net_listen(&a, SP_UDP, _i), net_listen(&a, SP_UDP, _i) };
    struct sp_flow  to = net_listen(&b, SP_UDP, _i);
    char            octet;

    from[0].remote = from[1].remote = to.local;
    for (unsigned i = 0; i < 100; i++) {
        octet = (char)('!' + i % 90);
        net_send(&a, &from[i / 50], sp_slice(&octet, 1), false);
    }
    net_until(&b, &a, SP_NET_RECEIVED, 100);
    ck_assert_uint_eq(b.octets, 100);
    for (unsigned i = 0; i < 50; i++) /* a socket keeps its order */
        ck_assert_int_eq(b.text[i], '!' + (int)i);
    net_turn(&b, &a, 10);
    ck_assert_uint_eq(b.told[SP_NET_RECEIVED], 100);
}
END_TEST

/* One that cannot leave costs its own, not those behind it. */
START_TEST(a_datagram_too_large_is_told_alone)
{
    struct net_side a = net_side(4, 0, 0), b = net_side(4, 0, 0);
    struct sp_flow  from = net_listen(&a, SP_UDP, _i), to = net_listen(&b, SP_UDP, _i);
    struct sp_slice much = sp_slice(unit_room(300000), 300000);

    from.remote = to.local;
    net_send(&a, &from, sp_str("one "), false);
    net_send(&a, &from, sp_head(much, 65530), false);
    net_send(&a, &from, much, false); /* not even to be gathered */
    net_send(&a, &from, sp_str("two"), false);
    net_until(&b, &a, SP_NET_RECEIVED, 2);
    unit_eq(sp_slice(b.text, b.octets), "one two");
    net_until(&a, NULL, SP_NET_CLOSED, 2);
    ck_assert_uint_eq(a.last[SP_NET_CLOSED].flow.id, from.id);
}
END_TEST

/* What was sent last is not lost when the loop ends. */
START_TEST(the_end_sends_what_was_gathered)
{
    struct net_side a = net_side(4, 0, 0), b = net_side(4, 0, 0);
    struct sp_flow  from = net_listen(&a, SP_UDP, _i), to = net_listen(&b, SP_UDP, _i);

    from.remote = to.local;
    net_send(&a, &from, sp_str("good bye"), false);
    sp_net_end(a.net);
    net_until(&b, NULL, SP_NET_RECEIVED, 1);
    unit_eq(sp_slice(b.text, b.octets), "good bye");
}
END_TEST

static TCase *loopback(Suite *suite, const char *name)
{
    TCase *tcase = unit_tcase(suite, name);

    tcase_set_timeout(tcase, 20);
    tcase_add_loop_test(tcase, datagrams_there_and_back, 0, 2);
    tcase_add_loop_test(tcase, datagrams_of_any_size, 0, 2);
    tcase_add_loop_test(tcase, many_datagrams_in_one_round, 0, 2);
    tcase_add_loop_test(tcase, a_datagram_too_large_is_told_alone, 0, 2);
    tcase_add_loop_test(tcase, the_end_sends_what_was_gathered, 0, 2);
    tcase_add_loop_test(tcase, a_dead_peer_is_told_and_costs_nobody_else, 0, 2);
    tcase_add_loop_test(tcase, a_wildcard_answers_from_where_it_was_asked, 0, 2);
    return tcase;
}

Suite *test_sp_dgram_suite(void)
{
    Suite *suite = suite_create("sp_dgram");
    TCase *portable;

    (void)loopback(suite, "loopback");
    portable = loopback(suite, "loopback, portable");
    tcase_add_checked_fixture(portable, net_portable, net_native);
    return suite;
}
