/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_flows.c -- by which flow requests, ACKs and responses leave, how large they
 * may be, and what becomes of octets that do not fit their Content-Length. RFC 3261 17, 18; RFC
 * 3581. */
#include "tx_unit.h"

#include <stdio.h>

/* What the layer wants next, of a kind of io; everything else it wants is passed over. */
static struct sp_io next_io(struct tx_bench *bench, enum sp_io_kind kind)
{
    struct sip_tx_action action;

    while (sip_tx_next(bench->layer, &action)) {
        if (action.tx.slot != 0)
            bench->tx = action.tx;
        if (action.kind == SIP_TX_IO && action.io.kind == kind) {
            snprintf(bench->sent, sizeof bench->sent, "%.*s", SP_ARG(action.io.parts[0]));
            return action.io;
        }
    }
    ck_abort_msg("nothing of that kind");
}

static void receive(struct tx_bench *bench, const struct sp_flow *flow, const char *text)
{
    sip_tx_receive(bench->layer, bench->now_us, flow, unit_text(text));
}

static const char invite[] =
    "INVITE sip:b@192.0.2.2 SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:a@a>;tag=a\r\n"
    "To: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n";

/* 3261-17.1.1.2-20, 6026-7.3-7: wherever the refusal came from. 3261-18.1.1-11, 3581-3-2, 3581-3-3:
 * the socket that a request leaves by is the one that sent-by names, so answers to either port come
 * to it. */
START_TEST(ack_goes_where_its_invite_went)
{
    struct sp_limits  limits = tx_limits();
    struct tx_bench   bench;
    struct sip_target target = { (uint8_t)(_i == 0 ? SP_UDP : SP_TCP), { 0 } };
    struct sp_handle  tx;
    struct sp_flow    from;
    struct sp_io      sent, ack;
    char              sent_by[64];
    struct sp_buf     to = sp_buf(sent_by, sizeof sent_by);

    tx_bench(&bench, &limits, _i == 0 ? SP_UDP : SP_TCP, false);
    target.addr = bench.peer.remote;
    target.addr.port = 5077;
    unit_err(sip_tx_request(bench.layer, 0, &target, sp_str(invite), 1, &tx), SP_OK);
    from = bench.peer;
    from.remote.port = 5077;
    if (_i == 1) {
        struct sp_io connect = next_io(&bench, SP_IO_CONNECT);

        ck_assert(sp_addr_eq(&connect.addr, &target.addr));
        sip_tx_connected(bench.layer, 0, connect.cookie, &from);
    }
    sent = next_io(&bench, SP_IO_SEND);
    ck_assert(sp_addr_eq(&sent.flow.remote, &target.addr));
    if (_i == 0) {
        sp_put_text(&to, "\r\nVia: SIP/2.0/UDP ");
        sp_put_host_port(&to, &sent.flow.local);
        sp_put_text(&to, ";branch=z9hG4bK");
        ck_assert(sp_find_slice(sent.parts[0], sp_written(&to)) < sent.parts[0].len);
        from.remote.port = 4000; /* from another port of the host */
    }
    memcpy(bench.first, bench.sent, sizeof bench.first);
    receive(&bench, &from, tx_response_to(bench.first, 486));
    ack = next_io(&bench, SP_IO_SEND);
    ck_assert(sp_starts(ack.parts[0], SP_LIT("ACK ")));
    ck_assert(sp_flow_eq(&ack.flow, &sent.flow));
}
END_TEST

/* 3261-18.2.2-2: by the connection that the request came on; 3261-18.2.2-3: when that is gone, by a
 * new one to the source's address and the port of sent-by. 3581-4-4: by the socket it came to. */
START_TEST(response_goes_back)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    struct sp_io     io;
    const char      *text = tx_request_text("MESSAGE", "m", _i == 0 ? "UDP" : "TCP");
    char             request[1024];

    snprintf(request, sizeof request, "%s", text);
    tx_bench(&bench, &limits, _i == 0 ? SP_UDP : SP_TCP, false);
    bench.peer.remote.port = 40000; /* of the peer's choice */
    if (_i > 0)
        sip_tx_accepted(bench.layer, 0, &bench.peer);
    tx_receive(&bench, request);
    if (_i == 2)
        sip_tx_closed(bench.layer, 0, 0, &bench.peer, SP_CLOSED);
    tx_drain(&bench);
    snprintf(request, sizeof request, "%s", tx_response_to(request, 200));
    unit_err(sip_tx_respond(bench.layer, 0, bench.tx, 200, sp_str(request)), SP_OK);
    if (_i == 2) {
        io = next_io(&bench, SP_IO_CONNECT);
        ck_assert(sp_addr_eq_host(&io.addr, &bench.peer.remote));
        ck_assert_uint_eq(io.addr.port, 5060);
        return;
    }
    io = next_io(&bench, SP_IO_SEND);
    ck_assert_uint_eq(io.flow.id, bench.peer.id);
    ck_assert(sp_addr_eq(&io.flow.local, &bench.peer.local));
    ck_assert(sp_addr_eq_host(&io.flow.remote, &bench.peer.remote));
}
END_TEST

