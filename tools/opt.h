/* SPDX-License-Identifier: MIT
 * tools/opt.h -- the options of a verb as a table: parsed from it, and explained by it.
 *
 * Long options with `--name value` or `--name=value`, letters that may stand together (`-qv`), `--`
 * ends them, `-` is an operand. An option that is unknown, lacks its value, has one too many or
 * stands twice without being repeatable is refused with words that help. */
#ifndef SIPUSH_TOOLS_OPT_H
#define SIPUSH_TOOLS_OPT_H

#include <stdio.h>

#include "../base/slice.h"

struct opt_row {
    int         id;     /* above 0; what opt_next yields */
    char        letter; /* '\0': none */
    const char *name;   /* without hyphens; NULL: only a letter */
    const char *value;  /* what it takes ("FILE"); NULL: nothing */
    bool        repeat; /* may stand several times */
    const char *words;
    const char *preset; /* the default, for the help; NULL: none */
};

struct opt_verb {
    const char           *name;     /* "send" */
    const char *const    *synopses; /* "[options] TO FILE..."; NULL ends */
    const char           *words;    /* a sentence or two */
    const struct opt_row *rows;
    size_t                count;
};

enum { OPT_END = 0, OPT_OPERAND = -1, OPT_BAD = -2 };
#define OPT_ROWS 64

struct opt_args {
    const struct opt_verb *verb;
    char                 **argv;
    int                    argc, at;
    size_t                 letter; /* within a group of letters; 0: none */
    bool                   operands_only;
    bool                   seen[OPT_ROWS];

    const char *value;          /* of the option, or the operand */
    char        complaint[240]; /* OPT_BAD: why, for people */
};

/* `argv` from the first word after the verb on. */
struct opt_args opt_args(const struct opt_verb *verb, int argc, char **argv);
/* The next: a row's id, OPT_OPERAND, OPT_END or OPT_BAD. */
int  opt_next(struct opt_args *args);
void opt_help(FILE *to, const struct opt_verb *verb);

/* Numbers of options. A size may end in K, M or G (powers of 1024); false for anything else. */
bool opt_u64(const char *text, uint64_t max, uint64_t *value);
bool opt_size(const char *text, uint64_t *value);

#endif
