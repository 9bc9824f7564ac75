/* SPDX-License-Identifier: MIT
 * tests/unit/test_limits.c -- the timers of RFC 3261 table 4, and limits that fit together. */
#include "unit.h"

#include "../../base/limits.h"

static const struct sp_limits *const sets[] = { &sp_limits_default, &sp_limits_small };

START_TEST(timers_of_table_4)
{
    const struct sp_limits *l = sets[_i];

    ck_assert_uint_eq(l->t1_ms, 500);
    ck_assert_uint_eq(l->t2_ms, 4000);
    ck_assert_uint_eq(l->t4_ms, 5000);
    ck_assert_uint_gt(l->timer_c_ms, 180000);
    ck_assert_uint_ge(l->timer_d_ms, 32000);
    ck_assert_uint_eq(l->msrp_timeout_ms, 30000);
    ck_assert_uint_eq(l->pager_octets, 1300);
}
END_TEST

START_TEST(limits_fit_together)
{
    const struct sp_limits *l = sets[_i];

    ck_assert_uint_ge(l->message_octets, l->pager_octets);
    ck_assert_uint_ge(l->store_octets, l->message_octets);
    ck_assert_uint_le(l->stream_buffers, l->streams);
    ck_assert_uint_le(l->stream_accepts, l->streams);
    ck_assert_uint_ge(l->msrp_head_octets, 2 * l->msrp_path_octets);
    ck_assert_uint_ge(l->stream_idle_ms, l->stream_half_ms);
    ck_assert_uint_ge(l->stream_half_ms, 64 * l->t1_ms);
    ck_assert_uint_gt(l->fields, 0);
}
END_TEST

/* Whatever the floors above add: what is kept by octets alone stays within tens of kilobytes. */
START_TEST(small_is_small)
{
    const struct sp_limits *l = &sp_limits_small;
    uint64_t octets = (uint64_t)l->message_octets * l->stream_buffers + l->store_octets;

    octets += (uint64_t)l->dialogs * l->dialog_octets;
    octets += (uint64_t)l->msrp_connections * l->msrp_head_octets;
    octets += (uint64_t)l->msrp_sessions * 2 * l->msrp_path_octets;
    octets += (uint64_t)l->pushes * l->content_octets;
    ck_assert_uint_le(octets, 24 * 1024);
}
END_TEST

Suite *test_limits_suite(void)
{
    Suite *suite = suite_create("limits");
    TCase *tcase = unit_tcase(suite, "limits");

    unit_loop(tcase, timers_of_table_4, sets);
    unit_loop(tcase, limits_fit_together, sets);
    tcase_add_test(tcase, small_is_small);
    return suite;
}
