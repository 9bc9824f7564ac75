/* SPDX-License-Identifier: MIT
 * tools/target.h -- whom to send to: what people type, completed to a SIP URI; and where that is.
 */
#ifndef SIPUSH_TOOLS_TARGET_H
#define SIPUSH_TOOLS_TARGET_H

#include "../base/ident.h"
#include "../transport/sp_net.h"

/* `host:port`, `user@host`, an address, or a URI, as a SIP URI. False: nothing that could be one,
 * or longer than the room. */
bool target_complete(const char *text, char *uri, size_t octets);

/* The same for a proxy: with lr, for its routing is that of RFC 3261 (16.12). False too: a URI with
 * header fields. */
bool target_proxy(const char *text, char *uri, size_t octets);

/* Where a request to this URI may go (RFC 3263): the first address of each family, the first of all
 * first; `count` tells how many. Asks through `net`, which has no socket yet, and waits until
 * `stop` (may be NULL) says not to. SP_RESOLVE: there is none; SP_UNSUPPORTED: it would need TLS or
 * another transport than UDP and TCP; SP_SYNTAX. */
SP_MUST_USE enum sp_err target_addresses(struct sp_net *net, struct sp_ident *ident,
                                         const char *uri, struct sp_addr addrs[2], size_t *count,
                                         bool stop(void));
/* Our own address towards it, port 0. */
struct sp_addr target_local(const struct sp_addr *target);
bool           target_is_loopback(const struct sp_addr *addr);

#endif
