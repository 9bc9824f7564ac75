/* SPDX-License-Identifier: MIT
 * tools/utf8.c -- characters out of octets that a peer sent: RFC 3629. */
#include "utf8.h"

size_t utf8_next(struct sp_slice octets, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    unsigned char         first;
    size_t                count;

    if (octets.len == 0)
        return 0;
    first = (unsigned char)octets.at[0];
    count = first < 0x80       ? 1
            : first >> 5 == 6  ? 2
            : first >> 4 == 14 ? 3
            : first >> 3 == 30 ? 4
                               : 0;
    if (count == 0 || count > octets.len)
        return 0;
    *code = count == 1 ? first : first & (0x7fu >> count);
    for (size_t i = 1; i < count; i++) {
        unsigned char next = (unsigned char)octets.at[i];

        if (next >> 6 != 2)
            return 0;
        *code = *code << 6 | (next & 0x3fu);
    }
    if (*code < least[count] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
        return 0;
    return count;
}

bool utf8_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f || code == 0xfeff;
}
