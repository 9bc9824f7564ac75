/* SPDX-License-Identifier: MIT
 * tests/sim/sim.c -- the seed, the clock, and the heap of what will happen.
 *
 * Promises: what happens at one moment happens in the order in which it was put; nothing is drawn
 * but from the seed. */
#include "sim.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Longer than any timer of any agent that has nothing left to do, many times over. */
#define REST_US (UINT64_C(8) * 3600 * SIM_S)
/* An agent that wants to be ticked so often without the clock going on turns in a circle. */
#define MOVES 100000

struct block {
    struct block *next;
    max_align_t   octets[];
};

/* ---- the seed */

/* splitmix64 */
static uint64_t draw(struct sim *sim)
{
    uint64_t z = sim->random += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint32_t sim_below(struct sim *sim, uint32_t limit)
{
    return limit > 0 ? (uint32_t)((draw(sim) >> 32) * limit >> 32) : 0;
}

uint32_t sim_between(struct sim *sim, uint32_t least, uint32_t most)
{
    return most > least ? least + sim_below(sim, most - least + 1) : least;
}

bool sim_chance(struct sim *sim, uint32_t share)
{
    return sim_below(sim, 1000) < share;
}

/* ---- room */

void *sim_room(struct sim *sim, size_t octets)
{
    struct block *block = calloc(1, sizeof *block + octets);

    if (block == NULL)
        abort();
    block->next = sim->blocks;
    sim->blocks = block;
    return block->octets;
}

struct sp_slice sim_text(struct sim *sim, const char *format, ...)
{
    va_list list;
    char    line[1024], *room;
    int     len;

    va_start(list, format);
    len = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    if (len < 0 || (size_t)len >= sizeof line)
        abort();
    room = sim_room(sim, (size_t)len + 1);
    memcpy(room, line, (size_t)len);
    return sp_slice(room, (size_t)len);
}

struct sp_slice sim_pattern(struct sim *sim, size_t octets, uint64_t salt)
{
    char    *room = sim_room(sim, octets + 1);
    uint64_t state = salt * UINT64_C(0x9E3779B97F4A7C15) + 1;

    for (size_t i = 0; i < octets; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        room[i] = (char)(state >> 56);
    }
    return sp_slice(room, octets);
}

void sim_fail(struct sim *sim, const char *format, ...)
{
    va_list list;

    if (sim->failed)
        return;
    sim->failed = true;
    va_start(list, format);
    (void)vsnprintf(sim->words, sizeof sim->words, format, list);
    va_end(list);
    if (sim->trace != NULL)
        fprintf(sim->trace, "%llu ORACLE %s\n", (unsigned long long)sim->now_us, sim->words);
}

/* ---- the heap */

static bool before(const struct sim_event *a, const struct sim_event *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void push(struct sim *sim, struct sim_event *event)
{
    size_t at = sim->used++;

    if (at == sim->room) {
        sim->room = sim->room > 0 ? 2 * sim->room : 256;
        sim->heap = realloc(sim->heap, sim->room * sizeof(struct sim_event *));
        if (sim->heap == NULL)
            abort();
    }
    for (; at > 0 && before(event, sim->heap[(at - 1) / 2]); at = (at - 1) / 2)
        sim->heap[at] = sim->heap[(at - 1) / 2];
    sim->heap[at] = event;
}

static struct sim_event *pop(struct sim *sim)
{
    struct sim_event *top = sim->heap[0], *last = sim->heap[--sim->used];
    size_t            at = 0, child;

    while ((child = 2 * at + 1) < sim->used) {
        if (child + 1 < sim->used && before(sim->heap[child + 1], sim->heap[child]))
            child++;
        if (!before(sim->heap[child], last))
            break;
        sim->heap[at] = sim->heap[child];
        at = child;
    }
    if (sim->used > 0)
        sim->heap[at] = last;
    return top;
}

void sim_put(struct sim *sim, const struct sim_event *like, struct sp_slice octets,
             uint64_t delay_us)
{
    struct sim_event *event = malloc(sizeof *event + octets.len);

    if (event == NULL)
        abort();
    *event = *like;
    event->at_us = sim->now_us + delay_us;
    event->order = sim->order++;
    event->len = octets.len;
    if (octets.len > 0)
        memcpy(event->octets, octets.at, octets.len);
    push(sim, event);
}

void sim_at(struct sim_node *node, uint64_t                                              delay_us,
            void (*user)(struct sim *sim, struct sim_node *node, uint64_t arg), uint64_t arg)
{
    struct sim_event event = { .kind = SIM_USER, .node = node, .life = node->life };

    event.user = user;
    event.arg = arg;
    sim_put(node->sim, &event, sp_slice(NULL, 0), delay_us);
}

/* ---- the weather */

static uint32_t drawn(struct sim *sim, uint32_t most)
{
    return sim_chance(sim, 300) ? 0 : sim_between(sim, 0, most);
}

static void draw_weather(struct sim *sim, const struct sim_weather *most)
{
    struct sim_weather *w = &sim->weather;

    w->delay_ms = drawn(sim, most->delay_ms);
    w->jitter_ms = drawn(sim, most->jitter_ms);
    sim->fair = sim_chance(sim, 250);
    sim->mild = sim->fair && sim_chance(sim, 500);
    if (sim->mild) {
        w->loss = sim_between(sim, 1, most->loss < 30 ? most->loss : 30);
        w->twice = drawn(sim, most->twice);
        w->late = drawn(sim, most->late);
        w->late_ms = 1000;
    }
    if (sim->fair)
        return;
    w->loss = drawn(sim, most->loss);
    w->twice = drawn(sim, most->twice);
    w->late = drawn(sim, most->late);
    w->late_ms = most->late_ms;
    w->corrupt = sim_chance(sim, 250) ? drawn(sim, most->corrupt) : 0;
    w->mtu = most->mtu > 0 && sim_chance(sim, 300) ? sim_between(sim, most->mtu, 1500) : 0;
    w->refused = drawn(sim, most->refused);
    w->silent = drawn(sim, most->silent);
    w->cut = drawn(sim, most->cut);
    w->cut_octets = sim_between(sim, 1, most->cut_octets);
    w->slow = drawn(sim, most->slow);
    w->octets_s = most->octets_s;
    w->unresolved = drawn(sim, most->unresolved);
    w->parts = drawn(sim, most->parts);
    w->part_ms = most->part_ms;
    w->crashes = drawn(sim, most->crashes);
    w->down_ms = most->down_ms;
}

/* When nodes are parted and when they crash: within the time in which orders are given, and a
 * little longer. */
static void plan_weather(struct sim *sim)
{
    struct sim_event event = { .kind = SIM_PART };
    uint32_t         within_ms = sim->scenario->plan.over_ms + 20000;

    for (uint32_t i = 0; i < sim->weather.parts; i++)
        sim_put(sim, &event, sp_slice(NULL, 0), sim_below(sim, within_ms) * SIM_MS);
    event.kind = SIM_CRASH;
    for (uint32_t i = 0; i < sim->weather.crashes; i++)
        sim_put(sim, &event, sp_slice(NULL, 0), sim_below(sim, within_ms) * SIM_MS);
}

static void part(struct sim *sim)
{
    struct sim_event event = { .kind = SIM_HEAL };

    for (int i = 0; i < sim->count; i++)
        sim->nodes[i].part = sim_below(sim, 2);
    sim->counters.parts++;
    sim_put(sim, &event, sp_slice(NULL, 0), sim_between(sim, 1, sim->weather.part_ms) * SIM_MS);
}

static void heal(struct sim *sim)
{
    for (int i = 0; i < sim->count; i++)
        sim->nodes[i].part = 0;
}

static void crash(struct sim *sim)
{
    struct sim_node *node = &sim->nodes[sim_below(sim, (uint32_t)sim->count)];
    struct sim_event event = { .kind = SIM_RESTART, .node = node };

    if (!node->up || node->kind == SIM_HAND)
        return;
    sim->counters.crashes++;
    sim_crash(node);
    event.life = node->life;
    sim_put(sim, &event, sp_slice(NULL, 0), sim_between(sim, 1, sim->weather.down_ms) * SIM_MS);
}

/* ---- what happens */

static void tick(struct sim_node *node, const struct sim_event *event)
{
    if (event->at_us != node->tick_us)
        return; /* it wants another time by now */
    node->tick_us = SP_NEVER;
    sim_feed(node, event);
}

static void happen(struct sim *sim, const struct sim_event *event)
{
    struct sim_node *node = event->node;

    if (node != NULL && (event->life != node->life || (!node->up && event->kind != SIM_RESTART)))
        return;
    switch (event->kind) {
    case SIM_PART: part(sim); break;
    case SIM_HEAL: heal(sim); break;
    case SIM_CRASH: crash(sim); break;
    case SIM_RESTART:
        sim_begin(node);
        if (node->born != NULL)
            node->born(sim, node);
        break;
    case SIM_MOVE: sim_stream_move(sim, event->stream, event->side); break;
    case SIM_USER: event->user(sim, node, event->arg); break;
    case SIM_TICK: tick(node, event); break;
    case SIM_RECEIVED:
    case SIM_ACCEPTED:
    case SIM_CONNECTED:
    case SIM_CLOSED:
    case SIM_SENT:
        if (sim_stream_takes(sim, event))
            sim_feed(node, event);
        break;
    default: sim_feed(node, event); break;
    }
    if (node != NULL && node->up)
        sim_drain(node);
}

static void go(struct sim *sim)
{
    while (sim->used > 0 && !sim->failed) {
        struct sim_event *event = pop(sim);

        if (event->at_us > REST_US)
            sim_fail(sim, "it does not come to rest: event %d for node %d", (int)event->kind,
                     event->node != NULL ? event->node->index : -1);
        if (event->node != NULL) {
            event->node->moves = event->at_us == event->node->moved_us ? event->node->moves + 1 : 0;
            event->node->moved_us = event->at_us;
            if (event->node->moves > MOVES)
                sim_fail(sim, "node %d goes on and on at one moment", event->node->index);
        }
        sim->now_us = event->at_us;
        sim->steps++;
        happen(sim, event);
        free(event);
    }
}

bool sim_run(struct sim *sim, const struct sim_scenario *scenario, uint64_t seed, FILE *trace)
{
    memset(sim, 0, sizeof *sim);
    sim->seed = seed;
    sim->scenario = scenario;
    sim->trace = trace;
    sim->next_id = 1;
    sim->random = seed;
    for (const char *at = scenario->name; *at != '\0'; at++)
        sim->random = draw(sim) ^ (uint8_t)*at;
    sim->family = sim_chance(sim, 300) ? SP_IPV6 : SP_IPV4;
    draw_weather(sim, &scenario->most);
    scenario->start(sim);
    plan_weather(sim);
    go(sim);
    for (int i = 0; i < sim->count && !sim->failed; i++)
        if (sim->nodes[i].up)
            sim_oracle_empty(&sim->nodes[i]);
    if (!sim->failed && scenario->end != NULL)
        scenario->end(sim);
    return !sim->failed;
}

void sim_free(struct sim *sim)
{
    for (int i = 0; i < sim->count; i++)
        free(sim->nodes[i].memory);
    while (sim->used > 0)
        free(pop(sim));
    free(sim->heap);
    sim_stream_free(sim);
    while (sim->blocks != NULL) {
        struct block *block = sim->blocks;

        sim->blocks = block->next;
        free(block);
    }
}
