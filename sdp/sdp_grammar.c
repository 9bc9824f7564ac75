/* SPDX-License-Identifier: MIT
 * sdp/sdp_grammar.c -- see sdp_grammar.h. RFC 8866 9 (token, non-ws-string, byte-string,
 * integer), RFC 5547 6. */
#include "sdp_grammar.h"

/* %x21 / %x23-27 / %x2A-2B / %x2D-2E / %x30-39 / %x41-5A / %x5E-7E */
const struct sp_set sdp_token_set = {
    { 0x00000000u, 0x03FF6CFAu, 0xC7FFFFFEu, 0x7FFFFFFFu, 0, 0, 0, 0 },
};

/* %x21-7E / %x80-FF */
const struct sp_set sdp_non_ws_set = {
    { 0x00000000u, 0xFFFFFFFEu, 0xFFFFFFFFu, 0x7FFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu,
      0xFFFFFFFFu },
};

/* %x01-09 / %x0B-0C / %x0E-FF */
const struct sp_set sdp_byte_string_set = {
    { 0xFFFFDBFEu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu,
      0xFFFFFFFFu },
};

/* %x01-09 / %x0B-0C / %x0E-21 / %x23-24 / %x26-FF */
const struct sp_set sdp_file_name_set = {
    { 0xFFFFDBFEu, 0xFFFFFFDBu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu,
      0xFFFFFFFFu },
};

const struct sp_set sdp_digit_set = {
    { 0x00000000u, 0x03FF0000u, 0, 0, 0, 0, 0, 0 },
};

struct sp_slice sdp_scan_token(struct sp_scan *s, const char *rule)
{
    return sp_scan_set(s, &sdp_token_set, 1, rule);
}

struct sp_slice sdp_scan_non_ws(struct sp_scan *s, const char *rule)
{
    return sp_scan_set(s, &sdp_non_ws_set, 1, rule);
}

struct sp_slice sdp_scan_bytes(struct sp_scan *s, size_t least, const char *rule)
{
    return sp_scan_set(s, &sdp_byte_string_set, least, rule);
}

struct sp_slice sdp_scan_since(const struct sp_scan *s, const char *from)
{
    if (s->err != SP_OK)
        return sp_slice(NULL, 0);
    return sp_slice(from, (size_t)(s->at - from));
}

struct sp_slice sdp_scan_proto(struct sp_scan *s)
{
    const char *from = s->at;

    do {
        sdp_scan_token(s, "proto");
    } while (sp_scan_try(s, '/'));
    return sdp_scan_since(s, from);
}

uint64_t sdp_scan_integer(struct sp_scan *s, const char *rule)
{
    if (sp_scan_peek(s) == '0')
        sp_scan_fail(s, SP_SYNTAX, s->at, rule);
    return sp_scan_u64(s, rule);
}

struct sp_slice sdp_scan_escaped(struct sp_scan *s, const struct sp_set *set, const char *rule,
                                 const char *escaped)
{
    const char *from = s->at;

    while (sp_scan_more(s)) {
        sp_scan_set(s, set, 0, rule);
        if (sp_scan_peek(s) != '%')
            break;
        if (s->end - s->at < 3 || sp_hex_value(s->at[1]) < 0 || sp_hex_value(s->at[2]) < 0)
            sp_scan_fail(s, SP_SYNTAX, s->at, escaped);
        else
            s->at += 3;
    }
    if (s->at == from)
        sp_scan_fail(s, SP_SYNTAX, s->at, rule);
    return sdp_scan_since(s, from);
}

struct sp_slice sdp_scan_file_name(struct sp_scan *s, const char *rule)
{
    return sdp_scan_escaped(s, &sdp_file_name_set, rule, "percent-encoded");
}

struct sp_slice sdp_scan_quoted(struct sp_scan *s, const char *rule)
{
    const char *from = s->at;

    sp_scan_char(s, '"', rule);
    while (sp_scan_more(s) && sp_scan_peek(s) != '"') {
        if (sp_scan_try(s, '\\') && !sp_scan_more(s))
            break;
        s->at++;
    }
    sp_scan_char(s, '"', rule);
    return sdp_scan_since(s, from);
}

char sdp_next_octet(struct sp_slice *rest)
{
    char c = rest->at[0];
    int  high = rest->len > 2 ? sp_hex_value(rest->at[1]) : -1;
    int  low = rest->len > 2 ? sp_hex_value(rest->at[2]) : -1;

    if (c == '%' && high >= 0 && low >= 0) {
        *rest = sp_from(*rest, 3);
        return (char)(high << 4 | low);
    }
    *rest = sp_from(*rest, 1);
    return c;
}
