/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_call.c -- SIP sessions at the receiver: re-offers, ends, and silence. */
#include "push_unit.h"

#include "unit.h"

#define TOP(version) "v=0\no=- 1 " version " IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
#define BLOCK(port, path, id, selector)                                                            \
    "m=message " port " TCP/MSRP *\na=sendonly\na=setup:actpass\na=accept-types:*\n"               \
    "a=path:msrp://192.0.2.3:7654/" path ";tcp\n"                                                  \
    "a=file-selector:" selector "\na=file-transfer-id:" id "\n"
#define FIRST TOP("1") BLOCK("7654", "p1", "id1", "type:image/png size:5")

static struct push_unit *invited(const char *offer)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    push_unit_hand_invite(unit, 1, offer);
    push_unit_run(unit, 100);
    ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 200").len, 0);
    push_unit_hand_ack(unit, 1);
    push_unit_run(unit, 10);
    return unit;
}

/* Who invites: whom a trusted neighbour asserts, else who says so. 5547-10-5 */
START_TEST(asserted)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_addr    neighbour;

    unit_err(sp_addr_parse(SP_LIT("192.0.2.3"), &neighbour), SP_OK);
    push_receiver_trust(unit->receiver, &neighbour, _i == 0);
    push_unit_hand_invite(unit, 1, FIRST);
    push_unit_run(unit, 100);
    ck_assert_str_eq(unit->ins[0].from, _i == 0 ? "sip:dave@h" : "sip:carol@192.0.2.3");
}
END_TEST

static const struct row {
    const char *reoffer, *answer;
    int         offered;   /* in all */
    int         failed;    /* the first one, while the session goes on */
    enum sp_err err;       /* why */
    bool        same_path; /* the answer's is the first answer's */
    const char *origin;    /* version of the answer */
    uint16_t    decide;    /* about the second */
} rows[] = {
    /* unchanged: nothing happens, not even to the version. 5547-8.1-6, 5547-8.1-11 */
    { FIRST, "SIP/2.0 200", 1, 0, SP_OK, true, " 1 IN", 0 },
    { TOP("2") BLOCK("7654", "p1", "id1", "type:image/png size:5") "m=audio 4000 RTP/AVP 0\n",
      "SIP/2.0 200", 1, 0, SP_OK, true, " 2 IN", 0 },
    { TOP("2") BLOCK("7654", "p1", "id1",
                     "type:image/png size:5 "
                     "hash:sha-1:72:24:5F:E8:65:3D:DA:F3:71:36:2F:86:D4:71:91:3E:E4:A2:CE:2E"),
      "SIP/2.0 200", 1, 0, SP_OK, true, " 2 IN", 0 },
    /* the same id for another file: an error, the transfer is dropped. 5547-8.1-10 */
    { TOP("2") BLOCK("7654", "p1", "id1", "type:image/png size:6"), "SIP/2.0 200", 1, 1,
      SP_MISMATCH, false, " 2 IN", 0 },
    /* a new id is a new transfer, which replaces the old one. 5547-8.1-9 */
    { TOP("2") BLOCK("7654", "p2", "id2", "type:image/png size:5"), "SIP/2.0 200", 2, 1,
      SP_INTERRUPTED, false, " 2 IN", 0 },
    { TOP("2") BLOCK("7654", "p2", "id2", "type:image/png size:5"), "SIP/2.0 200", 2, 1,
      SP_INTERRUPTED, false, " 2 IN", 413 },
    /* a further line beside the first */
    { TOP("2") BLOCK("7654", "p1", "id1", "type:image/png size:5")
          BLOCK("7654", "p2", "id2", "type:image/png size:5"),
      "SIP/2.0 200", 2, 0, SP_OK, true, " 2 IN", 0 },
    { TOP("2") BLOCK("7654", "p1", "id1", "type:image/png size:5")
          BLOCK("7654", "p2", "id2", "type:image/png size:5"),
      "SIP/2.0 200", 2, 0, SP_OK, true, " 2 IN", 603 },
    /* port 0: the sender gave the transfer up */
    { TOP("2") BLOCK("0", "p1", "id1", "type:image/png size:5"), "SIP/2.0 200", 1, 1,
      SP_INTERRUPTED, false, " 2 IN", 0 },
    /* what is no offer changes nothing, nor one that leaves a line out */
    { TOP("2"), "SIP/2.0 488", 1, 0, SP_OK, false, "", 0 },
    { "", "SIP/2.0 488", 1, 0, SP_OK, false, "", 0 },
    { "hello", "SIP/2.0 488", 1, 0, SP_OK, false, "", 0 },
};

