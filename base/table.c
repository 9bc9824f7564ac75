/* SPDX-License-Identifier: MIT
 * base/table.c -- a hash table of objects that own their links; SipHash-2-4.
 *
 * SipHash: J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", 2012. */
#include "table.h"

#include <assert.h>

static uint64_t load(const char *from, size_t octets)
{
    uint64_t word = 0;

    for (size_t i = 0; i < octets; i++)
        word |= (uint64_t)(unsigned char)from[i] << (8 * i);
    return word;
}

/* The same for eight octets, in a form that compilers know for one load. */
static uint64_t load_word(const char *from)
{
    const unsigned char *at = (const unsigned char *)from;

    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

void sp_table_init(struct sp_table *table, struct sp_arena *arena, uint32_t capacity,
                   const uint8_t key[16])
{
    uint32_t buckets = 1;

    while (buckets < capacity && buckets < UINT32_C(1) << 31)
        buckets *= 2;
    table->buckets = sp_arena_take(arena, buckets, sizeof *table->buckets);
    table->mask = buckets - 1;
    table->key[0] = load((const char *)key, 8);
    table->key[1] = load((const char *)key + 8, 8);
}

static uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static void rounds(uint64_t v[4], int count)
{
    while (count-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

static void absorb(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    rounds(v, 2);
    v[0] ^= word;
}

/* Each part enters as its length in eight octets and itself, filled up with zeros to a multiple of
 * eight: no two lists of parts give the same octets, and every word is aligned. */
uint64_t sp_table_hash(const struct sp_table *table, const struct sp_slice *parts, size_t count)
{
    uint64_t v[4] = { table->key[0] ^ UINT64_C(0x736f6d6570736575),
                      table->key[1] ^ UINT64_C(0x646f72616e646f6d),
                      table->key[0] ^ UINT64_C(0x6c7967656e657261),
                      table->key[1] ^ UINT64_C(0x7465646279746573) };
    uint64_t words = 0;

    for (size_t i = 0; i < count; i++) {
        struct sp_slice part = parts[i];
        size_t          at = 0;

        absorb(v, part.len);
        for (; part.len - at >= 8; at += 8)
            absorb(v, load_word(part.at + at));
        if (at < part.len)
            absorb(v, load(part.at + at, part.len - at));
        words += 1 + part.len / 8 + (part.len % 8 > 0);
    }
    absorb(v, words * 8 << 56);
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static struct sp_table_link **bucket(const struct sp_table *table, uint64_t hash)
{
    return &table->buckets[hash & table->mask];
}

/* Where the pointer to `link` stands, or the NULL at the end of its bucket. */
static struct sp_table_link **pointer_to(const struct sp_table *table, struct sp_table_link *link)
{
    struct sp_table_link **at = bucket(table, link->hash);

    while (*at != NULL && *at != link)
        at = &(*at)->next;
    return at;
}

void sp_table_add(struct sp_table *table, struct sp_table_link *link, uint64_t hash)
{
    struct sp_table_link **head = bucket(table, hash);

    link->hash = hash;
    assert(*pointer_to(table, link) == NULL);
    link->next = *head;
    *head = link;
}

void sp_table_remove(struct sp_table *table, struct sp_table_link *link)
{
    struct sp_table_link **at = pointer_to(table, link);

    if (*at == NULL)
        return;
    *at = link->next;
    *link = (struct sp_table_link){ NULL, 0 };
}

static struct sp_table_link *candidate(struct sp_table_link *link, uint64_t hash)
{
    while (link != NULL && link->hash != hash)
        link = link->next;
    return link;
}

struct sp_table_link *sp_table_first(const struct sp_table *table, uint64_t hash)
{
    return candidate(*bucket(table, hash), hash);
}

struct sp_table_link *sp_table_next(const struct sp_table_link *link)
{
    return candidate(link->next, link->hash);
}
