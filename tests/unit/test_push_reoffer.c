/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_reoffer.c -- transfers given up on both levels, and offers of the receiver.
 * RFC 5547 8.4. */
#include <stdio.h>

#include "../../msrp/msrp_core.h"
#include "../../push/push_in.h"
#include "../../push/push_out.h"
#include "push_unit.h"
#include "unit.h"

static struct push_content files[3];

static void make_files(size_t octets)
{
    static const char *const names[3] = { "a", "b", "c" };

    for (unsigned i = 0; i < 3; i++)
        files[i] = push_unit_content(names[i], "image/png", push_unit_pattern(octets, i), false);
}

/* The sender gives one file of three up: '#', then its line with port 0 and the same id; the others
 * arrive. 5547-8.4-2, 5547-8.4-3, 5547-8.4-4, 5547-8.4-5 */
START_TEST(sender_drops_one)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_files(300000);
    unit_err(push_unit_order(unit, PUSH_SESSION, true, files, 3), SP_OK);
    push_unit_run(unit, 8 + (uint64_t)_i / 3 * 2);
    unit_err(push_sender_abort_content(unit->sender, unit->now_us, unit->order, (uint32_t)_i % 3),
             SP_OK);
    unit_err(push_sender_abort_content(unit->sender, unit->now_us, unit->order, (uint32_t)_i % 3),
             SP_STATE);
    push_unit_finish(unit);
    for (int i = 0; i < 3; i++) {
        if (i != _i % 3) {
            push_unit_delivered(unit, i, i);
            continue;
        }
        unit_err(unit->outs[i].err, SP_INTERRUPTED);
        ck_assert_int_eq(unit->outs[i].ended, 1);
        ck_assert_int_eq(unit->ins[i].failed, 1);
        unit_err(unit->ins[i].err, SP_INTERRUPTED);
    }
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), 2);
    ck_assert_int_eq(push_unit_count(unit, "m=message 0 TCP/MSRP *"), 2); /* offer and answer */
    ck_assert_int_eq(push_unit_count(unit, "BYE sip:"), 1);
}
END_TEST

/* In sequence there is no need for an offer of its own: the next file's says it. */
START_TEST(sender_drops_in_sequence)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_files(900000);
    unit_err(push_unit_order(unit, PUSH_SESSION, false, files, 3), SP_OK);
    push_unit_run(unit, _i == 1 ? 13 : 7);
    unit_err(push_sender_abort_content(unit->sender, unit->now_us, unit->order, (uint32_t)_i),
             SP_OK);
    push_unit_finish(unit);
    unit_err(unit->outs[_i].err, SP_INTERRUPTED);
    for (int i = 0, in = 0; i < 3; i++) {
        if (i != _i)
            push_unit_delivered(unit, i, in);
        in += i != _i || unit->offered == 3; /* one that was never offered has no push */
    }
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), _i == 0 || unit->offered == 3 ? 3 : 2);
    unit_err(push_sender_abort_content(unit->sender, unit->now_us, unit->order, 0), SP_STALE);
}
END_TEST

/* The receiver gives one up: 413, and as the sender goes on with the others, the receiver's offer
 * with port 0. 5547-8.4-6, 5547-8.4-7, 5547-8.4-8, 5547-8.4-12 */
START_TEST(receiver_drops_one)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    int               dropped = -1;

    make_files(2000000);
    unit->segment = 100000;
    unit->delay_us = 200000;
    unit->give_up_after = 500000;
    unit_err(push_unit_order(unit, PUSH_SESSION, true, files, 3), SP_OK);
    push_unit_finish(unit);
    for (int i = 0; i < 3; i++) {
        if (unit->ins[i].failed == 0) {
            push_unit_delivered(unit, i, i);
            continue;
        }
        ck_assert_int_eq(dropped, -1);
        dropped = i;
        unit_err(unit->outs[i].err, SP_REFUSED);
        ck_assert_uint_eq(unit->outs[i].status, 413);
        unit_err(unit->ins[i].err, SP_STORAGE);
    }
    ck_assert_int_ge(dropped, 0);
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:192.0.2.1"), 1);
    ck_assert_int_eq(push_unit_count(unit, "m=message 0 TCP/MSRP *"), 2);
    ck_assert_int_eq(push_unit_count(unit, "a=recvonly"), 1 * 3 + 3 + 0);
}
END_TEST

