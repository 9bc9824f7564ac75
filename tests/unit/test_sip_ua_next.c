/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_ua_next.c -- the order in which an agent says what it has to say. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static struct sp_slice invite_of(struct ua_world *world)
{
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    return ua_expect(world, "INVITE ");
}

static struct sp_slice response_to(struct sp_slice request)
{
    char text[1024];

    snprintf(text, sizeof text,
             "SIP/2.0 200 OK\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s;tag=t\r\nCall-ID: %.*s\r\n"
             "CSeq: 1 INVITE\r\nContact: <sip:b@192.0.2.2>\r\nContent-Length: 6\r\n\r\nanswer",
             SP_ARG(ua_value(request, "Via")), SP_ARG(ua_value(request, "From")),
             SP_ARG(ua_value(request, "To")), SP_ARG(ua_value(request, "Call-ID")));
    return unit_text(text);
}

/* The note comes with its message, which the ACK that follows would have made void. */
START_TEST(note_before_its_consequence)
{
    struct ua_world     *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_action action;

    sip_ua_receive(END->ua, world->now_us, &END->flow, response_to(invite_of(world)));
    ck_assert(sip_ua_next(END->ua, &action));
    ck_assert_int_eq(action.kind, SIP_UA_ACCEPTED);
    ck_assert_ptr_nonnull(action.msg);
    unit_eq(action.msg->body, "answer");
    ck_assert(sp_flow_eq(&action.flow, &END->flow));
    ck_assert(sip_ua_next(END->ua, &action));
    ck_assert_int_eq(action.kind, SIP_UA_IO);
    ck_assert(sp_starts(action.io.parts[0], SP_LIT("ACK ")));
    ck_assert_ptr_null(action.msg);
    ck_assert(!sip_ua_next(END->ua, &action));
}
END_TEST

/* A verb in between: what the note left to be done is done first, so ACK leaves before BYE. */
START_TEST(verb_between_two_actions)
{
    struct ua_world     *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_action action;

    sip_ua_receive(END->ua, world->now_us, &END->flow, response_to(invite_of(world)));
    ck_assert(sip_ua_next(END->ua, &action));
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    ua_expect(world, "ACK ");
    ua_expect(world, "BYE ");
}
END_TEST

/* An agent that has nothing to say says nothing, as often as it is asked. */
START_TEST(nothing)
{
    struct ua_world     *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_action action;

    for (int i = 0; i < 3; i++)
        ck_assert(!sip_ua_next(END->ua, &action));
    sip_ua_tick(END->ua, world->now_us);
    ck_assert(!sip_ua_next(END->ua, &action));
    ck_assert_uint_eq(sip_ua_deadline(END->ua), SP_NEVER);
}
END_TEST

Suite *test_sip_ua_next_suite(void)
{
    Suite *suite = suite_create("sip_ua_next");
    TCase *tcase = unit_tcase(suite, "next");

    tcase_add_test(tcase, note_before_its_consequence);
    tcase_add_test(tcase, verb_between_two_actions);
    tcase_add_test(tcase, nothing);
    return suite;
}
