/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_way.c -- received, rport, and where responses go: RFC 3261 18.2.1, 18.2.2;
 * RFC 3581 4. */
#include "tx_unit.h"

#include <stdio.h>

static struct sp_addr addr(const char *text, uint16_t port)
{
    struct sp_addr addr;

    unit_err(sp_addr_parse(sp_str(text), &addr), SP_OK);
    addr.port = port;
    return addr;
}

/* A request from `source`:4000 with this Via value: what the value becomes, where answers go
 * (3261-18.2.2-1), and by which socket (3581-4-4). */
static const struct row {
    const char *via, *source;
    const char *stamped, *back;
} rows[] = {
    /* 3261-18.2.1-4, 3261-18.2.1-5, 3261-18.2.1-6: sent-by differs from the source;
     * 3261-18.2.2-7: and to received; 3261-18.2.2-9: or to sent-by */
    { "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKa", "192.0.2.2", "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKa",
      "192.0.2.2:5060" },
    { "SIP/2.0/UDP 10.1.1.1:5070;branch=z9hG4bKa", "192.0.2.2",
      "SIP/2.0/UDP 10.1.1.1:5070;branch=z9hG4bKa;received=192.0.2.2", "192.0.2.2:5070" },
    { "SIP/2.0/UDP host.example;branch=z9hG4bKa", "192.0.2.2",
      "SIP/2.0/UDP host.example;branch=z9hG4bKa;received=192.0.2.2", "192.0.2.2:5060" },
    /* 3581-4-1, 3581-4-2: rport is filled in, received is told with it; 3581-4-3: and answers go to
     * that port */
    { "SIP/2.0/UDP 192.0.2.2;rport;branch=z9hG4bKa", "192.0.2.2",
      "SIP/2.0/UDP 192.0.2.2;rport=4000;branch=z9hG4bKa;received=192.0.2.2", "192.0.2.2:4000" },
    { "SIP/2.0/UDP 10.1.1.1;branch=z9hG4bKa;rport", "192.0.2.2",
      "SIP/2.0/UDP 10.1.1.1;branch=z9hG4bKa;rport=4000;received=192.0.2.2", "192.0.2.2:4000" },
    /* what a client says of itself is no news */
    { "SIP/2.0/UDP 192.0.2.2;received=203.0.113.9;branch=z9hG4bKa", "192.0.2.2",
      "SIP/2.0/UDP 192.0.2.2;received=192.0.2.2;branch=z9hG4bKa", "192.0.2.2:5060" },
    /* the second value stays */
    { "SIP/2.0/UDP 10.1.1.1;rport;branch=z9hG4bKa, SIP/2.0/UDP 10.2.2.2;branch=z9hG4bKb",
      "192.0.2.2",
      "SIP/2.0/UDP 10.1.1.1;rport=4000;branch=z9hG4bKa;received=192.0.2.2, SIP/2.0/UDP "
      "10.2.2.2;branch=z9hG4bKb",
      "192.0.2.2:4000" },
    { "SIP/2.0/UDP [2001:db8::9];branch=z9hG4bKa", "2001:db8::9",
      "SIP/2.0/UDP [2001:db8::9];branch=z9hG4bKa", "[2001:db8::9]:5060" },
    /* 3261-18.2.2-5: maddr is followed where it is an address, not where it is multicast */
    { "SIP/2.0/UDP 192.0.2.2;maddr=192.0.2.7;branch=z9hG4bKa", "192.0.2.2",
      "SIP/2.0/UDP 192.0.2.2;maddr=192.0.2.7;branch=z9hG4bKa", "192.0.2.7:5060" },
    { "SIP/2.0/UDP 192.0.2.2;maddr=224.0.1.75;branch=z9hG4bKa", "192.0.2.2",
      "SIP/2.0/UDP 192.0.2.2;maddr=224.0.1.75;branch=z9hG4bKa", "192.0.2.2:5060" },
};

START_TEST(stamps_and_ways)
{
    const struct row *row = &rows[_i];
    char              text[512], room[512];
    struct sip_field  fields[8];
    struct sip_msg    msg;
    struct sip_top    top;
    struct sp_where   where;
    struct sp_buf     to = sp_buf(room, sizeof room);
    struct sp_flow    flow = { .id = 1, .transport = SP_UDP, .remote = addr(row->source, 4000) };
    struct sp_flow    back;

    snprintf(text, sizeof text, "MESSAGE sip:a SIP/2.0\r\nVia: %s\r\n\r\n", row->via);
    sip_msg_init(&msg, fields, UNIT_ROWS(fields));
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    unit_err(sip_way_top(&msg, &top), SP_OK);
    sip_way_stamp(&to, sip_msg_value(&msg, SIP_FIELD_VIA), &top, &flow.remote);
    unit_eq(sp_written(&to), row->stamped);

    back = sip_way_back(&top.via, &flow);
    to = sp_buf(room, sizeof room);
    sp_put_host_port(&to, &back.remote);
    unit_eq(sp_written(&to), row->back);
    ck_assert_uint_eq(back.id, flow.id);
}
END_TEST

