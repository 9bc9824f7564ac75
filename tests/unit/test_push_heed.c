/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_heed.c -- requests made again, and in the other mode, as answers ask for. */
#include <stdio.h>

#include "push_unit.h"
#include "ua_unit.h"
#include "unit.h"

#define TO  "sip:carol@192.0.2.3"
#define TOP "v=0\no=- 1 2 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"

static struct push_content texts[2];

static struct push_unit *ordered(enum push_mode mode, uint32_t count, uint32_t retries)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    texts[0] = push_unit_content("", "text/plain", unit_text("one"), true);
    texts[1] = push_unit_content("", "text/plain", unit_text("two"), true);
    unit->retries = retries;
    unit_err(push_unit_order_to(unit, TO, mode, false, texts, count), SP_OK);
    push_unit_run(unit, 100);
    return unit;
}

static const struct row {
    const char *status, *fields;
    uint32_t    earliest_ms, latest_ms; /* of the second try; 0: there is none */
} laters[] = {
    { "503 Service Unavailable", "", 2000, 2600 },
    { "503 Service Unavailable", "Retry-After: 10\r\n", 10000, 12600 },
    { "480 Temporarily Unavailable", "Retry-After: 5 (at lunch);duration=9\r\n", 5000, 6400 },
    { "486 Busy Here", "", 2000, 2600 },
    { "600 Busy Everywhere", "Retry-After: 1\r\n", 1000, 1400 },
    { "600 Busy Everywhere", "", 0, 0 },
    { "603 Decline", "Retry-After: 1\r\n", 0, 0 },
    { "404 Not Found", "", 0, 0 },
};

/* Pager mode and session mode alike. */
START_TEST(later)
{
    const struct row *row = &laters[_i / 2];
    enum push_mode    mode = _i % 2 == 0 ? PUSH_PAGER : PUSH_SESSION;
    const char       *method = _i % 2 == 0 ? "MESSAGE" : "INVITE";
    const char       *line = _i % 2 == 0 ? "MESSAGE sip:carol" : "INVITE sip:carol";
    struct push_unit *unit = ordered(mode, 1, 1);

    push_unit_hand_answer(unit, method, row->status, row->fields, "");
    push_unit_run(unit, 100);
    if (row->latest_ms == 0) {
        ck_assert_int_eq(unit->ended, 1);
        unit_err(unit->outs[0].err, SP_REFUSED);
        return;
    }
    ck_assert_int_eq(unit->ended, 0);
    push_unit_run(unit, row->earliest_ms - 110);
    ck_assert_int_eq(push_unit_count(unit, line), 1);
    for (uint32_t ms = row->earliest_ms; push_unit_count(unit, line) == 1; ms += 50) {
        ck_assert_uint_le(ms, row->latest_ms);
        push_unit_run(unit, 50);
    }
    ck_assert_int_eq(push_unit_count(unit, line), 2);
    push_unit_run(unit, 10);
    push_unit_hand_answer(unit, method, row->status, row->fields, "");
    push_unit_run(unit, 20000);
    ck_assert_int_eq(push_unit_count(unit, line), 2); /* once was allowed */
    ck_assert_int_eq(unit->ended, 1);
    unit_err(unit->outs[0].err, SP_REFUSED);
    ck_assert_uint_eq(unit->outs[0].status, strtoul(row->status, NULL, 10));
}
END_TEST

/* One try more where nobody asked for any, too: by the same name, for the 503 may be that of one
 * repetition, and another was taken. RFC 8262 */
START_TEST(later_by_its_name)
{
    struct push_unit *unit = ordered(PUSH_PAGER, 1, 0);
    char              first[128];
    struct sp_slice   got = push_unit_hand_got(unit, "MESSAGE"), name;

    name = ua_value(got, "Content-ID");
    ck_assert_uint_gt(name.len, strlen("<@sipush.invalid>") + 20);
    snprintf(first, sizeof first, "%.*s", SP_ARG(name));
    push_unit_hand_answer(unit, "MESSAGE", "503 Service Unavailable", "Retry-After: 3\r\n", "");
    push_unit_run(unit, 4000);
    ck_assert_int_eq(push_unit_count(unit, "MESSAGE sip:carol"), 2);
    name = ua_value(push_unit_hand_got(unit, "MESSAGE"), "Content-ID");
    unit_eq(name, first);
}
END_TEST

