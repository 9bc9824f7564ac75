/* SPDX-License-Identifier: MIT
 * tools/recv_options.c -- the command line of `sipush recv`. */
#include <string.h>

#include "recv.h"

enum {
    RECV_DIR = HOST_OPTIONS,
    RECV_STDOUT,
    RECV_MAX_SIZE,
    RECV_ACCEPT_TYPES,
    RECV_COUNT,
    RECV_ONCE,
    RECV_REUSE_PORT,
    RECV_RULES,
    RECV_ASK,
    RECV_ON_PUSH,
    RECV_SHELL,
    RECV_APP_ID,
    RECV_REGISTER,
    RECV_REGISTRAR,
    RECV_PROXY,
    RECV_TRUST,
    RECV_USER,
    RECV_PASSWORD_FILE,
    RECV_RELAY,
    RECV_DROP_EXPIRED,
    RECV_MATCH_SESSION_ID,
    RECV_PULL,
    RECV_FROM,
    RECV_FETCH,
    RECV_FETCH_WITH,
    RECV_FETCH_PRIVATE,
    RECV_FETCH_TIMEOUT,
    RECV_PROGRESS
};

static const struct opt_row rows[] = {
    { RECV_DIR, 0, "dir", "DIR", false, "where files go; made if it is not there", "." },
    { RECV_STDOUT, 0, "stdout", NULL, false, "write each content to stdout, once it is whole",
      NULL },
    { RECV_MAX_SIZE, 0, "max-size", "N[K|M|G]", false, "decline what is larger", "no bound" },
    { RECV_ACCEPT_TYPES, 0, "accept-types", "LIST", false,
      "media types to accept, as text/plain,image/*", "all" },
    { RECV_COUNT, 0, "count", "N", false, "end after N delivered pushes", NULL },
    { RECV_ONCE, 0, "once", NULL, false, "as --count 1", NULL },
    { RECV_RULES, 0, "rules", "FILE", false, "decide by its rules, a line each; else decline 603",
      NULL },
    { RECV_ASK, 0, "ask", NULL, false, "ask on the terminal before anything is taken", NULL },
    { RECV_DROP_EXPIRED, 0, "drop-expired", NULL, false,
      "decline what came after its sender's Expires", NULL },
    { RECV_MATCH_SESSION_ID, 0, "match-session-id", NULL, false,
      "know MSRP sessions by their id alone: addresses are rewritten", NULL },
    { RECV_APP_ID, 0, "app-id", "ID", true, "an application that is here; others are declined",
      NULL },
    { RECV_ON_PUSH, 0, "on-push", "COMMAND", false,
      "run it for each delivered push: SIPUSH_FILE, _FROM, ...", NULL },
    { RECV_SHELL, 0, "shell", NULL, false, "run --on-push with sh -c", NULL },
    { RECV_PULL, 0, "pull", "SELECTOR", false, "ask --from for this file: a name, or selectors",
      NULL },
    { RECV_FROM, 0, "from", "URI", false, "whom to ask by --pull", NULL },
    { RECV_FETCH, 0, "fetch", "PATTERN", true, "URLs of references that may be fetched", NULL },
    { RECV_FETCH_WITH, 0, "fetch-with", "COMMAND", false,
      "its output is the content, for schemes other than http", NULL },
    { RECV_FETCH_PRIVATE, 0, "fetch-private", NULL, false,
      "fetch from addresses of this machine and net too", NULL },
    { RECV_FETCH_TIMEOUT, 0, "fetch-timeout", "SECONDS", false, "bound each of them", "600" },
    { RECV_REGISTER, 0, "register", "AOR", false, "bind this address to us while we run", NULL },
    { RECV_REGISTRAR, 0, "registrar", "URI", false, "whom to register with", "the host of AOR" },
    { RECV_PROXY, 0, "proxy", "URI", false, "send everything there first", NULL },
    { RECV_TRUST, 0, "trust", "ADDRESS", true,
      "believe its P-Asserted-Identity: who sends is whom it says", NULL },
    { RECV_USER, 0, "user", "NAME", false, "who to be when credentials are asked for", NULL },
    { RECV_PASSWORD_FILE, 0, "password-file", "FILE", false,
      "its first line is the password; else SIPUSH_PASSWORD", NULL },
    { RECV_RELAY, 0, "relay", "msrp://HOST:PORT", true,
      "MSRP through a relay of ours; several: one behind the other", NULL },
    { RECV_REUSE_PORT, 0, "reuse-port", NULL, false,
      "other processes may listen on the same ports; the system deals out what comes", NULL },
    { RECV_PROGRESS, 0, "progress", NULL, false,
      "show how far it is where stderr is no terminal, too", NULL },
    HOST_ROWS("udp and tcp on 127.0.0.1:5060"),
};

