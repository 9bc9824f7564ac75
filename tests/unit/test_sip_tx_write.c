/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_tx_write.c -- what the layer writes itself, octet for octet: RFC
 * 3261 8.1.1.7, 8.2.7, 9.1, 17.1.1.3, 17.2.1, 22.1. */
#include "tx_unit.h"

#include <stdio.h>

#define INVITE                                                                                     \
    "INVITE sip:b@b.example;x=1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKq\r\n"    \
    "Route: <sip:p1.example;lr>\r\nRoute: <sip:p2.example;lr>\r\nMax-Forwards: 12\r\n"             \
    "From: \"A\" <sip:a@a.example>;tag=a\r\nTo: <sip:b@b.example>\r\nCall-ID: c@a\r\n"             \
    "CSeq: 314 INVITE\r\nProxy-Authorization: Digest x\r\nRequire: 100rel\r\n"                     \
    "Contact: <sip:a@192.0.2.1>\r\nContent-Type: application/sdp\r\nContent-Length: 4\r\n\r\nv=0\n"

static struct sip_tx_layer *layer_with(size_t store_octets)
{
    struct sp_limits limits = tx_limits();
    uint8_t          seed[SP_SEED_OCTETS] = { 1 };

    limits.store_octets = (uint32_t)store_octets;
    return sip_tx_init(unit_room(sip_tx_size(&limits)), &limits, seed);
}

static void read_into(struct sip_msg *msg, struct sip_field *fields, uint32_t room,
                      const char *text)
{
    struct sp_where where;

    sip_msg_init(msg, fields, room);
    unit_err(sip_msg_parse(unit_text(text), msg, &where), SP_OK);
}

/* 3261-17.1.1.3-2 Request-URI, From, Call-ID; 3261-17.1.1.3-3 To of the response; 3261-17.1.1.3-4
 * top Via alone; 3261-17.1.1.3-5 CSeq number; 3261-17.1.1.3-6 Route; 3261-17.1.1.3-7 no body; and
 * the credentials (22.1). */
START_TEST(ack)
{
    struct sip_tx_layer *layer = layer_with(16384);
    struct sip_field     fields[16];
    struct sip_msg       response;
    struct sp_slice      got;

    read_into(&response, fields, 16,
              "SIP/2.0 486 Busy\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKq\r\nt: "
              "<sip:b@b.example>;tag=77\r\nContent-Length: 0\r\n\r\n");
    got = sip_write_ack(layer, UNIT_LIT(INVITE), &response);
    unit_eq(got, "ACK sip:b@b.example;x=1 SIP/2.0\r\n"
                 "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKq\r\n"
                 "Route: <sip:p1.example;lr>\r\nRoute: <sip:p2.example;lr>\r\nMax-Forwards: 70\r\n"
                 "From: \"A\" <sip:a@a.example>;tag=a\r\nCall-ID: c@a\r\nCSeq: 314 ACK\r\n"
                 "t: <sip:b@b.example>;tag=77\r\nProxy-Authorization: Digest x\r\n"
                 "Content-Length: 0\r\n\r\n");
}
END_TEST

/* 3261-9.1-1: no Require, To as it was. */
START_TEST(cancel)
{
    struct sip_tx_layer *layer = layer_with(16384);

    unit_eq(sip_write_cancel(layer, UNIT_LIT(INVITE)),
            "CANCEL sip:b@b.example;x=1 SIP/2.0\r\n"
            "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKq\r\n"
            "Route: <sip:p1.example;lr>\r\nRoute: <sip:p2.example;lr>\r\nMax-Forwards: 70\r\n"
            "From: \"A\" <sip:a@a.example>;tag=a\r\nCall-ID: c@a\r\nCSeq: 314 CANCEL\r\n"
            "To: <sip:b@b.example>\r\nContent-Length: 0\r\n\r\n");
}
END_TEST

/* 3841-5-1: what the INVITE prefers, its CANCEL and the ACK of its refusal prefer too. */
START_TEST(preferences)
{
    static const char    wishes[] = "a: *;+sip.message;require\r\nAccept-Contact: *;audio\r\n"
                                    "Reject-Contact: *;automata\r\n"
                                    "Request-Disposition: no-fork\r\n";
    struct sip_tx_layer *layer = layer_with(16384);
    struct sip_field     fields[16];
    struct sip_msg       response;
    struct sp_slice      invite, got;
    char                 text[1024];

    snprintf(text, sizeof text,
             "INVITE sip:b@b.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKq\r\n"
             "From: <sip:a@a.example>;tag=a\r\nTo: <sip:b@b.example>\r\nCall-ID: c\r\n"
             "CSeq: 1 INVITE\r\n%sContent-Length: 0\r\n\r\n",
             wishes);
    invite = unit_text(text);
    read_into(&response, fields, 16, "SIP/2.0 486 Busy\r\nTo: <sip:b@b.example>;tag=7\r\n\r\n");
    got = sip_write_cancel(layer, invite);
    ck_assert_uint_lt(sp_find_slice(got, sp_str(wishes)), got.len);
    got = sip_write_ack(layer, invite, &response);
    ck_assert_uint_lt(sp_find_slice(got, sp_str(wishes)), got.len);
}
END_TEST

