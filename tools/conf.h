/* SPDX-License-Identifier: MIT
 * tools/conf.h -- options that stand in a file or in the environment.
 *
 * A file has lines `key = value`, the keys named as the long options; `#` begins a comment at the
 * start of a line. The environment has SIPUSH_<OPTION>, hyphens as underscores, except in what is
 * run for a push (hook.h). An option without a value is said by yes or no. The command line beats
 * the environment, that beats the file: an option of the one, repeatable or not, takes the place of
 * that option in the others. Keys of other verbs are passed over, so that one file serves all; a
 * key that no verb has is an error. */
#ifndef SIPUSH_TOOLS_CONF_H
#define SIPUSH_TOOLS_CONF_H

#include "opt.h"

/* A verb of the command. */
struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char            *words;
    const struct opt_verb *options; /* NULL: it reads its words by itself */
};

struct conf {
    /* What the verb is given: the further options, as words, then those of the command line. */
    char **argv;
    int    argc;
    char   complaint[512]; /* after an error, for people */
    bool   owns;           /* argv is ours */
    char **words;          /* ours, to be freed */
    size_t count, room;
};

/* The words for `verb`, one of `verbs`. `path` is the file; NULL: what --config, SIPUSH_CONFIG or
 * $XDG_CONFIG_HOME/sipush/sipush.conf (which may be absent) name. False: `complaint`. */
bool conf_load(struct conf *conf, const struct verb *verb, const struct verb *verbs, size_t count,
               int argc, char **argv);
void conf_end(struct conf *conf);

/* SIPUSH_<OPTION> of an option. */
void conf_variable(char to[64], const char *option);

#endif
