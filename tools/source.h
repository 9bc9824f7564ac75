/* SPDX-License-Identifier: MIT
 * tools/source.h -- what `sipush send` sends: files, standard input, texts.
 *
 * Each is known by name, type, size and SHA-1 before the first octet goes. What is no regular file
 * is copied to a file without a name first, for its size and hash must be told ahead. A file is
 * read where it lies when its octets are wanted, never gathered in memory. */
#ifndef SIPUSH_TOOLS_SOURCE_H
#define SIPUSH_TOOLS_SOURCE_H

#include <time.h>

#include "../push/push.h"

#define SOURCE_BODY                                                                                \
    4096 /* octets up to which a content is held in memory: it may fit a MESSAGE                   \
          */

struct source {
    int                 fd; /* -1: a text */
    struct push_content content;
    char               *body;    /* of content.body, when it is ours */
    char               *type;    /* of content.type, when it is ours */
    struct timespec     written; /* last, before it was read for its hash */
};

/* A text of the command line, which must stay. `type` NULL: text/plain. */
void source_text(struct source *source, const char *text, const char *type);
/* A reference to what lies at `url` (RFC 4483): the content is a message/external-body that expires
 * at `expires_s` (since 1970). `meant` is the same content at hand, whose size, hash, name and type
 * are told; NULL: there is none, and `type` is told (NULL: by the ending). SP_STORAGE, SP_SYNTAX.
 */
SP_MUST_USE enum sp_err source_reference(struct source *source, const char *url,
                                         const struct source *meant, const char *type,
                                         int64_t expires_s);
/* A multipart/mixed of these parts, which may be closed then. SP_STORAGE and errno, SP_SYNTAX. */
SP_MUST_USE enum sp_err source_multipart(struct source *source, const struct source *parts,
                                         size_t count);
/* A file without a name, which is the source's now; `type` is copied. SP_STORAGE and errno. */
SP_MUST_USE enum sp_err source_spooled(struct source *source, int fd, const char *type, bool hash);
/* A file, or "-". `type` NULL: by its ending. SP_STORAGE and errno. */
SP_MUST_USE enum sp_err source_open(struct source *source, const char *path, const char *type,
                                    bool hash);
/* Read from `offset` on into `room`; an empty slice with a null pointer when the file does not have
 * them any more. */
struct sp_slice source_read(const struct source *source, uint64_t offset, void *room,
                            size_t octets);
/* The file is not what it was when it was opened: what was said of it holds no more. */
bool source_changed(const struct source *source);
void source_close(struct source *source);

/* The hash of a text or small content too. */
void source_hash(struct source *source);

#endif
