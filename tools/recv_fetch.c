/* SPDX-License-Identifier: MIT
 * tools/recv_fetch.c -- references: a push that says where its content lies. RFC 4483.
 *
 * The push itself is answered at once; then its content is fetched, by rule, and checked against
 * the size and hash that were told. Promises: what has its final name is what was meant, if a hash
 * was told. Never: fetches unasked. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../parser/sip_external.h"
#include "../parser/sip_mime.h"
#include "../push/push_text.h"
#include "recv.h"
#include "recv_report.h"

#define BODY_OCTETS  65536
#define OCTETS_MOST  1073741824u /* without --max-size */
#define AT_ONCE      4
#define SECONDS_MOST 600

bool recv_is_reference(const struct incoming *in)
{
    return sp_starts_nocase(sp_str(in->type), SP_LIT("message/external-body"));
}

/* One octet of two hexadecimal digits each; false: it is no SHA-1. */
static bool sha1_of(struct sp_slice hex, uint8_t sha1[SP_SHA1_OCTETS])
{
    for (size_t i = 0; i < hex.len && hex.len == 2 * SP_SHA1_OCTETS; i++) {
        int digit = sp_hex_value(hex.at[i]);

        if (digit < 0)
            return false;
        sha1[i / 2] = (uint8_t)(sha1[i / 2] << 4 | digit);
    }
    return hex.len == 2 * SP_SHA1_OCTETS;
}

/* Without the white space that a long URL may be broken by (RFC 2017 3.1). */
static char *url_of(struct sp_slice from)
{
    char  *url = malloc(from.len + 1);
    size_t used = 0;

    for (size_t i = 0; url != NULL && i < from.len; i++)
        if (strchr(" \t\r\n", from.at[i]) == NULL)
            url[used++] = from.at[i];
    if (url != NULL)
        url[used] = '\0';
    return url;
}

static char *text_of(struct sp_slice from)
{
    char *to = malloc(from.len + 1);

    if (to != NULL) {
        if (from.len > 0)
            memcpy(to, from.at, from.len);
        to[from.len] = '\0';
    }
    return to;
}

/* The name that the reference gives its content, else the last part of the URL. */
static char *name_of(const struct sip_external *external, const char *url)
{
    char            room[1024];
    struct sp_buf   name = sp_buf(room, sizeof room);
    struct sp_slice last = sp_str(url);

    push_put_disposition_name(&name, sip_mime_value(external->head, "Content-Disposition"));
    if (name.err == SP_OK && name.len > 0)
        return text_of(sp_written(&name));
    last = sp_head(last, strcspn(url, "?#"));
    for (size_t i = last.len; i > 0; i--)
        if (last.at[i - 1] == '/') {
            last = sp_from(last, i);
            break;
        }
    return text_of(last);
}

/* What was offered becomes what is meant: name, type, size, hash. NULL, or why it cannot be. */
static const char *take_over(struct receiver *r, struct incoming *in, struct sp_slice body)
{
    struct sip_media_type media;
    struct sip_external   external;
    struct sp_where       where;
    struct push_content   content = { .octets = UINT64_MAX };
    struct sp_slice       type;

    if (sip_media_type_parse(sp_str(in->type), &media, &where) != SP_OK ||
        sip_external_parse(&media, body, &external) != SP_OK)
        return "the reference cannot be read";
    in->url = url_of(external.url);
    if (in->url == NULL)
        return "no memory";
    if (external.has_expiration && (int64_t)time(NULL) >= external.expiration)
        return "the reference has expired";
    if (!fetch_allows(&r->fetch, sp_str(in->url)))
        return "no --fetch allows its URL";
    type = sip_mime_value(external.head, "Content-Type");
    free(in->name);
    in->name = name_of(&external, in->url);
    in->told = external.has_size ? external.size : UINT64_MAX;
    in->has_sha1 = sha1_of(external.hash, in->sha1);
    content.type = type;
    content.octets = in->told;
    if (push_receiver_judge(&r->config, &content) >= 300)
        return "--max-size or --accept-types do not allow what it refers to";
    free(in->type);
    in->type = text_of(type.len > 0 ? type : SP_LIT("application/octet-stream"));
    return in->name != NULL && in->type != NULL ? NULL : "no memory";
}

static void fail(struct receiver *r, struct incoming *in, const char *why)
{
    host_complain(&r->host, "%s is not fetched: %s", in->url != NULL ? in->url : "a reference",
                  why);
    recv_report_unfetched(&r->host, in, why);
    recv_forget(r, in);
}

void recv_fetch(struct receiver *r, struct incoming *in)
{
    static char room[BODY_OCTETS];
    ssize_t     n = in->total < sizeof room ? pread(in->file.fd, room, sizeof room, 0) : -1;
    const char *why = n < 0 ? "the reference is too long"
                            : take_over(r, in, sp_slice(room, (size_t)n));

    store_drop(&in->file);
    in->came = 0;
    if (why != NULL) {
        fail(r, in, why);
        return;
    }
    recv_report_reference(&r->host, in);
    in->state = INCOMING_FETCHED;
}

static bool begin(struct receiver *r, struct incoming *in)
{
    uint64_t octets = r->config.max_size > 0 ? r->config.max_size : OCTETS_MOST;

    r->fetch.seconds = r->fetch.seconds > 0 ? r->fetch.seconds : SECONDS_MOST;
    if (in->told != UINT64_MAX)
        octets = in->told;
    return store_open(&in->file, r->folder,
                      in->name[0] != '\0' ? sp_str(in->name) : SP_LIT("fetched")) == SP_OK &&
           fetch_start(&in->fetch, &r->fetch, in->url, octets, in->file.fd, sp_net_now_us());
}

/* It is there: is it what was meant? */
static void done(struct receiver *r, struct incoming *in)
{
    off_t       end = lseek(in->file.fd, 0, SEEK_END);
    enum sp_err err = SP_INTEGRITY;

    in->total = end > 0 ? (uint64_t)end : 0;
    if (in->told == UINT64_MAX || in->told == in->total)
        err = store_finish(&in->file, in->total, in->has_sha1 ? in->sha1 : NULL, in->digest);
    if (err == SP_OK)
        recv_delivered(r, in);
    else
        fail(r, in, sp_err_words(err));
}

bool recv_fetch_work(struct receiver *r)
{
    struct incoming *in, *next;
    unsigned         running = 0;

    for (in = r->all; in != NULL; in = in->next)
        running += in->state == INCOMING_FETCHED && in->fetch.pid != 0;
    for (in = r->all; in != NULL; in = next) {
        char why[128];

        next = in->next;
        if (in->state != INCOMING_FETCHED)
            continue;
        if (in->fetch.pid == 0) {
            if (running == AT_ONCE)
                continue;
            running++;
            if (!begin(r, in))
                fail(r, in, strerror(errno));
            continue;
        }
        switch (fetch_look(&in->fetch, sp_net_now_us(), why, sizeof why)) {
        case FETCH_RUNS: break;
        case FETCH_DONE: done(r, in); break;
        case FETCH_FAILED:
        case FETCH_LATE: fail(r, in, why); break;
        }
    }
    return running > 0;
}
