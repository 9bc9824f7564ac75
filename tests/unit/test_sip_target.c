/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_target.c -- the next hop of an object's requests: found, asked for, passed
 * over. */
#include "unit.h"

#include "../../dialog/sip_target.h"

/* A hop and all that it needs; sockets of UDP over IPv4 alone. */
struct bench {
    struct sip_tx_layer *tx;
    struct sp_store      store;
    struct sp_ident      ident;
    struct sip_hops      hops;
    struct sip_hop       hop;
};

static struct bench *bench(size_t store_octets)
{
    static const uint8_t seed[SP_SEED_OCTETS] = { 1 };
    struct bench        *b = unit_room(sizeof *b);
    struct sp_arena      arena = sp_arena(NULL);
    struct sp_flow       local;

    sp_store_init(&b->store, &arena, store_octets);
    arena = unit_arena(arena);
    sp_store_init(&b->store, &arena, store_octets);
    b->tx = sip_tx_init(unit_room(sip_tx_size(&sp_limits_small)), &sp_limits_small, seed);
    memset(&local, 0, sizeof local);
    local.id = 1;
    unit_err(sp_addr_parse(SP_LIT("192.0.2.1"), &local.local), SP_OK);
    local.local.port = 5060;
    sip_tx_bound(b->tx, &local);
    sp_ident_init(&b->ident, seed);
    b->hops = (struct sip_hops){ .tx = b->tx, .store = &b->store, .ident = &b->ident };
    sp_list_init(&b->hops.asks);
    return b;
}

/* As long as a hop has more than one target, it has a block of the store. */
static void in_state(const struct bench *b, enum sip_hop_state state, bool keeps)
{
    ck_assert_int_eq(b->hop.state, state);
    ck_assert_int_eq(sp_list_first(&b->hops.asks) == &b->hop.link, state == SIP_HOP_ASKS);
    ck_assert_int_eq(b->store.used > 0, keeps);
    ck_assert_int_eq(b->hop.locate != NULL, keeps);
}

static void target_is(const struct bench *b, const char *want)
{
    struct sp_buf to = sp_buf(unit_room(64), 64);

    sp_put_host_port(&to, &b->hop.target.addr);
    unit_eq(sp_written(&to), want);
}

static const struct number_row {
    const char *uri;
    enum sp_err err;
    const char *want;
} numbers[] = {
    { "sip:192.0.2.1", SP_OK, "192.0.2.1:5060" },
    { "sip:[2001:db8::1]:7", SP_OK, "[2001:db8::1]:7" }, /* whoever sends sees to the socket */
    { "sip:", SP_SYNTAX, "" },
    { "sips:a@192.0.2.1", SP_UNSUPPORTED, "" },
    { "sip:a@b.example;transport=tls", SP_UNSUPPORTED, "" },
};

START_TEST(hop_of_a_number)
{
    const struct number_row *row = &numbers[_i];
    struct bench            *b = bench(4096);

    unit_err(sip_hop_find(&b->hop, sp_str(row->uri), 5, &b->hops), row->err);
    in_state(b, row->err == SP_OK ? SIP_HOP_KNOWN : SIP_HOP_NONE, false);
    if (row->err != SP_OK)
        return;
    target_is(b, row->want);
    ck_assert(!sip_hop_next(&b->hop, SP_TIMEOUT)); /* there is no other */
    in_state(b, SIP_HOP_NONE, false);
    unit_err(sip_hop_find(&b->hop, SP_LIT("sip:"), 5, &b->hops), SP_SYNTAX);
    in_state(b, SIP_HOP_NONE, false);
}
END_TEST

/* 3261-8.1.2-1 */
START_TEST(hop_of_a_name)
{
    struct bench *b = bench(4096);
    struct sp_io  io;

    unit_err(sip_hop_find(&b->hop, SP_LIT("sip:b.example:7"), 5, &b->hops), SP_OK);
    in_state(b, SIP_HOP_ASKS, true);
    io = sip_hop_io(&b->hop);
    ck_assert_int_eq(io.kind, SP_IO_RESOLVE);
    ck_assert_int_eq(io.question, SP_ASK_ADDRS);
    unit_eq(io.host, "b.example");
    ck_assert_uint_eq(io.port, 7);
    ck_assert_uint_eq(io.cookie, 5 | UINT64_C(1) << SIP_HOP_ASKED_BIT);
    unit_err(sip_hop_found(&b->hop, NULL, 0), SP_OK); /* nobody asked for records */
    in_state(b, SIP_HOP_ASKS, true);
    sip_hop_drop(&b->hop);
    in_state(b, SIP_HOP_NONE, false);
    unit_err(sip_hop_resolved(&b->hop, NULL, 0), SP_RESOLVE);
    unit_err(sip_hop_found(&b->hop, NULL, 0), SP_RESOLVE);
    unit_err(sip_hop_find(&b->hop, SP_LIT("sip:c.example:7"), 5, &b->hops), SP_OK);
    ck_assert_uint_eq(sip_hop_io(&b->hop).cookie, 5 | UINT64_C(2) << SIP_HOP_ASKED_BIT);
}
END_TEST

