/* SPDX-License-Identifier: MIT
 * tools/completion.h -- `sipush completion SHELL`: what a shell needs to complete the command, made
 * from the tables of options. */
#ifndef SIPUSH_TOOLS_COMPLETION_H
#define SIPUSH_TOOLS_COMPLETION_H

#include "conf.h"

/* False: no such shell ("bash", "zsh", "fish"). */
bool completion_put(FILE *to, const char *shell, const struct verb *verbs, size_t count);

#endif
