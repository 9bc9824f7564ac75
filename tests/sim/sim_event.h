/* SPDX-License-Identifier: MIT
 * tests/sim/sim_event.h -- the users of events: one publishes, one keeps, the others watch. */
#ifndef SIPUSH_TESTS_SIM_SIM_EVENT_H
#define SIPUSH_TESTS_SIM_SIM_EVENT_H

#include "sim.h"

void sim_event_start(struct sim *sim);
void sim_event_end(struct sim *sim);

#endif
