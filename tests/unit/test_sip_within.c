/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_within.c -- requests within a session that are none of its own: INFO,
 * MESSAGE, OPTIONS. RFC 3261 12.2. */
#include "ua_unit.h"
#include "unit.h"

#define A (&world->ends[0])
#define B (&world->ends[1])

static struct ua_world *confirmed(void)
{
    struct sip_ua_config  config = ua_config;
    struct ua_world      *world;
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    config.methods |= 1u << SIP_INFO;
    config.accept = SP_LIT("application/sdp, text/plain");
    world = ua_world(&config, NULL, false, 1);
    B->answer_invite = 200;
    unit_err(sip_ua_invite(A->ua, world->now_us, &request, &A->session), SP_OK);
    ua_run(world, 100);
    ua_told(A, "ACCEPTED 200");
    ua_told(B, "INVITED; CONFIRMED");
    return world;
}

static const struct within_row {
    enum sip_method method;
    uint16_t        answer;
    const char     *one, *other;
    bool            ends;
} withins[] = {
    { SIP_INFO, 200, "RESPONSE 200", "REQUEST INFO", false },
    { SIP_INFO, 488, "RESPONSE 488", "REQUEST INFO", false },
    { SIP_MESSAGE, 200, "RESPONSE 200", "REQUEST MESSAGE", false },
    { SIP_OPTIONS, 0, "RESPONSE 200", "", false },
    { SIP_SUBSCRIBE, 0, "RESPONSE 405", "", false },
    /* 3261-12.2.1.2-2 */
    { SIP_INFO, 481, "RESPONSE 481; ENDED 481 REFUSED", "REQUEST INFO; ENDED peer", true },
};

/* 3261-12.2.1.1-7, 3261-12.2.1.1-8: either side, twice, each with its own numbers */
START_TEST(either_side)
{
    const struct within_row *row = &withins[_i / 2];
    struct ua_world         *world = confirmed();
    struct ua_end           *one = _i % 2 == 0 ? A : B, *other = _i % 2 == 0 ? B : A;
    struct sip_ua_request    request = ua_request(row->method, "x");
    struct sp_handle         handle;

    other->answer = row->answer;
    for (int i = 0; i < (row->ends ? 1 : 2); i++) {
        unit_err(sip_ua_send_within(one->ua, world->now_us, one->session, &request, &handle),
                 SP_OK);
        ua_run(world, 200);
        ua_told(one, row->one);
        ua_told(other, row->other);
    }
    if (row->ends) {
        unit_err(sip_ua_end(one->ua, world->now_us, one->session), SP_STALE);
    } else {
        unit_err(sip_ua_end(one->ua, world->now_us, one->session), SP_OK);
        ua_run(world, 100);
        unit_err(sip_ua_send_within(one->ua, world->now_us, one->session, &request, &handle),
                 SP_STALE);
    }
    ua_run(world, 2 * 64 * 500);
    ua_empty(A);
    ua_empty(B);
}
END_TEST

/* 3261-12.2.1.2-3: silence ends the dialog too */
START_TEST(silence)
{
    struct ua_world      *world = confirmed();
    struct sip_ua_request request = ua_request(SIP_INFO, "x");
    struct sp_handle      handle;

    B->ua = NULL;
    unit_err(sip_ua_send_within(A->ua, world->now_us, A->session, &request, &handle), SP_OK);
    ua_run(world, 32100);
    ua_told(A, "FAILED 408 TIMEOUT F; ENDED 408 TIMEOUT");
    ua_run(world, 64 * 500);
    ua_empty(A);
}
END_TEST

/* The first 2xx to an INVITE is lost. */
static bool drop_2xx(struct ua_world *world, const struct ua_datagram *datagram)
{
    return world->dropped == 0 && sp_starts(datagram->octets, SP_LIT("SIP/2.0 200")) &&
           ua_has(datagram->octets, " INVITE\r\n");
}

/* 3261-15-4: the callee's 2xx was lost, so the caller does not know the dialog that the callee
 * sends a request within. That ends nothing: the 2xx comes again, its ACK, and, where the callee's
 * user has hung up in the meantime, then the BYE. */
