/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_line.c -- the values of o=, c=, b=, t=, r=, z=: RFC 8866 5.2, 5.7 to 5.11. */
#include "../../sdp/sdp_line.h"
#include "unit.h"

/* The letter chooses the rule: 'C' is c= in a medium, 'c' the session's. */
static const struct row {
    char        letter;
    const char *value;
    enum sp_err err;
    size_t      at;
    const char *rule;
} rows[] = {
    { 'o', "jdoe 1 2 IN IP4 198.51.100.1", SP_OK, 0, "" },
    { 'o', "- 18446744073709551615 0 IN IP6 2001:db8::1", SP_OK, 0, "" },
    { 'o', "\xC3\xA4 1 2 IN IP4 h", SP_OK, 0, "" },
    { 'o', "j doe 1 2 IN IP4 h", SP_SYNTAX, 2, "sess-id" }, /* 8866-5.2-1 */
    { 'o', " 1 2 IN IP4 h", SP_SYNTAX, 0, "username" },
    { 'o', "- x 2 IN IP4 h", SP_SYNTAX, 2, "sess-id" },
    { 'o', "- 18446744073709551616 2 IN IP4 h", SP_RANGE, 2, "sess-id" },
    { 'o', "- 1 -2 IN IP4 h", SP_SYNTAX, 4, "sess-version" },
    { 'o', "- 1 18446744073709551616 IN IP4 h", SP_RANGE, 4, "sess-version" },
    { 'o', "- 1 2 IN IP4", SP_SYNTAX, 12, "SP" },
    { 'o', "- 1 2 IN IP4 ", SP_SYNTAX, 13, "unicast-address" },
    { 'o', "- 1 2 IN IP4 h h", SP_SYNTAX, 14, "end" },
    { 'o', "- 1  2 IN IP4 h", SP_SYNTAX, 4, "sess-version" },
    { 'o', "- 1 2 IN IP4 m\xC3\xBCller.example", SP_SYNTAX, 14, "FQDN" }, /* 8866-5-7: ACE only */
    { 'o', "- 1 2 IN IP4 xn--mller-kva.example", SP_OK, 0, "" },
    { 'o', "- 1 2 TN RFC2543 m\xC3\xBCller", SP_OK, 0, "" }, /* no Internet host */
    { 'o', "- 1 2 TN IP4 m\xC3\xBCller", SP_OK, 0, "" },
    { 'o', "- 1 2 IN X25 m\xC3\xBCller", SP_OK, 0, "" },
    { 'c', "IN IP4 192.0.2.1", SP_OK, 0, "" },
    { 'c', "IN IP4 alice.example.com", SP_OK, 0, "" },
    { 'c', "IN IP4 0.0.0.0", SP_OK, 0, "" }, /* 3264-8.4-3 */
    { 'c', "IN IP6 2001:db8::1", SP_OK, 0, "" },
    { 'c', "IN IP4 ", SP_SYNTAX, 7, "connection-address" },
    { 'c', "IN", SP_SYNTAX, 2, "SP" },
    { 'c', "IN IP4 a b", SP_SYNTAX, 8, "end" },
    { 'c', "IN IP4 m\xC3\xBCller.example", SP_SYNTAX, 8, "FQDN" }, /* 8866-5-7 */
    { 'c', "IN IP4 192.0.2.1/3", SP_SYNTAX, 16, "end" },           /* 8866-5.7-7 */
    { 'C', "IN IP4 192.0.2.1/3", SP_SYNTAX, 16, "end" },           /* 8866-5.7-7 */
    { 'C', "IN IP6 2001:db8::1/3", SP_SYNTAX, 18, "end" },         /* 8866-5.7-7 */
    { 'c', "IN IP4 224.2.17.12/127", SP_OK, 0, "" },
    { 'c', "IN IP4 239.255.255.255/0", SP_OK, 0, "" },
    { 'c', "IN IP4 224.2.17.12", SP_SYNTAX, 18, "ttl" }, /* 8866-5.7-2, 8866-5.7-4 */
    { 'c', "IN IP4 224.2.17.12/", SP_SYNTAX, 19, "ttl" },
    { 'c', "IN IP4 224.2.17.12/255", SP_OK, 0, "" },
    { 'c', "IN IP4 224.2.17.12/256", SP_RANGE, 19, "ttl" }, /* 8866-5.7-3 */
    { 'c', "IN IP4 223.2.17.12/1", SP_SYNTAX, 18, "end" },
    { 'c', "IN IP4 240.2.17.12/1", SP_SYNTAX, 18, "end" },
    { 'C', "IN IP4 233.252.0.1/127/3", SP_OK, 0, "" },
    { 'C', "IN IP4 233.252.0.1/127/0", SP_SYNTAX, 23, "numaddr" },
    { 'c', "IN IP4 233.252.0.1/127/3", SP_SYNTAX, 22, "end" }, /* 8866-5.7-6 */
    { 'C', "IN IP6 ff00::db8:0:101/3", SP_OK, 0, "" },
    { 'C', "IN IP6 FF00::db8:0:101/3", SP_OK, 0, "" },
    { 'C', "IN IP6 ff00::db8:0:101/127/3", SP_SYNTAX, 26, "end" }, /* 8866-5.7-5: no ttl */
    { 'c', "IN IP6 ff00::db8:0:101/3", SP_SYNTAX, 22, "end" },     /* 8866-5.7-6 */
    { 'c', "IN IP6 ffm.example.com/3", SP_SYNTAX, 22, "end" },     /* a name, no group */
    { 'C', "IN IP6 ffm.example.com/3", SP_SYNTAX, 22, "end" },
    { 'C', "IN IP4 233.252.0.example/127", SP_SYNTAX, 24, "end" },
    { 'C', "IN IP4 233.252.1/127", SP_SYNTAX, 16, "end" },
    { 'c', "IN IP4 \x80", SP_SYNTAX, 7, "FQDN" },
    { 'b', "AS:128", SP_OK, 0, "" },
    { 'b', "X-unheard-of:0", SP_OK, 0, "" }, /* 8866-5.8-5 */
    { 'b', "AS:99999999999999999999999", SP_OK, 0, "" },
    { 'b', "AS", SP_SYNTAX, 2, "bandwidth-field" },
    { 'b', "AS:", SP_SYNTAX, 3, "bandwidth" },
    { 'b', "AS:1.5", SP_SYNTAX, 4, "end" },
    { 'b', ":1", SP_SYNTAX, 0, "bwtype" },
    { 't', "0 0", SP_OK, 0, "" },
    { 't', "3724394400 18446744073709551615", SP_OK, 0, "" },
    { 't', "0", SP_SYNTAX, 1, "SP" },
    { 't', "0 ", SP_SYNTAX, 2, "stop-time" },
    { 't', "0 0 0", SP_SYNTAX, 3, "end" },
    { 't', "x 0", SP_SYNTAX, 0, "start-time" },
    { 'r', "604800 3600 0 90000", SP_OK, 0, "" },
    { 'r', "7d 1h 0 25h", SP_OK, 0, "" },
    { 'r', "7d 1h 0", SP_OK, 0, "" },
    { 'r', "7d 1h", SP_SYNTAX, 5, "SP" },
    { 'r', "0 1h 0", SP_SYNTAX, 0, "repeat-interval" },
    { 'r', "7D 1h 0", SP_SYNTAX, 1, "SP" }, /* units are case-sensitive */
    { 'r', "7d 1h 0 ", SP_SYNTAX, 8, "typed-time" },
    { 'r', "7d 1h 0m5", SP_SYNTAX, 8, "SP" },
    { 'z', "3730928400 -1h 3749680800 0", SP_OK, 0, "" },
    { 'z', "3730928400 -1h", SP_OK, 0, "" },
    { 'z', "3730928400", SP_SYNTAX, 10, "SP" },
    { 'z', "3730928400 --1h", SP_SYNTAX, 12, "typed-time" },
    { 'z', "3730928400 1h ", SP_SYNTAX, 14, "time" },
    { 'z', "3730928400 1h 1", SP_SYNTAX, 15, "SP" },
};

