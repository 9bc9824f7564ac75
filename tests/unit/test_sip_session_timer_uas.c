/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_session_timer_uas.c -- session timers that a caller written by hand asks for.
 */
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

#define TIMER   "Supported: timer\n"
#define UPDATES "Allow: INVITE, ACK, UPDATE\n"

static const struct their_row {
    const char *fields, *granted, *require;
    uint32_t    after_s; /* the next thing that we do; 0: nothing */
    const char *what;
} theirs[] = {
    /* table 2 */
    { "Session-Expires: 200\n", "200;refresher=uas", "", 100, "UPDATE " },
    { TIMER "Session-Expires: 200\n", "200;refresher=uac", "timer", 168, "BYE " },
    { TIMER "Session-Expires: 200;refresher=uac\n", "200;refresher=uac", "timer", 168, "BYE " },
    { TIMER "Session-Expires: 200;refresher=uas\n", "200;refresher=uas", "timer", 100, "UPDATE " },
    /* asked by nobody: we do, of who knows it (4028-9-6) */
    { TIMER, "1800;refresher=uac", "timer", 1768, "BYE " },
    { TIMER "Min-SE: 4000\n", "4000;refresher=uac", "timer", 3968, "BYE " },
    { "", "", "", 0, NULL },
    /* too small, of who could not mend it: as it is, and 90 at least */
    { "Session-Expires: 95\n", "95;refresher=uas", "", 47, "UPDATE " },
    { "Session-Expires: 20\n", "90;refresher=uas", "", 45, "UPDATE " },
};

/* 4028-9-3, 4028-9-4, 4028-9-5, 4028-9-6, 4028-9-7, 4028-9-8, 4028-9-9, 4028-9-12 */
/* 4028-10-3, 4028-10-4 */
/* 4028-5-2: Min-SE is in no 2xx */
START_TEST(what_we_grant)
{
    const struct their_row *row = &theirs[_i];
    struct sp_slice         tag, response;
    char                    text[512];
    struct ua_world        *world;

    snprintf(text, sizeof text, "%s" UPDATES CALLER_SDP "offer", row->fields);
    world = ua_answered(&ua_session_config, text, &tag, &response);
    unit_eq(ua_value(response, "Session-Expires"), row->granted);
    unit_eq(ua_value(response, "Require"), row->require);
    unit_eq(ua_value(response, "Min-SE"), "");
    if (row->what == NULL) {
        ua_run(world, 10000000);
        ck_assert_uint_eq(ua_take(world).len, 0);
        return;
    }
    ua_run(world, row->after_s * 1000 - 1);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_run(world, 501);
    ua_expect(world, row->what);
    ua_told(END, row->what[0] == 'B' ? "ENDED TIMEOUT session" : "");
}
END_TEST

static const struct small_row {
    uint32_t    min_se_s;
    const char *fields, *min_se; /* empty: it is taken */
} smalls[] = {
    { 100, TIMER "Session-Expires: 99\n", "100" }, { 100, TIMER "Session-Expires: 100\n", "" },
    { 1, TIMER "Session-Expires: 89\n", "90" }, /* 4028-9-2 */
    { 1, TIMER "Session-Expires: 90\n", "" },      { 100, "Session-Expires: 20\n", "" },
    { 0, TIMER "Session-Expires: 20\n", "" },      { 100, TIMER "Session-Expires: x\n", "" },
};

/* 4028-6-1, 4028-9-1, 4028-9-2 */
START_TEST(too_small)
{
    const struct small_row *row = &smalls[_i];
    struct sip_ua_config    config = ua_session_config;
    struct sp_slice         none = { NULL, 0 }, response;
    struct ua_world        *world;
    char                    text[512];

    config.min_se_s = row->min_se_s;
    world = ua_world(&config, NULL, true, 1);
    snprintf(text, sizeof text, CALLER_CONTACT "%s" CALLER_SDP "offer", row->fields);
    ua_caller_put(world, "INVITE", 10, none, text);
    response = ua_take(world);
    ua_told(END, row->min_se[0] != '\0' ? "" : "INVITED");
    if (row->min_se[0] == '\0')
        return;
    ck_assert(sp_starts(response, SP_LIT("SIP/2.0 422 ")));
    unit_eq(ua_value(response, "Min-SE"), row->min_se);
    ck_assert_uint_eq(sip_ua_open(END->ua), 0);
}
END_TEST

