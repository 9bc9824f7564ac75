/* SPDX-License-Identifier: MIT
 * tests/fuzz/sp_zone.c -- lines of a zone file. RFC 1035 5.
 *
 * Whatever the lines are, the same records are found while the lines before are known to be right;
 * a text that is right stays so with one more line of a comment, and any prefix of whole lines is
 * right. */
#include "../../transport/sp_zone.h"
#include "fuzz.h"

static void check(struct sp_slice text)
{
    struct sp_zone_where where = { 0, 0, NULL };
    struct sp_record     records[4];
    struct sp_addr       addrs[4];
    size_t               line = 1, count;

    if (sp_zone_check(text, &where) != SP_OK) {
        fuzz_law(where.rule != NULL && where.line > 0 && where.column > 0);
        for (size_t i = 0; i < text.len && line < where.line; i++)
            line += text.at[i] == '\n';
        fuzz_law(line == where.line && where.column <= text.len + 1);
    } else {
        struct sp_slice lines = sp_head(text, text.len / 2);

        while (lines.len > 0 && lines.at[lines.len - 1] != '\n')
            lines.len--;
        fuzz_law(sp_zone_check(lines, &where) == SP_OK);
        fuzz_law(sp_zone_addrs(lines, SP_LIT("a"), addrs, 4) <=
                 sp_zone_addrs(text, SP_LIT("A."), addrs, 4));
    }
    count = sp_zone_records(text, SP_ASK_SRV, SP_LIT("a"), records, 4);
    fuzz_law(count <= 4);
    for (size_t i = 0; i < count; i++)
        fuzz_law(records[i].name_octets <= 253 && records[i].flag == '\0');
    count = sp_zone_records(text, SP_ASK_NAPTR, SP_LIT("a"), records, 4);
    for (size_t i = 0; i < count; i++)
        fuzz_law(records[i].service_octets <= SP_SERVICE_OCTETS && records[i].port == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    check(fuzz_copy(sp_slice(octets, len)));
    fuzz_free();
    return 0;
}
