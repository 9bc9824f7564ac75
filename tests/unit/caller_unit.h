/* SPDX-License-Identifier: MIT
 * tests/unit/caller_unit.h -- a caller written by hand, and agents that know all that a session can
 * have. */
#ifndef SIPUSH_TESTS_UNIT_CALLER_UNIT_H
#define SIPUSH_TESTS_UNIT_CALLER_UNIT_H

#include "ua_unit.h"

#define CALLER_CONTACT "Contact: <sip:bob@192.0.2.2:5062>\n"
#define CALLER_SDP     "Content-Type: application/sdp\n\n"

/* INVITE, PRACK, UPDATE, INFO and MESSAGE; packages foo and bar; session timers of 1800 s, 100 at
 * least. */
extern const struct sip_ua_config ua_session_config;

/* A request of the caller, to agent 0. `to` is the To tag, empty: none; `more` whole lines and then
 * the body. */
void ua_caller_put(struct ua_world *world, const char *method, unsigned cseq, struct sp_slice to,
                   const char *more);
/* A world whose agent 0 was invited with these lines and body; its 100 is taken. */
struct ua_world *ua_called(const struct sip_ua_config *config, const char *more);
/* The same, accepted and acknowledged; the To tag. `response`: the 200, NULL: not wanted. */
struct ua_world *ua_answered(const struct sip_ua_config *config, const char *more,
                             struct sp_slice *tag, struct sp_slice *response);

/* What the agent says to the INVITE: a provisional response, the 200; with SDP. */
enum sp_err ua_ring(struct ua_world *world, uint16_t status, bool reliable, const char *body);
enum sp_err ua_accept(struct ua_world *world, const char *body);
/* The number of a reliable response, and the PRACK for it. */
unsigned ua_rseq(struct sp_slice response);
void     ua_caller_prack(struct ua_world *world, struct sp_slice response, unsigned cseq,
                         const char *more);

#endif
