/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_relay_auth.c -- the relay under attack: who gets a URI, and who gets
 * through. RFC 4976 6.1 to 6.4, 9.1. */
#include "relay_raw.h"

#include <stdio.h>

/* Connection `n` becomes a client with a URI. 4976-5.1-4, 4976-9.1-1, 4976-9.1-3, 4976-9.1-4,
 * 4976-9.1-6, 4976-9.1-7, 4976-9.1-9, 4976-6.3-5, 4976-4.2-1, 4976-8-1 */
START_TEST(admitted)
{
    struct raw raw;

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    ck_assert_uint_eq(raw.relay->grants.used, 1);
}
END_TEST

static const struct wrong_row {
    const char *user, *password, *nc, *status;
} wrongs[] = {
    { "alice", "Secret", "00000001", "401" },
    { "bob", "secret", "00000001", "401" },
    { "alice", "secret", "00000002", "401" }, /* a count that is not the first: stale */
    { "", "", "00000001", "401" },
};

START_TEST(wrong_credentials)
{
    const struct wrong_row *row = &wrongs[_i];
    struct raw              raw;

    raw_init(&raw, false);
    raw_accept(&raw, 1);
    raw_ask(&raw, 1, CLIENT, "");
    raw_find(&raw, 1, "nonce=\"", "\"", raw.nonce, sizeof raw.nonce);
    raw_ask(&raw, 1, CLIENT, raw_credentials(&raw, row->user, row->password, row->nc));
    raw_starts(&raw, 1, "MSRP abcd 401 ");
    ck_assert(!raw.closed[1]);
    ck_assert((strstr(raw.out[1], "stale=true") != NULL) == (_i == 2));
    ck_assert_uint_eq(raw.relay->grants.used, 0);
}
END_TEST

/* 4976-9.1-2: Basic is no credentials at all. 4976-6.3-7: after some failures the connection ends.
 */
START_TEST(again_and_again)
{
    struct raw raw;

    raw_init(&raw, false);
    raw_accept(&raw, 1);
    for (int i = 0; i < MSRP_FAILURES; i++) {
        ck_assert(!raw.closed[1]);
        raw_ask(&raw, 1, CLIENT, "Authorization: Basic YWxpY2U6c2VjcmV0\r\n");
        raw_starts(&raw, 1, "MSRP abcd 401 ");
    }
    ck_assert(raw.closed[1]);
}
END_TEST

/* 4976-6.3-9: one that comes through another relay ends no connection, however often it fails. */
START_TEST(through_another_relay)
{
    struct raw raw;

    raw_init(&raw, false);
    raw_accept(&raw, 1);
    for (int i = 0; i < 4 * MSRP_FAILURES; i++) {
        raw_ask(&raw, 1, "msrp://other:2855/o;tcp " CLIENT,
                "Authorization: Basic YWxpY2U6c2VjcmV0\r\n");
        raw_starts(&raw, 1, "MSRP abcd 401 ");
    }
    ck_assert(!raw.closed[1]);
    ck_assert_uint_eq(raw.relay->counters.denied, 4 * MSRP_FAILURES);
}
END_TEST

/* What was overheard is worth nothing: not again, not over another connection. */
START_TEST(replayed)
{
    struct raw  raw;
    const char *said;
    char        kept[1024];

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    said = raw_credentials(&raw, "alice", "secret", "00000001");
    snprintf(kept, sizeof kept, "%s", said);
    raw_ask(&raw, 1, "msrp://c:5/y;tcp", kept);
    raw_starts(&raw, 1, "MSRP abcd 401 ");
    ck_assert(strstr(raw.out[1], "stale=true") != NULL);
    raw_accept(&raw, 2);
    raw_ask(&raw, 2, CLIENT, "");
    raw_find(&raw, 2, "nonce=\"", "\"", raw.nonce, sizeof raw.nonce);
    snprintf(kept, sizeof kept, "%s", raw_credentials(&raw, "alice", "secret", "00000001"));
    raw_accept(&raw, 3);
    raw_ask(&raw, 3, CLIENT, kept);
    raw_starts(&raw, 3, "MSRP abcd 401 ");
    ck_assert_uint_eq(raw.relay->grants.used, 1);
    raw_wait(&raw, 20000);
    raw_ask(&raw, 2, CLIENT, kept); /* its own */
    raw_starts(&raw, 2, "MSRP abcd 200 ");
}
END_TEST

