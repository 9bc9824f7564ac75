/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_watch.c -- which descriptors can be read or written, asked of epoll (0) and of
 * poll (1). */
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../base/timers.h"
#include "../../transport/sp_net.h"
#include "../../transport/sp_watch.h"
#include "unit.h"

#define PLACES 600

static char memory[65536];

static struct sp_watch watch_of(int portable, uint32_t capacity)
{
    struct sp_arena arena = sp_arena(memory);
    struct sp_watch watch;

    sp_watch_lay_out(&watch, &arena, capacity);
    ck_assert_uint_le(arena.used, sizeof memory);
    sp_watch_init(&watch, portable);
    return watch;
}

/* What is found, a bit 1 << place; nothing of a place is told twice. */
static uint32_t found(struct sp_watch *watch, short what)
{
    uint32_t bits = 0, place;
    short    one;

    if (!sp_watch_wait(watch, 0, NULL))
        return 0;
    while (sp_watch_next(watch, &place, &one)) {
        ck_assert_uint_lt(place, 32);
        ck_assert_uint_eq(bits >> place & 1, 0);
        ck_assert_int_eq(one & (POLLIN | POLLOUT), what);
        bits |= 1u << place;
    }
    ck_assert_uint_ne(bits, 0);
    return bits;
}

START_TEST(what_is_watched_is_told)
{
    struct sp_watch watch = watch_of(_i, 8);
    int             a[2], b[2];

    ck_assert_int_eq(watch.epoll < 0, _i == 1 || sp_watch_epoll_octets() == 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
    ck_assert_uint_eq(found(&watch, 0), 0);
    sp_watch_set(&watch, 7, a[0], POLLIN);
    sp_watch_set(&watch, 2, b[0], POLLIN);
    ck_assert_uint_eq(found(&watch, POLLIN), 0);
    ck_assert_int_eq(write(a[1], "x", 1), 1);
    ck_assert_uint_eq(found(&watch, POLLIN), 1u << 7);
    ck_assert_uint_eq(found(&watch, POLLIN), 1u << 7); /* until it is read */
    ck_assert_int_eq(write(b[1], "x", 1), 1);
    ck_assert_uint_eq(found(&watch, POLLIN), 1u << 7 | 1u << 2);
    sp_watch_set(&watch, 7, -1, 0);
    ck_assert_uint_eq(found(&watch, POLLIN), 1u << 2);
    sp_watch_set(&watch, 2, b[0], POLLIN | POLLOUT);
    ck_assert_uint_eq(found(&watch, POLLIN | POLLOUT), 1u << 2);
    sp_watch_set(&watch, 2, b[0], POLLOUT);
    ck_assert_uint_eq(found(&watch, POLLOUT), 1u << 2);
    sp_watch_set(&watch, 2, a[0], POLLIN); /* another in its place */
    ck_assert_uint_eq(found(&watch, POLLIN), 1u << 2);
    sp_watch_set(&watch, 2, -1, 0);
    close(a[0]);
    close(b[0]);
    ck_assert_uint_eq(found(&watch, POLLIN), 0);
    sp_watch_end(&watch);
}
END_TEST

START_TEST(an_end_is_told_unasked)
{
    struct sp_watch watch = watch_of(_i, 2);
    uint32_t        place;
    short           what = 0;
    int             a[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
    sp_watch_set(&watch, 1, a[0], POLLOUT);
    sp_watch_set(&watch, 1, a[0], 0);
    ck_assert(!sp_watch_wait(&watch, 0, NULL));
    close(a[1]);
    ck_assert(sp_watch_wait(&watch, SP_NEVER, NULL));
    ck_assert(sp_watch_next(&watch, &place, &what));
    ck_assert_uint_eq(place, 1);
    ck_assert_int_ne(what & (POLLHUP | POLLERR), 0);
    ck_assert(!sp_watch_next(&watch, &place, &what));
}
END_TEST

/* More than one round tells of: rounds go on until all were told, and begin with none left out. */
START_TEST(all_of_many_are_told)
{
    struct sp_watch watch = watch_of(_i, PLACES);
    unsigned        told[PLACES] = { 0 }, rounds = 0;
    int             ends[2];
    uint32_t        place, left = PLACES / 2;
    short           what;

    for (uint32_t i = 0; i < PLACES; i += 2) {
        ck_assert_int_eq(pipe(ends), 0);
        ck_assert_int_eq(write(ends[1], "x", 1), 1);
        close(ends[1]);
        sp_watch_set(&watch, i, ends[0], POLLIN);
    }
    for (; left > 0 && rounds < 10; rounds++) {
        ck_assert(sp_watch_wait(&watch, 0, NULL));
        while (sp_watch_next(&watch, &place, &what)) {
            ck_assert_uint_eq(place % 2, 0);
            left -= told[place]++ == 0;
        }
    }
    ck_assert_uint_eq(left, 0);
    ck_assert_uint_le(rounds, PLACES / 2 / SP_WATCH_ROUND + 1);
}
END_TEST

/* Never before it is due, whatever the grain of the system's clock. */
START_TEST(it_sleeps_no_less)
{
    static const uint64_t spans_us[] = { 0, 1, 999, 1000, 1001, 20500 };
    struct sp_watch       watch = watch_of(_i, 1);

    for (size_t i = 0; i < sizeof spans_us / sizeof spans_us[0]; i++) {
        uint64_t before_us = sp_net_now_us();

        ck_assert(!sp_watch_wait(&watch, spans_us[i], NULL));
        ck_assert_uint_ge(sp_net_now_us(), before_us + spans_us[i]);
    }
}
END_TEST

static volatile sig_atomic_t signalled;

static void note(int number)
{
    signalled = number;
}

START_TEST(signals_come_in_where_it_sleeps)
{
    struct sp_watch  watch = watch_of(_i, 1);
    struct sigaction action = { .sa_handler = note };
    sigset_t         set, none;

    signalled = 0;
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    (void)sigemptyset(&none);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGUSR1);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    ck_assert_int_eq(raise(SIGUSR1), 0);
    ck_assert_int_eq(signalled, 0);
    ck_assert(!sp_watch_wait(&watch, SP_NEVER, &none));
    ck_assert_int_eq(signalled, SIGUSR1);
    ck_assert_int_eq(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
}
END_TEST

/* When epoll takes no more, poll goes on with all that was watched. */
START_TEST(poll_steps_in)
{
    struct sp_watch watch = watch_of(0, 4);
    int             a[2], b[2];

    ck_assert_int_eq(pipe(a), 0);
    ck_assert_int_eq(pipe(b), 0);
    sp_watch_set(&watch, 3, a[0], POLLIN);
    close(watch.epoll); /* every call on it fails from here on */
    sp_watch_set(&watch, 0, b[0], POLLIN);
    ck_assert_int_eq(watch.epoll, -1);
    ck_assert_int_eq(write(a[1], "x", 1), 1);
    ck_assert_int_eq(write(b[1], "x", 1), 1);
    ck_assert_uint_eq(found(&watch, POLLIN), 1u << 3 | 1u);
}
END_TEST

Suite *test_sp_watch_suite(void)
{
    Suite *suite = suite_create("sp_watch");
    TCase *tcase = unit_tcase(suite, "epoll and poll");

    tcase_add_loop_test(tcase, what_is_watched_is_told, 0, 2);
    tcase_add_loop_test(tcase, an_end_is_told_unasked, 0, 2);
    tcase_add_loop_test(tcase, all_of_many_are_told, 0, 2);
    tcase_add_loop_test(tcase, it_sleeps_no_less, 0, 2);
    tcase_add_loop_test(tcase, signals_come_in_where_it_sleeps, 0, 2);
    if (sp_watch_epoll_octets() > 0)
        tcase_add_test(tcase, poll_steps_in);
    return suite;
}