/* The second try gets through. */
START_TEST(later_delivered)
{
    struct push_unit *unit = ordered(PUSH_PAGER, 2, 1);

    for (int i = 0; i < 2; i++) {
        push_unit_hand_answer(unit, "MESSAGE", "503 Service Unavailable", "", "");
        push_unit_run(unit, 2700);
        push_unit_hand_answer(unit, "MESSAGE", "200 OK", "", "");
        push_unit_run(unit, 100);
        ck_assert_int_eq(unit->outs[i].ended, 1);
        unit_err(unit->outs[i].err, SP_OK);
    }
    ck_assert_int_eq(unit->ended, 1);
}
END_TEST

START_TEST(silence)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    uint64_t          from_us = unit->now_us;

    texts[0] = push_unit_content("", "text/plain", unit_text("one"), true);
    unit->retries = 2;
    unit->deaf[PUSH_UNIT_RECEIVER] = true;
    unit_err(push_unit_order(unit, PUSH_PAGER, false, texts, 1), SP_OK);
    push_unit_run(unit, 50000);
    ck_assert_int_eq(unit->ended, 0);
    if (_i == 0) {
        unit->deaf[PUSH_UNIT_RECEIVER] = false;
        push_unit_finish(unit);
        push_unit_delivered(unit, 0, 0);
        return;
    }
    while (unit->ended == 0)
        push_unit_run(unit, 1000);
    unit_err(unit->outs[0].err, SP_TIMEOUT);
    ck_assert_str_eq(unit->outs[0].timer, "F");
    ck_assert_uint_ge(unit->now_us - from_us, 3 * 32000000 + 6000000);
    ck_assert_uint_lt(unit->now_us - from_us, 3 * 32000000 + 10000000);
}
END_TEST

/* AUTO: what a MESSAGE could not carry goes by session; 413, 513, 415, 488. */
START_TEST(pager_to_session)
{
    static const char *const statuses[] = { "413 Request Entity Too Large", "513 Message Too Large",
                                            "415 Unsupported Media Type",
                                            "488 Not Acceptable Here" };
    struct push_unit        *unit = ordered(_i < 4 ? PUSH_AUTO : PUSH_PAGER, 1, 0);

    push_unit_hand_answer(unit, "MESSAGE", statuses[_i % 4], "", "");
    push_unit_run(unit, 100);
    if (_i >= 4) {
        unit_err(unit->outs[0].err, SP_REFUSED);
        return;
    }
    ck_assert_int_eq(unit->chosen, 2);
    ck_assert_int_eq(unit->mode, PUSH_SESSION);
    push_unit_hand_answer(unit, "INVITE", statuses[_i % 4], "", "");
    push_unit_run(unit, 100);
    unit_err(unit->outs[0].err, SP_REFUSED); /* and not back again */
    ck_assert_int_eq(unit->ended, 1);
}
END_TEST

/* And the reverse, for contents that are small. */
START_TEST(session_to_pager)
{
    struct push_unit *unit = ordered(_i == 0 ? PUSH_AUTO : PUSH_SESSION, 2, 0);

    ck_assert_int_eq(unit->mode, PUSH_SESSION);
    push_unit_hand_answer(unit, "INVITE", "488 Not Acceptable Here", "", "");
    push_unit_run(unit, 100);
    if (_i == 1) {
        unit_err(unit->outs[1].err, SP_REFUSED);
        return;
    }
    for (int i = 0; i < 2; i++) {
        push_unit_hand_answer(unit, "MESSAGE", "200 OK", "", "");
        push_unit_run(unit, 100);
        unit_err(unit->outs[i].err, SP_OK);
    }
    ck_assert_int_eq(unit->ended, 1);
}
END_TEST

