/* SPDX-License-Identifier: MIT
 * tools/users.c -- a file of users. */
#include "users.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_OCTETS 1048576
#define USERS       4096

/* All of a file; NULL with errno. */
static char *whole(const char *path, size_t *octets)
{
    FILE *from = fopen(path, "rb");
    char *text = from != NULL ? malloc(FILE_OCTETS) : NULL;

    if (text != NULL) {
        *octets = fread(text, 1, FILE_OCTETS, from);
        if (ferror(from) != 0 || *octets == FILE_OCTETS) {
            errno = *octets == FILE_OCTETS ? EFBIG : errno;
            free(text);
            text = NULL;
        }
    }
    if (from != NULL)
        fclose(from);
    return text;
}

static struct sip_user *user_of(struct users *users, struct sp_slice name)
{
    for (size_t i = 0; i < users->count; i++)
        if (sp_eq(users->list[i].username, name))
            return &users->list[i];
    if (users->count == USERS)
        return NULL;
    users->list[users->count].username = name;
    return &users->list[users->count++];
}

static bool is_hex(struct sp_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!sp_is_digit(text.at[i]) && (text.at[i] < 'a' || text.at[i] > 'f') &&
            (text.at[i] < 'A' || text.at[i] > 'F'))
            return false;
    return text.len == 32 || text.len == 64;
}

/* NULL, or what is wrong with a line. */
static const char *take(struct users *users, struct sp_slice line, struct sp_slice realm)
{
    struct sp_slice  name = sp_head(line, sp_find(line, ':'));
    struct sp_slice  rest = sp_from(line, name.len + 1);
    size_t           colon = sp_find(rest, ':');
    struct sp_slice  hash = sp_from(rest, colon + 1);
    struct sip_user *user;

    if (name.len == 0 || rest.len == 0)
        return "NAME:REALM:HASH or NAME:PASSWORD is needed";
    if (colon < rest.len && is_hex(hash)) {
        if (!sp_eq(sp_head(rest, colon), realm))
            return NULL;
        user = user_of(users, name);
        if (user != NULL)
            user->ha1[hash.len == 32 ? SP_DIGEST_MD5 : SP_DIGEST_SHA_256] = hash;
        return user != NULL ? NULL : "too many users";
    }
    user = user_of(users, name);
    if (user == NULL)
        return "too many users";
    for (int i = 0; i < SP_DIGEST_HASHES; i++)
        user->ha1[i] = sp_digest_ha1((enum sp_digest_hash)i, name, realm, rest,
                                     users->hashes[user - users->list][i]);
    return NULL;
}

bool users_read(struct host *host, const char *path, struct sp_slice realm, struct users *users)
{
    size_t          octets = 0;
    unsigned        number = 0;
    const char     *why = NULL;
    struct sp_slice rest;

    memset(users, 0, sizeof *users);
    users->text = whole(path, &octets);
    users->list = calloc(USERS, sizeof *users->list);
    users->hashes = calloc(USERS, sizeof *users->hashes);
    if (users->text == NULL || users->list == NULL || users->hashes == NULL) {
        host_complain(host, "%s: %s", path, strerror(errno));
        return false;
    }
    for (rest = sp_slice(users->text, octets); rest.len > 0 && why == NULL;) {
        size_t          end = sp_find(rest, '\n');
        struct sp_slice line = sp_trim(sp_head(rest, end));

        number++;
        if (line.len > 0 && line.at[0] != '#')
            why = take(users, line, realm);
        rest = sp_from(rest, end + 1);
    }
    if (why != NULL)
        host_complain(host, "%s:%u: %s", path, number, why);
    return why == NULL;
}

void users_end(struct users *users)
{
    free(users->text);
    free(users->list);
    free(users->hashes);
    memset(users, 0, sizeof *users);
}
