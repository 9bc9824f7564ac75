/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_job.c -- orders in pager mode, and what answers and silence mean to them. */
#include "push_unit.h"

#include "unit.h"

static struct push_content texts[4];

static void make_texts(void)
{
    texts[0] = push_unit_content("", "text/plain", unit_text("hello"), true);
    texts[1] = push_unit_content("", "text/plain;charset=utf-8",
                                 unit_text("Gr\xc3\xbc\xc3\x9f"
                                           "e"),
                                 true);
    texts[2] = push_unit_content("a \"b\".txt", "text/plain", unit_text("a file"), true);
    texts[3] = push_unit_content("", "", unit_text(""), true);
}

/* 3428-4-1, 3428-4-2, 3428-8-3: one after the other, each its own MESSAGE */
START_TEST(pager)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_texts();
    unit_err(push_unit_order(unit, PUSH_PAGER, _i != 0, texts, 4), SP_OK);
    push_unit_finish(unit);
    for (int i = 0; i < 4; i++) {
        push_unit_delivered(unit, i, i);
        ck_assert_uint_eq(unit->outs[i].status, 200);
    }
    ck_assert_int_eq(unit->offered, 4);
    ck_assert_str_eq(unit->ins[1].type, "text/plain;charset=utf-8");
    ck_assert_str_eq(unit->ins[2].name, "a \"b\".txt");
    ck_assert_str_eq(unit->ins[3].type, "text/plain");
    ck_assert_str_eq(unit->ins[0].from, "sip:alice@192.0.2.1");
    ck_assert_str_eq(unit->words, "OFFERED 0, DELIVERED 0, OK 0, OFFERED 1, DELIVERED 1, OK 1, "
                                  "OFFERED 2, DELIVERED 2, OK 2, OFFERED 3, DELIVERED 3, OK 3, "
                                  "ENDED 7");
    ck_assert_int_eq(push_unit_count(unit, "MESSAGE sip:bob@192.0.2.2 SIP/2.0"), 4);
    ck_assert_int_eq(push_unit_count(unit, "\r\nContact:"), 0);
    ck_assert_uint_eq(unit->rtt_us, 2000);
}
END_TEST

/* Two orders to the same URI do not overlap either: 3428-8-3 */
START_TEST(pager_orders_wait)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_texts();
    unit->hold = true;
    unit_err(push_unit_order(unit, PUSH_PAGER, false, texts, 1), SP_OK);
    unit_err(push_unit_order(unit, PUSH_PAGER, false, texts, 1), SP_OK);
    push_unit_run(unit, 400);
    ck_assert_int_eq(unit->offered, 1);
    unit_err(push_receiver_decide(unit->receiver, unit->now_us, unit->ins[0].push, 200, 0), SP_OK);
    push_unit_run(unit, 400);
    ck_assert_int_eq(unit->offered, 2);
    unit_err(push_receiver_decide(unit->receiver, unit->now_us, unit->ins[1].push, 200, 0), SP_OK);
    push_unit_run(unit, 400);
    ck_assert_int_eq(unit->ended, 2);
}
END_TEST

static const struct answer_row {
    uint16_t    status; /* of the first of two */
    enum sp_err first, second;
    uint16_t    second_status;
} answers[] = {
    { 200, SP_OK, SP_OK, 200 },
    { 413, SP_REFUSED, SP_OK, 200 }, /* about this content: the next one may go */
    { 415, SP_REFUSED, SP_OK, 200 },
    { 603, SP_REFUSED, SP_OK, 200 },
    { 488, SP_REFUSED, SP_OK, 200 },
    { 404, SP_REFUSED, SP_REFUSED, 404 }, /* about the target: there is no use */
    { 486, SP_REFUSED, SP_REFUSED, 486 },
    { 503, SP_REFUSED, SP_REFUSED, 503 },
    { 600, SP_REFUSED, SP_REFUSED, 600 },
};

START_TEST(pager_refused)
{
    const struct answer_row *row = &answers[_i];
    struct push_unit        *unit = push_unit_new(NULL, NULL, NULL);

    make_texts();
    unit->decide[0] = row->status;
    unit_err(push_unit_order(unit, PUSH_PAGER, false, texts, 2), SP_OK);
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, row->first);
    ck_assert_uint_eq(unit->outs[0].status, row->status);
    unit_err(unit->outs[1].err, row->second);
    ck_assert_uint_eq(unit->outs[1].status, row->second_status);
    ck_assert_uint_gt(strlen(unit->outs[0].reason), 0);
}
END_TEST

