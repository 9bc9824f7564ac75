/* SPDX-License-Identifier: MIT
 * transport/sp_queue.c -- octets that wait for a connection, in order. */
#include "sp_queue.h"

#include <assert.h>
#include <string.h>

void sp_queue_init(struct sp_queue *queue, char *room, size_t capacity)
{
    *queue = (struct sp_queue){ .room = room, .capacity = capacity };
}

enum sp_err sp_queue_put(struct sp_queue *queue, struct sp_slice octets)
{
    size_t to, before_end;

    if (octets.len > queue->capacity - queue->used)
        return SP_LIMIT;
    if (octets.len == 0)
        return SP_OK;
    to = (queue->from + queue->used) % queue->capacity;
    before_end = queue->capacity - to;
    if (before_end > octets.len)
        before_end = octets.len;
    memcpy(queue->room + to, octets.at, before_end);
    if (octets.len > before_end)
        memcpy(queue->room, octets.at + before_end, octets.len - before_end);
    queue->used += octets.len;
    return SP_OK;
}

size_t sp_queue_runs(const struct sp_queue *queue, struct sp_slice runs[2])
{
    size_t before_end = queue->capacity - queue->from;

    if (queue->used == 0)
        return 0;
    if (queue->used <= before_end) {
        runs[0] = sp_slice(queue->room + queue->from, queue->used);
        return 1;
    }
    runs[0] = sp_slice(queue->room + queue->from, before_end);
    runs[1] = sp_slice(queue->room, queue->used - before_end);
    return 2;
}

void sp_queue_drop(struct sp_queue *queue, size_t octets)
{
    assert(octets <= queue->used);
    queue->used -= octets;
    queue->from = queue->used == 0 ? 0 : (queue->from + octets) % queue->capacity;
}