/* A Via as it is stamped has room for no more than we keep for it. */
START_TEST(no_room_for_a_stamp)
{
    char             room[512];
    struct sip_field fields[4];
    struct sip_msg   msg;
    struct sip_top   top;
    struct sp_where  where;
    struct sp_addr   source = addr("192.0.2.2", 4000);
    const char      *want = rows[4].stamped;

    sip_msg_init(&msg, fields, UNIT_ROWS(fields));
    unit_err(sip_msg_parse(UNIT_LIT("MESSAGE sip:a SIP/2.0\r\nVia: SIP/2.0/UDP 10.1.1.1;branch="
                                    "z9hG4bKa;rport\r\n\r\n"),
                           &msg, &where),
             SP_OK);
    unit_err(sip_way_top(&msg, &top), SP_OK);
    for (size_t octets = 0; octets <= strlen(want); octets++) {
        struct sp_buf to = sp_buf(room, octets);

        sip_way_stamp(&to, sip_msg_value(&msg, SIP_FIELD_VIA), &top, &source);
        unit_err(to.err, octets < strlen(want) ? SP_ROOM : SP_OK);
    }
}
END_TEST

START_TEST(tops)
{
    static const struct {
        const char *fields;
        enum sp_err err;
        const char *host;
    } top_rows[] = {
        { "", SP_MISSING, "" },
        { "Via: \r\n", SP_MISSING, "" },
        { "Via: SIP/2.0\r\n", SP_SYNTAX, "" },
        { "Via: SIP/2.0/UDP\r\n", SP_SYNTAX, "" },
        { "Via: SIP/2.0/UDP ;branch=z9hG4bK1\r\n", SP_SYNTAX, "" },
        { "Via: SIP/2.0/UDP [2001:db8::1\r\n", SP_SYNTAX, "" },
        { "Via: SIP/2.0/UDP a.example;;,;,,\r\n", SP_SYNTAX, "a.example" },
        { "Via: SIP/2.0/UDP 192.0.2.1;ttl=x\r\n", SP_SYNTAX, "192.0.2.1" },
        { "v: SIP/2.0/UDP a.example\r\n", SP_OK, "a.example" },
    };
    char             text[256];
    struct sip_field fields[4];
    struct sip_msg   msg;
    struct sip_top   top;
    struct sp_where  where;

    for (size_t i = 0; i < UNIT_ROWS(top_rows); i++) {
        snprintf(text, sizeof text, "MESSAGE sip:a SIP/2.0\r\n%s\r\n", top_rows[i].fields);
        sip_msg_init(&msg, fields, UNIT_ROWS(fields));
        unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
        unit_err(sip_way_top(&msg, &top), top_rows[i].err);
        unit_eq(top.via.host, top_rows[i].host);
    }
}
END_TEST

START_TEST(locals)
{
    struct sp_limits limits = tx_limits();
    struct tx_bench  bench;
    struct sp_flow   six = { .id = 3, .transport = SP_UDP, .local = addr("2001:db8::1", 5080) };

    tx_bench(&bench, &limits, SP_UDP, false);
    sip_tx_bound(bench.layer, &six);
    ck_assert_uint_eq(sip_way_local(bench.layer, SP_UDP, SP_IPV4)->id, 1);
    ck_assert_uint_eq(sip_way_local(bench.layer, SP_TCP, SP_IPV4)->id, 2);
    ck_assert_uint_eq(sip_way_local(bench.layer, SP_UDP, SP_IPV6)->id, 3);
    ck_assert_ptr_null(sip_way_local(bench.layer, SP_TCP, SP_IPV6));
}
END_TEST

Suite *test_sip_way_suite(void)
{
    Suite *suite = suite_create("sip_way");
    TCase *tcase = unit_tcase(suite, "way");

    unit_loop(tcase, stamps_and_ways, rows);
    tcase_add_test(tcase, no_room_for_a_stamp);
    tcase_add_test(tcase, tops);
    tcase_add_test(tcase, locals);
    return suite;
}
