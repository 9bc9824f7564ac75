/* SPDX-License-Identifier: MIT
 * dialog/sip_route.h -- a remote target and a route set become Request-URI and Route. RFC
 * 3261 12.2.1.1, 8.1.1.1, 8.1.2.
 *
 * A route set is kept as its values, split by line feeds, which no value can hold
 * ("<sip:a;lr>\n<sip:b;lr>"). Knows both kinds of first hop: the loose router, and the strict
 * router of RFC 2543. */
#ifndef SIPUSH_DIALOG_SIP_ROUTE_H
#define SIPUSH_DIALOG_SIP_ROUTE_H

#include "../parser/sip_msg.h"
#include "../parser/sip_write.h"

#define SIP_MAX_FORWARDS 70 /* RFC 3261 8.1.1.6 */

struct sip_route {
    struct sp_slice request_uri; /* stripped when it is written: sip_put_request */
    struct sp_slice next;        /* the URI that tells where the request goes (8.1.2) */
    struct sp_slice routes;      /* values of Route, split by line feeds; empty: none */
    struct sp_slice last;        /* strict router: the remote target, the last value; empty: none */
};

/* Everything points into `target` and `set`. SP_SYNTAX: a value of the set or the target is no URI.
 */
SP_MUST_USE enum sp_err sip_route_of(struct sp_slice target, struct sp_slice set,
                                     struct sip_route *route);

/* The request line, without what may not stand in a Request-URI: a method parameter and headers
 * (19.1.1, table 1). */
void sip_put_request(struct sp_buf *to, struct sp_slice method, const struct sip_route *route);
/* Route, a field a value; nothing when there is none. */
void sip_put_route(struct sp_buf *to, const struct sip_route *route);

/* The Record-Route values of a message as a route set: in order, or from the last to the first as a
 * UAC has them (12.1.2). Folds are taken away. SP_SYNTAX sticks in `to` when one is no name-addr,
 * SP_ROOM. */
void sip_put_route_set(struct sp_buf *to, const struct sip_msg *msg, bool reverse);

#endif
