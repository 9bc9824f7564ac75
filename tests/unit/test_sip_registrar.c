/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_registrar.c -- a registrar: REGISTERs one after the other and what their
 * answers say. RFC 3261 10.3; RFC 3327, RFC 3608, RFC 3840, RFC 5626. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_location.h"

#define ALICE "sip:alice@example.com"

static struct sp_limits limits;

static struct sip_registrar *registrar_of(uint32_t bindings, uint32_t store_octets,
                                          uint32_t message_octets)
{
    static const uint8_t                     seed[SP_SEED_OCTETS] = { 1 };
    static const struct sip_registrar_config config = {
        .domains = { "example.com, 192.0.2.2", 22 },
        .service_route = { "<sip:p2.example.com;lr>", 23 },
    };

    limits = sp_limits_default;
    limits.bindings = bindings;
    limits.store_octets = store_octets;
    limits.message_octets = message_octets;
    return sip_registrar_init(unit_room(sip_registrar_size(&limits)), &limits, seed, &config);
}

static struct sip_registrar *registrar(uint32_t bindings, uint32_t store_octets)
{
    return registrar_of(bindings, store_octets, 4096);
}

static struct sip_registrar_answer answer;
static char                        told[4096];

/* One REGISTER: what stands between To and the end; the fields of its answer become `told`. */
static uint16_t take(struct sip_registrar *r, uint64_t s, const char *uri, const char *to,
                     const char *rest, const struct sip_user *who)
{
    struct sp_flow   flow = { .id = 7 };
    struct sip_field fields[64];
    struct sip_msg   msg;
    struct sp_where  where;
    char             text[4096];
    char            *at;

    at = text + snprintf(text, sizeof text,
                         "REGISTER %s SIP/2.0\nFrom: <" ALICE ">;tag=f\nTo: %s\n", uri, to);
    snprintf(at, sizeof text - (size_t)(at - text), "%s\n", rest);
    {
        char  crlf[8192];
        char *out = crlf;

        for (at = text; *at != '\0'; at++) {
            if (*at == '\n')
                *out++ = '\r';
            *out++ = *at;
        }
        *out = '\0';
        sip_msg_init(&msg, fields, 64);
        unit_err(sip_msg_parse(unit_text(crlf), &msg, &where), SP_OK);
    }
    sip_registrar_take(r, s * 1000000, &msg, &flow, who, &answer);
    snprintf(told, sizeof told, "%.*s", SP_ARG(answer.fields));
    return answer.status;
}

/* All that have expired. */
static void tick(struct sip_registrar *r, uint64_t now_us)
{
    struct sp_slice aor;

    while (sip_registrar_tick(r, now_us, &aor))
        ck_assert(sp_starts(aor, SP_LIT("sip:")));
}

#define VIA      "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\n"
#define ID(n)    VIA "Call-ID: c\nCSeq: " #n " REGISTER\n"
#define OTHER(n) VIA "Call-ID: d\nCSeq: " #n " REGISTER\n"

