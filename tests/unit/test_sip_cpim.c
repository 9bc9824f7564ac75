/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_cpim.c -- message/cpim: split, looked up, written. */
#include "../../parser/sip_cpim.h"
#include "unit.h"

/* as in RFC 3862 5.1 */
static const char example[] = "From: MR SANDERS <im:piglet@100akerwood.com>\r\n"
                              "To: Depressed Donkey <im:eeyore@100akerwood.com>\r\n"
                              "DateTime: 2000-12-13T13:40:00-08:00\r\n"
                              "Subject: the weather will be fine today\r\n"
                              "Subject:;lang=fr beau temps prevu pour aujourd'hui\r\n"
                              "NS: MyFeatures <mid:MessageFeatures@id.foo.com>\r\n"
                              "Require: MyFeatures.VitalMessageOption\r\n"
                              "MyFeatures.VitalMessageOption: Confirmation-requested\r\n"
                              "\r\n"
                              "Content-type: text/xml; charset=utf-8\r\n"
                              "Content-ID: <1234567890@foo.com>\r\n"
                              "\r\n"
                              "<body>\r\nHere is the text of my message.\r\n</body>\r\n";

START_TEST(parse)
{
    struct sip_cpim cpim;
    struct sp_where where;
    struct sp_slice rest, name, params, value, uri;
    int             count = 0;

    unit_err(sip_cpim_parse(unit_text(example), &cpim, &where), SP_OK);
    unit_eq(sip_cpim_value(&cpim, "Subject"), "the weather will be fine today");
    unit_eq(sip_cpim_value(&cpim, "subject"), ""); /* 2.2: names match exactly */
    unit_eq(cpim.content_head,
            "Content-type: text/xml; charset=utf-8\r\nContent-ID: <1234567890@foo.com>\r\n");
    unit_eq(cpim.content, "<body>\r\nHere is the text of my message.\r\n</body>\r\n");
    for (rest = cpim.headers; sip_cpim_next(&rest, &name, &params, &value); count++)
        if (count == 4)
            unit_eq(params, ";lang=fr");
    ck_assert_int_eq(count, 8);
    unit_err(sip_cpim_address(sip_cpim_value(&cpim, "From"), &uri), SP_OK);
    unit_eq(uri, "im:piglet@100akerwood.com");
}
END_TEST

/* 3.4: a String may hold what divides elsewhere. */
START_TEST(parameter_string)
{
    struct sip_cpim cpim;
    struct sp_where where;
    struct sp_slice rest, name, params, value;

    unit_err(sip_cpim_parse(unit_text("A:;x=\"b ;\\\" c\";lang=fr d e\r\n\r\n\r\n"), &cpim, &where),
             SP_OK);
    rest = cpim.headers;
    ck_assert(sip_cpim_next(&rest, &name, &params, &value));
    unit_eq(params, ";x=\"b ;\\\" c\";lang=fr");
    unit_eq(value, "d e");
}
END_TEST

static const struct bad {
    const char *body;
    enum sp_err err;
    size_t      at;
} bads[] = {
    { "", SP_PARTIAL, 0 },
    { "From: x", SP_PARTIAL, 7 },
    { "From: x\r\n", SP_PARTIAL, 9 },
    { "From: x\r\n\r\nContent-Type: text/plain\r\n", SP_PARTIAL, 37 },
    { "From:x\r\n\r\n\r\n", SP_SYNTAX, 5 },
    { "From x\r\n\r\n\r\n", SP_SYNTAX, 4 },
    { " From: x\r\n\r\n\r\n", SP_SYNTAX, 0 },
    { "From: x\r\n y\r\n\r\n\r\n", SP_SYNTAX, 9 }, /* no folds */
    { "A: b\r\nFrom: x\ty\r\n\r\n\r\n", SP_SYNTAX, 13 },
    { "A:;x=\"b c\r\n\r\n\r\n", SP_SYNTAX, 9 }, /* the String does not end */
    { ".a: x\r\n\r\n\r\n", SP_SYNTAX, 0 },
    { "\r\n\r\nx", SP_OK, 0 },
};

START_TEST(errors)
{
    struct sip_cpim cpim;
    struct sp_where where;

    unit_err_at(sip_cpim_parse(unit_text(bads[_i].body), &cpim, &where), where, bads[_i].err,
                bads[_i].at);
}
END_TEST

static const struct address {
    const char *value, *uri; /* NULL: SP_SYNTAX */
} addresses[] = {
    { "<im:a@b>", "im:a@b" },
    { "A B <sip:a@b>", "sip:a@b" },
    { "\"A <B\\\"> C\" <sip:a@b>", "sip:a@b" },
    { "sip:a@b", NULL },
    { "<>", NULL },
    { "<sip:a@b> x", NULL },
    { "\"open <sip:a@b>", NULL },
    { "\"open\\", NULL },
    { "", NULL },
};

START_TEST(address)
{
    struct sp_slice uri;
    enum sp_err     err = sip_cpim_address(unit_text(addresses[_i].value), &uri);

    unit_err(err, addresses[_i].uri != NULL ? SP_OK : SP_SYNTAX);
    if (err == SP_OK)
        unit_eq(uri, addresses[_i].uri);
}
END_TEST

START_TEST(written)
{
    struct sp_buf   out = sp_buf(unit_room(200), 200), bad = sp_buf(unit_room(200), 200);
    struct sip_cpim cpim;
    struct sp_where where;

    sip_put_cpim_header(&out, SP_LIT("From"), SP_LIT("<im:a@b>"));
    sip_put_cpim_header(&out, SP_LIT("Subject"), UNIT_LIT("a\r\nb\\c\x01\0"));
    sip_put_cpim_content(&out, SP_LIT("Content-Type: text/plain\r\n"), SP_LIT("hi"));
    unit_eq(sp_written(&out), "From: <im:a@b>\r\nSubject: a\\r\\nb\\\\c\\u0001\\u0000\r\n\r\n"
                              "Content-Type: text/plain\r\n\r\nhi");
    unit_err(sip_cpim_parse(sp_written(&out), &cpim, &where), SP_OK);
    unit_eq(cpim.content, "hi");
    sip_put_cpim_header(&bad, SP_LIT("A\r\nB"), SP_LIT("x"));
    unit_err(bad.err, SP_INJECTION);
}
END_TEST

Suite *test_sip_cpim_suite(void)
{
    Suite *suite = suite_create("sip_cpim");
    TCase *tcase = unit_tcase(suite, "sip_cpim");

    tcase_add_test(tcase, parse);
    tcase_add_test(tcase, parameter_string);
    unit_loop(tcase, errors, bads);
    unit_loop(tcase, address, addresses);
    tcase_add_test(tcase, written);
    return suite;
}
