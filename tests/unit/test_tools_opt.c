/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_opt.c -- command lines: rows of words, and what is made of them. */
#include "../../tools/opt.h"
#include "../../tools/target.h"
#include "unit.h"

static const struct opt_row table[] = {
    { 1, 'v', "verbose", NULL, true, "say more", NULL },
    { 2, 'q', "quiet", NULL, false, "say less", NULL },
    { 3, 'm', "message", "TEXT", true, "a text", NULL },
    { 4, 0, "dir", "DIR", false, "where", "." },
};

static const struct opt_verb verb = {
    .name = "test",
    .synopses = (const char *const[]){ "[options] X", NULL },
    .words = "Tests.",
    .rows = table,
    .count = sizeof table / sizeof table[0],
};

/* What the words come to: "id=value" each, operands as "=value", a complaint as "!words". */
static const struct {
    const char *words[6];
    const char *out;
} lines[] = {
    { { NULL }, "" },
    { { "a", "b" }, "=a =b " },
    { { "-v", "-v" }, "1 1 " },
    { { "-vvq" }, "1 1 2 " },
    { { "--dir", "x", "y" }, "4=x =y " },
    { { "--dir=x" }, "4=x " },
    { { "--dir=" }, "4= " },
    { { "--dir", "--quiet" }, "4=--quiet " },
    { { "-m", "one", "-mtwo", "--message=three" }, "3=one 3=two 3=three " },
    { { "-qm", "text" }, "2 3=text " },
    { { "-", "--", "-v", "--x" }, "=- =-v =--x " },
    { { "--resume" }, "!unknown option --resume" },
    { { "--resume=yes" }, "!unknown option --resume" },
    { { "--verb" }, "!unknown option --verb" }, /* no guessing */
    { { "-x" }, "!unknown option -x" },
    { { "-vx" }, "1 !unknown option -x" },
    { { "--dir" }, "!--dir needs a value: DIR" },
    { { "-m" }, "!-m needs a value: TEXT" },
    { { "--quiet=1" }, "!--quiet takes no value" },
    { { "-q", "-q" }, "2 !-q stands twice" },
    { { "--dir", "a", "--dir=b" }, "4=a !--dir stands twice" },
};

START_TEST(words_to_options)
{
    char           *argv[6];
    char            out[400] = "";
    int             argc = 0, id;
    struct opt_args args;

    while (argc < 6 && lines[_i].words[argc] != NULL) {
        size_t len = strlen(lines[_i].words[argc]) + 1;

        argv[argc] = unit_room(len);
        memcpy(argv[argc], lines[_i].words[argc], len);
        argc++;
    }
    args = opt_args(&verb, argc, argv);
    do {
        size_t at = strlen(out);

        id = opt_next(&args);
        if (id == OPT_BAD)
            (void)snprintf(out + at, sizeof out - at, "!%.99s", args.complaint);
        else if (id == OPT_OPERAND)
            (void)snprintf(out + at, sizeof out - at, "=%s ", args.value);
        else if (id > 0 && args.value != NULL)
            (void)snprintf(out + at, sizeof out - at, "%d=%s ", id, args.value);
        else if (id > 0)
            (void)snprintf(out + at, sizeof out - at, "%d ", id);
    } while (id != OPT_END && id != OPT_BAD);
    ck_assert_str_eq(out, lines[_i].out);
}
END_TEST

START_TEST(the_table_explains_itself)
{
    char  *text;
    size_t octets;
    FILE  *to = open_memstream(&text, &octets);

    opt_help(to, &verb);
    ck_assert_int_eq(fclose(to), 0);
    ck_assert(strstr(text, "usage: sipush test [options] X\n") != NULL);
    ck_assert(strstr(text, "-m, --message TEXT") != NULL);
    ck_assert(strstr(text, "a text; repeatable\n") != NULL);
    ck_assert(strstr(text, "where (default .)\n") != NULL);
    free(text);
}
END_TEST

static const struct {
    const char *text;
    bool        good;
    uint64_t    value;
} sizes[] = {
    { "0", true, 0 },
    { "20000", true, 20000 },
    { "10K", true, 10240 },
    { "1m", true, 1048576 },
    { "2G", true, 2147483648 },
    { "", false, 0 },
    { "K", false, 0 },
    { "-1", false, 0 },
    { "1.5M", false, 0 },
    { "10KB", false, 0 },
    { "1 K", false, 0 },
    { "9223372036854775807", true, INT64_MAX },
    { "9223372036854775808", false, 0 },
    { "99999999999G", false, 0 },
};

