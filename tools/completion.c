/* SPDX-License-Identifier: MIT
 * tools/completion.c -- what a shell needs to complete the command. */
#include "completion.h"

#include <string.h>

/* What a value is, by the word that stands for it in the help. */
enum kind { KIND_NOTHING, KIND_FILE, KIND_FOLDER, KIND_CHOICE, KIND_WORD };

static enum kind kind_of(const struct opt_row *row)
{
    if (row->value == NULL)
        return KIND_NOTHING;
    if (strcmp(row->value, "FILE") == 0)
        return KIND_FILE;
    if (strcmp(row->value, "DIR") == 0)
        return KIND_FOLDER;
    return strchr(row->value, '|') != NULL && strchr(row->value, '[') == NULL ? KIND_CHOICE
                                                                              : KIND_WORD;
}

/* The words of "auto|pager|session", split by `between`. */
static void put_choices(FILE *to, const char *value, char between)
{
    for (; *value != '\0'; value++)
        fputc(*value == '|' ? between : *value, to);
}

/* Within single quotes of a shell. */
static void put_quoted(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs("'\\''", to);
        else
            fputc(*text, to);
    }
}

/* bash */

static void bash_verb(FILE *to, const struct verb *verb)
{
    const struct opt_verb *options = verb->options;

    fprintf(to, "    %s)\n        case $prev in\n", verb->name);
    for (size_t i = 0; i < options->count; i++) {
        const struct opt_row *row = &options->rows[i];
        enum kind             kind = kind_of(row);

        if (row->name == NULL || kind == KIND_NOTHING)
            continue;
        fprintf(to, "        --%s) ", row->name);
        if (kind == KIND_FILE || kind == KIND_FOLDER)
            fprintf(to, "COMPREPLY=($(compgen -%c -- \"$cur\"))", kind == KIND_FILE ? 'f' : 'd');
        else if (kind == KIND_CHOICE) {
            fputs("COMPREPLY=($(compgen -W '", to);
            put_choices(to, row->value, ' ');
            fputs("' -- \"$cur\"))", to);
        } else
            fputc(':', to);
        fputs("; return ;;\n", to);
    }
    fputs("        esac\n        words='", to);
    for (size_t i = 0; i < options->count; i++)
        if (options->rows[i].name != NULL)
            fprintf(to, "--%s ", options->rows[i].name);
    fputs("' ;;\n", to);
}

static void bash(FILE *to, const struct verb *verbs, size_t count)
{
    fputs("# bash completion for sipush; made by `sipush completion bash`\n"
          "_sipush()\n{\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        COMPREPLY=($(compgen -W '",
          to);
    for (size_t i = 0; i < count; i++)
        fprintf(to, "%s ", verbs[i].name);
    fputs("completion --help --version' -- \"$cur\"))\n        return\n    fi\n"
          "    case ${COMP_WORDS[1]} in\n",
          to);
    for (size_t i = 0; i < count; i++)
        if (verbs[i].options != NULL)
            bash_verb(to, &verbs[i]);
    fputs("    completion) words='bash zsh fish' ;;\n"
          "    esac\n"
          "    case $cur in\n"
          "    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
          "    *)\n"
          "        if [ \"${COMP_WORDS[1]}\" = completion ]; then\n"
          "            COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "        else\n"
          "            COMPREPLY=($(compgen -f -- \"$cur\"))\n"
          "        fi ;;\n"
          "    esac\n}\n"
          "complete -o filenames -F _sipush sipush\n",
          to);
}

/* zsh */

/* What _arguments takes apart. */
static void zsh_words(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("[]:\\", *text) != NULL)
            fputc('\\', to);
        if (*text == '\'')
            fputs("'\\''", to);
        else
            fputc(*text, to);
    }
}

