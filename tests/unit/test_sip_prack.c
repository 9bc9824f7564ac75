/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_prack.c -- reliable provisional responses of a callee written by hand, and
 * our PRACK. */
#include "../../transaction/sip_layer.h"
#include "callee_unit.h"
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static struct ua_world *calling(const char *offer, struct sp_slice *invite)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, offer);

    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    *invite = ua_expect(world, "INVITE ");
    return world;
}

/* A reliable response of this number. */
static void ring(struct ua_world *world, struct sp_slice invite, const char *status,
                 const char *tag, unsigned rseq, const char *more)
{
    char text[512];

    snprintf(text, sizeof text, CALLEE_CONTACT "Require: 100rel\nRSeq: %u\n%s", rseq, more);
    ua_callee_answer(world, invite, status, tag, text);
}

/* 3262-4-1, 3262-4-2, 3262-4-3: what the INVITE says */
/* 3262-4-5, 3262-4-6, 3262-4-7, 3262-4-8: a response, its PRACK, and the response again */
/* 3311-4-1 */
START_TEST(on_the_wire)
{
    struct sp_slice  invite, prack;
    struct ua_world *world = calling("offer", &invite);

    ck_assert(ua_has(ua_value(invite, "Supported"), "100rel"));
    unit_eq(ua_value(invite, "Require"), "");
    ck_assert(ua_has(ua_value(invite, "Allow"), "PRACK, "));
    ck_assert(ua_has(ua_value(invite, "Allow"), "UPDATE"));
    ring(world, invite, "183 Progress", "b", 700, CALLER_SDP "answer");
    ua_told(END, "PROGRESS 183 reliable answer");
    ck_assert_str_eq(END->body, "answer\r\n");
    prack = ua_expect(world, "PRACK sip:bob@192.0.2.2:5062 SIP/2.0\r\n");
    unit_eq(ua_value(prack, "RAck"), "700 1 INVITE");
    unit_eq(ua_value(prack, "CSeq"), "2 PRACK");
    unit_eq(ua_tag(prack, "To"), "b");
    unit_eq_slice(ua_value(prack, "Call-ID"), ua_value(invite, "Call-ID"));
    unit_eq(ua_value(prack, "Require"), "");
    ck_assert(!ua_has(prack, "\r\nContact:"));
    for (int i = 0; i < 2; i++) {
        ring(world, invite, "183 Progress", "b", 700, CALLER_SDP "answer");
        ua_told(END, "");
        ck_assert_uint_eq(ua_take(world).len, 0);
        ua_callee_answer(world, prack, "200 OK", "", "");
    }
    ring(world, invite, "180 Ringing", "b", 701, "");
    ua_told(END, "PROGRESS 180 reliable");
    prack = ua_expect(world, "PRACK ");
    unit_eq(ua_value(prack, "RAck"), "701 1 INVITE");
    unit_eq(ua_value(prack, "CSeq"), "3 PRACK");
    /* the 2xx: what it describes was said already */
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT CALLER_SDP "answer");
    ua_told(END, "ACCEPTED 200");
    prack = ua_expect(world, "ACK sip:bob@192.0.2.2:5062 ");
    unit_eq(ua_value(prack, "CSeq"), "1 ACK");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    unit_eq(ua_value(ua_expect(world, "BYE "), "CSeq"), "4 BYE");
}
END_TEST

static const struct order_row {
    unsigned    first, second;
    const char *told; /* of the second */
} orders[] = {
    { 1, 2, "PROGRESS 180 reliable" },
    { 1, 1, "" },
    { 1, 3, "" }, /* 3262-4-12 */
    { 7, 6, "" },
    { 4294967295, 1, "" }, /* 3262-3-19: no way round */
    { 4294967294, 4294967295, "PROGRESS 180 reliable" },
};

