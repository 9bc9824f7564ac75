/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_update.c -- UPDATE, theirs and ours, early and later. The peer is written by
 * hand. */
#include "../../parser/sip_delta.h"
#include "callee_unit.h"
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static const struct sp_slice none = { NULL, 0 };

#define ALLOWS "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK\n"

/* A session that stands, which the peer made and in which it takes UPDATE. */
static struct ua_world *standing(struct sp_slice *tag)
{
    return ua_answered(&ua_session_config, ALLOWS "Supported: 100rel\n" CALLER_SDP "offer", tag,
                       NULL);
}

static enum sp_err update(struct ua_end *end, const char *body)
{
    enum sp_err err = sip_ua_update(end->ua, end->world->now_us, end->session, UA_SDP,
                                    sp_str(body));

    ua_drain(end);
    return err;
}

static enum sp_err respond(struct ua_end *end, uint16_t status, const char *body)
{
    enum sp_err err = sip_ua_respond(end->ua, end->world->now_us, end->request, status, none,
                                     UA_SDP, sp_str(body));

    ua_drain(end);
    return err;
}

/* ---- theirs */

/* 3311-5.2-5: the offer is answered in the 2xx; the target is refreshed */
/* 3311-4-3 */
START_TEST(theirs_on_the_wire)
{
    struct sp_slice  tag, response, invite_ok, bye;
    struct ua_world *world = ua_answered(&ua_session_config, ALLOWS CALLER_SDP "offer", &tag,
                                         &invite_ok);

    ck_assert(ua_has(ua_value(invite_ok, "Allow"), "UPDATE"));
    ua_caller_put(world, "UPDATE", 11, tag, "Contact: <sip:new@192.0.2.2>\n" CALLER_SDP "second");
    ua_told(END, "UPDATED offer");
    ck_assert_str_eq(END->body, "second\r\n");
    ck_assert_uint_eq(ua_take(world).len, 0);
    unit_err(respond(END, 200, ""), SP_MISSING);
    unit_err(respond(END, 180, "x"), SP_RANGE);
    unit_err(respond(END, 200, "answer"), SP_OK);
    response = ua_expect(world, "SIP/2.0 200 ");
    unit_eq(ua_value(response, "CSeq"), "11 UPDATE");
    unit_eq_slice(ua_value(response, "Contact"), ua_value(invite_ok, "Contact"));
    ck_assert(ua_has(ua_value(response, "Allow"), "UPDATE"));
    ck_assert(ua_has(response, "\r\n\r\nanswer"));
    unit_err(respond(END, 200, "answer"), SP_STALE);
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    bye = ua_expect(world, "BYE sip:new@192.0.2.2 ");
    ua_callee_answer(world, bye, "200 OK", "", "");
    ua_told(END, "ENDED 200");
}
END_TEST

/* Without an offer it is answered by itself, and only the target moves. */
START_TEST(theirs_without_an_offer)
{
    struct sp_slice  tag;
    struct ua_world *world = standing(&tag);

    ua_caller_put(world, "UPDATE", 11, tag, "Contact: <sip:new@192.0.2.2>\n");
    ua_told(END, "UPDATED peer");
    ua_expect(world, "SIP/2.0 200 ");
    ua_caller_put(world, "UPDATE", 13, none, CALLER_CONTACT);
    ua_expect(world, "SIP/2.0 481 ");
    unit_err(update(END, ""), SP_OK);
    ua_expect(world, "UPDATE sip:new@192.0.2.2 ");
}
END_TEST

/* RFC 3311 table 1: there is a Contact, and here as in a re-INVITE it can be read; the target and
 * the session are as before. */
static const struct target_row {
    const char *method, *fields;
} targets[] = {
    { "UPDATE", "" },
    { "UPDATE", CALLER_SDP "second" },
    { "UPDATE", "Contact: <sip:@>\n" },
    { "UPDATE", "Contact: *\n" },
    { "INVITE", "Contact: *\n" CALLER_SDP "second" },
};

