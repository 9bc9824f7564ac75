/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_head.c -- heads of frames, typed: RFC 4975 7.1, 9. */
#include "../../msrp/msrp_head.h"

#include <stdio.h>

#include "../../msrp/msrp_frame.h"
#include "unit.h"

#define START "MSRP abcd SEND\r\n"
#define PATHS "To-Path: msrp://a:1/s;tcp\r\nFrom-Path: msrp://b:1/t;tcp\r\n"
#define AT    (sizeof(START PATHS) - 1) /* where the third field begins */

/* Good and bad heads: the error and its octet. */
static const struct {
    const char *head;
    enum sp_err err;
    size_t      at;
    const char *rule;
} rows[] = {
    { START PATHS, SP_OK, 0, "" },
    { START PATHS "Message-ID: 12ab\r\n", SP_OK, 0, "" },
    { START "to-path: msrp://a:1/s;tcp\r\nFROM-PATH:msrp://b:1/t;tcp\r\n", SP_OK, 0, "" },
    { START PATHS "X-Unknown: anything \xc3\xa9\r\n", SP_OK, 0, "" }, /* 4975-12-2 */
    { START PATHS "X-Empty:\r\n", SP_OK, 0, "" },
    { START PATHS "Byte-Range:  1-2/3\t\r\n", SP_OK, 0, "" }, /* white space is forgiven */
    { "MSRP abcd 200 OK\r\n" PATHS, SP_OK, 0, "" },
    { "MSRP abcd 200\r\n" PATHS, SP_OK, 0, "" },
    { "MSRP abcd 200 \r\n" PATHS, SP_OK, 0, "" },
    { "MSRP abcd NICKNAME\r\n" PATHS, SP_OK, 0, "" },
    /* start line */
    { "", SP_SYNTAX, 0, "req-start" },
    { "MSRP abcd send\r\n" PATHS, SP_SYNTAX, 10, "method" },
    { "MSRP abcd SEND \r\n" PATHS, SP_SYNTAX, 14, "end" },
    { "MSRP abcd SEND1\r\n" PATHS, SP_SYNTAX, 14, "end" },
    { "MSRP abcd 20 OK\r\n" PATHS, SP_SYNTAX, 10, "status-code" },
    { "MSRP abcd 2000 OK\r\n" PATHS, SP_SYNTAX, 10, "status-code" },
    { "MSRP abcd 099 OK\r\n" PATHS, SP_RANGE, 10, "status-code" },
    { "MSRP abcd 200OK\r\n" PATHS, SP_SYNTAX, 13, "end" },
    { "MSRP abcd 200 a\001\r\n" PATHS, SP_SYNTAX, 15, "end" },
    /* paths */
    { START, SP_MISSING, 16, "To-Path" },
    { START "To-Path: msrp://a:1/s;tcp\r\n", SP_MISSING, 43, "From-Path" },
    { START "From-Path: msrp://a:1/s;tcp\r\n", SP_MISSING, 16, "To-Path" },
    { START "To-Path: msrp://a:1/s;tcp\r\nMessage-ID: 1234\r\n", SP_MISSING, 43, "From-Path" },
    { START "To-Path: \r\n", SP_SYNTAX, 25, "To-Path" },
    { START "To-Path: msrp://a:1/s\r\n", SP_SYNTAX, 37, "MSRP-URI" },
    { START "To-Path: msrp://a:1/s;tcp  msrp://a:1/s;tcp\r\n", SP_SYNTAX, 42, "msrp-scheme" },
    { START PATHS "To-Path: msrp://a:1/s;tcp\r\n", SP_REPEATED, AT, "header" },
    /* fields */
    { START PATHS "no colon\r\n", SP_SYNTAX, AT + 2, "header" },
    { START PATHS ": x\r\n", SP_SYNTAX, AT, "hname" },
    { START PATHS " folded\r\n", SP_SYNTAX, AT, "hname" },
    { START PATHS "X: a\001b\r\n", SP_SYNTAX, AT + 4, "end" },
    { START PATHS "X: a\rb\r\n", SP_SYNTAX, AT + 4, "end" },
    { START PATHS "X: a\177\r\n", SP_SYNTAX, AT + 4, "end" },
    { START PATHS "Message-ID: 123\r\n", SP_SYNTAX, AT + 15, "Message-ID" },
    { START PATHS "Message-ID: f81d4fae-7dec-11d0-a765-00a0c91e6bf6\r\n", SP_SYNTAX, AT + 44,
      "Message-ID" }, /* a UUID with hyphens is too long: 7.1.1, 9 */
    { START PATHS "Message-ID: 12345678901234567890123456789012\r\n", SP_OK, 0, "" },
    { START PATHS "Message-ID: 1234\r\nMessage-ID: 1234\r\n", SP_REPEATED, AT + 18, "header" },
    { START PATHS "Success-Report: maybe\r\n", SP_SYNTAX, AT + 16, "Success-Report" },
    { START PATHS "Success-Report: YES\r\n", SP_OK, 0, "" },
    { START PATHS "Success-Report: partial\r\n", SP_SYNTAX, AT + 16, "Success-Report" },
    { START PATHS "Failure-Report: yesno\r\n", SP_SYNTAX, AT + 19, "end" },
    { START PATHS "Failure-Report: never\r\n", SP_SYNTAX, AT + 17, "Failure-Report" },
    { START PATHS "Status: 000 200 OK\r\n", SP_OK, 0, "" },
    { START PATHS "Status: 000 200\r\n", SP_OK, 0, "" },
    { START PATHS "Status: 00 200 OK\r\n", SP_SYNTAX, AT + 8, "namespace" },
    { START PATHS "Status: 200 OK\r\n", SP_SYNTAX, AT + 12, "status-code" },
    { START PATHS "Content-Type: text/plain;charset=\"a b\"\r\n", SP_OK, 0, "" },
    { START PATHS "Content-Type: text\r\n", SP_SYNTAX, AT + 18, "media-type" },
    { START PATHS "Content-Type: text/\r\n", SP_SYNTAX, AT + 19, "subtype" },
    { START PATHS "Content-Type: text/plain x\r\n", SP_SYNTAX, AT + 25, "end" },
    /* Byte-Range: 7.1.1, 14.5 */
    { START PATHS "Byte-Range: 1-*/*\r\n", SP_OK, 0, "" },
    { START PATHS "Byte-Range: 1-0/0\r\n", SP_OK, 0, "" }, /* 4975-7.1.1-17 */
    { START PATHS "Byte-Range: 11-10/10\r\n", SP_OK, 0, "" },
    { START PATHS "Byte-Range: 1-9223372036854775807/9223372036854775807\r\n", SP_OK, 0, "" },
    { START PATHS "Byte-Range: 1-*/9223372036854775808\r\n", SP_RANGE, AT + 16, "total" },
    { START PATHS "Byte-Range: 1-99999999999999999999/*\r\n", SP_RANGE, AT + 14, "range-end" },
    { START PATHS "Byte-Range: 0-1/1\r\n", SP_RANGE, AT + 12, "range-start" },
    { START PATHS "Byte-Range: *-1/1\r\n", SP_SYNTAX, AT + 12, "range-start" },
    { START PATHS "Byte-Range: -1/1\r\n", SP_SYNTAX, AT + 12, "range-start" },
    { START PATHS "Byte-Range: 1/1\r\n", SP_SYNTAX, AT + 13, "Byte-Range" },
    { START PATHS "Byte-Range: 1-/1\r\n", SP_SYNTAX, AT + 14, "range-end" },
    { START PATHS "Byte-Range: 1-1\r\n", SP_SYNTAX, AT + 15, "Byte-Range" },
    { START PATHS "Byte-Range: 1-1/\r\n", SP_SYNTAX, AT + 16, "total" },
    { START PATHS "Byte-Range: 1-1/1x\r\n", SP_SYNTAX, AT + 17, "end" },
    { START PATHS "Byte-Range: 1- 1/1\r\n", SP_SYNTAX, AT + 14, "range-end" },
    { START PATHS "Byte-Range: 5-3/9\r\n", SP_MISMATCH, AT + 14, "range-end" },
    { START PATHS "Byte-Range: 1-9/5\r\n", SP_MISMATCH, AT + 16, "total" },
    { START PATHS "Byte-Range: 7-*/5\r\n", SP_MISMATCH, AT + 16, "total" },
};

