/* SPDX-License-Identifier: MIT
 * msrp/msrp_uri.c -- MSRP URIs, read, written and compared. RFC 4975 6, 6.1, 9; RFC
 * 3986 3.2, 6.2.2. */
#include "msrp_uri.h"

/* unreserved / pct-encoded / sub-delims / ":" */
static const struct sp_set userinfo_set = { { 0, 0x2fff7ff2u, 0x87fffffeu, 0x47fffffeu } };
/* reg-name without ";", which begins the transport here */
static const struct sp_set host_set = { { 0, 0x23ff7ff2u, 0x87fffffeu, 0x47fffffeu } };
static const struct sp_set ipv6_set = { { 0, 0x07ff4000u, 0x0000007eu, 0x0000007eu } };
static const struct sp_set session_id_set = { { 0, 0x23ffe800u, 0x87fffffeu, 0x47fffffeu } };
static const struct sp_set alphanum_set = { { 0, 0x03ff0000u, 0x07fffffeu, 0x07fffffeu } };
static const struct sp_set token_set = { { 0, 0x03ff6cfau, 0xc7fffffeu, 0x7fffffffu } };

/* Every "%" of `part` begins a pct-encoded. */
static void check_pct(struct sp_scan *s, struct sp_slice part)
{
    size_t at = 0;

    while ((at += sp_find(sp_from(part, at), '%')) < part.len) {
        if (part.len - at < 3 || sp_hex_value(part.at[at + 1]) < 0 ||
            sp_hex_value(part.at[at + 2]) < 0)
            sp_scan_fail(s, SP_SYNTAX, part.at + at, "pct-encoded");
        at += 1;
    }
}

static struct sp_slice scan_userinfo(struct sp_scan *s)
{
    struct sp_scan  ahead = *s;
    struct sp_slice userinfo = sp_scan_set(&ahead, &userinfo_set, 0, "userinfo");

    if (!sp_scan_try(&ahead, '@'))
        return (struct sp_slice){ 0 };
    *s = ahead;
    check_pct(s, userinfo);
    return userinfo;
}

static struct sp_slice scan_host(struct sp_scan *s)
{
    const char     *from = s->at;
    struct sp_slice host, inner;
    struct sp_addr  addr;

    if (!sp_scan_try(s, '[')) {
        host = sp_scan_set(s, &host_set, 1, "host");
        check_pct(s, host);
        return host;
    }
    inner = sp_scan_set(s, &ipv6_set, 2, "IPv6address");
    if (inner.len > 0 && (sp_addr_parse(inner, &addr) != SP_OK || addr.family != SP_IPV6))
        sp_scan_fail(s, SP_SYNTAX, inner.at, "IPv6address");
    sp_scan_char(s, ']', "IP-literal");
    return sp_slice(from, (size_t)(s->at - from));
}

static uint16_t scan_port(struct sp_scan *s)
{
    const char *from;
    uint32_t    port;

    if (!sp_scan_try(s, ':'))
        return 0;
    from = s->at;
    port = sp_scan_u32(s, "port");
    if (s->err == SP_OK && (port == 0 || port > 65535))
        sp_scan_fail(s, SP_RANGE, from, "port");
    return (uint16_t)port;
}

static void scan_scheme(struct sp_scan *s, struct msrp_uri *uri)
{
    sp_scan_text_nocase(s, SP_LIT("msrp"), "msrp-scheme");
    uri->secure = sp_scan_try(s, 's') || sp_scan_try(s, 'S');
    sp_scan_text_nocase(s, SP_LIT("://"), "MSRP-URI");
}

/* MSRP-URI = msrp-scheme "://" authority ["/" session-id] ";" transport *( ";" URI-parameter ) */
enum sp_err msrp_uri_parse(struct sp_slice octets, struct msrp_uri *uri, struct sp_where *where)
{
    struct sp_scan s = sp_scan(octets);
    const char    *params;

