/* SPDX-License-Identifier: MIT
 * tools/main.c -- the command `sipush`: finds the verb. */
#include <stdio.h>
#include <string.h>

#include "verbs.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *words;
} verbs[] = {
    { "send", verb_send, "push files or a text" },
    { "recv", verb_recv, "receive pushes" },
    { "call", verb_call, "send one request of any method" },
    { "lint", verb_lint, "check SIP, SDP and MSRP messages" },
    { "relay", verb_relay, "relay MSRP for users with a password" },
};

#define VERBS (sizeof verbs / sizeof verbs[0])

static void help(FILE *to)
{
    fputs("usage: sipush VERB [options]\n\n"
          "A SIP/MSRP push stack: pushes content in one MESSAGE or by INVITE and MSRP.\n\n",
          to);
    for (size_t i = 0; i < VERBS; i++)
        fprintf(to, "  %-8s %s\n", verbs[i].name, verbs[i].words);
    fputs("\n`sipush VERB --help` tells the options of a verb; `sipush --version` the version.\n",
          to);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("sipush " SIPUSH_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help(stdout);
        return 0;
    }
    for (size_t i = 0; i < VERBS; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argc - 2, argv + 2);
    fprintf(stderr, "sipush: unknown verb; `sipush --help` lists them\n");
    return 2;
}
