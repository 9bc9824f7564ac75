/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_resolve.c -- names beside the loop: the helper, its bounds, its end. */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "../../base/timers.h"
#include "../../transport/sp_slot.h"
#include "net_unit.h"

static void ask(struct net_side *side, const char *name, uint64_t cookie)
{
    sp_net_perform(side->net, &(struct sp_io){ .kind = SP_IO_RESOLVE,
                                               .host = unit_text(name),
                                               .port = 5061,
                                               .cookie = cookie });
}

static struct sp_resolve *names_of(struct net_side *side)
{
    return &side->net->resolve;
}

static unsigned descriptors(void)
{
    DIR     *folder = opendir("/proc/self/fd");
    unsigned count = 0;

    while (folder != NULL && readdir(folder) != NULL)
        count++;
    if (folder != NULL)
        closedir(folder);
    return count;
}

static void localhost_is_found(struct net_side *side)
{
    unsigned before = side->told[SP_NET_RESOLVED];

    ask(side, "localhost", 77);
    net_until(side, NULL, SP_NET_RESOLVED, before + 1);
    ck_assert_uint_eq(side->last[SP_NET_RESOLVED].cookie, 77);
    ck_assert_uint_ge(side->last[SP_NET_RESOLVED].count, 1);
    ck_assert_uint_eq(side->last[SP_NET_RESOLVED].addrs[0].port, 5061);
}

START_TEST(an_address_needs_no_helper)
{
    static const struct {
        const char *host;
        size_t      count;
    } rows[] = { { "127.0.0.1", 1 }, { "::1", 1 }, { "[::1]", 1 }, { "", 0 } };
    struct net_side side = net_side(2, 0, 0);
    char            long_name[300];

    for (size_t i = 0; i < UNIT_ROWS(rows); i++) {
        ask(&side, rows[i].host, i);
        net_until(&side, NULL, SP_NET_RESOLVED, (unsigned)i + 1);
        ck_assert_uint_eq(side.last[SP_NET_RESOLVED].cookie, i);
        ck_assert_uint_eq(side.last[SP_NET_RESOLVED].count, rows[i].count);
        if (rows[i].count > 0)
            ck_assert_uint_eq(side.last[SP_NET_RESOLVED].addrs[0].port, 5061);
    }
    memset(long_name, 'a', sizeof long_name);
    long_name[SP_RESOLVE_NAME + 1] = '\0';
    ask(&side, long_name, 9);
    net_until(&side, NULL, SP_NET_RESOLVED, UNIT_ROWS(rows) + 1);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].count, 0);
    ck_assert_int_eq(names_of(&side)->fd, -1);
    sp_net_end(side.net);
}
END_TEST

START_TEST(names_are_found_by_one_helper)
{
    struct net_side side = net_side(2, 0, 0);
    pid_t           child;

    localhost_is_found(&side);
    child = names_of(&side)->child;
    ck_assert_int_gt(child, 0);
    ck_assert_int_ne(getpgid(child), getpgrp());
    localhost_is_found(&side);
    ck_assert_int_eq(kill(child, SIGINT), 0); /* as a terminal's, which it ignores */
    localhost_is_found(&side);
    ck_assert_int_eq(names_of(&side)->child, child);
    names_of(&side)->wait_us = 2000000; /* where nobody answers for the world's names */
    ask(&side, "no-such-name.invalid", 5);
    net_until(&side, NULL, SP_NET_RESOLVED, 4);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].cookie, 5);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].count, 0);
    sp_net_end(side.net);
}
END_TEST

START_TEST(several_are_under_way)
{
    struct net_side     side = net_side(2, 0, 0);
    struct sp_net_event event;
    uint64_t            seen = 0, end_us = sp_net_now_us() + 3000000;

    for (uint64_t i = 0; i < SP_RESOLVE_ASKS; i++)
        ask(&side, "localhost", i);
    ck_assert(!sp_net_event(side.net, &event));
    ask(&side, "localhost", 99); /* one too many */
    ck_assert(sp_net_event(side.net, &event));
    ck_assert_int_eq(event.kind, SP_NET_RESOLVED);
    ck_assert_uint_eq(event.cookie, 99);
    ck_assert_uint_eq(event.count, 0);
    while (seen != (1ull << SP_RESOLVE_ASKS) - 1 && sp_net_now_us() < end_us) {
        sp_net_wait(side.net, end_us);
        while (sp_net_event(side.net, &event)) {
            ck_assert_int_eq(event.kind, SP_NET_RESOLVED);
            ck_assert_uint_ge(event.count, 1);
            ck_assert_uint_eq(seen >> event.cookie & 1, 0);
            seen |= 1ull << event.cookie;
        }
    }
    ck_assert_uint_eq(seen, (1ull << SP_RESOLVE_ASKS) - 1);
    localhost_is_found(&side); /* there is room again */
    sp_net_end(side.net);
}
END_TEST