START_TEST(parses)
{
    struct msrp_head head;
    struct sp_where  where;

    unit_err_at(msrp_head_parse(unit_text(rows[_i].head), &head, &where), where, rows[_i].err,
                rows[_i].at);
    ck_assert_str_eq(where.rule, rows[_i].rule);
}
END_TEST

/* Every prefix of a head is an error, or the same as the whole less its last fields; none reads
 * past its end. */
START_TEST(prefixes)
{
    static const char text[] = START PATHS "Message-ID: 1234\r\nByte-Range: 1-2/3\r\n"
                                           "Content-Type: a/b\r\n";

    for (size_t len = 0; len < sizeof text - 1; len++) {
        struct msrp_head head;
        struct sp_where  where;
        enum sp_err      err = msrp_head_parse(unit_octets(text, len), &head, &where);

        ck_assert_uint_le(where.octet, len);
        if (len < AT - 6) /* without the end of From-Path */
            ck_assert_int_ne(err, SP_OK);
    }
}
END_TEST

START_TEST(a_send)
{
    struct msrp_head head;
    struct sp_where  where;

    unit_err(msrp_head_parse(unit_text(START PATHS "Message-ID: 4564dpWd\r\n"
                                                   "Byte-Range: 5-8/20\r\n"
                                                   "Success-Report: yes\r\n"
                                                   "Failure-Report: partial\r\n"
                                                   "Content-ID: <x@y>\r\n"
                                                   "Content-Description: a thing\r\n"
                                                   "Content-Disposition: attachment\r\n"
                                                   "Content-Type: text/plain; a=b\r\n"),
                             &head, &where),
             SP_OK);
    ck_assert(!head.response);
    ck_assert_int_eq(head.method, MSRP_SEND);
    unit_eq(head.id, "abcd");
    unit_eq(head.to_path, "msrp://a:1/s;tcp");
    unit_eq(head.from_path, "msrp://b:1/t;tcp");
    unit_eq(head.message_id, "4564dpWd");
    ck_assert(head.has_range);
    ck_assert_uint_eq(head.range.from, 5);
    ck_assert_uint_eq(head.range.to, 8);
    ck_assert_uint_eq(head.range.total, 20);
    ck_assert(head.success_report);
    ck_assert_int_eq(head.failure_report, MSRP_FAILURE_PARTIAL);
    unit_eq(head.content_id, "<x@y>");
    unit_eq(head.description, "a thing");
    unit_eq(head.disposition, "attachment");
    unit_eq(head.content_type, "text/plain; a=b");
}
END_TEST

