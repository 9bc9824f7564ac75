/* SPDX-License-Identifier: MIT
 * tests/bench/msrp_sipush.c -- the ends of the bench of MSRP, and the relay between them; a process
 * each. MSRP alone: no SIP, no hash.
 *
 *   msrp_sipush recv SESSIONS LISTENERS FILE|-           prints `ports N...`, ends with the
 * sessions msrp_sipush send SESSIONS MESSAGES WINDOW CHUNK FILE|- PORTS [RELAYS] msrp_sipush relay
 * prints `ports N`, ends with SIGTERM
 *
 * A message of `send` is FILE, or 100 octets; MESSAGES in all, at most WINDOW of a session under
 * way. Each ends with `stat SECONDS CPU-SECONDS PEAK-KIB MESSAGES`. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../base/digest.h"
#include "../../msrp/msrp_agent.h"
#include "../../msrp/msrp_relay.h"
#include "../../transport/sp_net.h"

#define SESSIONS 1000
#define SMALL    100 /* octets */

static struct sp_net     *net;
static struct msrp_agent *agent;
static struct sp_limits   limits;
static struct sp_flow     listeners[16];
static int                listener_count, session_count, file = -1;
static char               octets[65536];
static double             begun;

static struct session {
    struct sp_handle handle;
    uint32_t         under_way;
} sessions[SESSIONS];

static uint64_t         left, window, size, ended, chunk;
static int              open_sessions;
static struct sp_handle lease;
static volatile int     stop;

static unsigned long number(const char *text)
{
    return strtoul(text, NULL, 10);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "msrp_sipush: %s\n", what);
    exit(1);
}

