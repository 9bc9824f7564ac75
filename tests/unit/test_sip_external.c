/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_external.c -- content that lies elsewhere. RFC 4483. */
#include "../../parser/sip_external.h"
#include "unit.h"

static const struct row {
    const char *type, *body;
    enum sp_err err;
    const char *url;
    int64_t     expiration; /* -1: none */
    int64_t     size;       /* -1: none */
    const char *hash, *head;
} rows[] = {
    { "message/external-body; access-type=\"URL\";\r\n expiration=\"Mon, 24 Jun 2002 09:00:00 GM"
      "T\";\r\n"
      " URL=\"http://www.example.com/the-indirect-content\";size=4123;\r\n"
      " hash=10AB568E91245681AC1B10AB568E91245681AC1B",
      "Content-Type: image/jpeg\r\nContent-Disposition: render\r\n\r\n", SP_OK,
      "http://www.example.com/the-indirect-content", 1024909200, 4123,
      "10AB568E91245681AC1B10AB568E91245681AC1B",
      "Content-Type: image/jpeg\r\nContent-Disposition: render\r\n" },
    { "message/external-body;access-type=url;URL=\"http://a\"", "", SP_OK, "http://a", -1, -1, "",
      "" },
    { "message/external-body;access-type=URL", "", SP_MISSING, "", -1, -1, "", "" },
    { "message/external-body;access-type=anon-ftp;URL=x", "", SP_UNSUPPORTED, "", -1, -1, "", "" },
    { "message/external-body;URL=x", "", SP_UNSUPPORTED, "", -1, -1, "", "" },
    { "message/cpim;access-type=URL;URL=x", "", SP_UNSUPPORTED, "", -1, -1, "", "" },
    { "message/external-body;access-type=URL;URL=x;hash=10AB568E91245681AC1B", "", SP_SYNTAX, "x",
      -1, -1, "", "" },
    { "message/external-body;access-type=URL;URL=x;size=big", "", SP_SYNTAX, "x", -1, -1, "", "" },
    /* the month spelt out, as an example of RFC 4483 has it */
    { "message/external-body;access-type=URL;URL=x;expiration=\"Mon, 24 June 2002 09:00:00 GMT\"",
      "", SP_SYNTAX, "x", -1, -1, "", "" },
};

START_TEST(parse)
{
    const struct row     *row = &rows[_i];
    struct sip_media_type media;
    struct sip_external   external, again;
    struct sp_where       where;
    struct sp_buf         type = sp_buf(unit_room(400), 400), body = sp_buf(unit_room(400), 400);

    unit_err(sip_media_type_parse(unit_text(row->type), &media, &where), SP_OK);
    unit_err(sip_external_parse(&media, unit_text(row->body), &external), row->err);
    if (row->err != SP_OK)
        return;
    unit_eq(external.url, row->url);
    ck_assert_int_eq(external.has_expiration ? external.expiration : -1, row->expiration);
    ck_assert_int_eq(external.has_size ? (int64_t)external.size : -1, row->size);
    unit_eq(external.hash, row->hash);
    unit_eq(external.head, row->head);
    sip_external_write_type(&type, &external);
    sip_external_write_body(&body, &external);
    if (!external.has_expiration) {
        unit_err(type.err, SP_MISSING); /* RFC 4483 5.7 */
        return;
    }
    unit_err(sip_media_type_parse(sp_written(&type), &media, &where), SP_OK);
    unit_err(sip_external_parse(&media, sp_written(&body), &again), SP_OK);
    unit_eq(again.url, row->url);
    ck_assert_int_eq(again.expiration, row->expiration);
    unit_eq(again.hash, row->hash);
    unit_eq(again.head, row->head);
}
END_TEST

START_TEST(injection)
{
    struct sip_external external = { .has_expiration = true };
    struct sp_buf       out = sp_buf(unit_room(400), 400);

    external.url = SP_LIT("http://a\"\r\nX: y");
    sip_external_write_type(&out, &external);
    unit_err(out.err, SP_INJECTION);
}
END_TEST

Suite *test_sip_external_suite(void)
{
    Suite *suite = suite_create("sip_external");
    TCase *tcase = unit_tcase(suite, "sip_external");

    unit_loop(tcase, parse, rows);
    tcase_add_test(tcase, injection);
    return suite;
}
