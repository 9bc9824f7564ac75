/* SPDX-License-Identifier: MIT
 * transaction/sip_layer.h -- inside the transaction layer; for transaction/ and its tests only.
 *
 * Who does what: sip_match.c finds the transaction of a message, sip_run.c steps its machine and
 * its timers, sip_conn.c keeps connections, sip_receive.c reads what came, sip_way.c says where
 * responses go and what Via tells, sip_tx_write.c writes what the layer itself says, sip_tx.c is
 * the verbs. Nothing is queued: who has something to say stands in a list with bits that tell
 * what, and `next` says one thing at a time. */
#ifndef SIPUSH_TRANSACTION_SIP_LAYER_H
#define SIPUSH_TRANSACTION_SIP_LAYER_H

#include "../base/list.h"
#include "../base/store.h"
#include "../base/table.h"
#include "../base/timers.h"
#include "../parser/sip_cseq.h"
#include "../parser/sip_stream.h"
#include "../parser/sip_via.h"
#include "sip_machine.h"
#include "sip_tx.h"

#define SIP_PORT          5060     /* RFC 3261 18.2.2: where Via names none */
#define SIP_BRANCH_CHARS  16       /* after the cookie: 95 bits */
#define SIP_BRANCH_OCTETS (7 + 16) /* cookie and these */
#define SIP_KEY_OCTETS    94
#define SIP_VIA_OCTETS    160 /* the longest Via line that we write */
#define SIP_STAMP_OCTETS  64  /* the longest received and rport that we add to one that came */
#define SIP_ANSWER_OCTETS                                                                          \
    4096                    /* the longest answer that is made without a transaction, at most      \
                             */
#define SIP_RETRY_AFTER_S 5 /* of a 503 */

/* What tells transactions apart (17.1.3, 17.2.3), in one form: the octets when they are few, else
 * their SHA-256. The method is compared beside it. */
struct sip_key {
    uint8_t  len;
    char     octets[SIP_KEY_OCTETS];
    bool     rfc2543; /* no cookie in its branch */
    uint64_t to_tag;  /* RFC 2543 only: a hash of the To tag */
};

struct sip_conn;

struct sip_transaction {
    struct sp_link       ready;  /* in sip_tx_layer.ready while it has something to say */
    struct sp_link       member; /* of its connection */
    struct sp_link       going;  /* among those whose octets go to some remotes, its own too */
    struct sp_table_link found;
    struct sp_timer      again; /* A, E, G */
    struct sp_timer      life;  /* the others: one at most is alive in a state */
    uint64_t             user;
    struct sip_key       key;
    uint64_t             answer_tag; /* RFC 2543 only: of the To tag of our response */
    struct sp_slice      request;    /* client: as sent, in COMPLETED its ACK; server: as it came */
    struct sp_slice      response;   /* server: the most recent */
    struct sp_flow       from;       /* server: what the request came on */
    struct sp_flow       to;         /* where octets go; over TCP only transport and remote count */
    struct sp_addr       sent_by;    /* client: in our Via; server: in theirs, until it is tried */
    uint32_t             came;       /* client: what had come on its connection as it left */
    struct sip_conn     *conn;       /* over TCP: the connection it is a member of, or NULL */
    uint32_t             method;     /* a hash of its octets */
    uint32_t             again_ms;   /* how long `again` ran last */
    uint16_t             pending;    /* enum sip_arrow_action: still to be said */
    uint8_t              machine;    /* enum sip_machine_kind */
    uint8_t              state;      /* enum sip_state; enter() in sip_run.c alone assigns it */
    uint8_t              last;       /* enum sip_event: of the last arrow */
    uint8_t              err;        /* enum sp_err: of the transport */
    bool                 udp_again : 1; /* it went over TCP for its size: 18.1.1 */
    bool                 unwanted : 1;  /* client: its user asked for a CANCEL; 9.1: 64*T1 runs */
    bool                 cancelled : 1; /* client: there is a CANCEL for it */
    bool                 heard : 1;     /* client: a provisional response came */
};

enum sip_conn_state {
    CONN_WANTED,  /* CONNECT is to be asked for */
    CONN_OPENING, /* it was */
    CONN_OPEN,
    CONN_CLOSING, /* CLOSE is to be asked for */
    CONN_GONE,    /* it was kept, and its end is to be told */
};

struct sip_conn {
    struct sp_link       ready; /* in sip_tx_layer.conn_ready while there is something to ask for */
    struct sp_table_link by_flow, by_remote;
    struct sp_list       members; /* transactions that wait for it or for something from it */
    struct sp_flow       flow;    /* OPEN, CLOSING; its remote always */
    struct sip_stream    stream;
    struct sp_timer      timer;
    uint64_t             used_us; /* a message came or went last */
    uint64_t             half_us; /* since when a message is half here; SP_NEVER: none is */
    uint64_t             ping_us; /* when it is to be pinged; SP_NEVER: it is not */
    uint64_t             pong_us; /* until when a pong is to come; SP_NEVER: none is waited for */
    uint64_t             keep_ms; /* between pings, at most; 0: it is not kept */
    uint32_t             came;    /* messages, and pieces of them, that came on it */
    bool                 ours;    /* we opened it, and can do so again */
    uint8_t              state;   /* enum sip_conn_state; enter() in sip_conn.c alone assigns it */
};