START_TEST(reoffer)
{
    const struct row *row = &rows[_i];
    struct push_unit *unit = invited(FIRST);
    struct sp_slice path = push_unit_attribute(push_unit_hand_got(unit, "SIP/2.0 200"), "path", 0);
    struct sp_slice got;

    path = unit_octets(path.at, path.len);
    unit->decide[1] = row->decide;
    push_unit_hand_invite(unit, 2, row->reoffer);
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, "SIP/2.0 ");
    ck_assert(sp_starts(got, sp_str(row->answer)));
    ck_assert_int_eq(unit->offered, row->offered);
    ck_assert_int_eq(unit->ins[0].failed, row->failed);
    unit_err(unit->ins[0].err, row->err);
    ck_assert_int_eq(sp_eq(push_unit_attribute(got, "path", 0), path), row->same_path);
    if (row->origin[0] != '\0')
        ck_assert_uint_lt(sp_find_slice(got, sp_str(row->origin)), got.len);
    push_unit_hand_ack(unit, 2);
    push_unit_run(unit, 10);
    push_unit_hand_bye(unit, 3);
    push_unit_run(unit, 40000);
    ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 200").len, 0);
    for (int i = 0; i < unit->offered; i++)
        ck_assert_int_eq(unit->ins[i].failed, 1);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
}
END_TEST

/* After port 0 the line can be used again, and after a refusal too. 5547-8.6-1 */
START_TEST(line_used_again)
{
    struct push_unit *unit = invited(FIRST);

    unit->decide[1] = _i == 0 ? 0 : 603;
    push_unit_hand_invite(unit, 2, TOP("2") BLOCK("0", "p1", "id1", "type:image/png size:5"));
    push_unit_run(unit, 100);
    push_unit_hand_ack(unit, 2);
    push_unit_hand_invite(unit, 3, TOP("3") BLOCK("7654", "p2", "id2", "size:6"));
    push_unit_run(unit, 100);
    push_unit_hand_ack(unit, 3);
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->offered, 2);
    ck_assert_uint_eq(unit->ins[1].announced, 6);
    /* the refused one once more, unchanged: nobody is asked again */
    push_unit_hand_invite(unit, 4, TOP("3") BLOCK("7654", "p2", "id2", "size:6"));
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->offered, _i == 0 ? 2 : 3);
}
END_TEST

/* Messages: the same path goes on, another one is another session. */
START_TEST(plain_refreshed)
{
#define PLAIN(path)                                                                                \
    "m=message 7654 TCP/MSRP *\na=accept-types:*\na=path:msrp://192.0.2.3:7654/" path ";tcp\n"
    struct push_unit *unit = invited(TOP("1") PLAIN("p1"));
    struct sp_slice   path, again;

    path = push_unit_attribute(push_unit_hand_got(unit, "SIP/2.0 200"), "path", 0);
    path = unit_octets(path.at, path.len);
    push_unit_hand_invite(unit, 2, _i == 0 ? TOP("1") PLAIN("p1") : TOP("2") PLAIN("p2"));
    push_unit_run(unit, 100);
    push_unit_hand_ack(unit, 2);
    again = push_unit_attribute(push_unit_hand_got(unit, "SIP/2.0 200"), "path", 0);
    ck_assert_uint_gt(again.len, 0);
    ck_assert_int_eq(sp_eq(path, again), _i == 0);
    ck_assert_int_eq(unit->offered, 0);
    push_unit_run(unit, 10);
    push_unit_hand_bye(unit, 3);
    push_unit_run(unit, 40000);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
}
END_TEST

/* Nothing ever comes over MSRP: within 32 s the push fails and the session ends. */
START_TEST(never_up)
{
    struct push_unit *unit = invited(FIRST);

    push_unit_run(unit, 29000);
    ck_assert_int_eq(unit->ins[0].failed, 0);
    push_unit_run(unit, 3500);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    unit_err(unit->ins[0].err, SP_TIMEOUT);
    ck_assert_int_ge(push_unit_count(unit, "BYE sip:carol@192.0.2.3"), 1);
    push_unit_run(unit, 60000);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
}
END_TEST

/* No ACK comes. */
START_TEST(never_confirmed)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    push_unit_hand_invite(unit, 1, FIRST);
    push_unit_run(unit, 120000);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    unit_err(unit->ins[0].err, SP_TIMEOUT);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
}
END_TEST

/* Ended before it was decided. */
START_TEST(cancelled)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    unit->hold = true;
    push_unit_hand_invite(unit, 1, FIRST);
    push_unit_run(unit, 300);
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER,
                        "CANCEL sip:bob@192.0.2.2 SIP/2.0\n"
                        "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bKi1\nMax-Forwards: 70\n"
                        "From: <sip:carol@192.0.2.3>;tag=1\nTo: <sip:bob@192.0.2.2>\n"
                        "Call-ID: hand\nCSeq: 1 CANCEL\nContent-Length: 0\n\n");
    push_unit_run(unit, 100);
    ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 487").len, 0);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    unit_err(push_receiver_decide(unit->receiver, unit->now_us, unit->ins[0].push, 200, 0),
             SP_STALE);
    push_unit_run(unit, 60000);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
}
END_TEST

