/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_subscriber.c -- the subscriber's messages, against a notifier written by
 * hand. RFC 6665 4.1, 4.4. */
#include "event_unit.h"
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_subscription.h"

#define END (&world->ends[0])

/* 6665-3.1.1-1, 6665-3.1.2-1, 6665-8.3.1-1, 6665-4.1.3-16, 6665-4.1.3-17 */
START_TEST(on_the_wire)
{
    struct sp_slice  first, second;
    struct ua_world *world = event_subscribing(&first, 600);
    char             status[] = "200 OK";

    if (_i == 1)
        memcpy(status, "202", 3);
    unit_eq(ua_value(first, "Event"), "presence");
    unit_eq(ua_value(first, "Expires"), "600");
    unit_eq(ua_value(first, "Accept"), "application/pidf+xml");
    unit_eq(ua_value(first, "Contact"), "<sip:agent@192.0.2.1:5060>");
    unit_eq(ua_value(first, "To"), "<sip:bob@192.0.2.2>");
    unit_eq(ua_value(first, "X"), "y");
    unit_eq(ua_value(first, "CSeq"), "1 SUBSCRIBE");
    event_answer(world, first, status, "Expires: 300\n");
    ua_told(END, _i == 1 ? "SUBSCRIBED 202" : "SUBSCRIBED 200");
    ck_assert_uint_eq(END->last.user, 9);
    event_notify(world, first, "n", 1, STATE("pending;expires=300"));
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED");
    event_notify(world, first, "n", 2,
                 STATE("active;expires=200") /* 6665-4.1.3-4, 6665-4.1.3-5 */);
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED");
    second = event_after(world, 140);
    ck_assert(sp_starts(second, SP_LIT("SUBSCRIBE sip:bob@192.0.2.2:5070 SIP/2.0\r\n")));
    unit_eq(ua_value(second, "CSeq"), "2 SUBSCRIBE");
    unit_eq(ua_value(second, "Expires"), "600");
    unit_eq(ua_value(second, "Event"), "presence");
    unit_eq(ua_value(second, "To"), "<sip:bob@192.0.2.2>;tag=n");
    unit_eq_slice(ua_value(second, "Call-ID"), ua_value(first, "Call-ID"));
    ck_assert_uint_gt(ua_value(second, "Contact").len, 0);
    event_answer(world, second, "200 OK", "Expires: 100\n");
    event_notify(world, first, "n", 3, STATE("active")); /* RFC 3265: no expires */
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "SUBSCRIBED 200 again; NOTIFIED");
    (void)event_after(world, 50);
}
END_TEST

/* 6665-4.1.2.4-3: the dialog is there before the 200; its routes are the NOTIFY's. */
START_TEST(notify_comes_first)
{
    struct sp_slice  first, second;
    struct ua_world *world = event_subscribing(&first, 600);

    event_notify(world, first, "n", 7, "Record-Route: <sip:192.0.2.2:5071;lr>\n" ACTIVE);
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED");
    event_answer(world, first, "200 OK", "Record-Route: <sip:192.0.2.9;lr>\nExpires: 600\n");
    ua_told(END, "SUBSCRIBED 200");
    second = event_after(world, 540);
    unit_eq(ua_value(second, "Route"), "<sip:192.0.2.2:5071;lr>");
    unit_eq(ua_value(second, "To"), "<sip:bob@192.0.2.2>;tag=n");
}
END_TEST

/* What comes and is none of ours, or wrong. */
static const struct wrong_row {
    const char *tag, *fields, *answer;
} wrongs[] = {
    { "n", "Event: presence;id=1\nSubscription-State: active\n", "SIP/2.0 481 " },
    { "n", "Event: dialog\nSubscription-State: active\n", "SIP/2.0 481 " }, /* 6665-4.1.3-1 */
    { "n", "Subscription-State: active\n", "SIP/2.0 489 " },
    { "n", "Event: presence\n", "SIP/2.0 400 " }, /* 6665-4.1.3-3 */
    { "n", "Event: presence\nSubscription-State: ;\n", "SIP/2.0 400 " },
    { "n", ACTIVE "Content-Type: text/plain\nContent-Length: 1\n\nx", "SIP/2.0 415 " },
    { "n", ACTIVE "Content-Length: 1\n\nx", "SIP/2.0 415 " },
    { "other", ACTIVE, "SIP/2.0 481 " }, /* 6665-4.1.2.4-1: after Timer N no new dialog */
};

