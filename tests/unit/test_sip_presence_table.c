/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_presence_table.c -- which field must, should and must not stand in which
 * message. */
#include "../../parser/sip_check.h"
#include "unit.h"

#include <stdio.h>

static const struct row {
    const char       *start, *fields; /* CSeq is added */
    bool              stream;
    enum sip_field_id field;
    int               severity; /* -1: nothing is said of the field */
} rows[] = {
    /* RFC 3261 tables 2 and 3 */
    { "INVITE", "", false, SIP_FIELD_MAX_FORWARDS, SIP_ERROR },
    { "INVITE", "", false, SIP_FIELD_SUPPORTED, SIP_WARNING },
    { "INVITE", "k:\r\n", false, SIP_FIELD_SUPPORTED, -1 },
    { "INVITE", "", false, SIP_FIELD_CONTENT_LENGTH, SIP_WARNING },
    { "INVITE", "", true, SIP_FIELD_CONTENT_LENGTH, SIP_ERROR },
    { "INVITE", "l: 0\r\n", true, SIP_FIELD_CONTENT_LENGTH, -1 },
    { "INVITE", "l: 1\r\n", false, SIP_FIELD_CONTENT_TYPE, SIP_ERROR },
    { "INVITE", "l: 0\r\n", false, SIP_FIELD_CONTENT_TYPE, -1 },
    { "ACK", "Allow: INVITE\r\n", false, SIP_FIELD_ALLOW, SIP_ERROR },
    { "BYE", "Allow: INVITE\r\n", false, SIP_FIELD_ALLOW, -1 },
    { "BYE", "m: <sip:a>\r\n", false, SIP_FIELD_CONTACT, SIP_ERROR },
    { "OPTIONS", "", false, SIP_FIELD_ACCEPT, SIP_WARNING },
    { "REGISTER", "Record-Route: <sip:a>\r\n", false, SIP_FIELD_RECORD_ROUTE, SIP_ERROR },
    { "INVITE", "Unsupported: x\r\n", false, SIP_FIELD_UNSUPPORTED, SIP_ERROR },
    { "200 INVITE", "", false, SIP_FIELD_CONTACT, SIP_ERROR },
    { "180 INVITE", "", false, SIP_FIELD_CONTACT, -1 },
    { "200 INVITE", "", false, SIP_FIELD_MAX_FORWARDS, -1 },
    { "200 OPTIONS", "", false, SIP_FIELD_ALLOW, SIP_WARNING },
    { "405 BYE", "", false, SIP_FIELD_ALLOW, SIP_ERROR },
    { "404 BYE", "", false, SIP_FIELD_ALLOW, -1 },
    { "420 BYE", "", false, SIP_FIELD_UNSUPPORTED, SIP_ERROR },
    { "423 REGISTER", "", false, SIP_FIELD_MIN_EXPIRES, SIP_ERROR },
    { "401 INVITE", "", false, SIP_FIELD_WWW_AUTHENTICATE, SIP_ERROR },
    { "407 INVITE", "", false, SIP_FIELD_PROXY_AUTHENTICATE, SIP_ERROR },
    { "407 INVITE", "", false, SIP_FIELD_WWW_AUTHENTICATE, -1 },
    { "200 INVITE", "Alert-Info: <x:y>\r\n", false, SIP_FIELD_ALERT_INFO, SIP_WARNING },
    { "180 INVITE", "Alert-Info: <x:y>\r\n", false, SIP_FIELD_ALERT_INFO, -1 },
    /* RFC 3428 tables 1 and 2 */
    { "MESSAGE", "Accept: text/plain\r\n", false, SIP_FIELD_ACCEPT, SIP_ERROR },
    { "MESSAGE", "Expires: 1\r\n", false, SIP_FIELD_EXPIRES, -1 },
    { "MESSAGE", "Record-Route: <sip:a>\r\n", false, SIP_FIELD_RECORD_ROUTE, SIP_ERROR },
    { "415 MESSAGE", "", false, SIP_FIELD_ACCEPT, SIP_WARNING },
    { "200 MESSAGE", "Accept: text/plain\r\n", false, SIP_FIELD_ACCEPT, SIP_WARNING },
    /* later methods and statuses */
    { "PRACK", "", false, SIP_FIELD_RACK, SIP_ERROR },
    { "PRACK", "RAck: 1 1 INVITE\r\n", false, SIP_FIELD_RACK, -1 },
    { "UPDATE", "", false, SIP_FIELD_CONTACT, SIP_ERROR },
    { "REFER", "", false, SIP_FIELD_REFER_TO, SIP_ERROR },
    { "PUBLISH", "", false, SIP_FIELD_EVENT, SIP_ERROR },
    { "200 PUBLISH", "", false, SIP_FIELD_SIP_ETAG, SIP_ERROR },
    { "SUBSCRIBE", "", false, SIP_FIELD_EVENT, SIP_ERROR },
    { "NOTIFY", "o: x\r\n", false, SIP_FIELD_SUBSCRIPTION_STATE, SIP_ERROR },
    { "200 SUBSCRIBE", "", false, SIP_FIELD_EXPIRES, SIP_ERROR },
    { "422 INVITE", "", false, SIP_FIELD_MIN_SE, SIP_ERROR },
    { "489 SUBSCRIBE", "", false, SIP_FIELD_ALLOW_EVENTS, SIP_ERROR },
    { "469 INFO", "", false, SIP_FIELD_RECV_INFO, SIP_ERROR },
    /* a method that nobody knows */
    { "FOO", "Unsupported: x\r\nm: *\r\n", false, SIP_FIELD_UNSUPPORTED, -1 },
};

/* 3261-7.4.1-1 3261-20-1 3261-20-2 3261-20-3 3261-20-4
 * 3261-20-5 3261-20-6 3261-20-7 3261-20-8 3261-20.14-2 */
START_TEST(presence)
{
    const struct row  *row = &rows[_i];
    bool               response = row->start[0] >= '1' && row->start[0] <= '6';
    struct sip_finding found[40];
    struct sip_check check = { .all = true, .stream = row->stream, .findings = found, .room = 40 };
    struct sip_msg   msg;
    int              severity = -1;
    char             text[300];

    if (response)
        snprintf(text, sizeof text, "SIP/2.0 %.3s x\r\nCSeq: 1 %s\r\n%s\r\nz", row->start,
                 row->start + 4, row->fields);
    else
        snprintf(text, sizeof text, "%s sip:a SIP/2.0\r\nCSeq: 1 %s\r\n%s\r\nz", row->start,
                 row->start, row->fields);
    check.given = unit_text(text);
    sip_msg_init(&msg, unit_room(20 * sizeof(struct sip_field)), 20);
    check.err = sip_msg_parse(check.given, &msg, &check.where);
    sip_check_presence(&msg, &check);
    ck_assert_uint_le(check.count, check.room);
    for (uint32_t i = 0; i < check.count; i++)
        if (found[i].field == row->field)
            severity = (int)found[i].severity;
    ck_assert_int_eq(severity, row->severity);
    ck_assert_uint_eq(check.answer, 0);
}
END_TEST

Suite *test_sip_presence_table_suite(void)
{
    Suite *suite = suite_create("sip_presence_table");
    TCase *tcase = unit_tcase(suite, "sip_presence_table");

    unit_loop(tcase, presence, rows);
    return suite;
}
