/* SPDX-License-Identifier: MIT
 * base/slice.h -- octets that somebody else owns.
 *
 * A slice is never freed and never NUL-terminated; it lives as long as what it points into. An
 * empty slice may have a null pointer. All functions are pure. */
#ifndef SIPUSH_BASE_SLICE_H
#define SIPUSH_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct sp_slice {
    const char *at;
    size_t      len;
};

/* A slice of a string literal. */
#define SP_LIT(text) ((struct sp_slice){ "" text, sizeof(text) - 1 })
/* "%.*s" arguments; for tools and tests, the core prints nothing. */
#define SP_ARG(slice) (int)(slice).len, (slice).at != NULL ? (slice).at : ""

/* The slice of a NUL-terminated string, or of `len` octets at `at`. */
struct sp_slice               sp_str(const char *text);
static inline struct sp_slice sp_slice(const void *at, size_t len)
{
    return (struct sp_slice){ (const char *)at, len };
}
/* The part of `s` from octet `from` (at most to its end), and its first `len` octets (at most
 * all). */
static inline struct sp_slice sp_from(struct sp_slice s, size_t from)
{
    if (from > s.len)
        from = s.len;
    /* A null pointer may not even be moved by zero in C11. */
    return (struct sp_slice){ from > 0 ? s.at + from : s.at, s.len - from };
}

static inline struct sp_slice sp_head(struct sp_slice s, size_t len)
{
    return (struct sp_slice){ s.at, len < s.len ? len : s.len };
}

/* Octet for octet, and with ASCII letters folded. */
bool sp_eq(struct sp_slice a, struct sp_slice b);
bool sp_eq_nocase(struct sp_slice a, struct sp_slice b);
bool sp_starts(struct sp_slice s, struct sp_slice prefix);
bool sp_starts_nocase(struct sp_slice s, struct sp_slice prefix);

/* The place of the first `octet` in `s`; `s.len` when there is none. */
size_t sp_find(struct sp_slice s, char octet);
/* The place of the first `needle` in `s`; `s.len` when there is none. An empty needle is found at
 * 0. */
size_t sp_find_slice(struct sp_slice s, struct sp_slice needle);

/* `s` without SP, HTAB, CR and LF at both ends. */
struct sp_slice               sp_trim_spaces(struct sp_slice s);
static inline struct sp_slice sp_trim(struct sp_slice s)
{
    /* most have none */
    if (s.len > 0 && (unsigned char)s.at[0] > ' ' && (unsigned char)s.at[s.len - 1] > ' ')
        return s;
    return sp_trim_spaces(s);
}

/* 1*DIGIT, all of `s`. SP_SYNTAX without a digit or with anything else, SP_RANGE above `max`. */
SP_MUST_USE enum sp_err sp_to_u64(struct sp_slice s, uint64_t max, uint64_t *value);

/* ASCII only; locales do not matter here. */
static inline bool sp_is_alpha(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static inline bool sp_is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static inline bool sp_is_alnum(char c)
{
    return sp_is_alpha(c) || sp_is_digit(c);
}

static inline char sp_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}
/* The value of a hexadecimal digit, or -1. */
int sp_hex_value(char c);

#endif
