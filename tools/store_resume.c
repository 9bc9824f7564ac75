/* SPDX-License-Identifier: MIT
 * tools/store_resume.c -- what was cut goes on; what is here already is known by its hash.
 *
 * Promises: a part is taken up only by who has its lock, and only as far as its state says that it
 * is good. Never: takes a file for a part that has no state of ours. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store.h"

#define HASH_OCTETS 65536

void store_claim(struct store_file *file, struct part_list *parts, uint64_t octets,
                 const uint8_t sha1[SP_SHA1_OCTETS])
{
    if (file->folder < 0)
        return;
    file->part = (struct part){ .octets = octets };
    memcpy(file->part.sha1, sha1, SP_SHA1_OCTETS);
    part_boot(file->part.boot);
    file->stated = part_list_add(parts, file->name) &&
                   part_save(file->folder, file->name, &file->part, false) == SP_OK;
}

/* How much of it is good: all that is there, where the machine has not stopped since; else what was
 * synced. */
static uint64_t good(const struct part *part, const struct stat *about)
{
    char     boot[PART_BOOT];
    uint64_t octets = (uint64_t)about->st_size;

    part_boot(boot);
    if (boot[0] == '\0' || strcmp(boot, part->boot) != 0)
        octets = part->safe < octets ? part->safe : octets;
    return octets < part->octets ? octets : part->octets;
}

/* Open this part; false: somebody writes it, or it is none any more. */
static bool take_up(struct store_file *file)
{
    struct stat about;

    file->fd = openat(file->folder, file->name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (file->fd < 0) {
        if (errno == ENOENT)
            part_remove(file->folder, file->name);
        return false;
    }
    if (flock(file->fd, LOCK_EX | LOCK_NB) == 0 && fstat(file->fd, &about) == 0 &&
        S_ISREG(about.st_mode)) {
        if (about.st_nlink == 1) {
            file->there = good(&file->part, &about);
            return true;
        }
        /* It was linked to its final name, and then the process ended. */
        (void)unlinkat(file->folder, file->name, 0);
        part_remove(file->folder, file->name);
    }
    (void)close(file->fd);
    file->fd = -1;
    return false;
}

enum sp_err store_resume(struct store_file *file, int folder, struct part_list *parts,
                         struct sp_slice peers_name, uint64_t octets,
                         const uint8_t sha1[SP_SHA1_OCTETS])
{
    const char *name;
    size_t      from = 0;

    memset(file, 0, sizeof *file);
    file->folder = folder;
    file->fd = -1;
    sp_sha1_init(&file->sha1);
    store_name(peers_name, file->base);
    while ((name = part_list_find(parts, folder, octets, sha1, &file->part, &from)) != NULL) {
        memcpy(file->name, name, strlen(name) + 1);
        if (!take_up(file))
            continue;
        if (ftruncate(file->fd, (off_t)file->there) == 0) {
            file->stated = true;
            part_boot(file->part.boot); /* from now on it is in order again */
            return SP_OK;
        }
        (void)close(file->fd);
        file->fd = -1;
    }
    return SP_MISSING;
}

enum sp_err store_rehash(struct store_file *file, uint64_t octets)
{
    static char room[HASH_OCTETS];

    while (file->hashed < file->there) {
        uint64_t left = file->there - file->hashed;
        ssize_t  n;

        if (octets == 0)
            return SP_PARTIAL;
        n = pread(file->fd, room, left < sizeof room ? (size_t)left : sizeof room,
                  (off_t)file->hashed);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return SP_STORAGE;
        sp_sha1_add(&file->sha1, sp_slice(room, (size_t)n));
        file->hashed += (uint64_t)n;
        octets -= (uint64_t)n < octets ? (uint64_t)n : octets;
    }
    return SP_OK;
}

bool store_secure(struct store_file *file)
{
    if (!file->stated || file->fd < 0)
        return false;
    if (file->part.safe < file->hashed) {
        if (fdatasync(file->fd) < 0)
            return false;
        file->part.safe = file->hashed < file->part.octets ? file->hashed : file->part.octets;
    }
    return part_save(file->folder, file->name, &file->part, true) == SP_OK;
}

void store_leave(struct store_file *file, struct part_list *parts)
{
    if (file->fd >= 0 && !file->whole && (file->hashed > 0 || file->there > 0) &&
        store_secure(file)) {
        (void)close(file->fd);
        file->fd = -1;
        return;
    }
    if (file->fd >= 0 && !file->whole)
        part_list_remove(parts, file->name);
    store_drop(file);
}

enum sp_err store_whole(struct store_file *file, int folder, struct sp_slice peers_name,
                        uint64_t octets, unsigned *n)
{
    struct stat about;

    memset(file, 0, sizeof *file);
    file->folder = folder;
    file->whole = true;
    store_name(peers_name, file->base);
    for (;; (*n)++) {
        store_nth_name(file->name, file->base, *n, "");
        file->fd = openat(folder, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (file->fd < 0)
            return SP_MISSING;
        if (fstat(file->fd, &about) == 0 && S_ISREG(about.st_mode) &&
            (uint64_t)about.st_size == octets)
            break;
        (void)close(file->fd);
    }
    (*n)++;
    file->there = octets;
    sp_sha1_init(&file->sha1);
    return SP_OK;
}

bool store_is(const struct store_file *file, const uint8_t sha1[SP_SHA1_OCTETS])
{
    struct sp_sha1 sum = file->sha1;
    uint8_t        digest[SP_SHA1_OCTETS];

    sp_sha1_end(&sum, digest);
    return file->hashed == file->there && memcmp(digest, sha1, SP_SHA1_OCTETS) == 0;
}
