/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_notifier.c -- the notifier, against a subscriber written by hand, and against
 * our own. RFC 6665 4.2. */
#include "event_unit.h"
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_notifier.h"

#define END  (&world->ends[0])
#define PIDF "application/pidf+xml"

static struct sip_ua_config config(void)
{
    struct sip_ua_config one = ua_config;

    one.events = SP_LIT("presence, reg, x-mine");
    return one;
}

static struct ua_world *by_hand(void)
{
    struct sip_ua_config one = config();

    return ua_world(&one, NULL, true, 1);
}

static void subscribe(struct ua_world *world, const char *tag, int cseq, const char *fields)
{
    static int branch;
    char       text[4096];

    snprintf(text, sizeof text,
             "SUBSCRIBE sip:agent@192.0.2.1 SIP/2.0\n"
             "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKs%d\n"
             "Max-Forwards: 70\nFrom: <sip:bob@192.0.2.2>;tag=b\nTo: <sip:agent@192.0.2.1>%s%s\n"
             "Call-ID: c1\nCSeq: %d SUBSCRIBE\n%s\n",
             ++branch, tag[0] != '\0' ? ";tag=" : "", tag, cseq, fields);
    ua_put(world, text);
}

#define CONTACT "Contact: <sip:bob@192.0.2.2:5070>\n"
#define WANT    CONTACT "Event: presence\nExpires: 600\n"

static void answer(struct ua_world *world, struct sp_slice request, const char *status)
{
    event_answer(world, request, status, "");
}

static enum sp_err say(struct ua_world *world, enum sip_substate state, const char *reason,
                       const char *type, const char *body)
{
    struct sip_ua_notification one = {
        .state = state, .reason = sp_str(reason), .content_type = sp_str(type), .body = sp_str(body)
    };
    enum sp_err err = sip_ua_notify(END->ua, world->now_us, END->request, &one);

    ua_drain(END);
    return err;
}

/* What the user does when he hears of a subscription. */
static const char *first_body;

static void accept_at_once(struct ua_end *end, const struct sip_ua_action *action)
{
    struct sip_ua_notification one = { .state = SIP_SUBSTATE_ACTIVE, .content_type = SP_LIT(PIDF) };

    if (action->kind != SIP_UA_SUBSCRIPTION)
        return;
    one.body = sp_str(first_body);
    unit_err(sip_ua_notify(end->ua, end->world->now_us, action->request, &one), SP_OK);
}

/* Subscribed, with the first NOTIFY answered; the tag that is ours. */
static struct ua_world *active(char tag[32])
{
    struct ua_world *world = by_hand();
    struct sp_slice  message;

    first_body = "<presence/>";
    END->on_note = accept_at_once;
    subscribe(world, "", 1, "Record-Route: <sip:192.0.2.2:5071;lr>\n" WANT);
    message = ua_expect(world, "SIP/2.0 200 ");
    snprintf(tag, 32, "%.*s", SP_ARG(ua_tag(message, "To")));
    message = ua_expect(world, "NOTIFY ");
    answer(world, message, "200 OK");
    ua_told(END, "SUBSCRIPTION");
    return world;
}

/* A state that is told, and what its NOTIFY draws. */
static void tell(struct ua_world *world, const char *body, const char *status)
{
    unit_err(say(world, SIP_SUBSTATE_ACTIVE, "", PIDF, body), SP_OK);
    answer(world, ua_expect(world, "NOTIFY "), status);
}

static void silent(struct ua_world *world, uint64_t ms)
{
    ua_run(world, ms);
    ck_assert_uint_eq(ua_take(world).len, 0);
}

static void ends(struct ua_world *world)
{
    ua_run(world, 2 * 64 * 500);
    ua_empty(END);
}

