/* SPDX-License-Identifier: MIT
 * base/md5.h -- MD5 (RFC 1321), for Digest with peers that know nothing better: RFC 3261 22.4.
 *
 * Broken against whoever can choose what is hashed; RFC 8760 3 keeps it for old peers only, and so
 * does this house. */
#ifndef SIPUSH_BASE_MD5_H
#define SIPUSH_BASE_MD5_H

#include "slice.h"

#define SP_MD5_OCTETS 16

struct sp_md5 {
    uint32_t h[4];
    uint64_t octets; /* hashed so far */
    uint8_t  block[64];
};

void sp_md5_init(struct sp_md5 *md5);
void sp_md5_add(struct sp_md5 *md5, struct sp_slice octets);
void sp_md5_end(struct sp_md5 *md5, uint8_t digest[SP_MD5_OCTETS]);

#endif
