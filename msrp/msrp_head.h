/* SPDX-License-Identifier: MIT
 * msrp/msrp_head.h -- the head of a frame, typed: start line and header fields. RFC 4975 7.1, 9;
 * RFC 4976 7.
 *
 * Slices point into the octets given. To-Path and From-Path stand first, in this order; a response
 * may have nothing after them, since the RFC's own have not (7.2, 11.1). Unknown fields are left
 * aside. White space around a value is forgiven. After an error everything read before it stands,
 * so that the peer can be answered. */
#ifndef SIPUSH_MSRP_MSRP_HEAD_H
#define SIPUSH_MSRP_MSRP_HEAD_H

#include "../base/scan.h"
#include "msrp_agent.h"
#include "msrp_endline.h"

#define MSRP_UNKNOWN UINT64_MAX /* "*" */

struct msrp_byte_range {
    uint64_t from;  /* 1 at least */
    uint64_t to;    /* inclusive, from - 1 at least; or MSRP_UNKNOWN */
    uint64_t total; /* or MSRP_UNKNOWN */
};

enum msrp_method { MSRP_SEND, MSRP_REPORT, MSRP_AUTH, MSRP_OTHER_METHOD };

struct msrp_head {
    struct sp_slice  id; /* transact-id */
    bool             response;
    uint16_t         status; /* of a response */
    enum msrp_method method; /* of a request */
    struct sp_slice  method_name, comment;

    struct sp_slice          to_path, from_path, message_id;
    bool                     has_range;
    struct msrp_byte_range   range; /* without the field: 1-* of * */
    bool                     success_report;
    enum msrp_failure_report failure_report;
    bool                     has_status; /* Status of a REPORT */
    uint16_t                 report_namespace, report_status;
    struct sp_slice          report_comment;
    struct sp_slice          content_type, disposition, content_id, description;

    /* RFC 4976 7; the three of Digest as they came, for msrp_auth_parse */
    struct sp_slice use_path, challenge, credentials, authentication_info;
    uint64_t        expires, min_expires, max_expires; /* seconds; MSRP_UNKNOWN: not said */
};

/* Read a head without its blank line or end-line. SP_SYNTAX, SP_RANGE (a number past 2^63 - 1, a
 * range that begins at 0), SP_MISMATCH (a range beyond its own end or total), SP_MISSING (To-Path
 * or From-Path is not where it must be), SP_REPEATED. */
SP_MUST_USE enum sp_err msrp_head_parse(struct sp_slice octets, struct msrp_head *head,
                                        struct sp_where *where);

/* The same, where a To-Path and a From-Path are known to be paths: those that are octet for octet
 * the same are not read again. Empty ones are not known. */
SP_MUST_USE enum sp_err msrp_head_parse_known(struct sp_slice       octets,
                                              const struct sp_slice known[2],
                                              struct msrp_head *head, struct sp_where *where);

/* ident = ALPHANUM 3*31ident-char */
struct sp_slice msrp_scan_ident(struct sp_scan *s, const char *rule);
bool            msrp_is_ident(struct sp_slice octets);
/* type "/" subtype, and whatever follows after ";". */
bool msrp_is_media_type(struct sp_slice octets);

#endif
