/* SPDX-License-Identifier: MIT
 * base/timers.h -- timers in a heap.
 *
 * A timer lies in the object that owns it and knows its place in the heap; starting, restarting and
 * stopping cost O(log n). Timers due at the same moment fire in the order in which they were
 * started. Time is microseconds of a clock that never goes back; whose clock, is the host's
 * affair. */
#ifndef SIPUSH_BASE_TIMERS_H
#define SIPUSH_BASE_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

#define SP_NEVER UINT64_MAX

/* Zeroed: not running. `name` and `owner` are the owner's to set, before or after a start. */
struct sp_timer {
    uint64_t at_us;
    uint64_t order; /* of starting */
    uint32_t place; /* 1 + index in the heap, 0 when not running */
    uint16_t name;  /* which of its owner's timers */
    void    *owner;
};

/* A place of the heap: the moment stands beside the pointer, so that comparing fetches no timer. */
struct sp_timer_place {
    uint64_t         at_us;
    struct sp_timer *timer;
};

struct sp_timers {
    struct sp_timer_place *heap;
    uint32_t               used, capacity;
    uint64_t               order;
};

void sp_timers_init(struct sp_timers *timers, struct sp_arena *arena, uint32_t capacity);

/* Start, or start anew. The capacity counts every timer that an agent can own: exceeding it is a
 * bug of ours. */
void sp_timer_start(struct sp_timers *timers, struct sp_timer *timer, uint64_t at_us);
void sp_timer_stop(struct sp_timers *timers, struct sp_timer *timer);
bool sp_timer_runs(const struct sp_timer *timer);

/* When the next timer is due; SP_NEVER when none runs. */
uint64_t sp_timers_deadline(const struct sp_timers *timers);
/* Take the next timer that is due at `now_us`, stopped; NULL when none is. */
struct sp_timer *sp_timers_due(struct sp_timers *timers, uint64_t now_us);

#endif
