/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_registration.c -- a binding that is made and kept, against a registrar
 * written by hand. RFC 3261 10.2. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#define END  (&world->ends[0])
#define OURS "Contact: <sip:agent@192.0.2.1:5060>"

static struct sip_ua_registration registration(uint32_t expires_s)
{
    struct sip_ua_registration one = { .aor = SP_LIT("sip:alice@192.0.2.2:5060"),
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
             "SIP/2.0 %s\nVia: %.*s\nFrom: %.*s\nTo: %.*s;tag=t\nCall-ID: %.*s\nCSeq: %.*s\n%s\n",
             status, SP_ARG(ua_value(request, "Via")), SP_ARG(ua_value(request, "From")),
             SP_ARG(ua_value(request, "To")), SP_ARG(ua_value(request, "Call-ID")),
             SP_ARG(ua_value(request, "CSeq")), more);
    ua_put(world, text);
}

static struct ua_world *registering(struct sp_slice *request, uint32_t expires_s)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_registration one = registration(expires_s);

    unit_err(sip_ua_register(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    *request = ua_expect(world, "REGISTER sip:192.0.2.2:5060 SIP/2.0\r\n");
    return world;
}

/* The next REGISTER after so many seconds, give or take one. */
static struct sp_slice after(struct ua_world *world, uint32_t s)
{
    struct sp_slice request;

    ua_run(world, (s - 1) * 1000);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_run(world, 2000);
    request = ua_expect(world, "REGISTER ");
    while (ua_take(world).len > 0)
        continue; /* Timer E */
    return request;
}

/* 3261-10.2-2 to 3261-10.2-7, 3261-10.2-3, 3261-10.2-5, 3261-10.2-6, 3261-10.2.4-1, 3261-10.2.4-2,
 * 3261-10.2.6-1, 3261-8.1.1.4-2 */
START_TEST(on_the_wire)
{
    struct sp_slice  first, second;
    struct ua_world *world = registering(&first, 600);

    unit_eq(ua_value(first, "To"), "<sip:alice@192.0.2.2>");
    ck_assert(sp_starts(ua_value(first, "From"), SP_LIT("<sip:alice@192.0.2.2>;tag=")));
    unit_eq(ua_value(first, "Contact"), "<sip:agent@192.0.2.1:5060>");
    unit_eq(ua_value(first, "Expires"), "600");
    unit_eq(ua_value(first, "X"), "y");
    unit_eq(ua_value(first, "CSeq"), "1 REGISTER");
    answer(world, first, "200 OK",
           "Record-Route: <sip:p;lr>\nContact: <sip:other@192.0.2.9>;expires=5, "
           "<sip:agent@192.0.2.1:5060>;expires=300\n");
    ua_told(END, "REGISTERED 200");
    ck_assert_uint_eq(END->last.user, 9);
    second = after(world, 240);
    unit_eq(ua_value(second, "CSeq"), "2 REGISTER");
    unit_eq_slice(ua_value(second, "Call-ID"), ua_value(first, "Call-ID"));
    unit_eq_slice(ua_value(second, "From"), ua_value(first, "From"));
    unit_eq(ua_value(second, "Expires"), "600");
    ck_assert_uint_eq(ua_value(second, "Route").len, 0); /* 3261-10.2-1, 3261-10.2-2 */
    answer(world, second, "200 OK", OURS "\nExpires: 100\n");
    ua_told(END, "REGISTERED 200 again");
    second = after(world, 50);
    answer(world, second, "200 OK", ""); /* says nothing: as we asked */
    ua_told(END, "REGISTERED 200 again");
    (void)after(world, 540);
}
END_TEST

/* 3261-10.2.2-1, 3261-10.2-8 */
START_TEST(removed)
{
    struct sp_slice  request;
    struct ua_world *world = registering(&request, 600);

    if (_i == 0)
        answer(world, request, "200 OK", OURS ";expires=600\n");
    unit_err(sip_ua_unregister(END->ua, world->now_us, END->request), SP_OK);
    ua_drain(END);
    if (_i == 1) {
        ck_assert_uint_eq(ua_take(world).len, 0); /* one at a time */
        answer(world, request, "200 OK", OURS ";expires=600\n");
    }
    request = ua_expect(world, "REGISTER ");
    unit_eq(ua_value(request, "Expires"), "0");
    unit_eq(ua_value(request, "CSeq"), "2 REGISTER");
    unit_err(sip_ua_unregister(END->ua, world->now_us, END->request), SP_OK);
    answer(world, request, "200 OK", "");
    ua_told(END, _i == 0 ? "REGISTERED 200; UNREGISTERED 200" : "UNREGISTERED 200");
    unit_err(sip_ua_unregister(END->ua, world->now_us, END->request), SP_STALE);
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

static const struct first_row {
    const char *status, *more, *told;
} firsts[] = {
    { "403 No", "", "UNREGISTERED 403" },
    { "404 No", "", "UNREGISTERED 404" },
    { "503 No", "Retry-After: 3\n", "UNREGISTERED 503" }, /* there is no binding to save */
    { "401 No", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n", "UNREGISTERED 401" },
    { "423 No", "", "UNREGISTERED 423" },
    { "423 No", "Min-Expires: 600\n", "UNREGISTERED 423" },
};

START_TEST(refused_at_first)
{
    struct sp_slice  request;
    struct ua_world *world = registering(&request, 600);

    answer(world, request, firsts[_i].status, firsts[_i].more);
    ua_told(END, firsts[_i].told);
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* 3261-10.2.7-1: silence is no reason to ask again at once */
START_TEST(silent_registrar)
{
    struct sp_slice  request;
    struct ua_world *world = registering(&request, 600);

    ua_run(world, 64 * 500 + 100);
    ua_told(END, "UNREGISTERED 408 TIMEOUT F");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

START_TEST(interval_too_brief)
{
    struct sp_slice  request;
    struct ua_world *world = registering(&request, 30);

    answer(world, request, "423 Too Brief", "Min-Expires: 3600\n");
    ua_told(END, "");
    request = ua_expect(world, "REGISTER ");
    unit_eq(ua_value(request, "Expires"), "3600");
    unit_eq(ua_value(request, "CSeq"), "2 REGISTER");
    answer(world, request, "200 OK", OURS ";expires=3600\n");
    ua_told(END, "REGISTERED 200");
    ua_told(END, "");
}
END_TEST

/* A refresh that fails is tried again while the binding lives, later each time, or when Retry-After
 * says. */
START_TEST(refresh_fails)
{
    struct sp_slice  request;
    struct ua_world *world = registering(&request, 600);

    answer(world, request, "200 OK", OURS ";expires=600\n");
    ua_told(END, "REGISTERED 200");
    answer(world, after(world, 540), "500 No", "");
    answer(world, after(world, 30), "503 No", "Retry-After: 7\n");
    request = after(world, 7);
    ua_told(END, "");
    if (_i == 0) {
        answer(world, request, "200 OK", OURS ";expires=200\n");
        ua_told(END, "REGISTERED 200 again");
        answer(world, after(world, 140), "480 No", "");
        answer(world, after(world, 30), "480 No", ""); /* 60 s more would be too late */
        ua_told(END, "UNREGISTERED 480");
    } else if (_i == 1) {
        answer(world, request, "403 No", "");
        ua_told(END, "UNREGISTERED 403");
    } else {
        /* stopped while it waits */
        answer(world, request, "500 No", "Retry-After: 5\n");
        unit_err(sip_ua_unregister(END->ua, world->now_us, END->request), SP_OK);
        ua_drain(END);
        request = ua_expect(world, "REGISTER ");
        unit_eq(ua_value(request, "Expires"), "0");
        answer(world, request, "200 OK", "");
        ua_told(END, "UNREGISTERED 200");
    }
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* The nonce is remembered: only the first REGISTER is challenged. */
START_TEST(with_credentials)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_registration one = registration(600);
    struct sp_slice            request;

    unit_err(sip_ua_login(END->ua, sp_str(""), SP_LIT("bob"), SP_LIT("zanzibar")), SP_OK);
    unit_err(sip_ua_register(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    answer(world, ua_expect(world, "REGISTER "), "401 No",
           "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"\n");
    request = ua_expect(world, "REGISTER ");
    unit_eq(ua_value(request, "CSeq"), "2 REGISTER");
    answer(world, request, "200 OK", OURS ";expires=600\n");
    ua_told(END, "REGISTERED 200");
    request = after(world, 540);
    unit_eq(ua_value(request, "CSeq"), "3 REGISTER");
    ck_assert(ua_has(ua_value(request, "Authorization"), "nc=00000002"));
    answer(world, request, "401 No",
           "WWW-Authenticate: Digest realm=\"r\", nonce=\"n2\", qop=\"auth\", stale=true\n");
    request = ua_expect(world, "REGISTER ");
    ck_assert(ua_has(ua_value(request, "Authorization"), "nonce=\"n2\""));
    answer(world, request, "200 OK", OURS ";expires=600\n");
    ua_told(END, "REGISTERED 200 again");
    unit_err(sip_ua_unregister(END->ua, world->now_us, END->request), SP_OK);
    ua_drain(END);
    answer(world, ua_expect(world, "REGISTER "), "200 OK", "");
    ua_told(END, "UNREGISTERED 200");
    ua_run(world, 64 * 500);
    ck_assert_uint_eq(sip_ua_open(END->ua), 0);
}
END_TEST

static const struct bad_row {
    const char *aor, *registrar;
    enum sp_err err;
    const char *start;
} bads[] = {
    { "sip:alice@192.0.2.2", "", SP_OK, "REGISTER sip:192.0.2.2 SIP/2.0\r\n" },
    { "sip:alice@h", "sip:192.0.2.2:5062", SP_OK, "REGISTER sip:192.0.2.2:5062 SIP/2.0\r\n" },
    { "sips:alice@192.0.2.2", "", SP_UNSUPPORTED, "" },
    { "alice", "", SP_SYNTAX, "" },
    { "sip:alice@h", "x", SP_SYNTAX, "" },
};

/* 3261-10.2-4: no user part in the Request-URI */
START_TEST(where_it_is_sent)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_registration one = registration(600);

    one.aor = sp_str(bads[_i].aor);
    one.registrar = sp_str(bads[_i].registrar);
    unit_err(sip_ua_register(END->ua, world->now_us, &one, &END->request), bads[_i].err);
    ua_drain(END);
    if (bads[_i].err == SP_OK)
        ua_expect(world, bads[_i].start);
    else
        ua_empty(END);
}
END_TEST

/* No room for a REGISTER when the time has come: the user hears of it. */
START_TEST(no_room)
{
    struct sp_slice            request;
    struct ua_world           *world = registering(&request, 600);
    struct sip_ua_registration one = registration(600);
    struct sp_handle           handle;

    answer(world, request, "200 OK", OURS ";expires=600\n");
    ua_told(END, "REGISTERED 200");
    for (int i = 1; i < 4; i++)
        unit_err(sip_ua_register(END->ua, world->now_us, &one, &handle), SP_OK);
    unit_err(sip_ua_register(END->ua, world->now_us, &one, &handle), SP_LIMIT);
    ua_run(world, 64 * 500 + 1000); /* the others get no answer */
    while (sp_pool_take(&END->ua->clients) != NULL)
        continue;
    ua_run(world, 520 * 1000);
    ck_assert_ptr_nonnull(strstr(END->notes, "UNREGISTERED 503 LIMIT"));
}
END_TEST

/* Several contacts: bound, refreshed and removed together. 3840-6-1, 3840-6-4 */
START_TEST(several_contacts)
{
    struct sip_ua_config       config = ua_config;
    struct ua_world           *world;
    struct sip_ua_registration one = registration(600);
    struct sp_slice            request;

    config.contact_params = SP_LIT(";+sip.message;methods=\"MESSAGE\"");
    world = ua_world(&config, NULL, true, 1);
    one.contacts = SP_LIT("<sip:desk@192.0.2.9>;q=0.1, <tel:+1555>");
    unit_err(sip_ua_register(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    for (int i = 0; i < 3; i++) {
        if (i == 1)
            request = after(world, 540);
        else
            request = ua_expect(world, "REGISTER ");
        unit_eq(ua_value(request, "Contact"),
                "<sip:agent@192.0.2.1:5060>;+sip.message;methods=\"MESSAGE\"");
        ck_assert(ua_has(request, "\r\nContact: <sip:desk@192.0.2.9>;q=0.1, <tel:+1555>\r\n"));
        unit_eq(ua_value(request, "Expires"), i == 2 ? "0" : "600");
        answer(world, request, "200 OK", i == 2 ? "" : OURS ";expires=600\n");
        if (i == 1)
            unit_err(sip_ua_unregister(END->ua, world->now_us, END->request), SP_OK);
        ua_drain(END);
    }
    ua_told(END, "REGISTERED 200; REGISTERED 200 again; UNREGISTERED 200");
}
END_TEST

/* Asked for, or removed, all of them: one REGISTER. 3261-10.2.2-2, 5626-4.2.3-2 */
static const struct once_row {
    enum sip_ua_binding what;
    const char         *contact, *expires;
} onces[] = { { SIP_UA_QUERY, "", "" }, { SIP_UA_UNBIND, "*", "0" } };

START_TEST(once)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_registration one = registration(600);
    struct sp_slice            request;

    one.what = onces[_i].what;
    one.instance = SP_LIT("<urn:uuid:1>");
    one.reg_id = 1;
    unit_err(sip_ua_register(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "REGISTER ");
    unit_eq(ua_value(request, "Contact"), onces[_i].contact);
    unit_eq(ua_value(request, "Expires"), onces[_i].expires);
    answer(world, request, "200 OK", "Contact: <sip:x@y>;expires=7\n");
    ua_told(END, "UNREGISTERED 200");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* A flow: 5626-4.2.1-4, 5626-4.2.1-5, 5626-4.2.1-6, 5626-4.2.1-8 */
START_TEST(as_a_flow)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_registration one = registration(600);
    struct sip_ua_registered   stands;
    struct sp_slice            request;

    one.instance = SP_LIT("<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>");
    one.reg_id = _i == 0 ? 3 : 0;
    unit_err(sip_ua_register(END->ua, world->now_us, &one, &END->request), SP_OK);
    ck_assert(!sip_ua_registered(END->ua, END->request, &stands));
    ua_drain(END);
    request = ua_expect(world, "REGISTER ");
    ck_assert(sp_starts(ua_value(request, "Contact"),
                        SP_LIT("<sip:agent@192.0.2.1:5060>;+sip.instance=\"<urn:uuid:f81d4fae-7dec-"
                               "11d0-a765-00a0c91e6bf6>\"")));
    ck_assert(ua_has(ua_value(request, "Contact"), ";reg-id=3") == (_i == 0));
    ck_assert(ua_has(request, "Supported: path, outbound\r\n") == (_i == 0));
    answer(world, request, "200 OK",
           "Require: outbound\nFlow-Timer: 120\n"
           "Contact: <sip:agent@192.0.2.1:5060>;reg-id=9;expires=9, "
           "<sip:agent@192.0.2.1:5060>;reg-id=3;expires=70;pub-gruu=\"sip:a@h;gr=1\""
           ";temp-gruu=\"sip:t@h;gr\", <sip:agent@192.0.2.1:5060>;expires=80\n");
    ua_told(END, "REGISTERED 200");
    ck_assert(sip_ua_registered(END->ua, END->request, &stands));
    ck_assert_uint_eq(stands.expires_s, _i == 0 ? 70 : 80);
    ck_assert(stands.outbound == (_i == 0));
    ck_assert_uint_eq(stands.flow_timer_s, 120);
    unit_eq(stands.pub_gruu, _i == 0 ? "sip:a@h;gr=1" : "");
    unit_eq(stands.temp_gruu, _i == 0 ? "sip:t@h;gr" : "");
}
END_TEST

/* What the registrar tells, and the ways that later requests take: RFC 3608 6.1. The user's own
 * route comes first. 3608-6.1-1, 3608-6.1-2, 3327-5.1-1, 3327-6.2-3 */
static const struct way_row {
    const char *from, *route, *want[2];
} ways[] = {
    { "sip:alice@192.0.2.2:5060", "", { "<sip:192.0.2.2:5071;lr>", "<sip:p2;lr>" } },
    { "sip:%61lice@192.0.2.2:5060;x=y", "", { "<sip:192.0.2.2:5071;lr>", "<sip:p2;lr>" } },
    { "sip:alice@192.0.2.2:5060", "sip:192.0.2.2:5071;lr", { "<sip:192.0.2.2:5071;lr>", "" } },
    { "sip:alice@192.0.2.2:5060",
      "sip:192.0.2.2:5099;lr",
      { "<sip:192.0.2.2:5099;lr>", "<sip:192.0.2.2:5071;lr>" } },
    { "sip:bob@192.0.2.2:5060", "", { "", "" } },
    { "", "", { "", "" } },
};

START_TEST(service_route)
{
    struct sip_ua_config       config = ua_config;
    struct ua_world           *world;
    struct sip_ua_registration one = registration(600);
    struct sip_ua_registered   stands;
    struct sip_ua_request      send = ua_request(SIP_MESSAGE, "x");
    struct sp_slice            request, rest;
    struct sp_handle           handle;

    config.from = sp_str(ways[_i].from);
    world = ua_world(&config, NULL, true, 1);
    send.route = sp_str(ways[_i].route);
    unit_err(sip_ua_register(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "REGISTER ");
    ck_assert(ua_has(ua_value(request, "Supported"), "path"));
    answer(world, request, "200 OK",
           OURS ";expires=600\nService-Route: <sip:192.0.2.2:5071;lr>\n"
                "Service-Route: <sip:p2;lr>\nPath: <sip:e;lr>, <sip:f;lr>\n"
                "P-Associated-URI: <sip:alice@h>, <tel:+1>\n");
    ck_assert(sip_ua_registered(END->ua, END->request, &stands));
    unit_eq(stands.service_route, "<sip:192.0.2.2:5071;lr>\n<sip:p2;lr>");
    unit_eq(stands.path, "<sip:e;lr>\n<sip:f;lr>");
    unit_eq(stands.associated, "<sip:alice@h>\n<tel:+1>");
    unit_err(sip_ua_send(END->ua, world->now_us, &send, &handle), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "MESSAGE ");
    unit_eq(ua_value(request, "Route"), ways[_i].want[0]);
    rest = sp_from(request, sp_find_slice(request, SP_LIT("\r\nRoute:")) + 9);
    if (ways[_i].want[1][0] != '\0')
        unit_eq(ua_value(rest, "Route"), ways[_i].want[1]);
    answer(world, request, "200 OK", "");
    /* A refresh goes as it went (10.2.4), and what it does not tell is forgotten. */
    request = after(world, 540);
    unit_eq(ua_value(request, "Route"), "");
    answer(world, request, _i % 2 == 0 ? "200 OK" : "403 No", OURS ";expires=600\n");
    send.route = sp_slice(NULL, 0);
    send.uri = SP_LIT("sip:carol@192.0.2.2");
    unit_err(sip_ua_send(END->ua, world->now_us, &send, &handle), SP_OK);
    ua_drain(END);
    unit_eq(ua_value(ua_expect(world, "MESSAGE "), "Route"), "");
}
END_TEST

/* A GRUU of our own address is our Contact in dialogs, and REGISTER goes on with what it was.
 * 6665-4.5.1-1 */
static const struct gruu_row {
    const char *from, *privacy, *contact;
} gruus[] = {
    { "sip:alice@192.0.2.2:5060", "", "<sip:alice@h;gr=1>" },
    { "sip:alice@192.0.2.2:5060", "id", "<sip:t@h;gr>" },
    { "sip:bob@192.0.2.2:5060", "", "<sip:agent@192.0.2.1:5060>" },
};

START_TEST(gruu)
{
    struct sip_ua_config       config = ua_config;
    struct ua_world           *world;
    struct sip_ua_registration one = registration(600);
    struct sp_slice            message;

    config.from = sp_str(gruus[_i].from);
    config.privacy = sp_str(gruus[_i].privacy);
    config.events = SP_LIT("presence");
    world = ua_world(&config, NULL, true, 1);
    unit_err(sip_ua_register(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    answer(world, ua_expect(world, "REGISTER "), "200 OK",
           OURS ";expires=600;pub-gruu=\"sip:alice@h;gr=1\";temp-gruu=\"sip:t@h;gr\"\n");
    ua_put(world, "SUBSCRIBE sip:a@h SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKg\n"
                  "Max-Forwards: 70\nFrom: <sip:b@h>;tag=b\nTo: <sip:a@h>\nCall-ID: c\n"
                  "CSeq: 1 SUBSCRIBE\nEvent: presence\nContact: <sip:b@192.0.2.2>\n\n");
    unit_eq(ua_value(ua_expect(world, "SIP/2.0 200 "), "Contact"), gruus[_i].contact);
    message = ua_expect(world, "NOTIFY ");
    unit_eq(ua_value(message, "Contact"), gruus[_i].contact);
    answer(world, message, "481 No", "");
    unit_eq(ua_value(after(world, 540), "Contact"), "<sip:agent@192.0.2.1:5060>");
}
END_TEST

Suite *test_sip_registration_suite(void)
{
    Suite *suite = suite_create("sip_registration");
    TCase *tcase = unit_tcase(suite, "registration");

    tcase_add_test(tcase, on_the_wire);
    tcase_add_loop_test(tcase, removed, 0, 2);
    unit_loop(tcase, refused_at_first, firsts);
    tcase_add_test(tcase, silent_registrar);
    tcase_add_test(tcase, interval_too_brief);
    tcase_add_loop_test(tcase, refresh_fails, 0, 3);
    tcase_add_test(tcase, with_credentials);
    unit_loop(tcase, where_it_is_sent, bads);
    tcase_add_test(tcase, no_room);
    tcase_add_test(tcase, several_contacts);
    unit_loop(tcase, once, onces);
    tcase_add_loop_test(tcase, as_a_flow, 0, 2);
    unit_loop(tcase, service_route, ways);
    unit_loop(tcase, gruu, gruus);
    return suite;
}
