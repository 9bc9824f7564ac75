/* SPDX-License-Identifier: MIT
 * push/push_relay.h -- URIs of our MSRP relays, asked for ahead. RFC 4976 5.1.
 *
 * A description must name the path before it is written, and a relay takes a round trip or two to
 * give it. So some URIs are kept ready, one a session; when one is lent, the next is asked for.
 * Without relays every session has its path at once. */
#ifndef SIPUSH_PUSH_PUSH_RELAY_H
#define SIPUSH_PUSH_PUSH_RELAY_H

#include "../msrp/msrp_agent.h"

#define PUSH_SESSION_ID_CHARS 20       /* 119 bits; RFC 4975 14.1 asks for 80 */
#define PUSH_RELAY_AGAIN_US   10000000 /* a relay that failed is asked again after */

struct push_link;

/* Slices stay the owner's, as long as the agent lives. */
struct push_relay_config {
    struct sp_slice relays; /* URIs, split by SP, the first to go through first */
    struct sp_slice username, password;
    uint32_t        ready; /* URIs to be kept ready; limits.msrp_leases at most */
};

enum push_relay_state { PUSH_RELAY_FREE, PUSH_RELAY_ASKED, PUSH_RELAY_READY, PUSH_RELAY_LENT };

struct push_relay_entry {
    enum push_relay_state state;
    struct sp_handle      lease;
    char                  session_id[PUSH_SESSION_ID_CHARS]; /* of our own URI in its path */
    char                 *path;
    uint32_t              octets;
    bool                  moved; /* LENT: the path is another than was said */
};

struct push_relay {
    struct push_relay_config config; /* relays empty: none are used */
    struct push_relay_entry *entries;
    uint32_t                 count;
    size_t                   room;     /* of a path */
    uint64_t                 again_us; /* not asked before */
    uint32_t                 ready;
    enum sp_err              err; /* the last that went wrong, SP_OK after a success */
    uint16_t                 status;
    bool session_id_alone; /* whoever is on the way rewrites addresses; set before the start */
};

void push_relay_lay_out(struct push_relay *relay, struct sp_arena *arena,
                        const struct sp_limits *limits);

/* From now on sessions go through these. SP_LIMIT, and what msrp_use_relay says. */
SP_MUST_USE enum sp_err push_relay_use(struct push_link *link, uint64_t now_us,
                                       const struct push_relay_config *config);
/* MSRP_RELAYED, MSRP_UNRELAYED. */
void push_relay_note(struct push_link *link, const struct msrp_action *msrp);
void push_relay_tick(struct push_link *link);
/* When to ask again; SP_NEVER. */
uint64_t push_relay_deadline(const struct push_link *link);

/* A session-id for a new session; with relays, that of a URI that is ready. False: none is. */
SP_MUST_USE bool push_relay_draw(struct push_link *link, char session_id[PUSH_SESSION_ID_CHARS]);
/* The path of a session that is lent one, NULL: it has none. */
const struct push_relay_entry *push_relay_find(const struct push_link *link,
                                               struct sp_slice         session_id);
/* Did a renewal give another path than was said for the session? Asked once. */
bool push_relay_moved(struct push_link *link, struct sp_slice session_id);
/* The session is over, or never came about. */
void push_relay_return(struct push_link *link, const char session_id[PUSH_SESSION_ID_CHARS]);

#endif
