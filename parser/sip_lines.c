/* SPDX-License-Identifier: MIT
 * parser/sip_lines.c -- finding the ends of lines, many octets at a time. RFC 3261 7. */
#include "sip_lines.h"

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#endif

#define ONES 0x0101010101010101U
#define HIGH 0x8080808080808080U

/* The high bit of each octet that is zero; an octet above a zero one may be marked wrongly, the
 * lowest never is. */
static uint64_t zero_octets(uint64_t word)
{
    return (word - ONES) & ~word & HIGH;
}

const char *sip_find_eol_portable(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word;

        memcpy(&word, at, 8);
        if ((zero_octets(word ^ (ONES * '\r')) | zero_octets(word ^ (ONES * '\n'))) != 0)
            break; /* which one it is, octet by octet: right for every byte order */
    }
    while (at < end && *at != '\r' && *at != '\n')
        at++;
    return at;
}

#if defined(__SSE2__)
const char *sip_find_eol(const char *at, const char *end)
{
    const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');

    for (; end - at >= 16; at += 16) {
        __m128i  octets = _mm_loadu_si128((const __m128i *)(const void *)at);
        unsigned hits = (unsigned)_mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(octets, cr), _mm_cmpeq_epi8(octets, lf)));

        if (hits != 0)
            return at + __builtin_ctz(hits);
    }
    return sip_find_eol_portable(at, end);
}
#elif defined(__ARM_NEON) && defined(__aarch64__)
const char *sip_find_eol(const char *at, const char *end)
{
    const uint8x16_t cr = vdupq_n_u8('\r'), lf = vdupq_n_u8('\n');

    for (; end - at >= 16; at += 16) {
        uint8x16_t octets = vld1q_u8((const uint8_t *)at);
        uint8x16_t hits = vorrq_u8(vceqq_u8(octets, cr), vceqq_u8(octets, lf));
        /* four bits an octet */
        uint64_t mask = vget_lane_u64(
            vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(hits), 4)), 0);

        if (mask != 0)
            return at + __builtin_ctzll(mask) / 4;
    }
    return sip_find_eol_portable(at, end);
}
#else
const char *sip_find_eol(const char *at, const char *end)
{
    return sip_find_eol_portable(at, end);
}
#endif
