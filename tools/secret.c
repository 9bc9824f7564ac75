/* SPDX-License-Identifier: MIT
 * tools/secret.c -- passwords. */
#include "secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *from_file(const char *path, char room[SECRET_OCTETS])
{
    FILE *file = fopen(path, "re");
    bool  read;

    if (file == NULL)
        return "cannot be read";
    read = fgets(room, SECRET_OCTETS, file) != NULL;
    (void)fclose(file);
    errno = 0;
    if (!read)
        return "is empty";
    return NULL;
}

const char *secret_read(const char *path, char room[SECRET_OCTETS], struct sp_slice *password)
{
    const char *own = getenv("SIPUSH_PASSWORD");
    const char *wrong = NULL;

    if (path != NULL)
        wrong = from_file(path, room);
    else if (own == NULL)
        wrong = "--user needs --password-file or SIPUSH_PASSWORD";
    else
        (void)snprintf(room, SECRET_OCTETS, "%s", own);
    if (path == NULL)
        errno = 0;
    if (wrong != NULL)
        return wrong;
    room[strcspn(room, "\r\n")] = '\0';
    *password = sp_str(room);
    return NULL;
}
