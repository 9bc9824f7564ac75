/* SPDX-License-Identifier: MIT
 * tools/trace_pcap.c -- a trace as a capture: classic pcap, raw IP (LINKTYPE 101).
 *
 * Headers are made up: RFC 791, 8200, 768, 9293, with right checksums. A connection begins with a
 * handshake from whoever speaks first; sequence numbers go on; a segment ends where a message ends
 * or after SEGMENT octets, so that a dissector finds every start line at the start of a segment. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trace.h"

#define SEGMENT 60000 /* octets of one TCP segment, below what an IP packet may hold */
#define HEADERS 60    /* IPv6 and TCP */

enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

struct half { /* what one side has sent */
    uint32_t       seq;
    size_t         waits; /* octets in `segment` */
    unsigned char *segment;
    uint64_t       at_us; /* when the last of them passed */
};

struct conn {
    struct conn   *next;
    struct sp_flow flow;
    struct half    halves[2]; /* [0] received from the remote, [1] sent by us */
};

struct trace_pcap {
    FILE        *to;
    int64_t      offset_us; /* from our clock to that of the calendar */
    uint16_t     packets;   /* for the IPv4 id */
    struct conn *conns;
};

static void put16(unsigned char *to, uint32_t value)
{
    to[0] = (unsigned char)(value >> 8);
    to[1] = (unsigned char)value;
}

static void put32(unsigned char *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to + 2, value & 0xffff);
}

/* pcap's own numbers stand in the order of the machine that writes. */
static void put_own32(FILE *to, uint32_t value)
{
    fwrite(&value, sizeof value, 1, to);
}

struct trace_pcap *trace_pcap_new(FILE *to, uint64_t start_us)
{
    struct trace_pcap *pcap = calloc(1, sizeof *pcap);
    struct timespec    now;
    const uint16_t     version[2] = { 2, 4 };

    if (pcap == NULL)
        return NULL;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    pcap->to = to;
    pcap->offset_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 - (int64_t)start_us;
    put_own32(to, 0xa1b2c3d4);
    fwrite(version, sizeof version, 1, to);
    put_own32(to, 0);
    put_own32(to, 0);
    put_own32(to, 262144);
    put_own32(to, 101);
    return pcap;
}

/* The internet checksum (RFC 1071), over parts; only the last may be of odd length. */
static uint32_t add_up(uint32_t sum, const unsigned char *octets, size_t len)
{
    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)octets[i] << 8 | octets[i + 1];
    if (len % 2 == 1)
        sum += (uint32_t)octets[len - 1] << 8;
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/* The IP header for `len` octets of `protocol`; yields its length, and the sum of the pseudo
 * header. */
static size_t put_ip(struct trace_pcap *pcap, unsigned char *to, const struct sp_addr *from,
                     const struct sp_addr *dest, uint8_t protocol, size_t len, uint32_t *sum)
{
    size_t        each = from->family == SP_IPV6 ? 16 : 4;
    unsigned char last[4] = { 0, protocol, (unsigned char)(len >> 8), (unsigned char)len };

    *sum = add_up(add_up(add_up(0, from->octets, each), dest->octets, each), last, 4);
    memset(to, 0, 40);
    if (from->family == SP_IPV6) {
        to[0] = 0x60;
        put16(to + 4, (uint32_t)len);
        to[6] = protocol;
        to[7] = 64;
        memcpy(to + 8, from->octets, 16);
        memcpy(to + 24, dest->octets, 16);
        return 40;
    }
    to[0] = 0x45;
    put16(to + 2, (uint32_t)len + 20);
    put16(to + 4, pcap->packets++);
    to[6] = 0x40; /* it may not be cut */
    to[8] = 64;
    to[9] = protocol;
    memcpy(to + 12, from->octets, 4);
    memcpy(to + 16, dest->octets, 4);
    put16(to + 10, ~add_up(0, to, 20) & 0xffff);
    return 20;
}

static void put_packet(struct trace_pcap *pcap, uint64_t now_us, const unsigned char *headers,
                       size_t header_octets, const void *octets, size_t len)
{
    uint64_t at = (uint64_t)((int64_t)now_us + pcap->offset_us);
    uint32_t whole = (uint32_t)(header_octets + len);

    put_own32(pcap->to, (uint32_t)(at / 1000000));
    put_own32(pcap->to, (uint32_t)(at % 1000000));
    put_own32(pcap->to, whole);
    put_own32(pcap->to, whole);
    fwrite(headers, 1, header_octets, pcap->to);
    if (len > 0)
        fwrite(octets, 1, len, pcap->to);
}

static void put_udp(struct trace_pcap *pcap, const struct sp_flow *flow, bool sent, uint64_t now_us,
                    struct sp_slice octets)
{
    const struct sp_addr *from = sent ? &flow->local : &flow->remote;
    const struct sp_addr *dest = sent ? &flow->remote : &flow->local;
    unsigned char         headers[HEADERS];
    uint32_t              sum;
    size_t                ip = put_ip(pcap, headers, from, dest, 17, octets.len + 8, &sum);
    unsigned char        *udp = headers + ip;

