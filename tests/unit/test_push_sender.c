/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_sender.c -- whole sessions between the two agents, every octet compared. */
#include "push_unit.h"

#include <stdio.h>

#include "unit.h"

static const size_t sizes[] = { 0, 1, 2, 1023, 2048, 2049, 65536, 65537, 262144, 262145, 700001 };

/* 5547-8.2.1-1, 5547-8.2.1-2, 5547-8.2.1-3, 5547-8.7-5, 5547-8.7-7 */
START_TEST(one_file)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file = push_unit_content("x.bin", "image/png",
                                                 push_unit_pattern(sizes[_i], 1), false);

    unit->segment = 60000;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &file, 1), SP_OK);
    push_unit_finish(unit);
    push_unit_delivered(unit, 0, 0);
    ck_assert_int_eq(unit->outs[0].started, 1);
    ck_assert_str_eq(unit->ins[0].name, "x.bin");
    ck_assert_str_eq(unit->ins[0].type, "image/png");
    ck_assert_uint_eq(unit->ins[0].announced, sizes[_i] > 0 ? sizes[_i] : UINT64_MAX);
    ck_assert(unit->ins[0].has_sha1);
    ck_assert(!unit->ins[0].at_once);
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), 1);
    ck_assert_int_eq(push_unit_count(unit, "BYE sip:"), 1);
    ck_assert_str_eq(unit->words, "OFFERED 0, STARTED 0, DELIVERED 0, OK 0, ENDED 7");
    ck_assert_uint_gt(unit->rtt_us, 0);
}
END_TEST

static const size_t segments[] = { 1, 2, 3, 7, 64, 1459, 100000 };

/* However the stream is cut, and however little is given at a time. */
START_TEST(cut_streams)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file = push_unit_content("x.bin", "image/png", push_unit_pattern(9001, 2),
                                                 false);

    unit->segment = segments[_i];
    unit->step = segments[6 - _i];
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &file, 1), SP_OK);
    push_unit_finish(unit);
    push_unit_delivered(unit, 0, 0);
}
END_TEST

/* The octets given with the order: nothing is wanted. */
START_TEST(at_hand)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file = push_unit_content("x.bin", "image/png", push_unit_pattern(5000, 3),
                                                 true);

    unit_err(push_unit_order(unit, PUSH_AUTO, false, &file, 1), SP_OK);
    push_unit_finish(unit);
    push_unit_delivered(unit, 0, 0);
    ck_assert_int_eq(unit->outs[0].wants, 0);
}
END_TEST

static struct push_content five[5];

static void make_five(size_t octets)
{
    static const char *const names[5] = { "a", "b.txt", "c \"quoted\" 100%.txt", "d/../\\e",
                                          "\xc3\xbc\r\n\x01.bin" };

    for (unsigned i = 0; i < 5; i++)
        five[i] = push_unit_content(names[i], "application/octet-stream",
                                    push_unit_pattern(octets * i, i), false);
}

/* How many different values of an attribute went over the wire. */
static int different(const struct push_unit *unit, const char *name)
{
    struct sp_slice wire = sp_slice(unit->wire, unit->wire_octets);
    int             count = 0;

    for (int n = 0; push_unit_attribute(wire, name, n).len > 0; n++) {
        int before = 0;

        while (before < n &&
               !sp_eq(push_unit_attribute(wire, name, before), push_unit_attribute(wire, name, n)))
            before++;
        count += before == n;
    }
    return count;
}

/* One MSRP session a file, re-offers in one dialog, no id and no path twice. 5547-8.1-4,
 * 5547-8.6-1, 5547-8.7-1, 5547-8.7-2, 5547-8.7-3, 5547-8.7-9 */
START_TEST(in_sequence)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_five(3000);
    unit_err(push_unit_order(unit, PUSH_SESSION, false, five, 5), SP_OK);
    push_unit_finish(unit);
    for (int i = 0; i < 5; i++) {
        push_unit_delivered(unit, i, i);
        ck_assert_str_eq(unit->ins[i].name, five[i].name.at);
    }
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), 5);
    ck_assert_int_eq(push_unit_count(unit, "BYE sip:"), 1);
    ck_assert_int_eq(push_unit_count(unit, "m=message 2855 TCP/MSRP *"), 10);
    ck_assert_int_eq(different(unit, "file-transfer-id"), 5); /* offered, and copied */
    ck_assert_int_eq(different(unit, "path"), 10);
    ck_assert_str_eq(unit->words, "OFFERED 0, STARTED 0, DELIVERED 0, OK 0, "
                                  "OFFERED 1, STARTED 1, DELIVERED 1, OK 1, "
                                  "OFFERED 2, STARTED 2, DELIVERED 2, OK 2, "
                                  "OFFERED 3, STARTED 3, DELIVERED 3, OK 3, "
                                  "OFFERED 4, STARTED 4, DELIVERED 4, OK 4, ENDED 7");
}
END_TEST