START_TEST(target_that_cannot_be_read)
{
    const struct target_row *row = &targets[_i];
    struct sp_slice          tag, ack;
    struct ua_world         *world = standing(&tag);

    ua_caller_put(world, row->method, 11, tag, row->fields);
    ua_expect(world, "SIP/2.0 400 ");
    ua_told(END, "");
    ua_caller_put(world, "UPDATE", 12, tag, CALLER_CONTACT CALLER_SDP "third");
    ua_told(END, "UPDATED offer");
    unit_err(respond(END, 200, "answer"), SP_OK);
    ua_expect(world, "SIP/2.0 200 ");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    ack = ua_expect(world, "BYE sip:bob@192.0.2.2:5062 ");
    ck_assert_uint_gt(ack.len, 0);
}
END_TEST

/* What the user answers to an offer that he cannot take. */
static const uint16_t refusals[] = { 488, 504, 603 };

START_TEST(theirs_refused)
{
    struct sp_slice  tag, response;
    struct ua_world *world = standing(&tag);
    char             status[16];

    ua_caller_put(world, "UPDATE", 11, tag, CALLER_CONTACT CALLER_SDP "second");
    ua_told(END, "UPDATED offer");
    unit_err(sip_ua_respond(END->ua, world->now_us, END->request, refusals[_i],
                            SP_LIT("Warning: 399 here \"no\"\r\n"), none, none),
             SP_OK);
    ua_drain(END);
    snprintf(status, sizeof status, "SIP/2.0 %u ", refusals[_i]);
    response = ua_expect(world, status);
    unit_eq(ua_value(response, "Warning"), "399 here \"no\"");
    /* as if there had been none */
    ua_caller_put(world, "UPDATE", 12, tag, CALLER_CONTACT CALLER_SDP "third");
    ua_told(END, "UPDATED offer");
}
END_TEST

/* Retry-After of 0 to 10 s. */
static void has_retry_after(struct sp_slice response)
{
    struct sp_slice value = ua_value(response, "Retry-After");
    uint32_t        seconds = 11;
    struct sp_where where;

    unit_err(sip_number_parse(value, &seconds, &where), SP_OK);
    ck_assert_uint_le(seconds, 10);
}

/* 3311-5.2-1: one at a time */
START_TEST(theirs_twice)
{
    struct sp_slice  tag;
    struct ua_world *world = standing(&tag);

    ua_caller_put(world, "UPDATE", 11, tag, CALLER_CONTACT CALLER_SDP "second");
    ua_told(END, "UPDATED offer");
    ua_caller_put(world, "UPDATE", 12, tag,
                  _i == 0 ? CALLER_CONTACT : CALLER_CONTACT CALLER_SDP "third");
    has_retry_after(ua_expect(world, "SIP/2.0 500 "));
    ua_caller_put(world, "INVITE", 13, tag, CALLER_CONTACT CALLER_SDP "third");
    has_retry_after(ua_expect(world, "SIP/2.0 500 "));
    unit_err(update(END, "mine"), SP_STATE);
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_STATE);
    unit_err(respond(END, 200, "answer"), SP_OK);
    ua_expect(world, "SIP/2.0 200 ");
    unit_err(update(END, "mine"), SP_OK);
    ua_expect(world, "UPDATE ");
}
END_TEST