START_TEST(wrong_notify)
{
    struct sp_slice  request;
    struct ua_world *world = event_active(&request);

    ua_run(world, 64 * 500 + 100);
    event_notify(world, request, wrongs[_i].tag, 2, wrongs[_i].fields);
    request = ua_expect(world, wrongs[_i].answer);
    if (strstr(wrongs[_i].answer, "415") != NULL)
        unit_eq(ua_value(request, "Accept"), "application/pidf+xml");
    ua_told(END, "");
}
END_TEST

/* A NOTIFY for nobody (6665-4.1.3-1), and other requests in a subscription's dialog. */
START_TEST(no_such_subscription)
{
    struct sp_slice  request;
    struct ua_world *world = event_active(&request);

    event_notify(world, SP_LIT("From: <sip:a@b>;tag=x\r\nCall-ID: y\r\n"), "n", 1, ACTIVE);
    ua_expect(world, "SIP/2.0 481 ");
    event_notify(world, SP_LIT("From: <sip:a@b>\r\nCall-ID: y\r\n"), "n", 1, ACTIVE);
    ua_expect(world, "SIP/2.0 481 ");
    ua_told(END, "");
}
END_TEST

static const struct first_row {
    const char *status, *more, *told;
} firsts[] = {
    { "403 No", "", "UNSUBSCRIBED 403" },
    { "489 No", "Allow-Events: reg\n", "UNSUBSCRIBED 489" },
    { "423 No", "", "UNSUBSCRIBED 423" },
    { "423 No", "Min-Expires: 600\n", "UNSUBSCRIBED 423" },
    { "503 No", "Retry-After: 3\n", "UNSUBSCRIBED 503" },
    { "401 No", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n", "UNSUBSCRIBED 401" },
};

START_TEST(refused_at_first)
{
    struct sp_slice  request;
    struct ua_world *world = event_subscribing(&request, 600);

    event_answer(world, request, firsts[_i].status, firsts[_i].more);
    ua_told(END, firsts[_i].told);
    event_ends(world);
}
END_TEST

START_TEST(interval_too_brief)
{
    struct sp_slice  request;
    struct ua_world *world = event_subscribing(&request, 30);

    ua_run(world, 31000); /* Timer N runs anew for the next SUBSCRIBE */
    while (ua_take(world).len > 0)
        continue;
    event_answer(world, request, "423 Too Brief", "Min-Expires: 3600\n");
    ua_told(END, "");
    request = ua_expect(world, "SUBSCRIBE ");
    unit_eq(ua_value(request, "Expires"), "3600");
    unit_eq(ua_value(request, "CSeq"), "2 SUBSCRIBE");
    ua_run(world, 2000);
    while (ua_take(world).len > 0)
        continue;
    event_answer(world, request, "200 OK", "Expires: 3600\n");
    event_notify(world, request, "n", 1, STATE("active"));
    ua_told(END, "SUBSCRIBED 200; NOTIFIED");
}
END_TEST

/* 6665-4.1.4-1: each fork that notifies is a subscription of its own. */
START_TEST(forked)
{
    struct sp_slice  request, second;
    struct ua_world *world = event_subscribing(&request, 600);
    struct sp_handle head = END->request, other;

    event_answer(world, request, "200 OK", "Expires: 600\n");
    event_notify(world, request, "n", 1, ACTIVE);
    ua_expect(world, "SIP/2.0 200 ");
    event_notify(world, request, "m", 5, ACTIVE);
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "SUBSCRIBED 200; NOTIFIED; NOTIFIED");
    other = END->last.request;
    ck_assert(!sp_handle_eq(head, other));
    ck_assert_uint_eq(END->last.user, 9);
    event_notify(world, request, "m", 6, TERMINATED("deactivated")); /* a fork is not made anew */
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED; UNSUBSCRIBED peer");
    ck_assert(sp_handle_eq(END->last.request, other));
    /* so many of one SUBSCRIBE, and then as there is room for: 481 to the rest */
    if (_i > 0)
        END->ua->limits.forks = 15;
    for (int i = 0; i < (_i > 0 ? 15 : 3); i++) {
        char tag[16];

        snprintf(tag, sizeof tag, "t%d", i);
        event_notify(world, request, tag, 1, ACTIVE);
        ua_expect(world, "SIP/2.0 200 ");
    }
    event_notify(world, request, "u", 1, ACTIVE);
    ua_expect(world, "SIP/2.0 481 ");
    END->notes[0] = '\0';
    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, head), SP_OK);
    ua_drain(END);
    second = ua_expect(world, "SUBSCRIBE ");
    unit_eq(ua_value(second, "To"), "<sip:bob@192.0.2.2>;tag=n");
}
END_TEST

