/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_trace.c -- octets into messages, ladders, JSON and captures. */
#include <stdio.h>
#include <unistd.h>

#include "../../tools/trace.h"
#include "unit.h"

#define SIP_REQUEST                                                                                \
    "MESSAGE sip:b@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n"                            \
    "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
#define SIP_RESPONSE                                                                               \
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nContent-Length: 0\r\n\r\n"
#define MSRP_PATHS "To-Path: msrp://h:1/a;tcp\r\nFrom-Path: msrp://h:2/b;tcp\r\n"
#define MSRP_REQUEST                                                                               \
    "MSRP tid1 SEND\r\n" MSRP_PATHS "Message-ID: m1\r\nByte-Range: 1-5/5\r\n"                      \
    "Content-Type: text/plain\r\n\r\nhello\r\n-------tid1$\r\n"
#define MSRP_RESPONSE "MSRP tid1 200 OK\r\n" MSRP_PATHS "-------tid1$\r\n"

static struct sp_flow flow_of(uint64_t id, enum sp_transport transport, enum sp_protocol protocol,
                              const char *address)
{
    struct sp_flow flow = { .id = id, .transport = transport, .protocol = protocol };

    unit_err(sp_addr_parse(sp_str(address), &flow.local), SP_OK);
    flow.remote = flow.local;
    flow.local.port = 1111;
    flow.remote.port = 2222;
    return flow;
}

static struct sp_trace_event event_of(const struct sp_flow *flow, bool sent, struct sp_slice octets)
{
    return (struct sp_trace_event){ .kind = sent ? SP_TRACE_SENT : SP_TRACE_RECEIVED,
                                    .now_us = 1500000,
                                    .flow = flow,
                                    .octets = octets };
}

/* Framing */

struct seen {
    unsigned messages, ends;
    size_t   octets;
    char     line[64], body[64];
    uint64_t body_octets;
    char     flag;
    bool     broken;
};

static void on_message(void *host, const struct wire_message *message)
{
    struct seen *seen = host;

    seen->messages++;
    (void)snprintf(seen->line, sizeof seen->line, "%.*s", SP_ARG(wire_line(message->head)));
    (void)snprintf(seen->body, sizeof seen->body, "%.*s", SP_ARG(message->body));
    seen->body_octets = message->body_octets;
    seen->flag = message->flag;
    seen->broken = message->broken;
}

static void on_octets(void *host, const struct sp_flow *flow, bool sent, uint64_t now_us,
                      struct sp_slice run, bool ends)
{
    struct seen *seen = host;

    (void)flow, (void)sent, (void)now_us;
    seen->octets += run.len;
    seen->ends += ends;
}

static const struct {
    enum sp_transport transport;
    enum sp_protocol  protocol;
    const char       *octets, *line, *body;
    unsigned          messages;
    bool              broken;
} streams[] = {
    { SP_TCP, SP_SIP, SIP_REQUEST, "MESSAGE sip:b@h SIP/2.0", "hello", 1, false },
    { SP_TCP, SP_SIP, SIP_RESPONSE SIP_REQUEST, "MESSAGE sip:b@h SIP/2.0", "hello", 2, false },
    { SP_TCP, SP_SIP, "\r\n\r\n" SIP_RESPONSE, "SIP/2.0 200 OK", "", 1, false },
    { SP_TCP, SP_MSRP, MSRP_REQUEST, "MSRP tid1 SEND", "hello", 1, false },
    { SP_TCP, SP_MSRP, MSRP_REQUEST MSRP_RESPONSE, "MSRP tid1 200 OK", "", 2, false },
    { SP_TCP, SP_MSRP, "GET / HTTP/1.1\r\n\r\n", NULL, NULL, 1, true },
};

