/* SPDX-License-Identifier: MIT
 * dialog/sip_ua.c -- the verbs of a SIP user agent. RFC 3261 8, 12, 13. */
#include "sip_ua.h"

#include <assert.h>
#include <string.h>

#include "../parser/sip_scan.h"
#include "sip_info.h"
#include "sip_registration.h"
#include "sip_session.h"
#include "sip_texts.h"
#include "sip_uas.h"

/* Those that begin, change or end a session have verbs of their own. */
#define SESSION_METHODS                                                                            \
    (1u << SIP_INVITE | 1u << SIP_ACK | 1u << SIP_CANCEL | 1u << SIP_BYE | 1u << SIP_PRACK |       \
     1u << SIP_UPDATE)

void sip_ua_trace(struct sip_ua *ua, struct sp_trace trace)
{
    ua->trace = trace;
    sip_tx_trace(ua->tx, trace);
}

void sip_ua_bound(struct sip_ua *ua, const struct sp_flow *local)
{
    sip_tx_bound(ua->tx, local);
}

bool sip_ua_local(const struct sip_ua *ua, uint8_t family, struct sp_addr *local)
{
    struct sip_target target;

    memset(&target, 0, sizeof(target));
    target.addr.family = family;
    target.transport = SP_UDP;
    if (sip_tx_local(ua->tx, &target, local))
        return true;
    target.transport = SP_TCP;
    return sip_tx_local(ua->tx, &target, local);
}

enum sp_err sip_ua_login(struct sip_ua *ua, struct sp_slice realm, struct sp_slice username,
                         struct sp_slice password)
{
    struct sip_login       login = { realm, username, password };
    struct sp_slice *const texts[] = { &login.realm, &login.username, &login.password };
    void                  *block; /* stays as long as the agent */
    enum sp_err            err;

    if (ua->login_count == SIP_UA_LOGINS)
        return SP_LIMIT;
    err = sip_texts_move(&ua->store, ua->limits.dialog_octets, texts, 3, &block);
    if (err == SP_OK)
        ua->logins[ua->login_count++] = login;
    return err;
}

enum sp_err sip_ua_guard(struct sip_ua *ua, struct sp_slice realm, const struct sip_user *users,
                         size_t count, uint32_t lifetime_s)
{
    struct sp_slice copy = sp_store_copy(&ua->store, realm); /* stays as long as the agent */

    if (copy.at == NULL)
        return SP_LIMIT;
    ua->guard.realm = copy;
    ua->guard.users = users;
    ua->guard.count = count;
    ua->guard.lifetime_us = (uint64_t)lifetime_s * 1000000;
    return SP_OK;
}

void sip_ua_trust(struct sip_ua *ua, const struct sp_addr *neighbours, size_t count)
{
    ua->neighbours = neighbours;
    ua->neighbour_count = count;
}

/* Time passes with every verb that brings it; what a verb calls reads it here. */
static void begin(struct sip_ua *ua, uint64_t now_us)
{
    ua->now_us = now_us;
    ua->in_hand = NULL;
}

/* A method that has no verb of its own: those of the table but for `others`, and extensions. */
static bool is_sendable(const struct sip_ua_request *request, unsigned others)
{
    if (request->method == SIP_METHOD_OTHER)
        return sip_is_token(request->extension) &&
               sip_method_of(request->extension) == SIP_METHOD_OTHER;
    return (others >> request->method & 1) == 0;
}

enum sp_err sip_ua_send(struct sip_ua *ua, uint64_t now_us, const struct sip_ua_request *request,
                        struct sp_handle *handle)
{
    begin(ua, now_us);
    sip_core_work(ua);
    if (!is_sendable(request, SESSION_METHODS | 1u << SIP_INFO)) /* RFC 6086 4.2.1 */
        return SP_UNSUPPORTED;
    return sip_client_send(ua, request, handle);
}

enum sp_err sip_ua_send_within(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                               const struct sip_ua_request *request, struct sp_handle *handle)
{
    begin(ua, now_us);
    sip_core_work(ua);
    if (!is_sendable(request, SESSION_METHODS | 1u << SIP_REGISTER | 1u << SIP_PUBLISH))
        return SP_UNSUPPORTED;
    if (sip_session_find(ua, session) == NULL)
        return SP_STALE;
    return sip_client_send_within(ua, session, request, handle);
}

enum sp_err sip_ua_respond(struct sip_ua *ua, uint64_t now_us, struct sp_handle request,
                           uint16_t status, struct sp_slice fields, struct sp_slice content_type,
                           struct sp_slice body)
{
    struct sip_answer answer = {
        .status = status, .fields = fields, .content_type = content_type, .body = body
    };
    struct sp_flow flow;
    enum sp_err    err;

    begin(ua, now_us);
    sip_core_work(ua);
    if (status < 100 || status > 699)
        return SP_RANGE;
    if (!sip_texts_are_lines(fields))
        return SP_INJECTION;
    if (sip_update_answer(ua, request, status, fields, content_type, body, &err))
        return err;
    err = sip_uas_again(ua, request, &flow);
    if (err != SP_OK)
        return err;
    if (ua->again.method == SIP_MESSAGE && status / 100 == 2 && body.len > 0)
        return SP_UNSUPPORTED; /* RFC 3428 7: a 2xx to MESSAGE has no body */
    return sip_uas_answer(ua, request, &ua->again, &flow, &answer);
}

