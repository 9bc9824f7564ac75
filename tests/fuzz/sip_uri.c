/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_uri.c -- URIs: read and written, compared, walked, escaped. RFC 3261 19.1.
 *
 * An input is one URI, or two with a line's end between them. */
#include "../../parser/sip_uri.h"
#include "fuzz.h"

static enum sp_err rewrite(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_uri uri;
    enum sp_err    err = sip_uri_parse(in, &uri, where);

    if (err == SP_OK)
        sip_uri_write(to, &uri);
    return err;
}

/* Escapes taken away and put in again mean the same. */
static void check_escapes(struct sp_slice text)
{
    struct sp_buf plain = fuzz_buf(text.len), escaped = fuzz_buf(text.len),
                  again = fuzz_buf(text.len);

    sip_put_unescaped(&plain, text);
    if (plain.err != SP_OK)
        return;
    sip_put_escaped(&escaped, sp_written(&plain), &sip_set_user);
    fuzz_law(escaped.err == SP_OK);
    sip_put_unescaped(&again, sp_written(&escaped));
    fuzz_law(again.err == SP_OK && sp_eq(sp_written(&plain), sp_written(&again)));
}

static void walk(const struct sip_uri *uri)
{
    struct sp_slice  rest = uri->params;
    struct sip_param param;

    while (sip_param_next(&rest, &param)) {
        fuzz_law(fuzz_inside(param.name, uri->octets) && fuzz_inside(param.value, uri->octets));
        fuzz_law(param.name.len > 0);
    }
    rest = uri->headers;
    while (sip_uri_header_next(&rest, &param))
        fuzz_law(fuzz_inside(param.name, uri->octets) && fuzz_inside(param.value, uri->octets));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    size_t          at = sp_find(input, '\n');
    struct sp_slice one = fuzz_copy(sp_head(input, at)), two = fuzz_copy(sp_from(input, at + 1));
    struct sp_buf   to = fuzz_buf(len);
    struct sip_uri  a, b, c;
    struct sp_where where;

    check_escapes(one);
    if (fuzz_stable(one, rewrite) == SP_OK) {
        fuzz_law(sip_uri_parse(one, &a, &where) == SP_OK);
        walk(&a);
        fuzz_law(sip_uri_eq(&a, &a));
        sip_uri_write(&to, &a);
        fuzz_law(sip_uri_parse(sp_written(&to), &b, &where) == SP_OK);
        fuzz_law(sip_uri_eq(&a, &b) && sip_uri_eq(&b, &a));
        if (sip_uri_parse(two, &c, &where) == SP_OK)
            fuzz_law(sip_uri_eq(&a, &c) == sip_uri_eq(&c, &a));
    }
    fuzz_free();
    return 0;
}
