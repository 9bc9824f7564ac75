/* SPDX-License-Identifier: MIT
 * tools/secret.h -- passwords: from a file or the environment, never from an argument. */
#ifndef SIPUSH_TOOLS_SECRET_H
#define SIPUSH_TOOLS_SECRET_H

#include "../base/slice.h"

#define SECRET_OCTETS 256

/* The first line of `path`; NULL: what SIPUSH_PASSWORD says. NULL, or static words for what is
 * wrong (errno 0: no system call failed). `room` holds the password after success. */
const char *secret_read(const char *path, char room[SECRET_OCTETS], struct sp_slice *password);

#endif
