/* SPDX-License-Identifier: MIT
 * tests/bench/msrp_limit.c -- what the system itself does: the floor of the bench of MSRP.
 *
 *   msrp_limit recv WRITE FILE        a bare server: prints `ports N`; reads, writes FILE
 *   msrp_limit send WRITE FILE PORT   reads FILE, sends it in writes of WRITE octets
 *   msrp_limit echo                   answers each 300 octets with 150: `ports N`
 *   msrp_limit ping COUNT WINDOW PORT as many octets as a message of 100 and its 200 have
 *
 * Each ends with `stat SECONDS CPU-SECONDS PEAK-KIB COUNT`. */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ASK    300
#define ANSWER 150

static char   octets[262144];
static double begun;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void stat_line(unsigned long long count)
{
    struct rusage r;
    double        cpu;

    getrusage(RUSAGE_SELF, &r);
    cpu = (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
          (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
    printf("stat %.6f %.6f %ld %llu\n", now() - begun, cpu, r.ru_maxrss, count);
}

static int accepted(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t          len = sizeof at;
    int                fd = socket(AF_INET, SOCK_STREAM, 0), one;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)(void *)&at, sizeof at) < 0 || listen(fd, 1) < 0 ||
        getsockname(fd, (struct sockaddr *)(void *)&at, &len) < 0)
        die("listen");
    printf("ports %u\n", (unsigned)ntohs(at.sin_port));
    fflush(stdout);
    one = accept(fd, NULL, NULL);
    begun = now();
    return one;
}

static int connected(const char *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    int                fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    if (fd < 0 || connect(fd, (struct sockaddr *)(void *)&at, sizeof at) < 0)
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    begun = now();
    return fd;
}

static void whole(int fd, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = send(fd, octets + at, len - at, 0);

        if (n <= 0)
            die("send");
        at += (size_t)n;
    }
}

static void take(int fd, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = recv(fd, octets, len - at, 0);

        if (n <= 0)
            die("recv");
        at += (size_t)n;
    }
}

int main(int argc, char **argv)
{
    unsigned long long count = 0;
    ssize_t            n;

    if (argc == 4 && strcmp(argv[1], "recv") == 0) {
        int file = open(argv[3], O_CREAT | O_TRUNC | O_WRONLY, 0600), fd = accepted();

        while ((n = recv(fd, octets, 65536, 0)) > 0)
            if (write(file, octets, (size_t)n) != n)
                die("write");
    } else if (argc == 5 && strcmp(argv[1], "send") == 0) {
        int    file = open(argv[3], O_RDONLY), fd = connected(argv[4]);
        size_t most = strtoul(argv[2], NULL, 10);

        while ((n = read(file, octets, most)) > 0)
            whole(fd, (size_t)n);
        shutdown(fd, SHUT_WR);
        (void)!recv(fd, octets, 1, 0); /* until the other has it all */
    } else if (argc == 2 && strcmp(argv[1], "echo") == 0) {
        int    fd = accepted();
        size_t have = 0;

        while ((n = recv(fd, octets, sizeof octets, 0)) > 0) {
            have += (size_t)n;
            count += have / ASK;
            whole(fd, have / ASK * ANSWER);
            have %= ASK;
        }
    } else if (argc == 5 && strcmp(argv[1], "ping") == 0) {
        unsigned long long all = strtoull(argv[2], NULL, 10);
        size_t             most = strtoul(argv[3], NULL, 10);
        int                fd = connected(argv[4]);

        for (; count < all; count += most) {
            whole(fd, most * ASK);
            take(fd, most * ANSWER);
        }
    } else {
        fprintf(stderr, "msrp_limit: see the file\n");
        return 1;
    }
    stat_line(count);
    return 0;
}
