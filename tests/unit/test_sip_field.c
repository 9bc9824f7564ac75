/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_field.c -- each field name is found in any case and by its compact form, and
 * nothing else is. */
#include "../../parser/sip_field.h"
#include "unit.h"

static struct sp_slice in_case(struct sp_slice name, char (*change)(char))
{
    char *room = unit_room(name.len);

    for (size_t i = 0; i < name.len; i++)
        room[i] = change(name.at[i]);
    return sp_slice(room, name.len);
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

START_TEST(names)
{
    for (int i = SIP_FIELD_OTHER + 1; i < SIP_FIELD_COUNT; i++) {
        enum sip_field_id id = (enum sip_field_id)i;
        struct sp_slice   name = sip_field_name(id);
        char              compact = sip_field_compact(id), large = upper(compact);

        ck_assert_int_eq(sip_field_of(unit_octets(name.at, name.len)), id);
        ck_assert_int_eq(sip_field_of(in_case(name, sp_lower)), id);
        ck_assert_int_eq(sip_field_of(in_case(name, upper)), id);
        if (name.len > 2)
            ck_assert_int_eq(sip_field_of(sp_head(name, name.len - 1)), SIP_FIELD_OTHER);
        if (compact != '\0') {
            ck_assert_int_eq(sip_field_of(unit_octets(&compact, 1)), id);
            ck_assert_int_eq(sip_field_of(unit_octets(&large, 1)), id);
        }
    }
}
END_TEST

/* RFC 3261 7.3.3, and the RFCs that add a compact form */
static const struct compact {
    const char       *form;
    enum sip_field_id id;
} compacts[] = {
    { "i", SIP_FIELD_CALL_ID },
    { "m", SIP_FIELD_CONTACT },
    { "e", SIP_FIELD_CONTENT_ENCODING },
    { "l", SIP_FIELD_CONTENT_LENGTH },
    { "c", SIP_FIELD_CONTENT_TYPE },
    { "f", SIP_FIELD_FROM },
    { "s", SIP_FIELD_SUBJECT },
    { "k", SIP_FIELD_SUPPORTED },
    { "t", SIP_FIELD_TO },
    { "v", SIP_FIELD_VIA },
    { "o", SIP_FIELD_EVENT },
    { "u", SIP_FIELD_ALLOW_EVENTS },
    { "r", SIP_FIELD_REFER_TO },
    { "x", SIP_FIELD_SESSION_EXPIRES },
    { "a", SIP_FIELD_ACCEPT_CONTACT },
    { "j", SIP_FIELD_REJECT_CONTACT },
    { "d", SIP_FIELD_REQUEST_DISPOSITION },
};

/* 3261-7.3.3-1 */
START_TEST(compact_forms)
{
    ck_assert_int_eq(sip_field_of(unit_text(compacts[_i].form)), compacts[_i].id);
}
END_TEST

START_TEST(other_names)
{
    static const char *const others[] = { "",        "1",         "-",     "z",
                                          "b",       "Vie",       "Vi",    "Call-ID ",
                                          "Call_ID", "C%6Fntact", "Toast", "\xc3\xa9" };

    for (size_t i = 0; i < UNIT_ROWS(others); i++)
        ck_assert_int_eq(sip_field_of(unit_text(others[i])), SIP_FIELD_OTHER);
    unit_eq(sip_field_name(SIP_FIELD_OTHER), "");
    ck_assert_int_eq(sip_field_of(UNIT_LIT("To\0")), SIP_FIELD_OTHER);
    ck_assert_int_eq(sip_field_of(UNIT_LIT("\x14\x4f")), SIP_FIELD_OTHER); /* "To" with bit 5 off */
}
END_TEST

/* 3261-7.3.1-3 3261-20.7-1 3261-20.28-1 */
START_TEST(lists)
{
    ck_assert(sip_field_is_list(SIP_FIELD_VIA));
    ck_assert(sip_field_is_list(SIP_FIELD_CONTACT));
    ck_assert(!sip_field_is_list(SIP_FIELD_DATE));             /* has a comma and is none */
    ck_assert(!sip_field_is_list(SIP_FIELD_WWW_AUTHENTICATE)); /* 7.3.1: never combined */
    ck_assert(!sip_field_is_list(SIP_FIELD_OTHER));
}
END_TEST

Suite *test_sip_field_suite(void)
{
    Suite *suite = suite_create("sip_field");
    TCase *tcase = unit_tcase(suite, "sip_field");

    tcase_add_test(tcase, names);
    unit_loop(tcase, compact_forms, compacts);
    tcase_add_test(tcase, other_names);
    tcase_add_test(tcase, lists);
    return suite;
}
