/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_rules.c -- rules: texts that are read or not, and what they say. */
#include "../../tools/rules.h"
#include "unit.h"

#include <stdio.h>

static struct rule  room[8];
static struct rules rules = { .rules = room, .room = 8 };

static const struct {
    const char *text;
    enum sp_err err;
    uint32_t    line, column;
    size_t      count;
} texts[] = {
    { "", SP_OK, 0, 0, 0 },
    { "\n# nothing\n  \t# at all\n", SP_OK, 0, 0, 0 },
    { "accept", SP_OK, 0, 0, 1 },
    { "accept\r\nskip have-hash\r\ndecline\r\n", SP_OK, 0, 0, 3 },
    { "accept  from=sip:*@lab.example type=text/*,image/png size<=10M # why\n"
      "accept  app-id=ulp.ua\nskip    have-hash\ndecline 488 type=application/x-executable",
      SP_OK, 0, 0, 4 },
    { "accept size>=1K size<=2G name=a#b,*.txt", SP_OK, 0, 0, 1 },
    { "decline 400\ndecline 699", SP_OK, 0, 0, 2 },
    { "decline 399", SP_RANGE, 1, 9, 0 },
    { "decline 500", SP_RANGE, 1, 9, 0 },
    { "decline 700", SP_RANGE, 1, 9, 0 },
    { "decline 48x", SP_SYNTAX, 1, 9, 0 },
    { "accept 200", SP_SYNTAX, 1, 8, 0 },
    { "Accept", SP_SYNTAX, 1, 1, 0 },
    { "accept\n\n  allow", SP_SYNTAX, 3, 3, 1 },
    { "accept from", SP_SYNTAX, 1, 8, 0 },
    { "accept from=", SP_SYNTAX, 1, 13, 0 },
    { "accept from=a,,b", SP_SYNTAX, 1, 15, 0 },
    { "accept from=a,", SP_SYNTAX, 1, 15, 0 },
    { "accept from=a from=b", SP_REPEATED, 1, 20, 0 },
    { "accept size<=1 size<=2", SP_REPEATED, 1, 16, 0 },
    { "accept size>=1 size>=2", SP_REPEATED, 1, 16, 0 },
    { "accept size<10", SP_SYNTAX, 1, 8, 0 },
    { "accept size<=", SP_SYNTAX, 1, 14, 0 },
    { "accept size<=1T", SP_SYNTAX, 1, 14, 0 },
    { "accept size<=99999999999999999999", SP_RANGE, 1, 14, 0 },
    { "accept have-hash=yes", SP_SYNTAX, 1, 8, 0 },
    { "accept name=a name=b", SP_REPEATED, 1, 20, 0 },
    { "accept type=a type=b", SP_REPEATED, 1, 20, 0 },
    { "accept app-id=a app-id=b", SP_REPEATED, 1, 24, 0 },
    { "accept size<=1k size>=1m", SP_OK, 0, 0, 1 },
    { "\taccept\tfrom=a\t#c\r\n", SP_OK, 0, 0, 1 },
    { "accept name=a # b c", SP_OK, 0, 0, 1 },
    { "accept size<=1K2", SP_SYNTAX, 1, 14, 0 },
    { "accept size<=-1", SP_SYNTAX, 1, 14, 0 },
    { "accept size<= 1", SP_SYNTAX, 1, 14, 0 },
    { "accept size<=9007199254740991K", SP_OK, 0, 0, 1 },
    { "accept size<=9007199254740992K", SP_RANGE, 1, 14, 0 },
    { "accept SIZE<=1", SP_SYNTAX, 1, 8, 0 },
    { "accept from =a", SP_SYNTAX, 1, 8, 0 },
    { "skip 488", SP_SYNTAX, 1, 6, 0 },
    { "decline 488 404", SP_SYNTAX, 1, 13, 0 },
    { "decline type=a 488", SP_SYNTAX, 1, 16, 0 },
    { "decline 70000", SP_SYNTAX, 1, 9, 0 },
    { "skip\nskip\nskip\nskip\nskip\nskip\nskip\nskip\nskip", SP_ROOM, 9, 1, 8 },
};

