/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_uri.c -- MSRP URIs and paths: RFC 4975 6, 6.1, 9. */
#include "../../msrp/msrp_uri.h"

#include "unit.h"

static const struct {
    const char *uri;
    enum sp_err err;
    size_t      at;
    bool        secure;
    const char *userinfo, *host;
    uint16_t    port;
    const char *session_id, *transport, *params;
} rows[] = {
    { "msrp://host.example.com:8493/asfd34;tcp", SP_OK, 0, false, "", "host.example.com", 8493,
      "asfd34", "tcp", "" },
    { "msrps://host.example.com:8493/asfd34;tcp", SP_OK, 0, true, "", "host.example.com", 8493,
      "asfd34", "tcp", "" },
    { "MSRP://h:1/a;TCP", SP_OK, 0, false, "", "h", 1, "a", "TCP", "" },
    { "msrp://alice@a.example.com:1/s;tcp", SP_OK, 0, false, "alice", "a.example.com", 1, "s",
      "tcp", "" },
    { "msrp://a;b@h;tcp", SP_OK, 0, false, "a;b", "h", 0, "", "tcp", "" },
    { "msrp://h;tcp", SP_OK, 0, false, "", "h", 0, "", "tcp", "" },
    { "msrp://h/s/t+=~;tcp", SP_OK, 0, false, "", "h", 0, "s/t+=~", "tcp", "" },
    { "msrp://[2001:db8::1]:9/s;tcp", SP_OK, 0, false, "", "[2001:db8::1]", 9, "s", "tcp", "" },
    { "msrp://192.0.2.1:65535/s;tcp;a=b;c", SP_OK, 0, false, "", "192.0.2.1", 65535, "s", "tcp",
      ";a=b;c" },
    { "msrp://%61b:9/s;sctp", SP_OK, 0, false, "", "%61b", 9, "s", "sctp", "" },
    { "", SP_SYNTAX, 0, false, "", "", 0, "", "", "" },
    { "http://h/s;tcp", SP_SYNTAX, 0, false, "", "", 0, "", "", "" },
    { "msrpx://h/s;tcp", SP_SYNTAX, 4, false, "", "", 0, "", "", "" },
    { "msrp:/h/s;tcp", SP_SYNTAX, 6, false, "", "", 0, "", "", "" },
    { "msrp:///s;tcp", SP_SYNTAX, 7, false, "", "", 0, "", "", "" },
    { "msrp://h:/s;tcp", SP_SYNTAX, 9, false, "", "", 0, "", "", "" },
    { "msrp://h:0/s;tcp", SP_RANGE, 9, false, "", "", 0, "", "", "" },
    { "msrp://h:65536/s;tcp", SP_RANGE, 9, false, "", "", 0, "", "", "" },
    { "msrp://h:1/;tcp", SP_SYNTAX, 11, false, "", "", 0, "", "", "" },
    { "msrp://h:1/s", SP_SYNTAX, 12, false, "", "", 0, "", "", "" }, /* 4975-6-1 */
    { "msrp://h:1/s;", SP_SYNTAX, 13, false, "", "", 0, "", "", "" },
    { "msrp://h:1/s;tcp ", SP_SYNTAX, 16, false, "", "", 0, "", "", "" },
    { "msrp://h:1/s;tcp;", SP_SYNTAX, 17, false, "", "", 0, "", "", "" },
    { "msrp://h:1/s;tcp;a=", SP_SYNTAX, 19, false, "", "", 0, "", "", "" },
    { "msrp://h%6:1/s;tcp", SP_SYNTAX, 8, false, "", "", 0, "", "", "" },
    { "msrp://[::1:1/s;tcp", SP_SYNTAX, 13, false, "", "", 0, "", "", "" },
    { "msrp://[1.2.3.4]:1/s;tcp", SP_SYNTAX, 8, false, "", "", 0, "", "", "" },
    { "msrp://[::g]:1/s;tcp", SP_SYNTAX, 10, false, "", "", 0, "", "", "" },
};

START_TEST(parses)
{
    struct msrp_uri uri;
    struct sp_where where;
    char            room[128];
    struct sp_buf   to = sp_buf(room, sizeof room);

    unit_err_at(msrp_uri_parse(unit_text(rows[_i].uri), &uri, &where), where, rows[_i].err,
                rows[_i].at);
    if (rows[_i].err != SP_OK)
        return;
    ck_assert(uri.secure == rows[_i].secure);
    unit_eq(uri.userinfo, rows[_i].userinfo);
    unit_eq(uri.host, rows[_i].host);
    ck_assert_uint_eq(uri.port, rows[_i].port);
    unit_eq(uri.session_id, rows[_i].session_id);
    unit_eq(uri.transport, rows[_i].transport);
    unit_eq(uri.params, rows[_i].params);
    msrp_uri_write(&to, &uri);
    ck_assert(sp_eq_nocase(sp_written(&to), sp_str(rows[_i].uri)));
}
END_TEST

