/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_ua_init.c -- the memory and the configuration of a user agent. */
#include "ua_unit.h"
#include "unit.h"

#define END (&world->ends[0])

START_TEST(config_that_is_too_long)
{
    struct sip_ua_config config = ua_config;
    static const uint8_t seed[SP_SEED_OCTETS] = { 1 };

    config.capabilities = sp_slice(unit_room(600), 600);
    ck_assert_ptr_null(
        sip_ua_init(unit_room(sip_ua_size(&sp_limits_small)), &sp_limits_small, seed, &config));
    config.capabilities.len = 10;
    ck_assert_ptr_nonnull(
        sip_ua_init(unit_room(sip_ua_size(&sp_limits_small)), &sp_limits_small, seed, &config));
}
END_TEST

/* An agent of the small limits receives a push. */
START_TEST(small_limits)
{
    struct ua_world      *world = ua_world(NULL, &sp_limits_small, false, 1);
    struct sip_ua_request request = ua_request(SIP_MESSAGE, "hello");
    struct sp_handle      handle;

    ck_assert_uint_lt(sip_ua_size(&sp_limits_small), 65536);
    world->ends[1].answer = 200;
    unit_err(sip_ua_send(END->ua, world->now_us, &request, &handle), SP_OK);
    ua_run(world, 100);
    ua_told(END, "RESPONSE 200");
    ua_told(&world->ends[1], "REQUEST MESSAGE");
}
END_TEST

/* What is answered, from what the user takes: 3261-13.1-1, 3261-11-1 */
static const struct allow_row {
    uint32_t methods, dialogs;
    uint32_t allow;
} allows[] = {
    { 0, 4, 1u << SIP_ACK | 1u << SIP_CANCEL | 1u << SIP_OPTIONS },
    { 1u << SIP_METHOD_OTHER, 4, 1u << SIP_ACK | 1u << SIP_CANCEL | 1u << SIP_OPTIONS },
    { 1u << SIP_INVITE, 4,
      1u << SIP_ACK | 1u << SIP_CANCEL | 1u << SIP_OPTIONS | 1u << SIP_INVITE | 1u << SIP_BYE },
    { 1u << SIP_INVITE | 1u << SIP_MESSAGE, 0,
      1u << SIP_ACK | 1u << SIP_CANCEL | 1u << SIP_OPTIONS | 1u << SIP_MESSAGE },
};

START_TEST(what_is_allowed)
{
    struct sip_ua_config config = ua_config;
    struct sp_limits     limits;
    struct ua_world     *world = ua_world(NULL, NULL, true, 1);

    limits = ua_limits;
    limits.dialogs = allows[_i].dialogs;
    config.methods = allows[_i].methods;
    world = ua_world(&config, &limits, true, 1);
    ck_assert_uint_eq(END->ua->allow, allows[_i].allow);
}
END_TEST

/* The config is a copy: the caller's octets may go. */
START_TEST(config_is_copied)
{
    struct sip_ua_config config = ua_config;
    char                 user[] = "gone";
    struct ua_world     *world;

    config.contact_user = sp_str(user);
    world = ua_world(&config, NULL, true, 1);
    memset(user, 'x', 4);
    unit_eq(END->ua->config.contact_user, "gone");
}
END_TEST

Suite *test_sip_ua_init_suite(void)
{
    Suite *suite = suite_create("sip_ua_init");
    TCase *tcase = unit_tcase(suite, "init");

    tcase_add_test(tcase, config_that_is_too_long);
    tcase_add_test(tcase, small_limits);
    unit_loop(tcase, what_is_allowed, allows);
    tcase_add_test(tcase, config_is_copied);
    return suite;
}
