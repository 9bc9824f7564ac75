/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_session_uas.c -- a caller written by hand: their INVITE, ACK, CANCEL and BYE.
 */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static const struct sp_slice none = { NULL, 0 };

/* A request of the caller. `to` is the To tag, `more` whole lines and then the body. */
static void put(struct ua_world *world, const char *method, unsigned cseq, struct sp_slice to,
                const char *branch, const char *more)
{
    char text[2048];
    bool tagged = to.len > 0;

    snprintf(text, sizeof text,
             "%s sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK%s\n"
             "Max-Forwards: 70\nFrom: \"Bob\n B\" <sip:bob@b.example>;tag=bob\n"
             "To: <sip:alice@a.example>%s%.*s\nCall-ID: call@b\nCSeq: %u %s\n%s\n",
             method, branch, tagged ? ";tag=" : "", SP_ARG(to), cseq, method, more);
    ua_put(world, text);
}

#define CONTACT "Contact: <sip:bob@192.0.2.2:5062>\n"
#define OFFER   CONTACT "Content-Type: application/sdp\n"

static struct ua_world *ringing(void)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);

    put(world, "INVITE", 10, none, "i", OFFER "\noffer");
    ua_told(END, "INVITED");
    ck_assert_str_eq(END->body, "offer\r\n");
    ua_expect(world, "SIP/2.0 100 ");
    return world;
}

/* The tag of our side, once the 200 is out. */
static struct ua_world *answered(struct sp_slice *tag)
{
    struct ua_world *world = ringing();

    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("answer")), SP_OK);
    ua_drain(END);
    *tag = ua_tag(ua_expect(world, "SIP/2.0 200 "), "To");
    return world;
}

static struct ua_world *confirmed(struct sp_slice *tag)
{
    struct ua_world *world = answered(tag);

    put(world, "ACK", 10, *tag, "a", "");
    ua_told(END, "CONFIRMED");
    return world;
}

/* 3261-12.1.1-1, 3261-12.1.1-2, 3261-12.1.1-3, 3261-12.1.1-7 to 3261-12.1.1-15, 3261-12.2.1.1-*,
 * 3261-13.3.1.4-1: what the 2xx has, and the BYE that follows */
/* 3261-8.2.6.2-7, 3261-12.2.1.1-9 */
START_TEST(dialog_of_the_uas)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  response, tag, ringing_tag, bye;

    put(world, "INVITE", 10, none, "i",
        "Record-Route: <sip:p1@192.0.2.2;lr>;x=\"a,b\", <sip:p2@192.0.2.9;lr>\n"
        "Record-Route: <sip:p3@192.0.2.8;lr>;y\n" OFFER "\noffer");
    ua_expect(world, "SIP/2.0 100 ");
    unit_err(sip_ua_progress(END->ua, world->now_us, END->session, 180, false, none, none), SP_OK);
    ua_drain(END);
    response = ua_expect(world, "SIP/2.0 180 ");
    ringing_tag = ua_tag(response, "To");
    ck_assert(ua_has(response, "\r\nContact: <sip:agent@192.0.2.1:5060>\r\n"));
    ck_assert(ua_has(response, "\r\nRecord-Route: <sip:p3@192.0.2.8;lr>;y\r\n"));
    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("answer")), SP_OK);
    ua_drain(END);
    response = ua_expect(world, "SIP/2.0 200 ");
    tag = ua_tag(response, "To");
    unit_eq_slice(tag, ringing_tag); /* 3261-13.3.1.1-1 */
    ck_assert(ua_has(response,
                     "\r\nRecord-Route: <sip:p1@192.0.2.2;lr>;x=\"a,b\", "
                     "<sip:p2@192.0.2.9;lr>\r\nRecord-Route: <sip:p3@192.0.2.8;lr>;y\r\n"));
    ck_assert(ua_has(response, "\r\nContact: <sip:agent@192.0.2.1:5060>\r\n"));
    ck_assert(ua_has(response, "\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE\r\n"));
    ck_assert(ua_has(response, "\r\nSupported: path, gruu\r\n"));
    put(world, "ACK", 10, tag, "a", "");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    bye = ua_expect(world, "BYE sip:bob@192.0.2.2:5062 SIP/2.0\r\nVia: ");
    ck_assert(ua_has(bye, "\r\nRoute: <sip:p1@192.0.2.2;lr>;x=\"a,b\"\r\n"
                          "Route: <sip:p2@192.0.2.9;lr>\r\nRoute: <sip:p3@192.0.2.8;lr>;y\r\n"));
    unit_eq(ua_value(bye, "To"), "\"Bob B\" <sip:bob@b.example>;tag=bob");
    ck_assert(sp_starts(ua_value(bye, "From"), SP_LIT("<sip:alice@a.example>;tag=")));
    unit_eq_slice(ua_tag(bye, "From"), tag);
    unit_eq(ua_value(bye, "Call-ID"), "call@b");
    unit_eq(ua_value(bye, "CSeq"), "1 BYE");
    unit_eq(ua_value(bye, "Max-Forwards"), "70");
}
END_TEST