/* A few REGISTERs at times; what the last one says. 3261-10.3-1, 3261-10.3-6 */
static const struct story_row {
    struct {
        uint64_t    s;
        const char *rest;
        uint16_t    status;
    } steps[4];
    const char *said; /* "" where it is not looked at; "!text": not this */
} stories[] = {
    /* 3261-10.3-28, 3261-10.3-29: all bindings, each with its expires */
    { { { 10, ID(1) "Contact: <sip:a@h1>;expires=100\n", 200 } },
      "Contact: <sip:a@h1>;expires=100\r\n" },
    { { { 10, ID(1) "Contact: <sip:a@h1>;q=0.5\nExpires: 200\n", 200 },
        { 20, OTHER(1) "Contact: sip:b@h2\n", 200 } },
      "Contact: <sip:b@h2>;expires=3600\r\nContact: <sip:a@h1>;q=0.5;expires=190\r\n" },
    /* several at once, each with its own time: 3261-10.3-19, 3261-10.3-20, 3261-10.3-21 */
    { { { 10, ID(1) "Contact: <sip:a@h1>;expires=100, <sip:a@h2>\nExpires: 300\n", 200 } },
      "Contact: <sip:a@h2>;expires=300\r\nContact: <sip:a@h1>;expires=100\r\n" },
    { { { 10, ID(1) "Contact: <sip:a@h1>\n", 200 } }, "<sip:a@h1>;expires=3600\r\n" },
    { { { 10, ID(1) "Contact: <sip:a@h1>;expires=x\n", 200 } }, "<sip:a@h1>;expires=3600\r\n" },
    { { { 10, ID(1) "Contact: <sip:a@h1>\nExpires: 100000\n", 200 } },
      "<sip:a@h1>;expires=86400\r\n" },
    /* query: nothing changes */
    { { { 10, ID(1) "Contact: <sip:a@h1>;expires=100\n", 200 }, { 20, OTHER(1), 200 } },
      "Contact: <sip:a@h1>;expires=90\r\n" },
    { { { 10, ID(1), 200 } }, "!Contact" },
    /* expired */
    { { { 10, ID(1) "Contact: <sip:a@h1>;expires=100\n", 200 }, { 110, OTHER(1), 200 } },
      "!Contact" },
    /* refreshed; the same contact by the rules of URIs; 3261-10.3-23, 3261-10.3-24 */
    { { { 10, ID(1) "Contact: <sip:a@H1>;expires=100\n", 200 },
        { 20, ID(2) "Contact: <sip:a@h1>;expires=300\n", 200 } },
      "Contact: <sip:a@h1>;expires=300\r\nS" },
    { { { 10, ID(5) "Contact: <sip:a@h1>;expires=100\n", 200 },
        { 20, OTHER(1) "Contact: <sip:a@h1>;expires=300\n", 200 } },
      "Contact: <sip:a@h1>;expires=300\r\nS" },
    /* removed */
    { { { 10, ID(1) "Contact: <sip:a@h1>, <sip:b@h1>\n", 200 },
        { 20, ID(2) "Contact: <sip:a@h1>;expires=0\n", 200 } },
      "Contact: <sip:b@h1>;expires=3590\r\nS" },
    { { { 10, ID(3) "Contact: <sip:a@h1>\n", 200 },
        { 20, OTHER(1) "Contact: <sip:a@h1>\nExpires: 0\n", 200 } },
      "!Contact" },
    { { { 10, ID(1) "Contact: <sip:nobody@h1>;expires=0\n", 200 } }, "!Contact" },
    /* out of order: aborted. 3261-10.3-25, 3261-10.3-4 */
    { { { 10, ID(5) "Contact: <sip:a@h1>;expires=100\n", 200 },
        { 20, ID(5) "Contact: <sip:a@h1>;expires=300\n", 500 },
        { 30, ID(4) "Contact: <sip:a@h1>;expires=0\n", 500 },
        { 40, OTHER(1), 200 } },
      "Contact: <sip:a@h1>;expires=70\r\n" },
    /* all or nothing: 3261-10.3-5, 3261-10.3-26, 3261-10.3-27 */
    { { { 10, ID(5) "Contact: <sip:a@h1>;expires=100\n", 200 },
        { 20, ID(5) "Contact: <sip:b@h1>, <sip:a@h1>\n", 500 },
        { 30, OTHER(1) "Contact: <sip:c@h1>, <sip:d@h1>;expires=3\n", 423 },
        { 40, OTHER(1), 200 } },
      "Contact: <sip:a@h1>;expires=70\r\nS" },
    { { { 10, ID(1) "Contact: <sip:a@h1>, <sip:A@h1>, <sip:a@h1;user=phone>\n", 200 } }, "" },
    { { { 10, ID(1) "Contact: <sip:a@h1>, <sip:a@h1>\n", 400 }, { 20, ID(2), 200 } }, "!Contact" },
    { { { 10, ID(1) "Contact: <sip:a@h1>\n", 200 },
        { 20, ID(2) "Contact: <sip:a@h1>, <sip:a@h1>;expires=0\n", 400 },
        { 30, ID(3), 200 } },
      "expires=3580" },
    { { { 10,
          ID(1) "Contact: <sip:1@h>, <sip:2@h>, <sip:3@h>, <sip:4@h>, <sip:5@h>, <sip:6@h>,"
                " <sip:7@h>, <sip:8@h>, <sip:9@h>\n",
          500 },
        { 20, ID(2), 200 } },
      "!Contact" },
    /* 3261-10.3-22 */
    { { { 10, ID(1) "Contact: <sip:a@h1>;expires=59\n", 423 } }, "Min-Expires: 60\r\n" },
    { { { 10, ID(1) "Contact: <sip:a@h1>\nExpires: 59\n", 423 } }, "Min-Expires: 60\r\n" },
    /* "*": 3261-10.3-15, 3261-10.3-16, 3261-10.3-17, 3261-10.3-18 */
    { { { 10, ID(1) "Contact: <sip:a@h1>, <sip:b@h2>\n", 200 },
        { 20, ID(2) "Contact: *\nExpires: 0\n", 200 } },
      "!Contact" },
    { { { 10, ID(9) "Contact: <sip:a@h1>\n", 200 },
        { 20, OTHER(1) "Contact: <sip:b@h1>\n", 200 },
        { 30, OTHER(2) "Contact: *\nExpires: 0\n", 200 } },
      "!Contact" },
    { { { 10, ID(9) "Contact: <sip:a@h1>\n", 200 },
        { 20, OTHER(1) "Contact: <sip:b@h1>\n", 200 },
        { 30, ID(9) "Contact: *\nExpires: 0\n", 500 },
        { 40, ID(10), 200 } },
      "Contact: <sip:b@h1>;expires=3580\r\nContact: <sip:a@h1>;expires=3570\r\n" },
    { { { 10, ID(1) "Contact: *\nExpires: 1\n", 400 } }, "" },
    { { { 10, ID(1) "Contact: *\n", 400 } }, "" },
    { { { 10, ID(1) "Contact: *, <sip:a@h>\nExpires: 0\n", 400 } }, "" },
    { { { 10, ID(1) "Contact: <sip:a@h>\nContact: *\nExpires: 0\n", 400 } }, "" },
    { { { 10, ID(1) "Contact: <sip:a@h>;reg-id=x\n", 400 } }, "" },
    /* Record-Route means nothing: 3261-10.3-2, 3261-10.3-3 */
    { { { 10, ID(1) "Record-Route: <sip:p;lr>\nContact: <sip:a@h>\n", 200 } }, "!Record-Route" },
    /* feature tags stay: 3840-6-5; and go with a refresh without them (3840-6-4) */
    { { { 10, ID(1) "Contact: <sip:a@h1>;+sip.message;methods=\"MESSAGE,INVITE\";expires=60\n",
          200 } },
      "Contact: <sip:a@h1>;+sip.message;methods=\"MESSAGE,INVITE\";expires=60\r\n" },
    { { { 10, ID(1) "Contact: <sip:a@h1>;+sip.message\n", 200 },
        { 20, ID(2) "Contact: <sip:a@h1>\n", 200 } },
      "!+sip.message" },
    /* Path (RFC 3327 5.3) */
    { { { 10, ID(1) "Supported: path\nPath: <sip:p1;lr>, <sip:p2;lr>\nContact: <sip:a@h1>\n",
          200 } },
      "Path: <sip:p1;lr>, <sip:p2;lr>\r\n" },
    { { { 10, ID(1) "Path: sip:p1\nContact: <sip:a@h1>\n", 400 } }, "" },
    /* Service-Route in each 200, a query's too: 3608-6.3-1 */
    { { { 10, ID(1) "Contact: <sip:a@h1>\n", 200 } },
      "Service-Route: <sip:p2.example.com;lr>\r\n" },
    { { { 10, ID(1), 200 } }, "Service-Route: <sip:p2.example.com;lr>\r\n" },
    { { { 10, ID(1) "Contact: <sip:a@h1>;expires=1\n", 423 } }, "!Service-Route" },
};

