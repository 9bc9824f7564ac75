/* SPDX-License-Identifier: MIT
 * msrp/msrp_session.c -- sessions: opened, bound to a connection, ended. RFC 4975 5.4, 7.3; RFC
 * 6135 4.2.2. */
#include "msrp_core.h"

#include <assert.h>
#include <string.h>

#define LONGER_OCTETS 256 /* a path may become, for the heads of its messages were measured */

static const char *const names[] = { "NEW", "CONNECTING", "WAITING", "UP", "DOWN", "CLOSING" };

static uint64_t hash_of(const struct msrp_agent *agent, const struct msrp_uri *uri)
{
    return sp_table_hash(&agent->uris, &uri->session_id, 1);
}

/* Assigns the state; what a state needs at its start, it gets here. */
static void enter(struct msrp_agent *agent, struct msrp_session *s, enum msrp_session_state state,
                  const char *on)
{
    sp_trace_arrow(&agent->trace, agent->now_us, "msrp-session",
                   sp_pool_handle(&agent->sessions, s).slot, names[s->state], on, names[state]);
    s->state = state;
    sp_timer_stop(&agent->timers, &s->timer);
    switch (state) {
    case MSRP_SESSION_CONNECTING:
    case MSRP_SESSION_WAITING:
        if (!s->listed)
            sp_table_add(&agent->uris, &s->by_id, hash_of(agent, &s->local));
        s->listed = true;
        if (state == MSRP_SESSION_WAITING)
            msrp_timer_start(agent, &s->timer);
        break;
    case MSRP_SESSION_DOWN:
    case MSRP_SESSION_CLOSING: sp_table_remove(&agent->uris, &s->by_id); break;
    case MSRP_SESSION_NEW:
    case MSRP_SESSION_UP: break;
    }
    sp_list_add(&agent->ready_sessions, &s->ready);
}

struct msrp_session *msrp_session_find(struct msrp_agent *agent, const struct msrp_uri *uri)
{
    struct sp_table_link *link = sp_table_first(&agent->uris, hash_of(agent, uri));

    for (; link != NULL; link = sp_table_next(link)) {
        struct msrp_session *s = SP_OF(link, struct msrp_session, by_id);

        if (agent->by_session_id ? sp_eq(s->local.session_id, uri->session_id)
                                 : msrp_uri_eq(&s->local, uri))
            return s;
    }
    return NULL;
}

enum sp_err msrp_path_usable(const struct sp_limits *limits, struct sp_slice path,
                             struct sp_slice octets, struct msrp_uri *uri)
{
    struct sp_where where;
    enum sp_err     err = msrp_path_check(path, &where);

    if (err == SP_OK)
        err = msrp_uri_parse(octets, uri, &where);
    if (err != SP_OK)
        return err;
    if (uri->secure || !sp_eq_nocase(uri->transport, SP_LIT("tcp")))
        return SP_UNSUPPORTED;
    return path.len > limits->msrp_path_octets ? SP_ROOM : SP_OK;
}

/* The session's texts in one block of the store. */
static enum sp_err keep_texts(struct msrp_agent *agent, struct msrp_session *s,
                              const struct msrp_session_config *config)
{
    struct sp_slice local = msrp_path_last(config->local_path);
    size_t          octets = local.len + config->remote_path.len + config->accept_types.len;
    struct sp_where where;
    struct sp_buf   text = sp_buf(sp_store_take(&agent->store, octets), octets);
    enum sp_err     err;

    if (text.at == NULL)
        return SP_LIMIT;
    s->text = text.at;
    sp_put(&text, local);
    sp_put(&text, config->remote_path);
    sp_put_value(&text, config->accept_types);
    err = msrp_uri_parse(sp_slice(text.at, local.len), &s->local, &where);
    s->peer_path = s->remote_path = s->back_path = sp_slice(text.at + local.len,
                                                            config->remote_path.len);
    s->accept_types = sp_slice(s->peer_path.at + s->peer_path.len, config->accept_types.len);
    return err != SP_OK ? err : text.err;
}

