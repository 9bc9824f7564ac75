/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_session_timer.c -- session timers: what is asked, granted, refreshed and
 * ended when we made the session. The callee is written by hand, or a second agent. */
#include "callee_unit.h"
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])
#define A   (&world->ends[0])
#define B   (&world->ends[1])

/* ---- as UAC */

static struct ua_world *calling(const struct sip_ua_config *config, struct sp_slice *invite)
{
    struct ua_world      *world = ua_world(config, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    *invite = ua_expect(world, "INVITE ");
    return world;
}

static const struct ask_row {
    uint32_t    min_se_s, session_expires_s;
    const char *session_expires, *min_se;
} asks[] = {
    { 0, 1800, "", "" }, /* no timers */
    { 90, 0, "", "" },   /* 4028-7.1-2: none wanted, and yet supported */
    { 90, 1800, "1800", "" },
    { 1, 1800, "1800", "" }, /* 4028-5-1: never below 90 */
    { 100, 1800, "1800", "100" },
    { 2000, 1800, "2000", "2000" }, /* 4028-7.1-5 */
    { 90, 30, "90", "" },
};

/* 4028-7.1-1, 4028-7.1-2, 4028-7.1-3, 4028-7.1-4, 4028-7.1-5, 4028-7.1-6, 4028-5-1 */
START_TEST(what_the_invite_asks)
{
    const struct ask_row *row = &asks[_i];
    struct sip_ua_config  config = ua_session_config;
    struct sp_slice       invite, bye;
    struct ua_world      *world;

    config.min_se_s = row->min_se_s;
    config.session_expires_s = row->session_expires_s;
    world = calling(&config, &invite);
    unit_eq(ua_value(invite, "Session-Expires"), row->session_expires);
    unit_eq(ua_value(invite, "Min-SE"), row->min_se);
    ck_assert_int_eq(ua_has(ua_value(invite, "Supported"), "timer"), row->min_se_s > 0);
    unit_eq(ua_value(invite, "Require"), "");
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT CALLER_SDP "answer");
    ua_expect(world, "ACK ");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    bye = ua_expect(world, "BYE ");
    ck_assert_int_eq(ua_has(ua_value(bye, "Supported"), "timer"), row->min_se_s > 0);
    unit_eq(ua_value(bye, "Session-Expires"), "");
}
END_TEST

/* 4028-7.1-1, 4028-7.1-2: every request but ACK says that we know of it */
START_TEST(in_every_request)
{
    struct sp_slice  invite, request, none = { NULL, 0 };
    struct ua_world *world = calling(&ua_session_config, &invite);
    struct sp_handle handle;

    ua_callee_answer(world, invite, "183 Progress", "b",
                     CALLEE_CONTACT "Require: 100rel\nRSeq: 1\n" CALLER_SDP "answer");
    unit_err(sip_ua_update(END->ua, world->now_us, END->session, none, none), SP_OK);
    unit_err(sip_ua_info(END->ua, world->now_us, END->session, none, none, none, &handle), SP_OK);
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    for (int i = 0; i < 4; i++) { /* PRACK, UPDATE, INFO, CANCEL */
        request = ua_take(world);
        ck_assert_uint_gt(request.len, 0);
        ck_assert(ua_has(ua_value(request, "Supported"), "timer"));
    }
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ck_assert(!ua_has(ua_expect(world, "ACK "), "Supported"));
    ck_assert(ua_has(ua_value(ua_expect(world, "BYE "), "Supported"), "timer"));
}
END_TEST