    put16(udp, from->port);
    put16(udp + 2, dest->port);
    put16(udp + 4, (uint32_t)octets.len + 8);
    put16(udp + 6, 0);
    sum = add_up(add_up(sum, udp, 8), (const unsigned char *)octets.at, octets.len);
    put16(udp + 6, sum == 0xffff ? 0xffff : ~sum & 0xffff); /* 0 means none */
    put_packet(pcap, now_us, headers, ip + 8, octets.at, octets.len);
}

static void put_tcp(struct trace_pcap *pcap, struct conn *conn, bool sent, uint8_t flags,
                    uint64_t now_us, const unsigned char *octets, size_t len)
{
    const struct sp_addr *from = sent ? &conn->flow.local : &conn->flow.remote;
    const struct sp_addr *dest = sent ? &conn->flow.remote : &conn->flow.local;
    unsigned char         headers[HEADERS];
    uint32_t              sum;
    size_t                ip = put_ip(pcap, headers, from, dest, 6, len + 20, &sum);
    unsigned char        *tcp = headers + ip;

    memset(tcp, 0, 20);
    put16(tcp, from->port);
    put16(tcp + 2, dest->port);
    put32(tcp + 4, conn->halves[sent].seq);
    put32(tcp + 8, flags == SYN ? 0 : conn->halves[!sent].seq);
    tcp[12] = 5 << 4;
    tcp[13] = flags;
    put16(tcp + 14, 65535);
    sum = add_up(sum, tcp, 20);
    put16(tcp + 16, ~add_up(sum, octets, len) & 0xffff);
    put_packet(pcap, now_us, headers, ip + 20, octets, len);
    conn->halves[sent].seq += (uint32_t)len + ((flags & (SYN | FIN)) != 0);
}

static void flush(struct trace_pcap *pcap, struct conn *conn, bool sent)
{
    struct half *half = &conn->halves[sent];

    if (half->waits > 0)
        put_tcp(pcap, conn, sent, PSH | ACK, half->at_us, half->segment, half->waits);
    half->waits = 0;
}

static struct conn *find(struct trace_pcap *pcap, const struct sp_flow *flow, bool sent,
                         uint64_t now_us)
{
    struct conn *conn = pcap->conns;

    while (conn != NULL && conn->flow.id != flow->id)
        conn = conn->next;
    if (conn != NULL)
        return conn;
    conn = calloc(1, sizeof *conn);
    if (conn == NULL)
        return NULL;
    conn->halves[0].segment = malloc(SEGMENT);
    conn->halves[1].segment = malloc(SEGMENT);
    if (conn->halves[0].segment == NULL || conn->halves[1].segment == NULL) {
        free(conn->halves[0].segment);
        free(conn->halves[1].segment);
        free(conn);
        return NULL;
    }
    conn->flow = *flow;
    conn->next = pcap->conns;
    pcap->conns = conn;
    put_tcp(pcap, conn, sent, SYN, now_us, NULL, 0);
    put_tcp(pcap, conn, !sent, SYN | ACK, now_us, NULL, 0);
    put_tcp(pcap, conn, sent, ACK, now_us, NULL, 0);
    return conn;
}

void trace_pcap_octets(struct trace_pcap *pcap, const struct sp_flow *flow, bool sent,
                       uint64_t now_us, struct sp_slice run, bool ends)
{
    struct conn *conn;
    struct half *half;

    if (!sp_flow_stream(flow)) {
        put_udp(pcap, flow, sent, now_us, run);
        return;
    }
    conn = find(pcap, flow, sent, now_us);
    if (conn == NULL)
        return;
    half = &conn->halves[sent];
    while (run.len > 0) {
        struct sp_slice part = sp_head(run, SEGMENT - half->waits);

        memcpy(half->segment + half->waits, part.at, part.len);
        half->waits += part.len;
        half->at_us = now_us;
        run = sp_from(run, part.len);
        if (half->waits == SEGMENT)
            flush(pcap, conn, sent);
    }
    if (ends)
        flush(pcap, conn, sent);
}

static void close_conn(struct trace_pcap *pcap, struct conn *conn)
{
    uint64_t at_us = conn->halves[0].at_us > conn->halves[1].at_us ? conn->halves[0].at_us
                                                                   : conn->halves[1].at_us;

    flush(pcap, conn, false);
    flush(pcap, conn, true);
    put_tcp(pcap, conn, true, FIN | ACK, at_us, NULL, 0);
    put_tcp(pcap, conn, false, FIN | ACK, at_us, NULL, 0);
    free(conn->halves[0].segment);
    free(conn->halves[1].segment);
    free(conn);
}

void trace_pcap_closed(struct trace_pcap *pcap, const struct sp_flow *flow)
{
    struct conn **at = &pcap->conns;

    while (*at != NULL && (*at)->flow.id != flow->id)
        at = &(*at)->next;
    if (*at != NULL) {
        struct conn *conn = *at;

        *at = conn->next;
        close_conn(pcap, conn);
    }
}

void trace_pcap_end(struct trace_pcap *pcap)
{
    while (pcap->conns != NULL) {
        struct conn *conn = pcap->conns;

        pcap->conns = conn->next;
        close_conn(pcap, conn);
    }
    free(pcap);
}
