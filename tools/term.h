/* SPDX-License-Identifier: MIT
 * tools/term.h -- words for people: escaped, and coloured where that is wanted.
 *
 * What a peer sent never reaches a terminal with its control characters: they stand as \xNN. Colour
 * appears only on a terminal; NO_COLOR is honoured. */
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

/* Octets as people read them ("1.5 MiB"), into `room` (at least 24). */
const char *term_size(char *room, size_t octets, uint64_t value);

#endif
