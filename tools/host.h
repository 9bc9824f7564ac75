/* SPDX-License-Identifier: MIT
 * tools/host.h -- what the verbs share: options, sockets, signals, traces, words, the clock.
 *
 * The loop is the verb's own: host_wait, then for each sp_net_event drive the agent and perform
 * what it wants with host_perform. Nothing here knows an agent. */
#ifndef SIPUSH_TOOLS_HOST_H
#define SIPUSH_TOOLS_HOST_H

#include "../base/ident.h"
#include "../base/limits.h"
#include "../dialog/sip_ua.h"
#include "../msrp/msrp_agent.h"
#include "../transport/sp_net.h"
#include "json.h"
#include "opt.h"
#include "progress.h"
#include "term.h"
#include "trace.h"

/* Exit codes: an interface, the same in every verb. */
enum {
    EXIT_DONE = 0,
    EXIT_USAGE = 2,
    EXIT_CONNECT = 3,
    EXIT_TIMEOUT = 4,
    EXIT_AUTH = 5,
    EXIT_REFUSED = 6,
    EXIT_CUT = 7,
    EXIT_INTEGRITY = 8,
    EXIT_OWN = 9,
    EXIT_OPEN = 10, /* inconclusive: taken by somebody in between (202) */
    EXIT_BUG = 70,
    EXIT_SIGNAL = 130
};

#define HOST_LISTENS 16
#define HOST_TRACES  8
#define HOST_LIMITS  32

/* Options that every verb with sockets has; a verb's own ids begin at HOST_OPTIONS. */
enum {
    HOST_LISTEN = 1,
    HOST_LIMIT,
    HOST_SEED,
    HOST_TIMEOUT,
    HOST_JSON,
    HOST_TRACE,
    HOST_RESOLVE,
    HOST_NAMESERVER,
    HOST_CONFIG,
    HOST_QUIET,
    HOST_VERBOSE,
    HOST_HELP,
    HOST_OPTIONS
};
/* clang-format off */
#define HOST_ROWS(listens) \
    { HOST_LISTEN, 0, "listen", "ADDRESS", true, \
      "udp:HOST:PORT, tcp: or msrp:; port 0 picks one", listens }, \
    { HOST_LIMIT, 0, "limit", "NAME=N", true, \
      "set a limit, as transactions=4096; a wrong name lists them", NULL }, \
    { HOST_SEED, 0, "seed", "N", false, "fix every identifier", NULL }, \
    { HOST_TIMEOUT, 0, "timeout", "SECONDS", false, "bound the whole command", NULL }, \
    { HOST_JSON, 0, "json", NULL, false, "one JSON object a line on stdout", NULL }, \
    { HOST_TRACE, 0, "trace", "FILE", true, "write a trace: .txt, .json or .pcap", NULL }, \
    { HOST_RESOLVE, 0, "resolve", "FILE", false, \
      "answer names from these zone-file lines alone", NULL }, \
    { HOST_NAMESERVER, 0, "nameserver", "ADDRESS", false, \
      "ask the DNS at HOST:PORT, both numbers", NULL }, \
    { HOST_CONFIG, 0, "config", "FILE", false, "options of a file, key = value a line", \
      "sipush.conf" }, \
    { HOST_QUIET, 'q', "quiet", NULL, false, "no progress, no words", NULL }, \
    { HOST_VERBOSE, 'v', "verbose", NULL, true, \
      "events and counters; -vv: whole messages", NULL }, \
    { HOST_HELP, 'h', "help", NULL, false, "this text", NULL }
/* clang-format on */

