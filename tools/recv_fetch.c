/* SPDX-License-Identifier: MIT
 * tools/recv_fetch.c -- references: a push, or a part of one, that says where its content lies. RFC
 * 4483.
 *
 * It is judged by what it says before the push is answered, and fetched after that; then it is
 * checked against the size and hash that were told. Promises: what has its final name is what was
 * meant, if a hash was told. Never: fetches unasked, or what is here already where a rule skips
 * that. */
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

#define OCTETS_MOST  1073741824u /* without --max-size */
#define STEP_OCTETS  8388608u    /* hashed between other work */
#define AT_ONCE      4
#define SECONDS_MOST 600

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

/* The name that the reference gives its content, else the last part of the URL. */
static char *name_of(const struct sip_external *external, const char *url)
{
    char            room[1024];
    struct sp_buf   name = sp_buf(room, sizeof room);
    struct sp_slice last = sp_str(url);

    push_put_disposition_name(&name, sip_mime_value(external->head, "Content-Disposition"));
    if (name.err == SP_OK && name.len > 0)
        return recv_copy(sp_written(&name));
    last = sp_head(last, strcspn(url, "?#"));
    for (size_t i = last.len; i > 0; i--)
        if (last.at[i - 1] == '/') {
            last = sp_from(last, i);
            break;
        }
    return recv_copy(last);
}

uint16_t recv_take_reference(struct receiver *r, struct incoming *in)
{
    struct sip_media_type media;
    struct sip_external   external;
    struct sp_where       where;
    char                 *type = in->type, *name = in->name;
    uint16_t              status = 200;

    if (r->fetch.count == 0)
        return 415;
    if (sip_media_type_parse(sp_str(type), &media, &where) != SP_OK ||
        sip_external_parse(&media, in->body, &external) != SP_OK)
        return 400;
    in->url = url_of(external.url);
    in->name = in->url != NULL ? name_of(&external, in->url) : NULL;
    in->type = recv_copy(sip_mime_value(external.head, "Content-Type"));
    in->told = external.has_size ? external.size : UINT64_MAX;
    in->has_sha1 = sha1_of(external.hash, in->sha1);
    if (in->url == NULL || in->name == NULL || in->type == NULL)
        status = 500;
    else if (external.has_expiration && (int64_t)time(NULL) >= external.expiration)
        status = 603; /* nobody else has it either */
    else if (!fetch_allows(&r->fetch, sp_str(in->url)))
        status = 403;
    else if (r->config.max_size > 0 && in->told != UINT64_MAX && in->told > r->config.max_size)
        status = 513; /* RFC 4483 5.9 */
    if (in->name == NULL)
        in->name = recv_copy(sp_slice(NULL, 0));
    if (in->type == NULL)
        in->type = recv_copy(sp_slice(NULL, 0));
    in->untyped = in->type != NULL && in->type[0] == '\0';
    free(type);
    free(name);
    return in->name != NULL && in->type != NULL ? status : 500;
}

static void fail(struct receiver *r, struct incoming *in, const char *why)
{
    host_complain(&r->host, "%s is not fetched: %s", in->url, why);
    recv_report_unfetched(&r->host, in, why);
    store_drop(&in->file);
    recv_part_ended(r, in, false);
}

static struct sp_slice name_here(const struct incoming *in)
{
    return in->name[0] != '\0' ? sp_str(in->name) : SP_LIT("fetched");
}

static bool begin(struct receiver *r, struct incoming *in)
{
    uint64_t octets = r->config.max_size > 0 ? r->config.max_size : OCTETS_MOST;

    r->fetch.seconds = r->fetch.seconds > 0 ? r->fetch.seconds : SECONDS_MOST;
    r->fetch.accept = r->config.accept_types;
    if (in->told != UINT64_MAX)
        octets = in->told;
    return store_open(&in->file, r->folder, name_here(in)) == SP_OK &&
           fetch_start(&in->fetch, &r->fetch, in->url, octets, in->file.fd, sp_net_now_us());
}

/* What the server calls it, where the reference said nothing of that: RFC 4483 5.8. */
static bool typed(struct receiver *r, struct incoming *in, const char *type)
{
    uint16_t status;

    if (!in->untyped)
        return true;
    free(in->type);
    in->type = recv_copy(sp_str(type[0] != '\0' ? type : "application/octet-stream"));
    in->untyped = false;
    return in->type != NULL && recv_judge(r, in, &status) == RULES_ACCEPT;
}

/* It is there: is it what was meant? */
static void done(struct receiver *r, struct incoming *in, const char *type)
{
    off_t       end = lseek(in->file.fd, 0, SEEK_END);
    enum sp_err err = SP_INTEGRITY;

    if (!typed(r, in, type)) {
        fail(r, in, "its type is not taken");
        return;
    }
    in->total = end > 0 ? (uint64_t)end : 0;
    if (in->told == UINT64_MAX || in->told == in->total)
        err = store_finish(&in->file, in->total, in->has_sha1 ? in->sha1 : NULL, in->digest);
    if (err != SP_OK) {
        fail(r, in, sp_err_words(err));
        return;
    }
    recv_kept(r, in);
    recv_part_ended(r, in, true);
}

/* Is a file of its name here that is the same? One step of finding that out. */
static void seek(struct receiver *r, struct incoming *in)
{
    enum sp_err err = SP_MISSING;

    if (r->folder < 0) {
        in->sought = false;
        return;
    }
    if (in->file.fd >= 0) {
        err = store_rehash(&in->file, STEP_OCTETS);
        if (err == SP_PARTIAL)
            return;
        if (err == SP_OK && store_is(&in->file, in->sha1)) {
            in->total = in->told;
            memcpy(in->digest, in->sha1, sizeof in->digest);
            recv_kept(r, in);
            recv_part_ended(r, in, true);
            return;
        }
        store_drop(&in->file);
    }
    in->looked = in->looked > 0 ? in->looked : 1;
    in->sought = store_whole(&in->file, r->folder, name_here(in), in->told, &in->looked) == SP_OK;
}

static void look(struct receiver *r, struct incoming *in)
{
    char why[256];

    switch (fetch_look(&in->fetch, sp_net_now_us(), why, sizeof why)) {
    case FETCH_RUNS: break;
    case FETCH_DONE: done(r, in, why); break;
    case FETCH_FAILED:
    case FETCH_LATE: fail(r, in, why); break;
    }
}

bool recv_fetch_work(struct receiver *r)
{
    struct incoming *in, *next;
    unsigned         running = 0, sought = 0;

    for (in = r->all; in != NULL; in = in->next)
        running += in->state == INCOMING_FETCHED && in->fetch.pid != 0;
    for (in = r->all; in != NULL; in = next) {
        next = in->next;
        while (next != NULL && next == in->whole)
            next = next->next; /* it may go with its last part */
        if (in->state != INCOMING_FETCHED)
            continue;
        if (in->sought) {
            sought++;
            seek(r, in);
        } else if (in->fetch.pid != 0) {
            look(r, in);
        } else if (running < AT_ONCE) {
            running++;
            if (!begin(r, in))
                fail(r, in, strerror(errno));
        }
    }
    return running + sought > 0;
}
