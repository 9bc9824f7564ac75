/* SPDX-License-Identifier: MIT
 * msrp/msrp_relay_core.h -- the relay's objects, and what its files ask of each other. Not for
 * users.
 *
 * A hop is a connection; a grant is a URI handed out; a lane is one direction of a session, with
 * what waits in it; a transit is a request that was handed on and awaits its response. Each of the
 * machines has one enter(), in the file named after it. Octets that the relay says itself are
 * written into one buffer, `text`, which belongs to one hop at a time. */
#ifndef SIPUSH_MSRP_MSRP_RELAY_CORE_H
#define SIPUSH_MSRP_MSRP_RELAY_CORE_H

#include "../base/list.h"
#include "../base/store.h"
#include "../base/table.h"
#include "../base/timers.h"
#include "msrp_core.h"
#include "msrp_relay.h"

#define MSRP_TOKEN_CHARS   20    /* of a URI that is handed out: 119 bits (6.3: 64) */
#define MSRP_PARCELS       16    /* requests that wait in one lane */
#define MSRP_GRANT_LANES   6     /* of one grant */
#define MSRP_PIECE_OCTETS  8192  /* of a chunk that is handed on */
#define MSRP_BURST_OCTETS  65536 /* of pieces that are handed to the system together */
#define MSRP_NONCES        65536 /* numbers of nonces of which we know whether they were used */
#define MSRP_NONCE_US      300000000u
#define MSRP_FAILURES      5      /* wrong credentials of one connection */
#define MSRP_UNUSED_MS     300000 /* a connection that serves nobody (6.5) */
#define MSRP_HELD_MS       5000   /* a shared connection, for the sake of one session */
#define MSRP_LANES_WAITING 64     /* chunks of a lane without their responses */

/* ---- hops ---- */

enum msrp_hop_state {
    MSRP_HOP_NEW,
    MSRP_HOP_RESOLVING,
    MSRP_HOP_CONNECTING,
    MSRP_HOP_OPEN,
    MSRP_HOP_CLOSING,
    MSRP_HOP_GONE,
};

/* What becomes of the request that comes in. */
enum msrp_relay_incoming {
    MSRP_RELAY_SKIP, /* its body is nobody's */
    MSRP_RELAY_HEAD, /* its head is read, and what it brings about is to be done */
    MSRP_RELAY_BODY, /* its body goes into `into` */
    MSRP_RELAY_END,  /* its end-line came, and is to be done */
};

struct msrp_hop {
    enum msrp_hop_state  state;
    struct sp_flow       flow;
    struct sp_link       ready, talks, idle, waits, resumes;
    struct sp_table_link by_flow;
    struct sp_timer      timer; /* of opening it; of serving nobody; of being held */
    struct sp_timer      stall; /* of the piece that is with the system */
    struct msrp_uri      peer;  /* where it leads to, if we opened it; its slices lie in `host` */
    char                 host[MSRP_HOST_OCTETS];
    struct sp_addr       addrs[MSRP_ADDRESSES];
    uint8_t              addr_count, addr_at;
    bool                 asked;
    bool                 ours;     /* we opened it */
    bool                 proven;   /* a request of it was right */
    uint8_t              failures; /* wrong credentials */
    struct sp_list       grants;   /* handed out over it */
    struct sp_list       feeds;    /* lanes that it fills */
    uint32_t             peers;    /* grants to whose peers it leads */

    /* in */
    struct msrp_frame        frame;
    char                    *room;  /* of the framer: limits.msrp_head_octets */
    char                    *stash; /* what could not be taken: limits.content_octets and a mark */
    struct sp_slice          rest;  /* of the stash */
    struct sp_slice          body;  /* of the event under way, not taken yet */
    enum msrp_relay_incoming incoming;
    struct msrp_head         head;
    struct msrp_lane        *into;
    uint64_t                 taken; /* octets of the body */
    bool                     held, tell_read, tell_hold;
    uint16_t                 answer; /* that the request under way gets at its end, or now */
    bool                     answer_due;
    bool                     close_after; /* the answer */

    /* out */
    struct sp_list lanes;  /* with something to send, in turns */
    struct sp_list pieces; /* transits whose octets are with the system */
    uint32_t       burst;  /* octets of pieces since the system was last asked to tell */
    bool           busy;   /* it was asked, and told nothing yet */
};

/* ---- grants ---- */

struct msrp_grant {
    struct msrp_hop     *hop; /* of the client, or of the relay before us */
    struct sp_link       of_hop;
    struct sp_table_link by_id;
    struct sp_timer      timer;
    struct sp_list       lanes;
    const void          *text; /* a block of the store */
    struct sp_slice      uri, from_path;
    struct msrp_uri      parsed;
    struct sp_handle     peer;      /* the hop that leads to its peer, or from it */
    uint64_t             peer_hash; /* of the peer's URI, or of the relay before it */
    uint32_t             user;
};