static const struct grant_row {
    const char *fields;
    uint32_t    after_s; /* what happens then; 0: nothing */
    const char *what;    /* of what leaves */
} grants[] = {
    /* 4028-7.2-3, 4028-7.2-5: we refresh at half the interval */
    { "Session-Expires: 1800;refresher=uac\nRequire: timer\nAllow: UPDATE\n", 900, "UPDATE " },
    { "Session-Expires: 200;refresher=uac\nAllow: INVITE, UPDATE\n", 100, "UPDATE " },
    { "x: 200;refresher=uac\nAllow: INVITE\n", 100, "INVITE " }, /* 4028-7.4-9 */
    { "Session-Expires: 200;refresher=uac\n", 100, "INVITE " },
    { "Session-Expires: 90\n", 45, "INVITE " },
    { "Session-Expires: 3;refresher=uac\n", 45, "INVITE " }, /* counts as 90: 4028-4-2 */
    /* 4028-10-3, 4028-10-4: they should, and did not */
    { "Session-Expires: 1800;refresher=uas\nRequire: timer\n", 1768, "BYE " },
    { "Session-Expires: 90;refresher=uas\n", 60, "BYE " },
    /* 7.2: they know nothing of it; for our own sake */
    { "Allow: UPDATE\n", 900, "UPDATE " },
    { "Session-Expires: x\nAllow: UPDATE\n", 900, "UPDATE " },
};

/* 4028-7.2-1, 4028-7.2-4, 4028-4-2 */
START_TEST(what_the_2xx_grants)
{
    const struct grant_row *row = &grants[_i];
    struct sp_slice         invite;
    struct ua_world        *world = calling(&ua_session_config, &invite);
    char                    text[512];

    snprintf(text, sizeof text, CALLEE_CONTACT "%s" CALLER_SDP "answer", row->fields);
    ua_callee_answer(world, invite, "200 OK", "b", text);
    ua_told(END, "ACCEPTED 200");
    ua_expect(world, "ACK ");
    ua_run(world, row->after_s * 1000 - 1);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_run(world, 1);
    ua_expect(world, row->what);
    ua_told(END, row->what[0] == 'B' ? "ENDED TIMEOUT session" : "");
}
END_TEST

/* Nobody refreshes, and the offer in their 2xx has no answer of our user's yet: it is acknowledged,
 * for the 2xx would come on, and ended. */
START_TEST(expires_without_an_answer)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "");
    struct sp_slice       invite;

    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    ua_callee_answer(world, invite, "200 OK", "b",
                     CALLEE_CONTACT "Session-Expires: 90;refresher=uas\nRequire: timer\n" CALLER_SDP
                                    "offer");
    ua_told(END, "ACCEPTED 200 offer");
    ua_run(world, 59999);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_run(world, 1);
    ua_expect(world, "ACK ");
    ua_expect(world, "BYE ");
    ua_told(END, "ENDED TIMEOUT session");
}
END_TEST

