/* SPDX-License-Identifier: MIT
 * tools/conf.c -- options that stand in a file or in the environment. */
#include "conf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "hook.h"

#define LINE 4096

static bool complain(struct conf *conf, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    (void)vsnprintf(conf->complaint, sizeof conf->complaint, format, list);
    va_end(list);
    return false;
}

/* Options that only a command line has. */
static bool outside(const char *name)
{
    return strcmp(name, "help") == 0 || strcmp(name, "config") == 0;
}

static const struct opt_row *row_of(const struct opt_verb *options, struct sp_slice name)
{
    for (size_t i = 0; options != NULL && i < options->count; i++)
        if (options->rows[i].name != NULL && !outside(options->rows[i].name) &&
            sp_eq(name, sp_str(options->rows[i].name)))
            return &options->rows[i];
    return NULL;
}

void conf_variable(char to[64], const char *option)
{
    size_t used = (size_t)snprintf(to, 64, "SIPUSH_");

    for (; *option != '\0' && used < 63; option++)
        to[used++] = (char)(*option == '-'                     ? '_'
                            : *option >= 'a' && *option <= 'z' ? *option - 'a' + 'A'
                                                               : *option);
    to[used] = '\0';
}

/* One more word of ours, which is taken over. */
static bool add(struct conf *conf, char *word)
{
    if (word != NULL && conf->count == conf->room) {
        size_t room = conf->room > 0 ? 2 * conf->room : 32;
        char **more = realloc(conf->words, room * sizeof *more);

        if (more == NULL) {
            free(word);
            word = NULL;
        } else {
            conf->words = more;
            conf->room = room;
        }
    }
    if (word == NULL)
        return complain(conf, "no memory for options");
    conf->words[conf->count++] = word;
    return true;
}

/* "--name=value", or "--name" where it takes none. `where` is for people. */
static bool add_option(struct conf *conf, const struct opt_row *row, const char *value,
                       const char *where)
{
    size_t octets = strlen(row->name) + strlen(value) + 4;
    char  *word;

    if (row->value == NULL && (strcmp(value, "no") == 0 || strcmp(value, "0") == 0))
        return true;
    if (row->value == NULL && strcmp(value, "yes") != 0 && strcmp(value, "1") != 0)
        return complain(conf, "%s: %s is yes or no", where, row->name);
    word = malloc(octets);
    if (word != NULL)
        (void)snprintf(word, octets, "--%s%s%s", row->name, row->value != NULL ? "=" : "",
                       row->value != NULL ? value : "");
    return add(conf, word);
}

/* Which rows the command line has. */
static void seen_of(const struct opt_verb *options, int argc, char **argv, bool seen[OPT_ROWS])
{
    struct opt_args args = opt_args(options, argc, argv);
    int             id;

    while ((id = opt_next(&args)) != OPT_END && id != OPT_BAD)
        continue;
    memcpy(seen, args.seen, sizeof args.seen);
}

static bool environment(struct conf *conf, const struct opt_verb *options, bool seen[OPT_ROWS])
{
    if (getenv(HOOK_MARK) != NULL)
        return true; /* SIPUSH_FROM and SIPUSH_TYPE are those of a push there */
    for (size_t i = 0; i < options->count; i++) {
        const struct opt_row *row = &options->rows[i];
        char                  name[64];
        const char           *value;

        if (row->name == NULL || outside(row->name) || seen[i])
            continue;
        conf_variable(name, row->name);
        value = getenv(name);
        if (value == NULL)
            continue;
        if (!add_option(conf, row, value, name))
            return false;
        seen[i] = true;
    }
    return true;
}

/* The file */

struct file {
    const char *path;
    unsigned    line;
    bool        had[OPT_ROWS]; /* in this file */
};

static bool known(const struct verb *verbs, size_t count, struct sp_slice key)
{
    for (size_t i = 0; i < count; i++)
        if (row_of(verbs[i].options, key) != NULL)
            return true;
    return false;
}

