/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_subscription.c -- the subscriber's machine, against a notifier written by
 * hand. RFC 6665 4.1. */
#include "event_unit.h"
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_subscription.h"

#define END (&world->ends[0])

/* Timer N: 6665-4.1.2.2-2 with its row, and the first SUBSCRIBE without a NOTIFY. */
START_TEST(no_notify_comes)
{
    struct sp_slice  request;
    struct ua_world *world = event_subscribing(&request, 600);

    event_answer(world, request, "200 OK", "Expires: 600\n");
    ua_run(world, 64 * 500 + 100);
    ua_told(END, "SUBSCRIBED 200; UNSUBSCRIBED 408 TIMEOUT N");
    event_ends(world);
}
END_TEST

static const struct refresh_row {
    const char *status, *more;
    bool        notify;
    const char *told;
} refreshes[] = {
    /* the answers that end it: 6665-4.1.2.2-1 */
    { "404 No", "", false, "UNSUBSCRIBED 404" },
    { "405 No", "", false, "UNSUBSCRIBED 405" },
    { "410 No", "", false, "UNSUBSCRIBED 410" },
    { "416 No", "", false, "UNSUBSCRIBED 416" },
    { "480 No", "", false, "UNSUBSCRIBED 480" },
    { "481 No", "", false, "UNSUBSCRIBED 481" },
    { "485 No", "", false, "UNSUBSCRIBED 485" },
    { "489 No", "", false, "UNSUBSCRIBED 489" },
    { "501 No", "", false, "UNSUBSCRIBED 501" },
    { "604 No", "", false, "UNSUBSCRIBED 604" },
    /* and those that do not, but it ends at its time */
    { "500 No", "Retry-After: 1000\n", false, "UNSUBSCRIBED TIMEOUT" },
    { "403 No", "Retry-After: 1000\n", false, "UNSUBSCRIBED TIMEOUT" },
    { "486 No", "Retry-After: 1000\n", false, "UNSUBSCRIBED TIMEOUT" },
    /* no NOTIFY will come: 6665-4.1.2.2-2 */
    { "204 No Notification", "Expires: 600\n", false, "SUBSCRIBED 204 again" },
    { "200 OK", "Expires: 600\n", false, "SUBSCRIBED 200 again; UNSUBSCRIBED 408 TIMEOUT N" },
    { "200 OK", "Expires: 600\n", true, "SUBSCRIBED 200 again; NOTIFIED" },
    { NULL, "", false, "UNSUBSCRIBED 408 TIMEOUT N" },
};

START_TEST(refreshed)
{
    const struct refresh_row *row = &refreshes[_i];
    struct sp_slice           request;
    struct ua_world          *world = event_active(&request);
    struct sp_slice           second = event_after(world, 540);

    if (row->status != NULL)
        event_answer(world, second, row->status, row->more);
    if (row->notify)
        event_notify(world, request, "n", 2, ACTIVE);
    ua_run(world, 70000);
    ua_told(END, row->told);
    if (strstr(row->told, "UNSUBSCRIBED") != NULL)
        event_ends(world);
}
END_TEST

/* A refresh that fails is tried again while the subscription lives. */
START_TEST(refresh_again)
{
    struct sp_slice  request;
    struct ua_world *world = event_active(&request);

    event_answer(world, event_after(world, 540), "503 No", "Retry-After: 7\n");
    ua_told(END, "");
    request = event_after(world, 7);
    event_answer(world, request, "423 No", "Min-Expires: 1000\n");
    request = ua_expect(world, "SUBSCRIBE ");
    unit_eq(ua_value(request, "Expires"), "1000");
    event_answer(world, request, "200 OK", "Expires: 1000\n");
    ua_told(END, "SUBSCRIBED 200 again");
}
END_TEST

