/* SPDX-License-Identifier: MIT
 * tests/unit/test_digest.c -- Digest against the vectors of RFC 2617, RFC 7616 and our own for
 * SIP. */
#include "unit.h"

#include "../../base/digest.h"

enum column {
    SOURCE,
    ALGORITHM,
    USERNAME,
    REALM,
    PASSWORD,
    METHOD,
    URI,
    NONCE,
    NC,
    CNONCE,
    QOP,
    BODY,
    HA1,
    HA2,
    RESPONSE,
    STATUS,
    NOTE,
    COLUMNS
};

/* One line of the table, in its columns. */
static bool next_line(struct sp_slice *file, struct sp_slice columns[COLUMNS])
{
    size_t          end = sp_find(*file, '\n');
    struct sp_slice line = sp_head(*file, end);

    if (line.len == 0)
        return false;
    *file = sp_from(*file, end + 1);
    for (int i = 0; i < COLUMNS; i++) {
        size_t tab = sp_find(line, '\t');

        columns[i] = sp_head(line, tab);
        line = sp_from(line, tab + 1);
    }
    return true;
}

/* What RFC 7616 3.9.2 prints was made with another hash; the table has the right value. */
/* 7616-3.6-1, 7616-3.2-1 */
START_TEST(vectors)
{
    struct sp_slice file = unit_file("digest/vectors.tsv"), columns[COLUMNS];
    int             count = 0;

    ck_assert(next_line(&file, columns)); /* the heading */
    for (; next_line(&file, columns); count++) {
        char             ha1[SP_DIGEST_HEX], response[SP_DIGEST_HEX];
        struct sp_digest digest;

        ck_assert(sp_digest_algorithm_of(columns[ALGORITHM], &digest.algorithm));
        ck_assert(sp_digest_qop_of(columns[QOP], &digest.qop));
        digest.ha1 = sp_digest_ha1(digest.algorithm.hash, columns[USERNAME], columns[REALM],
                                   columns[PASSWORD], ha1);
        if (!digest.algorithm.sess)
            unit_eq_slice(digest.ha1, columns[HA1]);
        digest.nonce = columns[NONCE];
        digest.nc = columns[NC];
        digest.cnonce = columns[CNONCE];
        digest.method = columns[METHOD];
        digest.uri = columns[URI];
        digest.body = sp_eq(columns[BODY], SP_LIT("v=0\\r\\n")) ? SP_LIT("v=0\r\n") : columns[BODY];
        unit_eq_slice(sp_digest_response(&digest, response), columns[RESPONSE]);
    }
    ck_assert_int_eq(count, 17);
}
END_TEST

static const struct algorithm_row {
    const char         *token;
    bool                known;
    enum sp_digest_hash hash;
    bool                sess;
    const char         *name;
} algorithms[] = {
    { "", true, SP_DIGEST_MD5, false, "MD5" },
    { "md5", true, SP_DIGEST_MD5, false, "MD5" },
    { "\"MD5\"", true, SP_DIGEST_MD5, false, "MD5" },
    { "MD5-SESS", true, SP_DIGEST_MD5, true, "MD5-sess" },
    { "SHA-256", true, SP_DIGEST_SHA_256, false, "SHA-256" },
    { "SHA-256-sess", true, SP_DIGEST_SHA_256, true, "SHA-256-sess" },
    { "SHA-512-256", true, SP_DIGEST_SHA_512_256, false, "SHA-512-256" },
    { "SHA-512-256-sess", true, SP_DIGEST_SHA_512_256, true, "SHA-512-256-sess" },
    { "SHA-512", false, SP_DIGEST_MD5, false, "" },
    { "AKAv1-MD5", false, SP_DIGEST_MD5, false, "" },
    { "\"", false, SP_DIGEST_MD5, false, "" },
};

START_TEST(algorithm_names)
{
    const struct algorithm_row *row = &algorithms[_i];
    struct sp_digest_algorithm  algorithm;

    ck_assert(sp_digest_algorithm_of(unit_text(row->token), &algorithm) == row->known);
    if (!row->known)
        return;
    ck_assert_int_eq(algorithm.hash, row->hash);
    ck_assert(algorithm.sess == row->sess);
    unit_eq(sp_digest_algorithm_name(algorithm), row->name);
}
END_TEST

static const struct qop_row {
    const char        *list;
    bool               known;
    enum sp_digest_qop qop;
} qops[] = {
    { "", true, SP_DIGEST_NO_QOP },
    { "\"\"", true, SP_DIGEST_NO_QOP },
    { "auth", true, SP_DIGEST_AUTH },
    { "\"auth\"", true, SP_DIGEST_AUTH },
    { "\"auth,auth-int\"", true, SP_DIGEST_AUTH },
    { "\"Auth-Int , auth\"", true, SP_DIGEST_AUTH },
    { "\"Auth-Int\"", true, SP_DIGEST_AUTH_INT },
    { "\"x, auth,,y\"", true, SP_DIGEST_AUTH }, /* 7616-3.3-9 */
    { "\"auth-conf\"", false, SP_DIGEST_NO_QOP },
};

START_TEST(qop_options)
{
    enum sp_digest_qop qop;

    ck_assert(sp_digest_qop_of(unit_text(qops[_i].list), &qop) == qops[_i].known);
    ck_assert_int_eq(qop, qops[_i].qop);
}
END_TEST

/* RFC 7616 3.9.2, made with the right hash */
START_TEST(userhash)
{
    char room[SP_DIGEST_HEX];

    unit_eq(sp_digest_userhash(SP_DIGEST_SHA_512_256, SP_LIT("J\xc3\xa4s\xc3\xb8n Doe"),
                               SP_LIT("api@example.org"), room),
            "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b");
}
END_TEST

START_TEST(sameness)
{
    ck_assert(sp_digest_same(UNIT_LIT("0aF"), UNIT_LIT("0Af")));
    ck_assert(sp_digest_same(UNIT_LIT(""), UNIT_LIT("")));
    ck_assert(!sp_digest_same(UNIT_LIT("0af"), UNIT_LIT("0ae")));
    ck_assert(!sp_digest_same(UNIT_LIT("1af"), UNIT_LIT("0af")));
    ck_assert(!sp_digest_same(UNIT_LIT("0af"), UNIT_LIT("0a")));
}
END_TEST

Suite *test_digest_suite(void)
{
    Suite *suite = suite_create("sp_digest");
    TCase *tcase = unit_tcase(suite, "digest");

    tcase_add_test(tcase, vectors);
    unit_loop(tcase, algorithm_names, algorithms);
    unit_loop(tcase, qop_options, qops);
    tcase_add_test(tcase, userhash);
    tcase_add_test(tcase, sameness);
    return suite;
}
