/* SPDX-License-Identifier: MIT
 * base/limits.c -- two sets of limits: a desktop's and a small device's. */
#include "limits.h"

const struct sp_limits sp_limits_default = {
    .t1_ms = 500,
    .t2_ms = 4000,
    .t4_ms = 5000,
    .timer_c_ms = 181000, /* more than 3 minutes: RFC 3261 16.6 step 11 */
    .timer_d_ms = 32000,

    .message_octets = 65536,
    .fields = 256,
    .transactions = 2048, /* over UDP each stays for 32 s: 64 requests a second */
    .streams = 64,
    .stream_accepts = 48,
    .stream_buffers = 64,    /* who sends an octet a second takes none from the others */
    .stream_half_ms = 32000, /* as long as a transaction may last */
    .stream_idle_ms = 180000,
    .store_octets = 2 * 1024 * 1024,
    .dialogs = 64,
    .source_dialogs = 48, /* whoever it is, a quarter is left to the others */
    .forks = 3,
    .dialog_octets = 4096,
    .registrations = 4,
    .subscriptions = 16,
    .notifiers = 64,
    .source_notifiers = 48,
    .publications = 4,
    .bindings = 1024,
    .aor_bindings = 32,
    .event_states = 256,
    .aor_states = 32,

    .msrp_sessions = 128,
    .msrp_connections = 64,
    .msrp_messages = 128,
    .msrp_head_octets = 4096,
    .msrp_path_octets = 1024,
    .msrp_chunk_octets = 262144,
    .msrp_ranges = 64,
    .msrp_timeout_ms = 30000,
    .msrp_leases = 64,
    .msrp_unreported_octets = 65536,

    .relay_users = 1024,
    .relay_grants = 2048,
    .relay_user_grants = 64,
    .relay_lanes = 2048,
    .relay_lane_octets = 65536,
    .relay_transits = 16384,

    .pushes = 64,
    .push_idle_ms = 180000,
    .push_files = 64,
    .content_octets = 65536,
    .pager_octets = 1300,
};

const struct sp_limits sp_limits_small = {
    .t1_ms = 500,
    .t2_ms = 4000,
    .t4_ms = 5000,
    .timer_c_ms = 181000,
    .timer_d_ms = 32000,

    .message_octets = 2048,
    .fields = 32,
    .transactions = 8,
    .streams = 2,
    .stream_buffers = 1,
    .stream_half_ms = 32000,
    .stream_idle_ms = 64000,
    .store_octets = 8192,
    .dialogs = 1,
    .source_dialogs = 1,
    .forks = 0,
    .dialog_octets = 512,
    .registrations = 1,
    .subscriptions = 0,
    .notifiers = 0,
    .source_notifiers = 0,
    .publications = 0,
    .bindings = 8,
    .aor_bindings = 4,
    .event_states = 2,
    .aor_states = 2,

    .msrp_sessions = 1,
    .msrp_connections = 1,
    .msrp_messages = 2,
    .msrp_head_octets = 1024,
    .msrp_path_octets = 256,
    .msrp_chunk_octets = 2048,
    .msrp_ranges = 4,
    .msrp_timeout_ms = 30000,
    .msrp_leases = 1,
    .msrp_unreported_octets = 8192,

    .pushes = 2,
    .push_idle_ms = 64000,
    .push_files = 1,
    .content_octets = 1024,
    .pager_octets = 1300,
};
