/* SPDX-License-Identifier: MIT
 * parser/sip_body.c -- bodies of several parts. RFC 2046 5.1. */
#include "sip_body.h"

#include <string.h>

#define BOUNDARY_OCTETS 70

/* The boundary without its quotes: bchars need no escapes. */
static struct sp_slice boundary_of(const struct sip_media_type *media)
{
    struct sp_slice value = sip_param_value(media->params, "boundary");

    if (value.len >= 2 && value.at[0] == '"')
        value = sp_slice(value.at + 1, value.len - 2);
    return value.len > BOUNDARY_OCTETS ? sp_slice(NULL, 0) : value;
}

static bool is_walked(const struct sip_media_type *media)
{
    return sp_eq_nocase(media->type, SP_LIT("multipart")) &&
           (sp_eq_nocase(media->subtype, SP_LIT("mixed")) ||
            sp_eq_nocase(media->subtype, SP_LIT("alternative")) ||
            sp_eq_nocase(media->subtype, SP_LIT("related")));
}

enum delimiter { NO_DELIMITER, DASH_BOUNDARY, CLOSE_DELIMITER };

/* What a line that begins with "--boundary" is, and its octets: only white space may follow. */
static enum delimiter delimiter_at(struct sp_slice text, struct sp_slice boundary, size_t *octets)
{
    size_t at = boundary.len + 2;
    bool   close;

    if (text.len < at || memcmp(text.at, "--", 2) != 0 ||
        memcmp(text.at + 2, boundary.at, boundary.len) != 0)
        return NO_DELIMITER;
    close = text.len - at >= 2 && text.at[at] == '-' && text.at[at + 1] == '-';
    if (close)
        at += 2;
    while (at < text.len && (text.at[at] == ' ' || text.at[at] == '\t'))
        at++;
    *octets = at < text.len && text.at[at] == '\r' ? at + 2 : at;
    if (close) /* what follows is an epilogue, also on the same line */
        return CLOSE_DELIMITER;
    return text.len - at >= 2 && text.at[at] == '\r' && text.at[at + 1] == '\n' ? DASH_BOUNDARY
                                                                                : NO_DELIMITER;
}

/* The octets before the next delimiter line, without the CRLF that belongs to it; `rest` goes on
 * behind the line. */
static enum delimiter take_part(struct sip_body_level *level, struct sp_slice *part)
{
    struct sp_slice all = level->rest;
    size_t          at = 0, octets = 0;

    while (at < all.len) {
        enum delimiter kind = delimiter_at(sp_from(all, at), level->boundary, &octets);
        size_t         end = at >= 2 ? at - 2 : 0;

        if (kind != NO_DELIMITER) {
            *part = sp_head(all, end);
            level->rest = sp_from(all, at + octets);
            return kind;
        }
        at += sp_find_slice(sp_from(all, at), SP_LIT("\r\n")) + 2;
    }
    *part = all;
    level->rest = sp_from(all, all.len);
    return NO_DELIMITER;
}

/* Go down into a multipart: past its preamble. False when it has no boundary or no part. */
static bool enter(struct sip_body *walk, const struct sip_media_type *media, struct sp_slice body)
{
    struct sip_body_level *level = &walk->levels[walk->depth];
    struct sp_slice        preamble;

    level->boundary = boundary_of(media);
    level->subtype = media->subtype;
    level->rest = body;
    if (level->boundary.len == 0) {
        walk->err = SP_SYNTAX;
        return false;
    }
    if (take_part(level, &preamble) != DASH_BOUNDARY) {
        walk->err = SP_PARTIAL;
        return false;
    }
    level->group = ++walk->groups;
    walk->depth++;
    return true;
}

enum sp_err sip_body_begin(struct sip_body *walk, struct sp_slice content_type,
                           struct sp_slice body, struct sp_where *where)
{
    enum sp_err err;

    memset(walk, 0, sizeof *walk);
    walk->whole.body = body;
    walk->given = true;
    err = sip_media_type_parse(content_type, &walk->whole.media, where);
    if (err != SP_OK)
        return err;
    walk->given = false;
    if (is_walked(&walk->whole.media)) {
        walk->given = true; /* its parts are handed out instead */
        if (!enter(walk, &walk->whole.media, body) && walk->err == SP_SYNTAX) {
            *where = (struct sp_where){ content_type.len, "boundary" };
            return SP_SYNTAX;
        }
    }
    return SP_OK;
}

bool sip_body_next(struct sip_body *walk, struct sip_part *part)
{
    if (!walk->given) {
        walk->given = true;
        *part = walk->whole;
        return true;
    }
    while (walk->depth > 0) {
        struct sip_body_level *level = &walk->levels[walk->depth - 1];
        struct sp_slice        entity, type;
        struct sp_where        where;

        if (level->rest.len == 0) {
            if (level->rest.at != NULL) /* no close-delimiter came */
                walk->err = SP_PARTIAL;
            walk->depth--;
            continue;
        }
        switch (take_part(level, &entity)) {
        case NO_DELIMITER: break;
        case CLOSE_DELIMITER: level->rest = sp_slice(NULL, 0); break;
        case DASH_BOUNDARY: break;
        }
        sip_mime_split(entity, &part->head, &part->body);
        part->parent = level->subtype;
        part->depth = walk->depth;
        part->group = level->group;
        type = sip_mime_value(part->head, "Content-Type");
        if (sip_media_type_parse(type.len > 0 ? type : SP_LIT("text/plain"), &part->media,
                                 &where) != SP_OK)
            walk->err = SP_SYNTAX;
        else if (is_walked(&part->media) && walk->depth < SIP_BODY_DEPTH &&
                 enter(walk, &part->media, part->body))
            continue;
        return true;
    }
    return false;
}

static void put_dashes(struct sp_buf *to, struct sp_slice boundary)
{
    if (boundary.len == 0 || boundary.len > BOUNDARY_OCTETS)
        sp_put_fail(to, SP_RANGE);
    sp_put(to, SP_LIT("--"));
    sp_put_value(to, boundary);
}

void sip_put_part(struct sp_buf *to, struct sp_slice boundary, struct sp_slice head)
{
    if (to->len > 0)
        sp_put(to, SP_LIT("\r\n"));
    put_dashes(to, boundary);
    sp_put(to, SP_LIT("\r\n"));
    sp_put(to, head);
    sp_put(to, SP_LIT("\r\n"));
}

void sip_put_parts_end(struct sp_buf *to, struct sp_slice boundary)
{
    sp_put(to, SP_LIT("\r\n"));
    put_dashes(to, boundary);
    sp_put(to, SP_LIT("--\r\n"));
}
