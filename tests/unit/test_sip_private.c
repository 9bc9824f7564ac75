/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_private.c -- header fields of closed networks. */
#include "../../parser/sip_private.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "icid-value=1234bc9876e; icid-generated-at=192.0.6.8; orig-ioi=home1.net", NULL },
    { "icid-value=\"a;b\"", NULL },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row   *row = &rows[_i];
    struct sip_charging value, again;
    struct sp_where     where;
    struct sp_buf       out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_charging_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_charging_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_charging_parse(sp_written(&out), &again, &where), SP_OK);
    sip_charging_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

START_TEST(charging_parts)
{
    struct sip_charging charging;
    struct sp_where     where;

    unit_err(sip_charging_parse(
                 unit_text("icid-value=\"a\";orig-ioi=h;term-ioi=i;icid-generated-at=[::1]"),
                 &charging, &where),
             SP_OK);
    unit_eq(charging.icid_value, "\"a\"");
    unit_eq(charging.orig_ioi, "h");
    unit_eq(charging.term_ioi, "i");
    unit_eq(charging.icid_generated_at, "[::1]");
}
END_TEST

START_TEST(privacy)
{
    struct sp_where where;

    unit_err(sip_privacy_check(unit_text("header;ID"), &where), SP_OK);
    ck_assert(sip_privacy_has(unit_text("header; ID"), "id"));
    ck_assert(!sip_privacy_has(unit_text("header"), "id"));
    unit_err_at(sip_privacy_check(unit_text("id,none"), &where), where, SP_SYNTAX, 2);
}
END_TEST

START_TEST(service_parts)
{
    struct sp_slice service;
    struct sp_where where;
    struct sp_buf   out = sp_buf(unit_room(60), 60);

    unit_err(sip_service_parse(unit_text("urn:urn-7:3gpp-service.a.b"), &service, &where), SP_OK);
    unit_eq(service, "3gpp-service.a.b");
    sip_service_write(&out, service);
    unit_eq(sp_written(&out), "urn:urn-7:3gpp-service.a.b");
    unit_err_at(sip_service_parse(unit_text("urn:urn-7:"), &service, &where), where, SP_SYNTAX, 10);
    unit_err_at(sip_service_parse(unit_text("urn:x"), &service, &where), where, SP_SYNTAX, 4);
}
END_TEST

Suite *test_sip_private_suite(void)
{
    Suite *suite = suite_create("sip_private");
    TCase *tcase = unit_tcase(suite, "sip_private");

    unit_loop(tcase, round_trip, rows);
    tcase_add_test(tcase, charging_parts);
    tcase_add_test(tcase, privacy);
    tcase_add_test(tcase, service_parts);
    return suite;
}
