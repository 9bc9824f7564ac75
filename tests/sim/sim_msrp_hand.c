/* SPDX-License-Identifier: MIT
 * tests/sim/sim_msrp_hand.c -- an MSRP peer that answers late, wrongly, twice, or never.
 *
 * It keeps what it has answered with 200 and what it has reported as taken: the sender's account
 * may not know of more. */
#include "sim_msrp.h"

#include <string.h>

#include "../../msrp/msrp_frame.h"
#include "../../msrp/msrp_head.h"

/* A connection of the peer's. */
struct hand {
    struct sp_flow    flow;
    bool              open;
    struct msrp_frame frame;
    char              room[4096];
    /* the chunk that comes */
    char              id[40], mail_id[40], to[160], from[160];
    struct msrp_mail *mail;
    uint64_t          at, first;
    bool              send, report;
};

struct hands {
    struct hand each[16];
    uint32_t    count;
    uint32_t    mood; /* of 1,000: how often it is wrong */
};

/* What it will say after a while. */
struct saying {
    struct hand      *hand;
    struct sp_slice   octets;
    struct msrp_mail *mail; /* NULL: nothing is taken by it */
    uint64_t          from, to;
    uint8_t           mark; /* in there: 1 answered, 2 reported */
};

void msrp_hand_begin(struct sim *sim)
{
    struct hands *hands = sim_room(sim, sizeof *hands);

    hands->mood = sim->fair ? 0 : sim_below(sim, 400);
    ((struct msrp_world *)sim->world)->hand = hands;
}

static void say_now(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct saying    *saying = (struct saying *)(uintptr_t)arg;
    struct msrp_mail *mail = saying->mail;
    struct sp_io      io = { .kind = SP_IO_SEND, .flow = saying->hand->flow };

    if (!saying->hand->open)
        return;
    io.parts[0] = saying->octets;
    for (uint64_t i = saying->from; mail != NULL && i < saying->to && i < mail->octets.len; i++)
        mail->there[i] |= saying->mark;
    while (mail != NULL && mail->prefix < mail->octets.len && mail->there[mail->prefix] != 0)
        mail->prefix++;
    sim_stream_send(node, &io);
    (void)sim;
}

static void say(struct sim *sim, const struct saying *like, uint64_t delay_us)
{
    struct saying *saying = sim_room(sim, sizeof *saying);

    *saying = *like;
    sim_at(&sim->nodes[1], delay_us, say_now, (uint64_t)(uintptr_t)saying);
}

static uint64_t how_late(struct sim *sim, uint32_t mood)
{
    return sim_chance(sim, mood) ? sim_below(sim, 45000) * SIM_MS : 0;
}

/* The response to a chunk of octets [first, at). */
static void answer(struct sim *sim, struct hand *hand, uint32_t mood)
{
    static const unsigned wrong[] = { 400, 403, 408, 413, 415, 423, 481, 501, 506 };
    struct saying         saying = { .hand = hand, .from = hand->first, .to = hand->at };
    unsigned              status = 200;
    const char           *id = hand->id;

    if (sim_chance(sim, mood / 4))
        return; /* never */
    if (sim_chance(sim, mood / 4))
        status = wrong[sim_below(sim, sizeof wrong / sizeof wrong[0])];
    if (sim_chance(sim, mood / 8))
        id = "nobody1";
    if (status == 200 && id == hand->id) {
        saying.mail = hand->mail;
        saying.mark = 1;
    }
    saying.octets = sim_text(sim, "MSRP %s %u\r\nTo-Path: %s\r\nFrom-Path: %s\r\n-------%s$\r\n",
                             id, status, hand->from, hand->to, id);
    if (sim_chance(sim, mood / 50))
        saying.octets = SP_LIT("this is no MSRP\r\n");
    say(sim, &saying, how_late(sim, mood));
    if (sim_chance(sim, mood / 8))
        say(sim, &saying, how_late(sim, mood)); /* twice */
}

