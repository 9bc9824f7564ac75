/* SPDX-License-Identifier: MIT
 * msrp/msrp_core.h -- the endpoint's objects, and what its files ask of each other. Not for users.
 *
 * Pending facts lie in the objects: who has something to say links itself into a list of the agent,
 * and `next` asks the first of it. Octets to say are written into one buffer, `text`, which belongs
 * to one connection at a time, so what one read brought about leaves in one write. Each of the
 * machines (connection, session, message, the turn of a connection) has one enter(), in the file
 * named after it. */
#ifndef SIPUSH_MSRP_MSRP_CORE_H
#define SIPUSH_MSRP_MSRP_CORE_H

#include "../base/list.h"
#include "../base/store.h"
#include "../base/table.h"
#include "../base/timers.h"
#include "msrp_auth.h"
#include "msrp_chunk.h"
#include "msrp_frame.h"
#include "msrp_ranges.h"
#include "msrp_uri.h"

#define MSRP_WINDOW         128  /* chunks of one message without their 200 */
#define MSRP_ADDRESSES      4    /* of one host, tried in order (6.2) */
#define MSRP_HOST_OCTETS    256  /* of a host's name */
#define MSRP_RELAYED_OCTETS 8192 /* of a chunk, where the path has more than one URI */
#define MSRP_DEFAULT_PORT   2855
#define MSRP_REPORT_OCTETS  16384 /* a success REPORT each, where the path has more than one URI */
#define MSRP_AUTH_OCTETS    512   /* of user name and challenge together */

/* What a step of `next` came to. */
enum msrp_step {
    MSRP_STEP_NONE,   /* nothing to say (any more) */
    MSRP_STEP_AGAIN,  /* something changed: ask anew */
    MSRP_STEP_FLUSH,  /* the text must go first: it is full, or another connection's */
    MSRP_STEP_ACTION, /* the action is filled in */
};

/* ---- connections ------------------------------------------------------------------------------
 */

enum msrp_conn_state {
    MSRP_CONN_NEW,
    MSRP_CONN_RESOLVING,
    MSRP_CONN_CONNECTING,
    MSRP_CONN_OPEN,
    MSRP_CONN_CLOSING,   /* CLOSE is to be said */
    MSRP_CONN_ABANDONED, /* nobody waits for it any more, but its answer is still to come */
    MSRP_CONN_GONE,
};

/* Whose turn it is to send content. */
enum msrp_turn {
    MSRP_TURN_FREE,  /* nobody's */
    MSRP_TURN_ASKED, /* `sending` was asked for content */
    MSRP_TURN_GIVEN, /* and gave it */
    MSRP_TURN_BUSY,  /* its piece is with the system: wait for `sent` */
};

/* The chunk that comes in. */
enum msrp_incoming {
    MSRP_IN_SKIP, /* its body, if any, is nobody's */
    MSRP_IN_HEAD, /* its head is read, and waits until the owner knows that the session is up */
    MSRP_IN_CONTENT,
};

struct msrp_conn {
    enum msrp_conn_state state;
    struct sp_flow       flow;
    struct sp_link       ready, talks, idle;
    struct sp_table_link by_flow;
    struct sp_list       sessions; /* all that use it */
    struct sp_list       leases;   /* of relays: they use it too */
    struct sp_timer      timer;    /* of opening it; of an accepted one that serves no session */

    struct msrp_uri peer; /* scheme, host and port that it leads to; its slices lie in `host` */
    char            host[MSRP_HOST_OCTETS];
    bool            asked; /* RESOLVE or CONNECT has been said */
    struct sp_addr  addrs[MSRP_ADDRESSES];
    uint8_t         addr_count, addr_at;

    /* in */
    struct msrp_frame    frame;
    enum msrp_incoming   incoming;
    struct msrp_head     head;   /* of the chunk under way; lies in the framer's room */
    struct msrp_message *into;   /* CONTENT */
    uint64_t             offset; /* of its next octet */
    uint16_t             answer; /* the response that the chunk gets, 0: none, or given already */
    bool                 answer_due;

