/* SPDX-License-Identifier: MIT
 * tests/unit/test_slice.c -- comparing, finding, cutting and reading numbers. */
#include "unit.h"

static const struct part_row {
    const char *text;
    size_t      at;
    const char *from, *head;
} part_rows[] = {
    { "abc", 0, "abc", "" }, { "abc", 1, "bc", "a" }, { "abc", 3, "", "abc" },
    { "abc", 4, "", "abc" }, { "", 0, "", "" },       { "", 9, "", "" },
};

START_TEST(parts)
{
    const struct part_row *row = &part_rows[_i];
    struct sp_slice        s = unit_text(row->text);

    unit_eq(sp_from(s, row->at), row->from);
    unit_eq(sp_head(s, row->at), row->head);
}
END_TEST

START_TEST(null_is_empty)
{
    struct sp_slice none = { NULL, 0 };

    ck_assert_uint_eq(sp_str(NULL).len, 0);
    ck_assert_ptr_null(sp_from(none, 3).at);
    ck_assert_ptr_null(sp_head(none, 3).at);
    ck_assert(sp_eq(none, SP_LIT("")));
    ck_assert(sp_eq_nocase(none, none));
    ck_assert(sp_starts(none, none) && !sp_starts(none, SP_LIT("a")));
    ck_assert_uint_eq(sp_find(none, 'a'), 0);
    ck_assert_uint_eq(sp_find_slice(none, none), 0);
    ck_assert_uint_eq(sp_find_slice(none, SP_LIT("a")), 0);
    ck_assert_uint_eq(sp_trim(none).len, 0);
}
END_TEST

static const struct eq_row {
    const char *a, *b;
    bool        eq, nocase, starts, starts_nocase; /* a starts with b */
} eq_rows[] = {
    { "", "", true, true, true, true },
    { "abc", "abc", true, true, true, true },
    { "abc", "ABC", false, true, false, true },
    { "abc", "abd", false, false, false, false },
    { "abc", "ab", false, false, true, true },
    { "aBc", "Ab", false, false, false, true },
    { "ab", "abc", false, false, false, false },
    { "abc", "", false, false, true, true },
    { "@[`{", "`{@[", false, false, false, false }, /* 32 apart, and no letters */
    { "@", "`", false, false, false, false },
    { "[", "{", false, false, false, false },
    { "\xc3\xa4", "\xc3\x84", false, false, false, false }, /* beyond ASCII nothing folds */
};

START_TEST(equality)
{
    const struct eq_row *row = &eq_rows[_i];
    struct sp_slice      a = unit_text(row->a), b = unit_text(row->b);

    ck_assert_int_eq(sp_eq(a, b), row->eq);
    ck_assert_int_eq(sp_eq(b, a), row->eq);
    ck_assert_int_eq(sp_eq_nocase(a, b), row->nocase);
    ck_assert_int_eq(sp_eq_nocase(b, a), row->nocase);
    ck_assert_int_eq(sp_starts(a, b), row->starts);
    ck_assert_int_eq(sp_starts_nocase(a, b), row->starts_nocase);
}
END_TEST

static const struct find_row {
    const char *text, *needle;
    size_t      at;
} find_rows[] = {
    { "abcabc", "a", 0 },
    { "abcabc", "c", 2 },
    { "abcabc", "x", 6 },
    { "abcabc", "bc", 1 },
    { "abcabc", "ca", 2 },
    { "abcabc", "abcabc", 0 },
    { "abcabc", "abcabd", 6 },
    { "abc", "abcd", 3 },
    { "aaab", "aab", 1 },
    { "abc", "", 0 },
    { "", "a", 0 },
    { "", "", 0 },
    { "\r\n\r\r\n\r\n", "\r\n\r\n", 3 },
    { "abcab", "abx", 5 },
};

START_TEST(finding)
{
    const struct find_row *row = &find_rows[_i];
    struct sp_slice        s = unit_text(row->text), needle = unit_text(row->needle);

    ck_assert_uint_eq(sp_find_slice(s, needle), row->at);
    if (needle.len == 1)
        ck_assert_uint_eq(sp_find(s, needle.at[0]), row->at);
}
END_TEST

