/* SPDX-License-Identifier: MIT
 * transaction/sip_tx.h -- the transaction layer: RFC 3261 17 with RFC 6026, and what RFC 3261 18
 * has that is not sockets.
 *
 * Finds or makes the transaction of each message that comes, runs the four machines (sip_machine.h
 * holds their tables), keeps what must be sent again, opens and shares connections to targets.
 * Driven by the verbs of base/io.h. A message that is not well-formed, or for which there is no
 * room, is answered without a transaction here (400, 413, 503, 505, 513) and never handed up.
 * Never decides anything for its user, never writes a field but Via, and CANCEL and the ACK of a
 * non-2xx, which are copies. */
#ifndef SIPUSH_TRANSACTION_SIP_TX_H
#define SIPUSH_TRANSACTION_SIP_TX_H

#include "../base/ident.h"
#include "../base/io.h"
#include "../base/limits.h"
#include "../base/trace.h"
#include "../parser/sip_msg.h"

struct sip_tx_layer;

/* Where a request goes first. */
struct sip_target {
    uint8_t        transport; /* enum sp_transport */
    struct sp_addr addr;      /* with its port */
};

enum sip_tx_action_kind {
    SIP_TX_IO,        /* `io`: to be performed */
    SIP_TX_REQUEST,   /* a new server transaction `tx` for `msg`; answer it: sip_tx_respond */
    SIP_TX_CANCEL,    /* CANCEL `msg` is server transaction `tx`, and `invite` is what it cancels
                       * (none: answer 481) */
    SIP_TX_ACK,       /* an ACK that no transaction absorbs: for a 2xx. There is no `tx` */
    SIP_TX_RESPONSE,  /* response `msg` to client transaction `tx` */
    SIP_TX_TIMEOUT,   /* client: Timer B or F, no response came, or 64*T1 after a CANCEL no final
                       * one; server: Timer H, no ACK came. `tx` ends */
    SIP_TX_TRANSPORT, /* client: the request could not be sent: `err`. `tx` ends */
    SIP_TX_UNSENT,    /* server: a response could not be sent: `err`. `tx` goes on (RFC 6026 8.8) */
    SIP_TX_LOST,      /* the connection `flow`, which sip_tx_keep kept, ended: RFC 5626 4.2 */
};

struct sip_tx_action {
    enum sip_tx_action_kind kind;
    struct sp_io            io;
    struct sp_handle        tx;
    struct sp_handle        invite; /* CANCEL */
    uint64_t                user;   /* as given with the request, or with sip_tx_set_user; CANCEL:
                                     * that of `invite` */
    const struct sip_msg *msg;      /* valid until the next call on this layer */
    struct sp_flow        flow;     /* on which `msg` came */
    enum sp_err           err;
    const char           *timer; /* TIMEOUT: "B", "F", "H", "CANCEL" */
    bool                  heard; /* TIMEOUT: a provisional response had come */
};

/* What came to nothing, counted for -v. */
struct sip_tx_counters {
    uint64_t requests, responses, retransmitted_in; /* well-formed ones received; those absorbed */
    uint64_t retransmitted_out;                     /* sent again: by a timer, by another way */
    uint64_t malformed, oversized, overloaded;      /* answered 400, 413/513, 503 or dropped */
    uint64_t stray; /* responses that match no transaction: dropped (RFC 6026 8.9) */
};

size_t               sip_tx_size(const struct sp_limits *limits);
struct sip_tx_layer *sip_tx_init(void *memory, const struct sp_limits *limits,
                                 const uint8_t seed[SP_SEED_OCTETS]);
void                 sip_tx_trace(struct sip_tx_layer *layer, struct sp_trace trace);

/* A local socket that requests may leave by and that stands in Via: UDP sockets (flow id, local
 * address) and TCP listeners. The local address must be one that peers can send to. At most
 * SIP_TX_LOCALS are kept; further ones are only listened on. */
#define SIP_TX_LOCALS 8
void sip_tx_bound(struct sip_tx_layer *layer, const struct sp_flow *local);
/* The local socket or listener that would be used towards a target; false when there is none of
 * that family and transport. For Contact. */
bool sip_tx_local(const struct sip_tx_layer *layer, const struct sip_target *target,
                  struct sp_addr *local);

/* Start a client transaction. `message` is a whole request without a Via: the layer puts its own
 * on top (8.1.1.7) and keeps a copy. A request over limits.pager_octets (1300) for UDP, or within
 * 200 of limits.path_mtu_octets where that is known, goes over TCP, and back to UDP if TCP fails at
 * once (18.1.1). SP_LIMIT: no transaction, connection or room
 * in the store. SP_UNSUPPORTED: no socket for such a target. SP_SYNTAX: no request.
 * ACK is not a transaction: sip_tx_send. */
