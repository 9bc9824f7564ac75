/* SPDX-License-Identifier: MIT
 * tests/unit/test_sha1_fast.c -- the processor's SHA-1 beside the portable one. */
#include "unit.h"

#include "../../base/sha1.h"
#include "../../base/sha1_fast.h"

/* So many blocks in a row, of octets that a number draws; both ways yield the same. */
static const size_t rows[] = { 1, 2, 3, 7, 32, 33, 1000 };

START_TEST(same_as_portable)
{
    size_t         octets = 64 * rows[_i];
    uint8_t       *text = unit_room(octets);
    struct sp_sha1 sha;
    uint32_t       H[5];

    if (!sp_sha1_fast_here())
        return;
    for (size_t i = 0; i < octets; i++)
        text[i] = (uint8_t)(i * i >> 3 ^ 31 * i);
    sp_sha1_init(&sha);
    memcpy(H, sha.h, sizeof H);
    sp_sha1_fast(H, text, rows[_i]);
    for (size_t at = 0; at < octets; at += 64) /* too little at once to ask the processor */
        sp_sha1_add(&sha, sp_slice(text + at, 64));
    ck_assert_mem_eq(H, sha.h, sizeof H);
}
END_TEST

Suite *test_sha1_fast_suite(void)
{
    Suite *suite = suite_create("sha1_fast");
    TCase *tcase = unit_tcase(suite, "sha1_fast");

    unit_loop(tcase, same_as_portable, rows);
    return suite;
}
