/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_ua_event.c -- the verbs of events, with handles that are stale or made up,
 * and without room. */
#include "ua_unit.h"
#include "unit.h"

#include "../../dialog/sip_ua_event.h"

static const struct sp_handle handles[] = { { 0, 0 }, { 1, 1 }, { 7, 3 }, { UINT32_MAX, 1 } };

START_TEST(no_such_handle)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua             *ua = world->ends[0].ua;
    struct sip_ua_notification state = { .state = SIP_SUBSTATE_ACTIVE };
    struct sp_handle           handle = handles[_i];
    struct sp_slice            none = { NULL, 0 };

    unit_err(sip_ua_unsubscribe(ua, 1, handle), SP_STALE);
    unit_err(sip_ua_notify(ua, 1, handle, &state), SP_STALE);
    unit_err(sip_ua_forbid(ua, 1, handle, 403, none), SP_STALE);
    unit_err(sip_ua_republish(ua, 1, handle, none, SP_LIT("x")), SP_STALE);
    unit_err(sip_ua_unpublish(ua, 1, handle), SP_STALE);
    ua_empty(&world->ends[0]);
}
END_TEST

START_TEST(no_room_at_all)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sp_limits           limits = ua_limits;
    struct sip_ua_subscription sub = { .uri = SP_LIT(UA_PEER), .event = SP_LIT("presence") };
    struct sip_ua_publication  pub = { .uri = SP_LIT(UA_PEER),
                                       .event = SP_LIT("presence"),
                                       .content_type = SP_LIT("a/b"),
                                       .body = SP_LIT("x") };
    struct sip_ua_config       config = ua_config;
    struct sp_handle           handle;

    limits.subscriptions = limits.notifiers = limits.publications = 0;
    config.events = SP_LIT("presence");
    world = ua_world(&config, &limits, true, 1);
    unit_err(sip_ua_subscribe(world->ends[0].ua, 1, &sub, &handle), SP_LIMIT);
    unit_err(sip_ua_publish(world->ends[0].ua, 1, &pub, &handle), SP_LIMIT);
    ua_put(world, "SUBSCRIBE sip:a@h SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\n"
                  "Max-Forwards: 70\nFrom: <sip:b@h>;tag=b\nTo: <sip:a@h>\nCall-ID: c\n"
                  "CSeq: 1 SUBSCRIBE\nEvent: presence\nContact: <sip:b@192.0.2.2>\n\n");
    ua_expect(world, "SIP/2.0 405 "); /* nobody could be told anything */
    ua_run(world, 64 * 500 + 1000);
    ua_empty(&world->ends[0]);
}
END_TEST

Suite *test_sip_ua_event_suite(void)
{
    Suite *suite = suite_create("sip_ua_event");
    TCase *tcase = unit_tcase(suite, "event");

    unit_loop(tcase, no_such_handle, handles);
    tcase_add_test(tcase, no_room_at_all);
    return suite;
}
