/* SPDX-License-Identifier: MIT
 * parser/sip_class.h -- the character classes of SIP's grammar, one table for all: RFC 3261 25.1.
 *
 * An octet has a bit for each rule whose characters it is among. "%" belongs to tokens and words by
 * itself; in the parts of a URI it only stands before two hexadecimal digits and so is in none of
 * their classes. */
#ifndef SIPUSH_PARSER_SIP_CLASS_H
#define SIPUSH_PARSER_SIP_CLASS_H

#include <stdbool.h>
#include <stdint.h>

enum sip_class {
    SIP_TOKEN = 1 << 0,    /* token */
    SIP_WORD = 1 << 1,     /* word, of Call-ID */
    SIP_USER = 1 << 2,     /* unreserved / user-unreserved */
    SIP_PASSWORD = 1 << 3, /* password, escapes apart */
    SIP_PARAM = 1 << 4,    /* paramchar, escapes apart */
    SIP_HEADER = 1 << 5,   /* hnv-unreserved / unreserved */
    SIP_URIC = 1 << 6,     /* reserved / unreserved, and the brackets of RFC 3986 */
    SIP_HOST = 1 << 7,     /* alphanum / "-" / "." */
    SIP_HEX = 1 << 8,      /* HEXDIG */
    SIP_ALNUM = 1 << 9,    /* alphanum */
};

extern const uint16_t sip_classes[256];

static inline bool sip_is(char c, unsigned classes)
{
    return (sip_classes[(unsigned char)c] & classes) != 0;
}

#endif
