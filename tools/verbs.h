/* SPDX-License-Identifier: MIT
 * tools/verbs.h -- the verbs there are, a file each. Each yields the exit code. */
#ifndef SIPUSH_TOOLS_VERBS_H
#define SIPUSH_TOOLS_VERBS_H

#include "opt.h"

#define SIPUSH_VERSION "0.1.0"

/* `argv` from the first word after the verb on. */
int verb_send(int argc, char **argv);
int verb_recv(int argc, char **argv);
int verb_call(int argc, char **argv);
int verb_answer(int argc, char **argv);
int verb_lint(int argc, char **argv);
int verb_relay(int argc, char **argv);

/* Their options. */
extern const struct opt_verb verb_send_options, verb_recv_options, verb_call_options,
    verb_answer_options, verb_lint_options, verb_relay_options;

#endif
