/* SPDX-License-Identifier: MIT
 * parser/sip_media.c -- media types: Content-Type and the ranges of Accept. RFC
 * 3261 20.1, 20.15, 25.1. */
#include "sip_media.h"

/* media-type = m-type SLASH m-subtype *( SEMI m-parameter ); unlike elsewhere a parameter needs a
 * value, but accept-param follows in the same list and needs none. */
static void scan_media_type(struct sp_scan *s, struct sip_media_type *media)
{
    media->type = sip_scan_token(s, "m-type");
    sip_scan_separator(s, '/', "SLASH");
    media->subtype = sip_scan_token(s, "m-subtype");
    media->params = sip_scan_params(s);
}

enum sp_err sip_media_type_parse(struct sp_slice value, struct sip_media_type *media,
                                 struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    scan_media_type(&s, media);
    sip_scan_sws(&s);
    return sp_scan_end(&s, where);
}

void sip_media_type_write(struct sp_buf *to, const struct sip_media_type *media)
{
    sp_put_value(to, media->type);
    sp_put_char(to, '/');
    sp_put_value(to, media->subtype);
    sip_put_folded(to, media->params);
}

static bool is_star(struct sp_slice part)
{
    return part.len == 1 && part.at[0] == '*';
}

bool sip_media_type_covers(const struct sip_media_type *range, const struct sip_media_type *media)
{
    if (is_star(range->type))
        return true;
    return sp_eq_nocase(range->type, media->type) &&
           (is_star(range->subtype) || sp_eq_nocase(range->subtype, media->subtype));
}

/* "*" without a slash, as the accept-types of MSRP have it (RFC 4975 8.6). */
static bool is_lone_star(const struct sp_scan *s)
{
    return sp_scan_peek(s) == '*' && (s->end - s->at == 1 || s->at[1] == ' ' || s->at[1] == ',');
}

bool sip_media_type_accepted(struct sp_slice list, struct sp_slice media_type)
{
    struct sip_media_type media, range;
    struct sp_where       where;
    struct sp_scan        s = sp_scan(list);

    if (sip_media_type_parse(media_type, &media, &where) != SP_OK)
        return false;
    while (s.err == SP_OK && s.at < s.end) {
        sip_scan_sws(&s);
        if (sp_scan_try(&s, ','))
            continue;
        if (is_lone_star(&s))
            return true;
        scan_media_type(&s, &range);
        if (s.err == SP_OK && sip_media_type_covers(&range, &media))
            return true;
    }
    return false;
}
