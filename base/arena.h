/* SPDX-License-Identifier: MIT
 * base/arena.h -- the memory of an agent, cut once.
 *
 * An agent says in one function how it lays out its memory. Run over an arena without memory the
 * function measures (`..._size`); run over the memory it lays out (`..._init`). So the two can
 * never disagree. */
#ifndef SIPUSH_BASE_ARENA_H
#define SIPUSH_BASE_ARENA_H

#include <stddef.h>

struct sp_arena {
    char  *at;   /* NULL: only measure */
    size_t used; /* octets handed out, alignment included */
};

struct sp_arena sp_arena(void *memory);

/* `count` objects of `octets` each, aligned for any type. NULL when measuring. The octets are
 * zeroed. */
void *sp_arena_take(struct sp_arena *arena, size_t count, size_t octets);
/* The same, but nothing is written: memory that is never used is never touched. */
void *sp_arena_room(struct sp_arena *arena, size_t count, size_t octets);

#endif
