/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_via.c -- Via: parts, places of errors, and written back. */
#include "../../parser/sip_via.h"
#include "unit.h"

static const struct row {
    const char *value;
    const char *transport, *host;
    uint16_t    port;
    const char *branch, *received, *maddr;
    int         rport;   /* -1: none; 0: asked for */
    int         ttl;     /* -1: none */
    const char *written; /* NULL: as it came */
} rows[] = {
    /* RFC 3261 20.42 */
    { "SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7", "UDP",
      "erlang.bell-telephone.com", 5060, "z9hG4bK87asdks7", "", "", -1, -1, NULL },
    { "SIP/2.0/UDP 192.0.2.1:5060 ;received=192.0.2.207\r\n  ;branch=z9hG4bK77asjd", "UDP",
      "192.0.2.1", 5060, "z9hG4bK77asjd", "192.0.2.207", "", -1, -1,
      "SIP/2.0/UDP 192.0.2.1:5060;received=192.0.2.207;branch=z9hG4bK77asjd" },
    { "SIP / 2.0 / UDP first.example.com: 4000;ttl=16"
      "\r\n  ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1",
      "UDP", "first.example.com", 4000, "z9hG4bKa7c6a8dlze.1", "", "224.2.0.1", -1, 16,
      "SIP/2.0/UDP first.example.com:4000;maddr=224.2.0.1;ttl=16;branch=z9hG4bKa7c6a8dlze.1" },
    { "SIP/2.0/UDP h;ttl=0;branch=x", "UDP", "h", 0, "x", "", "", -1, 0, NULL },
    /* RFC 3581 4 */
    { "SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff", "UDP", "10.1.1.1", 4540,
      "z9hG4bKkjshdyff", "", "", 0, -1, NULL },
    { "SIP/2.0/UDP 10.1.1.1:4540;received=192.0.2.1;rport=9988;branch=z9hG4bKkjshdyff", "UDP",
      "10.1.1.1", 4540, "z9hG4bKkjshdyff", "192.0.2.1", "", 9988, -1, NULL },
    /* RFC 4475 3.1.1.1, 3.1.1.10, 3.4.1 */
    { "SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw", "UDP", "192.0.2.2", 0, "390skdjuw",
      "", "", -1, -1, "SIP/2.0/UDP 192.0.2.2;branch=390skdjuw" },
    { "SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKkdjuw", "UNKNOWN", "t4.example.com", 0,
      "z9hG4bKkdjuw", "", "", -1, -1, NULL },
    { "SIP/2.0/UDP iftgw.example.com", "UDP", "iftgw.example.com", 0, "", "", "", -1, -1, NULL },
    /* RFC 5118 4.5: with brackets and without; they stay as they came, see the receiver of them */
    { "SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111", "UDP",
      "[2001:db8::9:1]", 0, "z9hG4bKas3-111", "[2001:db8::9:255]", "", -1, -1, NULL },
    { "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3", "UDP",
      "[2001:db8::9:1]", 0, "z9hG4bKas3", "2001:db8::9:255", "", -1, -1, NULL },
    { "SIP/2.0/TCP h:1;received=::1;branch=x;a;b=\"c;d\"", "TCP", "h", 1, "x", "::1", "", -1, -1,
      NULL },
    { "SIP/2.0/UDP h;branch=x;maddr=[::1];a=b", "UDP", "h", 0, "x", "", "[::1]", -1, -1,
      "SIP/2.0/UDP h;maddr=[::1];branch=x;a=b" },
};

START_TEST(parts)
{
    const struct row *row = &rows[_i];
    struct sip_via    via;
    struct sp_where   where;
    struct sp_buf     out = sp_buf(unit_room(200), 200);

    unit_err(sip_via_parse(unit_text(row->value), &via, &where), SP_OK);
    unit_eq(via.protocol, "SIP");
    unit_eq(via.version, "2.0");
    unit_eq(via.transport, row->transport);
    unit_eq(via.host, row->host);
    ck_assert_uint_eq(via.port, row->port);
    unit_eq(via.branch, row->branch);
    unit_eq(via.received, row->received);
    unit_eq(via.maddr, row->maddr);
    ck_assert_int_eq(via.has_rport ? via.rport : -1, row->rport);
    ck_assert_int_eq(via.has_ttl ? via.ttl : -1, row->ttl);
    ck_assert(sip_via_has_cookie(&via) == (strncmp(row->branch, "z9hG4bK", 7) == 0));
    sip_via_write(&out, &via);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
}
END_TEST