/* In one run, and octet by octet: the same messages, and every octet is handed on. */
START_TEST(streams_are_framed_however_they_are_cut)
{
    struct sp_flow  flow = flow_of(1, streams[_i].transport, streams[_i].protocol, "127.0.0.1");
    struct sp_slice all = unit_text(streams[_i].octets);
    size_t          steps[] = { all.len, 1, 7 };

    for (size_t s = 0; s < UNIT_ROWS(steps); s++) {
        struct seen  seen = { 0 };
        struct wire *wire = wire_new(
            (struct wire_user){ .host = &seen, .message = on_message, .octets = on_octets });

        for (size_t at = 0; at < all.len; at += steps[s]) {
            struct sp_slice       part = sp_head(sp_from(all, at), steps[s]);
            struct sp_trace_event event = event_of(&flow, true, unit_octets(part.at, part.len));

            wire_event(wire, &event);
        }
        ck_assert_uint_eq(seen.octets, all.len);
        ck_assert_int_eq(seen.broken, streams[_i].broken);
        if (!streams[_i].broken) {
            ck_assert_uint_eq(seen.messages, streams[_i].messages);
            ck_assert_uint_eq(seen.ends, streams[_i].messages);
            ck_assert_str_eq(seen.line, streams[_i].line);
            ck_assert_str_eq(seen.body, streams[_i].body);
        }
        wire_closed(wire, &flow);
        wire_free(wire);
    }
}
END_TEST

START_TEST(fields_of_a_head)
{
    struct sp_slice head = unit_text("MSRP x SEND\r\nTo-Path: a\r\nBYTE-range:  1-2/3 \r\n");

    unit_eq(wire_line(head), "MSRP x SEND");
    unit_eq(wire_field(head, "Byte-Range"), "1-2/3");
    ck_assert_uint_eq(wire_field(head, "Status").len, 0);
}
END_TEST

/* Files */

static char  *room;
static size_t octets;

/* The ladder of a push of three chunks. */
START_TEST(a_ladder)
{
    FILE                *to = open_memstream(&room, &octets);
    struct trace_ladder *ladder = trace_ladder_new(to, 1000000);
    struct sp_flow       sip = flow_of(1, SP_UDP, SP_SIP, "127.0.0.1");
    struct sp_flow       msrp = flow_of(2, SP_TCP, SP_MSRP, "127.0.0.1");
    struct wire_message  message = { .now_us = 1500000, .flow = &sip, .sent = true };

    msrp.local.port = 3333;
    msrp.remote.port = 4444;
    message.head = sp_str("INVITE sip:b@h SIP/2.0\r\nContent-Type: application/sdp\r\n");
    message.body_octets = 400;
    trace_ladder_message(ladder, &message);
    for (int i = 0; i < 3; i++) {
        message = (struct wire_message){ .now_us = 1600000 + (uint64_t)i, .flow = &msrp };
        message.sent = true;
        message.head = sp_str("MSRP abcd SEND\r\nMessage-ID: m\r\nByte-Range: 1-*/9\r\n");
        message.body_octets = 2048;
        message.flag = '+';
        trace_ladder_message(ladder, &message);
        message.sent = false;
        message.head = sp_str("MSRP abcd 200 OK\r\n");
        message.body_octets = 0;
        message.flag = '$';
        trace_ladder_message(ladder, &message);
    }
    trace_ladder_note(ladder, &(struct sp_trace_event){
                                  .kind = SP_TRACE_DROPPED, .now_us = 1700000, .on = "no\nroom" });
    trace_ladder_end(ladder);
    ck_assert_int_eq(fclose(to), 0);
    unit_adopt(room);
    unit_eq(
        sp_slice(room, octets),
        "   seconds  127.0.0.1:1111   127.0.0.1:2222   127.0.0.1:3333   127.0.0.1:4444\n"
        "            sip udp          sip udp          msrp tcp         msrp tcp\n"
        "  0.500000  |--------------->|                |                |  INVITE sip:b@h SIP/2.0"
        "  (application/sdp)  400 octets\n"
        "  0.600000  |                |                |--------------->|  MSRP abcd SEND  1-*/9 "
        "+\n"
        "            |                |                |                |  ... 3 of these; the"
        " last: MSRP abcd SEND  1-*/9 +  6.0 KiB\n"
        "  0.600000  |                |                |<---------------|  MSRP abcd 200 OK\n"
        "            |                |                |                |  ... 3 of these; the"
        " last: MSRP abcd 200 OK\n"
        "  0.700000  |                |                |                |  dropped 0 octets:"
        " no\\x0Aroom\n");
}
END_TEST

