/* SPDX-License-Identifier: MIT
 * push/push_sender.h -- the Push Sender Agent. RFC 3428, RFC 4975, RFC 5547 8; ../docs/guide tells
 * the profile.
 *
 * Takes orders (contents to one target), chooses the mode, and tells of each content exactly one
 * end: delivered, refused or failed. Session mode: delivered means that a success REPORT came for
 * every octet, not that the INVITE was answered. Driven by the verbs of base/io.h; flows of SIP and
 * MSRP alike. */
#ifndef SIPUSH_PUSH_PUSH_SENDER_H
#define SIPUSH_PUSH_PUSH_SENDER_H

#include "push.h"
#include "push_relay.h"

struct push_sender;

struct push_sender_config {
    bool serves; /* what is asked of us (a pull) is told to the user; else it is refused: 480 */
    struct sp_slice from;       /* our URI; empty: anonymous */
    struct sp_slice user_agent; /* empty: none */
    /* Peers stand behind a middlebox that rewrites addresses: sessions of MSRP are known by their
     * session-id alone (msrp_agent_match_session_id). */
    bool session_id_alone;
};

/* One order. Slices are copied, but for `body` of a content, which must stay until the order
 * ended. */
struct push_order {
    struct sp_slice            to;    /* URI of the target */
    struct sp_slice            route; /* URI of an outbound proxy; empty: none */
    struct sp_slice            apps; /* ids of the application it is for, comma list; empty: none */
    enum push_mode             mode;
    const struct push_content *contents;
    uint32_t                   count;
    bool     parallel; /* session mode: all in one offer; else one by one in one dialog */
    bool     query;    /* session mode: ask by OPTIONS first what the receiver takes */
    uint32_t retries; /* how often a request is repeated, as a new one, after an answer or a silence
                         that may pass (480, 486, 5xx, time-outs); with back-off, or as
                         Retry-After says */
    /* Pager mode: the content is of no use after so long, counted from `date_s` (seconds since
     * 1970; RFC 3428 4); 0: not told. */
    uint32_t expires_s;
    int64_t  date_s;
    uint64_t user;
};

enum push_sender_action_kind {
    PUSH_SENDER_IO,
    PUSH_SENDER_CHOSEN, /* `mode`, `why` */
    PUSH_SENDER_WANT,   /* give `octets` of content `index` from `offset` on: push_sender_content.
                         Never of a content whose `body` was given with the order */
    /* The receiver took content `index`: its octet at `offset` may flow, the first one but of a
     * file that goes on. Told again where the connection was lost under large chunks: it goes once
     * more, in chunks of 2,048 octets. */
    PUSH_SENDER_STARTED,
    PUSH_SENDER_PROGRESS, /* the first `offset` octets of content `index` are acknowledged, or were
                             there before */
    /* Content `index`: `err` SP_OK delivered; PENDING (202: somebody in between took it); REFUSED
     * with `status`; else what failed. */
    PUSH_SENDER_CONTENT_ENDED,
    /* A peer, `from`, asks for a file: `wanted` has its selectors (`octets` UINT64_MAX: any size),
     * and from which `offset` on. Answer at once, before the next call of next:
     * push_sender_serve. */
    PUSH_SENDER_ASKED,
    PUSH_SENDER_ENDED, /* the order, after all its contents ended; the handle is gone */
};

struct push_sender_action {
    enum push_sender_action_kind kind;
    struct sp_io                 io;
    struct sp_handle             order;
    uint64_t                     user;
    uint32_t                     index;
    uint64_t                     offset, octets;
    enum push_mode               mode;
    const char                  *why;    /* static text */
    uint16_t                     status; /* SIP or MSRP status that decided; 0: none */
    struct sp_slice              reason; /* its phrase, or words of ours; may be empty */
    enum sp_err                  err;
    struct sp_slice              from;   /* ASKED */
    struct push_content          wanted; /* ASKED */
    const char                  *timer;  /* err TIMEOUT: its name */
    uint64_t rtt_us; /* ENDED: from the first SIP request to its final response; 0: none came */
};

size_t push_sender_size(const struct sp_limits *limits);
/* NULL: the texts of `config` exceed limits.dialog_octets. */
struct push_sender *push_sender_init(void *memory, const struct sp_limits *limits,
                                     const uint8_t                    seed[SP_SEED_OCTETS],
                                     const struct push_sender_config *config);
void                push_sender_trace(struct push_sender *sender, struct sp_trace trace);
/* Who we are when a server or proxy asks for credentials: as sip_ua_login. SP_LIMIT. */
SP_MUST_USE enum sp_err push_sender_login(struct push_sender *sender, struct sp_slice realm,
                                          struct sp_slice username, struct sp_slice password);