    *uri = (struct msrp_uri){ .octets = octets };
    scan_scheme(&s, uri);
    uri->userinfo = scan_userinfo(&s);
    uri->host = scan_host(&s);
    uri->port = scan_port(&s);
    if (sp_scan_try(&s, '/'))
        uri->session_id = sp_scan_set(&s, &session_id_set, 1, "session-id");
    sp_scan_char(&s, ';', "MSRP-URI");
    uri->transport = sp_scan_set(&s, &alphanum_set, 1, "transport");
    params = s.at;
    while (sp_scan_try(&s, ';')) {
        (void)sp_scan_set(&s, &token_set, 1, "URI-parameter");
        if (sp_scan_try(&s, '='))
            (void)sp_scan_set(&s, &token_set, 1, "URI-parameter");
    }
    uri->params = sp_slice(params, (size_t)(s.at - params));
    return sp_scan_end(&s, where);
}

void msrp_uri_write(struct sp_buf *to, const struct msrp_uri *uri)
{
    sp_put_text(to, uri->secure ? "msrps://" : "msrp://");
    if (uri->userinfo.len > 0) {
        sp_put_value(to, uri->userinfo);
        sp_put_char(to, '@');
    }
    sp_put_value(to, uri->host);
    if (uri->port != 0) {
        sp_put_char(to, ':');
        sp_put_u64(to, uri->port);
    }
    if (uri->session_id.len > 0) {
        sp_put_char(to, '/');
        sp_put_value(to, uri->session_id);
    }
    sp_put_char(to, ';');
    sp_put_value(to, uri->transport);
    sp_put_value(to, uri->params);
}

/* The next octet of a host, percent-encoded unreserved ones decoded, letters folded; taken from
 * `rest`. */
static char host_octet(struct sp_slice *rest)
{
    char c = rest->at[0];

    if (c == '%' && rest->len >= 3) {
        int high = sp_hex_value(rest->at[1]), low = sp_hex_value(rest->at[2]);

        if (high >= 0 && low >= 0) {
            char decoded = (char)(high << 4 | low);

            if (sp_is_alnum(decoded) || decoded == '-' || decoded == '.' || decoded == '_' ||
                decoded == '~') {
                *rest = sp_from(*rest, 3);
                return sp_lower(decoded);
            }
        }
    }
    *rest = sp_from(*rest, 1);
    return sp_lower(c);
}

/* Rule 2 of 6.1: addresses by value, names folded. */
static bool host_eq(struct sp_slice a, struct sp_slice b)
{
    struct sp_addr addr_a, addr_b;

    if (sp_eq_nocase(a, b))
        return true;
    if (sp_addr_parse(a, &addr_a) == SP_OK && sp_addr_parse(b, &addr_b) == SP_OK)
        return sp_addr_eq_host(&addr_a, &addr_b);
    while (a.len > 0 && b.len > 0)
        if (host_octet(&a) != host_octet(&b))
            return false;
    return a.len == 0 && b.len == 0;
}

bool msrp_uri_eq_host(const struct msrp_uri *a, const struct msrp_uri *b)
{
    return a->secure == b->secure && a->port == b->port && host_eq(a->host, b->host);
}

bool msrp_uri_eq(const struct msrp_uri *a, const struct msrp_uri *b)
{
    return sp_eq(a->session_id, b->session_id) && sp_eq_nocase(a->transport, b->transport) &&
           msrp_uri_eq_host(a, b);
}

bool msrp_path_next(struct sp_slice *rest, struct sp_slice *uri)
{
    if (rest->len == 0)
        return false;
    *uri = sp_head(*rest, sp_find(*rest, ' '));
    *rest = sp_from(*rest, uri->len + 1);
    return true;
}

struct sp_slice msrp_path_first(struct sp_slice path)
{
    return sp_head(path, sp_find(path, ' '));
}

struct sp_slice msrp_path_last(struct sp_slice path)
{
    size_t at = path.len;

    while (at > 0 && path.at[at - 1] != ' ')
        at--;
    return sp_from(path, at);
}

enum sp_err msrp_path_check(struct sp_slice path, struct sp_where *where)
{
    size_t at = 0;

    for (;;) {
        struct sp_slice rest = sp_from(path, at);
        struct sp_slice octets = sp_head(rest, sp_find(rest, ' '));
        struct msrp_uri uri;
        enum sp_err     err = msrp_uri_parse(octets, &uri, where);

        if (err != SP_OK) {
            where->octet += at;
            return err;
        }
        at += octets.len;
        if (at == path.len)
            return SP_OK;
        at++;
    }
}
