/* SPDX-License-Identifier: MIT
 * dialog/sip_merged.h -- requests that arrived by two paths. RFC 3261 8.2.2.2.
 *
 * Remembers, for each server transaction begun by a request without a To tag, a keyed hash of its
 * From tag, Call-ID and CSeq. The same three in another transaction, while the first goes on, are a
 * merged request (482). Room for as many as there are transactions, four a bucket: where a fifth
 * falls into a bucket of live ones, the oldest is forgotten, and one merged request may pass as a
 * new one. */
#ifndef SIPUSH_DIALOG_SIP_MERGED_H
#define SIPUSH_DIALOG_SIP_MERGED_H

#include "../base/pool.h"
#include "../base/table.h"
#include "../transaction/sip_tx.h"

struct sip_merged_entry {
    uint64_t         hash;
    struct sp_handle tx; /* zero: unused */
};

struct sip_merged {
    struct sip_merged_entry *entries;
    uint32_t                 buckets; /* a power of two; 0: remembers nothing */
};

void sip_merged_init(struct sip_merged *merged, struct sp_arena *arena, uint32_t transactions);
/* True when the request with this hash goes on in another transaction than `tx`; else it is
 * remembered. */
bool sip_merged_take(struct sip_merged *merged, const struct sip_tx_layer *layer, uint64_t hash,
                     struct sp_handle tx);

#endif
