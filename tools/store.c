/* SPDX-License-Identifier: MIT
 * tools/store.c -- where a receiver puts what was pushed. */
#define _GNU_SOURCE
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool.h"
#include "utf8.h"

#define NAME_OCTETS  244 /* of 255, so that ~9999.part fits behind */
#define ENDING       16  /* of a name, kept when it is cut */
#define STATE        ".part" PART_STATE
#define TRIES        9999 /* names with ~N */
#define COPY_OCTETS  65536
#define FLUSH_OCTETS 67108864u

int store_folder(const char *path)
{
    if (mkdir(path, 0777) < 0 && errno == ENOENT) { /* the folder above is not there either */
        char   above[4096];
        size_t len = strlen(path);

        while (len > 0 && path[len - 1] == '/')
            len--;
        while (len > 0 && path[len - 1] != '/')
            len--;
        if (len == 0 || len >= sizeof above)
            return -1;
        memcpy(above, path, len);
        above[len - (len > 1)] = '\0';
        int fd = store_folder(above);
        if (fd < 0)
            return -1;
        (void)close(fd);
        (void)mkdir(path, 0777);
    }
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Names */

/* Without its folders: what follows the last separator, of whatever system. */
static struct sp_slice without_folders(struct sp_slice name)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.at[i - 1] == '/' || name.at[i - 1] == '\\')
            return sp_from(name, i);
    return name;
}

/* Characters that may stand in a name; at most `room` octets. */
static size_t filter(struct sp_slice from, char *to, size_t room)
{
    size_t used = 0;

    while (from.len > 0) {
        uint32_t code = 0;
        size_t   octets = utf8_next(from, &code);

        if (octets > 0 && !utf8_is_control(code) && !(used == 0 && (code == '.' || code == ' '))) {
            if (used + octets > room)
                break;
            memcpy(to + used, from.at, octets);
            used += octets;
        }
        from = sp_from(from, octets > 0 ? octets : 1);
    }
    return used;
}

/* From its last dot on, where that is short and something stands before it. */
static struct sp_slice ending_of(struct sp_slice name)
{
    for (size_t i = name.len; i > 1 && name.len - i < ENDING; i--)
        if (name.at[i - 1] == '.')
            return sp_from(name, i - 1);
    return sp_slice(NULL, 0);
}

void store_name(struct sp_slice peers, char name[STORE_NAME])
{
    char            last[ENDING + 1];
    size_t          used, kept = 0;
    struct sp_slice own = without_folders(peers);

    used = filter(own, name, NAME_OCTETS);
    if (used + 4 > NAME_OCTETS && own.len > used && ending_of(own).len > 1) {
        /* The dot of an ending is not a leading one: filter it without. */
        kept = 1 + filter(sp_from(ending_of(own), 1), last + 1, ENDING);
        last[0] = '.';
        used = filter(own, name, NAME_OCTETS - kept);
        memcpy(name + used, last, kept);
        used += kept;
    }
    while (used > 0 && name[used - 1] == ' ')
        used--;
    if (used == 0) {
        memcpy(name, "unnamed", 7);
        used = 7;
    }
    if (used > sizeof STATE - 1 &&
        memcmp(name + used - (sizeof STATE - 1), STATE, sizeof STATE - 1) == 0)
        name[used++] = '_'; /* it would be taken for one of ours */
    name[used] = '\0';
}

/* NAME, NAME~2, NAME~3, ... and a suffix. */
void store_nth_name(char to[STORE_NAME], const char *base, unsigned n, const char *suffix)
{
    if (n == 1)
        (void)snprintf(to, STORE_NAME, "%.244s%s", base, suffix);
    else
        (void)snprintf(to, STORE_NAME, "%.244s~%u%s", base, n, suffix);
}

/* Files */

/* A part that was made, and its process ended before it wrote a state or an octet: it is nobody's,
 * and else would lie there for ever. */
