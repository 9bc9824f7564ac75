/* SPDX-License-Identifier: MIT
 * tests/sim/sim_ua.c -- bare user agents: who there are, and the requests that their users send.
 *
 * A request ends once at its user, with what the other user said where nothing can be wrong; it is
 * handed to the other user once. */
#include "sim_ua.h"

#include <string.h>

#include "../../base/digest.h"
#include "../../dialog/sip_core.h"

uint64_t ua_number(enum ua_kind kind, uint64_t place)
{
    return (uint64_t)kind << 32 | place;
}

uint64_t ua_packed(struct sp_handle handle)
{
    return (uint64_t)handle.generation << 32 | handle.slot;
}

struct sp_handle ua_unpacked(uint64_t packed)
{
    return (struct sp_handle){ .slot = (uint32_t)packed, .generation = (uint32_t)(packed >> 32) };
}

bool ua_sure(const struct sim *sim)
{
    return sim->counters.corrupted == 0;
}

bool ua_read(const struct sip_msg *msg, const char *what, uint32_t count, uint32_t *place)
{
    struct sp_slice digits = sp_from(msg->body, strlen(what));
    uint64_t        value;

    if (!sp_starts(msg->body, sp_str(what)) ||
        sp_to_u64(sp_head(digits, sp_find(digits, '\r')), UINT32_MAX, &value) != SP_OK ||
        value >= count)
        return false;
    *place = (uint32_t)value;
    return true;
}

/* ---- requests */

static const uint16_t answers[] = { 200, 200, 200, 202, 404, 480, 486, 500, 603 };

bool ua_ask_new(struct ua_world *world, struct ua_ask **ask)
{
    if (world->ask_count == UA_MOST)
        return false;
    *ask = &world->asks[world->ask_count++];
    return true;
}

static void draw_ask(struct sim *sim, struct ua_ask *ask, struct sim_node *node,
                     struct sim_node *to)
{
    ask->node = node;
    ask->to = to;
    ask->method = sim_chance(sim, 300) ? SIP_OPTIONS : SIP_MESSAGE;
    ask->answer = answers[sim_below(sim, sizeof answers / sizeof answers[0])];
    if (ask->method == SIP_OPTIONS)
        ask->answer = 200;
}

static void fill_request(struct sim *sim, struct ua_ask *ask, struct sip_ua_request *request)
{
    uint32_t place = (uint32_t)(ask - ((struct ua_world *)sim->world)->asks);

    *request = (struct sip_ua_request){ .method = ask->method };
    request->user = ua_number(UA_ASK, place);
    if (ask->method == SIP_MESSAGE) {
        request->content_type = SP_LIT("text/plain");
        request->body = sim_text(sim, "ask %u\r\n", (unsigned)place);
    }
}

static void given(struct sim *sim, struct ua_ask *ask, enum sp_err err)
{
    ask->given = true;
    ask->life = ask->node->life;
    if (err == SP_OK)
        return;
    ask->err = err;
    ask->finals = 1;
    if (err != SP_LIMIT && !ask->within)
        sim_fail(sim, "a request is not taken: %s", sp_err_name(err));
}

static void ask_now(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_world       *world = sim->world;
    struct ua_ask         *ask = &world->asks[arg];
    struct sip_ua_request  request;
    const struct sim_plan *plan = &sim->scenario->plan;

    fill_request(sim, ask, &request);
    request.uri = sim_uri(sim, "u", ask->to, sim_chance(sim, plan->named),
                          sim_chance(sim, plan->tcp) ? ";transport=tcp" : "");
    given(sim, ask, sip_ua_send(node->ua, sim->now_us, &request, &ask->handle));
}

void ua_ask_within(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_world      *world = sim->world;
    struct ua_side       *side = &world->sides[arg];
    struct ua_ask        *ask;
    struct sip_ua_request request;

    if (side->over || !ua_ask_new(world, &ask))
        return;
    draw_ask(sim, ask, node, side->caller ? side->talk->callee : side->talk->caller);
    ask->within = true;
    fill_request(sim, ask, &request);
    given(sim, ask,
          sip_ua_send_within(node->ua, sim->now_us, side->handle, &request, &ask->handle));
}

