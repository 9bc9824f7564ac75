/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_session.c -- what each side says of its media through a whole session: RFC
 * 3264 5, 6, 8, 9; RFC 8866 6.7.
 *
 * Both agents of push/ talk, and every description that either wrote is compared with the one
 * before it from the same side. */
#include "../../sdp/sdp_exchange.h"
#include "push_unit.h"
#include "sdp_unit.h"

#include <stdio.h>

/* The next description on the wire; empty: none. It ends where a line has no "=" behind one
 * letter. */
static struct sp_slice next_said(struct sp_slice *wire)
{
    struct sp_slice from = sp_from(*wire, sp_find_slice(*wire, SP_LIT("\r\n\r\nv=0\r\n")));
    size_t          len = 0;

    from = from.len > 4 ? sp_from(from, 4) : sp_slice(from.at, 0);
    while (len + 1 < from.len && from.at[len + 1] == '=')
        len += sp_find_slice(sp_from(from, len), SP_LIT("\r\n")) + 2;
    *wire = sp_from(from, len);
    return sp_head(from, len);
}

/* One after the other, from one side: 3264-8-1, 3264-8-2, 3264-8-5, 3264-8-6, 3264-8-7, 3264-8.1-1,
 * 3264-8.3.1-1. */
static void follows(const struct sdp *previous, const struct sdp *next)
{
    struct sp_where where = { 0, "" };
    bool            changed;

    unit_err(sdp_reoffer_check(previous, next, &changed, &where), SP_OK);
    ck_assert_uint_eq(next->origin.version, previous->origin.version + changed);
    for (uint32_t i = 0; i < previous->media_count; i++) {
        const struct sdp_media *was = &previous->media[i], *is = &next->media[i];

        unit_eq_slice(is->media, was->media);
        unit_eq_slice(is->proto, was->proto);
        /* The one listener serves the whole session: a port changes from and to 0 alone. */
        if (is->port != 0 && was->port != 0)
            ck_assert_uint_eq(is->port, was->port);
    }
}

/* Everything that was said from this address; how many times it was something new. */
static int said_by(const struct push_unit *unit, const char *address)
{
    struct sp_slice wire = sp_slice(unit->wire, unit->wire_octets), octets;
    struct sdp     *previous = NULL;
    int             changes = 0;

    ck_assert_uint_lt(unit->wire_octets, sizeof(unit->wire) - 65536); /* all of it is there */
    for (octets = next_said(&wire); octets.len > 0; octets = next_said(&wire)) {
        struct sdp *sdp = sdp_unit_parse(octets);

        ck_assert_uint_eq(sdp->deviations, 0);
        if (!sp_eq(sdp->origin.address, sp_str(address)))
            continue;
        if (previous == NULL) /* 3264-5-3 */
            ck_assert_uint_lt(sdp->origin.version, (UINT64_C(1) << 62) - 1);
        else
            follows(previous, sdp);
        changes += previous == NULL || sdp->origin.version != previous->origin.version;
        previous = sdp;
    }
    return changes;
}

static struct push_content files[3];

static void make_files(size_t octets)
{
    static const char *const names[3] = { "a", "b", "c" };

    for (unsigned i = 0; i < 3; i++)
        files[i] = push_unit_content(names[i], "image/png", push_unit_pattern(octets, i), false);
}

static const struct story {
    bool     parallel;
    int      dropped;      /* by the sender, in the middle; -1: none */
    bool     given_up;     /* one, by the receiver */
    uint16_t refused;      /* the second, with this */
    uint32_t lose_every;   /* n-th datagram */
    int      sent, answer; /* how many different descriptions came of either */
} stories[] = {
    { true, -1, false, 0, 0, 1, 1 },   { true, 0, false, 0, 0, 2, 2 },
    { true, 2, false, 0, 0, 2, 2 },    { true, -1, true, 0, 0, 2, 2 },
    { true, -1, false, 603, 0, 1, 1 }, { false, -1, false, 0, 0, 3, 3 },
    { false, 0, false, 0, 0, 3, 3 },   { false, -1, false, 603, 0, 3, 2 },
    { false, -1, false, 0, 5, 3, 3 },
};

/* 3264-5-3, 3264-5.1-16, 3264-5.1-17, 3264-8-1, 3264-8-2, 3264-8-5, 3264-8-6, 3264-8-7,
 * 8866-6.7.3-1. Whatever is offered beside them, the files that nobody gave up arrive, and MSRP's
 * reports come back over a line that only sends. While the receiver's own offer is on its way, with
 * its recvonly lines, octets come and are taken. */
START_TEST(whole)
{
    const struct story *story = &stories[_i];
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    int                 failed = 0;

    make_files(story->given_up ? 2000000 : 300000);
    if (story->given_up) {
        unit->segment = 100000;
        unit->delay_us = 200000;
        unit->give_up_after = 500000;
    }
    unit->lose_every = story->lose_every;
    unit->decide[1] = story->refused;
    unit_err(push_unit_order(unit, PUSH_SESSION, story->parallel, files, 3), SP_OK);
    if (story->dropped >= 0) {
        push_unit_run(unit, 8);
        unit_err(push_sender_abort_content(unit->sender, unit->now_us, unit->order,
                                           (uint32_t)story->dropped),
                 SP_OK);
    }
    push_unit_finish(unit);
    for (int i = 0; i < 3; i++) {
        if (unit->outs[i].err == SP_OK)
            push_unit_delivered(unit, i, i);
        failed += unit->outs[i].err != SP_OK;
    }
    ck_assert_int_eq(failed, story->dropped >= 0 || story->given_up || story->refused != 0);
    ck_assert_int_gt(push_unit_count(unit, "a=sendonly\r\n"), 0);
    ck_assert_int_eq(said_by(unit, "192.0.2.1"), story->sent);
    ck_assert_int_eq(said_by(unit, "192.0.2.2"), story->answer);
}
END_TEST

