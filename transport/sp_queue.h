/* SPDX-License-Identifier: MIT
 * transport/sp_queue.h -- octets that wait for a connection, in order.
 *
 * A ring in memory that the caller gave. An empty ring starts again at its first octet, so that
 * only as much memory is ever touched as was once needed. Never grows: what does not fit is
 * refused whole. */
#ifndef SIPUSH_TRANSPORT_SP_QUEUE_H
#define SIPUSH_TRANSPORT_SP_QUEUE_H

#include "../base/slice.h"

struct sp_queue {
    char  *room;
    size_t capacity;
    size_t from, used; /* the place of the first octet; how many there are */
};

void sp_queue_init(struct sp_queue *queue, char *room, size_t capacity);
/* Add at the end. SP_LIMIT: no room, and nothing was added. */
SP_MUST_USE enum sp_err sp_queue_put(struct sp_queue *queue, struct sp_slice octets);
/* What waits, as at most two runs in order; yields how many there are. */
size_t sp_queue_runs(const struct sp_queue *queue, struct sp_slice runs[2]);
/* The first `octets` went out. */
void sp_queue_drop(struct sp_queue *queue, size_t octets);

#endif
