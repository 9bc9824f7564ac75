/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_affair.c -- the times that registrations, subscriptions and publications
 * share. RFC 3261 10.2.7, 10.2.8; RFC 6665 4.1.2.2. */
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_affair.h"

static const struct refresh_row {
    uint32_t lives_s, refresh_s;
} refreshes[] = {
    { 0, 1 },   { 1, 1 },    { 2, 1 },    { 3, 1 },       { 4, 2 },
    { 60, 30 }, { 120, 60 }, { 121, 61 }, { 3600, 3540 }, { UINT32_MAX, UINT32_MAX - 60 }
};

START_TEST(refreshed_before_the_end)
{
    ck_assert_uint_eq(sip_affair_refresh_s(refreshes[_i].lives_s), refreshes[_i].refresh_s);
}
END_TEST

static struct sip_msg *response(const char *status, const char *field)
{
    struct sip_field *fields = unit_room(8 * sizeof *fields);
    struct sip_msg   *msg = unit_room(sizeof *msg);
    struct sp_where   where;
    char              text[256];

    snprintf(text, sizeof text, "SIP/2.0 %s\r\n%s\r\n", status, field);
    sip_msg_init(msg, fields, 8);
    unit_err(sip_msg_parse(unit_text(text), msg, &where), SP_OK);
    return msg;
}

static const struct wait_row {
    uint32_t    failures;
    const char *field; /* NULL: no response */
    uint32_t    wait_s;
} waits[] = {
    { 1, NULL, 30 },
    { 2, NULL, 60 },
    { 3, "", 120 },
    { 7, "", 1800 },
    { 1000000, "", 1800 },
    { 5, "Retry-After: 7\r\n", 7 },
    { 1, "Retry-After: 0\r\n", 1 },
    { 1, "Retry-After: soon\r\n", 30 },
};

START_TEST(waits_longer_each_time)
{
    const struct sip_msg *msg = waits[_i].field != NULL ? response("503 No", waits[_i].field)
                                                        : NULL;

    ck_assert_uint_eq(sip_affair_wait_s(waits[_i].failures, msg), waits[_i].wait_s);
}
END_TEST

static const struct longer_row {
    const char *status, *field;
    uint32_t    longer_s;
} longers[] = {
    { "423 No", "Min-Expires: 601\r\n", 601 },
    { "423 No", "Min-Expires: 600\r\n", 0 },
    { "423 No", "", 0 },
    { "423 No", "Min-Expires: x\r\n", 0 },
    { "500 No", "Min-Expires: 601\r\n", 0 },
    { NULL, "", 0 },
};

START_TEST(longer_where_it_is_asked_for)
{
    const struct sip_msg *msg = longers[_i].status != NULL
                                    ? response(longers[_i].status, longers[_i].field)
                                    : NULL;

    ck_assert_uint_eq(sip_affair_longer_s(600, msg), longers[_i].longer_s);
}
END_TEST

START_TEST(fatal_answers)
{
    static const uint16_t fatal[] = { 404, 405, 410, 416, 480, 481, 482,
                                      483, 484, 485, 489, 501, 604 };
    size_t                count = 0;

    for (uint16_t status = 300; status < 700; status++)
        if (sip_affair_is_fatal(status)) {
            ck_assert_uint_lt(count, UNIT_ROWS(fatal));
            ck_assert_uint_eq(status, fatal[count++]);
        }
    ck_assert_uint_eq(count, UNIT_ROWS(fatal));
}
END_TEST

Suite *test_sip_affair_suite(void)
{
    Suite *suite = suite_create("sip_affair");
    TCase *tcase = unit_tcase(suite, "affair");

    unit_loop(tcase, refreshed_before_the_end, refreshes);
    unit_loop(tcase, waits_longer_each_time, waits);
    unit_loop(tcase, longer_where_it_is_asked_for, longers);
    tcase_add_test(tcase, fatal_answers);
    return suite;
}
