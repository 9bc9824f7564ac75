/* SPDX-License-Identifier: MIT
 * msrp/msrp_relay_lane.c -- what waits to be handed on, cut anew. RFC 4976 6.4.1.
 *
 * The ring of a lane holds requests one after the other, each as text and body. The text of the
 * first is taken out when it gets under way, so that pieces of its body can leave one by one. While
 * a chunk is still coming in, one octet of it stays here: the end-line that tells how the message
 * goes on needs octets to stand behind. Parts of a message that follow one another are joined. */
#include "msrp_relay_core.h"

#include <assert.h>
#include <string.h>

static struct msrp_parcel *parcel(struct msrp_lane *lane, uint32_t n)
{
    return &lane->parcels[(lane->first + n) % MSRP_PARCELS];
}

static struct msrp_parcel *last(struct msrp_lane *lane)
{
    return lane->count > 0 ? parcel(lane, lane->count - 1) : NULL;
}

/* ---- the ring ---- */

static uint32_t ring_free(const struct msrp_relay *relay, const struct msrp_lane *lane)
{
    return relay->limits.relay_lane_octets - lane->used;
}

static void ring_put(const struct msrp_relay *relay, struct msrp_lane *lane, struct sp_slice octets)
{
    uint32_t room = relay->limits.relay_lane_octets;
    uint32_t at = (lane->start + lane->used) % room;
    uint32_t before_end = room - at < octets.len ? room - at : (uint32_t)octets.len;

    assert(octets.len <= room - lane->used);
    if (octets.len == 0)
        return;
    memcpy(lane->ring + at, octets.at, before_end);
    memcpy(lane->ring, octets.at + before_end, octets.len - before_end);
    lane->used += (uint32_t)octets.len;
}

/* The first `octets`, as two runs; the second may be empty. */
static void ring_runs(const struct msrp_relay *relay, const struct msrp_lane *lane, uint32_t octets,
                      struct sp_slice runs[2])
{
    uint32_t before_end = relay->limits.relay_lane_octets - lane->start;

    if (before_end > octets)
        before_end = octets;
    runs[0] = sp_slice(lane->ring + lane->start, before_end);
    runs[1] = sp_slice(lane->ring, octets - before_end);
}

static void ring_drop(const struct msrp_relay *relay, struct msrp_lane *lane, uint32_t octets)
{
    lane->used -= octets;
    lane->start = lane->used == 0 ? 0 : (lane->start + octets) % relay->limits.relay_lane_octets;
}

/* ---- lanes ---- */

static enum sp_err keep_back(struct msrp_relay *relay, struct msrp_lane *lane, struct sp_slice own,
                             struct sp_slice back)
{
    struct sp_buf to;

    if (sp_eq(own, lane->own) && sp_eq(back, lane->back))
        return SP_OK;
    to = sp_buf(sp_store_take(&relay->store, own.len + back.len), own.len + back.len);
    if (to.at == NULL)
        return SP_LIMIT;
    sp_put(&to, own);
    sp_put(&to, back);
    sp_store_give(&relay->store, lane->text);
    lane->text = to.at;
    lane->own = sp_slice(to.at, own.len);
    lane->back = sp_slice(to.at + own.len, back.len);
    return SP_OK;
}

static void fed_by(struct msrp_lane *lane, struct msrp_hop *from)
{
    if (lane->from == from)
        return;
    sp_list_remove(&lane->feeds);
    lane->from = from;
    sp_list_add(&from->feeds, &lane->feeds);
}

static struct msrp_lane *new_lane(struct msrp_relay *relay, struct msrp_grant *grant,
                                  bool to_client, struct msrp_hop *out)
{
    struct msrp_lane *lane = sp_pool_take(&relay->lanes);
    size_t            place;

    if (lane == NULL)
        return NULL;
    place = sp_pool_handle(&relay->lanes, lane).slot - 1;
    lane->ring = relay->rings + place * relay->limits.relay_lane_octets;
    lane->front = relay->fronts + place * relay->head_octets;
    lane->grant = grant;
    lane->to_client = to_client;
    lane->out = out;
    lane->timer.name = MSRP_TIMER_LANE;
    lane->timer.owner = lane;
    sp_list_init(&lane->waiting);
    sp_list_init(&lane->transits);
    sp_list_add(&grant->lanes, &lane->of_grant);
    return lane;
}

