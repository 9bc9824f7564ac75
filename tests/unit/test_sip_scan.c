/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_scan.c -- the basic rules: how far each reads, and where it fails. */
#include "../../parser/sip_quick.h"
#include "unit.h"

enum rule { LWS, SWS, TOKEN, QUOTED, COMMENT, HOST, IPV6, PORT, USER };

static const struct row {
    enum rule   rule;
    const char *text;
    enum sp_err err;
    size_t      at; /* of the error, or octets read */
} rows[] = {
    { LWS, " \t x", SP_OK, 3 },
    { LWS, " \r\n\tx", SP_OK, 4 },
    { LWS, "\r\n  x", SP_OK, 4 },
    { LWS, "x", SP_SYNTAX, 0 },
    { LWS, "", SP_SYNTAX, 0 },
    { LWS, "\r\nx", SP_SYNTAX, 0 },
    { LWS, "\n x", SP_SYNTAX, 0 },
    { LWS, "\r x", SP_SYNTAX, 0 },
    { SWS, "x", SP_OK, 0 },
    { SWS, "", SP_OK, 0 },
    { SWS, "  \r\n", SP_OK, 2 },
    { SWS, "  \r\n  \r\n x", SP_OK, 6 }, /* one fold */
    { TOKEN, "a-.!%*_+`'~Z9 x", SP_OK, 13 },
    { TOKEN, "(", SP_SYNTAX, 0 },
    { TOKEN, "", SP_SYNTAX, 0 },
    { QUOTED, "\"\"x", SP_OK, 2 },
    { QUOTED, " \"a b\" ", SP_OK, 6 },
    { QUOTED, "\"J \\\\\\\"\"", SP_OK, 8 },
    { QUOTED, "\"a\r\n b\"", SP_OK, 7 },
    { QUOTED, "\"\xd0\xb0\"", SP_OK, 4 },
    { QUOTED, "\"a\\\x07\\\x7f\"", SP_OK, 7 },
    { QUOTED, "\"a\r\nb\"", SP_SYNTAX, 2 },
    { QUOTED, "\"a\nb\"", SP_SYNTAX, 2 },
    { QUOTED, "\"a\\\r\n b\"", SP_SYNTAX, 3 },
    { QUOTED, "\"a\\\xc3\xa9\"", SP_SYNTAX, 3 },
    { QUOTED, "\"a\x07\"", SP_SYNTAX, 2 },
    { QUOTED, "\"abc", SP_SYNTAX, 4 },
    { QUOTED, "\"abc\\", SP_SYNTAX, 5 },
    { QUOTED, "abc\"", SP_SYNTAX, 0 },
    { COMMENT, "(a (b) \\) \r\n c)x", SP_OK, 15 },
    { COMMENT, "(a (b)", SP_SYNTAX, 6 },
    { COMMENT, "a)", SP_SYNTAX, 0 },
    { COMMENT, "(a\nb)", SP_SYNTAX, 2 },
    { COMMENT, "(\\", SP_SYNTAX, 2 },
    { COMMENT, "", SP_SYNTAX, 0 },
    { HOST, "example.com", SP_OK, 11 },
    { HOST, "example.com.:5060", SP_OK, 12 },
    { HOST, "a-b.c", SP_OK, 5 },
    { HOST, "1a.b2;", SP_OK, 5 },
    { HOST, "192.0.2.1", SP_OK, 9 },
    { HOST, "999.0.2.1", SP_OK, 9 }, /* as the grammar has it */
    { HOST, "192.0.2.1.", SP_SYNTAX, 8 },
    { HOST, "192.0.2", SP_SYNTAX, 6 },
    { HOST, "1920.0.2.1", SP_SYNTAX, 9 },
    { HOST, "a..b", SP_SYNTAX, 2 },
    { HOST, ".a", SP_SYNTAX, 0 },
    { HOST, ".", SP_SYNTAX, 0 },
    { HOST, "-a", SP_SYNTAX, 0 },
    { HOST, "a-.b", SP_SYNTAX, 2 },
    { HOST, "a.b-", SP_SYNTAX, 3 },
    { HOST, "a.1b", SP_SYNTAX, 2 },
    { HOST, "_sip", SP_SYNTAX, 0 },
    { HOST, "", SP_SYNTAX, 0 },
    { HOST, "[2001:db8::10:5070]", SP_OK, 19 }, /* RFC 5118 4.3 */
    { HOST, "[::1]:5060", SP_OK, 5 },
    { HOST, "[::1", SP_SYNTAX, 4 },
    { HOST, "[fe80::1%25eth0]", SP_SYNTAX, 8 },
    { HOST, "[]", SP_SYNTAX, 1 },
    { IPV6, "::", SP_OK, 2 },
    { IPV6, "::1", SP_OK, 3 },
    { IPV6, "1::", SP_OK, 3 },
    { IPV6, "1:2:3:4:5:6:7:8", SP_OK, 15 },
    { IPV6, "1:2:3:4:5:6:7::", SP_OK, 15 },
    { IPV6, "::ffff:192.0.2.10", SP_OK, 17 }, /* RFC 5118 4.9 */
    { IPV6, "2001:db8::192.0.2.1", SP_OK, 19 },
    { IPV6, "2001:db8:::192.0.2.1", SP_OK, 20 }, /* RFC 5118 4.10 */
    { IPV6, "1:2:3:4:5:6:192.0.2.1", SP_OK, 21 },
    { IPV6, "1:2:3:4:5:6:7:192.0.2.1", SP_SYNTAX, 23 },
    { IPV6, "1:2:3:4:5:6:7:8:9", SP_SYNTAX, 17 },
    { IPV6, "1:2:3:4:5:6:7", SP_SYNTAX, 13 },
    { IPV6, "1:2:3:4:5:6:7:8::", SP_SYNTAX, 17 },
    { IPV6, "1::2::3", SP_SYNTAX, 4 }, /* eaten that far, and then not at an end */
    { IPV6, "1:::2", SP_SYNTAX, 5 },
    { IPV6, ":::", SP_SYNTAX, 3 },
    { IPV6, "::1:", SP_SYNTAX, 3 },
    { IPV6, "12345::", SP_SYNTAX, 4 },
    { IPV6, "::192.0.2", SP_SYNTAX, 2 },
    { IPV6, "", SP_SYNTAX, 0 },
    { IPV6, ":", SP_SYNTAX, 0 },
    { PORT, ":5060", SP_OK, 5 },
    { PORT, " : 5060;", SP_OK, 7 },
    { PORT, "x", SP_OK, 0 },
    { PORT, "", SP_OK, 0 },
    { PORT, ":65536", SP_RANGE, 1 },
    { PORT, ":0", SP_RANGE, 1 },
    { PORT, ":", SP_SYNTAX, 1 },
    { PORT, ":x", SP_SYNTAX, 1 },
    { USER, "a%20b@", SP_OK, 5 },
    { USER, "a%00", SP_OK, 4 },
    { USER, "a%2", SP_SYNTAX, 1 },
    { USER, "a%", SP_SYNTAX, 1 },
    { USER, "a%zz", SP_SYNTAX, 1 },
};