/* 4028-7.2-2: a 2xx may grant what was not asked; and one without it turns the timer off */
START_TEST(granted_unasked)
{
    struct sip_ua_config config = ua_session_config;
    struct sp_slice      invite;
    struct ua_world     *world;

    config.session_expires_s = 0;
    world = calling(&config, &invite);
    ua_callee_answer(world, invite, "200 OK", "b",
                     CALLEE_CONTACT "Session-Expires: 200;refresher=uac\nAllow: UPDATE\n");
    ua_expect(world, "ACK ");
    ua_run(world, 100000);
    invite = ua_expect(world, "UPDATE ");
    unit_eq(ua_value(invite, "Session-Expires"), "200;refresher=uac");
    ua_callee_answer(world, invite, "200 OK", "", "Session-Expires: 400;refresher=uas\n");
    ua_told(END, "ACCEPTED 200; REFRESHED 200");
    unit_err(sip_ua_update(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "UPDATE ");
    /* 4028-7.4-5, 4028-7.4-6, 4028-7.4-8: any request refreshes, and the roles stay */
    unit_eq(ua_value(invite, "Session-Expires"), "400;refresher=uas");
    ua_callee_answer(world, invite, "200 OK", "", "Session-Expires: 200;refresher=uas\n");
    ua_told(END, "ANSWERED 200");
    ua_run(world, 167999);
    ua_told(END, "");
    ua_run(world, 1);
    ua_told(END, "ENDED TIMEOUT session");
}
END_TEST

/* ---- our refreshes */

/* A session of 200 s that we refresh; `allow` UPDATE or not. */
static struct ua_world *refreshing(const char *allow, struct sp_slice *refresh)
{
    struct sp_slice  invite;
    struct ua_world *world = calling(&ua_session_config, &invite);
    char             text[512];

    snprintf(text, sizeof text,
             CALLEE_CONTACT "%sSession-Expires: 200;refresher=uac\n" CALLER_SDP "answer", allow);
    ua_callee_answer(world, invite, "200 OK", "b", text);
    ua_expect(world, "ACK ");
    END->notes[0] = '\0';
    ua_run(world, 100000);
    *refresh = ua_take(world);
    return world;
}

#define UPDATES "Allow: INVITE, ACK, UPDATE\n"

/* 4028-7.4-1, 4028-7.4-9, 4028-7.4-10: an UPDATE without an offer */
START_TEST(refresh_by_update)
{
    struct sp_slice  refresh;
    struct ua_world *world = refreshing(UPDATES, &refresh);

    for (int i = 0; i < 3; i++) {
        ck_assert(sp_starts(refresh, SP_LIT("UPDATE ")));
        unit_eq(ua_value(refresh, "Session-Expires"), "200;refresher=uac");
        ck_assert(ua_has(ua_value(refresh, "Supported"), "timer"));
        ck_assert(!ua_has(refresh, "Content-Type"));
        ua_callee_answer(world, refresh, "200 OK", "", "Session-Expires: 200;refresher=uac\n");
        ua_told(END, "REFRESHED 200");
        ua_run(world, 100000);
        refresh = ua_take(world);
    }
}
END_TEST

/* 4028-7.4-10, 4028-7.4-11: a re-INVITE with the offer that stands, octet for octet */
START_TEST(refresh_by_reinvite)
{
    struct sp_slice  refresh;
    struct ua_world *world = refreshing("Allow: INVITE, ACK\n", &refresh);

    for (int i = 0; i < 3; i++) {
        ck_assert(sp_starts(refresh, SP_LIT("INVITE ")));
        unit_eq(ua_value(refresh, "Session-Expires"), "200;refresher=uac");
        ck_assert(ua_has(refresh, i < 2 ? "\r\n\r\noffer" : "\r\n\r\nmore"));
        ua_callee_answer(world, refresh, "200 OK", "",
                         CALLEE_CONTACT "Session-Expires: 200;refresher=uac\n" CALLER_SDP "a");
        ua_told(END, "REFRESHED 200 answer");
        ua_expect(world, "ACK ");
        if (i == 1) { /* what the user offers from then on is what stands */
            unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")),
                     SP_OK);
            ua_drain(END);
            ua_callee_answer(world, ua_expect(world, "INVITE "), "200 OK", "",
                             CALLEE_CONTACT "Session-Expires: 200;refresher=uac\n" CALLER_SDP "a");
            ua_told(END, "ACCEPTED 200 again");
            ua_expect(world, "ACK ");
        }
        ua_run(world, 100000);
        refresh = ua_take(world);
    }
}
END_TEST

static const struct refused_row {
    const char *status, *told;
} refuseds[] = {
    { "481 No", "ENDED 481 REFUSED" }, /* RFC 3261 12.2.1.2, here too */
    { "408 No", "ENDED 408 TIMEOUT" },
    { "500 No", "ENDED TIMEOUT session" }, /* 4028-10-2: once; then the end */
    { "488 No", "ENDED TIMEOUT session" },
};