/* 3262-4-9, 3262-4-11 */
START_TEST(in_order)
{
    const struct order_row *row = &orders[_i];
    struct sp_slice         invite;
    struct ua_world        *world = calling("offer", &invite);

    ring(world, invite, "183 Progress", "b", row->first, "");
    ua_told(END, "PROGRESS 183 reliable");
    ua_callee_answer(world, ua_expect(world, "PRACK "), "200 OK", "", "");
    ring(world, invite, "180 Ringing", "b", row->second, "");
    ua_told(END, row->told);
    ck_assert_int_eq(ua_take(world).len > 0, row->told[0] != '\0');
}
END_TEST

static const struct plain_row {
    const char *status, *tag, *more, *told;
} plains[] = {
    { "100 Trying", "b", "Require: 100rel\nRSeq: 1\n", "PROGRESS 100" }, /* 3262-4-4 */
    { "180 Ringing", "b", "RSeq: 1\n", "PROGRESS 180" },
    { "180 Ringing", "b", "Require: 100rel\n", "PROGRESS 180" },
    { "180 Ringing", "b", "Require: 100rel\nRSeq: 0\n", "PROGRESS 180" },
    { "180 Ringing", "b", "Require: 100rel\nRSeq: x\n", "PROGRESS 180" },
    { "180 Ringing", "", "Require: 100rel\nRSeq: 1\n", "" }, /* no dialog, so no PRACK */
};

START_TEST(not_reliable)
{
    const struct plain_row *row = &plains[_i];
    struct sp_slice         invite;
    struct ua_world        *world = calling("offer", &invite);

    ua_callee_answer(world, invite, row->status, row->tag, row->more);
    ua_told(END, row->told);
    ck_assert_uint_eq(ua_take(world).len, 0);
}
END_TEST

/* Who does not answer PRACK did not say 100rel, and sends none. */
START_TEST(not_ours)
{
    struct sp_slice  invite;
    struct ua_world *world = ua_calling(&invite);

    ck_assert(!ua_has(ua_value(invite, "Supported"), "100rel"));
    ring(world, invite, "180 Ringing", "b", 1, "");
    ua_told(END, "PROGRESS 180");
    ck_assert_uint_eq(ua_take(world).len, 0);
}
END_TEST

/* 3262-5-2: an INVITE without an offer; the first reliable response has it, its PRACK the answer */
/* 3262-5-1 */
START_TEST(offer_in_the_1xx)
{
    struct sp_slice  invite, prack, none = { NULL, 0 };
    struct ua_world *world = calling(NULL, &invite);
    uint64_t         now = world->now_us;

    ck_assert(!ua_has(invite, "Content-Type"));
    ring(world, invite, "183 Progress", "b", 1, CALLER_SDP "offer");
    ua_told(END, "PROGRESS 183 reliable offer");
    ck_assert_uint_eq(ua_take(world).len, 0);
    ring(world, invite, "183 Progress", "b", 1, CALLER_SDP "offer"); /* it is waited for */
    ua_told(END, "");
    unit_err(sip_ua_prack(END->ua, now, END->session, none, none), SP_MISSING);
    unit_err(sip_ua_prack(END->ua, now, END->session, SP_LIT("text/plain"), SP_LIT("x")),
             SP_MISSING);
    unit_err(sip_ua_update(END->ua, now, END->session, UA_SDP, SP_LIT("x")), SP_STATE);
    unit_err(sip_ua_prack(END->ua, now, END->session, UA_SDP, SP_LIT("answer")), SP_OK);
    ua_drain(END);
    prack = ua_expect(world, "PRACK ");
    ck_assert(ua_has(prack, "\r\n\r\nanswer"));
    unit_err(sip_ua_prack(END->ua, now, END->session, UA_SDP, SP_LIT("answer")), SP_STATE);
    ua_callee_answer(world, prack, "200 OK", "", "");
    ua_told(END, "");
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_told(END, "ACCEPTED 200");
    ck_assert(!ua_has(ua_expect(world, "ACK "), "Content-Type"));
}
END_TEST

/* A PRACK with a body has no response, and what follows it begins anew: the PRACK of the next
 * response has no body, nor has anything of it stayed behind when a re-INVITE begins. */