#define TOP "v=0\no=- 1 2 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
#define BLOCK(port, setup)                                                                         \
    "m=message " port " TCP/MSRP *\na=recvonly\na=setup:" setup "\na=accept-types:*\n"             \
    "a=path:msrp://192.0.2.3:9/x;tcp\n"
#define LINE(direction, types)                                                                     \
    "m=message 9 TCP/MSRP *\na=" direction "\na=setup:actpass\na=accept-types:" types "\n"         \
    "a=path:msrp://192.0.2.3:9/x;tcp\n"
#define SAME "a=file-selector:%F\na=file-transfer-id:%T\n"

static const struct row {
    const char *offer, *answer; /* start line */
    const char *media;          /* stands in the answer */
    enum sp_err err;            /* of the content; TIMEOUT: it went on */
} rows[] = {
    { TOP BLOCK("9", "actpass") SAME, "SIP/2.0 200", "m=message 2855 TCP/MSRP *", SP_TIMEOUT },
    { TOP BLOCK("9", "active") SAME, "SIP/2.0 200", "a=setup:passive", SP_TIMEOUT },
    { TOP BLOCK("9", "actpass") "a=file-selector:size:6\na=file-transfer-id:%T\n", "SIP/2.0 200",
      "m=message 0 TCP/MSRP *", SP_MISMATCH },
    { TOP BLOCK("9", "actpass") "a=file-selector:%F\na=file-transfer-id:new\n", "SIP/2.0 200",
      "m=message 0 TCP/MSRP *", SP_TIMEOUT }, /* a pull that nobody ordered: refused */
    { TOP BLOCK("0", "actpass") SAME, "SIP/2.0 200", "m=message 0 TCP/MSRP *", SP_REFUSED },
    /* what the line takes from now on: 3264-8.3.4-1 */
    { TOP LINE("inactive", "*") SAME, "SIP/2.0 200", "m=message 0 TCP/MSRP *", SP_REFUSED },
    { TOP LINE("sendonly", "*") SAME, "SIP/2.0 200", "m=message 0 TCP/MSRP *", SP_REFUSED },
    { TOP LINE("recvonly", "text/plain") SAME, "SIP/2.0 200", "m=message 0 TCP/MSRP *",
      SP_REFUSED },
    { TOP LINE("recvonly", "*") "a=max-size:4\n" SAME, "SIP/2.0 200", "m=message 0 TCP/MSRP *",
      SP_REFUSED },
    { TOP LINE("sendrecv", "image/png") "a=max-size:5\n" SAME, "SIP/2.0 200",
      "m=message 2855 TCP/MSRP *", SP_TIMEOUT },
    { TOP BLOCK("9", "actpass") SAME "m=audio 4000 RTP/AVP 0\n", "SIP/2.0 200",
      "m=audio 0 RTP/AVP 0", SP_TIMEOUT },
    { TOP BLOCK("9", "actpass") SAME BLOCK("9", "actpass"), "SIP/2.0 200", "m=message 0 TCP/MSRP *",
      SP_TIMEOUT },
    { TOP BLOCK("9", "actpass") "a=file-selector:x\n", "SIP/2.0 200", "m=message 0 TCP/MSRP *",
      SP_TIMEOUT },
    { "", "SIP/2.0 200", "m=message 2855 TCP/MSRP *", SP_TIMEOUT }, /* our offer again */
    { "hello", "SIP/2.0 488", "", SP_TIMEOUT },
    { TOP, "SIP/2.0 488", "", SP_TIMEOUT }, /* a line is missing */
};

/* 5547-8.3.2-1, 5547-8.3.2-3, 5547-8.3.2-4, 5547-8.3.2-6 */
START_TEST(their_offer)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_slice   path, got;

    files[0] = push_unit_content("a", "image/png", unit_text("first"), true);
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, false, files, 1), SP_OK);
    push_unit_run(unit, 100);
    path = push_unit_attribute(push_unit_hand_got(unit, "INVITE"), "path", 0);
    path = unit_octets(path.at, path.len);
    push_unit_hand_answer(unit, "INVITE", "200 OK", "", TOP BLOCK("9", "active") SAME);
    push_unit_run(unit, 100);
    push_unit_hand_within(unit, "INVITE", 10, rows[_i].offer);
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, rows[_i].answer);
    ck_assert_uint_gt(got.len, 0);
    ck_assert_uint_le(sp_find_slice(got, sp_str(rows[_i].media)),
                      got.len - (rows[_i].media[0] != 0));
    if (push_unit_attribute(got, "path", 0).len > 0)
        unit_eq_slice(push_unit_attribute(got, "path", 0), path);
    push_unit_hand_within(unit, "ACK", 10, "");
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->outs[0].ended, rows[_i].err != SP_TIMEOUT);
    push_unit_run(unit, 32000);
    unit_err(unit->outs[0].err, rows[_i].err);
    ck_assert_int_eq(unit->ended, 1);
    ck_assert_uint_gt(push_unit_hand_got(unit, "BYE").len, 0);
}
END_TEST