/* ---- lanes ---- */

/* A request that waits, or what is left of it. Its text lies in the ring before its body. */
struct msrp_parcel {
    uint32_t         text_octets; /* of its header fields */
    uint32_t         before;      /* of these, how many stand before Byte-Range */
    uint64_t         text_hash;
    enum msrp_method method;
    uint8_t          failure_report;
    bool             has_body, has_range, finished;
    char             flag;                  /* finished */
    bool             empty;                 /* no octet came */
    uint64_t         at;                    /* the next octet to be sent, counted from 0 */
    uint64_t         total;                 /* or MSRP_UNKNOWN */
    uint32_t         left;                  /* octets of it in the ring */
    char             id[MSRP_IDENT_OCTETS]; /* of its Message-ID; not SEND: of the transaction */
    uint8_t          id_octets;
    char             name[12]; /* not SEND: the method */
    uint8_t          name_octets;
};

struct msrp_lane {
    struct msrp_hop   *out, *from; /* from: NULL when it is gone */
    struct msrp_grant *grant;      /* NULL when it is gone */
    bool               to_client;
    struct sp_link     queued, of_grant, feeds, ready;
    struct sp_list     waiting;  /* hops that it holds */
    struct sp_list     transits; /* oldest first */
    struct sp_timer    timer;    /* of the oldest */
    uint32_t           transit_count;
    const void        *text; /* a block of the store */
    struct sp_slice    own;  /* our URI, From-Path of our reports */
    struct sp_slice    back; /* From-Path as it came: their To-Path */
    char              *ring; /* limits.relay_lane_octets */
    uint32_t           start, used;
    char              *front; /* the text of the first parcel, once it is under way */
    bool               fronted;
    uint32_t           first, count;
    struct msrp_parcel parcels[MSRP_PARCELS];
};

/* ---- transits ---- */

enum msrp_transit_state {
    MSRP_TRANSIT_NEW,
    MSRP_TRANSIT_SENDING,
    MSRP_TRANSIT_WAITING, /* its last octet was handed over */
    MSRP_TRANSIT_FAILED,  /* a REPORT is to be said */
};

struct msrp_transit {
    enum msrp_transit_state state;
    struct msrp_lane       *lane;
    struct sp_link          of_lane;
    struct sp_link          piece; /* SENDING: of its hop */
    uint8_t                 random[8];
    enum msrp_method        method;
    uint8_t                 failure_report;
    uint16_t                status;
    char                    id[MSRP_IDENT_OCTETS]; /* SEND: Message-ID; else of the transaction */
    uint8_t                 id_octets;
    struct msrp_byte_range  range;
    uint64_t                due_us;
};

/* ---- the relay ---- */

enum { MSRP_TIMER_HOP, MSRP_TIMER_STALL, MSRP_TIMER_GRANT, MSRP_TIMER_LANE };

struct msrp_relay {
    struct sp_limits           limits;
    struct msrp_relay_rules    rules;
    struct sp_ident            ident;
    struct sp_trace            trace;
    uint64_t                   now_us;
    struct sp_pool             hops, grants, lanes, transits;
    struct sp_store            store;
    struct sp_timers           timers;
    struct sp_table            flows, ids;
    struct sp_list             ready_hops, ready_lanes, talkers, resumed;
    struct sp_list             idle;   /* hops that said nothing right yet, oldest first */
    struct sp_list             unused; /* hops that serve nobody any more, oldest first */
    struct msrp_relay_counters counters;
    uint32_t                  *user_grants; /* a user */
    uint8_t                   *used;        /* a bit a nonce */
    uint32_t                   serial;      /* of the next nonce */

    struct sp_slice  input;
    struct msrp_hop *input_hop;
    bool             stashed; /* the input is the hop's stash */

    struct sp_buf    text;
    struct msrp_hop *speaker;
    bool             text_given;
    char            *head_room, *tail_room;
    size_t           head_octets;
    struct sp_flow   reject;
    char            *rooms, *stashes, *rings, *fronts; /* a slot each; touched only where used */
};

/* msrp_relay.c */
struct sp_buf *msrp_relay_say(struct msrp_relay *relay, struct msrp_hop *hop);
void           msrp_relay_timer(struct msrp_relay *relay, struct sp_timer *timer, uint64_t ms);