/* 4028-7.4-2, 4028-7.4-4: the greatest Min-SE of their requests stands in ours */
START_TEST(their_least_is_ours)
{
    struct sp_slice  tag, response;
    struct ua_world *world = ua_answered(
        &ua_session_config,
        TIMER UPDATES "Session-Expires: 400;refresher=uas\nMin-SE: 300\n" CALLER_SDP "offer", &tag,
        &response);

    ua_caller_put(world, "UPDATE", 11, tag,
                  CALLER_CONTACT TIMER UPDATES "Session-Expires: 200;refresher=uas\nMin-SE: 150\n");
    ua_told(END, "REFRESHED peer");
    unit_eq(ua_value(ua_expect(world, "SIP/2.0 200 "), "Session-Expires"), "200;refresher=uas");
    ua_run(world, 100000);
    response = ua_expect(world, "UPDATE ");
    unit_eq(ua_value(response, "Min-SE"), "300");
    unit_eq(ua_value(response, "Session-Expires"), "300;refresher=uac");
}
END_TEST

/* Their refreshes: the interval begins anew with each 2xx. */
START_TEST(refreshed_by_them)
{
    struct sp_slice  tag, response;
    struct ua_world *world = ua_answered(
        &ua_session_config, TIMER "Session-Expires: 200;refresher=uac\n" CALLER_SDP "offer", &tag,
        NULL);

    for (unsigned i = 0; i < 4; i++) {
        ua_run(world, 150000);
        if (i % 2 == 0) {
            ua_caller_put(world, "UPDATE", 11 + i, tag,
                          CALLER_CONTACT TIMER "Session-Expires: 200;refresher=uac\n");
            ua_told(END, "REFRESHED peer");
            response = ua_expect(world, "SIP/2.0 200 ");
        } else {
            ua_caller_put(world, "INVITE", 11 + i, tag,
                          CALLER_CONTACT TIMER "Session-Expires: 200;refresher=uac\n" CALLER_SDP
                                               "offer");
            ua_told(END, "REINVITED");
            ua_expect(world, "SIP/2.0 100 ");
            unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("answer")),
                     SP_OK);
            ua_drain(END);
            response = ua_expect(world, "SIP/2.0 200 ");
            ua_caller_put(world, "ACK", 11 + i, tag, "");
            ua_told(END, "CONFIRMED");
        }
        unit_eq(ua_value(response, "Session-Expires"), "200;refresher=uac");
        unit_eq(ua_value(response, "Require"), "timer");
    }
    /* too small within the dialog too */
    ua_caller_put(world, "UPDATE", 20, tag, CALLER_CONTACT TIMER "Session-Expires: 91\n");
    unit_eq(ua_value(ua_expect(world, "SIP/2.0 422 "), "Min-SE"), "100");
    ua_caller_put(world, "INVITE", 21, tag, CALLER_CONTACT TIMER "Session-Expires: 91\n");
    ua_expect(world, "SIP/2.0 422 ");
    ua_run(world, 168000);
    ua_told(END, "ENDED TIMEOUT session");
    while (!sp_starts(response = ua_take(world), SP_LIT("BYE "))) /* the 422 has no ACK */
        ck_assert_uint_gt(response.len, 0);
}
END_TEST

/* The end comes while their re-INVITE waits. */
START_TEST(expires_beside_a_reinvite)
{
    struct sp_slice  tag, response;
    struct ua_world *world = ua_answered(
        &ua_session_config, TIMER "Session-Expires: 200;refresher=uac\n" CALLER_SDP "offer", &tag,
        NULL);

    ua_caller_put(world, "INVITE", 11, tag, CALLER_CONTACT CALLER_SDP "offer");
    ua_told(END, "REINVITED");
    ua_run(world, 168000);
    ua_told(END, "ENDED TIMEOUT session");
    ua_expect(world, "SIP/2.0 100 ");
    response = ua_take(world);
    if (!sp_starts(response, SP_LIT("SIP/2.0 487 ")))
        ck_assert(sp_starts(response, SP_LIT("BYE ")));
    ck_assert_uint_gt(ua_take(world).len, 0);
}
END_TEST

Suite *test_sip_session_timer_uas_suite(void)
{
    Suite *suite = suite_create("sip_session_timer_uas");
    TCase *tcase = unit_tcase(suite, "session_timer_uas");

    unit_loop(tcase, what_we_grant, theirs);
    unit_loop(tcase, too_small, smalls);
    tcase_add_test(tcase, their_least_is_ours);
    tcase_add_test(tcase, refreshed_by_them);
    tcase_add_test(tcase, expires_beside_a_reinvite);
    return suite;
}