/* A re-offer is taken back before it is decided: what was there goes on, unless that was ended. */
START_TEST(reoffer_cancelled)
{
    struct push_unit *unit = invited(FIRST);

    unit->hold = true;
    push_unit_hand_invite(unit, 2,
                          _i == 0 ? TOP("2") BLOCK("7654", "p1", "id1", "type:image/png size:5")
                                        BLOCK("7654", "p2", "id2", "size:6")
                                  : TOP("2") BLOCK("7654", "p2", "id2", "size:6"));
    push_unit_run(unit, 300);
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER,
                        "CANCEL sip:bob@192.0.2.2 SIP/2.0\n"
                        "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bKi2\nMax-Forwards: 70\n"
                        "From: <sip:carol@192.0.2.3>;tag=1\nTo: <sip:bob@192.0.2.2>\n"
                        "Call-ID: hand\nCSeq: 2 CANCEL\nContent-Length: 0\n\n");
    push_unit_run(unit, 100);
    ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 487").len, 0);
    ck_assert_int_eq(unit->ins[1].failed, 1);
    ck_assert_int_eq(unit->ins[0].failed, _i);
    if (_i == 0) {
        unit->hold = false;
        push_unit_hand_invite(unit, 3,
                              TOP("3") BLOCK("7654", "p1", "id1", "type:image/png size:5"));
        push_unit_run(unit, 100);
        ck_assert(sp_starts(push_unit_hand_got(unit, "SIP/2.0 "), SP_LIT("SIP/2.0 200")));
    }
    push_unit_run(unit, 120000);
    ck_assert_int_ge(push_unit_count(unit, "BYE sip:"), 1);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
}
END_TEST

/* Decided one after the other; the answer waits for the last. */
START_TEST(decided_late)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    unit->hold = true;
    push_unit_hand_invite(unit, 1,
                          TOP("1") BLOCK("7654", "p1", "id1", "size:5")
                              BLOCK("7654", "p2", "id2", "size:6")
                                  BLOCK("7654", "p3", "id3", "size:7"));
    push_unit_run(unit, 300);
    ck_assert_int_eq(unit->offered, 3);
    for (int i = 2; i >= 0; i--) {
        ck_assert_uint_eq(push_unit_hand_got(unit, "SIP/2.0 200").len, 0);
        unit_err(push_receiver_decide(unit->receiver, unit->now_us, unit->ins[i].push,
                                      i == 1 ? 603 : 200, 0),
                 SP_OK);
        push_unit_run(unit, 50);
    }
    ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 200").len, 0);
    ck_assert_int_eq(unit->ins[1].failed, 1);
    ck_assert_int_eq(push_unit_count(unit, "m=message 0 TCP/MSRP *"), 1);
}
END_TEST

/* Undecided for minutes: 180 after a second, and every minute. RFC 3261 13.3.1.1 */
START_TEST(ringing)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    unit->hold = true;
    push_unit_hand_invite(unit, 1, FIRST);
    push_unit_run(unit, 900);
    ck_assert_int_eq(push_unit_count(unit, "SIP/2.0 180"), 0);
    push_unit_run(unit, 200);
    ck_assert_int_eq(push_unit_count(unit, "SIP/2.0 180"), 1);
    push_unit_run(unit, 180000);
    ck_assert_int_eq(push_unit_count(unit, "SIP/2.0 180"), 4);
    unit_err(push_receiver_decide(unit->receiver, unit->now_us, unit->ins[0].push, 200, 0), SP_OK);
    push_unit_run(unit, 100);
    ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 200").len, 0);
}
END_TEST

/* Closing with a session in every state. */
START_TEST(close_agent)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    unit->hold = _i == 0;
    push_unit_hand_invite(unit, 1, FIRST);
    push_unit_run(unit, 300);
    if (_i == 2) {
        push_unit_hand_ack(unit, 1);
        push_unit_run(unit, 10);
    }
    push_receiver_close(unit->receiver, unit->now_us);
    push_unit_run(unit, 120000);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER,
                        "MESSAGE sip:bob@192.0.2.2 SIP/2.0\n"
                        "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bKm\nMax-Forwards: 70\n"
                        "From: <sip:c@192.0.2.3>;tag=1\nTo: <sip:bob@192.0.2.2>\nCall-ID: 2\n"
                        "CSeq: 1 MESSAGE\nContent-Type: text/plain\nContent-Length: 1\n\nx");
    push_unit_run(unit, 100);
    ck_assert_uint_gt(push_unit_hand_got(unit, "SIP/2.0 480").len, 0);
}
END_TEST

Suite *test_push_call_suite(void)
{
    Suite *suite = suite_create("push_call");
    TCase *tcase = unit_tcase(suite, "push_call");

    tcase_add_loop_test(tcase, asserted, 0, 2);
    unit_loop(tcase, reoffer, rows);
    tcase_add_loop_test(tcase, line_used_again, 0, 2);
    tcase_add_loop_test(tcase, plain_refreshed, 0, 2);
    tcase_add_test(tcase, never_up);
    tcase_add_test(tcase, never_confirmed);
    tcase_add_test(tcase, cancelled);
    tcase_add_loop_test(tcase, reoffer_cancelled, 0, 2);
    tcase_add_test(tcase, decided_late);
    tcase_add_test(tcase, ringing);
    tcase_add_loop_test(tcase, close_agent, 0, 3);
    return suite;
}
