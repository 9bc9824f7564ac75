/* SPDX-License-Identifier: MIT
 * tests/unit/relay_unit.h -- a world of MSRP endpoints and relays in one process, for tests.
 *
 * Nodes are joined by streams of bounded length that the world moves in pieces of any size, drawn
 * from a seed. Contents are a function of message and offset, so whatever arrives is compared octet
 * for octet. A node that is stopped reads nothing. */
#ifndef SIPUSH_TESTS_RELAY_UNIT_H
#define SIPUSH_TESTS_RELAY_UNIT_H

#include "../../msrp/msrp_relay_core.h"
#include "unit.h"

#define RELAY_NODES    8
#define RELAY_LINKS    40
#define RELAY_MESSAGES 16
#define RELAY_PIPE     65536

struct relay_pipe {
    char   octets[RELAY_PIPE];
    size_t first, last;
    bool   owed;   /* `sent`, when it is empty */
    bool   closed; /* by the writer: the reader learns of it behind the octets */
};

struct relay_link {
    bool              used;
    int               node[2];  /* that opened it; that accepted it */
    bool              alive[2]; /* the node has not closed it */
    bool              held[2];  /* the node reads nothing of it */
    struct relay_pipe to[2];
};

/* A message, as its sender and its receiver see it. */
struct relay_message {
    uint64_t             octets;
    uint64_t             came; /* highest octet that came */
    bool                 complete, delivered, failed, aborted;
    enum sp_err          err;
    uint16_t             status;
    struct msrp_ranges   there;
    struct msrp_interval room[64];
};

struct relay_node {
    struct msrp_relay *relay; /* or */
    struct msrp_agent *agent;
    bool               stopped;
    struct sp_handle   lease, session;
    char               path[512]; /* RELAYED: for the SDP */
    char               own[64];
    bool               relayed, up, down;
    enum sp_err        err; /* UNRELAYED, DOWN */
    uint16_t           status;
};

struct relay_world {
    struct relay_node    nodes[RELAY_NODES];
    int                  count;
    struct relay_link    links[RELAY_LINKS];
    struct relay_message messages[RELAY_MESSAGES];
    int                  message_count;
    uint64_t             now_us;
    uint32_t             random;
    size_t               most; /* octets of one delivery */
};

extern const struct sp_limits relay_limits;

/* `seed` draws how octets are cut. */
struct relay_world *relay_world(uint32_t seed);
int                 relay_add_relay(struct relay_world *world, const struct sp_limits *limits);
int                 relay_add_end(struct relay_world *world, const struct sp_limits *limits);
/* Endpoint `end` asks `relays` (their URIs; NULL: goes without) for a URI, and waits for it. */
void relay_use(struct relay_world *world, int end, const char *relays);
/* Both open one session to each other; `from` is the active side. */
void relay_open(struct relay_world *world, int from, int to);
/* Yields its number. */
int relay_send(struct relay_world *world, int from, uint64_t octets, bool success,
               enum msrp_failure_report failure);
/* Move octets until nothing moves; and with timers, until `ms` are over. */
void relay_run(struct relay_world *world);
void relay_wait(struct relay_world *world, uint64_t ms);
/* The URI of a relay for AUTH. */
const char *relay_uri(int node);
/* Cut every connection of a node; the others learn of it. */
void relay_cut(struct relay_world *world, int node);

#endif
