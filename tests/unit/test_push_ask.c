/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_ask.c -- what is previewed is what is sent. */
#include "push_unit.h"
#include "unit.h"

static struct sp_slice preview(struct push_unit *unit, enum push_mode mode,
                               const struct push_content *content, const char *to,
                               const char *route, size_t octets, enum sp_err err)
{
    static char       room[16384];
    struct sp_buf     buf = sp_buf(room, octets);
    struct push_order order = { .to = unit_text(to), .route = unit_text(route), .mode = mode };

    order.contents = content;
    order.count = 1;
    push_sender_preview(unit->sender, &order, &buf);
    unit_err(buf.err, err);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
    return sp_written(&buf);
}

static bool has(struct sp_slice text, const char *part)
{
    return sp_find_slice(text, sp_str(part)) < text.len;
}

START_TEST(message)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file = push_unit_content("a b", "image/png", unit_text("octets"), true);
    struct sp_slice     text;

    text = preview(unit, PUSH_PAGER, &file, "sip:bob@192.0.2.2", "sip:192.0.2.9;lr", 16384, SP_OK);
    ck_assert(sp_starts(text, SP_LIT("MESSAGE sip:bob@192.0.2.2 SIP/2.0\r\n")));
    ck_assert(has(text, "\r\nContent-Disposition: attachment;filename=\"a b\"\r\n"));
    ck_assert(has(text, "\r\nContent-Type: image/png\r\n"));
    ck_assert(has(text, "\r\nFrom: <sip:alice@192.0.2.1>;tag="));
    ck_assert(has(text, "\r\nRoute: <sip:192.0.2.9;lr>\r\n"));
    ck_assert(has(text, "\r\n\r\noctets"));
    ck_assert(!has(text, "Contact"));
    ck_assert(!has(text, "Via"));
}
END_TEST

/* 3428-4-6: how long it is of use, and since when; else neither. */
START_TEST(of_use_until)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    static char         room[4096];
    struct sp_buf       buf = sp_buf(room, sizeof room);
    struct push_content text = push_unit_content("", "text/plain", unit_text("x"), true);
    struct push_order   order = { .to = UNIT_LIT("sip:bob@192.0.2.2"),
                                  .mode = PUSH_PAGER,
                                  .contents = &text,
                                  .count = 1,
                                  .expires_s = _i == 0 ? 600 : 0,
                                  .date_s = 784111777 };

    push_sender_preview(unit->sender, &order, &buf);
    unit_err(buf.err, SP_OK);
    ck_assert(has(sp_written(&buf), "\r\nExpires: 600\r\n") == (_i == 0));
    ck_assert(has(sp_written(&buf), "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n") == (_i == 0));
    ck_assert(has(sp_written(&buf), "Expires") == (_i == 0));
    ck_assert(has(sp_written(&buf), "Date") == (_i == 0));
}
END_TEST

START_TEST(invite)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file = push_unit_content("a b", "image/png", unit_text("octets"), true);
    struct sp_slice     text;

    text = preview(unit, PUSH_SESSION, &file, "sip:bob@192.0.2.2", "", 16384, SP_OK);
    ck_assert(sp_starts(text, SP_LIT("INVITE sip:bob@192.0.2.2 SIP/2.0\r\n")));
    ck_assert(has(text, "\r\nContent-Type: application/sdp\r\n"));
    ck_assert(has(text, "\r\na=file-selector:name:\"a b\" type:image/png size:6 hash:sha-1:"));
    ck_assert(has(text, "\r\nm=message 2855 TCP/MSRP *\r\n"));
}
END_TEST

START_TEST(cannot)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file = push_unit_content("a b", "image/png", unit_text("octets"), true);

    preview(unit, PUSH_PAGER, &file, "bob", "", 16384, SP_SYNTAX);
    preview(unit, PUSH_PAGER, &file, "sip:bob@192.0.2.2", "", 100, SP_ROOM);
    preview(unit, PUSH_SESSION, &file, "sip:bob@192.0.2.2", "", 100, SP_ROOM);
    file = push_unit_content("a b", "image/png", push_unit_pattern(2000, 1), true);
    preview(unit, PUSH_PAGER, &file, "sip:bob@192.0.2.2", "", 16384, SP_LIMIT);
    file = push_unit_content("a b", "image/png\r\nX: y", unit_text("octets"), true);
    preview(unit, PUSH_PAGER, &file, "sip:bob@192.0.2.2", "", 16384, SP_LIMIT);
    preview(unit, PUSH_SESSION, &file, "sip:bob@192.0.2.2", "", 16384, SP_INJECTION);
}
END_TEST

Suite *test_push_ask_suite(void)
{
    Suite *suite = suite_create("push_ask");
    TCase *tcase = unit_tcase(suite, "push_ask");

    tcase_add_test(tcase, message);
    tcase_add_loop_test(tcase, of_use_until, 0, 2);
    tcase_add_test(tcase, invite);
    tcase_add_test(tcase, cannot);
    return suite;
}
