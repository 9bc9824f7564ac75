/* SPDX-License-Identifier: MIT
 * push/push_seen.c -- pushes that were delivered. RFC 8262, RFC 4975 5.4. */
#include "push_seen.h"

#include <string.h>

#define KEPT_US (UINT64_C(3600) * 1000000)

void push_seen_init(struct push_seen *seen, struct sp_arena *arena, uint32_t capacity)
{
    seen->ones = sp_arena_take(arena, capacity, sizeof(*seen->ones));
    seen->capacity = capacity;
    seen->next = 0;
}

/* With its length, so that no two lists of parts are one text. */
static void add_part(struct sp_sha1 *sha, struct sp_slice part)
{
    uint64_t octets = part.len;

    sp_sha1_add(sha, sp_slice(&octets, sizeof(octets)));
    sp_sha1_add(sha, part);
}

void push_key_of(struct push_key *key, const struct sip_msg *message, struct sp_slice from)
{
    const struct sip_field *id = sip_msg_find_name(message, SP_LIT("Content-ID"));
    struct sp_sha1          sha;

    sp_sha1_init(&sha);
    add_part(&sha, from);
    if (id != NULL && id->value.len > 0) {
        add_part(&sha, id->value);
        add_part(&sha, message->body);
        key->has = true;
    } else {
        add_part(&sha, sip_msg_value(message, SIP_FIELD_CALL_ID));
        add_part(&sha, sip_msg_value(message, SIP_FIELD_CSEQ));
        add_part(&sha, sp_slice(NULL, 0)); /* no key of the other kind is the same */
        key->has = sip_msg_value(message, SIP_FIELD_CALL_ID).len > 0;
    }
    sp_sha1_end(&sha, key->sha1);
}

void push_key_of_msrp(struct push_key *key, uint64_t call, struct sp_slice message_id,
                      struct sp_slice type, uint64_t octets)
{
    struct sp_sha1 sha;

    sp_sha1_init(&sha);
    add_part(&sha, sp_slice(&call, sizeof(call)));
    add_part(&sha, message_id);
    add_part(&sha, type);
    add_part(&sha, sp_slice(&octets, sizeof(octets)));
    sp_sha1_end(&sha, key->sha1);
    key->has = octets != UINT64_MAX;
}

bool push_key_eq(const struct push_key *a, const struct push_key *b)
{
    return a->has && b->has && memcmp(a->sha1, b->sha1, sizeof(a->sha1)) == 0;
}

void push_seen_add(struct push_seen *seen, uint64_t now_us, const struct push_key *key)
{
    struct push_seen_one *one;

    if (!key->has || seen->capacity == 0) {
        return;
    }
    one = &seen->ones[seen->next];
    seen->next = (seen->next + 1) % seen->capacity;
    memcpy(one->sha1, key->sha1, sizeof(one->sha1));
    one->until_us = now_us + KEPT_US;
}

bool push_seen_has(const struct push_seen *seen, uint64_t now_us, const struct push_key *key)
{
    uint32_t i;

    for (i = 0; key->has && i < seen->capacity; i++) {
        if (seen->ones[i].until_us > now_us &&
            memcmp(seen->ones[i].sha1, key->sha1, sizeof(key->sha1)) == 0) {
            return true;
        }
    }
    return false;
}
