/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_resume.c -- files that go on where their receiver says it stands. */
#include "../../base/io.h"
#include "push_unit.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define OCTETS 5000

static struct push_content files[4];

static struct push_unit *world(bool parts)
{
    static const char *const    names[] = { "a", "b", "c", "d" };
    struct push_receiver_config config = { .resumes = true };

    struct push_unit *unit = push_unit_new(NULL, NULL, &config);

    for (unsigned i = 0; i < 4; i++) {
        files[i] = push_unit_content(names[i], "image/png", push_unit_pattern(OCTETS, i), false);
        files[i].resume = true;
    }
    unit->parts = parts;
    return unit;
}

/* What came of the content that the receiver was offered as `in`: all from `offset` on. */
static void came(const struct push_unit *unit, int in, int out, uint64_t offset)
{
    const struct push_unit_in *one = &unit->ins[in];

    ck_assert_int_eq(one->delivered, 1);
    ck_assert_uint_eq(one->offset, offset);
    ck_assert_uint_eq(one->extent, OCTETS);
    ck_assert_int_eq(
        memcmp(one->octets + offset, unit->outs[out].octets.at + offset, (size_t)(OCTETS - offset)),
        0);
    unit_err(unit->outs[out].err, SP_OK);
    ck_assert_int_eq(unit->outs[out].ended, 1);
}

static const uint64_t have[] = { 0, 1, 4711, OCTETS - 2, OCTETS - 1 };

/* One file: the question costs an INVITE, unless all but the last octet is there. */
START_TEST(one)
{
    struct push_unit *unit = world(true);
    bool              guessed = have[_i] == OCTETS - 1;

    unit->have[0] = have[_i];
    unit_err(push_unit_order(unit, PUSH_SESSION, false, files, 1), SP_OK);
    push_unit_finish(unit);
    ck_assert_int_eq(unit->offered, guessed ? 1 : 2);
    came(unit, guessed ? 0 : 1, 0, have[_i]);
    ck_assert_uint_eq(unit->came, OCTETS - have[_i]);
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), guessed ? 1 : 2);
    push_unit_nothing_left(unit);
}
END_TEST

/* Several in one offer: each goes on from its own place; the lines keep their places. */
START_TEST(several)
{
    struct push_unit *unit = world(true);
    bool              parallel = _i % 2 == 0;
    static const int  rounds[2] = { 8, 6 };

    unit->have[0] = 100;
    unit->have[1] = _i < 2 ? OCTETS - 1 : 200; /* one is taken at once, or none */
    unit->have[2] = 0;
    unit->have[3] = _i < 2 ? OCTETS - 1 : 300;
    unit_err(push_unit_order(unit, PUSH_SESSION, parallel, files, 4), SP_OK);
    push_unit_finish(unit);
    ck_assert_int_eq(unit->offered, rounds[_i < 2]);
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < unit->offered; k++)
            if (unit->ins[k].delivered > 0 && unit->ins[k].name[0] == 'a' + i)
                came(unit, k, i, unit->have[i]);
        ck_assert_int_eq(unit->outs[i].ended, 1);
        unit_err(unit->outs[i].err, SP_OK);
    }
    if (parallel) /* four lines in each offer and answer, and in the 488 */
        ck_assert_int_eq(push_unit_count(unit, "m=message "), 16);
    push_unit_nothing_left(unit);
}
END_TEST

/* A receiver that takes no parts, or does not tell how far it is, gets all of it. */
START_TEST(all_of_it)
{
    static const char *const answers[][2] = {
        { "488 Not Acceptable Here", "" },
        { "488 Not Acceptable Here", "nonsense" },
        { "488 Not Acceptable Here",
          "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
          "m=message 0 TCP/MSRP *\na=file-selector\na=file-range:5001-*\n" },
        { "200 OK", "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
                    "m=message 0 TCP/MSRP *\na=file-selector:%F\na=file-transfer-id:%T\n" },
        { "200 OK",
          "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
          "m=message 2855 TCP/MSRP *\na=recvonly\na=setup:passive\na=accept-types:*\n"
          "a=path:msrp://192.0.2.3:2855/s;tcp\na=file-selector:%F\na=file-transfer-id:%T\n" },
    };
    struct push_unit *unit = world(false);
    struct sp_slice   got;

    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, false, files, 1), SP_OK);
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, "INVITE");
    unit_eq(push_unit_attribute(got, "file-range", 0), "5000-*");
    push_unit_hand_answer(unit, "INVITE", answers[_i][0], "", answers[_i][1]);
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, "INVITE");
    ck_assert_uint_gt(got.len, 0);
    ck_assert_uint_eq(push_unit_attribute(got, "file-range", 0).len, 0);
    ck_assert_int_eq(unit->outs[0].ended, 0);
}
END_TEST

/* The answer tells where: 488 with a description, or a line at port 0. */
START_TEST(told)
{
    static const char *const answers[][2] = {
        { "488 Not Acceptable Here",
          "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
          "m=message 0 TCP/MSRP *\na=file-selector:%F\na=file-range:1235-*\n" },
        { "200 OK", "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
                    "m=message 0 TCP/MSRP *\na=file-selector:%F\na=file-transfer-id:%T\n"
                    "a=file-range:1235-*\n" },
    };
    struct push_unit *unit = world(false);

    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, false, files, 1), SP_OK);
    push_unit_run(unit, 100);
    push_unit_hand_answer(unit, "INVITE", answers[_i][0], "", answers[_i][1]);
    push_unit_run(unit, 100);
    unit_eq(push_unit_attribute(push_unit_hand_got(unit, "INVITE"), "file-range", 0), "1235-*");
    /* A second refusal is one. */
    push_unit_hand_answer(unit, "INVITE", "488 Not Acceptable Here", "", "");
    push_unit_run(unit, 100);
    unit_err(unit->outs[0].err, SP_REFUSED);
    ck_assert_uint_eq(unit->outs[0].status, 488);
}
END_TEST

/* What is no question: other refusals, files of one octet, messages, a place that is given. */
START_TEST(no_question)
{
    struct push_unit *unit = world(true);

    unit->decide[0] = 603;
    unit->have[0] = OCTETS;
    if (_i == 1)
        files[0] = push_unit_content("a", "image/png", push_unit_pattern(1, 1), false);
    if (_i == 2)
        files[0] = push_unit_content("", "text/plain", push_unit_pattern(10, 1), false);
    if (_i == 3)
        files[0].offset = 77;
    unit->parts = _i != 2;
    files[0].resume = true;
    unit->decide[0] = _i == 0 ? 603 : 200;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, files, 1), SP_OK);
    push_unit_finish(unit);
    ck_assert_int_eq(unit->offered, 1);
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), 1);
    unit_err(unit->outs[0].err, _i == 0 ? SP_REFUSED : SP_OK);
}
END_TEST

Suite *test_push_resume_suite(void)
{
    Suite *suite = suite_create("push_resume");
    TCase *tcase = tcase_create("push_resume");

    tcase_add_loop_test(tcase, one, 0, sizeof(have) / sizeof(have[0]));
    tcase_add_loop_test(tcase, several, 0, 4);
    tcase_add_loop_test(tcase, all_of_it, 0, 5);
    tcase_add_loop_test(tcase, told, 0, 2);
    tcase_add_loop_test(tcase, no_question, 0, 4);
    suite_add_tcase(suite, tcase);
    return suite;
}
