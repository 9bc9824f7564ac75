/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_cpim.c -- message/cpim, read and written: RFC 3862; RFC 4975 13. */
#include "../../msrp/msrp_cpim.h"

#include "unit.h"

#define FROM "From: <im:a@h>\r\n"
#define TO   "To: <im:b@h>\r\n"
#define REST "\r\nContent-Type: text/plain\r\n\r\nhello"
#define AT   (sizeof(FROM TO) - 1) /* where a third header begins */

/* Good and bad wrappers: the error and its octet. 4975-13-5, 4975-13-7, 4975-13-8, 4975-13-9,
 * 4975-13-12 */
static const struct {
    const char *octets;
    enum sp_err err;
    size_t      at;
    const char *rule;
} rows[] = {
    { FROM TO REST, SP_OK, 0, "" },
    { TO FROM REST, SP_OK, 0, "" },
    { FROM TO TO "cc: <im:c@h>\r\ncc: C <im:c@h>\r\n" REST, SP_OK, 0, "" },
    { FROM TO "DateTime: 2001-02-01T12:16:49-05:00\r\n" REST, SP_OK, 0, "" },
    { FROM TO "Subject:;lang=en the topic\r\n" REST, SP_OK, 0, "" },
    { FROM TO "Subject:;a=\"b;c \\\" d\";e=1 the topic\r\n" REST, SP_OK, 0, "" },
    { FROM TO "X-Unknown: anything\r\nfrom: not this one\r\n" REST, SP_OK, 0, "" },
    { "From: Winnie the Pooh <im:p@h>\r\n" TO REST, SP_OK, 0, "" },
    { "From: \"a <b> \\\" c\" <im:p@h>\r\n" TO REST, SP_OK, 0, "" },
    { FROM TO "NS: My <mid:x@y>\r\nMy.Option: 1\r\nMy.From: 2\r\n" REST, SP_OK, 0, "" },
    { FROM TO "NS: c <urn:ietf:params:cpim-headers:>\r\nc.Subject: x\r\n" REST, SP_OK, 0, "" },
    { "NS: c <urn:ietf:params:cpim-headers:>\r\nc.From: <im:a@h>\r\nc.To: <im:b@h>\r\n" REST, SP_OK,
      0, "" },
    { "NS: <mid:other>\r\n" FROM TO REST, SP_MISSING, 47, "From" }, /* of another namespace */
    { "NS: <mid:o>\r\nNS: <urn:ietf:params:cpim-headers:>\r\n" FROM TO REST, SP_OK, 0, "" },
    { FROM TO "Require: From,To, cc\r\n" REST, SP_OK, 0, "" },
    { FROM TO "Require: From,Vital\r\n" REST, SP_UNSUPPORTED, AT + 14, "Require" },
    { FROM TO "NS: My <mid:x>\r\nRequire: My.From\r\n" REST, SP_UNSUPPORTED, AT + 25, "Require" },
    { FROM TO "Require: \r\n" REST, SP_SYNTAX, AT + 9, "Name" },
    /* what must be there, and once */
    { TO REST, SP_MISSING, 14, "From" },
    { FROM REST, SP_MISSING, 16, "To" },
    { FROM TO FROM REST, SP_REPEATED, AT, "Header" },
    { FROM TO "Subject: a\r\nSubject: b\r\n" REST, SP_REPEATED, AT + 12, "Header" },
    { FROM TO "\r\n\r\nhello", SP_MISSING, AT + 2, "Content-Type" },
    { FROM TO "\r\nContent-ID: <x>\r\n\r\nhello", SP_MISSING, AT + 19, "Content-Type" },
    /* lines */
    { "", SP_SYNTAX, 0, "CRLF" },
    { FROM TO, SP_SYNTAX, AT, "CRLF" },
    { FROM TO "\r\n", SP_SYNTAX, AT + 2, "CRLF" },
    { FROM TO "\r\nContent-Type: text/plain", SP_SYNTAX, AT + 26, "CRLF" },
    { FROM TO "Subject:x\r\n" REST, SP_SYNTAX, AT + 8, "Header" },
    { FROM TO " Subject: x\r\n" REST, SP_SYNTAX, AT, "Name" },
    { FROM TO "a.b.c: x\r\n" REST, SP_SYNTAX, AT + 3, "Header" },
    { FROM TO "Subject\r\n" REST, SP_SYNTAX, AT + 7, "Header" },
    { FROM TO "Subject:;lang x\r\n" REST, SP_SYNTAX, AT + 13, "Parameter" },
    { FROM TO "Subject:;a=\"b x\r\n" REST, SP_SYNTAX, AT + 15, "String" },
    { FROM TO "Subject: a\tb\r\n" REST, SP_SYNTAX, AT + 10, "Header-value" },
    { FROM TO "Subject: a\nb\r\n" REST, SP_SYNTAX, AT + 10, "Header-value" },
    { FROM TO "\r\nContent-Type: text\r\n\r\n", SP_SYNTAX, AT + 2, "Content-Type" },
    { FROM TO "\r\nno colon\r\n\r\n", SP_SYNTAX, AT + 2, "MIME header" },
    /* parties */
    { "From: im:a@h\r\n" TO REST, SP_SYNTAX, 12, "URI" },
    { "From: <>\r\n" TO REST, SP_SYNTAX, 7, "URI" },
    { "From: <im:a@h\r\n" TO REST, SP_SYNTAX, 13, "URI" },
    { "From: <im:a b>\r\n" TO REST, SP_SYNTAX, 11, "URI" },
    { "From: \"a\001\" <im:a>\r\n" TO REST, SP_SYNTAX, 8, "Header-value" },
    { "From: <im:a> x\r\n" TO REST, SP_SYNTAX, 12, "Header-value" },
    { "From: \"a <im:a>\r\n" TO REST, SP_SYNTAX, 15, "Formal-name" },
    /* more prefixes than are kept */
    { FROM TO "NS: a <x:>\r\nNS: b <x:>\r\nNS: c <x:>\r\nNS: d <x:>\r\nNS: e <x:>\r\nNS: f <x:>\r\n"
              "NS: g <x:>\r\nNS: a <y:>\r\nNS: h <x:>\r\n" REST,
      SP_LIMIT, AT + 100, "NS" },
};

