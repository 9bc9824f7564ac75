/* SPDX-License-Identifier: MIT
 * tests/unit/test_sha1.c -- SHA-1 against NIST's vectors, in one piece and in every two. */
#include "unit.h"

#include "../../base/sha1.h"
#include "vectors.h"

static const struct file_row {
    const char *path;
    int         records;
} file_rows[] = {
    { "hash/SHA1ShortMsg.rsp", 65 },
    { "hash/SHA1LongMsg.rsp", 12 },
};

/* Hash `msg` in pieces of `piece` octets. */
static void hash(struct sp_slice msg, size_t piece, uint8_t digest[SP_SHA1_OCTETS])
{
    struct sp_sha1 sha;

    sp_sha1_init(&sha);
    for (; msg.len > 0; msg = sp_from(msg, piece))
        sp_sha1_add(&sha, sp_head(msg, piece));
    sp_sha1_add(&sha, msg);
    sp_sha1_end(&sha, digest);
}

START_TEST(nist)
{
    static const size_t pieces[] = { 1, 3, 63, 64, 65, 128, 1000, SIZE_MAX };
    struct sp_slice     file = unit_file(file_rows[_i].path);
    struct vector       v;
    int                 records = 0;

    for (; vector_next(&file, &v); records++)
        for (size_t i = 0; i < UNIT_ROWS(pieces); i++) {
            uint8_t digest[SP_SHA1_OCTETS];

            hash(v.msg, pieces[i], digest);
            unit_eq_slice(sp_slice(digest, sizeof digest), v.md);
            sp_sha1(v.msg, digest);
            unit_eq_slice(sp_slice(digest, sizeof digest), v.md);
        }
    ck_assert_int_eq(records, file_rows[_i].records);
}
END_TEST

/* Two pieces, cut at every octet: the block's edge lies anywhere. */
START_TEST(every_cut)
{
    char            text[200];
    struct sp_slice all = { text, sizeof text };
    uint8_t         want[SP_SHA1_OCTETS], *got = unit_room(SP_SHA1_OCTETS);

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(7 * i);
    hash(all, SIZE_MAX, want);
    for (size_t cut = 0; cut <= all.len; cut++) {
        struct sp_sha1 sha;

        sp_sha1_init(&sha);
        sp_sha1_add(&sha, unit_octets(all.at, cut));
        sp_sha1_add(&sha, unit_octets(all.at + cut, all.len - cut));
        sp_sha1_end(&sha, got);
        ck_assert_mem_eq(got, want, sizeof want);
    }
}
END_TEST

Suite *test_sha1_suite(void)
{
    Suite *suite = suite_create("sha1");
    TCase *tcase = unit_tcase(suite, "sha1");

    unit_loop(tcase, nist, file_rows);
    tcase_add_test(tcase, every_cut);
    return suite;
}
