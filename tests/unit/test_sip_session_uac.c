/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_session_uac.c -- a callee written by hand: our INVITE, ACK, CANCEL and BYE.
 */
#include "../../transaction/sip_layer.h"
#include "callee_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

/* 3261-8.1.1-1, 3261-8.1.1.8-1, 3261-12.1.2-1, 3261-13.2.1-1, 3261-13.2.1-3 */
/* 3261-8.1.1.7-1, 3261-8.1.1.7-2, 3261-8.1.1.7-3, 3261-8.1.1.7-4, 3261-8.1.1.7-5, 3261-8.1.1.8-2,
 * 3261-8.1.1.9-1 */
START_TEST(invite_on_the_wire)
{
    struct sp_slice  invite;
    struct ua_world *world = ua_calling(&invite);

    unit_eq(ua_value(invite, "Max-Forwards"), "70");
    ck_assert(sp_starts(ua_value(invite, "From"), SP_LIT("<sip:alice@example.com>;tag=")));
    unit_eq(ua_value(invite, "To"), "<sip:bob@192.0.2.2>"); /* 3261-8.1.1.2-3: no tag */
    unit_eq(ua_value(invite, "CSeq"), "1 INVITE");
    unit_eq(ua_value(invite, "Contact"), "<sip:agent@192.0.2.1:5060>");
    unit_eq(ua_value(invite, "Allow"), "INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE");
    unit_eq(ua_value(invite, "Supported"), "path, gruu");
    unit_eq(ua_value(invite, "User-Agent"), "unit");
    unit_eq(ua_value(invite, "Content-Type"), "application/sdp");
    ck_assert(ua_has(invite, "\r\n\r\noffer"));
    ck_assert(sp_starts(ua_value(invite, "Via"), SP_LIT("SIP/2.0/UDP 192.0.2.1")));
    ck_assert(ua_has(ua_value(invite, "Via"), ";branch=z9hG4bK"));
    ua_told(END, "");
}
END_TEST

/* 3261-12.1.2-4, 3261-12.1.2-6 to 3261-12.1.2-12, 3261-12.2.1.1-1 to 3261-12.2.1.1-13,
 * 3261-13.2.2.4-2 to -4 */
/* 3261-8.1.3.2-2, 3261-8.1.3.2-3, 3261-13.2.2.4-1, 3261-13.2.2.4-4, 3261-17.1.1.3-1 */
START_TEST(dialog_of_the_uac)
{
    struct sp_slice  invite, ack, bye;
    struct ua_world *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "180 Ringing", "b", "");
    ua_callee_answer(world, invite, "178 What", "b", "");
    ua_callee_answer(world, invite, "183 Progress", "b", "");
    ua_callee_answer(world, invite, "200 OK", "b",
                     "Record-Route: <sip:p1@192.0.2.9;lr>, <sip:p2@192.0.2.2;lr>\nrecord-route: "
                     "<sip:p3@192.0.2.2;lr>;x\n" CALLEE_CONTACT
                     "Content-Type: application/sdp\n\nanswer");
    ua_told(END, "PROGRESS 180; PROGRESS 178; PROGRESS 183; ACCEPTED 200");
    ack = ua_expect(world, "ACK sip:bob@192.0.2.2:5062 SIP/2.0\r\nVia: ");
    ck_assert(ua_has(ack, "\r\nRoute: <sip:p3@192.0.2.2;lr>;x\r\nRoute: <sip:p2@192.0.2.2;lr>\r\n"
                          "Route: <sip:p1@192.0.2.9;lr>\r\n"));
    unit_eq(ua_value(ack, "CSeq"), "1 ACK");
    unit_eq(ua_value(ack, "To"), "<sip:bob@192.0.2.2>;tag=b");
    unit_eq_slice(ua_value(ack, "From"), ua_value(invite, "From"));
    unit_eq_slice(ua_value(ack, "Call-ID"), ua_value(invite, "Call-ID"));
    ck_assert(!sp_eq(ua_value(ack, "Via"), ua_value(invite, "Via")));
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    bye = ua_expect(world, "BYE sip:bob@192.0.2.2:5062 SIP/2.0\r\n");
    unit_eq(ua_value(bye, "CSeq"), "2 BYE");
    unit_eq(ua_value(bye, "Route"), "<sip:p3@192.0.2.2;lr>;x");
    unit_eq(ua_value(bye, "To"), "<sip:bob@192.0.2.2>;tag=b");
    ck_assert(!ua_has(bye, "\r\nContact:"));
    ua_callee_answer(world, bye, "200 OK", "", "");
    ua_told(END, "ENDED 200");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* 3261-12.2.1.1-14 to 3261-12.2.1.1-16: the first router is a strict one */
