/* SPDX-License-Identifier: MIT
 * dialog/sip_share.c -- what one source may have of a pool. */
#include "sip_share.h"

#include <string.h>

#include "sip_core.h"
#include "sip_trust.h"

enum { NETWORK_OCTETS = 8 }; /* of an IPv6 address: the rest is the host's to choose */

static struct sp_addr source_of(const struct sp_addr *addr)
{
    struct sp_addr source = *addr;

    if (source.family == SP_IPV6)
        memset(source.octets + NETWORK_OCTETS, 0, sizeof(source.octets) - NETWORK_OCTETS);
    return source;
}

static uint64_t hash_of(const struct sip_ua *ua, const struct sp_addr *source)
{
    struct sp_slice octets = sp_slice(source->octets, sizeof(source->octets));

    return sp_table_hash(&ua->shares, &octets, 1);
}

bool sip_share_is_full(const struct sip_ua *ua, const struct sp_pool *of,
                       const struct sp_addr *source)
{
    struct sp_addr        same = source_of(source);
    struct sp_table_link *link;
    uint32_t left = of == &ua->sessions ? ua->limits.source_dialogs : ua->limits.source_notifiers;

    if (sip_trust_is(ua, source))
        return false;
    link = sp_table_first(&ua->shares, hash_of(ua, &same));
    for (; left > 0 && link != NULL; link = sp_table_next(link)) {
        const struct sip_share *share = SP_OF(link, struct sip_share, link);

        if (share->of == of && sp_addr_eq_host(&share->source, &same))
            left--;
    }
    return left == 0;
}

void sip_share_take(struct sip_ua *ua, struct sip_share *share, const struct sp_pool *of,
                    const struct sp_addr *source)
{
    share->of = of;
    share->source = source_of(source);
    sp_table_add(&ua->shares, &share->link, hash_of(ua, &share->source));
}

void sip_share_give(struct sip_ua *ua, struct sip_share *share)
{
    sp_table_remove(&ua->shares, &share->link);
}
