/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_info.c -- INFO, with packages and without, in both directions. The peer is
 * written by hand. */
#include "callee_unit.h"
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static const struct sp_slice none = { NULL, 0 };

/* ---- theirs */

static const struct info_row {
    const char *more, *status, *told;
} infos[] = {
    { "", NULL, "REQUEST INFO" }, /* RFC 2976 */
    { "Content-Type: text/plain\n\nx", NULL, "REQUEST INFO" },
    { "Info-Package: foo\n", NULL, "REQUEST INFO" },
    { "Info-Package: bar;x=y\n", NULL, "REQUEST INFO" },
    { "Info-Package: FOO\n", "SIP/2.0 469 ", "" }, /* case counts (7.2) */
    { "Info-Package: fo\n", "SIP/2.0 469 ", "" },
    { "Info-Package: fooo\n", "SIP/2.0 469 ", "" },
    { "Info-Package: foo\nContent-Disposition: Info-Package\nContent-Type: text/plain\n\nx", NULL,
      "REQUEST INFO" },
    /* 6086-4.2.2-3: a type that we do not take */
    { "Info-Package: foo\nContent-Disposition: Info-Package\nContent-Type: a/b\n\nx",
      "SIP/2.0 415 ", "" },
};

/* 6086-4.2.2-1, 6086-4.2.2-4, 6086-5.2.2-3 */
START_TEST(theirs)
{
    const struct info_row *row = &infos[_i];
    struct sp_slice        tag, response;
    struct ua_world       *world = ua_answered(&ua_session_config, CALLER_SDP "offer", &tag, NULL);

    ua_caller_put(world, "INFO", 11, tag, row->more);
    ua_told(END, row->told);
    if (row->status != NULL) {
        response = ua_expect(world, row->status);
        if (row->status[8] == '4' && row->status[9] == '6')
            unit_eq(ua_value(response, "Recv-Info"), "foo, bar");
    } else {
        unit_err(sip_ua_respond(END->ua, world->now_us, END->request, 200, none, none, none),
                 SP_OK);
        ua_drain(END);
        response = ua_expect(world, "SIP/2.0 200 ");
        ck_assert(!ua_has(response, "Recv-Info"));
        unit_eq(ua_value(response, "Content-Length"), "0"); /* 6086-4.3.2-1, 6086-4.3.2-2 */
    }
    ck_assert_uint_eq(sip_ua_open(END->ua), 1);
}
END_TEST

/* Outside of a session there is none: 6086-4.2.1-4, from the other side. */
START_TEST(theirs_outside)
{
    struct ua_world *world = ua_world(&ua_session_config, NULL, true, 1);

    ua_caller_put(world, "INFO", 11, none, "");
    ua_expect(world, "SIP/2.0 481 ");
    ua_told(END, "");
}
END_TEST

static const struct recv_row {
    const char *more, *said; /* said: NULL, no field at all */
} recvs[] = {
    { "", NULL }, /* 6086-5.2.3-3 */
    { "Recv-Info: x\n", "foo, bar" },
    { "Recv-Info:\n", "foo, bar" }, /* 6086-5.2.3-2 */
};

/* What we take is said to who says what he takes: in the reliable 1xx and the 2xx, the same
 * (6086-5.2.3-4); and in those alone. */
START_TEST(what_we_take)
{
    const struct recv_row *row = &recvs[_i];
    char                   text[256];
    struct ua_world       *world;
    struct sp_slice        responses[2];

    snprintf(text, sizeof text, "Supported: 100rel\n%s" CALLER_SDP "offer", row->more);
    world = ua_called(&ua_session_config, text);
    unit_err(sip_ua_progress(END->ua, world->now_us, END->session, 180, false, none, none), SP_OK);
    ua_drain(END);
    ck_assert(!ua_has(ua_expect(world, "SIP/2.0 180 "), "Recv-Info"));
    unit_err(sip_ua_progress(END->ua, world->now_us, END->session, 183, true, none, none), SP_OK);
    ua_drain(END);
    responses[0] = ua_expect(world, "SIP/2.0 183 ");
    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("answer")), SP_OK);
    ua_drain(END);
    responses[1] = ua_expect(world, "SIP/2.0 200 ");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(ua_has(responses[i], "\r\nRecv-Info:"), row->said != NULL);
        unit_eq(ua_value(responses[i], "Recv-Info"), row->said != NULL ? row->said : "");
    }
}
END_TEST

