/* SPDX-License-Identifier: MIT
 * push/push_verdict.h -- what an answer means to the sender. RFC 3261 21, RFC 3428 7, RFC 4975 8.6.
 *
 * A table and a pure function: the same answer always means the same. Never: sends anything again
 * that its receiver refused (603, 606). */
#ifndef SIPUSH_PUSH_PUSH_VERDICT_H
#define SIPUSH_PUSH_PUSH_VERDICT_H

#include "push.h"

enum push_verdict {
    PUSH_VERDICT_DELIVERED,
    PUSH_VERDICT_PENDING,  /* 202: somebody in between took it */
    PUSH_VERDICT_REFUSED,  /* this content; the next one may fare better */
    PUSH_VERDICT_HOPELESS, /* the target: no content of the order gets further */
    PUSH_VERDICT_LATER,    /* the same again, after a while */
    PUSH_VERDICT_MODE,     /* the same in the other mode */
};

struct push_reply {
    enum push_mode mode;   /* in which it was asked for */
    uint16_t       status; /* 0: no answer came, or no connection came about */
    bool           has_retry_after;
    uint32_t       retry_after_s;
    uint32_t       tries;      /* that were made, this one included */
    uint32_t       retries;    /* how often the same may be asked for again */
    bool           other_mode; /* the other mode may be chosen and can carry it */
};

/* `after_ms` is set for LATER: Retry-After where it was given, else twice as long each time. */
enum push_verdict push_verdict_of(const struct push_reply *reply, uint64_t *after_ms);

#endif
