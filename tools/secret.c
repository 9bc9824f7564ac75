/* SPDX-License-Identifier: MIT
 * tools/secret.c -- passwords. */
#include "secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* NULL, or what is wrong. */
static const char *from_file(const char *path, char room[SECRET_OCTETS])
{
    FILE *file = fopen(path, "re");
    bool  read, whole;

    if (file == NULL)
        return strerror(errno);
    read = fgets(room, SECRET_OCTETS, file) != NULL;
    whole = read && (strchr(room, '\n') != NULL || feof(file));
    (void)fclose(file);
    if (!read)
        return "it is empty";
    return whole ? NULL : "its first line is too long";
}

static const char *from_environment(char room[SECRET_OCTETS])
{
    const char *own = getenv("SIPUSH_PASSWORD");

    if (own == NULL)
        return "--user needs --password-file or SIPUSH_PASSWORD";
    if (strlen(own) >= SECRET_OCTETS)
        return "SIPUSH_PASSWORD is too long";
    memcpy(room, own, strlen(own) + 1);
    return NULL;
}

bool secret_read(struct host *host, const char *path, char room[SECRET_OCTETS],
                 struct sp_slice *password)
{
    const char *wrong = path != NULL ? from_file(path, room) : from_environment(room);

    if (wrong != NULL) {
        host_complain(host, "%s%s%s", path != NULL ? path : "", path != NULL ? ": " : "", wrong);
        return false;
    }
    room[strcspn(room, "\r\n")] = '\0';
    *password = sp_str(room);
    return true;
}
