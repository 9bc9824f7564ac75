/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_check_history.c -- does a frame agree with those before it: streams, and
 * where they go wrong. RFC 4975 7.1, 7.1.1. */
#include <stdio.h>

#include "msrp_check_unit.h"
#include "unit.h"

#define A "aaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbb"
#define C "cccccccccccccccc"
#define ELSE                                                                                       \
    "MSRP " B " SEND\r\nTo-Path: msrp://a.example.com:1/another0123456789;tcp\r\n" CHECK_FROM
#define PART1 CHECK_CHUNK(A, "Byte-Range: 1-*/9\r\n", "hello", "+")

static const struct msrp_check_row rows[] = {
    /* good ones: chunks in order, also cut by others; a message given up; both directions */
    { PART1 CHECK_CHUNK(B, "Byte-Range: 6-9/9\r\n", "you!", "$"), "" },
    { PART1 CHECK_PATHS(C, "SEND") CHECK_END(C, "$")
          CHECK_CHUNK(B, "Byte-Range: 6-*/9\r\n", "you!", "$"),
      "" },
    { CHECK_CHUNK(A, "Byte-Range: 1-*/*\r\n", "hello", "+")
          CHECK_CHUNK(B, "Byte-Range: 6-9/9\r\n", "you!", "$"),
      "" },
    { PART1 CHECK_CHUNK(B, "Byte-Range: 1-0/9\r\n", "", "#"), "" },
    { PART1 "MSRP " A " 200 OK\r\n" CHECK_TO CHECK_FROM CHECK_END(A, "$"), "" },
    /* another session may have the same Message-ID */
    { PART1 ELSE CHECK_ID "Byte-Range: 1-*/9\r\n" CHECK_TYPE "hello\r\n" CHECK_END(B, "+"), "" },
    /* 4975-7.1.1-16: in order, without gaps, nothing twice */
    { PART1 CHECK_CHUNK(B, "Byte-Range: ~7-9/9\r\n", "ou!", "$"), "E 4975 7.1.1 range-start\n" },
    { PART1 CHECK_CHUNK(B, "Byte-Range: ~5-*/9\r\n", "oyou!", "$"), "E 4975 7.1.1 range-start\n" },
    { PART1 CHECK_CHUNK(B, "Byte-Range: ~1-*/9\r\n", "hello", "+"), "E 4975 7.1.1 range-start\n" },
    /* 4975-7.1.1-11: the second has to have it */
    { PART1 CHECK_PATHS(B, "SEND") CHECK_ID
      "Content-Type: text/plain\r\n~~\r\nyou!\r\n" CHECK_END(B, "$"),
      "W 4975 7.1.1\nE 4975 7.1.1\n" },
    { PART1 CHECK_CHUNK(B, "Byte-Range: ~~6-9/10\r\n", "you!", "+"),
      "W 4975 7.1.1\nE 4975 7.1.1 total\n" },
    /* 4975-7.1.1-4: the same reports on all chunks */
    { PART1 CHECK_CHUNK(B, "Byte-Range: 6-9/9\r\nSuccess-Report: ~yes\r\n", "you!", "$"),
      "E 4975 7.1.1\n" },
    { PART1 CHECK_CHUNK(B, "Byte-Range: 6-9/9\r\nFailure-Report: ~no\r\n", "you!", "$"),
      "E 4975 7.1.1\n" },
    /* 4975-7.1-12: nothing behind '#'; 4975-7.1.1-1: an id of its own for each message */
    { CHECK_CHUNK(A, "Byte-Range: 1-*/9\r\n", "hello", "#")
          CHECK_PATHS(B, "SEND") "Message-ID: ~12345678.90\r\nByte-Range: 6-9/9\r\n" CHECK_TYPE
                                 "you!\r\n" CHECK_END(B, "$"),
      "E 4975 7.1\n" },
    { CHECK_CHUNK(A, "Byte-Range: 1-5/5\r\n", "hello", "$")
          CHECK_PATHS(B, "SEND") "Message-ID: ~12345678.90\r\nByte-Range: 1-5/5\r\n" CHECK_TYPE
                                 "hello\r\n" CHECK_END(B, "$"),
      "W 4975 7.1\n" },
    /* the stream begins in the middle of a message */
    { CHECK_CHUNK(B, "Byte-Range: ~6-9/9\r\n", "you!", "$"), "N 4975 7.1.1 range-start\n" },
    /* 4975-7.1-1 */
    { CHECK_PATHS(A, "SEND") CHECK_END(A, "$") "MSRP ~" A
                                               " SEND\r\n" CHECK_TO CHECK_FROM CHECK_END(A, "$"),
      "W 4975 7.1 transact-id\n" },
    /* 4975-7.1.2-8, 4975-7.1.4-2, 4975-7.1.4-3: what is not answered */
    { CHECK_PATHS(A, "REPORT") CHECK_ID "Byte-Range: 1-5/5\r\nStatus: 000 200\r\n" CHECK_END(
          A, "$") "~MSRP " A " 200 OK\r\n" CHECK_TO CHECK_FROM CHECK_END(A, "$"),
      "E 4975 7.1.2\n" },
    { CHECK_PATHS(A, "SEND") "Failure-Report: no\r\n" CHECK_END(
          A, "$") "~MSRP " A " 481 No\r\n" CHECK_TO CHECK_FROM CHECK_END(A, "$"),
      "E 4975 7.1.4\n" },
    { CHECK_PATHS(A, "SEND") "Failure-Report: partial\r\n" CHECK_END(
          A, "$") "~MSRP " A " 200 OK\r\n" CHECK_TO CHECK_FROM CHECK_END(A, "$"),
      "E 4975 7.1.4\n" },
    { CHECK_PATHS(A, "SEND") "Failure-Report: partial\r\n" CHECK_END(
          A, "$") "MSRP " A " 481 No\r\n" CHECK_TO CHECK_FROM CHECK_END(A, "$"),
      "" },
};

START_TEST(row)
{
    msrp_check_row(&rows[_i]);
}
END_TEST

/* More messages than are remembered: the oldest is judged as if it were new. */
START_TEST(remembers)
{
    struct msrp_check *check = unit_room(sizeof *check);
    char               head[512];

    msrp_check_init(check);
    for (int i = 0; i <= MSRP_CHECK_REMEMBERED; i++) {
        struct msrp_checked frame = { .has_body = true, .body_octets = 5, .flag = '+' };

        snprintf(head, sizeof head,
                 "MSRP transaction%04d SEND\r\n" CHECK_TO CHECK_FROM
                 "Message-ID: message%04d\r\nByte-Range: 1-*/9\r\nContent-Type: a/b\r\n",
                 i, i);
        frame.head = sp_str(head);
        msrp_check_frame(check, &frame);
        ck_assert_uint_eq(check->count, 0);
    }
    ck_assert_uint_eq(msrp_check_unfinished(check), MSRP_CHECK_REMEMBERED);
}
END_TEST

Suite *test_msrp_check_history_suite(void)
{
    Suite *suite = suite_create("msrp_check_history");
    TCase *tcase = unit_tcase(suite, "msrp_check_history");

    unit_loop(tcase, row, rows);
    tcase_add_test(tcase, remembers);
    return suite;
}
