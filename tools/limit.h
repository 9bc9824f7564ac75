/* SPDX-License-Identifier: MIT
 * tools/limit.h -- every limit of base/limits.h and transport/sp_net.h by its name: --limit NAME=N.
 *
 * A size may end in K, M or G. Nothing is checked but that a number fits and is not below what the
 * code can do with at all: who sets limits against each other gets what they make. */
#ifndef SIPUSH_TOOLS_LIMIT_H
#define SIPUSH_TOOLS_LIMIT_H

#include <stdio.h>

#include "../base/limits.h"
#include "../transport/sp_net.h"

/* Set what `text`, "name=number", says, in one of the two. False: there is no such limit, or it
 * cannot have that number. */
bool limit_set(const char *text, struct sp_limits *limits, struct sp_net_config *net);
/* The names, a line each, with the numbers that they have. */
void limit_list(FILE *to, const struct sp_limits *limits, const struct sp_net_config *net);
/* How many there are. */
size_t limit_count(void);

#endif
