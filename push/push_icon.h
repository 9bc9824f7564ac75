/* SPDX-License-Identifier: MIT
 * push/push_icon.h -- the icon of a file: a part of the body beside the offer. RFC 5547 8.8, RFC
 * 2387, RFC 2392.
 *
 * Such an INVITE has a multipart/related body: the description first, then an icon a file, which
 * a=file-icon names by its Content-ID. Pure functions over octets. */
#ifndef SIPUSH_PUSH_PUSH_ICON_H
#define SIPUSH_PUSH_PUSH_ICON_H

#include "push.h"

/* The Content-ID of the icon of the file with this transfer id, and the value of a=file-icon. */
void push_put_icon_id(struct sp_buf *to, struct sp_slice transfer_id);
void push_put_file_icon(struct sp_buf *to, struct sp_slice transfer_id);

/* A multipart/related body whose boundary is made of `id` (of letters and digits): its
 * Content-Type; the delimiter and head before the description; an icon; the end. */
void push_put_related_type(struct sp_buf *to, struct sp_slice id);
void push_put_related_root(struct sp_buf *to, struct sp_slice id);
void push_put_icon(struct sp_buf *to, struct sp_slice id, struct sp_slice transfer_id,
                   const struct push_content *content);
void push_put_related_end(struct sp_buf *to, struct sp_slice id);

/* The description in a body of this Content-Type: all of it; of multipart/related its root, which
 * `start` names or which is the first part (RFC 2387 3.2). Empty: there is none. */
struct sp_slice push_related_root(struct sp_slice content_type, struct sp_slice body);
/* The part that the value of a=file-icon names. False: there is none, and that is no error. */
bool push_related_icon(struct sp_slice content_type, struct sp_slice body,
                       struct sp_slice file_icon, struct sp_slice *type, struct sp_slice *icon);

#endif
