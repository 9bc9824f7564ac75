/* SPDX-License-Identifier: MIT
 * tools/login.h -- passwords: never from an argument, which others can read. */
#ifndef SIPUSH_TOOLS_LOGIN_H
#define SIPUSH_TOOLS_LOGIN_H

#include "host.h"

#define LOGIN_OCTETS 256

/* The first line of --password-file, else SIPUSH_PASSWORD. False, with words on stderr: there is
 * none, it is too long or cannot be read. */
bool login_password(struct host *host, const char *file, char room[LOGIN_OCTETS]);

#endif
