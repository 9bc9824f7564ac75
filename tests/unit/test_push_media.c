/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_media.c -- what comes over an m= line, from an MSRP peer written by hand. */
#include <stdio.h>

#include "push_unit.h"
#include "unit.h"

#define TOP "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
#define LINE                                                                                       \
    "m=message 7654 TCP/MSRP *\na=sendonly\na=accept-types:*\n"                                    \
    "a=path:msrp://192.0.2.3:7654/hand;tcp\n"
#define FILE_ LINE "a=file-selector:type:text/plain size:5\na=file-transfer-id:id1\n"

/* Head of a chunk: transaction, message, range, further fields. */
#define CHUNK(tx, id, range)                                                                       \
    "MSRP " tx " SEND\nTo-Path: %P\nFrom-Path: msrp://192.0.2.3:7654/hand;tcp\nMessage-ID: " id    \
    "\nSuccess-Report: yes\nByte-Range: " range "\nContent-Type: text/plain\n\n"

static const struct row {
    const char *sent;
    uint16_t    decide[2];
    const char *back;                         /* stands in what comes back */
    const char *absent;                       /* does not */
    int         completes, delivered, failed; /* of the first push */
    enum sp_err err;
    int         offered;
    const char *octets;
} files[] = {
    { CHUNK("a001", "m001", "1-5/5") "hello\n-------a001$\n",
      { 0 },
      "000 200",
      "413",
      1,
      1,
      0,
      SP_OK,
      1,
      "hello" },
    /* two chunks, the second first; `*` where nothing is known */
    { CHUNK("a001", "m001", "4-5/*") "lo\n-------a001$\n" CHUNK("a002", "m001",
                                                                "1-3/*") "hel\n-------a002+\n",
      { 0 },
      "000 200",
      "413",
      1,
      1,
      0,
      SP_OK,
      1,
      "hello" },
    /* too short, too long, announced otherwise: an integrity failure each */
    { CHUNK("a001", "m001", "1-4/*") "hell\n-------a001$\n",
      { 0 },
      "400",
      "000 200",
      0,
      0,
      1,
      SP_INTEGRITY,
      1,
      "hell" },
    { CHUNK("a001", "m001", "1-6/*") "hellos\n-------a001$\n",
      { 0 },
      "413",
      "000 200",
      0,
      0,
      1,
      SP_INTEGRITY,
      1,
      "" },
    { CHUNK("a001", "m001", "1-4/4") "hell\n-------a001$\n",
      { 0 },
      "413",
      "000 200",
      0,
      0,
      1,
      SP_INTEGRITY,
      1,
      "" },
    /* given up by its sender */
    { CHUNK("a001", "m001", "1-3/5") "hel\n-------a001#\n",
      { 0 },
      "200",
      "000 200",
      0,
      0,
      1,
      SP_INTERRUPTED,
      1,
      "hel" },
    /* a second message in the session of a file: 5547-8.7-1, 5547-8.7-2 */
    { CHUNK("a001", "m001", "1-5/5") "hello\n-------a001$\n" CHUNK("a002", "m002",
                                                                   "1-5/5") "again\n-------a002$\n",
      { 0 },
      "MSRP a002 403",
      "413",
      1,
      1,
      0,
      SP_OK,
      1,
      "hello" },
};

#define OVERLAP_1 CHUNK("a001", "m001", "1-2/5") "he\n-------a001+\n"
#define OVERLAP_2 CHUNK("a002", "m002", "1-1/2") "x\n-------a002+\n"
#define OVERLAP_3 CHUNK("a003", "m001", "3-5/5") "llo\n-------a003$\n"
#define OVERLAP_4 CHUNK("a004", "m002", "2-2/2") "y\n-------a004$\n"

static const struct row texts[] = {
    { CHUNK("a001", "m001", "1-5/5") "hello\n-------a001$\n",
      { 0 },
      "000 200",
      "413",
      1,
      1,
      0,
      SP_OK,
      1,
      "hello" },
    /* two that overlap */
    { OVERLAP_1 OVERLAP_2 OVERLAP_3 OVERLAP_4,
      { 0 },
      "000 200",
      "413",
      1,
      1,
      0,
      SP_OK,
      2,
      "hello" },
    { CHUNK("a001", "m001", "1-5/5") "hello\n-------a001$\n",
      { 415 },
      "MSRP a001 415",
      "000 200",
      0,
      0,
      1,
      SP_REFUSED,
      1,
      "" },
    { CHUNK("a001", "m001", "1-5/5") "hello\n-------a001$\n",
      { 603 },
      "MSRP a001 403",
      "000 200",
      0,
      0,
      1,
      SP_REFUSED,
      1,
      "" },
    { CHUNK("a001", "m001", "1-5/5") "hello\n-------a001$\n" CHUNK("a002", "m002",
                                                                   "1-2/2") "hi\n-------a002$\n",
      { 200, 413 },
      "MSRP a002 413",
      "403",
      1,
      1,
      0,
      SP_OK,
      2,
      "hello" },
    /* a keep-alive is no message */
    { "MSRP a001 SEND\nTo-Path: %P\nFrom-Path: msrp://192.0.2.3:7654/hand;tcp\n"
      "Message-ID: k1k1k1\n-------a001$\n" CHUNK("a002", "m001", "1-5/5") "hello\n-------a002$\n",
      { 0 },
      "MSRP a001 200",
      "413",
      1,
      1,
      0,
      SP_OK,
      1,
      "hello" },
};

