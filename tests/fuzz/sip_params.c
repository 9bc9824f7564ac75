/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_params.c -- generic parameters, quoted strings, folds, comma lists. RFC 3261 25.1.
 */
#include "../../parser/sip_item.h"
#include "fuzz.h"

static enum sp_err rewrite(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sp_scan  s = sp_scan(in);
    struct sp_slice rest = sip_scan_params(&s);
    enum sp_err     err = sp_scan_end(&s, where);

    for (struct sip_param param; err == SP_OK && sip_param_next(&rest, &param);) {
        fuzz_law(fuzz_inside(param.name, in) && fuzz_inside(param.value, in));
        fuzz_law(param.name.len > 0 && param.has_value == (param.value.len > 0));
        sp_put_char(to, ';');
        sp_put(to, param.name);
        if (param.has_value) {
            sp_put_char(to, '=');
            sip_put_folded(to, param.value);
        }
    }
    return err;
}

/* A walk over any octets ends, stays within them, and a search finds what the walk found first. */
static void check_walk(struct sp_slice input)
{
    struct sp_slice  rest = input, value;
    struct sip_param param, found;
    size_t           steps = 0;

    while (sip_param_next(&rest, &param)) {
        fuzz_law(fuzz_inside(param.name, input) && fuzz_inside(param.value, input));
        fuzz_law(sip_param_find(input, param.name, &found));
        fuzz_law(steps++ <= input.len);
    }
    rest = input;
    for (steps = 0; sip_list_next(&rest, &value); steps++) {
        fuzz_law(value.len > 0 && fuzz_inside(value, input));
        fuzz_law(steps <= input.len);
    }
}

/* Any text without CR, LF and NUL can be quoted, and comes out again as it was. */
static void check_quoted(struct sp_slice text)
{
    struct sp_buf  quoted = fuzz_buf(text.len), plain = fuzz_buf(text.len);
    struct sp_scan s;

    sip_put_quoted(&quoted, text);
    if (quoted.err == SP_INJECTION)
        return;
    fuzz_law(quoted.err == SP_OK);
    s = sp_scan(fuzz_copy(sp_written(&quoted)));
    fuzz_law(sp_eq(sip_scan_quoted(&s, "quoted-string"), sp_written(&quoted)));
    sip_put_unquoted(&plain, sp_written(&quoted));
    fuzz_law(plain.err == SP_OK && sp_eq(sp_written(&plain), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    struct sp_buf   to = fuzz_buf(len);
    uint16_t        q;

    (void)fuzz_stable(input, rewrite);
    check_walk(input);
    check_quoted(input);
    sip_put_unquoted(&to, input);
    (void)sip_param_q(input);
    (void)!sip_qvalue_parse(input, &q);
    fuzz_free();
    return 0;
}