/* An INVITE without an offer: it is in the 2xx, and the answer in the ACK. */
/* 3261-8.2.6.1-3, 3261-13.2.1-8, 3261-13.2.1-10, 3261-13.3.1-2, 3261-13.3.1.4-3 */
START_TEST(offer_in_the_2xx)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  response;

    put(world, "INVITE", 10, none, "i", "Timestamp: 17.5\n" CONTACT);
    ua_told(END, "INVITED");
    ck_assert_str_eq(END->body, "");
    response = ua_expect(world, "SIP/2.0 100 ");
    unit_eq(ua_value(response, "Timestamp"), "17.5");
    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("offer")), SP_OK);
    ua_drain(END);
    response = ua_expect(world, "SIP/2.0 200 ");
    ck_assert(ua_has(response, "\r\n\r\noffer"));
    put(world, "ACK", 10, ua_tag(response, "To"), "a", "Content-Type: application/sdp\n\nanswer");
    ua_told(END, "CONFIRMED answer");
    ck_assert_str_eq(END->body, "answer\r\n");
}
END_TEST

/* 3261-15.1.2-2, 3261-15.1.2-4 */
/* 3261-15-1, 3261-15.1.2-3 */
START_TEST(ended_by_the_caller)
{
    struct sp_slice  tag;
    struct ua_world *world = confirmed(&tag);

    put(world, "BYE", 11, tag, "b", "");
    ua_told(END, "ENDED peer");
    ua_expect(world, "SIP/2.0 200 ");
    put(world, "BYE", 12, tag, "c", "");
    ua_expect(world, "SIP/2.0 481 ");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

static const struct order_row {
    const char *method;
    unsigned    cseq;
    const char *more, *status, *told;
} orders[] = {
    /* 3261-12.2.2-3: lower, or the same again */
    { "BYE", 9, "", "SIP/2.0 500 ", "" },
    { "BYE", 10, "", "SIP/2.0 500 ", "" },
    { "INVITE", 9, OFFER "\noffer", "SIP/2.0 500 ", "" },
    { "MESSAGE", 9, "", "SIP/2.0 500 ", "" },
    /* 3261-12.2.2-4: gaps are none of our affair */
    { "BYE", 4000000000, "", "SIP/2.0 200 ", "ENDED peer" },
    { "OPTIONS", 11, "", "SIP/2.0 200 ", "" },
    { "MESSAGE", 11, "", NULL, "REQUEST MESSAGE" },
    { "INVITE", 11, OFFER "\noffer", "SIP/2.0 100 ", "REINVITED" },
    /* the checks of 8.2 come first, within a dialog too */
    { "INVITE", 11, OFFER "Require: x\n\noffer", "SIP/2.0 420 ", "" },
    { "INVITE", 11, CONTACT "Content-Type: a/b\n\noffer", "SIP/2.0 415 ", "" },
    { "INFO", 11, "", "SIP/2.0 405 ", "" },
};

START_TEST(order_in_a_dialog)
{
    const struct order_row *row = &orders[_i];
    struct sp_slice         tag;
    struct ua_world        *world = confirmed(&tag);

    put(world, row->method, row->cseq, tag, "o", row->more);
    if (row->status != NULL)
        ua_expect(world, row->status);
    else
        ck_assert_uint_eq(ua_take(world).len, 0);
    ua_told(END, row->told);
}
END_TEST

/* 3261-9.2-2, 3261-9.2-3: CANCEL has its 200, INVITE its 487, with one tag */
START_TEST(cancelled)
{
    struct ua_world *world = ringing();
    struct sp_slice  ok, terminated;

    put(world, "CANCEL", 10, none, "i", "Require: x\n"); /* 3261-8.2.2.3-4 */
    ua_told(END, "CANCELLED");
    ok = ua_take(world);
    terminated = ua_take(world);
    if (!sp_starts(ok, SP_LIT("SIP/2.0 200 "))) {
        struct sp_slice other = ok;

        ok = terminated;
        terminated = other;
    }
    ck_assert(ua_has(ua_value(ok, "CSeq"), "CANCEL"));
    ck_assert(sp_starts(ok, SP_LIT("SIP/2.0 200 ")));
    ck_assert(sp_starts(terminated, SP_LIT("SIP/2.0 487 ")));
    ck_assert(ua_has(ua_value(terminated, "CSeq"), "INVITE"));
    unit_eq_slice(ua_tag(ok, "To"), ua_tag(terminated, "To"));
    put(world, "ACK", 10, ua_tag(terminated, "To"), "i", "");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* 3261-9.2-1; and after the final response it changes nothing */
START_TEST(cancelled_in_vain)
{
    struct sp_slice  tag;
    struct ua_world *world = answered(&tag);

    put(world, "CANCEL", 10, none, "other", "");
    ua_expect(world, "SIP/2.0 481 ");
    put(world, "CANCEL", 10, none, "i", "");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "");
    ck_assert_uint_eq(ua_take(world).len, 0);
    put(world, "ACK", 10, tag, "a", "");
    ua_told(END, "CONFIRMED");
}
END_TEST

START_TEST(reinvite_cancelled)
{
    struct sp_slice  tag;
    struct ua_world *world = confirmed(&tag);

    put(world, "INVITE", 11, tag, "r", OFFER "\noffer");
    ua_expect(world, "SIP/2.0 100 ");
    put(world, "CANCEL", 11, tag, "r", "");
    ua_told(END, "REINVITED; CANCELLED again");
    put(world, "BYE", 12, tag, "b", "");
    ua_told(END, "ENDED peer");
}
END_TEST

/* The caller hangs up an early dialog: 3261-15.1.2-5, 3261-15.1.2-6 */
START_TEST(hung_up_early)
{
    struct ua_world *world = ringing();
    struct sp_slice  tag, first, second;

    unit_err(sip_ua_progress(END->ua, world->now_us, END->session, 180, false, none, none), SP_OK);
    ua_drain(END);
    tag = ua_tag(ua_expect(world, "SIP/2.0 180 "), "To");
    put(world, "BYE", 11, tag, "b", "");
    ua_told(END, "ENDED peer");
    first = ua_take(world);
    second = ua_take(world);
    ck_assert(sp_starts(first, SP_LIT("SIP/2.0 200 ")) ||
              sp_starts(second, SP_LIT("SIP/2.0 200 ")));
    ck_assert(sp_starts(first, SP_LIT("SIP/2.0 487 ")) ||
              sp_starts(second, SP_LIT("SIP/2.0 487 ")));
}
END_TEST

/* 3261-13.3.1-1 */
START_TEST(invitation_expires)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);

    put(world, "INVITE", 10, none, "i", "Expires: 5\n" OFFER "\noffer");
    ua_run(world, 4900);
    ua_told(END, "INVITED");
    ua_expect(world, "SIP/2.0 100 ");
    ua_run(world, 200);
    ua_told(END, "CANCELLED");
    ua_expect(world, "SIP/2.0 487 ");
}
END_TEST

