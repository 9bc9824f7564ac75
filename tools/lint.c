/* SPDX-License-Identifier: MIT
 * tools/lint.c -- `sipush lint`: check SIP, SDP and MSRP messages, cite the clause that is broken.
 */
#include "lint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "json.h"
#include "opt.h"
#include "term.h"
#include "verbs.h"

#define FILE_OCTETS (256u << 20) /* of one file */

enum { LINT_PROTOCOL = 1, LINT_TRANSPORT, LINT_JSON, LINT_QUIET, LINT_HELP };

static const struct opt_row rows[] = {
    { LINT_PROTOCOL, 0, "protocol", "auto|sip|sdp|msrp", false, "what the files hold", "auto" },
    { LINT_TRANSPORT, 0, "transport", "udp|tcp", false, "one datagram a file, or a stream", "udp" },
    { LINT_JSON, 0, "json", NULL, false, "a finding a line, as JSON", NULL },
    { LINT_QUIET, 'q', NULL, NULL, false, "no words on stderr", NULL },
    { LINT_HELP, 'h', "help", NULL, false, "this text", NULL },
};

const struct opt_verb verb_lint_options = {
    .name = "lint",
    .synopses = (const char *const[]){ "[options] FILE...", NULL },
    .words =
        "Checks messages against their RFCs. FILE holds one message, or is a capture (pcap, "
        "pcapng) or a trace\n(.json); - is standard input. A finding a line: FILE:LINE:COLUMN, "
        "how grave it is, what is wrong, and\nthe clause. Exits 1 if there is an error.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
};

static const char *const severities[] = {
    [SIP_NOTE] = "note",
    [SIP_WARNING] = "warning",
    [SIP_ERROR] = "error",
};

static void count(struct lint *lint, enum sip_severity severity)
{
    switch (severity) {
    case SIP_NOTE: lint->notes++; return;
    case SIP_WARNING: lint->warnings++; return;
    case SIP_ERROR: lint->errors++; return;
    }
}

/* "RFC 3261 20.14" with the sign before the section. */
static void put_clause(FILE *to, const char *clause)
{
    const char *section = strrchr(clause, ' ');

    if (section == NULL)
        fputs(clause, to);
    else
        fprintf(to, "%.*s \xc2\xa7%s", (int)(section - clause), clause, section + 1);
}

/* Findings come in the order of a file, so each octet is counted once. */
static void find_place(struct lint *lint, const char *at, uint64_t *line, uint64_t *column)
{
    const char *from = lint->told;

    if (from == NULL || from < lint->all.at || from > at) {
        from = lint->all.at;
        lint->told_line = lint->told_column = 1;
    }
    for (; from < at; from++) {
        lint->told_column++;
        if (*from == '\n') {
            lint->told_line++;
            lint->told_column = 1;
        }
    }
    lint->told = from;
    *line = lint->told_line;
    *column = lint->told_column;
}

void lint_say(struct lint *lint, const char *at, enum sip_severity severity, const char *clause,
              struct sp_slice field, const char *what, const char *rule)
{
    uint64_t line, column;

    find_place(lint, at != NULL ? at : lint->all.at + lint->all.len, &line, &column);
    count(lint, severity);
    if (lint->json) {
        struct json json = json_begin(lint->to, "finding");

        json_text(&json, "file", sp_str(lint->name));
        json_u64(&json, "line", line);
        json_u64(&json, "column", column);
        json_text(&json, "severity", sp_str(severities[severity]));
        json_text(&json, "field", field.len > 0 ? field : sp_slice(NULL, 0));
        json_text(&json, "what", sp_str(what));
        json_text(&json, "rule", rule[0] != '\0' ? sp_str(rule) : sp_slice(NULL, 0));
        json_text(&json, "clause", sp_str(clause));
        json_end(&json);
        return;
    }
    term_put(lint->to, sp_str(lint->name));
    fprintf(lint->to, ":%llu:%llu: %s: ", (unsigned long long)line, (unsigned long long)column,
            severities[severity]);
    if (field.len > 0) {
        term_put(lint->to, field);
        fputs(": ", lint->to);
    }
    fputs(what, lint->to);
    if (rule[0] != '\0')
        fprintf(lint->to, " (%s)", rule);
    fputs(" [", lint->to);
    put_clause(lint->to, clause);
    fputs("]\n", lint->to);
}

void lint_octets(struct lint *lint)
{
    enum lint_protocol protocol = lint->protocol;

    if (protocol == LINT_AUTO) {
        if (sp_starts(lint->all, SP_LIT("MSRP ")))
            protocol = LINT_MSRP;
        else if (sp_starts(lint->all, SP_LIT("v=")))
            protocol = LINT_SDP;
        else
            protocol = LINT_SIP;
    }
    switch (protocol) {
    case LINT_SDP: lint_sdp(lint, lint->all); return;
    case LINT_MSRP: lint_msrp(lint, lint->all); return;
    default: break;
    }
    if (lint->stream)
        lint_sip_stream(lint, lint->all);
    else
        lint_sip(lint, lint->all);
}

