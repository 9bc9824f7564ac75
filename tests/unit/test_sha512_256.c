/* SPDX-License-Identifier: MIT
 * tests/unit/test_sha512_256.c -- SHA-512/256 against NIST's vectors, in one piece and in every
 * two. */
#include "unit.h"

#include "../../base/sha512_256.h"
#include "vectors.h"

static const struct file_row {
    const char *path;
    int         records;
} file_rows[] = {
    { "hash/SHA512_256ShortMsg.rsp", 129 },
};

/* Hash `msg` in pieces of `piece` octets. */
static void hash(struct sp_slice msg, size_t piece, uint8_t digest[SP_SHA512_256_OCTETS])
{
    struct sp_sha512_256 sha;

    sp_sha512_256_init(&sha);
    for (; msg.len > 0; msg = sp_from(msg, piece))
        sp_sha512_256_add(&sha, sp_head(msg, piece));
    sp_sha512_256_add(&sha, msg);
    sp_sha512_256_end(&sha, digest);
}

START_TEST(nist)
{
    static const size_t pieces[] = { 1, 3, 127, 128, 129, 1000, SIZE_MAX };
    struct sp_slice     file = unit_file(file_rows[_i].path);
    struct vector       v;
    int                 records = 0;

    for (; vector_next(&file, &v); records++)
        for (size_t i = 0; i < UNIT_ROWS(pieces); i++) {
            uint8_t digest[SP_SHA512_256_OCTETS];

            hash(v.msg, pieces[i], digest);
            unit_eq_slice(sp_slice(digest, sizeof digest), v.md);
        }
    ck_assert_int_eq(records, file_rows[_i].records);
}
END_TEST

/* Two pieces, cut at every octet: the block's edge lies anywhere. */
START_TEST(every_cut)
{
    char            text[400];
    struct sp_slice all = { text, sizeof text };
    uint8_t         want[SP_SHA512_256_OCTETS], *got = unit_room(SP_SHA512_256_OCTETS);

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(7 * i);
    hash(all, SIZE_MAX, want);
    for (size_t cut = 0; cut <= all.len; cut++) {
        struct sp_sha512_256 sha;

        sp_sha512_256_init(&sha);
        sp_sha512_256_add(&sha, unit_octets(all.at, cut));
        sp_sha512_256_add(&sha, unit_octets(all.at + cut, all.len - cut));
        sp_sha512_256_end(&sha, got);
        ck_assert_mem_eq(got, want, sizeof want);
    }
}
END_TEST

Suite *test_sha512_256_suite(void)
{
    Suite *suite = suite_create("sha512_256");
    TCase *tcase = unit_tcase(suite, "sha512_256");

    unit_loop(tcase, nist, file_rows);
    tcase_add_test(tcase, every_cut);
    return suite;
}
