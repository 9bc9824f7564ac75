/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_reliable_offer.c -- offers and answers in reliable provisional responses and
 * their PRACKs, and those of a re-INVITE. The caller is written by hand. */
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static const struct sp_slice none = { NULL, 0 };

#define OFFERS "Supported: 100rel\n" CALLER_SDP "offer"

/* No offer in the INVITE: it is in the first reliable response, the answer in its PRACK. */
START_TEST(offer_in_the_1xx)
{
    struct ua_world *world = ua_called(&ua_session_config, "Supported: 100rel\n");
    struct sp_slice  response;

    unit_err(ua_ring(world, 183, true, "offer"), SP_OK);
    response = ua_expect(world, "SIP/2.0 183 ");
    unit_err(ua_accept(world, "answer"), SP_STATE);
    if (_i == 0) {
        ua_caller_prack(world, response, 11, CALLER_SDP "answer");
        ua_told(END, "PRACKED answer");
        ck_assert_str_eq(END->body, "answer\r\n");
        ua_expect(world, "SIP/2.0 200 ");
        unit_err(ua_accept(world, ""), SP_OK);
    } else { /* against the RFC, without an answer: then the 2xx offers */
        ua_caller_prack(world, response, 11, "");
        ua_told(END, "PRACKED");
        ua_expect(world, "SIP/2.0 200 ");
        unit_err(ua_accept(world, ""), SP_MISSING);
        unit_err(ua_accept(world, "offer"), SP_OK);
    }
    ua_expect(world, "SIP/2.0 200 ");
}
END_TEST

/* 3262-5-3: an offer in the PRACK has its answer in the 2xx */
START_TEST(offer_in_the_prack)
{
    struct ua_world *world = ua_called(&ua_session_config, OFFERS);
    struct sp_slice  response;
    uint64_t         now = world->now_us;

    unit_err(ua_ring(world, 183, true, "answer"), SP_OK);
    response = ua_expect(world, "SIP/2.0 183 ");
    ua_caller_prack(world, response, 11, CALLER_SDP "offer");
    ua_told(END, "PRACKED offer");
    ck_assert_uint_eq(ua_take(world).len, 0);
    unit_err(ua_accept(world, ""), SP_STATE);
    unit_err(sip_ua_respond(END->ua, now, END->request, 488, none, none, none), SP_RANGE);
    unit_err(sip_ua_respond(END->ua, now, END->request, 100, none, none, none), SP_RANGE);
    unit_err(sip_ua_respond(END->ua, now, END->request, 200, none, none, none), SP_MISSING);
    if (_i == 1) { /* it ends before the user answered */
        ua_caller_put(world, "BYE", 12, ua_tag(response, "To"), "");
        ua_told(END, "ENDED peer");
        ua_run(world, 3 * 64 * 500);
        ua_empty(END);
        return;
    }
    unit_err(sip_ua_respond(END->ua, now, END->request, 200, none, UA_SDP, SP_LIT("second")),
             SP_OK);
    ua_drain(END);
    response = ua_expect(world, "SIP/2.0 200 ");
    unit_eq(ua_value(response, "CSeq"), "11 PRACK");
    ck_assert(ua_has(response, "\r\n\r\nsecond"));
    unit_err(sip_ua_respond(END->ua, now, END->request, 200, none, UA_SDP, SP_LIT("x")), SP_STALE);
    unit_err(ua_accept(world, ""), SP_OK);
    ua_expect(world, "SIP/2.0 200 ");
}
END_TEST