/* The loop serves others meanwhile, and the time of the question is bounded. */
START_TEST(a_helper_that_stands_still_stops_nobody)
{
    struct net_side side = net_side(4, 0, 0), peer = net_side(4, 0, 0);
    struct sp_flow  to = net_listen(&side, SP_UDP, 0), from = net_listen(&peer, SP_UDP, 0);
    uint64_t        before;

    localhost_is_found(&side);
    ck_assert_int_eq(kill(names_of(&side)->child, SIGSTOP), 0);
    names_of(&side)->wait_us = 1000000;
    before = sp_net_now_us();
    ask(&side, "localhost", 1);
    from.remote = to.local;
    net_send(&peer, &from, sp_str("octets"), false);
    net_until(&side, &peer, SP_NET_RECEIVED, 1);
    ck_assert_uint_eq(side.told[SP_NET_RESOLVED], 1);
    net_until(&side, NULL, SP_NET_RESOLVED, 2);
    ck_assert_uint_ge(sp_net_now_us(), before + 1000000);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].cookie, 1);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].count, 0);
    ck_assert_int_eq(kill(names_of(&side)->child, SIGCONT), 0);
    net_turn(&side, NULL, 100);
    ck_assert_uint_eq(side.told[SP_NET_RESOLVED], 2); /* late: no answer */
    names_of(&side)->wait_us = SP_RESOLVE_US;
    localhost_is_found(&side);
    ck_assert_int_eq(kill(names_of(&side)->child, SIGSTOP), 0);
    before = sp_net_now_us();
    sp_net_end(side.net); /* a stopped one ends too */
    ck_assert_uint_lt(sp_net_now_us(), before + 1000000);
    sp_net_end(peer.net);
}
END_TEST

START_TEST(a_helper_that_dies_is_replaced)
{
    struct net_side side = net_side(2, 0, 0);
    pid_t           child;

    localhost_is_found(&side);
    child = names_of(&side)->child;
    ck_assert_int_eq(kill(child, SIGSTOP), 0);
    ask(&side, "localhost", 2);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    net_until(&side, NULL, SP_NET_RESOLVED, 2); /* long before its time */
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].cookie, 2);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].count, 0);
    ck_assert_int_eq(waitpid(child, NULL, WNOHANG), -1); /* taken */
    localhost_is_found(&side);
    ck_assert_int_ne(names_of(&side)->child, child);
    sp_net_end(side.net);
}
END_TEST

/* What is left of a helper whose loop ended comes to us, where the system can say so. */
static void adopt(int on)
{
#ifdef __linux__
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0), 0);
#else
    (void)on;
#endif
}

START_TEST(the_end_leaves_nothing)
{
    unsigned before = descriptors();
    int      status;

    adopt(1);

    for (int i = 0; i < 20; i++) {
        struct net_side side = net_side(2, 0, 0);
        uint64_t        end_us = sp_net_now_us() + 3000000;
        pid_t           child;

        localhost_is_found(&side);
        child = names_of(&side)->child;
        for (uint64_t ask_no = 0; ask_no < SP_RESOLVE_ASKS; ask_no++)
            ask(&side, "localhost", ask_no);
        (void)poll(NULL, 0, i % 4);
        ck_assert_int_eq(kill(-child, SIGSTOP), 0); /* some of the questions half way */
        sp_net_end(side.net);
        ck_assert_int_eq(waitpid(child, NULL, WNOHANG), -1);
        ck_assert_int_eq(errno, ECHILD);
        while (waitpid(-child, &status, 0) > 0) /* its questions are killed too */
            ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        ck_assert_uint_lt(sp_net_now_us(), end_us);
    }
    adopt(0);
    ck_assert_uint_eq(descriptors(), before);
}
END_TEST

#ifdef __linux__
/* What the killed parent leaves becomes ours: it ends, be it at work (0) or stopped
 * with its questions half way (1). */