START_TEST(nonce_too_old)
{
    struct raw raw;

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    raw_ask(&raw, 1, CLIENT, "");
    raw_find(&raw, 1, "nonce=\"", "\"", raw.nonce, sizeof raw.nonce);
    raw_wait(&raw, 300001);
    raw_ask(&raw, 1, CLIENT, raw_credentials(&raw, "alice", "secret", "00000001"));
    ck_assert(strstr(raw.out[1], "stale=true") != NULL);
}
END_TEST

/* Expires out of bounds: 423 with the bound (6.3). */
START_TEST(bounds)
{
    struct raw raw;
    char       fields[1200];

    raw_init(&raw, false);
    raw_accept(&raw, 1);
    for (int i = 0; i < 2; i++) {
        raw_ask(&raw, 1, CLIENT, "");
        raw_find(&raw, 1, "nonce=\"", "\"", raw.nonce, sizeof raw.nonce);
        snprintf(fields, sizeof fields, "Expires: %s\r\n%s", i == 0 ? "9" : "601",
                 raw_credentials(&raw, "alice", "secret", "00000001"));
        raw_ask(&raw, 1, CLIENT, fields);
        raw_starts(&raw, 1, "MSRP abcd 423 ");
        ck_assert(strstr(raw.out[1],
                         i == 0 ? "\r\nMin-Expires: 10\r\n" : "\r\nMax-Expires: 600\r\n") != NULL);
    }
    ck_assert_uint_eq(raw.relay->grants.used, 0);
}
END_TEST

/* Over plain TCP from elsewhere: 403, unless it was allowed. */
START_TEST(from_elsewhere)
{
    struct raw raw;

    raw_init(&raw, _i == 1);
    raw.remote.octets[0] = 10;
    raw_accept(&raw, 1);
    raw_ask(&raw, 1, CLIENT, "");
    raw_starts(&raw, 1, _i == 1 ? "MSRP abcd 401 " : "MSRP abcd 403 ");
}
END_TEST

/* No more URIs than a user may have: 403. */
START_TEST(too_many)
{
    struct raw raw;
    char       from[40];

    raw_init(&raw, false);
    raw_accept(&raw, 1);
    for (int i = 0; i < 5; i++) {
        snprintf(from, sizeof from, "msrp://c:5/x%d;tcp", i);
        raw_ask(&raw, 1, from, "");
        raw_find(&raw, 1, "nonce=\"", "\"", raw.nonce, sizeof raw.nonce);
        raw_ask(&raw, 1, from, raw_credentials(&raw, "alice", "secret", "00000001"));
        raw_starts(&raw, 1, i < 4 ? "MSRP abcd 200 " : "MSRP abcd 403 ");
    }
    ck_assert_uint_eq(raw.relay->grants.used, 4);
}
END_TEST

Suite *test_msrp_relay_auth_suite(void)
{
    Suite *suite = suite_create("msrp_relay_auth");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, admitted);
    tcase_add_loop_test(tcase, wrong_credentials, 0, (int)UNIT_ROWS(wrongs));
    tcase_add_test(tcase, again_and_again);
    tcase_add_test(tcase, through_another_relay);
    tcase_add_test(tcase, replayed);
    tcase_add_test(tcase, nonce_too_old);
    tcase_add_test(tcase, bounds);
    tcase_add_loop_test(tcase, from_elsewhere, 0, 2);
    tcase_add_test(tcase, too_many);
    suite_add_tcase(suite, tcase);
    return suite;
}