/* The same in a re-INVITE without an offer: the first reliable response has ours, or the 2xx. */
START_TEST(offer_to_a_reinvite)
{
    struct sp_slice  tag, response;
    struct ua_world *world = ua_answered(&ua_session_config, CALLER_SDP "offer", &tag, NULL);
    char             text[128];

    ua_caller_put(world, "INVITE", 11, tag, CALLER_CONTACT "Supported: 100rel\n");
    ua_told(END, "REINVITED");
    ua_expect(world, "SIP/2.0 100 ");
    unit_err(sip_ua_update(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_STATE);
    unit_err(ua_ring(world, 183, true, ""), SP_MISSING);
    unit_err(ua_accept(world, ""), SP_MISSING);
    if (_i == 0) {
        unit_err(ua_ring(world, 183, true, "ours"), SP_OK);
        response = ua_expect(world, "SIP/2.0 183 ");
        snprintf(text, sizeof text, "RAck: %u 11 INVITE\n" CALLER_SDP "theirs", ua_rseq(response));
        ua_caller_put(world, "PRACK", 12, tag, text);
        ua_told(END, "PRACKED answer");
        ua_expect(world, "SIP/2.0 200 ");
        unit_err(ua_accept(world, "ours"), SP_STATE);
        unit_err(ua_accept(world, ""), SP_OK);
    } else {
        unit_err(ua_accept(world, "ours"), SP_OK);
    }
    ua_expect(world, "SIP/2.0 200 ");
    ua_caller_put(world, "ACK", 11, tag, _i == 0 ? "" : CALLER_SDP "theirs");
    ua_told(END, _i == 0 ? "CONFIRMED" : "CONFIRMED answer");
}
END_TEST

/* A description in a PRACK is no answer to the offer of an UPDATE of ours. */
START_TEST(prack_beside_an_update)
{
    struct ua_world *world = ua_called(&ua_session_config, "Allow: UPDATE\n" OFFERS);
    struct sp_slice  response;

    unit_err(ua_ring(world, 183, true, "answer"), SP_OK);
    response = ua_expect(world, "SIP/2.0 183 ");
    ua_caller_prack(world, response, 11, "");
    ua_expect(world, "SIP/2.0 200 ");
    unit_err(sip_ua_update(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("ours")), SP_OK);
    ua_drain(END);
    ua_expect(world, "UPDATE ");
    unit_err(ua_ring(world, 180, true, ""), SP_OK);
    response = ua_expect(world, "SIP/2.0 180 ");
    ua_caller_prack(world, response, 12, CALLER_SDP "theirs");
    ua_told(END, "PRACKED; PRACKED");
    ua_expect(world, "SIP/2.0 200 ");
    unit_err(ua_accept(world, ""), SP_STATE); /* the UPDATE is still open */
}
END_TEST

/* A re-INVITE has such responses too, numbered anew. */
START_TEST(of_a_reinvite)
{
    struct sp_slice  tag, response;
    struct ua_world *world = ua_answered(&ua_session_config, CALLER_SDP "offer", &tag, NULL);
    char             text[128];

    ua_caller_put(world, "INVITE", 11, tag, CALLER_CONTACT OFFERS);
    ua_told(END, "REINVITED");
    ua_expect(world, "SIP/2.0 100 ");
    unit_err(ua_ring(world, 183, true, "answer"), SP_OK);
    response = ua_expect(world, "SIP/2.0 183 ");
    if (_i == 0) {
        unit_err(ua_accept(world, ""), SP_OK);
        snprintf(text, sizeof text, "RAck: %u 11 INVITE\n", ua_rseq(response));
        ua_caller_put(world, "PRACK", 12, tag, text);
        ua_told(END, "PRACKED");
        ua_expect(world, "SIP/2.0 200 ");
        ua_expect(world, "SIP/2.0 200 ");
        ua_caller_put(world, "ACK", 11, tag, "");
        ua_told(END, "CONFIRMED");
        return;
    }
    for (int i = 0; i < 6; i++) {
        ua_run(world, 500u << i);
        ua_expect(world, "SIP/2.0 183 ");
    }
    ua_run(world, 500);
    ua_told(END, "CANCELLED again TIMEOUT PRACK"); /* the session goes on */
    ua_expect(world, "SIP/2.0 504 ");
    ck_assert_uint_eq(sip_ua_open(END->ua), 1);
}
END_TEST

Suite *test_sip_reliable_offer_suite(void)
{
    Suite *suite = suite_create("sip_reliable_offer");
    TCase *tcase = unit_tcase(suite, "reliable_offer");

    tcase_add_loop_test(tcase, offer_in_the_1xx, 0, 2);
    tcase_add_loop_test(tcase, offer_in_the_prack, 0, 2);
    tcase_add_loop_test(tcase, of_a_reinvite, 0, 2);
    tcase_add_loop_test(tcase, offer_to_a_reinvite, 0, 2);
    tcase_add_test(tcase, prack_beside_an_update);
    return suite;
}
