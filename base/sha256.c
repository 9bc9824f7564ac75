/* SPDX-License-Identifier: MIT
 * base/sha256.c -- SHA-256. FIPS 180-4 6.2; the names there (a-h, W, K) are the names here. */
#include "sha256.h"

#include <string.h>

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotr(uint32_t x, unsigned by)
{
    return x >> by | x << (32 - by);
}

static inline uint32_t load(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

/* W_t of the first sixteen steps, and of all others: only the last 16 words are kept. */
#define GIVEN(i) (W[i] = load(block + 4 * (i)))
#define MADE(i)  (W[i] += s1(W[((i) + 14) % 16]) + W[((i) + 9) % 16] + s0(W[((i) + 1) % 16]))

static inline uint32_t s0(uint32_t x)
{
    return rotr(x, 7) ^ rotr(x, 18) ^ x >> 3;
}

static inline uint32_t s1(uint32_t x)
{
    return rotr(x, 17) ^ rotr(x, 19) ^ x >> 10;
}

/* One step; instead of moving a to b, b to c, ... the next step names them anew. */
#define STEP(a, b, c, d, e, f, g, h, WORD, i)                                                      \
    h += (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + k[i] + WORD(i);          \
    d += h;                                                                                        \
    h += (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)))

#define EIGHT_STEPS(WORD, i)                                                                       \
    STEP(a, b, c, d, e, f, g, h, WORD, (i));                                                       \
    STEP(h, a, b, c, d, e, f, g, WORD, (i) + 1);                                                   \
    STEP(g, h, a, b, c, d, e, f, WORD, (i) + 2);                                                   \
    STEP(f, g, h, a, b, c, d, e, WORD, (i) + 3);                                                   \
    STEP(e, f, g, h, a, b, c, d, WORD, (i) + 4);                                                   \
    STEP(d, e, f, g, h, a, b, c, WORD, (i) + 5);                                                   \
    STEP(c, d, e, f, g, h, a, b, WORD, (i) + 6);                                                   \
    STEP(b, c, d, e, f, g, h, a, WORD, (i) + 7)

static void compress(uint32_t H[8], const uint8_t *block)
{
    const uint32_t *k = K;
    uint32_t        W[16];
    uint32_t        a = H[0], b = H[1], c = H[2], d = H[3], e = H[4], f = H[5], g = H[6], h = H[7];

    EIGHT_STEPS(GIVEN, 0);
    EIGHT_STEPS(GIVEN, 8);
    for (k += 16; k < K + 64; k += 16) {
        EIGHT_STEPS(MADE, 0);
        EIGHT_STEPS(MADE, 8);
    }
    H[0] += a;
    H[1] += b;
    H[2] += c;
    H[3] += d;
    H[4] += e;
    H[5] += f;
    H[6] += g;
    H[7] += h;
}

void sp_sha256_init(struct sp_sha256 *sha)
{
    *sha = (struct sp_sha256){ .h = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                      0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
}

void sp_sha256_add(struct sp_sha256 *sha, struct sp_slice octets)
{
    while (octets.len > 0) {
        size_t have = sha->octets % 64;
        size_t n = octets.len < 64 - have ? octets.len : 64 - have;

        memcpy(sha->block + have, octets.at, n);
        sha->octets += n;
        octets = sp_from(octets, n);
        if (have + n == 64)
            compress(sha->h, sha->block);
    }
}

void sp_sha256_end(struct sp_sha256 *sha, uint8_t digest[SP_SHA256_OCTETS])
{
    static const char padding[64] = { '\x80' };
    uint64_t          bits = sha->octets * 8;
    size_t            have = sha->octets % 64;
    char              length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (char)(bits >> (56 - 8 * i));
    sp_sha256_add(sha, sp_slice(padding, have < 56 ? 56 - have : 120 - have));
    sp_sha256_add(sha, sp_slice(length, sizeof length));
    for (int i = 0; i < SP_SHA256_OCTETS; i++)
        digest[i] = (uint8_t)(sha->h[i / 4] >> (24 - 8 * (i % 4)));
}
