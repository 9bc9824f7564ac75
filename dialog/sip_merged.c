/* SPDX-License-Identifier: MIT
 * dialog/sip_merged.c -- requests that arrived by two paths. RFC 3261 8.2.2.2. */
#include "sip_merged.h"

#include <string.h>

enum { WAYS = 4 };

void sip_merged_init(struct sip_merged *merged, struct sp_arena *arena, uint32_t transactions)
{
    uint32_t buckets = transactions > 0 ? 1 : 0;

    while (buckets > 0 && buckets * WAYS < transactions)
        buckets *= 2;
    merged->buckets = buckets;
    merged->entries = sp_arena_take(arena, (size_t)buckets * WAYS, sizeof(*merged->entries));
}

static bool goes_on(const struct sip_tx_layer *layer, struct sp_handle tx)
{
    struct sp_flow flow;

    return !sp_handle_none(tx) && sip_tx_request_flow(layer, tx, &flow) == SP_OK;
}

bool sip_merged_take(struct sip_merged *merged, const struct sip_tx_layer *layer, uint64_t hash,
                     struct sp_handle tx)
{
    struct sip_merged_entry *bucket;

    if (merged->buckets == 0)
        return false;
    bucket = &merged->entries[(hash & (merged->buckets - 1)) * WAYS];
    for (int i = 0; i < WAYS; i++)
        if (bucket[i].hash == hash && !sp_handle_eq(bucket[i].tx, tx) &&
            goes_on(layer, bucket[i].tx))
            return true;
    /* The newest stands first; what falls off the end is ended or the oldest. */
    memmove(bucket + 1, bucket, (WAYS - 1) * sizeof(*bucket));
    bucket[0].hash = hash;
    bucket[0].tx = tx;
    return false;
}
