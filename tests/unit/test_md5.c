/* SPDX-License-Identifier: MIT
 * tests/unit/test_md5.c -- MD5 against the test suite of RFC 1321 A.5, in one piece and in every
 * two. */
#include "unit.h"

#include "../../base/buf.h"
#include "../../base/md5.h"

static const struct md5_row {
    const char *text, *digest;
} rows[] = {
    { "", "d41d8cd98f00b204e9800998ecf8427e" },
    { "a", "0cc175b9c0f1b6a831c399e269772661" },
    { "abc", "900150983cd24fb0d6963f7d28e17f72" },
    { "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
    { "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b" },
    { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
      "d174ab98d277d9f5a5611c2c9f419d9f" },
    { "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a" },
};

static struct sp_slice hash(struct sp_slice a, struct sp_slice b)
{
    struct sp_md5 md5;
    uint8_t       digest[SP_MD5_OCTETS];
    struct sp_buf to = sp_buf(unit_room(2 * sizeof digest), 2 * sizeof digest);

    sp_md5_init(&md5);
    sp_md5_add(&md5, a);
    sp_md5_add(&md5, b);
    sp_md5_end(&md5, digest);
    sp_put_hex(&to, sp_slice(digest, sizeof digest), false, '\0');
    return sp_written(&to);
}

START_TEST(rfc_1321)
{
    struct sp_slice text = unit_text(rows[_i].text);

    for (size_t cut = 0; cut <= text.len; cut++)
        unit_eq(hash(unit_octets(text.at, cut), unit_octets(text.at + cut, text.len - cut)),
                rows[_i].digest);
}
END_TEST

/* Lengths about the edges of a block; their digests were made by another program. */
static const struct edge_row {
    size_t      len;
    const char *digest;
} edges[] = {
    { 55, "6912ee65fff2d9f9ce2508cddf8bcda0" },  { 56, "51fdd1acda72405dfdfa03fcb85896d7" },
    { 57, "5320ef4c17ef34a0cf2db763338d25eb" },  { 63, "48a6295221902e8e0938f773a7185e72" },
    { 64, "b2d3f56bc197fd985d5965079b5e7148" },  { 65, "8bd7053801c768420faf816fadba971c" },
    { 119, "1c772251899a7ff007400b888d6b2042" }, { 120, "b7ba1efc6022e9ed272f00b8831e26e6" },
    { 128, "37eff01866ba3f538421b30b7cbefcac" }, { 200, "fb7001d34b8e82c9b579be5005d5b0a5" },
};

START_TEST(edges_of_a_block)
{
    char *text = unit_room(edges[_i].len);

    for (size_t i = 0; i < edges[_i].len; i++)
        text[i] = (char)i;
    unit_eq(hash(sp_slice(text, edges[_i].len), sp_slice(NULL, 0)), edges[_i].digest);
}
END_TEST

Suite *test_md5_suite(void)
{
    Suite *suite = suite_create("md5");
    TCase *tcase = unit_tcase(suite, "md5");

    unit_loop(tcase, rfc_1321, rows);
    unit_loop(tcase, edges_of_a_block, edges);
    return suite;
}
