/* SPDX-License-Identifier: MIT
 * msrp/msrp_relay_transit.c -- what was handed on and awaits its response; the REPORT when none
 * comes, or a bad one. RFC 4976 6.4.1, 6.4.3. */
#include "msrp_relay_core.h"

#include <string.h>

static const char *const names[] = { "NEW", "SENDING", "WAITING", "FAILED" };

static void enter(struct msrp_relay *relay, struct msrp_transit *t, enum msrp_transit_state state,
                  const char *on)
{
    sp_trace_arrow(&relay->trace, relay->now_us, "msrp-transit",
                   sp_pool_handle(&relay->transits, t).slot, names[t->state], on, names[state]);
    t->state = state;
    if (state == MSRP_TRANSIT_FAILED) {
        sp_list_remove(&t->piece);
        sp_list_add(&relay->ready_lanes, &t->lane->ready);
    }
    if (state == MSRP_TRANSIT_WAITING)
        t->due_us = relay->now_us + (uint64_t)relay->limits.msrp_timeout_ms * 1000;
}

/* The timer is that of the oldest that was handed over. */
static void keep_time(struct msrp_relay *relay, struct msrp_lane *lane)
{
    struct sp_link *link = sp_list_first(&lane->transits);

    for (; link != NULL; link = sp_list_after(&lane->transits, link)) {
        struct msrp_transit *t = SP_OF(link, struct msrp_transit, of_lane);

        if (t->state != MSRP_TRANSIT_WAITING)
            continue;
        if (!sp_timer_runs(&lane->timer) || lane->timer.at_us != t->due_us)
            sp_timer_start(&relay->timers, &lane->timer, t->due_us);
        return;
    }
    sp_timer_stop(&relay->timers, &lane->timer);
}

struct msrp_transit *msrp_transit_take(struct msrp_relay *relay, struct msrp_lane *lane,
                                       const struct msrp_parcel *p)
{
    struct msrp_transit *t = sp_pool_take(&relay->transits);

    if (t == NULL)
        return NULL;
    t->lane = lane;
    t->method = p->method;
    t->failure_report = p->failure_report;
    memcpy(t->id, p->id, sizeof t->id);
    t->id_octets = p->id_octets;
    t->range = (struct msrp_byte_range){ p->at + 1, p->at + p->left, p->total };
    sp_ident_octets(&relay->ident, t->random, sizeof t->random);
    sp_list_add(&lane->transits, &t->of_lane);
    lane->transit_count++;
    return t;
}

void msrp_transit_free(struct msrp_relay *relay, struct msrp_transit *transit)
{
    struct msrp_lane *lane = transit->lane;

    sp_list_remove(&transit->piece);
    sp_list_remove(&transit->of_lane);
    lane->transit_count--;
    sp_pool_give(&relay->transits, transit);
    keep_time(relay, lane);
    msrp_lane_queue(relay, lane);
    msrp_lane_settle(relay, lane);
}

void msrp_transit_put_id(const struct msrp_relay *relay, const struct msrp_transit *t,
                         struct sp_buf *to)
{
    sp_put_hex(to, sp_slice(t->random, sizeof t->random), false, '\0');
    sp_put_char(to, 'm');
    msrp_put_hex_number(to, sp_pool_handle(&relay->transits, t).slot);
    sp_put_text(to, ".1");
}

struct msrp_transit *msrp_transit_find(struct msrp_relay *relay, const struct msrp_hop *hop,
                                       struct sp_slice id)
{
    char                 room[MSRP_IDENT_OCTETS];
    struct sp_buf        to = sp_buf(room, sizeof room);
    struct msrp_transit *t = NULL;
    uint32_t             slot = 0;

