/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_preference.c -- a caller's preferences applied: the example of RFC
 * 3841 7.2.5, and more. */
#include "../../parser/sip_feature.h"
#include "unit.h"

#include <stdio.h>

#define EXAMPLE                                                                                    \
    "Reject-Contact: *;actor=\"msg-taker\";video\r\nAccept-Contact: *;audio;require\r\n"           \
    "Accept-Contact: *;video;explicit\r\na: *;methods=\"BYE\";class=\"business\";q=1.0\r\n"

static const struct row {
    const char *method, *fields, *contact;
    int         qa; /* -1: dropped */
} rows[] = {
    { "INVITE", EXAMPLE, ";audio;video;methods=\"INVITE,BYE\";q=0.2", 833 },
    { "INVITE", EXAMPLE, ";audio=\"FALSE\";methods=\"INVITE\";actor=\"msg-taker\";q=0.2", -1 },
    { "INVITE", EXAMPLE, ";audio;actor=\"msg-taker\";methods=\"INVITE\";video;q=0.3", -1 },
    { "INVITE", EXAMPLE, ";audio;methods=\"INVITE,OPTIONS\";q=0.2", 500 },
    { "INVITE", EXAMPLE, ";q=0.5", 1000 },
    /* without preferences, the method is one: 7.2.2.1 */
    { "MESSAGE", "", ";methods=\"INVITE,MESSAGE\"", 1000 },
    { "MESSAGE", "", ";methods=\"INVITE\"", -1 },
    { "MESSAGE", "", ";audio", 0 },
    { "MESSAGE", "", "", 1000 },
    { "SUBSCRIBE", "o: presence\r\n", ";methods=\"SUBSCRIBE\";events=\"presence\"", 1000 },
    { "SUBSCRIBE", "o: presence\r\n", ";methods=\"SUBSCRIBE\";events=\"winfo\"", -1 },
    { "SUBSCRIBE", "o: presence\r\n", ";methods=\"SUBSCRIBE\"", 500 },
    /* explicit and require drop who says nothing of it, but not who says nothing at all: 7.2.4 */
    { "MESSAGE", "a: *;+g.oma;require;explicit\r\n", ";audio", -1 },
    { "MESSAGE", "a: *;+g.oma;require;explicit\r\n", ";q=0.1", 1000 },
    { "MESSAGE", "a: *;+g.oma;require\r\n", ";audio", 0 },
    { "MESSAGE", "a: *;+g.oma;require\r\n", ";+g.oma", 1000 },
    { "MESSAGE", "a: *;audio, *;video=\"FALSE\"\r\n", ";audio;video", 1000 },
    { "MESSAGE", "j: *;audio\r\n", ";video;methods=\"INVITE\"",
      0 }, /* switches the implicit ones off */
};

START_TEST(preference)
{
    const struct row *row = &rows[_i];
    struct sip_msg    msg;
    struct sp_where   where;
    uint16_t          qa = 0;
    char              text[500];
    bool              kept;

    snprintf(text, sizeof text, "%s sip:user@example.com SIP/2.0\r\n%s\r\n", row->method,
             row->fields);
    sip_msg_init(&msg, unit_room(20 * sizeof(struct sip_field)), 20);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    kept = sip_preference(&msg, unit_text(row->contact), &qa);
    ck_assert_int_eq(kept ? qa : -1, row->qa);
}
END_TEST

Suite *test_sip_preference_suite(void)
{
    Suite *suite = suite_create("sip_preference");
    TCase *tcase = unit_tcase(suite, "sip_preference");

    unit_loop(tcase, preference, rows);
    return suite;
}
