/* SPDX-License-Identifier: MIT
 * tests/bench/push_sipush.c -- the bench of pushes: one sender and many receivers in one process,
 * over the sockets of the loopback.
 *
 *   push_sipush pager RECEIVERS PUSHES WINDOW     texts of 100 octets, a MESSAGE each; WINDOW under
 *                                                 way, each to another receiver
 *   push_sipush session RECEIVERS PUSHES OCTETS   INVITE and MSRP, all of them at once
 *
 * Every receiver is an agent of its own with a UDP socket of its own, and in sessions with a
 * listener for MSRP. The contents lie in memory and what arrives is counted, not hashed. Ends with
 * `stat SECONDS CPU-SECONDS PEAK-KIB REQUEST-OCTETS RESPONSE-OCTETS`: seconds of the pushes alone,
 * octets of the first request and of the first answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "../../base/timers.h"
#include "../../push/push_receiver.h"
#include "../../push/push_sender.h"
#include "../../transport/sp_net.h"

static struct sp_net      *net;
static struct push_sender *sender;

static struct receiver {
    struct push_receiver *agent;
    struct sp_timer       timer;
    uint64_t              octets; /* of its contents so far */
} * receivers;

static struct sp_timers timers;
static uint32_t  receiver_count, at_port[2][65536]; /* 1 + index, by transport and local port */
static uint16_t *ports;
static bool      session;
static uint64_t  pushes, submitted, ended, failed, arrived;
static size_t    request_octets, response_octets; /* of the first of each */
static struct sp_slice content;

static void die(const char *what)
{
    fprintf(stderr, "push_sipush: %s\n", what);
    exit(1);
}

static void *room(size_t octets)
{
    void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        die("no memory");
    return at;
}

/* What a receiver needs: the answers to its share of the pushes are kept for 32 s (Timer J). */
static struct sp_limits receiver_limits(void)
{
    struct sp_limits limits = sp_limits_small;
    uint64_t         share = pushes / receiver_count + 8;

    limits.transactions = (uint32_t)share;
    limits.store_octets = (uint32_t)(share * 1024 + 16384);
    limits.pushes = 4;
    limits.content_octets = 16384;
    return limits;
}

/* The sender's: over UDP each transaction stays for 5 s (Timer K). */
static struct sp_limits sender_limits(uint32_t window)
{
    struct sp_limits limits = sp_limits_default;

    limits.transactions = session ? 4 * window : (uint32_t)pushes + 16;
    limits.pushes = window;
    limits.dialogs = session ? window : 1;
    limits.store_octets = window * (session ? 16384 : 4096) + 1048576;
    limits.msrp_sessions = limits.msrp_connections = limits.msrp_messages = session ? window : 1;
    limits.msrp_head_octets = 1024;
    limits.msrp_chunk_octets = limits.content_octets = 65536;
    limits.push_files = 1;
    return limits;
}

static struct sp_flow listen_on(enum sp_transport transport, enum sp_protocol protocol)
{
    struct sp_addr addr = { .family = SP_IPV4, .octets = { 127, 0, 0, 1 } };
    struct sp_flow flow;

    if (sp_net_listen(net, transport, protocol, &addr, &flow) != SP_OK)
        die("cannot listen");
    return flow;
}

static void start_receivers(void)
{
    struct push_receiver_config config = { 0 };
    struct sp_limits            limits = receiver_limits();
    uint8_t                     seed[SP_SEED_OCTETS] = { 1 };

    receivers = room(receiver_count * sizeof *receivers);
    ports = room(receiver_count * sizeof *ports);
    for (uint32_t i = 0; i < receiver_count; i++) {
        struct receiver *r = &receivers[i];
        struct sp_flow   udp = listen_on(SP_UDP, SP_SIP), msrp;

        memcpy(seed + 1, &i, sizeof i);
        r->agent = push_receiver_init(room(push_receiver_size(&limits)), &limits, seed, &config);
        push_receiver_bound(r->agent, &udp);
        ports[i] = udp.local.port;
        at_port[SP_UDP][udp.local.port] = i + 1;
        if (session) {
            msrp = listen_on(SP_TCP, SP_MSRP);
            push_receiver_bound(r->agent, &msrp);
            at_port[SP_TCP][msrp.local.port] = i + 1;
        }
        r->timer.owner = r;
    }
}

static void start(uint32_t window)
{
    struct sp_net_config      config = sp_net_config_default;
    struct push_sender_config of_sender = { 0 };
    struct sp_limits          limits = sender_limits(window);
    struct sp_arena           arena;
    uint8_t                   seed[SP_SEED_OCTETS] = { 2 };
    struct rlimit             files = { 20000, 20000 };
    struct sp_flow            udp;

    (void)setrlimit(RLIMIT_NOFILE, &files);
    config.sockets = (session ? 4 : 1) * receiver_count + 64;
    config.accepts = 0;
    config.queue_octets = config.read_octets = 131072;
    net = sp_net_init(room(sp_net_size(&config)), &config);
    arena = sp_arena(room((receiver_count + 1) * sizeof(struct sp_timer_place)));
    sp_timers_init(&timers, &arena, receiver_count);
    start_receivers();
    udp = listen_on(SP_UDP, SP_SIP);
    sender = push_sender_init(room(push_sender_size(&limits)), &limits, seed, &of_sender);
    push_sender_bound(sender, &udp);
}