    for (size_t i = 17; i + 2 < id.len && i < 25; i++) {
        int digit = sp_hex_value(id.at[i]);

        if (digit < 0)
            return NULL;
        slot = slot << 4 | (uint32_t)digit;
    }
    if (slot > 0 && slot <= relay->transits.capacity)
        t = sp_pool_find(&relay->transits,
                         (struct sp_handle){ slot, relay->transits.generations[slot - 1] });
    if (t == NULL || t->lane->out != hop || t->state == MSRP_TRANSIT_FAILED)
        return NULL;
    msrp_transit_put_id(relay, t, &to);
    return sp_eq(sp_written(&to), id) ? t : NULL;
}

/* RFC 4976 6.4.1, 6.4.3: what failed is told to the sender, unless it does not want to know. */
void msrp_transit_fail(struct msrp_relay *relay, struct msrp_transit *t, uint16_t status)
{
    t->status = status;
    if (t->method != MSRP_SEND || t->failure_report == MSRP_FAILURE_NO || t->lane->from == NULL)
        msrp_transit_free(relay, t);
    else
        enter(relay, t, MSRP_TRANSIT_FAILED, "failure");
}

void msrp_transit_answered(struct msrp_relay *relay, struct msrp_transit *transit, uint16_t status)
{
    if (status >= 300)
        msrp_transit_fail(relay, transit, status);
    else
        msrp_transit_free(relay, transit);
}

/* With Failure-Report partial no answer is no news (7.1.1). The lane may go with its last. */
static void late(struct msrp_relay *relay, struct msrp_transit *t)
{
    if (t->failure_report == MSRP_FAILURE_YES)
        msrp_transit_fail(relay, t, 408);
    else
        msrp_transit_free(relay, t);
}

void msrp_lane_timeout(struct msrp_relay *relay, struct msrp_lane *lane)
{
    struct sp_link *link = sp_list_first(&lane->transits), *after;

    for (; link != NULL; link = after) {
        struct msrp_transit *t = SP_OF(link, struct msrp_transit, of_lane);

        after = sp_list_after(&lane->transits, link);
        if (t->state == MSRP_TRANSIT_WAITING && t->due_us <= relay->now_us)
            late(relay, t);
        else if (after == NULL)
            keep_time(relay, lane);
    }
}

static void put_report(struct msrp_relay *relay, const struct msrp_transit *t, struct sp_buf *to)
{
    char                id[16];
    struct msrp_request report = { .id = { id, sizeof id },
                                   .to_path = t->lane->back,
                                   .from_path = t->lane->own,
                                   .message_id = sp_slice(t->id, t->id_octets),
                                   .has_range = true,
                                   .range = t->range,
                                   .status = t->status };

    sp_ident_token(&relay->ident, id, sizeof id);
    msrp_put_report(to, &report);
    relay->counters.reports++;
}

enum msrp_step msrp_lane_step(struct msrp_relay *relay, struct msrp_lane *lane)
{
    struct sp_link *link = sp_list_first(&lane->transits);

    for (; link != NULL; link = sp_list_after(&lane->transits, link)) {
        struct msrp_transit *t = SP_OF(link, struct msrp_transit, of_lane);
        struct sp_buf       *to;

        if (t->state != MSRP_TRANSIT_FAILED)
            continue;
        if (lane->from != NULL && lane->from->state == MSRP_HOP_OPEN && t->id_octets > 0) {
            to = msrp_relay_say(relay, lane->from);
            if (to == NULL)
                return MSRP_STEP_FLUSH;
            put_report(relay, t, to);
        }
        msrp_transit_free(relay, t); /* the lane may be gone */
        return MSRP_STEP_AGAIN;
    }
    return MSRP_STEP_NONE;
}

void msrp_transit_sending(struct msrp_relay *relay, struct msrp_transit *transit)
{
    enter(relay, transit, MSRP_TRANSIT_SENDING, "send");
}

void msrp_transit_sent(struct msrp_relay *relay, struct msrp_transit *transit)
{
    if (transit->state != MSRP_TRANSIT_SENDING)
        return;
    enter(relay, transit, MSRP_TRANSIT_WAITING, "sent");
    keep_time(relay, transit->lane);
}
