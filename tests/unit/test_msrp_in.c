/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_in.c -- requests that come, and their responses: RFC 4975 7.2, 7.3. */
#include <stdio.h>

#include "msrp_unit.h"

#define HELLO MSRP_IN("hello", "SEND", "t", MSRP_END("hello", "$"))
#define MID   "Message-ID: msg1\r\n"
#define WHOLE MID "Byte-Range: 1-5/5\r\n"

/* What goes in on a fresh connection to the passive session "t", and what must come out. */
static const struct {
    const char *in, *out;
} rows[] = {
    /* 4975-5.4-7, 4975-7.2-1: the first request binds; a SEND without a body is answered and no
       message */
    { HELLO, "UP\n200 hello$\n" },
    { MSRP_SEND_IN("aaaa", "t", WHOLE, "hello", "$"),
      "UP\nMESSAGE msg1 text/plain 5\nCONTENT msg1 0 hello\nCOMPLETE msg1 5\n200 aaaa$\n" },
    /* without Byte-Range: the whole message */
    { MSRP_SEND_IN("aaaa", "t", MID, "hello", "$"),
      "UP\nMESSAGE msg1 text/plain *\nCONTENT msg1 0 hello\nCOMPLETE msg1 5\n200 aaaa$\n" },
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-*/*\r\n", "hello", "$"),
      "UP\nMESSAGE msg1 text/plain *\nCONTENT msg1 0 hello\nCOMPLETE msg1 5\n200 aaaa$\n" },
    /* an empty body is content */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-0/0\r\n", "", "$"),
      "UP\nMESSAGE msg1 text/plain 0\nCOMPLETE msg1 0\n200 aaaa$\n" },
    /* without a path there and one back there is no answer */
    { "MSRP aaaa SEND\r\nTo-Path: msrp://b:1/t;tcp\r\nFrom-Path: msrp://a:1/t;tcp\rX\r\n" MSRP_END(
          "aaaa", "$") HELLO,
      "UP\n200 hello$\n" },
    { "MSRP aaaa SEND\r\nTo-Path: x\ry\r\nFrom-Path: msrp://a:1/t;tcp\r\n" MSRP_END("aaaa", "$")
          HELLO,
      "UP\n200 hello$\n" },
    /* a blank line and no type: nothing but a keep-alive */
    { MSRP_IN("aaaa", "SEND", "t", "\r\n" MSRP_END("aaaa", "$")), "UP\n200 aaaa$\n" },
    /* 4975-7.1-3: content has a type */
    { MSRP_IN("aaaa", "SEND", "t", MID "\r\nx\r\n" MSRP_END("aaaa", "$")), "UP\n400 aaaa$\n" },
    /* 4975-7.1.1-2: and a Message-ID */
    { MSRP_SEND_IN("aaaa", "t", "", "hello", "$"), "UP\n400 aaaa$\n" },
    /* two chunks */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-*/8\r\n", "abcd", "+")
          MSRP_SEND_IN("bbbb", "t", MID "Byte-Range: 5-8/8\r\n", "EFGH", "$"),
      "UP\nMESSAGE msg1 text/plain 8\nCONTENT msg1 0 abcd\nCONTENT msg1 4 EFGH\n"
      "COMPLETE msg1 8\n200 aaaa$\n200 bbbb$\n" },
    /* 4975-7.3.1-3: the last one first */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 5-8/8\r\n", "EFGH", "$")
          MSRP_SEND_IN("bbbb", "t", MID "Byte-Range: 1-*/8\r\n", "abcd", "+"),
      "UP\nMESSAGE msg1 text/plain 8\nCONTENT msg1 4 EFGH\nCONTENT msg1 0 abcd\n"
      "COMPLETE msg1 8\n200 aaaa$\n200 bbbb$\n" },
    /* 4975-7.3.1-4, 4975-7.3.1-5: overlap, the later one is handed up as well */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-*/6\r\n", "abcd", "+")
          MSRP_SEND_IN("bbbb", "t", MID "Byte-Range: 3-6/6\r\n", "CDEF", "$"),
      "UP\nMESSAGE msg1 text/plain 6\nCONTENT msg1 0 abcd\nCONTENT msg1 2 CDEF\n"
      "COMPLETE msg1 6\n200 aaaa$\n200 bbbb$\n" },
    /* 4975-7.3.1-1, 4975-7.3.1-2: the payload is believed, not range-end */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-6/6\r\n", "ab", "+")
          MSRP_SEND_IN("bbbb", "t", MID "Byte-Range: 3-6/6\r\n", "cdef", "$"),
      "UP\nMESSAGE msg1 text/plain 6\nCONTENT msg1 0 ab\nCONTENT msg1 2 cdef\n"
      "COMPLETE msg1 6\n200 aaaa$\n200 bbbb$\n" },
    /* '$' says where the message ends, before the total does */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-*/9\r\n", "abc", "$"),
      "UP\nMESSAGE msg1 text/plain 9\nCONTENT msg1 0 abc\nCOMPLETE msg1 3\n200 aaaa$\n" },
    /* more than announced */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-*/3\r\n", "abcd", "$"),
      "UP\nMESSAGE msg1 text/plain 3\nABORTED msg1 INTEGRITY\n413 aaaa$\n" },
    /* the total changes */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-*/8\r\n", "abcd", "+")
          MSRP_SEND_IN("bbbb", "t", MID "Byte-Range: 5-9/9\r\n", "EFGHI", "$"),
      "UP\nMESSAGE msg1 text/plain 8\nCONTENT msg1 0 abcd\nABORTED msg1 MISMATCH\n200 aaaa$\n"
      "400 bbbb$\n" },
    /* it comes late, and is less than what came */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 5-8/*\r\n", "EFGH", "+")
          MSRP_SEND_IN("bbbb", "t", MID "Byte-Range: 1-4/7\r\n", "abcd", "+"),
      "UP\nMESSAGE msg1 text/plain *\nCONTENT msg1 4 EFGH\nABORTED msg1 MISMATCH\n200 aaaa$\n"
      "400 bbbb$\n" },
    /* '$' before octets that came */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 5-8/*\r\n", "EFGH", "+")
          MSRP_SEND_IN("bbbb", "t", MID "Byte-Range: 1-2/*\r\n", "ab", "$"),
      "UP\nMESSAGE msg1 text/plain *\nCONTENT msg1 4 EFGH\nCONTENT msg1 0 ab\n"
      "ABORTED msg1 MISMATCH\n200 aaaa$\n400 bbbb$\n" },
    /* octets after '$' */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 3-4/*\r\n", "cd", "$")
          MSRP_SEND_IN("bbbb", "t", MID "Byte-Range: 5-5/*\r\n", "e", "+"),
      "UP\nMESSAGE msg1 text/plain *\nCONTENT msg1 2 cd\nABORTED msg1 MISMATCH\n200 aaaa$\n"
      "400 bbbb$\n" },
    /* '#' */
    { MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-*/8\r\n", "abcd", "#"),
      "UP\nMESSAGE msg1 text/plain 8\nCONTENT msg1 0 abcd\nABORTED msg1 INTERRUPTED\n200 aaaa$\n" },
    /* 4975-5.4-15, 4975-5.4-16: repeated, acknowledged and not shown again */
    { MSRP_SEND_IN("aaaa", "t", WHOLE, "hello", "$") MSRP_SEND_IN("bbbb", "t", WHOLE, "hello", "$"),
      "UP\nMESSAGE msg1 text/plain 5\nCONTENT msg1 0 hello\nCOMPLETE msg1 5\n200 aaaa$\n"
      "200 bbbb$\n" },
    { MSRP_SEND_IN("aaaa", "t", "Success-Report: yes\r\n" WHOLE, "hello", "$")
          MSRP_SEND_IN("bbbb", "t", "Success-Report: yes\r\n" WHOLE, "hello", "$"),
      "UP\nMESSAGE msg1 text/plain 5\nCONTENT msg1 0 hello\nCOMPLETE msg1 5\n200 aaaa$\n"
      "REPORT msg1 1-5/5 200$\n200 bbbb$\nREPORT msg1 1-5/5 200$\n" },
    /* 4975-7.1.3-1, 4975-7.1.2-4: a success report for all octets; 4975-7.1.3-3: none unasked */
    { MSRP_SEND_IN("aaaa", "t", "Success-Report: no\r\n" WHOLE, "hello", "$"),
      "UP\nMESSAGE msg1 text/plain 5\nCONTENT msg1 0 hello\nCOMPLETE msg1 5\n200 aaaa$\n" },
    { MSRP_SEND_IN("aaaa", "t", "Success-Report: yes\r\n" MID "Byte-Range: 1-0/0\r\n", "", "$"),
      "UP\nMESSAGE msg1 text/plain 0\nCOMPLETE msg1 0\n200 aaaa$\nREPORT msg1 1-0/0 200$\n" },
    /* 4975-7.1.4-2: no answer at all; the success report does not depend on it */
    { MSRP_SEND_IN("aaaa", "t", "Failure-Report: no\r\n" WHOLE, "hello", "$"),
      "UP\nMESSAGE msg1 text/plain 5\nCONTENT msg1 0 hello\nCOMPLETE msg1 5\n" },
    { MSRP_SEND_IN("aaaa", "t", "Failure-Report: no\r\nSuccess-Report: yes\r\n" WHOLE, "hello",
                   "$"),
      "UP\nMESSAGE msg1 text/plain 5\nCONTENT msg1 0 hello\nCOMPLETE msg1 5\n"
      "REPORT msg1 1-5/5 200$\n" },
    { MSRP_IN("aaaa", "SEND", "other", "Failure-Report: no\r\n" MSRP_END("aaaa", "$")), "" },
    { MSRP_IN("aaaa", "SEND", "t", "Failure-Report: no\r\nByte-Range: x\r\n" MSRP_END("aaaa", "$")),
      "" },
    /* 4975-7.1.4-3: partial, no 200 but errors */
    { MSRP_SEND_IN("aaaa", "t", "Failure-Report: partial\r\n" WHOLE, "hello", "$"),
      "UP\nMESSAGE msg1 text/plain 5\nCONTENT msg1 0 hello\nCOMPLETE msg1 5\n" },
    { MSRP_IN("aaaa", "SEND", "other", "Failure-Report: partial\r\n" MSRP_END("aaaa", "$")),
      "481 aaaa$\n" },
    /* 4975-7.3.1-6 */
    { MSRP_IN("aaaa", "SEND", "t",
              WHOLE "Content-Type: a/b\r\n\r\nhello\r\n" MSRP_END("aaaa", "$")),
      "UP\n415 aaaa$\n" },
    /* 4975-5.4-9, 4975-7.3-1, 4975-7.3-2, 4975-7.3-3: no such session */
    { MSRP_IN("aaaa", "SEND", "other", MSRP_END("aaaa", "$")), "481 aaaa$\n" },
    { MSRP_IN("aaaa", "SEND", "T", MSRP_END("aaaa", "$")), "481 aaaa$\n" },
    { "MSRP aaaa SEND\r\nTo-Path: msrp://b:1/t;tcp msrp://b:1/t;tcp\r\n"
      "From-Path: msrp://a:1/t;tcp\r\n" MSRP_END("aaaa", "$"),
      "481 aaaa$\n" },
    /* 4975-5.4-8: who knows the URI is the peer, whatever its From-Path */
    { "MSRP aaaa SEND\r\nTo-Path: MSRP://B:1/t;TCP\r\nFrom-Path: msrp://else:1/u;tcp\r\n" MSRP_END(
          "aaaa", "$"),
      "UP\n200 aaaa$\n" },
    /* 4975-12-3 */
    { MSRP_IN("aaaa", "NICKNAME", "t", MSRP_END("aaaa", "$")), "UP\n501 aaaa$\n" },
    { MSRP_IN("aaaa", "FOO", "t", "Content-Type: a/b\r\n\r\nbody\r\n" MSRP_END("aaaa", "$")) HELLO,
      "UP\n501 aaaa$\n200 hello$\n" },
    /* 4975-7.1.2-8, 4975-7.1.2-7, 4975-7.3.2-6, 4975-7.1.1-10: a REPORT is never answered */
    { MSRP_IN("aaaa", "REPORT", "t", MID "Status: 000 200 OK\r\n" MSRP_END("aaaa", "$")), "UP\n" },
    { MSRP_IN("aaaa", "REPORT", "other", MID "Status: 000 200 OK\r\n" MSRP_END("aaaa", "$")), "" },
    { MSRP_IN("aaaa", "REPORT", "t", MID MSRP_END("aaaa", "$")), "UP\n" },
    { MSRP_IN("aaaa", "REPORT", "t", "Status: x\r\n" MSRP_END("aaaa", "$")), "" },
    /* a bad head in a good frame: 400, and the stream goes on */
    { MSRP_IN("aaaa", "SEND", "t", "Byte-Range: 0-1/1\r\n" MSRP_END("aaaa", "$")) HELLO,
      "UP\n400 aaaa$\n200 hello$\n" },
    { "MSRP aaaa SEND\r\nFrom-Path: msrp://a:1/t;tcp\r\n" MSRP_END("aaaa", "$") HELLO,
      "UP\n200 hello$\n" },
    { MSRP_SEND_IN("aaaa", "t", "Message-ID: 1\r\n", "hello", "$") HELLO,
      "UP\n400 aaaa$\n200 hello$\n" },
    /* a response to nothing of ours */
    { MSRP_IN("aaaa", "200 OK", "t", MSRP_END("aaaa", "$")) HELLO, "UP\n200 hello$\n" },
    { MSRP_IN("aaaa", "200000", "t", MSRP_END("aaaa", "$")) HELLO, "UP\n200 hello$\n" },
    /* no frame: 400 if it is known to whom, and the end of the connection */
    { "GET / HTTP/1.0\r\n\r\n", "CLOSE 1\n" },
    { MSRP_IN("aaaa", "SEND", "t", "X: bare\n"), "400 aaaa$\nCLOSE 1\n" },
    { HELLO MSRP_IN("aaaa", "SEND", "t", "-------bbbb$\r\n"),
      "UP\n200 hello$\n400 aaaa$\nCLOSE 1\nDOWN SYNTAX\n" },
    { MSRP_IN("aaaa", "REPORT", "t", "X: bare\n"), "CLOSE 1\n" },
};

