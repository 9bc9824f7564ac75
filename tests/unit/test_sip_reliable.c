/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_reliable.c -- our reliable provisional responses, to a caller written by
 * hand.
 */
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static const struct sp_slice none = { NULL, 0 };

#define OFFERS "Supported: 100rel\n" CALLER_SDP "offer"

/* 3261-8.2.4-3, 3261-8.2.4-5 */
/* 3262-3-9, 3262-3-10, 3262-3-18, 3311-4-2: what it has, and what the next one has */
/* 3262-3-13, 3262-3-14, 3262-3-16, 3262-3-17 */
START_TEST(on_the_wire)
{
    struct ua_world *world = ua_called(&ua_session_config, OFFERS);
    struct sp_slice  first, second;

    unit_err(ua_ring(world, 183, true, "answer"), SP_OK);
    first = ua_expect(world, "SIP/2.0 183 ");
    unit_eq(ua_value(first, "Require"), "100rel");
    ck_assert_uint_ge(ua_rseq(first), 1);
    ck_assert_uint_le(ua_rseq(first), 0x7fffffff);
    ck_assert(ua_has(ua_value(first, "Allow"), "UPDATE"));
    unit_eq(ua_value(first, "Contact"), "<sip:agent@192.0.2.1:5060>");
    ck_assert(ua_has(first, "\r\n\r\nanswer"));
    unit_err(ua_ring(world, 180, true, ""), SP_STATE); /* one at a time */
    ua_caller_prack(world, first, 11, "");
    ua_told(END, "PRACKED");
    ua_expect(world, "SIP/2.0 200 ");
    ua_run(world, 40000);
    ck_assert_uint_eq(ua_take(world).len, 0);
    unit_err(ua_ring(world, 183, true, "again"), SP_STATE); /* the answer was given */
    unit_err(ua_ring(world, 180, true, ""), SP_OK);
    second = ua_expect(world, "SIP/2.0 180 ");
    ck_assert_uint_eq(ua_rseq(second), ua_rseq(first) + 1);
    ua_caller_prack(world, second, 12, "");
    ua_told(END, "PRACKED");
    ua_expect(world, "SIP/2.0 200 ");
    unit_err(ua_accept(world, "late"), SP_STATE);
    unit_err(ua_accept(world, ""), SP_OK);
    second = ua_expect(world, "SIP/2.0 200 ");
    ck_assert(!ua_has(second, "Content-Type"));
    unit_err(ua_ring(world, 180, true, ""), SP_STATE); /* 3262-3-22: after the final response */
    ua_caller_put(world, "ACK", 10, ua_tag(second, "To"), "");
    ua_told(END, "CONFIRMED");
}
END_TEST

/* The first number is drawn from the whole range. */
/* 3262-3-11 */
START_TEST(numbers_by_chance)
{
    unsigned least = UINT32_MAX, most = 0;

    for (uint32_t i = 0; i < 64; i++) {
        struct ua_world *world = ua_world(&ua_session_config, NULL, true, i);
        unsigned         rseq;

        ua_caller_put(world, "INVITE", 10, none, CALLER_CONTACT OFFERS);
        ua_expect(world, "SIP/2.0 100 ");
        unit_err(ua_ring(world, 180, true, ""), SP_OK);
        rseq = ua_rseq(ua_expect(world, "SIP/2.0 180 "));
        least = rseq < least ? rseq : least;
        most = rseq > most ? rseq : most;
    }
    ck_assert_uint_lt(least, 0x10000000);
    ck_assert_uint_gt(most, 0x70000000);
}
END_TEST

static const struct want_row {
    const char *more, *body;
    uint16_t    status;
    enum sp_err err;
} wants[] = {
    { CALLER_SDP "offer", "", 180, SP_UNSUPPORTED }, /* 3262-3-4 */
    { "Supported: timer\n" CALLER_SDP "offer", "", 180, SP_UNSUPPORTED },
    { OFFERS, "", 100, SP_RANGE }, /* 3262-3-3 */
    { OFFERS, "", 200, SP_RANGE },
    { OFFERS, "", 101, SP_OK },
    { OFFERS, "answer", 199, SP_OK },
    { "Require: 100rel\n" CALLER_SDP "offer", "", 180, SP_OK },
    { "Supported: 100rel\n", "", 180, SP_MISSING }, /* 3262-5-1 */
    { "Supported: 100rel\n", "offer", 180, SP_OK },
};

/* 3261-8.2.4-1, 3261-8.2.4-2, 3261-8.2.4-6 */
START_TEST(may_be_sent)
{
    const struct want_row *row = &wants[_i];
    struct ua_world       *world = ua_called(&ua_session_config, row->more);

    unit_err(ua_ring(world, row->status, true, row->body), row->err);
    ck_assert_int_eq(ua_take(world).len > 0, row->err == SP_OK);
}
END_TEST

