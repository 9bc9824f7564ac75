/* SPDX-License-Identifier: MIT
 * tests/unit/test_table.c -- SipHash against its paper, and the table's candidates. */
#include "unit.h"

#include "../../base/list.h"
#include "../../base/table.h"

static const uint8_t key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static struct sp_table make(uint32_t capacity, const uint8_t with[16])
{
    struct sp_table table;
    struct sp_arena arena = sp_arena(NULL);

    sp_table_init(&table, &arena, capacity, with);
    arena = unit_arena(arena);
    sp_table_init(&table, &arena, capacity, with);
    return table;
}

/* ---- SipHash-2-4 once more, octet for octet as the paper has it ---- */

static uint64_t rotl(uint64_t x, int b)
{
    return (x << b) | (x >> (64 - b));
}

static void sipround(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d)
{
    *a += *b, *b = rotl(*b, 13), *b ^= *a, *a = rotl(*a, 32);
    *c += *d, *d = rotl(*d, 16), *d ^= *c;
    *a += *d, *d = rotl(*d, 21), *d ^= *a;
    *c += *b, *b = rotl(*b, 17), *b ^= *c, *c = rotl(*c, 32);
}

static uint64_t siphash(const uint8_t *k, const uint8_t *in, size_t len)
{
    uint64_t k0 = 0, k1 = 0, a, b, c, d;

    for (int i = 7; i >= 0; i--) {
        k0 = k0 << 8 | k[i];
        k1 = k1 << 8 | k[8 + i];
    }
    a = k0 ^ 0x736f6d6570736575u;
    b = k1 ^ 0x646f72616e646f6du;
    c = k0 ^ 0x6c7967656e657261u;
    d = k1 ^ 0x7465646279746573u;
    for (size_t word = 0; word <= len / 8; word++) {
        uint64_t m = word == len / 8 ? (uint64_t)len << 56 : 0;

        for (size_t i = 0; i < 8 && 8 * word + i < len; i++)
            m |= (uint64_t)in[8 * word + i] << (8 * i);
        d ^= m;
        sipround(&a, &b, &c, &d);
        sipround(&a, &b, &c, &d);
        a ^= m;
    }
    c ^= 0xff;
    for (int i = 0; i < 4; i++)
        sipround(&a, &b, &c, &d);
    return a ^ b ^ c ^ d;
}

/* Appendix A of the paper: key 00..0f, message 00..0e. */
START_TEST(paper)
{
    ck_assert_uint_eq(siphash(key, key, 15), 0xa129ca6149be45e5u);
    ck_assert_uint_eq(siphash(key, key, 0), 0x726fdb47dd0e0e31u);
}
END_TEST

static const struct hash_row {
    const char *parts[3];
    size_t      count;
} hash_rows[] = {
    { { NULL }, 0 },           { { "" }, 1 },
    { { "", "" }, 2 },         { { "a" }, 1 },
    { { "1234567" }, 1 },      { { "12345678" }, 1 },
    { { "123456789" }, 1 },    { { "z9hG4bK776asdhds", "pc33.atlanta.com:5060", "INVITE" }, 3 },
    { { "ab", "c" }, 2 },      { { "a", "bc" }, 2 },
    { { "abc" }, 1 },          { { "abc", "" }, 2 },
    { { "\x80\xff\x81" }, 1 },
};

START_TEST(hashes_length_and_octets_of_each_part)
{
    const struct hash_row *row = &hash_rows[_i];
    struct sp_table        table = make(1, key);
    struct sp_slice        parts[3];
    uint8_t                in[128] = { 0 };
    size_t                 len = 0;

    for (size_t i = 0; i < row->count; i++) {
        parts[i] = unit_text(row->parts[i]);
        in[len] = (uint8_t)parts[i].len;
        len += 8;
        memcpy(in + len, parts[i].at, parts[i].len);
        len += (parts[i].len + 7) / 8 * 8;
    }
    ck_assert_uint_eq(sp_table_hash(&table, parts, row->count), siphash(key, in, len));
}
END_TEST

