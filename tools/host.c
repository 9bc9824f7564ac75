/* SPDX-License-Identifier: MIT
 * tools/host.c -- what the verbs share. */
#define _GNU_SOURCE
#include "host.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../base/sha1.h"
#include "../base/sha256.h"
#include "../base/timers.h"
#include "limit.h"

#define DESCRIPTORS 64       /* beside sockets: files, traces */
#define DRAIN_US    2000000u /* at the end, for queues and the peer's end of connections */

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
    (void)number;
    if (signals++ > 0)
        _exit(EXIT_SIGNAL); /* asked twice: at once */
}

bool host_interrupted(void)
{
    return signals > 0;
}

bool host_late(const struct host *host)
{
    return sp_net_now_us() >= host->end_us;
}

/* Signals come in only while the loop waits. */
static void catch_signals(void)
{
    struct sigaction action;
    sigset_t         set;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
    (void)sigaction(SIGXFSZ, &action, NULL); /* a file too large is an error like a full disk */
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
}

/* Options */

static int wrong(struct host *host, const char *words, const char *value)
{
    host_complain(host, "%s: %s", words, value);
    return EXIT_USAGE;
}

static int limit(struct host *host, const char *value)
{
    struct sp_limits     limits = sp_limits_default;
    struct sp_net_config config = sp_net_config_default;

    if (host->limit_count == HOST_LIMITS)
        return wrong(host, "too many --limit", value);
    if (!limit_set(value, &limits, &config)) {
        limit_list(stderr, &limits, &config);
        return wrong(host, "--limit needs one of the names above and a number, not", value);
    }
    host->limits[host->limit_count++] = value;
    return 0;
}

struct sp_limits host_limits(const struct host *host)
{
    struct sp_limits     limits = sp_limits_default;
    struct sp_net_config config = sp_net_config_default;

    for (size_t i = 0; i < host->limit_count; i++)
        (void)limit_set(host->limits[i], &limits, &config);
    return limits;
}

static int option(struct host *host, int id, const char *value)
{
    switch (id) {
    case HOST_LISTEN:
        if (host->listen_count == HOST_LISTENS)
            return wrong(host, "too many --listen", value);
        host->listens[host->listen_count++] = value;
        return 0;
    case HOST_LIMIT: return limit(host, value);
    case HOST_SEED: host->seed_text = value; return 0;
    case HOST_TIMEOUT:
        if (!opt_u64(value, 1000000000, &host->timeout_s) || host->timeout_s == 0)
            return wrong(host, "--timeout needs seconds, 1 or more, not", value);
        return 0;
    case HOST_JSON: host->json = true; return 0;
    case HOST_TRACE:
        if (host->trace_count == HOST_TRACES)
            return wrong(host, "too many --trace", value);
        host->traces[host->trace_count++] = value;
        return 0;
    case HOST_RESOLVE: host->resolve_path = value; return 0;
    case HOST_NAMESERVER: host->server_text = value; return 0;
    case HOST_CONFIG: return 0; /* it was read before */
    case HOST_QUIET: host->quiet = true; return 0;
    case HOST_VERBOSE: host->verbose++; return 0;
    default: return -1;
    }
}

int host_usage(struct host *host, const char *words)
{
    host_complain(host, "%s; see sipush %s --help", words, host->verb);
    return EXIT_USAGE;
}

int host_options(struct host *host, const struct opt_verb *verb, int argc, char **argv,
                 int (*take)(void *of, int id, const char *value), void *of)
{
    struct opt_args args = opt_args(verb, argc, argv);
    int             id, code;

    while ((id = opt_next(&args)) != OPT_END) {
        if (id == HOST_HELP) {
            opt_help(stdout, verb);
            return EXIT_DONE;
        }
        if (id == OPT_BAD)
            return host_usage(host, args.complaint);
        code = id > 0 && id < HOST_OPTIONS ? option(host, id, args.value)
                                           : take(of, id, args.value);
        if (code < 0) {
            host_complain(host, "there are no operands: %s", args.value);
            code = EXIT_USAGE;
        }
        if (code != 0)
            return code;
    }
    return -1;
}