START_TEST(body_of_before)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, true, 1);
    size_t                kept = END->ua->store.used;
    struct sip_ua_request request = ua_request(SIP_INVITE, NULL);
    struct sp_slice       invite, prack;

    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    ring(world, invite, "183 Progress", "b", 1, CALLER_SDP "offer");
    unit_err(sip_ua_prack(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("answer")), SP_OK);
    ua_drain(END);
    prack = ua_expect(world, "PRACK ");
    if (_i == 0) {
        ring(world, invite, "180 Ringing", "b", 2, "");
        prack = ua_expect(world, "PRACK ");
        unit_eq(ua_value(prack, "RAck"), "2 1 INVITE");
        unit_eq(ua_value(prack, "Content-Length"), "0");
    }
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_expect(world, "ACK ");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    ua_callee_answer(world, ua_expect(world, "INVITE "), "200 OK", "", CALLEE_CONTACT);
    ua_expect(world, "ACK ");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_run(world, 3 * 64 * 500);
    ua_empty(END);
    ck_assert_uint_eq(END->ua->store.used, kept);
}
END_TEST

/* What the user does when he is told of the response. */
static const char *prack_body;
static enum sp_err prack_err;

static void give_prack(struct ua_end *end, const struct sip_ua_action *action)
{
    if (action->kind == SIP_UA_PROGRESS && action->reliable)
        prack_err = sip_ua_prack(end->ua, end->world->now_us, action->session, UA_SDP,
                                 sp_str(prack_body));
}

static const struct answer_row {
    const char *status, *more, *told;
} answers[] = {
    { "200 OK", CALLER_SDP "answer", "ANSWERED 200 answer" },
    { "200 OK", "", "ANSWERED 200" },
    { "488 Not Acceptable Here", "", "ANSWERED 488" },
};

