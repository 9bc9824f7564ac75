/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_class.c -- each class of characters holds what its rule lists, and nothing
 * else. */
#include "../../parser/sip_scan.h"
#include "../../parser/sip_uri.h"
#include "unit.h"

#define ALNUM_     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define UNRESERVED ALNUM_ "-_.!~*'()"

static const struct row {
    unsigned class;
    const char *characters; /* as RFC 3261 25.1 lists them */
} rows[] = {
    { SIP_TOKEN, ALNUM_ "-.!%*_+`'~" },
    { SIP_WORD, ALNUM_ "-.!%*_+`'~()<>:\\\"/[]?{}" },
    { SIP_USER, UNRESERVED "&=+$,;?/" },
    { SIP_PASSWORD, UNRESERVED "&=+$," },
    { SIP_PARAM, UNRESERVED "[]/:&+$" },
    { SIP_HEADER, UNRESERVED "[]/?:+$" },
    { SIP_URIC, UNRESERVED ";/?:@&=+$,[]" },
    { SIP_HOST, ALNUM_ "-." },
    { SIP_ALNUM, ALNUM_ },
    { SIP_HEX, "0123456789abcdefABCDEF" },
};

START_TEST(class)
{
    const struct row *row = &rows[_i];

    for (int c = 0; c < 256; c++)
        ck_assert_msg(sip_is((char)c, row->class) == (c != 0 && strchr(row->characters, c) != NULL),
                      "class 0x%x, octet %d", row->class, c);
}
END_TEST

static const struct set_row {
    const struct sp_set *set;
    unsigned class;
} sets[] = {
    { &sip_set_token, SIP_TOKEN },
    { &sip_set_user, SIP_USER },
    { &sip_set_uri_header, SIP_HEADER },
};

/* The sets that others use say the same as the table. */
/* 3261-19.1.2-4 */
START_TEST(set)
{
    for (int c = 0; c < 256; c++)
        ck_assert_msg(sp_set_has(sets[_i].set, (char)c) == sip_is((char)c, sets[_i].class),
                      "octet %d", c);
}
END_TEST

Suite *test_sip_class_suite(void)
{
    Suite *suite = suite_create("sip_class");
    TCase *tcase = unit_tcase(suite, "sip_class");

    unit_loop(tcase, class, rows);
    unit_loop(tcase, set, sets);
    return suite;
}