static void stat_line(void)
{
    struct rusage r;
    double        cpu;

    getrusage(RUSAGE_SELF, &r);
    cpu = (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
          (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
    printf("stat %.6f %.6f %ld %llu\n", now() - begun, cpu, r.ru_maxrss, (unsigned long long)ended);
    exit(0);
}

static void *room(size_t n)
{
    void *at = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        die("no memory");
    return at;
}

static void start(int count, uint32_t read_octets)
{
    struct sp_net_config config = sp_net_config_default;
    struct sp_addr       addr = { .family = SP_IPV4, .octets = { 127, 0, 0, 1 } };

    if (read_octets > 0)
        config.read_octets = read_octets;
    net = sp_net_init(room(sp_net_size(&config)), &config);
    listener_count = count;
    for (int i = 0; i < count; i++)
        if (sp_net_listen(net, SP_TCP, SP_MSRP, &addr, &listeners[i]) != SP_OK)
            die("cannot listen");
    if (count > 0) {
        printf("ports");
        for (int i = 0; i < count; i++)
            printf(" %u", (unsigned)listeners[i].local.port);
        printf("\n");
        fflush(stdout);
    }
}

static void feed(const struct sp_net_event *e)
{
    uint64_t now_us = sp_net_now_us();

    switch (e->kind) {
    case SP_NET_RECEIVED: msrp_receive(agent, now_us, &e->flow, e->octets); break;
    case SP_NET_ACCEPTED: msrp_accepted(agent, now_us, &e->flow); break;
    case SP_NET_CONNECTED: msrp_connected(agent, now_us, e->cookie, &e->flow); break;
    case SP_NET_CLOSED:
        msrp_closed(agent, now_us, e->cookie, e->flow.id != 0 ? &e->flow : NULL, e->err);
        break;
    case SP_NET_SENT: msrp_sent(agent, now_us, &e->flow); break;
    default: break;
    }
}

/* One message more of a session, as long as there are any. */
static void send_one(uint32_t n)
{
    struct msrp_outgoing out = { .content_type = SP_LIT("application/octet-stream"),
                                 .octets = size,
                                 .chunk_octets = (uint32_t)chunk,
                                 .success_report = file >= 0,
                                 .user = n };
    struct sp_handle     message;

    if (left == 0 || sessions[n].under_way >= window)
        return;
    if (msrp_send(agent, sp_net_now_us(), sessions[n].handle, &out, &message) != SP_OK)
        die("msrp_send");
    sessions[n].under_way++;
    left--;
}

static void give(const struct msrp_action *a)
{
    ssize_t n = (ssize_t)a->octets;

    if (file >= 0)
        n = pread(file, octets, a->octets < sizeof octets ? a->octets : sizeof octets,
                  (off_t)a->offset);
    if (n <= 0)
        die("cannot read");
    msrp_content(agent, sp_net_now_us(), a->message, a->offset, sp_slice(octets, (size_t)n));
}

/* The file is written in large, aligned pieces, whatever pieces come. */
static char     gathered[1 << 17];
static uint64_t gathered_at;
static size_t   gathered_len;

static void write_out(void)
{
    if (gathered_len > 0 &&
        pwrite(file, gathered, gathered_len, (off_t)gathered_at) != (ssize_t)gathered_len)
        die("cannot write");
    gathered_at += gathered_len;
    gathered_len = 0;
}

static void store(uint64_t at, struct sp_slice content)
{
    if (at != gathered_at + gathered_len) {
        write_out();
        gathered_at = at;
    }
    while (content.len > 0) {
        size_t room_left = sizeof gathered - gathered_at % sizeof gathered - gathered_len;
        size_t take = content.len < room_left ? content.len : room_left;

        memcpy(gathered + gathered_len, content.at, take);
        gathered_len += take;
        content = sp_from(content, take);
        if (take == room_left)
            write_out();
    }
}

static void open_sending(const char *path);

static void note(const struct msrp_action *a)
{
    switch (a->kind) {
    case MSRP_WANT: give(a); break;
    case MSRP_CONTENT:
        if (file >= 0)
            store(a->offset, a->content);
        break;
    case MSRP_COMPLETE:
        ended++;
        if (file >= 0)
            write_out();
        if (msrp_judge(agent, sp_net_now_us(), a->message, 200) != SP_OK)
            die("msrp_judge");
        break;
    case MSRP_DELIVERED:
        ended++;
        sessions[a->user].under_way--;
        send_one((uint32_t)a->user);
        if (left == 0 && sessions[a->user].under_way == 0) {
            (void)!msrp_close(agent, sp_net_now_us(), sessions[a->user].handle);
            open_sessions--;
        }
        break;
    case MSRP_DOWN:
        (void)!msrp_close(agent, sp_net_now_us(), sessions[a->session_user].handle);
        open_sessions--;
        break;
    case MSRP_RELAYED:
        lease = a->session;
        open_sending(NULL);
        break;
    case MSRP_FAILED:
    case MSRP_UNRELAYED:
    case MSRP_ABORTED: die("a message failed"); break;
    default: break;
    }
}

static void drain(void)
{
    struct msrp_action a;

    while (msrp_next(agent, &a)) {
        if (a.kind == MSRP_IO)
            sp_net_perform(net, &a.io);
        else
            note(&a);
    }
}

static void loop(void)
{
    struct sp_net_event e;

    drain();
    while (open_sessions > 0) {
        sp_net_wait(net, msrp_deadline(agent));
        msrp_tick(agent, sp_net_now_us());
        drain();
        while (sp_net_event(net, &e)) {
            feed(&e);
            drain();
        }
    }
    stat_line();
}

static void session_open(int n, uint16_t port, bool sends)
{
    char                       here[80], there[80];
    struct msrp_session_config config = { .connects = sends,
                                          .user = (uint64_t)n,
                                          .relay = sends ? lease : (struct sp_handle){ 0 } };

    snprintf(here, sizeof here, "msrp://127.0.0.1:9/sender%d;tcp", n);
    snprintf(there, sizeof there, "msrp://127.0.0.1:%u/receiver%d;tcp", (unsigned)port, n);
    config.local_path = sp_str(sends ? here : there);
    config.remote_path = sp_str(sends ? there : here);
    if (msrp_open(agent, sp_net_now_us(), &config, &sessions[n].handle) != SP_OK)
        die("msrp_open");
    open_sessions++;
}

static void set_up(void)
{
    uint8_t seed[SP_SEED_OCTETS];

    limits = sp_limits_default;
    if (session_count > 1) {
        limits.msrp_sessions = SESSIONS;
        limits.msrp_messages = 4 * SESSIONS;
    }
    if (sp_net_entropy(seed, sizeof seed) != SP_OK)
        die("no entropy");
    agent = msrp_agent_init(room(msrp_agent_size(&limits)), &limits, seed);
    begun = now();
}

static void run_recv(char **argv)
{
    session_count = (int)number(argv[0]);
    if (strcmp(argv[2], "-") != 0)
        file = open(argv[2], O_CREAT | O_TRUNC | O_WRONLY, 0600);
    set_up();
    start((int)number(argv[1]), 0);
    for (int i = 0; i < session_count; i++)
        session_open(i, listeners[i % listener_count].local.port, false);
    loop();
}

static uint16_t ports[16];
static int      port_count;

static void open_sending(const char *path)
{
    (void)path;
    for (int i = 0; i < session_count; i++)
        session_open(i, ports[i % port_count], true);
    for (int i = 0; i < session_count; i++)
        for (uint64_t n = 0; n < window; n++)
            send_one((uint32_t)i);
}

static void run_send(int argc, char **argv)
{
    struct stat      about = { .st_size = SMALL };
    char             relays[200] = "";
    struct sp_handle handle;

    session_count = (int)number(argv[0]);
    left = strtoull(argv[1], NULL, 10);
    window = strtoull(argv[2], NULL, 10);
    chunk = strtoull(argv[3], NULL, 10);
    if (strcmp(argv[4], "-") != 0) {
        file = open(argv[4], O_RDONLY);
        if (file < 0 || fstat(file, &about) < 0)
            die("cannot read the file");
    }
    size = (uint64_t)about.st_size;
    for (const char *p = argv[5]; *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
        ports[port_count++] = (uint16_t)number(p);
    set_up();
    start(0, 0);
    if (argc <= 6) {
        open_sending(NULL);
        loop();
    }
    for (const char *p = argv[6]; *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
        snprintf(relays + strlen(relays), sizeof relays - strlen(relays),
                 "%smsrp://127.0.0.1:%lu;tcp", relays[0] != '\0' ? " " : "", number(p));
    {
        struct msrp_relay_config config = { .relays = sp_str(relays),
                                            .own = SP_LIT("msrp://127.0.0.1:9/sender0;tcp"),
                                            .username = SP_LIT("bench"),
                                            .password = SP_LIT("bench") };

        if (msrp_use_relay(agent, sp_net_now_us(), &config, &handle) != SP_OK)
            die("msrp_use_relay");
    }
    open_sessions++; /* until the relay answered */
    drain();
    open_sessions--;
    while (open_sessions == 0) {
        struct sp_net_event e;

        sp_net_wait(net, msrp_deadline(agent));
        while (sp_net_event(net, &e)) {
            feed(&e);
            drain();
        }
    }
    loop();
}

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void run_relay(void)
{
    char                     ha1[SP_DIGEST_HEX];
    struct msrp_relay_user   user = { .name = SP_LIT("bench") };
    struct msrp_relay_rules  rules = { .realm = SP_LIT("bench"),
                                       .users = &user,
                                       .count = 1,
                                       .expires_least_s = 30,
                                       .expires_most_s = 1800 };
    struct msrp_relay       *relay;
    struct msrp_relay_action a;
    struct sp_net_event      e;
    struct sigaction         action;
    uint8_t                  seed[SP_SEED_OCTETS] = { 1 };

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGTERM, &action, NULL);
    user.ha1 = sp_digest_ha1(SP_DIGEST_MD5, user.name, rules.realm, SP_LIT("bench"), ha1);
    limits = sp_limits_default;
    limits.content_octets = 32768;
    relay = msrp_relay_init(room(msrp_relay_size(&limits)), &limits, seed, &rules);
    start(1, 32768);
    begun = now();
    while (stop == 0) {
        sp_net_wait(net, msrp_relay_deadline(relay));
        msrp_relay_tick(relay, sp_net_now_us());
        for (;;) {
            uint64_t now_us = sp_net_now_us();

            while (msrp_relay_next(relay, &a))
                if (a.kind == MSRP_RELAY_IO)
                    sp_net_perform(net, &a.io);
            if (!sp_net_event(net, &e))
                break;
            if (e.kind == SP_NET_RECEIVED)
                msrp_relay_receive(relay, now_us, &e.flow, e.octets);
            else if (e.kind == SP_NET_ACCEPTED)
                msrp_relay_accepted(relay, now_us, &e.flow);
            else if (e.kind == SP_NET_CONNECTED)
                msrp_relay_connected(relay, now_us, e.cookie, &e.flow);
            else if (e.kind == SP_NET_CLOSED)
                msrp_relay_closed(relay, now_us, e.cookie, e.flow.id != 0 ? &e.flow : NULL, e.err);
            else if (e.kind == SP_NET_SENT)
                msrp_relay_sent(relay, now_us, &e.flow);
        }
    }
    stat_line();
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "recv") == 0)
        run_recv(argv + 2);
    else if (argc >= 8 && strcmp(argv[1], "send") == 0)
        run_send(argc - 2, argv + 2);
    else if (argc == 2 && strcmp(argv[1], "relay") == 0)
        run_relay();
    die("usage: see the file");
}