/* What is absent has its default: 4975-7.1.1-8, 4975-7.1.1-9, 4975-7.1.4-4 */
START_TEST(defaults)
{
    struct msrp_head head;
    struct sp_where  where;

    unit_err(msrp_head_parse(unit_text(START PATHS), &head, &where), SP_OK);
    ck_assert(!head.success_report);
    ck_assert_int_eq(head.failure_report, MSRP_FAILURE_YES);
    ck_assert(!head.has_range);
    ck_assert_uint_eq(head.range.from, 1);
    ck_assert_uint_eq(head.range.to, MSRP_UNKNOWN);
    ck_assert_uint_eq(head.range.total, MSRP_UNKNOWN);
    unit_eq(head.content_type, "");
}
END_TEST

START_TEST(a_report_and_a_response)
{
    struct msrp_head head;
    struct sp_where  where;

    unit_err(msrp_head_parse(unit_text("MSRP abcd REPORT\r\n" PATHS "Status: 001 413 stop it\r\n"),
                             &head, &where),
             SP_OK);
    ck_assert_int_eq(head.method, MSRP_REPORT);
    ck_assert(head.has_status);
    ck_assert_uint_eq(head.report_namespace, 1);
    ck_assert_uint_eq(head.report_status, 413);
    unit_eq(head.report_comment, "stop it");
    unit_err(msrp_head_parse(unit_text("MSRP abcd 481 No Such Session\r\n" PATHS), &head, &where),
             SP_OK);
    ck_assert(head.response);
    ck_assert_uint_eq(head.status, 481);
    unit_eq(head.comment, "No Such Session");
}
END_TEST

/* After an error, what is needed to answer stands. */
START_TEST(answerable_after_an_error)
{
    struct msrp_head head;
    struct sp_where  where;

    unit_err(msrp_head_parse(unit_text(START PATHS "Byte-Range: x\r\nFailure-Report: no\r\n"),
                             &head, &where),
             SP_SYNTAX);
    ck_assert_uint_eq(where.octet, AT + 12);
    unit_eq(head.id, "abcd");
    unit_eq(head.from_path, "msrp://b:1/t;tcp");
    ck_assert_int_eq(head.failure_report, MSRP_FAILURE_NO);
    /* what cannot be repeated in an answer is none */
    unit_err(msrp_head_parse(UNIT_LIT(START "To-Path: msrp://a:1/s;tcp\r\n"
                                            "From-Path: msrp://b:1/t;tcp\rX\r\n"),
                             &head, &where),
             SP_SYNTAX);
    unit_eq(head.to_path, "msrp://a:1/s;tcp");
    ck_assert_uint_eq(head.from_path.len, 0);
}
END_TEST

