/* SPDX-License-Identifier: MIT
 * dialog/sip_registration.c -- a registration: one binding of an address-of-record to us, kept
 * alive. RFC 3261 10.2. */
#include "sip_registration.h"

#include <string.h>

#include "../parser/sip_contact.h"
#include "../parser/sip_delta.h"
#include "../parser/sip_private.h"
#include "sip_affair.h"
#include "sip_aor.h"
#include "sip_option.h"
#include "sip_texts.h"

enum {
    CALL_ID_CHARS = 22,
    TAG_CHARS = 11,
    TARGETS = 4,         /* that a redirection may lead to */
    PARAMS_OCTETS = 256, /* of our Contact: instance and reg-id */
    AOR_OCTETS = 256,
    KEEP_MS = 120000 /* RFC 5626 4.4.1: at most, where no Flow-Timer says otherwise */
};

static const char *name_of(enum sip_registration_state state)
{
    static const char *const names[] = { "REGISTERING", "REGISTERED", "REFRESHING", "WAITING",
                                         "STOPPING",    "REMOVING",   "GONE" };

    return names[state];
}

static void enter(struct sip_ua *ua, struct sip_registration *one, enum sip_registration_state to,
                  const char *on)
{
    sp_trace_arrow(&ua->trace, ua->now_us, "registration",
                   sp_pool_handle(&ua->registrations, one).slot, name_of(one->state), on,
                   name_of(to));
    one->state = to;
    sp_timer_stop(&ua->timers, &one->timer);
    if (to == SIP_REGISTRATION_REFRESHING || to == SIP_REGISTRATION_REMOVING ||
        to == SIP_REGISTRATION_GONE)
        sp_list_add(&ua->registering, &one->work);
}

static void start_timer(struct sip_ua *ua, struct sip_registration *one, uint64_t s)
{
    sp_timer_start(&ua->timers, &one->timer, ua->now_us + s * 1000000);
}

static void gone(struct sip_ua *ua, struct sip_registration *one, const char *on)
{
    enter(ua, one, SIP_REGISTRATION_GONE, on);
    sip_core_note(ua, &one->note, SIP_UA_UNREGISTERED);
}

static bool is_same_aor(struct sp_slice a, struct sp_slice b)
{
    char            rooms[2][AOR_OCTETS];
    struct sp_buf   one = sp_buf(rooms[0], AOR_OCTETS), other = sp_buf(rooms[1], AOR_OCTETS);
    struct sip_uri  uri;
    struct sp_where where;

    if (sip_uri_parse(a, &uri, &where) != SP_OK)
        return false;
    sip_put_aor(&one, &uri);
    if (sip_uri_parse(b, &uri, &where) != SP_OK)
        return false;
    sip_put_aor(&other, &uri);
    return one.err == SP_OK && other.err == SP_OK && sp_eq(sp_written(&one), sp_written(&other));
}

/* The host of an address-of-record as a Request-URI: no user part (10.2). */
static struct sp_slice registrar_of(struct sp_buf *to, struct sp_slice aor)
{
    struct sip_uri  uri;
    struct sp_where where;

    if (sip_uri_parse(aor, &uri, &where) != SP_OK)
        return aor; /* the draft will find no URI in it */
    uri.has_user = false;
    uri.user = uri.password = uri.headers = sp_slice(NULL, 0);
    sip_uri_write(to, &uri);
    return sp_written(to);
}

/* RFC 5626 4.1, 4.2 */
static void put_contact_params(struct sp_buf *to, const struct sip_registration *one)
{
    if (one->instance.len > 0) {
        sp_put_text(to, ";+sip.instance=");
        sip_put_quoted(to, one->instance);
    }
    if (one->reg_id > 0) {
        sp_put_text(to, ";reg-id=");
        sp_put_u64(to, one->reg_id);
    }
}

