/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_address.c -- From, To, Contact, Route: addresses with parameters. RFC 3261 20.10,
 * 25.1. */
#include "../../parser/sip_write.h"
#include "fuzz.h"

static enum sp_err rewrite(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_address address;
    enum sp_err        err = sip_address_parse(in, &address, where);

    if (err == SP_OK) {
        fuzz_law(fuzz_inside(address.display, in) && fuzz_inside(address.uri.octets, in));
        fuzz_law(fuzz_inside(address.params, in) && fuzz_inside(address.tag, in));
        sip_address_write(to, &address);
    }
    return err;
}

/* What was read means the same when it has been written. */
static void check_meaning(struct sp_slice input)
{
    struct sp_buf      to = fuzz_buf(input.len), field = fuzz_buf(input.len);
    struct sip_address a, b;
    struct sp_where    where;

    if (sip_address_parse(input, &a, &where) != SP_OK || sp_find(input, '\0') < input.len)
        return;
    sip_address_write(&to, &a);
    fuzz_law(sip_address_parse(sp_written(&to), &b, &where) == SP_OK);
    /* a fold within quotes becomes a space */
    fuzz_law(a.star == b.star && (sp_eq(a.tag, b.tag) || sp_find(a.tag, '\r') < a.tag.len));
    fuzz_law(a.star || sip_uri_eq(&a.uri, &b.uri));
    sip_put_address(&field, SIP_FIELD_TO, &a, a.tag.len > 0 ? sp_slice(NULL, 0) : SP_LIT("t"));
    fuzz_law(field.err == SP_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);

    (void)fuzz_stable(input, rewrite);
    check_meaning(input);
    fuzz_free();
    return 0;
}
