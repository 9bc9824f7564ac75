/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_file_date.c -- file-date: RFC 5547 6, RFC 5322 3.3. */
#include "../../sdp/sdp_file_date.h"
#include "unit.h"

static const struct row {
    const char *value;
    enum sp_err err;
    size_t      at;
    const char *rule;
    int64_t     creation_s;
} rows[] = {
    { "creation:\"Mon, 15 May 2006 15:01:31 +0300\"", SP_OK, 0, "", 1147694491 }, /* 5547-6-12 */
    { "creation:\"15 May 2006 15:01 -0530\"", SP_OK, 0, "", 1147725060 },         /* 5547-6-13 */
    { "CREATION:\"  mon,15 may 2006\t12:01:31  +0000 \"", SP_OK, 0, "", 1147694491 },
    { "creation:\"Thu, 1 Jan 1970 00:00:00 -0000\"", SP_OK, 0, "", 0 },
    { "creation:\"Wed, 31 Dec 1969 23:59:59 +0000\"", SP_OK, 0, "", -1 },
    { "creation:\"1 Jan 1900 00:00:00 +0000\"", SP_OK, 0, "", -2208988800 },
    { "creation:\"Fri, 31 Dec 9999 23:59:59 +0000\"", SP_OK, 0, "", 253402300799 },
    { "creation:\"Tue, 29 Feb 2000 00:00:00 +0000\"", SP_OK, 0, "", 951782400 },
    { "creation:\"Sat, 31 Dec 2016 23:59:60 +0000\"", SP_OK, 0, "", 1483228799 },
    /* the calendar */
    { "creation:\"29 Feb 1900 00:00:00 +0000\"", SP_RANGE, 10, "day", 0 },
    { "creation:\"29 Feb 2001 00:00:00 +0000\"", SP_RANGE, 10, "day", 0 },
    { "creation:\"31 Apr 2001 00:00:00 +0000\"", SP_RANGE, 10, "day", 0 },
    { "creation:\"0 May 2006 15:01:31 +0300\"", SP_RANGE, 10, "day", 0 },
    { "creation:\"32 May 2006 15:01:31 +0300\"", SP_RANGE, 10, "day", 0 },
    { "creation:\"Tue, 15 May 2006 15:01:31 +0300\"", SP_MISMATCH, 10, "day-name", 0 },
    { "creation:\"15 May 1899 15:01:31 +0300\"", SP_RANGE, 17, "year", 0 },
    { "creation:\"15 May 2006 24:01:31 +0300\"", SP_RANGE, 22, "hour", 0 },
    { "creation:\"15 May 2006 15:60:31 +0300\"", SP_RANGE, 25, "minute", 0 },
    { "creation:\"15 May 2006 15:01:61 +0300\"", SP_RANGE, 28, "second", 0 },
    { "creation:\"15 May 2006 15:01:31 +0360\"", SP_RANGE, 34, "zone", 0 },
    /* the grammar */
    { "creation:\"Mon 15 May 2006 15:01:31 +0300\"", SP_SYNTAX, 13, "day-of-week", 0 },
    { "creation:\"Mon, May 15 2006 15:01:31 +0300\"", SP_SYNTAX, 15, "day", 0 },
    { "creation:\"Moo, 15 May 2006 15:01:31 +0300\"", SP_SYNTAX, 10, "day-name", 0 },
    { "creation:\"15 Mai 2006 15:01:31 +0300\"", SP_SYNTAX, 13, "month-name", 0 },
    { "creation:\"15 May 06 15:01:31 +0300\"", SP_SYNTAX, 19, "year", 0 }, /* obsolete */
    { "creation:\"15 May 20060 15:01:31 +0300\"", SP_SYNTAX, 21, "FWS", 0 },
    { "creation:\"15 May 2006 15:01:31 GMT\"", SP_SYNTAX, 31, "zone", 0 }, /* 5547-6-13 */
    { "creation:\"15 May 2006 15:01:31\"", SP_SYNTAX, 30, "FWS", 0 },
    { "creation:\"15 May 2006 15:01:31 +030\"", SP_SYNTAX, 35, "zone", 0 },
    { "creation:\"15 May 2006 15:01:31 +0300", SP_SYNTAX, 36, "c-date-param", 0 },
    { "creation:\"15 May 2006 15:1:31 +0300\"", SP_SYNTAX, 26, "minute", 0 },
    { "creation:\"15 May 2006 1501 +0300\"", SP_SYNTAX, 24, "time-of-day", 0 },
    { "creation:15 May 2006 15:01:31 +0300", SP_SYNTAX, 9, "c-date-param", 0 },
    { "creation:\"15May 2006 15:01:31 +0300\"", SP_SYNTAX, 12, "FWS", 0 },
    { "creation:\"15 May2006 15:01:31 +0300\"", SP_SYNTAX, 16, "FWS", 0 },
    { "creation:\"15 May 200615:01:31 +0300\"", SP_SYNTAX, 21, "FWS", 0 },
    { "creation:\"15 May 2006 15:01:31+0300\"", SP_SYNTAX, 30, "FWS", 0 },
    { "creation:\" Tue, 15 May 2006 15:01:31 +0300\"", SP_MISMATCH, 11, "day-name", 0 },
    { "", SP_SYNTAX, 0, "date-param", 0 },
    { "birth:\"\"", SP_SYNTAX, 0, "date-param", 0 },
    /* 5547-6-11: each once */
    { "creation:\"15 May 2006 15:01:31 +0300\" creation:\"15 May 2006 15:01:31 +0300\"",
      SP_REPEATED, 38, "c-date-param", 0 },
    { "creation:\"15 May 2006 15:01:31 +0300\" ", SP_SYNTAX, 38, "date-param", 0 },
    { "creation:\"15 May 2006 15:01:31 +0300\"x", SP_SYNTAX, 37, "end", 0 },
};

