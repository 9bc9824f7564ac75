/* SPDX-License-Identifier: MIT
 * msrp/msrp_relay.h -- an MSRP relay: hands out URIs, and hands on what comes for them. RFC 4976
 * 3, 6.
 *
 * Driven by the verbs of base/io.h. Who has a user name and password gets a URI for one session;
 * what is addressed to it is handed on, to its owner or for its owner, and nothing else ever is.
 * Chunks are cut anew and wait in lanes of bounded length, one a direction of a session; lanes take
 * turns on a connection. A lane that is full holds the connection that fills it, so memory does not
 * grow with a message, and a slow reader slows its own sender. */
#ifndef SIPUSH_MSRP_MSRP_RELAY_H
#define SIPUSH_MSRP_MSRP_RELAY_H

#include "../base/ident.h"
#include "../base/io.h"
#include "../base/limits.h"
#include "../base/trace.h"

struct msrp_relay;

struct msrp_relay_user {
    struct sp_slice name;
    struct sp_slice ha1; /* hexadecimal, MD5: sp_digest_ha1 with the realm of the rules */
};

/* Slices and users stay the owner's, and where they are. */
struct msrp_relay_rules {
    struct sp_slice               realm;
    struct sp_slice               host; /* in our URIs; empty: the address of the listener */
    const struct msrp_relay_user *users;
    size_t                        count;                           /* limits.relay_users at most */
    uint32_t                      expires_least_s, expires_most_s; /* of a URI; asked for nothing it
                                                                      gets the most */
    bool anywhere; /* AUTH, over TCP without TLS, not from this host alone */
};

enum msrp_relay_kind {
    MSRP_RELAY_IO,
    MSRP_RELAY_GRANTED, /* `user` got `uri` for `expires_s`, or for so long again */
    MSRP_RELAY_DENIED,  /* AUTH was answered with `status`, with credentials that are wrong or not
                           enough; `user` as it came */
};

struct msrp_relay_action {
    enum msrp_relay_kind kind;
    struct sp_io         io;
    struct sp_flow       flow; /* of the AUTH */
    struct sp_slice      user, uri;
    uint32_t             expires_s;
    uint16_t             status;
};

struct msrp_relay_counters {
    uint64_t requests, responses;         /* well-formed ones received */
    uint64_t granted, denied;             /* AUTH */
    uint64_t forwarded, octets;           /* requests handed on, and octets of their bodies */
    uint64_t reports;                     /* failure REPORTs of our own */
    uint64_t refused, dropped, malformed; /* requests refused; frames and octets thrown away */
    uint32_t connections, grants, lanes;  /* that there are now */
};

size_t msrp_relay_size(const struct sp_limits *limits);
/* The host gives at most limits.content_octets to one msrp_relay_receive. */
struct msrp_relay *msrp_relay_init(void *memory, const struct sp_limits *limits,
                                   const uint8_t                  seed[SP_SEED_OCTETS],
                                   const struct msrp_relay_rules *rules);
void               msrp_relay_trace(struct msrp_relay *relay, struct sp_trace trace);

/* The verbs of base/io.h. */
void     msrp_relay_receive(struct msrp_relay *relay, uint64_t now_us, const struct sp_flow *flow,
                            struct sp_slice octets);
void     msrp_relay_accepted(struct msrp_relay *relay, uint64_t now_us, const struct sp_flow *flow);
void     msrp_relay_connected(struct msrp_relay *relay, uint64_t now_us, uint64_t cookie,
                              const struct sp_flow *flow);
void     msrp_relay_closed(struct msrp_relay *relay, uint64_t now_us, uint64_t cookie,
                           const struct sp_flow *flow, enum sp_err err);
void     msrp_relay_resolved(struct msrp_relay *relay, uint64_t now_us, uint64_t cookie,
                             const struct sp_addr *addrs, size_t count);
void     msrp_relay_sent(struct msrp_relay *relay, uint64_t now_us, const struct sp_flow *flow);
void     msrp_relay_tick(struct msrp_relay *relay, uint64_t now_us);
uint64_t msrp_relay_deadline(const struct msrp_relay *relay);
bool     msrp_relay_next(struct msrp_relay *relay, struct msrp_relay_action *action);

void msrp_relay_count(const struct msrp_relay *relay, struct msrp_relay_counters *counters);

#endif