/* 3262-5-3: after the answer in the 1xx an offer in the PRACK, and its answer in the 2xx */
START_TEST(offer_in_the_prack)
{
    const struct answer_row *row = &answers[_i];
    struct sp_slice          invite, prack;
    struct ua_world         *world = calling("offer", &invite);

    END->on_note = give_prack;
    prack_body = "second";
    ring(world, invite, "183 Progress", "b", 1, CALLER_SDP "answer");
    unit_err(prack_err, SP_OK);
    ua_told(END, "PROGRESS 183 reliable answer");
    prack = ua_expect(world, "PRACK ");
    ck_assert(ua_has(prack, "\r\n\r\nsecond"));
    /* the next response waits until the offer is answered; it comes again */
    ring(world, invite, "180 Ringing", "b", 2, "");
    ua_told(END, "");
    unit_err(sip_ua_update(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_STATE);
    ua_callee_answer(world, prack, row->status, "", row->more);
    ua_told(END, row->told);
    ck_assert_int_eq(END->last.method, SIP_PRACK);
    prack_body = "";
    ring(world, invite, "180 Ringing", "b", 2, "");
    ua_told(END, "PROGRESS 180 reliable");
    ua_expect(world, "PRACK ");
}
END_TEST

/* An offer has no place in a PRACK before the INVITE's is answered. */
START_TEST(offer_too_soon)
{
    struct sp_slice  invite;
    struct ua_world *world = calling("offer", &invite);

    END->on_note = give_prack;
    prack_body = "second";
    ring(world, invite, "180 Ringing", "b", 1, "");
    unit_err(prack_err, SP_STATE);
    ck_assert(!ua_has(ua_expect(world, "PRACK "), "second")); /* it leaves by itself */
}
END_TEST

static const struct failure_row {
    const char *status; /* NULL: nothing at all */
    const char *next;   /* what leaves then */
} failures[] = {
    { "481 No", "CANCEL " },
    { "408 Timeout", "CANCEL " },
    { NULL, "CANCEL " },
    { "500 No", NULL },
};

/* 12.2.1.2: an early dialog that is lost ends the INVITE. */
START_TEST(fails)
{
    const struct failure_row *row = &failures[_i];
    struct sp_slice           invite, prack;
    struct ua_world          *world = calling("offer", &invite);

    ring(world, invite, "180 Ringing", "b", 1, "");
    prack = ua_expect(world, "PRACK ");
    if (row->status != NULL) {
        ua_callee_answer(world, prack, row->status, "", "");
    } else {
        ua_run(world, 31999);
        while (ua_take(world).len > 0)
            ;
        ua_run(world, 1);
    }
    ua_told(END, "PROGRESS 180 reliable");
    if (row->next != NULL) {
        ua_callee_answer(world, ua_expect(world, row->next), "200 OK", "", "");
        ua_callee_answer(world, invite, "487 Terminated", "b", "");
        ua_told(END, "REFUSED 487");
        ua_run(world, 64 * 500);
        ua_empty(END);
    } else {
        ck_assert_uint_eq(ua_take(world).len, 0);
    }
}
END_TEST

START_TEST(challenged)
{
    struct sp_slice  invite, prack;
    struct ua_world *world = calling("offer", &invite);

    unit_err(sip_ua_login(END->ua, SP_LIT("there"), SP_LIT("alice"), SP_LIT("secret")), SP_OK);
    ring(world, invite, "180 Ringing", "b", 1, "");
    prack = ua_expect(world, "PRACK ");
    ua_callee_answer(world, prack, "401 Who", "",
                     "WWW-Authenticate: Digest realm=\"there\", nonce=\"n\"\n");
    prack = ua_expect(world, "PRACK ");
    unit_eq(ua_value(prack, "CSeq"), "3 PRACK");
    unit_eq(ua_value(prack, "RAck"), "1 1 INVITE");
    ck_assert(ua_has(ua_value(prack, "Authorization"), "username=\"alice\""));
}
END_TEST

/* A later request of ours came first, so the peer refuses our number (12.2.2): it goes again, once.
 */
START_TEST(overtaken)
{
    struct sp_slice  invite, prack, none = { NULL, 0 };
    struct ua_world *world = calling("offer", &invite);

    ring(world, invite, "183 Progress", "b", 1, "Allow: UPDATE\n" CALLER_SDP "answer");
    prack = ua_expect(world, "PRACK ");
    unit_err(sip_ua_update(END->ua, world->now_us, END->session, none, none), SP_OK);
    ua_drain(END);
    ua_callee_answer(world, ua_expect(world, "UPDATE "), "200 OK", "", CALLEE_CONTACT);
    ua_callee_answer(world, prack, "500 Server Internal Error", "", "");
    prack = ua_expect(world, "PRACK ");
    unit_eq(ua_value(prack, "CSeq"), "4 PRACK");
    unit_eq(ua_value(prack, "RAck"), "1 1 INVITE");
    ua_callee_answer(world, prack, "500 Server Internal Error", "", "");
    ck_assert_uint_eq(ua_take(world).len, 0);
}
END_TEST

/* 3262-4-10: a re-INVITE counts anew */
START_TEST(of_a_reinvite)
{
    struct sp_slice  invite, prack;
    struct ua_world *world = calling("offer", &invite);

    ring(world, invite, "180 Ringing", "b", 1, "");
    ua_callee_answer(world, ua_expect(world, "PRACK "), "200 OK", "", "");
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT CALLER_SDP "answer");
    ua_expect(world, "ACK ");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    ua_callee_answer(world, invite, "180 Ringing", "", CALLEE_CONTACT);
    ring(world, invite, "183 Progress", "b", 77, CALLER_SDP "answer");
    ua_told(END, "PROGRESS 180 reliable; ACCEPTED 200; PROGRESS 183 again reliable answer");
    prack = ua_expect(world, "PRACK ");
    unit_eq(ua_value(prack, "RAck"), "77 3 INVITE");
    ua_callee_answer(world, prack, "200 OK", "", "");
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_told(END, "ACCEPTED 200 again");
}
END_TEST

