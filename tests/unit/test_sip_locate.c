/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_locate.c -- what is asked for a URI, and which targets follow in which order.
 *
 * A row is a URI and what the DNS holds; out comes a line of questions and targets, in the order in
 * which the machine wants and yields them when every target fails. */
#include "unit.h"

#include <stdio.h>

#include "../../transaction/sip_locate.h"

#define UDP4 SIP_LOCATE_WAY(SP_UDP, SP_IPV4)
#define UDP6 SIP_LOCATE_WAY(SP_UDP, SP_IPV6)
#define TCP4 SIP_LOCATE_WAY(SP_TCP, SP_IPV4)
#define TCP6 SIP_LOCATE_WAY(SP_TCP, SP_IPV6)
#define ALL  (UDP4 | UDP6 | TCP4 | TCP6)

#define N_UDP "NAPTR example.com 100 50 s SIP+D2U _sip._udp.example.com\n"
#define N_TCP "NAPTR example.com 90 50 S sip+d2t _sip._tcp.example.com\n"
#define N_TLS "NAPTR example.com 50 50 s SIPS+D2T _sips._tcp.example.com\n"
#define S_UDP "SRV _sip._udp.example.com 0 1 5070 s1.example.com\n"
#define S_TCP "SRV _sip._tcp.example.com 0 1 5080 s2.example.com\n"
#define A_ALL                                                                                      \
    "A example.com 192.0.2.9\nA s1.example.com 192.0.2.1\nA s2.example.com 192.0.2.2\n"            \
    "A s2.example.com 2001:db8::2\n"

