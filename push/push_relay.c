/* SPDX-License-Identifier: MIT
 * push/push_relay.c -- URIs of our MSRP relays, asked for ahead. RFC 4976 5.1. */
#include <string.h>

#include "../base/timers.h"
#include "push_link.h"

void push_relay_lay_out(struct push_relay *relay, struct sp_arena *arena,
                        const struct sp_limits *limits)
{
    char *paths;

    relay->count = limits->msrp_leases;
    relay->room = limits->msrp_path_octets;
    relay->entries = sp_arena_take(arena, relay->count, sizeof *relay->entries);
    paths = sp_arena_room(arena, relay->count, relay->room);
    for (uint32_t i = 0; relay->entries != NULL && i < relay->count; i++) {
        relay->entries[i].path = paths + i * relay->room;
    }
}

static uint32_t count_of(const struct push_relay *relay, enum push_relay_state state)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < relay->count; i++) {
        count += relay->entries[i].state == state;
    }
    return count;
}

static struct push_relay_entry *first_of(struct push_relay *relay, enum push_relay_state state)
{
    for (uint32_t i = 0; i < relay->count; i++) {
        if (relay->entries[i].state == state) {
            return &relay->entries[i];
        }
    }
    return NULL;
}

static enum sp_err ask(struct push_link *link, struct push_relay_entry *entry)
{
    struct push_media_addr   media;
    char                     room[96];
    struct sp_buf            own = sp_buf(room, sizeof(room));
    struct msrp_relay_config config = {
        .relays = link->relay.config.relays,
        .username = link->relay.config.username,
        .password = link->relay.config.password,
    };
    enum sp_err err;

    if (!push_link_media(link, SP_IPV4, &media)) {
        return SP_MISSING;
    }
    sp_ident_token(&link->ident, entry->session_id, sizeof(entry->session_id));
    push_put_own(&own, &media, sp_slice(entry->session_id, sizeof(entry->session_id)));
    config.own = sp_written(&own);
    err = msrp_use_relay(link->msrp, link->now_us, &config, &entry->lease);
    if (err == SP_OK) {
        entry->state = PUSH_RELAY_ASKED;
    }
    return err;
}

/* As many as are to be ready are ready or asked for. */
static enum sp_err fill(struct push_link *link)
{
    struct push_relay *relay = &link->relay;
    enum sp_err        err = SP_OK;

    if (relay->config.relays.len == 0 || link->now_us < relay->again_us) {
        return SP_OK;
    }
    while (err == SP_OK && count_of(relay, PUSH_RELAY_READY) + count_of(relay, PUSH_RELAY_ASKED) <
                               relay->config.ready) {
        struct push_relay_entry *entry = first_of(relay, PUSH_RELAY_FREE);

        if (entry == NULL) {
            break;
        }
        err = ask(link, entry);
    }
    return err;
}

enum sp_err push_relay_use(struct push_link *link, uint64_t now_us,
                           const struct push_relay_config *config)
{
    enum sp_err err;

    link->now_us = now_us;
    if (config->ready == 0 || config->ready > link->relay.count) {
        return SP_LIMIT;
    }
    link->relay.config = *config;
    err = fill(link);
    if (err != SP_OK) {
        link->relay.config.relays = sp_slice(NULL, 0);
    }
    return err;
}

static struct push_relay_entry *of_lease(struct push_relay *relay, struct sp_handle lease)
{
    for (uint32_t i = 0; i < relay->count; i++) {
        if (relay->entries[i].state != PUSH_RELAY_FREE &&
            sp_handle_eq(relay->entries[i].lease, lease)) {
            return &relay->entries[i];
        }
    }
    return NULL;
}

void push_relay_note(struct push_link *link, const struct msrp_action *msrp)
{
    struct push_relay       *relay = &link->relay;
    struct push_relay_entry *entry = of_lease(relay, msrp->session);

    if (entry == NULL) {
        return;
    }
    if (msrp->kind == MSRP_RELAYED && msrp->content.len <= relay->room) {
        memcpy(entry->path, msrp->content.at, msrp->content.len);
        entry->octets = (uint32_t)msrp->content.len;
        entry->moved = entry->state == PUSH_RELAY_LENT;
        if (entry->state == PUSH_RELAY_ASKED) {
            entry->state = PUSH_RELAY_READY;
        }
        relay->err = SP_OK;
    } else {
        entry->state = PUSH_RELAY_FREE;
        relay->err = msrp->kind == MSRP_RELAYED ? SP_ROOM : msrp->err;
        relay->status = msrp->status;
        relay->again_us = link->now_us + PUSH_RELAY_AGAIN_US;
    }
    relay->ready = count_of(relay, PUSH_RELAY_READY);
}

void push_relay_tick(struct push_link *link)
{
    if (link->relay.again_us > 0 && link->now_us >= link->relay.again_us) {
        link->relay.again_us = 0;
        link->relay.err = fill(link);
    }
}

uint64_t push_relay_deadline(const struct push_link *link)
{
    return link->relay.again_us > 0 ? link->relay.again_us : SP_NEVER;
}

bool push_relay_draw(struct push_link *link, char session_id[PUSH_SESSION_ID_CHARS])
{
    struct push_relay_entry *entry;

    push_relay_return(link, session_id);
    if (link->relay.config.relays.len == 0) {
        sp_ident_token(&link->ident, session_id, PUSH_SESSION_ID_CHARS);
        return true;
    }
    entry = first_of(&link->relay, PUSH_RELAY_READY);
    if (entry == NULL) {
        return false;
    }
    entry->state = PUSH_RELAY_LENT;
    memcpy(session_id, entry->session_id, PUSH_SESSION_ID_CHARS);
    link->relay.ready--;
    (void)!fill(link); /* later ones may miss it, and say so */
    return true;
}

const struct push_relay_entry *push_relay_find(const struct push_link *link,
                                               struct sp_slice         session_id)
{
    for (uint32_t i = 0; i < link->relay.count; i++) {
        const struct push_relay_entry *entry = &link->relay.entries[i];

        if (entry->state == PUSH_RELAY_LENT &&
            sp_eq(sp_slice(entry->session_id, sizeof(entry->session_id)), session_id)) {
            return entry;
        }
    }
    return NULL;
}

bool push_relay_moved(struct push_link *link, struct sp_slice session_id)
{
    const struct push_relay_entry *lent = push_relay_find(link, session_id);
    struct push_relay_entry *entry = lent != NULL ? &link->relay.entries[lent - link->relay.entries]
                                                  : NULL;
    bool                     moved = entry != NULL && entry->moved;

    if (moved) {
        entry->moved = false;
    }
    return moved;
}

void push_relay_return(struct push_link *link, const char session_id[PUSH_SESSION_ID_CHARS])
{
    for (uint32_t i = 0; i < link->relay.count; i++) {
        struct push_relay_entry *entry = &link->relay.entries[i];

        if (entry->state == PUSH_RELAY_LENT &&
            memcmp(entry->session_id, session_id, PUSH_SESSION_ID_CHARS) == 0) {
            entry->state = PUSH_RELAY_FREE;
            /* Stale where a session was opened on it: it went with that. */
            (void)!msrp_leave_relay(link->msrp, link->now_us, entry->lease);
        }
    }
}
