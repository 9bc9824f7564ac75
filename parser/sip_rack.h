/* SPDX-License-Identifier: MIT
 * parser/sip_rack.h -- RAck: which reliable provisional response a PRACK acknowledges. RFC
 * 3262 7.2. */
#ifndef SIPUSH_PARSER_SIP_RACK_H
#define SIPUSH_PARSER_SIP_RACK_H

#include "../base/buf.h"

struct sip_rack {
    uint32_t        rseq; /* the RSeq of the response */
    uint32_t        cseq; /* and its CSeq */
    struct sp_slice method;
};

/* response-num LWS CSeq-num LWS Method. SP_SYNTAX, SP_RANGE above 2^32 - 1. */
SP_MUST_USE enum sp_err sip_rack_parse(struct sp_slice value, struct sip_rack *rack,
                                       struct sp_where *where);
void                    sip_rack_write(struct sp_buf *to, const struct sip_rack *rack);

#endif