/* 4028-10-1 */
START_TEST(refresh_refused)
{
    const struct refused_row *row = &refuseds[_i / 2];
    struct sp_slice           refresh;
    struct ua_world          *world = refreshing(_i % 2 == 0 ? UPDATES : "", &refresh);
    bool                      at_once = row->told[6] != 'T';

    ua_callee_answer(world, refresh, row->status, "", "");
    if (_i % 2 == 1)
        ua_expect(world, "ACK ");
    if (!at_once) {
        ua_told(END, "");
        ua_run(world, 67999);
        ck_assert_uint_eq(ua_take(world).len, 0);
        ua_told(END, "");
        ua_run(world, 1);
    }
    ua_expect(world, "BYE ");
    ua_told(END, row->told);
}
END_TEST

/* 4028-7.3-1, 4028-7.4-2, 4028-7.4-4, 4028-10-1: 422, and again with what it asks for */
START_TEST(refresh_too_small)
{
    struct sp_slice  refresh;
    struct ua_world *world = refreshing(_i == 0 ? UPDATES : "", &refresh);

    ua_callee_answer(world, refresh, "422 Too Small", "", "Min-SE: 300\n");
    if (_i == 1)
        ua_expect(world, "ACK ");
    refresh = ua_expect(world, _i == 0 ? "UPDATE " : "INVITE ");
    unit_eq(ua_value(refresh, "Session-Expires"), "300;refresher=uac");
    unit_eq(ua_value(refresh, "Min-SE"), "300");
    /* the same error again is the end of it */
    ua_callee_answer(world, refresh, "422 Too Small", "", "Min-SE: 300\n");
    if (_i == 1)
        ua_expect(world, "ACK ");
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_run(world, 68000);
    ua_told(END, "ENDED TIMEOUT session");
}
END_TEST

/* 4028-7.3-1, 4028-7.4-3: the first INVITE; once the dialog stands, only what it says counts */
START_TEST(invite_too_small)
{
    struct sp_slice  invite, second;
    struct ua_world *world = calling(&ua_session_config, &invite);

    ua_callee_answer(world, invite, "422 Too Small", "x", "Min-SE: 3600\n");
    ua_expect(world, "ACK ");
    second = ua_expect(world, "INVITE ");
    unit_eq(ua_value(second, "Session-Expires"), "3600");
    unit_eq(ua_value(second, "Min-SE"), "3600");
    unit_eq(ua_value(second, "CSeq"), "2 INVITE");
    unit_eq_slice(ua_value(second, "Call-ID"), ua_value(invite, "Call-ID"));
    unit_eq_slice(ua_value(second, "From"), ua_value(invite, "From"));
    unit_eq_slice(ua_value(second, "To"), ua_value(invite, "To"));
    if (_i == 0) {
        ua_callee_answer(world, second, "422 Too Small", "x", "Min-SE: 3600\n");
        ua_told(END, "REFUSED 422");
        return;
    }
    ua_callee_answer(world, second, "200 OK", "b",
                     CALLEE_CONTACT UPDATES "Session-Expires: 3600;refresher=uac\n");
    ua_expect(world, "ACK ");
    ua_run(world, 1800000);
    second = ua_expect(world, "UPDATE ");
    unit_eq(ua_value(second, "Session-Expires"), "3600;refresher=uac");
    unit_eq(ua_value(second, "Min-SE"), "");
}
END_TEST

/* While something else is under way the refresh waits; what succeeds is one. */
START_TEST(refresh_has_to_wait)
{
    struct sp_slice  invite, request;
    struct ua_world *world = calling(&ua_session_config, &invite);

    ua_callee_answer(world, invite, "200 OK", "b",
                     CALLEE_CONTACT "Session-Expires: 200;refresher=uac\n" CALLER_SDP "answer");
    ua_expect(world, "ACK ");
    END->notes[0] = '\0';
    ua_run(world, 99000);
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "INVITE ");
    ua_callee_answer(world, request, "100 Trying", "", "");
    ua_run(world, 21000);
    ck_assert_uint_eq(ua_take(world).len, 0);
    if (_i == 0) {
        ua_callee_answer(world, request, "200 OK", "b",
                         CALLEE_CONTACT "Session-Expires: 200;refresher=uac\n" CALLER_SDP "a");
        ua_told(END, "ACCEPTED 200 again");
        ua_expect(world, "ACK ");
        ua_run(world, 99999);
        ck_assert_uint_eq(ua_take(world).len, 0);
        ua_run(world, 1);
        ua_expect(world, "INVITE ");
        return;
    }
    ua_callee_answer(world, request, "488 No", "b", "");
    ua_told(END, "REFUSED 488 again");
    ua_expect(world, "ACK ");
    ua_run(world, 20000);
    ck_assert(ua_has(ua_expect(world, "INVITE "), "\r\n\r\noffer")); /* what stands */
}
END_TEST