START_TEST(strict_router)
{
    struct sp_slice  invite, ack;
    struct ua_world *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "200 OK", "b",
                     "Record-Route: <sip:p2@192.0.2.9;lr>, "
                     "<sip:192.0.2.2;method=INVITE;x=y?a=b>\n" CALLEE_CONTACT);
    ack = ua_expect(world, "ACK sip:192.0.2.2;x=y SIP/2.0\r\n");
    ck_assert(ua_has(ack, "\r\nRoute: <sip:p2@192.0.2.9;lr>\r\n"
                          "Route: <sip:bob@192.0.2.2:5062>\r\n"));
}
END_TEST

/* 3261-13.2.2.4-8: as often as it comes; 3261-8.1.3.2-1: 299 is a 200 */
/* 3261-13.2.1-7 */
START_TEST(repeated_2xx)
{
    struct sp_slice  invite;
    struct ua_world *world = ua_calling(&invite);

    for (int i = 0; i < 3; i++) {
        ua_callee_answer(world, invite, "299 Fine", "b", CALLEE_CONTACT);
        ua_expect(world, "ACK sip:bob@192.0.2.2:5062 ");
    }
    ua_told(END, "ACCEPTED 299");
}
END_TEST

/* 3261-13.2.2.4-2, 3261-13.2.2.4-3, 3261-13.2.2.4-9: the answers of a fork */
START_TEST(forked)
{
    struct sp_slice  invite, ack, bye;
    struct ua_world *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "180 Ringing", "b", "");
    ua_callee_answer(world, invite, "183 Progress", "c", "");
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_expect(world, "ACK sip:bob@192.0.2.2:5062 ");
    ua_callee_answer(world, invite, "200 OK", "c", "Contact: <sip:carol@192.0.2.2>\n");
    ack = ua_expect(world, "ACK sip:carol@192.0.2.2 ");
    unit_eq(ua_tag(ack, "To"), "c");
    bye = ua_expect(world, "BYE sip:carol@192.0.2.2 ");
    unit_eq(ua_tag(bye, "To"), "c");
    unit_eq(ua_value(bye, "CSeq"), "2 BYE");
    ua_callee_answer(world, invite, "200 OK", "c", "Contact: <sip:carol@192.0.2.2>\n");
    ua_expect(world, "ACK sip:carol@192.0.2.2 ");
    ck_assert_uint_eq(ua_take(world).len, 0); /* one BYE */
    ua_callee_answer(world, bye, "200 OK", "", "");
    ua_told(END, "PROGRESS 180; PROGRESS 183 fork; ACCEPTED 200");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    ua_callee_answer(world, ua_expect(world, "BYE sip:bob@192.0.2.2:5062 "), "200 OK", "", "");
    ua_told(END, "ENDED 200");
    /* and one that comes when all is over */
    ua_callee_answer(world, invite, "200 OK", "d", "Contact: <sip:dave@192.0.2.2>\n");
    ua_expect(world, "ACK sip:dave@192.0.2.2 ");
    ua_callee_answer(world, ua_expect(world, "BYE sip:dave@192.0.2.2 "), "481 No", "", "");
    ua_told(END, "");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

static const struct final_row {
    const char *status, *more, *told;
} finals[] = {
    { "302 Moved", "Contact: <sip:x@y>\n", "REFUSED 302" },
    { "486 Busy", "", "REFUSED 486" },
    { "499 What", "", "REFUSED 499" }, /* 3261-8.1.3.2-1 */
    { "603 Decline", "", "REFUSED 603" },
    { "200 OK", "Contact: <sip:bob@192.0.2.2;transport=tls>\n",
      "ACCEPTED 200; ENDED 503 UNSUPPORTED" },
    { "200 OK", "Contact: <sips:bob@192.0.2.2>\n", "ACCEPTED 200; ENDED 503 UNSUPPORTED" },
    { "200 OK", "Contact: bob\n", "FAILED SYNTAX" },
    { "200 OK", "Record-Route: <x\n" CALLEE_CONTACT, "FAILED SYNTAX" },
    { "200 OK", "", "ACCEPTED 200" }, /* no Contact: where the INVITE went */
};

