/* SPDX-License-Identifier: MIT
 * push/push_icon.c -- the icon of a file. RFC 5547 8.8, RFC 2387, RFC 2392.
 *
 * Promises: the description is the root, the first part and named by `type` (8.8); what cannot be
 * read as a part with that name is no icon, and the file can be pushed without. */
#include "push_icon.h"

#include "../parser/sip_body.h"
#include "../sdp/sdp_file_icon.h"

void push_put_icon_id(struct sp_buf *to, struct sp_slice transfer_id)
{
    sp_put(to, transfer_id);
    sp_put_text(to, "@sipush.invalid");
}

void push_put_file_icon(struct sp_buf *to, struct sp_slice transfer_id)
{
    char          room[128];
    struct sp_buf id = sp_buf(room, sizeof(room));

    push_put_icon_id(&id, transfer_id);
    sp_put_fail(to, id.err);
    sdp_file_icon_write(to, sp_written(&id));
}

void push_put_related_type(struct sp_buf *to, struct sp_slice id)
{
    sp_put_text(to, "multipart/related;type=\"application/sdp\";boundary=");
    sp_put(to, id);
}

void push_put_related_root(struct sp_buf *to, struct sp_slice id)
{
    sip_put_part(to, id, SP_LIT("Content-Type: application/sdp\r\n"));
}

void push_put_icon(struct sp_buf *to, struct sp_slice id, struct sp_slice transfer_id,
                   const struct push_content *content)
{
    char          room[512];
    struct sp_buf head = sp_buf(room, sizeof(room));

    sp_put_text(&head, "Content-Type: ");
    sp_put_value(&head, content->icon_type);
    sp_put_text(&head, "\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <");
    push_put_icon_id(&head, transfer_id);
    sp_put_text(&head, ">\r\nContent-Disposition: icon\r\n");
    sp_put_fail(to, head.err);
    sip_put_part(to, id, sp_written(&head));
    sp_put(to, content->icon);
}

void push_put_related_end(struct sp_buf *to, struct sp_slice id)
{
    sip_put_parts_end(to, id);
}

/* multipart/related, and what its parameters say. */
static bool is_related(struct sp_slice content_type, struct sip_media_type *media)
{
    struct sp_where where;

    return sip_media_type_parse(content_type, media, &where) == SP_OK &&
           sp_eq_nocase(media->type, SP_LIT("multipart")) &&
           sp_eq_nocase(media->subtype, SP_LIT("related"));
}

/* "<id@host>", in quotes or not, against the Content-ID of a part. */
static bool is_start(struct sp_slice start, struct sp_slice head)
{
    char            room[256];
    struct sp_buf   id = sp_buf(room, sizeof(room));
    struct sp_slice named = sip_mime_value(head, "Content-ID");

    if (sp_starts(start, SP_LIT("\""))) {
        sip_put_unquoted(&id, start);
        start = sp_written(&id);
    }
    return start.len > 0 && sp_eq(start, sp_trim(named));
}

struct sp_slice push_related_root(struct sp_slice content_type, struct sp_slice body)
{
    struct sip_media_type media;
    struct sip_body       walk;
    struct sip_part       part;
    struct sp_where       where;
    struct sp_slice       start;

    if (!is_related(content_type, &media)) {
        return body;
    }
    start = sip_param_value(media.params, "start");
    if (sip_body_begin(&walk, content_type, body, &where) != SP_OK) {
        return sp_slice(NULL, 0);
    }
    while (sip_body_next(&walk, &part)) {
        if (start.len == 0 || is_start(start, part.head)) {
            bool sdp = part.depth == 1 && sp_eq_nocase(part.media.type, SP_LIT("application")) &&
                       sp_eq_nocase(part.media.subtype, SP_LIT("sdp"));

            return sdp ? part.body : sp_slice(NULL, 0);
        }
    }
    return sp_slice(NULL, 0);
}

bool push_related_icon(struct sp_slice content_type, struct sp_slice body,
                       struct sp_slice file_icon, struct sp_slice *type, struct sp_slice *icon)
{
    struct sip_media_type media;
    struct sip_body       walk;
    struct sip_part       part;
    struct sp_where       where;
    struct sp_slice       id;

    if (file_icon.len == 0 || !is_related(content_type, &media) ||
        sdp_file_icon_parse(file_icon, &id, &where) != SP_OK ||
        sip_body_begin(&walk, content_type, body, &where) != SP_OK) {
        return false;
    }
    while (sip_body_next(&walk, &part)) {
        if (sdp_file_icon_is(id, sip_mime_value(part.head, "Content-ID"))) {
            *type = sip_mime_value(part.head, "Content-Type");
            *icon = part.body;
            return true;
        }
    }
    return false;
}