START_TEST(row)
{
    struct sdp_file_date date;
    struct sp_where      where = { 0, "" };
    enum sp_err          err = sdp_file_date_parse(unit_text(rows[_i].value), &date, &where);

    unit_err_at(err, where, rows[_i].err, rows[_i].at);
    if (err != SP_OK) {
        ck_assert_str_eq(where.rule, rows[_i].rule);
        return;
    }
    ck_assert(date.has_creation && !date.has_modification && !date.has_read);
    ck_assert_int_eq(date.creation_s, rows[_i].creation_s);
}
END_TEST

/* 5547-6-15, 5547-6-16, 5547-6-18, 5547-6-19: all three, in any order; what is written is read as
 * the same. */
START_TEST(all)
{
    struct sp_slice      value = unit_text("read:\"Sun, 21 May 2006 13:02:15 +0300\" "
                                                "modification:\"16 May 2006 00:00:00 +0000\" "
                                                "creation:\"Mon, 15 May 2006 15:01:31 +0300\"");
    struct sdp_file_date date, again;
    struct sp_where      where;
    char                 room[256];
    struct sp_buf        to = sp_buf(room, sizeof(room));

    unit_err(sdp_file_date_parse(value, &date, &where), SP_OK);
    sdp_file_date_write(&to, &date);
    unit_eq(sp_written(&to), "creation:\"Mon, 15 May 2006 12:01:31 +0000\" "
                             "modification:\"Tue, 16 May 2006 00:00:00 +0000\" "
                             "read:\"Sun, 21 May 2006 10:02:15 +0000\"");
    unit_err(sdp_file_date_parse(sp_written(&to), &again, &where), SP_OK);
    ck_assert_int_eq(again.creation_s, date.creation_s);
    ck_assert_int_eq(again.modification_s, date.modification_s);
    ck_assert_int_eq(again.read_s, date.read_s);
    ck_assert(again.has_creation && again.has_modification && again.has_read);
}
END_TEST

/* Every day from 1900 to 2199, and the ends of what can be written. */
START_TEST(every_day)
{
    int64_t first = -2208988800;

    for (int64_t day = 0; day < 300 * 366; day++) {
        int64_t       date_s = first + day * 86400 + day % 86400;
        char          room[64];
        struct sp_buf to = sp_buf(room, sizeof(room));

        sdp_put_date_time(&to, date_s);
        struct sp_scan s = sp_scan(sp_written(&to));
        ck_assert_int_eq(sdp_scan_date_time(&s), date_s);
        unit_err(s.err, SP_OK);
        ck_assert(!sp_scan_more(&s));
    }
}
END_TEST

static const struct edge {
    int64_t     date_s;
    const char *written;
} edges[] = {
    { 253402300799, "Fri, 31 Dec 9999 23:59:59 +0000" },
    { 253402300800, "" },
    { -2208988800, "Mon, 1 Jan 1900 00:00:00 +0000" },
    { -2208988801, "" },
    { INT64_MIN, "" },
    { INT64_MAX, "" },
};

START_TEST(edge)
{
    char          room[64];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_put_date_time(&to, edges[_i].date_s);
    unit_err(to.err, edges[_i].written[0] != '\0' ? SP_OK : SP_RANGE);
    unit_eq(sp_written(&to), edges[_i].written);
}
END_TEST

Suite *test_sdp_file_date_suite(void)
{
    Suite *suite = suite_create("sdp_file_date");
    TCase *tcase = unit_tcase(suite, "sdp_file_date");

    unit_loop(tcase, row, rows);
    tcase_add_test(tcase, all);
    tcase_add_test(tcase, every_day);
    unit_loop(tcase, edge, edges);
    return suite;
}
