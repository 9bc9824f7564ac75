/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_session.c -- sessions: opened, bound, ended. RFC 4975 5.4, 7.3; RFC
 * 6135 4.2.2. */
#include "msrp_unit.h"

#define HELLO(name) MSRP_IN("hello", "SEND", name, MSRP_END("hello", "$"))

/* 4975-5.4-2, 4975-5.4-3, 6135-4.2.2: the active side connects and speaks at once */
START_TEST(active)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_log(&side, "CONNECT 192.0.2.1:7\n");
    msrp_side_connected(&side, 1);
    msrp_side_log(&side, "UP\nSEND $\n");
    msrp_side_respond(&side, 1, 200);
    msrp_side_wait(&side, 60000);
    msrp_side_log(&side, "");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "CLOSE 1\n");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_STALE);
    msrp_side_empty(&side);
}
END_TEST

/* With something to say, that is the first request. */
START_TEST(active_with_content)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    side.content = "hello";
    (void)msrp_side_send(&side, "msg1", 5, false, MSRP_FAILURE_YES);
    msrp_side_connected(&side, 1);
    msrp_side_log(&side, "CONNECT 192.0.2.1:7\nUP\nSEND msg1 1-5/5 hello $\nSENT msg1\n");
}
END_TEST

/* 4975-5.4-10, 4975-5.4-11: in use on another connection */
START_TEST(bound_elsewhere)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_side_in(&side, 1, HELLO("t"));
    msrp_side_accept(&side, 2);
    msrp_side_in(&side, 2, HELLO("t"));
    msrp_side_in(&side, 1, HELLO("t"));
    msrp_side_log(&side, "UP\n200 hello$\n[2] 506 hello$\n200 hello$\n");
}
END_TEST

/* Several sessions of one connection, each bound by its first request. */
START_TEST(many_on_one_connection)
{
    struct msrp_side side;
    struct sp_handle first;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    first = side.session;
    unit_err(msrp_side_open(&side, "u", false), SP_OK);
    msrp_side_in(&side, 1, HELLO("t") HELLO("u"));
    msrp_side_log(&side, "UP\nUP\n200 hello$\n200 hello$\n");
    unit_err(msrp_close(side.agent, side.now_us, first), SP_OK);
    msrp_side_in(&side, 1, HELLO("t") HELLO("u"));
    msrp_side_log(&side, "481 hello$\n200 hello$\n"); /* the connection stays: 4975-5.4-19 */
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, ""); /* it is the peer's to close, or to use again; but not for ever */
    msrp_side_wait(&side, 29000);
    unit_err(msrp_side_open(&side, "v", false), SP_OK);
    msrp_side_in(&side, 1, HELLO("v"));
    msrp_side_log(&side, "UP\n200 hello$\n");
    msrp_side_wait(&side, 60000);
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_wait(&side, 29000);
    msrp_side_log(&side, "");
    msrp_side_wait(&side, 1000);
    msrp_side_log(&side, "CLOSE 1\n");
    msrp_side_empty(&side);
}
END_TEST

/* 481 and 506 to what we sent end the session; a 400 to the hello does not. RFC 4975 10.8, 10.10 */
static const struct {
    uint16_t    status;
    const char *log;
} refusals[] = {
    { 200, "" },
    { 400, "" },
    { 481, "DOWN REFUSED\n" },
};

START_TEST(hello_answered)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_connected(&side, 1);
    side.logged = 0;
    msrp_side_respond(&side, 1, refusals[_i].status);
    msrp_side_log(&side, refusals[_i].log);
    msrp_side_wait(&side, 40000);
    msrp_side_log(&side, "");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "CLOSE 1\n");
    msrp_side_empty(&side);
}
END_TEST

/* Nobody answers it within 30 seconds: 4975-7.1.1-6 */
START_TEST(hello_unanswered)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_connected(&side, 1);
    side.logged = 0;
    msrp_side_wait(&side, 29999);
    msrp_side_log(&side, "");
    msrp_side_wait(&side, 1);
    msrp_side_log(&side, "DOWN TIMEOUT\n");
}
END_TEST

/* A request of the peer shows as well that it knows us. */
START_TEST(hello_answered_by_a_request)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_connected(&side, 1);
    msrp_side_in(&side, 1, HELLO("t"));
    side.logged = 0;
    msrp_side_wait(&side, 40000);
    msrp_side_log(&side, "");
}
END_TEST

