/* SPDX-License-Identifier: MIT
 * dialog/sip_client.c -- a request outside of dialogs, from the user to its final response. RFC
 * 3261 8.1; RFC 3428 8. */
#include <string.h>

#include "sip_core.h"

static const char *name_of(enum sip_client_state state)
{
    switch (state) {
    case SIP_CLIENT_RESOLVING: return "RESOLVING";
    case SIP_CLIENT_WAITING: return "WAITING";
    case SIP_CLIENT_SENT: return "SENT";
    case SIP_CLIENT_RETRYING: return "RETRYING";
    case SIP_CLIENT_ENDED: return "ENDED";
    }
    return "";
}

static void enter(struct sip_ua *ua, struct sip_client *client, enum sip_client_state to,
                  const char *on)
{
    sp_trace_arrow(&ua->trace, ua->now_us, "request", sp_pool_handle(&ua->clients, client).slot,
                   name_of(client->state), on, name_of(to));
    client->state = to;
}

/* One at a time to a URI: MESSAGE (RFC 3428 8), PUBLISH (RFC 3903 4). */
static bool takes_turns(const struct sip_client *client)
{
    return client->draft.method == SIP_MESSAGE || client->draft.method == SIP_PUBLISH;
}

/* The key under which a MESSAGE waits for another (RFC 3428 8): its session, or user, host and port
 * of its URI as RFC 3261 19.1.4 compares them, as far as 256 octets hold them; the URIs themselves
 * are compared after that. */
static uint64_t message_hash(const struct sip_ua *ua, const struct sip_client *client)
{
    char            key[256];
    struct sp_buf   to = sp_buf(key, sizeof(key));
    struct sp_slice parts[2] = { sp_slice(&client->session, sizeof(client->session)) };
    struct sip_uri  uri;
    struct sp_where where;

    if (!client->within && sip_uri_parse(client->draft.asked, &uri, &where) == SP_OK) {
        sip_put_unescaped(&to, sp_head(uri.user, sizeof(key) / 2));
        for (size_t i = 0; i < uri.host.len && i < sizeof(key) / 2; i++)
            sp_put_char(&to, sp_lower(uri.host.at[i]));
        sp_put_char(&to, ':');
        sp_put_u64(&to, uri.port);
    }
    parts[1] = sp_written(&to);
    return sp_table_hash(&ua->messages, parts, 2);
}

static bool have_same_end(const struct sip_client *a, const struct sip_client *b)
{
    struct sip_uri  one, other;
    struct sp_where where;

    if (!sp_handle_eq(a->session, b->session) || a->draft.method != b->draft.method)
        return false;
    return a->within ||
           (sip_uri_parse(a->draft.asked, &one, &where) == SP_OK &&
            sip_uri_parse(b->draft.asked, &other, &where) == SP_OK && sip_uri_eq(&one, &other));
}

/* Another MESSAGE is under way to the same URI, or within the same session. */
static bool is_overlapping(const struct sip_ua *ua, const struct sip_client *client)
{
    struct sp_table_link *link = sp_table_first(&ua->messages, client->message.hash);

    for (; link != NULL; link = sp_table_next(link))
        if (have_same_end(client, SP_OF(link, struct sip_client, message)))
            return true;
    return false;
}

static enum sp_err transmit(struct sip_ua *ua, struct sip_client *client, const char *on)
{
    struct sp_buf    to = sip_core_scratch(ua);
    struct sp_handle self = sp_pool_handle(&ua->clients, client), tx;
    enum sp_err      err;

    if (client->within)
        sip_put_within(ua, &to, client);
    else
        sip_put_draft(ua, &to, &client->draft, &client->hop.target, &client->challenges);
    err = to.err;
    if (err == SP_OK)
        err = sip_tx_request(ua->tx, ua->now_us, &client->hop.target, sp_written(&to),
                             sip_core_cookie(SIP_OWNER_CLIENT, self), &tx);
    if (err == SP_OK)
        enter(ua, client, SIP_CLIENT_SENT, on);
    return err;
}

/* Its target is known: it is sent, or waits for its turn. */
static enum sp_err start(struct sip_ua *ua, struct sip_client *client, const char *on)
{
    enum sp_err err;

    if (!takes_turns(client))
        return transmit(ua, client, on);
    client->message.hash = message_hash(ua, client);
    if (is_overlapping(ua, client)) {
        enter(ua, client, SIP_CLIENT_WAITING, on);
        sp_list_add(&ua->waiting, &client->wait);
        return SP_OK;
    }
    err = transmit(ua, client, on);
    if (err == SP_OK)
        sp_table_add(&ua->messages, &client->message, client->message.hash);
    return err;
}