/* 3264-6-6: for a line that is refused nothing is connected and nothing flows. */
START_TEST(refused)
{
    struct push_unit *unit = push_unit_new(NULL, NULL, NULL);

    make_files(300000);
    unit->decide[0] = 603;
    unit->decide[1] = _i == 0 ? 0 : 603; /* the first alone; all of them */
    unit->decide[2] = _i == 0 ? 0 : 603;
    unit_err(push_unit_order(unit, PUSH_SESSION, true, files, 3), SP_OK);
    push_unit_finish(unit);
    unit_err(unit->outs[0].err, SP_REFUSED);
    ck_assert_uint_eq(unit->ins[0].extent, 0);
    ck_assert_int_eq(unit->outs[0].wants, 0);
    ck_assert_int_eq(unit->connections, _i == 0 ? 1 : 0);
    if (_i == 0)
        ck_assert_uint_lt(unit->msrp_octets, 2 * 300000 + 20000);
    else
        ck_assert_uint_eq(unit->msrp_octets, 0);
}
END_TEST

#define LINE                                                                                       \
    "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\nm=message 7654 TCP/MSRP *\n"   \
    "a=accept-types:*\na=path:msrp://192.0.2.3:7654/hand;tcp\n"

/* 3264-6.1-19, 3264-6.1-21: what comes behind the answer, and before its ACK, is taken, of any type
 * that the answer lists. */
START_TEST(at_once)
{
    static const char *const offers[] = {
        LINE, LINE "a=sendonly\na=file-selector:type:text/plain size:5\na=file-transfer-id:i\n"
    };
    static const char *const types[] = { "text/plain", "application/x-unheard-of" };
    struct push_unit        *unit = push_unit_new(NULL, NULL, NULL);
    char                     chunk[512];

    push_unit_hand_invite(unit, 1, offers[_i % 2]);
    push_unit_run(unit, 10);
    ck_assert_int_eq(push_unit_count(unit, "a=recvonly\r\n"), 1);
    push_unit_hand_connect(unit);
    snprintf(chunk, sizeof(chunk),
             "MSRP a001 SEND\nTo-Path: %%P\nFrom-Path: msrp://192.0.2.3:7654/hand;tcp\n"
             "Message-ID: m001\nByte-Range: 1-5/5\nContent-Type: %s\n\nhello\n-------a001$\n",
             types[_i / 2]);
    push_unit_hand_msrp(unit, chunk);
    ck_assert_int_eq(unit->ins[0].delivered, 1);
    unit_eq(sp_slice(unit->ins[0].octets, (size_t)unit->ins[0].extent), "hello");
}
END_TEST

/* The origin's session id in what a receiver of this seed tells of itself. */
static uint64_t capability_id(uint8_t seed_octet)
{
    static const struct push_receiver_config config = { .uri = { "sip:bob@192.0.2.2", 17 } };
    struct push_unit                        *unit = push_unit_new(NULL, NULL, NULL);
    struct sp_flow                           udp = push_unit_udp(PUSH_UNIT_RECEIVER, NULL);
    uint8_t                                  seed[SP_SEED_OCTETS] = { seed_octet };
    struct sp_slice                          wire;

    unit->receiver = push_receiver_init(unit_room(push_receiver_size(&sp_limits_default)),
                                        &sp_limits_default, seed, &config);
    push_receiver_bound(unit->receiver, &udp);
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER,
                        "OPTIONS sip:bob@192.0.2.2 SIP/2.0\n"
                        "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bK1\nMax-Forwards: 70\n"
                        "From: <sip:c@192.0.2.3>;tag=1\nTo: <sip:bob@192.0.2.2>\nCall-ID: 1\n"
                        "CSeq: 1 OPTIONS\nAccept: application/sdp\nContent-Length: 0\n\n");
    push_unit_run(unit, 10);
    wire = push_unit_hand_got(unit, "SIP/2.0 200");
    return sdp_unit_parse(next_said(&wire))->origin.session_id;
}

/* 3264-9-4: one that is built anew has another id. */
START_TEST(capabilities)
{
    uint64_t ids[8];

    for (uint8_t i = 0; i < 8; i++) {
        ids[i] = capability_id(i);
        for (uint8_t before = 0; before < i; before++)
            ck_assert_uint_ne(ids[before], ids[i]);
    }
}
END_TEST

Suite *test_sdp_session_suite(void)
{
    Suite *suite = suite_create("sdp_session");
    TCase *tcase = unit_tcase(suite, "sdp_session");

    unit_loop(tcase, whole, stories);
    tcase_add_loop_test(tcase, refused, 0, 2);
    tcase_add_loop_test(tcase, at_once, 0, 4);
    tcase_add_test(tcase, capabilities);
    return suite;
}
