/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_out.c -- messages that go out: content in turns, chunk by chunk. RFC
 * 4975 5.1, 7.1.1. */
#include "msrp_unit.h"

#define HELLO(name) MSRP_IN("hello", "SEND", name, MSRP_END("hello", "$"))

/* The host asks no more than a piece, and is asked for exactly what is left. */
START_TEST(wants_and_pieces)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.content = NULL;
    (void)msrp_side_send(&side, "msg1", 5000, false, MSRP_FAILURE_YES);
    msrp_side_log(&side, "WANT 0+4096\n");
    /* fewer octets than asked for are taken; another offset, or nothing asked, is not */
    msrp_content(side.agent, side.now_us, side.asked, 1, SP_LIT("x"));
    msrp_content(side.agent, side.now_us, side.asked, 0, SP_LIT("abc"));
    msrp_content(side.agent, side.now_us, side.asked, 3, SP_LIT("x"));
    msrp_side_drain(&side);
    msrp_side_log(&side, "WANT 3+4096\n");
    side.content = "";
    {
        static char rest[4997];

        memset(rest, 'x', sizeof rest);
        msrp_content(side.agent, side.now_us, side.asked, 3, sp_slice(rest, 4096));
    }
    msrp_side_drain(&side);
    msrp_side_log(&side, "SEND msg1 1-*/5000 abc(5000) $\nSENT msg1\n");
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "PROGRESS msg1 5000\nDELIVERED msg1\n");
}
END_TEST

/* 4975-7.1.1-19: as few chunks as possible; their bound is ours */
START_TEST(chunks)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 40000, false, MSRP_FAILURE_YES);
    /* 4975-7.1.1-16, 4975-7.1.1-15 */
    msrp_side_log(&side, "SEND msg1 1-*/40000 (16384) +\nSEND msg1 16385-*/40000 (16384) +\n"
                         "SEND msg1 32769-*/40000 (7232) $\nSENT msg1\n");
}
END_TEST

/* Through a relay they are smaller. */
START_TEST(chunks_through_a_relay)
{
    struct msrp_side           side;
    struct msrp_session_config config = { .local_path = SP_LIT("msrp://b:1/t;tcp"),
                                          .remote_path = SP_LIT("msrp://192.0.2.1:7/r;tcp "
                                                                "msrp://a:1/t;tcp"),
                                          .connects = true };

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(msrp_open(side.agent, side.now_us, &config, &side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_connected(&side, 1);
    side.logged = 0;
    (void)msrp_side_send(&side, "msg1", 20000, false, MSRP_FAILURE_YES);
    msrp_side_log(&side, "SEND msg1 1-*/20000 S (8192) +\nSEND msg1 8193-*/20000 S (8192) +\n"
                         "SEND msg1 16385-*/20000 S (3616) $\nSENT msg1\n");
}
END_TEST

/* Small chunks of what was given leave together, and only the last waits for `sent`; another
 * message that waits has its turn between. */
START_TEST(chunks_that_leave_together)
{
    struct sp_limits limits = msrp_side_limits;
    struct msrp_side side;

    limits.msrp_chunk_octets = 1000;
    msrp_side_init(&side, &limits);
    side.hold = true;
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 5000, false, MSRP_FAILURE_YES);
    ck_assert_uint_eq(side.held, 1);
    msrp_side_log(&side, "SEND msg1 1-1000/5000 (1000) +\nSEND msg1 1001-2000/5000 (1000) +\n"
                         "SEND msg1 2001-3000/5000 (1000) +\nSEND msg1 3001-4000/5000 (1000) +\n");
    (void)msrp_side_send(&side, "msg2", 5, false, MSRP_FAILURE_YES);
    msrp_side_sent(&side, 1);
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "SEND msg1 4001-*/5000 (1000) $\nSENT msg1\nSEND msg2 1-5/5 xxxxx $\n");
}
END_TEST

START_TEST(no_octets)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 0, false, MSRP_FAILURE_YES);
    msrp_side_log(&side, "SEND msg1 1-0/0 $\nSENT msg1\n");
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "DELIVERED msg1\n");
}
END_TEST

/* Until a piece is with the system nothing more of the content is asked for: a slow reader costs a
 * bounded queue. */
