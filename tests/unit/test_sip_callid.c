/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_callid.c -- Call-IDs and what names a dialog by one. */
#include "../../parser/sip_callid.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "425928@bobster.example.org;to-tag=7743;from-tag=6472", NULL },
    { "a;from-tag=1;x=y;to-tag=2;early-only", "a;to-tag=2;from-tag=1;early-only" },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row   *row = &rows[_i];
    struct sip_replaces value, again;
    struct sp_where     where;
    struct sp_buf       out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_replaces_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_replaces_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_replaces_parse(sp_written(&out), &again, &where), SP_OK);
    sip_replaces_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

START_TEST(callid)
{
    struct sp_slice id;
    struct sp_where where;

    /* RFC 4475 3.1.1.2 */
    unit_err(
        sip_callid_parse(unit_text("intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"), &id, &where),
        SP_OK);
    unit_eq(id, "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
    unit_err_at(sip_callid_parse(unit_text("a@"), &id, &where), where, SP_SYNTAX, 2);
    unit_err_at(sip_callid_parse(unit_text("a;b"), &id, &where), where, SP_SYNTAX, 1);
    unit_err_at(sip_callid_parse(unit_text("@b"), &id, &where), where, SP_SYNTAX, 0);
}
END_TEST

START_TEST(replaces_parts)
{
    struct sip_replaces replaces;
    struct sp_where     where;

    unit_err(
        sip_replaces_parse(unit_text("a@b ;To-Tag=1;from-tag=2;early-only"), &replaces, &where),
        SP_OK);
    unit_eq(replaces.callid, "a@b");
    unit_eq(replaces.to_tag, "1");
    unit_eq(replaces.from_tag, "2");
    ck_assert(replaces.early_only);
}
END_TEST

Suite *test_sip_callid_suite(void)
{
    Suite *suite = suite_create("sip_callid");
    TCase *tcase = unit_tcase(suite, "sip_callid");

    unit_loop(tcase, round_trip, rows);
    tcase_add_test(tcase, callid);
    tcase_add_test(tcase, replaces_parts);
    return suite;
}