struct host {
    /* as the command line has it */
    const char *verb;
    const char *listens[HOST_LISTENS];
    size_t      listen_count;
    const char *limits[HOST_LIMITS];
    size_t      limit_count;
    const char *traces[HOST_TRACES];
    size_t      trace_count;
    const char *seed_text;
    const char *resolve_path; /* --resolve */
    const char *server_text;  /* --nameserver */
    uint64_t    timeout_s;    /* 0: none */
    bool        json, quiet;
    bool        progress;   /* where stderr is no terminal, too */
    bool        reuse_port; /* other processes may listen on the same port */
    uint32_t    sockets, read_octets, queue_octets; /* of the net; 0: as it is by default */
    bool        announces; /* says where it listens, even with -q: who picked port 0 must know */
    unsigned    verbose;

    /* while it runs */
    struct sp_net  *net;
    void           *memory; /* of net */
    size_t          memory_octets;
    struct trace   *trace; /* NULL: nobody watches */
    char           *zone;  /* the text of --resolve */
    struct sp_flow  bound[HOST_LISTENS + 4];
    size_t          bound_count;
    uint8_t         seed[SP_SEED_OCTETS];
    uint64_t        start_us;
    uint64_t        end_us; /* SP_NEVER without --timeout */
    struct progress bar;
};

/* The whole command line of a verb: the shared options are taken here, `take` gets those of its own
 * and, as OPT_OPERAND, its operands; it yields 0, an exit code after words of its own, or -1: there
 * are no operands. Yields -1: go on; else the exit code, after --help or words. */
int host_options(struct host *host, const struct opt_verb *verb, int argc, char **argv,
                 int (*take)(void *of, int id, const char *value), void *of);
/* Words, and where help is; yields EXIT_USAGE. */
int host_usage(struct host *host, const char *words);

/* An address, with a port or (0) without, all numbers. */
bool host_address(const char *text, struct sp_addr *addr);
/* The limits of an agent: the default's, and what --limit says. */
struct sp_limits host_limits(const struct host *host);

/* Words after "sipush VERB: " on stderr; the bar is cleared. */
void host_complain(struct host *host, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* An event for people: with -v only where `least` is 1; never with -q. True: write on, end the line
 * yourself. */
bool host_speaks(struct host *host, unsigned least);

/* Seed, trace files and sockets. 0 or an exit code. */
int host_start(struct host *host);
/* Open one. `spec` as in --listen. Says where it listens. 0 or an exit code. */
int host_listen(struct host *host, const char *spec);
int host_open(struct host *host, enum sp_transport transport, enum sp_protocol protocol,
              const struct sp_addr *addr);
/* Those for SIP towards where a request to this URI may go: UDP and TCP on the loopback; towards
 * another host only the one that is needed to speak to it, for nothing listens unasked. 0 or an
 * exit code. */
int host_towards(struct host *host, const char *uri);
/* An MSRP listener, of a port of its own, beside every TCP or UDP address that has none. */
int host_open_msrp(struct host *host);
/* What --resolve and --nameserver say goes to the net. 0 or an exit code; host_end gives the memory
 * back. */
int host_names(struct host *host);
/* A hook for an agent; its `emit` is NULL when nobody watches. */
struct sp_trace host_hook(const struct host *host);

/* Memory that is touched only where it is used; NULL: none. */
void *host_memory(size_t octets);

void host_wait(struct host *host, uint64_t deadline_us);
/* The next event; connections that end are taken out of the trace. */
bool host_event(struct host *host, struct sp_net_event *event);
void host_perform(struct host *host, const struct sp_io *io);
/* A signal came, or the time is up. */
bool host_interrupted(void);
bool host_late(const struct host *host);

/* What came to nothing, with -v. */
void host_count(struct host *host, const struct sip_tx_counters *sip,
                const struct msrp_counters *msrp);
/* Let what is queued go out (bounded), close, end the traces. Yields `code`, or EXIT_OWN if a trace
 * could not be written. */
int host_end(struct host *host, int code);

/* "sha-1:72:24:..." as RFC 5547 6 writes it, NUL-terminated; `room` takes HOST_HASH octets. */
#define HOST_HASH 72
const char *host_hash(const uint8_t sha1[20], char room[HOST_HASH]);

#endif
