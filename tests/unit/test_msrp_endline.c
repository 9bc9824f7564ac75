/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_endline.c -- the search for an end-line: RFC 4975 7.1, 7.3.1. */
#include "../../msrp/msrp_endline.h"

#include "unit.h"

static const struct {
    const char *octets, *id;
    size_t      at;
} rows[] = {
    { "-------abcd", "abcd", 0 },
    { "x-------abcd", "abcd", 1 },
    { "1234567890-------abcd+", "abcd", 10 },
    { "--------abcd", "abcd", 1 }, /* more hyphens before */
    { "--------------------abcd", "abcd", 13 },
    { "-------abce-------abcd", "abcd", 11 },
    { "-- ---- ------ -------abcd", "abcd", 15 },
    { "------abcd", "abcd", 10 }, /* six */
    { "-------abc", "abcd", 10 }, /* not all of the id is there */
    { "-------", "abcd", 7 },
    { "", "abcd", 0 },
    { "no hyphen here, none at all, and long enough for every stride", "abcd", 61 },
};

START_TEST(finds)
{
    ck_assert_uint_eq(msrp_endline_find(unit_text(rows[_i].octets), unit_text(rows[_i].id)),
                      rows[_i].at);
}
END_TEST

/* Every place of the end-line in content with and without hyphens, against a search octet by octet.
 */
START_TEST(finds_at_every_place)
{
    static const char fillers[] = { '.', '-' };

    for (size_t f = 0; f < sizeof fillers; f++)
        for (size_t before = 0; before < 64; before++)
            for (size_t after = 0; after < 12; after++) {
                char            octets[128];
                struct sp_slice all = { octets, before + 12 + after };

                memset(octets, fillers[f], sizeof octets);
                if (before > 0)
                    octets[before - 1] = '.';
                memcpy(octets + before, "-------a1-b2", 12);
                all = unit_octets(octets, all.len);
                ck_assert_uint_eq(msrp_endline_find(all, SP_LIT("a1-b2")), before);
            }
}
END_TEST

/* What the guard lets through, piece by piece, never completes the mark, and it stops only there.
 */
static size_t naive_stop(struct sp_slice all, struct sp_slice mark)
{
    size_t at = sp_find_slice(all, mark);

    return at == all.len ? all.len : at + mark.len - 1;
}

static const struct {
    const char *octets;
} guarded[] = {
    { "nothing of the kind" }, { "-------7f" },
    { "ab-------7f+" },        { "---------------------7f" },
    { "-------7-------7f" },   { "------- 7f------7f-------7g-------7f-------7f" },
    { "-------77f-------7" },  { "-" },
};

/* 4975-7.1-14 */
START_TEST(guards)
{
    struct sp_slice all = unit_text(guarded[_i].octets);
    size_t          stop = naive_stop(all, SP_LIT("-------7f"));

    for (size_t a = 0; a <= all.len; a++)
        for (size_t b = a; b <= all.len; b++) {
            struct sp_slice   pieces[3] = { sp_head(all, a), sp_head(sp_from(all, a), b - a),
                                            sp_from(all, b) };
            struct msrp_guard guard;
            size_t            went = 0;

            msrp_guard_init(&guard, SP_LIT("7f"));
            for (int i = 0; i < 3; i++) {
                struct sp_slice piece = unit_octets(pieces[i].at, pieces[i].len);
                size_t          allowed = msrp_guard_allow(&guard, piece);

                went += allowed;
                if (allowed < piece.len)
                    break;
            }
            ck_assert_uint_eq(went, stop);
        }
}
END_TEST

Suite *test_msrp_endline_suite(void)
{
    Suite *suite = suite_create("msrp_endline");
    TCase *tcase = unit_tcase(suite, "msrp_endline");

    unit_loop(tcase, finds, rows);
    tcase_add_test(tcase, finds_at_every_place);
    unit_loop(tcase, guards, guarded);
    return suite;
}
