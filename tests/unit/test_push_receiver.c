/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_receiver.c -- the receiver's verbs: its judgement, its user's calls. */
#include "push_unit.h"
#include "unit.h"

static const struct row {
    const char *types;
    uint64_t    max_size;
    const char *type;
    uint64_t    octets;
    uint16_t    status;
} rows[] = {
    { "", 0, "text/plain", UINT64_MAX, 200 },
    { "", 10, "text/plain", 10, 200 },
    { "", 10, "text/plain", 11, 413 },
    { "", 10, "text/plain", UINT64_MAX, 200 }, /* not told: bounded while it comes */
    { "text/plain, image/*", 0, "image/png", 5, 200 },
    { "text/plain, image/*", 0, "text/plain;charset=utf-8", 5, 200 },
    { "text/plain, image/*", 0, "text/html", 5, 415 },
    { "text/plain", 0, "", 5, 415 },
    { "application/octet-stream", 0, "", 5, 200 },
    { "text/plain", 4, "text/html", 5, 415 },
};

START_TEST(judge)
{
    struct push_receiver_config config = { .accept_types = unit_text(rows[_i].types),
                                           .max_size = rows[_i].max_size };
    struct push_content content = { .type = unit_text(rows[_i].type), .octets = rows[_i].octets };

    ck_assert_uint_eq(push_receiver_judge(&config, &content), rows[_i].status);
}
END_TEST

/* Too large for the configuration, and not told before: the transfer is stopped. */
START_TEST(too_large)
{
    struct push_receiver_config config = { .max_size = 10000 };
    struct push_unit           *unit = push_unit_new(NULL, NULL, &config);
    struct push_content text = push_unit_content("", "text/plain", push_unit_pattern(20000, 1),
                                                 false);
    struct push_content file = push_unit_content("f", "text/plain", push_unit_pattern(20000, 1),
                                                 false);

    unit_err(push_unit_order(unit, PUSH_SESSION, false, _i == 0 ? &text : &file, 1), SP_OK);
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, SP_REFUSED);
    ck_assert_str_eq(unit->outs[0].reason, "too large for the answer's max-size");
    ck_assert_uint_eq(unit->ins[0].extent, 0);
}
END_TEST

/* Configurations whose texts do not fit are refused at init. */
START_TEST(config_too_large)
{
    struct sp_limits            limits = sp_limits_small;
    struct push_receiver_config config = { .user_agent = push_unit_pattern(600, 1) };
    struct push_sender_config   from = { .from = push_unit_pattern(600, 1) };
    uint8_t                     seed[SP_SEED_OCTETS] = { 0 };

    ck_assert_ptr_null(
        push_receiver_init(unit_room(push_receiver_size(&limits)), &limits, seed, &config));
    ck_assert_ptr_null(
        push_sender_init(unit_room(push_sender_size(&limits)), &limits, seed, &from));
}
END_TEST

/* The small device: one text by MESSAGE, one file by session, and no more than it has room for. */
START_TEST(small_device)
{
    struct push_unit   *unit = push_unit_new(NULL, &sp_limits_small, NULL);
    struct push_content text = push_unit_content("", "text/plain", unit_text("hello"), true);
    struct push_content file = push_unit_content("f", "image/png", push_unit_pattern(30000, 1),
                                                 false);

    unit_err(push_unit_order(unit, PUSH_AUTO, false, _i == 0 ? &text : &file, 1), SP_OK);
    push_unit_finish(unit);
    push_unit_delivered(unit, 0, 0);
    ck_assert_uint_lt(push_receiver_size(&sp_limits_small), 100000);
}
END_TEST

/* Handles of nothing. */
START_TEST(stale)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_handle  none = { 0 };

    unit_err(push_receiver_decide(unit->receiver, 1, none, 200, 0), SP_STALE);
    unit_err(push_receiver_stored(unit->receiver, 1, none, SP_OK), SP_STALE);
    unit_err(push_receiver_abort(unit->receiver, 1, none, SP_STORAGE), SP_STALE);
    unit_err(push_sender_abort(unit->sender, 1, none), SP_STALE);
    push_sender_content(unit->sender, 1, none, 0, 0, unit_text("x"));
}
END_TEST

