/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_media.c -- media types and what a list of ranges accepts. */
#include "../../parser/sip_media.h"
#include "unit.h"

static const struct row {
    const char *value;
    enum sp_err err;
    size_t      at;
    const char *type, *subtype, *params;
} rows[] = {
    { "application/sdp", SP_OK, 0, "application", "sdp", "" }, /* RFC 3261 20.15 */
    { "text/html; charset=ISO-8859-4", SP_OK, 0, "text", "html", "; charset=ISO-8859-4" },
    { "multipart/mixed;boundary=\"a;b\"", SP_OK, 0, "multipart", "mixed", ";boundary=\"a;b\"" },
    { "text / plain", SP_OK, 0, "text", "plain", "" },
    { "*/*;q=0.1", SP_OK, 0, "*", "*", ";q=0.1" },
    { "", SP_SYNTAX, 0, "", "", "" },
    { "text", SP_SYNTAX, 4, "", "", "" },
    { "text/", SP_SYNTAX, 5, "", "", "" },
    { "text/plain;", SP_SYNTAX, 11, "", "", "" },
    { "text/plain;charset=", SP_SYNTAX, 19, "", "", "" },
    { "text/plain, text/html", SP_SYNTAX, 10, "", "", "" },
};

START_TEST(parse)
{
    const struct row     *row = &rows[_i];
    struct sip_media_type media;
    struct sp_where       where;
    struct sp_buf         out = sp_buf(unit_room(80), 80), twice = sp_buf(unit_room(80), 80);

    unit_err_at(sip_media_type_parse(unit_text(row->value), &media, &where), where, row->err,
                row->at);
    if (row->err != SP_OK)
        return;
    unit_eq(media.type, row->type);
    unit_eq(media.subtype, row->subtype);
    unit_eq(media.params, row->params);
    sip_media_type_write(&out, &media);
    unit_err(sip_media_type_parse(sp_written(&out), &media, &where), SP_OK);
    sip_media_type_write(&twice, &media);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

static const struct accept {
    const char *list, *type;
    bool        accepted;
} accepts[] = {
    { "text/plain", "text/plain", true },
    { "text/plain", "TEXT/Plain;charset=utf-8", true },
    { "text/*", "text/html", true },
    { "*/*", "image/png", true },
    { "application/sdp;level=1, application/x-private, text/html", "text/html", true },
    { "message/cpim text/plain", "text/plain", true },
    { "message/cpim *", "image/png", true },
    { "* message/cpim", "image/png", true },
    { "*", "image/png", true },
    { "*,text/plain", "image/png", true },
    { "text/plain image/*", "image/png", true },
    { "text/html", "text/plain", false },
    { "text/*", "image/png", false },
    { "", "text/plain", false },
    { " ", "text/plain", false },
    { "text/plain", "nonsense", false },
    { "nonsense, text/plain", "text/plain", false },
    { ",, text/plain", "text/plain", true },
};

START_TEST(accepted)
{
    ck_assert(sip_media_type_accepted(unit_text(accepts[_i].list), unit_text(accepts[_i].type)) ==
              accepts[_i].accepted);
}
END_TEST

Suite *test_sip_media_suite(void)
{
    Suite *suite = suite_create("sip_media");
    TCase *tcase = unit_tcase(suite, "sip_media");

    unit_loop(tcase, parse, rows);
    unit_loop(tcase, accepted, accepts);
    return suite;
}
