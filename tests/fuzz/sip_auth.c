/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_auth.c -- challenges and credentials. RFC 3261 20.6, 20.7, 20.44; RFC 7616.
 *
 * The first octet of an input chooses: 'i' for Authentication-Info, others for a challenge. */
#include "../../parser/sip_auth.h"
#include "fuzz_sip.h"

static void check_search(struct sp_slice value)
{
    struct sip_auth auth;
    struct sp_where where;

    if (sip_auth_parse(value, &auth, &where) != SP_OK)
        return;
    fuzz_law(auth.scheme.len > 0 &&
             sip_auth_is(&auth, "Digest") == sp_eq_nocase(auth.scheme, SP_LIT("digest")));
    fuzz_law(fuzz_inside(sip_auth_value(&auth, "realm"), value));
    fuzz_law(fuzz_inside(sip_auth_value(&auth, "nonce"), value));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    bool            info = fuzz_take(&input) == 'i';

    (void)fuzz_field(info ? SIP_FIELD_AUTHENTICATION_INFO : SIP_FIELD_WWW_AUTHENTICATE, input);
    check_search(input);
    fuzz_free();
    return 0;
}
