/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_trust.c -- who is believed about whom. RFC 3323, RFC 3325. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_trust.h"

#define END (&world->ends[0])

static const struct sent_row {
    enum sip_method method;
    const char     *preferred, *privacy, *wants[2];
} sents[] = {
    { SIP_MESSAGE, "sip:alice@h", "id", { "<sip:alice@h>", "id" } },
    { SIP_MESSAGE, "tel:+1", "", { "<tel:+1>", "" } },
    { SIP_MESSAGE, "", "none", { "", "none" } },
    { SIP_INVITE, "sip:alice@h", "id", { "<sip:alice@h>", "id" } },
    { SIP_REGISTER, "sip:alice@h", "id", { "", "" } },
};

START_TEST(sent)
{
    struct sip_ua_config       config = ua_config;
    struct sip_ua_registration registration = { .aor = SP_LIT(UA_PEER), .expires_s = 600 };
    struct sip_ua_request      send = ua_request(sents[_i].method, "x");
    struct ua_world           *world;
    struct sp_slice            request;

    config.preferred = sp_str(sents[_i].preferred);
    config.privacy = sp_str(sents[_i].privacy);
    world = ua_world(&config, NULL, true, 1);
    if (sents[_i].method == SIP_REGISTER)
        unit_err(sip_ua_register(END->ua, world->now_us, &registration, &END->request), SP_OK);
    else if (sents[_i].method == SIP_INVITE)
        unit_err(sip_ua_invite(END->ua, world->now_us, &send, &END->session), SP_OK);
    else
        unit_err(sip_ua_send(END->ua, world->now_us, &send, &END->request), SP_OK);
    ua_drain(END);
    request = ua_take(world);
    ck_assert_uint_gt(request.len, 0);
    unit_eq(ua_value(request, "P-Preferred-Identity"), sents[_i].wants[0]);
    unit_eq(ua_value(request, "Privacy"), sents[_i].wants[1]);
}
END_TEST

static const struct believed_row {
    const char *neighbour;
    uint16_t    port;
    const char *field, *asserted;
} believeds[] = {
    { "192.0.2.2", 0, "P-Asserted-Identity: \"B\" <sip:bob@h>\n", "sip:bob@h" },
    { "192.0.2.2", 5060, "P-Asserted-Identity: <tel:+1>, <sip:bob@h>\n", "tel:+1" },
    { "192.0.2.2", 0, "P-Asserted-Identity: <x:y>, <sips:bob@h>\n", "sips:bob@h" },
    { "192.0.2.2", 5061, "P-Asserted-Identity: <sip:bob@h>\n", "" },
    { "192.0.2.3", 0, "P-Asserted-Identity: <sip:bob@h>\n", "" },
    { NULL, 0, "P-Asserted-Identity: <sip:bob@h>\n", "" },
    { "192.0.2.2", 0, "P-Preferred-Identity: <sip:bob@h>\n", "" },
    { "192.0.2.2", 0, "", "" },
};

START_TEST(believed)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_addr   neighbours[2] = { { .family = SP_IPV6 } };
    char             text[1024];

    if (believeds[_i].neighbour != NULL) {
        unit_err(sp_addr_parse(sp_str(believeds[_i].neighbour), &neighbours[1]), SP_OK);
        neighbours[1].port = believeds[_i].port;
        sip_ua_trust(END->ua, neighbours, 2);
    }
    snprintf(text, sizeof text,
             "MESSAGE sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKm\n"
             "Max-Forwards: 70\nFrom: <sip:b@h>;tag=b\nTo: <sip:a@h>\nCall-ID: c1\n"
             "CSeq: 1 MESSAGE\n%s\n",
             believeds[_i].field);
    ua_put(world, text);
    ua_told(END, "REQUEST MESSAGE");
    unit_eq(END->last.asserted, believeds[_i].asserted);
}
END_TEST

Suite *test_sip_trust_suite(void)
{
    Suite *suite = suite_create("sip_trust");
    TCase *tcase = unit_tcase(suite, "trust");

    unit_loop(tcase, sent, sents);
    unit_loop(tcase, believed, believeds);
    return suite;
}
