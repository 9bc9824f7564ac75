/* SPDX-License-Identifier: MIT
 * parser/sip_scan.h -- the basic rules of SIP's grammar on a cursor: RFC 3261 25.1.
 *
 * Each function is one rule: LWS, SWS, token, quoted-string, SEMI, COMMA, ... Errors stick in the
 * cursor. */
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

/* The same where there is nearly always one SP. */
static inline const char *sip_after_lws(const char *at, const char *end)
{
    return end - at > 1 && at[0] == ' ' && (unsigned char)at[1] > ' ' ? at + 1
                                                                      : sip_after_sws(at, end);
}

/* LWS = [*WSP CRLF] 1*WSP; SWS = [LWS]. A lone CR or LF is SP_SYNTAX. */
static inline void sip_scan_sws(struct sp_scan *s)
{
    if (s->err == SP_OK)
        s->at = sip_after_sws(s->at, s->end);
}

static inline void sip_scan_lws(struct sp_scan *s)
{
    const char *from = s->at;

    if (s->err == SP_OK)
        s->at = sip_after_lws(from, s->end);
    if (s->at == from)
        sp_scan_fail(s, SP_SYNTAX, from, "LWS");
}

/* Look at the 64 octets from `at` on: those that are not plain (sip_lines.h) are stops, and so is
 * all that lies beyond the end. */
void sip_scan_look(struct sp_scan *s, const char *at);

/* The place of `at` in what was looked at; 64 or more when it is not there. */
static inline size_t sip_scan_place(const struct sp_scan *s, const char *at)
{
    return (size_t)((uintptr_t)at - (uintptr_t)s->looked);
}

/* The first octet from `at` on that is not plain, or the end. */
static inline const char *sip_after_plain(struct sp_scan *s, const char *at)
{
    for (;;) {
        size_t place = sip_scan_place(s, at);

        if (place >= 64) {
            sip_scan_look(s, at);
            place = 0;
        }
        if (s->stops >> place != 0)
            return at + __builtin_ctzll(s->stops >> place);
        at += 64 - place;
    }
}

/* *char of the classes (sip_class.h), which hold all plain octets; `least` of them or SP_SYNTAX.
 * And the same with "%" HEXDIG HEXDIG among them; where others than plain octets are, sip_scan_odd
 * goes on from the first, `at`. */
static inline struct sp_slice sip_scan_class(struct sp_scan *s, unsigned classes, size_t least,
                                             const char *rule)
{
    const char *from = s->at, *at, *end = s->end;

    if (s->err != SP_OK)
        return sp_slice(NULL, 0);
    at = sip_after_plain(s, from);
    while (at < end && sip_is(*at, classes))
        at = sip_after_plain(s, at + 1);
    if ((size_t)(at - from) < least) {
        sp_scan_fail(s, SP_SYNTAX, at, rule);
        return sp_slice(NULL, 0);
    }
    s->at = at;
    return sp_slice(from, (size_t)(at - from));
}
struct sp_slice sip_scan_odd(struct sp_scan *s, const char *at, unsigned classes, size_t least,
                             const char *rule);
static inline struct sp_slice sip_scan_escaped(struct sp_scan *s, unsigned classes, size_t least,
                                               const char *rule)
{
    const char *from = s->at, *at;

    if (s->err != SP_OK)
        return sp_slice(NULL, 0);
    at = sip_after_plain(s, from);
    if (at == from || (at < s->end && (*at == '%' || sip_is(*at, classes))))
        return sip_scan_odd(s, at, classes, least, rule);
    s->at = at;
    return sp_slice(from, (size_t)(at - from));
}

static inline struct sp_slice sip_scan_token(struct sp_scan *s, const char *rule)
{
    return sip_scan_class(s, SIP_TOKEN, 1, rule);
}
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
/* host = hostname / IPv4address / IPv6reference, with its brackets. Judged here: one as nearly all
 * are, dots and hyphens neither at its ends nor side by side, a letter first in the last label. */
struct sp_slice               sip_scan_odd_host(struct sp_scan *s, const char *rule);
static inline struct sp_slice sip_scan_host(struct sp_scan *s, const char *rule)
{
    const char *from = s->at, *end, *label;
    size_t      place = sip_scan_place(s, from), len;
    uint64_t    joints;

    if (s->err != SP_OK || place >= 64 || s->stops >> place == 0)
        return sip_scan_odd_host(s, rule);
    len = (size_t)__builtin_ctzll(s->stops >> place);
    end = from + len;
    joints = s->joints >> place & ~(~0ULL << len);
    if (len == 0 || (joints & (joints << 1 | 1ULL << (len - 1) | 1)) != 0 ||
        (end < s->end && sip_is(*end, SIP_HOST))) /* looked at when the end was nearer */
        return sip_scan_odd_host(s, rule);
    label = joints == 0 ? from : from + 64 - __builtin_clzll(joints);
    if (!sp_is_alpha(*label) || (joints != 0 && label[-1] == '-'))
        return sip_scan_odd_host(s, rule);
    s->at = end;
    return sp_slice(from, len);
}
/* IPv6address, without brackets; also with the third colon that RFC 3261 lets stand before an
 * IPv4address (RFC 5118 4.10). */
struct sp_slice sip_scan_ipv6(struct sp_scan *s, const char *rule);
/* port, and [ COLON port ], where 0 is none. SP_RANGE outside of 1 to 65535. */
uint16_t               sip_scan_port_number(struct sp_scan *s, const char *rule);
static inline uint16_t sip_scan_port(struct sp_scan *s, const char *rule)
{
    return sip_scan_try_separator(s, ':') ? sip_scan_port_number(s, rule) : 0;
}

#endif