static enum sp_err send(struct sip_ua *ua, struct sip_registration *one)
{
    struct sip_ua_request request = { .method = SIP_REGISTER,
                                      .uri = one->registrar,
                                      .to = one->aor,
                                      .route = one->route,
                                      .fields = one->fields,
                                      .follow = TARGETS };
    struct sip_identity   identity = { .from = one->aor,
                                       .call_id = one->call_id,
                                       .tag = one->tag,
                                       .cseq = one->cseq + 1,
                                       .expires_s = one->expires_s };
    struct sip_house house = { SIP_OWNER_REGISTRATION, sp_pool_handle(&ua->registrations, one) };
    struct sp_handle client;
    char             room[PARAMS_OCTETS];
    struct sp_buf    to = sp_buf(room, sizeof(room));

    if (one->state == SIP_REGISTRATION_REMOVING)
        identity.expires_s = 0; /* 10.2.2 */
    put_contact_params(&to, one);
    identity.binds = one->what == SIP_UA_BIND;
    identity.contact_params = sp_written(&to);
    if (to.err != SP_OK)
        return to.err == SP_ROOM ? SP_LIMIT : to.err;
    return sip_client_serve(ua, &request, &identity, house, &one->challenges, &client);
}

/* The further bindings, and what else a flow or the removal of all needs. */
static void put_fields(const struct sip_ua *ua, struct sp_buf *to,
                       const struct sip_ua_registration *from)
{
    if (from->what == SIP_UA_UNBIND)
        sp_put_text(to, "Contact: *\r\nExpires: 0\r\n");
    else if (from->what == SIP_UA_BIND && from->contacts.len > 0)
        sip_put_field(to, SIP_FIELD_CONTACT, from->contacts);
    if (from->reg_id > 0 && !sip_option_is_ours(ua, SP_LIT("outbound")))
        sp_put_text(to, "Supported: path, outbound\r\n"); /* RFC 5626 4.2.1 */
    sp_put(to, from->fields);
}

enum sp_err sip_registration_start(struct sip_ua *ua, const struct sip_ua_registration *from,
                                   struct sp_handle *handle)
{
    struct sip_registration *one = sp_pool_take(&ua->registrations);
    struct sp_buf            to = sp_buf(ua->text, ua->limits.dialog_octets);
    struct sp_buf            lines = sip_core_scratch(ua);
    char                     ids[CALL_ID_CHARS + TAG_CHARS];
    enum sp_err              err;

    if (one == NULL)
        return SP_LIMIT;
    *handle = sp_pool_handle(&ua->registrations, one);
    one->note.owner = SIP_OWNER_REGISTRATION;
    one->timer.owner = one;
    one->timer.name = SIP_CORE_REGISTRATION_TIMER;
    sp_ident_token(&ua->ident, ids, sizeof(ids));
    one->aor = from->aor;
    one->registrar = from->registrar.len > 0 ? from->registrar : registrar_of(&to, from->aor);
    one->route = from->route;
    put_fields(ua, &lines, from);
    one->fields = sp_written(&lines);
    one->instance = from->instance;
    one->reg_id = from->reg_id;
    one->what = from->what;
    one->call_id = sp_slice(ids, CALL_ID_CHARS);
    one->tag = sp_slice(ids + CALL_ID_CHARS, TAG_CHARS);
    one->expires_s = from->expires_s;
    one->user = from->user;
    {
        struct sp_slice *const texts[] = { &one->aor,     &one->registrar, &one->route,
                                           &one->fields,  &one->call_id,   &one->tag,
                                           &one->instance };

        err = lines.err;
        if (err == SP_OK)
            err = sip_texts_move(&ua->store, ua->limits.dialog_octets, texts, 7, &one->block);
    }
    if (err == SP_OK)
        err = send(ua, one);
    if (err != SP_OK)
        sip_registration_free(ua, one);
    return err;
}

enum sp_err sip_registration_stop(struct sip_ua *ua, struct sp_handle handle)
{
    struct sip_registration *one = sp_pool_find(&ua->registrations, handle);

