/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_uas_length.c -- responses that no datagram carries. RFC 3261 18.2. */
#include "ua_unit.h"
#include "unit.h"

#define HEAD(method)                                                                               \
    method " sip:a@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\n"                \
           "Max-Forwards: 70\nFrom: <sip:b@b.example>;tag=b\nTo: <sip:a@a.example>\n"              \
           "Call-ID: c1\nCSeq: 1 " method "\n"

/* A response that no datagram carries is not lost: who gives it hears so, and can give another. */
START_TEST(longer_than_a_datagram)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_limits limits = ua_limits;
    struct sp_slice  none = { NULL, 0 }, fields, response;
    struct ua_end   *end;
    struct sp_buf    to = sp_buf(unit_room(70000), 70000);

    limits.message_octets = 70000;
    limits.store_octets = 1 << 20;
    world = ua_world(NULL, &limits, true, 1);
    end = &world->ends[0];
    sp_put_text(&to, "X: ");
    for (int i = 0; i < (_i == 0 ? 65450 : 65000); i++)
        sp_put_char(&to, 'x');
    sp_put_text(&to, "\r\n");
    fields = sp_written(&to);
    ua_put(world, HEAD("MESSAGE") "\n");
    unit_err(sip_ua_respond(end->ua, world->now_us, end->request, 200, fields, none, none),
             _i == 0 ? SP_ROOM : SP_OK);
    if (_i == 0)
        unit_err(sip_ua_respond(end->ua, world->now_us, end->request, 500, none, none, none),
                 SP_OK);
    ua_drain(end);
    response = ua_expect(world, _i == 0 ? "SIP/2.0 500 " : "SIP/2.0 200 ");
    ck_assert(_i == 0 || response.len > 65000);
}
END_TEST

/* Nor is the agent's own, to OPTIONS, which repeats what the request had. */
START_TEST(options_longer_than_a_datagram)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_limits limits = ua_limits;
    struct sp_buf    to = sp_buf(unit_room(80000), 80000);

    limits.message_octets = 70000;
    limits.store_octets = 1 << 20;
    world = ua_world(NULL, &limits, true, 1);
    sp_put_text(&to, HEAD("OPTIONS") "Record-Route: <sip:");
    for (int i = 0; i < (_i == 0 ? 65300 : 60000); i++)
        sp_put_char(&to, 'x');
    sp_put_text(&to, "@h;lr>\n\n");
    sp_put_char(&to, '\0');
    ua_put(world, to.at);
    ua_expect(world, _i == 0 ? "SIP/2.0 500 " : "SIP/2.0 200 ");
}
END_TEST

Suite *test_sip_uas_length_suite(void)
{
    Suite *suite = suite_create("sip_uas_length");
    TCase *tcase = unit_tcase(suite, "length");

    tcase_add_loop_test(tcase, longer_than_a_datagram, 0, 2);
    tcase_add_loop_test(tcase, options_longer_than_a_datagram, 0, 2);
    return suite;
}
