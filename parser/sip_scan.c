/* SPDX-License-Identifier: MIT
 * parser/sip_scan.c -- the basic rules of SIP's grammar on a cursor: RFC 3261 25.1. */
#include "sip_scan.h"

#include <string.h>

#include "sip_lines.h"
#include "sip_quick.h"

const struct sp_set sip_set_token = { {
    0, 0x03ff6ca2, /* ! % ' * + - . 0-9 */
    0x87fffffe,    /* A-Z _ */
    0x47ffffff,    /* ` a-z ~ */
} };

const char *sip_after_space(const char *at, const char *end)
{
    while (at < end && sip_is_wsp(*at))
        at++;
    if (end - at > 2 && at[0] == '\r' && at[1] == '\n' && sip_is_wsp(at[2])) {
        at += 3;
        while (at < end && sip_is_wsp(*at))
            at++;
    }
    return at;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Less than a look, all that is there, in `room`: two copies that may overlap instead of a call. */
static void copy_short(char *room, const char *from, size_t len)
{
    if (len >= 8) {
        memcpy(room, from, 8);
        memcpy(room + len - 8, from + len - 8, 8);
    } else if (len >= 4) {
        memcpy(room, from, 4);
        memcpy(room + len - 4, from + len - 4, 4);
    } else {
        for (size_t i = 0; i < len; i++)
            room[i] = from[i];
    }
}

/* What is less than a look at the end of what is scanned. */
static struct sip_look look_at_end(const struct sp_scan *s, size_t left)
{
    struct sip_look look;
    char            room[SIP_LOOK] = { 0 };

    if (s->end - s->start < SIP_LOOK) {
        copy_short(room, s->end - left, left);
        return sip_look(room);
    }
    look = sip_look(s->end - SIP_LOOK);
    look.plain >>= SIP_LOOK - left;
    look.joints >>= SIP_LOOK - left;
    return look;
}

/* What was the end may have been moved since: a stop may be a plain octet after all, but nothing
 * counts as plain that is not. */
void sip_scan_look(struct sp_scan *s, const char *at)
{
    size_t          left = (size_t)(s->end - at), full = left / SIP_LOOK;
    struct sip_look all = { 0, 0 }, look;

    if (full >= 64 / SIP_LOOK)
        full = 64 / SIP_LOOK;
    else if (left % SIP_LOOK > 0)
        all = look_at_end(s, left % SIP_LOOK);
    while (full-- > 0) {
        look = sip_look(at + full * SIP_LOOK);
        all.plain = all.plain << SIP_LOOK | look.plain;
        all.joints = all.joints << SIP_LOOK | look.joints;
    }
    s->looked = at;
    s->stops = ~all.plain;
    s->joints = all.joints;
}

void sip_scan_lws(struct sp_scan *s)
{
    sip_quick_lws(s);
}

struct sp_slice sip_scan_class(struct sp_scan *s, unsigned classes, size_t least, const char *rule)
{
    return sip_quick_class(s, classes, least, rule);
}

struct sp_slice sip_scan_token(struct sp_scan *s, const char *rule)
{
    return sip_quick_class(s, SIP_TOKEN, 1, rule);
}

bool sip_is_token(struct sp_slice text)
{
    struct sp_scan s = sp_scan(text);

    (void)sip_scan_token(&s, "token");
    return s.err == SP_OK && s.at == s.end;
}

struct sp_slice sip_scan_escaped(struct sp_scan *s, unsigned classes, size_t least,
                                 const char *rule)
{
    return sip_quick_escaped(s, classes, least, rule);
}

struct sp_slice sip_scan_odd(struct sp_scan *s, const char *at, unsigned classes, size_t least,
                             const char *rule)
{
    const char *from = s->at, *end = s->end;

    for (;; at++) {
        at = sip_after_plain(s, at);
        if (at < end && sip_is(*at, classes))
            continue;
        if (at == end || *at != '%')
            break;
        if (end - at < 3 || !sip_is(at[1], SIP_HEX) || !sip_is(at[2], SIP_HEX)) {
            sp_scan_fail(s, SP_SYNTAX, at, "escaped");
            return sp_slice(NULL, 0);
        }
        at += 2;
    }
    if ((size_t)(at - from) < least) {
        sp_scan_fail(s, SP_SYNTAX, at, rule);
        return sp_slice(NULL, 0);
    }
    s->at = at;
    return sp_slice(from, (size_t)(at - from));
}

/* What may follow a backslash: everything in ASCII but CR and LF. */
static bool is_pair(const char *at, const char *end)
{
    return at < end && (unsigned char)*at < 0x80 && *at != '\r' && *at != '\n';
}

struct sp_slice sip_scan_quoted(struct sp_scan *s, const char *rule)
{
    const char *from, *at, *end = s->end;

    sip_scan_sws(s);
    from = s->at;
    sp_scan_char(s, '"', rule);
    if (s->err != SP_OK)
        return sp_slice(NULL, 0);
    for (at = s->at;; at++) {
        at = sip_after_plain(s, at);
        if (at == end || *at == '"')
            break;
        if (*at == '\\') {
            at++;
            if (!is_pair(at, end)) {
                sp_scan_fail(s, SP_SYNTAX, at, "quoted-pair");
                return sp_slice(NULL, 0);
            }
        } else if (*at == '\r') {
            const char *next = sip_after_sws(at, end);

            if (next == at)
                break;
            at = next - 1;
        } else if (is_control(*at) && *at != '\t') {
            break;
        }
    }
    if (at == end || *at != '"') {
        sp_scan_fail(s, SP_SYNTAX, at, rule);
        return sp_slice(NULL, 0);
    }
    s->at = at + 1;
    return sp_slice(from, (size_t)(at + 1 - from));
}

struct sp_slice sip_scan_comment(struct sp_scan *s, const char *rule)
{
    const char *from, *at, *end = s->end;
    size_t      depth = 0;

    sip_scan_sws(s);
    from = at = s->at;
    if (s->err != SP_OK)
        return sp_slice(NULL, 0);
    do {
        if (at == end || (depth == 0 && *at != '(') ||
            (is_control(*at) && *at != '\t' && *at != '\r'))
            break;
        if (*at == '(') {
            depth++;
        } else if (*at == ')') {
            depth--;
        } else if (*at == '\\') {
            at++;
            if (!is_pair(at, end))
                break;
        } else if (*at == '\r') {
            const char *next = sip_after_sws(at, end);

            if (next == at)
                break;
            at = next - 1;
        }
        at++;
    } while (depth > 0);
    if (depth > 0 || at == from) {
        sp_scan_fail(s, SP_SYNTAX, at, rule);
        return sp_slice(NULL, 0);
    }
    s->at = at;
    return sp_slice(from, (size_t)(at - from));
}

void sip_scan_separator(struct sp_scan *s, char c, const char *rule)
{
    if (!sip_scan_try_separator(s, c)) {
        sip_scan_sws(s);
        sp_scan_fail(s, SP_SYNTAX, s->at, rule);
    }
}

/* IPv4address = 1*3DIGIT "." 1*3DIGIT "." 1*3DIGIT "." 1*3DIGIT. Yields its end, or NULL. */
static const char *ipv4_end(const char *at, const char *end)
{
    for (int group = 1;; group++, at++) {
        if (at == end || !sp_is_digit(*at))
            return NULL;
        at++;
        if (at < end && sp_is_digit(*at))
            at++;
        if (at < end && sp_is_digit(*at))
            at++;
        if (group == 4)
            return at; /* what follows is for the caller to judge, a digit too */
        if (at == end || *at != '.')
            return NULL;
    }
}

static bool is_ipv4(struct sp_slice host)
{
    const char *end = host.at + host.len;

    return ipv4_end(host.at, end) == end;
}

/* hostname = *( domainlabel "." ) toplabel [ "." ], or an IPv4address where the last label is a
 * number. Yields the end; NULL with `*wrong` at the octet that is none. */
static const char *hostname_end(const char *from, const char *end, const char **wrong)
{
    const char *at, *label = from, *before = from;

    if (from < end && sp_is_digit(*from)) {
        at = ipv4_end(from, end);
        if (at != NULL && (at == end || !sip_is(*at, SIP_HOST)))
            return at;
    }
    for (at = from; at < end && sip_is(*at, SIP_HOST); at++) {
        if (sip_is(*at, SIP_ALNUM))
            continue;
        *wrong = at;
        if (at == label || (*at == '.' && at[-1] == '-'))
            return NULL; /* a label is neither empty nor has hyphens at its ends */
        if (*at == '.') {
            before = label;
            label = at + 1;
        }
    }
    *wrong = at;
    if (at == from)
        return NULL;
    *wrong = at - 1;
    if (at[-1] == '-')
        return NULL;
    *wrong = label == at ? before : label; /* the toplabel may stand before a last "." */
    return sp_is_alpha(**wrong) || is_ipv4(sp_slice(from, (size_t)(at - from))) ? at : NULL;
}

size_t sip_scan_hex(struct sp_scan *s)
{
    const char *from = s->at, *at = from;

    while (s->err == SP_OK && at < s->end && sip_is(*at, SIP_HEX))
        at++;
    s->at = at;
    return (size_t)(at - from);
}

/* hexseq: groups of up to four digits with single colons between; how many groups. */
static int scan_hexseq(struct sp_scan *s)
{
    int groups = 0;

    for (;;) {
        const char *from = s->at;
        size_t      len = sip_scan_hex(s);

        if (s->at < s->end && *s->at == '.') {
            s->at = from; /* these digits begin an IPv4address */
            return groups;
        }
        if (len == 0)
            return groups;
        if (len > 4)
            sp_scan_fail(s, SP_SYNTAX, from + 4, "hex4");
        groups++;
        if (s->end - s->at < 2 || s->at[0] != ':' || s->at[1] == ':')
            return groups;
        s->at++;
    }
}

struct sp_slice sip_scan_ipv6(struct sp_scan *s, const char *rule)
{
    const char *from = s->at, *gap = NULL;
    bool        third = false;
    int         groups = scan_hexseq(s);

    if (s->err == SP_OK && s->end - s->at >= 2 && s->at[0] == ':' && s->at[1] == ':') {
        s->at += 2;
        third = sp_scan_try(s,
                            ':'); /* as the grammar of RFC 3261 has it, by mistake: RFC 5118 4.10 */
        gap = s->at;
        groups += scan_hexseq(s);
    }
    if (s->err == SP_OK && s->at > from && s->at[-1] == ':' && s->at < s->end &&
        sp_is_digit(*s->at)) {
        struct sp_slice ipv4 = sip_quick_class(s, SIP_HOST, 0, "IPv4address");

        if (!is_ipv4(ipv4))
            sp_scan_fail(s, SP_SYNTAX, ipv4.at, "IPv4address");
        groups += 2;
        third = third && s->at == gap;
    }
    if (s->err == SP_OK && (s->at == from || (s->at[-1] == ':' && s->at != gap) || third))
        sp_scan_fail(s, SP_SYNTAX, s->at, rule);
    if (gap != NULL ? groups > 7 : groups != 8)
        sp_scan_fail(s, SP_SYNTAX, s->at, rule);
    return s->err == SP_OK ? sp_slice(from, (size_t)(s->at - from)) : sp_slice(NULL, 0);
}

static struct sp_slice scan_ipv6_reference(struct sp_scan *s)
{
    const char *from = s->at;

    sp_scan_char(s, '[', "IPv6reference");
    sip_scan_ipv6(s, "IPv6address");
    sp_scan_char(s, ']', "IPv6reference");
    return s->err == SP_OK ? sp_slice(from, (size_t)(s->at - from)) : sp_slice(NULL, 0);
}

struct sp_slice sip_scan_odd_host(struct sp_scan *s, const char *rule)
{
    const char *from = s->at, *end, *wrong = from;

    if (s->err != SP_OK)
        return sp_slice(NULL, 0);
    if (from < s->end && *from == '[')
        return scan_ipv6_reference(s);
    end = hostname_end(from, s->end, &wrong);
    if (end == NULL) {
        sp_scan_fail(s, SP_SYNTAX, wrong, rule);
        return sp_slice(NULL, 0);
    }
    s->at = end;
    return sp_slice(from, (size_t)(end - from));
}

struct sp_slice sip_scan_host(struct sp_scan *s, const char *rule)
{
    return sip_quick_host(s, rule);
}

uint16_t sip_scan_port(struct sp_scan *s, const char *rule)
{
    return sip_scan_try_separator(s, ':') ? sip_scan_port_number(s, rule) : 0;
}

uint16_t sip_scan_port_number(struct sp_scan *s, const char *rule)
{
    const char *from = s->at, *at = from;
    uint32_t    port = 0;

    if (s->err != SP_OK)
        return 0;
    for (; at < s->end && sp_is_digit(*at); at++)
        port = port > 65535 ? port : port * 10 + (unsigned char)(*at - '0');
    if (at == from)
        sp_scan_fail(s, SP_SYNTAX, from, rule);
    else if (port == 0 || port > 65535)
        sp_scan_fail(s, SP_RANGE, from, rule);
    s->at = at;
    return s->err == SP_OK ? (uint16_t)port : 0;
}
