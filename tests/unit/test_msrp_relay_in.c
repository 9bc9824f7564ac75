/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_relay_in.c -- the relay under attack: who gets through, and what happens to
 * the rest. RFC 4976 6.1, 6.2, 6.4. */
#include "relay_raw.h"

#include <stdio.h>

static void request(struct raw *raw, unsigned n, const char *method, const char *to,
                    const char *from)
{
    char text[2048];

    snprintf(text, sizeof text,
             "MSRP efgh %s\r\nTo-Path: %s\r\nFrom-Path: %s\r\nMessage-ID: mmmm\r\n"
             "Byte-Range: 1-5/5\r\n%sContent-Type: a/b\r\n\r\nhello\r\n-------efgh$\r\n",
             method, to, from, method[0] == 'R' ? "Status: 000 200 OK\r\n" : "");
    raw_in(raw, n, text);
}

/* A stranger without a right URI: refused and thrown out; nothing is opened for it. 4976-6.4-1,
 * 4976-6.1-1 */
static const char *const astray[] = {
    US " msrp://victim:1/v;tcp",
    "msrp://relay.lab:2855/12345678901234567890;tcp msrp://victim:1/v;tcp",
    "msrp://other:2855/x;tcp msrp://victim:1/v;tcp",
    "msrp://victim:1/v;tcp",
};

START_TEST(open_relay)
{
    struct raw raw;

    raw_init(&raw, false);
    raw_accept(&raw, 1);
    request(&raw, 1, "SEND", astray[_i], CLIENT);
    raw_starts(&raw, 1, "MSRP efgh 481 ");
    ck_assert(raw.closed[1] && raw.cookie == 0);
    raw_accept(&raw, 2);
    request(&raw, 2, "REPORT", astray[_i], CLIENT);
    ck_assert_uint_eq(raw.len[2], 0); /* a REPORT is never answered */
    ck_assert(raw.closed[2] && raw.cookie == 0);
}
END_TEST

/* 4976-6.4.1-2: the response to the hop before alone.
 * With the URI of somebody else: only to its owner (rule 1 of 6.4), never on its behalf. A client
 * of ours that errs keeps its connection. */
START_TEST(somebody_elses)
{
    struct raw raw;
    char       owner[200], path[512];

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    snprintf(owner, sizeof owner, "%s", raw.uri);
    raw_log_in(&raw, 2, "msrp://d:6/y;tcp");
    snprintf(path, sizeof path, "%s msrp://victim:1/v;tcp", owner);
    request(&raw, 2, "SEND", path, "msrp://d:6/y;tcp");
    raw_starts(&raw, 2, "MSRP efgh 481 ");
    ck_assert(!raw.closed[2] && raw.cookie == 0);
    request(&raw, 2, "SEND", owner, "msrp://d:6/y;tcp"); /* and no further */
    raw_starts(&raw, 2, "MSRP efgh 481 ");
    snprintf(path, sizeof path, "%s " CLIENT, owner);
    raw.len[1] = 0;
    request(&raw, 2, "SEND", path, "msrp://d:6/y;tcp");
    raw_starts(&raw, 2, "MSRP efgh 200 ");
    ck_assert(strstr(raw.out[1], "hello") != NULL);
    raw_starts(&raw, 1, "MSRP ");
    ck_assert(strncmp(raw.out[1] + 5, "efgh", 4) != 0); /* an id of our own */
    /* its last URI is the client's alone, ours stands before the sender's (4976-6.4.1-8) */
    ck_assert(strstr(raw.out[1], "To-Path: " CLIENT "\r\nFrom-Path: ") != NULL);
    snprintf(path, sizeof path, "From-Path: %s msrp://d:6/y;tcp\r\n", owner);
    ck_assert(strstr(raw.out[1], path) != NULL);
}
END_TEST

/* The URI is the connection's: the same client over another one has nothing. 4976-6.3-2, 4976-6.3-6
 */
START_TEST(other_connection)
{
    struct raw raw;
    char       path[512];

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    raw_accept(&raw, 2);
    snprintf(path, sizeof path, "%s msrp://127.0.0.9:1/v;tcp", raw.uri);
    request(&raw, 2, "SEND", path, CLIENT);
    raw_starts(&raw, 2, "MSRP efgh 481 ");
    ck_assert(raw.closed[2] && raw.cookie == 0);
    request(&raw, 1, "SEND", path, CLIENT);
    raw_starts(&raw, 1, "MSRP efgh 200 "); /* at once, before it was handed on: 4976-6.4.1-1 */
    ck_assert(raw.cookie != 0);
}
END_TEST

