/* SPDX-License-Identifier: MIT
 * tests/unit/test_err.c -- every error has a name and words. */
#include "unit.h"

START_TEST(names)
{
    ck_assert_str_eq(sp_err_name(SP_OK), "OK");
    ck_assert_str_eq(sp_err_name(SP_SYNTAX), "SYNTAX");
    ck_assert_str_eq(sp_err_name(SP_STORAGE), "STORAGE");
    ck_assert_str_eq(sp_err_words(SP_OK), "no error");
    ck_assert_str_eq(sp_err_words(SP_STORAGE), "the content could not be read or stored");
}
END_TEST

START_TEST(each_differs)
{
    for (int a = 0; a < SP_ERR_COUNT; a++)
        for (int b = 0; b < a; b++) {
            ck_assert_str_ne(sp_err_name((enum sp_err)a), sp_err_name((enum sp_err)b));
            ck_assert_str_ne(sp_err_words((enum sp_err)a), sp_err_words((enum sp_err)b));
        }
}
END_TEST

START_TEST(beyond_the_list)
{
    ck_assert_str_eq(sp_err_name(SP_ERR_COUNT), "?");
    ck_assert_str_eq(sp_err_words(SP_ERR_COUNT), "unknown error");
    ck_assert_str_eq(sp_err_words((enum sp_err) - 1), "unknown error");
}
END_TEST

Suite *test_err_suite(void)
{
    Suite *suite = suite_create("err");
    TCase *tcase = unit_tcase(suite, "err");

    tcase_add_test(tcase, names);
    tcase_add_test(tcase, each_differs);
    tcase_add_test(tcase, beyond_the_list);
    return suite;
}
