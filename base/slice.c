/* SPDX-License-Identifier: MIT
 * base/slice.c -- octets that somebody else owns. */
#include "slice.h"

#include <string.h>

struct sp_slice sp_str(const char *text)
{
    return (struct sp_slice){ text, text != NULL ? strlen(text) : 0 };
}

bool sp_eq(struct sp_slice a, struct sp_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool sp_eq_nocase(struct sp_slice a, struct sp_slice b)
{
    if (a.len != b.len)
        return false;
    if (sp_eq(a, b)) /* as most write it */
        return true;
    for (size_t i = 0; i < a.len; i++)
        if (sp_lower(a.at[i]) != sp_lower(b.at[i]))
            return false;
    return true;
}

bool sp_starts(struct sp_slice s, struct sp_slice prefix)
{
    return s.len >= prefix.len && sp_eq(sp_head(s, prefix.len), prefix);
}

bool sp_starts_nocase(struct sp_slice s, struct sp_slice prefix)
{
    return s.len >= prefix.len && sp_eq_nocase(sp_head(s, prefix.len), prefix);
}

size_t sp_find(struct sp_slice s, char octet)
{
    const char *found = s.len > 0 ? memchr(s.at, octet, s.len) : NULL;

    return found != NULL ? (size_t)(found - s.at) : s.len;
}

size_t sp_find_slice(struct sp_slice s, struct sp_slice needle)
{
    size_t at = 0;

    if (needle.len == 0)
        return 0;
    while (s.len - at >= needle.len) {
        /* Only where the whole needle still fits can its first octet matter. */
        struct sp_slice places = { s.at + at, s.len - at - needle.len + 1 };
        size_t          skip = sp_find(places, needle.at[0]);

        if (skip == places.len)
            break;
        at += skip;
        if (memcmp(s.at + at, needle.at, needle.len) == 0)
            return at;
        at++;
    }
    return s.len;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct sp_slice sp_trim_spaces(struct sp_slice s)
{
    while (s.len > 0 && is_space(s.at[s.len - 1]))
        s.len--;
    while (s.len > 0 && is_space(s.at[0])) {
        s.at++;
        s.len--;
    }
    return s;
}

enum sp_err sp_to_u64(struct sp_slice s, uint64_t max, uint64_t *value)
{
    uint64_t n = 0;
    bool     over = false;
    size_t   i, certain = s.len < 19 ? s.len : 19; /* 19 digits always fit */

    *value = 0;
    for (i = 0; i < certain && sp_is_digit(s.at[i]); i++)
        n = n * 10 + (unsigned char)(s.at[i] - '0');
    for (; i < s.len && sp_is_digit(s.at[i]); i++) {
        unsigned digit = (unsigned char)(s.at[i] - '0');

        over = over || n > (UINT64_MAX - digit) / 10;
        n = n * 10 + digit;
    }
    if (i == 0 || i < s.len)
        return SP_SYNTAX;
    if (over || n > max)
        return SP_RANGE;
    *value = n;
    return SP_OK;
}

int sp_hex_value(char c)
{
    if (sp_is_digit(c))
        return c - '0';
    c = sp_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
