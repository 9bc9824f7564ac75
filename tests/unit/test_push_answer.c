/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_answer.c -- offers written by hand, and the receiver's answers. */
#include <stdio.h>

#include "push_unit.h"
#include "unit.h"

#define TOP   "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
#define LINE  "m=message 7654 TCP/MSRP *\n"
#define PATH  "a=path:msrp://192.0.2.3:7654/jshA7weztas;tcp\n"
#define TYPES "a=accept-types:*\n"
#define FILE_ "a=file-selector:name:\"x\" type:image/png size:5\na=file-transfer-id:id1\n"
#define GOOD  LINE "a=sendonly\na=setup:actpass\n" TYPES PATH FILE_

static const struct row {
    const char *offer;
    const char *answer; /* its status line's start */
    int         offered;
    const char *lines; /* of the answer: every m= and a= but path, split by '|' */
} rows[] = {
    { TOP GOOD, "SIP/2.0 200", 1,
      "m=message 2855 TCP/MSRP *|a=recvonly|a=setup:passive|a=accept-types:*|"
      "a=file-selector:name:\"x\" type:image/png size:5|a=file-transfer-id:id1" },
    /* 5547-8.3.1-4: nothing of disposition, icon, date comes back */
    { TOP GOOD "a=file-disposition:attachment\na=file-date:creation:\"Mon, 15 May 2006 15:01:31 "
               "+0300\"\na=file-icon:cid:id2@x\n",
      "SIP/2.0 200", 1,
      "m=message 2855 TCP/MSRP *|a=recvonly|a=setup:passive|a=accept-types:*|"
      "a=file-selector:name:\"x\" type:image/png size:5|a=file-transfer-id:id1" },
    /* the offerer is passive: we connect; without setup it is active */
    { TOP LINE "a=sendonly\na=setup:passive\n" TYPES PATH FILE_, "SIP/2.0 200", 1,
      "m=message 2855 TCP/MSRP *|a=recvonly|a=setup:active|a=accept-types:*|"
      "a=file-selector:name:\"x\" type:image/png size:5|a=file-transfer-id:id1" },
    { TOP LINE "a=sendonly\n" TYPES PATH FILE_, "SIP/2.0 200", 1,
      "m=message 2855 TCP/MSRP *|a=recvonly|a=setup:passive|a=accept-types:*|"
      "a=file-selector:name:\"x\" type:image/png size:5|a=file-transfer-id:id1" },
    { TOP LINE "a=sendonly\na=setup:holdconn\n" TYPES PATH FILE_, "SIP/2.0 200", 1,
      "m=message 2855 TCP/MSRP *|a=recvonly|a=setup:passive|a=accept-types:*|"
      "a=file-selector:name:\"x\" type:image/png size:5|a=file-transfer-id:id1" },
    /* messages, and nobody to ask */
    { TOP LINE TYPES PATH, "SIP/2.0 200", 0,
      "m=message 2855 TCP/MSRP *|a=recvonly|a=setup:passive|a=accept-types:*" },
    /* other media are refused in their place */
    { TOP "m=audio 4000 RTP/AVP 0\n" GOOD "m=message 7654 TCP/TLS/MSRP *\n" TYPES
          "a=path:msrps://192.0.2.3:7654/x;tcp\n",
      "SIP/2.0 200", 1,
      "m=audio 0 RTP/AVP 0|m=message 2855 TCP/MSRP *|a=recvonly|a=setup:passive|a=accept-types:*|"
      "a=file-selector:name:\"x\" type:image/png size:5|a=file-transfer-id:id1|"
      "m=message 0 TCP/TLS/MSRP *" },
    /* a second file that has no id, or is ended, or cannot be read */
    { TOP GOOD LINE "a=sendonly\n" TYPES PATH "a=file-selector:size:5\n"
                    "m=message 0 TCP/MSRP *\na=file-selector:size:6\na=file-transfer-id:id3\n" LINE
                    "a=sendonly\n" TYPES PATH "a=file-selector:size:x\na=file-transfer-id:id4\n",
      "SIP/2.0 200", 1,
      "m=message 2855 TCP/MSRP *|a=recvonly|a=setup:passive|a=accept-types:*|"
      "a=file-selector:name:\"x\" type:image/png size:5|a=file-transfer-id:id1|"
      "m=message 0 TCP/MSRP *|a=recvonly|a=file-selector:size:5|"
      "m=message 0 TCP/MSRP *|a=file-selector:size:6|a=file-transfer-id:id3|"
      "m=message 0 TCP/MSRP *|a=file-selector:size:x|a=file-transfer-id:id4" },
    /* the whole file by range is the whole file */
    { TOP GOOD "a=file-range:1-5\n", "SIP/2.0 200", 1,
      "m=message 2855 TCP/MSRP *|a=recvonly|a=setup:passive|a=accept-types:*|"
      "a=file-selector:name:\"x\" type:image/png size:5|a=file-transfer-id:id1|a=file-range:1-5" },
    /* a part of a file, and nobody said that parts are taken; a hole; past the end */
    { TOP GOOD "a=file-range:3-*\n", "SIP/2.0 488", 0, "" },
    { TOP GOOD "a=file-range:1-4\n", "SIP/2.0 488", 0, "" },
    { TOP GOOD "a=file-range:6-*\n", "SIP/2.0 488", 0, "" },
    { TOP GOOD "a=file-range:1-6\n", "SIP/2.0 488", 0, "" },
    /* nothing that can be taken */
    { TOP "m=audio 4000 RTP/AVP 0\n", "SIP/2.0 488", 0, "" },
    { TOP, "SIP/2.0 488", 0, "" },
    { TOP "m=message 0 TCP/MSRP *\n", "SIP/2.0 488", 0, "" },
    { TOP LINE "a=recvonly\n" TYPES PATH FILE_, "SIP/2.0 488", 0, "" }, /* a pull */
    { TOP LINE "a=sendrecv\n" TYPES PATH FILE_, "SIP/2.0 488", 0, "" },
    { TOP LINE "a=inactive\n" TYPES PATH, "SIP/2.0 488", 0, "" },
    { TOP LINE "a=sendonly\n" TYPES PATH "a=file-selector\na=file-transfer-id:id\n", "SIP/2.0 488",
      0, "" },
    { TOP LINE "a=sendonly\n" PATH FILE_, "SIP/2.0 488", 0, "" },
    { TOP LINE "a=sendonly\n" TYPES FILE_, "SIP/2.0 488", 0, "" },
    { "v=0\nhello", "SIP/2.0 488", 0, "" },
    { "", "SIP/2.0 488", 0, "" }, /* no offer */
};