/* 6665-3.1.1-3, 6665-3.1.1-4, 6665-3.2.1-1, 6665-3.2.1-2, 6665-4.2.1.1-1, 6665-4.2.1.1-5,
 * 6665-4.2.1.2-1, 6665-4.2.2-1, 6665-4.2.2-5, 6665-4.2.2-6, 6665-4.4.4-1, 6665-8.3.1-2,
 * 6665-8.2.1-2, 6665-8.2.1-3 */
START_TEST(on_the_wire)
{
    struct ua_world *world = by_hand();
    struct sp_slice  message;

    first_body = "<presence/>";
    END->on_note = accept_at_once;
    subscribe(world, "", 1,
              "Record-Route: <sip:192.0.2.2:5071;lr>\n" CONTACT
              "Event: presence;id=5\nExpires: 5000\n");
    message = ua_expect(world, "SIP/2.0 200 OK\r\n");
    unit_eq(ua_value(message, "Expires"), "3600"); /* shorter, never longer */
    unit_eq(ua_value(message, "Contact"), "<sip:agent@192.0.2.1:5060>");
    unit_eq(ua_value(message, "Record-Route"), "<sip:192.0.2.2:5071;lr>");
    unit_eq(ua_value(message, "Allow-Events"), "presence, reg, x-mine");
    ck_assert_uint_eq(ua_value(message, "Event").len, 0);
    ck_assert_uint_eq(ua_value(message, "Subscription-State").len, 0); /* 6665-8.2.3-1 */
    message = ua_expect(world, "NOTIFY sip:bob@192.0.2.2:5070 SIP/2.0\r\n");
    unit_eq(ua_value(message, "Event"), "presence;id=5"); /* 6665-4.5.2-3 */
    unit_eq(ua_value(message, "Subscription-State"), "active;expires=3600");
    unit_eq(ua_value(message, "Route"), "<sip:192.0.2.2:5071;lr>");
    unit_eq(ua_value(message, "Contact"), "<sip:agent@192.0.2.1:5060>");
    unit_eq(ua_value(message, "To"), "<sip:bob@192.0.2.2>;tag=b");
    unit_eq(ua_value(message, "Content-Type"), PIDF);
    ck_assert(ua_has(message, "\r\n\r\n<presence/>"));
    ua_told(END, "SUBSCRIPTION");
}
END_TEST

static const struct refusal_row {
    const char *fields, *answer, *name, *value;
} refusals[] = {
    { CONTACT "Event: dialog\n", "SIP/2.0 489 ", "Allow-Events", "presence, reg, x-mine" },
    { CONTACT "Event: Presence\n", "SIP/2.0 489 ", "Allow-Events", "presence, reg, x-mine" },
    { CONTACT "Event: x-min\n", "SIP/2.0 489 ", "", "" },
    { CONTACT "Event: ;\n", "SIP/2.0 489 ", "", "" },
    { CONTACT, "SIP/2.0 489 ", "Allow-Events", "presence, reg, x-mine" }, /* 6665-4.2.3-1 */
    { CONTACT "Event: presence\nExpires: 59\n", "SIP/2.0 423 ", "Min-Expires", "60" },
    { CONTACT "Event: presence\nExpires: x\n", "SIP/2.0 400 ", "", "" },
    { "Event: presence\n", "SIP/2.0 400 ", "", "" },
};

/* 6665-4.2.1.1-2, 6665-4.2.1.1-3, 6665-4.2.1.4-2 */
START_TEST(refused)
{
    struct ua_world *world = by_hand();
    struct sp_slice  message;

    subscribe(world, "", 1, refusals[_i].fields);
    message = ua_expect(world, refusals[_i].answer);
    if (refusals[_i].name[0] != '\0')
        unit_eq(ua_value(message, refusals[_i].name), refusals[_i].value);
    ua_told(END, "");
    ends(world);
}
END_TEST

