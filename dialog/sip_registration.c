/* SPDX-License-Identifier: MIT
 * dialog/sip_registration.c -- a registration: one binding of an address-of-record to us, kept
 * alive. RFC 3261 10.2. */
#include "sip_registration.h"

#include <string.h>

#include "../parser/sip_contact.h"
#include "../parser/sip_delta.h"
#include "sip_texts.h"

enum {
    CALL_ID_CHARS = 22,
    TAG_CHARS = 11,
    EARLY_S = 60,      /* a refresh goes so long before the end: a transaction lasts 32 s at most */
    FIRST_WAIT_S = 30, /* after a failure (10.2.7: not at once), doubled with each */
    LAST_WAIT_S = 1800,
    TARGETS = 4 /* that a redirection may lead to */
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

    if (one->state == SIP_REGISTRATION_REMOVING)
        identity.expires_s = 0; /* 10.2.2 */
    return sip_client_serve(ua, &request, &identity, house, &one->challenges, &client);
}

enum sp_err sip_registration_start(struct sip_ua *ua, const struct sip_ua_registration *from,
                                   struct sp_handle *handle)
{
    struct sip_registration *one = sp_pool_take(&ua->registrations);
    struct sp_buf            to = sp_buf(ua->text, ua->limits.dialog_octets);
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
    one->fields = from->fields;
    one->call_id = sp_slice(ids, CALL_ID_CHARS);
    one->tag = sp_slice(ids + CALL_ID_CHARS, TAG_CHARS);
    one->expires_s = from->expires_s;
    one->user = from->user;
    {
        struct sp_slice *const texts[] = { &one->aor,    &one->registrar, &one->route,
                                           &one->fields, &one->call_id,   &one->tag };

        err = sip_texts_move(&ua->store, ua->limits.dialog_octets, texts, 6, &one->block);
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

/* How long the binding lives: the expires of our Contact in the response, its Expires, or what we
 * asked for (10.2.4). */
static uint32_t granted(struct sip_ua *ua, const struct sip_client *client,
                        const struct sip_msg *response)
{
    char               room[512];
    struct sp_buf      to = sp_buf(room, sizeof(room));
    struct sip_values  walk = { 0 };
    struct sip_contact ours, theirs;
    struct sp_slice    value;
    struct sp_where    where;
    uint32_t           seconds = client->draft.expires_s, expires;

    if (sip_msg_expires(response, &expires) == SP_OK)
        seconds = expires;
    sip_put_contact(ua, &to, &client->hop.target);
    value = sp_trim(sp_from(sp_written(&to), sizeof("Contact:") - 1));
    if (sip_contact_parse(value, &ours, &where) != SP_OK)
        return seconds;
    while (sip_values_next(response, SIP_FIELD_CONTACT, &walk, &value))
        if (sip_contact_parse(value, &theirs, &where) == SP_OK && theirs.has_expires &&
            sip_uri_eq(&theirs.address.uri, &ours.address.uri))
            return theirs.expires;
    return seconds;
}

static void take_success(struct sip_ua *ua, struct sip_registration *one,
                         const struct sip_client *client, const struct sip_msg *response)
{
    uint32_t seconds = granted(ua, client, response);

    one->note.status = response->status;
    one->failures = 0;
    one->until_us = ua->now_us + (uint64_t)seconds * 1000000;
    if (one->state == SIP_REGISTRATION_STOPPING) {
        enter(ua, one, SIP_REGISTRATION_REMOVING, "2xx");
        sip_core_blank(&one->note);
        return;
    }
    if (one->state == SIP_REGISTRATION_REMOVING) {
        gone(ua, one, "2xx");
        return;
    }
    one->note.again = one->state == SIP_REGISTRATION_REFRESHING;
    enter(ua, one, SIP_REGISTRATION_REGISTERED, "2xx");
    start_timer(ua, one, seconds > 2 * EARLY_S ? seconds - EARLY_S : seconds / 2);
    sip_core_note(ua, &one->note, SIP_UA_REGISTERED);
}

/* 10.2.8: the time that 423 asks for; 0: none that is longer than ours. */
static uint32_t longer(const struct sip_registration *one, const struct sip_msg *response)
{
    uint64_t seconds = 0;

    if (response == NULL || response->status != 423 ||
        sp_to_u64(sip_msg_value(response, SIP_FIELD_MIN_EXPIRES), UINT32_MAX, &seconds) != SP_OK ||
        seconds <= one->expires_s)
        return 0;
    return (uint32_t)seconds;
}

/* Seconds to wait after a failure: what Retry-After says, else longer each time. */
static uint64_t wait_of(const struct sip_registration *one, const struct sip_msg *response)
{
    uint64_t         seconds = FIRST_WAIT_S;
    struct sip_delta delta;
    struct sp_where  where;

    if (response != NULL &&
        sip_delta_parse(sip_msg_value(response, SIP_FIELD_RETRY_AFTER), &delta, &where) == SP_OK)
        return delta.seconds;
    for (uint32_t i = 1; i < one->failures && seconds < LAST_WAIT_S; i++)
        seconds *= 2;
    return seconds < LAST_WAIT_S ? seconds : LAST_WAIT_S;
}

/* True when trying again may help: silence and trouble of the server (21.5), not a refusal. */
static bool may_pass(uint16_t status)
{
    return status == 408 || status == 480 || status / 100 == 5;
}

static void take_failure(struct sip_ua *ua, struct sip_registration *one,
                         const struct sip_client *client, const struct sip_msg *response)
{
    uint32_t seconds = longer(one, response);
    uint64_t wait_s;

    one->failures++;
    wait_s = wait_of(one, response);
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
    sp_pool_give(&ua->registrations, one);
}
