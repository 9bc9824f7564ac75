/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_reason.c -- Reason. */
#include "../../parser/sip_reason.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "SIP;cause=200;text=\"Call completed elsewhere\"", NULL },
    { "Q.850 ;cause=16 ;x=y", "Q.850;cause=16" },
    { "preemption", NULL },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row *row = &rows[_i];
    struct sip_reason value, again;
    struct sp_where   where;
    struct sp_buf     out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_reason_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_reason_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_reason_parse(sp_written(&out), &again, &where), SP_OK);
    sip_reason_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

START_TEST(parts)
{
    struct sip_reason reason;
    struct sp_where   where;

    unit_err(
        sip_reason_parse(unit_text("SIP ;cause=600 ;text=\"Busy Everywhere\""), &reason, &where),
        SP_OK);
    unit_eq(reason.protocol, "SIP");
    ck_assert(reason.has_cause);
    ck_assert_uint_eq(reason.cause, 600);
    unit_eq(reason.text, "\"Busy Everywhere\"");
}
END_TEST

Suite *test_sip_reason_suite(void)
{
    Suite *suite = suite_create("sip_reason");
    TCase *tcase = unit_tcase(suite, "sip_reason");

    unit_loop(tcase, round_trip, rows);
    tcase_add_test(tcase, parts);
    return suite;
}
