/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_registrar_sides.c -- our own user agent registers with our registrar, with
 * and without loss. RFC 3261 10. */
#include "ua_unit.h"
#include "unit.h"

#include "../../dialog/sip_registrar.h"

static struct sip_registrar *home;

static void serve(struct ua_end *end, const struct sip_ua_action *action)
{
    struct sp_slice             none = { NULL, 0 };
    struct sip_registrar_answer answer;

    if (action->kind != SIP_UA_REQUEST)
        return;
    sip_registrar_take(home, end->world->now_us, action->msg, &action->flow, action->who, &answer);
    unit_err(sip_ua_respond(end->ua, end->world->now_us, action->request, answer.status,
                            answer.fields, none, none),
             SP_OK);
}

START_TEST(both_sides)
{
    static const uint8_t                     seed[SP_SEED_OCTETS] = { 1 };
    static const struct sip_registrar_config of_any = { .default_s = 0 };
    struct sip_ua_config                     config = ua_config;
    struct ua_world                         *world;
    struct sip_ua_registration one = { .aor = SP_LIT("sip:alice@192.0.2.2"), .expires_s = 300 };
    struct ua_end             *end;
    static struct sp_limits    limits;
    struct sp_slice            aor;

    config.methods |= 1u << SIP_REGISTER;
    world = ua_world(&config, NULL, false, (uint32_t)_i);
    end = &world->ends[0];
    limits = sp_limits_default;
    home = sip_registrar_init(unit_room(sip_registrar_size(&limits)), &limits, seed, &of_any);
    world->loss_percent = (uint32_t)_i % 3 * 15;
    world->ends[1].on_note = serve;
    unit_err(sip_ua_register(end->ua, world->now_us, &one, &end->request), SP_OK);
    ua_run(world, 20000);
    ua_told(end, "REGISTERED 200");
    ck_assert_uint_eq(sip_registrar_count(home), 1);
    ua_run(world, 300000);
    while (sip_registrar_tick(home, world->now_us, &aor))
        ck_assert(sp_starts(aor, SP_LIT("sip:")));
    ck_assert_uint_eq(sip_registrar_count(home), 1);
    ua_told(end, "REGISTERED 200 again");
    unit_err(sip_ua_unregister(end->ua, world->now_us, end->request), SP_OK);
    ua_run(world, 20000);
    ua_told(end, "UNREGISTERED 200");
    ck_assert_uint_eq(sip_registrar_count(home), 0);
}
END_TEST

Suite *test_sip_registrar_sides_suite(void)
{
    Suite *suite = suite_create("sip_registrar_sides");
    TCase *tcase = unit_tcase(suite, "sides");

    tcase_add_loop_test(tcase, both_sides, 0, 6);
    return suite;
}
