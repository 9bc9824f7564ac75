/* SPDX-License-Identifier: MIT
 * dialog/sip_registrar.c -- a registrar: bindings of addresses-of-record to contacts. RFC
 * 3261 10.3. */
#include <string.h>

#include "../parser/sip_contact.h"
#include "../parser/sip_cseq.h"
#include "../parser/sip_write.h"
#include "sip_aor.h"
#include "sip_core.h"
#include "sip_location.h"
#include "sip_texts.h"

enum {
    HOUR_S = 3600,
    ANSWER_OCTETS = SIP_DATAGRAM_OCTETS - SIP_ANSWER_MORE, /* with what the UA adds */
};

/* An update of one binding, until all of them are known to be possible. */
struct update {
    struct sip_binding *old, *new; /* either may be NULL */
};

struct updates {
    struct update of[SIP_REGISTRAR_CONTACTS];
    int           count;
};

/* ---- the steps of 10.3 */

/* A REGISTER in hand. */
struct registration {
    const struct sip_msg *request;
    const struct sp_flow *flow;
    uint64_t              now_us;
    struct sip_uri        aor_uri;
    struct sp_slice       aor; /* canonical */
    struct sp_slice       call_id, path;
    uint32_t              cseq, expires_s;
    bool                  has_expires;
    bool                  outbound; /* the UA and the way to it can (RFC 5626 6) */
    bool                  flows;    /* a binding is a flow: Require: outbound in the 200 */
};

/* Steps 1, 4 and 5: the domain, the right, the address. */
static uint16_t check_aor(struct sip_registrar *r, struct registration *reg,
                          const struct sip_user *who, struct sp_buf *to)
{
    struct sip_address address;
    struct sip_uri     uri;
    struct sp_where    where;
    size_t             start = to->len;

    if (sip_uri_parse(reg->request->request_uri, &uri, &where) != SP_OK)
        return 400;
    if (!sip_aor_in_domains(&uri, r->config.domains))
        return 0;
    if (sip_address_parse(sip_msg_value(reg->request, SIP_FIELD_TO), &address, &where) != SP_OK)
        return 400;
    reg->aor_uri = address.uri;
    if (who != NULL && !sip_aor_is_of(&address.uri, who->username))
        return 403;
    if (!sip_aor_in_domains(&address.uri, r->config.domains))
        return 404;
    sip_put_aor(to, &address.uri);
    if (to->err != SP_OK)
        return 500;
    reg->aor = sp_slice(to->at + start, to->len - start);
    return 200;
}

/* The values of Path as a route set (RFC 3327 5.3), kept also where the UA does not know them. */
static uint16_t take_path(struct registration *reg, struct sp_buf *to)
{
    struct sip_values  walk = { 0 };
    struct sip_address address, first = { 0 };
    struct sip_via     via;
    struct sp_slice    value;
    struct sp_where    where;
    size_t             start = to->len;
    int                vias = 0;

    while (sip_values_next(reg->request, SIP_FIELD_PATH, &walk, &value)) {
        if (sip_address_parse(value, &address, &where) != SP_OK || !address.brackets)
            return 400;
        if (to->len > start)
            sp_put_char(to, '\n');
        else
            first = address;
        sip_put_unfolded(to, value);
    }
    if (to->err != SP_OK)
        return 500;
    reg->path = sp_slice(to->at + start, to->len - start);
    memset(&walk, 0, sizeof(walk));
    while (vias < 2 && sip_values_next(reg->request, SIP_FIELD_VIA, &walk, &value))
        vias += sip_via_parse(value, &via, &where) == SP_OK ? 1 : 2;
    reg->outbound = vias < 2 || sip_param_has(first.uri.params, "ob");
    return 200;
}

/* RFC 5626 6: whether the reg-id of a contact counts. 439 where it cannot. */
static uint16_t check_flow(struct registration *reg, struct sip_contact *contact)
{
    bool can = sip_values_have(reg->request, SIP_FIELD_SUPPORTED, SP_LIT("outbound"));

    if (contact->reg_id > INT32_MAX)
        return 400; /* 10 */
    if (contact->reg_id > 0 && contact->instance.len == 0)
        contact->reg_id = 0;
    if (contact->reg_id > 0 && !reg->outbound) {
        if (can)
            return 439;
        contact->reg_id = 0;
    }
    reg->flows = reg->flows || (contact->reg_id > 0 && can);
    return 200;
}

