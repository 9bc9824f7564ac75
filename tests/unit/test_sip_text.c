/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_text.c -- text for people, products, warnings, time stamps, MIME versions. */
#include "../../parser/sip_text.h"
#include "unit.h"

static const struct utf8 {
    const char *text;
    size_t      bad;
} utf8s[] = {
    { "plain", 5 },
    { "\xc3\xa9", 2 },
    { "\xe2\x82\xac", 3 },
    { "\xf0\x9f\x98\x80", 4 },
    { "a\x80", 1 },
    { "\xc0\xaf", 0 },
    { "\xc1\xbf", 0 },
    { "\xe0\x9f\xbf", 0 },
    { "\xed\xa0\x80", 0 },
    { "\xf0\x8f\xbf\xbf", 0 },
    { "\xf4\x90\x80\x80", 0 },
    { "\xf8\x88\x80\x80\x80", 0 },
    { "\xc3", 0 },
    { "ab\xe2\x82", 2 },
    { "\xf4\x8f\xbf\xbf", 4 },
    { "\xed\x9f\xbf", 3 },
    { "\xc3(", 0 },
    { "", 0 },
    { "\xff", 0 },
};

START_TEST(utf8)
{
    ck_assert_uint_eq(sip_utf8_find_bad(unit_text(utf8s[_i].text)), utf8s[_i].bad);
}
END_TEST

START_TEST(text)
{
    struct sp_where where;

    unit_err(sip_text_check(unit_text("a\r\n b\t\xc3\xa9"), &where), SP_OK);
    unit_err_at(sip_text_check(unit_text("ab\r\nc"), &where), where, SP_SYNTAX, 2);
    unit_err_at(sip_text_check(unit_text("ab\r"), &where), where, SP_SYNTAX, 2);
    unit_err_at(sip_text_check(unit_text("ab\x7f"), &where), where, SP_SYNTAX, 2);
    unit_err_at(sip_text_check(UNIT_LIT("a\0b"), &where), where, SP_SYNTAX, 1);
}
END_TEST

START_TEST(products)
{
    struct sp_scan     s = sp_scan(unit_text("SIPimp.org/0.2.5 (curses, (x)) v2"));
    struct sip_product product;

    ck_assert(sip_product_next(&s, &product));
    unit_eq(product.name, "SIPimp.org");
    unit_eq(product.version, "0.2.5");
    ck_assert(sip_product_next(&s, &product));
    unit_eq(product.comment, "(curses, (x))");
    unit_eq(product.name, "");
    ck_assert(sip_product_next(&s, &product));
    unit_eq(product.name, "v2");
    unit_eq(product.version, "");
    ck_assert(!sip_product_next(&s, &product));
    unit_err(s.err, SP_OK);
}
END_TEST

START_TEST(warning_parts)
{
    struct sip_warning warning;
    struct sp_where    where;
    struct sp_buf      out = sp_buf(unit_room(60), 60), bad = sp_buf(unit_room(60), 60);

    unit_err(sip_warning_parse(unit_text("399 [::1]:5060 \"a \\\"b\\\"\""), &warning, &where),
             SP_OK);
    ck_assert_uint_eq(warning.code, 399);
    unit_eq(warning.agent, "[::1]:5060");
    unit_eq(warning.text, "\"a \\\"b\\\"\"");
    sip_warning_write(&out, &warning);
    unit_eq(sp_written(&out), "399 [::1]:5060 \"a \\\"b\\\"\"");
    warning.code = 99;
    sip_warning_write(&bad, &warning);
    unit_err(bad.err, SP_RANGE);
    unit_err_at(sip_warning_parse(unit_text("099 a \"b\""), &warning, &where), where, SP_RANGE, 0);
    unit_err_at(sip_warning_parse(unit_text("39 a \"b\""), &warning, &where), where, SP_SYNTAX, 0);
    unit_err_at(sip_warning_parse(unit_text("399  a \"b\""), &warning, &where), where, SP_SYNTAX,
                4);
    unit_err_at(sip_warning_parse(unit_text("399 a"), &warning, &where), where, SP_SYNTAX, 5);
}
END_TEST

static const struct stamp {
    const char *value;
    enum sp_err err;
    size_t      at;
    uint64_t    time_ms, delay_ms;
    const char *written;
} stamps[] = {
    { "54", SP_OK, 0, 54000, 0, "54" },
    { "54.5 0.25", SP_OK, 0, 54500, 250, "54.500 0.250" },
    { "54. .5", SP_OK, 0, 54000, 500, "54 0.500" },
    { "1.0019", SP_OK, 0, 1001, 0, "1.001" },
    { "", SP_SYNTAX, 0, 0, 0, NULL },
    { "a", SP_SYNTAX, 0, 0, 0, NULL },
    { "1 2 3", SP_SYNTAX, 3, 0, 0, NULL },
    { "18446744073709551615", SP_RANGE, 0, 0, 0, NULL },
};

START_TEST(stamp)
{
    struct sip_timestamp got;
    struct sp_where      where;
    struct sp_buf        out = sp_buf(unit_room(60), 60);

    unit_err_at(sip_timestamp_parse(unit_text(stamps[_i].value), &got, &where), where,
                stamps[_i].err, stamps[_i].at);
    if (stamps[_i].err != SP_OK)
        return;
    ck_assert_uint_eq(got.time_ms, stamps[_i].time_ms);
    ck_assert_uint_eq(got.delay_ms, stamps[_i].delay_ms);
    sip_timestamp_write(&out, &got);
    unit_eq(sp_written(&out), stamps[_i].written);
}
END_TEST

START_TEST(mime_version)
{
    struct sip_mime_version version;
    struct sp_where         where;
    struct sp_buf           out = sp_buf(unit_room(8), 8);

    unit_err(sip_mime_version_parse(unit_text("1.0"), &version, &where), SP_OK);
    ck_assert_uint_eq(version.major, 1);
    sip_mime_version_write(&out, &version);
    unit_eq(sp_written(&out), "1.0");
    unit_err_at(sip_mime_version_parse(unit_text("1."), &version, &where), where, SP_SYNTAX, 2);
}
END_TEST

Suite *test_sip_text_suite(void)
{
    Suite *suite = suite_create("sip_text");
    TCase *tcase = unit_tcase(suite, "sip_text");

    unit_loop(tcase, utf8, utf8s);
    tcase_add_test(tcase, text);
    tcase_add_test(tcase, products);
    tcase_add_test(tcase, warning_parts);
    unit_loop(tcase, stamp, stamps);
    tcase_add_test(tcase, mime_version);
    return suite;
}
