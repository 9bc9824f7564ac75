/* SPDX-License-Identifier: MIT
 * base/sha256.h -- SHA-256 (RFC 6234, FIPS 180-4): for identifiers, later for digest. */
#ifndef SIPUSH_BASE_SHA256_H
#define SIPUSH_BASE_SHA256_H

#include "slice.h"

#define SP_SHA256_OCTETS 32

struct sp_sha256 {
    uint32_t h[8];
    uint64_t octets;
    uint8_t  block[64];
};

void sp_sha256_init(struct sp_sha256 *sha);
void sp_sha256_add(struct sp_sha256 *sha, struct sp_slice octets);
void sp_sha256_end(struct sp_sha256 *sha, uint8_t digest[SP_SHA256_OCTETS]);

#endif
