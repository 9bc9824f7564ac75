/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_file.c -- file-selector: RFC 5547 6. */
#include "../../sdp/sdp_file.h"
#include "unit.h"

#define SHA  "72:24:5F:E8:65:3D:DA:F3:71:36:2F:86:D4:71:91:3E:E4:A2:CE:2E"
#define SHA2 "58:23:1F:E8:65:3B:BC:F3:71:36:2F:86:D4:71:91:3E:E4:B1:DF:2F"

static const struct row {
    const char *value;
    enum sp_err err;
    size_t      at;
    const char *rule;
    const char *out; /* what is written from it, its octets set aside; NULL: the same */
} rows[] = {
    { "", SP_OK, 0, "", NULL }, /* 5547-8.5-2: bare */
    { "name:\"My cool picture.jpg\" type:image/jpeg size:32349 hash:sha-1:" SHA, SP_OK, 0, "",
      NULL },
    { "hash:sha-1:" SHA, SP_OK, 0, "", NULL },
    { "size:1 name:\"a\"", SP_OK, 0, "", "name:\"a\" size:1" },
    { "NAME:\"a\" Type:A/b SIZE:2", SP_OK, 0, "", "name:\"a\" type:A/b size:2" },
    { "name:\"a%22b%25%00%0D\"", SP_OK, 0, "", NULL }, /* 5547-6-4 */
    { "name:\"\xC3\xA4 'x'/\\:\"", SP_OK, 0, "", NULL },
    { "type:text/plain;charset=\"utf-8\";x=\"a%22b\"", SP_OK, 0, "", NULL },
    { "type:text/plain;charset=utf-8", SP_OK, 0, "", NULL }, /* unquoted, met in the field */
    { "hash:SHA-1:72:24:5f:e8:65:3d:da:f3:71:36:2f:86:d4:71:91:3e:e4:a2:ce:2e", SP_OK, 0, "",
      "hash:sha-1:" SHA },
    /* 5547-6-9: several hashes */
    { "hash:sha-256:00:FF hash:sha-1:" SHA, SP_OK, 0, "", "hash:sha-1:" SHA },
    { "hash:sha-1:" SHA " hash:sha-1:" SHA, SP_OK, 0, "", "hash:sha-1:" SHA },
    { "hash:sha-1:" SHA " hash:sha-1:" SHA2, SP_MISMATCH, 82, "hash-value", NULL },
    { "size:18446744073709551615", SP_OK, 0, "", NULL },
    { "size:18446744073709551616", SP_RANGE, 5, "filesize-value", NULL },
    { "size:0", SP_OK, 0, "", "" }, /* an empty file; the grammar has no zero */
    { "size:0 type:a/b", SP_OK, 0, "", "type:a/b" },
    { "size:00", SP_SYNTAX, 5, "filesize-value", NULL },
    { "size:01", SP_SYNTAX, 5, "filesize-value", NULL },
    { "size:", SP_SYNTAX, 5, "filesize-value", NULL },
    { "size:-1", SP_SYNTAX, 5, "filesize-value", NULL },
    { "size:1k", SP_SYNTAX, 6, "end", NULL },
    { "name:a", SP_SYNTAX, 5, "filename-selector", NULL },
    { "name:\"\"", SP_SYNTAX, 6, "filename-string", NULL },
    { "name:\"a", SP_SYNTAX, 7, "filename-selector", NULL },
    { "name:\"a\"b", SP_SYNTAX, 8, "end", NULL },
    { "name:\"a%zz\"", SP_SYNTAX, 7, "percent-encoded", NULL },
    { "name:\"a%2\"", SP_SYNTAX, 7, "percent-encoded", NULL },
    { "type:image", SP_SYNTAX, 10, "filetype-selector", NULL },
    { "type:image/", SP_SYNTAX, 11, "subtype", NULL },
    { "type:/jpeg", SP_SYNTAX, 5, "type", NULL },
    { "type:a/b;", SP_SYNTAX, 9, "ft-parameter", NULL },
    { "type:a/b; c=\"d\"", SP_SYNTAX, 9, "ft-parameter", NULL },
    { "type:a/b;c", SP_SYNTAX, 10, "ft-parameter", NULL },
    { "type:a/b;c=\"", SP_SYNTAX, 12, "value-string", NULL },
    { "type:a/b;c=\"d", SP_SYNTAX, 13, "ft-parameter", NULL },
    { "hash:sha-1", SP_SYNTAX, 10, "hash-selector", NULL },
    { "hash:sha-1:", SP_SYNTAX, 11, "hash-value", NULL },
    { "hash:sha-1:7", SP_SYNTAX, 11, "hash-value", NULL },
    { "hash:sha-1:72:", SP_SYNTAX, 14, "hash-value", NULL },
    { "hash:sha-1:7g", SP_SYNTAX, 11, "hash-value", NULL },
    { "hash:sha-1:g7", SP_SYNTAX, 11, "hash-value", NULL },
    { "hash:sha-1:72:2", SP_SYNTAX, 14, "hash-value", NULL },
    { "hash:sha-1:72:24", SP_SYNTAX, 11, "hash-value", NULL }, /* 5547-6-8: 160 bits */
    { "hash:sha-1:" SHA ":00", SP_SYNTAX, 11, "hash-value", NULL },
    { "hash:sha-1:" SHA "0", SP_SYNTAX, 70, "end", NULL },
    { "hash:sha-1:7224", SP_SYNTAX, 11, "hash-value", NULL },
    { "hash:md5:7g", SP_SYNTAX, 9, "hash-value", NULL },
    { "hash:md5:00:g7", SP_SYNTAX, 12, "hash-value", NULL },
    { "hash:md5:xx", SP_SYNTAX, 9, "hash-value", NULL },
    { "hash::00", SP_SYNTAX, 5, "hash-algorithm", NULL },
    { "size:1 size:1", SP_REPEATED, 7, "filesize-selector", NULL },
    { "name:\"a\" name:\"a\"", SP_REPEATED, 9, "filename-selector", NULL },
    { "type:a/b type:a/b", SP_REPEATED, 9, "filetype-selector", NULL },
    { "size:1  type:a/b", SP_SYNTAX, 7, "selector", NULL },
    { " size:1", SP_SYNTAX, 0, "selector", NULL },
    { "size:1 ", SP_SYNTAX, 7, "selector", NULL },
    { "date:1", SP_SYNTAX, 0, "selector", NULL },
    { "name", SP_SYNTAX, 0, "selector", NULL },
};

