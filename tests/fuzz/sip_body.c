/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_body.c -- bodies: of several parts, wrapped as CPIM, lying elsewhere. RFC
 * 2046 5.1; RFC 3862; RFC 4483.
 *
 * An input is a Content-Type, a line's end, and the body. */
#include "../../parser/sip_body.h"
#include "../../parser/sip_cpim.h"
#include "../../parser/sip_external.h"
#include "fuzz.h"

static void walk_head(struct sp_slice head)
{
    struct sp_slice rest = head, name, value;

    for (size_t steps = 0; sip_mime_field_next(&rest, &name, &value); steps++) {
        fuzz_law(fuzz_inside(name, head) && fuzz_inside(value, head));
        fuzz_law(steps <= head.len);
    }
    (void)sip_mime_value(head, "Content-ID");
}

static void check_parts(struct sp_slice type, struct sp_slice body)
{
    struct sip_body walk;
    struct sip_part part;
    struct sp_where where = { 0, "" };
    enum sp_err     err = sip_body_begin(&walk, type, body, &where);
    size_t          steps = 0, last = 0;

    fuzz_where(err, &where, type);
    if (err != SP_OK)
        return;
    for (; sip_body_next(&walk, &part); steps++) {
        fuzz_law(steps <= body.len + 1 && part.depth <= SIP_BODY_DEPTH);
        fuzz_law(fuzz_inside(part.head, body) && fuzz_inside(part.body, body));
        if (part.body.len > 0) { /* in their order, none over another */
            fuzz_law((size_t)(part.body.at - body.at) >= last);
            last = (size_t)(part.body.at - body.at) + part.body.len;
        }
        walk_head(part.head);
    }
    fuzz_law(!sip_body_next(&walk, &part));
}

static void check_cpim(struct sp_slice body)
{
    struct sip_cpim cpim, again;
    struct sp_buf   to = fuzz_buf(4 * body.len);
    struct sp_slice rest, name, params, value;
    struct sp_where where = { 0, "" };
    enum sp_err     err = sip_cpim_parse(body, &cpim, &where);

    fuzz_where(err, &where, body);
    if (err != SP_OK)
        return;
    fuzz_law(fuzz_inside(cpim.headers, body) && fuzz_inside(cpim.content, body));
    for (rest = cpim.headers; sip_cpim_next(&rest, &name, &params, &value);) {
        fuzz_law(fuzz_inside(name, body) && fuzz_inside(value, body));
        (void)!sip_cpim_address(value, &params);
    }
    /* The same content under a header of ours. */
    sip_put_cpim_header(&to, SP_LIT("Subject"), SP_LIT("a\\b\r\nc"));
    sip_put_cpim_content(&to, cpim.content_head, cpim.content);
    if (to.err == SP_INJECTION)
        return;
    fuzz_law(to.err == SP_OK);
    fuzz_law(sip_cpim_parse(fuzz_copy(sp_written(&to)), &again, &where) == SP_OK);
    fuzz_law(sp_eq(cpim.content, again.content));
}

static void check_external(struct sp_slice type, struct sp_slice body)
{
    struct sip_media_type media, same;
    struct sip_external   external, again;
    struct sp_buf         to = fuzz_buf(type.len), content = fuzz_buf(body.len);
    struct sp_where       where;

    if (sip_media_type_parse(type, &media, &where) != SP_OK ||
        sip_external_parse(&media, body, &external) != SP_OK)
        return;
    fuzz_law(external.url.len > 0 && fuzz_inside(external.head, body));
    sip_external_write_type(&to, &external);
    sip_external_write_body(&content, &external);
    if (to.err != SP_OK || content.err != SP_OK) /* what came may not be what can be written */
        return;
    fuzz_law(sip_media_type_parse(sp_written(&to), &same, &where) == SP_OK);
    fuzz_law(sip_external_parse(&same, sp_written(&content), &again) == SP_OK);
    fuzz_law(external.has_size == again.has_size && external.size == again.size);
    fuzz_law(external.has_expiration == again.has_expiration);
    fuzz_law(external.expiration == again.expiration && sp_eq(external.hash, again.hash));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    size_t          at = sp_find(input, '\n');
    struct sp_slice type = fuzz_copy(sp_head(input, at)), body = fuzz_copy(sp_from(input, at + 1));

    check_parts(type, body);
    check_cpim(body);
    check_external(type, body);
    fuzz_free();
    return 0;
}
