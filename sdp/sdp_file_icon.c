/* SPDX-License-Identifier: MIT
 * sdp/sdp_file_icon.c -- see sdp_file_icon.h. RFC 5547 6, RFC 2392 2, RFC 3986 2. */
#include "sdp_file_icon.h"
#include "sdp_grammar.h"

/* unreserved and the sub-delims that need no escape in a URL: ALPHA DIGIT -._~ !$&'()*+,=: */
static const struct sp_set plain = {
    { 0x00000000u, 0x27FF7FD2u, 0x87FFFFFEu, 0x47FFFFFEu, 0, 0, 0, 0 },
};

/* "cid" ":" url-addr-spec */
enum sp_err sdp_file_icon_parse(struct sp_slice value, struct sp_slice *content_id,
                                struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    sp_scan_text_nocase(&s, SP_LIT("cid:"), "cid-url");
    const char *from = s.at;
    (void)sdp_scan_escaped(&s, &plain, "content-id", "hex");
    sp_scan_char(&s, '@', "content-id");
    (void)sdp_scan_escaped(&s, &plain, "content-id", "hex");
    *content_id = sp_slice(from, (size_t)(s.at - from));
    return sp_scan_end(&s, where);
}

static struct sp_slice without_brackets(struct sp_slice field)
{
    field = sp_trim(field);
    if (field.len > 1 && field.at[0] == '<' && field.at[field.len - 1] == '>')
        field = sp_head(sp_from(field, 1), field.len - 2);
    return field;
}

void sdp_file_icon_write(struct sp_buf *to, struct sp_slice content_id)
{
    struct sp_slice id = without_brackets(content_id);
    size_t          at_sign = sp_find(id, '@');

    if (at_sign == 0 || at_sign + 1 >= id.len)
        sp_put_fail(to, SP_SYNTAX);
    sp_put_text(to, "cid:");
    for (size_t i = 0; i < id.len; i++) {
        char c = id.at[i];

        if ((unsigned char)c <= ' ' || (unsigned char)c >= 0x7F || c == '<' || c == '>')
            sp_put_fail(to, SP_SYNTAX);
        if (sp_set_has(&plain, c) || i == at_sign) {
            sp_put_char(to, c);
        } else {
            sp_put_char(to, '%');
            sp_put_hex(to, sp_slice(&c, 1), true, '\0');
        }
    }
}

bool sdp_file_icon_is(struct sp_slice content_id, struct sp_slice field)
{
    struct sp_slice id = without_brackets(field);

    if (id.len == 0)
        return false;
    while (content_id.len > 0 && id.len > 0) {
        if (sdp_next_octet(&content_id) != id.at[0])
            return false;
        id = sp_from(id, 1);
    }
    return content_id.len == id.len;
}
