/* SPDX-License-Identifier: MIT
 * tests/unit/push_unit_user.c -- the users of both agents, played. */
#include <stdio.h>

#include "push_unit.h"
#include "unit.h"

static void word(struct push_unit *unit, const char *text, uint64_t number)
{
    size_t used = strlen(unit->words);

    if (used + 40 < sizeof(unit->words))
        snprintf(unit->words + used, sizeof(unit->words) - used, "%s%s %llu", used > 0 ? ", " : "",
                 text, (unsigned long long)number);
}

static void give(struct push_unit *unit, const struct push_sender_action *action)
{
    struct push_unit_out *out = &unit->outs[action->index];
    struct sp_slice       octets = sp_from(out->octets, (size_t)action->offset);
    size_t                most = (size_t)action->octets;

    out->wants++;
    if (unit->abort_after > 0 && action->offset >= unit->abort_after) {
        ck_assert_int_eq(push_sender_abort(unit->sender, unit->now_us, unit->order), SP_OK);
        unit->abort_after = 0;
        return;
    }
    ck_assert_uint_gt(octets.len, 0);
    if (unit->step > 0 && most > unit->step)
        most = unit->step;
    if (unit->unreadable)
        octets = sp_slice(NULL, 0);
    push_sender_content(unit->sender, unit->now_us, action->order, action->index, action->offset,
                        sp_head(octets, most));
}

static void sender_note(struct push_unit *unit, const struct push_sender_action *action)
{
    struct push_unit_out *out = &unit->outs[action->index];

    switch (action->kind) {
    case PUSH_SENDER_IO: push_unit_perform(unit, PUSH_UNIT_SENDER, &action->io); break;
    case PUSH_SENDER_CHOSEN:
        unit->chosen++;
        unit->mode = action->mode;
        ck_assert_uint_gt(strlen(action->why), 0);
        break;
    case PUSH_SENDER_WANT: give(unit, action); break;
    case PUSH_SENDER_STARTED:
        word(unit, "STARTED", action->index);
        out->started++;
        out->progress = action->offset;
        break;
    case PUSH_SENDER_PROGRESS:
        ck_assert_uint_ge(action->offset, out->progress);
        out->progress = action->offset;
        break;
    case PUSH_SENDER_CONTENT_ENDED:
        word(unit, sp_err_name(action->err), action->index);
        out->ended++;
        out->err = action->err;
        out->status = action->status;
        snprintf(out->timer, sizeof(out->timer), "%s", action->timer != NULL ? action->timer : "");
        snprintf(out->reason, sizeof(out->reason), "%.*s", SP_ARG(action->reason));
        break;
    case PUSH_SENDER_ASKED:
        unit->asked++;
        unit->wanted_octets = action->wanted.octets;
        snprintf(unit->wanted, sizeof(unit->wanted), "%.*s", SP_ARG(action->wanted.name));
        unit->serve_err = push_sender_serve(unit->sender, unit->now_us, action->order, unit->served,
                                            unit->serve_status, 7);
        break;
    case PUSH_SENDER_ENDED:
        word(unit, "ENDED", action->user);
        unit->ended++;
        unit->rtt_us = action->rtt_us;
        break;
    }
}

static struct push_unit_in *in_of(struct push_unit *unit, struct sp_handle push)
{
    for (int i = 0; i < unit->offered; i++)
        if (sp_handle_eq(unit->ins[i].push, push))
            return &unit->ins[i];
    ck_abort_msg("a note about a push that was never offered");
    return NULL;
}

static void take_offer(struct push_unit *unit, const struct push_receiver_action *action)
{
    struct push_unit_in *in = &unit->ins[unit->offered];
    uint16_t             status = unit->decide[unit->offered];

    ck_assert_int_lt(unit->offered, PUSH_UNIT_CONTENTS);
    word(unit, "OFFERED", (uint64_t)unit->offered);
    unit->offered++;
    in->push = action->push;
    in->mode = action->mode;
    in->at_once = action->at_once;
    in->announced = action->content.octets;
    in->offset = action->content.offset;
    in->extent = in->offset;
    in->room = in->offset + 1;
    in->octets = unit_room((size_t)in->room);
    in->has_sha1 = action->content.has_sha1;
    memcpy(in->sha1, action->content.sha1, sizeof(in->sha1));
    in->expires_s = action->expires_s;
    in->undated = action->undated;
    snprintf(in->name, sizeof(in->name), "%.*s", SP_ARG(action->content.name));
    snprintf(in->type, sizeof(in->type), "%.*s", SP_ARG(action->content.type));
    snprintf(in->app, sizeof(in->app), "%.*s", SP_ARG(action->app));
    snprintf(in->icon_type, sizeof(in->icon_type), "%.*s", SP_ARG(action->content.icon_type));
    ck_assert_uint_le(action->content.icon.len, sizeof(in->icon));
    in->icon_octets = action->content.icon.len;
    in->modified_s = action->content.modified_s;
    if (in->icon_octets > 0)
        memcpy(in->icon, action->content.icon.at, in->icon_octets);
    snprintf(in->from, sizeof(in->from), "%.*s", SP_ARG(action->from));
    if (unit->parts && action->content.offset > unit->have[in->name[0] - 'a'])
        unit_err(push_receiver_decide_part(unit->receiver, unit->now_us, action->push,
                                           unit->have[in->name[0] - 'a']),
                 SP_OK);
    else if (!unit->hold || in->at_once)
        unit_err(push_receiver_decide(unit->receiver, unit->now_us, action->push,
                                      status != 0 ? status : 200, 1000 + (uint64_t)unit->offered),
                 SP_OK);
}

