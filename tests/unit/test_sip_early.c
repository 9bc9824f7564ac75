/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_early.c -- the dialogs of our INVITE before its 2xx: one, or one a branch of
 * a fork. The callees are written by hand. */
#include "callee_unit.h"
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static const struct sp_slice none = { NULL, 0 };

static struct ua_world *calling_within(const struct sp_limits *limits, struct sp_slice *invite)
{
    struct ua_world      *world = ua_world(&ua_session_config, limits, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    request.follow = 1;
    ua_login(END, "there", "alice", "secret");
    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    *invite = ua_expect(world, "INVITE ");
    return world;
}

static struct ua_world *calling(struct sp_slice *invite)
{
    return calling_within(NULL, invite);
}

/* A reliable 183 with an answer from this branch, whose PRACK is taken and answered; the branch's
 * session. */
static struct sp_handle ring(struct ua_world *world, struct sp_slice invite, const char *tag,
                             unsigned rseq)
{
    char            text[512];
    struct sp_slice prack;

    snprintf(text, sizeof text,
             "Contact: <sip:%s@192.0.2.2>\nRequire: 100rel\nRSeq: %u\nAllow: UPDATE\n" CALLER_SDP
             "answer",
             tag, rseq);
    ua_callee_answer(world, invite, "183 Progress", tag, text);
    snprintf(text, sizeof text, "PRACK sip:%s@192.0.2.2 ", tag);
    prack = ua_expect(world, text);
    snprintf(text, sizeof text, "%u 1 INVITE", rseq);
    unit_eq(ua_value(prack, "RAck"), text);
    unit_eq(ua_tag(prack, "To"), tag);
    unit_eq(ua_value(prack, "CSeq"), "2 PRACK"); /* each dialog counts for itself */
    ua_callee_answer(world, prack, "200 OK", "", "");
    return END->session;
}

static void accept(struct ua_world *world, struct sp_slice invite, const char *tag)
{
    char text[128];

    snprintf(text, sizeof text, "Contact: <sip:%s@192.0.2.2>\n", tag);
    ua_callee_answer(world, invite, "200 OK", tag, text);
}

/* Three branches ring; each is a dialog with numbers, offers and answers of its own. */
/* 3261-12.1.2-3, 3262-4-5 */
START_TEST(each_branch_a_dialog)
{
    struct sp_slice  invite, update;
    struct ua_world *world = calling(&invite);
    struct sp_handle first = END->session, b, c, d;

    b = ring(world, invite, "b", 10);
    ck_assert(sp_handle_eq(b, first));
    c = ring(world, invite, "c", 99);
    ck_assert(!sp_handle_eq(c, first));
    ck_assert(sp_handle_eq(END->last.invite, first) || END->last.kind != SIP_UA_PROGRESS);
    ck_assert_uint_eq(END->last.user, 7);
    d = ring(world, invite, "d", 10);
    ua_told(END, "PROGRESS 183 reliable answer; PROGRESS 183 reliable answer fork; "
                 "PROGRESS 183 reliable answer fork");
    /* an offer to one of them alone */
    unit_err(sip_ua_update(END->ua, world->now_us, c, UA_SDP, SP_LIT("second")), SP_OK);
    ua_drain(END);
    update = ua_expect(world, "UPDATE sip:c@192.0.2.2 ");
    unit_err(sip_ua_update(END->ua, world->now_us, c, UA_SDP, SP_LIT("third")), SP_STATE);
    unit_err(sip_ua_update(END->ua, world->now_us, d, UA_SDP, SP_LIT("second")), SP_OK);
    ua_drain(END);
    ua_expect(world, "UPDATE sip:d@192.0.2.2 ");
    ua_callee_answer(world, update, "200 OK", "", CALLER_SDP "answer");
    ua_told(END, "ANSWERED 200 answer");
    ck_assert(sp_handle_eq(END->last.session, c));
    accept(world, invite, "b");
    ua_told(END, "ACCEPTED 200");
    ua_expect(world, "ACK sip:b@192.0.2.2 ");
    ck_assert(sp_handle_eq(END->last.session, first));
    /* 3261-13.2.2.4: the others are gone with it */
    unit_err(sip_ua_update(END->ua, world->now_us, c, none, none), SP_STALE);
    unit_err(sip_ua_end(END->ua, world->now_us, d), SP_STALE);
    ck_assert_uint_eq(sip_ua_open(END->ua), 1);
}
END_TEST

/* 3261-13.2.2.4-2: another branch than the first answers; the session goes on under its handle */
START_TEST(another_branch_accepts)
{
    struct sp_slice  invite, bye;
    struct ua_world *world = calling(&invite);
    struct sp_handle first = END->session, c;

    (void)ring(world, invite, "b", 1);
    c = ring(world, invite, "c", 1);
    sip_ua_set_user(END->ua, first, 8);
    END->notes[0] = '\0';
    accept(world, invite, "c");
    ua_told(END, "ACCEPTED 200 fork");
    ck_assert(sp_handle_eq(END->last.session, c));
    ck_assert(sp_handle_eq(END->last.invite, first));
    ck_assert_uint_eq(END->last.user, 8);
    ua_expect(world, "ACK sip:c@192.0.2.2 ");
    unit_err(sip_ua_end(END->ua, world->now_us, first), SP_STALE);
    accept(world, invite, "c"); /* again */
    ua_expect(world, "ACK sip:c@192.0.2.2 ");
    /* and the first one too, late: 3261-13.2.2.4-9 */
    accept(world, invite, "b");
    ua_expect(world, "ACK sip:b@192.0.2.2 ");
    bye = ua_expect(world, "BYE sip:b@192.0.2.2 ");
    ua_callee_answer(world, bye, "200 OK", "", "");
    ua_told(END, "");
    unit_err(sip_ua_end(END->ua, world->now_us, c), SP_OK);
    ua_drain(END);
    bye = ua_expect(world, "BYE sip:c@192.0.2.2 ");
    unit_eq(ua_value(bye, "CSeq"), "3 BYE");
    ua_callee_answer(world, bye, "200 OK", "", "");
    ua_told(END, "ENDED 200");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* A branch that never rang answers. */
START_TEST(unheard_branch_accepts)
{
    struct sp_slice  invite;
    struct ua_world *world = calling(&invite);
    struct sp_handle first = END->session;

    (void)ring(world, invite, "b", 1);
    (void)ring(world, invite, "c", 1);
    END->notes[0] = '\0';
    ua_callee_answer(world, invite, "200 OK", "e", CALLEE_CONTACT CALLER_SDP "answer");
    ua_told(END, "ACCEPTED 200");
    ck_assert(sp_handle_eq(END->last.session, first));
    unit_eq(ua_tag(ua_expect(world, "ACK sip:bob@192.0.2.2:5062 "), "To"), "e");
    ck_assert_uint_eq(sip_ua_open(END->ua), 1);
}
END_TEST

/* 13.2.2.4: target and route set are those of the 2xx. */
START_TEST(recomputed_by_the_2xx)
{
    struct sp_slice  invite, ack;
    struct ua_world *world = calling(&invite);

    (void)ring(world, invite, "b", 1);
    ua_callee_answer(world, invite, "200 OK", "b",
                     "Record-Route: <sip:192.0.2.2:5099;lr>\nContact: <sip:new@192.0.2.2>\n");
    ack = ua_expect(world, "ACK sip:new@192.0.2.2 ");
    unit_eq(ua_value(ack, "Route"), "<sip:192.0.2.2:5099;lr>");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    unit_eq(ua_value(ua_expect(world, "BYE "), "CSeq"), "3 BYE"); /* after the PRACK */
}
END_TEST

/* The user cancels, and a branch answers nonetheless. */
START_TEST(cancelled_too_late)
{
    struct sp_slice          invite, bye;
    struct ua_world         *world = calling(&invite);
    struct sp_handle         first = END->session;
    static const char *const tags[] = { "b", "c", "e" };

    (void)ring(world, invite, "b", 1);
    (void)ring(world, invite, "c", 1);
    END->notes[0] = '\0';
    unit_err(sip_ua_end(END->ua, world->now_us, first), SP_OK);
    ua_drain(END);
    ua_callee_answer(world, ua_expect(world, "CANCEL "), "200 OK", "", "");
    accept(world, invite, tags[_i]);
    ua_expect(world, "ACK ");
    bye = ua_expect(world, "BYE ");
    unit_eq(ua_tag(bye, "To"), tags[_i]);
    unit_eq(ua_value(bye, "CSeq"), _i == 2 ? "2 BYE" : "3 BYE");
    ua_callee_answer(world, bye, "200 OK", "", "");
    ua_told(END, "ENDED 200");
    ck_assert(sp_handle_eq(END->last.session, first));
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* 3261-15-2: BYE to one branch alone; if it is the one that answers, the INVITE came to nothing */
START_TEST(one_branch_is_ended)
{
    struct sp_slice  invite, bye;
    struct ua_world *world = calling(&invite);
    struct sp_handle c;

    (void)ring(world, invite, "b", 1);
    c = ring(world, invite, "c", 1);
    END->notes[0] = '\0';
    unit_err(sip_ua_end(END->ua, world->now_us, c), SP_OK);
    ua_drain(END);
    bye = ua_expect(world, "BYE sip:c@192.0.2.2 ");
    if (_i == 0) {
        ua_callee_answer(world, bye, "200 OK", "", "");
        ua_told(END, "ENDED 200");
        accept(world, invite, "b");
        ua_told(END, "ACCEPTED 200");
        ua_expect(world, "ACK sip:b@192.0.2.2 ");
        return;
    }
    accept(world, invite, "c"); /* it crossed the BYE */
    ua_expect(world, "ACK sip:c@192.0.2.2 ");
    ua_told(END, "FAILED MISMATCH");
    ua_callee_answer(world, bye, "200 OK", "", "");
    ua_told(END, "ENDED 200");
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* More branches than limits.forks: told, but no dialogs. */
START_TEST(more_than_can_be_kept)
{
    struct sp_slice  invite;
    struct ua_world *world = calling(&invite);
    struct sp_limits limits = END->limits;
    struct sp_handle first;
    char             tag[8];

    limits.dialogs = 8; /* it is not these that end */
    world = calling_within(&limits, &invite);
    first = END->session;
    for (uint32_t i = 0; i <= END->limits.forks; i++) {
        snprintf(tag, sizeof tag, "t%u", i);
        (void)ring(world, invite, tag, 1);
    }
    END->notes[0] = '\0';
    ck_assert_uint_eq(sip_ua_open(END->ua), 1 + END->limits.forks);
    ua_callee_answer(world, invite, "180 Ringing", "z", "Require: 100rel\nRSeq: 1\n");
    ua_told(END, "");
    ua_callee_answer(world, invite, "180 Ringing", "z", "");
    ua_told(END, "PROGRESS 180");
    ck_assert(sp_handle_eq(END->last.session, first));
    ck_assert_uint_eq(ua_take(world).len, 0);
    accept(world, invite, "z");
    ua_told(END, "ACCEPTED 200");
    ck_assert_uint_eq(sip_ua_open(END->ua), 1);
}
END_TEST

/* 3261-12.3-1: a final response that refuses ends them all */
START_TEST(refused)
{
    struct sp_slice  invite;
    struct ua_world *world = calling(&invite);
    struct sp_handle c;

    (void)ring(world, invite, "b", 1);
    c = ring(world, invite, "c", 1);
    END->notes[0] = '\0';
    ua_callee_answer(world, invite, "486 Busy", "b", "");
    ua_told(END, "REFUSED 486");
    ua_expect(world, "ACK ");
    unit_err(sip_ua_end(END->ua, world->now_us, c), SP_STALE);
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

static const struct again_row {
    const char *status, *more;
} agains[] = {
    { "401 Who", "WWW-Authenticate: Digest realm=\"there\", nonce=\"n\"\n" },
    { "302 Moved", "Contact: <sip:carol@192.0.2.2>\n" },
    { "422 Too Small", "Min-SE: 3600\n" },
};

/* The INVITE goes again, with a number above all that the early dialogs had. */
START_TEST(invited_again)
{
    const struct again_row *row = &agains[_i];
    struct sp_slice         invite, second;
    struct ua_world        *world = calling(&invite);

    (void)ring(world, invite, "b", 1);
    (void)ring(world, invite, "c", 1);
    END->notes[0] = '\0';
    ua_callee_answer(world, invite, row->status, "b", row->more);
    ua_expect(world, "ACK ");
    second = ua_expect(world, "INVITE ");
    unit_eq(ua_value(second, "CSeq"), "3 INVITE");
    unit_eq_slice(ua_value(second, "From"), ua_value(invite, "From"));
    ck_assert(!ua_has(ua_value(second, "To"), "tag"));
    ck_assert(ua_has(second, "\r\n\r\noffer"));
    ua_told(END, "");
    ck_assert_uint_eq(sip_ua_open(END->ua), 1);
    ua_callee_answer(world, second, "183 Progress", "b",
                     CALLEE_CONTACT "Require: 100rel\nRSeq: 5\n" CALLER_SDP "answer");
    ua_told(END, "PROGRESS 183 reliable answer");
    unit_eq(ua_value(ua_expect(world, "PRACK "), "CSeq"), "4 PRACK");
}
END_TEST

/* A request of this branch, in its early dialog. */
static void put(struct ua_world *world, struct sp_slice invite, const char *tag, const char *method,
                const char *more)
{
    char text[2048];

    snprintf(text, sizeof text,
             "%s sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK%s%s\n"
             "Max-Forwards: 70\nFrom: %.*s;tag=%s\nTo: %.*s\nCall-ID: %.*s\nCSeq: 1 %s\n%s\n",
             method, tag, method, SP_ARG(ua_value(invite, "To")), tag,
             SP_ARG(ua_value(invite, "From")), SP_ARG(ua_value(invite, "Call-ID")), method, more);
    ua_put(world, text);
}

/* 13.2.2.4: the numbers of the early dialog go on in the one that the 2xx confirms. */
START_TEST(their_numbers_go_on)
{
    struct sp_slice  invite;
    struct ua_world *world = calling(&invite);

    (void)ring(world, invite, "b", 1);
    put(world, invite, "b", "OPTIONS", "");
    ua_expect(world, "SIP/2.0 200 ");
    accept(world, invite, "b");
    ua_expect(world, "ACK sip:b@192.0.2.2 ");
    put(world, invite, "b", "MESSAGE", ""); /* of the same number */
    ua_expect(world, "SIP/2.0 500 ");
}
END_TEST

static const struct within_row {
    const char *method, *more, *status, *told;
} withins[] = {
    { "INFO", "", NULL, "REQUEST INFO" }, /* 6086-4.2.1-6 */
    { "MESSAGE", "", NULL, "REQUEST MESSAGE" },
    { "OPTIONS", "", "SIP/2.0 200 ", "" },
    { "UPDATE", CALLER_CONTACT, "SIP/2.0 200 ", "UPDATED peer" },
    { "UPDATE", CALLER_CONTACT CALLER_SDP "offer", NULL, "UPDATED offer" },
    { "INVITE", CALLER_CONTACT, "SIP/2.0 491 ", "" },
    { "PRACK", "RAck: 1 1 INVITE\n", "SIP/2.0 481 ", "" },
    { "BYE", "", "SIP/2.0 200 ", "ENDED peer" }, /* against 15, and yet the end */
};

START_TEST(requests_of_theirs)
{
    const struct within_row *row = &withins[_i / 2];
    struct sp_slice          invite;
    struct ua_world         *world = calling(&invite);
    struct sp_handle         b, c;

    b = ring(world, invite, "b", 1);
    c = ring(world, invite, "c", 1);
    END->notes[0] = '\0';
    put(world, invite, _i % 2 == 0 ? "b" : "c", row->method, row->more);
    if (row->status != NULL)
        ua_expect(world, row->status);
    if (sp_eq(sp_str(row->method), SP_LIT("BYE")) && _i % 2 == 0)
        ua_expect(world, "CANCEL "); /* the INVITE's own session is over */
    ck_assert(sp_starts(sp_str(END->notes), sp_str(row->told)));
    if (row->told[0] != '\0')
        ck_assert(sp_handle_eq(END->last.session, _i % 2 == 0 ? b : c));
}
END_TEST

/* 3261-12.2.1.2-2: 481 to a request within ends that dialog: a branch with BYE, the INVITE's own
 * with the INVITE */
START_TEST(lost)
{
    struct sp_slice  invite;
    struct ua_world *world = calling(&invite);
    struct sp_handle sessions[2], handle;

    sessions[0] = ring(world, invite, "b", 1);
    sessions[1] = ring(world, invite, "c", 1);
    END->notes[0] = '\0';
    unit_err(sip_ua_info(END->ua, world->now_us, sessions[_i], none, none, none, &handle), SP_OK);
    ua_drain(END);
    ua_callee_answer(world, ua_expect(world, "INFO "), "481 Gone", "", "");
    if (_i == 0) {
        ua_told(END, "RESPONSE 481");
        ua_callee_answer(world, ua_expect(world, "CANCEL "), "200 OK", "", "");
        ua_callee_answer(world, invite, "487 Terminated", "b", "");
        ua_told(END, "REFUSED 487");
    } else {
        ua_told(END, "RESPONSE 481; ENDED 481 REFUSED");
        ck_assert(sp_handle_eq(END->last.session, sessions[1]));
        ua_callee_answer(world, ua_expect(world, "BYE sip:c@192.0.2.2 "), "481 Gone", "", "");
        ua_callee_answer(world, invite, "486 Busy", "b", "");
        ua_told(END, "REFUSED 486");
    }
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

static const struct unusable_row {
    const char *more, *told;
} unusables[] = {
    { "Record-Route: <x\n" CALLEE_CONTACT, "FAILED SYNTAX" },
    { "Contact: bob\n", "FAILED SYNTAX" },
    { "Contact: <sip:bob@192.0.2.2;transport=sctp>\n", "ACCEPTED 200; ENDED 503 UNSUPPORTED" },
};

/* A 2xx that the early dialog cannot become. */
START_TEST(unusable_2xx)
{
    struct sp_slice  invite;
    struct ua_world *world = calling(&invite);

    (void)ring(world, invite, "b", 1);
    END->notes[0] = '\0';
    ua_callee_answer(world, invite, "200 OK", "b", unusables[_i].more);
    ua_told(END, unusables[_i].told);
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* A branch whose requests cannot be sent anywhere is none. */
START_TEST(unreachable_branch)
{
    struct sp_slice  invite;
    struct ua_world *world = calling(&invite);

    (void)ring(world, invite, "b", 1);
    END->notes[0] = '\0';
    ua_callee_answer(world, invite, "183 Progress", "c",
                     "Contact: <sip:c@192.0.2.2;transport=sctp>\nRequire: 100rel\nRSeq: 1\n");
    ua_told(END, "PROGRESS 183 reliable fork; ENDED 503 UNSUPPORTED");
    ck_assert_uint_eq(sip_ua_open(END->ua), 1);
}
END_TEST

Suite *test_sip_early_suite(void)
{
    Suite *suite = suite_create("sip_early");
    TCase *tcase = unit_tcase(suite, "early");

    tcase_add_test(tcase, each_branch_a_dialog);
    tcase_add_test(tcase, another_branch_accepts);
    tcase_add_test(tcase, unheard_branch_accepts);
    tcase_add_test(tcase, recomputed_by_the_2xx);
    tcase_add_loop_test(tcase, cancelled_too_late, 0, 3);
    tcase_add_loop_test(tcase, one_branch_is_ended, 0, 2);
    tcase_add_test(tcase, more_than_can_be_kept);
    tcase_add_test(tcase, refused);
    unit_loop(tcase, invited_again, agains);
    tcase_add_loop_test(tcase, lost, 0, 2);
    unit_loop(tcase, unusable_2xx, unusables);
    tcase_add_test(tcase, unreachable_branch);
    tcase_add_test(tcase, their_numbers_go_on);
    tcase_add_loop_test(tcase, requests_of_theirs, 0, 2 * (int)UNIT_ROWS(withins));
    return suite;
}