/* 6665-4.2.1.1-4, 6665-4.2.1.3-1: who may not is told so before anything stands. */
static void forbid(struct ua_end *end, const struct sip_ua_action *action)
{
    struct sp_slice none = { NULL, 0 };

    unit_err(sip_ua_forbid(end->ua, end->world->now_us, action->request, 200, none), SP_RANGE);
    unit_err(sip_ua_forbid(end->ua, end->world->now_us, action->request, 403, SP_LIT("x")),
             SP_INJECTION);
    unit_err(sip_ua_forbid(end->ua, end->world->now_us, action->request, 403, none), SP_OK);
    unit_err(sip_ua_forbid(end->ua, end->world->now_us, action->request, 403, none), SP_STALE);
}

START_TEST(forbidden)
{
    struct ua_world *world = by_hand();

    END->on_note = forbid;
    subscribe(world, "", 1, WANT);
    ua_expect(world, "SIP/2.0 403 ");
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_told(END, "SUBSCRIPTION");
    ends(world);
}
END_TEST

/* Nothing said: pending, without a body; later the state is known. 6665-3.1.1-2: no Expires */
START_TEST(pending_first)
{
    struct ua_world *world = by_hand();
    struct sp_slice  message;

    subscribe(world, "", 1, CONTACT "Event: reg\n");
    message = ua_expect(world, "SIP/2.0 200 ");
    unit_eq(ua_value(message, "Expires"), "3761");
    message = ua_expect(world, "NOTIFY ");
    unit_eq(ua_value(message, "Subscription-State"), "pending;expires=3761");
    unit_eq(ua_value(message, "Content-Length"), "0");
    /* one NOTIFY at a time; the last state counts (6665-4.2.2-2) */
    unit_err(say(world, SIP_SUBSTATE_ACTIVE, "", "application/reginfo+xml", "<a/>"), SP_OK);
    unit_err(say(world, SIP_SUBSTATE_ACTIVE, "", "application/reginfo+xml", "<b/>"), SP_OK);
    ck_assert_uint_eq(ua_take(world).len, 0);
    answer(world, message, "200 OK");
    message = ua_expect(world, "NOTIFY ");
    unit_eq(ua_value(message, "Subscription-State"), "active;expires=3761");
    unit_eq(ua_value(message, "CSeq"), "2 NOTIFY");
    ck_assert(ua_has(message, "<b/>"));
    answer(world, message, "200 OK");
    ck_assert_uint_eq(ua_take(world).len, 0);
    unit_err(say(world, SIP_SUBSTATE_PENDING, "", "", ""), SP_STATE);
    unit_err(say(world, SIP_SUBSTATE_OTHER, "", "", ""), SP_STATE);
    unit_err(say(world, SIP_SUBSTATE_TERMINATED, "a b", "", ""), SP_SYNTAX);
    unit_err(say(world, SIP_SUBSTATE_TERMINATED, "a-very-long-reason-that-nobody-knows", "", ""),
             SP_LIMIT);
    unit_err(say(world, SIP_SUBSTATE_ACTIVE, "", "text/plain", "x"), SP_UNSUPPORTED);
    unit_err(say(world, SIP_SUBSTATE_TERMINATED, "noresource", "", ""), SP_OK);
    message = ua_expect(world, "NOTIFY ");
    unit_eq(ua_value(message, "Subscription-State"), "terminated;reason=noresource");
    unit_err(say(world, SIP_SUBSTATE_ACTIVE, "", "", ""), SP_STATE);
    answer(world, message, "200 OK");
    ua_told(END, "SUBSCRIPTION; SUBSCRIPTION_ENDED");
    unit_err(say(world, SIP_SUBSTATE_ACTIVE, "", "", ""), SP_STALE);
    ends(world);
}
END_TEST

