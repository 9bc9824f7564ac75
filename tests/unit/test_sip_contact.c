/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_contact.c -- q, expires, reg-id and instance of a Contact. */
#include "../../parser/sip_contact.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "<sips:bob@192.0.2.4>;expires=60", NULL },
    { "*", NULL },
    { "\"Mr. Watson\" <sip:watson@w.com>;q=0.7; expires=3600", NULL },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row  *row = &rows[_i];
    struct sip_contact value, again;
    struct sp_where    where;
    struct sp_buf      out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_contact_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_contact_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_contact_parse(sp_written(&out), &again, &where), SP_OK);
    sip_contact_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

START_TEST(params)
{
    struct sip_contact contact;
    struct sp_where    where;

    unit_err(sip_contact_parse(
                 unit_text("<sip:a@b>;q=0.7;expires=60;reg-id=1;+sip.instance=\"<urn:uuid:1>\""),
                 &contact, &where),
             SP_OK);
    ck_assert_uint_eq(contact.q, 700);
    ck_assert(contact.has_expires);
    ck_assert_uint_eq(contact.expires, 60);
    ck_assert_uint_eq(contact.reg_id, 1);
    unit_eq(contact.instance, "\"<urn:uuid:1>\"");
    unit_err(sip_contact_parse(unit_text("<sip:a@b>"), &contact, &where), SP_OK);
    ck_assert_uint_eq(contact.q, 1000);
    ck_assert(!contact.has_expires);
    /* malformed or too large counts as 3600: RFC 3261 20.10; RFC 4475 3.1.2.4 */
    unit_err(sip_contact_parse(unit_text("<sip:a@b>;expires=280297596632815"), &contact, &where),
             SP_OK);
    ck_assert_uint_eq(contact.expires, 3600);
    unit_err(sip_contact_parse(unit_text("<sip:a@b>;expires=soon"), &contact, &where), SP_OK);
    ck_assert_uint_eq(contact.expires, 3600);
    unit_err_at(sip_contact_parse(unit_text("<sip:a@b>;q"), &contact, &where), where, SP_SYNTAX,
                11);
}
END_TEST

Suite *test_sip_contact_suite(void)
{
    Suite *suite = suite_create("sip_contact");
    TCase *tcase = unit_tcase(suite, "sip_contact");

    unit_loop(tcase, round_trip, rows);
    tcase_add_test(tcase, params);
    return suite;
}
