/* SPDX-License-Identifier: MIT
 * tests/bench/bench_loop.c -- what an event costs the loop while 10, 1,000 and 10,000 other
 * connections say nothing: with epoll, and with poll (`portable`).
 *
 *   bench_loop OUT    adds its rows to OUT
 *
 * A child connects them all over the loopback and sends an octet over one, again and again, waiting
 * for its answer; a figure is CPU time of the loop's process an octet. Fewer connections where the
 * system has no more descriptors. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../transport/sp_net.h"
#include "../../transport/sp_sock.h"

#define EVENTS 5000u

static const uint32_t cases[] = { 10, 1000, 10000 };

static void *memory(size_t octets)
{
    void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        exit(1);
    return at;
}

static double cpu_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The other end: `idle` connections that say nothing, and one that asks for ever. */
static _Noreturn void ask(const struct sp_addr *to, uint32_t idle)
{
    struct sockaddr_storage name;
    socklen_t               octets = sp_sock_name(to, &name);
    char                    octet = 'o';
    int                     fd = -1;

    for (uint32_t i = 0; i <= idle; i++) {
        fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)(void *)&name, octets) < 0)
            _exit(1);
    }
    while (send(fd, &octet, 1, MSG_NOSIGNAL) == 1 && recv(fd, &octet, 1, 0) == 1)
        continue;
    _exit(0);
}

/* CPU time an octet; 0: it did not come about. */
static double measure(uint32_t idle, bool portable)
{
    struct sp_net_config config = sp_net_config_default;
    struct sp_net_event  event;
    struct sp_net       *net;
    struct sp_flow       flow;
    struct sp_addr       addr;
    unsigned             events = 0;
    double               from = 0;
    pid_t                child;

    config.sockets = idle + 8;
    config.accepts = 0;
    config.idle_ms = 0;
    config.read_octets = config.queue_octets = 4096;
    config.portable = portable;
    net = sp_net_init(memory(sp_net_size(&config)), &config);
    if (sp_addr_parse(SP_LIT("127.0.0.1"), &addr) != SP_OK ||
        sp_net_listen(net, SP_TCP, SP_MSRP, &addr, &flow) != SP_OK)
        return 0;
    child = fork();
    if (child == 0)
        ask(&flow.local, idle);
    while (events < 2 * EVENTS && waitpid(child, NULL, WNOHANG) == 0) {
        sp_net_wait(net, sp_net_now_us() + 100000);
        while (sp_net_event(net, &event)) {
            struct sp_io io = { .kind = SP_IO_SEND, .flow = event.flow };

            if (event.kind != SP_NET_RECEIVED)
                continue;
            io.parts[0] = event.octets;
            sp_net_perform(net, &io);
            if (++events == EVENTS)
                from = cpu_ns();
        }
    }
    from = cpu_ns() - from;
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    sp_net_end(net);
    return events < 2 * EVENTS ? 0 : from / EVENTS;
}

int main(int argc, char **argv)
{
    FILE         *out = argc > 1 ? fopen(argv[1], "a") : NULL;
    struct rlimit most;

    if (out == NULL || getrlimit(RLIMIT_NOFILE, &most) != 0)
        return 1;
    most.rlim_cur = most.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &most);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int portable = 0; portable < 2; portable++) {
            const char *name = portable ? "portable" : "sipush";
            uint32_t idle = cases[i] + 64 < most.rlim_cur ? cases[i] : (uint32_t)most.rlim_cur - 64;
            double   ns = measure(idle, portable);

            if (ns <= 0)
                continue;
            printf("%-18s idle-%-9u %-10s %8.0f ns\n", "loop", (unsigned)idle, name, ns);
            fprintf(out, "loop\tidle-%u\t%s\t%.0f\tns\n", (unsigned)idle, name, ns);
        }
    return fclose(out);
}
