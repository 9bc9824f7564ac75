/* SPDX-License-Identifier: MIT
 * tools/send_source.c -- what `sipush send` sends: files and texts, each for itself or all as the
 * parts of one (--multipart), or the word where a content lies (--reference, RFC 4483).
 *
 * Promises: of a reference over http its size, hash and type are known: by FILE, or because it is
 * fetched first; where neither was done, that is said (RFC 4483 7). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/timers.h"
#include "fetch.h"
#include "http.h"
#include "send.h"
#include "spool.h"

#define REFERENCE_S 86400 /* a reference is good for so long, when nobody says */
#define OCTETS_MOST UINT64_C(1099511627776)
#define SECONDS     600 /* to fetch it, without --timeout */
#define POLL_US     20000u

/* What lies at the URL, into a file without a name. -1 and words, or the descriptor. */
static int fetch(struct sender *s, char type[HTTP_TYPE])
{
    struct fetch_rules rules = {
        .patterns = { "*" },
        .count = 1,
        .private = true, /* it is our own user who names it */
        .seconds = s->host.timeout_s > 0 ? s->host.timeout_s : SECONDS,
    };
    struct fetch   fetch = { 0 };
    enum fetch_end end = FETCH_RUNS;
    char           why[256] = "";
    int            fd = spool_open();

    if (fd < 0 || !fetch_start(&fetch, &rules, s->reference, OCTETS_MOST, fd, sp_net_now_us())) {
        host_complain(&s->host, "%s: %s", s->reference, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    while (end == FETCH_RUNS && !host_interrupted()) {
        host_wait(&s->host, sp_net_now_us() + POLL_US);
        end = fetch_look(&fetch, sp_net_now_us(), why, sizeof why);
    }
    (void)snprintf(type, HTTP_TYPE, "%.*s", HTTP_TYPE - 1, why);
    if (end == FETCH_DONE)
        return fd;
    fetch_stop(&fetch);
    (void)close(fd);
    host_complain(&s->host, "%s: %s", s->reference, end == FETCH_RUNS ? "interrupted" : why);
    return -1;
}

/* The content itself, as far as it is at hand. 0, an exit code, or -1: it is not. */
static int open_meant(struct sender *s, const char *path, struct source *meant)
{
    char type[HTTP_TYPE];
    int  fd;

    if (path != NULL) {
        if (source_open(meant, path, s->type, true) == SP_OK)
            return 0;
        host_complain(&s->host, "%s: %s", path, strerror(errno));
        return EXIT_USAGE;
    }
    if (s->no_hash || s->dry_run || !sp_starts_nocase(sp_str(s->reference), SP_LIT("http:"))) {
        if (host_speaks(&s->host, 0))
            fputs("without FILE nothing is known of the content: nobody can check it\n", stderr);
        return -1;
    }
    fd = fetch(s, type);
    if (fd < 0)
        return EXIT_CONNECT;
    if (source_spooled(meant, fd, s->type != NULL ? s->type : type, true) == SP_OK)
        return 0;
    host_complain(&s->host, "%s: %s", s->reference, strerror(errno));
    return EXIT_OWN;
}

/* The reference, and behind it what it means where a FILE is at hand. */
static int open_reference(struct sender *s, struct source *to, struct source *meant)
{
    const char *path = s->operand_count > 0 ? s->operands[0] : NULL;
    uint64_t    seconds = s->expires_s > 0 ? s->expires_s : REFERENCE_S;
    int         code = open_meant(s, path, meant);

    if (code > 0)
        return code;
    if (source_reference(to, s->reference, code == 0 ? meant : NULL, s->type,
                         (int64_t)time(NULL) + (int64_t)seconds) == SP_OK)
        return 0;
    host_complain(&s->host, "%s: no URL for a reference", s->reference);
    return EXIT_USAGE;
}

static int open_each(struct sender *s, struct source *sources, size_t texts, size_t files)
{
    for (size_t i = 0; i < texts; i++)
        source_text(&sources[i], s->texts[i], s->type);
    for (size_t i = 0; i < files; i++)
        if (source_open(&sources[texts + i], s->operands[i], s->type,
                        !s->no_hash || s->multipart) != SP_OK) {
            host_complain(&s->host, "%s: %s", s->operands[i], strerror(errno));
            return EXIT_USAGE;
        }
    return 0;
}

static struct source *some(size_t count)
{
    struct source *sources = calloc(count > 0 ? count : 1, sizeof *sources);

    for (size_t i = 0; sources != NULL && i < count; i++)
        sources[i].fd = -1;
    return sources;
}

/* Texts, then files or the reference, in one. */
static int open_multipart(struct sender *s)
{
    size_t         files = s->reference != NULL ? 0 : s->operand_count;
    size_t         count = s->text_count + (s->reference != NULL ? 1 : files);
    struct source *parts = some(count), meant = { .fd = -1 };
    int            code = parts != NULL ? 0 : EXIT_OWN;

    s->count = 1;
    s->sources = some(2);
    if (s->sources == NULL)
        code = EXIT_OWN;
    if (code == 0)
        code = open_each(s, parts, s->text_count, files);
    if (code == 0 && s->reference != NULL)
        code = open_reference(s, &parts[s->text_count], &meant);
    if (code == 0 && source_multipart(&s->sources[0], parts, count) != SP_OK) {
        host_complain(&s->host, "--multipart: %s", strerror(errno));
        code = EXIT_OWN;
    }
    for (size_t i = 0; parts != NULL && i < count; i++)
        source_close(&parts[i]);
    source_close(&meant);
    free(parts);
    return code;
}

/* Small pictures of the first files, in their order. */
static int open_icons(struct sender *s)
{
    s->icon_sources = some(s->icon_count);
    if (s->icon_sources == NULL)
        return EXIT_OWN;
    for (size_t i = 0; i < s->icon_count; i++) {
        struct source *icon = &s->icon_sources[i];

        if (source_open(icon, s->icons[i], NULL, false) != SP_OK) {
            host_complain(&s->host, "%s: %s", s->icons[i], strerror(errno));
            return EXIT_USAGE;
        }
        if (icon->content.octets == 0 || icon->content.octets > PUSH_ICON_OCTETS) {
            host_complain(&s->host, "%s: an icon has 1 to %d octets", s->icons[i],
                          PUSH_ICON_OCTETS);
            return EXIT_USAGE;
        }
        if (icon->body == NULL) /* larger than what is held of a content */
            icon->body = malloc((size_t)icon->content.octets);
        if (icon->body != NULL)
            s->sources[i].content.icon = source_read(icon, 0, icon->body,
                                                     (size_t)icon->content.octets);
        if (s->sources[i].content.icon.len == 0) {
            host_complain(&s->host, "%s: %s", s->icons[i], strerror(errno));
            return EXIT_OWN;
        }
        s->sources[i].content.icon_type = icon->content.type;
    }
    return 0;
}

int send_sources(struct sender *s)
{
    int code;

    if (s->multipart)
        return open_multipart(s);
    s->count = (uint32_t)(s->text_count > 0 ? s->text_count : s->operand_count);
    if (s->reference != NULL)
        s->count = 1;
    s->sources = some((size_t)s->count + 1);
    if (s->sources == NULL)
        return EXIT_OWN;
    if (s->reference == NULL) {
        code = open_each(s, s->sources, s->text_count, s->operand_count);
        return code == 0 ? open_icons(s) : code;
    }
    return open_reference(s, &s->sources[0], &s->sources[1]);
}
