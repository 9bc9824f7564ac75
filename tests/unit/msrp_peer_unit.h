/* SPDX-License-Identifier: MIT
 * tests/unit/msrp_peer_unit.h -- an MSRP endpoint of ours before a peer by hand: what comes out of
 * it as octets, what its user is told as lines, and text in which names stand for what came out.
 *
 * The peer, the user and the clock are a case of tests/cases/msrp; its README has the form. */
#ifndef SIPUSH_TESTS_MSRP_PEER_UNIT_H
#define SIPUSH_TESTS_MSRP_PEER_UNIT_H

#include "../../msrp/msrp_core.h"
#include "unit.h"

#define PEER_FLOWS    3
#define PEER_OCTETS   65536 /* of one message */
#define PEER_MESSAGES 8
#define PEER_NAMES    8
#define PEER_WORD     96

struct peer_run {
    struct msrp_agent *agent;
    uint64_t           now_us, cookie;
    unsigned           held; /* pieces whose `sent` is owed */
    bool               connecting, hold, progress;
    uint16_t           judges, refuses; /* what COMPLETE, and MESSAGE, get at once; 0: nothing */
    struct sp_handle   incoming;        /* the message that came last */
    struct sp_slice    content;         /* of the outgoing message */
    char               us[256], peer[512];
    char               name[PEER_NAMES][16], value[PEER_NAMES][PEER_WORD]; /* {names}: bound */
    char              *body[PEER_MESSAGES]; /* of incoming messages */
    char              *out[PEER_FLOWS];     /* what came out */
    size_t             outs[PEER_FLOWS], read[PEER_FLOWS];
    char               told[2 * PEER_OCTETS];
    size_t             tolds, heard;
};

/* Text with {name} as what stands for it ({us}, {peer}: the paths) and {N*c} as N times c. */
void peer_expand(struct peer_run *run, struct sp_buf *to, struct sp_slice text);
/* A line of octets: \r, \n, \\ and \xNN are one. */
void peer_put_octets(struct sp_buf *to, const char *text);
/* Does `text` begin as the pattern says, and how much of it does the pattern take? `*` stands for
 * any octets of a line, a {name} that is not bound for an identifier, which binds it. */
bool peer_matches(struct peer_run *run, struct sp_slice pattern, struct sp_slice text,
                  size_t *took);

/* All that the agent has to do is done, told, or written down. */
void           peer_drain(struct peer_run *run);
struct sp_flow peer_flow(unsigned n);

#endif
