/* SPDX-License-Identifier: MIT
 * tests/sim/sim_ua_calls.c -- sessions between bare user agents.
 *
 * Each user decides late or at once, offers again by re-INVITE, UPDATE or PRACK, asks things
 * within, and hangs up in the end; some sessions have timers. A session ends once for each of its
 * users; nothing is told of it afterwards; one that was accepted, the callee's user accepted. */
#include "sim_ua.h"

#define SDP SP_LIT("application/sdp")

static struct ua_side *side_of(struct sim *sim, const struct sim_node *node,
                               struct sp_handle handle)
{
    struct ua_world *world = sim->world;

    for (uint32_t i = 0; i < world->side_count; i++)
        if (world->sides[i].node == node && world->sides[i].life == node->life &&
            sp_handle_eq(world->sides[i].handle, handle))
            return &world->sides[i];
    return NULL;
}

static struct ua_side *side_new(struct sim *sim, struct sim_node *node, struct sp_handle handle,
                                struct ua_talk *talk, bool caller)
{
    struct ua_world *world = sim->world;
    struct ua_side  *side;

    if (world->side_count == UA_MOST) {
        sim_fail(sim, "more sessions than this test has room for");
        return &world->sides[0];
    }
    side = &world->sides[world->side_count++];
    side->node = node;
    side->life = node->life;
    side->handle = handle;
    side->talk = talk;
    side->caller = caller;
    return side;
}

static uint64_t place_of(struct sim *sim, const struct ua_side *side)
{
    return (uint64_t)(side - ((struct ua_world *)sim->world)->sides);
}

static struct sp_slice words(struct sim *sim, const struct ua_side *side)
{
    return sim_text(sim, "talk %u\r\n",
                    (unsigned)(side->talk - ((struct ua_world *)sim->world)->talks));
}

/* ---- what users do */

static void hang_up(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_side *side = &((struct ua_world *)sim->world)->sides[arg];

    if (!side->over)
        (void)!sip_ua_end(node->ua, sim->now_us, side->handle);
}

static void offer_again(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_side *side = &((struct ua_world *)sim->world)->sides[arg];

    if (!side->over)
        (void)!sip_ua_reinvite(node->ua, sim->now_us, side->handle, SDP, words(sim, side));
}

static void update(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_side *side = &((struct ua_world *)sim->world)->sides[arg];
    struct sp_slice none = { NULL, 0 };

    if (!side->over)
        (void)!sip_ua_update(node->ua, sim->now_us, side->handle, SDP,
                             sim_chance(sim, 700) ? words(sim, side) : none);
}

static void tell(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_side  *side = &((struct ua_world *)sim->world)->sides[arg];
    struct sp_slice  none = { NULL, 0 };
    struct sp_handle request;

    /* What becomes of it is one of the requests within that have no number. */
    if (!side->over)
        (void)!sip_ua_info(node->ua, sim->now_us, side->handle,
                           sim_chance(sim, 500) ? SP_LIT("foo") : none, none, none, &request);
}

/* Their UPDATE or PRACK has an offer: at once. */
static void answer(struct sim *sim, struct ua_side *side, const struct sip_ua_action *action)
{
    struct sp_slice none = { NULL, 0 };
    enum sp_err     err = SP_RANGE;

    if (action->kind == SIP_UA_UPDATED && sim_chance(sim, 200))
        err = sip_ua_respond(side->node->ua, sim->now_us, action->request, 488, none, none, none);
    if (err == SP_RANGE)
        err = sip_ua_respond(side->node->ua, sim->now_us, action->request, 200, none, SDP,
                             words(sim, side));
    if (err != SP_OK && err != SP_LIMIT)
        sim_fail(sim, "an offer is not to be answered: %s", sp_err_name(err));
}

