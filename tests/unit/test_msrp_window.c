/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_window.c -- chunks that await their responses: RFC 4975 7.1.1. */
#include <stdio.h>

#include "msrp_unit.h"

#define HELLO(name) MSRP_IN("hello", "SEND", name, MSRP_END("hello", "$"))

/* The window: 128 chunks without their 200 stop a message; a 200 lets it go on. */
START_TEST(window)
{
    struct msrp_side side;
    struct sp_limits limits = msrp_side_limits;
    char             ids[200][40];

    limits.msrp_chunk_octets = limits.content_octets = 4096;
    msrp_side_init(&side, &limits);
    msrp_side_active(&side);
    side.quiet = true;
    side.content = NULL;
    (void)msrp_side_send(&side, "msg1", 200 * 4096, false, MSRP_FAILURE_YES);
    for (int i = 0; i < 128; i++) {
        static char octets[4096];

        msrp_content(side.agent, side.now_us, side.asked, side.asked_at,
                     sp_slice(octets, sizeof octets));
        msrp_side_drain(&side);
        memcpy(ids[i], side.last_id[0], sizeof ids[i]);
    }
    side.logged = 0;
    msrp_side_drain(&side);
    msrp_side_log(&side, ""); /* full */
    memcpy(side.last_id[0], ids[7], sizeof ids[7]);
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, ""); /* not the oldest */
    memcpy(side.last_id[0], ids[0], sizeof ids[0]);
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "WANT 524288+4096\n");
}
END_TEST

/* The window fills while the host is asked, by a cut: what it gives is not taken, and asked for
 * again. */
START_TEST(window_full_by_a_cut)
{
    struct msrp_side side;
    struct sp_limits limits = msrp_side_limits;
    static char      octets[4096];
    char             first[40];

    limits.msrp_chunk_octets = 8192;
    msrp_side_init(&side, &limits);
    msrp_side_active(&side);
    side.quiet = true;
    side.content = NULL;
    (void)msrp_side_send(&side, "msg1", 200 * 8192, false, MSRP_FAILURE_YES);
    for (int i = 0; i < 255; i++) {
        msrp_content(side.agent, side.now_us, side.asked, side.asked_at,
                     sp_slice(octets, sizeof octets));
        msrp_side_drain(&side);
        if (i == 1)
            memcpy(first, side.last_id[0], sizeof first);
    }
    side.logged = 0;
    msrp_side_in(&side, 1, HELLO("t"));
    msrp_side_log(&side, "SEND msg1 1040385-*/1638400 (4096) +\n200 hello$\n");
    msrp_content(side.agent, side.now_us, side.asked, side.asked_at,
                 sp_slice(octets, sizeof octets));
    msrp_side_drain(&side);
    msrp_side_log(&side, "");
    memcpy(side.last_id[0], first, sizeof first);
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "WANT 1044480+4096\n");
}
END_TEST

/* A chunk that was cut while nothing was on its way is timed from there. */
START_TEST(cut_chunk_times_out)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 9000, false, MSRP_FAILURE_YES);
    side.content = NULL;
    msrp_side_sent(&side, 1);
    msrp_side_wait(&side, 5000);
    msrp_side_in(&side, 1, HELLO("t"));
    side.logged = 0;
    msrp_side_wait(&side, 29999);
    msrp_side_log(&side, "");
    msrp_side_wait(&side, 1);
    msrp_side_log(&side, "FAILED msg1 TIMEOUT 0\nSEND msg1 1-0/9000 #\n");
}
END_TEST

/* A 200 before the chunk has ended counts from its end on. */
START_TEST(answered_before_its_end)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 5000, false, MSRP_FAILURE_YES);
    snprintf(side.last_id[0], sizeof side.last_id[0], "%.*s", SP_ARG(msrp_frame_id(&side.sent[0])));
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "");
    side.hold = false;
    msrp_side_sent(&side, 1);
    msrp_side_log(&side,
                  "SEND msg1 1-*/5000 (5000) $\nSENT msg1\nPROGRESS msg1 5000\nDELIVERED msg1\n");
}
END_TEST

