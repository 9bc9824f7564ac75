/* SPDX-License-Identifier: MIT
 * base/sha512_256.h -- SHA-512/256 (FIPS 180-4 5.3.6.2, 6.7), for Digest: RFC 7616, RFC 8760.
 *
 * Not SHA-512 cut to 256 bits: it starts from values of its own. */
#ifndef SIPUSH_BASE_SHA512_256_H
#define SIPUSH_BASE_SHA512_256_H

#include "slice.h"

#define SP_SHA512_256_OCTETS 32

struct sp_sha512_256 {
    uint64_t h[8];
    uint64_t octets; /* hashed so far */
    uint8_t  block[128];
};

void sp_sha512_256_init(struct sp_sha512_256 *sha);
void sp_sha512_256_add(struct sp_sha512_256 *sha, struct sp_slice octets);
void sp_sha512_256_end(struct sp_sha512_256 *sha, uint8_t digest[SP_SHA512_256_OCTETS]);

#endif
