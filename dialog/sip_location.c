/* SPDX-License-Identifier: MIT
 * dialog/sip_location.c -- the table of a registrar: bindings by address-of-record. RFC
 * 3261 10.1. */
#include "sip_location.h"

#include <string.h>

#include "../parser/sip_contact.h"
#include "sip_aor.h"

enum { HOUR_S = 3600, DAY_S = 86400, MINUTE_S = 60 };

static struct sip_registrar *lay_out(struct sp_arena *arena, const struct sp_limits *limits,
                                     const uint8_t key[16])
{
    struct sip_registrar  spare, *r = sp_arena_take(arena, 1, sizeof(*r));
    struct sip_registrar *to = r != NULL ? r : &spare;
    uint32_t              slots = limits->bindings + SIP_REGISTRAR_CONTACTS;

    sp_pool_init(&to->pool, arena, slots, sizeof(struct sip_binding));
    sp_table_init(&to->bindings, arena, limits->bindings, key);
    sp_timers_init(&to->timers, arena, slots);
    sp_store_init(&to->store, arena, limits->store_octets);
    to->text = sp_arena_take(arena, limits->message_octets, 1);
    return r;
}

size_t sip_registrar_size(const struct sp_limits *limits)
{
    static const uint8_t key[16] = { 0 };
    struct sp_arena      arena = sp_arena(NULL);

    (void)lay_out(&arena, limits, key);
    return arena.used;
}

struct sip_registrar *sip_registrar_init(void *memory, const struct sp_limits *limits,
                                         const uint8_t                      seed[SP_SEED_OCTETS],
                                         const struct sip_registrar_config *config)
{
    struct sp_arena       arena = sp_arena(memory);
    struct sp_ident       ident;
    uint8_t               key[16];
    struct sip_registrar *r;

    sp_ident_init(&ident, seed);
    sp_ident_octets(&ident, key, sizeof(key));
    r = lay_out(&arena, limits, key);
    r->limits = *limits;
    r->config = *config;
    if (r->config.default_s == 0)
        r->config.default_s = HOUR_S;
    if (r->config.least_s == 0)
        r->config.least_s = MINUTE_S;
    if (r->config.least_s > HOUR_S)
        r->config.least_s = HOUR_S;
    if (r->config.most_s == 0)
        r->config.most_s = DAY_S;
    return r;
}

void sip_location_forget(struct sip_registrar *r, struct sip_binding *one)
{
    sp_table_remove(&r->bindings, &one->link);
    sp_timer_stop(&r->timers, &one->timer);
    sp_store_give(&r->store, one->block);
    sp_pool_give(&r->pool, one);
}

uint64_t sip_location_hash(const struct sip_registrar *r, struct sp_slice aor)
{
    return sp_table_hash(&r->bindings, &aor, 1);
}

struct sip_binding *sip_location_next(const struct sip_registrar *r, struct sp_slice aor,
                                      const struct sip_binding *from, uint64_t now_us)
{
    struct sp_table_link *link = from != NULL
                                     ? sp_table_next(&from->link)
                                     : sp_table_first(&r->bindings, sip_location_hash(r, aor));

    for (; link != NULL; link = sp_table_next(link)) {
        struct sip_binding *one = SP_OF(link, struct sip_binding, link);

        if (sp_eq(one->aor, aor) && one->until_us > now_us)
            return one;
    }
    return NULL;
}

bool sip_registrar_next(const struct sip_registrar *r, uint64_t now_us, const struct sip_uri *aor,
                        struct sp_handle *walk, struct sip_binding_view *view)
{
    struct sip_binding *one = sp_pool_find(&r->pool, *walk);
    struct sp_buf       to = sp_buf(r->text, r->limits.message_octets);
    struct sip_contact  contact;
    struct sp_where     where;

    sip_put_aor(&to, aor);
    one = sip_location_next(r, sp_written(&to), one, now_us);
    if (one == NULL || sip_contact_parse(one->contact, &contact, &where) != SP_OK)
        return false;
    *walk = sp_pool_handle(&r->pool, one);
    view->contact = one->contact;
    view->uri = contact.address.uri.octets;
    view->path = one->path;
    view->instance = contact.instance;
    view->reg_id = one->reg_id;
    view->q = one->q;
    view->until_us = one->until_us;
    view->flow = one->flow;
    return true;
}

/* A binding is gone; its address is told. */
static struct sp_slice lose(struct sip_registrar *r, struct sip_binding *one)
{
    struct sp_buf to = sp_buf(r->text, r->limits.message_octets);

    sp_put(&to, one->aor);
    sip_location_forget(r, one);
    return sp_written(&to);
}

bool sip_registrar_closed(struct sip_registrar *r, const struct sp_flow *flow, struct sp_slice *aor)
{
    struct sip_binding *one = NULL;

    while ((one = sp_pool_next(&r->pool, one)) != NULL)
        if (one->reg_id > 0 && one->path.len == 0 && one->flow.id == flow->id) {
            *aor = lose(r, one);
            return true;
        }
    return false;
}

bool sip_registrar_tick(struct sip_registrar *r, uint64_t now_us, struct sp_slice *aor)
{
    struct sp_timer *timer = sp_timers_due(&r->timers, now_us);

    if (timer != NULL)
        *aor = lose(r, timer->owner);
    return timer != NULL;
}

uint64_t sip_registrar_deadline(const struct sip_registrar *r)
{
    return sp_timers_deadline(&r->timers);
}

uint32_t sip_registrar_count(const struct sip_registrar *r)
{
    return r->pool.used;
}