/* A re-offer that is not taken now: the session stays, and is asked again. */
START_TEST(reoffer_later)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content files[2];

    for (unsigned i = 0; i < 2; i++)
        files[i] = push_unit_content("f", "image/png", push_unit_pattern(100, i), true);
    unit->retries = 1;
    unit_err(push_unit_order_to(unit, TO, PUSH_SESSION, false, files, 2), SP_OK);
    push_unit_run(unit, 100);
    push_unit_hand_answer(unit, "INVITE", "200 OK", "",
                          TOP "m=message 0 TCP/MSRP *\na=file-transfer-id:%T\n");
    push_unit_run(unit, 100);
    push_unit_hand_answer(unit, "INVITE", "503 Service Unavailable", "", "");
    push_unit_run(unit, 2700);
    ck_assert_int_ge(push_unit_count(unit, "INVITE sip:carol"), 3);
    ck_assert_uint_eq(push_unit_hand_got(unit, "BYE").len, 0);
    if (_i == 0)
        push_unit_hand_answer(unit, "INVITE", "503 Service Unavailable", "", "");
    else
        unit_err(push_sender_abort(unit->sender, unit->now_us, unit->order), SP_OK);
    push_unit_run(unit, 100);
    unit_err(unit->outs[1].err, _i == 0 ? SP_REFUSED : SP_INTERRUPTED);
    ck_assert_int_eq(unit->ended, 1);
    if (_i == 0)
        ck_assert_uint_gt(push_unit_hand_got(unit, "BYE").len, 0);
}
END_TEST

/* 3xx: followed, to where a Contact says; not around in a ring; not to nowhere. */
START_TEST(redirected)
{
    static const struct {
        const char *status, *fields;
        bool        found;
    } ways[] = {
        { "302 Moved Temporarily", "Contact: <sip:bob@192.0.2.2>\r\n", true },
        { "300 Multiple Choices", "Contact: <sip:carol@192.0.2.3>;q=0.9, <sip:bob@192.0.2.2>\r\n",
          true },
        { "301 Moved Permanently", "Contact: <mailto:bob@192.0.2.2>, <sip:bob@192.0.2.2>\r\n",
          true },
        { "302 Moved Temporarily", "Contact: <sip:carol@192.0.2.3>\r\n", false },
        { "302 Moved Temporarily", "", false },
        { "305 Use Proxy", "Contact: <sip:bob@192.0.2.2>\r\n", false },
        { "380 Alternative Service", "Contact: <sip:bob@192.0.2.2>\r\n", false },
    };
    enum push_mode    mode = _i % 2 == 0 ? PUSH_PAGER : PUSH_SESSION;
    const char       *method = _i % 2 == 0 ? "MESSAGE" : "INVITE";
    struct push_unit *unit = ordered(mode, 1, 0);

    push_unit_hand_answer(unit, method, ways[_i / 2].status, ways[_i / 2].fields, "");
    if (ways[_i / 2].found) {
        push_unit_finish(unit);
        push_unit_delivered(unit, 0, 0);
        return;
    }
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->ended, 1);
    unit_err(unit->outs[0].err, SP_REFUSED);
    ck_assert_uint_eq(unit->outs[0].status, strtoul(ways[_i / 2].status, NULL, 10));
    ck_assert_int_eq(push_unit_count(unit, _i % 2 == 0 ? "MESSAGE sip:" : "INVITE sip:"), 1);
}
END_TEST

/* Given up while it waits for its time. */
START_TEST(abort_paused)
{
    struct push_unit *unit = ordered(PUSH_PAGER, 1, 5);

    push_unit_hand_answer(unit, "MESSAGE", "503 Service Unavailable", "", "");
    push_unit_run(unit, 100);
    unit_err(push_sender_abort(unit->sender, unit->now_us, unit->order), SP_OK);
    push_unit_run(unit, 60000);
    ck_assert_int_eq(push_unit_count(unit, "MESSAGE sip:carol"), 1);
    ck_assert_int_eq(unit->ended, 1);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
}
END_TEST

Suite *test_push_heed_suite(void)
{
    Suite *suite = suite_create("push_heed");
    TCase *tcase = unit_tcase(suite, "push_heed");

    tcase_add_loop_test(tcase, later, 0, 2 * (int)UNIT_ROWS(laters));
    tcase_add_test(tcase, later_by_its_name);
    tcase_add_test(tcase, later_delivered);
    tcase_add_loop_test(tcase, silence, 0, 2);
    tcase_add_loop_test(tcase, pager_to_session, 0, 8);
    tcase_add_loop_test(tcase, session_to_pager, 0, 2);
    tcase_add_loop_test(tcase, reoffer_later, 0, 2);
    tcase_add_loop_test(tcase, redirected, 0, 14);
    tcase_add_test(tcase, abort_paused);
    return suite;
}
