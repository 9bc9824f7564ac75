/* SPDX-License-Identifier: MIT
 * tools/term.h -- words for people: escaped, coloured where that is wanted, and a progress bar.
 *
 * What a peer sent never reaches a terminal with its control characters: they stand as \xNN. Colour
 * and the bar appear only on a terminal; NO_COLOR is honoured. */
#ifndef SIPUSH_TOOLS_TERM_H
#define SIPUSH_TOOLS_TERM_H

#include <stdio.h>

#include "../base/slice.h"

/* On one line: each control character, backslash and octet that is no UTF-8 becomes \xNN. */
void term_put(FILE *to, struct sp_slice octets);
/* The same, but line ends (CRLF, LF) stay, and each line begins with `before`. */
void term_put_lines(FILE *to, struct sp_slice octets, const char *before);

enum term_colour { TERM_PLAIN, TERM_GOOD, TERM_BAD, TERM_FAINT };
/* A word in a colour, when `to` is a terminal that may have colours. */
void term_word(FILE *to, enum term_colour colour, const char *word);

/* The bar: a name, part, rate and time left; drawn over itself on stderr. */
struct term_progress {
    bool     shown; /* stderr is a terminal, and nobody said -q */
    bool     drawn; /* there is a bar on the line now */
    uint64_t from_us, last_us;
    uint64_t from_octets;
};
void term_progress_init(struct term_progress *bar, bool quiet);
/* `done` of `total` octets at `now_us`; drawn at most ten times a second. */
void term_progress_show(struct term_progress *bar, struct sp_slice name, uint64_t done,
                        uint64_t total, uint64_t now_us);
/* Take the bar away, before other words or at the end. */
void term_progress_clear(struct term_progress *bar);

/* Octets as people read them ("1.5 MiB"), into `room` (at least 24). */
const char *term_size(char *room, size_t octets, uint64_t value);

#endif