START_TEST(story)
{
    const struct story_row *row = &stories[_i];
    struct sip_registrar   *r = registrar(16, 65536);

    for (int i = 0; i < 4 && row->steps[i].status != 0; i++)
        ck_assert_uint_eq(
            take(r, row->steps[i].s, "sip:example.com", "<" ALICE ">", row->steps[i].rest, NULL),
            row->steps[i].status);
    if (row->said[0] == '!')
        ck_assert_msg(strstr(told, row->said + 1) == NULL, "%s", told);
    else
        ck_assert_msg(strstr(told, row->said) != NULL, "%s", told);
    tick(r, 1000000000000);
    ck_assert_uint_eq(sip_registrar_count(r), 0);
    ck_assert_uint_eq(sip_registrar_deadline(r), SP_NEVER);
}
END_TEST

/* Flows: several REGISTERs of one instance. 5626-6-1, 5626-6-2, 5626-6-3, 5626-6-4, 5626-6-5,
 * 5626-6-6, 5626-6-7, 5626-6-8, 5626-6-9, 5626-6-11, 5626-6-13, 5626-10-1 */
#define INSTANCE ";+sip.instance=\"<urn:uuid:1>\""
#define OB       "Supported: path, outbound\n"

static const struct flow_row {
    const char *first;
    uint16_t    first_status;
    const char *second;
    uint16_t    second_status;
    const char *said;
} flows[] = {
    /* one binding an instance and reg-id, whatever the URI */
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n", 200,
      OTHER(1) OB "Contact: <sip:a@h2>;reg-id=1" INSTANCE "\n", 200,
      "Contact: <sip:a@h2>;reg-id=1" INSTANCE ";expires=3600\r\nRequire: outbound\r\n" },
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n", 200,
      OTHER(1) OB "Contact: <sip:a@h1>;reg-id=2" INSTANCE "\n", 200,
      "reg-id=2" INSTANCE ";expires=3600\r\nContact: <sip:a@h1>;reg-id=1" },
    /* a reg-id without an instance, or without support, is none */
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=1\n", 200, ID(2) OB "Contact: <sip:a@h1>\n", 200,
      "Contact: <sip:a@h1>;expires=3600\r\nS" },
    { ID(1) OB "Contact: <sip:a@h1>" INSTANCE "\n", 200, NULL, 0, "!Require" },
    { ID(1) "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n", 200, NULL, 0, "!Require" },
    /* a proxy on the way must know it */
    { ID(1) "Via: SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK2\n" OB
            "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n",
      439, NULL, 0, "" },
    { ID(1) "Via: SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK2\n"
            "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n",
      200,
      ID(2) "Via: SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK2\n"
            "Contact: <sip:a@h2>;reg-id=1" INSTANCE "\n",
      200, "Contact: <sip:a@h1>;reg-id=1" },
    { ID(1) "Via: SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK2\n" OB "Path: <sip:x@p1;lr;ob>\n"
            "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n",
      200, NULL, 0, "Require: outbound\r\n" },
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=2147483648" INSTANCE "\n", 400, NULL, 0, "" },
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=0" INSTANCE "\n", 200, NULL, 0, "!Require" },
    /* one flow a REGISTER; others may go with it */
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=1" INSTANCE ", <sip:b@h1>\n", 400, NULL, 0, "" },
    /* instances as URNs: a UUID in either case, else the scheme, the namespace and escapes */
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=1;+sip.instance=\"<urn:uuid:0aB>\"\n", 200,
      OTHER(1) OB "Contact: <sip:a@h2>;reg-id=1;+sip.instance=\"<URN:uuid:0Ab>\"\n", 200,
      "!<sip:a@h1>" },
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=1;+sip.instance=\"<urn:uuid:0aB>\"\n", 200,
      OTHER(1) OB "Contact: <sip:a@h2>;reg-id=1;+sip.instance=\"<urn:uuid:0aC>\"\n", 200,
      "<sip:a@h1>" },
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=1;+sip.instance=\"<urn:gsma:a%2dB>\"\n", 200,
      OTHER(1) OB "Contact: <sip:a@h2>;reg-id=1;+sip.instance=\"<URN:GSMA:a%2DB>\"\n", 200,
      "!<sip:a@h1>" },
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=1;+sip.instance=\"<urn:gsma:a%2dB>\"\n", 200,
      OTHER(1) OB "Contact: <sip:a@h2>;reg-id=1;+sip.instance=\"<urn:gsma:a%2db>\"\n", 200,
      "<sip:a@h1>" },
    { ID(1) OB "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n", 200,
      OTHER(1) OB "Contact: <sip:a@h2>;reg-id=1;+sip.instance=\"<urn:uuid:11>\"\n", 200,
      "<sip:a@h1>" },
    { ID(1) OB "Contact: <sip:b@h1>\n", 200,
      ID(2) OB "Contact: <sip:a@h1>;reg-id=1" INSTANCE ", <sip:b@h1>;expires=0\n", 200,
      "!<sip:b@h1>" },
};