/* Every m= and a= line but path, split by '|'. */
static struct sp_slice lines_of(struct sp_slice message)
{
    static char   room[4096];
    struct sp_buf to = sp_buf(room, sizeof(room));

    message = sp_from(message, sp_find_slice(message, SP_LIT("\r\n\r\n")));
    while (message.len > 0) {
        struct sp_slice line = sp_head(message, sp_find_slice(message, SP_LIT("\r\n")));

        if ((sp_starts(line, SP_LIT("m=")) || sp_starts(line, SP_LIT("a="))) &&
            !sp_starts(line, SP_LIT("a=path:"))) {
            if (to.len > 0)
                sp_put_char(&to, '|');
            sp_put(&to, line);
        }
        message = sp_from(message, line.len + 2);
    }
    return sp_written(&to);
}

/* 3261-13.3.1.3-3, 3261-13.3.1.3-4 */
/* 5547-8.1-3, 5547-8.3-1, 5547-8.3.1-1, 5547-8.3.1-2, 5547-8.3.1-3, 5547-8.3.1-4, 5547-8.3.1-5 */
START_TEST(answer)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_slice   got, path;

    push_unit_hand_invite(unit, 1, rows[_i].offer);
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, rows[_i].answer);
    ck_assert_uint_gt(got.len, 0);
    ck_assert_int_eq(unit->offered, rows[_i].offered);
    unit_eq(lines_of(got), rows[_i].lines);
    path = push_unit_attribute(got, "path", 0);
    ck_assert_int_eq(path.len > 0, rows[_i].lines[0] != '\0');
    if (path.len > 0)
        ck_assert(sp_starts(path, SP_LIT("msrp://192.0.2.2:2855/")));
    if (rows[_i].lines[0] == '\0')
        ck_assert_uint_lt(sp_find_slice(got, SP_LIT("\r\nWarning: ")), got.len);
    push_unit_hand_ack(unit, 1);
    push_unit_run(unit, 10);
    push_unit_hand_bye(unit, 2);
    push_unit_run(unit, 100000);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
    for (int i = 0; i < unit->offered; i++)
        ck_assert_int_eq(unit->ins[i].failed, 1);
}
END_TEST