/* 6665-3.2.1-3: bodies are what Accept says, or what the package says without one. */
static const struct accept_row {
    const char *event, *accept, *type;
    enum sp_err err;
} accepts[] = {
    { "presence", "", PIDF, SP_OK },
    { "presence", "", "text/plain", SP_UNSUPPORTED },
    { "presence", "", "x", SP_UNSUPPORTED },
    { "presence", "Accept: text/*;q=0.5\nAccept: image/png, audio/x\n", "text/plain", SP_OK },
    { "presence", "Accept: text/*;q=0.5\nAccept: image/png, audio/x\n", "audio/x", SP_OK },
    { "presence", "Accept: text/*;q=0.5\nAccept: image/png, audio/x\n", PIDF, SP_UNSUPPORTED },
    { "x-mine", "", "text/plain", SP_OK },
    { "x-mine", "Accept: text/html\n", "text/plain", SP_UNSUPPORTED },
};

START_TEST(accepted_types)
{
    struct ua_world *world = by_hand();
    char             fields[256];

    snprintf(fields, sizeof fields, CONTACT "Event: %s\n%s", accepts[_i].event, accepts[_i].accept);
    subscribe(world, "", 1, fields);
    ua_told(END, "SUBSCRIPTION");
    unit_err(say(world, SIP_SUBSTATE_ACTIVE, "", accepts[_i].type, "x"), accepts[_i].err);
}
END_TEST

/* 6665-4.2.1.4-1, 6665-4.2.2-7: refreshed, and told the state again. */
START_TEST(refreshed)
{
    char             tag[32];
    struct ua_world *world = active(tag);
    struct sp_slice  message;

    ua_run(world, 500000);
    subscribe(world, tag, 2, "Contact: <sip:bob@192.0.2.2:5072>\nEvent: presence\nExpires: 300\n");
    message = ua_expect(world, "SIP/2.0 200 ");
    unit_eq(ua_value(message, "Expires"), "300");
    message = ua_expect(world, "NOTIFY sip:bob@192.0.2.2:5072 ");
    unit_eq(ua_value(message, "Subscription-State"), "active;expires=300");
    ck_assert(ua_has(message, "<presence/>"));
    answer(world, message, "200 OK");
    subscribe(world, tag, 3, CONTACT "Event: presence\nExpires: 10\n");
    ua_expect(world, "SIP/2.0 423 ");
    subscribe(world, tag, 4, CONTACT "Event: presence;id=2\n");
    message = ua_expect(world, "SIP/2.0 403 Dialog Sharing Not Supported\r\n"); /* 6665-4.5.2-2 */
    subscribe(world, tag, 4, CONTACT "Event: presence\n");
    ua_expect(world, "SIP/2.0 500 "); /* out of order */
    ua_run(world, 290000);
    ua_told(END, "");
    ck_assert_uint_eq(ua_take(world).len, 0);
    /* 6665-4.2.1.4-3, 6665-4.2.1.4-4, 6665-4.2.2-8 */
    ua_run(world, 20000);
    message = ua_expect(world, "NOTIFY ");
    unit_eq(ua_value(message, "Subscription-State"), "terminated;reason=timeout");
    subscribe(world, tag, 5, CONTACT "Event: presence\n");
    while (ua_has(message, "NOTIFY"))
        message = ua_take(world);
    ck_assert(sp_starts(message, SP_LIT("SIP/2.0 481 ")));
    ua_run(world, 40000);
    ua_told(END, "SUBSCRIPTION_ENDED 408 TIMEOUT F");
    ends(world);
}
END_TEST

/* The 200 was lost with its way, and the same SUBSCRIBE comes by another when the transaction is
 * over: a dialog of its own, and not one more of the same name. */
START_TEST(comes_again)
{
    char             tag[32];
    struct ua_world *world = active(tag);
    struct sp_slice  message;

    ua_run(world, 33000);
    subscribe(world, "", 1, WANT);
    message = ua_expect(world, "SIP/2.0 200 ");
    ck_assert(!sp_eq(ua_tag(message, "To"), sp_str(tag)));
    message = ua_expect(world, "NOTIFY ");
    ck_assert(!sp_eq(ua_tag(message, "From"), sp_str(tag)));
    answer(world, message, "200 OK");
    ua_told(END, "SUBSCRIPTION");
    ck_assert_uint_eq(sip_ua_open(END->ua), 2);
}
END_TEST

