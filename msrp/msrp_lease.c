/* SPDX-License-Identifier: MIT
 * msrp/msrp_lease.c -- URIs of relays: asked for by AUTH, renewed in time, given back. RFC 4976
 * 5.1, 9.1.
 *
 * Each relay of a chain is asked through those before it. A challenge is answered once; a relay
 * that calls the answer wrong is believed. Every renewal asks the whole chain anew, and the session
 * goes on under what comes of it. */
#include "msrp_core.h"

#include <assert.h>

#define CNONCE_CHARS 16

static const char *const names[] = { "NEW", "CONNECTING", "ASKING", "HELD", "LOST" };

/* Assigns the state; what a state needs at its start, it gets here. */
static void enter(struct msrp_agent *agent, struct msrp_lease *lease, enum msrp_lease_state state,
                  const char *on)
{
    uint64_t three_quarters_us = (uint64_t)lease->expires_s * 750000;

    sp_trace_arrow(&agent->trace, agent->now_us, "msrp-lease",
                   sp_pool_handle(&agent->leases, lease).slot, names[lease->state], on,
                   names[state]);
    lease->state = state;
    lease->said = false;
    sp_timer_stop(&agent->timers, &lease->timer);
    if (state == MSRP_LEASE_HELD && lease->expires_s != UINT32_MAX)
        sp_timer_start(&agent->timers, &lease->timer, agent->now_us + three_quarters_us);
    sp_list_add(&agent->ready_leases, &lease->ready);
}

/* Put `value` in place of a text that is a block of the store by itself. */
static enum sp_err keep(struct msrp_agent *agent, struct sp_slice *text, struct sp_slice value)
{
    struct sp_slice copy = sp_store_copy(&agent->store, value);

    if (copy.at == NULL)
        return SP_LIMIT;
    sp_store_give(&agent->store, text->at);
    *text = copy;
    return SP_OK;
}

static void drop(struct msrp_agent *agent, struct sp_slice *text)
{
    sp_store_give(&agent->store, text->at);
    *text = (struct sp_slice){ 0 };
}

void msrp_lease_free(struct msrp_agent *agent, struct msrp_lease *lease)
{
    msrp_conn_detach_lease(agent, lease);
    sp_timer_stop(&agent->timers, &lease->timer);
    sp_list_remove(&lease->ready);
    sp_store_give(&agent->store, lease->text);
    drop(agent, &lease->path);
    drop(agent, &lease->use_path);
    drop(agent, &lease->challenge);
    sp_pool_give(&agent->leases, lease);
}

struct msrp_lease *msrp_lease_find(struct msrp_agent *agent, struct sp_handle relay)
{
    struct msrp_lease *lease = sp_pool_find(&agent->leases, relay);

    if (lease == NULL || lease->session != NULL || lease->use_path.len == 0 ||
        lease->state == MSRP_LEASE_LOST)
        return NULL;
    return lease;
}

/* ---- beginning ----------------------------------------------------------------------------------
 */

static enum sp_err check(const struct msrp_agent *agent, const struct msrp_relay_config *config,
                         struct msrp_uri *first)
{
    struct sp_slice rest = config->relays, one;
    struct msrp_uri uri;
    enum sp_err     err = msrp_path_usable(&agent->limits, config->own, config->own, &uri);

    if (err == SP_OK && uri.session_id.len == 0)
        err = SP_MISSING;
    if (err == SP_OK && config->username.len > MSRP_AUTH_OCTETS / 4)
        err = SP_ROOM;
    if (err == SP_OK)
        err = msrp_path_usable(&agent->limits, rest, msrp_path_first(rest), first);
    while (err == SP_OK && msrp_path_next(&rest, &one))
        err = msrp_path_usable(&agent->limits, one, one, &uri);
    return err;
}

static enum sp_err keep_texts(struct msrp_agent *agent, struct msrp_lease *lease,
                              const struct msrp_relay_config *config)
{
    const struct sp_slice *from[] = { &config->relays, &config->own, &config->username,
                                      &config->password };
    struct sp_slice *to[] = { &lease->relays, &lease->own, &lease->username, &lease->password };
    size_t           octets = 0;
    struct sp_buf    text;

    for (int i = 0; i < 4; i++)
        octets += from[i]->len;
    text = sp_buf(sp_store_take(&agent->store, octets), octets);
    if (text.at == NULL)
        return SP_LIMIT;
    lease->text = text.at;
    for (int i = 0; i < 4; i++) {
        *to[i] = sp_slice(text.at + text.len, from[i]->len);
        sp_put_value(&text, *from[i]);
    }
    return text.err;
}

