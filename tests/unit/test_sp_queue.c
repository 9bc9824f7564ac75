/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_queue.c -- the ring of a connection: order, bounds, wrap. */
#include "../../transport/sp_queue.h"
#include "unit.h"

static struct sp_queue queue_of(size_t capacity)
{
    struct sp_queue queue;

    sp_queue_init(&queue, unit_room(capacity), capacity);
    return queue;
}

/* All that waits, in one piece. */
static struct sp_slice all(const struct sp_queue *queue)
{
    struct sp_slice runs[2];
    size_t          count = sp_queue_runs(queue, runs), at = 0;
    char           *room = unit_room(queue->used + 1);

    for (size_t i = 0; i < count; i++) {
        memcpy(room + at, runs[i].at, runs[i].len);
        at += runs[i].len;
    }
    ck_assert_uint_eq(at, queue->used);
    return sp_slice(room, at);
}

START_TEST(keeps_order_over_the_wrap)
{
    struct sp_queue queue = queue_of(8);
    struct sp_slice runs[2];

    ck_assert_uint_eq(sp_queue_runs(&queue, runs), 0);
    unit_err(sp_queue_put(&queue, sp_str("abcdef")), SP_OK);
    sp_queue_drop(&queue, 4);
    unit_err(sp_queue_put(&queue, sp_str("ghijk")), SP_OK);
    ck_assert_uint_eq(sp_queue_runs(&queue, runs), 2);
    unit_eq(all(&queue), "efghijk");
    sp_queue_drop(&queue, 5);
    unit_eq(all(&queue), "jk");
    sp_queue_drop(&queue, 2);
    ck_assert_uint_eq(queue.from, 0);
}
END_TEST

START_TEST(refuses_whole_what_does_not_fit)
{
    struct sp_queue queue = queue_of(4);

    unit_err(sp_queue_put(&queue, sp_str("abc")), SP_OK);
    unit_err(sp_queue_put(&queue, sp_str("de")), SP_LIMIT);
    unit_eq(all(&queue), "abc");
    unit_err(sp_queue_put(&queue, sp_str("d")), SP_OK);
    unit_err(sp_queue_put(&queue, sp_str("")), SP_OK);
    unit_err(sp_queue_put(&queue, sp_str("e")), SP_LIMIT);
    unit_eq(all(&queue), "abcd");
}
END_TEST

/* Every place to start from, every length to add. */
START_TEST(any_place_any_length)
{
    for (size_t from = 0; from <= 7; from++)
        for (size_t len = 0; len <= 7; len++) {
            struct sp_queue queue = queue_of(8);

            unit_err(sp_queue_put(&queue, sp_head(sp_str("-------"), from)), SP_OK);
            unit_err(sp_queue_put(&queue, sp_str("#")), SP_OK);
            sp_queue_drop(&queue, from);
            unit_err(sp_queue_put(&queue, sp_head(sp_str("1234567"), len)), SP_OK);
            unit_eq_slice(all(&queue), sp_head(sp_str("#1234567"), 1 + len));
        }
}
END_TEST

Suite *test_sp_queue_suite(void)
{
    Suite *suite = suite_create("sp_queue");
    TCase *tcase = unit_tcase(suite, "ring");

    tcase_add_test(tcase, keeps_order_over_the_wrap);
    tcase_add_test(tcase, refuses_whole_what_does_not_fit);
    tcase_add_test(tcase, any_place_any_length);
    return suite;
}
