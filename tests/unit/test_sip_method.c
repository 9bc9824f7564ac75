/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_method.c -- each method has its name, and no other name has it. */
#include "../../parser/sip_method.h"
#include "unit.h"

START_TEST(names)
{
    for (int m = SIP_METHOD_OTHER + 1; m < SIP_METHOD_COUNT; m++) {
        struct sp_slice name = sip_method_name((enum sip_method)m);

        ck_assert_uint_gt(name.len, 0);
        ck_assert_int_eq(sip_method_of(unit_octets(name.at, name.len)), m);
        ck_assert_int_eq(sip_method_of(sp_head(name, name.len - 1)), SIP_METHOD_OTHER);
    }
    unit_eq(sip_method_name(SIP_INVITE), "INVITE");
    unit_eq(sip_method_name(SIP_METHOD_OTHER), "");
}
END_TEST

/* The method is case-sensitive: RFC 3261 7.1. */
START_TEST(other_names)
{
    static const char *const others[] = { "", "invite", "Invite", "INVITES", "RE%47IST%45R", "X" };

    for (size_t i = 0; i < UNIT_ROWS(others); i++)
        ck_assert_int_eq(sip_method_of(unit_text(others[i])), SIP_METHOD_OTHER);
}
END_TEST

Suite *test_sip_method_suite(void)
{
    Suite *suite = suite_create("sip_method");
    TCase *tcase = unit_tcase(suite, "sip_method");

    tcase_add_test(tcase, names);
    tcase_add_test(tcase, other_names);
    return suite;
}
