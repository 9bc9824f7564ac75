/* SPDX-License-Identifier: MIT
 * tests/unit/test_arena.c -- measuring and laying out agree; what overflows is refused. */
#include "unit.h"

#include <stdalign.h>
#include <stdint.h>

static const struct part {
    size_t count, octets;
} parts[] = { { 1, 1 }, { 3, 5 }, { 0, 8 }, { 8, 0 }, { 1, 16 }, { 7, 24 }, { 1, 1 } };

START_TEST(measures_what_it_lays_out)
{
    struct sp_arena measured = sp_arena(NULL);
    struct sp_arena laid_out;
    char           *memory, *before = NULL;
    size_t          length = 0;

    for (size_t i = 0; i < UNIT_ROWS(parts); i++)
        ck_assert_ptr_null(sp_arena_take(&measured, parts[i].count, parts[i].octets));
    memory = unit_room(measured.used);
    memset(memory, 0xee, measured.used);
    laid_out = sp_arena(memory);
    for (size_t i = 0; i < UNIT_ROWS(parts); i++) {
        char *at = sp_arena_take(&laid_out, parts[i].count, parts[i].octets);

        ck_assert_uint_eq((uintptr_t)at % alignof(max_align_t), 0);
        if (before != NULL)
            ck_assert(at >= before + length);
        before = at;
        length = parts[i].count * parts[i].octets;
        for (size_t k = 0; k < length; k++) {
            ck_assert_int_eq(at[k], 0);
            at[k] = 1;
        }
    }
    ck_assert_uint_eq(laid_out.used, measured.used);
}
END_TEST

START_TEST(too_much_is_the_largest_size)
{
    struct sp_arena arena = sp_arena(NULL);

    sp_arena_take(&arena, SIZE_MAX / 2, 3);
    ck_assert_uint_eq(arena.used, SIZE_MAX);
    sp_arena_take(&arena, 1, 1);
    ck_assert_uint_eq(arena.used, SIZE_MAX);

    arena = sp_arena(NULL);
    sp_arena_take(&arena, 1, SIZE_MAX - 3);
    ck_assert_uint_eq(arena.used, SIZE_MAX);

    arena = sp_arena(NULL);
    sp_arena_take(&arena, SIZE_MAX / 2, 1);
    sp_arena_take(&arena, SIZE_MAX / 2 + 8, 1);
    ck_assert_uint_eq(arena.used, SIZE_MAX);
}
END_TEST

START_TEST(room_is_not_touched)
{
    struct sp_arena measured = sp_arena(NULL), laid_out;
    char           *memory, *at;

    ck_assert_ptr_null(sp_arena_room(&measured, 3, 20));
    memory = unit_room(measured.used);
    memset(memory, 0xee, measured.used);
    laid_out = sp_arena(memory);
    at = sp_arena_room(&laid_out, 3, 20);
    ck_assert_ptr_eq(at, memory);
    for (size_t i = 0; i < 60; i++)
        ck_assert_int_eq((unsigned char)at[i], 0xee);
    ck_assert_uint_eq(laid_out.used, measured.used);
}
END_TEST

START_TEST(memory_must_be_aligned)
{
    char *memory = unit_room(64);

    sp_arena(memory + 1);
}
END_TEST

Suite *test_arena_suite(void)
{
    Suite *suite = suite_create("arena");
    TCase *tcase = unit_tcase(suite, "arena");

    tcase_add_test(tcase, measures_what_it_lays_out);
    tcase_add_test(tcase, too_much_is_the_largest_size);
    tcase_add_test(tcase, room_is_not_touched);
    unit_asserts(tcase, memory_must_be_aligned);
    return suite;
}
