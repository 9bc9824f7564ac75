/* SPDX-License-Identifier: MIT
 * msrp/msrp_ranges.h -- which octets of a message are there. RFC 4975 7.3.1, 7.1.3.
 *
 * Intervals in order, none touching another, in room that the caller owns. What comes in order
 * costs O(1) and one interval, however long the message. When a new gap has no room, nothing is
 * changed: SP_LIMIT. */
#ifndef SIPUSH_MSRP_MSRP_RANGES_H
#define SIPUSH_MSRP_MSRP_RANGES_H

#include "../base/slice.h"

struct msrp_interval {
    uint64_t from, to; /* counted from 0; `to` is the first octet after it */
};

struct msrp_ranges {
    struct msrp_interval *at;
    uint32_t              used, capacity;
};

void msrp_ranges_init(struct msrp_ranges *ranges, struct msrp_interval *room, uint32_t capacity);

/* The octets `from` .. `to` - 1 are there. SP_LIMIT. Nothing when the interval is empty. */
SP_MUST_USE enum sp_err msrp_ranges_add(struct msrp_ranges *ranges, uint64_t from, uint64_t to);

/* How many octets are there from the start on without a gap. */
uint64_t msrp_ranges_whole(const struct msrp_ranges *ranges);
/* The first octet after the last that is there. */
uint64_t msrp_ranges_end(const struct msrp_ranges *ranges);
/* How many octets are there in all. */
uint64_t msrp_ranges_octets(const struct msrp_ranges *ranges);

#endif