/* Credentials are asked for once; 6665-4.4.3-2. */
START_TEST(with_credentials)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_subscription one = event_presence(600);
    struct sp_slice            request;

    unit_err(sip_ua_login(END->ua, sp_str(""), SP_LIT("bob"), SP_LIT("zanzibar")), SP_OK);
    unit_err(sip_ua_subscribe(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    event_answer(world, ua_expect(world, "SUBSCRIBE "), "401 No",
                 "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"\n");
    request = ua_expect(world, "SUBSCRIBE ");
    unit_eq(ua_value(request, "CSeq"), "2 SUBSCRIBE");
    event_notify(world, request, "n", 1, ACTIVE);
    event_answer(world, request, "200 OK", "Expires: 600\n");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED; SUBSCRIBED 200");
    request = event_after(world, 540);
    unit_eq(ua_value(request, "CSeq"), "3 SUBSCRIBE");
    ck_assert(ua_has(ua_value(request, "Authorization"), "nc=00000002"));
}
END_TEST

static const struct bad_row {
    const char *uri, *event, *fields;
    enum sp_err err;
} bads[] = {
    { "sips:b@h", "presence", "", SP_UNSUPPORTED },
    { "b", "presence", "", SP_SYNTAX },
    { UA_PEER, "", "", SP_SYNTAX },
    { UA_PEER, "a b", "", SP_SYNTAX },
    { UA_PEER, "presence", "x", SP_INJECTION },
    { UA_PEER, "x\r\nY: z", "", SP_SYNTAX },
};

START_TEST(not_subscribed)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_subscription one = event_presence(600);

    one.uri = sp_str(bads[_i].uri);
    one.event = sp_str(bads[_i].event);
    one.fields = sp_str(bads[_i].fields);
    unit_err(sip_ua_subscribe(END->ua, world->now_us, &one, &END->request), bads[_i].err);
    ua_drain(END);
    ua_empty(END);
}
END_TEST

/* An opaque package: whatever is accepted, whatever comes. */
START_TEST(opaque)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_subscription one = event_presence(600);
    struct sp_slice            request;

    one.event = SP_LIT("x-mine;id=3");
    one.accept = _i == 1 ? SP_LIT("text/*, image/png") : one.accept;
    unit_err(sip_ua_subscribe(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "SUBSCRIBE ");
    unit_eq(ua_value(request, "Event"), "x-mine;id=3"); /* 6665-4.5.2-4 */
    unit_eq(ua_value(request, "Accept"), _i == 1 ? "text/*, image/png" : "");
    event_notify(world, request, "n", 1,
                 "Event: x-mine;id=3\nSubscription-State: active;expires=99\n"
                 "Content-Type: text/plain\nContent-Length: 2\n\nhi");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED");
    ck_assert_str_eq(END->body, "hi");
}
END_TEST

Suite *test_sip_subscriber_suite(void)
{
    Suite *suite = suite_create("sip_subscriber");
    TCase *tcase = unit_tcase(suite, "subscriber");

    tcase_add_loop_test(tcase, on_the_wire, 0, 2);
    tcase_add_test(tcase, notify_comes_first);
    unit_loop(tcase, wrong_notify, wrongs);
    tcase_add_test(tcase, no_such_subscription);
    unit_loop(tcase, refused_at_first, firsts);
    tcase_add_test(tcase, interval_too_brief);
    tcase_add_loop_test(tcase, forked, 0, 2);
    tcase_add_test(tcase, with_credentials);
    unit_loop(tcase, not_subscribed, bads);
    tcase_add_loop_test(tcase, opaque, 0, 2);
    return suite;
}
