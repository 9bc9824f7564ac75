/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_match.c -- which messages belong to a transaction and which do not: RFC 3261
 * 17.1.3, 17.2.3, 18.1.2, 9.2. */
#include "tx_unit.h"

#include <stdio.h>

/* `text` with the first `from` in it become `to`, in a static room. */
static const char *with(const char *text, const char *from, const char *to)
{
    static char room[4096];
    const char *at = strstr(text, from);

    ck_assert_ptr_nonnull(at);
    snprintf(room, sizeof room, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return room;
}

/* A 200 to our MESSAGE, changed: is it taken? 3261-18.1.2-1 (sent-by), 3261-18.1.2-2, 6026-7.3-25;
 * 6026-7.3-26: else nobody hears of it. */
static const struct row {
    const char *from, *to;
    bool        taken;
} responses[] = {
    { "SIP/2.0 200", "SIP/2.0 200", true },
    { "z9hG4bK", "Z9HG4BK", true },                       /* 7.3.1: a branch is a token */
    { "z9hG4bK", "z9hG4bKx", false },                     /* another branch */
    { "192.0.2.1:5060", "192.0.2.1:5061", false },        /* 18.1.2: a sent-by that is not ours */
    { "192.0.2.1:5060", "192.0.2.3:5060", false },        /* the same */
    { "192.0.2.1:5060", "192.0.2.1", true },              /* 5060 is meant where no port stands */
    { "CSeq: 7 MESSAGE", "CSeq: 7 OPTIONS", false },      /* the method of another request */
    { "CSeq: 7 MESSAGE", "CSeq: 7 message", false },      /* 7.1: methods keep their case */
    { "CSeq: 7 MESSAGE", "CSeq: MESSAGE", false },        /* not well-formed */
    { ";rport", ";rport=5060;received=192.0.2.1", true }, /* what the server added */
    { "Via: SIP/2.0/UDP", "Via: SIP/2.0/UDP x.example, SIP/2.0/UDP", false }, /* not on top */
    { "From:", "Via: SIP/2.0/UDP x.example\r\nFrom:", false }, /* 8.1.3.3: another below ours */
};

/* 3261-8.1.3.3-1 among the rows */
START_TEST(response_matches)
{
    const struct row *row = &responses[_i];
    struct sp_limits  limits = tx_limits();
    struct tx_bench   bench;

    tx_bench(&bench, &limits, SP_UDP, false);
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    tx_receive(&bench, with(tx_response_to(bench.sent, 200), row->from, row->to));
    ck_assert_str_eq(bench.log, row->taken ? "0 > MESSAGE\n0 RESPONSE 200\n" : "0 > MESSAGE\n");
    ck_assert_uint_eq(bench.layer->counters.stray + bench.layer->counters.malformed,
                      row->taken ? 0 : 1);
}
END_TEST

/* A response from a host that was not asked is not believed, nor one by another transport; but from
 * another port, and by another connection (18.2.2), it is. */
static const struct elsewhere_row {
    enum sp_transport asked, answered;
    uint8_t           host;
    bool              taken;
} elsewhere[] = {
    { SP_UDP, SP_UDP, 99, false }, { SP_UDP, SP_UDP, 2, true }, { SP_UDP, SP_TCP, 2, false },
    { SP_TCP, SP_TCP, 99, false }, { SP_TCP, SP_TCP, 2, true }, { SP_TCP, SP_UDP, 2, false },
};

START_TEST(response_from_elsewhere)
{
    const struct elsewhere_row *row = &elsewhere[_i];
    struct sp_limits            limits = tx_limits();
    struct tx_bench             bench;

    tx_bench(&bench, &limits, row->asked, false);
    unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    bench.peer.transport = (uint8_t)row->answered;
    bench.peer.remote.octets[3] = row->host;
    bench.peer.remote.port = 4000;
    bench.peer.id = 50;
    if (row->answered == SP_TCP)
        sip_tx_accepted(bench.layer, bench.now_us, &bench.peer);
    tx_receive(&bench, tx_response_to(bench.sent, 200));
    ck_assert_int_eq(strstr(bench.log, "RESPONSE") != NULL, row->taken);
    ck_assert_uint_eq(bench.layer->counters.stray, row->taken ? 0 : 1);
}
END_TEST

/* A request after another one: the same transaction, or a new one? `first` is answered 200. */
static const struct request_row {
    const char *from, *to;
    bool        again;
} requests[] = {
    { "MESSAGE", "MESSAGE", true },
    { "z9hG4bKm", "Z9HG4BKM", true },
    { "z9hG4bKm", "z9hG4bKn", false },
    { "UDP 192.0.2.2", "UDP 192.0.2.2:5060", true },  /* the port that is meant */
    { "UDP 192.0.2.2", "UDP 192.0.2.2:5070", false }, /* 3261-17.2.3: sent-by is compared */
    { "UDP 192.0.2.2", "UDP b.example", false },
    { "Call-ID: 1@b", "Call-ID: 2@b", true }, /* the branch alone tells */
};

START_TEST(request_matches)
{
    const struct request_row *row = &requests[_i];
    struct sp_limits          limits = tx_limits();
    struct tx_bench           bench;

    tx_bench(&bench, &limits, SP_UDP, false);
    tx_receive(&bench, tx_request_text("MESSAGE", "m", "UDP"));
    unit_err(tx_answer(&bench, 200), SP_OK);
    bench.log[0] = '\0';
    tx_receive(&bench, with(tx_request_text("MESSAGE", "m", "UDP"), row->from, row->to));
    ck_assert_str_eq(bench.log, row->again ? "0 > 200\n" : "0 REQUEST\n");
    ck_assert_uint_eq(sip_tx_open(bench.layer), row->again ? 1 : 2);
}
END_TEST

/* RFC 2543 clients have no cookie: their requests match by what they say. 17.2.3. */
static const struct request_row old_requests[] = {
    { "MESSAGE", "MESSAGE", true },
    { "sip:a@192.0.2.1", "sip:c@192.0.2.1", false },
    { "From: <sip:b@b.example>;tag=b", "From: <sip:b@b.example>;tag=c", false },
    { "Call-ID: 1@b", "Call-ID: 2@b", false },
    { "CSeq: 1 ", "CSeq: 2 ", false },
    { "branch=old", "branch=new", false },
    { "Max-Forwards: 70", "Max-Forwards: 69", true },
};

START_TEST(old_request_matches)
{
    const struct request_row *row = &old_requests[_i];
    struct sp_limits          limits = tx_limits();
    struct tx_bench           bench;
    char                      old[1024];

    snprintf(old, sizeof old, "%s", with(tx_request_text("MESSAGE", "", "UDP"), "z9hG4bK", "old"));
    tx_bench(&bench, &limits, SP_UDP, false);
    tx_receive(&bench, old);
    unit_err(tx_answer(&bench, 200), SP_OK);
    bench.log[0] = '\0';
    tx_receive(&bench, with(old, row->from, row->to));
    ck_assert_str_eq(bench.log, row->again ? "0 > 200\n" : "0 REQUEST\n");
}
END_TEST

/* The ACK of an RFC 2543 client has the To tag of our response; another tag is another's. */
START_TEST(old_ack_matches)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    char             invite[1024], ack[1024];

    snprintf(invite, sizeof invite, "%s",
             with(tx_request_text("INVITE", "", "UDP"), "z9hG4bK", "old"));
    snprintf(ack, sizeof ack, "%s", with(tx_request_text("ACK", "", "UDP"), "z9hG4bK", "old"));
    tx_bench(&bench, &limits, SP_UDP, false);
    tx_receive(&bench, invite);
    unit_err(tx_answer(&bench, 486), SP_OK);
    tx_receive(&bench, with(ack, ";tag=b\r\nCall", ";tag=x\r\nCall"));
    tx_until(&bench, 600);
    ck_assert_ptr_nonnull(strstr(bench.log, "500 > 486\n"));
    tx_receive(&bench, ack);
    tx_until(&bench, 40000);
    ck_assert_ptr_nonnull(strstr(bench.log, "5600 gone\n"));
}
END_TEST