/* A provisional response of another tag makes no dialog once there is one. */
START_TEST(astray_in_a_reinvite)
{
    struct sp_slice  invite;
    struct ua_world *world = calling("offer", &invite);
    char             text[1024];

    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT CALLER_SDP "answer");
    ua_expect(world, "ACK ");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    snprintf(text, sizeof text,
             "SIP/2.0 183 Progress\nVia: %.*s\nFrom: %.*s\nTo: <sip:bob@192.0.2.2>;tag=other\n"
             "Call-ID: %.*s\nCSeq: %.*s\n" CALLEE_CONTACT "Require: 100rel\nRSeq: 1\n\n",
             SP_ARG(ua_value(invite, "Via")), SP_ARG(ua_value(invite, "From")),
             SP_ARG(ua_value(invite, "Call-ID")), SP_ARG(ua_value(invite, "CSeq")));
    ua_put(world, text);
    ua_told(END, "ACCEPTED 200");
    ck_assert_uint_eq(ua_take(world).len, 0);
    ck_assert_uint_eq(sip_ua_open(END->ua), 1);
}
END_TEST

/* Without room for the PRACK it leaves when the response comes again. */
START_TEST(no_room)
{
    struct sp_slice  invite, prack;
    struct ua_world *world = calling("offer", &invite);
    struct sp_store *store = &END->ua->tx->store;
    const void      *rooms[128];
    int              count = 0;

    for (size_t octets = 65536; octets >= SP_STORE_LEAST; octets /= 2)
        while ((rooms[count] = sp_store_take(store, octets)) != NULL)
            count++;
    ring(world, invite, "180 Ringing", "b", 1, "");
    ua_told(END, "PROGRESS 180 reliable");
    ck_assert_uint_eq(ua_take(world).len, 0);
    while (count > 0)
        sp_store_give(store, rooms[--count]);
    ring(world, invite, "180 Ringing", "b", 1, "");
    ua_told(END, "");
    prack = ua_expect(world, "PRACK ");
    unit_eq(ua_value(prack, "RAck"), "1 1 INVITE");
}
END_TEST

/* Every pool at every capacity. */
START_TEST(every_capacity)
{
    struct ua_world      *world;
    struct sp_limits      limits;
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct sp_slice       invite;

    (void)ua_world(NULL, NULL, true, 1);
    limits = ua_limits;
    limits.store_octets = (uint32_t)_i * 256;
    limits.transactions = 1 + (uint32_t)_i % 4;
    limits.dialogs = 1 + (uint32_t)_i % 3;
    world = ua_world(&ua_session_config, &limits, true, 1);
    if (sip_ua_invite(END->ua, world->now_us, &request, &END->session) != SP_OK) {
        ua_empty(END);
        return;
    }
    ua_drain(END);
    END->on_note = give_prack;
    prack_body = "second";
    invite = ua_expect(world, "INVITE ");
    for (unsigned i = 0; i < 6; i++) {
        static const char *const tags[] = { "b", "c", "d" };

        ring(world, invite, "183 Progress", tags[i % 3], 1 + i / 3, CALLER_SDP "answer");
        ua_run(world, 100);
    }
    ua_callee_answer(world, invite, "200 OK", _i % 2 == 0 ? "c" : "b", CALLEE_CONTACT);
    (void)!sip_ua_end(END->ua, world->now_us, END->session);
    ua_run(world, 6 * 64 * 500);
    ua_empty(END);
}
END_TEST

Suite *test_sip_prack_suite(void)
{
    Suite *suite = suite_create("sip_prack");
    TCase *tcase = unit_tcase(suite, "prack");

    tcase_add_test(tcase, on_the_wire);
    unit_loop(tcase, in_order, orders);
    unit_loop(tcase, not_reliable, plains);
    tcase_add_test(tcase, not_ours);
    tcase_add_test(tcase, offer_in_the_1xx);
    tcase_add_loop_test(tcase, body_of_before, 0, 2);
    unit_loop(tcase, offer_in_the_prack, answers);
    tcase_add_test(tcase, offer_too_soon);
    unit_loop(tcase, fails, failures);
    tcase_add_test(tcase, challenged);
    tcase_add_test(tcase, overtaken);
    tcase_add_test(tcase, of_a_reinvite);
    tcase_add_test(tcase, astray_in_a_reinvite);
    tcase_add_test(tcase, no_room);
    tcase_add_loop_test(tcase, every_capacity, 0, 64);
    return suite;
}