    /* out */
    enum msrp_turn       turn;
    struct sp_list       queue;   /* sessions with content to send, in turns */
    struct msrp_message *sending; /* the chunk under way is its */
    struct sp_slice      given;   /* GIVEN: what it gave */
};

/* ---- sessions ---------------------------------------------------------------------------------
 */

enum msrp_session_state {
    MSRP_SESSION_NEW,
    MSRP_SESSION_CONNECTING, /* active: its connection is not there yet */
    MSRP_SESSION_WAITING,    /* passive: for the first request */
    MSRP_SESSION_UP,
    MSRP_SESSION_DOWN,    /* failed; the owner is told and closes it */
    MSRP_SESSION_CLOSING, /* closed by the owner; its messages say their last */
};

enum msrp_hello {
    MSRP_HELLO_NONE,
    MSRP_HELLO_DUE,
    MSRP_HELLO_ASKED
}; /* the bodyless SEND of the active side */

struct msrp_session {
    enum msrp_session_state state;
    struct sp_link          ready, of_conn, queued;
    struct sp_table_link    by_id;
    struct sp_timer         timer;       /* of waiting for the peer; of the hello's response */
    struct msrp_conn       *conn;        /* CONNECTING, UP */
    struct sp_list          messages;    /* all of its */
    struct sp_list          queue;       /* outgoing ones with content to send, in turns */
    struct sp_slice         peer_path;   /* what stood in the peer's SDP */
    struct sp_slice         remote_path; /* To-Path: through our relays, if any, to the peer */
    struct sp_slice         back_path;   /* From-Path of the peer */
    struct sp_slice         accept_types;
    const void             *text, *back_text; /* blocks of the store */
    struct msrp_uri         local;
    struct msrp_lease      *lease;        /* of its relays, or NULL */
    const void             *relayed_text; /* the To-Path through them; a block of the store */
    uint64_t                max_size, user;
    uint32_t                live;       /* messages that are not PAST */
    uint64_t                refused[4]; /* hashes of types that drew 415; 0: none */
    uint8_t                 refusals;
    enum msrp_hello         hello;
    uint8_t                 hello_random[8];
    bool                    listed;  /* in the table of URIs */
    bool                    told_up; /* UP is told once, though the connection may change */
    bool                    tell_up, tell_down; /* notes to be given */
    enum sp_err             err;                /* DOWN */
};

/* ---- leases: URIs of relays, for a time
 * ----------------------------------------------------------
 */

enum msrp_lease_state {
    MSRP_LEASE_NEW,
    MSRP_LEASE_CONNECTING, /* to the first relay */
    MSRP_LEASE_ASKING,     /* AUTH to `relay` */
    MSRP_LEASE_HELD,       /* all gave their URIs */
    MSRP_LEASE_LOST,
};

struct msrp_lease {
    enum msrp_lease_state state;
    struct sp_link        ready, of_conn;
    struct sp_timer       timer; /* of the response to AUTH; of the renewal */
    struct msrp_conn     *conn;
    struct msrp_session  *session; /* that lives on it, or NULL */
    const void           *text;    /* blocks of the store */
    struct sp_slice       relays, own, username, password;
    struct sp_slice       relay;     /* the one that is asked; one of `relays` */
    struct sp_slice       path;      /* as the relays before it gave it; a block of the store */
    struct sp_slice       use_path;  /* as all gave it: for To-Path; a block of the store */
    struct sp_slice       challenge; /* of `relay`, to be answered; a block of the store */
    uint8_t               random[8];
    uint32_t              number; /* of the AUTH said last */
    uint32_t              asked_s, expires_s;
    uint8_t               answered; /* challenges of `relay` */
    bool                  bounded;  /* 423 told what to ask for */
    bool                  said;     /* ASKING: AUTH is out */
    bool                  tell;
    enum sp_err           err;
    uint16_t              status;
    uint64_t              user;
};

/* ---- messages ---------------------------------------------------------------------------------
 */

