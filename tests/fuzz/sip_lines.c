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
    const char     *colon = memchr(at, ':', SIP_LOOK);
    struct sip_look look = { 0, 0 }, wide = sip_look(at), narrow = sip_look_portable(at);

    for (unsigned i = 0; i < SIP_LOOK; i++) {
        bool joint = at[i] == '-' || at[i] == '.';

        look.plain |= (uint64_t)(joint || sp_is_alnum(at[i])) << i;
        look.joints |= (uint64_t)joint << i;
    }
    fuzz_law(sip_find_colon(at) == colon && sip_find_colon_portable(at) == colon);
    fuzz_law(wide.plain == look.plain && wide.joints == look.joints);
    fuzz_law(narrow.plain == look.plain && narrow.joints == look.joints);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = fuzz_copy(sp_head(sp_slice(octets, len), 256));
    const char     *end = input.at + input.len;

    for (const char *at = input.at; at <= end; at++) {
        bool        comma = true;
        const char *line_end = sip_find_eol_comma(at, end, &comma);

        fuzz_law(line_end == eol(at, end));
        fuzz_law(comma ||
                 sp_find(sp_slice(at, (size_t)(line_end - at)), ',') == (size_t)(line_end - at));
        fuzz_law(sip_find_eol(at, end) == eol(at, end));
        fuzz_law(sip_find_eol_portable(at, end) == eol(at, end));
        if (end - at >= SIP_LOOK)
            check_look(at);
    }
    fuzz_free();
    return 0;
}