START_TEST(answers)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_side_in(&side, 1, rows[_i].in);
    msrp_side_log(&side, rows[_i].out);
}
END_TEST

/* The lines of a log without what depends on how the input was cut: answers leave when an input
 * ends, content comes in parts, and how much of it came before a message was aborted, does not
 * matter. */
static void without_cuts(const struct msrp_side *side, struct sp_buf *notes, struct sp_buf *sent)
{
    struct sp_slice rest = { side->log, side->logged };

    while (rest.len > 0) {
        struct sp_slice line = sp_head(rest, sp_find(rest, '\n') + 1);

        rest = sp_from(rest, line.len);
        if (sp_starts(line, SP_LIT("CONTENT "))) {
            line = sp_from(line, 8);
            line = sp_from(line, sp_find(line, ' ') + 1);
            line = sp_from(line, sp_find(line, ' ') + 1);
            sp_put(notes, sp_head(line, line.len - 1));
            continue;
        }
        if (sp_starts(line, SP_LIT("ABORTED ")))
            notes->len = 0;
        sp_put(sp_is_digit(line.at[0]) || line.at[0] == 'R' || line.at[0] == 'S' ? sent : notes,
               line);
    }
}

/* Law: the same octets, octet by octet, do the same. */
START_TEST(octet_by_octet)
{
    struct msrp_side side;
    char             room[4][4096];
    struct sp_buf    notes[2], sent[2];

    for (int way = 0; way < 2; way++) {
        msrp_side_init(&side, &msrp_side_limits);
        msrp_side_passive(&side);
        if (way == 0)
            msrp_side_in(&side, 1, rows[_i].in);
        for (size_t i = 0; way == 1 && i < strlen(rows[_i].in); i++)
            msrp_side_octets(&side, 1, sp_slice(rows[_i].in + i, 1));
        notes[way] = sp_buf(room[way], sizeof room[way]);
        sent[way] = sp_buf(room[2 + way], sizeof room[way]);
        without_cuts(&side, &notes[way], &sent[way]);
    }
    unit_eq_slice(sp_written(&notes[0]), sp_written(&notes[1]));
    unit_eq_slice(sp_written(&sent[0]), sp_written(&sent[1]));
}
END_TEST

