/* SPDX-License-Identifier: MIT
 * parser/sip_lines.h -- finding the ends of lines and names, many octets at a time. RFC 3261 7.
 *
 * Each function three ways: SSE2, NEON, and eight octets in a word for every other machine; the
 * last one is always there, so that it is always tested. Never looks past `end`. */
#ifndef SIPUSH_PARSER_SIP_LINES_H
#define SIPUSH_PARSER_SIP_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#endif

/* What one look takes in. */
#define SIP_LOOK 16

/* The first CR or LF in [at, end), or `end`. sip_find_eol_comma also tells whether a comma may
 * stand before it: no comma does where it says false. */
const char *sip_find_eol_portable(const char *at, const char *end);
/* The first ':' of SIP_LOOK octets, which must all be there; NULL when there is none. */
const char *sip_find_colon_portable(const char *at);

/* What SIP_LOOK octets are, a bit each, the first octet's the lowest. */
struct sip_look {
    uint64_t plain;  /* alphanum / "-" / ".": what stands in all parts of a name or a URI */
    uint64_t joints; /* "-" / "." */
};

/* Of SIP_LOOK octets, which must all be there. */
struct sip_look sip_look_portable(const char *at);

#if defined(__SSE2__)
/* All ones where `from` <= octet <= `to`, both ASCII: they are moved to the upper end of the signed
 * octets. */
static inline __m128i sip_sse2_within(__m128i octets, char from, char to)
{
    return _mm_cmpgt_epi8(_mm_add_epi8(octets, _mm_set1_epi8((char)(127 - to))),
                          _mm_set1_epi8((char)(126 - to + from)));
}

static inline struct sip_look sip_look(const char *at)
{
    __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i letters = sip_sse2_within(_mm_or_si128(octets, _mm_set1_epi8(0x20)), 'a', 'z');
    __m128i digits = sip_sse2_within(octets, '0', '9');
    __m128i joints = sip_sse2_within(octets, '-', '.');

    return (struct sip_look){
        (unsigned)_mm_movemask_epi8(_mm_or_si128(joints, _mm_or_si128(letters, digits))),
        (unsigned)_mm_movemask_epi8(joints),
    };
}

static inline const char *sip_find_eol_comma(const char *at, const char *end, bool *comma)
{
    const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');
    __m128i       commas = _mm_setzero_si128();

    for (; end - at >= SIP_LOOK; at += SIP_LOOK) {
        __m128i  octets = _mm_loadu_si128((const __m128i *)(const void *)at);
        unsigned hits = (unsigned)_mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(octets, cr), _mm_cmpeq_epi8(octets, lf)));

        commas = _mm_or_si128(commas, _mm_cmpeq_epi8(octets, _mm_set1_epi8(',')));
        if (hits != 0) {
            *comma = _mm_movemask_epi8(commas) != 0;
            return at + __builtin_ctz(hits);
        }
    }
    *comma = true;
    return sip_find_eol_portable(at, end);
}

static inline const char *sip_find_colon(const char *at)
{
    __m128i  octets = _mm_loadu_si128((const __m128i *)(const void *)at);
    unsigned hits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(octets, _mm_set1_epi8(':')));

    return hits != 0 ? at + __builtin_ctz(hits) : NULL;
}
#elif defined(__ARM_NEON) && defined(__aarch64__)
/* All ones where `from` <= octet <= `to`. */
static inline uint8x16_t sip_neon_within(uint8x16_t octets, char from, char to)
{
    return vcleq_u8(vsubq_u8(octets, vdupq_n_u8((uint8_t)from)), vdupq_n_u8((uint8_t)(to - from)));
}

/* A bit an octet that is all ones in `hits`. */
static inline uint64_t sip_neon_bits(uint8x16_t hits)
{
    static const uint8_t weights[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
    uint8x16_t           bits = vandq_u8(hits, vld1q_u8(weights));

    return vaddv_u8(vget_low_u8(bits)) | (uint64_t)vaddv_u8(vget_high_u8(bits)) << 8;
}

static inline struct sip_look sip_look(const char *at)
{
    uint8x16_t octets = vld1q_u8((const uint8_t *)at);
    uint8x16_t letters = sip_neon_within(vorrq_u8(octets, vdupq_n_u8(0x20)), 'a', 'z');
    uint8x16_t digits = sip_neon_within(octets, '0', '9');
    uint8x16_t joints = sip_neon_within(octets, '-', '.');

    return (struct sip_look){
        sip_neon_bits(vorrq_u8(joints, vorrq_u8(letters, digits))),
        sip_neon_bits(joints),
    };
}

/* Four bits an octet that is all ones in `hits`. */
static inline uint64_t sip_neon_mask(uint8x16_t hits)
{
    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(hits), 4)), 0);
}

static inline const char *sip_find_eol_comma(const char *at, const char *end, bool *comma)
{
    const uint8x16_t cr = vdupq_n_u8('\r'), lf = vdupq_n_u8('\n');
    uint8x16_t       commas = vdupq_n_u8(0);

    for (; end - at >= SIP_LOOK; at += SIP_LOOK) {
        uint8x16_t octets = vld1q_u8((const uint8_t *)at);
        uint64_t   mask = sip_neon_mask(vorrq_u8(vceqq_u8(octets, cr), vceqq_u8(octets, lf)));

        commas = vorrq_u8(commas, vceqq_u8(octets, vdupq_n_u8(',')));
        if (mask != 0) {
            *comma = sip_neon_mask(commas) != 0;
            return at + __builtin_ctzll(mask) / 4;
        }
    }
    *comma = true;
    return sip_find_eol_portable(at, end);
}

static inline const char *sip_find_colon(const char *at)
{
    uint64_t mask = sip_neon_mask(vceqq_u8(vld1q_u8((const uint8_t *)at), vdupq_n_u8(':')));

    return mask != 0 ? at + __builtin_ctzll(mask) / 4 : NULL;
}
#else
static inline struct sip_look sip_look(const char *at)
{
    return sip_look_portable(at);
}

static inline const char *sip_find_eol_comma(const char *at, const char *end, bool *comma)
{
    *comma = true;
    return sip_find_eol_portable(at, end);
}

static inline const char *sip_find_colon(const char *at)
{
    return sip_find_colon_portable(at);
}
#endif

static inline const char *sip_find_eol(const char *at, const char *end)
{
    bool comma;

    return sip_find_eol_comma(at, end, &comma);
}

#endif
