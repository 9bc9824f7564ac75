/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_share.c -- what one source may have of the sessions and of the notifiers. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_share.h"

#define END (&world->ends[0])

/* A request that makes a dialog, from this address. */
static void put(struct ua_world *world, const char *method, const char *from)
{
    static int     number;
    struct sp_flow flow = END->flow;
    char           text[1024];

    unit_err(sp_addr_parse(sp_str(from), &flow.remote), SP_OK);
    flow.remote.port = (uint16_t)(5060 + ++number);
    snprintf(text, sizeof text,
             "%s sip:agent@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK%d\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:b@h>;tag=b\r\nTo: <sip:a@h>\r\nCall-ID: c%d\r\n"
             "CSeq: 1 %s\r\nContact: <sip:b@192.0.2.2>\r\nEvent: presence\r\nExpires: 0\r\n\r\n",
             method, number, number, method);
    sip_ua_receive(END->ua, world->now_us, &flow, unit_text(text));
    ua_drain(END);
}

static struct sip_ua_config config(void)
{
    struct sip_ua_config one = ua_config;

    one.events = SP_LIT("presence");
    return one;
}

/* All that is left to take but 100 Trying. */
static struct sp_slice next(struct ua_world *world)
{
    struct sp_slice octets = ua_take(world);

    while (sp_starts(octets, SP_LIT("SIP/2.0 100 ")))
        octets = ua_take(world);
    return octets;
}

static void is_taken(struct ua_world *world, const char *method, const char *from)
{
    struct sp_slice octets;

    put(world, method, from);
    ua_told(END, method[0] == 'I' ? "INVITED" : "SUBSCRIPTION");
    while ((octets = next(world)).len > 0)
        ck_assert(!ua_has(octets, "Retry-After"));
}

static void is_refused(struct ua_world *world, const char *method, const char *from,
                       const char *status)
{
    struct sp_slice octets;

    put(world, method, from);
    ua_told(END, "");
    octets = next(world);
    ck_assert_msg(sp_starts(octets, sp_str(status)), "%.*s", SP_ARG(octets));
    ck_assert_uint_gt(ua_value(octets, "Retry-After").len, 0);
}

static const struct row {
    const char *method, *status;
} rows[] = {
    { "INVITE", "SIP/2.0 486 " },
    { "SUBSCRIBE", "SIP/2.0 503 " },
};

/* Two of three for one, whatever its port; the third is another's. */
START_TEST(none_takes_all)
{
    const struct row    *row = &rows[_i];
    struct sip_ua_config one = config();
    struct sp_limits     limits;
    struct ua_world     *world = ua_world(&one, NULL, true, 1);

    limits = ua_limits;
    limits.dialogs = limits.notifiers = 3;
    limits.source_dialogs = limits.source_notifiers = 2;
    world = ua_world(&one, &limits, true, 1);
    is_taken(world, row->method, "192.0.2.2");
    is_taken(world, row->method, "192.0.2.2");
    is_refused(world, row->method, "192.0.2.2", row->status);
    is_taken(world, row->method, "192.0.2.3");
    is_refused(world, row->method, "192.0.2.3", row->status); /* no more for anybody */
    ck_assert_uint_eq(_i == 0 ? END->ua->sessions.used : END->ua->notifiers.used, 3);
}
END_TEST

/* The sessions of one are no notifiers of it. */
START_TEST(each_pool_for_itself)
{
    struct sip_ua_config one = config();
    struct ua_world     *world = ua_world(&one, NULL, true, 1);

    END->ua->limits.source_dialogs = END->ua->limits.source_notifiers = 1;
    is_taken(world, "INVITE", "192.0.2.2");
    is_taken(world, "SUBSCRIBE", "192.0.2.2");
    is_refused(world, "INVITE", "192.0.2.2", "SIP/2.0 486 ");
    is_refused(world, "SUBSCRIBE", "192.0.2.2", "SIP/2.0 503 ");
}
END_TEST

/* RFC 3261 11.2: OPTIONS tells what an INVITE of the same source would meet. */
START_TEST(options_tell)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);

    END->ua->limits.source_dialogs = 1;
    put(world, "OPTIONS", "192.0.2.2");
    ua_expect(world, "SIP/2.0 200 ");
    is_taken(world, "INVITE", "192.0.2.2");
    is_refused(world, "OPTIONS", "192.0.2.2", "SIP/2.0 486 ");
    put(world, "OPTIONS", "192.0.2.3");
    ua_expect(world, "SIP/2.0 200 ");
}
END_TEST

/* A host numbers its network of IPv6 as it likes. */
START_TEST(network_of_a_host)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);

    END->ua->limits.source_dialogs = 1;
    is_taken(world, "INVITE", "2001:db8:0:1::1");
    is_refused(world, "INVITE", "2001:db8:0:1:ffff::2", "SIP/2.0 486 ");
    is_taken(world, "INVITE", "2001:db8:0:2::1");
}
END_TEST

/* A proxy that is trusted brings everybody's. */
START_TEST(neighbour_has_no_share)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_addr   proxy;

    unit_err(sp_addr_parse(SP_LIT("192.0.2.9"), &proxy), SP_OK);
    sip_ua_trust(END->ua, &proxy, 1);
    END->ua->limits.source_dialogs = 1;
    is_taken(world, "INVITE", "192.0.2.9");
    is_taken(world, "INVITE", "192.0.2.9");
    is_taken(world, "INVITE", "192.0.2.2");
    is_refused(world, "INVITE", "192.0.2.2", "SIP/2.0 486 ");
}
END_TEST

/* What is over makes room: refused by us, cancelled, or gone. */
START_TEST(given_back)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);

    END->ua->limits.source_dialogs = 1;
    for (int i = 0; i < 8; i++) {
        is_taken(world, "INVITE", "192.0.2.2");
        is_refused(world, "INVITE", "192.0.2.2", "SIP/2.0 486 ");
        unit_err(sip_ua_refuse(END->ua, world->now_us, END->session, 603, sp_slice(NULL, 0)),
                 SP_OK);
        ua_drain(END);
        while (next(world).len > 0)
            continue;
    }
    ck_assert_uint_eq(END->ua->sessions.used, 0);
}
END_TEST

Suite *test_sip_share_suite(void)
{
    Suite *suite = suite_create("sip_share");
    TCase *tcase = unit_tcase(suite, "sip_share");

    unit_loop(tcase, none_takes_all, rows);
    tcase_add_test(tcase, each_pool_for_itself);
    tcase_add_test(tcase, options_tell);
    tcase_add_test(tcase, network_of_a_host);
    tcase_add_test(tcase, neighbour_has_no_share);
    tcase_add_test(tcase, given_back);
    return suite;
}