static const struct hand_row {
    const char *status;
    enum sp_err err;
    uint16_t    number;
} hands[] = {
    { "200 OK", SP_OK, 200 },
    { "202 Accepted", SP_PENDING, 202 }, /* 3428-4-4: never counted as delivered */
    { "299 Whatever", SP_OK, 299 },
    { "302 Moved Temporarily", SP_REFUSED, 302 },
    { "480 Temporarily Unavailable", SP_REFUSED, 480 },
    { "699 No", SP_REFUSED, 699 },
};

START_TEST(pager_by_hand)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_texts();
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_PAGER, false, texts, 1), SP_OK);
    push_unit_run(unit, 100);
    push_unit_hand_answer(unit, "MESSAGE", "100 Trying", "", "");
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->ended, 0);
    push_unit_hand_answer(unit, "MESSAGE", hands[_i].status, "", "");
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, hands[_i].err);
    ck_assert_uint_eq(unit->outs[0].status, hands[_i].number);
    ck_assert_str_eq(unit->outs[0].reason, strchr(hands[_i].status, ' ') + 1);
}
END_TEST

/* One content is given up while its MESSAGE is under way: the answer is not the next one's. */
START_TEST(pager_given_up)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_texts();
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_PAGER, false, texts, 2), SP_OK);
    push_unit_run(unit, 100);
    unit_err(push_sender_abort_content(unit->sender, unit->now_us, unit->order, 0), SP_OK);
    push_unit_run(unit, 100);
    push_unit_hand_answer(unit, "MESSAGE", _i == 0 ? "200 OK" : "603 Decline", "", "");
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->outs[1].ended, 0);
    push_unit_hand_answer(unit, "MESSAGE", _i == 0 ? "415 No" : "200 OK", "", "");
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, SP_INTERRUPTED);
    unit_err(unit->outs[1].err, _i == 0 ? SP_REFUSED : SP_OK);
}
END_TEST

/* Silence: Timer F or B, for all contents at once. */
START_TEST(silence)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    uint64_t          from_us = unit->now_us;

    make_texts();
    unit->deaf[PUSH_UNIT_RECEIVER] = true;
    unit_err(push_unit_order(unit, _i == 0 ? PUSH_PAGER : PUSH_SESSION, false, texts, 3), SP_OK);
    push_unit_run(unit, 32100);
    ck_assert_int_eq(unit->ended, 1);
    for (int i = 0; i < 3; i++) {
        unit_err(unit->outs[i].err, SP_TIMEOUT);
        ck_assert_str_eq(unit->outs[i].timer, _i == 0 ? "F" : "B");
    }
    ck_assert_uint_eq(unit->rtt_us, 0);
    ck_assert_uint_ge(unit->now_us - from_us, 32000000);
    push_unit_run(unit, 60000);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
}
END_TEST

START_TEST(no_such_name)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_texts();
    unit_err(push_unit_order_to(
                 unit, _i / 2 == 0 ? "sip:bob@nobody.example.com" : "sip:bob@receiver.example.com",
                 _i % 2 == 0 ? PUSH_PAGER : PUSH_SESSION, false, texts, 2),
             SP_OK);
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, _i / 2 == 0 ? SP_RESOLVE : SP_OK);
    unit_err(unit->outs[1].err, _i / 2 == 0 ? SP_RESOLVE : SP_OK);
}
END_TEST

/* Given up before it was answered. */
START_TEST(abort_early)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_texts();
    unit->hold = true;
    unit_err(push_unit_order(unit, _i == 0 ? PUSH_PAGER : PUSH_SESSION, false, texts + 2, 1),
             SP_OK);
    push_unit_run(unit, 300);
    ck_assert_int_eq(unit->offered, 1);
    unit_err(push_sender_abort(unit->sender, unit->now_us, unit->order), SP_OK);
    push_unit_run(unit, 10);
    ck_assert_int_eq(unit->ended, 1);
    unit_err(unit->outs[0].err, SP_INTERRUPTED);
    unit_err(push_sender_abort(unit->sender, unit->now_us, unit->order), SP_STALE);
    push_unit_run(unit, 1000);
    if (_i == 1) {
        ck_assert_int_eq(push_unit_count(unit, "CANCEL sip:"), 1);
        ck_assert_int_eq(unit->ins[0].failed, 1);
        unit_err(unit->ins[0].err, SP_INTERRUPTED);
    } else {
        unit_err(push_receiver_decide(unit->receiver, unit->now_us, unit->ins[0].push, 200, 0),
                 SP_OK);
    }
    push_unit_run(unit, 100000);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
}
END_TEST

