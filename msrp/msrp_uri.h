/* SPDX-License-Identifier: MIT
 * msrp/msrp_uri.h -- MSRP URIs and paths: RFC 4975 6, 9. */
#ifndef SIPUSH_MSRP_MSRP_URI_H
#define SIPUSH_MSRP_MSRP_URI_H

#include "../base/addr.h"
#include "../base/scan.h"

struct msrp_uri {
    bool            secure; /* msrps */
    struct sp_slice userinfo;
    struct sp_slice host;       /* with brackets where it is an IPv6 address */
    uint16_t        port;       /* 0: none given */
    struct sp_slice session_id; /* empty: none */
    struct sp_slice transport;  /* "tcp" */
    struct sp_slice params;     /* after the transport: ";name=value" */
    struct sp_slice octets;
};

/* All of `octets` is one URI. */
SP_MUST_USE enum sp_err msrp_uri_parse(struct sp_slice octets, struct msrp_uri *uri,
                                       struct sp_where *where);
void                    msrp_uri_write(struct sp_buf *to, const struct msrp_uri *uri);
/* RFC 4975 6.1. */
bool msrp_uri_eq(const struct msrp_uri *a, const struct msrp_uri *b);
/* Scheme, host and port alone: URIs for which this holds are reached over the same connection
 * (5.4). */
bool msrp_uri_eq_host(const struct msrp_uri *a, const struct msrp_uri *b);

/* A path is one or more URIs split by SP. Start with `rest` as the path; false at the end. */
bool            msrp_path_next(struct sp_slice *rest, struct sp_slice *uri);
struct sp_slice msrp_path_first(struct sp_slice path);
struct sp_slice msrp_path_last(struct sp_slice path);
/* Every URI is one by grammar; at least one. */
SP_MUST_USE enum sp_err msrp_path_check(struct sp_slice path, struct sp_where *where);

#endif
