/* SPDX-License-Identifier: MIT
 * tests/sim/sim_net.c -- datagrams, names, and who hears whom. */
#include "sim.h"

#include <string.h>

/* Where a name leads that has a second address: nobody is there. */
#define DEAD_HOST 0xFE

struct sim_node *sim_host(struct sim *sim, const struct sp_addr *addr)
{
    size_t last = addr->family == SP_IPV6 ? 15 : 3;
    int    index = addr->octets[last] + 256 * addr->octets[last - 1] - 1;

    return index >= 0 && index < sim->count && sp_addr_eq_host(&sim->nodes[index].addr, addr)
               ? &sim->nodes[index]
               : NULL;
}

bool sim_apart(const struct sim_node *a, const struct sim_node *b)
{
    return a->part != b->part;
}

uint64_t sim_delay_us(struct sim *sim)
{
    return 1 + sim->weather.delay_ms * SIM_MS + sim_below(sim, sim->weather.jitter_ms * 1000 + 1);
}

struct sp_slice sim_joined(const struct sp_io *io)
{
    static char   room[4 * 1024 * 1024];
    struct sp_buf buf = sp_buf(room, sizeof room);

    for (int i = 0; i < SP_IO_PARTS; i++)
        sp_put(&buf, io->parts[i]);
    return sp_written(&buf);
}

struct sp_slice sim_uri(struct sim *sim, const char *user, const struct sim_node *node, bool named,
                        const char *params)
{
    char          room[80];
    struct sp_buf host = sp_buf(room, sizeof room);

    if (named)
        return sim_text(sim, "sip:%s@n%d.example%s", user, node->index, params);
    sp_put_host(&host, &node->addr);
    return sim_text(sim, "sip:%s@%.*s%s", user, SP_ARG(sp_written(&host)), params);
}

/* ---- datagrams */

static void arrive(struct sim_node *from, struct sim_node *to, struct sp_slice octets)
{
    struct sim      *sim = from->sim;
    struct sim_event event = { .kind = SIM_RECEIVED, .node = to, .life = to->life };
    uint64_t         delay_us = sim_delay_us(sim);

    if (sim_chance(sim, sim->weather.late))
        delay_us += sim_below(sim, sim->weather.late_ms * 1000 + 1);
    event.flow = to->udp;
    event.flow.remote = from->udp.local;
    sim_put(sim, &event, octets, delay_us);
}

/* One octet of it becomes another. */
static struct sp_slice corrupted(struct sim *sim, struct sp_slice octets)
{
    static char room[65536];

    if (octets.len == 0 || octets.len > sizeof room)
        return octets;
    memcpy(room, octets.at, octets.len);
    room[sim_below(sim, (uint32_t)octets.len)] ^= (char)(1 << sim_below(sim, 8));
    sim->counters.corrupted++;
    return sp_slice(room, octets.len);
}

/* Nobody is at that port, and the machine says so. */
static void bounce(struct sim_node *from, const struct sp_addr *to)
{
    struct sim_event event = { .kind = SIM_CLOSED, .node = from, .life = from->life };

    event.flow = from->udp;
    event.flow.remote = *to;
    event.err = SP_REFUSED;
    sim_put(from->sim, &event, sp_slice(NULL, 0), 2 * sim_delay_us(from->sim));
}

void sim_datagram(struct sim_node *from, const struct sp_addr *addr, struct sp_slice octets)
{
    struct sim               *sim = from->sim;
    const struct sim_weather *w = &sim->weather;
    struct sim_node          *to = sim_host(sim, addr);

    sim->counters.datagrams++;
    if (to == NULL || sim_apart(from, to) || sim_chance(sim, w->loss) ||
        (w->mtu > 0 && octets.len > w->mtu)) {
        sim->counters.lost++;
        return;
    }
    if (!to->up || addr->port != to->udp.local.port) {
        if (!to->dark)
            bounce(from, addr);
        return;
    }
    if (sim_chance(sim, w->twice)) {
        sim->counters.doubled++;
        arrive(from, to, octets);
    }
    arrive(from, to, sim_chance(sim, w->corrupt) ? corrupted(sim, octets) : octets);
}

/* ---- names: "nI.example" is node I, sometimes behind one that is dead. RFC 3263 */

/* Labels of a service before the domain are passed over. */
static struct sp_slice domain_of(struct sp_slice host)
{
    while (host.len > 0 && host.at[0] == '_')
        host = sp_from(host, sp_find(host, '.') + 1);
    return host;
}

