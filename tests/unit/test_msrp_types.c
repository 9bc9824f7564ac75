/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_types.c -- accept-types: RFC 4975 8.6, 7.3.1. */
#include "../../msrp/msrp_types.h"

#include "unit.h"

static const struct {
    const char *accept, *type;
    bool        takes;
} rows[] = {
    { "text/plain", "text/plain", true },
    { "text/plain", "TEXT/Plain;charset=utf-8", true },
    { "text/plain;charset=utf-8", "text/plain", true },
    { "message/cpim text/plain", "text/plain", true },
    { "message/cpim text/plain", "text/html", false },
    { "text/plain", "text/plainer", false },
    { "*", "x/y", true },
    { "message/cpim *", "x/y", true },
    { "image/*", "image/jpeg", true },
    { "image/*", "video/mp4", false },
    { "image/*", "images/jpeg", false },
    { "", "x/y", true },
    { "text/plain", "multipart/mixed;boundary=a", true }, /* 4975-7.3.1-7 */
    { "text/plain", "multipart/alternative", true },
    { "text/plain", "multipart/signed;micalg=x", true }, /* 4975-14.3-1 */
    { "text/plain", "message/cpim", true },              /* 4975-13-5 */
    { "text/plain", "multipart/related", false },
};

START_TEST(takes)
{
    ck_assert(msrp_types_take(unit_text(rows[_i].accept), unit_text(rows[_i].type)) ==
              rows[_i].takes);
}
END_TEST

Suite *test_msrp_types_suite(void)
{
    Suite *suite = suite_create("msrp_types");

    unit_loop(unit_tcase(suite, "msrp_types"), takes, rows);
    return suite;
}