static const struct invite_row {
    const char *more, *status;
} invites[] = {
    { "Content-Type: application/sdp\n\noffer", "SIP/2.0 400 " }, /* no Contact */
    { "Contact: *\nContent-Type: application/sdp\n\noffer", "SIP/2.0 400 " },
    { "Record-Route: sip:p\n" OFFER "\noffer", "SIP/2.0 400 " }, /* no name-addr */
    { "Record-Route: <sip:p\n" OFFER "\noffer", "SIP/2.0 400 " },
};

START_TEST(invites_without_a_dialog)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);

    put(world, "INVITE", 10, none, "i", invites[_i].more);
    ua_expect(world, invites[_i].status);
    ua_told(END, "");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* Texts of a dialog that are too many are no session: 503. */
START_TEST(too_long_a_route)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    char             more[4096];
    struct sp_buf    to = sp_buf(more, sizeof more);

    sp_put_text(&to, "Record-Route: <sip:192.0.2.2;lr>");
    for (int i = 1; i < 120; i++)
        sp_put_text(&to, ", <sip:192.0.2.2;lr>");
    sp_put(&to, SP_LIT("\n" OFFER "\noffer\0"));
    {
        char text[8192];

        snprintf(text, sizeof text,
                 "INVITE sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKi\n"
                 "Max-Forwards: 70\nFrom: <sip:b@b>;tag=b\nTo: <sip:a@a>\nCall-ID: 1\n"
                 "CSeq: 1 INVITE\n%s",
                 more);
        ua_put(world, text);
    }
    ck_assert(ua_has(ua_expect(world, "SIP/2.0 503 "), "\r\nRetry-After: "));
    ua_told(END, "");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* 3261-14.2-1: a second INVITE while the first waits */
/* 3261-14.1-4 */
START_TEST(second_invite_while_one_waits)
{
    struct sp_slice  tag, response;
    struct ua_world *world = confirmed(&tag);

    put(world, "INVITE", 11, tag, "r", OFFER "\noffer");
    ua_expect(world, "SIP/2.0 100 ");
    put(world, "INVITE", 12, tag, "s", OFFER "\noffer");
    response = ua_expect(world, "SIP/2.0 500 ");
    ck_assert(ua_has(response, "\r\nRetry-After: "));
    ua_told(END, "REINVITED");
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_STATE);
    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_OK);
    ua_drain(END);
    ua_expect(world, "SIP/2.0 200 ");
    /* and one while our 2xx lacks its ACK */
    put(world, "INVITE", 13, tag, "t", OFFER "\noffer");
    ua_expect(world, "SIP/2.0 491 ");
    put(world, "ACK", 10, tag, "u", ""); /* of the INVITE before */
    ua_told(END, "");
    put(world, "ACK", 11, tag, "v", "");
    ua_told(END, "CONFIRMED");
}
END_TEST

