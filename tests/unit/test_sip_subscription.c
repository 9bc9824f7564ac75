/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_subscription.c -- the subscriber's machine, against a notifier written by
 * hand. RFC 6665 4.1. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_subscription.h"

#define END (&world->ends[0])

static struct sip_ua_subscription presence(uint32_t expires_s)
{
    struct sip_ua_subscription one = { .uri = SP_LIT(UA_PEER),
                                       .event = SP_LIT("presence"),
                                       .fields = SP_LIT("X: y\r\n"),
                                       .expires_s = expires_s,
                                       .user = 9 };

    return one;
}

static void answer(struct ua_world *world, struct sp_slice request, const char *status,
                   const char *more)
{
    char text[4096];

    snprintf(text, sizeof text,
             "SIP/2.0 %s\nVia: %.*s\nFrom: %.*s\nTo: %.*s%s\nCall-ID: %.*s\nCSeq: %.*s\n"
             "Contact: <sip:bob@192.0.2.2>\n%s\n",
             status, SP_ARG(ua_value(request, "Via")), SP_ARG(ua_value(request, "From")),
             SP_ARG(ua_value(request, "To")),
             ua_has(ua_value(request, "To"), "tag=") ? "" : ";tag=n",
             SP_ARG(ua_value(request, "Call-ID")), SP_ARG(ua_value(request, "CSeq")), more);
    ua_put(world, text);
}

/* A NOTIFY of the notifier `tag` in the dialog that this SUBSCRIBE asked for. */
static void notify(struct ua_world *world, struct sp_slice subscribe, const char *tag, int cseq,
                   const char *fields)
{
    static int branch;
    char       text[4096];

    snprintf(text, sizeof text,
             "NOTIFY sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKn%d\n"
             "Max-Forwards: 70\nFrom: <sip:bob@192.0.2.2>;tag=%s\nTo: %.*s\nCall-ID: %.*s\n"
             "CSeq: %d NOTIFY\nContact: <sip:bob@192.0.2.2:5070>\n%s%s",
             ++branch, tag, SP_ARG(ua_value(subscribe, "From")),
             SP_ARG(ua_value(subscribe, "Call-ID")), cseq, fields,
             strstr(fields, "\n\n") != NULL ? "" : "\n");
    ua_put(world, text);
}

#define STATE(state)  "Event: presence\nSubscription-State: " state "\n"
#define ACTIVE        STATE("active;expires=600")
#define TERMINATED(r) STATE("terminated;reason=" r)

static struct ua_world *subscribing(struct sp_slice *request, uint32_t expires_s)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_subscription one = presence(expires_s);

    unit_err(sip_ua_subscribe(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    *request = ua_expect(world, "SUBSCRIBE sip:bob@192.0.2.2 SIP/2.0\r\n");
    return world;
}

static struct ua_world *active(struct sp_slice *request)
{
    struct ua_world *world = subscribing(request, 600);

    answer(world, *request, "200 OK", "Expires: 600\n");
    notify(world, *request, "n", 1, ACTIVE);
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "SUBSCRIBED 200; NOTIFIED");
    return world;
}

/* The next SUBSCRIBE after so many seconds, give or take one. */
static struct sp_slice after(struct ua_world *world, uint32_t s)
{
    struct sp_slice request;

    if (s > 1)
        ua_run(world, (s - 1) * 1000);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_run(world, 2000);
    request = ua_expect(world, "SUBSCRIBE ");
    while (ua_take(world).len > 0)
        continue; /* Timer E */
    return request;
}

static void ends(struct ua_world *world)
{
    ua_run(world, 2 * 64 * 500);
    ua_empty(END);
}