static bool read_line(struct conf *conf, struct file *file, const struct verb *verb,
                      const struct verb *verbs, size_t count, const bool seen[OPT_ROWS], char *text)
{
    struct sp_slice       line = sp_trim(sp_str(text)), key, value;
    size_t                equals = sp_find(line, '=');
    const struct opt_row *row;
    char                  where[LINE], copy[LINE];
    size_t                place;

    (void)snprintf(where, sizeof where, "%.4000s:%u", file->path, file->line);
    if (line.len == 0 || line.at[0] == '#')
        return true;
    if (equals == line.len)
        return complain(conf, "%s: a line is key = value", where);
    key = sp_trim(sp_head(line, equals));
    value = sp_trim(sp_from(line, equals + 1));
    if (!known(verbs, count, key))
        return complain(conf, "%s: no option is called %.*s", where, SP_ARG(sp_head(key, 64)));
    row = row_of(verb->options, key);
    if (row == NULL)
        return true; /* of another verb */
    place = (size_t)(row - verb->options->rows);
    if (file->had[place] && !row->repeat)
        return complain(conf, "%s: %s stands twice", where, row->name);
    file->had[place] = true;
    (void)snprintf(copy, sizeof copy, "%.*s", SP_ARG(sp_head(value, sizeof copy - 1)));
    return seen[place] || add_option(conf, row, copy, where);
}

static bool read_file(struct conf *conf, const char *path, bool needed, const struct verb *verb,
                      const struct verb *verbs, size_t count, const bool seen[OPT_ROWS])
{
    struct file file = { .path = path };
    char        text[LINE];
    FILE       *from = fopen(path, "re");
    bool        well = true;

    if (from == NULL)
        return !needed || complain(conf, "%s: %s", path, strerror(errno));
    while (well && fgets(text, sizeof text, from) != NULL) {
        file.line++;
        if (strchr(text, '\n') == NULL && strlen(text) == sizeof text - 1)
            well = complain(conf, "%s:%u: the line is too long", path, file.line);
        else
            well = read_line(conf, &file, verb, verbs, count, seen, text);
    }
    (void)fclose(from);
    return well;
}

/* What --config says, else the environment; NULL: neither. */
static const char *config_of(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--config=", 9) == 0)
            return argv[i] + 9;
        if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
            return argv[i + 1];
    }
    return getenv("SIPUSH_CONFIG");
}

static void default_path(char *to, size_t octets)
{
    const char *home = getenv("XDG_CONFIG_HOME");

    if (home != NULL && *home != '\0') {
        (void)snprintf(to, octets, "%s/sipush/sipush.conf", home);
        return;
    }
    home = getenv("HOME");
    (void)snprintf(to, octets, "%s/.config/sipush/sipush.conf",
                   home != NULL ? home : "/nonexistent");
}

bool conf_load(struct conf *conf, const struct verb *verb, const struct verb *verbs, size_t count,
               int argc, char **argv)
{
    bool        seen[OPT_ROWS] = { false };
    char        own[LINE];
    const char *path = config_of(argc, argv);

    *conf = (struct conf){ .argv = argv, .argc = argc };
    if (verb->options == NULL)
        return true;
    seen_of(verb->options, argc, argv, seen);
    default_path(own, sizeof own);
    if (!environment(conf, verb->options, seen) ||
        !read_file(conf, path != NULL ? path : own, path != NULL, verb, verbs, count, seen))
        return false;
    conf->argv = calloc(conf->count + (size_t)argc + 1, sizeof *conf->argv);
    if (conf->argv == NULL)
        return complain(conf, "no memory for options");
    conf->owns = true;
    if (conf->count > 0)
        memcpy(conf->argv, conf->words, conf->count * sizeof *conf->argv);
    if (argc > 0)
        memcpy(conf->argv + conf->count, argv, (size_t)argc * sizeof *argv);
    conf->argc = (int)conf->count + argc;
    return true;
}

void conf_end(struct conf *conf)
{
    for (size_t i = 0; i < conf->count; i++)
        free(conf->words[i]);
    if (conf->argv != NULL && conf->owns)
        free(conf->argv);
    free(conf->words);
    *conf = (struct conf){ 0 };
}