static void ask_note(struct sim *sim, struct ua_ask *ask, const struct sip_ua_action *action)
{
    if (action->kind == SIP_UA_RESPONSE && action->status < 200)
        return;
    ask->finals++;
    ask->status = action->kind == SIP_UA_RESPONSE ? action->status : 0;
    ask->err = action->kind == SIP_UA_FAILED ? action->err : SP_OK;
    sim->counters.delivered += ask->status >= 200 && ask->status < 300;
    sim->counters.refused += ask->status >= 300;
    sim->counters.failed += ask->status == 0;
    if (ask->finals > 1)
        sim_fail(sim, "request %u of node %d ends twice", (unsigned)action->user, ask->node->index);
    /* these are said by users alone */
    if (ua_sure(sim) && ask->method == SIP_MESSAGE && ask->heard == 0 &&
        (ask->status / 100 == 2 || ask->status == 603))
        sim_fail(sim, "request %u of node %d has an answer that nobody gave",
                 (unsigned)action->user, ask->node->index);
}

static void respond(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_ask   *ask = &((struct ua_world *)sim->world)->asks[arg >> 40];
    uint64_t         low = arg & 0xFFFFFFFFFF; /* slot below 2^16, generation below 2^24 */
    struct sp_handle request = { .slot = (uint32_t)(low & 0xFFFF),
                                 .generation = (uint32_t)(low >> 16) };

    (void)!sip_ua_respond(node->ua, sim->now_us, request, ask->answer, sp_slice(NULL, 0),
                          sp_slice(NULL, 0), sp_slice(NULL, 0));
}

/* A request came. */
static void heard(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action)
{
    struct ua_world *world = sim->world;
    struct sp_slice  none = { NULL, 0 };
    struct ua_ask   *ask;
    uint32_t         place, late_ms = sim->scenario->plan.slow_ms;

    if (action->msg->method == SIP_REGISTER) {
        ua_registrar(sim, node, action);
        return;
    }
    if (action->msg->method == SIP_INFO) {
        (void)!sip_ua_respond(node->ua, sim->now_us, action->request, 200, none, none, none);
        return;
    }
    if (!ua_read(action->msg, "ask ", world->ask_count, &place)) {
        if (ua_sure(sim))
            sim_fail(sim, "node %d hears what nobody said", node->index);
        (void)!sip_ua_respond(node->ua, sim->now_us, action->request, 488, none, none, none);
        return;
    }
    ask = &world->asks[place];
    ask->heard = ask->heard_life == node->life ? ask->heard + 1 : 1;
    ask->heard_life = node->life;
    if (ua_sure(sim) &&
        ((ask->heard > 1 && sim->now_us - ask->heard_us < UA_FORGOTTEN_US) || ask->to != node))
        sim_fail(sim, "request %u is handed up twice, or to somebody else", (unsigned)place);
    ask->heard_us = sim->now_us;
    late_ms = sim->fair && late_ms > 5000 ? 5000 : late_ms;
    if (action->request.slot > 0xFFFF || action->request.generation > 0xFFFFFF)
        sim_fail(sim, "a handle is larger than this test thinks");
    sim_at(node, sim_chance(sim, 600) ? 0 : sim_below(sim, late_ms) * SIM_MS, respond,
           (uint64_t)place << 40 | (uint64_t)action->request.generation << 16 |
               action->request.slot);
}

/* ---- what agents tell */

static void note(struct sim *sim, struct sim_node *node, const struct sim_note *told)
{
    const struct sip_ua_action *action = told->ua;
    struct ua_world            *world = sim->world;
    uint64_t                    place = action->user & UINT32_MAX;

    sim_trace_words(node, "tells %d of %llx: %u %s", (int)action->kind,
                    (unsigned long long)action->user, (unsigned)action->status,
                    sp_err_name(action->err));
    switch (action->kind) {
    case SIP_UA_REQUEST: heard(sim, node, action); break;
    case SIP_UA_RESPONSE:
    case SIP_UA_FAILED:
        if (action->user >> 32 == UA_ASK)
            ask_note(sim, &world->asks[place], action);
        else if (!sp_handle_none(action->session))
            ua_call_note(sim, node, action); /* else an INFO, whose end nobody waits for */
        break;
    case SIP_UA_REGISTERED:
    case SIP_UA_UNREGISTERED: ua_register_note(sim, node, action); break;
    default: ua_call_note(sim, node, action); break;
    }
}

/* ---- the nodes */

static void know_each_other(struct sim *sim, struct sim_node *node)
{
    struct ua_world *world = sim->world;

    (void)!sip_ua_login(node->ua, SP_LIT(UA_GUARD_REALM), SP_LIT("u"), SP_LIT("secret"));
    /* a part of their number, so that it is the same in every life */
    if ((uint32_t)node->index * 377 % 1000 < sim->scenario->plan.guarded &&
        sip_ua_guard(node->ua, SP_LIT(UA_GUARD_REALM), &world->user, 1, 20) != SP_OK)
        sim_fail(sim, "node %d has no room for its guard", node->index);
    node->kept = node->ua->store.used;
}

