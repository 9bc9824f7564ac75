/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_file_icon.c -- file-icon: RFC 5547 6, RFC 2392 2. */
#include "../../sdp/sdp_file_icon.h"
#include "unit.h"

static const struct row {
    const char *value;
    enum sp_err err;
    size_t      at;
    const char *field; /* the Content-ID that is meant; NULL: none can be */
} rows[] = {
    { "cid:id2@alicepc.example.com", SP_OK, 0, "<id2@alicepc.example.com>" },
    { "CID:foo4%25foo1@bar.net", SP_OK, 0, "<foo4%foo1@bar.net>" },
    { "cid:a+b%2Fc@h", SP_OK, 0, " <a+b/c@h> " },
    { "cid:a%3ab@h", SP_OK, 0, "a:b@h" },
    { "cid:a@b%00%0F%F0", SP_OK, 0, NULL },
    { "cid:a%g0@h", SP_SYNTAX, 5, "" },
    { "cid:a%0g@h", SP_SYNTAX, 5, "" },
    { "id2@alicepc.example.com", SP_SYNTAX, 0, "" },
    { "cid:", SP_SYNTAX, 4, "" },
    { "cid:a", SP_SYNTAX, 5, "" },
    { "cid:@h", SP_SYNTAX, 4, "" },
    { "cid:a@", SP_SYNTAX, 6, "" },
    { "cid:a@h@i", SP_SYNTAX, 7, "" },
    { "cid:a b@h", SP_SYNTAX, 5, "" },
    { "cid:a%2@h", SP_SYNTAX, 5, "" },
    { "cid:a%", SP_SYNTAX, 5, "" },
    { "cid:<a@h>", SP_SYNTAX, 4, "" },
    { "http://h/a@h", SP_SYNTAX, 0, "" },
};

START_TEST(row)
{
    struct sp_slice id;
    struct sp_where where = { 0, "" };
    char            room[128];
    struct sp_buf   to = sp_buf(room, sizeof(room));

    unit_err_at(sdp_file_icon_parse(unit_text(rows[_i].value), &id, &where), where, rows[_i].err,
                rows[_i].at);
    if (rows[_i].err != SP_OK || rows[_i].field == NULL)
        return;
    struct sp_slice field = unit_text(rows[_i].field);
    ck_assert(sdp_file_icon_is(id, field));
    ck_assert(!sdp_file_icon_is(id, unit_text("<other@h>")));
    ck_assert(!sdp_file_icon_is(id, sp_slice(NULL, 0)));
    ck_assert(!sdp_file_icon_is(sp_head(id, id.len - 1), field));
    ck_assert(!sdp_file_icon_is(id, sp_head(sp_trim(field), sp_trim(field).len - 1)));
    sdp_file_icon_write(&to, field);
    unit_err(to.err, SP_OK);
    unit_err(sdp_file_icon_parse(sp_written(&to), &id, &where), SP_OK);
    ck_assert(sdp_file_icon_is(id, field));
}
END_TEST

static const char *const bad[] = { "",         "<>",          "a",     "@h",    "a@",      "a b@h",
                                   "a@h\r\nx", "a\xC3\xA4@h", "a<b@h", "a>b@h", "a\x7F@h", "<a" };

START_TEST(written)
{
    char          room[128];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_file_icon_write(&to, unit_text("<a/b%c@h>"));
    unit_eq(sp_written(&to), "cid:a%2Fb%25c@h");
    ck_assert(sdp_file_icon_is(sp_str("a@h"), unit_text("<a@h>")));
    ck_assert(!sdp_file_icon_is(sp_str("a@h"), unit_text("<a@i>")));
    ck_assert(!sdp_file_icon_is(sp_str(""), unit_text("<>")));
}
END_TEST

START_TEST(not_written)
{
    char          room[128];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_file_icon_write(&to, unit_text(bad[_i]));
    unit_err(to.err, SP_SYNTAX);
}
END_TEST

Suite *test_sdp_file_icon_suite(void)
{
    Suite *suite = suite_create("sdp_file_icon");
    TCase *tcase = unit_tcase(suite, "sdp_file_icon");

    unit_loop(tcase, row, rows);
    tcase_add_test(tcase, written);
    unit_loop(tcase, not_written, bad);
    return suite;
}
