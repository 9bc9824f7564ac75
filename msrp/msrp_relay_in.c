/* SPDX-License-Identifier: MIT
 * msrp/msrp_relay_in.c -- requests and responses that come: judged, and put into lanes. RFC 4976
 * 6.2, 6.4.
 *
 * What is not addressed to a URI that was handed out, by its owner or for its owner, goes nowhere.
 * Who never said anything right and says that, loses its connection. */
#include "msrp_relay_core.h"

#include <assert.h>

/* ---- answers of our own ---- */

void msrp_relay_refuse(struct msrp_relay *relay, struct msrp_hop *hop, uint16_t status)
{
    relay->counters.refused++;
    hop->answer = status;
    hop->answer_due = true;
    hop->incoming = MSRP_RELAY_SKIP;
    sp_list_add(&relay->ready_hops, &hop->ready);
}

/* A REPORT is never answered; a SEND as its Failure-Report has it (4975 7.1.4). */
static bool wants_answer(const struct msrp_head *head, uint16_t status)
{
    if (head->response || head->to_path.len == 0 || head->from_path.len == 0 ||
        head->method == MSRP_REPORT)
        return false;
    if (head->method != MSRP_SEND)
        return true;
    return head->failure_report == MSRP_FAILURE_YES ||
           (head->failure_report == MSRP_FAILURE_PARTIAL && status != 200);
}

enum msrp_step msrp_relay_answer(struct msrp_relay *relay, struct msrp_hop *hop)
{
    const struct msrp_head *head = &hop->head;

    if (wants_answer(head, hop->answer)) {
        struct sp_buf  *to = msrp_relay_say(relay, hop);
        struct sp_slice back = head->from_path;

        if (to == NULL)
            return MSRP_STEP_FLUSH;
        if (head->method == MSRP_SEND)
            back = msrp_path_first(back);
        msrp_put_response(to, head->id, hop->answer, back, msrp_path_first(head->to_path));
    }
    hop->answer_due = false;
    hop->answer = 0;
    if (hop->close_after)
        msrp_hop_fail(relay, hop, SP_REFUSED);
    return MSRP_STEP_AGAIN;
}

/* Not for anybody here (6.2; A relay gets a SEND not meant for it, in the choices of this house).
 */
static void astray(struct msrp_relay *relay, struct msrp_hop *hop, uint16_t status)
{
    if (!hop->proven && !hop->ours)
        hop->close_after = true;
    msrp_relay_refuse(relay, hop, status);
}

/* ---- where it goes ---- */

struct route {
    struct msrp_grant *grant;
    struct msrp_hop   *out;
    bool               to_client;
    struct sp_slice    own[2]; /* our URIs, in the order in which they were passed */
    int                passed;
    struct sp_slice    to_path; /* what is left of it */
};

static uint64_t uri_hash(const struct msrp_relay *relay, struct sp_slice uri)
{
    return sp_table_hash(&relay->ids, &uri, 1);
}

/* The hop that leads to a grant's peer, while it is there. */
static struct msrp_hop *peer_of(const struct msrp_relay *relay, const struct msrp_grant *grant)
{
    struct msrp_hop *peer = sp_pool_find(&relay->hops, grant->peer);

    return peer != NULL && peer->state == MSRP_HOP_OPEN ? peer : NULL;
}

/* From its owner to its peer: over the connection of the peer, if it made one, or a new one. */
static uint16_t outward(struct msrp_relay *relay, struct route *r)
{
    struct sp_slice  next = msrp_path_first(r->to_path);
    uint64_t         hash = uri_hash(relay, next);
    struct msrp_hop *peer = r->grant->peer_hash == hash ? peer_of(relay, r->grant) : NULL;
    struct msrp_uri  uri;
    struct sp_where  where;

    if (msrp_uri_parse(next, &uri, &where) != SP_OK)
        return 400;
    r->out = peer != NULL ? peer : msrp_hop_to(relay, &uri);
    if (r->out != NULL && r->out != peer)
        msrp_grant_peer(relay, r->grant, r->out, hash);
    return r->out != NULL ? 0 : 403;
}

/* The grant's peer spoke over `hop`: what goes to him goes there. But a relay may open connections
 * of its own for what it sends; it knows our client by the one over which his AUTH came, and takes
 * his requests over no other (6.3): one that we opened to the same place stays. */
