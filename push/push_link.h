/* SPDX-License-Identifier: MIT
 * push/push_link.h -- what both push agents stand on: one SIP user agent, one MSRP endpoint, their
 * flows, and the address that stands in descriptions. RFC 4975 8.1, 8.2, RFC 6135 4.2.2, RFC 3264.
 *
 * The verbs of base/io.h go to the agent that a flow or a cookie belongs to. */
#ifndef SIPUSH_PUSH_PUSH_LINK_H
#define SIPUSH_PUSH_PUSH_LINK_H

#include "../base/event.h"
#include "../dialog/sip_ua.h"
#include "../msrp/msrp_agent.h"
#include "../sdp/sdp_msrp.h"
#include "push_relay.h"

#define PUSH_TRANSFER_ID_CHARS 32 /* RFC 5547 8.1 */
#define PUSH_DISCARD_PORT      9  /* of an active side: RFC 6135 4.2.2 */

struct push_link {
    struct sip_ua     *ua;
    struct msrp_agent *msrp;
    struct sp_flow     listeners[2]; /* of MSRP, IPv4 and IPv6; id 0: none */
    struct push_relay  relay;
    struct sp_ident    ident;
    struct sp_trace    trace;
    uint64_t           now_us; /* of the last verb */
};

/* What one description of ours says about ourselves. */
struct push_media_addr {
    struct sp_addr addr;    /* with the port for m= and path */
    bool           listens; /* else the port is 9 and only we can connect */
};

/* MOVED: the path of a session that we said is another now: push_relay_moved. */
enum push_link_kind { PUSH_LINK_IO, PUSH_LINK_SIP, PUSH_LINK_MSRP, PUSH_LINK_MOVED };

struct push_link_action {
    enum push_link_kind  kind;
    struct sp_io         io;
    struct sip_ua_action sip;
    struct msrp_action   msrp;
};

/* Cut both agents out of `arena`; `ident` is seeded before. False: the texts of `config` exceed
 * limits.dialog_octets. A measuring arena is only measured. */
bool push_link_init(struct push_link *link, struct sp_arena *arena, const struct sp_limits *limits,
                    const struct sip_ua_config *config);
void push_link_trace(struct push_link *link, struct sp_trace trace);
void push_link_bound(struct push_link *link, const struct sp_flow *local);

/* The verbs of base/io.h. */
void push_link_receive(struct push_link *link, uint64_t now_us, const struct sp_flow *flow,
                       struct sp_slice octets);
void push_link_accepted(struct push_link *link, uint64_t now_us, const struct sp_flow *flow);
void push_link_connected(struct push_link *link, uint64_t now_us, uint64_t cookie,
                         const struct sp_flow *flow);
void push_link_closed(struct push_link *link, uint64_t now_us, uint64_t cookie,
                      const struct sp_flow *flow, enum sp_err err);
void push_link_resolved(struct push_link *link, uint64_t now_us, uint64_t cookie,
                        const struct sp_addr *addrs, size_t count);
void push_link_found(struct push_link *link, uint64_t now_us, uint64_t cookie,
                     const struct sp_record *records, size_t count);
void push_link_sent(struct push_link *link, uint64_t now_us, const struct sp_flow *flow);
/* One of them, as a host has it. */
void     push_link_event(struct push_link *link, uint64_t now_us, const struct sp_net_event *event);
void     push_link_tick(struct push_link *link, uint64_t now_us);
uint64_t push_link_deadline(const struct push_link *link);
bool     push_link_next(struct push_link *link, struct push_link_action *action);

/* Our address for media towards a peer of `family` (of the other one where we have none of it).
 * False: we have no address at all. */
bool push_link_media(const struct push_link *link, enum sp_family family,
                     struct push_media_addr *media);
/* The family of our address in descriptions for `to`: that of the next hop, where it is told. */
enum sp_family push_family_towards(struct sp_slice to, struct sp_slice route);
/* Our own URI for a session (RFC 4975 6). */
void push_put_own(struct sp_buf *to, const struct push_media_addr *media,
                  struct sp_slice session_id);
/* The path of a session of ours: our own URI, with relays those of them before it. */
void push_put_path(const struct push_link *link, struct sp_buf *to,
                   const struct push_media_addr *media, struct sp_slice session_id);
/* o= and c= of a description of ours; the slices point into the struct. */
struct push_lines {
    char                  text[64];
    struct sdp_origin     origin;
    struct sdp_connection connection;
};
void push_lines_of(struct push_lines *lines, const struct push_media_addr *media, uint64_t id,
                   uint64_t version);

/* A handle as the `user` of an agent below, and back. */
uint64_t         push_user_of(struct sp_handle handle);
struct sp_handle push_handle_of(uint64_t user);

#endif