/* Words */

void host_complain(struct host *host, const char *format, ...)
{
    char    line[512];
    va_list list;

    progress_clear(&host->bar);
    va_start(list, format);
    (void)vsnprintf(line, sizeof line, format, list);
    va_end(list);
    fprintf(stderr, "sipush %s: ", host->verb);
    term_put(stderr, sp_str(line));
    fputc('\n', stderr);
}

bool host_speaks(struct host *host, unsigned least)
{
    if (host->quiet || host->verbose < least)
        return false;
    progress_clear(&host->bar);
    return true;
}

/* Starting */

static int seed(struct host *host)
{
    struct sp_sha256 sha;
    uint64_t         number;

    if (host->seed_text == NULL)
        return sp_net_entropy(host->seed, sizeof host->seed) == SP_OK ? 0 : EXIT_OWN;
    if (!opt_u64(host->seed_text, UINT64_MAX, &number))
        return wrong(host, "--seed needs a number, not", host->seed_text);
    sp_sha256_init(&sha);
    sp_sha256_add(&sha, sp_str(host->verb)); /* both sides of one seed must differ */
    sp_sha256_add(&sha, sp_slice(&number, sizeof number));
    sp_sha256_end(&sha, host->seed);
    return 0;
}

static int open_traces(struct host *host)
{
    if (host->trace_count == 0 && host->verbose < 2)
        return 0;
    host->trace = trace_new(host->verbose >= 2 ? stderr : NULL, host->start_us);
    if (host->trace == NULL)
        return EXIT_OWN;
    for (size_t i = 0; i < host->trace_count; i++)
        if (!trace_add(host->trace, host->traces[i])) {
            if (errno == 0)
                return wrong(host, "--trace needs a name that ends in .txt, .json or .pcap, not",
                             host->traces[i]);
            host_complain(host, "%s: %s", host->traces[i], strerror(errno));
            return EXIT_OWN;
        }
    return 0;
}

void *host_memory(size_t octets)
{
    void *memory = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return memory != MAP_FAILED ? memory : NULL;
}

/* As many descriptors as there may be sockets, where the system lets us; else connections that come
 * wait until one is free. */
static void raise_descriptors(struct host *host, uint32_t sockets)
{
    struct rlimit now;
    rlim_t        need = sockets + DESCRIPTORS;

    if (getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur >= need)
        return;
    if (now.rlim_max < need && host_speaks(host, 1))
        host_complain(host, "%llu descriptors are allowed, %llu may be needed",
                      (unsigned long long)now.rlim_max, (unsigned long long)need);
    now.rlim_cur = now.rlim_max < need ? now.rlim_max : need;
    (void)setrlimit(RLIMIT_NOFILE, &now);
}

int host_start(struct host *host)
{
    struct sp_net_config config = sp_net_config_default;
    struct sp_limits     limits = sp_limits_default;
    int                  code;

    config.reuse_port = host->reuse_port;
    if (host->sockets > 0) {
        config.sockets = host->sockets;
        config.accepts = host->sockets - host->sockets / 4;
    }
    if (host->read_octets > 0)
        config.read_octets = host->read_octets;
    if (host->queue_octets > 0)
        config.queue_octets = host->queue_octets;
    for (size_t i = 0; i < host->limit_count; i++)
        (void)limit_set(host->limits[i], &limits, &config);
    raise_descriptors(host, config.sockets);
    host->start_us = sp_net_now_us();
    host->end_us = host->timeout_s > 0 ? host->start_us + host->timeout_s * 1000000 : SP_NEVER;
    progress_init(&host->bar, host->quiet || host->verbose >= 2, host->progress);
    code = seed(host);
    if (code == 0)
        code = open_traces(host);
    if (code != 0)
        return code;
    host->memory_octets = sp_net_size(&config);
    host->memory = host_memory(host->memory_octets);
    if (host->memory == NULL)
        return EXIT_OWN;
    host->net = sp_net_init(host->memory, &config);
    sp_net_trace(host->net, host_hook(host));
    code = host_names(host);
    if (code != 0)
        return code;
    catch_signals();
    for (size_t i = 0; i < host->listen_count; i++) {
        code = host_listen(host, host->listens[i]);
        if (code != 0)
            return code;
    }
    return 0;
}