static const struct row {
    const char *uri;
    unsigned    ways;
    const char *zone;
    enum sp_err err;
    const char *want;
} rows[] = {
    /* 4.1 and 4.2: a numeric host; 3263-4.1-1, 3263-4.1-2 */
    { "sip:a@192.0.2.7", ALL, "", SP_OK, "udp 192.0.2.7:5060" },
    { "sip:a@192.0.2.7:99", ALL, "", SP_OK, "udp 192.0.2.7:99" },
    { "sip:a@[2001:db8::1];transport=TCP", ALL, "", SP_OK, "tcp [2001:db8::1]:5060" },
    { "sip:a@192.0.2.7:5061;transport=udp", ALL, "", SP_OK, "udp 192.0.2.7:5061" },
    { "sip:a@example.com;maddr=192.0.2.8", ALL, "", SP_OK, "udp 192.0.2.8:5060" },
    { "sip:a@example.com:7;maddr=[2001:db8::8]", ALL, "", SP_OK, "udp [2001:db8::8]:7" },
    { "sip:a@192.0.2.1;transport=tls", ALL, "", SP_UNSUPPORTED, "" },
    { "sip:a@192.0.2.1;transport=sctp", ALL, "", SP_UNSUPPORTED, "" },
    { "sips:a@example.com", ALL, N_TLS, SP_UNSUPPORTED, "" },
    { "tel:+1", ALL, "", SP_UNSUPPORTED, "" },
    /* a port is given: no records but addresses; 3263-4.1-3, 3263-4.2-1, 3263-4.2-2 */
    { "sip:example.com:99", ALL, N_UDP S_UDP A_ALL, SP_OK, "A example.com 99; udp 192.0.2.9:99" },
    { "sip:s2.example.com:5060;transport=tcp", ALL, S_TCP A_ALL, SP_OK,
      "A s2.example.com 5060; tcp 192.0.2.2:5060; tcp [2001:db8::2]:5060" },
    { "sip:x;maddr=s1.example.com", UDP4, A_ALL, SP_OK,
      "NAPTR s1.example.com 5060; SRV _sip._udp.s1.example.com 5060; A s1.example.com 5060; "
      "udp 192.0.2.1:5060" },
    { "sip:example.com.:99", ALL, A_ALL, SP_OK, "A example.com 99; udp 192.0.2.9:99" },
    { "sip:example.com:99", ALL, "", SP_OK, "A example.com 99" },
    /* a transport is given: its SRV, else addresses; 3263-4.1-1 */
    { "sip:example.com;transport=tcp", ALL, N_UDP S_UDP S_TCP A_ALL, SP_OK,
      "SRV _sip._tcp.example.com 5060; A s2.example.com 5080; tcp 192.0.2.2:5080; "
      "tcp [2001:db8::2]:5080" },
    { "sip:example.com;transport=tcp", ALL, S_UDP A_ALL, SP_OK,
      "SRV _sip._tcp.example.com 5060; A example.com 5060; tcp 192.0.2.9:5060" },
    { "sip:example.com;transport=udp", ALL, "", SP_OK,
      "SRV _sip._udp.example.com 5060; A example.com 5060" },
    /* nothing is given: NAPTR; 3263-4.1-4. One for TLS is none for us: 3263-4.1-7 */
    { "sip:example.com", ALL, N_UDP N_TCP N_TLS S_UDP S_TCP A_ALL, SP_OK,
      "NAPTR example.com 5060; SRV _sip._tcp.example.com 5060; A s2.example.com 5080; "
      "tcp 192.0.2.2:5080; tcp [2001:db8::2]:5080" },
    { "sip:example.com", UDP4 | UDP6, N_UDP N_TCP N_TLS S_UDP S_TCP A_ALL, SP_OK,
      "NAPTR example.com 5060; SRV _sip._udp.example.com 5060; A s1.example.com 5070; "
      "udp 192.0.2.1:5070" },
    { "sip:example.com", ALL,
      "NAPTR example.com 1 1 s SIP+D2U _sip._udp.school.edu\n"
      "SRV _sip._udp.school.edu 3 0 7 s1.example.com\n" A_ALL,
      SP_OK,
      "NAPTR example.com 5060; SRV _sip._udp.school.edu 5060; A s1.example.com 7; "
      "udp 192.0.2.1:7" },
    /* the SRV of a NAPTR is missing: addresses, by its transport */
    { "sip:example.com", ALL, N_TCP A_ALL, SP_OK,
      "NAPTR example.com 5060; SRV _sip._tcp.example.com 5060; A example.com 5060; "
      "tcp 192.0.2.9:5060" },
    /* no NAPTR, or none for us: SRV of each transport that we have; 3263-4.1-15 */
    { "sip:example.com", ALL, S_UDP S_TCP A_ALL, SP_OK,
      "NAPTR example.com 5060; SRV _sip._udp.example.com 5060; A s1.example.com 5070; "
      "udp 192.0.2.1:5070; SRV _sip._tcp.example.com 5060; A s2.example.com 5080; "
      "tcp 192.0.2.2:5080; tcp [2001:db8::2]:5080" },
    { "sip:example.com", ALL, N_TLS S_TCP A_ALL, SP_OK,
      "NAPTR example.com 5060; SRV _sip._udp.example.com 5060; SRV _sip._tcp.example.com 5060; "
      "A s2.example.com 5080; tcp 192.0.2.2:5080; tcp [2001:db8::2]:5080" },
    { "sip:example.com", ALL, A_ALL, SP_OK,
      "NAPTR example.com 5060; SRV _sip._udp.example.com 5060; SRV _sip._tcp.example.com 5060; "
      "A example.com 5060; udp 192.0.2.9:5060" },
    { "sip:example.com", TCP4, A_ALL, SP_OK,
      "NAPTR example.com 5060; SRV _sip._tcp.example.com 5060; A example.com 5060; "
      "tcp 192.0.2.9:5060" },
    /* SRV stand, but lead nowhere: no addresses of the domain in their place */
    { "sip:example.com;transport=udp", ALL,
      "SRV _sip._udp.example.com 0 0 1 nobody.example.com\n" A_ALL, SP_OK,
      "SRV _sip._udp.example.com 5060; A nobody.example.com 1" },
    /* RFC 2782: the root as its target says that there is no such service */
    { "sip:example.com;transport=udp", ALL, "SRV _sip._udp.example.com 0 0 1 .\n" A_ALL, SP_OK,
      "SRV _sip._udp.example.com 5060" },
    /* families that we have no socket for */
    { "sip:s2.example.com:5060", UDP6, A_ALL, SP_OK,
      "A s2.example.com 5060; udp [2001:db8::2]:5060" },
    { "sip:s1.example.com:5060", UDP6, A_ALL, SP_OK, "A s1.example.com 5060" },
};

/* The words of a line of a zone; yields how many, and where the next line starts. */
static size_t words_of(const char **zone, struct sp_slice words[8])
{
    struct sp_slice line = sp_str(*zone);
    size_t          count = 0;

    line = sp_head(line, sp_find(line, '\n'));
    *zone += line.len + 1;
    while (line.len > 0 && count < 8) {
        words[count] = sp_head(line, sp_find(line, ' '));
        line = sp_from(line, words[count++].len + 1);
    }
    return count;
}

