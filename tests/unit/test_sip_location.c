/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_location.c -- the table of a registrar, as a proxy reads it. RFC 3261 10.1.
 */
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_registrar.h"

#define ALICE    "sip:alice@example.com"
#define ID(n)    "Call-ID: c\r\nCSeq: " #n " REGISTER\r\n"
#define OTHER(n) "Call-ID: d\r\nCSeq: " #n " REGISTER\r\n"
#define INSTANCE ";+sip.instance=\"<urn:uuid:1>\""
#define OB       "Supported: path, outbound\r\n"

static struct sip_registrar *registrar(uint32_t bindings, uint32_t store_octets)
{
    static const uint8_t                     seed[SP_SEED_OCTETS] = { 1 };
    static const struct sip_registrar_config config = { .default_s = 0 };
    static struct sp_limits                  limits;

    limits = sp_limits_default;
    limits.bindings = bindings;
    limits.store_octets = store_octets;
    limits.message_octets = 4096;
    return sip_registrar_init(unit_room(sip_registrar_size(&limits)), &limits, seed, &config);
}

static uint16_t take(struct sip_registrar *r, uint64_t s, const char *aor, const char *rest)
{
    struct sip_registrar_answer answer;
    struct sp_flow              flow = { .id = 7 };
    struct sip_field            fields[32];
    struct sip_msg              msg;
    struct sp_where             where;
    char                        text[2048];

    snprintf(text, sizeof text,
             "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
             "From: <%s>;tag=f\r\nTo: <%s>\r\n%s\r\n",
             aor, aor, rest);
    sip_msg_init(&msg, fields, 32);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    sip_registrar_take(r, s * 1000000, &msg, &flow, NULL, &answer);
    return answer.status;
}

/* All that have expired. */
static void tick(struct sip_registrar *r, uint64_t now_us)
{
    struct sp_slice aor;

    while (sip_registrar_tick(r, now_us, &aor))
        unit_eq(aor, ALICE);
}

/* A connection that is gone takes its flows with it, and nothing else. 5626-7-5, 5626-7-6 */
START_TEST(flow_is_gone)
{
    struct sip_registrar *r = registrar(16, 65536);
    struct sp_flow        other = { .id = 8 }, ours = { .id = 7 };
    struct sp_slice       aor;

    ck_assert_uint_eq(take(r, 10, ALICE, ID(1) OB "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\r\n"),
                      200);
    ck_assert_uint_eq(take(r, 10, ALICE, ID(1) "Contact: <sip:a@h1>\r\n"), 200);
    ck_assert_uint_eq(take(r, 10, ALICE,
                           ID(2) OB "Path: <sip:p1;lr;ob>\r\nContact: <sip:a@h1>;reg-id=2" INSTANCE
                                    "\r\n"),
                      200); /* its flow is the proxy's */
    ck_assert(!sip_registrar_closed(r, &other, &aor));
    ck_assert_uint_eq(sip_registrar_count(r), 3);
    ck_assert(sip_registrar_closed(r, &ours, &aor));
    unit_eq(aor, ALICE);
    ck_assert(!sip_registrar_closed(r, &ours, &aor));
    ck_assert_uint_eq(sip_registrar_count(r), 2);
}
END_TEST

/* What a proxy reads (3261-10.1-1). 5626-6-10, 5626-6-12 */
START_TEST(looked_up)
{
    struct sip_registrar   *r = registrar(16, 65536);
    struct sip_binding_view view;
    struct sip_uri          uri;
    struct sp_where         where;
    struct sp_handle        walk = { 0, 0 };

    take(r, 10, ALICE,
         ID(1) OB "Path: <sip:p1;lr;ob>, <sip:p2;lr>\r\n"
                  "Contact: \"A\" <sip:a@h1;x=y>;q=0.3;reg-id=2" INSTANCE ";expires=100\r\n");
    take(r, 10, ALICE, OTHER(1) "Contact: <sip:b@h1>\r\n");
    take(r, 10, "sip:bob@example.com", OTHER(1) "Contact: <sip:c@h1>\r\n");
    unit_err(sip_uri_parse(unit_text("sip:%61lice@EXAMPLE.com;user=phone"), &uri, &where), SP_OK);
    ck_assert(sip_registrar_next(r, 20000000, &uri, &walk, &view));
    unit_eq(view.uri, "sip:b@h1");
    ck_assert_uint_eq(view.q, 1000);
    ck_assert_uint_eq(view.path.len, 0);
    ck_assert(sip_registrar_next(r, 20000000, &uri, &walk, &view));
    unit_eq(view.uri, "sip:a@h1;x=y");
    unit_eq(view.contact, "<sip:a@h1;x=y>;q=0.3;reg-id=2" INSTANCE);
    unit_eq(view.path, "<sip:p1;lr;ob>\n<sip:p2;lr>");
    unit_eq(view.instance, "\"<urn:uuid:1>\"");
    ck_assert_uint_eq(view.q, 300);
    ck_assert_uint_eq(view.reg_id, 2);
    ck_assert_uint_eq(view.until_us, 110000000);
    ck_assert_uint_eq(view.flow.id, 7);
    ck_assert(!sip_registrar_next(r, 20000000, &uri, &walk, &view));
    walk.slot = 0;
    ck_assert(sip_registrar_next(r, 200000000, &uri, &walk, &view));
    ck_assert(!sip_registrar_next(r, 200000000, &uri, &walk, &view));
    ck_assert_uint_eq(sip_registrar_deadline(r), 110000000);
    tick(r, 110000000);
    ck_assert_uint_eq(sip_registrar_count(r), 2);
}
END_TEST

Suite *test_sip_location_suite(void)
{
    Suite *suite = suite_create("sip_location");
    TCase *tcase = unit_tcase(suite, "location");

    tcase_add_test(tcase, flow_is_gone);
    tcase_add_test(tcase, looked_up);
    return suite;
}
