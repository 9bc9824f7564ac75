/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_relay_lane.c -- what waits for one next hop: in turns, and together. RFC
 * 4976 6.4.1. */
#include "relay_raw.h"

#include <stdio.h>

#define PEER 2 /* the connection that all lead to */

static const unsigned clients[] = { 1, 3, 4, 5 };

/* Clients of ours, each with a session to the same peer. */
static void log_in(struct raw *raw, char paths[][300], size_t count)
{
    raw_init(raw, false);
    for (size_t i = 0; i < count; i++) {
        char from[40];

        snprintf(from, sizeof from, "msrp://c:5/x%zu;tcp", i);
        raw_log_in(raw, clients[i], from);
        snprintf(paths[i], 300, "%s msrp://127.0.0.9:1/v%zu;tcp\r\nFrom-Path: %s", raw->uri, i,
                 from);
    }
}

/* Message `n` of a client, so many octets. */
static void message(struct raw *raw, size_t client, const char *path, unsigned n, size_t octets)
{
    static char text[16384];
    int         len = snprintf(text, sizeof text,
                               "MSRP abcd SEND\r\nTo-Path: %s\r\nMessage-ID: %c%03u\r\n"
                                       "Byte-Range: 1-%zu/%zu\r\nContent-Type: a/b\r\n\r\n",
                               path, (char)('a' + client), n, octets, octets);

    memset(text + len, 'x', octets);
    snprintf(text + len + octets, sizeof text - (size_t)len - octets, "\r\n-------abcd$\r\n");
    raw->len[clients[client]] = 0;
    for (size_t at = 0; at < strlen(text); at += 8000) {
        struct sp_flow flow = raw_flow(raw, clients[client]);

        msrp_relay_receive(raw->relay, raw->now_us, &flow,
                           sp_head(sp_from(unit_text(text), at), 8000));
        raw_drain(raw);
    }
}

static void connected(struct raw *raw)
{
    struct sp_flow flow = raw_flow(raw, PEER);

    raw->hold = true;
    raw->asked = 0;
    raw->octets = 0;
    raw->len[PEER] = 0;
    msrp_relay_connected(raw->relay, raw->now_us, raw->cookie, &flow);
    raw_drain(raw);
}

static void sent(struct raw *raw)
{
    struct sp_flow flow = raw_flow(raw, PEER);

    raw->asked = 0;
    raw->octets = 0;
    msrp_relay_sent(raw->relay, raw->now_us, &flow);
    raw_drain(raw);
}

/* The Message-IDs that the peer got, in order. */
static void came(const struct raw *raw, const char *want)
{
    char        ids[200] = "";
    const char *at = raw->out[PEER];
    size_t      len = 0;

    while ((at = strstr(at, "Message-ID: ")) != NULL) {
        at += 12;
        len += (size_t)snprintf(ids + len, sizeof ids - len, "%.4s ", at);
    }
    ck_assert_str_eq(ids, want);
}

/* Sessions take turns; what waits leaves together, and one `sent` answers for all of it. */
START_TEST(in_turns)
{
    struct raw raw;
    char       paths[2][300];

    log_in(&raw, paths, 2);
    for (unsigned n = 1; n <= 3; n++)
        message(&raw, 0, paths[0], n, 5);
    for (unsigned n = 1; n <= 3; n++)
        message(&raw, 1, paths[1], n, 5);
    connected(&raw);
    came(&raw, "a001 b001 a002 b002 a003 b003 ");
    ck_assert_uint_eq(raw.asked, 1);
    message(&raw, 0, paths[0], 4, 5);
    ck_assert_uint_eq(raw.asked, 1); /* it waits: nothing was told yet */
    sent(&raw);
    came(&raw, "a001 b001 a002 b002 a003 b003 a004 ");
    ck_assert_uint_eq(raw.asked, 1);
    sent(&raw);
    ck_assert_uint_eq(raw.octets, 0);
    ck_assert_uint_eq(raw.relay->transits.used, 7);
}
END_TEST

