/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_event_chance.c -- events between two of our own agents: a life of a
 * subscription under loss, every capacity from none upward, and users who do what chance tells
 * them, with a registrar and a compositor at one end. In the end everything has ended. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_compositor.h"
#include "../../dialog/sip_registrar.h"
#include "../../dialog/sip_ua_event.h"

#define END  (&world->ends[0])
#define PIDF "application/pidf+xml"

static struct sip_ua_config config(void)
{
    struct sip_ua_config one = ua_config;

    one.events = SP_LIT("presence, reg, x-mine");
    one.methods |= 1u << SIP_REGISTER | 1u << SIP_PUBLISH;
    one.accept = SP_LIT("application/sdp, " PIDF);
    return one;
}

static const char *first_body;

static void accept_at_once(struct ua_end *end, const struct sip_ua_action *action)
{
    struct sip_ua_notification one = { .state = SIP_SUBSTATE_ACTIVE, .content_type = SP_LIT(PIDF) };

    if (action->kind != SIP_UA_SUBSCRIPTION)
        return;
    one.body = sp_str(first_body);
    unit_err(sip_ua_notify(end->ua, end->world->now_us, action->request, &one), SP_OK);
}

static char notified[64]; /* the last body */

static void state_of(struct ua_end *end, const struct sip_ua_action *action)
{
    if (action->kind == SIP_UA_NOTIFIED)
        snprintf(notified, sizeof notified, "%.*s", SP_ARG(action->msg->body));
    if (end->index == 1)
        accept_at_once(end, action);
}

/* A life of a subscription between two agents, with `loss` in percent. */
START_TEST(both_sides)
{
    struct sip_ua_config       one = config();
    struct ua_world           *world = ua_world(&one, NULL, false, (uint32_t)_i);
    struct sip_ua_subscription want = { .uri = SP_LIT(UA_PEER),
                                        .event = SP_LIT("presence"),
                                        .expires_s = 200 };
    struct sip_ua_notification state = { .state = SIP_SUBSTATE_ACTIVE,
                                         .content_type = SP_LIT(PIDF),
                                         .body = SP_LIT("<second/>") };
    struct sp_handle           handle;

    first_body = "<first/>";
    world->loss_percent = (uint32_t)(_i % 3) * 15;
    world->dup_percent = (uint32_t)(_i % 2) * 30;
    world->ends[0].on_note = world->ends[1].on_note = state_of;
    unit_err(sip_ua_subscribe(END->ua, world->now_us, &want, &handle), SP_OK);
    ua_run(world, 20000);
    ck_assert_str_eq(notified, "<first/>");
    unit_err(sip_ua_notify(world->ends[1].ua, world->now_us, world->ends[1].request, &state),
             SP_OK);
    ua_run(world, 20000);
    ck_assert_str_eq(notified, "<second/>");
    ua_run(world, 300000); /* refreshed */
    ck_assert_ptr_nonnull(strstr(END->notes, "SUBSCRIBED 200 again"));
    unit_err(sip_ua_unsubscribe(END->ua, world->now_us, handle), SP_OK);
    ua_run(world, 100000);
    ck_assert_ptr_nonnull(strstr(END->notes, "UNSUBSCRIBED"));
    ck_assert_ptr_nonnull(strstr(world->ends[1].notes, "SUBSCRIPTION_ENDED"));
    ua_run(world, 64000);
    ua_empty(END);
    ua_empty(&world->ends[1]);
}
END_TEST

