/* SPDX-License-Identifier: MIT
 * base/timers.c -- timers in a heap of four children each, the next one due on top. */
#include "timers.h"

#include <assert.h>

void sp_timers_init(struct sp_timers *timers, struct sp_arena *arena, uint32_t capacity)
{
    timers->heap = sp_arena_take(arena, capacity, sizeof *timers->heap);
    timers->used = 0;
    timers->capacity = capacity;
    timers->order = 0;
}

#define CHILDREN 4

static bool before(const struct sp_timer_place *a, const struct sp_timer_place *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->timer->order < b->timer->order;
}

static void set(struct sp_timers *timers, uint32_t index, struct sp_timer_place place)
{
    timers->heap[index] = place;
    place.timer->place = index + 1;
}

/* Find the place of a timer from the empty place `index` upward. */
static void rise(struct sp_timers *timers, uint32_t index, struct sp_timer_place one)
{
    while (index > 0 && before(&one, &timers->heap[(index - 1) / CHILDREN])) {
        set(timers, index, timers->heap[(index - 1) / CHILDREN]);
        index = (index - 1) / CHILDREN;
    }
    set(timers, index, one);
}

/* The same downward. */
static void sink(struct sp_timers *timers, uint32_t index, struct sp_timer_place one)
{
    for (;;) {
        uint64_t first = CHILDREN * (uint64_t)index + 1, least = first;

        if (first >= timers->used)
            break;
        for (uint64_t i = first + 1; i < first + CHILDREN && i < timers->used; i++)
            if (before(&timers->heap[i], &timers->heap[least]))
                least = i;
        if (!before(&timers->heap[least], &one))
            break;
        set(timers, index, timers->heap[least]);
        index = (uint32_t)least;
    }
    set(timers, index, one);
}

void sp_timer_start(struct sp_timers *timers, struct sp_timer *timer, uint64_t at_us)
{
    sp_timer_stop(timers, timer);
    assert(timers->used < timers->capacity);
    timer->at_us = at_us;
    timer->order = timers->order++;
    rise(timers, timers->used++, (struct sp_timer_place){ at_us, timer });
}

void sp_timer_stop(struct sp_timers *timers, struct sp_timer *timer)
{
    uint32_t              index = timer->place - 1;
    struct sp_timer_place last;

    if (!sp_timer_runs(timer))
        return;
    assert(index < timers->used && timers->heap[index].timer == timer);
    timer->place = 0;
    last = timers->heap[--timers->used];
    if (last.timer == timer)
        return;
    /* The last one fills the gap, and may belong above or below it. */
    if (index > 0 && before(&last, &timers->heap[(index - 1) / CHILDREN]))
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
    return timers->used > 0 ? timers->heap[0].at_us : SP_NEVER;
}

struct sp_timer *sp_timers_due(struct sp_timers *timers, uint64_t now_us)
{
    struct sp_timer *timer;

    if (timers->used == 0 || timers->heap[0].at_us > now_us)
        return NULL;
    timer = timers->heap[0].timer;
    sp_timer_stop(timers, timer);
    return timer;
}
