/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_address.c -- name-addr, addr-spec and their parameters. */
#include "../../parser/sip_address.h"
#include "unit.h"

static const struct row {
    const char *value;
    const char *display, *uri, *params, *tag;
    bool        brackets;
    const char *written; /* NULL: as it came */
} rows[] = {
    /* RFC 3261 20.10, 20.20, 20.34, 20.39 */
    { "\"Mr. Watson\" <sip:watson@worcester.bell-telephone.com>;q=0.7; expires=3600",
      "\"Mr. Watson\"", "sip:watson@worcester.bell-telephone.com", ";q=0.7; expires=3600", "", true,
      NULL },
    { "\"Mr. Watson\" <mailto:watson@bell-telephone.com> ;q=0.1", "\"Mr. Watson\"",
      "mailto:watson@bell-telephone.com", ";q=0.1", "", true,
      "\"Mr. Watson\" <mailto:watson@bell-telephone.com>;q=0.1" },
    { "<sips:bob@192.0.2.4>;expires=60", "", "sips:bob@192.0.2.4", ";expires=60", "", true, NULL },
    { "\"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s", "\"A. G. Bell\"",
      "sip:agb@bell-telephone.com", ";tag=a48s", "a48s", true,
      "\"A. G. Bell\" <sip:agb@bell-telephone.com>;tag=a48s" },
    { "sip:+12125551212@server.phone2net.com;tag=887s", "", "sip:+12125551212@server.phone2net.com",
      ";tag=887s", "887s", false, "<sip:+12125551212@server.phone2net.com>;tag=887s" },
    { "Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8", "Anonymous",
      "sip:c8oqz84zk7z@privacy.org", ";tag=hyh8", "hyh8", true, NULL },
    { "The Operator <sip:operator@cs.columbia.edu>;tag=287447", "The Operator",
      "sip:operator@cs.columbia.edu", ";tag=287447", "287447", true, NULL },
    { "<sip:bigbox3.site3.atlanta.com;lr>", "", "sip:bigbox3.site3.atlanta.com;lr", "", "", true,
      NULL },
    /* RFC 4475 3.1.1.1: folds; 3.1.1.6: no LWS; 3.3.12: the parameter is the field's; 3.3.13: the
       URI's */
    { "sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n", "",
      "sip:vivekg@chair-dnrc.example.com", ";   tag    = 1918181833n", "1918181833n", false,
      "<sip:vivekg@chair-dnrc.example.com>;   tag    = 1918181833n" },
    { "\"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8",
      "\"J Rosenberg \\\\\\\"\"", "sip:jdrosen@example.com", ";\r\n  tag = 98asjd8", "98asjd8",
      true, "\"J Rosenberg \\\\\\\"\" <sip:jdrosen@example.com>; tag = 98asjd8" },
    { "caller<sip:caller@example.com>;tag=323", "caller", "sip:caller@example.com", ";tag=323",
      "323", true, "caller <sip:caller@example.com>;tag=323" },
    { "sip:+19725552222@gw1.example.net;unknownparam", "", "sip:+19725552222@gw1.example.net",
      ";unknownparam", "", false, "<sip:+19725552222@gw1.example.net>;unknownparam" },
    { "<sip:+19725552222@gw1.example.net;unknownparam>", "",
      "sip:+19725552222@gw1.example.net;unknownparam", "", "", true, NULL },
    { "token1~` token2'+_ token3*%!.- <sip:mundane@example.com>"
      ";fromParam''~+*_!.-%=\"\xd1\x80\";tag=_~1",
      "token1~` token2'+_ token3*%!.-", "sip:mundane@example.com",
      ";fromParam''~+*_!.-%=\"\xd1\x80\";tag=_~1", "_~1", true, NULL },
    { "<isbn:2983792873>", "", "isbn:2983792873", "", "", true, NULL },
    { "<sip:a@b>;x=\"a,b;tag=no\";TAG=yes;tag=later", "", "sip:a@b",
      ";x=\"a,b;tag=no\";TAG=yes;tag=later", "yes", true, NULL },
};

