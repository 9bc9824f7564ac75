/* SPDX-License-Identifier: MIT
 * tools/http_parse.c -- URLs, heads and chunks of HTTP/1.1; no socket here. */
#include "http.h"

#include <string.h>

enum sp_err http_url_parse(struct sp_slice text, struct http_url *url, struct sp_where *where)
{
    struct sp_scan  s = sp_scan(text);
    struct sp_slice host;
    size_t          end = 0;

    memset(url, 0, sizeof *url);
    url->port = 80;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~')
            sp_scan_fail(&s, SP_SYNTAX, text.at + i, "URL");
    if (s.err == SP_OK && !sp_starts_nocase(text, SP_LIT("http://")))
        sp_scan_fail(&s, SP_UNSUPPORTED, text.at, "scheme");
    if (s.err != SP_OK)
        return sp_scan_end(&s, where);
    s.at += 7;
    while (s.at + end < s.end && strchr("/?#", s.at[end]) == NULL)
        end++;
    host = sp_slice(s.at, end);
    if (sp_find(host, '@') < host.len)
        sp_scan_fail(&s, SP_UNSUPPORTED, host.at, "userinfo");
    url->host = host;
    if (host.len > 0 && host.at[0] == '[')
        url->host = sp_head(host, sp_find(host, ']') + 1);
    else
        url->host = sp_head(host, sp_find(host, ':'));
    if (url->host.len == 0)
        sp_scan_fail(&s, SP_SYNTAX, host.at, "host");
    s.at += url->host.len;
    if (sp_scan_try(&s, ':')) {
        const char *at = s.at;
        uint32_t    port = sp_scan_u32(&s, "port");

        if (port == 0 || port > 65535)
            sp_scan_fail(&s, SP_RANGE, at, "port");
        url->port = (uint16_t)port;
    }
    if (s.err == SP_OK && s.at < s.end && strchr("/?#", *s.at) == NULL)
        sp_scan_fail(&s, SP_SYNTAX, s.at, "authority");
    url->path = sp_slice(s.at, (size_t)(s.end - s.at));
    url->path = sp_head(url->path, sp_find(url->path, '#'));
    s.at = s.end;
    return sp_scan_end(&s, where);
}

/* Heads */

static enum sp_err take_length(struct http_head *head, struct sp_slice value)
{
    uint64_t    length;
    enum sp_err err = sp_to_u64(value, INT64_MAX, &length);

    if (err != SP_OK)
        return err;
    if (head->has_length && head->length != length)
        return SP_REPEATED;
    head->has_length = true;
    head->length = length;
    return SP_OK;
}

static enum sp_err take_field(struct http_head *head, struct sp_slice line)
{
    size_t          colon = sp_find(line, ':');
    struct sp_slice name = sp_head(line, colon), value = sp_trim(sp_from(line, colon + 1));

    if (colon == 0 || colon == line.len || sp_trim(name).len != name.len)
        return SP_SYNTAX; /* no folding, no blank before the colon */
    if (sp_eq_nocase(name, SP_LIT("content-length")))
        return take_length(head, value);
    if (sp_eq_nocase(name, SP_LIT("transfer-encoding"))) {
        if (!sp_eq_nocase(value, SP_LIT("chunked")))
            return SP_UNSUPPORTED;
        head->chunked = true;
    } else if (sp_eq_nocase(name, SP_LIT("content-encoding"))) {
        if (!sp_eq_nocase(value, SP_LIT("identity")))
            return SP_UNSUPPORTED;
    } else if (sp_eq_nocase(name, SP_LIT("location"))) {
        head->location = value;
    } else if (sp_eq_nocase(name, SP_LIT("content-type"))) {
        head->type = value;
    }
    return SP_OK;
}

/* "HTTP/1.1 200 OK" */
static enum sp_err take_status(struct http_head *head, struct sp_slice line)
{
    uint64_t status;

    if (!sp_starts(line, SP_LIT("HTTP/1.")) || line.len < 12 || !sp_is_digit(line.at[7]) ||
        line.at[8] != ' ' || (line.len > 12 && line.at[12] != ' ') ||
        sp_to_u64(sp_slice(line.at + 9, 3), 999, &status) != SP_OK || status < 100)
        return SP_SYNTAX;
    head->status = (uint16_t)status;
    return SP_OK;
}

enum sp_err http_head_parse(struct sp_slice text, struct http_head *head, size_t *octets)
{
    struct sp_slice rest = text;
    bool            first = true;
    enum sp_err     err;

    memset(head, 0, sizeof *head);
    for (;;) {
        size_t          end = sp_find(rest, '\n');
        struct sp_slice line = sp_head(rest, end);

        if (end == rest.len)
            return SP_PARTIAL;
        rest = sp_from(rest, end + 1);
        if (line.len > 0 && line.at[line.len - 1] == '\r')
            line.len--;
        if (line.len == 0 && !first)
            break;
        err = first ? take_status(head, line) : take_field(head, line);
        if (err != SP_OK)
            return err;
        first = false;
    }
    *octets = text.len - rest.len;
    if (head->chunked)
        head->has_length = false; /* RFC 9112 6.3 */
    return SP_OK;
}

