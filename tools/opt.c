/* SPDX-License-Identifier: MIT
 * tools/opt.c -- the options of a verb as a table. */
#include "opt.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

struct opt_args opt_args(const struct opt_verb *verb, int argc, char **argv)
{
    struct opt_args args = { .verb = verb, .argv = argv, .argc = argc };

    assert(verb->count <= OPT_ROWS);
    return args;
}

static int complain(struct opt_args *args, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    (void)vsnprintf(args->complaint, sizeof args->complaint, format, list);
    va_end(list);
    return OPT_BAD;
}

static const struct opt_row *by_name(const struct opt_verb *verb, const char *name, size_t len)
{
    for (size_t i = 0; i < verb->count; i++)
        if (verb->rows[i].name != NULL && strlen(verb->rows[i].name) == len &&
            memcmp(verb->rows[i].name, name, len) == 0)
            return &verb->rows[i];
    return NULL;
}

static const struct opt_row *by_letter(const struct opt_verb *verb, char letter)
{
    for (size_t i = 0; i < verb->count; i++)
        if (letter != '\0' && verb->rows[i].letter == letter)
            return &verb->rows[i];
    return NULL;
}

/* A row was named; its value is in `args`, or the next word. */
static int found(struct opt_args *args, const struct opt_row *row, const char *as)
{
    size_t place = (size_t)(row - args->verb->rows);

    if (args->seen[place] && !row->repeat)
        return complain(args, "%s stands twice", as);
    args->seen[place] = true;
    if (row->value == NULL)
        return args->value == NULL ? row->id : complain(args, "%s takes no value", as);
    if (args->value == NULL) {
        if (args->at >= args->argc)
            return complain(args, "%s needs a value: %s", as, row->value);
        args->value = args->argv[args->at++];
    }
    return row->id;
}

static int next_letter(struct opt_args *args)
{
    const char           *word = args->argv[args->at];
    const char            as[] = { '-', word[args->letter], '\0' };
    const struct opt_row *row = by_letter(args->verb, word[args->letter]);
    bool                  last = word[args->letter + 1] == '\0';

    if (row == NULL)
        return complain(args, "unknown option %s", as);
    args->letter++;
    if (row->value != NULL && !last) /* -mTEXT */
        args->value = word + args->letter;
    if (last || row->value != NULL) {
        args->letter = 0;
        args->at++;
    }
    return found(args, row, as);
}

static int next_long(struct opt_args *args)
{
    const char           *word = args->argv[args->at++], *equals = strchr(word, '=');
    size_t                len = equals != NULL ? (size_t)(equals - word) : strlen(word);
    const struct opt_row *row = by_name(args->verb, word + 2, len - 2);
    char                  as[64];

    (void)snprintf(as, sizeof as, "%.*s", (int)(len < 60 ? len : 60), word);
    if (row == NULL)
        return complain(args, "unknown option %s", as);
    if (equals != NULL)
        args->value = equals + 1;
    return found(args, row, as);
}

int opt_next(struct opt_args *args)
{
    const char *word;

    args->value = NULL;
    if (args->letter > 0)
        return next_letter(args);
    if (args->at >= args->argc)
        return OPT_END;
    word = args->argv[args->at];
    if (args->operands_only || word[0] != '-' || word[1] == '\0') {
        args->value = word;
        args->at++;
        return OPT_OPERAND;
    }
    if (strcmp(word, "--") == 0) {
        args->operands_only = true;
        args->at++;
        return opt_next(args);
    }
    if (word[1] == '-')
        return next_long(args);
    args->letter = 1;
    return next_letter(args);
}

void opt_help(FILE *to, const struct opt_verb *verb)
{
    for (size_t i = 0; verb->synopses[i] != NULL; i++)
        fprintf(to, "%s sipush %s %s\n", i == 0 ? "usage:" : "      ", verb->name,
                verb->synopses[i]);
    fprintf(to, "\n%s\n\n", verb->words);
    for (size_t i = 0; i < verb->count; i++) {
        const struct opt_row *row = &verb->rows[i];
        char                  left[64];
        int                   n = 0;

        if (row->letter != '\0')
            n = snprintf(left, sizeof left, "-%c%s", row->letter, row->name != NULL ? ", " : "");
        if (row->name != NULL)
            n += snprintf(left + n, sizeof left - (size_t)n, "--%s", row->name);
        if (row->value != NULL)
            (void)snprintf(left + n, sizeof left - (size_t)n, " %s", row->value);
        fprintf(to, "  %-26s %s", left, row->words);
        if (row->preset != NULL)
            fprintf(to, " (default %s)", row->preset);
        fprintf(to, "%s\n", row->repeat && row->value != NULL ? "; repeatable" : "");
    }
}

bool opt_u64(const char *text, uint64_t max, uint64_t *value)
{
    return sp_to_u64(sp_str(text), max, value) == SP_OK;
}

bool opt_size(const char *text, uint64_t *value)
{
    struct sp_slice number = sp_str(text);
    unsigned        shift = 0;

    if (number.len > 0) {
        char last = sp_lower(number.at[number.len - 1]);

        shift = last == 'k' ? 10 : last == 'm' ? 20 : last == 'g' ? 30 : 0;
        number.len -= shift > 0;
    }
    if (sp_to_u64(number, (UINT64_MAX >> 1) >> shift, value) != SP_OK)
        return false;
    *value <<= shift;
    return true;
}
