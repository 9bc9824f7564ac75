/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_ask.c -- one question, asked of libc, or of a name server that the test plays.
 */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../transport/sp_ask.h"
#include "../../transport/sp_dns.h"
#include "net_unit.h"

/* An answer to a query: its question, `flags`, and `count` records whose octets are given. */
static size_t answer_to(const char *query, size_t octets, const char *flags, char count,
                        struct sp_slice records, char *to)
{
    memcpy(to, query, octets);
    memcpy(to + 2, flags, 2);
    to[7] = count;
    memcpy(to + octets, records.at, records.len);
    return octets + records.len;
}

#define OWNER "\xc0\x0c"

/* Of the type that is asked for. NAPTR is too long for a datagram; SRV is lost the first time, and
 * a stranger answers before; TXT records do not count. */
static struct sp_slice records_of(char type, char *count)
{
    *count = 1;
    switch (type) {
    case SP_DNS_A: return UNIT_LIT(OWNER "\0\1\0\1\0\0\0\0\0\4\xc0\0\2\7");
    case SP_DNS_AAAA:
        return UNIT_LIT(OWNER "\0\x1c\0\1\0\0\0\0\0\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7");
    case SP_DNS_SRV: return UNIT_LIT(OWNER "\0\x21\0\1\0\0\0\0\0\x09\0\1\0\2\0\3\1s\0");
    case SP_DNS_NAPTR:
        *count = 2;
        return UNIT_LIT(OWNER "\0\x23\0\1\0\0\0\0\0\x11\0\1\0\2\1s\7SIP+D2U\0" OWNER OWNER
                              "\0\x23\0\1\0\0\0\0\0\x11\0\3\0\2\1s\7SIP+D2T\0" OWNER);
    default: return sp_slice(NULL, 0);
    }
}

static void serve_udp(int fd, int *lost)
{
    struct sockaddr_storage from;
    socklen_t               octets = sizeof from;
    char                    query[512], reply[1024], count;
    ssize_t n = recvfrom(fd, query, sizeof query, 0, (struct sockaddr *)(void *)&from, &octets);
    size_t  len;
    char    type = query[n - 3];
    struct sp_slice records = records_of(type, &count);

    if (type == SP_DNS_SRV && (*lost)++ == 0)
        return;
    len = answer_to(query, (size_t)n, type == SP_DNS_NAPTR ? "\x83\x80" : "\x81\x80", count,
                    records, reply);
    reply[0]++; /* a stranger */
    (void)sendto(fd, reply, len, 0, (struct sockaddr *)(void *)&from, octets);
    reply[0]--;
    (void)sendto(fd, reply, len, 0, (struct sockaddr *)(void *)&from, octets);
}

static void serve_tcp(int listener)
{
    int             fd = accept(listener, NULL, NULL);
    char            query[512], reply[1024], count;
    ssize_t         n = 0;
    struct sp_slice records;
    size_t          len;

    while (n < 2 || n < 2 + query[1])
        n += recv(fd, query + n, sizeof query - (size_t)n, 0);
    records = records_of(query[n - 3], &count);
    len = answer_to(query + 2, (size_t)n - 2, "\x81\x80", count, records, reply + 2);
    reply[0] = (char)(len >> 8);
    reply[1] = (char)len;
    (void)send(fd, reply, 5, MSG_NOSIGNAL); /* in two pieces */
    (void)poll(NULL, 0, 20);
    (void)send(fd, reply + 5, len - 3, MSG_NOSIGNAL);
    close(fd);
}