static void zsh_row(FILE *to, const struct opt_row *row)
{
    enum kind kind = kind_of(row);

    fprintf(to, "            '%s--%s%s[", row->repeat ? "*" : "", row->name,
            kind == KIND_NOTHING ? "" : "=");
    zsh_words(to, row->words);
    fputc(']', to);
    if (kind != KIND_NOTHING) {
        fputc(':', to);
        zsh_words(to, row->value);
        fputc(':', to);
    }
    if (kind == KIND_FILE)
        fputs("_files", to);
    else if (kind == KIND_FOLDER)
        fputs("_files -/", to);
    else if (kind == KIND_CHOICE) {
        fputc('(', to);
        put_choices(to, row->value, ' ');
        fputc(')', to);
    }
    fputs("' \\\n", to);
}

static void zsh(FILE *to, const struct verb *verbs, size_t count)
{
    fputs("#compdef sipush\n# zsh completion for sipush; made by `sipush completion zsh`\n"
          "_sipush() {\n"
          "    if (( CURRENT == 2 )); then\n"
          "        local -a verbs=(",
          to);
    for (size_t i = 0; i < count; i++) {
        fprintf(to, "\n            '%s:", verbs[i].name);
        zsh_words(to, verbs[i].words);
        fputc('\'', to);
    }
    fputs("\n            'completion:completions of a shell')\n"
          "        _describe verb verbs\n        return\n    fi\n"
          "    local verb=$words[2]\n    shift words\n    (( CURRENT-- ))\n"
          "    case $verb in\n",
          to);
    for (size_t i = 0; i < count; i++) {
        if (verbs[i].options == NULL)
            continue;
        fprintf(to, "    %s)\n        _arguments -S \\\n", verbs[i].name);
        for (size_t k = 0; k < verbs[i].options->count; k++)
            if (verbs[i].options->rows[k].name != NULL)
                zsh_row(to, &verbs[i].options->rows[k]);
        fputs("            '*:file:_files' ;;\n", to);
    }
    fputs("    completion) _values shell bash zsh fish ;;\n    esac\n}\n"
          "_sipush \"$@\"\n",
          to);
}

/* fish */

static void fish_row(FILE *to, const struct verb *verb, const struct opt_row *row)
{
    enum kind kind = kind_of(row);

    fprintf(to, "complete -c sipush -n '__fish_seen_subcommand_from %s' -l %s", verb->name,
            row->name);
    if (row->letter != '\0')
        fprintf(to, " -s %c", row->letter);
    if (kind == KIND_FILE)
        fputs(" -r -F", to);
    else if (kind == KIND_FOLDER)
        fputs(" -x -a '(__fish_complete_directories)'", to);
    else if (kind == KIND_CHOICE) {
        fputs(" -x -a '", to);
        put_choices(to, row->value, ' ');
        fputc('\'', to);
    } else if (kind == KIND_WORD)
        fputs(" -x", to);
    fputs(" -d '", to);
    put_quoted(to, row->words);
    fputs("'\n", to);
}

static void fish(FILE *to, const struct verb *verbs, size_t count)
{
    fputs("# fish completion for sipush; made by `sipush completion fish`\n", to);
    for (size_t i = 0; i < count; i++) {
        fprintf(to, "complete -c sipush -f -n __fish_use_subcommand -a %s -d '", verbs[i].name);
        put_quoted(to, verbs[i].words);
        fputs("'\n", to);
        for (size_t k = 0; verbs[i].options != NULL && k < verbs[i].options->count; k++)
            if (verbs[i].options->rows[k].name != NULL)
                fish_row(to, &verbs[i], &verbs[i].options->rows[k]);
    }
    fputs("complete -c sipush -f -n __fish_use_subcommand -a completion"
          " -d 'completions of a shell'\n"
          "complete -c sipush -f -n '__fish_seen_subcommand_from completion'"
          " -a 'bash zsh fish'\n",
          to);
}

bool completion_put(FILE *to, const char *shell, const struct verb *verbs, size_t count)
{
    if (strcmp(shell, "bash") == 0)
        bash(to, verbs, count);
    else if (strcmp(shell, "zsh") == 0)
        zsh(to, verbs, count);
    else if (strcmp(shell, "fish") == 0)
        fish(to, verbs, count);
    else
        return false;
    return true;
}