/* 4975-7.2-4: the octets of a response, To-Path being the first URI of a long From-Path. */
START_TEST(response_on_the_wire)
{
    struct msrp_side   side;
    struct msrp_action action;
    struct sp_flow     flow = msrp_side_flow(1);
    bool               seen = false;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_receive(side.agent, side.now_us, &flow,
                 unit_text("MSRP aaaa SEND\r\nTo-Path: msrp://b:1/t;tcp\r\nFrom-Path: "
                           "msrp://relay:2/r;tcp msrp://a:1/t;tcp\r\n-------aaaa$\r\n"));
    while (msrp_next(side.agent, &action)) {
        if (action.kind != MSRP_IO)
            continue;
        ck_assert_uint_eq(action.io.flow.id, 1);
        ck_assert(!action.io.want_sent);
        unit_eq(action.io.parts[0], "MSRP aaaa 200 OK\r\nTo-Path: msrp://relay:2/r;tcp\r\n"
                                    "From-Path: msrp://b:1/t;tcp\r\n-------aaaa$\r\n");
        seen = true;
    }
    ck_assert(seen);
}
END_TEST

/* A report goes the whole way back. */
START_TEST(report_on_the_wire)
{
    struct msrp_side   side;
    struct msrp_action action;
    struct sp_flow     flow = msrp_side_flow(1);
    struct msrp_head   head;
    struct sp_where    where;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_receive(side.agent, side.now_us, &flow,
                 unit_text("MSRP aaaa SEND\r\nTo-Path: msrp://b:1/t;tcp\r\nFrom-Path: "
                           "msrp://relay:2/r;tcp msrp://a:1/t;tcp\r\nMessage-ID: m123\r\n"
                           "Failure-Report: no\r\nSuccess-Report: yes\r\n"
                           "Content-Type: text/plain\r\n\r\nx\r\n-------aaaa$\r\n"));
    while (msrp_next(side.agent, &action) && action.kind != MSRP_IO)
        if (action.kind == MSRP_COMPLETE)
            unit_err(msrp_judge(side.agent, side.now_us, action.message, 200), SP_OK);
    unit_err(msrp_head_parse(
                 sp_head(action.io.parts[0], sp_find_slice(action.io.parts[0], SP_LIT("-------"))),
                 &head, &where),
             SP_OK);
    ck_assert_int_eq(head.method, MSRP_REPORT);
    unit_eq(head.to_path, "msrp://relay:2/r;tcp msrp://a:1/t;tcp");
    unit_eq(head.from_path, "msrp://b:1/t;tcp");
    unit_eq(head.message_id, "m123");
    ck_assert_uint_eq(head.report_status, 200);
    ck_assert_uint_eq(head.report_namespace, 0);
}
END_TEST

