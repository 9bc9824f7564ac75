/* SPDX-License-Identifier: MIT
 * parser/sip_write.h -- writing messages: RFC 3261 7, 8.1.1, 8.2.6.
 *
 * A message is written in order: start line, fields, body. A value that holds CR, LF or NUL sticks
 * as SP_INJECTION and the whole message is void; so is a field name that is no token. Fields copied
 * from a message that came keep their octets, folds included. */
#ifndef SIPUSH_PARSER_SIP_WRITE_H
#define SIPUSH_PARSER_SIP_WRITE_H

#include "sip_address.h"
#include "sip_cseq.h"
#include "sip_msg.h"
#include "sip_via.h"

/* "METHOD uri SIP/2.0" and "SIP/2.0 status reason". An empty reason becomes the status's own (RFC
 * 3261 21). */
void sip_put_request_line(struct sp_buf *to, struct sp_slice method, struct sp_slice uri);
void sip_put_status_line(struct sp_buf *to, uint16_t status, struct sp_slice reason);
/* The usual reason phrase of a status: RFC 3261 21 and the registry; for an unknown one that of its
 * class. */
struct sp_slice sip_reason_of(uint16_t status);

/* One field. */
void sip_put_field(struct sp_buf *to, enum sip_field_id id, struct sp_slice value);
void sip_put_field_name(struct sp_buf *to, struct sp_slice name, struct sp_slice value);
void sip_put_field_u64(struct sp_buf *to, enum sip_field_id id, uint64_t value);
void sip_put_via(struct sp_buf *to, const struct sip_via *via);
void sip_put_cseq(struct sp_buf *to, const struct sip_cseq *cseq);
/* From, To, Contact, Route: "Name: <uri>params", `tag` appended when it is not empty. */
void sip_put_address(struct sp_buf *to, enum sip_field_id id, const struct sip_address *address,
                     struct sp_slice tag);

/* A field as it came, or all of an id. */
void sip_put_copy(struct sp_buf *to, const struct sip_field *field);
void sip_put_copies(struct sp_buf *to, const struct sip_msg *from, enum sip_field_id id);

/* Content-Type (when there is a body or a type), Content-Length, the empty line, the body. Ends the
 * message. */
void sip_put_body(struct sp_buf *to, struct sp_slice content_type, struct sp_slice body);

/* The start of a response by RFC 3261 8.2.6: status line, then Via, From, To (with `to_tag` unless
 * it has a tag, or none when it is empty), Call-ID and CSeq of the request; Timestamp in a 100. */
void sip_put_response_head(struct sp_buf *to, const struct sip_msg *request, uint16_t status,
                           struct sp_slice reason, struct sp_slice to_tag);

#endif