/* 3261-17.2.1-2: no tag in a 100; Timestamp comes back (3261-8.2.6.1-1). */
START_TEST(trying)
{
    struct sip_tx_layer *layer = layer_with(16384);
    struct sip_field     fields[16];
    struct sip_msg       request;

    read_into(&request, fields, 16,
              "INVITE sip:a SIP/2.0\r\nVia: SIP/2.0/UDP b.example;branch=z9hG4bKq\r\n"
              "Via: SIP/2.0/UDP c.example;branch=z9hG4bKr\r\nFrom: <sip:b@b>;tag=b\r\n"
              "To: <sip:a@a>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nTimestamp: 54\r\n"
              "Content-Length: 0\r\n\r\n");
    unit_eq(sip_write_100(layer, &request),
            "SIP/2.0 100 Trying\r\nVia: SIP/2.0/UDP b.example;branch=z9hG4bKq\r\n"
            "Via: SIP/2.0/UDP c.example;branch=z9hG4bKr\r\nFrom: <sip:b@b>;tag=b\r\n"
            "To: <sip:a@a>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nTimestamp: 54\r\n"
            "Content-Length: 0\r\n\r\n");
}
END_TEST

/* A Via on top, or in the place of one; the rest is as it was. 3261-18.1.1-6: with sent-by;
 * 3581-3-1: rport has no value. */
START_TEST(via)
{
    struct sip_tx_layer *layer = layer_with(16384);
    struct sp_addr       sent_by;
    struct sp_slice      once, twice;

    unit_err(sp_addr_parse(SP_LIT("2001:db8::1"), &sent_by), SP_OK);
    sent_by.port = 5070;
    once = sip_write_via(layer, UNIT_LIT("BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\n\r\nx"), 0, SP_TCP,
                         &sent_by, SP_LIT("z9hG4bK1"));
    unit_eq(once, "BYE sip:a SIP/2.0\r\nVia: SIP/2.0/TCP [2001:db8::1]:5070;branch=z9hG4bK1;rport"
                  "\r\nCSeq: 1 BYE\r\n\r\nx");
    twice = sip_write_via(layer, once,
                          strlen("Via: SIP/2.0/TCP [2001:db8::1]:5070;branch="
                                 "z9hG4bK1;rport\r\n"),
                          SP_UDP, &sent_by, SP_LIT("z9hG4bK2"));
    unit_eq(twice, "BYE sip:a SIP/2.0\r\nVia: SIP/2.0/UDP [2001:db8::1]:5070;branch=z9hG4bK2;rport"
                   "\r\nCSeq: 1 BYE\r\n\r\nx");
}
END_TEST

/* No room in the store: nothing is made, nothing is kept. */
START_TEST(no_room)
{
    struct sip_tx_layer *layer = layer_with(64);
    struct sip_field     fields[16];
    struct sip_msg       msg;
    struct sp_addr       sent_by = { .family = SP_IPV4 };

    read_into(&msg, fields, 16, INVITE);
    ck_assert_ptr_null(sip_write_cancel(layer, UNIT_LIT(INVITE)).at);
    ck_assert_ptr_null(sip_write_ack(layer, UNIT_LIT(INVITE), &msg).at);
    ck_assert_ptr_null(sip_write_100(layer, &msg).at);
    ck_assert_ptr_null(
        sip_write_via(layer, UNIT_LIT(INVITE), 0, SP_UDP, &sent_by, SP_LIT("z9hG4bK1")).at);
    ck_assert_uint_eq(layer->store.used, 0);
}
END_TEST

/* 8.2.7: an answer without a transaction has the same tag whenever its request comes again. */
START_TEST(answers_repeat)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    char             first[4096];
    const char      *bad = "MESSAGE sip:a SIP/2.0\r\nVia: SIP/2.0/UDP b.example;branch=z9hG4bKq\r\n"
                           "From: <sip:b@b>;tag=b\r\nTo: <sip:a@a>\r\nCall-ID: c\r\n"
                           "CSeq: 1 MESSAGE\r\nContent-Length: -1\r\n\r\n";

    tx_bench(&bench, &limits, SP_UDP, false);
    tx_receive(&bench, bad);
    memcpy(first, bench.sent, sizeof first);
    ck_assert(sp_starts(sp_str(first), SP_LIT("SIP/2.0 400 ")));
    ck_assert_ptr_nonnull(strstr(first, "branch=z9hG4bKq;received=192.0.2.2\r\n"));
    ck_assert_ptr_nonnull(strstr(first, "\r\nTo: <sip:a@a>;tag="));
    tx_until(&bench, 5000);
    tx_receive(&bench, bad);
    ck_assert_str_eq(first, bench.sent);
    ck_assert_uint_eq(bench.layer->counters.malformed, 2);
}
END_TEST

Suite *test_sip_tx_write_suite(void)
{
    Suite *suite = suite_create("sip_tx_write");
    TCase *tcase = unit_tcase(suite, "write");

    tcase_add_test(tcase, ack);
    tcase_add_test(tcase, cancel);
    tcase_add_test(tcase, preferences);
    tcase_add_test(tcase, trying);
    tcase_add_test(tcase, via);
    tcase_add_test(tcase, no_room);
    tcase_add_test(tcase, answers_repeat);
    return suite;
}
