/* SPDX-License-Identifier: MIT
 * tools/main.c -- the command `sipush`: finds the verb. */
#include <stdio.h>
#include <string.h>

#include "completion.h"
#include "conf.h"
#include "verbs.h"

static const struct verb verbs[] = {
    { "send", verb_send, "push files or a text", &verb_send_options },
    { "recv", verb_recv, "receive pushes", &verb_recv_options },
    { "call", verb_call, "send one request of any method", &verb_call_options },
    { "answer", verb_answer, "answer requests of every method", &verb_answer_options },
    { "lint", verb_lint, "check SIP, SDP and MSRP messages", &verb_lint_options },
    { "relay", verb_relay, "relay MSRP for users with a password", &verb_relay_options },
};

#define VERBS (sizeof verbs / sizeof verbs[0])

static void help(FILE *to)
{
    fputs("usage: sipush VERB [options]\n\n"
          "A SIP/MSRP push stack: pushes content in one MESSAGE or by INVITE and MSRP.\n\n",
          to);
    for (size_t i = 0; i < VERBS; i++)
        fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].words);
    fprintf(to, "  %-10s %s\n", "completion", "completions for bash, zsh or fish");
    fputs("\n`sipush VERB --help` tells the options of a verb; `sipush --version` the version.\n",
          to);
}

/* With what the configuration and the environment add. */
static int run(const struct verb *verb, int argc, char **argv)
{
    struct conf conf;
    int         code = 2;

    if (conf_load(&conf, verb, verbs, VERBS, argc, argv))
        code = verb->run(conf.argc, conf.argv);
    else
        fprintf(stderr, "sipush %s: %s\n", verb->name, conf.complaint);
    conf_end(&conf);
    return code;
}

static int complete(int argc, char **argv)
{
    if (argc == 1 && completion_put(stdout, argv[0], verbs, VERBS))
        return 0;
    fputs("usage: sipush completion bash|zsh|fish\n", stderr);
    return 2;
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
            return run(&verbs[i], argc - 2, argv + 2);
    if (strcmp(argv[1], "completion") == 0)
        return complete(argc - 2, argv + 2);
    fprintf(stderr, "sipush: unknown verb; `sipush --help` lists them\n");
    return 2;
}