/* A provisional answer, and then nothing: given up after Timer C, with CANCEL. */
START_TEST(never_answered)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    uint64_t          from_us;

    make_texts();
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, false, texts, 2), SP_OK);
    push_unit_run(unit, 100);
    push_unit_hand_answer(unit, "INVITE", "100 Trying", "", "");
    from_us = unit->now_us;
    if (_i == 1) {
        push_unit_run(unit, 39000);
        push_unit_hand_answer(unit, "INVITE", "180 Ringing", "", "");
        from_us = unit->now_us;
    }
    while (unit->ended == 0)
        push_unit_run(unit, 500);
    ck_assert_uint_ge(unit->now_us - from_us, _i == 0 ? 40000000 : 181000000);
    ck_assert_uint_lt(unit->now_us - from_us, _i == 0 ? 41000000 : 182000000);
    unit_err(unit->outs[0].err, SP_TIMEOUT);
    unit_err(unit->outs[1].err, SP_TIMEOUT);
    ck_assert_str_eq(unit->outs[0].timer, _i == 0 ? "TRYING" : "C");
    push_unit_run(unit, 100);
    ck_assert_uint_gt(push_unit_hand_got(unit, "CANCEL").len, 0);
}
END_TEST

/* The answer makes us passive, and nobody connects. */
START_TEST(never_up)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    uint64_t          from_us;

    make_texts();
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, true, texts + 1, 2),
             SP_OK);
    push_unit_run(unit, 100);
    from_us = unit->now_us;
    push_unit_hand_answer(unit, "INVITE", "200 OK", "",
                          "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
                          "m=message 9 TCP/MSRP *\na=recvonly\na=setup:active\n"
                          "a=accept-types:*\na=path:msrp://192.0.2.3:9/x;tcp\n"
                          "m=message 9 TCP/MSRP *\na=recvonly\na=setup:active\n"
                          "a=accept-types:*\na=path:msrp://192.0.2.3:9/y;tcp\n"
                          "a=file-selector:%F\na=file-transfer-id:%T\n");
    while (unit->ended == 0)
        push_unit_run(unit, 100);
    ck_assert_uint_ge(unit->now_us - from_us, 30000000);
    ck_assert_uint_lt(unit->now_us - from_us, 33000000);
    for (int i = 0; i < 2; i++) {
        unit_err(unit->outs[i].err, SP_TIMEOUT);
        ck_assert_str_eq(unit->outs[i].timer, "MSRP set-up");
    }
    ck_assert_uint_gt(push_unit_hand_got(unit, "BYE").len, 0);
}
END_TEST

/* The octets arrive, and the report does not. */
START_TEST(never_reported)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_texts();
    unit->hold_stored = true;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, texts + 2, 2), SP_OK);
    push_unit_run(unit, 59000);
    ck_assert_int_eq(unit->outs[0].ended, 0);
    unit->hold_stored = false;
    push_unit_run(unit, 2000);
    ck_assert_int_eq(unit->outs[0].ended, 1);
    unit_err(unit->outs[0].err, SP_TIMEOUT);
    ck_assert_str_eq(unit->outs[0].timer, "MSRP report");
    ck_assert_int_eq(unit->ins[0].failed, 1);
    push_unit_finish(unit);
    push_unit_delivered(unit, 1, 1);
}
END_TEST

Suite *test_push_job_suite(void)
{
    Suite *suite = suite_create("push_job");
    TCase *tcase = unit_tcase(suite, "push_job");

    tcase_add_loop_test(tcase, pager, 0, 2);
    tcase_add_test(tcase, pager_orders_wait);
    unit_loop(tcase, pager_refused, answers);
    unit_loop(tcase, pager_by_hand, hands);
    tcase_add_loop_test(tcase, pager_given_up, 0, 2);
    tcase_add_loop_test(tcase, silence, 0, 2);
    tcase_add_loop_test(tcase, no_such_name, 0, 4);
    tcase_add_loop_test(tcase, abort_early, 0, 2);
    tcase_add_loop_test(tcase, never_answered, 0, 2);
    tcase_add_test(tcase, never_up);
    tcase_add_test(tcase, never_reported);
    return suite;
}