    if (one == NULL || one->state == SIP_REGISTRATION_GONE)
        return SP_STALE;
    switch (one->state) {
    case SIP_REGISTRATION_REGISTERING:
    case SIP_REGISTRATION_REFRESHING:
        /* 10.2: not before the one under way has its answer. One that is still to be sent never is.
         */
        enter(ua, one,
              sp_list_has(&one->work) ? SIP_REGISTRATION_REMOVING : SIP_REGISTRATION_STOPPING,
              "stop");
        break;
    case SIP_REGISTRATION_REGISTERED:
    case SIP_REGISTRATION_WAITING: enter(ua, one, SIP_REGISTRATION_REMOVING, "stop"); break;
    default: break;
    }
    return SP_OK;
}

/* Our Contact among those of the response: the same URI, or the same flow. */
static bool find_ours(struct sip_ua *ua, const struct sip_registration *one,
                      const struct sip_client *client, const struct sip_msg *response,
                      struct sip_contact *found)
{
    char               room[512];
    struct sp_buf      to = sp_buf(room, sizeof(room));
    struct sip_values  walk = { 0 };
    struct sip_contact ours;
    struct sp_slice    value;
    struct sp_where    where;

    sip_put_contact_as(ua, &to, &client->hop.target, sp_slice(NULL, 0));
    value = sp_trim(sp_from(sp_written(&to), sizeof("Contact:") - 1));
    if (sip_contact_parse(value, &ours, &where) != SP_OK)
        return false;
    while (sip_values_next(response, SIP_FIELD_CONTACT, &walk, &value)) {
        if (sip_contact_parse(value, found, &where) != SP_OK)
            continue;
        if (sip_uri_eq(&found->address.uri, &ours.address.uri) &&
            (found->reg_id == 0 || found->reg_id == one->reg_id))
            return true;
    }
    return false;
}

/* The values of a list field as a route set is kept. */
static struct sp_slice put_values(struct sp_buf *to, const struct sip_msg *msg,
                                  enum sip_field_id id)
{
    struct sip_values walk = { 0 };
    struct sp_slice   value;
    size_t            start = to->len;

    while (sip_values_next(msg, id, &walk, &value)) {
        if (to->len > start)
            sp_put_char(to, '\n');
        sip_put_unfolded(to, value);
    }
    return to->err == SP_OK ? sp_slice(to->at + start, to->len - start) : sp_slice(NULL, 0);
}

static struct sp_slice put_bare(struct sp_buf *to, struct sp_slice params, const char *name)
{
    size_t start = to->len;

    sip_put_unquoted(to, sip_param_value(params, name));
    return to->err == SP_OK ? sp_slice(to->at + start, to->len - start) : sp_slice(NULL, 0);
}

/* What the 200 tells is kept: how long the binding lives (10.2.4), the routes, the names. What
 * there is no room for is as if it had not been told. */
static void learn(struct sip_ua *ua, struct sip_registration *one, const struct sip_client *client,
                  const struct sip_msg *response)
{
    struct sp_buf            to = sp_buf(ua->text, ua->limits.dialog_octets);
    struct sip_ua_registered learned = { .expires_s = client->draft.expires_s };
    struct sp_slice *const   texts[] = { &learned.service_route, &learned.path, &learned.associated,
                                         &learned.pub_gruu, &learned.temp_gruu };
    struct sip_contact       ours;
    void                    *block;
    struct sp_where          where;
    uint32_t                 number;

    if (sip_msg_expires(response, &number) == SP_OK)
        learned.expires_s = number;
    if (find_ours(ua, one, client, response, &ours)) {
        if (ours.has_expires)
            learned.expires_s = ours.expires;
        learned.pub_gruu = put_bare(&to, ours.address.params, "pub-gruu");
        learned.temp_gruu = put_bare(&to, ours.address.params, "temp-gruu");
    }
    learned.service_route = put_values(&to, response, SIP_FIELD_SERVICE_ROUTE);
    learned.path = put_values(&to, response, SIP_FIELD_PATH);
    learned.associated = put_values(&to, response, SIP_FIELD_P_ASSOCIATED_URI);
    learned.outbound = one->reg_id > 0 &&
                       sip_values_have(response, SIP_FIELD_REQUIRE, SP_LIT("outbound"));
    if (sip_number_parse(sip_msg_value(response, SIP_FIELD_FLOW_TIMER), &number, &where) == SP_OK)
        learned.flow_timer_s = number;
    if (sip_texts_move(&ua->store, ua->limits.dialog_octets, texts, 5, &block) != SP_OK) {
        block = NULL;
        for (int i = 0; i < 5; i++)
            *texts[i] = sp_slice(NULL, 0);
    }
    sp_store_give(&ua->store, one->learned_block);
    one->learned_block = block;
    one->learned = learned;
}

