/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_publication.c -- the event publication agent, against a compositor written by
 * hand. RFC 3903 4, 5. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_publication.h"

#define END  (&world->ends[0])
#define PIDF "application/pidf+xml"

static struct sip_ua_publication presence(uint32_t expires_s)
{
    struct sip_ua_publication one = { .uri = SP_LIT(UA_PEER),
                                      .event = SP_LIT("presence"),
                                      .fields = SP_LIT("X: y\r\n"),
                                      .content_type = SP_LIT(PIDF),
                                      .body = SP_LIT("<one/>"),
                                      .expires_s = expires_s,
                                      .user = 9 };

    return one;
}

static void answer(struct ua_world *world, struct sp_slice request, const char *status,
                   const char *more)
{
    char text[4096];

    snprintf(text, sizeof text,
             "SIP/2.0 %s\nVia: %.*s\nFrom: %.*s\nTo: %.*s;tag=t\nCall-ID: %.*s\nCSeq: %.*s\n%s\n",
             status, SP_ARG(ua_value(request, "Via")), SP_ARG(ua_value(request, "From")),
             SP_ARG(ua_value(request, "To")), SP_ARG(ua_value(request, "Call-ID")),
             SP_ARG(ua_value(request, "CSeq")), more);
    ua_put(world, text);
}

static struct ua_world *publishing(struct sp_slice *request, uint32_t expires_s)
{
    struct ua_world          *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_publication one = presence(expires_s);

