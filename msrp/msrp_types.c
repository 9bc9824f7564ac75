/* SPDX-License-Identifier: MIT
 * msrp/msrp_types.c -- which media types a session takes. RFC 4975 8.6, 7.3.1. */
#include "msrp_types.h"

static struct sp_slice without_params(struct sp_slice type)
{
    return sp_trim(sp_head(type, sp_find(type, ';')));
}

static bool takes(struct sp_slice entry, struct sp_slice type)
{
    size_t slash = sp_find(entry, '/');

    if (sp_eq(entry, SP_LIT("*")) || sp_eq_nocase(entry, type))
        return true;
    return sp_eq(sp_from(entry, slash), SP_LIT("/*")) &&
           sp_eq_nocase(sp_head(entry, slash), sp_head(type, sp_find(type, '/')));
}

/* 7.3.1, 13, 14.3: whatever our SDP says. */
static bool every_endpoint_takes(struct sp_slice type)
{
    static const char *const types[] = { "multipart/mixed", "multipart/alternative",
                                         "multipart/signed", "message/cpim" };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (sp_eq_nocase(type, sp_str(types[i])))
            return true;
    return false;
}

bool msrp_types_take(struct sp_slice accept_types, struct sp_slice content_type)
{
    struct sp_slice type = without_params(content_type);
    struct sp_slice rest = sp_trim(accept_types);

    if (rest.len == 0 || every_endpoint_takes(type))
        return true;
    while (rest.len > 0) {
        struct sp_slice entry = sp_head(rest, sp_find(rest, ' '));

        if (takes(without_params(entry), type))
            return true;
        rest = sp_from(rest, entry.len + 1);
    }
    return false;
}
