/* SPDX-License-Identifier: MIT
 * tests/bench/push_limit.c -- the floor under the bench of pushes: bare sockets that move the same
 * octets, one process, no SIP and no MSRP.
 *
 *   push_limit pager RECEIVERS PUSHES WINDOW REQUEST RESPONSE   a datagram of so many octets to one
 *                                                               of many sockets, and one back
 *   push_limit session CONNECTIONS OCTETS                       TCP, in turns of 64 KiB
 *
 * Ends with `stat SECONDS CPU-SECONDS PEAK-KIB`. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STEP 65536

static char octets[65536];

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int open_on(int type, struct sockaddr_in *name)
{
    int       fd = socket(AF_INET, type | SOCK_NONBLOCK, 0), room = 1048576;
    socklen_t size = sizeof *name;

    *name = (struct sockaddr_in){ .sin_family = AF_INET };
    name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)name, sizeof *name) != 0 ||
        getsockname(fd, (struct sockaddr *)name, &size) != 0)
        die("socket");
    if (type == SOCK_DGRAM)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    return fd;
}

/* One that is lost is not sent again: the window only gets smaller; none is on the loopback as long
 * as the buffers hold a window. */
static void pager(uint64_t receivers, uint64_t pushes, uint64_t window, size_t request,
                  size_t response)
{
    int                poll = epoll_create1(0);
    struct sockaddr_in here, *there = calloc(receivers, sizeof *there);
    struct epoll_event ready[256], one = { .events = EPOLLIN };
    int                sender = open_on(SOCK_DGRAM, &here);
    uint64_t           sent = 0, answered = 0;

    one.data.fd = sender;
    (void)epoll_ctl(poll, EPOLL_CTL_ADD, sender, &one);
    for (uint64_t i = 0; i < receivers; i++) {
        one.data.fd = open_on(SOCK_DGRAM, &there[i]);
        (void)epoll_ctl(poll, EPOLL_CTL_ADD, one.data.fd, &one);
    }
    while (answered < pushes) {
        int count;

        for (; sent < pushes && sent < answered + window; sent++)
            (void)sendto(sender, octets, request, 0, (struct sockaddr *)&there[sent % receivers],
                         sizeof *there);
        count = epoll_wait(poll, ready, 256, 1000);
        if (count <= 0)
            die("a datagram is lost");
        for (int i = 0; i < count; i++) {
            struct sockaddr_in from;
            socklen_t          size = sizeof from;
            int                fd = ready[i].data.fd;

            while (recvfrom(fd, octets, sizeof octets, 0, (struct sockaddr *)&from, &size) > 0)
                if (fd == sender)
                    answered++;
                else
                    (void)sendto(fd, octets, response, 0, (struct sockaddr *)&from, size);
        }
    }
}

static void session(uint64_t connections, uint64_t each)
{
    struct pair {
        int      out, in;
        uint64_t sent, came;
    } *pairs = calloc(connections, sizeof *pairs);
    struct sockaddr_in name;
    uint64_t           left = connections;
    int                listener;

    listener = open_on(SOCK_STREAM, &name);
    if (listen(listener, 1024) != 0)
        die("listen");
    for (uint64_t i = 0; i < connections; i++) {
        struct sockaddr_in own;

        pairs[i].out = open_on(SOCK_STREAM, &own);
        if (connect(pairs[i].out, (struct sockaddr *)&name, sizeof name) != 0 &&
            errno != EINPROGRESS)
            die("connect");
        while ((pairs[i].in = accept(listener, NULL, NULL)) < 0)
            continue;
        (void)fcntl(pairs[i].in, F_SETFL, O_NONBLOCK);
    }
    while (left > 0)
        for (uint64_t i = 0; i < connections; i++) {
            struct pair *p = &pairs[i];
            uint64_t     step = each - p->sent < STEP ? each - p->sent : STEP;
            ssize_t      n = step > 0 ? send(p->out, octets, step, 0) : 0;

            p->sent += n > 0 ? (uint64_t)n : 0;
            if (p->came == each)
                continue;
            n = recv(p->in, octets, sizeof octets, 0);
            p->came += n > 0 ? (uint64_t)n : 0;
            left -= p->came == each;
        }
}

int main(int argc, char **argv)
{
    uint64_t      n[5] = { 0 };
    double        begun = now_s();
    struct rusage used;
    struct rlimit files = { 20000, 20000 };

    for (int i = 2; i < argc && i < 7; i++)
        n[i - 2] = strtoul(argv[i], NULL, 10);
    (void)setrlimit(RLIMIT_NOFILE, &files);
    if (argc == 7 && strcmp(argv[1], "pager") == 0)
        pager(n[0], n[1], n[2], n[3], n[4]);
    else if (argc == 4 && strcmp(argv[1], "session") == 0)
        session(n[0], n[1]);
    else
        return 2;
    getrusage(RUSAGE_SELF, &used);
    printf("stat %.6f %.6f %ld\n", now_s() - begun,
           (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
           used.ru_maxrss);
    return 0;
}
