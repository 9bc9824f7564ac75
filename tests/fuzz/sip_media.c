/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_media.c -- media types, ranges of them, and their matching. RFC 3261 20.1, 20.15.
 *
 * An input is one media type, or a list and a type with a line's end between them. */
#include "../../parser/sip_media.h"
#include "fuzz.h"

static enum sp_err rewrite(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_media_type media;
    enum sp_err           err = sip_media_type_parse(in, &media, where);

    if (err != SP_OK)
        return err;
    fuzz_law(fuzz_inside(media.type, in) && fuzz_inside(media.subtype, in));
    fuzz_law(media.type.len > 0 && media.subtype.len > 0 && fuzz_inside(media.params, in));
    fuzz_law(sip_media_type_covers(&media, &media));
    sip_media_type_write(to, &media);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    size_t          at = sp_find(input, '\n');

    (void)fuzz_stable(fuzz_copy(sp_head(input, at)), rewrite);
    (void)sip_media_type_accepted(fuzz_copy(sp_head(input, at)), fuzz_copy(sp_from(input, at + 1)));
    fuzz_free();
    return 0;
}
