/* SPDX-License-Identifier: MIT
 * tools/source.c -- what `sipush send` sends. */
#define _GNU_SOURCE
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media.h"
#include "spool.h"

#define COPY_OCTETS 65536

static char room_of_copies[COPY_OCTETS];

void source_hash(struct source *source)
{
    struct sp_sha1 sha;

    sp_sha1_init(&sha);
    sp_sha1_add(&sha, source->content.body);
    sp_sha1_end(&sha, source->content.sha1);
    source->content.has_sha1 = true;
}

void source_text(struct source *source, const char *text, const char *type)
{
    memset(source, 0, sizeof *source);
    source->fd = -1;
    source->content.type = sp_str(type != NULL ? type : "text/plain");
    source->content.body = sp_str(text);
    source->content.octets = source->content.body.len;
    source_hash(source);
}

struct sp_slice source_read(const struct source *source, uint64_t offset, void *room, size_t octets)
{
    size_t have = 0;

    if (source->fd < 0)
        return sp_head(sp_from(source->content.body, (size_t)offset), octets);
    while (have < octets) {
        ssize_t n = pread(source->fd, (char *)room + have, octets - have, (off_t)(offset + have));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return sp_slice(NULL, 0);
        have += (size_t)n;
    }
    return sp_slice(room, have);
}

/* A copy of what can be read only once, in a file that has no name. */
static int spool(int from)
{
    int     to = spool_open();
    ssize_t n;

    if (to < 0)
        return -1;
    while ((n = read(from, room_of_copies, sizeof room_of_copies)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || write(to, room_of_copies, (size_t)n) != n) {
            (void)close(to);
            return -1;
        }
    }
    return to;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* The whole file once, for its hash. */
static enum sp_err hash_file(struct source *source)
{
    struct sp_sha1 sha;
    uint64_t       at = 0;

    sp_sha1_init(&sha);
    while (at < source->content.octets) {
        uint64_t        left = source->content.octets - at;
        struct sp_slice octets = source_read(source, at, room_of_copies,
                                             left < COPY_OCTETS ? (size_t)left : COPY_OCTETS);

        if (octets.at == NULL)
            return SP_STORAGE;
        sp_sha1_add(&sha, octets);
        at += octets.len;
    }
    sp_sha1_end(&sha, source->content.sha1);
    source->content.has_sha1 = true;
    return SP_OK;
}

/* What is small is held in memory: it may go in one MESSAGE. */
static enum sp_err hold(struct source *source)
{
    size_t octets = (size_t)source->content.octets;

    if (source->content.octets > SOURCE_BODY)
        return SP_OK;
    source->body = malloc(octets + 1);
    if (source->body == NULL)
        return SP_STORAGE;
    source->content.body = source_read(source, 0, source->body, octets);
    return source->content.body.at != NULL ? SP_OK : SP_STORAGE;
}

enum sp_err source_open(struct source *source, const char *path, const char *type, bool hash)
{
    bool        input = strcmp(path, "-") == 0;
    const char *name = input ? "stdin" : base_of(path);
    struct stat about;
    enum sp_err err;
    int         copy;

    memset(source, 0, sizeof *source);
    source->fd = input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (source->fd < 0 || fstat(source->fd, &about) < 0)
        return SP_STORAGE;
    if (S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        return SP_STORAGE;
    }
    /* Input that is a file may stand in its middle. */
    if (input || !S_ISREG(about.st_mode)) {
        copy = spool(source->fd);
        (void)close(source->fd);
        source->fd = copy;
        if (copy < 0 || fstat(copy, &about) < 0)
            return SP_STORAGE;
    }
    source->content.name = sp_str(name);
    source->content.type = sp_str(type != NULL ? type : media_type(sp_str(name)));
    source->content.octets = (uint64_t)about.st_size;
    source->written = about.st_mtim;
    if (!input)
        source->content.modified_s = about.st_mtim.tv_sec;
    err = hold(source);
    return err == SP_OK && hash ? hash_file(source) : err;
}

enum sp_err source_spooled(struct source *source, int fd, const char *type, bool hash)
{
    struct stat about;
    enum sp_err err;

    memset(source, 0, sizeof *source);
    source->fd = fd;
    source->type = strdup(type[0] != '\0' ? type : "application/octet-stream");
    if (source->type == NULL || fstat(fd, &about) < 0)
        return SP_STORAGE;
    source->content.type = sp_str(source->type);
    source->content.octets = (uint64_t)about.st_size;
    source->written = about.st_mtim;
    err = hold(source);
    return err == SP_OK && hash ? hash_file(source) : err;
}

bool source_changed(const struct source *source)
{
    struct stat now;

    return source->fd >= 0 && fstat(source->fd, &now) == 0 &&
           ((uint64_t)now.st_size != source->content.octets ||
            now.st_mtim.tv_sec != source->written.tv_sec ||
            now.st_mtim.tv_nsec != source->written.tv_nsec);
}

void source_close(struct source *source)
{
    if (source->fd >= 0)
        (void)close(source->fd);
    free(source->body);
    free(source->type);
    source->type = NULL;
    source->fd = -1;
    source->body = NULL;
}
