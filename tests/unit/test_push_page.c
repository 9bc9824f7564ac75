/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_page.c -- pager mode at the receiver, against MESSAGEs written by hand. */
#include "push_unit.h"

#include <stdio.h>

#include "unit.h"

#define HEAD(cseq)                                                                                 \
    "MESSAGE sip:bob@192.0.2.2 SIP/2.0\n"                                                          \
    "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bK" cseq "\n"                                     \
    "Max-Forwards: 70\nFrom: Carol <sip:carol@192.0.2.3>;tag=1\nTo: <sip:bob@192.0.2.2>\n"         \
    "Call-ID: " cseq "@h\nCSeq: " cseq " MESSAGE\n"

static const struct row {
    const char *fields; /* and body */
    uint16_t    decide;
    enum sp_err store;
    const char *answer, *name, *type, *body; /* name NULL: nothing is offered */
} rows[] = {
    { "Content-Type: text/plain\nContent-Length: 5\n\nhello", 200, SP_OK, "SIP/2.0 200 ", "",
      "text/plain", "hello" },
    { "Content-Type: text/plain\nContent-Length: 0\n\n", 200, SP_OK, "SIP/2.0 200 ", "",
      "text/plain", "" },
    { "Content-Type: image/png\nContent-Disposition: attachment;filename=\"a b\"\n"
      "Content-Length: 3\n\nabc",
      200, SP_OK, "SIP/2.0 200 ", "a b", "image/png", "abc" },
    { "Content-Type: text/plain\nContent-Length: 2\n\nhi", 603, SP_OK, "SIP/2.0 603 ", "",
      "text/plain", "" }, /* 6xx: it came, and was refused */
    { "Content-Type: text/plain\nContent-Length: 2\n\nhi", 413, SP_OK, "SIP/2.0 413 ", "",
      "text/plain", "" },
    { "Content-Type: text/plain\nContent-Length: 2\n\nhi", 999, SP_OK, "SIP/2.0 480 ", "",
      "text/plain", "" },
    { "Content-Type: text/plain\nContent-Length: 2\n\nhi", 200, SP_STORAGE, "SIP/2.0 500 ", "",
      "text/plain", "hi" },
    { "Content-Type: text/plain\nContent-Length: 2\n\nhi", 200, SP_LIMIT, "SIP/2.0 513 ", "",
      "text/plain", "hi" },
    { "Content-Type: text/plain\nContent-Length: 2\n\nhi", 200, SP_INTEGRITY, "SIP/2.0 400 ", "",
      "text/plain", "hi" },
};

/* 3428-7-1, 3428-7-2, 3428-7-3, 3428-7-5 */
START_TEST(message)
{
    const struct row          *row = &rows[_i];
    struct push_unit          *unit = push_unit_new(NULL, NULL, NULL);
    const struct push_unit_in *in = &unit->ins[0];
    char                       text[2048];
    struct sp_slice            answer;
    bool                       whole = row->decide == 200 && row->store == SP_OK;

    unit->decide[0] = row->decide;
    unit->store_err = row->store;
    snprintf(text, sizeof(text), "%s%s", HEAD("1"), row->fields);
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER, text);
    push_unit_run(unit, 40000);
    answer = push_unit_hand_got(unit, "SIP/2.0 ");
    ck_assert(sp_starts(answer, sp_str(row->answer)));
    ck_assert_int_eq(unit->offered, 1);
    ck_assert_int_eq(in->mode, PUSH_PAGER);
    ck_assert_str_eq(in->name, row->name);
    ck_assert_str_eq(in->type, row->type);
    ck_assert_str_eq(in->from, "sip:carol@192.0.2.3");
    ck_assert_int_eq(in->delivered, whole);
    ck_assert_int_eq(in->failed, !whole);
    unit_eq_slice(sp_slice(in->octets, in->extent), sp_str(row->body));
    ck_assert_uint_eq(sp_find_slice(answer, SP_LIT("Contact:")), answer.len);
    ck_assert_uint_lt(sp_find_slice(answer, SP_LIT("Content-Length: 0")), answer.len);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
}
END_TEST

/* Whom a neighbour that is trusted asserts is who sent it; what anybody else says counts for
 * nothing. */
START_TEST(asserted)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_addr    neighbour;
    char              text[2048];

    unit_err(sp_addr_parse(_i == 0 ? SP_LIT("192.0.2.3") : SP_LIT("192.0.2.4"), &neighbour), SP_OK);
    push_receiver_trust(unit->receiver, &neighbour, 1);
    snprintf(text, sizeof(text),
             "%sP-Asserted-Identity: <sip:dave@h>\nContent-Type: text/plain\n"
             "Content-Length: 5\n\nhello",
             HEAD("1"));
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER, text);
    push_unit_run(unit, 40000);
    ck_assert_str_eq(unit->ins[0].from, _i == 0 ? "sip:dave@h" : "sip:carol@192.0.2.3");
}
END_TEST

