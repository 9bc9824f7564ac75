/* SPDX-License-Identifier: MIT
 * tools/users.h -- who may come in: a file of users, as htdigest writes it.
 *
 * A line a user: NAME:REALM:HASH with H(A1) in hexadecimal, MD5 (32 digits) or SHA-256 (64), or
 * NAME:PASSWORD, from which every hash is made; `#` begins a remark. A name may stand in several
 * lines, each with a hash of another algorithm. */
#ifndef SIPUSH_TOOLS_USERS_H
#define SIPUSH_TOOLS_USERS_H

#include "../dialog/sip_guard.h"
#include "host.h"

struct users {
    struct sip_user *list;
    size_t           count;
    char            *text;                           /* names and hashes lie in it */
    char (*hashes)[SP_DIGEST_HASHES][SP_DIGEST_HEX]; /* or here, where a password was given */
};

/* The users of one realm; those of others are passed over. False, with words on stderr that name
 * the line. */
bool users_read(struct host *host, const char *path, struct sp_slice realm, struct users *users);
void users_end(struct users *users);

#endif
