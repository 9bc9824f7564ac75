/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_uri_form.c -- requests formed from URIs. RFC 3261 19.1.5. */
#include "../../parser/sip_uri.h"
#include "unit.h"

/* 3261-19.1.5-1 3261-19.1.5-2 3261-19.1.5-3 3261-19.1.5-4 */
static const struct row {
    const char *uri, *method, *request_uri;
} rows[] = {
    { "sip:a@b", "", "sip:a@b" },
    { "sip:a:p@b:5070;transport=tcp;maddr=192.0.2.1;ttl=1;user=ip;x=y;lr", "",
      "sip:a:p@b:5070;transport=tcp;maddr=192.0.2.1;ttl=1;user=ip;x=y;lr" },
    { "sip:b;method=REGISTER?to=alice%40b", "REGISTER", "sip:b" },
    { "sip:b;x;Method=BYE;y=z", "BYE", "sip:b;x;y=z" },
    { "tel:+1;x=y", "", "tel:+1;x=y" },
};

START_TEST(formed)
{
    struct sip_uri  uri;
    struct sp_where where;
    struct sp_buf   out = sp_buf(unit_room(100), 100);

    unit_err(sip_uri_parse(unit_text(rows[_i].uri), &uri, &where), SP_OK);
    unit_eq(sip_uri_method(&uri), rows[_i].method);
    sip_uri_write_request(&out, &uri);
    unit_eq(sp_written(&out), rows[_i].request_uri);
}
END_TEST

/* 3261-19.1.5-6 3261-19.1.5-7 3261-19.1.5-8 */
START_TEST(dangerous)
{
    static const char *const no[] = { "From",         "f",     "call-id", "CSeq",      "%56ia",
                                      "Record-Route", "route", "Contact", "User-Agent" };

    for (size_t i = 0; i < UNIT_ROWS(no); i++)
        ck_assert(!sip_uri_header_is_safe(unit_text(no[i])));
    ck_assert(sip_uri_header_is_safe(unit_text("Subject")));
    ck_assert(sip_uri_header_is_safe(unit_text("body")));
}
END_TEST

Suite *test_sip_uri_form_suite(void)
{
    Suite *suite = suite_create("sip_uri_form");
    TCase *tcase = unit_tcase(suite, "sip_uri_form");

    unit_loop(tcase, formed, rows);
    tcase_add_test(tcase, dangerous);
    return suite;
}