static uint16_t number_of(struct sp_slice word)
{
    uint64_t value;

    unit_err(sp_to_u64(word, UINT16_MAX, &value), SP_OK);
    return (uint16_t)value;
}

/* The records of a kind and name that a zone has. */
static size_t records_of(const char *zone, const char *kind, struct sp_slice name,
                         struct sp_record *records)
{
    size_t count = 0;

    while (*zone != '\0') {
        struct sp_record *record = &records[count];
        struct sp_slice   words[8], to;
        size_t            n = words_of(&zone, words);

        if (n < 6 || !sp_eq(words[0], sp_str(kind)) || !sp_eq(words[1], name))
            continue;
        ck_assert_uint_lt(count++, SP_RECORDS);
        memset(record, 0, sizeof *record);
        record->order = number_of(words[2]);
        record->preference = number_of(words[3]);
        to = words[n - 1];
        if (n == 6) {
            record->port = number_of(words[4]);
        } else {
            record->flag = (char)(words[4].len > 1 ? '?' : sp_lower(words[4].at[0]));
            record->service_octets = (uint8_t)words[5].len;
            memcpy(record->service, words[5].at, words[5].len);
            record->regexp = sp_eq(to, SP_LIT("!"));
        }
        if (!sp_eq(to, SP_LIT("."))) {
            record->name_octets = (uint8_t)to.len;
            memcpy(record->name, to.at, to.len);
        }
    }
    return count;
}

static size_t addrs_of(const char *zone, struct sp_slice name, struct sp_addr addrs[16])
{
    size_t count = 0;

    while (*zone != '\0' && count < 16) {
        struct sp_slice words[8];

        if (words_of(&zone, words) == 3 && sp_eq(words[1], name))
            unit_err(sp_addr_parse(words[2], &addrs[count++]), SP_OK);
    }
    return count;
}

static const char *const kinds[] = { "A", "SRV", "NAPTR" };

/* Answers its question from the zone; says what it was. */
static void answer(struct sip_locate *locate, const char *zone, struct sp_ident *ident,
                   struct sp_buf *said)
{
    struct sp_io     io = sip_locate_io(locate);
    struct sp_addr   addrs[16];
    struct sp_record records[SP_RECORDS];

    ck_assert_int_eq(io.kind, SP_IO_RESOLVE);
    sp_put_text(said, kinds[io.question]);
    sp_put_char(said, ' ');
    sp_put(said, io.host);
    sp_put_char(said, ' ');
    sp_put_u64(said, io.port);
    if (io.question == SP_ASK_ADDRS)
        sip_locate_resolved(locate, addrs, addrs_of(zone, io.host, addrs));
    else
        sip_locate_found(locate, records, records_of(zone, kinds[io.question], io.host, records),
                         ident);
}

/* Questions and targets until the end. */
static struct sp_slice walk(struct sip_locate *locate, const char *zone, uint8_t seed)
{
    const uint8_t   octets[SP_SEED_OCTETS] = { seed };
    struct sp_ident ident;
    struct sp_buf   said = sp_buf(unit_room(8192), 8192);

    sp_ident_init(&ident, octets);
    while (locate->state != SIP_LOCATE_END) {
        if (said.len > 0)
            sp_put_text(&said, "; ");
        if (locate->state != SIP_LOCATE_TARGET) {
            answer(locate, zone, &ident, &said);
            continue;
        }
        sp_put_text(&said, locate->target.transport == SP_TCP ? "tcp " : "udp ");
        sp_put_host_port(&said, &locate->target.addr);
        sip_locate_next(locate);
    }
    sip_locate_next(locate); /* the end stays */
    ck_assert_int_eq(locate->state, SIP_LOCATE_END);
    unit_err(said.err, SP_OK);
    return sp_written(&said);
}

static enum sp_err start(struct sip_locate *locate, const char *uri, unsigned ways)
{
    struct sip_uri  parsed;
    struct sp_where where;

    unit_err(sip_uri_parse(unit_text(uri), &parsed, &where), SP_OK);
    return sip_locate_start(locate, &parsed, (uint8_t)ways);
}

START_TEST(questions_and_targets)
{
    const struct row  *row = &rows[_i];
    struct sip_locate *locate = unit_room(sizeof *locate);

    unit_err(start(locate, row->uri, row->ways), row->err);
    if (row->err == SP_OK)
        unit_eq(walk(locate, row->zone, 1), row->want);
}
END_TEST

