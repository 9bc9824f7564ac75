/* SPDX-License-Identifier: MIT
 * base/ident.c -- identifiers: SHA-256 over seed and counter, used up octet by octet. */
#include "ident.h"

#include <assert.h>
#include <string.h>

#include "sha256.h"

static const char chars_of_token[62] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

void sp_ident_init(struct sp_ident *ident, const uint8_t seed[SP_SEED_OCTETS])
{
    *ident = (struct sp_ident){ .counter = 0 };
    memcpy(ident->seed, seed, SP_SEED_OCTETS);
}

void sp_ident_split(struct sp_ident *ident, uint8_t seed[SP_SEED_OCTETS])
{
    sp_ident_octets(ident, seed, SP_SEED_OCTETS);
}

static void draw_block(struct sp_ident *ident)
{
    struct sp_sha256 sha;
    char             counter[8];

    for (int i = 0; i < 8; i++)
        counter[i] = (char)(ident->counter >> (56 - 8 * i));
    ident->counter++;
    sp_sha256_init(&sha);
    sp_sha256_add(&sha, sp_slice(ident->seed, SP_SEED_OCTETS));
    sp_sha256_add(&sha, sp_slice(counter, sizeof counter));
    sp_sha256_end(&sha, ident->block);
    ident->left = sizeof ident->block;
}

static uint8_t draw_octet(struct sp_ident *ident)
{
    if (ident->left == 0)
        draw_block(ident);
    return ident->block[sizeof ident->block - ident->left--];
}

void sp_ident_octets(struct sp_ident *ident, void *to, size_t octets)
{
    uint8_t *at = to;

    for (size_t i = 0; i < octets; i++)
        at[i] = draw_octet(ident);
}

uint32_t sp_ident_below(struct sp_ident *ident, uint32_t limit)
{
    uint32_t value, unfair;

    assert(limit > 0);
    /* 2^32 mod limit: the lowest numbers, drawn again, so that a multiple of `limit` remains. */
    unfair = (0 - limit) % limit;
    do {
        value = 0;
        for (int i = 0; i < 4; i++)
            value = value << 8 | draw_octet(ident);
    } while (value < unfair);
    return value % limit;
}

static char draw_char(struct sp_ident *ident)
{
    uint8_t octet;

    do
        octet = draw_octet(ident);
    while (octet >= 4 * sizeof chars_of_token);
    return chars_of_token[octet % sizeof chars_of_token];
}

void sp_ident_token(struct sp_ident *ident, char *to, size_t chars)
{
    for (size_t i = 0; i < chars; i++)
        to[i] = draw_char(ident);
}

void sp_put_token(struct sp_buf *to, struct sp_ident *ident, size_t chars)
{
    for (size_t i = 0; i < chars; i++)
        sp_put_char(to, draw_char(ident));
}
