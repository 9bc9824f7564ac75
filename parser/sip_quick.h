/* SPDX-License-Identifier: MIT
 * parser/sip_quick.h -- the rules that every message needs many times, inline. RFC 3261 25.1.
 *
 * For the parsers of Via, URIs and addresses: what sip_scan.h and sip_param.h have as functions,
 * here without a call as long as the octets are as they nearly always are. What is odd goes on in a
 * function, which judges it alone: no grammar is written twice. */
#ifndef SIPUSH_PARSER_SIP_QUICK_H
#define SIPUSH_PARSER_SIP_QUICK_H

#include "sip_param.h"

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

/* The octet after SWS, where there is nearly always one SP. */
static inline const char *sip_after_lws(const char *at, const char *end)
{
    return end - at > 1 && at[0] == ' ' && (unsigned char)at[1] > ' ' ? at + 1
                                                                      : sip_after_sws(at, end);
}

/* sip_scan_class, sip_scan_escaped, sip_scan_token; where an escape may be, sip_scan_odd goes on
 * from `at`. */
static inline struct sp_slice sip_quick_class(struct sp_scan *s, unsigned classes, size_t least,
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
static inline struct sp_slice sip_quick_escaped(struct sp_scan *s, unsigned classes, size_t least,
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

static inline struct sp_slice sip_quick_token(struct sp_scan *s, const char *rule)
{
    return sip_quick_class(s, SIP_TOKEN, 1, rule);
}
static inline void sip_quick_lws(struct sp_scan *s)
{
    const char *from = s->at;

    if (s->err == SP_OK)
        s->at = sip_after_lws(from, s->end);
    if (s->at == from)
        sp_scan_fail(s, SP_SYNTAX, from, "LWS");
}

/* sip_scan_host, judged here: one as nearly all are, dots and hyphens neither at its ends nor side
 * by side, a letter first in the last label. */
struct sp_slice               sip_scan_odd_host(struct sp_scan *s, const char *rule);
static inline struct sp_slice sip_quick_host(struct sp_scan *s, const char *rule)
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
/* The rest of a parameter after its name: [ EQUAL gen-value ]. Nearly all end before a ';' or the
 * end and are without white space; the others are odd. */
void               sip_scan_odd_value(struct sp_scan *s, struct sip_param *param);
static inline void sip_quick_param_value(struct sp_scan *s, struct sip_param *param)
{
    const char *at = s->at, *value = at;

    if (s->err == SP_OK && at < s->end && *at == '=') {
        value = at + 1;
        at = sip_after_plain(s, value);
    }
    if (s->err != SP_OK || (at == value && value > s->at) || (at < s->end && *at != ';')) {
        sip_scan_odd_value(s, param);
        return;
    }
    param->has_value = at > value;
    param->value = sp_slice(value, (size_t)(at - value));
    s->at = at;
}

/* sip_scan_param */
static inline void sip_quick_param(struct sp_scan *s, struct sip_param *param)
{
    param->name = sip_quick_token(s, "generic-param");
    sip_quick_param_value(s, param);
}
#endif