enum sp_err msrp_use_relay(struct msrp_agent *agent, uint64_t now_us,
                           const struct msrp_relay_config *config, struct sp_handle *relay)
{
    struct msrp_lease *lease;
    struct msrp_conn  *conn = NULL;
    struct msrp_uri    first;
    enum sp_err        err = check(agent, config, &first);

    agent->now_us = now_us;
    if (err != SP_OK)
        return err;
    lease = sp_pool_take(&agent->leases);
    if (lease == NULL)
        return SP_LIMIT;
    lease->timer.name = MSRP_TIMER_LEASE;
    lease->timer.owner = lease;
    lease->user = config->user;
    lease->asked_s = config->expires_s;
    lease->expires_s = UINT32_MAX;
    err = keep_texts(agent, lease, config);
    if (err == SP_OK && (conn = msrp_conn_to(agent, &first)) == NULL)
        err = SP_LIMIT;
    if (err != SP_OK) {
        msrp_lease_free(agent, lease);
        return err;
    }
    lease->relay = msrp_path_first(lease->relays);
    sp_ident_octets(&agent->ident, lease->random, sizeof lease->random);
    *relay = sp_pool_handle(&agent->leases, lease);
    enter(agent, lease, MSRP_LEASE_CONNECTING, "use");
    msrp_conn_attach_lease(agent, conn, lease);
    if (conn->state == MSRP_CONN_OPEN)
        msrp_lease_connected(agent, lease);
    return SP_OK;
}

enum sp_err msrp_leave_relay(struct msrp_agent *agent, uint64_t now_us, struct sp_handle relay)
{
    struct msrp_lease *lease = sp_pool_find(&agent->leases, relay);

    agent->now_us = now_us;
    if (lease == NULL || lease->session != NULL)
        return SP_STALE;
    msrp_lease_free(agent, lease);
    return SP_OK;
}

void msrp_lease_connected(struct msrp_agent *agent, struct msrp_lease *lease)
{
    if (lease->state == MSRP_LEASE_CONNECTING)
        enter(agent, lease, MSRP_LEASE_ASKING, "connected");
}

void msrp_lease_lose(struct msrp_agent *agent, struct msrp_lease *lease, enum sp_err err,
                     uint16_t status)
{
    struct msrp_session *session = lease->session;

    if (lease->state == MSRP_LEASE_LOST)
        return;
    enter(agent, lease, MSRP_LEASE_LOST, sp_err_name(err));
    lease->tell = session == NULL;
    lease->err = err;
    lease->status = status;
    msrp_conn_detach_lease(agent, lease);
    if (session != NULL)
        msrp_session_fail(agent, session, err);
}

/* ---- responses ----------------------------------------------------------------------------------
 */

/* The stem of its transactions: 16 hexadecimal digits, 'r', the slot, '.'. */
static void put_stem(const struct msrp_agent *agent, const struct msrp_lease *lease,
                     struct sp_buf *to)
{
    sp_put_hex(to, sp_slice(lease->random, sizeof lease->random), false, '\0');
    sp_put_char(to, 'r');
    msrp_put_hex_number(to, sp_pool_handle(&agent->leases, lease).slot);
    sp_put_char(to, '.');
}

/* The answer must prove that the relay knows the password too, where it says anything (9.4). */
static bool proves_itself(const struct msrp_lease *lease, const struct msrp_head *head)
{
    struct msrp_auth           info, said;
    struct sp_where            where;
    struct sp_digest_algorithm algorithm;
    char                       ha1[SP_DIGEST_HEX], hex[SP_DIGEST_HEX];

    if (head->authentication_info.len == 0 || lease->challenge.len == 0)
        return true;
    if (msrp_auth_info_parse(head->authentication_info, &info, &where) != SP_OK)
        return false;
    if (info.rspauth.len == 0)
        return true;
    if (msrp_auth_parse(lease->challenge, &said, &where) != SP_OK ||
        !msrp_auth_answerable(&said, &algorithm))
        return false;
    info.nonce = said.nonce;
    if (info.nc.len == 0)
        info.nc = SP_LIT("00000001");
    return sp_digest_same(info.rspauth,
                          msrp_auth_response(&info, algorithm.hash,
                                             sp_digest_ha1(algorithm.hash, lease->username,
                                                           said.realm, lease->password, ha1),
                                             lease->relay, true, hex));
}

/* All relays gave their URIs. */
static void hold(struct msrp_agent *agent, struct msrp_lease *lease)
{
    bool        first = lease->use_path.len == 0;
    bool        same = sp_eq(lease->use_path, lease->path);
    enum sp_err err = SP_OK;

    sp_store_give(&agent->store, lease->use_path.at);
    lease->use_path = lease->path;
    lease->path = (struct sp_slice){ 0 };
    enter(agent, lease, MSRP_LEASE_HELD, "200");
    lease->tell = first || !same;
    if (!same && lease->session != NULL)
        err = msrp_session_relay(agent, lease->session, lease->use_path);
    if (err != SP_OK)
        msrp_lease_lose(agent, lease, err, 0);
}