static const struct bad {
    const char *value;
    enum sp_err err;
    size_t      at;
    const char *rule;
} bads[] = {
    { "", SP_SYNTAX, 0, "protocol-name" },
    { "SIP", SP_SYNTAX, 3, "SLASH" },
    { "SIP/2.0", SP_SYNTAX, 7, "SLASH" },
    { "SIP/2.0/", SP_SYNTAX, 8, "transport" },
    { "SIP/2.0/UDP", SP_SYNTAX, 11, "LWS" },
    { "SIP/2.0/UDP ", SP_SYNTAX, 12, "sent-by" },
    { "SIP/2.0/UDP h:", SP_SYNTAX, 14, "port" },
    { "SIP/2.0/UDP h:65536", SP_RANGE, 14, "port" },
    { "SIP/2.0/UDP ::1", SP_SYNTAX, 12, "sent-by" },
    { "SIP/2.0/UDP 192.0.2.15;;,;,,", SP_SYNTAX, 23, "via-params" }, /* RFC 4475 3.1.2.1 */
    { "SIP/2.0/UDP h;branch", SP_SYNTAX, 20, "via-branch" },
    { "SIP/2.0/UDP h;branch=", SP_SYNTAX, 21, "gen-value" },
    { "SIP/2.0/UDP h;branch=\"x\"", SP_SYNTAX, 24, "via-branch" },
    { "SIP/2.0/UDP h;maddr", SP_SYNTAX, 19, "via-maddr" },
    { "SIP/2.0/UDP h;maddr=a_b", SP_SYNTAX, 20, "via-maddr" },
    { "SIP/2.0/UDP h;maddr=\"a\"", SP_SYNTAX, 20, "via-maddr" },
    { "SIP/2.0/UDP h;branch=[::1]", SP_SYNTAX, 26, "via-branch" },
    { "SIP/2.0/UDP h;ttl=256", SP_RANGE, 18, "ttl" },
    { "SIP/2.0/UDP h;ttl", SP_SYNTAX, 14, "ttl" },
    { "SIP/2.0/UDP h;rport=65536", SP_RANGE, 20, "response-port" },
    { "SIP/2.0/UDP h;rport=x", SP_SYNTAX, 20, "response-port" },
    { "SIP/2.0/UDP h;received", SP_SYNTAX, 22, "via-received" },
    { "SIP/2.0/UDP h;received=::x", SP_SYNTAX, 25, "end" },
    { "SIP/2.0/UDP h;x=1 y", SP_SYNTAX, 18, "end" },
    { "SIP/2.0/UDP h, SIP/2.0/UDP i", SP_SYNTAX, 13, "end" },
};

START_TEST(errors)
{
    struct sip_via  via;
    struct sp_where where;

    unit_err_at(sip_via_parse(unit_text(bads[_i].value), &via, &where), where, bads[_i].err,
                bads[_i].at);
    ck_assert_str_eq(where.rule, bads[_i].rule);
}
END_TEST

/* What a server adds to the Via that it read counts; the rest of the parameters follow (RFC
 * 3261 18.2.1). */
START_TEST(changed)
{
    struct sip_via  via;
    struct sp_where where;
    struct sp_buf   out = sp_buf(unit_room(100), 100), bad = sp_buf(unit_room(100), 100);

    unit_err(sip_via_parse(unit_text("SIP/2.0/UDP h:1;rport;x=y;branch=b"), &via, &where), SP_OK);
    via.received = SP_LIT("192.0.2.1");
    via.rport = 9;
    sip_via_write(&out, &via);
    unit_eq(sp_written(&out), "SIP/2.0/UDP h:1;received=192.0.2.1;rport=9;branch=b;x=y");
    via.branch = SP_LIT("b\r\nc");
    sip_via_write(&bad, &via);
    unit_err(bad.err, SP_INJECTION);
}
END_TEST

START_TEST(built)
{
    struct sip_via via = { .transport = SP_LIT("TCP"), .host = SP_LIT("h") };
    struct sp_buf  out = sp_buf(unit_room(100), 100);

    via.branch = SP_LIT(SIP_BRANCH_COOKIE "1");
    sip_via_write(&out, &via);
    unit_eq(sp_written(&out), "SIP/2.0/TCP h;branch=z9hG4bK1");
}
END_TEST

Suite *test_sip_via_suite(void)
{
    Suite *suite = suite_create("sip_via");
    TCase *tcase = unit_tcase(suite, "sip_via");

    unit_loop(tcase, parts, rows);
    unit_loop(tcase, errors, bads);
    tcase_add_test(tcase, changed);
    tcase_add_test(tcase, built);
    return suite;
}
