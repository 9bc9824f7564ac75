/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_event.c -- Event and Subscription-State. */
#include "../../parser/sip_event.h"
#include "unit.h"

static const struct row {
    const char *value, *written; /* NULL: as it came */
} rows[] = {
    { "active;expires=599", NULL },
    { "terminated;reason=noresource;retry-after=7", NULL },
    { "Pending ; x=y;expires=1", "pending;expires=1" },
    { "other;reason=x", NULL },
};

/* What was read and written reads the same. */
START_TEST(round_trip)
{
    const struct row             *row = &rows[_i];
    struct sip_subscription_state value, again;
    struct sp_where               where;
    struct sp_buf out = sp_buf(unit_room(300), 300), twice = sp_buf(unit_room(300), 300);

    unit_err(sip_subscription_state_parse(unit_text(row->value), &value, &where), SP_OK);
    sip_subscription_state_write(&out, &value);
    unit_eq(sp_written(&out), row->written != NULL ? row->written : row->value);
    unit_err(sip_subscription_state_parse(sp_written(&out), &again, &where), SP_OK);
    sip_subscription_state_write(&twice, &again);
    unit_eq_slice(sp_written(&twice), sp_written(&out));
}
END_TEST

START_TEST(state_parts)
{
    struct sip_subscription_state state;
    struct sp_where               where;

    unit_err(sip_subscription_state_parse(unit_text("Terminated;reason=giveup;retry-after=5"),
                                          &state, &where),
             SP_OK);
    ck_assert_int_eq(state.state, SIP_SUBSTATE_TERMINATED);
    unit_eq(state.reason, "giveup");
    ck_assert(!state.has_expires);
    ck_assert_uint_eq(state.retry_after, 5);
    unit_err_at(
        sip_subscription_state_parse(unit_text("active;expires=4294967296"), &state, &where), where,
        SP_RANGE, 15);
}
END_TEST

START_TEST(event_parts)
{
    struct sip_event a, b, c, d;
    struct sp_where  where;
    struct sp_buf    out = sp_buf(unit_room(40), 40);

    unit_err(sip_event_parse(unit_text("refer;id=1"), &a, &where), SP_OK);
    unit_err(sip_event_parse(unit_text("refer; x=y ;id = 1"), &b, &where), SP_OK);
    unit_err(sip_event_parse(unit_text("refer"), &c, &where), SP_OK);
    unit_err(sip_event_parse(unit_text("Refer;id=1"), &d, &where), SP_OK);
    ck_assert(sip_event_eq(&a, &b));
    ck_assert(!sip_event_eq(&a, &c));
    ck_assert(!sip_event_eq(&a, &d));
    sip_event_write(&out, &a);
    unit_eq(sp_written(&out), "refer;id=1");
    unit_err_at(sip_event_parse(unit_text("a..b"), &a, &where), where, SP_SYNTAX, 1);
    unit_err_at(sip_event_parse(unit_text(".a"), &a, &where), where, SP_SYNTAX, 0);
}
END_TEST

Suite *test_sip_event_suite(void)
{
    Suite *suite = suite_create("sip_event");
    TCase *tcase = unit_tcase(suite, "sip_event");

    unit_loop(tcase, round_trip, rows);
    tcase_add_test(tcase, state_parts);
    tcase_add_test(tcase, event_parts);
    return suite;
}
