/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_in.c -- a content at the receiver: its words, its statuses, its one end. */
#include "../../push/push_in.h"

#include "push_unit.h"
#include "unit.h"

START_TEST(names)
{
    static const char *const want[] = { "OFFERING", "OFFERED",  "READY",     "FLOWING", "FILLING",
                                        "FILLED",   "CHECKING", "DELIVERED", "FAILED" };

    for (int i = PUSH_IN_OFFERING; i <= PUSH_IN_FAILED; i++)
        ck_assert_str_eq(push_in_state_name((enum push_in_state)i), want[i]);
}
END_TEST

static const struct status_row {
    uint16_t sip, msrp;
} statuses[] = { { 400, 400 }, { 413, 413 }, { 415, 415 }, { 488, 415 },
                 { 513, 413 }, { 603, 403 }, { 480, 403 }, { 500, 403 } };

START_TEST(status_for_msrp)
{
    ck_assert_uint_eq(push_msrp_status(statuses[_i].sip), statuses[_i].msrp);
}
END_TEST

static const struct error_row {
    enum sp_err err;
    uint16_t    pager, session;
} errors[] = { { SP_LIMIT, 513, 413 },
               { SP_STORAGE, 500, 413 },
               { SP_INTEGRITY, 400, 400 },
               { SP_INTERRUPTED, 480, 413 } };

START_TEST(status_of_errors)
{
    struct push_in pager = { .request = { 1, 1 } }, session = { .state = PUSH_IN_FLOWING };

    ck_assert_uint_eq(push_status_of(&pager, errors[_i].err), errors[_i].pager);
    ck_assert_uint_eq(push_status_of(&session, errors[_i].err), errors[_i].session);
}
END_TEST

/* The first end counts; one that was never told goes without a word. */
START_TEST(one_end)
{
    struct push_unit           *unit = push_unit_new(NULL, NULL, NULL);
    struct push_receiver       *receiver = unit->receiver;
    struct push_receiver_action action;
    struct push_in             *in = push_in_make(receiver, NULL);

    in->request.slot = 1; /* pager mode */
    ck_assert_uint_eq(receiver->pagers, 1);
    if (_i == 0) {
        push_in_fail(receiver, in, SP_LIMIT, 480);
        ck_assert(!push_receiver_next(receiver, &action));
    } else {
        push_in_enter(receiver, in, PUSH_IN_CHECKING, "test");
        if (_i == 1)
            push_in_deliver(receiver, in);
        else
            push_in_fail(receiver, in, SP_INTEGRITY, 400);
        push_in_fail(receiver, in, SP_LIMIT, 480);
        ck_assert(push_receiver_next(receiver, &action));
        ck_assert_int_eq(action.kind, _i == 1 ? PUSH_RECEIVER_DELIVERED : PUSH_RECEIVER_FAILED);
        unit_err(action.err, _i == 1 ? SP_OK : SP_INTEGRITY);
        ck_assert(!push_receiver_next(receiver, &action));
    }
    ck_assert_uint_eq(receiver->ins.used, 0);
    ck_assert_uint_eq(receiver->pagers, 0);
}
END_TEST

Suite *test_push_in_suite(void)
{
    Suite *suite = suite_create("push_in");
    TCase *tcase = unit_tcase(suite, "push_in");

    tcase_add_test(tcase, names);
    unit_loop(tcase, status_for_msrp, statuses);
    unit_loop(tcase, status_of_errors, errors);
    tcase_add_loop_test(tcase, one_end, 0, 3);
    return suite;
}
