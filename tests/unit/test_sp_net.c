/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_net.c -- the loop: limits, fairness, the clock; IPv4 and IPv6 (`_i`). */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../base/timers.h"
#include "net_unit.h"

START_TEST(connections_over_the_limit_are_closed_at_once)
{
    struct net_side side = net_side(4, 0, 0);
    struct sp_flow  to = net_listen(&side, SP_TCP, _i);
    int             raw[10], again;
    char            octet;

    for (int i = 0; i < 10; i++)
        raw[i] = net_raw_connect(&to.local);
    net_turn(&side, NULL, 30);
    ck_assert_uint_eq(side.told[SP_NET_ACCEPTED], 3); /* the listener has the fourth */
    for (int i = 3; i < 10; i++)
        ck_assert_int_le(recv(raw[i], &octet, 1, 0), 0);
    close(raw[0]);
    net_until(&side, NULL, SP_NET_CLOSED, 1);
    again = net_raw_connect(&to.local);
    net_until(&side, NULL, SP_NET_ACCEPTED, 4);
    ck_assert_int_eq(send(again, "x", 1, 0), 1);
    net_until(&side, NULL, SP_NET_RECEIVED, 1);
    net_connect(&side, &to.local, 9);
    net_until(&side, NULL, SP_NET_CLOSED, 2);
    unit_err(side.last[SP_NET_CLOSED].err, SP_LIMIT);
    ck_assert_uint_eq(side.last[SP_NET_CLOSED].cookie, 9);
    unit_err(sp_net_listen(side.net, SP_UDP, SP_SIP, &to.local, &to), SP_LIMIT);
}
END_TEST

START_TEST(without_descriptors_it_waits_and_does_not_spin)
{
    struct net_side side = net_side(8, 0, 0);
    struct sp_flow  to = net_listen(&side, SP_TCP, _i);
    int             raw = net_raw_connect(&to.local);
    struct rlimit   most, few;
    unsigned        rounds;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &most), 0);
    few = most;
    few.rlim_cur = (rlim_t)raw + 1;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    net_turn(&side, NULL, 80);
    rounds = side.rounds;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &most), 0);
    ck_assert_uint_lt(rounds, 60);
    ck_assert_uint_eq(side.told[SP_NET_ACCEPTED], 0);
    net_until(&side, NULL, SP_NET_ACCEPTED, 1);
    close(raw);
}
END_TEST

START_TEST(slow_writers_hold_nobody_up)
{
    struct net_side side = net_side(32, 0, 0);
    struct sp_flow  to = net_listen(&side, SP_TCP, _i);
    int             raw[20];
    uint64_t        want = 0;

    for (int i = 0; i < 20; i++)
        raw[i] = net_raw_connect(&to.local);
    net_until(&side, NULL, SP_NET_ACCEPTED, 20);
    for (int i = 0; i < 200; i++) {
        ck_assert_int_eq(send(raw[i % 20], "o", 1, 0), 1);
        want++;
        net_until(&side, NULL, SP_NET_RECEIVED, (unsigned)want);
    }
    ck_assert_uint_eq(side.octets, want);
}
END_TEST

/* The others are answered at once while many peers do not read, and one writes an octet at a time.
 */
START_TEST(slow_readers_hold_nobody_up)
{
    struct net_side side = net_side(32, 20000, 0);
    struct sp_flow  flow, slow[8];
    int             raw[8], slower, quick;
    struct sp_slice much = sp_slice(unit_room(20000), 20000);
    char            octets[8];

    for (int i = 0; i < 8; i++)
        raw[i] = net_raw(&side, _i, &slow[i]);
    slower = net_raw(&side, _i, &flow);
    quick = net_raw(&side, _i, &flow);
    for (int i = 0; i < 8; i++)
        for (size_t before = sp_net_queued(side.net); sp_net_queued(side.net) == before;)
            net_send(&side, &slow[i], much, false);
    side.echo = 1;
    for (unsigned i = 1; i <= 50; i++) {
        ck_assert_int_eq(send(slower, "o", 1, 0), 1);
        ck_assert_int_eq(send(quick, "?", 1, 0), 1);
        net_until(&side, NULL, SP_NET_RECEIVED, 2 * i);
        ck_assert_int_eq(recv(quick, octets, 1, 0), 1);
    }
    ck_assert_uint_eq(side.told[SP_NET_CLOSED], 0);
    side.rounds = 0;
    net_turn(&side, NULL, 50);
    ck_assert_uint_lt(side.rounds, 50); /* nobody is asked again and again */
    for (int i = 0; i < 8; i++)
        close(raw[i]);
}
END_TEST

