/* SPDX-License-Identifier: MIT
 * transport/sp_net.h -- sockets: the host of the core on POSIX. RFC 3261 18 (sockets), RFC 4975 5.4
 * (connections).
 *
 * UDP and TCP, IPv4 and IPv6, one loop (epoll, else poll), a monotonic clock. Performs the actions
 * of base/io.h and yields what happened as events. Octets are read into one buffer that is used
 * again and again; what cannot be written at once waits in the connection's queue, which is
 * bounded: while it holds more than sp_net_config.queue_octets nothing is read from that
 * connection, so a slow reader never makes memory grow. A queue that overflows all the same ends
 * its connection (LIMIT). What is sent in a round, and is small, leaves at its end, together. An
 * event costs the same with few sockets and with many. Names are asked by a helper process
 * (sp_resolve.h), started for the first of them: the loop never waits for one. */
#ifndef SIPUSH_TRANSPORT_SP_NET_H
#define SIPUSH_TRANSPORT_SP_NET_H

#include "../base/event.h"
#include "../base/io.h"
#include "../base/trace.h"

struct sp_net;

struct sp_net_config {
    uint32_t sockets;   /* UDP sockets, listeners and connections, together; below 1,048,576 */
    uint32_t accepts;   /* connections that came, of these sockets: further ones are closed at once,
                           and others can still be opened; 0: all of them */
    uint32_t datagrams; /* read, and written, in one call of the system; 1 or more */
    uint32_t
        read_octets; /* of one read from a stream; a datagram has room for 65,535 in any case */
    uint32_t queue_octets; /* a connection's queue: above this nothing is read from it. Larger than
                              the largest SEND, else two peers that send much both stop reading */
    uint32_t
         idle_ms; /* a connection over which nothing came or went for so long is closed; 0: never */
    bool reuse_port; /* several processes listen on one port, and the system deals out what comes
                        (SO_REUSEPORT) */
    bool portable;   /* poll, and one datagram a call, though the system has better: what is done
                        elsewhere than on Linux */
};
extern const struct sp_net_config sp_net_config_default;

size_t         sp_net_size(const struct sp_net_config *config);
struct sp_net *sp_net_init(void *memory, const struct sp_net_config *config);
/* Octets sent, received and dropped are told to `trace` as they pass. */
void sp_net_trace(struct sp_net *net, struct sp_trace trace);
/* Close everything, and end the helper that asks names. */
void sp_net_end(struct sp_net *net);

/* Microseconds of a clock that never goes back. */
uint64_t sp_net_now_us(void);
/* Octets from the system's entropy, for a seed. SP_STORAGE when there are none. */
SP_MUST_USE enum sp_err sp_net_entropy(void *to, size_t octets);

/* Open a UDP socket or TCP listener; port 0 picks one. `flow` tells the local address, of a
 * wildcard the one that faces the world. SP_TRANSPORT: the system refused (errno tells; it has no
 * SO_REUSEPORT), SP_LIMIT. */
SP_MUST_USE enum sp_err sp_net_listen(struct sp_net *net, enum sp_transport transport,
                                      enum sp_protocol protocol, const struct sp_addr *addr,
                                      struct sp_flow *flow);

/* Do what an agent wants. Its slices are not needed any more when this returns. */
void sp_net_perform(struct sp_net *net, const struct sp_io *io);

/* Sleep until something happens, or until `deadline_us` (SP_NEVER: no bound), or a signal. Signals
 * that the caller blocks are let in here, and only here. */
void sp_net_wait(struct sp_net *net, uint64_t deadline_us);
/* The next thing that happened since; false when nothing is left. After each event drive the agent
 * until it wants nothing more. */
bool sp_net_event(struct sp_net *net, struct sp_net_event *event);

/* Octets that wait in queues, of all connections together: 0 when all went out. */
size_t sp_net_queued(const struct sp_net *net);

/* Connections that are closed already but still send what was queued, or wait for the peer's
 * end. */
uint32_t sp_net_closing(const struct sp_net *net);

/* From now on names are answered by the lines of a zone file alone (sp_zone.h), whose text outlives
 * `net`; or the server at this address is asked for them, in the place of libc's. */
void sp_net_zone(struct sp_net *net, struct sp_slice text);
void sp_net_server(struct sp_net *net, const struct sp_addr *server);

/* Names to addresses by libc, waiting for the answer: before the loop runs, for names of our own.
 * At most `room`; yields how many. */
size_t sp_net_resolve(struct sp_slice host, uint16_t port, struct sp_addr *addrs, size_t room);

#endif
