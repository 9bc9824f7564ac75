/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_find.c -- looking up fields, walking lists, reading the numeric fields. */
#include "../../parser/sip_msg.h"
#include "unit.h"

#include <stdio.h>

#define R "X a SIP/2.0\r\n"

static struct sip_msg msg_of(const char *fields)
{
    char            text[1000];
    struct sip_msg  msg;
    struct sp_where where;

    snprintf(text, sizeof text, R "%s\r\n", fields);
    sip_msg_init(&msg, unit_room(30 * sizeof(struct sip_field)), 30);
    (void)!sip_msg_parse(unit_text(text), &msg, &where);
    return msg;
}

START_TEST(find)
{
    struct sip_msg          msg = msg_of("v: a\r\nX: b\r\nVia: c\r\nx-y: d\r\nX-Y: e\r\nt: f\r\n");
    const struct sip_field *field = sip_msg_find(&msg, SIP_FIELD_VIA);

    unit_eq(field->value, "a");
    field = sip_msg_find_next(&msg, field);
    unit_eq(field->value, "c");
    ck_assert_ptr_null(sip_msg_find_next(&msg, field));
    ck_assert_ptr_null(sip_msg_find(&msg, SIP_FIELD_FROM));
    field = sip_msg_find_name(&msg, SP_LIT("X-y"));
    unit_eq(field->value, "d");
    field = sip_msg_find_next(&msg, field);
    unit_eq(field->value, "e");
    unit_eq(sip_msg_find_name(&msg, SP_LIT("to"))->value,
            "f"); /* the compact form is the same name */
    ck_assert_ptr_null(sip_msg_find_name(&msg, SP_LIT("X-Z")));
    ck_assert_ptr_null(sip_msg_find_name(&msg, SP_LIT("From")));
    unit_eq(sip_msg_value(&msg, SIP_FIELD_TO), "f");
    unit_eq(sip_msg_value(&msg, SIP_FIELD_FROM), "");
    ck_assert_ptr_null(sip_msg_find_next(&msg, sip_msg_find(&msg, SIP_FIELD_TO)));
}
END_TEST

static const struct list {
    const char       *fields;
    enum sip_field_id id;
    const char       *values; /* each ended by '|' */
} lists[] = {
    { "Via: a,b\r\nX: y\r\nv: c", SIP_FIELD_VIA, "a|b|c|" },
    { "Via: a ,\r\n b, ,c,\r\nVia:\r\nv: ,d", SIP_FIELD_VIA, "a|b|c|d|" },
    { "m: \"x,\\\"y\" <sip:a,b@c>;d=\"e,f\", <sip:g>", SIP_FIELD_CONTACT,
      "\"x,\\\"y\" <sip:a,b@c>;d=\"e,f\"|<sip:g>|" },
    { "m: \"open, <sip:a>", SIP_FIELD_CONTACT, "\"open, <sip:a>|" },
    { "m: <sip:open, sip:b", SIP_FIELD_CONTACT, "<sip:open, sip:b|" },
    { "m: \"open\\", SIP_FIELD_CONTACT, "\"open\\|" },
    { "Date: Sat, 13 Nov 2010", SIP_FIELD_DATE, "Sat, 13 Nov 2010|" }, /* no list: whole */
    { "Subject: a,b\r\ns: c", SIP_FIELD_SUBJECT, "a,b|c|" },
    { "Supported:", SIP_FIELD_SUPPORTED, "" },
    { "X: y", SIP_FIELD_SUPPORTED, "" },
};

/* 3261-7.3.1-2 3261-7.3.1-4 */
START_TEST(values)
{
    char              got[200] = "", fields[200];
    struct sip_msg    msg;
    struct sip_values walk = { 0 };
    struct sp_slice   value;

    snprintf(fields, sizeof fields, "%s\r\n", lists[_i].fields);
    msg = msg_of(fields);
    while (sip_values_next(&msg, lists[_i].id, &walk, &value))
        snprintf(got + strlen(got), sizeof got - strlen(got), "%.*s|", SP_ARG(value));
    ck_assert_str_eq(got, lists[_i].values);
    ck_assert(!sip_values_next(&msg, lists[_i].id, &walk, &value)); /* and stays at the end */
}
END_TEST

