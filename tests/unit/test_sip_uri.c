/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_uri.c -- URIs: parts, places of errors, and written back as read. */
#include "../../parser/sip_uri.h"
#include "unit.h"

static const struct row {
    const char *uri;
    const char *user, *password, *host;
    uint16_t    port;
    const char *params, *headers;
} rows[] = {
    /* RFC 3261 19.1.3 */
    { "sip:alice@atlanta.com", "alice", "", "atlanta.com", 0, "", "" },
    { "sip:alice:secretword@atlanta.com;transport=tcp", "alice", "secretword", "atlanta.com", 0,
      ";transport=tcp", "" },
    { "sips:alice@atlanta.com?subject=project%20x&priority=urgent", "alice", "", "atlanta.com", 0,
      "", "subject=project%20x&priority=urgent" },
    { "sip:+1-212-555-1212:1234@gateway.com;user=phone", "+1-212-555-1212", "1234", "gateway.com",
      0, ";user=phone", "" },
    { "sips:1212@gateway.com", "1212", "", "gateway.com", 0, "", "" },
    { "sip:alice@192.0.2.4", "alice", "", "192.0.2.4", 0, "", "" },
    { "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", "", "", "atlanta.com", 0,
      ";method=REGISTER", "to=alice%40atlanta.com" },
    { "sip:alice;day=tuesday@atlanta.com", "alice;day=tuesday", "", "atlanta.com", 0, "", "" },
    /* RFC 4475 3.1.1.2, 3.1.1.3, 3.1.1.4, 3.1.1.9 */
    { "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:"
      "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"
      "@example.com",
      "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
      "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)", "example.com", 0, "", "" },
    { "sip:sips%3Auser%40example.com@example.net", "sips%3Auser%40example.com", "", "example.net",
      0, "", "" },
    { "sip:null-%00-null@example.com", "null-%00-null", "", "example.com", 0, "", "" },
    { "sip:user;par=u%40example.net@example.com", "user;par=u%40example.net", "", "example.com", 0,
      "", "" },
    /* RFC 5118 4.1, 4.3, 4.4 */
    { "sip:[2001:db8::10]", "", "", "[2001:db8::10]", 0, "", "" },
    { "sip:[2001:db8::10:5070]", "", "", "[2001:db8::10:5070]", 0, "", "" },
    { "sip:[2001:db8::10]:5070;lr", "", "", "[2001:db8::10]", 5070, ";lr", "" },
    { "SIP:a@B.C:65535;x=[::1]:/&+$;y?h=", "a", "", "B.C", 65535, ";x=[::1]:/&+$;y", "h=" },
    { "sip:a:@b", "a", "", "b", 0, "", "" },
};

/* 3261-19.1.1-8 */
START_TEST(parts)
{
    const struct row *row = &rows[_i];
    struct sip_uri    uri;
    struct sp_where   where;
    struct sp_buf     out = sp_buf(unit_room(200), 200);

    unit_err(sip_uri_parse(unit_text(row->uri), &uri, &where), SP_OK);
    unit_eq(uri.user, row->user);
    unit_eq(uri.password, row->password);
    unit_eq(uri.host, row->host);
    ck_assert_uint_eq(uri.port, row->port);
    unit_eq(uri.params, row->params);
    unit_eq(uri.headers, row->headers);
    ck_assert(uri.has_user == (row->user[0] != '\0'));
    unit_eq(uri.octets, row->uri);
    sip_uri_write(&out, &uri);
    unit_eq(sp_written(&out), row->uri);
}
END_TEST

static const struct other {
    const char     *uri;
    enum sip_scheme scheme;
    const char     *name, *opaque;
} others[] = {
    { "tel:+358-555-1234567", SIP_SCHEME_TEL, "tel", "+358-555-1234567" },
    { "nobodyKnowsThisScheme:totallyopaquecontent", SIP_SCHEME_OTHER, "nobodyKnowsThisScheme",
      "totallyopaquecontent" },
    { "soap.beep://192.0.2.103:3002", SIP_SCHEME_OTHER, "soap.beep", "//192.0.2.103:3002" },
    { "urn:service:sos", SIP_SCHEME_OTHER, "urn", "service:sos" },
    { "http://[::1]/a?b=%20", SIP_SCHEME_OTHER, "http", "//[::1]/a?b=%20" },
    { "cid:a@b", SIP_SCHEME_OTHER, "cid", "a@b" },
};

START_TEST(other_schemes)
{
    const struct other *row = &others[_i];
    struct sip_uri      uri;
    struct sp_where     where;
    struct sp_buf       out = sp_buf(unit_room(80), 80);

    unit_err(sip_uri_parse(unit_text(row->uri), &uri, &where), SP_OK);
    ck_assert_int_eq(uri.scheme, row->scheme);
    unit_eq(uri.scheme_name, row->name);
    unit_eq(uri.opaque, row->opaque);
    sip_uri_write(&out, &uri);
    unit_eq(sp_written(&out), row->uri);
}
END_TEST