START_TEST(row)
{
    const struct row        *r = &rows[_i];
    struct sp_slice          value = unit_text(r->value);
    struct sdp_file_selector selector;
    struct sp_where          where = { 0, "" };
    char                     room[512];
    struct sp_buf            to = sp_buf(room, sizeof(room));
    enum sp_err              err = sdp_file_selector_parse(value, &selector, &where);

    unit_err_at(err, where, r->err, r->at);
    if (err != SP_OK) {
        ck_assert_str_eq(where.rule, r->rule);
        return;
    }
    sdp_file_selector_write(&to, &selector); /* as it came */
    unit_eq_slice(sp_written(&to), value);
    selector.octets.len = 0;
    to = sp_buf(room, sizeof(room));
    sdp_file_selector_write(&to, &selector); /* as we would say it */
    unit_err(to.err, SP_OK);
    unit_eq(sp_written(&to), r->out != NULL ? r->out : r->value);
}
END_TEST

static struct sdp_file_selector parsed(const char *value)
{
    struct sdp_file_selector selector;
    struct sp_where          where;

    unit_err(sdp_file_selector_parse(unit_text(value), &selector, &where), SP_OK);
    return selector;
}

START_TEST(fields)
{
    struct sdp_file_selector all = parsed("name:\"a%2Fb\" type:text/plain;charset=\"utf-8\" size:7 "
                                          "hash:sha-256:00 hash:sha-1:" SHA);

    ck_assert(all.has_name && all.has_size && all.has_sha1 && all.other_hash);
    unit_eq(all.name, "a%2Fb");
    unit_eq(all.type, "text/plain;charset=\"utf-8\"");
    ck_assert_uint_eq(all.size, 7);
    ck_assert_int_eq(all.sha1[0], 0x72);
    ck_assert_int_eq(all.sha1[19], 0x2E);
}
END_TEST