/* At every capacity from none upward: it works or says no, and everything is given back. */
START_TEST(every_capacity)
{
    struct sip_ua_config       one = config();
    struct ua_world           *world = ua_world(&one, NULL, false, 1); /* for ua_limits */
    struct sp_limits           limits = ua_limits;
    struct sip_ua_subscription want = { .uri = SP_LIT(UA_PEER),
                                        .event = SP_LIT("presence"),
                                        .expires_s = 200 };
    struct sp_handle           handles[4];
    int                        count = 0;

    limits.subscriptions = (uint32_t)_i % 4;
    limits.notifiers = (uint32_t)_i / 4 % 4;
    limits.transactions = 1 + (uint32_t)_i / 16 % 8;
    limits.store_octets = _i < 64 ? 4096 : 16384;
    world = ua_world(&one, &limits, false, 1);
    first_body = "<first/>";
    world->ends[1].on_note = state_of;
    for (int i = 0; i < 4; i++) {
        enum sp_err err = sip_ua_subscribe(END->ua, world->now_us, &want, &handles[count]);

        if (err == SP_OK)
            count++;
        else
            unit_err(err, SP_LIMIT);
        ua_run(world, _i % 2 == 0 ? 100 : 40000);
    }
    ck_assert_int_le(count, 4);
    ua_run(world, 250000);
    for (int i = 0; i < count; i++)
        (void)!sip_ua_unsubscribe(END->ua, world->now_us, handles[i]);
    ua_run(world, 400000);
    ua_empty(END);
    ua_run(world, 4000000);
    ua_empty(&world->ends[1]);
}
END_TEST

/* ---- by chance */

enum { KEPT = 32, KINDS = 4 };

/* What is under way at our end (subscriptions, registrations, publications), and the subscriptions
 * at the other. */
struct list {
    struct sp_handle at[KEPT];
    int              count;
};

static struct list            lists[KINDS];
static struct sip_registrar  *registrar;
static struct sip_compositor *compositor;
static uint32_t               state;

static uint32_t below(uint32_t limit)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % limit;
}

static void add(struct list *list, struct sp_handle handle)
{
    ck_assert_int_lt(list->count, KEPT);
    list->at[list->count++] = handle;
}

/* False: it was not there. */
static bool drop(struct list *list, struct sp_handle handle)
{
    for (int i = 0; i < list->count; i++)
        if (sp_handle_eq(list->at[i], handle)) {
            list->at[i] = list->at[--list->count];
            return true;
        }
    return false;
}

static bool has(const struct list *list, struct sp_handle handle)
{
    for (int i = 0; i < list->count; i++)
        if (sp_handle_eq(list->at[i], handle))
            return true;
    return false;
}

static void serve(struct ua_end *end, const struct sip_ua_action *action)
{
    struct sip_registrar_answer  one = { .status = 0 };
    struct sip_compositor_answer other = { .status = 0 };
    struct sp_slice              none = { NULL, 0 };
    enum sp_err                  err;

    if (action->msg->method == SIP_REGISTER)
        sip_registrar_take(registrar, end->world->now_us, action->msg, &action->flow, NULL, &one);
    else
        sip_compositor_take(compositor, end->world->now_us, action->msg, NULL, &other);
    err = sip_ua_respond(end->ua, end->world->now_us, action->request,
                         one.status != 0 ? one.status : other.status,
                         one.status != 0 ? one.fields : other.fields, none, none);
    ck_assert(err == SP_OK || err == SP_LIMIT);
    if (err == SP_LIMIT)
        (void)!sip_ua_respond(end->ua, end->world->now_us, action->request, 503, none, none, none);
}

static void take_note(struct ua_end *end, const struct sip_ua_action *action)
{
    end->notes[0] = '\0';
    switch (action->kind) {
    case SIP_UA_NOTIFIED: /* a fork has a new handle: duplicates on the way make none */
    case SIP_UA_SUBSCRIBED: ck_assert(has(&lists[0], action->request)); break;
    case SIP_UA_UNSUBSCRIBED: ck_assert(drop(&lists[0], action->request)); break;
    case SIP_UA_REGISTERED: ck_assert(has(&lists[1], action->request)); break;
    case SIP_UA_UNREGISTERED: ck_assert(drop(&lists[1], action->request)); break;
    case SIP_UA_PUBLISHED: ck_assert(has(&lists[2], action->request)); break;
    case SIP_UA_UNPUBLISHED: ck_assert(drop(&lists[2], action->request)); break;
    case SIP_UA_SUBSCRIPTION: add(&lists[3], action->request); break;
    case SIP_UA_SUBSCRIPTION_ENDED: ck_assert(drop(&lists[3], action->request)); break;
    case SIP_UA_REQUEST: serve(end, action); break;
    default: ck_abort_msg("nobody asked for %d", (int)action->kind);
    }
}

static struct sp_handle any(const struct list *list)
{
    return list->count > 0 ? list->at[below((uint32_t)list->count)] : (struct sp_handle){ 0, 0 };
}

