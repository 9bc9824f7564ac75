/* SPDX-License-Identifier: MIT
 * msrp/msrp_ranges.c -- which octets of a message are there. RFC 4975 7.3.1, 7.1.3. */
#include "msrp_ranges.h"

#include <assert.h>
#include <string.h>

void msrp_ranges_init(struct msrp_ranges *ranges, struct msrp_interval *room, uint32_t capacity)
{
    *ranges = (struct msrp_ranges){ room, 0, capacity };
}

/* How many intervals end before octet `from`, and do not touch it. */
static uint32_t before(const struct msrp_ranges *ranges, uint64_t from)
{
    uint32_t low = 0, high = ranges->used;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (ranges->at[middle].to < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum sp_err msrp_ranges_add(struct msrp_ranges *ranges, uint64_t from, uint64_t to)
{
    struct msrp_interval *at = ranges->at;
    uint32_t              first, after;

    assert(from <= to);
    if (from == to)
        return SP_OK;
    if (ranges->used > 0 && at[ranges->used - 1].from <= from && at[ranges->used - 1].to >= from) {
        if (to > at[ranges->used - 1].to)
            at[ranges->used - 1].to = to;
        return SP_OK;
    }
    first = before(ranges, from);
    after = first;
    while (after < ranges->used && at[after].from <= to)
        after++;
    if (after == first) {
        if (ranges->used == ranges->capacity)
            return SP_LIMIT;
        memmove(at + first + 1, at + first, (ranges->used - first) * sizeof *at);
        at[first] = (struct msrp_interval){ from, to };
        ranges->used++;
        return SP_OK;
    }
    if (at[first].from > from)
        at[first].from = from;
    at[first].to = at[after - 1].to > to ? at[after - 1].to : to;
    memmove(at + first + 1, at + after, (ranges->used - after) * sizeof *at);
    ranges->used -= after - first - 1;
    return SP_OK;
}

uint64_t msrp_ranges_whole(const struct msrp_ranges *ranges)
{
    return ranges->used > 0 && ranges->at[0].from == 0 ? ranges->at[0].to : 0;
}

uint64_t msrp_ranges_end(const struct msrp_ranges *ranges)
{
    return ranges->used > 0 ? ranges->at[ranges->used - 1].to : 0;
}

uint64_t msrp_ranges_octets(const struct msrp_ranges *ranges)
{
    uint64_t octets = 0;

    for (uint32_t i = 0; i < ranges->used; i++)
        octets += ranges->at[i].to - ranges->at[i].from;
    return octets;
}