/* 3262-3-1, 3262-8.1-1: where the INVITE requires it, every one is */
START_TEST(required)
{
    struct ua_world *world = ua_called(&ua_session_config, "Require: 100rel\n" CALLER_SDP "offer");
    struct sp_slice  response;

    unit_err(ua_ring(world, 180, false, ""), SP_OK);
    response = ua_expect(world, "SIP/2.0 180 ");
    unit_eq(ua_value(response, "Require"), "100rel");
    ua_caller_prack(world, response, 11, "");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "PRACKED");
}
END_TEST

/* 3262-3-2: who answers no PRACK cannot */
START_TEST(required_in_vain)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  response;

    ua_caller_put(world, "INVITE", 10, none, CALLER_CONTACT "Require: 100rel\n\n");
    response = ua_expect(world, "SIP/2.0 420 ");
    unit_eq(ua_value(response, "Unsupported"), "100rel");
    ua_told(END, "");
}
END_TEST

/* T1 doubling, without an end at T2; after 64*T1 the INVITE is refused. */
/* 3262-3-15 */
START_TEST(never_acknowledged)
{
    static const uint32_t at_ms[] = { 500, 1500, 3500, 7500, 15500, 31500 };
    struct ua_world      *world = ua_called(&ua_session_config, OFFERS);
    struct sp_slice       first, last;
    uint32_t              now_ms = 0;

    unit_err(ua_ring(world, 183, true, "answer"), SP_OK);
    first = ua_expect(world, "SIP/2.0 183 ");
    for (size_t i = 0; i < UNIT_ROWS(at_ms); i++) {
        ua_run(world, at_ms[i] - now_ms - 1);
        ck_assert_uint_eq(ua_take(world).len, 0);
        ua_run(world, 1);
        unit_eq_slice(ua_take(world), first);
        now_ms = at_ms[i];
    }
    ua_run(world, 499);
    ua_told(END, "");
    ua_run(world, 1);
    ua_told(END, "ENDED TIMEOUT PRACK");
    last = ua_expect(world, "SIP/2.0 504 ");
    ua_caller_put(world, "ACK", 10, ua_tag(last, "To"), "");
    ua_run(world, 2 * 64 * 500);
    ua_empty(END);
}
END_TEST

/* The clock is not as even as the timers: one that comes late leaves less than a millisecond for
 * the last. */
START_TEST(never_acknowledged_and_late)
{
    struct ua_world *world = ua_called(&ua_session_config, OFFERS);
    struct sp_slice  last;

    unit_err(ua_ring(world, 183, true, "answer"), SP_OK);
    ua_expect(world, "SIP/2.0 183 ");
    world->now_us += 500300;
    ua_run(world, 31498);
    for (int i = 0; i < 6; i++)
        ua_expect(world, "SIP/2.0 183 ");
    ua_run(world, 3);
    last = ua_take(world);
    if (sp_starts(last, SP_LIT("SIP/2.0 183 ")))
        last = ua_take(world);
    ck_assert(sp_starts(last, SP_LIT("SIP/2.0 504 ")));
    ua_told(END, "ENDED TIMEOUT PRACK");
}
END_TEST

static const struct rack_row {
    const char *rack; /* %u: the number */
    int         more; /* what is added to it */
    const char *status, *told;
} racks[] = {
    { "RAck: %u 10 INVITE\n", 0, "SIP/2.0 200 ", "PRACKED" },
    { "RAck: %u 10 INVITE\n", 1, "SIP/2.0 481 ", "" }, /* 3262-3-12 */
    { "RAck: %u 11 INVITE\n", 0, "SIP/2.0 481 ", "" },
    { "RAck: %u 10 UPDATE\n", 0, "SIP/2.0 481 ", "" },
    { "RAck: %u 10\n", 0, "SIP/2.0 400 ", "" },
    { "RAck: x%u 10 INVITE\n", 0, "SIP/2.0 400 ", "" },
    { "", 0, "SIP/2.0 400 ", "" },
};

