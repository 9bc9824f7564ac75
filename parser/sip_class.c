/* SPDX-License-Identifier: MIT
 * parser/sip_class.c -- the character classes of SIP's grammar: RFC 3261 25.1. */
#include "sip_class.h"

enum {
    /* what stands together in the rows below */
    URI = SIP_USER | SIP_PASSWORD | SIP_PARAM | SIP_HEADER |
          SIP_URIC, /* "unreserved" is in all of these */
    MARK = URI | SIP_TOKEN | SIP_WORD,
    DOT = MARK | SIP_HOST, /* and the hyphen */
    ALNUM = DOT | SIP_ALNUM,
    HEX = ALNUM | SIP_HEX,
    W = SIP_WORD,
    U = SIP_USER,
    P = SIP_PASSWORD,
    M = SIP_PARAM,
    H = SIP_HEADER,
    C = SIP_URIC,
    T = SIP_TOKEN,
};

/* clang-format off */
const uint16_t sip_classes[256] = {
    ['!'] = MARK, ['"'] = W, ['$'] = URI, ['%'] = T | W, ['&'] = U | P | M | C, ['\''] = MARK,
    ['('] = W | URI, [')'] = W | URI, ['*'] = MARK, ['+'] = MARK, [','] = U | P | C,
    ['-'] = DOT, ['.'] = DOT, ['/'] = W | U | M | H | C,
    ['0'] = HEX, HEX, HEX, HEX, HEX, HEX, HEX, HEX, HEX, ['9'] = HEX,
    [':'] = W | M | H | C, [';'] = U | C, ['<'] = W, ['='] = U | P | C, ['>'] = W,
    ['?'] = W | U | H | C,
    ['@'] = C,
    ['A'] = HEX, HEX, HEX, HEX, HEX, ['F'] = HEX,
    ['G'] = ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM,
    ['Q'] = ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ['Z'] = ALNUM,
    ['['] = W | M | H | C, ['\\'] = W, [']'] = W | M | H | C, ['_'] = MARK, ['`'] = T | W,
    ['a'] = HEX, HEX, HEX, HEX, HEX, ['f'] = HEX,
    ['g'] = ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM,
    ['q'] = ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ALNUM, ['z'] = ALNUM,
    ['{'] = W, ['}'] = W, ['~'] = MARK,
};
/* clang-format on */
