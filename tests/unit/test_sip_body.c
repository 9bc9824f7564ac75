/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_body.c -- bodies of several parts: walked, nested, cut, and written. */
#include "../../parser/sip_body.h"
#include "unit.h"

#include <stdio.h>

static const struct row {
    const char *type, *body;
    const char *parts; /* "parent/type:body|" each; the depth before it */
    enum sp_err err;   /* at the end */
} rows[] = {
    { "text/plain", "hello", "0/plain:hello|", SP_OK },
    { "text/plain", "", "0/plain:|", SP_OK },
    { "multipart/mixed;boundary=b",
      "--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n--b--\r\n",
      "1mixed/plain:one|1mixed/html:two|", SP_OK },
    { "multipart/mixed; boundary=\"b c\"",
      "preamble\r\n--b c  \r\n\r\none\r\n\r\n--b c--\r\nepilogue\r\n--b c\r\n",
      "1mixed/plain:one\r\n|", SP_OK },
    /* a boundary is a whole line, and its CRLF belongs to it */
    { "multipart/mixed;boundary=b", "--b\r\n\r\nx --b\r\n--bb\r\n--b \t\r\n\r\n\r\n--b--",
      "1mixed/plain:x --b\r\n--bb|1mixed/plain:|", SP_OK },
    { "multipart/alternative;boundary=b",
      "--b\r\n\r\none\r\n--b\r\nContent-Type: multipart/related;boundary=c\r\n\r\n"
      "--c\r\n\r\ntwo\r\n--c\r\n\r\nthree\r\n--c--\r\n\r\n--b\r\n\r\nfour\r\n--b--\r\n",
      "1alternative/plain:one|2related/plain:two|2related/plain:three|1alternative/plain:four|",
      SP_OK },
    { "multipart/mixed;boundary=b",
      "--b\r\nContent-Type: multipart/signed;boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n\r\n--b-"
      "-\r\n",
      "1mixed/signed:--c\r\n\r\nx\r\n--c--\r\n|", SP_OK },
    { "multipart/signed;boundary=b", "--b\r\n\r\none\r\n--b--", "0/signed:--b\r\n\r\none\r\n--b--|",
      SP_OK },
    /* what is cut is handed out as far as it goes */
    { "multipart/mixed;boundary=b", "--b\r\n\r\none\r\n--b\r\n\r\ntwo",
      "1mixed/plain:one|1mixed/plain:two|", SP_PARTIAL },
    { "multipart/mixed;boundary=b", "nothing", "", SP_PARTIAL },
    { "multipart/mixed;boundary=b", "", "", SP_PARTIAL },
    { "multipart/mixed;boundary=b", "--b\r\nContent-Type: nonsense\r\n\r\none\r\n--b--",
      "1mixed/:one|", SP_SYNTAX },
    { "multipart/mixed;boundary=b", "--b\r\nContent-Type: multipart/mixed\r\n\r\none\r\n--b--",
      "1mixed/mixed:one|", SP_SYNTAX },
    /* four levels; what is deeper stays whole */
    { "multipart/mixed;boundary=a",
      "--a\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mix"
      "ed;boundary=c\r\n\r\n"
      "--c\r\nContent-Type: multipart/mixed;boundary=d\r\n\r\n--d\r\nContent-Type: multipart/mix"
      "ed;boundary=e\r\n\r\n"
      "--e\r\n\r\nx\r\n--e--\r\n--d--\r\n--c--\r\n--b--\r\n--a--\r\n",
      "4mixed/mixed:--e\r\n\r\nx\r\n--e--|", SP_OK },
};

START_TEST(parts)
{
    struct sip_body walk;
    struct sip_part part;
    struct sp_where where;
    char            got[500] = "";

    unit_err(sip_body_begin(&walk, unit_text(rows[_i].type), unit_text(rows[_i].body), &where),
             SP_OK);
    while (sip_body_next(&walk, &part)) {
        size_t len = strlen(got);

        snprintf(got + len, sizeof got - len, "%u%.*s/%.*s:%.*s|", part.depth, SP_ARG(part.parent),
                 SP_ARG(part.media.subtype), SP_ARG(part.body));
    }
    ck_assert_str_eq(got, rows[_i].parts);
    unit_err(walk.err, rows[_i].err);
    ck_assert(!sip_body_next(&walk, &part));
}
END_TEST

START_TEST(begin)
{
    struct sip_body walk;
    struct sp_where where;

    unit_err_at(sip_body_begin(&walk, unit_text("text"), unit_text("x"), &where), where, SP_SYNTAX,
                4);
    unit_err_at(sip_body_begin(&walk, unit_text("multipart/mixed"), unit_text("x"), &where), where,
                SP_SYNTAX, 15);
    unit_err(
        sip_body_begin(&walk, unit_text("multipart/mixed;boundary=\"\""), unit_text("x"), &where),
        SP_SYNTAX);
}
END_TEST

