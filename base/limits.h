/* SPDX-License-Identifier: MIT
 * base/limits.h -- every quantity that an agent may reach, with its name.
 *
 * All memory of an agent follows from these. Reaching a limit is an ordinary answer to the peer
 * (503, 513, MSRP 413), never a failure of the agent. */
#ifndef SIPUSH_BASE_LIMITS_H
#define SIPUSH_BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

struct sp_limits {
    /* RFC 3261 17.1.1.1, table 4 */
    uint32_t t1_ms, t2_ms, t4_ms;
    uint32_t timer_c_ms, timer_d_ms;
    /* Those that follow from these (table 4, RFC 6026 8); 0: as they do, T4 of I and K, 64*T1 of
     * the others. */
    uint32_t timer_b_ms, timer_f_ms, timer_h_ms, timer_i_ms, timer_j_ms, timer_k_ms;
    uint32_t timer_l_ms, timer_m_ms;

    /* parser, transaction, dialog */
    uint32_t message_octets;  /* of a SIP message; a larger request is refused (513) */
    uint32_t fields;          /* header fields of one message */
    uint32_t transactions;    /* client and server together */
    uint32_t path_mtu_octets; /* of the ways that our datagrams go; 0: not known. RFC 3261 18.1.1 */
    uint32_t streams;         /* SIP connections */
    uint32_t stream_accepts;  /* that came, of these: others can still be opened; 0: all of them */
    uint32_t stream_buffers;  /* SIP connections with a message half received */
    uint32_t stream_half_ms; /* a SIP connection whose message does not get whole is closed after */
    uint32_t stream_idle_ms; /* a SIP connection that no message and no transaction uses, too */
    uint32_t store_octets;   /* SIP messages kept for retransmission, together */
    uint32_t dialogs;        /* sessions under way */
    uint32_t source_dialogs; /* of them, those that one source invited us to */
    uint32_t forks;          /* dialogs of one INVITE or SUBSCRIBE beside the first */
    uint32_t dialog_octets;  /* route set, targets and tags of one dialog */
    uint32_t registrations;  /* addresses-of-record that are kept registered */
    uint32_t subscriptions;  /* to events of others, a dialog each */
    uint32_t notifiers;      /* subscriptions of others to events of ours */
    uint32_t source_notifiers; /* of them, those of one source */
    uint32_t publications;     /* event states that are kept published */
    uint32_t bindings;         /* of a registrar, all addresses-of-record together */
    uint32_t aor_bindings;     /* of one address-of-record */
    uint32_t event_states;     /* of a compositor */
    uint32_t aor_states;       /* of one address-of-record, in each package */

    /* msrp */
    uint32_t msrp_sessions, msrp_connections;
    uint32_t msrp_messages;          /* sending and receiving together */
    uint32_t msrp_head_octets;       /* start line and header fields of one chunk */
    uint32_t msrp_path_octets;       /* a To-Path or From-Path */
    uint32_t msrp_chunk_octets;      /* body of one chunk that we send */
    uint32_t msrp_ranges;            /* gaps tracked in one incoming message */
    uint32_t msrp_timeout_ms;        /* RFC 4975 7.1.1: 30 s for a response */
    uint32_t msrp_leases;            /* URIs of relays that we hold */
    uint32_t msrp_unreported_octets; /* through relays, under way without a success report */

    /* an MSRP relay; its connections are msrp_connections */
    uint32_t relay_users;
    uint32_t relay_grants;      /* URIs handed out */
    uint32_t relay_user_grants; /* to one user */
    uint32_t relay_lanes;       /* directions of sessions with octets under way */
    uint32_t relay_lane_octets; /* that wait in one of them */
    uint32_t relay_transits;    /* forwarded chunks and requests without their responses */

    /* push */
    uint32_t pushes;         /* sessions and pager pushes under way */
    uint32_t push_idle_ms;   /* a session over which nothing comes for so long is ended */
    uint32_t push_files;     /* files of one offer */
    uint32_t content_octets; /* one step of content between host and agent */
    uint32_t pager_octets;   /* RFC 3428 8: a whole MESSAGE request; 1300 */
};

/* For a desktop: a hundred pushes at once in some megabytes. */
extern const struct sp_limits sp_limits_default;
/* For a device that receives pager pushes: some tens of kilobytes. */
extern const struct sp_limits sp_limits_small;

#endif