/* Judged while it is under way: the chunk is answered so, what follows is dropped. 4975-5.3-1,
 * 4975-7.1.4-1 */
START_TEST(refused_early)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    side.judge_early = 413;
    msrp_side_in(&side, 1, MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-*/8\r\n", "abcd", "+"));
    msrp_side_in(&side, 1, MSRP_SEND_IN("bbbb", "t", MID "Byte-Range: 5-8/8\r\n", "EFGH", "$"));
    msrp_side_log(&side, "UP\nMESSAGE msg1 text/plain 8\n413 aaaa$\n413 bbbb$\n");
}
END_TEST

/* In the middle of a chunk: at once, not at its end. */
START_TEST(refused_within_a_chunk)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_side_in(&side, 1, MSRP_IN("aaaa", "SEND", "t", MID "Content-Type: text/plain\r\n\r\nabc"));
    msrp_side_log(&side, "UP\nMESSAGE msg1 text/plain *\nCONTENT msg1 0 abc\n");
    unit_err(msrp_judge(side.agent, side.now_us, side.incoming, 413), SP_OK);
    unit_err(msrp_judge(side.agent, side.now_us, side.incoming, 413), SP_STALE);
    msrp_side_drain(&side);
    msrp_side_log(&side, "413 aaaa$\n");
    msrp_side_in(&side, 1, "def\r\n" MSRP_END("aaaa", "$"));
    msrp_side_log(&side, "");
}
END_TEST