/* ---- two agents */

/* A day of a session on a bad network; then one falls silent. 4028-7.2-4, 4028-9-11 */
START_TEST(goes_on_and_on)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, false, (uint32_t)_i);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    B->answer_invite = 200;
    world->loss_percent = (uint32_t)_i % 3 * 10;
    world->dup_percent = (uint32_t)_i % 2 * 10;
    unit_err(sip_ua_invite(A->ua, world->now_us, &request, &A->session), SP_OK);
    ua_run(world, 60000);
    if (strstr(A->notes, "ACCEPTED") == NULL || strstr(B->notes, "CONFIRMED") == NULL)
        return; /* it was lost too often */
    for (int hour = 0; hour < 24; hour++) {
        A->notes[0] = B->notes[0] = '\0';
        ua_run(world, 3600000);
        ck_assert_ptr_nonnull(strstr(A->notes, "REFRESHED 200"));
        ck_assert_ptr_nonnull(strstr(B->notes, "REFRESHED peer"));
        ck_assert_ptr_null(strstr(A->notes, "ENDED"));
        ck_assert_ptr_null(strstr(B->notes, "ENDED"));
    }
    B->ua = NULL;
    ua_run(world, 1800000);
    ck_assert_ptr_nonnull(strstr(A->notes, "ENDED"));
    ua_run(world, 2 * 64 * 500);
    ua_empty(A);
}
END_TEST

/* Without room for what would be repeated a session without UPDATE ends, and nothing stays. */
START_TEST(every_capacity)
{
    struct sp_limits      limits;
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct sp_slice       invite;

    limits = ua_limits;
    limits.store_octets = (uint32_t)_i * 256;
    world = ua_world(&ua_session_config, &limits, true, 1);
    if (sip_ua_invite(END->ua, world->now_us, &request, &END->session) == SP_OK) {
        ua_drain(END);
        invite = ua_expect(world, "INVITE ");
        ua_callee_answer(world, invite, "200 OK", "b",
                         CALLEE_CONTACT "Session-Expires: 90;refresher=uac\n" CALLER_SDP "answer");
        ua_run(world, 60000);
    }
    ua_run(world, 6 * 64 * 500);
    ua_empty(END);
}
END_TEST

Suite *test_sip_session_timer_suite(void)
{
    Suite *suite = suite_create("sip_session_timer");
    TCase *tcase = unit_tcase(suite, "session_timer");

    unit_loop(tcase, what_the_invite_asks, asks);
    tcase_add_test(tcase, in_every_request);
    unit_loop(tcase, what_the_2xx_grants, grants);
    tcase_add_test(tcase, expires_without_an_answer);
    tcase_add_test(tcase, granted_unasked);
    tcase_add_test(tcase, refresh_by_update);
    tcase_add_test(tcase, refresh_by_reinvite);
    tcase_add_loop_test(tcase, refresh_refused, 0, 2 * (int)UNIT_ROWS(refuseds));
    tcase_add_loop_test(tcase, refresh_too_small, 0, 2);
    tcase_add_loop_test(tcase, invite_too_small, 0, 2);
    tcase_add_loop_test(tcase, refresh_has_to_wait, 0, 2);
    tcase_add_loop_test(tcase, goes_on_and_on, 0, 12);
    tcase_add_loop_test(tcase, every_capacity, 0, 64);
    return suite;
}
