/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_out.c -- a content at the sender: its words, and its one end. */
#include "../../push/push_out.h"

#include "push_unit.h"
#include "unit.h"

START_TEST(names)
{
    static const char *const want[] = { "WAITING", "ASKED", "TAKEN", "MOVING", "ENDED", "TOLD" };

    for (int i = PUSH_OUT_WAITING; i <= PUSH_OUT_TOLD; i++)
        ck_assert_str_eq(push_out_state_name((enum push_out_state)i), want[i]);
}
END_TEST

/* The first end counts, its words are cut to their room, and STARTED that came too late is not
 * told. */
START_TEST(one_end)
{
    struct push_unit         *unit = push_unit_new(NULL, NULL, NULL);
    struct push_sender       *sender = unit->sender;
    struct push_job           job = { .count = 1 };
    struct push_out           out = { .job = sp_pool_take(&sender->jobs) };
    struct push_sender_action action;
    char                      reason[100];

    memset(reason, 'x', sizeof(reason));
    *out.job = job;
    out.job->outs = &out;
    ck_assert(!push_out_busy(&out));
    ck_assert(!push_out_is_file(&out));
    push_out_ask(sender, &out);
    ck_assert(push_out_busy(&out));
    push_out_take(sender, &out);
    ck_assert(push_out_busy(&out));
    push_out_end(sender, &out, SP_REFUSED, 488, sp_slice(reason, sizeof(reason)), NULL);
    push_out_end(sender, &out, SP_OK, 200, sp_slice(NULL, 0), NULL);
    ck_assert(!push_out_busy(&out));
    ck_assert(push_sender_next(sender, &action));
    ck_assert_int_eq(action.kind, PUSH_SENDER_CONTENT_ENDED);
    unit_err(action.err, SP_REFUSED);
    ck_assert_uint_eq(action.status, 488);
    ck_assert_uint_eq(action.reason.len, PUSH_REASON_OCTETS);
    ck_assert(!push_sender_next(sender, &action));
    push_out_end(sender, &out, SP_OK, 200, sp_slice(NULL, 0), NULL);
    ck_assert(!push_sender_next(sender, &action));
}
END_TEST

Suite *test_push_out_suite(void)
{
    Suite *suite = suite_create("push_out");
    TCase *tcase = unit_tcase(suite, "push_out");

    tcase_add_test(tcase, names);
    tcase_add_test(tcase, one_end);
    return suite;
}
