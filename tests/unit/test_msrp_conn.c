/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_conn.c -- connections: opened, accepted, shared, closed. RFC 4975 5.4, 6.2.
 */
#include "msrp_unit.h"

#define HELLO(name) MSRP_IN("hello", "SEND", name, MSRP_END("hello", "$"))

static enum sp_err open_to(struct msrp_side *side, const char *local, const char *remote)
{
    struct msrp_session_config config = { .local_path = sp_str(local),
                                          .remote_path = sp_str(remote),
                                          .connects = true };
    enum sp_err                err = msrp_open(side->agent, side->now_us, &config, &side->session);

    msrp_side_drain(side);
    return err;
}

/* 4975-6.2-1: an address and a port are used as listed; 4975-6.2-2: a name is resolved, its port
 * used. The leftmost URI counts: 4975-8.3-1. */
static const struct {
    const char *remote, *log;
} targets[] = {
    { "msrp://192.0.2.1:7/t;tcp", "CONNECT 192.0.2.1:7\n" },
    { "msrp://[2001:db8::1]:7/t;tcp", "CONNECT [2001:db8::1]:7\n" },
    { "msrp://192.0.2.1:7/r;tcp msrp://192.0.2.9:9/t;tcp", "CONNECT 192.0.2.1:7\n" },
    { "msrp://host.example.com:8493/t;tcp", "RESOLVE host.example.com:8493\n" },
    { "msrp://192.0.2.1/t;tcp", "CONNECT 192.0.2.1:2855\n" },
};

START_TEST(connects)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(open_to(&side, "msrp://b:1/t;tcp", targets[_i].remote), SP_OK);
    msrp_side_log(&side, targets[_i].log);
}
END_TEST

/* 4975-6.2-3: one address after the other, in the order they came */
START_TEST(next_address)
{
    struct msrp_side side;
    struct sp_addr   addrs[2];

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(open_to(&side, "msrp://b:1/t;tcp", "msrp://host:7/t;tcp"), SP_OK);
    unit_err(sp_addr_parse(SP_LIT("192.0.2.5"), &addrs[0]), SP_OK);
    unit_err(sp_addr_parse(SP_LIT("192.0.2.6"), &addrs[1]), SP_OK);
    msrp_resolved(side.agent, side.now_us, side.cookie, addrs, 2);
    msrp_side_drain(&side);
    msrp_closed(side.agent, side.now_us, side.cookie, NULL, SP_TRANSPORT);
    msrp_side_drain(&side);
    msrp_side_log(&side, "RESOLVE host:7\nCONNECT 192.0.2.5:7\nCONNECT 192.0.2.6:7\n");
    msrp_closed(side.agent, side.now_us, side.cookie, NULL, SP_TRANSPORT);
    msrp_side_drain(&side);
    msrp_side_log(&side, "DOWN TRANSPORT\n");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_empty(&side);
}
END_TEST

START_TEST(no_address)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(open_to(&side, "msrp://b:1/t;tcp", "msrp://host:7/t;tcp"), SP_OK);
    msrp_resolved(side.agent, side.now_us, side.cookie, NULL, 0);
    msrp_side_drain(&side);
    msrp_side_log(&side, "RESOLVE host:7\nDOWN RESOLVE\n");
}
END_TEST

/* 4975-5.4-1: sessions to one scheme, host and port share a connection, be it under way or open;
 * others do not */
START_TEST(shared)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(open_to(&side, "msrp://b:1/t;tcp", "msrp://192.0.2.1:7/t;tcp"), SP_OK);
    unit_err(open_to(&side, "msrp://b:1/u;tcp", "msrp://192.0.2.1:7/u;tcp"), SP_OK);
    msrp_side_log(&side, "CONNECT 192.0.2.1:7\n");
    msrp_side_connected(&side, 1);
    msrp_side_log(&side, "UP\nUP\nSEND $\nSEND $\n");
    unit_err(open_to(&side, "msrp://b:1/v;tcp", "msrp://192.0.2.1:7/v;tcp"), SP_OK);
    msrp_side_log(&side, "UP\nSEND $\n");
    unit_err(open_to(&side, "msrp://b:1/w;tcp", "msrp://192.0.2.1:8/w;tcp"), SP_OK);
    msrp_side_log(&side, "CONNECT 192.0.2.1:8\n");
}
END_TEST

