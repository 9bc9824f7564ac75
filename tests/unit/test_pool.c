/* SPDX-License-Identifier: MIT
 * tests/unit/test_pool.c -- slots, and handles that know when theirs is gone. */
#include "unit.h"

#include <stdalign.h>

#include "../../base/pool.h"

/* A pool in exactly the memory that it measured. */
static struct sp_pool make(uint32_t capacity, size_t slot_octets)
{
    struct sp_pool  pool;
    struct sp_arena arena = sp_arena(NULL);

    sp_pool_init(&pool, &arena, capacity, slot_octets);
    arena = unit_arena(arena);
    sp_pool_init(&pool, &arena, capacity, slot_octets);
    return pool;
}

START_TEST(takes_until_full)
{
    uint32_t       capacity = (uint32_t)_i;
    struct sp_pool pool = make(capacity, 20);
    char          *slots[8];

    for (uint32_t i = 0; i < capacity; i++) {
        slots[i] = sp_pool_take(&pool);
        ck_assert_ptr_nonnull(slots[i]);
        ck_assert_uint_eq((uintptr_t)slots[i] % alignof(max_align_t), 0);
        for (uint32_t k = 0; k < i; k++)
            ck_assert_ptr_ne(slots[k], slots[i]);
        memset(slots[i], 0xee, 20);
    }
    ck_assert_ptr_null(sp_pool_take(&pool));
    ck_assert_uint_eq(pool.used, capacity);
    for (uint32_t i = 0; i < capacity; i++)
        sp_pool_give(&pool, slots[i]);
    ck_assert_uint_eq(pool.used, 0);
    for (uint32_t i = 0; i < capacity; i++) {
        char *slot = sp_pool_take(&pool);

        for (int k = 0; k < 20; k++)
            ck_assert_int_eq(slot[k], 0);
    }
    ck_assert_ptr_null(sp_pool_take(&pool));
}
END_TEST

START_TEST(handles_go_stale)
{
    struct sp_pool   pool = make(2, 4);
    void            *a = sp_pool_take(&pool), *b = sp_pool_take(&pool);
    struct sp_handle of_a = sp_pool_handle(&pool, a), of_b = sp_pool_handle(&pool, b);

    ck_assert_ptr_eq(sp_pool_find(&pool, of_a), a);
    ck_assert_ptr_eq(sp_pool_find(&pool, of_b), b);
    ck_assert(sp_handle_eq(of_a, sp_pool_handle(&pool, a)) && !sp_handle_eq(of_a, of_b));
    sp_pool_give(&pool, a);
    ck_assert_ptr_null(sp_pool_find(&pool, of_a));
    ck_assert_ptr_eq(sp_pool_take(&pool), a);
    ck_assert_ptr_null(sp_pool_find(&pool, of_a)); /* the slot is in use again, by another */
    ck_assert(!sp_handle_eq(of_a, sp_pool_handle(&pool, a)));
    ck_assert_ptr_eq(sp_pool_find(&pool, of_b), b);
}
END_TEST

START_TEST(made_up_handles_find_nothing)
{
    struct sp_pool   pool = make(2, 4);
    void            *a = sp_pool_take(&pool);
    struct sp_handle h = sp_pool_handle(&pool, a);

    ck_assert(sp_handle_none((struct sp_handle){ 0, 0 }) && !sp_handle_none(h));
    ck_assert_ptr_null(sp_pool_find(&pool, (struct sp_handle){ 0, 0 }));
    ck_assert_ptr_null(sp_pool_find(&pool, (struct sp_handle){ 0, 1 }));
    ck_assert_ptr_null(sp_pool_find(&pool, (struct sp_handle){ 2, 0 })); /* free, generation 0 */
    ck_assert_ptr_null(sp_pool_find(&pool, (struct sp_handle){ 3, 1 }));
    ck_assert_ptr_null(sp_pool_find(&pool, (struct sp_handle){ UINT32_MAX, 1 }));
    ck_assert_ptr_null(sp_pool_find(&pool, (struct sp_handle){ h.slot, h.generation + 2 }));
}
END_TEST

/* Behind the generations lie numbers that look like one. */
START_TEST(a_handle_behind_the_end_finds_nothing)
{
    struct sp_pool pool = make(4, 4);

    for (uint32_t generation = 0; generation < 8; generation++)
        ck_assert_ptr_null(sp_pool_find(&pool, (struct sp_handle){ 5, generation }));
}
END_TEST

static const struct slot_row {
    size_t asked, octets;
} slot_rows[] = { { 1, 16 }, { 15, 16 }, { 16, 16 }, { 17, 32 }, { 32, 32 } };

START_TEST(slots_are_rounded_up)
{
    size_t align = alignof(max_align_t);

    ck_assert_uint_eq(make(1, slot_rows[_i].asked).slot_octets, slot_rows[_i].octets / 16 * align);
}
END_TEST

START_TEST(walks_what_is_taken)
{
    struct sp_pool pool = make(4, 1);
    char          *slots[4];
    int            seen = 0;

    ck_assert_ptr_null(sp_pool_next(&pool, NULL));
    for (int i = 0; i < 4; i++) {
        slots[i] = sp_pool_take(&pool);
        *slots[i] = (char)(1 << i);
    }
    sp_pool_give(&pool, slots[1]);
    for (char *slot = sp_pool_next(&pool, NULL); slot != NULL; slot = sp_pool_next(&pool, slot)) {
        ck_assert_int_eq(seen & *slot, 0);
        seen |= *slot;
        sp_pool_give(&pool, slot);
    }
    ck_assert_int_eq(seen, 1 | 4 | 8);
    ck_assert_uint_eq(pool.used, 0);
}
END_TEST

START_TEST(giving_twice)
{
    struct sp_pool pool = make(2, 4);
    void          *a = sp_pool_take(&pool);

    sp_pool_give(&pool, a);
    sp_pool_give(&pool, a);
}
END_TEST

START_TEST(giving_half_a_slot)
{
    struct sp_pool pool = make(2, 32);
    char          *a = sp_pool_take(&pool);

    sp_pool_give(&pool, a + 16);
}
END_TEST

START_TEST(giving_what_lies_elsewhere)
{
    struct sp_pool pool = make(1, 32);
    char          *a = sp_pool_take(&pool);

    sp_pool_give(&pool, a + 32);
}
END_TEST

Suite *test_pool_suite(void)
{
    Suite *suite = suite_create("pool");
    TCase *tcase = unit_tcase(suite, "pool");

    tcase_add_loop_test(tcase, takes_until_full, 0, 8);
    tcase_add_test(tcase, handles_go_stale);
    tcase_add_test(tcase, made_up_handles_find_nothing);
    tcase_add_test(tcase, a_handle_behind_the_end_finds_nothing);
    unit_loop(tcase, slots_are_rounded_up, slot_rows);
    tcase_add_test(tcase, walks_what_is_taken);
    unit_asserts(tcase, giving_twice);
    unit_asserts(tcase, giving_half_a_slot);
    unit_asserts(tcase, giving_what_lies_elsewhere);
    return suite;
}