/* Who says nothing right has 30 seconds; who opens many shuts out nobody that is known: when all
 * places are taken, the oldest of those that are not is closed. 4976-6.5-1 */
START_TEST(probation)
{
    struct raw raw;

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    raw_accept(&raw, 2);
    raw_in(&raw, 2, "MSRP ab");
    raw_wait(&raw, 29999);
    ck_assert(!raw.closed[2]);
    raw_wait(&raw, 1);
    ck_assert(raw.closed[2] && !raw.closed[1]);
    for (unsigned n = 0; n < 100; n++) {
        struct sp_flow flow = raw_flow(&raw, 3);

        flow.id = 3 + n % 2;
        msrp_relay_accepted(raw.relay, raw.now_us, &flow);
        raw_drain(&raw);
    }
    ck_assert(!raw.closed[1]);
    ck_assert_uint_lt(raw.relay->hops.used, relay_limits.msrp_connections);
}
END_TEST

static const char *const junk[] = {
    "GET / HTTP/1.1\r\n\r\n",
    "MSRP\r\n",
    "MSRP abcd SEND\nTo-Path: x\n",
    "MSRP abcd SEND\r\n-------efgh$\r\n",
};

START_TEST(no_msrp)
{
    struct raw raw;

    raw_init(&raw, false);
    raw_accept(&raw, 1);
    raw_in(&raw, 1, junk[_i]);
    ck_assert(raw.closed[1]);
    ck_assert_uint_eq(raw.relay->hops.used, 0);
}
END_TEST

/* A response to nothing is dropped (4976-6.4.3-1); one that cannot be read, too (4976-6.4.3-2). */
START_TEST(stray_response)
{
    struct raw raw;

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    raw_in(&raw, 1,
           "MSRP 0123456789abcdefm1.1 200 OK\r\nTo-Path: " US "\r\nFrom-Path: " CLIENT
           "\r\n-------0123456789abcdefm1.1$\r\n");
    raw_in(&raw, 1, "MSRP abcd 200 OK\r\nTo-Path: ?\r\nFrom-Path: ?\r\n-------abcd$\r\n");
    ck_assert_uint_eq(raw.len[1], 0);
    ck_assert(!raw.closed[1]);
    ck_assert_uint_eq(raw.relay->counters.dropped, 1);
}
END_TEST

/* What the next hop says to a chunk is told to its sender (4976-6.4.3-3), and silence, too
 * (4976-6.4.1-3, 4976-6.4.1-4). */
START_TEST(failures_are_told)
{
    struct raw     raw;
    struct sp_flow flow;
    char           path[512], id[64], text[512];

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    snprintf(path, sizeof path, "%s msrp://127.0.0.9:1/v;tcp", raw.uri);
    request(&raw, 1, "SEND", path, CLIENT);
    flow = raw_flow(&raw, 2);
    msrp_relay_connected(raw.relay, raw.now_us, raw.cookie, &flow);
    raw_drain(&raw);
    raw_find(&raw, 2, "MSRP ", " ", id, sizeof id);
    raw.len[1] = 0;
    if (_i == 0) {
        snprintf(text, sizeof text,
                 "MSRP %s 415 No\r\nTo-Path: %s\r\nFrom-Path: msrp://127.0.0.9:1/v;tcp\r\n"
                 "-------%s$\r\n",
                 id, raw.uri, id);
        raw_in(&raw, 2, text);
    } else {
        raw_wait(&raw, 29999);
        ck_assert_uint_eq(raw.len[1], 0);
        raw_wait(&raw, 1);
    }
    snprintf(text, sizeof text,
             " REPORT\r\nTo-Path: " CLIENT "\r\nFrom-Path: %s\r\nMessage-ID: mmmm\r\nByte-Range: "
             "1-5/5\r\nStatus: 000 %s",
             raw.uri, _i == 0 ? "415 " : "408 ");
    ck_assert_msg(strstr(raw.out[1], text) != NULL, "got %s", raw.out[1]);
}
END_TEST

/* A peer may speak over a connection of his own: what goes to him goes there, but where we have one
 * to the same place. The relay there knows our client by it (6.3). */
static const struct back_row {
    const char *peer; /* From-Path of what comes back */
    unsigned    flow; /* over which the client's next request leaves */
} back_rows[] = {
    { "msrp://127.0.0.9:1/v;tcp", 2 },
    { "msrp://127.0.0.9:1/other;tcp", 2 },
    { "msrp://127.0.0.9:2/v;tcp", 3 },
    { "msrp://127.0.0.8:1/v;tcp", 3 },
};