START_TEST(finds_nul_and_high_octets)
{
    struct sp_slice s = UNIT_LIT("a\0\xff");

    ck_assert_uint_eq(sp_find(s, '\0'), 1);
    ck_assert_uint_eq(sp_find(s, '\xff'), 2);
}
END_TEST

static const struct trim_row {
    const char *text, *want;
} trim_rows[] = {
    { "abc", "abc" }, { " \t\r\nabc", "abc" }, { "abc\r\n\t ", "abc" }, { " a b ", "a b" },
    { "", "" },       { " \r\n\t", "" },       { "\v\f", "\v\f" },
};

START_TEST(trimming)
{
    unit_eq(sp_trim(unit_text(trim_rows[_i].text)), trim_rows[_i].want);
}
END_TEST

static const struct number_row {
    const char *text;
    uint64_t    max;
    enum sp_err err;
    uint64_t    value;
} number_rows[] = {
    { "0", 0, SP_OK, 0 },
    { "007", 7, SP_OK, 7 },
    { "255", 255, SP_OK, 255 },
    { "256", 255, SP_RANGE, 0 },
    { "18446744073709551615", UINT64_MAX, SP_OK, UINT64_MAX },
    { "18446744073709551616", UINT64_MAX, SP_RANGE, 0 },
    { "99999999999999999999999999", UINT64_MAX, SP_RANGE, 0 },
    { "184467440737095516160", UINT64_MAX, SP_RANGE, 0 }, /* 2^64 * 10: 0 once it has wrapped */
    { "00000000000000000000000000001", 1, SP_OK, 1 },
    { "", 9, SP_SYNTAX, 0 },
    { "-1", 9, SP_SYNTAX, 0 },
    { "+1", 9, SP_SYNTAX, 0 },
    { " 1", 9, SP_SYNTAX, 0 },
    { "1 ", 9, SP_SYNTAX, 0 },
    { "1a", 9, SP_SYNTAX, 0 },
    { "99999999999999999999999999x", 9, SP_SYNTAX, 0 },
};

START_TEST(numbers)
{
    const struct number_row *row = &number_rows[_i];
    uint64_t                 value = 77;

    unit_err(sp_to_u64(unit_text(row->text), row->max, &value), row->err);
    ck_assert_uint_eq(value, row->value);
}
END_TEST

/* Every octet, against what the RFCs' core rules list. */
START_TEST(classes)
{
    static const char alpha[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static const char digits[] = "0123456789";
    static const char hex[] = "0123456789abcdef";

    for (int i = 0; i < 256; i++) {
        char        c = (char)i;
        bool        is_alpha = memchr(alpha, c, sizeof alpha - 1) != NULL;
        bool        is_digit = memchr(digits, c, sizeof digits - 1) != NULL;
        const char *upper = memchr(alpha, c, 26);
        char        lower = upper != NULL ? alpha[upper - alpha + 26] : c;
        const char *value = memchr(hex, lower, sizeof hex - 1);

        ck_assert_int_eq(sp_is_alpha(c), is_alpha);
        ck_assert_int_eq(sp_is_digit(c), is_digit);
        ck_assert_int_eq(sp_is_alnum(c), is_alpha || is_digit);
        ck_assert_int_eq(sp_lower(c), lower);
        ck_assert_int_eq(sp_hex_value(c), value != NULL ? value - hex : -1);
    }
}
END_TEST

Suite *test_slice_suite(void)
{
    Suite *suite = suite_create("slice");
    TCase *tcase = unit_tcase(suite, "slice");

    unit_loop(tcase, parts, part_rows);
    tcase_add_test(tcase, null_is_empty);
    unit_loop(tcase, equality, eq_rows);
    unit_loop(tcase, finding, find_rows);
    tcase_add_test(tcase, finds_nul_and_high_octets);
    unit_loop(tcase, trimming, trim_rows);
    unit_loop(tcase, numbers, number_rows);
    tcase_add_test(tcase, classes);
    return suite;
}