static void scan(char letter, struct sp_scan *s)
{
    struct sdp_origin     origin;
    struct sdp_connection connection;
    uint64_t              start, stop;

    switch (letter) {
    case 'o': sdp_scan_origin(s, &origin); break;
    case 'c': sdp_scan_connection(s, &connection, false); break;
    case 'C': sdp_scan_connection(s, &connection, true); break;
    case 'b': sdp_scan_bandwidth(s); break;
    case 't': sdp_scan_time(s, &start, &stop); break;
    case 'r': sdp_scan_repeat(s); break;
    case 'z': sdp_scan_zone(s); break;
    default: ck_abort();
    }
}

START_TEST(row)
{
    struct sp_scan  s = sp_scan(unit_text(rows[_i].value));
    struct sp_where where = { 0, "" };

    scan(rows[_i].letter, &s);
    unit_err_at(sp_scan_end(&s, &where), where, rows[_i].err, rows[_i].at);
    if (rows[_i].err != SP_OK)
        ck_assert_str_eq(where.rule, rows[_i].rule);
}
END_TEST

START_TEST(origin_parts)
{
    struct sp_scan    s = sp_scan(unit_text("- 7 18446744073709551615 IN IP6 ::1"));
    struct sdp_origin origin;

    sdp_scan_origin(&s, &origin);
    unit_eq(origin.username, "-");
    ck_assert_uint_eq(origin.session_id, 7);
    ck_assert(origin.version == UINT64_MAX);
    unit_eq(origin.nettype, "IN");
    unit_eq(origin.addrtype, "IP6");
    unit_eq(origin.address, "::1");
}
END_TEST

START_TEST(connection_parts)
{
    struct sp_scan        s = sp_scan(unit_text("IN IP4 233.252.0.1/127/3"));
    struct sdp_connection connection;

    sdp_scan_connection(&s, &connection, true);
    unit_eq(connection.nettype, "IN");
    unit_eq(connection.addrtype, "IP4");
    unit_eq(connection.address, "233.252.0.1/127/3");
}
END_TEST

Suite *test_sdp_line_suite(void)
{
    Suite *suite = suite_create("sdp_line");
    TCase *tcase = unit_tcase(suite, "sdp_line");

    unit_loop(tcase, row, rows);
    tcase_add_test(tcase, origin_parts);
    tcase_add_test(tcase, connection_parts);
    return suite;
}