/* 3261-20-9 */
START_TEST(parts)
{
    const struct row  *row = &rows[_i];
    struct sip_address address, again;
    struct sp_where    where;
    struct sp_buf      out = sp_buf(unit_room(200), 200), twice = sp_buf(unit_room(200), 200);

    unit_err(sip_address_parse(unit_text(row->value), &address, &where), SP_OK);
    unit_eq(address.display, row->display);
    unit_eq(address.uri.octets, row->uri);
    unit_eq(address.params, row->params);
    unit_eq(address.tag, row->tag);
    ck_assert(address.brackets == row->brackets);
    ck_assert(!address.star);
    sip_address_write(&out, &address);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    /* write after parse is stable */
    unit_err(sip_address_parse(sp_written(&out), &again, &where), SP_OK);
    unit_eq(again.tag, row->tag);
    sip_address_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

static const struct bad {
    const char *value;
    enum sp_err err;
    size_t      at;
    const char *rule;
} bads[] = {
    { "", SP_SYNTAX, 0, "scheme" },
    { "<", SP_SYNTAX, 1, "scheme" },
    { "<>", SP_SYNTAX, 1, "scheme" },
    { "<sip:a@b", SP_SYNTAX, 8, "RAQUOT" },
    { "\"Mr. J. User <sip:j.user@example.com>", SP_SYNTAX, 37,
      "display-name" }, /* RFC 4475 3.1.2.6 */
    { "\"a\" sip:a@b", SP_SYNTAX, 4, "LAQUOT" },
    { "Bell, Alexander <sip:a.g.bell@example.com>;tag=43", SP_SYNTAX, 4, "scheme" }, /* 3.1.2.15 */
    { "\"Watson\" < sip:t.watson@example.org >", SP_SYNTAX, 10, "scheme" },          /* 3.1.2.14 */
    { "sip:user@example.com?Route=%3Csip:sip.example.com%3E", SP_SYNTAX, 20,
      "addr-spec" },                                                         /* 3.1.2.13 */
    { "\"Joe\" <sip:joe@example.org>;;;;", SP_SYNTAX, 28, "generic-param" }, /* 3.1.2.1 */
    { "sip:a@b,sip:c@d", SP_SYNTAX, 7, "end" },
    { "sip:a,b@c", SP_SYNTAX, 5, "addr-spec" },
    { "<sip:a@b>x", SP_SYNTAX, 9, "end" },
    { "<sip:a@b>;", SP_SYNTAX, 10, "generic-param" },
    { "<sip:a@b>;tag=", SP_SYNTAX, 14, "gen-value" },
    { "<sip:a@b:99999>", SP_RANGE, 9, "port" },
    { "a b sip:a@b", SP_SYNTAX, 1, "scheme" },
    { "**", SP_SYNTAX, 0, "scheme" },
    { "sip:a@b <x>", SP_SYNTAX, 8, "end" },
};

/* 3261-20-10 3261-20.10-1 3261-20.20-2 3261-20.31-2 */
START_TEST(errors)
{
    struct sip_address address;
    struct sp_where    where;

    unit_err_at(sip_address_parse(unit_text(bads[_i].value), &address, &where), where, bads[_i].err,
                bads[_i].at);
    ck_assert_str_eq(where.rule, bads[_i].rule);
}
END_TEST

START_TEST(star)
{
    struct sip_address address;
    struct sp_where    where;
    struct sp_buf      out = sp_buf(unit_room(1), 1);

    unit_err(sip_address_parse(unit_text("*"), &address, &where), SP_OK);
    ck_assert(address.star);
    sip_address_write(&out, &address);
    unit_eq(sp_written(&out), "*");
}
END_TEST

Suite *test_sip_address_suite(void)
{
    Suite *suite = suite_create("sip_address");
    TCase *tcase = unit_tcase(suite, "sip_address");

    unit_loop(tcase, parts, rows);
    unit_loop(tcase, errors, bads);
    tcase_add_test(tcase, star);
    return suite;
}