START_TEST(json_lines)
{
    FILE               *to = open_memstream(&room, &octets);
    struct sp_flow      flow = flow_of(2, SP_TCP, SP_MSRP, "::1");
    struct wire_message message = { .now_us = 1000007, .flow = &flow, .sent = true, .flag = '$' };

    message.head = sp_str("MSRP x SEND\r\nByte-Range: 1-2/2\r\n");
    message.body = sp_str("hi");
    message.body_octets = 2;
    message.has_body = true;
    trace_json_message(to, 1000000, &message);
    trace_json_event(to, 1000000,
                     &(struct sp_trace_event){ .kind = SP_TRACE_ARROW,
                                               .now_us = 1000008,
                                               .machine = "m",
                                               .from = "A",
                                               .on = "x",
                                               .to = "B",
                                               .id = 3 });
    ck_assert_int_eq(fclose(to), 0);
    unit_adopt(room);
    unit_eq(
        sp_slice(room, octets),
        "{\"ev\":\"sent\",\"v\":1,\"t_us\":7,\"protocol\":\"msrp\",\"transport\":\"tcp\","
        "\"flow\":2,\"local\":\"[::1]:1111\",\"remote\":\"[::1]:2222\",\"line\":\"MSRP x SEND\","
        "\"byte_range\":\"1-2/2\",\"flag\":\"$\",\"body_octets\":2,"
        "\"head\":\"MSRP x SEND\\r\\nByte-Range: 1-2/2\\r\\n\",\"body\":\"hi\"}\n"
        "{\"ev\":\"arrow\",\"v\":1,\"t_us\":8,\"machine\":\"m\",\"id\":3,\"from\":\"A\","
        "\"on\":\"x\",\"to\":\"B\"}\n");
}
END_TEST

/* Captures: read again, with the checksums of each header. */

