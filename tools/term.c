/* SPDX-License-Identifier: MIT
 * tools/term.c -- words for people. */
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"

static void put_escaped(FILE *to, struct sp_slice octets)
{
    for (size_t i = 0; i < octets.len; i++)
        fprintf(to, "\\x%02X", (unsigned)(unsigned char)octets.at[i]);
}

void term_put(FILE *to, struct sp_slice octets)
{
    size_t at = 0;

    while (at < octets.len) {
        struct sp_slice rest = sp_from(octets, at);
        uint32_t        code = 0;
        size_t          count = utf8_next(rest, &code);

        if (count == 0 || utf8_is_control(code) || code == '\\')
            put_escaped(to, sp_head(rest, count == 0 ? 1 : count));
        else
            fwrite(rest.at, 1, count, to);
        at += count == 0 ? 1 : count;
    }
}

void term_put_lines(FILE *to, struct sp_slice octets, const char *before)
{
    while (octets.len > 0) {
        size_t          end = sp_find(octets, '\n');
        struct sp_slice line = sp_head(octets, end);

        if (line.len > 0 && line.at[line.len - 1] == '\r')
            line.len--;
        fputs(before, to);
        term_put(to, line);
        fputc('\n', to);
        octets = sp_from(octets, end + 1);
    }
}

static bool coloured(FILE *to)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return (no == NULL || *no == '\0') && term != NULL && strcmp(term, "dumb") != 0 &&
           isatty(fileno(to)) == 1;
}

void term_word(FILE *to, enum term_colour colour, const char *word)
{
    static const char *const codes[] = { "", "\033[32m", "\033[31m", "\033[2m" };

    if (colour == TERM_PLAIN || !coloured(to))
        fputs(word, to);
    else
        fprintf(to, "%s%s\033[0m", codes[colour], word);
}

const char *term_size(char *room, size_t octets, uint64_t value)
{
    static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    double                   scaled = (double)value / 1024;
    size_t                   unit = 0;

    if (value < 1024) {
        snprintf(room, octets, "%u octets", (unsigned)value);
        return room;
    }
    while (scaled >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
        scaled /= 1024;
        unit++;
    }
    snprintf(room, octets, "%.1f %s", scaled, units[unit]);
    return room;
}
