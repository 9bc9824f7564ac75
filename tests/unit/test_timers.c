/* SPDX-License-Identifier: MIT
 * tests/unit/test_timers.c -- timers fire by time, then in the order of their starting. */
#include "unit.h"

#include "../../base/timers.h"

#define MANY 50

static struct sp_timers make(uint32_t capacity)
{
    struct sp_timers timers;
    struct sp_arena  arena = sp_arena(NULL);

    sp_timers_init(&timers, &arena, capacity);
    arena = unit_arena(arena);
    sp_timers_init(&timers, &arena, capacity);
    return timers;
}

START_TEST(none)
{
    struct sp_timers timers = make(0);
    struct sp_timer  t = { 0 };

    ck_assert_uint_eq(sp_timers_deadline(&timers), SP_NEVER);
    ck_assert_ptr_null(sp_timers_due(&timers, SP_NEVER));
    ck_assert(!sp_timer_runs(&t));
    sp_timer_stop(&timers, &t);
    ck_assert(!sp_timer_runs(&t));
}
END_TEST

START_TEST(fires_once_when_due)
{
    struct sp_timers timers = make(1);
    struct sp_timer  t = { .name = 7, .owner = &timers };

    sp_timer_start(&timers, &t, 100);
    ck_assert(sp_timer_runs(&t));
    ck_assert_uint_eq(sp_timers_deadline(&timers), 100);
    ck_assert_ptr_null(sp_timers_due(&timers, 99));
    ck_assert_ptr_eq(sp_timers_due(&timers, 100), &t);
    ck_assert(!sp_timer_runs(&t));
    ck_assert_uint_eq(t.name, 7);
    ck_assert_ptr_eq(t.owner, &timers);
    ck_assert_ptr_null(sp_timers_due(&timers, 100));
    ck_assert_uint_eq(sp_timers_deadline(&timers), SP_NEVER);
}
END_TEST

START_TEST(same_moment_in_order_of_starting)
{
    struct sp_timers timers = make(MANY);
    struct sp_timer  t[MANY] = { 0 };

    for (int i = 0; i < MANY; i++)
        sp_timer_start(&timers, &t[i], 5);
    sp_timer_start(&timers, &t[3], 5); /* anew: now the last */
    for (int i = 0; i < MANY; i++)
        if (i != 3)
            ck_assert_ptr_eq(sp_timers_due(&timers, 5), &t[i]);
    ck_assert_ptr_eq(sp_timers_due(&timers, 5), &t[3]);
}
END_TEST

START_TEST(starts_anew_earlier_and_later)
{
    struct sp_timers timers = make(3);
    struct sp_timer  a = { 0 }, b = { 0 }, c = { 0 };

    sp_timer_start(&timers, &a, 10);
    sp_timer_start(&timers, &b, 20);
    sp_timer_start(&timers, &c, 30);
    sp_timer_start(&timers, &c, 5);
    sp_timer_start(&timers, &a, 25);
    ck_assert_uint_eq(timers.used, 3);
    ck_assert_ptr_eq(sp_timers_due(&timers, 100), &c);
    ck_assert_ptr_eq(sp_timers_due(&timers, 100), &b);
    ck_assert_ptr_eq(sp_timers_due(&timers, 100), &a);
    ck_assert_ptr_null(sp_timers_due(&timers, 100));
}
END_TEST

/* Against a plain search: starts, restarts and stops by a small generator, then all fire in order.
 */
START_TEST(agrees_with_a_plain_search)
{
    struct sp_timers timers = make(MANY);
    struct sp_timer  t[MANY] = { 0 };
    uint32_t         dice = (uint32_t)_i * 2654435761u + 1;
    uint64_t         before_us = 0, before_order = 0;
    int              fired = 0, running = 0;

    for (int step = 0; step < 400; step++) {
        struct sp_timer *one;
        uint64_t         soonest = SP_NEVER;

        dice = dice * 1664525u + 1013904223u;
        one = &t[(dice >> 8) % MANY];
        if (dice >> 30 == 0)
            sp_timer_stop(&timers, one);
        else
            sp_timer_start(&timers, one, (dice >> 16) % 64);
        for (int i = 0; i < MANY; i++)
            if (sp_timer_runs(&t[i]) && t[i].at_us < soonest)
                soonest = t[i].at_us;
        ck_assert_uint_eq(sp_timers_deadline(&timers), soonest);
    }
    for (int i = 0; i < MANY; i++)
        running += sp_timer_runs(&t[i]);
    for (struct sp_timer *one; (one = sp_timers_due(&timers, 64)) != NULL; fired++) {
        if (fired > 0)
            ck_assert(one->at_us > before_us ||
                      (one->at_us == before_us && one->order > before_order));
        before_us = one->at_us;
        before_order = one->order;
    }
    ck_assert_int_eq(fired, running);
}
END_TEST

START_TEST(more_than_the_capacity)
{
    struct sp_timers timers = make(1);
    struct sp_timer  a = { 0 }, b = { 0 };

    sp_timer_start(&timers, &a, 1);
    sp_timer_start(&timers, &b, 1);
}
END_TEST

Suite *test_timers_suite(void)
{
    Suite *suite = suite_create("timers");
    TCase *tcase = unit_tcase(suite, "timers");

    tcase_add_test(tcase, none);
    tcase_add_test(tcase, fires_once_when_due);
    tcase_add_test(tcase, same_moment_in_order_of_starting);
    tcase_add_test(tcase, starts_anew_earlier_and_later);
    tcase_add_loop_test(tcase, agrees_with_a_plain_search, 0, 20);
    unit_asserts(tcase, more_than_the_capacity);
    return suite;
}
