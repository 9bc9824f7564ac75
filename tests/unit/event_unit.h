/* SPDX-License-Identifier: MIT
 * tests/unit/event_unit.h -- a notifier that is written by hand, for tests of our subscriber. */
#ifndef SIPUSH_TESTS_UNIT_EVENT_UNIT_H
#define SIPUSH_TESTS_UNIT_EVENT_UNIT_H

#include "../../dialog/sip_ua_event.h"
#include "ua_unit.h"

#define STATE(state)  "Event: presence\nSubscription-State: " state "\n"
#define ACTIVE        STATE("active;expires=600")
#define TERMINATED(r) STATE("terminated;reason=" r)

struct sip_ua_subscription event_presence(uint32_t expires_s);
/* The answer to a SUBSCRIBE, or to another request. */
void event_answer(struct ua_world *world, struct sp_slice request, const char *status,
                  const char *more);
/* A NOTIFY of the notifier `tag` in the dialog that this SUBSCRIBE asked for. */
void event_notify(struct ua_world *world, struct sp_slice subscribe, const char *tag, int cseq,
                  const char *fields);
/* The first SUBSCRIBE is sent; it is accepted, and active. */
struct ua_world *event_subscribing(struct sp_slice *request, uint32_t expires_s);
struct ua_world *event_active(struct sp_slice *request);
/* The next SUBSCRIBE after so many seconds, give or take one. */
struct sp_slice event_after(struct ua_world *world, uint32_t s);
/* Nothing is left, in the end. */
void event_ends(struct ua_world *world);

#endif
