/* SPDX-License-Identifier: MIT
 * tests/unit/test_store.c -- blocks that never overlap, and join again when they are given back. */
#include "unit.h"

#include "../../base/store.h"

static struct sp_store *make(size_t octets)
{
    struct sp_store *store = unit_room(sizeof *store);
    struct sp_arena  arena = sp_arena(NULL);

    sp_store_init(store, &arena, octets);
    arena = unit_arena(arena);
    sp_store_init(store, &arena, octets);
    return store;
}

/* The largest block that can be had now. */
static size_t largest(struct sp_store *store)
{
    for (size_t octets = store->octets; octets > 0; octets--) {
        void *block = sp_store_take(store, octets);

        sp_store_give(store, block);
        if (block != NULL)
            return octets;
    }
    return 0;
}

static const struct size_row {
    size_t asked, octets, largest;
} size_rows[] = {
    { 0, 0, 0 },       { 1, 64, 64 },        { 64, 64, 64 },    { 65, 128, 128 },
    { 192, 192, 128 }, { 1000, 1024, 1024 }, { 960, 960, 512 },
};

START_TEST(sizes)
{
    const struct size_row *row = &size_rows[_i];
    struct sp_store       *store = make(row->asked);

    ck_assert_uint_eq(store->octets, row->octets);
    ck_assert_uint_eq(largest(store), row->largest);
    ck_assert_ptr_null(sp_store_take(store, row->largest + 1));
    ck_assert_uint_eq(store->used, 0);
}
END_TEST

START_TEST(no_more_than_there_is)
{
    struct sp_store *store = make(128);

    ck_assert_ptr_null(sp_store_take(store, 129));
    ck_assert_ptr_null(sp_store_take(store, SIZE_MAX));
    ck_assert_ptr_nonnull(sp_store_take(store, 128));
    ck_assert_ptr_null(sp_store_take(store, 0));
    sp_store_give(store, NULL);
    ck_assert_uint_eq(store->used, 128);
}
END_TEST

/* All smallest blocks out, given back in several orders: the whole is there again. */
START_TEST(joins_again)
{
    static const size_t steps[] = { 1, 3, 5, 7, 11, 13 };
    struct sp_store    *store = make(16 * 64);
    char               *blocks[16];

    for (int i = 0; i < 16; i++) {
        blocks[i] = sp_store_take(store, 64);
        ck_assert_ptr_nonnull(blocks[i]);
        memset(blocks[i], i, 64);
    }
    ck_assert_ptr_null(sp_store_take(store, 1));
    for (int i = 0; i < 16; i++)
        for (int k = 0; k < 64; k++)
            ck_assert_int_eq(blocks[i][k], i);
    for (size_t i = 0; i < 16; i++)
        sp_store_give(store, blocks[i * steps[_i] % 16]);
    ck_assert_uint_eq(store->used, 0);
    ck_assert_uint_eq(largest(store), 1024);
}
END_TEST

START_TEST(copies)
{
    struct sp_store *store = make(128);
    struct sp_slice  text = UNIT_LIT("MESSAGE sip:a"), copy = sp_store_copy(store, text), empty;

    unit_eq(copy, "MESSAGE sip:a");
    ck_assert_ptr_ne(copy.at, text.at);
    empty = sp_store_copy(store, (struct sp_slice){ NULL, 0 });
    ck_assert_ptr_nonnull(empty.at);
    ck_assert_uint_eq(empty.len, 0);
    ck_assert_ptr_null(sp_store_copy(store, text).at);
    sp_store_give(store, copy.at);
    sp_store_give(store, empty.at);
    ck_assert_uint_eq(largest(store), 128);
}
END_TEST

static const struct shrink_row {
    size_t taken, kept, used;
} shrink_rows[] = {
    { 1024, 0, 64 },    { 1024, 1, 64 },     { 1024, 64, 64 },     { 1024, 65, 128 },
    { 1024, 512, 512 }, { 1024, 513, 1024 }, { 1024, 1024, 1024 }, { 60, 10, 64 },
};

START_TEST(shrinks)
{
    const struct shrink_row *row = &shrink_rows[_i];
    struct sp_store         *store = make(1024);
    char                    *block = sp_store_take(store, row->taken);

    memset(block, 0xee, row->taken);
    sp_store_shrink(store, block, row->kept);
    ck_assert_uint_eq(store->used, row->used);
    ck_assert(sp_store_fits(store, block, row->used));
    ck_assert(!sp_store_fits(store, block, row->used + 1));
    for (size_t i = 0; i < row->kept; i++)
        ck_assert_int_eq((unsigned char)block[i], 0xee);
    ck_assert_uint_eq(largest(store), row->used > 512 ? 0 : 512);
    sp_store_give(store, block);
    ck_assert_uint_eq(store->used, 0);
    ck_assert_uint_eq(largest(store), 1024);
}
END_TEST

#define MANY 40

/* Blocks of many lengths come and go; each keeps what was written to it; in the end all is whole.
 */
START_TEST(never_overlaps)
{
    struct sp_store *store = make(4096 + 64 * (size_t)_i);
    size_t           whole = largest(store);
    char            *blocks[MANY] = { NULL };
    size_t           lengths[MANY] = { 0 };
    uint32_t         dice = (uint32_t)_i + 1;

    for (int step = 0; step < 2000; step++) {
        uint32_t i;

        dice = dice * 1664525u + 1013904223u;
        i = (dice >> 8) % MANY;
        for (size_t k = 0; blocks[i] != NULL && k < lengths[i]; k++)
            ck_assert_int_eq(blocks[i][k], (char)i);
        if (blocks[i] != NULL && dice >> 30 == 0) {
            lengths[i] /= 2;
            sp_store_shrink(store, blocks[i], lengths[i]);
            continue;
        }
        sp_store_give(store, blocks[i]);
        lengths[i] = (dice >> 16) % 700;
        blocks[i] = sp_store_take(store, lengths[i]);
        if (blocks[i] != NULL)
            memset(blocks[i], (int)i, lengths[i]);
    }
    for (int i = 0; i < MANY; i++)
        sp_store_give(store, blocks[i]);
    ck_assert_uint_eq(store->used, 0);
    ck_assert_uint_eq(largest(store), whole);
}
END_TEST

START_TEST(giving_twice)
{
    struct sp_store *store = make(128);
    void            *block = sp_store_take(store, 64);

    sp_store_give(store, block);
    sp_store_give(store, block);
}
END_TEST

START_TEST(giving_the_middle)
{
    struct sp_store *store = make(128);
    char            *block = sp_store_take(store, 128);

    sp_store_give(store, block + 64);
}
END_TEST

Suite *test_store_suite(void)
{
    Suite *suite = suite_create("store");
    TCase *tcase = unit_tcase(suite, "store");

    unit_loop(tcase, sizes, size_rows);
    tcase_add_test(tcase, no_more_than_there_is);
    tcase_add_loop_test(tcase, joins_again, 0, 6);
    tcase_add_test(tcase, copies);
    unit_loop(tcase, shrinks, shrink_rows);
    tcase_add_loop_test(tcase, never_overlaps, 0, 8);
    unit_asserts(tcase, giving_twice);
    unit_asserts(tcase, giving_the_middle);
    return suite;
}
