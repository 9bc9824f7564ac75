/* SPDX-License-Identifier: MIT
 * msrp/msrp_endline.c -- the search for "-------" and a transaction id, at memory speed. RFC
 * 4975 7.1, 7.3.1. */
#include "msrp_endline.h"

#include <assert.h>
#include <string.h>

/* The first hyphen at `at`, `at` + 7, `at` + 14 ...; `end` or more when there is none. */
static size_t probe(const char *octets, size_t at, size_t end)
{
    const size_t step = MSRP_HYPHENS;

    while (at + 3 * step < end) {
        if (octets[at] == '-')
            return at;
        if (octets[at + step] == '-')
            return at + step;
        if (octets[at + 2 * step] == '-')
            return at + 2 * step;
        if (octets[at + 3 * step] == '-')
            return at + 3 * step;
        at += 4 * step;
    }
    while (at < end && octets[at] != '-')
        at += step;
    return at;
}

size_t msrp_endline_find(struct sp_slice octets, struct sp_slice id)
{
    size_t low = 0; /* no run of hyphens goes on before this octet */
    size_t at = MSRP_HYPHENS - 1;

    while ((at = probe(octets.at, at, octets.len)) < octets.len) {
        size_t from = at, to = at + 1;

        while (from > low && octets.at[from - 1] == '-')
            from--;
        while (to < octets.len && octets.at[to] == '-')
            to++;
        if (to - from >= MSRP_HYPHENS && octets.len - to >= id.len &&
            memcmp(octets.at + to, id.at, id.len) == 0)
            return to - MSRP_HYPHENS;
        low = to;
        at = to + MSRP_HYPHENS;
    }
    return octets.len;
}

void msrp_guard_init(struct msrp_guard *guard, struct sp_slice id)
{
    assert(id.len > 0 && id.len <= MSRP_IDENT_OCTETS && sp_find(id, '-') == id.len);
    memset(guard->mark, '-', MSRP_HYPHENS);
    memcpy(guard->mark + MSRP_HYPHENS, id.at, id.len);
    guard->octets = (uint8_t)(MSRP_HYPHENS + id.len);
    guard->matched = 0;
}

/* Follow one octet. A hyphen after seven keeps seven matched; elsewhere it begins anew. */
static void follow(struct msrp_guard *guard, char c)
{
    if (c == guard->mark[guard->matched])
        guard->matched++;
    else if (c != '-')
        guard->matched = 0;
    else if (guard->matched != MSRP_HYPHENS)
        guard->matched = 1;
}

size_t msrp_guard_allow(struct msrp_guard *guard, struct sp_slice octets)
{
    struct sp_slice id = sp_slice(guard->mark + MSRP_HYPHENS, guard->octets - MSRP_HYPHENS);
    const size_t    most = guard->octets - 1u;
    size_t          at = 0, found;

    /* what the pieces before began */
    while (at < octets.len && guard->matched > 0) {
        follow(guard, octets.at[at]);
        if (guard->matched == guard->octets)
            return at;
        at++;
    }
    found = msrp_endline_find(sp_from(octets, at), id);
    if (found < octets.len - at) {
        guard->matched = (uint8_t)most;
        return at + found + most;
    }
    /* what this piece begins */
    if (octets.len - at > most)
        at = octets.len - most;
    for (; at < octets.len; at++)
        follow(guard, octets.at[at]);
    assert(guard->matched < guard->octets);
    return octets.len;
}
