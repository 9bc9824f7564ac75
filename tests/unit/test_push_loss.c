/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_loss.c -- a connection that is lost under large chunks: what it carried is
 * offered again, and goes in small ones. RFC 4975 5.4, 7.1.1. */
#include <stdio.h>
#include <string.h>

#include "push_unit.h"
#include "unit.h"

/* More than a chunk of 2,048 octets with its head. */
#define NARROW 4000

static struct push_content one(const char *name, size_t octets)
{
    return push_unit_content(name, "text/plain", push_unit_pattern(octets, 3), false);
}

static void whole(const struct push_unit *unit, int in, int out)
{
    const struct push_unit_out *sent = &unit->outs[out];

    ck_assert_int_eq(unit->ins[in].delivered, 1);
    ck_assert_uint_eq(unit->ins[in].extent, sent->octets.len);
    ck_assert_int_eq(memcmp(unit->ins[in].octets, sent->octets.at, sent->octets.len), 0);
    ck_assert_int_eq(sent->ended, 1);
    unit_err(sent->err, SP_OK);
}

/* Something on the way drops connections under large frames: the first try is lost, the second one
 * goes through, in new sessions of the same dialog. A content that is no file keeps its Message-ID,
 * 4975-5.4-14; URIs are new, 4975-5.4-13, 4975-5.4-18, 4975-7.3.2-5. */
START_TEST(retried)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content content = one(_i == 0 ? "a" : "", 50000);

    unit->narrow = NARROW;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &content, 1), SP_OK);
    push_unit_finish(unit);
    ck_assert_int_eq(unit->connections, 2);
    whole(unit, unit->offered - 1, 0);
    ck_assert_int_eq(unit->outs[0].started, 2);
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), 2);
    ck_assert_int_eq(push_unit_count(unit, "BYE sip:"), 1);
    ck_assert_int_eq(unit->id_count, 1);
    push_unit_nothing_left(unit);
}
END_TEST

/* In parallel and in sequence: each of them arrives, once. */
START_TEST(several)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content contents[] = { one("a", 9000), one("b", 100), one("c", 70000) };

    for (unsigned i = 0; i < 3; i++)
        unit->outs[i].octets = push_unit_pattern((size_t)contents[i].octets, i);
    unit->narrow = NARROW;
    unit_err(push_unit_order(unit, PUSH_SESSION, _i == 0, contents, 3), SP_OK);
    push_unit_finish(unit);
    for (int i = 0; i < 3; i++) {
        int delivered = 0;

        unit_err(unit->outs[i].err, SP_OK);
        for (int k = 0; k < unit->offered; k++)
            if (unit->ins[k].delivered > 0 && unit->ins[k].name[0] == 'a' + i) {
                whole(unit, k, i);
                delivered++;
            }
        ck_assert_int_eq(delivered, 1);
    }
    push_unit_nothing_left(unit);
}
END_TEST

/* A second loss is the end, told as it was. */
START_TEST(lost_again)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content content = one("a", 50000);

    unit->narrow = 1500;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &content, 1), SP_OK);
    push_unit_finish(unit);
    ck_assert_int_eq(unit->connections, 2);
    ck_assert_int_eq(unit->outs[0].ended, 1);
    unit_err(unit->outs[0].err, SP_CLOSED);
    ck_assert_int_eq(unit->ins[0].delivered + unit->ins[1].delivered, 0);
    push_unit_nothing_left(unit);
}
END_TEST

/* What fits a small chunk was not lost by a large one. */
START_TEST(small_is_not_retried)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content content = one("a", 2048);

    unit->narrow = 1500;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &content, 1), SP_OK);
    push_unit_finish(unit);
    ck_assert_int_eq(unit->connections, 1);
    unit_err(unit->outs[0].err, SP_CLOSED);
    push_unit_nothing_left(unit);
}
END_TEST

/* The receiver does not want it again: what is told is how it was lost. */
START_TEST(refused_again)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content content = one("a", 50000);

    unit->narrow = NARROW;
    unit->decide[1] = 603;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &content, 1), SP_OK);
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, SP_CLOSED);
    ck_assert_uint_eq(unit->outs[0].status, 0);
    push_unit_nothing_left(unit);
}
END_TEST

/* The user gives up while it waits. */
START_TEST(given_up_meanwhile)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content content = one("a", 500000);

    unit->cut_after = 100000;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &content, 1), SP_OK);
    while (unit->ins[0].failed == 0)
        push_unit_run(unit, 10);
    ck_assert_int_eq(unit->outs[0].started, 1);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    unit_err(push_sender_abort(unit->sender, unit->now_us, unit->order), SP_OK);
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, SP_INTERRUPTED);
    push_unit_nothing_left(unit);
}
END_TEST

/* It was whole and delivered; its report was lost with the connection. It comes again, is
 * acknowledged, and not handed over twice: a message is not told at all, of a file, which was asked
 * about, it is told. 4975-5.4-15, 4975-5.4-16 */
START_TEST(not_handed_over_twice)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    bool                file = _i == 0;
    struct push_content content = one(file ? "a" : "", 50000);

    unit->hold_stored = true;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &content, 1), SP_OK);
    push_unit_run(unit, 500);
    ck_assert_int_eq(unit->ins[0].completes, 1);
    unit->delay_us = 50000;
    unit_err(push_receiver_stored(unit->receiver, unit->now_us, unit->ins[0].push, SP_OK), SP_OK);
    push_unit_cut(unit);
    unit->hold_stored = false;
    push_unit_drain(unit);
    push_unit_finish(unit);
    ck_assert_int_eq(unit->offered, file ? 2 : 1);
    ck_assert_int_eq(unit->ins[0].delivered, 1);
    if (file) {
        ck_assert_int_eq(unit->ins[1].delivered, 0);
        ck_assert_int_eq(unit->ins[1].failed, 1);
        unit_err(unit->ins[1].err, SP_REPEATED);
    }
    ck_assert_int_eq(unit->connections, 2);
    ck_assert_int_eq(unit->id_count, 1);
    unit_err(unit->outs[0].err, SP_OK);
    push_unit_nothing_left(unit);
}
END_TEST

Suite *test_push_loss_suite(void)
{
    Suite *suite = suite_create("push_loss");
    TCase *tcase = unit_tcase(suite, "push_loss");

    tcase_add_loop_test(tcase, retried, 0, 2);
    tcase_add_loop_test(tcase, several, 0, 2);
    tcase_add_test(tcase, lost_again);
    tcase_add_test(tcase, small_is_not_retried);
    tcase_add_test(tcase, refused_again);
    tcase_add_test(tcase, given_up_meanwhile);
    tcase_add_loop_test(tcase, not_handed_over_twice, 0, 2);
    return suite;
}
