/* SPDX-License-Identifier: MIT
 * tests/sim/sim_msrp.h -- the users of bare MSRP endpoints, and a peer that answers as it likes. */
#ifndef SIPUSH_TESTS_SIM_SIM_MSRP_H
#define SIPUSH_TESTS_SIM_SIM_MSRP_H

#include "sim.h"

#define MSRP_MOST     64
#define MSRP_SESSIONS 4

/* A message, as both of its users see it. */
struct msrp_mail {
    int              session, from; /* which of the two nodes sends it */
    struct sp_slice  octets;
    struct sp_handle handle;
    bool             success_report;
    uint8_t          failure_report;
    bool             sent;
    uint32_t         ends;
    uint64_t         told; /* progress */
    /* at the other side */
    uint8_t *there;   /* an octet for each that came: 1; by hand: 1 answered with 200, 2 reported */
    uint64_t prefix;  /* of those that came (by hand: were answered) */
    bool     whole;   /* its user said 200 when all had come */
    bool     refused; /* by a user */
};

/* What a node has of an incoming message. */
struct msrp_item {
    struct sim_node  *node;
    struct sp_handle  handle;
    struct msrp_mail *mail;
    bool              over;
};

struct msrp_world {
    struct sp_handle sessions[2][MSRP_SESSIONS];
    bool             open[2][MSRP_SESSIONS], up[2][MSRP_SESSIONS];
    int              session_count;
    bool             by_hand; /* node 1 is no endpoint */
    /* node 2 is a relay: who goes through it, and the paths of the sessions' ends */
    bool                    relayed[2];
    struct sp_handle        leases[2][MSRP_SESSIONS];
    struct sp_slice         paths[2][MSRP_SESSIONS];
    char                    ha1[64];
    struct msrp_relay_user  relay_user;
    struct msrp_relay_rules relay_rules;
    struct msrp_mail        mails[MSRP_MOST];
    struct msrp_item        items[MSRP_MOST];
    uint32_t                mail_count, item_count;
    void                   *hand; /* sim_msrp_hand.c */
};

/* The message of a content type; NULL: none. */
struct msrp_mail *msrp_mail_of(struct sim *sim, struct sp_slice type);
void              msrp_hand_begin(struct sim *sim);
void msrp_hand_note(struct sim *sim, struct sim_node *node, const struct sim_note *note);

/* Scenarios. */
void sim_msrp_start(struct sim *sim);
void sim_msrp_hand_start(struct sim *sim);
void sim_msrp_relay_start(struct sim *sim);
void sim_msrp_end(struct sim *sim);

#endif
