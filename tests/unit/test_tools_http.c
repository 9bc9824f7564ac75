/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_http.c -- URLs, heads, chunks and addresses of HTTP. */
#include "../../tools/http.h"
#include "unit.h"

static const struct {
    const char *text;
    enum sp_err err;
    size_t      at;
    const char *host;
    uint16_t    port;
    const char *path;
} urls[] = {
    { "http://a", SP_OK, 0, "a", 80, "" },
    { "HTTP://a/", SP_OK, 0, "a", 80, "/" },
    { "http://a.example:8080/x/y?z=1#f", SP_OK, 0, "a.example", 8080, "/x/y?z=1" },
    { "http://[2001:db8::1]:81?q", SP_OK, 0, "[2001:db8::1]", 81, "?q" },
    { "https://a/", SP_UNSUPPORTED, 0, "", 0, "" },
    { "http://u@a/", SP_UNSUPPORTED, 7, "", 0, "" },
    { "http://", SP_SYNTAX, 7, "", 0, "" },
    { "http:///x", SP_SYNTAX, 7, "", 0, "" },
    { "http://a:0/", SP_RANGE, 9, "", 0, "" },
    { "http://a:65536/", SP_RANGE, 9, "", 0, "" },
    { "http://a:/", SP_SYNTAX, 9, "", 0, "" },
    { "http://a:1x/", SP_SYNTAX, 10, "", 0, "" },
    { "http://[::1]x/", SP_SYNTAX, 12, "", 0, "" },
    { "http://a/\r\nHost: b", SP_SYNTAX, 9, "", 0, "" },
    { "http://a/ b", SP_SYNTAX, 9, "", 0, "" },
};

START_TEST(url_parts)
{
    struct http_url url;
    struct sp_where where;

    unit_err_at(http_url_parse(unit_text(urls[_i].text), &url, &where), where, urls[_i].err,
                urls[_i].at);
    if (urls[_i].err != SP_OK)
        return;
    unit_eq(url.host, urls[_i].host);
    unit_eq(url.path, urls[_i].path);
    ck_assert_uint_eq(url.port, urls[_i].port);
}
END_TEST

