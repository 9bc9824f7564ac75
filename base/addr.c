/* SPDX-License-Identifier: MIT
 * base/addr.c -- IP addresses as octets and as text. RFC 3986 3.2.2, RFC 5952. */
#include "addr.h"

#include <string.h>

#define GROUPS 8 /* of 16 bits in an IPv6 address */

/* dec-octet = 0-255 without a leading zero. The octets it took, or 0. */
static size_t parse_dec_octet(struct sp_slice text, uint8_t *octet)
{
    unsigned value = 0;
    size_t   n = 0;

    while (n < text.len && n < 3 && sp_is_digit(text.at[n]))
        value = value * 10 + (unsigned)(text.at[n++] - '0');
    if (n == 0 || value > 255 || (n > 1 && text.at[0] == '0'))
        return 0;
    *octet = (uint8_t)value;
    return n;
}

/* IPv4address = dec-octet 3("." dec-octet), all of `text`. */
static bool parse_ipv4(struct sp_slice text, uint8_t octets[4])
{
    for (int i = 0; i < 4; i++) {
        size_t n;

        if (i > 0) {
            if (text.len == 0 || text.at[0] != '.')
                return false;
            text = sp_from(text, 1);
        }
        n = parse_dec_octet(text, &octets[i]);
        if (n == 0)
            return false;
        text = sp_from(text, n);
    }
    return text.len == 0;
}

/* h16 = 1*4HEXDIG. The octets it took, or 0. */
static size_t parse_h16(struct sp_slice text, uint8_t octets[2])
{
    unsigned value = 0;
    size_t   n = 0;

    while (n < text.len && n < 4 && sp_hex_value(text.at[n]) >= 0)
        value = value << 4 | (unsigned)sp_hex_value(text.at[n++]);
    octets[0] = (uint8_t)(value >> 8);
    octets[1] = (uint8_t)value;
    return n;
}

/* Groups separated by ":", the last two perhaps an IPv4address; all of `text`, at most `room` of
 * them. How many, or -1. */
static int parse_groups(struct sp_slice text, uint8_t *octets, int room)
{
    int count = 0;

    if (text.len == 0)
        return 0;
    for (;;) {
        size_t n;

        if (count + 2 <= room && parse_ipv4(text, octets + 2 * count))
            return count + 2;
        if (count == room)
            return -1;
        n = parse_h16(text, octets + 2 * count);
        if (n == 0)
            return -1;
        count++;
        text = sp_from(text, n);
        if (text.len == 0)
            return count;
        if (text.at[0] != ':')
            return -1;
        text = sp_from(text, 1);
    }
}

/* IPv6address, all of `text`: the groups before "::", those behind it, and at least one between. */
static bool parse_ipv6(struct sp_slice text, uint8_t octets[16])
{
    size_t  gap = sp_find_slice(text, SP_LIT("::"));
    uint8_t tail[2 * GROUPS];
    int     before, behind;

    if (gap == text.len)
        return parse_groups(text, octets, GROUPS) == GROUPS;
    before = parse_groups(sp_head(text, gap), octets, GROUPS - 1);
    behind = parse_groups(sp_from(text, gap + 2), tail, GROUPS - 1);
    if (before < 0 || behind < 0 || before + behind > GROUPS - 1)
        return false;
    /* An IPv4address may stand at the very end only. */
    if (sp_find(sp_head(text, gap), '.') < gap)
        return false;
    memset(octets + 2 * before, 0, (size_t)(2 * (GROUPS - before - behind)));
    memcpy(octets + 2 * (GROUPS - behind), tail, (size_t)(2 * behind));
    return true;
}

enum sp_err sp_addr_parse(struct sp_slice text, struct sp_addr *addr)
{
    struct sp_addr parsed = { .family = SP_NO_ADDRESS };

    *addr = parsed;
    if (parse_ipv4(text, parsed.octets)) {
        parsed.family = SP_IPV4;
    } else {
        if (text.len >= 2 && text.at[0] == '[' && text.at[text.len - 1] == ']')
            text = sp_slice(text.at + 1, text.len - 2);
        memset(parsed.octets, 0, sizeof parsed.octets);
        if (!parse_ipv6(text, parsed.octets))
            return SP_SYNTAX;
        parsed.family = SP_IPV6;
    }
    *addr = parsed;
    return SP_OK;
}

static void put_ipv4(struct sp_buf *to, const uint8_t octets[4])
{
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            sp_put_char(to, '.');
        sp_put_u64(to, octets[i]);
    }
}

static unsigned group(const uint8_t octets[16], int i)
{
    return (unsigned)octets[2 * i] << 8 | octets[2 * i + 1];
}

static void put_h16(struct sp_buf *to, unsigned value)
{
    for (int shift = 12; shift >= 0; shift -= 4)
        if (shift == 0 || value >> shift != 0)
            sp_put_char(to, "0123456789abcdef"[value >> shift & 15]);
}

/* The first of the longest runs of zero groups; a single one is not shortened. RFC 5952 4.2. */
static void longest_zeros(const uint8_t octets[16], int *first, int *count)
{
    *first = GROUPS;
    *count = 1;
    for (int i = 0; i < GROUPS; i++) {
        int n = 0;

        while (i + n < GROUPS && group(octets, i + n) == 0)
            n++;
        if (n > *count) {
            *first = i;
            *count = n;
        }
    }
}

static void put_ipv6(struct sp_buf *to, const uint8_t octets[16])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    int                  first, count;

    if (memcmp(octets, mapped, sizeof mapped) == 0) { /* RFC 5952 5 */
        sp_put_text(to, "::ffff:");
        put_ipv4(to, octets + sizeof mapped);
        return;
    }
    longest_zeros(octets, &first, &count);
    for (int i = 0; i < GROUPS; i++) {
        if (i == first) {
            sp_put_text(to, "::");
            i += count - 1;
            continue;
        }
        if (i > 0 && i != first + count)
            sp_put_char(to, ':');
        put_h16(to, group(octets, i));
    }
}

void sp_put_addr(struct sp_buf *to, const struct sp_addr *addr)
{
    if (addr->family == SP_IPV4)
        put_ipv4(to, addr->octets);
    else if (addr->family == SP_IPV6)
        put_ipv6(to, addr->octets);
}

void sp_put_host(struct sp_buf *to, const struct sp_addr *addr)
{
    if (addr->family == SP_IPV6)
        sp_put_char(to, '[');
    sp_put_addr(to, addr);
    if (addr->family == SP_IPV6)
        sp_put_char(to, ']');
}

void sp_put_host_port(struct sp_buf *to, const struct sp_addr *addr)
{
    sp_put_host(to, addr);
    sp_put_char(to, ':');
    sp_put_u64(to, addr->port);
}

bool sp_addr_eq_host(const struct sp_addr *a, const struct sp_addr *b)
{
    return a->family == b->family && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

bool sp_addr_eq(const struct sp_addr *a, const struct sp_addr *b)
{
    return sp_addr_eq_host(a, b) && a->port == b->port;
}

bool sp_addr_any(const struct sp_addr *addr)
{
    static const uint8_t zeros[16];

    return addr->family == SP_NO_ADDRESS || memcmp(addr->octets, zeros, sizeof zeros) == 0;
}
