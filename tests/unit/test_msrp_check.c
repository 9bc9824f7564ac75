/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_check.c -- what is wrong with a frame by itself: good and bad ones, and
 * where. RFC 4975 6, 7, 9, 14.1. */
#include "../../base/buf.h"
#include "msrp_check_unit.h"
#include "unit.h"

#define ID        "ab12cd34ef56"
#define RANGE     "Byte-Range: 1-5/5\r\n"
#define K         "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define K512      K K K K K K K K
#define OF_2048   K512 K512 K512 K512
#define OK        "MSRP " ID " 200 OK\r\n" CHECK_TO CHECK_FROM
#define STATUS    "Status: 000 200 OK\r\n"
#define REPORT    CHECK_PATHS(ID, "REPORT") CHECK_ID RANGE
#define END(flag) CHECK_END(ID, flag)
#define BODY      CHECK_TYPE "hello\r\n"

static const struct msrp_check_row rows[] = {
    /* good ones */
    { CHECK_CHUNK(ID, RANGE, "hello", "$"), "" },
    { CHECK_CHUNK(ID, "Byte-Range: 1-*/*\r\n", "hello", "$"), "" },
    { CHECK_CHUNK(ID, "Byte-Range: 1-*/9\r\n", "hello", "+"), "" },
    { CHECK_CHUNK(ID, "Byte-Range: 1-*/9\r\n", "hello", "#"), "" },
    { CHECK_CHUNK(ID, "Byte-Range: 1-0/0\r\n", "", "$"), "" },
    { CHECK_CHUNK(ID, "Byte-Range: 1-0/9\r\n", "", "#"), "" },
    { CHECK_CHUNK(ID, "Byte-Range: 1-2048/4000\r\n", OF_2048, "+"), "" },
    { CHECK_CHUNK(ID, "Byte-Range: 1-*/2050\r\n", OF_2048 "xx", "$"), "" },
    { CHECK_PATHS(ID, "SEND") END("$"), "" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID END("$"), "" },
    { CHECK_PATHS(ID, "AUTH") END("$"), "" },
    { OK END("$"), "" },
    { REPORT STATUS END("$"), "" },
    { REPORT "Status: 000 413\r\n" BODY END("$"), "" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID                            RANGE
      "Content-ID: <a@b>\r\nContent-Disposition: render\r\n" BODY END("$"),
      "" },
    /* the grammar: the first thing that does not match */
    { "MSRP " ID " SEND\r\n" CHECK_TO "From-Path: m~rsp://b:2/0123456789abcdef;tcp\r\n" END("$"),
      "E 4975 9 msrp-scheme\n" },
    { "MSRP " ID " ~send\r\n" CHECK_TO CHECK_FROM END("$"), "E 4975 9 method\n" },
    { "MSRP " ID " ~20 OK\r\n" CHECK_TO CHECK_FROM END("$"), "E 4975 9 status-code\n" },
    { CHECK_PATHS(ID, "SEND") "Message-ID: ~-bad-\r\n" END("$"), "E 4975 9 Message-ID\n" },
    { CHECK_PATHS(ID, "SEND") "Byte-Range: ~0-5/5\r\n" END("$"), "E 4975 9 range-start\n" },
    { CHECK_PATHS(ID, "SEND") "Byte-Range: 1-~x/5\r\n" END("$"), "E 4975 9 range-end\n" },
    { CHECK_PATHS(ID, "SEND") "Byte-Range: 5-~3/9\r\n" END("$"), "E 4975 7.1.1 range-end\n" },
    { CHECK_PATHS(ID, "SEND") "Byte-Range: 1-9/~8\r\n" END("$"), "E 4975 7.1.1 total\n" },
    { CHECK_PATHS(ID, "SEND") "Success-Report: ~maybe\r\n" END("$"), "E 4975 9 Success-Report\n" },
    { CHECK_PATHS(ID, "SEND") "Failure-Report: ~maybe\r\n" END("$"), "E 4975 9 Failure-Report\n" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID "~" CHECK_ID END("$"), "E 4975 9 header\n" },
    { CHECK_PATHS(ID, "SEND") "~ folded\r\n" END("$"), "E 4975 9 hname\n" },
    { CHECK_PATHS(ID, "SEND") "Name~\r\n" END("$"), "E 4975 9 header\n" },
    { CHECK_PATHS(ID, "REPORT") "Status: ~000200\r\n" END("$"), "E 4975 9 namespace\n" },
    /* the paths */
    { "MSRP " ID " SEND\r\n~" CHECK_FROM CHECK_TO END("$"), "E 4975 7.1 To-Path\n" },
    { "MSRP " ID " SEND\r\n" CHECK_TO "~" CHECK_ID CHECK_FROM END("$"), "E 4975 7.1 From-Path\n" },
    { "MSRP " ID " SEND\r\n" CHECK_TO "~" END("$"), "E 4975 7.1 From-Path\n" },
    { "MSRP " ID " SEND\r\nTo-Path: ~msrp://192.0.2.1/0123456789abcdef;tcp\r\n" CHECK_FROM END("$"),
      "E 4975 6 authority\n" },
    { "MSRP " ID " SEND\r\nTo-Path: msrp://r.example.com/0123456789abcdef;tcp "
      "~msrp://a:b@h:1/0123456789abcdef;tcp\r\n" CHECK_FROM END("$"),
      "E 4975 6 userinfo\n" },
    { "MSRP " ID " SEND\r\nTo-Path: ~msrp://h:1/0123456789abcdef;sctp\r\n" CHECK_FROM END("$"),
      "W 4975 6 transport\n" },
    { "MSRP " ID
      " SEND\r\nTo-Path: msrp://r:1/0123456789abcdef;tcp ~msrp://h:1;tcp\r\n" CHECK_FROM END("$"),
      "W 4975 6 session-id\n" },
    { "MSRP " ID " SEND\r\n" CHECK_TO "From-Path: ~msrp://h:1/short;tcp "
      "msrp://h:1/short;tcp\r\n" END("$"),
      "W 4975 14.1 session-id\n" },
    { "MSRP ~short SEND\r\n" CHECK_TO CHECK_FROM CHECK_END("short", "$"),
      "W 4975 7.1 transact-id\n" },
    /* spaces */
    { CHECK_PATHS(ID, "SEND") "Message-ID:~12345678\r\n" END("$"), "E 4975 9 header\n" },
    { CHECK_PATHS(ID, "SEND") "Message-ID: ~ 12345678\r\n" END("$"), "E 4975 9 header\n" },
    { CHECK_PATHS(ID, "SEND") "Message-ID: 12345678~ \r\n" END("$"), "E 4975 9 Message-ID\n" },
    { CHECK_PATHS(ID, "SEND") "X-Text: a text that ends in space \r\n" END("$"), "" },
    /* SEND: 4975-7.1-3, 4975-7.1-4, 4975-7.1-7, 4975-7.1.1-2, 4975-7.1.1-25 */
    { CHECK_PATHS(ID, "SEND") CHECK_ID RANGE "~\r\nhello\r\n" END("$"), "E 4975 7.1\n" },
    { CHECK_PATHS(ID, "SEND") RANGE "Content-Type: text/plain\r\n~\r\nhello\r\n" END("$"),
      "E 4975 7.1.1\n" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID RANGE
      "Content-Type: text/plain\r\n~X-More: 1\r\n\r\nhello\r\n" END("$"),
      "E 4975 7.1\n" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID "Content-ID: <a@b>\r\n~" RANGE BODY END("$"),
      "E 4975 9 content-stuff\n" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID RANGE "~Content-Transfer-Encoding: base64\r\n" BODY END("$"),
      "E 4975 7.1.1\n" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID "~Content-Type: text/plain\r\n" END("$"), "E 4975 7.1\n" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID "~Content-ID: <a@b>\r\n" END("$"), "E 4975 7.1\n" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID "Status: ~000 200 OK\r\n" END("$"), "W 4975 7.1.2\n" },
    { CHECK_PATHS(ID, "SEND") "~" END("+"), "E 4975 7.1 continuation-flag\n" },
    /* Byte-Range: 4975-7.1.1-11 to 4975-7.1.1-18, 4975-7.1-11 to 4975-7.1-13, 4975-7.1.1-21 */
    { CHECK_PATHS(ID, "SEND") CHECK_ID "Content-Type: text/plain\r\n~\r\nhello\r\n" END("$"),
      "W 4975 7.1.1\n" },
    { CHECK_CHUNK(ID, "Byte-Range: ~1-4/5\r\n", "hello", "$"), "E 4975 7.1.1 range-end\n" },
    { CHECK_CHUNK(ID, "Byte-Range: ~1-9/9\r\n", "hello", "+"), "E 4975 7.1.1 range-end\n" },
    { CHECK_CHUNK(ID, "Byte-Range: ~1-*/4\r\n", "hello", "$"), "E 4975 7.1.1 total\n" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID "Byte-Range: 1-*/9\r\n" BODY "~" END("$"),
      "E 4975 7.1 continuation-flag\n" },
    { CHECK_PATHS(ID, "SEND") CHECK_ID RANGE BODY "~" END("+"), "E 4975 7.1 continuation-flag\n" },
    { CHECK_CHUNK(ID, "Byte-Range: ~1-5/9\r\n", "hello", "+"), "W 4975 7.1.1\n" },
    { CHECK_CHUNK(ID, "Byte-Range: ~1-2049/2049\r\n", OF_2048 "x", "$"),
      "E 4975 7.1.1 range-end\n" },
    { CHECK_CHUNK(ID, "Byte-Range: ~5-4/9\r\n", "", "#"), "E 4975 7.1.1 range-start\n" },
    /* REPORT: 4975-7.1.2-1, 4975-7.1.2-2, 4975-7.1.2-6, 4975-7.1.4-6, 4975-7.1-6 */
    { CHECK_PATHS(ID, "REPORT") RANGE STATUS "~" END("$"), "E 4975 7.1.2\n" },
    { REPORT "~" END("$"), "E 4975 7.1.2\n" },
    { CHECK_PATHS(ID, "REPORT") CHECK_ID STATUS "~" END("$"), "W 4975 7.1.4\n" },
    { REPORT STATUS "~Success-Report: yes\r\n" END("$"), "E 4975 7.1.2\n" },
    { REPORT STATUS "~Failure-Report: no\r\n" END("$"), "E 4975 7.1.2\n" },
    { REPORT "Status: ~001 200 OK\r\n" END("$"), "N 4975 7.1.3 namespace\n" },
    /* other methods, and responses */
    { CHECK_PATHS(ID, "~NICKNAME") END("$"), "N 4975 12 other-method\n" },
    { "MSRP " ID " ~299 Hm\r\n" CHECK_TO CHECK_FROM END("$"), "N 4975 10\n" },
    { OK "~" END("+"), "E 4975 7.2 continuation-flag\n" },
    { OK "~\r\nhello\r\n" END("$"), "E 4975 9 msrp-response\n" },
    /* several at once, by their places */
    { "MSRP ~short SEND\r\nTo-Path: ~~msrp://192.0.2.1/short;tcp\r\n" CHECK_FROM
      "Byte-Range: ~1-4/5\r\nContent-Type: text/plain\r\n~\r\nhello\r\n" CHECK_END("short", "$"),
      "W 4975 7.1 transact-id\nE 4975 6 authority\nW 4975 14.1 session-id\n"
      "E 4975 7.1.1 range-end\nE 4975 7.1.1\n" },
};

