/* SPDX-License-Identifier: MIT
 * tools/fetch.h -- the content of a reference (RFC 4483) is fetched, by rule, in a process of its
 * own.
 *
 * Which URLs may be fetched is said by patterns; http is spoken by that process itself, other
 * schemes by a command whose output is the content, the URL being its last word. Bounded in octets
 * and time, whoever fetches. */
#ifndef SIPUSH_TOOLS_FETCH_H
#define SIPUSH_TOOLS_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/slice.h"

#define FETCH_PATTERNS 32

struct fetch_rules {
    const char *patterns[FETCH_PATTERNS];
    size_t      count;       /* 0: nothing is fetched */
    bool private;            /* addresses of this machine and net too */
    const char     *command; /* for other schemes than http; NULL: none */
    uint64_t        seconds;
    struct sp_slice accept; /* media types that http asks for; empty: any */
};

/* Does a pattern allow this URL, and can we speak its scheme? */
bool fetch_allows(const struct fetch_rules *rules, struct sp_slice url);

struct fetch {
    long     pid;    /* 0: none runs */
    int      words;  /* a pipe: why it failed */
    uint64_t end_us; /* then it is ended */
};

/* Start to fetch `url` into the file `fd`, at most `octets`. False and errno: it cannot be
 * started. */
bool fetch_start(struct fetch *fetch, const struct fetch_rules *rules, const char *url,
                 uint64_t octets, int fd, uint64_t now_us);
enum fetch_end { FETCH_RUNS, FETCH_DONE, FETCH_FAILED, FETCH_LATE };
/* Is it over? FAILED: `why` has words; DONE: the media type that the server tells, or nothing. */
enum fetch_end fetch_look(struct fetch *fetch, uint64_t now_us, char *why, size_t octets);
/* End it now. */
void fetch_stop(struct fetch *fetch);

#endif
