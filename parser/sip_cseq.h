/* SPDX-License-Identifier: MIT
 * parser/sip_cseq.h -- CSeq: the place of a request in its dialog. RFC 3261 8.1.1.5, 20.16.
 *
 * Promises: no allocation; `method` points into the field's octets and lives as long as they do.
 * Never: folds the case of a method (RFC 3261 7.1). */
#ifndef SIPUSH_PARSER_SIP_CSEQ_H
#define SIPUSH_PARSER_SIP_CSEQ_H

#include "../base/buf.h"

struct sip_cseq {
    uint32_t        number; /* ours stay below 2^31 (8.1.1.5); any 32 bits are read */
    struct sp_slice method; /* token, case-sensitive */
};

/* Parse the value of a CSeq field. On error `where` tells the octet of `value` and the ABNF rule.
 * SP_SYNTAX: not 1*DIGIT LWS Method. SP_RANGE: the number needs more than 32 bits (RFC
 * 4475 3.1.2.4). */
SP_MUST_USE enum sp_err sip_cseq_parse(struct sp_slice value, struct sip_cseq *cseq,
                                       struct sp_where *where);

/* Write "number SP method". Overflow sticks in `to`. */
void sip_cseq_write(struct sp_buf *to, const struct sip_cseq *cseq);

#endif
