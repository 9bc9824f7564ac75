/* SPDX-License-Identifier: MIT
 * parser/sip_uri.c -- reading and writing URIs: RFC 3261 19.1, 25.1. */
#include "sip_uri.h"

#include <string.h>

#include "sip_quick.h"

const struct sp_set sip_set_user = { {
    0, 0xabffffd2, /* ! $ & ' ( ) * + , - . / 0-9 ; = ? */
    0x87fffffe,    /* A-Z _ */
    0x47fffffe,    /* a-z ~ */
} };

const struct sp_set sip_set_uri_header = { {
    0, 0x87ffef92, /* ! $ ' ( ) * + - . / 0-9 : ? */
    0xaffffffe,    /* A-Z [ ] _ */
    0x47fffffe,    /* a-z ~ */
} };

/* userinfo = user [ ":" password ] "@", where there is an "@" at all: it stands nowhere else
 * unescaped. */
static void scan_userinfo(struct sp_scan *s, struct sip_uri *uri)
{
    const char *at;

    uri->user = sp_slice(NULL, 0);
    uri->password = sp_slice(NULL, 0);
    uri->has_user = false;
    if (s->err != SP_OK)
        return;
    at = sip_after_plain(s, s->at);
    if (at > s->at && at < s->end && *at == '@') { /* as nearly all are */
        uri->has_user = true;
        uri->user = sp_slice(s->at, (size_t)(at - s->at));
        s->at = at + 1;
        return;
    }
    if (memchr(s->at, '@', (size_t)(s->end - s->at)) == NULL)
        return;
    uri->has_user = true;
    uri->user = sip_quick_escaped(s, SIP_USER, 1, "user");
    if (sp_scan_try(s, ':'))
        uri->password = sip_quick_escaped(s, SIP_PASSWORD, 0, "password");
    sp_scan_char(s, '@', "userinfo");
}

/* *( ";" pname [ "=" pvalue ] ) */
static struct sp_slice scan_uri_parameters(struct sp_scan *s)
{
    const char *from = s->at;

    if (sp_scan_peek(s) != ';')
        return sp_slice(NULL, 0);
    while (sp_scan_try(s, ';')) {
        sip_quick_escaped(s, SIP_PARAM, 1, "pname");
        if (sp_scan_try(s, '='))
            sip_quick_escaped(s, SIP_PARAM, 1, "pvalue");
    }
    return s->err == SP_OK ? sp_slice(from, (size_t)(s->at - from)) : sp_slice(NULL, 0);
}

/* "?" header *( "&" header ) */
static struct sp_slice scan_headers(struct sp_scan *s)
{
    const char *from = s->at + 1;

    if (!sp_scan_try(s, '?'))
        return sp_slice(NULL, 0);
    do {
        sip_quick_escaped(s, SIP_HEADER, 1, "hname");
        sp_scan_char(s, '=', "header");
        sip_quick_escaped(s, SIP_HEADER, 0, "hvalue");
    } while (sp_scan_try(s, '&'));
    return s->err == SP_OK ? sp_slice(from, (size_t)(s->at - from)) : sp_slice(NULL, 0);
}

static enum sip_scheme scheme_of(struct sp_slice name)
{
    if (sip_name_is(name, "sip", 3))
        return SIP_SCHEME_SIP;
    if (sip_name_is(name, "sips", 4))
        return SIP_SCHEME_SIPS;
    if (sip_name_is(name, "tel", 3))
        return SIP_SCHEME_TEL;
    return SIP_SCHEME_OTHER;
}

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ), and its colon */
static void scan_scheme(struct sp_scan *s, struct sip_uri *uri)
{
    const char *from = s->at;

    if (s->err == SP_OK && s->end - from > 4 && memcmp(from, "sip:", 4) == 0) {
        uri->scheme_name = sp_slice(from, 3); /* as nearly all have it */
        uri->scheme = SIP_SCHEME_SIP;
        s->at = from + 4;
        return;
    }
    uri->scheme_name = sp_slice(NULL, 0);
    uri->scheme = SIP_SCHEME_OTHER;
    if (!sp_scan_more(s) || !sp_is_alpha(*from)) {
        sp_scan_fail(s, SP_SYNTAX, from, "scheme");
        return;
    }
    while (s->at < s->end && (sip_is(*s->at, SIP_HOST) || *s->at == '+'))
        s->at++;
    uri->scheme_name = sp_slice(from, (size_t)(s->at - from));
    uri->scheme = scheme_of(uri->scheme_name);
    sp_scan_char(s, ':', "scheme");
}

