/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_chance.c -- both agents under chance: orders of any kind, lost datagrams,
 * cut streams, decisions that take their time, ends from either side; all from one seed.
 *
 * The oracle: each content ends once; what the sender calls delivered was delivered, octet for
 * octet, once; what was refused or failed was not called delivered at the receiver before its
 * sender could know (a report or a 200 may be lost: then only the sender doubts); and nothing is
 * kept by either agent afterwards. */
#include <stdio.h>

#include "push_unit.h"
#include "unit.h"

static uint32_t state;

static uint32_t below(uint32_t limit)
{
    state = state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(state >> 4) * limit) >> 28);
}

static void make_contents(struct push_content *contents, uint32_t count)
{
    static char names[8][16];

    for (uint32_t i = 0; i < count; i++) {
        bool   file = below(3) > 0;
        size_t octets = below(3) == 0 ? below(600) : below(400000);

        snprintf(names[i], sizeof(names[i]), "file %u", (unsigned)i);
        contents[i] = push_unit_content(file ? names[i] : "", below(2) ? "image/png" : "text/plain",
                                        push_unit_pattern(octets, state), below(2) == 0);
    }
}

static void something_happens(struct push_unit *unit)
{
    uint32_t which = below(24);
    int      i = unit->offered > 0 ? (int)below((uint32_t)unit->offered) : 0;

    switch (which) {
    case 0: push_unit_cut(unit); break;
    case 1: (void)!push_sender_abort(unit->sender, unit->now_us, unit->order); break;
    case 2:
        (void)!push_sender_abort_content(unit->sender, unit->now_us, unit->order, below(5));
        break;
    case 3:
        (void)!push_receiver_abort(unit->receiver, unit->now_us, unit->ins[i].push, SP_STORAGE);
        break;
    case 4: unit->lose_every = below(8) == 0 ? 1 : 2 + below(6); break;
    case 5: unit->lose_every = 0; break;
    case 6: unit->deaf[below(2)] = below(2) == 0; break;
    case 7: unit->refuse_msrp = below(2) == 0; break;
    case 8: unit->delay_us = 100 + below(300000); break;
    case 9:
        if (below(4) == 0)
            push_receiver_close(unit->receiver, unit->now_us);
        break;
    default: break;
    }
    /* decisions and stores that were put off */
    (void)!push_receiver_decide(unit->receiver, unit->now_us, unit->ins[i].push,
                                below(4) == 0 ? 603 : 200, 1);
    if (unit->ins[i].completes > 0)
        (void)!push_receiver_stored(unit->receiver, unit->now_us, unit->ins[i].push,
                                    below(5) == 0 ? SP_INTEGRITY : SP_OK);
    push_unit_drain(unit);
}

/* The push that these octets came as; -1: none. Patterns differ by content. */
static int push_of(const struct push_unit *unit, const struct push_unit_out *out)
{
    for (int i = 0; i < unit->offered; i++)
        if (unit->ins[i].delivered == 1 && unit->ins[i].extent == out->octets.len &&
            (out->octets.len == 0 ||
             memcmp(unit->ins[i].octets, out->octets.at, out->octets.len) == 0))
            return i;
    return -1;
}

START_TEST(chance)
{
    struct push_receiver_config config = { .resumes = true, .max_size = 0 };
    struct push_unit           *unit;
    struct push_content         contents[5];
    uint32_t                    count;
    enum sp_err                 err;
    int                         delivered = 0;

    state = (uint32_t)_i * 2654435761u + 12345;
    if (below(4) == 0)
        config.max_size = 100000;
    count = 1 + below(5);
    unit = push_unit_new(NULL, NULL, &config);
    unit->segment = 1 + below(60000);
    if (unit->segment < 500)
        unit->segment = 500;
    unit->step = below(3) == 0 ? 1 + below(5000) : 0;
    unit->delay_us = 100 + below(50000);
    unit->hold = below(4) == 0;
    unit->hold_stored = below(4) == 0;
    unit->retries = below(3);
    unit->query = below(4) == 0;
    for (int i = 0; i < 8; i++)
        unit->decide[i] = below(6) == 0 ? 413 : 0;
    make_contents(contents, count);
    err = push_unit_order(unit, (enum push_mode)below(3), below(2) == 0, contents, count);
    for (int i = 0; i < 60; i++) {
        push_unit_run(unit, below(40) == 0 ? below(30000) : below(60));
        if (below(3) == 0)
            something_happens(unit);
    }
    /* calm again: whatever hangs must end by itself */
    unit->lose_every = 0;
    unit->deaf[0] = unit->deaf[1] = false;
    push_unit_run(unit, 900000);
    unit->hold = unit->hold_stored = false;
    for (int i = 0; i < unit->offered; i++) {
        (void)!push_receiver_decide(unit->receiver, unit->now_us, unit->ins[i].push, 603, 1);
        (void)!push_receiver_stored(unit->receiver, unit->now_us, unit->ins[i].push, SP_OK);
    }
    push_unit_run(unit, 300000);
    ck_assert_int_eq(unit->ended, err == SP_OK);
    for (uint32_t i = 0; err == SP_OK && i < count; i++) {
        ck_assert_int_eq(unit->outs[i].ended, 1);
        if (unit->outs[i].err == SP_OK) {
            ck_assert_int_ge(push_of(unit, &unit->outs[i]), 0);
            delivered++;
        }
    }
    for (int i = 0; i < unit->offered; i++) {
        ck_assert_int_eq(unit->ins[i].delivered + unit->ins[i].failed, 1);
        delivered -= unit->ins[i].delivered;
    }
    ck_assert_int_le(delivered, 0);
    push_unit_nothing_left(unit);
    ck_assert_uint_eq(push_sender_open(unit->sender), 0);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
}
END_TEST

Suite *test_push_chance_suite(void)
{
    Suite *suite = suite_create("push_chance");
    TCase *tcase = unit_tcase(suite, "push_chance");

    tcase_add_loop_test(tcase, chance, 0, 300);
    return suite;
}
