/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_offer.c -- the sender's offers, and answers to them written by hand. */
#include "push_unit.h"

#include <stdio.h>

#include "unit.h"

#define TOP   "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
#define LINE  "m=message 7654 TCP/MSRP *\n"
#define PATH  "a=path:msrp://192.0.2.3:7654/jshA7weztas;tcp\n"
#define TYPES "a=accept-types:*\n"
#define FILE_ "a=file-selector:%F\na=file-transfer-id:%T\n"
#define GOOD  TOP LINE "a=recvonly\na=setup:passive\n" TYPES PATH FILE_

static struct push_content files[2];

static void make_files(void)
{
    files[0] = push_unit_content("a \"b\" 1%/.png", "image/png", unit_text("first"), true);
    files[1] = push_unit_content("", "text/plain", unit_text("second"), true);
}

/* TRANSPORT: the answer holds, and the connection that it wants is tried (nobody listens there). */
static const struct row {
    const char *answer;
    enum sp_err err;
    const char *reason;
} rows[] = {
    { GOOD, SP_TRANSPORT, "" },
    { TOP LINE "a=recvonly\n" TYPES PATH FILE_, SP_TRANSPORT, "" }, /* no RFC 6135 there */
    { TOP LINE TYPES PATH, SP_TRANSPORT, "" },                      /* no RFC 5547 there */
    { TOP "m=message 7654 TCP/MSRP\na=recvonly\na=accept-types: image/png\n" PATH FILE_,
      SP_TRANSPORT, "" }, /* deviations of the field */
    { TOP LINE "a=recvonly\na=accept-types:text/plain image/*\n" PATH FILE_, SP_TRANSPORT, "" },
    { TOP LINE "a=recvonly\na=setup:passive\na=max-size:5\n" TYPES PATH FILE_, SP_TRANSPORT, "" },
    { TOP "m=message 0 TCP/MSRP *\n" FILE_, SP_REFUSED, "refused with port 0" },
    { TOP "m=message 0 TCP/MSRP *\n", SP_REFUSED, "refused with port 0" },
    { TOP LINE "a=recvonly\na=setup:passive\na=max-size:4\n" TYPES PATH FILE_, SP_REFUSED,
      "too large for the answer's max-size" }, /* 5547-8.7-6, 4975-8.6-10 */
    { TOP LINE "a=recvonly\na=accept-types:text/plain\n" PATH FILE_, SP_REFUSED,
      "the answer does not accept the type" }, /* 4975-8.6-8, 4975-8.6-9 */
    { TOP LINE "a=inactive\n" TYPES PATH FILE_, SP_REFUSED, "the answer takes no content" },
    { TOP LINE "a=sendonly\n" TYPES PATH FILE_, SP_REFUSED, "the answer takes no content" },
    { TOP LINE "a=recvonly\n" PATH FILE_, SP_MISSING, "the answer does not fit the offer" },
    { TOP LINE "a=recvonly\n" TYPES FILE_, SP_MISSING, "the answer cannot be read" },
    { TOP LINE "a=recvonly\n" TYPES "a=path:gopher://x\n" FILE_, SP_SYNTAX,
      "the answer cannot be read" },
    { TOP LINE "a=recvonly\n" TYPES PATH "a=file-selector:%F\na=file-transfer-id:other\n",
      SP_MISMATCH, "the answer does not fit the offer" },
    { TOP LINE "a=recvonly\n" TYPES PATH "a=file-selector:name:\"other\"\na=file-transfer-id:%T\n",
      SP_MISMATCH, "the answer does not fit the offer" },
    { TOP LINE "a=recvonly\n" TYPES PATH "a=file-selector:size:6\na=file-transfer-id:%T\n",
      SP_MISMATCH, "the answer does not fit the offer" },
    { TOP "m=audio 7654 RTP/AVP 0\n", SP_MISMATCH, "the answer has no MSRP in this place" },
    { TOP, SP_MISMATCH, "the answer has no MSRP in this place" },
    { "v=1\n", SP_UNSUPPORTED, "the answer is no description" },
    { "hello", SP_MISSING, "the answer is no description" },
    { "", SP_MISSING, "the answer is no description" },
};

START_TEST(answered)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_files();
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, false, files, 1), SP_OK);
    push_unit_run(unit, 100);
    push_unit_hand_answer(unit, "INVITE", "200 OK", "", rows[_i].answer);
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->ended, 1);
    unit_err(unit->outs[0].err, rows[_i].err);
    ck_assert_str_eq(unit->outs[0].reason, rows[_i].reason);
    ck_assert_int_eq(unit->outs[0].started, rows[_i].err == SP_TRANSPORT);
    ck_assert_uint_gt(push_unit_hand_got(unit, "ACK").len, 0);
    ck_assert_uint_gt(push_unit_hand_got(unit, "BYE").len, 0);
    push_unit_hand_answer(unit, "BYE", "200 OK", "", "");
    push_unit_run(unit, 40000);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
}
END_TEST