static void leave(struct sip_ua *ua, struct sip_client *client)
{
    sip_hop_drop(&client->hop);
    sp_list_remove(&client->wait);
    if (takes_turns(client) &&
        (client->state == SIP_CLIENT_SENT || client->state == SIP_CLIENT_RETRYING))
        sp_table_remove(&ua->messages, &client->message);
}

/* FAILED follows. */
static void fail(struct sip_ua *ua, struct sip_client *client, enum sp_err err, const char *on)
{
    leave(ua, client);
    enter(ua, client, SIP_CLIENT_ENDED, on);
    client->note.err = err;
    /* 8.1.3.1: what the layer tells counts as these. */
    client->note.status = err == SP_TIMEOUT ? 408 : 503;
    sip_core_note(ua, &client->note, SIP_UA_FAILED);
}

void sip_client_turn(struct sip_ua *ua)
{
    struct sp_link *link = sp_list_first(&ua->waiting), *next;

    ua->turn = false;
    for (; link != NULL; link = next) {
        struct sip_client *client = SP_OF(link, struct sip_client, wait);
        enum sp_err        err;

        next = sp_list_after(&ua->waiting, link);
        if (is_overlapping(ua, client))
            continue;
        sp_list_remove(link);
        err = start(ua, client, "turn");
        if (err != SP_OK)
            fail(ua, client, err, "turn");
    }
}

/* A draft is made: it goes to the next hop, or asks where that is. An error gives it back. */
static enum sp_err send(struct sip_ua *ua, struct sip_client *client, enum sp_err err)
{
    struct sp_handle self = sp_pool_handle(&ua->clients, client);
    struct sp_slice  hop;

    if (err == SP_OK)
        err = client->within ? sip_within_next_hop(ua, client, &hop)
                             : sip_draft_next_hop(&client->draft, &hop);
    if (err == SP_OK)
        err = sip_hop_find(&client->hop, hop, sip_core_cookie(SIP_OWNER_CLIENT, self), &ua->hops);
    if (err == SP_OK && client->hop.state == SIP_HOP_KNOWN)
        err = start(ua, client, "send");
    if (err != SP_OK) {
        leave(ua, client);
        sip_client_free(ua, client);
    }
    return err;
}

static struct sip_client *take_client(struct sip_ua *ua, const struct sip_ua_request *request,
                                      struct sp_handle *handle)
{
    struct sip_client *client = sp_pool_take(&ua->clients);

    if (client == NULL)
        return NULL;
    client->note.owner = SIP_OWNER_CLIENT;
    client->user = request->user;
    *handle = sp_pool_handle(&ua->clients, client);
    return client;
}

enum sp_err sip_client_send(struct sip_ua *ua, const struct sip_ua_request *request,
                            struct sp_handle *handle)
{
    struct sip_client *client = take_client(ua, request, handle);

    if (client == NULL)
        return SP_LIMIT;
    return send(ua, client, sip_draft_make(ua, request, &client->draft));
}

enum sp_err sip_client_serve(struct sip_ua *ua, const struct sip_ua_request *request,
                             const struct sip_identity *identity, struct sip_house house,
                             struct sip_challenges *challenges, struct sp_handle *handle)
{
    struct sip_client *client = take_client(ua, request, handle);
    enum sp_err        err;

    if (client == NULL)
        return SP_LIMIT;
    err = identity != NULL ? sip_draft_make_as(ua, request, identity, &client->draft)
                           : sip_draft_make(ua, request, &client->draft);
    client->house = house;
    client->challenges = *challenges;
    memset(challenges, 0, sizeof(*challenges));
    return send(ua, client, err);
}

enum sp_err sip_client_serve_within(struct sip_ua *ua, const struct sip_ua_request *request,
                                    struct sip_house house, struct sip_challenges *challenges,
                                    struct sp_handle *handle)
{
    struct sip_client *client = take_client(ua, request, handle);

    if (client == NULL)
        return SP_LIMIT;
    client->within = true;
    client->house = house;
    client->challenges = *challenges;
    memset(challenges, 0, sizeof(*challenges));
    return send(ua, client, sip_draft_body(ua, request, &client->draft));
}

enum sp_err sip_client_send_within(struct sip_ua *ua, struct sp_handle session,
                                   const struct sip_ua_request *request, struct sp_handle *handle)
{
    struct sip_client *client = take_client(ua, request, handle);

    if (client == NULL)
        return SP_LIMIT;
    client->session = session;
    client->within = true;
    return send(ua, client, sip_draft_body(ua, request, &client->draft));
}

