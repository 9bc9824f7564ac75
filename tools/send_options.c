/* SPDX-License-Identifier: MIT
 * tools/send_options.c -- the command line of `sipush send`. */
#include <stdlib.h>
#include <string.h>

#include "send.h"
#include "target.h"

enum {
    SEND_MODE = HOST_OPTIONS,
    SEND_FROM,
    SEND_TYPE,
    SEND_TEXT,
    SEND_PARALLEL,
    SEND_CHUNK,
    SEND_MATCH_SESSION_ID,
    SEND_PROXY,
    SEND_DRY_RUN,
    SEND_NO_HASH,
    SEND_RESUME,
    SEND_TO,
    SEND_JOBS,
    SEND_APP_ID,
    SEND_EXPIRES,
    SEND_RETRIES,
    SEND_QUERY,
    SEND_USER,
    SEND_PASSWORD_FILE,
    SEND_RELAY,
    SEND_REFERENCE,
    SEND_SERVE,
    SEND_PROGRESS,
    SEND_MULTIPART,
    SEND_ICON
};

static const struct opt_row rows[] = {
    { SEND_MODE, 0, "mode", "auto|pager|session", false,
      "one MESSAGE, or INVITE and MSRP; auto: by size", "auto" },
    { SEND_FROM, 0, "from", "URI", false, "who sends", "anonymous" },
    { SEND_TYPE, 0, "type", "MIME", false, "media type of the content", "by file ending" },
    { SEND_TEXT, 'm', "message", "TEXT", true, "push TEXT instead of files", NULL },
    { SEND_PARALLEL, 0, "parallel", NULL, false, "all in one offer, not one after the other",
      NULL },
    { SEND_CHUNK, 0, "chunk", "OCTETS", false, "octets of one MSRP chunk", NULL },
    { SEND_MATCH_SESSION_ID, 0, "match-session-id", NULL, false,
      "know MSRP sessions by their id alone: addresses are rewritten", NULL },
    { SEND_PROXY, 0, "proxy", "URI", false, "send everything there first", NULL },
    { SEND_DRY_RUN, 0, "dry-run", NULL, false,
      "print the octets of the first request, send nothing", NULL },
    { SEND_NO_HASH, 0, "no-hash", NULL, false, "do not read files ahead for their SHA-1", NULL },
    { SEND_RESUME, 0, "resume", NULL, false, "go on where an earlier push of the file was cut",
      NULL },
    { SEND_MULTIPART, 0, "multipart", NULL, false, "texts and files as the parts of one message",
      NULL },
    { SEND_ICON, 0, "icon", "FILE", true,
      "a small picture of FILE, shown before it comes; the next for the next", NULL },
    { SEND_REFERENCE, 0, "reference", "URL", false,
      "push where FILE lies, its size and hash, not FILE", NULL },
    { SEND_SERVE, 0, "serve", "DIR", false, "push nothing; answer who asks for a file of DIR",
      NULL },
    { SEND_TO, 0, "to", "URI", true, "a receiver; then all operands are files", NULL },
    { SEND_JOBS, 0, "jobs", "N", false, "receivers at once", "8" },
    { SEND_APP_ID, 0, "app-id", "ID", true, "the application that it is for", NULL },
    { SEND_EXPIRES, 0, "expires", "SECONDS", false, "of no use after so long (in one MESSAGE)",
      NULL },
    { SEND_RETRIES, 0, "retries", "N", false, "ask again after 480, 486, 5xx and silence", "0" },
    { SEND_QUERY, 0, "query", NULL, false, "ask by OPTIONS first what the receiver takes", NULL },
    { SEND_USER, 0, "user", "NAME", false, "who to be when credentials are asked for", NULL },
    { SEND_PASSWORD_FILE, 0, "password-file", "FILE", false,
      "its first line is the password; else SIPUSH_PASSWORD", NULL },
    { SEND_RELAY, 0, "relay", "msrp://HOST:PORT", true,
      "MSRP through a relay of ours; several: one behind the other", NULL },
    { SEND_PROGRESS, 0, "progress", NULL, false,
      "show how far it is where stderr is no terminal, too", NULL },
    HOST_ROWS("udp and tcp on the loopback, port 0"),
};

const struct opt_verb verb_send_options = {
    .name = "send",
    .synopses = (const char *const[]){ "[options] TO FILE...", "[options] TO -m TEXT",
                                       "[options] --to URI... FILE...",
                                       "[options] --reference URL TO [FILE]",
                                       "[options] --serve DIR", NULL },
    .words = "Pushes files (- is standard input) or a text to TO: a SIP URI, host:port or "
             "user@host.\nEnds with 0 when all of it was confirmed.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
};

/* Options */

static int number(struct sender *s, const char *name, const char *value, uint64_t least,
                  uint64_t most, uint64_t *to)
{
    if (opt_u64(value, most, to) && *to >= least)
        return 0;
    host_complain(&s->host, "%s needs a number, %llu or more, not %s", name,
                  (unsigned long long)least, value);
    return EXIT_USAGE;
}