START_TEST(flow)
{
    const struct flow_row *row = &flows[_i];
    struct sip_registrar  *r = registrar(16, 65536);

    ck_assert_uint_eq(take(r, 10, "sip:example.com", "<" ALICE ">", row->first, NULL),
                      row->first_status);
    if (row->second != NULL)
        ck_assert_uint_eq(take(r, 10, "sip:example.com", "<" ALICE ">", row->second, NULL),
                          row->second_status);
    if (row->said[0] == '!')
        ck_assert_msg(strstr(told, row->said + 1) == NULL, "%s", told);
    else
        ck_assert_msg(strstr(told, row->said) != NULL, "%s", told);
}
END_TEST

/* A 200 names all bindings (3261-10.3-28), so there are no more of an address than it has room for;
 * what stands can be asked for, refreshed and removed. */
START_TEST(no_more_than_can_be_told)
{
    struct sip_registrar *r = registrar(64, 65536);
    char                  rest[512], long_user[301] = "";
    uint32_t              made = 0;

    memset(long_user, 'y', sizeof long_user - 1);
    for (int i = 0; i < 32; i++) {
        uint16_t status;

        snprintf(rest, sizeof rest, VIA "Call-ID: c%d\nCSeq: 1 REGISTER\nContact: <sip:%d%s@h>\n",
                 i, i, long_user);
        status = take(r, 10, "sip:example.com", "<" ALICE ">", rest, NULL);
        ck_assert(status == 200 || status == 500);
        made += status == 200;
        ck_assert_uint_eq(sip_registrar_count(r), made);
        if (status == 200)
            ck_assert_msg(strstr(told, "Service-Route: ") != NULL, "%s", told);
    }
    ck_assert_uint_ge(made, 8);
    ck_assert_uint_lt(made, 12);
    snprintf(rest, sizeof rest, VIA "Call-ID: c0\nCSeq: 2 REGISTER\nContact: <sip:0%s@h>\n",
             long_user);
    ck_assert_uint_eq(take(r, 10, "sip:example.com", "<" ALICE ">", rest, NULL), 200);
    ck_assert_uint_eq(take(r, 10, "sip:example.com", "<" ALICE ">", OTHER(1), NULL), 200);
    ck_assert_msg(strstr(told, "Contact: <sip:1yy") != NULL, "%s", told);
    ck_assert_uint_eq(
        take(r, 10, "sip:example.com", "<" ALICE ">", OTHER(2) "Contact: *\nExpires: 0\n", NULL),
        200);
    ck_assert_uint_eq(sip_registrar_count(r), 0);
}
END_TEST

