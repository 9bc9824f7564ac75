/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_relay.c -- messages through relays, octet for octet; slow readers, cut
 * connections. RFC 4976 3, 6.4. */
#include "relay_unit.h"

#include <stdio.h>

static const struct way {
    int relays;
    int from, to; /* bits: the relays of the sender, of the receiver, in this order */
} ways[] = {
    { 1, 1, 0 }, /* the sender's */
    { 1, 0, 1 }, /* the receiver's */
    { 1, 1, 1 }, /* both have the same */
    { 2, 1, 2 }, /* one each */
    { 2, 3, 0 }, /* a chain of the sender's */
    { 2, 0, 3 }, /* a chain of the receiver's */
};

static void use_some(struct relay_world *w, int end, int which)
{
    char text[200] = "";
    int  len = 0;

    for (int i = 0; i < 2; i++)
        if (which >> i & 1)
            len += snprintf(text + len, sizeof text - (size_t)len, "%s%s", len > 0 ? " " : "",
                            relay_uri(i));
    relay_use(w, end, len > 0 ? text : NULL);
    ck_assert(text[0] == '\0' || w->nodes[end].relayed);
}

/* Two endpoints behind relays, with a session. The nodes: relays, then sender, receiver. */
static struct relay_world *joined(const struct way *way, uint32_t seed, int *from, int *to)
{
    struct relay_world *w = relay_world(seed);

    for (int i = 0; i < way->relays; i++)
        (void)relay_add_relay(w, &relay_limits);
    *from = relay_add_end(w, &relay_limits);
    *to = relay_add_end(w, &relay_limits);
    use_some(w, *from, way->from);
    use_some(w, *to, way->to);
    relay_open(w, *from, *to);
    ck_assert(w->nodes[*from].up && w->nodes[*to].up);
    return w;
}

static void whole(const struct relay_world *w, int n)
{
    const struct relay_message *m = &w->messages[n];

    ck_assert_msg(m->complete && m->delivered && !m->failed, "message %d: complete %d delivered %d",
                  n, m->complete, m->delivered);
    ck_assert_uint_eq(msrp_ranges_whole(&m->there), m->octets);
}

static void left_clean(struct relay_world *w, int relays)
{
    for (int i = relays; i < w->count; i++)
        unit_err(msrp_close(w->nodes[i].agent, w->now_us, w->nodes[i].session), SP_OK);
    relay_wait(w, 400000);
    for (int i = 0; i < relays; i++) {
        struct msrp_relay *r = w->nodes[i].relay;

        ck_assert_uint_eq(r->lanes.used, 0);
        ck_assert_uint_eq(r->transits.used, 0);
        ck_assert_uint_eq(r->grants.used, 0);
        ck_assert_uint_eq(r->hops.used, 0);
        ck_assert_uint_eq(r->store.used, 0);
        ck_assert_uint_eq(r->timers.used, 0);
        ck_assert_uint_eq(r->user_grants[0], 0);
    }
}

/* Large and small ones at once, both ways, on every way. 4976-6.4.1-6, 4976-6.4.1-8 */
START_TEST(octet_for_octet)
{
    static const uint64_t sizes[] = { 0, 1, 100, 2048, 8192, 8193, 100000, 300000 };
    int                   from, to;
    struct relay_world   *w = joined(&ways[_i], (uint32_t)_i + 3, &from, &to);

    for (size_t i = 0; i < UNIT_ROWS(sizes); i++)
        (void)relay_send(w, i % 3 == 2 ? to : from, sizes[i], true, MSRP_FAILURE_YES);
    relay_wait(w, 20000);
    for (int i = 0; i < w->message_count; i++)
        whole(w, i);
    left_clean(w, ways[_i].relays);
}
END_TEST

/* Without responses it works too. */
START_TEST(failure_reports)
{
    int                 from, to;
    struct relay_world *w = joined(&ways[3], 9, &from, &to);

    (void)relay_send(w, from, 50000, true, MSRP_FAILURE_NO);
    (void)relay_send(w, from, 50000, true, MSRP_FAILURE_PARTIAL);
    relay_wait(w, 40000);
    whole(w, 0);
    whole(w, 1);
    left_clean(w, 2);
}
END_TEST

/* Who reads nothing slows its own sender; nothing grows, nothing is lost, others go on. */
START_TEST(slow_reader)
{
    struct relay_world *w = relay_world(5);
    int                 relay = relay_add_relay(w, &relay_limits), a, b, c, d;

    a = relay_add_end(w, &relay_limits);
    b = relay_add_end(w, &relay_limits);
    c = relay_add_end(w, &relay_limits);
    d = relay_add_end(w, &relay_limits);
    relay_use(w, a, relay_uri(relay));
    relay_use(w, c, relay_uri(relay));
    relay_open(w, a, b);
    relay_open(w, c, d);
    w->nodes[b].stopped = true;
    (void)relay_send(w, a, 400000, false, MSRP_FAILURE_NO);
    relay_run(w);
    ck_assert_uint_lt(w->messages[0].came, 1);
    ck_assert_uint_le(w->nodes[relay].relay->counters.octets,
                      relay_limits.relay_lane_octets + 10000);
    (void)relay_send(w, c, 400000, true, MSRP_FAILURE_YES);
    relay_wait(w, 20000);
    whole(w, 1);
    w->nodes[b].stopped = false;
    relay_wait(w, 20000);
    ck_assert(w->messages[0].complete);
    ck_assert_uint_eq(msrp_ranges_whole(&w->messages[0].there), 400000);
}
END_TEST