/* Between two chunks: a failure REPORT with the range that came. 4975-7.1.4-5, 4975-7.1.4-6,
 * 4975-7.1.4-7 */
START_TEST(refused_between_chunks)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_side_in(&side, 1, MSRP_SEND_IN("aaaa", "t", MID "Byte-Range: 1-*/8\r\n", "abcd", "+"));
    side.logged = 0;
    unit_err(msrp_judge(side.agent, side.now_us, side.incoming, 200), SP_STATE);
    unit_err(msrp_judge(side.agent, side.now_us, side.incoming, 413), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "REPORT msg1 1-4/8 413$\n");
}
END_TEST

/* 4975-7.1.4-2: with Failure-Report: no neither response nor report. */
START_TEST(refused_in_silence)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    side.judge_early = 413;
    msrp_side_in(&side, 1, MSRP_SEND_IN("aaaa", "t", "Failure-Report: no\r\n" WHOLE, "hello", "$"));
    side.judge_early = 0;
    side.judge = 413;
    msrp_side_in(&side, 1,
                 MSRP_SEND_IN("bbbb", "t", "Failure-Report: no\r\nMessage-ID: msg2\r\n", "x", "$"));
    msrp_side_log(&side, "UP\nMESSAGE msg1 text/plain 5\nMESSAGE msg2 text/plain *\n"
                         "CONTENT msg2 0 x\nCOMPLETE msg2 1\n");
}
END_TEST