/* Which names follow from NAPTR and SRV records. */
static const struct order_row {
    const char *uri, *zone, *want;
} orders[] = {
    /* RFC 3403 4.1: order before preference, and one order alone; any order of records */
    { "sip:e.x",
      "NAPTR e.x 20 1 s SIP+D2U c.x\nNAPTR e.x 10 9 s SIP+D2U b.x\nNAPTR e.x 10 3 s SIP+D2T a.x\n",
      "NAPTR e.x 5060; SRV a.x 5060; SRV b.x 5060; A e.x 5060" },
    /* flags, services, expressions and roots that are none of SIP's; several flags */
    { "sip:e.x",
      "NAPTR e.x 1 1 u SIP+D2U a.x\nNAPTR e.x 1 2 s E2U+sip b.x\nNAPTR e.x 1 3 s SIP+D2S c.x\n"
      "NAPTR e.x 1 4 s SIP+D2U !\nNAPTR e.x 1 5 s SIP+D2U .\nNAPTR e.x 1 6 su SIP+D2U d.x\n"
      "NAPTR e.x 2 0 s SIP+D2U good.x\n",
      "NAPTR e.x 5060; SRV good.x 5060; A e.x 5060" },
    /* as many as there is room for */
    { "sip:e.x",
      "NAPTR e.x 1 5 s SIP+D2U e5.x\nNAPTR e.x 1 4 s SIP+D2U d4.x\nNAPTR e.x 1 3 s SIP+D2U c3.x\n"
      "NAPTR e.x 1 2 s SIP+D2U b2.x\nNAPTR e.x 1 65535 s SIP+D2U z.x\n",
      "NAPTR e.x 5060; SRV b2.x 5060; SRV c3.x 5060; SRV d4.x 5060; SRV e5.x 5060; A e.x 5060" },
    /* RFC 2782: lower priorities first; each with its port */
    { "sip:e.x;transport=tcp",
      "SRV _sip._tcp.e.x 9 0 3 c.x\nSRV _sip._tcp.e.x 1 0 1 a.x\nSRV _sip._tcp.e.x 65535 0 4 d.x\n"
      "SRV _sip._tcp.e.x 5 7 2 b.x\n",
      "SRV _sip._tcp.e.x 5060; A a.x 1; A b.x 2; A c.x 3; A d.x 4" },
    /* at most 8 servers */
    { "sip:e.x;transport=tcp",
      "SRV _sip._tcp.e.x 1 0 1 a.x\nSRV _sip._tcp.e.x 2 0 1 b.x\nSRV _sip._tcp.e.x 3 0 1 c.x\n"
      "SRV _sip._tcp.e.x 4 0 1 d.x\nSRV _sip._tcp.e.x 5 0 1 e.x\nSRV _sip._tcp.e.x 6 0 1 f.x\n"
      "SRV _sip._tcp.e.x 7 0 1 g.x\nSRV _sip._tcp.e.x 8 0 1 h.x\nSRV _sip._tcp.e.x 9 0 1 i.x\n",
      "SRV _sip._tcp.e.x 5060; A a.x 1; A b.x 1; A c.x 1; A d.x 1; A e.x 1; A f.x 1; A g.x 1; "
      "A h.x 1" },
    /* a server that is named twice, an address that is told twice */
    { "sip:e.x;transport=tcp",
      "SRV _sip._tcp.e.x 1 0 1 a.x\nSRV _sip._tcp.e.x 2 0 2 a.x\nA a.x 192.0.2.1\n"
      "A a.x 192.0.2.1\n",
      "SRV _sip._tcp.e.x 5060; A a.x 1; tcp 192.0.2.1:1; A a.x 2; tcp 192.0.2.1:2" },
    /* at most 8 targets of one name, and of one request */
    { "sip:e.x:1",
      "A e.x 192.0.2.1\nA e.x 192.0.2.2\nA e.x 192.0.2.3\nA e.x 192.0.2.4\nA e.x 192.0.2.5\n"
      "A e.x 192.0.2.6\nA e.x 192.0.2.7\nA e.x 192.0.2.8\nA e.x 192.0.2.9\n",
      "A e.x 1; udp 192.0.2.1:1; udp 192.0.2.2:1; udp 192.0.2.3:1; udp 192.0.2.4:1; "
      "udp 192.0.2.5:1; udp 192.0.2.6:1; udp 192.0.2.7:1; udp 192.0.2.8:1" },
    { "sip:e.x;transport=udp",
      "SRV _sip._udp.e.x 1 0 1 a.x\nSRV _sip._udp.e.x 2 0 2 a.x\nA a.x 192.0.2.1\n"
      "A a.x 192.0.2.2\nA a.x 192.0.2.3\nA a.x 192.0.2.4\nA a.x 192.0.2.5\n",
      "SRV _sip._udp.e.x 5060; A a.x 1; udp 192.0.2.1:1; udp 192.0.2.2:1; udp 192.0.2.3:1; "
      "udp 192.0.2.4:1; udp 192.0.2.5:1; A a.x 2; udp 192.0.2.1:2; udp 192.0.2.2:2; "
      "udp 192.0.2.3:2" },
};

