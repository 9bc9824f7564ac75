/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_texts.c -- texts in one block; unfolding; lines that may stand in a message.
 */
#include "unit.h"

#include "../../dialog/sip_texts.h"

static struct sp_store store;

static void make_store(size_t octets)
{
    struct sp_arena measure = sp_arena(NULL), arena;

    sp_store_init(&store, &measure, octets);
    arena = sp_arena(unit_room(measure.used));
    sp_store_init(&store, &arena, octets);
}

START_TEST(texts_move)
{
    struct sp_slice        a = UNIT_LIT("alpha"), b = { NULL, 0 }, c = UNIT_LIT("gamma");
    struct sp_slice *const texts[] = { &a, &b, &c };
    struct sp_slice        was = a;
    void                  *block;

    make_store(128);
    unit_err(sip_texts_move(&store, 9, texts, 3, &block), SP_LIMIT);
    ck_assert_ptr_eq(a.at, was.at);
    ck_assert_uint_eq(store.used, 0);
    unit_err(sip_texts_move(&store, 10, texts, 3, &block), SP_OK);
    ck_assert_ptr_eq(a.at, block);
    unit_eq(a, "alpha");
    unit_eq(b, "");
    unit_eq(c, "gamma");
    /* from an older block of the same store */
    a = sp_from(a, 1);
    unit_err(sip_texts_move(&store, 10, texts, 3, &block), SP_OK);
    unit_eq(a, "lpha");
    /* no room any more */
    unit_err(sip_texts_move(&store, 10, texts, 3, &block), SP_LIMIT);
    unit_eq(a, "lpha");
}
END_TEST

START_TEST(no_texts_have_a_block)
{
    struct sp_slice        none = { NULL, 0 };
    struct sp_slice *const texts[] = { &none };
    void                  *block = NULL;

    make_store(64);
    unit_err(sip_texts_move(&store, 0, texts, 1, &block), SP_OK);
    ck_assert_ptr_nonnull(block);
    sp_store_give(&store, block);
    ck_assert_uint_eq(store.used, 0);
}
END_TEST

static const struct fold_row {
    const char *text, *want;
    enum sp_err err;
} folds[] = {
    { "", "", SP_OK },
    { "a b\tc", "a b\tc", SP_OK },
    { "a  b", "a  b", SP_OK },
    { "a\r\n b", "a b", SP_OK },
    { "a \t\r\n\t \r\n b", "a b", SP_OK },
    { "\r\n a", " a", SP_OK },
    { "a\r\n ", "a ", SP_OK },
    { "a\nb", "a b", SP_OK },
};

START_TEST(unfolds)
{
    struct sp_slice text = unit_text(folds[_i].text);
    struct sp_buf   to = sp_buf(unit_room(64), 64);

    sip_put_unfolded(&to, text);
    unit_err(to.err, folds[_i].err);
    unit_eq(sp_written(&to), folds[_i].want);
}
END_TEST

START_TEST(unfolding_refuses_nul)
{
    struct sp_buf to = sp_buf(unit_room(8), 8);

    sip_put_unfolded(&to, UNIT_LIT("a\0b"));
    unit_err(to.err, SP_INJECTION);
}
END_TEST

static const struct line_row {
    const char *lines;
    bool        fine, has_accept;
} lines[] = {
    { "", true, false },
    { "A: b\r\n", true, false },
    { "Accept: b\r\n", true, true },
    { "A: b\r\naCCept : b\r\n", true, true },
    { "A: Accept: b\r\n", true, false },
    { "Accept-Encoding: b\r\n", true, false },
    { "A: b\r\n c\r\n", true, false },
    { "A: b", false, false },
    { "A: b\r", false, false },
    { "A: b\n", false, false },
    { "A: b\rc\r\n", false, false },
    { "A: b\nc\r\n", false, false },
    { "\r\n", false, false },
    { "A: b\r\n\r\n", false, false },
    { "A: b\r\n\r\nC: d\r\n", false, false },
};

START_TEST(whole_lines)
{
    struct sp_slice text = unit_text(lines[_i].lines);

    ck_assert(sip_texts_are_lines(text) == lines[_i].fine);
    if (lines[_i].fine)
        ck_assert(sip_texts_have_line(text, SP_LIT("Accept")) == lines[_i].has_accept);
}
END_TEST

START_TEST(lines_without_nul)
{
    ck_assert(!sip_texts_are_lines(UNIT_LIT("A: \0\r\n")));
}
END_TEST

Suite *test_sip_texts_suite(void)
{
    Suite *suite = suite_create("sip_texts");
    TCase *tcase = unit_tcase(suite, "texts");

    tcase_add_test(tcase, texts_move);
    tcase_add_test(tcase, no_texts_have_a_block);
    unit_loop(tcase, unfolds, folds);
    tcase_add_test(tcase, unfolding_refuses_nul);
    unit_loop(tcase, whole_lines, lines);
    tcase_add_test(tcase, lines_without_nul);
    return suite;
}