/* 6086-5.2.2-1, 6086-5.2.2-2, 6086-5.2.2-5, 6086-5.2.3-1: our INVITE says it, even if it is
 * nothing; who has no INFO says nothing */
/* 3261-13.2.1-2 */
START_TEST(our_invite)
{
    struct sip_ua_config  config = ua_session_config;
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct ua_world      *world;
    struct sp_slice       invite;

    if (_i == 1)
        config.recv_info = none;
    if (_i == 2)
        config.methods &= ~(1u << SIP_INFO);
    world = ua_world(&config, NULL, true, 1);
    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    ck_assert_int_eq(ua_has(invite, "\r\nRecv-Info:"), _i < 2);
    unit_eq(ua_value(invite, "Recv-Info"), _i == 0 ? "foo, bar" : "");
    ck_assert_int_eq(ua_has(ua_value(invite, "Allow"), "INFO"), _i < 2);
}
END_TEST

/* ---- ours */

static enum sp_err info(struct ua_world *world, const char *package, const char *body)
{
    enum sp_err err = sip_ua_info(END->ua, world->now_us, END->session, sp_str(package),
                                  SP_LIT("text/plain"), sp_str(body), &END->request);

    ua_drain(END);
    return err;
}

/* A session whose peer takes these. */
static struct ua_world *taking(const char *recv_info)
{
    char            text[256];
    struct sp_slice tag;

    snprintf(text, sizeof text, "%s" CALLER_SDP "offer", recv_info);
    return ua_answered(&ua_session_config, text, &tag, NULL);
}

static const struct send_row {
    const char *recv_info, *package;
    enum sp_err err;
} sends[] = {
    { "Recv-Info: a, b;x=y\nRecv-Info: c\n", "a", SP_OK },
    { "Recv-Info: a, b;x=y\nRecv-Info: c\n", "b", SP_OK },
    { "Recv-Info: a, b;x=y\nRecv-Info: c\n", "c;p=q", SP_OK },
    { "Recv-Info: a, b;x=y\nRecv-Info: c\n", "A", SP_UNSUPPORTED }, /* 6086-4.2.1-4 */
    { "Recv-Info: a, b;x=y\nRecv-Info: c\n", "d", SP_UNSUPPORTED },
    { "Recv-Info:\n", "a", SP_UNSUPPORTED }, /* 6086-5.2.2-4 */
    { "", "a", SP_UNSUPPORTED },
    { "", "", SP_OK }, /* RFC 2976 */
};

/* 6086-4.2.1-1, 6086-4.2.1-2, 6086-4.2.1-3, 6086-4.2.1-4, 6086-3-1 */
START_TEST(ours)
{
    const struct send_row *row = &sends[_i];
    struct ua_world       *world = taking(row->recv_info);
    struct sp_slice        request;

    unit_err(info(world, row->package, "tone"), row->err);
    if (row->err != SP_OK) {
        ck_assert_uint_eq(ua_take(world).len, 0);
        return;
    }
    request = ua_expect(world, "INFO sip:bob@192.0.2.2:5062 ");
    unit_eq(ua_value(request, "Info-Package"), row->package);
    ck_assert_int_eq(ua_has(request, "\r\nInfo-Package:"), row->package[0] != '\0');
    unit_eq(ua_value(request, "Content-Disposition"),
            row->package[0] != '\0' ? "Info-Package" : "");
    ck_assert(ua_has(request, "\r\n\r\ntone"));
    ck_assert(!ua_has(request, "Recv-Info"));
    ua_callee_answer(world, request, "200 OK", "", "");
    ua_told(END, "RESPONSE 200");
}
END_TEST

/* 6086-4.2.1-5: 469 is of the request alone */
START_TEST(refused)
{
    struct ua_world *world = taking("Recv-Info: a\n");

    unit_err(info(world, "a", ""), SP_OK);
    ua_callee_answer(world, ua_expect(world, "INFO "), "469 Bad", "", "Recv-Info: b\n");
    ua_told(END, "RESPONSE 469");
    ck_assert_uint_eq(sip_ua_open(END->ua), 1);
    unit_err(info(world, "b", ""), SP_UNSUPPORTED); /* 6086-4.2.2-2: it changes nothing */
    unit_err(info(world, "a", ""), SP_OK);
}
END_TEST

