/* SPDX-License-Identifier: MIT
 * tools/target.h -- whom to send to: what people type, completed to a SIP URI; and where that is.
 */
#ifndef SIPUSH_TOOLS_TARGET_H
#define SIPUSH_TOOLS_TARGET_H

#include "../base/addr.h"

/* `host:port`, `user@host`, an address, or a URI, as a SIP URI. False: nothing that could be one,
 * or longer than the room. */
bool target_complete(const char *text, char *uri, size_t octets);

/* The first address of a URI's host, by libc. False: it has none, or the URI is none. */
bool target_address(const char *uri, struct sp_addr *addr);
/* Our own address towards it, port 0. */
struct sp_addr target_local(const struct sp_addr *target);
bool           target_is_loopback(const struct sp_addr *addr);

#endif