/* A REPORT of octets [from, to), or of others. */
static void report(struct sim *sim, struct hand *hand, uint32_t mood)
{
    struct msrp_mail *mail = hand->mail;
    struct saying     saying = { .hand = hand, .mail = mail, .from = 0, .mark = 2 };
    unsigned          status = sim_chance(sim, mood / 4) ? 413 : 200;
    uint64_t          total = mail->octets.len;

    if (sim_chance(sim, mood / 4))
        return;
    saying.to = total;
    if (sim_chance(sim, mood) && total > 1) { /* a part of it; the rest later, or never */
        saying.from = sim_below(sim, (uint32_t)total);
        if (sim_chance(sim, 500))
            report(sim, hand, mood / 2);
    }
    if (status != 200)
        saying.mail = NULL;
    saying.octets = sim_text(
        sim,
        "MSRP r%u%x REPORT\r\nTo-Path: %s\r\nFrom-Path: %s\r\nMessage-ID: %s\r\nByte-Range: "
        "%llu-%llu/%llu\r\nStatus: 000 %u\r\n-------r%u%x$\r\n",
        1000u + (unsigned)saying.from, 0xabcu, hand->from, hand->to, hand->mail_id,
        (unsigned long long)saying.from + 1, (unsigned long long)saying.to,
        (unsigned long long)total, status, 1000u + (unsigned)saying.from, 0xabcu);
    say(sim, &saying, how_late(sim, mood));
}

/* ---- what comes */

static void keep(char *to, size_t room, struct sp_slice octets)
{
    size_t len = octets.len < room - 1 ? octets.len : room - 1;

    memcpy(to, octets.at, len);
    to[len] = '\0';
}

static void head(struct sim *sim, struct hand *hand)
{
    struct msrp_head head;
    struct sp_where  where;

    hand->send = hand->report = false;
    hand->mail = NULL;
    if (msrp_head_parse(hand->frame.octets, &head, &where) != SP_OK) {
        sim_fail(sim, "an endpoint writes what cannot be read");
        return;
    }
    if (head.response || head.method != MSRP_SEND)
        return;
    hand->send = true;
    keep(hand->id, sizeof hand->id, head.id);
    keep(hand->mail_id, sizeof hand->mail_id, head.message_id);
    keep(hand->to, sizeof hand->to, head.to_path);
    keep(hand->from, sizeof hand->from, head.from_path);
    hand->report = head.success_report;
    hand->first = hand->at = head.has_range ? head.range.from - 1 : 0;
    if (head.content_type.len > 0)
        hand->mail = msrp_mail_of(sim, head.content_type);
}

static void body(struct sim *sim, struct hand *hand)
{
    struct sp_slice octets = hand->frame.octets, due;

    if (hand->mail == NULL)
        return;
    due = sp_head(sp_from(hand->mail->octets, (size_t)hand->at), octets.len);
    if (!sp_eq(octets, due))
        sim_fail(sim, "octets at %llu differ from what is sent", (unsigned long long)hand->at);
    hand->at += octets.len;
}

static void take(struct sim *sim, struct hands *hands, struct hand *hand, struct sp_slice octets)
{
    enum msrp_frame_event event;

    while (!sim->failed && (event = msrp_frame_next(&hand->frame, &octets)) != MSRP_FRAME_NONE) {
        if (event == MSRP_FRAME_BROKEN)
            sim_fail(sim, "an endpoint sends no frames");
        else if (event == MSRP_FRAME_HEAD)
            head(sim, hand);
        else if (event == MSRP_FRAME_BODY)
            body(sim, hand);
        else if (hand->send) {
            answer(sim, hand, hands->mood);
            if (hand->frame.flag == '$' && hand->report && hand->mail != NULL)
                report(sim, hand, hands->mood);
        }
    }
}

static struct hand *hand_of(struct hands *hands, uint64_t flow_id)
{
    for (uint32_t i = 0; i < hands->count; i++)
        if (hands->each[i].flow.id == flow_id)
            return &hands->each[i];
    return NULL;
}

void msrp_hand_note(struct sim *sim, struct sim_node *node, const struct sim_note *note)
{
    struct hands           *hands = ((struct msrp_world *)sim->world)->hand;
    const struct sim_event *event = note->hand;
    struct hand            *hand = hand_of(hands, event->flow.id);

    (void)node;
    if (event->kind == SIM_ACCEPTED && hands->count < sizeof hands->each / sizeof hands->each[0]) {
        hand = &hands->each[hands->count++];
        hand->flow = event->flow;
        hand->open = true;
        msrp_frame_init(&hand->frame, hand->room, sizeof hand->room);
    } else if (hand != NULL && event->kind == SIM_RECEIVED) {
        take(sim, hands, hand, sp_slice(event->octets, event->len));
    } else if (hand != NULL && event->kind == SIM_CLOSED) {
        hand->open = false;
    }
}
