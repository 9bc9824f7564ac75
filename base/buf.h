/* SPDX-License-Identifier: MIT
 * base/buf.h -- a bounded writer.
 *
 * Writes into room that the caller owns. The first error sticks (SP_ROOM when the room does not
 * suffice, SP_INJECTION when a value holds CR, LF or NUL): from then on every call does nothing,
 * and who wrote asks once, at the end. Never allocates, never writes past its room, never
 * NUL-terminates. */
#ifndef SIPUSH_BASE_BUF_H
#define SIPUSH_BASE_BUF_H

#include "slice.h"

struct sp_buf {
    char       *at;
    size_t      len, room; /* octets written; octets there are */
    enum sp_err err;       /* the first failure, or SP_OK */
};

struct sp_buf sp_buf(void *room, size_t octets);

void sp_put(struct sp_buf *to, struct sp_slice octets);
void sp_put_text(struct sp_buf *to, const char *text); /* a NUL-terminated string */
void sp_put_char(struct sp_buf *to, char c);
void sp_put_u64(struct sp_buf *to, uint64_t value); /* decimal */
/* Octets as hexadecimal digits, two each; `upper` chooses A-F, `between` (or '\0') stands between
 * octets. */
void sp_put_hex(struct sp_buf *to, struct sp_slice octets, bool upper, char between);

/* A value that must stay on its line: SP_INJECTION sticks if it holds CR, LF or NUL. */
void sp_put_value(struct sp_buf *to, struct sp_slice value);
/* Stick `err`, unless one sticks already. */
void sp_put_fail(struct sp_buf *to, enum sp_err err);

/* What has been written. Empty after an error: half a message is no message. */
struct sp_slice sp_written(const struct sp_buf *buf);

#endif
