/* SPDX-License-Identifier: MIT
 * parser/sip_item.h -- a token with parameters, the shape of most header fields. RFC 3261 20, 25.1.
 *
 * The values of Accept-Encoding, Accept-Language, Allow, Allow-Events, Content-Encoding,
 * Content-Language, Priority, Proxy-Require, Recv-Info, Request-Disposition, Require, SIP-ETag,
 * SIP-If-Match, Supported and Unsupported are this and no more; other files read their own meaning
 * into it (sip_event.h, sip_reason.h, ...). Promises: no allocation; slices point into the value's
 * octets. */
#ifndef SIPUSH_PARSER_SIP_ITEM_H
#define SIPUSH_PARSER_SIP_ITEM_H

#include "sip_param.h"

struct sip_item {
    struct sp_slice name;   /* token */
    struct sp_slice params; /* ";name=value", the first ';' included; empty: none */
};

/* token *( SEMI generic-param ), one value (not a list). SP_SYNTAX with place and rule. */
SP_MUST_USE enum sp_err sip_item_parse(struct sp_slice value, struct sip_item *item,
                                       struct sp_where *where);
void                    sip_item_write(struct sp_buf *to, const struct sip_item *item);

/* The values of a comma list, one after the other: `rest` starts as the field's value and shrinks.
 * False at the end. An empty element is skipped; commas in quotes and in angle brackets divide
 * nothing. */
bool sip_list_next(struct sp_slice *rest, struct sp_slice *value);

/* qvalue = "0" [ "." 0*3DIGIT ] / "1" [ "." 0*3"0" ], in thousandths. SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_qvalue_parse(struct sp_slice value, uint16_t *thousandths);
void                    sip_qvalue_write(struct sp_buf *to, uint16_t thousandths);
/* The q parameter of a list; 1000 when there is none or it cannot be read. */
uint16_t sip_param_q(struct sp_slice params);
/* A parameter that is delta-seconds. SP_MISSING when absent, SP_SYNTAX, SP_RANGE above 2^32 - 1. */
SP_MUST_USE enum sp_err sip_param_u32(struct sp_slice params, const char *name, uint32_t *value);

#endif
