/* SPDX-License-Identifier: MIT
 * parser/sip_uri.h -- URIs: RFC 3261 19.1, 25.1; other schemes as absoluteURI.
 *
 * A URI is parsed into slices of its octets. Escapes stay as they came; sip_put_unescaped takes
 * them away, once (RFC 4475 3.1.1.3). A scheme other than sip and sips is kept whole in `opaque`.
 * Never: resolves a name, takes a default for what is not there. */
#ifndef SIPUSH_PARSER_SIP_URI_H
#define SIPUSH_PARSER_SIP_URI_H

#include "sip_param.h"

enum sip_scheme { SIP_SCHEME_OTHER, SIP_SCHEME_SIP, SIP_SCHEME_SIPS, SIP_SCHEME_TEL };

struct sip_uri {
    enum sip_scheme scheme;
    struct sp_slice scheme_name;
    struct sp_slice opaque;   /* not sip, sips: what follows the colon */
    struct sp_slice user;     /* empty: none */
    struct sp_slice password; /* without the colon */
    bool            has_user; /* there is a userinfo, even an empty password */
    struct sp_slice host;     /* with brackets where it is an IPv6reference */
    uint16_t        port;     /* 0: none given */
    struct sp_slice params;   /* ";transport=tcp;lr", the first ';' included; empty: none */
    struct sp_slice headers;  /* "Subject=x&Priority=y" without the '?'; empty: none */
    struct sp_slice octets;   /* the whole URI */
};

/* All of `octets` is one URI. SP_SYNTAX with the octet and rule; SP_RANGE for a port outside of 1
 * to 65535. */
SP_MUST_USE enum sp_err sip_uri_parse(struct sp_slice octets, struct sip_uri *uri,
                                      struct sp_where *where);

/* The same from the cursor to `stop`, its end or an octet that is not plain (sip_lines.h). The
 * error sticks. */
void sip_scan_uri(struct sp_scan *s, const char *stop, struct sip_uri *uri);

/* From the typed parts (octets is not looked at). SP_INJECTION sticks. */
void sip_uri_write(struct sp_buf *to, const struct sip_uri *uri);

/* Equal by RFC 3261 19.1.4; of another scheme: its octets, the scheme with letters folded. */
bool sip_uri_eq(const struct sip_uri *a, const struct sip_uri *b);

/* %HH taken away; and put in where `keep` does not have the octet. */
void sip_put_unescaped(struct sp_buf *to, struct sp_slice escaped);
void sip_put_escaped(struct sp_buf *to, struct sp_slice text, const struct sp_set *keep);
/* Equal when escapes of octets outside of the reserved set are taken away, with letters folded or
 * not. */
bool sip_escaped_eq(struct sp_slice a, struct sp_slice b, bool fold);
/* Walk the headers of a URI: name and value as they came, escaped. False at the end. */
bool sip_uri_header_next(struct sp_slice *rest, struct sip_param *header);

/* Forming a request from a URI (19.1.5): its method parameter (empty: none), the Request-URI
 * without that parameter and without headers, and which of the headers may be honoured: not those
 * that say who, where and what way. */
struct sp_slice sip_uri_method(const struct sip_uri *uri);
void            sip_uri_write_request(struct sp_buf *to, const struct sip_uri *uri);
bool            sip_uri_header_is_safe(struct sp_slice name);

/* user = 1*( unreserved / escaped / user-unreserved ), escaped apart; hname and hvalue, escaped
 * apart */
extern const struct sp_set sip_set_user;
extern const struct sp_set sip_set_uri_header;

#endif