/* 6086-4.2.1-4: outside of a session there is no INFO */
START_TEST(ours_outside)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INFO, "x");
    struct sp_handle      handle = { 1, 1 };

    unit_err(sip_ua_send(END->ua, world->now_us, &request, &handle), SP_UNSUPPORTED);
    unit_err(sip_ua_info(END->ua, world->now_us, handle, none, none, none, &handle), SP_STALE);
}
END_TEST

/* What the peer takes changes with each request or 2xx that says so, and not with one that is
 * refused (6086-5.2.4-1). */
START_TEST(changes)
{
    struct sp_slice  tag, request;
    struct ua_world *world = ua_answered(&ua_session_config, "Recv-Info: a\n" CALLER_SDP "offer",
                                         &tag, NULL);

    ua_caller_put(world, "UPDATE", 11, tag, CALLER_CONTACT "Recv-Info: b\n");
    ua_expect(world, "SIP/2.0 200 ");
    unit_err(info(world, "a", ""), SP_UNSUPPORTED);
    unit_err(info(world, "b", ""), SP_OK);
    ua_expect(world, "INFO ");
    ua_caller_put(world, "INVITE", 12, tag, CALLER_CONTACT "Recv-Info: c\n" CALLER_SDP "offer");
    ua_expect(world, "SIP/2.0 100 ");
    unit_err(info(world, "c", ""), SP_UNSUPPORTED); /* not yet */
    unit_err(sip_ua_refuse(END->ua, world->now_us, END->session, 488, none), SP_OK);
    ua_drain(END);
    ua_expect(world, "SIP/2.0 488 ");
    unit_err(info(world, "c", ""), SP_UNSUPPORTED);
    unit_err(info(world, "b", ""), SP_OK);
    ua_expect(world, "INFO ");
    /* without the field all stays; with an empty one nothing is taken any more */
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "INVITE ");
    unit_eq(ua_value(request, "Recv-Info"), "foo, bar");
    ua_callee_answer(world, request, "200 OK", "", CALLEE_CONTACT CALLER_SDP "answer");
    ua_expect(world, "ACK ");
    unit_err(info(world, "b", ""), SP_OK);
    ua_expect(world, "INFO ");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "INVITE ");
    ua_callee_answer(world, request, "200 OK", "",
                     CALLEE_CONTACT "Recv-Info:\n" CALLER_SDP "answer");
    unit_err(info(world, "b", ""), SP_UNSUPPORTED);
}
END_TEST

/* 6086-4.2.1-7: each branch of a fork takes its own */
START_TEST(forked)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct sp_handle      sessions[2], handle;
    struct sp_slice       invite;
    char                  text[256];

    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    for (int i = 0; i < 2; i++) {
        snprintf(text, sizeof text,
                 CALLEE_CONTACT "Require: 100rel\nRSeq: 1\nRecv-Info: %s\n" CALLER_SDP "answer",
                 i == 0 ? "one" : "two");
        ua_callee_answer(world, invite, "183 Progress", i == 0 ? "b" : "c", text);
        ua_callee_answer(world, ua_expect(world, "PRACK "), "200 OK", "", "");
        sessions[i] = END->session;
    }
    for (int i = 0; i < 2; i++) {
        unit_err(sip_ua_info(END->ua, world->now_us, sessions[i],
                             i == 0 ? SP_LIT("two") : SP_LIT("one"), none, none, &handle),
                 SP_UNSUPPORTED);
        unit_err(sip_ua_info(END->ua, world->now_us, sessions[i],
                             i == 0 ? SP_LIT("one") : SP_LIT("two"), none, none, &handle),
                 SP_OK);
        ua_drain(END);
        unit_eq(ua_tag(ua_expect(world, "INFO "), "To"), i == 0 ? "b" : "c");
    }
}
END_TEST

Suite *test_sip_info_suite(void)
{
    Suite *suite = suite_create("sip_info");
    TCase *tcase = unit_tcase(suite, "info");

    unit_loop(tcase, theirs, infos);
    tcase_add_test(tcase, theirs_outside);
    unit_loop(tcase, what_we_take, recvs);
    tcase_add_loop_test(tcase, our_invite, 0, 3);
    unit_loop(tcase, ours, sends);
    tcase_add_test(tcase, refused);
    tcase_add_test(tcase, ours_outside);
    tcase_add_test(tcase, changes);
    tcase_add_test(tcase, forked);
    return suite;
}
