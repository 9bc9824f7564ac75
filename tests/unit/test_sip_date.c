/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_date.c -- moments read and written. */
#include "../../parser/sip_date.h"
#include "unit.h"

static const struct row {
    const char *value;
    int64_t     seconds;
} rows[] = {
    { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
    { "Sat, 13 Nov 2010 23:29:00 GMT", 1289690940 }, /* RFC 3261 20.17 */
    { "Wed, 31 Dec 1969 23:59:59 GMT", -1 },
    { "Tue, 29 Feb 2000 12:34:56 GMT", 951827696 },
    { "Thu, 29 Feb 2024 00:00:00 GMT", 1709164800 },
    { "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
    { "Mon, 01 Jan 0001 00:00:00 GMT", -62135596800 },
};

START_TEST(both_ways)
{
    int64_t         seconds;
    struct sp_where where;
    struct sp_buf   out = sp_buf(unit_room(29), 29);

    unit_err(sip_date_parse(unit_text(rows[_i].value), &seconds, &where), SP_OK);
    ck_assert_int_eq(seconds, rows[_i].seconds);
    sip_date_write(&out, seconds);
    unit_eq(sp_written(&out), rows[_i].value);
}
END_TEST

static const struct bad {
    const char *value;
    enum sp_err err;
    size_t      at;
} bads[] = {
    { "", SP_SYNTAX, 0 },
    { "Sat", SP_SYNTAX, 3 },
    { "Xyz, 13 Nov 2010 23:29:00 GMT", SP_SYNTAX, 0 },
    { "Sat,13 Nov 2010 23:29:00 GMT", SP_SYNTAX, 4 },
    { "Sat, 3 Nov 2010 23:29:00 GMT", SP_SYNTAX, 6 },
    { "Sat, 13 June 2010 23:29:00 GMT", SP_SYNTAX, 11 },
    { "Sat, 13 Nov 10 23:29:00 GMT", SP_SYNTAX, 14 },
    { "Sat, 13 Nov 2010 23:29 GMT", SP_SYNTAX, 22 },
    { "Fri, 01 Jan 2010 16:00:00 EST", SP_SYNTAX, 26 }, /* RFC 4475 3.1.2.12 */
    { "Sat, 13 Nov 2010 23:29:00 GMT ", SP_SYNTAX, 29 },
    { "Sat, 32 Nov 2010 23:29:00 GMT", SP_RANGE, 5 },
    { "Sat, 00 Nov 2010 23:29:00 GMT", SP_RANGE, 5 },
    { "Sat, 31 Nov 2010 23:29:00 GMT", SP_RANGE, 5 },
    { "Thu, 29 Feb 1900 00:00:00 GMT", SP_RANGE, 5 },
    { "Sat, 13 Nov 2010 24:00:00 GMT", SP_RANGE, 17 },
    { "Sat, 13 Nov 2010 23:60:00 GMT", SP_RANGE, 17 },
    { "Sun, 13 Nov 2010 23:29:00 GMT", SP_MISMATCH, 0 },
};

START_TEST(errors)
{
    int64_t         seconds;
    struct sp_where where;

    unit_err_at(sip_date_parse(unit_text(bads[_i].value), &seconds, &where), where, bads[_i].err,
                bads[_i].at);
    if (bads[_i].err == SP_MISMATCH)
        ck_assert_int_eq(seconds, 1289690940);
}
END_TEST

/* A day of each of 800 years, read as it was written. */
START_TEST(years)
{
    for (int64_t day = -150000; day < 150000; day += 365) {
        char            room[29];
        struct sp_buf   out = sp_buf(room, sizeof room);
        int64_t         seconds;
        struct sp_where where;

        sip_date_write(&out, day * 86400 + 86399);
        unit_err(sip_date_parse(sp_written(&out), &seconds, &where), SP_OK);
        ck_assert_int_eq(seconds, day * 86400 + 86399);
    }
}
END_TEST

START_TEST(outside)
{
    struct sp_buf late = sp_buf(unit_room(40), 40), early = sp_buf(unit_room(40), 40);

    sip_date_write(&late, 253402300800);
    unit_err(late.err, SP_RANGE);
    sip_date_write(&early, INT64_MIN);
    unit_err(early.err, SP_RANGE);
}
END_TEST

Suite *test_sip_date_suite(void)
{
    Suite *suite = suite_create("sip_date");
    TCase *tcase = unit_tcase(suite, "sip_date");

    unit_loop(tcase, both_ways, rows);
    unit_loop(tcase, errors, bads);
    tcase_add_test(tcase, years);
    tcase_add_test(tcase, outside);
    return suite;
}
