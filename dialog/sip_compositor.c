/* SPDX-License-Identifier: MIT
 * dialog/sip_compositor.c -- an event state compositor: what others publish. RFC 3903 6. */
#include "sip_compositor.h"

#include <string.h>

#include "../base/list.h"
#include "../base/store.h"
#include "../base/table.h"
#include "../base/timers.h"
#include "../parser/sip_event.h"
#include "../parser/sip_write.h"
#include "sip_aor.h"
#include "sip_package.h"
#include "sip_texts.h"

enum { ETAG_CHARS = 16 }; /* 95 random bits: never the same twice */

struct state {
    struct sp_table_link link;    /* in `states`, while it stands */
    struct sp_link       changed; /* in `changes` until it is told */
    struct sp_timer      timer;
    void                *block;
    struct sp_slice      aor, event, content_type, body;
    char                 etag[ETAG_CHARS];
    uint64_t             until_us; /* 0: gone */
};

struct sip_compositor {
    struct sip_compositor_config config;
    struct sp_limits             limits;
    struct sp_ident              ident;
    struct sp_pool               pool;
    struct sp_table              states;
    struct sp_timers             timers;
    struct sp_store              store;
    struct sp_list               changes;
    struct state                *told; /* the last that was told, and is gone */
    char                        *text; /* limits.message_octets to write in */
};

/* A PUBLISH in hand. */
struct publication {
    const struct sip_msg     *request;
    uint64_t                  now_us;
    struct sp_slice           aor, event;
    const struct sip_package *package;
    struct state             *state; /* that it names by its entity-tag; NULL: initial */
    uint32_t                  expires_s;
};

static struct sip_compositor *lay_out(struct sp_arena *arena, const struct sp_limits *limits,
                                      const uint8_t key[16])
{
    struct sip_compositor  spare, *c = sp_arena_take(arena, 1, sizeof(*c));
    struct sip_compositor *to = c != NULL ? c : &spare;

    sp_pool_init(&to->pool, arena, limits->event_states, sizeof(struct state));
    sp_table_init(&to->states, arena, limits->event_states, key);
    sp_timers_init(&to->timers, arena, limits->event_states);
    sp_store_init(&to->store, arena, limits->store_octets);
    to->text = sp_arena_take(arena, limits->message_octets, 1);
    return c;
}

size_t sip_compositor_size(const struct sp_limits *limits)
{
    static const uint8_t key[16] = { 0 };
    struct sp_arena      arena = sp_arena(NULL);

    (void)lay_out(&arena, limits, key);
    return arena.used;
}

struct sip_compositor *sip_compositor_init(void *memory, const struct sp_limits *limits,
                                           const uint8_t                       seed[SP_SEED_OCTETS],
                                           const struct sip_compositor_config *config)
{
    struct sp_arena        arena = sp_arena(memory);
    struct sp_ident        ident;
    uint8_t                key[16];
    struct sip_compositor *c;

    sp_ident_init(&ident, seed);
    sp_ident_octets(&ident, key, sizeof(key));
    c = lay_out(&arena, limits, key);
    c->limits = *limits;
    c->config = *config;
    c->ident = ident;
    sp_list_init(&c->changes);
    return c;
}

static uint64_t hash_of(const struct sip_compositor *c, struct sp_slice aor, struct sp_slice event)
{
    const struct sp_slice parts[] = { aor, event };

    return sp_table_hash(&c->states, parts, 2);
}

static struct state *next_of(const struct sip_compositor *c, struct sp_slice aor,
                             struct sp_slice event, const struct state *from, uint64_t now_us)
{
    struct sp_table_link *link = from != NULL ? sp_table_next(&from->link)
                                              : sp_table_first(&c->states, hash_of(c, aor, event));

    for (; link != NULL; link = sp_table_next(link)) {
        struct state *one = SP_OF(link, struct state, link);

        if (sp_eq(one->aor, aor) && sp_eq(one->event, event) && one->until_us > now_us)
            return one;
    }
    return NULL;
}

static void give_back(struct sip_compositor *c, struct state *one)
{
    sp_list_remove(&one->changed);
    sp_store_give(&c->store, one->block);
    sp_pool_give(&c->pool, one);
}

