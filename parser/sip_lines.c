/* SPDX-License-Identifier: MIT
 * parser/sip_lines.c -- finding the ends of lines and names on any machine. RFC 3261 7. */
#include "sip_lines.h"

#include <string.h>

#include "sip_class.h"

#define ONES 0x0101010101010101U
#define HIGH 0x8080808080808080U

/* Not zero when an octet of the word is zero. */
static uint64_t zero_octets(uint64_t word)
{
    return (word - ONES) & ~word & HIGH;
}

const char *sip_find_eol_portable(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word;

        memcpy(&word, at, 8);
        if ((zero_octets(word ^ (ONES * '\r')) | zero_octets(word ^ (ONES * '\n'))) != 0)
            break; /* which one it is, octet by octet: right for every byte order */
    }
    while (at < end && *at != '\r' && *at != '\n')
        at++;
    return at;
}

const char *sip_find_colon_portable(const char *at)
{
    for (int i = 0; i < SIP_LOOK; i += 8) {
        uint64_t word;

        memcpy(&word, at + i, 8);
        if (zero_octets(word ^ (ONES * ':')) == 0)
            continue;
        for (int j = i; j < i + 8; j++)
            if (at[j] == ':')
                return at + j;
    }
    return NULL;
}

struct sip_look sip_look_portable(const char *at)
{
    struct sip_look look = { 0, 0 };

    for (unsigned i = 0; i < SIP_LOOK; i++) {
        look.plain |= (uint64_t)sip_is(at[i], SIP_HOST) << i;
        look.joints |= (uint64_t)(at[i] == '-' || at[i] == '.') << i;
    }
    return look;
}
