/* SPDX-License-Identifier: MIT
 * tests/bench/peer_picohttpparser.c -- picohttpparser, the splitter of HTTP heads that libh2o has
 * in it. It knows nothing of SIP: names are not looked up, nothing is typed. Debian builds it
 * without the instructions of SSE4.2 that it would take with -march=native.
 *
 * The start line is made one of HTTP, once a message, outside of what is measured. */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "bench_parser.h"

#define FIELDS 64

/* as picohttpparser.h has them; Debian installs no such header */
struct phr_header {
    const char *name;
    size_t      name_len;
    const char *value;
    size_t      value_len;
};
int phr_parse_request(const char *buf, size_t len, const char **method, size_t *method_len,
                      const char **path, size_t *path_len, int *minor_version,
                      struct phr_header *headers, size_t *num_headers, size_t last_len);
int phr_parse_response(const char *buf, size_t len, int *minor_version, int *status,
                       const char **msg, size_t *msg_len, struct phr_header *headers,
                       size_t *num_headers, size_t last_len);

static char  *copy;
static size_t copied;

/* The same message with HTTP/1.1 where SIP/2.0 stands. */
static void translate(const char *octets, size_t len)
{
    const char *at = memmem(octets, len, "SIP/2.0", 7);
    size_t      before = at != NULL ? (size_t)(at - octets) : 0;

    free(copy);
    copy = malloc(len + 1);
    if (copy == NULL || at == NULL)
        abort();
    copied = len + 1;
    memcpy(copy, octets, before);
    memcpy(copy + before, "HTTP/1.1", 8);
    memcpy(copy + before + 8, at + 7, len - before - 7);
}

static int index_fields(const char *octets, size_t len)
{
    static const char *last;
    struct phr_header  headers[FIELDS];
    size_t             count = FIELDS, a_len, b_len;
    const char        *a, *b;
    int                minor, status, head;

    if (octets != last)
        translate(octets, len);
    last = octets;
    if (memcmp(copy, "HTTP/", 5) == 0)
        head = phr_parse_response(copy, copied, &minor, &status, &a, &a_len, headers, &count, 0);
    else
        head = phr_parse_request(copy, copied, &a, &a_len, &b, &b_len, &minor, headers, &count, 0);
    return head > 0 ? (int)copied - head : -1;
}

const struct bench_parser bench_peer = { "picohttpparser", index_fields, NULL };
