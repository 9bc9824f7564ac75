/* SPDX-License-Identifier: MIT
 * tools/hook.h -- a command that is run for each push (--on-push).
 *
 * It is a program and its words, split at blanks: no shell is asked unless --shell says so, and
 * what a peer sent never gets into a command line, only into the environment, its control
 * characters taken out. Runs aside, some at once, the others in turn; its output goes to stderr. */
#ifndef SIPUSH_TOOLS_HOOK_H
#define SIPUSH_TOOLS_HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOOK_AT_ONCE 4

/* Set for what is run: its SIPUSH_ variables are those of a push, not options of a `sipush` that it
 * may run itself. */
#define HOOK_MARK "SIPUSH_IN_HOOK"

struct hook_run;

struct hook {
    const char      *command; /* NULL: none */
    bool             shell;
    struct hook_run *waiting, **last; /* in turn */
    long             pids[HOOK_AT_ONCE];
    unsigned         failed; /* runs that ended with another code than 0 */
};

/* One more run. `names` and `values`: `count` variables of its environment. False: no memory. */
bool hook_add(struct hook *hook, const char *const *names, const char *const *values, size_t count);
/* Start what may start, look after what ended. True: something runs or waits. */
bool hook_work(struct hook *hook);
/* In the child: nothing of ours stays in the environment, neither options nor the password. */
void hook_bare(void);
/* The octets of a peer, fit for an environment: in place. */
void hook_clean(char *text);
/* Nothing is started any more. */
void hook_end(struct hook *hook);

#endif