/* An answer that takes a line which we then cannot use: the line is given back at once. */
START_TEST(useless_line)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_slice   got;

    make_files(5000);
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", PUSH_SESSION, true, files, 2), SP_OK);
    push_unit_run(unit, 100);
    push_unit_hand_answer(unit, "INVITE", "200 OK", "",
                          TOP BLOCK("9", "active") "a=max-size:10\n" SAME BLOCK(
                              "9", "active") "a=file-transfer-id:%U\n");
    push_unit_run(unit, 100);
    unit_err(unit->outs[0].err, SP_REFUSED);
    ck_assert_int_eq(unit->outs[1].ended, 0);
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:carol@192.0.2.3"), 2);
    got = push_unit_hand_got(unit, "INVITE");
    ck_assert_uint_lt(sp_find_slice(got, SP_LIT("m=message 0 TCP/MSRP *")), got.len);
    ck_assert_uint_lt(sp_find_slice(got, SP_LIT("m=message 2855 TCP/MSRP *")), got.len);
    push_unit_hand_answer(
        unit, "INVITE", _i == 0 ? "200 OK" : "488 Not Acceptable Here", "",
        _i == 0 ? TOP "m=message 0 TCP/MSRP *\n" BLOCK("9", "active") "a=file-transfer-id:%U\n"
                : "");
    push_unit_run(unit, 32000);
    unit_err(unit->outs[1].err, SP_TIMEOUT);
    ck_assert_int_eq(unit->ended, 1);
}
END_TEST

/* A relay of the receiver gives another URI while a file flows: an offer of it says so, and its
 * sender goes by it from then on, in the session and on the connection that there are; the transfer
 * goes on. RFC 4976 9.4, RFC 4975 8.4. */
START_TEST(receiver_moves)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content content = push_unit_content("a", "image/png", push_unit_pattern(50000, 1),
                                                    false);
    struct push_relay_entry *entry = &unit->receiver->link.relay.entries[0];
    struct msrp_session     *session;
    struct push_line        *line;
    char                     path[128];

    unit->hold_stored = true;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &content, 1), SP_OK);
    push_unit_run(unit, 500);
    ck_assert_int_eq(unit->ins[0].completes, 1);
    line = sp_pool_next(&unit->receiver->lines, NULL);
    ck_assert_ptr_nonnull(line);
    snprintf(path, sizeof path, "msrp://192.0.2.2:2855/relay;tcp msrp://192.0.2.2:2855/%.*s;tcp",
             (int)sizeof line->session_id, line->session_id);
    *entry = (struct push_relay_entry){
        .state = PUSH_RELAY_LENT, .path = path, .octets = (uint32_t)strlen(path), .moved = true
    };
    memcpy(entry->session_id, line->session_id, sizeof entry->session_id);
    push_line_moved(unit->receiver);
    push_line_moved(unit->receiver); /* once */
    push_unit_drain(unit);
    push_unit_run(unit, 500);
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), 2);
    session = sp_pool_next(&unit->sender->link.msrp->sessions, NULL);
    ck_assert_ptr_nonnull(session);
    unit_eq(session->remote_path, path);
    unit_err(push_receiver_stored(unit->receiver, unit->now_us, unit->ins[0].push, SP_OK), SP_OK);
    push_unit_drain(unit);
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, SP_OK);
    ck_assert_int_eq(unit->connections, 1);
}
END_TEST

Suite *test_push_reoffer_suite(void)
{
    Suite *suite = suite_create("push_reoffer");
    TCase *tcase = unit_tcase(suite, "push_reoffer");

    tcase_add_loop_test(tcase, sender_drops_one, 0, 9);
    tcase_add_loop_test(tcase, sender_drops_in_sequence, 0, 3);
    tcase_add_test(tcase, receiver_drops_one);
    unit_loop(tcase, their_offer, rows);
    tcase_add_loop_test(tcase, useless_line, 0, 2);
    tcase_add_test(tcase, receiver_moves);
    return suite;
}