/* However long a message may be: by UDP no more than a datagram has. */
START_TEST(no_more_than_a_datagram)
{
    struct sip_registrar *r = registrar_of(1024, 1 << 20, 200000);
    char                  rest[1024], user[513] = "";
    size_t                most = 0;
    int                   made = 0;

    r->limits.aor_bindings = 1024;
    memset(user, 'y', sizeof user - 1);
    for (int i = 0; i < 400; i++) {
        snprintf(rest, sizeof rest, VIA "Call-ID: c\nCSeq: %d REGISTER\nContact: <sip:%d%s@h>\n", i,
                 i, user);
        made += take(r, 10, "sip:example.com", "<" ALICE ">", rest, NULL) == 200;
        if (most < answer.fields.len)
            most = answer.fields.len;
    }
    ck_assert_int_gt(made, 64000 / 600);
    ck_assert_int_lt(made, 65507 / 512);
    ck_assert_uint_lt(most, 65507 - 1024);
}
END_TEST

/* An address has its share of the table; what it has can be refreshed, exchanged and removed, and
 * others have theirs. */
START_TEST(share_of_an_address)
{
    struct sip_registrar *r = registrar(16, 65536);
    static const struct {
        const char *to, *rest;
        uint16_t    status;
        uint32_t    count;
    } steps[] = {
        { "<" ALICE ">", ID(1) "Contact: <sip:1@h>, <sip:2@h>\n", 200, 2 },
        { "<" ALICE ">", ID(2) "Contact: <sip:3@h>, <sip:4@h>\n", 403, 2 },
        { "<" ALICE ">", ID(3) "Contact: <sip:3@h>\n", 200, 3 },
        { "<" ALICE ">", ID(4) "Contact: <sip:4@h>\n", 403, 3 },
        { "<" ALICE ">", ID(5) "Contact: <sip:1@h>\n", 200, 3 },
        { "<" ALICE ">", ID(6) "Contact: <sip:1@h>;expires=0, <sip:4@h>\n", 200, 3 },
        { "<sip:bob@example.com>", ID(1) "Contact: <sip:1@h>, <sip:2@h>, <sip:3@h>\n", 200, 6 },
        { "<" ALICE ">", OTHER(1), 200, 6 },
        { "<" ALICE ">", OTHER(2) "Contact: *\nExpires: 0\n", 200, 3 },
    };

    r->limits.aor_bindings = 3;
    for (size_t i = 0; i < UNIT_ROWS(steps); i++) {
        ck_assert_uint_eq(take(r, 10, "sip:example.com", steps[i].to, steps[i].rest, NULL),
                          steps[i].status);
        ck_assert_uint_eq(sip_registrar_count(r), steps[i].count);
    }
}
END_TEST

