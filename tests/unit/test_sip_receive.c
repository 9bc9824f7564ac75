/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_receive.c -- requests that come when there is no room for them, or too large:
 * answered without a transaction. RFC 3261 8.2.7, 18.3, 21.5.4, 21.5.7. */
#include "../../transaction/sip_layer.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define INVITE                                                                                     \
    "INVITE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKi;rport\r\n"       \
    "From: <sip:b@b.example>;tag=b\r\nTo: <sip:a@a.example>\r\nCall-ID: 1@b\r\nCSeq: 1 INVITE\r\n"

static struct sip_tx_layer *make(uint32_t message_octets)
{
    static struct sp_limits limits;
    uint8_t                 seed[SP_SEED_OCTETS] = { 1 };

    limits = sp_limits_small;
    limits.message_octets = message_octets;
    return sip_tx_init(unit_room(sip_tx_size(&limits)), &limits, seed);
}

/* What the layer says first to a datagram; `told` counts what it tells its user. */
static struct sp_slice said(struct sip_tx_layer *layer, struct sp_slice octets, int *told)
{
    struct sp_flow       flow = { .id = 1, .transport = SP_UDP };
    struct sip_tx_action action;
    struct sp_slice      first = { NULL, 0 };

    unit_err(sp_addr_parse(SP_LIT("192.0.2.1"), &flow.local), SP_OK);
    unit_err(sp_addr_parse(SP_LIT("192.0.2.2"), &flow.remote), SP_OK);
    flow.remote.port = 5060;
    *told = 0;
    sip_tx_receive(layer, 1000, &flow, octets);
    while (sip_tx_next(layer, &action)) {
        if (action.kind != SIP_TX_IO)
            ++*told;
        else if (first.at == NULL)
            first = unit_octets(action.io.parts[0].at, action.io.parts[0].len);
    }
    return first;
}

/* There is room for the request, but not for the 100 beside it. */
START_TEST(no_room_for_a_100)
{
    struct sip_tx_layer *layer = make(2048);
    const void          *room = sp_store_take(&layer->store, 512);
    struct sp_slice      got;
    int                  told;

    while (sp_store_take(&layer->store, 64) != NULL)
        continue;
    sp_store_give(&layer->store, room);
    got = said(layer, UNIT_LIT(INVITE "Content-Length: 0\r\n\r\n"), &told);
    ck_assert_msg(sp_starts(got, SP_LIT("SIP/2.0 503 Service Unavailable\r\n"
                                        "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKi;rport=5060"
                                        ";received=192.0.2.2\r\n")),
                  "%.*s", SP_ARG(got));
    ck_assert_int_eq(told, 0);
    ck_assert_uint_eq(sip_tx_open(layer), 0);
}
END_TEST

/* A top Via that is not well-formed: answered where its sent-by can be read, an ACK never is, and
 * without a sent-by there is no way back. */
static const struct via_row {
    const char *method, *via;
    const char *said; /* "": nothing */
} vias[] = {
    { "OPTIONS", "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKi", "" },
    { "OPTIONS", "SIP/2.0/UDP 192.0.2.2;branch=;x", "SIP/2.0 400 " },
    { "OPTIONS", "SIP/2.0/UDP 192.0.2.2:0x;branch=z9hG4bKi", "SIP/2.0 400 " },
    { "ACK", "SIP/2.0/UDP 192.0.2.2;branch=;x", "" },
    { "OPTIONS", "SIP/2.0/UDP ;branch=z9hG4bKi", "" },
    { "OPTIONS", "192.0.2.2", "" },
};