START_TEST(read_as_rules)
{
    struct rules_error error;

    unit_err(rules_parse(&rules, unit_text(texts[_i].text), &error), texts[_i].err);
    ck_assert_uint_eq(error.line, texts[_i].line);
    ck_assert_uint_eq(error.column, texts[_i].column);
    if (texts[_i].err == SP_OK)
        ck_assert_uint_eq(rules.count, texts[_i].count);
    ck_assert_int_eq(error.what[0] == '\0', texts[_i].err == SP_OK);
}
END_TEST

#define LAB                                                                                        \
    "accept from=sip:*@lab.example type=text/*,image/png size<=10M\n"                              \
    "accept app-id=ulp.ua\nskip have-hash\n"                                                       \
    "decline 488 type=application/x-executable\n"

static const struct {
    const char      *rules;
    const char      *from, *name, *type, *app;
    uint64_t         octets;
    enum rules_known have;
    const char      *verdict; /* verb, status, line */
} judged[] = {
    { LAB, "sip:bob@lab.example", "a", "text/plain", "", 10, 0, "accept 1" },
    { LAB, "sip:bob@LAB.example;transport=tcp", "a", "Text/Plain;charset=utf-8", "", 10485760, 0,
      "accept 1" },
    { LAB, "sip:bob@lab.example", "a", "text/plain", "", 10485761, 0, "have 3" },
    { LAB, "sip:bob@lab.example", "a", "text/plain", "", UINT64_MAX, 2, "decline 603 0" },
    { LAB, "sip:bob@lab.example.org", "a", "image/png", "", 10, 2, "decline 603 0" },
    { LAB, "sip:bob@lab.example:5070", "a", "image/png", "", 10, 2, "decline 603 0" },
    { LAB, "sip:x@evil.example;x=sip:bob@lab.example", "a", "image/png", "", 10, 2,
      "decline 603 0" },
    { LAB, "sip:x%40lab.example@evil.example", "a", "image/png", "", 10, 2, "decline 603 0" },
    { LAB, "sip:x@evil.example", "a", "video/mp4", "ulp.ua", 10, 0, "accept 2" },
    { LAB, "sip:x@evil.example", "a", "video/mp4", "ULP.UA", 10, 0, "accept 2" },
    { LAB, "sip:x@evil.example", "a", "video/mp4", "mms.ua", 10, 0, "have 3" },
    { LAB, "sip:x@evil.example", "a", "video/mp4", "", 10, 1, "skip 3" },
    { LAB, "sip:x@evil.example", "a", "application/x-executable", "", 10, 1, "skip 3" },
    { LAB, "sip:x@evil.example", "a", "application/x-executable", "", 10, 2, "decline 488 4" },
    { "", "sip:a@b", "", "", "", 0, 0, "decline 603 0" },
    { "accept", "", "", "", "", UINT64_MAX, 0, "accept 1" },
    { "accept name=*.txt,??", "", "ab", "", "", 0, 0, "accept 1" },
    { "accept name=*.txt,??", "", "a.TXT", "", "", 0, 0, "decline 603 0" },
    { "accept name=*.txt,??", "", "", "", "", 0, 0, "decline 603 0" },
    { "accept name=?*", "", "x", "", "", 0, 0, "accept 1" },
    { "accept size>=10", "", "", "", "", 9, 0, "decline 603 0" },
    { "accept size>=10", "", "", "", "", 10, 0, "accept 1" },
    { "accept size>=10", "", "", "", "", UINT64_MAX, 0, "decline 603 0" },
    { "accept from=sip:Bob@lab.example", "sip:bob@lab.example", "", "", "", 0, 0, "decline 603 0" },
    { "accept from=*lab*", "sip:bob@LAB.example", "", "", "", 0, 0, "accept 1" },
    { "accept from=tel:+49*", "tel:+49301234", "", "", "", 0, 0, "accept 1" },
    { "decline 404 from=*\naccept", "sip:a@b", "", "", "", 0, 0, "decline 404 1" },
    { "skip name=a have-hash\naccept", "", "a", "", "", 0, 0, "have 1" },
    { "skip name=a have-hash\naccept", "", "b", "", "", 0, 0, "accept 2" },
    { "skip name=a have-hash\naccept", "", "a", "", "", 0, 2, "accept 2" },
};

