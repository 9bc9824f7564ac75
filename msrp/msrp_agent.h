/* SPDX-License-Identifier: MIT
 * msrp/msrp_agent.h -- an MSRP endpoint: sessions, messages and reports over connections, relays on
 * the way. RFC 4975 5, 7, 8; RFC 4976 5; RFC 6135.
 *
 * Driven by the verbs of base/io.h. Octets that come are handed up where they lie; a body that goes
 * is asked for piece by piece (MSRP_WANT), so neither is ever gathered. Messages of a session take
 * turns, sessions of one connection take turns; a chunk is cut when another waits, or a response or
 * report does (7.1.1). Nothing is answered before the owner opened the session. */
#ifndef SIPUSH_MSRP_MSRP_AGENT_H
#define SIPUSH_MSRP_MSRP_AGENT_H

#include "../base/ident.h"
#include "../base/io.h"
#include "../base/limits.h"
#include "../base/trace.h"

struct msrp_agent;

enum msrp_failure_report { MSRP_FAILURE_YES, MSRP_FAILURE_NO, MSRP_FAILURE_PARTIAL };

/* A session to open. Slices are copied. */
struct msrp_session_config {
    struct sp_slice local_path;  /* ours: what stood in our SDP */
    struct sp_slice remote_path; /* the peer's: what stood in its SDP */
    bool connects; /* we are the active side: connect to the leftmost URI of remote_path */
    struct sp_slice  accept_types; /* what we accept, as in our SDP; others draw 415 */
    uint64_t         max_size;     /* octets of one incoming message; 0: no bound; beyond it 413 */
    uint64_t         user;         /* handed back in every note */
    struct sp_handle relay; /* of msrp_use_relay, RELAYED: the session lives on it and ends it */
};

/* Relays of ours to be asked for URIs (RFC 4976 5.1). Slices are copied. */
struct msrp_relay_config {
    struct sp_slice relays; /* their URIs, split by SP, the first to go through first */
    struct sp_slice own;    /* our own URI, with a session-id of the session to be */
    struct sp_slice username, password;
    uint32_t        expires_s; /* to be asked for; 0: as the relay likes */
    uint64_t        user;      /* session_user of the notes */
};

/* A message to send. Slices are copied. */
struct msrp_outgoing {
    struct sp_slice message_id; /* empty: drawn */
    struct sp_slice content_type;
    struct sp_slice disposition;    /* Content-Disposition; empty: none */
    uint64_t        octets;         /* of the whole body */
    uint32_t        chunk_octets;   /* of one chunk at most; 0: as limits and path have it */
    bool            success_report; /* yes in any case where the path leads through relays
                                       and failure_report is yes */
    enum msrp_failure_report failure_report;
    uint64_t                 user;
};

enum msrp_action_kind {
    MSRP_IO,   /* `io`: to be performed */
    MSRP_WANT, /* give `octets` of the body of outgoing `message` from `offset` on: msrp_content */

    /* notes about sessions */
    MSRP_UP,   /* the session is bound to a connection */
    MSRP_DOWN, /* the session cannot go on: `err` (TRANSPORT, CLOSED, RESOLVE, TIMEOUT; REFUSED:
                  481, 506 or a failure report; SYNTAX: the peer's stream is no MSRP). Close it. */

    /* notes about relays, `session` is the handle of msrp_use_relay */
    MSRP_RELAYED,   /* its URIs are there: `content` is the path for our SDP. Now msrp_open. Told
                       again when a renewal gave others: the peer is to hear of them by a new offer
                       (RFC 4976 9.4); what we send goes by them from now on. */
    MSRP_UNRELAYED, /* the relay refused (`status`; 401: user or password) or cannot be reached:
                       `err`. The handle is gone. With a session on it, that goes DOWN instead. */

    /* notes about incoming messages */
    MSRP_MESSAGE,  /* a new message: `message`, `content_type`, `total` (UINT64_MAX: unknown) */
    MSRP_CONTENT,  /* `content` belongs at `offset` of incoming `message`; octets may come in any
                      order, and again */
    MSRP_COMPLETE, /* all octets of `message` came, `total` says how many. Judge it: before the next
                      `next` the judgement is the response to its last chunk, later it is a report
                      (200 was answered by then). */
    MSRP_ABORTED,  /* the sender gave it up, or the session ended before its end: `err`. The handle
                      is gone. */

    /* notes about outgoing messages */
    MSRP_SENT,      /* its last octet was handed to the system; `total` */
    MSRP_PROGRESS,  /* `offset` octets from the start are known to have been answered with 200 */
    MSRP_DELIVERED, /* success: success REPORTs for all octets if they were asked for, else each
                       chunk's 200; with Failure-Report no or partial and no success report it
                       follows SENT, and proves nothing. Ended. */
    MSRP_FAILED, /* `status` of the response or report (0: none), `err` (REFUSED, TIMEOUT, TRANSPORT
                    ...). Ended. */
};

struct msrp_action {
    enum msrp_action_kind kind;
    struct sp_io          io;
    struct sp_handle      session, message;
    uint64_t              session_user, user; /* as given with the session, the outgoing message */
    uint64_t              offset, octets, total;
    struct sp_slice       content;
    struct sp_slice       content_type, disposition, message_id; /* MESSAGE */
    uint16_t              status;
    enum sp_err           err;
};

/* What came to nothing, counted for -v. */
struct msrp_counters {
    uint64_t requests, responses, reports; /* well-formed ones received */
    uint64_t malformed, unknown_session, refused, dropped;
};

