/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_stream.c -- framing: every split of a stream gives the same frames. */
#include "../../base/buf.h"
#include "../../parser/sip_stream.h"
#include "unit.h"

#include <stdio.h>

#define LARGEST 200
#define M(method, body_len, body)                                                                  \
    method " sip:a@b SIP/2.0\r\nContent-Length: " #body_len "\r\n\r\n" body

static const struct row {
    const char *stream;
    const char *frames; /* '|' after each; "ping", "!" and the error's name */
} rows[] = {
    { M("A", 0, "") M("B", 3, "xyz") M("C", 4, "\r\n\r\n"),
      M("A", 0, "") "|" M("B", 3, "xyz") "|" M("C", 4, "\r\n\r\n") "|" },
    { "\r\n\r\n\r\n" M("A", 0, "") "\r\n\r\n" M("B", 1, "x") "\r\n",
      "ping|" M("A", 0, "") "|ping|" M("B", 1, "x") "|" },
    { "\r\n\r\n\r\n\r\n", "ping|ping|" },
    { "A b SIP/2.0\r\nX: y\r\n z\r\nl :\r\n 0002\r\n\r\nab" M("B", 0, ""),
      "A b SIP/2.0\r\nX: y\r\n z\r\nl :\r\n 0002\r\n\r\nab|" M("B", 0, "") "|" },
    { "A b SIP/2.0\r\nl: 1\r\nCONTENT-LENGTH: 1\r\n\r\nab",
      "A b SIP/2.0\r\nl: 1\r\nCONTENT-LENGTH: 1\r\n\r\na|" },
    /* the length of the rest of the stream cannot be known */
    { M("A", 0, "") "B b SIP/2.0\r\nX: l: 5\r\n\r\nxyz", M("A", 0, "") "|!SYNTAX|" },
    { M("A", -999, "") "xyz", "!SYNTAX|" }, /* RFC 4475 3.1.2.3 */
    { "A b SIP/2.0\r\nl: 1\r\nl: 2\r\n\r\nab", "!REPEATED|" },
    { M("A", 4294967296, "") "xyz", "!RANGE|" },
    { M("A", 200, "") "xyz", "!ROOM|" },
    { "\r\rA", "!SYNTAX|" },
    { "\r\nxyz \r\n", "" },
    { "(A", "!SYNTAX|" },
    { "\nA", "!SYNTAX|" },
    { "", "" },
};

struct heard {
    char              text[1000];
    struct sip_stream stream;
    char              room[LARGEST];
    struct sp_slice   frame;
    bool              broken;
};

static void hear(struct heard *heard, struct sp_slice octets)
{
    enum sp_err err;
    size_t      len;

    for (;;) {
        enum sip_frame kind = sip_stream_next(&heard->stream, &octets, LARGEST, &heard->frame,
                                              &err);

        len = strlen(heard->text);
        switch (kind) {
        case SIP_FRAME_NONE: ck_assert_uint_eq(octets.len, 0); return;
        case SIP_FRAME_MESSAGE:
            snprintf(heard->text + len, sizeof heard->text - len, "%.*s|", SP_ARG(heard->frame));
            break;
        case SIP_FRAME_PING: snprintf(heard->text + len, sizeof heard->text - len, "ping|"); break;
        case SIP_FRAME_BUFFER:
            ck_assert_ptr_null(heard->stream.buffer);
            heard->stream.buffer = heard->room;
            heard->stream.room = sizeof heard->room;
            break;
        case SIP_FRAME_BROKEN:
            ck_assert_uint_eq(octets.len, 0);
            if (!heard->broken)
                snprintf(heard->text + len, sizeof heard->text - len, "!%s|", sp_err_name(err));
            else
                unit_err(err, SP_STATE);
            heard->broken = true;
            return;
        }
    }
}

/* Split at no octet, at each, at each pair. Each part is a heap block of its own. */
/* 3261-7.5-1 */
START_TEST(splits)
{
    size_t len = strlen(rows[_i].stream);

    for (size_t a = 0; a <= len; a++)
        for (size_t b = a; b <= len; b++) {
            struct heard heard = { .broken = false };

            hear(&heard, unit_octets(rows[_i].stream, a));
            hear(&heard, unit_octets(rows[_i].stream + a, b - a));
            hear(&heard, unit_octets(rows[_i].stream + b, len - b));
            ck_assert_msg(strcmp(heard.text, rows[_i].frames) == 0, "split at %zu, %zu: %s", a, b,
                          heard.text);
        }
}
END_TEST

/* One octet at a time, and twenty messages split at each octet and each pair of octets around it.
 */
START_TEST(octet_by_octet)
{
    struct heard heard = { .broken = false };

    for (const char *at = rows[_i].stream; *at != '\0'; at++)
        hear(&heard, unit_octets(at, 1));
    ck_assert_str_eq(heard.text, rows[_i].frames);
}
END_TEST

