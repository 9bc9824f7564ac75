/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_offer.c -- whose turn it is to describe the session; and the exchange that
 * ends in the ACK. */
#include "../../dialog/sip_offer.h"
#include "callee_unit.h"
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static const struct sp_slice none = { NULL, 0 };

/* A message with this body; NULL: none. */
static void message(struct sip_msg *msg, struct sip_field fields[16], const char *more,
                    const char *body)
{
    char            text[512];
    struct sp_where where;

    snprintf(text, sizeof text, "SIP/2.0 200 OK\r\n%sContent-Length: %zu\r\n\r\n%s", more,
             strlen(body), body);
    sip_msg_init(msg, fields, 16);
    unit_err(sip_msg_parse(unit_text(text), msg, &where), SP_OK);
}

static const struct is_row {
    const char *fields, *body;
    bool        is;
} iss[] = {
    { "Content-Type: application/sdp\r\n", "x", true },
    { "c: Application/SDP;charset=x\r\n", "x", true },
    { "Content-Type: multipart/mixed;boundary=b\r\n", "x", true },
    { "Content-Type: application/sdp\r\n", "", false },
    { "Content-Type: text/plain\r\n", "x", false },
    { "Content-Type: application/sdpx\r\n", "x", false },
    { "Content-Type: sdp\r\n", "x", false },
    { "", "x", false },
    { "Content-Type: application/sdp\r\nContent-Disposition: session;handling=required\r\n", "x",
      true },
    { "Content-Type: application/sdp\r\nContent-Disposition: early-session\r\n", "x", false },
    { "Content-Type: application/sdp\r\nContent-Disposition: render\r\n", "x", false },
};

START_TEST(what_is_a_description)
{
    const struct is_row *row = &iss[_i];
    struct sip_field     fields[16];
    struct sip_msg       msg;

    message(&msg, fields, row->fields, row->body);
    ck_assert_int_eq(sip_offer_in(&msg), row->is);
}
END_TEST

/* What happens: 's' we send one, 'r' one comes that may be an offer, 'a' one that may not, '-' a
 * message without, 'v' it came to nothing. After each the state: N, O(urs), T(heirs), A(greed), and
 * what it was: o, a or -. */
static const char *const stories[] = {
    "sO aA-a sO aA-a", /* ours, twice */
    "rT-o sA rT-o sA", /* theirs */
    "sO vN rT-o vN",   /* refused at the beginning */
    "rT-o sA sO vA",   /* and later: as it was */
    "rT-o sA rT-o vA vA",
    "sO -O-- rA-a",           /* nothing answers nothing; what may be an offer is the answer */
    "aN-- rT-o rT-- aT-- sA", /* not twice */
    "sO aA-a aA-- rT-o",      /* one that is said again is left alone */
};

START_TEST(turns)
{
    struct ua_world *world = ua_world(&ua_session_config, NULL, true, 1);
    struct sip_ua   *ua = END->ua;
    struct sip_offer offer = { 0 };
    struct sip_field fields[16];
    struct sip_msg   with, without;
    size_t           used = ua->store.used;

    message(&with, fields, "Content-Type: application/sdp\r\n", "theirs");
    message(&without, (struct sip_field[16]){ 0 }, "", "");
    for (const char *at = stories[_i]; *at != '\0'; at++) {
        static const char states[] = "NOTA", kinds[] = "-oa";
        enum sip_ua_sdp   sdp = SIP_UA_SDP_NONE;
        char              what = *at++;

        if (what == ' ')
            what = *at++;
        if (what == 's')
            sip_offer_sent(ua, &offer, UA_SDP, SP_LIT("ours"));
        else if (what == 'v')
            sip_offer_void(ua, &offer);
        else
            sdp = sip_offer_came(ua, &offer, what == '-' ? &without : &with, what != 'a');
        ck_assert_int_eq(states[offer.state], *at);
        ck_assert_int_eq(sip_offer_rests(&offer), *at == 'N' || *at == 'A');
        if (at[1] == '-') {
            at += 2;
            ck_assert_int_eq(kinds[sdp], *at);
        }
    }
    sip_offer_drop(ua, &offer);
    ck_assert_uint_eq(ua->store.used, used);
}
END_TEST

