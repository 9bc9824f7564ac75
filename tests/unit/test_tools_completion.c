/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_completion.c -- what each shell is given to complete a table of options. */
#include <stdio.h>

#include "../../tools/completion.h"
#include "unit.h"

static const struct opt_row rows[] = {
    { 1, 'm', "mode", "auto|pager", false, "which; it's: [a]", NULL },
    { 2, '\0', "file", "FILE", true, "a file", NULL },
    { 3, '\0', "dir", "DIR", false, "a folder", NULL },
    { 4, '\0', "size", "N[K|M|G]", false, "no choice", NULL },
    { 5, '\0', "flag", NULL, false, "no value", NULL },
    { 6, 'x', NULL, NULL, false, "a letter alone", NULL },
};
static const char *const     synopses[] = { "", NULL };
static const struct opt_verb options = { "send", synopses, "", rows, UNIT_ROWS(rows) };
static const struct verb     verbs[] = {
        { "send", NULL, "push: it's sent", &options },
        { "bare", NULL, "without a table", NULL },
};

static const struct {
    const char *shell, *stands;
} lines[] = {
    { "bash", "compgen -W 'send bare completion --help --version'" },
    { "bash", "--mode) COMPREPLY=($(compgen -W 'auto pager' -- \"$cur\")); return ;;" },
    { "bash", "--file) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;" },
    { "bash", "--dir) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;" },
    { "bash", "--size) :; return ;;" },
    { "bash", "words='--mode --file --dir --size --flag '" },
    { "bash", "complete -o filenames -F _sipush sipush" },
    { "zsh", "'send:push\\: it'\\''s sent'" },
    { "zsh", "'--mode=[which; it'\\''s\\: \\[a\\]]:auto|pager:(auto pager)'" },
    { "zsh", "'*--file=[a file]:FILE:_files'" },
    { "zsh", "'--dir=[a folder]:DIR:_files -/'" },
    { "zsh", "'--size=[no choice]:N\\[K|M|G\\]:'" },
    { "zsh", "'--flag[no value]'" },
    { "fish", "-a send -d 'push: it'\\''s sent'" },
    { "fish", "_from send' -l mode -s m -x -a 'auto pager' -d 'which; it'\\''s: [a]'" },
    { "fish", "_from send' -l file -r -F -d 'a file'" },
    { "fish", "_from send' -l dir -x -a '(__fish_complete_directories)'" },
    { "fish", "_from send' -l size -x -d 'no choice'" },
    { "fish", "_from send' -l flag -d 'no value'" },
};

static struct sp_slice put(const char *shell, bool known)
{
    char  *room = NULL;
    size_t octets = 0;
    FILE  *to = open_memstream(&room, &octets);

    ck_assert(to != NULL);
    ck_assert_int_eq(completion_put(to, shell, verbs, UNIT_ROWS(verbs)), known);
    ck_assert_int_eq(fclose(to), 0);
    unit_adopt(room);
    return sp_slice(room, octets);
}

START_TEST(stands)
{
    struct sp_slice text = put(lines[_i].shell, true);

    ck_assert_msg(sp_find_slice(text, sp_str(lines[_i].stands)) < text.len, "no %s in\n%.*s",
                  lines[_i].stands, SP_ARG(text));
}
END_TEST

START_TEST(other_shells)
{
    ck_assert_uint_eq(put("tcsh", false).len, 0);
    ck_assert_uint_eq(put("", false).len, 0);
}
END_TEST

Suite *test_tools_completion_suite(void)
{
    Suite *suite = suite_create("tools_completion");
    TCase *tcase = unit_tcase(suite, "tools_completion");

    unit_loop(tcase, stands, lines);
    tcase_add_test(tcase, other_shells);
    return suite;
}