/* msrp_relay_hop.c */
struct msrp_hop *msrp_hop_to(struct msrp_relay *relay, const struct msrp_uri *uri);
void             msrp_hop_fail(struct msrp_relay *relay, struct msrp_hop *hop, enum sp_err err);
void             msrp_hop_timeout(struct msrp_relay *relay, struct msrp_hop *hop);
/* It may serve nobody any more: then its time runs. */
void msrp_hop_settle(struct msrp_relay *relay, struct msrp_hop *hop);
void msrp_hop_prove(struct msrp_relay *relay, struct msrp_hop *hop);
/* Nothing more is taken from it, until it is resumed. */
void           msrp_hop_hold(struct msrp_relay *relay, struct msrp_hop *hop);
void           msrp_hop_resume(struct msrp_relay *relay, struct msrp_hop *hop);
enum msrp_step msrp_hop_step(struct msrp_relay *relay, struct msrp_hop *hop,
                             struct msrp_relay_action *action);

/* msrp_relay_auth.c */
enum msrp_step     msrp_relay_auth(struct msrp_relay *relay, struct msrp_hop *hop,
                                   struct msrp_relay_action *action);
bool               msrp_relay_is_us(const struct msrp_relay *relay, const struct msrp_hop *hop,
                                    const struct msrp_uri *uri);
struct msrp_grant *msrp_grant_find(struct msrp_relay *relay, struct sp_slice uri);
/* `hop` leads to its peer, whose next URI has this hash: it is kept as long as the grant lives. */
void msrp_grant_peer(struct msrp_relay *relay, struct msrp_grant *grant, struct msrp_hop *hop,
                     uint64_t hash);
void msrp_grant_free(struct msrp_relay *relay, struct msrp_grant *grant);

/* msrp_relay_in.c */
enum msrp_step msrp_relay_in_step(struct msrp_relay *relay, struct msrp_relay_action *action);
enum msrp_step msrp_relay_answer(struct msrp_relay *relay, struct msrp_hop *hop);
void           msrp_relay_refuse(struct msrp_relay *relay, struct msrp_hop *hop, uint16_t status);

/* msrp_relay_lane.c */
struct msrp_lane *msrp_lane_of(struct msrp_relay *relay, struct msrp_grant *grant, bool to_client,
                               struct msrp_hop *out, struct msrp_hop *from, struct sp_slice own,
                               struct sp_slice back);
bool              msrp_lane_has_room(const struct msrp_relay *relay, const struct msrp_lane *lane,
                                     size_t octets);
/* A request begins; its fields are `text`, of which `before` stand before Byte-Range. There is room
 * for it. */
void msrp_lane_begin(struct msrp_relay *relay, struct msrp_lane *lane, const struct msrp_head *head,
                     bool has_body, struct sp_slice text, size_t before);
size_t msrp_lane_add(struct msrp_relay *relay, struct msrp_lane *lane, struct sp_slice octets);
/* The last request is no SEND, and longer than we hand on: forget it. */
void msrp_lane_cancel(struct msrp_lane *lane);
void msrp_lane_end(struct msrp_relay *relay, struct msrp_lane *lane, char flag);
/* Its next hop is gone, or its grant: what waits is reported with `status`. */
void msrp_lane_fail(struct msrp_relay *relay, struct msrp_lane *lane, uint16_t status);
/* Free it if nothing is left of it. */
void           msrp_lane_settle(struct msrp_relay *relay, struct msrp_lane *lane);
void           msrp_lane_timeout(struct msrp_relay *relay, struct msrp_lane *lane);
enum msrp_step msrp_lane_step(struct msrp_relay *relay, struct msrp_lane *lane);
/* The next piece of some lane of the hop. */
enum msrp_step msrp_lane_send(struct msrp_relay *relay, struct msrp_hop *hop,
                              struct msrp_relay_action *action);
void           msrp_lane_sent(struct msrp_relay *relay, struct msrp_hop *hop);
/* It can go on with something: in line on its hop. */
void msrp_lane_queue(struct msrp_relay *relay, struct msrp_lane *lane);

/* msrp_relay_transit.c */
/* One for what leaves of a parcel; NULL: none is free, and what fails will not be known. */
struct msrp_transit *msrp_transit_take(struct msrp_relay *relay, struct msrp_lane *lane,
                                       const struct msrp_parcel *p);
void msrp_transit_put_id(const struct msrp_relay *relay, const struct msrp_transit *t,
                         struct sp_buf *to);
void msrp_transit_sending(struct msrp_relay *relay, struct msrp_transit *transit);
void msrp_transit_sent(struct msrp_relay *relay, struct msrp_transit *transit);
/* The one that a response on this hop answers, or NULL. */
struct msrp_transit *msrp_transit_find(struct msrp_relay *relay, const struct msrp_hop *hop,
                                       struct sp_slice id);
void msrp_transit_answered(struct msrp_relay *relay, struct msrp_transit *transit, uint16_t status);
/* A REPORT with this status will go back, where its sender wants one. Its lane may go with it. */
void msrp_transit_fail(struct msrp_relay *relay, struct msrp_transit *t, uint16_t status);
void msrp_transit_free(struct msrp_relay *relay, struct msrp_transit *transit);

#endif
