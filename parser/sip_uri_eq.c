/* SPDX-License-Identifier: MIT
 * parser/sip_uri_eq.c -- when two URIs are the same: RFC 3261 19.1.4. */
#include "sip_uri.h"

#include "../base/addr.h"

/* Lists of parameters and headers are compared each with each: beyond so many of them, only the
 * same octets are equal. */
#define PARTS 64

/* The next octet of an escaped text. One whose escape means something else than itself (the
 * reserved set of RFC 2396 and "%") stays apart from its plain form: its value is above 255 then.
 */
static unsigned next_octet(struct sp_slice *rest)
{
    static const char reserved[] = ";/?:@&=+$,%";
    unsigned          c = (unsigned char)rest->at[0];

    if (c == '%' && rest->len > 2 && sp_hex_value(rest->at[1]) >= 0 &&
        sp_hex_value(rest->at[2]) >= 0) {
        c = (unsigned)(sp_hex_value(rest->at[1]) * 16 + sp_hex_value(rest->at[2]));
        *rest = sp_from(*rest, 3);
        if (sp_find(sp_slice(reserved, sizeof reserved - 1), (char)c) < sizeof reserved - 1)
            return c + 256;
        return c;
    }
    *rest = sp_from(*rest, 1);
    return c;
}

static unsigned folded(unsigned c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool sip_escaped_eq(struct sp_slice a, struct sp_slice b, bool fold)
{
    while (a.len > 0 && b.len > 0) {
        unsigned from_a = next_octet(&a), from_b = next_octet(&b);

        if (fold ? folded(from_a) != folded(from_b) : from_a != from_b)
            return false;
    }
    return a.len == b.len;
}

/* A parameter that must not stand in one URI alone. */
static bool must_stand_in_both(struct sp_slice name)
{
    static const char *const names[] = { "user", "ttl", "method", "maddr", "transport" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (sip_escaped_eq(name, sp_str(names[i]), true))
            return true;
    return false;
}

static bool find_param(struct sp_slice params, struct sp_slice name, struct sip_param *found)
{
    while (sip_param_next(&params, found))
        if (sip_escaped_eq(found->name, name, true))
            return true;
    return false;
}

/* Each parameter of `a` is in `b` with the same value, or may be missing there. */
static bool params_within(struct sp_slice a, struct sp_slice b)
{
    struct sip_param one, other;

    while (sip_param_next(&a, &one)) {
        if (!find_param(b, one.name, &other)) {
            if (must_stand_in_both(one.name))
                return false;
        } else if (one.has_value != other.has_value ||
                   !sip_escaped_eq(one.value, other.value, true)) {
            return false;
        }
    }
    return true;
}

bool sip_uri_header_next(struct sp_slice *rest, struct sip_param *header)
{
    struct sp_slice one = sp_head(*rest, sp_find(*rest, '&'));
    size_t          equal = sp_find(one, '=');

    if (rest->len == 0)
        return false;
    *rest = sp_from(*rest, one.len + 1);
    header->name = sp_head(one, equal);
    header->has_value = equal < one.len;
    header->value = sp_from(one, equal + 1);
    return true;
}

/* How often a header with this name and value stands in a list. */
static size_t count_header(struct sp_slice headers, const struct sip_param *wanted)
{
    struct sip_param one;
    size_t           count = 0;

    while (sip_uri_header_next(&headers, &one))
        if (sip_escaped_eq(one.name, wanted->name, true) &&
            sip_escaped_eq(one.value, wanted->value, true))
            count++;
    return count;
}

static bool headers_within(struct sp_slice a, struct sp_slice b)
{
    struct sp_slice  rest = a;
    struct sip_param one;

    while (sip_uri_header_next(&rest, &one))
        if (count_header(a, &one) != count_header(b, &one))
            return false;
    return true;
}

static size_t count(struct sp_slice list, char separator)
{
    size_t found = 0;

    for (size_t i = 0; i < list.len; i++)
        found += list.at[i] == separator;
    return found;
}

/* The same octets are equal even where a name stands twice, which it may not (19.1.1). */
static bool params_eq(struct sp_slice a, struct sp_slice b)
{
    if (sp_eq(a, b))
        return true;
    if (count(a, ';') > PARTS || count(b, ';') > PARTS)
        return false;
    return params_within(a, b) && params_within(b, a);
}

static bool headers_eq(struct sp_slice a, struct sp_slice b)
{
    if (count(a, '&') > PARTS || count(b, '&') > PARTS)
        return sp_eq(a, b);
    return headers_within(a, b) && headers_within(b, a);
}

/* Names with letters folded; IPv6 references by their address, however it is written. */
static bool host_eq(struct sp_slice a, struct sp_slice b)
{
    struct sp_addr addr_a, addr_b;

    if (a.len > 0 && b.len > 0 && a.at[0] == '[' && b.at[0] == '[' &&
        sp_addr_parse(a, &addr_a) == SP_OK && sp_addr_parse(b, &addr_b) == SP_OK)
        return sp_addr_eq_host(&addr_a, &addr_b);
    return sp_eq_nocase(a, b);
}

bool sip_uri_eq(const struct sip_uri *a, const struct sip_uri *b)
{
    if (!sp_eq_nocase(a->scheme_name, b->scheme_name))
        return false;
    if (a->scheme != SIP_SCHEME_SIP && a->scheme != SIP_SCHEME_SIPS)
        return sp_eq(a->opaque, b->opaque);
    /* a password that is empty is not one that is missing */
    if (a->has_user != b->has_user || (a->password.at == NULL) != (b->password.at == NULL))
        return false;
    return sip_escaped_eq(a->user, b->user, false) &&
           sip_escaped_eq(a->password, b->password, false) && host_eq(a->host, b->host) &&
           a->port == b->port && params_eq(a->params, b->params) &&
           headers_eq(a->headers, b->headers);
}
