/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_reply.c -- responses and reports to what we sent: RFC 4975 7.1.1, 7.3.2, 10.
 */
#include "msrp_unit.h"

#define HELLO(name)    MSRP_IN("hello", "SEND", name, MSRP_END("hello", "$"))
#define REPORT(fields) MSRP_IN("rrrr", "REPORT", "t", fields MSRP_END("rrrr", "$"))
#define OK(range)      REPORT("Message-ID: msg1\r\nByte-Range: " range "\r\nStatus: 000 200 OK\r\n")

/* A response to the one chunk of msg1. */
static const struct {
    enum msrp_failure_report failure;
    uint16_t                 status;
    const char              *log;
} responses[] = {
    { MSRP_FAILURE_YES, 200, "PROGRESS msg1 5\nDELIVERED msg1\n" },
    { MSRP_FAILURE_YES, 400, "FAILED msg1 REFUSED 400\n" },
    { MSRP_FAILURE_YES, 403, "FAILED msg1 REFUSED 403\n" },
    { MSRP_FAILURE_YES, 408, "FAILED msg1 TIMEOUT 408\n" }, /* 4975-10-1 */
    { MSRP_FAILURE_YES, 413, "FAILED msg1 REFUSED 413\n" },
    { MSRP_FAILURE_YES, 415, "FAILED msg1 REFUSED 415\n" },
    { MSRP_FAILURE_YES, 423, "FAILED msg1 REFUSED 423\n" },
    { MSRP_FAILURE_YES, 481, "FAILED msg1 REFUSED 481\nDOWN REFUSED\n" },
    { MSRP_FAILURE_YES, 501, "FAILED msg1 REFUSED 501\n" },
    { MSRP_FAILURE_YES, 506, "FAILED msg1 REFUSED 506\nDOWN REFUSED\n" },
    { MSRP_FAILURE_YES, 599, "FAILED msg1 REFUSED 599\n" },
};

START_TEST(responds)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 5, false, responses[_i].failure);
    side.logged = 0;
    msrp_side_respond(&side, 1, responses[_i].status);
    msrp_side_log(&side, responses[_i].log);
    msrp_side_respond(&side, 1, responses[_i].status); /* once more: nobody's */
    msrp_side_log(&side, "");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_empty(&side);
}
END_TEST

/* While the message still sends: it is given up with '#', and nothing more of it follows; another
 * goes on. 4975-10-2, 4975-10-3, 4975-7.3.2-3 */
START_TEST(stopped_within_a_chunk)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = side.quiet = true;
    (void)msrp_side_send(&side, "msg1", 9000, false, MSRP_FAILURE_YES);
    memcpy(side.last_id[0], side.sent[0].mark + 9, 40);
    side.last_id[0][side.sent[0].id_end - 9] = '\0';
    msrp_side_respond(&side, 1, 413);
    (void)msrp_side_send(&side, "msg2", 5, false, MSRP_FAILURE_NO);
    side.hold = false;
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "FAILED msg1 REFUSED 413\nSEND msg1 1-*/9000 (4096) #\n"
                         "SEND msg2 1-5/5 Fno xxxxx $\nDELIVERED msg2\n");
}
END_TEST

/* Between two chunks there is nothing to interrupt, and no further chunk. */
START_TEST(stopped_between_chunks)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = side.quiet = true;
    (void)msrp_side_send(&side, "msg1", 9000, false, MSRP_FAILURE_YES);
    msrp_side_in(&side, 1, HELLO("t"));
    side.logged = 0;
    msrp_side_respond(&side, 1, 413);
    side.hold = false;
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "FAILED msg1 REFUSED 413\n");
}
END_TEST

/* Responses out of order; the last one delivers. 4975-7.1.1-24 */
START_TEST(out_of_order)
{
    struct msrp_side side;
    char             ids[3][40];

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 40000, false, MSRP_FAILURE_YES);
    while (side.held > 0) {
        msrp_side_sent(&side, 1);
        for (int i = 0; i < 3; i++)
            if (side.sent[0].mark[side.sent[0].id_end - 1] == '1' + i)
                memcpy(ids[i], side.last_id[0], sizeof ids[i]);
    }
    side.logged = 0;
    memcpy(side.last_id[0], ids[1], sizeof ids[1]);
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "");
    memcpy(side.last_id[0], ids[0], sizeof ids[0]);
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "PROGRESS msg1 32768\n");
    memcpy(side.last_id[0], ids[2], sizeof ids[2]);
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "PROGRESS msg1 40000\nDELIVERED msg1\n");
}
END_TEST

