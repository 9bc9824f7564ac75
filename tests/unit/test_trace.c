/* SPDX-License-Identifier: MIT
 * tests/unit/test_trace.c -- events reach the host that watches, and nobody else. */
#include "unit.h"

#include "../../base/trace.h"

struct watcher {
    int                   count;
    struct sp_trace_event last;
};

static void watch(void *host, const struct sp_trace_event *event)
{
    struct watcher *watcher = host;

    watcher->count++;
    watcher->last = *event;
}

START_TEST(arrows)
{
    struct watcher  w = { 0 };
    struct sp_trace trace = { watch, &w };

    sp_trace_arrow(&trace, 42, "INVITE client", 7, "Calling", "2xx", "Accepted");
    ck_assert_int_eq(w.count, 1);
    ck_assert_int_eq(w.last.kind, SP_TRACE_ARROW);
    ck_assert_uint_eq(w.last.now_us, 42);
    ck_assert_uint_eq(w.last.id, 7);
    ck_assert_str_eq(w.last.machine, "INVITE client");
    ck_assert_str_eq(w.last.from, "Calling");
    ck_assert_str_eq(w.last.on, "2xx");
    ck_assert_str_eq(w.last.to, "Accepted");
    ck_assert_ptr_null(w.last.flow);
    ck_assert_uint_eq(w.last.octets.len, 0);
}
END_TEST

START_TEST(octets)
{
    struct watcher  w = { 0 };
    struct sp_trace trace = { watch, &w };
    struct sp_flow  flow = { .id = 1 };

    sp_trace_octets(&trace, SP_TRACE_DROPPED, 5, &flow, SP_LIT("abc"), "too long");
    ck_assert_int_eq(w.last.kind, SP_TRACE_DROPPED);
    ck_assert_uint_eq(w.last.now_us, 5);
    ck_assert_ptr_eq(w.last.flow, &flow);
    unit_eq(w.last.octets, "abc");
    ck_assert_str_eq(w.last.on, "too long");
    ck_assert_ptr_null(w.last.machine);
    ck_assert_ptr_null(w.last.from);
    ck_assert_ptr_null(w.last.to);
}
END_TEST

START_TEST(nobody_watches)
{
    struct sp_trace trace = { NULL, NULL };
    struct sp_flow  flow = { .id = 1 };

    sp_trace_arrow(&trace, 1, "m", 1, "a", "b", "c");
    sp_trace_octets(&trace, SP_TRACE_SENT, 1, &flow, SP_LIT("a"), NULL);
    sp_trace_arrow(NULL, 1, "m", 1, "a", "b", "c");
    sp_trace_octets(NULL, SP_TRACE_SENT, 1, &flow, SP_LIT("a"), NULL);
}
END_TEST

Suite *test_trace_suite(void)
{
    Suite *suite = suite_create("trace");
    TCase *tcase = unit_tcase(suite, "trace");

    tcase_add_test(tcase, arrows);
    tcase_add_test(tcase, octets);
    tcase_add_test(tcase, nobody_watches);
    return suite;
}