static bool take_empty(struct store_file *file)
{
    struct stat mine, named;
    char        state[STORE_NAME + sizeof PART_STATE];

    (void)snprintf(state, sizeof state, "%s" PART_STATE, file->name);
    file->fd = openat(file->folder, file->name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file->fd < 0)
        return false;
    if (flock(file->fd, LOCK_EX | LOCK_NB) == 0 && fstat(file->fd, &mine) == 0 &&
        fstatat(file->folder, file->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        mine.st_ino == named.st_ino && S_ISREG(mine.st_mode) && mine.st_nlink == 1 &&
        mine.st_size == 0 && faccessat(file->folder, state, F_OK, 0) < 0 && errno == ENOENT)
        return true;
    (void)close(file->fd);
    file->fd = -1;
    return false;
}

/* Make the part of this name, or take one that is nobody's. False, errno EEXIST: it is somebody
 * else's. */
static bool make_part(struct store_file *file)
{
    file->fd = openat(file->folder, file->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                      0666);
    if (file->fd < 0 && errno == EEXIST) {
        if (take_empty(file))
            return true;
        errno = EEXIST;
    }
    if (file->fd < 0)
        return false;
    if (flock(file->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return true;
    (void)close(file->fd); /* another one took it for nobody's, in between */
    file->fd = -1;
    errno = EEXIST;
    return false;
}

enum sp_err store_open(struct store_file *file, int folder, struct sp_slice peers_name)
{
    memset(file, 0, sizeof *file);
    file->folder = folder;
    file->fd = -1;
    sp_sha1_init(&file->sha1);
    store_name(peers_name, file->base);
    if (folder < 0) {
        file->fd = spool_open();
        return file->fd >= 0 ? SP_OK : SP_STORAGE;
    }
    for (unsigned n = 1; n <= TRIES; n++) {
        store_nth_name(file->name, file->base, n, ".part");
        if (make_part(file))
            return SP_OK;
        if (errno != EEXIST)
            break;
    }
    return SP_STORAGE;
}

static bool write_at(int fd, uint64_t offset, struct sp_slice octets)
{
    while (octets.len > 0) {
        ssize_t n = pwrite(fd, octets.at, octets.len, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        offset += (uint64_t)n;
        octets = sp_from(octets, (size_t)n);
    }
    return true;
}

/* Have the system begin to write, so that the sync at the end does not take it all at once. */
static void flush_behind(struct store_file *file)
{
#ifdef SYNC_FILE_RANGE_WRITE
    if (file->hashed - file->flushed >= FLUSH_OCTETS) {
        (void)sync_file_range(file->fd, (off_t)file->flushed, (off_t)(file->hashed - file->flushed),
                              SYNC_FILE_RANGE_WRITE);
        file->flushed = file->hashed;
    }
#else
    (void)file;
#endif
}

/* It has a hole from now on: what was written is no more what is there from the start. */
static void leave_order(struct store_file *file)
{
    if (file->stated && file->part.boot[0] != '\0') {
        file->part.boot[0] = '\0';
        file->stated = part_save(file->folder, file->name, &file->part, false) == SP_OK;
    }
}

enum sp_err store_write(struct store_file *file, uint64_t offset, struct sp_slice octets)
{
    if (file->fd < 0)
        return SP_STORAGE;
    if (file->whole)
        return SP_OK;            /* it is here, and known by its hash */
    if (offset < file->hashed) { /* again: what was hashed stays as it is */
        uint64_t skip = file->hashed - offset;

        if (skip >= octets.len)
            return SP_OK;
        octets = sp_from(octets, (size_t)skip);
        offset = file->hashed;
    }
    if (offset > (uint64_t)INT64_MAX - octets.len) {
        errno = EFBIG;
        return SP_STORAGE;
    }
    if (offset > file->hashed)
        leave_order(file);
    if (!write_at(file->fd, offset, octets))
        return SP_STORAGE;
    if (offset == file->hashed) {
        sp_sha1_add(&file->sha1, octets);
        file->hashed += octets.len;
        flush_behind(file);
    }
    return SP_OK;
}

/* What came out of order is hashed from the file. */
static enum sp_err hash_rest(struct store_file *file, uint64_t total)
{
    static char room[COPY_OCTETS];

    while (file->hashed < total) {
        uint64_t left = total - file->hashed;
        ssize_t  n = pread(file->fd, room, left < sizeof room ? (size_t)left : sizeof room,
                           (off_t)file->hashed);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return SP_STORAGE;
        if (n == 0)
            return SP_INTEGRITY;
        sp_sha1_add(&file->sha1, sp_slice(room, (size_t)n));
        file->hashed += (uint64_t)n;
    }
    return SP_OK;
}

static enum sp_err to_stdout(struct store_file *file, uint64_t total)
{
    static char room[COPY_OCTETS];
    uint64_t    at = 0;

    while (at < total) {
        ssize_t n = pread(file->fd, room, sizeof room, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || fwrite(room, 1, (size_t)n, stdout) != (size_t)n)
            return SP_STORAGE;
        at += (uint64_t)n;
        file->line = room[n - 1] == '\n';
    }
    return fflush(stdout) == 0 ? SP_OK : SP_STORAGE;
}

/* From one name to another that nobody has; EEXIST when somebody does. */
static int move(int folder, const char *from, const char *to)
{
#ifdef RENAME_NOREPLACE
    if (renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
#endif
    if (linkat(folder, from, folder, to, 0) == 0)
        return unlinkat(folder, from, 0);
    return -1;
}

static enum sp_err to_final_name(struct store_file *file)
{
    char name[STORE_NAME];

    if (fsync(file->fd) < 0)
        return SP_STORAGE;
    for (unsigned n = 1; n <= TRIES; n++) {
        store_nth_name(name, file->base, n, "");
        if (move(file->folder, file->name, name) == 0) {
            part_remove(file->folder, file->name);
            memcpy(file->name, name, sizeof name);
            (void)fsync(file->folder); /* some file systems cannot; the file itself is safe */
            return SP_OK;
        }
        if (errno != EEXIST)
            break;
    }
    return SP_STORAGE;
}

enum sp_err store_finish(struct store_file *file, uint64_t total, const uint8_t *want,
                         uint8_t digest[SP_SHA1_OCTETS])
{
    struct stat now;
    enum sp_err err;

    if (file->fd < 0 || fstat(file->fd, &now) < 0)
        return SP_STORAGE;
    if (file->whole && want != NULL && (uint64_t)now.st_size == total && store_is(file, want)) {
        memcpy(digest, want, SP_SHA1_OCTETS);
        return SP_OK;
    }
    if ((uint64_t)now.st_size != total || file->hashed > total)
        return SP_INTEGRITY;
    err = hash_rest(file, total);
    if (err != SP_OK)
        return err;
    sp_sha1_end(&file->sha1, digest);
    if (want != NULL && memcmp(want, digest, SP_SHA1_OCTETS) != 0)
        return SP_INTEGRITY;
    err = file->folder < 0 ? to_stdout(file, total) : to_final_name(file);
    if (err != SP_OK)
        return err;
    (void)close(file->fd);
    file->fd = -1;
    return SP_OK;
}

void store_drop(struct store_file *file)
{
    if (file->fd < 0)
        return;
    if (file->folder >= 0 && !file->whole) { /* while it is locked */
        (void)unlinkat(file->folder, file->name, 0);
        part_remove(file->folder, file->name);
    }
    (void)close(file->fd);
    file->fd = -1;
}
