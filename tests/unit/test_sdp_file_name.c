/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_file_name.c -- names and types on the wire: RFC 5547 6. */
#include "../../sdp/sdp_file.h"
#include "unit.h"

/* 5547-6-4, 5547-6-5, 5547-6-6 */
static const struct row {
    const char *plain;
    size_t      len;
    const char *encoded;
} rows[] = {
    { "My cool picture.jpg", 19, "My cool picture.jpg" },
    { "a\"b", 3, "a%22b" },
    { "100%", 4, "100%25" },
    { "../../x", 7, "..%2F..%2Fx" },
    { "..\\x", 4, "..%5Cx" },
    { "a\r\nb", 4, "a%0D%0Ab" },
    { "a\0b", 3, "a%00b" },
    { "\xC3\xA4\xFF", 3, "\xC3\xA4\xFF" },
    { "%41", 3, "%2541" },
    { "", 0, "" },
};

START_TEST(names)
{
    char          room[64];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_put_file_name_encoded(&to, unit_octets(rows[_i].plain, rows[_i].len));
    unit_eq(sp_written(&to), rows[_i].encoded);
    struct sp_slice encoded = unit_octets(room, to.len);
    to = sp_buf(room, sizeof(room));
    sdp_put_file_name(&to, encoded);
    unit_eq_slice(sp_written(&to), sp_slice(rows[_i].plain, rows[_i].len));
}
END_TEST

static const struct decoding {
    const char *encoded, *plain;
} decodings[] = {
    { "a%2fb", "a/b" }, { "%41%42", "AB" }, { "a%", "a%" }, { "a%4", "a%4" },
    { "%zz", "%zz" },   { "%%41", "%A" },   { "+", "+" },
};

START_TEST(decoded)
{
    char          room[64];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_put_file_name(&to, unit_text(decodings[_i].encoded));
    unit_eq(sp_written(&to), decodings[_i].plain);
}
END_TEST

START_TEST(equal)
{
    ck_assert(sdp_file_name_eq(unit_text("a/b"), unit_text("a%2Fb")));
    ck_assert(sdp_file_name_eq(unit_text("%2fa"), unit_text("%2Fa")));
    ck_assert(!sdp_file_name_eq(unit_text("a"), unit_text("ab")));
    ck_assert(!sdp_file_name_eq(unit_text("ab"), unit_text("a")));
    ck_assert(!sdp_file_name_eq(unit_text("a"), unit_text("A")));
    ck_assert(sdp_file_name_eq(unit_text(""), unit_text("")));
}
END_TEST

/* A Content-Type, as a type selector, and as a Content-Type again. */
static const struct type_row {
    const char *content_type;
    enum sp_err err;
    const char *encoded, *back;
} types[] = {
    { "image/jpeg", SP_OK, "image/jpeg", "image/jpeg" },
    { "text/plain; charset=utf-8", SP_OK, "text/plain;charset=\"utf-8\"",
      "text/plain;charset=\"utf-8\"" },
    { " text / plain ;\r\n charset = \"utf-8\" ; x=y ", SP_OK,
      "text/plain;charset=\"utf-8\";x=\"y\"", "text/plain;charset=\"utf-8\";x=\"y\"" },
    { "a/b;c=\"d \\\" % \\\\ e\"", SP_OK, "a/b;c=\"d %22 %25 \\ e\"", "a/b;c=\"d \\\" % \\\\ e\"" },
    { "a/b\t  \t;\r\n\tc=d", SP_OK, "a/b;c=\"d\"", "a/b;c=\"d\"" },
    { "text", SP_SYNTAX, "", "" },
    { "", SP_SYNTAX, "", "" },
    { "a/b c", SP_SYNTAX, "", "" },
    { "a/b;", SP_SYNTAX, "", "" },
    { "a/b;c", SP_SYNTAX, "", "" },
    { "a/b;c=", SP_SYNTAX, "", "" },
    { "a/b;c=\"d", SP_SYNTAX, "", "" },
    { "a/b;c=\"d\\", SP_SYNTAX, "", "" },
};

START_TEST(type)
{
    char          room[128];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_put_file_type_encoded(&to, unit_text(types[_i].content_type));
    unit_err(to.err, types[_i].err);
    unit_eq(sp_written(&to), types[_i].encoded);
    if (types[_i].err != SP_OK)
        return;
    struct sp_slice encoded = unit_octets(room, to.len);
    to = sp_buf(room, sizeof(room));
    sdp_put_file_type(&to, encoded);
    unit_err(to.err, SP_OK);
    unit_eq(sp_written(&to), types[_i].back);
}
END_TEST

/* What a peer escaped does not get out of a header field. */
START_TEST(type_injection)
{
    char          room[128];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_put_file_type(&to, unit_text("a/b;c=\"x%0D%0AVia: y\""));
    unit_err(to.err, SP_INJECTION);
    to = sp_buf(room, sizeof(room));
    sdp_put_file_type(&to, unit_text("a/b;c=d;e=\"f\""));
    unit_eq(sp_written(&to), "a/b;c=d;e=\"f\"");
    to = sp_buf(room, sizeof(room));
    sdp_put_file_type(&to, unit_text("a/b;c=d;e="));
    unit_err(to.err, SP_SYNTAX);
}
END_TEST

Suite *test_sdp_file_name_suite(void)
{
    Suite *suite = suite_create("sdp_file_name");
    TCase *tcase = unit_tcase(suite, "sdp_file_name");

    unit_loop(tcase, names, rows);
    unit_loop(tcase, decoded, decodings);
    tcase_add_test(tcase, equal);
    unit_loop(tcase, type, types);
    tcase_add_test(tcase, type_injection);
    return suite;
}
