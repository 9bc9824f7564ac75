/* SPDX-License-Identifier: MIT
 * tools/progress.c -- how far a transfer is. */
#define _GNU_SOURCE
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "term.h"
#include "utf8.h"

#define BAR_US  100000u
#define LINE_US 1000000u
#define SPAN_S  3.0 /* what the rate is of, roughly */
#define COLUMNS 80u
#define WIDE    64u /* from here on there is a bar */
#define MARKS   20u
#define NAME    12u /* columns that a name has at least */

void progress_init(struct progress *progress, bool quiet, bool wanted)
{
    bool terminal = isatty(STDERR_FILENO) == 1;

    *progress = (struct progress){ .shown = !quiet && (wanted || terminal), .lines = !terminal };
}

static unsigned columns_of_terminal(void)
{
    struct winsize size = { 0 };

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col - 1u; /* some terminals wrap behind the last */
    return COLUMNS - 1;
}

/* As much of a name as has room, and blanks behind it. */
static void put_name(FILE *to, struct sp_slice name, unsigned columns)
{
    struct sp_slice rest = name;
    unsigned        used = 0;

    while (rest.len > 0) {
        uint32_t code = 0;
        size_t   octets = utf8_next(rest, &code);
        bool     plain = octets > 0 && !utf8_is_control(code) && code != '\\';
        unsigned wide = plain ? 1 : 4 * (unsigned)(octets > 0 ? octets : 1);

        octets = octets > 0 ? octets : 1;
        if (used + wide > columns || (used + wide == columns && rest.len > octets)) {
            fputc('>', to); /* there is more of it */
            used++;
            break;
        }
        term_put(to, sp_head(rest, octets));
        used += wide;
        rest = sp_from(rest, octets);
    }
    for (; used < columns; used++)
        fputc(' ', to);
}

static void put_marks(FILE *to, double part)
{
    unsigned filled = (unsigned)(part * MARKS);

    fputs(" [", to);
    for (unsigned i = 0; i < MARKS; i++)
        fputc(i < filled ? '=' : i == filled ? '>' : ' ', to);
    fputc(']', to);
}

/* "1:02:03" or "2:03". */
static void put_time(char room[32], double seconds)
{
    unsigned long left = seconds < 360000 ? (unsigned long)(seconds + 0.5) : 359999;

    if (left >= 3600)
        (void)snprintf(room, 32, "%lu:%02lu:%02lu", left / 3600, left / 60 % 60, left % 60);
    else
        (void)snprintf(room, 32, "%lu:%02lu", left / 60, left % 60);
}

void progress_put(FILE *to, struct sp_slice name, uint64_t done, uint64_t total, double rate,
                  unsigned columns)
{
    char   size[24], speed[32], left[32] = "-:--", words[128];
    double part = total == 0 ? 1 : (double)done / (double)total;
    int    n;

    if (rate >= 1)
        (void)snprintf(speed, sizeof speed, "%s/s", term_size(size, sizeof size, (uint64_t)rate));
    else
        (void)snprintf(speed, sizeof speed, "-");
    term_size(size, sizeof size, done);
    if (total == UINT64_MAX) {
        n = snprintf(words, sizeof words, " %10s  %12s", size, speed);
    } else {
        part = part > 1 ? 1 : part;
        if (rate >= 1 && done <= total)
            put_time(left, (double)(total - done) / rate);
        n = snprintf(words, sizeof words, " %3u%%  %10s  %12s  %8s", (unsigned)(100 * part), size,
                     speed, left);
    }
    if (columns < (unsigned)n + NAME) { /* what matters most */
        (void)snprintf(words, sizeof words, "%3u%% ", (unsigned)(100 * part));
        put_name(to, total == UINT64_MAX ? sp_str(size) : sp_str(words),
                 columns < 10 ? columns : 10);
        return;
    }
    columns -= (unsigned)n;
    if (total != UINT64_MAX && columns + (unsigned)n >= WIDE + NAME) {
        put_name(to, name, columns - MARKS - 3 < 32 ? columns - MARKS - 3 : 32);
        put_marks(to, part);
    } else {
        put_name(to, name, columns < 32 ? columns : 32);
    }
    fputs(words, to);
}

/* The rate of the last seconds, so that it follows what happens. */
static void measure(struct progress *progress, uint64_t done, uint64_t now_us)
{
    double seconds = (double)(now_us - progress->last_us) / 1e6, rate, weight;

    if (progress->last_us != 0 && done >= progress->last_octets && seconds > 0) {
        rate = (double)(done - progress->last_octets) / seconds;
        weight = seconds / (seconds + SPAN_S);
        progress->rate = progress->rate < 1 ? rate
                                            : progress->rate + (rate - progress->rate) * weight;
    } else {
        progress->rate = 0; /* another file */
    }
    progress->last_us = now_us;
    progress->last_octets = done;
}

void progress_show(struct progress *progress, struct sp_slice name, uint64_t done, uint64_t total,
                   uint64_t now_us)
{
    bool another = progress->last_us == 0 || done < progress->last_octets;

    if (!progress->shown)
        return;
    if (!another && now_us - progress->last_us < (progress->lines ? LINE_US : BAR_US) &&
        done != total)
        return;
    measure(progress, done, now_us);
    if (another && progress->lines && done != total)
        return; /* there is nothing to tell yet */
    if (!progress->lines)
        fputc('\r', stderr);
    progress_put(stderr, name, done, total, progress->rate,
                 progress->lines ? COLUMNS - 1 : columns_of_terminal());
    fputs(progress->lines ? "\n" : "\033[K", stderr);
    fflush(stderr);
    progress->drawn = !progress->lines;
}

void progress_clear(struct progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", stderr);
    progress->drawn = false;
}
