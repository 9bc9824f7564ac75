/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_make.c -- which orders are taken, and in which mode. */
#include "push_unit.h"
#include "unit.h"

static const struct row {
    const char    *to;
    enum push_mode mode;
    uint32_t       count;
    size_t         octets;
    bool           at_hand, told;
    const char    *name;
    enum sp_err    err;
    enum push_mode chosen;
} rows[] = {
    { "sip:bob@192.0.2.2", PUSH_AUTO, 1, 100, true, true, "", SP_OK, PUSH_PAGER },
    { "sip:bob@192.0.2.2", PUSH_AUTO, 1, 0, true, true, "", SP_OK, PUSH_PAGER },
    { "sip:bob@192.0.2.2", PUSH_AUTO, 1, 1300, true, true, "", SP_OK, PUSH_SESSION },
    { "sip:bob@192.0.2.2", PUSH_AUTO, 1, 100, false, true, "", SP_OK, PUSH_SESSION },
    { "sip:bob@192.0.2.2", PUSH_AUTO, 2, 10, true, true, "", SP_OK, PUSH_SESSION },
    { "sip:bob@192.0.2.2", PUSH_PAGER, 2, 10, true, true, "", SP_OK, PUSH_PAGER },
    { "sip:bob@192.0.2.2", PUSH_PAGER, 1, 1300, true, true, "", SP_LIMIT, PUSH_PAGER },
    { "sip:bob@192.0.2.2", PUSH_PAGER, 1, 70000, true, true, "", SP_LIMIT, PUSH_PAGER },
    { "sip:bob@192.0.2.2", PUSH_PAGER, 1, 10, false, true, "", SP_LIMIT, PUSH_PAGER },
    { "sip:bob@192.0.2.2", PUSH_PAGER, 1, 10, true, true, "x\ny", SP_OK, PUSH_PAGER },
    { "sip:bob@192.0.2.2", PUSH_SESSION, 1, 10, true, true, "x\ny", SP_OK, PUSH_SESSION },
    { "sip:bob@192.0.2.2", PUSH_SESSION, 1, 10, false, false, "x", SP_MISSING, PUSH_SESSION },
    { "sip:bob@192.0.2.2", PUSH_AUTO, 0, 10, true, true, "", SP_MISSING, PUSH_PAGER },
    { "sip:bob@192.0.2.2", PUSH_AUTO, 65, 1, true, true, "", SP_LIMIT, PUSH_PAGER },
    { "bob", PUSH_AUTO, 1, 10, true, true, "", SP_SYNTAX, PUSH_PAGER },
    { "", PUSH_AUTO, 1, 10, true, true, "", SP_SYNTAX, PUSH_PAGER },
    { "sip:bob@192.0.2.2\r\nX: y", PUSH_AUTO, 1, 10, true, true, "", SP_SYNTAX, PUSH_PAGER },
    { "http://192.0.2.2/", PUSH_PAGER, 1, 10, true, true, "", SP_UNSUPPORTED, PUSH_PAGER },
    { "http://192.0.2.2/", PUSH_SESSION, 1, 10, true, true, "", SP_UNSUPPORTED, PUSH_SESSION },
};

START_TEST(takes_orders)
{
    const struct row   *row = &rows[_i];
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content contents[65];
    struct sp_slice     octets = push_unit_pattern(row->octets, 1);

    unit->deaf[PUSH_UNIT_RECEIVER] = true;
    for (uint32_t i = 0; i < 65; i++) {
        contents[i] = push_unit_content(row->name, "", octets, row->at_hand);
        if (!row->told)
            contents[i].octets = UINT64_MAX;
    }
    unit_err(push_unit_order_to(unit, row->to, row->mode, false, contents, row->count), row->err);
    push_unit_drain(unit);
    ck_assert_int_eq(unit->chosen, row->err == SP_OK);
    if (row->err == SP_OK) {
        ck_assert_str_eq(push_mode_name(unit->mode), push_mode_name(row->chosen));
        ck_assert_int_eq(push_unit_count(unit, "\r\nFrom:"), 1);
    } else {
        ck_assert_uint_eq(push_sender_open(unit->sender), 0);
        ck_assert_uint_eq(unit->wire_octets, 0);
    }
}
END_TEST