START_TEST(a_killed_parent_takes_it_along)
{
    int   ends[2], status;
    pid_t parent, child = 0;

    adopt(1);
    ck_assert_int_eq(pipe(ends), 0);
    parent = fork();
    ck_assert_int_ge(parent, 0);
    if (parent == 0) {
        struct net_side side = net_side(2, 0, 0);

        localhost_is_found(&side);
        child = names_of(&side)->child;
        for (uint64_t i = 0; _i == 1 && i < SP_RESOLVE_ASKS; i++)
            ask(&side, "localhost", i);
        if (_i == 1) {
            (void)poll(NULL, 0, 2);
            (void)kill(-child, SIGSTOP);
        }
        (void)!write(ends[1], &child, sizeof child);
        for (;;)
            (void)pause();
    }
    ck_assert_int_eq(read(ends[0], &child, sizeof child), (ssize_t)sizeof child);
    ck_assert_int_eq(kill(parent, SIGKILL), 0);
    ck_assert_int_eq(waitpid(parent, &status, 0), parent);
    for (int i = 0;; i++) {
        pid_t ended = waitpid(-child, &status, WNOHANG);

        if (ended < 0)
            break;
        ck_assert_int_lt(i, 400);
        if (ended == 0)
            (void)poll(NULL, 0, 10);
    }
    adopt(0);
    close(ends[0]);
    close(ends[1]);
}
END_TEST
#endif

/* No descriptor (0), no process (1): every name is unknown, at once, and later they work again. */
START_TEST(without_a_helper_names_are_unknown)
{
    struct net_side side = net_side(4, 0, 0);
    int             what = _i == 0 ? RLIMIT_NOFILE : RLIMIT_NPROC;
    struct rlimit   most, few;
    unsigned        before;

    if (_i == 1 && (!unit_forks() || (getuid() == 0 && setuid(65534) != 0)))
        return; /* the limit does not bind root */
    before = descriptors();
    ck_assert_int_eq(getrlimit(what, &most), 0);
    few = most;
    few.rlim_cur = _i == 0 ? 3 : 0;
    ck_assert_int_eq(setrlimit(what, &few), 0);
    ask(&side, "localhost", 4);
    ck_assert_int_eq(setrlimit(what, &most), 0);
    net_until(&side, NULL, SP_NET_RESOLVED, 1);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].cookie, 4);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].count, 0);
    ck_assert_uint_eq(descriptors(), before);
    localhost_is_found(&side);
    sp_net_end(side.net);
}
END_TEST

/* A helper played by the test: what it says is not trusted. */
struct played {
    struct sp_resolve          names;
    struct sp_resolve_question question;
    struct sp_resolve_answer   answer;
    struct sp_net_event        event;
    int                        ends[2];
};

static void play(struct played *p)
{
    memset(p, 0, sizeof *p);
    sp_resolve_init(&p->names, NULL, 0);
    ck_assert_uint_eq(sp_resolve_deadline(&p->names), SP_NEVER);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p->ends), 0);
    p->names.fd = p->ends[0];
}

static void is_asked(struct played *p, enum sp_question question)
{
    struct sp_io io = { .kind = SP_IO_RESOLVE,
                        .question = (uint8_t)question,
                        .host = sp_str("a"),
                        .port = 7,
                        .cookie = 8 };

    ck_assert(!sp_resolve_ask(&p->names, &io, &p->event));
    ck_assert_int_eq(recv(p->ends[1], &p->question, sizeof p->question, 0),
                     (ssize_t)offsetof(struct sp_resolve_question, name) + 1);
    ck_assert_int_eq(p->question.question, question);
    ck_assert_int_eq(p->question.name[0], 'a');
    p->answer.number = p->question.number;
    p->answer.question = (uint32_t)question;
}

/* Says its answer in so many octets, and what the loop makes of it. */
static bool tells(struct played *p, size_t octets, uint64_t now_us)
{
    ck_assert_int_eq(send(p->ends[1], &p->answer, octets, 0), (ssize_t)octets);
    p->names.ready = true;
    return sp_resolve_step(&p->names, now_us, &p->event);
}

START_TEST(answers_that_are_late_or_wrong)
{
    struct played p;
    uint64_t      now_us = sp_net_now_us();
    const size_t  head = offsetof(struct sp_resolve_answer, of);

    play(&p);
    is_asked(&p, SP_ASK_ADDRS);
    ck_assert_uint_ge(p.question.until_us, now_us + SP_RESOLVE_US);
    ck_assert_uint_eq(sp_resolve_deadline(&p.names), p.question.until_us);
    ck_assert(!tells(&p, 3, now_us));
    ck_assert(!tells(&p, head - 1, now_us));
    p.answer.count = 1; /* as it says, but not as long */
    ck_assert(!tells(&p, head, now_us));
    ck_assert(!tells(&p, head + sizeof p.answer.of.records[0], now_us));
    p.answer.count = SP_RESOLVE_ADDRS + 1;
    ck_assert(!tells(&p, head + p.answer.count * sizeof p.answer.of.addrs[0], now_us));
    p.answer.count = 0;
    for (uint64_t odd = 0; odd < 3; odd++) { /* no question's, or a stranger's */
        p.answer.number = odd == 0 ? 0 : p.question.number + odd;
        ck_assert(!tells(&p, head, p.question.until_us - 1));
    }
    ck_assert(sp_resolve_step(&p.names, p.question.until_us, &p.event)); /* its time is up */
    ck_assert_int_eq(p.event.kind, SP_NET_RESOLVED);
    ck_assert_uint_eq(p.event.cookie, 8);
    ck_assert_uint_eq(p.event.count, 0);
    p.answer.number = p.question.number;
    ck_assert(!tells(&p, head, now_us)); /* late */
    is_asked(&p, SP_ASK_SRV);
    close(p.ends[1]);
    p.names.ready = true;
    ck_assert(sp_resolve_step(&p.names, now_us, &p.event));
    ck_assert_int_eq(p.event.kind, SP_NET_FOUND);
    ck_assert_uint_eq(p.event.count, 0);
    ck_assert_int_eq(p.names.fd, -1);
    sp_resolve_end(&p.names);
}
END_TEST