/* RFC 3263 5: a response that bounces goes to the address of sent-by, once; then its user is told.
 * One to a name, or to where it went, is told at once. */
static const struct elsewhere_row {
    const char *sent_by, *next; /* none: empty */
} elsewheres[] = {
    { "10.1.1.1:5070", "10.1.1.1:5070" },
    { "10.1.1.1", "10.1.1.1:5060" },
    { "192.0.2.2:40000", "" },
    { "host.example", "" },
    { "[2001:db8::1]", "" }, /* no way from a socket of IPv4 */
    { "224.0.1.75", "" },
};

static void fail_to_send(struct tx_bench *bench, bool tcp, const struct sp_flow *flow,
                         uint64_t cookie)
{
    if (tcp)
        sip_tx_closed(bench->layer, 0, cookie, NULL, SP_REFUSED);
    else
        sip_tx_closed(bench->layer, 0, 0, flow, SP_REFUSED);
}

START_TEST(response_goes_elsewhere)
{
    const struct elsewhere_row *row = &elsewheres[_i / 2];
    bool                        tcp = _i % 2 == 1;
    struct sp_limits            limits = tx_limits();
    struct tx_bench             bench;
    struct sp_io                io;
    char                        request[1024], where[64];
    struct sp_buf               to = sp_buf(where, sizeof where);

    snprintf(request, sizeof request,
             "MESSAGE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/%s %s;rport;branch=z9hG4bKm\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:b@b.example>;tag=b\r\nTo: <sip:a@a.example>\r\n"
             "Call-ID: 1@b\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n",
             tcp ? "TCP" : "UDP", row->sent_by);
    tx_bench(&bench, &limits, tcp ? SP_TCP : SP_UDP, false);
    bench.connects = false;
    bench.peer.remote.port = 40000;
    if (tcp)
        sip_tx_accepted(bench.layer, 0, &bench.peer);
    tx_receive(&bench, request);
    if (tcp)
        sip_tx_closed(bench.layer, 0, 0, &bench.peer, SP_CLOSED);
    tx_drain(&bench);
    unit_err(tx_answer(&bench, 200), SP_OK);
    fail_to_send(&bench, tcp, &bench.peer, bench.cookie);
    bench.log[0] = '\0';
    if (row->next[0] != '\0') {
        io = next_io(&bench, tcp ? SP_IO_CONNECT : SP_IO_SEND);
        sp_put_host_port(&to, tcp ? &io.addr : &io.flow.remote);
        unit_eq(sp_written(&to), row->next);
        ck_assert(tcp || sp_starts(io.parts[0], SP_LIT("SIP/2.0 200 ")));
        fail_to_send(&bench, tcp, &io.flow, io.cookie);
    }
    tx_drain(&bench);
    ck_assert_ptr_nonnull(strstr(bench.log, "0 UNSENT\n"));
    ck_assert_ptr_null(strstr(bench.log, ">"));
}
END_TEST

/* 3261-18.1.1-1: 1300 octets go by datagram, or 200 less than the path's MTU; one more by TCP. */
static const struct mtu_row {
    uint32_t path_mtu_octets, most;
} mtus[] = { { 0, 1300 }, { 1500, 1300 }, { 1400, 1200 }, { 1700, 1500 } };

