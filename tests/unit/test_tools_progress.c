/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_progress.c -- how far a transfer is: what is shown of it, and when. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../../tools/progress.h"
#include "unit.h"

#define M 1048576.0

static const struct {
    const char *name;
    uint64_t    done, total;
    double      rate;
    unsigned    columns;
    const char *shown;
} rows[] = {
    { "f.bin", 0, 1048576, 0, 79,
      "f.bin           [>                   ]   0%    0 octets             -      -:--" },
    { "f.bin", 524288, 1048576, 0.25 * M, 79,
      "f.bin           [==========>         ]  50%   512.0 KiB   256.0 KiB/s      0:02" },
    { "f.bin", 1048576, 1048576, M, 79,
      "f.bin           [====================] 100%     1.0 MiB     1.0 MiB/s      0:00" },
    { "f.bin", 1, UINT64_C(1) << 40, M, 79,
      "f.bin           [>                   ]   0%    1 octets     1.0 MiB/s  99:59:59" },
    { "f.bin", 0, 3723 * 1048576u, M, 79,
      "f.bin           [>                   ]   0%    0 octets     1.0 MiB/s   1:02:03" },
    /* an empty file is all there; more than was told is no more than all */
    { "e", 0, 0, 0, 60, "e                   100%    0 octets             -      -:--" },
    { "e", 9, 4, 2, 60, "e                   100%    9 octets    2 octets/s      -:--" },
    /* how much there will be is not known */
    { "e", 2048, UINT64_MAX, 2048, 60,
      "e                                   2.0 KiB     2.0 KiB/s" },
    /* a name that is too long, one with characters of several octets, one that plays tricks */
    { "0123456789012345678901", 5, 10, 0, 60,
      "012345678901234567>  50%    5 octets             -      -:--" },
    { "0123456789012345678", 5, 10, 0, 60,
      "0123456789012345678  50%    5 octets             -      -:--" },
    { "\xC3\xBC", 5, 10, 0, 60,
      "\xC3\xBC                    50%    5 octets             -      -:--" },
    { "a\033[2J", 5, 10, 0, 60, "a\\x1B[2J             50%    5 octets             -      -:--" },
    { "01234567890123456\033", 5, 10, 0, 60,
      "01234567890123456>   50%    5 octets             -      -:--" },
    /* no room for all of it */
    { "f.bin", 5, 10, 0, 20, " 50%      " },
    { "f.bin", 5, 10, 0, 4, " 50>" },
    { "f.bin", 2048, UINT64_MAX, 0, 20, "2.0 KiB   " },
};

START_TEST(shown)
{
    char            room[512];
    FILE           *to = fmemopen(room, sizeof room, "w");
    struct sp_slice name = unit_text(rows[_i].name);

    progress_put(to, name, rows[_i].done, rows[_i].total, rows[_i].rate, rows[_i].columns);
    ck_assert_int_eq(fclose(to), 0);
    ck_assert_str_eq(room, rows[_i].shown);
}
END_TEST

/* Into a file: what stderr got of a run of calls. */
static int  kept, file;
static char path[] = "/tmp/sipush-progress-XXXXXX";

static void begin(void)
{
    memset(path + strlen(path) - 6, 'X', 6);
    file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    (void)unlink(path);
    (void)fflush(stderr);
    kept = dup(STDERR_FILENO);
    ck_assert_int_ge(dup2(file, STDERR_FILENO), 0);
}

static struct sp_slice end(void)
{
    static char room[4096];
    ssize_t     n;

    (void)fflush(stderr);
    ck_assert_int_ge(dup2(kept, STDERR_FILENO), 0);
    (void)close(kept);
    n = pread(file, room, sizeof room, 0);
    (void)close(file);
    return sp_slice(room, n > 0 ? (size_t)n : 0);
}

static int lines_of(struct sp_slice text)
{
    int lines = 0;

    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    return lines;
}

/* A line a second and one at the end, where it is wanted; nothing where it is not, or with -q. */
START_TEST(lines)
{
    struct progress progress;
    struct sp_slice text;

    begin();
    progress_init(&progress, _i == 2, _i > 0);
    for (uint64_t ms = 1; ms <= 3500; ms += 50)
        progress_show(&progress, SP_LIT("f"), ms, 3501, ms * 1000);
    progress_show(&progress, SP_LIT("f"), 3501, 3501, 3501000);
    progress_clear(&progress);
    text = end();
    ck_assert_int_eq(lines_of(text), _i == 1 ? 4 : 0);
    if (_i != 1)
        ck_assert_uint_eq(text.len, 0);
    else
        ck_assert_uint_lt(sp_find_slice(text, SP_LIT(" 1000 octets/s ")), text.len);
}
END_TEST

/* The rate follows: at a tenth of the speed, after some seconds it says so. */
START_TEST(rate_of_late)
{
    struct progress progress;
    uint64_t        done = 0, now_us = 1;

    begin();
    progress_init(&progress, false, true);
    for (int i = 0; i < 20; i++)
        progress_show(&progress, SP_LIT("f"), done += 1000000, UINT64_MAX, now_us += 1000000);
    ck_assert_double_eq_tol(progress.rate, 1e6, 1);
    for (int i = 0; i < 20; i++)
        progress_show(&progress, SP_LIT("f"), done += 100000, UINT64_MAX, now_us += 1000000);
    ck_assert_double_lt(progress.rate, 1.1e5);
    progress_show(&progress, SP_LIT("g"), 5, UINT64_MAX, now_us += 1000000); /* another file */
    ck_assert_double_eq(progress.rate, 0);
    (void)end();
}
END_TEST

Suite *test_tools_progress_suite(void)
{
    Suite *suite = suite_create("tools_progress");
    TCase *tcase = unit_tcase(suite, "tools_progress");

    unit_loop(tcase, shown, rows);
    tcase_add_loop_test(tcase, lines, 0, 3);
    tcase_add_test(tcase, rate_of_late);
    return suite;
}
