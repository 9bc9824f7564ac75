/* SPDX-License-Identifier: MIT
 * tools/recv_offer.c -- what becomes of a push that is offered.
 *
 * A decision may take its time: a file that is here may have to be hashed first, step by step
 * between other work. Promises: an offer of the rest of a file is accepted only where the octets
 * before it are here; else its sender is told how far they are. RFC 5547 6, 8.3.1. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../base/timers.h"
#include "media.h"
#include "recv.h"
#include "recv_report.h"

#define PULL_END_US 500000u  /* for the BYE of a pull that we do not take */
#define STEP_OCTETS 8388608u /* hashed between other work */

char *recv_copy(struct sp_slice text)
{
    char *to = malloc(text.len + 1);

    if (to != NULL) {
        if (text.len > 0)
            memcpy(to, text.at, text.len);
        to[text.len] = '\0';
    }
    return to;
}

struct incoming *recv_new(struct receiver *r, struct incoming *before)
{
    struct incoming *in = calloc(1, sizeof *in), **link = before != NULL ? before->link : &r->all;

    if (in == NULL)
        return NULL;
    in->next = *link;
    in->link = link;
    if (in->next != NULL)
        in->next->link = &in->next;
    *link = in;
    in->file.fd = -1;
    return in;
}

/* A plain message has no name: one by its type. */
static struct sp_slice name_of(const struct incoming *in, char room[64])
{
    if (in->name[0] != '\0')
        return sp_str(in->name);
    (void)snprintf(room, 64, "message%s", media_ending(sp_str(in->type)));
    return sp_str(room);
}

/* What is offered, kept. NULL: no memory. */
static struct incoming *incoming_of(struct receiver *r, const struct push_receiver_action *action)
{
    struct incoming *in = recv_new(r, NULL);

    if (in == NULL)
        return NULL;
    in->push = action->push;
    in->mode = action->mode;
    in->told = action->content.octets;
    in->offset = action->content.offset;
    in->has_sha1 = action->content.has_sha1;
    in->modified_s = action->content.modified_s;
    in->icon_octets = action->content.icon.len;
    memcpy(in->sha1, action->content.sha1, sizeof in->sha1);
    in->from = recv_copy(action->from);
    in->type = recv_copy(action->content.type);
    in->name = recv_copy(action->content.name);
    in->app = recv_copy(action->app);
    in->expires_s = action->expires_s;
    if (action->undated)
        in->expires_s += (int64_t)time(NULL);
    in->at_once = action->at_once;
    if (in->from != NULL && in->type != NULL && in->name != NULL && in->app != NULL) {
        in->holds = recv_holds(in);
        return in;
    }
    recv_forget(r, in);
    return NULL;
}

static void decline(struct receiver *r, struct incoming *in, uint16_t status)
{
    struct sp_handle push = in->push;

    if (r->pull != NULL && in->mode == PUSH_SESSION && r->end_us == SP_NEVER) {
        host_complain(&r->host, "%s: our own rules decline it", r->pull);
        r->code = EXIT_OWN;
        r->end_us = sp_net_now_us() + PULL_END_US;
    }

    recv_report_offered(&r->host, in, status);
    recv_forget(r, in);
    (void)!push_receiver_decide(r->agent, sp_net_now_us(), push, status, 0);
}

/* So much of the file is here: from there on it may be offered. */
static void decline_part(struct receiver *r, struct incoming *in, uint64_t have)
{
    struct sp_handle push = in->push;

    recv_report_offered(&r->host, in, 488);
    if (have >= in->told)
        have = in->told - 1; /* its last octet is asked for in any case */
    recv_forget(r, in);
    (void)!push_receiver_decide_part(r->agent, sp_net_now_us(), push, have);
}

static void accept(struct receiver *r, struct incoming *in)
{
    in->state = INCOMING_FLOWING;
    in->came = in->offset;
    recv_report_offered(&r->host, in, 200);
    if (push_receiver_decide(r->agent, sp_net_now_us(), in->push, 200, (uint64_t)(uintptr_t)in) !=
        SP_OK)
        recv_forget(r, in);
}

static void cannot(struct receiver *r, struct incoming *in)
{
    host_complain(&r->host, "cannot store what is offered: %s", strerror(errno));
    decline(r, in, 500);
}

/* May it be here, in part or whole? Its octets are known by their hash alone. */
static bool known(const struct receiver *r, const struct incoming *in)
{
    return r->folder >= 0 && in->mode == PUSH_SESSION && !in->holds && in->has_sha1 &&
           in->told != UINT64_MAX && in->told > 0 && in->name[0] != '\0';
}

/* A new file. */
static void begin(struct receiver *r, struct incoming *in)
{
    char room[64];

    if (store_open(&in->file, in->holds ? -1 : r->folder, name_of(in, room)) != SP_OK) {
        cannot(r, in);
        return;
    }
    if (known(r, in))
        store_claim(&in->file, &r->parts, in->told, in->sha1);
    accept(r, in);
}

static void not_here(struct receiver *r, struct incoming *in);

