/* SPDX-License-Identifier: MIT
 * dialog/sip_share.h -- what one source may have of a pool: of the sessions that others invited us
 * to, of the subscriptions to our events. Not for users.
 *
 * A source is an IP address, of IPv6 the network of 64 bits that one host may number as it likes;
 * its port does not count. A neighbour that is trusted (sip_trust.h) brings everybody's requests,
 * and has no share. Never: answers. */
#ifndef SIPUSH_DIALOG_SIP_SHARE_H
#define SIPUSH_DIALOG_SIP_SHARE_H

#include "../base/addr.h"
#include "../base/pool.h"
#include "../base/table.h"

struct sip_ua;

/* An object counts by a link in ua->shares: by the hash of its pool and source alone, which is
 * keyed; two that had the same would count as one. */

/* It has as many objects of this pool, the sessions or the notifiers, as it may. */
bool sip_share_is_full(const struct sip_ua *ua, const struct sp_pool *of,
                       const struct sp_addr *source);
/* One more is its own; and not any longer. */
void sip_share_take(struct sip_ua *ua, struct sp_table_link *share, const struct sp_pool *of,
                    const struct sp_addr *source);
void sip_share_give(struct sip_ua *ua, struct sp_table_link *share);

#endif
