/* SPDX-License-Identifier: MIT
 * sdp/sdp_types.c -- see sdp_types.h. RFC 4975 8.6. */
#include "sdp_types.h"
#include "sdp_grammar.h"

/* ( type "/" subtype / type "/" "*" ) *( ";" parm-attribute "=" parm-value ) / "*". A token may
 * be "*" anyway. */
static struct sp_slice format_entry(struct sp_scan *s)
{
    const char     *from = s->at;
    struct sp_slice type = sdp_scan_token(s, "format-entry");

    if (sp_eq(type, SP_LIT("*")) && sp_scan_peek(s) != '/')
        return type;
    sp_scan_char(s, '/', "format-entry");
    sdp_scan_token(s, "subtype");
    while (sp_scan_try(s, ';')) {
        sdp_scan_token(s, "parm-attribute");
        sp_scan_char(s, '=', "type-param");
        if (sp_scan_peek(s) == '"')
            sdp_scan_quoted(s, "quoted-string");
        else
            sdp_scan_token(s, "parm-value");
    }
    return sdp_scan_since(s, from);
}

static bool skip_spaces(struct sp_scan *s)
{
    bool some = false;

    while (sp_scan_try(s, ' '))
        some = true;
    return some;
}

enum sp_err sdp_types_check(struct sp_slice list, struct sp_where *where)
{
    struct sp_scan s = sp_scan(list);

    (void)skip_spaces(&s);
    do {
        (void)format_entry(&s);
    } while (skip_spaces(&s) && sp_scan_more(&s));
    return sp_scan_end(&s, where);
}

bool sdp_types_next(struct sp_slice *rest, struct sp_slice *entry)
{
    struct sp_scan s = sp_scan(*rest);

    (void)skip_spaces(&s);
    *entry = format_entry(&s);
    if (s.err != SP_OK)
        return false;
    *rest = sp_slice(s.at, (size_t)(s.end - s.at));
    return true;
}

/* Without its parameters. */
static struct sp_slice bare(struct sp_slice entry)
{
    return sp_trim(sp_head(entry, sp_find(entry, ';')));
}

static bool is_any(struct sp_slice entry)
{
    return sp_eq(entry, SP_LIT("*")) || sp_eq(entry, SP_LIT("*/*"));
}

/* "text" and "/plain" */
static void split(struct sp_slice entry, struct sp_slice *type, struct sp_slice *subtype)
{
    size_t slash = sp_find(entry, '/');

    *type = sp_head(entry, slash);
    *subtype = sp_from(entry, slash);
}

/* Is there a type that both entries cover? */
static bool covers(struct sp_slice a, struct sp_slice b)
{
    struct sp_slice type_a, subtype_a, type_b, subtype_b;

    if (is_any(a) || is_any(b))
        return true;
    split(a, &type_a, &subtype_a);
    split(b, &type_b, &subtype_b);
    return sp_eq_nocase(type_a, type_b) &&
           (sp_eq(subtype_a, SP_LIT("/*")) || sp_eq(subtype_b, SP_LIT("/*")) ||
            sp_eq_nocase(subtype_a, subtype_b));
}

bool sdp_types_allow(struct sp_slice list, struct sp_slice type)
{
    struct sp_slice entry;

    while (sdp_types_next(&list, &entry)) {
        if (covers(bare(entry), bare(type)))
            return true;
    }
    return false;
}

bool sdp_types_name(struct sp_slice list, struct sp_slice type)
{
    struct sp_slice entry;

    while (sdp_types_next(&list, &entry)) {
        if (sp_eq_nocase(bare(entry), bare(type)))
            return true;
    }
    return false;
}

bool sdp_types_meet(struct sp_slice a, struct sp_slice b)
{
    struct sp_slice entry;

    while (sdp_types_next(&a, &entry)) {
        if (sdp_types_allow(b, entry))
            return true;
    }
    return false;
}