/* The next file of this name that could be it; when there is none, nothing of it is here. */
static void look(struct receiver *r, struct incoming *in)
{
    in->state = INCOMING_LOOKING;
    in->looked = in->looked > 0 ? in->looked : 1;
    if (store_whole(&in->file, r->folder, sp_str(in->name), in->told, &in->looked) != SP_OK)
        not_here(r, in);
}

/* Its sender begins again before we saw that the push before was cut: that one is left. */
static void replace(struct receiver *r, const struct incoming *in)
{
    for (struct incoming *one = r->all; one != NULL; one = one->next)
        if (one != in && one->state == INCOMING_FLOWING && !one->file.whole &&
            one->told == in->told && one->has_sha1 &&
            memcmp(one->sha1, in->sha1, sizeof in->sha1) == 0) {
            store_leave(&one->file, &r->parts);
            (void)!push_receiver_abort(r->agent, sp_net_now_us(), one->push, SP_INTERRUPTED);
        }
}

/* Where it goes on, if it does. */
static void prepare(struct receiver *r, struct incoming *in)
{
    if (known(r, in) && in->offset > 0)
        replace(r, in);
    if (!known(r, in)) {
        begin(r, in);
    } else if (store_resume(&in->file, r->folder, &r->parts, sp_str(in->name), in->told,
                            in->sha1) == SP_OK) {
        if (in->offset > in->file.there)
            decline_part(r, in, in->file.there);
        else
            in->state = INCOMING_REHASHED;
    } else if (in->offset > 0) {
        look(r, in);
    } else {
        begin(r, in);
    }
}

/* Of no use here: a MESSAGE came with its content and is delivered; a file is told to be here. */
static void skip(struct receiver *r, struct incoming *in)
{
    if (in->mode == PUSH_PAGER || in->name[0] == '\0') {
        in->skipped = true;
        accept(r, in);
    } else if (in->have == RULES_HERE) {
        decline_part(r, in, in->told);
    } else {
        decline(r, in, 488);
    }
}

/* The rules, then a person, then what is here of it. */
static void judge(struct receiver *r, struct incoming *in)
{
    uint16_t status = 480; /* as many came as were wanted, or we are leaving */

    in->state = INCOMING_OFFERED;
    if (r->end_us != SP_NEVER) {
        decline(r, in, status);
        return;
    }
    switch (recv_judge(r, in, &status)) {
    case RULES_DECLINE: decline(r, in, status); return;
    case RULES_SKIP: skip(r, in); return;
    case RULES_HAVE:
        if (known(r, in)) {
            look(r, in);
        } else {
            in->have = RULES_NOT_HERE;
            judge(r, in);
        }
        return;
    case RULES_ACCEPT: break;
    }
    if (r->ask && !in->granted && in->at_once)
        decline(r, in, 480); /* nobody can be asked so soon */
    else if (r->ask && !in->granted)
        in->state = INCOMING_ASKED;
    else
        prepare(r, in);
}

/* All of the files of its name were looked at. */
static void not_here(struct receiver *r, struct incoming *in)
{
    bool by_rule = in->have == RULES_UNKNOWN && r->rules_text != NULL;

    in->have = RULES_NOT_HERE;
    if (by_rule)
        judge(r, in);
    else
        decline_part(r, in, 0);
}

/* One question at a time. */
static void ask(struct receiver *r, struct incoming *in)
{
    int answer;

    if (r->asked == NULL) {
        r->asked = in;
        recv_ask(r, in);
    }
    if (r->asked != in || (answer = recv_answer(r)) < 0)
        return;
    r->asked = NULL;
    in->granted = answer == 1;
    if (in->granted)
        judge(r, in); /* it may be too late by now */
    else
        decline(r, in, 603);
}

void recv_offered(struct receiver *r, const struct push_receiver_action *action)
{
    struct incoming *in = incoming_of(r, action);

    if (in == NULL) {
        (void)!push_receiver_decide(r->agent, sp_net_now_us(), action->push, 500, 0);
        return;
    }
    judge(r, in);
}

/* One step of hashing. */
static void step(struct receiver *r, struct incoming *in)
{
    enum sp_err err = store_rehash(&in->file, STEP_OCTETS);

    if (err == SP_PARTIAL)
        return;
    if (in->state == INCOMING_REHASHED) {
        if (err == SP_OK)
            accept(r, in);
        else
            cannot(r, in);
        return;
    }
    if (err != SP_OK || !store_is(&in->file, in->sha1)) {
        store_drop(&in->file);
        look(r, in);
    } else if (in->have == RULES_UNKNOWN && r->rules_text != NULL && in->offset == 0) {
        in->have = RULES_HERE;
        store_drop(&in->file);
        judge(r, in);
    } else {
        accept(r, in);
    }
}

bool recv_work(struct receiver *r)
{
    struct incoming *in = r->all, *next;
    bool             more = false;

    for (; in != NULL; in = next) {
        next = in->next;
        if (in->state == INCOMING_ASKED)
            ask(r, in);
        else if (in->state == INCOMING_LOOKING || in->state == INCOMING_REHASHED) {
            step(r, in); /* it may be gone now */
            more = true;
        }
    }
    return more;
}