/* Failure-Report no: an unexpected 200 changes nothing; partial: an error response is told,
 * 4975-7.1.1-7. */
START_TEST(unasked)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.quiet = true;
    (void)msrp_side_send(&side, "msg1", 5, true, MSRP_FAILURE_NO);
    side.logged = 0;
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "");
    msrp_side_in(&side, 1, OK("1-5/5"));
    msrp_side_log(&side, "DELIVERED msg1\n");
    (void)msrp_side_send(&side, "msg2", 5, true, MSRP_FAILURE_PARTIAL);
    side.logged = 0;
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "");
    msrp_side_respond(&side, 1, 403);
    msrp_side_log(&side, "FAILED msg2 REFUSED 403\n");
}
END_TEST

/* Reports on msg1, 5 octets, all sent. A success report for all octets delivers, in whatever parts.
 * 4975-7.3.2-1, 4975-7.3.2-2, 4975-7.1.2-3, 4975-7.1.1-10 */
static const struct {
    const char *in, *log;
} reports[] = {
    { OK("1-5/5"), "PROGRESS msg1 5\nDELIVERED msg1\n" },
    { OK("1-*/*"), "PROGRESS msg1 5\nDELIVERED msg1\n" },
    { OK("1-5/*"), "PROGRESS msg1 5\nDELIVERED msg1\n" },
    { REPORT("Message-ID: msg1\r\nStatus: 000 200\r\n"), "PROGRESS msg1 5\nDELIVERED msg1\n" },
    { OK("1-4/5"), "PROGRESS msg1 4\n" },
    { OK("2-5/5"), "" },
    { OK("3-5/5") OK("1-2/5"), "PROGRESS msg1 5\nDELIVERED msg1\n" },
    { OK("1-1/5") OK("1-2/5") OK("1-3/5") OK("1-4/5") OK("1-5/5"),
      "PROGRESS msg1 1\nPROGRESS msg1 2\nPROGRESS msg1 3\nPROGRESS msg1 4\nPROGRESS msg1 5\n"
      "DELIVERED msg1\n" },
    { OK("1-0/5"), "" },
    { OK("6-9/9"), "" }, /* what was never sent */
    { REPORT("Message-ID: msg2\r\nByte-Range: 1-5/5\r\nStatus: 000 200 OK\r\n"), "" },
    { REPORT("Byte-Range: 1-5/5\r\nStatus: 000 200 OK\r\n"), "" },
    { REPORT("Message-ID: msg1\r\nByte-Range: 1-5/5\r\n"), "" },
    { REPORT("Message-ID: msg1\r\nByte-Range: 1-5/5\r\nStatus: 001 200 OK\r\n"), "" },
    { REPORT("Message-ID: msg1\r\nByte-Range: 1-5/5\r\nStatus: 001 500\r\n"), "" },
    /* 413 stops the message alone; any other failure of a range fails the session: 4975-7.3.2-4 */
    { REPORT("Message-ID: msg1\r\nByte-Range: 1-5/5\r\nStatus: 000 413\r\n"),
      "FAILED msg1 REFUSED 413\n" },
    { REPORT("Message-ID: msg1\r\nByte-Range: 1-5/5\r\nStatus: 000 400\r\n"),
      "FAILED msg1 REFUSED 400\nDOWN REFUSED\n" },
    { REPORT("Message-ID: msg1\r\nByte-Range: 1-5/5\r\nStatus: 000 408\r\n"),
      "FAILED msg1 TIMEOUT 408\nDOWN TIMEOUT\n" },
    { REPORT("Message-ID: msg1\r\nStatus: 000 403\r\n"), "FAILED msg1 REFUSED 403\n" },
    { REPORT("Message-ID: msg1\r\nStatus: 000 481\r\n"),
      "FAILED msg1 REFUSED 481\nDOWN REFUSED\n" },
    /* with a body, which is for people */
    { REPORT("Message-ID: msg1\r\nByte-Range: 1-5/5\r\nStatus: 000 200\r\n"
             "Content-Type: text/plain\r\n\r\nwell done\r\n"),
      "PROGRESS msg1 5\nDELIVERED msg1\n" },
};

START_TEST(report)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 5, true, MSRP_FAILURE_NO);
    side.logged = 0;
    msrp_side_in(&side, 1, reports[_i].in);
    msrp_side_log(&side, reports[_i].log);
}
END_TEST