START_TEST(order_of_records)
{
    const struct order_row *row = &orders[_i];
    struct sip_locate      *locate = unit_room(sizeof *locate);

    unit_err(start(locate, row->uri, ALL), SP_OK);
    unit_eq(walk(locate, row->zone, 1), row->want);
}
END_TEST

/* How often each of three servers of one priority comes first, of 2000 seeds. */
static const struct weight_row {
    unsigned weights[3];
    int      least[3], most[3];
} weights[] = {
    { { 1, 1, 1 }, { 400, 400, 400 }, { 1000, 1000, 1000 } },
    { { 60, 30, 10 }, { 1100, 500, 130 }, { 1300, 700, 270 } },
    { { 1, 0, 65535 }, { 0, 0, 1990 }, { 5, 5, 2000 } },
    { { 0, 0, 0 }, { 2000, 0, 0 }, { 2000, 0, 0 } },          /* as the records stand */
    { { 0, 10, 10 }, { 40, 850, 850 }, { 160, 1100, 1100 } }, /* RFC 2782: a small chance */
};

START_TEST(weights_of_servers)
{
    const struct weight_row *row = &weights[_i];
    int                      first[3] = { 0 };
    char                     zone[256];

    snprintf(zone, sizeof zone,
             "SRV _sip._udp.e.x 1 %u 1 a.x\nSRV _sip._udp.e.x 1 %u 1 b.x\n"
             "SRV _sip._udp.e.x 1 %u 1 c.x\n",
             row->weights[0], row->weights[1], row->weights[2]);
    for (int seed = 0; seed < 2000; seed++) {
        const uint8_t     octets[SP_SEED_OCTETS] = { (uint8_t)seed, (uint8_t)(seed >> 8) };
        struct sp_ident   ident;
        struct sip_locate locate;
        struct sp_record  records[SP_RECORDS];
        struct sp_slice   name;
        unsigned          seen = 0;

        sp_ident_init(&ident, octets);
        unit_err(start(&locate, "sip:e.x;transport=udp", ALL), SP_OK);
        name = sip_locate_io(&locate).host;
        sip_locate_found(&locate, records, records_of(zone, "SRV", name, records), &ident);
        first[sip_locate_io(&locate).host.at[0] - 'a']++;
        for (; locate.state == SIP_LOCATE_ADDRS; sip_locate_resolved(&locate, NULL, 0))
            seen |= 1u << (sip_locate_io(&locate).host.at[0] - 'a');
        ck_assert_uint_eq(seen, 7); /* each has its turn */
    }
    for (int i = 0; i < 3; i++) {
        ck_assert_int_ge(first[i], row->least[i]);
        ck_assert_int_le(first[i], row->most[i]);
    }
}
END_TEST

/* A host that knows addresses alone answers whatever it is asked with those of the domain. */
static const char *const bare[] = { "sip:e.x", "sip:e.x;transport=udp", "sip:e.x:5060" };

START_TEST(addresses_end_the_questions)
{
    struct sip_locate locate;
    struct sp_addr    addrs[2];

    unit_err(sp_addr_parse(SP_LIT("192.0.2.1"), &addrs[0]), SP_OK);
    addrs[1] = addrs[0];
    addrs[1].port = 99; /* says more than the URI */
    unit_err(start(&locate, bare[_i], ALL), SP_OK);
    sip_locate_resolved(&locate, addrs, 2);
    ck_assert_int_eq(locate.state, SIP_LOCATE_TARGET);
    ck_assert_uint_eq(locate.target.addr.port, 5060);
    ck_assert(sip_locate_has_more(&locate));
    sip_locate_next(&locate);
    ck_assert_uint_eq(locate.target.addr.port, 99);
    unit_err(start(&locate, bare[_i], ALL), SP_OK);
    sip_locate_resolved(&locate, addrs, 0);
    ck_assert_int_eq(locate.state, SIP_LOCATE_END);
}
END_TEST

