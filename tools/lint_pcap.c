/* SPDX-License-Identifier: MIT
 * tools/lint_pcap.c -- captures under `sipush lint`: pcap and pcapng over Ethernet, cooked or raw
 * IP.
 *
 * Each datagram that holds SIP is a message, named FILE#PACKET; the octets of each direction of a
 * TCP connection are put in order and read as a stream, named by their first packet. Anything else
 * in a capture is passed over. */
#include <stdlib.h>
#include <string.h>

#include "lint.h"

#define NAME_OCTETS 512
#define NG_MAGIC    0x0a0d0d0au

/* A run of octets of one direction of a connection. */
struct segment {
    unsigned char   ends[36]; /* both addresses and ports */
    uint32_t        seq;
    uint32_t        packet;
    bool            syn;
    struct sp_slice octets;
};

struct capture {
    struct lint    *lint;
    const char     *file;
    char            name[NAME_OCTETS];
    bool            swapped;
    uint32_t        link, packet;
    struct segment *segments;
    size_t          count, room;
};

static uint32_t big16(const char *at)
{
    return (uint32_t)(unsigned char)at[0] << 8 | (unsigned char)at[1];
}

static uint32_t big32(const char *at)
{
    return big16(at) << 16 | big16(at + 2);
}

/* A number in the order of the machine that captured. */
static uint32_t own32(const struct capture *c, const char *at)
{
    uint32_t big = big32(at);

    return c->swapped ? big >> 24 | (big >> 8 & 0xff00) | (big << 8 & 0xff0000) | big << 24 : big;
}

static void name_packet(struct capture *c, uint32_t packet)
{
    snprintf(c->name, sizeof c->name, "%s#%u", c->file, packet);
    c->lint->name = c->name;
    c->lint->told = NULL;
}

/* The first line speaks SIP. */
static bool looks_like_sip(struct sp_slice octets)
{
    struct sp_slice line = sp_head(octets, sp_find(octets, '\r'));

    return line.len < octets.len && sp_find_slice(line, SP_LIT("SIP/")) < line.len;
}

static void take_datagram(struct capture *c, struct sp_slice octets)
{
    bool stream = c->lint->stream;

    if (octets.len < 8 || !looks_like_sip(sp_from(octets, 8)))
        return;
    name_packet(c, c->packet);
    c->lint->all = sp_from(octets, 8);
    c->lint->stream = false;
    lint_sip(c->lint, c->lint->all);
    c->lint->stream = stream;
}

static void take_segment(struct capture *c, struct sp_slice from, struct sp_slice to,
                         struct sp_slice octets)
{
    struct segment *segment;
    size_t          head;

    if (octets.len < 20)
        return;
    head = (size_t)((unsigned char)octets.at[12] >> 4) * 4;
    if (head < 20 || head > octets.len)
        return;
    if (c->count == c->room) {
        struct segment *more = realloc(c->segments, (c->room * 2 + 64) * sizeof *more);

        if (more == NULL)
            return;
        c->segments = more;
        c->room = c->room * 2 + 64;
    }
    segment = &c->segments[c->count++];
    memset(segment, 0, sizeof *segment);
    memcpy(segment->ends, from.at, from.len);
    memcpy(segment->ends + 16, to.at, to.len);
    memcpy(segment->ends + 32, octets.at, 4);
    segment->syn = ((unsigned char)octets.at[13] & 2) != 0;
    segment->seq = big32(octets.at + 4) + (segment->syn ? 1 : 0);
    segment->packet = c->packet;
    segment->octets = sp_from(octets, head);
}

/* An IP packet: UDP and TCP, whole ones only. */
static void take_ip(struct capture *c, struct sp_slice ip)
{
    size_t          head, len;
    unsigned        protocol;
    struct sp_slice from, to, rest;

    if (ip.len >= 20 && (unsigned char)ip.at[0] >> 4 == 4) {
        head = (size_t)(ip.at[0] & 15) * 4;
        len = big16(ip.at + 2);
        protocol = (unsigned char)ip.at[9];
        from = sp_slice(ip.at + 12, 4);
        to = sp_slice(ip.at + 16, 4);
        if ((big16(ip.at + 6) & 0x3fff) != 0)
            return; /* a fragment */
    } else if (ip.len >= 40 && (unsigned char)ip.at[0] >> 4 == 6) {
        head = 40;
        len = 40 + big16(ip.at + 4);
        protocol = (unsigned char)ip.at[6];
        from = sp_slice(ip.at + 8, 16);
        to = sp_slice(ip.at + 24, 16);
    } else {
        return;
    }
    if (head < 20 || len < head || len > ip.len)
        return;
    rest = sp_from(sp_head(ip, len), head);
    if (protocol == 17)
        take_datagram(c, rest);
    else if (protocol == 6)
        take_segment(c, from, to, rest);
}

/* The link's own header goes. */
static void take_packet(struct capture *c, struct sp_slice octets)
{
    switch (c->link) {
    case 0: take_ip(c, sp_from(octets, 4)); return;    /* BSD loopback */
    case 1: take_ip(c, sp_from(octets, 14)); return;   /* Ethernet */
    case 101: take_ip(c, octets); return;              /* raw IP */
    case 113: take_ip(c, sp_from(octets, 16)); return; /* Linux cooked */
    case 276: take_ip(c, sp_from(octets, 20)); return;
    default: return;
    }
}

