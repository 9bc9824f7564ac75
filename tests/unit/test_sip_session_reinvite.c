/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_session_reinvite.c -- our re-INVITE before a callee written by hand: answers,
 * glare, CANCEL, a 2xx that comes late, the target it sets. RFC 3261 12.2.1.2, 14.1. */
#include "../../transaction/sip_layer.h"
#include "callee_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static const struct again_row {
    const char *status, *more, *told;
    bool        lives;
} agains[] = {
    { "488 No", "", "REFUSED 488 again", true },
    { "200 OK", CALLEE_CONTACT, "ACCEPTED 200 again", true },
    { "481 Gone", "", "ENDED 481 REFUSED", false }, /* 3261-12.2.1.2-2 */
    { "408 Time", "", "ENDED 408 TIMEOUT", false },
    { "491 Pending", "", "", true },
    { "183 Soon", "", "", true }, /* and nothing more */
};

START_TEST(reinvite_answers)
{
    const struct again_row *row = &agains[_i];
    struct sp_slice         invite;
    struct ua_world        *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_expect(world, "ACK ");
    ua_told(END, "ACCEPTED 200");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE sip:bob@192.0.2.2:5062 SIP/2.0\r\n");
    unit_eq(ua_value(invite, "CSeq"), "2 INVITE");
    unit_eq(ua_value(invite, "Contact"), "<sip:agent@192.0.2.1:5060>"); /* 3261-12.2.1.1-17 */
    ua_callee_answer(world, invite, row->status, "", row->more);
    ua_told(END, row->told);
    (void)ua_take(world);
    if (!row->lives) {
        unit_eq(ua_value(ua_expect(world, "BYE "), "CSeq"), "3 BYE");
        ua_run(world, 2 * 64 * 500);
        ua_empty(END);
        return;
    }
    ck_assert_uint_eq(ua_take(world).len, 0);
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_run(world, 3 * 64 * 500);
    ck_assert_uint_eq(sip_tx_open(END->ua->tx), 0);
}
END_TEST

/* 3261-12.2.1.2-1: the 2xx to a re-INVITE moves the target, of ACK and of what follows */
START_TEST(target_refreshed)
{
    struct sp_slice  invite;
    struct ua_world *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_expect(world, "ACK ");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    ua_callee_answer(world, invite, "200 OK", "", "Contact: <sip:new@192.0.2.2>\n");
    ua_expect(world, "ACK sip:new@192.0.2.2 ");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    ua_expect(world, "BYE sip:new@192.0.2.2 ");
}
END_TEST

/* A re-INVITE that nobody waits for any more is cancelled, as soon as there is a provisional
 * response and room. */
START_TEST(reinvite_is_cancelled)
{
    struct sp_slice  invite, again;
    struct ua_world *world = ua_calling(&invite);
    struct sp_store *store = &END->ua->tx->store;
    static void     *blocks[4096];
    int              count = 0;
    char             text[1024];

    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_expect(world, "ACK ");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    again = ua_expect(world, "INVITE ");
    if (_i > 0) {
        ua_callee_answer(world, again, "180 Ringing", "", "");
        ck_assert_uint_eq(ua_take(world).len, 0);
    }
    if (_i == 2) { /* their BYE */
        snprintf(text, sizeof text,
                 "BYE sip:a@a SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKb\n"
                 "From: <sip:bob@192.0.2.2>;tag=b\nTo: <sip:a@a>;tag=%.*s\nCall-ID: %.*s\n"
                 "CSeq: 1 BYE\n\n",
                 SP_ARG(ua_tag(invite, "From")), SP_ARG(ua_value(invite, "Call-ID")));
        ua_put(world, text);
    } else {
        unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
        ua_drain(END);
    }
    if (_i == 0) {
        ua_expect(world, "BYE ");
        while ((blocks[count] = sp_store_take(store, 64)) != NULL)
            count++;
        ua_callee_answer(world, again, "180 Ringing", "", "");
        ck_assert_uint_eq(ua_take(world).len, 0);
        while (count > 0)
            sp_store_give(store, blocks[--count]);
        ua_drain(END);
        ua_expect(world, "CANCEL ");
    } else {
        int cancels = 0;

        for (int i = 0; i < world->count; i++)
            cancels += sp_starts(world->net[i].octets, SP_LIT("CANCEL "));
        ck_assert_int_eq(cancels, 1);
    }
    ua_run(world, 3 * 64 * 500);
    ua_empty(END);
    ck_assert_uint_eq(sip_tx_open(END->ua->tx), 0);
}
END_TEST