/* The peer says that it has what was never sent: what is counted is what went out. */
START_TEST(reported_before_it_went)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 5000, true, MSRP_FAILURE_NO);
    msrp_side_in(&side, 1, OK("1-5000/5000"));
    side.hold = false;
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "PROGRESS msg1 4096\nSEND msg1 1-*/5000 S Fno (5000) $\nSENT msg1\n");
    msrp_side_in(&side, 1, OK("4097-5000/5000"));
    msrp_side_log(&side, "PROGRESS msg1 5000\nDELIVERED msg1\n");
}
END_TEST

/* Of no octets: any success report tells. */
START_TEST(report_on_nothing)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 0, true, MSRP_FAILURE_NO);
    msrp_side_log(&side, "SEND msg1 1-0/0 S Fno $\nSENT msg1\n");
    msrp_side_in(&side, 1, OK("1-0/0"));
    msrp_side_log(&side, "DELIVERED msg1\n");
}
END_TEST

/* 4975-7.1.1-5: the session ends without the report: its owner is told */
START_TEST(never_reported)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 5, true, MSRP_FAILURE_YES);
    msrp_side_respond(&side, 1, 200);
    side.logged = 0;
    msrp_side_wait(&side, 1000000);
    msrp_side_log(&side, "");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "FAILED msg1 INTERRUPTED 0\nCLOSE 1\n");
}
END_TEST

/* A response must come on the connection of its request, with an id of ours. */
static const char *const forged[] = {
    MSRP_IN("abcd", "200", "t", MSRP_END("abcd", "$")),
    MSRP_IN("0000000000000000m1.1", "413", "t", MSRP_END("0000000000000000m1.1", "$")),
    MSRP_IN("0000000000000000s1.0", "481", "t", MSRP_END("0000000000000000s1.0", "$")),
    MSRP_IN("0000000000000000m7.1", "413", "t", MSRP_END("0000000000000000m7.1", "$")),
    MSRP_IN("0000000000000000mzz.1", "413", "t", MSRP_END("0000000000000000mzz.1", "$")),
    MSRP_IN("0000000000000000m.1", "413", "t", MSRP_END("0000000000000000m.1", "$")),
    MSRP_IN("0000000000000000.1", "413", "t", MSRP_END("0000000000000000.1", "$")),
};

START_TEST(is_not_ours)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 5, false, MSRP_FAILURE_YES);
    side.logged = 0;
    msrp_side_in(&side, 1, forged[_i]);
    msrp_side_accept(&side, 2);
    memcpy(side.last_id[1], side.last_id[0], sizeof side.last_id[0]);
    msrp_side_respond(&side, 2, 413);
    msrp_side_log(&side, "");
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "PROGRESS msg1 5\nDELIVERED msg1\n");
}
END_TEST

/* A relay of the peer opened a connection of its own for a REPORT (RFC 4976 6.4.2): it counts, and
 * binds nothing. */
START_TEST(report_over_another_connection)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 5, true, MSRP_FAILURE_YES);
    msrp_side_respond(&side, 1, 200);
    side.logged = 0;
    msrp_side_accept(&side, 2);
    msrp_side_in(&side, 2,
                 "MSRP abcd REPORT\r\nTo-Path: msrp://b:1/t;tcp\r\nFrom-Path: msrp://r:9/u;tcp "
                 "msrp://192.0.2.1:7/t;tcp\r\nMessage-ID: msg1\r\nByte-Range: 1-5/5\r\n"
                 "Status: 000 200 OK\r\n-------abcd$\r\n");
    msrp_side_log(&side, "DELIVERED msg1\n");
    msrp_side_in(&side, 2,
                 "MSRP efgh SEND\r\nTo-Path: msrp://b:1/t;tcp\r\nFrom-Path: "
                 "msrp://r:9/u;tcp\r\n-------efgh$\r\n");
    msrp_side_log(&side, "[2] 506 efgh$\n");
}
END_TEST

Suite *test_msrp_reply_suite(void)
{
    Suite *suite = suite_create("msrp_reply");
    TCase *tcase = unit_tcase(suite, "msrp_reply");

    unit_loop(tcase, responds, responses);
    tcase_add_test(tcase, stopped_within_a_chunk);
    tcase_add_test(tcase, stopped_between_chunks);
    tcase_add_test(tcase, out_of_order);
    tcase_add_test(tcase, unasked);
    unit_loop(tcase, report, reports);
    tcase_add_test(tcase, reported_before_it_went);
    tcase_add_test(tcase, report_on_nothing);
    tcase_add_test(tcase, never_reported);
    unit_loop(tcase, is_not_ours, forged);
    tcase_add_test(tcase, report_over_another_connection);
    return suite;
}