/* It stands: things happen in it. */
static void goes_up(struct sim *sim, struct ua_side *side)
{
    uint64_t place = place_of(sim, side);

    side->up = true;
    while (sim_chance(sim, 400))
        sim_at(side->node, sim_below(sim, 30000) * SIM_MS, offer_again, place);
    while (sim_chance(sim, 400))
        sim_at(side->node, sim_below(sim, 30000) * SIM_MS, ua_ask_within, place);
    while (sim_chance(sim, 400))
        sim_at(side->node, sim_below(sim, 30000) * SIM_MS, update, place);
    while (sim_chance(sim, 300))
        sim_at(side->node, sim_below(sim, 30000) * SIM_MS, tell, place);
    sim_at(side->node, sim_below(sim, sim_chance(sim, 300) ? 100 : 60000) * SIM_MS, hang_up, place);
}

void ua_call(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_talk       *talk = &((struct ua_world *)sim->world)->talks[arg];
    struct sip_ua_request request = { .method = SIP_INVITE, .content_type = SDP };
    struct sp_handle      handle;
    struct ua_side       *side;
    enum sp_err           err;

    request.uri = sim_uri(sim, "u", talk->callee, sim_chance(sim, sim->scenario->plan.named),
                          sim_chance(sim, sim->scenario->plan.tcp) ? ";transport=tcp" : "");
    request.body = sim_text(sim, "talk %u\r\n", (unsigned)arg);
    request.user = ua_number(UA_SIDE, arg);
    err = sip_ua_invite(node->ua, sim->now_us, &request, &handle);
    if (err == SP_LIMIT)
        return;
    if (err != SP_OK) {
        sim_fail(sim, "an invitation is not taken: %s", sp_err_name(err));
        return;
    }
    side = side_new(sim, node, handle, talk, true);
    sim_at(node, sim_chance(sim, 700) ? 120 * SIM_S : sim_below(sim, 20000) * SIM_MS, hang_up,
           place_of(sim, side));
}

/* The callee's user: 180, 200 with the answer, or no. */
static void decide(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    static const uint16_t refusals[] = { 404, 480, 486, 488, 603 };
    struct ua_side       *side = &((struct ua_world *)sim->world)->sides[arg];
    struct sp_slice       none = { NULL, 0 };
    uint32_t              dice = sim_below(sim, 100);

    if (side->over)
        return;
    if (dice < 30) {
        bool reliable = sim_chance(sim, 500);

        /* SP_STATE, SP_UNSUPPORTED: the caller takes no reliable ones; then it is not one */
        if (side->answered || sip_ua_progress(node->ua, sim->now_us, side->handle, 183, reliable,
                                              SDP, words(sim, side)) != SP_OK)
            (void)!sip_ua_progress(node->ua, sim->now_us, side->handle, 180, false, none, none);
        else
            side->answered = true;
        sim_at(node, sim_below(sim, 8000) * SIM_MS, decide, arg);
    } else if (dice < 85) {
        enum sp_err err = sip_ua_accept(node->ua, sim->now_us, side->handle, SDP, words(sim, side));

        if (err == SP_STATE)
            err = sip_ua_accept(node->ua, sim->now_us, side->handle, none, none);
        if (err == SP_OK && !side->talk->accepted)
            side->talk->accepted = true;
        if (err == SP_OK && !side->up)
            goes_up(sim, side);
        if (err == SP_STATE && !side->up)
            sim_at(node, sim_below(sim, 8000) * SIM_MS, decide, arg);
    } else if (sip_ua_refuse(node->ua, sim->now_us, side->handle, refusals[dice % 5], none) ==
               SP_OK) {
        side->over = side->over || !side->up;
    }
}

/* ---- what they are told */

static uint32_t late_ms(struct sim *sim)
{
    return sim_chance(sim, 400) ? 0 : sim_below(sim, 8000);
}

static void invited(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action)
{
    struct ua_world *world = sim->world;
    struct ua_side  *side;
    uint32_t         place = 0;
    bool             known = ua_read(action->msg, "talk ", world->talk_count, &place);
    struct ua_talk  *talk = &world->talks[place];

    if (!known && ua_sure(sim))
        sim_fail(sim, "node %d is invited by nobody", node->index);
    talk->invited = talk->life == node->life ? talk->invited + 1 : 1;
    talk->life = node->life;
    if (ua_sure(sim) && ((talk->invited > 1 && sim->now_us - talk->invited_us < UA_FORGOTTEN_US) ||
                         talk->callee != node))
        sim_fail(sim, "talk %u is told twice, or to somebody else", (unsigned)place);
    talk->invited_us = sim->now_us;
    side = side_new(sim, node, action->session, talk, false);
    sip_ua_set_user(node->ua, action->session, ua_number(UA_SIDE, place));
    sim_at(node, late_ms(sim) * SIM_MS, decide, place_of(sim, side));
    sim_at(node, 300 * SIM_S, hang_up, place_of(sim, side));
}

