/* SPDX-License-Identifier: MIT
 * tools/spool.c -- a file that has no name and goes when it is closed. */
#define _GNU_SOURCE
#include "spool.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int spool_open(void)
{
    const char *folder = getenv("TMPDIR");
    char        path[4096];
    int         fd;

    (void)snprintf(path, sizeof path, "%s/sipush.%s",
                   folder != NULL && *folder != '\0' ? folder : "/tmp",
                   "XX"
                   "XX"
                   "XX");
    fd = mkstemp(path);
    if (fd >= 0) {
        (void)unlink(path);
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return fd;
}