/* A connection that the peer made leads to the peer as well. */
START_TEST(shared_with_an_accepted_one)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_side_in(&side, 1, HELLO("t"));
    msrp_side_log(&side, "UP\n200 hello$\n");
    unit_err(open_to(&side, "msrp://b:1/u;tcp", "msrp://192.0.2.1:7/u;tcp"), SP_OK);
    msrp_side_log(&side, "UP\nSEND $\n");
}
END_TEST

/* An accepted connection that serves nobody ends after 30 seconds, with half a head too; a second
 * octet does not help it. */
static const char *const idle[] = { "", "M", "MSRP aaaa SEND\r\nTo-Path: ", "\r\n\r\n",
                                    MSRP_IN("aaaa", "SEND", "other", "") };

START_TEST(idles)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_accept(&side, 1);
    msrp_side_wait(&side, 29000);
    if (idle[_i][0] != '\0')
        msrp_side_in(&side, 1, idle[_i]);
    msrp_side_wait(&side, 999);
    msrp_side_log(&side, "");
    msrp_side_wait(&side, 1);
    msrp_side_log(&side, "CLOSE 1\n");
    msrp_side_empty(&side);
}
END_TEST

/* One that serves a session may be silent for ever. */
START_TEST(serves_in_silence)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_side_in(&side, 1, HELLO("t"));
    side.logged = 0;
    msrp_side_wait(&side, 100000000);
    msrp_side_log(&side, "");
}
END_TEST

/* The connection cannot be made in time; its answer may still come, and is closed then. */
START_TEST(too_late)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_wait(&side, 30000);
    msrp_side_log(&side, "CONNECT 192.0.2.1:7\nDOWN TIMEOUT\n");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_connected(&side, 1);
    msrp_side_log(&side, "CLOSE 1\n");
    msrp_side_empty(&side);
}
END_TEST

/* Given up before it was there, in each way its answer can come. */
static const struct {
    const char *remote;
    int         answer; /* 0: connected, 1: closed, 2: resolved */
    const char *log;
} given_up[] = {
    { "msrp://192.0.2.1:7/t;tcp", 0, "CLOSE 1\n" },
    { "msrp://192.0.2.1:7/t;tcp", 1, "" },
    { "msrp://host:7/t;tcp", 2, "" },
};

START_TEST(closed_before_it_was_there)
{
    struct msrp_side side;
    struct sp_addr   addr = { .family = SP_IPV4 };

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(open_to(&side, "msrp://b:1/t;tcp", given_up[_i].remote), SP_OK);
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    side.logged = 0;
    ck_assert_uint_eq(side.agent->conns.used, 1);
    if (given_up[_i].answer == 0)
        msrp_side_connected(&side, 1);
    else if (given_up[_i].answer == 1)
        msrp_closed(side.agent, side.now_us, side.cookie, NULL, SP_TRANSPORT);
    else
        msrp_resolved(side.agent, side.now_us, side.cookie, &addr, 1);
    msrp_side_drain(&side);
    msrp_side_log(&side, given_up[_i].log);
    msrp_side_empty(&side);
}
END_TEST

/* No slot: the connection is closed at once, a session that needs one is SP_LIMIT. */
START_TEST(no_slot)
{
    struct msrp_side side;
    struct sp_limits limits = msrp_side_limits;

    limits.msrp_connections = 1;
    msrp_side_init(&side, &limits);
    msrp_side_accept(&side, 1);
    msrp_side_accept(&side, 2);
    msrp_side_log(&side, "CLOSE 2\n");
    unit_err(msrp_side_open(&side, "t", true), SP_LIMIT);
    unit_err(msrp_side_open(&side, "t", false), SP_OK);
    ck_assert_uint_eq(side.agent->sessions.used, 1);
}
END_TEST