/* The subscriber goes: Expires 0, in the dialog or at once (a fetch, 4.4.3). */
START_TEST(unsubscribed)
{
    char             tag[32] = "";
    struct ua_world *world = _i == 0 ? active(tag) : by_hand();
    struct sp_slice  message;

    if (_i == 1) {
        first_body = "<now/>";
        END->on_note = accept_at_once;
    }
    subscribe(world, tag, 2, CONTACT "Event: presence\nExpires: 0\n");
    message = ua_expect(world, "SIP/2.0 200 ");
    unit_eq(ua_value(message, "Expires"), "0");
    message = ua_expect(world, "NOTIFY ");
    unit_eq(ua_value(message, "Subscription-State"), "terminated;reason=timeout");
    if (_i < 2)
        ck_assert(ua_has(message, _i == 0 ? "<presence/>" : "<now/>"));
    answer(world, message, "200 OK");
    ua_told(END, _i == 0 ? "SUBSCRIPTION_ENDED peer" : "SUBSCRIPTION; SUBSCRIPTION_ENDED peer");
    ends(world);
}
END_TEST

static const struct failure_row {
    const char *status, *told;
} failures[] = {
    { "404 No", "SUBSCRIPTION_ENDED 404 REFUSED" },
    { "405 No", "SUBSCRIPTION_ENDED 405 REFUSED" },
    { "410 No", "SUBSCRIPTION_ENDED 410 REFUSED" },
    { "416 No", "SUBSCRIPTION_ENDED 416 REFUSED" },
    { "480 No", "SUBSCRIPTION_ENDED 480 REFUSED" },
    { "481 No", "SUBSCRIPTION_ENDED 481 REFUSED" },
    { "485 No", "SUBSCRIPTION_ENDED 485 REFUSED" },
    { "489 No", "SUBSCRIPTION_ENDED 489 REFUSED" },
    { "501 No", "SUBSCRIPTION_ENDED 501 REFUSED" },
    { "604 No", "SUBSCRIPTION_ENDED 604 REFUSED" },
    { "500 No", "" },
    { "503 No", "" },
    { "403 No", "" },
    { NULL, "SUBSCRIPTION_ENDED 408 TIMEOUT F" },
    { "unreachable", "SUBSCRIPTION_ENDED 503 REFUSED" }, /* RFC 3261 18.4, 8.1.3.1 */
};

/* The network says that the datagram reached nobody. */
static void bounce(struct ua_world *world)
{
    struct sp_flow flow = END->flow;

    ua_expect(world, "NOTIFY ");
    flow.remote.port = 5071; /* of the Route */
    sip_ua_closed(END->ua, world->now_us, 0, &flow, SP_REFUSED);
    ua_drain(END);
}

/* 6665-4.2.2-3, 6665-4.2.2-4 */
START_TEST(notify_fails)
{
    char             tag[32];
    struct ua_world *world = active(tag);

    unit_err(say(world, SIP_SUBSTATE_ACTIVE, "", PIDF, "<x/>"), SP_OK);
    if (failures[_i].status != NULL && failures[_i].status[0] == 'u')
        bounce(world);
    else if (failures[_i].status != NULL)
        answer(world, ua_expect(world, "NOTIFY "), failures[_i].status);
    else
        ua_run(world, 64 * 500 + 1000);
    ua_told(END, failures[_i].told);
    if (failures[_i].told[0] != '\0') {
        ends(world);
        return;
    }
    unit_err(say(world, SIP_SUBSTATE_ACTIVE, "", PIDF, "<y/>"), SP_OK);
    ua_expect(world, "NOTIFY ");
}
END_TEST

