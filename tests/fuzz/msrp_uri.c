/* SPDX-License-Identifier: MIT
 * tests/fuzz/msrp_uri.c -- MSRP URIs and paths. RFC 4975 6, 9.
 *
 * An input is a path, or two URIs with a line's end between them. */
#include "../../msrp/msrp_uri.h"
#include "fuzz.h"

static enum sp_err rewrite(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct msrp_uri uri;
    enum sp_err     err = msrp_uri_parse(in, &uri, where);

    if (err != SP_OK)
        return err;
    fuzz_law(fuzz_inside(uri.host, in) && fuzz_inside(uri.session_id, in));
    fuzz_law(fuzz_inside(uri.params, in) && fuzz_inside(uri.userinfo, in));
    fuzz_law(uri.host.len > 0 && uri.transport.len > 0);
    msrp_uri_write(to, &uri);
    return err;
}

static void check_path(struct sp_slice path)
{
    struct sp_slice rest = path, uri, first = { NULL, 0 }, last = { NULL, 0 };
    struct sp_where where = { 0, "" };
    enum sp_err     err = msrp_path_check(path, &where);

    fuzz_where(err, &where, path);
    while (msrp_path_next(&rest, &uri)) {
        struct msrp_uri parsed;

        fuzz_law(fuzz_inside(uri, path));
        if (err == SP_OK)
            fuzz_law(msrp_uri_parse(uri, &parsed, &where) == SP_OK);
        first = first.at == NULL ? uri : first;
        last = uri;
    }
    if (err == SP_OK) {
        fuzz_law(sp_eq(msrp_path_first(path), first) && first.len > 0);
        fuzz_law(sp_eq(msrp_path_last(path), last));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    size_t          at = sp_find(input, '\n');
    struct sp_slice one = fuzz_copy(sp_head(input, at)), two = fuzz_copy(sp_from(input, at + 1));
    struct sp_buf   to = fuzz_buf(len);
    struct msrp_uri a, b, c;
    struct sp_where where;

    check_path(one);
    if (fuzz_stable(one, rewrite) == SP_OK) {
        fuzz_law(msrp_uri_parse(one, &a, &where) == SP_OK);
        fuzz_law(msrp_uri_eq(&a, &a) && msrp_uri_eq_host(&a, &a));
        msrp_uri_write(&to, &a);
        fuzz_law(msrp_uri_parse(sp_written(&to), &b, &where) == SP_OK);
        fuzz_law(msrp_uri_eq(&a, &b));
        if (msrp_uri_parse(two, &c, &where) == SP_OK) {
            fuzz_law(msrp_uri_eq(&a, &c) == msrp_uri_eq(&c, &a));
            fuzz_law(!msrp_uri_eq(&a, &c) || msrp_uri_eq_host(&a, &c));
        }
    }
    fuzz_free();
    return 0;
}