/* Expires counts from Date. Without one, or with one that cannot be read, it counts from now on,
 * which only the user knows. 3428-7-6, 3428-7-7 */
static const struct expiry_row {
    const char *fields;
    int64_t     expires_s;
    bool        undated;
} expiries[] = {
    { "Date: Thu, 01 Jan 1970 00:01:00 GMT\nExpires: 30\n", 90 },
    { "Date: Sat, 13 Nov 2010 23:29:00 GMT\nExpires: 0\n", 1289690940 },
    { "Date: Thu, 01 Jan 1970 00:01:00 GMT\n", INT64_MAX },
    { "Expires: 30\n", 30, true },
    { "Date: yesterday\nExpires: 30\n", 30, true },
    { "", INT64_MAX },
};

START_TEST(expires)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    char              text[1024];

    snprintf(text, sizeof(text), "%s%sContent-Type: text/plain\nContent-Length: 2\n\nhi", HEAD("1"),
             expiries[_i].fields);
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER, text);
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->offered, 1);
    ck_assert_int_eq(unit->ins[0].expires_s, expiries[_i].expires_s);
    ck_assert_int_eq(unit->ins[0].undated, expiries[_i].undated);
}
END_TEST

/* A decision that takes its time: the MESSAGE is repeated, offered once, and answered. */
START_TEST(decided_late)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    unit->hold = true;
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER,
                        HEAD("1") "Content-Type: text/plain\nContent-Length: 2\n\nhi");
    push_unit_run(unit, 600);
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER,
                        HEAD("1") "Content-Type: text/plain\nContent-Length: 2\n\nhi");
    push_unit_run(unit, 600);
    ck_assert_int_eq(unit->offered, 1);
    ck_assert_uint_eq(push_unit_hand_got(unit, "SIP/2.0 2").len, 0);
    unit_err(push_receiver_stored(unit->receiver, unit->now_us, unit->ins[0].push, SP_OK),
             SP_STATE);
    unit_err(push_receiver_decide(unit->receiver, unit->now_us, unit->ins[0].push, 200, 1), SP_OK);
    unit_err(push_receiver_decide(unit->receiver, unit->now_us, unit->ins[0].push, 200, 1),
             SP_STATE);
    push_unit_run(unit, 10);
    ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 200").len, 0);
    ck_assert_int_eq(unit->ins[0].delivered, 1);
    unit_err(push_receiver_decide(unit->receiver, unit->now_us, unit->ins[0].push, 200, 1),
             SP_STALE);
}
END_TEST

/* Every capacity from none upward: 480, never an assert. */
START_TEST(capacity)
{
    struct sp_limits  limits = sp_limits_default;
    struct push_unit *unit;
    char              text[1024];

    limits.pushes = (uint32_t)_i;
    unit = push_unit_new(NULL, &limits, NULL);
    unit->hold = true;
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof(text),
                 "MESSAGE sip:bob@192.0.2.2 SIP/2.0\n"
                 "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bKc%d\nMax-Forwards: 70\n"
                 "From: <sip:carol@192.0.2.3>;tag=1\nTo: <sip:bob@192.0.2.2>\n"
                 "Call-ID: c%d\nCSeq: 1 MESSAGE\nContent-Type: text/plain\n"
                 "Content-Length: 2\n\nhi",
                 i, i);
        push_unit_hand_send(unit, PUSH_UNIT_RECEIVER, text);
    }
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->offered, _i < 4 ? _i : 4);
    ck_assert_int_eq(push_unit_count(unit, "SIP/2.0 480"), _i < 4 ? 4 - _i : 0);
    push_receiver_close(unit->receiver, unit->now_us);
    push_unit_run(unit, 100000);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
    ck_assert_int_eq(push_unit_count(unit, "SIP/2.0 480"), 4);
}
END_TEST

/* A type that the configuration does not take never reaches the user: RFC 3261 21.4.13. */
START_TEST(type_not_accepted)
{
    struct push_receiver_config config = { .accept_types = SP_LIT("text/plain, image/*") };
    struct push_unit           *unit = push_unit_new(NULL, NULL, &config);
    struct sp_slice             answer;

    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER,
                        HEAD("1") "Content-Type: video/mp4\nContent-Length: 2\n\nhi");
    push_unit_run(unit, 100);
    answer = push_unit_hand_got(unit, "SIP/2.0 415");
    ck_assert_uint_gt(answer.len, 0);
    ck_assert_uint_lt(sp_find_slice(answer, SP_LIT("Accept: text/plain, image/*")), answer.len);
    ck_assert_int_eq(unit->offered, 0);
}
END_TEST

