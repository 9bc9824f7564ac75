/* SPDX-License-Identifier: MIT
 * base/pool.c -- slots of one size, and handles that know when theirs is gone. */
#include "pool.h"

#include <assert.h>
#include <stdalign.h>
#include <string.h>

void sp_pool_init(struct sp_pool *pool, struct sp_arena *arena, uint32_t capacity,
                  size_t slot_octets)
{
    size_t align = alignof(max_align_t);

    slot_octets = (slot_octets + align - 1) / align * align;
    assert(slot_octets > 0 && slot_octets <= UINT32_MAX);
    pool->slots = sp_arena_room(arena, capacity, slot_octets); /* zeroed when it is taken */
    pool->generations = sp_arena_take(arena, capacity, sizeof *pool->generations);
    pool->free = sp_arena_take(arena, capacity, sizeof *pool->free);
    pool->slot_octets = (uint32_t)slot_octets;
    pool->capacity = capacity;
    pool->used = 0;
    if (arena->at == NULL)
        return;
    /* The first place lies on top. */
    for (uint32_t i = 0; i < capacity; i++)
        pool->free[i] = capacity - 1 - i;
}

static char *slot_at(const struct sp_pool *pool, uint32_t place)
{
    return pool->slots + (size_t)place * pool->slot_octets;
}

static bool taken(const struct sp_pool *pool, uint32_t place)
{
    return pool->generations[place] % 2 == 1;
}

static uint32_t place_of(const struct sp_pool *pool, const void *object)
{
    size_t offset = (size_t)((const char *)object - pool->slots);

    assert(offset % pool->slot_octets == 0 && offset / pool->slot_octets < pool->capacity);
    return (uint32_t)(offset / pool->slot_octets);
}

void *sp_pool_take(struct sp_pool *pool)
{
    uint32_t place;
    char    *slot;

    if (pool->used == pool->capacity)
        return NULL;
    place = pool->free[pool->capacity - pool->used - 1];
    pool->used++;
    pool->generations[place]++;
    slot = slot_at(pool, place);
    memset(slot, 0, pool->slot_octets);
    return slot;
}

void sp_pool_give(struct sp_pool *pool, void *object)
{
    uint32_t place = place_of(pool, object);

    assert(taken(pool, place));
    pool->generations[place]++;
    pool->used--;
    pool->free[pool->capacity - pool->used - 1] = place;
}

struct sp_handle sp_pool_handle(const struct sp_pool *pool, const void *object)
{
    uint32_t place = place_of(pool, object);

    assert(taken(pool, place));
    return (struct sp_handle){ place + 1, pool->generations[place] };
}

void *sp_pool_find(const struct sp_pool *pool, struct sp_handle handle)
{
    uint32_t place = handle.slot - 1;

    if (handle.slot == 0 || place >= pool->capacity || !taken(pool, place) ||
        pool->generations[place] != handle.generation)
        return NULL;
    return slot_at(pool, place);
}

void *sp_pool_next(const struct sp_pool *pool, const void *object)
{
    uint32_t place = object != NULL ? place_of(pool, object) + 1 : 0;

    for (; place < pool->capacity; place++)
        if (taken(pool, place))
            return slot_at(pool, place);
    return NULL;
}

bool sp_handle_eq(struct sp_handle a, struct sp_handle b)
{
    return a.slot == b.slot && a.generation == b.generation;
}

bool sp_handle_none(struct sp_handle h)
{
    return h.slot == 0;
}
