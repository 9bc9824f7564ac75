/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_auth.c -- Digest in MSRP. RFC 4976 7, 9.1. */
#include "unit.h"

#include "../../msrp/msrp_auth.h"

static const struct row {
    const char *value;
    enum sp_err err;
    size_t      at;
    const char *realm, *nonce, *qop;
    bool        stale, answerable;
} rows[] = {
    /* 4976-9.1-6: domain is left aside */
    { "Digest realm=\"r\", qop=\"auth\", nonce=\"n\", domain=\"d\"", SP_OK, 0, "r", "n", "auth",
      false, true },
    { "digest realm=\"r\",nonce=\"n\",qop=\"auth-int,auth\",stale=TRUE", SP_OK, 0, "r", "n",
      "auth-int,auth", true, true },
    { "Digest realm=\"a\\\"b\", nonce=\"\", qop=\"auth\"", SP_OK, 0, "a\\\"b", "", "auth", false,
      false },
    { "Digest nonce=\"n\", qop=\"auth\"", SP_OK, 0, "", "n", "auth", false, false },
    { "Digest realm=\"r\", nonce=\"n\"", SP_OK, 0, "r", "n", "", false, false },
    { "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"", SP_OK, 0, "r", "n", "auth-int", false,
      false },
    { "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5-sess", SP_OK, 0, "r", "n",
      "auth", false, false },
    { "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256", SP_OK, 0, "r", "n",
      "auth", false, true },
    { "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-9", SP_OK, 0, "r", "n", "auth",
      false, false },
    { "Basic realm=\"r\"", SP_UNSUPPORTED, 0, "", "", "", false, false },
    { "Digest realm=\"r\", realm=\"r\"", SP_REPEATED, 18, "r", "", "", false, false },
    { "Digest realm=\"r", SP_SYNTAX, 15, "", "", "", false, false },
    { "Digest realm=\"r\\", SP_SYNTAX, 16, "", "", "", false, false },
    { "Digest realm", SP_SYNTAX, 12, "", "", "", false, false },
    { "Digest realm=\"r\",", SP_SYNTAX, 17, "r", "", "", false, false },
    { "Digest realm=\"r\" x", SP_SYNTAX, 17, "r", "", "", false, false },
    { "Digest", SP_SYNTAX, 6, "", "", "", false, false },
    { "", SP_SYNTAX, 0, "", "", "", false, false },
};

START_TEST(challenges)
{
    const struct row          *row = &rows[_i];
    struct sp_digest_algorithm algorithm;
    struct msrp_auth           auth;
    struct sp_where            where;

    unit_err(msrp_auth_parse(unit_text(row->value), &auth, &where), row->err);
    if (row->err != SP_OK) {
        ck_assert_uint_eq(where.octet, row->at);
        return;
    }
    unit_eq(auth.realm, row->realm);
    unit_eq(auth.nonce, row->nonce);
    unit_eq(auth.qop, row->qop);
    ck_assert(auth.stale == row->stale);
    ck_assert(msrp_auth_answerable(&auth, &algorithm) == row->answerable);
}
END_TEST

/* What is written is read again, and is the digest of RFC 2617 with the rightmost URI. 4976-9.1-8,
 * 4976-9.1-10. */
START_TEST(credentials)
{
    struct msrp_auth auth = { .realm = SP_LIT("intra.example.com"),
                              .nonce = SP_LIT("dcd98b7102dd2f0e8b11d0f600bfb0c093"),
                              .opaque = SP_LIT("o"),
                              .username = SP_LIT("Alice"),
                              .uri = SP_LIT("msrp://intra.example.com;tcp"),
                              .cnonce = SP_LIT("0a4f113b"),
                              .nc = SP_LIT("00000001") };
    struct msrp_auth back;
    struct sp_where  where;
    char             room[512], ha1[SP_DIGEST_HEX], hex[SP_DIGEST_HEX];
    struct sp_buf    to = sp_buf(room, sizeof room);
    struct sp_slice  line, response;

    response = msrp_auth_response(
        &auth, SP_DIGEST_MD5,
        sp_digest_ha1(SP_DIGEST_MD5, auth.username, auth.realm, SP_LIT("secret"), ha1), auth.uri,
        false, hex);
    unit_eq(response, "12c5690b299a2d0213b960be825cdc4f");
    msrp_put_authorization(&to, &auth, response);
    line = sp_written(&to);
    ck_assert(sp_starts(line, SP_LIT("Authorization: Digest ")));
    line = sp_head(sp_from(line, 15), line.len - 17);
    unit_err(msrp_auth_parse(line, &back, &where), SP_OK);
    unit_eq_slice(back.response, response);
    unit_eq_slice(back.username, auth.username);
    unit_eq_slice(back.uri, auth.uri);
    unit_eq_slice(back.opaque, auth.opaque);
    unit_eq(back.qop, "auth");
    unit_eq(back.nc, "00000001");
}
END_TEST

START_TEST(info)
{
    struct msrp_auth auth;
    struct sp_where  where;

    unit_err(msrp_auth_info_parse(unit_text("nextnonce=\"40f2\",rspauth=\"73\", cnonce=\"0a\", "
                                            "nc=00000001, qop=auth"),
                                  &auth, &where),
             SP_OK);
    unit_eq(auth.nextnonce, "40f2");
    unit_eq(auth.rspauth, "73");
    unit_eq(auth.nc, "00000001");
}
END_TEST

Suite *test_msrp_auth_suite(void)
{
    Suite *suite = suite_create("msrp_auth");
    TCase *tcase = tcase_create("all");

    tcase_add_loop_test(tcase, challenges, 0, (int)UNIT_ROWS(rows));
    tcase_add_test(tcase, credentials);
    tcase_add_test(tcase, info);
    suite_add_tcase(suite, tcase);
    return suite;
}
