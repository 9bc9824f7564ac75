/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_flow.c -- contents on their way: progress grows, and an MSRP peer that sends
 * to a sender is told no. */
#include "push_unit.h"
#include "unit.h"

/* Progress is told, never goes back, and reaches the end; the idle guard never fires meanwhile. */
START_TEST(progress)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file = push_unit_content("f", "image/png", push_unit_pattern(3000000, 1),
                                                 false);

    file.offset = _i == 0 ? 0 : 500000;
    if (_i == 1) {
        struct push_receiver_config config = { .resumes = true };

        unit = push_unit_new(NULL, NULL, &config);
    }
    unit->segment = 50000;
    unit->delay_us = 2000000; /* four seconds a round trip: longer in all than any guard */
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &file, 1), SP_OK);
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, SP_OK);
    ck_assert_uint_eq(unit->outs[0].progress, 3000000);
    ck_assert_int_eq(unit->ins[0].delivered, 1);
}
END_TEST

Suite *test_push_flow_suite(void)
{
    Suite *suite = suite_create("push_flow");
    TCase *tcase = unit_tcase(suite, "push_flow");

    tcase_add_loop_test(tcase, progress, 0, 2);
    return suite;
}
