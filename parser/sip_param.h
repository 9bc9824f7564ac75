/* SPDX-License-Identifier: MIT
 * parser/sip_param.h -- generic-param lists: ";name=value". RFC 3261 25.1.
 *
 * A list is kept as its octets, checked once when its owner is parsed, and walked or searched when
 * asked. A value is a token, a host or a quoted string with its quotes; sip_put_unquoted takes them
 * and the escapes away. */
#ifndef SIPUSH_PARSER_SIP_PARAM_H
#define SIPUSH_PARSER_SIP_PARAM_H

#include <string.h>

#include "sip_scan.h"

struct sip_param {
    struct sp_slice name;
    struct sp_slice value;     /* quotes included */
    bool            has_value; /* ";lr" has none, ";lr=" is SP_SYNTAX */
};

/* `len` octets, 2 to 8, in one number, letters and hyphens folded to lower case: two looks that may
 * overlap. */
static inline uint64_t sip_folded(const char *at, size_t len)
{
    uint32_t first = 0, last = 0;

    if (len < 4) {
        memcpy(&first, at, 2);
        memcpy(&last, at + len - 2, 2);
    } else {
        memcpy(&first, at, 4);
        memcpy(&last, at + len - 4, 4);
    }
    return ((uint64_t)last << 32 | first) | 0x2020202020202020;
}

/* A token is this name, letters folded; `lower` is in lower case, of `len` letters and hyphens, 2
 * to 8. */
static inline bool sip_name_is(struct sp_slice name, const char *lower, size_t len)
{
    return name.len == len && sip_folded(name.at, len) == sip_folded(lower, len);
}

/* generic-param = token [ EQUAL gen-value ]; SP_SYNTAX sticks. */
void sip_scan_param(struct sp_scan *s, struct sip_param *param);
/* *(SEMI generic-param) from the cursor; yields its octets, the first ';' included. SP_SYNTAX
 * sticks. */
struct sp_slice sip_scan_params(struct sp_scan *s);

/* Walk a list: `rest` starts as the list and shrinks. False at the end. */
bool sip_param_next(struct sp_slice *rest, struct sip_param *param);
/* The first parameter of this name (letters folded). */
bool sip_param_find(struct sp_slice params, struct sp_slice name, struct sip_param *param);
/* Its value, quotes included; empty when absent. */
struct sp_slice sip_param_value(struct sp_slice params, const char *name);
bool            sip_param_has(struct sp_slice params, const char *name);

/* The content of a quoted string without quotes and escapes, a fold as one SP; or a token as it is.
 */
void sip_put_unquoted(struct sp_buf *to, struct sp_slice value);
/* Octets that came from a message, each fold as one SP. SP_INJECTION sticks for NUL and any other
 * CR or LF. */
void sip_put_folded(struct sp_buf *to, struct sp_slice value);
/* A text as quoted-string, with escapes. SP_INJECTION sticks for CR, LF, NUL. */
void sip_put_quoted(struct sp_buf *to, struct sp_slice text);

#endif
