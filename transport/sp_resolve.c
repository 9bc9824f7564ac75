/* SPDX-License-Identifier: MIT
 * transport/sp_resolve.c -- the helper that asks names, and the questions under way. */
#define _GNU_SOURCE
#include "sp_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/timers.h"
#include "sp_zone.h"

#define HEAD     offsetof(struct sp_resolve_question, name)
#define THEIR_FD 3     /* the helper's end of the pair */
#define MOST_FDS 65536 /* closed one by one where the system closes no range */

/* The helper's side */

/* The octets of an answer's datagram. */
static size_t octets_of(const struct sp_resolve_answer *answer)
{
    size_t each = answer->question == SP_ASK_ADDRS ? sizeof answer->of.addrs[0]
                                                   : sizeof answer->of.records[0];

    return offsetof(struct sp_resolve_answer, of) + answer->count * each;
}

/* Ask, unless nobody waits any more; a process of its own, which a clock ends. */
static void answer(const struct sp_resolve_question *question, size_t octets, bool ask)
{
    struct sp_resolve_answer reply;
    uint64_t                 now_us = sp_net_now_us();

    if (question->until_us <= now_us)
        return;
    memset(&reply, 0, sizeof reply); /* padding too goes out */
    reply.number = question->number;
    reply.question = question->question;
    if (ask) {
        (void)alarm((unsigned)((question->until_us - now_us) / 1000000 + 1));
        sp_ask(question, sp_slice(question->name, octets), &reply);
    }
    (void)send(THEIR_FD, &reply, octets_of(&reply), MSG_NOSIGNAL | (ask ? 0 : MSG_DONTWAIT));
}

/* Until the other end closes. */
static void serve(void)
{
    for (;;) {
        struct sp_resolve_question question;
        ssize_t                    n = recv(THEIR_FD, &question, sizeof question, 0);
        pid_t                      child;

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= (ssize_t)HEAD)
            return;
        child = fork();
        if (child <= 0)
            answer(&question, (size_t)n - HEAD, child == 0);
        if (child == 0)
            _exit(0);
    }
}

static void close_others(void)
{
    long most = sysconf(_SC_OPEN_MAX);

#ifdef SYS_close_range
    if (syscall(SYS_close_range, THEIR_FD + 1, ~0u, 0) == 0)
        return;
#endif
    if (most < 0 || most > MOST_FDS)
        most = MOST_FDS;
    for (int fd = THEIR_FD + 1; fd < most; fd++)
        (void)close(fd);
}

/* Nothing of the loop's may be held open or happen twice: neither descriptors nor handlers. */
static void let_go(int fd)
{
    struct sigaction action;
    sigset_t         none;

    if (fd != THEIR_FD && dup2(fd, THEIR_FD) < 0)
        _exit(1);
    close_others();
    for (int i = 0; i < THEIR_FD; i++)
        (void)close(i);
    for (int i = 0; i < THEIR_FD; i++)
        if (open("/dev/null", O_RDWR) < 0)
            break;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; number++)
        (void)sigaction(number, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGINT, &action, NULL);  /* of the terminal: the loop's affair */
    (void)sigaction(SIGCHLD, &action, NULL); /* questions leave no zombies */
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Whole pages of the loop's memory: else each page that the loop writes from now on is kept twice.
 */
static void give_back(void *memory, size_t octets)
{
    long   page = sysconf(_SC_PAGESIZE);
    size_t before, whole;

    if (memory == NULL || page <= 0)
        return;
    before = (size_t)page - (uintptr_t)memory % (size_t)page;
    if (octets <= before)
        return;
    whole = (octets - before) / (size_t)page * (size_t)page;
    if (whole > 0)
        (void)madvise((char *)memory + before, whole, MADV_DONTNEED);
}