/* 3311-5.2-2: an offer of ours is open; 3311-5.2-3: one of theirs is */
START_TEST(theirs_beside_an_offer)
{
    struct sp_slice  tag;
    struct ua_world *world = standing(&tag);
    const char *offer = CALLER_CONTACT CALLER_SDP "second";

    switch (_i) {
    case 0: /* our UPDATE */
        unit_err(update(END, "mine"), SP_OK);
        ua_expect(world, "UPDATE ");
        ua_caller_put(world, "UPDATE", 11, tag, offer);
        ua_expect(world, "SIP/2.0 491 ");
        ua_caller_put(world, "INVITE", 12, tag, offer);
        ua_expect(world, "SIP/2.0 491 ");
        break;
    case 1: /* our re-INVITE */
        unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("mine")),
                 SP_OK);
        ua_drain(END);
        ua_expect(world, "INVITE ");
        ua_caller_put(world, "UPDATE", 11, tag, offer);
        ua_expect(world, "SIP/2.0 491 ");
        break;
    case 2: /* their re-INVITE */
        ua_caller_put(world, "INVITE", 11, tag, offer);
        ua_expect(world, "SIP/2.0 100 ");
        ua_caller_put(world, "UPDATE", 12, tag, offer);
        has_retry_after(ua_expect(world, "SIP/2.0 500 "));
        break;
    default: /* our 2xx without its ACK has the offer */
        ua_caller_put(world, "INVITE", 11, tag, CALLER_CONTACT);
        ua_expect(world, "SIP/2.0 100 ");
        unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("mine")),
                 SP_OK);
        ua_drain(END);
        ua_expect(world, "SIP/2.0 200 ");
        ua_caller_put(world, "UPDATE", 12, tag, offer);
        ua_expect(world, "SIP/2.0 491 ");
        break;
    }
    /* one without an offer hurts nobody */
    ua_caller_put(world, "UPDATE", 20, tag, CALLER_CONTACT);
    ua_expect(world, "SIP/2.0 200 ");
}
END_TEST

/* Before the first exchange is over (3311 5.1, from the other side). */
START_TEST(theirs_too_soon)
{
    struct ua_world *world = ua_called(&ua_session_config,
                                       _i == 0 ? "Supported: 100rel\n" CALLER_SDP "offer"
                                               : "Supported: 100rel\n");
    struct sp_slice  response;

    unit_err(sip_ua_progress(END->ua, world->now_us, END->session, 180, false, none, none), SP_OK);
    ua_drain(END);
    response = ua_expect(world, "SIP/2.0 180 ");
    ua_caller_put(world, "UPDATE", 11, ua_tag(response, "To"), CALLER_CONTACT CALLER_SDP "second");
    ua_expect(world, _i == 0 ? "SIP/2.0 500 " : "SIP/2.0 491 ");
    ua_told(END, "");
}
END_TEST

