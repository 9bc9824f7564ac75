/* SPDX-License-Identifier: MIT
 * tools/progress.h -- how far a transfer is, for people: part, octets, rate, time left.
 *
 * On a terminal one line, drawn over itself and no wider than it is; elsewhere, where it was asked
 * for, a line of its own now and then. Never: a control character of a name. */
#ifndef SIPUSH_TOOLS_PROGRESS_H
#define SIPUSH_TOOLS_PROGRESS_H

#include <stdio.h>

#include "../base/slice.h"

struct progress {
    bool     shown;
    bool     lines; /* stderr is no terminal: each on a line of its own */
    bool     drawn; /* there is one on the line now */
    uint64_t last_us, last_octets;
    double   rate; /* octets a second, of late; 0: not known yet */
};

/* Shown where stderr is a terminal, or where it is `wanted`; never when `quiet`. */
void progress_init(struct progress *progress, bool quiet, bool wanted);
/* `done` of `total` octets (UINT64_MAX: not known) at `now_us`. Drawn ten times a second at most,
 * as a line once a second, and at the end. */
void progress_show(struct progress *progress, struct sp_slice name, uint64_t done, uint64_t total,
                   uint64_t now_us);
/* Take it away, before other words or at the end. */
void progress_clear(struct progress *progress);

/* What is shown, in at most `columns` (of letters that are one wide). */
void progress_put(FILE *to, struct sp_slice name, uint64_t done, uint64_t total, double rate,
                  unsigned columns);

#endif