/* All of a file in a block of its size; false with errno. */
static bool read_all(FILE *from, struct sp_slice *all)
{
    size_t room = 65536, len = 0;
    char  *octets = malloc(room);

    while (octets != NULL && len < FILE_OCTETS) {
        len += fread(octets + len, 1, room - len, from);
        if (len < room)
            break;
        room *= 2;
        all->at = realloc(octets, room);
        if (all->at == NULL)
            free(octets);
        octets = (char *)(uintptr_t)all->at;
    }
    if (octets == NULL || ferror(from) != 0 || len >= FILE_OCTETS) {
        if (octets != NULL && ferror(from) == 0)
            errno = EFBIG;
        free(octets);
        return false;
    }
    *all = sp_slice(octets, len);
    return true;
}

/* The first line of --trace FILE.txt. */
static bool is_ladder(struct sp_slice all)
{
    return sp_starts(all, SP_LIT("   seconds  "));
}

static int lint_file(struct lint *lint, const char *path)
{
    bool            standard = strcmp(path, "-") == 0;
    FILE           *from = standard ? stdin : fopen(path, "rb");
    struct sp_slice all = { NULL, 0 };
    uint64_t        passed_over = 0;
    bool            read = from != NULL && read_all(from, &all);

    if (!read)
        fprintf(stderr, "sipush lint: %s: %s\n", path, strerror(errno));
    if (from != NULL && !standard)
        fclose(from);
    if (!read)
        return EXIT_OWN;
    lint->name = path;
    lint->all = all;
    lint->told = NULL;
    if (is_ladder(all)) {
        fprintf(stderr, "sipush lint: %s: a ladder holds no messages; its .json or .pcap does\n",
                path);
        free((void *)(uintptr_t)all.at);
        return EXIT_OWN;
    }
    if (!lint_pcap(lint, all) && !lint_trace(lint, all, &passed_over))
        lint_octets(lint);
    if (passed_over > 0)
        fprintf(stderr, "%s: %llu messages passed over: the trace does not hold their bodies\n",
                path, (unsigned long long)passed_over);
    free((void *)(uintptr_t)all.at);
    return EXIT_DONE;
}

static int option(struct lint *lint, int id, const char *value)
{
    static const char *const protocols[] = { "auto", "sip", "sdp", "msrp" };

    if (id == LINT_JSON)
        lint->json = true;
    if (id == LINT_TRANSPORT) {
        lint->stream = strcmp(value, "tcp") == 0;
        return lint->stream || strcmp(value, "udp") == 0 ? EXIT_DONE : EXIT_USAGE;
    }
    if (id != LINT_PROTOCOL)
        return EXIT_DONE;
    for (int i = 0; i <= LINT_MSRP; i++)
        if (strcmp(value, protocols[i]) == 0) {
            lint->protocol = (enum lint_protocol)i;
            return EXIT_DONE;
        }
    return EXIT_USAGE;
}

static int complain(const char *words)
{
    fprintf(stderr, "sipush lint: %s\n", words);
    return EXIT_USAGE;
}

int verb_lint(int argc, char **argv)
{
    struct lint     lint = { .to = stdout };
    struct opt_args args = opt_args(&verb_lint_options, argc, argv);
    int             id, code = EXIT_DONE, files = 0;
    bool            quiet = false;

    /* options first, wherever they stand */
    while ((id = opt_next(&args)) != OPT_END) {
        if (id == OPT_BAD)
            return complain(args.complaint);
        if (id == LINT_HELP) {
            opt_help(stdout, &verb_lint_options);
            return EXIT_DONE;
        }
        quiet = quiet || id == LINT_QUIET;
        files += id == OPT_OPERAND;
        if (id != OPT_OPERAND && option(&lint, id, args.value) != EXIT_DONE)
            return complain("--protocol is auto, sip, sdp or msrp; --transport is udp or tcp");
    }
    if (files == 0)
        return complain("needs a FILE, or - for standard input; see sipush lint --help");
    for (args = opt_args(&verb_lint_options, argc, argv); (id = opt_next(&args)) != OPT_END;) {
        int failed = id == OPT_OPERAND ? lint_file(&lint, args.value) : EXIT_DONE;

        code = failed != EXIT_DONE ? failed : code;
    }
    if (!quiet)
        fprintf(stderr, "%llu messages: %llu errors, %llu warnings, %llu notes\n",
                (unsigned long long)lint.messages, (unsigned long long)lint.errors,
                (unsigned long long)lint.warnings, (unsigned long long)lint.notes);
    if (fflush(stdout) != 0)
        code = EXIT_OWN;
    return code != EXIT_DONE ? code : lint.errors > 0;
}