/* The session ends while the user has not answered: 3261-15.1.2-4 */
START_TEST(theirs_and_the_end)
{
    struct sp_slice  tag, response;
    struct ua_world *world = standing(&tag);

    ua_caller_put(world, "UPDATE", 11, tag, CALLER_CONTACT CALLER_SDP "second");
    ua_told(END, "UPDATED offer");
    ua_caller_put(world, "BYE", 12, tag, "");
    ua_told(END, "ENDED peer");
    ua_expect(world, "SIP/2.0 200 ");
    response = ua_expect(world, "SIP/2.0 487 ");
    unit_eq(ua_value(response, "CSeq"), "11 UPDATE");
    unit_err(respond(END, 200, "late"), SP_STALE);
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* ---- ours */

/* 3311-5.1 and RFC 3261 12.2.1.1: what it has */
START_TEST(ours_on_the_wire)
{
    struct sp_slice  tag, request;
    struct ua_world *world = standing(&tag);

    unit_err(update(END, "mine"), SP_OK);
    request = ua_expect(world, "UPDATE sip:bob@192.0.2.2:5062 SIP/2.0\r\n");
    unit_eq(ua_value(request, "Contact"), "<sip:agent@192.0.2.1:5060>");
    ck_assert(ua_has(ua_value(request, "Allow"), "UPDATE"));
    unit_eq_slice(ua_tag(request, "From"), tag);
    unit_eq(ua_value(request, "CSeq"), "1 UPDATE");
    ck_assert(ua_has(request, "\r\n\r\nmine"));
    unit_err(update(END, ""), SP_STATE);
    ua_callee_answer(world, request, "200 OK", "",
                     "Contact: <sip:new@192.0.2.2>\n" CALLER_SDP "answer");
    ua_told(END, "ANSWERED 200 answer");
    ck_assert_int_eq(END->last.method, SIP_UPDATE);
    ck_assert_str_eq(END->body, "answer\r\n");
    unit_err(update(END, ""), SP_OK);
    request = ua_expect(world, "UPDATE sip:new@192.0.2.2 ");
    ck_assert(!ua_has(request, "Content-Type"));
    ua_callee_answer(world, request, "200 OK", "", CALLER_SDP "unasked");
    ua_told(END, "ANSWERED 200");
}
END_TEST

static const struct final_row {
    const char *status, *told;
    bool        ends;
} finals[] = {
    { "200 OK", "ANSWERED 200", false }, /* against the RFC, without an answer */
    { "488 No", "ANSWERED 488", false }, /* 3311-5.3-1 */
    { "504 No", "ANSWERED 504", false },     { "500 No", "ANSWERED 500", false },
    { "422 Small", "ANSWERED 422", false },  { "401 Who", "ANSWERED 401", false },
    { "481 No", "ENDED 481 REFUSED", true }, /* 12.2.1.2 */
    { "408 No", "ENDED 408 TIMEOUT", true }, { NULL, "ENDED 408 TIMEOUT", true },
};

START_TEST(ours_answered)
{
    const struct final_row *row = &finals[_i];
    struct sp_slice         tag, request;
    struct ua_world        *world = standing(&tag);

    unit_err(update(END, "mine"), SP_OK);
    request = ua_expect(world, "UPDATE ");
    if (row->status != NULL)
        ua_callee_answer(world, request, row->status, "", "");
    else
        ua_run(world, 32000);
    ua_told(END, row->told);
    if (row->ends) {
        while (!sp_starts(request = ua_take(world), SP_LIT("BYE ")))
            ck_assert_uint_gt(request.len, 0);
        ua_callee_answer(world, request, "200 OK", "", "");
        ua_run(world, 64 * 500);
        ua_empty(END);
        return;
    }
    /* as if there had been none */
    unit_err(update(END, "again"), SP_OK);
    ua_expect(world, "UPDATE ");
}
END_TEST

/* The last UPDATE that was sent, after those of Timer E. */
static struct sp_slice last_of(struct ua_world *world)
{
    struct sp_slice one, last = { NULL, 0 };

    while ((one = ua_take(world)).len > 0)
        last = one;
    ck_assert(sp_starts(last, SP_LIT("UPDATE ")));
    return last;
}

/* RFC 3311 5.1: beside a re-INVITE of ours, whose offer is open, an UPDATE goes if it has none. */
START_TEST(ours_beside_a_reinvite)
{
    struct sp_slice  tag;
    struct ua_world *world = standing(&tag);

    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("mine")), SP_OK);
    ua_drain(END);
    ua_expect(world, "INVITE ");
    unit_err(update(END, "too"), SP_STATE);
    unit_err(sip_ua_update(END->ua, world->now_us, END->session, none, none), SP_OK);
    ua_drain(END);
    ua_callee_answer(world, ua_expect(world, "UPDATE "), "200 OK", "", CALLEE_CONTACT);
    ua_told(END, "ANSWERED 200");
}
END_TEST

/* Nothing follows an end. */
START_TEST(ours_and_the_end)
{
    struct ua_world *world = ua_called(&ua_session_config, ALLOWS CALLER_SDP "offer");
    struct sp_slice  request;

    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("answer")), SP_OK);
    ua_run(world, 8000);
    unit_err(update(END, ""), SP_OK);
    ua_run(world, 24500); /* no ACK came: it is over, and the UPDATE under way is nobody's */
    ua_told(END, "ENDED TIMEOUT");
    do
        request = ua_take(world);
    while (!sp_starts(request, SP_LIT("UPDATE ")));
    ua_callee_answer(world, request, _i == 0 ? "200 OK" : "504 X", "", "");
    ua_run(world, 70000);
    ua_told(END, "");
    ua_empty(END);
}
END_TEST