/* 6026-6-5: the ACK of an RFC 2543 client for a 2xx goes up. */
START_TEST(old_ack_of_a_2xx)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    char             old[1024];

    tx_bench(&bench, &limits, SP_UDP, false);
    snprintf(old, sizeof old, "%s", with(tx_request_text("INVITE", "", "UDP"), "z9hG4bK", "old"));
    tx_receive(&bench, old);
    unit_err(tx_answer(&bench, 200), SP_OK);
    snprintf(old, sizeof old, "%s", with(tx_request_text("ACK", "", "UDP"), "z9hG4bK", "old"));
    tx_receive(&bench, old);
    ck_assert_str_eq(bench.log, "0 REQUEST\n0 > 100\n0 > 200\n0 ACK\n");
}
END_TEST

/* CANCEL finds the INVITE on its branch and no other. 3261-9.2-1 */
START_TEST(cancel_matches)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    struct sp_handle invite;

    tx_bench(&bench, &limits, SP_UDP, false);
    tx_receive(&bench, tx_request_text("INVITE", "i", "UDP"));
    invite = bench.tx;
    tx_receive(&bench, tx_request_text("CANCEL", "j", "UDP"));
    ck_assert(sp_handle_none(bench.invite));
    unit_err(tx_answer(&bench, 481), SP_OK);
    tx_receive(&bench, tx_request_text("CANCEL", "i", "UDP"));
    ck_assert(sp_handle_eq(bench.invite, invite));
    ck_assert(!sp_handle_eq(bench.tx, invite));
    unit_err(tx_answer(&bench, 200), SP_OK);
}
END_TEST