/* The peer's path stands behind ours at first; another that took its place has a block by itself.
 */
static const void *peer_block(const struct msrp_session *s)
{
    const char *first = s->local.octets.at + s->local.octets.len;

    return s->peer_path.at != first ? s->peer_path.at : NULL;
}

static void give_back(struct msrp_agent *agent, struct msrp_session *s)
{
    agent->silent--;
    sp_store_give(&agent->store, s->text);
    sp_store_give(&agent->store, s->back_text);
    sp_store_give(&agent->store, peer_block(s));
    sp_store_give(&agent->store, s->relayed_text);
    if (s->lease != NULL) {
        s->lease->session = NULL;
        msrp_lease_free(agent, s->lease);
    }
    sp_list_remove(&s->ready);
    sp_pool_give(&agent->sessions, s);
}

/* Its chunks go by this path from the next on. */
static void go_by(struct msrp_session *s, struct sp_slice path)
{
    struct sp_link *link = sp_list_first(&s->messages);

    s->remote_path = path;
    for (; link != NULL; link = sp_list_after(&s->messages, link))
        SP_OF(link, struct msrp_message, of_session)->chunker.head.to_path = path;
}

enum sp_err msrp_session_relay(struct msrp_agent *agent, struct msrp_session *session,
                               struct sp_slice use_path)
{
    struct msrp_session *s = session;
    size_t               octets = use_path.len + 1 + s->peer_path.len;
    struct sp_buf        to;

    if (octets > agent->limits.msrp_path_octets)
        return SP_ROOM;
    to = sp_buf(sp_store_take(&agent->store, octets), octets);
    if (to.at == NULL)
        return SP_LIMIT;
    sp_put_value(&to, use_path);
    sp_put_char(&to, ' ');
    sp_put_value(&to, s->peer_path);
    sp_store_give(&agent->store, s->relayed_text);
    s->relayed_text = to.at;
    go_by(s, sp_written(&to));
    return SP_OK;
}

enum sp_err msrp_readdress(struct msrp_agent *agent, uint64_t now_us, struct sp_handle session,
                           struct sp_slice remote_path)
{
    struct msrp_session *s = sp_pool_find(&agent->sessions, session);
    struct msrp_uri      first;
    struct sp_slice      copy;
    enum sp_err          err;

    agent->now_us = now_us;
    if (s == NULL || s->state == MSRP_SESSION_CLOSING)
        return SP_STALE;
    if (sp_eq(s->peer_path, remote_path))
        return SP_OK;
    err = msrp_path_usable(&agent->limits, remote_path, msrp_path_first(remote_path), &first);
    if (err != SP_OK)
        return err;
    if (remote_path.len > s->peer_path.len + LONGER_OCTETS)
        return SP_ROOM;
    if (s->lease == NULL && s->conn != NULL && s->conn->addr_count > 0 &&
        !msrp_uri_eq_host(&s->conn->peer, &first))
        return SP_MISMATCH;
    copy = sp_store_copy(&agent->store, remote_path);
    if (copy.at == NULL)
        return SP_LIMIT;
    if (s->back_text == NULL)
        s->back_path = copy;
    sp_store_give(&agent->store, peer_block(s));
    s->peer_path = copy;
    if (s->lease != NULL)
        return msrp_session_relay(agent, s, s->lease->use_path);
    go_by(s, copy);
    return SP_OK;
}

/* Where the active side connects to: through its relays, or straight to the peer's side. */
static enum sp_err choose_conn(struct msrp_agent *agent, struct msrp_session *s,
                               const struct msrp_uri *peer, bool connects, struct msrp_conn **conn)
{
    if (s->lease != NULL)
        *conn = connects ? s->lease->conn : NULL;
    else
        *conn = connects ? msrp_conn_to(agent, peer) : NULL;
    return connects && *conn == NULL ? SP_LIMIT : SP_OK;
}

