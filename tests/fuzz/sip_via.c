/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_via.c -- Via. RFC 3261 20.42, 25.1; RFC 3581. */
#include "../../parser/sip_via.h"
#include "fuzz.h"

static enum sp_err rewrite(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_via via;
    enum sp_err    err = sip_via_parse(in, &via, where);

    if (err != SP_OK)
        return err;
    fuzz_law(fuzz_inside(via.host, in) && fuzz_inside(via.params, in));
    fuzz_law(fuzz_inside(via.branch, in) && fuzz_inside(via.received, in));
    fuzz_law(fuzz_inside(via.maddr, in) && fuzz_inside(via.transport, in));
    fuzz_law(via.host.len > 0 && via.ttl <= 255);
    (void)sip_via_has_cookie(&via);
    sip_via_write(to, &via);
    return err;
}

/* As a proxy changes it: `received` and `rport` put in (RFC 3581 4). */
static void check_changed(struct sp_slice input)
{
    struct sp_buf   to = fuzz_buf(input.len);
    struct sip_via  a, b;
    struct sp_where where;

    if (sip_via_parse(input, &a, &where) != SP_OK || sp_find(input, '\0') < input.len)
        return;
    a.received = SP_LIT("192.0.2.1");
    a.has_rport = true;
    a.rport = 5070;
    sip_via_write(&to, &a);
    fuzz_law(to.err == SP_OK && sip_via_parse(sp_written(&to), &b, &where) == SP_OK);
    fuzz_law(sp_eq(b.received, a.received) && b.has_rport && b.rport == 5070);
    fuzz_law(sp_eq(a.branch, b.branch) && sp_eq(a.maddr, b.maddr));
    fuzz_law(a.has_ttl == b.has_ttl && a.ttl == b.ttl);
    fuzz_law(sp_eq(a.host, b.host) && a.port == b.port);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);

    (void)fuzz_stable(input, rewrite);
    check_changed(input);
    fuzz_free();
    return 0;
}