static void submit(void)
{
    struct push_content one = { .type = SP_LIT("text/plain"), .octets = content.len };
    struct push_order   order = {
          .mode = session ? PUSH_SESSION : PUSH_PAGER, .contents = &one, .count = 1, .retries = 0
    };
    struct sp_handle handle;
    char             to[64];

    snprintf(to, sizeof to, "sip:127.0.0.1:%u", ports[submitted % receiver_count]);
    order.to = sp_str(to);
    one.body = content;
    if (session)
        one.name = SP_LIT("push.bin");
    if (push_sender_submit(sender, sp_net_now_us(), &order, &handle) != SP_OK)
        die("submit");
    submitted++;
}

static void perform(const struct sp_io *io, size_t *octets)
{
    if (io->kind == SP_IO_SEND && *octets == 0)
        for (int i = 0; i < SP_IO_PARTS; i++)
            *octets += io->parts[i].len;
    sp_net_perform(net, io);
}

static void drain_sender(void)
{
    struct push_sender_action action;

    while (push_sender_next(sender, &action)) {
        if (action.kind == PUSH_SENDER_IO) {
            perform(&action.io, &request_octets);
        } else if (action.kind == PUSH_SENDER_CONTENT_ENDED) {
            if (action.err != SP_OK && failed++ == 0)
                fprintf(stderr, "push_sipush: %s %u %s %.*s\n", sp_err_name(action.err),
                        action.status, action.timer ? action.timer : "", SP_ARG(action.reason));
        } else if (action.kind == PUSH_SENDER_ENDED) {
            ended++;
            if (submitted < pushes)
                submit();
        }
    }
}

static void drain(struct receiver *r)
{
    struct push_receiver_action action;
    uint64_t                    now_us = sp_net_now_us(), at_us;
    enum sp_err                 err = SP_OK;

    while (push_receiver_next(r->agent, &action)) {
        switch (action.kind) {
        case PUSH_RECEIVER_IO: perform(&action.io, &response_octets); break;
        case PUSH_RECEIVER_OFFERED:
            r->octets = 0;
            err = push_receiver_decide(r->agent, now_us, action.push, 200, 0);
            break;
        case PUSH_RECEIVER_CONTENT: r->octets += action.octets.len; break;
        case PUSH_RECEIVER_COMPLETE:
            arrived += r->octets == content.len;
            err = push_receiver_stored(r->agent, now_us, action.push, SP_OK);
            break;
        default: break;
        }
        if (err != SP_OK)
            die(sp_err_name(err));
    }
    at_us = push_receiver_deadline(r->agent);
    if (at_us == SP_NEVER)
        sp_timer_stop(&timers, &r->timer);
    else if (!sp_timer_runs(&r->timer) || r->timer.at_us != at_us)
        sp_timer_start(&timers, &r->timer, at_us);
}

static void turn(void)
{
    uint64_t            a = push_sender_deadline(sender), b = sp_timers_deadline(&timers);
    struct sp_net_event event;
    struct sp_timer    *due;

    sp_net_wait(net, a < b ? a : b);
    push_sender_tick(sender, sp_net_now_us());
    drain_sender();
    while ((due = sp_timers_due(&timers, sp_net_now_us())) != NULL) {
        struct receiver *r = due->owner;

        push_receiver_tick(r->agent, sp_net_now_us());
        drain(r);
    }
    while (sp_net_event(net, &event)) {
        uint32_t whose = at_port[event.flow.transport][event.flow.local.port];

        if (whose > 0 && event.flow.id != 0) {
            push_receiver_event(receivers[whose - 1].agent, sp_net_now_us(), &event);
            drain(&receivers[whose - 1]);
        } else {
            push_sender_event(sender, sp_net_now_us(), &event);
            drain_sender();
        }
    }
}

static double cpu_s(const struct rusage *r)
{
    return (double)(r->ru_utime.tv_sec + r->ru_stime.tv_sec) +
           (double)(r->ru_utime.tv_usec + r->ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
    uint64_t      window, begun_us;
    struct rusage before, after;
    double        seconds;

    if (argc != 5)
        die("pager|session RECEIVERS PUSHES WINDOW|OCTETS");
    session = strcmp(argv[1], "session") == 0;
    receiver_count = (uint32_t)strtoul(argv[2], NULL, 10);
    pushes = strtoul(argv[3], NULL, 10);
    window = session ? pushes : strtoul(argv[4], NULL, 10);
    content.len = session ? strtoul(argv[4], NULL, 10) : 100;
    content.at = memset(room(content.len), 'x', content.len);
    start((uint32_t)window);
    getrusage(RUSAGE_SELF, &before);
    begun_us = sp_net_now_us();
    while (submitted < pushes && submitted < window)
        submit();
    for (drain_sender(); ended < pushes;)
        turn();
    seconds = (double)(sp_net_now_us() - begun_us) / 1e6;
    getrusage(RUSAGE_SELF, &after);
    if (failed > 0 || arrived != pushes) {
        fprintf(stderr, "push_sipush: %llu failed, %llu arrived\n", (unsigned long long)failed,
                (unsigned long long)arrived);
        return 1;
    }
    printf("stat %.6f %.6f %ld %zu %zu\n", seconds, cpu_s(&after) - cpu_s(&before), after.ru_maxrss,
           request_octets, response_octets);
    sp_net_end(net);
    return 0;
}
