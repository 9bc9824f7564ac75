/* SPDX-License-Identifier: MIT
 * transport/sp_watch.c -- the places, and poll. */
#define _GNU_SOURCE
#include "sp_watch.h"

#include <time.h>
#include <unistd.h>

#include "../base/timers.h"

void sp_watch_lay_out(struct sp_watch *watch, struct sp_arena *arena, uint32_t capacity)
{
    watch->rows = sp_arena_take(arena, capacity, sizeof *watch->rows);
    watch->events = sp_arena_take(arena, SP_WATCH_ROUND, sp_watch_epoll_octets());
    watch->capacity = capacity;
}

void sp_watch_init(struct sp_watch *watch, bool portable)
{
    for (uint32_t i = 0; i < watch->capacity; i++)
        watch->rows[i] = (struct pollfd){ .fd = -1 };
    watch->used = watch->found = watch->at = 0;
    watch->epoll = portable ? -1 : sp_watch_epoll_open();
}

void sp_watch_end(struct sp_watch *watch)
{
    if (watch->epoll >= 0)
        (void)close(watch->epoll);
    watch->epoll = -1;
}

/* poll fails for more rows than there may be descriptors: those behind the last stay out. */
static void bound(struct sp_watch *watch, uint32_t place)
{
    if (watch->rows[place].fd >= 0 && place >= watch->used)
        watch->used = place + 1;
    while (watch->used > 0 && watch->rows[watch->used - 1].fd < 0)
        watch->used--;
}

void sp_watch_set(struct sp_watch *watch, uint32_t place, int fd, short wanted)
{
    struct pollfd *row = &watch->rows[place];

    if (fd < 0)
        wanted = 0;
    if (row->fd == fd && row->events == wanted)
        return;
    /* All that epoll was told stands in the rows: poll can go on. */
    if (watch->epoll >= 0 && !sp_watch_epoll_set(watch, place, fd, wanted))
        sp_watch_end(watch);
    *row = (struct pollfd){ .fd = fd, .events = wanted };
    bound(watch, place);
}

static bool wait_poll(struct sp_watch *watch, uint64_t left_us, const sigset_t *mask)
{
    struct timespec span = { (time_t)(left_us / 1000000), (long)(left_us % 1000000) * 1000 };
    int             found;

    found = ppoll(watch->rows, watch->used, left_us == SP_NEVER ? NULL : &span, mask);
    watch->found = found > 0 ? watch->used : 0;
    return found > 0;
}

bool sp_watch_wait(struct sp_watch *watch, uint64_t left_us, const sigset_t *mask)
{
    watch->at = watch->found = 0;
    return watch->epoll >= 0 ? sp_watch_epoll_wait(watch, left_us, mask)
                             : wait_poll(watch, left_us, mask);
}

bool sp_watch_next(struct sp_watch *watch, uint32_t *place, short *found)
{
    if (watch->epoll >= 0)
        return sp_watch_epoll_next(watch, place, found);
    while (watch->at < watch->found) {
        *place = watch->at++;
        *found = watch->rows[*place].revents;
        if (*found != 0)
            return true;
    }
    return false;
}
