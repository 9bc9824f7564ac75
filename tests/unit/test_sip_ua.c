/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_ua.c -- the verbs of a user agent: what they refuse, and who else they serve.
 */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static const struct sp_slice none = { NULL, 0 };

/* Methods that make no sense outside of a dialog, and the one that has a verb of its own. */
static const struct method_row {
    enum sip_method method;
    enum sp_err     err;
    const char     *extension; /* NULL: none */
} methods[] = {
    { SIP_METHOD_OTHER, SP_UNSUPPORTED, NULL },
    { SIP_METHOD_OTHER, SP_UNSUPPORTED, "BYE" },
    { SIP_METHOD_OTHER, SP_UNSUPPORTED, "A B" },
    { SIP_METHOD_OTHER, SP_UNSUPPORTED, "A\r\nX: y" },
    { SIP_METHOD_OTHER, SP_OK, "bye" },
    { SIP_METHOD_OTHER, SP_OK, "FROB-2" },
    { SIP_INVITE, SP_UNSUPPORTED, NULL },
    { SIP_ACK, SP_UNSUPPORTED, NULL },
    { SIP_BYE, SP_UNSUPPORTED, NULL },
    { SIP_CANCEL, SP_UNSUPPORTED, NULL },
    { SIP_PRACK, SP_UNSUPPORTED, NULL },
    { SIP_UPDATE, SP_UNSUPPORTED, NULL },
    { SIP_OPTIONS, SP_OK, NULL },
    { SIP_MESSAGE, SP_OK, NULL },
};

/* 3261-15-2 */
START_TEST(methods_outside_of_dialogs)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(methods[_i].method, "x");
    struct sp_handle      handle;
    struct sp_slice       message;
    char                  start[40];

    if (methods[_i].extension != NULL)
        request.extension = sp_str(methods[_i].extension);
    unit_err(sip_ua_send(END->ua, world->now_us, &request, &handle), methods[_i].err);
    if (methods[_i].err != SP_OK || methods[_i].extension == NULL)
        return;
    ua_drain(END);
    snprintf(start, sizeof start, "%s sip:", methods[_i].extension);
    message = ua_expect(world, start);
    snprintf(start, sizeof start, "CSeq: 1 %s\r\n", methods[_i].extension);
    ck_assert(ua_has(message, start));
}
END_TEST

START_TEST(handles_of_nothing)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_handle made_up = { 1, 1 };

    unit_err(sip_ua_respond(END->ua, 1, made_up, 200, none, none, none), SP_STALE);
    unit_err(sip_ua_reinvite(END->ua, 1, made_up, UA_SDP, SP_LIT("x")), SP_STALE);
    unit_err(sip_ua_progress(END->ua, 1, made_up, 180, false, none, none), SP_STALE);
    unit_err(sip_ua_accept(END->ua, 1, made_up, UA_SDP, SP_LIT("x")), SP_STALE);
    unit_err(sip_ua_refuse(END->ua, 1, made_up, 486, none), SP_STALE);
    unit_err(sip_ua_end(END->ua, 1, made_up), SP_STALE);
    sip_ua_set_user(END->ua, made_up, 1);
    sip_ua_resolved(END->ua, 1, 0, NULL, 0);
    sip_ua_resolved(END->ua, 1, UINT64_MAX, NULL, 0);
    sip_ua_resolved(END->ua, 1, sip_core_cookie(SIP_OWNER_CLIENT, made_up), NULL, 0);
    ua_drain(END);
    ua_told(END, "");
}
END_TEST

START_TEST(local_address)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_addr   local;

    ck_assert(sip_ua_local(END->ua, SP_IPV4, &local));
    ck_assert(sp_addr_eq(&local, &END->flow.local));
    ck_assert(!sip_ua_local(END->ua, SP_IPV6, &local));
}
END_TEST

/* A request to a name waits for its address; several at once. */
START_TEST(requests_to_a_name)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_OPTIONS, NULL);
    struct sp_handle      handles[2];
    struct sp_addr        addr = END->flow.remote;
    uint64_t              cookie = 0;

    addr.port = 0;
    request.uri = SP_LIT("sip:b.example:5060");
    for (int i = 0; i < 2; i++) {
        unit_err(sip_ua_send(END->ua, world->now_us, &request, &handles[i]), SP_OK);
        ua_drain(END);
        ck_assert_str_eq(END->host, "b.example");
        if (i == 0)
            cookie = END->cookie;
    }
    ck_assert(cookie != END->cookie);
    sip_ua_resolved(END->ua, world->now_us, END->cookie, NULL, 0);
    ua_drain(END);
    ua_told(END, "FAILED 503 RESOLVE");
    ck_assert(sp_handle_eq(END->last.request, handles[1]));
    sip_ua_resolved(END->ua, world->now_us, cookie, &addr, 1);
    sip_ua_resolved(END->ua, world->now_us, cookie, &addr, 1);
    ua_drain(END);
    ua_expect(world, "OPTIONS sip:b.example:5060 ");
    ua_run(world, 64 * 500 + 100);
    ua_told(END, "FAILED 408 TIMEOUT F"); /* 3261-8.1.3.1-1 */
    ua_empty(END);
}
END_TEST