/* 3261-14.2-2 */
START_TEST(glare)
{
    struct sp_slice  tag;
    struct ua_world *world = confirmed(&tag);

    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_OK);
    ua_drain(END);
    ua_expect(world, "INVITE sip:bob@192.0.2.2:5062 ");
    put(world, "INVITE", 11, tag, "r", OFFER "\noffer");
    ua_expect(world, "SIP/2.0 491 ");
    ua_told(END, "");
}
END_TEST

/* 3261-12.2.2-6, 3261-8.2-2: a re-INVITE that is accepted moves the remote target; one that is
 * refused does not */
/* 3261-8.2-1 */
START_TEST(target_refresh)
{
    struct sp_slice  tag, moved;
    struct ua_world *world = confirmed(&tag);

    put(world, "INVITE", 11, tag, "r",
        "Contact: <sip:new@192.0.2.2>\nContent-Type: application/sdp\n\noffer");
    ua_expect(world, "SIP/2.0 100 ");
    if (_i == 0)
        unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_OK);
    else
        unit_err(sip_ua_refuse(END->ua, world->now_us, END->session, 488, none), SP_OK);
    ua_drain(END);
    (void)ua_take(world);
    put(world, "ACK", 11, tag, _i == 0 ? "s" : "r", "");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    moved = ua_take(world);
    ck_assert(sp_starts(moved, _i == 0 ? SP_LIT("BYE sip:new@192.0.2.2 ")
                                       : SP_LIT("BYE sip:bob@192.0.2.2:5062 ")));
}
END_TEST

/* An ACK to nobody, and responses to nobody, are nothing. */
START_TEST(strays)
{
    struct sp_slice  tag;
    struct ua_world *world = confirmed(&tag);

    put(world, "ACK", 10, SP_LIT("nobody"), "x", "");
    put(world, "ACK", 10, tag, "y", "");
    put(world, "ACK", 99, tag, "z", "");
    ua_put(world, "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnone\n"
                  "From: <sip:a@a>;tag=a\nTo: <sip:b@b>;tag=b\nCall-ID: x\nCSeq: 1 INVITE\n\n");
    ua_told(END, "");
    ck_assert_uint_eq(ua_take(world).len, 0);
    ck_assert_uint_eq(sip_ua_open(END->ua), 1);
}
END_TEST

/* A From without a tag, of a client as old as RFC 2543: 3261-12.1.1-14, 3261-12.2.1.1-5 */
START_TEST(caller_without_a_tag)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  bye;

    ua_put(world,
           "INVITE sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKi\n"
           "From: sip:bob@b.example\nTo: <sip:a@a>\nCall-ID: 1\nCSeq: 1 INVITE\n" CONTACT "\n");
    ua_told(END, "INVITED");
    ua_expect(world, "SIP/2.0 100 ");
    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("x")), SP_OK);
    ua_drain(END);
    bye = ua_expect(world, "SIP/2.0 200 ");
    ua_run(world, 64 * 500);
    ua_told(END, "ENDED TIMEOUT");
    do
        bye = ua_take(world);
    while (bye.len > 0 && !sp_starts(bye, SP_LIT("BYE")));
    unit_eq(ua_value(bye, "To"), "<sip:bob@b.example>");
}
END_TEST

Suite *test_sip_session_uas_suite(void)
{
    Suite *suite = suite_create("sip_session_uas");
    TCase *tcase = unit_tcase(suite, "session_uas");

    tcase_add_test(tcase, dialog_of_the_uas);
    tcase_add_test(tcase, offer_in_the_2xx);
    tcase_add_test(tcase, ended_by_the_caller);
    unit_loop(tcase, order_in_a_dialog, orders);
    tcase_add_test(tcase, cancelled);
    tcase_add_test(tcase, cancelled_in_vain);
    tcase_add_test(tcase, reinvite_cancelled);
    tcase_add_test(tcase, hung_up_early);
    tcase_add_test(tcase, invitation_expires);
    unit_loop(tcase, invites_without_a_dialog, invites);
    tcase_add_test(tcase, too_long_a_route);
    tcase_add_test(tcase, second_invite_while_one_waits);
    tcase_add_test(tcase, glare);
    tcase_add_loop_test(tcase, target_refresh, 0, 2);
    tcase_add_test(tcase, strays);
    tcase_add_test(tcase, caller_without_a_tag);
    return suite;
}