/* Who comes cannot take the slots of what we open ourselves. */
START_TEST(accepts_have_a_limit_of_their_own)
{
    struct sp_net_config config = sp_net_config_default;
    struct net_side      side, far = net_side(4, 0, 0);
    struct sp_flow       to, there = net_listen(&far, SP_TCP, _i);
    int                  raw[6], again;
    char                 octet;

    config.sockets = 5;
    config.accepts = 2;
    side = net_side_of(&config);
    to = net_listen(&side, SP_TCP, _i);
    for (int i = 0; i < 6; i++)
        raw[i] = net_raw_connect(&to.local);
    net_turn(&side, NULL, 30);
    ck_assert_uint_eq(side.told[SP_NET_ACCEPTED], 2);
    ck_assert_int_le(recv(raw[5], &octet, 1, 0), 0);
    net_connect(&side, &there.local, 1);
    net_until(&side, &far, SP_NET_CONNECTED, 1);
    close(raw[1]);
    net_until(&side, NULL, SP_NET_CLOSED, 1);
    again = net_raw_connect(&to.local);
    net_until(&side, NULL, SP_NET_ACCEPTED, 3);
    close(again);
}
END_TEST

/* Two loops on one port: the system deals out what comes, and all of it is served. */
/* Who was let go and does not go keeps nobody out. */
START_TEST(who_lingers_gives_way)
{
    struct net_side side = net_side(4, 0, 0); /* a listener and three connections */
    struct sp_flow  listener = net_listen(&side, SP_TCP, _i), flows[3];
    int             peers[3], late;

    for (unsigned i = 0; i < 3; i++) {
        peers[i] = net_raw_connect(&listener.local);
        net_until(&side, NULL, SP_NET_ACCEPTED, i + 1);
        flows[i] = side.last[SP_NET_ACCEPTED].flow;
    }
    late = net_raw_connect(&listener.local);
    net_turn(&side, NULL, 50);
    ck_assert_uint_eq(side.told[SP_NET_ACCEPTED], 3); /* none lingers: it is told to go */
    (void)close(late);
    net_close(&side, &flows[1]);
    net_close(&side, &flows[0]);
    late = net_raw_connect(&listener.local);
    net_until(&side, NULL, SP_NET_ACCEPTED, 4);
    ck_assert_uint_eq(sp_net_closing(side.net), 1);
    for (int i = 0; i < 3; i++)
        (void)close(peers[i]);
    (void)close(late);
    sp_net_end(side.net);
}
END_TEST

START_TEST(loops_share_a_port)
{
    struct sp_net_config config = sp_net_config_default;
    enum sp_transport    transport = _i & 1 ? SP_TCP : SP_UDP;
    struct net_side      a, b, alone = net_side(4, 0, 0);
    struct sp_flow       first, second;
    struct sp_addr       addr;
    int                  raw[64];

    config.reuse_port = true;
    a = net_side_of(&config);
    b = net_side_of(&config);
    first = net_listen(&a, transport, _i >> 1);
    addr = first.local;
    unit_err(sp_net_listen(b.net, transport, SP_SIP, &addr, &second), SP_OK);
    ck_assert(sp_addr_eq(&first.local, &second.local));
    unit_err(sp_net_listen(alone.net, transport, SP_SIP, &addr, &second), SP_TRANSPORT);
    for (int i = 0; i < 64; i++) {
        raw[i] = net_raw_to(transport, &addr);
        ck_assert_int_eq(send(raw[i], "o", 1, 0), 1);
    }
    for (int i = 0; i < 300 && a.octets + b.octets < 64; i++)
        net_turn(&a, &b, 10);
    ck_assert_uint_eq(a.octets + b.octets, 64);
    ck_assert_uint_gt(a.octets, 0);
    ck_assert_uint_gt(b.octets, 0);
    for (int i = 0; i < 64; i++)
        close(raw[i]);
}
END_TEST

/* Many at once, more than a round tells of; then they leave, and new ones have their slots. */
START_TEST(many_connections)
{
    struct sp_net_config config = sp_net_config_default;
    struct net_side      side;
    struct sp_flow       to;
    static int           raw[400];

    config.sockets = 401;
    config.accepts = 0;
    config.queue_octets = config.read_octets = 4096;
    side = net_side_of(&config);
    to = net_listen(&side, SP_TCP, _i);
    for (unsigned time = 1; time <= 2; time++) {
        for (int i = 0; i < 400; i++) {
            raw[i] = net_raw_connect(&to.local);
            net_turn(&side, NULL, 0);
        }
        net_until(&side, NULL, SP_NET_ACCEPTED, 400 * time);
        for (int i = 0; i < 400; i++)
            ck_assert_int_eq(send(raw[i], "o", 1, 0), 1);
        net_until(&side, NULL, SP_NET_RECEIVED, 400 * time);
        for (int i = 0; i < 400; i++)
            close(raw[i]);
        net_until(&side, NULL, SP_NET_CLOSED, 400 * time);
    }
    side.rounds = 0;
    net_turn(&side, NULL, 20);
    ck_assert_uint_lt(side.rounds, 20);
}
END_TEST

/* The system's */