/* The node of a domain; NULL: there is none. */
static struct sim_node *named(struct sim *sim, struct sp_slice domain)
{
    uint64_t index;

    if (domain.len < 2 || domain.at[0] != 'n' ||
        sp_to_u64(sp_from(sp_head(domain, sp_find(domain, '.')), 1), 1000000, &index) != SP_OK ||
        index >= (uint64_t)sim->count)
        return NULL;
    return &sim->nodes[index];
}

static void put_addrs(struct sim *sim, struct sim_event *event, const struct sim_node *of,
                      uint16_t port)
{
    struct sp_addr addr = of->addr;

    addr.port = port;
    if (!sim->fair && sim_chance(sim, 200)) {
        event->addrs[0] = addr;
        event->addrs[event->count++].octets[1] = DEAD_HOST;
    }
    event->addrs[event->count++] = addr;
}

static void put_record(struct sim_event *event, uint16_t order, const char *service,
                       struct sp_slice name)
{
    struct sp_record *record = &event->records[event->count++];

    record->order = order;
    record->port = SIM_SIP_PORT;
    record->flag = service[0] != '\0' ? 's' : '\0';
    record->service_octets = (uint8_t)strlen(service);
    memcpy(record->service, service, record->service_octets);
    record->name_octets = (uint8_t)name.len;
    memcpy(record->name, name.at, name.len);
}

/* NAPTR: UDP first, or TCP; SRV: the node, perhaps behind a target that is not. */
static void put_records(struct sim *sim, struct sim_event *event, const struct sp_io *io)
{
    struct sp_slice domain = domain_of(io->host);
    bool            tcp = sim_chance(sim, 300);

    event->kind = SIM_FOUND;
    event->records = sim_room(sim, 2 * sizeof *event->records);
    if (io->question == SP_ASK_SRV) {
        if (!sim->fair && sim_chance(sim, 200))
            put_record(event, 1, "", SP_LIT("dead.example"));
        put_record(event, 2, "", domain);
    } else {
        put_record(event, tcp ? 2 : 1, "SIP+D2U", sim_text(sim, "_sip._udp.%.*s", SP_ARG(domain)));
        put_record(event, tcp ? 1 : 2, "SIP+D2T", sim_text(sim, "_sip._tcp.%.*s", SP_ARG(domain)));
    }
}

static void resolve(struct sim_node *node, const struct sp_io *io)
{
    struct sim      *sim = node->sim;
    struct sim_event event = { .kind = SIM_RESOLVED, .node = node, .life = node->life };
    uint64_t         delay_us = 2 * sim_delay_us(sim);
    struct sim_node *of = named(sim, domain_of(io->host));

    event.cookie = io->cookie;
    if (sim_chance(sim, sim->weather.unresolved))
        delay_us += sim_below(sim, 2) * 10 * SIM_S; /* no such name; or nobody answers */
    else if (of != NULL && io->question != SP_ASK_ADDRS && node->ua != NULL && sim_chance(sim, 700))
        put_records(sim, &event, io);
    else if (of != NULL)
        put_addrs(sim, &event, of, io->port);
    sim_put(sim, &event, sp_slice(NULL, 0), delay_us);
}

void sim_perform(struct sim_node *node, const struct sp_io *io)
{
    switch (io->kind) {
    case SP_IO_NONE: break;
    case SP_IO_SEND:
        if (io->flow.transport == SP_TCP) {
            sim_stream_send(node, io);
            break;
        }
        sim_trace_line(node, "sends", &io->flow, sim_joined(io));
        if (io->flow.id != node->udp.id || io->want_sent)
            sim_fail(node->sim, "node %d sends on a flow that is not", node->index);
        sim_datagram(node, &io->flow.remote, sim_joined(io));
        break;
    case SP_IO_CONNECT:
        sim_trace_words(node, "connects to port %u", (unsigned)io->addr.port);
        sim_connect(node, io);
        break;
    case SP_IO_CLOSE:
        sim_trace_line(node, "closes", &io->flow, sp_slice(NULL, 0));
        sim_stream_close(node, &io->flow);
        break;
    case SP_IO_RESOLVE:
        sim_trace_words(node, "asks %d for %.*s", (int)io->question, SP_ARG(io->host));
        resolve(node, io);
        break;
    case SP_IO_HOLD:
    case SP_IO_READ:
        sim_trace_line(node, io->kind == SP_IO_HOLD ? "holds" : "reads on", &io->flow,
                       sp_slice(NULL, 0));
        sim_stream_hold(node, &io->flow, io->kind == SP_IO_HOLD);
        break;
    }
}