static size_t read_rule(enum rule rule, struct sp_scan *s)
{
    switch (rule) {
    case LWS: sip_scan_lws(s); break;
    case SWS: sip_scan_sws(s); break;
    case TOKEN: sip_scan_token(s, "token"); break;
    case QUOTED: sip_scan_quoted(s, "quoted-string"); break;
    case COMMENT: sip_scan_comment(s, "comment"); break;
    case HOST: sip_scan_host(s, "host"); break;
    case IPV6: sip_scan_ipv6(s, "IPv6address"); break;
    case PORT: sip_scan_port(s, "port"); break;
    case USER: sip_scan_escaped(s, SIP_USER, 1, "user"); break;
    }
    return (size_t)(s->at - s->start);
}

START_TEST(rule)
{
    const struct row *row = &rows[_i];
    struct sp_scan    s = sp_scan(unit_text(row->text));
    size_t            octets = read_rule(row->rule, &s);

    if (row->err == SP_SYNTAX && s.err == SP_OK) { /* it stopped before the wrong octet */
        ck_assert_uint_eq(octets, row->at);
        ck_assert(s.at < s.end);
        return;
    }
    unit_err(s.err, row->err);
    if (row->err == SP_OK)
        ck_assert_uint_eq(octets, row->at);
    else
        ck_assert_uint_eq(s.where.octet, row->at);
    /* the first error sticks, and nothing moves any more */
    if (s.err != SP_OK) {
        const char *at = s.at;

        ck_assert_uint_eq(sip_scan_class(&s, SIP_TOKEN, 0, "x").len, 0);
        ck_assert(!sip_scan_try_separator(&s, row->text[0]));
        sip_scan_sws(&s);
        ck_assert_ptr_eq(s.at, at);
    }
}
END_TEST

START_TEST(separators)
{
    struct sp_scan s = sp_scan(unit_text(" ;\r\n x,"));

    ck_assert(!sip_scan_try_separator(&s, ','));
    ck_assert_ptr_eq(s.at, s.start);
    ck_assert(sip_scan_try_separator(&s, ';'));
    unit_eq(sip_scan_token(&s, "token"), "x");
    sip_scan_separator(&s, ',', "COMMA");
    unit_err(s.err, SP_OK);
    sip_scan_separator(&s, ';', "SEMI");
    unit_err(s.err, SP_SYNTAX);
    ck_assert_uint_eq(s.where.octet, 7);
    ck_assert_str_eq(s.where.rule, "SEMI");
}
END_TEST