/* 5547-8.2-1, 5547-8.3-1: one m= line a file; one of them may be refused */
START_TEST(in_parallel)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_five(3000);
    if (_i < 5)
        unit->decide[_i] = 603;
    unit_err(push_unit_order(unit, PUSH_SESSION, true, five, 5), SP_OK);
    push_unit_finish(unit);
    for (int i = 0; i < 5; i++) {
        if (i != _i) {
            push_unit_delivered(unit, i, i);
            continue;
        }
        unit_err(unit->outs[i].err, SP_REFUSED);
        ck_assert_int_eq(unit->outs[i].started, 0);
        ck_assert_int_eq(unit->ins[i].failed, 1);
        ck_assert_uint_eq(unit->ins[i].status, 603);
        ck_assert_uint_eq(unit->ins[i].extent, 0);
    }
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), 1);
    ck_assert_int_eq(push_unit_count(unit, "m=message 0 TCP/MSRP *"), _i < 5);
    ck_assert_int_eq(unit->connections, 1); /* all sessions over one */
}
END_TEST

/* Refused before an octet of MSRP flows. */
START_TEST(all_refused)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    uint32_t          count = _i < 2 ? 1 : 3;

    make_five(3000);
    for (int i = 0; i < 5; i++)
        unit->decide[i] = i == 0 ? 413 : 603;
    unit_err(push_unit_order(unit, PUSH_SESSION, _i % 2 == 0, five, count), SP_OK);
    push_unit_finish(unit);
    for (uint32_t i = 0; i < count; i++) {
        unit_err(unit->outs[i].err, SP_REFUSED);
        /* in parallel the first decision speaks for all; in sequence each is asked for */
        ck_assert_uint_eq(unit->outs[i].status, i == 0 || _i % 2 == 0 ? 413 : 603);
    }
    ck_assert_uint_eq(unit->msrp_octets, 0);
    ck_assert_int_eq(unit->connections, 0);
    ck_assert_int_eq(push_unit_count(unit, "BYE sip:"), 0);
}
END_TEST

/* A file refused in the midst of a sequence: the dialog goes on with the next one. */
START_TEST(sequence_with_refusals)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_five(3000);
    for (int i = 0; i < 5; i++)
        if ((_i >> i & 1) != 0)
            unit->decide[i] = 413;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, five, 5), SP_OK);
    push_unit_finish(unit);
    for (int i = 0; i < 5; i++) {
        if ((_i >> i & 1) == 0) {
            push_unit_delivered(unit, i, i);
        } else {
            unit_err(unit->outs[i].err, SP_REFUSED);
            ck_assert_uint_eq(unit->outs[i].status, 413);
        }
    }
    ck_assert_int_eq(push_unit_count(unit, "BYE sip:"), _i != 31);
}
END_TEST

/* Messages that are no files: one session, each a push. Mixed with files, too. */
START_TEST(plain_messages)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content mixed[4];

    mixed[0] = push_unit_content("", "text/plain", unit_text("one"), true);
    mixed[1] = push_unit_content("", "text/plain", push_unit_pattern(5000, 1), false);
    mixed[2] = push_unit_content(_i >= 2 ? "f" : "", "text/html", push_unit_pattern(70000, 1),
                                 false);
    mixed[3] = push_unit_content("", "text/plain", unit_text("four"), false);
    unit_err(push_unit_order(unit, PUSH_SESSION, _i % 2 == 1, mixed, 4), SP_OK);
    push_unit_finish(unit);
    for (int i = 0; i < 4; i++) {
        int in = i;

        while (unit->ins[in].announced != mixed[i].octets)
            in = (in + 1) % 4;
        push_unit_delivered(unit, i, in);
        ck_assert_int_eq(unit->ins[in].at_once, mixed[i].name.len == 0);
        ck_assert_uint_eq(unit->ins[in].announced, mixed[i].octets);
    }
    ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), _i == 2 ? 3 : 1);
}
END_TEST