static void judge_by(const char *text, const struct rules_facts *facts, const char *want)
{
    static const char *const verbs[] = { "decline", "accept", "skip", "have" };
    struct rules_error       error;
    struct rules_verdict     verdict;
    char                     got[64];

    unit_err(rules_parse(&rules, unit_text(text), &error), SP_OK);
    verdict = rules_judge(&rules, facts);
    if (verdict.verb == RULES_DECLINE)
        snprintf(got, sizeof got, "decline %u %u", (unsigned)verdict.status,
                 (unsigned)verdict.line);
    else
        snprintf(got, sizeof got, "%s %u", verbs[verdict.verb], (unsigned)verdict.line);
    ck_assert_str_eq(got, want);
}

START_TEST(judged_by_them)
{
    struct rules_facts facts = {
        .from = unit_text(judged[_i].from),
        .name = unit_text(judged[_i].name),
        .type = unit_text(judged[_i].type),
        .app = unit_text(judged[_i].app),
        .octets = judged[_i].octets,
        .have = judged[_i].have,
    };

    judge_by(judged[_i].rules, &facts, judged[_i].verdict);
}
END_TEST

/* What holds others is declined only where none of them could be taken. */
static const struct {
    const char *rules, *from, *app, *verdict;
} holders[] = {
    { "accept type=image/*", "sip:a@b", "", "accept 1" },
    { "accept type=image/* from=sip:c@*", "sip:a@b", "", "decline 603 0" },
    { "accept name=*.png size<=1 app-id=ulp.ua", "sip:a@b", "ULP.ua", "accept 1" },
    { "decline type=multipart/*\nskip have-hash\naccept", "sip:a@b", "", "accept 3" },
    { "decline 488 from=*\naccept", "sip:a@b", "", "decline 488 1" },
    { "decline size>=1\naccept have-hash", "sip:a@b", "", "accept 2" },
    { "skip from=sip:a@b\naccept", "sip:a@b", "", "skip 1" },
};

START_TEST(holds_others)
{
    struct rules_facts facts = {
        .from = unit_text(holders[_i].from),
        .type = SP_LIT("multipart/mixed"),
        .app = unit_text(holders[_i].app),
        .octets = 100,
        .holds = true,
    };

    judge_by(holders[_i].rules, &facts, holders[_i].verdict);
}
END_TEST

static const struct {
    const char *pattern, *text;
    bool        match;
} patterns[] = {
    { "", "", true },         { "", "a", false },        { "*", "", true },
    { "*", "abc", true },     { "a*c", "abc", true },    { "a*c", "abcd", false },
    { "a*c*", "abcd", true }, { "*b*b*", "abab", true }, { "*b*b*b", "abab", false },
    { "?", "", false },       { "?", "a", true },        { "a?", "ab", true },
    { "A", "a", false },      { "**a", "aaa", true },    { "*aab", "aaaab", true },
};

START_TEST(matched)
{
    ck_assert_int_eq(
        rules_match(unit_text(patterns[_i].pattern), unit_text(patterns[_i].text), false),
        patterns[_i].match);
}
END_TEST

/* Many stars against much text: a bounded time. */
START_TEST(bounded)
{
    char *text = unit_room(100000);
    char  pattern[101];

    memset(text, 'a', 100000);
    for (int i = 0; i < 100; i += 2)
        memcpy(pattern + i, "*a", 2);
    pattern[100] = 'b';
    ck_assert_int_eq(rules_match(sp_slice(pattern, 101), sp_slice(text, 100000), false), 0);
}
END_TEST

Suite *test_tools_rules_suite(void)
{
    Suite *suite = suite_create("tools_rules");
    TCase *tcase = unit_tcase(suite, "tools_rules");

    unit_loop(tcase, read_as_rules, texts);
    unit_loop(tcase, judged_by_them, judged);
    unit_loop(tcase, holds_others, holders);
    unit_loop(tcase, matched, patterns);
    tcase_add_test(tcase, bounded);
    return suite;
}
