/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_rules.c -- each rule is broken once, and kept once beside it. */
#include "../../parser/sip_rules.h"
#include "unit.h"

#include <stdio.h>

#define VIA  "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
#define REST "Max-Forwards: 70\r\nCall-ID: x\r\n"
#define BOTH "To: <sip:a@b>\r\nFrom: <sip:c@d>;tag=1\r\n"
#define REQ(method, uri, more)                                                                     \
    method " " uri " SIP/2.0\r\n" REST "CSeq: 1 " method "\r\n" more "\r\n"
#define RES(status, method, more) "SIP/2.0 " status "\r\n" REST "CSeq: 1 " method "\r\n" more "\r\n"

static const struct row {
    const char *text;
    const char *clause; /* "": no rule is broken */
    const char *octets; /* that are meant */
    uint16_t    answer;
} rows[] = {
    { REQ("OPTIONS", "sip:a@b", VIA BOTH), "", "", 0 },
    { REQ("OPTIONS", "<sip:a@b>", VIA BOTH), "RFC 3261 7.1", "", 400 },
    { REQ("OPTIONS", "sip:a@b?x=y", VIA BOTH), "RFC 3261 19.1.1", "x=y", 0 },
    { REQ("OPTIONS", "sip:a@b;method=BYE", VIA BOTH), "RFC 3261 19.1.1", ";method=BYE", 0 },
    { REQ("OPTIONS", "sips:a@b;transport=udp", VIA BOTH), "RFC 3261 19.1.1", "udp", 0 },
    { REQ("OPTIONS", "sips:a@b;transport=tcp", VIA BOTH), "", "", 0 },
    { REQ("OPTIONS", "sip:a@b", VIA BOTH "l: 1\r\n"), "RFC 3261 20.14", "1", 0 },
    { REQ("OPTIONS", "sip:a@b", VIA BOTH "l: 2\r\n") "x", "", "", 0 },
    { "BYE sip:a SIP/2.0\r\nCSeq: 1 ACK\r\n" VIA BOTH "\r\n", "RFC 3261 8.1.1.5", "ACK", 400 },
    { "BYE sip:a SIP/2.0\r\nCSeq: 2147483648 BYE\r\n" VIA BOTH "\r\n", "RFC 3261 8.1.1.5",
      "2147483648 BYE", 0 },
    { "BYE sip:a SIP/2.0\r\nCSeq: 2147483647 BYE\r\n" VIA BOTH "\r\n", "", "", 0 },
    { "BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\nMax-Forwards: 256\r\n" VIA BOTH "\r\n", "RFC 3261 20.22",
      "256", 400 },
    { REQ("BYE", "sip:a", VIA "To: <sip:a@b>\r\nFrom: <sip:c@d>\r\n"), "RFC 3261 8.1.1.3",
      "<sip:c@d>", 0 },
    { RES("200 OK", "BYE", VIA BOTH), "RFC 3261 8.2.6.2", "<sip:a@b>", 0 },
    { RES("100 Trying", "BYE", VIA BOTH), "", "", 0 },
    { REQ("BYE", "sip:a", "Via: SIP/2.0/UDP h;branch=1\r\n" BOTH), "RFC 3261 8.1.1.7",
      "SIP/2.0/UDP h;branch=1", 0 },
    { REQ("BYE", "sip:a", "Via: SIP/2.0/UDP h;branch=z9hG4bK\r\n" BOTH), "RFC 3261 8.1.1.7",
      "z9hG4bK", 400 },
    { REQ("BYE", "sip:a", "Via: SIP/2.0/TCP h;branch=z9hG4bK1\r\n" BOTH), "RFC 3261 18.1.1", "TCP",
      0 },
    { RES("100 x", "BYE", VIA "v: x\r\n" BOTH), "RFC 3261 8.1.3.3", "x", 400 },
    { REQ("BYE", "sip:a", VIA BOTH "l: 0\r\n") "zz", "RFC 3261 18.3", "zz", 0 },
    { REQ("MESSAGE", "sip:a", VIA BOTH "m: <sip:x>\r\n"), "RFC 3428 4", "<sip:x>", 0 },
    { RES("302 x", "MESSAGE", VIA "To: <sip:a>;tag=1\r\nm: <sip:x>\r\n"), "", "", 0 },
    { RES("200 x", "MESSAGE", VIA "To: <sip:a>;tag=1\r\nl: 1\r\n") "z", "RFC 3428 7", "z", 0 },
    { REQ("INVITE", "sip:a", VIA BOTH), "RFC 3261 8.1.1.8", "", 0 },
    { REQ("INVITE", "sip:a", VIA BOTH "m: <sip:x>, <sip:y>\r\n"), "RFC 3261 8.1.1.8", "<sip:y>",
      400 },
    { REQ("INVITE", "sip:a", VIA BOTH "m: <tel:1>\r\n"), "RFC 3261 8.1.1.8", "<tel:1>", 400 },
    { REQ("INVITE", "sips:a", VIA BOTH "m: <sip:x>\r\n"), "RFC 3261 8.1.1.8", "<sip:x>", 0 },
    { REQ("INVITE", "sips:a", VIA BOTH "m: <sips:x>\r\n"), "", "", 0 },
    { REQ("REGISTER", "sip:a", VIA BOTH "m: <sip:x>;expires=60, <sip:y>;expires=1h\r\n"),
      "RFC 3261 10.2.1.1", "1h", 0 },
    { REQ("OPTIONS", "sip:a", VIA BOTH "m: *\r\n"), "RFC 3261 10.2.2", "*", 400 },
    { REQ("REGISTER", "sip:a", VIA BOTH "m: *\r\n"), "RFC 3261 10.2.2", "*", 400 },
    { REQ("REGISTER", "sip:a", VIA BOTH "m: *, <sip:x>\r\nExpires: 0\r\n"), "RFC 3261 10.2.2", "*",
      400 },
    { REQ("REGISTER", "sip:a", VIA BOTH "m: *\r\nExpires: 0\r\n"), "", "", 0 },
    { REQ("REGISTER", "sip:u@a", VIA BOTH), "RFC 3261 10.2", "u", 0 },
    { REQ("REGISTER", "sip:a", VIA "From: <sip:c@d>;tag=1\r\nTo: <tel:1>\r\n"), "RFC 3261 10.2",
      "tel:1", 0 },
    { REQ("CANCEL", "sip:a", VIA BOTH "Require: x\r\n"), "RFC 3261 9.1", "Require", 0 },
    { REQ("CANCEL", "sip:a", VIA BOTH "v: SIP/2.0/UDP i\r\n"), "RFC 3261 9.1", "SIP/2.0/UDP i", 0 },
    { REQ("BYE", "sip:a;x;X", VIA BOTH), "RFC 3261 7.3.1", "X", 0 },
    { REQ("BYE", "sip:a", "v: SIP/2.0/UDP h;branch=z9hG4bK1;x;x=1\r\n" BOTH), "RFC 3261 7.3.1", "x",
      0 },
    { RES("100 a\x01", "BYE", VIA BOTH), "RFC 3261 25.1", "", 0 },
    { RES("100 \xc3\xa9", "BYE", VIA BOTH), "", "", 0 },
    { "SIP/2.0 200", "", "", 0 }, /* cut behind the status */
    { RES("100", "BYE", VIA BOTH), "RFC 4475 3.1.1.13", "", 0 },
    { REQ("BYE", "sip:a", VIA "To: x<sip:a>\r\nFrom: <sip:c>;tag=1\r\n"), "RFC 4475 3.1.1.6", "x",
      0 },
    { REQ("BYE", "sip:a", VIA "To: x <sip:a>\r\nFrom: \"x\"<sip:c>;tag=1\r\n"), "", "", 0 },
    { REQ("BYE", "sip:a", "v: SIP/2.0/UDP h;branch=z9hG4bK1;received=[::1]\r\n" BOTH),
      "RFC 5118 4.5", "[::1]", 0 },
    { REQ("BYE", "sip:[1:::1.2.3.4]", VIA BOTH), "RFC 5118 4.10", "[1:::1.2.3.4]", 0 },
};

/* 3261-7.1-1 3261-7.3.1-5 3261-19.1.1-4 3261-19.1.1-5 3261-19.1.1-9 3261-20.42-1 */
START_TEST(rule)
{
    const struct row  *row = &rows[_i];
    struct sip_finding found[4];
    struct sip_msg     msg;
    struct sip_check   check = {
          .all = true, .ua = true, .findings = found, .room = 4, .reason = { .clause = "" }
    };

    check.given = unit_text(row->text);
    sip_msg_init(&msg, unit_room(20 * sizeof(struct sip_field)), 20);
    check.err = sip_msg_parse(check.given, &msg, &check.where);
    sip_check_rules(&msg, &check);
    ck_assert_uint_eq(check.count, row->clause[0] != '\0');
    ck_assert_uint_eq(check.answer, row->answer);
    if (check.count == 0)
        return;
    ck_assert_str_eq(found[0].clause, row->clause);
    unit_eq(found[0].octets, row->octets);
}
END_TEST

Suite *test_sip_rules_suite(void)
{
    Suite *suite = suite_create("sip_rules");
    TCase *tcase = unit_tcase(suite, "sip_rules");

    unit_loop(tcase, rule, rows);
    return suite;
}