enum msrp_message_state {
    MSRP_MESSAGE_NEW,
    /* outgoing */
    MSRP_OUT_SENDING, /* octets are left */
    MSRP_OUT_SENT,    /* its last octet is on its way; responses or reports are not complete */
    MSRP_OUT_ENDED,   /* DELIVERED or FAILED is to be said */
    /* incoming */
    MSRP_IN_RECEIVING,
    MSRP_IN_COMPLETE,  /* the owner judges it */
    MSRP_IN_REPORTING, /* judged; a REPORT is to be said */
    MSRP_IN_ENDED,     /* ABORTED is to be said */
    MSRP_IN_PAST, /* kept only to know its Message-ID again, as long as nobody needs the slot */
};

/* A chunk that awaits its response. */
enum msrp_record_state { MSRP_RECORD_OPEN, MSRP_RECORD_ENDED, MSRP_RECORD_HANDED_OVER };

struct msrp_record {
    uint32_t octets;
    uint32_t due_ms;   /* HANDED_OVER: low 32 bits of the clock */
    uint8_t  state;    /* enum msrp_record_state */
    bool     answered; /* with 200 */
};

struct msrp_message {
    enum msrp_message_state state;
    struct msrp_session    *session;
    struct sp_link          ready, of_session, queued, past;
    struct sp_table_link    by_id;
    char                    id[MSRP_IDENT_OCTETS];
    uint8_t                 id_octets;
    bool                    success_report;
    uint8_t                 failure_report; /* enum msrp_failure_report */
    uint16_t                status;         /* FAILED; the REPORT to be said */
    enum sp_err             err;            /* ENDED */
    uint64_t                total;          /* incoming: MSRP_UNKNOWN until the last chunk told */
    uint64_t                announced;      /* incoming: total of the Byte-Range, or MSRP_UNKNOWN */
    struct msrp_ranges      ranges;         /* incoming: received; outgoing: reported */

    /* outgoing */
    uint64_t            user;
    const void         *text; /* block of the store */
    struct msrp_chunker chunker;
    struct sp_timer     timer;     /* of the oldest chunk without its response */
    uint32_t            oldest;    /* number of the first chunk in the window */
    bool                reported;  /* a success REPORT came */
    bool                unbounded; /* none comes before the end: the window of octets is lifted */
    bool     tell_sent, tell_progress, told_end; /* told_end: '#' has been said, or is not needed */
    bool     report_due;                    /* incoming: a success REPORT on what came so far */
    uint32_t chunk_octets;                  /* of one chunk, at most */
    uint64_t answered;                      /* octets before the window */
    uint64_t progress;                      /* told; incoming: reported */
    struct msrp_record window[MSRP_WINDOW]; /* by number */
    /* after it in its slot: struct msrp_interval [limits.msrp_ranges] */
};

/* ---- the agent --------------------------------------------------------------------------------
 */

struct msrp_agent {
    struct sp_limits     limits;
    struct sp_ident      ident;
    struct sp_trace      trace;
    uint64_t             now_us;
    struct sp_pool       conns, sessions, leases, messages;
    struct sp_store      store;
    struct sp_timers     timers;
    struct sp_table      flows, uris, ids;
    struct sp_list       ready_conns, ready_sessions, ready_leases, ready_messages;
    struct sp_list       talkers; /* connections that can go on with content */
    struct sp_list       past;    /* messages in PAST, oldest first */
    uint32_t             past_count;
    uint32_t             silent; /* sessions without a live message */
    struct sp_list       idle;   /* accepted connections that serve no session, oldest first */
    struct msrp_counters counters;

    struct sp_slice   input; /* what is left of the octets received */
    struct msrp_conn *input_conn;

    struct sp_buf     text; /* control octets to be sent on `speaker` */
    struct msrp_conn *speaker;
    bool              text_given; /* handed out: free at the next call */
    char             *head_room;  /* head and end-line of one piece of content */
    size_t            head_octets;
    struct sp_flow    reject;        /* an accepted connection without a slot; id 0: none */
    bool              by_session_id; /* URIs are matched by session-id alone */
};