/* For a refresh our side of the last exchange is kept. */
START_TEST(what_stands)
{
    struct ua_world *world = ua_world(&ua_session_config, NULL, true, 1);
    struct sip_ua   *ua = END->ua;
    struct sip_offer offer = { 0 };
    struct sip_field fields[16];
    struct sip_msg   msg;

    message(&msg, fields, "Content-Type: application/sdp\r\n", "theirs");
    sip_offer_sent(ua, &offer, UA_SDP, SP_LIT("one"));
    ck_assert_ptr_null(offer.agreed.block);
    sip_offer_came(ua, &offer, &msg, false);
    unit_eq(offer.agreed.body, "one");
    unit_eq(offer.agreed.type, "application/sdp");
    sip_offer_sent(ua, &offer, UA_SDP, SP_LIT("two"));
    sip_offer_void(ua, &offer);
    unit_eq(offer.agreed.body, "one");
    sip_offer_came(ua, &offer, &msg, true);
    sip_offer_sent(ua, &offer, UA_SDP, SP_LIT("three"));
    unit_eq(offer.agreed.body, "three");
    sip_offer_drop(ua, &offer);
}
END_TEST

/* ---- an INVITE without an offer: it is in the 2xx, the answer in the ACK */

/* 3261-13.2.2.4-6, 3261-13.2.1-5 */
START_TEST(answer_in_the_ack)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, NULL);
    struct sp_slice       invite, ack;
    uint64_t              now = world->now_us;

    unit_err(sip_ua_invite(END->ua, now, &request, &END->session), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    ck_assert(!ua_has(invite, "Content-Type"));
    unit_err(sip_ua_ack(END->ua, now, END->session, UA_SDP, SP_LIT("x")), SP_STATE);
    for (int i = 0; i < 2; i++) {
        ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT CALLER_SDP "offer");
        ua_told(END, i == 0 ? "ACCEPTED 200 offer" : "");
        ck_assert_uint_eq(ua_take(world).len, 0); /* it waits */
    }
    unit_err(sip_ua_ack(END->ua, now, END->session, UA_SDP, none), SP_MISSING);
    unit_err(sip_ua_reinvite(END->ua, now, END->session, UA_SDP, SP_LIT("x")), SP_STATE);
    unit_err(sip_ua_update(END->ua, now, END->session, none, none), SP_STATE);
    if (_i == 1) { /* the user does not want it */
        unit_err(sip_ua_end(END->ua, now, END->session), SP_OK);
        ua_drain(END);
        ck_assert(!ua_has(ua_expect(world, "ACK "), "Content-Type"));
        ua_callee_answer(world, ua_expect(world, "BYE "), "200 OK", "", "");
        ua_told(END, "ENDED 200");
        ua_run(world, 64 * 500);
        ua_empty(END);
        return;
    }
    unit_err(sip_ua_ack(END->ua, now, END->session, UA_SDP, SP_LIT("answer")), SP_OK);
    ua_drain(END);
    ack = ua_expect(world, "ACK ");
    ck_assert(ua_has(ack, "\r\n\r\nanswer"));
    unit_eq(ua_value(ack, "CSeq"), "1 ACK");
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT CALLER_SDP "offer");
    ck_assert(ua_has(ua_expect(world, "ACK "), "\r\n\r\nanswer")); /* the same again */
    unit_err(sip_ua_ack(END->ua, now, END->session, UA_SDP, SP_LIT("x")), SP_STATE);
    /* and a re-INVITE of the same kind */
    unit_err(sip_ua_reinvite(END->ua, now, END->session, none, none), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    ck_assert(!ua_has(invite, "Content-Type"));
    ua_callee_answer(world, invite, "200 OK", "", CALLEE_CONTACT CALLER_SDP "offer");
    ua_told(END, "ACCEPTED 200 again offer");
    ck_assert_uint_eq(ua_take(world).len, 0);
    unit_err(sip_ua_ack(END->ua, now, END->session, UA_SDP, SP_LIT("second")), SP_OK);
    ua_drain(END);
    ck_assert(ua_has(ua_expect(world, "ACK "), "\r\n\r\nsecond"));
}
END_TEST

