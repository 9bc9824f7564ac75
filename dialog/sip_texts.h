/* SPDX-License-Identifier: MIT
 * dialog/sip_texts.h -- the texts of an object, together in one block of the store. RFC 3261
 * 12, 13.
 *
 * A dialog or a request consists of a handful of texts that come from anywhere: a message, the
 * user, a scratch buffer. Here they move into one block and the object's slices point into it. */
#ifndef SIPUSH_DIALOG_SIP_TEXTS_H
#define SIPUSH_DIALOG_SIP_TEXTS_H

#include "../base/buf.h"
#include "../base/store.h"

/* Copies `count` texts into one new block of at most `most` octets, points them there and yields
 * the block, never NULL. They may point into an older block of the same store, which the caller
 * gives back afterwards. SP_LIMIT: more than `most` octets, or the store is full; the texts are as
 * they were. */
SP_MUST_USE enum sp_err sip_texts_move(struct sp_store *store, size_t most,
                                       struct sp_slice *const texts[], size_t count, void **block);

/* A text that came in a message, with its folds (CRLF and white space) made single spaces
 * (RFC 3261 7.3.1), so that it can stand in a message of ours. */
void sip_put_unfolded(struct sp_buf *to, struct sp_slice text);

/* True when `lines` can stand among the header fields of a message: nothing, or whole lines, each
 * ended by CRLF, none of them empty, no other CR, LF or NUL (RFC 3261 7.3.1). */
bool sip_texts_are_lines(struct sp_slice lines);

/* True when one of these lines is a field of this name (letters folded). */
bool sip_texts_have_line(struct sp_slice lines, struct sp_slice name);

#endif
