/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_zone.c -- names answered from lines of a zone file. */
#include "unit.h"

#include <stdio.h>

#include "../../transport/sp_zone.h"

static const char zone[] =
    "; a lab\n"
    "\n"
    "example.com. 3600 IN NAPTR 10 50 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.com.\n"
    "             NAPTR 20 0 S sip+d2t \"\" _sip._tcp.example.com ; bare words\r\n"
    "\tIN NAPTR 30 1 \"u\" \"E2U+sip\" \"!^.*$!sip:a\\\"b@c!\" .\n"
    "_sip._udp.example.com SRV 0 65535 5060 a.example.com.\n"
    "_SIP._UDP.EXAMPLE.COM. in srv 1 0 5070 b.example.com;x\n"
    "_sip._udp.example.com 5 SRV 2 0 0 .\n"
    "a.example.com A 192.0.2.1\n"
    "  AAAA 2001:db8::1\n"
    "A.example.com. 0 A 192.0.2.2\n"
    "   ; nothing but a comment\n"
    "b.example.com AAAA ::1";

static const struct ask_row {
    enum sp_question question;
    const char      *name;
    size_t           room;
    const char      *want;
} asks[] = {
    { SP_ASK_ADDRS, "a.example.com", 8, "192.0.2.1 2001:db8::1 192.0.2.2" },
    { SP_ASK_ADDRS, "A.EXAMPLE.com.", 2, "192.0.2.1 2001:db8::1" },
    { SP_ASK_ADDRS, "b.example.com", 8, "::1" },
    { SP_ASK_ADDRS, "example.com", 8, "" },
    { SP_ASK_ADDRS, "", 8, "" },
    { SP_ASK_ADDRS, ".", 8, "" },
    { SP_ASK_SRV, "_sip._udp.example.com", 8,
      "0 65535 5060 a.example.com; 1 0 5070 b.example.com; 2 0 0 .;" },
    { SP_ASK_SRV, "_sip._udp.example.com", 1, "0 65535 5060 a.example.com;" },
    { SP_ASK_SRV, "a.example.com", 8, "" },
    { SP_ASK_NAPTR, "example.com.", 8,
      "10 50 s SIP+D2U - _sip._udp.example.com; 20 0 s sip+d2t - _sip._tcp.example.com; "
      "30 1 u E2U+sip ! .;" },
};

START_TEST(zone_answers)
{
    const struct ask_row *row = &asks[_i];
    struct sp_record      records[8];
    struct sp_addr        addrs[8];
    struct sp_buf         to = sp_buf(unit_room(512), 512);
    size_t                count;

    if (row->question == SP_ASK_ADDRS)
        count = sp_zone_addrs(unit_text(zone), unit_text(row->name), addrs, row->room);
    else
        count = sp_zone_records(unit_text(zone), row->question, unit_text(row->name), records,
                                row->room);
    for (size_t i = 0; i < count; i++) {
        const struct sp_record *record = &records[i];
        char                    text[64];

        if (i > 0)
            sp_put_char(&to, ' ');
        if (row->question == SP_ASK_ADDRS) {
            sp_put_addr(&to, &addrs[i]);
            continue;
        }
        snprintf(text, sizeof text, "%u %u ", record->order, record->preference);
        sp_put_text(&to, text);
        if (row->question == SP_ASK_SRV)
            snprintf(text, sizeof text, "%u ", record->port);
        else
            snprintf(text, sizeof text, "%c %.*s %c ", record->flag, record->service_octets,
                     record->service, record->regexp ? '!' : '-');
        sp_put_text(&to, text);
        sp_put(&to,
               record->name_octets > 0 ? sp_slice(record->name, record->name_octets) : SP_LIT("."));
        sp_put_char(&to, ';');
    }
    unit_eq(sp_written(&to), row->want);
}
END_TEST

#define LABEL_63 "123456789012345678901234567890123456789012345678901234567890123"