/* 6665-3.1.1-1, 6665-3.1.2-1, 6665-8.3.1-1 */
START_TEST(on_the_wire)
{
    struct sp_slice  first, second;
    struct ua_world *world = subscribing(&first, 600);
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
    answer(world, first, status, "Expires: 300\n");
    ua_told(END, _i == 1 ? "SUBSCRIBED 202" : "SUBSCRIBED 200");
    ck_assert_uint_eq(END->last.user, 9);
    notify(world, first, "n", 1, STATE("pending;expires=300"));
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED");
    notify(world, first, "n", 2, STATE("active;expires=200") /* 6665-4.1.3-4, 6665-4.1.3-5 */);
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED");
    second = after(world, 140);
    ck_assert(sp_starts(second, SP_LIT("SUBSCRIBE sip:bob@192.0.2.2:5070 SIP/2.0\r\n")));
    unit_eq(ua_value(second, "CSeq"), "2 SUBSCRIBE");
    unit_eq(ua_value(second, "Expires"), "600");
    unit_eq(ua_value(second, "Event"), "presence");
    unit_eq(ua_value(second, "To"), "<sip:bob@192.0.2.2>;tag=n");
    unit_eq_slice(ua_value(second, "Call-ID"), ua_value(first, "Call-ID"));
    ck_assert_uint_gt(ua_value(second, "Contact").len, 0);
    answer(world, second, "200 OK", "Expires: 100\n");
    notify(world, first, "n", 3, STATE("active")); /* RFC 3265: no expires */
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "SUBSCRIBED 200 again; NOTIFIED");
    (void)after(world, 50);
}
END_TEST

/* 6665-4.1.2.4-3: the dialog is there before the 200; its routes are the NOTIFY's. */
START_TEST(notify_comes_first)
{
    struct sp_slice  first, second;
    struct ua_world *world = subscribing(&first, 600);

    notify(world, first, "n", 7, "Record-Route: <sip:192.0.2.2:5071;lr>\n" ACTIVE);
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED");
    answer(world, first, "200 OK", "Record-Route: <sip:192.0.2.9;lr>\nExpires: 600\n");
    ua_told(END, "SUBSCRIBED 200");
    second = after(world, 540);
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
    struct ua_world *world = active(&request);

    ua_run(world, 64 * 500 + 100);
    notify(world, request, wrongs[_i].tag, 2, wrongs[_i].fields);
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
    struct ua_world *world = active(&request);

    notify(world, SP_LIT("From: <sip:a@b>;tag=x\r\nCall-ID: y\r\n"), "n", 1, ACTIVE);
    ua_expect(world, "SIP/2.0 481 ");
    notify(world, SP_LIT("From: <sip:a@b>\r\nCall-ID: y\r\n"), "n", 1, ACTIVE);
    ua_expect(world, "SIP/2.0 481 ");
    ua_told(END, "");
}
END_TEST

/* Timer N: 6665-4.1.2.2-2 with its row, and the first SUBSCRIBE without a NOTIFY. */
START_TEST(no_notify_comes)
{
    struct sp_slice  request;
    struct ua_world *world = subscribing(&request, 600);

    answer(world, request, "200 OK", "Expires: 600\n");
    ua_run(world, 64 * 500 + 100);
    ua_told(END, "SUBSCRIBED 200; UNSUBSCRIBED 408 TIMEOUT N");
    ends(world);
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
    struct ua_world          *world = active(&request);
    struct sp_slice           second = after(world, 540);

    if (row->status != NULL)
        answer(world, second, row->status, row->more);
    if (row->notify)
        notify(world, request, "n", 2, ACTIVE);
    ua_run(world, 70000);
    ua_told(END, row->told);
    if (strstr(row->told, "UNSUBSCRIBED") != NULL)
        ends(world);
}
END_TEST

/* A refresh that fails is tried again while the subscription lives. */
START_TEST(refresh_again)
{
    struct sp_slice  request;
    struct ua_world *world = active(&request);

    answer(world, after(world, 540), "503 No", "Retry-After: 7\n");
    ua_told(END, "");
    request = after(world, 7);
    answer(world, request, "423 No", "Min-Expires: 1000\n");
    request = ua_expect(world, "SUBSCRIBE ");
    unit_eq(ua_value(request, "Expires"), "1000");
    answer(world, request, "200 OK", "Expires: 1000\n");
    ua_told(END, "SUBSCRIBED 200 again");
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
    struct ua_world *world = subscribing(&request, 600);

    answer(world, request, firsts[_i].status, firsts[_i].more);
    ua_told(END, firsts[_i].told);
    ends(world);
}
END_TEST

START_TEST(interval_too_brief)
{
    struct sp_slice  request;
    struct ua_world *world = subscribing(&request, 30);

    answer(world, request, "423 Too Brief", "Min-Expires: 3600\n");
    ua_told(END, "");
    request = ua_expect(world, "SUBSCRIBE ");
    unit_eq(ua_value(request, "Expires"), "3600");
    unit_eq(ua_value(request, "CSeq"), "2 SUBSCRIBE");
    answer(world, request, "200 OK", "Expires: 3600\n");
    notify(world, request, "n", 1, STATE("active"));
    ua_told(END, "SUBSCRIBED 200; NOTIFIED");
}
END_TEST