/* A local socket or listener, of SIP or of MSRP (flow.protocol). Without an MSRP listener only
 * active setup is offered. */
void push_sender_bound(struct push_sender *sender, const struct sp_flow *local);
/* MSRP goes through relays of ours from now on, after the listeners are bound: a session needs a
 * URI that is ready, and some are kept so. push_sender_relays says how many there are, and what
 * went wrong last (`err`, `status`: 401 means the user or the password). SP_LIMIT, SP_SYNTAX,
 * SP_UNSUPPORTED (TLS), SP_MISSING (no address of ours). */
SP_MUST_USE enum sp_err push_sender_use_relays(struct push_sender *sender, uint64_t now_us,
                                               const struct push_relay_config *config);
uint32_t push_sender_relays(const struct push_sender *sender, enum sp_err *err, uint16_t *status);

/* SP_SYNTAX, SP_UNSUPPORTED: `to`, or `apps`; SP_MISSING: no content, or one whose size is not
 * told; SP_LIMIT: pager wanted and too large, more contents than limits.push_files, or no slot;
 * SP_RANGE: a content with nothing after its `offset`; SP_INJECTION. */
SP_MUST_USE enum sp_err push_sender_submit(struct push_sender *sender, uint64_t now_us,
                                           const struct push_order *order,
                                           struct sp_handle        *handle);
/* The MESSAGE or INVITE that `order` would send first, Via left out (--dry-run). Errors stick in
 * `to`. */
void push_sender_preview(struct push_sender *sender, const struct push_order *order,
                         struct sp_buf *to);
/* The answer to WANT, as msrp_content. */
void push_sender_content(struct push_sender *sender, uint64_t now_us, struct sp_handle order,
                         uint32_t index, uint64_t offset, struct sp_slice octets);
/* The answer to ASKED: send `content` (its notes are those of an order of one content), or NULL:
 * refuse with `status`. SP_STALE, SP_LIMIT, SP_MISMATCH: it is not what was asked for, and the peer
 * is refused. RFC 5547 8.3.2. */
SP_MUST_USE enum sp_err push_sender_serve(struct push_sender *sender, uint64_t now_us,
                                          struct sp_handle           order,
                                          const struct push_content *content, uint16_t status,
                                          uint64_t user);
/* Give an order up: contents not ended yet end with INTERRUPTED. SP_STALE. */
SP_MUST_USE enum sp_err push_sender_abort(struct push_sender *sender, uint64_t now_us,
                                          struct sp_handle order);
/* Give up one content of an order: it ends with INTERRUPTED, its MSRP message with '#', its m= line
 * with port 0 (RFC 5547 8.4); the others go on. SP_STALE; SP_STATE: it has ended. */
SP_MUST_USE enum sp_err push_sender_abort_content(struct push_sender *sender, uint64_t now_us,
                                                  struct sp_handle order, uint32_t index);

/* The verbs of base/io.h. */
void push_sender_receive(struct push_sender *sender, uint64_t now_us, const struct sp_flow *flow,
                         struct sp_slice octets);
void push_sender_accepted(struct push_sender *sender, uint64_t now_us, const struct sp_flow *flow);
void push_sender_connected(struct push_sender *sender, uint64_t now_us, uint64_t cookie,
                           const struct sp_flow *flow);
void push_sender_closed(struct push_sender *sender, uint64_t now_us, uint64_t cookie,
                        const struct sp_flow *flow, enum sp_err err);
void push_sender_resolved(struct push_sender *sender, uint64_t now_us, uint64_t cookie,
                          const struct sp_addr *addrs, size_t count);
void push_sender_found(struct push_sender *sender, uint64_t now_us, uint64_t cookie,
                       const struct sp_record *records, size_t count);
void push_sender_sent(struct push_sender *sender, uint64_t now_us, const struct sp_flow *flow);
/* Any of those above, as a host has it. */
void     push_sender_event(struct push_sender *sender, uint64_t now_us,
                           const struct sp_net_event *event);
void     push_sender_tick(struct push_sender *sender, uint64_t now_us);
uint64_t push_sender_deadline(const struct push_sender *sender);
bool     push_sender_next(struct push_sender *sender, struct push_sender_action *action);
/* Abort every order, end every session; drive on until push_sender_open is 0. */
void push_sender_close(struct push_sender *sender, uint64_t now_us);
/* Orders, dialogs and requests that are not over yet (BYE unanswered, say). 0: nothing is left to
 * do. */
uint32_t push_sender_open(const struct push_sender *sender);

void push_sender_count(const struct push_sender *sender, struct sip_tx_counters *sip,
                       struct msrp_counters *msrp);

#endif
