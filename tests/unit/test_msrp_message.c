/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_message.c -- messages, both ways: found, ended, kept for their Message-ID.
 * RFC 4975 5.4, 7.1.1. */
#include <stdio.h>

#include "msrp_unit.h"

static void one_message(struct msrp_side *side, int n, const char *flag)
{
    char text[512];

    snprintf(text, sizeof text,
             "MSRP id-%d SEND\r\nTo-Path: msrp://b:1/t;tcp\r\nFrom-Path: msrp://a:1/t;tcp\r\n"
             "Message-ID: msg%d\r\nContent-Type: text/plain\r\n\r\nx\r\n-------id-%d%s\r\n",
             n, n, n, flag);
    msrp_side_in(side, 1, text);
}

/* Messages of the past give way to new ones, the oldest first. */
START_TEST(the_past_gives_way)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    side.quiet = true;
    for (int n = 1; n <= 7; n++)
        one_message(&side, n, "$");
    ck_assert_uint_eq(side.agent->messages.used, 6);
    side.logged = 0;
    one_message(&side, 3, "$"); /* known: not shown again */
    msrp_side_log(&side, "200 id-3$\n");
    one_message(&side, 1, "$"); /* forgotten */
    msrp_side_log(&side, "MESSAGE msg1 text/plain *\nCOMPLETE msg1 1\n200 id-1$\n");
}
END_TEST

/* Messages under way do not: a full pool is 413. */
START_TEST(no_slot)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    side.quiet = true;
    for (int n = 1; n <= 6; n++)
        one_message(&side, n, "+");
    side.logged = 0;
    one_message(&side, 7, "+");
    msrp_side_log(&side, "413 id-7$\n");
}
END_TEST

/* One Message-ID in both directions, and in two sessions, is as many messages. */
START_TEST(one_id_many_messages)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.quiet = true;
    unit_err(msrp_side_open(&side, "u", true), SP_OK);
    side.logged = 0;
    (void)msrp_side_send(&side, "msg1", 5, false, MSRP_FAILURE_NO);
    msrp_side_in(&side, 1,
                 MSRP_SEND_IN("aaaa", "t", "Message-ID: msg1\r\n", "x", "$")
                     MSRP_SEND_IN("bbbb", "u", "Message-ID: msg1\r\n", "x", "$"));
    msrp_side_log(&side, "SEND msg1 1-5/5 Fno xxxxx $\nDELIVERED msg1\nMESSAGE msg1 text/plain *\n"
                         "COMPLETE msg1 1\nMESSAGE msg1 text/plain *\nCOMPLETE msg1 1\n"
                         "200 aaaa$\n200 bbbb$\n");
}
END_TEST

/* A handle is gone after a judgement; made up ones find nothing. */
START_TEST(handles)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    one_message(&side, 1, "$");
    unit_err(msrp_judge(side.agent, 0, side.incoming, 200), SP_STALE);
    unit_err(msrp_judge(side.agent, 0, (struct sp_handle){ 3, 1 }, 200), SP_STALE);
    unit_err(msrp_abort(side.agent, 0, side.incoming), SP_STALE); /* not one that goes out */
    msrp_content(side.agent, 0, side.incoming, 0, SP_LIT("x"));
}
END_TEST

/* What arrived in part when '#' came, or when it was refused, does not begin anew. */
START_TEST(given_up_stays_so)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    one_message(&side, 1, "#");
    one_message(&side, 1, "$");
    msrp_side_log(&side, "UP\nMESSAGE msg1 text/plain *\nCONTENT msg1 0 x\n"
                         "ABORTED msg1 INTERRUPTED\n200 id-1$\n200 id-1$\n");
}
END_TEST

static uint32_t draw(uint32_t *random, uint32_t below)
{
    *random = *random * 1664525 + 1013904223;
    return (*random >> 8) % below;
}

static char octet_of(uint64_t offset)
{
    return "\r\n--------abcdef\0\xff"[((offset + 1) * 2654435761u >> 13) % 18];
}

/* A message of random octets, cut at random and in random order, with overlaps and repetitions,
 * comes out whole. */