/* Is it for what comes from there? While a chunk of another connection is under way in it, no: some
 * relays send parts of one message over two connections at once. */
static bool fits(struct msrp_lane *lane, const struct msrp_hop *out, bool to_client,
                 const struct msrp_hop *from)
{
    const struct msrp_parcel *p = last(lane);

    return lane->out == out && lane->to_client == to_client &&
           (lane->from == from || p == NULL || p->finished);
}

struct msrp_lane *msrp_lane_of(struct msrp_relay *relay, struct msrp_grant *grant, bool to_client,
                               struct msrp_hop *out, struct msrp_hop *from, struct sp_slice own,
                               struct sp_slice back)
{
    struct msrp_lane *lane = NULL;
    struct sp_link   *link;
    uint32_t          count = 0;

    for (link = sp_list_first(&grant->lanes); link != NULL && lane == NULL;
         link = sp_list_after(&grant->lanes, link), count++) {
        struct msrp_lane *one = SP_OF(link, struct msrp_lane, of_grant);

        if (fits(one, out, to_client, from))
            lane = one;
    }
    if (lane == NULL && count < MSRP_GRANT_LANES)
        lane = new_lane(relay, grant, to_client, out);
    if (lane == NULL)
        return NULL;
    if (keep_back(relay, lane, own, back) != SP_OK) {
        msrp_lane_settle(relay, lane);
        return NULL;
    }
    fed_by(lane, from);
    return lane;
}

static void wake(struct msrp_relay *relay, struct msrp_lane *lane)
{
    struct sp_link *link;

    while ((link = sp_list_first(&lane->waiting)) != NULL)
        msrp_hop_resume(relay, SP_OF(link, struct msrp_hop, waits));
}

void msrp_lane_settle(struct msrp_relay *relay, struct msrp_lane *lane)
{
    struct msrp_hop *out = lane->out, *from = lane->from;

    if (lane->count > 0 || sp_list_first(&lane->transits) != NULL ||
        (from != NULL && from->into == lane))
        return;
    wake(relay, lane);
    sp_timer_stop(&relay->timers, &lane->timer);
    sp_list_remove(&lane->queued);
    sp_list_remove(&lane->of_grant);
    sp_list_remove(&lane->feeds);
    sp_list_remove(&lane->ready);
    sp_store_give(&relay->store, lane->text);
    sp_pool_give(&relay->lanes, lane);
    if (out != NULL)
        msrp_hop_settle(relay, out);
    if (from != NULL)
        msrp_hop_settle(relay, from);
}

bool msrp_lane_has_room(const struct msrp_relay *relay, const struct msrp_lane *lane, size_t octets)
{
    return lane->count < MSRP_PARCELS && ring_free(relay, lane) >= octets;
}

/* Something of the first parcel can leave. */
static bool can_send(const struct msrp_lane *lane)
{
    const struct msrp_parcel *p = &lane->parcels[lane->first];

    if (lane->count == 0 || lane->out == NULL || lane->transit_count >= MSRP_LANES_WAITING)
        return false;
    return p->finished || (p->method == MSRP_SEND && p->left > MSRP_PIECE_OCTETS);
}

void msrp_lane_queue(struct msrp_relay *relay, struct msrp_lane *lane)
{
    struct msrp_hop *out = lane->out;

    if (!can_send(lane))
        return;
    sp_list_add(&out->lanes, &lane->queued);
    if (out->state == MSRP_HOP_OPEN && !out->busy)
        sp_list_add(&relay->talkers, &out->talks);
    msrp_hop_settle(relay, out);
}

/* ---- in ---- */