void sip_scan_uri(struct sp_scan *s, const char *stop, struct sip_uri *uri)
{
    struct sp_slice none = sp_slice(NULL, 0);
    const char     *end = s->end;

    s->end = stop;
    uri->octets = s->err == SP_OK ? sp_slice(s->at, (size_t)(stop - s->at)) : none;
    scan_scheme(s, uri);
    if (uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS) {
        uri->opaque = none;
        scan_userinfo(s, uri);
        uri->host = sip_quick_host(s, "host");
        /* no white space around the colon, unlike elsewhere */
        uri->port = sp_scan_try(s, ':') ? sip_scan_port_number(s, "port") : 0;
        uri->params = scan_uri_parameters(s);
        uri->headers = scan_headers(s);
    } else {
        uri->opaque = sip_quick_escaped(s, SIP_URIC, 1, "absoluteURI");
        uri->user = none;
        uri->password = none;
        uri->host = none;
        uri->params = none;
        uri->headers = none;
        uri->has_user = false;
        uri->port = 0;
    }
    if (s->at != stop)
        sp_scan_fail(s, SP_SYNTAX, s->at, "end");
    s->end = end;
}

enum sp_err sip_uri_parse(struct sp_slice octets, struct sip_uri *uri, struct sp_where *where)
{
    struct sp_scan s = sp_scan(octets);

    sip_scan_uri(&s, s.end, uri);
    uri->octets = octets;
    *where = s.where;
    return s.err;
}

void sip_uri_write(struct sp_buf *to, const struct sip_uri *uri)
{
    sp_put_value(to, uri->scheme_name);
    sp_put_char(to, ':');
    if (uri->scheme != SIP_SCHEME_SIP && uri->scheme != SIP_SCHEME_SIPS) {
        sp_put_value(to, uri->opaque);
        return;
    }
    if (uri->user.len > 0) {
        sp_put_value(to, uri->user);
        /* a userinfo whose password is empty keeps its colon: it is not equal to one without */
        if (uri->password.at != NULL) {
            sp_put_char(to, ':');
            sp_put_value(to, uri->password);
        }
        sp_put_char(to, '@');
    }
    sp_put_value(to, uri->host);
    if (uri->port > 0) {
        sp_put_char(to, ':');
        sp_put_u64(to, uri->port);
    }
    sp_put_value(to, uri->params);
    if (uri->headers.len > 0) {
        sp_put_char(to, '?');
        sp_put_value(to, uri->headers);
    }
}

void sip_put_unescaped(struct sp_buf *to, struct sp_slice escaped)
{
    for (size_t i = 0; i < escaped.len; i++) {
        if (escaped.at[i] == '%' && i + 2 < escaped.len && sp_hex_value(escaped.at[i + 1]) >= 0 &&
            sp_hex_value(escaped.at[i + 2]) >= 0) {
            sp_put_char(
                to, (char)(sp_hex_value(escaped.at[i + 1]) * 16 + sp_hex_value(escaped.at[i + 2])));
            i += 2;
        } else {
            sp_put_char(to, escaped.at[i]);
        }
    }
}

void sip_put_escaped(struct sp_buf *to, struct sp_slice text, const struct sp_set *keep)
{
    for (size_t i = 0; i < text.len; i++) {
        if (sp_set_has(keep, text.at[i])) {
            sp_put_char(to, text.at[i]);
        } else {
            sp_put_char(to, '%');
            sp_put_hex(to, sp_slice(text.at + i, 1), true, '\0');
        }
    }
}
