/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_write.c -- requests and responses, written: RFC 4975 7.1, 7.2, 9. */
#include "../../msrp/msrp_write.h"

#include "../../msrp/msrp_frame.h"
#include "unit.h"

#define LIT(text)                                                                                  \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
#define TO    LIT("msrp://a:1/s;tcp")
#define FROM  LIT("msrp://b:1/t;tcp")
#define PATHS "To-Path: msrp://a:1/s;tcp\r\nFrom-Path: msrp://b:1/t;tcp\r\n"

static const struct {
    struct msrp_request request;
    const char         *text;
} sends[] = {
    /* 4975-7.1-7, 4975-7.1-8: without a body no MIME field and no blank line */
    { { .id = LIT("abcd"), .to_path = TO, .from_path = FROM }, "MSRP abcd SEND\r\n" PATHS },
    { { .id = LIT("abcd"), .to_path = TO, .from_path = FROM, .disposition = LIT("render") },
      "MSRP abcd SEND\r\n" PATHS },
    /* 4975-7.1-4, 4975-7.1-5, 4975-7.1.1-3, 4975-7.1.1-25, 4975-14.3-2: Content-Type last, a blank
       line */
    { { .id = LIT("abcd"),
        .to_path = TO,
        .from_path = FROM,
        .message_id = LIT("1234"),
        .has_range = true,
        .range = { 1, MSRP_UNKNOWN, 20 },
        .success_report = true,
        .failure_report = MSRP_FAILURE_NO,
        .disposition = LIT("attachment"),
        .content_type = LIT("text/plain") },
      "MSRP abcd SEND\r\n" PATHS "Message-ID: 1234\r\nByte-Range: 1-*/20\r\n"
      "Success-Report: yes\r\nFailure-Report: no\r\nContent-Disposition: attachment\r\n"
      "Content-Type: text/plain\r\n\r\n" },
    { { .id = LIT("abcd"),
        .to_path = TO,
        .from_path = FROM,
        .message_id = LIT("1234"),
        .has_range = true,
        .range = { 5, 8, MSRP_UNKNOWN },
        .failure_report = MSRP_FAILURE_PARTIAL },
      "MSRP abcd SEND\r\n" PATHS "Message-ID: 1234\r\nByte-Range: 5-8/*\r\n"
      "Failure-Report: partial\r\n" },
};

START_TEST(send)
{
    char          room[512];
    struct sp_buf to = sp_buf(room, sizeof room);

    msrp_put_send(&to, &sends[_i].request);
    unit_eq(sp_written(&to), sends[_i].text);
}
END_TEST

/* 4975-7.1.2-1, 4975-7.1.2-2, 4975-7.1.2-6: Status and Message-ID, no report fields */
START_TEST(report)
{
    char                room[512];
    struct sp_buf       to = sp_buf(room, sizeof room);
    struct msrp_request request = { .id = LIT("abcd"),
                                    .to_path = TO,
                                    .from_path = FROM,
                                    .message_id = LIT("1234"),
                                    .has_range = true,
                                    .range = { 1, 106, 106 },
                                    .success_report = true,
                                    .failure_report = MSRP_FAILURE_NO,
                                    .status = 200 };

    msrp_put_report(&to, &request);
    unit_eq(sp_written(&to), "MSRP abcd REPORT\r\n" PATHS "Message-ID: 1234\r\n"
                             "Byte-Range: 1-106/106\r\nStatus: 000 200 OK\r\n-------abcd$\r\n");
}
END_TEST

static const struct {
    uint16_t    status;
    const char *line;
} responses[] = {
    { 200, "200 OK" },
    { 400, "400 Bad Request" },
    { 401, "401 Unauthorized" },
    { 403, "403 Forbidden" },
    { 408, "408 Downstream Timeout" },
    { 413, "413 Stop Sending" },
    { 415, "415 Media Type Not Understood" },
    { 423, "423 Parameter Out Of Bounds" },
    { 481, "481 No Such Session" },
    { 501, "501 Unknown Method" },
    { 506, "506 Session On Another Connection" },
    { 599, "599" },
};

/* 4975-7.2-3 */
START_TEST(response)
{
    char          room[512], want[512];
    struct sp_buf to = sp_buf(room, sizeof room), text = sp_buf(want, sizeof want);

    msrp_put_response(&to, SP_LIT("abcd"), responses[_i].status, SP_LIT("msrp://a:1/s;tcp"),
                      SP_LIT("msrp://b:1/t;tcp"));
    sp_put_text(&text, "MSRP abcd ");
    sp_put_text(&text, responses[_i].line);
    sp_put_text(&text, "\r\n" PATHS "-------abcd$\r\n");
    unit_eq_slice(sp_written(&to), sp_written(&text));
}
END_TEST

/* No value becomes a field, a line or an end-line. */
START_TEST(injection)
{
    static const char *const bad[] = { "a\r\nX: y", "a\nb", "a\rb", "a\r\n-------abcd$" };
    struct sp_slice          value = sp_str(bad[_i % 4]);
    struct msrp_request      request = { .id = LIT("abcd"),
                                         .to_path = TO,
                                         .from_path = FROM,
                                         .message_id = LIT("1234"),
                                         .disposition = LIT("x"),
                                         .content_type = LIT("a/b") };
    struct sp_slice         *fields[] = {
                &request.id,         &request.to_path,     &request.from_path,
                &request.message_id, &request.disposition, &request.content_type
    };
    char          room[512];
    struct sp_buf to = sp_buf(room, sizeof room);

    *fields[_i / 4] = value;
    msrp_put_send(&to, &request);
    unit_err(to.err, SP_INJECTION);
}
END_TEST

/* Law: what is written reads back the same. */
START_TEST(reads_back)
{
    char              room[512], frame_room[512];
    struct sp_buf     to = sp_buf(room, sizeof room);
    struct msrp_frame frame;
    struct msrp_head  head;
    struct sp_slice   input;
    struct sp_where   where;

    msrp_put_send(&to, &sends[_i].request);
    if (sends[_i].request.content_type.len > 0)
        sp_put_text(&to, "body\r\n");
    msrp_put_end_line(&to, sends[_i].request.id, '+'); /* 4975-7.1-9 */
    input = sp_written(&to);
    msrp_frame_init(&frame, frame_room, sizeof frame_room);
    ck_assert_int_eq(msrp_frame_next(&frame, &input), MSRP_FRAME_HEAD);
    unit_err(msrp_head_parse(frame.octets, &head, &where), SP_OK);
    unit_eq_slice(head.id, sends[_i].request.id);
    unit_eq_slice(head.to_path, sends[_i].request.to_path);
    unit_eq_slice(head.message_id, sends[_i].request.message_id);
    unit_eq_slice(head.content_type, sends[_i].request.content_type);
    ck_assert(head.success_report == sends[_i].request.success_report);
    ck_assert_int_eq(head.failure_report, sends[_i].request.failure_report);
    ck_assert(head.has_range == sends[_i].request.has_range);
    if (head.has_range)
        ck_assert_mem_eq(&head.range, &sends[_i].request.range, sizeof head.range);
}
END_TEST

Suite *test_msrp_write_suite(void)
{
    Suite *suite = suite_create("msrp_write");
    TCase *tcase = unit_tcase(suite, "msrp_write");

    unit_loop(tcase, send, sends);
    tcase_add_test(tcase, report);
    unit_loop(tcase, response, responses);
    tcase_add_loop_test(tcase, injection, 0, 24);
    unit_loop(tcase, reads_back, sends);
    return suite;
}