/* A transfer that goes on: a file, and something of it is left. */
START_TEST(part)
{
    static const struct {
        const char *name;
        uint64_t    offset;
        enum sp_err err;
    } parts[] = { { "f", 0, SP_OK },    { "f", 1, SP_OK },    { "f", 4, SP_OK },
                  { "f", 5, SP_RANGE }, { "f", 6, SP_RANGE }, { "", 1, SP_RANGE } };
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content content = push_unit_content(parts[_i].name, "", unit_text("hello"), true);

    content.offset = parts[_i].offset;
    unit_err(push_unit_order(unit, PUSH_AUTO, false, &content, 1), parts[_i].err);
    push_unit_drain(unit);
    if (parts[_i].err == SP_OK)
        ck_assert_int_eq(unit->mode, parts[_i].offset > 0 ? PUSH_SESSION : PUSH_PAGER);
}
END_TEST

/* Every capacity from none upward: SP_LIMIT, and as many as there is room for go through. */
START_TEST(capacity)
{
    struct sp_limits    limits = sp_limits_default;
    struct push_unit   *unit;
    struct push_content content = push_unit_content("", "", unit_text("hello"), true);
    int                 taken = 0;

    limits.pushes = (uint32_t)_i;
    unit = push_unit_new(&limits, NULL, NULL);
    for (int i = 0; i < 4; i++)
        if (push_unit_order(unit, PUSH_PAGER, false, &content, 1) == SP_OK)
            taken++;
    ck_assert_int_eq(taken, _i < 4 ? _i : 4);
    push_unit_run(unit, 100000);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
    ck_assert_int_eq(unit->ended, taken);
    ck_assert_int_eq(unit->offered, taken);
}
END_TEST

/* The store, the transactions, the dialogs of the sender at every small size. */
START_TEST(small_everything)
{
    static const uint32_t sizes[] = { 0, 64, 256, 1024, 2048, 4096, 16384 };
    struct sp_limits      limits = sp_limits_default;
    struct push_unit     *unit;
    struct push_content   content = push_unit_content("n", "", unit_text("hello"), true);
    enum sp_err           err;

    limits.store_octets = sizes[_i % 7];
    limits.transactions = (uint32_t)(_i / 7 % 3);
    limits.dialogs = (uint32_t)(_i / 21 % 2);
    limits.msrp_sessions = (uint32_t)(_i / 42 % 2);
    limits.pushes = 2;
    unit = push_unit_new(&limits, NULL, NULL);
    err = push_unit_order(unit, _i % 2 == 0 ? PUSH_PAGER : PUSH_SESSION, false, &content, 1);
    if (err == SP_OK)
        push_unit_run(unit, 200000);
    ck_assert_int_eq(unit->ended, err == SP_OK);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
}
END_TEST

/* As many files as a host asks for, in one order. */
START_TEST(thousands)
{
    struct sp_limits     limits = sp_limits_default;
    struct push_unit    *unit;
    struct push_content *contents = unit_room(4096 * sizeof(*contents));
    struct push_order    order = { .to = SP_LIT("sip:bob@192.0.2.2"), .count = 4096 };

    limits.push_files = 4096;
    unit = push_unit_new(&limits, NULL, NULL);
    for (int i = 0; i < 4096; i++)
        contents[i] = push_unit_content("a name of some length.txt", "text/plain",
                                        unit_text("hello"), true);
    order.contents = contents;
    unit_err(push_sender_submit(unit->sender, unit->now_us, &order, &unit->order), SP_OK);
    unit_err(push_sender_abort(unit->sender, unit->now_us, unit->order), SP_OK);
}
END_TEST

Suite *test_push_make_suite(void)
{
    Suite *suite = suite_create("push_make");
    TCase *tcase = unit_tcase(suite, "push_make");

    unit_loop(tcase, takes_orders, rows);
    tcase_add_loop_test(tcase, capacity, 0, 6);
    tcase_add_loop_test(tcase, part, 0, 6);
    tcase_add_test(tcase, thousands);
    tcase_add_loop_test(tcase, small_everything, 0, 84);
    return suite;
}
