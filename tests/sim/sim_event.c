/* SPDX-License-Identifier: MIT
 * tests/sim/sim_event.c -- the users of events: node 1 publishes states of its own, node 0 keeps
 * them and tells them to the others, who watch. RFC 6665, RFC 3903.
 *
 * A subscription or publication ends once at its user; who watches never sees an older state after
 * a newer one; in fair weather, a state that was accepted is known to all who watch a while later.
 */
#include "sim_event.h"

#include "../../dialog/sip_compositor.h"
#include "../../dialog/sip_core.h"
#include "../../dialog/sip_ua_event.h"

enum { WATCHED = 64, STATES = 1000, SETTLE_S = 40 };

#define PIDF SP_LIT("application/pidf+xml")

/* What one node's user holds. */
struct event_user {
    uint32_t         life;
    struct sp_handle handle; /* of the subscription or publication */
    bool             given, told, unwanted;
    uint32_t         ends;
    uint32_t         seen; /* the last state that was notified */
};

struct event_world {
    struct event_user      users[64];
    struct sip_compositor *compositor;
    struct sp_handle       watched[WATCHED]; /* subscriptions at node 0 */
    uint32_t               watched_count;
    struct sip_uri         uri;      /* of the resource */
    uint32_t               state;    /* the last that was published */
    uint32_t               accepted; /* the last that the publisher knows to stand */
    uint64_t               since_us; /* nothing changed */
};

static bool sure(const struct sim *sim)
{
    return sim->counters.corrupted == 0;
}

/* "<s>17</s>"; 0: none. */
static uint32_t read_state(struct sp_slice body)
{
    uint64_t value = 0;

    if (!sp_starts(body, SP_LIT("<s>")))
        return 0;
    body = sp_from(body, 3);
    return sp_to_u64(sp_head(body, sp_find(body, '<')), STATES, &value) == SP_OK ? (uint32_t)value
                                                                                 : 0;
}

static struct sp_slice write_state(struct sim *sim, uint32_t state)
{
    return sim_text(sim, "<s>%u</s>", (unsigned)state);
}

/* ---- node 0: who keeps and tells */

/* The latest state there is. */
static struct sp_slice current(struct sim *sim)
{
    struct event_world  *world = sim->world;
    struct sp_handle     walk = { 0, 0 };
    struct sip_published found;

    if (!sip_compositor_next(world->compositor, sim->now_us, &world->uri, SP_LIT("presence"), &walk,
                             &found))
        return sp_slice(NULL, 0);
    return sim_text(sim, "%.*s", SP_ARG(found.body));
}

static void tell(struct sim *sim, struct sim_node *node, struct sp_handle handle)
{
    struct sip_ua_notification state = { .state = SIP_SUBSTATE_ACTIVE, .content_type = PIDF };

    state.body = current(sim);
    (void)!sip_ua_notify(node->ua, sim->now_us, handle, &state);
}

static void tell_all(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct event_world *world = sim->world;

    (void)arg;
    for (uint32_t i = 0; i < world->watched_count; i++)
        tell(sim, node, world->watched[i]);
}

static void tend(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct event_world  *world = sim->world;
    struct sip_published changed;
    bool                 any = false;
    uint64_t             deadline_us;

    (void)arg;
    sip_compositor_tick(world->compositor, sim->now_us);
    while (sip_compositor_changed(world->compositor, &changed))
        any = true;
    if (any)
        tell_all(sim, node, 0);
    deadline_us = sip_compositor_deadline(world->compositor);
    if (deadline_us != SP_NEVER)
        sim_at(node, deadline_us - sim->now_us, tend, 0);
}

static void keep(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action)
{
    struct event_world          *world = sim->world;
    struct sip_compositor_answer answer;
    struct sp_slice              none = { NULL, 0 };

    if (!sim->fair && sim_chance(sim, 100)) {
        static const uint16_t moods[] = { 500, 503, 480, 412 };

        (void)!sip_ua_respond(node->ua, sim->now_us, action->request, moods[sim_below(sim, 4)],
                              none, none, none);
        return;
    }
    sip_compositor_take(world->compositor, sim->now_us, action->msg, NULL, &answer);
    (void)!sip_ua_respond(node->ua, sim->now_us, action->request, answer.status, answer.fields,
                          none, none);
    tend(sim, node, 0);
}

static void watched(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action)
{
    struct event_world *world = sim->world;
    struct sp_slice     none = { NULL, 0 };

    if (!sim->fair && sim_chance(sim, 50)) {
        (void)!sip_ua_forbid(node->ua, sim->now_us, action->request, 403, none);
        return;
    }
    if (world->watched_count == WATCHED) {
        sim_fail(sim, "more subscriptions than there can be");
        return;
    }
    world->watched[world->watched_count++] = action->request;
    if (sim_chance(sim, 700))
        tell(sim, node, action->request);
    else
        sim_at(node, sim_below(sim, 5) * SIM_S, tell_all, 0);
    if (!sim->fair && sim_chance(sim, 100)) {
        struct sip_ua_notification state = { .state = SIP_SUBSTATE_TERMINATED,
                                             .reason = SP_LIT("deactivated") };

        (void)!sip_ua_notify(node->ua, sim->now_us, action->request, &state);
    }
}