/* One message of several is refused by its reader: the others go through. */
START_TEST(plain_refused)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content texts[3];

    for (unsigned i = 0; i < 3; i++)
        texts[i] = push_unit_content("", "text/plain", push_unit_pattern(3000, i), false);
    unit->decide[1] = 415;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, texts, 3), SP_OK);
    push_unit_finish(unit);
    push_unit_delivered(unit, 0, 0);
    push_unit_delivered(unit, 2, 2);
    unit_err(unit->outs[1].err, SP_REFUSED);
    ck_assert_uint_eq(unit->outs[1].status, 415);
}
END_TEST

/* A transfer that goes on where it was cut: only the rest comes, whole by the receiver's count.
 * 5547-8.1-7, 5547-8.7-8, 5547-8.3.1-5, 5547-8.3.1-6 */
START_TEST(going_on)
{
    static const uint64_t       offsets[] = { 1, 2047, 4096, 69999 };
    struct push_receiver_config config = { .resumes = _i < 8 };
    struct push_unit           *unit = push_unit_new(NULL, NULL, &config);
    struct push_unit_in        *in = &unit->ins[0];
    struct sp_slice             octets = push_unit_pattern(70000, 5);
    struct push_content         file = push_unit_content("f", "image/png", octets, _i % 2 == 0);
    uint64_t                    offset = offsets[_i % 8 / 2];

    file.offset = offset;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &file, 1), SP_OK);
    push_unit_finish(unit);
    if (_i >= 8) {
        unit_err(unit->outs[0].err, SP_REFUSED);
        ck_assert_uint_eq(unit->outs[0].status, 488);
        ck_assert_int_eq(unit->offered, 0);
        return;
    }
    unit_err(unit->outs[0].err, SP_OK);
    ck_assert_int_eq(in->delivered, 1);
    ck_assert_uint_eq(in->announced, 70000);
    ck_assert_uint_eq(in->offset, offset);
    ck_assert_uint_eq(in->extent, 70000);
    ck_assert_int_eq(memcmp(in->octets + offset, octets.at + offset, 70000 - offset), 0);
    ck_assert_uint_eq(unit->came, 70000 - offset);
    ck_assert_int_eq(push_unit_count(unit, "a=file-range:"), 2);
}
END_TEST

static const uint64_t moments[] = { 1, 70000, 150000 };

/* Cut, aborted, closed in the middle, from each side: one end each, nothing left. */
START_TEST(broken_in_the_middle)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);
    int               how = _i / 3;

    make_five(50000);
    if (how == 0)
        unit->cut_after = moments[_i % 3];
    else if (how == 1)
        unit->abort_after = moments[_i % 3];
    else if (how == 2)
        unit->close_after = moments[_i % 3];
    else
        unit->give_up_after = moments[_i % 3];
    unit_err(push_unit_order(unit, PUSH_SESSION, how % 2 == 0, &five[4], 1), SP_OK);
    push_unit_finish(unit);
    ck_assert_int_eq(unit->outs[0].ended, 1);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    ck_assert_int_eq(unit->ins[0].delivered, 0);
    switch (how) {
    case 0: /* offered again: test_push_loss.c */
        unit_err(unit->outs[0].err, SP_OK);
        ck_assert_int_eq(unit->ins[1].delivered, 1);
        break;
    case 1: unit_err(unit->outs[0].err, SP_INTERRUPTED); break;
    case 2: ck_assert(unit->outs[0].err == SP_INTERRUPTED || unit->outs[0].err == SP_CLOSED); break;
    default:
        unit_err(unit->outs[0].err, SP_REFUSED);
        ck_assert_uint_eq(unit->outs[0].status, 413);
        unit_err(unit->ins[0].err, SP_STORAGE);
    }
    ck_assert_int_eq(push_unit_count(unit, "BYE sip:"), 1);
}
END_TEST

/* What cannot be read any more ends as such; the next file goes on. */
START_TEST(unreadable)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_five(3000);
    unit->unreadable = true;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, five + 2, 2), SP_OK);
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, SP_STORAGE);
    unit_err(unit->outs[1].err, SP_STORAGE);
    ck_assert_int_eq(unit->ins[0].failed, 1);
}
END_TEST

/* The MSRP connection never comes about. */
START_TEST(no_connection)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_five(3000);
    unit->refuse_msrp = true;
    unit_err(push_unit_order(unit, PUSH_SESSION, false, five + 1, 1), SP_OK);
    push_unit_finish(unit);
    ck_assert_int_ne(unit->outs[0].err, SP_OK);
    ck_assert_int_eq(unit->ins[0].failed, 1);
    ck_assert_int_eq(push_unit_count(unit, "BYE sip:"), 1);
}
END_TEST

