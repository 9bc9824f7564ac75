/* SPDX-License-Identifier: MIT
 * base/sha1_fast.c -- SHA-1 by the instructions of x86: four steps each, on four words at once. */
#include "sha1_fast.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#include <cpuid.h>
#include <immintrin.h>

bool sp_sha1_fast_here(void)
{
    unsigned a, b, c, d;

    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_SSE4_1) == 0 || (c & bit_SSSE3) == 0)
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_SHA) != 0;
}

/* W_t to W_t+3, from the sixteen words before: they take the place of the oldest four. */
#define WORDS(W, g)                                                                                \
    ((W)[(g) % 4] = (g) < 4                                                                        \
                        ? (W)[(g) % 4]                                                             \
                        : _mm_sha1msg2_epu32(                                                      \
                              _mm_xor_si128(_mm_sha1msg1_epu32((W)[(g) % 4], (W)[((g) + 1) % 4]),  \
                                            (W)[((g) + 2) % 4]),                                   \
                              (W)[((g) + 3) % 4]))

/* Four steps; the e of the next four is the a of four steps before, rotated. */
#define FOUR_STEPS(g)                                                                              \
    e = _mm_sha1nexte_epu32(was, WORDS(W, g));                                                     \
    was = abcd;                                                                                    \
    abcd = _mm_sha1rnds4_epu32(abcd, e, (g) / 5)

#define TWENTY_STEPS(g)                                                                            \
    FOUR_STEPS(g);                                                                                 \
    FOUR_STEPS((g) + 1);                                                                           \
    FOUR_STEPS((g) + 2);                                                                           \
    FOUR_STEPS((g) + 3);                                                                           \
    FOUR_STEPS((g) + 4)

__attribute__((target("sha,ssse3,sse4.1"))) void sp_sha1_fast(uint32_t H[5], const uint8_t *blocks,
                                                              size_t count)
{
    const __m128i order = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    __m128i       abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)H), 0x1b);
    __m128i       h4 = _mm_set_epi32((int)H[4], 0, 0, 0);

    for (; count > 0; count--, blocks += 64) {
        const __m128i before = abcd;
        __m128i       W[4], e, was;

        for (int i = 0; i < 4; i++)
            W[i] = _mm_shuffle_epi8(
                _mm_loadu_si128((const __m128i *)(const void *)(blocks + 16 * i)), order);
        e = _mm_add_epi32(h4, W[0]);
        was = abcd;
        abcd = _mm_sha1rnds4_epu32(abcd, e, 0);
        FOUR_STEPS(1);
        FOUR_STEPS(2);
        FOUR_STEPS(3);
        FOUR_STEPS(4);
        TWENTY_STEPS(5);
        TWENTY_STEPS(10);
        TWENTY_STEPS(15);
        h4 = _mm_sha1nexte_epu32(was, h4);
        abcd = _mm_add_epi32(abcd, before);
    }
    _mm_storeu_si128((__m128i *)(void *)H, _mm_shuffle_epi32(abcd, 0x1b));
    H[4] = (uint32_t)_mm_extract_epi32(h4, 3);
}

#else

bool sp_sha1_fast_here(void)
{
    return false;
}

void sp_sha1_fast(uint32_t H[5], const uint8_t *blocks, size_t count)
{
    (void)H;
    (void)blocks;
    (void)count;
}

#endif
