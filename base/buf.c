/* SPDX-License-Identifier: MIT
 * base/buf.c -- a bounded writer. */
#include "buf.h"

#include <string.h>

struct sp_buf sp_buf(void *room, size_t octets)
{
    return (struct sp_buf){ .at = room, .room = octets };
}

void sp_put_fail(struct sp_buf *to, enum sp_err err)
{
    if (to->err == SP_OK)
        to->err = err;
}

/* `octets` of room, now part of what is written; NULL when an error sticks. */
static char *claim(struct sp_buf *to, size_t octets)
{
    char *at;

    if (octets > to->room - to->len)
        sp_put_fail(to, SP_ROOM);
    if (to->err != SP_OK)
        return NULL;
    at = to->at + to->len;
    to->len += octets;
    return at;
}

void sp_put(struct sp_buf *to, struct sp_slice octets)
{
    char *at;

    if (octets.len == 0)
        return;
    at = claim(to, octets.len);
    if (at != NULL)
        memcpy(at, octets.at, octets.len);
}

void sp_put_text(struct sp_buf *to, const char *text)
{
    sp_put(to, sp_str(text));
}

void sp_put_char(struct sp_buf *to, char c)
{
    char *at = claim(to, 1);

    if (at != NULL)
        *at = c;
}

void sp_put_u64(struct sp_buf *to, uint64_t value)
{
    char   digits[20];
    size_t first = sizeof digits;

    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    sp_put(to, sp_slice(digits + first, sizeof digits - first));
}

void sp_put_hex(struct sp_buf *to, struct sp_slice octets, bool upper, char between)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

    for (size_t i = 0; i < octets.len; i++) {
        unsigned char octet = (unsigned char)octets.at[i];

        if (i > 0 && between != '\0')
            sp_put_char(to, between);
        sp_put_char(to, digits[octet >> 4]);
        sp_put_char(to, digits[octet & 15]);
    }
}

void sp_put_value(struct sp_buf *to, struct sp_slice value)
{
    if (sp_find(value, '\r') < value.len || sp_find(value, '\n') < value.len ||
        sp_find(value, '\0') < value.len)
        sp_put_fail(to, SP_INJECTION);
    sp_put(to, value);
}

struct sp_slice sp_written(const struct sp_buf *buf)
{
    if (buf->err != SP_OK)
        return (struct sp_slice){ NULL, 0 };
    return sp_slice(buf->at, buf->len);
}
