/* SPDX-License-Identifier: MIT
 * tests/fuzz/msrp_cpim.c -- message/cpim, and the notifications in it. RFC 3862 2, 3, 4; RFC 5438.
 */
#include "../../msrp/msrp_imdn.h"
#include "fuzz.h"

static struct sp_slice plain_of(struct sp_slice value)
{
    struct sp_buf to = fuzz_buf(value.len);

    msrp_cpim_put_plain(&to, value);
    fuzz_law(to.err == SP_OK && to.len <= value.len);
    return sp_written(&to);
}

/* A wish is answered by what can be read again. */
static void notify(const struct msrp_cpim *im)
{
    struct sp_buf         to = fuzz_buf(65536);
    struct msrp_imdn_wish wish;
    struct msrp_imdn      imdn;
    struct msrp_cpim      note;
    struct sp_where       where = { 0, "" };

    if (!msrp_imdn_wish_of(im, &wish))
        return;
    msrp_imdn_write(&to, im, &wish, SP_LIT("own"), MSRP_IMDN_DELIVERY, MSRP_IMDN_FAILED);
    if (to.err != SP_OK)
        return;
    fuzz_law(msrp_cpim_parse(sp_written(&to), &note, &where) == SP_OK);
    fuzz_law(msrp_imdn_parse(note.content, &imdn, &where) == SP_OK);
    fuzz_law(imdn.kind == MSRP_IMDN_DELIVERY && imdn.status == MSRP_IMDN_FAILED);
}

/* As a document by itself. */
static void check_imdn(struct sp_slice in)
{
    struct msrp_imdn imdn;
    struct sp_where  where = { 0, "" };
    struct sp_buf    to = fuzz_buf(in.len);
    enum sp_err      err = msrp_imdn_parse(in, &imdn, &where);

    fuzz_where(err, &where, in);
    fuzz_law(fuzz_inside(imdn.message_id, in) && fuzz_inside(imdn.subject, in));
    fuzz_law(fuzz_inside(imdn.recipient_uri, in) && fuzz_inside(imdn.date_time, in));
    fuzz_law(err != SP_OK || (imdn.message_id.len > 0 && imdn.date_time.len > 0));
    msrp_imdn_put_text(&to, imdn.subject);
    fuzz_law(to.err == SP_OK && to.len <= imdn.subject.len);
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
    notify(&cpim);
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
    check_imdn(fuzz_copy(input));
    fuzz_free();
    return 0;
}