enum sp_err msrp_open(struct msrp_agent *agent, uint64_t now_us,
                      const struct msrp_session_config *config, struct sp_handle *session)
{
    struct msrp_uri      local, peer;
    struct msrp_session *s;
    struct msrp_lease   *lease = NULL;
    struct msrp_conn    *conn = NULL;
    enum sp_err          err;

    agent->now_us = now_us;
    err = msrp_path_usable(&agent->limits, config->local_path, msrp_path_last(config->local_path),
                           &local);
    if (err == SP_OK)
        err = msrp_path_usable(&agent->limits, config->remote_path,
                               msrp_path_first(config->remote_path), &peer);
    if (err == SP_OK && local.session_id.len == 0)
        err = SP_MISSING;
    if (err == SP_OK && msrp_session_find(agent, &local) != NULL)
        err = SP_REPEATED;
    if (err == SP_OK && !sp_handle_none(config->relay) &&
        (lease = msrp_lease_find(agent, config->relay)) == NULL)
        err = SP_STALE;
    if (err != SP_OK)
        return err;
    s = sp_pool_take(&agent->sessions);
    if (s == NULL)
        return SP_LIMIT;
    sp_list_init(&s->messages);
    sp_list_init(&s->queue);
    s->timer.name = MSRP_TIMER_SESSION;
    s->timer.owner = s;
    agent->silent++;
    s->max_size = config->max_size;
    s->user = config->user;
    err = keep_texts(agent, s, config);
    if (err == SP_OK && lease != NULL)
        err = msrp_session_relay(agent, s, lease->use_path);
    if (err == SP_OK) {
        s->lease = lease;
        err = choose_conn(agent, s, &peer, config->connects, &conn);
    }
    if (err != SP_OK) {
        s->lease = NULL; /* it stays the owner's */
        give_back(agent, s);
        return err;
    }
    if (lease != NULL)
        lease->session = s;
    *session = sp_pool_handle(&agent->sessions, s);
    enter(agent, s, conn != NULL ? MSRP_SESSION_CONNECTING : MSRP_SESSION_WAITING, "open");
    if (conn == NULL)
        return SP_OK;
    msrp_conn_attach(agent, conn, s);
    if (conn->state == MSRP_CONN_OPEN)
        msrp_session_bind(agent, s, conn);
    return SP_OK;
}

/* The active side speaks at once: its first message, or a SEND without a body (5.4). */
void msrp_session_bind(struct msrp_agent *agent, struct msrp_session *session,
                       struct msrp_conn *conn)
{
    struct sp_link *link;
    bool            speaks = session->state == MSRP_SESSION_CONNECTING && session->conn == conn;
    bool            queued = false;

    if (session->state != MSRP_SESSION_CONNECTING && session->state != MSRP_SESSION_WAITING)
        return;
    msrp_conn_attach(agent, conn, session);
    enter(agent, session, MSRP_SESSION_UP, speaks ? "connected" : "first request");
    session->tell_up = !session->told_up;
    session->told_up = true;
    for (link = sp_list_first(&session->messages); link != NULL;
         link = sp_list_after(&session->messages, link)) {
        struct msrp_message *m = SP_OF(link, struct msrp_message, of_session);

        msrp_out_queue(agent, m);
        queued = queued || sp_list_has(&m->queued);
    }
    if (speaks && !queued)
        session->hello = MSRP_HELLO_DUE;
}