START_TEST(hashes_differ_by_key_and_parts)
{
    static const uint8_t other[16] = { 1 };
    struct sp_table      table = make(1, key), keyed = make(1, other);
    uint64_t             hashes[UNIT_ROWS(hash_rows)];

    for (size_t i = 0; i < UNIT_ROWS(hash_rows); i++) {
        struct sp_slice parts[3];

        for (size_t k = 0; k < hash_rows[i].count; k++)
            parts[k] = sp_str(hash_rows[i].parts[k]);
        hashes[i] = sp_table_hash(&table, parts, hash_rows[i].count);
        ck_assert_uint_ne(hashes[i], sp_table_hash(&keyed, parts, hash_rows[i].count));
        for (size_t k = 0; k < i; k++)
            ck_assert_uint_ne(hashes[i], hashes[k]);
    }
}
END_TEST

static const struct size_row {
    uint32_t capacity, buckets;
} size_rows[] = { { 0, 1 }, { 1, 1 }, { 2, 2 }, { 3, 4 }, { 256, 256 }, { 257, 512 } };

START_TEST(buckets_are_a_power_of_two)
{
    struct sp_table table = make(size_rows[_i].capacity, key);

    ck_assert_uint_eq(table.mask + 1, size_rows[_i].buckets);
}
END_TEST

struct item {
    int                  name;
    struct sp_table_link link;
};

/* The sum of the names of the candidates. */
static int candidates(const struct sp_table *table, uint64_t hash)
{
    int sum = 0;

    for (struct sp_table_link *l = sp_table_first(table, hash); l != NULL; l = sp_table_next(l))
        sum += SP_OF(l, struct item, link)->name;
    return sum;
}

START_TEST(finds_by_hash)
{
    struct sp_table table = make(2, key); /* few buckets: they are shared */
    struct item     items[5] = {
            { .name = 1 }, { .name = 2 }, { .name = 4 }, { .name = 8 }, { .name = 16 }
    };
    uint64_t hashes[5] = { 6, 6, 8, UINT64_C(6) << 40 | 6, 7 };

    ck_assert_ptr_null(sp_table_first(&table, 6));
    for (int i = 0; i < 5; i++)
        sp_table_add(&table, &items[i].link, hashes[i]);
    ck_assert_int_eq(candidates(&table, 6), 1 + 2);
    ck_assert_int_eq(candidates(&table, 8), 4);
    ck_assert_int_eq(candidates(&table, UINT64_C(6) << 40 | 6), 8);
    ck_assert_int_eq(candidates(&table, 7), 16);
    ck_assert_int_eq(candidates(&table, 9), 0);
    sp_table_remove(&table, &items[0].link);
    ck_assert_int_eq(candidates(&table, 6), 2);
    sp_table_remove(&table, &items[0].link); /* in no table: nothing happens */
    sp_table_remove(&table, &items[3].link);
    sp_table_remove(&table, &items[1].link);
    ck_assert_int_eq(candidates(&table, 6), 0);
    ck_assert_int_eq(candidates(&table, 8), 4);
    sp_table_add(&table, &items[0].link, 8);
    ck_assert_int_eq(candidates(&table, 8), 5);
}
END_TEST

START_TEST(adding_twice)
{
    struct sp_table table = make(2, key);
    struct item     a = { .name = 1 };

    sp_table_add(&table, &a.link, 3);
    sp_table_add(&table, &a.link, 3);
}
END_TEST

Suite *test_table_suite(void)
{
    Suite *suite = suite_create("table");
    TCase *tcase = unit_tcase(suite, "table");

    tcase_add_test(tcase, paper);
    unit_loop(tcase, hashes_length_and_octets_of_each_part, hash_rows);
    tcase_add_test(tcase, hashes_differ_by_key_and_parts);
    unit_loop(tcase, buckets_are_a_power_of_two, size_rows);
    tcase_add_test(tcase, finds_by_hash);
    unit_asserts(tcase, adding_twice);
    return suite;
}
