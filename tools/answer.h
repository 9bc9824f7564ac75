/* SPDX-License-Identifier: MIT
 * tools/answer.h -- what the files of `sipush answer` share.
 *
 * answer.c is the verb; answer_do.c says what is answered to each request; answer_sdp.c makes the
 * answers of RFC 3264. */
#ifndef SIPUSH_TOOLS_ANSWER_H
#define SIPUSH_TOOLS_ANSWER_H

#include "../dialog/sip_compositor.h"
#include "../dialog/sip_registrar.h"
#include "../dialog/sip_ua_event.h"
#include "host.h"
#include "users.h"

#define ANSWER_CALLS    256 /* that ring at once */
#define ANSWER_WATCHERS 256 /* subscriptions */
#define ANSWER_SDP      16384

/* An INVITE that waits for its final response. */
struct answer_call {
    bool             used;
    struct sp_handle session;
    uint64_t         due_us; /* SP_NEVER: when its PRACK comes */
    bool             told;   /* the reliable response had our description */
    struct sp_slice  sdp;    /* for the 200; in `room` */
    char             room[ANSWER_SDP];
};

/* Who subscribed, to what. */
struct answer_watcher {
    bool             used;
    struct sp_handle handle;
    char             aor[256], event[64];
};

struct answer {
    struct host            host;
    struct sip_ua         *agent;
    struct sip_registrar  *registrar;
    struct sip_compositor *compositor;
    struct users           users;
    struct answer_call     calls[ANSWER_CALLS];
    struct answer_watcher  watchers[ANSWER_WATCHERS];
    const char            *realm, *users_path, *domains, *events;
    uint64_t               status, ring_ms, count, answered;
    uint32_t               version; /* of the next description */
    bool                   reliable;
};

/* A note of the agent. */
void answer_note(struct answer *a, const struct sip_ua_action *action);
/* What is due: calls that rang long enough, states that changed. */
void answer_tick(struct answer *a);
/* When answer_tick is due again; SP_NEVER: not by itself. */
uint64_t answer_deadline(const struct answer *a);

/* The answer to the offer in `offer`, or an offer where it is empty: every medium is kept and
 * inactive, at a port that nobody listens on. Empty when the offer cannot be read. */
struct sp_slice answer_sdp(struct answer *a, struct sp_slice offer, char room[ANSWER_SDP]);

#endif