static const struct {
    const char *octets;
    bool        ident, media;
} words[] = {
    { "abcd", true, false },
    { "a.-+%=", true, false },
    { "abc", false, false },
    { ".abc", false, false },
    { "abc!", false, false },
    { "12345678901234567890123456789012", true, false },
    { "123456789012345678901234567890123", false, false },
    { "text/plain", false, true },
    { "text/plain;charset=utf-8", false, true },
    { "text/plain ; a", false, true },
    { "text/plain x", false, false },
    { "text/plain;\r\nx", false, false },
    { "", false, false },
};

START_TEST(idents_and_media_types)
{
    ck_assert(msrp_is_ident(unit_text(words[_i].octets)) == words[_i].ident);
    ck_assert(msrp_is_media_type(unit_text(words[_i].octets)) == words[_i].media);
}
END_TEST

/* Paths that are known are taken as they are; all others are read. */
static const struct known_row {
    const char *to, *from, *known_to, *known_from;
    enum sp_err err;
} known_rows[] = {
    { "msrp://a:1/s;tcp", "msrp://b:1/t;tcp", "", "", SP_OK },
    { "msrp://a:1/s;tcp", "msrp://b:1/t;tcp", "msrp://a:1/s;tcp", "msrp://b:1/t;tcp", SP_OK },
    { "msrp://a:1/s;tcp", "not read again", "msrp://a:1/s;tcp", "not read again", SP_OK },
    { "not read again", "msrp://b:1/t;tcp", "not read again", "", SP_OK },
    { "no path", "msrp://b:1/t;tcp", "msrp://a:1/s;tcp", "no path", SP_SYNTAX },
    { "msrp://a:1/s;tcp", "no path", "no path", "msrp://b:1/t;tcp", SP_SYNTAX },
    { "msrp://a:1/s;tcp", "no path", "", "no pat", SP_SYNTAX },
    { "", "msrp://b:1/t;tcp", "", "", SP_SYNTAX },
};

START_TEST(known_paths)
{
    const struct known_row *row = &known_rows[_i];
    const struct sp_slice   known[2] = { unit_text(row->known_to), unit_text(row->known_from) };
    char                    text[300];
    struct msrp_head        head;
    struct sp_where         where;

    snprintf(text, sizeof text, "MSRP abcd SEND\r\nTo-Path: %s\r\nFrom-Path: %s\r\n", row->to,
             row->from);
    unit_err(msrp_head_parse_known(unit_text(text), known, &head, &where), row->err);
    if (row->err == SP_OK) {
        unit_eq_slice(head.to_path, unit_text(row->to));
        unit_eq_slice(head.from_path, unit_text(row->from));
    }
}
END_TEST

/* The RFCs' own frames, whose heads are whole in the text. */
static const char *const examples[] = {
    "rfc4975-01-SEND-a786hjs2.msrp", "rfc4975-02-200-a786hjs2.msrp",
    "rfc5547-01-SEND-d93kswow.msrp", "rfc5547-03-200-d93kswow.msrp",
    "rfc4975-13-SEND-d93kswow.msrp", "rfc4975-14-REPORT-dkei38sd.msrp",
};

START_TEST(examples_of_the_rfcs)
{
    char              path[300], room[2048];
    struct msrp_frame frame;
    struct sp_slice   input;
    struct msrp_head  head;
    struct sp_where   where;

    snprintf(path, sizeof path, "msrp/%s", examples[_i]);
    input = unit_file(path);
    msrp_frame_init(&frame, room, sizeof room);
    ck_assert_int_eq(msrp_frame_next(&frame, &input), MSRP_FRAME_HEAD);
    unit_err(msrp_head_parse(frame.octets, &head, &where), SP_OK);
    ck_assert(strstr(path, "-200-") == NULL ? !head.response : head.status == 200);
}
END_TEST

Suite *test_msrp_head_suite(void)
{
    Suite *suite = suite_create("msrp_head");
    TCase *tcase = unit_tcase(suite, "msrp_head");

    unit_loop(tcase, parses, rows);
    tcase_add_test(tcase, prefixes);
    tcase_add_test(tcase, a_send);
    tcase_add_test(tcase, defaults);
    tcase_add_test(tcase, a_report_and_a_response);
    tcase_add_test(tcase, answerable_after_an_error);
    unit_loop(tcase, idents_and_media_types, words);
    unit_loop(tcase, known_paths, known_rows);
    unit_loop(tcase, examples_of_the_rfcs, examples);
    return suite;
}
