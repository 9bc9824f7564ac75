/* SPDX-License-Identifier: MIT
 * push/push_text.c -- the little texts of pushes. RFC 2183 2.3, RFC 2231 4, RFC 4975 8.6.
 *
 * Promises: what push_put_disposition writes, push_put_disposition_name reads back octet for octet.
 * Never: writes CR, LF or NUL, whatever a name holds. */
#include "push_text.h"

#include "../parser/sip_param.h"

#define CHARSET "UTF-8''"

/* A quoted string holds everything but control characters (RFC 3261 25.1: no quoted-pair of CR or
 * LF). */
static bool quotable(struct sp_slice name)
{
    size_t i;

    for (i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.at[i];

        if (c < 0x20 || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static void put_percent(struct sp_buf *to, struct sp_slice name)
{
    size_t i;

    for (i = 0; i < name.len; i++) {
        char c = name.at[i];

        if (sp_is_alnum(c) || c == '-' || c == '.' || c == '_') {
            sp_put_char(to, c);
        } else {
            sp_put_char(to, '%');
            sp_put_hex(to, sp_slice(&c, 1), true, '\0');
        }
    }
}

static void put_unpercented(struct sp_buf *to, struct sp_slice text)
{
    size_t i;

    for (i = 0; i < text.len; i++) {
        int high = i + 2 < text.len ? sp_hex_value(text.at[i + 1]) : -1;
        int low = i + 2 < text.len ? sp_hex_value(text.at[i + 2]) : -1;

        if (text.at[i] == '%' && high >= 0 && low >= 0) {
            sp_put_char(to, (char)(high * 16 + low));
            i += 2;
        } else {
            sp_put_char(to, text.at[i]);
        }
    }
}

void push_put_disposition(struct sp_buf *to, struct sp_slice name)
{
    if (name.len == 0) {
        sp_put_text(to, "render");
    } else if (quotable(name)) {
        sp_put_text(to, "attachment;filename=");
        sip_put_quoted(to, name);
    } else {
        sp_put_text(to, "attachment;filename*=" CHARSET);
        put_percent(to, name);
    }
}

void push_put_disposition_name(struct sp_buf *to, struct sp_slice disposition)
{
    struct sp_slice  params = sp_from(disposition, sp_find(disposition, ';'));
    struct sip_param param;

    if (sip_param_find(params, SP_LIT("filename*"), &param) &&
        sp_starts_nocase(param.value, SP_LIT(CHARSET))) {
        put_unpercented(to, sp_from(param.value, sizeof(CHARSET) - 1));
    } else if (sip_param_find(params, SP_LIT("filename"), &param)) {
        sip_put_unquoted(to, param.value);
    }
}

void push_put_accept_types(struct sp_buf *to, struct sp_slice comma_list)
{
    struct sp_slice rest = comma_list;
    bool            first = true;

    while (rest.len > 0) {
        size_t          comma = sp_find(rest, ',');
        struct sp_slice type = push_bare_type(sp_head(rest, comma));

        rest = sp_from(rest, comma + 1);
        if (type.len == 0) {
            continue;
        }
        if (!first) {
            sp_put_char(to, ' ');
        }
        /* The range that SIP's Accept writes as two stars is one star here (9: "*"). */
        sp_put_value(to, sp_eq(type, SP_LIT("*/*")) ? SP_LIT("*") : type);
        first = false;
    }
    if (first) {
        sp_put_char(to, '*');
    }
}

struct sp_slice push_bare_type(struct sp_slice type)
{
    return sp_trim(sp_head(type, sp_find(type, ';')));
}

bool push_is_reference(struct sp_slice type)
{
    return sp_eq_nocase(push_bare_type(type), SP_LIT(PUSH_REFERENCE));
}

bool push_is_multipart(struct sp_slice type)
{
    return sp_starts_nocase(sp_trim(type), SP_LIT("multipart/"));
}