START_TEST(via_is_malformed)
{
    struct sip_tx_layer *layer = make(2048);
    struct sp_slice      got;
    char                 text[512];
    int                  told;

    snprintf(text, sizeof text,
             "%s sip:a@192.0.2.1 SIP/2.0\r\nVia: %s\r\nMax-Forwards: 70\r\n"
             "From: <sip:b@b.example>;tag=b\r\nTo: <sip:a@a.example>\r\nCall-ID: 1@b\r\n"
             "CSeq: 1 %s\r\nContent-Length: 0\r\n\r\n",
             vias[_i].method, vias[_i].via, vias[_i].method);
    got = said(layer, unit_text(text), &told);
    if (vias[_i].said[0] == '\0')
        ck_assert_msg(got.len == 0, "%.*s", SP_ARG(got));
    else
        ck_assert_msg(sp_starts(got, sp_str(vias[_i].said)), "%.*s", SP_ARG(got));
    ck_assert_int_eq(told, _i == 0);
    ck_assert_uint_eq(layer->counters.malformed, _i > 0);
}
END_TEST

/* A datagram is no longer than a message may be, whatever UDP carries. */
START_TEST(datagram_too_large)
{
    struct sip_tx_layer *layer = make(1024);
    char                *octets = unit_room(1025);
    struct sp_buf        to = sp_buf(octets, 1025);
    struct sp_slice      got;
    int                  told;

    sp_put_text(&to, INVITE "Subject: ");
    while (to.len < 1024u + (unsigned)_i - 4)
        sp_put_char(&to, 'x');
    sp_put_text(&to, "\r\n\r\n");
    got = said(layer, unit_octets(octets, to.len), &told);
    ck_assert_msg(sp_starts(got, _i == 0 ? SP_LIT("SIP/2.0 100 ") : SP_LIT("SIP/2.0 513 ")), "%.*s",
                  SP_ARG(got));
    ck_assert_uint_eq(sip_tx_open(layer), _i == 0);
    ck_assert_uint_eq(layer->counters.oversized, (unsigned)_i);
}
END_TEST

/* Requests that wait fill the store: each answer takes the place of its request, if it is no longer
 * than that. */
START_TEST(answers_where_requests_fill_the_store)
{
    static const size_t  answers[] = { 700, 1500, 2048, 2049 };
    size_t               len = answers[_i];
    struct sip_tx_layer *layer = make(2048);
    struct sp_handle     waiting[8] = { { 0 } };
    struct sip_tx_action action;
    char                 text[2100], pad[1501];
    int                  count = 0, told;

    memset(pad, 'x', sizeof pad - 1);
    pad[sizeof pad - 1] = '\0';
    for (int i = 0; i < 8; i++) {
        struct sip_transaction *tx = NULL;

        snprintf(
            text, sizeof text,
            "MESSAGE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK%d\r\n"
            "From: <sip:b@b.example>;tag=b\r\nTo: <sip:a@a.example>\r\nCall-ID: %d@b\r\n"
            "CSeq: 1 MESSAGE\r\nSubject: %s\r\n\r\n",
            i, i, pad);
        (void)said(layer, unit_octets(text, strlen(text)), &told);
        while (told == 1 && (tx = sp_pool_next(&layer->transactions, tx)) != NULL)
            waiting[count] = sp_pool_handle(&layer->transactions, tx);
        count += told;
    }
    ck_assert_int_gt(count, 0);
    while (sp_store_take(&layer->store, 64) != NULL)
        continue;
    memset(text, 'y', sizeof text);
    memcpy(text, "SIP/2.0 200 OK\r\n", 16);
    for (int i = 0; i < count; i++)
        unit_err(sip_tx_respond(layer, 1000, waiting[i], 200, sp_slice(text, len)),
                 len > 2048 ? SP_LIMIT : SP_OK);
    for (int i = 0; i < count && len <= 2048; i++) {
        ck_assert(sip_tx_next(layer, &action));
        ck_assert_uint_eq(action.io.parts[0].len, len);
    }
}
END_TEST

Suite *test_sip_receive_suite(void)
{
    Suite *suite = suite_create("sip_receive");
    TCase *tcase = unit_tcase(suite, "receive");

    tcase_add_test(tcase, no_room_for_a_100);
    unit_loop(tcase, via_is_malformed, vias);
    tcase_add_loop_test(tcase, datagram_too_large, 0, 2);
    tcase_add_loop_test(tcase, answers_where_requests_fill_the_store, 0, 4);
    return suite;
}