struct sp_trace host_hook(const struct host *host)
{
    return host->trace != NULL ? trace_hook(host->trace) : (struct sp_trace){ 0 };
}

int host_open(struct host *host, enum sp_transport transport, enum sp_protocol protocol,
              const struct sp_addr *addr)
{
    char            room[64];
    struct sp_buf   text = sp_buf(room, sizeof room);
    const char     *what = protocol == SP_MSRP ? "msrp" : transport == SP_TCP ? "tcp" : "udp";
    struct sp_flow *flow;

    if (host->bound_count == sizeof host->bound / sizeof host->bound[0])
        return wrong(host, "too many sockets to listen on:", what);
    flow = &host->bound[host->bound_count];
    if (sp_net_listen(host->net, transport, protocol, addr, flow) != SP_OK) {
        sp_put_host_port(&text, addr);
        host_complain(host, "cannot listen on %s:%.*s: %s", what, SP_ARG(sp_written(&text)),
                      strerror(errno));
        return EXIT_CONNECT;
    }
    host->bound_count++;
    sp_put_host_port(&text, &flow->local);
    if (host->announces || host->verbose > 0)
        fprintf(stderr, "listening %s:%.*s\n", what, SP_ARG(sp_written(&text)));
    return 0;
}

int host_listen(struct host *host, const char *spec)
{
    struct sp_slice rest = sp_str(spec), what = sp_head(rest, sp_find(rest, ':')), name;
    size_t          colon = 0;
    struct sp_addr  addr;
    uint64_t        port;

    rest = sp_from(rest, what.len + 1);
    for (size_t i = 0; i < rest.len; i++)
        if (rest.at[i] == ':')
            colon = i;
    name = sp_head(rest, colon);
    if (colon == 0 || sp_to_u64(sp_from(rest, colon + 1), 65535, &port) != SP_OK ||
        sp_net_resolve(name, (uint16_t)port, &addr, 1) == 0)
        return wrong(host, "--listen needs udp:HOST:PORT, tcp:HOST:PORT or msrp:HOST:PORT, not",
                     spec);
    if (sp_eq(what, SP_LIT("udp")))
        return host_open(host, SP_UDP, SP_SIP, &addr);
    if (sp_eq(what, SP_LIT("tcp")))
        return host_open(host, SP_TCP, SP_SIP, &addr);
    if (sp_eq(what, SP_LIT("msrp")))
        return host_open(host, SP_TCP, SP_MSRP, &addr);
    return wrong(host, "--listen knows udp, tcp and msrp, not", spec);
}

int host_open_msrp(struct host *host)
{
    size_t count = host->bound_count;

    for (size_t i = 0; i < count; i++) {
        struct sp_addr addr = host->bound[i].local;
        bool           there = false;

        addr.port = 0;
        for (size_t j = 0; j < host->bound_count; j++)
            there = there || (host->bound[j].protocol == SP_MSRP &&
                              host->bound[j].local.family == addr.family);
        if (!there && host_open(host, SP_TCP, SP_MSRP, &addr) != 0)
            return EXIT_CONNECT;
    }
    return 0;
}

/* Running */

void host_wait(struct host *host, uint64_t deadline_us)
{
    sp_net_wait(host->net, deadline_us < host->end_us ? deadline_us : host->end_us);
}

static void say_flow(struct host *host, const char *what, const struct sp_flow *flow,
                     enum sp_err err)
{
    char          room[64];
    struct sp_buf text = sp_buf(room, sizeof room);

