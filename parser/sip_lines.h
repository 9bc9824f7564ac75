/* SPDX-License-Identifier: MIT
 * parser/sip_lines.h -- finding the ends of lines and names, many octets at a time. RFC 3261 7.
 *
 * Each function three ways: SSE2, NEON, and eight octets in a word for every other machine; the
 * last one is always there, so that it is always tested. Never looks past `end`. */
#ifndef SIPUSH_PARSER_SIP_LINES_H
#define SIPUSH_PARSER_SIP_LINES_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#endif

/* What one look takes in. */
#define SIP_LOOK 16

/* The first CR or LF in [at, end), or `end`. */
const char *sip_find_eol_portable(const char *at, const char *end);
/* The first ':' of SIP_LOOK octets, which must all be there; NULL when there is none. */
const char *sip_find_colon_portable(const char *at);

/* How many of SIP_LOOK octets, which must all be there, come before the first that is no letter and
 * no digit. */
size_t sip_count_alnum_portable(const char *at);

#if defined(__SSE2__)
static inline size_t sip_count_alnum(const char *at)
{
    __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i letters = _mm_sub_epi8(_mm_or_si128(octets, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i digits = _mm_sub_epi8(octets, _mm_set1_epi8('0'));
    /* unsigned "at most": the lesser of both is the octet itself */
    __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(letters, _mm_set1_epi8(25)), letters),
                                _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits));

    return (size_t)__builtin_ctz(~(unsigned)_mm_movemask_epi8(hits));
}

static inline const char *sip_find_eol(const char *at, const char *end)
{
    const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');

    for (; end - at >= SIP_LOOK; at += SIP_LOOK) {
        __m128i  octets = _mm_loadu_si128((const __m128i *)(const void *)at);
        unsigned hits = (unsigned)_mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(octets, cr), _mm_cmpeq_epi8(octets, lf)));

        if (hits != 0)
            return at + __builtin_ctz(hits);
    }
    return sip_find_eol_portable(at, end);
}

static inline const char *sip_find_colon(const char *at)
{
    __m128i  octets = _mm_loadu_si128((const __m128i *)(const void *)at);
    unsigned hits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(octets, _mm_set1_epi8(':')));

    return hits != 0 ? at + __builtin_ctz(hits) : NULL;
}
#elif defined(__ARM_NEON) && defined(__aarch64__)
static inline size_t sip_count_alnum(const char *at)
{
    return sip_count_alnum_portable(at);
}

/* Four bits an octet that is all ones in `hits`. */
static inline uint64_t sip_neon_mask(uint8x16_t hits)
{
    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(hits), 4)), 0);
}

static inline const char *sip_find_eol(const char *at, const char *end)
{
    const uint8x16_t cr = vdupq_n_u8('\r'), lf = vdupq_n_u8('\n');

    for (; end - at >= SIP_LOOK; at += SIP_LOOK) {
        uint8x16_t octets = vld1q_u8((const uint8_t *)at);
        uint64_t   mask = sip_neon_mask(vorrq_u8(vceqq_u8(octets, cr), vceqq_u8(octets, lf)));

        if (mask != 0)
            return at + __builtin_ctzll(mask) / 4;
    }
    return sip_find_eol_portable(at, end);
}

static inline const char *sip_find_colon(const char *at)
{
    uint64_t mask = sip_neon_mask(vceqq_u8(vld1q_u8((const uint8_t *)at), vdupq_n_u8(':')));

    return mask != 0 ? at + __builtin_ctzll(mask) / 4 : NULL;
}
#else
static inline size_t sip_count_alnum(const char *at)
{
    return sip_count_alnum_portable(at);
}

static inline const char *sip_find_eol(const char *at, const char *end)
{
    return sip_find_eol_portable(at, end);
}

static inline const char *sip_find_colon(const char *at)
{
    return sip_find_colon_portable(at);
}
#endif

#endif