/* What becomes of its messages. `broken`: nothing can be said any more. */
static void end_messages(struct msrp_agent *agent, struct msrp_session *s, enum sp_err err,
                         bool broken)
{
    struct sp_link *link = sp_list_first(&s->messages), *after;

    for (; link != NULL; link = after) {
        struct msrp_message *m = SP_OF(link, struct msrp_message, of_session);

        after = sp_list_after(&s->messages, link);
        switch (m->state) {
        case MSRP_IN_REPORTING:
            if (broken)
                msrp_message_free(agent, m);
            break;
        case MSRP_IN_PAST: msrp_message_free(agent, m); break;
        case MSRP_IN_COMPLETE:
            if (s->state == MSRP_SESSION_CLOSING)
                msrp_message_end(agent, m, err, 0);
            break;
        case MSRP_MESSAGE_NEW:
        case MSRP_OUT_SENDING:
        case MSRP_OUT_SENT:
        case MSRP_OUT_ENDED:
        case MSRP_IN_RECEIVING:
        case MSRP_IN_ENDED: msrp_message_end(agent, m, err, 0); break;
        }
    }
}

void msrp_session_fail(struct msrp_agent *agent, struct msrp_session *session, enum sp_err err)
{
    if (session->state == MSRP_SESSION_DOWN)
        return;
    if (session->state == MSRP_SESSION_CLOSING) {
        end_messages(agent, session, err, session->conn == NULL);
        return;
    }
    enter(agent, session, MSRP_SESSION_DOWN, sp_err_name(err));
    session->err = err;
    session->tell_down = true;
    end_messages(agent, session, err, session->conn == NULL);
}

enum sp_err msrp_close(struct msrp_agent *agent, uint64_t now_us, struct sp_handle session)
{
    struct msrp_session *s = sp_pool_find(&agent->sessions, session);

    agent->now_us = now_us;
    if (s == NULL || s->state == MSRP_SESSION_CLOSING)
        return SP_STALE;
    enter(agent, s, MSRP_SESSION_CLOSING, "close");
    end_messages(agent, s, SP_INTERRUPTED, s->conn == NULL);
    return SP_OK;
}

/* Of a type without its parameters; never 0. */
static uint64_t type_hash(const struct msrp_agent *agent, struct sp_slice type)
{
    char          room[128];
    struct sp_buf to = sp_buf(room, sizeof room);

    type = sp_trim(sp_head(type, sp_find(type, ';')));
    for (size_t i = 0; i < type.len && i < sizeof room; i++)
        sp_put_char(&to, sp_lower(type.at[i]));
    type = sp_written(&to);
    return sp_table_hash(&agent->ids, &type, 1) | 1;
}

void msrp_session_refuse(struct msrp_agent *agent, struct msrp_session *session,
                         struct sp_slice type)
{
    if (!msrp_session_refuses(agent, session, type))
        session->refused[session->refusals++ % 4] = type_hash(agent, type);
}

bool msrp_session_refuses(const struct msrp_agent *agent, const struct msrp_session *session,
                          struct sp_slice type)
{
    uint64_t hash;

    if (session->refusals == 0)
        return false;
    hash = type_hash(agent, type);
    for (int i = 0; i < 4; i++)
        if (session->refused[i] == hash)
            return true;
    return false;
}

/* Our connection is given up before anything but a hello went over it. */
static void wait_for_the_peer(struct msrp_agent *agent, struct msrp_session *s, const char *on)
{
    s->hello = MSRP_HELLO_NONE;
    enter(agent, s, MSRP_SESSION_WAITING, on);
    msrp_conn_detach(agent, s);
}

static bool only_said_hello(const struct msrp_session *s)
{
    return s->state == MSRP_SESSION_UP && s->hello == MSRP_HELLO_ASKED &&
           sp_list_first(&s->messages) == NULL;
}

/* Where both sides connected (against RFC 6135 4.2), each would refuse the other with 506. So the
 * one whose URI comes later gives way, as long as the peer answered nothing on its own connection.
 */
bool msrp_session_yields(struct msrp_agent *agent, struct msrp_session *session)
{
    struct sp_slice ours = session->local.octets, theirs = msrp_path_last(session->remote_path);
    size_t          least = ours.len < theirs.len ? ours.len : theirs.len;
    int             order = memcmp(ours.at, theirs.at, least);

    if (!only_said_hello(session) || order < 0 || (order == 0 && ours.len <= theirs.len))
        return false;
    wait_for_the_peer(agent, session, "both connected");
    return true;
}

