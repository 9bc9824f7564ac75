/* SPDX-License-Identifier: MIT
 * base/table.h -- a hash table of objects that own their links.
 *
 * The table compares hashes only; who looks up compares keys: walk the candidates with
 * sp_table_next. The hash is keyed with the agent's seed, so that a peer cannot choose keys that
 * collide. */
#ifndef SIPUSH_BASE_TABLE_H
#define SIPUSH_BASE_TABLE_H

#include "arena.h"
#include "slice.h"

/* Zeroed: in no table. */
struct sp_table_link {
    struct sp_table_link *next;
    uint64_t              hash;
};

struct sp_table {
    struct sp_table_link **buckets;
    uint32_t               mask; /* buckets - 1 */
    uint64_t               key[2];
};

/* For about `capacity` objects; `key` is 16 octets of the agent's seed. */
void sp_table_init(struct sp_table *table, struct sp_arena *arena, uint32_t capacity,
                   const uint8_t key[16]);

/* A keyed hash (SipHash-2-4) of the parts of a key; a part's length is hashed with it. */
uint64_t sp_table_hash(const struct sp_table *table, const struct sp_slice *parts, size_t count);

void sp_table_add(struct sp_table *table, struct sp_table_link *link, uint64_t hash);
void sp_table_remove(struct sp_table *table, struct sp_table_link *link);
/* The first candidate for `hash`, then the next after `link`; NULL at the end. */
struct sp_table_link *sp_table_first(const struct sp_table *table, uint64_t hash);
struct sp_table_link *sp_table_next(const struct sp_table_link *link);

#endif