/* The offer says of a file what its SEND says; a text has no disposition. 5547-6-10 */
START_TEST(disposition)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_slice   flowed;
    bool              said;

    make_files();
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &files[_i], 1), SP_OK);
    push_unit_finish(unit);
    push_unit_delivered(unit, 0, 0);
    flowed = sp_slice(unit->msrp, sizeof(unit->msrp));
    ck_assert_uint_lt(sp_find_slice(flowed, SP_LIT("Content-Type: ")), flowed.len);
    said = sp_find_slice(flowed, SP_LIT("\r\nContent-Disposition: attachment\r\n")) < flowed.len;
    ck_assert_int_eq(said, _i == 0);
    ck_assert_int_eq(push_unit_count(unit, "\r\na=file-disposition:attachment\r\n"), _i == 0);
    ck_assert(said || sp_find_slice(flowed, SP_LIT("Content-Disposition")) == flowed.len);
}
END_TEST

/* When it was changed last; a moment that cannot be said is not said. */
START_TEST(dated)
{
    static const struct {
        int64_t     modified_s;
        const char *date; /* empty: none */
    } dates[] = {
        { 1147698091, "modification:\"Mon, 15 May 2006 13:01:31 +0000\"" },
        { INT64_C(253402300799), "modification:\"Fri, 31 Dec 9999 23:59:59 +0000\"" },
        { INT64_C(253402300800), "" },
        { 0, "" },
        { -1, "" },
        { INT64_MIN, "" },
        { INT64_MAX, "" },
    };
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    char              line[128];

    make_files();
    files[0].modified_s = dates[_i].modified_s;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, files, 1), SP_OK);
    push_unit_finish(unit);
    push_unit_delivered(unit, 0, 0);
    snprintf(line, sizeof(line), "a=file-date:%s\r\n", dates[_i].date);
    ck_assert_int_eq(push_unit_count(unit, "a=file-date:"), dates[_i].date[0] != '\0');
    ck_assert_int_eq(push_unit_count(unit, line), dates[_i].date[0] != '\0');
    ck_assert_int_eq(unit->ins[0].modified_s, dates[_i].date[0] != '\0' ? dates[_i].modified_s : 0);
}
END_TEST

/* A part of a file goes only to who takes that part. */
START_TEST(part_answered)
{
    static const struct {
        const char *answer;
        enum sp_err err;
    } parts[] = { { GOOD "a=file-range:3-*\n", SP_TRANSPORT },
                  { GOOD, SP_MISMATCH },
                  { GOOD "a=file-range:2-*\n", SP_MISMATCH },
                  { TOP LINE TYPES PATH, SP_MISMATCH } };
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_files();
    files[0].offset = 2;
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, false, files, 1), SP_OK);
    push_unit_run(unit, 100);
    unit_eq(push_unit_attribute(push_unit_hand_got(unit, "INVITE"), "file-range", 0), "3-*");
    push_unit_hand_answer(unit, "INVITE", "200 OK", "", parts[_i].answer);
    push_unit_run(unit, 100);
    unit_err(unit->outs[0].err, parts[_i].err);
}
END_TEST

/* 5547-5-2, 5547-6-2, 5547-8.1-1, 5547-8.1-2, 5547-8.1-5, 5547-8.2-2, 5547-8.2.1-1, 5547-8.2.1-2,
 * 5547-8.2.1-3; RFC 6135 4.2.2; RFC 4975 8.2 */
START_TEST(offer)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_slice   got, id, path;

    make_files();
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, true, files, 2), SP_OK);
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, "INVITE");
    unit_eq(push_unit_attribute(got, "file-selector", 0),
            "name:\"a %22b%22 1%25%2F.png\" type:image/png size:5 "
            "hash:sha-1:E0:99:6A:37:C1:3D:44:C3:B0:60:74:93:9D:43:FA:37:59:BD:32:C1");
    ck_assert_uint_eq(push_unit_attribute(got, "file-selector", 1).len, 0);
    id = push_unit_attribute(got, "file-transfer-id", 0);
    ck_assert_uint_eq(id.len, 32);
    ck_assert_uint_eq(push_unit_attribute(got, "file-transfer-id", 1).len, 0);
    unit_eq(push_unit_attribute(got, "file-disposition", 0), "attachment");
    unit_eq(push_unit_attribute(got, "setup", 0), "actpass");
    unit_eq(push_unit_attribute(got, "setup", 1), "actpass");
    unit_eq(push_unit_attribute(got, "accept-types", 0), "image/png message/cpim");
    path = push_unit_attribute(got, "path", 0);
    ck_assert(sp_starts(path, SP_LIT("msrp://192.0.2.1:2855/")));
    ck_assert_uint_eq(path.len, strlen("msrp://192.0.2.1:2855/") + 20 + strlen(";tcp"));
    ck_assert(!sp_eq(path, push_unit_attribute(got, "path", 1)));
    ck_assert_int_eq(push_unit_count(unit, "\r\na=sendonly\r\n"), 2);
    ck_assert_int_eq(push_unit_count(unit, "m=message 2855 TCP/MSRP *"), 2);
    ck_assert_int_eq(push_unit_count(unit, "c=IN IP4 192.0.2.1"), 1);
    ck_assert_int_eq(push_unit_count(unit, "+sip.message"), 1);
    ck_assert_int_eq(push_unit_count(unit, "a=connection"), 0);
    ck_assert_int_eq(push_unit_count(unit, "passive"), 0);
}
END_TEST

