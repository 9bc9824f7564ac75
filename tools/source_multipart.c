/* SPDX-License-Identifier: MIT
 * tools/source_multipart.c -- several contents as the parts of one. RFC 2046 5.1, RFC 5621 3.
 *
 * Promises: the boundary stands in no part: it is a hash of all of them. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../parser/sip_body.h"
#include "../push/push_text.h"
#include "source.h"
#include "spool.h"

#define ROOM 8192
#define COPY 65536

static void put_boundary(struct sp_buf *to, const struct source *parts, size_t count)
{
    struct sp_sha1 sha;
    uint8_t        digest[SP_SHA1_OCTETS];

    sp_sha1_init(&sha);
    for (size_t i = 0; i < count; i++) {
        sp_sha1_add(&sha, sp_slice(parts[i].content.sha1, SP_SHA1_OCTETS));
        sp_sha1_add(&sha, parts[i].content.name);
        sp_sha1_add(&sha, parts[i].content.type);
    }
    sp_sha1_end(&sha, digest);
    sp_put_hex(to, sp_slice(digest, sizeof digest), false, '\0');
}

static void put_head(struct sp_buf *to, const struct push_content *content)
{
    sp_put_text(to, "Content-Type: ");
    sp_put_value(to, content->type);
    sp_put_text(to, "\r\n");
    if (push_is_reference(content->type))
        return; /* RFC 4483 5.10: it is within */
    sp_put_text(to, "Content-Disposition: ");
    push_put_disposition(to, content->name);
    sp_put_text(to, "\r\n");
}

static enum sp_err append(int fd, struct sp_slice octets)
{
    while (octets.len > 0) {
        ssize_t n = write(fd, octets.at, octets.len);

        if (n <= 0)
            return SP_STORAGE;
        octets = sp_from(octets, (size_t)n);
    }
    return SP_OK;
}

static enum sp_err append_part(int fd, const struct source *part, struct sp_slice boundary,
                               bool first)
{
    static char   copy[COPY];
    char          head_room[ROOM], room[ROOM + 128];
    struct sp_buf head = sp_buf(head_room, sizeof head_room), text = sp_buf(room, sizeof room);
    uint64_t      at = 0;
    enum sp_err   err;

    put_head(&head, &part->content);
    if (!first)
        sp_put_text(&text, "\r\n");
    sp_put_text(&text, "--");
    sp_put(&text, boundary);
    sp_put_text(&text, "\r\n");
    sp_put(&text, sp_written(&head));
    sp_put_text(&text, "\r\n");
    err = head.err != SP_OK ? head.err : text.err;
    if (err == SP_OK)
        err = append(fd, sp_written(&text));
    while (err == SP_OK && at < part->content.octets) {
        uint64_t        left = part->content.octets - at;
        struct sp_slice octets = source_read(part, at, copy, left < COPY ? (size_t)left : COPY);

        if (octets.len == 0)
            return SP_STORAGE;
        err = append(fd, octets);
        at += octets.len;
    }
    return err;
}

enum sp_err source_multipart(struct source *source, const struct source *parts, size_t count)
{
    char          boundary_room[64], type_room[128], end_room[80];
    struct sp_buf boundary = sp_buf(boundary_room, sizeof boundary_room);
    struct sp_buf type = sp_buf(type_room, sizeof type_room);
    struct sp_buf end = sp_buf(end_room, sizeof end_room);
    int           fd = spool_open();
    enum sp_err   err = fd >= 0 ? SP_OK : SP_STORAGE;

    put_boundary(&boundary, parts, count);
    for (size_t i = 0; err == SP_OK && i < count; i++)
        err = append_part(fd, &parts[i], sp_written(&boundary), i == 0);
    sip_put_parts_end(&end, sp_written(&boundary));
    if (err == SP_OK)
        err = append(fd, sp_written(&end));
    sp_put_text(&type, "multipart/mixed;boundary=");
    sp_put(&type, sp_written(&boundary));
    sp_put_char(&type, '\0');
    if (err != SP_OK) {
        if (fd >= 0)
            (void)close(fd);
        return err;
    }
    return source_spooled(source, fd, type_room, true);
}
