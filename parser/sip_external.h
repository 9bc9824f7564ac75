/* SPDX-License-Identifier: MIT
 * parser/sip_external.h -- message/external-body: content that lies elsewhere. RFC 4483 5; RFC
 * 2017; RFC 2046 5.2.3. */
#ifndef SIPUSH_PARSER_SIP_EXTERNAL_H
#define SIPUSH_PARSER_SIP_EXTERNAL_H

#include "sip_media.h"

struct sip_external {
    struct sp_slice
        url; /* as it came, quotes taken away; white space within is to be dropped (RFC 2017 3.1) */
    bool            has_expiration;
    int64_t         expiration; /* seconds since 1970 */
    bool            has_size;
    uint64_t        size; /* octets */
    struct sp_slice hash; /* SHA-1, 40 hexadecimal digits; empty: none (RFC 4483 5.12) */
    struct sp_slice
        head; /* the header fields of the content: Content-Type, Content-Disposition, Content-ID */
    struct sp_slice head_end; /* what follows them; nothing of meaning */
};

/* Read a part of this media type (its Content-Type's value parsed) and body.
 * SP_UNSUPPORTED: another type, or an access-type other than URL. SP_MISSING: no URL. SP_SYNTAX: an
 * expiration, size or hash that is none. */
SP_MUST_USE enum sp_err sip_external_parse(const struct sip_media_type *media, struct sp_slice body,
                                           struct sip_external *external);
/* The value of Content-Type, and the body: `head` ends each of its lines with CRLF. SP_INJECTION,
 * SP_MISSING stick. */
void sip_external_write_type(struct sp_buf *to, const struct sip_external *external);
void sip_external_write_body(struct sp_buf *to, const struct sip_external *external);

#endif
