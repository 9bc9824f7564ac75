/* SPDX-License-Identifier: MIT
 * tests/unit/ua_unit.h -- user agents in one process, with a network from a seed and a clock of our
 * own.
 *
 * Two agents, or one agent and a peer that is written by hand, over UDP between 192.0.2.1 (ours)
 * and 192.0.2.2. Each agent's notes are gathered as words ("INVITED", "RESPONSE 200"), so that a
 * test reads like a ladder. */
#ifndef SIPUSH_TESTS_UNIT_UA_UNIT_H
#define SIPUSH_TESTS_UNIT_UA_UNIT_H

#include "../../dialog/sip_core.h"

#define UA_SENT_MAX 256

/* A datagram on its way, or kept for the test to look at. */
struct ua_datagram {
    uint64_t        at_us; /* when it arrives */
    int             to;    /* which agent; the other sent it */
    struct sp_slice octets;
    uint16_t        port; /* that it was sent to */
    bool            gone;
};

struct ua_world;

/* One agent and what it told. */
struct ua_end {
    struct ua_world     *world;
    int                  index; /* 0 or 1 */
    struct sip_ua       *ua;    /* NULL: a peer written by hand */
    struct sp_limits     limits;
    size_t               kept; /* of its store: the configuration */
    struct sp_flow       flow; /* towards the other */
    char                 notes[4096];
    struct sip_ua_action last; /* without io and msg */
    struct sp_handle     session, request;
    char                 body[512]; /* of the last note with a message */
    char                 host[64];  /* of the last RESOLVE */
    uint8_t              question;  /* the same */
    uint64_t             cookie;
    /* what it does by itself */
    uint16_t answer;        /* to REQUEST; 0: nothing */
    uint16_t answer_invite; /* to INVITED: 200 accepts, >= 300 refuses, 180 progress; 0: nothing */
    uint16_t answer_reinvite;
    void (*on_note)(struct ua_end *end, const struct sip_ua_action *action);
};

struct ua_world {
    uint64_t           now_us;
    struct ua_end      ends[2];
    struct ua_datagram net[UA_SENT_MAX];
    uint16_t           port;  /* of the datagram that was taken last */
    int                count; /* datagrams ever sent */
    uint32_t           loss_percent, dup_percent, corrupt_percent;
    uint64_t           delay_us;
    uint32_t           random;
    bool (*drop)(struct ua_world          *world,
                 const struct ua_datagram *datagram); /* the test's own loss */
    int dropped;
};

extern const struct sip_ua_config ua_config;

/* A world with agents 0 and 1; with `by_hand`, end 1 is the test. NULL: ua_config,
 * sp_limits_default but smaller. */
struct ua_world        *ua_world(const struct sip_ua_config *config, const struct sp_limits *limits,
                                 bool by_hand, uint32_t seed);
extern struct sp_limits ua_limits; /* what NULL means */

/* An agent has credentials, as configuration. */
void ua_login(struct ua_end *end, const char *realm, const char *user, const char *password);

/* Let the world run: everything that happens within `ms`. */
void ua_run(struct ua_world *world, uint64_t ms);
/* Collect what an agent wants now, without letting time pass. */
void ua_drain(struct ua_end *end);

/* Put octets into agent 0 as from end 1. LF becomes CRLF; the text ends with an empty line. */
void ua_put(struct ua_world *world, const char *text);
/* The datagrams that agent 0 sent and that nobody took yet: the next one, or an empty slice. */
struct sp_slice ua_take(struct ua_world *world);
/* The next one begins with this; all of it is yielded. */
struct sp_slice ua_expect(struct ua_world *world, const char *start);
/* The value of a field, first of its name. */
struct sp_slice ua_value(struct sp_slice message, const char *name);
/* The value of the tag in a field. */
struct sp_slice ua_tag(struct sp_slice message, const char *name);
bool            ua_has(struct sp_slice message, const char *text);

/* What `end` was told since the last time, as words; and nothing is left under way. */
void ua_told(struct ua_end *end, const char *words, const char *file, int line);
#define ua_told(end, words) ua_told(end, words, __FILE__, __LINE__)
void ua_empty(struct ua_end *end);

struct sip_ua_request ua_request(enum sip_method method, const char *body);
#define UA_PEER "sip:bob@192.0.2.2"
#define UA_SDP  SP_LIT("application/sdp")

#endif
