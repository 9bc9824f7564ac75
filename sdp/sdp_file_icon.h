/* SPDX-License-Identifier: MIT
 * sdp/sdp_file_icon.h -- the icon of a file: file-icon of RFC 5547 6, 8.8; cid-url of RFC 2392 2.
 *
 * The value names a body part beside the SDP by its Content-ID: "cid:a%25b@h" is the part whose
 * Content-ID is
 * "<a%b@h>". Finding that part is the affair of who splits the multipart/related body. */
#ifndef SIPUSH_SDP_SDP_FILE_ICON_H
#define SIPUSH_SDP_SDP_FILE_ICON_H

#include "../base/buf.h"
#include "../base/scan.h"

/* The content-id of a=file-icon, escapes kept. SP_SYNTAX. */
SP_MUST_USE enum sp_err sdp_file_icon_parse(struct sp_slice value, struct sp_slice *content_id,
                                            struct sp_where *where);
/* The value for a part with this Content-ID, given with its angle brackets or without. SP_SYNTAX
 * sticks when it holds no
 * "@" or an octet that no addr-spec holds. */
void sdp_file_icon_write(struct sp_buf *to, struct sp_slice content_id);

/* Does the field value Content-ID ("<...>") name the part that `content_id` of an icon means? */
bool sdp_file_icon_is(struct sp_slice content_id, struct sp_slice field);

#endif