static void granted(struct msrp_agent *agent, struct msrp_lease *lease,
                    const struct msrp_head *head)
{
    const char     *after = lease->relay.at + lease->relay.len;
    size_t          left = (size_t)(lease->relays.at + lease->relays.len - after);
    struct msrp_uri uri;

    if (head->use_path.len == 0 || !proves_itself(lease, head)) {
        msrp_lease_lose(agent, lease, head->use_path.len == 0 ? SP_MISSING : SP_INTEGRITY, 200);
        return;
    }
    if (msrp_path_usable(&agent->limits, head->use_path, msrp_path_first(head->use_path), &uri) !=
            SP_OK ||
        keep(agent, &lease->path, head->use_path) != SP_OK) {
        msrp_lease_lose(agent, lease, SP_LIMIT, 200);
        return;
    }
    if (head->expires < lease->expires_s)
        lease->expires_s = (uint32_t)head->expires;
    drop(agent, &lease->challenge);
    lease->answered = 0;
    lease->bounded = false;
    if (left == 0) {
        hold(agent, lease);
        return;
    }
    lease->relay = msrp_path_first(sp_slice(after + 1, left - 1));
    enter(agent, lease, MSRP_LEASE_ASKING, "next relay");
}

static void challenged(struct msrp_agent *agent, struct msrp_lease *lease,
                       const struct msrp_head *head)
{
    struct sp_digest_algorithm algorithm;
    struct msrp_auth           auth;
    struct sp_where            where;
    enum sp_err                err = msrp_auth_parse(head->challenge, &auth, &where);

    if (err == SP_OK && !msrp_auth_answerable(&auth, &algorithm))
        err = SP_UNSUPPORTED;
    if (err == SP_OK && head->challenge.len > MSRP_AUTH_OCTETS - MSRP_AUTH_OCTETS / 4)
        err = SP_ROOM;
    if (err == SP_OK && (lease->answered > 1 || (lease->answered > 0 && !auth.stale)))
        err = SP_REFUSED;
    if (err == SP_OK)
        err = keep(agent, &lease->challenge, head->challenge);
    if (err != SP_OK) {
        msrp_lease_lose(agent, lease, err, 401);
        return;
    }
    lease->answered++;
    enter(agent, lease, MSRP_LEASE_ASKING, "401");
}

/* Our Expires was too short or too long: what the relay wants, once. */
static void out_of_bounds(struct msrp_agent *agent, struct msrp_lease *lease,
                          const struct msrp_head *head)
{
    uint64_t wanted = head->min_expires != MSRP_UNKNOWN ? head->min_expires : head->max_expires;

    if (lease->bounded || wanted == 0 || wanted >= UINT32_MAX) {
        msrp_lease_lose(agent, lease, SP_REFUSED, 423);
        return;
    }
    lease->bounded = true;
    lease->asked_s = (uint32_t)wanted;
    lease->answered = 0; /* its nonce was used */
    drop(agent, &lease->challenge);
    enter(agent, lease, MSRP_LEASE_ASKING, "423");
}

void msrp_lease_response(struct msrp_agent *agent, struct msrp_conn *conn, uint32_t place,
                         struct sp_slice stem, uint32_t number, const struct msrp_head *head)
{
    struct msrp_lease *lease = NULL;
    char               room[MSRP_IDENT_OCTETS];
    struct sp_buf      to = sp_buf(room, sizeof room);

    if (place > 0 && place <= agent->leases.capacity)
        lease = sp_pool_find(&agent->leases,
                             (struct sp_handle){ place, agent->leases.generations[place - 1] });
    if (lease != NULL)
        put_stem(agent, lease, &to);
    if (lease == NULL || lease->conn != conn || lease->state != MSRP_LEASE_ASKING || !lease->said ||
        lease->number != number || !sp_eq(stem, sp_written(&to))) {
        agent->counters.dropped++;
        return;
    }
    if (head->status < 300)
        granted(agent, lease, head);
    else if (head->status == 401)
        challenged(agent, lease, head);
    else if (head->status == 423)
        out_of_bounds(agent, lease, head);
    else
        msrp_lease_lose(agent, lease, SP_REFUSED, head->status);
}

