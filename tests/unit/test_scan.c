/* SPDX-License-Identifier: MIT
 * tests/unit/test_scan.c -- a cursor whose first error sticks, with its place and rule. */
#include "unit.h"

#include "../../base/scan.h"

static const struct sp_set digits = { { 0, 0x03ff0000 } };

static const struct row {
    const char *text; /* for "v=" 1*DIGIT "," *DIGIT ";" */
    enum sp_err err;
    size_t      at;
    const char *rule;
    const char *first, *second;
} rows[] = {
    { "v=12,34;", SP_OK, 0, "", "12", "34" },
    { "V=1,;", SP_OK, 0, "", "1", "" },
    { "", SP_SYNTAX, 0, "v=", "", "" },
    { "v", SP_SYNTAX, 1, "v=", "", "" },
    { "v:1,;", SP_SYNTAX, 1, "v=", "", "" },
    { "v=", SP_SYNTAX, 2, "first", "", "" },
    { "v=,;", SP_SYNTAX, 2, "first", "", "" },
    { "v=12", SP_SYNTAX, 4, "COMMA", "12", "" },
    { "v=12;", SP_SYNTAX, 4, "COMMA", "12", "" },
    { "v=12,34", SP_SYNTAX, 7, "SEMI", "12", "34" },
    { "v=12,34; ", SP_SYNTAX, 8, "end", "12", "34" },
};

START_TEST(straight_line)
{
    const struct row *row = &rows[_i];
    struct sp_scan    s = sp_scan(unit_text(row->text));
    struct sp_where   where = { 99, NULL };
    struct sp_slice   first, second;

    sp_scan_text_nocase(&s, SP_LIT("v="), "v=");
    first = sp_scan_set(&s, &digits, 1, "first");
    sp_scan_char(&s, ',', "COMMA");
    second = sp_scan_set(&s, &digits, 0, "second");
    sp_scan_char(&s, ';', "SEMI");
    unit_err(sp_scan_end(&s, &where), row->err);
    ck_assert_uint_eq(where.octet, row->at);
    ck_assert_str_eq(where.rule, row->rule);
    unit_eq(first, row->first);
    unit_eq(second, row->second);
    unit_err(sp_scan_end(&s, NULL), row->err);
}
END_TEST

static const struct number_row {
    const char *text;
    enum sp_err err32, err64;
    size_t      at;
    uint64_t    value;
} number_rows[] = {
    { "0.", SP_OK, SP_OK, 0, 0 },
    { "0042.", SP_OK, SP_OK, 0, 42 },
    { "4294967295.", SP_OK, SP_OK, 0, 4294967295 },
    { "4294967296.", SP_RANGE, SP_OK, 0, 4294967296 },
    { "18446744073709551615.", SP_RANGE, SP_OK, 0, UINT64_MAX },
    { "18446744073709551616.", SP_RANGE, SP_RANGE, 0, 0 },
    { ".", SP_SYNTAX, SP_SYNTAX, 0, 0 },
    { "-1.", SP_SYNTAX, SP_SYNTAX, 0, 0 },
    { "12", SP_SYNTAX, SP_SYNTAX, 2, 12 }, /* the number is there, the dot is not */
    { "", SP_SYNTAX, SP_SYNTAX, 0, 0 },
};

START_TEST(numbers)
{
    const struct number_row *row = &number_rows[_i];
    struct sp_slice          text = unit_text(row->text);
    struct sp_where          where;
    struct sp_scan           s = sp_scan(text);
    uint64_t                 value = sp_scan_u32(&s, "number");

    sp_scan_char(&s, '.', "dot");
    unit_err_at(sp_scan_end(&s, &where), where, row->err32, row->at);
    ck_assert_uint_eq(value, row->err32 == SP_RANGE ? 0 : row->value);

    s = sp_scan(text);
    value = sp_scan_u64(&s, "number");
    sp_scan_char(&s, '.', "dot");
    unit_err_at(sp_scan_end(&s, &where), where, row->err64, row->at);
    ck_assert_uint_eq(value, row->value);
}
END_TEST

