/* SPDX-License-Identifier: MIT
 * tests/fuzz/sdp_selector.c -- the values of file transfer: selectors, names, types, dates, icons.
 * RFC 5547 6.
 *
 * The first octet of an input chooses what its rest is read as. */
#include "../../sdp/sdp_file.h"
#include "../../sdp/sdp_file_date.h"
#include "../../sdp/sdp_file_icon.h"
#include "../../sdp/sdp_types.h"
#include "fuzz.h"

static enum sp_err as_it_came(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sdp_file_selector selector;
    enum sp_err              err = sdp_file_selector_parse(in, &selector, where);

    if (err == SP_OK)
        sdp_file_selector_write(to, &selector);
    return err;
}

/* From its parts; a selector of which nothing can be written is the bare one. */
static enum sp_err from_parts(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sdp_file_selector selector;
    enum sp_err              err = sdp_file_selector_parse(in, &selector, where);

    if (err != SP_OK)
        return err;
    fuzz_law(fuzz_inside(selector.name, in) && fuzz_inside(selector.type, in));
    selector.octets = sp_slice(NULL, 0);
    sdp_file_selector_write(to, &selector);
    return err;
}

static void check_selector(struct sp_slice input)
{
    struct sp_buf            to = fuzz_buf(input.len);
    struct sdp_file_selector a, b;
    struct sp_where          where;

    if (fuzz_stable(input, as_it_came) != SP_OK)
        return;
    (void)fuzz_stable(input, from_parts);
    fuzz_law(sdp_file_selector_parse(input, &a, &where) == SP_OK);
    fuzz_law(sdp_file_selector_agrees(&a, &a));
    a.octets = sp_slice(NULL, 0);
    sdp_file_selector_write(&to, &a);
    fuzz_law(sdp_file_selector_parse(sp_written(&to), &b, &where) == SP_OK);
    fuzz_law(sdp_file_selector_agrees(&a, &b) && sdp_file_selector_agrees(&b, &a));
    fuzz_law(a.has_name == b.has_name && a.has_sha1 == b.has_sha1);
}

/* Any plain name can be written, and comes out again as it was. */
static void check_name(struct sp_slice plain)
{
    struct sp_buf            encoded = fuzz_buf(plain.len), again = fuzz_buf(plain.len);
    struct sp_buf            to = fuzz_buf(4 * plain.len);
    struct sdp_file_selector selector = { .has_name = true }, read;
    struct sp_where          where;

    sdp_put_file_name_encoded(&encoded, plain);
    fuzz_law(encoded.err == SP_OK);
    sdp_put_file_name(&again, sp_written(&encoded));
    fuzz_law(again.err == SP_OK && sp_eq(sp_written(&again), plain));
    if (plain.len == 0)
        return;
    selector.name = sp_written(&encoded);
    sdp_file_selector_write(&to, &selector);
    fuzz_law(to.err == SP_OK);
    fuzz_law(sdp_file_selector_parse(sp_written(&to), &read, &where) == SP_OK);
    fuzz_law(sdp_file_name_eq(read.name, selector.name));
}

static enum sp_err rewrite_type(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sp_buf encoded = fuzz_buf(in.len);

    *where = (struct sp_where){ 0, "type" };
    sdp_put_file_type_encoded(&encoded, in);
    if (encoded.err != SP_OK)
        return encoded.err;
    sdp_put_file_type(to, sp_written(&encoded));
    return to->err;
}

static enum sp_err rewrite_date(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sdp_file_date date;
    enum sp_err          err = sdp_file_date_parse(in, &date, where);

    if (err != SP_OK)
        return err;
    sdp_file_date_write(to, &date);
    /* A zone can carry a date out of the years that can be written. */
    *where = (struct sp_where){ 0, "year" };
    return to->err == SP_RANGE ? SP_RANGE : SP_OK;
}

static enum sp_err rewrite_icon(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sp_slice content_id;
    struct sp_buf   plain = fuzz_buf(in.len);
    enum sp_err     err = sdp_file_icon_parse(in, &content_id, where);

    if (err != SP_OK)
        return err;
    fuzz_law(fuzz_inside(content_id, in));
    sdp_put_file_name(&plain, content_id);
    sdp_file_icon_write(to, sp_written(&plain));
    *where = (struct sp_where){ 0, "content-id" };
    return to->err == SP_SYNTAX ? SP_SYNTAX : SP_OK;
}

static void check_types(struct sp_slice list)
{
    struct sp_slice rest = list, entry;
    struct sp_where where = { 0, "" };
    enum sp_err     err = sdp_types_check(list, &where);

    fuzz_where(err, &where, list);
    while (sdp_types_next(&rest, &entry)) {
        fuzz_law(entry.len > 0 && fuzz_inside(entry, list));
        if (err == SP_OK)
            fuzz_law(sdp_types_allow(list, entry));
    }
    if (err == SP_OK)
        fuzz_law(sdp_types_meet(list, list));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);

    switch (fuzz_take(&input)) {
    case 's': check_selector(input); break;
    case 'n': check_name(input); break;
    case 't': (void)fuzz_stable(input, rewrite_type); break;
    case 'd': (void)fuzz_stable(input, rewrite_date); break;
    case 'i': (void)fuzz_stable(input, rewrite_icon); break;
    default: check_types(input); break;
    }
    fuzz_free();
    return 0;
}