static const struct give_row {
    const char *more, *body;
    enum sp_err err;
} gives[] = {
    { CALLER_SDP "offer", "answer", SP_OK },
    { CALLER_SDP "offer", "", SP_MISSING }, /* 3261-13.3.1.4-3 */
    { "", "offer", SP_OK },
    { "", "", SP_MISSING },
    { "Content-Type: text/plain\n\nhello", "offer", SP_OK },
};

/* What a 2xx must have. */
START_TEST(the_2xx)
{
    const struct give_row *row = &gives[_i];
    struct ua_world       *world = ua_called(&ua_session_config, row->more);

    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, sp_str(row->body)),
             row->err);
}
END_TEST

static enum sp_err update(struct ua_world *world)
{
    enum sp_err err = sip_ua_update(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("o"));

    ua_drain(END);
    return err;
}

static enum sp_err reinvite(struct ua_world *world)
{
    enum sp_err err = sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("o"));

    ua_drain(END);
    return err;
}

/* 3264-4-1, 3264-4-2: while an offer waits, theirs or ours, no other is made; once it is answered,
 * or refused, it may be. */
START_TEST(one_at_a_time)
{
    struct sp_slice  tag;
    struct ua_world *world = ua_answered(
        &ua_session_config, "Allow: INVITE, ACK, BYE, UPDATE\n" CALLER_SDP "offer", &tag, NULL);
    bool taken = _i == 0;

    ua_caller_put(world, "UPDATE", 11, tag, CALLER_CONTACT CALLER_SDP "theirs");
    ua_told(END, "UPDATED offer");
    unit_err(update(world), SP_STATE);
    unit_err(reinvite(world), SP_STATE);
    unit_err(sip_ua_respond(END->ua, world->now_us, END->request, taken ? 200 : 488, none, UA_SDP,
                            taken ? SP_LIT("answer") : none),
             SP_OK);
    ua_drain(END);
    ua_expect(world, taken ? "SIP/2.0 200 " : "SIP/2.0 488 ");
    unit_err(update(world), SP_OK);
    unit_err(update(world), SP_STATE);
    unit_err(reinvite(world), SP_STATE);
    ua_callee_answer(world, ua_expect(world, "UPDATE "), taken ? "200 OK" : "488 No", "",
                     taken ? CALLER_SDP "answer" : "");
    ua_told(END, taken ? "ANSWERED 200 answer" : "ANSWERED 488");
    unit_err(reinvite(world), SP_OK);
    unit_err(update(world), SP_STATE);
    unit_err(reinvite(world), SP_STATE);
    ua_callee_answer(world, ua_expect(world, "INVITE "), taken ? "200 OK" : "488 No", "",
                     taken ? CALLEE_CONTACT CALLER_SDP "answer" : "");
    ua_told(END, taken ? "ACCEPTED 200 again" : "REFUSED 488 again");
    unit_err(update(world), SP_OK);
}
END_TEST

/* ---- two agents: every place that an offer and its answer may have */

/* What each does when it is told something; NULL: nothing. */
static const struct exchange_row {
    bool        invite;          /* the INVITE offers */
    const char *early;           /* body of a reliable 183; NULL: there is none */
    const char *prack;           /* what the caller gives for its PRACK; NULL: by itself */
    const char *pracked;         /* the answer in the PRACK's 2xx */
    const char *ok;              /* body of the 2xx */
    const char *ack;             /* answer in the ACK */
    const char *caller, *callee; /* what both are told */
} exchanges[] = {
    { true, NULL, NULL, NULL, "a", NULL, "ACCEPTED 200", "INVITED; CONFIRMED" },
    { true, "a", NULL, NULL, "", NULL, "PROGRESS 183 reliable answer; ACCEPTED 200",
      "INVITED; PRACKED; CONFIRMED" },
    { true, "", NULL, NULL, "a", NULL, "PROGRESS 183 reliable; ACCEPTED 200",
      "INVITED; PRACKED; CONFIRMED" },
    { true, "a", "o", "a", "", NULL,
      "PROGRESS 183 reliable answer; ANSWERED 200 answer; ACCEPTED 200",
      "INVITED; PRACKED offer; CONFIRMED" },
    { false, NULL, NULL, NULL, "o", "a", "ACCEPTED 200 offer", "INVITED; CONFIRMED answer" },
    { false, "o", "a", NULL, "", NULL, "PROGRESS 183 reliable offer; ACCEPTED 200",
      "INVITED; PRACKED answer; CONFIRMED" },
};