static void watched_no_more(struct sim *sim, struct sp_handle handle)
{
    struct event_world *world = sim->world;

    for (uint32_t i = 0; i < world->watched_count; i++)
        if (sp_handle_eq(world->watched[i], handle)) {
            world->watched[i] = world->watched[--world->watched_count];
            return;
        }
    sim_fail(sim, "a subscription of somebody ends that is not");
}

/* ---- the others */

static struct event_user *user_of(struct sim *sim, const struct sim_node *node)
{
    return &((struct event_world *)sim->world)->users[node->index];
}

static void leave(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct event_user *user = user_of(sim, node);

    (void)arg;
    user->unwanted = true;
    if (!user->given || user->ends > 0)
        return;
    if (node->index == 1)
        (void)!sip_ua_unpublish(node->ua, sim->now_us, user->handle);
    else
        (void)!sip_ua_unsubscribe(node->ua, sim->now_us, user->handle);
}

/* Does who watches know what is? */
static void look(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct event_world      *world = sim->world;
    const struct event_user *user = user_of(sim, node);

    (void)arg;
    if (sim->fair && user->told && !user->unwanted && user->ends == 0 && world->users[1].told &&
        world->since_us + SETTLE_S * SIM_S < sim->now_us && user->seen != world->accepted)
        sim_fail(sim, "node %d knows state %u, and it is %u", node->index, (unsigned)user->seen,
                 (unsigned)world->accepted);
}

static void watch(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct event_world        *world = sim->world;
    struct event_user         *user = user_of(sim, node);
    struct sip_ua_subscription want = { .event = SP_LIT("presence"), .user = 1 };

    (void)arg;
    want.uri = sim_uri(sim, "u", &sim->nodes[0], false,
                       sim_chance(sim, sim->scenario->plan.tcp) ? ";transport=tcp" : "");
    want.expires_s = sim_between(sim, 60, 900);
    *user = (struct event_user){ .life = node->life, .given = true };
    world->since_us = sim->now_us;
    if (sip_ua_subscribe(node->ua, sim->now_us, &want, &user->handle) != SP_OK) {
        sim_fail(sim, "a subscription is not taken");
        return;
    }
    for (int i = 0; i < 4; i++)
        sim_at(node, sim_below(sim, 3600) * SIM_S, look, 0);
    sim_at(node, sim_below(sim, sim_chance(sim, 200) ? 5 : 3600) * SIM_S, leave, 0);
}

static void change(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct event_world *world = sim->world;
    struct event_user  *user = user_of(sim, node);

    if (user->unwanted || user->ends > 0 || world->state + 1 == STATES)
        return;
    world->since_us = UINT64_MAX / 2; /* until it is accepted */
    if (sip_ua_republish(node->ua, sim->now_us, user->handle, PIDF,
                         write_state(sim, world->state + 1)) == SP_OK)
        world->state++;
    if (arg > 0) /* now and then a few, one right after the other */
        sim_at(node,
               sim_chance(sim, 600) ? sim_below(sim, 800) * SIM_MS : sim_below(sim, 400) * SIM_S,
               change, arg - 1);
}

static void publish(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct event_world       *world = sim->world;
    struct event_user        *user = user_of(sim, node);
    struct sip_ua_publication state = { .event = SP_LIT("presence"), .content_type = PIDF };

    (void)arg;
    state.uri = sim_uri(sim, "u", &sim->nodes[0], false, "");
    state.body = write_state(sim, ++world->state);
    state.expires_s = sim_between(sim, 60, 900);
    *user = (struct event_user){ .life = node->life, .given = true };
    world->since_us = UINT64_MAX / 2;
    if (sip_ua_publish(node->ua, sim->now_us, &state, &user->handle) != SP_OK) {
        sim_fail(sim, "a publication is not taken");
        return;
    }
    sim_at(node, sim_below(sim, 400) * SIM_S, change, 12);
    sim_at(node, (3600 + sim_below(sim, 600)) * SIM_S, leave, 0);
}

static void ended(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action)
{
    struct event_world *world = sim->world;
    struct event_user  *user = user_of(sim, node);

    user->ends++;
    user->told = false;
    world->since_us = sim->now_us;
    sim->counters.refused += action->status >= 300;
    sim->counters.failed += action->err != SP_OK;
    if (user->ends > 1)
        sim_fail(sim, "what node %d began ends twice", node->index);
    /* A user who did not want it so begins anew. */
    if (!user->unwanted && user->life == node->life && sim->now_us < 3600 * SIM_S)
        sim_at(node, 60 * SIM_S, node->index == 1 ? publish : watch, 0);
}

