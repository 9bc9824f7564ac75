/* SPDX-License-Identifier: MIT
 * tools/source_reference.c -- a content that says where the real one lies. RFC 4483 5. */
#include <stdlib.h>
#include <string.h>

#include "../parser/sip_external.h"
#include "../push/push_text.h"
#include "media.h"
#include "source.h"

#define ROOM 8192

/* Content-Type, Content-Disposition (5.10) and Content-ID (5.6) of what is meant. */
static void put_head(struct sp_buf *to, const struct push_content *content, struct sp_slice hash)
{
    sp_put_text(to, "Content-Type: ");
    sp_put_value(to, content->type);
    sp_put_text(to, "\r\nContent-Disposition: ");
    push_put_disposition(to, content->name);
    if (hash.len > 0) { /* it changes with the content */
        sp_put_text(to, "\r\nContent-ID: <");
        sp_put(to, hash);
        sp_put_text(to, "@sipush.invalid>");
    }
    sp_put_text(to, "\r\n");
}

static enum sp_err write_all(struct source *source, const struct sip_external *external)
{
    struct sp_buf type, body;

    source->type = malloc(ROOM);
    source->body = malloc(ROOM);
    if (source->type == NULL || source->body == NULL)
        return SP_STORAGE;
    type = sp_buf(source->type, ROOM);
    body = sp_buf(source->body, ROOM);
    sip_external_write_type(&type, external);
    sip_external_write_body(&body, external);
    source->content.type = sp_written(&type);
    source->content.body = sp_written(&body);
    source->content.octets = source->content.body.len;
    return type.err != SP_OK ? type.err : body.err;
}

enum sp_err source_reference(struct source *source, const char *url, const struct source *meant,
                             const char *type, int64_t expires_s)
{
    struct push_content content = { .octets = UINT64_MAX };
    struct sip_external external = {
        .url = sp_str(url),
        .has_expiration = true,
        .expiration = expires_s,
    };
    char          hash[2 * SP_SHA1_OCTETS], room[ROOM];
    struct sp_buf head = sp_buf(room, sizeof room), hex = sp_buf(hash, sizeof hash);
    enum sp_err   err;

    memset(source, 0, sizeof *source);
    source->fd = -1;
    content.type = sp_str(type != NULL ? type : media_type(sp_str(url)));
    if (meant != NULL) {
        content = meant->content;
        external.has_size = true;
        external.size = content.octets;
        sp_put_hex(&hex, sp_slice(content.sha1, SP_SHA1_OCTETS), false, '\0');
        external.hash = sp_written(&hex);
    }
    put_head(&head, &content, external.hash);
    external.head = sp_written(&head);
    err = head.err != SP_OK ? head.err : write_all(source, &external);
    if (err == SP_OK)
        source_hash(source);
    return err;
}
