/* SPDX-License-Identifier: MIT
 * tests/unit/main.c -- the runner: unit [NAME...]
 *
 * Runs all suites, or those whose name contains one of NAME. The last line is `N passed, N failed`.
 * libcheck's environment works: CK_FORK=no for a debugger, CK_VERBOSITY, CK_RUN_CASE. */
#include "unit.h"

#include <stdio.h>

#include "suites.h"

static int wanted(const char *name, int argc, char **argv)
{
    if (argc < 2)
        return 1;
    for (int i = 1; i < argc; i++)
        if (strstr(name, argv[i]) != NULL)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    SRunner *runner = srunner_create(NULL);
    int      run, failed;

    /* A loaded machine and a sanitizer are slow; a test that hangs is still found. */
    setenv("CK_DEFAULT_TIMEOUT", "60", 0);
    for (size_t i = 0; i < UNIT_ROWS(unit_suites); i++)
        if (wanted(unit_suites[i].name, argc, argv))
            srunner_add_suite(runner, unit_suites[i].make());

    srunner_run_all(runner, CK_ENV);
    run = srunner_ntests_run(runner);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (run == 0)
        fprintf(stderr, "unit: no test has such a name\n");
    printf("%d passed, %d failed\n", run - failed, failed);
    return run > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