/* How it ends by the user. 6665-4.6-3: nothing is cancelled. */
START_TEST(unsubscribed)
{
    struct sp_slice  request, second;
    struct ua_world *world = _i == 0 ? active(&request) : subscribing(&request, 600);

    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_OK);
    ua_drain(END);
    if (_i > 0) {
        ck_assert_uint_eq(ua_take(world).len, 0); /* there is no dialog yet */
        if (_i == 1)
            answer(world, request, "200 OK", "Expires: 600\n");
        notify(world, request, "n", 1, STATE("pending;expires=600"));
        ua_expect(world, "SIP/2.0 200 ");
        if (_i == 2) {
            ck_assert_uint_eq(ua_take(world).len, 0); /* one at a time */
            answer(world, request, "200 OK", "Expires: 600\n");
        }
        ua_told(END, "NOTIFIED");
    }
    second = ua_expect(world, "SUBSCRIBE sip:bob@192.0.2.2:5070 ");
    unit_eq(ua_value(second, "Expires"), "0");
    unit_eq(ua_value(second, "CSeq"), "2 SUBSCRIBE");
    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_OK);
    answer(world, second, "200 OK", "Expires: 0\n");
    notify(world, request, "n", 2, ACTIVE); /* crosses */
    notify(world, request, "n", 3, TERMINATED("timeout"));
    ua_expect(world, "SIP/2.0 200 ");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED; NOTIFIED; UNSUBSCRIBED");
    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_STALE);
    ends(world);
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
    struct ua_world *world = subscribing(&request, 600);

    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_OK);
    if (stops[_i].status != NULL)
        answer(world, request, stops[_i].status, stops[_i].more);
    if (stops[_i].state != NULL)
        notify(world, request, "n", 1, stops[_i].state);
    ua_run(world, 64 * 500 + 100);
    ua_told(END, stops[_i].told);
    ends(world);
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
    struct ua_world *world = active(&request);

    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "SUBSCRIBE ");
    if (leaves[_i].status != NULL)
        answer(world, request, leaves[_i].status, "");
    ua_run(world, 64 * 500 + 100);
    ua_told(END, leaves[_i].told);
    ends(world);
}
END_TEST

/* A fetch (4.4.3) is one SUBSCRIBE and one NOTIFY. */
START_TEST(fetched)
{
    struct sp_slice  request;
    struct ua_world *world = subscribing(&request, 0);

    unit_eq(ua_value(request, "Expires"), "0");
    answer(world, request, "200 OK", "Expires: 0\n");
    notify(world, request, "n", 1,
           _i == 0 ? TERMINATED("timeout") "Content-Type: application/pidf+xml\n"
                                           "Content-Length: 4\n\n<p/>"
                   : STATE("active;expires=0"));
    ua_expect(world, "SIP/2.0 200 ");
    ua_run(world, 10);
    ua_told(END, _i == 0 ? "SUBSCRIBED 200; NOTIFIED; UNSUBSCRIBED peer"
                         : "SUBSCRIBED 200; NOTIFIED; UNSUBSCRIBED");
    ends(world);
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
    struct ua_world      *world = active(&first);

    notify(world, first, "n", 2, row->state);
    ua_expect(world, "SIP/2.0 200 ");
    if (row->again_s < 0) {
        ua_told(END, "NOTIFIED; UNSUBSCRIBED peer");
        ends(world);
        return;
    }
    ua_told(END, "NOTIFIED");
    second = after(world, (uint32_t)row->again_s);
    ck_assert(!sp_eq(ua_value(first, "Call-ID"), ua_value(second, "Call-ID")));
    ck_assert(!sp_eq(ua_tag(first, "From"), ua_tag(second, "From")));
    unit_eq(ua_value(second, "To"), "<sip:bob@192.0.2.2>");
    unit_eq(ua_value(second, "CSeq"), "1 SUBSCRIBE");
    notify(world, first, "n", 3, ACTIVE); /* of the old one */
    ua_expect(world, "SIP/2.0 481 ");
    answer(world, second, "200 OK", "Expires: 600\n");
    notify(world, second, "m", 1, TERMINATED("deactivated")); /* twice: not at once */
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "SUBSCRIBED 200; NOTIFIED");
    ua_run(world, 10000);
    ck_assert_uint_eq(ua_take(world).len, 0);
    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, END->request), SP_OK);
    ua_run(world, 0);
    ua_told(END, "UNSUBSCRIBED peer");
    ends(world);
}
END_TEST

