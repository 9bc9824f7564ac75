/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_verdict.c -- every row of the answer table, in both modes. */
#include "../../push/push_verdict.h"

#include "unit.h"

#define NO UINT32_MAX /* no Retry-After */

static const struct row {
    uint16_t          status;
    uint32_t          retry_after;
    enum push_verdict pager, session; /* with retries left and the other mode at hand */
    enum push_verdict bare;           /* of a pager without either */
} rows[] = {
    { 200, NO, PUSH_VERDICT_DELIVERED, PUSH_VERDICT_DELIVERED, PUSH_VERDICT_DELIVERED },
    { 202, NO, PUSH_VERDICT_PENDING, PUSH_VERDICT_PENDING, PUSH_VERDICT_PENDING },
    { 299, NO, PUSH_VERDICT_DELIVERED, PUSH_VERDICT_DELIVERED, PUSH_VERDICT_DELIVERED },
    { 399, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 499, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 599, NO, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER, PUSH_VERDICT_HOPELESS },
    { 699, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 204, NO, PUSH_VERDICT_DELIVERED, PUSH_VERDICT_DELIVERED, PUSH_VERDICT_DELIVERED },
    { 302, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 400, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 401, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    /* 3261-21.4.4-1 */
    { 403, NO, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED },
    { 404, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 407, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 408, NO, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER, PUSH_VERDICT_HOPELESS },
    { 0, NO, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER, PUSH_VERDICT_HOPELESS },
    { 413, NO, PUSH_VERDICT_MODE, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED },
    { 415, NO, PUSH_VERDICT_MODE, PUSH_VERDICT_MODE, PUSH_VERDICT_REFUSED },
    { 420, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 480, NO, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER, PUSH_VERDICT_HOPELESS },
    { 486, 7, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER, PUSH_VERDICT_HOPELESS },
    { 486, 3601, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 487, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 488, NO, PUSH_VERDICT_MODE, PUSH_VERDICT_MODE, PUSH_VERDICT_REFUSED },
    { 500, NO, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER, PUSH_VERDICT_HOPELESS },
    { 501, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    /* 3261-21.5.4-1: as a 500 */
    { 503, NO, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER, PUSH_VERDICT_HOPELESS },
    { 503, 0, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER, PUSH_VERDICT_HOPELESS },
    { 513, NO, PUSH_VERDICT_MODE, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED },
    { 600, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 600, 5, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER, PUSH_VERDICT_HOPELESS },
    { 603, NO, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED },
    { 603, 5, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED },
    { 604, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 606, NO, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED },
    { 700, NO, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
};

START_TEST(answers)
{
    const struct row *row = &rows[_i];
    struct push_reply reply = {
        .mode = PUSH_PAGER,
        .status = row->status,
        .has_retry_after = row->retry_after != NO,
        .retry_after_s = row->retry_after,
        .tries = 1,
        .retries = 1,
        .other_mode = true,
    };
    uint64_t after_ms;

    ck_assert_int_eq(push_verdict_of(&reply, &after_ms), row->pager);
    if (row->pager == PUSH_VERDICT_LATER)
        ck_assert_uint_eq(after_ms, row->retry_after != NO ? row->retry_after * 1000u : 2000u);
    else
        ck_assert_uint_eq(after_ms, 0);
    reply.mode = PUSH_SESSION;
    ck_assert_int_eq(push_verdict_of(&reply, &after_ms), row->session);
    reply.mode = PUSH_PAGER;
    reply.tries = 2;
    reply.other_mode = false;
    ck_assert_int_eq(push_verdict_of(&reply, &after_ms), row->bare);
}
END_TEST

/* A server that says itself when it is soon better is asked once more, unasked. */
START_TEST(heeded_once)
{
    static const struct {
        uint16_t          status;
        uint32_t          after_s, tries;
        enum push_verdict verdict;
    } once[] = { { 503, 0, 1, PUSH_VERDICT_LATER },     { 503, 32, 1, PUSH_VERDICT_LATER },
                 { 503, 33, 1, PUSH_VERDICT_HOPELESS }, { 503, 1, 2, PUSH_VERDICT_HOPELESS },
                 { 503, NO, 1, PUSH_VERDICT_HOPELESS }, { 480, 1, 1, PUSH_VERDICT_HOPELESS } };
    struct push_reply reply = {
        .status = once[_i].status,
        .has_retry_after = once[_i].after_s != NO,
        .retry_after_s = once[_i].after_s,
        .tries = once[_i].tries,
    };
    uint64_t after_ms;

    ck_assert_int_eq(push_verdict_of(&reply, &after_ms), once[_i].verdict);
    ck_assert_uint_eq(after_ms,
                      once[_i].verdict == PUSH_VERDICT_LATER ? once[_i].after_s * 1000u : 0);
}
END_TEST

START_TEST(back_off)
{
    static const uint64_t waits[] = { 2000, 4000, 8000, 16000, 32000, 32000, 32000 };
    struct push_reply     reply = { .status = 503, .tries = (uint32_t)_i + 1, .retries = 100 };
    uint64_t              after_ms;

    ck_assert_int_eq(push_verdict_of(&reply, &after_ms), PUSH_VERDICT_LATER);
    ck_assert_uint_eq(after_ms, waits[_i]);
}
END_TEST

Suite *test_push_verdict_suite(void)
{
    Suite *suite = suite_create("push_verdict");
    TCase *tcase = unit_tcase(suite, "push_verdict");

    unit_loop(tcase, answers, rows);
    tcase_add_loop_test(tcase, heeded_once, 0, 6);
    tcase_add_loop_test(tcase, back_off, 0, 7);
    return suite;
}