/* Chunks: size in hexadecimal, extensions, CRLF, octets, CRLF; size 0, trailers, an empty line. */

enum {
    CHUNKS_SIZE,     /* before or within the size */
    CHUNKS_SIZED,    /* a digit came */
    CHUNKS_EXT,      /* to the end of the size's line */
    CHUNKS_DATA,     /* octets */
    CHUNKS_AFTER,    /* CRLF after them */
    CHUNKS_TRAILER,  /* at the start of a line behind the last chunk */
    CHUNKS_TRAILING, /* within such a line */
    CHUNKS_DONE
};

static enum sp_err take_size(struct http_chunks *chunks, char c)
{
    int digit = sp_hex_value(c);

    if (digit >= 0) {
        if (chunks->left > UINT64_MAX >> 5)
            return SP_RANGE;
        chunks->left = chunks->left << 4 | (unsigned)digit;
        chunks->state = CHUNKS_SIZED;
        return SP_OK;
    }
    if (chunks->state != CHUNKS_SIZED || (c != ';' && c != '\r' && c != '\n' && c != ' '))
        return SP_SYNTAX;
    chunks->state = c != '\n' ? CHUNKS_EXT : chunks->left > 0 ? CHUNKS_DATA : CHUNKS_TRAILER;
    return SP_OK;
}

static enum sp_err take_octet(struct http_chunks *chunks, char c)
{
    switch (chunks->state) {
    case CHUNKS_SIZE:
    case CHUNKS_SIZED: return take_size(chunks, c);
    case CHUNKS_EXT:
        if (c == '\n')
            chunks->state = chunks->left > 0 ? CHUNKS_DATA : CHUNKS_TRAILER;
        return SP_OK;
    case CHUNKS_AFTER:
        if (c != '\r' && c != '\n')
            return SP_SYNTAX;
        if (c == '\n')
            chunks->state = CHUNKS_SIZE;
        return SP_OK;
    case CHUNKS_TRAILER:
        if (c != '\r')
            chunks->state = c == '\n' ? CHUNKS_DONE : CHUNKS_TRAILING;
        return SP_OK;
    default:
        if (c == '\n')
            chunks->state = CHUNKS_TRAILER;
        return SP_OK;
    }
}

enum sp_err http_chunks_take(struct http_chunks *chunks, struct sp_slice *in,
                             struct sp_slice *content, bool *done)
{
    *content = sp_slice(in->at, 0);
    while (in->len > 0 && chunks->state != CHUNKS_DONE) {
        enum sp_err err;

        if (chunks->state == CHUNKS_DATA) {
            *content = sp_head(*in, chunks->left < in->len ? (size_t)chunks->left : in->len);
            *in = sp_from(*in, content->len);
            chunks->left -= content->len;
            if (chunks->left == 0)
                chunks->state = CHUNKS_AFTER;
            break;
        }
        err = take_octet(chunks, in->at[0]);
        if (err != SP_OK)
            return err;
        *in = sp_from(*in, 1);
    }
    *done = chunks->state == CHUNKS_DONE;
    return SP_OK;
}

/* Addresses */

/* RFC 6890: what is not of the world. */
static bool public_four(const uint8_t *o)
{
    return !(o[0] == 0 || o[0] == 10 || o[0] == 127 || o[0] >= 224 ||
             (o[0] == 100 && (o[1] & 0xc0) == 64) || (o[0] == 169 && o[1] == 254) ||
             (o[0] == 172 && (o[1] & 0xf0) == 16) || (o[0] == 192 && o[1] == 168) ||
             (o[0] == 192 && o[1] == 0 && (o[2] == 0 || o[2] == 2)) ||
             (o[0] == 198 && (o[1] & 0xfe) == 18) || (o[0] == 198 && o[1] == 51 && o[2] == 100) ||
             (o[0] == 203 && o[1] == 0 && o[2] == 113));
}

bool http_address_public(const struct sp_addr *addr)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    const uint8_t       *o = addr->octets;

    if (addr->family == SP_IPV4)
        return public_four(o);
    if (addr->family != SP_IPV6)
        return false;
    if (memcmp(o, mapped, sizeof mapped) == 0)
        return public_four(o + 12);
    return (o[0] & 0xe0) == 0x20 && /* global unicast */
           !(o[0] == 0x20 && o[1] == 0x01 && o[2] == 0x0d && o[3] == 0xb8) &&
           !(o[0] == 0x20 && o[1] == 0x01 && o[2] < 2) && /* Teredo and the like (RFC 6890) */
           !(o[0] == 0x20 && o[1] == 0x02);               /* 6to4 hides an IPv4 address */
}