START_TEST(have)
{
    struct sip_msg msg = msg_of("k: 100rel, Timer\r\nSupported: replaces\r\n");

    ck_assert(sip_values_have(&msg, SIP_FIELD_SUPPORTED, SP_LIT("timer")));
    ck_assert(sip_values_have(&msg, SIP_FIELD_SUPPORTED, SP_LIT("replaces")));
    ck_assert(!sip_values_have(&msg, SIP_FIELD_SUPPORTED, SP_LIT("100")));
    ck_assert(!sip_values_have(&msg, SIP_FIELD_REQUIRE, SP_LIT("timer")));
}
END_TEST

enum which { LENGTH, HOPS, EXPIRES };

static const struct number {
    enum which  which;
    const char *fields;
    enum sp_err err;
    uint32_t    number;
} numbers[] = {
    { LENGTH, "l: 0\r\n", SP_OK, 0 },
    { LENGTH, "l: 4294967295\r\n", SP_OK, 4294967295 },
    { LENGTH, "l: 4294967296\r\n", SP_RANGE, 0 },
    { LENGTH, "l: 7\r\nl: 007\r\n", SP_OK, 7 },
    { LENGTH, "l: 7\r\nl: 8\r\n", SP_REPEATED, 0 },
    { LENGTH, "l: 7\r\nl: x\r\n", SP_SYNTAX, 0 },
    { LENGTH, "l: +7\r\n", SP_SYNTAX, 0 },
    { LENGTH, "l: 7 8\r\n", SP_SYNTAX, 0 },
    { LENGTH, "X: y\r\n", SP_MISSING, 0 },
    { HOPS, "Max-Forwards: 0068\r\n", SP_OK, 68 }, /* RFC 4475 3.1.1.1 */
    { HOPS, "Max-Forwards: 255\r\n", SP_OK, 255 },
    { HOPS, "Max-Forwards: 300\r\n", SP_RANGE, 0 }, /* RFC 4475 3.1.2.4 */
    { HOPS, "Max-Forwards: 5\r\nMax-Forwards: 5\r\n", SP_REPEATED, 0 },
    { HOPS, "X: y\r\n", SP_MISSING, 0 },
    { EXPIRES, "Expires: 3600\r\n", SP_OK, 3600 },
    { EXPIRES, "Expires: 10000000000000000000000000000000000\r\n", SP_RANGE, 0 },
    { EXPIRES, "Expires: Thu, 01 Dec 1994 16:00:00 GMT\r\n", SP_SYNTAX, 0 },
    { EXPIRES, "X: y\r\n", SP_MISSING, 0 },
};

START_TEST(number)
{
    const struct number *row = &numbers[_i];
    struct sip_msg       msg = msg_of(row->fields);
    uint32_t             got = 0;
    enum sp_err          err;

    switch (row->which) {
    case LENGTH: err = sip_msg_content_length(&msg, &got); break;
    case HOPS: err = sip_msg_max_forwards(&msg, &got); break;
    default: err = sip_msg_expires(&msg, &got); break;
    }
    unit_err(err, row->err);
    if (err == SP_OK)
        ck_assert_uint_eq(got, row->number);
}
END_TEST

Suite *test_sip_find_suite(void)
{
    Suite *suite = suite_create("sip_find");
    TCase *tcase = unit_tcase(suite, "sip_find");

    tcase_add_test(tcase, find);
    unit_loop(tcase, values, lists);
    tcase_add_test(tcase, have);
    unit_loop(tcase, number, numbers);
    return suite;
}