/* 3261-13.2.2.3-1 */
START_TEST(final_responses)
{
    const struct final_row *row = &finals[_i];
    struct sp_slice         invite;
    struct ua_world        *world = ua_calling(&invite);

    ua_callee_answer(world, invite, row->status, "b", row->more);
    ua_told(END, row->told);
    if (sp_eq(sp_str(row->told), SP_LIT("ACCEPTED 200"))) {
        ua_expect(world, "ACK sip:bob@192.0.2.2 ");
        return;
    }
    /* what comes after the final response is nothing */
    if (sp_starts(sp_str(row->told), SP_LIT("REFUSED"))) {
        ua_callee_answer(world, invite, "404 Later", "b", "");
        ua_told(END, "");
    }
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* 3261-9.1-2 to 3261-9.1-5, 3261-9.1-8 to 3261-9.1-11 */
/* 3261-9.1-3, 3261-9.1-4, 3261-9.1-6, 3261-9.1-10 */
START_TEST(cancel_on_the_wire)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct sp_slice       invite, cancel;

    request.route = SP_LIT("sip:192.0.2.2;lr");
    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");

    ua_callee_answer(world, invite, "100 Trying", "", "");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    cancel = ua_expect(world, "CANCEL sip:bob@192.0.2.2 SIP/2.0\r\n");
    unit_eq_slice(ua_value(cancel, "Via"), ua_value(invite, "Via"));
    unit_eq(ua_value(cancel, "CSeq"), "1 CANCEL");
    unit_eq_slice(ua_value(cancel, "From"), ua_value(invite, "From"));
    unit_eq_slice(ua_value(cancel, "To"), ua_value(invite, "To"));
    unit_eq_slice(ua_value(cancel, "Call-ID"), ua_value(invite, "Call-ID"));
    unit_eq_slice(ua_value(cancel, "Route"), ua_value(invite, "Route"));
    unit_eq(ua_value(cancel, "Require"), "");
    ua_callee_answer(world, cancel, "200 OK", "b", "");
    ua_told(END, "PROGRESS 100");
    if (_i == 0) {
        ua_callee_answer(world, invite, "487 Terminated", "b", "");
        ua_told(END, "REFUSED 487");
    } else {
        ua_run(world, 64 * 500 + 100);
        ua_told(END, "FAILED 408 TIMEOUT CANCEL");
    }
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* Names: the INVITE waits for the address of its target, ACK and BYE for that of the Contact. */
START_TEST(names_are_resolved)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct sp_addr        addrs[2];
    struct sp_slice       invite;

    memset(addrs, 0, sizeof addrs);
    unit_err(sp_addr_parse(SP_LIT("2001:db8::1"), &addrs[0]), SP_OK); /* no socket for it */
    unit_err(sp_addr_parse(SP_LIT("192.0.2.2"), &addrs[1]), SP_OK);
    request.uri = SP_LIT("sip:bob@b.example");
    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    ck_assert_str_eq(END->host, "b.example");
    ck_assert_int_eq(world->count, 0);
    if (_i == 0) {
        sip_ua_resolved(END->ua, world->now_us, END->cookie, addrs, 1);
        ua_drain(END);
        ua_told(END, "FAILED 503 RESOLVE");
        ua_empty(END);
        return;
    }
    if (_i == 1) {
        unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
        sip_ua_resolved(END->ua, world->now_us, END->cookie, addrs, 2);
        ua_drain(END);
        ua_told(END, "ENDED");
        ua_empty(END);
        return;
    }
    sip_ua_resolved(END->ua, world->now_us, END->cookie, addrs, 2);
    sip_ua_resolved(END->ua, world->now_us, END->cookie, addrs, 2);
    ua_drain(END);
    invite = ua_expect(world, "INVITE sip:bob@b.example SIP/2.0\r\n");
    ua_callee_answer(world, invite, "200 OK", "b", "Contact: <sip:bob@c.example>\n");
    ua_told(END, "ACCEPTED 200");
    ck_assert_str_eq(END->host, "c.example");
    ck_assert_uint_eq(ua_take(world).len, 0);
    if (_i == 2) {
        sip_ua_resolved(END->ua, world->now_us, END->cookie, NULL, 0);
        ua_drain(END);
        ua_told(END, "ENDED 503 RESOLVE");
        ua_run(world, 64 * 500);
        ua_empty(END);
        return;
    }
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    ck_assert_uint_eq(ua_take(world).len, 0);
    sip_ua_resolved(END->ua, world->now_us, END->cookie, addrs, 2);
    ua_drain(END);
    ua_expect(world, "ACK sip:bob@c.example ");
    ua_expect(world, "BYE sip:bob@c.example ");
}
END_TEST