START_TEST(groups)
{
    struct sip_body walk;
    struct sip_part part;
    struct sp_where where;
    unsigned        want[] = { 2, 2, 1, 3 };

    unit_err(
        sip_body_begin(
            &walk, unit_text("multipart/mixed;boundary=a"),
            unit_text(
                "--a\r\nContent-Type: multipart/alternative;boundary=b\r\n\r\n--b\r\n\r\n1\r\n"
                "--b\r\n\r\n2\r\n--b--\r\n--a\r\n\r\n3\r\n--a\r\n"
                "Content-Type: multipart/alternative;boundary=b\r\n\r\n--b\r\n\r\n4\r\n--b--\r\n"
                "--a--"),
            &where),
        SP_OK);
    for (size_t i = 0; i < UNIT_ROWS(want); i++) {
        ck_assert(sip_body_next(&walk, &part));
        ck_assert_uint_eq(part.group, want[i]);
    }
    ck_assert(!sip_body_next(&walk, &part));
}
END_TEST

/* A prefix of a body never has other whole parts; any prefix ends. */
START_TEST(prefixes)
{
    const struct row *row = &rows[5];

    for (size_t len = 0; len < strlen(row->body) - 6; len++) {
        struct sip_body walk;
        struct sip_part part;
        struct sp_where where;

        unit_err(sip_body_begin(&walk, unit_text(row->type), unit_octets(row->body, len), &where),
                 SP_OK);
        while (sip_body_next(&walk, &part))
            continue;
        ck_assert_msg(walk.err == SP_PARTIAL || walk.err == SP_SYNTAX, "%zu octets", len);
    }
}
END_TEST

START_TEST(written)
{
    struct sp_buf   out = sp_buf(unit_room(200), 200), bad = sp_buf(unit_room(200), 200);
    struct sip_body walk;
    struct sip_part part;
    struct sp_where where;

    sip_put_part(&out, SP_LIT("b1"), SP_LIT("Content-Type: text/html\r\n"));
    sp_put_text(&out, "<p>");
    sip_put_part(&out, SP_LIT("b1"), SP_LIT(""));
    sp_put_text(&out, "two\r\n");
    sip_put_parts_end(&out, SP_LIT("b1"));
    unit_eq(sp_written(&out),
            "--b1\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b1\r\n\r\ntwo\r\n\r\n--b1--\r\n");
    unit_err(sip_body_begin(&walk, SP_LIT("multipart/mixed;boundary=b1"), sp_written(&out), &where),
             SP_OK);
    ck_assert(sip_body_next(&walk, &part));
    unit_eq(part.body, "<p>");
    ck_assert(sip_body_next(&walk, &part));
    unit_eq(part.body, "two\r\n");
    ck_assert(!sip_body_next(&walk, &part));
    unit_err(walk.err, SP_OK);
    sip_put_part(&bad, SP_LIT(""), SP_LIT(""));
    unit_err(bad.err, SP_RANGE);
}
END_TEST

/* RFC 4475 3.1.1.11: binary octets, framed by their boundary. */
START_TEST(torture)
{
    struct sp_slice file = unit_file("rfc4475/mpart01.dat");
    struct sp_slice body = sp_from(file, sp_find_slice(file, SP_LIT("\r\n\r\n")) + 4);
    struct sip_body walk;
    struct sip_part part;
    struct sp_where where;

    unit_err(
        sip_body_begin(&walk, SP_LIT("multipart/mixed;boundary=7a9cbec02ceef655"), body, &where),
        SP_OK);
    ck_assert(sip_body_next(&walk, &part));
    unit_eq(part.body, "Hello");
    ck_assert(sip_body_next(&walk, &part));
    unit_eq(part.media.subtype, "octet-stream");
    ck_assert_uint_eq(part.body.len, 342);
    ck_assert(!sip_body_next(&walk, &part));
    unit_err(walk.err, SP_OK);
}
END_TEST

Suite *test_sip_body_suite(void)
{
    Suite *suite = suite_create("sip_body");
    TCase *tcase = unit_tcase(suite, "sip_body");

    unit_loop(tcase, parts, rows);
    tcase_add_test(tcase, begin);
    tcase_add_test(tcase, groups);
    tcase_add_test(tcase, prefixes);
    tcase_add_test(tcase, written);
    tcase_add_test(tcase, torture);
    return suite;
}
