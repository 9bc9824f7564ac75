/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_conf.c -- options of a file and of the environment, before those of the
 * command line. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/conf.h"
#include "../../tools/hook.h"
#include "unit.h"

static const struct opt_row rows_one[] = {
    { 1, 'n', "name", "TEXT", false, "", NULL },    { 2, '\0', "many", "TEXT", true, "", NULL },
    { 3, 'f', "flag", NULL, false, "", NULL },      { 4, '\0', "two-words", "N", false, "", NULL },
    { 5, '\0', "config", "FILE", false, "", NULL }, { 6, 'h', "help", NULL, false, "", NULL },
    { 7, 'x', NULL, NULL, false, "", NULL },
};
static const struct opt_row rows_two[] = { { 1, '\0', "other", "TEXT", false, "", NULL } };

static const char *const     synopses[] = { "", NULL };
static const struct opt_verb one = { "one", synopses, "", rows_one, UNIT_ROWS(rows_one) };
static const struct opt_verb two = { "two", synopses, "", rows_two, UNIT_ROWS(rows_two) };
static const struct verb     verbs[] = {
        { "one", NULL, "", &one },
        { "two", NULL, "", &two },
        { "three", NULL, "", NULL },
};

static const struct {
    const char *file; /* NULL: none */
    const char *environment[3];
    const char *line;  /* words split by blanks; %F is the file */
    const char *words; /* what the verb is given; NULL: it is refused */
    const char *complaint;
} cases[] = {
    { "", { NULL }, "--config %F a", "--config %F a", NULL },
    { "name = a", { NULL }, "--config %F", "--name=a --config %F", NULL },
    { "name=a\nmany = b\n many=c \n",
      { NULL },
      "--config=%F x",
      "--name=a --many=b --many=c --config=%F x",
      NULL },
    { "# name = a\n\n  # b\n\tflag = yes\r\n",
      { NULL },
      "--config %F",
      "--flag --config %F",
      NULL },
    { "flag = no\nflag = no", { NULL }, "--config %F", NULL, ":2: flag stands twice" },
    { "flag = no", { NULL }, "--config %F", "--config %F", NULL },
    { "flag = 1", { NULL }, "--config %F", "--flag --config %F", NULL },
    { "flag = 0", { NULL }, "--config %F", "--config %F", NULL },
    { "flag = maybe", { NULL }, "--config %F", NULL, ":1: flag is yes or no" },
    { "name = a = b", { NULL }, "--config %F", "--name=a_=_b --config %F", NULL },
    { "name =", { NULL }, "--config %F", "--name= --config %F", NULL },
    { "name = # no comment", { NULL }, "--config %F", "--name=#_no_comment --config %F", NULL },
    { "two-words = 5\nother = of another verb",
      { NULL },
      "--config %F",
      "--two-words=5 --config %F",
      NULL },
    { "name = a\nname = b", { NULL }, "--config %F", NULL, ":2: name stands twice" },
    { "\nnome = a", { NULL }, "--config %F", NULL, ":2: no option is called nome" },
    { "config = a", { NULL }, "--config %F", NULL, ":1: no option is called config" },
    { "help = yes", { NULL }, "--config %F", NULL, ":1: no option is called help" },
    { "name", { NULL }, "--config %F", NULL, ":1: a line is key = value" },
    { "NAME = a", { NULL }, "--config %F", NULL, ":1: no option is called NAME" },
    { NULL, { NULL }, "--config /nonexistent/conf", NULL, "/nonexistent/conf: No such file" },
    { NULL, { NULL }, "a b", "a b", NULL },
    /* the environment */
    { NULL, { "SIPUSH_NAME=a", "SIPUSH_TWO_WORDS=7" }, "x", "--name=a --two-words=7 x", NULL },
    { NULL, { "SIPUSH_FLAG=yes", "SIPUSH_OTHER=b" }, "", "--flag", NULL },
    { NULL, { "SIPUSH_FLAG=perhaps" }, "", NULL, "SIPUSH_FLAG: flag is yes or no" },
    { NULL, { "SIPUSH_HELP=yes", "SIPUSH_NOTHING=1" }, "x", "x", NULL },
    { NULL, { "SIPUSH_NAME=a", HOOK_MARK "=1" }, "x", "x", NULL }, /* it tells of a push */
    /* the command line beats the environment, that beats the file */
    { "name = a\nmany = b\nflag = yes",
      { "SIPUSH_NAME=c", "SIPUSH_MANY=d" },
      "--config %F",
      "--name=c --many=d --flag --config %F",
      NULL },
    { "name = a\nmany = b",
      { "SIPUSH_MANY=d" },
      "--config %F --many e --many f -n g",
      "--config %F --many e --many f -n g",
      NULL },
    { "flag = yes", { "SIPUSH_FLAG=no" }, "--config %F", "--config %F", NULL },
    { "flag = yes", { NULL }, "--config %F -f", "--config %F -f", NULL },
    { "name = a", { NULL }, "--config %F -- --name", "--name=a --config %F -- --name", NULL },
    { "name = a", { "SIPUSH_CONFIG=%F" }, "x", "--name=a x", NULL },
    { "name = a",
      { "SIPUSH_CONFIG=/nonexistent/conf" },
      "--config %F",
      "--name=a --config %F",
      NULL },
};