static const struct try_row {
    const char *uri, *route, *body;
    enum sp_err err;
} tries[] = {
    { UA_PEER, "", "offer", SP_OK },
    { "sips:bob@192.0.2.2", "", "offer", SP_UNSUPPORTED },
    { "tel:+1", "", "offer", SP_UNSUPPORTED },
    { "tel:+1", "sip:192.0.2.2;lr", "offer", SP_OK },
    { "bob", "", "offer", SP_SYNTAX },
    { UA_PEER, "proxy", "offer", SP_SYNTAX },
    { UA_PEER ";transport=sctp", "", "offer", SP_UNSUPPORTED },
    { "sip:bob@[2001:db8::1]", "", "offer", SP_UNSUPPORTED },
    { "sip:bob@192.0.2.2\r\nX: y", "", "offer", SP_SYNTAX },
};

/* 3261-13.2.1-5 */
START_TEST(invites_that_cannot_be)
{
    const struct try_row *row = &tries[_i];
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    request.uri = unit_text(row->uri);
    request.route = unit_text(row->route);
    request.body = unit_text(row->body);
    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), row->err);
    ua_drain(END);
    ua_told(END, "");
    if (row->err != SP_OK)
        ua_empty(END);
}
END_TEST

/* A callee who answers as ever another one has his share of the sessions, and no more; each that is
 * known gets its ACK and BYE. */
START_TEST(forked_without_end)
{
    struct sp_slice  invite;
    struct ua_world *world = ua_calling(&invite);
    char             tag[16];

    END->ua->limits.source_dialogs = 2;
    ua_callee_answer(world, invite, "200 OK", "b", CALLEE_CONTACT);
    ua_expect(world, "ACK ");
    for (int i = 0; i < 9; i++) {
        snprintf(tag, sizeof tag, "f%d", i);
        ua_callee_answer(world, invite, "200 OK", tag, CALLEE_CONTACT);
        if (i < 2) {
            ua_expect(world, "ACK ");
            ua_expect(world, "BYE ");
        }
        ck_assert_uint_eq(ua_take(world).len, 0);
    }
    ck_assert_uint_eq(END->ua->sessions.used, 3);
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_run(world, 64 * 500 + 100);
    ua_empty(END);
}
END_TEST

/* A 2xx that cannot be read, or that is of another dialog, ends what waits for it. */
START_TEST(success_astray)
{
    struct sp_slice       first, second, of;
    struct ua_world      *world = ua_calling(&first);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    char                  text[2048];

    ua_callee_answer(world, first, "200 OK", "b", CALLEE_CONTACT);
    ua_told(END, "ACCEPTED 200");
    ua_expect(world, "ACK ");
    if (_i < 2)
        unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    else
        unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("again")),
                 SP_OK);
    ua_drain(END);
    second = ua_expect(world, "INVITE ");
    of = _i == 1 ? first : second;
    snprintf(
        text, sizeof text,
        "SIP/2.0 200 OK\nVia: %.*s\nFrom: %.*s\nTo: %s\nCall-ID: %.*s\nCSeq: %.*s\n" CALLEE_CONTACT
        "\n",
        SP_ARG(ua_value(second, "Via")), SP_ARG(ua_value(of, "From")),
        _i == 0 ? "<sip:b" : (_i == 1 ? "<sip:x>;tag=b" : "<sip:x>;tag=other"),
        SP_ARG(ua_value(of, "Call-ID")), SP_ARG(ua_value(second, "CSeq")));
    ua_put(world, text);
    ua_told(END, _i == 0 ? "FAILED SYNTAX" : (_i == 1 ? "FAILED MISMATCH" : "ENDED MISMATCH"));
    ck_assert_uint_eq(END->ua->sessions.used, 1);
    ua_run(world, 64 * 500);
    ck_assert_uint_eq(sip_ua_open(END->ua), _i < 2);
}
END_TEST

Suite *test_sip_session_uac_suite(void)
{
    Suite *suite = suite_create("sip_session_uac");
    TCase *tcase = unit_tcase(suite, "session_uac");

    tcase_add_test(tcase, invite_on_the_wire);
    tcase_add_test(tcase, dialog_of_the_uac);
    tcase_add_test(tcase, strict_router);
    tcase_add_test(tcase, repeated_2xx);
    tcase_add_test(tcase, forked);
    unit_loop(tcase, final_responses, finals);
    tcase_add_loop_test(tcase, cancel_on_the_wire, 0, 2);
    tcase_add_loop_test(tcase, names_are_resolved, 0, 4);
    unit_loop(tcase, invites_that_cannot_be, tries);
    tcase_add_test(tcase, forked_without_end);
    tcase_add_loop_test(tcase, success_astray, 0, 3);
    return suite;
}