/* The 2xx to the first INVITE comes again while the second is under way: it has its own ACK and
 * answers nothing else. */
START_TEST(late_2xx_in_a_reinvite)
{
    struct sp_slice  invite, again;
    struct ua_world *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_expect(world, "ACK ");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    again = ua_expect(world, "INVITE ");
    ua_told(END, "ACCEPTED 200");
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    unit_eq(ua_value(ua_expect(world, "ACK "), "CSeq"), "1 ACK");
    ua_told(END, "");
    ua_callee_answer(world, again, "200 OK", "", CALLEE_CONTACT);
    unit_eq(ua_value(ua_expect(world, "ACK "), "CSeq"), "2 ACK");
    ua_told(END, "ACCEPTED 200 again");
}
END_TEST

/* A request of the callee's within the dialog of `invite`. */
static void put_within(struct ua_world *world, struct sp_slice invite, const char *method,
                       unsigned cseq)
{
    static int branch;
    char       text[1024];

    snprintf(text, sizeof text,
             "%s sip:a@a SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKw%d\n"
             "From: <sip:bob@192.0.2.2>;tag=b\nTo: <sip:a@a>;tag=%.*s\nCall-ID: %.*s\n"
             "CSeq: %u %s\n" CALLEE_CONTACT "\n",
             method, ++branch, SP_ARG(ua_tag(invite, "From")), SP_ARG(ua_value(invite, "Call-ID")),
             cseq, method);
    ua_put(world, text);
}

/* The time of 14.1 is over while their own re-INVITE has its 2xx and no ACK yet, or waits for our
 * user: ours waits on. */
START_TEST(glare_beside_theirs)
{
    struct sp_slice  invite, again;
    struct ua_world *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_expect(world, "ACK ");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    ua_callee_answer(world, ua_expect(world, "INVITE "), "491 Pending", "", "");
    ua_expect(world, "ACK ");
    END->answer_reinvite = _i == 0 ? 200 : 0;
    put_within(world, invite, "INVITE", 7);
    ua_expect(world, _i == 0 ? "SIP/2.0 200 " : "SIP/2.0 100 ");
    ua_run(world, 5000);
    if (_i == 1) {
        unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("y")), SP_OK);
        ua_drain(END);
    }
    while ((again = ua_take(world)).len > 0)
        ck_assert(sp_starts(again, SP_LIT("SIP/2.0 200 ")));
    put_within(world, invite, "ACK", 7);
    ua_run(world, 4000);
    unit_eq(ua_value(ua_expect(world, "INVITE "), "CSeq"), "3 INVITE");
}
END_TEST

/* A 491 again and again is told in the end. */
START_TEST(glares_without_end)
{
    struct sp_slice  invite;
    struct ua_world *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_expect(world, "ACK ");
    ua_told(END, "ACCEPTED 200");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    for (int i = 0; i < 4; i++) {
        uint64_t before_us = world->now_us;

        ua_told(END, "");
        for (invite.len = 0; invite.len == 0; invite = ua_take(world))
            ua_run(world, 10);
        if (i > 0) {
            ck_assert_uint_ge(world->now_us - before_us, 2100000);
            ck_assert_uint_le(world->now_us - before_us, 4020000);
        }
        ua_callee_answer(world, invite, "491 Pending", "", "");
        ua_expect(world, "ACK ");
    }
    ua_told(END, "REFUSED 491 again");
}
END_TEST

Suite *test_sip_session_reinvite_suite(void)
{
    Suite *suite = suite_create("session_reinvite");
    TCase *tcase = unit_tcase(suite, "session_reinvite");

    unit_loop(tcase, reinvite_answers, agains);
    tcase_add_test(tcase, target_refreshed);
    tcase_add_loop_test(tcase, reinvite_is_cancelled, 0, 3);
    tcase_add_test(tcase, late_2xx_in_a_reinvite);
    tcase_add_loop_test(tcase, glare_beside_theirs, 0, 2);
    tcase_add_test(tcase, glares_without_end);
    return suite;
}
