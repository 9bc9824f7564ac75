/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_lines.c -- many octets at a time give what one at a time gives: with the machine's
 * own instructions, without them, and octet by octet. */
#include "../../parser/sip_lines.h"

#include "fuzz.h"

static const char *eol(const char *at, const char *end)
{
    while (at < end && *at != '\r' && *at != '\n')
        at++;
    return at;
}

static void check_look(const char *at)
{
    const char *colon = memchr(at, ':', SIP_LOOK);
    size_t      count = 0;

    while (count < SIP_LOOK && sp_is_alnum(at[count]))
        count++;
    fuzz_law(sip_find_colon(at) == colon && sip_find_colon_portable(at) == colon);
    fuzz_law(sip_count_alnum(at) == count && sip_count_alnum_portable(at) == count);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = fuzz_copy(sp_head(sp_slice(octets, len), 256));
    const char     *end = input.at + input.len;

    for (const char *at = input.at; at <= end; at++) {
        fuzz_law(sip_find_eol(at, end) == eol(at, end));
        fuzz_law(sip_find_eol_portable(at, end) == eol(at, end));
        if (end - at >= SIP_LOOK)
            check_look(at);
    }
    fuzz_free();
    return 0;
}
