/* SPDX-License-Identifier: MIT
 * push/push_seen.h -- pushes that were delivered, so that one which comes again is handed over
 * once. RFC 3261 8.1.3.5, RFC 8262 (Content-ID), RFC 4975 5.4 (Message-ID).
 *
 * A sender that got no answer asks again in a new transaction, and names the content with the same
 * Content-ID. A push is the same when sender, Content-ID and octets are; without a Content-ID, when
 * it is the same request: sender, Call-ID and CSeq. That one was on its way for longer than its
 * server transaction lived. A message of a session whose connection was lost comes again in
 * another one of the same call, with its Message-ID. Keeps the last ones, for an hour. Never: takes
 * two requests without a Content-ID for one. */
#ifndef SIPUSH_PUSH_PUSH_SEEN_H
#define SIPUSH_PUSH_PUSH_SEEN_H

#include "../base/arena.h"
#include "../base/sha1.h"
#include "../parser/sip_msg.h"

struct push_key {
    bool    has; /* the request can be known again */
    uint8_t sha1[SP_SHA1_OCTETS];
};

struct push_seen_one {
    uint8_t  sha1[SP_SHA1_OCTETS];
    uint64_t until_us; /* 0: empty */
};

struct push_seen {
    struct push_seen_one *ones; /* a ring */
    uint32_t              capacity, next;
};

void push_seen_init(struct push_seen *seen, struct sp_arena *arena, uint32_t capacity);

/* What a MESSAGE is known by: `from` is the URI of its sender. */
void push_key_of(struct push_key *key, const struct sip_msg *message, struct sp_slice from);
/* What a message of MSRP is known by, within the call that this number stands for. */
void push_key_of_msrp(struct push_key *key, uint64_t call, struct sp_slice message_id,
                      struct sp_slice type, uint64_t octets);
bool push_key_eq(const struct push_key *a, const struct push_key *b);

void push_seen_add(struct push_seen *seen, uint64_t now_us, const struct push_key *key);
bool push_seen_has(const struct push_seen *seen, uint64_t now_us, const struct push_key *key);

#endif