static const struct check_row {
    const char *text;
    enum sp_err err;
    size_t      line, column;
    const char *rule;
} checks[] = {
    { zone, SP_OK, 0, 0, NULL },
    { "", SP_OK, 0, 0, NULL },
    { "\r\n;\n \t\n", SP_OK, 0, 0, NULL },
    { "a." LABEL_63 ". A 192.0.2.1", SP_OK, 0, 0, NULL },
    { "a A 192.0.2.1\n\n a A 192.0.2.1", SP_SYNTAX, 3, 4, "IPv4 address" },
    { " A 192.0.2.1", SP_SYNTAX, 1, 1, "name" },
    { "a..b A 192.0.2.1", SP_SYNTAX, 1, 3, "name" },
    { ".a A 192.0.2.1", SP_SYNTAX, 1, 1, "name" },
    { ". A 192.0.2.1", SP_SYNTAX, 1, 1, "name" },
    { "a." LABEL_63 "x A 192.0.2.1", SP_SYNTAX, 1, 66, "name" },
    { "@ A 192.0.2.1", SP_SYNTAX, 1, 1, "name" },
    { "$ORIGIN a", SP_SYNTAX, 1, 1, "name" },
    { "a*b A 192.0.2.1", SP_SYNTAX, 1, 2, "name" },
    { "a", SP_SYNTAX, 1, 2, "type" },
    { "a 60", SP_SYNTAX, 1, 5, "type" },
    { "a 60 IN ; A", SP_SYNTAX, 1, 12, "type" },
    { "a 4294967296 A 192.0.2.1", SP_RANGE, 1, 3, "ttl" },
    { "a 1h A 192.0.2.1", SP_SYNTAX, 1, 3, "ttl" },
    { "a CH A 192.0.2.1", SP_SYNTAX, 1, 3, "NAPTR, SRV, A or AAAA" },
    { "a CNAME b", SP_SYNTAX, 1, 3, "NAPTR, SRV, A or AAAA" },
    { "a A", SP_SYNTAX, 1, 4, "IPv4 address" },
    { "a A 192.0.2.256", SP_SYNTAX, 1, 5, "IPv4 address" },
    { "a A ::1", SP_SYNTAX, 1, 5, "IPv4 address" },
    { "a AAAA 192.0.2.1", SP_SYNTAX, 1, 8, "IPv6 address" },
    { "a AAAA [::1]", SP_SYNTAX, 1, 8, "IPv6 address" },
    { "a A 192.0.2.1 5060", SP_SYNTAX, 1, 15, "end of line" },
    { "a SRV 0 0 65536 b", SP_RANGE, 1, 11, "port" },
    { "a SRV 0 x 0 b", SP_SYNTAX, 1, 9, "weight" },
    { "a SRV -1 0 0 b", SP_SYNTAX, 1, 7, "priority" },
    { "a SRV 0 0 5060", SP_SYNTAX, 1, 15, "target" },
    { "a SRV 0 0 5060 b c", SP_SYNTAX, 1, 18, "end of line" },
    { "a NAPTR 65536 0 s SIP+D2U \"\" b", SP_RANGE, 1, 9, "order" },
    { "a NAPTR 0 1.5 s SIP+D2U \"\" b", SP_SYNTAX, 1, 11, "preference" },
    { "a NAPTR 0 0", SP_SYNTAX, 1, 12, "flags" },
    { "a NAPTR 0 0 s", SP_SYNTAX, 1, 14, "services" },
    { "a NAPTR 0 0 s SIP+D2U \"!", SP_SYNTAX, 1, 25, "regexp" },
    { "a NAPTR 0 0 s SIP+D2U \"\\\"", SP_SYNTAX, 1, 26, "regexp" },
    { "a NAPTR 0 0 s SIP+D2U \"\"", SP_SYNTAX, 1, 25, "replacement" },
};

START_TEST(lines_are_checked)
{
    const struct check_row *row = &checks[_i];
    struct sp_zone_where    where = { 0, 0, NULL };

    unit_err(sp_zone_check(unit_text(row->text), &where), row->err);
    if (row->err == SP_OK)
        return;
    ck_assert_uint_eq(where.line, row->line);
    ck_assert_uint_eq(where.column, row->column);
    ck_assert_str_eq(where.rule, row->rule);
}
END_TEST

/* A line that cannot be read says nothing, and its name is nobody's any more. */
START_TEST(wrong_lines_say_nothing)
{
    struct sp_slice text = unit_text("a A 1.2.3\na A 192.0.2.1\n!\n A 192.0.2.2\n");
    struct sp_addr  addrs[4];

    ck_assert_uint_eq(sp_zone_addrs(text, SP_LIT("a"), addrs, 4), 1);
    ck_assert_uint_eq(addrs[0].octets[3], 1);
}
END_TEST

Suite *test_sp_zone_suite(void)
{
    Suite *suite = suite_create("sp_zone");
    TCase *tcase = unit_tcase(suite, "zone");

    unit_loop(tcase, zone_answers, asks);
    unit_loop(tcase, lines_are_checked, checks);
    tcase_add_test(tcase, wrong_lines_say_nothing);
    return suite;
}
