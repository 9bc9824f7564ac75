/* SPDX-License-Identifier: MIT
 * base/pool.h -- slots of one size, and handles that know when theirs is gone.
 *
 * A handle is slot and generation: giving a slot back makes every handle to it stale, and a stale
 * handle finds nothing. Taking and giving back cost O(1). A full pool is an ordinary answer
 * (NULL). */
#ifndef SIPUSH_BASE_POOL_H
#define SIPUSH_BASE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

/* All zero: no object. */
struct sp_handle {
    uint32_t slot;       /* 1 + the place in the pool */
    uint32_t generation; /* odd while the slot is in use */
};

struct sp_pool {
    char     *slots;
    uint32_t *generations; /* a slot */
    uint32_t *free;        /* a stack of free places */
    uint32_t  slot_octets, capacity, used;
};

/* Lay out a pool of `capacity` slots; `pool` may be filled from a measuring arena and is then not
 * usable. */
void sp_pool_init(struct sp_pool *pool, struct sp_arena *arena, uint32_t capacity,
                  size_t slot_octets);

/* A zeroed slot, or NULL when all are taken. The slot stays where it is until it is given back. */
void *sp_pool_take(struct sp_pool *pool);
/* Give back a slot that sp_pool_take yielded. Anything else is a bug of ours: assert. */
void sp_pool_give(struct sp_pool *pool, void *object);

struct sp_handle sp_pool_handle(const struct sp_pool *pool, const void *object);
/* The object of a handle; NULL when the handle is stale, zero or made up. */
void *sp_pool_find(const struct sp_pool *pool, struct sp_handle handle);
/* Walk the taken slots: NULL yields the first, the last yields NULL. The one in hand may be given
 * back before the next is asked for. */
void *sp_pool_next(const struct sp_pool *pool, const void *object);

bool sp_handle_eq(struct sp_handle a, struct sp_handle b);
bool sp_handle_none(struct sp_handle h);

#endif