START_TEST(sizes_with_their_units)
{
    uint64_t value = 0;

    ck_assert_int_eq(opt_size(sizes[_i].text, &value), sizes[_i].good);
    if (sizes[_i].good)
        ck_assert_uint_eq(value, sizes[_i].value);
}
END_TEST

static const struct {
    const char *text, *uri; /* NULL: none */
} targets[] = {
    { "127.0.0.1", "sip:127.0.0.1" },
    { "127.0.0.1:5070", "sip:127.0.0.1:5070" },
    { "host", "sip:host" },
    { "host:5070", "sip:host:5070" },
    { "host:5070;transport=tcp", "sip:host:5070;transport=tcp" },
    { "alice@host", "sip:alice@host" },
    { "alice@host:5070", "sip:alice@host:5070" },
    { "::1", "sip:[::1]" },
    { "[::1]", "sip:[::1]" },
    { "[::1]:5070", "sip:[::1]:5070" },
    { "sip:alice@host", "sip:alice@host" },
    { "SIP:host", "SIP:host" },
    { "sips:host", "sips:host" },
    { "tel:+1-201", "tel:+1-201" },
    { "http://host/", "http://host/" }, /* no SIP: refused by who reads it */
    { "", NULL },
    { "a b", NULL },
    { "a\nb", NULL },
};

START_TEST(targets_are_completed)
{
    char uri[64];

    ck_assert_int_eq(target_complete(targets[_i].text, uri, sizeof uri), targets[_i].uri != NULL);
    if (targets[_i].uri != NULL)
        ck_assert_str_eq(uri, targets[_i].uri);
}
END_TEST

static const struct {
    const char *text, *uri; /* NULL: none */
} proxies[] = {
    { "127.0.0.1:5070", "sip:127.0.0.1:5070;lr" },
    { "sip:host;transport=tcp", "sip:host;transport=tcp;lr" },
    { "sip:host;lr;transport=tcp", "sip:host;lr;transport=tcp" },
    { "host;LR=on", "sip:host;LR=on" },
    { "sip:a@host", "sip:a@host;lr" },
    { "::1", "sip:[::1];lr" },
    { "sip:host?Subject=x", NULL },
    { "sip:[::1", NULL },
    { "", NULL },
    { "sip:a.name.that.leaves.no.room.for.the.parameter.behind.it.xxxx", NULL },
};

START_TEST(proxies_are_loose)
{
    char uri[64];

    ck_assert_int_eq(target_proxy(proxies[_i].text, uri, sizeof uri), proxies[_i].uri != NULL);
    if (proxies[_i].uri != NULL)
        ck_assert_str_eq(uri, proxies[_i].uri);
}
END_TEST

START_TEST(beside_a_target)
{
    struct sp_addr addr, local;
    char           uri[8];

    unit_err(sp_addr_parse(SP_LIT("127.0.0.9"), &addr), SP_OK);
    local = target_local(&addr);
    ck_assert(target_is_loopback(&local));
    ck_assert_uint_eq(local.octets[3], 1);
    ck_assert_uint_eq(local.port, 0);
    unit_err(sp_addr_parse(SP_LIT("::1"), &addr), SP_OK);
    local = target_local(&addr);
    ck_assert(target_is_loopback(&local));
    local.octets[0] = 32;
    ck_assert(!target_is_loopback(&local));
    ck_assert(!target_complete("much.too.long", uri, sizeof uri));
}
END_TEST

Suite *test_tools_opt_suite(void)
{
    Suite *suite = suite_create("tools_opt");
    TCase *tcase = unit_tcase(suite, "opt");

    unit_loop(tcase, words_to_options, lines);
    tcase_add_test(tcase, the_table_explains_itself);
    unit_loop(tcase, sizes_with_their_units, sizes);
    unit_loop(tcase, targets_are_completed, targets);
    unit_loop(tcase, proxies_are_loose, proxies);
    tcase_add_test(tcase, beside_a_target);
    return suite;
}