    if (!host_speaks(host, 1))
        return;
    sp_put_host_port(&text, &flow->remote);
    fprintf(stderr, "%s %s %.*s%s%s\n", what,
            flow->protocol == SP_MSRP   ? "msrp"
            : flow->transport == SP_TCP ? "tcp"
                                        : "udp",
            SP_ARG(sp_written(&text)), err != SP_OK ? ": " : "",
            err != SP_OK ? sp_err_words(err) : "");
}

bool host_event(struct host *host, struct sp_net_event *event)
{
    if (!sp_net_event(host->net, event))
        return false;
    switch (event->kind) {
    case SP_NET_ACCEPTED: say_flow(host, "accepted", &event->flow, SP_OK); break;
    case SP_NET_CONNECTED: say_flow(host, "connected", &event->flow, SP_OK); break;
    case SP_NET_CLOSED:
        if (event->flow.id == 0)
            break;
        say_flow(host, event->flow.transport == SP_TCP ? "closed" : "bounced", &event->flow,
                 event->err);
        if (host->trace != NULL)
            trace_closed(host->trace, &event->flow);
        break;
    case SP_NET_RECEIVED:
    case SP_NET_SENT:
    case SP_NET_RESOLVED:
    case SP_NET_FOUND: break;
    }
    return true;
}

void host_perform(struct host *host, const struct sp_io *io)
{
    sp_net_perform(host->net, io);
    if (io->kind == SP_IO_CLOSE && host->trace != NULL)
        trace_closed(host->trace, &io->flow);
}

/* Ending */

void host_count(struct host *host, const struct sip_tx_counters *sip,
                const struct msrp_counters *msrp)
{
    if (!host_speaks(host, 1))
        return;
    fprintf(stderr,
            "counted sip: %llu requests, %llu responses, %llu retransmitted, %llu absorbed, "
            "%llu malformed, %llu oversized, %llu overloaded, %llu stray\n",
            (unsigned long long)sip->requests, (unsigned long long)sip->responses,
            (unsigned long long)sip->retransmitted_out, (unsigned long long)sip->retransmitted_in,
            (unsigned long long)sip->malformed, (unsigned long long)sip->oversized,
            (unsigned long long)sip->overloaded, (unsigned long long)sip->stray);
    fprintf(stderr,
            "counted msrp: %llu requests, %llu responses, %llu reports, %llu malformed, "
            "%llu of no session, %llu refused, %llu dropped\n",
            (unsigned long long)msrp->requests, (unsigned long long)msrp->responses,
            (unsigned long long)msrp->reports, (unsigned long long)msrp->malformed,
            (unsigned long long)msrp->unknown_session, (unsigned long long)msrp->refused,
            (unsigned long long)msrp->dropped);
}

int host_end(struct host *host, int code)
{
    uint64_t            end_us = sp_net_now_us() + DRAIN_US;
    struct sp_net_event event;

    progress_clear(&host->bar);
    if (host->net != NULL) {
        while ((sp_net_queued(host->net) > 0 || sp_net_closing(host->net) > 0) &&
               sp_net_now_us() < end_us && !(code == EXIT_SIGNAL && signals > 1)) {
            sp_net_wait(host->net, end_us);
            while (sp_net_event(host->net, &event))
                continue;
        }
        sp_net_end(host->net);
        (void)munmap(host->memory, host->memory_octets);
    }
    free(host->zone);
    if (host->trace != NULL && !trace_end(host->trace)) {
        host_complain(host, "a trace could not be written whole: %s", strerror(errno));
        return code == EXIT_DONE ? EXIT_OWN : code;
    }
    return code;
}

const char *host_hash(const uint8_t sha1[20], char room[HOST_HASH])
{
    struct sp_buf text = sp_buf(room, HOST_HASH - 1);

    sp_put_text(&text, "sha-1:");
    sp_put_hex(&text, sp_slice(sha1, SP_SHA1_OCTETS), true, ':');
    room[text.len] = '\0';
    return room;
}