/* Instances are URNs (RFC 5626 4.1): their scheme, namespace and escapes are the same in either
 * case (RFC 2141 5), and all of a UUID (RFC 4122 3). */
static bool is_same_instance(struct sp_slice a, struct sp_slice b)
{
    bool all = sp_starts_nocase(a, SP_LIT("\"<urn:uuid:"));
    int  colons = 0, escaped = 0;

    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        bool folds = all || colons < 2 || escaped > 0;

        if (folds ? sp_lower(a.at[i]) != sp_lower(b.at[i]) : a.at[i] != b.at[i])
            return false;
        colons += a.at[i] == ':';
        escaped = a.at[i] == '%' ? 2 : escaped - (escaped > 0);
    }
    return true;
}

/* The same contact: URIs by RFC 3261 19.1.4, or flows by instance and reg-id. */
static bool is_same(const struct sip_binding *one, const struct sip_contact *contact)
{
    struct sip_contact ours;
    struct sp_where    where;

    if (sip_contact_parse(one->contact, &ours, &where) != SP_OK || one->reg_id != contact->reg_id)
        return false;
    if (contact->reg_id > 0)
        return is_same_instance(ours.instance, contact->instance);
    return sip_uri_eq(&ours.address.uri, &contact->address.uri);
}

/* The value as it is kept: without its expires, which is told anew each time. */
static struct sp_slice put_contact(struct sp_buf *to, const struct sip_contact *contact)
{
    struct sp_slice  params = contact->address.params;
    struct sip_param param;
    size_t           start = to->len;

    sp_put_char(to, '<');
    sip_put_unfolded(to, contact->address.uri.octets);
    sp_put_char(to, '>');
    while (sip_param_next(&params, &param)) {
        if (sp_eq_nocase(param.name, SP_LIT("expires")))
            continue;
        sp_put_char(to, ';');
        sp_put_value(to, param.name);
        if (param.has_value) {
            sp_put_char(to, '=');
            sip_put_unfolded(to, param.value);
        }
    }
    return sp_slice(to->at + start, to->len - start);
}

/* A binding in the making, known to nobody. NULL: no room. */
static struct sip_binding *make(struct sip_registrar *r, const struct registration *reg,
                                const struct sip_contact *contact, uint32_t seconds)
{
    size_t              used = (size_t)(reg->path.at + reg->path.len - r->text);
    struct sp_buf       to = sp_buf(r->text + used, r->limits.message_octets - used);
    struct sip_binding *one = sp_pool_take(&r->pool);

    if (one == NULL)
        return NULL;
    one->timer.owner = one;
    one->aor = reg->aor;
    one->contact = put_contact(&to, contact);
    one->call_id = reg->call_id;
    one->path = reg->path;
    one->cseq = reg->cseq;
    one->reg_id = contact->reg_id;
    one->q = contact->q;
    one->flow = *reg->flow;
    one->until_us = reg->now_us + (uint64_t)seconds * 1000000;
    {
        struct sp_slice *const texts[] = { &one->aor, &one->contact, &one->call_id, &one->path };

        if (to.err == SP_OK &&
            sip_texts_move(&r->store, r->limits.message_octets, texts, 4, &one->block) == SP_OK)
            return one;
    }
    sp_pool_give(&r->pool, one);
    return NULL;
}

/* Step 7 for one contact. 200: it is among the updates. */
static uint16_t take_contact(struct sip_registrar *r, struct registration *reg,
                             struct sip_contact *contact, struct updates *updates)
{
    uint32_t            seconds = contact->has_expires ? contact->expires : reg->expires_s;
    struct update      *update = &updates->of[updates->count];
    struct sip_binding *old = NULL;
    uint16_t            status = check_flow(reg, contact);

