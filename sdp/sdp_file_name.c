/* SPDX-License-Identifier: MIT
 * sdp/sdp_file_name.c -- names and types to their form in a file-selector and back: RFC 5547 6.
 *
 * The percent-encoding here is not that of URIs: it hides what would end the quoted string or
 * the line, and what a local system takes for directory structure. A name that was decoded may
 * hold any octet; it is not a path. */
#include "sdp_file.h"
#include "sdp_grammar.h"

static void put_escape(struct sp_buf *to, char octet)
{
    sp_put_char(to, '%');
    sp_put_hex(to, sp_slice(&octet, 1), true, '\0');
}

void sdp_put_file_name_encoded(struct sp_buf *to, struct sp_slice plain)
{
    for (size_t i = 0; i < plain.len; i++) {
        char c = plain.at[i];

        if (!sp_set_has(&sdp_file_name_set, c) || c == '/' || c == '\\')
            put_escape(to, c);
        else
            sp_put_char(to, c);
    }
}

void sdp_put_file_name(struct sp_buf *to, struct sp_slice encoded)
{
    while (encoded.len > 0)
        sp_put_char(to, sdp_next_octet(&encoded));
}

bool sdp_file_name_eq(struct sp_slice a, struct sp_slice b)
{
    while (a.len > 0 && b.len > 0) {
        if (sdp_next_octet(&a) != sdp_next_octet(&b))
            return false;
    }
    return a.len == b.len;
}

/* White space that a Content-Type may have between its elements and a selector may not. */
static void skip_space(struct sp_scan *s)
{
    while (sp_scan_try(s, ' ') || sp_scan_try(s, '\t') || sp_scan_try(s, '\r') ||
           sp_scan_try(s, '\n'))
        ;
}

/* A quoted-string of a Content-Type (the cursor stands behind its first quote), as a
 * value-string. */
static void encode_quoted(struct sp_buf *to, struct sp_scan *s)
{
    while (sp_scan_more(s) && sp_scan_peek(s) != '"') {
        if (sp_scan_try(s, '\\') && !sp_scan_more(s))
            break;
        char c = *s->at++;
        if (sp_set_has(&sdp_file_name_set, c))
            sp_put_char(to, c);
        else
            put_escape(to, c);
    }
    sp_scan_char(s, '"', "quoted-string");
}

/* ";" attribute "=" value */
static void encode_parameter(struct sp_buf *to, struct sp_scan *s)
{
    skip_space(s);
    sp_put_char(to, ';');
    sp_put(to, sdp_scan_token(s, "attribute"));
    skip_space(s);
    sp_scan_char(s, '=', "parameter");
    skip_space(s);
    sp_put_text(to, "=\"");
    if (sp_scan_try(s, '"'))
        encode_quoted(to, s);
    else
        sdp_put_file_name_encoded(to, sdp_scan_token(s, "value"));
    sp_put_char(to, '"');
    skip_space(s);
}

void sdp_put_file_type_encoded(struct sp_buf *to, struct sp_slice content_type)
{
    struct sp_scan  s = sp_scan(sp_trim(content_type));
    struct sp_where where;

    sp_put(to, sdp_scan_token(&s, "type"));
    skip_space(&s);
    sp_scan_char(&s, '/', "media-type");
    skip_space(&s);
    sp_put_char(to, '/');
    sp_put(to, sdp_scan_token(&s, "subtype"));
    skip_space(&s);
    while (sp_scan_try(&s, ';'))
        encode_parameter(to, &s);
    enum sp_err err = sp_scan_end(&s, &where);
    if (err != SP_OK)
        sp_put_fail(to, err);
}

/* A value-string as the inside of a quoted-string. */
static void decode_value(struct sp_buf *to, struct sp_slice value)
{
    while (value.len > 0) {
        char c = sdp_next_octet(&value);

        if (c == '"' || c == '\\')
            sp_put_char(to, '\\');
        sp_put_value(to, sp_slice(&c, 1));
    }
}

void sdp_put_file_type(struct sp_buf *to, struct sp_slice encoded)
{
    struct sp_scan  s = sp_scan(encoded);
    struct sp_where where;

    sp_put(to, sp_scan_until(&s, ';'));
    while (sp_scan_try(&s, ';')) {
        sp_put_char(to, ';');
        sp_put(to, sdp_scan_token(&s, "attribute"));
        sp_scan_char(&s, '=', "ft-parameter");
        sp_put_char(to, '=');
        if (sp_scan_try(&s, '"')) {
            sp_put_char(to, '"');
            decode_value(to, sdp_scan_file_name(&s, "value-string"));
            sp_scan_char(&s, '"', "ft-parameter");
            sp_put_char(to, '"');
        } else {
            sp_put(to, sdp_scan_token(&s, "value-string"));
        }
    }
    enum sp_err err = sp_scan_end(&s, &where);
    if (err != SP_OK)
        sp_put_fail(to, err);
}
