/* SPDX-License-Identifier: MIT
 * tests/unit/test_buf.c -- a writer that stays within its room and whose first error sticks. */
#include "unit.h"

#include "../../base/buf.h"

static void put_all(struct sp_buf *to)
{
    sp_put(to, SP_LIT("ab"));
    sp_put(to, sp_slice(NULL, 0));
    sp_put_text(to, "cd");
    sp_put_char(to, 'e');
    sp_put_u64(to, 70);
    sp_put_hex(to, SP_LIT("\x8f"), false, '\0');
    sp_put_value(to, SP_LIT("v"));
}

#define ALL "abcde708fv"

/* Room of every size from none to more than enough. */
START_TEST(stays_within_its_room)
{
    size_t        room = (size_t)_i;
    struct sp_buf buf = sp_buf(unit_room(room), room);

    put_all(&buf);
    if (room >= sizeof ALL - 1) {
        unit_err(buf.err, SP_OK);
        unit_eq(sp_written(&buf), ALL);
    } else {
        unit_err(buf.err, SP_ROOM);
        ck_assert_uint_eq(sp_written(&buf).len, 0);
        ck_assert_uint_le(buf.len, room);
        ck_assert_mem_eq(buf.at, ALL, buf.len);
    }
}
END_TEST

START_TEST(no_room_at_all)
{
    struct sp_buf buf = sp_buf(NULL, 0);

    sp_put(&buf, SP_LIT(""));
    unit_err(buf.err, SP_OK);
    ck_assert_uint_eq(sp_written(&buf).len, 0);
    sp_put_char(&buf, 'a');
    unit_err(buf.err, SP_ROOM);
}
END_TEST

START_TEST(first_error_sticks)
{
    char          room[4];
    struct sp_buf buf = sp_buf(room, sizeof room);

    sp_put_text(&buf, "12345");
    sp_put_value(&buf, SP_LIT("\r"));
    sp_put_fail(&buf, SP_RANGE);
    sp_put_text(&buf, "1"); /* would fit */
    unit_err(buf.err, SP_ROOM);
    ck_assert_uint_eq(buf.len, 0);

    buf = sp_buf(room, sizeof room);
    sp_put_fail(&buf, SP_RANGE);
    sp_put_text(&buf, "12345");
    unit_err(buf.err, SP_RANGE);
}
END_TEST

static const struct u64_row {
    uint64_t    value;
    const char *text;
} u64_rows[] = {
    { 0, "0" },
    { 9, "9" },
    { 10, "10" },
    { 4294967296, "4294967296" },
    { UINT64_MAX, "18446744073709551615" },
};

START_TEST(numbers)
{
    size_t        len = strlen(u64_rows[_i].text);
    struct sp_buf buf = sp_buf(unit_room(len), len);

    sp_put_u64(&buf, u64_rows[_i].value);
    unit_eq(sp_written(&buf), u64_rows[_i].text);
}
END_TEST

static const struct hex_row {
    const char *octets;
    bool        upper;
    char        between;
    const char *text;
} hex_rows[] = {
    { "", true, ':', "" },
    { "\x0a", true, ':', "0A" },
    { "\x0a\xff\x10", true, ':', "0A:FF:10" },
    { "\x0a\xff\x10", false, '\0', "0aff10" },
    { "\x7f\x80", false, ' ', "7f 80" },
};

START_TEST(hexadecimal)
{
    const struct hex_row *row = &hex_rows[_i];
    size_t                len = strlen(row->text);
    struct sp_buf         buf = sp_buf(unit_room(len), len);

    sp_put_hex(&buf, unit_text(row->octets), row->upper, row->between);
    unit_eq(sp_written(&buf), row->text);
}
END_TEST

static const struct value_row {
    struct sp_slice value;
    enum sp_err     err;
} value_rows[] = {
    { { "", 0 }, SP_OK },
    { { NULL, 0 }, SP_OK },
    { { "a b\t\x80\x01", 6 }, SP_OK },
    { { "a\rb", 3 }, SP_INJECTION },
    { { "a\n", 2 }, SP_INJECTION },
    { { "\0", 1 }, SP_INJECTION },
    { { "a\r\nVia: x", 9 }, SP_INJECTION },
};

START_TEST(values)
{
    struct sp_slice value = unit_octets(value_rows[_i].value.at, value_rows[_i].value.len);
    char            room[32];
    struct sp_buf   buf = sp_buf(room, sizeof room);

    sp_put_text(&buf, "X: ");
    sp_put_value(&buf, value);
    unit_err(buf.err, value_rows[_i].err);
    ck_assert_uint_eq(sp_written(&buf).len, buf.err == SP_OK ? 3 + value.len : 0);
}
END_TEST

Suite *test_buf_suite(void)
{
    Suite *suite = suite_create("buf");
    TCase *tcase = unit_tcase(suite, "buf");

    tcase_add_loop_test(tcase, stays_within_its_room, 0, sizeof ALL + 2);
    tcase_add_test(tcase, no_room_at_all);
    tcase_add_test(tcase, first_error_sticks);
    unit_loop(tcase, numbers, u64_rows);
    unit_loop(tcase, hexadecimal, hex_rows);
    unit_loop(tcase, values, value_rows);
    return suite;
}