/* Answers that nobody asked for. */
START_TEST(answers_to_nothing)
{
    struct sip_locate locate;
    struct sp_record  records[1] = { { .flag = 's' } };
    struct sp_addr    addr;
    struct sp_ident   ident = { .counter = 0 };

    unit_err(sp_addr_parse(SP_LIT("192.0.2.1"), &addr), SP_OK);
    unit_err(start(&locate, "sip:192.0.2.9", ALL), SP_OK);
    ck_assert(!sip_locate_has_more(&locate));
    sip_locate_found(&locate, records, 1, &ident);
    sip_locate_resolved(&locate, &addr, 1);
    ck_assert_int_eq(locate.state, SIP_LOCATE_TARGET);
    ck_assert_uint_eq(locate.target.addr.octets[3], 9);
    unit_err(start(&locate, "sip:e.x:5", ALL), SP_OK);
    sip_locate_next(&locate);
    sip_locate_found(&locate, records, 1, &ident);
    ck_assert_int_eq(locate.state, SIP_LOCATE_ADDRS);
}
END_TEST

/* Names that do not fit: of the URI, of a query, of records, and of all together. */
START_TEST(names_without_room)
{
    struct sip_locate locate;
    struct sp_record  records[SP_RECORDS];
    struct sp_ident   ident = { .counter = 0 };
    char              uri[1300];
    unsigned          length = _i == 0 ? 256 : 250;

    snprintf(uri, sizeof uri, "sip:%0*d.x", (int)length - 2, 0);
    unit_err(start(&locate, uri, ALL), _i == 0 ? SP_LIMIT : SP_OK);
    if (_i == 0)
        return;
    sip_locate_found(&locate, NULL, 0, &ident); /* _sip._udp. and 250 are too many */
    ck_assert_int_eq(locate.state, SIP_LOCATE_ADDRS);
    unit_err(start(&locate, "sip:e.x;transport=udp", ALL), SP_OK);
    memset(records, 0, sizeof records);
    for (int i = 0; i < 8; i++) {
        records[i].order = (uint16_t)i;
        records[i].name_octets = 255;
        memset(records[i].name, 'a' + i, 255);
    }
    sip_locate_found(&locate, records, 8, &ident);
    for (int i = 0; i < 3; i++) { /* 3 of them have room */
        ck_assert_int_eq(locate.state, SIP_LOCATE_ADDRS);
        ck_assert_uint_eq(sip_locate_io(&locate).host.len, 255);
        ck_assert_int_eq(sip_locate_io(&locate).host.at[254], 'a' + i);
        sip_locate_resolved(&locate, NULL, 0);
    }
    ck_assert_int_eq(locate.state, SIP_LOCATE_END);
}
END_TEST

/* Whatever the records say, no more than 16 questions. */
START_TEST(questions_are_bounded)
{
    struct sip_locate locate;
    struct sp_record  records[SP_RECORDS];
    struct sp_ident   ident = { .counter = 0 };
    int               asked = 0;

    memset(records, 0, sizeof records);
    for (int i = 0; i < SP_RECORDS; i++) {
        records[i].flag = 's';
        records[i].service_octets = 7;
        memcpy(records[i].service, "SIP+D2U", 7);
        records[i].name_octets = 1;
        records[i].name[0] = 'a';
    }
    unit_err(start(&locate, "sip:e.x", ALL), SP_OK);
    for (; locate.state != SIP_LOCATE_END; asked++) {
        ck_assert_int_lt(locate.state, SIP_LOCATE_TARGET);
        if (locate.state == SIP_LOCATE_ADDRS)
            sip_locate_resolved(&locate, NULL, 0);
        else
            sip_locate_found(&locate, records, SP_RECORDS + 5, &ident);
    }
    ck_assert_int_eq(asked, SIP_LOCATE_MOST_ASKS);
}
END_TEST

Suite *test_sip_locate_suite(void)
{
    Suite *suite = suite_create("sip_locate");
    TCase *tcase = unit_tcase(suite, "locate");

    unit_loop(tcase, questions_and_targets, rows);
    unit_loop(tcase, order_of_records, orders);
    unit_loop(tcase, weights_of_servers, weights);
    unit_loop(tcase, addresses_end_the_questions, bare);
    tcase_add_test(tcase, answers_to_nothing);
    tcase_add_loop_test(tcase, names_without_room, 0, 2);
    tcase_add_test(tcase, questions_are_bounded);
    return suite;
}
