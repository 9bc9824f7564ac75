/* SPDX-License-Identifier: MIT
 * parser/sip_method.c -- the methods of SIP: RFC 3261 7.1. */
#include "sip_method.h"

#include <string.h>

struct name {
    const char *text;
    uint8_t     len;
};

static const struct name names[SIP_METHOD_COUNT] = { [SIP_METHOD_OTHER] = { "", 0 },
#define NAME(name) [SIP_##name] = { #name, sizeof(#name) - 1 },
                                                     SIP_METHODS(NAME)
#undef NAME
};

enum sip_method sip_method_of(struct sp_slice token)
{
    for (int method = SIP_METHOD_OTHER + 1; method < SIP_METHOD_COUNT; method++) {
        const struct name *known = &names[method];

        if (known->len == token.len && memcmp(known->text, token.at, token.len) == 0)
            return (enum sip_method)method;
    }
    return SIP_METHOD_OTHER;
}

struct sp_slice sip_method_name(enum sip_method method)
{
    return sp_slice(names[method].text, names[method].len);
}