/* msrp_agent.c: room to say something on a connection: one request or response without a body. A
 * chunk under way there is ended first. NULL: the text must go first (MSRP_STEP_FLUSH). */
struct sp_buf *msrp_say(struct msrp_agent *agent, struct msrp_conn *conn);
void           msrp_timer_start(struct msrp_agent *agent, struct sp_timer *timer);
enum { MSRP_TIMER_CONN, MSRP_TIMER_SESSION, MSRP_TIMER_LEASE, MSRP_TIMER_MESSAGE };

/* msrp_conn.c */
/* The connection that leads to `peer`, an open one or a new one; NULL: no slot. */
struct msrp_conn *msrp_conn_to(struct msrp_agent *agent, const struct msrp_uri *peer);
/* It broke, or is to be closed with all of its sessions. */
void msrp_conn_fail(struct msrp_agent *agent, struct msrp_conn *conn, enum sp_err err);
void msrp_conn_attach(struct msrp_agent *agent, struct msrp_conn *conn,
                      struct msrp_session *session);
void msrp_conn_detach(struct msrp_agent *agent, struct msrp_session *session);
/* The same for a lease. */
void           msrp_conn_attach_lease(struct msrp_agent *agent, struct msrp_conn *conn,
                                      struct msrp_lease *lease);
void           msrp_conn_detach_lease(struct msrp_agent *agent, struct msrp_lease *lease);
enum msrp_step msrp_conn_step(struct msrp_agent *agent, struct msrp_conn *conn,
                              struct msrp_action *action);
void           msrp_conn_timeout(struct msrp_agent *agent, struct msrp_conn *conn);

/* msrp_session.c */
struct msrp_session *msrp_session_find(struct msrp_agent *agent, const struct msrp_uri *uri);
/* Bind to a connection: it is there, or its first request came. */
void msrp_session_bind(struct msrp_agent *agent, struct msrp_session *session,
                       struct msrp_conn *conn);
/* A request came for it on another connection. True: both sides connected, ours gives way, and it
 * waits for the first request like a passive one. */
bool msrp_session_yields(struct msrp_agent *agent, struct msrp_session *session);
void msrp_session_fail(struct msrp_agent *agent, struct msrp_session *session, enum sp_err err);
void msrp_session_answered(struct msrp_agent *agent, struct msrp_session *session, uint16_t status);
enum msrp_step msrp_session_step(struct msrp_agent *agent, struct msrp_session *session,
                                 struct msrp_action *action);
void           msrp_session_timeout(struct msrp_agent *agent, struct msrp_session *session);
/* One of its messages is gone. */
void msrp_session_released(struct msrp_agent *agent, struct msrp_session *session);

/* A path that we can use: URIs by grammar; `octets`, the one of it that matters, for TCP without
 * TLS. */
SP_MUST_USE enum sp_err msrp_path_usable(const struct sp_limits *limits, struct sp_slice path,
                                         struct sp_slice octets, struct msrp_uri *uri);
/* Its To-Path begins with these URIs from now on. SP_ROOM, SP_LIMIT. */
SP_MUST_USE enum sp_err msrp_session_relay(struct msrp_agent *agent, struct msrp_session *session,
                                           struct sp_slice use_path);

/* msrp_lease.c */
void msrp_lease_connected(struct msrp_agent *agent, struct msrp_lease *lease);
void msrp_lease_lose(struct msrp_agent *agent, struct msrp_lease *lease, enum sp_err err,
                     uint16_t status);
void msrp_lease_timeout(struct msrp_agent *agent, struct msrp_lease *lease);
void msrp_lease_free(struct msrp_agent *agent, struct msrp_lease *lease);
/* To an AUTH of the lease in this place of the pool. */
void msrp_lease_response(struct msrp_agent *agent, struct msrp_conn *conn, uint32_t place,
                         struct sp_slice stem, uint32_t number, const struct msrp_head *head);

enum msrp_step msrp_lease_step(struct msrp_agent *agent, struct msrp_lease *lease,
                               struct msrp_action *action);
/* One on which a session can be opened; NULL: stale, not yet RELAYED, or taken. */
struct msrp_lease *msrp_lease_find(struct msrp_agent *agent, struct sp_handle relay);

