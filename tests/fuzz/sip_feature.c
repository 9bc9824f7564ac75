/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_feature.c -- feature parameters and their matching. RFC 3840 9; RFC 3841 7.2.
 *
 * An input is two lists of parameters, a contact's and a wanted one, with a line's end between
 * them.
 */
#include "../../parser/sip_feature.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    size_t          at = sp_find(input, '\n');
    struct sp_slice a = fuzz_copy(sp_head(input, at)), b = fuzz_copy(sp_from(input, at + 1));
    struct sp_where where = { 0, "" };
    enum sp_err     err = sip_feature_check(a, &where);

    fuzz_where(err, &where, a);
    fuzz_law(sip_feature_match(a, b) == sip_feature_match(b, a));
    fuzz_law(sip_feature_score(a, b) <= 1000);
    /* a predicate of more than 64 terms matches nothing */
    fuzz_law(sip_feature_count(b) > 0 || sip_feature_count(a) > 64 ||
             sip_feature_score(a, b) == 1000);
    fuzz_law(!sip_feature_rejects(a, b) || sip_feature_match(a, b));
    fuzz_free();
    return 0;
}