const struct opt_verb verb_recv_options = {
    .name = "recv",
    .synopses = (const char *const[]){ "[options]", NULL },
    .words = "Receives pushes in both modes. A file with its final name is whole and checked; its "
             "path is\nprinted. Nothing is ever written over or outside of DIR.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
};

/* One more id of the comma list. */
static int add_app(struct receiver *r, const char *value)
{
    size_t used = strlen(r->apps);
    int    n = snprintf(r->apps + used, sizeof r->apps - used, "%s%s", used > 0 ? "," : "", value);

    if (n > 0 && (size_t)n < sizeof r->apps - used)
        return 0;
    host_complain(&r->host, "--app-id: too many");
    return EXIT_USAGE;
}

static int trust(struct receiver *r, const char *value)
{
    if (r->trusted_count < RECV_TRUSTED && host_address(value, &r->trusted[r->trusted_count])) {
        r->trusted_count++;
        return 0;
    }
    host_complain(&r->host, "--trust needs an address, a port with it or not, all numbers: %s",
                  value);
    return EXIT_USAGE;
}

static int option(void *of, int id, const char *value)
{
    struct receiver *r = of;

    switch (id) {
    case RECV_DIR: r->dir = value; return 0;
    case RECV_STDOUT: r->to_stdout = true; return 0;
    case RECV_MAX_SIZE:
        if (opt_size(value, &r->config.max_size) && r->config.max_size > 0)
            return 0;
        host_complain(&r->host, "--max-size needs octets, as 20000 or 10M, not %s", value);
        return EXIT_USAGE;
    case RECV_ACCEPT_TYPES: r->config.accept_types = sp_str(value); return 0;
    case RECV_COUNT:
        if (opt_u64(value, UINT64_MAX, &r->count) && r->count > 0)
            return 0;
        host_complain(&r->host, "--count needs a number, 1 or more, not %s", value);
        return EXIT_USAGE;
    case RECV_ONCE: r->count = 1; return 0;
    case RECV_REUSE_PORT: r->host.reuse_port = true; return 0;
    case RECV_RULES: r->rules_path = value; return 0;
    case RECV_ASK: r->ask = true; return 0;
    case RECV_DROP_EXPIRED: r->drop_expired = true; return 0;
    case RECV_MATCH_SESSION_ID: r->config.session_id_alone = true; return 0;
    case RECV_APP_ID: return add_app(r, value);
    case RECV_ON_PUSH: r->hook.command = value; return 0;
    case RECV_SHELL: r->hook.shell = true; return 0;
    case RECV_PULL: r->pull = value; return 0;
    case RECV_FROM: r->pull_from = value; return 0;
    case RECV_FETCH:
        if (r->fetch.count < FETCH_PATTERNS) {
            r->fetch.patterns[r->fetch.count++] = value;
            return 0;
        }
        host_complain(&r->host, "--fetch: too many");
        return EXIT_USAGE;
    case RECV_FETCH_WITH: r->fetch.command = value; return 0;
    case RECV_FETCH_PRIVATE: r->fetch.private = true; return 0;
    case RECV_FETCH_TIMEOUT:
        if (opt_u64(value, 1000000, &r->fetch.seconds) && r->fetch.seconds > 0)
            return 0;
        host_complain(&r->host, "--fetch-timeout needs seconds, 1 or more, not %s", value);
        return EXIT_USAGE;
    case RECV_PROGRESS: r->host.progress = true; return 0;
    case RECV_REGISTER: r->aor = value; return 0;
    case RECV_REGISTRAR: r->registrar = value; return 0;
    case RECV_PROXY: r->proxy = value; return 0;
    case RECV_TRUST: return trust(r, value);
    case RECV_USER: r->user = value; return 0;
    case RECV_PASSWORD_FILE: r->password_file = value; return 0;
    case RECV_RELAY: return relayed_add(&r->host, &r->relayed, value);
    default: return -1;
    }
}

/* What does not go together. */
static int check(struct receiver *r)
{
    const char *words = NULL;

    if (r->hook.shell && r->hook.command == NULL)
        words = "--shell says how --on-push runs, which is missing";
    else if (r->registrar != NULL && r->aor == NULL)
        words = "--registrar says where --register goes, which is missing";
    else if (r->password_file != NULL && r->user == NULL)
        words = "--password-file is of --user, which is missing";
    else if ((r->fetch.command != NULL || r->fetch.private) && r->fetch.count == 0)
        words = "--fetch says which URLs may be fetched, and is missing";
    else if (r->pull != NULL && r->pull_from == NULL)
        words = "--pull needs --from: whom to ask";
    if (words == NULL && r->pull != NULL && r->count == 0)
        r->count = 1;
    if (words == NULL)
        return -1;
    return host_usage(&r->host, words);
}

int recv_options(struct receiver *r, int argc, char **argv)
{
    int code = host_options(&r->host, &verb_recv_options, argc, argv, option, r);

    return code < 0 ? check(r) : code;
}
