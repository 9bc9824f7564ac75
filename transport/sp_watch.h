/* SPDX-License-Identifier: MIT
 * transport/sp_watch.h -- inside of sp_net: which of many descriptors can be read or written.
 *
 * A place is watched for what is wanted there until it is set otherwise; a round of waiting tells
 * of each place what was found, at most SP_WATCH_ROUND of them with epoll, which goes on with the
 * others in the next round. epoll (Linux) costs the same for one descriptor and for ten thousand;
 * poll is there on every system, and steps in where epoll fails. POLLERR and POLLHUP are told
 * unasked. A descriptor is taken from its place before it is closed. Allocates nothing. */
#ifndef SIPUSH_TRANSPORT_SP_WATCH_H
#define SIPUSH_TRANSPORT_SP_WATCH_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/arena.h"
#include "../base/err.h"

#define SP_WATCH_ROUND 64u

struct epoll_event;

struct sp_watch {
    struct pollfd      *rows;   /* a place each: fd -1 where nothing is watched */
    struct epoll_event *events; /* epoll: what the round found */
    uint32_t            capacity;
    uint32_t            used;  /* poll: places up to the last one watched */
    uint32_t            found; /* events, or places to look at, of this round */
    uint32_t            at;    /* of these, the next to be told */
    int                 epoll; /* the descriptor of epoll; -1: poll is used */
};

/* Lay out room for `capacity` places. */
void sp_watch_lay_out(struct sp_watch *watch, struct sp_arena *arena, uint32_t capacity);
/* Nothing is watched yet. `portable`: poll, though there may be better. */
void sp_watch_init(struct sp_watch *watch, bool portable);
void sp_watch_end(struct sp_watch *watch);

/* Watch `fd` at `place` for `wanted` (POLLIN, POLLOUT; 0: only what is told unasked); fd -1:
 * nothing. */
void sp_watch_set(struct sp_watch *watch, uint32_t place, int fd, short wanted);
/* Sleep until something is found, `left_us` are over (SP_NEVER: no bound), or a signal of those not
 * in `mask` comes. True: there is something. */
bool sp_watch_wait(struct sp_watch *watch, uint64_t left_us, const sigset_t *mask);
/* The next place where something was found, and what; false when all were told. */
bool sp_watch_next(struct sp_watch *watch, uint32_t *place, short *found);

/* sp_watch_epoll.c: the same with epoll. -1: there is none; false: epoll failed. */
size_t           sp_watch_epoll_octets(void); /* of one event; 0: there is no epoll */
int              sp_watch_epoll_open(void);
SP_MUST_USE bool sp_watch_epoll_set(struct sp_watch *watch, uint32_t place, int fd, short wanted);
bool sp_watch_epoll_wait(struct sp_watch *watch, uint64_t left_us, const sigset_t *mask);
bool sp_watch_epoll_next(struct sp_watch *watch, uint32_t *place, short *found);

#endif
