/* SPDX-License-Identifier: MIT
 * parser/sip_media.h -- media types: Content-Type and the ranges of Accept. RFC
 * 3261 20.1, 20.15, 25.1. */
#ifndef SIPUSH_PARSER_SIP_MEDIA_H
#define SIPUSH_PARSER_SIP_MEDIA_H

#include "sip_param.h"

struct sip_media_type {
    struct sp_slice type, subtype; /* tokens; "*" in a range */
    struct sp_slice params;
};

/* One value: m-type SLASH m-subtype *(SEMI m-parameter); "*" parts only make sense in Accept. */
SP_MUST_USE enum sp_err sip_media_type_parse(struct sp_slice value, struct sip_media_type *media,
                                             struct sp_where *where);
void                    sip_media_type_write(struct sp_buf *to, const struct sip_media_type *media);
/* True when `range` ("text/" and a star, with '*' as any) covers `media`; parameters do not matter.
 */
bool sip_media_type_covers(const struct sip_media_type *range, const struct sip_media_type *media);
/* The same over the octets "type/subtype" and a comma or space separated list of ranges. */
bool sip_media_type_accepted(struct sp_slice list, struct sp_slice media_type);

#endif