void msrp_lease_timeout(struct msrp_agent *agent, struct msrp_lease *lease)
{
    if (lease->state != MSRP_LEASE_HELD) {
        msrp_lease_lose(agent, lease, SP_TIMEOUT, 0);
        return;
    }
    lease->relay = msrp_path_first(lease->relays);
    lease->expires_s = UINT32_MAX;
    enter(agent, lease, MSRP_LEASE_ASKING, "renew");
}

/* ---- requests and notes -------------------------------------------------------------------------
 */

/* Expires, and the answer to a challenge. */
static void put_fields(struct msrp_agent *agent, struct msrp_lease *lease, struct sp_buf *to)
{
    struct sp_digest_algorithm algorithm;
    struct msrp_auth           auth;
    struct sp_where            where;
    char                       cnonce[CNONCE_CHARS], ha1[SP_DIGEST_HEX], response[SP_DIGEST_HEX];

    if (lease->asked_s > 0) {
        sp_put_text(to, "Expires: ");
        sp_put_u64(to, lease->asked_s);
        sp_put_text(to, "\r\n");
    }
    if (lease->challenge.len == 0 || msrp_auth_parse(lease->challenge, &auth, &where) != SP_OK ||
        !msrp_auth_answerable(&auth, &algorithm))
        return;
    sp_ident_token(&agent->ident, cnonce, sizeof cnonce);
    auth.username = lease->username;
    auth.uri = lease->relay;
    auth.cnonce = sp_slice(cnonce, sizeof cnonce);
    auth.nc = SP_LIT("00000001");
    msrp_put_authorization(to, &auth,
                           msrp_auth_response(&auth, algorithm.hash,
                                              sp_digest_ha1(algorithm.hash, lease->username,
                                                            auth.realm, lease->password, ha1),
                                              lease->relay, false, response));
}

static void put_auth(struct msrp_agent *agent, struct msrp_lease *lease, struct sp_buf *to)
{
    char            room[MSRP_IDENT_OCTETS];
    struct sp_buf   id = sp_buf(room, sizeof room);
    struct sp_slice whole;

    lease->number++;
    put_stem(agent, lease, &id);
    msrp_put_hex_number(&id, lease->number);
    whole = sp_written(&id);
    sp_put_text(to, "MSRP ");
    sp_put(to, whole);
    sp_put_text(to, " AUTH\r\nTo-Path: ");
    if (lease->path.len > 0) {
        sp_put_value(to, lease->path);
        sp_put_char(to, ' ');
    }
    sp_put_value(to, lease->relay);
    sp_put_text(to, "\r\nFrom-Path: ");
    sp_put_value(to, lease->own);
    sp_put_text(to, "\r\n");
    put_fields(agent, lease, to);
    msrp_put_end_line(to, whole, '$');
}

/* The path for our SDP: the relays from the outermost on, then our own URI (5.1). */
static struct sp_slice sdp_path(struct msrp_agent *agent, const struct msrp_lease *lease)
{
    struct sp_buf   to = sp_buf(agent->head_room, agent->head_octets);
    struct sp_slice rest = lease->use_path;

    while (rest.len > 0) {
        struct sp_slice last = msrp_path_last(rest);

        sp_put(&to, last);
        sp_put_char(&to, ' ');
        rest = sp_head(rest, rest.len > last.len ? rest.len - last.len - 1 : 0);
    }
    sp_put(&to, lease->own);
    return sp_written(&to);
}

static void note(struct msrp_agent *agent, struct msrp_lease *lease, enum msrp_action_kind kind,
                 struct msrp_action *action)
{
    lease->tell = false;
    action->kind = kind;
    action->session = sp_pool_handle(&agent->leases, lease);
    action->session_user = lease->user;
}

enum msrp_step msrp_lease_step(struct msrp_agent *agent, struct msrp_lease *lease,
                               struct msrp_action *action)
{
    struct sp_buf *to;

    switch (lease->state) {
    case MSRP_LEASE_ASKING:
        if (lease->said)
            break;
        to = msrp_say(agent, lease->conn);
        if (to == NULL)
            return MSRP_STEP_FLUSH;
        put_auth(agent, lease, to);
        lease->said = true;
        msrp_timer_start(agent, &lease->timer);
        break;
    case MSRP_LEASE_HELD:
        if (!lease->tell)
            break;
        note(agent, lease, MSRP_RELAYED, action);
        action->content = sdp_path(agent, lease);
        return MSRP_STEP_ACTION;
    case MSRP_LEASE_LOST:
        if (!lease->tell)
            break;
        note(agent, lease, MSRP_UNRELAYED, action);
        action->err = lease->err;
        action->status = lease->status;
        msrp_lease_free(agent, lease);
        return MSRP_STEP_ACTION;
    case MSRP_LEASE_NEW:
    case MSRP_LEASE_CONNECTING: break;
    }
    return MSRP_STEP_NONE;
}