/* A NOTIFY that drew a passing failure is said again: after Retry-After or 30 s, twice that if it
 * fails again; not where another one was said meanwhile, nor past the end of the subscription. */
START_TEST(notify_again)
{
    char             tag[32];
    struct ua_world *world = active(tag);

    tell(world, "<x/>", "503 No\nRetry-After: 7");
    silent(world, 6999);
    ua_run(world, 1);
    answer(world, ua_expect(world, "NOTIFY "), "500 No"); /* the second: 60 s */
    silent(world, 59999);
    ua_run(world, 1);
    answer(world, ua_expect(world, "NOTIFY "), "200 OK");
    silent(world, 300000);
    tell(world, "<y/>", "500 No"); /* the first */
    silent(world, 29999);
    ua_run(world, 1);
    ck_assert(ua_has(ua_expect(world, "NOTIFY "), "<y/>"));
    ua_run(world, 64 * 500);
    ua_told(END, "SUBSCRIPTION_ENDED 408 TIMEOUT F");
    ends(world);

    world = active(tag);
    tell(world, "<y/>", "500 No");
    silent(world, 29000);
    tell(world, "<z/>", "200 OK");
    silent(world, 300000);
    tell(world, "<x/>", "503 No\nRetry-After: 1000");
    silent(world, 270000);
    ua_run(world, 1000);
    answer(world, ua_expect(world, "NOTIFY "), "500 No");
    ua_told(END, "SUBSCRIPTION_ENDED");
    ends(world);
}
END_TEST

/* 6665-4.6-1, 6665-4.6-2: CANCEL changes nothing. */
START_TEST(cancelled)
{
    struct ua_world *world = by_hand();

    ua_put(world,
           "SUBSCRIBE sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKq\n"
           "Max-Forwards: 70\nFrom: <sip:b@h>;tag=b\nTo: <sip:a@h>\nCall-ID: c1\n"
           "CSeq: 1 SUBSCRIBE\n" WANT "\n");
    ua_expect(world, "SIP/2.0 200 ");
    ua_put(world, "CANCEL sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKq\n"
                  "Max-Forwards: 70\nFrom: <sip:b@h>;tag=b\nTo: <sip:a@h>\nCall-ID: c1\n"
                  "CSeq: 1 CANCEL\n\n");
    ua_expect(world, "NOTIFY ");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "SUBSCRIPTION");
    ck_assert_uint_eq(sip_ua_open(END->ua), 2);
}
END_TEST

/* Other requests in its dialog, and SUBSCRIBE in another's. */
START_TEST(no_sharing)
{
    char             tag[32], text[1024];
    struct ua_world *world = active(tag);

    snprintf(text, sizeof text,
             "BYE sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKbye\n"
             "Max-Forwards: 70\nFrom: <sip:b@h>;tag=b\nTo: <sip:a@h>;tag=%s\nCall-ID: c1\n"
             "CSeq: 9 BYE\n\n",
             tag);
    ua_put(world, text);
    ua_expect(world, "SIP/2.0 481 ");
    ua_told(END, "");
}
END_TEST

Suite *test_sip_notifier_suite(void)
{
    Suite *suite = suite_create("sip_notifier");
    TCase *tcase = unit_tcase(suite, "notifier");

    tcase_add_test(tcase, on_the_wire);
    unit_loop(tcase, refused, refusals);
    tcase_add_test(tcase, forbidden);
    tcase_add_test(tcase, pending_first);
    unit_loop(tcase, accepted_types, accepts);
    tcase_add_test(tcase, refreshed);
    tcase_add_test(tcase, comes_again);
    tcase_add_loop_test(tcase, unsubscribed, 0, 3);
    unit_loop(tcase, notify_fails, failures);
    tcase_add_test(tcase, notify_again);
    tcase_add_test(tcase, cancelled);
    tcase_add_test(tcase, no_sharing);
    return suite;
}
