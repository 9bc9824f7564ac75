/* SPDX-License-Identifier: MIT
 * tests/unit/test_push.c -- the choice of a mode, row by row. */
#include "../../push/push.h"

#include "unit.h"

static const struct row {
    enum push_mode wanted;
    uint32_t       contents;
    bool           at_hand, part;
    size_t         request, limit;
    enum sp_err    err;
    enum push_mode mode;
} rows[] = {
    /* 3428-8-2: no MESSAGE over the limit, whoever asks */
    { PUSH_AUTO, 1, true, false, 1300, 1300, SP_OK, PUSH_PAGER },
    { PUSH_AUTO, 1, true, false, 1301, 1300, SP_OK, PUSH_SESSION },
    { PUSH_AUTO, 1, true, false, 400, 1300, SP_OK, PUSH_PAGER },
    { PUSH_AUTO, 1, false, false, 400, 1300, SP_OK, PUSH_SESSION },
    { PUSH_AUTO, 1, true, false, 0, 1300, SP_OK, PUSH_SESSION },
    { PUSH_AUTO, 2, true, false, 400, 1300, SP_OK, PUSH_SESSION },
    { PUSH_PAGER, 1, true, false, 1300, 1300, SP_OK, PUSH_PAGER },
    { PUSH_PAGER, 1, true, true, 100, 1300, SP_LIMIT, PUSH_PAGER },
    { PUSH_AUTO, 1, true, true, 100, 1300, SP_OK, PUSH_SESSION },
    { PUSH_PAGER, 1, true, false, 1301, 1300, SP_LIMIT, PUSH_PAGER },
    { PUSH_PAGER, 1, false, false, 100, 1300, SP_LIMIT, PUSH_PAGER },
    { PUSH_PAGER, 1, true, false, 0, 1300, SP_LIMIT, PUSH_PAGER },
    { PUSH_PAGER, 3, true, false, 900, 1300, SP_OK, PUSH_PAGER },
    { PUSH_SESSION, 1, true, false, 100, 1300, SP_OK, PUSH_SESSION },
    { PUSH_SESSION, 1, false, false, 0, 0, SP_OK, PUSH_SESSION },
};

START_TEST(chooses)
{
    const struct row  *row = &rows[_i];
    struct push_choice choice = {
        .wanted = row->wanted,
        .contents = row->contents,
        .body_at_hand = row->at_hand,
        .part = row->part,
        .request_octets = row->request,
        .pager_octets = row->limit,
    };
    enum push_mode mode;
    const char    *why = NULL;

    unit_err(push_choose(&choice, &mode, &why), row->err);
    ck_assert_str_eq(push_mode_name(mode), push_mode_name(row->mode));
    ck_assert_ptr_nonnull(why);
    ck_assert_uint_gt(strlen(why), 0);
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(push_mode_name(PUSH_AUTO), "auto");
    ck_assert_str_eq(push_mode_name(PUSH_PAGER), "pager");
    ck_assert_str_eq(push_mode_name(PUSH_SESSION), "session");
}
END_TEST

static const struct check_row {
    uint64_t    told;     /* size */
    const char *told_sha; /* octets whose hash is told; NULL: none */
    const char *octets;
    enum sp_err err;
} check_rows[] = {
    { 5, "hello", "hello", SP_OK },
    { UINT64_MAX, "hello", "hello", SP_OK },
    { UINT64_MAX, NULL, "hello", SP_OK },
    { 5, NULL, "hella", SP_OK },
    { 5, "hello", "hella", SP_INTEGRITY },
    { 4, "hello", "hello", SP_INTEGRITY },
    { 6, NULL, "hello", SP_INTEGRITY },
    { 0, "", "", SP_OK },
    { UINT64_MAX, "hello", "", SP_INTEGRITY },
};

START_TEST(checks)
{
    const struct check_row *row = &check_rows[_i];
    struct push_content     told = { .octets = row->told, .has_sha1 = row->told_sha != NULL };

    if (row->told_sha != NULL)
        sp_sha1(unit_text(row->told_sha), told.sha1);
    unit_err(push_content_check(&told, unit_text(row->octets)), row->err);
}
END_TEST

Suite *test_push_suite(void)
{
    Suite *suite = suite_create("push");
    TCase *tcase = unit_tcase(suite, "push");

    unit_loop(tcase, chooses, rows);
    tcase_add_test(tcase, names);
    unit_loop(tcase, checks, check_rows);
    return suite;
}
