/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_merged.c -- requests that arrived by two paths. RFC 3261 8.2.2.2. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

/* Server transactions 1 to `count` in a layer. */
static struct ua_world *with_transactions(struct sip_merged *merged, struct sp_handle *tx,
                                          int count, uint32_t room)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_arena  measure = sp_arena(NULL), arena;
    char             text[512];

    for (int i = 0; i < count; i++) {
        snprintf(text, sizeof text,
                 "MESSAGE sip:a@a SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKm%d\n"
                 "Max-Forwards: 70\nFrom: <sip:b@b>;tag=%d\nTo: <sip:a@a>\n"
                 "Call-ID: %d\nCSeq: 1 MESSAGE\n\n",
                 i, i, i);
        ua_put(world, text);
        tx[i] = world->ends[0].request;
    }
    sip_merged_init(merged, &measure, room);
    arena = sp_arena(unit_room(measure.used + 16));
    sip_merged_init(merged, &arena, room);
    return world;
}

START_TEST(the_second_is_merged)
{
    struct sip_merged    merged;
    struct sp_handle     tx[3];
    struct ua_world     *world = with_transactions(&merged, tx, 3, 8);
    struct sip_tx_layer *layer = world->ends[0].ua->tx;
    struct sp_slice      none = { NULL, 0 };

    ck_assert(!sip_merged_take(&merged, layer, 7, tx[0]));
    ck_assert(!sip_merged_take(&merged, layer, 7, tx[0])); /* itself */
    ck_assert(sip_merged_take(&merged, layer, 7, tx[1]));
    ck_assert(!sip_merged_take(&merged, layer, 8, tx[1]));
    /* the first ends */
    unit_err(sip_ua_respond(world->ends[0].ua, world->now_us, tx[0], 200, none, none, none), SP_OK);
    ck_assert(sip_merged_take(&merged, layer, 7, tx[2])); /* answered, but it goes on */
    ua_run(world, 64 * 500);
    ck_assert(!sip_merged_take(&merged, layer, 7, tx[2]));
}
END_TEST

/* A bucket that is full forgets its oldest. */
START_TEST(the_oldest_is_forgotten)
{
    struct sip_merged    merged;
    struct sp_handle     tx[6];
    struct ua_world     *world = with_transactions(&merged, tx, 6, 4);
    struct sip_tx_layer *layer = world->ends[0].ua->tx;

    for (uint64_t i = 0; i < 5; i++)
        ck_assert(!sip_merged_take(&merged, layer, i, tx[i]));
    ck_assert(sip_merged_take(&merged, layer, 1, tx[5]));
    ck_assert(sip_merged_take(&merged, layer, 4, tx[5]));
    ck_assert(!sip_merged_take(&merged, layer, 0, tx[5]));
}
END_TEST

START_TEST(without_room_nothing_is_merged)
{
    struct sip_merged merged;
    struct sp_handle  tx[2];
    struct ua_world  *world = with_transactions(&merged, tx, 2, 0);

    ck_assert(!sip_merged_take(&merged, world->ends[0].ua->tx, 7, tx[0]));
    ck_assert(!sip_merged_take(&merged, world->ends[0].ua->tx, 7, tx[1]));
}
END_TEST

Suite *test_sip_merged_suite(void)
{
    Suite *suite = suite_create("sip_merged");
    TCase *tcase = unit_tcase(suite, "merged");

    tcase_add_test(tcase, the_second_is_merged);
    tcase_add_test(tcase, the_oldest_is_forgotten);
    tcase_add_test(tcase, without_room_nothing_is_merged);
    return suite;
}