static const struct {
    const char *text;
    enum sp_err err;
    uint16_t    status;
    size_t      octets;
    int64_t     length; /* -1: none; -2: chunked */
    const char *type;
} heads[] = {
    { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", SP_OK, 200, 38, 5 },
    { "HTTP/1.0 200\n\n", SP_OK, 200, 14, -1 },
    { "HTTP/1.1 200 OK\r\nCONTENT-TYPE:  text/html; charset=utf-8 \r\n\r\n", SP_OK, 200, 61, -1,
      "text/html; charset=utf-8" },
    { "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\nContent-Length: 5\r\n\r\n", SP_OK, 200, 66,
      -2 },
    { "HTTP/1.1 302 Found\r\nLocation: http://b/\r\n\r\n", SP_OK, 302, 43, -1 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", SP_OK, 200, 57, 5 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", SP_REPEATED, 0, 0, 0 },
    { "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", SP_SYNTAX, 0, 0, 0 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n", SP_RANGE, 0, 0, 0 },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", SP_UNSUPPORTED, 0, 0, 0 },
    { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", SP_UNSUPPORTED, 0, 0, 0 },
    { "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n", SP_SYNTAX, 0, 0, 0 },
    { "HTTP/1.1 200 OK\r\n folded\r\n\r\n", SP_SYNTAX, 0, 0, 0 },
    { "HTTP/1.1 099 No\r\n\r\n", SP_SYNTAX, 0, 0, 0 },
    { "HTTP/1.1 2000 No\r\n\r\n", SP_SYNTAX, 0, 0, 0 },
    { "HTTP/2 200 OK\r\n\r\n", SP_SYNTAX, 0, 0, 0 },
    { "ICY 200 OK\r\n\r\n", SP_SYNTAX, 0, 0, 0 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", SP_PARTIAL, 0, 0, 0 },
    { "", SP_PARTIAL, 0, 0, 0 },
};

START_TEST(head_fields)
{
    struct sp_slice  text = unit_text(heads[_i].text);
    struct http_head head;
    size_t           octets = 0;

    unit_err(http_head_parse(text, &head, &octets), heads[_i].err);
    if (heads[_i].err != SP_OK)
        return;
    ck_assert_uint_eq(head.status, heads[_i].status);
    ck_assert_uint_eq(octets, heads[_i].octets);
    unit_eq(head.type, heads[_i].type != NULL ? heads[_i].type : "");
    ck_assert_int_eq(head.chunked, heads[_i].length == -2);
    ck_assert_int_eq(head.has_length, heads[_i].length >= 0);
    if (head.has_length)
        ck_assert_int_eq((int64_t)head.length, heads[_i].length);
    for (size_t len = 0; len < octets; len++) /* none of its beginnings is a head */
        unit_err(http_head_parse(unit_octets(text.at, len), &head, &(size_t){ 0 }), SP_PARTIAL);
}
END_TEST

static const struct {
    const char *text, *content;
    enum sp_err err;
    bool        done;
} chunked[] = {
    { "5\r\nhello\r\n0\r\n\r\n", "hello", SP_OK, true },
    { "5;x=y\r\nhello\r\n1 \r\n!\r\n0\r\nTrailer: x\r\n\r\nmore", "hello!", SP_OK, true },
    { "A\nhelloworld\n0\n\n", "helloworld", SP_OK, true },
    { "5\r\nhel", "hel", SP_OK, false },
    { "0\r\n", "", SP_OK, false },
    { "5\r\nhellox", "hello", SP_SYNTAX, false },
    { "\r\n", "", SP_SYNTAX, false },
    { "x\r\n", "", SP_SYNTAX, false },
    { "-1\r\n", "", SP_SYNTAX, false },
    { "11111111111111111\r\n", "", SP_RANGE, false },
};

/* In one piece, and octet by octet. */
START_TEST(chunks)
{
    size_t step = _i % 2 == 0 ? SIZE_MAX : 1;
    int    row = _i / 2;

    struct sp_slice    rest = unit_text(chunked[row].text);
    struct http_chunks state = { 0 };
    char               got[64];
    size_t             used = 0;
    bool               done = false;
    enum sp_err        err = SP_OK;

    while (rest.len > 0 && err == SP_OK && !done) {
        struct sp_slice in = sp_head(rest, step), content;

        rest = sp_from(rest, in.len);
        while (in.len > 0 && err == SP_OK && !done) {
            err = http_chunks_take(&state, &in, &content, &done);
            if (err == SP_OK) {
                memcpy(got + used, content.at, content.len);
                used += content.len;
            }
        }
    }
    unit_err(err, chunked[row].err);
    ck_assert_int_eq(done, chunked[row].done);
    unit_eq(sp_slice(got, used), chunked[row].content);
}
END_TEST

static const struct {
    const char *addr;
    bool        is_public;
} addrs[] = {
    { "8.8.8.8", true },      { "127.0.0.1", false },       { "10.1.2.3", false },
    { "172.16.0.1", false },  { "172.32.0.1", true },       { "192.168.1.1", false },
    { "169.254.1.1", false }, { "100.64.0.1", false },      { "0.0.0.0", false },
    { "224.0.0.1", false },   { "255.255.255.255", false }, { "192.0.2.1", false },
    { "::1", false },         { "fe80::1", false },         { "fc00::1", false },
    { "2001:db8::1", false }, { "2600::1", true },          { "::ffff:127.0.0.1", false },
    { "ff02::1", false },     { "::ffff:8.8.8.8", true },   { "2002:7f00:1::1", false },
    { "::", false },          { "198.18.0.1", false },      { "203.0.113.1", false },
    { "2001::1", false },     { "2001:2::1", false },       { "2001:200::1", true },
    { "64:ff9b::1", false },
};

START_TEST(addresses)
{
    struct sp_addr addr;

    unit_err(sp_addr_parse(unit_text(addrs[_i].addr), &addr), SP_OK);
    ck_assert_int_eq(http_address_public(&addr), addrs[_i].is_public);
}
END_TEST

Suite *test_tools_http_suite(void)
{
    Suite *suite = suite_create("tools_http");
    TCase *tcase = unit_tcase(suite, "tools_http");

    unit_loop(tcase, url_parts, urls);
    unit_loop(tcase, head_fields, heads);
    tcase_add_loop_test(tcase, chunks, 0, 2 * (int)UNIT_ROWS(chunked));
    unit_loop(tcase, addresses, addrs);
    return suite;
}