/* Records as an answer to SRV; addresses, where the helper knows no more, to NAPTR. */
START_TEST(records_are_told)
{
    struct played p;
    const size_t  head = offsetof(struct sp_resolve_answer, of);
    uint64_t      now_us = sp_net_now_us();

    play(&p);
    is_asked(&p, SP_ASK_SRV);
    p.answer.count = 2;
    p.answer.of.records[1].port = 99;
    ck_assert(tells(&p, head + 2 * sizeof p.answer.of.records[0], now_us));
    ck_assert_int_eq(p.event.kind, SP_NET_FOUND);
    ck_assert_uint_eq(p.event.count, 2);
    ck_assert_uint_eq(p.event.records[1].port, 99);
    is_asked(&p, SP_ASK_NAPTR);
    p.answer.question = SP_ASK_ADDRS;
    p.answer.count = 1;
    p.answer.of.addrs[0].family = SP_IPV4;
    p.answer.of.addrs[0].port = 0;
    ck_assert(tells(&p, head + sizeof p.answer.of.addrs[0], now_us));
    ck_assert_int_eq(p.event.kind, SP_NET_RESOLVED);
    ck_assert_uint_eq(p.event.count, 1);
    ck_assert_uint_eq(p.event.addrs[0].port, 7);
    close(p.ends[1]);
    sp_resolve_end(&p.names);
}
END_TEST

/* All names there are stand in a file: no helper, and several answers one after the other. */
START_TEST(a_zone_answers_by_itself)
{
    struct net_side side = net_side(4, 0, 0);

    sp_net_zone(side.net, SP_LIT("b.example SRV 1 2 3 c.example\nc.example A 192.0.2.1\n"));
    for (uint64_t i = 0; i < 4; i++)
        sp_net_perform(side.net,
                       &(struct sp_io){ .kind = SP_IO_RESOLVE,
                                        .question = i % 2 == 0 ? SP_ASK_SRV : SP_ASK_ADDRS,
                                        .host = i < 2    ? SP_LIT("localhost")
                                                : i == 2 ? SP_LIT("b.example")
                                                         : SP_LIT("c.example"),
                                        .port = 5,
                                        .cookie = i });
    net_until(&side, NULL, SP_NET_FOUND, 2);
    net_until(&side, NULL, SP_NET_RESOLVED, 2);
    ck_assert_uint_eq(side.last[SP_NET_FOUND].cookie, 2);
    ck_assert_uint_eq(side.last[SP_NET_FOUND].count, 1);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].cookie, 3);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].count, 1);
    ck_assert_uint_eq(side.last[SP_NET_RESOLVED].addrs[0].port, 5);
    ck_assert_int_eq(names_of(&side)->fd, -1);
    sp_net_end(side.net);
}
END_TEST

Suite *test_sp_resolve_suite(void)
{
    Suite *suite = suite_create("sp_resolve");
    TCase *tcase = unit_tcase(suite, "names");

    tcase_set_timeout(tcase, 20);
    tcase_add_test(tcase, an_address_needs_no_helper);
    tcase_add_test(tcase, names_are_found_by_one_helper);
    tcase_add_test(tcase, several_are_under_way);
    tcase_add_test(tcase, a_helper_that_stands_still_stops_nobody);
    tcase_add_test(tcase, a_helper_that_dies_is_replaced);
    tcase_add_test(tcase, the_end_leaves_nothing);
#ifdef __linux__
    tcase_add_loop_test(tcase, a_killed_parent_takes_it_along, 0, 2);
#endif
    tcase_add_loop_test(tcase, without_a_helper_names_are_unknown, 0, 2);
    tcase_add_test(tcase, answers_that_are_late_or_wrong);
    tcase_add_test(tcase, records_are_told);
    tcase_add_test(tcase, a_zone_answers_by_itself);
    return suite;
}