START_TEST(hop_without_room)
{
    struct bench *b = bench(1024);

    unit_err(sip_hop_find(&b->hop, SP_LIT("sip:b.example:7"), 5, &b->hops), SP_LIMIT);
    in_state(b, SIP_HOP_NONE, false);
}
END_TEST

/* From NAPTR over SRV to an address, and on to the next server when that failed. */
START_TEST(hop_by_records)
{
    struct bench    *b = bench(4096);
    struct sp_record records[2];
    struct sp_addr   addr;

    memset(records, 0, sizeof records);
    for (int i = 0; i < 2; i++) {
        records[i].order = (uint16_t)i;
        records[i].port = (uint16_t)(7 + i);
        records[i].name_octets = 1;
        records[i].name[0] = (char)('a' + i);
    }
    unit_err(sp_addr_parse(SP_LIT("192.0.2.9"), &addr), SP_OK);
    unit_err(sip_hop_find(&b->hop, SP_LIT("sip:b.example"), 5, &b->hops), SP_OK);
    ck_assert_int_eq(sip_hop_io(&b->hop).question, SP_ASK_NAPTR);
    sp_list_remove(&b->hop.link); /* as whoever asks does */
    records[0].flag = 's';
    records[0].service_octets = 7;
    memcpy(records[0].service, "SIP+D2U", 7);
    unit_err(sip_hop_found(&b->hop, records, 2), SP_OK);
    in_state(b, SIP_HOP_ASKS, true);
    ck_assert_int_eq(sip_hop_io(&b->hop).question, SP_ASK_SRV);
    unit_eq(sip_hop_io(&b->hop).host, "a");
    unit_err(sip_hop_found(&b->hop, records, 2), SP_OK);
    unit_err(sip_hop_resolved(&b->hop, &addr, 1), SP_OK);
    in_state(b, SIP_HOP_KNOWN, true);
    target_is(b, "192.0.2.9:7");
    ck_assert(sip_hop_next(&b->hop, SP_TIMEOUT));
    in_state(b, SIP_HOP_ASKS, true);
    unit_err(sip_hop_resolved(&b->hop, &addr, 1), SP_OK);
    in_state(b, SIP_HOP_KNOWN, false); /* the last one */
    target_is(b, "192.0.2.9:8");
    ck_assert(!sip_hop_next(&b->hop, SP_TIMEOUT));
    in_state(b, SIP_HOP_NONE, false);
}
END_TEST

static const struct resolved_row {
    const char *first, *second; /* addresses; empty: none */
    uint16_t    port;           /* of the first */
    enum sp_err err;
    const char *want;
} resolveds[] = {
    { "192.0.2.9", "", 0, SP_OK, "192.0.2.9:7" },
    { "192.0.2.9", "", 99, SP_OK, "192.0.2.9:99" },          /* as its host may know */
    { "2001:db8::1", "192.0.2.9", 0, SP_OK, "192.0.2.9:7" }, /* the first has no socket */
    { "2001:db8::1", "", 0, SP_RESOLVE, "" },
    { "", "", 0, SP_RESOLVE, "" },
};

START_TEST(addresses_of_a_name)
{
    const struct resolved_row *row = &resolveds[_i];
    struct bench              *b = bench(4096);
    struct sp_addr             addrs[2];
    size_t                     count = 0;

    memset(addrs, 0, sizeof addrs);
    if (row->first[0] != '\0')
        unit_err(sp_addr_parse(sp_str(row->first), &addrs[count++]), SP_OK);
    addrs[0].port = row->port;
    if (row->second[0] != '\0')
        unit_err(sp_addr_parse(sp_str(row->second), &addrs[count++]), SP_OK);
    unit_err(sip_hop_find(&b->hop, SP_LIT("sip:b.example:7"), 5, &b->hops), SP_OK);
    unit_err(sip_hop_resolved(&b->hop, addrs, count), row->err);
    in_state(b, row->err == SP_OK ? SIP_HOP_KNOWN : SIP_HOP_NONE, false);
    if (row->err == SP_OK)
        target_is(b, row->want);
}
END_TEST

Suite *test_sip_target_suite(void)
{
    Suite *suite = suite_create("sip_target");
    TCase *tcase = unit_tcase(suite, "target");

    unit_loop(tcase, hop_of_a_number, numbers);
    tcase_add_test(tcase, hop_of_a_name);
    tcase_add_test(tcase, hop_without_room);
    tcase_add_test(tcase, hop_by_records);
    unit_loop(tcase, addresses_of_a_name, resolveds);
    return suite;
}