/* With the one that stands, the others of the same invitation are gone; and with a refusal all. */
static void others_gone(struct sim *sim, const struct ua_side *stands)
{
    struct ua_world *world = sim->world;

    for (uint32_t i = 0; i < world->side_count; i++) {
        struct ua_side *side = &world->sides[i];

        if (side != stands && side->talk == stands->talk && side->node == stands->node &&
            side->life == stands->life && side->caller && !side->up)
            side->over = true;
    }
}

static void over(struct sim *sim, struct ua_side *side, const struct sip_ua_action *action)
{
    if (sim->fair && action->err == SP_TIMEOUT)
        sim_fail(sim, "in fair weather a session ends by a time-out");
    if (!side->up && side->caller)
        others_gone(sim, side);
    side->over = true;
    sim->counters.delivered += action->kind == SIP_UA_ENDED && action->err == SP_OK;
    sim->counters.refused += action->kind == SIP_UA_REFUSED || action->kind == SIP_UA_CANCELLED;
    sim->counters.failed += action->err != SP_OK;
}

static void accepted(struct sim *sim, struct ua_side *side, const struct sip_ua_action *action)
{
    if (action->again)
        return;
    if (ua_sure(sim) && !side->talk->accepted)
        sim_fail(sim, "an invitation is accepted, and nobody did");
    others_gone(sim, side);
    if (side->up && ua_sure(sim))
        sim_fail(sim, "an invitation is accepted twice");
    goes_up(sim, side);
}

/* An early dialog: it may be described once more before anybody accepts. */
static void progress(struct sim *sim, struct ua_side *side, const struct sip_ua_action *action)
{
    struct sip_ua *ua = side->node->ua;

    if (action->sdp == SIP_UA_SDP_ANSWER && sim_chance(sim, 300) &&
        sip_ua_prack(ua, sim->now_us, action->session, SDP, words(sim, side)) != SP_OK)
        sim_fail(sim, "a PRACK is not taken");
    if (sim_chance(sim, 300))
        sim_at(side->node, sim_below(sim, 3000) * SIM_MS, update, place_of(sim, side));
}

void ua_call_note(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action)
{
    struct ua_side *side = side_of(sim, node, action->session);

    if (action->kind == SIP_UA_INVITED) {
        invited(sim, node, action);
        return;
    }
    if (side == NULL && (action->kind == SIP_UA_PROGRESS || action->kind == SIP_UA_ACCEPTED)) {
        struct ua_side *of = side_of(sim, node, action->invite);

        if (of != NULL) /* another branch answers */
            side = side_new(sim, node, action->session, of->talk, true);
        if (of != NULL)
            sim_at(node, 120 * SIM_S, hang_up, place_of(sim, side));
    }
    if (side == NULL || side->over) {
        sim_fail(sim, "node %d tells %d of a session that is not", node->index, (int)action->kind);
        return;
    }
    switch (action->kind) {
    case SIP_UA_ACCEPTED: accepted(sim, side, action); break;
    case SIP_UA_PROGRESS: progress(sim, side, action); break;
    case SIP_UA_PRACKED:
    case SIP_UA_UPDATED:
        if (action->sdp == SIP_UA_SDP_OFFER)
            answer(sim, side, action);
        break;
    case SIP_UA_REINVITED: sim_at(node, late_ms(sim) * SIM_MS, decide, place_of(sim, side)); break;
    case SIP_UA_REFUSED:
    case SIP_UA_CANCELLED:
        if (!action->again)
            over(sim, side, action);
        break;
    case SIP_UA_FAILED:
    case SIP_UA_ENDED: over(sim, side, action); break;
    default: break;
    }
}