START_TEST(waits_for_sent)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 9000, false, MSRP_FAILURE_YES);
    (void)msrp_side_send(&side, "msg2", 10, false, MSRP_FAILURE_YES);
    ck_assert_uint_eq(side.held, 1);
    msrp_side_log(&side, "");
    /* 5.1: the small message is not stuck behind the large one */
    msrp_side_sent(&side, 1);
    msrp_side_sent(&side, 1);
    msrp_side_log(&side,
                  "SEND msg1 1-*/9000 (4096) +\nSEND msg2 1-10/10 xxxxxxxxxx $\nSENT msg2\n");
    ck_assert_uint_eq(side.held, 1);
    side.hold = false;
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "SEND msg1 4097-*/9000 (4904) $\nSENT msg1\n");
}
END_TEST

/* 4975-7.1.1-22: a chunk under way is interrupted by a response that is owed, and resumed. */
START_TEST(interrupted_by_a_response)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 9000, false, MSRP_FAILURE_YES);
    msrp_side_in(&side, 1, HELLO("t"));
    msrp_side_log(&side, "SEND msg1 1-*/9000 (4096) +\n200 hello$\n");
    side.hold = false;
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "SEND msg1 4097-*/9000 (4904) $\nSENT msg1\n");
}
END_TEST

/* While the host was asked for content, too. */
START_TEST(interrupted_while_asked)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 9000, false, MSRP_FAILURE_YES);
    side.hold = false;
    side.content = NULL;
    msrp_side_sent(&side, 1);
    msrp_side_in(&side, 1, HELLO("t"));
    msrp_side_log(&side, "WANT 4096+4096\nSEND msg1 1-*/9000 (4096) +\n200 hello$\n");
    side.content = "";
    msrp_content(side.agent, side.now_us, side.asked, 4096, SP_LIT("rest"));
    msrp_side_drain(&side);
    msrp_side_log(&side, "SEND msg1 4097-*/9000 rest(4904) $\nSENT msg1\n");
}
END_TEST

/* 4975-7.1.1-23, 4975-7.1.1-4: sessions of one connection, messages of one session take turns. */
START_TEST(turns)
{
    struct msrp_side side;
    struct sp_handle first;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.quiet = true;
    first = side.session;
    unit_err(msrp_side_open(&side, "u", true), SP_OK);
    side.hold = true;
    (void)msrp_side_send(&side, "u-1a", 9000, false, MSRP_FAILURE_NO);
    side.session = first;
    (void)msrp_side_send(&side, "t-1a", 9000, false, MSRP_FAILURE_NO);
    (void)msrp_side_send(&side, "t-1b", 9000, false, MSRP_FAILURE_NO);
    side.hold = false;
    msrp_side_sent(&side, 1);
    msrp_side_log(&side,
                  "UP\nSEND $\nSEND u-1a 1-*/9000 Fno (4096) +\n"
                  "SEND t-1a 1-*/9000 Fno (4096) +\nSEND u-1a 4097-*/9000 Fno (4096) +\n"
                  "SEND t-1b 1-*/9000 Fno (4096) +\nSEND u-1a 8193-9000/9000 Fno (808) $\n"
                  "DELIVERED u-1a\nSEND t-1a 4097-*/9000 Fno (4096) +\n"
                  "SEND t-1b 4097-*/9000 Fno (4096) +\nSEND t-1a 8193-9000/9000 Fno (808) $\n"
                  "DELIVERED t-1a\nSEND t-1b 8193-9000/9000 Fno (808) $\nDELIVERED t-1b\n");
}
END_TEST

/* A small message waits for the piece of a large one that is with the system, and no more. */
START_TEST(small_beside_large)
{
    struct msrp_side side;
    struct sp_limits limits = msrp_side_limits;

    limits.msrp_chunk_octets = 1u << 30;
    msrp_side_init(&side, &limits);
    msrp_side_active(&side);
    side.quiet = side.hold = true;
    (void)msrp_side_send(&side, "huge", UINT64_C(1) << 30, false, MSRP_FAILURE_NO);
    for (int i = 0; i < 3; i++)
        msrp_side_sent(&side, 1);
    msrp_side_log(&side, "");
    (void)msrp_side_send(&side, "tiny", 1000, false, MSRP_FAILURE_NO);
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "SEND huge 1-*/1073741824 Fno (16384) +\n"
                         "SEND tiny 1-1000/1000 Fno (1000) $\n");
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "DELIVERED tiny\n"); /* and a piece of the other is on its way */
}
END_TEST