START_TEST(names_and_addresses)
{
    struct sp_addr  addrs[4], want = net_loopback(_i);
    struct net_side side = net_side(2, 0, 0);

    ck_assert_uint_eq(sp_net_resolve(sp_str(_i ? "[::1]" : "127.0.0.1"), 5060, addrs, 4), 1);
    want.port = 5060;
    ck_assert(sp_addr_eq(&addrs[0], &want));
    ck_assert_uint_eq(sp_net_resolve(sp_str(""), 5060, addrs, 4), 0);
    ck_assert_uint_eq(sp_net_resolve(UNIT_LIT("a\0b"), 5060, addrs, 4), 0);
    ck_assert_uint_eq(sp_net_resolve(sp_slice(unit_room(300), 300), 5060, addrs, 4), 0);
    sp_net_perform(side.net, &(struct sp_io){ .kind = SP_IO_RESOLVE,
                                              .host = sp_str("localhost"),
                                              .port = 5061,
                                              .cookie = 3 });
    net_until(&side, NULL, SP_NET_RESOLVED, 1);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].cookie, 3);
    ck_assert_uint_ge(side.last[SP_NET_RESOLVED].count, 1);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].addrs[0].port, 5061);
}
END_TEST

START_TEST(a_taken_port_is_refused)
{
    struct net_side   side = net_side(4, 0, 0);
    enum sp_transport transport = _i & 1 ? SP_TCP : SP_UDP;
    struct sp_flow    first = net_listen(&side, transport, _i >> 1), second;

    unit_err(sp_net_listen(side.net, transport, SP_SIP, &first.local, &second), SP_TRANSPORT);
}
END_TEST

START_TEST(clock_and_entropy)
{
    uint64_t before = sp_net_now_us();
    uint8_t  a[32] = { 0 }, b[32] = { 0 };

    unit_err(sp_net_entropy(a, sizeof a), SP_OK);
    unit_err(sp_net_entropy(b, sizeof b), SP_OK);
    ck_assert_mem_ne(a, b, sizeof a);
    ck_assert_uint_ge(sp_net_now_us(), before);
}
END_TEST

static volatile sig_atomic_t signalled;

static void note_signal(int number)
{
    signalled = number;
}

/* poll that finds something does not sleep, and lets no signal in by itself. */
START_TEST(a_busy_loop_lets_signals_in)
{
    struct net_side  side = net_side(8, 0, 0);
    struct sp_flow   to = net_listen(&side, SP_TCP, 0);
    int              raw = net_raw_connect(&to.local);
    struct sigaction action;
    sigset_t         set;
    unsigned         octets = 0;

    signalled = 0;
    memset(&action, 0, sizeof action);
    action.sa_handler = note_signal;
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    ck_assert_int_eq(sigemptyset(&set), 0);
    ck_assert_int_eq(sigaddset(&set, SIGUSR1), 0);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    net_until(&side, NULL, SP_NET_ACCEPTED, 1);
    ck_assert_int_eq(raise(SIGUSR1), 0);
    for (uint64_t end_us = sp_net_now_us() + 100000; !signalled && sp_net_now_us() < end_us;) {
        struct sp_net_event event;

        ck_assert_int_eq(send(raw, "o", 1, 0), 1); /* on the loopback it is there at once */
        sp_net_wait(side.net, SP_NEVER);
        while (sp_net_event(side.net, &event))
            octets += event.kind == SP_NET_RECEIVED;
    }
    ck_assert_int_eq(signalled, SIGUSR1);
    ck_assert_uint_gt(octets, 0);
    ck_assert_int_eq(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
    close(raw);
}
END_TEST

START_TEST(the_deadline_is_kept)
{
    struct net_side side = net_side(2, 0, 0);
    uint64_t        before = sp_net_now_us();

    sp_net_wait(side.net, before + 30000);
    ck_assert_uint_ge(sp_net_now_us(), before + 30000);
    sp_net_wait(side.net, 0);
    ck_assert_uint_lt(sp_net_now_us(), before + 1000000);
}
END_TEST

static TCase *loopback(Suite *suite, const char *name)
{
    TCase *tcase = unit_tcase(suite, name);

    tcase_set_timeout(tcase, 20);
    tcase_add_loop_test(tcase, connections_over_the_limit_are_closed_at_once, 0, 2);
    tcase_add_loop_test(tcase, without_descriptors_it_waits_and_does_not_spin, 0, 2);
    tcase_add_loop_test(tcase, slow_writers_hold_nobody_up, 0, 2);
    tcase_add_loop_test(tcase, slow_readers_hold_nobody_up, 0, 2);
    tcase_add_loop_test(tcase, accepts_have_a_limit_of_their_own, 0, 2);
    tcase_add_loop_test(tcase, who_lingers_gives_way, 0, 2);
    tcase_add_loop_test(tcase, loops_share_a_port, 0, 4);
    tcase_add_loop_test(tcase, many_connections, 0, 2);
    tcase_add_loop_test(tcase, names_and_addresses, 0, 2);
    tcase_add_loop_test(tcase, a_taken_port_is_refused, 0, 4);
    tcase_add_test(tcase, clock_and_entropy);
    tcase_add_test(tcase, a_busy_loop_lets_signals_in);
    tcase_add_test(tcase, the_deadline_is_kept);
    return tcase;
}

Suite *test_sp_net_suite(void)
{
    Suite *suite = suite_create("sp_net");
    TCase *portable;

    (void)loopback(suite, "loopback");
    portable = loopback(suite, "loopback, portable");
    tcase_add_checked_fixture(portable, net_portable, net_native);
    return suite;
}