/* 5547-6-1, 5547-6-2: is anything selected? */
START_TEST(selects)
{
    static const struct {
        const char *value;
        bool        selects;
    } cases[] = {
        { "", false },        { "name:\"a\"", true },      { "size:1", true },
        { "type:a/b", true }, { "hash:sha-1:" SHA, true }, { "hash:sha-256:00", true },
    };

    for (size_t i = 0; i < UNIT_ROWS(cases); i++) {
        struct sdp_file_selector selector = parsed(cases[i].value);
        ck_assert_int_eq(sdp_file_selector_selects(&selector), cases[i].selects);
    }
    /* An empty file of ours, and no other selector: nothing can be said. */
    struct sdp_file_selector empty = { .has_size = true };
    ck_assert(!sdp_file_selector_selects(&empty));
    empty.size = 1;
    ck_assert(sdp_file_selector_selects(&empty));
}
END_TEST

/* No name and no type of ours gets out of its selector: 5547-6-4. */
START_TEST(injection)
{
    static const char *const names[] = { "a\" size:1 name:\"b", "a\r\na=x", "100%", "" };
    static const char *const types[] = { "a/b size:1", "a", "a/b; c=d", "a/b\r\na=x" };

    for (size_t i = 0; i < UNIT_ROWS(names); i++) {
        struct sdp_file_selector selector = { .has_name = true, .name = sp_str(names[i]) };
        char                     room[128];
        struct sp_buf            to = sp_buf(room, sizeof(room));
        sdp_file_selector_write(&to, &selector);
        unit_err(to.err, SP_SYNTAX);
        selector = (struct sdp_file_selector){ .type = sp_str(types[i]) };
        to = sp_buf(room, sizeof(room));
        sdp_file_selector_write(&to, &selector);
        unit_err(to.err, SP_SYNTAX);
    }
}
END_TEST

static const struct agreement {
    const char *offer, *answer;
    bool        agrees;
} agreements[] = {
    { "name:\"a\" size:1", "name:\"a\" size:1", true },
    { "name:\"a\" size:1", "name:\"a\" size:2", false },
    { "name:\"a\" size:1", "name:\"b\" size:1", false },
    { "name:\"a b\"", "name:\"a%20b\"", true },
    { "name:\"A\"", "name:\"a\"", false },
    { "size:1", "name:\"a\"", true },             /* nothing in common, nothing against it */
    { "size:1", "size:1 hash:sha-1:" SHA, true }, /* 5547-8.1-11: a hash may be added */
    { "hash:sha-1:" SHA, "hash:sha-1:" SHA, true },
    { "hash:sha-1:" SHA, "hash:sha-1:" SHA2, false },
    { "hash:sha-1:" SHA, "hash:sha-256:00", true },
    { "type:image/jpeg", "type:IMAGE/jpeg", true },
    { "type:image/jpeg", "size:1", true },
    { "name:\"a\"", "size:1", true },
    { "hash:sha-1:" SHA, "size:1", true },
    { "type:image/jpeg", "type:image/png", false },
    { "type:text/plain;charset=\"utf-8\"", "type:text/plain", true },
};

START_TEST(agreement)
{
    struct sdp_file_selector offer = parsed(agreements[_i].offer);
    struct sdp_file_selector answer = parsed(agreements[_i].answer);

    ck_assert_int_eq(sdp_file_selector_agrees(&offer, &answer), agreements[_i].agrees);
    ck_assert_int_eq(sdp_file_selector_agrees(&answer, &offer), agreements[_i].agrees);
}
END_TEST

Suite *test_sdp_file_suite(void)
{
    Suite *suite = suite_create("sdp_file");
    TCase *tcase = unit_tcase(suite, "sdp_file");

    unit_loop(tcase, row, rows);
    tcase_add_test(tcase, fields);
    tcase_add_test(tcase, selects);
    tcase_add_test(tcase, injection);
    unit_loop(tcase, agreement, agreements);
    return suite;
}
