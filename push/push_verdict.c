/* SPDX-License-Identifier: MIT
 * push/push_verdict.c -- what an answer means to the sender: the table. RFC 3261 21, RFC 3428 7. */
#include "push_verdict.h"

/* What waits longer than this is given up (Retry-After), or asked for by then (without it). */
#define LONGEST_WAIT_S 3600
#define FIRST_WAIT_MS  2000
#define LAST_WAIT_MS   32000
/* Who says himself that it is soon better is asked once more, though nobody wanted it repeated. */
#define UNASKED_WAIT_S 32

/* The first row that holds the status counts. Redirections (3xx) and challenges (401, 407) that
 * come as far as this could not be followed below. */
static const struct {
    uint16_t          from, to;
    enum push_verdict pager, session;
} rows[] = {
    { 0, 0, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER },
    { 202, 202, PUSH_VERDICT_PENDING, PUSH_VERDICT_PENDING },
    { 200, 299, PUSH_VERDICT_DELIVERED, PUSH_VERDICT_DELIVERED },
    { 300, 402, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 403, 403, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED },
    { 408, 408, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER },
    { 413, 413, PUSH_VERDICT_MODE, PUSH_VERDICT_REFUSED }, /* too large for a MESSAGE */
    { 415, 415, PUSH_VERDICT_MODE, PUSH_VERDICT_MODE },
    { 480, 480, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER },
    { 486, 486, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER },
    { 488, 488, PUSH_VERDICT_MODE, PUSH_VERDICT_MODE },
    { 491, 491, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER },
    { 404, 499, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 501, 501, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 505, 505, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
    { 513, 513, PUSH_VERDICT_MODE, PUSH_VERDICT_REFUSED },
    { 500, 599, PUSH_VERDICT_LATER, PUSH_VERDICT_LATER },
    { 603, 603, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED }, /* it came, and was refused */
    { 606, 606, PUSH_VERDICT_REFUSED, PUSH_VERDICT_REFUSED },
    { 600, 699, PUSH_VERDICT_HOPELESS, PUSH_VERDICT_HOPELESS },
};

static enum push_verdict look_up(const struct push_reply *reply)
{
    size_t i;

    if (reply->status == 600 && reply->has_retry_after) {
        return PUSH_VERDICT_LATER; /* busy everywhere, but not for long */
    }
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (reply->status >= rows[i].from && reply->status <= rows[i].to) {
            return reply->mode == PUSH_PAGER ? rows[i].pager : rows[i].session;
        }
    }
    return PUSH_VERDICT_HOPELESS;
}

static uint32_t allowed(const struct push_reply *reply)
{
    bool soon = reply->status == 503 && reply->has_retry_after &&
                reply->retry_after_s <= UNASKED_WAIT_S;

    return reply->retries == 0 && soon ? 1 : reply->retries;
}

static uint64_t wait_ms(const struct push_reply *reply)
{
    uint64_t wait = FIRST_WAIT_MS;
    uint32_t tries;

    if (reply->has_retry_after) {
        return reply->retry_after_s * UINT64_C(1000);
    }
    for (tries = reply->tries; tries > 1 && wait < LAST_WAIT_MS; tries--) {
        wait *= 2;
    }
    return wait;
}

enum push_verdict push_verdict_of(const struct push_reply *reply, uint64_t *after_ms)
{
    enum push_verdict verdict = look_up(reply);

    *after_ms = 0;
    if (verdict == PUSH_VERDICT_MODE && !reply->other_mode) {
        return PUSH_VERDICT_REFUSED;
    }
    if (verdict == PUSH_VERDICT_LATER) {
        if (reply->tries > allowed(reply) ||
            (reply->has_retry_after && reply->retry_after_s > LONGEST_WAIT_S)) {
            return PUSH_VERDICT_HOPELESS;
        }
        *after_ms = wait_ms(reply);
    }
    return verdict;
}