static void receive(const struct row *row, const char *offer)
{
    struct push_unit          *unit = push_unit_new(NULL, NULL, NULL);
    const struct push_unit_in *in = &unit->ins[0];
    struct sp_slice            back;

    push_unit_hand_invite(unit, 1, offer);
    push_unit_run(unit, 100);
    push_unit_hand_ack(unit, 1);
    unit->decide[0] = row->decide[0];
    unit->decide[1] = row->decide[1];
    push_unit_hand_connect(unit);
    push_unit_hand_msrp(unit, row->sent);
    push_unit_run(unit, 100);
    back = sp_slice(unit->hand_stream, unit->hand_stream_octets);
    if (sp_find_slice(back, sp_str(row->back)) == back.len)
        ck_abort_msg("'%s' is not in: %.*s", row->back, SP_ARG(back));
    if (sp_find_slice(back, sp_str(row->absent)) < back.len)
        ck_abort_msg("'%s' is in: %.*s", row->absent, SP_ARG(back));
    ck_assert_int_eq(unit->offered, row->offered);
    ck_assert_int_eq(in->completes, row->completes);
    ck_assert_int_eq(in->delivered, row->delivered);
    ck_assert_int_eq(in->failed, row->failed);
    unit_err(in->err, row->err);
    unit_eq(sp_slice(in->octets, (size_t)in->extent), row->octets);
    push_unit_hand_bye(unit, 2);
    push_unit_run(unit, 60000);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
}

/* 5547-8.3.1-9, 5547-8.3.1-10, 5547-8.7-5 */
START_TEST(file)
{
    receive(&files[_i], TOP FILE_);
}
END_TEST

START_TEST(text)
{
    receive(&texts[_i], TOP LINE);
}
END_TEST

/* The user finds that it differs, or cannot store it: the sender is told. 5547-8.3.1-7,
 * 5547-8.3.1-8 */
START_TEST(not_stored)
{
    static const struct {
        enum sp_err err;
        const char *back;
    } rows[] = { { SP_INTEGRITY, "400" }, { SP_STORAGE, "413" }, { SP_LIMIT, "413" } };
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_slice   back;

    unit->store_err = rows[_i].err;
    push_unit_hand_invite(unit, 1, TOP FILE_);
    push_unit_run(unit, 100);
    push_unit_hand_ack(unit, 1);
    push_unit_hand_connect(unit);
    push_unit_hand_msrp(unit, files[0].sent);
    push_unit_run(unit, 100);
    back = sp_slice(unit->hand_stream, unit->hand_stream_octets);
    ck_assert_uint_lt(sp_find_slice(back, sp_str(rows[_i].back)), back.len);
    ck_assert_uint_eq(sp_find_slice(back, SP_LIT("000 200")), back.len);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    unit_err(unit->ins[0].err, rows[_i].err);
    /* nothing goes on: the session ends by itself */
    push_unit_run(unit, 33000);
    ck_assert_int_ge(push_unit_count(unit, "BYE sip:carol"), 1);
}
END_TEST

/* Given up in the middle, on both levels: 413, where the sender wants to hear of failures, and the
 * line with port 0. 5547-8.4-1, 5547-8.4-6, 5547-8.4-7, 5547-8.4-8, 5547-8.4-9, 5547-8.4-10,
 * 5547-8.4-11 */