/* A reference is refused as long as nobody fetches, and the answer does not have its type; what
 * else is taken stands there. 4483-5.3-1, 4483-4-8 */
static const struct holder_row {
    const char *types;
    bool        references, multiparts;
    const char *type;
    bool        taken;
    const char *accept; /* of the 415 */
} holders[] = {
    { "", false, false, "message/external-body;access-type=URL;URL=\"http://a\"", false,
      "Accept: text/*, image/*, audio/*, video/*, application/*, multipart/*, message/cpim\r\n" },
    { "", true, false, "Message/External-Body;access-type=URL;URL=\"http://a\"", true, "" },
    { "text/plain", false, false, "message/external-body", false, "Accept: text/plain\r\n" },
    { "text/plain", true, false, "message/external-body", true, "" },
    { "text/plain", true, false, "image/png", false,
      "Accept: text/plain, message/external-body\r\n" },
    { "text/plain", true, true, "image/png", false,
      "Accept: text/plain, message/external-body, multipart/*\r\n" },
    { "text/plain", false, false, "multipart/mixed;boundary=b", false, "Accept: text/plain\r\n" },
    { "text/plain", false, true, "multipart/mixed;boundary=b", true, "" },
    { "", false, false, "multipart/mixed;boundary=b", true, "" },
};

START_TEST(holds_others)
{
    const struct holder_row    *row = &holders[_i];
    struct push_receiver_config config = { .references = row->references,
                                           .multiparts = row->multiparts,
                                           .accept_types = sp_str(row->types) };
    struct push_content         content = { .type = sp_str(row->type), .octets = 2 };
    struct push_unit           *unit = push_unit_new(NULL, NULL, &config);
    char                        text[1024];
    struct sp_slice             answer;

    ck_assert_uint_eq(push_receiver_judge(&config, &content), row->taken ? 200 : 415);
    snprintf(text, sizeof(text), "%sContent-Type: %s\nContent-Length: 2\n\nhi", HEAD("1"),
             row->type);
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER, text);
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->offered, row->taken);
    answer = push_unit_hand_got(unit, row->taken ? "SIP/2.0 200" : "SIP/2.0 415");
    ck_assert_uint_gt(answer.len, 0);
    ck_assert_uint_lt(sp_find_slice(answer, sp_str(row->accept)), answer.len);
}
END_TEST

/* What came whole, and then is of no use: the status is the user's. */
START_TEST(refused_whole)
{
    static const uint16_t statuses[] = { 400, 403, 415, 513, 603 };
    struct push_unit     *unit = push_unit_new(NULL, NULL, NULL);
    char                  start[16];

    unit->refuse = statuses[_i];
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER,
                        HEAD("1") "Content-Type: text/plain\nContent-Length: 2\n\nhi");
    push_unit_run(unit, 40000);
    snprintf(start, sizeof(start), "SIP/2.0 %u", (unsigned)statuses[_i]);
    ck_assert_uint_gt(push_unit_hand_got(unit, start).len, 0);
    ck_assert_int_eq(unit->ins[0].delivered, 0);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    unit_err(unit->ins[0].err, SP_REFUSED);
    ck_assert_uint_eq(unit->ins[0].status, statuses[_i]);
    unit_err(push_receiver_refuse(unit->receiver, unit->now_us, unit->ins[0].push, 400), SP_STALE);
    push_unit_nothing_left(unit);
}
END_TEST

/* Not before it is whole. */
START_TEST(refused_too_early)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    unit->hold = true;
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER,
                        HEAD("1") "Content-Type: text/plain\nContent-Length: 2\n\nhi");
    push_unit_run(unit, 100);
    unit_err(push_receiver_refuse(unit->receiver, unit->now_us, unit->ins[0].push, 400), SP_STATE);
}
END_TEST

Suite *test_push_page_suite(void)
{
    Suite *suite = suite_create("push_page");
    TCase *tcase = unit_tcase(suite, "push_page");

    unit_loop(tcase, message, rows);
    tcase_add_loop_test(tcase, asserted, 0, 2);
    unit_loop(tcase, expires, expiries);
    tcase_add_test(tcase, decided_late);
    tcase_add_loop_test(tcase, capacity, 0, 6);
    tcase_add_test(tcase, type_not_accepted);
    unit_loop(tcase, holds_others, holders);
    tcase_add_loop_test(tcase, refused_whole, 0, 5);
    tcase_add_test(tcase, refused_too_early);
    return suite;
}