/* Judged when it is complete: as the response to its last chunk; 7.2-2 for partial. */
START_TEST(refused_when_complete)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    side.judge = 403;
    msrp_side_in(&side, 1, MSRP_SEND_IN("aaaa", "t", WHOLE, "hello", "$"));
    msrp_side_in(&side, 1,
                 MSRP_SEND_IN("bbbb", "t", "Failure-Report: partial\r\nMessage-ID: msg2\r\n", "x",
                              "$")); /* 4975-7.2-2 */
    msrp_side_log(&side, "UP\nMESSAGE msg1 text/plain 5\nCONTENT msg1 0 hello\nCOMPLETE msg1 5\n"
                         "403 aaaa$\nMESSAGE msg2 text/plain *\nCONTENT msg2 0 x\nCOMPLETE msg2 1\n"
                         "403 bbbb$\n");
}
END_TEST

/* Judged later than that: the response was 200 by then. */
START_TEST(judged_later)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    side.judge = 0;
    side.quiet = true;
    msrp_side_in(&side, 1,
                 MSRP_SEND_IN("aaaa", "t", "Success-Report: yes\r\n" WHOLE, "hello", "$"));
    msrp_side_log(&side, "UP\nMESSAGE msg1 text/plain 5\nCOMPLETE msg1 5\n200 aaaa$\n");
    unit_err(msrp_judge(side.agent, side.now_us, side.incoming, 200), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "REPORT msg1 1-5/5 200$\n");
    msrp_side_in(
        &side, 1,
        MSRP_SEND_IN("bbbb", "t", "Message-ID: msg2\r\nByte-Range: 1-5/5\r\n", "hello", "$"));
    side.logged = 0;
    unit_err(msrp_judge(side.agent, side.now_us, side.incoming, 403), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "REPORT msg2 1-5/5 403$\n");
}
END_TEST

/* 14.5: no size makes memory grow; beyond the owner's bound it is 413. 4975-14.5-3 */
START_TEST(too_large)
{
    struct msrp_side           side;
    struct msrp_session_config config = { .local_path = SP_LIT("msrp://b:1/t;tcp"),
                                          .remote_path = SP_LIT("msrp://a:1/t;tcp"),
                                          .max_size = 4 };

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_open(side.agent, side.now_us, &config, &side.session), SP_OK);
    msrp_side_accept(&side, 1);
    msrp_side_in(&side, 1, MSRP_SEND_IN("aaaa", "t", WHOLE, "hello", "$"));
    msrp_side_in(&side, 1, MSRP_SEND_IN("bbbb", "t", "Message-ID: msg2\r\n", "hello", "$"));
    msrp_side_in(&side, 1,
                 MSRP_SEND_IN("cccc", "t",
                              "Message-ID: msg3\r\n"
                              "Byte-Range: 9223372036854775807-*/*\r\n",
                              "hello", "$"));
    msrp_side_in(&side, 1, MSRP_SEND_IN("dddd", "t", "Message-ID: msg4\r\n", "four", "$"));
    msrp_side_log(&side, "UP\n413 aaaa$\nMESSAGE msg2 text/plain *\nABORTED msg2 LIMIT\n413 bbbb$\n"
                         "413 cccc$\nMESSAGE msg4 text/plain *\nCONTENT msg4 0 four\n"
                         "COMPLETE msg4 4\n200 dddd$\n");
}
END_TEST