/* Frames are told by a sum over their octets. */
static uint32_t sum_of(struct sip_stream *stream, struct sp_slice octets, uint32_t sum)
{
    static char     room[LARGEST];
    struct sp_slice frame;
    enum sp_err     err;

    for (;;) {
        enum sip_frame kind = sip_stream_next(stream, &octets, LARGEST, &frame, &err);

        if (kind == SIP_FRAME_NONE)
            return sum;
        if (kind == SIP_FRAME_BUFFER) {
            stream->buffer = room;
            stream->room = sizeof room;
            continue;
        }
        sum = (sum ^ (uint32_t)kind) * 16777619;
        for (size_t i = 0; i < frame.len; i++)
            sum = (sum ^ (unsigned char)frame.at[i]) * 16777619;
        if (kind == SIP_FRAME_BROKEN)
            return sum;
    }
}

START_TEST(twenty_messages)
{
    struct sp_buf   all = sp_buf(unit_room(1000), 1000);
    struct sp_slice text;
    uint32_t        whole;

    for (int i = 0; i < 20; i++) { /* 20 of them, of five kinds */
        static const char *const kinds[] = { "A b SIP/2.0\r\nl:0\r\n\r\n",
                                             "\r\n\r\nB b SIP/2.0\r\nl:1\r\n\r\nx",
                                             "C c SIP/2.0\r\nl:4\r\n\r\n\r\n\r\n",
                                             "D d SIP/2.0\r\nX:l:9\r\nl :\r\n 2\r\n\r\nab",
                                             "\r\nSIP/2.0 200 OK\r\nCONTENT-length: 1\r\n\r\ny" };

        sp_put_text(&all, kinds[i % 5]);
    }
    text = sp_written(&all);
    whole = sum_of(&(struct sip_stream){ .need = 0 }, text, 1);
    for (size_t a = 0; a <= text.len; a++)
        for (size_t b = a; b <= text.len; b++) {
            struct sip_stream stream = { .need = 0 };
            uint32_t          sum = sum_of(&stream, sp_head(text, a), 1);

            sum = sum_of(&stream, sp_slice(text.at + a, b - a), sum);
            sum = sum_of(&stream, sp_from(text, b), sum);
            ck_assert_msg(sum == whole && sip_stream_idle(&stream), "split at %zu, %zu", a, b);
        }
}
END_TEST

/* What is whole is not copied; what is cut needs the buffer, and only until it is handed out. */
START_TEST(where_frames_lie)
{
    struct sp_slice   text = unit_text(M("A", 0, "") M("B", 2, "xy")), rest = text, cut, frame;
    struct sip_stream stream = { 0 };
    enum sp_err       err;
    char              room[100];

    ck_assert_int_eq(sip_stream_next(&stream, &rest, LARGEST, &frame, &err), SIP_FRAME_MESSAGE);
    ck_assert_ptr_eq(frame.at, text.at);
    cut = sp_head(rest, rest.len - 1);
    ck_assert_int_eq(sip_stream_next(&stream, &cut, LARGEST, &frame, &err), SIP_FRAME_BUFFER);
    ck_assert_uint_eq(cut.len, rest.len - 1); /* nothing is eaten */
    ck_assert(sip_stream_idle(&stream));
    stream.buffer = room;
    stream.room = sizeof room;
    ck_assert_int_eq(sip_stream_next(&stream, &cut, LARGEST, &frame, &err), SIP_FRAME_NONE);
    ck_assert(!sip_stream_idle(&stream));
    cut = sp_from(rest, rest.len - 1);
    ck_assert_int_eq(sip_stream_next(&stream, &cut, LARGEST, &frame, &err), SIP_FRAME_MESSAGE);
    ck_assert_ptr_eq(frame.at, room);
    ck_assert(!sip_stream_idle(&stream));
    ck_assert_int_eq(sip_stream_next(&stream, &cut, LARGEST, &frame, &err), SIP_FRAME_NONE);
    ck_assert(sip_stream_idle(&stream));
}
END_TEST

/* A head that is larger than all that may be, in pieces and whole. */
START_TEST(too_large)
{
    struct heard whole = { .broken = false }, pieces = { .broken = false };
    char         text[LARGEST + 50];

    memset(text, 'A', sizeof text);
    hear(&whole, unit_octets(text, sizeof text));
    ck_assert_str_eq(whole.text, "!ROOM|");
    for (size_t i = 0; i < sizeof text; i += 10)
        hear(&pieces, unit_octets(text + i, 10));
    ck_assert_str_eq(pieces.text, "!ROOM|");
    ck_assert_uint_gt(whole.frame.len, 0);
}
END_TEST

Suite *test_sip_stream_suite(void)
{
    Suite *suite = suite_create("sip_stream");
    TCase *tcase = unit_tcase(suite, "sip_stream");

    unit_loop(tcase, splits, rows);
    unit_loop(tcase, octet_by_octet, rows);
    tcase_add_test(tcase, twenty_messages);
    tcase_add_test(tcase, where_frames_lie);
    tcase_add_test(tcase, too_large);
    return suite;
}
