/* SPDX-License-Identifier: MIT
 * sdp/sdp_types.h -- the lists of accept-types and accept-wrapped-types: RFC 4975 8.6.
 *
 * A list is read where it stands; nothing is copied. "*" may stand anywhere and covers
 * everything, a subtype "*" covers its type; parameters never matter for a match. */
#ifndef SIPUSH_SDP_SDP_TYPES_H
#define SIPUSH_SDP_SDP_TYPES_H

#include "../base/scan.h"

/* The list is format-entry *(SP format-entry)? SP_SYNTAX with the octet of `list`. Spaces around
 * it are read. */
SP_MUST_USE enum sp_err sdp_types_check(struct sp_slice list, struct sp_where *where);

/* The next entry, parameters included; false at the end. Start with `rest` as the list. */
bool sdp_types_next(struct sp_slice *rest, struct sp_slice *entry);

/* Does the list let `type` ("text/plain", with parameters or without) through, by name or by
 * "*"? */
bool sdp_types_allow(struct sp_slice list, struct sp_slice type);
/* Does it name the type itself? Such a type is preferred over one that only "*" covers. */
bool sdp_types_name(struct sp_slice list, struct sp_slice type);
/* Is there a type that both lists let through? */
bool sdp_types_meet(struct sp_slice a, struct sp_slice b);

#endif
