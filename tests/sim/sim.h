/* SPDX-License-Identifier: MIT
 * tests/sim/sim.h -- a network from one seed: the second host of the core.
 *
 * Nodes are agents; the network between them has a clock of its own, loses, doubles, delays,
 * corrupts and cuts as the seed says, parts and heals; nodes crash and come again. Everything is
 * drawn from the seed, so a run can be had again octet for octet (sim_trace.c). The oracles
 * (sim_oracle.c) say whether what users were told is true and whether anything is left. A scenario
 * is a row of sim_scenario.c. */
#ifndef SIPUSH_TESTS_SIM_SIM_H
#define SIPUSH_TESTS_SIM_SIM_H

#include <stdio.h>

#include "../../base/timers.h"
#include "../../msrp/msrp_relay.h"
#include "../../push/push_receiver.h"
#include "../../push/push_sender.h"

#define SIM_SIP_PORT  5060
#define SIM_MSRP_PORT 2855
#define SIM_MS        UINT64_C(1000)
#define SIM_S         UINT64_C(1000000)

/* What the network does; shares are of 1,000. A scenario says the most, a seed draws below it. */
struct sim_weather {
    uint32_t delay_ms, jitter_ms;        /* on the way, always and at most more */
    uint32_t loss, twice, late, corrupt; /* of datagrams; late: overtaken by others */
    uint32_t late_ms;
    uint32_t mtu;              /* larger datagrams are lost; 0: none is too large */
    uint32_t refused, silent;  /* of connects: no; no answer at all */
    uint32_t cut, cut_octets;  /* of connections: broken within so many octets, either way */
    uint32_t slow, octets_s;   /* of connections: so slow at most */
    uint32_t unresolved;       /* of names */
    uint32_t parts, part_ms;   /* how often nodes are parted, and for how long at most */
    uint32_t crashes, down_ms; /* how often a node crashes, and for how long at most */
};

enum sim_kind {
    SIM_SENDER,   /* push_sender */
    SIM_RECEIVER, /* push_receiver */
    SIM_UA,       /* sip_ua alone */
    SIM_MSRP,     /* msrp_agent alone */
    SIM_RELAY,    /* msrp_relay */
    SIM_HAND,     /* no agent: what comes is told to its user as it is */
};

struct sim;
struct sim_node;
struct sim_event;

/* What an agent without a user of its own in this folder tells: one of these. */
struct sim_note {
    const struct sip_ua_action *ua;
    const struct msrp_action   *msrp;
    const struct sim_event     *hand; /* what happened to a node by hand */
};

struct sim_node {
    struct sim      *sim;
    int              index;
    enum sim_kind    kind;
    bool             up;
    bool             dark; /* down with its whole machine: nobody says so */
    uint32_t         life; /* how often it was made */
    uint32_t         part; /* nodes of different parts do not hear each other */
    struct sp_addr   addr;
    struct sp_limits limits;
    struct sp_flow   udp, tcp, msrp; /* bound; id 0: not */
    void            *memory;
    size_t           kept;    /* octets of the SIP agent's store that its configuration takes */
    uint64_t         tick_us; /* when it is to be ticked */
    uint64_t         moved_us, moves; /* when it had a turn last; how many at that moment */

    struct push_sender   *sender;
    struct push_receiver *receiver;
    struct sip_ua        *ua;
    struct msrp_agent    *agent;
    struct msrp_relay    *relay;

    struct sip_ua_config           ua_config;
    const struct msrp_relay_rules *rules;
    /* its user: UA, MSRP, HAND; and when it came to life again */
    void (*note)(struct sim *sim, struct sim_node *node, const struct sim_note *note);
    void (*born)(struct sim *sim, struct sim_node *node);
    void (*died)(struct sim *sim, struct sim_node *node);
};

enum sim_event_kind {
    SIM_RECEIVED, /* octets on a flow */
    SIM_ACCEPTED,
    SIM_CONNECTED,
    SIM_CLOSED, /* a flow, or with id 0 what was asked for */
    SIM_SENT,
    SIM_RESOLVED,
    SIM_FOUND,
    SIM_TICK,
    SIM_MOVE, /* octets of a stream go on */
    SIM_USER, /* a user's turn */
    SIM_PART,
    SIM_HEAL,
    SIM_CRASH,
    SIM_RESTART,
};