static void begin(struct ua_world *world, int kind)
{
    struct sip_ua_subscription sub = { .uri = SP_LIT(UA_PEER),
                                       .event = SP_LIT("x-mine"),
                                       .expires_s = below(4) * 70 };
    struct sip_ua_registration reg = { .aor = SP_LIT("sip:alice@192.0.2.2"),
                                       .expires_s = 61 + below(600) };
    struct sip_ua_publication  pub = { .uri = SP_LIT(UA_PEER),
                                       .event = SP_LIT("presence"),
                                       .content_type = SP_LIT(PIDF),
                                       .body = SP_LIT("<p/>"),
                                       .expires_s = 61 + below(600) };
    struct sp_handle           handle;
    enum sp_err                err;

    if (lists[kind].count > KEPT - 4)
        return;
    if (kind == 0)
        err = sip_ua_subscribe(END->ua, world->now_us, &sub, &handle);
    else if (kind == 1)
        err = sip_ua_register(END->ua, world->now_us, &reg, &handle);
    else
        err = sip_ua_publish(END->ua, world->now_us, &pub, &handle);
    ck_assert_msg(err == SP_OK || err == SP_LIMIT, "%s", sp_err_name(err));
    if (err == SP_OK)
        add(&lists[kind], handle);
}

static void stop(struct ua_world *world, int kind, struct sp_handle handle)
{
    enum sp_err err;

    if (kind == 0)
        err = sip_ua_unsubscribe(END->ua, world->now_us, handle);
    else if (kind == 1)
        err = sip_ua_unregister(END->ua, world->now_us, handle);
    else
        err = sip_ua_unpublish(END->ua, world->now_us, handle);
    ck_assert(err == SP_OK || err == SP_STALE);
    ck_assert(err == SP_OK || handle.slot == 0 || !has(&lists[kind], handle));
}

static void tell(struct ua_world *world, bool end)
{
    static const char *const   reasons[] = { "deactivated", "probation", "noresource", "" };
    struct sip_ua_notification one = { .state = (enum sip_substate)(1 + below(3)),
                                       .reason = sp_str(reasons[below(4)]),
                                       .retry_after_s = below(3) * 40,
                                       .content_type = SP_LIT("text/plain"),
                                       .body = SP_LIT("x") };
    enum sp_err                err;

    if (end)
        one.state = SIP_SUBSTATE_TERMINATED;
    err = sip_ua_notify(world->ends[1].ua, world->now_us, any(&lists[3]), &one);
    ck_assert_msg(err == SP_OK || err == SP_STALE || err == SP_STATE || err == SP_LIMIT, "%s",
                  sp_err_name(err));
}

static struct ua_world *world_by_chance(uint32_t seed)
{
    struct sip_ua_config         one = config();
    struct sip_registrar_config  registrar_config = { .default_s = 0 };
    struct sip_compositor_config compositor_config = { .events = SP_LIT("presence") };
    uint8_t                      seeds[SP_SEED_OCTETS] = { 7 };
    struct ua_world             *world = ua_world(&one, NULL, false, seed);
    struct sp_limits             limits = ua_limits;

    limits.transactions = 8 + below(32);
    limits.subscriptions = 1 + below(8);
    limits.notifiers = 1 + below(8);
    limits.registrations = 1 + below(4);
    limits.publications = 1 + below(4);
    limits.bindings = 1 + below(4);
    limits.event_states = 1 + below(4);
    limits.store_octets = below(4) == 0 ? 8192 : 65536;
    world = ua_world(&one, &limits, false, seed);
    world->loss_percent = below(3) * 15;
    world->dup_percent = below(3) * 15;
    world->delay_us = 1000 + below(400000);
    world->corrupt_percent = below(3) == 0 ? 10 : 0;
    memset(lists, 0, sizeof lists);
    registrar = sip_registrar_init(unit_room(sip_registrar_size(&limits)), &limits, seeds,
                                   &registrar_config);
    compositor = sip_compositor_init(unit_room(sip_compositor_size(&limits)), &limits, seeds,
                                     &compositor_config);
    world->ends[0].on_note = world->ends[1].on_note = take_note;
    return world;
}