/* It is gone; its name stays until that is told. */
static void end(struct sip_compositor *c, struct state *one)
{
    sp_table_remove(&c->states, &one->link);
    sp_timer_stop(&c->timers, &one->timer);
    one->until_us = 0;
    one->content_type = one->body = sp_slice(NULL, 0);
    sp_list_add(&c->changes, &one->changed);
}

/* ---- the steps of section 6 */

/* Steps 1 and 2: the resource, the package. */
static uint16_t check_resource(const struct sip_compositor *c, struct publication *p,
                               const struct sip_user *who, struct sp_buf *to)
{
    struct sip_uri   uri;
    struct sip_event event;
    struct sp_where  where;

    if (sip_uri_parse(p->request->request_uri, &uri, &where) != SP_OK)
        return 400;
    if (!sip_aor_in_domains(&uri, c->config.domains) || uri.user.len == 0)
        return 404;
    if (who != NULL && !sip_aor_is_of(&uri, who->username))
        return 403; /* 14.1 */
    if (sip_event_parse(sip_msg_value(p->request, SIP_FIELD_EVENT), &event, &where) != SP_OK ||
        !sip_package_listed(c->config.events, event.type))
        return 489;
    sip_put_aor(to, &uri);
    p->aor = sp_written(to);
    p->event = event.type;
    p->package = sip_package_of(event.type);
    return to->err == SP_OK ? 200 : 500;
}

/* Step 3: the precondition. */
static uint16_t check_condition(const struct sip_compositor *c, struct publication *p)
{
    const struct sip_field *field = sip_msg_find(p->request, SIP_FIELD_SIP_IF_MATCH);
    struct sp_scan          s;
    struct sp_slice         etag;
    struct sp_where         where;

    if (field == NULL)
        return 200;
    s = sp_scan(field->value);
    etag = sip_scan_token(&s, "entity-tag");
    if (sp_scan_end(&s, &where) != SP_OK || sip_msg_find_next(p->request, field) != NULL)
        return 400;
    while ((p->state = next_of(c, p->aor, p->event, p->state, p->now_us)) != NULL)
        if (sp_eq(etag, sp_slice(p->state->etag, ETAG_CHARS)))
            return 200;
    return 412;
}

/* Step 4. */
static uint16_t check_expires(struct publication *p)
{
    enum sp_err err = sip_msg_expires(p->request, &p->expires_s);

    if (err != SP_OK && err != SP_MISSING)
        return 400;
    if (err == SP_MISSING)
        p->expires_s = p->package->default_s;
    if (p->expires_s > 0 && p->expires_s < p->package->least_s)
        return 423;
    if (p->expires_s > p->package->default_s)
        p->expires_s = p->package->default_s;
    return 200;
}

/* An address has its share of the table, in each package. */
static bool has_its_share(const struct sip_compositor *c, const struct publication *p)
{
    struct state *one = NULL;
    uint32_t      left = c->limits.aor_states;

    while (left > 0 && (one = next_of(c, p->aor, p->event, one, p->now_us)) != NULL)
        left--;
    return left == 0;
}

/* A state with the body of the request; `old` is replaced, NULL: a new one. NULL: no room. */
static struct state *store(struct sip_compositor *c, const struct publication *p)
{
    struct state          *one = p->state;
    struct sp_slice        aor = p->aor, event = p->event, body = p->request->body;
    struct sp_slice        type = sip_msg_value(p->request, SIP_FIELD_CONTENT_TYPE);
    struct sp_slice *const texts[] = { &aor, &event, &type, &body };
    void                  *block;

    if (one == NULL && has_its_share(c, p))
        return NULL;
    if (sip_texts_move(&c->store, c->limits.message_octets, texts, 4, &block) != SP_OK)
        return NULL;
    if (one == NULL) {
        one = sp_pool_take(&c->pool);
        if (one == NULL) {
            sp_store_give(&c->store, block);
            return NULL;
        }
        one->timer.owner = one;
        sp_table_add(&c->states, &one->link, hash_of(c, aor, event));
    }
    sp_store_give(&c->store, one->block);
    one->block = block;
    one->aor = aor;
    one->event = event;
    one->content_type = type;
    one->body = body;
    sp_list_add(&c->changes, &one->changed);
    return one;
}

