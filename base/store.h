/* SPDX-License-Identifier: MIT
 * base/store.h -- octets of any length within one fixed memory.
 *
 * Messages that an agent must keep (a request to retransmit, a response, an offer) differ in length
 * by a factor of a hundred. The store is a buddy allocator: blocks of a power of two, joined again
 * when they are given back. Taking and giving back cost O(log). A full store is an ordinary answer
 * (NULL). */
#ifndef SIPUSH_BASE_STORE_H
#define SIPUSH_BASE_STORE_H

#include <stdint.h>

#include "arena.h"
#include "list.h"
#include "slice.h"

#define SP_STORE_LEAST 64 /* octets of the smallest block */

struct sp_store {
    char          *memory;
    size_t         octets;     /* a multiple of SP_STORE_LEAST */
    size_t         used;       /* octets of the blocks taken */
    uint8_t       *orders;     /* a smallest block: 0, or 1 + the order of the taken block there */
    uint8_t       *frees;      /* the same for the free block that starts there */
    struct sp_list blocks[32]; /* free blocks by order; their links lie in them */
};

/* Lay out a store of at least `octets`. It must not move afterwards: its lists point to it. */
void sp_store_init(struct sp_store *store, struct sp_arena *arena, size_t octets);

/* Room for `octets`, or NULL. */
void *sp_store_take(struct sp_store *store, size_t octets);
/* A copy of `from`, or an empty slice with a null pointer when there is no room. */
struct sp_slice sp_store_copy(struct sp_store *store, struct sp_slice from);
/* Give back; NULL is ignored. */
void sp_store_give(struct sp_store *store, const void *block);
/* Does its block have room for so many octets? */
bool sp_store_fits(const struct sp_store *store, const void *block, size_t octets);
/* Give back the tail of a block of which only the first `octets` were used. */
void sp_store_shrink(struct sp_store *store, void *block, size_t octets);

#endif