    unit_err(sip_ua_publish(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    *request = ua_expect(world, "PUBLISH sip:bob@192.0.2.2 SIP/2.0\r\n");
    return world;
}

static struct ua_world *published(void)
{
    struct sp_slice  request;
    struct ua_world *world = publishing(&request, 600);

    answer(world, request, "200 OK", "SIP-ETag: e1\nExpires: 600\n");
    ua_told(END, "PUBLISHED 200");
    return world;
}

static enum sp_err change(struct ua_world *world, const char *body)
{
    enum sp_err err = sip_ua_republish(END->ua, world->now_us, END->request, SP_LIT(PIDF),
                                       sp_str(body));

    ua_drain(END);
    return err;
}

static enum sp_err stop(struct ua_world *world)
{
    enum sp_err err = sip_ua_unpublish(END->ua, world->now_us, END->request);

    ua_drain(END);
    return err;
}

/* The next PUBLISH after so many seconds, give or take one. */
static struct sp_slice after(struct ua_world *world, uint32_t s)
{
    struct sp_slice request;

    ua_run(world, (s - 1) * 1000);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_run(world, 2000);
    request = ua_expect(world, "PUBLISH ");
    while (ua_take(world).len > 0)
        continue; /* Timer E */
    return request;
}

static void ends(struct ua_world *world)
{
    ua_run(world, 2 * 64 * 500);
    ua_empty(END);
}

/* The four kinds of table 1. 3903-4-1, 3903-4-2, 3903-4.1-1, 3903-4.1-2, 3903-4.1-3, 3903-4.2-1,
 * 3903-4.2-3, 3903-4.3-1, 3903-4.3-2, 3903-4.3-3, 3903-4.4-1, 3903-4.4-2, 3903-4.4-3,
 * 3903-4.5-1, 3903-4.5-2 */
START_TEST(on_the_wire)
{
    struct sp_slice  request;
    struct ua_world *world = publishing(&request, 600);

    unit_eq(ua_value(request, "Event"), "presence");
    unit_eq(ua_value(request, "Expires"), "600");
    unit_eq(ua_value(request, "X"), "y");
    unit_eq(ua_value(request, "SIP-If-Match"), "");
    unit_eq(ua_value(request, "Content-Type"), PIDF);
    unit_eq(ua_value(request, "Contact"), "");
    ck_assert(ua_has(request, "\r\n\r\n<one/>"));
    answer(world, request, "200 OK", "Record-Route: <sip:p;lr>\nSIP-ETag: e1\nExpires: 300\n");
    ua_told(END, "PUBLISHED 200");
    ck_assert_uint_eq(END->last.user, 9);

    request = after(world, 240); /* refreshed, without a body */
    unit_eq(ua_value(request, "SIP-If-Match"), "e1");
    unit_eq(ua_value(request, "Expires"), "600");
    unit_eq(ua_value(request, "Event"), "presence");
    unit_eq(ua_value(request, "Content-Length"), "0");
    unit_eq(ua_value(request, "Route"), "");
    answer(world, request, "200 OK", "SIP-ETag: e2\nExpires: 300\n");
    ua_told(END, "PUBLISHED 200 again");

    unit_err(change(world, "<two/>"), SP_OK); /* modified */
    request = ua_expect(world, "PUBLISH ");
    unit_eq(ua_value(request, "SIP-If-Match"), "e2");
    ck_assert(ua_has(request, "\r\n\r\n<two/>"));
    answer(world, request, "200 OK", "SIP-ETag: e3\nExpires: 300\n");
    ua_told(END, "PUBLISHED 200 again");

    unit_err(stop(world), SP_OK); /* removed */
    request = ua_expect(world, "PUBLISH ");
    unit_eq(ua_value(request, "SIP-If-Match"), "e3");
    unit_eq(ua_value(request, "Expires"), "0");
    unit_eq(ua_value(request, "Content-Length"), "0");
    unit_err(stop(world), SP_OK);
    answer(world, request, "200 OK", "SIP-ETag: e4\nExpires: 0\n");
    ua_told(END, "UNPUBLISHED 200");
    unit_err(stop(world), SP_STALE);
    unit_err(change(world, "x"), SP_STALE);
    ends(world);
}
END_TEST

/* 3903-5-1, 3903-5-2, 3903-5-3: what is not known any more is published anew. */
START_TEST(condition_failed)
{
    struct ua_world *world = published();
    struct sp_slice  request;

    if (_i == 0)
        request = after(world, 540);
    else
        unit_err(change(world, "<two/>"), SP_OK);
    if (_i == 1)
        request = ua_expect(world, "PUBLISH ");
    answer(world, request, "412 No", "");
    ua_told(END, "");
    request = ua_expect(world, "PUBLISH ");
    unit_eq(ua_value(request, "SIP-If-Match"), "");
    unit_eq(ua_value(request, "Expires"), "600");
    ck_assert(ua_has(request, _i == 0 ? "<one/>" : "<two/>"));
    answer(world, request, "200 OK", "SIP-ETag: f1\nExpires: 600\n");
    ua_told(END, "PUBLISHED 200");
    unit_err(stop(world), SP_OK);
    request = ua_expect(world, "PUBLISH ");
    unit_eq(ua_value(request, "SIP-If-Match"), "f1");
    answer(world, request, "412 No", ""); /* as good as removed */
    ua_told(END, "UNPUBLISHED 412");
    ends(world);
}
END_TEST

/* 3903-4-3: one at a time; what is said meanwhile is done after it. */
START_TEST(one_at_a_time)
{
    struct sp_slice  request;
    struct ua_world *world = publishing(&request, 600);

    unit_err(change(world, "<two/>"), SP_OK);
    unit_err(change(world, "<three/>"), SP_OK);
    unit_err(change(world, ""), SP_MISSING);
    if (_i == 1)
        unit_err(stop(world), SP_OK);
    ck_assert_uint_eq(ua_take(world).len, 0);
    answer(world, request, "200 OK", "SIP-ETag: e1\nExpires: 600\n");
    request = ua_expect(world, "PUBLISH ");
    unit_eq(ua_value(request, "SIP-If-Match"), "e1");
    if (_i == 1) {
        unit_eq(ua_value(request, "Expires"), "0");
        answer(world, request, "200 OK", "");
        ua_told(END, "PUBLISHED 200; UNPUBLISHED 200");
        ends(world);
        return;
    }
    ck_assert(ua_has(request, "<three/>"));
    answer(world, request, "200 OK", "SIP-ETag: e2\nExpires: 600\n");
    ua_told(END, "PUBLISHED 200; PUBLISHED 200 again");
    ck_assert_uint_eq(ua_take(world).len, 0);
}
END_TEST

/* Two publications to one URI take turns (3903-4-3). */
START_TEST(take_turns)
{
    struct sp_slice           request;
    struct ua_world          *world = publishing(&request, 600);
    struct sip_ua_publication one = presence(600);
    struct sp_handle          other;

    unit_err(sip_ua_publish(END->ua, world->now_us, &one, &other), SP_OK);
    ua_drain(END);
    ck_assert_uint_eq(ua_take(world).len, 0);
    answer(world, request, "200 OK", "SIP-ETag: e1\nExpires: 600\n");
    ua_expect(world, "PUBLISH ");
}
END_TEST

static const struct first_row {
    const char *status, *more, *told;
} firsts[] = {
    { "403 No", "", "UNPUBLISHED 403" },
    { "489 No", "Allow-Events: reg\n", "UNPUBLISHED 489" },
    { "412 No", "", "UNPUBLISHED 412" },
    { "415 No", "", "UNPUBLISHED 415" },
    { "423 No", "", "UNPUBLISHED 423" },
    { "503 No", "Retry-After: 3\n", "UNPUBLISHED 503" },
    { NULL, "", "UNPUBLISHED 408 TIMEOUT F" },
};

START_TEST(refused_at_first)
{
    struct sp_slice  request;
    struct ua_world *world = publishing(&request, 600);

    if (firsts[_i].status != NULL)
        answer(world, request, firsts[_i].status, firsts[_i].more);
    else
        ua_run(world, 64 * 500 + 100);
    ua_told(END, firsts[_i].told);
    ends(world);
}
END_TEST

START_TEST(interval_too_brief)
{
    struct sp_slice  request;
    struct ua_world *world = publishing(&request, 30);

    answer(world, request, "423 Too Brief", "Min-Expires: 3600\n");
    ua_told(END, "");
    request = ua_expect(world, "PUBLISH ");
    unit_eq(ua_value(request, "Expires"), "3600");
    ck_assert(ua_has(request, "<one/>"));
    answer(world, request, "200 OK", "SIP-ETag: e1\n");
    ua_told(END, "PUBLISHED 200");
    (void)after(world, 3540);
}
END_TEST

/* A refresh that fails is tried again while the state lives. */
START_TEST(refresh_fails)
{
    struct ua_world *world = published();
    struct sp_slice  request = after(world, 540);

    answer(world, request, "503 No", "Retry-After: 7\n"); /* 3903-9-1, heard */
    if (_i == 1)
        unit_err(change(world, "<two/>"), SP_OK); /* waits, too */
    request = after(world, 7);
    unit_eq(ua_value(request, "SIP-If-Match"), "e1");
    ck_assert(ua_has(request, "<two/>") == (_i == 1));
    if (_i == 2) {
        answer(world, request, "500 No", "Retry-After: 7\n");
        unit_err(stop(world), SP_OK);
        answer(world, ua_expect(world, "PUBLISH "), "200 OK", "");
        ua_told(END, "UNPUBLISHED 200");
    } else {
        answer(world, request, "403 No", "");
        ua_told(END, "UNPUBLISHED 403");
    }
    ends(world);
}
END_TEST

/* 3903-14.1-2, 3903-14.2-2 */
START_TEST(with_credentials)
{
    struct ua_world          *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_publication one = presence(600);
    struct sp_slice           request;

    unit_err(sip_ua_login(END->ua, sp_str(""), SP_LIT("bob"), SP_LIT("zanzibar")), SP_OK);
    unit_err(sip_ua_publish(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    answer(world, ua_expect(world, "PUBLISH "), "401 No",
           "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"\n");
    answer(world, ua_expect(world, "PUBLISH "), "200 OK", "SIP-ETag: e1\nExpires: 600\n");
    ua_told(END, "PUBLISHED 200");
    request = after(world, 540);
    ck_assert(ua_has(ua_value(request, "Authorization"), "nc=00000002"));
}
END_TEST

static const struct bad_row {
    const char *uri, *event, *body;
    enum sp_err err;
} bads[] = {
    { "sips:b@h", "presence", "x", SP_UNSUPPORTED },
    { "b", "presence", "x", SP_SYNTAX },
    { UA_PEER, "", "x", SP_SYNTAX },
    { UA_PEER, "presence", "", SP_MISSING },
};

START_TEST(not_published)
{
    struct ua_world          *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_publication one = presence(600);

    one.uri = sp_str(bads[_i].uri);
    one.event = sp_str(bads[_i].event);
    one.body = sp_str(bads[_i].body);
    unit_err(sip_ua_publish(END->ua, world->now_us, &one, &END->request), bads[_i].err);
    ua_drain(END);
    ua_empty(END);
}
END_TEST

/* No room for a PUBLISH when the time has come, or for a further publication. */
START_TEST(no_room)
{
    struct ua_world          *world = published();
    struct sip_ua_publication one = presence(600);
    struct sp_handle          handle;

    for (int i = 1; i < 4; i++)
        unit_err(sip_ua_publish(END->ua, world->now_us, &one, &handle), SP_OK);
    unit_err(sip_ua_publish(END->ua, world->now_us, &one, &handle), SP_LIMIT);
    ua_run(world, 4 * 64 * 500);
    END->notes[0] = '\0';
    while (sp_pool_take(&END->ua->clients) != NULL)
        continue;
    ua_run(world, 600 * 1000);
    ua_told(END, "UNPUBLISHED 503 LIMIT");
}
END_TEST

Suite *test_sip_publication_suite(void)
{
    Suite *suite = suite_create("sip_publication");
    TCase *tcase = unit_tcase(suite, "publication");

    tcase_add_test(tcase, on_the_wire);
    tcase_add_loop_test(tcase, condition_failed, 0, 2);
    tcase_add_loop_test(tcase, one_at_a_time, 0, 2);
    tcase_add_test(tcase, take_turns);
    unit_loop(tcase, refused_at_first, firsts);
    tcase_add_test(tcase, interval_too_brief);
    tcase_add_loop_test(tcase, refresh_fails, 0, 3);
    tcase_add_test(tcase, with_credentials);
    unit_loop(tcase, not_published, bads);
    tcase_add_test(tcase, no_room);
    return suite;
}
