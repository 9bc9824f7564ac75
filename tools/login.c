/* SPDX-License-Identifier: MIT
 * tools/login.c -- passwords. */
#include "login.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool read_line(struct host *host, const char *path, char room[LOGIN_OCTETS])
{
    FILE *from = fopen(path, "r");
    bool  read = from != NULL && fgets(room, LOGIN_OCTETS, from) != NULL;
    bool  whole = read && (strchr(room, '\n') != NULL || feof(from));

    if (from == NULL)
        host_complain(host, "--password-file %s: %s", path, strerror(errno));
    else if (!whole)
        host_complain(host, "--password-file %s: %s", path,
                      read ? "its first line is too long" : "it is empty");
    if (from != NULL)
        fclose(from);
    if (whole)
        room[strcspn(room, "\r\n")] = '\0';
    return whole;
}

bool login_password(struct host *host, const char *file, char room[LOGIN_OCTETS])
{
    const char *set = getenv("SIPUSH_PASSWORD");

    if (file != NULL)
        return read_line(host, file, room);
    if (set == NULL || strlen(set) >= LOGIN_OCTETS) {
        host_complain(host, set == NULL ? "--user needs --password-file or SIPUSH_PASSWORD"
                                        : "SIPUSH_PASSWORD is too long");
        return false;
    }
    memcpy(room, set, strlen(set) + 1);
    return true;
}