START_TEST(parses)
{
    struct msrp_cpim cpim;
    struct sp_where  where;

    unit_err_at(msrp_cpim_parse(unit_text(rows[_i].octets), &cpim, &where), where, rows[_i].err,
                rows[_i].at);
    ck_assert_str_eq(where.rule, rows[_i].rule);
    if (rows[_i].err != SP_OK)
        return;
    unit_eq(cpim.content_type, "text/plain");
    unit_eq(cpim.content, "hello");
}
END_TEST

/* The example of RFC 3862 2 and 4.1. */
START_TEST(all_of_it)
{
    struct msrp_cpim        cpim;
    struct sp_where         where;
    struct sp_slice         rest;
    struct msrp_cpim_header header;
    int                     count = 0;

    unit_err(msrp_cpim_parse(unit_text("From: Piglet <im:piglet@100akerwood.com>\r\n"
                                       "To: \"Pooh \\\"B\\\"\" <im:pooh@100akerwood.com>\r\n"
                                       "To: <im:tigger@100akerwood.com>\r\n"
                                       "DateTime: 2001-02-02T10:48:54-05:00\r\n"
                                       "Subject:;lang=en Eeyore's \\u0022feeling\\u0022\r\n"
                                       "\r\n"
                                       "Content-ID: <1234567890@foo.com>\r\n"
                                       "Content-type: text/plain; charset=utf-8\r\n"
                                       "\r\n"
                                       "one\r\n\r\ntwo\r\n"),
                             &cpim, &where),
             SP_OK);
    unit_eq(cpim.from.name, "Piglet");
    unit_eq(cpim.from.uri, "im:piglet@100akerwood.com");
    unit_eq(cpim.to.name, "Pooh \\\"B\\\"");
    unit_eq(cpim.to.uri, "im:pooh@100akerwood.com");
    unit_eq(cpim.date_time, "2001-02-02T10:48:54-05:00");
    unit_eq(cpim.subject, "Eeyore's \\u0022feeling\\u0022");
    unit_eq(cpim.content_type, "text/plain; charset=utf-8");
    unit_eq(cpim.content, "one\r\n\r\ntwo\r\n");
    rest = cpim.headers;
    while (msrp_cpim_next(&rest, &header))
        count++;
    ck_assert_int_eq(count, 5);
    unit_eq(header.name, "Subject");
    unit_eq(header.params, ";lang=en");
}
END_TEST

