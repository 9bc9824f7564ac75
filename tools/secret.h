/* SPDX-License-Identifier: MIT
 * tools/secret.h -- passwords: from a file or the environment, never from an argument. */
#ifndef SIPUSH_TOOLS_SECRET_H
#define SIPUSH_TOOLS_SECRET_H

#include "host.h"

#define SECRET_OCTETS 256

/* The first line of `path`; NULL: what SIPUSH_PASSWORD says. False, with words on stderr, when
 * there is none or it is too long. `room` holds the password after success. */
bool secret_read(struct host *host, const char *path, char room[SECRET_OCTETS],
                 struct sp_slice *password);

#endif