    if (status != 200)
        return status;
    if (seconds > 0 && seconds < r->config.least_s)
        return 423;
    if (seconds > r->config.most_s)
        seconds = r->config.most_s;
    if (updates->count == SIP_REGISTRAR_CONTACTS)
        return 500;
    while ((old = sip_location_next(r, reg->aor, old, reg->now_us)) != NULL &&
           !is_same(old, contact))
        continue;
    if (old != NULL && sp_eq(old->call_id, reg->call_id) && reg->cseq <= old->cseq)
        return 500; /* out of order: aborted, and the request fails */
    for (int i = 0; i < updates->count; i++)
        if ((old != NULL && updates->of[i].old == old) ||
            (updates->of[i].new != NULL &&is_same(updates->of[i].new, contact)))
            return 400; /* twice the same */
    update->old = old;
    update->new = seconds > 0 ? make(r, reg, contact, seconds) : NULL;
    if (seconds > 0 && update->new == NULL)
        return 500;
    updates->count++;
    return 200;
}

/* Step 6: "*" alone, and Expires 0. */
static uint16_t take_star(struct sip_registrar *r, const struct registration *reg)
{
    struct sip_binding *one = NULL, *next;

    if (!reg->has_expires || reg->expires_s != 0)
        return 400;
    while ((one = sip_location_next(r, reg->aor, one, reg->now_us)) != NULL)
        if (sp_eq(one->call_id, reg->call_id) && reg->cseq <= one->cseq)
            return 500;
    for (one = sip_location_next(r, reg->aor, NULL, reg->now_us); one != NULL; one = next) {
        next = sip_location_next(r, reg->aor, one, reg->now_us);
        sip_location_forget(r, one);
    }
    return 200;
}

/* What put_bindings writes for one. */
static size_t line_octets(const struct sip_binding *one)
{
    return sizeof("Contact: ;expires=4294967295\r\n") - 1 + one->contact.len;
}

/* The answer can name them all (step 8), by UDP too, for by that they may be asked for: what it
 * repeats of the request is no more than that was. */
static bool can_be_told(const struct sip_registrar *r, const struct registration *reg,
                        const struct updates *updates)
{
    size_t octets = reg->aor.len + reg->path.len + reg->request->head.len +
                    sizeof("Require: outbound\r\nService-Route: \r\n") +
                    r->config.service_route.len;
    size_t              most = r->limits.message_octets < ANSWER_OCTETS ? r->limits.message_octets
                                                                        : ANSWER_OCTETS;
    struct sip_binding *one = NULL;

    while ((one = sip_location_next(r, reg->aor, one, reg->now_us)) != NULL)
        octets += line_octets(one);
    for (int i = 0; i < updates->count; i++) {
        if (updates->of[i].new != NULL)
            octets += line_octets(updates->of[i].new);
        if (updates->of[i].old != NULL)
            octets -= line_octets(updates->of[i].old);
    }
    return octets <= most;
}

/* Its bindings, were they updated so. */
static uint32_t count_of(const struct sip_registrar *r, const struct registration *reg,
                         const struct updates *updates)
{
    struct sip_binding *one = NULL;
    uint32_t            count = 0;

    while ((one = sip_location_next(r, reg->aor, one, reg->now_us)) != NULL)
        count++;
    for (int i = 0; i < updates->count; i++) {
        count += updates->of[i].new != NULL;
        count -= updates->of[i].old != NULL;
    }
    return count;
}

/* All of them, or none: 10.3 after step 7. An address has its share of the table: who asks for
 * more is refused, for to try again or elsewhere would not help. */
static uint16_t commit(struct sip_registrar *r, const struct registration *reg,
                       struct updates *updates, uint16_t status)
{
    uint32_t count = r->pool.used; /* with those in the making */
    bool     grows = false;

    for (int i = 0; i < updates->count; i++) {
        count -= updates->of[i].old != NULL;
        grows = grows || updates->of[i].new != NULL;
    }
    if (status == 200 && grows && count_of(r, reg, updates) > r->limits.aor_bindings)
        status = 403;
    else if (count > r->limits.bindings || (grows && !can_be_told(r, reg, updates)))
        status = 500;
    for (int i = 0; i < updates->count; i++) {
        struct update *update = &updates->of[i];

        if (status != 200) {
            if (update->new != NULL)
                sip_location_forget(r, update->new);
            continue;
        }
        if (update->old != NULL)
            sip_location_forget(r, update->old);
        if (update->new == NULL)
            continue;
        sp_table_add(&r->bindings, &update->new->link, sip_location_hash(r, update->new->aor));
        sp_timer_start(&r->timers, &update->new->timer, update->new->until_us);
    }
    return status;
}

