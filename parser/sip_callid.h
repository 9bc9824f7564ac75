/* SPDX-License-Identifier: MIT
 * parser/sip_callid.h -- Call-ID and In-Reply-To (RFC 3261 20.8, 20.21), and what names a dialog by
 * one: Replaces (RFC 3891 6.1). A Call-ID is compared octet for octet. */
#ifndef SIPUSH_PARSER_SIP_CALLID_H
#define SIPUSH_PARSER_SIP_CALLID_H

#include "sip_param.h"

/* callid = word [ "@" word ] from the cursor; SP_SYNTAX sticks. */
struct sp_slice sip_scan_callid(struct sp_scan *s);
/* All of `value` is a callid. */
SP_MUST_USE enum sp_err sip_callid_parse(struct sp_slice value, struct sp_slice *callid,
                                         struct sp_where *where);

struct sip_replaces {
    struct sp_slice callid;
    struct sp_slice to_tag,
        from_tag; /* as the receiver of Replaces sees the dialog: its own tag is to_tag */
    bool            early_only;
    struct sp_slice params;
};

/* SP_SYNTAX; SP_MISSING without to-tag or from-tag; SP_REPEATED with two of one. */
SP_MUST_USE enum sp_err sip_replaces_parse(struct sp_slice value, struct sip_replaces *replaces,
                                           struct sp_where *where);
/* From callid, tags and early_only; `params` is not looked at. */
void sip_replaces_write(struct sp_buf *to, const struct sip_replaces *replaces);

#endif