struct sim_event {
    uint64_t            at_us, order;
    enum sim_event_kind kind;
    struct sim_node    *node; /* NULL: everybody's */
    uint32_t            life; /* of the node; it is not for another one */
    struct sp_flow      flow;
    uint64_t            cookie;
    enum sp_err         err;
    struct sp_addr      addrs[2];
    struct sp_record   *records;
    size_t              count;
    struct sim_stream  *stream;
    int                 side;
    void (*user)(struct sim *sim, struct sim_node *node, uint64_t arg);
    uint64_t arg;
    size_t   len;
    char     octets[];
};

/* What was seen on the way, of all nodes. */
struct sim_counters {
    uint64_t datagrams, lost, doubled, corrupted, connects, cuts, crashes, parts;
    uint64_t delivered, refused, failed, pending; /* ends that users were told */
};

/* A content on its way, as both of its users see it. */
struct sim_push {
    struct sim_order *order;
    struct sim_node  *to;
    struct sp_slice   octets, icon;
    uint8_t           sha1[SP_SHA1_OCTETS];
    bool              file;
    uint16_t          decline; /* what the receiver's user says; 0: it takes it */
    /* at the sender's */
    uint32_t    started, ended;
    enum sp_err err;
    uint16_t    status;
    uint64_t    progress;
    /* at the receivers' */
    uint64_t prefix;             /* octets that came from the start, in any item */
    uint32_t arrived;            /* whole, ever */
    uint32_t life, life_arrived; /* in this life of its receiver */
};

struct sim_order {
    struct sim_node *node, *to;
    struct sp_handle handle;
    uint32_t         first, count; /* of its pushes */
    enum push_mode   mode;
    bool             given, ended, lost; /* lost: its sender crashed */
    bool             declines;           /* the receiver's user says no to some of it */
    bool             disturbed;          /* its users give it up: it need not come to anything */
};

/* What a receiver was offered. */
struct sim_item {
    struct sim_node *node;
    uint32_t         life;
    struct sp_handle handle;
    struct sim_push *push;  /* NULL: none that was sent */
    uint8_t         *there; /* an octet for each octet of the content */
    bool             ended;
};

struct sim {
    uint64_t                   seed, random;
    const struct sim_scenario *scenario;
    struct sim_weather         weather;
    bool                       fair; /* nothing is broken: what is due must come */
    bool                       mild; /* fair, but for a datagram that is lost now and then */
    uint8_t                    family;
    uint64_t                   now_us;
    struct sim_event         **heap;
    size_t                     used, room;
    uint64_t                   order, next_id, steps;
    struct sim_node           *nodes;
    int                        count;
    struct sim_stream         *streams;
    FILE                      *trace;
    struct sim_counters        counters;
    bool                       failed;
    char                       words[256]; /* of the oracle that failed */

    /* of the users of push agents */
    struct sim_push  *pushes;
    struct sim_order *orders;
    struct sim_item  *items;
    uint32_t          push_count, order_count, item_count, item_room;
    void             *world;  /* a scenario's own */
    void             *blocks; /* of sim_room */
};

/* How pushes are made: what a scenario that pushes draws below. Shares of 1,000. */
struct sim_plan {
    enum push_mode mode;
    uint32_t       receivers, orders, contents; /* most */
    uint32_t       octets;                      /* of a content, most */
    uint32_t       over_ms;                     /* orders are given within */
    uint32_t       files, parallel, query, tcp, named, retries;
    uint32_t       declined, slow_ms; /* decisions: no; and how late they come at most */
    uint32_t       aborted, dropped;  /* orders that the sender gives up; the receiver */
    uint32_t       closed;            /* agents that close in the middle */
    bool           tight;             /* limits are drawn, down to very few */
    bool           device;            /* receivers are small */
    bool           all;               /* as many receivers as there may be, in each run */
    uint32_t       between; /* receivers that are none: they take a MESSAGE for others, 202 */
    /* of bare user agents */
    uint32_t agents, calls, asks, registrations; /* most */
    uint32_t guarded;                            /* agents that ask for credentials */
};

struct sim_scenario {
    const char        *name, *what;
    struct sim_weather most;
    void (*start)(struct sim *sim);
    void (*end)(struct sim *sim); /* its own oracle, when all is at rest; or NULL */
    struct sim_plan plan;
    uint32_t        cost; /* so many seeds of others take as long as one of this; 0: one */
};
extern const struct sim_scenario sim_scenarios[];
extern const size_t              sim_scenario_count;

/* ---- sim.c: the seed, the clock, the events */

/* Run a scenario with a seed until nothing is left to happen, and ask the oracles. False: one
 * failed, sim->words tell. `trace`: NULL, or where everything is written. */