static void keep_id(char to[MSRP_IDENT_OCTETS], uint8_t *octets, struct sp_slice id)
{
    *octets = (uint8_t)(id.len < MSRP_IDENT_OCTETS ? id.len : MSRP_IDENT_OCTETS);
    if (id.len > 0)
        memcpy(to, id.at, *octets);
}

/* The last parcel goes on with it: the same message, the next octet. */
static bool goes_on(struct msrp_lane *lane, const struct msrp_head *head, uint64_t text_hash,
                    bool has_body)
{
    struct msrp_parcel *p = last(lane);

    return p != NULL && has_body && head->method == MSRP_SEND && p->method == MSRP_SEND &&
           p->has_body && p->finished && p->flag == '+' && p->left > 0 &&
           p->text_hash == text_hash && p->at + p->left + 1 == head->range.from &&
           p->total == head->range.total;
}

void msrp_lane_begin(struct msrp_relay *relay, struct msrp_lane *lane, const struct msrp_head *head,
                     bool has_body, struct sp_slice text, size_t before)
{
    uint64_t            hash = sp_table_hash(&relay->ids, &text, 1);
    struct msrp_parcel *p;

    if (goes_on(lane, head, hash, has_body)) {
        last(lane)->finished = false;
        return;
    }
    assert(msrp_lane_has_room(relay, lane, text.len));
    p = parcel(lane, lane->count++);
    *p = (struct msrp_parcel){ .text_octets = (uint32_t)text.len,
                               .before = (uint32_t)before,
                               .text_hash = hash,
                               .method = head->method,
                               .failure_report = (uint8_t)head->failure_report,
                               .has_body = has_body,
                               .has_range = head->has_range,
                               .empty = true,
                               .at = head->range.from - 1,
                               .total = head->range.total };
    keep_id(p->id, &p->id_octets, head->method == MSRP_SEND ? head->message_id : head->id);
    p->name_octets = (uint8_t)(head->method_name.len < sizeof p->name ? head->method_name.len
                                                                      : sizeof p->name);
    memcpy(p->name, head->method_name.at, p->name_octets);
    ring_put(relay, lane, text);
}

size_t msrp_lane_add(struct msrp_relay *relay, struct msrp_lane *lane, struct sp_slice octets)
{
    struct msrp_parcel *p = last(lane);
    uint32_t            room = ring_free(relay, lane);

    assert(p != NULL && !p->finished);
    octets = sp_head(octets, room);
    ring_put(relay, lane, octets);
    p->left += (uint32_t)octets.len;
    p->empty = p->empty && octets.len == 0;
    relay->counters.octets += octets.len;
    msrp_lane_queue(relay, lane);
    return octets.len;
}

void msrp_lane_cancel(struct msrp_lane *lane)
{
    struct msrp_parcel *p = last(lane);

    assert(p != NULL && !p->finished && p->method != MSRP_SEND);
    lane->used -= p->text_octets + p->left;
    lane->count--;
}

void msrp_lane_end(struct msrp_relay *relay, struct msrp_lane *lane, char flag)
{
    struct msrp_parcel *p = last(lane);

    if (p == NULL || p->finished)
        return;
    p->finished = true;
    p->flag = flag;
    msrp_lane_queue(relay, lane);
}

void msrp_lane_fail(struct msrp_relay *relay, struct msrp_lane *lane, uint16_t status)
{
    struct sp_link *link, *after;

    for (; lane->count > 0; lane->first = (lane->first + 1) % MSRP_PARCELS, lane->count--) {
        struct msrp_parcel *p = parcel(lane, 0);

        if (p->method == MSRP_SEND && p->failure_report != MSRP_FAILURE_NO)
            (void)msrp_transit_take(relay, lane, p);
    }
    lane->start = lane->used = 0;
    lane->fronted = false;
    if (lane->from != NULL && lane->from->into == lane) {
        lane->from->into = NULL;
        lane->from->body = (struct sp_slice){ 0 };
        msrp_relay_refuse(relay, lane->from, status);
    }
    wake(relay, lane);
    sp_list_remove(&lane->queued);
    sp_list_remove(&lane->of_grant); /* nothing more is to go this way */
    lane->grant = NULL;
    lane->out = NULL;
    sp_timer_stop(&relay->timers, &lane->timer);
    link = sp_list_first(&lane->transits);
    if (link == NULL) {
        msrp_lane_settle(relay, lane);
        return;
    }
    for (; link != NULL; link = after) { /* the lane goes with the last */
        after = sp_list_after(&lane->transits, link);
        msrp_transit_fail(relay, SP_OF(link, struct msrp_transit, of_lane), status);
    }
}

