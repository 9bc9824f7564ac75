/* SPDX-License-Identifier: MIT
 * tests/unit/unit.h -- what every unit test shares.
 *
 * A file tests/unit/test_<file>.c defines `Suite *test_<file>_suite(void)`; the Makefile finds it
 * by its name. Inputs are copied into heap blocks of exactly their size, so that a sanitizer sees
 * one octet too far; the blocks live until the test ends. */
#ifndef SIPUSH_TESTS_UNIT_UNIT_H
#define SIPUSH_TESTS_UNIT_UNIT_H

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/arena.h"
#include "../../base/slice.h"

/* Octets in a heap block of exactly their size: a string's, a literal's (NULs inside count), any.
 * Of no octets, the block still has an end that may not be read. */
struct sp_slice unit_text(const char *text);
struct sp_slice unit_octets(const void *octets, size_t len);
#define UNIT_LIT(literal) unit_octets("" literal, sizeof(literal) - 1)

/* Zeroed room of exactly this size, to be written to; lives as long. */
void *unit_room(size_t octets);
/* What malloc gave to somebody else lives as long, too. */
void unit_adopt(void *octets);
/* An arena over memory of exactly the size that another has measured. */
struct sp_arena unit_arena(struct sp_arena measured);

/* A whole file below tests/corpus/, found from the project's root; a missing one fails the test. */
struct sp_slice unit_file(const char *path);

/* Rows of data: how many, and a loop test over them that sees `_i`. */
#define UNIT_ROWS(rows)              (sizeof(rows) / sizeof((rows)[0]))
#define unit_loop(tcase, test, rows) tcase_add_loop_test(tcase, test, 0, (int)UNIT_ROWS(rows))
/* A suite of one case; tests are added to what `unit_tcase` yields. */
TCase *unit_tcase(Suite *suite, const char *name);

/* A test that must end in a failing assert: SIGABRT. Left out where tests do not fork. */
#define unit_asserts(tcase, test)                                                                  \
    do {                                                                                           \
        if (unit_forks())                                                                          \
            tcase_add_test_raise_signal(tcase, test, SIGABRT);                                     \
    } while (0)
int unit_forks(void);

/* Octet for octet; a failure shows both, with what is not printable as \xNN. */
#define unit_eq(slice, text)       unit_same(slice, sp_str(text), __FILE__, __LINE__)
#define unit_eq_slice(slice, want) unit_same(slice, want, __FILE__, __LINE__)
void unit_same(struct sp_slice got, struct sp_slice want, const char *file, int line);

/* Errors by name. */
#define unit_err(got, want) ck_assert_str_eq(sp_err_name(got), sp_err_name(want))
/* An error with its place: the octet counts only where there is an error. */
#define unit_err_at(got, where, want, octet_)                                                      \
    do {                                                                                           \
        unit_err(got, want);                                                                       \
        if ((want) != SP_OK)                                                                       \
            ck_assert_uint_eq((where).octet, octet_);                                              \
    } while (0)

/* What the runner knows of a suite. */
struct unit_suite {
    const char *name;
    Suite *(*make)(void);
};

#endif