static _Noreturn void help(int fd, void *spare, size_t spare_octets)
{
    (void)setpgid(0, 0);
#ifdef PR_SET_PDEATHSIG
    (void)prctl(PR_SET_PDEATHSIG, SIGCONT); /* even a stopped helper sees that the loop died */
#endif
    let_go(fd);
    give_back(spare, spare_octets); /* last: `spare` may hold what started us */
    serve();
    if (getpgrp() == getpid())
        (void)kill(0, SIGKILL); /* the questions, and ourselves */
    _exit(0);
}

/* The loop's side */

static bool start(struct sp_resolve *resolve)
{
    int      ends[2];
    sigset_t all, before;
    pid_t    child;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    (void)sigfillset(&all); /* the loop's handlers must not run in the helper */
    (void)sigprocmask(SIG_SETMASK, &all, &before);
    child = fork();
    if (child == 0)
        help(ends[1], resolve->spare, resolve->spare_octets);
    if (child > 0)
        (void)setpgid(child, child); /* whoever is first */
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    (void)close(ends[1]);
    if (child < 0) {
        (void)close(ends[0]);
        return false;
    }
    resolve->fd = ends[0];
    resolve->child = child;
    return true;
}

/* The helper ends, or has ended: what it was asked has no answer. */
static void stop(struct sp_resolve *resolve)
{
    siginfo_t info;

    if (resolve->fd < 0)
        return;
    (void)close(resolve->fd);
    resolve->fd = -1;
    resolve->ready = false;
    for (uint32_t i = 0; i < SP_RESOLVE_ASKS; i++)
        resolve->asks[i].until_us = 0;
    /* A caller that waits for any child may have taken it: then the number is not ours to kill. */
    if (resolve->child > 0 &&
        waitid(P_PID, (id_t)resolve->child, &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
        (void)kill(-resolve->child, SIGKILL);
        (void)kill(resolve->child, SIGKILL);
        while (waitpid(resolve->child, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    resolve->child = 0;
}

void sp_resolve_init(struct sp_resolve *resolve, void *spare, size_t spare_octets)
{
    memset(resolve, 0, sizeof *resolve);
    resolve->fd = -1;
    resolve->wait_us = SP_RESOLVE_US;
    resolve->spare = spare;
    resolve->spare_octets = spare_octets;
}

void sp_resolve_end(struct sp_resolve *resolve)
{
    stop(resolve);
    memset(resolve->asks, 0, sizeof resolve->asks);
}

static struct sp_resolve_ask *ask_of(struct sp_resolve *resolve, uint64_t number)
{
    for (uint32_t i = 0; i < SP_RESOLVE_ASKS; i++)
        if (resolve->asks[i].number == number)
            return &resolve->asks[i];
    return NULL;
}

static enum sp_net_event_kind kind_of(uint32_t question)
{
    return question == SP_ASK_ADDRS ? SP_NET_RESOLVED : SP_NET_FOUND;
}

/* Put the question to the helper, which is started where there is none. */
static bool put(struct sp_resolve *resolve, const struct sp_resolve_ask *ask)
{
    struct sp_resolve_question question;

    if (resolve->fd < 0 && !start(resolve))
        return false;
    memset(&question, 0, HEAD);
    question.number = ask->number;
    question.until_us = ask->until_us;
    question.server = resolve->server;
    question.question = ask->question;
    memcpy(question.name, ask->name, ask->name_octets);
    return send(resolve->fd, &question, HEAD + ask->name_octets, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

bool sp_resolve_ask(struct sp_resolve *resolve, const struct sp_io *io, struct sp_net_event *event)
{
    struct sp_resolve_ask *ask = ask_of(resolve, 0);

    *event = (struct sp_net_event){ .kind = kind_of(io->question), .cookie = io->cookie };
    if (sp_addr_parse(io->host, &event->addrs[0]) == SP_OK) {
        event->kind = SP_NET_RESOLVED;
        event->addrs[0].port = io->port;
        event->count = 1;
        return true;
    }
    if (io->host.len == 0 || io->host.len > SP_RESOLVE_NAME ||
        sp_find(io->host, '\0') < io->host.len || ask == NULL)
        return true;
    ask->number = ++resolve->numbers;
    ask->cookie = io->cookie;
    ask->until_us = resolve->zone.at != NULL ? 0 : sp_net_now_us() + resolve->wait_us;
    ask->port = io->port;
    ask->question = io->question;
    ask->name_octets = (uint8_t)io->host.len;
    memcpy(ask->name, io->host.at, io->host.len);
    if (resolve->zone.at != NULL || put(resolve, ask))
        return false;
    ask->number = 0;
    return true;
}

struct pollfd sp_resolve_poll(const struct sp_resolve *resolve)
{
    return (struct pollfd){ .fd = resolve->fd, .events = POLLIN };
}

uint64_t sp_resolve_deadline(const struct sp_resolve *resolve)
{
    uint64_t until_us = SP_NEVER;

    for (uint32_t i = 0; i < SP_RESOLVE_ASKS; i++)
        if (resolve->asks[i].number != 0 && resolve->asks[i].until_us < until_us)
            until_us = resolve->asks[i].until_us;
    return until_us;
}

/* Nobody else answers: the zone does, or it is too late. */
static void answer_here(struct sp_resolve *resolve, const struct sp_resolve_ask *ask)
{
    struct sp_resolve_answer *answer = &resolve->answer;
    struct sp_slice           name = sp_slice(ask->name, ask->name_octets);

    answer->question = ask->question;
    if (resolve->zone.at == NULL)
        answer->count = 0;
    else if (ask->question == SP_ASK_ADDRS)
        answer->count = (uint32_t)sp_zone_addrs(resolve->zone, name, answer->of.addrs,
                                                SP_RESOLVE_ADDRS);
    else
        answer->count = (uint32_t)sp_zone_records(resolve->zone, (enum sp_question)ask->question,
                                                  name, answer->of.records, SP_RECORDS);
}

/* The question has its answer, resolve->answer. */
static void settle(struct sp_resolve *resolve, struct sp_resolve_ask *ask,
                   struct sp_net_event *event)
{
    const struct sp_resolve_answer *answer = &resolve->answer;

    *event = (struct sp_net_event){ .kind = kind_of(answer->question),
                                    .cookie = ask->cookie,
                                    .count = answer->count };
    if (event->kind == SP_NET_FOUND)
        event->records = answer->of.records;
    for (size_t i = 0; i < event->count && event->kind == SP_NET_RESOLVED; i++) {
        event->addrs[i] = answer->of.addrs[i];
        event->addrs[i].port = ask->port;
    }
    ask->number = 0;
}

/* What the helper says is whole: `octets` of it came. */
static bool is_whole(const struct sp_resolve_answer *answer, ssize_t octets)
{
    return octets >= (ssize_t)offsetof(struct sp_resolve_answer, of) && answer->number != 0 &&
           answer->count <=
               (answer->question == SP_ASK_ADDRS ? SP_RESOLVE_ADDRS : (unsigned)SP_RECORDS) &&
           (size_t)octets == octets_of(answer);
}

bool sp_resolve_step(struct sp_resolve *resolve, uint64_t now_us, struct sp_net_event *event)
{
    while (resolve->ready) {
        struct sp_resolve_ask *ask;
        ssize_t n = recv(resolve->fd, &resolve->answer, sizeof resolve->answer, MSG_DONTWAIT);

        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
            stop(resolve); /* the next name starts another helper */
        resolve->ready = n > 0;
        if (!is_whole(&resolve->answer, n))
            continue;
        ask = ask_of(resolve, resolve->answer.number);
        if (ask == NULL)
            continue; /* too late */
        settle(resolve, ask, event);
        return true;
    }
    for (uint32_t i = 0; i < SP_RESOLVE_ASKS; i++)
        if (resolve->asks[i].number != 0 && resolve->asks[i].until_us <= now_us) {
            answer_here(resolve, &resolve->asks[i]);
            settle(resolve, &resolve->asks[i], event);
            return true;
        }
    return false;
}