/* How it ends by the user. 6665-4.6-3: nothing is cancelled. */
START_TEST(unsubscribed)
{
    struct sp_slice  request, second;
    struct ua_world *world = _i == 0 ? event_active(&request) : event_subscribing(&request, 600);

    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_OK);
    ua_drain(END);
    if (_i > 0) {
        ck_assert_uint_eq(ua_take(world).len, 0); /* there is no dialog yet */
        if (_i == 1)
            event_answer(world, request, "200 OK", "Expires: 600\n");
        event_notify(world, request, "n", 1, STATE("pending;expires=600"));
        ua_expect(world, "SIP/2.0 200 ");
        if (_i == 2) {
            ck_assert_uint_eq(ua_take(world).len, 0); /* one at a time */
            event_answer(world, request, "200 OK", "Expires: 600\n");
        }
        ua_told(END, "NOTIFIED");
    }
    second = ua_expect(world, "SUBSCRIBE sip:bob@192.0.2.2:5070 ");
    unit_eq(ua_value(second, "Expires"), "0");
    unit_eq(ua_value(second, "CSeq"), "2 SUBSCRIBE");
    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_OK);
    event_answer(world, second, "200 OK", "Expires: 0\n");
    event_notify(world, request, "n", 2, ACTIVE); /* crosses */
    event_notify(world, request, "n", 3, TERMINATED("timeout"));
    ua_expect(world, "SIP/2.0 200 ");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED; NOTIFIED; UNSUBSCRIBED");
    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_STALE);
    event_ends(world);
}
END_TEST

/* Stopped before there is a dialog, and there never is one. */
static const struct stop_row {
    const char *status, *more, *state, *told;
} stops[] = {
    { "423 No", "Min-Expires: 3600\n", NULL, "UNSUBSCRIBED" },
    { "403 No", "", NULL, "UNSUBSCRIBED 403" },
    { NULL, "", TERMINATED("deactivated"), "NOTIFIED; UNSUBSCRIBED peer" },
    { NULL, "", TERMINATED("rejected"), "NOTIFIED; UNSUBSCRIBED peer" },
    { "200 OK", "", NULL, "UNSUBSCRIBED 408 TIMEOUT N" },
};

START_TEST(stopped_early)
{
    struct sp_slice  request;
    struct ua_world *world = event_subscribing(&request, 600);

    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_OK);
    if (stops[_i].status != NULL)
        event_answer(world, request, stops[_i].status, stops[_i].more);
    if (stops[_i].state != NULL)
        event_notify(world, request, "n", 1, stops[_i].state);
    ua_run(world, 64 * 500 + 100);
    ua_told(END, stops[_i].told);
    event_ends(world);
}
END_TEST

static const struct leave_row {
    const char *status, *told;
} leaves[] = {
    { "481 No", "UNSUBSCRIBED 481" },           { "500 No", "UNSUBSCRIBED 500" },
    { "423 No", "UNSUBSCRIBED 423" },           { "200 OK", "UNSUBSCRIBED 408 TIMEOUT N" },
    { "204 OK", "UNSUBSCRIBED 408 TIMEOUT N" }, { NULL, "UNSUBSCRIBED 408 TIMEOUT N" },
};

START_TEST(leaving)
{
    struct sp_slice  request;
    struct ua_world *world = event_active(&request);

    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "SUBSCRIBE ");
    if (leaves[_i].status != NULL)
        event_answer(world, request, leaves[_i].status, "");
    ua_run(world, 64 * 500 + 100);
    ua_told(END, leaves[_i].told);
    event_ends(world);
}
END_TEST

/* A fetch (4.4.3) is one SUBSCRIBE and one NOTIFY. */
START_TEST(fetched)
{
    struct sp_slice  request;
    struct ua_world *world = event_subscribing(&request, 0);

    unit_eq(ua_value(request, "Expires"), "0");
    event_answer(world, request, "200 OK", "Expires: 0\n");
    event_notify(world, request, "n", 1,
                 _i == 0 ? TERMINATED("timeout") "Content-Type: application/pidf+xml\n"
                                                 "Content-Length: 4\n\n<p/>"
                         : STATE("active;expires=0"));
    ua_expect(world, "SIP/2.0 200 ");
    ua_run(world, 10);
    ua_told(END, _i == 0 ? "SUBSCRIBED 200; NOTIFIED; UNSUBSCRIBED peer"
                         : "SUBSCRIBED 200; NOTIFIED; UNSUBSCRIBED");
    event_ends(world);
}
END_TEST

