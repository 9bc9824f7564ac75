/* SPDX-License-Identifier: MIT
 * base/arena.c -- the memory of an agent, cut once. */
#include "arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define ALIGN alignof(max_align_t)

struct sp_arena sp_arena(void *memory)
{
    assert((uintptr_t)memory % ALIGN == 0);
    return (struct sp_arena){ .at = memory };
}

/* a + b and a * b, or SIZE_MAX: no host has that much, so a size that overflows is refused there.
 */
static size_t add(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static size_t times(size_t a, size_t b)
{
    return b > 0 && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

void *sp_arena_room(struct sp_arena *arena, size_t count, size_t octets)
{
    size_t from = arena->used;
    size_t need = times(count, octets);

    arena->used = add(from, add(need, (ALIGN - need % ALIGN) % ALIGN));
    if (arena->at == NULL)
        return NULL;
    assert(arena->used < SIZE_MAX);
    return arena->at + from;
}

void *sp_arena_take(struct sp_arena *arena, size_t count, size_t octets)
{
    size_t from = arena->used;
    void  *room = sp_arena_room(arena, count, octets);

    if (room != NULL)
        memset(room, 0, arena->used - from);
    return room;
}
