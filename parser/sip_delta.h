/* SPDX-License-Identifier: MIT
 * parser/sip_delta.h -- numbers as header fields: Content-Length, Expires, Max-Forwards,
 * Min-Expires (RFC 3261 20.14, 20.19, 20.22, 20.23), RSeq (RFC 3262 7.1), Flow-Timer (RFC
 * 5626 4.4.3); with parameters: Retry-After (RFC 3261 20.33), Session-Expires and Min-SE (RFC 4028
 * 4, 5). */
#ifndef SIPUSH_PARSER_SIP_DELTA_H
#define SIPUSH_PARSER_SIP_DELTA_H

#include "sip_item.h"

/* 1*DIGIT and nothing else. SP_SYNTAX; SP_RANGE above 2^32 - 1. */
SP_MUST_USE enum sp_err sip_number_parse(struct sp_slice value, uint32_t *number,
                                         struct sp_where *where);

struct sip_delta {
    uint32_t        seconds;
    struct sp_slice comment; /* Retry-After: with its parentheses; empty: none */
    struct sp_slice params;
};

/* delta-seconds [ comment ] *( SEMI generic-param ): Retry-After; without a comment Session-Expires
 * and Min-SE. */
SP_MUST_USE enum sp_err sip_delta_parse(struct sp_slice value, struct sip_delta *delta,
                                        struct sp_where *where);
void                    sip_delta_write(struct sp_buf *to, const struct sip_delta *delta);

enum sip_refresher { SIP_REFRESHER_NONE, SIP_REFRESHER_UAC, SIP_REFRESHER_UAS };

/* The refresher parameter of Session-Expires; NONE when absent or neither "uac" nor "uas". */
enum sip_refresher sip_delta_refresher(const struct sip_delta *delta);

#endif
