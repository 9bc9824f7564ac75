/* SPDX-License-Identifier: MIT
 * tests/sim/sim_scenario.c -- the scenarios: a row each, with the worst weather that it may meet
 * and what is exchanged.
 *
 * A further one is a row here, and where it pushes nothing, a pair of functions of its own: `start`
 * makes nodes and gives their users something to do (sim_at), `end` judges what they were told. */
#include "sim_event.h"
#include "sim_msrp.h"
#include "sim_ua.h"

/* clang-format off */
#define ROUGH                                                                                      \
    .delay_ms = 200, .jitter_ms = 300, .twice = 200, .late = 200, .late_ms = 3000, .mtu = 400,     \
    .refused = 100, .silent = 50, .cut = 700, .cut_octets = 60000, .slow = 100,                    \
    .octets_s = 40000, .unresolved = 100, .parts = 3, .part_ms = 60000
#define STORM ROUGH, .loss = 400, .corrupt = 100

const struct sim_scenario sim_scenarios[] = {
    { "pager", "MESSAGE to one or two receivers, over UDP and TCP, again after silence", { STORM },
      sim_push_start, sim_push_end,
      { .mode = PUSH_PAGER, .receivers = 2, .orders = 6, .contents = 4, .octets = 900,
        .over_ms = 40000, .named = 200, .tcp = 200, .retries = 2, .slow_ms = 20000 } },
    { "file", "one file in one session", { STORM }, sim_push_start, sim_push_end,
      { .mode = PUSH_SESSION, .receivers = 1, .orders = 1, .contents = 1, .octets = 60000,
        .over_ms = 1000, .files = 1000, .query = 200, .named = 200, .tcp = 200, .retries = 1,
        .slow_ms = 40000 } },
    { "sequence", "several files and texts in one session, one after the other", { STORM },
      sim_push_start, sim_push_end,
      { .mode = PUSH_SESSION, .receivers = 2, .orders = 3, .contents = 5, .octets = 20000,
        .over_ms = 20000, .files = 700, .query = 200, .tcp = 200, .retries = 1,
        .slow_ms = 20000 } },
    { "parallel", "several files and texts in one offer", { STORM }, sim_push_start, sim_push_end,
      { .mode = PUSH_SESSION, .receivers = 2, .orders = 3, .contents = 8, .octets = 20000,
        .over_ms = 20000, .files = 700, .parallel = 1000, .query = 200, .tcp = 200, .retries = 1,
        .slow_ms = 20000 } },
    { "refusal", "the receiver's user declines about half", { STORM }, sim_push_start,
      sim_push_end,
      { .mode = PUSH_AUTO, .receivers = 2, .orders = 4, .contents = 4, .octets = 5000,
        .over_ms = 20000, .files = 800, .parallel = 500, .tcp = 200, .retries = 2, .declined = 500,
        .slow_ms = 20000 } },
    { "abort", "either user gives up in the middle, either agent closes", { STORM },
      sim_push_start, sim_push_end,
      { .mode = PUSH_AUTO, .receivers = 2, .orders = 4, .contents = 4, .octets = 30000,
        .over_ms = 20000, .files = 800, .parallel = 500, .query = 200, .named = 200, .tcp = 200,
        .retries = 2, .slow_ms = 20000, .aborted = 600, .dropped = 50, .closed = 200 } },
    { "crash", "either end crashes and comes again", { STORM, .crashes = 4, .down_ms = 90000 },
      sim_push_start, sim_push_end,
      { .mode = PUSH_AUTO, .receivers = 2, .orders = 6, .contents = 3, .octets = 30000,
        .over_ms = 40000, .files = 800, .parallel = 500, .query = 100, .named = 200, .tcp = 200,
        .retries = 2, .slow_ms = 20000 } },
    { "limits", "agents with room for very few things, or for none", { STORM }, sim_push_start,
      sim_push_end,
      { .mode = PUSH_AUTO, .receivers = 2, .orders = 8, .contents = 6, .octets = 10000,
        .over_ms = 10000, .files = 700, .parallel = 500, .query = 200, .named = 200, .tcp = 300,
        .retries = 2, .declined = 100, .slow_ms = 20000, .aborted = 100, .dropped = 5,
        .tight = true } },
    { "fleet", "one sender and up to 1,000 small receivers", { STORM, .crashes = 2,
        .down_ms = 60000 }, sim_push_start, sim_push_end,
      { .mode = PUSH_AUTO, .receivers = 1000, .contents = 2, .octets = 3000, .over_ms = 60000,
        .files = 800, .parallel = 300, .named = 200, .tcp = 100, .retries = 2, .declined = 100,
        .slow_ms = 10000, .device = true } },
    { "fleet-1000", "one sender and 1,000 of them, some behind others that answer for them (202)",
      { ROUGH, .loss = 300, .crashes = 60, .down_ms = 60000 }, sim_push_start, sim_push_end,
      { .mode = PUSH_AUTO, .receivers = 1000, .contents = 2, .octets = 3000, .over_ms = 60000,
        .files = 800, .parallel = 300, .named = 200, .tcp = 100, .retries = 2, .declined = 100,
        .slow_ms = 10000, .device = true, .all = true, .between = 100 }, 20 },
    { "requests", "MESSAGE and OPTIONS between bare user agents", { STORM, .crashes = 2,
        .down_ms = 60000 }, sim_ua_start, sim_ua_end,
      { .agents = 4, .asks = 12, .over_ms = 40000, .named = 300, .tcp = 300, .slow_ms = 20000 } },
    { "session", "INVITE, PRACK, UPDATE, re-INVITE, requests within, CANCEL, BYE", { STORM,
        .crashes = 2, .down_ms = 60000 }, sim_ua_start, sim_ua_end,
      { .agents = 3, .calls = 6, .over_ms = 40000, .named = 300, .tcp = 300, .slow_ms = 8000 } },
    { "digest", "the same, and those who are asked want credentials", { STORM }, sim_ua_start,
      sim_ua_end,
      { .agents = 4, .calls = 4, .asks = 8, .over_ms = 60000, .named = 200, .tcp = 300,
        .slow_ms = 8000, .guarded = 1000 } },
    { "register", "bindings made, refreshed, tried again, removed; with and without credentials",
      { STORM, .crashes = 2, .down_ms = 60000 }, sim_ua_start, sim_ua_end,
      { .agents = 5, .registrations = 1, .over_ms = 60000, .tcp = 300, .guarded = 300 } },
    { "events", "one publishes, one keeps and tells, the others watch", { STORM, .crashes = 2,
        .down_ms = 60000 }, sim_event_start, sim_event_end, { .agents = 6, .tcp = 300 } },
    { "msrp", "two MSRP endpoints: sessions that share a connection, messages both ways, reports",
      { STORM }, sim_msrp_start, sim_msrp_end,
      { .contents = 12, .octets = 30000, .over_ms = 30000 } },
    { "relay", "two MSRP endpoints, one of them or both behind a relay", { STORM },
      sim_msrp_relay_start, sim_msrp_end, { .contents = 12, .octets = 30000, .over_ms = 30000 } },
    { "msrp-peer", "an MSRP endpoint and a peer that answers late, wrongly, twice or never",
      { STORM }, sim_msrp_hand_start, sim_msrp_end,
      { .contents = 8, .octets = 20000, .over_ms = 30000 } },
};
/* clang-format on */
const size_t sim_scenario_count = sizeof sim_scenarios / sizeof sim_scenarios[0];
