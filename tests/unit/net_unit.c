/* SPDX-License-Identifier: MIT
 * tests/unit/net_unit.c -- real loopback sockets for the tests of sp_net. */
#include "net_unit.h"

#include <sys/mman.h>
#include <unistd.h>

#include "../../transport/sp_sock.h"

static bool portable;

void net_portable(void)
{
    portable = true;
}

void net_native(void)
{
    portable = false;
}

struct net_side net_side(uint32_t sockets, uint32_t queue_octets, uint32_t idle_ms)
{
    struct sp_net_config config = sp_net_config_default;

    config.sockets = sockets;
    config.accepts = 0;
    config.idle_ms = idle_ms;
    if (queue_octets > 0) {
        config.queue_octets = queue_octets;
        config.read_octets = 4096;
    }
    return net_side_of(&config);
}

struct net_side net_side_of(struct sp_net_config *config)
{
    struct net_side side = { 0 };
    void           *memory;

    config->portable = portable;
    memory = mmap(NULL, sp_net_size(config), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                  -1, 0);
    ck_assert(memory != MAP_FAILED);
    side.net = sp_net_init(memory, config);
    return side;
}

struct sp_addr net_loopback(int six)
{
    struct sp_addr addr;

    unit_err(sp_addr_parse(sp_str(six ? "::1" : "127.0.0.1"), &addr), SP_OK);
    return addr;
}

struct sp_flow net_listen(struct net_side *side, enum sp_transport transport, int six)
{
    struct sp_addr addr = net_loopback(six);
    struct sp_flow flow;

    unit_err(sp_net_listen(side->net, transport, SP_SIP, &addr, &flow), SP_OK);
    ck_assert_uint_ne(flow.local.port, 0);
    return flow;
}

static void take(struct net_side *side, const struct sp_net_event *event)
{
    static char answer[4096];
    size_t      room = sizeof side->text - side->octets;

    side->last[event->kind] = *event;
    side->told[event->kind]++;
    if (event->kind != SP_NET_RECEIVED)
        return;
    if (side->octets < sizeof side->text && event->octets.len > 0)
        memcpy(side->text + side->octets, event->octets.at,
               event->octets.len < room ? event->octets.len : room);
    side->octets += event->octets.len;
    for (size_t i = 0; side->echo > 0 && i < event->octets.len; i++)
        net_send(side, &event->flow, sp_slice(answer, side->echo), false);
}

static void turn(struct net_side *side)
{
    struct sp_net_event event;

    if (side == NULL)
        return;
    sp_net_wait(side->net, sp_net_now_us() + 2000);
    side->rounds++;
    while (sp_net_event(side->net, &event))
        take(side, &event);
}

void net_until(struct net_side *a, struct net_side *b, enum sp_net_event_kind what, unsigned times)
{
    uint64_t end_us = sp_net_now_us() + 3000000;

    while (a->told[what] < times) {
        ck_assert_msg(sp_net_now_us() < end_us, "event %d came %u times, not %u", (int)what,
                      a->told[what], times);
        turn(a);
        turn(b);
    }
}

void net_turn(struct net_side *a, struct net_side *b, unsigned span_ms)
{
    uint64_t end_us = sp_net_now_us() + (uint64_t)span_ms * 1000;

    while (sp_net_now_us() < end_us) {
        turn(a);
        turn(b);
    }
}

void net_send(struct net_side *side, const struct sp_flow *flow, struct sp_slice octets,
              bool want_sent)
{
    struct sp_io io = { .kind = SP_IO_SEND, .flow = *flow, .want_sent = want_sent };

    io.parts[0] = octets;
    sp_net_perform(side->net, &io);
}

void net_connect(struct net_side *side, const struct sp_addr *addr, uint64_t cookie)
{
    sp_net_perform(side->net, &(struct sp_io){ .kind = SP_IO_CONNECT,
                                               .addr = *addr,
                                               .protocol = SP_MSRP,
                                               .cookie = cookie });
}

void net_close(struct net_side *side, const struct sp_flow *flow)
{
    sp_net_perform(side->net, &(struct sp_io){ .kind = SP_IO_CLOSE, .flow = *flow });
}

int net_raw_connect(const struct sp_addr *addr)
{
    return net_raw_to(SP_TCP, addr);
}

int net_raw_to(enum sp_transport transport, const struct sp_addr *addr)
{
    struct sockaddr_storage name;
    socklen_t               octets = sp_sock_name(addr, &name);
    int fd = socket(name.ss_family, transport == SP_TCP ? SOCK_STREAM : SOCK_DGRAM, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)(void *)&name, octets), 0);
    return fd;
}

int net_raw(struct net_side *side, int six, struct sp_flow *flow)
{
    struct sp_flow listener = net_listen(side, SP_TCP, six);
    int            fd = net_raw_connect(&listener.local);

    net_until(side, NULL, SP_NET_ACCEPTED, side->told[SP_NET_ACCEPTED] + 1);
    *flow = side->last[SP_NET_ACCEPTED].flow;
    return fd;
}

void net_raw_reset(int fd)
{
    struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close(fd);
}

char net_pattern(uint64_t at)
{
    return (char)((at * 2654435761u) >> 13);
}
