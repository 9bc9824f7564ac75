/* SPDX-License-Identifier: MIT
 * base/ident.h -- identifiers: tags, branches, Call-IDs, session-ids, Message-IDs.
 *
 * A seeded generator: SHA-256 over seed and counter. The host gives the seed (from the system's
 * entropy, or fixed to replay a run); who knows no seed cannot guess the next identifier. */
#ifndef SIPUSH_BASE_IDENT_H
#define SIPUSH_BASE_IDENT_H

#include "buf.h"

#define SP_SEED_OCTETS 32

struct sp_ident {
    uint8_t  seed[SP_SEED_OCTETS];
    uint64_t counter; /* blocks drawn */
    uint8_t  block[32];
    uint32_t left; /* octets of the block not used yet */
};

void sp_ident_init(struct sp_ident *ident, const uint8_t seed[SP_SEED_OCTETS]);
/* A seed for a part of an agent, so that parts draw independently. */
void sp_ident_split(struct sp_ident *ident, uint8_t seed[SP_SEED_OCTETS]);

void sp_ident_octets(struct sp_ident *ident, void *to, size_t octets);
/* A number below `limit`, all equally likely. */
uint32_t sp_ident_below(struct sp_ident *ident, uint32_t limit);
/* `chars` characters of [0-9A-Za-z], 5.95 bits each: a token in every grammar of this house. */
void sp_ident_token(struct sp_ident *ident, char *to, size_t chars);
void sp_put_token(struct sp_buf *to, struct sp_ident *ident, size_t chars);

#endif
