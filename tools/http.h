/* SPDX-License-Identifier: MIT
 * tools/http.h -- one GET of HTTP/1.1, for the content of a reference. RFC 9110, RFC 9112; RFC 4483
 * 5.1.
 *
 * Waits; it is for a process of its own. Bounds what an unknown server can do: octets,
 * redirections, addresses that may be connected to. Never: TLS, cookies, credentials, a second
 * connection to the same server, an address of this machine or its net unless that is allowed. */
#ifndef SIPUSH_TOOLS_HTTP_H
#define SIPUSH_TOOLS_HTTP_H

#include "../base/addr.h"
#include "../base/scan.h"

#define HTTP_REDIRECTS 5

struct http_url {
    struct sp_slice host; /* with its brackets, of IPv6 */
    uint16_t        port;
    struct sp_slice path; /* path and query; empty: "/" */
};

/* http://HOST[:PORT][/PATH][?QUERY], printable ASCII. SP_UNSUPPORTED: another scheme, user
 * information; SP_SYNTAX; SP_RANGE: the port. A fragment is left out. */
SP_MUST_USE enum sp_err http_url_parse(struct sp_slice text, struct http_url *url,
                                       struct sp_where *where);

#define HTTP_TYPE 128 /* room for a media type and its NUL */

struct http_head {
    uint16_t        status;
    bool            has_length, chunked;
    uint64_t        length;
    struct sp_slice location; /* empty: none */
    struct sp_slice type;     /* Content-Type; empty: none */
};

/* The head of a response, its empty line included: SP_PARTIAL until that came; then `*octets` is
 * how many it has. SP_SYNTAX, SP_RANGE, SP_REPEATED (two lengths that differ), SP_UNSUPPORTED
 * (another coding than chunked). */
SP_MUST_USE enum sp_err http_head_parse(struct sp_slice text, struct http_head *head,
                                        size_t *octets);

/* A body in chunks: octets in, octets out. */
struct http_chunks {
    int      state; /* private; 0 begins */
    uint64_t left;
};
/* Takes from `in` and yields what is content (a slice of `in`); `*done` after the last chunk.
 * SP_SYNTAX, SP_RANGE. Call again until `in` is empty. */
SP_MUST_USE enum sp_err http_chunks_take(struct http_chunks *chunks, struct sp_slice *in,
                                         struct sp_slice *content, bool *done);

/* May it be connected to: is it an address of the world? */
bool http_address_public(const struct sp_addr *addr);

struct http_limits {
    uint64_t octets;        /* of the content */
    bool private;           /* any address is well */
    struct sp_slice accept; /* media types, comma list; empty: any */
    /* May this URL, a redirection among them, be asked for? */
    bool (*allows)(const void *rules, struct sp_slice url);
    const void *rules;
};

/* Get `url` into the file `fd`; `type` is the media type that the server tells, or empty. NULL
 * after success, else static words. */
const char *http_get(const struct http_limits *limits, const char *url, int fd,
                     char type[HTTP_TYPE]);

#endif
