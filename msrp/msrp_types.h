/* SPDX-License-Identifier: MIT
 * msrp/msrp_types.h -- which media types a session takes. RFC 4975 8.6, 7.3.1. */
#ifndef SIPUSH_MSRP_MSRP_TYPES_H
#define SIPUSH_MSRP_MSRP_TYPES_H

#include "../base/slice.h"

/* Does `accept_types` (types split by SP, with "*" for any type or subtype; empty: all) take
 * `content_type`? Parameters do not count (8.6). Every endpoint takes multipart/mixed and
 * multipart/alternative (7.3.1), message/cpim (13) and multipart/signed (14.3). */
bool msrp_types_take(struct sp_slice accept_types, struct sp_slice content_type);

#endif