static void counted(void *host, const struct sp_trace_event *event)
{
    if (event->kind == SP_TRACE_ARROW && strncmp(event->machine, "push", 4) == 0) {
        ck_assert_uint_gt(strlen(event->from), 0);
        ck_assert_uint_gt(strlen(event->on), 0);
        ck_assert_uint_gt(strlen(event->to), 0);
        ++*(int *)host;
    }
}

START_TEST(traced)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file = push_unit_content("f", "image/png", push_unit_pattern(3000, 1),
                                                 false);
    int                 arrows = 0;

    push_sender_trace(unit->sender, (struct sp_trace){ counted, &arrows });
    push_receiver_trace(unit->receiver, (struct sp_trace){ counted, &arrows });
    unit_err(push_unit_order(unit, PUSH_AUTO, false, &file, 1), SP_OK);
    push_unit_finish(unit);
    ck_assert_int_eq(arrows, 19);
}
END_TEST

START_TEST(counters)
{
    struct push_unit      *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content    file = push_unit_content("f", "", push_unit_pattern(3000, 1), false);
    struct sip_tx_counters sip;
    struct msrp_counters   msrp;

    unit_err(push_unit_order(unit, PUSH_AUTO, false, &file, 1), SP_OK);
    push_unit_finish(unit);
    push_receiver_count(unit->receiver, &sip, &msrp);
    ck_assert_uint_eq(sip.requests, 3);
    ck_assert_uint_ge(msrp.requests, 1);
    push_sender_count(unit->sender, &sip, &msrp);
    ck_assert_uint_ge(sip.responses, 2);
    ck_assert_uint_eq(msrp.reports, 1);
}
END_TEST

/* Refused after all of it came: a message of several parts, say, one of which is of no use. A file
 * ends so too. What comes after it is not touched. */
START_TEST(refused_whole)
{
    static const struct {
        uint16_t    status, told;
        const char *name;
    } refusals[] = { { 415, 415, "" }, { 603, 403, "" }, { 513, 413, "" }, { 415, 415, "f" } };
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content texts[2];

    for (unsigned i = 0; i < 2; i++)
        texts[i] = push_unit_content(refusals[_i].name, "text/plain", push_unit_pattern(3000, i),
                                     false);
    unit->refuse = refusals[_i].status;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, texts, 2), SP_OK);
    push_unit_finish(unit);
    for (int i = 0; i < 2; i++) {
        unit_err(unit->outs[i].err, SP_REFUSED);
        ck_assert_uint_eq(unit->outs[i].status, refusals[_i].told);
        unit_err(unit->ins[i].err, SP_REFUSED);
    }
    push_unit_nothing_left(unit);
}
END_TEST

/* A message that says where its content lies: 415 in a session too, where nobody fetches.
 * 4483-5.3-1 */
START_TEST(reference)
{
    struct push_receiver_config config = { .references = _i == 1 };
    struct push_unit           *unit = push_unit_new(NULL, NULL, &config);
    struct push_content         text;

    text = push_unit_content("", "message/external-body;access-type=URL;URL=\"http://a\"",
                             push_unit_pattern(100, 0), false);
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &text, 1), SP_OK);
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, _i == 1 ? SP_OK : SP_REFUSED);
    if (_i == 0)
        ck_assert_uint_eq(unit->outs[0].status, 415);
    ck_assert_int_eq(unit->offered, _i);
}
END_TEST

Suite *test_push_receiver_suite(void)
{
    Suite *suite = suite_create("push_receiver");
    TCase *tcase = unit_tcase(suite, "push_receiver");

    unit_loop(tcase, judge, rows);
    tcase_add_loop_test(tcase, too_large, 0, 2);
    tcase_add_test(tcase, config_too_large);
    tcase_add_loop_test(tcase, small_device, 0, 2);
    tcase_add_test(tcase, stale);
    tcase_add_test(tcase, traced);
    tcase_add_test(tcase, counters);
    tcase_add_loop_test(tcase, refused_whole, 0, 4);
    tcase_add_loop_test(tcase, reference, 0, 2);
    return suite;
}
