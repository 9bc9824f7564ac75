/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_session_work.c -- what a session does by itself: an INVITE that rings too
 * long is cancelled. */
#include "callee_unit.h"
#include "caller_unit.h"
#include "unit.h"

#define END (&world->ends[0])

static const struct ring_row {
    const char *status;
    int         times; /* that it is said, a minute between */
} rings[] = { { "100 Trying", 1 }, { "180 Ringing", 1 }, { "180 Ringing", 9 } };

/* 3261-13.3.1.1-2, from the other side: each response but 100 begins the time anew */
START_TEST(rings_too_long)
{
    const struct ring_row *row = &rings[_i];
    struct sp_slice        invite, cancel;
    struct ua_world       *world = ua_calling(&invite);

    for (int i = 0; i < row->times; i++) {
        if (i > 0)
            ua_run(world, 60000);
        ua_callee_answer(world, invite, row->status, "b", "");
    }
    END->notes[0] = '\0';
    ua_run(world, END->limits.timer_c_ms - 1);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_run(world, 1);
    cancel = ua_expect(world, "CANCEL ");
    ua_callee_answer(world, cancel, "200 OK", "", "");
    ua_callee_answer(world, invite, "487 Terminated", "b", "");
    ua_told(END, "REFUSED 487");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* And one that is answered in time is not. */
START_TEST(rings_and_stands)
{
    struct sp_slice  invite;
    struct ua_world *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "180 Ringing", "b", "");
    ua_run(world, END->limits.timer_c_ms - 1);
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT CALLER_SDP "answer");
    ua_expect(world, "ACK ");
    ua_run(world, 10000000);
    ua_told(END, "PROGRESS 180; ACCEPTED 200");
    ck_assert_uint_eq(ua_take(world).len, 0);
}
END_TEST

/* What the callee says in the middle of the time, and whether the INVITE goes again for that. */
static const struct expiry_row {
    const char *status, *fields, *told;
    bool        again;
} expiries[] = {
    { "180 Ringing", "", "PROGRESS 180; REFUSED 487", false },
    { NULL, "", "REFUSED 487", false },
    /* the time is that of the user's request, however often it goes */
    { "401 Who", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\n", "REFUSED 487",
      true },
    { "302 There", "Contact: <sip:carol@192.0.2.2>\n", "REFUSED 487", true },
};

/* 3261-13.2.1-4: whatever was heard, it is cancelled when its Expires is over */
START_TEST(expires)
{
    const struct expiry_row *row = &expiries[_i];
    struct ua_world         *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request    request = ua_request(SIP_INVITE, "offer");
    struct sp_slice          invite, cancel;

    ua_login(END, "r", "alice", "x");
    request.follow = 1;
    request.expires_s = 20;
    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    unit_eq(ua_value(invite, "Expires"), "20");
    ua_run(world, 10000);
    while (ua_take(world).len > 0)
        ;
    if (row->status != NULL)
        ua_callee_answer(world, invite, row->status, "b", row->fields);
    if (row->again) {
        ua_expect(world, "ACK ");
        invite = ua_expect(world, "INVITE ");
    }
    ua_run(world, 10000);
    if (row->status == NULL || row->again) /* 9.1: not before it was heard */
        ua_callee_answer(world, invite, "180 Ringing", "b", "");
    while (sp_starts(cancel = ua_take(world), SP_LIT("INVITE ")))
        ;
    ck_assert(sp_starts(cancel, SP_LIT("CANCEL ")));
    ua_callee_answer(world, cancel, "200 OK", "", "");
    ua_callee_answer(world, invite, "487 Terminated", "b", "");
    ua_told(END, row->told);
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* 9.1: where credentials were asked for, the INVITE that has them is cancelled like any other: as
 * soon as it is heard of, and the end is its 487. */
START_TEST(ends_behind_a_challenge)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct sp_slice       invite, cancel;

    ua_login(END, "r", "alice", "x");
    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    ua_callee_answer(world, invite, expiries[2].status, "b", expiries[2].fields);
    ua_expect(world, "ACK ");
    invite = ua_expect(world, "INVITE ");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_told(END, "");
    ua_callee_answer(world, invite, "180 Ringing", "b", "");
    cancel = ua_expect(world, "CANCEL ");
    ua_callee_answer(world, cancel, "200 OK", "", "");
    ua_callee_answer(world, invite, "487 Terminated", "b", "");
    ua_told(END, "REFUSED 487");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

Suite *test_sip_session_work_suite(void)
{
    Suite *suite = suite_create("sip_session_work");
    TCase *tcase = unit_tcase(suite, "session_work");

    unit_loop(tcase, rings_too_long, rings);
    tcase_add_test(tcase, rings_and_stands);
    unit_loop(tcase, expires, expiries);
    tcase_add_test(tcase, ends_behind_a_challenge);
    return suite;
}