/* A reader that never reads again loses its connection after 30 s, and the sender is told. */
START_TEST(stalled_reader)
{
    int                 from, to;
    struct relay_world *w = joined(&ways[0], 5, &from, &to);

    w->nodes[to].stopped = true;
    (void)relay_send(w, from, 400000, true, MSRP_FAILURE_YES);
    relay_wait(w, 29000);
    ck_assert(!w->messages[0].failed);
    relay_wait(w, 2000);
    ck_assert(w->messages[0].failed);
    ck_assert_uint_eq(w->messages[0].status, 408);
}
END_TEST

/* The next hop cannot be reached, or goes in the middle: 408 (4976-6.4.1-5), whatever was said
 * before. */
START_TEST(receiver_gone)
{
    int                 from, to;
    struct relay_world *w = joined(&ways[0], 7 + (uint32_t)_i, &from, &to);

    (void)relay_send(w, from, 200000, true, MSRP_FAILURE_YES);
    w->nodes[to].stopped = true;
    relay_run(w);
    relay_cut(w, to);
    relay_wait(w, 1000);
    ck_assert(w->messages[0].failed && !w->messages[0].delivered);
    ck_assert_uint_eq(w->messages[0].status, 408);
}
END_TEST

/* The sender is gone: its URI is, too (4976-6.3-2, 4976-6.3-3), and its message is given up. */
START_TEST(sender_gone)
{
    int                 from, to;
    struct relay_world *w = joined(&ways[0], 5, &from, &to);

    (void)relay_send(w, from, 400000, true, MSRP_FAILURE_NO);
    w->nodes[to].stopped = true;
    relay_run(w);
    relay_cut(w, from);
    w->nodes[to].stopped = false;
    relay_wait(w, 1000);
    ck_assert_uint_eq(w->nodes[0].relay->grants.used, 0);
    ck_assert(!w->messages[0].complete);
    ck_assert(w->messages[0].aborted);
    relay_wait(w, 400000);
    ck_assert_uint_eq(w->nodes[0].relay->lanes.used, 0);
}
END_TEST

/* A URI ends with its time (4976-6.3-4), unless it is renewed; renewing keeps it. */
START_TEST(expires)
{
    int                 from, to;
    struct relay_world *w = joined(&ways[0], 5, &from, &to);
    char                path[512];

    snprintf(path, sizeof path, "%s", w->nodes[from].path);
    relay_wait(w, 2000000); /* renewed thrice and more */
    ck_assert_uint_eq(w->nodes[0].relay->grants.used, 1);
    (void)relay_send(w, from, 1000, true, MSRP_FAILURE_YES);
    relay_wait(w, 1000);
    whole(w, 0);
    w->nodes[from].stopped = true;
    relay_wait(w, 600000);
    ck_assert_uint_eq(w->nodes[0].relay->grants.used, 0);
}
END_TEST

/* Any cutting of the streams gives the same. */
START_TEST(many_seeds)
{
    for (uint32_t seed = 0; seed < 25; seed++) {
        int                 from, to;
        const struct way   *way = &ways[(seed + (uint32_t)_i) % UNIT_ROWS(ways)];
        struct relay_world *w = joined(way, seed * 977 + (uint32_t)_i, &from, &to);

        w->most = seed % 3 == 0 ? 40 : seed % 3 == 1 ? 900 : 8192;
        (void)relay_send(w, from, 30000, false, MSRP_FAILURE_YES);
        (void)relay_send(w, to, 12000, false, MSRP_FAILURE_YES);
        (void)relay_send(w, from, 77, false, MSRP_FAILURE_YES);
        relay_wait(w, 20000);
        for (int i = 0; i < 3; i++)
            whole(w, i);
    }
}
END_TEST

Suite *test_msrp_relay_suite(void)
{
    Suite *suite = suite_create("msrp_relay");
    TCase *tcase = tcase_create("all");

    tcase_add_loop_test(tcase, octet_for_octet, 0, (int)UNIT_ROWS(ways));
    tcase_add_test(tcase, failure_reports);
    tcase_add_test(tcase, slow_reader);
    tcase_add_test(tcase, stalled_reader);
    tcase_add_loop_test(tcase, receiver_gone, 0, 4);
    tcase_add_test(tcase, sender_gone);
    tcase_add_test(tcase, expires);
    tcase_add_loop_test(tcase, many_seeds, 0, 4);
    suite_add_tcase(suite, tcase);
    return suite;
}
