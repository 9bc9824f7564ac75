/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_session.c -- sessions between two agents: every exchange, and what loss does
 * to it. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#define A (&world->ends[0])
#define B (&world->ends[1])

static const struct sp_slice none = { NULL, 0 };

/* A world in which agent 0 invited agent 1, which answers an INVITE so. */
static struct ua_world *invited(uint16_t answer,
                                bool (*drop)(struct ua_world *, const struct ua_datagram *))
{
    struct ua_world      *world = ua_world(NULL, NULL, false, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    B->answer_invite = answer;
    world->drop = drop;
    unit_err(sip_ua_invite(A->ua, world->now_us, &request, &A->session), SP_OK);
    return world;
}

/* Both ends are as new when all timers ran out. */
static void all_over(struct ua_world *world)
{
    ua_run(world, 3 * 64 * 500);
    ua_empty(A);
    ua_empty(B);
}

static struct ua_world *confirmed(void)
{
    struct ua_world *world = invited(200, NULL);

    ua_run(world, 100);
    ua_told(A, "ACCEPTED 200");
    ck_assert_str_eq(A->body, "answer");
    ua_told(B, "INVITED; CONFIRMED");
    return world;
}

/* INVITE, 200, ACK, BYE by either side. */
/* 3261-12.1.1-6, 3261-12.1.2-3, 3261-13.2.1-6, 3261-13.3.1.4-2 */
START_TEST(stands_and_ends)
{
    struct ua_world *world = confirmed();
    struct ua_end   *one = _i == 0 ? A : B, *other = _i == 0 ? B : A;

    ua_run(world, 64 * 500);
    ck_assert_uint_eq(sip_ua_open(one->ua), 1);
    unit_err(sip_ua_end(one->ua, world->now_us, one->session), SP_OK);
    ua_run(world, 100);
    ua_told(one, "ENDED 200");
    ua_told(other, "ENDED peer");
    unit_err(sip_ua_end(one->ua, world->now_us, one->session), SP_STALE);
    all_over(world);
}
END_TEST

START_TEST(both_end_at_once)
{
    struct ua_world *world = confirmed();

    unit_err(sip_ua_end(A->ua, world->now_us, A->session), SP_OK);
    unit_err(sip_ua_end(B->ua, world->now_us, B->session), SP_OK);
    ua_run(world, 100);
    ua_told(A, "ENDED 200");
    ua_told(B, "ENDED 200");
    all_over(world);
}
END_TEST

static const uint16_t refusals[] = { 302, 400, 480, 486, 488, 500, 503, 600, 603 };

START_TEST(is_refused)
{
    struct ua_world *world = invited(refusals[_i], NULL);
    char             words[32];

    ua_run(world, 100);
    snprintf(words, sizeof words, "REFUSED %u", refusals[_i]);
    ua_told(A, words);
    ua_told(B, "INVITED");
    all_over(world);
    ua_told(A, "");
    ua_told(B, "");
}
END_TEST

/* 3261-13.2.1-9 */
START_TEST(rings_then_accepts)
{
    struct ua_world *world = invited(180, NULL);

    ua_run(world, 100);
    ua_told(A, "PROGRESS 180");
    unit_err(sip_ua_progress(B->ua, world->now_us, B->session, 183, false, none, none), SP_OK);
    ua_run(world, 100);
    ua_told(A, "PROGRESS 183");
    unit_err(sip_ua_progress(B->ua, world->now_us, B->session, 200, false, none, none), SP_RANGE);
    /* 3261-13.3.1.1-2: every minute again, so that no proxy gives up */
    ua_run(world, 60000);
    ua_told(A, "PROGRESS 183");
    unit_err(sip_ua_accept(B->ua, world->now_us, B->session, UA_SDP, SP_LIT("late")), SP_OK);
    ua_run(world, 100);
    ua_told(A, "ACCEPTED 200");
    ck_assert_str_eq(A->body, "late");
    unit_err(sip_ua_progress(B->ua, world->now_us, B->session, 180, false, none, none), SP_STATE);
    unit_err(sip_ua_accept(B->ua, world->now_us, B->session, UA_SDP, none), SP_STATE);
    unit_err(sip_ua_refuse(B->ua, world->now_us, B->session, 486, none), SP_STATE);
    unit_err(sip_ua_end(A->ua, world->now_us, A->session), SP_OK);
    all_over(world);
}
END_TEST

/* 3261-9.1-8: without a provisional response CANCEL waits for one. */
/* 3261-9.1-7 */
START_TEST(cancelled_before_any_response)
{
    struct ua_world *world = invited(0, NULL);

    ua_drain(A);
    unit_err(sip_ua_end(A->ua, world->now_us, A->session), SP_OK);
    ua_drain(A);
    ck_assert_int_eq(world->count, 1); /* INVITE alone */
    ua_run(world, 100);
    ua_told(A, "REFUSED 487");
    ua_told(B, "INVITED; CANCELLED");
    all_over(world);
}
END_TEST

START_TEST(cancelled_while_it_rings)
{
    struct ua_world *world = invited(180, NULL);

    ua_run(world, 100);
    unit_err(sip_ua_end(A->ua, world->now_us, A->session), SP_OK);
    ua_run(world, 100);
    ua_told(A, "PROGRESS 180; REFUSED 487");
    ua_told(B, "INVITED; CANCELLED");
    all_over(world);
}
END_TEST

/* CANCEL crosses the 200: ACK, then BYE. */
/* 3261-9.1-9 */
START_TEST(cancelled_too_late)
{
    struct ua_world *world = invited(180, NULL);

    ua_run(world, 100);
    unit_err(sip_ua_accept(B->ua, world->now_us, B->session, UA_SDP, SP_LIT("a")), SP_OK);
    unit_err(sip_ua_end(A->ua, world->now_us, A->session), SP_OK);
    ua_run(world, 100);
    ua_told(A, "PROGRESS 180; ENDED 200");
    ua_told(B, "INVITED; CONFIRMED; ENDED peer");
    all_over(world);
}
END_TEST

/* The callee ends: an INVITE that waits is refused, 480. */
/* 3261-15-3 */
START_TEST(callee_ends_early)
{
    struct ua_world *world = invited(180, NULL);

    ua_run(world, 100);
    unit_err(sip_ua_end(B->ua, world->now_us, B->session), SP_OK);
    ua_run(world, 100);
    ua_told(A, "PROGRESS 180; REFUSED 480");
    ua_told(B, "INVITED; ENDED");
    all_over(world);
}
END_TEST

static bool drop_acks(struct ua_world *world, const struct ua_datagram *datagram)
{
    (void)world;
    return sp_starts(datagram->octets, SP_LIT("ACK"));
}

static bool drop_first_two_acks(struct ua_world *world, const struct ua_datagram *datagram)
{
    return world->dropped < 2 && drop_acks(world, datagram);
}

static bool drop_first_two_200s(struct ua_world *world, const struct ua_datagram *datagram)
{
    return world->dropped < 2 && sp_starts(datagram->octets, SP_LIT("SIP/2.0 200"));
}

/* 3261-13.2.2.4-8: each repeated 2xx gets the ACK again */
START_TEST(lost_acks_are_sent_again)
{
    struct ua_world *world = invited(200, drop_first_two_acks);

    ua_run(world, 1400);
    ua_told(A, "ACCEPTED 200");
    ua_told(B, "INVITED");
    ua_run(world, 300); /* 0, 500, 1500 */
    ua_told(B, "CONFIRMED");
    unit_err(sip_ua_end(B->ua, world->now_us, B->session), SP_OK);
    all_over(world);
}
END_TEST

START_TEST(lost_200s_are_sent_again)
{
    struct ua_world *world = invited(200, drop_first_two_200s);

    ua_run(world, 1400);
    ua_told(A, "");
    ua_run(world, 300);
    ua_told(A, "ACCEPTED 200");
    ua_told(B, "INVITED; CONFIRMED");
    unit_err(sip_ua_end(A->ua, world->now_us, A->session), SP_OK);
    all_over(world);
}
END_TEST

/* 3261-13.3.1.4-4: 64*T1 without ACK, then BYE. The 2xx went at T1 doubling to T2. */
/* 3261-14.2-6 */
START_TEST(no_ack_at_all)
{
    struct ua_world *world = invited(200, drop_acks);
    int              sent = 0;

    ua_run(world, 31900);
    ua_told(B, "INVITED");
    for (int i = 0; i < world->count; i++)
        if (sp_starts(world->net[i].octets, SP_LIT("SIP/2.0 200")))
            sent++;
    ck_assert_int_eq(sent, 11); /* 0, .5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5 */
    ua_run(world, 200);
    ua_told(B, "ENDED TIMEOUT");
    ua_told(A, "ACCEPTED 200; ENDED peer");
    all_over(world);
    ua_told(B, "");
}
END_TEST

/* 3261-15-4: the callee's BYE waits for the ACK */
START_TEST(callee_hangs_up_before_the_ack)
{
    struct ua_world *world = invited(200, drop_first_two_acks);

    ua_run(world, 100);
    unit_err(sip_ua_end(B->ua, world->now_us, B->session), SP_OK);
    ua_run(world, 1300);
    ua_told(B, "INVITED");
    ua_run(world, 300);
    ua_told(B, "ENDED 200");
    ua_told(A, "ACCEPTED 200; ENDED peer");
    all_over(world);
}
END_TEST

START_TEST(nobody_answers)
{
    struct ua_world *world = invited(0, NULL);

    B->ua = NULL;
    ua_run(world, 31900);
    ua_told(A, "");
    ua_run(world, 200);
    ua_told(A, "FAILED 408 TIMEOUT B");
    ua_run(world, 64 * 500);
    ua_empty(A);
}
END_TEST

/* 3261-15.1.1-2 */
START_TEST(nobody_answers_the_bye)
{
    struct ua_world *world = confirmed();

    unit_err(sip_ua_end(A->ua, world->now_us, A->session), SP_OK);
    B->ua = NULL;
    ua_run(world, 32100);
    ua_told(A, "ENDED TIMEOUT F");
    ua_run(world, 64 * 500);
    ua_empty(A);
}
END_TEST

/* ---- re-INVITE */

/* 3261-14.1-2, 3261-14.1-5 */
START_TEST(reinvited_by_either)
{
    struct ua_world *world = confirmed();
    struct ua_end   *one = _i == 0 ? A : B, *other = _i == 0 ? B : A;

    for (int round = 0; round < 3; round++) {
        other->answer_reinvite = round == 1 ? 488 : 200;
        unit_err(sip_ua_reinvite(one->ua, world->now_us, one->session, UA_SDP, SP_LIT("again")),
                 SP_OK);
        unit_err(sip_ua_reinvite(one->ua, world->now_us, one->session, UA_SDP, SP_LIT("again")),
                 SP_STATE);
        ua_run(world, 100);
        if (round == 1) {
            ua_told(one, "REFUSED 488 again");
            ua_told(other, "REINVITED");
        } else {
            ua_told(one, "ACCEPTED 200 again");
            ua_told(other, "REINVITED; CONFIRMED");
            ck_assert_str_eq(one->body, "answer");
        }
    }
    unit_err(sip_ua_end(other->ua, world->now_us, other->session), SP_OK);
    all_over(world);
}
END_TEST

/* 3261-14.2-2, 3261-14.1-6, 3261-14.1-7: both at once; 491 for both, then one after the other */
START_TEST(glare_is_solved)
{
    struct ua_world *world = confirmed();

    A->answer_reinvite = B->answer_reinvite = 200;
    unit_err(sip_ua_reinvite(A->ua, world->now_us, A->session, UA_SDP, SP_LIT("a")), SP_OK);
    unit_err(sip_ua_reinvite(B->ua, world->now_us, B->session, UA_SDP, SP_LIT("b")), SP_OK);
    ua_run(world, 10);
    ua_told(A, "");
    ua_told(B, "");
    unit_err(sip_ua_reinvite(A->ua, world->now_us, A->session, UA_SDP, SP_LIT("c")), SP_STATE);
    ua_run(world, 2080); /* the owner of the Call-ID waits 2.1 s at least, the other 2 at most */
    ua_told(B, "ACCEPTED 200 again");
    ua_told(A, "REINVITED; CONFIRMED");
    ua_run(world, 2000);
    ua_told(A, "ACCEPTED 200 again");
    ua_told(B, "REINVITED; CONFIRMED");
    unit_err(sip_ua_end(A->ua, world->now_us, A->session), SP_OK);
    all_over(world);
}
END_TEST

START_TEST(ended_while_a_reinvite_is_under_way)
{
    struct ua_world *world = confirmed();
    struct ua_end   *one = _i == 0 ? A : B, *other = _i == 0 ? B : A;

    unit_err(sip_ua_reinvite(A->ua, world->now_us, A->session, UA_SDP, SP_LIT("a")), SP_OK);
    ua_run(world, 100);
    ua_told(B, "REINVITED");
    unit_err(sip_ua_end(one->ua, world->now_us, one->session), SP_OK);
    ua_run(world, 100);
    if (_i == 0) {
        ua_told(A, "ENDED 200");
    } else {
        /* 487 for its re-INVITE may come first; both are told */
        ck_assert_ptr_nonnull(strstr(A->notes, "ENDED peer"));
    }
    ck_assert_ptr_nonnull(strstr(other->notes, _i == 0 ? "ENDED peer" : "ENDED"));
    all_over(world);
}
END_TEST

/* 3261-14.1-3: nothing at all to a re-INVITE ends the dialog */
START_TEST(lost_peer_in_reinvite)
{
    struct ua_world *world = confirmed();

    unit_err(sip_ua_reinvite(A->ua, world->now_us, A->session, UA_SDP, SP_LIT("a")), SP_OK);
    B->ua = NULL;
    ua_run(world, 32100);
    ua_told(A, "ENDED 408 TIMEOUT B");
    unit_err(sip_ua_end(A->ua, world->now_us, A->session), SP_STALE);
    ua_run(world, 2 * 64 * 500);
    ua_empty(A);
    ua_told(A, "");
}
END_TEST

/* ---- everything again on a bad network */

static void end_when_it_stands(struct ua_end *end, const struct sip_ua_action *action)
{
    if (action->kind != SIP_UA_ACCEPTED && action->kind != SIP_UA_REFUSED)
        return;
    if (!action->again)
        unit_err(
            sip_ua_reinvite(end->ua, end->world->now_us, action->session, UA_SDP, SP_LIT("again")),
            SP_OK);
    else
        unit_err(sip_ua_end(end->ua, end->world->now_us, action->session), SP_OK);
}

START_TEST(ends_on_a_bad_network)
{
    struct ua_world      *world = ua_world(NULL, NULL, false, (uint32_t)_i);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    world->loss_percent = 20;
    world->dup_percent = 20;
    world->delay_us = 30000;
    B->answer_invite = B->answer_reinvite = 200;
    A->on_note = end_when_it_stands;
    unit_err(sip_ua_invite(A->ua, world->now_us, &request, &A->session), SP_OK);
    ua_run(world, 600000);
    ck_assert_ptr_nonnull(strstr(A->notes, "ENDED"));
    ck_assert_ptr_nonnull(strstr(B->notes, "ENDED"));
    ua_empty(A);
    ua_empty(B);
}
END_TEST

/* Every pool at every capacity: whatever comes of it, both ends are as new in the end. */
START_TEST(every_capacity)
{
    struct sp_limits      limits;
    struct ua_world      *world = ua_world(NULL, NULL, false, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    enum sp_err           err;

    limits = ua_limits;
    limits.dialogs = (uint32_t)_i % 3;
    limits.transactions = (uint32_t)_i / 3 % 5;
    limits.store_octets = (uint32_t)(_i / 15) * 512;
    world = ua_world(NULL, &limits, false, 1);
    B->answer_invite = 0;
    for (int i = 0; i < 3; i++) {
        err = sip_ua_invite(A->ua, world->now_us, &request, &A->session);
        ck_assert(err == SP_OK || err == SP_LIMIT);
        ua_run(world, 50);
        if (B->session.slot != 0) {
            err = sip_ua_accept(B->ua, world->now_us, B->session, UA_SDP, SP_LIT("answer"));
            if (err == SP_LIMIT) {
                unit_err(sip_ua_end(B->ua, world->now_us, B->session), SP_OK);
            }
        }
        ua_run(world, 50);
        err = sip_ua_end(A->ua, world->now_us, A->session);
        ck_assert(err == SP_OK || err == SP_STALE);
        ua_run(world, 4 * 64 * 500);
        if (B->session.slot != 0)
            err = sip_ua_end(B->ua, world->now_us, B->session);
        ck_assert(err == SP_OK || err == SP_STALE);
        ua_run(world, 4 * 64 * 500);
        world->count = 0;
        ua_empty(A);
        ua_empty(B);
    }
}
END_TEST

Suite *test_sip_session_suite(void)
{
    Suite *suite = suite_create("sip_session");
    TCase *tcase = unit_tcase(suite, "session");

    tcase_add_loop_test(tcase, stands_and_ends, 0, 2);
    tcase_add_test(tcase, both_end_at_once);
    unit_loop(tcase, is_refused, refusals);
    tcase_add_test(tcase, rings_then_accepts);
    tcase_add_test(tcase, cancelled_before_any_response);
    tcase_add_test(tcase, cancelled_while_it_rings);
    tcase_add_test(tcase, cancelled_too_late);
    tcase_add_test(tcase, callee_ends_early);
    tcase_add_test(tcase, lost_acks_are_sent_again);
    tcase_add_test(tcase, lost_200s_are_sent_again);
    tcase_add_test(tcase, no_ack_at_all);
    tcase_add_test(tcase, callee_hangs_up_before_the_ack);
    tcase_add_test(tcase, nobody_answers);
    tcase_add_test(tcase, nobody_answers_the_bye);
    tcase_add_loop_test(tcase, reinvited_by_either, 0, 2);
    tcase_add_test(tcase, glare_is_solved);
    tcase_add_loop_test(tcase, ended_while_a_reinvite_is_under_way, 0, 2);
    tcase_add_test(tcase, lost_peer_in_reinvite);
    tcase_add_loop_test(tcase, ends_on_a_bad_network, 0, 100);
    tcase_add_loop_test(tcase, every_capacity, 0, 15 * 16);
    return suite;
}
