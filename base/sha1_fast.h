/* SPDX-License-Identifier: MIT
 * base/sha1_fast.h -- blocks of SHA-1 by the processor's own instructions, where it has them.
 *
 * Three to five times as fast as base/sha1.c, which alone decides when to use it. Where the
 * compiler, the processor or a build for size does not have it, `here` says no. */
#ifndef SIPUSH_BASE_SHA1_FAST_H
#define SIPUSH_BASE_SHA1_FAST_H

#include "slice.h"

/* Can it be used? Asking may cost microseconds: once a hash, not once a block. */
bool sp_sha1_fast_here(void);
/* Hash `count` blocks of 64 octets into H0 to H4 (FIPS 180-4 6.1.2); only where `here` said yes. */
void sp_sha1_fast(uint32_t H[5], const uint8_t *blocks, size_t count);

#endif
