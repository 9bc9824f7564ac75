/* SPDX-License-Identifier: MIT
 * base/scan.c -- a cursor over octets, whose first error sticks. */
#include "scan.h"

#include <string.h>

void sp_scan_fail(struct sp_scan *s, enum sp_err err, const char *at, const char *rule)
{
    if (s->err != SP_OK)
        return;
    s->err = err;
    s->where = (struct sp_where){ (size_t)(at - s->start), rule };
}

void sp_scan_text_nocase(struct sp_scan *s, struct sp_slice text, const char *rule)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!sp_scan_more(s) || sp_lower(*s->at) != sp_lower(text.at[i])) {
            sp_scan_fail(s, SP_SYNTAX, s->at, rule);
            return;
        }
        s->at++;
    }
}

struct sp_slice sp_scan_set(struct sp_scan *s, const struct sp_set *set, size_t least,
                            const char *rule)
{
    struct sp_slice taken = { s->at, 0 };
    const char     *at = s->at;

    if (s->err != SP_OK)
        return taken;
    while (at < s->end && sp_set_has(set, *at))
        at++;
    if ((size_t)(at - s->at) < least) {
        sp_scan_fail(s, SP_SYNTAX, at, rule);
        return taken;
    }
    taken.len = (size_t)(at - s->at);
    s->at = at;
    return taken;
}

struct sp_slice sp_scan_until(struct sp_scan *s, char stop)
{
    struct sp_slice taken = { s->at, 0 };

    if (!sp_scan_more(s))
        return taken;
    taken.len = sp_find(sp_slice(s->at, (size_t)(s->end - s->at)), stop);
    s->at += taken.len;
    return taken;
}

static uint64_t scan_number(struct sp_scan *s, uint64_t max, const char *rule)
{
    const char *first = s->at, *at = first;
    uint64_t    value = 0;
    enum sp_err err;

    if (s->err == SP_OK)
        for (; at < s->end && sp_is_digit(*at); at++)
            value = value * 10 + (unsigned char)(*at - '0');
    s->at = at;
    if (at > first && at - first < 10) /* nine digits always fit */
        return value;
    err = sp_to_u64(sp_slice(first, (size_t)(at - first)), max, &value);
    if (err != SP_OK)
        sp_scan_fail(s, err, first, rule);
    return value;
}

uint32_t sp_scan_u32(struct sp_scan *s, const char *rule)
{
    return (uint32_t)scan_number(s, UINT32_MAX, rule);
}

uint64_t sp_scan_u64(struct sp_scan *s, const char *rule)
{
    return scan_number(s, UINT64_MAX, rule);
}
