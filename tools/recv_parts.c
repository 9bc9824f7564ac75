/* SPDX-License-Identifier: MIT
 * tools/recv_parts.c -- a push that holds others: several parts (RFC 2046 5.1, RFC 5621), or the
 * word where its content lies (RFC 4483 5).
 *
 * It came whole and is not answered yet. Each part is judged as a push of its own would be; then
 * those that are at hand are stored; only then it is confirmed, and references are fetched after
 * that. Promises: a part that is required and not taken refuses the whole, with its status; one
 * that is optional (RFC 3261 20.11) or an alternative is left out. Of alternatives beside each
 * other the last counts that is taken. Never: keeps a part of what it refused. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../parser/sip_body.h"
#include "../push/push_text.h"
#include "media.h"
#include "recv.h"
#include "recv_report.h"

#define PARTS_MOST 256

bool recv_holds(const struct incoming *in)
{
    struct sp_slice type = sp_str(in->type);

    /* What is called a file is one, whatever it holds. */
    if (in->mode == PUSH_SESSION && in->name[0] != '\0')
        return false;
    return push_is_reference(type) || (push_is_multipart(type) && in->name[0] == '\0');
}

/* A part, as far as its head tells; in front of the push that it is of. NULL: no memory. */
static struct incoming *part_of(struct receiver *r, struct incoming *whole,
                                const struct sip_part *part)
{
    struct sp_slice  type = sip_mime_value(part->head, "Content-Type");
    char             room[1024];
    struct sp_buf    name = sp_buf(room, sizeof room);
    struct incoming *in = recv_new(r, whole);

    if (in == NULL)
        return NULL;
    if (part->depth == 0)
        type = sp_str(whole->type);
    push_put_disposition_name(&name, sip_mime_value(part->head, "Content-Disposition"));
    in->state = INCOMING_PART;
    in->whole = whole;
    in->mode = whole->mode;
    in->expires_s = whole->expires_s;
    in->body = part->body;
    in->told = in->body.len;
    in->group = sp_eq_nocase(part->parent, SP_LIT("alternative")) ? part->group : 0;
    in->from = recv_copy(sp_str(whole->from));
    in->app = recv_copy(sp_str(whole->app));
    in->name = recv_copy(name.err == SP_OK ? sp_written(&name) : sp_slice(NULL, 0));
    in->type = recv_copy(type.len > 0 ? type : SP_LIT("text/plain"));
    if (in->from != NULL && in->app != NULL && in->name != NULL && in->type != NULL)
        return in;
    recv_forget(r, in);
    return NULL;
}

static bool is_optional(const struct sip_part *part)
{
    struct sip_disposition disposition;
    struct sp_where        where;
    struct sp_slice        value = sip_mime_value(part->head, "Content-Disposition");

    return value.len > 0 && sip_disposition_parse(value, &disposition, &where) == SP_OK &&
           disposition.optional;
}

/* By the rules, and where it depends on it, as if it were not here: that is looked for only before
 * it is fetched. */
static uint16_t judge(const struct receiver *r, struct incoming *in, enum rules_verb *verb)
{
    uint16_t status;

    *verb = recv_judge(r, in, &status);
    if (*verb == RULES_HAVE) {
        in->sought = in->url != NULL && in->has_sha1 && in->told != UINT64_MAX;
        in->have = RULES_NOT_HERE;
        *verb = recv_judge(r, in, &status);
    }
    return *verb == RULES_DECLINE ? status : 200;
}

/* An alternative before it gives way. */
static void replace(struct receiver *r, const struct incoming *in)
{
    for (struct incoming *one = r->all, *next; one != NULL && in->group > 0; one = next) {
        next = one->next;
        if (one != in && one->whole == in->whole && one->group == in->group)
            recv_forget(r, one);
    }
}

static uint16_t take(struct receiver *r, struct incoming *whole, const struct sip_part *part)
{
    struct incoming *in = part_of(r, whole, part);
    enum rules_verb  verb = RULES_ACCEPT;
    bool             spared = is_optional(part) || (in != NULL && in->group > 0);
    uint16_t         status = 200;

    if (in == NULL)
        return 500;
    if (push_is_reference(sp_str(in->type)))
        status = recv_take_reference(r, in);
    if (status < 300)
        status = judge(r, in, &verb);
    if (status < 300 && verb == RULES_ACCEPT) {
        replace(r, in);
        return 200;
    }
    if (status >= 300) {
        recv_report_offered(&r->host, in, status);
        whole->decline = status;
    }
    recv_forget(r, in);
    return spared ? 200 : status;
}