/* The registration of this address that has something to say; NULL: none. */
static const struct sip_registration *registered(const struct sip_ua *ua, struct sp_slice from)
{
    const struct sip_registration *one = NULL;

    while (from.len > 0 && (one = sp_pool_next(&ua->registrations, one)) != NULL)
        if (one->learned_block != NULL && is_same_aor(one->aor, from))
            return one;
    return NULL;
}

struct sp_slice sip_registration_route(const struct sip_ua *ua, struct sp_slice from)
{
    const struct sip_registration *one = registered(ua, from);

    return one != NULL ? one->learned.service_route : sp_slice(NULL, 0);
}

struct sp_slice sip_registration_gruu(const struct sip_ua *ua, struct sp_slice from)
{
    const struct sip_registration *one = registered(ua, from);
    bool hides = ua->config.privacy.len > 0 && !sip_privacy_has(ua->config.privacy, "none");

    if (one == NULL)
        return sp_slice(NULL, 0);
    return hides ? one->learned.temp_gruu : one->learned.pub_gruu;
}

bool sip_ua_registered(const struct sip_ua *ua, struct sp_handle registration,
                       struct sip_ua_registered *registered)
{
    const struct sip_registration *one = sp_pool_find(&ua->registrations, registration);

    if (one == NULL || one->learned.expires_s == 0)
        return false;
    *registered = one->learned;
    return true;
}

/* RFC 5626 4.4: the connection over which an outbound registration came about is pinged, as often
 * as its Flow-Timer says, or every two minutes. */
static void keep_flow(struct sip_ua *ua, struct sip_registration *one)
{
    uint64_t keep_ms = one->learned.flow_timer_s > 0 ? one->learned.flow_timer_s * UINT64_C(1000)
                                                     : KEEP_MS;

    if (one->learned.outbound &&
        sip_tx_keep(ua->tx, ua->now_us, &ua->in_hand->flow, keep_ms) == SP_OK)
        one->flow_id = ua->in_hand->flow.id;
}

void sip_registration_lost(struct sip_ua *ua, uint64_t flow_id)
{
    struct sip_registration *one = NULL;

    while ((one = sp_pool_next(&ua->registrations, one)) != NULL) {
        if (one->flow_id != flow_id)
            continue;
        one->flow_id = 0;
        if (one->state != SIP_REGISTRATION_REGISTERED)
            continue;
        sp_timer_stop(&ua->timers, &one->timer);
        enter(ua, one, SIP_REGISTRATION_REFRESHING, "flow lost");
    }
}

static void take_success(struct sip_ua *ua, struct sip_registration *one,
                         const struct sip_client *client, const struct sip_msg *response)
{
    uint32_t seconds;

    learn(ua, one, client, response);
    seconds = one->learned.expires_s;
    one->note.status = response->status;
    one->failures = 0;
    one->until_us = ua->now_us + (uint64_t)seconds * 1000000;
    if (one->state == SIP_REGISTRATION_STOPPING) {
        enter(ua, one, SIP_REGISTRATION_REMOVING, "2xx");
        sip_core_blank(&one->note);
        return;
    }
    if (one->state == SIP_REGISTRATION_REMOVING || one->what != SIP_UA_BIND) {
        gone(ua, one, "2xx");
        return;
    }
    one->note.again = one->state == SIP_REGISTRATION_REFRESHING;
    enter(ua, one, SIP_REGISTRATION_REGISTERED, "2xx");
    start_timer(ua, one, sip_affair_refresh_s(seconds));
    keep_flow(ua, one);
    sip_core_note(ua, &one->note, SIP_UA_REGISTERED);
}