static const struct exchange_row *exchange;

static void caller(struct ua_end *end, const struct sip_ua_action *action)
{
    uint64_t now = end->world->now_us;

    if (action->kind == SIP_UA_PROGRESS && exchange->prack != NULL)
        unit_err(sip_ua_prack(end->ua, now, action->session, UA_SDP, sp_str(exchange->prack)),
                 SP_OK);
    if (action->kind == SIP_UA_ACCEPTED && exchange->ack != NULL)
        unit_err(sip_ua_ack(end->ua, now, action->session, UA_SDP, sp_str(exchange->ack)), SP_OK);
}

static void callee(struct ua_end *end, const struct sip_ua_action *action)
{
    uint64_t now = end->world->now_us;
    bool     accepts = action->kind == SIP_UA_PRACKED;

    if (action->kind == SIP_UA_INVITED && exchange->early != NULL)
        unit_err(sip_ua_progress(end->ua, now, action->session, 183, true, UA_SDP,
                                 sp_str(exchange->early)),
                 SP_OK);
    else if (action->kind == SIP_UA_INVITED)
        accepts = true;
    if (action->kind == SIP_UA_PRACKED && action->sdp == SIP_UA_SDP_OFFER)
        unit_err(sip_ua_respond(end->ua, now, action->request, 200, none, UA_SDP,
                                sp_str(exchange->pracked)),
                 SP_OK);
    if (accepts)
        unit_err(sip_ua_accept(end->ua, now, action->session, UA_SDP, sp_str(exchange->ok)), SP_OK);
}

/* 3262-5-6 */
START_TEST(every_exchange)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, false, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, exchanges[_i].invite ? "o" : NULL);
    struct ua_end        *a = &world->ends[0], *b = &world->ends[1];

    exchange = &exchanges[_i];
    a->on_note = caller;
    b->on_note = callee;
    unit_err(sip_ua_invite(a->ua, world->now_us, &request, &a->session), SP_OK);
    ua_run(world, 200);
    ua_told(a, exchange->caller);
    ua_told(b, exchange->callee);
    /* all is agreed: either may offer again, either way */
    a->on_note = b->on_note = NULL;
    b->answer_reinvite = 200;
    unit_err(sip_ua_reinvite(a->ua, world->now_us, a->session, UA_SDP, SP_LIT("o")), SP_OK);
    ua_run(world, 200);
    ua_told(a, "ACCEPTED 200 again");
    unit_err(sip_ua_update(b->ua, world->now_us, b->session, UA_SDP, SP_LIT("o")), SP_OK);
    ua_run(world, 200);
    ua_told(a, "UPDATED offer");
    unit_err(sip_ua_respond(a->ua, world->now_us, a->request, 200, none, UA_SDP, SP_LIT("a")),
             SP_OK);
    ua_run(world, 200);
    ua_told(b, "REINVITED; CONFIRMED; ANSWERED 200 answer");
    unit_err(sip_ua_end(a->ua, world->now_us, a->session), SP_OK);
    ua_run(world, 3 * 64 * 500);
    ua_empty(a);
    ua_empty(b);
}
END_TEST

Suite *test_sip_offer_suite(void)
{
    Suite *suite = suite_create("sip_offer");
    TCase *tcase = unit_tcase(suite, "offer");

    unit_loop(tcase, what_is_a_description, iss);
    unit_loop(tcase, turns, stories);
    tcase_add_test(tcase, what_stands);
    tcase_add_loop_test(tcase, answer_in_the_ack, 0, 2);
    unit_loop(tcase, the_2xx, gives);
    tcase_add_loop_test(tcase, one_at_a_time, 0, 2);
    unit_loop(tcase, every_exchange, exchanges);
    return suite;
}