/* The CANCEL of an RFC 2543 client has the To of its INVITE, in one line or folded. 9.2, 17.2.3 */
static const struct old_cancel_row {
    const char *from, *to;
    bool        found;
} old_cancels[] = {
    { ";tag=b\r\nCall", "\r\nCall", true },
    { ";tag=b\r\nCall", ";tag=b\r\nCall", false },
    { "To: <sip:a@a.example>;tag=b", "To:\r\n <sip:a@a.example>", true },
};

START_TEST(old_cancel_matches)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    struct sp_handle invite;
    char             old[1024];

    tx_bench(&bench, &limits, SP_UDP, false);
    snprintf(old, sizeof old, "%s", with(tx_request_text("INVITE", "", "UDP"), "z9hG4bK", "old"));
    tx_receive(&bench, old);
    invite = bench.tx;
    snprintf(old, sizeof old, "%s", with(tx_request_text("CANCEL", "", "UDP"), "z9hG4bK", "old"));
    tx_receive(&bench, with(old, old_cancels[_i].from, old_cancels[_i].to));
    ck_assert_ptr_nonnull(strstr(bench.log, "0 CANCEL\n"));
    ck_assert_int_eq(sp_handle_eq(bench.invite, invite), old_cancels[_i].found);
}
END_TEST

/* A fold in what is compared is a space, whatever its line ends are (7.3.1). */
START_TEST(old_request_is_folded)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    char             old[1024];

    tx_bench(&bench, &limits, SP_UDP, false);
    snprintf(old, sizeof old, "%s",
             with(tx_request_text("MESSAGE", "", "UDP"), ";branch=z9hG4bK", ";a=\"x   y\""));
    tx_receive(&bench, old);
    tx_receive(&bench, with(old, "x   y", "x\r\n y"));
    ck_assert_str_eq(bench.log, "0 REQUEST\n");
}
END_TEST

/* What is over is forgotten: the same request is a new one. */
START_TEST(gone_and_new)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    limits.transactions = 1;
    tx_bench(&bench, &limits, SP_UDP, false);
    for (int i = 0; i < 3; i++) {
        tx_receive(&bench, tx_request_text("MESSAGE", "m", "UDP"));
        unit_err(tx_answer(&bench, 200), SP_OK);
        tx_until(&bench, bench.now_us / 1000 + 40000);
        ck_assert_uint_eq(sip_tx_open(bench.layer), 0);
    }
    ck_assert_str_eq(bench.log, "0 REQUEST\n0 > 200\n32000 gone\n"
                                "40000 REQUEST\n40000 > 200\n72000 gone\n"
                                "80000 REQUEST\n80000 > 200\n112000 gone\n");
}
END_TEST

/* Branches longer than what a key holds are told apart from their first octet to their last. */
START_TEST(long_branches)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    char             branch[301];

    memset(branch, 'x', sizeof branch);
    branch[300] = '\0';
    tx_bench(&bench, &limits, SP_UDP, false);
    tx_receive(&bench, tx_request_text("MESSAGE", branch, "UDP"));
    tx_receive(&bench, tx_request_text("MESSAGE", branch, "UDP"));
    ck_assert_uint_eq(sip_tx_open(bench.layer), 1);
    branch[299] = 'y';
    tx_receive(&bench, tx_request_text("MESSAGE", branch, "UDP"));
    ck_assert_uint_eq(sip_tx_open(bench.layer), 2);
    branch[0] = 'y';
    tx_receive(&bench, tx_request_text("MESSAGE", branch, "UDP"));
    ck_assert_uint_eq(sip_tx_open(bench.layer), 3);
}
END_TEST

Suite *test_sip_match_suite(void)
{
    Suite *suite = suite_create("sip_match");
    TCase *tcase = unit_tcase(suite, "match");

    unit_loop(tcase, response_matches, responses);
    unit_loop(tcase, response_from_elsewhere, elsewhere);
    unit_loop(tcase, request_matches, requests);
    unit_loop(tcase, old_request_matches, old_requests);
    tcase_add_test(tcase, old_ack_matches);
    tcase_add_test(tcase, old_ack_of_a_2xx);
    tcase_add_test(tcase, cancel_matches);
    unit_loop(tcase, old_cancel_matches, old_cancels);
    tcase_add_test(tcase, old_request_is_folded);
    tcase_add_test(tcase, gone_and_new);
    tcase_add_test(tcase, long_branches);
    return suite;
}