/* Step 5: the state itself. `etag` becomes the tag of the answer. */
static uint16_t apply(struct sip_compositor *c, struct publication *p, char etag[ETAG_CHARS])
{
    bool          has_body = p->request->body.len > 0;
    struct state *one = p->state;

    if (has_body && !sip_package_accepts(p->package, sp_slice(NULL, 0),
                                         sip_msg_value(p->request, SIP_FIELD_CONTENT_TYPE)))
        return 415;
    if (!has_body && one == NULL)
        return 400;
    sp_ident_token(&c->ident, etag, ETAG_CHARS);
    if (p->expires_s == 0) {
        if (one != NULL)
            end(c, one);
        return 200; /* an initial one with Expires 0 leaves nothing behind */
    }
    if (has_body)
        one = store(c, p);
    if (one == NULL)
        return 503;
    memcpy(one->etag, etag, ETAG_CHARS);
    one->until_us = p->now_us + (uint64_t)p->expires_s * 1000000;
    sp_timer_start(&c->timers, &one->timer, one->until_us);
    return 200;
}

static void put_fields(const struct sip_compositor *c, struct sp_buf *to,
                       const struct publication *p, uint16_t status, const char etag[ETAG_CHARS])
{
    if (status == 200) {
        sip_put_field(to, SIP_FIELD_SIP_ETAG, sp_slice(etag, ETAG_CHARS));
        sip_put_field_u64(to, SIP_FIELD_EXPIRES, p->expires_s);
    } else if (status == 489) {
        sip_put_field(to, SIP_FIELD_ALLOW_EVENTS, c->config.events);
    } else if (status == 423) {
        sip_put_field_u64(to, SIP_FIELD_MIN_EXPIRES, p->package->least_s);
    } else if (status == 415) {
        sip_put_field(to, SIP_FIELD_ACCEPT, sp_str(p->package->types));
    } else if (status == 503) {
        sip_put_field_u64(to, SIP_FIELD_RETRY_AFTER, 60); /* 9 */
    }
}

void sip_compositor_take(struct sip_compositor *c, uint64_t now_us, const struct sip_msg *request,
                         const struct sip_user *who, struct sip_compositor_answer *answer)
{
    struct sp_buf      to = sp_buf(c->text, c->limits.message_octets), lines;
    struct publication p = { .request = request, .now_us = now_us };
    char               etag[ETAG_CHARS];

    answer->status = check_resource(c, &p, who, &to);
    if (answer->status == 200)
        answer->status = check_condition(c, &p);
    if (answer->status == 200)
        answer->status = check_expires(&p);
    if (answer->status == 200)
        answer->status = apply(c, &p, etag);
    lines = sp_buf(c->text + to.len, c->limits.message_octets - to.len);
    put_fields(c, &lines, &p, answer->status, etag);
    answer->fields = sp_written(&lines);
}

/* ---- the table */

static void view_of(const struct state *one, struct sip_published *state)
{
    state->aor = one->aor;
    state->event = one->event;
    state->content_type = one->content_type;
    state->body = one->body;
    state->until_us = one->until_us;
}

bool sip_compositor_next(const struct sip_compositor *c, uint64_t now_us, const struct sip_uri *aor,
                         struct sp_slice event, struct sp_handle *walk, struct sip_published *state)
{
    struct state *one = sp_pool_find(&c->pool, *walk);
    struct sp_buf to = sp_buf(c->text, c->limits.message_octets);

    sip_put_aor(&to, aor);
    one = next_of(c, sp_written(&to), event, one, now_us);
    if (one == NULL)
        return false;
    *walk = sp_pool_handle(&c->pool, one);
    view_of(one, state);
    return true;
}

bool sip_compositor_changed(struct sip_compositor *c, struct sip_published *state)
{
    struct sp_link *link = sp_list_first(&c->changes);
    struct state   *one;

    if (c->told != NULL)
        give_back(c, c->told);
    c->told = NULL;
    if (link == NULL)
        return false;
    one = SP_OF(link, struct state, changed);
    sp_list_remove(link);
    view_of(one, state);
    if (one->until_us == 0)
        c->told = one;
    return true;
}

void sip_compositor_tick(struct sip_compositor *c, uint64_t now_us)
{
    struct sp_timer *timer;

    while ((timer = sp_timers_due(&c->timers, now_us)) != NULL)
        end(c, timer->owner);
}

uint64_t sip_compositor_deadline(const struct sip_compositor *c)
{
    return sp_timers_deadline(&c->timers);
}

uint32_t sip_compositor_count(const struct sip_compositor *c)
{
    return c->pool.used;
}
