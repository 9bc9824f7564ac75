/* SPDX-License-Identifier: MIT
 * parser/sip_forward.h -- a message written again with single things changed, all else octet for
 * octet as it came. RFC 3261 16.6, 16.7 (what a proxy changes), 7.3.1 (order is kept).
 *
 * An edit names octets of the message, or a field that is to stand in it. Order of the edits does
 * not matter; two that touch the same octets are an error (SP_MISMATCH). The body is never touched.
 * Never: refolds, renames, reorders or trims a field. */
#ifndef SIPUSH_PARSER_SIP_FORWARD_H
#define SIPUSH_PARSER_SIP_FORWARD_H

#include "../base/buf.h"
#include "sip_msg.h"

enum sip_edit_kind {
    SIP_EDIT_REPLACE, /* `octets`, a part of the head (a field's value, one of a list, the
                         Request-URI), by `text` */
    SIP_EDIT_REMOVE,  /* `octets`, a value: its comma goes too, and the whole field with its only
                         value */
    SIP_EDIT_FIRST,   /* a field before the first of its id, so Via, Route, Record-Route; at the top
                         where none is */
    SIP_EDIT_LAST,    /* a field behind the last one */
};

struct sip_edit {
    enum sip_edit_kind kind;
    struct sp_slice    octets; /* REPLACE, REMOVE: slices of the message itself */
    enum sip_field_id  id;     /* FIRST, LAST; OTHER: by `name` */
    struct sp_slice    name;
    struct sp_slice    text; /* REPLACE, FIRST, LAST; SP_INJECTION when it holds CR, LF or NUL */
};

/* Write a message that sip_msg_parse has filled without an error, with its edits. Cost: the octets,
 * and the square of the edits times the fields; edits are few, and ours. */
void sip_put_forward(struct sp_buf *to, const struct sip_msg *msg, const struct sip_edit *edits,
                     size_t count);

#endif
