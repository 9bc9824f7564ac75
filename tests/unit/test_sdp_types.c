/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_types.c -- accept-types: RFC 4975 8.6. */
#include "../../sdp/sdp_types.h"
#include "unit.h"

static const struct row {
    const char *list;
    enum sp_err err;
    size_t      at;
    const char *rule;
} rows[] = {
    { "text/plain", SP_OK, 0, "" },
    { "message/cpim text/* *", SP_OK, 0, "" },
    { "*", SP_OK, 0, "" },
    { "* text/plain", SP_OK, 0, "" },
    { " text/plain", SP_OK, 0, "" }, /* "accept-types: text/plain", met in the field */
    { "text/plain ", SP_OK, 0, "" },
    { "text/plain  text/html", SP_OK, 0, "" },
    { "text/plain;charset=utf-8;x=\"a b; \\\" c\" text/html", SP_OK, 0, "" },
    { "", SP_SYNTAX, 0, "format-entry" },
    { "text", SP_SYNTAX, 4, "format-entry" },
    { "text/", SP_SYNTAX, 5, "subtype" },
    { "/plain", SP_SYNTAX, 0, "format-entry" },
    { "text/plain,text/html", SP_SYNTAX, 10, "end" },
    { "text/plain;", SP_SYNTAX, 11, "parm-attribute" },
    { "text/plain;x", SP_SYNTAX, 12, "type-param" },
    { "text/plain;x=", SP_SYNTAX, 13, "parm-value" },
    { "text/plain;x=\"a", SP_SYNTAX, 15, "quoted-string" },
    { "text/plain; x=a", SP_SYNTAX, 11, "parm-attribute" },
    { "text/plain \t", SP_SYNTAX, 11, "format-entry" },
};

START_TEST(row)
{
    struct sp_where where = { 0, "" };

    unit_err_at(sdp_types_check(unit_text(rows[_i].list), &where), where, rows[_i].err,
                rows[_i].at);
    if (rows[_i].err != SP_OK)
        ck_assert_str_eq(where.rule, rows[_i].rule);
}
END_TEST

static const struct match {
    const char *list, *type;
    bool        allowed, named;
} matches[] = {
    { "text/plain", "text/plain", true, true },
    { "text/plain", "TEXT/Plain", true, true },
    { "text/plain;charset=utf-8", "text/plain", true, true }, /* parameters do not matter */
    { "text/plain", "text/plain;charset=utf-8", true, true },
    { "text/plain", "text/plain ; charset=utf-8", true, true },
    { "text/plain", "text/html", false, false },
    { "text/plain", "text/plainer", false, false },
    { "text/plain", "tex/plain", false, false },
    { "text/*", "text/html", true, false },
    { "text/*", "message/cpim", false, false },
    { "text/* message/cpim", "message/cpim", true, true },
    { "*", "image/png", true, false },
    { "text/plain *", "image/png", true, false },
    { "* text/plain", "text/plain", true, true },
    { "*/*", "image/png", true, false },
    { "a/b;x=\"text/plain c/d\" e/f", "c/d", false, false }, /* a quoted space parts nothing */
    { "a/b;x=\"text/plain c/d\" e/f", "e/f", true, true },
    { "", "text/plain", false, false },
    { "text/plain", "", false, false },
};

START_TEST(match)
{
    struct sp_slice list = unit_text(matches[_i].list), type = unit_text(matches[_i].type);

    ck_assert_int_eq(sdp_types_allow(list, type), matches[_i].allowed);
    ck_assert_int_eq(sdp_types_name(list, type), matches[_i].named);
}
END_TEST

static const struct meeting {
    const char *a, *b;
    bool        meet;
} meetings[] = {
    { "text/plain", "text/html text/plain", true },
    { "text/plain", "text/html", false },
    { "text/*", "image/png text/html", true },
    { "text/*", "image/*", false },
    { "*", "x/y", true },
    { "x/y", "*", true },
    { "*", "*", true },
    { "", "*", false },
    { "*", "", false },
    { "text/*", "text/*", true },
};

START_TEST(meeting)
{
    struct sp_slice a = unit_text(meetings[_i].a), b = unit_text(meetings[_i].b);

    ck_assert_int_eq(sdp_types_meet(a, b), meetings[_i].meet);
    ck_assert_int_eq(sdp_types_meet(b, a), meetings[_i].meet);
}
END_TEST

START_TEST(entries)
{
    struct sp_slice rest = unit_text(" text/plain;x=\"a b\"  * "), entry;

    ck_assert(sdp_types_next(&rest, &entry));
    unit_eq(entry, "text/plain;x=\"a b\"");
    ck_assert(sdp_types_next(&rest, &entry));
    unit_eq(entry, "*");
    ck_assert(!sdp_types_next(&rest, &entry));
}
END_TEST

Suite *test_sdp_types_suite(void)
{
    Suite *suite = suite_create("sdp_types");
    TCase *tcase = unit_tcase(suite, "sdp_types");

    unit_loop(tcase, row, rows);
    unit_loop(tcase, match, matches);
    unit_loop(tcase, meeting, meetings);
    tcase_add_test(tcase, entries);
    return suite;
}