/* RFC 4975 6.1, rule by rule: 4975-6.1-1, 4975-6.1-2, 4975-6.1-3. */
static const struct {
    const char *a, *b;
    bool        eq;
} pairs[] = {
    { "msrp://h:1/s;tcp", "MSRP://H:1/s;TCP", true },     /* rule 1 */
    { "msrp://h:1/s;tcp", "msrps://h:1/s;tcp", false },   /* rule 1 */
    { "msrp://a@h:1/s;tcp", "msrp://b@h:1/s;tcp", true }, /* userinfo does not count */
    { "msrp://%68:1/s;tcp", "msrp://h:1/s;tcp", true },
    { "msrp://%48:1/s;tcp", "msrp://h:1/s;tcp", true },
    { "msrp://%21:1/s;tcp", "msrp://!:1/s;tcp", false }, /* reserved: stays encoded */
    { "msrp://h:1/s;tcp", "msrp://hh:1/s;tcp", false },
    { "msrp://[2001:db8::1]:1/s;tcp", "msrp://[2001:DB8:0:0::1]:1/s;tcp", true },
    { "msrp://[2001:db8::1]:1/s;tcp", "msrp://[2001:db8::2]:1/s;tcp", false },
    { "msrp://192.0.2.1:1/s;tcp", "msrp://192.0.2.10:1/s;tcp", false },
    { "msrp://h:1/s;tcp", "msrp://h:2/s;tcp", false },  /* rule 3 */
    { "msrp://h:2855/s;tcp", "msrp://h/s;tcp", false }, /* explicit never equals none */
    { "msrp://h:1/s;tcp", "msrp://h:1/S;tcp", false },  /* rule 4 */
    { "msrp://h:1/s;tcp", "msrp://h:1;tcp", false },
    { "msrp://h:1/s;tcp", "msrp://h:1/s;sctp", false },   /* rule 5 */
    { "msrp://h:1/s;tcp", "msrp://h:1/s;tcp;a=b", true }, /* parameters do not count */
};

START_TEST(compares)
{
    struct msrp_uri a, b;
    struct sp_where where;

    unit_err(msrp_uri_parse(unit_text(pairs[_i].a), &a, &where), SP_OK);
    unit_err(msrp_uri_parse(unit_text(pairs[_i].b), &b, &where), SP_OK);
    ck_assert(msrp_uri_eq(&a, &b) == pairs[_i].eq);
    ck_assert(msrp_uri_eq(&b, &a) == pairs[_i].eq);
}
END_TEST

START_TEST(same_host)
{
    struct msrp_uri a, b;
    struct sp_where where;

    unit_err(msrp_uri_parse(unit_text("msrp://h:1/s;tcp"), &a, &where), SP_OK);
    unit_err(msrp_uri_parse(unit_text("msrp://H:1/t;tcp"), &b, &where), SP_OK);
    ck_assert(msrp_uri_eq_host(&a, &b));
    unit_err(msrp_uri_parse(unit_text("msrp://H:2/t;tcp"), &b, &where), SP_OK);
    ck_assert(!msrp_uri_eq_host(&a, &b));
}
END_TEST

static const struct {
    const char *path;
    enum sp_err err;
    size_t      at;
    int         count;
    const char *first, *last;
} paths[] = {
    { "msrp://a:1/s;tcp", SP_OK, 0, 1, "msrp://a:1/s;tcp", "msrp://a:1/s;tcp" },
    { "msrp://a:1/s;tcp msrp://b:1/s;tcp msrp://c:1/s;tcp", SP_OK, 0, 3, "msrp://a:1/s;tcp",
      "msrp://c:1/s;tcp" },
    { "", SP_SYNTAX, 0, 0, "", "" },
    { "msrp://a:1/s;tcp ", SP_SYNTAX, 17, 0, "", "" },
    { " msrp://a:1/s;tcp", SP_SYNTAX, 0, 0, "", "" },
    { "msrp://a:1/s;tcp  msrp://b:1/s;tcp", SP_SYNTAX, 17, 0, "", "" },
    { "msrp://a:1/s;tcp msrp://b:x/s;tcp", SP_SYNTAX, 26, 0, "", "" },
};

START_TEST(path)
{
    struct sp_slice octets = unit_text(paths[_i].path), rest = octets, uri;
    struct sp_where where;
    int             count = 0;

    unit_err_at(msrp_path_check(octets, &where), where, paths[_i].err, paths[_i].at);
    if (paths[_i].err != SP_OK)
        return;
    unit_eq(msrp_path_first(octets), paths[_i].first);
    unit_eq(msrp_path_last(octets), paths[_i].last);
    while (msrp_path_next(&rest, &uri))
        count++;
    ck_assert_int_eq(count, paths[_i].count);
    unit_eq(uri, paths[_i].last);
}
END_TEST

Suite *test_msrp_uri_suite(void)
{
    Suite *suite = suite_create("msrp_uri");
    TCase *tcase = unit_tcase(suite, "msrp_uri");

    unit_loop(tcase, parses, rows);
    unit_loop(tcase, compares, pairs);
    tcase_add_test(tcase, same_host);
    unit_loop(tcase, path, paths);
    return suite;
}