bool sim_run(struct sim *sim, const struct sim_scenario *scenario, uint64_t seed, FILE *trace);
void sim_free(struct sim *sim);
/* An oracle speaks; the first words stay. */
void sim_fail(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

uint32_t sim_below(struct sim *sim, uint32_t limit); /* 0 for a limit of 0 */
uint32_t sim_between(struct sim *sim, uint32_t least, uint32_t most);
bool     sim_chance(struct sim *sim, uint32_t share); /* of 1,000 */
/* Zeroed room until the run ends; octets of a pattern. */
void           *sim_room(struct sim *sim, size_t octets);
struct sp_slice sim_text(struct sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct sp_slice sim_pattern(struct sim *sim, size_t octets, uint64_t salt);

/* Something that will happen; `octets` are copied. */
void sim_put(struct sim *sim, const struct sim_event *like, struct sp_slice octets,
             uint64_t delay_us);
/* A user's turn after a while; it does not come when the node crashed meanwhile. */
void sim_at(struct sim_node *node, uint64_t                                              delay_us,
            void (*user)(struct sim *sim, struct sim_node *node, uint64_t arg), uint64_t arg);

/* ---- sim_net.c: datagrams, names, who hears whom */

struct sim_node *sim_host(struct sim *sim, const struct sp_addr *addr);
bool             sim_apart(const struct sim_node *a, const struct sim_node *b);
uint64_t         sim_delay_us(struct sim *sim);
void             sim_perform(struct sim_node *node, const struct sp_io *io);
struct sp_slice  sim_joined(const struct sp_io *io);
/* From a host that is no node, too: for peers by hand. */
void sim_datagram(struct sim_node *from, const struct sp_addr *to, struct sp_slice octets);
/* "sip:HOST" of a node; with a user; its name of the table when `named`. */
struct sp_slice sim_uri(struct sim *sim, const char *user, const struct sim_node *node, bool named,
                        const char *params);

/* ---- sim_stream.c: connections */

void sim_connect(struct sim_node *node, const struct sp_io *io);
void sim_stream_send(struct sim_node *node, const struct sp_io *io);
void sim_stream_close(struct sim_node *node, const struct sp_flow *flow);
/* Nothing of it is handed up to this side, until it is let go. */
void sim_stream_hold(struct sim_node *node, const struct sp_flow *flow, bool hold);
/* The longest that octets of a node's connections were under way there and back, together. */
uint64_t sim_stream_lag_us(const struct sim_node *node);
void     sim_stream_move(struct sim *sim, struct sim_stream *stream, int side);
/* A node died: its connections with it. */
void sim_stream_orphan(struct sim_node *node);
/* False: the end that this is for is closed. Closes it when that is what it tells. */
bool sim_stream_takes(struct sim *sim, const struct sim_event *event);
void sim_stream_free(struct sim *sim);

/* ---- sim_node.c: agents */

/* Nodes are made before anything happens: `sim_nodes` once, then each is set up and begun. */
void sim_nodes(struct sim *sim, int count);
void sim_begin(struct sim_node *node);
void sim_feed(struct sim_node *node, const struct sim_event *event);
/* Collect and perform what it wants, and see when it is to be ticked. */
void sim_drain(struct sim_node *node);
void sim_crash(struct sim_node *node);
void sim_close(struct sim_node *node);
/* Limits of a node that fits a simulation. */
extern const struct sp_limits sim_limits;

/* ---- sim_trace.c */

void sim_trace_line(const struct sim_node *node, const char *what, const struct sp_flow *flow,
                    struct sp_slice octets);
void sim_trace_words(const struct sim_node *node, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct sp_trace sim_trace_hook(struct sim_node *node);

/* ---- sim_push.c: users of push agents */

/* Senders, receivers and orders as the plan of the scenario has them. */
void sim_push_start(struct sim *sim);
void sim_push_end(struct sim *sim);
void sim_sender_note(struct sim_node *node, const struct push_sender_action *action);
void sim_receiver_note(struct sim_node *node, const struct push_receiver_action *action);
/* A node that takes a MESSAGE for somebody else: its `note`. */
void sim_push_between(struct sim *sim, struct sim_node *node, const struct sim_note *note);
/* Orders of a sender that crashed will not be told of. */
void sim_push_died(struct sim_node *node);

/* ---- sim_oracle.c */

/* No timer belongs to something that is gone. */
void sim_oracle_timers(struct sim_node *node);
/* Everything that was taken was given back. */
void sim_oracle_empty(struct sim_node *node);

#endif