static void take_content(struct push_unit *unit, const struct push_receiver_action *action)
{
    struct push_unit_in *in = in_of(unit, action->push);
    uint64_t             to = action->offset + action->octets.len;

    if (to > in->room) {
        char *more = unit_room((size_t)to * 2);

        memcpy(more, in->octets, (size_t)in->extent);
        in->octets = more;
        in->room = to * 2;
    }
    in->extent = to > in->extent ? to : in->extent;
    memcpy(in->octets + action->offset, action->octets.at, action->octets.len);
    unit->came += action->octets.len;
    if (unit->cut_after > 0 && unit->came >= unit->cut_after) {
        unit->cut_after = 0;
        push_unit_cut(unit);
    }
    if (unit->close_after > 0 && unit->came >= unit->close_after) {
        unit->close_after = 0;
        push_receiver_close(unit->receiver, unit->now_us);
    }
    if (unit->give_up_after > 0 && unit->came >= unit->give_up_after) {
        unit->give_up_after = 0;
        unit_err(push_receiver_abort(unit->receiver, unit->now_us, action->push, SP_STORAGE),
                 SP_OK);
    }
}

static void receiver_note(struct push_unit *unit, const struct push_receiver_action *action)
{
    struct push_unit_in *in;

    switch (action->kind) {
    case PUSH_RECEIVER_PULL_FAILED: word(unit, "PULL_FAILED", action->status); break;
    case PUSH_RECEIVER_REGISTRATION: word(unit, sp_err_name(action->err), action->status); break;
    case PUSH_RECEIVER_IO: push_unit_perform(unit, PUSH_UNIT_RECEIVER, &action->io); break;
    case PUSH_RECEIVER_OFFERED: take_offer(unit, action); break;
    case PUSH_RECEIVER_CONTENT: take_content(unit, action); break;
    case PUSH_RECEIVER_COMPLETE:
        in = in_of(unit, action->push);
        in->completes++;
        ck_assert_uint_eq(action->total, in->extent);
        if (unit->refuse != 0)
            unit_err(push_receiver_refuse(unit->receiver, unit->now_us, action->push, unit->refuse),
                     SP_OK);
        else if (!unit->hold_stored)
            unit_err(
                push_receiver_stored(unit->receiver, unit->now_us, action->push, unit->store_err),
                SP_OK);
        break;
    case PUSH_RECEIVER_DELIVERED:
        in = in_of(unit, action->push);
        in->delivered++;
        word(unit, "DELIVERED", (uint64_t)(in - unit->ins));
        unit_err(push_receiver_stored(unit->receiver, unit->now_us, action->push, SP_OK), SP_STALE);
        break;
    case PUSH_RECEIVER_FAILED:
        in = in_of(unit, action->push);
        in->failed++;
        in->err = action->err;
        in->status = action->status;
        word(unit, "FAILED", (uint64_t)(in - unit->ins));
        break;
    }
}

void push_unit_drain(struct push_unit *unit)
{
    struct push_sender_action   sent;
    struct push_receiver_action received;

    while (push_sender_next(unit->sender, &sent))
        sender_note(unit, &sent);
    while (push_receiver_next(unit->receiver, &received))
        receiver_note(unit, &received);
}

struct sp_slice push_unit_pattern(size_t octets, unsigned salt)
{
    char    *room = unit_room(octets > 0 ? octets : 1);
    uint32_t state = salt * 2654435761u + 1;

    for (size_t i = 0; i < octets; i++) {
        state = state * 1664525u + 1013904223u;
        room[i] = (char)(state >> 24);
    }
    return sp_slice(room, octets);
}

struct push_content push_unit_content(const char *name, const char *type, struct sp_slice octets,
                                      bool at_hand)
{
    struct push_content content = { .name = sp_str(name), .type = sp_str(type) };
    struct sp_sha1      sha;

    sp_sha1_init(&sha);
    sp_sha1_add(&sha, octets);
    sp_sha1_end(&sha, content.sha1);
    content.has_sha1 = true;
    content.octets = octets.len;
    content.body = at_hand ? octets : sp_slice(octets.at, 0);
    return content;
}

enum sp_err push_unit_order_to(struct push_unit *unit, const char *to, enum push_mode mode,
                               bool parallel, const struct push_content *contents, uint32_t count)
{
    struct push_order order = {
        .to = sp_str(to),
        .mode = mode,
        .contents = contents,
        .count = count,
        .parallel = parallel,
        .query = unit->query,
        .retries = unit->retries,
        .apps = sp_str(unit->apps != NULL ? unit->apps : ""),
        .user = 7,
    };

    for (uint32_t i = 0; i < count && i < PUSH_UNIT_CONTENTS; i++)
        unit->outs[i].octets = sp_slice(contents[i].body.at, (size_t)contents[i].octets);
    return push_sender_submit(unit->sender, unit->now_us, &order, &unit->order);
}

enum sp_err push_unit_order(struct push_unit *unit, enum push_mode mode, bool parallel,
                            const struct push_content *contents, uint32_t count)
{
    return push_unit_order_to(unit, "sip:bob@192.0.2.2", mode, parallel, contents, count);
}