void sip_ua_preview(struct sip_ua *ua, const struct sip_ua_request *request, struct sp_buf *to)
{
    struct sip_draft draft;
    enum sp_err      err = sip_draft_make(ua, request, &draft);

    if (err != SP_OK) {
        sp_put_fail(to, err);
        return;
    }
    sip_put_draft(ua, to, &draft, NULL, NULL);
    sip_draft_free(ua, &draft);
}

enum sp_err sip_ua_register(struct sip_ua *ua, uint64_t now_us,
                            const struct sip_ua_registration *registration,
                            struct sp_handle                 *handle)
{
    begin(ua, now_us);
    sip_core_work(ua);
    return sip_registration_start(ua, registration, handle);
}

enum sp_err sip_ua_unregister(struct sip_ua *ua, uint64_t now_us, struct sp_handle registration)
{
    begin(ua, now_us);
    sip_core_work(ua);
    return sip_registration_stop(ua, registration);
}

enum sp_err sip_ua_invite(struct sip_ua *ua, uint64_t now_us, const struct sip_ua_request *request,
                          struct sp_handle *session)
{
    struct sip_ua_request invite = *request;

    begin(ua, now_us);
    sip_core_work(ua);
    invite.method = SIP_INVITE;
    return sip_session_invite(ua, &invite, session);
}

/* The session of a verb, after what the last note left to be done. */
static struct sip_session *session_of(struct sip_ua *ua, uint64_t now_us, struct sp_handle handle)
{
    begin(ua, now_us);
    sip_core_work(ua);
    return sip_session_find(ua, handle);
}

enum sp_err sip_ua_reinvite(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                            struct sp_slice content_type, struct sp_slice body)
{
    struct sip_session *one = session_of(ua, now_us, session);

    if (one == NULL)
        return SP_STALE;
    return sip_session_reinvite(ua, one, content_type, body, false);
}

enum sp_err sip_ua_progress(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                            uint16_t status, bool reliable, struct sp_slice content_type,
                            struct sp_slice body)
{
    struct sip_session *one = session_of(ua, now_us, session);

    return one != NULL ? sip_session_progress(ua, one, status, reliable, content_type, body)
                       : SP_STALE;
}

enum sp_err sip_ua_prack(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                         struct sp_slice content_type, struct sp_slice body)
{
    struct sip_session *one;
    enum sp_err         err;

    begin(ua, now_us); /* what is due waits: the PRACK may be */
    one = sip_session_find(ua, session);
    err = one != NULL ? sip_prack_give(ua, one, content_type, body) : SP_STALE;
    sip_core_work(ua);
    return err;
}

enum sp_err sip_ua_ack(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                       struct sp_slice content_type, struct sp_slice body)
{
    struct sip_session *one = session_of(ua, now_us, session);

    return one != NULL ? sip_session_answer(ua, one, content_type, body) : SP_STALE;
}

enum sp_err sip_ua_update(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                          struct sp_slice content_type, struct sp_slice body)
{
    struct sip_session *one = session_of(ua, now_us, session);
    enum sp_err         err;

    if (one == NULL)
        return SP_STALE;
    err = sip_update_start(ua, one, content_type, body, false);
    sip_core_work(ua);
    return err;
}

enum sp_err sip_ua_info(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                        struct sp_slice package, struct sp_slice content_type, struct sp_slice body,
                        struct sp_handle *request)
{
    struct sip_session   *one = session_of(ua, now_us, session);
    struct sip_ua_request info = { .method = SIP_INFO, .content_type = content_type, .body = body };
    struct sp_buf         fields = sp_buf(ua->text, ua->limits.dialog_octets);

    if (one == NULL)
        return SP_STALE;
    if (!sip_info_may_send(one, package))
        return SP_UNSUPPORTED;
    sip_put_info(&fields, package, body);
    if (fields.err != SP_OK)
        return fields.err == SP_ROOM ? SP_LIMIT : fields.err;
    info.fields = sp_written(&fields);
    info.user = one->user;
    return sip_client_send_within(ua, session, &info, request);
}

enum sp_err sip_ua_accept(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                          struct sp_slice content_type, struct sp_slice body)
{
    struct sip_session *one = session_of(ua, now_us, session);

    return one != NULL ? sip_session_accept(ua, one, content_type, body) : SP_STALE;
}

enum sp_err sip_ua_refuse(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                          uint16_t status, struct sp_slice fields)
{
    return sip_ua_refuse_with(ua, now_us, session, status, fields, sp_slice(NULL, 0),
                              sp_slice(NULL, 0));
}

enum sp_err sip_ua_refuse_with(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                               uint16_t status, struct sp_slice fields,
                               struct sp_slice content_type, struct sp_slice body)
{
    struct sip_session *one = session_of(ua, now_us, session);
    enum sp_err         err;

