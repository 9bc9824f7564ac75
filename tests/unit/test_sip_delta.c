/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_delta.c -- numbers as fields, with comments and parameters. */
#include "../../parser/sip_delta.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "18000;duration=3600", NULL },
    { "120 (I'm in a meeting)", NULL },
    { "120 (a\r\n b) ;x", "120 (a b);x" },
    { "4000;refresher=uac", NULL },
    { "0", NULL },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row *row = &rows[_i];
    struct sip_delta  value, again;
    struct sp_where   where;
    struct sp_buf     out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_delta_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_delta_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_delta_parse(sp_written(&out), &again, &where), SP_OK);
    sip_delta_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

START_TEST(refresher)
{
    struct sip_delta delta;
    struct sp_where  where;

    unit_err(sip_delta_parse(unit_text("90;refresher=UAS"), &delta, &where), SP_OK);
    ck_assert_uint_eq(delta.seconds, 90);
    ck_assert_int_eq(sip_delta_refresher(&delta), SIP_REFRESHER_UAS);
    unit_err(sip_delta_parse(unit_text("90;Refresher=uac"), &delta, &where), SP_OK);
    ck_assert_int_eq(sip_delta_refresher(&delta), SIP_REFRESHER_UAC);
    unit_err(sip_delta_parse(unit_text("90;refresher=x"), &delta, &where), SP_OK);
    ck_assert_int_eq(sip_delta_refresher(&delta), SIP_REFRESHER_NONE);
}
END_TEST

START_TEST(number_parts)
{
    struct sp_where where;
    uint32_t        number;

    unit_err(sip_number_parse(unit_text("4294967295"), &number, &where), SP_OK);
    ck_assert_uint_eq(number, UINT32_MAX);
    unit_err_at(sip_number_parse(unit_text("12x"), &number, &where), where, SP_SYNTAX, 2);
    unit_err_at(sip_number_parse(unit_text("949302838503028349304023988"), &number, &where), where,
                SP_RANGE, 0); /* RFC 4475 3.1.2.5 */
}
END_TEST

Suite *test_sip_delta_suite(void)
{
    Suite *suite = suite_create("sip_delta");
    TCase *tcase = unit_tcase(suite, "sip_delta");

    unit_loop(tcase, round_trip, rows);
    tcase_add_test(tcase, refresher);
    tcase_add_test(tcase, number_parts);
    return suite;
}