/* One datagram in three is lost: SIP repeats itself, and every file still comes once. */
START_TEST(lossy)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_five(3000);
    unit->lose_every = 2 + (uint32_t)_i;
    unit_err(push_unit_order(unit, _i % 2 == 0 ? PUSH_SESSION : PUSH_SESSION, _i % 2 == 0, five, 5),
             SP_OK);
    push_unit_finish(unit);
    for (int i = 0; i < 5; i++)
        push_unit_delivered(unit, i, i);
}
END_TEST

/* What the receiver has room for is taken, the rest refused: at every capacity from none.
 * 5547-10-6 */
START_TEST(receiver_capacity)
{
    struct sp_limits  limits = sp_limits_default;
    struct push_unit *unit;
    uint32_t          room = (uint32_t)(_i % 7);

    switch (_i / 7) {
    case 0: limits.pushes = room; break;
    case 1: limits.msrp_sessions = room; break;
    case 2: limits.msrp_messages = room; break;
    case 3: limits.msrp_connections = room; break;
    case 4: limits.dialogs = room; break;
    case 5: limits.store_octets = room * 1024; break;
    case 6: limits.push_files = room; break;
    default: limits.transactions = room; break;
    }
    unit = push_unit_new(NULL, &limits, NULL);
    make_five(3000);
    unit_err(push_unit_order(unit, PUSH_SESSION, true, five, 5), SP_OK);
    push_unit_run(unit, 300000);
    ck_assert_int_eq(unit->ended, 1);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(unit->outs[i].ended, 1);
    for (int i = 0; i < unit->offered; i++)
        ck_assert_int_eq(unit->ins[i].delivered + unit->ins[i].failed, 1);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
}
END_TEST

START_TEST(sender_capacity)
{
    struct sp_limits  limits = sp_limits_default;
    struct push_unit *unit;
    uint32_t          room = (uint32_t)(_i % 7);
    enum sp_err       err;

    switch (_i / 7) {
    case 0: limits.msrp_sessions = room; break;
    case 1: limits.msrp_messages = room; break;
    case 2: limits.msrp_connections = room; break;
    case 3: limits.dialogs = room; break;
    case 4: limits.store_octets = room * 1024; break;
    case 5: limits.message_octets = 512 * (room + 1); break;
    default: limits.transactions = room; break;
    }
    unit = push_unit_new(&limits, NULL, NULL);
    make_five(3000);
    err = push_unit_order(unit, PUSH_SESSION, true, five, 5);
    push_unit_run(unit, 300000);
    ck_assert_int_eq(unit->ended, err == SP_OK);
    for (int i = 0; err == SP_OK && i < 5; i++)
        ck_assert_int_eq(unit->outs[i].ended, 1);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
}
END_TEST

START_TEST(close_all)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_five(3000);
    unit->hold = true;
    unit_err(push_unit_order(unit, PUSH_SESSION, true, five, 5), SP_OK);
    unit_err(push_unit_order(unit, PUSH_SESSION, false, five, 5), SP_OK);
    push_unit_run(unit, 250);
    push_sender_close(unit->sender, unit->now_us);
    push_unit_run(unit, 40000);
    ck_assert_int_eq(unit->ended, 2);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    push_unit_nothing_left(unit);
}
END_TEST

Suite *test_push_sender_suite(void)
{
    Suite *suite = suite_create("push_sender");
    TCase *tcase = unit_tcase(suite, "push_sender");

    unit_loop(tcase, one_file, sizes);
    unit_loop(tcase, cut_streams, segments);
    tcase_add_test(tcase, at_hand);
    tcase_add_test(tcase, in_sequence);
    tcase_add_loop_test(tcase, in_parallel, 0, 6);
    tcase_add_loop_test(tcase, all_refused, 0, 4);
    tcase_add_loop_test(tcase, sequence_with_refusals, 0, 32);
    tcase_add_loop_test(tcase, plain_messages, 0, 4);
    tcase_add_test(tcase, plain_refused);
    tcase_add_loop_test(tcase, going_on, 0, 16);
    tcase_add_loop_test(tcase, broken_in_the_middle, 0, 12);
    tcase_add_test(tcase, unreadable);
    tcase_add_test(tcase, no_connection);
    tcase_add_loop_test(tcase, lossy, 0, 6);
    tcase_add_loop_test(tcase, receiver_capacity, 0, 56);
    tcase_add_loop_test(tcase, sender_capacity, 0, 49);
    tcase_add_test(tcase, close_all);
    return suite;
}