/* More gaps than are tracked: the message is refused, the session stays. */
START_TEST(too_many_gaps)
{
    struct msrp_side side;
    char             text[1024];

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    side.quiet = true;
    for (int i = 0; i < 9; i++) {
        snprintf(text, sizeof text,
                 "MSRP id-%d SEND\r\nTo-Path: msrp://b:1/t;tcp\r\nFrom-Path: msrp://a:1/t;tcp\r\n"
                 "Message-ID: msg1\r\nByte-Range: %d-*/*\r\nContent-Type: text/plain\r\n\r\n"
                 "x\r\n-------id-%d+\r\n",
                 i, 2 * i + 1, i);
        msrp_side_in(&side, 1, text);
    }
    msrp_side_in(&side, 1, HELLO);
    msrp_side_log(&side,
                  "UP\nMESSAGE msg1 text/plain *\n200 id-0$\n200 id-1$\n200 id-2$\n200 id-3$\n"
                  "200 id-4$\n200 id-5$\n200 id-6$\n200 id-7$\nABORTED msg1 LIMIT\n413 id-8$\n"
                  "200 hello$\n");
}
END_TEST

/* Answers of one read leave in one write. */
START_TEST(answers_leave_together)
{
    struct msrp_side   side;
    struct msrp_action action;
    struct sp_flow     flow = msrp_side_flow(1);
    int                writes = 0;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_receive(side.agent, side.now_us, &flow, unit_text(HELLO HELLO HELLO HELLO HELLO));
    while (msrp_next(side.agent, &action))
        writes += action.kind == MSRP_IO;
    ck_assert_int_eq(writes, 1);
}
END_TEST

/* Every counter counts. */
START_TEST(counts)
{
    struct msrp_side     side;
    struct msrp_counters counters;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    msrp_side_in(&side, 1, HELLO HELLO);
    msrp_side_in(&side, 1, MSRP_IN("aaaa", "200 OK", "t", MSRP_END("aaaa", "$")));
    msrp_side_in(&side, 1, MSRP_IN("aaaa", "REPORT", "t", MID MSRP_END("aaaa", "$")));
    msrp_side_in(&side, 1, MSRP_IN("aaaa", "SEND", "other", MSRP_END("aaaa", "$")));
    msrp_side_in(&side, 1, MSRP_IN("aaaa", "FOO", "t", MSRP_END("aaaa", "$")));
    msrp_side_in(&side, 1, "junk");
    msrp_count(side.agent, &counters);
    ck_assert_uint_eq(counters.requests, 3);
    ck_assert_uint_eq(counters.responses, 1);
    ck_assert_uint_eq(counters.reports, 1);
    ck_assert_uint_eq(counters.unknown_session, 1);
    ck_assert_uint_eq(counters.refused, 2);
    ck_assert_uint_eq(counters.malformed, 1);
    ck_assert_uint_eq(counters.dropped, 2);
}
END_TEST

Suite *test_msrp_in_suite(void)
{
    Suite *suite = suite_create("msrp_in");
    TCase *tcase = unit_tcase(suite, "msrp_in");

    unit_loop(tcase, answers, rows);
    unit_loop(tcase, octet_by_octet, rows);
    tcase_add_test(tcase, response_on_the_wire);
    tcase_add_test(tcase, report_on_the_wire);
    tcase_add_test(tcase, refused_early);
    tcase_add_test(tcase, refused_within_a_chunk);
    tcase_add_test(tcase, refused_between_chunks);
    tcase_add_test(tcase, refused_in_silence);
    tcase_add_test(tcase, refused_when_complete);
    tcase_add_test(tcase, judged_later);
    tcase_add_test(tcase, too_large);
    tcase_add_test(tcase, too_many_gaps);
    tcase_add_test(tcase, answers_leave_together);
    tcase_add_test(tcase, counts);
    return suite;
}
