/* SPDX-License-Identifier: MIT
 * tests/unit/test_ident.c -- identifiers: the same from the same seed, spread evenly, never alike.
 */
#include "unit.h"

#include "../../base/ident.h"
#include "../../base/sha256.h"

static const uint8_t seed[SP_SEED_OCTETS] = "a seed of thirty-two octets.....";

static struct sp_ident make(void)
{
    struct sp_ident ident;

    sp_ident_init(&ident, seed);
    return ident;
}

/* The n-th block is SHA-256 of seed and counter. */
START_TEST(blocks)
{
    struct sp_ident  ident = make();
    struct sp_sha256 sha;
    uint8_t          drawn[96], want[96];
    char             counter[8] = { 0 };

    for (char i = 0; i < 3; i++) {
        counter[7] = i;
        sp_sha256_init(&sha);
        sp_sha256_add(&sha, sp_slice(seed, sizeof seed));
        sp_sha256_add(&sha, sp_slice(counter, sizeof counter));
        sp_sha256_end(&sha, want + 32 * i);
    }
    sp_ident_octets(&ident, drawn, 1); /* in uneven pieces */
    sp_ident_octets(&ident, drawn + 1, 40);
    sp_ident_octets(&ident, drawn + 41, 55);
    ck_assert_mem_eq(drawn, want, sizeof want);
    ck_assert_uint_eq(ident.counter, 3);
}
END_TEST

START_TEST(split_parts_draw_independently)
{
    struct sp_ident whole = make(), part;
    uint8_t         of_part[SP_SEED_OCTETS], a[32], b[32];

    sp_ident_split(&whole, of_part);
    ck_assert_mem_ne(of_part, seed, sizeof seed);
    sp_ident_init(&part, of_part);
    sp_ident_octets(&whole, a, sizeof a);
    sp_ident_octets(&part, b, sizeof b);
    ck_assert_mem_ne(a, b, sizeof a);
    sp_ident_split(&whole, a);
    ck_assert_mem_ne(a, of_part, sizeof a);
}
END_TEST

static const uint32_t limits[] = { 1, 2, 3, 10, 255, 256, 257, UINT32_C(1) << 31, UINT32_MAX };

START_TEST(below)
{
    struct sp_ident ident = make();
    int             upper = 0;

    for (int i = 0; i < 2000; i++) {
        uint32_t n = sp_ident_below(&ident, limits[_i]);

        ck_assert_uint_lt(n, limits[_i]);
        upper += n >= limits[_i] / 2;
    }
    if (limits[_i] > 3)
        ck_assert(upper > 850 && upper < 1150);
}
END_TEST

/* Two thirds of 2^32 as the limit: a plain remainder would draw the lower half twice as often. */
START_TEST(below_is_fair)
{
    struct sp_ident ident = make();
    uint32_t        limit = UINT32_C(0xAAAAAAAA);
    int             lower = 0;

    for (int i = 0; i < 3000; i++)
        lower += sp_ident_below(&ident, limit) < limit / 2;
    ck_assert(lower > 1350 && lower < 1650);
}
END_TEST

#define CHARS 6200

/* 3261-19.3-1 */
START_TEST(tokens)
{
    struct sp_ident ident = make(), same = make();
    size_t          seen[256] = { 0 };
    char           *text = unit_room(CHARS);
    struct sp_buf   buf = sp_buf(unit_room(CHARS), CHARS);
    int             kinds = 0;

    sp_ident_token(&ident, text, CHARS);
    sp_put_token(&buf, &same, CHARS);
    unit_err(buf.err, SP_OK);
    unit_eq_slice(sp_written(&buf), sp_slice(text, CHARS));
    for (size_t i = 0; i < CHARS; i++) {
        ck_assert(sp_is_alnum(text[i]));
        seen[(unsigned char)text[i]]++;
    }
    for (int c = 0; c < 256; c++)
        if (seen[c] > 0) {
            kinds++;
            ck_assert(seen[c] > 50 && seen[c] < 150); /* 100 of each are expected */
        }
    ck_assert_int_eq(kinds, 62);
}
END_TEST

/* Octets from 248 on are skipped: 62 divides 248, and no character is favoured. */
START_TEST(token_skips_what_would_favour)
{
    struct sp_ident ident = make(), same = make();
    int             skipped = 0;

    for (int i = 0; i < 4000; i++) {
        uint8_t octet;
        char    c;

        sp_ident_octets(&ident, &octet, 1);
        if (octet >= 248) {
            skipped++;
            continue;
        }
        sp_ident_token(&same, &c, 1);
        ck_assert_int_eq(
            c, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[octet % 62]);
    }
    ck_assert_int_gt(skipped, 0);
}
END_TEST

START_TEST(token_without_room)
{
    struct sp_ident ident = make();
    struct sp_buf   buf = sp_buf(unit_room(7), 7);

    sp_put_token(&buf, &ident, 8);
    unit_err(buf.err, SP_ROOM);
}
END_TEST

START_TEST(below_nothing)
{
    struct sp_ident ident = make();

    sp_ident_below(&ident, 0);
}
END_TEST

Suite *test_ident_suite(void)
{
    Suite *suite = suite_create("ident");
    TCase *tcase = unit_tcase(suite, "ident");

    tcase_add_test(tcase, blocks);
    tcase_add_test(tcase, split_parts_draw_independently);
    unit_loop(tcase, below, limits);
    tcase_add_test(tcase, below_is_fair);
    tcase_add_test(tcase, tokens);
    tcase_add_test(tcase, token_skips_what_would_favour);
    tcase_add_test(tcase, token_without_room);
    unit_asserts(tcase, below_nothing);
    return suite;
}