START_TEST(row)
{
    msrp_check_row(&rows[_i]);
}
END_TEST

/* 4975-7.1-6: so much in a body is of SEND alone. */
START_TEST(large_report)
{
    struct msrp_check  *check = unit_room(sizeof *check);
    struct msrp_checked frame = { .head = unit_text(REPORT STATUS "Content-Type: text/plain\r\n"),
                                  .has_body = true,
                                  .body_octets = 10240 + (uint64_t)_i,
                                  .flag = '$' };

    msrp_check_init(check);
    msrp_check_frame(check, &frame);
    ck_assert_uint_eq(check->count, (unsigned)_i);
    if (_i == 0)
        return;
    ck_assert_uint_eq(check->findings[0].octet, frame.head.len);
    ck_assert_str_eq(check->findings[0].clause, "RFC 4975 7.1");
}
END_TEST

/* More is wrong than is told. */
START_TEST(too_many)
{
    char               *room = unit_room(8192);
    struct sp_buf       to = sp_buf(room, 8192);
    struct msrp_check  *check = unit_room(sizeof *check);
    struct msrp_checked frame = { .flag = '$' };

    msrp_check_init(check);
    sp_put_text(&to, CHECK_PATHS(ID, "SEND"));
    for (int i = 0; i < 40; i++)
        sp_put_text(&to, "X:1\r\n");
    frame.head = sp_written(&to);
    msrp_check_frame(check, &frame);
    ck_assert_uint_eq(check->count, MSRP_CHECK_FINDINGS);
}
END_TEST

Suite *test_msrp_check_suite(void)
{
    Suite *suite = suite_create("msrp_check");
    TCase *tcase = unit_tcase(suite, "msrp_check");

    unit_loop(tcase, row, rows);
    tcase_add_loop_test(tcase, large_report, 0, 2);
    tcase_add_test(tcase, too_many);
    return suite;
}