/* A server on loopback; it ends with its parent's kill. `listens`: 0: to nothing at all. */
static pid_t server(struct sp_addr *addr, int six, bool listens)
{
    struct net_side side = net_side(4, 0, 0);
    struct sp_flow  tcp;
    pid_t           child;

    *addr = net_listen(&side, SP_UDP, six).local;
    while (sp_net_listen(side.net, SP_TCP, SP_SIP, addr, &tcp) != SP_OK) {
        sp_net_end(side.net); /* somebody has that port for TCP */
        side = net_side(4, 0, 0);
        *addr = net_listen(&side, SP_UDP, six).local;
    }
    child = listens ? fork() : 0;
    ck_assert_int_ge(child, 0);
    if (child == 0 && listens) {
        struct pollfd fds[2] = { { .fd = -1, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
        int           lost = 0;

        for (int fd = 3; fd < 64; fd++) { /* those two sockets */
            struct sockaddr_storage name;
            socklen_t               octets = sizeof name;
            int                     type;

            if (getsockname(fd, (struct sockaddr *)(void *)&name, &octets) != 0 ||
                (name.ss_family != AF_INET && name.ss_family != AF_INET6))
                continue;
            octets = sizeof type;
            (void)getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &octets);
            fds[type == SOCK_STREAM].fd = fd;
        }
        while (poll(fds, 2, 10000) > 0) {
            if (fds[0].revents != 0)
                serve_udp(fds[0].fd, &lost);
            if (fds[1].revents != 0)
                serve_tcp(fds[1].fd);
        }
        _exit(0);
    }
    sp_net_end(side.net);
    return child;
}

static void end(pid_t child)
{
    if (child <= 0)
        return;
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
}

static const struct ask_row {
    enum sp_question question;
    int              six;
    unsigned         count;
    uint16_t         last; /* the last record's order, or octet of the last address */
} asks[] = {
    { SP_ASK_ADDRS, 0, 2, 7 }, { SP_ASK_ADDRS, 1, 2, 7 }, { SP_ASK_SRV, 0, 1, 1 },
    { SP_ASK_NAPTR, 0, 2, 3 }, { SP_ASK_NAPTR, 1, 2, 3 },
};

START_TEST(a_server_of_our_own)
{
    const struct ask_row      *row = &asks[_i];
    struct sp_resolve_question question = { .question = (uint8_t)row->question };
    struct sp_resolve_answer   answer;
    pid_t                      child = server(&question.server, row->six, true);

    sp_ask(&question, SP_LIT("ns.x"), &answer);
    ck_assert_uint_eq(answer.question, row->question);
    ck_assert_uint_eq(answer.count, row->count);
    if (row->question == SP_ASK_ADDRS) {
        ck_assert_uint_eq(answer.of.addrs[0].family, SP_IPV4);
        ck_assert_uint_eq(answer.of.addrs[1].family, SP_IPV6);
        ck_assert_uint_eq(answer.of.addrs[1].octets[15], row->last);
    } else {
        ck_assert_uint_eq(answer.of.records[row->count - 1].order, row->last);
    }
    end(child);
}
END_TEST

/* Nobody is there, or what is asked is no name: nothing, and soon. */
START_TEST(a_server_that_is_not_there)
{
    struct sp_resolve_question question = { .question = (uint8_t)(_i % 3) };
    struct sp_resolve_answer   answer;
    uint64_t                   before_us = sp_net_now_us();

    (void)server(&question.server, 0, false);
    sp_ask(&question, _i < 3 ? SP_LIT("ns.x") : SP_LIT("a..b"), &answer);
    ck_assert_uint_eq(answer.count, 0);
    ck_assert_uint_lt(sp_net_now_us() - before_us, 1000000);
}
END_TEST

static const struct local_row {
    enum sp_question question;
    const char      *name;
    bool             has_server;
    bool             found;
} locals[] = {
    { SP_ASK_ADDRS, "localhost", false, true },
    { SP_ASK_ADDRS, "localhost", true, true }, /* libc's affair even so */
    { SP_ASK_NAPTR, "localhost", false, false },
    { SP_ASK_SRV, "_sip._udp.localhost", false, false },
    { SP_ASK_SRV, "_sip._udp.a.LOCALHOST.", true, false },
    { SP_ASK_NAPTR, "some-host", false, false },
    { SP_ASK_SRV, "_sip._tcp.some-host", false, false },
};

START_TEST(names_of_this_machine)
{
    const struct local_row    *row = &locals[_i];
    struct sp_resolve_question question = { .question = (uint8_t)row->question };
    struct sp_resolve_answer   answer;
    uint64_t                   before_us = sp_net_now_us();

    if (row->has_server)
        (void)server(&question.server, 0, false);
    sp_ask(&question, sp_str(row->name), &answer);
    ck_assert_uint_eq(answer.question, row->question);
    ck_assert_int_eq(answer.count > 0, row->found);
    ck_assert_uint_lt(sp_net_now_us() - before_us, 1000000);
}
END_TEST

Suite *test_sp_ask_suite(void)
{
    Suite *suite = suite_create("sp_ask");
    TCase *tcase = unit_tcase(suite, "ask");

    tcase_set_timeout(tcase, 20);
    unit_loop(tcase, a_server_of_our_own, asks);
    tcase_add_loop_test(tcase, a_server_that_is_not_there, 0, 6);
    unit_loop(tcase, names_of_this_machine, locals);
    return suite;
}