/* This type drew 415 (10.6); and did it? */
void msrp_session_refuse(struct msrp_agent *agent, struct msrp_session *session,
                         struct sp_slice type);
bool msrp_session_refuses(const struct msrp_agent *agent, const struct msrp_session *session,
                          struct sp_slice type);

/* msrp_message.c: what outgoing and incoming messages share. */
void                 msrp_message_enter(struct msrp_agent *agent, struct msrp_message *m,
                                        enum msrp_message_state state, const char *on);
struct msrp_message *msrp_message_take(struct msrp_agent *agent, struct msrp_session *session,
                                       struct sp_slice id, bool incoming);
struct msrp_message *msrp_message_find(struct msrp_agent *agent, struct msrp_session *session,
                                       struct sp_slice id, bool incoming);
/* The session ends, or one of its messages does: `err` and `status` are what is told. */
void           msrp_message_end(struct msrp_agent *agent, struct msrp_message *m, enum sp_err err,
                                uint16_t status);
void           msrp_message_free(struct msrp_agent *agent, struct msrp_message *m);
enum msrp_step msrp_message_step(struct msrp_agent *agent, struct msrp_message *m,
                                 struct msrp_action *action);
/* An incoming message has said its last: it is kept for its Message-ID, or freed with a session
 * that ends. */
void msrp_message_put_aside(struct msrp_agent *agent, struct msrp_message *m);
/* One that is PAST came again: its report is to be said again. */
void msrp_message_recall(struct msrp_agent *agent, struct msrp_message *m);
bool msrp_message_outgoing(const struct msrp_message *m);
void msrp_message_note(struct msrp_agent *agent, const struct msrp_message *m,
                       enum msrp_action_kind kind, struct msrp_action *action);

/* msrp_in.c */
enum msrp_step msrp_in_step(struct msrp_agent *agent, struct msrp_action *action);
enum msrp_step msrp_in_answer(struct msrp_agent *agent, struct msrp_conn *conn);

/* msrp_reply.c: responses and reports to what we sent. */
void msrp_reply_response(struct msrp_agent *agent, struct msrp_conn *conn,
                         const struct msrp_head *head);
void msrp_reply_report(struct msrp_agent *agent, struct msrp_session *session,
                       const struct msrp_head *head);

/* msrp_out.c: content in turns. */
enum msrp_step msrp_out_step(struct msrp_agent *agent, struct msrp_conn *conn,
                             struct msrp_action *action);
/* The piece under way on the connection is with the system. */
void msrp_out_sent(struct msrp_agent *agent, struct msrp_conn *conn);
/* Line up what can be sent: after the session came up, a response freed the window, a message is
 * new. */
void msrp_out_queue(struct msrp_agent *agent, struct msrp_message *m);
void msrp_out_unqueue(struct msrp_agent *agent, struct msrp_message *m);
/* The chunk under way on the connection, if any, is ended: '+', or '#' when its message has ended.
 */
void msrp_out_cut(struct msrp_agent *agent, struct msrp_conn *conn, struct sp_buf *to);
/* `m` is gone: the connection forgets it. */
void msrp_out_forget(struct msrp_agent *agent, struct msrp_message *m);

/* msrp_window.c: chunks that await their responses. */
bool msrp_window_full(const struct msrp_agent *agent, const struct msrp_message *m);
/* A chunk began, it ended, its last octet was handed over. */
void msrp_window_begin(struct msrp_message *m);
void msrp_window_end(struct msrp_agent *agent, struct msrp_message *m);
void msrp_window_handed_over(struct msrp_agent *agent, struct msrp_message *m);
/* The chunk with this number was answered with 200. */
void msrp_window_answered(struct msrp_agent *agent, struct msrp_message *m, uint32_t number);
void msrp_window_timeout(struct msrp_agent *agent, struct msrp_message *m);
/* Is the message delivered by now, as far as it can be known? */
void msrp_window_judge(struct msrp_agent *agent, struct msrp_message *m);

#endif