/* Steps 6 and 7. */
static uint16_t take_contacts(struct sip_registrar *r, struct registration *reg)
{
    struct updates     updates = { .count = 0 };
    struct sip_values  walk = { 0 };
    struct sip_contact contact;
    struct sp_slice    value;
    struct sp_where    where;
    uint16_t           status = 200;
    int                contacts = 0, lasting = 0;
    bool               star = false;

    while (status == 200 && sip_values_next(reg->request, SIP_FIELD_CONTACT, &walk, &value)) {
        contacts++;
        if (sip_contact_parse(value, &contact, &where) != SP_OK) {
            status = 400;
        } else if (contact.address.star) {
            star = true;
        } else {
            lasting += (contact.has_expires ? contact.expires : reg->expires_s) > 0;
            status = star ? 400 : take_contact(r, reg, &contact, &updates);
        }
    }
    if (status == 200 && reg->flows && lasting > 1)
        status = 400; /* RFC 5626 6: one flow a REGISTER */
    if (status == 200 && star)
        status = contacts == 1 ? take_star(r, reg) : 400;
    return commit(r, reg, &updates, status);
}

/* Step 8: all bindings, each with its expires; Path, Service-Route, Require. */
static void put_bindings(struct sip_registrar *r, const struct registration *reg, struct sp_buf *to)
{
    struct sip_binding *one = NULL;

    while ((one = sip_location_next(r, reg->aor, one, reg->now_us)) != NULL) {
        sp_put_text(to, "Contact: ");
        sp_put(to, one->contact);
        sp_put_text(to, ";expires=");
        sp_put_u64(to, (one->until_us - reg->now_us + 999999) / 1000000);
        sp_put_text(to, "\r\n");
    }
    if (reg->path.len > 0)
        sip_put_copies(to, reg->request, SIP_FIELD_PATH);
    if (reg->flows)
        sip_put_field(to, SIP_FIELD_REQUIRE, SP_LIT("outbound"));
    if (r->config.service_route.len > 0)
        sip_put_field(to, SIP_FIELD_SERVICE_ROUTE, r->config.service_route);
}

void sip_registrar_take(struct sip_registrar *r, uint64_t now_us, const struct sip_msg *request,
                        const struct sp_flow *flow, const struct sip_user *who,
                        struct sip_registrar_answer *answer)
{
    struct sp_buf       to = sp_buf(r->text, r->limits.message_octets);
    struct registration reg = { .request = request,
                                .flow = flow,
                                .now_us = now_us,
                                .call_id = sip_msg_value(request, SIP_FIELD_CALL_ID) };
    struct sip_cseq     cseq;
    struct sp_where     where;
    enum sp_err         err = sip_msg_expires(request, &reg.expires_s);

    reg.has_expires = err != SP_MISSING;
    if (err != SP_OK) /* unreadable counts as an hour (10.2.1.1) */
        reg.expires_s = err == SP_MISSING ? r->config.default_s : HOUR_S;
    answer->fields = sp_slice(NULL, 0);
    answer->status = check_aor(r, &reg, who, &to);
    if (answer->status == 200)
        answer->status = take_path(&reg, &to);
    if (answer->status == 200 &&
        sip_cseq_parse(sip_msg_value(request, SIP_FIELD_CSEQ), &cseq, &where) != SP_OK)
        answer->status = 400;
    if (answer->status == 200) {
        reg.cseq = cseq.number;
        answer->status = take_contacts(r, &reg);
    }
    to = sp_buf(r->text + to.len, r->limits.message_octets - to.len);
    answer->changed = answer->status == 200 && sip_msg_find(request, SIP_FIELD_CONTACT) != NULL;
    answer->aor = reg.aor;
    if (answer->status == 200)
        put_bindings(r, &reg, &to);
    else if (answer->status == 423)
        sip_put_field_u64(&to, SIP_FIELD_MIN_EXPIRES, r->config.least_s);
    answer->fields = sp_written(&to);
}