START_TEST(sooner_than_the_2xx)
{
    struct ua_world      *world = ua_world(NULL, NULL, false, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer"),
                          options = ua_request(SIP_OPTIONS, "");
    struct sp_handle handle;

    B->answer_invite = 200;
    world->drop = drop_2xx;
    unit_err(sip_ua_invite(A->ua, world->now_us, &request, &A->session), SP_OK);
    ua_run(world, 100);
    ua_told(B, "INVITED");
    if (_i == 1)
        unit_err(sip_ua_end(B->ua, world->now_us, B->session), SP_OK);
    unit_err(sip_ua_send_within(B->ua, world->now_us, B->session, &options, &handle), SP_OK);
    ua_run(world, 300);
    ck_assert_int_eq(world->dropped, 1);
    ua_told(B, "RESPONSE 481");
    ua_told(A, "");
    ua_run(world, 300);
    ua_told(B, _i == 0 ? "CONFIRMED" : "ENDED 200");
    ua_told(A, _i == 0 ? "ACCEPTED 200" : "ACCEPTED 200; ENDED peer");
    ua_run(world, 64 * 500);
    ua_told(A, "");
    ua_told(B, "");
}
END_TEST

/* Ended while theirs waits for an answer: their re-INVITE gets its 487. */
START_TEST(lost_while_reinvited)
{
    struct ua_world      *world = confirmed();
    struct sip_ua_request request = ua_request(SIP_INFO, "x");
    struct sp_handle      handle;

    B->answer = 481;
    unit_err(sip_ua_reinvite(B->ua, world->now_us, B->session, UA_SDP, SP_LIT("y")), SP_OK);
    ua_run(world, 10);
    ua_told(A, "REINVITED");
    unit_err(sip_ua_send_within(A->ua, world->now_us, A->session, &request, &handle), SP_OK);
    ua_run(world, 100);
    ua_told(A, "RESPONSE 481; ENDED 481 REFUSED");
    ck_assert_ptr_nonnull(strstr(B->notes, "ENDED peer"));
    ua_run(world, 3 * 64 * 500);
    ua_empty(A);
    ua_empty(B);
}
END_TEST

static const struct refused_row {
    enum sip_method method;
    const char     *fields;
    enum sp_err     err;
} refuseds[] = {
    { SIP_INVITE, "", SP_UNSUPPORTED },       { SIP_ACK, "", SP_UNSUPPORTED },
    { SIP_BYE, "", SP_UNSUPPORTED },          { SIP_CANCEL, "", SP_UNSUPPORTED },
    { SIP_PRACK, "", SP_UNSUPPORTED },        { SIP_UPDATE, "", SP_UNSUPPORTED },
    { SIP_REGISTER, "", SP_UNSUPPORTED },     { SIP_PUBLISH, "", SP_UNSUPPORTED },
    { SIP_METHOD_OTHER, "", SP_UNSUPPORTED }, { SIP_INFO, "X", SP_INJECTION },
    { SIP_INFO, "X: y\r\n", SP_OK },
};

START_TEST(what_cannot_be_sent)
{
    struct ua_world      *world = confirmed();
    struct sip_ua_request request = ua_request(refuseds[_i].method, "x");
    struct sp_handle      handle, made_up = { 9, 9 };

    request.fields = unit_text(refuseds[_i].fields);
    unit_err(sip_ua_send_within(A->ua, world->now_us, A->session, &request, &handle),
             refuseds[_i].err);
    if (refuseds[_i].err == SP_OK)
        unit_err(sip_ua_send_within(A->ua, world->now_us, made_up, &request, &handle), SP_STALE);
}
END_TEST

/* 3428-8-4: one MESSAGE at a time within a session */
START_TEST(messages_do_not_overlap)
{
    struct ua_world      *world = confirmed();
    struct sip_ua_request request = ua_request(SIP_MESSAGE, "x");
    struct sp_handle      handles[3];
    int                   before = world->count;

    B->answer = 200;
    for (int i = 0; i < 3; i++)
        unit_err(sip_ua_send_within(A->ua, world->now_us, A->session, &request, &handles[i]),
                 SP_OK);
    ua_drain(A);
    ck_assert_int_eq(world->count, before + 1);
    ua_run(world, 100);
    ua_told(A, "RESPONSE 200; RESPONSE 200; RESPONSE 200");
    /* those that wait when the session ends come to nothing */
    for (int i = 0; i < 2; i++)
        unit_err(sip_ua_send_within(A->ua, world->now_us, A->session, &request, &handles[i]),
                 SP_OK);
    unit_err(sip_ua_end(A->ua, world->now_us, A->session), SP_OK);
    ua_run(world, 100);
    ck_assert_ptr_nonnull(strstr(A->notes, "FAILED 503 STALE"));
    ua_run(world, 2 * 64 * 500);
    ua_empty(A);
}
END_TEST

/* Before there is a dialog there is nothing to send within. */
START_TEST(without_a_dialog)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request invite = ua_request(SIP_INVITE, "offer"),
                          info = ua_request(SIP_INFO, "x");
    struct sp_handle handle;

    unit_err(sip_ua_invite(A->ua, world->now_us, &invite, &A->session), SP_OK);
    unit_err(sip_ua_send_within(A->ua, world->now_us, A->session, &info, &handle), SP_STALE);
}
END_TEST

Suite *test_sip_within_suite(void)
{
    Suite *suite = suite_create("sip_within");
    TCase *tcase = unit_tcase(suite, "within");

    tcase_add_loop_test(tcase, either_side, 0, 2 * (int)UNIT_ROWS(withins));
    tcase_add_test(tcase, silence);
    tcase_add_loop_test(tcase, sooner_than_the_2xx, 0, 2);
    tcase_add_test(tcase, lost_while_reinvited);
    unit_loop(tcase, what_cannot_be_sent, refuseds);
    tcase_add_test(tcase, messages_do_not_overlap);
    tcase_add_test(tcase, without_a_dialog);
    return suite;
}
