/* SPDX-License-Identifier: MIT
 * msrp/msrp_endline.h -- the search for "-------" and a transaction id, at memory speed. RFC
 * 4975 7.1, 7.3.1.
 *
 * Seven hyphens in a row cover one of every seven octets, so only every seventh is looked at until
 * a hyphen turns up. Any content is searched in linear time. The receiver finds the end of a chunk
 * with it; the sender proves with the guard that what it sends never holds its own end-line. */
#ifndef SIPUSH_MSRP_MSRP_ENDLINE_H
#define SIPUSH_MSRP_MSRP_ENDLINE_H

#include "../base/slice.h"

#define MSRP_HYPHENS      7
#define MSRP_IDENT_OCTETS 32 /* at most, in a transaction id and in a Message-ID */

/* The place of the first "-------" `id` that lies wholly in `octets`; `octets.len` when there is
 * none. More hyphens may precede. `id` begins with no hyphen. */
size_t msrp_endline_find(struct sp_slice octets, struct sp_slice id);

/* Watches a body that goes out in pieces. */
struct msrp_guard {
    char    mark[MSRP_HYPHENS + MSRP_IDENT_OCTETS]; /* hyphens and id */
    uint8_t octets;                                 /* of the mark */
    uint8_t matched; /* of the mark, at the end of what has gone so far */
};

/* `id` is one of ours: 1 to 32 octets, no hyphen in it. */
void msrp_guard_init(struct msrp_guard *guard, struct sp_slice id);
/* How many octets of `octets` may follow what has gone so far without completing the mark: all of
 * them, as a rule. */
size_t msrp_guard_allow(struct msrp_guard *guard, struct sp_slice octets);

#endif