/* An empty file: the grammar has no size:0; type and hash still describe it. */
START_TEST(offer_of_nothing)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file = push_unit_content("x", "image/png", unit_text(""), false);
    struct sp_slice     got;

    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, true, &file, 1), SP_OK);
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, "INVITE");
    unit_eq(push_unit_attribute(got, "file-selector", 0),
            "name:\"x\" type:image/png "
            "hash:sha-1:DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09");
}
END_TEST

/* In sequence: the same m= line, a new path, a new transfer id, one version on. A refused re-offer
 * ends its content alone. 5547-8.6-1, 5547-8.7-3, 5547-8.7-4 */
START_TEST(reoffer)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_slice   first, second;
    char              origin[2][64];

    make_files();
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, false, files, 2), SP_OK);
    push_unit_run(unit, 100);
    first = unit_octets(unit->hand[0], unit->hand_octets[0]);
    push_unit_hand_answer(unit, "INVITE", "200 OK", "", TOP "m=message 0 TCP/MSRP *\n" FILE_);
    push_unit_run(unit, 100);
    second = push_unit_hand_got(unit, "INVITE");
    ck_assert(
        !sp_eq(push_unit_attribute(first, "path", 0), push_unit_attribute(second, "path", 0)));
    ck_assert_uint_eq(push_unit_attribute(second, "file-selector", 0).len, 0);
    for (int i = 0; i < 2; i++) {
        struct sp_slice line = i == 0 ? first : second;

        line = sp_from(line, sp_find_slice(line, SP_LIT("o=- ")) + 4);
        line = sp_from(line, sp_find(line, ' ') + 1);
        memcpy(origin[i], line.at, 2);
    }
    ck_assert_int_eq(memcmp(origin[0], "1 ", 2), 0);
    ck_assert_int_eq(memcmp(origin[1], "2 ", 2), 0);
    push_unit_hand_answer(unit, "INVITE", _i == 0 ? "488 Not Acceptable Here" : "603 Decline", "",
                          "");
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->ended, 1);
    unit_err(unit->outs[0].err, SP_REFUSED);
    unit_err(unit->outs[1].err, SP_REFUSED);
    ck_assert_uint_eq(unit->outs[1].status, _i == 0 ? 488 : 603);
    ck_assert_uint_gt(push_unit_hand_got(unit, "BYE").len, 0);
}
END_TEST

/* An answer to the first offer that has nothing to do with the later INVITE of another order. */
START_TEST(invite_refused)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_files();
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, false, files, 2), SP_OK);
    push_unit_run(unit, 100);
    push_unit_hand_answer(unit, "INVITE", "486 Busy Here", "Retry-After: 3\r\n", "");
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->ended, 1);
    unit_err(unit->outs[0].err, SP_REFUSED);
    ck_assert_uint_eq(unit->outs[1].status, 486);
    ck_assert_uint_eq(push_unit_hand_got(unit, "BYE").len, 0);
}
END_TEST

/* What a peer asks of a sender: it receives nothing. */
START_TEST(asked)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    push_unit_hand_send(unit, PUSH_UNIT_SENDER,
                        "INVITE sip:alice@192.0.2.1 SIP/2.0\n"
                        "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bK1\nMax-Forwards: 70\n"
                        "From: <sip:c@192.0.2.3>;tag=1\nTo: <sip:alice@192.0.2.1>\nCall-ID: 1\n"
                        "CSeq: 1 INVITE\nContact: <sip:c@192.0.2.3>\nContent-Length: 0\n\n");
    push_unit_run(unit, 100);
    ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 480").len, 0);
    push_unit_hand_send(unit, PUSH_UNIT_SENDER,
                        "MESSAGE sip:alice@192.0.2.1 SIP/2.0\n"
                        "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bK2\nMax-Forwards: 70\n"
                        "From: <sip:c@192.0.2.3>;tag=1\nTo: <sip:alice@192.0.2.1>\nCall-ID: 2\n"
                        "CSeq: 1 MESSAGE\nContent-Type: text/plain\nContent-Length: 1\n\nx");
    push_unit_run(unit, 100);
    ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 405").len, 0);
    push_unit_run(unit, 60000);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
}
END_TEST

Suite *test_push_offer_suite(void)
{
    Suite *suite = suite_create("push_offer");
    TCase *tcase = unit_tcase(suite, "push_offer");

    unit_loop(tcase, answered, rows);
    tcase_add_loop_test(tcase, dated, 0, 7);
    tcase_add_loop_test(tcase, disposition, 0, 2);
    tcase_add_loop_test(tcase, part_answered, 0, 4);
    tcase_add_test(tcase, offer);
    tcase_add_test(tcase, offer_of_nothing);
    tcase_add_loop_test(tcase, reoffer, 0, 2);
    tcase_add_test(tcase, invite_refused);
    tcase_add_test(tcase, asked);
    return suite;
}