START_TEST(matched_or_not)
{
    const struct rack_row *row = &racks[_i];
    struct ua_world       *world = ua_called(&ua_session_config, OFFERS);
    struct sp_slice        response;
    char                   text[128];

    unit_err(ua_ring(world, 180, true, ""), SP_OK);
    response = ua_expect(world, "SIP/2.0 180 ");
    snprintf(text, sizeof text, row->rack, ua_rseq(response) + (unsigned)row->more);
    ua_caller_put(world, "PRACK", 11, ua_tag(response, "To"), text);
    ua_expect(world, row->status);
    ua_told(END, row->told);
    ua_caller_prack(world, response, 12, ""); /* and the same again */
    ua_expect(world, row->told[0] != '\0' ? "SIP/2.0 481 " : "SIP/2.0 200 ");
    ua_caller_put(world, "PRACK", 13, SP_LIT("nobody"), "RAck: 1 10 INVITE\n");
    ua_expect(world, "SIP/2.0 481 ");
    ua_caller_put(world, "PRACK", 14, none, "RAck: 1 10 INVITE\n");
    ua_expect(world, "SIP/2.0 481 ");
}
END_TEST

/* 3262-3-20, 3262-5-5: with a description, the 2xx waits for the PRACK */
START_TEST(accepted_before_the_prack)
{
    struct ua_world *world = ua_called(&ua_session_config, OFFERS);
    struct sp_slice  response, ok;

    unit_err(ua_ring(world, 183, true, "answer"), SP_OK);
    response = ua_expect(world, "SIP/2.0 183 ");
    unit_err(ua_accept(world, ""), SP_OK);
    ck_assert_uint_eq(ua_take(world).len, 0);
    unit_err(ua_accept(world, ""), SP_STATE);
    unit_err(sip_ua_refuse(END->ua, world->now_us, END->session, 486, none), SP_STATE);
    ua_run(world, 500);
    unit_eq_slice(ua_take(world), response);
    ua_caller_prack(world, response, 11, "");
    ua_told(END, "PRACKED");
    ok = ua_expect(world, "SIP/2.0 200 ");
    unit_eq(ua_value(ok, "CSeq"), "11 PRACK");
    ok = ua_expect(world, "SIP/2.0 200 ");
    unit_eq(ua_value(ok, "CSeq"), "10 INVITE");
    ua_caller_put(world, "ACK", 10, ua_tag(ok, "To"), "");
    ua_told(END, "CONFIRMED");
    ua_run(world, 40000);
    ua_told(END, "");
}
END_TEST

static const struct early_row {
    const char *method, *more, *told;
    uint16_t    status;
} earlies[] = {
    { "CANCEL", "", "CANCELLED", 487 },
    { "BYE", "", "ENDED peer", 487 },
    { NULL, "", "ENDED", 480 },
};

/* The end comes before the PRACK that the 2xx waits for. */
START_TEST(ended_before_the_prack)
{
    const struct early_row *row = &earlies[_i];
    struct ua_world        *world = ua_called(&ua_session_config, OFFERS);
    struct sp_slice         response, final;
    char                    status[16];

    unit_err(ua_ring(world, 183, true, "answer"), SP_OK);
    response = ua_expect(world, "SIP/2.0 183 ");
    unit_err(ua_accept(world, ""), SP_OK);
    if (row->method == NULL) {
        unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
        ua_drain(END);
    } else {
        bool cancel = sp_eq(sp_str(row->method), SP_LIT("CANCEL"));

        ua_caller_put(world, row->method, cancel ? 10 : 11, cancel ? none : ua_tag(response, "To"),
                      row->more);
        ua_expect(world, "SIP/2.0 200 ");
    }
    ua_told(END, row->told);
    snprintf(status, sizeof status, "SIP/2.0 %u ", row->status);
    final = ua_expect(world, status);
    unit_eq(ua_value(final, "CSeq"), "10 INVITE");
    /* 3262-3-21: its PRACK is taken nonetheless, and then nothing is left */
    ua_caller_prack(world, response, 12, "");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "");
    ua_caller_prack(world, response, 13, "");
    ua_expect(world, "SIP/2.0 481 ");
    ua_run(world, 2 * 64 * 500);
    ua_empty(END);
}
END_TEST

/* 3262-3-21: without a description the final response comes at once, and nothing is repeated */
START_TEST(final_before_the_prack)
{
    struct ua_world *world = ua_called(&ua_session_config, OFFERS);
    struct sp_slice  response, ok;

    unit_err(ua_ring(world, 180, true, ""), SP_OK);
    response = ua_expect(world, "SIP/2.0 180 ");
    if (_i == 0)
        unit_err(ua_accept(world, "answer"), SP_OK);
    else
        unit_err(sip_ua_refuse(END->ua, world->now_us, END->session, 486, none), SP_OK);
    ua_drain(END);
    ok = ua_expect(world, _i == 0 ? "SIP/2.0 200 " : "SIP/2.0 486 ");
    ua_caller_put(world, "ACK", 10, ua_tag(ok, "To"), "");
    ua_run(world, 3000);
    while ((ok = ua_take(world)).len > 0)
        ck_assert(!sp_starts(ok, SP_LIT("SIP/2.0 180 ")));
    ua_told(END, _i == 0 ? "CONFIRMED" : "");
    if (_i == 2) { /* and no PRACK at all */
        ua_run(world, 2 * 64 * 500);
        ua_empty(END);
        return;
    }
    ua_caller_prack(world, response, 11, "");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, _i == 0 ? "PRACKED" : "");
    if (_i == 1)
        ua_caller_put(world, "OPTIONS", 12, ua_tag(response, "To"), "");
    if (_i == 1)
        ua_expect(world, "SIP/2.0 481 ");
}
END_TEST

