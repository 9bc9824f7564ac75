/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_param.c -- parameter lists: read, walked, searched, quoted and unquoted. */
#include "../../parser/sip_param.h"
#include "unit.h"

static const struct row {
    const char *list;
    enum sp_err err;
    size_t      at;
    size_t      count;
} rows[] = {
    { "", SP_OK, 0, 0 },
    { ";lr", SP_OK, 0, 1 },
    { ";a=1;b=\"x;y=\\\"z\";c", SP_OK, 0, 3 },
    { " ; a\r\n = 1 ;\tb", SP_OK, 0, 2 },
    { ";host=[2001:db8::1];x=192.0.2.1", SP_OK, 0, 2 },
    { ";+sip.instance=\"<urn:uuid:1>\"", SP_OK, 0, 1 },
    { ";q=0.7;+g.oma.sip-im;methods=\"INVITE, ACK\"", SP_OK, 0, 3 },
    { ";", SP_SYNTAX, 1, 0 },
    { ";;", SP_SYNTAX, 1, 0 },
    { ";a=", SP_SYNTAX, 3, 0 },
    { ";a=;b", SP_SYNTAX, 3, 0 },
    { ";a=\"x", SP_SYNTAX, 5, 0 },
    { ";a=[::1", SP_SYNTAX, 7, 0 },
    { ";a=b:c", SP_SYNTAX, 4, 0 },
    { "a=b", SP_SYNTAX, 0, 0 },
    { ";a=b c", SP_SYNTAX, 4, 0 },
};

START_TEST(scan)
{
    const struct row *row = &rows[_i];
    struct sp_scan    s = sp_scan(unit_text(row->list));
    struct sp_slice   list = sip_scan_params(&s);
    struct sp_where   where;
    struct sip_param  param;
    size_t            count = 0;

    unit_err_at(sp_scan_end(&s, &where), where, row->err, row->at);
    if (row->err != SP_OK)
        return;
    while (sip_param_next(&list, &param)) {
        ck_assert_uint_gt(param.name.len, 0);
        count++;
    }
    ck_assert_uint_eq(count, row->count);
}
END_TEST

START_TEST(find)
{
    struct sp_slice  list = unit_text(" ; Tag = abc ;lr;text=\"a;b=\\\"\" ; x=\"\";tag=second");
    struct sip_param param;

    unit_eq(sip_param_value(list, "tag"), "abc");
    unit_eq(sip_param_value(list, "TEXT"), "\"a;b=\\\"\"");
    unit_eq(sip_param_value(list, "lr"), "");
    unit_eq(sip_param_value(list, "x"), "\"\"");
    ck_assert(sip_param_has(list, "lr"));
    ck_assert(!sip_param_has(list, "l"));
    ck_assert(!sip_param_has(list, "b"));
    ck_assert(sip_param_find(list, SP_LIT("lr"), &param));
    ck_assert(!param.has_value);
    ck_assert(!sip_param_find(list, SP_LIT("none"), &param));
    unit_eq(param.name, "");
}
END_TEST

/* What was never checked is walked all the same, to its end. */
START_TEST(walk_anything)
{
    static const char *const lists[] = { ";=",  ";\"", ";a=\"\\", ";=\"", "\";",
                                         ";;;", "x",   "\\",      " " };

    for (size_t i = 0; i < UNIT_ROWS(lists); i++) {
        struct sp_slice  rest = unit_text(lists[i]);
        struct sip_param param;
        int              count = 0;

        while (sip_param_next(&rest, &param))
            ck_assert_int_lt(count++, 4);
        ck_assert_uint_eq(rest.len, 0);
    }
}
END_TEST

static const struct quote_row {
    const char *text, *quoted;
    enum sp_err err;
} quotes[] = {
    { "", "\"\"", SP_OK },
    { "a b", "\"a b\"", SP_OK },
    { "a\"b\\c", "\"a\\\"b\\\\c\"", SP_OK },
    { "\x07\t\x7f", "\"\\\x07\t\\\x7f\"", SP_OK },
    { "\xd0\xb0", "\"\xd0\xb0\"", SP_OK },
    { "a\rb", "", SP_INJECTION },
    { "a\nb", "", SP_INJECTION },
};

/* 3261-25.1-1 */
START_TEST(quote)
{
    const struct quote_row *row = &quotes[_i];
    struct sp_buf           out = sp_buf(unit_room(40), 40), back = sp_buf(unit_room(40), 40);

    sip_put_quoted(&out, unit_text(row->text));
    unit_err(out.err, row->err);
    unit_eq(sp_written(&out), row->quoted);
    sip_put_unquoted(&back, sp_written(&out));
    if (row->err == SP_OK)
        unit_eq(sp_written(&back), row->text);
}
END_TEST

static const struct unquote_row {
    const char *value, *text;
} unquotes[] = {
    { "token", "token" }, { "\"a\r\n b\"", "a b" }, { "\"a \r\n\tb\"", "a \tb" },
    { "\"open", "open" }, { "\"", "\"" },           { "", "" },
};

START_TEST(unquote)
{
    struct sp_buf out = sp_buf(unit_room(40), 40);

    sip_put_unquoted(&out, unit_text(unquotes[_i].value));
    unit_eq(sp_written(&out), unquotes[_i].text);
}
END_TEST

static const struct fold_row {
    const char *value, *text;
    enum sp_err err;
} folds[] = {
    { "a b", "a b", SP_OK },
    { "a \r\n\t b", "a b", SP_OK },
    { "a\r\n b\r\n c", "a b c", SP_OK },
    { "a\r\nb", "", SP_INJECTION },
    { "a\rb", "", SP_INJECTION },
    { "a\nb", "", SP_INJECTION },
    { "a\r", "", SP_INJECTION },
    { "a\r\n", "", SP_INJECTION },
    { "a\r b", "", SP_INJECTION },
    { "", "", SP_OK },
};

START_TEST(folded)
{
    struct sp_buf out = sp_buf(unit_room(40), 40);

    sip_put_folded(&out, unit_text(folds[_i].value));
    unit_err(out.err, folds[_i].err);
    unit_eq(sp_written(&out), folds[_i].text);
}
END_TEST

Suite *test_sip_param_suite(void)
{
    Suite *suite = suite_create("sip_param");
    TCase *tcase = unit_tcase(suite, "sip_param");

    unit_loop(tcase, scan, rows);
    tcase_add_test(tcase, find);
    tcase_add_test(tcase, walk_anything);
    unit_loop(tcase, quote, quotes);
    unit_loop(tcase, unquote, unquotes);
    unit_loop(tcase, folded, folds);
    return suite;
}
