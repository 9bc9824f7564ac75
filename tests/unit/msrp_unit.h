/* SPDX-License-Identifier: MIT
 * tests/unit/msrp_unit.h -- an MSRP endpoint under test, and what it does as lines of text.
 *
 * A side drives one agent by its verbs. Whatever the agent does becomes a line of its log: octets
 * that it sends are read back into frames first ("SEND m1 1-5/5 hello $", "200 abcd", "REPORT m1
 * 1-5/5 200"), notes as they are ("COMPLETE m1 5"). So a scenario is a script of what goes in, and
 * one string that must have come out. */
#ifndef SIPUSH_TESTS_MSRP_UNIT_H
#define SIPUSH_TESTS_MSRP_UNIT_H

#include "../../msrp/msrp_core.h"
#include "unit.h"

#define MSRP_SIDE_FLOWS 4

struct msrp_side {
    struct msrp_agent *agent;
    uint64_t           now_us;
    struct sp_handle   session;  /* the one opened last */
    struct sp_handle   incoming; /* the message that came last */
    struct sp_handle   relay;    /* RELAYED; sessions are opened on it */
    struct sp_handle   asked;    /* WANT that was not answered */
    uint64_t           asked_at;
    uint64_t           cookie; /* of the last CONNECT or RESOLVE */
    struct msrp_frame  sent[MSRP_SIDE_FLOWS];
    char               sent_room[MSRP_SIDE_FLOWS][1024];
    char               last_id[MSRP_SIDE_FLOWS][40]; /* of the last request sent on the flow */
    char               line[MSRP_SIDE_FLOWS][512];   /* of the frame under way; logged at its end */
    size_t             lined[MSRP_SIDE_FLOWS];
    char               log[32768];
    size_t             logged;
    size_t             body[MSRP_SIDE_FLOWS]; /* octets of the body sent last */

    /* how it behaves */
    const char *content;     /* of every message that it sends; NULL: WANT is logged and waits */
    uint16_t    judge;       /* what COMPLETE gets at once; 0: nothing */
    uint16_t    judge_early; /* what MESSAGE gets at once; 0: nothing */
    bool        hold;        /* `sent` is not told by itself */
    bool        quiet;       /* CONTENT, PROGRESS and SENT are not logged */
    unsigned    held;        /* pieces whose `sent` is owed */
};

extern const struct sp_limits msrp_side_limits;

/* An agent over a fresh memory of exactly its size. */
void msrp_side_init(struct msrp_side *side, const struct sp_limits *limits);
/* The flow of connection `n`, counted from 1. */
struct sp_flow msrp_side_flow(unsigned n);

/* Open a session: local msrp://b:1/<name>;tcp, remote msrp://a:1/<name>;tcp. */
enum sp_err msrp_side_open(struct msrp_side *side, const char *name, bool connects);
/* A passive session "t", and an accepted connection 1. */
void msrp_side_passive(struct msrp_side *side);
/* An active session "t" over connection 1, its hello answered; the log is emptied. */
void msrp_side_active(struct msrp_side *side);

/* Octets come on connection `n`; then everything the agent has to say is done and logged. */
void msrp_side_in(struct msrp_side *side, unsigned n, const char *text);
void msrp_side_octets(struct msrp_side *side, unsigned n, struct sp_slice octets);
/* A response to the last request that went out on connection `n`. */
void msrp_side_respond(struct msrp_side *side, unsigned n, uint16_t status);
void msrp_side_accept(struct msrp_side *side, unsigned n);
void msrp_side_connected(struct msrp_side *side, unsigned n);
void msrp_side_sent(struct msrp_side *side, unsigned n);
void msrp_side_drain(struct msrp_side *side);
/* Time passes. */
void msrp_side_wait(struct msrp_side *side, uint64_t ms);

/* Send a message whose content is side->content. */
struct sp_handle msrp_side_send(struct msrp_side *side, const char *message_id, uint64_t octets,
                                bool success, enum msrp_failure_report failure);

/* The log so far; then it is empty. */
#define msrp_side_log(side, text) msrp_side_same(side, text, __FILE__, __LINE__)
void msrp_side_same(struct msrp_side *side, const char *text, const char *file, int line);
/* Nothing is left in any pool, store, table or timer heap. */
void msrp_side_empty(const struct msrp_side *side);

/* A frame to session `name` of the side: start, paths, then `rest`. */
#define MSRP_IN(id, method, name, rest)                                                            \
    "MSRP " id " " method "\r\nTo-Path: msrp://b:1/" name ";tcp\r\nFrom-Path: msrp://a:1/" name    \
    ";tcp\r\n" rest
#define MSRP_END(id, flag) "-------" id flag "\r\n"
/* A SEND with a body. */
#define MSRP_SEND_IN(id, name, fields, body, flag)                                                 \
    MSRP_IN(id, "SEND", name,                                                                      \
            fields "Content-Type: text/plain\r\n\r\n" body "\r\n" MSRP_END(id, flag))

#endif