START_TEST(reassembles)
{
    static char      got[600];
    struct sp_limits limits = msrp_side_limits;
    uint8_t          seed[SP_SEED_OCTETS] = { 1 };
    uint32_t         random;

    limits.msrp_ranges = 64;
    for (uint32_t n = 0; n < 1000; n++) {
        struct msrp_session_config config = { SP_LIT("msrp://b:1/t;tcp"),
                                              SP_LIT("msrp://a:1/t;tcp") };
        struct msrp_agent *agent = msrp_agent_init(unit_room(msrp_agent_size(&limits)), &limits,
                                                   seed);
        struct sp_flow     flow = msrp_side_flow(1);
        struct sp_handle   session;
        struct msrp_action action;
        uint64_t           covered = 0, total;
        bool               whole = false, map[600] = { false };

        random = n * 1000 + (uint32_t)_i;
        total = 1 + draw(&random, 600);
        unit_err(msrp_open(agent, 0, &config, &session), SP_OK);
        msrp_accepted(agent, 0, &flow);
        for (int chunk = 0; !whole; chunk++) {
            uint64_t from = draw(&random, (uint32_t)total);
            uint64_t len = 1 + draw(&random, (uint32_t)(total - from));
            char     text[1600];
            size_t   at;

            len = len > 60 ? 60 : len;
            at = (size_t)snprintf(text, sizeof text,
                                  "MSRP id%05d SEND\r\nTo-Path: msrp://b:1/t;tcp\r\n"
                                  "From-Path: msrp://a:1/t;tcp\r\nMessage-ID: job00\r\n"
                                  "Byte-Range: %lu-*/%s\r\nContent-Type: a/b\r\n\r\n",
                                  chunk, (unsigned long)from + 1, "*");
            for (uint64_t i = 0; i < len; i++, at++) {
                text[at] = octet_of(from + i);
                covered += !map[from + i];
                map[from + i] = true;
            }
            at += (size_t)snprintf(text + at, sizeof text - at, "\r\n-------id%05d%c\r\n", chunk,
                                   from + len == total ? '$' : '+');
            msrp_receive(agent, 0, &flow, sp_slice(text, at));
            while (msrp_next(agent, &action)) {
                if (action.kind == MSRP_CONTENT)
                    memcpy(got + action.offset, action.content.at, action.content.len);
                if (action.kind == MSRP_COMPLETE) {
                    ck_assert_uint_eq(action.total, total);
                    whole = true;
                }
                if (action.kind == MSRP_ABORTED || chunk == 99999)
                    ck_abort();
            }
        }
        ck_assert_uint_eq(covered, total);
        for (uint64_t i = 0; i < total; i++)
            whole = whole && got[i] == octet_of(i);
        ck_assert(whole);
    }
}
END_TEST

/* One session cannot take the slots of the others: each that has no message finds one. */
START_TEST(a_share_for_each)
{
    struct msrp_side     side;
    struct msrp_outgoing outgoing = { .content_type = SP_LIT("text/plain"), .octets = 1 };
    struct sp_handle     first, message;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_side_open(&side, "t", false), SP_OK);
    first = side.session;
    unit_err(msrp_side_open(&side, "u", false), SP_OK);
    for (int i = 0; i < 5; i++)
        unit_err(msrp_send(side.agent, side.now_us, first, &outgoing, &message), SP_OK);
    unit_err(msrp_send(side.agent, side.now_us, first, &outgoing, &message), SP_LIMIT);
    unit_err(msrp_send(side.agent, side.now_us, side.session, &outgoing, &message), SP_OK);
    unit_err(msrp_close(side.agent, side.now_us, first), SP_OK);
    msrp_side_drain(&side);
    for (int i = 0; i < 5; i++) /* alone it may have them all */
        unit_err(msrp_send(side.agent, side.now_us, side.session, &outgoing, &message), SP_OK);
    unit_err(msrp_send(side.agent, side.now_us, side.session, &outgoing, &message), SP_LIMIT);
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_empty(&side);
}
END_TEST

/* A type that drew 415 is not used again in the session (10.6); others are. */
START_TEST(refused_type)
{
    struct msrp_side     side;
    struct msrp_outgoing outgoing = { .content_type = SP_LIT("Text/Plain;charset=utf-8"),
                                      .octets = 1 };
    struct sp_handle     message;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 1, false, MSRP_FAILURE_YES);
    side.logged = 0;
    msrp_side_respond(&side, 1, 415);
    msrp_side_log(&side, "FAILED msg1 REFUSED 415\n");
    unit_err(msrp_send(side.agent, side.now_us, side.session, &outgoing, &message), SP_UNSUPPORTED);
    outgoing.content_type = SP_LIT("text/html");
    unit_err(msrp_send(side.agent, side.now_us, side.session, &outgoing, &message), SP_OK);
}
END_TEST

Suite *test_msrp_message_suite(void)
{
    Suite *suite = suite_create("msrp_message");
    TCase *tcase = unit_tcase(suite, "msrp_message");

    tcase_add_test(tcase, the_past_gives_way);
    tcase_add_test(tcase, no_slot);
    tcase_add_test(tcase, one_id_many_messages);
    tcase_add_test(tcase, handles);
    tcase_add_test(tcase, given_up_stays_so);
    tcase_add_loop_test(tcase, reassembles, 0, 10);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_share_for_each);
    tcase_add_test(tcase, refused_type);
    return suite;
}