/* Connections that say nothing give way to newer ones, the oldest first; one that serves a session
 * does not. */
START_TEST(many_that_say_nothing)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_side_in(&side, 1, HELLO("t"));
    side.logged = 0;
    for (unsigned n = 2; n <= 6; n++)
        msrp_side_accept(&side, n);
    msrp_side_log(&side, "CLOSE 2\nCLOSE 3\nCLOSE 4\n");
    msrp_side_in(&side, 1, HELLO("t"));
    msrp_side_log(&side, "200 hello$\n");
    msrp_side_wait(&side, 30000);
    msrp_side_log(&side, "CLOSE 5\nCLOSE 6\n");
}
END_TEST

/* One whose session ended waits for the peer only as long as nobody needs its slot: here a
 * connection of ours does; and where no slot is free, it does not wait. */
START_TEST(left_by_its_session)
{
    struct msrp_side side;
    struct sp_limits limits = msrp_side_limits;

    limits.msrp_connections = _i == 0 ? 2 : 1;
    msrp_side_init(&side, &limits);
    msrp_side_passive(&side);
    msrp_side_in(&side, 1, HELLO("t"));
    side.logged = 0;
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, _i == 0 ? "" : "CLOSE 1\n");
    unit_err(msrp_side_open(&side, "u", true), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, _i == 0 ? "CONNECT 192.0.2.1:7\nCLOSE 1\n" : "CONNECT 192.0.2.1:7\n");
}
END_TEST

/* Verbs about what is not there change nothing. */
START_TEST(strangers)
{
    struct msrp_side side;
    struct sp_flow   flow = msrp_side_flow(3);

    msrp_side_init(&side, &msrp_side_limits);
    msrp_receive(side.agent, 0, &flow, SP_LIT("x"));
    msrp_sent(side.agent, 0, &flow);
    msrp_closed(side.agent, 0, 0, &flow, SP_CLOSED);
    msrp_closed(side.agent, 0, 77, NULL, SP_CLOSED);
    msrp_resolved(side.agent, 0, 77, NULL, 0);
    msrp_side_drain(&side);
    msrp_side_log(&side, "");
    msrp_connected(side.agent, 0, 77, &flow);
    msrp_side_drain(&side);
    msrp_side_log(&side, "CLOSE 3\n");
    msrp_side_empty(&side);
}
END_TEST

/* The peer closes in the middle of a head: nothing is left. */
START_TEST(closed_within_a_head)
{
    struct msrp_side side;
    struct sp_flow   flow = msrp_side_flow(1);

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_accept(&side, 1);
    msrp_side_in(&side, 1, "MSRP aaaa SEND\r\n");
    msrp_closed(side.agent, side.now_us, 0, &flow, SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "");
    msrp_side_empty(&side);
}
END_TEST

Suite *test_msrp_conn_suite(void)
{
    Suite *suite = suite_create("msrp_conn");
    TCase *tcase = unit_tcase(suite, "msrp_conn");

    unit_loop(tcase, connects, targets);
    tcase_add_test(tcase, next_address);
    tcase_add_test(tcase, no_address);
    tcase_add_test(tcase, shared);
    tcase_add_test(tcase, shared_with_an_accepted_one);
    unit_loop(tcase, idles, idle);
    tcase_add_test(tcase, serves_in_silence);
    tcase_add_test(tcase, too_late);
    unit_loop(tcase, closed_before_it_was_there, given_up);
    tcase_add_test(tcase, no_slot);
    tcase_add_test(tcase, many_that_say_nothing);
    tcase_add_loop_test(tcase, left_by_its_session, 0, 2);
    tcase_add_test(tcase, strangers);
    tcase_add_test(tcase, closed_within_a_head);
    return suite;
}