/* True when trying again may help: silence and trouble of the server (21.5), not a refusal. */
static bool may_pass(uint16_t status)
{
    return status == 408 || status == 480 || status / 100 == 5;
}

static void take_failure(struct sip_ua *ua, struct sip_registration *one,
                         const struct sip_client *client, const struct sip_msg *response)
{
    uint32_t seconds = sip_affair_longer_s(one->expires_s, response);
    uint64_t wait_s;

    one->failures++;
    wait_s = sip_affair_wait_s(one->failures, response);
    if (one->state == SIP_REGISTRATION_STOPPING && one->until_us > ua->now_us) {
        enter(ua, one, SIP_REGISTRATION_REMOVING, "failure");
    } else if (seconds > 0 && one->state != SIP_REGISTRATION_STOPPING) {
        one->expires_s = seconds;
        sp_list_add(&ua->registering, &one->work);
    } else if (one->state == SIP_REGISTRATION_REFRESHING && may_pass(client->note.status) &&
               ua->now_us + wait_s * 1000000 < one->until_us) {
        enter(ua, one, SIP_REGISTRATION_WAITING, "failure");
        start_timer(ua, one, wait_s);
    } else {
        one->note.status = client->note.status;
        one->note.err = client->note.err;
        one->note.timer = client->note.timer;
        gone(ua, one, "failure");
    }
}

void sip_registration_take(struct sip_ua *ua, struct sip_client *client)
{
    struct sip_registration *one = sp_pool_find(&ua->registrations, client->house.object);
    const struct sip_msg    *response = ua->in_hand != NULL ? ua->in_hand->msg : NULL;

    if (one == NULL || client->state != SIP_CLIENT_ENDED)
        return; /* a provisional response is no news */
    one->cseq = client->draft.cseq;
    sip_challenges_keep(&one->challenges, &client->challenges, &ua->store);
    if (client->note.kind == SIP_UA_RESPONSE && client->note.status / 100 == 2 && response != NULL)
        take_success(ua, one, client, response);
    else
        take_failure(ua, one, client, client->note.kind == SIP_UA_RESPONSE ? response : NULL);
}

void sip_registration_work(struct sip_ua *ua, struct sip_registration *one)
{
    enum sp_err err;

    if (one->state == SIP_REGISTRATION_GONE) {
        if (!sp_list_has(&one->note.link))
            sip_registration_free(ua, one);
        return;
    }
    err = send(ua, one);
    if (err != SP_OK) {
        one->note.err = err;
        one->note.status = 503; /* 8.1.3.1 */
        gone(ua, one, "cannot");
    }
}

void sip_registration_timer(struct sip_ua *ua, struct sip_registration *one)
{
    enter(ua, one, SIP_REGISTRATION_REFRESHING, "timer");
}

void sip_registration_told(struct sip_ua *ua, struct sip_registration *one,
                           struct sip_ua_action *action)
{
    action->request = sp_pool_handle(&ua->registrations, one);
    action->user = one->user;
    sip_core_blank(&one->note);
    if (one->state == SIP_REGISTRATION_GONE)
        sip_registration_free(ua, one);
}

void sip_registration_free(struct sip_ua *ua, struct sip_registration *one)
{
    sp_timer_stop(&ua->timers, &one->timer);
    sp_list_remove(&one->work);
    sp_list_remove(&one->note.link);
    sip_challenges_free(&one->challenges, &ua->store);
    sp_store_give(&ua->store, one->block);
    sp_store_give(&ua->store, one->learned_block);
    sp_pool_give(&ua->registrations, one);
}