struct sip_tx_layer {
    struct sp_limits          limits;
    const struct sip_machine *machines; /* SIP_MACHINE_COUNT; the tests put others here */
    uint64_t                  now_us;
    struct sp_pool            transactions, conns, buffers;
    uint32_t                  accepted; /* connections that came and are still there */
    struct sp_store           store;
    struct sp_timers          timers;
    struct sp_table           found, by_flow, by_remote;
    struct sp_list            ready, conn_ready;
    struct sp_list           *going; /* transactions by where their octets go */
    uint32_t                  going_mask;
    struct sp_ident           ident;
    struct sip_msg            msg, own; /* what came; what we read again of our own */
    struct sip_field         *fields, *own_fields;
    char                     *answer; /* the room of answers without a transaction */
    size_t                    answer_octets;

    struct sp_slice in; /* not yet read; a null pointer when there is none */
    struct sp_flow  in_flow;
    struct sp_flow  refused; /* a connection for which there is no room: id 0 for none */

    struct sp_flow         locals[SIP_TX_LOCALS];
    uint32_t               local_count;
    struct sip_tx_counters counters;
    struct sp_trace        trace;
};

/* ---- sip_run.c */

/* Put an event to a machine: its arrow is taken, timers follow, what it says is pending. Yields
 * the arrow's actions, 0 when there is no arrow (and when an arrow has no action). `taken` (may be
 * NULL) tells whether there was one. */
uint16_t sip_run(struct sip_tx_layer *layer, struct sip_transaction *tx, uint8_t event,
                 bool *taken);
/* The way of its octets changed between reliable and not: its timers follow. */
void sip_run_again(struct sip_tx_layer *layer, struct sip_transaction *tx);
/* Only to send its request, and be gone. */
void sip_run_once(struct sip_tx_layer *layer, struct sip_transaction *tx);
/* Its octets cannot be sent. */
void sip_run_error(struct sip_tx_layer *layer, struct sip_transaction *tx, enum sp_err err);
/* The datagrams to a remote cannot be sent. */
void sip_run_unreachable(struct sip_tx_layer *layer, const struct sp_addr *remote, enum sp_err err);
/* A timer of a transaction is due. */
void sip_run_timer(struct sip_tx_layer *layer, struct sip_transaction *tx, uint8_t timer);
/* What must be said, and was not by an arrow: `pending` bits. */
void sip_run_say(struct sip_tx_layer *layer, struct sip_transaction *tx, uint16_t pending);
/* The next thing that a transaction says; false when none has anything to say. */
bool sip_run_next(struct sip_tx_layer *layer, struct sip_tx_action *action);
/* A zeroed transaction that has a handle and no state but START; NULL when there is none. */
struct sip_transaction *sip_run_take(struct sip_tx_layer *layer, enum sip_machine_kind machine);
/* Give it back with all it has, at once: for one that has not been told to anybody. */
void sip_run_give(struct sip_tx_layer *layer, struct sip_transaction *tx);
bool sip_is_client(const struct sip_transaction *tx);

/* ---- sip_tx.c */

/* A request that went over TCP for its size goes over UDP instead; false when it cannot. 18.1.1. */
bool sip_tx_to_udp(struct sip_tx_layer *layer, struct sip_transaction *tx);

/* ---- sip_match.c */

void sip_key_client(struct sip_key *key, struct sp_slice branch);
/* SP_SYNTAX when From or To of an RFC 2543 request cannot be read. */
SP_MUST_USE enum sp_err sip_key_server(const struct sip_tx_layer *layer, struct sip_key *key,
                                       const struct sip_msg *msg, const struct sip_via *via,
                                       const struct sip_cseq *cseq);
uint32_t                sip_method_key(const struct sip_tx_layer *layer, struct sp_slice method);
/* The tag of a From or To, empty when there is none. */
SP_MUST_USE enum sp_err sip_tag_of(const struct sip_msg *msg, enum sip_field_id id,
                                   struct sp_slice *tag);
uint64_t                sip_tag_key(const struct sip_tx_layer *layer, struct sp_slice tag);
void                    sip_match_add(struct sip_tx_layer *layer, struct sip_transaction *tx);
void                    sip_match_remove(struct sip_tx_layer *layer, struct sip_transaction *tx);
/* Those whose octets go to `remote`, among others. */
struct sp_list *sip_match_going(const struct sip_tx_layer *layer, const struct sp_addr *remote);
/* 17.1.3 with 18.1.2: by branch, CSeq method, sent-by and the host it came from. */
struct sip_transaction *sip_match_response(const struct sip_tx_layer *layer,
                                           const struct sip_via *via, const struct sip_cseq *cseq,
                                           const struct sp_flow *flow);
/* 17.2.3: the server transaction that this request is a retransmission of, or that this ACK ends.
 */
