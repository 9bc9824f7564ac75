/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_security.c -- Security-Client and the like. */
#include "../../parser/sip_security.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "tls", NULL },
    { "digest;d-alg=MD5;d-qop=auth;q=0.5", NULL },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row   *row = &rows[_i];
    struct sip_security value, again;
    struct sp_where     where;
    struct sp_buf       out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_security_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_security_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_security_parse(sp_written(&out), &again, &where), SP_OK);
    sip_security_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

START_TEST(parts)
{
    struct sip_security security;
    struct sp_where     where;

    unit_err(sip_security_parse(unit_text("digest;d-alg=MD5; d-qop=auth;q=0.25;"
                                          "d-ver=\"0123456789abcdef0123456789abcdef\""),
                                &security, &where),
             SP_OK);
    unit_eq(security.mechanism, "digest");
    ck_assert_uint_eq(security.q, 250);
    unit_eq(security.d_alg, "MD5");
    unit_eq(security.d_qop, "auth");
    ck_assert_uint_eq(security.d_ver.len, 34);
    unit_err_at(sip_security_parse(unit_text("digest;d-ver=\"0123456789ABCDEF0123456789abcdef\""),
                                   &security, &where),
                where, SP_SYNTAX, 13); /* LHEX is lower case */
}
END_TEST

Suite *test_sip_security_suite(void)
{
    Suite *suite = suite_create("sip_security");
    TCase *tcase = unit_tcase(suite, "sip_security");

    unit_loop(tcase, round_trip, rows);
    tcase_add_test(tcase, parts);
    return suite;
}
