/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_text.c -- names in Content-Disposition, and lists of types. */
#include "../../push/push_text.h"

#include "unit.h"

static char room[1024];

static const struct name_row {
    const char *name;
    size_t      len;
    const char *text;
} names[] = {
    { "x.jpg", 5, "attachment;filename=\"x.jpg\"" },
    { "", 0, "render" },
    { "a \"b\" \\c", 8, "attachment;filename=\"a \\\"b\\\" \\\\c\"" },
    { "Gr\xc3\xbc\xc3\x9f"
      "e",
      7,
      "attachment;filename=\"Gr\xc3\xbc\xc3\x9f"
      "e\"" },
    { "a;b=c, d", 8, "attachment;filename=\"a;b=c, d\"" },
    { "a\r\nTo: x", 8, "attachment;filename*=UTF-8''a%0D%0ATo%3A%20x" },
    { "n\0l", 3, "attachment;filename*=UTF-8''n%00l" },
    { "100%\x7f", 5, "attachment;filename*=UTF-8''100%25%7F" },
};

START_TEST(name_there_and_back)
{
    const struct name_row *row = &names[_i];
    struct sp_buf          to = sp_buf(room, sizeof(room));
    char                   back[64];
    struct sp_buf          name = sp_buf(back, sizeof(back));

    push_put_disposition(&to, unit_octets(row->name, row->len));
    unit_eq(sp_written(&to), row->text);
    push_put_disposition_name(&name, unit_text(row->text));
    unit_eq_slice(sp_written(&name), sp_slice(row->name, row->len));
}
END_TEST

static const struct read_row {
    const char *disposition, *name;
} reads[] = {
    { "", "" },
    { "attachment", "" },
    { "attachment; filename=x.txt", "x.txt" },
    { "attachment ; size=4; filename=\"x y\"", "x y" },
    { "render;handling=optional", "" },
    { "attachment;filename*=ISO-8859-1''x;filename=y", "y" }, /* a charset we do not read */
    { "attachment;filename=y;filename*=utf-8''z", "z" },
    { "attachment;filename*=UTF-8''%", "%" },
    { "attachment;filename*=UTF-8''%4", "%4" },
    { "attachment;filename*=UTF-8''%zz%41", "%zzA" },
};

START_TEST(name_from_others)
{
    struct sp_buf name = sp_buf(room, sizeof(room));

    push_put_disposition_name(&name, unit_text(reads[_i].disposition));
    unit_eq(sp_written(&name), reads[_i].name);
}
END_TEST

static const struct types_row {
    const char *comma, *space;
    enum sp_err err;
} types[] = {
    { "", "*", SP_OK },
    { "*/*", "*", SP_OK },
    { "text/plain", "text/plain", SP_OK },
    { "text/plain, image/*", "text/plain image/*", SP_OK },
    { " text/plain;charset=utf-8 ,, */*;q=0.1", "text/plain *", SP_OK },
    { ",,", "*", SP_OK },
    { "text/plain\r\na=x", "", SP_INJECTION },
};

START_TEST(accept_types)
{
    struct sp_buf to = sp_buf(room, sizeof(room));

    push_put_accept_types(&to, unit_text(types[_i].comma));
    unit_err(to.err, types[_i].err);
    unit_eq(sp_written(&to), types[_i].space);
}
END_TEST

START_TEST(bare_type)
{
    unit_eq(push_bare_type(unit_text("text/plain")), "text/plain");
    unit_eq(push_bare_type(unit_text("text/plain ; charset=utf-8")), "text/plain");
    unit_eq(push_bare_type(unit_text("")), "");
}
END_TEST

static const struct {
    const char *type;
    bool        reference, multipart;
} holders[] = {
    { "message/external-body", true, false },
    { "Message/EXTERNAL-body ;access-type=URL", true, false },
    { "message/external-bodyx", false, false },
    { "message/cpim", false, false },
    { "multipart/mixed;boundary=x", false, true },
    { " Multipart/Alternative", false, true },
    { "multipart", false, false },
    { "text/multipart", false, false },
    { "", false, false },
};

START_TEST(holds_others)
{
    ck_assert_int_eq(push_is_reference(unit_text(holders[_i].type)), holders[_i].reference);
    ck_assert_int_eq(push_is_multipart(unit_text(holders[_i].type)), holders[_i].multipart);
}
END_TEST

Suite *test_push_text_suite(void)
{
    Suite *suite = suite_create("push_text");
    TCase *tcase = unit_tcase(suite, "push_text");

    unit_loop(tcase, name_there_and_back, names);
    unit_loop(tcase, name_from_others, reads);
    unit_loop(tcase, accept_types, types);
    tcase_add_test(tcase, bare_type);
    unit_loop(tcase, holds_others, holders);
    return suite;
}
