/* SPDX-License-Identifier: MIT
 * base/sha1.c -- SHA-1. FIPS 180-4 6.1; the names there (a-e, W, T) are the names here.
 *
 * Files of gigabytes pass through: blocks are hashed where they lie, and the steps stand in a row
 * so that nothing is moved from letter to letter. Where the processor knows SHA-1 itself, it is
 * asked to, once there is enough to hash. */
#include "sha1.h"

#include <string.h>

#include "sha1_fast.h"

#define WORTH_ASKING 2048 /* octets at once */

static inline uint32_t rotl(uint32_t x, unsigned by)
{
    return x << by | x >> (32 - by);
}

static inline uint32_t load(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static inline uint32_t ch(uint32_t x, uint32_t y, uint32_t z)
{
    return z ^ (x & (y ^ z));
}

static inline uint32_t parity(uint32_t x, uint32_t y, uint32_t z)
{
    return x ^ y ^ z;
}

static inline uint32_t maj(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) + (z & (x ^ y));
}

/* W_t, made when its step comes; of the 80 words only the last 16 are kept. */
static inline uint32_t word(uint32_t W[16], const uint8_t *block, unsigned t)
{
    if (t < 16)
        W[t] = load(block + 4 * t);
    else
        W[t % 16] = rotl(W[(t - 3) % 16] ^ W[(t - 8) % 16] ^ W[(t - 14) % 16] ^ W[(t - 16) % 16],
                         1);
    return W[t % 16];
}

/* One step; instead of moving a to b, b to c, ... the next step names them anew. Written out eighty
 * times, with t a constant in each: four times as fast as a loop. */
#define STEP(a, b, c, d, e, f, K, t)                                                               \
    e += rotl(a, 5) + f(b, c, d) + (K) + word(W, block, t);                                        \
    b = rotl(b, 30)

#define FIVE_STEPS(f, K, t)                                                                        \
    STEP(a, b, c, d, e, f, K, (t));                                                                \
    STEP(e, a, b, c, d, f, K, (t) + 1);                                                            \
    STEP(d, e, a, b, c, f, K, (t) + 2);                                                            \
    STEP(c, d, e, a, b, f, K, (t) + 3);                                                            \
    STEP(b, c, d, e, a, f, K, (t) + 4)

#define TWENTY_STEPS(f, K, t)                                                                      \
    FIVE_STEPS(f, K, (t));                                                                         \
    FIVE_STEPS(f, K, (t) + 5);                                                                     \
    FIVE_STEPS(f, K, (t) + 10);                                                                    \
    FIVE_STEPS(f, K, (t) + 15)

static void compress(uint32_t H[5], const uint8_t *block)
{
    uint32_t W[16];
    uint32_t a = H[0], b = H[1], c = H[2], d = H[3], e = H[4];

    TWENTY_STEPS(ch, 0x5a827999, 0);
    TWENTY_STEPS(parity, 0x6ed9eba1, 20);
    TWENTY_STEPS(maj, 0x8f1bbcdc, 40);
    TWENTY_STEPS(parity, 0xca62c1d6, 60);
    H[0] += a;
    H[1] += b;
    H[2] += c;
    H[3] += d;
    H[4] += e;
}

/* Hash all whole blocks; yields what is left. */
static struct sp_slice blocks(struct sp_sha1 *sha, struct sp_slice octets)
{
    if (sha->way == SP_SHA1_NOT_ASKED && octets.len >= WORTH_ASKING)
        sha->way = sp_sha1_fast_here() ? SP_SHA1_FAST : SP_SHA1_PORTABLE;
    if (sha->way == SP_SHA1_FAST) {
        sp_sha1_fast(sha->h, (const uint8_t *)octets.at, octets.len / 64);
        return sp_from(octets, octets.len / 64 * 64);
    }
    for (; octets.len >= 64; octets = sp_from(octets, 64))
        compress(sha->h, (const uint8_t *)octets.at);
    return octets;
}

void sp_sha1_init(struct sp_sha1 *sha)
{
    *sha = (struct sp_sha1){ .h = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 } };
}

void sp_sha1_add(struct sp_sha1 *sha, struct sp_slice octets)
{
    size_t have = sha->octets % 64;

    sha->octets += octets.len;
    if (have > 0) {
        size_t n = octets.len < 64 - have ? octets.len : 64 - have;

        if (n > 0)
            memcpy(sha->block + have, octets.at, n);
        octets = sp_from(octets, n);
        if (have + n < 64)
            return;
        compress(sha->h, sha->block);
    }
    octets = blocks(sha, octets);
    if (octets.len > 0)
        memcpy(sha->block, octets.at, octets.len);
}

void sp_sha1_end(struct sp_sha1 *sha, uint8_t digest[SP_SHA1_OCTETS])
{
    static const char padding[64] = { '\x80' };
    uint64_t          bits = sha->octets * 8;
    size_t            have = sha->octets % 64;
    char              length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (char)(bits >> (56 - 8 * i));
    sp_sha1_add(sha, sp_slice(padding, have < 56 ? 56 - have : 120 - have));
    sp_sha1_add(sha, sp_slice(length, sizeof length));
    for (int i = 0; i < SP_SHA1_OCTETS; i++)
        digest[i] = (uint8_t)(sha->h[i / 4] >> (24 - 8 * (i % 4)));
}

void sp_sha1(struct sp_slice octets, uint8_t digest[SP_SHA1_OCTETS])
{
    struct sp_sha1 sha;

    sp_sha1_init(&sha);
    sp_sha1_add(&sha, octets);
    sp_sha1_end(&sha, digest);
}
