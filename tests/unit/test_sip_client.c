/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_client.c -- requests outside of dialogs: between two agents, and on the wire.
 */
#include "ua_unit.h"
#include "unit.h"

/* MESSAGE and what it comes to, at both ends. */
static const struct answer_row {
    uint16_t    answer;
    const char *sender, *receiver;
} answers[] = {
    { 200, "RESPONSE 200", "REQUEST MESSAGE" }, { 202, "RESPONSE 202", "REQUEST MESSAGE" },
    { 302, "RESPONSE 302", "REQUEST MESSAGE" }, { 415, "RESPONSE 415", "REQUEST MESSAGE" },
    { 480, "RESPONSE 480", "REQUEST MESSAGE" }, { 503, "RESPONSE 503", "REQUEST MESSAGE" },
    { 603, "RESPONSE 603", "REQUEST MESSAGE" },
};

START_TEST(message_is_answered)
{
    const struct answer_row *row = &answers[_i];
    struct ua_world         *world = ua_world(NULL, NULL, false, 1);
    struct sip_ua_request    request = ua_request(SIP_MESSAGE, "hello");
    struct sp_handle         handle;

    world->ends[1].answer = row->answer;
    unit_err(sip_ua_send(world->ends[0].ua, world->now_us, &request, &handle), SP_OK);
    ua_run(world, 100);
    ua_told(&world->ends[0], row->sender);
    ua_told(&world->ends[1], row->receiver);
    ck_assert_str_eq(world->ends[1].body, "hello");
    ck_assert_uint_eq(world->ends[0].last.user, 7);
    ck_assert(sp_handle_eq(world->ends[0].last.request, handle));
    ua_run(world, 64 * 500);
    ua_empty(&world->ends[0]);
    ua_empty(&world->ends[1]);
}
END_TEST

START_TEST(options_are_answered_by_the_agent)
{
    struct ua_world      *world = ua_world(NULL, NULL, false, 1);
    struct sip_ua_request request = ua_request(SIP_OPTIONS, NULL);
    struct sp_handle      handle;

    unit_err(sip_ua_send(world->ends[0].ua, world->now_us, &request, &handle), SP_OK);
    ua_run(world, 100);
    ua_told(&world->ends[0], "RESPONSE 200");
    ck_assert_str_eq(world->ends[0].body, "v=0\r\n");
    ua_told(&world->ends[1], "");
    ua_run(world, 64 * 500);
    ua_empty(&world->ends[1]);
}
END_TEST

Suite *test_sip_client_suite(void)
{
    Suite *suite = suite_create("sip_client");
    TCase *tcase = unit_tcase(suite, "client");

    unit_loop(tcase, message_is_answered, answers);
    tcase_add_test(tcase, options_are_answered_by_the_agent);
    return suite;
}