/* 3311-5.3-2, 3311-5.3-3: 491, and the time of 14.1; we do not own the Call-ID: 0 to 2 s */
START_TEST(ours_in_a_glare)
{
    struct sp_slice  tag, request;
    struct ua_world *world = standing(&tag);

    unit_err(update(END, "mine"), SP_OK);
    for (int i = 0; i < 3; i++) {
        request = last_of(world);
        ua_callee_answer(world, request, "491 Pending", "", "");
        ua_told(END, "");
        unit_err(update(END, ""), SP_STATE);
        if (i == 0) { /* theirs is let through meanwhile, and ours waits for its end */
            ua_caller_put(world, "UPDATE", 11, tag, CALLER_CONTACT CALLER_SDP "theirs");
            ua_told(END, "UPDATED offer");
            ua_run(world, 3000);
            ck_assert_uint_eq(ua_take(world).len, 0);
            unit_err(respond(END, 200, "answer"), SP_OK);
            ua_expect(world, "SIP/2.0 200 ");
        }
        ua_run(world, 2000);
    }
    request = last_of(world);
    ck_assert(ua_has(request, "\r\n\r\nmine"));
    ua_callee_answer(world, request, "491 Pending", "", ""); /* the fourth in a row is told */
    ua_told(END, "ANSWERED 491");
    ua_run(world, 5000);
    ck_assert_uint_eq(ua_take(world).len, 0);
}
END_TEST

START_TEST(ours_challenged)
{
    struct sp_slice  tag, request;
    struct ua_world *world = standing(&tag);

    unit_err(sip_ua_login(END->ua, SP_LIT("there"), SP_LIT("alice"), SP_LIT("secret")), SP_OK);
    unit_err(update(END, "mine"), SP_OK);
    request = ua_expect(world, "UPDATE ");
    ua_callee_answer(world, request, "407 Who", "",
                     "Proxy-Authenticate: Digest realm=\"there\", nonce=\"n\"\n");
    request = ua_expect(world, "UPDATE ");
    unit_eq(ua_value(request, "CSeq"), "2 UPDATE");
    ck_assert(ua_has(ua_value(request, "Proxy-Authorization"), "username=\"alice\""));
    ck_assert(ua_has(request, "\r\n\r\nmine"));
}
END_TEST

static const struct allow_row {
    const char *allow;
    enum sp_err err;
} allows[] = {
    { "", SP_OK }, /* nothing said is no no */
    { "Allow: INVITE, UPDATE\n", SP_OK },
    { "Allow: INVITE\nAllow: ACK, UPDATE\n", SP_OK },
    { "Allow: INVITE, ACK\n", SP_UNSUPPORTED },
    { "Allow: update\n", SP_UNSUPPORTED },
};

START_TEST(allowed)
{
    const struct allow_row *row = &allows[_i];
    struct sp_slice         tag;
    char                    text[256];
    struct ua_world        *world;

    snprintf(text, sizeof text, "%s" CALLER_SDP "offer", row->allow);
    world = ua_answered(&ua_session_config, text, &tag, NULL);
    unit_err(update(END, "mine"), row->err);
}
END_TEST

Suite *test_sip_update_suite(void)
{
    Suite *suite = suite_create("sip_update");
    TCase *tcase = unit_tcase(suite, "update");

    tcase_add_test(tcase, theirs_on_the_wire);
    tcase_add_test(tcase, theirs_without_an_offer);
    unit_loop(tcase, target_that_cannot_be_read, targets);
    unit_loop(tcase, theirs_refused, refusals);
    tcase_add_loop_test(tcase, theirs_twice, 0, 2);
    tcase_add_loop_test(tcase, theirs_beside_an_offer, 0, 4);
    tcase_add_loop_test(tcase, theirs_too_soon, 0, 2);
    tcase_add_test(tcase, theirs_and_the_end);
    tcase_add_test(tcase, ours_on_the_wire);
    unit_loop(tcase, ours_answered, finals);
    tcase_add_test(tcase, ours_beside_a_reinvite);
    tcase_add_loop_test(tcase, ours_and_the_end, 0, 2);
    tcase_add_test(tcase, ours_in_a_glare);
    tcase_add_test(tcase, ours_challenged);
    unit_loop(tcase, allowed, allows);
    return suite;
}