/* The passive side waits as long for the first request. */
START_TEST(nobody_comes)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", false), SP_OK);
    side.content = "hello";
    (void)msrp_side_send(&side, "msg1", 5, false, MSRP_FAILURE_YES);
    msrp_side_wait(&side, 30000);
    msrp_side_log(&side, "FAILED msg1 TIMEOUT 0\nDOWN TIMEOUT\n");
    msrp_side_accept(&side, 1);
    msrp_side_in(&side, 1, HELLO("t"));
    msrp_side_log(&side, "481 hello$\n");
}
END_TEST

/* Both sides connect: a request on the peer's connection binds, and ours is let go. RFC 6135 4.2 */
START_TEST(the_peer_connects_first)
{
    struct msrp_side side;
    struct sp_flow   ours = msrp_side_flow(2);

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_accept(&side, 1);
    msrp_side_in(&side, 1, HELLO("t"));
    msrp_side_log(&side, "CONNECT 192.0.2.1:7\nUP\n200 hello$\n");
    msrp_connected(side.agent, side.now_us, side.cookie, &ours);
    msrp_side_drain(&side);
    msrp_side_log(&side, "CLOSE 2\n");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_wait(&side, 30000);
    msrp_side_log(&side, "CLOSE 1\n");
    msrp_side_empty(&side);
}
END_TEST

/* Both did: the side whose URI comes later gives way, its peer does not; so one connection is left.
 */
START_TEST(both_connected)
{
    for (int later = 0; later < 2; later++) {
        struct msrp_side           side;
        struct msrp_session_config config = { .remote_path = SP_LIT("msrp://m:1/t;tcp"),
                                              .connects = true };

        config.local_path = later ? SP_LIT("msrp://z:1/t;tcp") : SP_LIT("msrp://a:1/t;tcp");
        msrp_side_init(&side, &msrp_side_limits);
        unit_err(msrp_open(side.agent, side.now_us, &config, &side.session), SP_OK);
        msrp_side_drain(&side);
        side.logged = 0;
        {
            struct sp_addr addr;

            unit_err(sp_addr_parse(SP_LIT("192.0.2.1"), &addr), SP_OK);
            msrp_resolved(side.agent, side.now_us, side.cookie, &addr, 1);
            msrp_side_drain(&side);
        }
        msrp_side_connected(&side, 1);
        msrp_side_accept(&side, 2);
        msrp_side_log(&side, "CONNECT 192.0.2.1:1\nUP\nSEND $\n");
        msrp_side_in(&side, 2,
                     later ? "MSRP hello SEND\r\nTo-Path: msrp://z:1/t;tcp\r\n"
                             "From-Path: msrp://m:1/t;tcp\r\n-------hello$\r\n"
                           : "MSRP hello SEND\r\nTo-Path: msrp://a:1/t;tcp\r\n"
                             "From-Path: msrp://m:1/t;tcp\r\n-------hello$\r\n");
        msrp_side_log(&side, later ? "CLOSE 1\n[2] 200 hello$\n" : "[2] 506 hello$\n");
        ck_assert_int_eq(side.agent->sessions.used, 1);
        unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
        msrp_side_drain(&side);
    }
}
END_TEST

/* A 506 to the hello: the peer is bound over a connection of its own, and will say so. Else the
 * session ends. */
START_TEST(hello_refused_with_506)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_connected(&side, 1);
    msrp_side_respond(&side, 1, 506);
    msrp_side_log(&side, "CONNECT 192.0.2.1:7\nUP\nSEND $\nCLOSE 1\n");
    msrp_side_accept(&side, 2);
    msrp_side_in(&side, 2, HELLO("t"));
    msrp_side_log(&side, "[2] 200 hello$\n");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_wait(&side, 30000);
    msrp_side_log(&side, "CLOSE 2\n");
    unit_err(msrp_side_open(&side, "u", true), SP_OK);
    msrp_side_connected(&side, 3);
    side.logged = 0;
    msrp_side_respond(&side, 3, 506);
    msrp_side_wait(&side, 30000);
    msrp_side_log(&side, "CLOSE 3\nDOWN TIMEOUT\n");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_empty(&side);
}
END_TEST