SP_MUST_USE enum sp_err sip_tx_request(struct sip_tx_layer *layer, uint64_t now_us,
                                       const struct sip_target *target, struct sp_slice message,
                                       uint64_t user, struct sp_handle *tx);
/* Send an ACK for a 2xx: with a Via of its own, once (13.2.2.4). The same errors. */
SP_MUST_USE enum sp_err sip_tx_send(struct sip_tx_layer *layer, uint64_t now_us,
                                    const struct sip_target *target, struct sp_slice message);
/* CANCEL the INVITE of client transaction `invite` (9.1): a client transaction of its own, made
 * from the INVITE, on its branch. SP_STALE: it ended. SP_STATE: no provisional response came yet,
 * or a final one did, or it is no INVITE. SP_LIMIT: to be tried again, but the INVITE ends after
 * 64*T1 in any case. */
SP_MUST_USE enum sp_err sip_tx_cancel(struct sip_tx_layer *layer, uint64_t now_us,
                                      struct sp_handle invite, uint64_t user, struct sp_handle *tx);

/* What a datagram carries over IPv4; a longer response by UDP reaches nobody. */
#define SIP_DATAGRAM_OCTETS 65507

/* Answer. `message` is the whole response `status`; the layer keeps a copy and sends it where
 * 18.2.2 says. 2xx to INVITE: the user sends it again by calling this again until the ACK came
 * (RFC 6026 7.1); the state allows it. Two responses given before `next` was asked: the later
 * one is sent. SP_STALE, SP_LIMIT (the transaction waits on: give a shorter one, or this one
 * later), SP_STATE: there was a final response, or RFC 4320 forbids this one (to non-INVITE:
 * 408, a provisional one but 100, a 100 over UDP before Timer E reached T2; the layer sends that
 * itself). */
SP_MUST_USE enum sp_err sip_tx_respond(struct sip_tx_layer *layer, uint64_t now_us,
                                       struct sp_handle tx, uint16_t status,
                                       struct sp_slice message);
/* The octets of the request of a server transaction that has no final response yet, or an empty
 * slice. With a copy of what RFC 3261 18.2.1 adds to its top Via (received) and RFC 3581 (rport).
 * Valid as long as that holds. */
struct sp_slice sip_tx_request_octets(const struct sip_tx_layer *layer, struct sp_handle tx);
/* The flow it came on. SP_STALE. */
SP_MUST_USE enum sp_err sip_tx_request_flow(const struct sip_tx_layer *layer, struct sp_handle tx,
                                            struct sp_flow *flow);
/* What stands in `user` of the notes about a server transaction. Nothing happens for a stale
 * handle. */
void sip_tx_set_user(struct sip_tx_layer *layer, struct sp_handle tx, uint64_t user);

/* Keep the connection `flow` open: CRLFCRLF leaves after 80 to 100 of 100 of `keep_ms`, again and
 * again, and when nothing has come SIP_PONG_MS later the connection is closed and SIP_TX_LOST tells
 * it, as it does when the connection ends otherwise. It is not idle. 0: no more. SP_STALE: there is
 * no such connection, or it is UDP. RFC 5626 4.4.1. */
#define SIP_PONG_MS 10000
SP_MUST_USE enum sp_err sip_tx_keep(struct sip_tx_layer *layer, uint64_t now_us,
                                    const struct sp_flow *flow, uint64_t keep_ms);

/* The verbs of base/io.h. */
void sip_tx_receive(struct sip_tx_layer *layer, uint64_t now_us, const struct sp_flow *flow,
                    struct sp_slice octets);
void sip_tx_accepted(struct sip_tx_layer *layer, uint64_t now_us, const struct sp_flow *flow);
void sip_tx_connected(struct sip_tx_layer *layer, uint64_t now_us, uint64_t cookie,
                      const struct sp_flow *flow);
/* A connection ended (flow), or could not be opened (cookie, flow NULL); or a datagram could not be
 * sent (UDP flow with its remote). */
void     sip_tx_closed(struct sip_tx_layer *layer, uint64_t now_us, uint64_t cookie,
                       const struct sp_flow *flow, enum sp_err err);
void     sip_tx_tick(struct sip_tx_layer *layer, uint64_t now_us);
uint64_t sip_tx_deadline(const struct sip_tx_layer *layer);
bool     sip_tx_next(struct sip_tx_layer *layer, struct sip_tx_action *action);

void sip_tx_count(const struct sip_tx_layer *layer, struct sip_tx_counters *counters);
/* Transactions there are, client and server. */
uint32_t sip_tx_open(const struct sip_tx_layer *layer);

#endif