/* One more id of the comma list. */
static int add_app(struct sender *s, const char *value)
{
    size_t used = strlen(s->apps);
    int    n = snprintf(s->apps + used, sizeof s->apps - used, "%s%s", used > 0 ? "," : "", value);

    if (n > 0 && (size_t)n < sizeof s->apps - used)
        return 0;
    host_complain(&s->host, "--app-id: too many");
    return EXIT_USAGE;
}

static int option(void *of, int id, const char *value)
{
    struct sender *s = of;

    switch (id) {
    case SEND_MODE:
        for (int mode = PUSH_AUTO; mode <= PUSH_SESSION; mode++)
            if (strcmp(value, push_mode_name((enum push_mode)mode)) == 0) {
                s->mode = (enum push_mode)mode;
                return 0;
            }
        host_complain(&s->host, "--mode is auto, pager or session, not %s", value);
        return EXIT_USAGE;
    case SEND_FROM: s->from = value; return 0;
    case SEND_TYPE: s->type = value; return 0;
    case SEND_TEXT: s->texts[s->text_count++] = value; return 0;
    case SEND_MULTIPART: s->multipart = true; return 0;
    case SEND_ICON: s->icons[s->icon_count++] = value; return 0;
    case SEND_PARALLEL: s->parallel = true; return 0;
    case SEND_CHUNK:
        if (opt_size(value, &s->chunk) && s->chunk > 0 && s->chunk <= UINT32_MAX)
            return 0;
        host_complain(&s->host, "--chunk needs octets, as 2048 or 64K, not %s", value);
        return EXIT_USAGE;
    case SEND_MATCH_SESSION_ID: s->session_id_alone = true; return 0;
    case SEND_PROXY: s->proxy = value; return 0;
    case SEND_DRY_RUN: s->dry_run = true; return 0;
    case SEND_NO_HASH: s->no_hash = true; return 0;
    case SEND_RESUME: s->resume = true; return 0;
    case SEND_REFERENCE: s->reference = value; return 0;
    case SEND_SERVE: s->serve = value; return 0;
    case SEND_TO: s->to[s->target_count++] = value; return 0;
    case SEND_JOBS: return number(s, "--jobs", value, 1, 10000, &s->jobs);
    case SEND_APP_ID: return add_app(s, value);
    case SEND_EXPIRES: return number(s, "--expires", value, 1, UINT32_MAX, &s->expires_s);
    case SEND_RETRIES: return number(s, "--retries", value, 0, 1000, &s->retries);
    case SEND_PROGRESS: s->host.progress = true; return 0;
    case SEND_QUERY: s->query = true; return 0;
    case SEND_USER: s->user = value; return 0;
    case SEND_PASSWORD_FILE: s->password_file = value; return 0;
    case SEND_RELAY: return relayed_add(&s->host, &s->relayed, value);
    case OPT_OPERAND: s->operands[s->operand_count++] = value; return 0;
    default: return -1;
    }
}

/* TO is the first operand, unless --to names receivers. */
static int take_targets(struct sender *s)
{
    if (s->target_count == 0) {
        if (s->operand_count == 0)
            return host_usage(&s->host, "whom to send to is missing");
        s->to[s->target_count++] = s->operands[0];
        s->operands++;
        s->operand_count--;
    }
    s->targets = calloc(s->target_count, sizeof *s->targets);
    if (s->targets == NULL)
        return EXIT_OWN;
    for (size_t i = 0; i < s->target_count; i++)
        if (!target_complete(s->to[i], s->targets[i].to, sizeof s->targets[i].to))
            return host_usage(&s->host, "a target is a SIP URI, host:port or user@host");
    if (s->proxy != NULL && !target_proxy(s->proxy, s->route, sizeof s->route))
        return host_usage(&s->host, "a proxy is a SIP URI, host:port or user@host");
    return 0;
}

static int check(struct sender *s)
{
    int code;

    if (s->serve != NULL)
        return s->operand_count + s->target_count + s->text_count == 0
                   ? -1
                   : host_usage(&s->host, "--serve pushes nothing by itself");
    code = take_targets(s);

    if (code != 0)
        return code;
    if (s->multipart && (s->parallel || s->resume))
        return host_usage(&s->host, "--multipart is one message: no --parallel, no --resume");
    if (s->reference != NULL && ((s->text_count > 0 && !s->multipart) || s->operand_count > 1))
        return host_usage(&s->host, "--reference tells of one FILE, or of none");
    if (s->operand_count == 0 && s->text_count == 0 && s->reference == NULL)
        return host_usage(&s->host, "what to send is missing: FILE... or -m TEXT");
    if (s->icon_count > (s->multipart || s->reference != NULL ? 0 : s->operand_count))
        return host_usage(&s->host, "--icon is of a FILE that is pushed as a file, one each");
    if (s->resume && s->no_hash)
        return host_usage(&s->host,
                          "--resume needs the hash, by which the receiver knows the file");
    if (s->operand_count > 0 && s->text_count > 0 && !s->multipart)
        return host_usage(&s->host, "files and -m go together only with --multipart");
    if (s->password_file != NULL && s->user == NULL)
        return host_usage(&s->host, "--password-file is of --user, which is missing");
    return -1;
}

int send_options(struct sender *s, int argc, char **argv)
{
    int code;

    s->jobs = 8;
    code = host_options(&s->host, &verb_send_options, argc, argv, option, s);
    return code < 0 ? check(s) : code;
}