static bool is_challenge(const struct sip_msg *msg)
{
    return msg->status == 401 || msg->status == 407;
}

static void retry(struct sip_ua *ua, struct sip_client *client, const char *on)
{
    enter(ua, client, SIP_CLIENT_RETRYING, on);
    sip_core_blank(&client->note);
    sp_list_add(&ua->retries, &client->wait);
}

/* The draft is for another target now; what was shown to one server is none of another's affair. */
static void detour(struct sip_ua *ua, struct sip_client *client, const char *on)
{
    sip_challenges_free(&client->challenges, &ua->store);
    sip_hop_drop(&client->hop);
    retry(ua, client, on);
}

/* RFC 3263 4.3: the same request goes to the next target of its name, on a branch of its own. */
static bool fail_over(struct sip_ua *ua, struct sip_client *client,
                      const struct sip_tx_action *action)
{
    enum sp_err why = sip_core_down(action);

    if (why == SP_OK || !sip_hop_next(&client->hop, why))
        return false;
    if (client->within)
        sip_within_again(ua, client);
    retry(ua, client, "failover");
    return true;
}

/* This target does not do; the next one of the set is tried (8.1.3.4), or it is over. */
static void next_target(struct sip_ua *ua, struct sip_client *client, enum sp_err err)
{
    if (sip_draft_detour(ua, &client->draft, NULL)) {
        detour(ua, client, "next target");
    } else {
        fail(ua, client, err, "failed");
    }
}

void sip_client_resolved(struct sip_ua *ua, struct sip_client *client, enum sp_err err)
{
    if (client->state == SIP_CLIENT_RETRYING) {
        if (err == SP_OK)
            sp_list_add(&ua->retries, &client->wait);
        else
            next_target(ua, client, err);
        return;
    }
    if (err == SP_OK)
        err = start(ua, client, "resolved");
    if (err != SP_OK)
        fail(ua, client, err, "resolved");
}

void sip_client_retry(struct sip_ua *ua, struct sip_client *client)
{
    struct sp_slice uri;
    enum sp_err     err;

    sp_list_remove(&client->wait);
    if (client->hop.state == SIP_HOP_NONE) {
        err = sip_draft_next_hop(&client->draft, &uri);
        if (err == SP_OK)
            err = sip_hop_find(
                &client->hop, uri,
                sip_core_cookie(SIP_OWNER_CLIENT, sp_pool_handle(&ua->clients, client)), &ua->hops);
        if (err != SP_OK) {
            next_target(ua, client, err);
            return;
        }
    }
    if (client->hop.state == SIP_HOP_ASKS)
        return;
    err = transmit(ua, client, "retry");
    if (err != SP_OK)
        fail(ua, client, err, "retry");
}

void sip_client_take(struct sip_ua *ua, struct sip_client *client,
                     const struct sip_tx_action *action)
{
    if (client->state != SIP_CLIENT_SENT || fail_over(ua, client, action))
        return;
    if (action->kind == SIP_TX_TIMEOUT || action->kind == SIP_TX_TRANSPORT) {
        client->note.timer = action->timer;
        next_target(ua, client, action->kind == SIP_TX_TIMEOUT ? SP_TIMEOUT : action->err);
    } else if (is_challenge(action->msg) &&
               sip_core_challenged(ua, &client->challenges, action->msg) == SP_OK) {
        client->draft.cseq++; /* 22.2 */
        retry(ua, client, "challenge");
    } else if (action->msg->status >= 300 && sip_draft_detour(ua, &client->draft, action->msg)) {
        detour(ua, client, "redirected");
    } else {
        client->note.status = action->msg->status;
        if (action->msg->status >= 200) {
            if (action->msg->status < 300)
                sip_core_accepted(ua, &client->challenges, action->msg);
            leave(ua, client);
            enter(ua, client, SIP_CLIENT_ENDED, "final");
        }
        sip_core_note(ua, &client->note, SIP_UA_RESPONSE);
    }
    /* After the note about the cause, which has the message. */
    if (!sp_handle_none(client->session) && client->state == SIP_CLIENT_ENDED &&
        action->kind != SIP_TX_TRANSPORT)
        sip_within_ended(ua, client->session, client->note.status);
}

void sip_client_free(struct sip_ua *ua, struct sip_client *client)
{
    if (takes_turns(client))
        ua->turn = true;
    sip_draft_free(ua, &client->draft);
    sip_challenges_free(&client->challenges, &ua->store);
    sp_pool_give(&ua->clients, client);
}