static void note_peer(struct msrp_relay *relay, struct msrp_grant *grant, struct msrp_hop *hop)
{
    struct sp_slice  from = msrp_path_first(hop->head.from_path);
    uint64_t         hash = uri_hash(relay, from);
    struct msrp_hop *peer = peer_of(relay, grant);
    struct msrp_uri  uri;
    struct sp_where  where;

    if (peer != NULL && grant->peer_hash == hash)
        return;
    if (peer != NULL && peer->ours && msrp_uri_parse(from, &uri, &where) == SP_OK &&
        msrp_uri_eq_host(&peer->peer, &uri))
        hop = peer;
    msrp_grant_peer(relay, grant, hop, hash);
}

/* To its owner, and nobody else: rule 1 of 6.4. */
static uint16_t inward(struct msrp_relay *relay, struct msrp_hop *hop, struct route *r)
{
    struct msrp_uri next, client;
    struct sp_where where;

    if (msrp_uri_parse(msrp_path_first(r->to_path), &next, &where) != SP_OK ||
        msrp_uri_parse(msrp_path_first(r->grant->from_path), &client, &where) != SP_OK ||
        !msrp_uri_eq(&next, &client))
        return 481;
    r->out = r->grant->hop;
    r->to_client = true;
    if (r->passed == 1)
        note_peer(relay, r->grant, hop);
    return 0;
}

/* 0, or the status that refuses it. Both clients may be ours: then two of our URIs are passed. */
static uint16_t route(struct msrp_relay *relay, struct msrp_hop *hop, struct route *r)
{
    struct sp_slice path = hop->head.to_path, first;

    *r = (struct route){ .to_path = path };
    while (r->passed < 2 && msrp_path_next(&path, &first)) {
        struct msrp_grant *grant = msrp_grant_find(relay, first);

        if (grant == NULL)
            break;
        r->grant = grant;
        r->own[r->passed++] = first;
        r->to_path = path;
        if (path.len == 0)
            return 481;
        if (r->passed == 1 && grant->hop == hop)
            continue; /* rule 2: from the client that has it */
        return inward(relay, hop, r);
    }
    return r->passed == 0 ? 481 : outward(relay, r);
}

/* ---- handing on ---- */

static bool is_line(struct sp_slice line, const char *name)
{
    size_t colon = sp_find(line, ':');

    return colon < line.len && sp_eq_nocase(sp_head(line, colon), sp_str(name));
}

/* The fields after our own ones: all but the paths, and, where chunks are cut, Message-ID and
 * Byte-Range. */
static void put_others(const struct msrp_hop *hop, bool cut, struct sp_buf *to)
{
    struct sp_slice rest = hop->frame.octets;

    rest = sp_from(rest, sp_find(rest, '\n') + 1);
    while (rest.len > 0) {
        struct sp_slice line = sp_head(rest, sp_find(rest, '\n') + 1);

        rest = sp_from(rest, line.len);
        if (is_line(line, "To-Path") || is_line(line, "From-Path") ||
            (cut && (is_line(line, "Message-ID") || is_line(line, "Byte-Range"))))
            continue;
        sp_put(to, line);
    }
}

/* Yields how many octets stand before Byte-Range. */
static size_t put_text(const struct msrp_hop *hop, const struct route *r, struct sp_buf *to)
{
    bool   cut = hop->head.method == MSRP_SEND;
    size_t before;

    sp_put_text(to, "To-Path: ");
    sp_put(to, r->to_path);
    sp_put_text(to, "\r\nFrom-Path: ");
    for (int i = r->passed; i-- > 0;) {
        sp_put(to, r->own[i]);
        sp_put_char(to, ' ');
    }
    sp_put(to, hop->head.from_path);
    sp_put_text(to, "\r\n");
    if (cut && hop->head.message_id.len > 0) {
        sp_put_text(to, "Message-ID: ");
        sp_put(to, hop->head.message_id);
        sp_put_text(to, "\r\n");
    }
    before = to->len;
    put_others(hop, cut, to);
    return before;
}

/* The lane takes no more: so does its hop. */
static enum msrp_step wait_for(struct msrp_hop *hop, struct msrp_lane *lane)
{
    sp_list_add(&lane->waiting, &hop->waits);
    return MSRP_STEP_NONE;
}

static enum msrp_step forward(struct msrp_relay *relay, struct msrp_hop *hop)
{
    const struct msrp_head *head = &hop->head;
    struct sp_buf           to = sp_buf(relay->head_room, relay->head_octets - 256);
    struct msrp_lane       *lane;
    struct route            r;
    uint16_t                status = route(relay, hop, &r);
    size_t                  before;