/* 6665-4.1.4-1: each fork that notifies is a subscription of its own. */
START_TEST(forked)
{
    struct sp_slice  request, second;
    struct ua_world *world = subscribing(&request, 600);
    struct sp_handle head = END->request, other;

    answer(world, request, "200 OK", "Expires: 600\n");
    notify(world, request, "n", 1, ACTIVE);
    ua_expect(world, "SIP/2.0 200 ");
    notify(world, request, "m", 5, ACTIVE);
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "SUBSCRIBED 200; NOTIFIED; NOTIFIED");
    other = END->last.request;
    ck_assert(!sp_handle_eq(head, other));
    ck_assert_uint_eq(END->last.user, 9);
    notify(world, request, "m", 6, TERMINATED("deactivated")); /* a fork is not made anew */
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED; UNSUBSCRIBED peer");
    ck_assert(sp_handle_eq(END->last.request, other));
    /* as many as there is room for: 481 to the rest */
    for (int i = 0; i < 15; i++) {
        char tag[8];

        snprintf(tag, sizeof tag, "t%d", i);
        notify(world, request, tag, 1, ACTIVE);
        ua_expect(world, "SIP/2.0 200 ");
    }
    notify(world, request, "u", 1, ACTIVE);
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
    struct sip_ua_subscription one = presence(600);
    struct sp_slice            request;

    unit_err(sip_ua_login(END->ua, sp_str(""), SP_LIT("bob"), SP_LIT("zanzibar")), SP_OK);
    unit_err(sip_ua_subscribe(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    answer(world, ua_expect(world, "SUBSCRIBE "), "401 No",
           "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"\n");
    request = ua_expect(world, "SUBSCRIBE ");
    unit_eq(ua_value(request, "CSeq"), "2 SUBSCRIBE");
    notify(world, request, "n", 1, ACTIVE);
    answer(world, request, "200 OK", "Expires: 600\n");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED; SUBSCRIBED 200");
    request = after(world, 540);
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
    struct sip_ua_subscription one = presence(600);

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
    struct sip_ua_subscription one = presence(600);
    struct sp_slice            request;

    one.event = SP_LIT("x-mine;id=3");
    one.accept = _i == 1 ? SP_LIT("text/*, image/png") : one.accept;
    unit_err(sip_ua_subscribe(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "SUBSCRIBE ");
    unit_eq(ua_value(request, "Event"), "x-mine;id=3"); /* 6665-4.5.2-4 */
    unit_eq(ua_value(request, "Accept"), _i == 1 ? "text/*, image/png" : "");
    notify(world, request, "n", 1,
           "Event: x-mine;id=3\nSubscription-State: active;expires=99\n"
           "Content-Type: text/plain\nContent-Length: 2\n\nhi");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "NOTIFIED");
    ck_assert_str_eq(END->body, "hi");
}
END_TEST

Suite *test_sip_subscription_suite(void)
{
    Suite *suite = suite_create("sip_subscription");
    TCase *tcase = unit_tcase(suite, "subscription");

    tcase_add_loop_test(tcase, on_the_wire, 0, 2);
    tcase_add_test(tcase, notify_comes_first);
    unit_loop(tcase, wrong_notify, wrongs);
    tcase_add_test(tcase, no_such_subscription);
    tcase_add_test(tcase, no_notify_comes);
    unit_loop(tcase, refreshed, refreshes);
    tcase_add_test(tcase, refresh_again);
    unit_loop(tcase, refused_at_first, firsts);
    tcase_add_test(tcase, interval_too_brief);
    tcase_add_loop_test(tcase, unsubscribed, 0, 3);
    unit_loop(tcase, stopped_early, stops);
    unit_loop(tcase, leaving, leaves);
    tcase_add_loop_test(tcase, fetched, 0, 2);
    unit_loop(tcase, ended_by_the_notifier, end_rows);
    tcase_add_test(tcase, forked);
    tcase_add_test(tcase, with_credentials);
    unit_loop(tcase, not_subscribed, bads);
    tcase_add_loop_test(tcase, opaque, 0, 2);
    return suite;
}