void msrp_session_answered(struct msrp_agent *agent, struct msrp_session *session, uint16_t status)
{
    if (status == 506 && only_said_hello(session)) {
        wait_for_the_peer(agent, session, "506"); /* its own connection is on its way (10.10) */
        return;
    }
    session->hello = MSRP_HELLO_NONE;
    sp_timer_stop(&agent->timers, &session->timer);
    if (status == 481 || status == 506)
        msrp_session_fail(agent, session, SP_REFUSED);
}

void msrp_session_timeout(struct msrp_agent *agent, struct msrp_session *session)
{
    msrp_session_fail(agent, session, SP_TIMEOUT);
}

/* A SEND without a body: binds the session at the peer, and may be sent at any time (7.1). */
static void put_hello(struct msrp_agent *agent, struct msrp_session *s, struct sp_buf *to)
{
    char                message_id[16], id[MSRP_IDENT_OCTETS];
    struct sp_buf       room = sp_buf(id, sizeof id);
    struct msrp_request hello = { .to_path = s->remote_path, .from_path = s->local.octets };

    sp_ident_octets(&agent->ident, s->hello_random, sizeof s->hello_random);
    sp_ident_token(&agent->ident, message_id, sizeof message_id);
    sp_put_hex(&room, sp_slice(s->hello_random, sizeof s->hello_random), false, '\0');
    sp_put_char(&room, 's');
    msrp_put_hex_number(&room, sp_pool_handle(&agent->sessions, s).slot);
    sp_put_text(&room, ".0");
    hello.id = sp_written(&room);
    hello.message_id = sp_slice(message_id, sizeof message_id);
    hello.has_range = true;
    hello.range = (struct msrp_byte_range){ 1, 0, 0 };
    msrp_put_send(to, &hello);
    msrp_put_end_line(to, hello.id, '$');
    s->hello = MSRP_HELLO_ASKED;
    msrp_timer_start(agent, &s->timer);
}

void msrp_session_released(struct msrp_agent *agent, struct msrp_session *session)
{
    if (session->state == MSRP_SESSION_CLOSING)
        sp_list_add(&agent->ready_sessions, &session->ready);
}

static void note(struct msrp_agent *agent, const struct msrp_session *s, enum msrp_action_kind kind,
                 struct msrp_action *action)
{
    action->kind = kind;
    action->session = sp_pool_handle(&agent->sessions, s);
    action->session_user = s->user;
    action->err = kind == MSRP_DOWN ? s->err : SP_OK;
}

enum msrp_step msrp_session_step(struct msrp_agent *agent, struct msrp_session *session,
                                 struct msrp_action *action)
{
    struct msrp_session *s = session;

    switch (s->state) {
    case MSRP_SESSION_UP:
        if (s->hello == MSRP_HELLO_DUE) {
            struct sp_buf *to = msrp_say(agent, s->conn);

            if (to == NULL)
                return MSRP_STEP_FLUSH;
            put_hello(agent, s, to);
        }
        if (!s->tell_up)
            break;
        s->tell_up = false;
        note(agent, s, MSRP_UP, action);
        return MSRP_STEP_ACTION;
    case MSRP_SESSION_DOWN:
        if (!s->tell_down)
            break;
        s->tell_down = false;
        note(agent, s, MSRP_DOWN, action);
        return MSRP_STEP_ACTION;
    case MSRP_SESSION_CLOSING:
        if (sp_list_first(&s->messages) != NULL)
            break;
        msrp_conn_detach(agent, s);
        give_back(agent, s);
        return MSRP_STEP_AGAIN;
    case MSRP_SESSION_NEW:
    case MSRP_SESSION_CONNECTING:
    case MSRP_SESSION_WAITING: break;
    }
    return MSRP_STEP_NONE;
}