START_TEST(way_back)
{
    const struct back_row *row = &back_rows[_i];
    struct raw             raw;
    struct sp_flow         flow;
    char                   path[512];

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    snprintf(path, sizeof path, "%s msrp://127.0.0.9:1/v;tcp", raw.uri);
    request(&raw, 1, "SEND", path, CLIENT);
    flow = raw_flow(&raw, 2);
    msrp_relay_connected(raw.relay, raw.now_us, raw.cookie, &flow);
    raw_drain(&raw);
    ck_assert(strstr(raw.out[2], "hello") != NULL);
    raw_accept(&raw, 3);
    snprintf(path, sizeof path, "%s " CLIENT, raw.uri);
    request(&raw, 3, "REPORT", path, row->peer);
    ck_assert(!raw.closed[3]);
    raw.len[2] = raw.len[3] = 0;
    raw.out[2][0] = raw.out[3][0] = '\0';
    snprintf(path, sizeof path, "%s %s", raw.uri, row->peer);
    request(&raw, 1, "SEND", path, CLIENT);
    ck_assert(strstr(raw.out[row->flow], "hello") != NULL);
    ck_assert_uint_eq(raw.len[5 - row->flow], 0);
}
END_TEST

/* Unknown methods are handed on like REPORTs (6.4.2), over the connection that is there
 * (4976-6.4.2-1), and so are their responses (4976-6.4.3-4). */
START_TEST(unknown_method)
{
    struct raw     raw;
    struct sp_flow flow;
    char           text[1024], id[64];

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    snprintf(text, sizeof text,
             "MSRP ijkl NICKNAME\r\nTo-Path: %s msrp://127.0.0.9:1/v;tcp\r\nFrom-Path: " CLIENT
             "\r\nUse-Nickname: \"x\"\r\n-------ijkl$\r\n",
             raw.uri);
    raw_in(&raw, 1, text);
    flow = raw_flow(&raw, 2);
    msrp_relay_connected(raw.relay, raw.now_us, raw.cookie, &flow);
    raw_drain(&raw);
    ck_assert(strstr(raw.out[2], " NICKNAME\r\nTo-Path: msrp://127.0.0.9:1/v;tcp\r\n") != NULL);
    ck_assert(strstr(raw.out[2], "\r\nUse-Nickname: \"x\"\r\n") != NULL);
    raw_find(&raw, 2, "MSRP ", " ", id, sizeof id);
    snprintf(text, sizeof text,
             "MSRP %s 425 Taken\r\nTo-Path: %s " CLIENT
             "\r\nFrom-Path: msrp://127.0.0.9:1/v;tcp\r\nX: y\r\n-------%s$\r\n",
             id, raw.uri, id);
    raw.len[1] = 0;
    raw_in(&raw, 2, text);
    snprintf(text, sizeof text,
             "MSRP ijkl 425 Taken\r\nTo-Path: " CLIENT "\r\nFrom-Path: %s "
             "msrp://127.0.0.9:1/v;tcp\r\nX: y\r\n-------ijkl$\r\n",
             raw.uri);
    ck_assert_str_eq(raw.out[1], text);
    raw.cookie = 0;
    raw.len[2] = 0;
    snprintf(text, sizeof text, "%s msrp://127.0.0.9:1/w;tcp", raw.uri);
    request(&raw, 1, "REPORT", text, CLIENT);
    raw_starts(&raw, 2, "MSRP ");
    ck_assert(strstr(raw.out[2], " REPORT\r\n") != NULL && raw.cookie == 0);
}
END_TEST

Suite *test_msrp_relay_in_suite(void)
{
    Suite *suite = suite_create("msrp_relay_in");
    TCase *tcase = tcase_create("all");

    tcase_add_loop_test(tcase, open_relay, 0, (int)UNIT_ROWS(astray));
    tcase_add_test(tcase, somebody_elses);
    tcase_add_test(tcase, other_connection);
    tcase_add_test(tcase, probation);
    tcase_add_loop_test(tcase, no_msrp, 0, (int)UNIT_ROWS(junk));
    tcase_add_test(tcase, stray_response);
    tcase_add_loop_test(tcase, failures_are_told, 0, 2);
    tcase_add_loop_test(tcase, way_back, 0, (int)UNIT_ROWS(back_rows));
    tcase_add_test(tcase, unknown_method);
    suite_add_tcase(suite, tcase);
    return suite;
}