/* By connection and direction, then in the order of the octets, then of capture. */
static int order(const void *one, const void *other)
{
    const struct segment *a = one, *b = other;
    int                   ends = memcmp(a->ends, b->ends, sizeof a->ends);
    int32_t               apart = (int32_t)(a->seq - b->seq);

    if (ends != 0)
        return ends;
    if (apart != 0)
        return apart < 0 ? -1 : 1;
    return a->packet < b->packet ? -1 : a->packet > b->packet;
}

/* The octets of `count` segments of one direction, without what came twice, up to the first gap. */
static void take_stream(struct capture *c, const struct segment *segments, size_t count)
{
    size_t   octets = 0, used = 0;
    uint32_t next = segments[0].seq;
    char    *room;
    bool     stream = c->lint->stream;

    for (size_t i = 0; i < count; i++)
        octets += segments[i].octets.len;
    room = malloc(octets + 1);
    for (size_t i = 0; room != NULL && i < count; i++) {
        uint32_t        before = next - segments[i].seq;
        struct sp_slice fresh = sp_from(segments[i].octets, before);

        if ((int32_t)before < 0)
            break; /* a gap */
        memcpy(room + used, fresh.at, fresh.len);
        used += fresh.len;
        next += (uint32_t)fresh.len;
    }
    if (room != NULL && used > 0) {
        name_packet(c, segments[0].packet);
        c->lint->all = sp_slice(room, used);
        c->lint->stream = true;
        if (sp_starts(c->lint->all, SP_LIT("MSRP ")))
            lint_msrp(c->lint, c->lint->all);
        else if (looks_like_sip(c->lint->all))
            lint_sip_stream(c->lint, c->lint->all);
        c->lint->stream = stream;
    }
    free(room);
}

static void take_streams(struct capture *c)
{
    size_t from = 0;

    if (c->count > 0)
        qsort(c->segments, c->count, sizeof *c->segments, order);
    for (size_t i = 1; i <= c->count; i++)
        if (i == c->count || memcmp(c->segments[i].ends, c->segments[from].ends, 36) != 0 ||
            (c->segments[i].syn && c->segments[i].seq != c->segments[from].seq)) {
            take_stream(c, c->segments + from, i - from);
            from = i;
        }
    free(c->segments);
}

/* Classic pcap: a header of 24 octets, then packets behind 16 each. */
static void take_classic(struct capture *c, struct sp_slice capture)
{
    c->link = own32(c, capture.at + 20) & 0xffff;
    for (struct sp_slice rest = sp_from(capture, 24); rest.len >= 16;) {
        uint32_t octets = own32(c, rest.at + 8);

        c->packet++;
        take_packet(c, sp_head(sp_from(rest, 16), octets));
        rest = sp_from(rest, 16 + (size_t)octets);
    }
}

/* The blocks of pcapng that tell of packets. */
enum { NG_INTERFACE = 1, NG_SIMPLE = 3, NG_PACKET = 6, NG_INTERFACES = 64 };

static void take_block(struct capture *c, uint32_t type, struct sp_slice body,
                       uint16_t links[NG_INTERFACES], uint32_t *interfaces)
{
    uint32_t octets, interface = 0;

    if (type == NG_INTERFACE && body.len >= 8) {
        if (*interfaces < NG_INTERFACES) /* a u16: in the order of the machine, too */
            links[(*interfaces)++] =
                (uint16_t)(c->swapped ? big16(body.at) << 8 | big16(body.at) >> 8 : big16(body.at));
    } else if (type == NG_SIMPLE && body.len >= 4) {
        c->packet++;
        octets = own32(c, body.at);
        body = sp_head(sp_from(body, 4), octets);
    } else if (type == NG_PACKET && body.len >= 20) {
        c->packet++;
        interface = own32(c, body.at);
        octets = own32(c, body.at + 12);
        body = sp_head(sp_from(body, 20), octets);
    }
    if (type == NG_INTERFACE || interface >= *interfaces ||
        (type != NG_SIMPLE && type != NG_PACKET))
        return;
    c->link = links[interface];
    take_packet(c, body);
}

/* pcapng: sections, each in the order of its machine, of blocks with their length at both ends. */
static void take_ng(struct capture *c, struct sp_slice capture)
{
    uint16_t links[NG_INTERFACES];
    uint32_t interfaces = 0;

    while (capture.len >= 12) {
        uint32_t type = big32(capture.at), octets;

        if (type == NG_MAGIC) {
            c->swapped = big32(capture.at + 8) == 0x4d3c2b1a;
            interfaces = 0;
        }
        type = own32(c, capture.at);
        octets = own32(c, capture.at + 4);
        if (octets < 12 || octets > capture.len)
            return; /* cut short */
        take_block(c, type, sp_slice(capture.at + 8, octets - 12), links, &interfaces);
        capture = sp_from(capture, octets);
    }
}

bool lint_pcap(struct lint *lint, struct sp_slice capture)
{
    struct capture c = { .lint = lint, .file = lint->name };
    uint32_t       magic = capture.len >= 24 ? big32(capture.at) : 0;

    c.swapped = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
    if (magic == NG_MAGIC)
        take_ng(&c, capture);
    else if (c.swapped || magic == 0xa1b2c3d4 || magic == 0xa1b23c4d)
        take_classic(&c, capture);
    else
        return false;
    take_streams(&c);
    lint->name = c.file;
    return true;
}
