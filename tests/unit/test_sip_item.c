/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_item.c -- tokens with parameters, lists, qvalues. */
#include "../../parser/sip_item.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "gzip", NULL },
    { "en-gb;q=0.8", NULL },
    { "a ; b = \"c,d\"\r\n ;e", "a; b = \"c,d\" ;e" },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row *row = &rows[_i];
    struct sip_item   value, again;
    struct sp_where   where;
    struct sp_buf     out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_item_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_item_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_item_parse(sp_written(&out), &again, &where), SP_OK);
    sip_item_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

static const struct list {
    const char *value, *values; /* '|' after each */
} lists[] = {
    { "a", "a|" },
    { " a , b ,,c", "a|b|c|" },
    { ",", "" },
    { "", "" },
    { "a;x=\"1,2\",<b,c>,\"d\\\",e\"", "a;x=\"1,2\"|<b,c>|\"d\\\",e\"|" },
    { "<open, b", "<open, b|" },
    { "\"open, b", "\"open, b|" },
};

START_TEST(list)
{
    struct sp_slice rest = unit_text(lists[_i].value), value;
    struct sp_buf   got = sp_buf(unit_room(100), 100);

    while (sip_list_next(&rest, &value)) {
        sp_put(&got, value);
        sp_put_char(&got, '|');
    }
    unit_eq(sp_written(&got), lists[_i].values);
}
END_TEST

static const struct q {
    const char *value;
    enum sp_err err;
    uint16_t    thousandths;
    const char *written;
} qs[] = {
    { "0", SP_OK, 0, "0" },         { "1", SP_OK, 1000, "1" },      { "0.", SP_OK, 0, "0" },
    { "1.000", SP_OK, 1000, "1" },  { "0.7", SP_OK, 700, "0.7" },   { "0.33", SP_OK, 330, "0.33" },
    { "0.001", SP_OK, 1, "0.001" }, { "0.050", SP_OK, 50, "0.05" }, { "1.001", SP_SYNTAX, 0, "" },
    { "2", SP_SYNTAX, 0, "" },      { "", SP_SYNTAX, 0, "" },       { ".5", SP_SYNTAX, 0, "" },
    { "0.1234", SP_SYNTAX, 0, "" }, { "0,5", SP_SYNTAX, 0, "" },    { "0.x", SP_SYNTAX, 0, "" },
};

START_TEST(qvalue)
{
    uint16_t      q;
    struct sp_buf out = sp_buf(unit_room(8), 8);

    unit_err(sip_qvalue_parse(unit_text(qs[_i].value), &q), qs[_i].err);
    ck_assert_uint_eq(q, qs[_i].thousandths);
    if (qs[_i].err == SP_OK) {
        sip_qvalue_write(&out, q);
        unit_eq(sp_written(&out), qs[_i].written);
    }
}
END_TEST

START_TEST(numbers_in_params)
{
    struct sp_slice params = unit_text(";expires=60;q=0.5;big=4294967296;x=y;none");
    uint32_t        number = 0;

    unit_err(sip_param_u32(params, "expires", &number), SP_OK);
    ck_assert_uint_eq(number, 60);
    unit_err(sip_param_u32(params, "big", &number), SP_RANGE);
    unit_err(sip_param_u32(params, "x", &number), SP_SYNTAX);
    unit_err(sip_param_u32(params, "none", &number), SP_SYNTAX);
    unit_err(sip_param_u32(params, "absent", &number), SP_MISSING);
    ck_assert_uint_eq(sip_param_q(params), 500);
    ck_assert_uint_eq(sip_param_q(unit_text(";q=x")), 1000);
    ck_assert_uint_eq(sip_param_q(unit_text("")), 1000);
}
END_TEST

Suite *test_sip_item_suite(void)
{
    Suite *suite = suite_create("sip_item");
    TCase *tcase = unit_tcase(suite, "sip_item");

    unit_loop(tcase, round_trip, rows);
    unit_loop(tcase, list, lists);
    unit_loop(tcase, qvalue, qs);
    tcase_add_test(tcase, numbers_in_params);
    return suite;
}
