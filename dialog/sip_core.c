/* SPDX-License-Identifier: MIT
 * dialog/sip_core.c -- what the files of this floor share. RFC 3261 8. */
#include "sip_core.h"

#include <assert.h>
#include <string.h>

/* Of 64 bits: 2 of the owner, 1 that push/ has (push_link.c), 8 of the question's number. */
#define SLOT_MASK ((UINT32_C(1) << (SIP_HOP_ASKED_BIT - 32)) - 1)

uint64_t sip_core_cookie(enum sip_owner owner, struct sp_handle handle)
{
    assert(handle.slot <= SLOT_MASK);
    return (uint64_t)owner << 62 | (uint64_t)handle.slot << 32 | handle.generation;
}

enum sip_owner sip_core_owner(uint64_t cookie)
{
    return (enum sip_owner)(cookie >> 62);
}

struct sp_handle sip_core_handle(uint64_t cookie)
{
    struct sp_handle handle = { (uint32_t)(cookie >> 32) & SLOT_MASK, (uint32_t)cookie };

    return handle;
}

uint8_t sip_core_asked(uint64_t cookie)
{
    return (uint8_t)(cookie >> SIP_HOP_ASKED_BIT);
}

struct sp_buf sip_core_scratch(struct sip_ua *ua)
{
    return sp_buf(ua->scratch, (size_t)ua->limits.message_octets + SIP_ANSWER_MORE);
}

struct sip_dialog_room sip_core_room(struct sip_ua *ua)
{
    struct sip_dialog_room room = { &ua->store, ua->limits.dialog_octets, ua->text };

    return room;
}

static struct sip_login_room login_room(struct sip_ua *ua)
{
    struct sip_login_room room = { .logins = ua->logins,
                                   .count = ua->login_count,
                                   .store = &ua->store,
                                   .ident = &ua->ident,
                                   .text = ua->text,
                                   .most = ua->limits.dialog_octets };

    return room;
}

struct sp_slice sip_put_login(struct sip_ua *ua, struct sp_buf *to,
                              struct sip_challenges *challenges, struct sp_slice body)
{
    struct sip_login_room room = login_room(ua);
    struct sp_slice       line = sp_slice(to->at, to->len), method, uri;
    size_t                start = to->len;

    if (challenges == NULL || challenges->block == NULL || to->err != SP_OK)
        return sp_slice(NULL, 0);
    method = sp_head(line, sp_find(line, ' '));
    uri = sp_from(line, method.len + 1);
    uri = sp_head(uri, sp_find(uri, ' '));
    sip_put_credentials(to, challenges, &room, method, uri, body);
    return sp_slice(to->at + start, to->len - start);
}

enum sp_err sip_core_challenged(struct sip_ua *ua, struct sip_challenges *challenges,
                                const struct sip_msg *response)
{
    struct sip_login_room room = login_room(ua);

    if (ua->login_count == 0)
        return SP_UNSUPPORTED;
    return sip_challenges_take(challenges, &room, response);
}

enum sp_err sip_core_down(const struct sip_tx_action *action)
{
    switch (action->kind) {
    case SIP_TX_TRANSPORT: return action->err;
    case SIP_TX_TIMEOUT: return action->heard ? SP_OK : SP_TIMEOUT;
    case SIP_TX_RESPONSE: return action->msg->status == 503 ? SP_REFUSED : SP_OK;
    default: return SP_OK;
    }
}

void sip_core_accepted(struct sip_ua *ua, struct sip_challenges *challenges,
                       const struct sip_msg *response)
{
    struct sip_login_room room = login_room(ua);

    challenges->tries = 0;
    if (challenges->block != NULL)
        sip_challenges_next(challenges, &room, response);
}

void sip_core_note(struct sip_ua *ua, struct sip_note *note, enum sip_ua_action_kind kind)
{
    note->kind = kind;
    sp_list_add(&ua->notes, &note->link);
}

void sip_core_blank(struct sip_note *note)
{
    note->status = 0;
    note->again = false;
    note->by_peer = false;
    note->reliable = false;
    note->sdp = SIP_UA_SDP_NONE;
    note->method = SIP_METHOD_OTHER;
    memset(&note->request, 0, sizeof(note->request));
    memset(&note->invite, 0, sizeof(note->invite));
    note->err = SP_OK;
    note->timer = NULL;
}
