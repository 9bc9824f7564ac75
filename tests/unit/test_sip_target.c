/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_target.c -- from a URI to where its request goes. */
#include "unit.h"

#include "../../dialog/sip_target.h"

static const struct target_row {
    const char *uri;
    enum sp_err err;
    uint8_t     transport;
    const char *addr, *name; /* one of them */
} targets[] = {
    { "sip:192.0.2.1", SP_OK, SP_UDP, "192.0.2.1:5060", "" },
    { "sip:a@192.0.2.1:5070", SP_OK, SP_UDP, "192.0.2.1:5070", "" },
    { "sip:a@192.0.2.1;transport=tcp", SP_OK, SP_TCP, "192.0.2.1:5060", "" },
    { "sip:a@192.0.2.1;Transport=UDP", SP_OK, SP_UDP, "192.0.2.1:5060", "" },
    { "sip:a@[2001:db8::1]:1", SP_OK, SP_UDP, "[2001:db8::1]:1", "" },
    { "sip:a@b.example", SP_OK, SP_UDP, "", "b.example" },
    { "sip:a@b.example:99;transport=tcp", SP_OK, SP_TCP, "", "b.example" },
    { "sip:a@b.example:99;maddr=192.0.2.9", SP_OK, SP_UDP, "192.0.2.9:99", "" },
    { "sip:a@192.0.2.1;maddr=c.example", SP_OK, SP_UDP, "", "c.example" },
    { "sip:a@192.0.2.1;transport=tls", SP_UNSUPPORTED, 0, "", "" },
    { "sip:a@192.0.2.1;transport=sctp", SP_UNSUPPORTED, 0, "", "" },
    { "sips:a@192.0.2.1", SP_UNSUPPORTED, 0, "", "" },
    { "tel:+1", SP_UNSUPPORTED, 0, "", "" },
};

START_TEST(target_of_a_uri)
{
    const struct target_row *row = &targets[_i];
    struct sip_target        target;
    struct sip_uri           uri;
    struct sp_slice          name;
    struct sp_where          where;
    struct sp_buf            to = sp_buf(unit_room(64), 64);

    unit_err(sip_uri_parse(unit_text(row->uri), &uri, &where), SP_OK);
    unit_err(sip_target_of(&uri, &target, &name), row->err);
    if (row->err != SP_OK)
        return;
    ck_assert_uint_eq(target.transport, row->transport);
    unit_eq(name, row->name);
    if (name.len == 0) {
        sp_put_host_port(&to, &target.addr);
        unit_eq(sp_written(&to), row->addr);
    }
}
END_TEST

START_TEST(hop_of_a_number)
{
    struct sip_hop hop;
    struct sp_list asks;

    memset(&hop, 0, sizeof hop);
    sp_list_init(&asks);
    unit_err(sip_hop_find(&hop, SP_LIT("sip:192.0.2.1"), 5, &asks), SP_OK);
    ck_assert_int_eq(hop.state, SIP_HOP_KNOWN);
    ck_assert_ptr_null(sp_list_first(&asks));
    unit_err(sip_hop_find(&hop, SP_LIT("sip:"), 5, &asks), SP_SYNTAX);
    ck_assert_int_eq(hop.state, SIP_HOP_NONE);
}
END_TEST

/* 3261-8.1.2-1 */
START_TEST(hop_of_a_name)
{
    struct sip_hop hop;
    struct sp_list asks;
    struct sp_io   io;

    memset(&hop, 0, sizeof hop);
    sp_list_init(&asks);
    unit_err(sip_hop_find(&hop, SP_LIT("sip:b.example:7"), 5, &asks), SP_OK);
    ck_assert_int_eq(hop.state, SIP_HOP_ASKS);
    ck_assert_ptr_eq(sp_list_first(&asks), &hop.link);
    io = sip_hop_io(&hop);
    ck_assert_int_eq(io.kind, SP_IO_RESOLVE);
    unit_eq(io.host, "b.example");
    ck_assert_uint_eq(io.port, 7);
    ck_assert_uint_eq(io.cookie, 5);
    sip_hop_drop(&hop);
    ck_assert_int_eq(hop.state, SIP_HOP_NONE);
    ck_assert_ptr_null(sp_list_first(&asks));
}
END_TEST

static const struct resolved_row {
    const char *first, *second; /* addresses; empty: none */
    uint16_t    port;           /* of the first */
    enum sp_err err;
    const char *want;
} resolveds[] = {
    { "192.0.2.9", "", 0, SP_OK, "192.0.2.9:7" },
    { "192.0.2.9", "", 99, SP_OK, "192.0.2.9:99" },          /* as SRV may say */
    { "2001:db8::1", "192.0.2.9", 0, SP_OK, "192.0.2.9:7" }, /* the first has no socket */
    { "2001:db8::1", "", 0, SP_RESOLVE, "" },
    { "", "", 0, SP_RESOLVE, "" },
};

START_TEST(addresses_of_a_name)
{
    const struct resolved_row *row = &resolveds[_i];
    static const uint8_t       seed[SP_SEED_OCTETS] = { 1 };
    struct sip_tx_layer       *tx;
    struct sp_flow             local;
    struct sp_addr             addrs[2];
    struct sip_hop             hop;
    struct sp_list             asks;
    struct sp_buf              to = sp_buf(unit_room(64), 64);
    size_t                     count = 0;

    tx = sip_tx_init(unit_room(sip_tx_size(&sp_limits_small)), &sp_limits_small, seed);
    memset(&local, 0, sizeof local);
    local.id = 1;
    unit_err(sp_addr_parse(SP_LIT("192.0.2.1"), &local.local), SP_OK);
    local.local.port = 5060;
    sip_tx_bound(tx, &local);
    memset(addrs, 0, sizeof addrs);
    if (row->first[0] != '\0')
        unit_err(sp_addr_parse(sp_str(row->first), &addrs[count++]), SP_OK);
    addrs[0].port = row->port;
    if (row->second[0] != '\0')
        unit_err(sp_addr_parse(sp_str(row->second), &addrs[count++]), SP_OK);
    memset(&hop, 0, sizeof hop);
    sp_list_init(&asks);
    unit_err(sip_hop_find(&hop, SP_LIT("sip:b.example:7"), 5, &asks), SP_OK);
    unit_err(sip_hop_resolved(&hop, tx, addrs, count), row->err);
    ck_assert_int_eq(hop.state, row->err == SP_OK ? SIP_HOP_KNOWN : SIP_HOP_NONE);
    if (row->err != SP_OK)
        return;
    sp_put_host_port(&to, &hop.target.addr);
    unit_eq(sp_written(&to), row->want);
}
END_TEST

Suite *test_sip_target_suite(void)
{
    Suite *suite = suite_create("sip_target");
    TCase *tcase = unit_tcase(suite, "target");

    unit_loop(tcase, target_of_a_uri, targets);
    tcase_add_test(tcase, hop_of_a_number);
    tcase_add_test(tcase, hop_of_a_name);
    unit_loop(tcase, addresses_of_a_name, resolveds);
    return suite;
}
