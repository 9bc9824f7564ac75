/* SPDX-License-Identifier: MIT
 * tools/recv_in.c -- octets that come, and what is kept of them.
 *
 * Promises: a push counts as delivered after its file has its final name; what was cut stays, with
 * its state, as long as it can go on. Never: a final name for what is not whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../base/timers.h"
#include "recv.h"
#include "recv_report.h"

/* What came is secured so often, or less often where that takes long. */
#define SECURE_US    1000000u
#define SECURE_RATIO 10

void recv_forget(struct receiver *r, struct incoming *in)
{
    if (r->asked == in)
        r->asked = NULL;
    *in->link = in->next;
    if (in->next != NULL)
        in->next->link = in->link;
    store_leave(&in->file, &r->parts);
    free(in->from);
    free(in->type);
    free(in->name);
    free(in->app);
    fetch_stop(&in->fetch);
    free(in->url);
    free(in);
}

/* From time to time, so that even a machine that stops loses little. */
static void secure(struct incoming *in)
{
    uint64_t now_us = sp_net_now_us();

    if (!in->file.stated || in->file.part.safe == in->file.hashed)
        return;
    if (in->secure_us == 0)
        in->secure_us = now_us + SECURE_US;
    if (now_us < in->secure_us)
        return;
    in->file.stated = store_secure(&in->file);
    in->secure_us = sp_net_now_us();
    in->secure_us += SECURE_US + SECURE_RATIO * (in->secure_us - now_us);
}

void recv_content(struct receiver *r, struct incoming *in,
                  const struct push_receiver_action *action)
{
    uint64_t to = action->offset + action->octets.len;

    if (in->skipped)
        return;
    if (store_write(&in->file, action->offset, action->octets) != SP_OK) {
        host_complain(&r->host, "cannot write %s: %s", in->file.name, strerror(errno));
        (void)!push_receiver_abort(r->agent, sp_net_now_us(), in->push, SP_STORAGE);
        return;
    }
    secure(in);
    in->came = to > in->came ? to : in->came;
    progress_show(&r->host.bar, sp_str(in->file.base), in->came, in->told, sp_net_now_us());
}

void recv_complete(struct receiver *r, struct incoming *in, uint64_t total)
{
    char        part[STORE_NAME];
    enum sp_err err = SP_INTEGRITY;

    in->total = total;
    if (in->skipped) {
        (void)!push_receiver_stored(r->agent, sp_net_now_us(), in->push, SP_OK);
        return;
    }
    if (in->holds) {
        recv_parts(r, in);
        return;
    }
    memcpy(part, in->file.name, sizeof part);
    if (in->told == UINT64_MAX || in->told == total)
        err = store_finish(&in->file, total, in->has_sha1 ? in->sha1 : NULL, in->digest);
    if (err == SP_OK)
        part_list_remove(&r->parts, part);
    if (err == SP_OK && r->host.json && r->folder < 0 && !in->file.line)
        fputc('\n', stdout); /* so that the next object begins a line */
    if (err == SP_STORAGE)
        recv_cannot_keep(r, in);
    (void)!push_receiver_stored(r->agent, sp_net_now_us(), in->push, err);
}

/* --on-push: what a program may want to know, in its environment. */
static void run_hook(struct receiver *r, const struct incoming *in)
{
    static const char *const names[] = { "SIPUSH_FILE", "SIPUSH_FROM",   "SIPUSH_TYPE",
                                         "SIPUSH_SIZE", "SIPUSH_HASH",   "SIPUSH_APP_ID",
                                         "SIPUSH_NAME", "SIPUSH_EXPIRED" };
    char                     path[4096 + STORE_NAME] = "", size[24], hash[HOST_HASH];
    bool late = in->expires_s != INT64_MAX && (int64_t)time(NULL) >= in->expires_s;

    if (r->folder >= 0)
        recv_report_path(r->dir, in, path, sizeof path);
    (void)snprintf(size, sizeof size, "%llu", (unsigned long long)in->total);
    const char *values[] = { path,    in->from, in->type,       size, host_hash(in->digest, hash),
                             in->app, in->name, late ? "1" : "" };

    if (!hook_add(&r->hook, names, values, sizeof names / sizeof names[0]))
        host_complain(&r->host, "no memory to run --on-push");
}

void recv_cannot_keep(struct receiver *r, const struct incoming *in)
{
    host_complain(&r->host, "cannot keep %s: %s", in->file.name, strerror(errno));
}

void recv_kept(struct receiver *r, const struct incoming *in)
{
    recv_report_delivered(&r->host, in, r->folder >= 0 ? r->dir : NULL);
    if (r->hook.command != NULL && !in->skipped && !in->file.whole)
        run_hook(r, in);
}

void recv_delivered(struct receiver *r, struct incoming *in)
{
    if (in->holds && !in->skipped) {
        recv_parts_delivered(r, in);
        return;
    }
    r->delivered += !in->skipped;
    recv_kept(r, in);
    recv_forget(r, in);
}

void recv_failed(struct receiver *r, struct incoming *in, const struct push_receiver_action *action)
{
    bool cut = action->err == SP_INTERRUPTED || action->err == SP_CLOSED ||
               action->err == SP_TRANSPORT || action->err == SP_TIMEOUT ||
               action->err == SP_SYNTAX /* the stream is no MSRP any more */;

    if (!cut && in->state == INCOMING_FLOWING) { /* it would not get better */
        part_list_remove(&r->parts, in->file.name);
        store_drop(&in->file);
    }
    recv_report_failed(&r->host, in, action);
    if (r->pull != NULL && in->mode == PUSH_SESSION && r->end_us == SP_NEVER) {
        r->code = cut ? EXIT_CUT : action->err == SP_INTEGRITY ? EXIT_INTEGRITY : EXIT_OWN;
        r->end_us = sp_net_now_us();
    }
    recv_forget(r, in);
}
