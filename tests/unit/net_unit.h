/* SPDX-License-Identifier: MIT
 * tests/unit/net_unit.h -- real loopback sockets for the tests of sp_net: sides, and raw peers.
 *
 * A side is an sp_net with counts of what it told. A raw peer is a plain blocking socket that does
 * what no polite peer does: reads nothing, writes one octet at a time, resets. */
#ifndef SIPUSH_TESTS_NET_UNIT_H
#define SIPUSH_TESTS_NET_UNIT_H

#include "../../transport/sp_net.h"
#include "unit.h"

struct net_side {
    struct sp_net      *net;
    struct sp_net_event last[7];   /* of each kind */
    unsigned            told[7];   /* of each kind */
    uint64_t            octets;    /* received */
    char                text[512]; /* the first of them */
    unsigned            echo;      /* answer each octet received with so many */
    unsigned            rounds;    /* of waiting */
};

/* A side with so many sockets and such a queue (0: the default's). */
struct net_side net_side(uint32_t sockets, uint32_t queue_octets, uint32_t idle_ms);
/* From now on sides do without epoll and without several datagrams a call, and with them again: the
 * fixture of a test case that runs the same tests once more. */
void            net_portable(void);
void            net_native(void);
struct net_side net_side_of(struct sp_net_config *config);

/* The loopback address of IPv4 (0) or IPv6 (1), port 0. */
struct sp_addr net_loopback(int six);
struct sp_flow net_listen(struct net_side *side, enum sp_transport transport, int six);

/* Turn the sides (b may be NULL) until `what` was told so often by `a`; a failure after 3 s. */
void net_until(struct net_side *a, struct net_side *b, enum sp_net_event_kind what, unsigned times);
/* Turn for so long. */
void net_turn(struct net_side *a, struct net_side *b, unsigned span_ms);

void net_send(struct net_side *side, const struct sp_flow *flow, struct sp_slice octets,
              bool want_sent);
void net_connect(struct net_side *side, const struct sp_addr *addr, uint64_t cookie);
void net_close(struct net_side *side, const struct sp_flow *flow);

/* A raw peer that is connected to a listener of `side`, and the flow that the side has of it. */
int net_raw(struct net_side *side, int six, struct sp_flow *flow);
int net_raw_connect(const struct sp_addr *addr);
/* The same over UDP, too. */
int net_raw_to(enum sp_transport transport, const struct sp_addr *addr);
/* Close with a reset. */
void net_raw_reset(int fd);
/* Octets that are like no others: `at` of a pattern. */
char net_pattern(uint64_t at);

#endif
