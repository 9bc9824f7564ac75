/* SPDX-License-Identifier: MIT
 * tools/http.c -- one GET, waiting for each step. */
#define _GNU_SOURCE
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/buf.h"

#define HEAD_OCTETS 32768
#define URL_OCTETS  4096
#define STEP_S      30 /* without an octet */

struct get {
    const struct http_limits *limits;
    int                       socket, to;
    char                      room[HEAD_OCTETS];
    char                     *type; /* HTTP_TYPE */
    size_t                    have;
    uint64_t                  written;
};

static bool address_of(const struct sockaddr *from, struct sp_addr *to)
{
    memset(to, 0, sizeof *to);
    if (from->sa_family == AF_INET) {
        to->family = SP_IPV4;
        memcpy(to->octets, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
        return true;
    }
    if (from->sa_family == AF_INET6) {
        to->family = SP_IPV6;
        memcpy(to->octets, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
        return true;
    }
    return false;
}

/* A connection to the first address that may be connected to, and can. */
static const char *reach(struct get *get, const struct http_url *url)
{
    char             host[256], port[8];
    struct addrinfo  hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *all = NULL, *one;
    struct timeval   step = { .tv_sec = STEP_S };
    const char      *why = "the server's name has no address";
    struct sp_slice  name = url->host;

    if (name.at[0] == '[')
        name = sp_slice(name.at + 1, name.len - 2);
    (void)snprintf(host, sizeof host, "%.*s", SP_ARG(sp_head(name, sizeof host - 1)));
    (void)snprintf(port, sizeof port, "%u", (unsigned)url->port);
    if (getaddrinfo(host, port, &hints, &all) != 0)
        return why;
    for (one = all; one != NULL; one = one->ai_next) {
        struct sp_addr addr;

        if (!address_of(one->ai_addr, &addr))
            continue;
        if (!get->limits->private && !http_address_public(&addr)) {
            why = "its address is one of this machine or net";
            continue;
        }
        get->socket = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (get->socket < 0)
            continue;
        (void)setsockopt(get->socket, SOL_SOCKET, SO_RCVTIMEO, &step, sizeof step);
        (void)setsockopt(get->socket, SOL_SOCKET, SO_SNDTIMEO, &step, sizeof step);
        why = "the server cannot be connected to";
        if (connect(get->socket, one->ai_addr, one->ai_addrlen) == 0) {
            why = NULL;
            break;
        }
        (void)close(get->socket);
        get->socket = -1;
    }
    freeaddrinfo(all);
    return why;
}

static const char *ask(struct get *get, const struct http_url *url)
{
    struct sp_slice accept = get->limits->accept.len > 0 ? get->limits->accept : SP_LIT("*/*");
    char            room[2 * URL_OCTETS + 512];
    struct sp_buf   to = sp_buf(room, sizeof room);
    size_t          sent = 0;

    sp_put_text(&to, url->path.len == 0 || url->path.at[0] != '/' ? "GET /" : "GET ");
    sp_put_value(&to, url->path);
    sp_put_text(&to, " HTTP/1.1\r\nHost: ");
    sp_put_value(&to, url->host);
    sp_put_char(&to, ':');
    sp_put_u64(&to, url->port);
    sp_put_text(&to, "\r\nUser-Agent: sipush\r\nAccept: ");
    sp_put_value(&to, accept);
    sp_put_text(&to, "\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n");
    if (to.err != SP_OK)
        return "the URL is too long";
    while (sent < to.len) {
        ssize_t k = send(get->socket, room + sent, to.len - sent, MSG_NOSIGNAL);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return "the connection broke";
        sent += (size_t)k;
    }
    return NULL;
}

/* More octets behind those there are; 0 at the end, -1. */
static ssize_t more(struct get *get)
{
    ssize_t n;

    do
        n = recv(get->socket, get->room + get->have, sizeof get->room - get->have, 0);
    while (n < 0 && errno == EINTR);
    get->have += n > 0 ? (size_t)n : 0;
    return n;
}

static const char *read_head(struct get *get, struct http_head *head, size_t *octets)
{
    enum sp_err err;

    while ((err = http_head_parse(sp_slice(get->room, get->have), head, octets)) == SP_PARTIAL)
        if (get->have == sizeof get->room || more(get) <= 0)
            return "its answer is no HTTP, or too long";
    return err == SP_OK ? NULL : "its answer is no HTTP that is understood";
}

static const char *put(struct get *get, struct sp_slice octets)
{
    if (octets.len > get->limits->octets - get->written)
        return "it is larger than may be";
    while (octets.len > 0) {
        ssize_t n = write(get->to, octets.at, octets.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return "it cannot be stored";
        get->written += (uint64_t)n;
        octets = sp_from(octets, (size_t)n);
    }
    return NULL;
}

/* What is in the room, of the body; `*done` at its end. */
static const char *take_body(struct get *get, const struct http_head *head,
                             struct http_chunks *chunks, bool *done)
{
    struct sp_slice in = sp_slice(get->room, get->have), content;
    const char     *why = NULL;

    while (why == NULL && in.len > 0 && !*done) {
        if (head->chunked) {
            if (http_chunks_take(chunks, &in, &content, done) != SP_OK)
                return "its chunks cannot be read";
        } else {
            uint64_t left = head->has_length ? head->length - get->written : UINT64_MAX;

            content = sp_head(in, left < in.len ? (size_t)left : in.len);
            in = sp_slice(NULL, 0);
        }
        why = put(get, content);
    }
    get->have = 0;
    if (!head->chunked && head->has_length && get->written == head->length)
        *done = true;
    return why;
}

static const char *read_body(struct get *get, const struct http_head *head)
{
    struct http_chunks chunks = { 0 };
    bool               done = head->has_length && head->length == 0;
    const char        *why = NULL;
    ssize_t            n = 1;

    if (head->has_length && head->length > get->limits->octets)
        return "it is larger than may be";
    while (why == NULL && !done && n > 0) {
        why = take_body(get, head, &chunks, &done);
        if (why == NULL && !done)
            n = more(get);
    }
    if (why != NULL || done)
        return why;
    if (n < 0)
        return "the connection broke";
    return head->has_length || head->chunked ? "it ended too soon" : NULL;
}

/* Location against the URL it came from. */
static bool follow(char url[URL_OCTETS], const struct http_url *from, struct sp_slice location)
{
    char next[URL_OCTETS];
    int  n;

    if (location.len > 0 && location.at[0] == '/' && !sp_starts(location, SP_LIT("//")))
        n = snprintf(next, sizeof next, "http://%.*s:%u%.*s", SP_ARG(from->host),
                     (unsigned)from->port, SP_ARG(location));
    else
        n = snprintf(next, sizeof next, "%.*s", SP_ARG(location));
    if (location.len == 0 || n <= 0 || (size_t)n >= sizeof next)
        return false;
    memcpy(url, next, (size_t)n + 1);
    return true;
}

/* One request; `*again`: `url` is where it is now. */
static const char *get_one(struct get *get, char url[URL_OCTETS], bool *again)
{
    struct http_url  parts;
    struct http_head head;
    struct sp_where  where;
    size_t           octets = 0;
    const char      *why;

    *again = false;
    if (http_url_parse(sp_str(url), &parts, &where) != SP_OK)
        return "it is no URL of http";
    if (!get->limits->allows(get->limits->rules, sp_str(url)))
        return "no --fetch allows this URL";
    why = reach(get, &parts);
    if (why == NULL)
        why = ask(get, &parts);
    do {
        if (why == NULL)
            why = read_head(get, &head, &octets);
        if (why != NULL)
            return why;
        if (head.status >= 300 && head.status < 400) {
            *again = follow(url, &parts, head.location);
            return *again ? NULL : "it is elsewhere, and the server does not say where";
        }
        (void)snprintf(get->type, HTTP_TYPE, "%.*s", SP_ARG(sp_head(head.type, HTTP_TYPE - 1)));
        memmove(get->room, get->room + octets, get->have - octets);
        get->have -= octets;
    } while (head.status < 200);
    if (head.status != 200)
        return head.status == 404 ? "the server says 404" : "the server refuses it";
    return read_body(get, &head);
}

const char *http_get(const struct http_limits *limits, const char *url, int fd,
                     char type[HTTP_TYPE])
{
    static struct get get;
    static char       at[URL_OCTETS];
    const char       *why = NULL;
    bool              again = true;

    get = (struct get){ .limits = limits, .to = fd, .type = type, .socket = -1 };
    type[0] = '\0';
    if (strlen(url) >= sizeof at)
        return "the URL is too long";
    memcpy(at, url, strlen(url) + 1);
    for (int i = 0; why == NULL && again; i++) {
        if (i > HTTP_REDIRECTS)
            return "it is always elsewhere";
        get.have = 0;
        why = get_one(&get, at, &again);
        if (get.socket >= 0)
            (void)close(get.socket);
        get.socket = -1;
    }
    return why;
}
