/* SPDX-License-Identifier: MIT
 * sdp/sdp_line.h -- the value of each line but a= and m=: RFC 8866 5.2, 5.7 to 5.11, 9.
 *
 * One function a rule, reading from the cursor as far as the rule goes. The end of the line is
 * the caller's to check. Lines for people (s=, i=, u=, e=, p=) are text to us: no machine acts
 * on them, so none is refused for its form. */
#ifndef SIPUSH_SDP_SDP_LINE_H
#define SIPUSH_SDP_SDP_LINE_H

#include "sdp.h"

/* origin-field: username SP sess-id SP sess-version SP nettype SP addrtype SP unicast-address. */
void sdp_scan_origin(struct sp_scan *s, struct sdp_origin *origin);
/* connection-field. A multicast IP4 address has a ttl of 0-255, a unicast one has no slash
 * (5.7); several addresses ("/n") only where `in_media` is true. */
void sdp_scan_connection(struct sp_scan *s, struct sdp_connection *connection, bool in_media);
/* bandwidth-field. */
void sdp_scan_bandwidth(struct sp_scan *s);
/* time-field, repeat-field, zone-field. Times are seconds since 1900. */
void sdp_scan_time(struct sp_scan *s, uint64_t *start, uint64_t *stop);
void sdp_scan_repeat(struct sp_scan *s);
void sdp_scan_zone(struct sp_scan *s);

#endif