/* 3262-3-7, 3262-3-8: so that no proxy gives up, a new one every two and a half minutes */
START_TEST(extends_the_transaction)
{
    struct ua_world *world = ua_called(&ua_session_config, OFFERS);
    struct sp_slice  first, second;

    unit_err(ua_ring(world, 183, true, "answer"), SP_OK);
    first = ua_expect(world, "SIP/2.0 183 ");
    ua_caller_prack(world, first, 11, "");
    ua_expect(world, "SIP/2.0 200 ");
    ua_run(world, 149999);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_run(world, 1);
    second = ua_expect(world, "SIP/2.0 183 ");
    ck_assert_uint_eq(ua_rseq(second), ua_rseq(first) + 1);
    ck_assert(!ua_has(second, "Content-Type"));
    ua_caller_prack(world, second, 12, "");
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "PRACKED; PRACKED");
}
END_TEST

/* 3262-9-1: a PRACK needs credentials as any other request */
START_TEST(is_guarded)
{
    static const struct sip_user users[] = { { .username = { "bob", 3 } } };
    struct ua_world             *world = ua_called(&ua_session_config, OFFERS);
    struct sp_slice              response;

    unit_err(ua_ring(world, 180, true, ""), SP_OK);
    response = ua_expect(world, "SIP/2.0 180 ");
    unit_err(sip_ua_guard(END->ua, SP_LIT("here"), users, 1, 60), SP_OK);
    ua_caller_prack(world, response, 11, "");
    ua_expect(world, "SIP/2.0 401 ");
    ua_told(END, "");
}
END_TEST

/* Whatever there is no room for: nothing stays. */
START_TEST(every_capacity)
{
    struct ua_world *world;
    struct sp_limits limits;
    struct sp_slice  response;

    (void)ua_world(NULL, NULL, true, 1);
    limits = ua_limits;
    limits.store_octets = (uint32_t)_i * 512;
    limits.transactions = 1 + (uint32_t)_i % 4;
    world = ua_world(&ua_session_config, &limits, true, 1);
    ua_caller_put(world, "INVITE", 10, none, CALLER_CONTACT OFFERS);
    if (END->session.slot != 0 && ua_ring(world, 183, true, "answer") == SP_OK) {
        while (!sp_starts(response = ua_take(world), SP_LIT("SIP/2.0 183 ")))
            ck_assert_uint_gt(response.len, 0);
        if (ua_accept(world, "") != SP_OK)
            ck_assert(sip_ua_end(END->ua, world->now_us, END->session) == SP_OK);
        ua_drain(END);
        ua_caller_prack(world, response, 11, CALLER_SDP "offer");
        ua_run(world, 100);
        ua_caller_put(world, "ACK", 10, ua_tag(response, "To"), "");
        ua_caller_put(world, "BYE", 12, ua_tag(response, "To"), "");
    } else if (END->session.slot != 0) {
        unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    }
    /* The BYE may have found no room. */
    if (sip_ua_end(END->ua, world->now_us, END->session) == SP_OK)
        ua_drain(END);
    ua_run(world, 6 * 64 * 500);
    ua_empty(END);
}
END_TEST

Suite *test_sip_reliable_suite(void)
{
    Suite *suite = suite_create("sip_reliable");
    TCase *tcase = unit_tcase(suite, "reliable");

    tcase_add_test(tcase, on_the_wire);
    tcase_add_test(tcase, numbers_by_chance);
    unit_loop(tcase, may_be_sent, wants);
    tcase_add_test(tcase, required);
    tcase_add_test(tcase, required_in_vain);
    tcase_add_test(tcase, never_acknowledged);
    tcase_add_test(tcase, never_acknowledged_and_late);
    unit_loop(tcase, matched_or_not, racks);
    tcase_add_test(tcase, accepted_before_the_prack);
    unit_loop(tcase, ended_before_the_prack, earlies);
    tcase_add_loop_test(tcase, final_before_the_prack, 0, 3);
    tcase_add_test(tcase, extends_the_transaction);
    tcase_add_test(tcase, is_guarded);
    tcase_add_loop_test(tcase, every_capacity, 0, 64);
    return suite;
}