/* 4975-7.1.1-6: 30 seconds from the moment the last octet of a chunk was handed over, not from its
 * first. */
START_TEST(times_out)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 10, false, MSRP_FAILURE_YES);
    side.logged = 0;
    msrp_side_wait(&side, 100000);
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "SENT msg1\n");
    msrp_side_wait(&side, 29999);
    msrp_side_log(&side, "");
    msrp_side_wait(&side, 1);
    msrp_side_log(&side, "FAILED msg1 TIMEOUT 0\n");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_empty(&side);
}
END_TEST

/* The clock's milliseconds need more than 32 bits, and the oldest chunk is answered when the next
 * is overdue. */
START_TEST(overdue)
{
    struct msrp_side side;
    char             first[40];

    msrp_side_init(&side, &msrp_side_limits);
    side.now_us = (((uint64_t)1 << 32) - 20000) * 1000;
    msrp_side_active(&side);
    side.quiet = true;
    (void)msrp_side_send(&side, "msg1", 40000, false, MSRP_FAILURE_YES);
    snprintf(first, sizeof first, "%.*s1", (int)strlen(side.last_id[0]) - 1, side.last_id[0]);
    side.logged = 0;
    side.now_us += 40000 * 1000; /* nobody ticks */
    memcpy(side.last_id[0], first, sizeof first);
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "");
    ck_assert_uint_le(msrp_deadline(side.agent), side.now_us);
    msrp_side_wait(&side, 0);
    msrp_side_log(&side, "FAILED msg1 TIMEOUT 0\n");
}
END_TEST

/* Each chunk has its own 30 seconds; a message that still sends is given up with '#'. */
START_TEST(times_out_while_sending)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.quiet = true;
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 40000, false, MSRP_FAILURE_YES);
    for (int i = 0; i < 4; i++)
        msrp_side_sent(&side, 1);
    msrp_side_log(&side, "SEND msg1 1-*/40000 (16384) +\n");
    msrp_side_wait(&side, 30000);
    msrp_side_log(&side, "FAILED msg1 TIMEOUT 0\nSEND msg1 16385-*/40000 (4096) #\n");
}
END_TEST

/* Failure-Report partial and no: no timer, and nothing to wait for. What is delivered cannot be
 * known then. */
START_TEST(no_timer)
{
    static const enum msrp_failure_report kinds[] = { MSRP_FAILURE_NO, MSRP_FAILURE_PARTIAL };
    struct msrp_side                      side;

    for (int i = 0; i < 2; i++) {
        msrp_side_init(&side, &msrp_side_limits);
        msrp_side_active(&side);
        side.content = "hello";
        (void)msrp_side_send(&side, "msg1", 5, false, kinds[i]);
        msrp_side_log(&side, i == 0
                                 ? "SEND msg1 1-5/5 Fno hello $\nSENT msg1\nDELIVERED msg1\n"
                                 : "SEND msg1 1-5/5 Fpartial hello $\nSENT msg1\nDELIVERED msg1\n");
        ck_assert(msrp_deadline(side.agent) == SP_NEVER);
    }
}
END_TEST

Suite *test_msrp_window_suite(void)
{
    Suite *suite = suite_create("msrp_window");
    TCase *tcase = unit_tcase(suite, "msrp_window");

    tcase_add_test(tcase, window);
    tcase_add_test(tcase, window_full_by_a_cut);
    tcase_add_test(tcase, cut_chunk_times_out);
    tcase_add_test(tcase, answered_before_its_end);
    tcase_add_test(tcase, overdue);
    tcase_add_test(tcase, times_out);
    tcase_add_test(tcase, times_out_while_sending);
    tcase_add_test(tcase, no_timer);
    return suite;
}
