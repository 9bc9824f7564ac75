/* SPDX-License-Identifier: MIT
 * base/store.c -- octets of any length within one fixed memory: a buddy allocator.
 *
 * A block of order k has SP_STORE_LEAST << k octets and starts at a multiple of them; its buddy
 * starts where its own start differs in that one bit. The memory need not be a power of two: it is
 * cut into the largest blocks that fit, and a buddy that would end behind it does not exist. */
#include "store.h"

#include <assert.h>
#include <string.h>

/* Blocks of more octets than a size_t can count do not exist. */
#define ORDERS (sizeof(size_t) > 4 ? 32u : 26u)

static size_t block_octets(unsigned order)
{
    return (size_t)SP_STORE_LEAST << order;
}

static struct sp_link *link_at(const struct sp_store *store, size_t offset)
{
    return (struct sp_link *)(void *)(store->memory + offset);
}

static void set_free(struct sp_store *store, size_t offset, unsigned order)
{
    struct sp_link *link = link_at(store, offset);

    store->frees[offset / SP_STORE_LEAST] = (uint8_t)(order + 1);
    *link = (struct sp_link){ NULL, NULL };
    sp_list_add(&store->blocks[order], link);
}

static void unset_free(struct sp_store *store, size_t offset)
{
    store->frees[offset / SP_STORE_LEAST] = 0;
    sp_list_remove(link_at(store, offset));
}

static size_t offset_of(const struct sp_store *store, const void *block)
{
    size_t offset = (size_t)((const char *)block - store->memory);

    assert(offset < store->octets && offset % SP_STORE_LEAST == 0);
    assert(store->orders[offset / SP_STORE_LEAST] > 0);
    return offset;
}

/* The least order that holds `octets`; ORDERS when none does. */
static unsigned order_for(size_t octets)
{
    unsigned order = 0;

    while (order < ORDERS && block_octets(order) < octets)
        order++;
    return order;
}

void sp_store_init(struct sp_store *store, struct sp_arena *arena, size_t octets)
{
    size_t blocks = octets / SP_STORE_LEAST + (octets % SP_STORE_LEAST > 0);
    size_t offset = 0;

    store->memory = sp_arena_room(arena, blocks, SP_STORE_LEAST);
    store->orders = sp_arena_take(arena, blocks, 1);
    store->frees = sp_arena_take(arena, blocks, 1);
    store->octets = blocks * SP_STORE_LEAST;
    store->used = 0;
    for (unsigned order = 0; order < ORDERS; order++)
        sp_list_init(&store->blocks[order]);
    if (arena->at == NULL)
        return;
    for (unsigned order = ORDERS; order-- > 0;)
        while (store->octets - offset >= block_octets(order)) {
            set_free(store, offset, order);
            offset += block_octets(order);
        }
}

/* Cut the block at `offset` from order `from` down to `to`; the tails become free. */
static void split(struct sp_store *store, size_t offset, unsigned from, unsigned to)
{
    while (from > to) {
        from--;
        set_free(store, offset + block_octets(from), from);
    }
}

void *sp_store_take(struct sp_store *store, size_t octets)
{
    unsigned order = order_for(octets);

    for (unsigned from = order; from < ORDERS; from++) {
        struct sp_link *link = sp_list_first(&store->blocks[from]);
        size_t          offset;

        if (link == NULL)
            continue;
        offset = (size_t)((char *)link - store->memory);
        unset_free(store, offset);
        split(store, offset, from, order);
        store->orders[offset / SP_STORE_LEAST] = (uint8_t)(order + 1);
        store->used += block_octets(order);
        return link;
    }
    return NULL;
}

struct sp_slice sp_store_copy(struct sp_store *store, struct sp_slice from)
{
    void *to = sp_store_take(store, from.len);

    if (to == NULL)
        return (struct sp_slice){ NULL, 0 };
    if (from.len > 0)
        memcpy(to, from.at, from.len);
    return sp_slice(to, from.len);
}

void sp_store_give(struct sp_store *store, const void *block)
{
    size_t   offset;
    unsigned order;

    if (block == NULL)
        return;
    offset = offset_of(store, block);
    order = store->orders[offset / SP_STORE_LEAST] - 1u;
    store->orders[offset / SP_STORE_LEAST] = 0;
    store->used -= block_octets(order);
    for (; order + 1 < ORDERS; order++) {
        size_t buddy = offset ^ block_octets(order);

        if (buddy >= store->octets || store->frees[buddy / SP_STORE_LEAST] != order + 1)
            break;
        unset_free(store, buddy);
        offset &= ~block_octets(order);
    }
    set_free(store, offset, order);
}

bool sp_store_fits(const struct sp_store *store, const void *block, size_t octets)
{
    size_t offset = offset_of(store, block);

    return octets <= block_octets(store->orders[offset / SP_STORE_LEAST] - 1u);
}

void sp_store_shrink(struct sp_store *store, void *block, size_t octets)
{
    size_t   offset = offset_of(store, block);
    unsigned from = store->orders[offset / SP_STORE_LEAST] - 1u;
    unsigned to = order_for(octets);

    assert(octets <= block_octets(from));
    store->orders[offset / SP_STORE_LEAST] = (uint8_t)(to + 1);
    store->used -= block_octets(from) - block_octets(to);
    split(store, offset, from, to);
}