/* The notifier ends it; whether and when it is made anew: 6665-4.1.3-6 to 6665-4.1.3-15,
 * 6665-4.4.2-1. 6665-4.1.3-6, 6665-4.1.3-7, 6665-4.1.3-8, 6665-4.1.3-9, 6665-4.1.3-10,
 * 6665-4.1.3-11, 6665-4.1.3-12, 6665-4.1.3-13, 6665-4.1.3-14, 6665-4.1.3-15 */
static const struct end_row {
    const char *state;
    int         again_s; /* -1: never */
} end_rows[] = {
    { TERMINATED("deactivated"), 0 },
    { TERMINATED("deactivated;expires=1000"), 0 },
    { TERMINATED("timeout"), 0 },
    { TERMINATED("probation;retry-after=77"), 77 },
    { TERMINATED("probation"), 30 },
    { TERMINATED("giveup;retry-after=5"), 5 },
    { TERMINATED("giveup"), 30 },
    { TERMINATED("of-its-own"), 30 },
    { STATE("terminated;retry-after=12"), 12 },
    { STATE("terminated"), 30 },
    { TERMINATED("rejected"), -1 },
    { TERMINATED("rejected;retry-after=5"), -1 },
    { TERMINATED("noresource"), -1 },
    { TERMINATED("noresource;retry-after=5"), -1 },
    { TERMINATED("invariant;retry-after=5"), -1 },
};

START_TEST(ended_by_the_notifier)
{
    const struct end_row *row = &end_rows[_i];
    struct sp_slice       first, second;
    struct ua_world      *world = event_active(&first);

    event_notify(world, first, "n", 2, row->state);
    ua_expect(world, "SIP/2.0 200 ");
    if (row->again_s < 0) {
        ua_told(END, "NOTIFIED; UNSUBSCRIBED peer");
        event_ends(world);
        return;
    }
    ua_told(END, "NOTIFIED");
    second = event_after(world, (uint32_t)row->again_s);
    ck_assert(!sp_eq(ua_value(first, "Call-ID"), ua_value(second, "Call-ID")));
    ck_assert(!sp_eq(ua_tag(first, "From"), ua_tag(second, "From")));
    unit_eq(ua_value(second, "To"), "<sip:bob@192.0.2.2>");
    unit_eq(ua_value(second, "CSeq"), "1 SUBSCRIBE");
    event_notify(world, first, "n", 3, ACTIVE); /* of the old one */
    ua_expect(world, "SIP/2.0 481 ");
    event_answer(world, second, "200 OK", "Expires: 600\n");
    event_notify(world, second, "m", 1, TERMINATED("deactivated")); /* twice: not at once */
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "SUBSCRIBED 200; NOTIFIED");
    ua_run(world, 10000);
    ck_assert_uint_eq(ua_take(world).len, 0);
    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_OK);
    ua_run(world, 0);
    ua_told(END, "UNSUBSCRIBED peer");
    event_ends(world);
}
END_TEST

Suite *test_sip_subscription_suite(void)
{
    Suite *suite = suite_create("sip_subscription");
    TCase *tcase = unit_tcase(suite, "subscription");

    tcase_add_test(tcase, no_notify_comes);
    unit_loop(tcase, refreshed, refreshes);
    tcase_add_test(tcase, refresh_again);
    tcase_add_loop_test(tcase, unsubscribed, 0, 3);
    unit_loop(tcase, stopped_early, stops);
    unit_loop(tcase, leaving, leaves);
    tcase_add_loop_test(tcase, fetched, 0, 2);
    unit_loop(tcase, ended_by_the_notifier, end_rows);
    return suite;
}
