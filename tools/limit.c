/* SPDX-License-Identifier: MIT
 * tools/limit.c -- limits by name. */
#include "limit.h"

#include <stddef.h>
#include <string.h>

#include "opt.h"

static const struct row {
    const char *name;
    size_t      offset;
    bool        net;
    uint32_t    least;
} rows[] = {
/* clang-format off */
#define LIMIT(name, least) { #name, offsetof(struct sp_limits, name), false, least }
#define NET(name, least) { #name, offsetof(struct sp_net_config, name), true, least }
    LIMIT(t1_ms, 1),
    LIMIT(t2_ms, 1),
    LIMIT(t4_ms, 1),
    LIMIT(timer_c_ms, 1),
    LIMIT(timer_d_ms, 1),
    LIMIT(timer_b_ms, 0),
    LIMIT(timer_f_ms, 0),
    LIMIT(timer_h_ms, 0),
    LIMIT(timer_i_ms, 0),
    LIMIT(timer_j_ms, 0),
    LIMIT(timer_k_ms, 0),
    LIMIT(timer_l_ms, 0),
    LIMIT(timer_m_ms, 0),
    LIMIT(message_octets, 512),
    LIMIT(fields, 16),
    LIMIT(transactions, 1),
    LIMIT(path_mtu_octets, 0),
    LIMIT(streams, 1),
    LIMIT(stream_accepts, 0),
    LIMIT(stream_buffers, 1),
    LIMIT(stream_half_ms, 1),
    LIMIT(stream_idle_ms, 1),
    LIMIT(store_octets, 1),
    LIMIT(dialogs, 1),
    LIMIT(source_dialogs, 1),
    LIMIT(forks, 1),
    LIMIT(dialog_octets, 1),
    LIMIT(registrations, 1),
    LIMIT(subscriptions, 1),
    LIMIT(notifiers, 1),
    LIMIT(source_notifiers, 1),
    LIMIT(publications, 1),
    LIMIT(bindings, 1),
    LIMIT(aor_bindings, 1),
    LIMIT(event_states, 1),
    LIMIT(aor_states, 1),
    LIMIT(msrp_sessions, 1),
    LIMIT(msrp_connections, 1),
    LIMIT(msrp_messages, 1),
    LIMIT(msrp_head_octets, 512),
    LIMIT(msrp_path_octets, 64),
    LIMIT(msrp_chunk_octets, 1),
    LIMIT(msrp_ranges, 1),
    LIMIT(msrp_timeout_ms, 1),
    LIMIT(msrp_leases, 1),
    LIMIT(msrp_unreported_octets, 1),
    LIMIT(relay_users, 1),
    LIMIT(relay_grants, 1),
    LIMIT(relay_user_grants, 1),
    LIMIT(relay_lanes, 1),
    LIMIT(relay_lane_octets, 1),
    LIMIT(relay_transits, 1),
    LIMIT(pushes, 1),
    LIMIT(push_idle_ms, 1),
    LIMIT(push_files, 1),
    LIMIT(content_octets, 64),
    LIMIT(pager_octets, 1),
    NET(sockets, 4),
    NET(accepts, 0),
    NET(datagrams, 1),
    NET(read_octets, 512),
    NET(queue_octets, 4096),
    NET(idle_ms, 0),
    /* clang-format on */
};

#define ROWS      (sizeof rows / sizeof rows[0])
#define MOST      1000000000u /* of any limit, so that a few of them together are no overflow */
#define SOCKETS   1048575u    /* sp_net.h */
#define DATAGRAMS 1024u       /* what one call of the system takes */

static uint32_t most(const struct row *row)
{
    if (!row->net)
        return MOST;
    if (row->offset == offsetof(struct sp_net_config, sockets))
        return SOCKETS;
    return row->offset == offsetof(struct sp_net_config, datagrams) ? DATAGRAMS : MOST;
}

static char *place(const struct row *row, struct sp_limits *limits, struct sp_net_config *net)
{
    return (row->net ? (char *)net : (char *)limits) + row->offset;
}

bool limit_set(const char *text, struct sp_limits *limits, struct sp_net_config *net)
{
    struct sp_slice all = sp_str(text), name = sp_head(all, sp_find(all, '='));
    uint64_t        value;
    uint32_t        number;

    if (name.len == all.len || !opt_size(text + name.len + 1, &value))
        return false;
    for (size_t i = 0; i < ROWS; i++) {
        if (!sp_eq(name, sp_str(rows[i].name)))
            continue;
        if (value < rows[i].least || value > most(&rows[i]))
            return false;
        number = (uint32_t)value;
        memcpy(place(&rows[i], limits, net), &number, sizeof number);
        return true;
    }
    return false;
}

void limit_list(FILE *to, const struct sp_limits *limits, const struct sp_net_config *net)
{
    struct sp_limits     l = *limits;
    struct sp_net_config n = *net;
    uint32_t             number;

    for (size_t i = 0; i < ROWS; i++) {
        memcpy(&number, place(&rows[i], &l, &n), sizeof number);
        fprintf(to, "%s=%u\n", rows[i].name, (unsigned)number);
    }
}

size_t limit_count(void)
{
    return ROWS;
}