/* ---- out ---- */

/* The first parcel gets under way: its text leaves the ring. */
static void take_front(struct msrp_relay *relay, struct msrp_lane *lane)
{
    struct msrp_parcel *p = parcel(lane, 0);
    struct sp_slice     runs[2];

    if (lane->fronted)
        return;
    assert(p->text_octets <= relay->head_octets);
    ring_runs(relay, lane, p->text_octets, runs);
    memcpy(lane->front, runs[0].at, runs[0].len);
    memcpy(lane->front + runs[0].len, runs[1].at, runs[1].len);
    ring_drop(relay, lane, p->text_octets);
    lane->fronted = true;
}

static void put_head(struct msrp_lane *lane, struct sp_slice id, uint32_t octets, struct sp_buf *to)
{
    const struct msrp_parcel *p = parcel(lane, 0);

    sp_put_text(to, "MSRP ");
    sp_put(to, id);
    sp_put_char(to, ' ');
    sp_put(to, sp_slice(p->name, p->name_octets));
    sp_put_text(to, "\r\n");
    sp_put(to, sp_slice(lane->front, p->before));
    if (p->method == MSRP_SEND && (p->has_range || p->has_body)) {
        sp_put_text(to, "Byte-Range: ");
        sp_put_u64(to, p->at + 1);
        sp_put_char(to, '-');
        sp_put_u64(to, p->at + octets);
        sp_put_char(to, '/');
        if (p->total == MSRP_UNKNOWN)
            sp_put_char(to, '*');
        else
            sp_put_u64(to, p->total);
        sp_put_text(to, "\r\n");
    }
    sp_put(to, sp_slice(lane->front + p->before, p->text_octets - p->before));
    if (p->has_body)
        sp_put_text(to, "\r\n");
}

/* How much of the body may leave under this id: all of it, but where it would hold the end-line. */
static uint32_t guarded(const struct sp_slice runs[2], struct sp_slice id)
{
    struct msrp_guard guard;
    size_t            first;

    msrp_guard_init(&guard, id);
    first = msrp_guard_allow(&guard, runs[0]);
    if (first < runs[0].len)
        return (uint32_t)first;
    return (uint32_t)(first + msrp_guard_allow(&guard, runs[1]));
}

/* The first parcel, or `octets` of it, are out. */
static void went(struct msrp_relay *relay, struct msrp_lane *lane, uint32_t octets, bool whole)
{
    struct msrp_parcel *p = parcel(lane, 0);

    ring_drop(relay, lane, octets);
    p->at += octets;
    p->left -= octets;
    if (whole) {
        lane->first = (lane->first + 1) % MSRP_PARCELS;
        lane->count--;
        lane->fronted = false;
    }
    if (ring_free(relay, lane) >= relay->limits.relay_lane_octets / 2 && lane->count < MSRP_PARCELS)
        wake(relay, lane);
}

/* Is a response awaited? REPORTs have none (4975 7.1.2). */
static bool is_answered(const struct msrp_parcel *p)
{
    return p->method == MSRP_SEND ? p->failure_report != MSRP_FAILURE_NO : p->method != MSRP_REPORT;
}

