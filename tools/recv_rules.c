/* SPDX-License-Identifier: MIT
 * tools/recv_rules.c -- who decides about a push: the rules of a file, the limits of the command
 * line, a person.
 *
 * Promises: without rules, what --max-size and --accept-types allow is taken; with rules, what one
 * of them accepts and those allow. Never: takes silence of a person for a yes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "recv.h"

#define RULES_OCTETS 1048576

/* The whole file, NUL-terminated; NULL and errno. */
static char *read_whole(const char *path)
{
    int     fd = open(path, O_RDONLY | O_CLOEXEC);
    char   *text = fd >= 0 ? malloc(RULES_OCTETS + 1) : NULL;
    size_t  len = 0;
    ssize_t n = 0;

    while (text != NULL && len < RULES_OCTETS &&
           ((n = read(fd, text + len, RULES_OCTETS - len)) > 0 || (n < 0 && errno == EINTR)))
        len += n > 0 ? (size_t)n : 0;
    if (text != NULL && n < 0) {
        free(text);
        text = NULL;
    }
    if (fd >= 0)
        (void)close(fd);
    if (text != NULL)
        text[len] = '\0';
    return text;
}

int recv_read_rules(struct receiver *r, const char *path)
{
    struct rules_error error;
    struct sp_slice    text;
    size_t             lines = 1;

    r->rules_text = read_whole(path);
    if (r->rules_text == NULL) {
        host_complain(&r->host, "--rules %s: %s", path, strerror(errno));
        return EXIT_USAGE;
    }
    text = sp_str(r->rules_text);
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    r->rules = (struct rules){ .rules = calloc(lines, sizeof(struct rule)), .room = lines };
    if (r->rules.rules == NULL)
        return EXIT_OWN;
    if (rules_parse(&r->rules, text, &error) == SP_OK)
        return 0;
    host_complain(&r->host, "%s:%u:%u: %s", path, (unsigned)error.line, (unsigned)error.column,
                  error.what);
    return EXIT_USAGE;
}

/* What the command line says. */
static uint16_t limits(const struct receiver *r, const struct incoming *in)
{
    struct push_content         content = { .type = sp_str(in->type), .octets = in->told };
    struct push_receiver_config config = r->config;

    config.multiparts = in->holds || in->untyped; /* else it is a file as any other */
    if (in->untyped) /* not known yet: of a type that is taken whatever is */
        content.type = SP_LIT("multipart/mixed");

    if (r->drop_expired && in->expires_s != INT64_MAX && (int64_t)time(NULL) >= in->expires_s)
        return 603; /* it would be as late when it came again */
    return push_receiver_judge(&config, &content);
}

enum rules_verb recv_judge(const struct receiver *r, const struct incoming *in, uint16_t *status)
{
    struct rules_facts facts = {
        .from = sp_str(in->from),
        .name = sp_str(in->name),
        .type = sp_str(in->type),
        .app = sp_str(in->app),
        .octets = in->told,
        .have = in->have,
        .holds = in->holds || in->untyped,
    };
    struct rules_verdict verdict = { .verb = RULES_ACCEPT };

    *status = 200;
    if (r->rules_text != NULL)
        verdict = rules_judge(&r->rules, &facts);
    if (verdict.verb == RULES_DECLINE)
        *status = verdict.status;
    else if (verdict.verb == RULES_ACCEPT)
        *status = limits(r, in);
    return *status < 300 ? verdict.verb : RULES_DECLINE;
}

/* A person */

void recv_ask(struct receiver *r, const struct incoming *in)
{
    char size[24];

    if (r->tty < 0)
        r->tty = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (r->tty < 0)
        r->tty = STDIN_FILENO;
    progress_clear(&r->host.bar);
    fputs("take ", stderr);
    term_put(stderr, in->name[0] != '\0' ? sp_str(in->name) : SP_LIT("a message"));
    fputs(" (", stderr);
    term_put(stderr, sp_str(in->type));
    if (in->told != UINT64_MAX)
        fprintf(stderr, ", %s", term_size(size, sizeof size, in->told));
    fputs(") from ", stderr);
    term_put(stderr, sp_str(in->from));
    fputs("? [y/N] ", stderr);
    fflush(stderr);
}

/* 1 yes, 0 no, -1 not yet. */
int recv_answer(struct receiver *r)
{
    struct pollfd ready = { .fd = r->tty, .events = POLLIN };
    char          line[256];
    ssize_t       n;

    if (poll(&ready, 1, 0) <= 0)
        return -1;
    n = read(r->tty, line, sizeof line);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return -1;
    return n > 0 && (line[0] == 'y' || line[0] == 'Y');
}