static char path[] = "/tmp/sipush-conf-XXXXXX";

/* With %F filled in, in a block that lives on. */
static char *filled(const char *text)
{
    const char *mark = strstr(text, "%F");
    size_t      room = strlen(text) + sizeof path, head = mark != NULL ? (size_t)(mark - text) : 0;
    char       *to = unit_room(room);

    if (mark == NULL)
        snprintf(to, room, "%s", text);
    else
        snprintf(to, room, "%.*s%s%s", (int)head, text, path, mark + 2);
    return to;
}

static int split(char *text, char **argv)
{
    int argc = 0;

    while (*text != '\0') {
        size_t len = strcspn(text, " ");

        argv[argc++] = text;
        text += len;
        if (*text == ' ')
            *text++ = '\0';
    }
    return argc;
}

START_TEST(loaded)
{
    char       *argv[16], got[512] = "";
    int         argc, fd = mkstemp(path);
    struct conf conf;

    ck_assert_int_ge(fd, 0);
    if (cases[_i].file != NULL)
        ck_assert_int_ge(write(fd, cases[_i].file, strlen(cases[_i].file)), 0);
    close(fd);
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    for (int i = 0; i < 3 && cases[_i].environment[i] != NULL; i++)
        putenv(filled(cases[_i].environment[i]));
    argc = split(filled(cases[_i].line), argv);
    if (cases[_i].words == NULL) {
        ck_assert(!conf_load(&conf, &verbs[0], verbs, UNIT_ROWS(verbs), argc, argv));
        ck_assert_msg(strstr(conf.complaint, cases[_i].complaint) != NULL, "%s", conf.complaint);
    } else {
        ck_assert_msg(conf_load(&conf, &verbs[0], verbs, UNIT_ROWS(verbs), argc, argv), "%s",
                      conf.complaint);
        for (int i = 0; i < conf.argc; i++) {
            for (char *c = conf.argv[i]; *c != '\0'; c++) /* so that a row shows them */
                *c = *c == ' ' ? '_' : *c;
            snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i > 0 ? " " : "",
                     conf.argv[i]);
        }
        ck_assert_str_eq(got, filled(cases[_i].words));
    }
    conf_end(&conf);
    unlink(path);
    for (int i = 0; i < 3 && cases[_i].environment[i] != NULL; i++) {
        char *name = filled(cases[_i].environment[i]);

        *strchr(name, '=') = '\0';
        unsetenv(name);
    }
    memset(path + strlen(path) - 6, 'X', 6);
}
END_TEST

/* The file of the user's own folder may be absent, or is read where it is there. */
START_TEST(own_file)
{
    char        folder[] = "/tmp/sipush-home-XXXXXX", below[64], file[96];
    char        word[] = "x", *argv[] = { word };
    struct conf conf;
    FILE       *to;

    ck_assert(mkdtemp(folder) != NULL);
    snprintf(below, sizeof below, "%s/sipush", folder);
    snprintf(file, sizeof file, "%s/sipush.conf", below);
    setenv("XDG_CONFIG_HOME", folder, 1);
    ck_assert(conf_load(&conf, &verbs[0], verbs, UNIT_ROWS(verbs), 1, argv));
    ck_assert_int_eq(conf.argc, 1);
    conf_end(&conf);
    ck_assert_int_eq(mkdir(below, 0700), 0);
    to = fopen(file, "w");
    ck_assert(to != NULL);
    fputs("flag = yes\n", to);
    fclose(to);
    ck_assert(conf_load(&conf, &verbs[0], verbs, UNIT_ROWS(verbs), 1, argv));
    ck_assert_int_eq(conf.argc, 2);
    ck_assert_str_eq(conf.argv[0], "--flag");
    conf_end(&conf);
    /* a verb that reads its words by itself gets them as they are */
    ck_assert(conf_load(&conf, &verbs[2], verbs, UNIT_ROWS(verbs), 1, argv));
    ck_assert_int_eq(conf.argc, 1);
    conf_end(&conf);
    unlink(file);
    rmdir(below);
    rmdir(folder);
    unsetenv("XDG_CONFIG_HOME");
}
END_TEST

START_TEST(variables)
{
    char name[64], longest[128];

    conf_variable(name, "accept-types");
    ck_assert_str_eq(name, "SIPUSH_ACCEPT_TYPES");
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    conf_variable(name, longest);
    ck_assert_uint_eq(strlen(name), 63);
}
END_TEST

Suite *test_tools_conf_suite(void)
{
    Suite *suite = suite_create("tools_conf");
    TCase *tcase = unit_tcase(suite, "tools_conf");

    unit_loop(tcase, loaded, cases);
    tcase_add_test(tcase, own_file);
    tcase_add_test(tcase, variables);
    return suite;
}