/* Matching by session-id alone is an option. */
START_TEST(by_session_id)
{
    static const char rewritten[] = "MSRP aaaa SEND\r\nTo-Path: msrp://203.0.113.9:99/t;tcp\r\n"
                                    "From-Path: msrp://a:1/t;tcp\r\n-------aaaa$\r\n";
    struct msrp_side  side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_side_in(&side, 1, rewritten);
    msrp_side_log(&side, "481 aaaa$\n");
    msrp_agent_match_session_id(side.agent, true);
    msrp_side_in(&side, 1, rewritten);
    msrp_side_log(&side, "UP\n200 aaaa$\n");
}
END_TEST

/* What cannot be opened. */
#define LIT(text)                                                                                  \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
static const struct {
    struct msrp_session_config config;
    enum sp_err                err;
} bad[] = {
    { { LIT("msrp://b:1/t;tcp"), LIT("msrp://a:1/t;tcp"), .accept_types = LIT("a/b\r\nX: y") },
      SP_INJECTION },
    { { LIT(""), LIT("msrp://a:1/t;tcp") }, SP_SYNTAX },
    { { LIT("msrp://b:1/t;tcp"), LIT("") }, SP_SYNTAX },
    { { LIT("msrp://b:1/t;tcp"), LIT("msrp://a:1/t;tcp ") }, SP_SYNTAX },
    { { LIT("msrps://b:1/t;tcp"), LIT("msrp://a:1/t;tcp") }, SP_UNSUPPORTED }, /* 4975-6-3 */
    { { LIT("msrp://b:1/t;tcp"), LIT("msrps://a:1/t;tcp") }, SP_UNSUPPORTED },
    { { LIT("msrp://b:1/t;sctp"), LIT("msrp://a:1/t;tcp") }, SP_UNSUPPORTED }, /* 4975-6-1 */
    { { LIT("msrp://b:1;tcp"), LIT("msrp://a:1/t;tcp") }, SP_MISSING },
};

START_TEST(cannot_be_opened)
{
    struct msrp_side side;
    struct sp_handle session;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_open(side.agent, 0, &bad[_i].config, &session), bad[_i].err);
    msrp_side_empty(&side);
}
END_TEST

/* 4975-8.2-4: no two sessions have one URI. */
START_TEST(one_uri_a_session)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", false), SP_OK);
    unit_err(msrp_side_open(&side, "t", false), SP_REPEATED);
    unit_err(msrp_side_open(&side, "T", false), SP_OK);
}
END_TEST

/* A path longer than the limit, texts longer than the store. */
START_TEST(too_long)
{
    struct msrp_side           side;
    struct sp_handle           session;
    struct sp_limits           limits = msrp_side_limits;
    struct msrp_session_config config = { LIT("msrp://b:1/t;tcp"),
                                          LIT("msrp://a:1/0123456789;tcp") };
    static char                types[4096];

    limits.msrp_path_octets = 24;
    msrp_side_init(&side, &limits);
    unit_err(msrp_open(side.agent, 0, &config, &session), SP_ROOM);
    limits.msrp_path_octets = 25;
    msrp_side_init(&side, &limits);
    memset(types, 'a', sizeof types);
    config.accept_types = sp_slice(types, sizeof types);
    unit_err(msrp_open(side.agent, 0, &config, &session), SP_LIMIT);
    msrp_side_empty(&side);
    config.accept_types = SP_LIT("*");
    unit_err(msrp_open(side.agent, 0, &config, &session), SP_OK);
}
END_TEST

/* Closing ends what is under way, and says so: '#' to the peer, a note to the owner. */
START_TEST(closed_in_the_middle)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 9000, false, MSRP_FAILURE_YES);
    msrp_side_in(&side, 1, MSRP_SEND_IN("aaaa", "t", "Message-ID: msg2\r\n", "half", "+"));
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "MESSAGE msg2 text/plain *\nCONTENT msg2 0 half\n"
                         "SEND msg1 1-*/9000 (4096) +\n200 aaaa$\n"
                         "FAILED msg1 INTERRUPTED 0\nABORTED msg2 INTERRUPTED\n"
                         "SEND msg1 1-0/9000 #\nCLOSE 1\n");
    msrp_side_empty(&side);
}
END_TEST

/* In the middle of a chunk that comes: what is left of it is dropped, so it is not answered with
 * 200. */