START_TEST(looks_and_tries)
{
    struct sp_scan s = sp_scan(UNIT_LIT("ab\0c"));

    ck_assert(sp_scan_more(&s));
    ck_assert_int_eq(sp_scan_peek(&s), 'a');
    ck_assert(!sp_scan_try(&s, 'b'));
    ck_assert(sp_scan_try(&s, 'a'));
    unit_eq(sp_scan_until(&s, '\0'), "b");
    ck_assert(sp_scan_try(&s, '\0'));
    unit_eq(sp_scan_until(&s, 'x'), "c");
    ck_assert(!sp_scan_more(&s));
    ck_assert_int_eq(sp_scan_peek(&s), '\0');
    ck_assert(!sp_scan_try(&s, '\0'));
    ck_assert_uint_eq(sp_scan_until(&s, 'x').len, 0);
    unit_err(sp_scan_end(&s, NULL), SP_OK);
}
END_TEST

/* After an error every call does nothing. */
START_TEST(error_sticks)
{
    struct sp_scan  s = sp_scan(UNIT_LIT("1,23"));
    struct sp_where where;
    const char     *at;

    sp_scan_char(&s, 'x', "x");
    at = s.at;
    ck_assert(!sp_scan_more(&s));
    ck_assert_int_eq(sp_scan_peek(&s), '\0');
    ck_assert(!sp_scan_try(&s, '1'));
    sp_scan_char(&s, '1', "one");
    sp_scan_text_nocase(&s, SP_LIT("1"), "one");
    ck_assert_uint_eq(sp_scan_set(&s, &digits, 1, "digits").len, 0);
    ck_assert_uint_eq(sp_scan_until(&s, ',').len, 0);
    ck_assert_uint_eq(sp_scan_u32(&s, "number"), 0);
    ck_assert_uint_eq(sp_scan_u64(&s, "number"), 0);
    sp_scan_fail(&s, SP_RANGE, s.end, "later");
    ck_assert_ptr_eq(s.at, at);
    unit_err(sp_scan_end(&s, &where), SP_SYNTAX);
    ck_assert_uint_eq(where.octet, 0);
    ck_assert_str_eq(where.rule, "x");
}
END_TEST

START_TEST(an_empty_text_without_an_error)
{
    struct sp_scan  s = sp_scan((struct sp_slice){ NULL, 0 });
    struct sp_where where = { 99, NULL };

    sp_scan_text_nocase(&s, SP_LIT(""), "nothing");
    ck_assert_uint_eq(sp_scan_set(&s, &digits, 0, "digits").len, 0);
    unit_err(sp_scan_end(&s, &where), SP_OK);
    ck_assert_uint_eq(where.octet, 0);
    ck_assert_str_eq(where.rule, "");
}
END_TEST

START_TEST(sets)
{
    struct sp_set edges = { { 1, 0, 0, 0x80000000, 1, 0, 0, 0x80000000 } };

    for (int i = 0; i < 256; i++) {
        ck_assert_int_eq(sp_set_has(&digits, (char)i), i >= '0' && i <= '9');
        ck_assert_int_eq(sp_set_has(&edges, (char)i), i == 0 || i == 127 || i == 128 || i == 255);
    }
}
END_TEST

START_TEST(at_least)
{
    struct sp_scan  s = sp_scan(UNIT_LIT("123x"));
    struct sp_where where;

    ck_assert_uint_eq(sp_scan_set(&s, &digits, 4, "4DIGIT").len, 0);
    unit_err(sp_scan_end(&s, &where), SP_SYNTAX);
    ck_assert_uint_eq(where.octet, 3);
    s = sp_scan(UNIT_LIT("123x"));
    unit_eq(sp_scan_set(&s, &digits, 3, "3DIGIT"), "123");
}
END_TEST

Suite *test_scan_suite(void)
{
    Suite *suite = suite_create("scan");
    TCase *tcase = unit_tcase(suite, "scan");

    unit_loop(tcase, straight_line, rows);
    unit_loop(tcase, numbers, number_rows);
    tcase_add_test(tcase, looks_and_tries);
    tcase_add_test(tcase, error_sticks);
    tcase_add_test(tcase, an_empty_text_without_an_error);
    tcase_add_test(tcase, sets);
    tcase_add_test(tcase, at_least);
    return suite;
}
