/* SPDX-License-Identifier: MIT
 * tests/sim/sim_ua.h -- the users of bare user agents: requests, sessions, registrations.
 *
 * What a user holds has a number, which is the `user` of its notes: its kind above, its place
 * below. */
#ifndef SIPUSH_TESTS_SIM_SIM_UA_H
#define SIPUSH_TESTS_SIM_SIM_UA_H

#include "sim.h"

#define UA_MOST        256 /* of a kind, in one run */
#define UA_GUARD_REALM "the realm"

enum ua_kind { UA_NOTHING, UA_ASK, UA_SIDE, UA_BINDING };

/* A request, outside of dialogs or within. */
struct ua_ask {
    struct sim_node *node, *to;
    uint32_t         life;
    struct sp_handle handle;
    enum sip_method  method;
    bool             given, within;
    uint16_t         answer; /* of the other user */
    uint32_t         finals;
    uint16_t         status;
    enum sp_err      err;
    uint32_t         heard, heard_life; /* by the other user, in this life */
    uint64_t         heard_us;          /* last */
};

struct ua_talk {
    struct sim_node *caller, *callee;
    bool             accepted; /* the callee's user said so */
    uint32_t         invited, life;
    uint64_t         invited_us; /* last */
};

/* A session as one of its users has it; of a fork there are several. */
struct ua_side {
    struct sim_node *node;
    uint32_t         life;
    struct sp_handle handle;
    struct ua_talk  *talk;
    bool             caller, up, over;
    bool             answered; /* the callee's reliable 1xx had the answer */
};

struct ua_binding {
    struct sim_node *node;
    uint32_t         life;
    struct sp_handle handle;
    bool             told; /* it stands, as far as its user knows */
    bool             unwanted;
    uint32_t         ends;
    uint64_t         until_us; /* at the registrar, node 0 */
};

struct ua_world {
    struct ua_ask     asks[UA_MOST];
    struct ua_talk    talks[UA_MOST];
    struct ua_side    sides[UA_MOST];
    struct ua_binding bindings[UA_MOST];
    uint32_t          ask_count, talk_count, side_count, binding_count;
    struct sip_user   user;
};

uint64_t         ua_number(enum ua_kind kind, uint64_t place);
uint64_t         ua_packed(struct sp_handle handle);
struct sp_handle ua_unpacked(uint64_t packed);
/* The number in a body "WHAT 17\r\n"; false: none below `count`. */
bool ua_read(const struct sip_msg *msg, const char *what, uint32_t count, uint32_t *place);
/* The server transaction of what came so long ago has ended: what was still on its way then is new
 * again, and no text of RFC 3261 can help it. */
#define UA_FORGOTTEN_US (UINT64_C(32) * SIM_S)

/* What a message says cannot be counted on. */
bool ua_sure(const struct sim *sim);

/* sim_ua_calls.c */
void ua_call(struct sim *sim, struct sim_node *node, uint64_t talk);
void ua_call_note(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action);
/* A request within an up session. */
void ua_ask_within(struct sim *sim, struct sim_node *node, uint64_t side);
bool ua_ask_new(struct ua_world *world, struct ua_ask **ask);

/* sim_ua_register.c */
void ua_register(struct sim *sim, struct sim_node *node, uint64_t binding);
void ua_register_note(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action);
void ua_registrar(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action);

/* Scenarios. */
void sim_ua_start(struct sim *sim);
void sim_ua_end(struct sim *sim);

#endif
