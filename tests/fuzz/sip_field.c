/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_field.c -- every header field: what its grammar lets pass can be read by its
 * struct, and written. RFC 3261 20.
 *
 * An input is "Name: value". */
#include "../../parser/sip_grammar.h"
#include "../../parser/sip_item.h"
#include "fuzz_sip.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice   input = sp_slice(octets, len);
    size_t            colon = sp_find(input, ':');
    enum sip_field_id id = sip_field_of(sp_trim(sp_head(input, colon)));
    struct sp_slice   value = fuzz_copy(sp_trim(sp_from(input, colon + 1))), rest = value, one;
    struct sp_where   where = { 0, "" };
    enum sp_err       err = sip_field_check(id, value, &where), read;

    fuzz_where(err, &where, value);
    if (!sip_field_is_list(id)) {
        read = fuzz_field(id, value);
        fuzz_law(err != SP_OK || read == SP_OK || value.len == 0);
    }
    while (sip_field_is_list(id) && sip_list_next(&rest, &one)) {
        read = fuzz_field(id, fuzz_copy(one));
        fuzz_law(err != SP_OK || read == SP_OK);
    }
    fuzz_free();
    return 0;
}