/* 4975-13-10: From and To are written; what is written reads back. */
START_TEST(writes)
{
    struct msrp_cpim cpim = { .from = { SP_LIT("A \"B\" \\ C"), SP_LIT("sip:a@h") },
                              .to = { .uri = SP_LIT("sip:b@h") },
                              .date_time = SP_LIT("2001-02-02T10:48:54Z"),
                              .subject = SP_LIT("two\r\nlines\t\001\177"),
                              .content_type = SP_LIT("text/plain") };
    struct msrp_cpim read;
    struct sp_where  where;
    char             room[512], plain[128];
    struct sp_buf    to = sp_buf(room, sizeof room), text = sp_buf(plain, sizeof plain);

    msrp_cpim_write(&to, &cpim);
    sp_put_text(&to, "hello");
    unit_eq(sp_written(&to), "From: \"A \\\"B\\\" \\\\ C\" <sip:a@h>\r\nTo: <sip:b@h>\r\n"
                             "DateTime: 2001-02-02T10:48:54Z\r\n"
                             "Subject: two\\r\\nlines\\t\\u0001\\u007f\r\n\r\n"
                             "Content-Type: text/plain\r\n\r\nhello");
    unit_err(msrp_cpim_parse(sp_written(&to), &read, &where), SP_OK);
    msrp_cpim_put_plain(&text, read.from.name);
    unit_eq(sp_written(&text), "A \"B\" \\ C");
    text.len = 0;
    msrp_cpim_put_plain(&text, read.subject);
    unit_eq(sp_written(&text), "two\r\nlines\t\001\177");
}
END_TEST

/* No value becomes a header. */
static const struct msrp_cpim bad[] = {
    { .from = { .uri = { "a:b>\r\nX: y", 10 } }, .to = { .uri = { "a:b", 3 } } },
    { .from = { .uri = { "a:b", 3 } }, .to = { .uri = { "a b", 3 } } },
    { .from = { .uri = { "", 0 } }, .to = { .uri = { "a:b", 3 } } },
    { .from = { .uri = { "a:b", 3 } },
      .to = { .uri = { "a:b", 3 } },
      .date_time = { "x\r\ny", 4 } },
    { .from = { .uri = { "a:b", 3 } },
      .to = { .uri = { "a:b", 3 } },
      .content_type = { "x\ny", 3 } },
};

START_TEST(injection)
{
    char          room[512];
    struct sp_buf to = sp_buf(room, sizeof room);

    msrp_cpim_write(&to, &bad[_i]);
    unit_err(to.err, SP_INJECTION);
}
END_TEST

/* RFC 3862 2.3, 2.3.1 */
static const struct {
    const char *value, *plain;
} escapes[] = {
    { "plain", "plain" },
    { "\\\\ \\\" \\' \\b \\t \\n \\r", "\\ \" ' \b \t \n \r" },
    { "\\u0041\\u00e9\\u20AC", "A\xc3\xa9\xe2\x82\xac" },
    { "a\\u0000b", "ab" },        /* never a NUL */
    { "a\\ud83d\\ude00b", "ab" }, /* halves of a pair */
    { "\\u12", "u12" },
    { "\\u12g4", "u12g4" },
    { "\\x", "x" },
    { "alone\\", "alone" },
    { "\"quoted\"", "\"quoted\"" },
};

START_TEST(unescapes)
{
    char          room[128];
    struct sp_buf to = sp_buf(room, sizeof room);

    msrp_cpim_put_plain(&to, unit_text(escapes[_i].value));
    unit_eq(sp_written(&to), escapes[_i].plain);
}
END_TEST

/* No prefix of a wrapper reads past its end, and none before the blank lines is a wrapper. */
START_TEST(prefixes)
{
    static const char text[] = FROM TO "NS: a <b:>\r\nRequire: From\r\nSubject:;a=\"b\" c" REST;

    for (size_t len = 0; len < sizeof text - 1; len++) {
        struct msrp_cpim cpim;
        struct sp_where  where;
        enum sp_err      err = msrp_cpim_parse(unit_octets(text, len), &cpim, &where);

        ck_assert_uint_le(where.octet, len);
        ck_assert(err != SP_OK);
    }
}
END_TEST

Suite *test_msrp_cpim_suite(void)
{
    Suite *suite = suite_create("msrp_cpim");
    TCase *tcase = unit_tcase(suite, "msrp_cpim");

    unit_loop(tcase, parses, rows);
    tcase_add_test(tcase, all_of_it);
    tcase_add_test(tcase, writes);
    unit_loop(tcase, injection, bad);
    unit_loop(tcase, unescapes, escapes);
    tcase_add_test(tcase, prefixes);
    return suite;
}
