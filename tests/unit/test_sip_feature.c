/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_feature.c -- feature parameters: their grammar, matching and score. */
#include "../../parser/sip_feature.h"
#include "unit.h"

static const struct match {
    const char *a, *b;
    bool        match;
} matches[] = {
    { ";audio", ";audio", true },
    { ";audio", ";audio=\"TRUE\"", true }, /* RFC 3840 5: no value says true */
    { ";audio", ";audio=\"FALSE\"", false },
    { ";audio;audio=\"FALSE\"", ";audio", false }, /* both terms count */
    { ";audio", ";video", true },                  /* unknown counts as a match: RFC 3841 5.2 */
    { ";audio", "", true },
    { ";x=\"1\"", ";x=\"2\"", true }, /* no feature parameters */
    { ";methods=\"INVITE,BYE\"", ";methods=\"bye\"", true },
    { ";methods=\"INVITE,BYE\"", ";methods=\"MESSAGE\"", false },
    { ";events=\"!presence\"", ";events=\"presence\"", false },
    { ";events=\"!presence\"", ";events=\"winfo\"", true },
    { ";events=\"!presence,presence\"", ";events=\"presence\"", true },
    { ";events=\"!a\"", ";events=\"!b\"", true },
    { ";description=\"<PC>\"", ";description=\"<PC>\"", true },
    { ";description=\"<PC>\"", ";description=\"<pc>\"", false },
    { ";description=\"<PC>\"", ";description=\"PC\"", false },
    { ";+x=\"#>=4\"", ";+x=\"#=5\"", true },
    { ";+x=\"#>=4\"", ";+x=\"#=3.999999\"", false },
    { ";+x=\"#<=4\"", ";+x=\"#>=4\"", true },
    { ";+x=\"#-4:+5.125\"", ";+x=\"#5.125:9\"", true },
    { ";+x=\"#-4:+5.125\"", ";+x=\"#5.126:9\"", false },
    { ";+x=\"!#>=4\"", ";+x=\"#=4\"", false },
    { ";+x=\"!#>=4\"", ";+x=\"#=3\"", true },
    { ";+x=\"!#>=3\"", ";+x=\"!#<=5\"", false },
    { ";+x=\"!#=3\"", ";+x=\"#=3,#=4\"", true },
    { ";+x=\"#=4\"", ";+x=\"four\"", false },
    { ";+x=\"!four\"", ";+x=\"#=4\"", true },
    { ";+X.y;audio", ";+x.Y;video", true },
    { ";+sip.message=\"TRUE\"", ";+sip.message=\"true\"", true },
};

START_TEST(match)
{
    struct sp_slice a = unit_text(matches[_i].a), b = unit_text(matches[_i].b);

    ck_assert(sip_feature_match(a, b) == matches[_i].match);
    ck_assert(sip_feature_match(b, a) == matches[_i].match);
}
END_TEST

static const struct check {
    const char *params;
    enum sp_err err;
    size_t      at;
} checks[] = {
    { ";mobility=\"fixed\";events=\"!presence,message-summary\";language=\"en,de\"", SP_OK, 0 },
    { ";description=\"<PC>\";+sip.newparam;+rangeparam=\"#-4:+5.125\"", SP_OK, 0 },
    { ";x=y;q=0.5", SP_OK, 0 },
    { ";audio=TRUE", SP_SYNTAX, 7 },
    { ";audio=", SP_SYNTAX, 7 },
    { ";audio=\"", SP_SYNTAX, 7 },
    { ";audio=\"!!x\"", SP_SYNTAX, 9 },
    { ";audio=\"#4\"", SP_SYNTAX, 10 },
    { ";audio=\"#=x\"", SP_SYNTAX, 10 },
    { ";audio=\"a,\"", SP_SYNTAX, 10 },
    { ";audio=\"<x\"", SP_SYNTAX, 10 },
    { ";audio=\"\"", SP_SYNTAX, 8 },
    { ";audio=\"a b\"", SP_SYNTAX, 9 },
};

START_TEST(check)
{
    struct sp_where where;

    unit_err_at(sip_feature_check(unit_text(checks[_i].params), &where), where, checks[_i].err,
                checks[_i].at);
}
END_TEST

START_TEST(score)
{
    struct sp_slice contact = unit_text(";audio;video;methods=\"INVITE,BYE\";q=0.2");

    ck_assert_uint_eq(sip_feature_count(contact), 3);
    ck_assert_uint_eq(sip_feature_score(contact, unit_text(";audio;type=\"<x>\"")), 500);
    ck_assert_uint_eq(sip_feature_score(contact, unit_text(";audio;video")), 1000);
    ck_assert_uint_eq(sip_feature_score(contact, unit_text(";type=\"<x>\"")), 0);
    ck_assert_uint_eq(sip_feature_score(contact, unit_text(";require")), 1000);
    /* rejected only where the contact speaks of it: RFC 3841 7.2.4 */
    ck_assert(sip_feature_rejects(contact, unit_text(";video")));
    ck_assert(!sip_feature_rejects(contact, unit_text(";actor=\"msg-taker\";video")));
    ck_assert(!sip_feature_rejects(contact, unit_text(";video=\"FALSE\"")));
    ck_assert(!sip_feature_rejects(contact, unit_text("")));
}
END_TEST

START_TEST(names)
{
    ck_assert(sip_feature_is(SP_LIT("Audio")));
    ck_assert(sip_feature_is(SP_LIT("+anything")));
    ck_assert(!sip_feature_is(SP_LIT("expires")));
    ck_assert(!sip_feature_is(SP_LIT("")));
}
END_TEST

/* Thousands of values end soon. */
START_TEST(bounded)
{
    size_t          len = 60000;
    char           *room = unit_room(len);
    struct sp_slice many = sp_slice(room, len);

    for (size_t i = 0; i + 3 <= len; i += 3)
        memcpy(room + i, ";+a", 3);
    ck_assert(!sip_feature_match(many, many));
    memcpy(room, ";+a=\"", 5);
    for (size_t i = 5; i + 1 < len; i += 2)
        memcpy(room + i, "b,", 2);
    memcpy(room + len - 2, "b\"", 2);
    ck_assert(sip_feature_match(many, unit_text(";+a=\"b\"")));
    ck_assert(!sip_feature_match(many, unit_text(";+a=\"c\"")));
}
END_TEST

Suite *test_sip_feature_suite(void)
{
    Suite *suite = suite_create("sip_feature");
    TCase *tcase = unit_tcase(suite, "sip_feature");

    unit_loop(tcase, match, matches);
    unit_loop(tcase, check, checks);
    tcase_add_test(tcase, score);
    tcase_add_test(tcase, names);
    tcase_add_test(tcase, bounded);
    return suite;
}
