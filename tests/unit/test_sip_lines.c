/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_lines.c -- the wide search and the portable one find the same octet
 * everywhere. */
#include "../../parser/sip_lines.h"
#include "unit.h"

static size_t slow(struct sp_slice s)
{
    size_t at = 0;

    while (at < s.len && s.at[at] != '\r' && s.at[at] != '\n')
        at++;
    return at;
}

/* Every length to 70, an end of line at every place, octets around it that are nearly one. */
START_TEST(every_place)
{
    static const char near[] = { '\x0c', '\x0e', '\x09', '\x0b', '\x8d', '\x8a', '\0', '\xff' };

    for (size_t len = 0; len <= 70; len++)
        for (size_t at = 0; at <= len; at++) {
            char           *room = unit_room(len);
            struct sp_slice s = sp_slice(room, len);

            for (size_t i = 0; i < len; i++)
                room[i] = near[(i + at) % sizeof near];
            if (at < len)
                room[at] = at % 2 ? '\r' : '\n';
            if (at + 3 < len)
                room[at + 3] = '\r';
            ck_assert_uint_eq(slow(s), at);
            ck_assert_ptr_eq(sip_find_eol(room, room + len), room + at);
            ck_assert_ptr_eq(sip_find_eol_portable(room, room + len), room + at);
        }
}
END_TEST

/* A colon at each place of a look, or none; one behind it is not seen. */
START_TEST(colons)
{
    for (size_t at = 0; at <= SIP_LOOK; at++) {
        char *room = unit_room(SIP_LOOK);

        for (size_t i = 0; i < SIP_LOOK; i++)
            room[i] = i % 2 ? ';' : '\xba';
        if (at < SIP_LOOK)
            room[at] = ':';
        if (at + 2 < SIP_LOOK)
            room[at + 2] = ':';
        ck_assert_ptr_eq(sip_find_colon(room), at < SIP_LOOK ? room + at : NULL);
        ck_assert_ptr_eq(sip_find_colon_portable(room), at < SIP_LOOK ? room + at : NULL);
    }
}
END_TEST

/* Each octet at each place ends a run, or does not. */
START_TEST(alnums)
{
    for (int c = 0; c < 256; c++)
        for (size_t at = 0; at < SIP_LOOK; at++) {
            char   room[SIP_LOOK];
            bool   ends = !sp_is_alnum((char)c);
            size_t want = ends ? at : SIP_LOOK;

            memset(room, 'z', sizeof room);
            room[at] = (char)c;
            ck_assert_uint_eq(sip_count_alnum(room), want);
            ck_assert_uint_eq(sip_count_alnum_portable(room), want);
        }
}
END_TEST

Suite *test_sip_lines_suite(void)
{
    Suite *suite = suite_create("sip_lines");
    TCase *tcase = unit_tcase(suite, "sip_lines");

    tcase_add_test(tcase, every_place);
    tcase_add_test(tcase, colons);
    tcase_add_test(tcase, alnums);
    return suite;
}