/* 4975-7.1.1-21: turns do not make chunks smaller than 2048 octets. */
START_TEST(no_small_chunks)
{
    struct msrp_side side;
    struct sp_limits limits = msrp_side_limits;

    limits.content_octets = 1024;
    msrp_side_init(&side, &limits);
    msrp_side_active(&side);
    side.quiet = side.hold = true;
    (void)msrp_side_send(&side, "msg1", 5000, false, MSRP_FAILURE_NO);
    (void)msrp_side_send(&side, "msg2", 5000, false, MSRP_FAILURE_NO);
    side.hold = false;
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "SEND msg1 1-*/5000 Fno (2048) +\nSEND msg2 1-*/5000 Fno (2048) +\n"
                         "SEND msg1 2049-*/5000 Fno (2048) +\nSEND msg2 2049-*/5000 Fno (2048) +\n"
                         "SEND msg1 4097-5000/5000 Fno (904) $\nDELIVERED msg1\n"
                         "SEND msg2 4097-5000/5000 Fno (904) $\nDELIVERED msg2\n");
}
END_TEST

/* Given up by its owner, in each state. 4975-7.1-12 */
START_TEST(aborted)
{
    struct msrp_side side;
    struct sp_handle message;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.quiet = true;
    side.content = NULL; /* asked, nothing sent yet */
    message = msrp_side_send(&side, "msg1", 10, false, MSRP_FAILURE_YES);
    unit_err(msrp_abort(side.agent, side.now_us, message), SP_OK);
    unit_err(msrp_abort(side.agent, side.now_us, message), SP_STALE);
    msrp_side_drain(&side);
    unit_err(msrp_abort(side.agent, side.now_us, message), SP_STALE);
    msrp_side_log(&side, "WANT 0+10\nFAILED msg1 INTERRUPTED 0\n");
    side.content = ""; /* within a chunk */
    side.hold = true;
    message = msrp_side_send(&side, "msg2", 9000, false, MSRP_FAILURE_YES);
    unit_err(msrp_abort(side.agent, side.now_us, message), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "FAILED msg2 INTERRUPTED 0\nSEND msg2 1-*/9000 (4096) #\n");
    side.hold = false;
    msrp_side_sent(&side, 1); /* all sent */
    message = msrp_side_send(&side, "msg3", 10, false, MSRP_FAILURE_YES);
    unit_err(msrp_abort(side.agent, side.now_us, message), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "SEND msg3 1-10/10 xxxxxxxxxx $\nFAILED msg3 INTERRUPTED 0\n");
}
END_TEST

/* Content that cannot be read gives the message up; the next one goes on. */
START_TEST(unreadable)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    side.quiet = true;
    side.hold = true;
    (void)msrp_side_send(&side, "msg1", 9000, false, MSRP_FAILURE_YES);
    (void)msrp_side_send(&side, "msg2", 10, false, MSRP_FAILURE_YES);
    side.hold = false;
    side.content = NULL;
    msrp_side_sent(&side, 1);
    msrp_side_log(&side, "SEND msg1 1-*/9000 (4096) +\nWANT 0+10\n");
    msrp_content(side.agent, side.now_us, side.asked, 0, (struct sp_slice){ 0 });
    msrp_side_drain(&side);
    msrp_side_log(&side, "FAILED msg2 STORAGE 0\nWANT 4096+4096\n");
    msrp_content(side.agent, side.now_us, side.asked, 4096, (struct sp_slice){ 0 });
    msrp_side_drain(&side);
    msrp_side_log(&side, "FAILED msg1 STORAGE 0\nSEND msg1 1-0/9000 #\n");
}
END_TEST

/* What cannot be sent. */
#define LIT(text)                                                                                  \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
static const struct {
    struct msrp_outgoing outgoing;
    enum sp_err          err;
} bad[] = {
    { { .octets = 1 }, SP_MISSING },
    { { .content_type = LIT("text") }, SP_SYNTAX },
    { { .content_type = LIT("text/plain\r\nX: y") }, SP_SYNTAX },
    { { .content_type = LIT("text/plain"), .disposition = LIT("a\r\nX: y") }, SP_INJECTION },
    { { .content_type = LIT("text/plain"), .disposition = LIT("a\nb") }, SP_INJECTION },
    { { .content_type = LIT("text/plain"), .message_id = LIT("123") }, SP_SYNTAX },
    { { .content_type = LIT("text/plain"), .message_id = LIT("12 34") }, SP_SYNTAX },
    { { .content_type = LIT("text/plain"), .octets = UINT64_MAX }, SP_SYNTAX },
};