static const struct bad {
    const char *uri;
    enum sp_err err;
    size_t      at;
    const char *rule;
} bads[] = {
    { "", SP_SYNTAX, 0, "scheme" },
    { "sip", SP_SYNTAX, 3, "scheme" },
    { "1sip:a", SP_SYNTAX, 0, "scheme" },
    { "sip:", SP_SYNTAX, 4, "host" },
    { "sip:@b", SP_SYNTAX, 4, "user" },
    { "sip:a@", SP_SYNTAX, 6, "host" },
    { "sip:a@b@c", SP_SYNTAX, 7, "end" },
    { "sip:%61.com", SP_SYNTAX, 4, "host" }, /* no escapes in a host */
    { "sip:a b@c", SP_SYNTAX, 5, "userinfo" },
    { "sip:a%4@c", SP_SYNTAX, 5, "escaped" },
    { "sip:a:b;c@d", SP_SYNTAX, 7, "userinfo" },
    { "sip:a@b:", SP_SYNTAX, 8, "port" },
    { "sip:a@b:65536", SP_RANGE, 8, "port" },
    { "sip:a@b:0", SP_RANGE, 8, "port" },
    { "sip:a@b: 5060", SP_SYNTAX, 8, "port" },
    { "sip:a@b;", SP_SYNTAX, 8, "pname" },
    { "sip:a@b;x=", SP_SYNTAX, 10, "pvalue" },
    { "sip:a@b;x==", SP_SYNTAX, 10, "pvalue" },
    { "sip:a@b; lr", SP_SYNTAX, 8, "pname" }, /* RFC 4475 3.1.2.8 */
    { "sip:a@b?", SP_SYNTAX, 8, "hname" },
    { "sip:a@b?x", SP_SYNTAX, 9, "header" },
    { "sip:a@b?x=1&", SP_SYNTAX, 12, "hname" },
    { "sip:a@b?x=1;y", SP_SYNTAX, 11, "end" },
    { "sip:2001:db8::10", SP_SYNTAX, 4, "host" }, /* RFC 5118 4.2 */
    { "<sip:a@b>", SP_SYNTAX, 0, "scheme" },      /* RFC 4475 3.1.2.7 */
    { "sip:a@b>", SP_SYNTAX, 7, "end" },
    { "sip:a@b\r\nX: y", SP_SYNTAX, 7, "end" },
    { " sip:a@b", SP_SYNTAX, 0, "scheme" },
    { "tel:", SP_SYNTAX, 4, "absoluteURI" },
    { "http://a b", SP_SYNTAX, 8, "end" },
    { "http://a%2", SP_SYNTAX, 8, "escaped" },
};

/* 3261-19.1.1-1 3261-19.1.2-2 3261-19.1.2-6 */
START_TEST(errors)
{
    struct sip_uri  uri;
    struct sp_where where;

    unit_err_at(sip_uri_parse(unit_text(bads[_i].uri), &uri, &where), where, bads[_i].err,
                bads[_i].at);
    ck_assert_str_eq(where.rule, bads[_i].rule);
}
END_TEST

/* 3261-19.1.2-1 3261-19.1.2-3 3261-19.1.2-5 3261-25.1-2 */
START_TEST(escapes)
{
    struct sp_buf out = sp_buf(unit_room(80), 80), in = sp_buf(unit_room(80), 80);
    struct sp_buf nul = sp_buf(unit_room(8), 8);

    /* once, never twice: RFC 4475 3.1.1.3 */
    sip_put_unescaped(&out, unit_text("a%25%34%31%zz%4"));
    unit_eq(sp_written(&out), "a%41%zz%4");
    sip_put_unescaped(&nul, unit_text("%00x"));
    unit_eq_slice(sp_written(&nul), UNIT_LIT("\0x"));
    sip_put_escaped(&in, unit_text("a b@c\r\n;%\xc3"), &sip_set_user);
    unit_eq(sp_written(&in), "a%20b%40c%0D%0A;%25%C3");
}
END_TEST

START_TEST(injection)
{
    struct sip_uri uri = { .scheme = SIP_SCHEME_SIP, .scheme_name = SP_LIT("sip") };
    struct sp_buf  out = sp_buf(unit_room(80), 80);

    uri.host = SP_LIT("b\r\nX: y");
    sip_uri_write(&out, &uri);
    unit_err(out.err, SP_INJECTION);
    unit_eq(sp_written(&out), "");
}
END_TEST

START_TEST(headers)
{
    struct sp_slice  rest = unit_text("Subject=a%20b&body=&x");
    struct sip_param header;

    ck_assert(sip_uri_header_next(&rest, &header));
    unit_eq(header.name, "Subject");
    unit_eq(header.value, "a%20b");
    ck_assert(sip_uri_header_next(&rest, &header));
    unit_eq(header.name, "body");
    ck_assert(header.has_value);
    ck_assert(sip_uri_header_next(&rest, &header));
    ck_assert(!header.has_value);
    ck_assert(!sip_uri_header_next(&rest, &header));
}
END_TEST

Suite *test_sip_uri_suite(void)
{
    Suite *suite = suite_create("sip_uri");
    TCase *tcase = unit_tcase(suite, "sip_uri");

    unit_loop(tcase, parts, rows);
    unit_loop(tcase, other_schemes, others);
    unit_loop(tcase, errors, bads);
    tcase_add_test(tcase, escapes);
    tcase_add_test(tcase, injection);
    tcase_add_test(tcase, headers);
    return suite;
}