START_TEST(size_of_a_datagram)
{
    struct sp_limits limits = tx_limits();
    unsigned         last = 0;

    limits.path_mtu_octets = mtus[_i].path_mtu_octets;
    for (unsigned body = 900; body < 1500; body++) {
        struct tx_bench      bench;
        struct sip_target    target = { SP_UDP, { 0 } };
        struct sp_handle     tx;
        struct sip_tx_action action;
        char                 text[2048];

        tx_bench(&bench, &limits, SP_UDP, false);
        target.addr = bench.peer.remote;
        snprintf(text, sizeof text,
                 "MESSAGE sip:b SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:a@a>;tag=a\r\n"
                 "To: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 7 MESSAGE\r\nContent-Length: %u\r\n\r\n%0*d",
                 body, (int)body, 0);
        unit_err(sip_tx_request(bench.layer, 0, &target, sp_str(text), 1, &tx), SP_OK);
        ck_assert(sip_tx_next(bench.layer, &action));
        if (action.io.kind == SP_IO_CONNECT) {
            ck_assert_uint_eq(last, mtus[_i].most);
            return;
        }
        last = (unsigned)action.io.parts[0].len;
    }
    ck_abort_msg("all by datagram");
}
END_TEST

/* A datagram with more octets than its Content-Length, and with less. */
static const struct length_row {
    bool        request;
    int         length; /* of the body "abc" */
    const char *log;
    size_t      body;
} lengths[] = {
    { true, 3, "0 REQUEST\n", 3 },
    { true, 2, "0 REQUEST\n", 2 },  /* 3261-18.3-1 */
    { true, 4, "0 > 400\n", 0 },    /* 3261-18.3-3 */
    { true, -1, "0 REQUEST\n", 3 }, /* no field: to the end of the datagram */
    { false, 3, "0 > MESSAGE\n0 RESPONSE 200\n", 3 },
    { false, 2, "0 > MESSAGE\n0 RESPONSE 200\n", 2 },
    { false, 4, "0 > MESSAGE\n", 0 }, /* 3261-18.3-2 */
};

START_TEST(octets_of_a_datagram)
{
    const struct length_row *row = &lengths[_i];
    struct sp_limits         limits = tx_limits();
    struct tx_bench          bench;
    char                     text[2048], field[32] = "\r\n";
    const char              *from, *at;

    tx_bench(&bench, &limits, SP_UDP, false);
    if (!row->request)
        unit_err(tx_request(&bench, "MESSAGE"), SP_OK);
    from = row->request ? tx_request_text("MESSAGE", "m", "UDP") : tx_response_to(bench.sent, 200);
    at = strstr(from, "\r\nContent-Length:");
    ck_assert_ptr_nonnull(at);
    if (row->length >= 0)
        snprintf(field, sizeof field, "\r\nContent-Length: %d\r\n", row->length);
    snprintf(text, sizeof text, "%.*s%s\r\nabc", (int)(at - from), from, field);
    tx_receive(&bench, text);
    ck_assert_str_eq(bench.log, row->log);
    if (row->request && row->body > 0) {
        struct sp_slice kept = sip_tx_request_octets(bench.layer, bench.tx);

        kept = sp_from(kept, sp_find_slice(kept, SP_LIT("\r\n\r\n")) + 4);
        unit_eq_slice(kept, sp_slice("abc", row->body));
    }
}
END_TEST

/* 3261-17.1.1.2-12: whatever T1 is, intervals double; and all that follows from it follows. */
START_TEST(another_t1)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;

    limits.t1_ms = 100;
    limits.t2_ms = 300;
    tx_bench(&bench, &limits, SP_UDP, false);
    unit_err(tx_request(&bench, _i == 0 ? "INVITE" : "MESSAGE"), SP_OK);
    tx_until(&bench, _i == 0 ? 10000 : 1000);
    ck_assert_str_eq(bench.log,
                     _i == 0 ? "0 > INVITE\n100 > INVITE\n300 > INVITE\n700 > INVITE\n"
                               "1500 > INVITE\n3100 > INVITE\n6300 > INVITE\n6400 TIMEOUT B\n"
                               "6400 gone\n"
                             : "0 > MESSAGE\n100 > MESSAGE\n300 > MESSAGE\n600 > MESSAGE\n"
                               "900 > MESSAGE\n");
}
END_TEST

Suite *test_sip_flows_suite(void)
{
    Suite *suite = suite_create("sip_flows");
    TCase *tcase = unit_tcase(suite, "flows");

    tcase_add_loop_test(tcase, ack_goes_where_its_invite_went, 0, 2);
    tcase_add_loop_test(tcase, response_goes_back, 0, 3);
    tcase_add_loop_test(tcase, response_goes_elsewhere, 0, 2 * (int)UNIT_ROWS(elsewheres));
    unit_loop(tcase, size_of_a_datagram, mtus);
    unit_loop(tcase, octets_of_a_datagram, lengths);
    tcase_add_loop_test(tcase, another_t1, 0, 2);
    return suite;
}