/* A subscription beside ours: of a tag that was changed on the way, or of another life of node 0,
 * which the same SUBSCRIBE reached again. */
static bool is_fork(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action)
{
    if ((action->kind != SIP_UA_NOTIFIED && action->kind != SIP_UA_SUBSCRIBED &&
         action->kind != SIP_UA_UNSUBSCRIBED) ||
        sp_handle_eq(action->request, user_of(sim, node)->handle))
        return false;
    if (sure(sim) && sim->counters.crashes == 0)
        sim_fail(sim, "node %d is told of a fork", node->index);
    if (action->kind == SIP_UA_NOTIFIED)
        (void)!sip_ua_unsubscribe(node->ua, sim->now_us, action->request);
    return true;
}

static void note(struct sim *sim, struct sim_node *node, const struct sim_note *told)
{
    const struct sip_ua_action *action = told->ua;
    struct event_world         *world = sim->world;
    struct event_user          *user = user_of(sim, node);
    uint32_t                    state;

    sim_trace_words(node, "tells %d: %u %s", (int)action->kind, (unsigned)action->status,
                    sp_err_name(action->err));
    if (is_fork(sim, node, action))
        return;
    switch (action->kind) {
    case SIP_UA_REQUEST: keep(sim, node, action); break;
    case SIP_UA_SUBSCRIPTION: watched(sim, node, action); break;
    case SIP_UA_SUBSCRIPTION_ENDED: watched_no_more(sim, action->request); break;
    case SIP_UA_NOTIFIED:
        sim->counters.delivered++;
        state = read_state(action->msg->body);
        if (sure(sim) && state > world->state)
            sim_fail(sim, "node %d is told a state that never was", node->index);
        if (state > 0)
            user->seen = state;
        break;
    case SIP_UA_SUBSCRIBED: user->told = true; break;
    case SIP_UA_PUBLISHED:
        user->told = true;
        if (world->accepted != world->state)
            world->since_us = sim->now_us;
        world->accepted = world->state;
        break;
    case SIP_UA_UNSUBSCRIBED:
    case SIP_UA_UNPUBLISHED: ended(sim, node, action); break;
    default: sim_fail(sim, "node %d tells of %d", node->index, (int)action->kind); break;
    }
}

/* ---- the nodes */

static void born(struct sim *sim, struct sim_node *node)
{
    struct event_world                       *world = sim->world;
    static const struct sip_compositor_config config = { .events = { "presence", 8 } };
    uint8_t                                   seed[SP_SEED_OCTETS] = { (uint8_t)node->life };

    world->since_us = sim->now_us;
    if (node->index == 0) {
        world->watched_count = 0;
        world->compositor = sip_compositor_init(sim_room(sim, sip_compositor_size(&node->limits)),
                                                &node->limits, seed, &config);
    } else {
        sim_at(node, sim_below(sim, 60) * SIM_S, node->index == 1 ? publish : watch, 0);
    }
}

static void make_node(struct sim *sim, struct sim_node *node)
{
    node->kind = SIM_UA;
    node->note = note;
    node->born = born;
    node->ua_config = (struct sip_ua_config){
        .from = sim_uri(sim, "u", node, false, ""),
        .contact_user = SP_LIT("u"),
        .methods = node->index == 0 ? 1u << SIP_PUBLISH : 0,
        .accept = PIDF,
    };
    if (node->index == 0)
        node->ua_config.events = SP_LIT("presence");
    sim_begin(node);
    node->kept = node->ua->store.used;
    born(sim, node);
}

void sim_event_start(struct sim *sim)
{
    struct event_world *world = sim_room(sim, sizeof *world);
    struct sp_where     where;

    sim->world = world;
    sim_nodes(sim, 2 + (int)sim_between(sim, 1, sim->scenario->plan.agents - 2));
    if (sip_uri_parse(sim_uri(sim, "u", &sim->nodes[0], false, ""), &world->uri, &where) != SP_OK)
        sim_fail(sim, "no URI");
    for (int i = 0; i < sim->count; i++)
        make_node(sim, &sim->nodes[i]);
}

void sim_event_end(struct sim *sim)
{
    struct event_world *world = sim->world;

    for (int i = 1; i < sim->count; i++) {
        const struct sim_node   *node = &sim->nodes[i];
        const struct event_user *user = &world->users[i];

        if (node->up && user->given && user->life == node->life && user->ends != 1)
            sim_fail(sim, "what node %d began has %u ends", i, (unsigned)user->ends);
    }
    if (sim->nodes[0].up && world->watched_count > 0)
        sim_fail(sim, "%u subscriptions of others have no end", (unsigned)world->watched_count);
}
