/* SPDX-License-Identifier: MIT
 * dialog/sip_share.c -- what one source may have of a pool. */
#include "sip_share.h"

#include "sip_core.h"
#include "sip_trust.h"

enum { NETWORK_OCTETS = 8 }; /* of an IPv6 address: the rest is the host's to choose */

static uint64_t hash_of(const struct sip_ua *ua, const struct sp_pool *of,
                        const struct sp_addr *source)
{
    size_t          octets = source->family == SP_IPV6 ? NETWORK_OCTETS : sizeof(source->octets);
    uint8_t         kind = of == &ua->sessions;
    struct sp_slice parts[] = { sp_slice(&kind, 1), sp_slice(source->octets, octets) };

    return sp_table_hash(&ua->shares, parts, 2);
}

bool sip_share_is_full(const struct sip_ua *ua, const struct sp_pool *of,
                       const struct sp_addr *source)
{
    uint32_t left = of == &ua->sessions ? ua->limits.source_dialogs : ua->limits.source_notifiers;
    struct sp_table_link *link = sp_table_first(&ua->shares, hash_of(ua, of, source));

    if (sip_trust_is(ua, source))
        return false;
    for (; left > 0 && link != NULL; link = sp_table_next(link))
        left--;
    return left == 0;
}

void sip_share_take(struct sip_ua *ua, struct sp_table_link *share, const struct sp_pool *of,
                    const struct sp_addr *source)
{
    sp_table_add(&ua->shares, share, hash_of(ua, of, source));
}

void sip_share_give(struct sip_ua *ua, struct sp_table_link *share)
{
    sp_table_remove(&ua->shares, share);
}