START_TEST(closed_within_a_chunk)
{
    struct msrp_side side;
    struct sp_handle other;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    other = side.session;
    unit_err(msrp_side_open(&side, "u", false), SP_OK);
    msrp_side_in(&side, 1, HELLO("u"));
    side.quiet = true;
    msrp_side_in(
        &side, 1,
        MSRP_IN("aaaa", "SEND", "t", "Message-ID: msg1\r\nContent-Type: text/plain\r\n\r\nhalf"));
    side.logged = 0;
    unit_err(msrp_close(side.agent, side.now_us, other), SP_OK);
    msrp_side_drain(&side);
    msrp_side_in(&side, 1, " and half\r\n" MSRP_END("aaaa", "$") HELLO("u"));
    msrp_side_log(&side, "ABORTED msg1 INTERRUPTED\n481 aaaa$\n200 hello$\n");
}
END_TEST

/* A report that is owed goes out before the end. */
START_TEST(closed_with_a_report_owed)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    side.judge = 0;
    side.quiet = true;
    msrp_side_in(
        &side, 1,
        MSRP_SEND_IN("aaaa", "t", "Message-ID: msg1\r\nSuccess-Report: yes\r\n", "x", "$"));
    unit_err(msrp_judge(side.agent, side.now_us, side.incoming, 200), SP_OK);
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_wait(&side, 30000);
    msrp_side_log(&side, "UP\nMESSAGE msg1 text/plain *\nCOMPLETE msg1 1\n200 aaaa$\n"
                         "REPORT msg1 1-1/1 200$\nCLOSE 1\n");
    msrp_side_empty(&side);
}
END_TEST

/* 4975-5.4-12: the connection fails, and with it all that is on it */
START_TEST(connection_lost)
{
    struct msrp_side side;
    struct sp_flow   flow = msrp_side_flow(1);

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.judge = 0;
    side.quiet = true;
    (void)msrp_side_send(&side, "msg1", 5, true, MSRP_FAILURE_YES);
    msrp_side_in(&side, 1, MSRP_SEND_IN("aaaa", "t", "Message-ID: msg2\r\n", "half", "+"));
    msrp_side_in(&side, 1, MSRP_SEND_IN("bbbb", "t", "Message-ID: msg3\r\n", "whole", "$"));
    side.logged = 0;
    msrp_closed(side.agent, side.now_us, 0, &flow, SP_TRANSPORT);
    msrp_side_drain(&side);
    msrp_side_log(&side, "FAILED msg1 TRANSPORT 0\nABORTED msg2 TRANSPORT\nDOWN TRANSPORT\n");
    /* what was complete can still be judged; nothing more is said: 4975-7.1.2-9, 4975-7.1.2-10 */
    unit_err(msrp_judge(side.agent, side.now_us, side.incoming, 200), SP_OK);
    {
        struct msrp_outgoing more = { .content_type = SP_LIT("a/b") };
        struct sp_handle     message;

        unit_err(msrp_send(side.agent, side.now_us, side.session, &more, &message), SP_STATE);
    }
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "");
    msrp_side_empty(&side);
}
END_TEST

Suite *test_msrp_session_suite(void)
{
    Suite *suite = suite_create("msrp_session");
    TCase *tcase = unit_tcase(suite, "msrp_session");

    tcase_add_test(tcase, active);
    tcase_add_test(tcase, active_with_content);
    tcase_add_test(tcase, bound_elsewhere);
    tcase_add_test(tcase, many_on_one_connection);
    unit_loop(tcase, hello_answered, refusals);
    tcase_add_test(tcase, hello_unanswered);
    tcase_add_test(tcase, hello_answered_by_a_request);
    tcase_add_test(tcase, nobody_comes);
    tcase_add_test(tcase, the_peer_connects_first);
    tcase_add_test(tcase, both_connected);
    tcase_add_test(tcase, hello_refused_with_506);
    tcase_add_test(tcase, by_session_id);
    unit_loop(tcase, cannot_be_opened, bad);
    tcase_add_test(tcase, one_uri_a_session);
    tcase_add_test(tcase, too_long);
    tcase_add_test(tcase, closed_in_the_middle);
    tcase_add_test(tcase, closed_within_a_chunk);
    tcase_add_test(tcase, closed_with_a_report_owed);
    tcase_add_test(tcase, connection_lost);
    return suite;
}
