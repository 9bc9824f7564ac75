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

/* No comma is overlooked before the end of the line; where there is none in reach, that is told by
 * the wide ones. */
START_TEST(commas)
{
    for (size_t len = 0; len <= 50; len++)
        for (size_t at = 0; at <= len; at++) {
            char *room = unit_room(len + 2);
            bool  comma = false;

            memset(room, '-', len);
            room[len] = '\r';
            room[len + 1] = '\n';
            ck_assert_ptr_eq(sip_find_eol_comma(room, room + len + 2, &comma), room + len);
#if defined(__SSE2__) || defined(__aarch64__)
            ck_assert(comma == (len / SIP_LOOK * SIP_LOOK + SIP_LOOK > len + 2));
#endif
            room[at] = at < len ? ',' : room[at];
            ck_assert_ptr_eq(sip_find_eol_comma(room, room + len + 2, &comma), room + len);
            ck_assert(comma || at == len);
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

/* Each octet at each place is seen as what it is, and those around it as what they are. */
START_TEST(looks)
{
    for (int c = 0; c < 256; c++)
        for (unsigned at = 0; at < SIP_LOOK; at++) {
            char           *room = unit_room(SIP_LOOK);
            bool            joint = c == '-' || c == '.', plain = joint || sp_is_alnum((char)c);
            struct sip_look wide, narrow;

            for (unsigned i = 0; i < SIP_LOOK; i++)
                room[i] = "z/9A-@Z`.[a{0:~\xff"[i];
            room[at] = (char)c;
            wide = sip_look(room);
            narrow = sip_look_portable(room);
            ck_assert_uint_eq(wide.plain >> at & 1, plain);
            ck_assert_uint_eq(wide.joints >> at & 1, joint);
            ck_assert_uint_eq(wide.plain & ~(1ULL << at), 0x155dULL & ~(1ULL << at));
            ck_assert_uint_eq(wide.joints & ~(1ULL << at), 0x0110ULL & ~(1ULL << at));
            ck_assert_uint_eq(narrow.plain, wide.plain);
            ck_assert_uint_eq(narrow.joints, wide.joints);
        }
}
END_TEST

Suite *test_sip_lines_suite(void)
{
    Suite *suite = suite_create("sip_lines");
    TCase *tcase = unit_tcase(suite, "sip_lines");

    tcase_add_test(tcase, every_place);
    tcase_add_test(tcase, commas);
    tcase_add_test(tcase, colons);
    tcase_add_test(tcase, looks);
    return suite;
}
