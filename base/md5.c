/* SPDX-License-Identifier: MIT
 * base/md5.c -- MD5. RFC 1321 3; its names (F, G, H, I, T) are the names here. */
#include "md5.h"

#include <string.h>

/* T[i] = the integer part of 2^32 times abs(sin(i + 1)). */
static const uint32_t T[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const uint8_t shifts[4][4] = {
    { 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 }
};

static uint32_t load(const uint8_t *from)
{
    return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

/* One operation of round `i / 16`: its function of b, c and d, and the octets that it takes. */
static uint32_t mix(int i, uint32_t b, uint32_t c, uint32_t d, int *k)
{
    switch (i / 16) {
    case 0: *k = i; return (b & c) | (~b & d);
    case 1: *k = (5 * i + 1) % 16; return (b & d) | (c & ~d);
    case 2: *k = (3 * i + 5) % 16; return b ^ c ^ d;
    default: *k = 7 * i % 16; return c ^ (b | ~d);
    }
}

static void compress(uint32_t h[4], const uint8_t *block)
{
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3];

    for (int i = 0; i < 64; i++) {
        int      k, s = shifts[i / 16][i % 4];
        uint32_t f = mix(i, b, c, d, &k) + a + T[i] + load(block + 4 * k);

        a = d;
        d = c;
        c = b;
        b += f << s | f >> (32 - s);
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
}

void sp_md5_init(struct sp_md5 *md5)
{
    *md5 = (struct sp_md5){ .h = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 } };
}

void sp_md5_add(struct sp_md5 *md5, struct sp_slice octets)
{
    while (octets.len > 0) {
        size_t have = md5->octets % 64;
        size_t take = octets.len < 64 - have ? octets.len : 64 - have;

        memcpy(md5->block + have, octets.at, take);
        md5->octets += take;
        octets = sp_from(octets, take);
        if (md5->octets % 64 == 0)
            compress(md5->h, md5->block);
    }
}

void sp_md5_end(struct sp_md5 *md5, uint8_t digest[SP_MD5_OCTETS])
{
    static const char padding[64] = { '\x80' };
    uint64_t          bits = md5->octets * 8;
    size_t            have = md5->octets % 64;
    uint8_t           length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)(bits >> (8 * i));
    sp_md5_add(md5, sp_slice(padding, have < 56 ? 56 - have : 120 - have));
    sp_md5_add(md5, sp_slice(length, sizeof length));
    for (int i = 0; i < SP_MD5_OCTETS; i++)
        digest[i] = (uint8_t)(md5->h[i / 4] >> (8 * (i % 4)));
}
