/* SPDX-License-Identifier: MIT
 * parser/sip_mime.h -- the header fields of a body and of its parts: Content-Disposition (RFC
 * 3261 20.11, RFC 2183), Content-ID (RFC 2392 2, RFC 2045 7), and the lines of a part's head (RFC
 * 2046 5.1). */
#ifndef SIPUSH_PARSER_SIP_MIME_H
#define SIPUSH_PARSER_SIP_MIME_H

#include "sip_param.h"

struct sip_disposition {
    struct sp_slice type; /* "render", "session", "attachment", ... */
    bool optional;        /* handling=optional; anything else counts as required (RFC 3261 20.11) */
    struct sp_slice params; /* all of them */
};

SP_MUST_USE enum sp_err sip_disposition_parse(struct sp_slice         value,
                                              struct sip_disposition *disposition,
                                              struct sp_where        *where);
/* type and params, as they are. */
void sip_disposition_write(struct sp_buf *to, const struct sip_disposition *disposition);

/* msg-id = "<" id-left "@" id-right ">": what stands between the brackets; a cid: URL says the
 * same, escaped. */
SP_MUST_USE enum sp_err sip_content_id_parse(struct sp_slice value, struct sp_slice *id,
                                             struct sp_where *where);
void                    sip_content_id_write(struct sp_buf *to, struct sp_slice id);

/* Lines "name: value" with folds, of a head that is not a SIP message's: `rest` starts as the head
 * (without its empty line) and shrinks. A line without a colon has an empty name. Lines end in CRLF
 * or in LF alone. False at the end. */
bool sip_mime_field_next(struct sp_slice *rest, struct sp_slice *name, struct sp_slice *value);
/* The value of the first field of this name, letters folded; empty when absent. */
struct sp_slice sip_mime_value(struct sp_slice head, const char *name);
/* The head and the body of an entity: its head ends with an empty line, or there is no body. */
void sip_mime_split(struct sp_slice entity, struct sp_slice *head, struct sp_slice *body);

#endif
