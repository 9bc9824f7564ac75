/* SPDX-License-Identifier: MIT
 * transport/sp_watch_epoll.c -- epoll behind sp_watch.h, level-triggered; nothing where the system
 * is not Linux. */
#define _GNU_SOURCE
#include "sp_watch.h"

#ifdef __linux__

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>

#include "../base/timers.h"

size_t sp_watch_epoll_octets(void)
{
    return sizeof(struct epoll_event);
}

int sp_watch_epoll_open(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

bool sp_watch_epoll_set(struct sp_watch *watch, uint32_t place, int fd, short wanted)
{
    int                before = watch->rows[place].fd;
    struct epoll_event event = { .data.u32 = place };

    event.events = ((wanted & POLLIN) != 0 ? (uint32_t)EPOLLIN : 0) |
                   ((wanted & POLLOUT) != 0 ? (uint32_t)EPOLLOUT : 0);
    /* One that is closed already is gone from epoll, too: no error. */
    if (before >= 0 && before != fd)
        (void)epoll_ctl(watch->epoll, EPOLL_CTL_DEL, before, NULL);
    if (fd < 0)
        return true;
    return epoll_ctl(watch->epoll, before == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) == 0;
}

bool sp_watch_epoll_wait(struct sp_watch *watch, uint64_t left_us, const sigset_t *mask)
{
    uint64_t left_ms = left_us / 1000 + (left_us % 1000 > 0); /* never before it is due */
    int      span = left_ms < INT_MAX ? (int)left_ms : INT_MAX;
    int      found;

    found = epoll_pwait(watch->epoll, watch->events, (int)SP_WATCH_ROUND,
                        left_us == SP_NEVER ? -1 : span, mask);
    watch->found = found > 0 ? (uint32_t)found : 0;
    return found > 0;
}

bool sp_watch_epoll_next(struct sp_watch *watch, uint32_t *place, short *found)
{
    const struct epoll_event *event = &watch->events[watch->at];

    if (watch->at >= watch->found)
        return false;
    watch->at++;
    *place = event->data.u32;
    *found = (short)(((event->events & EPOLLIN) != 0 ? POLLIN : 0) |
                     ((event->events & EPOLLOUT) != 0 ? POLLOUT : 0) |
                     ((event->events & EPOLLERR) != 0 ? POLLERR : 0) |
                     ((event->events & EPOLLHUP) != 0 ? POLLHUP : 0));
    return true;
}

#else

size_t sp_watch_epoll_octets(void)
{
    return 0;
}

int sp_watch_epoll_open(void)
{
    return -1;
}

bool sp_watch_epoll_set(struct sp_watch *watch, uint32_t place, int fd, short wanted)
{
    (void)watch, (void)place, (void)fd, (void)wanted;
    return false;
}

bool sp_watch_epoll_wait(struct sp_watch *watch, uint64_t left_us, const sigset_t *mask)
{
    (void)watch, (void)left_us, (void)mask;
    return false;
}

bool sp_watch_epoll_next(struct sp_watch *watch, uint32_t *place, short *found)
{
    (void)watch, (void)place, (void)found;
    return false;
}

#endif
