/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_hook.c -- what is run for a push: its words, its environment, its turn. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../../tools/hook.h"
#include "unit.h"

static char folder[] = "/tmp/sipush-hook-XXXXXX";
static int  before; /* the folder that the tests run in, also where they do not fork */

static void begin(void)
{
    before = open(".", O_RDONLY);
    ck_assert_int_ge(before, 0);
    memset(folder + strlen(folder) - 6, 'X', 6);
    ck_assert(mkdtemp(folder) != NULL);
    ck_assert_int_eq(chdir(folder), 0);
}

static void end(void)
{
    (void)unlink("out");
    ck_assert_int_eq(fchdir(before), 0);
    (void)close(before);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* Until nothing runs any more; false: it takes too long. */
static bool wait_for(struct hook *hook)
{
    struct timespec step = { .tv_nsec = 5000000 };

    for (int i = 0; i < 2000; i++) {
        if (!hook_work(hook))
            return true;
        (void)nanosleep(&step, NULL);
    }
    return false;
}

static const char *written(void)
{
    static char room[4096];
    FILE       *from = fopen("out", "r");
    size_t      n = from != NULL ? fread(room, 1, sizeof room - 1, from) : 0;

    room[n] = '\0';
    if (from != NULL)
        fclose(from);
    return room;
}

static const struct {
    const char *command;
    bool        shell;
    const char *value; /* of SIPUSH_FROM */
    const char *out;
    unsigned    failed;
} runs[] = {
    { "sh script", false, "sip:a@b", "sip:a@b 0\n", 0 },
    { "  sh \t script  a b ", false, "x", "x 2 a b\n", 0 },
    /* nothing of a push, and nothing of a command, is read by a shell */
    { "sh script $(id) ;a", false, "$(id); `id`", "$(id); `id` 2 $(id) ;a\n", 0 },
    { "echo \"$SIPUSH_FROM\" >out; exit 3", true, "a\nb\033[2J", "ab[2J\n", 1 },
    { "/nonexistent/program", false, "x", "", 1 },
    { "", false, "x", "", 1 },
    { "sh script", false, "", " 0\n", 0 },
};

START_TEST(runs_it)
{
    const char *const names[] = { "SIPUSH_FROM" };
    const char *const values[] = { runs[_i].value };
    struct hook       hook = { .command = runs[_i].command, .shell = runs[_i].shell };
    FILE             *script;

    begin();
    script = fopen("script", "w");
    ck_assert(script != NULL);
    fputs("[ $# = 0 ] && echo \"$SIPUSH_FROM 0\" >out || echo \"$SIPUSH_FROM $# $*\" >out\n",
          script);
    fclose(script);
    ck_assert(hook_add(&hook, names, values, 1));
    ck_assert(wait_for(&hook));
    ck_assert_str_eq(written(), runs[_i].out);
    ck_assert_uint_eq(hook.failed, runs[_i].failed);
    hook_end(&hook);
    unlink("script");
    end();
}
END_TEST

/* Of ours it has what was given for it, and that it is one; the rest of the environment stays. */
START_TEST(bare)
{
    const char *const names[] = { "SIPUSH_FROM", "SIPUSH_TYPE" };
    const char *const values[] = { "a", "b" };
    struct hook hook = { .command = "env | grep -e ^SIPUSH_ -e ^KEPT= | sort >out", .shell = true };

    begin();
    setenv("SIPUSH_PASSWORD", "secret", 1);
    setenv("SIPUSH_FROM", "sip:me@here", 1);
    setenv("SIPUSH_JSON", "yes", 1);
    setenv("KEPT", "1", 1);
    ck_assert(hook_add(&hook, names, values, 2));
    ck_assert(wait_for(&hook));
    ck_assert_str_eq(written(), "KEPT=1\nSIPUSH_FROM=a\nSIPUSH_IN_HOOK=1\nSIPUSH_TYPE=b\n");
    unsetenv("SIPUSH_PASSWORD");
    unsetenv("SIPUSH_FROM");
    unsetenv("SIPUSH_JSON");
    hook_end(&hook);
    end();
}
END_TEST

/* So many at once, the others in turn; each once. */
START_TEST(in_turn)
{
    const char *const names[] = { "SIPUSH_SIZE" };
    struct hook       hook = { .command = "echo $SIPUSH_SIZE >>out; sleep 0.05", .shell = true };
    char              value[16];
    unsigned          running = 0;
    int               lines = 0;

    begin();
    for (int i = 0; i < 3 * HOOK_AT_ONCE; i++) {
        const char *const values[] = { value };

        snprintf(value, sizeof value, "%d", i);
        ck_assert(hook_add(&hook, names, values, 1));
    }
    ck_assert(hook_work(&hook));
    for (int i = 0; i < HOOK_AT_ONCE; i++)
        running += hook.pids[i] != 0;
    ck_assert_uint_eq(running, HOOK_AT_ONCE);
    ck_assert(hook.waiting != NULL);
    ck_assert(wait_for(&hook));
    for (const char *c = written(); *c != '\0'; c++)
        lines += *c == '\n';
    ck_assert_int_eq(lines, 3 * HOOK_AT_ONCE);
    ck_assert_uint_eq(hook.failed, 0);
    /* what waits when we leave is not started */
    ck_assert(hook_add(&hook, names, (const char *const[]){ "x" }, 1));
    hook_end(&hook);
    ck_assert(!hook_work(&hook));
    end();
}
END_TEST

static const struct {
    const char *from, *to;
} cleaned[] = {
    { "", "" },
    { "plain text/42", "plain text/42" },
    { "a\nb\rc\td", "abcd" },
    { "\033[31mred\033[0m", "[31mred[0m" },
    { "u\xC3\xBC\xE2\x82\xAC", "u\xC3\xBC\xE2\x82\xAC" },
    { "\x80x\xC3", "x" }, /* no UTF-8 */
    { "a\xC2\x85"
      "b",
      "ab" }, /* C1 */
    { "a\xE2\x80\xAE"
      "b",
      "ab" }, /* text is turned round */
    { "\x7F", "" },
};

START_TEST(cleans)
{
    char room[64];

    snprintf(room, sizeof room, "%s", cleaned[_i].from);
    hook_clean(room);
    ck_assert_str_eq(room, cleaned[_i].to);
}
END_TEST

Suite *test_tools_hook_suite(void)
{
    Suite *suite = suite_create("tools_hook");
    TCase *tcase = unit_tcase(suite, "tools_hook");

    unit_loop(tcase, runs_it, runs);
    tcase_add_test(tcase, bare);
    tcase_add_test(tcase, in_turn);
    unit_loop(tcase, cleans, cleaned);
    return suite;
}
