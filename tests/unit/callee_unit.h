/* SPDX-License-Identifier: MIT
 * tests/unit/callee_unit.h -- a callee written by hand, for what our INVITEs meet. */
#ifndef SIPUSH_TESTS_UNIT_CALLEE_UNIT_H
#define SIPUSH_TESTS_UNIT_CALLEE_UNIT_H

#include "ua_unit.h"

#define CALLEE_CONTACT "Contact: <sip:bob@192.0.2.2:5062>\n"

/* A response of the callee to `request`, with a To tag and further lines (and then a body). */
void ua_callee_answer(struct ua_world *world, struct sp_slice request, const char *status,
                      const char *tag, const char *more);
/* A world in which our INVITE has just been sent. */
struct ua_world *ua_calling(struct sp_slice *invite);

#endif