    if (status != 0) {
        astray(relay, hop, status);
        return MSRP_STEP_AGAIN;
    }
    before = put_text(hop, &r, &to);
    lane = to.err == SP_OK ? msrp_lane_of(relay, r.grant, r.to_client, r.out, hop,
                                          r.own[r.passed - 1], head->from_path)
                           : NULL;
    if (lane == NULL) {
        msrp_relay_refuse(relay, hop, to.err == SP_OK ? 413 : 400);
        return MSRP_STEP_AGAIN;
    }
    hop->into = lane;
    if (!msrp_lane_has_room(relay, lane, to.len))
        return wait_for(hop, lane);
    msrp_hop_prove(relay, hop);
    msrp_lane_begin(relay, lane, head, hop->frame.has_body, sp_written(&to), before);
    hop->taken = 0;
    hop->answer = head->method == MSRP_SEND ? 200 : 0;
    hop->incoming = MSRP_RELAY_BODY;
    return MSRP_STEP_AGAIN;
}

/* ---- responses ---- */

static void put_response(struct msrp_relay *relay, const struct msrp_hop *hop,
                         const struct msrp_transit *t, struct sp_buf *to)
{
    struct sp_slice id = sp_slice(t->id, t->id_octets), rest = hop->head.to_path;
    struct sp_slice ours[2] = { { 0 } };
    int             passed = 0;
    struct sp_slice start = sp_head(hop->frame.octets, sp_find(hop->frame.octets, '\n') + 1);

    while (passed < 2 && msrp_grant_find(relay, msrp_path_first(rest)) != NULL)
        (void)msrp_path_next(&rest, &ours[passed++]);
    /* Some name the previous hop alone; whose request it was is known. */
    if (rest.len == 0)
        rest = t->lane->back;
    sp_put_text(to, "MSRP ");
    sp_put(to, id);
    sp_put(to, sp_from(start, 5 + hop->head.id.len)); /* the status, the comment, CRLF */
    sp_put_text(to, "To-Path: ");
    sp_put(to, rest);
    sp_put_text(to, "\r\nFrom-Path: ");
    while (passed > 0) {
        sp_put(to, ours[--passed]);
        sp_put_char(to, ' ');
    }
    sp_put(to, hop->head.from_path);
    sp_put_text(to, "\r\n");
    put_others(hop, false, to);
    msrp_put_end_line(to, id, '$');
}

/* To a request that we handed on (6.4.3). A body of it is dropped: no response has one. */
static enum msrp_step on_response(struct msrp_relay *relay, struct msrp_hop *hop)
{
    struct msrp_transit *t = msrp_transit_find(relay, hop, hop->head.id);
    struct msrp_hop     *back = t != NULL ? t->lane->from : NULL;

    hop->incoming = MSRP_RELAY_SKIP;
    if (t == NULL ||
        (t->method != MSRP_SEND && !sp_eq(msrp_path_first(hop->head.to_path), t->lane->own))) {
        relay->counters.dropped++;
        return MSRP_STEP_AGAIN;
    }
    msrp_hop_prove(relay, hop);
    if (t->method != MSRP_SEND && back != NULL && back->state == MSRP_HOP_OPEN) {
        struct sp_buf *to = msrp_relay_say(relay, back);

        if (to == NULL) {
            hop->incoming = MSRP_RELAY_HEAD;
            return MSRP_STEP_FLUSH;
        }
        put_response(relay, hop, t, to);
    }
    msrp_transit_answered(relay, t, hop->head.status);
    return MSRP_STEP_AGAIN;
}

/* ---- events of the framer ---- */

/* AUTH for us; what goes further is handed on like any other request. */
static bool is_auth_for_us(const struct msrp_relay *relay, const struct msrp_hop *hop)
{
    struct msrp_uri uri;
    struct sp_where where;

    return hop->head.method == MSRP_AUTH &&
           msrp_path_first(hop->head.to_path).len == hop->head.to_path.len &&
           msrp_uri_parse(hop->head.to_path, &uri, &where) == SP_OK &&
           msrp_relay_is_us(relay, hop, &uri);
}

static enum msrp_step act(struct msrp_relay *relay, struct msrp_hop *hop,
                          struct msrp_relay_action *action)
{
    enum msrp_step step;

