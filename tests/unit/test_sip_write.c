/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_write.c -- messages written, and what cannot be written. */
#include "../../parser/sip_write.h"
#include "unit.h"

#include <stdio.h>

static struct sp_buf room(void)
{
    return sp_buf(unit_room(1000), 1000);
}

/* 3261-7-2 3261-7.1-2 3261-7.1-3 3261-20.14-1 */
START_TEST(request)
{
    struct sp_buf      out = room();
    struct sip_via     via = { .transport = SP_LIT("UDP"), .host = SP_LIT("pc33.atlanta.com") };
    struct sip_cseq    cseq = { 314159, SP_LIT("INVITE") };
    struct sip_address to, from;
    struct sp_where    where;

    via.branch = SP_LIT("z9hG4bK776asdhds");
    unit_err(sip_address_parse(SP_LIT("Bob <sip:bob@biloxi.com>"), &to, &where), SP_OK);
    unit_err(sip_address_parse(SP_LIT("Alice <sip:alice@atlanta.com>"), &from, &where), SP_OK);
    sip_put_request_line(&out, SP_LIT("INVITE"), SP_LIT("sip:bob@biloxi.com"));
    sip_put_via(&out, &via);
    sip_put_field_u64(&out, SIP_FIELD_MAX_FORWARDS, 70);
    sip_put_address(&out, SIP_FIELD_TO, &to, SP_LIT(""));
    sip_put_address(&out, SIP_FIELD_FROM, &from, SP_LIT("1928301774"));
    sip_put_field(&out, SIP_FIELD_CALL_ID, SP_LIT("a84b4c76e66710"));
    sip_put_cseq(&out, &cseq);
    sip_put_field(&out, SIP_FIELD_SUPPORTED, SP_LIT(""));
    sip_put_field_name(&out, SP_LIT("X-Y"), SP_LIT("z"));
    sip_put_body(&out, SP_LIT("text/plain"), SP_LIT("hi\r\n"));
    unit_eq(sp_written(&out), "INVITE sip:bob@biloxi.com SIP/2.0\r\n"
                              "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds\r\n"
                              "Max-Forwards: 70\r\n"
                              "To: Bob <sip:bob@biloxi.com>\r\n"
                              "From: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n"
                              "Call-ID: a84b4c76e66710\r\n"
                              "CSeq: 314159 INVITE\r\n"
                              "Supported:\r\n"
                              "X-Y: z\r\n"
                              "Content-Type: text/plain\r\n"
                              "Content-Length: 4\r\n\r\nhi\r\n");
}
END_TEST

static const char asked[] =
    "OPTIONS sip:bob@biloxi.com SIP/2.0\r\n"
    "v: SIP/2.0/UDP a;branch=z9hG4bK1,\r\n SIP/2.0/UDP b;branch=z9hG4bK2\r\n"
    "To:\r\n sip:bob@biloxi.com ;x=y%s\r\n"
    "f: <sip:alice@atlanta.com>;tag=1\r\n"
    "Via: SIP/2.0/UDP c\r\n"
    "Max-Forwards: 70\r\n"
    "Timestamp: 54\r\n"
    "CSeq: 1\r\n\tOPTIONS\r\n"
    "i: x\r\n\r\n";

#define HEAD                                                                                       \
    "v: SIP/2.0/UDP a;branch=z9hG4bK1,\r\n SIP/2.0/UDP b;branch=z9hG4bK2\r\n"                      \
    "Via: SIP/2.0/UDP c\r\nf: <sip:alice@atlanta.com>;tag=1\r\n"
#define TAIL "i: x\r\nCSeq: 1\r\n\tOPTIONS\r\n"

static const struct response {
    const char *to_params;
    uint16_t    status;
    const char *reason, *tag, *written;
} responses[] = {
    { "", 200, "", "9", "SIP/2.0 200 OK\r\n" HEAD "To: sip:bob@biloxi.com ;x=y;tag=9\r\n" TAIL },
    { ";tag=8", 404, "", "9",
      "SIP/2.0 404 Not Found\r\n" HEAD "To: sip:bob@biloxi.com ;x=y;tag=8\r\n" TAIL },
    { "", 100, "", "",
      "SIP/2.0 100 Trying\r\n" HEAD "To: sip:bob@biloxi.com ;x=y\r\n" TAIL "Timestamp: 54\r\n" },
    { ";;", 400, "Bad To", "9",
      "SIP/2.0 400 Bad To\r\n" HEAD "To: sip:bob@biloxi.com ;x=y;;;tag=9\r\n" TAIL },
};