struct sip_transaction *sip_match_request(const struct sip_tx_layer *layer,
                                          const struct sip_key *key, const struct sip_msg *msg);
/* 9.2: what a CANCEL cancels. */
struct sip_transaction *sip_match_cancelled(const struct sip_tx_layer *layer,
                                            const struct sip_key      *key);

/* ---- sip_conn.c */

/* An open connection to `remote`, one that is being opened, or a new one. NULL: no room. */
struct sip_conn *sip_conn_to(struct sip_tx_layer *layer, const struct sp_addr *remote);
struct sip_conn *sip_conn_of(const struct sip_tx_layer *layer, uint64_t flow_id);
void             sip_conn_accept(struct sip_tx_layer *layer, const struct sp_flow *flow);
void sip_conn_opened(struct sip_tx_layer *layer, uint64_t cookie, const struct sp_flow *flow);
void sip_conn_failed(struct sip_tx_layer *layer, uint64_t cookie, enum sp_err err);
void sip_conn_lost(struct sip_tx_layer *layer, struct sip_conn *conn, enum sp_err err);
void sip_conn_close(struct sip_tx_layer *layer, struct sip_conn *conn, enum sp_err err);
void sip_conn_timer(struct sip_tx_layer *layer, struct sip_conn *conn);
void sip_conn_join(struct sip_conn *conn, struct sip_transaction *tx);
void sip_conn_leave(struct sip_transaction *tx);
/* A message came or goes on it. */
void sip_conn_used(struct sip_tx_layer *layer, struct sip_conn *conn);
/* Octets came: whatever they are, the flow works. Takes a pong out of the stream. */
void sip_conn_heard(struct sip_tx_layer *layer, struct sip_conn *conn);
/* All octets that came were read: keep or give back its buffer. */
void sip_conn_rest(struct sip_tx_layer *layer, struct sip_conn *conn);
/* A buffer for its stream; false when there is none. */
bool sip_conn_lend(struct sip_tx_layer *layer, struct sip_conn *conn);
/* CONNECT or CLOSE that is to be asked for. */
bool sip_conn_next(struct sip_tx_layer *layer, struct sip_tx_action *action);

/* ---- sip_receive.c */

/* Read one message of the input. True when that is something to hand up or to send at once. */
bool sip_receive_next(struct sip_tx_layer *layer, struct sip_tx_action *action);

/* ---- sip_way.c */

/* The top Via of a message. */
struct sip_top {
    struct sip_via  via;
    struct sp_slice octets; /* of this value alone */
};

/* 18.1: the local socket (UDP) or listener towards a target; NULL when there is none. */
const struct sp_flow *sip_way_local(const struct sip_tx_layer *layer, uint8_t transport,
                                    uint8_t family);
/* 18.2.2, RFC 3581 4: where the response to a request that came on `flow` goes. For TCP, where a
 * connection is opened to when that one is gone. */
struct sp_flow sip_way_back(const struct sip_via *via, const struct sp_flow *flow);
/* RFC 3263 5: the response of a server transaction did not arrive: it goes to the address of
 * sent-by, once. False: that is a name, or where it went. */
bool sip_way_elsewhere(struct sip_transaction *tx);
/* 18.2.1, RFC 3581 4: the value `field` of the first Via field, with what the source of its request
 * adds to its first value. */
void sip_way_stamp(struct sp_buf *to, struct sp_slice field, const struct sip_top *top,
                   const struct sp_addr *source);
/* sent-by of a Via as an address; family SP_NO_ADDRESS for a name. Port 5060 when there is none. */
struct sp_addr sip_way_sent_by(const struct sip_via *via);
/* SP_MISSING; SP_SYNTAX: its sent-by is there all the same if what is wrong stands behind it. */
SP_MUST_USE enum sp_err sip_way_top(const struct sip_msg *msg, struct sip_top *top);

/* ---- sip_tx_write.c */

/* `message` with a Via of ours behind its start line, into the store; an empty slice when there is
 * no room. `cut` octets behind the start line are left out: the Via of before. */
struct sp_slice sip_write_via(struct sip_tx_layer *layer, struct sp_slice message, size_t cut,
                              uint8_t transport, const struct sp_addr *sent_by,
                              struct sp_slice branch);
/* 17.1.1.3: the ACK for a 3xx-6xx that came, made from our INVITE; and 9.1: a CANCEL. Into the
 * store; empty when there is no room. */
struct sp_slice sip_write_ack(struct sip_tx_layer *layer, struct sp_slice invite,
                              const struct sip_msg *response);
struct sp_slice sip_write_cancel(struct sip_tx_layer *layer, struct sp_slice invite);
/* 17.2.1: a 100 without a To tag, into the store; empty when there is no room. */
struct sp_slice sip_write_100(struct sip_tx_layer *layer, const struct sip_msg *request);
/* An answer without a transaction (8.2.7) to the request in layer->msg, whose top Via is stamped
 * there. Empty when it cannot be made. Valid until the next answer. */
struct sp_slice sip_write_answer(struct sip_tx_layer *layer, const struct sip_top *top,
                                 uint16_t status, struct sp_slice reason);

#endif
