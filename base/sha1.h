/* SPDX-License-Identifier: MIT
 * base/sha1.h -- SHA-1 (RFC 3174, FIPS 180-4), for the hash of a file: RFC 5547 6, RFC 4483 5.12.
 *
 * A checksum against accidents; nothing here relies on SHA-1 against an attacker. */
#ifndef SIPUSH_BASE_SHA1_H
#define SIPUSH_BASE_SHA1_H

#include "slice.h"

#define SP_SHA1_OCTETS 20

/* How blocks are hashed. */
enum sp_sha1_way { SP_SHA1_NOT_ASKED, SP_SHA1_PORTABLE, SP_SHA1_FAST };

struct sp_sha1 {
    uint32_t h[5];
    uint64_t octets; /* hashed so far */
    uint8_t  block[64];
    uint8_t  way; /* enum sp_sha1_way */
};

void sp_sha1_init(struct sp_sha1 *sha);
void sp_sha1_add(struct sp_sha1 *sha, struct sp_slice octets);
void sp_sha1_end(struct sp_sha1 *sha, uint8_t digest[SP_SHA1_OCTETS]);
/* Of octets that lie together. */
void sp_sha1(struct sp_slice octets, uint8_t digest[SP_SHA1_OCTETS]);

#endif
