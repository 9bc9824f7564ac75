/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_flow.c -- the connection over which a registration came about is lost: RFC
 * 5626 4.2.1. */
#include <stdio.h>

#include "../../dialog/sip_registration.h"
#include "ua_unit.h"
#include "unit.h"

#define END (&world->ends[0])

static void answer(struct ua_world *world, struct sp_slice request)
{
    char text[2048];

    snprintf(text, sizeof text,
             "SIP/2.0 200 OK\nVia: %.*s\nFrom: %.*s\nTo: %.*s;tag=t\nCall-ID: %.*s\nCSeq: %.*s\n"
             "Contact: <sip:agent@192.0.2.1:5060>;expires=600\n\n",
             SP_ARG(ua_value(request, "Via")), SP_ARG(ua_value(request, "From")),
             SP_ARG(ua_value(request, "To")), SP_ARG(ua_value(request, "Call-ID")),
             SP_ARG(ua_value(request, "CSeq")));
    ua_put(world, text);
}

/* It is registered anew, at once, but only what was registered over it, and once it is. */
START_TEST(a_lost_flow)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_registration from = {
        .aor = SP_LIT("sip:alice@192.0.2.2:5060"),
        .registrar = SP_LIT("sip:192.0.2.2:5060"),
        .expires_s = 600,
    };
    struct sip_registration *one;

    unit_err(sip_ua_register(END->ua, world->now_us, &from, &END->request), SP_OK);
    ua_drain(END);
    one = sp_pool_next(&END->ua->registrations, NULL);
    one->flow_id = 77;
    sip_registration_lost(END->ua, 77); /* it is not registered yet */
    ck_assert_uint_eq(one->flow_id, 0);
    answer(world, ua_expect(world, "REGISTER "));
    ua_told(END, "REGISTERED 200");
    ck_assert_uint_eq(one->flow_id, 0); /* over UDP, and not as a flow */
    ua_run(world, 40000);
    one->flow_id = 77;
    sip_registration_lost(END->ua, 76);
    ua_drain(END);
    ck_assert_uint_eq(ua_take(world).len, 0);
    sip_registration_lost(END->ua, 77);
    ua_drain(END);
    answer(world, ua_expect(world, "REGISTER "));
    ua_told(END, "REGISTERED 200 again");
}
END_TEST

Suite *test_sip_flow_suite(void)
{
    Suite *suite = suite_create("sip_flow");
    TCase *tcase = unit_tcase(suite, "registration");

    tcase_add_test(tcase, a_lost_flow);
    return suite;
}
