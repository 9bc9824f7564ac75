/* SPDX-License-Identifier: MIT
 * tests/fuzz/msrp_cpim.c -- message/cpim. RFC 3862 2, 3, 4. */
#include "../../msrp/msrp_cpim.h"
#include "fuzz.h"

static struct sp_slice plain_of(struct sp_slice value)
{
    struct sp_buf to = fuzz_buf(value.len);

    msrp_cpim_put_plain(&to, value);
    fuzz_law(to.err == SP_OK && to.len <= value.len);
    return sp_written(&to);
}

static enum sp_err rewrite(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct msrp_cpim        cpim;
    struct msrp_cpim_header header;
    struct sp_slice         rest;
    enum sp_err             err = msrp_cpim_parse(in, &cpim, where);

    fuzz_law(fuzz_inside(cpim.headers, in) && fuzz_inside(cpim.mime_headers, in));
    fuzz_law(fuzz_inside(cpim.content, in) && fuzz_inside(cpim.content_type, in));
    fuzz_law(fuzz_inside(cpim.from.name, in) && fuzz_inside(cpim.to.uri, in));
    rest = cpim.headers;
    while (msrp_cpim_next(&rest, &header))
        fuzz_law(fuzz_inside(header.name, in) && fuzz_inside(header.value, in));
    if (err != SP_OK)
        return err;
    fuzz_law(cpim.from.uri.len > 0 && cpim.to.uri.len > 0 && cpim.content_type.len > 0);
    cpim.from.name = plain_of(cpim.from.name);
    cpim.to.name = plain_of(cpim.to.name);
    cpim.subject = plain_of(cpim.subject);
    msrp_cpim_write(to, &cpim);
    fuzz_law(to->err == SP_OK);
    sp_put(to, cpim.content);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);

    (void)fuzz_stable(fuzz_copy(input), rewrite);
    (void)plain_of(input);
    fuzz_free();
    return 0;
}
