/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_rack.c -- RAck. */
#include "../../parser/sip_rack.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "776656 1 INVITE", NULL },
    { "0\r\n 4294967295\tX", "0 4294967295 X" },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row *row = &rows[_i];
    struct sip_rack   value, again;
    struct sp_where   where;
    struct sp_buf     out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_rack_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_rack_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_rack_parse(sp_written(&out), &again, &where), SP_OK);
    sip_rack_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

START_TEST(errors)
{
    struct sip_rack rack;
    struct sp_where where;

    unit_err_at(sip_rack_parse(unit_text("1 4294967296 INVITE"), &rack, &where), where, SP_RANGE,
                2);
    unit_err_at(sip_rack_parse(unit_text("1 2 "), &rack, &where), where, SP_SYNTAX, 4);
    unit_err_at(sip_rack_parse(unit_text("1"), &rack, &where), where, SP_SYNTAX, 1);
}
END_TEST

Suite *test_sip_rack_suite(void)
{
    Suite *suite = suite_create("sip_rack");
    TCase *tcase = unit_tcase(suite, "sip_rack");

    unit_loop(tcase, round_trip, rows);
    tcase_add_test(tcase, errors);
    return suite;
}
