/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_query.c -- what a receiver tells by OPTIONS, and what is offered then. */
#include "push_unit.h"
#include "unit.h"

#define TOP  "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
#define MSRP "m=message 0 TCP/MSRP *\n"

enum after { OFFERED, REFUSED, PAGER, AGAIN };

static const struct row {
    const char *status, *fields, *body;
    bool        may_change; /* the order is AUTO, and small */
    enum after  after;
    const char *reason;
} rows[] = {
    { "200 OK", "", TOP MSRP "a=accept-types:*\na=file-selector\n", false, OFFERED, "" },
    { "200 OK", "", TOP MSRP "a=accept-types:image/* text/plain\na=file-selector\n", false, OFFERED,
      "" },
    { "200 OK", "", "", false, OFFERED, "" }, /* it tells nothing */
    { "200 OK", "", "hello", false, OFFERED, "" },
    { "405 Method Not Allowed", "", "", false, OFFERED, "" },
    { "501 Not Implemented", "", "", false, OFFERED, "" },
    { "200 OK", "", TOP MSRP "a=accept-types:*\n", false, REFUSED,
      "the receiver tells of no files" },
    { "200 OK", "", TOP MSRP "a=accept-types:text/plain\na=file-selector\n", false, REFUSED,
      "the receiver tells that it does not take the type" },
    { "200 OK", "", TOP MSRP "a=accept-types:*\na=max-size:5\na=file-selector\n", false, REFUSED,
      "the receiver tells that it takes nothing so large" },
    { "200 OK", "", TOP MSRP "a=accept-types:*\na=max-size:6\na=file-selector\n", false, OFFERED,
      "" },
    { "200 OK", "", TOP "m=audio 0 RTP/AVP 0\n", false, REFUSED,
      "the receiver tells of no sessions" },
    { "200 OK", "", TOP, false, REFUSED, "the receiver tells of no sessions" },
    { "200 OK", "", TOP, true, PAGER, "" },
    { "404 Not Found", "", "", false, REFUSED, "Not Found" },
    { "603 Decline", "", "", false, REFUSED, "Decline" },
    { "488 Not Acceptable Here", "", "", true, PAGER, "" },
    { "488 Not Acceptable Here", "", "", false, REFUSED, "Not Acceptable Here" },
    { "503 Service Unavailable", "Retry-After: 2\r\n", "", false, AGAIN, "" },
};

START_TEST(told)
{
    const struct row   *row = &rows[_i];
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content files[2];

    for (unsigned i = 0; i < 2; i++)
        files[i] = push_unit_content("f", "image/png", push_unit_pattern(6, i), true);
    unit->query = true;
    unit->retries = row->after == AGAIN;
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3",
                                row->may_change ? PUSH_AUTO : PUSH_SESSION, false, files, 2),
             SP_OK);
    push_unit_run(unit, 100);
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), 0);
    ck_assert_int_eq(push_unit_count(unit, "OPTIONS sip:carol"), 1);
    push_unit_hand_answer(unit, "OPTIONS", row->status, row->fields, row->body);
    push_unit_run(unit, 100);
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:") > 0, row->after == OFFERED);
    ck_assert_int_eq(push_unit_count(unit, "MESSAGE sip:") > 0, row->after == PAGER);
    ck_assert_int_eq(unit->ended, row->after == REFUSED);
    if (row->after == REFUSED) {
        unit_err(unit->outs[0].err, SP_REFUSED);
        unit_err(unit->outs[1].err, SP_REFUSED);
        ck_assert_str_eq(unit->outs[0].reason, row->reason);
    }
    if (row->after == AGAIN) {
        push_unit_run(unit, 2600);
        ck_assert_int_ge(push_unit_count(unit, "OPTIONS sip:carol"), 2);
    }
    (void)!push_sender_abort(unit->sender, unit->now_us, unit->order);
    push_unit_run(unit, 100000);
    ck_assert_int_eq(unit->ended, 1);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
}
END_TEST

/* The two agents: the receiver's own words rule out what it would refuse anyway. */
START_TEST(agents)
{
    struct push_receiver_config config = { .accept_types = SP_LIT("text/plain"), .max_size = 100 };
    struct push_unit           *unit = push_unit_new(NULL, NULL, &config);
    struct push_content         files[3];

    files[0] = push_unit_content("a", "text/plain", push_unit_pattern(50, 0), true);
    files[1] = push_unit_content("b", "text/plain", push_unit_pattern(500, 1), true);
    files[2] = push_unit_content("c", "image/png", push_unit_pattern(50, 2), true);
    unit->query = true;
    unit_err(push_unit_order(unit, PUSH_SESSION, _i == 1, files, 3), SP_OK);
    push_unit_finish(unit);
    push_unit_delivered(unit, 0, 0);
    unit_err(unit->outs[1].err, SP_REFUSED);
    unit_err(unit->outs[2].err, SP_REFUSED);
    ck_assert_int_eq(unit->offered, 1);
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), 1);
    ck_assert_int_eq(push_unit_count(unit, "OPTIONS sip:"), 1);
}
END_TEST

Suite *test_push_query_suite(void)
{
    Suite *suite = suite_create("push_query");
    TCase *tcase = unit_tcase(suite, "push_query");

    unit_loop(tcase, told, rows);
    tcase_add_loop_test(tcase, agents, 0, 2);
    return suite;
}