/* Together means 64 KB, and a piece: a small message of another session waits for no more. */
START_TEST(bounded)
{
    struct raw raw;
    char       paths[4][300];
    size_t     first;

    log_in(&raw, paths, 4);
    for (size_t i = 0; i < 4; i++)
        for (unsigned n = 1; n <= 2; n++)
            message(&raw, i, paths[i], n, 10000);
    connected(&raw);
    ck_assert_uint_ge(raw.octets, MSRP_BURST_OCTETS);
    ck_assert_uint_lt(raw.octets, MSRP_BURST_OCTETS + 2 * MSRP_PIECE_OCTETS);
    ck_assert_uint_eq(raw.asked, 1);
    first = raw.octets;
    sent(&raw);
    ck_assert_uint_ge(first + raw.octets, 4 * 20000);
    ck_assert_uint_eq(raw.asked, 1);
}
END_TEST

/* A chunk is cut anew, and each piece says its own range: 4976-6.4.1-7. */
START_TEST(cut_anew)
{
    struct raw raw;
    char       paths[1][300], ranges[200] = "";
    size_t     len = 0;

    log_in(&raw, paths, 1);
    message(&raw, 0, paths[0], 1, 12000);
    connected(&raw);
    for (const char *at = raw.out[PEER]; (at = strstr(at, "Byte-Range: ")) != NULL;) {
        at += 12;
        len += (size_t)snprintf(ranges + len, sizeof ranges - len, "%.*s ", (int)strcspn(at, "\r"),
                                at);
    }
    ck_assert_str_eq(ranges, "1-8192/12000 8193-12000/12000 ");
}
END_TEST

/* Time runs for each piece of what left together, once it was told. */
START_TEST(all_are_awaited)
{
    struct raw  raw;
    char        paths[2][300];
    const char *at;
    int         reports = 0;

    log_in(&raw, paths, 2);
    for (unsigned n = 1; n <= 3; n++)
        message(&raw, 0, paths[0], n, 5);
    connected(&raw);
    sent(&raw);
    raw.len[1] = 0;
    raw_wait(&raw, 30000);
    for (at = raw.out[1]; (at = strstr(at, "Status: 000 408")) != NULL; at++)
        reports++;
    ck_assert_int_eq(reports, 3);
    ck_assert_uint_eq(raw.relay->transits.used, 0);
}
END_TEST

/* Some relays send the parts of one message over two connections, both at once: each part is handed
 * on whole. */
START_TEST(two_connections)
{
    struct raw  raw;
    char        text[1024];
    const char *parts[] = { "1-5/10", "6-10/10" };

    raw_init(&raw, false);
    raw_log_in(&raw, 1, CLIENT);
    raw.len[1] = 0;
    for (unsigned n = 0; n < 2; n++) {
        raw_accept(&raw, 3 + n);
        snprintf(text, sizeof text,
                 "MSRP abc%u SEND\r\nTo-Path: %s " CLIENT
                 "\r\nFrom-Path: msrp://127.0.0.9:1/v;tcp\r\nMessage-ID: mmmm\r\n"
                 "Byte-Range: %s\r\nContent-Type: a/b\r\n\r\nhe",
                 n, raw.uri, parts[n]);
        raw_in(&raw, 3 + n, text);
    }
    for (unsigned n = 0; n < 2; n++) {
        snprintf(text, sizeof text, "llo\r\n-------abc%u%c\r\n", n, n == 0 ? '+' : '$');
        raw_in(&raw, 3 + n, text);
        snprintf(text, sizeof text, "MSRP abc%u 200 OK", n);
        raw_starts(&raw, 3 + n, text);
        snprintf(text, sizeof text, "Byte-Range: %s", parts[n]);
        ck_assert(strstr(raw.out[1], text) != NULL);
    }
}
END_TEST

Suite *test_msrp_relay_lane_suite(void)
{
    Suite *suite = suite_create("msrp_relay_lane");
    TCase *tcase = unit_tcase(suite, "msrp_relay_lane");

    tcase_add_test(tcase, in_turns);
    tcase_add_test(tcase, bounded);
    tcase_add_test(tcase, cut_anew);
    tcase_add_test(tcase, all_are_awaited);
    tcase_add_test(tcase, two_connections);
    return suite;
}