    if (hop->head.response)
        return on_response(relay, hop);
    if (!is_auth_for_us(relay, hop))
        return forward(relay, hop);
    step = msrp_relay_auth(relay, hop, action);
    if (step == MSRP_STEP_FLUSH)
        return step;
    hop->incoming = MSRP_RELAY_SKIP;
    if (hop->close_after)
        msrp_hop_fail(relay, hop, SP_REFUSED);
    return step;
}

static enum msrp_step on_head(struct msrp_relay *relay, struct msrp_hop *hop,
                              struct msrp_relay_action *action)
{
    struct sp_where where;

    hop->into = NULL;
    hop->answer = 0;
    hop->body = (struct sp_slice){ 0 };
    if (msrp_head_parse(hop->frame.octets, &hop->head, &where) != SP_OK) {
        relay->counters.malformed++;
        astray(relay, hop, 400);
        return MSRP_STEP_AGAIN;
    }
    if (hop->head.response)
        relay->counters.responses++;
    else
        relay->counters.requests++;
    hop->incoming = MSRP_RELAY_HEAD;
    return act(relay, hop, action);
}

/* As much of the body as the lane takes. Methods that we do not know are handed on whole. */
static enum msrp_step take_body(struct msrp_relay *relay, struct msrp_hop *hop)
{
    if (hop->head.method != MSRP_SEND && hop->taken + hop->body.len > MSRP_PIECE_OCTETS) {
        msrp_lane_cancel(hop->into);
        hop->into = NULL;
        msrp_relay_refuse(relay, hop, 413);
        return MSRP_STEP_AGAIN;
    }
    if (hop->head.range.total - (hop->head.range.from - 1) < hop->taken + hop->body.len) {
        /* more than its sender said; no range could be written for it */
        msrp_lane_end(relay, hop->into, '#');
        hop->into = NULL;
        msrp_relay_refuse(relay, hop, 413);
        return MSRP_STEP_AGAIN;
    }
    hop->taken += hop->body.len;
    hop->body = sp_from(hop->body, msrp_lane_add(relay, hop->into, hop->body));
    hop->taken -= hop->body.len;
    return hop->body.len > 0 ? wait_for(hop, hop->into) : MSRP_STEP_AGAIN;
}

static enum msrp_step on_end(struct msrp_relay *relay, struct msrp_hop *hop)
{
    struct msrp_lane *lane = hop->into;

    if (hop->incoming == MSRP_RELAY_BODY && lane != NULL) {
        hop->into = NULL;
        msrp_lane_end(relay, lane, hop->frame.flag);
        if (hop->answer != 0) {
            hop->answer_due = true;
            sp_list_add(&relay->ready_hops, &hop->ready);
        }
    }
    hop->incoming = MSRP_RELAY_SKIP;
    return MSRP_STEP_AGAIN;
}

static enum msrp_step on_broken(struct msrp_relay *relay, struct msrp_hop *hop)
{
    relay->counters.malformed++;
    relay->input = (struct sp_slice){ 0 };
    msrp_hop_fail(relay, hop, SP_SYNTAX);
    return MSRP_STEP_AGAIN;
}

enum msrp_step msrp_relay_in_step(struct msrp_relay *relay, struct msrp_relay_action *action)
{
    struct msrp_hop *hop = relay->input_hop;

    if (hop->state != MSRP_HOP_OPEN) {
        relay->input = (struct sp_slice){ 0 };
        relay->input_hop = NULL;
        return MSRP_STEP_NONE;
    }
    if (hop->incoming == MSRP_RELAY_HEAD)
        return act(relay, hop, action);
    if (hop->incoming == MSRP_RELAY_BODY && hop->body.len > 0)
        return take_body(relay, hop);
    hop->body = (struct sp_slice){ 0 };
    switch (msrp_frame_next(&hop->frame, &relay->input)) {
    case MSRP_FRAME_NONE: break;
    case MSRP_FRAME_HEAD: return on_head(relay, hop, action);
    case MSRP_FRAME_BODY:
        if (hop->incoming != MSRP_RELAY_BODY)
            return MSRP_STEP_AGAIN;
        hop->body = hop->frame.octets;
        return take_body(relay, hop);
    case MSRP_FRAME_END: return on_end(relay, hop);
    case MSRP_FRAME_BROKEN: return on_broken(relay, hop);
    }
    return MSRP_STEP_NONE;
}