static const struct word_row {
    const char *text;
    bool        token;
} words[] = {
    { "", false },    { "INVITE", true }, { "a-.!%*_+`'~9", true },
    { "a b", false }, { "a\r", false },   { "\"a\"", false },
};

/* 3261-25.1 token */
START_TEST(whole_token)
{
    ck_assert_int_eq(sip_is_token(sp_str(words[_i].text)), words[_i].token);
}
END_TEST

START_TEST(nul_in_a_pair)
{
    struct sp_scan s = sp_scan(UNIT_LIT("\"\\\0\"")), bare = sp_scan(UNIT_LIT("\"\0\""));

    ck_assert_uint_eq(sip_scan_quoted(&s, "quoted-string").len, 4); /* RFC 4475 3.1.1.2 */
    sip_scan_quoted(&bare, "quoted-string");
    unit_err(bare.err, SP_SYNTAX);
    ck_assert_uint_eq(bare.where.octet, 1);
}
END_TEST

/* The first octet that is not plain, from each place on, at each place, in texts of each length;
 * whatever was looked at before, and when the end comes nearer after that. */
START_TEST(looks)
{
    for (size_t len = 0; len <= 150; len++)
        for (size_t stop = 0; stop <= len; stop += 1 + stop % 5) {
            char          *room = unit_room(len);
            struct sp_scan s;

            memset(room, 'x', len);
            if (stop < len)
                room[stop] = '_';
            s = sp_scan(sp_slice(room, len));
            for (size_t from = 0; from <= len; from += 1 + from % 7) {
                const char *at = sip_after_plain(&s, s.start + from), *end = s.end;

                ck_assert_ptr_eq(at, s.start + (from <= stop ? stop : len));
                s.at = s.start + from;
                s.end = at;
                ck_assert_uint_eq(sip_scan_class(&s, SIP_TOKEN, 0, "x").len,
                                  (size_t)(at - s.start) - from);
                s.end = end;
                s.at = at;
                ck_assert_uint_eq(sip_scan_class(&s, SIP_TOKEN, 0, "x").len, (size_t)(end - at));
            }
        }
}
END_TEST

static const char *const hosts[] = {
    "example.com",
    "a",
    "a.",
    "a-b.c-d.e1",
    "a--b.c",
    "1a.2b",
    "192.0.2.1",
    "192.0.2.256",
    "1.2.3",
    "1.2.3.4.",
    "1.2.3.4a",
    "1234.2.3.4",
    "a..b",
    ".a",
    "-a",
    "a-",
    "a.-b",
    "a.b-",
    "a.b-.c",
    "a.1",
    "a.1b",
    "x_y",
    "[2001:db8::1]",
    "h.example.com:5060;x",
    "a.b>",
    "",
    "1.2.3.4:5",
    "a-.b",
    "a.b-1.2",
    "a.very.long.name.of.a.host.that.does.not.end.where.it.should.but.goes.on.and.on.example.com",
};

/* What is judged from one look is what is judged octet by octet, wherever the look began and
 * wherever the end was when it was taken. */
START_TEST(quick_hosts)
{
    struct sp_slice text = sp_str(hosts[_i]);

    for (size_t before = 0; before <= 70; before++)
        for (size_t len = 0; len <= text.len; len++) {
            char          *room = unit_room(before + len);
            struct sp_scan quick = sp_scan(sp_slice(room, before + len)), odd;

            memset(room, ' ', before);
            memcpy(room + before, text.at, len);
            quick.end -= len / 3;
            sip_scan_look(&quick, quick.start + before / 2);
            quick.end += len / 3;
            quick.at += before;
            odd = quick;
            unit_eq_slice(sip_quick_host(&quick, "host"), sip_scan_odd_host(&odd, "host"));
            unit_err(quick.err, odd.err);
            ck_assert_ptr_eq(quick.at, odd.at);
            ck_assert_uint_eq(quick.where.octet, odd.where.octet);
            ck_assert_str_eq(quick.where.rule, odd.where.rule);
        }
}
END_TEST

Suite *test_sip_scan_suite(void)
{
    Suite *suite = suite_create("sip_scan");
    TCase *tcase = unit_tcase(suite, "sip_scan");

    unit_loop(tcase, rule, rows);
    tcase_add_test(tcase, separators);
    unit_loop(tcase, whole_token, words);
    tcase_add_test(tcase, nul_in_a_pair);
    tcase_add_test(tcase, looks);
    unit_loop(tcase, quick_hosts, hosts);
    return suite;
}
