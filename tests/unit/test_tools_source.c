/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_source.c -- a file that changes after it was opened is found out. */
#include "../../tools/source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

START_TEST(a_file_that_changes_is_found_out)
{
    char          path[] = "/tmp/sipush-source-XXXXXX";
    int           fd = mkstemp(path);
    struct source source;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, "0123456789", 10), 10);
    unit_err(source_open(&source, path, NULL, true), SP_OK);
    ck_assert(!source_changed(&source));
    ck_assert_int_eq(ftruncate(fd, _i), 0);
    ck_assert(source_changed(&source));
    source_close(&source);
    close(fd);
    unlink(path);
}
END_TEST

START_TEST(a_text_never_changes)
{
    struct source source;

    source_text(&source, "text", NULL);
    ck_assert(!source_changed(&source));
    source_close(&source);
}
END_TEST

Suite *test_tools_source_suite(void)
{
    Suite *suite = suite_create("tools_source");
    TCase *tcase = tcase_create("files");

    tcase_add_loop_test(tcase, a_file_that_changes_is_found_out, 0, 10);
    tcase_add_test(tcase, a_text_never_changes);
    suite_add_tcase(suite, tcase);
    return suite;
}
