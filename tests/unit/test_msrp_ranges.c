/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_ranges.c -- intervals that merge: RFC 4975 7.3.1. */
#include "../../msrp/msrp_ranges.h"

#include "unit.h"

#define ROOM 4

static const struct {
    struct msrp_interval add[6];
    enum sp_err          last; /* of the last addition */
    uint32_t             used;
    uint64_t             whole, end, octets;
} rows[] = {
    { { { 0, 0 } }, SP_OK, 0, 0, 0, 0 }, /* of no octets */
    { { { 0, 10 } }, SP_OK, 1, 10, 10, 10 },
    { { { 0, 10 }, { 10, 20 } }, SP_OK, 1, 20, 20, 20 }, /* they touch */
    { { { 10, 20 }, { 0, 10 } }, SP_OK, 1, 20, 20, 20 },
    { { { 0, 10 }, { 11, 20 } }, SP_OK, 2, 10, 20, 19 },
    { { { 0, 10 }, { 20, 30 }, { 10, 20 } }, SP_OK, 1, 30, 30, 30 },
    { { { 0, 10 }, { 20, 30 }, { 5, 25 } }, SP_OK, 1, 30, 30, 30 },
    { { { 2, 3 }, { 4, 5 }, { 6, 7 }, { 0, 100 } }, SP_OK, 1, 100, 100, 100 },
    { { { 2, 3 }, { 4, 5 }, { 6, 7 }, { 3, 6 } }, SP_OK, 1, 0, 7, 5 },
    { { { 0, 10 }, { 0, 10 }, { 3, 5 } }, SP_OK, 1, 10, 10, 10 }, /* again */
    { { { 8, 9 }, { 6, 7 }, { 4, 5 }, { 2, 3 } }, SP_OK, 4, 0, 9, 4 },
    { { { 8, 9 }, { 6, 7 }, { 4, 5 }, { 2, 3 }, { 0, 1 } }, SP_LIMIT, 4, 0, 9, 4 },
    { { { 8, 9 }, { 6, 7 }, { 4, 5 }, { 2, 3 }, { 1, 2 } }, SP_OK, 4, 0, 9, 5 },
    { { { 0, UINT64_MAX }, { 1, 2 } }, SP_OK, 1, UINT64_MAX, UINT64_MAX, UINT64_MAX },
};

START_TEST(adds)
{
    struct msrp_interval *room = unit_room(ROOM * sizeof *room);
    struct msrp_ranges    ranges;
    enum sp_err           err = SP_OK;

    msrp_ranges_init(&ranges, room, ROOM);
    for (int i = 0; i < 6 && (i == 0 || rows[_i].add[i].to > 0); i++)
        err = msrp_ranges_add(&ranges, rows[_i].add[i].from, rows[_i].add[i].to);
    unit_err(err, rows[_i].last);
    ck_assert_uint_eq(ranges.used, rows[_i].used);
    ck_assert_uint_eq(msrp_ranges_whole(&ranges), rows[_i].whole);
    ck_assert_uint_eq(msrp_ranges_end(&ranges), rows[_i].end);
    ck_assert_uint_eq(msrp_ranges_octets(&ranges), rows[_i].octets);
}
END_TEST

/* Random intervals against a map of octets. */
START_TEST(agrees_with_a_map)
{
    struct msrp_interval room[64];
    struct msrp_ranges   ranges;
    char                 map[128] = { 0 };
    uint32_t             random = 1 + (uint32_t)_i;

    msrp_ranges_init(&ranges, room, 64);
    for (int step = 0; step < 60; step++) {
        uint64_t from, to, octets = 0, whole = 0;

        random = random * 1664525 + 1013904223;
        from = random >> 25;
        random = random * 1664525 + 1013904223;
        to = from + (random >> 28);
        to = to > 128 ? 128 : to;
        unit_err(msrp_ranges_add(&ranges, from, to), SP_OK);
        memset(map + from, 1, to - from);
        for (size_t i = 0; i < 128; i++)
            octets += (uint64_t)map[i];
        while (whole < 128 && map[whole] != 0)
            whole++;
        ck_assert_uint_eq(msrp_ranges_octets(&ranges), octets);
        ck_assert_uint_eq(msrp_ranges_whole(&ranges), whole);
        for (uint32_t i = 1; i < ranges.used; i++)
            ck_assert_uint_lt(room[i - 1].to, room[i].from);
    }
}
END_TEST

Suite *test_msrp_ranges_suite(void)
{
    Suite *suite = suite_create("msrp_ranges");
    TCase *tcase = unit_tcase(suite, "msrp_ranges");

    unit_loop(tcase, adds, rows);
    tcase_add_loop_test(tcase, agrees_with_a_map, 0, 20);
    return suite;
}
