/* SPDX-License-Identifier: MIT
 * parser/sip_scan.h -- the basic rules of SIP's grammar on a cursor: RFC 3261 25.1.
 *
 * Each function is one rule: LWS, SWS, token, quoted-string, SEMI, COMMA, ... Errors stick in the
 * cursor. Those that every message needs many times have a twin in sip_quick.h. */
#ifndef SIPUSH_PARSER_SIP_SCAN_H
#define SIPUSH_PARSER_SIP_SCAN_H

#include "../base/buf.h"
#include "../base/scan.h"
#include "sip_class.h"

extern const struct sp_set sip_set_token; /* token */

static inline bool sip_is_wsp(char c)
{
    return c == ' ' || c == '\t';
}

/* The octet after SWS. */
const char               *sip_after_space(const char *at, const char *end);
static inline const char *sip_after_sws(const char *at, const char *end)
{
    return at == end || (unsigned char)*at > ' ' ? at : sip_after_space(at, end);
}

/* LWS = [*WSP CRLF] 1*WSP; SWS = [LWS]. A lone CR or LF is SP_SYNTAX. */
void               sip_scan_lws(struct sp_scan *s);
static inline void sip_scan_sws(struct sp_scan *s)
{
    if (s->err == SP_OK)
        s->at = sip_after_sws(s->at, s->end);
}

/* *char of the classes (sip_class.h), which hold all plain octets; `least` of them or SP_SYNTAX.
 * And the same with "%" HEXDIG HEXDIG among them. */
struct sp_slice sip_scan_class(struct sp_scan *s, unsigned classes, size_t least, const char *rule);
struct sp_slice sip_scan_escaped(struct sp_scan *s, unsigned classes, size_t least,
                                 const char *rule);
struct sp_slice sip_scan_token(struct sp_scan *s, const char *rule);
/* The whole of it is a token. */
bool sip_is_token(struct sp_slice text);
/* With its quotes. */
struct sp_slice sip_scan_quoted(struct sp_scan *s, const char *rule);
/* comment, with its parentheses; they nest. */
struct sp_slice sip_scan_comment(struct sp_scan *s, const char *rule);
/* SWS `c` SWS: SEMI, COMMA, EQUAL, SLASH, COLON, LAQUOT, RAQUOT. */
void sip_scan_separator(struct sp_scan *s, char c, const char *rule);
/* The same if `c` comes next after SWS; else nothing is taken and false. */
static inline bool sip_scan_try_separator(struct sp_scan *s, char c)
{
    const char *at;

    if (s->err != SP_OK)
        return false;
    at = sip_after_sws(s->at, s->end);
    if (at == s->end || *at != c)
        return false;
    s->at = sip_after_sws(at + 1, s->end);
    return true;
}
/* *HEXDIG: how many. */
size_t sip_scan_hex(struct sp_scan *s);
/* host = hostname / IPv4address / IPv6reference, with its brackets. */
struct sp_slice sip_scan_host(struct sp_scan *s, const char *rule);
/* IPv6address, without brackets; also with the third colon that RFC 3261 lets stand before an
 * IPv4address (RFC 5118 4.10). */
struct sp_slice sip_scan_ipv6(struct sp_scan *s, const char *rule);
/* port, and [ COLON port ], where 0 is none. SP_RANGE outside of 1 to 65535. */
uint16_t sip_scan_port_number(struct sp_scan *s, const char *rule);
uint16_t sip_scan_port(struct sp_scan *s, const char *rule);

#endif