/* Parts of a file, where the user takes them. */
START_TEST(parts)
{
    static const struct {
        const char *range;
        uint64_t    offset;
        bool        taken;
    } ranges[] = { { "1-*", 0, true },  { "1-5", 0, true },  { "2-*", 1, true },
                   { "5-5", 4, true },  { "2-4", 0, false }, { "1-4", 0, false },
                   { "6-*", 0, false }, { "2-6", 0, false } };
    struct push_receiver_config config = { .resumes = true };
    struct push_unit           *unit = push_unit_new(NULL, NULL, &config);
    char                        offer[1024];
    struct sp_slice             got;

    snprintf(offer, sizeof(offer), "%sa=file-range:%s\n", TOP GOOD, ranges[_i].range);
    push_unit_hand_invite(unit, 1, offer);
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, ranges[_i].taken ? "SIP/2.0 200" : "SIP/2.0 488");
    ck_assert_uint_gt(got.len, 0);
    ck_assert_int_eq(unit->offered, ranges[_i].taken);
    ck_assert_uint_eq(unit->ins[0].offset, ranges[_i].offset);
    if (ranges[_i].taken)
        unit_eq(push_unit_attribute(got, "file-range", 0), ranges[_i].range);
}
END_TEST

/* What the configuration says stands in the answer, and decides about types before the user.
 * 4975-8.6-6, 4975-8.6-7 */
START_TEST(configured)
{
    struct push_receiver_config config = { .accept_types = SP_LIT("text/plain, image/png"),
                                           .max_size = 1000 };
    struct push_unit           *unit = push_unit_new(NULL, NULL, &config);

    push_unit_hand_invite(
        unit, 1, _i == 0 ? TOP GOOD : TOP LINE "a=sendonly\na=accept-types:video/mp4\n" PATH FILE_);
    push_unit_run(unit, 100);
    if (_i == 0) {
        unit_eq(lines_of(push_unit_hand_got(unit, "SIP/2.0 200")),
                "m=message 2855 TCP/MSRP *|a=recvonly|a=setup:passive|"
                "a=accept-types:text/plain image/png message/cpim|a=max-size:1000|"
                "a=file-selector:name:\"x\" type:image/png size:5|a=file-transfer-id:id1");
    } else {
        ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 488").len, 0);
        ck_assert_int_eq(unit->offered, 0);
    }
}
END_TEST

/* The statuses that the user gives. */
START_TEST(declined)
{
    static const uint16_t statuses[] = { 603, 413, 415, 480, 486, 606 };
    struct push_unit     *unit = push_unit_new(NULL, NULL, NULL);
    char                  start[32];

    unit->decide[0] = statuses[_i];
    unit->decide[1] = 603;
    push_unit_hand_invite(unit, 1,
                          TOP GOOD LINE "a=sendonly\n" TYPES PATH
                                        "a=file-selector:size:7\na=file-transfer-id:id2\n");
    push_unit_run(unit, 100);
    snprintf(start, sizeof(start), "SIP/2.0 %d ", statuses[_i]);
    ck_assert_uint_gt(push_unit_hand_got(unit, start).len, 0);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    ck_assert_uint_eq(unit->ins[0].status, statuses[_i]);
    ck_assert_int_eq(unit->ins[1].failed, 1);
    push_unit_hand_ack(unit, 1);
    push_unit_run(unit, 60000);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
}
END_TEST

/* OPTIONS: 5547-8.5-1, 5547-8.5-2, 5547-8.5-3 */
START_TEST(capabilities)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_slice   got;

    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER,
                        "OPTIONS sip:bob@192.0.2.2 SIP/2.0\n"
                        "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bK1\nMax-Forwards: 70\n"
                        "From: <sip:c@192.0.2.3>;tag=1\nTo: <sip:bob@192.0.2.2>\nCall-ID: 1\n"
                        "CSeq: 1 OPTIONS\nAccept: application/sdp\nContent-Length: 0\n\n");
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, "SIP/2.0 200");
    unit_eq(lines_of(got), "m=message 0 TCP/MSRP *|a=accept-types:*|a=file-selector");
    ck_assert_uint_lt(sp_find_slice(got, SP_LIT(";+sip.message;methods=\"")), got.len);
    ck_assert_uint_lt(sp_find_slice(got, SP_LIT("\r\nt=0 0\r\n")), got.len);
}
END_TEST

Suite *test_push_answer_suite(void)
{
    Suite *suite = suite_create("push_answer");
    TCase *tcase = unit_tcase(suite, "push_answer");

    unit_loop(tcase, answer, rows);
    tcase_add_loop_test(tcase, parts, 0, 8);
    tcase_add_loop_test(tcase, configured, 0, 2);
    tcase_add_loop_test(tcase, declined, 0, 6);
    tcase_add_test(tcase, capabilities);
    return suite;
}