START_TEST(response_head)
{
    const struct response *row = &responses[_i];
    struct sip_msg         msg;
    struct sp_where        where;
    struct sp_buf          out = room();
    char                   text[1000];

    snprintf(text, sizeof text, asked, row->to_params);
    sip_msg_init(&msg, unit_room(20 * sizeof(struct sip_field)), 20);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    sip_put_response_head(&out, &msg, row->status, sp_str(row->reason), sp_str(row->tag));
    unit_eq(sp_written(&out), row->written);
}
END_TEST

/* Each value that would break a line, or a part of one, voids the message. */
static const struct bad {
    const char *method, *uri, *name, *value, *tag;
    enum sp_err err;
} bads[] = {
    { "INVITE", "sip:a", "X", "y", "t", SP_OK },
    { "INVITE", "sip:a", "X", "a\r\nb: c", "t", SP_INJECTION },
    { "INVITE", "sip:a", "X", "a\nb", "t", SP_INJECTION },
    { "INVITE", "sip:a", "X", "a\r", "t", SP_INJECTION },
    { "INVITE", "sip:a", "X:", "y", "t", SP_INJECTION },
    { "INVITE", "sip:a", "X\r\nY", "y", "t", SP_INJECTION },
    { "INVITE", "sip:a", "", "y", "t", SP_INJECTION },
    { "INVITE", "sip:a SIP/2.0\r\nX: y", "X", "y", "t", SP_INJECTION },
    { "INVITE", "sip:a b", "X", "y", "t", SP_INJECTION },
    { "INVITE sip:c", "sip:a", "X", "y", "t", SP_INJECTION },
    { "", "sip:a", "X", "y", "t", SP_MISSING },
    { "INVITE", "", "X", "y", "t", SP_MISSING },
    { "INVITE", "sip:a", "X", "y", "t\r\n", SP_INJECTION },
};

START_TEST(injection)
{
    const struct bad  *row = &bads[_i];
    struct sp_buf      out = room();
    struct sip_address address;
    struct sp_where    where;

    unit_err(sip_address_parse(SP_LIT("<sip:a@b>"), &address, &where), SP_OK);
    sip_put_request_line(&out, sp_str(row->method), sp_str(row->uri));
    sip_put_field_name(&out, sp_str(row->name), sp_str(row->value));
    sip_put_address(&out, SIP_FIELD_FROM, &address, sp_str(row->tag));
    sip_put_body(&out, SP_LIT(""), SP_LIT(""));
    unit_err(out.err, row->err);
    ck_assert((sp_written(&out).len > 0) == (row->err == SP_OK));
}
END_TEST

START_TEST(refused)
{
    struct sp_buf a = room(), b = room(), c = room(), d = room();

    sip_put_status_line(&a, 99, SP_LIT("x"));
    unit_err(a.err, SP_RANGE);
    sip_put_status_line(&b, 200, UNIT_LIT("x\0"));
    unit_err(b.err, SP_INJECTION);
    sip_put_field(&c, SIP_FIELD_OTHER, SP_LIT("x"));
    unit_err(c.err, SP_MISSING);
    sip_put_body(&d, SP_LIT(""), SP_LIT("x"));
    unit_err(d.err, SP_MISSING);
}
END_TEST

START_TEST(reasons)
{
    unit_eq(sip_reason_of(200), "OK");
    unit_eq(sip_reason_of(481), "Call/Transaction Does Not Exist");
    unit_eq(sip_reason_of(299), "OK"); /* 8.1.3.2: an unknown status is as the x00 of its class */
    unit_eq(sip_reason_of(499), "Bad Request");
    unit_eq(sip_reason_of(699), "Busy Everywhere");
    unit_eq(sip_reason_of(700), "");
    unit_eq(sip_reason_of(0), "");
    for (uint16_t status = 100; status < 700; status++)
        ck_assert_uint_gt(sip_reason_of(status).len, 0);
}
END_TEST

/* Room for any length but the last: void, and nothing is written past it. */
/* 3261-20.14-3 */
START_TEST(every_room)
{
    for (size_t octets = 0; octets < 60; octets++) {
        struct sp_buf out = sp_buf(unit_room(octets), octets);

        sip_put_request_line(&out, SP_LIT("BYE"), SP_LIT("sip:a@b"));
        sip_put_body(&out, SP_LIT(""), SP_LIT(""));
        unit_err(out.err, octets < 42 ? SP_ROOM : SP_OK);
        ck_assert_uint_eq(sp_written(&out).len, octets < 42 ? 0 : 42);
    }
}
END_TEST

Suite *test_sip_write_suite(void)
{
    Suite *suite = suite_create("sip_write");
    TCase *tcase = unit_tcase(suite, "sip_write");

    tcase_add_test(tcase, request);
    unit_loop(tcase, response_head, responses);
    unit_loop(tcase, injection, bads);
    tcase_add_test(tcase, refused);
    tcase_add_test(tcase, reasons);
    tcase_add_test(tcase, every_room);
    return suite;
}