static void make_node(struct sim *sim, struct sim_node *node)
{
    node->kind = SIM_UA;
    node->note = note;
    node->born = know_each_other;
    node->ua_config = (struct sip_ua_config){
        .from = sim_uri(sim, "u", node, false, ""),
        .contact_user = SP_LIT("u"),
        .methods = 1u << SIP_INVITE | 1u << SIP_BYE | 1u << SIP_MESSAGE | 1u << SIP_REGISTER |
                   1u << SIP_PRACK | 1u << SIP_UPDATE | 1u << SIP_INFO,
        .recv_info = SP_LIT("foo"),
        .min_se_s = node->index % 3 == 2 ? 0 : 90,
        .session_expires_s = node->index % 2 == 0 ? 90 : 0,
        .accept = SP_LIT("application/sdp"),
        .message_types = SP_LIT("text/plain"),
    };
    sim_begin(node);
    know_each_other(sim, node);
}

static struct sim_node *other(struct sim *sim, const struct sim_node *node)
{
    int step = 1 + (int)sim_below(sim, (uint32_t)sim->count - 1);

    return &sim->nodes[(node->index + step) % sim->count];
}

void sim_ua_start(struct sim *sim)
{
    const struct sim_plan *plan = &sim->scenario->plan;
    struct ua_world       *world = sim_room(sim, sizeof *world);
    char                  *ha1 = sim_room(sim, SP_DIGEST_HEX);

    sim->world = world;
    world->user.username = SP_LIT("u");
    world->user.ha1[SP_DIGEST_MD5] = sp_digest_ha1(SP_DIGEST_MD5, SP_LIT("u"),
                                                   SP_LIT(UA_GUARD_REALM), SP_LIT("secret"), ha1);
    sim_nodes(sim, 2 + (int)sim_below(sim, plan->agents - 1));
    for (int i = 0; i < sim->count; i++)
        make_node(sim, &sim->nodes[i]);
    for (uint32_t i = 0; plan->asks > 0 && i < sim_between(sim, 1, plan->asks); i++) {
        struct ua_ask *ask = &world->asks[world->ask_count++];

        draw_ask(sim, ask, &sim->nodes[sim_below(sim, (uint32_t)sim->count)], NULL);
        ask->to = other(sim, ask->node);
        sim_at(ask->node, sim_below(sim, plan->over_ms) * SIM_MS, ask_now, i);
    }
    for (uint32_t i = 0; plan->calls > 0 && i < sim_between(sim, 1, plan->calls); i++) {
        struct ua_talk *talk = &world->talks[world->talk_count++];

        talk->caller = &sim->nodes[sim_below(sim, (uint32_t)sim->count)];
        talk->callee = other(sim, talk->caller);
        sim_at(talk->caller, sim_below(sim, plan->over_ms) * SIM_MS, ua_call, i);
    }
    for (uint32_t i = 0; plan->registrations > 0 && i < (uint32_t)sim->count - 1; i++) {
        world->bindings[world->binding_count++].node = &sim->nodes[1 + i];
        sim_at(&sim->nodes[1 + i], sim_below(sim, plan->over_ms) * SIM_MS, ua_register, i);
    }
}

void sim_ua_end(struct sim *sim)
{
    struct ua_world *world = sim->world;

    for (uint32_t i = 0; i < world->ask_count; i++) {
        const struct ua_ask *ask = &world->asks[i];

        if (!ask->given || !ask->node->up || ask->life != ask->node->life)
            continue;
        if (ask->finals != 1)
            sim_fail(sim, "request %u has %u ends", (unsigned)i, (unsigned)ask->finals);
        if (sim->fair && !ask->within && ask->err != SP_LIMIT && ask->status != ask->answer)
            sim_fail(sim, "request %u in fair weather: %u %s, not %u", (unsigned)i,
                     (unsigned)ask->status, sp_err_name(ask->err), (unsigned)ask->answer);
    }
    for (uint32_t i = 0; i < world->side_count; i++) {
        const struct ua_side *side = &world->sides[i];

        if (side->node->up && side->life == side->node->life && !side->over)
            sim_fail(sim, "session %u of node %d has no end", (unsigned)i, side->node->index);
    }
    for (uint32_t i = 0; i < world->binding_count; i++) {
        const struct ua_binding *binding = &world->bindings[i];

        if (!sp_handle_none(binding->handle) && binding->node->up &&
            binding->life == binding->node->life && binding->ends != 1)
            sim_fail(sim, "registration %u has %u ends", (unsigned)i, (unsigned)binding->ends);
    }
}