/* All that have expired. */
static void tick(struct sip_registrar *r, uint64_t now_us)
{
    struct sp_slice aor;

    while (sip_registrar_tick(r, now_us, &aor))
        ck_assert(sp_starts(aor, SP_LIT("sip:")));
}

static void tend(struct ua_world *world)
{
    struct sip_published published;

    tick(registrar, world->now_us);
    sip_compositor_tick(compositor, world->now_us);
    while (sip_compositor_changed(compositor, &published))
        continue;
}

/* Registrations and publications at every capacity from none upward: begun or SP_LIMIT, and each
 * that was begun ends once. */
START_TEST(few_of_each)
{
    struct ua_world *world;
    struct sp_limits limits;

    state = 1;
    world = world_by_chance(1);
    limits = ua_limits;
    limits.registrations = (uint32_t)_i % 4;
    limits.publications = 3 - (uint32_t)_i % 4;
    limits.transactions = 1 + (uint32_t)_i / 4 % 8;
    limits.store_octets = 1024u << _i / 32;
    {
        struct sip_ua_config one = config();

        one.from = SP_LIT("sip:a@h");
        world = ua_world(&one, &limits, false, 1);
        world->ends[0].on_note = world->ends[1].on_note = take_note;
    }
    for (int i = 0; i < 6; i++) {
        begin(world, 1 + i % 2);
        ua_run(world, _i % 3 == 0 ? 1 : 40000);
    }
    ck_assert_int_le(lists[1].count, (int)limits.registrations);
    ck_assert_int_le(lists[2].count, (int)limits.publications);
    for (int round = 0; round < 3; round++) {
        ua_run(world, 700000);
        tend(world);
        for (int kind = 1; kind < 3; kind++)
            for (int i = lists[kind].count - 1; i >= 0; i--)
                stop(world, kind, lists[kind].at[i]);
    }
    ua_run(world, 64 * 1000);
    ck_assert_int_eq(lists[1].count, 0);
    ck_assert_int_eq(lists[2].count, 0);
    ua_empty(&world->ends[0]);
    ua_empty(&world->ends[1]);
}
END_TEST

START_TEST(everything_ends)
{
    struct ua_world *world;

    state = (uint32_t)_i * 2654435761u + 1;
    world = world_by_chance((uint32_t)_i);
    for (int step = 0; step < 120; step++) {
        int kind = (int)below(3);

        switch (below(5)) {
        case 0:
        case 1: begin(world, kind); break;
        case 2: stop(world, kind, any(&lists[kind])); break;
        case 3: tell(world, false); break;
        default:
            (void)!sip_ua_republish(END->ua, world->now_us, any(&lists[2]), SP_LIT(PIDF),
                                    SP_LIT("<q/>"));
            break;
        }
        ua_run(world, below(6) == 0 ? below(200000) : below(300));
        tend(world);
    }
    /* The users go home; the network recovers. */
    world->loss_percent = world->corrupt_percent = 0;
    for (int round = 0; round < 20; round++) {
        for (int kind = 0; kind < 3; kind++)
            for (int i = lists[kind].count - 1; i >= 0; i--)
                stop(world, kind, lists[kind].at[i]);
        if (lists[3].count > 0)
            tell(world, true);
        ua_run(world, 4 * 64 * 500);
        tend(world);
    }
    ua_run(world, 4000000);
    tend(world);
    for (int kind = 0; kind < KINDS; kind++)
        ck_assert_int_eq(lists[kind].count, 0);
    ck_assert_uint_eq(sip_registrar_count(registrar), 0);
    ck_assert_uint_eq(sip_compositor_count(compositor), 0);
    for (int i = 0; i < 2; i++) {
        ua_empty(&world->ends[i]);
        ck_assert_uint_eq(sip_tx_open(world->ends[i].ua->tx), 0);
    }
}
END_TEST

Suite *test_sip_event_chance_suite(void)
{
    Suite *suite = suite_create("sip_event_chance");
    TCase *tcase = unit_tcase(suite, "chance");

    tcase_add_loop_test(tcase, both_sides, 0, 12);
    tcase_add_loop_test(tcase, every_capacity, 0, 128);
    tcase_add_loop_test(tcase, few_of_each, 0, 160);
    tcase_add_loop_test(tcase, everything_ends, 0, 100);
    return suite;
}