static enum msrp_step send_piece(struct msrp_relay *relay, struct msrp_hop *hop,
                                 struct msrp_lane *lane, struct msrp_relay_action *action)
{
    struct msrp_parcel  *p = parcel(lane, 0);
    struct msrp_transit *t = is_answered(p) ? msrp_transit_take(relay, lane, p) : NULL;
    struct sp_buf        head = sp_buf(relay->head_room, relay->head_octets);
    struct sp_buf        tail = sp_buf(relay->tail_room, MSRP_PIECE_OCTETS + MSRP_MARK_OCTETS);
    char                 room[MSRP_IDENT_OCTETS];
    struct sp_buf        id = sp_buf(room, sizeof room);
    struct sp_slice      runs[2];
    uint32_t             octets = p->left < MSRP_PIECE_OCTETS ? p->left : MSRP_PIECE_OCTETS;
    bool                 whole;
    struct msrp_transit  drawn;

    if (t == NULL) { /* or there is no room to remember it */
        drawn = (struct msrp_transit){ 0 };
        sp_ident_octets(&relay->ident, drawn.random, sizeof drawn.random);
        sp_put_hex(&id, sp_slice(drawn.random, sizeof drawn.random), false, '\0');
    } else {
        msrp_transit_put_id(relay, t, &id);
    }
    take_front(relay, lane);
    ring_runs(relay, lane, octets, runs);
    octets = guarded(runs, sp_written(&id));
    ring_runs(relay, lane, octets, runs);
    whole = p->finished && octets == p->left;
    put_head(lane, sp_written(&id), octets, &head);
    sp_put(&tail, runs[1]);
    if (p->has_body)
        sp_put_text(&tail, "\r\n");
    msrp_put_end_line(&tail, sp_written(&id), whole ? p->flag : '+');
    assert(head.err == SP_OK && tail.err == SP_OK);
    if (t != NULL) {
        t->range.to = p->at + octets;
        msrp_transit_sending(relay, t);
        sp_list_add(&hop->pieces, &t->piece);
    }
    hop->burst += octets;
    hop->busy = true;
    msrp_relay_timer(relay, &hop->stall, relay->limits.msrp_timeout_ms);
    action->io.kind = SP_IO_SEND;
    action->io.flow = hop->flow;
    action->io.parts[0] = sp_written(&head);
    action->io.parts[1] = runs[0];
    action->io.parts[2] = sp_written(&tail);
    relay->counters.forwarded++;
    went(relay, lane, octets, whole);
    return MSRP_STEP_ACTION;
}

enum msrp_step msrp_lane_send(struct msrp_relay *relay, struct msrp_hop *hop,
                              struct msrp_relay_action *action)
{
    struct sp_link   *link = sp_list_first(&hop->lanes);
    struct msrp_lane *lane;
    enum msrp_step    step;
    bool              ends;

    if (link == NULL || hop->busy || hop->state != MSRP_HOP_OPEN)
        return MSRP_STEP_NONE;
    lane = SP_OF(link, struct msrp_lane, queued);
    step = send_piece(relay, hop, lane, action);
    sp_list_remove(&lane->queued); /* behind the others */
    msrp_lane_queue(relay, lane);
    msrp_lane_settle(relay, lane);
    /* Pieces leave together: the last of them wants to know that it was sent. */
    ends = sp_list_first(&hop->lanes) == NULL || hop->burst >= MSRP_BURST_OCTETS;
    action->io.want_sent = hop->busy = ends;
    if (ends)
        hop->burst = 0;
    return step;
}

void msrp_lane_sent(struct msrp_relay *relay, struct msrp_hop *hop)
{
    struct sp_link *link;

    if (!hop->busy)
        return;
    hop->busy = false;
    sp_timer_stop(&relay->timers, &hop->stall);
    while ((link = sp_list_first(&hop->pieces)) != NULL) {
        sp_list_remove(link);
        msrp_transit_sent(relay, SP_OF(link, struct msrp_transit, piece));
    }
    if (sp_list_first(&hop->lanes) != NULL)
        sp_list_add(&relay->talkers, &hop->talks);
    msrp_hop_settle(relay, hop);
}