START_TEST(cannot_be_sent)
{
    struct msrp_side side;
    struct sp_handle message;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    unit_err(msrp_send(side.agent, 0, side.session, &bad[_i].outgoing, &message), bad[_i].err);
    ck_assert_uint_eq(side.agent->messages.used, 0);
}
END_TEST

/* The head of a chunk is bounded; so are messages, and one Message-ID is one message. */
START_TEST(limits)
{
    struct msrp_side     side;
    struct sp_handle     message;
    struct msrp_outgoing outgoing = { .content_type = SP_LIT("text/plain"), .octets = 5 };
    static char          long_text[2000];

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    memset(long_text, 'a', sizeof long_text);
    outgoing.disposition = sp_slice(long_text, sizeof long_text);
    unit_err(msrp_send(side.agent, 0, side.session, &outgoing, &message), SP_ROOM);
    outgoing.disposition.len = 600;
    outgoing.message_id = SP_LIT("msg1");
    unit_err(msrp_send(side.agent, 0, side.session, &outgoing, &message), SP_OK);
    unit_err(msrp_send(side.agent, 0, side.session, &outgoing, &message), SP_REPEATED);
    outgoing.disposition.len = outgoing.message_id.len = 0;
    for (int i = 1; i < 6; i++)
        unit_err(msrp_send(side.agent, 0, side.session, &outgoing, &message), SP_OK);
    unit_err(msrp_send(side.agent, 0, side.session, &outgoing, &message), SP_LIMIT);
    unit_err(msrp_send(side.agent, 0, (struct sp_handle){ 9, 9 }, &outgoing, &message), SP_STALE);
}
END_TEST

/* 4975-7.1.1-1, 4975-7.1-1: what is drawn differs, and is one by grammar. */
START_TEST(drawn_ids)
{
    struct msrp_side   side;
    struct sp_handle   message;
    struct msrp_action action;
    char               seen[8][17];
    int                count = 0;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_active(&side);
    for (int i = 0; i < 6; i++) {
        struct msrp_outgoing outgoing = { .content_type = SP_LIT("text/plain") };

        unit_err(msrp_send(side.agent, 0, side.session, &outgoing, &message), SP_OK);
    }
    while (msrp_next(side.agent, &action)) {
        struct msrp_head head;
        struct sp_where  where;
        struct sp_flow   flow = msrp_side_flow(1);

        if (action.kind != MSRP_IO)
            continue;
        unit_err(
            msrp_head_parse(sp_head(action.io.parts[0], action.io.parts[0].len - 2), &head, &where),
            SP_OK);
        ck_assert_uint_eq(head.message_id.len, 16);
        memcpy(seen[count], head.message_id.at, 16);
        for (int i = 0; i < count; i++)
            ck_assert_int_ne(memcmp(seen[i], seen[count], 16), 0);
        count++;
        msrp_sent(side.agent, 0, &flow);
    }
    ck_assert_int_eq(count, 6);
}
END_TEST

Suite *test_msrp_out_suite(void)
{
    Suite *suite = suite_create("msrp_out");
    TCase *tcase = unit_tcase(suite, "msrp_out");

    tcase_add_test(tcase, wants_and_pieces);
    tcase_add_test(tcase, chunks);
    tcase_add_test(tcase, chunks_through_a_relay);
    tcase_add_test(tcase, chunks_that_leave_together);
    tcase_add_test(tcase, no_octets);
    tcase_add_test(tcase, waits_for_sent);
    tcase_add_test(tcase, interrupted_by_a_response);
    tcase_add_test(tcase, interrupted_while_asked);
    tcase_add_test(tcase, turns);
    tcase_add_test(tcase, small_beside_large);
    tcase_add_test(tcase, no_small_chunks);
    tcase_add_test(tcase, aborted);
    tcase_add_test(tcase, unreadable);
    unit_loop(tcase, cannot_be_sent, bad);
    tcase_add_test(tcase, limits);
    tcase_add_test(tcase, drawn_ids);
    return suite;
}
