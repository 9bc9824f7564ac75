/* SPDX-License-Identifier: MIT
 * tests/sim/sim_ua_register.c -- registrations, and the small registrar that node 0 is.
 *
 * A registration ends once; in fair weather, while its user believes that it stands, the registrar
 * has it. */
#include "sim_ua.h"

#include "../../parser/sip_contact.h"

static struct ua_binding *binding_of(struct sim *sim, const struct sim_node *node)
{
    struct ua_world *world = sim->world;

    for (uint32_t i = 0; i < world->binding_count; i++)
        if (world->bindings[i].node == node)
            return &world->bindings[i];
    return NULL;
}

/* ---- the registrar */

static void answer(struct sim *sim, struct sim_node *node, struct sp_handle request,
                   uint16_t status, struct sp_slice fields)
{
    struct sp_slice none = { NULL, 0 };

    (void)!sip_ua_respond(node->ua, sim->now_us, request, status, fields, none, none);
}

void ua_registrar(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action)
{
    struct sp_slice    contact = sip_msg_value(action->msg, SIP_FIELD_CONTACT);
    struct sip_contact parsed;
    struct sp_where    where;
    struct sim_node   *of = sim_host(sim, &action->flow.remote);
    struct ua_binding *binding = of != NULL ? binding_of(sim, of) : NULL;
    uint32_t           seconds = 3600, granted;

    if (sip_contact_parse(contact, &parsed, &where) != SP_OK || binding == NULL) {
        answer(sim, node, action->request, 400, sp_slice(NULL, 0));
        return;
    }
    if (sip_msg_expires(action->msg, &seconds) != SP_OK)
        seconds = 3600;
    seconds = parsed.has_expires ? parsed.expires : seconds;
    if (!sim->fair && sim_chance(sim, 100)) {
        static const uint16_t moods[] = { 403, 500, 503, 480, 404 };

        answer(sim, node, action->request, moods[sim_below(sim, 5)],
               sim_chance(sim, 500) ? SP_LIT("Retry-After: 30\r\n") : sp_slice(NULL, 0));
        return;
    }
    if (seconds > 0 && seconds < 60) {
        answer(sim, node, action->request, 423, SP_LIT("Min-Expires: 60\r\n"));
        return;
    }
    granted = seconds > 0 ? sim_between(sim, 30 + seconds / 3, seconds) : 0;
    binding->until_us = sim->now_us + granted * SIM_S;
    contact = sp_head(contact, sp_find(contact, '>') + 1);
    answer(sim, node, action->request, 200,
           granted > 0
               ? sim_text(sim, "Contact: %.*s;expires=%u\r\n", SP_ARG(contact), (unsigned)granted)
               : sp_slice(NULL, 0));
}

/* ---- who registers */

static void unregister(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_binding *binding = &((struct ua_world *)sim->world)->bindings[arg];

    binding->told = false;
    binding->unwanted = true;
    (void)!sip_ua_unregister(node->ua, sim->now_us, binding->handle);
}

/* Does the registrar have what its user believes? */
static void look(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_binding *binding = &((struct ua_world *)sim->world)->bindings[arg];

    (void)node;
    if (sim->fair && !sim->mild && binding->told && binding->ends == 0 &&
        binding->until_us < sim->now_us)
        sim_fail(sim, "registration %u stands no more, and its user was not told", (unsigned)arg);
}

void ua_register(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct ua_binding         *binding = &((struct ua_world *)sim->world)->bindings[arg];
    struct sip_ua_registration registration = { .user = ua_number(UA_BINDING, arg) };
    enum sp_err                err;

    registration.aor = SP_LIT("sip:u@registrar.example");
    registration.registrar = sim_uri(sim, "r", &sim->nodes[0], false,
                                     sim_chance(sim, sim->scenario->plan.tcp) ? ";transport=tcp"
                                                                              : "");
    registration.expires_s = sim_between(sim, 10, 900);
    binding->life = node->life;
    err = sip_ua_register(node->ua, sim->now_us, &registration, &binding->handle);
    if (err != SP_OK) {
        sim_fail(sim, "a registration is not taken: %s", sp_err_name(err));
        return;
    }
    for (int i = 0; i < 4; i++)
        sim_at(node, sim_below(sim, 7200) * SIM_S, look, arg);
    sim_at(node, sim_below(sim, sim_chance(sim, 200) ? 5 : 7200) * SIM_S, unregister, arg);
}

void ua_register_note(struct sim *sim, struct sim_node *node, const struct sip_ua_action *action)
{
    struct ua_world   *world = sim->world;
    uint32_t           place = (uint32_t)action->user;
    struct ua_binding *binding = &world->bindings[place];

    if (action->user >> 32 != UA_BINDING || place >= world->binding_count ||
        binding->node != node || binding->ends > 0) {
        sim_fail(sim, "node %d tells of a registration that is not", node->index);
        return;
    }
    binding->told = action->kind == SIP_UA_REGISTERED && !binding->unwanted;
    binding->ends += action->kind == SIP_UA_UNREGISTERED;
    sim->counters.delivered += action->kind == SIP_UA_REGISTERED;
    sim->counters.refused += !binding->told && action->status >= 300;
    sim->counters.failed += !binding->told && action->err != SP_OK;
}
