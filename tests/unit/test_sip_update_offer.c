/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_update_offer.c -- which UPDATE may offer when, and two agents that update
 * each other at once. */
#include "callee_unit.h"
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])
#define A   (&world->ends[0])
#define B   (&world->ends[1])

static const struct sp_slice none = { NULL, 0 };

#define ALLOWS "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK\n"

static enum sp_err update(struct ua_end *end, const char *body)
{
    enum sp_err err = sip_ua_update(end->ua, end->world->now_us, end->session, UA_SDP,
                                    sp_str(body));

    ua_drain(end);
    return err;
}

/* 3311 5.1: who may offer when, as callee; 3311-5.1-2: our Contact is one in all of them */
START_TEST(callee_may_offer)
{
    struct ua_world *world = ua_called(&ua_session_config,
                                       ALLOWS "Supported: 100rel\n" CALLER_SDP "offer");
    struct sp_slice  response, contact;
    char             rack[64];

    unit_err(update(END, ""), SP_STATE); /* no response yet: the peer has no dialog */
    unit_err(
        sip_ua_progress(END->ua, world->now_us, END->session, 183, true, UA_SDP, SP_LIT("answer")),
        SP_OK);
    ua_drain(END);
    response = ua_expect(world, "SIP/2.0 183 ");
    unit_err(update(END, "mine"), SP_STATE); /* not acknowledged */
    snprintf(rack, sizeof rack, "RAck: %.*s 10 INVITE\n", SP_ARG(ua_value(response, "RSeq")));
    ua_caller_put(world, "PRACK", 11, ua_tag(response, "To"), rack);
    ua_told(END, "PRACKED");
    ua_expect(world, "SIP/2.0 200 ");
    unit_err(update(END, "mine"), SP_OK);
    response = ua_expect(world, "UPDATE ");
    contact = ua_value(response, "Contact");
    ck_assert_uint_gt(contact.len, 0);
    /* the 2xx waits for the answer */
    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, none, none), SP_STATE);
    ua_callee_answer(world, response, "200 OK", "", CALLER_SDP "answer");
    ua_told(END, "ANSWERED 200 answer");
    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, none, none), SP_OK);
    ua_drain(END);
    unit_eq_slice(ua_value(ua_expect(world, "SIP/2.0 200 "), "Contact"), contact);
    unit_err(update(END, "more"), SP_OK); /* all is agreed */
    ua_expect(world, "UPDATE ");
}
END_TEST

/* The same as caller; then an UPDATE of each side, and the 2xx between an offer and its answer. */
START_TEST(caller_may_offer)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct sp_slice       invite, ours;

    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    unit_err(update(END, ""), SP_STATE); /* no dialog */
    ua_callee_answer(world, invite, "180 Ringing", "b", CALLEE_CONTACT);
    unit_err(update(END, "mine"), SP_STATE); /* no answer yet */
    ua_callee_answer(world, invite, "183 Progress", "b",
                     CALLEE_CONTACT "Require: 100rel\nRSeq: 1\n" CALLER_SDP "answer");
    ua_callee_answer(world, ua_expect(world, "PRACK "), "200 OK", "", "");
    END->notes[0] = '\0';
    unit_err(update(END, "mine"), SP_OK);
    ours = ua_expect(world, "UPDATE ");
    /* the INVITE's 2xx overtakes: it answers nothing of ours */
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT CALLER_SDP "answer");
    ua_told(END, "ACCEPTED 200");
    ua_expect(world, "ACK ");
    ua_callee_answer(world, ours, "200 OK", "", CALLER_SDP "answer");
    ua_told(END, "ANSWERED 200 answer");
}
END_TEST

/* ---- two agents */

static void answer_update(struct ua_end *end, const struct sip_ua_action *action)
{
    if (action->kind == SIP_UA_UPDATED && action->sdp == SIP_UA_SDP_OFFER)
        (void)!sip_ua_respond(end->ua, end->world->now_us, action->request, 200, none, UA_SDP,
                              SP_LIT("answer"));
}

/* Both at once: 491 for both, then one after the other. */
START_TEST(glare_is_solved)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, false, (uint32_t)_i);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    B->answer_invite = 200;
    A->on_note = B->on_note = answer_update;
    if (_i > 0) {
        world->loss_percent = 20;
        world->dup_percent = 20;
        world->delay_us = 20000;
    }
    unit_err(sip_ua_invite(A->ua, world->now_us, &request, &A->session), SP_OK);
    ua_run(world, 20000);
    A->notes[0] = B->notes[0] = '\0';
    if (update(A, "a") == SP_OK && update(B, "b") == SP_OK) {
        ua_run(world, 60000);
        /* Under loss one may meet four glares in a row, which he is told. */
        ck_assert_ptr_nonnull(strstr(A->notes, _i == 0 ? "ANSWERED 200 answer" : "ANSWERED "));
        ck_assert_ptr_nonnull(strstr(B->notes, "ANSWERED 200 answer"));
        ck_assert_ptr_nonnull(strstr(A->notes, "UPDATED offer"));
    }
    (void)!sip_ua_end(A->ua, world->now_us, A->session);
    ua_run(world, 3 * 64 * 500);
    (void)!sip_ua_end(B->ua, world->now_us, B->session);
    ua_run(world, 3 * 64 * 500);
    ua_empty(A);
    ua_empty(B);
}
END_TEST

/* Every pool at every capacity. */
START_TEST(every_capacity)
{
    struct sp_limits      limits;
    struct ua_world      *world = ua_world(NULL, NULL, false, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    limits = ua_limits;
    limits.transactions = 1 + (uint32_t)_i % 5;
    limits.store_octets = (uint32_t)(_i / 5) * 512;
    world = ua_world(&ua_session_config, &limits, false, 1);
    A->on_note = B->on_note = answer_update;
    B->answer_invite = 0;
    (void)!sip_ua_invite(A->ua, world->now_us, &request, &A->session);
    ua_run(world, 100);
    if (B->session.slot != 0)
        (void)!sip_ua_accept(B->ua, world->now_us, B->session, UA_SDP, SP_LIT("answer"));
    ua_run(world, 40000);
    for (int i = 0; i < 4; i++) {
        (void)update(i % 2 == 0 ? A : B, i < 2 ? "more" : "");
        ua_run(world, 100);
    }
    for (int i = 0; i < 2; i++) {
        (void)!sip_ua_end(A->ua, world->now_us, A->session);
        ua_run(world, 4 * 64 * 500);
        (void)!sip_ua_end(B->ua, world->now_us, B->session);
        ua_run(world, 4 * 64 * 500);
    }
    ua_empty(A);
    ua_empty(B);
}
END_TEST

Suite *test_sip_update_offer_suite(void)
{
    Suite *suite = suite_create("sip_update_offer");
    TCase *tcase = unit_tcase(suite, "update_offer");

    tcase_add_test(tcase, callee_may_offer);
    tcase_add_test(tcase, caller_may_offer);
    tcase_add_loop_test(tcase, glare_is_solved, 0, 20);
    tcase_add_loop_test(tcase, every_capacity, 0, 5 * 24);
    return suite;
}
