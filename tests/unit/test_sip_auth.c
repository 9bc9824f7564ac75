/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_auth.c -- challenges and credentials. */
#include "../../parser/sip_auth.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "Digest realm=\"atlanta.com\", qop=\"auth,auth-int\", stale=FALSE", NULL },
    { "NoOneKnowsThisScheme opaque-data=here", NULL },
    { "Digest\r\n a = \"b\\\"c\" ,\r\n d=e", "Digest a = \"b\\\"c\" , d=e" },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row *row = &rows[_i];
    struct sip_auth   value, again;
    struct sp_where   where;
    struct sp_buf     out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_auth_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_auth_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_auth_parse(sp_written(&out), &again, &where), SP_OK);
    sip_auth_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

START_TEST(values)
{
    struct sip_auth  auth;
    struct sip_param param;
    struct sp_where  where;
    struct sp_slice  rest;
    int              count = 0;

    unit_err(sip_auth_parse(unit_text("digest Realm=\"a, nonce=b\", nonce = \"c\",qop=auth"), &auth,
                            &where),
             SP_OK);
    ck_assert(sip_auth_is(&auth, "Digest"));
    ck_assert(!sip_auth_is(&auth, "Basic"));
    unit_eq(sip_auth_value(&auth, "realm"), "\"a, nonce=b\"");
    unit_eq(sip_auth_value(&auth, "NONCE"), "\"c\"");
    unit_eq(sip_auth_value(&auth, "qop"), "auth");
    unit_eq(sip_auth_value(&auth, "opaque"), "");
    for (rest = auth.params; sip_auth_next(&rest, &param); count++)
        ck_assert(param.has_value);
    ck_assert_int_eq(count, 3);
}
END_TEST

START_TEST(info)
{
    struct sip_auth auth;
    struct sp_where where;
    struct sp_buf   out = sp_buf(unit_room(60), 60);

    unit_err(sip_auth_info_parse(unit_text("nextnonce=\"1\", qop=auth"), &auth, &where), SP_OK);
    unit_eq(auth.scheme, "");
    unit_eq(sip_auth_value(&auth, "nextnonce"), "\"1\"");
    sip_auth_write(&out, &auth);
    unit_eq(sp_written(&out), "nextnonce=\"1\", qop=auth");
}
END_TEST

Suite *test_sip_auth_suite(void)
{
    Suite *suite = suite_create("sip_auth");
    TCase *tcase = unit_tcase(suite, "sip_auth");

    unit_loop(tcase, round_trip, rows);
    tcase_add_test(tcase, values);
    tcase_add_test(tcase, info);
    return suite;
}