    if (one == NULL)
        return SP_STALE;
    err = sip_session_refuse(ua, one, status, fields, content_type, body);
    if (err == SP_OK)
        sip_session_on(ua, one, SIP_ON_REFUSE);
    return err;
}

enum sp_err sip_ua_end(struct sip_ua *ua, uint64_t now_us, struct sp_handle session)
{
    struct sip_session *one = session_of(ua, now_us, session);

    if (one == NULL)
        return SP_STALE;
    if (sip_session_is_asked(one))
        sip_session_terminate(ua, one, sip_session_is_early(one) ? 480 : 487);
    sip_session_on(ua, one, SIP_ON_END);
    sip_core_work(ua);
    return SP_OK;
}

void sip_ua_set_user(struct sip_ua *ua, struct sp_handle session, uint64_t user)
{
    struct sip_session *one = sp_pool_find(&ua->sessions, session);

    if (one != NULL)
        one->user = user;
}

void sip_ua_receive(struct sip_ua *ua, uint64_t now_us, const struct sp_flow *flow,
                    struct sp_slice octets)
{
    begin(ua, now_us);
    sip_tx_receive(ua->tx, now_us, flow, octets);
}

void sip_ua_accepted(struct sip_ua *ua, uint64_t now_us, const struct sp_flow *flow)
{
    begin(ua, now_us);
    sip_tx_accepted(ua->tx, now_us, flow);
}

void sip_ua_connected(struct sip_ua *ua, uint64_t now_us, uint64_t cookie,
                      const struct sp_flow *flow)
{
    begin(ua, now_us);
    sip_tx_connected(ua->tx, now_us, cookie, flow);
}

void sip_ua_closed(struct sip_ua *ua, uint64_t now_us, uint64_t cookie, const struct sp_flow *flow,
                   enum sp_err err)
{
    begin(ua, now_us);
    sip_tx_closed(ua->tx, now_us, cookie, flow, err);
}

/* The hop whose last question has this cookie; NULL: nobody waits any more. */
static struct sip_hop *asker(struct sip_ua *ua, uint64_t cookie)
{
    struct sp_handle    handle = sip_core_handle(cookie);
    bool                is_client = sip_core_owner(cookie) == SIP_OWNER_CLIENT;
    struct sip_client  *client = is_client ? sp_pool_find(&ua->clients, handle) : NULL;
    struct sip_session *session = is_client ? NULL : sp_pool_find(&ua->sessions, handle);
    struct sip_hop     *hop = NULL;

    if (client != NULL)
        hop = &client->hop;
    else if (session != NULL)
        hop = &session->hop;
    return hop != NULL && hop->state == SIP_HOP_ASKS && hop->asked == sip_core_asked(cookie) ? hop
                                                                                             : NULL;
}

static void answered(struct sip_ua *ua, uint64_t cookie, struct sip_hop *hop, enum sp_err err)
{
    if (hop->state == SIP_HOP_ASKS)
        return; /* for something else */
    if (sip_core_owner(cookie) == SIP_OWNER_CLIENT)
        sip_client_resolved(ua, SP_OF(hop, struct sip_client, hop), err);
    else
        sip_session_resolved(ua, SP_OF(hop, struct sip_session, hop), err);
}

void sip_ua_resolved(struct sip_ua *ua, uint64_t now_us, uint64_t cookie,
                     const struct sp_addr *addrs, size_t count)
{
    struct sip_hop *hop;

    begin(ua, now_us);
    hop = asker(ua, cookie);
    if (hop != NULL)
        answered(ua, cookie, hop, sip_hop_resolved(hop, addrs, count));
}

void sip_ua_found(struct sip_ua *ua, uint64_t now_us, uint64_t cookie,
                  const struct sp_record *records, size_t count)
{
    struct sip_hop *hop;

    begin(ua, now_us);
    hop = asker(ua, cookie);
    if (hop != NULL)
        answered(ua, cookie, hop, sip_hop_found(hop, records, count));
}

void sip_ua_tick(struct sip_ua *ua, uint64_t now_us)
{
    struct sp_timer *timer;

    begin(ua, now_us);
    sip_tx_tick(ua->tx, now_us);
    while ((timer = sp_timers_due(&ua->timers, now_us)) != NULL)
        if (timer->name >= SIP_CORE_REGISTRATION_TIMER)
            sip_affair_timer(ua, timer);
        else
            sip_session_timer(ua, timer);
}

uint64_t sip_ua_deadline(const struct sip_ua *ua)
{
    uint64_t own = sp_timers_deadline(&ua->timers), below = sip_tx_deadline(ua->tx);

    return own < below ? own : below;
}

void sip_ua_count(const struct sip_ua *ua, struct sip_tx_counters *counters)
{
    sip_tx_count(ua->tx, counters);
}

uint32_t sip_ua_open(const struct sip_ua *ua)
{
    return ua->clients.used + ua->sessions.used + ua->registrations.used + ua->subscriptions.used +
           ua->notifiers.used + ua->publications.used;
}