START_TEST(given_up)
{
    static const char *const fields[] = { "", "Failure-Report: no\n", "Failure-Report: partial\n" };
    struct push_unit        *unit = push_unit_new(NULL, NULL, NULL);
    char                     chunk[512];
    struct sp_slice          back, offer;

    snprintf(chunk, sizeof(chunk),
             "MSRP a001 SEND\nTo-Path: %%P\nFrom-Path: msrp://192.0.2.3:7654/hand;tcp\n"
             "Message-ID: m001\nByte-Range: 1-2/5\n%sContent-Type: text/plain\n\n"
             "he\n-------a001+\n",
             fields[_i]);
    unit->give_up_after = 1;
    push_unit_hand_invite(unit, 1, TOP FILE_);
    push_unit_run(unit, 100);
    push_unit_hand_ack(unit, 1);
    push_unit_hand_connect(unit);
    push_unit_hand_msrp(unit, chunk);
    push_unit_run(unit, 500);
    back = sp_slice(unit->hand_stream, unit->hand_stream_octets);
    ck_assert_int_eq(sp_find_slice(back, SP_LIT(" 413")) < back.len, _i != 1);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    push_unit_run(unit, 1000);
    offer = push_unit_hand_got(unit, "INVITE");
    ck_assert_uint_lt(sp_find_slice(offer, SP_LIT("m=message 0 TCP/MSRP *")), offer.len);
    unit_eq(push_unit_attribute(offer, "file-transfer-id", 0), "id1");
    unit_eq(push_unit_attribute(offer, "file-selector", 0), "type:text/plain size:5");
    ck_assert_uint_lt(sp_find_slice(offer, SP_LIT("a=recvonly")), offer.len);
    ck_assert_uint_lt(sp_find_slice(offer, SP_LIT(" 2 IN IP4 192.0.2.2")), offer.len);
}
END_TEST

/* A file that is stored late: the report waits for it; the peer goes meanwhile. */
START_TEST(stored_late)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_slice   back;

    unit->hold_stored = true;
    push_unit_hand_invite(unit, 1, TOP FILE_);
    push_unit_run(unit, 100);
    push_unit_hand_ack(unit, 1);
    push_unit_hand_connect(unit);
    push_unit_hand_msrp(unit, files[0].sent);
    push_unit_run(unit, 5000);
    back = sp_slice(unit->hand_stream, unit->hand_stream_octets);
    ck_assert_uint_lt(sp_find_slice(back, SP_LIT("MSRP a001 200")), back.len);
    ck_assert_uint_eq(sp_find_slice(back, SP_LIT("REPORT")), back.len);
    if (_i == 1) {
        push_unit_hand_bye(unit, 2);
        push_unit_run(unit, 100);
        ck_assert_int_eq(unit->ins[0].failed, 1);
        unit_err(push_receiver_stored(unit->receiver, unit->now_us, unit->ins[0].push, SP_OK),
                 SP_STALE);
        return;
    }
    unit_err(push_receiver_stored(unit->receiver, unit->now_us, unit->ins[0].push, SP_OK), SP_OK);
    push_unit_run(unit, 100);
    back = sp_slice(unit->hand_stream, unit->hand_stream_octets);
    ck_assert_uint_lt(sp_find_slice(back, SP_LIT("REPORT")), back.len);
    ck_assert_int_eq(unit->ins[0].delivered, 1);
}
END_TEST

/* A peer that opens a session and is silent does not hold it for ever; a user who stores does. */
START_TEST(silent_peer)
{
    static const char *const sent[] = {
        "MSRP a001 SEND\nTo-Path: %P\nFrom-Path: msrp://192.0.2.3:7654/hand;tcp\n"
        "Message-ID: k1k1k1\n-------a001$\n",
        CHUNK("a001", "m001", "1-1/5") "h\n-------a001+\n",
        CHUNK("a001", "m001", "1-5/5") "hello\n-------a001$\n",
    };
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    unit->hold_stored = true;
    push_unit_hand_invite(unit, 1, _i % 2 == 0 ? TOP LINE : TOP FILE_);
    push_unit_run(unit, 100);
    push_unit_hand_ack(unit, 1);
    push_unit_hand_connect(unit);
    push_unit_hand_msrp(unit, sent[_i / 2]);
    push_unit_run(unit, 179000);
    ck_assert_int_eq(push_unit_count(unit, "BYE sip:carol"), 0);
    push_unit_run(unit, 200000);
    ck_assert_int_eq(push_unit_count(unit, "BYE sip:carol") > 0, _i / 2 < 2);
    if (_i / 2 == 2) {
        unit_err(push_receiver_stored(unit->receiver, unit->now_us, unit->ins[0].push, SP_OK),
                 SP_OK);
        push_unit_run(unit, 400000);
        ck_assert_int_eq(unit->ins[0].delivered, 1);
        ck_assert_int_gt(push_unit_count(unit, "BYE sip:carol"), 0);
    }
    push_unit_run(unit, 60000);
    push_unit_nothing_left(unit);
}
END_TEST

Suite *test_push_media_suite(void)
{
    Suite *suite = suite_create("push_media");
    TCase *tcase = unit_tcase(suite, "push_media");

    unit_loop(tcase, file, files);
    unit_loop(tcase, text, texts);
    tcase_add_loop_test(tcase, given_up, 0, 3);
    tcase_add_loop_test(tcase, silent_peer, 0, 6);
    tcase_add_loop_test(tcase, not_stored, 0, 3);
    tcase_add_loop_test(tcase, stored_late, 0, 2);
    return suite;
}
