/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_mime.c -- the header fields of bodies and parts. */
#include "../../parser/sip_mime.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "session", NULL },
    { "attachment; filename=smime.p7s;handling=required", NULL },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row      *row = &rows[_i];
    struct sip_disposition value, again;
    struct sp_where        where;
    struct sp_buf          out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_disposition_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_disposition_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_disposition_parse(sp_written(&out), &again, &where), SP_OK);
    sip_disposition_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

/* 3261-20.11-2 */
START_TEST(disposition_parts)
{
    struct sip_disposition disposition;
    struct sp_where        where;

    unit_err(sip_disposition_parse(unit_text("render;Handling=Optional"), &disposition, &where),
             SP_OK);
    unit_eq(disposition.type, "render");
    ck_assert(disposition.optional);
    unit_err(sip_disposition_parse(unit_text("render;handling=x"), &disposition, &where), SP_OK);
    ck_assert(!disposition.optional); /* required is the default: RFC 3261 20.11 */
}
END_TEST

START_TEST(content_id)
{
    struct sp_slice id;
    struct sp_where where;
    struct sp_buf   out = sp_buf(unit_room(60), 60), bad = sp_buf(unit_room(60), 60);

    unit_err(sip_content_id_parse(unit_text("<4232423424@www.example.com>"), &id, &where), SP_OK);
    unit_eq(id, "4232423424@www.example.com");
    sip_content_id_write(&out, id);
    unit_eq(sp_written(&out), "<4232423424@www.example.com>");
    sip_content_id_write(&bad, SP_LIT("a@b\r\nc"));
    unit_err(bad.err, SP_INJECTION);
    unit_err_at(sip_content_id_parse(unit_text("<a@b@c>"), &id, &where), where, SP_SYNTAX, 4);
    unit_err_at(sip_content_id_parse(unit_text("<a@b"), &id, &where), where, SP_SYNTAX, 4);
}
END_TEST

static const struct split {
    const char *entity, *head, *body;
} splits[] = {
    { "A: b\r\n\r\nbody", "A: b\r\n", "body" },
    { "A: b\r\n c\r\nD: e\r\n\r\n\r\nbody", "A: b\r\n c\r\nD: e\r\n", "\r\nbody" },
    { "\r\nbody", "", "body" },
    { "A: b\r\n", "A: b\r\n", "" },
    { "A: b\n\nbody", "A: b\n", "body" },
    { "A: b\r\n \r\nbody", "A: b\r\n \r\nbody", "" }, /* a fold of white space is no empty line */
    { "", "", "" },
};

START_TEST(split)
{
    struct sp_slice head, body;

    sip_mime_split(unit_text(splits[_i].entity), &head, &body);
    unit_eq(head, splits[_i].head);
    unit_eq(body, splits[_i].body);
}
END_TEST

START_TEST(fields)
{
    struct sp_slice head = unit_text(
        "Content-Type: text/plain\r\n ;charset=utf-8\r\nno colon\r\ncontent-id :<a@b>\r\n");
    struct sp_slice rest = head, name, value;
    int             count = 0;

    unit_eq(sip_mime_value(head, "content-TYPE"), "text/plain\r\n ;charset=utf-8");
    unit_eq(sip_mime_value(head, "Content-ID"), "<a@b>");
    unit_eq(sip_mime_value(head, "X"), "");
    while (sip_mime_field_next(&rest, &name, &value))
        count++;
    ck_assert_int_eq(count, 3);
}
END_TEST

Suite *test_sip_mime_suite(void)
{
    Suite *suite = suite_create("sip_mime");
    TCase *tcase = unit_tcase(suite, "sip_mime");

    unit_loop(tcase, round_trip, rows);
    tcase_add_test(tcase, disposition_parts);
    tcase_add_test(tcase, content_id);
    unit_loop(tcase, split, splits);
    tcase_add_test(tcase, fields);
    return suite;
}
