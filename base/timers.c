/* SPDX-License-Identifier: MIT
 * base/timers.c -- timers in a binary heap, the next one due on top. */
#include "timers.h"

#include <assert.h>

void sp_timers_init(struct sp_timers *timers, struct sp_arena *arena, uint32_t capacity)
{
    timers->heap = sp_arena_take(arena, capacity, sizeof *timers->heap);
    timers->used = 0;
    timers->capacity = capacity;
    timers->order = 0;
}

static bool before(const struct sp_timer *a, const struct sp_timer *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void set(struct sp_timers *timers, uint32_t index, struct sp_timer *timer)
{
    timers->heap[index] = timer;
    timer->place = index + 1;
}

/* Find the place of `timer` from the empty place `index` upward. */
static void rise(struct sp_timers *timers, uint32_t index, struct sp_timer *timer)
{
    while (index > 0 && before(timer, timers->heap[(index - 1) / 2])) {
        set(timers, index, timers->heap[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    set(timers, index, timer);
}

/* The same downward. */
static void sink(struct sp_timers *timers, uint32_t index, struct sp_timer *timer)
{
    for (;;) {
        uint64_t child = 2 * (uint64_t)index + 1;

        if (child >= timers->used)
            break;
        if (child + 1 < timers->used && before(timers->heap[child + 1], timers->heap[child]))
            child++;
        if (!before(timers->heap[child], timer))
            break;
        set(timers, index, timers->heap[child]);
        index = (uint32_t)child;
    }
    set(timers, index, timer);
}

void sp_timer_start(struct sp_timers *timers, struct sp_timer *timer, uint64_t at_us)
{
    sp_timer_stop(timers, timer);
    assert(timers->used < timers->capacity);
    timer->at_us = at_us;
    timer->order = timers->order++;
    rise(timers, timers->used++, timer);
}

void sp_timer_stop(struct sp_timers *timers, struct sp_timer *timer)
{
    uint32_t         index = timer->place - 1;
    struct sp_timer *last;

    if (!sp_timer_runs(timer))
        return;
    assert(index < timers->used && timers->heap[index] == timer);
    timer->place = 0;
    last = timers->heap[--timers->used];
    if (last == timer)
        return;
    /* The last one fills the gap, and may belong above or below it. */
    if (index > 0 && before(last, timers->heap[(index - 1) / 2]))
        rise(timers, index, last);
    else
        sink(timers, index, last);
}

bool sp_timer_runs(const struct sp_timer *timer)
{
    return timer->place != 0;
}

uint64_t sp_timers_deadline(const struct sp_timers *timers)
{
    return timers->used > 0 ? timers->heap[0]->at_us : SP_NEVER;
}

struct sp_timer *sp_timers_due(struct sp_timers *timers, uint64_t now_us)
{
    struct sp_timer *timer;

    if (timers->used == 0 || timers->heap[0]->at_us > now_us)
        return NULL;
    timer = timers->heap[0];
    sp_timer_stop(timers, timer);
    return timer;
}
