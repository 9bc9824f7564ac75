/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_grammar.c -- the shared rules: RFC 8866 9, RFC 5547 6. */
#include "../../sdp/sdp_grammar.h"
#include "unit.h"

/* Each set against its rule in the ABNF, written out once more. */
static bool in_token(int c)
{
    return c == 0x21 || (c >= 0x23 && c <= 0x27) || (c >= 0x2A && c <= 0x2B) ||
           (c >= 0x2D && c <= 0x2E) || (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5A) ||
           (c >= 0x5E && c <= 0x7E);
}

START_TEST(sets)
{
    for (int c = 0; c < 256; c++) {
        bool in_line = c != 0 && c != '\r' && c != '\n';

        ck_assert_int_eq(sp_set_has(&sdp_token_set, (char)c), in_token(c));
        ck_assert_int_eq(sp_set_has(&sdp_non_ws_set, (char)c), c > 0x20 && c != 0x7F);
        ck_assert_int_eq(sp_set_has(&sdp_byte_string_set, (char)c), in_line);
        ck_assert_int_eq(sp_set_has(&sdp_file_name_set, (char)c), in_line && c != '"' && c != '%');
        ck_assert_int_eq(sp_set_has(&sdp_digit_set, (char)c), c >= '0' && c <= '9');
    }
}
END_TEST

enum which { PROTO, INTEGER, FILE_NAME, QUOTED };

static const struct row {
    enum which  which;
    const char *octets;
    enum sp_err err;
    size_t      at;
    const char *taken; /* what the rule takes */
} rows[] = {
    { PROTO, "TCP/TLS/MSRP *", SP_OK, 0, "TCP/TLS/MSRP" },
    { PROTO, "udp", SP_OK, 0, "udp" },
    { PROTO, "TCP/", SP_SYNTAX, 4, "" },
    { PROTO, "/TCP", SP_SYNTAX, 0, "" },
    { PROTO, "", SP_SYNTAX, 0, "" },
    { INTEGER, "10x", SP_OK, 0, "10" },
    { INTEGER, "18446744073709551615", SP_OK, 0, "18446744073709551615" },
    { INTEGER, "18446744073709551616", SP_RANGE, 0, "" },
    { INTEGER, "0", SP_SYNTAX, 0, "" },
    { INTEGER, "01", SP_SYNTAX, 0, "" },
    { INTEGER, "-1", SP_SYNTAX, 0, "" },
    { INTEGER, "", SP_SYNTAX, 0, "" },
    { FILE_NAME, "a b%2F\xC3\xA4\"x", SP_OK, 0, "a b%2F\xC3\xA4" },
    { FILE_NAME, "%41", SP_OK, 0, "%41" },
    { FILE_NAME, "a%4", SP_SYNTAX, 1, "" },
    { FILE_NAME, "a%", SP_SYNTAX, 1, "" },
    { FILE_NAME, "%G1", SP_SYNTAX, 0, "" },
    { FILE_NAME, "%1G", SP_SYNTAX, 0, "" },
    { FILE_NAME, "", SP_SYNTAX, 0, "" },
    { FILE_NAME, "\"", SP_SYNTAX, 0, "" },
    { QUOTED, "\"a b\"c", SP_OK, 0, "\"a b\"" },
    { QUOTED, "\"\"", SP_OK, 0, "\"\"" },
    { QUOTED, "\"a\\\"b\\\\\" ", SP_OK, 0, "\"a\\\"b\\\\\"" },
    { QUOTED, "\"a", SP_SYNTAX, 2, "" },
    { QUOTED, "\"a\\", SP_SYNTAX, 3, "" },
    { QUOTED, "a\"", SP_SYNTAX, 0, "" },
    { QUOTED, "", SP_SYNTAX, 0, "" },
};

static struct sp_slice take(enum which which, struct sp_scan *s)
{
    const char *from = s->at;

    switch (which) {
    case PROTO: return sdp_scan_proto(s);
    case INTEGER: (void)sdp_scan_integer(s, "integer"); return sdp_scan_since(s, from);
    case FILE_NAME: return sdp_scan_file_name(s, "filename-string");
    case QUOTED: return sdp_scan_quoted(s, "quoted-string");
    }
    return sp_slice(NULL, 0);
}

START_TEST(row)
{
    struct sp_scan  s = sp_scan(unit_text(rows[_i].octets));
    struct sp_slice taken = take(rows[_i].which, &s);

    unit_err_at(s.err, s.where, rows[_i].err, rows[_i].at);
    unit_eq(taken, rows[_i].taken);
}
END_TEST

START_TEST(integers)
{
    struct sp_scan s = sp_scan(unit_text("65536 "));

    ck_assert_uint_eq(sdp_scan_integer(&s, "integer"), 65536);
    ck_assert_int_eq(sp_scan_peek(&s), ' ');
}
END_TEST

START_TEST(octets)
{
    struct sp_slice rest = unit_text("a%2f%zz%4");
    const char      want[] = "a/%zz%4";

    for (size_t i = 0; i < sizeof(want) - 1; i++)
        ck_assert_int_eq(sdp_next_octet(&rest), want[i]);
    ck_assert_uint_eq(rest.len, 0);
}
END_TEST

Suite *test_sdp_grammar_suite(void)
{
    Suite *suite = suite_create("sdp_grammar");
    TCase *tcase = unit_tcase(suite, "sdp_grammar");

    tcase_add_test(tcase, sets);
    unit_loop(tcase, row, rows);
    tcase_add_test(tcase, integers);
    tcase_add_test(tcase, octets);
    return suite;
}
