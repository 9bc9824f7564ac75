/* SPDX-License-Identifier: MIT
 * tools/part.c -- files that are there in part. */
#define _GNU_SOURCE
#include "part.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_OCTETS 512
#define PARTS       1024 /* that are looked through for one offer */

void part_boot(char boot[PART_BOOT])
{
    int     fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, boot, PART_BOOT - 1) : 0;

    if (fd >= 0)
        (void)close(fd);
    boot[n > 0 ? n : 0] = '\0';
    boot[strcspn(boot, "\r\n")] = '\0';
}

/* The text */

void part_put(struct sp_buf *to, const struct part *part)
{
    sp_put_text(to, "sipush-part 1\noctets ");
    sp_put_u64(to, part->octets);
    sp_put_text(to, "\nsha-1 ");
    sp_put_hex(to, sp_slice(part->sha1, sizeof part->sha1), false, '\0');
    sp_put_text(to, "\nsafe ");
    sp_put_u64(to, part->safe);
    if (part->boot[0] != '\0') {
        sp_put_text(to, "\nboot ");
        sp_put_value(to, sp_str(part->boot));
    }
    sp_put_text(to, "\nend\n");
}

static bool starts(const struct sp_scan *s, const char *word)
{
    return s->err == SP_OK && sp_starts(sp_slice(s->at, (size_t)(s->end - s->at)), sp_str(word));
}

static void scan_sha1(struct sp_scan *s, uint8_t sha1[SP_SHA1_OCTETS])
{
    for (size_t i = 0; i < 2 * SP_SHA1_OCTETS; i++) {
        int digit = sp_hex_value(sp_scan_peek(s));

        if (digit < 0 || !sp_scan_more(s)) {
            sp_scan_fail(s, SP_SYNTAX, s->at, "sha-1");
            return;
        }
        sha1[i / 2] = (uint8_t)(sha1[i / 2] << 4 | digit);
        s->at++;
    }
}

static void scan_boot(struct sp_scan *s, char boot[PART_BOOT])
{
    struct sp_slice value = sp_scan_until(s, '\n');

    if (value.len == 0 || value.len >= PART_BOOT) {
        sp_scan_fail(s, SP_SYNTAX, value.at, "boot");
        return;
    }
    memcpy(boot, value.at, value.len);
}

enum sp_err part_parse(struct sp_slice text, struct part *part, struct sp_where *where)
{
    struct sp_scan s = sp_scan(text);
    const char    *safe;

    memset(part, 0, sizeof *part);
    sp_scan_text_nocase(&s, SP_LIT("sipush-part 1\noctets "), "sipush-part");
    part->octets = sp_scan_u64(&s, "octets");
    sp_scan_text_nocase(&s, SP_LIT("\nsha-1 "), "sha-1");
    scan_sha1(&s, part->sha1);
    sp_scan_text_nocase(&s, SP_LIT("\nsafe "), "safe");
    safe = s.at;
    part->safe = sp_scan_u64(&s, "safe");
    if (part->safe > part->octets)
        sp_scan_fail(&s, SP_RANGE, safe, "safe");
    if (starts(&s, "\nboot ")) {
        sp_scan_text_nocase(&s, SP_LIT("\nboot "), "boot");
        scan_boot(&s, part->boot);
    }
    sp_scan_text_nocase(&s, SP_LIT("\nend\n"), "end");
    return sp_scan_end(&s, where);
}

/* The file */

static bool state_name(char to[2 * PART_NAME], const char *name, const char *suffix)
{
    int n = snprintf(to, 2 * PART_NAME, "%s" PART_STATE "%s", name, suffix);

    return n > 0 && n < PART_NAME;
}

static bool write_all(int fd, struct sp_slice text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.at, text.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text = sp_from(text, (size_t)n);
    }
    return true;
}

enum sp_err part_save(int folder, const char *name, const struct part *part, bool sync)
{
    char          room[TEXT_OCTETS], now[2 * PART_NAME], next[2 * PART_NAME];
    struct sp_buf text = sp_buf(room, sizeof room);
    bool          well;
    int           fd;

    part_put(&text, part);
    if (text.err != SP_OK || !state_name(now, name, "") || !state_name(next, name, "~")) {
        errno = ENAMETOOLONG;
        return SP_STORAGE;
    }
    fd = openat(folder, next, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return SP_STORAGE;
    well = write_all(fd, sp_written(&text)) && (!sync || fsync(fd) == 0);
    well = close(fd) == 0 && well && renameat(folder, next, folder, now) == 0;
    if (well)
        return SP_OK;
    (void)unlinkat(folder, next, 0);
    return SP_STORAGE;
}

enum sp_err part_load(int folder, const char *name, struct part *part)
{
    char            room[TEXT_OCTETS], path[2 * PART_NAME];
    struct sp_where where;
    ssize_t         n;
    int             fd;

    if (!state_name(path, name, ""))
        return SP_MISSING;
    fd = openat(folder, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return SP_MISSING;
    n = read(fd, room, sizeof room);
    (void)close(fd);
    if (n <= 0 || part_parse(sp_slice(room, (size_t)n), part, &where) != SP_OK)
        return SP_MISSING;
    return SP_OK;
}

void part_remove(int folder, const char *name)
{
    char path[2 * PART_NAME];

    if (state_name(path, name, ""))
        (void)unlinkat(folder, path, 0);
    if (state_name(path, name, "~"))
        (void)unlinkat(folder, path, 0);
}

/* The list */

bool part_list_add(struct part_list *list, const char *name)
{
    if (strlen(name) >= PART_NAME)
        return false;
    if (list->count == list->room) {
        size_t room = list->room > 0 ? 2 * list->room : 16;
        void  *more = realloc(list->names, room * sizeof *list->names);

        if (more == NULL)
            return false;
        list->names = more;
        list->room = room;
    }
    memcpy(list->names[list->count++], name, strlen(name) + 1);
    return true;
}

void part_list_remove(struct part_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->names[i], name) == 0) {
            memmove(list->names[i], list->names[list->count - 1], PART_NAME);
            list->count--;
            return;
        }
}

void part_list_scan(struct part_list *list, int folder)
{
    static const char ending[] = ".part" PART_STATE;
    int               copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR              *dir = copy >= 0 ? fdopendir(copy) : NULL;
    struct dirent    *entry;

    if (dir == NULL) {
        if (copy >= 0)
            (void)close(copy);
        return;
    }
    while ((entry = readdir(dir)) != NULL && list->count < PARTS) {
        size_t len = strlen(entry->d_name), last = sizeof ending - 1;

        if (len > last && strcmp(entry->d_name + len - last, ending) == 0) {
            entry->d_name[len - (sizeof PART_STATE - 1)] = '\0';
            (void)part_list_add(list, entry->d_name);
        }
    }
    (void)closedir(dir);
}

const char *part_list_find(struct part_list *list, int folder, uint64_t octets,
                           const uint8_t sha1[SP_SHA1_OCTETS], struct part *part, size_t *from)
{
    for (; *from < list->count && *from < PARTS; (*from)++)
        if (part_load(folder, list->names[*from], part) == SP_OK && part->octets == octets &&
            memcmp(part->sha1, sha1, SP_SHA1_OCTETS) == 0)
            return list->names[(*from)++];
    return NULL;
}

void part_list_end(struct part_list *list)
{
    free(list->names);
    *list = (struct part_list){ 0 };
}
