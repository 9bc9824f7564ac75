/* SPDX-License-Identifier: MIT
 * push/push_text.h -- the little texts of pushes: Content-Disposition with a file's name (RFC 2183
 * 2.3, RFC 3261 20.11, extended values by RFC 2231 4) and lists of media types (RFC 4975 8.6).
 *
 * A name may hold any octet. What cannot stand in a quoted string goes percent-encoded into
 * filename*, and comes back the same. Never makes a name safe: it is only a word here. */
#ifndef SIPUSH_PUSH_PUSH_TEXT_H
#define SIPUSH_PUSH_PUSH_TEXT_H

#include "../base/buf.h"

/* "attachment;filename=..." for a file of this name; "render" without a name. */
void push_put_disposition(struct sp_buf *to, struct sp_slice name);
/* The name in a Content-Disposition, plain; nothing when there is none. */
void push_put_disposition_name(struct sp_buf *to, struct sp_slice disposition);

/* A comma list of media ranges as the list of accept-types, split by SP; "*" for an empty one. */
void push_put_accept_types(struct sp_buf *to, struct sp_slice comma_list);
/* "type/subtype" of a media type, its parameters left out. */
struct sp_slice push_bare_type(struct sp_slice type);

/* The type of a content that says where another lies (RFC 4483), and of one that holds several;
 * parameters do not matter. */
#define PUSH_REFERENCE "message/external-body"
bool push_is_reference(struct sp_slice type);
bool push_is_multipart(struct sp_slice type);

#endif
