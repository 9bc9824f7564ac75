/* SPDX-License-Identifier: MIT
 * parser/sip_cpim.h -- message/cpim: a wrapper that names sender and receiver end to end. RFC 3862.
 *
 * Three parts: message headers, the headers of the content, the content. Names of headers are
 * compared octet for octet (2.2); values keep their escapes. Never folds, trims or reorders. */
#ifndef SIPUSH_PARSER_SIP_CPIM_H
#define SIPUSH_PARSER_SIP_CPIM_H

#include "../base/buf.h"

struct sip_cpim {
    struct sp_slice headers;      /* message headers, each with its CRLF */
    struct sp_slice content_head; /* header fields of the content (MIME) */
    struct sp_slice content;
};

/* Split a body, and check the lines of its message headers. SP_SYNTAX; SP_PARTIAL: an empty line is
 * missing. */
SP_MUST_USE enum sp_err sip_cpim_parse(struct sp_slice body, struct sip_cpim *cpim,
                                       struct sp_where *where);
/* Walk the headers: `rest` starts as `headers`. `params` are those of the name (";lang=fr"). False
 * at the end. */
bool sip_cpim_next(struct sp_slice *rest, struct sp_slice *name, struct sp_slice *params,
                   struct sp_slice *value);
/* The first value of a header; empty when absent. */
struct sp_slice sip_cpim_value(const struct sip_cpim *cpim, const char *name);
/* From, To, cc: [ Formal-name ] "<" URI ">": the URI. SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_cpim_address(struct sp_slice value, struct sp_slice *uri);

/* One header; control octets and backslashes of `value` are escaped as 2.3.1 has it. SP_INJECTION
 * for a name that is none. Then an empty line, the content's head, another empty line, and the
 * content. */
void sip_put_cpim_header(struct sp_buf *to, struct sp_slice name, struct sp_slice value);
void sip_put_cpim_content(struct sp_buf *to, struct sp_slice content_head, struct sp_slice content);

#endif
