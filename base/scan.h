/* SPDX-License-Identifier: MIT
 * base/scan.h -- a cursor over octets, for grammars written in ABNF.
 *
 * The first element that does not match sticks: its error, octet and rule are kept, every later
 * call does nothing and yields zero or an empty slice. So a typed parser is a straight line, one
 * ABNF element a call, and asks once, at the end. Never allocates, never looks before the start or
 * past the end. */
#ifndef SIPUSH_BASE_SCAN_H
#define SIPUSH_BASE_SCAN_H

#include "slice.h"

struct sp_scan {
    const char     *at, *end; /* the octets still to come */
    const char     *start;    /* where positions count from */
    enum sp_err     err;      /* the first failure, or SP_OK */
    struct sp_where where;    /* its octet and rule */
    /* For a grammar that looks at 64 octets at once: where it looked last (NULL: nowhere yet), and
     * a bit an octet of what it saw there. */
    const char *looked;
    uint64_t    stops, joints;
};

/* A set of octets: one bit each. */
struct sp_set {
    uint32_t bits[8];
};

static inline struct sp_scan sp_scan(struct sp_slice octets)
{
    const char *at = octets.len > 0 ? octets.at : "";

    return (struct sp_scan){ .at = at, .end = at + octets.len, .start = at, .where = { 0, "" } };
}

/* Stick `err` at the octet `at` of the scanned octets, unless an error sticks already. `rule` is
 * static text. */
__attribute__((cold)) void sp_scan_fail(struct sp_scan *s, enum sp_err err, const char *at,
                                        const char *rule);

/* True while no error sticks and an octet is left; the octet, or '\0'. */
static inline bool sp_scan_more(const struct sp_scan *s)
{
    return s->err == SP_OK && s->at < s->end;
}

static inline char sp_scan_peek(const struct sp_scan *s)
{
    return (char)(sp_scan_more(s) ? *s->at : '\0');
}

/* Take `c` if it comes next. */
static inline bool sp_scan_try(struct sp_scan *s, char c)
{
    if (!sp_scan_more(s) || *s->at != c)
        return false;
    s->at++;
    return true;
}
/* `c` must come next: SP_SYNTAX. */
static inline void sp_scan_char(struct sp_scan *s, char c, const char *rule)
{
    if (!sp_scan_try(s, c))
        sp_scan_fail(s, SP_SYNTAX, s->at, rule);
}
/* These octets must come next, letters folded: SP_SYNTAX at the first that differs. */
void sp_scan_text_nocase(struct sp_scan *s, struct sp_slice text, const char *rule);
/* *set and 1*set. SP_SYNTAX, where the octets of `set` end, when there are less than `least`. */
struct sp_slice sp_scan_set(struct sp_scan *s, const struct sp_set *set, size_t least,
                            const char *rule);
/* Everything before `stop`, or to the end. Never fails. */
struct sp_slice sp_scan_until(struct sp_scan *s, char stop);
/* 1*DIGIT. SP_SYNTAX without a digit, SP_RANGE past 2^32 - 1 or past 2^64 - 1: where it starts. */
uint32_t sp_scan_u32(struct sp_scan *s, const char *rule);
uint64_t sp_scan_u64(struct sp_scan *s, const char *rule);

static inline bool sp_set_has(const struct sp_set *set, char c)
{
    unsigned octet = (unsigned char)c;

    return (set->bits[octet >> 5] >> (octet & 31) & 1) != 0;
}

/* Nothing may be left: SP_SYNTAX with rule "end". Yields the first error; fills `where` unless it
 * is NULL. */
SP_MUST_USE static inline enum sp_err sp_scan_end(const struct sp_scan *s, struct sp_where *where)
{
    bool left = sp_scan_more(s);

    if (where != NULL)
        *where = left ? (struct sp_where){ (size_t)(s->at - s->start), "end" } : s->where;
    return left ? SP_SYNTAX : s->err;
}

#endif