/* 3261-8.1.3.1-2: what could not be sent counts as 503 */
START_TEST(requests_that_are_not_sent)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_OPTIONS, NULL);
    struct sp_handle      handle;

    unit_err(sip_ua_send(END->ua, world->now_us, &request, &handle), SP_OK);
    ua_drain(END);
    sip_ua_closed(END->ua, world->now_us, 0, &END->flow, SP_TRANSPORT);
    ua_drain(END);
    ua_told(END, "FAILED 503 TRANSPORT");
    ua_empty(END);
}
END_TEST

/* 3428-8-3: one MESSAGE at a time to a URI; others wait for their turn, those to other URIs do not
 */
START_TEST(messages_do_not_overlap)
{
    struct ua_world         *world = ua_world(NULL, NULL, false, 1);
    static const char *const uris[] = { "sip:bob@192.0.2.2", "sip:carol@192.0.2.2",
                                        "sip:bob@192.0.2.2", "SIP:%62ob@192.0.2.2",
                                        "sip:bob@192.0.2.2" };
    struct sip_ua_request    request = ua_request(SIP_MESSAGE, "x");
    struct sp_handle         handles[5];

    world->delay_us = 50000;
    for (int i = 0; i < 5; i++) {
        request.uri = sp_str(uris[i]);
        unit_err(sip_ua_send(END->ua, world->now_us, &request, &handles[i]), SP_OK);
    }
    world->ends[1].answer = 200;
    ua_run(world, 10);
    ck_assert_int_eq(world->count, 2); /* bob's and carol's */
    ua_run(world, 120);
    ua_told(END, "RESPONSE 200; RESPONSE 200");
    ck_assert_int_eq(world->count, 5); /* two answers, and the next of bob's */
    ua_run(world, 100);
    ua_told(END, "RESPONSE 200");
    ua_run(world, 300);
    ua_told(END, "RESPONSE 200; RESPONSE 200");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* A MESSAGE within a session is handed up with it; one of a session that ends is not. */
START_TEST(message_in_a_session)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  tag;
    char             text[512];

    ua_put(world, "INVITE sip:a@a SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKi\n"
                  "From: <sip:b@b>;tag=b\nTo: <sip:a@a>\nCall-ID: 1\nCSeq: 1 INVITE\n"
                  "Contact: <sip:b@192.0.2.2>\n\n");
    sip_ua_set_user(END->ua, END->session, 55);
    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_OK);
    ua_drain(END);
    ua_expect(world, "SIP/2.0 100 ");
    tag = ua_tag(ua_expect(world, "SIP/2.0 200 "), "To");
    ua_told(END, "INVITED");
    for (unsigned i = 1; i < 4; i++) {
        snprintf(text, sizeof text,
                 "%s sip:a@a SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKm%u\n"
                 "From: <sip:b@b>;tag=b\nTo: <sip:a@a>;tag=%.*s\nCall-ID: 1\nCSeq: %u %s\n\n",
                 i == 1 ? "ACK" : "MESSAGE", i, SP_ARG(tag), i, i == 1 ? "ACK" : "MESSAGE");
        ua_put(world, text);
        if (i == 2) {
            ua_told(END, "CONFIRMED; REQUEST MESSAGE");
            ck_assert(sp_handle_eq(END->last.session, END->session));
            ck_assert_uint_eq(END->last.user, 55);
            unit_err(sip_ua_respond(END->ua, world->now_us, END->request, 200, none, none, none),
                     SP_OK);
            ua_drain(END);
            ua_expect(world, "SIP/2.0 200 ");
            unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
            ua_drain(END);
            ua_expect(world, "BYE ");
        }
    }
    ua_expect(world, "SIP/2.0 481 ");
    ua_told(END, "");
}
END_TEST

Suite *test_sip_ua_suite(void)
{
    Suite *suite = suite_create("sip_ua");
    TCase *tcase = unit_tcase(suite, "ua");

    unit_loop(tcase, methods_outside_of_dialogs, methods);
    tcase_add_test(tcase, handles_of_nothing);
    tcase_add_test(tcase, local_address);
    tcase_add_test(tcase, requests_to_a_name);
    tcase_add_test(tcase, requests_that_are_not_sent);
    tcase_add_test(tcase, messages_do_not_overlap);
    tcase_add_test(tcase, message_in_a_session);
    return suite;
}