static uint32_t sum_of(uint32_t sum, const unsigned char *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 == 0 ? (uint32_t)at[i] << 8 : at[i];
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static uint32_t at32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

struct packet {
    bool                 tcp;
    uint32_t             from_port, seq;
    uint8_t              flags;
    const unsigned char *payload;
    size_t               len;
};

/* The packet at `at`, whose checksums must be right; yields its length. */
static size_t read_packet(const unsigned char *at, size_t left, struct packet *packet)
{
    uint32_t             len;
    const unsigned char *ip = at + 16, *next;
    bool                 six = ip[0] >> 4 == 6;
    size_t               head = six ? 40 : 20;
    uint8_t              last[4] = { 0 };

    ck_assert_uint_ge(left, 16);
    memcpy(&len, at + 8, 4);
    ck_assert_uint_le(16 + len, left);
    next = ip + head;
    packet->tcp = (six ? ip[6] : ip[9]) == 6;
    if (!six) {
        ck_assert_uint_eq(sum_of(0, ip, 20), 0xffff);
        ck_assert_uint_eq((unsigned)(ip[2] << 8 | ip[3]), len);
    } else {
        ck_assert_uint_eq((unsigned)(ip[4] << 8 | ip[5]), len - 40);
    }
    last[1] = packet->tcp ? 6 : 17;
    last[2] = (uint8_t)((len - head) >> 8);
    last[3] = (uint8_t)(len - head);
    ck_assert_uint_eq(
        sum_of(sum_of(sum_of(0, six ? ip + 8 : ip + 12, six ? 32 : 8), last, 4), next, len - head),
        0xffff);
    packet->from_port = (uint32_t)next[0] << 8 | next[1];
    packet->seq = packet->tcp ? at32(next + 4) : 0;
    packet->flags = packet->tcp ? next[13] : 0;
    packet->payload = next + (packet->tcp ? 20 : 8);
    packet->len = len - head - (packet->tcp ? 20 : 8);
    return 16 + len;
}

/* Odd lengths, a message larger than a segment, both directions, both families (`_i`). */
START_TEST(a_capture_reads_as_it_was)
{
    static const size_t runs[] = { 1, 2, 60000, 61001, 7, 150001 };
    FILE               *to = open_memstream(&room, &octets);
    struct trace_pcap  *pcap = trace_pcap_new(to, 0);
    struct sp_flow      tcp = flow_of(1, SP_TCP, SP_MSRP, _i ? "2001:db8::1" : "192.0.2.1");
    struct sp_flow      udp = flow_of(2, SP_UDP, SP_SIP, _i ? "2001:db8::1" : "192.0.2.1");
    char               *data = unit_room(200000);
    uint32_t            next[2] = { 0, 0 };
    size_t              got[2] = { 0, 0 }, given = 0, datagrams = 0, at = 24;

    for (size_t i = 0; i < 200000; i++)
        data[i] = (char)(i * 7);
    for (size_t i = 0; i < UNIT_ROWS(runs); i++) {
        trace_pcap_octets(pcap, &tcp, true, 10 + i, sp_slice(data, runs[i]), i % 2 == 0);
        trace_pcap_octets(pcap, &tcp, false, 10 + i, sp_slice(data, 3), true);
        trace_pcap_octets(pcap, &udp, i % 2 == 0, 10 + i, sp_slice(data, 101 + i), true);
        given += runs[i];
    }
    trace_pcap_closed(pcap, &tcp);
    trace_pcap_end(pcap);
    ck_assert_int_eq(fclose(to), 0);
    unit_adopt(room);
    while (at < octets) {
        struct packet packet;
        size_t        side;

        at += read_packet((const unsigned char *)room + at, octets - at, &packet);
        side = packet.from_port == 1111;
        if (!packet.tcp) {
            ck_assert_mem_eq(packet.payload, data, packet.len);
            datagrams++;
            continue;
        }
        ck_assert_uint_eq(packet.seq, next[side]); /* nothing is missing in between */
        next[side] += (uint32_t)packet.len + ((packet.flags & 3) != 0);
        got[side] += packet.len;
        ck_assert_uint_le(packet.len, 60000);
    }
    ck_assert_uint_eq(datagrams, UNIT_ROWS(runs));
    ck_assert_uint_eq(got[1], given);
    ck_assert_uint_eq(got[0], 3 * UNIT_ROWS(runs));
}
END_TEST

START_TEST(the_ending_chooses)
{
    struct trace *trace = trace_new(NULL, 0);

    ck_assert(!trace_add(trace, "/tmp/x.gif"));
    ck_assert(!trace_add(trace, ".txt"));
    ck_assert(!trace_add(trace, "/nowhere/at/all/x.txt"));
    ck_assert(trace_end(trace));
}
END_TEST

Suite *test_tools_trace_suite(void)
{
    Suite *suite = suite_create("tools_trace");
    TCase *tcase = unit_tcase(suite, "trace");

    unit_loop(tcase, streams_are_framed_however_they_are_cut, streams);
    tcase_add_test(tcase, fields_of_a_head);
    tcase_add_test(tcase, a_ladder);
    tcase_add_test(tcase, json_lines);
    tcase_add_loop_test(tcase, a_capture_reads_as_it_was, 0, 2);
    tcase_add_test(tcase, the_ending_chooses);
    return suite;
}