static const struct sip_user alice = { .username = { "alice", 5 } };

/* Steps 1, 4 and 5: domains and rights. 3261-10.3-10, 3261-10.3-11, 3261-10.3-12 */
static const struct right_row {
    const char            *uri, *to;
    const struct sip_user *who;
    uint16_t               status;
} rights[] = {
    { "sip:example.com", "<sip:alice@example.com>", NULL, 200 },
    { "sip:example.com", "<sip:alice@example.com>", &alice, 200 },
    { "sip:EXAMPLE.com", "Alice <sip:%61lice@192.0.2.2;x=y>", &alice, 200 },
    { "sip:example.com", "<sip:bob@example.com>", &alice, 403 },
    { "sip:example.com", "<sip:bob@example.com>", NULL, 200 },
    { "sip:other.org", "<sip:alice@example.com>", NULL, 0 }, /* 3261-10.3-7: to be forwarded */
    { "sip:example.com", "<sip:alice@other.org>", NULL, 404 },
    { "sip:example.com", "<sip:alice@other.org>", &alice, 404 },
    { "x", "<sip:alice@example.com>", NULL, 400 },
    { "sip:example.com", "<sip:@>", NULL, 400 },
};

START_TEST(whose_domain)
{
    struct sip_registrar *r = registrar(16, 65536);

    ck_assert_uint_eq(
        take(r, 10, rights[_i].uri, rights[_i].to, ID(1) "Contact: <sip:a@h1>\n", rights[_i].who),
        rights[_i].status);
    ck_assert_uint_eq(sip_registrar_count(r), rights[_i].status == 200);
    ck_assert(answer.changed == (rights[_i].status == 200));
    if (answer.changed)
        ck_assert(sp_starts(answer.aor, SP_LIT("sip:")));
}
END_TEST

/* At every capacity from none upward: 500 and nothing half done, or 200. A refresh always has room.
 */
START_TEST(every_capacity)
{
    uint32_t              bindings = (uint32_t)_i % 8;
    struct sip_registrar *r = registrar(bindings, _i < 8 ? 65536 : 64u * (uint32_t)(_i - 7));
    int                   made = 0;

    for (int i = 0; i < 12; i++) {
        char     rest[256];
        uint32_t before = sip_registrar_count(r);
        uint16_t status;

        snprintf(rest, sizeof rest, VIA "Call-ID: c%d\nCSeq: 1 REGISTER\nContact: <sip:%d@h>%s\n",
                 i, i, i % 3 == 2 ? ", <sip:x@h>" : "");
        status = take(r, 10, "sip:example.com", "<" ALICE ">", rest, NULL);
        ck_assert(status == 200 || status == 500);
        if (status == 200)
            made++;
        else
            ck_assert_uint_eq(sip_registrar_count(r), before);
        ck_assert_uint_le(sip_registrar_count(r), bindings);
        if (status == 200 && _i < 8) {
            snprintf(rest, sizeof rest, VIA "Call-ID: c%d\nCSeq: 2 REGISTER\nContact: <sip:%d@h>\n",
                     i, i);
            ck_assert_uint_eq(take(r, 10, "sip:example.com", "<" ALICE ">", rest, NULL), 200);
        }
    }
    ck_assert_int_le(made, (int)bindings + 1);
    if (_i < 8)
        ck_assert_int_ge(made, (int)bindings - 1);
    tick(r, 100000000000);
    ck_assert_uint_eq(sip_registrar_count(r), 0);
}
END_TEST

Suite *test_sip_registrar_suite(void)
{
    Suite *suite = suite_create("sip_registrar");
    TCase *tcase = unit_tcase(suite, "registrar");

    unit_loop(tcase, story, stories);
    unit_loop(tcase, flow, flows);
    unit_loop(tcase, whose_domain, rights);
    tcase_add_loop_test(tcase, every_capacity, 0, 48);
    tcase_add_test(tcase, no_more_than_can_be_told);
    tcase_add_test(tcase, no_more_than_a_datagram);
    tcase_add_test(tcase, share_of_an_address);
    return suite;
}