size_t             msrp_agent_size(const struct sp_limits *limits);
struct msrp_agent *msrp_agent_init(void *memory, const struct sp_limits *limits,
                                   const uint8_t seed[SP_SEED_OCTETS]);
void               msrp_agent_trace(struct msrp_agent *agent, struct sp_trace trace);

/* Sessions. SP_LIMIT: no slot left; SP_SYNTAX, SP_RANGE, SP_UNSUPPORTED (msrps, not tcp), SP_ROOM:
 * a path; SP_MISSING: our URI has no session-id; SP_REPEATED: it is another session's. The
 * connection of another session to the same host and port is used again (5.4). SP_STALE: the relay.
 */
SP_MUST_USE enum sp_err msrp_open(struct msrp_agent *agent, uint64_t now_us,
                                  const struct msrp_session_config *config,
                                  struct sp_handle                 *session);
/* The peer's SDP gives another path for the session that there is (RFC 4975 8.4): what we send from
 * the next chunk on goes by it, on the connection that there is. SP_MISMATCH: it leads elsewhere
 * than the connection that we opened; SP_STALE, SP_LIMIT, SP_ROOM, and what msrp_open says. */
SP_MUST_USE enum sp_err msrp_readdress(struct msrp_agent *agent, uint64_t now_us,
                                       struct sp_handle session, struct sp_slice remote_path);
/* Ask for URIs of a relay, or of several one behind the other; they are renewed in time. SP_LIMIT,
 * and what msrp_open says of a path. A handle serves one session (RFC 4976 3.1). */
SP_MUST_USE enum sp_err msrp_use_relay(struct msrp_agent *agent, uint64_t now_us,
                                       const struct msrp_relay_config *config,
                                       struct sp_handle               *relay);
/* Not needed after all: no session was opened on it. SP_STALE. */
SP_MUST_USE enum sp_err msrp_leave_relay(struct msrp_agent *agent, uint64_t now_us,
                                         struct sp_handle relay);
/* End a session: its messages end with it (ABORTED, FAILED with INTERRUPTED), a chunk under way is
 * ended with '#'; its connection closes when no other session uses it, an accepted one after
 * limits.msrp_timeout_ms, for the peer may be about to use it again. SP_STALE. */
SP_MUST_USE enum sp_err msrp_close(struct msrp_agent *agent, uint64_t now_us,
                                   struct sp_handle session);

/* Messages out. Several may be given; they go in turns. SP_STALE; SP_STATE: the session is DOWN;
 * SP_LIMIT; SP_MISSING, SP_SYNTAX: the type, the Message-ID; SP_REPEATED: a Message-ID under way;
 * SP_INJECTION; SP_ROOM: the head of a chunk would be too long; SP_UNSUPPORTED: the type drew 415
 * in this session (10.6). SP_LIMIT keeps a slot for each session without a message. */
SP_MUST_USE enum sp_err msrp_send(struct msrp_agent *agent, uint64_t now_us,
                                  struct sp_handle session, const struct msrp_outgoing *outgoing,
                                  struct sp_handle *message);
/* The answer to MSRP_WANT: octets from exactly that offset on, at most as many as wanted, at least
 * one; not all of them may be taken, and the rest is wanted again. They must stay valid until
 * `next` has yielded false. A null slice: they cannot be read, the message is given up ('#', FAILED
 * STORAGE). */
void msrp_content(struct msrp_agent *agent, uint64_t now_us, struct sp_handle message,
                  uint64_t offset, struct sp_slice octets);
/* Give up an outgoing message: '#' (7.1). FAILED follows with INTERRUPTED. SP_STALE. */
SP_MUST_USE enum sp_err msrp_abort(struct msrp_agent *agent, uint64_t now_us,
                                   struct sp_handle message);

/* Messages in. Refuse one that is under way or complete: `status` (413, 415, ...) as the response
 * to its chunk or as a failure REPORT; further octets of it are dropped. Or accept one that is
 * complete: status 200 gives the success REPORT if it was asked for. The handle is gone after
 * either. SP_STALE. */
SP_MUST_USE enum sp_err msrp_judge(struct msrp_agent *agent, uint64_t now_us,
                                   struct sp_handle message, uint16_t status);

/* The verbs of base/io.h. */
void msrp_receive(struct msrp_agent *agent, uint64_t now_us, const struct sp_flow *flow,
                  struct sp_slice octets);
void msrp_connected(struct msrp_agent *agent, uint64_t now_us, uint64_t cookie,
                    const struct sp_flow *flow);
/* An accepted connection. One that the agent has no room for is closed. */
void msrp_accepted(struct msrp_agent *agent, uint64_t now_us, const struct sp_flow *flow);
/* A connection ended (flow), or could not be opened (cookie, flow NULL). */
void     msrp_closed(struct msrp_agent *agent, uint64_t now_us, uint64_t cookie,
                     const struct sp_flow *flow, enum sp_err err);
void     msrp_resolved(struct msrp_agent *agent, uint64_t now_us, uint64_t cookie,
                       const struct sp_addr *addrs, size_t count);
void     msrp_sent(struct msrp_agent *agent, uint64_t now_us, const struct sp_flow *flow);
void     msrp_tick(struct msrp_agent *agent, uint64_t now_us);
uint64_t msrp_deadline(const struct msrp_agent *agent);
bool     msrp_next(struct msrp_agent *agent, struct msrp_action *action);

/* Match sessions by the session-id of a To-Path alone, for peers behind a middlebox that rewrites
 * addresses. Off at the start: RFC 4975 6.1 counts. */
void msrp_agent_match_session_id(struct msrp_agent *agent, bool alone);

void msrp_count(const struct msrp_agent *agent, struct msrp_counters *counters);

#endif