/* The next part of `whole` from `in` on; NULL: no further one. */
static struct incoming *next_part(struct incoming *in, const struct incoming *whole)
{
    while (in != NULL && in->whole != whole)
        in = in->next;
    return in;
}

/* All parts, into a list in front of it. */
static uint16_t take_all(struct receiver *r, struct incoming *whole, struct sp_slice octets)
{
    struct sip_body walk;
    struct sip_part part;
    struct sp_where where;
    uint16_t        status = 200;
    unsigned        parts = 0;

    if (sip_body_begin(&walk, sp_str(whole->type), octets, &where) != SP_OK)
        return 400;
    while (status < 300 && sip_body_next(&walk, &part)) {
        if (++parts > PARTS_MOST)
            return 413;
        status = take(r, whole, &part);
    }
    if (status < 300 && walk.err != SP_OK)
        return 400;
    /* Nothing of it is of use. */
    if (status < 300 && next_part(r->all, whole) == NULL && whole->decline >= 300)
        return whole->decline;
    return status;
}

static enum sp_err store_part(struct receiver *r, struct incoming *in)
{
    char            room[64];
    struct sp_slice name = sp_str(in->name);
    enum sp_err     err;

    if (name.len == 0) {
        (void)snprintf(room, sizeof room, "message%s", media_ending(sp_str(in->type)));
        name = sp_str(room);
    }
    err = store_open(&in->file, r->folder, name);
    if (err == SP_OK)
        err = store_write(&in->file, 0, in->body);
    in->total = in->body.len;
    if (err == SP_OK)
        err = store_finish(&in->file, in->total, NULL, in->digest);
    in->kept = err == SP_OK;
    return err;
}

/* Those that are at hand. 200, or why the whole is refused. */
static uint16_t store_all(struct receiver *r, struct incoming *whole)
{
    struct incoming *in = next_part(r->all, whole);

    for (; in != NULL; in = next_part(in->next, whole))
        if (in->url == NULL && store_part(r, in) != SP_OK) {
            recv_cannot_keep(r, in);
            return 500;
        }
    return 200;
}

/* Nothing of it stays. */
static void drop_all(struct receiver *r, struct incoming *whole)
{
    struct incoming *in;

    while ((in = next_part(r->all, whole)) != NULL) {
        if (in->kept && r->folder >= 0)
            (void)unlinkat(r->folder, in->file.name, 0);
        recv_forget(r, in);
    }
}

void recv_parts(struct receiver *r, struct incoming *whole)
{
    size_t           total = (size_t)whole->total;
    void            *at = NULL;
    uint16_t         status = 500;
    struct incoming *in;

    if (total > 0)
        at = mmap(NULL, total, PROT_READ, MAP_PRIVATE, whole->file.fd, 0);
    if (at != MAP_FAILED) {
        status = take_all(r, whole, sp_slice(at, total));
        if (status < 300)
            status = store_all(r, whole);
        for (in = next_part(r->all, whole); in != NULL; in = next_part(in->next, whole))
            in->body = sp_slice(NULL, 0);
        if (total > 0)
            (void)munmap(at, total);
    }
    if (status < 300) {
        (void)!push_receiver_stored(r->agent, sp_net_now_us(), whole->push, SP_OK);
    } else {
        drop_all(r, whole);
        (void)!push_receiver_refuse(r->agent, sp_net_now_us(), whole->push, status);
    }
}

void recv_parts_delivered(struct receiver *r, struct incoming *whole)
{
    struct incoming *in = next_part(r->all, whole), *next;

    store_drop(&whole->file);
    whole->state = INCOMING_PART;
    whole->open = 1; /* so that it stays for the loop */
    if (in == NULL) {
        whole->skipped = true;
        recv_report_delivered(&r->host, whole, NULL);
    }
    for (; in != NULL; in = next) {
        next = next_part(in->next, whole);
        whole->open++;
        if (in->url != NULL) {
            recv_report_reference(&r->host, in);
            in->state = INCOMING_FETCHED;
        } else {
            recv_kept(r, in);
            recv_part_ended(r, in, true);
        }
    }
    recv_whole_ended(r, whole);
}

void recv_whole_ended(struct receiver *r, struct incoming *whole)
{
    if (--whole->open > 0)
        return;
    r->delivered += !whole->lost && !whole->skipped;
    recv_forget(r, whole);
}

void recv_part_ended(struct receiver *r, struct incoming *in, bool well)
{
    struct incoming *whole = in->whole;

    recv_forget(r, in);
    whole->lost = whole->lost || !well;
    recv_whole_ended(r, whole);
}
